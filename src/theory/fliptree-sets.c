/* The flip sets of a canonical form: its system of equations and the list of solutions. Linear systems in general. */
#include <string.h>

#include "theory/fliptree.h"

bool rc_solve_reduced(fmpq_mat_t X, const fmpq_mat_t T, const fmpq_mat_t B)
{
    slong n = fmpq_mat_nrows(T), k = fmpq_mat_ncols(T), columns = fmpq_mat_ncols(B), c = 0;
    fmpq_mat_t R;
    fmpq_mat_init(R, n, k + columns);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < k + columns; j++)
            fmpq_set(fmpq_mat_entry(R, i, j), j < k ? fmpq_mat_entry(T, i, j) : fmpq_mat_entry(B, i, j - k));
    slong rank = fmpq_mat_rref(R, R);
    slong *pivot = flint_malloc(((size_t) rank + 1) * sizeof(slong));
    for (slong row = 0; row < rank; row++, c++) {
        while (fmpq_is_zero(fmpq_mat_entry(R, row, c))) c++;
        pivot[row] = c;
    }
    bool solvable = rank == 0 || pivot[rank - 1] < k;
    if (solvable) {
        fmpq_mat_zero(X);
        for (slong row = 0; row < rank; row++)
            for (slong j = 0; j < columns; j++)
                fmpq_set(fmpq_mat_entry(X, pivot[row], j), fmpq_mat_entry(R, row, k + j));
    }
    flint_free(pivot);
    fmpq_mat_clear(R);
    return solvable;
}

void rc_flip_system_init(fmpq_mat_t J, fmpq_mat_t b, const rc_canonical_t g)
{
    fmpq_mat_init(J, g->D * g->d, g->K);
    fmpq_mat_init(b, g->D * g->d, 1);
    for (slong p = 0; p < g->D; p++)
        for (slong q = 0; q < g->d; q++) {
            slong e = p * g->d + q;
            for (slong H = 0; H < g->K; H++)
                fmpq_mul_fmpz(fmpq_mat_entry(J, e, H), fmpq_mat_entry(g->gamma, H, p), fmpz_mat_entry(g->u, H, q));
            fmpq_neg(fmpq_mat_entry(b, e, 0), fmpq_mat_entry(g->L, p, q));
        }
}

typedef struct {
    bool ***flip;
    slong *flips;
    slong K;
} collection;

static bool collect(void *arg, const bool *z)
{
    collection *c = arg;
    *c->flip = flint_realloc(*c->flip, (size_t) (*c->flips + 1) * sizeof(bool *));
    bool *copy = flint_malloc((size_t) c->K + 1);
    memcpy(copy, z, (size_t) c->K);
    (*c->flip)[(*c->flips)++] = copy;
    return true;
}

rc_status rc_flip_sets(rc_fliptree_struct *tree, bool ***flip, slong *flips, const rc_canonical_t g, rc_limits *limits)
{
    fmpq_mat_t J, b;
    rc_flip_system_init(J, b, g);
    collection c = {flip, flips, g->K};
    rc_status status = rc_zero_one_solve(tree, J, b, g->d, collect, &c, limits);
    fmpq_mat_clear(J);
    fmpq_mat_clear(b);
    return status;
}

void rc_flip_sets_clear(bool **flip, slong flips)
{
    for (slong f = 0; f < flips; f++) flint_free(flip[f]);
    flint_free(flip);
}
