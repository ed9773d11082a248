/* Equality of networks of any depth: against canonical forms, against breakpoints on the line, against evaluation; what
   leaves a function as it is, and what does not; the certificates, and damaged ones. */
#include <stdio.h>
#include <unistd.h>

#include "harness.h"
#include "process.h"
#include "random-network.h"
#include "relucert/canonical.h"
#include "relucert/deep.h"

static char *engine, *checker;
static char folder[] = "/tmp/relucert-deep-XXXXXX";

/* Entries are small, so that zeros, dead neurons and coinciding knots are frequent. */
static void random_deep(rc_network_t net, slong depth, slong d, slong D, slong width)
{
    slong widths[8] = {d};
    for (slong l = 1; l < depth; l++) widths[l] = test_range(1, width);
    widths[depth] = D;
    rc_network_clear(net);
    rc_network_init_deep(net, depth, widths);
    for (slong l = 0; l < depth; l++)
        for (slong i = 0; i < net->A[l].r; i++) {
            for (slong j = 0; j < net->A[l].c; j++)
                if (test_chance(80)) random_rational(fmpq_mat_entry(net->A + l, i, j), 3);
            random_rational(fmpq_mat_entry(net->b + l, i, 0), 2);
        }
}

static slong *widths_of(const rc_network_t net, slong room)
{
    slong *widths = flint_calloc((size_t) (net->depth + room + 1), sizeof *widths);
    widths[0] = net->d;
    for (slong l = 0; l < net->depth; l++) widths[l + 1] = net->A[l].r;
    return widths;
}

/* A two-layer network as a deep one with two layers. */
static void as_deep(rc_network_t deep, const rc_network_t net)
{
    rc_network_clear(deep);
    rc_network_init_deep(deep, 2, (slong[]){net->d, net->m, net->D});
    fmpq_mat_set(deep->A, net->u);
    fmpq_mat_transpose(deep->A + 1, net->gamma);
    for (slong i = 0; i < net->m && net->kind == RC_BIASED; i++)
        fmpq_set(fmpq_mat_entry(deep->b, i, 0), fmpq_mat_entry(net->v, i, 0));
    if (net->kind == RC_BIASED) fmpq_mat_set(deep->b + 1, net->e);
}

/* Neurons of hidden layer l: their order, or a scale. */
static void swap_neurons(rc_network_t net, slong l, slong i, slong k)
{
    for (slong j = 0; j < net->A[l].c; j++)
        fmpq_swap(fmpq_mat_entry(net->A + l, i, j), fmpq_mat_entry(net->A + l, k, j));
    fmpq_swap(fmpq_mat_entry(net->b + l, i, 0), fmpq_mat_entry(net->b + l, k, 0));
    for (slong p = 0; p < net->A[l + 1].r; p++)
        fmpq_swap(fmpq_mat_entry(net->A + l + 1, p, i), fmpq_mat_entry(net->A + l + 1, p, k));
}

static void rescale_neuron(rc_network_t net, slong l, slong i)
{
    fmpq_t scale;
    fmpq_init(scale);
    fmpq_set_si(scale, test_range(1, 5), (ulong) test_range(1, 5));
    fmpq_canonicalise(scale);
    for (slong j = 0; j < net->A[l].c; j++)
        fmpq_mul(fmpq_mat_entry(net->A + l, i, j), fmpq_mat_entry(net->A + l, i, j), scale);
    fmpq_mul(fmpq_mat_entry(net->b + l, i, 0), fmpq_mat_entry(net->b + l, i, 0), scale);
    for (slong p = 0; p < net->A[l + 1].r; p++)
        fmpq_div(fmpq_mat_entry(net->A + l + 1, p, i), fmpq_mat_entry(net->A + l + 1, p, i), scale);
    fmpq_clear(scale);
}

static void copy_block(fmpq_mat_t to, const fmpq_mat_t from)
{
    for (slong i = 0; i < from->r; i++)
        for (slong j = 0; j < from->c; j++) fmpq_set(fmpq_mat_entry(to, i, j), fmpq_mat_entry(from, i, j));
}

