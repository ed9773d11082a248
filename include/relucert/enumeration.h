/* Listing cells in bulk: packed sign words, cut into fixed units, by either engine. */
#ifndef RELUCERT_ENUMERATION_H
#define RELUCERT_ENUMERATION_H

#include <stdint.h>

#include "relucert/arrangement.h"

/* AUTO chooses for each irreducible component by predicted cost. */
typedef enum { RC_ENGINE_AUTO, RC_ENGINE_TREE, RC_ENGINE_VERTEX } rc_engine;

/* A batch of cells. Bit j % 64 of word j / 64 of a cell is 1 iff hyperplane j (row j of the arrangement's forms) is
   positive on it; bits from n on are 0.

   Cell c's ordered basis, when asked for, is the list  bases[c * rank] .. bases[c * rank + rank - 1]  of entries
   e_1, .., e_i, 0, .., 0, where e = +-(j + 1) names hyperplane j, j = n standing for x_{d+1} > 0. With the forms
   y_1, .., y_i of these hyperplanes and the auxiliary forms number i + 1, .., rank of the enumeration, which together
   are a basis of the dual of the rank coordinates, a point of the cell has

       y_l = sign(e_l) t_l   (t_1 >> t_2 >> .. >> t_i > 0),   auxiliary forms i + 1, .., rank = 0:

   the sign of each form h = sum a_l y_l there is that of sign(e_l) a_l for the first l with a_l != 0. */
typedef struct {
    slong words;           /* of a cell: at least 1 */
    slong rank;            /* entries of a basis, 0 without bases */
    size_t cells, alloc;
    uint64_t *signs;       /* cells * words */
    int32_t *bases;        /* cells * rank, NULL without bases */
    size_t ties;           /* for rc_enumeration_close_stage */
} rc_batch_struct;
typedef rc_batch_struct rc_batch_t[1];

void rc_batch_init(rc_batch_t batch);
void rc_batch_clear(rc_batch_t batch);

/* The work: stages 0, 1, .. in this order, each of units that may be done in any order, in any thread and on any
   machine. The cells, stage after stage and unit after unit, come in an order fixed by the arrangement, the engine and
   `bases` alone. */
typedef struct rc_enumeration_struct rc_enumeration_struct;

/* A new enumeration of the cells of arr, which is borrowed until rc_enumeration_free. With `bases` every cell gets an
   ordered basis: this takes the vertex engine on the whole arrangement (components are not treated apart); otherwise
   cells of a decomposable arrangement are products, and the cells of all components but one are held in memory: about
   the square root of the number of cells listed at worst. */
rc_enumeration_struct *rc_enumeration_new(const rc_arrangement_t arr, rc_engine engine, bool bases);
void rc_enumeration_free(rc_enumeration_struct *E);

/* What AUTO would best be when every cell is to have a witness: the tree engine (rc_arrangement_cells) if there are
   several components, whose product it forms, or the rank is large; else the vertex engine with bases. */
rc_engine rc_enumeration_choice(const rc_arrangement_t arr);

/* True: one cell of each antipodal pair {C, -C} is listed, the one on which the first hyperplane of the leading
   component is positive. True iff the arrangement is central and has a hyperplane. */
bool rc_enumeration_is_halved(const rc_enumeration_struct *E);
slong rc_enumeration_words(const rc_enumeration_struct *E);
slong rc_enumeration_stages(const rc_enumeration_struct *E);
/* Known once the stages before are closed. */
slong rc_enumeration_units(const rc_enumeration_struct *E, slong stage);

/* The cells of one unit, replacing those of `batch`. The stages before must be closed. E is only read: units may run in
   parallel. One visit of `limits` every 256 cells at most (limits belongs to the calling thread); RC_LIMIT leaves the
   batch empty. Memory: the unit's cells. */
rc_status rc_enumeration_unit(rc_batch_t batch, const rc_enumeration_struct *E, slong stage, slong unit,
                              rc_limits *limits) RC_MUST_USE;
/* After all units of a stage, with the sum of their batches' ties (0 nearly always): what the later stages need. */
void rc_enumeration_close_stage(rc_enumeration_struct *E, slong stage, size_t ties);

/* Runs everything in `threads` >= 1 threads and passes the batches on in order, from the calling thread; visit returns
   false to stop (then RC_OK is returned). The batches are the same, byte for byte, for any number of threads. At most
   a few units a thread are in memory. Counts one visit of `limits` a cell passed on (two when halved, for max_cells
   counts cells of the arrangement). */
typedef bool (*rc_batch_visitor)(void *arg, const rc_batch_struct *batch);
rc_status rc_enumeration_run(rc_enumeration_struct *E, int threads, rc_batch_visitor visit, void *arg,
                             rc_limits *limits) RC_MUST_USE;

/* With bases, once all stages are closed: the auxiliary forms number 2, .., rank (rows 1 .. rank - 1 of `forms`;
   row 0 is zero) in the coordinates cols[0 .. rank - 1] of the width d + affine; points have 0 in the other
   coordinates. `forms` is initialized by the caller as rank x rank. */
void rc_enumeration_auxiliary(fmpz_mat_t forms, slong *cols, const rc_enumeration_struct *E);

/* x (length d) = a point of the cell with this ordered basis, once its stage's predecessors are closed. */
void rc_enumeration_witness(fmpq *x, const rc_enumeration_struct *E, const int32_t *basis);

#endif
