/* The largest eigenvalue of a symmetric matrix, between a Rayleigh quotient and a factor that proves the rest positive
   semi-definite. */
#ifndef RELUCERT_SPECTRUM_H
#define RELUCERT_SPECTRUM_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>

#include "relucert/status.h"

/* What proves lo <= lambda_max <= hi for the matrix M(t) of size n of a pencil (src/stability/pencil.h; docs/
   certificate-format.md, stability), with weights k for its terms:
     lo: the vector u != 0, with <u, M(lo) u> >= unit lo <u,u> for the weights below; den M(lo) is integral;
     hi: the integer matrix L of n rows such that scale (unit hi I - M(hi)) - weight L L^T is diagonally dominant for the
         weights above; scale is such that scale M(hi) is integral.
   `known` is false as long as there is nothing: lo = hi = 0 then. */
typedef struct {
    bool known;
    slong n, terms;
    fmpq_t lo, hi;
    fmpz *vector;        /* length n */
    fmpq *below, *above; /* length terms */
    fmpz_mat_t L;
    fmpz_t scale, weight, den;
} rc_spectrum_struct;
typedef rc_spectrum_struct rc_spectrum_t[1];

void rc_spectrum_init(rc_spectrum_t s);
void rc_spectrum_clear(rc_spectrum_t s);
void rc_spectrum_swap(rc_spectrum_t a, rc_spectrum_t b);
/* s takes the bounds of `closer`, known ones of the same matrix, that are better than its own, with what proves them. */
void rc_spectrum_tighten(rc_spectrum_t s, rc_spectrum_t closer);

/* hi - lo <= 2^-30 lo < 10^-9 lo. */
#define RC_SPECTRUM_BITS 30

#endif
