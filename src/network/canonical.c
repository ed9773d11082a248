#include "relucert/canonical.h"

#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "network/require.h"
#include "network/vectors.h"

void rc_canonical_init(rc_canonical_t f)
{
    f->d = f->D = f->width = 1;
    f->affine = 0;
    f->K = 0;
    fmpz_mat_init(f->u, 0, 1);
    fmpq_mat_init(f->gamma, 0, 1);
    fmpq_mat_init(f->L, 1, 1);
}

void rc_canonical_clear(rc_canonical_t f)
{
    fmpz_mat_clear(f->u);
    fmpq_mat_clear(f->gamma);
    fmpq_mat_clear(f->L);
}

void rc_canonical_swap(rc_canonical_t f, rc_canonical_t g)
{
    rc_canonical_struct t = *f;
    *f = *g;
    *g = t;
}

static int compare_rows(const fmpz *a, const fmpz *b, slong n)
{
    for (slong j = 0; j < n; j++) {
        int c = fmpz_cmp(a + j, b + j);
        if (c) return c;
    }
    return 0;
}

/* Sign of the first non-zero entry, 0 if there is none. */
static int leading_sign(const fmpz *v, slong n)
{
    for (slong j = 0; j < n; j++)
        if (!fmpz_is_zero(v + j)) return fmpz_sgn(v + j);
    return 0;
}

static bool is_primitive(const fmpz *u, slong d, slong n)
{
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, u, n);
    bool primitive = fmpz_is_one(content) && leading_sign(u, d) > 0;
    fmpz_clear(content);
    return primitive;
}

bool rc_canonical_is_valid(const rc_canonical_t f)
{
    if (f->d < 1 || f->D < 1 || f->K < 0 || f->width != f->d + (f->affine != 0)) return false;
    if (f->u->r != f->K || f->u->c != f->width || f->gamma->r != f->K || f->gamma->c != f->D) return false;
    if (f->L->r != f->D || f->L->c != f->width) return false;
    for (slong H = 0; H < f->K; H++) {
        const fmpz *u = fmpz_mat_entry(f->u, H, 0);
        if (!is_primitive(u, f->d, f->width) || rc_vec_is_zero(fmpq_mat_entry(f->gamma, H, 0), f->D)) return false;
        if (H > 0 && compare_rows(fmpz_mat_entry(f->u, H - 1, 0), u, f->width) >= 0) return false;
    }
    return true;
}

void rc_primitive(fmpz *u, fmpq_t t, const fmpq *v, slong n)
{
    fmpz_t den, content;
    fmpz_init(den);
    fmpz_init(content);
    rc_vec_clear_denominators(u, den, v, n);
    _fmpz_vec_content(content, u, n);
    if (leading_sign(u, n) < 0) fmpz_neg(content, content);
    if (!fmpz_is_one(content)) _fmpz_vec_scalar_divexact_fmpz(u, u, n, content);
    fmpq_set_fmpz_frac(t, content, den);
    fmpz_clear(den);
    fmpz_clear(content);
}

/* Neurons as they come, before lines are merged: term k is gain_k rho(<form_k, x>) + bend_k <form_k, x>, the form
   primitive with positive first non-zero entry. With v = t form, t < 0: rho(<v,x>) = |t| rho(<form,x>) + t <form,x>. */
typedef struct {
    slong d, D, width;
    slong n;
    fmpz_mat_t form;
    fmpq_mat_t gain, bend;
    fmpq_mat_t L;
} term_list;

static void terms_init(term_list *t, slong d, slong D, bool affine, slong most)
{
    t->d = d;
    t->D = D;
    t->width = d + affine;
    t->n = 0;
    fmpz_mat_init(t->form, most, t->width);
    fmpq_mat_init(t->gain, most, D);
    fmpq_mat_init(t->bend, most, D);
    fmpq_mat_init(t->L, D, t->width);
}

static void terms_clear(term_list *t)
{
    fmpz_mat_clear(t->form);
    fmpq_mat_clear(t->gain);
    fmpq_mat_clear(t->bend);
    fmpq_mat_clear(t->L);
}

/* v = (u_i, v_i) with a zero bias where the network has none. */
static void neuron_form(fmpq *v, const term_list *t, const rc_network_t X, slong i)
{
    for (slong j = 0; j < X->d; j++) fmpq_set(v + j, fmpq_mat_entry(X->u, i, j));
    if (t->width == X->d) return;
    if (X->kind == RC_BIASED) fmpq_set(v + X->d, fmpq_mat_entry(X->v, i, 0));
    else fmpq_zero(v + X->d);
}

