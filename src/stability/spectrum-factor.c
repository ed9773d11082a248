/* Integer Cholesky factors, their residuals, and exact factors of singular matrices. */
#include "spectrum-factor.h"

#include <flint/fmpq_mat.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "spectrum.h"

bool rc_factor_cholesky(fmpz_mat_t L, const fmpz_mat_t F, const fmpz_t T)
{
    slong n = fmpz_mat_nrows(F);
    fmpz_t sum;
    fmpz_init(sum);
    fmpz_mat_zero(L);
    bool positive = true;
    for (slong j = 0; j < n && positive; j++) {
        fmpz *row = fmpz_mat_entry(L, j, 0);
        for (slong l = 0; l < j; l++) {
            _fmpz_vec_dot(sum, row, fmpz_mat_entry(L, l, 0), l);
            fmpz_add(sum, sum, fmpz_mat_entry(F, j, l));
            fmpz_neg(sum, sum);
            fmpz_fdiv_q(row + l, sum, fmpz_mat_entry(L, l, l));
        }
        _fmpz_vec_dot(sum, row, row, j);
        fmpz_add(sum, sum, fmpz_mat_entry(F, j, j));
        fmpz_sub(sum, T, sum);
        positive = fmpz_sgn(sum) > 0;
        if (positive) fmpz_sqrt(row + j, sum);
    }
    fmpz_clear(sum);
    return positive;
}

bool rc_factor_is_dominant(const fmpz_mat_t L, const fmpz_mat_t F, const fmpz_t T, const fmpz_t error)
{
    slong n = fmpz_mat_nrows(F);
    fmpz_mat_t R, transposed;
    fmpz_t off, x;
    fmpz_init(off);
    fmpz_init(x);
    fmpz_mat_init(R, n, n);
    fmpz_mat_init(transposed, fmpz_mat_ncols(L), n);
    fmpz_mat_transpose(transposed, L);
    fmpz_mat_mul(R, L, transposed);
    bool dominant = true;
    for (slong j = 0; j < n && dominant; j++) {
        fmpz_zero(off);
        for (slong l = 0; l < n; l++) {
            fmpz_add(x, fmpz_mat_entry(R, j, l), fmpz_mat_entry(F, j, l));
            if (l == j) continue;
            fmpz_abs(x, x);
            fmpz_add(off, off, x);
            fmpz_add(off, off, error);
        }
        fmpz_add(x, fmpz_mat_entry(R, j, j), fmpz_mat_entry(F, j, j));
        fmpz_add(x, x, error);
        fmpz_add(x, x, off);
        dominant = fmpz_cmp(x, T) <= 0;
    }
    fmpz_mat_clear(transposed);
    fmpz_mat_clear(R);
    fmpz_clear(x);
    fmpz_clear(off);
    return dominant;
}

void rc_factor_solve(fmpz *u, const fmpz_mat_t L, slong bits)
{
    slong n = fmpz_mat_nrows(L), size = FLINT_ABS(fmpz_mat_max_bits(L));
    fmpz_t sum;
    fmpz_init(sum);
    for (slong j = 0; j < n; j++) {
        fmpz_mul_2exp(u + j, u + j, (ulong) (size + bits));
        _fmpz_vec_dot(sum, fmpz_mat_entry(L, j, 0), u, j);
        fmpz_sub(u + j, u + j, sum);
        fmpz_fdiv_q(u + j, u + j, fmpz_mat_entry(L, j, j));
    }
    rc_vector_shorten(u, n, size + bits);
    for (slong j = n - 1; j >= 0; j--) {
        fmpz_mul_2exp(u + j, u + j, (ulong) size);
        for (slong l = j + 1; l < n; l++) fmpz_submul(u + j, fmpz_mat_entry(L, l, j), u + l);
        fmpz_fdiv_q(u + j, u + j, fmpz_mat_entry(L, j, j));
    }
    rc_vector_shorten(u, n, bits);
    fmpz_clear(sum);
}

