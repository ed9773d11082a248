#include <flint/fmpq_vec.h>

#include "relucert/seminorm.h"
#include "t-seminorm.h"

/* The evidence, read as docs/certificate-format.md (sup-norm, BOXTREE) says and nothing else. */
typedef struct {
    const rc_canonical_struct *f;
    const rc_tree_struct *tree;
    const fmpq *M, *B;
    slong node, leaves;
    int *sign;
    const char *fault;
} reader;

static void add_form(fmpq *a, const rc_canonical_t f, slong H, const fmpq_t c)
{
    fmpq_t t;
    fmpq_init(t);
    for (slong k = 0; k < f->width; k++) {
        fmpq_mul_fmpz(t, c, fmpz_mat_entry(f->u, H, k));
        fmpq_add(a + k, a + k, t);
    }
    fmpq_clear(t);
}

/* constant + sign B sum |coefficients|: the largest (sign 1) or smallest (sign -1) value on the box. */
static void box_extreme(fmpq_t v, const fmpq *a, const reader *r, int sign)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_set(v, a + r->f->d);
    for (slong k = 0; k < r->f->d; k++) {
        fmpq_abs(t, a + k);
        fmpq_mul(t, t, r->B);
        if (sign > 0) fmpq_add(v, v, t);
        else fmpq_sub(v, v, t);
    }
    fmpq_clear(t);
}

static void read_group(reader *r, slong node, slong g)
{
    const rc_canonical_struct *f = r->f;
    fmpq *a = _fmpq_vec_init(f->d + 1), *h = _fmpq_vec_init(f->d + 1);
    fmpq_t c, t, one;
    fmpq_init(c);
    fmpq_init(t);
    fmpq_init(one);
    fmpq_one(one);
    for (slong k = 0; k < f->width; k++) {
        fmpq_set(a + k, fmpq_mat_entry(f->L, g / 2, k));
        if (g % 2 == 0) fmpq_neg(a + k, a + k);
    }
    fmpq_add(a + f->d, a + f->d, r->M);
    for (slong H = 0; H < f->K; H++) {
        fmpq_set(c, fmpq_mat_entry(f->gamma, H, g / 2));
        if (g % 2) fmpq_neg(c, c);
        if (r->sign[H] == 0 && fmpq_sgn(c) > 0) {
            for (slong k = 0; k <= f->d; k++) fmpq_zero(h + k);
            add_form(h, f, H, one);
            box_extreme(t, h, r, 1);
            if (fmpq_sgn(t) > 0) fmpq_submul(a + f->d, c, t);
        }
        fmpq_neg(c, c);
        if (r->sign[H] > 0) add_form(a, f, H, c);
    }
    for (slong i = r->tree->first[node]; i < r->tree->first[node] + r->tree->count[node]; i++) {
        slong H = r->tree->index[i];
        if (r->tree->group[i] != g) continue;
        if (H < 0 || H >= f->K || r->sign[H] == 0 || fmpq_sgn(r->tree->lambda + i) < 0) {
            r->fault = "a leaf's multiplier";
            break;
        }
        if (r->sign[H] > 0) fmpq_neg(c, r->tree->lambda + i);
        else fmpq_set(c, r->tree->lambda + i);
        add_form(a, f, H, c);
    }
    box_extreme(t, a, r, -1);
    if (fmpq_sgn(t) < 0) r->fault = "a leaf's function is negative on the box";
    fmpq_clear(c);
    fmpq_clear(t);
    fmpq_clear(one);
    _fmpq_vec_clear(a, f->d + 1);
    _fmpq_vec_clear(h, f->d + 1);
}

static void read_empty(reader *r, slong node)
{
    const rc_canonical_struct *f = r->f;
    fmpq *sum = _fmpq_vec_init(f->d + 1);
    fmpq_t c;
    fmpq_init(c);
    if (r->tree->count[node] < 1) r->fault = "an empty leaf without multipliers";
    for (slong i = r->tree->first[node]; i < r->tree->first[node] + r->tree->count[node]; i++) {
        slong H = r->tree->index[i];
        if (fmpq_sgn(r->tree->lambda + i) <= 0) r->fault = "a multiplier <= 0";
        if (H == -1 && f->affine) fmpq_add(sum + f->d, sum + f->d, r->tree->lambda + i);
        else if (H < 0 || H >= f->K || r->sign[H] == 0) r->fault = "a multiplier off the path";
        else {
            if (r->sign[H] > 0) fmpq_set(c, r->tree->lambda + i);
            else fmpq_neg(c, r->tree->lambda + i);
            add_form(sum, f, H, c);
        }
    }
    for (slong k = 0; k < f->width; k++)
        if (!fmpq_is_zero(sum + k)) r->fault = "Farkas sum not zero";
    fmpq_clear(c);
    _fmpq_vec_clear(sum, f->d + 1);
}

