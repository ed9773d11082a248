/* Conditions C.1-C.3 of Theorem 3.1 and the spaces N', N* ([B] (36), (37)). */
#ifndef RELUCERT_CONDITIONS_H
#define RELUCERT_CONDITIONS_H

#include "relucert/network.h"

/* One offence: neuron i of a network, with neuron j (or -1). 0-based. network: 0 Gamma, 1 Theta. */
typedef struct {
    int network;
    slong neuron;
    slong with;
} rc_offender;

typedef struct {
    slong length, alloc;
    rc_offender *items;
} rc_offenders_struct;
typedef rc_offenders_struct rc_offenders_t[1];

void rc_offenders_init(rc_offenders_t o);
void rc_offenders_clear(rc_offenders_t o);

/* All functions append every offender (pairs i < j, by increasing i then j) and return whether the condition holds
   (none was appended). Directions are compared exactly by sorting rays: O(m d log m). Shallow networks. At most
   10^5 offenders are listed. */

/* C.1(beta) for the value r: each i with ||c_i a_i^T|| <= 2r has ||c_i||, ||a_i|| <= beta. */
bool rc_condition_c1(rc_offenders_t o, const rc_network_t gamma, const fmpq_t r, const rc_surd_t beta);
/* The least beta for which C.1 holds at r: max of ||c_i||, ||a_i|| over those i (0 if none). */
void rc_condition_beta_min(rc_surd_t beta, const rc_network_t gamma, const fmpq_t r);
/* C.2: no two non-zero a_i positively proportional; `which` is the network number recorded. */
bool rc_condition_c2(rc_offenders_t o, const rc_network_t net, int which);
/* C.3a for one network: no two non-zero a_i negatively proportional. */
bool rc_condition_c3a(rc_offenders_t o, const rc_network_t net, int which);
/* C.3b: no a_i of gamma negatively proportional to an a_j of theta (network 0, neuron i, with j). */
bool rc_condition_c3b(rc_offenders_t o, const rc_network_t gamma, const rc_network_t theta);
/* ||c_i|| = ||a_i|| for all i. */
bool rc_condition_balanced(rc_offenders_t o, const rc_network_t net, int which);
/* The last two entries of every a_i positive; d >= 2 (d = 1: every neuron offends; callers refuse it first). */
bool rc_condition_positive(rc_offenders_t o, const rc_network_t net, int which);

typedef enum { RC_OFFENCE_NONE, RC_OFFENCE_BALANCE, RC_OFFENCE_C2, RC_OFFENCE_POSITIVITY } rc_offence;
const char *rc_offence_name(rc_offence o); /* "balance", "C.2", "positivity" */
/* Membership in N' (star = false) or N* (star = true): RC_OFFENCE_NONE, or the first offence with its neurons. */
rc_offence rc_membership(rc_offender *first, const rc_network_t net, bool star);

#endif
