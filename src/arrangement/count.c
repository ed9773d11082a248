/* Counting by deletion and restriction. */
#include <flint/fmpz_vec.h>
#include <string.h>

#include "arrangement/matroid.h"
#include "arrangement/private.h"

/* From this dimension on, a restriction is looked at for irreducible components. */
#define SPLIT_DIMENSION 4

/* m distinct lines in Q^dim, primitive with positive first non-zero entry. */
typedef struct {
    slong m, dim;
    fmpz *rows;
} lines_struct;

static void lines_init(lines_struct *A, slong m, slong dim)
{
    A->m = m;
    A->dim = dim;
    A->rows = _fmpz_vec_init(m * dim);
}

static void lines_clear(lines_struct *A, slong allocated)
{
    _fmpz_vec_clear(A->rows, allocated * A->dim);
}

static ulong hash_row(const fmpz *u, slong n)
{
    ulong h = UWORD(0x9e3779b97f4a7c15);
    for (slong i = 0; i < n; i++) {
        ulong word = COEFF_IS_MPZ(u[i]) ? fmpz_fdiv_ui(u + i, UWORD(2305843009213693951)) : (ulong) u[i];
        h = (h ^ word) * UWORD(0xbf58476d1ce4e5b9);
        h ^= h >> 29;
    }
    return h;
}

/* The index of the equal row among those entered in the table (mask + 1 slots, at least twice as many as rows), or -1
   after entering the row as number `next`. */
static slong find_or_enter(slong *table, ulong mask, const lines_struct *A, const fmpz *u, slong next)
{
    for (ulong slot = hash_row(u, A->dim) & mask;; slot = (slot + 1) & mask) {
        slong at = table[slot];
        if (at < 0) {
            table[slot] = next;
            return -1;
        }
        if (_fmpz_vec_equal(A->rows + at * A->dim, u, A->dim)) return at;
    }
}

/* v (length dim - 1) = the form h restricted to the kernel of g, in the coordinates other than c, g_c != 0. */
static void project(fmpz *v, const fmpz *h, const fmpz *g, slong c, slong dim)
{
    fmpz_t p, q;
    fmpz_init_set(p, g + c);
    fmpz_init_set(q, h + c);
    if (fmpz_sgn(p) < 0) {
        fmpz_neg(p, p);
        fmpz_neg(q, q);
    }
    for (slong i = 0, k = 0; i < dim; i++) {
        if (i == c) continue;
        fmpz_mul(v + k, p, h + i);
        fmpz_submul(v + k, q, g + i);
        k++;
    }
    fmpz_clear(p);
    fmpz_clear(q);
    rc_make_primitive(v, dim - 1);
}

/* B = the distinct restrictions of the first k lines of A to line k. */
static void restrict_prefix(lines_struct *B, slong *table, const lines_struct *A, slong k)
{
    const fmpz *g = A->rows + k * A->dim;
    slong c = -1;
    for (slong i = 0; i < A->dim; i++)
        if (!fmpz_is_zero(g + i) && (c < 0 || fmpz_cmpabs(g + i, g + c) < 0)) c = i;
    ulong mask = 1;
    while (mask < 2 * (ulong) k) mask *= 2;
    mask--;
    for (ulong i = 0; i <= mask; i++) table[i] = -1;
    B->m = 0;
    for (slong i = 0; i < k; i++) {
        fmpz *v = B->rows + B->m * B->dim;
        project(v, A->rows + i * A->dim, g, c, A->dim);
        if (find_or_enter(table, mask, B, v, B->m) < 0) B->m++;
    }
}

static bool count_lines(fmpz_t cells, const lines_struct *A, rc_limits *limits);

/* The number of cells grows, with each line added, by that of the restriction of the lines before to the new one
   (Zaslavsky 1975): cells(A) = 1 + sum_k cells({h_0..h_{k-1}} restricted to h_k). */
