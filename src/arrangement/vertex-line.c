/* The lines of the walk: their vertices, one cell each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/vertex.h"

typedef struct {
    slong depth;             /* dim - 2 */
    slong p;                 /* the coordinate left */
    const double *P, *Q;
    double error[4];         /* as in rc_line; [3]: of an entry q */
    int objective;           /* sign of the objective's entry p */
    uint64_t *p_plus, *p_minus; /* rows with p > 0, < 0 for certain */
} line_struct;

/* Sign of entry p of row k. */
static int slope(rc_walk *W, const line_struct *line, slong k)
{
    if (rc_mask_bit(line->p_plus, k)) return 1;
    if (rc_mask_bit(line->p_minus, k)) return -1;
    return rc_exact_entry(W, line->depth, k, line->p);
}

/* Sign of the tie-breaking objectives' cross, for the first that has one. */
static int broken_cross(rc_walk *W, const line_struct *line, slong j, slong q)
{
    W->batch->ties++;
    for (slong t = 0; t < W->L->dim; t++) {
        int s = rc_exact_cross(W, line->depth, W->L->n + t, j, line->p, q);
        if (s) return s;
    }
    flint_abort();
}

static int objective_cross(rc_walk *W, const line_struct *line, slong j, slong q)
{
    int s = W->L->rung == RC_RUNG_SMALL ? 0 : rc_exact_cross(W, line->depth, 0, j, line->p, q);
    return s ? s : broken_cross(W, line, j, q);
}

static int objective_entry(rc_walk *W, const line_struct *line)
{
    int s = rc_exact_entry(W, line->depth, 0, line->p);
    if (s) return s;
    W->batch->ties++;
    for (slong t = 0; t < W->L->dim; t++) {
        s = rc_exact_entry(W, line->depth, W->L->n + t, line->p);
        if (s) return s;
    }
    flint_abort();
}

static void start_line(rc_walk *W, line_struct *line)
{
    const rc_level_struct *L = W->L;
    const rc_kernel *kernel = W->V->kernel;
    slong dim = L->dim, words = L->words, slots = L->slots;
    line->depth = dim - 2;
    rc_node *node = W->node + line->depth;
    for (line->p = 1; W->basic[line->p];) line->p++;
    line->P = node->table + line->p * slots;
    line->Q = node->table;
    double peak_p = node->peak[line->p], error_p = node->error[line->p];
    rc_cross_error(line->error, node->peak[0], node->error[0], peak_p, error_p);
    line->error[3] = node->error[0];
    line->p_plus = W->mask + 3 * words;
    line->p_minus = W->mask + 4 * words;
    kernel->signs(line->p_plus, line->p_minus, line->P, line->P, slots, 1, 0, error_p);
    line->objective = rc_mask_bit(line->p_plus, 0) ? 1 : rc_mask_bit(line->p_minus, 0) ? -1 : objective_entry(W, line);
    double p = line->P[0];
    for (slong m = 1; m <= line->depth; m++) {
        slong column = W->node[m].column;
        const double *G = node->table + column * slots;
        double error[3], e = 0;
        rc_cross_error(error, peak_p, error_p, node->peak[column], node->error[column]);
        if (L->rung != RC_RUNG_SMALL) e = error[0] * fabs(G[0]) + error[1] * fabs(p) + error[2];
        slong kept = rc_kernel_length(node->b);
        kernel->signs(W->c_plus + m * W->stride, W->c_minus + m * W->stride, line->P, G, kept, G[0], p, e);
    }
}

/* Decides the signs that the filter left open at vertex j: afterwards `zero` holds the rows other than j that vanish
   there. False if one of them is less than j. */
static bool settle(rc_walk *W, const line_struct *line, slong j, uint64_t *plus, uint64_t *minus, uint64_t *zero)
{
    const rc_level_struct *L = W->L;
    const uint64_t *live = W->node[line->depth].live;
    uint64_t doubt = 0;
    for (slong w = 0; w < L->words; w++) {
        zero[w] = live[w] & ~(plus[w] | minus[w]) & ~(w == j / 64 ? UINT64_C(1) << (j % 64) : 0);
        doubt |= zero[w];
    }
    if (doubt && L->rung == RC_RUNG_MEDIUM) {
        W->V->kernel->signs_exact(plus, minus, line->Q, line->P, L->slots, line->P[j], line->Q[j]);
        for (slong w = 0; w < L->words; w++) zero[w] &= ~(plus[w] | minus[w]);
    }
    for (slong w = 0; w < L->words; w++) {
        for (uint64_t rest = zero[w]; rest && L->rung == RC_RUNG_APPROXIMATE; rest &= rest - 1) {
            slong k = 64 * w + __builtin_ctzll(rest);
            int s = rc_exact_cross(W, line->depth, k, j, line->p, 0);
            if (s) {
                rc_mask_set(s > 0 ? plus : minus, k, true);
                rc_mask_set(zero, k, false);
            }
        }
        if (zero[w] & rc_mask_below(j, w)) return false;
    }
    return true;
}