static void read_node(reader *r)
{
    if (r->fault) return;
    slong node = r->node++;
    if (node >= r->tree->length) {
        r->fault = "the tree ends early";
    } else if (r->tree->kind[node] == RC_TREE_LEAF) {
        for (slong g = 0; g < 2 * r->f->D; g++) read_group(r, node, g);
        r->leaves++;
    } else if (r->tree->kind[node] == RC_TREE_EMPTY) {
        read_empty(r, node);
    } else if (r->tree->kind[node] != RC_TREE_BRANCH || r->sign[r->tree->form[node]] != 0) {
        r->fault = "a node of the wrong kind";
    } else {
        slong H = r->tree->form[node];
        r->sign[H] = 1;
        read_node(r);
        r->sign[H] = -1;
        read_node(r);
        r->sign[H] = 0;
    }
}

static const char *read_upper(const rc_canonical_t f, const rc_seminorm_t s, const fmpq_t M, const fmpq_t B)
{
    reader r = {.f = f, .tree = s->trees, .M = M, .B = B};
    r.sign = flint_calloc((size_t) f->K + 1, sizeof *r.sign);
    read_node(&r);
    if (!r.fault && r.node != r.tree->length) r.fault = "nodes left over";
    if (!r.fault && r.leaves == 0) r.fault = "no leaf";
    flint_free(r.sign);
    return r.fault;
}

/* The norm of f(x), and is x in the closed box? */
static bool value_at(fmpq_t v, const rc_canonical_t f, const fmpq *x, const fmpq_t B)
{
    bool inside = true;
    fmpq *y = _fmpq_vec_init(f->D);
    fmpq_t t;
    fmpq_init(t);
    for (slong k = 0; k < f->d; k++) {
        fmpq_abs(t, x + k);
        inside = inside && fmpq_cmp(t, B) <= 0;
    }
    rc_canonical_eval(y, f, x);
    fmpq_zero(v);
    for (slong p = 0; p < f->D; p++) {
        fmpq_abs(t, y + p);
        if (fmpq_cmp(t, v) > 0) fmpq_set(v, t);
    }
    fmpq_clear(t);
    _fmpq_vec_clear(y, f->D);
    return inside;
}

/* Visits all choices of d of the hyperplanes u_H and x_k = -B, B: |f| is largest at a vertex of the cells cut with the
   box, and every vertex is the only common point of such a choice. */
static void brute_force(fmpq_t most, const rc_canonical_t f, const fmpq_t B, slong from, slong taken, slong *choice)
{
    slong d = f->d, n = f->K + 2 * d;
    if (taken < d) {
        for (slong i = from; i < n; i++) {
            choice[taken] = i;
            brute_force(most, f, B, i + 1, taken + 1, choice);
        }
        return;
    }
    fmpq_mat_t A, b, x;
    fmpq_mat_init(A, d, d);
    fmpq_mat_init(b, d, 1);
    fmpq_mat_init(x, d, 1);
    for (slong r = 0; r < d; r++) {
        slong i = choice[r];
        if (i < f->K) {
            for (slong k = 0; k < d; k++) fmpq_set_fmpz(fmpq_mat_entry(A, r, k), fmpz_mat_entry(f->u, i, k));
            if (f->affine) fmpq_set_fmpz(fmpq_mat_entry(b, r, 0), fmpz_mat_entry(f->u, i, d));
            fmpq_neg(fmpq_mat_entry(b, r, 0), fmpq_mat_entry(b, r, 0));
        } else {
            fmpq_one(fmpq_mat_entry(A, r, (i - f->K) / 2));
            if ((i - f->K) % 2) fmpq_set(fmpq_mat_entry(b, r, 0), B);
            else fmpq_neg(fmpq_mat_entry(b, r, 0), B);
        }
    }
    if (fmpq_mat_solve(x, A, b)) {
        fmpq *point = _fmpq_vec_init(d);
        fmpq_t v;
        fmpq_init(v);
        for (slong k = 0; k < d; k++) fmpq_set(point + k, fmpq_mat_entry(x, k, 0));
        if (value_at(v, f, point, B) && fmpq_cmp(v, most) > 0) fmpq_set(most, v);
        fmpq_clear(v);
        _fmpq_vec_clear(point, d);
    }
    fmpq_mat_clear(A);
    fmpq_mat_clear(b);
    fmpq_mat_clear(x);
}

static void check_evidence(const rc_canonical_t f, const rc_seminorm_t s, const fmpq_t B)
{
    fmpq_t v, less, hair;
    fmpq_init(v);
    fmpq_init(less);
    fmpq_init(hair);
    CHECK(s->has_lower && s->has_upper && fmpq_equal(s->lower, s->upper), "bounds differ: %s", form_text(f));
    CHECK(value_at(v, f, s->x, B), "the point is outside: %s", form_text(f));
    CHECK(fmpq_equal(v, s->lower), "the point has another value: %s", form_text(f));
    const char *fault = s->has_upper ? read_upper(f, s, s->upper, B) : NULL;
    CHECK(!fault, "%s: %s", fault, form_text(f));
    fmpq_set_si(hair, 1, 1000000);
    fmpq_sub(less, v, hair);
    CHECK(read_upper(f, s, less, B), "the reader takes a smaller bound: %s", form_text(f));
    fmpq_clear(v);
    fmpq_clear(less);
    fmpq_clear(hair);
}

