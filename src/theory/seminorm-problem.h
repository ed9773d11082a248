/* A canonical form prepared for the search of its semi-norm: integer jumps over one denominator, and the components
   of its arrangement. */
#ifndef RELUCERT_THEORY_SEMINORM_PROBLEM_H
#define RELUCERT_THEORY_SEMINORM_PROBLEM_H

#include "relucert/region.h"
#include "relucert/seminorm.h"

/* A component with its forms written on as many columns as its rank. The chosen columns are independent, hence the
   others combinations of them: the cells of the part, and the dependencies between its forms, are those of the short
   rows. */
typedef struct {
    slong size;        /* number of hyperplanes */
    slong *member;     /* their numbers in f, increasing */
    bool infinite;     /* x_{d+1} is in the part, as row `size` of forms */
    bool prepared;     /* the fields below are set */
    slong rank;
    slong *column;     /* rank independent columns */
    slong *basis;      /* rank independent rows of forms */
    fmpz_mat_t forms;  /* (size + infinite) x rank */
} rc_part_struct;

/* Entry e = 2 (p d + q) + (0 for sigma = +, 1 for sigma = -) of sigma Df[p,q]. Everything is scaled by den > 0. */
typedef struct {
    const rc_canonical_struct *f;
    fmpz_t den;
    fmpz_mat_t gamma; /* K x D */
    fmpz_mat_t L;     /* D x d */
    slong entries;    /* 2 D d */
    slong parts;
    slong *part;      /* length K + affine */
    rc_part_struct *list;
} rc_problem_struct;
typedef rc_problem_struct rc_problem_t[1];

/* f is borrowed. */
void rc_problem_init(rc_problem_t P, const rc_canonical_t f);
void rc_problem_clear(rc_problem_t P);

/* A part with at most one form has all its sign patterns; only the others need a search. */
bool rc_part_is_trivial(const rc_part_struct *part);
/* Sets rank, column, basis and forms. */
void rc_part_prepare(rc_part_struct *part, const rc_canonical_t f);
/* The open set of the part's space: everything, or x_{d+1} > 0. The caller frees it. */
rc_region_struct *rc_part_region(const rc_part_struct *part);

/* x = sigma J_H[p,q] and x = sigma L[p,q] for entry e. */
void rc_problem_jump(fmpz_t x, const rc_problem_t P, slong H, slong e);
void rc_problem_linear(fmpz_t x, const rc_problem_t P, slong e);
/* total[e] = sigma L + sum of max(0, sigma J_H) over the hyperplanes of the parts (all, or the trivial ones only),
   length entries. */
void rc_problem_bounds(fmpz *total, const rc_problem_t P, bool trivial_only);
/* x = largest absolute entry of L + sum of the jumps with sign[H] > 0, over den. */
void rc_problem_norm_at(fmpz_t x, const rc_problem_t P, const signed char *sign);

/* x (length d): a point with sign[H] <u_H, (x, 1)> > 0 for every H < K; there must be one. Small coordinates if
   rounding finds some. */
void rc_problem_point(fmpq *x, rc_problem_t P, const signed char *sign);
/* Is sign[H] <u_H, (x, 1)> > 0 for all H? (x, 1) = num / den, den > 0, num of length d. */
bool rc_problem_has_signs(const rc_problem_t P, const signed char *sign, const fmpz *num, const fmpz_t den);

/* Independent rows and columns, as many as the rank of A (returned), in row[] and column[]. */
slong rc_rank_profile(slong *row, slong *column, const fmpz_mat_t A);

#endif
