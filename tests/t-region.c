/* Regions and linear programs. Both answers of every call carry their own proof, which is checked here. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "relucert/region.h"

/* Uniform with about `bits` bits and a random sign. */
static void random_bits(fmpz_t x, int bits)
{
    fmpz_zero(x);
    for (int have = 0; have < bits; have += 16) {
        fmpz_mul_2exp(x, x, 16);
        fmpz_add_ui(x, x, (ulong) test_range(0, 65535));
    }
    fmpz_fdiv_q_2exp(x, x, (ulong) (-bits & 15));
    if (test_chance(50)) fmpz_neg(x, x);
}

/* kind 0: entries in {-1,0,1}; 1: small; 2: 53 bits; 3: 200 bits; 4: low rank; 5: with zero and parallel rows. */
static void random_forms(fmpz_mat_t M, int kind)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < width; c++) {
            fmpz *entry = fmpz_mat_entry(M, i, c);
            if (kind == 2 || kind == 3) random_bits(entry, kind == 2 ? 53 : 200);
            else fmpz_set_si(entry, kind == 1 ? test_range(-9, 9) : test_range(-1, 1));
        }
    for (slong i = 2; i < n && kind == 4; i++)
        for (slong c = 0; c < width; c++) {
            fmpz_add(fmpz_mat_entry(M, i, c), fmpz_mat_entry(M, i - 1, c), fmpz_mat_entry(M, i - 2, c));
            if (test_chance(10)) fmpz_sub(fmpz_mat_entry(M, i, c), fmpz_mat_entry(M, 0, c), fmpz_mat_entry(M, i, c));
        }
    for (slong i = 1; i < n && kind == 5; i++) {
        if (test_chance(60)) continue;
        slong from = test_range(0, i - 1);
        _fmpz_vec_scalar_mul_si(fmpz_mat_entry(M, i, 0), fmpz_mat_entry(M, from, 0), width, test_range(-2, 2));
    }
}

static int sign_at(const fmpz_mat_t M, slong j, const fmpq *x)
{
    fmpq_t sum, term;
    fmpq_init(sum);
    fmpq_init(term);
    for (slong c = 0; c < fmpz_mat_ncols(M); c++) {
        fmpq_mul_fmpz(term, x + c, fmpz_mat_entry(M, j, c));
        fmpq_add(sum, sum, term);
    }
    int sign = fmpq_sgn(sum);
    fmpq_clear(sum);
    fmpq_clear(term);
    return sign;
}

static void check_region(const rc_region_struct *R, const fmpz_mat_t M, const int *expected)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M);
    fmpq *x = _fmpq_vec_init(width + 1);
    rc_region_witness(x, R);
    for (slong j = 0; j < n; j++) {
        int sign = sign_at(M, j, x);
        CHECK(rc_region_restricted(R, j) == expected[j], "form %ld", (long) j);
        CHECK(!expected[j] || sign == expected[j], "witness on the wrong side of form %ld", (long) j);
        CHECK(rc_region_sign(R, j) == sign, "form %ld", (long) j);
    }
    _fmpq_vec_clear(x, width + 1);
}

static void check_farkas(const rc_region_struct *R, const fmpz_mat_t M, const int *expected, slong j, int s)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M);
    fmpz *lambda = _fmpz_vec_init(n), *sum = _fmpz_vec_init(width + 1);
    fmpz_t content;
    fmpz_init(content);
    rc_region_farkas(lambda, R);
    _fmpz_vec_content(content, lambda, n);
    CHECK(fmpz_is_one(content) && fmpz_sgn(lambda + j) > 0, "form %ld", (long) j);
    for (slong i = 0; i < n; i++) {
        CHECK(fmpz_sgn(lambda + i) >= 0, "negative at %ld", (long) i);
        CHECK(i == j || expected[i] || fmpz_is_zero(lambda + i), "not zero at the unrestricted form %ld", (long) i);
        for (slong c = 0; c < width; c++) {
            fmpz_t term;
            fmpz_init(term);
            fmpz_mul(term, lambda + i, fmpz_mat_entry(M, i, c));
            if ((i == j ? s : expected[i]) < 0) fmpz_neg(term, term);
            fmpz_add(sum + c, sum + c, term);
            fmpz_clear(term);
        }
    }
    if (expected[j]) {
        for (slong i = 0; i < n; i++) CHECK(fmpz_is_zero(lambda + i) == (i != j), "entry %ld", (long) i);
    } else {
        CHECK(_fmpz_vec_is_zero(sum, width), "the combination is not 0 at form %ld", (long) j);
    }
    _fmpz_vec_clear(lambda, n);
    _fmpz_vec_clear(sum, width + 1);
    fmpz_clear(content);
}

