/* |f|_{W^{1,infinity}} = max over cells of ||Df||_inf, [B] (21), exactly, with evidence; and the sup norm on a box. */
#ifndef RELUCERT_SEMINORM_H
#define RELUCERT_SEMINORM_H

#include "relucert/arrangement.h"
#include "relucert/canonical.h"
#include "relucert/region.h"

/* A decision tree in preorder over essential hyperplanes (docs/certificate-format.md, TREE). Node i has kind[i]:
   RC_TREE_BRANCH on hyperplane form[i] (0-based), RC_TREE_STOP, or RC_TREE_EMPTY with Farkas entries first[i] ..
   first[i]+count[i]-1 of (index, lambda): 0-based hyperplane or -1 for x_{d+1}; lambda > 0. Box leaves: RC_TREE_LEAF,
   entries grouped by group[]. */
typedef enum { RC_TREE_BRANCH, RC_TREE_STOP, RC_TREE_EMPTY, RC_TREE_LEAF } rc_tree_kind;
typedef struct {
    slong length, alloc;
    unsigned char *kind;
    slong *form;      /* branch: hyperplane */
    slong *first;     /* empty, leaf: first entry */
    slong *count;     /* empty, leaf: number of entries */
    slong entries, entries_alloc;
    slong *index;     /* entry: hyperplane, -1 for infinity */
    slong *group;     /* entry of a leaf: which of the 2D multiplier lists; 0 in empty leaves */
    fmpq *lambda;
} rc_tree_struct;
typedef rc_tree_struct rc_tree_t[1];

/* The empty tree; nodes are appended in preorder. */
void rc_tree_init(rc_tree_t t);
/* Back to the empty tree. */
void rc_tree_clear(rc_tree_t t);
void rc_tree_branch(rc_tree_t t, slong form);
void rc_tree_stop(rc_tree_t t);
void rc_tree_empty(rc_tree_t t);  /* entries are then added with rc_tree_entry */
void rc_tree_leaf(rc_tree_t t);
/* An entry of the node appended last. */
void rc_tree_entry(rc_tree_t t, slong index, slong group, const fmpq_t lambda);
/* An empty leaf with the multipliers of the failed restriction of R, whose forms are K hyperplanes and, if affine,
   infinity. */
void rc_tree_empty_region(rc_tree_t t, const rc_region_struct *R, slong K, bool affine);

/* Bounds of a semi-norm with what proves them. lower: |Df(x)| >= lower at x (on no essential hyperplane).
   upper: components and one tree each. */
typedef struct {
    slong d;
    bool has_lower, has_upper;
    fmpq_t lower;
    fmpq *x;           /* length d */
    fmpq_t upper;
    slong parts;       /* number of components */
    slong *part;       /* length K + affine: component of hyperplane H; entry K is x_{d+1} */
    slong part_alloc;
    rc_tree_struct *trees; /* length parts */
    size_t nodes;      /* visited, of all searches */
    size_t listed;     /* cells listed, of all components */
    int threads;       /* set by the caller, kept by all functions: for listing cells; the results are the same */
} rc_seminorm_struct;
typedef rc_seminorm_struct rc_seminorm_t[1];

void rc_seminorm_init(rc_seminorm_t s); /* threads = 1 */
void rc_seminorm_clear(rc_seminorm_t s);

/* The exact value: lower = upper = |f|, and the evidence proves just that. Branch and bound over the essential
   hyperplanes of each component, with entrywise bounds, once the value is known (rc_seminorm_value); where all
   components are single hyperplanes (as for K independent forms) there is nothing to search. RC_LIMIT: has_lower with
   the best witness so far, has_upper false. Exponential in the worst case; 40 hyperplanes in general position in R^5
   take about a thousand nodes. */
rc_status rc_seminorm_exact(rc_seminorm_t s, const rc_canonical_t f, rc_limits *limits) RC_MUST_USE;

/* The exact value without trees (parts = 0): lower = upper = |f|, and x. Entry by entry, with bounds from packings of
   conflicts, which prune far more than those that a tree can show: 60 hyperplanes in general position in R^6 take some
   hundred nodes. Where the search of a component takes long for its number of cells (many hyperplanes in low
   dimension), its cells are listed instead, with sums in machine integers, in s->threads threads: 2.6 million cells of
   200 hyperplanes in R^4 in a third of a second. Cells listed count as visits of `limits`; nothing is listed that may
   not fit max_cells. RC_LIMIT as above. */
rc_status rc_seminorm_value(rc_seminorm_t s, const rc_canonical_t f, rc_limits *limits) RC_MUST_USE;

/* Only as much as it takes to compare with a threshold t (a surd): has_lower always; either lower > t (has_upper may be
   false), or has_upper and upper <= t. The trees prove a bound that is at most upper, and may be smaller. RC_LIMIT as
   above. */
rc_status rc_seminorm_compare(rc_seminorm_t s, const rc_canonical_t f, const rc_surd_t t,
                              rc_limits *limits) RC_MUST_USE;

/* The lower bound in polynomial time ([B] (97)-(98) made constructive): for the essential hyperplanes with the largest
   jumps (at least `tries` of them, all if tries < 0) a point next to H on each side; lower >= max ||J_H||/2 over those
   tried. Only lower is set. Also tries L alone when K = 0. Fit for K = 2000, d = 784, D = 10. */
void rc_seminorm_witness(rc_seminorm_t s, const rc_canonical_t f, slong tries);

/* The largest ||f(x)||_inf over [-B,B]^d, B > 0 (not checked): lower at x of the closed box, where it is attained;
   upper = lower with one tree (parts = 1, over all hyperplanes) whose stops are RC_TREE_LEAF nodes, group 2 p for
   (p,+), 2 p + 1 for (p,-). RC_LIMIT: lower only. A linear program with 2 d + depth constraints per node and group: for
   small d. */
rc_status rc_supnorm_exact(rc_seminorm_t s, const rc_canonical_t f, const fmpq_t B, rc_limits *limits) RC_MUST_USE;

#endif
