/* The walk of the vertex engine through one unit of a level. */
#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/vertex.h"

static slong up(slong n)
{
    return (n + RC_KERNEL_BLOCK - 1) / RC_KERNEL_BLOCK * RC_KERNEL_BLOCK;
}

static bool bit(const uint64_t *mask, slong k)
{
    return mask[k / 64] >> (k % 64) & 1;
}

static void set_bit(uint64_t *mask, slong k, bool value)
{
    uint64_t one = UINT64_C(1) << (k % 64);
    if (value) mask[k / 64] |= one;
    else mask[k / 64] &= ~one;
}

/* Bits below k of word w. */
static uint64_t below(slong k, slong w)
{
    if (k >= 64 * w + 64) return ~UINT64_C(0);
    return k <= 64 * w ? 0 : (UINT64_C(1) << (k - 64 * w)) - 1;
}

/* ---- entering a flat ---- */

/* The coordinate that h_b replaces: that of its largest entry, or, if none certainly is one, the first that is not 0 in
   exact arithmetic; then the entry, the new determinant, is at most its error. -1: h_b and h_0 are proportional on the
   flat. */
static slong choose_column(rc_walk *W, slong depth, slong b, int *flip)
{
    const rc_level_struct *L = W->L;
    const rc_node *from = W->node + depth;
    slong c = -1;
    double best = 0;
    for (slong o = 1; o < L->dim; o++) {
        double x = fabs(from->table[o * L->slots + b]);
        if (W->basic[o] || !(x > from->error[o])) continue;
        if (L->rung == RC_RUNG_APPROXIMATE) x /= from->peak[o];
        if (!(x > best)) continue;
        best = x;
        c = o;
    }
    if (c >= 0) {
        *flip = from->table[c * L->slots + b] > 0 ? 1 : -1;
        return c;
    }
    if (L->rung != RC_RUNG_APPROXIMATE) return -1;
    for (slong o = 1; o < L->dim; o++) {
        if (W->basic[o]) continue;
        *flip = rc_exact_entry(W, depth, b, o);
        if (*flip) return o;
    }
    return -1;
}

static void add_column(rc_walk *W, slong o)
{
    W->job_column[W->job.columns++] = o;
}

/* The columns added, of the new node, for rows below n (a multiple of the block). No sign is certain if the determinant is
   not certainly positive. */
static void eliminate(rc_walk *W, slong depth, slong n)
{
    const rc_level_struct *L = W->L;
    const rc_kernel *kernel = W->V->kernel;
    rc_node *to = W->node + depth;
    const rc_node *from = to - 1;
    rc_pivot *job = &W->job;
    job->n = n;
    job->b = from->table + to->column * L->slots;
    job->p = job->b[to->b] * to->flip;
    job->d = from->det;
    for (slong c = 0; c < job->columns; c++) {
        slong o = W->job_column[c];
        job->a[c] = from->table + o * L->slots;
        job->x[c] = to->table + o * L->slots;
        job->f[c] = job->a[c][to->b] * to->flip;
    }
    switch (L->rung) {
    case RC_RUNG_SMALL: kernel->eliminate_small(job); break;
    case RC_RUNG_MEDIUM: kernel->eliminate_medium(job); break;
    case RC_RUNG_APPROXIMATE: kernel->eliminate(job); break;
    }
    double ed = from->det_error, inverse = 1 / (from->det - ed), p = fabs(job->p);
    double B = from->peak[to->column], eb = from->error[to->column];
    for (slong c = 0; c < job->columns && L->rung != RC_RUNG_SMALL; c++) {
        slong o = W->job_column[c];
        to->peak[o] = job->peak[c];
        if (L->rung == RC_RUNG_MEDIUM) continue;
        to->error[o] = INFINITY;
        if (from->det > ed)
            to->error[o] = rc_pivot_error(from->peak[o], from->error[o], fabs(job->f[c]), B, eb, p, ed, inverse,
                                          job->peak[c]);
    }
    job->columns = 0;
}

