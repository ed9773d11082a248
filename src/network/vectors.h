/* Rational vectors as integers over one denominator, so that long sums need one reduction at the end. */
#ifndef RELUCERT_NETWORK_VECTORS_H
#define RELUCERT_NETWORK_VECTORS_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>
#include <stdbool.h>

/* num / den = v, den > 0 the least common denominator; num and v of length n. */
void rc_vec_clear_denominators(fmpz *num, fmpz_t den, const fmpq *v, slong n);

/* r = <u, x / den>, u rational and x integer of length n. */
void rc_vec_dot(fmpq_t r, const fmpq *u, const fmpz *x, const fmpz_t den, slong n);

/* M[p][j] += sum_i weights[i][p] rows[i][j] over the rows i with use[i] (all if use is NULL), j < columns of M. */
void rc_mat_add_weighted_rows(fmpq_mat_t M, const fmpq_mat_t weights, const fmpz_mat_t rows, const bool *use);

/* x = max_j |v[j]|, 0 for n = 0. */
void rc_vec_norm(fmpq_t x, const fmpq *v, slong n);
bool rc_vec_is_zero(const fmpq *v, slong n);

#endif
