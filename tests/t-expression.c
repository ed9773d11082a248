/* Expressions: random ones against evaluation in Q(sqrt 2, sqrt 3, sqrt 5) by coordinates, a table of bad
   inputs with their messages, limits, locales. */
#include "relucert/expression.h"

#include <flint/fmpq_mat.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* The oracle: sum over masks b < 8 of x[b] sqrt(2)^b0 sqrt(3)^b1 sqrt(5)^b2. */
#define SIZE 8
static const ulong radicand[SIZE] = { 1, 2, 3, 6, 5, 10, 15, 30 };
typedef fmpq element[SIZE];

static void element_init(fmpq *x)
{
    for (int i = 0; i < SIZE; i++) fmpq_init(x + i);
}

static void element_clear(fmpq *x)
{
    for (int i = 0; i < SIZE; i++) fmpq_clear(x + i);
}

static void element_zero(fmpq *x)
{
    for (int i = 0; i < SIZE; i++) fmpq_zero(x + i);
}

static bool element_is_zero(const fmpq *x)
{
    for (int i = 0; i < SIZE; i++)
        if (!fmpq_is_zero(x + i)) return false;
    return true;
}

static void element_mul(fmpq *z, const fmpq *x, const fmpq *y)
{
    element w;
    fmpq_t t;
    element_init(w);
    fmpq_init(t);
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            fmpq_mul(t, x + i, y + j);
            fmpq_mul_si(t, t, (slong) radicand[i & j]);
            fmpq_add(w + (i ^ j), w + (i ^ j), t);
        }
    }
    for (int i = 0; i < SIZE; i++) fmpq_swap(z + i, w + i);
    element_clear(w);
    fmpq_clear(t);
}

/* z = 1/x by solving x z = 1, linear in the coordinates of z. */
static void element_inv(fmpq *z, const fmpq *x)
{
    fmpq_mat_t A, b, y;
    fmpq_mat_init(A, SIZE, SIZE);
    fmpq_mat_init(b, SIZE, 1);
    fmpq_mat_init(y, SIZE, 1);
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) fmpq_mul_si(fmpq_mat_entry(A, i ^ j, j), x + i, (slong) radicand[i & j]);
    fmpq_one(fmpq_mat_entry(b, 0, 0));
    CHECK(fmpq_mat_solve(y, A, b), "a field");
    for (int i = 0; i < SIZE; i++) fmpq_set(z + i, fmpq_mat_entry(y, i, 0));
    fmpq_mat_clear(A);
    fmpq_mat_clear(b);
    fmpq_mat_clear(y);
}

static bool element_equals(const fmpq *x, const rc_surd_t s)
{
    slong terms = 0;
    for (int i = 0; i < SIZE; i++) terms += !fmpq_is_zero(x + i);
    if (terms != s->length) return false;
    for (slong k = 0; k < s->length; k++) {
        int i = 0;
        while (i < SIZE && !fmpz_equal_ui(s->radicands + k, radicand[i])) i++;
        if (i == SIZE || !fmpq_equal(x + i, s->coeffs + k)) return false;
    }
    return true;
}

/* The text under construction. */
static char buffer[1 << 16];
static size_t used;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(buffer + used, sizeof buffer - used, format, args);
    va_end(args);
    if (n < 0 || (size_t) n >= sizeof buffer - used) abort();
    used += (size_t) n;
}

static void space(void)
{
    static const char *const white[] = { " ", "\t", "\r\n", "  " };
    if (test_chance(10)) put("%s", white[test_range(0, 3)]);
}

