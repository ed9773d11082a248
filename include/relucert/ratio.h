/* Rational functions of a case's parameters, and lines "x >= 0" or "x > 0" for all of their values (design, section 9).

   A parameter is written as its end plus a shift: k = K + t with t = 0, 1, 2, ..., r = c + u with u > 0. Numbers are
   p/q with polynomials p, q in the shifts whose coefficients are surds, and q > 0 for all shifts. A polynomial is
   proved >= 0 by coefficients that are; > 0 also by one that is > 0 at a monomial without shifts of integers. */
#ifndef RELUCERT_RATIO_H
#define RELUCERT_RATIO_H

#include <jansson.h>

#include "relucert/surd.h"

#define RC_RING_MAX_PARAMETERS 8

typedef struct rc_ratio_struct rc_ratio;

/* Owns the values made in it. Those are never changed. */
typedef struct {
    slong parameters;
    const char *name[RC_RING_MAX_PARAMETERS]; /* borrowed */
    bool integer[RC_RING_MAX_PARAMETERS];
    fmpq end[RC_RING_MAX_PARAMETERS]; /* K or c */
    rc_ratio *values;
} rc_ring_struct;
typedef rc_ring_struct rc_ring_t[1];

void rc_ring_init(rc_ring_t ring);
void rc_ring_clear(rc_ring_t ring);
/* False beyond RC_RING_MAX_PARAMETERS. */
bool rc_ring_add(rc_ring_t ring, const char *name, bool integer, const fmpq_t end);

/* NULL stands for a value that is not there: a divisor that is not proved to keep its sign, a polynomial of more than
   2000 monomials or of a degree above 10000, a text that is no rational function. Arguments may be NULL; so is then the
   result, and nothing holds of it. */
const rc_ratio *rc_ratio_si(rc_ring_t ring, slong n);
/* A number of a case: an integer or a string. */
const rc_ratio *rc_ratio_read(rc_ring_t ring, const json_t *value);
const rc_ratio *rc_ratio_add(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_sub(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_mul(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_neg(rc_ring_t ring, const rc_ratio *x);
/* 1/x, if x > 0 or x < 0 is proved. */
const rc_ratio *rc_ratio_inv(rc_ring_t ring, const rc_ratio *x);

bool rc_ratio_is_zero(const rc_ratio *x);
/* Is x >= 0 (x > 0, for strict) proved for all values? */
bool rc_ratio_holds(const rc_ring_t ring, const rc_ratio *x, bool strict);
/* 1 or -1 if x > 0 or x < 0 is proved for all values, else 0. */
int rc_ratio_side(rc_ring_t ring, const rc_ratio *x);
/* The numerator, as an expression in the parameters: a positive multiple of x. The caller frees. */
char *rc_ratio_get_str(const rc_ring_t ring, const rc_ratio *x);

#endif
