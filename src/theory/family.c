/* Families: the proofs of docs/certificate-format.md, section 7, found by trying, in the arithmetic of ratio.h. */
#include "relucert/family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relucert/ratio.h"

#define MAX_POINTS 4000 /* candidates for a witness */
#define MAX_ROWS 12     /* hyperplanes among which a Hall set is sought */

typedef const rc_ratio *number;

/* Neurons i < n: a[i d + q], c[i D + p]. */
typedef struct {
    slong n, d, D;
    number *a, *c;
} neurons;

/* f(x) = L x + sum over the first neurons j of each line (own[j] = j) of J_j x [<a_j, x> > 0]. */
typedef struct {
    rc_ring_struct *ring;
    neurons X;
    slong *own, size;
    number *L, *J;
} function;

typedef struct {
    rc_ring_struct *ring;
    rc_family_struct *family;
    const rc_case_struct *c;
    const rc_claim_struct *claim;
} proof;

void rc_family_init(rc_family_t family)
{
    memset(family, 0, sizeof(rc_family_struct));
}

void rc_family_clear(rc_family_t family)
{
    free(family->evidence);
    free(family->reason);
}

static void *need(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (p == NULL) flint_abort();
    return p;
}

static bool resist(proof *p, const char *line)
{
    free(p->family->reason);
    p->family->reason = need(strlen(line) + 1, 1);
    strcpy(p->family->reason, line);
    return false;
}

/* Networks. */

static void neurons_clear(neurons *X)
{
    free(X->a);
    free(X->c);
}

static const json_t *find_network(const rc_case_struct *c, const char *name)
{
    const json_t *all = json_object_get(c->doc, "networks"), *v = json_object_get(all, name);
    for (size_t steps = json_object_size(all); steps > 0 && json_is_string(v); steps--)
        v = json_object_get(all, json_string_value(v));
    return v;
}

/* False for a network with layers, or if an entry is no rational function. */
static bool read_neurons(neurons *X, proof *p, const char *name)
{
    const json_t *net = find_network(p->c, name), *A = json_object_get(net, "A"), *C = json_object_get(net, "C");
    X->n = (slong) json_array_size(A);
    X->d = (slong) json_array_size(json_array_get(A, 0));
    bool flat = !json_is_array(json_array_get(C, 0));
    X->D = flat ? 1 : (slong) json_array_size(C);
    X->a = need((size_t) (X->n * X->d), sizeof *X->a);
    X->c = need((size_t) (X->n * X->D), sizeof *X->c);
    bool good = X->n > 0 && json_object_size(net) == 2;
    for (slong i = 0; i < X->n * X->d && good; i++) {
        const json_t *row = json_array_get(A, (size_t) (i / X->d));
        good = (X->a[i] = rc_ratio_read(p->ring, json_array_get(row, (size_t) (i % X->d)))) != NULL;
    }
    for (slong i = 0; i < X->n * X->D && good; i++) {
        const json_t *row = flat ? C : json_array_get(C, (size_t) (i % X->D));
        good = (X->c[i] = rc_ratio_read(p->ring, json_array_get(row, (size_t) (i / X->D)))) != NULL;
    }
    return good || resist(p, "an entry of a network is not read as a rational function without poles");
}

static number minor(rc_ring_struct *ring, const neurons *X, slong i, const neurons *Y, slong j, slong p, slong q)
{
    const number *a = X->a + i * X->d, *b = Y->a + j * Y->d;
    return rc_ratio_sub(ring, rc_ratio_mul(ring, a[p], b[q]), rc_ratio_mul(ring, a[q], b[p]));
}

static int orientation(rc_ring_struct *ring, const neurons *X, slong i, slong j)
{
    int s = 0;
    for (slong q = 0; q < X->d; q++) {
        for (slong p = 0; p < q; p++)
            if (!rc_ratio_is_zero(minor(ring, X, i, X, j, p, q))) return 0;
        if (s == 0) s = rc_ratio_side(ring, X->a[i * X->d + q]) * rc_ratio_side(ring, X->a[j * X->d + q]);
    }
    return s;
}

static void function_clear(function *f)
{
    neurons_clear(&f->X);
    free(f->own);
    free(f->L);
    free(f->J);
}

