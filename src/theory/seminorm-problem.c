#include "seminorm-problem.h"

#include <flint/fmpz_vec.h>
#include <flint/nmod_mat.h>
#include <flint/ulong_extras.h>

static void set_denominator(rc_problem_t P)
{
    const rc_canonical_struct *f = P->f;
    fmpz_one(P->den);
    for (slong H = 0; H < f->K; H++)
        for (slong p = 0; p < f->D; p++) fmpz_lcm(P->den, P->den, fmpq_mat_entry_den(f->gamma, H, p));
    for (slong p = 0; p < f->D; p++)
        for (slong q = 0; q < f->d; q++) fmpz_lcm(P->den, P->den, fmpq_mat_entry_den(f->L, p, q));
}

static void scale(fmpz_t x, const fmpq_t value, const fmpz_t den)
{
    fmpz_divexact(x, den, fmpq_denref(value));
    fmpz_mul(x, x, fmpq_numref(value));
}

static void set_integers(rc_problem_t P)
{
    const rc_canonical_struct *f = P->f;
    set_denominator(P);
    for (slong H = 0; H < f->K; H++)
        for (slong p = 0; p < f->D; p++) scale(fmpz_mat_entry(P->gamma, H, p), fmpq_mat_entry(f->gamma, H, p), P->den);
    for (slong p = 0; p < f->D; p++)
        for (slong q = 0; q < f->d; q++) scale(fmpz_mat_entry(P->L, p, q), fmpq_mat_entry(f->L, p, q), P->den);
}

static void set_parts(rc_problem_t P)
{
    const rc_canonical_struct *f = P->f;
    slong n = f->K + f->affine;
    P->part = flint_calloc((size_t) n + 1, sizeof *P->part);
    P->parts = 0;
    if (n > 0) {
        rc_arrangement_t arr;
        rc_arrangement_init(arr);
        rc_arrangement_set_lines(arr, f->u, f->affine);
        rc_arrangement_components(P->part, &P->parts, arr);
        rc_arrangement_clear(arr);
    }
    P->list = flint_calloc((size_t) P->parts + 1, sizeof *P->list);
    for (slong H = 0; H < n; H++) P->list[P->part[H]].size++;
    if (f->affine) {
        P->list[P->part[f->K]].size--;
        P->list[P->part[f->K]].infinite = true;
    }
    for (slong c = 0; c < P->parts; c++) {
        P->list[c].member = flint_calloc((size_t) P->list[c].size + 1, sizeof(slong));
        P->list[c].size = 0;
    }
    for (slong H = 0; H < f->K; H++) {
        rc_part_struct *part = P->list + P->part[H];
        part->member[part->size++] = H;
    }
}

void rc_problem_init(rc_problem_t P, const rc_canonical_t f)
{
    P->f = f;
    P->entries = 2 * f->D * f->d;
    fmpz_init(P->den);
    fmpz_mat_init(P->gamma, f->K, f->D);
    fmpz_mat_init(P->L, f->D, f->d);
    set_integers(P);
    set_parts(P);
}

void rc_problem_clear(rc_problem_t P)
{
    for (slong c = 0; c < P->parts; c++) {
        rc_part_struct *part = P->list + c;
        flint_free(part->member);
        if (!part->prepared) continue;
        flint_free(part->column);
        flint_free(part->basis);
        fmpz_mat_clear(part->forms);
    }
    flint_free(P->list);
    flint_free(P->part);
    fmpz_mat_clear(P->gamma);
    fmpz_mat_clear(P->L);
    fmpz_clear(P->den);
}

bool rc_part_is_trivial(const rc_part_struct *part)
{
    return part->size + part->infinite <= 1;
}

/* Pivot columns of A modulo the prime p, in column[]; returns how many. */
static slong pivots_modulo(slong *column, const fmpz_mat_t A, ulong p)
{
    nmod_mat_t M;
    nmod_mat_init(M, fmpz_mat_nrows(A), fmpz_mat_ncols(A), p);
    fmpz_mat_get_nmod_mat(M, A);
    slong rank = nmod_mat_rref(M);
    for (slong i = 0, j = 0; i < rank; i++, j++) {
        while (nmod_mat_entry(M, i, j) == 0) j++;
        column[i] = j;
    }
    nmod_mat_clear(M);
    return rank;
}

static slong exact_rank(const fmpz_mat_t A)
{
    fmpz_mat_t R;
    fmpz_t den;
    fmpz_mat_init(R, fmpz_mat_nrows(A), fmpz_mat_ncols(A));
    fmpz_init(den);
    slong rank = fmpz_mat_rref(R, den, A);
    fmpz_mat_clear(R);
    fmpz_clear(den);
    return rank;
}

/* Rows (columns) independent modulo p are independent over Q, and the rank modulo p is at most the rank: a full one is
   the rank, otherwise the exact rank is compared. Finitely many primes fall short. */
