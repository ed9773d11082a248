/* Inside the decisions: one function a kind, and what they share. Each sets verdict and evidence, and value, known or
   reason. */
#ifndef RC_CLAIM_IMPL_H
#define RC_CLAIM_IMPL_H

#include "relucert/claim.h"

typedef void rc_decider(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                        rc_limits *limits);

rc_decider rc_decide_equal, rc_decide_semi_norm, rc_decide_sup_norm, rc_decide_cells, rc_decide_member,
    rc_decide_theorem_33, rc_decide_theorem_31, rc_decide_inverse_stable, rc_decide_distance, rc_decide_unique,
    rc_decide_embedding, rc_decide_loss, rc_decide_stability;

/* The decision: proved or refuted as `holds` says, with this kind of evidence. */
void rc_decision_settle(rc_decision_struct *decision, bool proved, rc_evidence_kind kind);
/* Undecided: "stopped: " and the limit's name. */
void rc_decision_stopped(rc_decision_struct *decision, const rc_limits *limits);
void rc_decision_reason(rc_decision_struct *decision, const char *format, ...) RC_PRINTF(2, 3);
/* Takes ownership of the texts: the exact value, or bounds (NULL: none). */
void rc_decision_value(rc_decision_struct *decision, char *text);
void rc_decision_bounds(rc_decision_struct *decision, char *at_least, char *at_most);
void rc_decision_value_surd(rc_decision_struct *decision, const rc_surd_t value);

/* f = R(X), R(X) - R(Y), or for gamma and theta R(theta) - R(gamma). Also notes f's shape for the evidence. */
void rc_claim_function(rc_canonical_t f, rc_evidence_struct *e, const rc_instance_struct *in);
void rc_evidence_shape(rc_evidence_struct *e, const rc_canonical_t f);

/* The number of tree nodes over f's hyperplanes that a few seconds allow (a node costs about as many operations as its
   dictionary has entries): the same on every machine. */
size_t rc_claim_budget(const rc_canonical_t f);
/* rc_seminorm_exact within `nodes` further nodes of `limits`. */
rc_status rc_seminorm_within(rc_seminorm_t s, const rc_canonical_t f, size_t nodes, rc_limits *limits);
/* s gets the upper bound that needs no cell: one component, one tree, a stop at its root. Its lower bound is kept. */
void rc_seminorm_root_bound(rc_seminorm_t s, const rc_canonical_t f);
/* The value that s holds, or its bounds. */
void rc_decision_norm(rc_decision_struct *decision, const rc_seminorm_t s);

/* `tree`, over f's hyperplanes, proves that ||grad f||^2 is at least `least` on all cells, f with one output; false, with
   an empty tree, where the entries' ranges do not show it or a limit is reached. */
bool rc_gradient_tree(rc_tree_t tree, const rc_canonical_t f, const fmpq *least, rc_limits *limits);

/* Refutes the claim when the network of number `which` (0 gamma, 1 theta) is outside N*. */
bool rc_decide_membership(rc_decision_struct *decision, const rc_network_struct *net, int which);
/* The nearest permutation of theta within N*: its distance, its Hall violator into decision->evidence. */
void rc_claim_nearest(rc_surd_t distance, rc_evidence_struct *e, const rc_instance_struct *in);
/* dist(gamma, R(g)) into e->fiber, with the nearest permutation of g as a further upper bound where that helps. */
rc_status rc_claim_fiber(rc_evidence_struct *e, const rc_instance_struct *in, rc_limits *limits);

#endif
