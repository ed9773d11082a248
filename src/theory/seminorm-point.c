#include "seminorm-problem.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <math.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

bool rc_problem_has_signs(const rc_problem_t P, const signed char *sign, const fmpz *num, const fmpz_t den)
{
    const rc_canonical_struct *f = P->f;
    bool ok = true;
    fmpz_t v;
    fmpz_init(v);
    for (slong H = 0; ok && H < f->K; H++) {
        _fmpz_vec_dot(v, fmpz_mat_entry(f->u, H, 0), num, f->d);
        if (f->affine) fmpz_addmul(v, fmpz_mat_entry(f->u, H, f->d), den);
        ok = fmpz_sgn(v) * sign[H] > 0;
    }
    fmpz_clear(v);
    return ok;
}

static double row_length(const rc_canonical_t f, slong H)
{
    double sum = 0;
    for (slong k = 0; k < f->width; k++) {
        double x = fmpz_get_d(fmpz_mat_entry(f->u, H, k));
        sum += x * x;
    }
    return sqrt(sum);
}

/* The basis rows of all parts, on all columns, with a value each: a point z of Q^width with these values has, on every
   form of a part, the values of the part's witness, since the forms are combinations of their part's basis; and as the
   parts' ranks add up, the rows are independent and z exists. */
typedef struct {
    slong rank;
    fmpz_mat_t rows;  /* (K + affine) x width, the first `rank` used */
    fmpq *value;
    double *factor;   /* of the row's part: with the values times this its nearest form is about one unit away */
} basis_values;

static void add_row(basis_values *V, const rc_canonical_t f, slong H, const fmpq_t value, double factor)
{
    fmpz *row = fmpz_mat_entry(V->rows, V->rank, 0);
    if (H < f->K) _fmpz_vec_set(row, fmpz_mat_entry(f->u, H, 0), f->width);
    else fmpz_one(row + f->width - 1);
    fmpq_set(V->value + V->rank, value);
    V->factor[V->rank] = factor;
    V->rank++;
}

static void add_trivial_part(basis_values *V, const rc_problem_t P, const rc_part_struct *part, const signed char *sign)
{
    fmpq_t one;
    fmpq_init(one);
    slong H = part->size ? part->member[0] : P->f->K;
    fmpq_set_si(one, part->size ? sign[H] : 1, 1);
    add_row(V, P->f, H, one, H < P->f->K ? row_length(P->f, H) : 1);
    fmpq_clear(one);
}

/* y (length rank) in the part's cell. */
static void part_witness(fmpq *y, rc_part_struct *part, const rc_canonical_t f, const signed char *sign)
{
    rc_part_prepare(part, f);
    rc_region_struct *R = rc_part_region(part);
    for (slong j = 0; j < part->size; j++)
        if (!rc_region_restrict(R, j, sign[part->member[j]])) flint_abort();
    rc_region_witness(y, R);
    rc_region_free(R);
}

/* Row j of the part's forms at y. */
static void form_value(fmpq_t value, const rc_part_struct *part, slong j, const fmpq *y)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_zero(value);
    for (slong k = 0; k < part->rank; k++) {
        fmpq_mul_fmpz(t, y + k, fmpz_mat_entry(part->forms, j, k));
        fmpq_add(value, value, t);
    }
    fmpq_clear(t);
}

/* One over the least distance |value| / |row| of the part's witness y from its hyperplanes. */
static double part_factor(const rc_part_struct *part, const rc_canonical_t f, const fmpq *y)
{
    double largest = 0;
    fmpq_t value;
    fmpq_init(value);
    for (slong j = 0; j < part->size + part->infinite; j++) {
        form_value(value, part, j, y);
        double factor = (j < part->size ? row_length(f, part->member[j]) : 1) / fabs(fmpq_get_d(value));
        if (factor > largest) largest = factor;
    }
    fmpq_clear(value);
    return largest;
}

static void add_part(basis_values *V, const rc_problem_t P, rc_part_struct *part, const signed char *sign)
{
    if (rc_part_is_trivial(part)) {
        add_trivial_part(V, P, part, sign);
        return;
    }
    fmpq_t value;
    fmpq_init(value);
    fmpq *y = _fmpq_vec_init(P->f->width);
    part_witness(y, part, P->f, sign);
    double factor = part_factor(part, P->f, y);
    for (slong i = 0; i < part->rank; i++) {
        slong j = part->basis[i];
        form_value(value, part, j, y);
        add_row(V, P->f, j < part->size ? part->member[j] : P->f->K, value, factor);
    }
    _fmpq_vec_clear(y, P->f->width);
    fmpq_clear(value);
}