/* Adds neuron i: rho(-z) = rho(z) - z. */
static void add_neuron(function *f, slong i)
{
    rc_ring_struct *ring = f->ring;
    const neurons *X = &f->X;
    int s = 1;
    slong j = 0;
    for (; j < i; j++)
        if (f->own[j] == j && (s = orientation(ring, X, i, j)) != 0) break;
    if (j == i) s = 1;
    f->own[i] = j;
    for (slong e = 0; e < f->size; e++) {
        number jump = rc_ratio_mul(ring, X->c[i * X->D + e / X->d], X->a[i * X->d + e % X->d]);
        number *J = f->J + j * f->size + e;
        *J = (s > 0 ? rc_ratio_add : rc_ratio_sub)(ring, *J, jump);
        if (s < 0) f->L[e] = rc_ratio_add(ring, f->L[e], jump);
    }
}

static void append(function *f, const neurons *Y)
{
    neurons *X = &f->X;
    size_t a = (size_t) (X->n * X->d), c = (size_t) (X->n * X->D), more_a = (size_t) (Y->n * Y->d),
           more_c = (size_t) (Y->n * Y->D);
    X->a = realloc(X->a, (a + more_a) * sizeof *X->a);
    X->c = realloc(X->c, (c + more_c) * sizeof *X->c);
    if (X->a == NULL || X->c == NULL) flint_abort();
    memcpy(X->a + a, Y->a, more_a * sizeof *X->a);
    for (size_t i = 0; i < more_c; i++) X->c[c + i] = rc_ratio_neg(f->ring, Y->c[i]);
    X->n += Y->n;
}

static bool read_function(function *f, proof *p)
{
    f->ring = p->ring;
    if (!read_neurons(&f->X, p, p->claim->name[0])) return false;
    if (p->claim->networks == 2) {
        neurons Y;
        bool good = read_neurons(&Y, p, p->claim->name[1]);
        if (good) append(f, &Y);
        neurons_clear(&Y);
        if (!good) return false;
    }
    f->size = f->X.d * f->X.D;
    f->own = need((size_t) f->X.n, sizeof *f->own);
    f->L = need((size_t) f->size, sizeof *f->L);
    f->J = need((size_t) (f->X.n * f->size), sizeof *f->J);
    number zero = rc_ratio_si(p->ring, 0);
    for (slong i = 0; i < f->X.n * f->size; i++) f->J[i] = f->L[i % f->size] = zero;
    for (slong i = 0; i < f->X.n; i++) add_neuron(f, i);
    return true;
}

/* equal and semi-norm. */

static bool is_zero_function(const function *f)
{
    for (slong i = 0; i < f->X.n * f->size; i++)
        if (!rc_ratio_is_zero(f->J[i]) || !rc_ratio_is_zero(f->L[i % f->size])) return false;
    return true;
}

static bool at_least(rc_ring_struct *ring, number x, number y)
{
    return rc_ratio_holds(ring, rc_ratio_sub(ring, x, y), false);
}

static bool upper_holds(const function *f, number t)
{
    rc_ring_struct *ring = f->ring;
    for (slong e = 0; e < 2 * f->size; e++) {
        number total = e < f->size ? f->L[e] : rc_ratio_neg(ring, f->L[e - f->size]);
        for (slong i = 0; i < f->X.n; i++) {
            number J = f->J[i * f->size + e % f->size];
            if (e >= f->size) J = rc_ratio_neg(ring, J);
            if (rc_ratio_holds(ring, J, false)) total = rc_ratio_add(ring, total, J);
            else if (!rc_ratio_holds(ring, rc_ratio_neg(ring, J), false)) return false;
        }
        if (!at_least(ring, t, total)) return false;
    }
    return true;
}

static bool is_active(const function *f, slong i)
{
    for (slong e = 0; e < f->size; e++)
        if (!rc_ratio_is_zero(f->J[i * f->size + e])) return true;
    return false;
}

static bool lower_holds(const function *f, number t, const number *x)
{
    rc_ring_struct *ring = f->ring;
    number *G = need((size_t) f->size, sizeof *G);
    bool good = true, found = false;
    memcpy(G, f->L, (size_t) f->size * sizeof *G);
    for (slong i = 0; i < f->X.n && good; i++) {
        if (!is_active(f, i)) continue;
        number product = rc_ratio_si(ring, 0);
        for (slong q = 0; q < f->X.d; q++)
            product = rc_ratio_add(ring, product, rc_ratio_mul(ring, f->X.a[i * f->X.d + q], x[q]));
        int s = rc_ratio_side(ring, product);
        good = s != 0;
        for (slong e = 0; s > 0 && e < f->size; e++) G[e] = rc_ratio_add(ring, G[e], f->J[i * f->size + e]);
    }
    for (slong e = 0; e < f->size && good && !found; e++)
        found = at_least(ring, G[e], t) || at_least(ring, rc_ratio_neg(ring, G[e]), t);
    free(G);
    return good && found;
}

