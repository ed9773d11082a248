/* Sign, order and enclosures of surds. */
#include <math.h>
#include <mpfr.h>

#include "relucert/surd.h"

#include "number/surd-private.h"

#define FILTER_BITS 300
#define FILTER_TERMS 4096

static double get_d(const fmpz_t x)
{
    slong e;
    double m = fmpz_get_d_2exp(&e, x);
    return ldexp(m, (int) e);
}

/* |s - *value| <= *error; false if the filter does not apply.

   All integers are below 2^300, so nothing over- or underflows. With u = 2^-52: each integer becomes a double with a
   relative error of at most u (FLINT truncates), the quotient, root and product round by u each at most, so a term
   p sqrt(n) / q has a relative error below u + u + u/2 + 3u < 6u, times 1 + 2^-40 for the products of errors. Adding
   k terms in any rounding mode errs by at most (k - 1) u (1 + 2^-30) times the sum of the absolute values (k <= 4096).
   Together less than (k + 6) u (1 + 2^-29) sum |terms|, and (k + 16) u covers the rounding of that sum and of the
   bound itself. Extra precision or contraction only makes single errors smaller. */
static bool filter(double *value, double *error, const rc_surd_t s)
{
    double sum = 0, size = 0;
    if (s->length > FILTER_TERMS) return false;
    for (slong i = 0; i < s->length; i++) {
        const fmpz *p = fmpq_numref(s->coeffs + i), *q = fmpq_denref(s->coeffs + i), *n = s->radicands + i;
        if (fmpz_bits(p) > FILTER_BITS || fmpz_bits(q) > FILTER_BITS || fmpz_bits(n) > FILTER_BITS) return false;
        double term = get_d(p) / get_d(q);
        if (!fmpz_is_one(n)) term *= sqrt(get_d(n));
        sum += term;
        size += fabs(term);
    }
    *value = sum;
    *error = (double) (s->length + 16) * 0x1p-52 * size;
    return true;
}

/* lo <= c sqrt(n) <= hi. */
static void enclose_term(mpfr_t lo, mpfr_t hi, mpfr_t scratch, const fmpq_t c, const fmpz_t n)
{
    fmpz_t p;
    fmpz_init(p);
    fmpz_abs(p, fmpq_numref(c));
    mpfr_ptr bound[2] = { lo, hi };
    for (int up = 0; up < 2; up++) {
        mpfr_rnd_t toward = up ? MPFR_RNDU : MPFR_RNDD, away = up ? MPFR_RNDD : MPFR_RNDU;
        fmpz_get_mpfr(bound[up], n, toward);
        mpfr_sqrt(bound[up], bound[up], toward);
        fmpz_get_mpfr(scratch, p, toward);
        mpfr_mul(bound[up], bound[up], scratch, toward);
        fmpz_get_mpfr(scratch, fmpq_denref(c), away);
        mpfr_div(bound[up], bound[up], scratch, toward);
    }
    if (fmpq_sgn(c) < 0) {
        mpfr_swap(lo, hi);
        mpfr_neg(lo, lo, MPFR_RNDD);
        mpfr_neg(hi, hi, MPFR_RNDU);
    }
    fmpz_clear(p);
}

/* lo <= s <= hi, operations rounded outward at the precision of lo. */
static void enclose(mpfr_t lo, mpfr_t hi, const rc_surd_t s)
{
    mpfr_t a, b, scratch;
    mpfr_inits2(mpfr_get_prec(lo), a, b, scratch, (mpfr_ptr) 0);
    mpfr_set_zero(lo, 1);
    mpfr_set_zero(hi, 1);
    for (slong i = 0; i < s->length; i++) {
        enclose_term(a, b, scratch, s->coeffs + i, s->radicands + i);
        mpfr_add(lo, lo, a, MPFR_RNDD);
        mpfr_add(hi, hi, b, MPFR_RNDU);
    }
    mpfr_clears(a, b, scratch, (mpfr_ptr) 0);
}

/* The sign of p1 sqrt(n1)/q1 + p2 sqrt(n2)/q2: that of the first if it has the larger square. */
static int sign_of_two(const rc_surd_t s)
{
    const fmpq *c = s->coeffs;
    int first = fmpq_sgn(c), second = fmpq_sgn(c + 1);
    if (first == second) return first;
    fmpz_t x, y;
    fmpz_init(x);
    fmpz_init(y);
    fmpz_mul(x, fmpq_numref(c), fmpq_denref(c + 1));
    fmpz_mul(x, x, x);
    fmpz_mul(x, x, s->radicands);
    fmpz_mul(y, fmpq_numref(c + 1), fmpq_denref(c));
    fmpz_mul(y, y, y);
    fmpz_mul(y, y, s->radicands + 1);
    int order = fmpz_cmp(x, y);
    fmpz_clear(x);
    fmpz_clear(y);
    return order > 0 ? first : second;
}

