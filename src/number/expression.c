/* Expressions: recursive descent over the grammar of docs/certificate-format.md, section 1. Bytes are compared as
   numbers, so the locale has no influence. */
#include "relucert/expression.h"

#include <stdint.h>
#include <string.h>

#include "number/literal.h"
#include "number/surd-private.h"

#define MAX_TERMS 10000      /* square roots in one value */
#define MAX_PRODUCT 1000000  /* pairs of terms in one product */
#define WORK_BITS 1e8         /* bits handled in one product of sums */
#define POWER_CAP 1000000000000000 /* exponents beyond keep only their parity */

typedef struct {
    const char *start;
    rc_cursor at;
    const rc_bindings *bindings;
    int nesting;
    rc_error_struct *err;
} parser;

static rc_status parse_sum(rc_surd_t s, parser *p);

/* Positions count bytes from 1. */
static long position(const parser *p, const char *where)
{
    return (long) (where - p->start) + 1;
}

static rc_status fail(parser *p, const char *where, const char *what)
{
    return rc_error_set(p->err, RC_BAD_INPUT, "character %ld: %s", position(p, where), what);
}

static void skip_space(parser *p)
{
    rc_cursor *at = &p->at;
    while (at->next < at->end && (*at->next == ' ' || *at->next == '\t' || *at->next == '\r' || *at->next == '\n'))
        at->next++;
}

/* The next byte after white space, or 0 at the end; a NUL byte in the text is also 0 and nobody accepts it. */
static char peek(parser *p)
{
    skip_space(p);
    return p->at.next < p->at.end ? *p->at.next : '\0';
}

static bool accept(parser *p, char c)
{
    if (p->at.next == p->at.end || peek(p) != c) return false;
    p->at.next++;
    return true;
}

static rc_status unexpected(parser *p, const char *expected)
{
    char c = peek(p);
    long place = position(p, p->at.next);
    if (p->at.next == p->at.end)
        return rc_error_set(p->err, RC_BAD_INPUT, "character %ld: expected %s, found the end", place, expected);
    if (c <= ' ' || c > '~')
        return rc_error_set(p->err, RC_BAD_INPUT, "character %ld: expected %s, found byte 0x%02x", place, expected,
                            (unsigned) (unsigned char) c);
    return rc_error_set(p->err, RC_BAD_INPUT, "character %ld: expected %s, found '%c'", place, expected, c);
}

static rc_status check_size(parser *p, const rc_surd_t s, const char *where)
{
    if (s->length > MAX_TERMS) return fail(p, where, "a value with more than 10000 square roots");
    if (rc_surd_bits(s) > RC_EXPRESSION_MAX_BITS) return fail(p, where, "a value of more than 10000000 bits");
    return RC_OK;
}

static rc_status multiply(parser *p, rc_surd_t s, const rc_surd_t t, const rc_surd_t u, const char *where)
{
    double a = (double) t->length, b = (double) u->length;
    if (a * b > MAX_PRODUCT) return fail(p, where, "a product of sums with too many square roots");
    if (a * rc_surd_bits(u) + b * rc_surd_bits(t) > WORK_BITS)
        return fail(p, where, "a value of more than 10000000 bits");
    rc_surd_mul(s, t, u);
    return check_size(p, s, where);
}

/* s = 1/t. */
static rc_status invert(parser *p, rc_surd_t s, const rc_surd_t t, const char *where)
{
    if (rc_surd_is_zero(t)) return fail(p, where, "division by zero");
    if (t->length > 8) return fail(p, where, "division by a sum of more than 8 square roots");
    if (rc_surd_inv_within(s, t, WORK_BITS) != RC_OK) return fail(p, where, "a value of more than 10000000 bits");
    return check_size(p, s, where);
}

/* s = t^e by squaring from the top bit, so that every intermediate value is a lower power. A rational p/q with |p| or
   q of b bits has a power of at least (b - 1) e bits; an irrational one outgrows the limit after few squarings. */
static rc_status power(parser *p, rc_surd_t s, const rc_surd_t t, ulong e, const char *where)
{
    if (e == 0 || (rc_surd_is_rational(t) && t->length && fmpq_is_one(t->coeffs))) {
        rc_surd_set_si(s, 1);
        return RC_OK;
    }
    if (rc_surd_is_rational(t)) {
        fmpq_t x;
        fmpq_init(x);
        if (t->length) fmpq_set(x, t->coeffs);
        ulong num = fmpz_bits(fmpq_numref(x)), den = fmpz_bits(fmpq_denref(x)), b = num > den ? num : den;
        bool fits = b <= 1 || (double) (b - 1) * (double) e <= RC_EXPRESSION_MAX_BITS;
        if (fits) {
            fmpz_pow_ui(fmpq_numref(x), fmpq_numref(x), b <= 1 && e > 2 ? 2 - e % 2 : e);
            fmpz_pow_ui(fmpq_denref(x), fmpq_denref(x), b <= 1 ? 1 : e);
            rc_surd_set_fmpq(s, x);
        }
        fmpq_clear(x);
        return fits ? check_size(p, s, where) : fail(p, where, "a value of more than 10000000 bits");
    }
    rc_status status = RC_OK;
    rc_surd_t y;
    rc_surd_init(y);
    rc_surd_set(y, t);
    for (int bit = (int) FLINT_BIT_COUNT(e) - 2; bit >= 0 && status == RC_OK; bit--) {
        status = multiply(p, y, y, y, where);
        if (status == RC_OK && (e >> bit & 1)) status = multiply(p, y, y, t, where);
    }
    if (status == RC_OK) rc_surd_swap(s, y);
    rc_surd_clear(y);
    return status;
}

