/* Arrangements at random, and the exact examination of listed cells. */
#ifndef RELUCERT_TESTS_T_ENUMERATION_H
#define RELUCERT_TESTS_T_ENUMERATION_H

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/enumeration-private.h"
#include "harness.h"

/* CHECK that also remembers: an examination prints its arrangement once if something was wrong. */
static bool wrong;
#define EXPECT(condition, ...)                                                                                         \
    do {                                                                                                               \
        bool holds_ = (condition);                                                                                     \
        wrong = wrong || !holds_;                                                                                      \
        CHECK(holds_, __VA_ARGS__);                                                                                    \
    } while (0)

/* ---- random arrangements ---- */

typedef enum { TINY, SMALL, RATIONAL, DOUBLES, WIDE, SCALED, NEAR, TWISTED, BLOCKS, KINDS } kind_type;

static inline const char *kind_name(int kind)
{
    static const char *const names[] = {"{-1,0,1}", "{-2,..,2}", "small rationals", "53-bit doubles",
                                        "200-bit integers", "badly scaled", "nearly degenerate",
                                        "degenerate under 60-bit coordinates", "decomposable"};
    return names[kind];
}

/* uniform in (-2^bits, 2^bits) */
static inline void random_bits(fmpz_t x, slong bits)
{
    fmpz_zero(x);
    for (; bits > 0; bits -= 32) {
        slong step = FLINT_MIN(bits, 32);
        fmpz_mul_2exp(x, x, (ulong) step);
        fmpz_add_ui(x, x, test_random() >> (64 - step));
    }
    if (test_chance(50)) fmpz_neg(x, x);
}

static inline void random_entry(fmpq_t x, kind_type kind)
{
    fmpz_one(fmpq_denref(x));
    switch (kind) {
    case SMALL: fmpz_set_si(fmpq_numref(x), test_range(-2, 2)); break;
    case RATIONAL: fmpq_set_si(x, test_range(-5, 5), (ulong) test_range(1, 4)); break;
    case DOUBLES:
    case SCALED:
        random_bits(fmpq_numref(x), 53);
        fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) test_range(50, 56));
        fmpq_canonicalise(x);
        break;
    case WIDE: random_bits(fmpq_numref(x), 200); break;
    default: fmpz_set_si(fmpq_numref(x), test_range(-1, 1)); break;
    }
}

static inline void mul_2exp(fmpq_t x, slong e)
{
    if (e >= 0) fmpq_mul_2exp(x, x, (ulong) e);
    else fmpq_div_2exp(x, x, (ulong) -e);
}

/* forms := forms T for a random T with entries of `bits` bits; a last coordinate x_{d+1} stays what it is. */
static inline void twist(fmpq_mat_t forms, int affine, slong bits)
{
    slong width = fmpq_mat_ncols(forms);
    fmpq_mat_t T, product;
    fmpq_t det;
    fmpq_mat_init(T, width, width);
    fmpq_mat_init(product, fmpq_mat_nrows(forms), width);
    fmpq_init(det);
    do {
        for (slong i = 0; i < width; i++)
            for (slong j = 0; j < width; j++) random_bits(fmpq_numref(fmpq_mat_entry(T, i, j)), bits);
        if (affine)
            for (slong j = 0; j < width; j++) fmpq_set_si(fmpq_mat_entry(T, width - 1, j), j == width - 1, 1);
        fmpq_mat_det(det, T);
    } while (fmpq_is_zero(det));
    fmpq_mat_mul(product, forms, T);
    fmpq_mat_swap(forms, product);
    fmpq_clear(det);
    fmpq_mat_clear(T);
    fmpq_mat_clear(product);
}