/* A neuron with a_i = 0 is the constant gamma_i rho(v_i). */
static void add_constant(term_list *t, const rc_network_t X, slong i, int sign)
{
    if (X->kind != RC_BIASED || fmpq_sgn(fmpq_mat_entry(X->v, i, 0)) <= 0) return;
    fmpq_t c;
    fmpq_init(c);
    for (slong p = 0; p < t->D; p++) {
        fmpq *constant = fmpq_mat_entry(t->L, p, t->d);
        fmpq_mul(c, fmpq_mat_entry(X->gamma, i, p), fmpq_mat_entry(X->v, i, 0));
        if (sign > 0) fmpq_add(constant, constant, c);
        else fmpq_sub(constant, constant, c);
    }
    fmpq_clear(c);
}

static void add_neuron(term_list *t, const rc_network_t X, slong i, int sign, fmpq *v)
{
    if (rc_network_c_is_zero(X, i)) return;
    if (rc_network_a_is_zero(X, i)) {
        add_constant(t, X, i, sign);
        return;
    }
    slong k = t->n++;
    fmpq_t factor, size;
    fmpq_init(factor);
    fmpq_init(size);
    neuron_form(v, t, X, i);
    rc_primitive(fmpz_mat_entry(t->form, k, 0), factor, v, t->width);
    fmpq_abs(size, factor);
    if (sign < 0) fmpq_neg(size, size);
    for (slong p = 0; p < t->D; p++) {
        fmpq *gain = fmpq_mat_entry(t->gain, k, p);
        fmpq_mul(gain, size, fmpq_mat_entry(X->gamma, i, p));
        if (fmpq_sgn(factor) < 0) fmpq_neg(fmpq_mat_entry(t->bend, k, p), gain);
    }
    fmpq_clear(factor);
    fmpq_clear(size);
}

/* sign R(X), sign = +1 or -1. */
static void add_network(term_list *t, const rc_network_t X, int sign)
{
    fmpq *v = _fmpq_vec_init(t->width);
    for (slong i = 0; i < X->m; i++) add_neuron(t, X, i, sign, v);
    _fmpq_vec_clear(v, t->width);
    if (X->kind != RC_BIASED) return;
    for (slong p = 0; p < t->D; p++) {
        fmpq *constant = fmpq_mat_entry(t->L, p, t->d);
        if (sign > 0) fmpq_add(constant, constant, fmpq_mat_entry(X->e, p, 0));
        else fmpq_sub(constant, constant, fmpq_mat_entry(X->e, p, 0));
    }
}

typedef struct {
    const fmpz *row;
    slong width, term;
} sortable;

static int compare_sortable(const void *a, const void *b)
{
    const sortable *x = a, *y = b;
    int c = compare_rows(x->row, y->row, x->width);
    return c ? c : (x->term > y->term) - (x->term < y->term);
}

static sortable *sorted_terms(term_list *t)
{
    sortable *order = flint_malloc((size_t) (t->n + 1) * sizeof *order);
    for (slong k = 0; k < t->n; k++) order[k] = (sortable){fmpz_mat_entry(t->form, k, 0), t->width, k};
    qsort(order, (size_t) t->n, sizeof *order, compare_sortable);
    return order;
}

/* Adds the gains of equal forms to the first of each run and keeps the runs with a gain left: order[0..K-1]. */
static slong merge_lines(term_list *t, sortable *order)
{
    slong kept = 0;
    for (slong k = 0, next; k < t->n; k = next) {
        fmpq *gain = fmpq_mat_entry(t->gain, order[k].term, 0);
        for (next = k + 1; next < t->n && compare_rows(order[k].row, order[next].row, t->width) == 0; next++)
            for (slong p = 0; p < t->D; p++)
                fmpq_add(gain + p, gain + p, fmpq_mat_entry(t->gain, order[next].term, p));
        if (!rc_vec_is_zero(gain, t->D)) order[kept++] = order[k];
    }
    return kept;
}

