#include "arrangement/matroid.h"

#include <flint/nmod_mat.h>
#include <flint/ulong_extras.h>
#include <stdbool.h>

#define FIRST_PRIME UWORD(2305843009213693951) /* 2^61 - 1 */

/* What elimination modulo p finds: a row basis, columns on which it is non-singular, the other rows, and E
   (others x rank) with  other row i = sum_k E(i, k) basis row k  modulo p. */
typedef struct {
    slong rank, others;
    slong *rows, *cols, *other;
    nmod_mat_t E;
} modular_basis;

/* Pivot columns of a reduced echelon form. */
static void pivots(slong *pivot, const nmod_mat_t T, slong rank)
{
    for (slong k = 0, c = 0; k < rank; k++, c++) {
        while (nmod_mat_entry(T, k, c) == 0) c++;
        pivot[k] = c;
    }
}

static void select_entries(fmpz_mat_t S, const fmpz_mat_t M, const slong *rows, const slong *cols)
{
    for (slong i = 0; i < fmpz_mat_nrows(S); i++)
        for (slong j = 0; j < fmpz_mat_ncols(S); j++)
            fmpz_set(fmpz_mat_entry(S, i, j), fmpz_mat_entry(M, rows[i], cols ? cols[j] : j));
}

static void modular_basis_init(modular_basis *b, const fmpz_mat_t M, ulong p)
{
    slong n = fmpz_mat_nrows(M), width = fmpz_mat_ncols(M);
    nmod_mat_t A, T;
    nmod_mat_init(A, n, width, p);
    nmod_mat_init(T, width, n, p);
    fmpz_mat_get_nmod_mat(A, M);
    nmod_mat_transpose(T, A);
    nmod_mat_clear(A);
    b->rank = nmod_mat_rref(T);
    b->others = n - b->rank;
    b->rows = flint_malloc((size_t) (b->rank + 1) * sizeof(slong));
    b->cols = flint_malloc((size_t) (b->rank + 1) * sizeof(slong));
    b->other = flint_malloc((size_t) (b->others + 1) * sizeof(slong));
    pivots(b->rows, T, b->rank);
    for (slong i = 0, k = 0, o = 0; i < n; i++) {
        if (k < b->rank && b->rows[k] == i) k++;
        else b->other[o++] = i;
    }
    nmod_mat_init(b->E, b->others, b->rank, p);
    for (slong i = 0; i < b->others; i++)
        for (slong k = 0; k < b->rank; k++) nmod_mat_entry(b->E, i, k) = nmod_mat_entry(T, k, b->other[i]);
    nmod_mat_clear(T);
    if (b->rank == width) {
        for (slong c = 0; c < width; c++) b->cols[c] = c;
        return;
    }
    fmpz_mat_t basis;
    fmpz_mat_init(basis, b->rank, width);
    select_entries(basis, M, b->rows, NULL);
    nmod_mat_init(A, b->rank, width, p);
    fmpz_mat_get_nmod_mat(A, basis);
    fmpz_mat_clear(basis);
    nmod_mat_rref(A);
    pivots(b->cols, A, b->rank);
    nmod_mat_clear(A);
}

static void modular_basis_clear(modular_basis *b)
{
    flint_free(b->rows);
    flint_free(b->cols);
    flint_free(b->other);
    nmod_mat_clear(b->E);
}

/* X (rank x others), den != 0 with  den * other row i = sum_k X(k, i) basis row k  over Q; false if some other row
   is not in the span. M[rows, cols] is non-singular modulo p, hence over Q, so X is the only candidate. */