bool rc_spectrum_check_upper(const rc_spectrum_t s, const rc_pencil_t M, const fmpq_t t)
{
    if (fmpq_sgn(t) <= 0) return fmpq_is_zero(t) && fmpz_mat_is_zero(M->N) && M->terms == 0;
    if (!rc_pencil_is_beyond_poles(M, t)) return false;
    rc_pencil_t at;
    fmpz_mat_t F;
    fmpz_t error, top;
    fmpq_t scaled;
    rc_pencil_init(at, 1, 1);
    fmpz_mat_init(F, M->n, M->n);
    fmpz_init(error);
    fmpz_init(top);
    fmpq_init(scaled);
    rc_pencil_at(at, M, t, s->above);
    rc_pencil_get_fixed(F, error, at, s->scale, s->weight);
    fmpq_mul_fmpz(scaled, t, s->scale);
    fmpq_div_fmpz(scaled, scaled, s->weight);
    fmpq_mul_si(scaled, scaled, M->unit);
    fmpz_fdiv_q(top, fmpq_numref(scaled), fmpq_denref(scaled));
    bool dominant = rc_factor_is_dominant(s->L, F, top, error);
    fmpq_clear(scaled);
    fmpz_clear(top);
    fmpz_clear(error);
    fmpz_mat_clear(F);
    rc_pencil_clear(at);
    return dominant;
}

/* S = L D L^T by elimination, S symmetric of rationals: columns of L with a unit diagonal, pivots D >= 0. False if S is
   not positive semi-definite. S is used up. */
static bool eliminate(fmpq_mat_t L, fmpq *D, fmpq_mat_t S)
{
    slong n = fmpq_mat_nrows(S);
    for (slong k = 0; k < n; k++) {
        const fmpq *pivot = fmpq_mat_entry(S, k, k);
        if (fmpq_sgn(pivot) < 0) return false;
        fmpq_set(D + k, pivot);
        for (slong j = k + 1; j < n; j++) {
            if (fmpq_is_zero(pivot)) {
                if (!fmpq_is_zero(fmpq_mat_entry(S, j, k))) return false;
            } else {
                fmpq_div(fmpq_mat_entry(L, j, k), fmpq_mat_entry(S, j, k), pivot);
            }
        }
        fmpq_one(fmpq_mat_entry(L, k, k));
        for (slong j = k + 1; j < n; j++) {
            for (slong l = k + 1; l <= j; l++) {
                fmpq_submul(fmpq_mat_entry(S, j, l), fmpq_mat_entry(L, j, k), fmpq_mat_entry(S, l, k));
            }
        }
    }
    return true;
}

/* How many squares the greedy sum a^2 + b^2 + ... = x has, largest first; into a if that is not NULL. */
static slong squares(fmpz *a, const fmpz_t x)
{
    slong count = 0;
    fmpz_t rest, root;
    fmpz_init_set(rest, x);
    fmpz_init(root);
    for (; !fmpz_is_zero(rest); count++) {
        fmpz_sqrt(root, rest);
        if (a) fmpz_set(a + count, root);
        fmpz_submul(rest, root, root);
    }
    fmpz_clear(root);
    fmpz_clear(rest);
    return count;
}

/* The factor in integers: column k is c_k / d_k, so its part is D_k / d_k^2 c_k c_k^T; scale is a common denominator of
   those and of M, and the integer before c_k c_k^T then a sum of squares, each with a column of its own. */