/* Right-hand sides times their common denominator: a positive factor changes no sign. */
static void integer_values(fmpz_mat_t b, const basis_values *V)
{
    fmpz_t den;
    fmpz_init_set_ui(den, 1);
    for (slong i = 0; i < V->rank; i++) fmpz_lcm(den, den, fmpq_denref(V->value + i));
    for (slong i = 0; i < V->rank; i++) {
        fmpz_divexact(fmpz_mat_entry(b, i, 0), den, fmpq_denref(V->value + i));
        fmpz_mul(fmpz_mat_entry(b, i, 0), fmpz_mat_entry(b, i, 0), fmpq_numref(V->value + i));
    }
    fmpz_clear(den);
}

/* z (length width) with the values of V up to one positive factor, supported on independent columns. */
static void solve_exactly(fmpz *z, const basis_values *V, slong width)
{
    slong n = V->rank;
    slong *row = flint_calloc((size_t) n + 1, sizeof *row), *column = flint_calloc((size_t) width + 1, sizeof *column);
    fmpz_mat_t A, B, b, x;
    fmpz_t den;
    fmpz_mat_window_init(A, V->rows, 0, 0, n, width);
    fmpz_mat_init(B, n, n);
    fmpz_mat_init(b, n, 1);
    fmpz_mat_init(x, n, 1);
    fmpz_init(den);
    if (rc_rank_profile(row, column, A) != n) flint_abort();
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < n; k++) fmpz_set(fmpz_mat_entry(B, i, k), fmpz_mat_entry(A, i, column[k]));
    integer_values(b, V);
    if (!fmpz_mat_solve(x, den, B, b)) flint_abort();
    _fmpz_vec_zero(z, width);
    for (slong k = 0; k < n; k++) {
        fmpz_set(z + column[k], fmpz_mat_entry(x, k, 0));
        if (fmpz_sgn(den) < 0) fmpz_neg(z + column[k], z + column[k]);
    }
    fmpz_mat_window_clear(A);
    fmpz_mat_clear(B);
    fmpz_mat_clear(b);
    fmpz_mat_clear(x);
    fmpz_clear(den);
    flint_free(row);
    flint_free(column);
}

/* out[k] = v[k] / s, s a power of two that brings the largest into [1/2, 1). */
static void scaled_doubles(double *out, const fmpz *v, slong n)
{
    slong top = 0, e;
    bool any = false;
    for (slong k = 0; k < n; k++) {
        if (fmpz_is_zero(v + k)) continue;
        e = (slong) fmpz_bits(v + k);
        if (!any || e > top) top = e;
        any = true;
    }
    for (slong k = 0; k < n; k++) {
        double m = fmpz_get_d_2exp(&e, v + k);
        out[k] = e - top < -1000 ? 0 : ldexp(m, (int) (e - top));
    }
}

/* L L^T = G (n x n, lower half, in place); false if a pivot is not clearly positive. */
static bool cholesky(double *G, slong n)
{
    for (slong j = 0; j < n; j++) {
        double *gj = G + j * n;
        for (slong i = 0; i < j; i++) {
            double *gi = G + i * n, s = gj[i];
            for (slong k = 0; k < i; k++) s -= gj[k] * gi[k];
            gj[i] = s / gi[i];
        }
        double s = gj[j];
        for (slong k = 0; k < j; k++) s -= gj[k] * gj[k];
        if (!(s > 1e-12)) return false;
        gj[j] = sqrt(s);
    }
    return true;
}

/* y = G^-1 y from the factor. */
static void cholesky_solve(double *y, const double *G, slong n)
{
    for (slong i = 0; i < n; i++) {
        for (slong k = 0; k < i; k++) y[i] -= G[i * n + k] * y[k];
        y[i] /= G[i * n + i];
    }
    for (slong i = n - 1; i >= 0; i--) {
        y[i] /= G[i * n + i];
        for (slong k = 0; k < i; k++) y[k] -= G[i * n + k] * y[i];
    }
}

static double normalize_row(double *a, slong n)
{
    double s = 0;
    for (slong k = 0; k < n; k++) s += a[k] * a[k];
    s = sqrt(s);
    for (slong k = 0; k < n; k++) a[k] /= s;
    return s;
}

/* The shortest z with the values of V, each part's scaled by its factor, rows normalized. A proposal: overflow and
   rounding may spoil it, and the signs are checked exactly. */
