#include "relucert/seminorm.h"

#include <flint/fmpq_vec.h>
#include <math.h>

#include "relucert/region.h"
#include "t-seminorm.h"
#include "theory/seminorm-cone.h"
#include "theory/seminorm-search.h"

/* The evidence, read as docs/certificate-format.md (UPPER, TREE, COMPONENTS) says and nothing else. */
typedef struct {
    const rc_canonical_struct *f;
    const rc_seminorm_struct *s;
    const rc_tree_struct *tree;
    slong c, node, stops;
    int *sign;
    fmpq *most; /* 2 D d maxima over the stops */
    const char *fault;
} reader;

static void read_stop(reader *r)
{
    const rc_canonical_struct *f = r->f;
    fmpq_t b, jump;
    fmpq_init(b);
    fmpq_init(jump);
    for (slong e = 0; e < 2 * f->D * f->d; e++) {
        fmpq_zero(b);
        for (slong H = 0; H < f->K; H++) {
            if (r->s->part[H] != r->c) continue;
            fmpq_mul_fmpz(jump, fmpq_mat_entry(f->gamma, H, e / 2 / f->d), fmpz_mat_entry(f->u, H, e / 2 % f->d));
            if (e % 2) fmpq_neg(jump, jump);
            if (r->sign[H] > 0 || (r->sign[H] == 0 && fmpq_sgn(jump) > 0)) fmpq_add(b, b, jump);
        }
        if (r->stops == 0 || fmpq_cmp(b, r->most + e) > 0) fmpq_set(r->most + e, b);
    }
    r->stops++;
    fmpq_clear(b);
    fmpq_clear(jump);
}

static void read_empty(reader *r, slong node)
{
    const rc_canonical_struct *f = r->f;
    fmpq *sum = _fmpq_vec_init(f->width);
    fmpq_t t;
    fmpq_init(t);
    if (r->tree->count[node] < 1) r->fault = "an empty leaf without multipliers";
    for (slong k = 0; k < r->tree->count[node]; k++) {
        slong i = r->tree->first[node] + k, H = r->tree->index[i];
        if (fmpq_sgn(r->tree->lambda + i) <= 0) r->fault = "a multiplier <= 0";
        for (slong l = 0; l < k; l++)
            if (r->tree->index[r->tree->first[node] + l] == H) r->fault = "an index twice";
        if (H == -1) {
            if (!f->affine || r->s->part[f->K] != r->c) r->fault = "infinity is not in the part";
            fmpq_add(sum + f->width - 1, sum + f->width - 1, r->tree->lambda + i);
            continue;
        }
        if (H < 0 || H >= f->K || r->s->part[H] != r->c || r->sign[H] == 0) {
            r->fault = "a multiplier off the path";
            break;
        }
        for (slong q = 0; q < f->width; q++) {
            fmpq_mul_fmpz(t, r->tree->lambda + i, fmpz_mat_entry(f->u, H, q));
            if (r->sign[H] > 0) fmpq_add(sum + q, sum + q, t);
            else fmpq_sub(sum + q, sum + q, t);
        }
    }
    for (slong q = 0; q < f->width; q++)
        if (!fmpq_is_zero(sum + q)) r->fault = "Farkas sum not zero";
    fmpq_clear(t);
    _fmpq_vec_clear(sum, f->width);
}

static void read_node(reader *r)
{
    if (r->fault) return;
    slong node = r->node++;
    if (node >= r->tree->length) r->fault = "the tree ends early";
    else if (r->tree->kind[node] == RC_TREE_STOP) read_stop(r);
    else if (r->tree->kind[node] == RC_TREE_EMPTY) read_empty(r, node);
    else if (r->tree->kind[node] != RC_TREE_BRANCH) r->fault = "a leaf of the wrong kind";
    else {
        slong H = r->tree->form[node];
        if (H < 0 || H >= r->f->K || r->s->part[H] != r->c || r->sign[H] != 0) {
            r->fault = "branch on a form decided or of another part";
            return;
        }
        r->sign[H] = 1;
        read_node(r);
        r->sign[H] = -1;
        read_node(r);
        r->sign[H] = 0;
    }
}

static slong rank_of_part(const rc_canonical_t f, const slong *part, slong c)
{
    fmpz_mat_t A;
    slong rows = 0;
    fmpz_mat_init(A, f->K + f->affine, f->width);
    for (slong H = 0; H < f->K + f->affine; H++) {
        if (c >= 0 && part[H] != c) continue;
        for (slong k = 0; k < f->width; k++)
            if (H < f->K) fmpz_set(fmpz_mat_entry(A, rows, k), fmpz_mat_entry(f->u, H, k));
            else fmpz_set_si(fmpz_mat_entry(A, rows, k), k == f->d);
        rows++;
    }
    slong rank = fmpz_mat_rank(A);
    fmpz_mat_clear(A);
    return rank;
}

