/* Arrangements: three ways to the number of cells, cells checked by evaluation, components by their ranks. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/arrangement.h"

/* ---- the cells as visited, checked one by one ---- */

typedef struct {
    const rc_arrangement_struct *arr;
    size_t number, alloc;
    signed char *signs;
    long stop_after; /* 0: never */
} collection;

/* Sign of row j of the matroid at x (length d, x_{d+1} = 1). */
static int sign_at(const rc_arrangement_struct *arr, slong j, const fmpq *x)
{
    fmpq_t sum, term;
    fmpq_init(sum);
    fmpq_init(term);
    for (slong c = 0; c < arr->d; c++) {
        fmpq_mul_fmpz(term, x + c, fmpz_mat_entry(arr->forms, j, c));
        fmpq_add(sum, sum, term);
    }
    if (arr->affine) fmpq_add_fmpz(sum, sum, fmpz_mat_entry(arr->forms, j, arr->d));
    int sign = fmpq_sgn(sum);
    fmpq_clear(sum);
    fmpq_clear(term);
    return sign;
}

static bool collect(void *arg, const signed char *signs, const fmpq *x)
{
    collection *C = arg;
    size_t n = (size_t) C->arr->n;
    for (slong j = 0; j < C->arr->n; j++)
        CHECK(signs[j] == sign_at(C->arr, j, x) && signs[j] != 0, "cell %zu, form %ld", C->number, (long) j);
    for (slong c = 0; c < C->arr->d; c++) CHECK(fmpq_is_canonical(x + c), "cell %zu", C->number);
    if (C->number == C->alloc) {
        C->alloc = 2 * C->alloc + 64;
        C->signs = flint_realloc(C->signs, C->alloc * (n + 1));
    }
    memcpy(C->signs + C->number * n, signs, n);
    C->number++;
    return C->stop_after == 0 || (long) C->number < C->stop_after;
}

static size_t sort_length;

static int compare_signs(const void *a, const void *b)
{
    return memcmp(a, b, sort_length);
}

/* Distinct, and closed under negation when central. */
static void check_collection(collection *C)
{
    size_t n = (size_t) C->arr->n;
    if (n == 0) {
        CHECK(C->number == 1, "%zu cells", C->number);
        return;
    }
    sort_length = n;
    qsort(C->signs, C->number, n, compare_signs);
    for (size_t i = 1; i < C->number; i++)
        CHECK(memcmp(C->signs + (i - 1) * n, C->signs + i * n, n) != 0, "cells %zu and %zu are equal", i - 1, i);
    if (C->arr->affine) return;
    signed char *opposite = flint_malloc(n);
    for (size_t i = 0; i < C->number; i++) {
        for (size_t j = 0; j < n; j++) opposite[j] = (signed char) -C->signs[i * n + j];
        CHECK(bsearch(opposite, C->signs, C->number, n, compare_signs), "cell %zu has no opposite", i);
    }
    flint_free(opposite);
}

static void print_arrangement(const rc_arrangement_struct *arr)
{
    printf("  affine %d, forms ", arr->affine);
    fmpz_mat_print(arr->forms);
    printf("\n");
}

/* Deletion-restriction, tree and visited cells agree; the number, or -1 if they do not fit. */
static void check_engines(const rc_arrangement_struct *arr, const char *expected)
{
    fmpz_t counted, walked;
    fmpz_init(counted);
    fmpz_init(walked);
    CHECK(rc_arrangement_is_valid(arr), "invalid");
    CHECK(rc_arrangement_count(counted, arr, NULL) == RC_OK, "limit");
    CHECK(rc_arrangement_count_tree(walked, arr, NULL) == RC_OK, "limit");
    char *text = fmpz_get_str(NULL, 10, counted), *tree = fmpz_get_str(NULL, 10, walked);
    CHECK(fmpz_equal(counted, walked), "deletion-restriction %s, tree %s", text, tree);
    CHECK(!expected || strcmp(text, expected) == 0, "expected %s, found %s", expected, text);
    collection C = {.arr = arr};
    CHECK(rc_arrangement_cells(arr, collect, &C, NULL) == RC_OK, "limit");
    CHECK(fmpz_equal_ui(counted, C.number), "deletion-restriction %s, visited %zu", text, C.number);
    if (!fmpz_equal(counted, walked) || !fmpz_equal_ui(counted, C.number)) print_arrangement(arr);
    check_collection(&C);
    flint_free(C.signs);
    flint_free(text);
    flint_free(tree);
    fmpz_clear(counted);
    fmpz_clear(walked);
}