static void set_factor(rc_spectrum_t s, const fmpq_mat_t L, const fmpq *D, const rc_pencil_t M)
{
    slong n = M->n, columns = 0;
    fmpz *den = _fmpz_vec_init(n), *pivot = _fmpz_vec_init(n);
    fmpz_t q;
    fmpz_init(q);
    fmpz_set(s->scale, M->D);
    for (slong k = 0; k < n; k++) {
        fmpz_one(den + k);
        for (slong j = k; j < n; j++) fmpz_lcm(den + k, den + k, fmpq_denref(fmpq_mat_entry(L, j, k)));
        fmpz_mul(q, den + k, den + k);
        fmpz_mul(q, q, fmpq_denref(D + k));
        fmpz_lcm(s->scale, s->scale, q);
    }
    for (slong k = 0; k < n; k++) {
        fmpz_mul(q, den + k, den + k);
        fmpz_mul(q, q, fmpq_denref(D + k));
        fmpz_divexact(pivot + k, s->scale, q);
        fmpz_mul(pivot + k, pivot + k, fmpq_numref(D + k));
        columns += squares(NULL, pivot + k);
    }
    fmpz *root = _fmpz_vec_init(columns);
    fmpz_mat_clear(s->L);
    fmpz_mat_init(s->L, n, columns);
    for (slong k = 0, at = 0; k < n; k++) {
        slong count = squares(root, pivot + k);
        for (slong j = k; j < n; j++) {
            fmpz_divexact(q, den + k, fmpq_denref(fmpq_mat_entry(L, j, k)));
            fmpz_mul(q, q, fmpq_numref(fmpq_mat_entry(L, j, k)));
            for (slong e = 0; e < count; e++) fmpz_mul(fmpz_mat_entry(s->L, j, at + e), q, root + e);
        }
        at += count;
    }
    _fmpz_vec_clear(root, columns);
    fmpz_clear(q);
    _fmpz_vec_clear(pivot, n);
    _fmpz_vec_clear(den, n);
}

bool rc_spectrum_exact(rc_spectrum_t s, const rc_pencil_t M, const fmpq_t v)
{
    slong n = M->n;
    if (M->terms > 0 || n > RC_SPECTRUM_EXACT || fmpq_sgn(v) <= 0) return false;
    rc_spectrum_t found;
    fmpq_mat_t S, L;
    fmpz_mat_t integers, kernel;
    fmpz_t den;
    fmpq_t x;
    fmpq *D = _fmpq_vec_init(n);
    rc_spectrum_init(found);
    rc_spectrum_shape(found, n, 0);
    fmpq_mat_init(S, n, n);
    fmpq_mat_init(L, n, n);
    fmpz_mat_init(integers, n, n);
    fmpz_mat_init(kernel, n, n);
    fmpz_init(den);
    fmpq_init(x);
    fmpq_mul_si(x, v, M->unit);
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l < n; l++) {
            fmpq *y = fmpq_mat_entry(S, j, l);
            fmpq_set_fmpz_frac(y, fmpz_mat_entry(M->N, j, l), M->D);
            fmpq_neg(y, y);
            if (j == l) fmpq_add(y, y, x);
        }
    }
    fmpq_mat_get_fmpz_mat_matwise(integers, den, S);
    bool exact = fmpz_mat_nullspace(kernel, integers) > 0 && eliminate(L, D, S);
    if (exact) {
        fmpz_zero(den);
        for (slong j = 0; j < n; j++) {
            fmpz_set(found->vector + j, fmpz_mat_entry(kernel, j, 0));
            fmpz_gcd(den, den, found->vector + j);
        }
        _fmpz_vec_scalar_divexact_fmpz(found->vector, found->vector, n, den);
        fmpq_set(found->lo, v);
        fmpq_set(found->hi, v);
        found->known = true;
        fmpz_set(found->den, M->D);
        set_factor(found, L, D, M);
        exact = rc_pencil_is_lower(M, found->vector, v, NULL) && rc_spectrum_check_upper(found, M, v);
    }
    if (exact) rc_spectrum_swap(s, found);
    fmpq_clear(x);
    fmpz_clear(den);
    fmpz_mat_clear(kernel);
    fmpz_mat_clear(integers);
    fmpq_mat_clear(L);
    fmpq_mat_clear(S);
    rc_spectrum_clear(found);
    _fmpq_vec_clear(D, n);
    return exact;
}
