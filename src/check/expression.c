/* The grammar of numbers: section 1. */

#include <string.h>
#include "check.h"

#define DIGITS 1000000       /* in a literal */
#define BITS 10000000        /* in a value */
#define ROOTS 64             /* in a value */

typedef struct {
    const char *rule, *next, *end;
    value at;
    unsigned depth;
} scanner;

static noreturn void fail(const scanner *s, const char *what) {
    expected(s->rule, s->at, "a number (%s)", what);
}

/* How many of the next characters are in the set. */
static size_t span(const scanner *s, const char *set) {
    size_t n = 0;
    while (s->next + n < s->end && s->next[n] != '\0' && strchr(set, s->next[n]) != NULL) n++;
    return n;
}

/* Takes the next token if it is one of the characters. */
static char take(scanner *s, const char *set) {
    s->next += span(s, " \t\r\n");
    return span(s, set) > 0 ? *s->next++ : '\0';
}

static number bounded(const scanner *s, number x) {
    if (x->terms > ROOTS) fail(s, "at most 64 roots");
    if (number_bits(x) > BITS) fail(s, "at most 10^7 bits");
    return x;
}

/* [sign] digits, at most BITS in absolute value. */
static long small(scanner *s, const char *signs) {
    bool minus = span(s, signs) > 0 && *s->next++ == '-';
    long n = 0;
    if (span(s, "0123456789") == 0) fail(s, "digits are missing");
    for (; span(s, "0123456789") > 0; s->next++)
        if ((n = 10 * n + *s->next - '0') > BITS) fail(s, "an exponent of at most 10^7");
    return minus ? -n : n;
}

/* digits ["." digits] [exponent] = x base^(the returned value), base 10, or 2 for hexadecimal digits. */
static long scan(scanner *s, mpz_t x, bool hex) {
    const char *set = hex ? "0123456789abcdefABCDEF" : "0123456789";
    size_t before = span(s, set), point = s->next + before < s->end && s->next[before] == '.', after = 0;
    char *text = memory_new((size_t)(s->end - s->next) + 1, 1);
    memcpy(text, s->next, before);
    s->next += before + point;
    if (point) after = span(s, set);
    if (before == 0 || (point && after == 0)) fail(s, "digits are missing");
    if (before + after > DIGITS) fail(s, "at most 10^6 digits");
    memcpy(text + before, s->next, after);
    s->next += after;
    mpz_set_str(x, text, hex ? 16 : 10);
    if (span(s, hex ? "p" : "eE") == 0) return (long)after * (hex ? -4 : -1);
    s->next++;
    return small(s, "+-") - (long)after * (hex ? 4 : 1);
}

/* x *= base^e. */
static void scale(mpq_t x, unsigned long base, long e) {
    NEW_Q(power);
    mpz_ui_pow_ui(mpq_numref(power), base, (unsigned long)(e < 0 ? -e : e));
    (e < 0 ? mpq_div : mpq_mul)(x, x, power);
    mpq_clear(power);
}

static number literal(scanner *s) {
    bool hex = s->end - s->next > 1 && s->next[0] == '0' && s->next[1] == 'x';
    long e;
    NEW_Q(x);
    if (hex) s->next += 2;
    e = scan(s, mpq_numref(x), hex);
    if (!hex && (e > BITS / 3 || e < -BITS / 3)) fail(s, "at most 10^7 bits");
    if (mpq_sgn(x) != 0) scale(x, hex ? 2 : 10, e);
    return bounded(s, rational(x));
}

static number expression(scanner *s);

static number in_parentheses(scanner *s) {
    number x = expression(s);
    if (!take(s, ")")) fail(s, "a closing parenthesis");
    return x;
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

static number name(scanner *s) {
    const environment *names = s->at.doc->names;
    const char *start = s->next;
    size_t length = span(s, letters), n;
    NEW_Q(p);
    s->next += length;
    if (length == 4 && memcmp(start, "sqrt", 4) == 0 && take(s, "(")) {
        number x = in_parentheses(s);
        if (!get_rational(p, x) || mpq_sgn(p) < 0) fail(s, "the root of a rational >= 0");
        return root_of(x);
    }
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        const char *own = json_text(names->name[i], &n);
        if (n == length && memcmp(own, start, n) == 0) return names->number[i];
    }
    fail(s, "no unknown name");
}

static number atom(scanner *s) {
    if (take(s, "(")) return in_parentheses(s);
    if (span(s, "0123456789") > 0) return literal(s);
    if (span(s, letters) > 0 && *s->next != '_') return name(s);
    fail(s, "a digit, a name or a parenthesis");
}

static number inverted(const scanner *s, number x) {
    if (x->terms == 0) fail(s, "no division by zero");
    if (x->terms > 4) fail(s, "a divisor of at most four roots");
    return inverse(x);
}

static number power(scanner *s) {
    number x = atom(s), result = integer(1);
    char minus;
    if (!take(s, "^")) return x;
    minus = take(s, "-");
    s->next += span(s, " \t\r\n");
    for (long n = small(s, ""); n > 0; n /= 2) {
        if (n % 2 == 1) result = bounded(s, times(result, x));
        if (n > 1) x = bounded(s, times(x, x));
    }
    return minus ? inverted(s, result) : result;
}

static number factor(scanner *s) {
    number x;
    char sign_of = take(s, "+-");
    if (++s->depth > NESTING) fail(s, "nesting of at most 1000");
    x = sign_of ? factor(s) : power(s);
    s->depth--;
    return sign_of == '-' ? minus(integer(0), x) : x;
}