/* ---- a second computation for small arrangements ---- */

/* Whitney's theorem: |chi(-1)| = sum over the subsets T of (-1)^(|T| - rank T); when affine over the T with a
   common point, that is without x_{d+1} in their span. */
static long whitney(const rc_arrangement_struct *arr)
{
    long total = 0;
    for (ulong T = 0; T < UWORD(1) << arr->n; T++) {
        slong size = 0;
        fmpz_mat_t rows;
        fmpz_mat_init(rows, arr->n + 1, arr->width);
        for (slong j = 0; j < arr->n; j++) {
            if (!(T >> j & 1)) continue;
            _fmpz_vec_set(fmpz_mat_entry(rows, size++, 0), fmpz_mat_entry(arr->forms, j, 0), arr->width);
        }
        slong rank = fmpz_mat_rank(rows);
        bool common = true;
        if (arr->affine) {
            fmpz_one(fmpz_mat_entry(rows, arr->n, arr->d));
            common = fmpz_mat_rank(rows) > rank;
        }
        if (common) total += (size - rank) % 2 ? -1 : 1;
        fmpz_mat_clear(rows);
    }
    return total;
}

static slong subset_rank(const rc_arrangement_struct *arr, const slong *part, slong p, ulong inside)
{
    fmpz_mat_t rows;
    fmpz_mat_init(rows, arr->n + 1, arr->width);
    for (slong j = 0, k = 0; j < arr->n + arr->affine; j++) {
        if (part[j] != p) continue;
        if (inside >> k++ & 1) {
            if (j < arr->n) _fmpz_vec_set(fmpz_mat_entry(rows, j, 0), fmpz_mat_entry(arr->forms, j, 0), arr->width);
            else fmpz_one(fmpz_mat_entry(rows, j, arr->d));
        }
    }
    slong rank = fmpz_mat_rank(rows);
    fmpz_mat_clear(rows);
    return rank;
}

/* Ranks add up, and no part of at most 10 members splits further. */
static void check_components(const rc_arrangement_struct *arr)
{
    slong rows = arr->n + arr->affine, count = -1, next = 0, sum = 0;
    slong *part = flint_malloc((size_t) (rows + 1) * sizeof(slong));
    slong *all = flint_calloc((size_t) rows + 1, sizeof(slong));
    rc_arrangement_components(part, &count, arr);
    for (slong j = 0; j < rows; j++) {
        CHECK(part[j] >= 0 && part[j] <= next, "form %ld in part %ld", (long) j, (long) part[j]);
        if (part[j] == next) next++;
    }
    CHECK(next == count, "%ld parts, %ld counted", (long) next, (long) count);
    for (slong p = 0; p < count; p++) {
        slong size = 0;
        for (slong j = 0; j < rows; j++) size += part[j] == p;
        slong rank = subset_rank(arr, part, p, ~UWORD(0));
        sum += rank;
        for (ulong T = 1; size <= 10 && T + 1 < UWORD(1) << size; T++)
            if (subset_rank(arr, part, p, T) + subset_rank(arr, part, p, ~T) == rank) {
                CHECK(false, "part %ld splits", (long) p);
                print_arrangement(arr);
                break;
            }
    }
    CHECK(rows == 0 || sum == subset_rank(arr, all, 0, ~UWORD(0)), "the ranks do not add up");
    flint_free(part);
    flint_free(all);
}

/* ---- single sign vectors ---- */

