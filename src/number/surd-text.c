/* Texts of rationals and surds: exact, decimal with directed rounding, both. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relucert/surd.h"

#include "number/surd-private.h"

#define LONG_TEXT 60     /* longer exact texts are not shown to readers */
#define SHORT_DECIMAL 18 /* a finite decimal up to so many digits is shown whole */

/* A text that grows; memory comes from malloc because callers free it. */
typedef struct {
    char *data;
    size_t length, alloc;
} text;

static void text_reserve(text *t, size_t more)
{
    if (t->length + more + 1 <= t->alloc) return;
    t->alloc = 2 * (t->length + more) + 32;
    t->data = realloc(t->data, t->alloc);
    if (!t->data) flint_abort();
}

static void text_add_n(text *t, const char *s, size_t n)
{
    text_reserve(t, n);
    memcpy(t->data + t->length, s, n);
    t->length += n;
    t->data[t->length] = '\0';
}

static void text_add(text *t, const char *s)
{
    text_add_n(t, s, strlen(s));
}

static void text_add_zeros(text *t, slong n)
{
    for (slong i = 0; i < n; i++) text_add_n(t, "0", 1);
}

static void text_add_fmpz(text *t, const fmpz_t x)
{
    text_reserve(t, fmpz_sizeinbase(x, 10) + 2);
    fmpz_get_str(t->data + t->length, 10, x);
    t->length += strlen(t->data + t->length);
}

char *rc_fmpq_get_str(const fmpq_t x)
{
    text t = { 0 };
    text_add_fmpz(&t, fmpq_numref(x));
    if (!fmpz_is_one(fmpq_denref(x))) {
        text_add(&t, "/");
        text_add_fmpz(&t, fmpq_denref(x));
    }
    return t.data;
}

/* p, p/q, sqrt(n), p*sqrt(n), p*sqrt(n)/q, sqrt(n)/q, with a minus sign if negative. */
static void text_add_term(text *t, const fmpq_t c, const fmpz_t n)
{
    fmpz_t p;
    fmpz_init(p);
    fmpz_abs(p, fmpq_numref(c));
    if (fmpq_sgn(c) < 0) text_add(t, "-");
    if (fmpz_is_one(n)) text_add_fmpz(t, p);
    else {
        if (!fmpz_is_one(p)) {
            text_add_fmpz(t, p);
            text_add(t, "*");
        }
        text_add(t, "sqrt(");
        text_add_fmpz(t, n);
        text_add(t, ")");
    }
    if (!fmpz_is_one(fmpq_denref(c))) {
        text_add(t, "/");
        text_add_fmpz(t, fmpq_denref(c));
    }
    fmpz_clear(p);
}

char *rc_surd_get_str(const rc_surd_t s)
{
    text t = { 0 };
    if (s->length == 0) text_add(&t, "0");
    for (slong i = 0; i < s->length; i++) {
        if (i > 0 && fmpq_sgn(s->coeffs + i) > 0) text_add(&t, "+");
        text_add_term(&t, s->coeffs + i, s->radicands + i);
    }
    return t.data;
}

/* m 10^-k as a decimal: in full if its exponent is moderate, otherwise d.ddde(exponent). */
static void text_add_decimal(text *t, const fmpz_t m, slong k)
{
    if (fmpz_is_zero(m)) {
        text_add(t, "0");
        return;
    }
    text digits = { 0 };
    fmpz_t size;
    fmpz_init(size);
    fmpz_abs(size, m);
    text_add_fmpz(&digits, size);
    fmpz_clear(size);
    if (fmpz_sgn(m) < 0) text_add(t, "-");
    slong n = (slong) digits.length, exponent = n - 1 - k;
    if (exponent < -6 || exponent > SHORT_DECIMAL) {
        char e[32];
        snprintf(e, sizeof e, "e%ld", (long) exponent);
        text_add_n(t, digits.data, 1);
        if (n > 1) text_add(t, ".");
        text_add_n(t, digits.data + 1, (size_t) n - 1);
        text_add(t, e);
    } else if (exponent < 0) {
        text_add(t, "0.");
        text_add_zeros(t, -exponent - 1);
        text_add(t, digits.data);
    } else if (k <= 0) {
        text_add(t, digits.data);
        text_add_zeros(t, -k);
    } else {
        text_add_n(t, digits.data, (size_t) exponent + 1);
        text_add(t, ".");
        text_add_n(t, digits.data + exponent + 1, (size_t) k);
    }
    free(digits.data);
}

static void power_of_ten(fmpz_t x, slong e)
{
    fmpz_set_ui(x, 10);
    fmpz_pow_ui(x, x, (ulong) e);
}

/* x = m 10^-k with the least k >= 0, if there is one with at most `most` digits in m. */
static bool finite_decimal(fmpz_t m, slong *k, const fmpq_t x, slong most)
{
    if (fmpz_sizeinbase(fmpq_numref(x), 10) > (size_t) most + 1) return false;
    if (fmpz_bits(fmpq_denref(x)) > 4 * (ulong) most) return false;
    fmpz_t rest, five, power;
    fmpz_init_set(rest, fmpq_denref(x));
    fmpz_init_set_ui(five, 5);
    fmpz_init(power);
    slong twos = (slong) fmpz_val2(rest);
    fmpz_fdiv_q_2exp(rest, rest, (ulong) twos);
    slong fives = fmpz_remove(rest, rest, five);
    bool finite = fmpz_is_one(rest);
    if (finite) {
        *k = twos > fives ? twos : fives;
        power_of_ten(power, *k);
        fmpz_mul(power, power, fmpq_numref(x));
        fmpz_divexact(m, power, fmpq_denref(x));
        fmpz_abs(power, m);
        power_of_ten(rest, most);
        finite = fmpz_cmp(power, rest) < 0;
    }
    fmpz_clear(rest);
    fmpz_clear(five);
    fmpz_clear(power);
    return finite;
}

