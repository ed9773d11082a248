/* The canonical form of a realization:
       f(x) = L x + sum_H gamma_H rho(<u_H, x>),
   unique, so that equality, essential hyperplanes and jumps are read off (docs/certificate-format.md, section 2). */
#ifndef RELUCERT_CANONICAL_H
#define RELUCERT_CANONICAL_H

#include "relucert/network.h"

/* Invariants: width = d + affine; rows of u are primitive, non-zero in their first d entries, first non-zero entry
   positive, strictly increasing lexicographically; no row of gamma is zero. When affine the forms act on (x, 1) and the
   last column of L is the constant. */
typedef struct {
    slong d, D;
    int affine;
    slong width;
    slong K;
    fmpz_mat_t u;      /* K x width */
    fmpq_mat_t gamma;  /* K x D */
    fmpq_mat_t L;      /* D x width */
} rc_canonical_struct;
typedef rc_canonical_struct rc_canonical_t[1];

void rc_canonical_init(rc_canonical_t f); /* the zero function, d = D = 1 */
void rc_canonical_clear(rc_canonical_t f);
bool rc_canonical_is_valid(const rc_canonical_t f);
void rc_canonical_swap(rc_canonical_t f, rc_canonical_t g);

/* f = R(X) (shallow or biased). O(m d (D + log m)) operations, one gcd an entry. */
void rc_canonical_set_network(rc_canonical_t f, const rc_network_t X);
/* f = R(X) - R(Y), same d and D; affine if either has biases. */
void rc_canonical_set_difference(rc_canonical_t f, const rc_network_t X, const rc_network_t Y);
bool rc_canonical_is_zero(const rc_canonical_t f);
/* The same function? A form without offsets equals one whose offsets are 0. */
bool rc_canonical_equal(const rc_canonical_t f, const rc_canonical_t g);
/* 0-based index of the line of the form v (length width, any non-zero multiple), or -1. *orientation = +1 or -1, the
   sign of the factor, when it is found; may be NULL. Binary search. */
slong rc_canonical_find(int *orientation, const rc_canonical_t f, const fmpq *v);
/* The primitive integer vector u (length n) with positive first non-zero entry and t with v = t u (t may be negative).
   v must not be zero. */
void rc_primitive(fmpz *u, fmpq_t t, const fmpq *v, slong n);

/* y (length D) = f(x), x of length d. */
void rc_canonical_eval(fmpq *y, const rc_canonical_t f, const fmpq *x);
/* J (D x d) = Df(x) = first d columns of L + sum over <u_H,x> > 0. Returns false (J unchanged) if x lies on an
   essential hyperplane. Common denominators inside: fit for K = 2000, d = 784, D = 10. */
bool rc_canonical_gradient(fmpq_mat_t J, const rc_canonical_t f, const fmpq *x);
/* J (D x d) = gamma_H u_H^T, first d columns. */
void rc_canonical_jump(fmpq_mat_t J, const rc_canonical_t f, slong H);
/* x = ||J_H||_inf. */
void rc_canonical_jump_norm(fmpq_t x, const rc_canonical_t f, slong H);
/* x = largest absolute entry. */
void rc_fmpq_mat_norm(fmpq_t x, const fmpq_mat_t M);

#endif
