/* Claims about all values of a case's parameters (design, section 9). */
#ifndef RELUCERT_FAMILY_H
#define RELUCERT_FAMILY_H

#include "relucert/claim.h"
#include "relucert/ratio.h"

/* One range for each parameter of the case. If one of them is more than a value, `evidence` (JSON,
   docs/certificate-format.md, section 7) proves the claim for all values in the ranges (for a limit: that the limit is as
   claimed, or, if the verdict is refuted, that it is not). Else it is NULL and instance and decision are set. */
typedef struct {
    rc_range_struct *range;
    char *evidence;
    rc_instance_struct *instance;
    rc_decision_struct *decision;
} rc_family_part;

/* Proved: the parts' ranges cover those of the claim (of a limit: for large values of its integer parameter). Refuted: the
   parts are values at which the claim is false, or ranges in which the limit is another. Undecided: `reason` says what
   resisted, and there are no parts. */
typedef struct {
    rc_verdict verdict;
    slong parameters, parts;
    rc_family_part *part;
    char *reason;
} rc_family_struct;
typedef rc_family_struct rc_family_t[1];

void rc_family_init(rc_family_t family);
void rc_family_clear(rc_family_t family);

/* Decides a claim with all_values; c gets instances at further values. First the claim's samples are decided, which may
   refute it. Then a proof for all values is sought: for the whole box of parameters, and where a line resists, for the
   pieces of a box that is cut at the zeros of the line (reals) or from some value on (integers), the values
   before being taken one by one. */
void rc_family_decide(rc_family_t family, rc_case_struct *c, const rc_claim_struct *claim, rc_limits *limits);

/* dist(Gamma, R(g)) for all values of the parameters as an expression in them: closed forms of single costs (design, section
   8) that agree with the distance at a sample are tried; each text is proved. equals: the distance (lower and upper are
   NULL then); else a lower and an upper bound that agree with those at the sample, or NULL. */
typedef struct {
    char *equals, *lower, *upper;
} rc_family_closed_struct;
typedef rc_family_closed_struct rc_family_closed_t[1];

void rc_family_closed_init(rc_family_closed_t closed);
void rc_family_closed_clear(rc_family_closed_t closed);
/* For two networks of the case, by their names. c gets instances at further values. RC_BAD_INPUT where the networks do not
   fit or have biases; RC_LIMIT. */
rc_status rc_family_closed_distance(rc_family_closed_t closed, rc_case_struct *c, const char *gamma, const char *g,
                                    rc_limits *limits, rc_error_struct *err) RC_MUST_USE;


#endif