static bool count_by_restriction(fmpz_t cells, const lines_struct *A, rc_limits *limits)
{
    lines_struct B;
    lines_init(&B, A->m, A->dim - 1);
    slong *table = flint_malloc((size_t) (4 * A->m + 4) * sizeof(slong));
    fmpz_t added, total;
    fmpz_init(added);
    fmpz_init_set_ui(total, 1);
    bool done = true;
    for (slong k = 0; k < A->m && done; k++) {
        restrict_prefix(&B, table, A, k);
        done = rc_limits_visit(limits, "restrictions") && count_lines(added, &B, limits);
        fmpz_add(total, total, added);
    }
    fmpz_swap(cells, total);
    fmpz_clear(added);
    fmpz_clear(total);
    flint_free(table);
    lines_clear(&B, A->m);
    return done;
}

/* Component p of M alone, in as many coordinates as its rank. */
static bool count_component(fmpz_t cells, const fmpz_mat_t M, const slong *part, slong p, rc_limits *limits)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M), m = 0;
    for (slong i = 0; i < n; i++) m += part[i] == p;
    if (m == 1) {
        fmpz_set_ui(cells, 2);
        return true;
    }
    fmpz_mat_t F;
    fmpz_mat_init(F, m, width);
    for (slong i = 0, k = 0; i < n; i++)
        if (part[i] == p) _fmpz_vec_set(fmpz_mat_entry(F, k++, 0), fmpz_mat_entry(M, i, 0), width);
    slong room = FLINT_MIN(m, width);
    slong *basis = flint_malloc((size_t) (2 * room + 1) * sizeof(slong)), *cols = basis + room;
    lines_struct A;
    lines_init(&A, m, rc_matroid_basis(basis, cols, F));
    for (slong i = 0; i < m; i++) {
        for (slong c = 0; c < A.dim; c++) fmpz_set(A.rows + i * A.dim + c, fmpz_mat_entry(F, i, cols[c]));
        rc_make_primitive(A.rows + i * A.dim, A.dim);
    }
    bool done = A.dim <= 2 ? count_lines(cells, &A, limits) : count_by_restriction(cells, &A, limits);
    lines_clear(&A, m);
    flint_free(basis);
    fmpz_mat_clear(F);
    return done;
}

/* The product over the components of the rows of M: distinct lines, no zero row. */
static bool count_product(fmpz_t cells, const fmpz_mat_t M, rc_limits *limits)
{
    slong *part = flint_malloc((size_t) (fmpz_mat_nrows(M) + 1) * sizeof(slong));
    slong parts = rc_matroid_components(part, M);
    fmpz_t factor, product;
    fmpz_init(factor);
    fmpz_init_set_ui(product, 1);
    bool done = true;
    for (slong p = 0; p < parts && done; p++) {
        done = count_component(factor, M, part, p, limits);
        fmpz_mul(product, product, factor);
    }
    fmpz_swap(cells, product);
    fmpz_clear(factor);
    fmpz_clear(product);
    flint_free(part);
    return done;
}

static bool count_lines(fmpz_t cells, const lines_struct *A, rc_limits *limits)
{
    if (A->m <= 2) {
        fmpz_set_ui(cells, UWORD(1) << A->m);
        return true;
    }
    if (A->dim <= 2) {
        fmpz_set_ui(cells, 2 * (ulong) A->m);
        return true;
    }
    if (A->dim < SPLIT_DIMENSION) return count_by_restriction(cells, A, limits);
    fmpz_mat_t M;
    fmpz_mat_init(M, A->m, A->dim);
    for (slong i = 0; i < A->m; i++) _fmpz_vec_set(fmpz_mat_entry(M, i, 0), A->rows + i * A->dim, A->dim);
    bool done = count_product(cells, M, limits);
    fmpz_mat_clear(M);
    return done;
}

/* When affine, half of the cells of the forms and x_{d+1} are on its positive side, by symmetry. */
rc_status rc_arrangement_count(fmpz_t cells, const rc_arrangement_t arr, rc_limits *limits)
{
    fmpz_mat_t M;
    rc_arrangement_matroid(M, arr);
    fmpz_t total;
    fmpz_init(total);
    bool done = count_product(total, M, limits);
    if (done && arr->affine) fmpz_fdiv_q_2exp(total, total, 1);
    if (done) fmpz_swap(cells, total);
    fmpz_clear(total);
    fmpz_mat_clear(M);
    return done ? RC_OK : RC_LIMIT;
}
