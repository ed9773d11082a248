/* Surds: exact sign against repeated squaring over Q, near-ties, ring identities, inverses, enclosures, texts. */
#include "relucert/surd.h"

#include <flint/ulong_extras.h>
#include <float.h>
#include <gmp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/expression.h"

/* The oracle: signs by squaring, in rationals only. e, f are signs 1 or -1; u, v >= 0. */

/* sign of r + e sqrt(u) */
static int sign_one(const fmpq_t r, int e, const fmpq_t u)
{
    int a = fmpq_sgn(r), b = fmpq_is_zero(u) ? 0 : e;
    if (a * b >= 0) return a ? a : b;
    fmpq_t square;
    fmpq_init(square);
    fmpq_mul(square, r, r);
    int order = fmpq_cmp(square, u);
    fmpq_clear(square);
    return order > 0 ? a : order < 0 ? b : 0;
}

/* sign of r + e sqrt(u) + f sqrt(v) */
static int sign_two(const fmpq_t r, int e, const fmpq_t u, int f, const fmpq_t v)
{
    int a = sign_one(r, e, u), b = fmpq_is_zero(v) ? 0 : f;
    if (a * b >= 0) return a ? a : b;
    /* (r + e sqrt(u))^2 - v = (r^2 + u - v) + 2 r e sqrt(u) */
    fmpq_t c, d;
    fmpq_init(c);
    fmpq_init(d);
    fmpq_mul(d, r, r);
    fmpq_add(c, d, u);
    fmpq_sub(c, c, v);
    fmpq_mul(d, d, u);
    fmpq_mul_si(d, d, 4);
    int order = sign_one(c, e * fmpq_sgn(r), d);
    if (fmpq_is_zero(r)) order = fmpq_sgn(c);
    fmpq_clear(c);
    fmpq_clear(d);
    return order > 0 ? a : order < 0 ? b : 0;
}

/* sign of sum e[i] sqrt(x[i]), i < 4, as sign of (pair) + (pair) */
static int sign_four(const int *e, const fmpq *x)
{
    fmpq_t zero, c, u, v;
    fmpq_init(zero);
    fmpq_init(c);
    fmpq_init(u);
    fmpq_init(v);
    int a = sign_two(zero, e[0], x, e[1], x + 1), b = sign_two(zero, e[2], x + 2, e[3], x + 3), sign;
    if (a * b >= 0) sign = a ? a : b;
    else {
        /* first^2 - second^2 = x0 + x1 - x2 - x3 + 2 e0 e1 sqrt(x0 x1) - 2 e2 e3 sqrt(x2 x3) */
        fmpq_add(c, x, x + 1);
        fmpq_sub(c, c, x + 2);
        fmpq_sub(c, c, x + 3);
        fmpq_mul(u, x, x + 1);
        fmpq_mul_si(u, u, 4);
        fmpq_mul(v, x + 2, x + 3);
        fmpq_mul_si(v, v, 4);
        int order = sign_two(c, e[0] * e[1], u, -e[2] * e[3], v);
        sign = order > 0 ? a : order < 0 ? b : 0;
    }
    fmpq_clear(zero);
    fmpq_clear(c);
    fmpq_clear(u);
    fmpq_clear(v);
    return sign;
}

static void add_root(rc_surd_t s, int e, const fmpq_t x)
{
    rc_surd_t t;
    rc_surd_init(t);
    rc_surd_set_sqrt_fmpq(t, x);
    if (e < 0) rc_surd_neg(t, t);
    rc_surd_add(s, s, t);
    rc_surd_clear(t);
}

/* Small radicands make sums that vanish; square multiples and long ones make sums that nearly do. */
static void random_square(fmpq_t x, int kind)
{
    static const long radicand[] = { 0, 1, 2, 3, 5, 6, 8, 12, 18, 27, 50 };
    if (kind == 0) fmpq_set_si(x, radicand[test_range(0, 10)] * test_range(1, 3), (ulong) test_range(1, 2));
    else if (kind == 1) {
        long a = test_range(1, 9);
        fmpq_set_si(x, radicand[test_range(1, 4)] * a * a, 1);
    } else if (kind == 2) {
        fmpz_set_ui(fmpq_numref(x), test_random() >> test_range(2, 60));
        fmpz_set_ui(fmpq_denref(x), (test_random() >> test_range(2, 60)) + 1);
        fmpq_canonicalise(x);
    } else {
        fmpq_set_si(x, 10, 1);
        fmpq_pow_si(x, x, 30);
        fmpz_add_ui(fmpq_numref(x), fmpq_numref(x), (ulong) test_range(0, 3));
    }
}