/* Random restrictions, repeated and contradicting ones too, with a copy taken on the way. */
static void random_walk(int kind, slong n, slong width)
{
    fmpz_mat_t M;
    fmpz_mat_init(M, n, width);
    random_forms(M, kind);
    int *expected = flint_calloc((size_t) n + 1, sizeof(int)), *kept = flint_calloc((size_t) n + 1, sizeof(int));
    rc_region_struct *R = rc_region_new(M), *copy = rc_region_copy(R);
    check_region(R, M, expected);
    for (slong step = 0; step < 2 * n; step++) {
        slong j = test_range(0, n - 1);
        int s = test_chance(50) ? 1 : -1;
        if (rc_region_restrict(R, j, s)) {
            CHECK(expected[j] != -s, "both sides of form %ld", (long) j);
            expected[j] = s;
        } else {
            CHECK(expected[j] != s, "form %ld was on this side", (long) j);
            check_farkas(R, M, expected, j, s);
        }
        check_region(R, M, expected);
        if (test_chance(20)) {
            rc_region_set(copy, R);
            for (slong i = 0; i < n; i++) kept[i] = expected[i];
        }
        if (test_chance(10)) {
            rc_region_struct *fresh = rc_region_copy(copy);
            check_region(fresh, M, kept);
            rc_region_free(fresh);
        }
    }
    check_region(copy, M, kept);
    rc_region_free(R);
    rc_region_free(copy);
    flint_free(expected);
    flint_free(kept);
    fmpz_mat_clear(M);
}

/* Forms that are given only when they are needed, and exchanged as long as they are not restricted. */
static void open_walk(int kind, slong n, slong width)
{
    fmpz_mat_t M, more;
    fmpz_mat_init(M, n, width);
    fmpz_mat_init(more, n, width);
    int *expected = flint_calloc((size_t) n + 1, sizeof(int));
    rc_region_struct *R = rc_region_new_open(n, width);
    for (slong step = 0; step < 3 * n; step++) {
        slong j = test_range(0, n - 1);
        int s = test_chance(50) ? 1 : -1;
        random_forms(more, kind);
        if (!expected[j]) {
            _fmpz_vec_set(fmpz_mat_entry(M, j, 0), fmpz_mat_entry(more, j, 0), width);
            rc_region_set_form(R, j, fmpz_mat_entry(M, j, 0));
        }
        if (rc_region_restrict(R, j, s)) {
            CHECK(expected[j] != -s, "both sides of form %ld", (long) j);
            expected[j] = s;
        } else {
            CHECK(expected[j] != s, "form %ld was on this side", (long) j);
            check_farkas(R, M, expected, j, s);
        }
        check_region(R, M, expected);
        if (test_chance(30)) {
            rc_region_struct *copy = rc_region_copy(R);
            rc_region_free(R);
            R = copy;
        }
    }
    rc_region_free(R);
    flint_free(expected);
    fmpz_mat_clear(more);
    fmpz_mat_clear(M);
}

static void test_walks(void)
{
    static const char *const names[] = {"{-1,0,1}", "small", "53 bits", "200 bits", "low rank", "zero and parallel"};
    for (int kind = 0; kind < 6; kind++) {
        test_case("restrictions, %s", names[kind]);
        for (long round = test_rounds(60); round > 0; round--)
            random_walk(kind, test_range(1, kind == 3 ? 12 : 25), test_range(1, 7));
        test_case("forms one by one, %s", names[kind]);
        for (long round = test_rounds(30); round > 0; round--)
            open_walk(kind, test_range(1, kind == 3 ? 10 : 16), test_range(1, 6));
    }
}

