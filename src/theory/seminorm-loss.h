/* The largest value of one entry on one component, by the least loss over its cells. */
#ifndef RELUCERT_THEORY_SEMINORM_LOSS_H
#define RELUCERT_THEORY_SEMINORM_LOSS_H

#include "seminorm-search.h"

/* The members of a part with a jump at an entry each have a side that the entry wants; a cell loses the weights |jump|
   of the members that it has on their other sides, so that its value is `upper` minus its loss. A conflict is a set of
   signed members that no point satisfies: every cell on the decided sides loses at least the least undecided weight of
   each conflict of wanted and decided sides, and the weights of several conflicts add up as long as no member gives
   more than its own (a packing). */
typedef struct rc_loss_struct rc_loss_struct;

/* For part c of S. NULL if the part is too large. The searches of all entries together have `patience` steps, each a
   linear program. */
rc_loss_struct *rc_loss_new(rc_search_t S, slong c, slong patience);
void rc_loss_free(rc_loss_struct *T);
/* As many steps as it takes. */
void rc_loss_be_patient(rc_loss_struct *T);

typedef enum {
    RC_LOSS_DONE,     /* no cell of the part has a value above max(reached, level - rest) at the entry */
    RC_LOSS_OPEN,     /* not decided */
    RC_LOSS_LONG,     /* not decided: the patience of rc_loss_new is used up */
    RC_LOSS_STOPPED   /* a limit was hit, or best > goal */
} rc_loss_outcome;

/* Entry i, where the other parts have at most `rest` together: notes better cells in S on its way. With root_only there
   is no branching. OPEN otherwise only if weights differ by more than about 2^60. */
rc_loss_outcome rc_loss_search(rc_loss_struct *T, slong i, const fmpz_t rest, bool root_only);
/* After root_only: an upper bound of entry i on the part. */
void rc_loss_bound(fmpz_t bound, const rc_loss_struct *T);

#endif