/* Row k is zero on the flat: in the coordinates left and in h_0. */
static bool vanishes(rc_walk *W, slong depth, slong k)
{
    for (slong o = 0; o < W->L->dim; o++)
        if ((o == 0 || !W->basic[o]) && rc_exact_entry(W, depth, k, o)) return false;
    return true;
}

/* zero := the live rows of the node before that vanish on the new flat; false if one of them is less than b. */
static bool close_flat(rc_walk *W, slong depth, uint64_t *zero)
{
    const rc_level_struct *L = W->L;
    rc_node *to = W->node + depth;
    slong words = L->words;
    uint64_t *large = zero + words;
    memcpy(zero, to[-1].live, (size_t) words * sizeof *zero);
    for (slong o = L->dim - 1; o >= 0; o--) {
        if (o > 0 && W->basic[o]) continue;
        W->V->kernel->large(large, to->table + o * L->slots, L->slots, to->error[o]);
        uint64_t left = 0;
        set_bit(large, to->b, false);
        for (slong w = 0; w < words; w++) {
            zero[w] &= ~large[w];
            left |= zero[w] & ~(w == to->b / 64 ? UINT64_C(1) << (to->b % 64) : 0);
        }
        if (!left) return true;
    }
    for (slong w = 0; w < words; w++) {
        for (uint64_t rest = zero[w]; rest; rest &= rest - 1) {
            slong k = 64 * w + __builtin_ctzll(rest);
            if (k == to->b) continue;
            if (L->rung == RC_RUNG_APPROXIMATE && !vanishes(W, depth, k)) set_bit(zero, k, false);
            else if (k < to->b) return false;
        }
    }
    return true;
}

/* The signs of a_depth for the rows new in the flat. */
static void set_members(rc_walk *W, slong depth, const uint64_t *zero)
{
    const rc_level_struct *L = W->L;
    rc_node *to = W->node + depth;
    const double *column = to[-1].table + to->column * L->slots;
    for (slong w = 0; w < L->words; w++) {
        to->live[w] = to[-1].live[w] & ~zero[w];
        to->plus[w] = to->minus[w] = 0;
        to->both[w] = zero[w];
        for (uint64_t rest = zero[w]; rest; rest &= rest - 1) {
            slong k = 64 * w + __builtin_ctzll(rest);
            bool positive = true;
            if (k != to->b) {
                if (fabs(column[k]) > to[-1].error[to->column]) positive = (column[k] > 0) == (to->flip > 0);
                else positive = rc_exact_entry(W, depth, k, to->column) > 0;
            }
            set_bit(positive ? to->plus : to->minus, k, true);
        }
    }
}

/* Goes from the node of depth - 1 to its child h_b = 0. False, and nothing changed, if there is none: b is not the least
   element of its flat, or the flat contains h_0. */
static bool enter(rc_walk *W, slong depth, slong b)
{
    const rc_level_struct *L = W->L;
    rc_node *to = W->node + depth;
    const rc_node *from = to - 1;
    slong c = choose_column(W, depth - 1, b, &to->flip);
    if (c < 0) return false;
    to->b = b;
    to->column = c;
    W->basic[c] = true;
    rc_exact_forget(W, depth);
    for (slong o = 0; o < L->dim; o++)
        if (o == 0 || !W->basic[o]) add_column(W, o);
    eliminate(W, depth, L->slots);
    slong kept = up(b);
    double *x = to->table + c * L->slots, sign = to->flip;
    const double *old = from->table + c * L->slots;
    for (slong s = 0; s < kept; s++) x[s] = old[s] * sign;
    to->det = fabs(old[b]);
    to->det_error = from->error[c];
    to->peak[c] = from->peak[c];
    to->error[c] = from->error[c];
    uint64_t *zero = W->mask;
    if (!close_flat(W, depth, zero)) {
        W->basic[c] = false;
        return false;
    }
    set_members(W, depth, zero);
    for (slong l = 1; l < depth; l++) add_column(W, W->node[l].column);
    if (depth > 1) eliminate(W, depth, kept);
    return true;
}

