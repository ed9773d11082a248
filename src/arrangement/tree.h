/* The tree engine on one irreducible component. */
#ifndef RELUCERT_ARRANGEMENT_TREE_H
#define RELUCERT_ARRANGEMENT_TREE_H

#include <flint/fmpz_mat.h>
#include <stdbool.h>

#include "relucert/region.h"

/* One cell: the signs (+1, -1) of the rows of the component and a region that is that cell. Returns false to stop. */
typedef bool (*rc_tree_visitor)(void *arg, const signed char *signs, const rc_region_struct *R);

/* Visits the cells on which row `positive` of F is positive: half of all. A zero row is not allowed. Depth-first over
   the rows: the side the present witness is on is free, the other is one linear program. Returns false if a visit
   did. */
bool rc_tree_walk(const fmpz_mat_t F, slong positive, rc_tree_visitor visit, void *arg);
/* The same for the cells on which rows 0 .. k - 1 have the signs prefix[0 .. k - 1]. */
bool rc_tree_walk_prefix(const fmpz_mat_t F, slong positive, const signed char *prefix, slong k, rc_tree_visitor visit,
                         void *arg);

#endif
