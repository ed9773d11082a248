/* Characteristic polynomials: against Whitney's sum over subsets, the tree engine, known factorizations, and
   themselves after maps that leave the machine's integers. */
#include <flint/fmpz_poly.h>
#include <flint/fmpz_vec.h>
#include <flint/ulong_extras.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/arrangement.h"

static void print_forms(const fmpq_mat_t forms, int affine)
{
    printf("  affine %d, forms\n", affine);
    fmpq_mat_print(forms);
}

/* Reads the polynomial and the number of cells off the forms; they must belong together. */
static void characteristic(fmpz_poly_t chi, const fmpq_mat_t forms, int affine)
{
    rc_arrangement_t arr;
    fmpz_t cells, value, at;
    rc_arrangement_init(arr);
    fmpz_init(cells);
    fmpz_init(value);
    fmpz_init_set_si(at, -1);
    rc_arrangement_set_forms(arr, forms, affine);
    CHECK(rc_arrangement_characteristic(chi, arr, NULL) == RC_OK, "limit");
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK, "limit");
    fmpz_poly_evaluate_fmpz(value, chi, at);
    CHECK(fmpz_cmpabs(value, cells) == 0, "cells are not |chi(-1)|");
    CHECK(fmpz_poly_degree(chi) == arr->d && fmpz_is_one(fmpz_poly_lead(chi)), "not monic of degree d");
    if (!affine && arr->n) {
        fmpz_one(at);
        fmpz_poly_evaluate_fmpz(value, chi, at);
        CHECK(fmpz_is_zero(value), "t - 1 does not divide chi of a central arrangement");
    }
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
    fmpz_clear(value);
    fmpz_clear(at);
}

/* Whitney's theorem: sum over the subsets T with a common point of (-1)^|T| t^(d - rank T). */
static void whitney(fmpz_poly_t chi, const fmpq_mat_t forms, int affine)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    rc_arrangement_set_forms(arr, forms, affine);
    fmpz_poly_zero(chi);
    for (ulong T = 0; T < UWORD(1) << arr->n; T++) {
        slong size = 0;
        fmpz_mat_t rows;
        fmpz_mat_init(rows, arr->n + 1, arr->width);
        for (slong j = 0; j < arr->n; j++)
            if (T >> j & 1)
                _fmpz_vec_set(fmpz_mat_entry(rows, size++, 0), fmpz_mat_entry(arr->forms, j, 0), arr->width);
        slong rank = fmpz_mat_rank(rows), at = arr->d - rank;
        bool common = true;
        if (arr->affine) {
            fmpz_one(fmpz_mat_entry(rows, arr->n, arr->d));
            common = fmpz_mat_rank(rows) > rank;
        }
        if (common) fmpz_poly_set_coeff_si(chi, at, fmpz_poly_get_coeff_si(chi, at) + (size % 2 ? -1 : 1));
        fmpz_mat_clear(rows);
    }
    rc_arrangement_clear(arr);
}

static void expect(const fmpz_poly_t expected, const fmpq_mat_t forms, int affine, const char *source)
{
    fmpz_poly_t chi;
    fmpz_poly_init(chi);
    characteristic(chi, forms, affine);
    bool same = fmpz_poly_equal(chi, expected);
    CHECK(same, "chi is not that of %s", source);
    if (!same) {
        print_forms(forms, affine);
        printf("  found ");
        fmpz_poly_print_pretty(chi, "t");
        printf(", expected ");
        fmpz_poly_print_pretty(expected, "t");
        printf("\n");
    }
    fmpz_poly_clear(chi);
}

static void expect_tree(const fmpq_mat_t forms, int affine)
{
    rc_arrangement_t arr;
    fmpz_t cells, walked;
    rc_arrangement_init(arr);
    fmpz_init(cells);
    fmpz_init(walked);
    rc_arrangement_set_forms(arr, forms, affine);
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK, "limit");
    CHECK(rc_arrangement_count_tree(walked, arr, NULL) == RC_OK, "limit");
    CHECK(fmpz_equal(cells, walked), "the tree finds %lu cells", fmpz_get_ui(walked));
    if (!fmpz_equal(cells, walked)) print_forms(forms, affine);
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
    fmpz_clear(walked);
}