static bool solve_in_doubles(double *z, const basis_values *V, const rc_canonical_t f)
{
    slong n = V->rank, width = f->width;
    double *A = flint_malloc((size_t) (n * width + 1) * sizeof *A), *G = flint_malloc((size_t) (n * n + 1) * sizeof *G);
    double *y = flint_malloc((size_t) (n + 1) * sizeof *y);
    for (slong i = 0; i < n; i++) {
        for (slong k = 0; k < width; k++) A[i * width + k] = fmpz_get_d(fmpz_mat_entry(V->rows, i, k));
        y[i] = fmpq_get_d(V->value + i) * V->factor[i] / normalize_row(A + i * width, width);
        for (slong j = 0; j <= i; j++) {
            double s = 0;
            for (slong k = 0; k < width; k++) s += A[i * width + k] * A[j * width + k];
            G[i * n + j] = s;
        }
    }
    bool ok = cholesky(G, n);
    if (ok) {
        cholesky_solve(y, G, n);
        for (slong k = 0; k < width; k++) z[k] = 0;
        for (slong i = 0; i < n; i++)
            for (slong k = 0; k < width; k++) z[k] += A[i * width + k] * y[i];
    }
    flint_free(A);
    flint_free(G);
    flint_free(y);
    return ok;
}

/* Scales z (length width) to a point: x_{d+1} = 1, or largest coordinate about 1 if there is none. */
static bool to_point(double *z, const rc_canonical_t f)
{
    double s = 0;
    if (f->affine) s = z[f->d];
    else
        for (slong k = 0; k < f->d; k++) s = fabs(z[k]) > s ? fabs(z[k]) : s;
    if (!(s > 0)) return false;
    for (slong k = 0; k < f->d; k++) {
        z[k] /= s;
        if (!(fabs(z[k]) < 1e200)) return false;
    }
    return true;
}

/* The first of the roundings of z to 1, 2, 4, ..., 64 binary places that has the signs. */
static bool round_point(fmpq *x, const rc_problem_t P, const signed char *sign, const double *z)
{
    slong d = P->f->d;
    bool ok = false;
    fmpz *num = _fmpz_vec_init(d);
    fmpz_t den;
    fmpz_init(den);
    for (int bits = 1; !ok && bits <= 64; bits *= 2) {
        fmpz_one(den);
        fmpz_mul_2exp(den, den, (ulong) bits);
        for (slong k = 0; k < d; k++) fmpz_set_d(num + k, floor(ldexp(z[k], bits) + 0.5));
        ok = rc_problem_has_signs(P, sign, num, den);
        for (slong k = 0; ok && k < d; k++) fmpq_set_fmpz_frac(x + k, num + k, den);
    }
    _fmpz_vec_clear(num, d);
    fmpz_clear(den);
    return ok;
}

static void set_exact_point(fmpq *x, const rc_canonical_t f, const fmpz *z)
{
    fmpz_t one;
    fmpz_init_set_ui(one, 1);
    for (slong k = 0; k < f->d; k++) fmpq_set_fmpz_frac(x + k, z + k, f->affine ? z + f->d : one);
    fmpz_clear(one);
}

static void find_point(fmpq *x, const rc_problem_t P, const signed char *sign, const basis_values *V)
{
    const rc_canonical_struct *f = P->f;
    double *z = flint_malloc((size_t) f->width * sizeof *z);
    bool ok = solve_in_doubles(z, V, f) && to_point(z, f) && round_point(x, P, sign, z);
    if (!ok) {
        fmpz *exact = _fmpz_vec_init(f->width);
        solve_exactly(exact, V, f->width);
        scaled_doubles(z, exact, f->width);
        if (!to_point(z, f) || !round_point(x, P, sign, z)) set_exact_point(x, f, exact);
        _fmpz_vec_clear(exact, f->width);
    }
    flint_free(z);
}

void rc_problem_point(fmpq *x, rc_problem_t P, const signed char *sign)
{
    const rc_canonical_struct *f = P->f;
    slong rows = f->K + f->affine;
    basis_values V = {.rank = 0, .value = _fmpq_vec_init(rows + 1)};
    V.factor = flint_calloc((size_t) rows + 1, sizeof *V.factor);
    fmpz_mat_init(V.rows, rows, f->width);
    for (slong c = 0; c < P->parts; c++) add_part(&V, P, P->list + c, sign);
    if (V.rank > 0) find_point(x, P, sign, &V);
    else
        for (slong k = 0; k < f->d; k++) fmpq_zero(x + k);
    fmpz_mat_clear(V.rows);
    _fmpq_vec_clear(V.value, rows + 1);
    flint_free(V.factor);
}
