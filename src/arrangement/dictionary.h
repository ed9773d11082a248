/* Exact dictionaries: the revised simplex method with Edmonds' integer pivots, shared by region.c and lp.c. */
#ifndef RELUCERT_ARRANGEMENT_DICTIONARY_H
#define RELUCERT_ARRANGEMENT_DICTIONARY_H

#include <flint/fmpz.h>
#include <stdbool.h>

/* Coordinates x_0 .. x_{rank-1} are free; constraint j is the affine function  y_j = scale_j <h_j, x> + b_j >= 0  with
   (h_j, b_j) the row j, of length rank + 1, of a borrowed table and scale_j = 1 or -1. At any time `rank` variables,
   one a column, are nonbasic, at value 0: constraints, or coordinates that no constraint binds. Row c of `entries` is

       det * x_c = sum_k entry(c, k) * (nonbasic variable of column k) + entry(c, rank)

   (a nonbasic x_c has det in its own column), and the row of a constraint is a combination of these, formed when it is
   needed.

   Invariants. det > 0 is the absolute determinant of the nonbasic constraints and coordinates in terms of x; the
   entries are minors of the table, so that the divisions of a pivot leave no remainder (Edmonds, Bareiss). Rows of
   constraints are 0 in the columns of coordinates and have a constant >= 0: the point is feasible. */
typedef struct {
    slong rank;
    const fmpz *table;
    fmpz *entries;        /* (rank + 2) x (rank + 1): coordinates, the objective's row, a work row */
    fmpz_t det;
    slong *column;        /* the nonbasic constraint of each column, -1 for a coordinate */
    slong count;
    slong *active;        /* the constraints */
    signed char *scale;   /* of each row of the table; 0: not a constraint */
} rc_dictionary_struct;
typedef rc_dictionary_struct rc_dictionary_t[1];

/* No constraints, x = 0; the table has n rows. */
void rc_dictionary_init(rc_dictionary_t D, slong rank, slong n, const fmpz *table);
void rc_dictionary_clear(rc_dictionary_t D);
/* Takes E's state; the tables have equal entries. The objective's row is not taken. */
void rc_dictionary_set(rc_dictionary_t D, const rc_dictionary_t E);

static inline fmpz *rc_dictionary_row(const rc_dictionary_t D, slong c)
{
    return D->entries + c * (D->rank + 1);
}

/* After rc_dictionary_require has failed or rc_dictionary_maximize has succeeded: that function's row. */
static inline const fmpz *rc_dictionary_objective(const rc_dictionary_t D)
{
    return rc_dictionary_row(D, D->rank);
}

/* Makes row j a constraint, with this scale. False: impossible, the constraints are as before; the objective's row
   then has a constant < 0, entries <= 0 at constraints and 0 at coordinates. */
bool rc_dictionary_require(rc_dictionary_t D, slong j, int scale);
/* Maximizes <h, x> + b, (h, b) of length rank + 1, over the constraints. False if it is unbounded. True: at the
   maximum the objective's row has entries <= 0 at constraints and 0 at coordinates. */
bool rc_dictionary_maximize(rc_dictionary_t D, const fmpz *objective);
/* value = det * <h_j, x> at the present point. */
void rc_dictionary_value(fmpz_t value, const rc_dictionary_t D, slong j);

#endif