/* Some forms become multiples (0 among them) or sums of others, some parallel, some coordinates dependent. */
static inline void degrade(fmpq_mat_t forms, int affine)
{
    slong width = fmpq_mat_ncols(forms);
    int sums = test_chance(75) ? 40 : 0;
    fmpq_t factor;
    fmpq_init(factor);
    if (width > 2 && test_chance(6)) {
        slong a = test_range(0, width - 1), b = test_range(0, width - 1), c = test_range(0, width - 1 - affine);
        for (slong i = 0; i < fmpq_mat_nrows(forms); i++)
            fmpq_sub(fmpq_mat_entry(forms, i, c), fmpq_mat_entry(forms, i, a), fmpq_mat_entry(forms, i, b));
    }
    for (slong i = 1; i < fmpq_mat_nrows(forms); i++) {
        const fmpq *u = fmpq_mat_entry(forms, test_range(0, i - 1), 0);
        fmpq *v = fmpq_mat_entry(forms, i, 0);
        if (test_chance(10)) {
            fmpq_set_si(factor, test_range(-3, 3), (ulong) test_range(1, 3));
            for (slong c = 0; c < width; c++) fmpq_mul(v + c, u + c, factor);
        } else if (test_chance(sums)) {
            const fmpq *t = fmpq_mat_entry(forms, test_range(0, i - 1), 0);
            for (slong c = 0; c < width; c++) fmpq_add(v + c, u + c, t + c);
        } else if (affine && test_chance(10)) {
            for (slong c = 0; c < width - 1; c++) fmpq_set(v + c, u + c);
        }
    }
    fmpq_clear(factor);
}

static inline void random_forms(fmpq_mat_t forms, kind_type kind, int affine)
{
    slong n = fmpq_mat_nrows(forms), width = fmpq_mat_ncols(forms);
    slong cut = width > 1 ? test_range(1, width - 1) : 0, second = width > 2 ? test_range(cut, width - 1) : cut;
    kind_type inside = kind == BLOCKS ? (kind_type) test_range(TINY, WIDE) : kind;
    for (slong i = 0; i < n; i++) {
        slong from = 0, to = width;
        if (kind == BLOCKS) {
            long part = test_range(0, 2);
            from = part == 0 ? 0 : part == 1 ? cut : second;
            to = part == 0 ? cut : part == 1 ? second : width;
        }
        for (slong c = from; c < to; c++) random_entry(fmpq_mat_entry(forms, i, c), inside);
        if (kind != NEAR) continue;
        fmpz *x = fmpq_numref(fmpq_mat_entry(forms, i, 0));
        if (i < 2 || test_chance(40)) {
            random_bits(x, 60);
            continue;
        }
        const fmpq *u = fmpq_mat_entry(forms, test_range(0, i - 1), 0);
        const fmpq *v = fmpq_mat_entry(forms, test_range(0, i - 1), 0);
        for (slong c = 0; c < width; c++) {
            fmpq *sum = fmpq_mat_entry(forms, i, c);
            if (c % 2) fmpq_sub(sum, u + c, v + c);
            else fmpq_add(sum, u + c, v + c);
        }
        fmpz_add_si(x, x, test_range(-1, 1));
    }
    degrade(forms, affine);
    if (kind == SCALED) {
        for (slong c = 0; c < width; c++) {
            slong e = test_range(-300, 300);
            for (slong i = 0; i < n; i++) mul_2exp(fmpq_mat_entry(forms, i, c), e);
        }
        for (slong i = 0; i < n; i++) {
            slong e = test_range(-300, 300);
            for (slong c = 0; c < width; c++) mul_2exp(fmpq_mat_entry(forms, i, c), e);
        }
    }
    if (kind == TWISTED) twist(forms, affine, 60);
    if (kind == BLOCKS && test_chance(50)) twist(forms, affine, test_chance(50) ? 3 : 60);
}

static inline void random_arrangement(rc_arrangement_t arr, kind_type kind, slong n, slong width, int affine)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, width);
    random_forms(forms, kind, affine);
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

/* 2 sum over i < r of (n - 1 over i): no central arrangement of n hyperplanes and rank r has more cells. */
static inline double most_cells(slong n, slong r)
{
    double choose = 1, sum = 0;
    for (slong i = 0; i < r && i < n; i++) {
        sum += choose;
        choose = choose * (double) (n - 1 - i) / (double) (i + 1);
    }
    return n == 0 ? 1 : 2 * sum;
}