/* Number literals, with the value from how they were made. */
static void random_number(fmpq *x)
{
    fmpq_t power;
    fmpq_init(power);
    element_zero(x);
    long m = test_range(0, 999), e = test_range(-4, 4), places = test_range(1, 3);
    switch (test_range(0, 5)) {
    case 0:
        put("%ld", m);
        fmpq_set_si(x, m, 1);
        break;
    case 1:
        put("00%ld.%0*ld", m, (int) places, m % 10);
        fmpq_set_si(x, m % 10, 1);
        fmpq_set_si(power, 10, 1);
        fmpq_pow_si(power, power, -places);
        fmpq_mul(x, x, power);
        fmpq_add_si(x, x, m);
        break;
    case 2:
        put(test_chance(50) ? "%lde%ld" : "%ldE%+03ld", m, e);
        fmpq_set_si(x, m, 1);
        fmpq_set_si(power, 10, 1);
        fmpq_pow_si(power, power, e);
        fmpq_mul(x, x, power);
        break;
    case 3:
        put("0x%lx.%lxp%ld", m, m % 16, e);
        fmpq_set_si(x, 16 * m + m % 16, 16);
        fmpq_set_si(power, 2, 1);
        fmpq_pow_si(power, power, e);
        fmpq_mul(x, x, power);
        break;
    case 4:
        put("0x%lX", m);
        fmpq_set_si(x, m, 1);
        break;
    default: {
        unsigned long n = (unsigned long) (test_random() >> test_range(0, 40));
        put("%lu", n);
        fmpz_set_ui(fmpq_numref(x), n);
    }
    }
    fmpq_clear(power);
}

/* sqrt((r^2)(2^a 3^b 5^c)) = r times a basis element. */
static void random_sqrt(fmpq *x)
{
    long i = test_range(0, SIZE - 1), p = test_range(0, 30), q = test_range(1, 12);
    element_zero(x);
    fmpq_set_si(x + i, p, (ulong) q);
    put("sqrt");
    space();
    if (test_chance(50)) put("(%ld/%ld)", p * p * (long) radicand[i], q * q);
    else put("( (%ld/ %ld)^2*%ld)", p, q, (long) radicand[i]);
}

static void random_sum(fmpq *x, int depth);

static void random_atom(fmpq *x, int depth)
{
    if (depth > 0 && test_chance(45)) {
        put("(");
        space();
        random_sum(x, depth - 1);
        put(")");
    } else if (test_chance(35)) random_sqrt(x);
    else if (test_chance(15)) {
        put("alpha_2");
        element_zero(x);
        fmpq_set_si(x + 1, 3, 7);
    } else random_number(x);
}

static void random_factor(fmpq *x, int depth)
{
    int minus = 0;
    while (test_chance(15)) {
        minus ^= 1;
        put("-");
        space();
    }
    if (test_chance(5)) put("+");
    random_atom(x, depth);
    if (test_chance(20)) {
        long e = test_range(element_is_zero(x) ? 0 : -2, 3);
        put("^");
        space();
        put("%ld", e);
        element base;
        element_init(base);
        for (int i = 0; i < SIZE; i++) fmpq_set(base + i, x + i);
        if (e < 0) element_inv(base, base);
        element_zero(x);
        fmpq_one(x);
        for (long k = 0; k < labs(e); k++) element_mul(x, x, base);
        element_clear(base);
    }
    space();
    for (int i = 0; minus && i < SIZE; i++) fmpq_neg(x + i, x + i);
}

static void random_product(fmpq *x, int depth)
{
    element y;
    element_init(y);
    random_factor(x, depth);
    while (test_chance(35)) {
        size_t before = used;
        bool divide = test_chance(50);
        put(divide ? "/" : "*");
        space();
        random_factor(y, depth);
        if (divide && element_is_zero(y)) {
            used = before;
            buffer[used] = '\0';
            continue;
        }
        if (divide) element_inv(y, y);
        element_mul(x, x, y);
    }
    element_clear(y);
}

static void random_sum(fmpq *x, int depth)
{
    element y;
    element_init(y);
    random_product(x, depth);
    while (test_chance(40)) {
        bool minus = test_chance(50);
        put(minus ? "-" : "+");
        space();
        random_product(y, depth);
        for (int i = 0; i < SIZE; i++) {
            if (minus) fmpq_sub(x + i, x + i, y + i);
            else fmpq_add(x + i, x + i, y + i);
        }
    }
    element_clear(y);
}

