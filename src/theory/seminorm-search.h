/* Branch and bound for the semi-norm over the non-trivial components. */
#ifndef RELUCERT_THEORY_SEMINORM_SEARCH_H
#define RELUCERT_THEORY_SEMINORM_SEARCH_H

#include "seminorm-problem.h"

/* One component during the search. The vectors run over the relevant entries of the whole search. */
typedef struct {
    rc_part_struct *part;
    fmpz *upper;            /* the part's maximum at entry i is at most this ... */
    fmpz *root;             /* upper at the start: the sum of the positive jumps */
    fmpz *reached;          /* ... and at least this, reached by cell[i] */
    slong *cell;
    signed char **cells;    /* sign vectors of the part's cells met so far */
    slong cell_count, cell_alloc;
    slong **order;          /* members by falling |jump| at entry i, made when first asked for */
    fmpz *jump;             /* sigma J of member j at entry i is number i size + j; NULL if these would be too many */
} rc_part_search;

/* Values are scaled by P->den. An entry's value is base + sum over the parts searched; it is relevant as long as its
   upper bound total exceeds the level. Stops of trees are allowed at bounds <= level. */
typedef struct {
    rc_problem_struct *P;
    slong n;                /* relevant entries */
    slong *entry;
    fmpz *base;             /* sigma L + maxima of the trivial parts */
    fmpz *total;            /* base + sum of upper */
    slong parts;
    rc_part_search *part;   /* the non-trivial parts */
    fmpz_t best;            /* largest value known to be attained */
    slong best_entry;       /* relevant entry that attains it through the cells, -1 if it was known before */
    fmpz_t level;           /* max(best, goal) */
    const fmpz *goal;       /* compare only: an upper bound <= goal is enough, best > goal too; NULL: neither */
    rc_limits *limits;
    size_t nodes;
    size_t listed;          /* cells */
    int threads;            /* for listing cells */
    slong patience;         /* steps of the search on a part before its cells are listed: see rc_seminorm_value_by */
    size_t allowance;       /* nodes of trees that may still be made, if `modest` */
    bool modest;
} rc_search_struct;
typedef rc_search_struct rc_search_t[1];

/* best: a value attained at a known point. The entries relevant at that level are chosen; none if best > goal. */
void rc_search_init(rc_search_t S, rc_problem_t P, const fmpz_t best, const fmpz *goal, rc_limits *limits);
void rc_search_clear(rc_search_t S);

/* A cell of each part, and good ones for the entries with the largest bounds. False: a limit was hit. */
bool rc_search_start(rc_search_t S);
/* `upper` and `total` as at the start, that is before any tree: what is known of cells stays. */
void rc_search_reset(rc_search_t S);
/* Searches part c and writes its tree; its `upper` falls to what the tree proves. False: a limit was hit, best >
   goal, or the allowance is used up. */
bool rc_search_part(rc_tree_t tree, rc_search_t S, slong c);
bool rc_search_is_settled(const rc_search_t S);
/* Is a part small enough for its programs in floating point, whose dictionaries hold all forms? */
bool rc_part_has_small_programs(const rc_part_struct *part);
/* Lowers `upper` and `total`, without trees, as far as seminorm-loss.h decides: nearly always to total <= level at all
   entries. False as above. */
bool rc_search_entries(rc_search_t S);

/* rc_seminorm_value with the cells of every part listed after so many steps of its search: at once if patience is 0,
   never if it is WORD_MAX, as the number of cells suggests if it is -1, which is what rc_seminorm_value does. The value
   is the same, the witness may not be. */
rc_status rc_seminorm_value_by(rc_seminorm_t s, const rc_canonical_t f, slong patience,
                               rc_limits *limits) RC_MUST_USE;

/* sign[0 .. K-1]: a cell at which entry i (relevant) has its best known value. */
void rc_search_signs(signed char *sign, const rc_search_t S, slong i);

/* The steps shared by its two sources. */

/* x = sigma J of member j of part c at relevant entry i, and its sign. */
void rc_search_jump(fmpz_t x, const rc_search_t S, slong c, slong j, slong i);
int rc_search_jump_sign(const rc_search_t S, slong c, slong j, slong i);
/* All members of part c by falling |jump| at entry i, ties by index. */
const slong *rc_search_order(rc_search_t S, slong c, slong i);

/* Time limit or interrupt? Regions of high dimension make single steps long, so this is asked between them. */
bool rc_search_out_of_time(const rc_search_t S);
/* Completes sign[] (0: a member on which R is not restricted) to a cell of R. False: out of time. */
bool rc_search_complete(signed char *sign, rc_search_t S, slong c, rc_region_struct *R);
/* Notes the cell of part c and raises reached, and best if every part has a cell. */
void rc_search_note_cell(rc_search_t S, slong c, const signed char *sign);
/* Follows the signs entry i wants from the region R (destroyed), largest jumps first; sign[] holds the signs decided.
   True: they all exist, and sign is completed to a cell of R. False: lambda gets the Farkas vector of the first
   refusal; with `yield` the refused sign is turned over instead and the result is always a cell. *stopped: out of
   time. */
bool rc_search_dive(signed char *sign, fmpz *lambda, bool *stopped, rc_search_t S, slong c, slong i,
                    rc_region_struct *R, bool yield);

#endif