/* Coordinates of the points tried: rationals, and multiples of powers of each parameter. */
static json_t *coordinates(const rc_ring_struct *ring)
{
    static const char *const plain[] = {"1", "-1", "0", "2", "-2"};
    static const char *const scaled[] = {"2*%s", "-2*%s", "2*%s^2", "-2*%s^2", "2*%s^4", "-2*%s^4"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) json_array_append_new(list, json_string(plain[i]));
    for (slong k = 0; k < ring->parameters; k++) {
        for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++) {
            char before[8], after[8];
            const char *hole = strstr(scaled[i], "%s");
            snprintf(before, sizeof before, "%.*s", (int) (hole - scaled[i]), scaled[i]);
            snprintf(after, sizeof after, "%s", hole + 2);
            char text[200];
            snprintf(text, sizeof text, "%s%.150s%s", before, ring->name[k], after);
            json_array_append_new(list, json_string(text));
        }
    }
    return list;
}

/* x gets the first point that proves the lower bound; those with small indices come first. */
static bool find_point(FILE *out, const function *f, number t)
{
    slong d = f->X.d, tried = 0;
    json_t *list = coordinates(f->ring);
    slong n = (slong) json_array_size(list), *index = need((size_t) d, sizeof *index);
    number *value = need((size_t) n, sizeof *value), *x = need((size_t) d, sizeof *x);
    bool found = false;
    for (slong i = 0; i < n; i++) value[i] = rc_ratio_read(f->ring, json_array_get(list, (size_t) i));
    for (slong level = 1; level <= n && !found && tried < MAX_POINTS; level++) {
        for (bool more = true; more && !found && tried < MAX_POINTS;) {
            bool fresh = false;
            for (slong q = 0; q < d; q++) {
                x[q] = value[index[q]];
                fresh |= index[q] == level - 1;
            }
            if (fresh) {
                tried++;
                found = lower_holds(f, t, x);
            }
            if (found) break;
            slong q = 0;
            while (q < d && ++index[q] == level) index[q++] = 0;
            more = q < d;
        }
    }
    if (found) {
        fputs("{\"x\": [", out);
        for (slong q = 0; q < d; q++)
            fprintf(out, "%s\"%s\"", q ? ", " : "", json_string_value(json_array_get(list, (size_t) index[q])));
        fputs("]}", out);
    }
    free(x);
    free(value);
    free(index);
    json_decref(list);
    return found;
}

static number claimed_value(proof *p)
{
    return rc_ratio_read(p->ring, json_object_get(p->claim->fields, rc_comparison_name(p->claim->comparison)));
}

static bool prove_function(FILE *out, proof *p)
{
    function f = {0};
    bool good = read_function(&f, p), equal = p->claim->kind == RC_CLAIM_EQUAL;
    rc_comparison relation = p->claim->comparison;
    if (good && equal && !is_zero_function(&f)) good = resist(p, "a jump is not identically 0");
    if (good && !equal) {
        number t = claimed_value(p);
        if (relation != RC_COMPARE_AT_MOST) {
            fputs(", \"lower\": ", out);
            if (!find_point(out, &f, t)) good = resist(p, "lower bound: no point with this gradient was found");
        }
        if (good && relation != RC_COMPARE_AT_LEAST) {
            fputs(", \"upper\": {}", out);
            if (!upper_holds(&f, t)) good = resist(p, "upper bound: a line L + sum of jumps of one sign <= the value");
        }
    }
    function_clear(&f);
    return good;
}

/* distance */

static bool is_zero_row(const neurons *g, slong i)
{
    for (slong q = 0; q < g->d; q++)
        if (!rc_ratio_is_zero(g->a[i * g->d + q])) return false;
    return true;
}

static bool is_essential(rc_ring_struct *ring, const neurons *g, slong j)
{
    bool alive = false;
    for (slong p = 0; p < g->D && !alive; p++)
        for (slong q = 0; q < g->d && !alive; q++)
            alive = rc_ratio_side(ring, rc_ratio_mul(ring, g->c[j * g->D + p], g->a[j * g->d + q])) != 0;
    for (slong i = 0; i < g->n && alive; i++) {
        bool apart = i == j || is_zero_row(g, i);
        for (slong q = 0; q < g->d && !apart; q++)
            for (slong p = 0; p < q && !apart; p++) apart = rc_ratio_side(ring, minor(ring, g, i, g, j, p, q)) != 0;
        alive = apart;
    }
    return alive;
}