/* Text -> value equals the oracle; value -> text -> value is the identity; the rational reader agrees. */
static void check_text(const fmpq *x, const rc_bindings *bindings)
{
    rc_surd_t s, again;
    fmpq_t rational;
    rc_error_t err;
    rc_surd_init(s);
    rc_surd_init(again);
    fmpq_init(rational);
    err->message[0] = '\0';
    rc_status status = rc_expression_parse(s, buffer, used, bindings, err);
    CHECK(status == RC_OK, "%s: %s", buffer, err->message);
    CHECK(element_equals(x, s), "%s", buffer);
    CHECK(rc_surd_is_valid(s), "invariants: %s", buffer);
    char *text = rc_surd_get_str(s);
    status = rc_expression_parse(again, text, strlen(text), NULL, err);
    CHECK(status == RC_OK && rc_surd_cmp(s, again) == 0, "round trip: %s", text);
    char *more = rc_surd_get_str(again);
    CHECK(strcmp(text, more) == 0, "%s became %s", text, more);
    status = rc_expression_parse_fmpq(rational, buffer, used, bindings, err);
    CHECK((status == RC_OK) == rc_surd_is_rational(s), "%s: %d", buffer, (int) status);
    CHECK(status != RC_OK || rc_surd_cmp_fmpq(s, rational) == 0, "%s", buffer);
    free(text);
    free(more);
    rc_surd_clear(s);
    rc_surd_clear(again);
    fmpq_clear(rational);
}

static void test_random_expressions(void)
{
    test_case("random expressions against coordinates");
    rc_surd_t alpha;
    fmpq_t x;
    element value;
    rc_surd_init(alpha);
    fmpq_init(x);
    element_init(value);
    fmpq_set_si(x, 18, 49);
    rc_surd_set_sqrt_fmpq(alpha, x);
    const char *const names[] = { "alpha", "alpha_2" };
    rc_surd_struct values[2] = { *alpha, *alpha };
    rc_bindings bindings = { 2, names, values };
    for (long round = 0; round < test_rounds(12000); round++) {
        used = 0;
        space();
        random_sum(value, 3);
        check_text(value, &bindings);
    }
    rc_surd_clear(alpha);
    fmpq_clear(x);
    element_clear(value);
}

static void check_value(const char *text, const char *expected)
{
    rc_surd_t s;
    rc_error_t err;
    rc_surd_init(s);
    err->message[0] = '\0';
    rc_status status = rc_expression_parse(s, text, strlen(text), NULL, err);
    char *found = status == RC_OK ? rc_surd_get_str(s) : NULL;
    CHECK(status == RC_OK && strcmp(found, expected) == 0, "%s: %s, expected %s", text,
          found ? found : err->message, expected);
    free(found);
    rc_surd_clear(s);
}

static void test_values(void)
{
    static const char *const table[][2] = {
        { "-2^2", "-4" }, { "(-2)^2", "4" }, { "2^-2", "1/4" }, { "2 ^ - 2", "1/4" }, { "0.1", "1/10" },
        { "1/3", "1/3" },
        { "-1/3", "-1/3" }, { "+5", "5" }, { "- -5", "5" }, { "1--1", "2" }, { "2*-3", "-6" }, { "6/3/2", "1" },
        { "6/3*2", "4" }, { "1-1-1", "-1" }, { "1e3", "1000" }, { "1E-3", "1/1000" }, { "12.50e+1", "125" },
        { "0^0", "1" },
        { "0e999999999", "0" }, { "0.000", "0" }, { "-0", "0" }, { "0/5", "0" }, { "007", "7" }, { "007/014", "1/2" },
        { "1^99999999999999999999", "1" }, { "(-1)^99999999999999999999", "-1" }, { "(-1)^99999999999999999998", "1" },
        { "0^99999999999999999999", "0" }, { "0x1.8p-3", "3/16" }, { "0X1P+4", "16" }, { "0xff", "255" },
        { "0x1e5", "485" },
        { "0x0.8", "1/2" }, { "sqrt(4)", "2" }, { "sqrt(sqrt(16))", "2" }, { "sqrt(8/9)", "2*sqrt(2)/3" },
        { "sqrt(2)^3", "2*sqrt(2)" }, { "sqrt(2)^-1", "sqrt(2)/2" }, { "-sqrt(2)^2", "-2" },
        { "1/(1+sqrt(2))", "-1+sqrt(2)" },
        { "\n\t 1 \r\n", "1" }, { "0.1+0.2-0.3", "0" },
        { "123456789012345678901234567890", "123456789012345678901234567890" },
        { "0.0000000000000000000000000000000000000001e40", "1" }, { "25e-2", "1/4" }, { "sqrt(1e-2)", "1/10" },
        { "-4631739864834953/18014398509481984", "-4631739864834953/18014398509481984" },
        { "340282366920938463463374607431768211456/18446744073709551616", "18446744073709551616" },
    };
    test_case("table of values");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) check_value(table[i][0], table[i][1]);
}

