#include "relucert/network.h"

#include <assert.h>
#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>

#include "network/require.h"
#include "network/vectors.h"

static void init_neurons(rc_network_t net, slong d, slong m, slong D, bool biased)
{
    fmpq_mat_init(net->u, m, d);
    fmpq_mat_init(net->v, m, biased ? 1 : 0);
    fmpq_mat_init(net->gamma, m, D);
    fmpq_mat_init(net->e, D, biased ? 1 : 0);
    net->q = m > 0 ? _fmpq_vec_init(m) : NULL;
    for (slong i = 0; i < m; i++) fmpq_one(net->q + i);
    net->d = d;
    net->m = m;
    net->D = D;
}

void rc_network_init(rc_network_t net, rc_network_kind kind, slong d, slong m, slong D)
{
    assert(kind != RC_DEEP && d >= 1 && m >= 1 && D >= 1);
    init_neurons(net, d, m, D, kind == RC_BIASED);
    net->kind = kind;
    net->depth = 0;
    net->A = NULL;
    net->b = NULL;
}

void rc_network_init_deep(rc_network_t net, slong depth, const slong *widths)
{
    assert(depth >= 1);
    init_neurons(net, widths[0], 0, widths[depth], false);
    net->kind = RC_DEEP;
    net->depth = depth;
    net->A = flint_malloc((size_t) depth * sizeof *net->A);
    net->b = flint_malloc((size_t) depth * sizeof *net->b);
    for (slong l = 0; l < depth; l++) {
        fmpq_mat_init(net->A + l, widths[l + 1], widths[l]);
        fmpq_mat_init(net->b + l, widths[l + 1], 1);
    }
}

void rc_network_clear(rc_network_t net)
{
    fmpq_mat_clear(net->u);
    fmpq_mat_clear(net->v);
    fmpq_mat_clear(net->gamma);
    fmpq_mat_clear(net->e);
    if (net->q) _fmpq_vec_clear(net->q, net->m);
    for (slong l = 0; l < net->depth; l++) {
        fmpq_mat_clear(net->A + l);
        fmpq_mat_clear(net->b + l);
    }
    if (net->A) flint_free(net->A);
    if (net->b) flint_free(net->b);
}

static bool has_shape(const fmpq_mat_t M, slong rows, slong columns)
{
    if (M->r != rows || M->c != columns) return false;
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < columns; j++)
            if (!fmpq_is_canonical(fmpq_mat_entry(M, i, j))) return false;
    return true;
}

bool rc_network_is_valid(const rc_network_t net)
{
    slong biased = net->kind == RC_BIASED;
    if (net->d < 1 || net->D < 1) return false;
    if (!has_shape(net->u, net->m, net->d) || !has_shape(net->v, net->m, biased)) return false;
    if (!has_shape(net->gamma, net->m, net->D) || !has_shape(net->e, net->D, biased)) return false;
    for (slong i = 0; i < net->m; i++)
        if (!fmpq_is_canonical(net->q + i) || fmpq_sgn(net->q + i) <= 0) return false;
    if (net->kind != RC_DEEP) return net->m >= 1 && net->depth == 0;
    if (net->m != 0 || net->depth < 1) return false;
    for (slong l = 0; l < net->depth; l++) {
        slong in = l == 0 ? net->d : net->A[l - 1].r;
        if (net->A[l].r < 1 || !has_shape(net->A + l, net->A[l].r, in) || !has_shape(net->b + l, net->A[l].r, 1))
            return false;
    }
    return net->A[net->depth - 1].r == net->D;
}

/* An initialized network of src's shape. */
static void init_like(rc_network_t net, const rc_network_t src)
{
    if (src->kind != RC_DEEP) {
        rc_network_init(net, src->kind, src->d, src->m, src->D);
        return;
    }
    slong *widths = flint_malloc((size_t) (src->depth + 1) * sizeof *widths);
    widths[0] = src->d;
    for (slong l = 0; l < src->depth; l++) widths[l + 1] = src->A[l].r;
    rc_network_init_deep(net, src->depth, widths);
    flint_free(widths);
}

void rc_network_set(rc_network_t dst, const rc_network_t src)
{
    if (dst == src) return;
    rc_network_t copy;
    init_like(copy, src);
    fmpq_mat_set(copy->u, src->u);
    fmpq_mat_set(copy->v, src->v);
    fmpq_mat_set(copy->gamma, src->gamma);
    fmpq_mat_set(copy->e, src->e);
    for (slong i = 0; i < src->m; i++) fmpq_set(copy->q + i, src->q + i);
    for (slong l = 0; l < src->depth; l++) {
        fmpq_mat_set(copy->A + l, src->A + l);
        fmpq_mat_set(copy->b + l, src->b + l);
    }
    rc_network_swap(dst, copy);
    rc_network_clear(copy);
}

void rc_network_swap(rc_network_t a, rc_network_t b)
{
    rc_network_struct t = *a;
    *a = *b;
    *b = t;
}

/* s = sqrt(q_i) x. */
static void scale_up(rc_surd_t s, const rc_network_t net, slong i, const fmpq_t x)
{
    if (fmpq_is_one(net->q + i)) {
        rc_surd_set_fmpq(s, x);
        return;
    }
    rc_surd_set_sqrt_fmpq(s, net->q + i);
    rc_surd_mul_fmpq(s, s, x);
}

/* s = x / sqrt(q_i) = sqrt(q_i) (x / q_i). */
static void scale_down(rc_surd_t s, const rc_network_t net, slong i, const fmpq_t x)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_div(y, x, net->q + i);
    scale_up(s, net, i, y);
    fmpq_clear(y);
}