static void test_sign_oracle(void)
{
    fmpq *x = _fmpq_vec_init(4);
    rc_surd_t s;
    rc_surd_init(s);
    long seen[3] = { 0, 0, 0 };
    for (int kind = 0; kind < 4; kind++) {
        test_case("sign of sums of up to four roots by squaring, kind %d", kind);
        for (long round = 0; round < test_rounds(20000); round++) {
            int e[4];
            rc_surd_zero(s);
            for (int i = 0; i < 4; i++) {
                e[i] = test_chance(50) ? 1 : -1;
                if (test_chance(15)) fmpq_zero(x + i);
                else random_square(x + i, kind);
                add_root(s, e[i], x + i);
            }
            int expected = sign_four(e, x), sign = rc_surd_sgn(s);
            seen[expected + 1]++;
            CHECK(sign == expected, "%d sqrt(%ld) ...: sign %d, expected %d", e[0],
                  (long) fmpz_get_si(fmpq_numref(x)), sign, expected);
            CHECK(rc_surd_is_zero(s) == (expected == 0), "zero test");
            if (round % 16 == 0) CHECK(rc_surd_is_valid(s), "invariants");
        }
    }
    test_case("all three signs occurred");
    CHECK(seen[0] > 1000 && seen[1] > 500 && seen[2] > 1000, "%ld %ld %ld", seen[0], seen[1], seen[2]);
    rc_surd_clear(s);
    _fmpq_vec_clear(x, 4);
}

static void parse(rc_surd_t s, const char *text)
{
    rc_error_t err;
    if (rc_expression_parse(s, text, strlen(text), NULL, err) != RC_OK) test_fail(__FILE__, __LINE__, text, "%s",
        err->message);
}

/* F_(n+1)/F_n - (1 + sqrt(5))/2 = (-1/golden)^n / F_n, so its sign is (-1)^n. */
static void test_fibonacci(void)
{
    test_case("Fibonacci quotients about the golden ratio");
    rc_surd_t golden;
    fmpq_t x;
    rc_surd_init(golden);
    fmpq_init(x);
    parse(golden, "(1+sqrt(5))/2");
    for (ulong n = 1; n < 6000; n += n < 200 ? 1 : 97) {
        fmpz_fib_ui(fmpq_numref(x), n + 1);
        fmpz_fib_ui(fmpq_denref(x), n);
        int sign = rc_surd_cmp_fmpq(golden, x);
        CHECK(sign == (n % 2 ? 1 : -1), "n = %lu: %d", n, sign);
    }
    rc_surd_clear(golden);
    fmpq_clear(x);
}

/* sqrt is strictly concave and its third derivative is positive; the differences are near n^(1/2 - order). */
static void test_near_ties(void)
{
    test_case("second and third differences of sqrt at huge n");
    static const int coefficient[2][4] = { { 1, -2, 1, 0 }, { -1, 3, -3, 1 } };
    rc_surd_t s, t;
    fmpq_t x, c;
    rc_surd_init(s);
    rc_surd_init(t);
    fmpq_init(x);
    fmpq_init(c);
    for (slong e = 1; e <= 400; e += e < 60 ? 1 : 85) {
        for (int order = 0; order < 2; order++) {
            rc_surd_zero(s);
            for (int i = 0; i < 4; i++) {
                fmpq_set_si(x, 10, 1);
                fmpq_pow_si(x, x, e);
                fmpz_add_ui(fmpq_numref(x), fmpq_numref(x), (ulong) i);
                rc_surd_set_sqrt_fmpq(t, x);
                fmpq_set_si(c, coefficient[order][i], 1);
                rc_surd_mul_fmpq(t, t, c);
                rc_surd_add(s, s, t);
            }
            int sign = rc_surd_sgn(s);
            CHECK(sign == (order ? 1 : -1), "n = 10^%ld, difference %d: sign %d", (long) e, order + 2, sign);
        }
    }
    rc_surd_clear(s);
    rc_surd_clear(t);
    fmpq_clear(x);
    fmpq_clear(c);
}

