/* The state of the search for 0/1 solutions, shared by its two sources. */
#ifndef RELUCERT_THEORY_FLIPTREE_SEARCH_H
#define RELUCERT_THEORY_FLIPTREE_SEARCH_H

#include <flint/fmpz_mat.h>

#include "theory/fliptree.h"

typedef struct {
    fmpz_mat_t J;             /* E x N, row e multiplied by scale[e] > 0 */
    fmpz *b, *scale;
    slong E, N, d;
    fmpz *R, *low, *high;     /* length E: residual, range of the undecided columns */
    signed char *decided;     /* length N: -1, 0, 1 */
    slong open;               /* undecided columns */
    slong rank, *rows;        /* independent rows */
    rc_fliptree_struct *tree; /* may be NULL */
    rc_zero_one_visitor found;
    void *arg;
    rc_limits *limits;
    bool stopped;             /* found() said so */
    bool limited;
    fmpq_t one;
} rc_flip_search;

/* A leaf, and its entries one by one; y belongs to the scaled row e. */
void rc_flip_leaf(rc_flip_search *s);
void rc_flip_leaf_entry(rc_flip_search *s, slong e, const fmpq_t y);

/* Chooses independent rows that span all of J. If J z = b has no real solution, a leaf is written and the result is
   false. */
bool rc_flip_choose_rows(rc_flip_search *s);

#endif
