/* Gram matrices of tangent features, with the second-order term of the Hessian; covariance matrices. */
#include "pencil.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

void rc_pencil_init(rc_pencil_t M, slong n, slong unit)
{
    M->n = n;
    M->unit = unit;
    fmpz_mat_init(M->N, n, n);
    fmpz_init_set_ui(M->D, 1);
    M->terms = 0;
    fmpz_mat_init(M->a, n, 0);
    fmpz_mat_init(M->p, n, 0);
    M->w = M->g = M->h = M->s = NULL;
}

static void clear_terms(rc_pencil_t M)
{
    fmpz_mat_clear(M->p);
    fmpz_mat_clear(M->a);
    if (M->terms == 0) return;
    _fmpq_vec_clear(M->s, M->terms);
    _fmpq_vec_clear(M->h, M->terms);
    _fmpq_vec_clear(M->g, M->terms);
    _fmpq_vec_clear(M->w, M->terms);
}

void rc_pencil_clear(rc_pencil_t M)
{
    clear_terms(M);
    fmpz_clear(M->D);
    fmpz_mat_clear(M->N);
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

/* M = R1 over d1 plus R2 over d2 plus 1, entry by entry. */
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
            fmpz_add(x, x, M->D);
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
    rc_common_denominator(r, den, residual, model->n);
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

/* With a_ji = I_ji <z_i, (x_j, 1)> and p_ji = I_ji (<u_i, x_j> + v_i), s_i = |z_i|^2: the terms of docs/soundness.md. */
static void set_terms(rc_pencil_t M, const rc_model_t model, const fmpq *residual, const fmpz_mat_t active,
                      const fmpz_mat_t positive)
{
    slong n = model->n, m = model->m;
    fmpz_mat_t z, transposed;
    fmpz_t dz, da, norm;
    fmpz_mat_init(z, m, model->d + 1);
    fmpz_mat_init(transposed, model->d + 1, m);
    fmpz_init(dz);
    fmpz_init(da);
    fmpz_init(norm);
    mixed_derivatives(z, dz, model, residual, active);
    clear_terms(M);
    M->terms = m;
    fmpz_mat_init(M->a, n, m);
    fmpz_mat_init_set(M->p, positive);
    M->w = _fmpq_vec_init(m);
    M->g = _fmpq_vec_init(m);
    M->h = _fmpq_vec_init(m);
    M->s = _fmpq_vec_init(m);
    fmpz_mat_transpose(transposed, z);
    fmpz_mat_mul(M->a, model->X, transposed);
    fmpz_mul(da, dz, model->data->den);
    for (slong j = 0; j < n; j++) {
        for (slong i = 0; i < m; i++) {
            if (fmpz_is_zero(fmpz_mat_entry(active, j, i))) fmpz_zero(fmpz_mat_entry(M->a, j, i));
        }
    }
    outer_squares(M->w, model);
    for (slong i = 0; i < m; i++) {
        _fmpz_vec_dot(norm, fmpz_mat_entry(z, i, 0), fmpz_mat_entry(z, i, 0), model->d + 1);
        fmpq_set_fmpz(M->s + i, norm);
        for (int k = 0; k < 2; k++) {
            fmpq_div_fmpz(M->s + i, M->s + i, dz);
            fmpq_div_fmpz(M->w + i, M->w + i, da);
        }
        fmpq_div_fmpz(M->g + i, rc_model_gamma(model, i), da);
        fmpq_div_fmpz(M->g + i, M->g + i, model->dz);
        fmpq_mul(M->h + i, M->s + i, model->net->q + i);
        fmpq_div_fmpz(M->h + i, M->h + i, model->dz);
        fmpq_div_fmpz(M->h + i, M->h + i, model->dz);
    }
    fmpz_clear(norm);
    fmpz_clear(da);
    fmpz_clear(dz);
    fmpz_mat_clear(transposed);
    fmpz_mat_clear(z);
}

void rc_pencil_set_gram(rc_pencil_t M, const rc_model_t model, const fmpq *residual)
{
    slong n = model->n, m = model->m;
    fmpz_mat_t positive, active, points, R;
    fmpz_t d1, d2;
    fmpz *weight = _fmpz_vec_init(m);
    fmpq *outer = _fmpq_vec_init(m);
    fmpz_init(d1);
    fmpz_init(d2);
    fmpz_mat_init(positive, n, m);
    fmpz_mat_init(active, n, m);
    fmpz_mat_init(points, n, n);
    fmpz_mat_init(R, n, n);
    rc_pencil_clear(M);
    rc_pencil_init(M, n, n);
    activations(positive, active, model);
    /* (<x_j, x_l> + 1) sum_i w2_i^2 I_ji I_li */
    outer_squares(outer, model);
    rc_common_denominator(weight, d1, outer, m);
    weighted_square(R, active, weight);
    square(points, model->X);
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l < n; l++) {
            fmpz *x = fmpz_mat_entry(points, j, l);
            fmpz_mul(x, x, fmpz_mat_entry(R, j, l));
        }
    }
    fmpz_mul(d1, d1, model->data->den);
    fmpz_mul(d1, d1, model->data->den);
    /* sum_i sigma_ji sigma_li */
    rc_common_denominator(weight, d2, model->net->q, m);
    weighted_square(R, positive, weight);
    fmpz_mul(d2, d2, model->dz);
    fmpz_mul(d2, d2, model->dz);
    add_up(M, points, d1, R, d2);
    bool interpolates = true;
    for (slong j = 0; residual && j < n && interpolates; j++) interpolates = fmpq_is_zero(residual + j);
    if (!interpolates) set_terms(M, model, residual, active, positive);
    fmpz_mat_clear(R);
    fmpz_mat_clear(points);
    fmpz_mat_clear(active);
    fmpz_mat_clear(positive);
    fmpz_clear(d2);
    fmpz_clear(d1);
    _fmpq_vec_clear(outer, m);
    _fmpz_vec_clear(weight, m);
}