/* |x|, or NULL if the sign is not known. */
static number magnitude(rc_ring_struct *ring, number x)
{
    if (rc_ratio_holds(ring, x, false)) return x;
    x = rc_ratio_neg(ring, x);
    return rc_ratio_holds(ring, x, false) ? x : NULL;
}

static bool is_far(rc_ring_struct *ring, const neurons *X, slong i, const neurons *g, slong j, bool full, number t)
{
    for (slong q = 0; q < g->d; q++) {
        number u = magnitude(ring, g->a[j * g->d + q]), a = magnitude(ring, X->a[i * g->d + q]);
        for (slong p = 0; p < g->d; p++) {
            number both = rc_ratio_add(ring, u, magnitude(ring, g->a[j * g->d + p]));
            number M = magnitude(ring, minor(ring, X, i, g, j, p, q));
            if (rc_ratio_side(ring, both) > 0 && at_least(ring, M, rc_ratio_mul(ring, t, both))) return true;
        }
        for (slong p = 0; full && p < g->D; p++) {
            number c = magnitude(ring, X->c[i * g->D + p]);
            number J = magnitude(ring, rc_ratio_mul(ring, g->a[j * g->d + q], g->c[j * g->D + p]));
            number bound = rc_ratio_mul(ring, rc_ratio_add(ring, t, a), rc_ratio_add(ring, t, c));
            if (at_least(ring, J, bound)) return true;
        }
    }
    return false;
}

static void put_members(FILE *out, const bool *member, slong n)
{
    bool first = true;
    fputc('[', out);
    for (slong i = 0; i < n; i++) {
        if (!member[i]) continue;
        fprintf(out, "%s%ld", first ? "" : ", ", (long) i + 1);
        first = false;
    }
    fputc(']', out);
}

/* Among the subsets S of g's essential hyperplanes the first with fewer neurons near one of them than |S|. */
static bool find_hall(FILE *out, rc_ring_struct *ring, const neurons *X, const neurons *g, number t)
{
    bool full = g->n == X->n, found = false;
    bool *essential = need((size_t) g->n, sizeof *essential), *far = need((size_t) (g->n * X->n), sizeof *far);
    bool *S = need((size_t) g->n, sizeof *S), *N = need((size_t) X->n, sizeof *N);
    for (slong j = 0; j < g->n; j++) full &= essential[j] = is_essential(ring, g, j);
    for (slong j = 0; j < g->n; j++)
        for (slong i = 0; i < X->n; i++) far[j * X->n + i] = is_far(ring, X, i, g, j, full, t);
    slong rows = g->n < MAX_ROWS ? g->n : MAX_ROWS;
    for (slong subset = 1; subset < (slong) 1 << rows && !found; subset++) {
        slong lines = 0, near = 0;
        bool good = true;
        for (slong j = 0; j < rows; j++) {
            S[j] = subset >> j & 1;
            lines += S[j];
            good &= !S[j] || essential[j];
        }
        for (slong i = 0; i < X->n; i++) {
            N[i] = false;
            for (slong j = 0; j < rows; j++) N[i] |= S[j] && !far[j * X->n + i];
            near += N[i];
        }
        found = good && near < lines;
    }
    if (found) {
        fputs("{\"hyperplanes\": ", out);
        put_members(out, S, g->n);
        fputs(", \"neurons\": ", out);
        put_members(out, N, X->n);
        fputc('}', out);
    }
    free(N);
    free(S);
    free(far);
    free(essential);
    return found;
}

static bool is_near(rc_ring_struct *ring, const neurons *X, slong i, const neurons *g, slong j, number t)
{
    for (slong k = 0; k < X->d + X->D; k++) {
        number x = k < X->d ? rc_ratio_sub(ring, X->a[i * X->d + k], g->a[j * X->d + k])
                            : rc_ratio_sub(ring, X->c[i * X->D + k - X->d], g->c[j * X->D + k - X->d]);
        if (!at_least(ring, t, x) || !at_least(ring, t, rc_ratio_neg(ring, x))) return false;
    }
    return true;
}