/* A random integer of exactly `bits` bits, or 0. */
static void random_bits(fmpz_t x, long bits)
{
    fmpz_zero(x);
    for (long b = 0; b < bits; b++) fmpz_mul_2exp(x, x, 1), fmpz_add_ui(x, x, test_chance(50));
    if (bits) fmpz_setbit(x, (ulong) bits - 1);
    if (test_chance(50)) fmpz_neg(x, x);
}

/* Degenerate: entries in {-1, 0, 1} and sums of earlier rows; or of `bits` bits. */
static void random_forms(fmpq_mat_t forms, long bits)
{
    slong n = fmpq_mat_nrows(forms), width = fmpq_mat_ncols(forms);
    fmpz_t s;
    fmpz_init(s);
    for (slong i = 0; i < n; i++) {
        bool combine = i >= 2 && test_chance(30);
        slong a = combine ? test_range(0, i - 1) : 0, b = combine ? test_range(0, i - 1) : 0;
        int sign = test_chance(50) ? 1 : -1;
        for (slong c = 0; c < width; c++) {
            fmpq *x = fmpq_mat_entry(forms, i, c);
            if (combine) {
                fmpz_set_si(s, sign);
                fmpq_mul_fmpz(x, fmpq_mat_entry(forms, b, c), s);
                fmpq_add(x, x, fmpq_mat_entry(forms, a, c));
            } else if (bits > 1) {
                random_bits(fmpq_numref(x), test_chance(20) ? 0 : bits);
                fmpz_one(fmpq_denref(x));
            } else fmpq_set_si(x, test_range(-1, 1), 1);
        }
    }
    fmpz_clear(s);
}

/* Zeros that make the forms a direct sum. */
static void decompose(fmpq_mat_t forms)
{
    slong n = fmpq_mat_nrows(forms), width = fmpq_mat_ncols(forms), cut = test_range(1, width - 1);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < width; c++)
            if ((c < cut) != (i % 2 == 0)) fmpq_zero(fmpq_mat_entry(forms, i, c));
}

static void test_random_small(void)
{
    long rounds = test_rounds(2400);
    test_case("%ld random arrangements of up to 7 forms against Whitney's sum", rounds);
    static const long bits[] = {1, 1, 1, 2, 4, 11, 30, 200};
    for (long round = 0; round < rounds; round++) {
        int affine = test_chance(30);
        slong n = test_range(0, 7), d = test_range(1, 6);
        fmpq_mat_t forms;
        fmpz_poly_t expected;
        fmpq_mat_init(forms, n, d + affine);
        fmpz_poly_init(expected);
        random_forms(forms, bits[test_range(0, 7)]);
        if (d + affine >= 2 && test_chance(20)) decompose(forms);
        whitney(expected, forms, affine);
        expect(expected, forms, affine, "Whitney's sum");
        fmpz_poly_clear(expected);
        fmpq_mat_clear(forms);
    }
    rounds = test_rounds(250);
    test_case("%ld random arrangements of up to 14 forms against the tree engine", rounds);
    for (long round = 0; round < rounds; round++) {
        int affine = test_chance(30);
        slong n = test_range(8, 14), d = test_range(3, 6);
        fmpq_mat_t forms;
        fmpq_mat_init(forms, n, d + affine);
        random_forms(forms, bits[test_range(0, 7)]);
        if (test_chance(20)) decompose(forms);
        expect_tree(forms, affine);
        fmpq_mat_clear(forms);
    }
}

/* The same arrangement in other coordinates: forms times a triangular matrix of `bits`-bit entries, rows shuffled and
   scaled. Minors grow beyond 2^15 and 2^61, so other arithmetic counts them. */
static void transform(fmpq_mat_t image, const fmpq_mat_t forms, long bits)
{
    slong n = fmpq_mat_nrows(forms), d = fmpq_mat_ncols(forms);
    fmpq_mat_t T;
    fmpq_mat_init(T, d, d);
    for (slong i = 0; i < d; i++)
        for (slong c = i; c < d; c++) {
            fmpz *x = fmpq_mat_entry_num(T, i, c);
            random_bits(x, bits);
            if (i == c && fmpz_is_zero(x)) fmpz_one(x);
        }
    fmpq_mat_mul(image, forms, T);
    for (slong i = n - 1; i > 0; i--) {
        slong j = test_range(0, i);
        if (j != i) fmpq_mat_swap_rows(image, NULL, i, j);
    }
    for (slong c = 0; c < d && n; c++) fmpq_div_2exp(fmpq_mat_entry(image, 0, c), fmpq_mat_entry(image, 0, c), 3);
    fmpq_mat_clear(T);
}