static void leave(rc_walk *W, slong depth)
{
    W->basic[W->node[depth].column] = false;
}

/* ---- a line ---- */

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
    if (bit(line->p_plus, k)) return 1;
    if (bit(line->p_minus, k)) return -1;
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
    line->objective = bit(line->p_plus, 0) ? 1 : bit(line->p_minus, 0) ? -1 : objective_entry(W, line);
    double p = line->P[0];
    for (slong m = 1; m <= line->depth; m++) {
        slong column = W->node[m].column;
        const double *G = node->table + column * slots;
        double error[3], e = 0;
        rc_cross_error(error, peak_p, error_p, node->peak[column], node->error[column]);
        if (L->rung != RC_RUNG_SMALL) e = error[0] * fabs(G[0]) + error[1] * fabs(p) + error[2];
        kernel->signs(W->c_plus + m * W->stride, W->c_minus + m * W->stride, line->P, G, up(node->b), G[0], p, e);
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
                set_bit(s > 0 ? plus : minus, k, true);
                set_bit(zero, k, false);
            }
        }
        if (zero[w] & below(j, w)) return false;
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
    for (slong w = 0; w < words; w++)
        for (uint64_t rest = zero[w]; rest; rest &= rest - 1)
            set_bit(out, 64 * w + __builtin_ctzll(rest), slope(W, line, 64 * w + __builtin_ctzll(rest)) == side * turn);
    set_bit(out, 0, true);
    set_bit(out, j, turn > 0);
    int32_t *basis = W->bases ? batch->bases + batch->cells * (size_t) batch->rank : NULL;
    if (basis) {
        memset(basis, 0, (size_t) batch->rank * sizeof *basis);
        basis[0] = 1;
        basis[1] = (int32_t) (turn * (j + 1));
    }
    for (slong m = 1; m <= line->depth; m++) {
        bool more = bit(W->c_plus + m * W->stride, j), less = bit(W->c_minus + m * W->stride, j);
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
        for (uint64_t rest = node->live[v] & below(node->b, v); rest; rest &= rest - 1)
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
        fast.todo[w] = node->live[w] & below(node->b, (slong) w);
        fast.live[w] = node->live[w];
        fast.p_plus[w] = line->p_plus[w];
        fast.p_minus[w] = line->p_minus[w];
        fast.settled[w] = line->p_plus[w] | line->p_minus[w];
        fast.minus[w] = 0;
        for (slong m = 1; m <= line->depth; m++) {
            fast.minus[w] |= W->node[m].minus[w];
            if (64 * (slong) w < up(node->b))
                fast.settled[w] &= W->c_plus[m * W->stride + (slong) w] | W->c_minus[m * W->stride + (slong) w];
        }
    }
    for (;;) {
        slong stuck;
        batch->cells += W->V->kernel->line(batch->signs + batch->cells * words, &stuck, &fast, L->words);
        if (stuck < 0) return;
        walk_vertex(W, line, stuck);
        set_bit(fast.todo, stuck, false);
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

/* All vertices in the order of the line: the signs before the first crossing are known, each crossing turns those of its
   rows. O(n log n) for the line instead of O(n) for each vertex. */
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
        if (!bit(node->live, k)) continue;
        int s = slope(W, line, k);
        if (s) {
            double at = -line->Q[k] / line->P[k];
            list[n++] = (crossing) {isnan(at) ? 0 : at, k};
        } else s = -(line->Q[k] > line->error[3] ? 1 : line->Q[k] < -line->error[3] ? -1 : rc_exact_entry(W, line->depth, k, 0));
        set_bit(state, k, s < 0);
    }
    sort_crossings(W, line, list, n);
    for (slong i = 0, next; i < n; i = next) {
        slong least = list[i].row;
        for (next = i + 1; next < n && order(W, line, list[next].row, list[i].row) == 0; next++)
            least = FLINT_MIN(least, list[next].row);
        memset(zero, 0, (size_t) words * sizeof *zero);
        for (slong k = i; k < next; k++)
            if (list[k].row != least) set_bit(zero, list[k].row, true);
        if (least < node->b) {
            int s = cross(W, line, 0, least), top = s ? s : objective_cross(W, line, least, 0);
            uint64_t *out = batch->signs + batch->cells * (size_t) words;
            for (slong w = 0; w < words; w++) out[w] = state[w] & ~zero[w];
            finish_cell(W, line, least, slope(W, line, least), top, zero);
        }
        for (slong k = i; k < next; k++) set_bit(state, list[k].row, !bit(state, list[k].row));
    }
    flint_free(list);
}

