#include "seminorm-cone.h"

#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* Entries up to this size count as 0, in rows whose forms have entries below 1. */
#define TINY 1e-9

void rc_cone_forms_init(rc_cone_forms_t F, const fmpz_mat_t forms)
{
    slong n = fmpz_mat_nrows(forms), rank = fmpz_mat_ncols(forms), e;
    F->n = n;
    F->rank = rank;
    F->faithful = true;
    F->stride = (rank + 3) / 4 * 4;
    F->form = flint_calloc((size_t) (n * F->stride + 1), sizeof *F->form);
    F->exponent = flint_calloc((size_t) rank + 1, sizeof *F->exponent);
    for (slong j = 0; j < n; j++)
        for (slong c = 0; c < rank; c++) {
            e = (slong) fmpz_bits(fmpz_mat_entry(forms, j, c));
            if (e > F->exponent[c]) F->exponent[c] = e;
        }
    for (slong j = 0; j < n; j++) {
        slong top = WORD_MIN;
        for (slong c = 0; c < rank; c++) {
            if (fmpz_is_zero(fmpz_mat_entry(forms, j, c))) continue;
            e = (slong) fmpz_bits(fmpz_mat_entry(forms, j, c)) - F->exponent[c];
            if (e > top) top = e;
        }
        for (slong c = 0; c < rank; c++) {
            double m = fmpz_get_d_2exp(&e, fmpz_mat_entry(forms, j, c));
            if (m != 0) e -= F->exponent[c] + top;
            if (m != 0 && e < -900) F->faithful = false;
            F->form[j * F->stride + c] = m != 0 && e >= -900 ? ldexp(m, (int) e) : 0;
        }
    }
}

void rc_cone_forms_clear(rc_cone_forms_t F)
{
    flint_free(F->form);
    flint_free(F->exponent);
}

static void reset(rc_cone_t C)
{
    slong n = C->F->n, r = C->F->rank, stride = C->F->stride;
    memcpy(C->entry, C->F->form, (size_t) (n * stride) * sizeof *C->entry);
    for (slong i = 0; i < r * stride; i++) C->entry[n * stride + i] = 0;
    for (slong j = 0; j < n; j++) C->place[j] = -1;
    for (slong k = 0; k < r; k++) {
        C->entry[(n + k) * stride + k] = 1;
        C->column[k] = n + k;
        C->place[n + k] = k;
    }
    C->pivots = 0;
}

void rc_cone_init(rc_cone_t C, const rc_cone_forms_t F)
{
    slong rows = F->n + F->rank;
    C->F = F;
    C->entry = flint_malloc((size_t) (rows * F->stride + 1) * sizeof *C->entry);
    C->column = flint_malloc((size_t) (F->rank + 1) * sizeof *C->column);
    C->place = flint_malloc((size_t) (rows + 1) * sizeof *C->place);
    C->rank_of = flint_malloc((size_t) (rows + 1) * sizeof *C->rank_of);
    reset(C);
}

void rc_cone_clear(rc_cone_t C)
{
    flint_free(C->entry);
    flint_free(C->column);
    flint_free(C->place);
    flint_free(C->rank_of);
}

void rc_cone_set(rc_cone_t C, const rc_cone_t D)
{
    size_t rows = (size_t) (D->F->n + D->F->rank), rank = (size_t) D->F->rank;
    memcpy(C->entry, D->entry, rows * (size_t) D->F->stride * sizeof *C->entry);
    memcpy(C->column, D->column, rank * sizeof *C->column);
    memcpy(C->place, D->place, rows * sizeof *C->place);
    C->pivots = D->pivots;
}

/* Four at a time, for compilers that make vectors of these. */
static void add_multiple(double *restrict row, double a, const double *restrict other, slong stride)
{
    for (slong i = 0; i < stride; i += 4) {
        row[i] += a * other[i];
        row[i + 1] += a * other[i + 1];
        row[i + 2] += a * other[i + 2];
        row[i + 3] += a * other[i + 3];
    }
}