static bool check_find(const rc_arrangement_struct *arr, const signed char *signs)
{
    slong rows = arr->n + arr->affine;
    fmpq *x = _fmpq_vec_init(arr->d + 1);
    fmpz *lambda = _fmpz_vec_init(rows + 1), *sum = _fmpz_vec_init(arr->width + 1);
    bool found = rc_arrangement_find(x, lambda, arr, signs);
    for (slong j = 0; j < arr->n && found; j++)
        CHECK(!signs[j] || sign_at(arr, j, x) == signs[j], "form %ld", (long) j);
    if (!found) {
        CHECK(!_fmpz_vec_is_zero(lambda, rows), "no multipliers");
        for (slong j = 0; j < rows; j++) {
            CHECK(fmpz_sgn(lambda + j) >= 0, "form %ld", (long) j);
            if (j == arr->n) fmpz_add(sum + arr->d, sum + arr->d, lambda + j);
            else if (signs[j] > 0)
                _fmpz_vec_scalar_addmul_fmpz(sum, fmpz_mat_entry(arr->forms, j, 0), arr->width, lambda + j);
            else if (signs[j] < 0)
                _fmpz_vec_scalar_submul_fmpz(sum, fmpz_mat_entry(arr->forms, j, 0), arr->width, lambda + j);
            else CHECK(fmpz_is_zero(lambda + j), "the free form %ld", (long) j);
        }
        CHECK(_fmpz_vec_is_zero(sum, arr->width), "the combination is not 0");
    }
    _fmpq_vec_clear(x, arr->d + 1);
    _fmpz_vec_clear(lambda, rows + 1);
    _fmpz_vec_clear(sum, arr->width + 1);
    return found;
}

/* All sign vectors without 0: as many as cells. */
static void check_find_all(const rc_arrangement_struct *arr)
{
    signed char signs[16];
    ulong found = 0;
    for (ulong T = 0; T < UWORD(1) << arr->n; T++) {
        for (slong j = 0; j < arr->n; j++) signs[j] = T >> j & 1 ? 1 : -1;
        found += check_find(arr, signs);
    }
    fmpz_t cells;
    fmpz_init(cells);
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK && fmpz_equal_ui(cells, found), "%lu found", found);
    fmpz_clear(cells);
}

/* ---- known truths ---- */

/* Forms of small integers, one after the other. */
static void from_integers(rc_arrangement_t arr, const int *entries, slong n, slong width, int affine)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, width);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < width; c++) fmpq_set_si(fmpq_mat_entry(forms, i, c), entries[i * width + c], 1);
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

static void expect_cells(const int *entries, slong n, slong width, int affine, const char *expected)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    from_integers(arr, entries, n, width, affine);
    check_engines(arr, expected);
    check_components(arr);
    rc_arrangement_clear(arr);
}

/* x_i - x_j, and for type B also x_i + x_j and x_i. */
static void test_reflection(slong d, bool type_b, const char *expected)
{
    test_case("type %c, dimension %ld: %s", type_b ? 'B' : 'A', (long) d, expected);
    int *entries = calloc((size_t) (2 * d * d * d), sizeof(int));
    slong n = 0;
    for (slong i = 0; i < d; i++) {
        if (type_b) entries[n++ * d + i] = 1;
        for (slong j = 0; j < i; j++)
            for (int s = -1; s <= (type_b ? 1 : -1); s += 2) {
                entries[n * d + i] = s;
                entries[n++ * d + j] = 1;
            }
    }
    expect_cells(entries, n, d, 0, expected);
    free(entries);
}

/* The 0/1 vectors in Q^bits: as they are without 0, or behind a 1. */
static void test_binary(slong bits, bool threshold, const char *expected)
{
    test_case("%s, n = %ld: %s", threshold ? "threshold" : "resonance", (long) bits, expected);
    double began = rc_clock();
    slong width = bits + threshold, n = 0;
    int *entries = calloc((size_t) (width << bits), sizeof(int));
    for (int v = threshold ? 0 : 1; v < 1 << bits; v++, n++) {
        if (threshold) entries[n * width] = 1;
        for (slong c = 0; c < bits; c++) entries[n * width + threshold + c] = v >> c & 1;
    }
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    from_integers(arr, entries, n, width, 0);
    check_engines(arr, expected);
    CHECK(rc_clock() - began < 60, "%.1f seconds", rc_clock() - began);
    rc_arrangement_clear(arr);
    free(entries);
}