void rc_pencil_set_covariance(rc_pencil_t M, const rc_dataset_t data)
{
    slong n = data->n, d = data->d;
    fmpz_mat_t centred, transposed;
    fmpz_t sum;
    fmpz_init(sum);
    fmpz_mat_init(centred, n, d);
    fmpz_mat_init(transposed, d, n);
    fmpz_mat_scalar_mul_si(centred, data->x, n);
    for (slong k = 0; k < d; k++) {
        fmpz_zero(sum);
        for (slong j = 0; j < n; j++) fmpz_add(sum, sum, fmpz_mat_entry(data->x, j, k));
        for (slong j = 0; j < n; j++) fmpz_sub(fmpz_mat_entry(centred, j, k), fmpz_mat_entry(centred, j, k), sum);
    }
    fmpz_mat_transpose(transposed, centred);
    rc_pencil_clear(M);
    rc_pencil_init(M, d <= n ? d : n, n);
    if (d <= n) fmpz_mat_mul(M->N, transposed, centred);
    else fmpz_mat_mul(M->N, centred, transposed);
    fmpz_mul_si(M->D, data->den, n);
    fmpz_mul(M->D, M->D, M->D);
    fmpz_mat_clear(transposed);
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

/* The three coefficients of term i at t. */
static void coefficients(fmpq *c, const rc_pencil_t M, slong i, const fmpq_t t)
{
    fmpq_t pole;
    fmpq_init(pole);
    fmpq_mul(pole, t, t);
    fmpq_sub(pole, pole, M->s + i);
    fmpq_div(c, M->w + i, pole);
    fmpq_mul(c + 1, M->g + i, t);
    fmpq_div(c + 1, c + 1, pole);
    fmpq_div(c + 2, M->h + i, pole);
    fmpq_clear(pole);
}

/* F += the terms times scale. Coefficients are rounded down to multiples of 2^-k: three products a term, each entry at
   most 2^b, are off by less than 4 terms 4^b 2^-k <= 1; F in between is in units of 2^-k. */
static void add_terms(fmpz_mat_t F, fmpz_t error, const rc_pencil_t M, const fmpq_t t, const fmpz_t scale)
{
    slong n = M->n, b_a = FLINT_ABS(fmpz_mat_max_bits(M->a)), b_p = FLINT_ABS(fmpz_mat_max_bits(M->p));
    slong b = FLINT_MAX(b_a, b_p);
    ulong k = 2 * (ulong) b + FLINT_BIT_COUNT((ulong) M->terms) + 2;
    fmpq *c = _fmpq_vec_init(3);
    fmpz *weight = _fmpz_vec_init(3);
    fmpz_mat_t left, right, sum;
    fmpz_mat_init(left, n, 2 * M->terms);
    fmpz_mat_init(right, 2 * M->terms, n);
    fmpz_mat_init(sum, n, n);
    for (slong i = 0; i < M->terms; i++) {
        coefficients(c, M, i, t);
        for (slong e = 0; e < 3; e++) {
            fmpz_mul(weight + e, fmpq_numref(c + e), scale);
            fmpz_mul_2exp(weight + e, weight + e, k);
            fmpz_fdiv_q(weight + e, weight + e, fmpq_denref(c + e));
        }
        for (slong j = 0; j < n; j++) {
            const fmpz *a = fmpz_mat_entry(M->a, j, i), *p = fmpz_mat_entry(M->p, j, i);
            fmpz_set(fmpz_mat_entry(left, j, 2 * i), a);
            fmpz_set(fmpz_mat_entry(left, j, 2 * i + 1), p);
            fmpz *top = fmpz_mat_entry(right, 2 * i, j), *bottom = fmpz_mat_entry(right, 2 * i + 1, j);
            fmpz_mul(top, a, weight);
            fmpz_addmul(top, p, weight + 1);
            fmpz_mul(bottom, a, weight + 1);
            fmpz_addmul(bottom, p, weight + 2);
        }
    }
    fmpz_mat_mul(sum, left, right);
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l < n; l++) {
            fmpz *x = fmpz_mat_entry(sum, j, l);
            fmpz_fdiv_q_2exp(x, x, k);
            fmpz_add(fmpz_mat_entry(F, j, l), fmpz_mat_entry(F, j, l), x);
            /* Products of entries may be negative: the rounded sum may exceed the true one, by less than 1. */
            fmpz_sub_ui(fmpz_mat_entry(F, j, l), fmpz_mat_entry(F, j, l), 1);
        }
    }
    fmpz_add_ui(error, error, 3);
    fmpz_mat_clear(sum);
    fmpz_mat_clear(right);
    fmpz_mat_clear(left);
    _fmpz_vec_clear(weight, 3);
    _fmpq_vec_clear(c, 3);
}