/* "^" has been read: ["-"] digits. Of huge exponents the parity is all that 0, 1 and -1 need. */
static rc_status parse_exponent(rc_surd_t s, parser *p, const char *where)
{
    bool negative = accept(p, '-');
    char c = peek(p);
    if (c < '0' || c > '9') return unexpected(p, "digits after '^' (an exponent is an integer without parentheses)");
    ulong e = 0;
    const char *first = p->at.next;
    for (; p->at.next < p->at.end && *p->at.next >= '0' && *p->at.next <= '9'; p->at.next++) {
        ulong digit = (ulong) (*p->at.next - '0');
        e = e < POWER_CAP ? 10 * e + digit : POWER_CAP + digit % 2;
    }
    if (p->at.next - first > RC_EXPRESSION_MAX_DIGITS) return fail(p, first, "a literal of more than 1000000 digits");
    if (negative) {
        rc_status status = invert(p, s, s, where);
        if (status != RC_OK) return status;
    }
    return power(p, s, s, e, where);
}

static rc_status parse_parenthesis(rc_surd_t s, parser *p, const char *where)
{
    if (++p->nesting > RC_EXPRESSION_MAX_NESTING) return fail(p, where, "parentheses nested deeper than 1000");
    rc_status status = parse_sum(s, p);
    if (status != RC_OK) return status;
    p->nesting--;
    return accept(p, ')') ? RC_OK : unexpected(p, "an operator or ')'");
}