static void test_identities(void)
{
    static const char *const zero[] = {
        "(sqrt(2)+sqrt(3))^2-5-2*sqrt(6)",
        "sqrt(1/2)-sqrt(2)/2",
        "sqrt(8)+sqrt(18)-5*sqrt(2)",
        "(1+sqrt(2)+sqrt(3))*(1+sqrt(2)-sqrt(3))-2*sqrt(2)",
        "1/(sqrt(2)+sqrt(3)+sqrt(5))-(2*sqrt(3)+3*sqrt(2)-sqrt(30))/12",
        "sqrt(4295098369*4295360521*2)-65537*65539*sqrt(2)", /* squares of two large primes */
        "sqrt(4295098369*65539)-65537*sqrt(65539)", /* one large square stays in the radicand */
        "sqrt(4295098369)-65537",
        "sqrt(4295098369*12)-2*65537*sqrt(3)",
        "sqrt(4295098369*65539)*sqrt(65539)-65537*65539",
        "sqrt(4295098369*65539)+sqrt(65539*65543^2)-131080*sqrt(65539)",
        "sqrt(4295098369*65539*7)-sqrt(65543^2*65539*7)+6*sqrt(65539*7)",
        "1/sqrt(4295098369*65539)-sqrt(65539)/65537/65539",
        "sqrt(10^100)-10^50",
        "sqrt(3^2000*5)-3^1000*sqrt(5)",
        "sqrt((2*3*5*7*11*13*65521)^2*65521)-2*3*5*7*11*13*65521*sqrt(65521)",
        "sqrt(0)",
        "(sqrt(2)-1)^50*(sqrt(2)+1)^50-1",
    };
    test_case("expressions that are 0");
    rc_surd_t s;
    rc_surd_init(s);
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        rc_surd_set_si(s, 7);
        parse(s, zero[i]);
        CHECK(rc_surd_is_zero(s) && rc_surd_sgn(s) == 0, "%s", zero[i]);
    }
    rc_surd_clear(s);
}

/* sqrt(prod p^e) = prod p^floor(e/2) sqrt(prod of the p with odd e), from the exponents. */
static void test_reduction(void)
{
    test_case("squares leave the radicand");
    rc_surd_t s;
    fmpq_t x;
    fmpz_t root, rest, power;
    rc_surd_init(s);
    fmpq_init(x);
    fmpz_init(root);
    fmpz_init(rest);
    fmpz_init(power);
    for (long round = 0; round < test_rounds(400); round++) {
        ulong p = test_chance(20) ? 65000 : 2;
        long count = test_chance(30) ? 150 : test_range(0, 6), most = test_chance(20) ? 40 : 5;
        fmpq_one(x);
        fmpz_one(root);
        fmpz_one(rest);
        for (long i = 0; i < count && p < 65521; i++) { /* 65521 is the last prime below 2^16 */
            ulong e = (ulong) test_range(0, most);
            p = n_nextprime(p, 1);
            fmpz_set_ui(power, p);
            fmpz_pow_ui(power, power, e);
            fmpz_mul(fmpq_numref(x), fmpq_numref(x), power);
            fmpz_set_ui(power, p);
            fmpz_pow_ui(power, power, e / 2);
            fmpz_mul(root, root, power);
            if (e % 2) fmpz_mul_ui(rest, rest, p);
        }
        if (test_chance(30)) { /* the square of a product of large primes, alone beside small ones */
            fmpz_set_ui(power, 65537UL * 4294967311UL);
            fmpz_mul(root, root, power);
            fmpz_mul(fmpq_numref(x), fmpq_numref(x), power);
            fmpz_mul(fmpq_numref(x), fmpq_numref(x), power);
        }
        rc_surd_set_sqrt_fmpq(s, x);
        CHECK(s->length == 1 && fmpz_equal(s->radicands, rest), "radicand");
        CHECK(fmpz_equal(fmpq_numref(s->coeffs), root) && fmpz_is_one(fmpq_denref(s->coeffs)), "coefficient");
    }
    rc_surd_clear(s);
    fmpq_clear(x);
    fmpz_clear(root);
    fmpz_clear(rest);
    fmpz_clear(power);
}