static number term(scanner *s) {
    number x = factor(s);
    for (char op; (op = take(s, "*/")) != '\0';)
        x = bounded(s, times(x, op == '*' ? factor(s) : inverted(s, factor(s))));
    return x;
}

static number expression(scanner *s) {
    number x = term(s);
    for (char op; (op = take(s, "+-")) != '\0';)
        x = bounded(s, (op == '+' ? plus : minus)(x, term(s)));
    return x;
}

/* ---- JSON reals: the nearest IEEE double ------------------------------------------------ */

/* |m| 10^exponent is rounded to q 2^e with 2^52 <= q < 2^53, for subnormals q smaller and
   e = -1074. A q that rounding makes 2^53 is in the next binade; nothing else changes. */
bool round_to_double(mpq_t x, const mpz_t m, long exponent) {
    long size = (long)mpz_sizeinbase(m, 10), e;
    mpz_t q, rest, divisor;
    int half;
    mpq_set_ui(x, 0, 1);
    if (mpz_sgn(m) == 0 || size + exponent < -323) return true;       /* less than 2^-1075 */
    if (size + exponent > 310) return false;                          /* at least 10^309 */
    mpz_abs(mpq_numref(x), m);
    scale(x, 10, exponent);
    mpz_inits(q, rest, divisor, NULL);
    e = (long)mpz_sizeinbase(mpq_numref(x), 2) - (long)mpz_sizeinbase(mpq_denref(x), 2) - 54;
    do {                                 /* q = floor(x/2^e), of 53 or 54 bits at first */
        e = e < -1075 ? -1074 : e + 1;
        mpz_mul_2exp(q, mpq_numref(x), e < 0 ? (unsigned long)-e : 0);
        mpz_mul_2exp(divisor, mpq_denref(x), e > 0 ? (unsigned long)e : 0);
        mpz_fdiv_qr(q, rest, q, divisor);
    } while (mpz_sizeinbase(q, 2) > 53);
    mpz_mul_2exp(rest, rest, 1);
    half = mpz_cmp(rest, divisor);
    if (half > 0 || (half == 0 && mpz_odd_p(q))) mpz_add_ui(q, q, 1);
    mpq_set_z(x, q);
    if (mpz_sgn(m) < 0) mpq_neg(x, x);
    scale(x, 2, e);
    return (long)mpz_sizeinbase(q, 2) + e <= 1024;
}

static number read_real(scanner *s) {
    bool minus = take(s, "-");
    long e;
    NEW_Z(m);
    NEW_Q(x);
    e = scan(s, m, false);
    if (minus) mpz_neg(m, m);
    if (!round_to_double(x, m, e)) fail(s, "no overflow of IEEE doubles");
    return rational(x);
}

/* ---- reading --------------------------------------------------------------------------------- */

number number_read(const char *rule, value v) {
    size_t length;
    const char *text = json_text(v, &length);
    scanner s = {.rule = rule, .at = v, .next = text, .end = text + length};
    json_kind kind = json_type(v);
    number x;
    NEW_Q(p);
    if (kind == JSON_REAL && v.doc->is_case) return read_real(&s);
    if (kind != JSON_INTEGER && kind != JSON_STRING) expected(rule, v, "an integer or a string");
    x = expression(&s);
    if (s.next < s.end) fail(&s, "no further characters");
    if (kind == JSON_STRING || !get_rational(p, x)) return x;
    if (mpq_sgn(p) < 0) mpz_com(mpq_numref(p), mpq_numref(p));
    if (mpz_sizeinbase(mpq_numref(p), 2) > 63) expected(rule, v, "an integer of 64 bits (others as strings)");
    return x;
}

/* The common cases "p" and "p/q", up to 40 characters, take no detour. */
static bool read_plain(mpz_t p, mpz_t q, value v) {
    size_t length, minus, n;
    const char *text = json_text(v, &length);
    char copy[41] = "";
    if ((json_type(v) != JSON_STRING && json_type(v) != JSON_INTEGER) || length > 40) return false;
    memcpy(copy, text, length);
    minus = copy[0] == '-';
    n = minus + strspn(copy + minus, "0123456789");
    if (n == minus || (json_type(v) == JSON_INTEGER && n > 18)) return false;
    mpz_set_ui(q, 1);
    if (copy[n] == '/' && n + 1 < length && strspn(copy + n + 1, "0123456789") == length - n - 1) {
        copy[n] = '\0';
        mpz_set_str(q, copy + n + 1, 10);
        length = n;
    }
    return length == n && mpz_sgn(q) > 0 && mpz_set_str(p, copy, 10) == 0;
}

void root_read(mpz_t p, mpz_t q, mpz_t n, const char *rule, value v) {
    number x;
    mpq_t r;
    mpz_set_ui(n, 1);
    if (read_plain(p, q, v)) return;
    x = number_read(rule, v);
    if (x->terms > 1) expected(rule, v, "one root times a rational");
    mpq_init(r);
    if (!get_rational(r, x)) {           /* √(a/b) = √(ab)/b */
        mpz_mul(n, mpq_numref(x->square[0]), mpq_denref(x->square[0]));
        mpz_abs(n, n);
        mpq_set_si(r, mpq_sgn(x->square[0]), 1);
        mpz_set(mpq_denref(r), mpq_denref(x->square[0]));
    }
    mpz_set(p, mpq_numref(r));
    mpz_set(q, mpq_denref(r));
}

void rational_read(mpq_t x, const char *rule, value v) {
    NEW_Z(n);
    root_read(mpq_numref(x), mpq_denref(x), n, rule, v);
    if (mpz_cmp_ui(n, 1) != 0) expected(rule, v, "a rational number");
    mpq_canonicalize(x);
    mpz_clear(n);
}