/* m = floor(s 10^k). */
static void scaled_floor(fmpz_t m, const rc_surd_t s, slong k)
{
    fmpq_t ten;
    rc_surd_t t;
    fmpq_init(ten);
    rc_surd_init(t);
    fmpq_set_si(ten, 10, 1);
    fmpq_pow_si(ten, ten, k);
    rc_surd_mul_fmpq(t, s, ten);
    rc_surd_floor(m, t);
    fmpq_clear(ten);
    rc_surd_clear(t);
}

/* For s > 0: m = floor(s 10^k) with 10^digits <= m < 10^(digits+1), k chosen so. The first k comes from an enclosure in
   binary and is off by a few at most; the integers m correct it, so floating point has no say in the result. */
static void leading_digits(fmpz_t m, slong *k, const rc_surd_t s, slong digits)
{
    fmpq_t lo, hi;
    fmpz_t least, bound;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpz_init(least);
    fmpz_init(bound);
    slong bits = 64;
    do {
        rc_surd_enclose(lo, hi, s, bits *= 2);
        fmpq_div_2exp(hi, hi, 1);
    } while (fmpq_cmp(lo, hi) < 0);
    double exponent = (double) fmpz_bits(fmpq_numref(lo)) - (double) fmpz_bits(fmpq_denref(lo));
    *k = digits - (slong) floor(exponent * 0.30102999566398120);
    power_of_ten(least, digits);
    fmpz_mul_ui(bound, least, 10);
    for (;;) {
        scaled_floor(m, s, *k);
        if (fmpz_cmp(m, least) < 0) ++*k;
        else if (fmpz_cmp(m, bound) >= 0) --*k;
        else break;
    }
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpz_clear(least);
    fmpz_clear(bound);
}

/* Does s = m 10^-k? */
static bool is_scaled(const rc_surd_t s, const fmpz_t m, slong k)
{
    fmpq_t x;
    fmpq_init(x);
    fmpq_set_si(x, 10, 1);
    fmpq_pow_si(x, x, -k);
    fmpq_mul_fmpz(x, x, m);
    bool same = rc_surd_is_rational(s) && rc_surd_cmp_fmpq(s, x) == 0;
    fmpq_clear(x);
    return same;
}

/* [m, m + 1] 10^-k about |s|, mirrored if s < 0; or one number if that is s, with as few digits as it takes. */
static void text_add_enclosure(text *t, const rc_surd_t s, slong digits)
{
    rc_surd_t size;
    fmpz_t lo, hi;
    slong k;
    rc_surd_init(size);
    fmpz_init(lo);
    fmpz_init(hi);
    rc_surd_abs(size, s);
    leading_digits(lo, &k, size, digits);
    bool exact = is_scaled(size, lo, k);
    for (; exact && fmpz_fdiv_ui(lo, 10) == 0; k--) fmpz_divexact_ui(lo, lo, 10);
    fmpz_add_ui(hi, lo, !exact);
    if (rc_surd_sgn(s) < 0) {
        fmpz_swap(lo, hi);
        fmpz_neg(lo, lo);
        fmpz_neg(hi, hi);
    }
    if (!exact) text_add(t, "[");
    text_add_decimal(t, lo, k);
    if (!exact) {
        text_add(t, ", ");
        text_add_decimal(t, hi, k);
        text_add(t, "]");
    }
    rc_surd_clear(size);
    fmpz_clear(lo);
    fmpz_clear(hi);
}

char *rc_surd_get_decimal(const rc_surd_t s, int digits)
{
    text t = { 0 };
    fmpq_t x;
    fmpz_t m;
    slong k = 0, most = digits < 0 ? 0 : digits;
    fmpq_init(x);
    fmpz_init(m);
    slong shown = most < SHORT_DECIMAL ? SHORT_DECIMAL : most + 1;
    if (rc_surd_get_fmpq(x, s) == RC_OK && finite_decimal(m, &k, x, shown)) text_add_decimal(&t, m, k);
    else text_add_enclosure(&t, s, most);
    fmpq_clear(x);
    fmpz_clear(m);
    return t.data;
}

char *rc_surd_get_pretty(const rc_surd_t s, int digits)
{
    bool rational = rc_surd_is_rational(s);
    if (rc_surd_bits(s) > 64 * LONG_TEXT) return rc_surd_get_decimal(s, digits);
    char *exact = rc_surd_get_str(s);
    bool too_long = strlen(exact) > LONG_TEXT;
    if (rational && strlen(exact) <= LONG_TEXT / 2) return exact;
    char *decimal = rc_surd_get_decimal(s, digits);
    if (too_long) {
        free(exact);
        return decimal;
    }
    text t = { 0 };
    text_add(&t, exact);
    text_add(&t, decimal[0] == '[' ? " in " : " = ");
    text_add(&t, decimal);
    free(exact);
    free(decimal);
    return t.data;
}