static void random_surd(rc_surd_t s, long terms)
{
    rc_surd_t t;
    fmpq_t x;
    rc_surd_init(t);
    fmpq_init(x);
    rc_surd_zero(s);
    for (long i = 0; i < terms; i++) {
        random_square(x, (int) test_range(0, 2));
        if (test_chance(10)) { /* 65537^2 * 65539: a square the reduction leaves */
            fmpz_set_ui(fmpq_numref(x), 65537);
            fmpz_mul_ui(fmpq_numref(x), fmpq_numref(x), 65537);
            fmpz_mul_ui(fmpq_numref(x), fmpq_numref(x), 65539);
            fmpz_one(fmpq_denref(x));
        } else if (test_chance(10)) fmpq_set_si(x, 65539, 1);
        rc_surd_set_sqrt_fmpq(t, x);
        fmpq_set_si(x, test_range(-20, 20), (ulong) test_range(1, 20));
        rc_surd_mul_fmpq(t, t, x);
        rc_surd_add(s, s, t);
    }
    rc_surd_clear(t);
    fmpq_clear(x);
}

static bool equal(const rc_surd_t s, const rc_surd_t t)
{
    return rc_surd_cmp(s, t) == 0;
}

static void test_ring(void)
{
    test_case("ring identities, inverses, order");
    rc_surd_t s, t, u, a, b, one;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_surd_init(u);
    rc_surd_init(a);
    rc_surd_init(b);
    rc_surd_init(one);
    rc_surd_set_si(one, 1);
    for (long round = 0; round < test_rounds(1500); round++) {
        random_surd(s, test_range(0, 4));
        random_surd(t, test_range(0, 4));
        random_surd(u, test_range(0, 3));
        rc_surd_mul(a, s, t);
        rc_surd_mul(b, t, s);
        CHECK(equal(a, b) && rc_surd_is_valid(a), "s t = t s");
        CHECK(rc_surd_sgn(a) == rc_surd_sgn(s) * rc_surd_sgn(t), "sign of a product");
        rc_surd_add(a, s, t);
        rc_surd_mul(a, a, u);
        rc_surd_mul(b, s, u);
        rc_surd_mul(t, t, u);
        rc_surd_add(b, b, t);
        CHECK(equal(a, b) && rc_surd_is_valid(a) && rc_surd_is_valid(b), "(s + t) u = s u + t u");
        rc_surd_sub(a, a, b);
        CHECK(rc_surd_is_zero(a), "x - x = 0");
        rc_surd_sub(b, s, u);
        CHECK(rc_surd_sgn(b) == rc_surd_cmp(s, u) && rc_surd_cmp(u, s) == -rc_surd_cmp(s, u), "order");
        rc_surd_set(a, s);
        rc_surd_max(a, u);
        CHECK(equal(a, rc_surd_cmp(s, u) < 0 ? u : s), "max");
        rc_surd_abs(a, s);
        CHECK(rc_surd_sgn(a) >= 0 && (equal(a, s) || rc_surd_sgn(s) < 0), "abs");
        rc_status status = rc_surd_inv(a, s);
        CHECK(status == (rc_surd_is_zero(s) ? RC_UNDEFINED : RC_OK), "inverse exists");
        if (status != RC_OK) continue;
        rc_surd_mul(b, a, s);
        CHECK(equal(b, one) && rc_surd_is_valid(a), "s (1/s) = 1");
        rc_surd_add(s, s, s);
        rc_surd_mul(s, s, a);
        rc_surd_sub(s, s, one);
        CHECK(equal(s, one), "aliased arguments: 2 s (1/s) - 1 = 1");
        rc_surd_sub(s, s, s);
        CHECK(rc_surd_is_zero(s), "aliased arguments: s - s");
    }
    rc_surd_clear(s);
    rc_surd_clear(t);
    rc_surd_clear(u);
    rc_surd_clear(a);
    rc_surd_clear(b);
    rc_surd_clear(one);
}

/* The extended inverse: 1/(sum of sqrt of the first 8 primes), and 9 terms are refused. */
static void test_inverse_limits(void)
{
    test_case("inverse of long sums");
    static const long prime[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23 };
    rc_surd_t s, t;
    fmpq_t x;
    rc_surd_init(s);
    rc_surd_init(t);
    fmpq_init(x);
    for (int n = 1; n <= 9; n++) {
        fmpq_set_si(x, prime[n - 1], 1);
        add_root(s, n % 2 ? 1 : -1, x);
        rc_surd_set_si(t, 5);
        rc_status status = rc_surd_inv(t, s);
        CHECK(status == (n <= 8 ? RC_OK : RC_LIMIT), "%d terms: status %d", n, (int) status);
        if (status == RC_OK) rc_surd_mul(t, t, s);
        fmpq_set_si(x, n <= 8 ? 1 : 5, 1);
        CHECK(rc_surd_cmp_fmpq(t, x) == 0, "%d terms", n);
    }
    rc_surd_clear(s);
    rc_surd_clear(t);
    fmpq_clear(x);
}