/* Rows (1, t, ..., t^(r-1)), t = 1..n: any r are independent, so 2 sum_{i<r} C(n-1, i). */
static void test_generic(slong n, slong r)
{
    ulong choose = 1, cells = 0;
    for (slong i = 0; i < r; i++) {
        cells += 2 * choose;
        choose = choose * (ulong) (n - 1 - i) / (ulong) (i + 1);
    }
    char expected[32];
    snprintf(expected, sizeof expected, "%lu", cells);
    test_case("generic, %ld forms of rank %ld: %s", (long) n, (long) r, expected);
    int *entries = malloc((size_t) (n * r) * sizeof(int));
    for (slong i = 0; i < n; i++) {
        int power = 1;
        for (slong c = 0; c < r; c++, power *= (int) (i + 1)) entries[i * r + c] = power;
    }
    expect_cells(entries, n, r, 0, expected);
    free(entries);
}

static void test_known(void)
{
    test_case("small and degenerate arrangements");
    static const int affine_line[] = {1, 0, 1, -1};
    expect_cells(affine_line, 2, 2, 1, "3");
    static const int affine_plane[] = {1, 0, 0, 0, 1, 0, 1, 0, -1, 0, 1, -1, 1, -1, 0};
    expect_cells(affine_plane, 5, 3, 1, "12");
    static const int parallel_to_z[] = {1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, -1, 0, 0, 1, 0};
    expect_cells(parallel_to_z, 4, 4, 1, "14");
    static const int point[] = {3, 0, -2, 5, 0, 0};
    expect_cells(point, 6, 1, 0, "2");
    expect_cells(point, 3, 2, 1, "3");
    expect_cells(NULL, 0, 3, 0, "1");
    expect_cells(NULL, 0, 3, 1, "1");
    static const int zeros[6] = {0};
    expect_cells(zeros, 2, 3, 0, "1");
    expect_cells(zeros, 2, 3, 1, "1");
    static const int repeated[] = {1, 2, 0, -2, -4, 0, 0, 0, 0, 3, 6, 0, 0, 1, 0};
    expect_cells(repeated, 5, 3, 0, "4");
    static const int axes[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0};
    expect_cells(axes, 4, 3, 0, "12");
    static const int low_rank[] = {1, 2, 3, 2, 4, 6, 1, 1, 1, 2, 3, 4, 0, 1, 2};
    expect_cells(low_rank, 5, 3, 0, "8");

    for (slong n = 1; n <= 6; n++) test_generic(12, n);
    test_generic(20, 4);
    test_generic(5, 5);
    static const char *const factorials[] = {"2", "6", "24", "120", "720"};
    for (slong d = 2; d <= 6; d++) test_reflection(d, false, factorials[d - 2]);
    static const char *const signed_permutations[] = {"2", "8", "48", "384"};
    for (slong d = 1; d <= 4; d++) test_reflection(d, true, signed_permutations[d - 1]);
    static const char *const threshold[] = {"4", "14", "104", "1882"};
    for (slong d = 1; d <= 4; d++) test_binary(d, true, threshold[d - 1]);
    static const char *const resonance[] = {"2", "6", "32", "370", "11292"};
    for (slong d = 1; d <= 5; d++) test_binary(d, false, resonance[d - 1]);
}

/* ---- the reduction of given forms ---- */