static void set_rows(fmpz_mat_t M, const int *entries)
{
    for (slong i = 0; i < fmpz_mat_nrows(M); i++)
        for (slong c = 0; c < fmpz_mat_ncols(M); c++)
            fmpz_set_si(fmpz_mat_entry(M, i, c), entries[i * fmpz_mat_ncols(M) + c]);
}

static void test_special_forms(void)
{
    static const int rows[] = {1, 0, 2, 0, -3, 0, 0, 0, 1, 1};
    fmpz_mat_t M;
    fmpz_mat_init(M, 5, 2);
    set_rows(M, rows);
    int expected[5] = {0};

    test_case("the zero form has no side");
    rc_region_struct *R = rc_region_new(M);
    CHECK(!rc_region_restrict(R, 3, 1), "+");
    check_farkas(R, M, expected, 3, 1);
    CHECK(!rc_region_restrict(R, 3, -1), "-");
    check_farkas(R, M, expected, 3, -1);

    test_case("proportional forms");
    CHECK(rc_region_restrict(R, 0, 1), "x > 0");
    expected[0] = 1;
    CHECK(!rc_region_restrict(R, 1, -1), "2 x < 0");
    check_farkas(R, M, expected, 1, -1);
    CHECK(!rc_region_restrict(R, 2, 1), "-3 x > 0");
    check_farkas(R, M, expected, 2, 1);
    CHECK(rc_region_restrict(R, 1, 1) && rc_region_restrict(R, 2, -1), "implied");
    expected[1] = 1;
    expected[2] = -1;
    check_region(R, M, expected);

    test_case("again, and the other way");
    CHECK(rc_region_restrict(R, 0, 1), "again");
    CHECK(!rc_region_restrict(R, 0, -1), "the other way");
    check_farkas(R, M, expected, 0, -1);
    CHECK(rc_region_restrict(R, 4, -1), "x + y < 0");
    expected[4] = -1;
    check_region(R, M, expected);
    rc_region_free(R);
    fmpz_mat_clear(M);

    test_case("no forms");
    fmpz_mat_init(M, 0, 3);
    R = rc_region_new(M);
    fmpq *x = _fmpq_vec_init(3);
    rc_region_witness(x, R);
    rc_region_struct *copy = rc_region_copy(R);
    rc_region_set(R, copy);
    for (int i = 0; i < 3; i++) CHECK(fmpq_is_zero(x + i), "entry %d", i);
    _fmpq_vec_clear(x, 3);
    rc_region_free(R);
    rc_region_free(copy);
    fmpz_mat_clear(M);
}

static void report_speed(void)
{
    test_case("speed, 40 forms in Q^5");
    fmpz_mat_t M;
    fmpz_mat_init(M, 40, 5);
    random_forms(M, 1);
    rc_region_struct *start = rc_region_new(M), *R = rc_region_copy(start);
    double began = rc_clock();
    long done = 0, refused = 0;
    for (int walk = 0; walk < 200; walk++) {
        rc_region_set(R, start);
        for (slong j = 0; j < 40; j++) {
            int s = test_chance(50) ? 1 : -1;
            done++;
            if (rc_region_restrict(R, j, s)) continue;
            refused++;
            CHECK(rc_region_restrict(R, j, -s), "neither side of form %ld", (long) j);
            done++;
        }
    }
    double seconds = rc_clock() - began;
    printf("  %ld restrictions (%ld refused), %.2f microseconds each\n", done, refused, 1e6 * seconds / (double) done);
    rc_region_free(R);
    rc_region_free(start);
    fmpz_mat_clear(M);
}

/* <g, x> + g_d, g of length d + 1. */
static void affine_value(fmpq_t value, const fmpq *g, const fmpq *x, slong d)
{
    fmpq_set(value, g + d);
    for (slong c = 0; c < d; c++) fmpq_addmul(value, g + c, x + c);
}