static void test_enclosures(void)
{
    test_case("rational enclosures");
    rc_surd_t s, width, bound;
    fmpq_t lo, hi, w;
    rc_surd_init(s);
    rc_surd_init(width);
    rc_surd_init(bound);
    fmpq_init(lo);
    fmpq_init(hi);
    fmpq_init(w);
    for (long round = 0; round < test_rounds(1500); round++) {
        slong bits = test_range(-3, 300);
        random_surd(s, test_range(0, 4));
        fmpq_set_si(w, 10, 1);
        fmpq_pow_si(w, w, test_range(-60, 60));
        if (test_chance(50)) rc_surd_mul_fmpq(s, s, w);
        rc_surd_enclose(lo, hi, s, bits);
        CHECK(rc_surd_cmp_fmpq(s, lo) >= 0 && rc_surd_cmp_fmpq(s, hi) <= 0, "lo <= s <= hi");
        CHECK(!rc_surd_is_rational(s) || fmpq_equal(lo, hi), "a rational is its own enclosure");
        fmpq_sub(w, hi, lo);
        rc_surd_set_fmpq(width, w);
        rc_surd_abs(bound, s);
        fmpq_one(w);
        if (rc_surd_cmp_fmpq(bound, w) < 0) rc_surd_set_si(bound, 1);
        fmpq_set_si(w, 2, 1);
        fmpq_pow_si(w, w, -bits);
        rc_surd_mul_fmpq(bound, bound, w);
        CHECK(rc_surd_cmp(width, bound) <= 0, "width at %ld bits", (long) bits);
    }
    rc_surd_clear(s);
    rc_surd_clear(width);
    rc_surd_clear(bound);
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpq_clear(w);
}

static void test_texts(void)
{
    static const char *const table[][4] = {
        /* input, exact, decimal with 7, pretty with 7 */
        { "0", "0", "0", "0" },
        { "-3", "-3", "-3", "-3" },
        { "6/4", "3/2", "1.5", "3/2" },
        { "sqrt(2)", "sqrt(2)", "[1.4142135, 1.4142136]", "sqrt(2) in [1.4142135, 1.4142136]" },
        { "-sqrt(1/2)", "-sqrt(2)/2", "[-0.70710679, -0.70710678]", "-sqrt(2)/2 in [-0.70710679, -0.70710678]" },
        { "sqrt(12)/5", "2*sqrt(3)/5", "[0.69282032, 0.69282033]", "2*sqrt(3)/5 in [0.69282032, 0.69282033]" },
        { "sqrt(2)-1/2", "-1/2+sqrt(2)", "[0.91421356, 0.91421357]", "-1/2+sqrt(2) in [0.91421356, 0.91421357]" },
        { "1-3*sqrt(5)", "1-3*sqrt(5)", "[-5.7082040, -5.7082039]", "1-3*sqrt(5) in [-5.7082040, -5.7082039]" },
        { "sqrt(2/4295098369)", "sqrt(2)/65537", "[0.000021578857, 0.000021578858]",
          "sqrt(2)/65537 in [0.000021578857, 0.000021578858]" },
        { "1/3", "1/3", "[0.33333333, 0.33333334]", "1/3" },
        { "1e22", "10000000000000000000000", "1e22", "10000000000000000000000" },
        { "123456789012345678", "123456789012345678", "123456789012345678", "123456789012345678" },
        { "1234567890123456789", "1234567890123456789", "[1234567800000000000, 1234567900000000000]",
          "1234567890123456789" },
        { "sqrt(2)*1e-7", "sqrt(2)/10000000", "[1.4142135e-7, 1.4142136e-7]",
          "sqrt(2)/10000000 in [1.4142135e-7, 1.4142136e-7]" },
        { "sqrt(2)*1e7", "10000000*sqrt(2)", "[14142135, 14142136]", "10000000*sqrt(2) in [14142135, 14142136]" },
        { "sqrt(2)*1e9", "1000000000*sqrt(2)", "[1414213500, 1414213600]",
          "1000000000*sqrt(2) in [1414213500, 1414213600]" },
        { "99999999/10^20*sqrt(10^40+1)/10^7", NULL, "[9.9999999, 10.0000000]", NULL },
    };
    test_case("texts");
    rc_surd_t s;
    rc_surd_init(s);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        parse(s, table[i][0]);
        char *exact = rc_surd_get_str(s), *decimal = rc_surd_get_decimal(s, 7), *pretty = rc_surd_get_pretty(s, 7);
        CHECK(!table[i][1] || strcmp(exact, table[i][1]) == 0, "%s: %s", table[i][0], exact);
        CHECK(strcmp(decimal, table[i][2]) == 0, "%s: %s", table[i][0], decimal);
        CHECK(!table[i][3] || strcmp(pretty, table[i][3]) == 0, "%s: %s", table[i][0], pretty);
        free(exact);
        free(decimal);
        free(pretty);
    }
    rc_surd_clear(s);
}

