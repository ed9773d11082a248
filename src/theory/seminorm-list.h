/* The largest values of the entries on one component by listing its cells. */
#ifndef RELUCERT_THEORY_SEMINORM_LIST_H
#define RELUCERT_THEORY_SEMINORM_LIST_H

#include "seminorm-search.h"

/* The number of cells of a component in general position: at least that of the part. */
double rc_list_cells(const rc_part_struct *part);
/* Steps of the search of one entry (seminorm-loss.h) that take about as long as listing the cells with the sums of so
   many entries. */
double rc_list_steps(const rc_part_struct *part, slong entries);

/* Lists the cells of part c in S->threads threads and raises `reached` of the entries, other than those marked in
   skip[], whose total is above the level: to the maximum on the part where that is above
   max(reached, level - rest), rest = total - upper; then `upper` and `total` fall to this or to what was reached. The
   cells noted do not depend on the number of threads. False: a limit was hit, or best > goal; then better cells may
   have been noted. One visit of S->limits a cell. */
bool rc_list_part(rc_search_t S, slong c, const bool *skip);

#endif