static void test_lines(void)
{
    test_case("lines and sides of given forms");
    static const int entries[] = {0, 0, 0, 2, -4, 6, 0, 0, -3, -1, 2, -3, 0, 5, 0, 0, 0, 7, 1, -2, 4};
    static const slong line[] = {-1, 1, -1, 1, 0, -1, 2};
    static const int side[] = {0, 1, -1, -1, 1, 1, 1};
    rc_arrangement_t arr, copy;
    rc_arrangement_init(arr);
    rc_arrangement_init(copy);
    CHECK(rc_arrangement_is_valid(arr) && arr->n == 0 && arr->d == 1, "initial state");
    from_integers(arr, entries, 7, 3, 1);
    CHECK(rc_arrangement_is_valid(arr) && arr->n == 3 && arr->d == 2 && arr->given == 7, "%ld lines", (long) arr->n);
    for (int i = 0; i < 7; i++) CHECK(arr->line[i] == line[i] && arr->side[i] == side[i], "form %d", i);
    CHECK(rc_arrangement_rank(arr) == 2, "rank of the linear parts");
    rc_arrangement_set_lines(copy, arr->forms, 1);
    CHECK(rc_arrangement_is_valid(copy) && copy->n == 3 && fmpz_mat_equal(copy->forms, arr->forms), "set_lines");
    check_engines(arr, "6");
    check_engines(copy, "6");
    arr->side[1] = -1;
    CHECK(!rc_arrangement_is_valid(arr), "a wrong side passes");
    rc_arrangement_clear(arr);
    rc_arrangement_clear(copy);
}

/* ---- random arrangements ---- */

static void random_double(fmpq_t x)
{
    fmpz_set_si(fmpq_numref(x), (slong) (test_random() >> 11) - (WORD(1) << 52));
    fmpz_one(fmpq_denref(x));
    fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) test_range(50, 60));
    fmpq_canonicalise(x);
}

typedef enum { TINY, SMALL, DOUBLES, BLOCKS, LOW_RANK, KINDS } kind_type;

static void random_form(fmpq *v, slong width, kind_type kind)
{
    slong from = 0, to = width;
    if (kind == BLOCKS && width > 1) {
        slong cut = width / 2;
        if (test_chance(50)) to = cut;
        else from = cut;
    }
    for (slong c = 0; c < width; c++) {
        if (c < from || c >= to) fmpq_zero(v + c);
        else if (kind == DOUBLES) random_double(v + c);
        else if (kind == SMALL) fmpq_set_si(v + c, test_range(-5, 5), (ulong) test_range(1, 4));
        else fmpq_set_si(v + c, test_range(-1, 1), 1);
    }
}

static void random_arrangement(rc_arrangement_t arr, kind_type kind, slong n, slong width, int affine)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, width);
    for (slong i = 0; i < n; i++) {
        fmpq *v = fmpq_mat_entry(forms, i, 0);
        random_form(v, width, kind);
        if (kind == LOW_RANK && width > 1) fmpq_sub(v + width - 1, v, v + width / 2);
        if (i == 0 || !test_chance(15)) continue;
        fmpq_t factor;
        fmpq_init(factor);
        fmpq_set_si(factor, test_range(-3, 3), (ulong) test_range(1, 3));
        const fmpq *u = fmpq_mat_entry(forms, test_range(0, i - 1), 0);
        for (slong c = 0; c < width; c++) fmpq_mul(v + c, u + c, factor);
        fmpq_clear(factor);
    }
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

static void test_random_arrangements(void)
{
    static const char *const names[] = {"{-1,0,1}", "small rationals", "53-bit doubles", "decomposable", "low rank"};
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int kind = 0; kind < KINDS; kind++)
        for (int affine = 0; affine < 2; affine++) {
            test_case("random arrangements, %s%s", names[kind], affine ? ", affine" : "");
            for (long round = test_rounds(130); round > 0; round--) {
                slong d = test_range(1, 5);
                random_arrangement(arr, (kind_type) kind, test_range(0, d > 3 ? 10 : 14), d + affine, affine);
                check_engines(arr, NULL);
                signed char signs[16];
                for (slong j = 0; j < arr->n; j++) signs[j] = (signed char) test_range(-1, 1);
                check_find(arr, signs);
            }
            for (long round = test_rounds(25); round > 0; round--) {
                random_arrangement(arr, (kind_type) kind, test_range(0, 7), test_range(1, 4) + affine, affine);
                char expected[32];
                snprintf(expected, sizeof expected, "%ld", whitney(arr));
                check_engines(arr, expected);
                check_components(arr);
                check_find_all(arr);
            }
        }
    rc_arrangement_clear(arr);
}