void rc_pencil_get_fixed(fmpz_mat_t F, fmpz_t error, const rc_pencil_t M, const fmpq_t t, const fmpz_t scale,
                         const fmpz_t weight)
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
    if (M->terms > 0) add_terms(F, error, M, t, scale);
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

/* x = sum over the terms of <u, term u> at t, rounded down to a multiple of 2^-k a term. */
static void terms_at(fmpq_t x, const rc_pencil_t M, const fmpz *u, const fmpq_t t, ulong k)
{
    fmpq *c = _fmpq_vec_init(3);
    fmpz_t alpha, beta, sum;
    fmpq_t value, part;
    fmpz_init(alpha);
    fmpz_init(beta);
    fmpz_init(sum);
    fmpq_init(value);
    fmpq_init(part);
    for (slong i = 0; i < M->terms; i++) {
        fmpz_zero(alpha);
        fmpz_zero(beta);
        for (slong j = 0; j < M->n; j++) {
            fmpz_addmul(alpha, u + j, fmpz_mat_entry(M->a, j, i));
            fmpz_addmul(beta, u + j, fmpz_mat_entry(M->p, j, i));
        }
        coefficients(c, M, i, t);
        fmpq_mul_fmpz(value, c, alpha);
        fmpq_mul_fmpz(value, value, alpha);
        fmpq_mul_fmpz(part, c + 1, alpha);
        fmpq_mul_fmpz(part, part, beta);
        fmpq_mul_2exp(part, part, 1);
        fmpq_add(value, value, part);
        fmpq_mul_fmpz(part, c + 2, beta);
        fmpq_mul_fmpz(part, part, beta);
        fmpq_add(value, value, part);
        fmpz_mul_2exp(alpha, fmpq_numref(value), k);
        fmpz_fdiv_q(alpha, alpha, fmpq_denref(value));
        fmpz_add(sum, sum, alpha);
    }
    fmpq_set_fmpz(x, sum);
    fmpq_div_2exp(x, x, k);
    fmpq_clear(part);
    fmpq_clear(value);
    fmpz_clear(sum);
    fmpz_clear(beta);
    fmpz_clear(alpha);
    _fmpq_vec_clear(c, 3);
}

bool rc_pencil_is_lower(const rc_pencil_t M, const fmpz *u, const fmpq_t t)
{
    if (M->terms > 0 && !rc_pencil_is_beyond_poles(M, t)) return true;
    fmpz_t num, norm;
    fmpq_t value, terms;
    fmpz_init(num);
    fmpz_init(norm);
    fmpq_init(value);
    fmpq_init(terms);
    quadratic(num, norm, M, u);
    fmpq_set_fmpz_frac(value, num, M->D);
    if (M->terms > 0) {
        terms_at(terms, M, u, t, 256);
        fmpq_add(value, value, terms);
    }
    fmpz_mul_si(norm, norm, M->unit);
    fmpq_mul_fmpz(terms, t, norm);
    bool lower = fmpq_cmp(value, terms) >= 0;
    fmpq_clear(terms);
    fmpq_clear(value);
    fmpz_clear(norm);
    fmpz_clear(num);
    return lower;
}
