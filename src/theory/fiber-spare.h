/* Upper bounds of the distance when g has fewer hyperplanes than Gamma has neurons. */
#ifndef RELUCERT_THEORY_FIBER_SPARE_H
#define RELUCERT_THEORY_FIBER_SPARE_H

#include "relucert/fiber.h"

/* K < m. phi, upper: a network of Gamma's shape that realizes g and its distance; *has_upper tells whether there is
   one, *strategy how it was found; *realizable is set to false when g is proved to have none. lower: a lower bound, at
   which the search ends. neuron[H]: an injection that attains it for COST'. */
rc_status rc_spare_upper(rc_network_t phi, rc_surd_t upper, bool *has_upper, rc_fiber_strategy *strategy,
                         bool *realizable, const rc_network_t gamma, const rc_canonical_t g, const rc_surd_t lower,
                         const slong *neuron, rc_limits *limits) RC_MUST_USE;

/* A design gives each neuron of Gamma a ray, or nothing (a := 0); or puts two neurons on opposite rays that may turn,
   with their outputs kept (opposite pairs of Gamma that contribute a linear function). Scales and outputs are then
   found by exact linear programming, for any bound t. */
typedef struct {
    const rc_network_struct *gamma;
    const rc_canonical_struct *g;
    fmpq_mat_t ray;     /* m x d; zero: a_i := 0 */
    slong *turning;     /* length m: partner of i if both turn, else -1 */
} rc_design_struct;
typedef rc_design_struct rc_design_t[1];
void rc_design_init(rc_design_t design, const rc_network_t gamma, const rc_canonical_t g);
void rc_design_clear(rc_design_t design);
/* Is there a Phi of this design within t? Then phi is one (its distance may be smaller). Complete for rational t /
   sqrt(q_i); otherwise a slightly smaller bound is used. */
bool rc_design_fits(rc_network_t phi, const rc_design_t design, const rc_surd_t t);
/* Number of variables of its linear program. */
slong rc_design_variables(const rc_design_t design);

/* Does the design fit better than anything so far? */
typedef bool (*rc_design_trial)(void *arg, const rc_design_t design);
/* Tries the design and others, with different rays for one or two neurons, as long as trials succeed; *effort, the
   number of trials allowed, goes down by one for each. Takes no notice of turning neurons. */
void rc_design_exchange(rc_design_t design, rc_design_trial trial, void *arg, slong *effort);

#endif