/* y >= 0 and, for the maximum, value - c = sum y_i g_i; for emptiness -1 = sum y_i g_i. */
static void check_multipliers(const fmpq *y, const fmpq_mat_t G, const fmpq *c, const fmpq_t value)
{
    slong k = fmpq_mat_nrows(G), d = fmpq_mat_ncols(G) - 1;
    fmpq_t sum;
    fmpq_init(sum);
    for (slong i = 0; i < k; i++) CHECK(fmpq_sgn(y + i) >= 0, "negative multiplier %ld", (long) i);
    for (slong j = 0; j <= d; j++) {
        fmpq_zero(sum);
        for (slong i = 0; i < k; i++) fmpq_addmul(sum, y + i, fmpq_mat_entry(G, i, j));
        if (c) fmpq_add(sum, sum, c + j);
        if (j == d) fmpq_sub(sum, sum, value);
        CHECK(fmpq_is_zero(sum), "coefficient %ld", (long) j);
    }
    fmpq_clear(sum);
}

static void check_point(const fmpq *x, const fmpq_mat_t G)
{
    fmpq_t value;
    fmpq_init(value);
    for (slong i = 0; i < fmpq_mat_nrows(G); i++) {
        affine_value(value, fmpq_mat_entry(G, i, 0), x, fmpq_mat_ncols(G) - 1);
        CHECK(fmpq_sgn(value) >= 0, "constraint %ld violated", (long) i);
    }
    fmpq_clear(value);
}

static int checked_maximum(fmpq_t value, const fmpq_mat_t G, const fmpq *c);

/* Unbounded: there is a point, and a direction z with <g_i, z> >= 0 and <c, z> >= 1. */
static void check_unbounded(const fmpq_mat_t G, const fmpq *c)
{
    slong k = fmpq_mat_nrows(G), d = fmpq_mat_ncols(G) - 1;
    fmpq *zero = _fmpq_vec_init(d + 1);
    fmpq_t value;
    fmpq_mat_t cone;
    fmpq_init(value);
    fmpq_mat_init(cone, k + 1, d + 1);
    for (slong j = 0; j < d; j++) {
        for (slong i = 0; i < k; i++) fmpq_set(fmpq_mat_entry(cone, i, j), fmpq_mat_entry(G, i, j));
        fmpq_set(fmpq_mat_entry(cone, k, j), c + j);
    }
    fmpq_set_si(fmpq_mat_entry(cone, k, d), -1, 1);
    CHECK(checked_maximum(value, G, zero) == 1, "no point");
    CHECK(checked_maximum(value, cone, zero) == 1, "no direction");
    fmpq_mat_clear(cone);
    fmpq_clear(value);
    _fmpq_vec_clear(zero, d + 1);
}

static int checked_maximum(fmpq_t value, const fmpq_mat_t G, const fmpq *c)
{
    slong k = fmpq_mat_nrows(G), d = fmpq_mat_ncols(G) - 1;
    fmpq *x = _fmpq_vec_init(d + 1), *y = _fmpq_vec_init(k + 1);
    int result = rc_lp_maximize(value, x, y, G, c);
    fmpq_t check;
    fmpq_init(check);
    if (result == 1) {
        check_point(x, G);
        affine_value(check, c, x, d);
        CHECK(fmpq_equal(check, value), "value at the maximizer");
        check_multipliers(y, G, c, value);
    } else if (result == 0) {
        fmpq_set_si(check, -1, 1);
        check_multipliers(y, G, NULL, check);
    } else {
        CHECK(result == -1, "result %d", result);
        check_unbounded(G, c);
    }
    fmpq_clear(check);
    _fmpq_vec_clear(x, d + 1);
    _fmpq_vec_clear(y, k + 1);
    return result;
}

static void random_rational(fmpq_t x, int kind)
{
    if (kind == 0) fmpq_set_si(x, test_range(-1, 1), 1);
    else if (kind == 1) fmpq_set_si(x, test_range(-9, 9), (ulong) test_range(1, 6));
    else {
        random_bits(fmpq_numref(x), (int) test_range(1, 90));
        random_bits(fmpq_denref(x), (int) test_range(1, 90));
        if (fmpz_is_zero(fmpq_denref(x))) fmpz_one(fmpq_denref(x));
        fmpq_canonicalise(x);
    }
}

