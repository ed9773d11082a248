/* Ranks, components and counting: section 4. */

#include <stdlib.h>
#include "check.h"

#define PRIME 2147483647u
#define WORK 20000000000u            /* entries of restrictions, after which a count is given up */

/* Elimination over the field of 2^31 - 1 elements: a minor that is not 0 there is not 0. */
static size_t rank_modulo(mpz_t **row, size_t n, size_t w) {
    void *mark = memory_mark();
    uint64_t *a = memory_new(n * w, sizeof *a);
    size_t rank = 0;
    for (size_t i = 0; i < n * w; i++) a[i] = mpz_fdiv_ui(row[i / w][i % w], PRIME);
    for (size_t k = 0; k < w && rank < n; k++) {
        size_t pivot = rank;
        uint64_t inverse = 1, *top = a + rank * w;
        while (pivot < n && a[pivot * w + k] == 0) pivot++;
        if (pivot == n) continue;
        for (size_t q = k; q < w; q++) {
            uint64_t x = a[pivot * w + q];
            a[pivot * w + q] = top[q];
            top[q] = x;
        }
        for (uint64_t e = PRIME - 2, x = top[k]; e > 0; e /= 2, x = x * x % PRIME)
            if (e % 2 == 1) inverse = inverse * x % PRIME;
        for (size_t i = pivot + 1; i < n; i++) {
            uint64_t factor = (PRIME - a[i * w + k]) * inverse % PRIME;
            for (size_t q = k; q < w && factor != 0; q++)
                a[i * w + q] = (a[i * w + q] + factor * top[q]) % PRIME;
        }
        rank++;
    }
    memory_release(mark);
    return rank;
}

/* Fraction-free elimination (Bareiss): all divisions are exact. */
size_t rank_exact(mpz_t **row, size_t n, size_t w) {
    void *mark = memory_mark();
    mpz_t *a = integers(n * w), last;
    size_t rank = 0;
    mpz_init_set_ui(last, 1);
    for (size_t i = 0; i < n * w; i++) mpz_set(a[i], row[i / w][i % w]);
    for (size_t k = 0; k < w && rank < n; k++) {
        size_t pivot = rank;
        while (pivot < n && mpz_sgn(a[pivot * w + k]) == 0) pivot++;
        if (pivot == n) continue;
        for (size_t q = k; q < w; q++) mpz_swap(a[pivot * w + q], a[rank * w + q]);
        for (size_t i = rank + 1; i < n; i++) {
            for (size_t q = k + 1; q < w; q++) {
                mpz_mul(a[i * w + q], a[i * w + q], a[rank * w + k]);
                mpz_submul(a[i * w + q], a[i * w + k], a[rank * w + q]);
                mpz_divexact(a[i * w + q], a[i * w + q], last);
            }
            mpz_set_ui(a[i * w + k], 0);
        }
        mpz_set(last, a[rank * w + k]);
        rank++;
    }
    memory_release(mark);
    return rank;
}

/* At least the rank: the number of columns that are not 0, or of rows. */
static size_t cheap_rank(mpz_t **row, size_t n, size_t w) {
    size_t columns = 0;
    for (size_t k = 0; k < w && columns < n; k++) {
        size_t i = 0;
        while (i < n && mpz_sgn(row[i][k]) == 0) i++;
        columns += i < n;
    }
    return columns;
}

static mpz_t **part_rows(const components *c, size_t p, const form *f) {
    mpz_t **row = memory_new(c->size[p], sizeof *row);
    for (size_t i = 0; i < c->size[p]; i++) row[i] = f->u[c->member[p][i]];
    return row;
}

/* rank(all) <= Σ rank(part) always. Bounds that are cheap often show equality. */
static void check_ranks(value v, const components *c, const form *f, size_t low) {
    size_t *cheap = memory_new(c->parts, sizeof *cheap), total = 0, all;
    if (c->parts <= 1) return;
    for (size_t p = 0; p < c->parts; p++)
        total += cheap[p] = cheap_rank(part_rows(c, p, f), c->size[p], f->w);
    all = rank_modulo(f->u + low, f->K + 1 - low, f->w);
    for (size_t p = 0; p < c->parts && total > all; p++)
        total -= cheap[p] - rank_exact(part_rows(c, p, f), c->size[p], f->w);
    if (total > all) all = rank_exact(f->u + low, f->K + 1 - low, f->w);
    if (total != all)
        reject("COMPONENTS", v, "expected ranks of the parts that add up to %zu, found %zu", all, total);
}