static bool circuits(fmpz_mat_t X, fmpz_t den, const modular_basis *b, const fmpz_mat_t M)
{
    slong width = fmpz_mat_ncols(M);
    fmpz_mat_t square, right, St, Rt;
    fmpz_mat_init(square, b->rank, b->rank);
    fmpz_mat_init(right, b->others, b->rank);
    fmpz_mat_init(St, b->rank, b->rank);
    fmpz_mat_init(Rt, b->rank, b->others);
    select_entries(square, M, b->rows, b->cols);
    select_entries(right, M, b->other, b->cols);
    fmpz_mat_transpose(St, square);
    fmpz_mat_transpose(Rt, right);
    bool good = b->rank == 0 || b->others == 0 || fmpz_mat_solve(X, den, St, Rt);
    if (b->rank == 0) fmpz_one(den);
    fmpz_mat_clear(square);
    fmpz_mat_clear(right);
    fmpz_mat_clear(St);
    fmpz_mat_clear(Rt);
    if (!good || b->rank == width) return good;
    fmpz_mat_t basis, other, Xt, product;
    fmpz_mat_init(basis, b->rank, width);
    fmpz_mat_init(other, b->others, width);
    fmpz_mat_init(Xt, b->others, b->rank);
    fmpz_mat_init(product, b->others, width);
    select_entries(basis, M, b->rows, NULL);
    select_entries(other, M, b->other, NULL);
    fmpz_mat_transpose(Xt, X);
    fmpz_mat_mul(product, Xt, basis);
    fmpz_mat_scalar_mul_fmpz(other, other, den);
    good = fmpz_mat_equal(product, other);
    fmpz_mat_clear(basis);
    fmpz_mat_clear(other);
    fmpz_mat_clear(Xt);
    fmpz_mat_clear(product);
    return good;
}

static bool full_rank(const modular_basis *b, const fmpz_mat_t M)
{
    return b->rank == FLINT_MIN(fmpz_mat_nrows(M), fmpz_mat_ncols(M));
}

slong rc_matroid_basis(slong *rows, slong *cols, const fmpz_mat_t M)
{
    for (ulong p = FIRST_PRIME;; p = n_nextprime(p, 1)) {
        modular_basis b;
        modular_basis_init(&b, M, p);
        bool proved = full_rank(&b, M);
        if (!proved) {
            fmpz_mat_t X;
            fmpz_t den;
            fmpz_mat_init(X, b.rank, b.others);
            fmpz_init(den);
            proved = circuits(X, den, &b, M);
            fmpz_mat_clear(X);
            fmpz_clear(den);
        }
        slong rank = b.rank;
        for (slong k = 0; k < rank && proved; k++) {
            rows[k] = b.rows[k];
            cols[k] = b.cols[k];
        }
        modular_basis_clear(&b);
        if (proved) return rank;
    }
}

static slong find_root(slong *parent, slong i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

/* Joins i and j under the smaller root. */
static void join(slong *parent, slong i, slong j)
{
    i = find_root(parent, i);
    j = find_root(parent, j);
    if (i < j) parent[j] = i;
    else parent[i] = j;
}

static slong number_roots(slong *part, slong *parent, slong n)
{
    slong count = 0;
    for (slong i = 0; i < n; i++) part[i] = find_root(parent, i) == i ? count++ : part[find_root(parent, i)];
    return count;
}

/* The components are those of the graph that joins each row outside a basis to the basis rows of its fundamental
   circuit. When the basis is one over Q, a coefficient that is not 0 modulo p is not 0; only zeros need the exact
   circuits, and only if the graph is not connected without them. */
slong rc_matroid_components(slong *part, const fmpz_mat_t M)
{
    slong n = fmpz_mat_nrows(M);
    slong *parent = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong count = 0;
    bool proved = false;
    for (ulong p = FIRST_PRIME; !proved; p = proved ? p : n_nextprime(p, 1)) {
        modular_basis b;
        modular_basis_init(&b, M, p);
        for (slong i = 0; i < n; i++) parent[i] = i;
        for (slong i = 0; i < b.others; i++)
            for (slong k = 0; k < b.rank; k++)
                if (nmod_mat_entry(b.E, i, k) != 0) join(parent, b.other[i], b.rows[k]);
        count = number_roots(part, parent, n);
        proved = full_rank(&b, M) && (b.others == 0 || count == 1);
        if (!proved) {
            fmpz_mat_t X;
            fmpz_t den;
            fmpz_mat_init(X, b.rank, b.others);
            fmpz_init(den);
            proved = circuits(X, den, &b, M);
            for (slong i = 0; i < b.others && proved; i++)
                for (slong k = 0; k < b.rank; k++)
                    if (!fmpz_is_zero(fmpz_mat_entry(X, k, i))) join(parent, b.other[i], b.rows[k]);
            count = number_roots(part, parent, n);
            fmpz_mat_clear(X);
            fmpz_clear(den);
        }
        modular_basis_clear(&b);
    }
    flint_free(parent);
    return count;
}