/* R of the evidence; NULL or what is wrong with it. */
static const char *read_upper(fmpq_t R, const rc_canonical_t f, const rc_seminorm_t s)
{
    slong m = 2 * f->D * f->d, ranks = 0;
    reader r = {.f = f, .s = s};
    fmpq *total = _fmpq_vec_init(m);
    r.most = _fmpq_vec_init(m);
    r.sign = flint_calloc((size_t) f->K + 1, sizeof *r.sign);
    for (slong e = 0; e < m; e++) {
        fmpq_set(total + e, fmpq_mat_entry(f->L, e / 2 / f->d, e / 2 % f->d));
        if (e % 2) fmpq_neg(total + e, total + e);
    }
    for (slong H = 0; H < f->K + f->affine; H++)
        if (s->part[H] < 0 || s->part[H] >= s->parts) r.fault = "a part's number";
    for (slong c = 0; c < s->parts && !r.fault; c++) {
        r.c = c;
        r.tree = s->trees + c;
        r.node = r.stops = 0;
        read_node(&r);
        if (!r.fault && r.node != r.tree->length) r.fault = "nodes left over";
        if (!r.fault && r.stops == 0) r.fault = "no stop";
        slong rank = rank_of_part(f, s->part, c);
        if (rank == 0) r.fault = "an empty part";
        ranks += rank;
        for (slong e = 0; e < m; e++) fmpq_add(total + e, total + e, r.most + e);
    }
    if (!r.fault && ranks != rank_of_part(f, s->part, -1)) r.fault = "ranks do not add up";
    fmpq_set(R, total);
    for (slong e = 1; e < m; e++)
        if (fmpq_cmp(total + e, R) > 0) fmpq_set(R, total + e);
    flint_free(r.sign);
    _fmpq_vec_clear(total, m);
    _fmpq_vec_clear(r.most, m);
    return r.fault;
}

/* Is x on no essential hyperplane, with ||Df(x)|| = lower? */
static bool lower_holds(const rc_canonical_t f, const rc_seminorm_t s)
{
    fmpq_mat_t J;
    fmpq_t norm;
    fmpq_mat_init(J, f->D, f->d);
    fmpq_init(norm);
    bool ok = s->has_lower && rc_canonical_gradient(J, f, s->x);
    if (ok) rc_fmpq_mat_norm(norm, J);
    ok = ok && fmpq_equal(norm, s->lower);
    fmpq_mat_clear(J);
    fmpq_clear(norm);
    return ok;
}

typedef struct {
    const rc_canonical_struct *f;
    fmpq_t most;
    slong cells;
} census;

static bool visit_cell(void *arg, const signed char *signs, const fmpq *x)
{
    census *c = arg;
    fmpq_mat_t J;
    fmpq_t norm;
    (void) signs;
    fmpq_mat_init(J, c->f->D, c->f->d);
    fmpq_init(norm);
    CHECK(rc_canonical_gradient(J, c->f, x), "cell on a hyperplane: %s", form_text(c->f));
    rc_fmpq_mat_norm(norm, J);
    if (fmpq_cmp(norm, c->most) > 0) fmpq_set(c->most, norm);
    c->cells++;
    fmpq_mat_clear(J);
    fmpq_clear(norm);
    return true;
}

/* r by listing all cells. */
static slong enumerate(fmpq_t r, const rc_canonical_t f)
{
    census c = {.f = f};
    rc_arrangement_t arr;
    fmpq_init(c.most);
    rc_arrangement_init(arr);
    rc_arrangement_set_lines(arr, f->u, f->affine);
    rc_status status = rc_arrangement_cells(arr, visit_cell, &c, NULL);
    CHECK(status == RC_OK, "cells: status %d", (int) status);
    fmpq_swap(r, c.most);
    fmpq_clear(c.most);
    rc_arrangement_clear(arr);
    return c.cells;
}

static void check_exact(const rc_canonical_t f, const rc_seminorm_t s)
{
    fmpq_t R;
    fmpq_init(R);
    CHECK(s->has_lower && s->has_upper && fmpq_equal(s->lower, s->upper), "bounds differ: %s", form_text(f));
    const char *fault = read_upper(R, f, s);
    CHECK(!fault, "%s: %s", fault, form_text(f));
    CHECK(fault || fmpq_equal(R, s->upper), "the evidence proves another value: %s", form_text(f));
    CHECK(lower_holds(f, s), "the witness does not: %s", form_text(f));
    fmpq_clear(R);
}

static void check_samples(const rc_canonical_t f, const rc_seminorm_t s, int count)
{
    fmpq *x = _fmpq_vec_init(f->d);
    fmpq_mat_t J;
    fmpq_t norm;
    fmpq_mat_init(J, f->D, f->d);
    fmpq_init(norm);
    for (int n = 0; n < count; n++) {
        for (slong k = 0; k < f->d; k++) random_fmpq(x + k, 50, 20);
        if (!rc_canonical_gradient(J, f, x)) continue;
        rc_fmpq_mat_norm(norm, J);
        CHECK(fmpq_cmp(norm, s->upper) <= 0, "a sampled gradient exceeds r: %s", form_text(f));
    }
    _fmpq_vec_clear(x, f->d);
    fmpq_mat_clear(J);
    fmpq_clear(norm);
}