static void test_coordinates(void)
{
    long rounds = test_rounds(60);
    test_case("%ld arrangements of rank 4 to 7 in other coordinates", rounds);
    for (long round = 0; round < rounds; round++) {
        slong d = test_range(4, 7), n = test_range(d + 2, d < 6 ? 22 : 16);
        fmpq_mat_t forms, image;
        fmpz_poly_t chi;
        fmpq_mat_init(forms, n, d);
        fmpq_mat_init(image, n, d);
        fmpz_poly_init(chi);
        random_forms(forms, 1);
        characteristic(chi, forms, 0);
        static const long bits[] = {2, 5, 100};
        for (int i = 0; i < 3; i++) {
            transform(image, forms, bits[i]);
            expect(chi, image, 0, "the same forms in other coordinates");
        }
        fmpz_poly_clear(chi);
        fmpq_mat_clear(forms);
        fmpq_mat_clear(image);
    }
}

/* chi = product of t - root, for the forms with entries `rows`. */
static void expect_roots(const fmpq_mat_t forms, int affine, const slong *root, slong number, const char *source)
{
    fmpz_poly_t chi, factor;
    fmpz_poly_init(chi);
    fmpz_poly_init(factor);
    fmpz_poly_set_ui(chi, 1);
    for (slong i = 0; i < number; i++) {
        fmpz_poly_set_coeff_si(factor, 0, -root[i]);
        fmpz_poly_set_coeff_ui(factor, 1, 1);
        fmpz_poly_mul(chi, chi, factor);
    }
    expect(chi, forms, affine, source);
    fmpz_poly_clear(chi);
    fmpz_poly_clear(factor);
}

/* x_i - x_j (roots 0..d-1), with x_i and x_i + x_j (roots 1, 3, .., 2d-1); affine x_i - x_j = 0, 1, Shi's arrangement,
   t (t - d)^(d - 1). */
static void test_reflection(slong d, char type)
{
    test_case("type %c, dimension %ld", type, (long) d);
    int affine = type == 'S';
    slong n = 0, root[32];
    fmpq_mat_t forms;
    fmpq_mat_init(forms, d * d, d + affine);
    for (slong i = 0; i < d; i++) {
        root[i] = type == 'A' ? i : type == 'B' ? 2 * i + 1 : i ? d : 0;
        if (type == 'B') fmpq_set_si(fmpq_mat_entry(forms, n++, i), 1, 1);
        for (slong j = 0; j < i; j++)
            for (int s = -1; s <= (type == 'A' ? -1 : 1); s += 2) {
                fmpq_set_si(fmpq_mat_entry(forms, n, i), 1, 1);
                fmpq_set_si(fmpq_mat_entry(forms, n, j), type == 'B' ? s : -1, 1);
                if (affine && s > 0) fmpq_set_si(fmpq_mat_entry(forms, n, d), 1, 1);
                n++;
            }
    }
    expect_roots(forms, affine, root, d, "the reflection arrangement");
    fmpq_mat_clear(forms);
}

/* The 0/1 vectors of length `bits` but 0, or all of them behind a 1: known numbers of cells. */
static void test_binary(slong bits, bool threshold, const char *expected)
{
    slong d = bits + threshold, n = (1 << bits) - !threshold;
    fmpq_mat_t forms;
    fmpz_t cells;
    rc_arrangement_t arr;
    fmpq_mat_init(forms, n, d);
    fmpz_init(cells);
    rc_arrangement_init(arr);
    for (slong i = 0; i < n; i++) {
        if (threshold) fmpq_set_si(fmpq_mat_entry(forms, i, 0), 1, 1);
        for (slong c = 0; c < bits; c++)
            fmpq_set_si(fmpq_mat_entry(forms, i, c + threshold), (i + !threshold) >> c & 1, 1);
    }
    rc_arrangement_set_forms(arr, forms, 0);
    double began = rc_clock();
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK, "limit");
    double seconds = rc_clock() - began;
    char *text = fmpz_get_str(NULL, 10, cells);
    test_case("%s %ld: %s in %.4f s", threshold ? "threshold" : "resonance", (long) bits, text, seconds);
    CHECK(strcmp(text, expected) == 0, "expected %s, found %s", expected, text);
    flint_free(text);
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
    fmpq_mat_clear(forms);
}

