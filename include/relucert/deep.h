/* Networks of any depth: do two of them realize the same function? (docs/soundness.md, "Regions".) */
#ifndef RELUCERT_DEEP_H
#define RELUCERT_DEEP_H

#include "relucert/seminorm.h"

/* What decides R(X) = R(Y). RC_PROVED: the tree of evidence "regions" (docs/certificate-format.md, section 5), its
   forms being the hidden neurons of X and then of Y, layer by layer, numbered from 0; `cells` of its leaves are stops.
   RC_REFUTED: R(X)(x) != R(Y)(x), x of length d. RC_UNDECIDED: neither. */
typedef struct {
    rc_verdict verdict;
    rc_tree_t tree;
    size_t cells;
    slong d;
    fmpq *x;
} rc_deep_equality_struct;
typedef rc_deep_equality_struct rc_deep_equality_t[1];

void rc_deep_equality_init(rc_deep_equality_t r); /* undecided */
void rc_deep_equality_clear(rc_deep_equality_t r);

/* Any kinds of networks, with the same d and D (not checked). A few points are tried; then all cells of the input space
   on which both networks are affine, depth-first: one region for each, an exact linear program for each neuron that is
   met. There are as many as common activation patterns, exponentially many in the worst case. A node is a visit of
   `limits`. RC_LIMIT: undecided; also, with a reason of its own, where the numbers of neurons and outputs of both and
   d + 1, times d + 1, exceed 10^7, and where more than 4000 hidden neurons would have to be searched. */
rc_status rc_deep_equal(rc_deep_equality_t r, const rc_network_t X, const rc_network_t Y,
                        rc_limits *limits) RC_MUST_USE;

#endif
