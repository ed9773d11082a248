/* The fiber of g: every parametrization with m neurons, and the distance from Gamma to it (design, section 8). */
#ifndef RELUCERT_FIBER_H
#define RELUCERT_FIBER_H

#include "relucert/canonical.h"
#include "relucert/phi.h"

/* A flip tree in preorder (docs/certificate-format.md, FLIPTREE): kind RC_TREE_BRANCH on form[i], RC_TREE_STOP (a flip
   set found), RC_TREE_EMPTY with entries (p, q, y), 0-based. */
typedef struct {
    slong length, alloc;
    unsigned char *kind;
    slong *form, *first, *count;
    slong entries, entries_alloc;
    slong *p, *q;
    fmpq *y;
} rc_fliptree_struct;
typedef rc_fliptree_struct rc_fliptree_t[1];
void rc_fliptree_init(rc_fliptree_t t);
void rc_fliptree_clear(rc_fliptree_t t);

typedef enum { RC_REALIZABLE, RC_MORE_HYPERPLANES, RC_NO_FLIP_SET, RC_SPARE_NEURONS } rc_realizability;

/* What gave the upper bound. K = m: an assignment of the hyperplanes. K < m: the neurons of a structure of g, assigned
   and at the best scale each, or with scales and outputs found by linear programming; Gamma's neurons with one moved to
   each hyperplane, with the others of its line, with opposite pairs turned to make up for it; with all neurons nearby
   moved to the hyperplanes; a network so found with one neuron, or two, put on other rays, again and again. */
typedef enum {
    RC_STRATEGY_NONE,
    RC_STRATEGY_ASSIGNMENT,
    RC_STRATEGY_STRUCTURE,
    RC_STRATEGY_RESCALED,
    RC_STRATEGY_MOVED,
    RC_STRATEGY_MOVED_LINES,
    RC_STRATEGY_TURNED,
    RC_STRATEGY_GATHERED,
    RC_STRATEGY_EXCHANGED
} rc_fiber_strategy;
/* Its name: "none", "assignment", "structure", "rescaled", "moved", "moved-lines", "turned", "gathered", "exchanged". */
const char *rc_fiber_strategy_name(rc_fiber_strategy strategy);

typedef struct {
    slong m, K;
    rc_realizability realizable;
    rc_fliptree_t tree;     /* K = m */
    slong flips;            /* number of flip sets found (K = m) */
    bool **flip;            /* flip[f][H], H < K */
    /* lower bound: dist >= lower; K = m: one Hall violator per flip set, K < m: one */
    bool has_lower;
    rc_surd_t lower;
    slong halls;
    bool **hall_hyperplanes; /* halls x K */
    bool **hall_neurons;     /* halls x m */
    /* upper bound: dist <= upper */
    bool has_upper;
    rc_surd_t upper;
    rc_fiber_strategy strategy;
    bool has_phi;           /* an explicit network attains <= upper */
    rc_network_t phi;
    slong best_flip;        /* K = m: flip set and assignment attaining upper */
    slong *assignment;      /* length m: hyperplane of neuron i; NULL unless K = m */
    bool exact;             /* lower = upper */
} rc_fiber_struct;
typedef rc_fiber_struct rc_fiber_t[1];
void rc_fiber_init(rc_fiber_t f);
void rc_fiber_clear(rc_fiber_t f);

/* Everything about dist(Gamma, g): g a canonical form (not affine) with gamma's d and D; m is gamma's.
   K > m and unrealizable cases: realizable says which. K = m: all flip sets (exact 0/1 search pruned by exact linear
   programs), exact distance. K < m: lower by COST', upper by a constructed phi (several strategies, the best).
   RC_LIMIT: what is set is valid. */
rc_status rc_fiber_distance(rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g,
                            rc_limits *limits) RC_MUST_USE;

/* Can the certificate of RC_SPARE_NEURONS be checked: at most 10^6 pairs (T, F) to enumerate? */
bool rc_spare_proof_fits(slong m, slong K);

/* A network with m neurons realizing g (any), K <= m. RC_UNDEFINED if there is none (then proved as in
   rc_fiber_distance). */
rc_status rc_fiber_realize(rc_network_t phi, const rc_canonical_t g, slong m, rc_limits *limits) RC_MUST_USE;

/* COST(i, H, eps): the exact cost min over lambda > 0 as a surd (closed form) and whether it is <= t / < t. */
bool rc_cost_at_most(const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps, const rc_surd_t t,
                     bool strict);
/* Given t >= COST(i, H, eps): the scales lambda within t are those of [lo, hi], lo > 0. False if an end has too many
   roots to be written. */
bool rc_cost_scales(rc_surd_t lo, rc_surd_t hi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H,
                    int eps, const rc_surd_t t);
void rc_cost(rc_surd_t cost, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps);
/* COST'(i, H) = min over real lambda of ||lambda u_H - a_i||_inf. */
void rc_cost_line(rc_surd_t cost, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H);

typedef enum { RC_UNIQUE, RC_NOT_UNIQUE, RC_UNIQUE_UNKNOWN } rc_uniqueness;
/* The one choice by which K < m neurons can realize g: the hyperplanes with two opposite neurons, and of the others
   those whose neuron is turned (docs/soundness.md, unique). */
typedef struct {
    slong K;
    bool *twice, *flip; /* length K; NULL: none */
} rc_choice_struct;
typedef rc_choice_struct rc_choice_t[1];
void rc_choice_init(rc_choice_t choice);
void rc_choice_clear(rc_choice_t choice);

/* Design section 12, claim `unique`. RC_UNIQUE: for K = m tree proves that there is one flip set, for K < m `choice` is
   the only one. RC_NOT_UNIQUE: phi is another parametrization (or one with a dead neuron). RC_UNIQUE_UNKNOWN: a limit,
   or K < m with more choices than a certificate may ask for (rc_spare_proof_fits). */
rc_uniqueness rc_fiber_unique(rc_fliptree_t tree, rc_choice_t choice, rc_network_t phi, const rc_network_t X,
                              rc_limits *limits);
/* Same multiset of (ray of a_i, matrix c_i a_i^T)? Neurons with c_i a_i^T = 0 compare equal to each other. */
bool rc_network_equivalent(const rc_network_t X, const rc_network_t Y);

#endif