/* 2^61 - 1 is the prime that elimination tries first: entries that it divides must not mislead. */
static void test_unlucky_prime(void)
{
    test_case("entries divisible by 2^61 - 1");
    fmpq_mat_t forms;
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    fmpq_mat_init(forms, 4, 3);
    const slong p = (WORD(1) << 61) - 1;
    for (int i = 0; i < 4; i++) {
        fmpq_set_si(fmpq_mat_entry(forms, i, 0), 1, 1);
        fmpq_set_si(fmpq_mat_entry(forms, i, 1), i, 1);
        fmpq_mul_si(fmpq_mat_entry(forms, i, 1), fmpq_mat_entry(forms, i, 1), p);
        fmpq_set_si(fmpq_mat_entry(forms, i, 2), i == 3, 1);
    }
    rc_arrangement_set_forms(arr, forms, 0);
    CHECK(rc_arrangement_rank(arr) == 3, "rank");
    check_engines(arr, "12");
    check_components(arr);
    fmpq_set_si(fmpq_mat_entry(forms, 3, 0), 0, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 3, 1), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 3, 2), 0, 1);
    rc_arrangement_set_forms(arr, forms, 0);
    CHECK(rc_arrangement_rank(arr) == 2, "rank");
    check_engines(arr, "8");
    check_components(arr);
    fmpq_mat_clear(forms);

    test_case("circuits that vanish modulo 2^61 - 1");
    fmpq_mat_init(forms, 3, 2);
    fmpq_set_si(fmpq_mat_entry(forms, 0, 0), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 1, 1), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 2, 0), 1, 1);
    fmpq_set_si(fmpq_mat_entry(forms, 2, 1), p, 1);
    rc_arrangement_set_forms(arr, forms, 0);
    slong part[3], count;
    rc_arrangement_components(part, &count, arr);
    CHECK(count == 1, "%ld components", (long) count);
    check_engines(arr, "6");
    rc_arrangement_clear(arr);
    fmpq_mat_clear(forms);
}

/* ---- limits and stopping ---- */

static void test_limits(void)
{
    test_case("limits");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    static const int entries[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 1, -1, 0, 2, 1, 5, 1, 4, -3};
    from_integers(arr, entries, 8, 3, 0);
    rc_limits limits;
    fmpz_t cells;
    fmpz_init_set_ui(cells, 77);
    rc_limits_init(&limits);
    limits.max_cells = 5;
    CHECK(rc_arrangement_count(cells, arr, &limits) == RC_LIMIT && fmpz_equal_ui(cells, 77), "count");
    rc_limits_init(&limits);
    limits.max_cells = 5;
    CHECK(rc_arrangement_count_tree(cells, arr, &limits) == RC_LIMIT && fmpz_equal_ui(cells, 77), "count_tree");
    rc_limits_init(&limits);
    limits.max_cells = 5;
    collection C = {.arr = arr};
    CHECK(rc_arrangement_cells(arr, collect, &C, &limits) == RC_LIMIT && C.number == 5, "%zu visited", C.number);
    C.number = 0;
    C.stop_after = 3;
    rc_limits_init(&limits);
    CHECK(rc_arrangement_cells(arr, collect, &C, &limits) == RC_OK && C.number == 3, "%zu visited", C.number);
    flint_free(C.signs);
    rc_arrangement_clear(arr);

    test_case("limits of a product");
    rc_arrangement_init(arr);
    static const int product[] = {1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1};
    from_integers(arr, product, 6, 4, 0);
    check_engines(arr, "36");
    C = (collection) {.arr = arr};
    rc_limits_init(&limits);
    limits.max_cells = 36;
    CHECK(rc_arrangement_cells(arr, collect, &C, &limits) == RC_OK && C.number == 36, "%zu visited", C.number);
    C.number = 0;
    rc_limits_init(&limits);
    limits.max_cells = 35;
    CHECK(rc_arrangement_cells(arr, collect, &C, &limits) == RC_LIMIT && C.number == 35, "%zu visited", C.number);
    C.number = 0;
    rc_limits_init(&limits);
    limits.max_cells = 4;
    CHECK(rc_arrangement_cells(arr, collect, &C, &limits) == RC_LIMIT && limits.reason, "%zu visited", C.number);
    flint_free(C.signs);
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
}