void components_read(components *c, value v, const form *f) {
    size_t low = f->biases ? 0 : 1, numbers = f->K + 1 - low, seen = 0;
    value part = json_list("COMPONENTS", v), at;
    c->parts = json_count(v);
    c->size = memory_new(c->parts, sizeof *c->size);
    c->member = memory_new(c->parts, sizeof *c->member);
    c->of = memory_new(f->K + 1, sizeof *c->of);
    for (size_t H = 0; H <= f->K; H++) c->of[H] = SIZE_MAX;
    for (size_t p = 0; p < c->parts; p++, part = json_next(part)) {
        at = json_list("COMPONENTS", part);
        c->size[p] = json_count(part);
        if (c->size[p] == 0) expected("COMPONENTS", part, "a part that is not empty");
        c->member[p] = memory_new(c->size[p], sizeof **c->member);
        for (size_t i = 0; i < c->size[p]; i++, seen++, at = json_next(at)) {
            size_t H = c->member[p][i] = json_index("COMPONENTS", at, low, f->K);
            if (c->of[H] != SIZE_MAX) expected("COMPONENTS", at, "each number once");
            c->of[H] = p;
        }
    }
    if (seen != numbers)
        reject("COMPONENTS", v, "expected a partition of all %zu forms, found %zu", numbers, seen);
    check_ranks(v, c, f, low);
}

/* ---- counting ------------------------------------------------------------------------- */

static size_t sort_width;            /* of the rows that compare_rows compares */

static int compare_rows(const void *a, const void *b) {
    return compare_vectors(*(mpz_t *const *)a, *(mpz_t *const *)b, sort_width);
}

/* The line of `row` on the hyperplane `wall`: eliminate coordinate k and drop it. */
static void restrict_row(mpz_t *to, mpz_t *row, mpz_t *wall, size_t k, size_t w) {
    ray line = {.u = to};
    for (size_t q = 0, s = 0; q < w; q++) {
        if (q == k) continue;
        mpz_mul(to[s], row[q], wall[k]);
        mpz_submul(to[s++], row[k], wall[q]);
    }
    mpq_init(line.t);
    ray_normalize(&line, w - 1);
    mpq_clear(line.t);
}

/* The number of cells of n distinct lines in width w. The j-th hyperplane cuts one cell in two for
   each cell of the restrictions to it of those before it. */
static uint64_t count_rows(mpz_t **row, size_t n, size_t w, value at, uint64_t *work) {
    uint64_t cells = 1;
    void *mark = memory_mark();
    mpz_t *to, **restricted = memory_new(n, sizeof *restricted);
    if (n <= 2 || w <= 2) {              /* lines through a point of the plane: 2n sectors */
        memory_release(mark);
        return n == 0 ? 1 : 2 * n;
    }
    to = integers(n * (w - 1));
    for (size_t j = 0; j < n; j++) {
        size_t k = w - 1, distinct = 0;
        while (mpz_sgn(row[j][k]) == 0) k--;
        require((*work += j * w) <= WORK, "recount", at, "a count within 2 10^10 entries of restrictions");
        for (size_t i = 0; i < j; i++)
            restrict_row(restricted[i] = to + i * (w - 1), row[i], row[j], k, w);
        sort_width = w - 1;
        qsort(restricted, j, sizeof *restricted, compare_rows);
        for (size_t i = 0; i < j; i++)
            if (i == 0 || compare_rows(&restricted[distinct - 1], &restricted[i]) != 0)
                restricted[distinct++] = restricted[i];
        cells += count_rows(restricted, distinct, w - 1, at, work);
    }
    memory_release(mark);
    return cells;
}

/* A product over the parts. Opposite cells differ in the sign of x_{d+1}, so half of the cells of
   its part have it positive. */
number count_cells(value v, const components *c, const form *f) {
    uint64_t work = 0;
    NEW_Q(product);
    NEW_Z(factor);
    mpq_set_ui(product, 1, 1);
    for (size_t p = 0; p < c->parts; p++) {
        uint64_t cells = count_rows(part_rows(c, p, f), c->size[p], f->w, v, &work);
        if (f->biases && c->of[0] == p) cells /= 2;
        mpz_import(factor, 1, 1, sizeof cells, 0, 0, &cells);
        mpz_mul(mpq_numref(product), mpq_numref(product), factor);
    }
    return rational(product);
}
