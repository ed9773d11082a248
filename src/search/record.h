/* A pair found in floating point made rational and decided exactly. */
#ifndef RELUCERT_SEARCH_RECORD_H
#define RELUCERT_SEARCH_RECORD_H

#include <jansson.h>

#include "relucert/network.h"
#include "search/pair.h"

/* Invariants: r = |R(Theta) - R(Gamma)|_{W^{1,inf}} > 0, ratio = (distance - beta) / sqrt(r).
   Theorem 3.3: gamma and theta are in N*, distance is the least ||Phi - Gamma||_inf over the permutations Phi of Theta,
   beta = 0. Theorem 3.1: C.2 and C.3 hold, beta is the least one with C.1, distance = dist(Gamma, R(Theta)). */
typedef struct {
    rc_seek_theorem theorem;
    rc_network_t gamma, theta;
    fmpq_t r;
    rc_surd_t distance, beta, ratio;
} rc_seek_record_struct;
typedef rc_seek_record_struct rc_seek_record_t[1];

void rc_seek_record_init(rc_seek_record_t record); /* no networks yet, ratio 0 */
void rc_seek_record_clear(rc_seek_record_t record);
void rc_seek_record_swap(rc_seek_record_t a, rc_seek_record_t b);

/* Replaces the numbers of the pair by short fractions that cost its ratio (in floating point) at most `loss` of it.
   False, with the pair unchanged, if fractions with denominators up to 10^6 cost more. */
bool rc_seek_shorten(rc_seek_pair *pair, rc_seek_value *value, double margin, double loss);

/* Replaces the numbers of the pair by thousandths. False, with the pair unchanged, if that makes it invalid. */
bool rc_seek_round(rc_seek_pair *pair, rc_seek_value *value, double margin);

/* record = the networks that the doubles of the pair stand for (each for the fraction of least denominator up to 10^6
   that is nearest to it), decided exactly. False, with the record unchanged, if they are not as the invariants say (or,
   for Theorem 3.1, R(Theta) has fewer than m hyperplanes). */
bool rc_seek_certify(rc_seek_record_t record, const rc_seek_pair *pair);

/* The record as a case (docs/best-constant.md). Theorem 3.3: membership, the semi-norm, the theorem, the ratio attained,
   and the constant a little below the ratio refuted. Theorem 3.1: the semi-norm, the theorem with the least beta, the
   distance, and that it is at least beta + s sqrt(r) with s a little below the ratio. A new reference. */
json_t *rc_seek_record_case(const rc_seek_record_t record);

#endif
