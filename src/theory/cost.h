/* Costs of giving a hyperplane to a neuron, beyond the public functions of relucert/fiber.h. */
#ifndef RELUCERT_THEORY_COST_H
#define RELUCERT_THEORY_COST_H

#include "relucert/fiber.h"

/* Doubles with lo <= COST(i, H, eps) <= hi. */
void rc_cost_enclose(double *lo, double *hi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H,
                     int eps);

/* Given t >= COST(i, H, eps): a neuron (eps mu u_H, gamma_H / mu, q) on the ray eps u_H within t of neuron i of Gamma,
   put at place i of phi. False if the one scale that serves is irrational in the form of relucert/network.h (phi is
   unchanged then). */
bool rc_cost_neuron(rc_network_t phi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps,
                    const rc_surd_t t);

/* x = a rational in [lo, hi], the simplest one if lo < hi; false if lo = hi is irrational. lo <= hi. */
bool rc_rational_between(fmpq_t x, const rc_surd_t lo, const rc_surd_t hi);

/* s = sqrt(q) x. */
void rc_surd_set_scaled(rc_surd_t s, const fmpq_t q, const fmpq_t x);

#endif