static void walk_line(rc_walk *W)
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

/* ---- the unit ---- */

static void descend(rc_walk *W, slong depth)
{
    const rc_level_struct *L = W->L;
    if (depth == L->dim - 2) {
        walk_line(W);
        return;
    }
    for (slong b = L->dim - 1 - depth; b < W->node[depth].b && !W->stopped; b++) {
        if (!enter(W, depth + 1, b)) continue;
        descend(W, depth + 1);
        leave(W, depth + 1);
    }
}

/* V_1 is a line through 0: one cell. */
static void emit_ray(rc_walk *W)
{
    rc_batch_struct *batch = W->batch;
    rc_batch_reserve(batch, 1);
    uint64_t *out = batch->signs + batch->cells * (size_t) batch->words;
    for (slong w = 0; w < batch->words; w++) out[w] = 0;
    out[0] = 1;
    for (slong k = 1; k < W->L->n; k++)
        if (fmpz_sgn(fmpz_mat_entry(W->L->exact, k, 0)) > 0) set_bit(out, k, true);
    if (W->bases) {
        int32_t *e = batch->bases + batch->cells * (size_t) batch->rank;
        e[0] = 1;
        for (slong i = 1; i < batch->rank; i++) e[i] = 0;
    }
    batch->cells++;
    W->unvisited++;
}

