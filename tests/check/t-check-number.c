/* Numbers of the checker: signs of sums of square roots against integer squaring, rounding to doubles
   against strtod, the grammar of expressions. Links src/check but main.c. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "harness.h"

static unsigned long next_random(unsigned long below) {
    return (unsigned long)test_range(0, (long)below - 1);
}

static void fail(const char *what, const char *input) {
    test_fail(__FILE__, __LINE__, what, "%s", input);
}

/* Reads an expression; NULL if it is refused. */
static number parse(const char *text, json_kind kind, bool is_case) {
    json_node node[2] = {{(uint32_t)kind, 0, (uint32_t)strlen(text), 1}, {JSON_NULL, 0, 0, 2}};
    json doc = {.name = "test", .is_case = is_case, .bytes = (char *)text, .size = strlen(text), .nodes = 2, .node = node};
    if (setjmp(report.leave) != 0) return NULL;
    return number_read("test", (value){&doc, 0});
}

static number rooted(long p, unsigned long n) {
    NEW_Q(s);
    mpq_set_ui(s, n, 1);
    return times(integer(p), signed_root(s));
}

/* The sign of √x + √y - √z: that of x + y - z + 2√(xy). */
static int sign_by_squaring(unsigned long x, unsigned long y, unsigned long z) {
    long a = (long)x + (long)y - (long)z;
    NEW_Z(left);
    NEW_Z(right);
    mpz_set_ui(left, x);
    mpz_mul_ui(left, left, y);
    mpz_mul_ui(left, left, 4);
    mpz_set_si(right, a);
    mpz_mul_si(right, right, a);
    return a >= 0 ? (a > 0 || mpz_sgn(left) > 0) : (mpz_cmp(left, right) > 0) - (mpz_cmp(left, right) < 0);
}

static void test_signs(long rounds) {
    char text[200];
    for (long i = 0; i < rounds; i++) {
        void *mark = memory_mark();
        unsigned long x = next_random(1000), y = next_random(1000);
        /* z near (√x + √y)², so that the signs are close calls; and squares times squares. */
        unsigned long z = x + y, k = next_random(30) + 1;
        while ((z - x - y) * (z - x - y) < 4 * x * y) z++;
        z = z - (z > 2 ? next_random(3) : 0);
        snprintf(text, sizeof text, "sqrt(%lu) + sqrt(%lu) - sqrt(%lu)", x, y, z);
        number s = minus(plus(rooted(1, x), rooted(1, y)), rooted(1, z));
        if (sign(s) != sign_by_squaring(x, y, z)) fail("wrong sign", text);
        if (compare(parse(text, JSON_STRING, false), s) != 0) fail("parsed otherwise", text);
        s = minus(rooted((long)k, x), rooted(1, x * k * k));
        if (sign(s) != 0 || s->terms != 0) fail("not zero", text);
        s = plus(plus(rooted(1, x), rooted(2, y + 1)), integer(3));
        if (sign(s) > 0 && sign(minus(times(s, inverse(s)), integer(1))) != 0) fail("wrong inverse", text);
        memory_release(mark);
    }
}

/* Fibonacci numbers: F_{n+1}/F_n against the golden ratio, alternately above and below it, by less
   than 10^-400 at last. */
static void test_close(void) {
    NEW_Z(a);
    NEW_Z(b);
    NEW_Q(q);
    number golden = parse("(1 + sqrt(5))/2", JSON_STRING, false);
    for (unsigned long n = 2; n < 1000; n++) {
        mpz_fib2_ui(a, b, n);
        mpz_set(mpq_numref(q), a);
        mpz_set(mpq_denref(q), b);
        if (compare(rational(q), golden) != (n % 2 == 1 ? 1 : -1)) fail("wrong side of the golden ratio", number_text(rational(q)));
    }
}

static void check_double(const char *text) {
    number x = parse(text, JSON_REAL, true);
    double expected = strtod(text, NULL);
    NEW_Q(q);
    if (expected > 1.7976931348623157e308 || expected < -1.7976931348623157e308) {
        if (x != NULL) fail("expected overflow", text);
        return;
    }
    mpq_set_d(q, expected);
    if (x == NULL || compare(x, rational(q)) != 0) fail("another double", text);
}