/* On failure: RC_BAD_INPUT, a message with these words, the output unchanged. */
static void check_bad(const char *text, size_t length, const char *words)
{
    rc_surd_t s;
    fmpq_t x;
    rc_error_t err;
    rc_surd_init(s);
    fmpq_init(x);
    rc_surd_set_si(s, 17);
    fmpq_set_si(x, 17, 1);
    err->message[0] = '\0';
    rc_status status = rc_expression_parse(s, text, length, NULL, err);
    CHECK(status == RC_BAD_INPUT, "%.60s: status %d", text, (int) status);
    CHECK(strstr(err->message, words), "%.60s: '%s' lacks '%s'", text, err->message, words);
    CHECK(rc_surd_cmp_fmpq(s, x) == 0, "%.60s: output changed", text);
    err->message[0] = '\0';
    status = rc_expression_parse_fmpq(x, text, length, NULL, err);
    CHECK(status == RC_BAD_INPUT && strstr(err->message, words), "%.60s: %d, '%s'", text, (int) status, err->message);
    CHECK(rc_surd_cmp_fmpq(s, x) == 0, "%.60s: output changed", text);
    CHECK(rc_expression_parse(s, text, length, NULL, NULL) == RC_BAD_INPUT, "%.60s: without a message", text);
    rc_surd_clear(s);
    fmpq_clear(x);
}

static void test_bad_inputs(void)
{
    static const char *const table[][2] = {
        { "", "character 1: expected a number" }, { "   ", "character 4: expected a number" },
        { "1/0", "character 2: division by zero" }, { "1/(1-1)", "character 2: division by zero" },
        { "0^-1", "division by zero" }, { "1/0.0e5", "division by zero" },
        { "1/(sqrt(8)-2*sqrt(2))", "division by zero" },
        { "sqrt(-1)", "character 1: sqrt of a negative number" }, { "1+sqrt(1-2)", "character 3: sqrt of a negative" },
        { "sqrt(sqrt(2))", "character 1: sqrt of an irrational number" }, { "sqrt 2", "expected '(' after sqrt" },
        { "sqrt", "expected '(' after sqrt" }, { "sqrt(2", "')'" }, { "sqrt()", "expected a number" },
        { "2^(10^9)", "expected digits after '^'" }, { "2^1000000000", "more than 10000000 bits" },
        { "2^99999999999999999999999", "more than 10000000 bits" },
        { "(1/2)^-99999999999999999", "more than 10000000 bits" },
        { "sqrt(2)^9999999999999", "more than 10000000 bits" },
        { "(1+sqrt(2))^9999999999999", "more than 10000000 bits" },
        { "1e999999999", "more than 10000000 bits" }, { "1e-999999999", "more than 10000000 bits" },
        { "1e99999999999999999999999999", "more than 10000000 bits" }, { "0x1p10000000", "more than 10000000 bits" },
        { "1e3010300", "more than 10000000 bits" }, { "10^3000000*10^3000000", "more than 10000000 bits" },
        { "1/3^3154700/3^3154700", "more than 10000000 bits" }, { "2^9999999+1/3^3154700", "more than 10000000 bits" },
        { "x", "character 1: unknown name 'x'" }, { "2*inf", "unknown name 'inf'" }, { "nan", "unknown name 'nan'" },
        { "SQRT(2)", "unknown name 'SQRT'" }, { "sqrtx(2)", "unknown name 'sqrtx'" }, { "_x", "found '_'" },
        { "2x", "character 2: expected an operator" }, { "2(3)", "products are written with '*'" },
        { "1 2", "found '2'" },
        { ".5", "found '.'" }, { "1.", "expected digits after the decimal point" },
        { "1.e5", "expected digits after the decimal" },
        { "1e", "expected digits in the exponent" }, { "1e+", "expected digits in the exponent" },
        { "1e 5", "digits in the exponent" },
        { "0x", "expected hexadecimal digits" }, { "0x.8", "expected hexadecimal digits" },
        { "0x1p", "digits in the exponent" },
        { "0x1.p3", "expected digits after" }, { "1,5", "found ','" }, { "1.2.3", "found '.'" },
        { "1+", "found the end" },
        { "*2", "found '*'" }, { "(1", "expected an operator or ')', found the end" }, { "1)", "found ')'" },
        { "()", "found ')'" },
        { "2^", "expected digits after '^'" }, { "2^+3", "expected digits after '^'" }, { "2^1.5", "found '.'" },
        { "2^3^2", "found '^'" }, { "2**3", "found '*'" }, { "2^x", "expected digits after '^'" },
        { "1/-", "found the end" },
        { "\xc3\xa9", "found byte 0xc3" }, { "1\x01", "found byte 0x01" }, { "1\v", "found byte 0x0b" },
        { "\xe2\x88\x9a" "2", "byte 0xe2" },
        { "1/3/", "found the end" }, { "1/+", "found the end" }, { "--", "found the end" }, { "1;2", "found ';'" },
    };
    test_case("table of bad inputs");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) check_bad(table[i][0], strlen(table[i][0]), table[i][1]);
    check_bad("1\0" "2", 3, "character 2: expected an operator or the end");
    check_bad("1\0" "2", 3, "found byte 0x00");
    check_bad("\0", 1, "found byte 0x00");
    check_bad("12\0", 3, "found byte 0x00");
    check_bad("1/3\0", 4, "found byte 0x00");
    check_bad("1/3\n\0", 5, "found byte 0x00");
}

