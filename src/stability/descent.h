/* Scales and vectors for the flattest rescaling, proposed. */
#ifndef RC_STABILITY_DESCENT_H
#define RC_STABILITY_DESCENT_H

#include "model.h"

#define RC_SCALE_BITS 24

/* scale (length m), dyadic numbers > 0 with RC_SCALE_BITS bits: with w_i, b_i times sqrt(scale_i) and w2_i over it lambda_max of the
   Gram matrix is about the least. vectors: at most six rows of n integers, for which the bound of rc_stability_every_rescaling is
   about the largest. The same on every machine, unless a time limit cuts it. Cost: up to 1500 times n^2 m operations, fewer for
   large n^2 m. */
void rc_descent(fmpq *scale, fmpz_mat_t vectors, const rc_model_t model, rc_limits *limits);

#endif
