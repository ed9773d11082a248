/* Counting: irreducible components apart, each over a finite field when a bound on its minors allows (count.h), else by
   deletion and restriction with integers of any size. The numbers are Whitney's: chi(t) = sum_i (-1)^i w_i t^(d - i),
   kept as the polynomial w = sum_i w_i x^i, and w(1) is the number of cells. */
#include <flint/fmpz_poly.h>
#include <flint/fmpz_vec.h>
#include <flint/ulong_extras.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/count.h"
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

static bool count_lines(fmpz_poly_t w, const lines_struct *A, rc_limits *limits);

/* w(A) = 1 + x sum_k w({h_0..h_{k-1}} restricted to h_k), deleting the lines from the last (Zaslavsky 1975). */
static bool count_by_restriction(fmpz_poly_t w, const lines_struct *A, rc_limits *limits)
{
    lines_struct B;
    lines_init(&B, A->m, A->dim - 1);
    slong *table = flint_malloc((size_t) (4 * A->m + 4) * sizeof(slong));
    fmpz_poly_t added, total;
    fmpz_poly_init(added);
    fmpz_poly_init(total);
    bool done = true;
    for (slong k = 0; k < A->m && done; k++) {
        restrict_prefix(&B, table, A, k);
        done = rc_limits_visit(limits, "restrictions") && count_lines(added, &B, limits);
        fmpz_poly_add(total, total, added);
    }
    fmpz_poly_shift_left(total, total, 1);
    fmpz_poly_set_coeff_ui(total, 0, 1);
    fmpz_poly_swap(w, total);
    fmpz_poly_clear(added);
    fmpz_poly_clear(total);
    flint_free(table);
    lines_clear(&B, A->m);
    return done;
}

static int compare_descending(const void *a, const void *b)
{
    return fmpz_cmp((const fmpz *) b, (const fmpz *) a);
}

/* bound = the product of the squares of the r greatest norms of rows; no r x r minor has a greater square, by
   Hadamard's inequality. */
static void minor_bound(fmpz_t bound, const fmpz_mat_t F)
{
    slong m = fmpz_mat_nrows(F), r = fmpz_mat_ncols(F);
    fmpz *norm = _fmpz_vec_init(m);
    for (slong i = 0; i < m; i++) _fmpz_vec_dot(norm + i, fmpz_mat_entry(F, i, 0), fmpz_mat_entry(F, i, 0), r);
    qsort(norm, (size_t) m, sizeof(fmpz), compare_descending);
    fmpz_one(bound);
    for (slong i = 0; i < r; i++) fmpz_mul(bound, bound, norm + i);
    _fmpz_vec_clear(norm, m);
}

/* w by machine arithmetic over a field whose prime exceeds every minor of F (m x r of rank r) in absolute value, when
   there is such a prime of at most 61 bits and the numbers fit; else RC_COUNT_TOO_LARGE. */
static rc_count_result count_over_field(fmpz_poly_t w, const fmpz_mat_t F, rc_limits *limits)
{
    slong r = fmpz_mat_ncols(F);
    fmpz_t bound;
    fmpz_init(bound);
    minor_bound(bound, F);
    fmpz_sqrt(bound, bound);
    bool small = fmpz_cmp_ui(bound, RC_COUNT_SHORT) < 0, fits = fmpz_cmp_ui(bound, RC_COUNT_WORD) < 0;
    ulong p = small ? n_nextprime(FLINT_MAX(fmpz_get_ui(bound), 100), 1) : RC_COUNT_WORD;
    fmpz_clear(bound);
    if (!fits) return RC_COUNT_TOO_LARGE;
    rc_wide *v = flint_calloc((size_t) r, sizeof(rc_wide));
    rc_count_result result = small ? rc_count_short(v, F, p, limits) : rc_count_word(v, F, p, limits);
    fmpz_poly_zero(w);
    for (slong i = 0; i < r && result == RC_COUNT_DONE; i++) {
        fmpz_t c;
        fmpz_init(c);
        fmpz_set_uiui(c, (ulong) (v[i] >> 64), (ulong) v[i]);
        fmpz_poly_set_coeff_fmpz(w, i, c);
        fmpz_clear(c);
    }
    flint_free(v);
    fmpz_poly_t factor;
    fmpz_poly_init(factor);
    fmpz_poly_set_coeff_ui(factor, 0, 1);
    fmpz_poly_set_coeff_ui(factor, 1, 1);
    fmpz_poly_mul(w, w, factor);
    fmpz_poly_clear(factor);
    return result;
}