/* Ends the cell of vertex j, whose signs of the rows that do not vanish there are written. side: the sign of p_j. Rows
   that vanish, other than j, are in `zero`. */
static void finish_cell(rc_walk *W, const line_struct *line, slong j, int side, int top, const uint64_t *zero)
{
    const rc_level_struct *L = W->L;
    rc_batch_struct *batch = W->batch;
    slong words = L->words;
    uint64_t *out = batch->signs + batch->cells * (size_t) words;
    int turn = line->objective * top;
    for (slong w = 0; w < words; w++) {
        for (uint64_t rest = zero[w]; rest; rest &= rest - 1) {
            slong k = 64 * w + __builtin_ctzll(rest);
            rc_mask_set(out, k, slope(W, line, k) == side * turn);
        }
    }
    rc_mask_set(out, 0, true);
    rc_mask_set(out, j, turn > 0);
    int32_t *basis = W->bases ? batch->bases + batch->cells * (size_t) batch->rank : NULL;
    if (basis) {
        memset(basis, 0, (size_t) batch->rank * sizeof *basis);
        basis[0] = 1;
        basis[1] = (int32_t) (turn * (j + 1));
    }
    for (slong m = 1; m <= line->depth; m++) {
        bool more = rc_mask_bit(W->c_plus + m * W->stride, j), less = rc_mask_bit(W->c_minus + m * W->stride, j);
        int s = top * (more ? 1 : less ? -1 : objective_cross(W, line, j, W->node[m].column));
        const uint64_t *members = s > 0 ? W->node[m].plus : W->node[m].minus;
        for (slong w = 0; w < words; w++) out[w] |= members[w];
        if (basis) basis[L->dim - m] = (int32_t) (s * (W->node[m].b + 1));
    }
    batch->cells++;
}

/* The cell of vertex h_j = 0, if j is least there. */
static void walk_vertex(rc_walk *W, const line_struct *line, slong j)
{
    const rc_level_struct *L = W->L;
    const uint64_t *live = W->node[line->depth].live;
    slong words = L->words;
    uint64_t *plus = W->mask, *minus = W->mask + words, *zero = W->mask + 2 * words;
    double p = line->P[j], q = line->Q[j];
    int side = slope(W, line, j);
    if (!side) return;
    double e = L->rung == RC_RUNG_SMALL ? 0 : line->error[0] * fabs(p) + line->error[1] * fabs(q) + line->error[2];
    W->V->kernel->signs(plus, minus, line->Q, line->P, L->slots, p, q, e);
    if (!settle(W, line, j, plus, minus, zero)) return;
    int top = plus[0] & 1 ? 1 : minus[0] & 1 ? -1 : objective_cross(W, line, j, 0);
    uint64_t *out = W->batch->signs + W->batch->cells * (size_t) words;
    for (slong w = 0; w < words; w++) out[w] = (side > 0 ? plus : minus)[w] & live[w];
    finish_cell(W, line, j, side, top, zero);
}

/* The vertices h_j = 0 of the line, j < b, one after the other. */
static void walk_vertices(rc_walk *W, const line_struct *line)
{
    const rc_node *node = W->node + line->depth;
    for (slong v = 0; 64 * v < node->b; v++)
        for (uint64_t rest = node->live[v] & rc_mask_below(node->b, v); rest; rest &= rest - 1)
            walk_vertex(W, line, 64 * v + __builtin_ctzll(rest));
}

/* The same, in the kernel as far as its filter goes. */
static void walk_vertices_fast(rc_walk *W, const line_struct *line)
{
    const rc_level_struct *L = W->L;
    const rc_node *node = W->node + line->depth;
    rc_batch_struct *batch = W->batch;
    size_t words = (size_t) L->words;
    rc_line fast = {.P = line->P,
                    .Q = line->Q,
                    .slots = L->slots,
                    .small = L->rung == RC_RUNG_SMALL,
                    .medium = L->rung == RC_RUNG_MEDIUM,
                    .error = {line->error[0], line->error[1], line->error[2]},
                    .rising = line->objective > 0,
                    .depth = line->depth,
                    .c_plus = (const rc_line_mask *) W->c_plus,
                    .both = (const rc_line_mask *) W->both};
    for (size_t w = 0; w < words; w++) {
        fast.todo[w] = node->live[w] & rc_mask_below(node->b, (slong) w);
        fast.live[w] = node->live[w];
        fast.p_plus[w] = line->p_plus[w];
        fast.p_minus[w] = line->p_minus[w];
        fast.settled[w] = line->p_plus[w] | line->p_minus[w];
        fast.minus[w] = 0;
        for (slong m = 1; m <= line->depth; m++) {
            fast.minus[w] |= W->node[m].minus[w];
            if (64 * (slong) w < rc_kernel_length(node->b))
                fast.settled[w] &= W->c_plus[m * W->stride + (slong) w] | W->c_minus[m * W->stride + (slong) w];
        }
    }
    for (;;) {
        slong stuck;
        batch->cells += W->V->kernel->line(batch->signs + batch->cells * words, &stuck, &fast, L->words);
        if (stuck < 0) return;
        walk_vertex(W, line, stuck);
        rc_mask_set(fast.todo, stuck, false);
    }
}