/* The value alone: r, attained, without trees. */
static void check_value(const rc_canonical_t f, const fmpq_t r)
{
    rc_seminorm_t s;
    rc_seminorm_init(s);
    rc_status status = rc_seminorm_value(s, f, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    CHECK(s->has_lower && s->has_upper && s->parts == 0, "bounds without trees: %s", form_text(f));
    CHECK(fmpq_equal(s->lower, r) && fmpq_equal(s->upper, r), "not the value: %s", form_text(f));
    CHECK(lower_holds(f, s), "the witness does not: %s", form_text(f));
    rc_seminorm_clear(s);
}

static void check_against_enumeration(const rc_canonical_t f)
{
    rc_seminorm_t s;
    fmpq_t r;
    rc_seminorm_init(s);
    fmpq_init(r);
    enumerate(r, f);
    rc_status status = rc_seminorm_exact(s, f, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    CHECK(fmpq_equal(s->lower, r), "not the enumerated value: %s", form_text(f));
    check_exact(f, s);
    check_samples(f, s, 2);
    check_value(f, r);
    fmpq_clear(r);
    rc_seminorm_clear(s);
}

static void test_random_forms(void)
{
    rc_canonical_t f;
    rc_canonical_init(f);
    test_case("random canonical forms against enumeration");
    for (long n = test_rounds(2200); n > 0; n--) {
        random_form(f, 3, 6);
        check_against_enumeration(f);
    }
    test_case("more hyperplanes against enumeration");
    for (long n = test_rounds(60); n > 0; n--) {
        random_form(f, 4, 14);
        check_against_enumeration(f);
    }
    rc_canonical_clear(f);
}

/* Several planar bundles of lines: all components non-trivial. */
static void test_direct_sums(void)
{
    rc_canonical_t f;
    rc_network_t X;
    rc_canonical_init(f);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    test_case("direct sums of non-trivial components");
    for (long n = test_rounds(100); n > 0; n--) {
        slong blocks = test_range(2, 3);
        random_network(X, 2 * blocks, 3 * blocks + 2, test_range(1, 3), test_chance(30), blocks, 0, 9);
        rc_canonical_set_network(f, X);
        check_against_enumeration(f);
    }
    rc_network_clear(X);
    rc_canonical_clear(f);
}

static void check_threshold(const rc_canonical_t f, const rc_surd_t t, const fmpq_t r)
{
    rc_seminorm_t s;
    fmpq_t R;
    rc_seminorm_init(s);
    fmpq_init(R);
    rc_status status = rc_seminorm_compare(s, f, t, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    CHECK(s->has_lower && lower_holds(f, s), "the witness does not: %s", form_text(f));
    bool above = rc_surd_cmp_fmpq(t, r) < 0;
    bool says_above = rc_surd_cmp_fmpq(t, s->lower) < 0;
    bool says_below = s->has_upper && rc_surd_cmp_fmpq(t, s->upper) >= 0;
    CHECK(above == says_above && above != says_below, "compared wrongly: %s", form_text(f));
    if (s->has_upper) {
        const char *fault = read_upper(R, f, s);
        CHECK(!fault, "%s: %s", fault, form_text(f));
        CHECK(fault || (fmpq_cmp(R, s->upper) <= 0 && fmpq_cmp(r, R) <= 0), "not proved: %s", form_text(f));
    }
    fmpq_clear(R);
    rc_seminorm_clear(s);
}

static void test_compare(void)
{
    rc_canonical_t f;
    rc_surd_t t, hair;
    fmpq_t r, x;
    rc_canonical_init(f);
    rc_surd_init(t);
    rc_surd_init(hair);
    fmpq_init(r);
    fmpq_init(x);
    test_case("thresholds at the value, a hair off and far off");
    for (long n = test_rounds(250); n > 0; n--) {
        random_form(f, 3, 7);
        enumerate(r, f);
        rc_surd_set_fmpq(t, r);
        check_threshold(f, t, r);
        fmpq_set_si(x, 10, 1);
        fmpq_pow_si(x, x, -80);
        fmpq_mul_2exp(x, x, 1);
        rc_surd_set_sqrt_fmpq(hair, x);
        if (test_chance(50)) rc_surd_neg(hair, hair);
        rc_surd_add(t, t, hair);
        check_threshold(f, t, r);
        random_fmpq(x, 6, 5);
        fmpq_mul(x, x, r);
        rc_surd_set_fmpq(t, x);
        check_threshold(f, t, r);
    }
    rc_canonical_clear(f);
    rc_surd_clear(t);
    rc_surd_clear(hair);
    fmpq_clear(r);
    fmpq_clear(x);
}

static void check_witness(const rc_canonical_t f, slong tries)
{
    rc_seminorm_t s;
    fmpq_t norm, twice;
    rc_seminorm_init(s);
    fmpq_init(norm);
    fmpq_init(twice);
    rc_seminorm_witness(s, f, tries);
    CHECK(lower_holds(f, s) && !s->has_upper, "the witness does not: %s", form_text(f));
    fmpq_mul_2exp(twice, s->lower, 1);
    for (slong H = 0; H < f->K; H++) {
        rc_canonical_jump_norm(norm, f, H);
        CHECK(fmpq_cmp(norm, twice) <= 0, "|J_%ld| > 2 r': %s", (long) H, form_text(f));
    }
    fmpq_clear(norm);
    fmpq_clear(twice);
    rc_seminorm_clear(s);
}

static void test_witness(void)
{
    rc_canonical_t f;
    rc_canonical_init(f);
    test_case("polynomial-time witness: ||J_H|| <= 2 r'");
    for (long n = test_rounds(600); n > 0; n--) {
        random_form(f, 4, 12);
        check_witness(f, test_chance(50) ? -1 : 1);
    }
    rc_canonical_clear(f);
}

static void exact_of(rc_seminorm_t s, rc_canonical_t f, const rc_network_t X, const rc_network_struct *Y)
{
    if (Y) rc_canonical_set_difference(f, X, Y);
    else rc_canonical_set_network(f, X);
    rc_status status = rc_seminorm_exact(s, f, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    check_exact(f, s);
}

/* [B] (22), (67): |g_k| = k^2. */
static void test_example_2_1(rc_seminorm_t s, rc_canonical_t f)
{
    test_case("Example 2.1: |g_k| = k^2");
    static const long ks[] = {1, 2, 3, 10, 1000, 1000000};
    for (size_t n = 0; n < sizeof ks / sizeof *ks; n++) {
        rc_network_t X;
        rc_network_init(X, RC_SHALLOW, 2, 2, 1);
        for (slong i = 0; i < 2; i++) {
            fmpq_set_si(fmpq_mat_entry(X->u, i, 0), ks[n], 1);
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, 0), i ? -ks[n] : ks[n], 1);
        }
        fmpq_set_si(fmpq_mat_entry(X->u, 1, 1), -1, (ulong) (ks[n] * ks[n]));
        exact_of(s, f, X, NULL);
        fmpq_t expected;
        fmpq_init(expected);
        fmpq_set_si(expected, ks[n] * ks[n], 1);
        CHECK(fmpq_equal(s->lower, expected), "k = %ld", ks[n]);
        fmpq_clear(expected);
        rc_network_clear(X);
    }
}

/* [B] (32)-(34): the difference has semi-norm 3 for every k. */
static void test_example_2_5(rc_seminorm_t s, rc_canonical_t f)
{
    test_case("Example 2.5: the semi-norm of the difference is 3");
    for (long k = 1; k <= 1000; k *= 10) {
        rc_network_t X[2];
        for (int t = 0; t < 2; t++) {
            long sign = t ? -1 : 1;
            rc_network_init(X[t], RC_SHALLOW, 3, 3, 1);
            for (slong i = 0; i < 3; i++) {
                fmpq_set_si(fmpq_mat_entry(X[t]->u, i, 0), sign * (i == 0 ? k : i == 1 ? -k : 0), 1);
                fmpq_set_si(fmpq_mat_entry(X[t]->u, i, 1), sign * (i == 2 ? -k : k), 1);
                fmpq_set_si(fmpq_mat_entry(X[t]->u, i, 2), sign, (ulong) (i == 2 ? 2 * k : k));
                fmpq_set_si(fmpq_mat_entry(X[t]->gamma, i, 0), i == 2 ? 2 * k : k, 1);
                if (i == 2) fmpq_set_si(X[t]->q + i, 2, 1);
            }
        }
        exact_of(s, f, X[1], X[0]);
        CHECK(fmpq_cmp_si(s->lower, 3) == 0 && f->K == 0, "k = %ld", k);
        rc_network_clear(X[0]);
        rc_network_clear(X[1]);
    }
}

/* The pair that makes 2 sqrt 2 sharp: r = 2, 12 joint cells. */
static void test_sharp_pair(rc_seminorm_t s, rc_canonical_t f)
{
    test_case("the sharp pair for 2 sqrt(2): r = 2 and 12 joint cells");
    static const char *const gamma_u[3][3] = {{"2", "1/5", "1/5"}, {"-1", "1/100", "1/100"}, {"1", "1/90", "1/90"}};
    static const char *const theta_u[3][3] = {{"-2", "3/10", "3/10"}, {"-2", "1/4", "1/4"}, {"-2", "1/5", "1/5"}};
    static const char *const gamma_c[3] = {"2", "-2", "-2"}, *const gamma_q[3] = {"1", "2", "2"};
    static const char *const theta_c[3] = {"-2", "2", "-2"};
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 3, 3, 1);
    rc_network_init(Y, RC_SHALLOW, 3, 3, 1);
    for (slong i = 0; i < 3; i++) {
        set_neuron(X, i, gamma_u[i], gamma_c[i], gamma_q[i]);
        set_neuron(Y, i, theta_u[i], theta_c[i], "1");
    }
    exact_of(s, f, X, Y);
    CHECK(fmpq_cmp_si(s->lower, 2) == 0, "r is not 2");
    fmpq_t r;
    fmpq_init(r);
    CHECK(enumerate(r, f) == 12, "cells");
    fmpq_clear(r);
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void test_paper(void)
{
    rc_seminorm_t s;
    rc_canonical_t f;
    rc_seminorm_init(s);
    rc_canonical_init(f);
    test_example_2_1(s, f);
    test_example_2_5(s, f);
    test_sharp_pair(s, f);
    rc_seminorm_clear(s);
    rc_canonical_clear(f);
}

/* Uniform 53-bit doubles in (-1/2, 1/2). */
static void random_double(fmpq_t x)
{
    fmpz_set_si(fmpq_numref(x), (slong) (test_random() >> 11) - (WORD(1) << 52));
    fmpz_one(fmpq_denref(x));
    fmpq_div_2exp(x, x, 53);
}

static void doubles_network(rc_network_t X)
{
    for (slong i = 0; i < X->m; i++) {
        for (slong k = 0; k < X->d; k++) random_double(fmpq_mat_entry(X->u, i, k));
        for (slong p = 0; p < X->D; p++) random_double(fmpq_mat_entry(X->gamma, i, p));
        if (X->kind == RC_BIASED) random_double(fmpq_mat_entry(X->v, i, 0));
    }
}

/* Trained-network sizes: independent forms of doubles, where r is the largest sum of positive parts. `twin` adds a
   dependent neuron, so that one component is not trivial. */
static void check_doubles(slong d, slong m, slong D, bool biased, bool twin)
{
    rc_network_t X;
    rc_canonical_t f;
    rc_seminorm_t s;
    rc_network_init(X, biased ? RC_BIASED : RC_SHALLOW, d, m, D);
    rc_canonical_init(f);
    rc_seminorm_init(s);
    doubles_network(X);
    if (twin)
        for (slong k = 0; k < d; k++)
            fmpq_add(fmpq_mat_entry(X->u, 2, k), fmpq_mat_entry(X->u, 0, k), fmpq_mat_entry(X->u, 1, k));
    if (twin && biased)
        fmpq_add(fmpq_mat_entry(X->v, 2, 0), fmpq_mat_entry(X->v, 0, 0), fmpq_mat_entry(X->v, 1, 0));
    exact_of(s, f, X, NULL);
    CHECK(s->parts == m - (twin ? 2 : 0) + biased, "%ld parts", (long) s->parts);
    rc_network_clear(X);
    rc_canonical_clear(f);
    rc_seminorm_clear(s);
}

/* Coordinates from 1 to 10^400: no float can propose the point. */
static void check_huge(slong d, slong m, bool biased)
{
    rc_network_t X;
    rc_canonical_t f;
    rc_seminorm_t s;
    fmpz_t ten;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(f);
    rc_seminorm_init(s);
    fmpz_init_set_ui(ten, 10);
    fmpz_pow_ui(ten, ten, 400);
    random_network(X, d, m, 1, biased, 1, 0, 9);
    for (slong i = 0; i < m; i++)
        for (slong k = 0; k < d; k++)
            if ((i + k) % 3 == 0) fmpq_mul_fmpz(fmpq_mat_entry(X->u, i, k), fmpq_mat_entry(X->u, i, k), ten);
    exact_of(s, f, X, NULL);
    fmpz_clear(ten);
    rc_network_clear(X);
    rc_canonical_clear(f);
    rc_seminorm_clear(s);
}

static void test_doubles(void)
{
    test_case("entries of 400 digits");
    for (int biased = 0; biased < 2; biased++) {
        check_huge(6, 4, biased);
        check_huge(3, 6, biased);
    }
    test_case("53-bit doubles in high dimension");
    check_doubles(120, 60, 3, false, false);
    check_doubles(120, 60, 3, true, false);
    check_doubles(60, 40, 2, false, true);
    check_doubles(60, 40, 2, true, true);
}

static void test_limits(void)
{
    rc_canonical_t f;
    rc_network_t X;
    rc_seminorm_t s, again;
    rc_limits limits;
    rc_canonical_init(f);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_seminorm_init(s);
    rc_seminorm_init(again);
    test_case("limits, and forty hyperplanes in R^5");
    random_network(X, 5, 40, 1, false, 1, 0, 99);
    rc_canonical_set_network(f, X);
    rc_limits_init(&limits);
    limits.max_cells = 20;
    rc_status status = rc_seminorm_exact(s, f, &limits);
    CHECK(status == RC_LIMIT && !s->has_upper && lower_holds(f, s), "status %d", (int) status);
    status = rc_seminorm_exact(again, f, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    check_exact(f, again);
    CHECK(fmpq_cmp(s->lower, again->upper) <= 0, "a lower bound above the value");
    CHECK(again->trees[0].length < 10000, "%ld nodes in a tree", (long) again->trees[0].length);
    check_value(f, again->upper);
    rc_limits_init(&limits);
    limits.max_cells = 3;
    status = rc_seminorm_value(s, f, &limits);
    CHECK(status == RC_LIMIT && !s->has_upper && lower_holds(f, s), "status %d", (int) status);
    rc_limits_init(&limits);
    limits.max_cells = 2000;
    status = rc_seminorm_value(s, f, &limits);
    CHECK(status == RC_OK && s->nodes < 1000, "%ld nodes for the value", (long) s->nodes);
    rc_seminorm_clear(s);
    rc_seminorm_clear(again);
    rc_network_clear(X);
    rc_canonical_clear(f);
}

/* Weights of two sizes are too far apart for losses in one unit. */
static void test_spread(void)
{
    rc_canonical_t f;
    rc_network_t X;
    rc_canonical_init(f);
    test_case("jumps of very different sizes");
    for (long n = test_rounds(60); n > 0; n--) {
        bool two_sizes = test_chance(50);
        slong d = two_sizes ? 4 : test_range(2, 3), m = two_sizes ? test_range(10, 16) : test_range(4, 9);
        rc_network_init(X, RC_SHALLOW, 1, 1, 1);
        random_network(X, d, m, test_range(1, 2), test_chance(30), 1, 0, 9);
        for (slong i = 0; i < X->m; i++)
            for (slong p = 0; p < X->D; p++) {
                long e = two_sizes ? i < 2 ? 90 : -90 : (long) test_range(-28, 28);
                if (e >= 0) fmpq_mul_2exp(fmpq_mat_entry(X->gamma, i, p), fmpq_mat_entry(X->gamma, i, p), (ulong) e);
                else fmpq_div_2exp(fmpq_mat_entry(X->gamma, i, p), fmpq_mat_entry(X->gamma, i, p), (ulong) -e);
            }
        rc_canonical_set_network(f, X);
        check_against_enumeration(f);
        rc_network_clear(X);
    }
    rc_canonical_clear(f);
}

/* Value and evidence by two searches. */
static void check_value_and_tree(const rc_network_t X)
{
    rc_canonical_t f;
    rc_seminorm_t s;
    rc_canonical_init(f);
    rc_seminorm_init(s);
    rc_canonical_set_network(f, X);
    rc_status status = rc_seminorm_exact(s, f, NULL);
    CHECK(status == RC_OK, "status %d", (int) status);
    check_exact(f, s);
    check_value(f, s->upper);
    rc_seminorm_clear(s);
    rc_canonical_clear(f);
}

static void test_value(void)
{
    rc_network_t X;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    test_case("the value without trees");
    for (long n = test_rounds(6); n > 0; n--) {
        random_network(X, test_range(3, 5), test_range(20, 30), test_range(1, 3), n % 2, 1, 0, n % 3 ? 50 : 3);
        check_value_and_tree(X);
    }
    rc_network_clear(X);
    rc_network_init(X, RC_SHALLOW, 4, 32, 2);
    doubles_network(X);
    check_value_and_tree(X);
    rc_network_clear(X);
    rc_network_init(X, RC_BIASED, 3, 26, 1);
    doubles_network(X);
    check_value_and_tree(X);
    rc_network_clear(X);
}

/* Has the set of signed forms a point? */
static bool has_point(const fmpz_mat_t forms, const signed char *sign)
{
    rc_region_struct *R = rc_region_new(forms);
    bool ok = true;
    for (slong j = 0; ok && j < fmpz_mat_nrows(forms); j++)
        if (sign[j]) ok = rc_region_restrict(R, j, sign[j]);
    rc_region_free(R);
    return ok;
}

/* Any row is a conflict with the columns on the sides that its coefficients ask for, if these have the right signs:
   they are computed, and disturbed, so that some have not. */
static void check_rows(rc_cone_t C, const fmpz_mat_t forms, slong *proved)
{
    slong n = C->F->n, r = C->F->rank;
    signed char *sign = flint_calloc((size_t) n + 1, 1);
    if (test_chance(30))
        for (slong i = n * C->F->stride; i < (n + r) * C->F->stride; i++)
            C->entry[i] *= 1 + 0.01 * (double) test_range(-9, 9);
    for (slong j = 0; j < n; j++) {
        memset(sign, 0, (size_t) n);
        bool full = C->place[j] < 0;
        for (slong k = 0; full && k < r; k++) {
            full = C->column[k] < n;
            if (full) sign[C->column[k]] = C->entry[j * C->F->stride + k] < 0 ? 1 : -1;
        }
        sign[j] = 1;
        if (!full || !rc_cone_proves(C, j, sign)) continue;
        (*proved)++;
        CHECK(!has_point(forms, sign), "a false conflict was proved, row %ld", (long) j);
    }
    flint_free(sign);
}

/* Counts the conflicts proved; a proved one has no point, and what is proposed is nearly always right. */
static void check_cone(const fmpz_mat_t forms, slong *proved, slong *wrong)
{
    slong n = fmpz_mat_nrows(forms), r = fmpz_mat_ncols(forms), m = 0, refused = -1;
    slong *order = flint_malloc((size_t) (n + r + 2) * sizeof *order), *member = order + n;
    signed char *sign = flint_calloc((size_t) (2 * n + 1), 1), *part = sign + n;
    rc_cone_forms_t F;
    rc_cone_t C;
    rc_cone_forms_init(F, forms);
    rc_cone_init(C, F);
    for (int rounds = 0; rounds < 4; rounds++) {
        m = 0;
        for (slong j = 0; j < n; j++) {
            sign[j] = (signed char) (test_chance(80) ? test_chance(50) ? 1 : -1 : 0);
            if (sign[j]) order[m++] = j;
        }
        rc_cone_outcome outcome = rc_cone_solve(C, &refused, order, m, sign);
        if (outcome == RC_CONE_UNKNOWN) continue;
        *wrong += (outcome == RC_CONE_POINT) != has_point(forms, sign);
        if (outcome == RC_CONE_POINT) continue;
        slong count = rc_cone_conflict(member, C, refused);
        if (count != r + 1 || !rc_cone_proves(C, refused, sign)) continue;
        (*proved)++;
        memset(part, 0, (size_t) n);
        for (slong a = 0; a < count; a++)
            if (member[a] < n) part[member[a]] = sign[member[a]];
        bool right = !has_point(forms, part);
        CHECK(right, "a false conflict was proved");
        if (!right) fmpz_mat_print_pretty(forms);
    }
    check_rows(C, forms, proved);
    rc_cone_clear(C);
    rc_cone_forms_clear(F);
    flint_free(order);
    flint_free(sign);
}

/* Row j = sum of scale^(r - 1 - k) b_jk v_k for common vectors v_k: bases are so skew that doubles lose all digits of
   a combination's coefficients. */
static void set_skew(fmpz_mat_t forms, slong scale)
{
    slong r = fmpz_mat_ncols(forms);
    fmpz_mat_t coefficients, common;
    fmpz_t power;
    fmpz_init_set_ui(power, 1);
    fmpz_mat_init(coefficients, fmpz_mat_nrows(forms), r);
    fmpz_mat_init(common, r, r);
    for (slong k = r - 1; k >= 0; k--) {
        for (slong j = 0; j < fmpz_mat_nrows(forms); j++)
            fmpz_mul_si(fmpz_mat_entry(coefficients, j, k), power, k ? test_range(-9, 9) : test_chance(50) ? 1 : -1);
        for (slong c = 0; c < r; c++) fmpz_set_si(fmpz_mat_entry(common, k, c), test_range(-9, 9));
        fmpz_mul_si(power, power, scale);
    }
    fmpz_mat_mul(forms, coefficients, common);
    fmpz_clear(power);
    fmpz_mat_clear(coefficients);
    fmpz_mat_clear(common);
}

static void test_cone(void)
{
    slong proved = 0, wrong = 0;
    long total = test_rounds(1500);
    test_case("conflicts proved in floating point");
    for (long n = total; n > 0; n--) {
        fmpz_mat_t forms;
        fmpz_mat_init(forms, test_range(3, 12), test_range(1, 5));
        ulong bits = (ulong) test_range(1, 60);
        for (slong j = 0; j < fmpz_mat_nrows(forms); j++)
            for (slong c = 0; c < fmpz_mat_ncols(forms); c++) {
                fmpz_set_si(fmpz_mat_entry(forms, j, c), test_range(-1000, 1000));
                fmpz *x = fmpz_mat_entry(forms, j, c);
                if (bits > 10) fmpz_mul_si(x, x, test_range(1, 1L << 50));
                else fmpz_fdiv_q_2exp(x, x, bits);
            }
        check_cone(forms, &proved, &wrong);
        fmpz_mat_clear(forms);
    }
    CHECK(proved > total / 4, "only %ld of %ld conflicts are proved", (long) proved, total);
    CHECK(wrong <= total / 10, "%ld proposals are wrong", (long) wrong);
    proved = 0;
    for (long n = total; n > 0; n--) {
        fmpz_mat_t forms;
        fmpz_mat_init(forms, test_range(4, 8), test_range(2, 4));
        set_skew(forms, n % 2 ? test_range(2, 1000) : test_range(1000, 100000000));
        check_cone(forms, &proved, &wrong);
        fmpz_mat_clear(forms);
    }
    CHECK(proved > 0, "no conflict of skew forms is proved");
}

/* x := x m 2^e with a 53-bit m and |e| <= range: doubles of wild exponents. */
static void make_wild(fmpq_t x, long range)
{
    fmpq_t m;
    fmpq_init(m);
    random_double(m);
    fmpq_mul(x, x, m);
    long e = test_range(-range, range);
    if (e >= 0) fmpq_mul_2exp(x, x, (ulong) e);
    else fmpq_div_2exp(x, x, (ulong) -e);
    fmpq_clear(m);
}

/* The forms of the first block pass through one point: a central component of an affine arrangement. */
static void center_first_block(rc_network_t X, slong blocks)
{
    for (slong i = 0; i < X->m; i++) {
        bool inside = true;
        for (slong k = 0; k < X->d; k++)
            if (k % blocks != 0 && !fmpq_is_zero(fmpq_mat_entry(X->u, i, k))) inside = false;
        if (!inside) continue;
        fmpq_zero(fmpq_mat_entry(X->v, i, 0));
        for (slong k = 0; k < X->d; k += blocks)
            fmpq_add(fmpq_mat_entry(X->v, i, 0), fmpq_mat_entry(X->v, i, 0), fmpq_mat_entry(X->u, i, k));
    }
}

/* All kinds of networks: degenerate, decomposable, affine; some with zero weights, some with doubles. */
static void random_for_listing(rc_canonical_t f, slong d_max, slong m_max)
{
    rc_network_t X;
    slong d = test_range(1, d_max), m = test_range(d + 2, m_max), D = test_range(1, 3);
    slong blocks = test_chance(40) ? test_range(1, (d + 1) / 2) : 1;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    random_network(X, d, m, D, test_chance(40), blocks, 0, test_chance(50) ? 2 : 30);
    bool wild_forms = test_chance(30), wild_jumps = test_chance(60);
    long range = test_chance(50) ? 3 : 80;
    for (slong i = 0; i < m; i++) {
        for (slong k = 0; wild_forms && k < d; k++) make_wild(fmpq_mat_entry(X->u, i, k), 3);
        for (slong p = 0; wild_jumps && p < D; p++) make_wild(fmpq_mat_entry(X->gamma, i, p), range);
    }
    if (X->kind == RC_BIASED && test_chance(50)) center_first_block(X, blocks);
    rc_canonical_set_network(f, X);
    rc_network_clear(X);
}

static bool same_point(const fmpq *x, const fmpq *y, slong d)
{
    for (slong k = 0; k < d; k++)
        if (!fmpq_equal(x + k, y + k)) return false;
    return true;
}

/* The value r, found by listing after `patience` steps, and the same witness for 1, 2 and 3 threads. Returns the number
   of cells listed. */
static size_t check_listing(const rc_canonical_t f, const fmpq_t r, slong patience)
{
    rc_seminorm_t s[3];
    for (int t = 0; t < 3; t++) {
        rc_seminorm_init(s[t]);
        s[t]->threads = t + 1;
        rc_status status = rc_seminorm_value_by(s[t], f, patience, NULL);
        CHECK(status == RC_OK && s[t]->parts == 0, "status %d", (int) status);
        CHECK(s[t]->threads == t + 1, "the number of threads was forgotten");
        CHECK(s[t]->has_upper && fmpq_equal(s[t]->lower, r) && fmpq_equal(s[t]->upper, r),
              "not the value, patience %ld, threads %d: %s", (long) patience, t + 1, form_text(f));
        CHECK(lower_holds(f, s[t]), "the witness does not: %s", form_text(f));
        CHECK(same_point(s[t]->x, s[0]->x, f->d), "another witness with %d threads: %s", t + 1, form_text(f));
        CHECK(s[t]->nodes == s[0]->nodes && s[t]->listed == s[0]->listed, "another search with %d threads", t + 1);
    }
    size_t listed = s[0]->listed;
    for (int t = 0; t < 3; t++) rc_seminorm_clear(s[t]);
    return listed;
}

static void test_listing_small(void)
{
    rc_canonical_t f;
    fmpq_t r;
    rc_canonical_init(f);
    fmpq_init(r);
    test_case("cells listed against enumeration");
    long listed = 0, total = test_rounds(500);
    for (long n = total; n > 0; n--) {
        random_for_listing(f, 4, n % 4 ? 9 : 14);
        enumerate(r, f);
        listed += check_listing(f, r, 0) > 0;
        check_listing(f, r, test_range(1, 6));
        check_listing(f, r, WORD_MAX);
    }
    CHECK(listed > total / 4, "only %ld of %ld were listed", listed, total);
    fmpq_clear(r);
    rc_canonical_clear(f);
}

/* Lines with more cells than are added up at a time, and cells of many words. */
static void test_listing_many(void)
{
    rc_canonical_t f;
    rc_network_t X;
    fmpq_t r;
    rc_canonical_init(f);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    fmpq_init(r);
    test_case("many hyperplanes in low dimension");
    for (long n = test_rounds(40); n > 0; n--) {
        bool biased = n % 3 == 0;
        slong m = n % 5 ? test_range(30, 140) : 560;
        random_network(X, 2 - biased, m, 1, biased, 1, 0, 10000);
        for (slong i = 0; n % 2 && i < X->m; i++) make_wild(fmpq_mat_entry(X->gamma, i, 0), 4);
        rc_canonical_set_network(f, X);
        enumerate(r, f);
        check_listing(f, r, 0);
    }
    fmpq_clear(r);
    rc_network_clear(X);
    rc_canonical_clear(f);
}

/* Most hyperplanes do not matter to the largest entry: many cells have the largest value, whichever is found first. */
static void test_listing_ties(void)
{
    rc_canonical_t f;
    rc_network_t X;
    rc_seminorm_t s;
    rc_canonical_init(f);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_seminorm_init(s);
    test_case("many cells with the largest value");
    for (long n = test_rounds(12); n > 0; n--) {
        random_network(X, n % 2 ? 3 : 4, n % 2 ? 120 : 60, 1, n % 4 > 2, 1, 0, 100);
        for (slong i = 0; i < X->m; i++) {
            fmpq_set_si(fmpq_mat_entry(X->u, i, 0), test_chance(75) ? 0 : test_range(-5000, 5000), 1);
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, 0), test_range(-50, 50), 1);
            if (n % 3 == 0) fmpq_mul_2exp(fmpq_mat_entry(X->gamma, i, 0), fmpq_mat_entry(X->gamma, i, 0), 70);
            fmpq_add_si(fmpq_mat_entry(X->gamma, i, 0), fmpq_mat_entry(X->gamma, i, 0), 3);
        }
        rc_canonical_set_network(f, X);
        rc_status status = rc_seminorm_value_by(s, f, WORD_MAX, NULL);
        CHECK(status == RC_OK, "status %d", (int) status);
        for (int again = 0; again < (n % 2 ? 5 : 1); again++) check_listing(f, s->upper, 0);
    }
    rc_seminorm_clear(s);
    rc_network_clear(X);
    rc_canonical_clear(f);
}

/* More entries than tables fit. */
static void test_listing_wide(void)
{
    rc_canonical_t f;
    rc_network_t X;
    fmpq_t r;
    rc_canonical_init(f);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    fmpq_init(r);
    test_case("more entries than are added up in one pass");
    random_network(X, 2, 110, 700, false, 1, 0, 999);
    for (slong i = 0; i < X->m; i++)
        for (slong p = 0; p < X->D; p++)
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, p), test_chance(50) ? -1 : 1, 1);
    rc_canonical_set_network(f, X);
    slong cells = enumerate(r, f);
    size_t listed = check_listing(f, r, 0);
    CHECK(listed > (size_t) cells, "%ld cells were listed, in one pass", (long) listed);
    fmpq_clear(r);
    rc_network_clear(X);
    rc_canonical_clear(f);
}

