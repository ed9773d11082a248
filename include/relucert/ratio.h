/* Functions of a case's parameters, and lines "x >= 0" or "x > 0" for all of their values (design, section 9).

   A parameter is an end and a shift: k = K + t with t = 0, 1, 2, ..., r = c + u with u > 0, r = (a + b u)/(1 + u) with
   u > 0 for a < r < b; or it has one value. Numbers are p/q with polynomials p, q in the shifts, and p also in square
   roots of polynomials that are proved > 0; coefficients are surds, and q > 0 for all shifts. A polynomial is proved
   >= 0 by coefficients that are; > 0 also by one that is > 0 at a monomial without shifts of integers; perhaps after
   multiplication by (1 + the sum of its shifts)^N, N <= 8 (Polya). A + B sqrt(n) is taken apart by the signs of A, B and
   A^2 - B^2 n. These are the rules of docs/certificate-format.md, section 7. */
#ifndef RELUCERT_RATIO_H
#define RELUCERT_RATIO_H

#include <jansson.h>

#include "relucert/surd.h"

#define RC_RING_MAX_PARAMETERS 8
#define RC_RING_MAX_ROOTS 8
#define RC_RING_MAX_OPEN 64

typedef struct rc_ratio_struct rc_ratio;
typedef struct rc_polynomial_struct rc_polynomial;

/* RC_RANGE_VALUE: the value `low`; FROM: integers >= low; ABOVE: reals > low; BETWEEN: reals in (low, high). */
typedef enum { RC_RANGE_VALUE, RC_RANGE_FROM, RC_RANGE_ABOVE, RC_RANGE_BETWEEN } rc_range_kind;
typedef struct {
    rc_range_kind kind;
    fmpq_t low, high; /* high: 0 unless BETWEEN */
} rc_range_struct;

/* Owns the values made in it. Those are never changed. */
typedef struct {
    slong parameters, roots;
    bool simplify; /* roots of squares become polynomials, which relucert-check does not do; false at first */
    const char *name[RC_RING_MAX_PARAMETERS];     /* borrowed */
    const rc_range_struct *range[RC_RING_MAX_PARAMETERS]; /* borrowed */
    rc_polynomial *radicand[RC_RING_MAX_ROOTS];
    rc_ratio *values;
    slong undecided; /* open: numbers that were asked for their sign and proved neither >= 0 nor <= 0, the first ones */
    const rc_ratio *open[RC_RING_MAX_OPEN];
} rc_ring_struct;
typedef rc_ring_struct rc_ring_t[1];

void rc_ring_init(rc_ring_t ring);
void rc_ring_clear(rc_ring_t ring);
/* False beyond RC_RING_MAX_PARAMETERS. */
bool rc_ring_add(rc_ring_t ring, const char *name, const rc_range_struct *range);

/* NULL stands for a value that is not there: a divisor that is not proved to keep its sign, a root of what is not proved
   > 0, a polynomial of more than 2000 monomials or of a degree above 10000, a text that is no such function. Arguments
   may be NULL; so is then the result, and nothing holds of it. */
const rc_ratio *rc_ratio_si(rc_ring_t ring, slong n);
const rc_ratio *rc_ratio_fmpq(rc_ring_t ring, const fmpq_t x);
/* A number of a case: an integer or a string. */
const rc_ratio *rc_ratio_read(rc_ring_t ring, const json_t *value);
const rc_ratio *rc_ratio_read_str(rc_ring_t ring, const char *text, size_t length);
const rc_ratio *rc_ratio_add(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_sub(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_mul(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
const rc_ratio *rc_ratio_neg(rc_ring_t ring, const rc_ratio *x);
/* x^e, e >= 0. */
const rc_ratio *rc_ratio_pow(rc_ring_t ring, const rc_ratio *x, slong e);
/* 1/x, if x > 0 or x < 0 is proved. */
const rc_ratio *rc_ratio_inv(rc_ring_t ring, const rc_ratio *x);
/* sqrt(x), if x > 0 is proved, x has no roots and a rational leading coefficient; of a constant, if it is rational. */
const rc_ratio *rc_ratio_sqrt(rc_ring_t ring, const rc_ratio *x);

/* Is x = 0 (x >= 0; x > 0, for strict) proved for all values? */
bool rc_ratio_is_zero(const rc_ring_t ring, const rc_ratio *x);
bool rc_ratio_holds(const rc_ring_t ring, const rc_ratio *x, bool strict);
bool rc_ratio_at_least(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
bool rc_ratio_exceeds(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y);
/* 1 or -1 if x > 0 or x < 0 is proved for all values, else 0; weak: 1 if x >= 0 is, -1 if x <= 0, else 0. */
int rc_ratio_side(rc_ring_t ring, const rc_ratio *x);
int rc_ratio_weak_side(rc_ring_t ring, const rc_ratio *x);

/* y = x where all shifts of integers are 3 and the others 7/5: an inner value. */
void rc_ratio_sample(rc_surd_t y, const rc_ring_t ring, const rc_ratio *x);
/* y = x at the shifts given, one for each parameter. */
void rc_ratio_at(rc_surd_t y, const rc_ring_t ring, const rc_ratio *x, const fmpq *shift);
/* The value of the parameter there. */
void rc_ring_sample(fmpq_t y, const rc_ring_t ring, slong parameter);
/* Does the numerator depend on the shift of the parameter? */
bool rc_ratio_involves(const rc_ratio *x, slong parameter);
/* If the numerator is a polynomial with rational coefficients in the shift of this parameter alone: the values of the
   parameter inside its range at which it is 0, those that are rational; at most `most`. Else 0. */
slong rc_ratio_zeros(fmpq *zero, slong most, const rc_ring_t ring, const rc_ratio *x, slong parameter);
/* If the numerator is such a polynomial: a positive integer beyond all its real zeros, for the shift. */
bool rc_ratio_zero_bound(fmpz_t bound, const rc_ring_t ring, const rc_ratio *x, slong parameter);
/* As the only integer parameter grows, the others fixed: x tends to 0 (-1), to infinity (1), to neither (0); or this
   is not proved (2). */
int rc_ratio_limit(const rc_ring_t ring, const rc_ratio *x);

/* An expression in the parameters. The caller frees. */
char *rc_ratio_get_str(const rc_ring_t ring, const rc_ratio *x);
/* The numerator only, shorter to read: a positive multiple of x. */
char *rc_ratio_get_line(const rc_ring_t ring, const rc_ratio *x);

#endif
