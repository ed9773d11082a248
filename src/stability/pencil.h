/* Symmetric matrices M(t) whose comparison with t tells the largest eigenvalue of a Hessian. */
#ifndef RC_STABILITY_PENCIL_H
#define RC_STABILITY_PENCIL_H

#include "model.h"

/* M(t) = N/D + sum_i q_i k_i(t) v_i v_i^T, v_i = (p_i + (slope_i / t) a_i) / den, k_i(t) = t^2 / (t^2 - s_i), n x n,
   where a_i, p_i are the columns of integer matrices. For t > 0 with t^2 > s_i for all i, t >= lambda_max iff unit t I -
   M(t) is positive semi-definite; where t^2 <= s_i for some i, lambda_max >= t. Larger k_i make M(t) larger, smaller ones
   smaller. (docs/soundness.md, "Largest eigenvalues".) Without terms this says no more than that lambda_max is that of
   N / (unit D). */
typedef struct {
    slong n, unit;
    fmpz_mat_t N;
    fmpz_t D;
    slong terms;
    fmpz_mat_t a, p; /* n x terms */
    fmpz_t den;
    fmpq *q, *slope, *s;
} rc_pencil_struct;
typedef rc_pencil_struct rc_pencil_t[1];

/* n x n zeros over D = 1. */
void rc_pencil_init(rc_pencil_t M, slong n, slong unit);
void rc_pencil_clear(rc_pencil_t M);
void rc_pencil_swap(rc_pencil_t A, rc_pencil_t B);

/* unit = n, M = n K: the Gram matrix of the tangent features [N 45] over the n points. `residual` (length n) or NULL: with
   it M(t) is such that lambda_max is that of the full Hessian [N 44]; residuals that are all 0 add nothing. */
void rc_pencil_set_gram(rc_pencil_t M, const rc_model_t model, const fmpq *residual);
/* unit = n, M = the Gram matrix of the centred points, with the largest eigenvalue of n Sigma_X. */
void rc_pencil_set_covariance(rc_pencil_t M, const rc_dataset_t data);

/* k_i(t) rounded to multiples of 2^-bits, up or down; 2^bits where t^2 <= s_i. length: terms. */
void rc_pencil_weights(fmpq *k, const rc_pencil_t M, const fmpq_t t, bool up, slong bits);
/* P = M(t) with the weights k, without terms; M(infinity) for t NULL. One product n x terms x n. */
void rc_pencil_at(rc_pencil_t P, const rc_pencil_t M, const fmpq *t, const fmpq *k);
/* Does t^2 > s_i hold for all i? */
bool rc_pencil_is_beyond_poles(const rc_pencil_t M, const fmpq_t t);
/* Is <u, M(t) u> >= unit t <u,u>, with the weights k? Then lambda_max >= t. u != 0. */
bool rc_pencil_is_lower(const rc_pencil_t M, const fmpz *u, const fmpq_t t, const fmpq *k);

/* floor(r N/D), r = scale / weight, up to `error`: 0 <= r N/D[j][l] - F[j][l] <= error. M has no terms. */
void rc_pencil_get_fixed(fmpz_mat_t F, fmpz_t error, const rc_pencil_t M, const fmpz_t scale, const fmpz_t weight);
/* x = <u, N u> / (unit D <u,u>). */
void rc_pencil_rayleigh(fmpq_t x, const rc_pencil_t M, const fmpz *u);

#endif