/* Against the search, where listing by other means takes long. */
static void test_listing_large(void)
{
    test_case("cells listed against the search");
    for (long n = test_rounds(8); n > 0; n--) {
        rc_network_t X;
        rc_canonical_t f;
        rc_seminorm_t s;
        slong d = n % 2 ? 3 : 4, m = d == 3 ? 70 : 45;
        rc_network_init(X, RC_SHALLOW, 1, 1, 1);
        rc_canonical_init(f);
        rc_seminorm_init(s);
        random_network(X, d - (n % 8 > 5), m, test_range(1, 3), n % 8 > 5, 1, 0, 1000);
        if (n % 4 < 2) doubles_network(X);
        rc_canonical_set_network(f, X);
        rc_status status = rc_seminorm_value_by(s, f, WORD_MAX, NULL);
        CHECK(status == RC_OK && s->listed == 0, "status %d", (int) status);
        CHECK(check_listing(f, s->upper, 0) > 1000, "few cells were listed: %s", form_text(f));
        check_listing(f, s->upper, 40);
        check_listing(f, s->upper, -1);
        rc_seminorm_clear(s);
        rc_canonical_clear(f);
        rc_network_clear(X);
    }
}

static volatile sig_atomic_t interrupt;

static void interrupt_soon(void *arg, const char *what, size_t done)
{
    (void) arg;
    (void) what;
    if (done > 10000) interrupt = 1;
}

