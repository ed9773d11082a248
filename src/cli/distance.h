/* The nearest parametrization that relucert distance has found, read neuron by neuron. */
#ifndef RELUCERT_CLI_DISTANCE_H
#define RELUCERT_CLI_DISTANCE_H

#include "cli.h"
#include "relucert/fiber.h"

/* {"A", "C"} with exact entries, or null: Phi within the upper bound. For K = m its scales may be sums of two roots,
   which a network file cannot hold. */
json_t *rc_reading_json(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g);
/* Phi, the place, scale and tight entries of each neuron, and what keeps it from being nearer. */
void rc_reading_put(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g);

#endif
