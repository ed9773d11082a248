/* Linear programs over the forms of a component in floating point: proposals, and a test that proves conflicts. */
#ifndef RELUCERT_THEORY_SEMINORM_CONE_H
#define RELUCERT_THEORY_SEMINORM_CONE_H

#include <flint/fmpz_mat.h>
#include <stdbool.h>

/* The forms in doubles: row j of the integer matrix, its column c over 2^exponent[c], times a power of two that brings
   its largest entry into [1/2, 1). Scaling coordinates and forms by positive factors changes no cone. With `faithful`
   every entry has a relative error of at most 2^-52. */
typedef struct {
    slong n, rank;
    slong stride;      /* of rows in memory: the least multiple of 4 that is at least rank; the rest is 0 */
    double *form;      /* n rows */
    slong *exponent;   /* rank */
    bool faithful;
} rc_cone_forms_struct;
typedef rc_cone_forms_struct rc_cone_forms_t[1];

void rc_cone_forms_init(rc_cone_forms_t F, const fmpz_mat_t forms);
void rc_cone_forms_clear(rc_cone_forms_t F);

/* A dictionary: all forms, and then the coordinates, in terms of `rank` of them, the nonbasic ones, each of which has
   a column. */
typedef struct {
    const rc_cone_forms_struct *F;
    double *entry;     /* n + rank rows; a nonbasic row is a unit vector */
    slong *column;     /* rank: the nonbasic row of each column */
    slong *place;      /* n + rank: column of a nonbasic row, -1 of the others */
    slong *rank_of;    /* n + rank: scratch */
    slong pivots;      /* since the rows were computed afresh */
} rc_cone_struct;
typedef rc_cone_struct rc_cone_t[1];

/* F is borrowed. */
void rc_cone_init(rc_cone_t C, const rc_cone_forms_t F);
void rc_cone_clear(rc_cone_t C);
void rc_cone_set(rc_cone_t C, const rc_cone_t D);

typedef enum { RC_CONE_POINT, RC_CONE_CONFLICT, RC_CONE_UNKNOWN } rc_cone_outcome;

/* Looks for a point with sign[j] form_j >= 1 for j = order[0], .., order[m - 1] by the criss-cross method (least
   position in the order first), from the present dictionary. sign[j] is 0 for all other j. POINT: rc_cone_point gives
   it. CONFLICT: *refused is a form that is a combination of the nonbasic forms with coefficients of the wrong sign, up
   to rounding. UNKNOWN: it gave up. Nothing is proved. */
rc_cone_outcome rc_cone_solve(rc_cone_t C, slong *refused, const slong *order, slong m, const signed char *sign);

/* After CONFLICT: the conflict's members, at most rank + 1, the refused one first; returns how many. */
slong rc_cone_conflict(slong *member, const rc_cone_t C, slong refused);
/* Proves that rank + 1 members of rc_cone_conflict (fewer are not for this test) are a conflict: no point is on the
   side sign[j] of all of them. False: not proved. */
bool rc_cone_proves(const rc_cone_t C, slong refused, const signed char *sign);

/* Form (or coordinate) j where the nonbasic rows have value sign[], coordinates 0. */
double rc_cone_value(const rc_cone_t C, slong j, const signed char *sign);
/* value[0 .. n + rank - 1]: forms and coordinates where the nonbasic rows have value sign[j], coordinates 0. */
void rc_cone_point(double *value, const rc_cone_t C, const signed char *sign);
/* cell[j] = the exact sign of row j of `forms` (those that F was made of) at the point with these values. True: they
   are the signs of the values, and none is 0. */
bool rc_cone_cell(signed char *cell, const double *value, const rc_cone_forms_t F, const fmpz_mat_t forms);

#endif