static void test_doubles(long rounds) {
    static const char *const hard[] = {"0.1", "-0.0", "1e23", "8.5e22", "9007199254740993.0", "9007199254740992.5",
        "2.2250738585072011e-308", "2.2250738585072012e-308", "4.9406564584124654e-324", "2.4703282292062327e-324",
        "2.4703282292062328e-324", "7.4109846876186981e-324", "1.7976931348623157e308", "1.7976931348623158e308",
        "1.7976931348623159e308", "1.797693134862315807e308", "1e309", "-1e400", "1e-400", "123456789012345678901234567890.0",
        "0.000000000000000000000000000000000000000000000000001e51", "6.631236846766476e-316", "3.237883913302901e-319"};
    char text[100];
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) check_double(hard[i]);
    for (long i = 0; i < rounds; i++) {
        void *mark = memory_mark();
        snprintf(text, sizeof text, "%s%lu.%09lu%lue%d", next_random(2) ? "-" : "", next_random(10), next_random(1000000000),
                 next_random(1000000000), (int)next_random(640) - 330);
        check_double(text);
        /* Half-way cases: (2 m + 1) 2^k in full, for m of 53 bits. */
        NEW_Z(m);
        mpz_set_ui(m, 1);
        mpz_mul_2exp(m, m, 52);
        mpz_add_ui(m, m, next_random(1ul << 30));
        mpz_mul_2exp(m, m, 1);
        mpz_add_ui(m, m, 1);
        mpz_mul_2exp(m, m, next_random(100));
        char *halfway;
        gmp_asprintf(&halfway, "%Zd.0", m);
        check_double(halfway);
        memory_release(mark);
    }
}

static void test_grammar(void) {
    static const struct { const char *text, *same; } equal[] = {
        {"-2^2", "-4"}, {"2^-1", "1/2"}, {"0.1", "1/10"}, {"1.5e-3", "3/2000"}, {"0x1.8p1", "3"}, {"0xff", "255"},
        {"1/3/2", "1/6"}, {"1 - 1 - 1", "-1"}, {" ( 1 +\t2 ) * - 3 ", "-9"}, {"--1", "1"}, {"sqrt(8)", "2*sqrt(2)"},
        {"sqrt(2)*sqrt(3)", "sqrt(6)"}, {"1/sqrt(2)", "sqrt(2)/2"}, {"1/(1 + sqrt(2) + sqrt(3) + sqrt(6))",
        "(1 - sqrt(2))*(1 - sqrt(3))/2"}, {"(1 + sqrt(5))^3", "16 + 8*sqrt(5)"}, {"sqrt(0)", "0"}, {"sqrt(1/9)", "1/3"},
        {"sqrt((sqrt(2))^2)", "sqrt(2)"}, {"2^10^1", NULL}, {"1e", NULL}, {"1.", NULL}, {".5", NULL}, {"0x", NULL},
        {"2k", NULL}, {"k", NULL}, {"2 2", NULL}, {"1/0", NULL}, {"1/(sqrt(2) - sqrt(2))", NULL}, {"0^-1", NULL},
        {"sqrt(-1)", NULL}, {"sqrt(sqrt(2))", NULL}, {"sqrt 2", NULL}, {"(1", NULL}, {"1)", NULL}, {"", NULL}, {"1+", NULL},
        {"10^10000000", NULL}, {"2^99999999999999999999", NULL}, {"1e9999999", NULL}, {"nan", NULL}, {"inf", NULL}, {"_1", NULL}};
    for (size_t i = 0; i < sizeof equal / sizeof *equal; i++) {
        number x = parse(equal[i].text, JSON_STRING, false);
        number y = equal[i].same != NULL ? parse(equal[i].same, JSON_STRING, false) : NULL;
        if ((x == NULL) != (y == NULL) || (x != NULL && compare(x, y) != 0)) fail("read otherwise", equal[i].text);
    }
    if (parse("9223372036854775807", JSON_INTEGER, false) == NULL || parse("-9223372036854775808", JSON_INTEGER, false) == NULL ||
        parse("9223372036854775808", JSON_INTEGER, false) != NULL || parse("-9223372036854775809", JSON_INTEGER, false) != NULL)
        fail("wrong limits", "integers of 64 bits");
}

int main(void) {
    test_start("t-check-number");
    memory_start();
    test_case("signs of sums of roots against integer squaring");
    test_signs(test_rounds(2000));
    test_case("Fibonacci quotients against the golden ratio");
    test_close();
    test_case("JSON reals against strtod");
    test_doubles(test_rounds(2000));
    test_case("the grammar of numbers");
    test_grammar();
    memory_release(NULL);
    return test_finish();
}
