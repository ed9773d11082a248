/* Gram matrices of tangent features, with the second-order term of the Hessian; covariance matrices. */
#include "pencil.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "network/vectors.h"

void rc_pencil_init(rc_pencil_t M, slong n, slong unit)
{
    M->n = n;
    M->unit = unit;
    fmpz_mat_init(M->N, n, n);
    fmpz_init_set_ui(M->D, 1);
    M->terms = 0;
    fmpz_mat_init(M->a, n, 0);
    fmpz_mat_init(M->p, n, 0);
    fmpz_init_set_ui(M->den, 1);
    M->q = M->slope = M->s = NULL;
}

static void clear_terms(rc_pencil_t M)
{
    fmpz_clear(M->den);
    fmpz_mat_clear(M->p);
    fmpz_mat_clear(M->a);
    if (M->terms == 0) return;
    _fmpq_vec_clear(M->s, M->terms);
    _fmpq_vec_clear(M->slope, M->terms);
    _fmpq_vec_clear(M->q, M->terms);
}

void rc_pencil_clear(rc_pencil_t M)
{
    clear_terms(M);
    fmpz_clear(M->D);
    fmpz_mat_clear(M->N);
}

void rc_pencil_swap(rc_pencil_t A, rc_pencil_t B)
{
    rc_pencil_struct C = *A;
    *A = *B;
    *B = C;
}

/* B = sum_i weight_i c_i c_i^T over the columns c_i of C. */
static void weighted_square(fmpz_mat_t B, const fmpz_mat_t C, const fmpz *weight)
{
    slong n = fmpz_mat_nrows(C), m = fmpz_mat_ncols(C);
    fmpz_mat_t transposed;
    fmpz_mat_init(transposed, m, n);
    fmpz_mat_transpose(transposed, C);
    for (slong i = 0; i < m; i++) {
        _fmpz_vec_scalar_mul_fmpz(fmpz_mat_entry(transposed, i, 0), fmpz_mat_entry(transposed, i, 0), n, weight + i);
    }
    fmpz_mat_mul(B, C, transposed);
    fmpz_mat_clear(transposed);
}

/* R = rows times their transposed. */
static void square(fmpz_mat_t B, const fmpz_mat_t R)
{
    fmpz_mat_t transposed;
    fmpz_mat_init(transposed, fmpz_mat_ncols(R), fmpz_mat_nrows(R));
    fmpz_mat_transpose(transposed, R);
    fmpz_mat_mul(B, R, transposed);
    fmpz_mat_clear(transposed);
}

/* Columns max(0, Z), and 1 where Z > 0. */
static void activations(fmpz_mat_t positive, fmpz_mat_t active, const rc_model_t model)
{
    for (slong j = 0; j < model->n; j++) {
        for (slong i = 0; i < model->m; i++) {
            if (fmpz_sgn(fmpz_mat_entry(model->Z, j, i)) <= 0) continue;
            fmpz_set(fmpz_mat_entry(positive, j, i), fmpz_mat_entry(model->Z, j, i));
            fmpz_one(fmpz_mat_entry(active, j, i));
        }
    }
}

/* weights[i] = w2_i^2 = gamma_i^2 / q_i. */
static void outer_squares(fmpq *weights, const rc_model_t model)
{
    for (slong i = 0; i < model->m; i++) {
        fmpq_mul(weights + i, rc_model_gamma(model, i), rc_model_gamma(model, i));
        fmpq_div(weights + i, weights + i, model->net->q + i);
    }
}

/* M = R1 over d1 plus R2 over d2, entry by entry. */
static void add_up(rc_pencil_t M, const fmpz_mat_t R1, const fmpz_t d1, const fmpz_mat_t R2, const fmpz_t d2)
{
    fmpz_t c1, c2;
    fmpz_init(c1);
    fmpz_init(c2);
    fmpz_lcm(M->D, d1, d2);
    fmpz_divexact(c1, M->D, d1);
    fmpz_divexact(c2, M->D, d2);
    for (slong j = 0; j < M->n; j++) {
        for (slong l = 0; l < M->n; l++) {
            fmpz *x = fmpz_mat_entry(M->N, j, l);
            fmpz_mul(x, fmpz_mat_entry(R1, j, l), c1);
            fmpz_addmul(x, fmpz_mat_entry(R2, j, l), c2);
        }
    }
    fmpz_clear(c2);
    fmpz_clear(c1);
}

/* z_i = (1/n) sum_j r_j I_ji (x_j, 1): the mixed second derivatives of the loss by (w_i, b_i) and w2_i are z_i. Row i of
   z over den. */