/* ---- many independent forms ---- */

static void test_independent(slong n, slong d, slong visits)
{
    test_case("%ld independent forms of doubles in Q^%ld", (long) n, (long) d);
    fmpq_mat_t forms;
    rc_arrangement_t arr;
    fmpz_t cells, expected;
    fmpq_mat_init(forms, n, d);
    rc_arrangement_init(arr);
    fmpz_init(cells);
    fmpz_init_set_ui(expected, 1);
    fmpz_mul_2exp(expected, expected, (ulong) n);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < d; c++) random_double(fmpq_mat_entry(forms, i, c));
    rc_arrangement_set_forms(arr, forms, 0);
    slong *part = flint_malloc((size_t) (n + 1) * sizeof(slong)), count = 0;
    double began = rc_clock();
    rc_arrangement_components(part, &count, arr);
    printf("  components of %ld forms in Q^%ld: %.2f s\n", (long) n, (long) d, rc_clock() - began);
    CHECK(count == n, "%ld components", (long) count);
    for (slong j = 0; j < n; j++) CHECK(part[j] == j, "form %ld", (long) j);
    CHECK(rc_arrangement_count(cells, arr, NULL) == RC_OK && fmpz_equal(cells, expected), "count");
    CHECK(rc_arrangement_count_tree(cells, arr, NULL) == RC_OK && fmpz_equal(cells, expected), "count_tree");
    collection C = {.arr = arr, .stop_after = visits};
    if (visits) {
        CHECK(rc_arrangement_cells(arr, collect, &C, NULL) == RC_OK && (long) C.number == visits, "cells");
        signed char *signs = flint_malloc((size_t) n);
        for (slong j = 0; j < n; j++) signs[j] = (signed char) test_range(-1, 1);
        CHECK(check_find(arr, signs), "independent forms take all signs");
        flint_free(signs);
    }
    flint_free(C.signs);
    flint_free(part);
    fmpz_clear(cells);
    fmpz_clear(expected);
    rc_arrangement_clear(arr);
    fmpq_mat_clear(forms);
}

static void report_speed(void)
{
    test_case("speed, 30 forms in Q^5");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    int entries[150];
    for (int i = 0; i < 150; i++) entries[i] = (int) test_range(-99, 99);
    from_integers(arr, entries, 30, 5, 0);
    fmpz_t counted, walked;
    fmpz_init(counted);
    fmpz_init(walked);
    double began = rc_clock();
    CHECK(rc_arrangement_count(counted, arr, NULL) == RC_OK, "limit");
    double middle = rc_clock();
    CHECK(rc_arrangement_count_tree(walked, arr, NULL) == RC_OK && fmpz_equal(counted, walked), "numbers differ");
    double ended = rc_clock();
    printf("  %lu cells: deletion-restriction %.3f s, tree %.0f cells/s\n", fmpz_get_ui(counted), middle - began,
           fmpz_get_d(walked) / (ended - middle));
    fmpz_clear(counted);
    fmpz_clear(walked);
    rc_arrangement_clear(arr);
}

int main(void)
{
    test_start("t-arrangement");
    test_known();
    test_lines();
    test_unlucky_prime();
    test_limits();
    test_random_arrangements();
    test_independent(60, 70, 3);
    test_independent(400, 784, 0);
    report_speed();
    int status = test_finish();
    flint_cleanup();
    return status;
}