/* "[lo, hi]" read back encloses s; hi - lo is one unit of the last place, at most 10^-digits |s|. */
static void test_decimals(void)
{
    test_case("decimal enclosures read back");
    rc_surd_t s, lo, hi;
    fmpq_t w;
    rc_surd_init(s);
    rc_surd_init(lo);
    rc_surd_init(hi);
    fmpq_init(w);
    for (long round = 0; round < test_rounds(1500); round++) {
        int digits = (int) test_range(0, 40);
        random_surd(s, test_range(0, 3));
        fmpq_set_si(w, 10, 1);
        fmpq_pow_si(w, w, test_range(-40, 40));
        if (test_chance(60)) rc_surd_mul_fmpq(s, s, w);
        char *text = rc_surd_get_decimal(s, digits), *comma = strchr(text, ',');
        if (!comma) {
            parse(lo, text);
            CHECK(equal(lo, s), "%s", text);
            free(text);
            continue;
        }
        *comma = '\0';
        comma[1 + strcspn(comma + 1, "]")] = '\0';
        parse(lo, text + 1);
        parse(hi, comma + 1);
        CHECK(rc_surd_cmp(lo, s) <= 0 && rc_surd_cmp(s, hi) <= 0, "[%s, %s]", text + 1, comma + 1);
        CHECK(rc_surd_cmp(lo, hi) < 0, "[%s, %s]", text + 1, comma + 1);
        rc_surd_sub(hi, hi, lo);
        rc_surd_abs(s, s);
        fmpq_set_si(w, 10, 1);
        fmpq_pow_si(w, w, -digits);
        rc_surd_mul_fmpq(s, s, w);
        CHECK(rc_surd_cmp(hi, s) <= 0, "width of [%s, %s]", text + 1, comma + 1);
        free(text);
    }
    rc_surd_clear(s);
    rc_surd_clear(lo);
    rc_surd_clear(hi);
    fmpq_clear(w);
}

static void check_double(double d)
{
    fmpq_t x, y;
    mpq_t q;
    fmpq_init(x);
    fmpq_init(y);
    mpq_init(q);
    rc_fmpq_set_d(x, d);
    mpq_set_d(q, d);
    fmpq_set_mpq(y, q);
    CHECK(fmpq_equal(x, y) && fmpq_is_canonical(x), "%a", d);
    fmpq_clear(x);
    fmpq_clear(y);
    mpq_clear(q);
}

static void test_doubles(void)
{
    test_case("exact values of doubles (against GMP)");
    static const double special[] = { 0.0, -0.0, 1.0, -1.0, 0.1, 0x1p-1074, -0x1.8p-1073, DBL_MIN, DBL_MAX, -DBL_MAX,
0x1p62, 0x1p63 };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) check_double(special[i]);
    for (long round = 0; round < test_rounds(20000); round++) {
        uint64_t bits = test_random();
        double d;
        memcpy(&d, &bits, sizeof d);
        if (isfinite(d)) check_double(d);
    }
}

int main(void)
{
    test_start("t-surd");
    test_sign_oracle();
    test_fibonacci();
    test_near_ties();
    test_identities();
    test_reduction();
    test_ring();
    test_inverse_limits();
    test_enclosures();
    test_texts();
    test_decimals();
    test_doubles();
    flint_cleanup();
    return test_finish();
}