static void mixed_derivatives(fmpz_mat_t z, fmpz_t den, const rc_model_t model, const fmpq *residual,
                              const fmpz_mat_t active)
{
    fmpz *r = _fmpz_vec_init(model->n);
    fmpz_mat_t weighted;
    fmpz_mat_init(weighted, model->m, model->n);
    rc_vec_clear_denominators(r, den, residual, model->n);
    for (slong i = 0; i < model->m; i++) {
        for (slong j = 0; j < model->n; j++) {
            if (!fmpz_is_zero(fmpz_mat_entry(active, j, i))) fmpz_set(fmpz_mat_entry(weighted, i, j), r + j);
        }
    }
    fmpz_mat_mul(z, weighted, model->X);
    fmpz_mul(den, den, model->data->den);
    fmpz_mul_si(den, den, model->n);
    fmpz_mat_clear(weighted);
    _fmpz_vec_clear(r, model->n);
}

/* The terms of docs/soundness.md: a_ji = I_ji <z_i, (x_j, 1)> over da, p_ji = I_ji (<u_i, x_j> + v_i) over den, slope_i =
   (gamma_i / q_i) den / da, s_i = |z_i|^2. Without residuals a = 0, s = 0. */
static void set_terms(rc_pencil_t M, const rc_model_t model, const fmpq *residual, const fmpz_mat_t active,
                      const fmpz_mat_t positive)
{
    slong n = model->n, m = model->m;
    fmpz_mat_t z, transposed;
    fmpz_t dz, norm;
    fmpz_mat_init(z, m, model->d + 1);
    fmpz_mat_init(transposed, model->d + 1, m);
    fmpz_init_set_ui(dz, 1);
    fmpz_init(norm);
    if (residual) mixed_derivatives(z, dz, model, residual, active);
    clear_terms(M);
    M->terms = m;
    fmpz_mat_init(M->a, n, m);
    fmpz_mat_init_set(M->p, positive);
    fmpz_init_set(M->den, model->dz);
    M->q = _fmpq_vec_init(m);
    M->slope = _fmpq_vec_init(m);
    M->s = _fmpq_vec_init(m);
    fmpz_mat_transpose(transposed, z);
    fmpz_mat_mul(M->a, model->X, transposed);
    for (slong j = 0; j < n; j++) {
        for (slong i = 0; i < m; i++) {
            if (fmpz_is_zero(fmpz_mat_entry(active, j, i))) fmpz_zero(fmpz_mat_entry(M->a, j, i));
        }
    }
    for (slong i = 0; i < m; i++) {
        _fmpz_vec_dot(norm, fmpz_mat_entry(z, i, 0), fmpz_mat_entry(z, i, 0), model->d + 1);
        fmpq_set_fmpz(M->s + i, norm);
        fmpq_div_fmpz(M->s + i, M->s + i, dz);
        fmpq_div_fmpz(M->s + i, M->s + i, dz);
        fmpq_set(M->q + i, model->net->q + i);
        fmpq_div(M->slope + i, rc_model_gamma(model, i), M->q + i);
        fmpq_mul_fmpz(M->slope + i, M->slope + i, M->den);
        fmpq_div_fmpz(M->slope + i, M->slope + i, dz);
        fmpq_div_fmpz(M->slope + i, M->slope + i, model->data->den);
    }
    fmpz_clear(norm);
    fmpz_clear(dz);
    fmpz_mat_clear(transposed);
    fmpz_mat_clear(z);
}

void rc_pencil_set_gram(rc_pencil_t M, const rc_model_t model, const fmpq *residual)
{
    slong n = model->n, m = model->m;
    fmpz_mat_t positive, active, points;
    fmpz *weight = _fmpz_vec_init(m);
    fmpq *outer = _fmpq_vec_init(m);
    fmpz_mat_init(positive, n, m);
    fmpz_mat_init(active, n, m);
    fmpz_mat_init(points, n, n);
    rc_pencil_clear(M);
    rc_pencil_init(M, n, n);
    activations(positive, active, model);
    /* (<x_j, x_l> + 1) sum_i w2_i^2 I_ji I_li + 1 */
    outer_squares(outer, model);
    rc_vec_clear_denominators(weight, M->D, outer, m);
    weighted_square(M->N, active, weight);
    square(points, model->X);
    fmpz_mul(M->D, M->D, model->data->den);
    fmpz_mul(M->D, M->D, model->data->den);
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l < n; l++) {
            fmpz *x = fmpz_mat_entry(M->N, j, l);
            fmpz_mul(x, x, fmpz_mat_entry(points, j, l));
            fmpz_add(x, x, M->D);
        }
    }
    /* sum_i sigma_ji sigma_li, or more */
    bool interpolates = true;
    for (slong j = 0; residual && j < n && interpolates; j++) interpolates = fmpq_is_zero(residual + j);
    set_terms(M, model, interpolates ? NULL : residual, active, positive);
    if (interpolates) {
        rc_pencil_t sum;
        rc_pencil_init(sum, 1, 1);
        rc_pencil_at(sum, M, NULL, NULL);
        rc_pencil_swap(sum, M);
        rc_pencil_clear(sum);
    }
    fmpz_mat_clear(points);
    fmpz_mat_clear(active);
    fmpz_mat_clear(positive);
    _fmpq_vec_clear(outer, m);
    _fmpz_vec_clear(weight, m);
}