/* Two more neurons in hidden layer l, equal up to a scale, whose contributions cancel. */
static void add_cancelling_pair(rc_network_t net, slong l)
{
    slong *widths = widths_of(net, 0), n = widths[l + 1];
    rc_network_t more;
    widths[l + 1] += 2;
    rc_network_init_deep(more, net->depth, widths);
    for (slong k = 0; k < net->depth; k++) {
        copy_block(more->A + k, net->A + k);
        copy_block(more->b + k, net->b + k);
    }
    for (slong j = 0; j <= more->A[l].c; j++) {
        fmpq *x = j < more->A[l].c ? fmpq_mat_entry(more->A + l, n, j) : fmpq_mat_entry(more->b + l, n, 0);
        fmpq *y = j < more->A[l].c ? fmpq_mat_entry(more->A + l, n + 1, j) : fmpq_mat_entry(more->b + l, n + 1, 0);
        random_rational(x, 3);
        fmpq_mul_si(y, x, 2);
    }
    for (slong p = 0; p < more->A[l + 1].r; p++) {
        random_rational(fmpq_mat_entry(more->A + l + 1, p, n + 1), 3);
        fmpq_mul_si(fmpq_mat_entry(more->A + l + 1, p, n), fmpq_mat_entry(more->A + l + 1, p, n + 1), -2);
    }
    rc_network_swap(net, more);
    rc_network_clear(more);
    flint_free(widths);
}

/* Before layer l comes z = rho(z) - rho(-z), a layer of twice as many neurons (as there are inputs to layer l, which are
   not negative for l > 0, so that the one half of it is dead then). */
static void insert_identity(rc_network_t net, slong l)
{
    slong *widths = widths_of(net, 1), n = widths[l];
    for (slong k = net->depth + 1; k > l; k--) widths[k] = widths[k - 1];
    widths[l + 1] = 2 * n;
    rc_network_t more;
    rc_network_init_deep(more, net->depth + 1, widths);
    for (slong k = 0; k < net->depth; k++) {
        copy_block(more->A + k + (k >= l), net->A + k);
        copy_block(more->b + k + (k >= l), net->b + k);
    }
    for (slong i = 0; i < n; i++) {
        fmpq_set_si(fmpq_mat_entry(more->A + l, i, i), 1, 1);
        fmpq_set_si(fmpq_mat_entry(more->A + l, n + i, i), -1, 1);
        for (slong p = 0; p < more->A[l + 1].r; p++)
            fmpq_neg(fmpq_mat_entry(more->A + l + 1, p, n + i), fmpq_mat_entry(net->A + l, p, i));
    }
    rc_network_swap(net, more);
    rc_network_clear(more);
    flint_free(widths);
}

/* Another network for the same function. */
static void rewrite(rc_network_t net)
{
    slong hidden = net->depth - 1;
    for (slong step = test_range(1, 4); step > 0; step--) {
        long what = test_range(0, 3);
        slong l = hidden > 0 ? test_range(0, hidden - 1) : 0;
        if (what == 3 && net->depth < 5) {
            insert_identity(net, test_range(0, net->depth - 1));
            hidden++;
        }
        if (hidden == 0) continue;
        slong n = net->A[l].r;
        if (what == 0) swap_neurons(net, l, test_range(0, n - 1), test_range(0, n - 1));
        if (what == 1) rescale_neuron(net, l, test_range(0, n - 1));
        if (what == 2 && n < 6) add_cancelling_pair(net, l);
    }
}

/* One entry anywhere becomes another one. */
static void perturb(rc_network_t net)
{
    slong l = test_range(0, net->depth - 1), i = test_range(0, net->A[l].r - 1), j = test_range(0, net->A[l].c);
    fmpq *entry = j < net->A[l].c ? fmpq_mat_entry(net->A + l, i, j) : fmpq_mat_entry(net->b + l, i, 0);
    fmpq_add_si(entry, entry, test_chance(50) ? 1 : -1);
}

static bool agree_at(const rc_network_t X, const rc_network_t Y, const fmpq *x)
{
    fmpq *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
    rc_network_eval(y, X, x);
    rc_network_eval(z, Y, x);
    bool agree = vectors_equal(y, z, X->D);
    _fmpq_vec_clear(z, X->D);
    _fmpq_vec_clear(y, X->D);
    return agree;
}

static bool agree_at_many_points(const rc_network_t X, const rc_network_t Y)
{
    fmpq *x = _fmpq_vec_init(X->d);
    bool agree = true;
    for (int t = 0; t < 40 && agree; t++) {
        random_point(x, X->d, t < 20 ? 4 : 40);
        agree = agree_at(X, Y, x);
    }
    _fmpq_vec_clear(x, X->d);
    return agree;
}