/* f = the sum of the terms, which are used up. */
static void collect(rc_canonical_t f, term_list *t)
{
    rc_mat_add_weighted_rows(t->L, t->bend, t->form, NULL);
    sortable *order = sorted_terms(t);
    slong K = merge_lines(t, order);

    rc_canonical_struct g = {.d = t->d, .D = t->D, .affine = t->width > t->d, .width = t->width, .K = K};
    fmpz_mat_init(g.u, K, g.width);
    fmpq_mat_init(g.gamma, K, g.D);
    fmpq_mat_init(g.L, g.D, g.width);
    for (slong H = 0; H < K; H++) {
        slong k = order[H].term;
        for (slong j = 0; j < g.width; j++) fmpz_swap(fmpz_mat_entry(g.u, H, j), fmpz_mat_entry(t->form, k, j));
        for (slong p = 0; p < g.D; p++) fmpq_swap(fmpq_mat_entry(g.gamma, H, p), fmpq_mat_entry(t->gain, k, p));
    }
    fmpq_mat_swap(g.L, t->L);
    rc_canonical_swap(f, &g);
    rc_canonical_clear(&g);
    flint_free(order);
}

void rc_canonical_set_network(rc_canonical_t f, const rc_network_t X)
{
    rc_require(X->kind != RC_DEEP, "a canonical form is of a shallow network");
    term_list t;
    terms_init(&t, X->d, X->D, X->kind == RC_BIASED, X->m);
    add_network(&t, X, 1);
    collect(f, &t);
    terms_clear(&t);
}

void rc_canonical_set_difference(rc_canonical_t f, const rc_network_t X, const rc_network_t Y)
{
    rc_require(X->kind != RC_DEEP && Y->kind != RC_DEEP, "a canonical form is of shallow networks");
    rc_require(X->d == Y->d && X->D == Y->D, "a difference is of networks with the same d and D");
    term_list t;
    terms_init(&t, X->d, X->D, X->kind == RC_BIASED || Y->kind == RC_BIASED, X->m + Y->m);
    add_network(&t, X, 1);
    add_network(&t, Y, -1);
    collect(f, &t);
    terms_clear(&t);
}

bool rc_canonical_is_zero(const rc_canonical_t f)
{
    return f->K == 0 && fmpq_mat_is_zero(f->L);
}

/* The same line, a missing offset counting as 0. */
static bool same_line(const rc_canonical_t f, const rc_canonical_t g, slong H)
{
    const fmpz *u = fmpz_mat_entry(f->u, H, 0), *v = fmpz_mat_entry(g->u, H, 0);
    if (compare_rows(u, v, f->d) != 0) return false;
    if (f->affine && g->affine) return fmpz_equal(u + f->d, v + f->d) != 0;
    return (!f->affine || fmpz_is_zero(u + f->d)) && (!g->affine || fmpz_is_zero(v + f->d));
}

static bool same_linear_part(const rc_canonical_t f, const rc_canonical_t g, slong p)
{
    for (slong j = 0; j < f->d; j++)
        if (!fmpq_equal(fmpq_mat_entry(f->L, p, j), fmpq_mat_entry(g->L, p, j))) return false;
    if (f->affine && g->affine) return fmpq_equal(fmpq_mat_entry(f->L, p, f->d), fmpq_mat_entry(g->L, p, f->d)) != 0;
    return (!f->affine || fmpq_is_zero(fmpq_mat_entry(f->L, p, f->d))) &&
           (!g->affine || fmpq_is_zero(fmpq_mat_entry(g->L, p, f->d)));
}

bool rc_canonical_equal(const rc_canonical_t f, const rc_canonical_t g)
{
    if (f->d != g->d || f->D != g->D || f->K != g->K) return false;
    for (slong p = 0; p < f->D; p++)
        if (!same_linear_part(f, g, p)) return false;
    for (slong H = 0; H < f->K; H++)
        if (!same_line(f, g, H)) return false;
    return fmpq_mat_equal(f->gamma, g->gamma) != 0;
}

slong rc_canonical_find(int *orientation, const rc_canonical_t f, const fmpq *v)
{
    if (rc_vec_is_zero(v, f->d)) return -1;
    fmpz *u = _fmpz_vec_init(f->width);
    fmpq_t t;
    fmpq_init(t);
    rc_primitive(u, t, v, f->width);
    slong lo = 0, hi = f->K, found = -1;
    while (lo < hi) {
        slong mid = lo + (hi - lo) / 2;
        int c = compare_rows(u, fmpz_mat_entry(f->u, mid, 0), f->width);
        if (c == 0) found = mid;
        if (c <= 0) hi = mid;
        else lo = mid + 1;
    }
    if (found >= 0 && orientation) *orientation = fmpq_sgn(t);
    fmpq_clear(t);
    _fmpz_vec_clear(u, f->width);
    return found;
}