static char *repeat(const char *unit, size_t count, const char *tail)
{
    size_t n = strlen(unit);
    char *text = malloc(n * count + strlen(tail) + 1);
    if (!text) abort();
    for (size_t i = 0; i < count; i++) memcpy(text + n * i, unit, n);
    memcpy(text + n * count, tail, strlen(tail) + 1);
    return text;
}

static void check_repeated_bad(const char *unit, size_t count, const char *tail, const char *words)
{
    char *text = repeat(unit, count, tail);
    check_bad(text, strlen(text), words);
    free(text);
}

/* A deeper value is not looked at; only that the text is accepted. */
static void check_accepted(const char *text)
{
    rc_surd_t s;
    rc_error_t err;
    rc_surd_init(s);
    err->message[0] = '\0';
    CHECK(rc_expression_parse(s, text, strlen(text), NULL, err) == RC_OK, "%.60s: %s", text, err->message);
    rc_surd_clear(s);
}

static void test_limits(void)
{
    test_case("limits");
    check_repeated_bad("7", 10000000, "", "a literal of more than 1000000 digits");
    check_repeated_bad("7", 1000001, "", "a literal of more than 1000000 digits");
    check_repeated_bad("0", 1000001, "", "a literal of more than 1000000 digits");
    check_repeated_bad("7", 999999, ".77", "a literal of more than 1000000 digits");
    check_repeated_bad("(", 1001, "", "nested deeper than 1000");
    check_repeated_bad("sqrt(", 1001, "", "nested deeper than 1000");
    check_repeated_bad("(", 10000000, "", "nested deeper than 1000");
    check_repeated_bad("-", 1000000, "", "found the end");
    check_repeated_bad("(1)+(", 1001, "1", "nested deeper than 1000");
    char *digits = repeat("7", 999999, ".7"), *minus = repeat("-", 1000000, "1"), *small = repeat("0", 1000000, "");
    char *open = repeat("(", 1000, ""), *close = repeat(")", 1000, ""), *siblings = repeat("(1)+", 5000, "1");
    char *nested = malloc(2010);
    if (!nested) abort();
    snprintf(nested, 2010, "%s2%s", open, close);
    check_accepted(digits);
    check_accepted(small);
    check_value(minus, "1");
    check_value(nested, "2");
    check_value(siblings, "5001");
    check_accepted("2^4999999/3^1");
    check_accepted("2^9999999");
    check_bad("2^10000000", 10, "more than 10000000 bits");
    check_accepted("0x1p9999999");
    check_accepted("1e1500000");
    check_accepted("1e-1500000");
    free(digits);
    free(minus);
    free(small);
    free(open);
    free(close);
    free(siblings);
    free(nested);
}