/* Component p of M alone, in as many coordinates as its rank. */
static bool count_component(fmpz_poly_t w, const fmpz_mat_t M, const slong *part, slong p, rc_limits *limits)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M), m = 0;
    for (slong i = 0; i < n; i++) m += part[i] == p;
    fmpz_mat_t F;
    fmpz_mat_init(F, m, width);
    for (slong i = 0, k = 0; i < n; i++)
        if (part[i] == p) _fmpz_vec_set(fmpz_mat_entry(F, k++, 0), fmpz_mat_entry(M, i, 0), width);
    slong room = FLINT_MIN(m, width);
    slong *basis = flint_malloc((size_t) (2 * room + 1) * sizeof(slong)), *cols = basis + room;
    lines_struct A;
    lines_init(&A, m, m == 1 ? 1 : rc_matroid_basis(basis, cols, F));
    fmpz_mat_t R;
    fmpz_mat_init(R, m, A.dim);
    for (slong i = 0; i < m && m > 1; i++) {
        fmpz *u = A.rows + i * A.dim;
        for (slong c = 0; c < A.dim; c++) fmpz_set(u + c, fmpz_mat_entry(F, i, cols[c]));
        rc_make_primitive(u, A.dim);
        _fmpz_vec_set(fmpz_mat_entry(R, i, 0), u, A.dim);
    }
    bool done = true;
    if (A.dim <= 2) done = count_lines(w, &A, limits);
    else {
        rc_count_result result = count_over_field(w, R, limits);
        done = result == RC_COUNT_DONE
               || (result == RC_COUNT_TOO_LARGE && count_by_restriction(w, &A, limits));
    }
    fmpz_mat_clear(R);
    lines_clear(&A, m);
    flint_free(basis);
    fmpz_mat_clear(F);
    return done;
}

/* The product over the components of the rows of M: distinct lines, no zero row. */
static bool count_product(fmpz_poly_t w, const fmpz_mat_t M, rc_limits *limits)
{
    slong *part = flint_malloc((size_t) (fmpz_mat_nrows(M) + 1) * sizeof(slong));
    slong parts = rc_matroid_components(part, M);
    fmpz_poly_t factor, product;
    fmpz_poly_init(factor);
    fmpz_poly_init(product);
    fmpz_poly_set_ui(product, 1);
    bool done = true;
    for (slong p = 0; p < parts && done; p++) {
        done = count_component(factor, M, part, p, limits);
        fmpz_poly_mul(product, product, factor);
    }
    fmpz_poly_swap(w, product);
    fmpz_poly_clear(factor);
    fmpz_poly_clear(product);
    flint_free(part);
    return done;
}

/* No, one or two lines, or m in a plane: 1 + m x + (m - 1) x^2. */
static bool count_lines(fmpz_poly_t w, const lines_struct *A, rc_limits *limits)
{
    if (A->m <= 2 || A->dim <= 2) {
        fmpz_poly_zero(w);
        fmpz_poly_set_coeff_ui(w, 0, 1);
        if (A->m) fmpz_poly_set_coeff_ui(w, 1, (ulong) A->m);
        if (A->m > 1) fmpz_poly_set_coeff_ui(w, 2, (ulong) A->m - 1);
        return true;
    }
    if (A->dim < SPLIT_DIMENSION) return count_by_restriction(w, A, limits);
    fmpz_mat_t M;
    fmpz_mat_init(M, A->m, A->dim);
    for (slong i = 0; i < A->m; i++) _fmpz_vec_set(fmpz_mat_entry(M, i, 0), A->rows + i * A->dim, A->dim);
    bool done = count_product(w, M, limits);
    fmpz_mat_clear(M);
    return done;
}

/* w = the absolute values of the Whitney numbers; when affine, of the cone divided by t - 1, that is by 1 + x. */
static rc_status whitney_numbers(fmpz_poly_t w, const rc_arrangement_t arr, rc_limits *limits)
{
    fmpz_mat_t M;
    rc_arrangement_matroid(M, arr);
    bool done = count_product(w, M, limits);
    fmpz_mat_clear(M);
    if (!done) return RC_LIMIT;
    for (slong i = 0; arr->affine && i + 1 < w->length; i++)
        fmpz_sub(w->coeffs + i + 1, w->coeffs + i + 1, w->coeffs + i);
    _fmpz_poly_normalise(w);
    return RC_OK;
}

rc_status rc_arrangement_count(fmpz_t cells, const rc_arrangement_t arr, rc_limits *limits)
{
    fmpz_poly_t w;
    fmpz_poly_init(w);
    rc_status status = whitney_numbers(w, arr, limits);
    if (status == RC_OK) _fmpz_vec_sum(cells, w->coeffs, w->length);
    fmpz_poly_clear(w);
    return status;
}

rc_status rc_arrangement_characteristic(fmpz_poly_t chi, const rc_arrangement_t arr, rc_limits *limits)
{
    fmpz_poly_t w;
    fmpz_poly_init(w);
    rc_status status = whitney_numbers(w, arr, limits);
    if (status == RC_OK) {
        fmpz_poly_zero(chi);
        for (slong i = 0; i < w->length; i++) {
            if (i % 2) fmpz_neg(w->coeffs + i, w->coeffs + i);
            fmpz_poly_set_coeff_fmpz(chi, arr->d - i, w->coeffs + i);
        }
    }
    fmpz_poly_clear(w);
    return status;
}
