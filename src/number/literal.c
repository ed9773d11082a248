#include "number/literal.h"

#include <string.h>

#include "relucert/expression.h"

#define SHORT_DIGITS 18        /* fit an unsigned 64-bit integer */
#define EXPONENT_CAP 100000000 /* beyond every limit, far below overflow */

static const char too_many_digits[] = "a literal of more than 1000000 digits";
static const char too_many_bits[] = "a value of more than 10000000 bits";

static bool is_digit(char c, int base)
{
    if (c >= '0' && c <= '9') return true;
    return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
}

static const char *skip_digits(const char *next, const char *end, int base)
{
    while (next < end && is_digit(*next, base)) next++;
    return next;
}

/* The digits of first .. last, where `point` (or NULL) is skipped. */
static void set_digits(fmpz_t x, const char *first, const char *point, const char *last, int base)
{
    size_t whole = (size_t) ((point ? point : last) - first), all = (size_t) (last - first) - (point != NULL);
    if (base == 10 && all <= SHORT_DIGITS) {
        ulong value = 0;
        for (const char *c = first; c < last; c++)
            if (c != point) value = 10 * value + (ulong) (*c - '0');
        fmpz_set_ui(x, value);
        return;
    }
    char small[256], *copy = all < sizeof small ? small : flint_malloc(all + 1);
    memcpy(copy, first, whole);
    if (point) memcpy(copy + whole, point + 1, all - whole);
    copy[all] = '\0';
    fmpz_set_str(x, copy, base);
    if (copy != small) flint_free(copy);
}

/* [sign] digits behind the exponent letter; NULL or a message. */
static const char *read_exponent(slong *e, rc_cursor *at)
{
    bool negative = false;
    if (at->next < at->end && (*at->next == '+' || *at->next == '-')) negative = *at->next++ == '-';
    const char *last = skip_digits(at->next, at->end, 10);
    if (last == at->next) return "expected digits in the exponent";
    if (last - at->next > RC_EXPRESSION_MAX_DIGITS) return too_many_digits;
    slong value = 0;
    for (; at->next < last; at->next++)
        if (value < EXPONENT_CAP) value = 10 * value + (*at->next - '0');
    *e = negative ? -value : value;
    return NULL;
}

/* Divides m by the highest power of 5 up to 5^most in it; returns the exponent. */
static slong remove_fives(fmpz_t m, slong most)
{
    fmpz_t five;
    fmpz_init_set_ui(five, 5);
    slong e = fmpz_remove(m, m, five);
    if (e > most) {
        fmpz_pow_ui(five, five, (ulong) (e - most));
        fmpz_mul(m, m, five);
        e = most;
    }
    fmpz_clear(five);
    return e;
}

/* x = m 10^e, m > 0. The powers of 2 and 5 in m are split off, which spares the gcd. */
static void scale_ten(fmpq_t x, fmpz_t m, slong e)
{
    fmpz_one(fmpq_denref(x));
    if (e >= 0) {
        fmpz_set_ui(fmpq_numref(x), 10);
        fmpz_pow_ui(fmpq_numref(x), fmpq_numref(x), (ulong) e);
        fmpz_mul(fmpq_numref(x), fmpq_numref(x), m);
        return;
    }
    slong twos = (slong) fmpz_val2(m), fives = remove_fives(m, -e);
    if (twos > -e) twos = -e;
    fmpz_fdiv_q_2exp(m, m, (ulong) twos);
    fmpz_set_ui(fmpq_denref(x), 5);
    fmpz_pow_ui(fmpq_denref(x), fmpq_denref(x), (ulong) (-e - fives));
    fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) (-e - twos));
    fmpz_swap(fmpq_numref(x), m);
}

static void scale_two(fmpq_t x, fmpz_t m, slong e)
{
    slong twos = (slong) fmpz_val2(m);
    fmpz_one(fmpq_denref(x));
    if (e < 0) {
        if (twos > -e) twos = -e;
        fmpz_fdiv_q_2exp(m, m, (ulong) twos);
        fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) (-e - twos));
    } else fmpz_mul_2exp(m, m, (ulong) e);
    fmpz_swap(fmpq_numref(x), m);
}