/* Row j takes over column k. */
static void pivot(rc_cone_t C, slong j, slong k)
{
    slong r = C->F->rank, rows = C->F->n + r, stride = C->F->stride;
    double *solved = C->entry + j * stride, p = 1 / solved[k];
    for (slong i = 0; i < r; i++) solved[i] *= -p;
    solved[k] = p;
    for (slong b = 0; b < rows; b++) {
        double *row = C->entry + b * stride, a = row[k];
        if (b == j || a == 0) continue;
        row[k] = 0;
        add_multiple(row, a, solved, stride);
    }
    for (slong i = 0; i < r; i++) solved[i] = i == k;
    C->place[C->column[k]] = -1;
    C->column[k] = j;
    C->place[j] = k;
    C->pivots++;
}

/* Computes the rows from the forms again. */
static void refresh(rc_cone_t C)
{
    slong r = C->F->rank, n = C->F->n;
    memcpy(C->rank_of, C->column, (size_t) r * sizeof *C->column);
    reset(C);
    for (slong i = 0; i < r; i++) {
        slong j = C->rank_of[i], k = -1;
        const double *row = C->entry + j * C->F->stride;
        if (j >= n) continue;
        for (slong c = 0; c < r; c++)
            if (C->column[c] >= n && (k < 0 || fabs(row[c]) > fabs(row[k]))) k = c;
        if (k >= 0 && fabs(row[k]) > TINY) pivot(C, j, k);
    }
    C->pivots = 0;
}

double rc_cone_value(const rc_cone_t C, slong j, const signed char *sign)
{
    const double *row = C->entry + j * C->F->stride;
    double v = 0;
    for (slong k = 0; k < C->F->rank; k++)
        if (C->column[k] < C->F->n) v += row[k] * sign[C->column[k]];
    return v;
}

/* A column that raises sign[j] form_j: one that nothing holds, the steepest; otherwise the first in the order whose
   constraint allows it; -1 if there is none. */
static slong entering(const rc_cone_t C, slong j, const signed char *sign)
{
    slong r = C->F->rank, n = C->F->n, best = -1;
    const double *row = C->entry + j * C->F->stride;
    bool best_free = false;
    for (slong k = 0; k < r; k++) {
        slong o = C->column[k];
        double a = row[k];
        bool free_column = o >= n || sign[o] == 0;
        if (fabs(a) <= TINY || (best_free && !free_column)) continue;
        if (!free_column && a * sign[j] * sign[o] < 0) continue;
        bool better = best < 0 || (free_column && !best_free);
        if (!better && free_column) better = fabs(a) > fabs(row[best]);
        else if (!better) better = C->rank_of[o] < C->rank_of[C->column[best]];
        if (!better) continue;
        best = k;
        best_free = free_column;
    }
    return best;
}

rc_cone_outcome rc_cone_solve(rc_cone_t C, slong *refused, const slong *order, slong m, const signed char *sign)
{
    slong most = 20 * (C->F->rank + 5) + m;
    if (C->pivots > 100) refresh(C);
    for (slong i = 0; i < m; i++) C->rank_of[order[i]] = i;
    for (slong steps = 0; steps < most; steps++) {
        slong bad = -1;
        for (slong i = 0; bad < 0 && i < m; i++) {
            slong j = order[i];
            if (C->place[j] < 0 && !(rc_cone_value(C, j, sign) * sign[j] > 1 - TINY)) bad = j;
        }
        if (bad < 0) return RC_CONE_POINT;
        slong k = entering(C, bad, sign);
        if (k < 0) {
            *refused = bad;
            return RC_CONE_CONFLICT;
        }
        pivot(C, bad, k);
    }
    return RC_CONE_UNKNOWN;
}

slong rc_cone_conflict(slong *member, const rc_cone_t C, slong refused)
{
    slong r = C->F->rank, count = 0;
    member[count++] = refused;
    for (slong k = 0; k < r; k++)
        if (fabs(C->entry[refused * C->F->stride + k]) > TINY) member[count++] = C->column[k];
    return count;
}

