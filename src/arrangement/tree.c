#include "arrangement/tree.h"

typedef struct {
    slong n;
    slong positive;
    rc_region_struct **stack; /* n + 1 regions, made when first needed */
    signed char *signs;
    rc_tree_visitor visit;
    void *arg;
} walk_struct;

/* Visits the cells in the region at `level`, whose rows before k are decided; the region is used up. */
static bool descend(walk_struct *W, slong level, slong k)
{
    rc_region_struct *R = W->stack[level];
    for (; k < W->n; k++) {
        if (k == W->positive) continue;
        int s = rc_region_sign(R, k) < 0 ? -1 : 1;
        rc_region_struct **other = W->stack + level + 1;
        if (*other) rc_region_set(*other, R);
        else *other = rc_region_copy(R);
        if (rc_region_restrict(*other, k, -s)) {
            W->signs[k] = (signed char) -s;
            if (!descend(W, level + 1, k + 1)) return false;
        }
        W->signs[k] = (signed char) s;
        if (!rc_region_restrict(R, k, s)) flint_abort();
    }
    return W->visit(W->arg, W->signs, R);
}

bool rc_tree_walk(const fmpz_mat_t F, slong positive, rc_tree_visitor visit, void *arg)
{
    return rc_tree_walk_prefix(F, positive, NULL, 0, visit, arg);
}

bool rc_tree_walk_prefix(const fmpz_mat_t F, slong positive, const signed char *prefix, slong k, rc_tree_visitor visit,
                         void *arg)
{
    slong n = fmpz_mat_nrows(F);
    walk_struct W = {.n = n, .positive = positive, .visit = visit, .arg = arg};
    W.stack = flint_calloc((size_t) n + 2, sizeof *W.stack);
    W.signs = flint_calloc((size_t) n + 1, 1);
    W.stack[0] = rc_region_new(F);
    W.signs[positive] = 1;
    bool finished = true, possible = rc_region_restrict(W.stack[0], positive, 1);
    for (slong j = 0; j < k && possible; j++) {
        W.signs[j] = prefix[j];
        possible = j == positive ? prefix[j] > 0 : rc_region_restrict(W.stack[0], j, prefix[j]);
    }
    if (possible) finished = descend(&W, 0, k);
    for (slong i = 0; i <= n + 1; i++) rc_region_free(W.stack[i]);
    flint_free(W.stack);
    flint_free(W.signs);
    return finished;
}
