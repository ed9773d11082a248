/* The loss (1/n) sum ||R(x_j) - y_j||_2^2 ([B] (7)) on a box of parameters (Example A.1). */
#ifndef RELUCERT_LOSS_H
#define RELUCERT_LOSS_H

#include "relucert/network.h"

/* x: n x d, y: n x D. */
typedef struct {
    slong n;
    fmpq_mat_t x, y;
} rc_samples_struct;
typedef rc_samples_struct rc_samples_t[1];
void rc_samples_init(rc_samples_t s, slong n, slong d, slong D);
void rc_samples_clear(rc_samples_t s);

void rc_loss(fmpq_t loss, const rc_network_t net, const rc_samples_t s);
/* The interval-arithmetic lower bound of the loss over the box of radius rho about net (docs/certificate-format.md,
   loss-local-minimum). net is shallow with rational entries: RC_UNDEFINED otherwise. */
rc_status rc_loss_box_bound(fmpq_t bound, const rc_network_t net, const rc_samples_t s,
                            const fmpq_t radius) RC_MUST_USE;
/* RC_PROVED: bound >= loss(net). RC_REFUTED: better (a network in the open box) has a smaller loss. RC_UNDECIDED:
   neither found. loss = loss(net) always. The search tries steps along the gradient, its signs, coordinates and sign
   vectors; deterministic. */
rc_verdict rc_loss_local_minimum(rc_network_t better, fmpq_t loss, const rc_network_t net, const rc_samples_t s,
                                 const fmpq_t radius);

#endif
