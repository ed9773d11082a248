#include <flint/fmpq_vec.h>

#include "arrangement/dictionary.h"
#include "relucert/region.h"

/* row = scale * v, integral and coprime, scale > 0 (1 if v = 0). */
static void clear_denominators(fmpz *row, fmpq_t scale, const fmpq *v, slong n)
{
    fmpz_t content;
    fmpz_init(content);
    fmpq_one(scale);
    _fmpq_vec_get_fmpz_vec_fmpz(row, fmpq_numref(scale), v, n);
    _fmpz_vec_content(content, row, n);
    if (!fmpz_is_zero(content)) {
        _fmpz_vec_scalar_divexact_fmpz(row, row, n, content);
        fmpz_swap(fmpq_denref(scale), content);
        fmpq_canonicalise(scale);
    } else {
        fmpq_one(scale);
    }
    fmpz_clear(content);
}

/* y_j = -row_k scale_j / divisor at the nonbasic constraints j of columns k, 0 elsewhere. */
static void read_multipliers(fmpq *y, slong count, const rc_dictionary_t D, const fmpq *scale, const fmpq_t divisor)
{
    const fmpz *row = rc_dictionary_objective(D);
    for (slong j = 0; j < count; j++) fmpq_zero(y + j);
    for (slong k = 0; k < D->rank; k++) {
        slong j = D->column[k];
        if (j < 0 || fmpz_is_zero(row + k)) continue;
        fmpq_mul_fmpz(y + j, scale + j, row + k);
        fmpq_div(y + j, y + j, divisor);
        fmpq_neg(y + j, y + j);
    }
}

/* A refused row reads det w = b + sum_k a_k w_k, b < 0, a_k <= 0;
   divided by -b it gives the multipliers of -1. */
static void read_emptiness(fmpq *y, slong count, const rc_dictionary_t D, const fmpq *scale, slong refused)
{
    fmpq_t divisor;
    fmpq_init(divisor);
    fmpq_set_fmpz(divisor, rc_dictionary_objective(D) + D->rank);
    fmpq_neg(divisor, divisor);
    read_multipliers(y, count, D, scale, divisor);
    fmpq_mul_fmpz(y + refused, scale + refused, D->det);
    fmpq_div(y + refused, y + refused, divisor);
    fmpq_clear(divisor);
}

/* At the maximum  det factor (<c, x> + c0) = b + sum_k a_k w_k, a_k <= 0. */
static void read_maximum(fmpq_t value, fmpq *x, fmpq *y, slong count, const rc_dictionary_t D, const fmpq *scale,
                         const fmpq_t factor)
{
    slong d = D->rank;
    fmpq_t divisor;
    fmpq_init(divisor);
    fmpq_mul_fmpz(divisor, factor, D->det);
    read_multipliers(y, count, D, scale, divisor);
    fmpq_set_fmpz(value, rc_dictionary_objective(D) + d);
    fmpq_div(value, value, divisor);
    for (slong c = 0; c < d; c++) fmpq_set_fmpz_frac(x + c, rc_dictionary_row(D, c) + d, D->det);
    fmpq_clear(divisor);
}

int rc_lp_maximize(fmpq_t value, fmpq *x, fmpq *y, const fmpq_mat_t G, const fmpq *c)
{
    slong count = fmpq_mat_nrows(G), d = fmpq_mat_ncols(G) - 1;
    fmpz *table = _fmpz_vec_init((count + 1) * (d + 1)), *objective = table + count * (d + 1);
    fmpq *scale = _fmpq_vec_init(count + 1);
    rc_dictionary_t D;
    rc_dictionary_init(D, d, count, table);
    for (slong j = 0; j < count; j++)
        clear_denominators(table + j * (d + 1), scale + j, fmpq_mat_entry(G, j, 0), d + 1);
    clear_denominators(objective, scale + count, c, d + 1);
    slong j = 0;
    while (j < count && rc_dictionary_require(D, j, 1)) j++;
    int result = 0;
    if (j < count) {
        read_emptiness(y, count, D, scale, j);
    } else if (rc_dictionary_maximize(D, objective)) {
        read_maximum(value, x, y, count, D, scale, scale + count);
        result = 1;
    } else {
        result = -1;
    }
    rc_dictionary_clear(D);
    _fmpq_vec_clear(scale, count + 1);
    _fmpz_vec_clear(table, (count + 1) * (d + 1));
    return result;
}
