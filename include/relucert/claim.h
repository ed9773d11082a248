/* Claims decided: a verdict for one instance, with the evidence docs/certificate-format.md, section 5, demands. */
#ifndef RELUCERT_CLAIM_H
#define RELUCERT_CLAIM_H

#include "relucert/casefile.h"
#include "relucert/fiber.h"
#include "relucert/loss.h"
#include "relucert/seminorm.h"
#include "relucert/stability.h"

/* Which evidence of section 5; the comment names the members of rc_evidence_struct it uses. */
typedef enum {
    RC_EVIDENCE_NONE,
    RC_EVIDENCE_CANONICAL_FORM,   /* - */
    RC_EVIDENCE_POINT,            /* x */
    RC_EVIDENCE_REGIONS,          /* regions */
    RC_EVIDENCE_SEMI_NORM,        /* norm, norm_lower, norm_upper */
    RC_EVIDENCE_SUP_NORM,         /* norm, norm_lower, norm_upper */
    RC_EVIDENCE_RECOUNT,          /* hyperplanes, affine, part, parts */
    RC_EVIDENCE_LISTING,          /* the same, listing */
    RC_EVIDENCE_MEMBERSHIP,       /* offence, offender */
    RC_EVIDENCE_HYPOTHESIS_SPACE, /* offence, offender (its network: 0 gamma, 1 theta) */
    RC_EVIDENCE_HYPOTHESIS_C,     /* condition, offender; for C.1 norm, norm_lower */
    RC_EVIDENCE_THEOREM_33,       /* matching, norm, norm_lower */
    RC_EVIDENCE_THEOREM_31,       /* phi, cases, norm, norm_lower, norm_upper */
    RC_EVIDENCE_STABLE_MATCHING,  /* matching, norm, norm_lower */
    RC_EVIDENCE_STABLE_HALL,      /* bound, hall_theta, hall_gamma, norm, norm_upper */
    RC_EVIDENCE_STABLE_DISTANCE,  /* fiber, distance_lower / distance_upper, norm, norm_lower, norm_upper */
    RC_EVIDENCE_DISTANCE,         /* fiber, distance_lower, distance_upper */
    RC_EVIDENCE_UNIQUE_TREE,      /* tree */
    RC_EVIDENCE_UNIQUE_CHOICE,    /* choice */
    RC_EVIDENCE_UNIQUE_PHI,       /* phi */
    RC_EVIDENCE_EMBEDDING,        /* phi */
    RC_EVIDENCE_LOSS_BOX,         /* - */
    RC_EVIDENCE_LOSS_POINT,       /* phi */
    RC_EVIDENCE_STABILITY         /* stability, x */
} rc_evidence_kind;

/* A listing of cells: its side file, and what the records refer to (rc_enumeration_auxiliary). */
typedef struct {
    const char *file; /* its name, without folder */
    char sha256[65];
    slong *columns;        /* 0-based, as many as `auxiliary` has rows */
    fmpz_mat_t auxiliary;  /* row 0 has no use */
} rc_listing_struct;

/* What proves a stability claim, or refutes its part number `part` (-1: proved). A bound is given where its flag is set:
   lambda_max from below and above; lambda_max of Sigma_X (spread); at_point: grad f at evidence->x; the tree `gradient`, unless empty, for inf ||grad f||
   from below; rescalings: the rows of
   `vectors`; implemented: lambda_max from above of `network` (rescaled false), or of the claim's network rescaled by
   `scale`. */
typedef struct {
    slong part;
    bool lower, upper, spread_lower, spread_upper, at_point, rescalings, implemented, rescaled;
    rc_spectrum_t lambda, spread, implementation;
    fmpz_mat_t vectors;
    slong m;
    fmpq *scale; /* length m */
    rc_network_t network;
    rc_tree_t gradient;
} rc_stability_proof_struct;

/* Everything an evidence may hold; what is unused is empty. Indices are 0-based. */
typedef struct {
    rc_evidence_kind kind;
    slong d, m; /* of the claim's (first) network */
    rc_seminorm_t norm;
    bool norm_affine; /* the difference has biases: the last entry of norm->part is x_{d+1} */
    slong norm_K;     /* its number of essential hyperplanes */
    slong norm_D;
    bool norm_lower, norm_upper;
    fmpq *x; /* length d */
    rc_tree_t regions; /* over the hidden neurons of both networks (deep.h) */
    slong hyperplanes;
    bool affine;
    slong *part, parts; /* length hyperplanes + affine */
    const rc_listing_struct *listing; /* borrowed */
    rc_offence offence;
    const char *condition; /* "C.1", "C.2", "C.3a", "C.3b" */
    rc_offender offender;
    slong *matching; /* length m */
    rc_surd_t bound;
    bool *hall_theta, *hall_gamma; /* length m */
    rc_phi_case *cases;            /* length m */
    rc_network_t phi;
    rc_fiber_t fiber;
    bool distance_lower, distance_upper;
    rc_fliptree_t tree;
    rc_choice_t choice;
    rc_stability_proof_struct stability;
} rc_evidence_struct;
typedef rc_evidence_struct rc_evidence_t[1];

void rc_evidence_init(rc_evidence_t e);
void rc_evidence_clear(rc_evidence_t e);

/* A verdict on one instance. `reason` (or NULL): the limit that left it undecided, or the hypothesis that fails.
   `value` (or NULL): the exact value found, as text: the semi-norm or sup norm, the number of cells, the distance
   ||Phi - Gamma|| of the theorems, dist(Gamma, g) ("infinity" if there is no parametrization), the loss. Without it
   `at_least` and `at_most` (or NULL) are the bounds found. */
typedef struct {
    rc_verdict verdict;
    char *reason;
    char *value;
    char *at_least, *at_most;
    double seconds;
    rc_evidence_t evidence;
} rc_decision_struct;
typedef rc_decision_struct rc_decision_t[1];

void rc_decision_init(rc_decision_t decision); /* undecided, nothing known */
void rc_decision_clear(rc_decision_t decision);

/* Decides the claim at the instance (one of claim->instance). Limits stop the work: RC_UNDECIDED with their reason.
   Proved and refuted carry evidence. The same input gives the same evidence, unless a time limit or an interrupt cut
   the work. */
void rc_claim_decide(rc_decision_t decision, const rc_claim_struct *claim, const rc_instance_struct *instance,
                     rc_limits *limits);

/* The verdict on a claim from those on its instances: refuted if one is, else undecided if one is, else proved. */
rc_verdict rc_verdict_combine(rc_verdict a, rc_verdict b);

/* The sign of t - s r^alpha for t, s, r >= 0, alpha > 0 into *sign: exact for alpha = 1/2 and 1; for other alpha = p/q
   from t^q, s^q r^p with enclosures of 256 bits. False if those cannot tell (a tie of irrationals), or if p or q
   exceeds RC_CLAIM_MAX_EXPONENT. */
#define RC_CLAIM_MAX_EXPONENT 1000
bool rc_stability_compare(int *sign, const rc_surd_t t, const rc_surd_t s, const fmpq_t r, const fmpq_t alpha);

#endif