/* A number of forms with which a generic arrangement of this width lists at most about `cells` cells. */
static inline slong random_number(slong width, int affine, double cells)
{
    slong n = 30;
    while (n > width && most_cells(n + affine, width) > cells) n--;
    return test_chance(70) ? n : test_range(0, n);
}

/* ---- listing all cells ---- */

typedef struct {
    slong words, rank;
    size_t cells, alloc, ties;
    uint64_t *signs;
    int32_t *bases;
} listing;

static inline void listing_clear(listing *L)
{
    flint_free(L->signs);
    flint_free(L->bases);
    *L = (listing) {0};
}

static inline void listing_append(listing *L, const rc_batch_struct *batch)
{
    size_t words = (size_t) batch->words, rank = (size_t) batch->rank, total = L->cells + batch->cells;
    L->words = batch->words;
    L->rank = batch->rank;
    if (total > L->alloc) {
        L->alloc = 2 * total;
        L->signs = flint_realloc(L->signs, L->alloc * words * sizeof *L->signs);
        if (rank) L->bases = flint_realloc(L->bases, L->alloc * rank * sizeof *L->bases);
    }
    if (batch->cells > 0) memcpy(L->signs + L->cells * words, batch->signs, batch->cells * words * sizeof *L->signs);
    if (batch->cells > 0 && rank)
        memcpy(L->bases + L->cells * rank, batch->bases, batch->cells * rank * sizeof *L->bases);
    L->cells = total;
}

/* All cells, appended in the order of the units, which are done in a random order with one batch, or in their own. */
static inline void list_all(listing *L, rc_enumeration_struct *E, bool shuffled)
{
    *L = (listing) {.words = rc_enumeration_words(E)};
    rc_batch_t batch;
    rc_batch_init(batch);
    slong stages = rc_enumeration_stages(E);
    EXPECT(stages >= 1, "%ld stages", (long) stages);
    for (slong stage = 0; stage < stages; stage++) {
        slong units = rc_enumeration_units(E, stage);
        slong *order = flint_malloc((size_t) (units + 1) * sizeof(slong));
        for (slong u = 0; u < units; u++) {
            slong v = shuffled ? test_range(0, u) : u;
            order[u] = order[v];
            order[v] = u;
        }
        listing *done = flint_calloc((size_t) units + 1, sizeof *done);
        size_t ties = 0;
        for (slong u = 0; u < units; u++) {
            EXPECT(rc_enumeration_unit(batch, E, stage, order[u], NULL) == RC_OK, "stage %ld, unit %ld", (long) stage,
                   (long) order[u]);
            EXPECT(batch->words == L->words, "%ld words", (long) batch->words);
            ties += batch->ties;
            listing_append(shuffled ? done + order[u] : L, batch);
        }
        for (slong u = 0; u < units && shuffled; u++) {
            rc_batch_struct view = {.words = done[u].words, .rank = done[u].rank, .cells = done[u].cells,
                                    .signs = done[u].signs, .bases = done[u].bases};
            listing_append(L, &view);
            listing_clear(done + u);
        }
        L->ties += ties;
        flint_free(done);
        flint_free(order);
        rc_enumeration_close_stage(E, stage, ties);
    }
    rc_batch_clear(batch);
}

static inline bool same_bytes(const listing *A, const listing *B)
{
    if (A->cells != B->cells || A->words != B->words || A->rank != B->rank || A->ties != B->ties) return false;
    if (A->cells == 0) return true;
    return memcmp(A->signs, B->signs, A->cells * (size_t) A->words * sizeof *A->signs) == 0
           && (A->rank == 0 || memcmp(A->bases, B->bases, A->cells * (size_t) A->rank * sizeof *A->bases) == 0);
}

/* ---- sets of cells ---- */

static slong compared_words;

static inline int compare_cells(const void *a, const void *b)
{
    return memcmp(a, b, (size_t) compared_words * sizeof(uint64_t));
}

/* S := all cells, sorted: those of L and, when halved, their opposites. Checks that there are no others bits than those
   of the n hyperplanes and no cell twice. */