/* With A = (s_k h_k) for the nonbasic forms as columns and any matrix X, X A = I + F, |F| <= e < 1 (largest sum of
   absolute values in a row): A is invertible, and the solution of A l = -s_0 h_0 is l = (I + F)^-1 b, b = -X s_0 h_0,
   so that |l - b| <= e / (1 - e) |b| in the maximum norm. All l > 0 makes h_0 and the h_k a conflict. X is the
   dictionary's inverse: row k of X is s_k times the column k of the coordinates.

   Rounding. Entries of the forms are at most 1 in size with a relative error of 2^-52; a sum of r products computed in
   doubles is off by less than (r + 1) 2^-53 times the sum of the absolute values of the products, underflow apart, for
   r <= 1000. Together an entry of X A or b, row k, is off by less than slack_k = (r + 4) 2^-51 (sum |X_kc| + 1): a
   factor of two is left for rounding in slack_k itself, and the 1 is for underflow. The factors 1.01 and 1.5 below
   stand for rounding of the sums and for 1 / (1 - e) with e <= 1/5. Comparisons are false for NaN. */
bool rc_cone_proves(const rc_cone_t C, slong refused, const signed char *sign)
{
    slong r = C->F->rank, n = C->F->n, stride = C->F->stride;
    const double *inverse = C->entry + n * stride, *h = C->F->form;
    double error = 0, largest = 0, most_slack = 0;
    if (!C->F->faithful || r > 1000) return false;
    for (slong k = 0; k < r; k++) {
        if (C->column[k] >= n) return false;
        double sum = 0, length = 0, b = 0;
        for (slong c = 0; c < r; c++) {
            length += fabs(inverse[c * stride + k]);
            b -= inverse[c * stride + k] * h[refused * stride + c];
        }
        double slack = (double) (r + 4) * 0x1p-51 * (length + 1);
        for (slong l = 0; l < r; l++) {
            double g = 0;
            for (slong c = 0; c < r; c++) g += inverse[c * stride + k] * h[C->column[l] * stride + c];
            sum += fabs(k == l ? g - 1 : g) + slack;
        }
        if (!(sum < 0.2)) return false;
        if (sum > error) error = sum;
        if (fabs(b) > largest) largest = fabs(b);
        if (slack > most_slack) most_slack = slack;
    }
    double margin = 1.01 * most_slack + 1.5 * error * (largest + most_slack);
    if (!(margin < 1e300)) return false;
    for (slong k = 0; k < r; k++) {
        double b = 0;
        for (slong c = 0; c < r; c++) b -= inverse[c * stride + k] * h[refused * stride + c];
        if (!(b * sign[C->column[k]] * sign[refused] > margin)) return false;
    }
    return true;
}

void rc_cone_point(double *value, const rc_cone_t C, const signed char *sign)
{
    for (slong j = 0; j < C->F->n + C->F->rank; j++) value[j] = rc_cone_value(C, j, sign);
}

/* x[c] = coordinate c over 2^exponent[c], all times one power of two that makes them integers. */
static bool integer_point(fmpz *x, const double *coordinate, const rc_cone_forms_t F)
{
    slong low = WORD_MAX;
    int e;
    for (slong c = 0; c < F->rank; c++) {
        if (!isfinite(coordinate[c])) return false;
        frexp(coordinate[c], &e);
        if (coordinate[c] != 0 && e - F->exponent[c] < low) low = e - F->exponent[c];
    }
    for (slong c = 0; c < F->rank; c++) {
        double m = frexp(coordinate[c], &e);
        fmpz_set_d(x + c, ldexp(m, 53));
        if (m != 0) fmpz_mul_2exp(x + c, x + c, (ulong) (e - F->exponent[c] - low));
    }
    return true;
}

bool rc_cone_cell(signed char *cell, const double *value, const rc_cone_forms_t F, const fmpz_mat_t forms)
{
    fmpz *x = _fmpz_vec_init(F->rank);
    fmpz_t v;
    fmpz_init(v);
    bool ok = integer_point(x, value + F->n, F);
    for (slong j = 0; ok && j < F->n; j++) {
        _fmpz_vec_dot(v, fmpz_mat_entry(forms, j, 0), x, F->rank);
        cell[j] = (signed char) fmpz_sgn(v);
        ok = cell[j] == (value[j] > 0) - (value[j] < 0) && cell[j] != 0;
    }
    fmpz_clear(v);
    _fmpz_vec_clear(x, F->rank);
    return ok;
}