/* Neuron i takes a neuron of g, moving others along if need be. */
static bool augment(const bool *near, slong n, slong i, slong *taken, bool *seen)
{
    for (slong j = 0; j < n; j++) {
        if (!near[i * n + j] || seen[j]) continue;
        seen[j] = true;
        if (taken[j] < 0 || augment(near, n, taken[j], taken, seen)) {
            taken[j] = i;
            return true;
        }
    }
    return false;
}

static bool find_matching(FILE *out, rc_ring_struct *ring, const neurons *X, const neurons *g, number t)
{
    slong n = X->n;
    if (g->n != n) return false;
    bool *near = need((size_t) (n * n), sizeof *near), *seen = need((size_t) n, sizeof *seen), found = true;
    slong *taken = need((size_t) n, sizeof *taken);
    for (slong i = 0; i < n * n; i++) near[i] = is_near(ring, X, i / n, g, i % n, t);
    for (slong j = 0; j < n; j++) taken[j] = -1;
    for (slong i = 0; i < n && found; i++) {
        memset(seen, 0, (size_t) n * sizeof *seen);
        found = augment(near, n, i, taken, seen);
    }
    if (found) fputs("{\"matching\": [", out);
    for (slong i = 0; i < n && found; i++)
        for (slong j = 0; j < n; j++)
            if (taken[j] == i) fprintf(out, "%s%ld", i ? ", " : "", (long) j + 1);
    if (found) fputs("]}", out);
    free(taken);
    free(seen);
    free(near);
    return found;
}

static bool prove_distance(FILE *out, proof *p)
{
    neurons X = {0}, g = {0};
    rc_comparison relation = p->claim->comparison;
    bool good = read_neurons(&X, p, p->claim->name[0]) && read_neurons(&g, p, p->claim->name[1]);
    number t = claimed_value(p);
    if (good && relation != RC_COMPARE_AT_MOST) {
        fputs(", \"lower\": ", out);
        if (!find_hall(out, p->ring, &X, &g, t))
            good = resist(p, "lower bound: no Hall set of lines cost >= the value");
    }
    if (good && relation != RC_COMPARE_AT_LEAST) {
        fputs(", \"upper\": ", out);
        if (!find_matching(out, p->ring, &X, &g, t))
            good = resist(p, "upper bound: no order of g's neurons with lines |phi - gamma| <= the value");
    }
    neurons_clear(&g);
    neurons_clear(&X);
    return good;
}

/* The ranges of the claim, with integers from `skipped` later on. */
static bool set_ring(rc_ring_t ring, const rc_case_struct *c, const rc_claim_struct *claim, slong skipped)
{
    fmpq_t end;
    fmpq_init(end);
    bool good = true;
    for (slong i = 0; i < c->parameters && good; i++) {
        rc_case_range(end, c, claim, i);
        if (c->parameter[i].integer) fmpq_add_si(end, end, skipped);
        good = rc_ring_add(ring, c->parameter[i].name, c->parameter[i].integer, end);
    }
    fmpq_clear(end);
    return good;
}

static bool prove_from(rc_family_t family, const rc_case_struct *c, const rc_claim_struct *claim, slong skipped)
{
    rc_ring_t ring;
    rc_ring_init(ring);
    proof p = {ring, family, c, claim};
    size_t size = 0;
    free(family->evidence);
    family->evidence = NULL;
    FILE *out = open_memstream(&family->evidence, &size);
    if (out == NULL) flint_abort();
    fputs("{\"kind\": \"family\"", out);
    bool good = set_ring(ring, c, claim, skipped) || resist(&p, "more than 8 parameters");
    if (good) good = claim->kind == RC_CLAIM_DISTANCE ? prove_distance(out, &p) : prove_function(out, &p);
    fputc('}', out);
    if (fclose(out) != 0) flint_abort();
    rc_ring_clear(ring);
    return good;
}

void rc_family_prove(rc_family_t family, const rc_case_struct *c, const rc_claim_struct *claim, slong proved)
{
    bool known = claim->kind == RC_CLAIM_SEMI_NORM || claim->kind == RC_CLAIM_DISTANCE ||
                 (claim->kind == RC_CLAIM_EQUAL && claim->holds);
    if (!known) {
        proof p = {NULL, family, c, claim};
        resist(&p, "claims of this kind are not decided for all values: give `at`");
        return;
    }
    slong most = c->parameters == 1 && c->parameter[0].integer ? proved : 0;
    for (slong skipped = 0; skipped <= most && !family->proved; skipped += skipped < 8 ? 1 : 4) {
        family->proved = prove_from(family, c, claim, skipped);
        family->skipped = skipped;
    }
}
