/* Cholesky factors in integers, and the residual that proves a matrix positive semi-definite. */
#ifndef RC_STABILITY_SPECTRUM_FACTOR_H
#define RC_STABILITY_SPECTRUM_FACTOR_H

#include <flint/fmpz_mat.h>
#include <stdbool.h>

#include "relucert/spectrum.h"

/* s becomes one for n x n matrices with so many terms, not known. */
void rc_spectrum_shape(rc_spectrum_t s, slong n, slong terms);
/* Divides u by a power of two, to at most `bits` bits an entry. */
void rc_vector_shorten(fmpz *u, slong n, slong bits);

/* L lower triangular with L L^T near T I - F, entries rounded down; false if a pivot is not positive. Nothing is
   proved. n^3 / 6 products. */
bool rc_factor_cholesky(fmpz_mat_t L, const fmpz_mat_t F, const fmpz_t T);
/* Is R = T' I - F' - L L^T diagonally dominant, with a non-negative diagonal, for every T' >= T and
   every symmetric F' with F <= F' <= F + error entry by entry? Then T' I - F' is positive semi-definite (Gershgorin).
   L has n rows. */
bool rc_factor_is_dominant(const fmpz_mat_t L, const fmpz_mat_t F, const fmpz_t T, const fmpz_t error);
/* u = (L L^T)^-1 u up to a positive factor and rounding, with `bits` bits. */
void rc_factor_solve(fmpz *u, const fmpz_mat_t L, slong bits);

#endif