slong rc_rank_profile(slong *row, slong *column, const fmpz_mat_t A)
{
    slong m = fmpz_mat_nrows(A), n = fmpz_mat_ncols(A), rank, wanted = -1;
    ulong p = UWORD(1) << 59;
    fmpz_mat_t T;
    fmpz_mat_init(T, n, m);
    fmpz_mat_transpose(T, A);
    do {
        p = n_nextprime(p, 1);
        rank = pivots_modulo(column, A, p);
        if (rank == m || rank == n) break;
        if (wanted < 0) wanted = exact_rank(A);
    } while (rank < wanted);
    pivots_modulo(row, T, p);
    fmpz_mat_clear(T);
    return rank;
}

/* The part's rows on all columns; x_{d+1} last. */
static void full_forms(fmpz_mat_t A, const rc_part_struct *part, const rc_canonical_t f)
{
    for (slong j = 0; j < part->size; j++)
        _fmpz_vec_set(fmpz_mat_entry(A, j, 0), fmpz_mat_entry(f->u, part->member[j], 0), f->width);
    if (part->infinite) fmpz_one(fmpz_mat_entry(A, part->size, f->width - 1));
}

void rc_part_prepare(rc_part_struct *part, const rc_canonical_t f)
{
    if (part->prepared) return;
    slong rows = part->size + part->infinite;
    fmpz_mat_t A;
    fmpz_mat_init(A, rows, f->width);
    full_forms(A, part, f);
    part->column = flint_calloc((size_t) f->width, sizeof(slong));
    part->basis = flint_calloc((size_t) rows, sizeof(slong));
    part->rank = rc_rank_profile(part->basis, part->column, A);
    fmpz_mat_init(part->forms, rows, part->rank);
    for (slong j = 0; j < rows; j++)
        for (slong k = 0; k < part->rank; k++)
            fmpz_set(fmpz_mat_entry(part->forms, j, k), fmpz_mat_entry(A, j, part->column[k]));
    part->prepared = true;
    fmpz_mat_clear(A);
}

rc_region_struct *rc_part_region(const rc_part_struct *part)
{
    rc_region_struct *R = rc_region_new(part->forms);
    if (part->infinite && !rc_region_restrict(R, part->size, 1)) flint_abort();
    return R;
}

void rc_problem_jump(fmpz_t x, const rc_problem_t P, slong H, slong e)
{
    slong p = e / 2 / P->f->d, q = e / 2 % P->f->d;
    fmpz_mul(x, fmpz_mat_entry(P->gamma, H, p), fmpz_mat_entry(P->f->u, H, q));
    if (e % 2) fmpz_neg(x, x);
}

void rc_problem_linear(fmpz_t x, const rc_problem_t P, slong e)
{
    fmpz_set(x, fmpz_mat_entry(P->L, e / 2 / P->f->d, e / 2 % P->f->d));
    if (e % 2) fmpz_neg(x, x);
}

void rc_problem_bounds(fmpz *total, const rc_problem_t P, bool trivial_only)
{
    const rc_canonical_struct *f = P->f;
    for (slong e = 0; e < P->entries; e++) rc_problem_linear(total + e, P, e);
    for (slong H = 0; H < f->K; H++) {
        if (trivial_only && !rc_part_is_trivial(P->list + P->part[H])) continue;
        for (slong p = 0; p < f->D; p++) {
            const fmpz *g = fmpz_mat_entry(P->gamma, H, p);
            int sign = fmpz_sgn(g);
            for (slong q = 0; sign && q < f->d; q++) {
                const fmpz *u = fmpz_mat_entry(f->u, H, q);
                fmpz *t = total + 2 * (p * f->d + q);
                if (fmpz_sgn(u) * sign > 0) fmpz_addmul(t, g, u);
                else if (!fmpz_is_zero(u)) fmpz_submul(t + 1, g, u);
            }
        }
    }
}

void rc_problem_norm_at(fmpz_t x, const rc_problem_t P, const signed char *sign)
{
    const rc_canonical_struct *f = P->f;
    fmpz_mat_t G, J;
    fmpz_mat_init(G, f->D, f->K);
    fmpz_mat_init(J, f->D, f->d);
    for (slong H = 0; H < f->K; H++)
        for (slong p = 0; sign[H] > 0 && p < f->D; p++)
            fmpz_set(fmpz_mat_entry(G, p, H), fmpz_mat_entry(P->gamma, H, p));
    fmpz_mat_t U;
    fmpz_mat_window_init(U, f->u, 0, 0, f->K, f->d);
    if (f->K > 0) fmpz_mat_mul(J, G, U);
    fmpz_mat_window_clear(U);
    fmpz_mat_add(J, J, P->L);
    fmpz_zero(x);
    for (slong p = 0; p < f->D; p++)
        for (slong q = 0; q < f->d; q++)
            if (fmpz_cmpabs(fmpz_mat_entry(J, p, q), x) > 0) fmpz_abs(x, fmpz_mat_entry(J, p, q));
    fmpz_mat_clear(G);
    fmpz_mat_clear(J);
}
