/* Local search for pairs with a large ratio: random starts, annealing, polishing. Only +, -, *, / and square roots of
   doubles, so that a seed gives the same pairs on every machine with IEEE arithmetic. */
#ifndef RELUCERT_SEARCH_CLIMB_H
#define RELUCERT_SEARCH_CLIMB_H

#include <stdint.h>

#include "relucert/status.h"
#include "search/pair.h"

/* The last two weights of a neuron are at least this part of its largest one. */
#define RC_SEEK_MARGIN 1e-3

/* splitmix64. */
typedef struct {
    uint64_t state;
} rc_seek_random;

double rc_seek_uniform(rc_seek_random *random); /* in [0, 1) */

/* A random valid pair of the shape. Half of them have their hyperplanes around a common flat of codimension 2. */
void rc_seek_start(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random, rc_seek_theorem theorem, int d,
                   int m, int D);

/* Changes a few places of a valid pair, which stays valid. */
void rc_seek_shake(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random);

/* Improves a valid pair: annealing from `heat` (the loss of ratio accepted at first; 0: only gains are), steps of all
   sizes. *value is the pair's value and does not decrease. Stops early when the limits say so (may be NULL). */
void rc_seek_climb(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random, double heat, long steps,
                     const rc_limits *limits);

#endif
