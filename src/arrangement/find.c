/* One sign vector: a point of its cell, or why it has none. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "arrangement/private.h"
#include "relucert/region.h"

/* The region of the component's rows that have a sign, x_{d+1} > 0 first when it is among them. NULL if it is empty;
   lambda has the Farkas vector then. */
static rc_region_struct *component_region(fmpz *lambda, const fmpz_mat_t F, const slong *member, slong infinity,
                                          const signed char *signs)
{
    slong n = fmpz_mat_nrows(F);
    rc_region_struct *R = rc_region_new(F);
    bool good = member[n - 1] != infinity || rc_region_restrict(R, n - 1, 1);
    for (slong i = 0; i < n && good; i++)
        if (member[i] != infinity && signs[member[i]]) good = rc_region_restrict(R, i, signs[member[i]]);
    if (good) return R;
    fmpz *local = _fmpz_vec_init(n);
    rc_region_farkas(local, R);
    for (slong i = 0; i < n; i++) fmpz_swap(lambda + member[i], local + i);
    _fmpz_vec_clear(local, n);
    rc_region_free(R);
    return NULL;
}

int rc_arrangement_find(fmpq *x, fmpz *lambda, const rc_arrangement_t arr, const signed char *signs)
{
    fmpz_mat_t M;
    rc_split_t S;
    rc_arrangement_matroid(M, arr);
    rc_split_init(S, M);
    slong infinity = arr->affine ? arr->n : -1;
    fmpq *values = _fmpq_vec_init(S->rank + 1), *y = _fmpq_vec_init(S->width + 1);
    _fmpz_vec_zero(lambda, S->rows);
    bool found = true;
    for (slong p = 0; p < S->parts && found; p++) {
        fmpz_mat_t F;
        rc_split_forms(F, S, p, M);
        rc_region_struct *R = component_region(lambda, F, S->member + S->first[p], infinity, signs);
        found = R != NULL;
        if (R) {
            rc_region_witness(y, R);
            rc_split_values(values, S, p, M, y);
            rc_region_free(R);
        }
        fmpz_mat_clear(F);
    }
    if (found) {
        if (S->parts != 1) rc_split_point(y, S, values);
        for (slong c = 0; c < arr->d; c++) {
            if (arr->affine) fmpq_div(x + c, y + c, y + arr->d);
            else fmpq_set(x + c, y + c);
        }
    }
    _fmpq_vec_clear(values, S->rank + 1);
    _fmpq_vec_clear(y, S->width + 1);
    rc_split_clear(S);
    fmpz_mat_clear(M);
    return found ? 1 : 0;
}