/* Rows (1, t, .., t^(r-1)): any r are independent, so w_i = C(n, i) for i < r. */
static void test_generic(slong n, slong r)
{
    test_case("generic, %ld forms of rank %ld", (long) n, (long) r);
    fmpq_mat_t forms;
    fmpz_poly_t chi;
    fmpz_t c, last;
    fmpq_mat_init(forms, n, r);
    fmpz_poly_init(chi);
    fmpz_init(c);
    fmpz_init(last);
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < r; k++) {
            fmpz_set_si(fmpq_mat_entry_num(forms, i, k), i - n / 2);
            fmpz_pow_ui(fmpq_mat_entry_num(forms, i, k), fmpq_mat_entry_num(forms, i, k), (ulong) k);
        }
    for (slong i = 0; i < r; i++) {
        fmpz_bin_uiui(c, (ulong) n, (ulong) i);
        if (i % 2) fmpz_neg(c, c);
        fmpz_sub(last, last, c);
        fmpz_poly_set_coeff_fmpz(chi, r - i, c);
    }
    fmpz_poly_set_coeff_fmpz(chi, 0, last);
    expect(chi, forms, 0, "a generic arrangement");
    fmpq_mat_clear(forms);
    fmpz_poly_clear(chi);
    fmpz_clear(c);
    fmpz_clear(last);
}

/* Symmetric arrangements, counted by flats, in coordinates where other arithmetic does it: threshold 6 has 15,028,134
   cells, and B_7 the roots 1, 3, .., 13. */
static void test_symmetric_coordinates(void)
{
    test_case("symmetric arrangements in other coordinates");
    fmpq_mat_t forms, image;
    fmpz_poly_t chi;
    fmpz_t value, at;
    fmpq_mat_init(forms, 64, 7);
    fmpq_mat_init(image, 64, 7);
    fmpz_poly_init(chi);
    fmpz_init(value);
    fmpz_init_set_si(at, -1);
    for (slong i = 0; i < 64; i++)
        for (slong c = 0; c < 7; c++) fmpq_set_si(fmpq_mat_entry(forms, i, c), c == 6 || i >> c & 1, 1);
    characteristic(chi, forms, 0);
    fmpz_poly_evaluate_fmpz(value, chi, at);
    CHECK(fmpz_equal_si(value, -15028134), "threshold 6");
    transform(image, forms, 3);
    expect(chi, image, 0, "threshold 6");
    fmpz_poly_clear(chi);
    fmpz_clear(value);
    fmpz_clear(at);
    fmpq_mat_clear(forms);
    fmpq_mat_clear(image);
}

/* A circuit of n + 1 forms of rank n, whose minors are direct sums; from n = 132 on, Whitney numbers beyond 2^128. */
static void test_circuit(slong n)
{
    test_case("a circuit of %ld forms", (long) n + 1);
    fmpq_mat_t forms;
    rc_arrangement_t arr;
    fmpz_t cells, expected;
    fmpq_mat_init(forms, n + 1, n);
    rc_arrangement_init(arr);
    fmpz_init(cells);
    fmpz_init(expected);
    for (slong i = 0; i < n; i++) {
        fmpq_set_si(fmpq_mat_entry(forms, i, i), 1, 1);
        fmpq_set_si(fmpq_mat_entry(forms, n, i), 1, 1);
    }
    rc_arrangement_set_forms(arr, forms, 0);
    fmpz_setbit(expected, (ulong) n + 1);
    fmpz_sub_ui(expected, expected, 2);
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK, "limit");
    CHECK(fmpz_equal(cells, expected), "not 2^%ld - 2", (long) n + 1);
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
    fmpz_clear(expected);
    fmpq_mat_clear(forms);
}