/* The verdict, with what can be said about it without the tree. */
static rc_verdict decide(const rc_network_t X, const rc_network_t Y)
{
    rc_deep_equality_t r;
    rc_deep_equality_init(r);
    CHECK(rc_deep_equal(r, X, Y, NULL) == RC_OK, "no limit, no answer");
    rc_verdict verdict = r->verdict;
    if (verdict == RC_REFUTED)
        CHECK(r->d == X->d && r->tree->length == 0 && !agree_at(X, Y, r->x), "%s, %s: no difference at the point",
              network_text(X), network_text(Y));
    else
        CHECK(verdict == RC_PROVED && r->cells >= 1 && r->x == NULL && agree_at_many_points(X, Y),
              "%s, %s: said to be equal", network_text(X), network_text(Y));
    rc_deep_equality_clear(r);
    return verdict;
}

/* Depth 2: canonical forms tell. The other network is a rewritten or a perturbed one, or has a neuron turned around. */
static void canonical_forms(void)
{
    test_case("two layers against canonical forms");
    rc_network_t X, Y, x, y;
    rc_network_init(x, RC_SHALLOW, 1, 1, 1);
    rc_network_init(y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_t f;
    rc_canonical_init(f);
    long equal = 0, rounds = test_rounds(300);
    for (long t = 0; t < rounds; t++) {
        slong d = test_range(1, 3), D = test_range(1, 2), m = test_range(1, 4);
        rc_network_kind kind = test_chance(50) ? RC_BIASED : RC_SHALLOW;
        rc_network_init(X, kind, d, m, D);
        rc_network_init(Y, kind, d, m + test_range(0, 1), D);
        random_neurons(X);
        random_neurons(Y);
        for (slong i = 0; i < m && test_chance(80); i++) rc_network_set_neuron(Y, Y->m - 1 - i, X, i);
        if (kind == RC_BIASED && test_chance(90)) fmpq_mat_set(Y->e, X->e);
        if (Y->m > m && test_chance(70)) rc_network_set_scale(Y, 0, (fmpq[1]){{7, 2}});
        for (slong p = 0; p < D && Y->m > m && test_chance(70); p++) fmpq_zero(fmpq_mat_entry(Y->gamma, 0, p));
        rc_canonical_set_difference(f, X, Y);
        bool same = rc_canonical_is_zero(f);
        equal += same;
        as_deep(x, X);
        as_deep(y, Y);
        CHECK((decide(x, y) == RC_PROVED) == same, "%s, %s: the canonical forms say %d", network_text(X), network_text(Y),
              same);
        CHECK((decide(X, Y) == RC_PROVED) == same && (decide(X, y) == RC_PROVED) == same, "%s, %s: with roots",
              network_text(X), network_text(Y));
        rc_network_clear(X);
        rc_network_clear(Y);
    }
    CHECK(10 * equal > rounds && 10 * equal < 9 * rounds, "%ld of %ld pairs are equal: no test", equal, rounds);
    rc_canonical_clear(f);
    rc_network_clear(x);
    rc_network_clear(y);
}

/* On the line: breakpoints, layer by layer. */

typedef struct {
    fmpq x[400];
    slong n;
} points;

static void add_point(points *p, const fmpq_t x)
{
    for (slong i = 0; i < p->n; i++)
        if (fmpq_equal(p->x + i, x)) return;
    if (p->n == 400) abort();
    slong i = p->n++;
    fmpq_init(p->x + i);
    fmpq_set(p->x + i, x);
    for (; i > 0 && fmpq_cmp(p->x + i - 1, p->x + i) > 0; i--) fmpq_swap(p->x + i - 1, p->x + i);
}

/* Where the line through (a, z(a)), (b, z(b)) is 0, if that is in [a, b]; left of b, right of a for an end of the line. */
static void add_zero(points *p, const fmpq_t a, const fmpq_t b, const fmpq_t za, const fmpq_t zb, int end)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    fmpq_sub(x, za, zb);
    if (!fmpq_is_zero(x)) {
        fmpq_div(y, za, x);
        fmpq_sub(x, b, a);
        fmpq_mul(y, y, x);
        fmpq_add(y, y, a);
        if ((end < 0 || fmpq_cmp(y, a) >= 0) && (end > 0 || fmpq_cmp(y, b) <= 0)) add_point(p, y);
    }
    fmpq_clear(y);
    fmpq_clear(x);
}

/* Points between which, and beyond which, net is affine; it is so already for the first l layers. The two outermost points
   are beyond all breakpoints. */