static void test_random_forms(void)
{
    rc_canonical_t f;
    rc_seminorm_t s;
    fmpq_t B, most;
    rc_canonical_init(f);
    rc_seminorm_init(s);
    fmpq_init(B);
    fmpq_init(most);
    test_case("random canonical forms against all vertices");
    for (long n = test_rounds(500); n > 0; n--) {
        random_form(f, 3, 5);
        fmpq_set_si(B, test_range(1, 5), (ulong) test_range(1, 4));
        slong *choice = flint_calloc((size_t) f->d, sizeof *choice);
        fmpq_zero(most);
        brute_force(most, f, B, 0, 0, choice);
        rc_status status = rc_supnorm_exact(s, f, B, NULL);
        CHECK(status == RC_OK, "status %d", (int) status);
        CHECK(fmpq_equal(s->lower, most), "not the largest vertex value: %s", form_text(f));
        check_evidence(f, s, B);
        flint_free(choice);
    }
    rc_canonical_clear(f);
    rc_seminorm_clear(s);
    fmpq_clear(B);
    fmpq_clear(most);
}

/* sup of |f| over (-1,1)^2 is 1 / k for Example 2.1 and 2 / k for Example A.1 ([B] (67), and (44) mended). */
static void test_paper(void)
{
    rc_canonical_t f;
    rc_seminorm_t s;
    fmpq_t B, expected;
    rc_canonical_init(f);
    rc_seminorm_init(s);
    fmpq_init(B);
    fmpq_init(expected);
    fmpq_one(B);
    test_case("Examples 2.1 and A.1");
    for (long k = 1; k <= 1000000; k *= 10) {
        rc_network_t X;
        rc_network_init(X, RC_SHALLOW, 2, 2, 1);
        for (slong i = 0; i < 2; i++) {
            fmpq_set_si(fmpq_mat_entry(X->u, i, 0), k, 1);
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, 0), i ? -k : k, 1);
        }
        fmpq_set_si(fmpq_mat_entry(X->u, 1, 1), -1, (ulong) (k * k));
        rc_canonical_set_network(f, X);
        rc_status status = rc_supnorm_exact(s, f, B, NULL);
        fmpq_set_si(expected, 1, (ulong) k);
        CHECK(status == RC_OK && fmpq_equal(s->lower, expected), "Example 2.1, k = %ld", k);
        check_evidence(f, s, B);
        rc_network_clear(X);

        rc_network_init(X, RC_SHALLOW, 2, 1, 1);
        fmpq_set_si(fmpq_mat_entry(X->u, 0, 0), 1, 1);
        fmpq_set_si(fmpq_mat_entry(X->u, 0, 1), -1, 1);
        fmpq_set_si(fmpq_mat_entry(X->gamma, 0, 0), 1, (ulong) k);
        rc_canonical_set_network(f, X);
        status = rc_supnorm_exact(s, f, B, NULL);
        fmpq_set_si(expected, 2, (ulong) k);
        CHECK(status == RC_OK && fmpq_equal(s->lower, expected), "Example A.1, k = %ld", k);
        check_evidence(f, s, B);
        rc_network_clear(X);
    }
    rc_canonical_clear(f);
    rc_seminorm_clear(s);
    fmpq_clear(B);
    fmpq_clear(expected);
}

static void test_larger(void)
{
    rc_canonical_t f;
    rc_seminorm_t s;
    rc_network_t X;
    rc_limits limits;
    fmpq_t B, v;
    rc_canonical_init(f);
    rc_seminorm_init(s);
    fmpq_init(B);
    fmpq_init(v);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    test_case("fifteen hyperplanes in R^3, and a limit");
    fmpq_set_si(B, 2, 1);
    for (int biased = 0; biased < 2; biased++) {
        random_network(X, 3, 15, 2, biased, 1, 0, 9);
        rc_canonical_set_network(f, X);
        rc_limits_init(&limits);
        limits.max_cells = 2;
        rc_status status = rc_supnorm_exact(s, f, B, &limits);
        CHECK(status == RC_LIMIT && !s->has_upper && s->has_lower, "status %d", (int) status);
        CHECK(value_at(v, f, s->x, B) && fmpq_equal(v, s->lower), "the point of a limited run");
        status = rc_supnorm_exact(s, f, B, NULL);
        CHECK(status == RC_OK && fmpq_cmp(v, s->upper) <= 0, "status %d", (int) status);
        check_evidence(f, s, B);
    }
    rc_network_clear(X);
    rc_canonical_clear(f);
    rc_seminorm_clear(s);
    fmpq_clear(B);
    fmpq_clear(v);
}

int main(void)
{
    test_start("t-supnorm");
    test_random_forms();
    test_paper();
    test_larger();
    flint_cleanup();
    return test_finish();
}