static size_t aligned(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* The next piece of the arena; with no arena yet, only the running total grows. */
static void *piece(const rc_walk *W, size_t *used, size_t bytes)
{
    void *p = W->arena ? (char *) W->arena + *used : NULL;
    *used += aligned(bytes);
    return p;
}

static size_t lay_out(rc_walk *W)
{
    const rc_level_struct *L = W->L;
    size_t words = (size_t) L->words, dim = (size_t) L->dim, used = 0;
    W->node = piece(W, &used, dim * sizeof *W->node);
    W->basic = piece(W, &used, dim);
    W->stride = L->words > RC_LINE_WORDS ? L->words : RC_LINE_WORDS;
    size_t masks = dim * (size_t) W->stride * sizeof(uint64_t);
    W->mask = piece(W, &used, 5 * words * sizeof(uint64_t));
    W->job_column = piece(W, &used, dim * sizeof(slong));
    W->job = (rc_pivot) {.x = piece(W, &used, dim * sizeof(double *)),
                         .a = piece(W, &used, dim * sizeof(double *)),
                         .f = piece(W, &used, dim * sizeof(double)),
                         .peak = piece(W, &used, dim * sizeof(double))};
    W->plus = piece(W, &used, masks);
    W->minus = piece(W, &used, masks);
    W->both = piece(W, &used, masks);
    W->c_plus = piece(W, &used, masks);
    W->c_minus = piece(W, &used, masks);
    for (size_t t = 0; t + 1 < dim; t++) {
        double *table = t == 0 ? L->table : piece(W, &used, dim * (size_t) L->slots * sizeof(double));
        double *peak = piece(W, &used, 2 * dim * sizeof(double));
        uint64_t *live = piece(W, &used, words * sizeof(uint64_t));
        if (!W->arena) continue;
        W->node[t] = (rc_node) {.table = table, .peak = peak, .error = peak + dim, .live = live,
                                .plus = W->plus + (slong) t * W->stride, .minus = W->minus + (slong) t * W->stride,
                                .both = W->both + (slong) t * W->stride};
    }
    return used;
}

static void walk_init(rc_walk *W)
{
    const rc_level_struct *L = W->L;
    size_t bytes = lay_out(W);
    W->arena = aligned_alloc(64, bytes);
    if (!W->arena) flint_abort();
    lay_out(W);
    for (slong o = 0; o < L->dim; o++) W->basic[o] = o == 0;
    W->row_of[0] = W->row_of[1] = -1;
    if (L->dim < 2) return;
    rc_node *root = W->node;
    memcpy(root->peak, L->peak, 2 * (size_t) L->dim * sizeof(double));
    memset(root->live, 0, (size_t) L->words * sizeof(uint64_t));
    for (slong t = 1; t + 1 < L->dim; t++) memset(root[t].error, 0, (size_t) L->dim * sizeof(double));
    for (slong k = 1; k < L->n; k++) set_bit(root->live, k, true);
    root->det = L->first_det;
    root->b = L->n;
}

static void walk_clear(rc_walk *W)
{
    for (slong t = 1; t + 1 < W->L->dim; t++) {
        if (!W->node[t].pivot) continue;
        _fmpz_vec_clear(W->node[t].pivot, W->L->dim);
        fmpz_clear(W->node[t].exact_det);
    }
    for (int i = 0; i < 2; i++)
        if (W->row[i]) _fmpz_vec_clear(W->row[i], W->L->dim);
    free(W->arena);
}

bool rc_vertex_unit(rc_batch_t batch, const rc_vertex_t V, slong level, slong unit, bool bases, rc_limits *limits)
{
    rc_walk W = {.V = V, .L = V->level + level, .batch = batch, .bases = bases, .limits = limits};
    walk_init(&W);
    if (level == 1) {
        emit_ray(&W);
    } else {
        slong k = W.L->prefix;
        for (slong depth = 0; depth < k; depth++)
            if (!enter(&W, depth + 1, W.L->path[unit * k + depth])) flint_abort();
        descend(&W, k);
    }
    if (!W.stopped && W.unvisited > 0) W.stopped = !rc_limits_visit(limits, "cells");
    walk_clear(&W);
    return !W.stopped;
}

/* ---- nodes as units ---- */

typedef struct {
    int32_t *path;
    slong depth, number, alloc, most;
} path_list;

/* False when there are too many. */
static bool list_paths(path_list *list, rc_walk *W, slong depth)
{
    if (depth == list->depth) {
        if (list->number == list->most) return false;
        if (list->number == list->alloc) {
            list->alloc = 2 * list->alloc + 64;
            list->path = flint_realloc(list->path, (size_t) (list->alloc * list->depth) * sizeof(int32_t));
        }
        for (slong t = 0; t < depth; t++) list->path[list->number * depth + t] = (int32_t) W->node[t + 1].b;
        list->number++;
        return true;
    }
    for (slong b = W->L->dim - 1 - depth; b < W->node[depth].b; b++) {
        if (!enter(W, depth + 1, b)) continue;
        if (!list_paths(list, W, depth + 1)) return false;
        leave(W, depth + 1);
    }
    return true;
}

slong rc_vertex_paths(int32_t **path, const rc_vertex_struct *V, const rc_level_struct *L, slong depth, slong most)
{
    path_list list = {.depth = depth, .most = most};
    rc_walk W = {.V = V, .L = L};
    walk_init(&W);
    bool complete = list_paths(&list, &W, 0);
    walk_clear(&W);
    if (complete) {
        *path = list.path;
        return list.number;
    }
    flint_free(list.path);
    return -1;
}
