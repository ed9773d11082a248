/* The linear algebra before the search: independent rows, and contradictions over the reals. */
#include <flint/nmod_mat.h>

#include "theory/fliptree-search.h"
#include "theory/fliptree-store.h"

void rc_flip_leaf(rc_flip_search *s)
{
    if (s->tree) rc_fliptree_empty(s->tree);
}

/* y belongs to the scaled row e. */
void rc_flip_leaf_entry(rc_flip_search *s, slong e, const fmpq_t y)
{
    if (!s->tree || fmpq_is_zero(y)) return;
    fmpq_t x;
    fmpq_init(x);
    fmpq_mul_fmpz(x, y, s->scale + e);
    rc_fliptree_entry(s->tree, e / s->d, e % s->d, x);
    fmpq_clear(x);
}

/* Rows of J independent modulo a prime: independent over Q too. */
static void propose_rows(rc_flip_search *s)
{
    nmod_mat_t T;
    nmod_mat_init(T, s->N, s->E, 2147483647);
    for (slong e = 0; e < s->E; e++)
        for (slong H = 0; H < s->N; H++) nmod_mat_entry(T, H, e) = fmpz_fdiv_ui(fmpz_mat_entry(s->J, e, H), T->mod.n);
    s->rank = nmod_mat_rref(T);
    slong e = 0;
    for (slong k = 0; k < s->rank; k++, e++) {
        while (nmod_mat_entry(T, k, e) == 0) e++;
        s->rows[k] = e;
    }
    nmod_mat_clear(T);
}

/* [rows of J | b] reduced, and a row of J that does not follow from them, or -1. Row e follows iff it vanishes on the
   kernel of the chosen rows; reduced, the kernel vector of the free column f has -rref[k, f] at pivot k. */
static slong missing_row(const rc_flip_search *s, fmpq_mat_t rref)
{
    slong missing = -1, *pivot = flint_malloc(((size_t) s->rank + 1) * sizeof(slong));
    fmpq_t x;
    fmpq_init(x);
    for (slong k = 0; k < s->rank; k++) {
        for (slong H = 0; H < s->N; H++) fmpq_set_fmpz(fmpq_mat_entry(rref, k, H), fmpz_mat_entry(s->J, s->rows[k], H));
        fmpq_set_fmpz(fmpq_mat_entry(rref, k, s->N), s->b + s->rows[k]);
    }
    fmpq_mat_rref(rref, rref);
    for (slong k = 0, c = 0; k < s->rank; k++, c++) {
        while (fmpq_is_zero(fmpq_mat_entry(rref, k, c))) c++;
        pivot[k] = c;
    }
    for (slong f = 0, k = 0; f < s->N && missing < 0; f++) {
        if (k < s->rank && pivot[k] == f) {
            k++;
            continue;
        }
        for (slong e = 0; e < s->E && missing < 0; e++) {
            fmpq_set_fmpz(x, fmpz_mat_entry(s->J, e, f));
            for (slong l = 0; l < k; l++) {
                fmpq_t y;
                fmpq_init(y);
                fmpq_mul_fmpz(y, fmpq_mat_entry(rref, l, f), fmpz_mat_entry(s->J, e, pivot[l]));
                fmpq_sub(x, x, y);
                fmpq_clear(y);
            }
            if (!fmpq_is_zero(x)) missing = e;
        }
    }
    fmpq_clear(x);
    flint_free(pivot);
    return missing;
}

/* z = the solution of the chosen rows with all free columns 0. */
static void particular_solution(fmpq *z, const rc_flip_search *s, const fmpq_mat_t rref)
{
    for (slong k = 0, c = 0; k < s->rank; k++, c++) {
        while (fmpq_is_zero(fmpq_mat_entry(rref, k, c))) c++;
        fmpq_set(z + c, fmpq_mat_entry(rref, k, s->N));
    }
}

/* Y = e - sum x_k rows[k], where row e of J is sum x_k row_k while b is not. */
static void contradiction_leaf(rc_flip_search *s, slong e)
{
    fmpq_mat_t T, X, V;
    fmpq_mat_init(T, s->N, s->rank);
    fmpq_mat_init(X, s->rank, 1);
    fmpq_mat_init(V, s->N, 1);
    for (slong H = 0; H < s->N; H++) {
        for (slong k = 0; k < s->rank; k++) fmpq_set_fmpz(fmpq_mat_entry(T, H, k), fmpz_mat_entry(s->J, s->rows[k], H));
        fmpq_set_fmpz(fmpq_mat_entry(V, H, 0), fmpz_mat_entry(s->J, e, H));
    }
    rc_flip_leaf(s);
    rc_flip_leaf_entry(s, e, s->one);
    if (rc_solve_reduced(X, T, V)) {
        fmpq_mat_neg(X, X);
        for (slong k = 0; k < s->rank; k++) rc_flip_leaf_entry(s, s->rows[k], fmpq_mat_entry(X, k, 0));
    }
    fmpq_mat_clear(T);
    fmpq_mat_clear(X);
    fmpq_mat_clear(V);
}

/* Chooses independent rows that span all of J. If J z = b has no real solution a leaf is written and the result is
   false: all rows follow from the chosen ones, so any solution of these satisfies row e or none does. */
bool rc_flip_choose_rows(rc_flip_search *s)
{
    slong e = -1;
    fmpq_mat_t rref;
    propose_rows(s);
    for (;;) {
        fmpq_mat_init(rref, s->rank, s->N + 1);
        e = missing_row(s, rref);
        if (e < 0) break;
        s->rows[s->rank++] = e;
        fmpq_mat_clear(rref);
    }
    fmpq *z = _fmpq_vec_init(s->N);
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    particular_solution(z, s, rref);
    bool solvable = true;
    for (e = 0; e < s->E && solvable; e++) {
        fmpq_zero(x);
        for (slong H = 0; H < s->N; H++) {
            if (fmpq_is_zero(z + H)) continue;
            fmpq_mul_fmpz(y, z + H, fmpz_mat_entry(s->J, e, H));
            fmpq_add(x, x, y);
        }
        fmpq_set_fmpz(y, s->b + e);
        solvable = fmpq_equal(x, y);
        if (!solvable) contradiction_leaf(s, e);
    }
    fmpq_clear(x);
    fmpq_clear(y);
    _fmpq_vec_clear(z, s->N);
    fmpq_mat_clear(rref);
    return solvable;
}