/* An end in the middle of a listing leaves the best so far; one that may not fit is not begun. */
static void test_listing_limits(void)
{
    rc_network_t X;
    rc_canonical_t f;
    rc_limits limits;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(f);
    test_case("limits of listings, and 150 hyperplanes in R^4");
    random_network(X, 4, 150, 1, false, 1, 0, 1000);
    rc_canonical_set_network(f, X);
    for (int threads = 1; threads <= 2; threads++) {
        rc_seminorm_t s;
        rc_seminorm_init(s);
        s->threads = threads;
        rc_limits_init(&limits);
        interrupt = 0;
        limits.stop = &interrupt;
        limits.progress = interrupt_soon;
        rc_status status = rc_seminorm_value_by(s, f, 0, &limits);
        CHECK(status == RC_LIMIT && !s->has_upper && lower_holds(f, s), "status %d", (int) status);
        CHECK(s->listed > 0 && limits.reason && strcmp(limits.reason, "interrupted") == 0, "another limit");
        rc_limits_init(&limits);
        limits.max_cells = 1000;
        status = rc_seminorm_value(s, f, &limits);
        CHECK(status == RC_LIMIT && s->listed == 0 && lower_holds(f, s), "status %d", (int) status);
        rc_limits_init(&limits);
        limits.max_cells = 5000000;
        status = rc_seminorm_value(s, f, &limits);
        CHECK(status == RC_OK && s->has_upper && lower_holds(f, s), "status %d", (int) status);
        rc_seminorm_clear(s);
    }
    rc_network_clear(X);
    rc_canonical_clear(f);
}

int main(void)
{
    test_start("t-seminorm");
    test_random_forms();
    test_direct_sums();
    test_compare();
    test_witness();
    test_paper();
    test_doubles();
    test_spread();
    test_value();
    test_cone();
    test_limits();
    test_listing_small();
    test_listing_many();
    test_listing_ties();
    test_listing_wide();
    test_listing_large();
    test_listing_limits();
    flint_cleanup();
    return test_finish();
}