void rc_pencil_set_covariance(rc_pencil_t M, const rc_dataset_t data)
{
    slong n = data->n, d = data->d;
    fmpz_mat_t centred;
    fmpz_t sum;
    fmpz_init(sum);
    fmpz_mat_init(centred, n, d);
    fmpz_mat_scalar_mul_si(centred, data->x, n);
    for (slong k = 0; k < d; k++) {
        fmpz_zero(sum);
        for (slong j = 0; j < n; j++) fmpz_add(sum, sum, fmpz_mat_entry(data->x, j, k));
        for (slong j = 0; j < n; j++) fmpz_sub(fmpz_mat_entry(centred, j, k), fmpz_mat_entry(centred, j, k), sum);
    }
    rc_pencil_clear(M);
    rc_pencil_init(M, n, n);
    square(M->N, centred);
    fmpz_mul_si(M->D, data->den, n);
    fmpz_mul(M->D, M->D, M->D);
    fmpz_mat_clear(centred);
    fmpz_clear(sum);
}

bool rc_pencil_is_beyond_poles(const rc_pencil_t M, const fmpq_t t)
{
    fmpq_t square_of_t;
    fmpq_init(square_of_t);
    fmpq_mul(square_of_t, t, t);
    bool beyond = true;
    for (slong i = 0; i < M->terms && beyond; i++) beyond = fmpq_cmp(square_of_t, M->s + i) > 0;
    fmpq_clear(square_of_t);
    return beyond;
}

void rc_pencil_weights(fmpq *k, const rc_pencil_t M, const fmpq_t t, bool up, slong bits)
{
    fmpq_t square, rest;
    fmpz_t whole;
    fmpq_init(square);
    fmpq_init(rest);
    fmpz_init(whole);
    fmpq_mul(square, t, t);
    for (slong i = 0; i < M->terms; i++) {
        fmpq_sub(rest, square, M->s + i);
        fmpz_one(whole);
        fmpz_mul_2exp(whole, whole, (ulong) bits);
        if (fmpq_sgn(rest) > 0) {
            fmpq_div(rest, square, rest);
            fmpq_mul_fmpz(rest, rest, whole);
            if (up) fmpz_cdiv_q(whole, fmpq_numref(rest), fmpq_denref(rest));
            else fmpz_fdiv_q(whole, fmpq_numref(rest), fmpq_denref(rest));
            fmpq_set_fmpz(k + i, whole);
            fmpq_div_2exp(k + i, k + i, (ulong) bits);
        } else {
            fmpq_set_fmpz(k + i, whole);
        }
    }
    fmpz_clear(whole);
    fmpq_clear(rest);
    fmpq_clear(square);
}

void rc_pencil_at(rc_pencil_t P, const rc_pencil_t M, const fmpq *t, const fmpq *k)
{
    slong n = M->n, m = M->terms;
    fmpz_mat_t v, R;
    fmpz *slope = _fmpz_vec_init(m), *weight = _fmpz_vec_init(m);
    fmpq *x = _fmpq_vec_init(m);
    fmpz_t d, e;
    fmpz_init_set_ui(d, 1);
    fmpz_init(e);
    fmpz_mat_init(v, n, m);
    fmpz_mat_init(R, n, n);
    if (t) {
        for (slong i = 0; i < m; i++) fmpq_div(x + i, M->slope + i, t);
        rc_vec_clear_denominators(slope, d, x, m);
    }
    for (slong j = 0; j < n; j++) {
        for (slong i = 0; i < m; i++) {
            fmpz_mul(fmpz_mat_entry(v, j, i), fmpz_mat_entry(M->p, j, i), d);
            fmpz_addmul(fmpz_mat_entry(v, j, i), fmpz_mat_entry(M->a, j, i), slope + i);
        }
    }
    for (slong i = 0; i < m; i++) {
        if (k) fmpq_mul(x + i, M->q + i, k + i);
        else fmpq_set(x + i, M->q + i);
    }
    rc_vec_clear_denominators(weight, e, x, m);
    weighted_square(R, v, weight);
    for (int twice = 0; twice < 2; twice++) {
        fmpz_mul(e, e, d);
        fmpz_mul(e, e, M->den);
    }
    rc_pencil_clear(P);
    rc_pencil_init(P, n, M->unit);
    add_up(P, M->N, M->D, R, e);
    fmpz_mat_clear(R);
    fmpz_mat_clear(v);
    fmpz_clear(e);
    fmpz_clear(d);
    _fmpq_vec_clear(x, m);
    _fmpz_vec_clear(weight, m);
    _fmpz_vec_clear(slope, m);
}