static inline void full_set(listing *S, const listing *L, slong n, bool halved)
{
    slong words = L->words;
    *S = (listing) {.words = words, .cells = L->cells * (halved ? 2 : 1)};
    S->signs = flint_malloc((S->cells + 1) * (size_t) words * sizeof *S->signs);
    for (size_t c = 0; c < L->cells; c++)
        for (slong w = 0; w < words; w++) {
            uint64_t all = n >= 64 * w + 64 ? ~UINT64_C(0) : n <= 64 * w ? 0 : (UINT64_C(1) << (n - 64 * w)) - 1;
            uint64_t x = L->signs[c * (size_t) words + (size_t) w];
            EXPECT((x & ~all) == 0, "cell %zu has bits beyond the last hyperplane", c);
            S->signs[c * (size_t) words + (size_t) w] = x;
            if (halved) S->signs[(L->cells + c) * (size_t) words + (size_t) w] = ~x & all;
        }
    compared_words = words;
    qsort(S->signs, S->cells, (size_t) words * sizeof *S->signs, compare_cells);
    for (size_t c = 1; c < S->cells; c++)
        EXPECT(compare_cells(S->signs + (c - 1) * (size_t) words, S->signs + c * (size_t) words) != 0,
               "cells %zu and %zu of the sorted ones are equal", c - 1, c);
}

/* ---- single cells ---- */

static inline int sign_of(const uint64_t *cell, slong j)
{
    return cell[j / 64] >> (j % 64) & 1 ? 1 : -1;
}

/* Sign of form j at x (length d, x_{d+1} = 1). */
static inline int sign_at(const rc_arrangement_struct *arr, slong j, const fmpq *x)
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

static inline void check_witness(const rc_arrangement_struct *arr, const rc_enumeration_struct *E, const listing *L,
                                 size_t c)
{
    fmpq *x = _fmpq_vec_init(arr->d + 1);
    rc_enumeration_witness(x, E, L->bases + c * (size_t) L->rank);
    for (slong k = 0; k < arr->d; k++) EXPECT(fmpq_is_canonical(x + k), "cell %zu: coordinate %ld", c, (long) k);
    for (slong j = 0; j < arr->n; j++)
        EXPECT(sign_at(arr, j, x) == sign_of(L->signs + c * (size_t) L->words, j), "cell %zu: witness, form %ld", c,
               (long) j);
    _fmpq_vec_clear(x, arr->d + 1);
}

/* The ordered basis names the cell: with every form, x_{d+1} too, written in the forms of the basis and the auxiliary
   forms that complete it, the first coefficient belongs to the basis and has the cell's sign. */
static inline void check_basis(const rc_arrangement_struct *arr, const listing *L, size_t c, const fmpz_mat_t auxiliary,
                               const slong *cols)
{
    slong rank = L->rank, rows = arr->n + arr->affine, length = 0;
    const int32_t *e = L->bases + c * (size_t) rank;
    fmpz_mat_t H, Y, inverse, A;
    fmpz_t den;
    fmpz_init(den);
    fmpz_mat_init(H, rows, rank);
    fmpz_mat_init(A, rows, rank);
    fmpz_mat_init(Y, rank, rank);
    fmpz_mat_init(inverse, rank, rank);
    for (slong j = 0; j < rows; j++)
        for (slong o = 0; o < rank; o++) {
            if (j < arr->n) fmpz_set(fmpz_mat_entry(H, j, o), fmpz_mat_entry(arr->forms, j, cols[o]));
            else fmpz_set_si(fmpz_mat_entry(H, j, o), cols[o] == arr->d);
        }
    while (length < rank && e[length]) length++;
    bool sound = length > 0;
    for (slong l = 0; l < rank; l++) {
        slong j = FLINT_ABS((slong) e[l]) - 1;
        if (j >= rows || (l >= length && e[l])) sound = false;
        else if (l < length) _fmpz_vec_set(fmpz_mat_entry(Y, l, 0), fmpz_mat_entry(H, j, 0), rank);
        else _fmpz_vec_set(fmpz_mat_entry(Y, l, 0), fmpz_mat_entry(auxiliary, l, 0), rank);
    }
    sound = sound && fmpz_mat_inv(inverse, den, Y);
    EXPECT(sound, "cell %zu: no basis", c);
    fmpz_mat_mul(A, H, inverse);
    for (slong j = 0; j < rows && sound; j++) {
        slong l = 0;
        while (l < rank && fmpz_is_zero(fmpz_mat_entry(A, j, l))) l++;
        EXPECT(l < length, "cell %zu: form %ld is 0 on the flat of the basis", c, (long) j);
        if (l >= length) continue;
        int sign = fmpz_sgn(fmpz_mat_entry(A, j, l)) * fmpz_sgn(den) * (e[l] > 0 ? 1 : -1);
        int cell = j < arr->n ? sign_of(L->signs + c * (size_t) L->words, j) : 1;
        EXPECT(sign == cell, "cell %zu: basis, form %ld", c, (long) j);
    }
    fmpz_clear(den);
    fmpz_mat_clear(H);
    fmpz_mat_clear(A);
    fmpz_mat_clear(Y);
    fmpz_mat_clear(inverse);
}