static void test_random_programs(void)
{
    long seen[3] = {0};
    test_case("random linear programs");
    for (long round = test_rounds(1500); round > 0; round--) {
        int kind = (int) (round % 3);
        slong d = test_range(1, 5), k = test_range(0, 12);
        fmpq_mat_t G;
        fmpq_mat_init(G, k, d + 1);
        fmpq *c = _fmpq_vec_init(d + 1);
        fmpq_t value;
        fmpq_init(value);
        for (slong i = 0; i < k; i++)
            for (slong j = 0; j <= d; j++) random_rational(fmpq_mat_entry(G, i, j), kind);
        if (round % 2)
            for (slong i = 0; i < k; i++) fmpq_abs(fmpq_mat_entry(G, i, d), fmpq_mat_entry(G, i, d));
        for (slong j = 0; j <= d; j++) random_rational(c + j, kind);
        seen[1 + checked_maximum(value, G, c)]++;
        fmpq_mat_clear(G);
        _fmpq_vec_clear(c, d + 1);
        fmpq_clear(value);
    }
    CHECK(seen[0] > 50 && seen[1] > 50 && seen[2] > 50, "%ld unbounded, %ld empty, %ld maxima", seen[0], seen[1],
          seen[2]);
}

static void set_row(fmpq *row, const char *text, slong length)
{
    for (slong i = 0; i < length; i++) {
        char *end;
        slong num = strtol(text, &end, 10);
        ulong den = *end == '/' ? (ulong) strtol(end + 1, &end, 10) : 1;
        fmpq_set_si(row + i, num, den);
        text = end;
    }
}

static void expect_maximum(const char *const *rows, slong k, slong d, const char *objective, int result, slong num,
                           ulong den)
{
    fmpq_mat_t G;
    fmpq_mat_init(G, k, d + 1);
    fmpq *c = _fmpq_vec_init(d + 1);
    fmpq_t value, expected;
    fmpq_init(value);
    fmpq_init(expected);
    for (slong i = 0; i < k; i++) set_row(fmpq_mat_entry(G, i, 0), rows[i], d + 1);
    set_row(c, objective, d + 1);
    fmpq_set_si(expected, num, den);
    CHECK(checked_maximum(value, G, c) == result, "kind of answer");
    CHECK(result != 1 || fmpq_equal(value, expected), "value");
    fmpq_mat_clear(G);
    _fmpq_vec_clear(c, d + 1);
    fmpq_clear(value);
    fmpq_clear(expected);
}

static void test_known_programs(void)
{
    test_case("Beale's cycling example: 5/4");
    const char *const beale[] = {"-1/4 8 1 -9 0", "-1/2 12 1/2 -3 0", "0 0 -1 0 1", "1 0 0 0 0",
                                 "0 1 0 0 0", "0 0 1 0 0", "0 0 0 1 0"};
    expect_maximum(beale, 7, 4, "3/4 -20 1/2 -6 0", 1, 5, 4);

    test_case("Klee-Minty cube: 125");
    const char *const klee[] = {"-1 0 0 5", "-4 -1 0 25", "-8 -4 -1 125", "1 0 0 0", "0 1 0 0", "0 0 1 0"};
    expect_maximum(klee, 6, 3, "4 2 1 0", 1, 125, 1);

    test_case("no constraints");
    expect_maximum(NULL, 0, 2, "0 0 7", 1, 7, 1);
    expect_maximum(NULL, 0, 2, "0 1 7", -1, 0, 1);

    test_case("constant constraints");
    const char *const good[] = {"0 0", "0 3", "-1 2"};
    expect_maximum(good, 3, 1, "1 0", 1, 2, 1);
    const char *const bad[] = {"1 0", "0 -1/3"};
    expect_maximum(bad, 2, 1, "1 0", 0, 0, 1);

    test_case("an equation from two inequalities");
    const char *const line[] = {"1 1 -1", "-1 -1 1"};
    expect_maximum(line, 2, 2, "2 2 1", 1, 3, 1);
    expect_maximum(line, 2, 2, "1 2 0", -1, 0, 1);
    const char *const gap[] = {"1 1 -1", "-1 -1 99/100"};
    expect_maximum(gap, 2, 2, "0 0 0", 0, 0, 1);
}

int main(void)
{
    test_start("t-region");
    test_walks();
    test_special_forms();
    report_speed();
    test_random_programs();
    test_known_programs();
    int status = test_finish();
    flint_cleanup();
    return status;
}
