/* Claims about all values of a case's parameters (design, section 9). */
#ifndef RELUCERT_FAMILY_H
#define RELUCERT_FAMILY_H

#include "relucert/claim.h"

/* Invariants: if proved, then `evidence` (JSON, docs/certificate-format.md, section 7) proves the claim for all values
   from the lower ends of its ranges on, where an integer parameter begins `skipped` later; only with a single
   parameter is that not 0. Otherwise `reason` names what resisted. */
typedef struct {
    bool proved;
    slong skipped;
    char *evidence, *reason;
} rc_family_struct;
typedef rc_family_struct rc_family_t[1];

void rc_family_init(rc_family_t family);
void rc_family_clear(rc_family_t family);

/* Tries to prove a claim with all_values; the kinds equal (with "holds": true), semi-norm and distance. The first
   `proved` of its instances hold: they are the first values of a single integer parameter. */
void rc_family_prove(rc_family_t family, const rc_case_struct *c, const rc_claim_struct *claim, slong proved);

#endif
