/* The largest eigenvalue of a symmetric matrix, between a Rayleigh quotient and a factor that proves the rest positive
   semi-definite. */
#ifndef RELUCERT_SPECTRUM_H
#define RELUCERT_SPECTRUM_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>

#include "relucert/status.h"

/* What proves lo <= lambda_max <= hi for the matrix M of size n of a pencil (src/stability/pencil.h; docs/
   certificate-format.md, stability):
     lo: the vector u != 0, with <u, M(lo) u> >= unit lo <u,u>;
     hi: the integer matrix L of n rows such that scale (unit hi I - M(hi)) - weight L L^T is diagonally dominant.
   den: for a matrix that does not depend on t, an integer for which den M is integral; scale is a multiple of it then.
   0 otherwise.
   `known` is false as long as there is nothing: lo = hi = 0 then. */
typedef struct {
    bool known;
    slong n;
    fmpq_t lo, hi;
    fmpz *vector; /* length n */
    fmpz_mat_t L;
    fmpz_t scale, weight, den;
} rc_spectrum_struct;
typedef rc_spectrum_struct rc_spectrum_t[1];

void rc_spectrum_init(rc_spectrum_t s);
void rc_spectrum_clear(rc_spectrum_t s);
void rc_spectrum_swap(rc_spectrum_t a, rc_spectrum_t b);

/* hi - lo <= 2^-30 lo < 10^-9 lo. */
#define RC_SPECTRUM_BITS 30

#endif