static void add_breakpoints(points *p, const rc_network_t net, slong l)
{
    slong *widths = widths_of(net, 0), n = widths[l + 1];
    points old;
    rc_network_t prefix;
    rc_network_init_deep(prefix, l + 1, widths);
    for (slong k = 0; k <= l; k++) {
        fmpq_mat_set(prefix->A + k, net->A + k);
        fmpq_mat_set(prefix->b + k, net->b + k);
    }
    old.n = p->n;
    for (slong i = 0; i < p->n; i++) {
        fmpq_init(old.x + i);
        fmpq_set(old.x + i, p->x + i);
    }
    for (slong i = 0; i + 1 < old.n; i++) {
        fmpq *y = _fmpq_vec_init(n), *z = _fmpq_vec_init(n);
        rc_network_eval(y, prefix, old.x + i);
        rc_network_eval(z, prefix, old.x + i + 1);
        for (slong k = 0; k < n; k++)
            add_zero(p, old.x + i, old.x + i + 1, y + k, z + k, i == 0 ? -1 : i + 2 == old.n ? 1 : 0);
        _fmpq_vec_clear(z, n);
        _fmpq_vec_clear(y, n);
    }
    for (slong i = 0; i < old.n; i++) fmpq_clear(old.x + i);
    fmpq_t far;
    fmpq_init(far);
    fmpq_add_si(far, p->x + p->n - 1, 1);
    add_point(p, far);
    fmpq_sub_si(far, p->x, 1);
    add_point(p, far);
    fmpq_clear(far);
    rc_network_clear(prefix);
    flint_free(widths);
}

static bool equal_on_the_line(const rc_network_t X, const rc_network_t Y)
{
    points p = {.n = 0};
    fmpq_t x;
    fmpq_init(x);
    for (int i = -1; i < 2; i++) {
        fmpq_set_si(x, i, 1);
        add_point(&p, x);
    }
    for (slong l = 0; l + 1 < X->depth; l++) add_breakpoints(&p, X, l);
    for (slong l = 0; l + 1 < Y->depth; l++) add_breakpoints(&p, Y, l);
    bool equal = true;
    for (slong i = 0; i < p.n; i++) {
        equal = equal && agree_at(X, Y, p.x + i);
        fmpq_clear(p.x + i);
    }
    fmpq_clear(x);
    return equal;
}