void rc_pencil_get_fixed(fmpz_mat_t F, fmpz_t error, const rc_pencil_t M, const fmpz_t scale, const fmpz_t weight)
{
    fmpz_t g, s, D;
    fmpz_init(g);
    fmpz_init(s);
    fmpz_init(D);
    fmpz_mul(D, M->D, weight);
    fmpz_gcd(g, scale, D);
    fmpz_divexact(s, scale, g);
    fmpz_divexact(D, D, g);
    for (slong j = 0; j < M->n; j++) {
        for (slong l = 0; l <= j; l++) {
            fmpz *x = fmpz_mat_entry(F, j, l);
            fmpz_mul(x, fmpz_mat_entry(M->N, j, l), s);
            fmpz_fdiv_q(x, x, D);
            if (l < j) fmpz_set(fmpz_mat_entry(F, l, j), x);
        }
    }
    fmpz_set_ui(error, fmpz_is_one(D) ? 0 : 1);
    fmpz_clear(D);
    fmpz_clear(s);
    fmpz_clear(g);
}

/* x = <u, N u>, y = <u, u>. */
static void quadratic(fmpz_t x, fmpz_t y, const rc_pencil_t M, const fmpz *u)
{
    fmpz_t row;
    fmpz_init(row);
    fmpz_zero(x);
    for (slong j = 0; j < M->n; j++) {
        _fmpz_vec_dot(row, fmpz_mat_entry(M->N, j, 0), u, M->n);
        fmpz_addmul(x, row, u + j);
    }
    _fmpz_vec_dot(y, u, u, M->n);
    fmpz_clear(row);
}

void rc_pencil_rayleigh(fmpq_t x, const rc_pencil_t M, const fmpz *u)
{
    fmpz_t num, den;
    fmpz_init(num);
    fmpz_init(den);
    quadratic(num, den, M, u);
    fmpz_mul(den, den, M->D);
    fmpz_mul_si(den, den, M->unit);
    fmpq_set_fmpz_frac(x, num, den);
    fmpz_clear(den);
    fmpz_clear(num);
}

/* x += the sum over the terms of <u, term u> at t. */
static void add_terms(fmpq_t x, const rc_pencil_t M, const fmpz *u, const fmpq_t t, const fmpq *k)
{
    fmpz_t sum;
    fmpq_t y, z;
    fmpz_init(sum);
    fmpq_init(y);
    fmpq_init(z);
    for (slong i = 0; i < M->terms; i++) {
        fmpz_zero(sum);
        for (slong j = 0; j < M->n; j++) fmpz_addmul(sum, u + j, fmpz_mat_entry(M->a, j, i));
        fmpq_div(y, M->slope + i, t);
        fmpq_mul_fmpz(y, y, sum);
        fmpz_zero(sum);
        for (slong j = 0; j < M->n; j++) fmpz_addmul(sum, u + j, fmpz_mat_entry(M->p, j, i));
        fmpq_add_fmpz(y, y, sum);
        fmpq_div_fmpz(y, y, M->den);
        fmpq_mul(y, y, y);
        fmpq_mul(z, M->q + i, k + i);
        fmpq_addmul(x, y, z);
    }
    fmpq_clear(z);
    fmpq_clear(y);
    fmpz_clear(sum);
}

bool rc_pencil_is_lower(const rc_pencil_t M, const fmpz *u, const fmpq_t t, const fmpq *k)
{
    fmpz_t num, norm;
    fmpq_t value, bound;
    fmpz_init(num);
    fmpz_init(norm);
    fmpq_init(value);
    fmpq_init(bound);
    quadratic(num, norm, M, u);
    fmpq_set_fmpz_frac(value, num, M->D);
    add_terms(value, M, u, t, k);
    fmpz_mul_si(norm, norm, M->unit);
    fmpq_mul_fmpz(bound, t, norm);
    bool lower = fmpq_cmp(value, bound) >= 0;
    fmpq_clear(bound);
    fmpq_clear(value);
    fmpz_clear(norm);
    fmpz_clear(num);
    return lower;
}