void rc_network_get_a(rc_surd_t s, const rc_network_t net, slong i, slong j)
{
    scale_up(s, net, i, fmpq_mat_entry(net->u, i, j));
}

void rc_network_get_c(rc_surd_t s, const rc_network_t net, slong i, slong p)
{
    scale_down(s, net, i, fmpq_mat_entry(net->gamma, i, p));
}

void rc_network_get_b(rc_surd_t s, const rc_network_t net, slong i)
{
    if (net->kind == RC_BIASED) scale_up(s, net, i, fmpq_mat_entry(net->v, i, 0));
    else rc_surd_zero(s);
}

void rc_network_norm_a(rc_surd_t s, const rc_network_t net, slong i)
{
    fmpq_t x;
    fmpq_init(x);
    rc_vec_norm(x, fmpq_mat_entry(net->u, i, 0), net->d);
    scale_up(s, net, i, x);
    fmpq_clear(x);
}

void rc_network_norm_c(rc_surd_t s, const rc_network_t net, slong i)
{
    fmpq_t x;
    fmpq_init(x);
    rc_vec_norm(x, fmpq_mat_entry(net->gamma, i, 0), net->D);
    scale_down(s, net, i, x);
    fmpq_clear(x);
}

void rc_network_norm_product(fmpq_t x, const rc_network_t net, slong i)
{
    fmpq_t y;
    fmpq_init(y);
    rc_vec_norm(x, fmpq_mat_entry(net->u, i, 0), net->d);
    rc_vec_norm(y, fmpq_mat_entry(net->gamma, i, 0), net->D);
    fmpq_mul(x, x, y);
    fmpq_clear(y);
}

bool rc_network_a_is_zero(const rc_network_t net, slong i)
{
    return rc_vec_is_zero(fmpq_mat_entry(net->u, i, 0), net->d);
}

bool rc_network_c_is_zero(const rc_network_t net, slong i)
{
    return rc_vec_is_zero(fmpq_mat_entry(net->gamma, i, 0), net->D);
}

void rc_network_set_neuron(rc_network_t dst, slong i, const rc_network_t src, slong j)
{
    rc_require(dst->kind == src->kind && dst->d == src->d && dst->D == src->D, "neurons of one shape");
    for (slong k = 0; k < dst->d; k++) fmpq_set(fmpq_mat_entry(dst->u, i, k), fmpq_mat_entry(src->u, j, k));
    for (slong p = 0; p < dst->D; p++) fmpq_set(fmpq_mat_entry(dst->gamma, i, p), fmpq_mat_entry(src->gamma, j, p));
    for (slong k = 0; k < dst->v->c; k++) fmpq_set(fmpq_mat_entry(dst->v, i, k), fmpq_mat_entry(src->v, j, k));
    fmpq_set(dst->q + i, src->q + j);
}

void rc_network_set_scale(rc_network_t net, slong i, const fmpq_t x)
{
    rc_require(fmpq_sgn(x) > 0, "a scale is positive");
    fmpq_set(net->q + i, x);
}

/* sqrt(qx) x = sqrt(qy) y for all n entries? Then x = t y with t = sqrt(qy/qx) rational wherever an entry is not 0. */
static bool scaled_equal(const fmpq *x, const fmpq *y, slong n, const fmpq_t t, bool rational)
{
    fmpq_t ty;
    fmpq_init(ty);
    bool equal = true;
    for (slong j = 0; equal && j < n; j++) {
        if (fmpq_is_zero(x + j) || fmpq_is_zero(y + j)) {
            equal = fmpq_is_zero(x + j) && fmpq_is_zero(y + j);
        } else {
            fmpq_mul(ty, t, y + j);
            equal = rational && fmpq_equal(x + j, ty);
        }
    }
    fmpq_clear(ty);
    return equal;
}

static bool square_root(fmpq_t t, const fmpq_t x)
{
    if (!fmpz_is_square(fmpq_numref(x)) || !fmpz_is_square(fmpq_denref(x))) return false;
    fmpz_sqrt(fmpq_numref(t), fmpq_numref(x));
    fmpz_sqrt(fmpq_denref(t), fmpq_denref(x));
    return true;
}

static bool neurons_equal(const rc_network_t X, const rc_network_t Y, slong i)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_div(t, Y->q + i, X->q + i);
    bool rational = square_root(t, t);
    bool equal = scaled_equal(fmpq_mat_entry(X->u, i, 0), fmpq_mat_entry(Y->u, i, 0), X->d, t, rational);
    if (equal && X->kind == RC_BIASED)
        equal = scaled_equal(fmpq_mat_entry(X->v, i, 0), fmpq_mat_entry(Y->v, i, 0), 1, t, rational);
    if (rational) fmpq_inv(t, t);
    if (equal) equal = scaled_equal(fmpq_mat_entry(X->gamma, i, 0), fmpq_mat_entry(Y->gamma, i, 0), X->D, t, rational);
    fmpq_clear(t);
    return equal;
}

bool rc_network_equal(const rc_network_t X, const rc_network_t Y)
{
    if (X->kind != Y->kind || X->d != Y->d || X->m != Y->m || X->D != Y->D || X->depth != Y->depth) return false;
    for (slong i = 0; i < X->m; i++)
        if (!neurons_equal(X, Y, i)) return false;
    for (slong l = 0; l < X->depth; l++)
        if (!fmpq_mat_equal(X->A + l, Y->A + l) || !fmpq_mat_equal(X->b + l, Y->b + l)) return false;
    return fmpq_mat_equal(X->e, Y->e) != 0;
}
