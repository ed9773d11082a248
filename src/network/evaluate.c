/* Values, patterns and gradients of a network at a rational point. */
#include <assert.h>
#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <string.h>

#include "network/vectors.h"
#include "relucert/network.h"

/* A point over one denominator: x = num / den. */
typedef struct {
    slong n;
    fmpz *num;
    fmpz_t den;
} point;

static void point_init(point *x, const fmpq *v, slong n)
{
    x->n = n;
    x->num = _fmpz_vec_init(n);
    fmpz_init(x->den);
    rc_vec_clear_denominators(x->num, x->den, v, n);
}

static void point_clear(point *x)
{
    _fmpz_vec_clear(x->num, x->n);
    fmpz_clear(x->den);
}

/* z = <u_i, x> + v_i, the pre-activation of neuron i up to the factor sqrt(q_i) > 0. */
static void preactivation(fmpq_t z, const rc_network_t net, slong i, const point *x)
{
    rc_vec_dot(z, fmpq_mat_entry(net->u, i, 0), x->num, x->den, net->d);
    if (net->kind == RC_BIASED) fmpq_add(z, z, fmpq_mat_entry(net->v, i, 0));
}

/* w = gamma / den. */
static void divide_row(fmpq *w, const fmpq *gamma, const fmpz_t den, slong D)
{
    for (slong p = 0; p < D; p++) fmpq_div_fmpz(w + p, gamma + p, den);
}

static void eval_shallow(fmpq *y, const rc_network_t net, const point *x)
{
    fmpq_mat_t sum, weights;
    fmpz_mat_t rows;
    fmpq_mat_init(sum, net->D, 1);
    fmpq_mat_init(weights, net->m, net->D);
    fmpz_mat_init(rows, net->m, 1);
    fmpq_t z;
    fmpq_init(z);
    for (slong i = 0; i < net->m; i++) {
        preactivation(z, net, i, x);
        if (fmpq_sgn(z) <= 0) continue;
        fmpz_set(fmpz_mat_entry(rows, i, 0), fmpq_numref(z));
        divide_row(fmpq_mat_entry(weights, i, 0), fmpq_mat_entry(net->gamma, i, 0), fmpq_denref(z), net->D);
    }
    if (net->kind == RC_BIASED) fmpq_mat_set(sum, net->e);
    rc_mat_add_weighted_rows(sum, weights, rows, NULL);
    for (slong p = 0; p < net->D; p++) fmpq_swap(y + p, fmpq_mat_entry(sum, p, 0));
    fmpq_clear(z);
    fmpq_mat_clear(sum);
    fmpq_mat_clear(weights);
    fmpz_mat_clear(rows);
}

/* z = A x + b, z of length A->r, not x. */
static void apply_layer(fmpq *z, const fmpq_mat_t A, const fmpq_mat_t b, const fmpq *x)
{
    point at;
    point_init(&at, x, A->c);
    for (slong i = 0; i < A->r; i++) {
        rc_vec_dot(z + i, fmpq_mat_entry(A, i, 0), at.num, at.den, A->c);
        fmpq_add(z + i, z + i, fmpq_mat_entry(b, i, 0));
    }
    point_clear(&at);
}

/* What a walk through a deep network may want; NULL where it does not. */
typedef struct {
    fmpq *y;
    char *pattern;
    fmpq_mat_struct *gradient;
    bool *on_boundary;
} deep_outputs;

/* gradient := A gradient, rows of inactive neurons zeroed (active = NULL: none). */
static void push_gradient(fmpq_mat_t gradient, const fmpq_mat_t A, const char *active)
{
    fmpq_mat_t next;
    fmpq_mat_init(next, A->r, gradient->c);
    fmpq_mat_mul(next, A, gradient);
    for (slong i = 0; active && i < A->r; i++)
        for (slong j = 0; active[i] == '0' && j < next->c; j++) fmpq_zero(fmpq_mat_entry(next, i, j));
    fmpq_mat_swap(gradient, next);
    fmpq_mat_clear(next);
}

/* z := rho(z), active[i] = '1' where z_i > 0. */
static void activate(fmpq *z, char *active, bool *on_boundary, const fmpq_mat_t A)
{
    for (slong i = 0; i < A->r; i++) {
        int sign = fmpq_sgn(z + i);
        active[i] = sign > 0 ? '1' : '0';
        if (sign < 0) fmpq_zero(z + i);
        if (sign == 0 && !rc_vec_is_zero(fmpq_mat_entry(A, i, 0), A->c)) *on_boundary = true;
    }
}