/* The value is not 0 (square roots of distinct classes are independent over Q), so some precision tells its sign. */
static int sign_by_enclosure(const rc_surd_t s)
{
    mpfr_t lo, hi;
    mpfr_inits2(128, lo, hi, (mpfr_ptr) 0);
    int sign = 0;
    for (mpfr_prec_t prec = 128; sign == 0; prec *= 2) {
        mpfr_set_prec(lo, prec);
        mpfr_set_prec(hi, prec);
        enclose(lo, hi, s);
        if (mpfr_sgn(lo) > 0) sign = 1;
        else if (mpfr_sgn(hi) < 0) sign = -1;
    }
    mpfr_clears(lo, hi, (mpfr_ptr) 0);
    return sign;
}

int rc_surd_sgn(const rc_surd_t s)
{
    if (s->length == 0) return 0;
    if (s->length == 1) return fmpq_sgn(s->coeffs);
    double value, error;
    if (filter(&value, &error, s) && fabs(value) > error) return value > 0 ? 1 : -1;
    return s->length == 2 ? sign_of_two(s) : sign_by_enclosure(s);
}

/* The difference of two filtered values and the sum of their errors are each rounded once, which 1 + 2^-20 covers. */
static int filtered_cmp(const rc_surd_t s, const rc_surd_t t)
{
    double v, w, error, more;
    if (!filter(&v, &error, s) || !filter(&w, &more, t)) return 0;
    double difference = v - w;
    if (fabs(difference) <= (error + more) * (1 + 0x1p-20)) return 0;
    return difference > 0 ? 1 : -1;
}

int rc_surd_cmp(const rc_surd_t s, const rc_surd_t t)
{
    int sign = filtered_cmp(s, t);
    if (sign) return sign;
    rc_surd_t difference;
    rc_surd_init(difference);
    rc_surd_sub(difference, s, t);
    sign = rc_surd_sgn(difference);
    rc_surd_clear(difference);
    return sign;
}

int rc_surd_cmp_fmpq(const rc_surd_t s, const fmpq_t x)
{
    if (rc_surd_is_plain(s)) {
        if (s->length) return fmpq_cmp(s->coeffs, x) < 0 ? -1 : !fmpq_equal(s->coeffs, x);
        return -fmpq_sgn(x);
    }
    rc_surd_t t;
    rc_surd_init(t);
    rc_surd_set_fmpq(t, x);
    int sign = rc_surd_cmp(s, t);
    rc_surd_clear(t);
    return sign;
}

void rc_surd_max(rc_surd_t s, const rc_surd_t t)
{
    if (rc_surd_cmp(s, t) < 0) rc_surd_set(s, t);
}

static void fmpq_set_mpfr(fmpq_t x, const mpfr_t y)
{
    if (mpfr_zero_p(y)) {
        fmpq_zero(x);
        return;
    }
    mpz_t m;
    mpz_init(m);
    mpfr_exp_t e = mpfr_get_z_2exp(m, y);
    fmpq_zero(x);
    fmpz_set_mpz(fmpq_numref(x), m);
    mpz_clear(m);
    if (e >= 0) {
        fmpz_mul_2exp(fmpq_numref(x), fmpq_numref(x), (ulong) e);
        return;
    }
    fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) -e);
    fmpq_canonicalise(x);
}

/* hi - lo <= 2^-bits max(1, |s|), seen from the bounds alone: both sides of one sign, |s| >= the smaller bound. */
static bool narrow(const mpfr_t lo, const mpfr_t hi, mpfr_t width, slong bits)
{
    mpfr_sub(width, hi, lo, MPFR_RNDU);
    if (mpfr_zero_p(width)) return true;
    mpfr_exp_t target = 0;
    if (mpfr_sgn(lo) > 0) target = mpfr_get_exp(lo) - 1;
    else if (mpfr_sgn(hi) < 0) target = mpfr_get_exp(hi) - 1;
    if (target < 0) target = 0;
    return mpfr_get_exp(width) <= target - bits;
}

void rc_surd_enclose(fmpq_t lo, fmpq_t hi, const rc_surd_t s, slong bits)
{
    if (rc_surd_get_fmpq(lo, s) == RC_OK) {
        fmpq_set(hi, lo);
        return;
    }
    mpfr_t a, b, width;
    mpfr_inits2(64, a, b, width, (mpfr_ptr) 0);
    for (mpfr_prec_t prec = 64 + (bits > 0 ? bits : 0);; prec *= 2) {
        mpfr_set_prec(a, prec);
        mpfr_set_prec(b, prec);
        enclose(a, b, s);
        if (narrow(a, b, width, bits)) break;
    }
    fmpq_set_mpfr(lo, a);
    fmpq_set_mpfr(hi, b);
    mpfr_clears(a, b, width, (mpfr_ptr) 0);
}

/* An irrational value lies strictly between two integers, so narrow enclosures agree on the floor. */
void rc_surd_floor(fmpz_t x, const rc_surd_t s)
{
    fmpq_t lo, hi;
    fmpz_t y;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpz_init(y);
    for (slong bits = 128;; bits *= 2) {
        rc_surd_enclose(lo, hi, s, bits);
        fmpz_fdiv_q(x, fmpq_numref(lo), fmpq_denref(lo));
        fmpz_fdiv_q(y, fmpq_numref(hi), fmpq_denref(hi));
        if (fmpz_equal(x, y)) break;
    }
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpz_clear(y);
}
