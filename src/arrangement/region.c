#include "relucert/region.h"

#include <assert.h>

#include "arrangement/dictionary.h"
#include "arrangement/matroid.h"

/* Only the coordinates in `cols` are used, as many as the rank: the forms, restricted to them, take all their joint
   values. A restricted form j is the constraint j of the dictionary, s_j <h_j, x> - 1 >= 0. */
struct rc_region_struct {
    slong n, width, rank;
    slong *cols;
    fmpz *table; /* n x (rank + 1): the forms, -1 */
    rc_dictionary_t D;
    slong refused; /* by the last restriction, or -1; unless it was restricted already, the objective's row is its */
};

static rc_region_struct *new_region(slong n, slong width, slong rank)
{
    rc_region_struct *R = flint_malloc(sizeof *R);
    R->n = n;
    R->width = width;
    R->rank = rank;
    R->cols = flint_malloc((size_t) (rank + 1) * sizeof(slong));
    R->table = _fmpz_vec_init(n * (rank + 1));
    rc_dictionary_init(R->D, rank, n, R->table);
    R->refused = -1;
    return R;
}

rc_region_struct *rc_region_new(const fmpz_mat_t forms)
{
    slong n = fmpz_mat_nrows(forms), width = fmpz_mat_ncols(forms);
    slong *rows = flint_malloc((size_t) (2 * FLINT_MIN(n, width) + 1) * sizeof(slong));
    slong *cols = rows + FLINT_MIN(n, width);
    slong rank = rc_matroid_basis(rows, cols, forms);
    rc_region_struct *R = new_region(n, width, rank);
    for (slong c = 0; c < rank; c++) {
        R->cols[c] = cols[c];
        for (slong j = 0; j < n; j++) fmpz_set(R->table + j * (rank + 1) + c, fmpz_mat_entry(forms, j, cols[c]));
    }
    for (slong j = 0; j < n; j++) fmpz_set_si(R->table + j * (rank + 1) + rank, -1);
    flint_free(rows);
    return R;
}

rc_region_struct *rc_region_new_open(slong n, slong width)
{
    rc_region_struct *R = new_region(n, width, width);
    for (slong c = 0; c < width; c++) R->cols[c] = c;
    for (slong j = 0; j < n; j++) fmpz_set_si(R->table + j * (width + 1) + width, -1);
    return R;
}

void rc_region_set_form(rc_region_struct *R, slong j, const fmpz *form)
{
    assert(R->rank == R->width && R->D->scale[j] == 0);
    _fmpz_vec_set(R->table + j * (R->rank + 1), form, R->width);
    R->refused = -1;
}

rc_region_struct *rc_region_copy(const rc_region_struct *R)
{
    rc_region_struct *S = new_region(R->n, R->width, R->rank);
    for (slong c = 0; c < R->rank; c++) S->cols[c] = R->cols[c];
    _fmpz_vec_set(S->table, R->table, R->n * (R->rank + 1));
    rc_region_set(S, R);
    return S;
}

void rc_region_set(rc_region_struct *dst, const rc_region_struct *src)
{
    assert(dst->n == src->n && dst->rank == src->rank);
    rc_dictionary_set(dst->D, src->D);
    dst->refused = -1;
}

void rc_region_free(rc_region_struct *R)
{
    if (!R) return;
    flint_free(R->cols);
    _fmpz_vec_clear(R->table, R->n * (R->rank + 1));
    rc_dictionary_clear(R->D);
    flint_free(R);
}

bool rc_region_restrict(rc_region_struct *R, slong j, int s)
{
    R->refused = -1;
    int present = R->D->scale[j];
    bool good = present ? present == s : rc_dictionary_require(R->D, j, s);
    if (!good) R->refused = j;
    return good;
}

/* The refused row reads det y = constant + sum_k a_k y_k with all a_k <= 0. Each y is s <h, x> - 1, so the linear parts
   say det s h + sum_k (-a_k) s_k h_k = 0. */
void rc_region_farkas(fmpz *lambda, const rc_region_struct *R)
{
    _fmpz_vec_zero(lambda, R->n);
    if (R->refused < 0) return;
    if (R->D->scale[R->refused]) {
        fmpz_one(lambda + R->refused);
        return;
    }
    const fmpz *row = rc_dictionary_objective(R->D);
    fmpz_set(lambda + R->refused, R->D->det);
    for (slong c = 0; c < R->rank; c++)
        if (R->D->column[c] >= 0) fmpz_neg(lambda + R->D->column[c], row + c);
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, lambda, R->n);
    if (!fmpz_is_one(content)) _fmpz_vec_scalar_divexact_fmpz(lambda, lambda, R->n, content);
    fmpz_clear(content);
}

int rc_region_sign(const rc_region_struct *R, slong j)
{
    if (R->D->scale[j]) return R->D->scale[j];
    fmpz_t value;
    fmpz_init(value);
    rc_dictionary_value(value, R->D, j);
    int sign = fmpz_sgn(value);
    fmpz_clear(value);
    return sign;
}

int rc_region_restricted(const rc_region_struct *R, slong j)
{
    return R->D->scale[j];
}

void rc_region_witness(fmpq *x, const rc_region_struct *R)
{
    for (slong i = 0; i < R->width; i++) fmpq_zero(x + i);
    for (slong c = 0; c < R->rank; c++)
        fmpq_set_fmpz_frac(x + R->cols[c], rc_dictionary_row(R->D, c) + R->rank, R->D->det);
}
