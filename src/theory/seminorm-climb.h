/* Good cells by moving a point along lines, in floating point: proposals, to be checked. */
#ifndef RELUCERT_THEORY_SEMINORM_CLIMB_H
#define RELUCERT_THEORY_SEMINORM_CLIMB_H

#include <stdint.h>

#include "seminorm-cone.h"

/* Where a line meets a member's hyperplane. */
typedef struct {
    double at;
    slong member;
} rc_crossing;

/* The first `size` forms are members with weights and wanted signs (0: none); others must stay positive. */
typedef struct {
    const rc_cone_forms_struct *F;
    slong size;
    const int64_t *weight;
    const signed char *wanted;
    double *point;         /* values of the forms and coordinates */
    rc_crossing *crossing;
} rc_climb_struct;
typedef rc_climb_struct rc_climb_t[1];

/* F and the arrays are borrowed. */
void rc_climb_init(rc_climb_t T, const rc_cone_forms_t F, slong size, const int64_t *weight, const signed char *wanted);
void rc_climb_clear(rc_climb_t T);
/* The weights of the members whose value at the point has the unwanted sign. */
int64_t rc_climb_loss(const rc_climb_t T);
/* Moves the point along the columns of the dictionary, one at a time, as long as that lowers the loss. */
void rc_climb_along(rc_climb_t T, const rc_cone_t C);

#endif