/* The cells of an enumeration with bases whose stages are all closed, `share` percent of them. */
static inline void check_bases(const rc_arrangement_struct *arr, const rc_enumeration_struct *E, const listing *L,
                               int share)
{
    if (L->rank == 0) return;
    fmpz_mat_t auxiliary;
    fmpz_mat_init(auxiliary, L->rank, L->rank);
    slong *cols = flint_malloc((size_t) L->rank * sizeof(slong));
    rc_enumeration_auxiliary(auxiliary, cols, E);
    for (slong o = 0; o < L->rank; o++)
        EXPECT(cols[o] >= 0 && cols[o] < arr->width, "column %ld: %ld", (long) o, (long) cols[o]);
    EXPECT(_fmpz_vec_is_zero(fmpz_mat_entry(auxiliary, 0, 0), L->rank), "the first auxiliary form");
    for (size_t c = 0; c < L->cells; c++) {
        if (share < 100 && !test_chance(share)) continue;
        check_witness(arr, E, L, c);
        check_basis(arr, L, c, auxiliary, cols);
    }
    flint_free(cols);
    fmpz_mat_clear(auxiliary);
}

/* ---- reports ---- */

static inline void print_number(const fmpq *x)
{
    char *text = fmpq_get_str(NULL, 10, x);
    printf("\"%s\"", text);
    flint_free(text);
}

/* The forms as given, unless they are many, as a document that `relucert cells` reads. */
static inline void print_arrangement(const rc_arrangement_struct *arr)
{
    if (arr->given * arr->width > 300) {
        printf("  (%ld forms in Q^%ld)\n", (long) arr->given, (long) arr->d);
        return;
    }
    printf("  {\"normals\": [");
    for (slong i = 0; i < arr->given; i++)
        for (slong c = 0; c < arr->d; c++) {
            printf("%s", c ? ", " : i ? "], [" : "[");
            print_number(fmpq_mat_entry(arr->input, i, c));
        }
    printf("]]");
    for (slong i = 0; i < arr->given && arr->affine; i++) {
        printf("%s", i ? ", " : ", \"offsets\": [");
        print_number(fmpq_mat_entry(arr->input, i, arr->d));
    }
    printf("%s}\n", arr->affine && arr->given ? "]" : "");
}

/* Prints the arrangement if an EXPECT failed since the last call; a few times at most. */
static inline void report_wrong(const rc_arrangement_struct *arr)
{
    static int printed = 0;
    if (wrong && printed++ < 5) print_arrangement(arr);
    wrong = false;
}

/* Forms of small integers, one after the other. */
static inline void from_integers(rc_arrangement_t arr, const int *entries, slong n, slong width, int affine)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, width);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < width; c++) fmpq_set_si(fmpq_mat_entry(forms, i, c), entries[i * width + c], 1);
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

#endif