static bool is_too_long(const fmpq_t x)
{
    ulong bits = fmpz_bits(fmpq_numref(x));
    if (!fmpz_is_one(fmpq_denref(x))) bits += fmpz_bits(fmpq_denref(x));
    return bits > RC_EXPRESSION_MAX_BITS;
}

/* x = digits base^-(places) times 10^e or 2^e. Decided before computing: 10^e has more than 3.32 |e| bits. */
static const char *assemble(fmpq_t x, const char *first, const char *point, const char *last, int base, slong e)
{
    slong places = point ? last - point - 1 : 0;
    if (e == 0 && places == 0) {
        set_digits(fmpq_numref(x), first, point, last, base);
        fmpz_one(fmpq_denref(x));
        return NULL;
    }
    const char *message = NULL;
    fmpz_t m;
    fmpz_init(m);
    set_digits(m, first, point, last, base);
    slong exponent = base == 10 ? e - places : e - 4 * places;
    slong bits = exponent < 0 ? -exponent : exponent;
    if (base == 10) bits = bits / 100 * 332;
    if (fmpz_is_zero(m)) fmpq_zero(x);
    else if (bits > RC_EXPRESSION_MAX_BITS + 4 * RC_EXPRESSION_MAX_DIGITS) message = too_many_bits;
    else if (base == 10) scale_ten(x, m, exponent);
    else scale_two(x, m, exponent);
    fmpz_clear(m);
    if (!message && is_too_long(x)) message = too_many_bits;
    return message;
}

const char *rc_literal_read(fmpq_t x, rc_cursor *at)
{
    const char *start = at->next, *message = NULL, *point = NULL;
    int base = 10;
    if (at->end - at->next >= 2 && at->next[0] == '0' && (at->next[1] == 'x' || at->next[1] == 'X')) {
        base = 16;
        at->next += 2;
    }
    const char *first = at->next, *last = skip_digits(first, at->end, base);
    at->next = last;
    if (last == first) return "expected hexadecimal digits after 0x";
    if (last < at->end && *last == '.') {
        point = last;
        last = skip_digits(point + 1, at->end, base);
        at->next = last;
        if (last == point + 1) return "expected digits after the decimal point";
    }
    if (last - first > RC_EXPRESSION_MAX_DIGITS + (point != NULL)) {
        at->next = start;
        return too_many_digits;
    }
    slong e = 0;
    char lower = base == 10 ? 'e' : 'p', upper = base == 10 ? 'E' : 'P';
    if (last < at->end && (*last == lower || *last == upper)) {
        at->next = last + 1;
        message = read_exponent(&e, at);
        if (message) return message;
    }
    fmpq_t value;
    fmpq_init(value);
    message = assemble(value, first, point, last, base, e);
    if (message) at->next = start;
    else fmpq_swap(x, value);
    fmpq_clear(value);
    return message;
}

bool rc_literal_read_fraction(fmpq_t x, rc_cursor *at)
{
    if (at->next == at->end || !is_digit(*at->next, 10) || rc_literal_read(x, at)) return false;
    if (at->next == at->end) return true;
    if (*at->next != '/') return false;
    at->next++;
    if (at->next == at->end || !is_digit(*at->next, 10)) return false;
    fmpq_t y;
    fmpq_init(y);
    bool done = !rc_literal_read(y, at) && at->next == at->end && !fmpq_is_zero(y);
    if (done && fmpz_is_one(fmpq_denref(x)) && fmpz_is_one(fmpq_denref(y))) {
        fmpz_swap(fmpq_denref(x), fmpq_numref(y));
        fmpq_canonicalise(x);
    } else if (done) fmpq_div(x, x, y);
    fmpq_clear(y);
    return done && !is_too_long(x);
}
