/* Surds: real numbers sum_i p_i sqrt(n_i), p_i rational, n_i positive integers. */
#ifndef RELUCERT_SURD_H
#define RELUCERT_SURD_H

#include <flint/flint.h>
#include <flint/fmpq.h>

#include "relucert/status.h"

/* Invariants (rc_surd_is_valid): coefficients are canonical and non-zero; radicands are
   positive, strictly increasing, without squares of primes below 2^16, not perfect
   squares (except 1); no product of two radicands is a perfect square. Hence (square roots of
   pairwise independent classes are linearly independent over Q) the value is 0 iff
   length = 0, and equal values have the same classes (radicands may differ by large square
   factors, so comparison is by value). */
typedef struct {
    slong length;
    slong alloc;
    fmpq *coeffs;
    fmpz *radicands;
} rc_surd_struct;
typedef rc_surd_struct rc_surd_t[1];

void rc_surd_init(rc_surd_t s);
void rc_surd_clear(rc_surd_t s);
bool rc_surd_is_valid(const rc_surd_t s);

void rc_surd_zero(rc_surd_t s);
void rc_surd_set(rc_surd_t s, const rc_surd_t t);
void rc_surd_swap(rc_surd_t s, rc_surd_t t);
void rc_surd_set_si(rc_surd_t s, slong n);
void rc_surd_set_fmpq(rc_surd_t s, const fmpq_t x);
/* x = d exactly; d finite. */
void rc_fmpq_set_d(fmpq_t x, double d);
/* s = sqrt(x), x >= 0 (not checked beyond an assertion). */
void rc_surd_set_sqrt_fmpq(rc_surd_t s, const fmpq_t x);

void rc_surd_neg(rc_surd_t s, const rc_surd_t t);
void rc_surd_abs(rc_surd_t s, const rc_surd_t t);
void rc_surd_add(rc_surd_t s, const rc_surd_t t, const rc_surd_t u);
void rc_surd_sub(rc_surd_t s, const rc_surd_t t, const rc_surd_t u);
void rc_surd_mul(rc_surd_t s, const rc_surd_t t, const rc_surd_t u);
void rc_surd_mul_fmpq(rc_surd_t s, const rc_surd_t t, const fmpq_t x);
/* s = 1/t by conjugation. RC_UNDEFINED if t = 0; RC_LIMIT beyond 8 terms. */
rc_status rc_surd_inv(rc_surd_t s, const rc_surd_t t) RC_MUST_USE;

bool rc_surd_is_zero(const rc_surd_t s);
bool rc_surd_is_rational(const rc_surd_t s);
/* x = s. RC_UNDEFINED if s is irrational. */
rc_status rc_surd_get_fmpq(fmpq_t x, const rc_surd_t s) RC_MUST_USE;

/* Exact sign in {-1, 0, 1}: 0 by the invariants, otherwise enclosures of growing precision
   (MPFR/Arb), which end because the value is not 0. One and two terms are decided by squaring. */
int rc_surd_sgn(const rc_surd_t s);
int rc_surd_cmp(const rc_surd_t s, const rc_surd_t t);
int rc_surd_cmp_fmpq(const rc_surd_t s, const fmpq_t x);
/* s = max(s, t). */
void rc_surd_max(rc_surd_t s, const rc_surd_t t);

/* lo <= s <= hi with hi - lo <= 2^-bits max(1, |s|), rational end points; lo = hi if s is rational. */
void rc_surd_enclose(fmpq_t lo, fmpq_t hi, const rc_surd_t s, slong bits);

/* Exact text: terms "p", "p/q", "sqrt(n)", "p*sqrt(n)", "p*sqrt(n)/q", "sqrt(n)/q", joined by + and -,
   e.g. "2*sqrt(3)/5", "-1/2+sqrt(2)"; "0" for zero. It parses back (rc_expression_parse). The caller frees (free). */
char *rc_surd_get_str(const rc_surd_t s);

/* "[lo, hi]", neighbouring decimals with digits + 1 significant digits (7: "[1.4142135, 1.4142136]"), lo <= s <= hi
   proved by directed rounding (MPFR) and the same on every machine; one number if that is s exactly ("0.5", "1e40";
   up to 18 digits whatever `digits` is). Exponents below -6 or above 18 read "1.4142135e-30". The caller frees. */
char *rc_surd_get_decimal(const rc_surd_t s, int digits);
/* Reader-friendly: the exact text, with " in [lo, hi]" as above if irrational or longer than 30 characters; beyond 60
   characters the decimal alone. The caller frees. */
char *rc_surd_get_pretty(const rc_surd_t s, int digits);
/* Exact text of a rational: "p" or "p/q". The caller frees. */
char *rc_fmpq_get_str(const fmpq_t x);

#endif