/* Sums of many roots end in a limit, not in an endless computation. */
static void test_long_sums(void)
{
    test_case("sums of many roots");
    size_t size = 400000, n = 1;
    char *text = malloc(size);
    if (!text) abort();
    text[0] = '1';
    for (int i = 0; i < 20000; i++) n += (size_t) snprintf(text + n, size - n, "+sqrt(%d)", 2 * i + 1);
    check_bad(text, n, "more than 10000 square roots");
    n = (size_t) snprintf(text, size, "(1");
    for (int i = 0; i < 2000; i++) n += (size_t) snprintf(text + n, size - n, "+sqrt(%d)", 2 * i + 1);
    n += (size_t) snprintf(text + n, size - n, ")^2");
    check_bad(text, n, "too many square roots");
    const char *nine = "1/(1+sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+sqrt(17)+sqrt(19))";
    check_bad(nine, strlen(nine), "more than 8 square roots");
    free(text);
}

static void test_locales(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_DE", "fr_FR" };
    size_t i = 0;
    while (i < sizeof names / sizeof *names && !setlocale(LC_ALL, names[i])) i++;
    if (i == sizeof names / sizeof *names) {
        test_skip("no locale with a decimal comma is installed");
        return;
    }
    test_case("locale %s", names[i]);
    check_value("0.5e1", "5");
    check_bad("0,5", 3, "found ','");
    setlocale(LC_ALL, "C");
}

/* Any bytes: no crash; what is accepted prints and reads back. */
static void test_noise(void)
{
    test_case("noise");
    static const char alphabet[] = "0123456789.eExXpP+-*/^() sqrt(2)sqrt(3)ka_\n\t,;\"\\";
    rc_surd_t s, again;
    rc_surd_init(s);
    rc_surd_init(again);
    rc_error_t err;
    long accepted = 0;
    for (long round = 0; round < test_rounds(60000); round++) {
        char text[16];
        size_t n = (size_t) test_range(0, 12);
        for (size_t i = 0; i < n; i++)
            text[i] = test_chance(2) ? (char) test_range(0, 255) : alphabet[test_range(0, (long) sizeof alphabet - 2)];
        char *exact = malloc(n ? n : 1); /* exactly n bytes, so that reading past the end is noticed */
        if (!exact) abort();
        memcpy(exact, text, n);
        if (rc_expression_parse(s, exact, n, NULL, err) == RC_OK) {
            accepted++;
            if (s->length < 1 || fmpz_bits(fmpq_numref(s->coeffs)) < 10000) {
                char *shown = rc_surd_get_str(s);
                CHECK(rc_expression_parse(again, shown, strlen(shown), NULL, err) == RC_OK, "%s", shown);
                CHECK(rc_surd_cmp(s, again) == 0, "%s", shown);
                free(shown);
            }
        }
        free(exact);
    }
    CHECK(accepted > 500, "%ld accepted", accepted);
    rc_surd_clear(s);
    rc_surd_clear(again);
}

static void test_names(void)
{
    test_case("names");
    CHECK(rc_expression_is_name("k") && rc_expression_is_name("r_2x") && rc_expression_is_name("sqrt2"), "names");
    CHECK(!rc_expression_is_name("") && !rc_expression_is_name("2k") && !rc_expression_is_name("_k") &&
              !rc_expression_is_name("k-1") && !rc_expression_is_name("sqrt") && !rc_expression_is_name("\xc3\xa9"),
                                     "no names");
}

int main(void)
{
    test_start("t-expression");
    test_values();
    test_bad_inputs();
    test_random_expressions();
    test_limits();
    test_long_sums();
    test_names();
    test_noise();
    test_locales();
    flint_cleanup();
    return test_finish();
}
