/* Shared inside src/arrangement/. */
#ifndef RELUCERT_ARRANGEMENT_PRIVATE_H
#define RELUCERT_ARRANGEMENT_PRIVATE_H

#include "relucert/arrangement.h"

/* u := its positive or negative multiple that is primitive with positive first non-zero entry; returns the sign of the
   factor, 0 if u = 0. */
int rc_make_primitive(fmpz *u, slong n);

/* Initializes M with the rows of the matroid: the forms and, when affine, x_{d+1}, (n + affine) x width. */
void rc_arrangement_matroid(fmpz_mat_t M, const rc_arrangement_t arr);

/* The irreducible components apart, and how points of them combine. A point of the whole is fixed by the values of the
   forms of a basis; a component's basis forms are the basis forms in it. */
typedef struct {
    slong rows, width;       /* of M */
    slong parts;
    slong *part;             /* component of each row */
    slong *first, *member;   /* component p has rows member[first[p]] .. member[first[p + 1] - 1], increasing */
    slong rank;
    slong *basis;            /* rows, increasing */
    slong *cols;             /* M[basis, cols] is non-singular */
    fmpz_mat_t square;       /* M[basis, cols] */
    fmpz_mat_t inverse;      /* inverse * square = den, when the rank is small */
    fmpz_t den;              /* 0: no inverse yet */
} rc_split_struct;
typedef rc_split_struct rc_split_t[1];

void rc_split_init(rc_split_t S, const fmpz_mat_t M);
void rc_split_clear(rc_split_t S);
/* Initializes F with the rows of component p. */
void rc_split_forms(fmpz_mat_t F, const rc_split_t S, slong p, const fmpz_mat_t M);
/* values[k] = <basis form k, x> for the basis forms of component p; the other values stay. */
void rc_split_values(fmpq *values, const rc_split_t S, slong p, const fmpz_mat_t M, const fmpq *x);
/* x (length width) with <basis form k, x> = value[k] for all k. */
void rc_split_point(fmpq *x, rc_split_t S, const fmpq *value);

#endif
