/* How m > K neurons can realize g: the finitely many choices of design section 8. */
#ifndef RELUCERT_THEORY_REALIZE_H
#define RELUCERT_THEORY_REALIZE_H

#include "relucert/fiber.h"

/* The hyperplanes of T get a second neuron, those of F are flipped, and L + sum_F J_H = sum_T W_H u_H^T + sum_k x_k
   v_k^T; the spare neurons that are left come in pairs (v_k, x_k), (-v_k, -x_k), the rest is dead: 2 pairs + |T| <= m -
   K. */
typedef struct {
    const rc_canonical_struct *g;
    slong m;
    bool *extra;       /* T, length K */
    bool *flip;        /* F, length K; disjoint from T */
    fmpq_mat_t W;      /* K x D, zero rows outside T */
    slong pairs;
    fmpq_mat_t x, v;   /* pairs x D, pairs x d */
} rc_structure_struct;
typedef rc_structure_struct rc_structure_t[1];

/* Calls visit for the structures of g with m >= K neurons, |T| ascending; a choice that needs no rank condition may be
   visited for few F only, and a structure may come twice. visit returns false to stop; it may change W, x and v. After
   the first call the search ends at `effort` choices (0: it goes on). RC_OK without a call means that there is none: g
   is not realizable. RC_LIMIT beyond `limits` or 10^7 choices. */
typedef bool (*rc_structure_visitor)(void *arg, const rc_structure_struct *s);
rc_status rc_structures(const rc_canonical_t g, slong m, rc_structure_visitor visit, void *arg, size_t effort,
                        rc_limits *limits) RC_MUST_USE;

/* parts = the neurons of s that are not dead, as (u row, gamma row), exactly as many as needed. The result is not a
   canonical form (rows are unsorted, oriented); it only carries directions. parts must be initialized. */
void rc_structure_parts(rc_canonical_t parts, const rc_structure_struct *s);
/* phi (shape of g, m neurons): the parts at scale 1 in order, then zero neurons. */
void rc_structure_network(rc_network_t phi, const rc_structure_struct *s);

#endif
