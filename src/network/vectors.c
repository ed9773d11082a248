#include "network/vectors.h"

#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

static void widen_denominator(fmpz_t den, const fmpq *x)
{
    if (!fmpz_is_one(fmpq_denref(x)) && !fmpz_divisible(den, fmpq_denref(x))) fmpz_lcm(den, den, fmpq_denref(x));
}

/* num = x den, den a multiple of x's denominator. */
static void numerator_over(fmpz_t num, const fmpq *x, const fmpz_t den)
{
    if (fmpz_equal(fmpq_denref(x), den)) {
        fmpz_set(num, fmpq_numref(x));
        return;
    }
    fmpz_divexact(num, den, fmpq_denref(x));
    fmpz_mul(num, num, fmpq_numref(x));
}

void rc_vec_clear_denominators(fmpz *num, fmpz_t den, const fmpq *v, slong n)
{
    fmpz_one(den);
    for (slong j = 0; j < n; j++) widen_denominator(den, v + j);
    for (slong j = 0; j < n; j++) numerator_over(num + j, v + j, den);
}

void rc_vec_dot(fmpq_t r, const fmpq *u, const fmpz *x, const fmpz_t den, slong n)
{
    fmpz_t common, sum, num;
    fmpz_init_set_ui(common, 1);
    fmpz_init(sum);
    fmpz_init(num);
    for (slong j = 0; j < n; j++)
        if (!fmpz_is_zero(x + j)) widen_denominator(common, u + j);
    for (slong j = 0; j < n; j++) {
        if (fmpz_is_zero(x + j) || fmpq_is_zero(u + j)) continue;
        numerator_over(num, u + j, common);
        fmpz_addmul(sum, num, x + j);
    }
    fmpz_mul(common, common, den);
    fmpq_set_fmpz_frac(r, sum, common);
    fmpz_clear(common);
    fmpz_clear(sum);
    fmpz_clear(num);
}

static void add_weighted_rows(fmpz *sum, fmpz_t den, const fmpq_mat_t weights, slong p, const fmpz_mat_t rows,
                              const bool *use, slong columns)
{
    fmpz_one(den);
    for (slong i = 0; i < weights->r; i++)
        if (!use || use[i]) widen_denominator(den, fmpq_mat_entry(weights, i, p));

    fmpz_t weight;
    fmpz_init(weight);
    _fmpz_vec_zero(sum, columns);
    for (slong i = 0; i < weights->r; i++) {
        const fmpq *w = fmpq_mat_entry(weights, i, p);
        if ((use && !use[i]) || fmpq_is_zero(w)) continue;
        numerator_over(weight, w, den);
        _fmpz_vec_scalar_addmul_fmpz(sum, fmpz_mat_entry(rows, i, 0), columns, weight);
    }
    fmpz_clear(weight);
}

void rc_mat_add_weighted_rows(fmpq_mat_t M, const fmpq_mat_t weights, const fmpz_mat_t rows, const bool *use)
{
    slong columns = M->c;
    fmpz *sum = _fmpz_vec_init(columns);
    fmpz_t den;
    fmpq_t term;
    fmpz_init(den);
    fmpq_init(term);
    for (slong p = 0; p < M->r; p++) {
        add_weighted_rows(sum, den, weights, p, rows, use, columns);
        for (slong j = 0; j < columns; j++) {
            if (fmpz_is_zero(sum + j)) continue;
            fmpq_set_fmpz_frac(term, sum + j, den);
            fmpq_add(fmpq_mat_entry(M, p, j), fmpq_mat_entry(M, p, j), term);
        }
    }
    fmpq_clear(term);
    fmpz_clear(den);
    _fmpz_vec_clear(sum, columns);
}

void rc_vec_norm(fmpq_t x, const fmpq *v, slong n)
{
    fmpq_t a;
    fmpq_init(a);
    fmpq_zero(x);
    for (slong j = 0; j < n; j++) {
        fmpq_abs(a, v + j);
        if (fmpq_cmp(a, x) > 0) fmpq_swap(a, x);
    }
    fmpq_clear(a);
}

bool rc_vec_is_zero(const fmpq *v, slong n)
{
    for (slong j = 0; j < n; j++)
        if (!fmpq_is_zero(v + j)) return false;
    return true;
}
