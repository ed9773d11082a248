/* The last rung: entries of the tableau as integers, row by row, when the filter cannot tell. */
#include <flint/fmpz_vec.h>

#include "arrangement/vertex.h"

void rc_exact_forget(rc_walk *W, slong depth)
{
    W->node[depth].exact_valid = false;
    for (int i = 0; i < 2; i++)
        if (W->row_depth[i] >= depth) W->row_of[i] = -1;
}

/* row := row after the pivot of a node: Edmonds, the division leaves no remainder. */
static void exact_pivot(fmpz *row, const rc_node *node, slong dim)
{
    const fmpz *p = node->pivot + node->column;
    fmpz *f = row + node->column;
    for (slong o = 0; o < dim; o++) {
        if (o == node->column) continue;
        fmpz_mul(row + o, row + o, p);
        fmpz_submul(row + o, f, node->pivot + o);
        fmpz_divexact(row + o, row + o, node->exact_det);
        if (node->flip < 0) fmpz_neg(row + o, row + o);
    }
    if (node->flip < 0) fmpz_neg(f, f);
}

static void exact_row(fmpz *out, rc_walk *W, slong depth, slong row)
{
    slong dim = W->L->dim;
    _fmpz_vec_set(out, fmpz_mat_entry(W->L->exact, row, 0), dim);
    for (slong t = 1; t <= depth; t++) {
        rc_node *node = W->node + t;
        if (!node->exact_valid) {
            if (!node->pivot) {
                node->pivot = _fmpz_vec_init(dim);
                fmpz_init(node->exact_det);
            }
            exact_row(node->pivot, W, t - 1, node->b);
            if (t == 1) fmpz_set(node->exact_det, W->L->det);
            else fmpz_abs(node->exact_det, W->node[t - 1].pivot + W->node[t - 1].column);
            node->exact_valid = true;
        }
        exact_pivot(out, node, dim);
    }
}

/* The row, in a buffer other than `keep`. */
static const fmpz *fetch(rc_walk *W, slong depth, slong row, const fmpz *keep)
{
    int free_one = keep && W->row[1] == keep ? 0 : 1;
    for (int i = 0; i < 2; i++)
        if (W->row_of[i] == row && W->row_depth[i] == depth) return W->row[i];
    if (!W->row[free_one]) W->row[free_one] = _fmpz_vec_init(W->L->dim);
    exact_row(W->row[free_one], W, depth, row);
    W->row_of[free_one] = row;
    W->row_depth[free_one] = depth;
    return W->row[free_one];
}

/* Integers of the first n rows that doubles hold. */
static bool in_table(const rc_walk *W, slong row)
{
    return W->L->rung != RC_RUNG_APPROXIMATE && row < W->L->n;
}

static int64_t entry(const rc_walk *W, slong depth, slong row, slong column)
{
    return (int64_t) W->node[depth].table[column * W->L->slots + row];
}

int rc_exact_entry(rc_walk *W, slong depth, slong row, slong column)
{
    if (in_table(W, row)) {
        int64_t x = entry(W, depth, row, column);
        return (x > 0) - (x < 0);
    }
    return fmpz_sgn(fetch(W, depth, row, NULL) + column);
}

__extension__ typedef __int128 wide;

int rc_exact_cross(rc_walk *W, slong depth, slong k, slong j, slong p, slong q)
{
    if (in_table(W, k) && in_table(W, j)) {
        wide x = (wide) entry(W, depth, k, q) * entry(W, depth, j, p);
        wide y = (wide) entry(W, depth, k, p) * entry(W, depth, j, q);
        return (x > y) - (x < y);
    }
    const fmpz *row_j = fetch(W, depth, j, NULL), *row_k = fetch(W, depth, k, row_j);
    fmpz_t x;
    fmpz_init(x);
    fmpz_mul(x, row_k + q, row_j + p);
    fmpz_submul(x, row_k + p, row_j + q);
    int sign = fmpz_sgn(x);
    fmpz_clear(x);
    return sign;
}