/* ---- a line with many forms: one sign flips per crossing ---- */

typedef struct {
    double at;  /* -q / p, to rounding: a proposal */
    slong row;
} crossing;

static int compare_crossings(const void *a, const void *b)
{
    const crossing *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Sign of q_k p_j - p_k q_j. */
static int cross(rc_walk *W, const line_struct *line, slong k, slong j)
{
    double p = line->P[j], q = line->Q[j], v = line->Q[k] * p - line->P[k] * q;
    double e = W->L->rung == RC_RUNG_SMALL ? 0 : line->error[0] * fabs(p) + line->error[1] * fabs(q) + line->error[2];
    if (v > e) return 1;
    if (v < -e) return -1;
    return W->L->rung == RC_RUNG_SMALL ? 0 : rc_exact_cross(W, line->depth, k, j, line->p, 0);
}

/* Sign of entry q of row k. */
static int height(rc_walk *W, const line_struct *line, slong k)
{
    if (line->Q[k] > line->error[3]) return 1;
    if (line->Q[k] < -line->error[3]) return -1;
    return rc_exact_entry(W, line->depth, k, 0);
}

/* Sign of the crossing of x minus that of y. */
static int order(rc_walk *W, const line_struct *line, slong x, slong y)
{
    return -cross(W, line, x, y) * slope(W, line, x) * slope(W, line, y);
}

/* Sorts the crossings exactly: insertion from the proposed order, which it certifies neighbour by neighbour. */
static void sort_crossings(rc_walk *W, const line_struct *line, crossing *list, slong n)
{
    qsort(list, (size_t) n, sizeof *list, compare_crossings);
    for (slong i = 1; i < n; i++) {
        crossing x = list[i];
        slong k = i;
        for (; k > 0 && order(W, line, list[k - 1].row, x.row) > 0; k--) list[k] = list[k - 1];
        list[k] = x;
    }
}

/* All vertices in the order of the line: the signs before the first crossing are known, each crossing turns those
   of its rows. O(n log n) for the line instead of O(n) for each vertex. */
static void sweep(rc_walk *W, const line_struct *line)
{
    const rc_level_struct *L = W->L;
    const rc_node *node = W->node + line->depth;
    rc_batch_struct *batch = W->batch;
    slong words = L->words, n = 0;
    uint64_t *state = W->mask, *zero = W->mask + words;
    crossing *list = flint_malloc((size_t) L->n * sizeof *list);
    memset(state, 0, (size_t) words * sizeof *state);
    for (slong k = 1; k < L->n; k++) {
        if (!rc_mask_bit(node->live, k)) continue;
        int s = slope(W, line, k);
        if (s) {
            double at = -line->Q[k] / line->P[k];
            list[n++] = (crossing) {isnan(at) ? 0 : at, k};
        }
        rc_mask_set(state, k, s ? s < 0 : height(W, line, k) > 0);
    }
    sort_crossings(W, line, list, n);
    for (slong i = 0, next; i < n; i = next) {
        slong least = list[i].row;
        for (next = i + 1; next < n && order(W, line, list[next].row, list[i].row) == 0; next++)
            least = FLINT_MIN(least, list[next].row);
        memset(zero, 0, (size_t) words * sizeof *zero);
        for (slong k = i; k < next; k++)
            if (list[k].row != least) rc_mask_set(zero, list[k].row, true);
        if (least < node->b) {
            int s = cross(W, line, 0, least), top = s ? s : objective_cross(W, line, least, 0);
            uint64_t *out = batch->signs + batch->cells * (size_t) words;
            for (slong w = 0; w < words; w++) out[w] = state[w] & ~zero[w];
            finish_cell(W, line, least, slope(W, line, least), top, zero);
        }
        for (slong k = i; k < next; k++) rc_mask_set(state, list[k].row, !rc_mask_bit(state, list[k].row));
    }
    flint_free(list);
}

void rc_walk_line(rc_walk *W)
{
    line_struct line;
    start_line(W, &line);
    rc_batch_reserve(W->batch, (size_t) W->node[line.depth].b);
    size_t before = W->batch->cells;
    if (W->L->n >= W->V->sweep_rows && W->node[line.depth].b > W->L->n / 8) sweep(W, &line);
    else if (W->L->words <= RC_LINE_WORDS && !W->bases) walk_vertices_fast(W, &line);
    else walk_vertices(W, &line);
    W->unvisited += W->batch->cells - before;
    for (; W->unvisited >= 256 && !W->stopped; W->unvisited -= 256)
        W->stopped = !rc_limits_visit(W->limits, "cells");
}