static void walk_deep(const deep_outputs *out, const rc_network_t net, const fmpq *x)
{
    slong length = net->d;
    fmpq *at = _fmpq_vec_init(length);
    for (slong j = 0; j < length; j++) fmpq_set(at + j, x + j);
    fmpq_mat_t gradient;
    fmpq_mat_init(gradient, net->d, out->gradient ? net->d : 0);
    if (out->gradient) fmpq_mat_one(gradient);
    char *pattern = out->pattern;
    bool boundary = false;

    for (slong l = 0; l < net->depth; l++) {
        const fmpq_mat_struct *A = net->A + l;
        bool last = l == net->depth - 1;
        fmpq *z = _fmpq_vec_init(A->r);
        char *active = flint_malloc((size_t) A->r);
        apply_layer(z, A, net->b + l, at);
        if (!last) activate(z, active, &boundary, A);
        if (out->gradient) push_gradient(gradient, A, last ? NULL : active);
        if (pattern && !last) pattern = (char *) memcpy(pattern, active, (size_t) A->r) + A->r;
        flint_free(active);
        _fmpq_vec_clear(at, length);
        at = z;
        length = A->r;
    }
    if (pattern) *pattern = '\0';
    if (out->on_boundary) *out->on_boundary = boundary;
    if (out->gradient) fmpq_mat_swap(out->gradient, gradient);
    for (slong p = 0; out->y && p < length; p++) fmpq_swap(out->y + p, at + p);
    fmpq_mat_clear(gradient);
    _fmpq_vec_clear(at, length);
}

void rc_network_eval(fmpq *y, const rc_network_t net, const fmpq *x)
{
    if (net->kind == RC_DEEP) {
        walk_deep(&(deep_outputs){.y = y}, net, x);
        return;
    }
    point at;
    point_init(&at, x, net->d);
    eval_shallow(y, net, &at);
    point_clear(&at);
}

slong rc_network_hidden(const rc_network_t net)
{
    if (net->kind != RC_DEEP) return net->m;
    slong hidden = 0;
    for (slong l = 0; l + 1 < net->depth; l++) hidden += net->A[l].r;
    return hidden;
}

void rc_network_pattern(char *pattern, const rc_network_t net, const fmpq *x)
{
    if (net->kind == RC_DEEP) {
        walk_deep(&(deep_outputs){.pattern = pattern}, net, x);
        return;
    }
    point at;
    fmpq_t z;
    point_init(&at, x, net->d);
    fmpq_init(z);
    for (slong i = 0; i < net->m; i++) {
        preactivation(z, net, i, &at);
        pattern[i] = fmpq_sgn(z) > 0 ? '1' : '0';
    }
    pattern[net->m] = '\0';
    fmpq_clear(z);
    point_clear(&at);
}

/* Row i of rows and weights, so that weights^T rows is the sum of gamma_i u_i^T. */
static void add_active_neuron(fmpz_mat_t rows, fmpq_mat_t weights, const rc_network_t net, slong i)
{
    fmpz_t den;
    fmpz_init(den);
    rc_vec_clear_denominators(fmpz_mat_entry(rows, i, 0), den, fmpq_mat_entry(net->u, i, 0), net->d);
    divide_row(fmpq_mat_entry(weights, i, 0), fmpq_mat_entry(net->gamma, i, 0), den, net->D);
    fmpz_clear(den);
}

void rc_network_gradient(fmpq_mat_t J, bool *on_boundary, const rc_network_t net, const fmpq *x)
{
    assert(J->r == net->D && J->c == net->d);
    if (net->kind == RC_DEEP) {
        walk_deep(&(deep_outputs){.gradient = J, .on_boundary = on_boundary}, net, x);
        return;
    }
    fmpz_mat_t rows;
    fmpq_mat_t weights;
    point at;
    fmpq_t z;
    fmpz_mat_init(rows, net->m, net->d);
    fmpq_mat_init(weights, net->m, net->D);
    point_init(&at, x, net->d);
    fmpq_init(z);
    bool boundary = false;
    for (slong i = 0; i < net->m; i++) {
        preactivation(z, net, i, &at);
        if (fmpq_sgn(z) > 0) add_active_neuron(rows, weights, net, i);
        if (fmpq_is_zero(z) && !rc_network_a_is_zero(net, i)) boundary = true;
    }
    fmpq_mat_zero(J);
    rc_mat_add_weighted_rows(J, weights, rows, NULL);
    if (on_boundary) *on_boundary = boundary;
    fmpq_clear(z);
    point_clear(&at);
    fmpz_mat_clear(rows);
    fmpq_mat_clear(weights);
}