/* Three independent lines that are dependent modulo the prime p: a minor p, so that p must not be the modulus. */
static void test_unlucky_prime(ulong p)
{
    test_case("a minor %lu", p);
    fmpq_mat_t forms;
    fmpz_poly_t expected;
    fmpq_mat_init(forms, 6, 4);
    fmpz_poly_init(expected);
    for (slong i = 0; i < 4; i++) {
        fmpq_set_si(fmpq_mat_entry(forms, i, i), 1, 1);
        fmpq_set_si(fmpq_mat_entry(forms, 4, i), 1, 1);
    }
    fmpq_set_si(fmpq_mat_entry(forms, 5, 0), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 5, 1), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 5, 2), (slong) p, 1);
    whitney(expected, forms, 0);
    expect(expected, forms, 0, "Whitney's sum");
    fmpz_poly_clear(expected);
    fmpq_mat_clear(forms);
}

static void test_limits(void)
{
    static const long bits[] = {1, 6, 100};
    for (int i = 0; i < 3; i++) {
        test_case("limits, entries of %ld bits", bits[i]);
        fmpq_mat_t forms;
        rc_arrangement_t arr;
        rc_limits limits;
        fmpz_poly_t chi;
        fmpz_t cells;
        volatile sig_atomic_t stop = 1;
        fmpq_mat_init(forms, 60, 6);
        rc_arrangement_init(arr);
        fmpz_poly_init(chi);
        fmpz_poly_set_ui(chi, 77);
        fmpz_init_set_ui(cells, 77);
        for (slong k = 0; k < 360; k++) {
            random_bits(fmpq_mat_entry_num(forms, k / 6, k % 6), bits[i]);
            if (bits[i] == 1) fmpq_set_si(fmpq_mat_entry(forms, k / 6, k % 6), test_range(-1, 1), 1);
        }
        rc_arrangement_set_forms(arr, forms, 0);
        rc_limits_init(&limits);
        limits.max_cells = 400;
        CHECK(rc_arrangement_count(cells, arr, &limits) == RC_LIMIT && fmpz_equal_ui(cells, 77), "cells");
        CHECK(limits.reason && strcmp(limits.reason, "cell limit") == 0, "%s", limits.reason);
        rc_limits_init(&limits);
        limits.deadline = rc_clock() - 1;
        CHECK(rc_arrangement_characteristic(chi, arr, &limits) == RC_LIMIT && fmpz_poly_equal_fmpz(chi, cells), "time");
        rc_limits_init(&limits);
        limits.stop = &stop;
        CHECK(rc_arrangement_characteristic(chi, arr, &limits) == RC_LIMIT, "interrupt");
        CHECK(fmpz_poly_equal_fmpz(chi, cells), "interrupt");
        rc_arrangement_clear(arr);
        fmpz_poly_clear(chi);
        fmpz_clear(cells);
        fmpq_mat_clear(forms);
    }
}

int main(void)
{
    test_start("t-count");
    test_random_small();
    test_coordinates();
    for (slong d = 2; d <= 12; d++) test_reflection(d, 'A');
    for (slong d = 1; d <= 8; d++) test_reflection(d, 'B');
    for (slong d = 2; d <= 5; d++) test_reflection(d, 'S');
    static const char *resonance[] = {"2", "6", "32", "370", "11292", "1066044", "347326352"};
    static const char *threshold[] = {"4", "14", "104", "1882", "94572", "15028134"};
    for (slong n = 1; n <= 7; n++) test_binary(n, false, resonance[n - 1]);
    for (slong n = 1; n <= 6; n++) test_binary(n, true, threshold[n - 1]);
    test_generic(40, 5);
    test_generic(24, 7);
    test_generic(11, 10);
    test_symmetric_coordinates();
    test_circuit(12);
    test_circuit(60);
    test_circuit(134);
    for (ulong p = 101; p < 600; p = n_nextprime(p, 1)) test_unlucky_prime(p);
    test_unlucky_prime(32749);
    test_unlucky_prime(UWORD(2305843009213693951));
    test_limits();
    int status = test_finish();
    flint_cleanup();
    return status;
}
