/* Points of cells from ordered bases, and the forms that ordered bases lean on. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "arrangement/enumeration-private.h"
#include "arrangement/matroid.h"

/* w B^-1 in the coordinates of rows whose block B of the basis is not singular, 0 in the others. */
void rc_vertex_objective(fmpz *out, const rc_level_struct *L)
{
    slong rank = fmpz_mat_nrows(L->basis), dim = L->dim;
    slong *rows = flint_malloc((size_t) (2 * rank + 2) * sizeof(slong)), *cols = rows + rank + 1;
    rc_matroid_basis(rows, cols, L->basis);
    fmpz_mat_t B, w, x;
    fmpz_t den;
    fmpz_init(den);
    fmpz_mat_init(B, dim, dim);
    fmpz_mat_init(w, dim, 1);
    fmpz_mat_init(x, dim, 1);
    for (slong i = 0; i < dim; i++) {
        for (slong j = 0; j < dim; j++) fmpz_set(fmpz_mat_entry(B, j, i), fmpz_mat_entry(L->basis, rows[i], j));
        fmpz_set(fmpz_mat_entry(w, i, 0), fmpz_mat_entry(L->objective, 0, i));
    }
    if (!fmpz_mat_solve(x, den, B, w)) flint_abort();
    _fmpz_vec_zero(out, rank);
    for (slong i = 0; i < dim; i++) {
        fmpz_set(out + rows[i], fmpz_mat_entry(x, i, 0));
        if (fmpz_sgn(den) < 0) fmpz_neg(out + rows[i], out + rows[i]);
    }
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, out, rank);
    _fmpz_vec_scalar_divexact_fmpz(out, out, rank, content);
    fmpz_clear(content);
    fmpz_clear(den);
    fmpz_mat_clear(B);
    fmpz_mat_clear(w);
    fmpz_mat_clear(x);
    flint_free(rows);
}

void rc_enumeration_auxiliary(fmpz_mat_t forms, slong *cols, const rc_enumeration_struct *E)
{
    const rc_part_struct *part = E->part;
    fmpz_mat_set(forms, part->auxiliary);
    for (slong i = 0; i < part->rank; i++) cols[i] = part->cols[i];
}

/* X (length rank) := sum over l of sign(e_l) M_l x_l, where x_l are positive integer multiples of the dual basis
   and each M_l is the least that keeps the signs which the terms after it have settled. */
static void lexicographic_point(fmpz *X, const rc_part_struct *part, const int32_t *basis, slong length,
                                const fmpz_mat_t dual)
{
    slong n = part->n, rank = part->rank;
    fmpz *value = _fmpz_vec_init(n), *step = _fmpz_vec_init(rank);
    fmpz_t M, v, quotient;
    fmpz_init(M);
    fmpz_init(v);
    fmpz_init(quotient);
    _fmpz_vec_zero(X, rank);
    for (slong l = length - 1; l >= 0; l--) {
        for (slong c = 0; c < rank; c++) fmpz_set(step + c, fmpz_mat_entry(dual, c, l));
        _fmpz_vec_content(M, step, rank);
        _fmpz_vec_scalar_divexact_fmpz(step, step, rank, M);
        fmpz_one(M);
        for (slong k = 0; k < n; k++) {
            _fmpz_vec_dot(v, fmpz_mat_entry(part->forms, k, 0), step, rank);
            if (fmpz_is_zero(v)) continue;
            fmpz_abs(v, v);
            fmpz_abs(quotient, value + k);
            fmpz_fdiv_q(quotient, quotient, v);
            fmpz_add_ui(quotient, quotient, 1);
            if (fmpz_cmp(quotient, M) > 0) fmpz_swap(quotient, M);
        }
        if (basis[l] < 0) fmpz_neg(M, M);
        _fmpz_vec_scalar_addmul_fmpz(X, step, rank, M);
        for (slong k = 0; k < n && l > 0; k++) _fmpz_vec_dot(value + k, fmpz_mat_entry(part->forms, k, 0), X, rank);
    }
    fmpz_clear(M);
    fmpz_clear(v);
    fmpz_clear(quotient);
    _fmpz_vec_clear(value, n);
    _fmpz_vec_clear(step, rank);
}

void rc_enumeration_witness(fmpq *x, const rc_enumeration_struct *E, const int32_t *basis)
{
    slong d = E->arr->d;
    for (slong c = 0; c < d; c++) fmpq_zero(x + c);
    if (E->parts == 0) return;
    const rc_part_struct *part = E->part;
    slong rank = part->rank, length = 0;
    fmpz_mat_t B, dual;
    fmpz_t den;
    fmpz_mat_init(B, rank, rank);
    fmpz_mat_init(dual, rank, rank);
    fmpz_init(den);
    while (length < rank && basis[length]) length++;
    for (slong l = 0; l < rank; l++) {
        if (l >= length) {
            _fmpz_vec_set(fmpz_mat_entry(B, l, 0), fmpz_mat_entry(part->auxiliary, l, 0), rank);
            continue;
        }
        slong row = FLINT_ABS((slong) basis[l]) - 1, local = 0;
        while (part->member[local] != row) local++;
        _fmpz_vec_set(fmpz_mat_entry(B, l, 0), fmpz_mat_entry(part->forms, local, 0), rank);
    }
    if (!fmpz_mat_inv(dual, den, B)) flint_abort();
    if (fmpz_sgn(den) < 0) fmpz_mat_neg(dual, dual);
    fmpz *X = _fmpz_vec_init(rank);
    lexicographic_point(X, part, basis, length, dual);
    slong infinity = -1;
    for (slong c = 0; c < rank; c++)
        if (E->arr->affine && part->cols[c] == d) infinity = c;
    for (slong c = 0; c < rank; c++) {
        if (c == infinity) continue;
        fmpq *out = x + part->cols[c];
        fmpz_set(fmpq_numref(out), X + c);
        fmpz_one(fmpq_denref(out));
        if (infinity >= 0) {
            fmpz_set(fmpq_denref(out), X + infinity);
            fmpq_canonicalise(out);
        }
    }
    _fmpz_vec_clear(X, rank);
    fmpz_mat_clear(B);
    fmpz_mat_clear(dual);
    fmpz_clear(den);
}
