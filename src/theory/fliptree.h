/* 0/1 solutions of a linear system, all of them, with a decision tree that proves it: the search behind flip sets. */
#ifndef RELUCERT_THEORY_FLIPTREE_H
#define RELUCERT_THEORY_FLIPTREE_H

#include "relucert/fiber.h"

/* J is E x N, b is E x 1: all z in {0,1}^N with J z = b. found(arg, z) is called for each, in the order of the tree;
   returning false ends the search (RC_OK; the tree is then incomplete). tree may be NULL; it is emptied first, and
   entry e of a row (p, q) is e = p * d + q. RC_LIMIT as limits says. */
typedef bool (*rc_zero_one_visitor)(void *arg, const bool *z);
rc_status rc_zero_one_solve(rc_fliptree_struct *tree, const fmpq_mat_t J, const fmpq_mat_t b, slong d,
                            rc_zero_one_visitor found, void *arg, rc_limits *limits) RC_MUST_USE;

/* X with T X = B, unknowns without a pivot 0: the same on every machine, since the reduced echelon form is unique.
   False (X unchanged) if there is none. T is n x k, B n x c, X k x c. */
bool rc_solve_reduced(fmpq_mat_t X, const fmpq_mat_t T, const fmpq_mat_t B);

/* The system of flip sets: column H of J is J_H, b = -L, both as vectors of D d entries. Initializes J and b. */
void rc_flip_system_init(fmpq_mat_t J, fmpq_mat_t b, const rc_canonical_t g);

/* All flip sets of g, appended to *flip (each a new array of K), *flips many. */
rc_status rc_flip_sets(rc_fliptree_struct *tree, bool ***flip, slong *flips, const rc_canonical_t g,
                       rc_limits *limits) RC_MUST_USE;
void rc_flip_sets_clear(bool **flip, slong flips);

#endif
