/* Inside functions of parameters: polynomials in their shifts and in roots (relucert/ratio.h). */
#ifndef RC_RATIO_PRIVATE_H
#define RC_RATIO_PRIVATE_H

#include <flint/fmpq_poly.h>

#include "relucert/ratio.h"

#define SHIFTS RC_RING_MAX_PARAMETERS
#define SLOTS (RC_RING_MAX_PARAMETERS + RC_RING_MAX_ROOTS)

/* Exponents of shifts, then of roots: 0 or 1. */
typedef struct {
    slong e[SLOTS];
    rc_surd_t c;
} rc_monomial;

typedef struct rc_polynomial_struct {
    slong n;
    rc_monomial *m;
    bool failed; /* too large */
} polynomial;

struct rc_ratio_struct {
    polynomial p, q;
    rc_ratio *next;
};

/* polynomial.c. A polynomial begins as {0}. Sums are added to z, an initialized one. */
void rc_polynomial_clear(polynomial *x);
/* z += c times the monomial e; the square of a root is its radicand. */
void rc_polynomial_add_monomial(const rc_ring_struct *ring, polynomial *z, const slong *e, const rc_surd_t c);
/* z += sign x y; z += sign x; z += c times slot k to the e; z += n. */
void rc_polynomial_add_product(const rc_ring_struct *ring, polynomial *z, const polynomial *x, const polynomial *y, int sign);
void rc_polynomial_add(const rc_ring_struct *ring, polynomial *z, const polynomial *x, int sign);
void rc_polynomial_add_power(const rc_ring_struct *ring, polynomial *z, const rc_surd_t c, slong k, slong e);
void rc_polynomial_add_si(const rc_ring_struct *ring, polynomial *z, slong n);
bool rc_polynomial_equal(const rc_ring_struct *ring, const polynomial *x, const polynomial *y);
/* x = A + B sqrt(n_j), into empty A, B. Is B not 0? */
bool rc_polynomial_split(const rc_ring_struct *ring, polynomial *A, polynomial *B, const polynomial *x, slong j);
/* square += A^2 - B^2 n_j */
void rc_polynomial_subtract_squares(const rc_ring_struct *ring, polynomial *square, const polynomial *A, const polynomial *B,
                                    slong j);
bool rc_ring_is_integer(const rc_ring_struct *ring, slong k);
bool rc_polynomial_has_shift(const polynomial *p, slong k);
bool rc_polynomial_is_constant(const polynomial *p);
/* Has sign p no coefficient < 0, and, for strict, one > 0 without shifts of integers? */
bool rc_polynomial_has_signs(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict);
/* Is sign p proved >= 0 (> 0)? */
bool rc_polynomial_holds(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict);
/* f += p as a polynomial in shift k; false if p is 0 or has other shifts, roots or irrational coefficients. */
bool rc_polynomial_get_univariate(fmpq_poly_t f, const polynomial *p, slong k);

/* ratio.c. Fresh values are 0/0 until filled in, and then kept; NULL if they are too large. */
rc_ratio *rc_ratio_fresh(void);
const rc_ratio *rc_ratio_keep(rc_ring_t ring, rc_ratio *x);
const rc_ratio *rc_ratio_surd(rc_ring_t ring, const rc_surd_t c);
const rc_ratio *rc_ratio_parameter(rc_ring_t ring, slong k);
/* Is x constant? Then y = x. */
bool rc_ratio_get_constant(rc_surd_t y, const rc_ratio *x);

#endif