static rc_status parse_sqrt(rc_surd_t s, parser *p, const char *where)
{
    if (!accept(p, '(')) return unexpected(p, "'(' after sqrt");
    rc_status status = parse_parenthesis(s, p, p->at.next - 1);
    if (status != RC_OK) return status;
    if (!rc_surd_is_rational(s)) return fail(p, where, "sqrt of an irrational number");
    if (rc_surd_sgn(s) < 0) return fail(p, where, "sqrt of a negative number");
    fmpq_t x;
    fmpq_init(x);
    status = rc_surd_get_fmpq(x, s);
    if (status == RC_OK) rc_surd_set_sqrt_fmpq(s, x);
    fmpq_clear(x);
    return status;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_part(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

bool rc_expression_is_name(const char *name)
{
    if (!is_letter(name[0])) return false;
    for (const char *c = name; *c; c++)
        if (!is_name_part(*c)) return false;
    return strcmp(name, "sqrt") != 0;
}

static rc_status unknown_name(parser *p, const char *first, size_t n)
{
    return rc_error_set(p->err, RC_BAD_INPUT, "character %ld: unknown name '%.*s%s'%s", position(p, first),
                        (int) (n < 40 ? n : 40), first, n < 40 ? "" : "...",
                        p->bindings && p->bindings->length ? "" : " (no parameters are defined here)");
}

static rc_status parse_name(rc_surd_t s, parser *p)
{
    const char *first = p->at.next;
    while (p->at.next < p->at.end && is_name_part(*p->at.next)) p->at.next++;
    size_t n = (size_t) (p->at.next - first);
    if (n == 4 && memcmp(first, "sqrt", 4) == 0) return parse_sqrt(s, p, first);
    for (slong i = 0; p->bindings && i < p->bindings->length; i++) {
        if (strlen(p->bindings->names[i]) == n && memcmp(p->bindings->names[i], first, n) == 0) {
            rc_surd_set(s, p->bindings->values + i);
            return RC_OK;
        }
    }
    return unknown_name(p, first, n);
}

static rc_status parse_number(rc_surd_t s, parser *p)
{
    fmpq_t x;
    fmpq_init(x);
    const char *message = rc_literal_read(x, &p->at);
    if (!message) rc_surd_set_fmpq(s, x);
    fmpq_clear(x);
    return message ? fail(p, p->at.next, message) : RC_OK;
}

static rc_status parse_atom(rc_surd_t s, parser *p)
{
    char c = peek(p);
    if (c >= '0' && c <= '9') return parse_number(s, p);
    if (is_letter(c)) return parse_name(s, p);
    const char *where = p->at.next;
    if (accept(p, '(')) return parse_parenthesis(s, p, where);
    return unexpected(p, "a number, a name, sqrt or '('");
}

static rc_status parse_factor(rc_surd_t s, parser *p)
{
    bool negative = false;
    for (;;) {
        if (accept(p, '-')) negative = !negative;
        else if (!accept(p, '+')) break;
    }
    skip_space(p);
    const char *where = p->at.next;
    rc_status status = parse_atom(s, p);
    if (status == RC_OK && accept(p, '^')) status = parse_exponent(s, p, where);
    if (status == RC_OK && negative) rc_surd_neg(s, s);
    return status;
}

static rc_status parse_product(rc_surd_t s, parser *p)
{
    rc_status status = parse_factor(s, p);
    rc_surd_t t;
    rc_surd_init(t);
    while (status == RC_OK) {
        char c = peek(p);
        const char *where = p->at.next;
        if (c != '*' && c != '/') break;
        p->at.next++;
        status = parse_factor(t, p);
        if (status == RC_OK && c == '/') status = invert(p, t, t, where);
        if (status == RC_OK) status = multiply(p, s, s, t, where);
    }
    rc_surd_clear(t);
    return status;
}

/* s += t. `bits` bounds the size of s, which an addition raises by at most twice the size of t and 1 a term ((p q' +
   p' q) / (q q')); so long sums are measured only when the bound passes the limit. */
static rc_status add(parser *p, rc_surd_t s, const rc_surd_t t, double *bits, const char *where)
{
    *bits += 2 * rc_surd_bits(t) + (double) t->length;
    rc_surd_add(s, s, t);
    if (*bits <= RC_EXPRESSION_MAX_BITS && s->length <= MAX_TERMS) return RC_OK;
    *bits = rc_surd_bits(s);
    return check_size(p, s, where);
}

static rc_status parse_sum(rc_surd_t s, parser *p)
{
    rc_status status = parse_product(s, p);
    double bits = rc_surd_bits(s);
    rc_surd_t t;
    rc_surd_init(t);
    while (status == RC_OK) {
        char c = peek(p);
        const char *where = p->at.next;
        if (c != '+' && c != '-') break;
        p->at.next++;
        status = parse_product(t, p);
        if (status != RC_OK) break;
        if (c == '-') rc_surd_neg(t, t);
        status = add(p, s, t, &bits, where);
    }
    rc_surd_clear(t);
    return status;
}

static rc_status parse_all(rc_surd_t s, const char *text, size_t length, const rc_bindings *bindings,
                           rc_error_struct *err)
{
    parser p = { .start = text, .at = { text, text + length }, .bindings = bindings, .err = err };
    rc_status status = parse_sum(s, &p);
    if (status != RC_OK) return status;
    skip_space(&p);
    if (p.at.next == p.at.end) return RC_OK;
    return unexpected(&p, "an operator or the end (products are written with '*')");
}

/* [sign] number [/ number] without white space, the bulk of all inputs. False: the general parser decides. */
static bool parse_plain(fmpq_t x, const char *text, size_t length)
{
    rc_cursor at = { text, text + length };
    bool negative = length > 0 && (*text == '-' || *text == '+') ? *at.next++ == '-' : false;
    if (rc_literal_read_fraction(x, &at)) {
        if (negative) fmpq_neg(x, x);
        return true;
    }
    return false;
}

rc_status rc_expression_parse(rc_surd_t s, const char *text, size_t length, const rc_bindings *bindings,
                              rc_error_struct *err)
{
    fmpq_t x;
    fmpq_init(x);
    if (parse_plain(x, text, length)) {
        rc_surd_set_fmpq(s, x);
        fmpq_clear(x);
        return RC_OK;
    }
    fmpq_clear(x);
    rc_surd_t value;
    rc_surd_init(value);
    rc_status status = parse_all(value, text, length, bindings, err);
    if (status == RC_OK) rc_surd_swap(s, value);
    rc_surd_clear(value);
    return status;
}

rc_status rc_expression_parse_fmpq(fmpq_t x, const char *text, size_t length, const rc_bindings *bindings,
                                   rc_error_struct *err)
{
    fmpq_t y;
    fmpq_init(y);
    rc_status status = RC_OK;
    if (!parse_plain(y, text, length)) {
        rc_surd_t value;
        rc_surd_init(value);
        status = parse_all(value, text, length, bindings, err);
        if (status == RC_OK && rc_surd_get_fmpq(y, value) != RC_OK)
            status = rc_error_set(err, RC_BAD_INPUT, "expected a rational number, found an irrational one");
        rc_surd_clear(value);
    }
    if (status == RC_OK) fmpq_swap(x, y);
    fmpq_clear(y);
    return status;
}
