/* The walk of the vertex engine through one unit of a level. */
#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/vertex.h"

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

/* The columns added, of the new node, for rows below n (a multiple of the block). No sign is certain if the
   determinant is not certainly positive. */
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
        rc_mask_set(large, to->b, false);
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
            if (L->rung == RC_RUNG_APPROXIMATE && !vanishes(W, depth, k)) rc_mask_set(zero, k, false);
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
            rc_mask_set(positive ? to->plus : to->minus, k, true);
        }
    }
}

/* Goes from the node of depth - 1 to its child h_b = 0. False, and nothing changed, if there is none: b is not the
   least element of its flat, or the flat contains h_0. */
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
    slong kept = rc_kernel_length(b);
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

/* ---- the unit ---- */

static void descend(rc_walk *W, slong depth)
{
    const rc_level_struct *L = W->L;
    if (depth == L->dim - 2) {
        rc_walk_line(W);
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
        if (fmpz_sgn(fmpz_mat_entry(W->L->exact, k, 0)) > 0) rc_mask_set(out, k, true);
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
    for (slong k = 1; k < L->n; k++) rc_mask_set(root->live, k, true);
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
