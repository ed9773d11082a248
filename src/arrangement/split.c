#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "arrangement/matroid.h"
#include "arrangement/private.h"

/* Up to this rank an inverse is kept; beyond, its entries are long and each point solves its own system. */
#define INVERSE_RANK 40

int rc_make_primitive(fmpz *u, slong n)
{
    slong lead = 0;
    while (lead < n && fmpz_is_zero(u + lead)) lead++;
    if (lead == n) return 0;
    int sign = fmpz_sgn(u + lead);
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, u + lead, n - lead);
    if (sign < 0) fmpz_neg(content, content);
    if (!fmpz_is_one(content)) _fmpz_vec_scalar_divexact_fmpz(u + lead, u + lead, n - lead, content);
    fmpz_clear(content);
    return sign;
}

static void group_members(rc_split_t S)
{
    S->first = flint_calloc((size_t) S->parts + 2, sizeof(slong));
    S->member = flint_malloc((size_t) (S->rows + 1) * sizeof(slong));
    for (slong i = 0; i < S->rows; i++) S->first[S->part[i] + 1]++;
    for (slong p = 0; p < S->parts; p++) S->first[p + 1] += S->first[p];
    slong *next = flint_malloc((size_t) (S->parts + 1) * sizeof(slong));
    for (slong p = 0; p < S->parts; p++) next[p] = S->first[p];
    for (slong i = 0; i < S->rows; i++) S->member[next[S->part[i]]++] = i;
    flint_free(next);
}

void rc_split_init(rc_split_t S, const fmpz_mat_t M)
{
    S->rows = fmpz_mat_nrows(M);
    S->width = fmpz_mat_ncols(M);
    slong room = FLINT_MIN(S->rows, S->width);
    S->part = flint_malloc((size_t) (S->rows + 1) * sizeof(slong));
    S->basis = flint_malloc((size_t) (room + 1) * sizeof(slong));
    S->cols = flint_malloc((size_t) (room + 1) * sizeof(slong));
    S->parts = rc_matroid_components(S->part, M);
    S->rank = rc_matroid_basis(S->basis, S->cols, M);
    group_members(S);
    fmpz_mat_init(S->square, S->rank, S->rank);
    for (slong i = 0; i < S->rank; i++)
        for (slong c = 0; c < S->rank; c++)
            fmpz_set(fmpz_mat_entry(S->square, i, c), fmpz_mat_entry(M, S->basis[i], S->cols[c]));
    fmpz_mat_init(S->inverse, 0, 0);
    fmpz_init(S->den);
}

void rc_split_clear(rc_split_t S)
{
    flint_free(S->part);
    flint_free(S->first);
    flint_free(S->member);
    flint_free(S->basis);
    flint_free(S->cols);
    fmpz_mat_clear(S->square);
    fmpz_mat_clear(S->inverse);
    fmpz_clear(S->den);
}

void rc_split_forms(fmpz_mat_t F, const rc_split_t S, slong p, const fmpz_mat_t M)
{
    slong n = S->first[p + 1] - S->first[p];
    fmpz_mat_init(F, n, S->width);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < S->width; c++)
            fmpz_set(fmpz_mat_entry(F, i, c), fmpz_mat_entry(M, S->member[S->first[p] + i], c));
}

void rc_split_values(fmpq *values, const rc_split_t S, slong p, const fmpz_mat_t M, const fmpq *x)
{
    fmpq_t term;
    fmpq_init(term);
    for (slong k = 0; k < S->rank; k++) {
        if (S->part[S->basis[k]] != p) continue;
        fmpq_zero(values + k);
        for (slong c = 0; c < S->width; c++) {
            const fmpz *h = fmpz_mat_entry(M, S->basis[k], c);
            if (fmpz_is_zero(h) || fmpq_is_zero(x + c)) continue;
            fmpq_mul_fmpz(term, x + c, h);
            fmpq_add(values + k, values + k, term);
        }
    }
    fmpq_clear(term);
}

static void keep_inverse(rc_split_t S)
{
    fmpz_mat_t inverse;
    fmpz_mat_init(inverse, S->rank, S->rank);
    if (!fmpz_mat_inv(inverse, S->den, S->square)) flint_abort();
    fmpz_mat_swap(S->inverse, inverse);
    fmpz_mat_clear(inverse);
}

void rc_split_point(fmpq *x, rc_split_t S, const fmpq *value)
{
    slong r = S->rank;
    for (slong i = 0; i < S->width; i++) fmpq_zero(x + i);
    if (r == 0) return;
    fmpz *numerator = _fmpz_vec_init(r);
    fmpz_t den, system_den;
    fmpz_init(den);
    fmpz_init(system_den);
    _fmpq_vec_get_fmpz_vec_fmpz(numerator, den, value, r);
    fmpz_mat_t right, X;
    fmpz_mat_init(right, r, 1);
    fmpz_mat_init(X, r, 1);
    for (slong i = 0; i < r; i++) fmpz_swap(fmpz_mat_entry(right, i, 0), numerator + i);
    if (r <= INVERSE_RANK) {
        if (fmpz_is_zero(S->den)) keep_inverse(S);
        fmpz_mat_mul(X, S->inverse, right);
        fmpz_set(system_den, S->den);
    } else if (!fmpz_mat_solve(X, system_den, S->square, right)) {
        flint_abort();
    }
    fmpz_mul(den, den, system_den);
    for (slong c = 0; c < r; c++) fmpq_set_fmpz_frac(x + S->cols[c], fmpz_mat_entry(X, c, 0), den);
    fmpz_mat_clear(right);
    fmpz_mat_clear(X);
    fmpz_clear(den);
    fmpz_clear(system_den);
    _fmpz_vec_clear(numerator, r);
}
