/* Ranks, components and counting: section 4. */

#include "check.h"

#define WORK 20000000000u            /* entries of restrictions, after which a count is given up */

_Static_assert(sizeof(long) >= 8, "cells are counted in unsigned long");

#define PRIME 2147483647             /* 2^31 - 1 */

/* The rank over Q (p = 0), or over the field of p elements: that is at most the rank over Q, as a minor that
   is not 0 modulo p is not 0. Row r of `a` is a multiple of a row less multiples of those before it, column[r] its
   first entry that is not 0; for p > 0 that entry is 1, for p = 0 the row is primitive. */
static size_t eliminate(mpz_t **row, size_t n, size_t w, unsigned long p) {
    void *mark = memory_mark();
    size_t rank = 0, k, *column = memory_new(n, sizeof *column);
    mpz_t *a = integers(n * w), *x = a;
    NEW_Z(factor); NEW_Z(modulus);
    mpz_set_ui(modulus, p);
    for (size_t i = 0; i < n && rank < w; i++, x = a + rank * w) {
        for (size_t q = 0; q < w; q++) mpz_set(x[q], row[i][q]);
        for (size_t r = 0; r < rank; r++) {
            mpz_t *above = a + r * w;
            if (mpz_sgn(x[column[r]]) == 0) continue;
            p > 0 ? mpz_mod(factor, x[column[r]], modulus) : mpz_set(factor, x[column[r]]);
            for (size_t q = 0; p == 0 && q < w; q++) mpz_mul(x[q], x[q], above[column[r]]);
            for (size_t q = column[r]; q < w; q++) mpz_submul(x[q], factor, above[q]);
        }
        mpz_set_ui(factor, 0);
        for (size_t q = 0; q < w; q++) p > 0 ? mpz_mod(x[q], x[q], modulus) : mpz_gcd(factor, factor, x[q]);
        for (k = 0; k < w && mpz_sgn(x[k]) == 0;) k++;
        if (k == w) continue;
        if (p > 0) mpz_invert(factor, x[k], modulus);
        for (size_t q = 0; q < w; q++) (p > 0 ? mpz_mul : mpz_divexact)(x[q], x[q], factor);
        for (size_t q = 0; p > 0 && q < w; q++) mpz_mod(x[q], x[q], modulus);
        column[rank++] = k;
    }
    memory_release(mark);
    return rank;
}

/* The rank modulo a prime is the rank if it is the number of rows, or of columns that are not 0. */
size_t rank_exact(mpz_t **row, size_t n, size_t w) {
    size_t rank = eliminate(row, n, w, PRIME), columns = 0;
    for (size_t k = 0, i; k < w; k++, columns += i < n)
        for (i = 0; i < n && mpz_sgn(row[i][k]) == 0;) i++;
    return rank == n || rank == columns ? rank : eliminate(row, n, w, 0);
}

static mpz_t **part_rows(const components *c, size_t p, const form *f) {
    mpz_t **row = memory_new(c->size[p], sizeof *row);
    for (size_t i = 0; i < c->size[p]; i++) row[i] = f->u[c->member[p][i]];
    return row;
}

void components_read(components *c, value v, const form *f) {
    size_t low = f->biases ? 0 : 1, numbers = f->K + 1 - low, parts = json_count(v), seen = 0, most = 0, all;
    value part = json_list("COMPONENTS", v);
    *c = (components){.parts = parts, .size = memory_new(parts, sizeof *c->size),
                      .member = memory_new(parts, sizeof *c->member), .of = memory_new(f->K + 1, sizeof *c->of)};
    for (size_t H = 0; H <= f->K; H++) c->of[H] = SIZE_MAX;
    for (size_t p = 0; p < c->parts; p++, part = json_next(part)) {
        value at = json_list("COMPONENTS", part);
        c->member[p] = memory_new(c->size[p] = json_count(part), sizeof **c->member);
        require(c->size[p] > 0, "COMPONENTS", part, "a part that is not empty");
        for (size_t i = 0; i < c->size[p]; i++, seen++, at = json_next(at)) {
            size_t H = c->member[p][i] = json_index("COMPONENTS", at, low, f->K);
            require(c->of[H] == SIZE_MAX, "COMPONENTS", at, "each number once");
            c->of[H] = p;
        }
    }
    if (seen < numbers) reject("COMPONENTS", v, "expected a partition of all %zu forms, found %zu", numbers, seen);
    if (c->parts <= 1) return;
    require(!f->family, "COMPONENTS", v, "one part, as the claim is about all values");
    /* rank(all) <= Σ rank(part) always. A lower bound of rank(all) that is cheap often shows equality. */
    for (size_t p = 0; p < c->parts; p++) most += rank_exact(part_rows(c, p, f), c->size[p], f->w);
    all = eliminate(f->u + low, numbers, f->w, PRIME);
    if (most > all) all = rank_exact(f->u + low, numbers, f->w);
    if (most != all) reject("COMPONENTS", v, "expected ranks of the parts that add up to %zu, found %zu", all, most);
}

/* ---- counting ------------------------------------------------------------------------- */

static size_t sort_width;            /* of the rows that compare_rows compares */

static int compare_rows(const void *a, const void *b) {
    return compare_vectors(*(mpz_t *const *)a, *(mpz_t *const *)b, sort_width);
}

/* The number of cells of n distinct lines in width w. The j-th hyperplane cuts one cell in two for
   each cell of the restrictions to it (`trace`) of those before it: eliminate coordinate k and drop it. */
static unsigned long count_rows(mpz_t **row, size_t n, size_t w, value at, unsigned long *work) {
    if (n <= 2 || w <= 2) return n == 0 ? 1 : 2 * n;     /* lines through a point of the plane: 2n sectors */
    void *mark = memory_mark();
    mpz_t *to = integers(n * (w - 1)), **trace = memory_new(n, sizeof *trace);
    unsigned long cells = 1;
    ray line;
    mpq_init(line.t);
    for (size_t j = 0; j < n; j++) {
        size_t k = w - 1, kept = 0;
        while (mpz_sgn(row[j][k]) == 0) k--;
        require((*work += j * w) <= WORK, "recount", at, "a count within 2 10^10 entries of restrictions");
        for (size_t i = 0; i < j; i++) {
            line.u = trace[i] = to + i * (w - 1);
            for (size_t q = 0; q < w - 1; q++) {
                size_t from = q + (q >= k);
                mpz_mul(line.u[q], row[i][from], row[j][k]);
                mpz_submul(line.u[q], row[i][k], row[j][from]);
            }
            ray_normalize(&line, w - 1);
        }
        sort_width = w - 1;
        qsort(trace, j, sizeof *trace, compare_rows);
        for (size_t i = 0; i < j; i++)
            if (i == 0 || compare_rows(trace + kept - 1, trace + i) != 0) trace[kept++] = trace[i];
        cells += count_rows(trace, kept, w - 1, at, work);
    }
    memory_release(mark);
    return cells;
}

/* A product over the parts. Opposite cells differ in the sign of x_{d+1}, so half of the cells of
   its part have it positive. */
number count_cells(value v, const components *c, const form *f) {
    number product = integer(1);
    unsigned long work = 0;
    for (size_t p = 0; p < c->parts; p++) {
        unsigned long cells = f->family ? family_count(f, v)
                                        : count_rows(part_rows(c, p, f), c->size[p], f->w, v, &work);
        product = times(product, integer((long)(f->biases && c->of[0] == p ? cells / 2 : cells)));
    }
    return product;
}
