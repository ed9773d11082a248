/* The rays of weight vectors, compared exactly: which neurons share a line, and which of them point the same way. */
#ifndef RELUCERT_CONDITIONS_RAYS_H
#define RELUCERT_CONDITIONS_RAYS_H

#include "relucert/network.h"

/* The non-zero weight vectors of one or two networks, numbered 0..count-1 (second network's after the first's), as
   primitive vectors. line[k] is a number of the line of vector k (equal lines, equal numbers; -1 if a_k = 0) in
   lexicographic order of the primitive vectors; sign[k] = +1 or -1 and |factor[k]| with u_k = factor[k] * primitive_k.
   order lists the non-zero vectors sorted by line, then sign (negative first), then number; place is its inverse
   (-1 for zero vectors); group_end[p] is the end (exclusive) of the run of equal line and sign that holds order[p],
   line_start / line_end delimit the run of equal lines. */
typedef struct {
    slong count, d;
    slong first;       /* neurons of the first network */
    slong nonzero;
    fmpz *primitive;   /* count x d */
    fmpq *factor;      /* length count */
    slong *line;
    int *sign;
    slong *order;      /* length nonzero */
    slong *place;
    slong *group_end, *line_start, *line_end; /* by position in order */
    slong lines;
} rc_rays_struct;
typedef rc_rays_struct rc_rays_t[1];

/* Y may be NULL. Shallow networks with the same d. */
void rc_rays_init(rc_rays_t rays, const rc_network_struct *X, const rc_network_struct *Y);
void rc_rays_clear(rc_rays_t rays);

#endif