static void breakpoints(void)
{
    test_case("d = 1 against breakpoints");
    long equal = 0, rounds = test_rounds(300);
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    for (long t = 0; t < rounds; t++) {
        random_deep(X, test_range(1, 4), 1, test_range(1, 2), 3);
        rc_network_set(Y, X);
        rewrite(Y);
        if (test_chance(60)) perturb(Y);
        bool same = equal_on_the_line(X, Y);
        equal += same;
        CHECK((decide(X, Y) == RC_PROVED) == same, "%s, %s: the breakpoints say %d", network_text(X), network_text(Y), same);
    }
    CHECK(10 * equal > rounds && 10 * equal < 9 * rounds, "%ld of %ld pairs are equal: no test", equal, rounds);
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void properties(void)
{
    long refuted = 0, perturbed = 0;
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    test_case("permuting, rescaling, cancelling pairs and identity layers change nothing; other entries do");
    for (long t = test_rounds(120); t > 0; t--) {
        random_deep(X, test_range(1, 4), test_range(1, 3), test_range(1, 2), 4);
        rc_network_set(Y, X);
        rewrite(Y);
        CHECK(decide(X, Y) == RC_PROVED, "%s, %s", network_text(X), network_text(Y));
        perturb(Y);
        bool agree = agree_at_many_points(X, Y);
        rc_verdict verdict = decide(X, Y);
        CHECK(agree || verdict == RC_REFUTED, "%s, %s: they differ at some point", network_text(X), network_text(Y));
        refuted += verdict == RC_REFUTED;
        perturbed++;
        rc_network_set(Y, X);
        fmpq *bias = fmpq_mat_entry(Y->b + Y->depth - 1, 0, 0);
        fmpq_add(bias, bias, (fmpq[1]){{1, 1000000007}});
        CHECK(decide(X, Y) == RC_REFUTED, "%s: an output bias altered", network_text(X));
    }
    CHECK(2 * refuted > perturbed, "%ld of %ld perturbed networks are refuted", refuted, perturbed);
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void limits(void)
{
    test_case("limits");
    rc_network_t X, Y;
    rc_limits limits;
    rc_deep_equality_t r;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    do random_deep(X, 4, 3, 1, 4);
    while (rc_network_hidden(X) < 9);
    rc_network_set(Y, X);
    rc_deep_equality_init(r);
    rc_limits_init(&limits);
    limits.max_cells = 3;
    CHECK(rc_deep_equal(r, X, Y, &limits) == RC_LIMIT && strcmp(limits.reason, "cell limit") == 0 &&
              r->verdict == RC_UNDECIDED && r->tree->length == 0, "%s", network_text(X));
    rc_limits_init(&limits);
    limits.deadline = rc_clock() - 1;
    CHECK(rc_deep_equal(r, X, Y, &limits) == RC_LIMIT && strcmp(limits.reason, "time limit") == 0, "%s", network_text(X));
    rc_limits_init(&limits);
    CHECK(rc_deep_equal(r, X, Y, &limits) == RC_OK && r->verdict == RC_PROVED, "%s", network_text(X));
    rc_network_clear(X);
    rc_network_init_deep(X, 3, (slong[]){1, 2001, 1, 1});
    rc_network_set(Y, X);
    CHECK(rc_deep_equal(r, X, Y, &limits) == RC_LIMIT && strstr(limits.reason, "4000"), "2 x 2002 neurons");
    fmpq_one(fmpq_mat_entry(Y->b + 2, 0, 0));
    CHECK(rc_deep_equal(r, X, Y, &limits) == RC_OK && r->verdict == RC_REFUTED, "different at 0");
    rc_deep_equality_clear(r);
    rc_network_clear(X);
    rc_network_clear(Y);
}

/* Certificates. */

static int check(const char *path, const char *claim)
{
    const char *argv[] = {checker, "-q", path, NULL}, *against[] = {checker, "-q", "--case", claim, path, NULL};
    process_result r = process_run(claim ? against : argv, NULL, 0);
    int status = r.status;
    process_clear(&r);
    return status;
}

static json_t *tree_of(json_t *certificate)
{
    json_t *instance = json_array_get(json_object_get(certificate, "instances"), 0);
    return json_object_get(json_object_get(instance, "evidence"), "tree");
}

/* A copy of the certificate with the tree altered: node i left out (0), put twice (1), a stop said to be empty (2), a
   multiplier made negative (3) or another (4). False if node i is not fit for that. */
static bool damage(json_t *copy, size_t i, int how)
{
    json_t *tree = tree_of(copy), *node = json_array_get(tree, i);
    bool list = json_is_array(node), stop = json_is_integer(node) && json_integer_value(node) == 0;
    if (how == 0) return json_array_remove(tree, i) == 0;
    if (how == 1) return json_array_insert(tree, i, node) == 0;
    if (how == 2) return stop && json_array_set_new(tree, i, json_pack("[i, i]", 0, 1)) == 0;
    if (!list) return false;
    json_t *l = json_array_get(node, 1);
    if (!json_is_integer(l)) return false;
    return json_array_set_new(node, 1, json_integer(how == 3 ? -json_integer_value(l) : json_integer_value(l) + 1)) == 0;
}

static void damaged(const char *path, const char *text)
{
    json_t *certificate = json_load_file(path, 0, NULL);
    size_t n = json_array_size(tree_of(certificate));
    char mutant[200];
    snprintf(mutant, sizeof mutant, "%s/mutant.json", folder);
    for (int t = 0; t < 10; t++) {
        json_t *copy = json_deep_copy(certificate);
        size_t i = (size_t) test_range(0, (long) n - 1);
        int how = (int) test_range(0, 4);
        if (damage(copy, i, how)) {
            json_dump_file(copy, mutant, 0);
            CHECK(check(mutant, NULL) == 1, "%s: node %zu altered (%d) and accepted", text, i, how);
        }
        json_decref(copy);
    }
    json_decref(certificate);
}

/* The networks of a claim that was proved with another one of its own. */
static void exchanged(const char *path, const rc_network_t Z, const char *text)
{
    json_t *certificate = json_load_file(path, 0, NULL);
    json_t *instance = json_array_get(json_object_get(certificate, "instances"), 0);
    json_object_set_new(json_object_get(instance, "networks"), "Y", rc_write_network(Z));
    char mutant[200];
    snprintf(mutant, sizeof mutant, "%s/mutant.json", folder);
    json_dump_file(certificate, mutant, 0);
    CHECK(check(mutant, NULL) == 1, "%s: with %s", text, network_text(Z));
    json_decref(certificate);
}

/* One claim in a case of its own: the certificate is written and checked. Its path; NULL if there is none. */
static const char *certify(const rc_network_t X, const rc_network_t Y, bool equal, const char *text)
{
    static char path[200];
    char file[200], claim[220];
    json_t *doc = json_pack("{s:s, s:s, s:{s:o, s:o}, s:[{s:s, s:s, s:[s, s], s:b, s:s}]}", "title", "t", "source", "s",
                            "networks", "X", rc_write_network(X), "Y", rc_write_network(Y), "claims", "id", "c", "claim",
                            "equal", "of", "X", "Y", "holds", (int) test_range(0, 1), "expect", "proved");
    json_t *one = json_array_get(json_object_get(doc, "claims"), 0);
    if (json_is_true(json_object_get(one, "holds")) != equal) json_object_set_new(one, "expect", json_string("refuted"));
    snprintf(file, sizeof file, "%s/case.json", folder);
    snprintf(claim, sizeof claim, "%s#c", file);
    snprintf(path, sizeof path, "%s/case.c.json", folder);
    json_dump_file(doc, file, 0);
    json_decref(doc);
    const char *argv[] = {engine, "certify", "-q", "-o", folder, file, NULL};
    process_result r = process_run(argv, NULL, 0);
    CHECK(r.status == 0, "%s: %s%s", text, r.out, r.err);
    process_clear(&r);
    CHECK(check(path, claim) == 0, "%s: the certificate is not accepted", text);
    const char *show[] = {engine, "show", path, NULL};
    r = process_run(show, NULL, 0);
    CHECK(r.status == 0 && strstr(r.out, equal ? "The tree decides" : "differ at x"), "%s: %s%s", text, r.out, r.err);
    process_clear(&r);
    return path;
}

/* The case that certify left, with another network Y: the certificate is about something else. */
static void against_another_case(const char *path, const rc_network_t Z, const char *text)
{
    char file[200], claim[220];
    snprintf(file, sizeof file, "%s/case.json", folder);
    snprintf(claim, sizeof claim, "%s#c", file);
    json_t *doc = json_load_file(file, 0, NULL);
    json_object_set_new(json_object_get(doc, "networks"), "Y", rc_write_network(Z));
    json_dump_file(doc, file, 0);
    json_decref(doc);
    CHECK(check(path, claim) == 1, "%s: against a case with %s", text, network_text(Z));
}

static void certificates(void)
{
    test_case("certificates are accepted, damaged ones are not");
    rc_network_t X, Y, S;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    for (long t = test_rounds(25); t > 0; t--) {
        do random_deep(X, test_range(1, 4), test_range(1, 3), test_range(1, 2), 3);
        while (X->depth == 2); /* reads back as a network with biases */
        rc_network_set(Y, X);
        do rewrite(Y);
        while (Y->depth == 2);
        const char *path = certify(X, Y, true, network_text(X));
        damaged(path, network_text(X));
        fmpq *bias = fmpq_mat_entry(Y->b + Y->depth - 1, 0, 0);
        fmpq_add_si(bias, bias, 1);
        exchanged(path, Y, network_text(X));
        against_another_case(path, Y, network_text(X));
        fmpq_sub_si(bias, bias, 1);
        insert_identity(Y, 0);
        if (Y->depth != 2) against_another_case(path, Y, network_text(X));
        bias = fmpq_mat_entry(Y->b + Y->depth - 1, 0, 0);
        fmpq_add_si(bias, bias, 1);
        certify(X, Y, false, network_text(X));

        /* A network with roots, and the same one deeper. */
        rc_network_init(S, test_chance(50) ? RC_BIASED : RC_SHALLOW, test_range(1, 3), test_range(1, 4), test_range(1, 2));
        random_neurons(S);
        as_deep(Y, S);
        insert_identity(Y, test_range(0, 1));
        certify(S, Y, true, network_text(S));
        certify(Y, S, true, network_text(S));
        bias = fmpq_mat_entry(Y->b + 2, 0, 0);
        fmpq_add_si(bias, bias, 1);
        certify(S, Y, false, network_text(S));
        rc_network_clear(S);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
}

int main(void)
{
    test_start("t-deep");
    engine = process_program("relucert");
    checker = process_program("relucert-check");
    if (!mkdtemp(folder)) {
        perror(folder);
        return 99;
    }
    canonical_forms();
    breakpoints();
    properties();
    limits();
    certificates();
    static const char *const names[] = {"case.json", "case.c.json", "mutant.json"};
    for (size_t i = 0; i < 3; i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    free(engine), free(checker);
    network_text_clear();
    flint_cleanup();
    return test_finish();
}
