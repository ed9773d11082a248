#include "seminorm-search.h"

#include <flint/fmpz_vec.h>
#include <string.h>

/* One path of the branch and bound: at each depth a region, the entries still above their thresholds and the part's
   bounds at them. */
typedef struct {
    rc_search_struct *S;
    slong c;
    rc_tree_struct *tree;
    fmpz *rest;             /* total - upper of this part */
    fmpz *threshold;        /* max(reached, level - rest) */
    signed char *sign;      /* of the members decided, 0 otherwise */
    signed char *trial;
    fmpz *lambda;
    rc_region_struct *scratch;
    slong depths;           /* allocated */
    rc_region_struct **region;
    fmpz **bound;
    slong **violated, *violated_count;
    bool raised;            /* thresholds rose during this pass */
} rc_path;

static void init_part(rc_part_search *C, rc_search_t S, rc_part_struct *part)
{
    slong n = S->n;
    fmpz_t jump;
    fmpz_init(jump);
    *C = (rc_part_search){.part = part};
    rc_part_prepare(part, S->P->f);
    C->upper = _fmpz_vec_init(n);
    C->reached = _fmpz_vec_init(n);
    C->cell = flint_calloc((size_t) n + 1, sizeof *C->cell);
    C->order = flint_calloc((size_t) n + 1, sizeof *C->order);
    for (slong j = 0; j < part->size; j++)
        for (slong i = 0; i < n; i++) {
            rc_problem_jump(jump, S->P, part->member[j], S->entry[i]);
            if (fmpz_sgn(jump) > 0) fmpz_add(C->upper + i, C->upper + i, jump);
        }
    fmpz_clear(jump);
}

static void choose_entries(rc_search_t S)
{
    slong m = S->P->entries;
    fmpz *total = _fmpz_vec_init(m), *base = _fmpz_vec_init(m);
    rc_problem_bounds(total, S->P, false);
    rc_problem_bounds(base, S->P, true);
    S->n = 0;
    for (slong e = 0; e < m; e++) S->n += fmpz_cmp(total + e, S->level) > 0;
    S->entry = flint_malloc((size_t) (S->n + 1) * sizeof *S->entry);
    S->base = _fmpz_vec_init(S->n);
    S->total = _fmpz_vec_init(S->n);
    for (slong e = 0, i = 0; e < m; e++) {
        if (fmpz_cmp(total + e, S->level) <= 0) continue;
        S->entry[i] = e;
        fmpz_swap(S->base + i, base + e);
        fmpz_swap(S->total + i, total + e);
        i++;
    }
    _fmpz_vec_clear(total, m);
    _fmpz_vec_clear(base, m);
}

void rc_search_init(rc_search_t S, rc_problem_t P, const fmpz_t best, const fmpz *goal, rc_limits *limits)
{
    *S = (rc_search_struct){.P = P, .goal = goal, .limits = limits, .best_entry = -1};
    fmpz_init_set(S->best, best);
    fmpz_init_set(S->level, goal && fmpz_cmp(goal, best) > 0 ? goal : best);
    if (!rc_search_is_settled(S)) choose_entries(S);
    S->part = flint_malloc((size_t) (P->parts + 1) * sizeof *S->part);
    if (S->n == 0) return;
    for (slong c = 0; c < P->parts; c++)
        if (!rc_part_is_trivial(P->list + c)) init_part(S->part + S->parts++, S, P->list + c);
}

void rc_search_clear(rc_search_t S)
{
    for (slong c = 0; c < S->parts; c++) {
        rc_part_search *C = S->part + c;
        _fmpz_vec_clear(C->upper, S->n);
        _fmpz_vec_clear(C->reached, S->n);
        flint_free(C->cell);
        for (slong k = 0; k < C->cell_count; k++) flint_free(C->cells[k]);
        flint_free(C->cells);
        for (slong i = 0; i < S->n; i++) flint_free(C->order[i]);
        flint_free(C->order);
    }
    flint_free(S->part);
    flint_free(S->entry);
    _fmpz_vec_clear(S->base, S->n);
    _fmpz_vec_clear(S->total, S->n);
    fmpz_clear(S->best);
    fmpz_clear(S->level);
}

bool rc_search_is_settled(const rc_search_t S)
{
    return S->goal && fmpz_cmp(S->best, S->goal) > 0;
}

/* The relevant entry with the largest total not marked yet, -1 if all are. */
static slong next_largest(const rc_search_t S, bool *marked)
{
    slong top = -1;
    for (slong i = 0; i < S->n; i++)
        if (!marked[i] && (top < 0 || fmpz_cmp(S->total + i, S->total + top) > 0)) top = i;
    if (top >= 0) marked[top] = true;
    return top;
}

static bool greedy_cell(rc_search_t S, slong c, slong i)
{
    rc_part_search *C = S->part + c;
    bool stopped;
    signed char *sign = flint_calloc((size_t) C->part->size + 1, 1);
    rc_region_struct *R = rc_part_region(C->part);
    if (rc_search_dive(sign, NULL, &stopped, S, c, i, R, true)) rc_search_note_cell(S, c, sign);
    rc_region_free(R);
    flint_free(sign);
    return !stopped;
}

bool rc_search_start(rc_search_t S)
{
    enum { most = 32 };
    bool ok = true;
    for (slong c = 0; ok && c < S->parts; c++) {
        bool *marked = flint_calloc((size_t) S->n + 1, 1);
        for (slong tries = 0; ok && tries < most && tries < S->n; tries++) {
            ok = rc_limits_visit(S->limits, "semi-norm") && greedy_cell(S, c, next_largest(S, marked));
            ok = ok && !rc_search_is_settled(S);
        }
        flint_free(marked);
    }
    return ok;
}

static void set_thresholds(rc_path *T)
{
    rc_search_struct *S = T->S;
    fmpz_t t;
    fmpz_init(t);
    for (slong i = 0; i < S->n; i++) {
        fmpz_sub(t, S->level, T->rest + i);
        if (fmpz_cmp(t, S->part[T->c].reached + i) < 0) fmpz_set(t, S->part[T->c].reached + i);
        fmpz_swap(T->threshold + i, t);
    }
    fmpz_clear(t);
}

static void need_depth(rc_path *T, slong depth)
{
    if (depth < T->depths) return;
    slong n = T->S->n, more = T->depths ? 2 * T->depths : 8;
    if (more > T->S->part[T->c].part->size + 1) more = T->S->part[T->c].part->size + 1;
    T->region = flint_realloc(T->region, (size_t) more * sizeof *T->region);
    T->bound = flint_realloc(T->bound, (size_t) more * sizeof *T->bound);
    T->violated = flint_realloc(T->violated, (size_t) more * sizeof *T->violated);
    T->violated_count = flint_realloc(T->violated_count, (size_t) more * sizeof *T->violated_count);
    for (; T->depths < more; T->depths++) {
        T->region[T->depths] = rc_part_region(T->S->part[T->c].part);
        T->bound[T->depths] = _fmpz_vec_init(n);
        T->violated[T->depths] = flint_malloc((size_t) (n + 1) * sizeof(slong));
    }
}

/* Drops the entries whose threshold has caught up; returns the one with the largest excess, -1 if none is left. */
static slong worst_entry(rc_path *T, slong depth)
{
    slong *list = T->violated[depth], count = 0, worst = -1;
    fmpz_t excess, most;
    fmpz_init(excess);
    fmpz_init(most);
    for (slong k = 0; k < T->violated_count[depth]; k++) {
        slong i = list[k];
        fmpz_sub(excess, T->bound[depth] + i, T->threshold + i);
        if (fmpz_sgn(excess) <= 0) continue;
        list[count++] = i;
        if (worst < 0 || fmpz_cmp(excess, most) > 0) {
            worst = i;
            fmpz_swap(most, excess);
        }
    }
    T->violated_count[depth] = count;
    fmpz_clear(excess);
    fmpz_clear(most);
    return worst;
}

/* What deciding member j as s takes off the bound at entry i: the jump that is lost or no longer optional. */
static bool gain(fmpz_t x, const rc_path *T, slong j, slong i, int s)
{
    rc_search_jump(x, T->S, T->c, j, i);
    bool gains = fmpz_sgn(x) * s < 0;
    fmpz_abs(x, x);
    return gains;
}

/* Gains of deciding member j as s, summed over the violated entries, each cut at the entry's excess; a side without a
   cell gains every excess in full. */
static void add_score(fmpz_t sum, const rc_path *T, slong depth, slong j, int s)
{
    fmpz_t x, excess;
    fmpz_init(x);
    fmpz_init(excess);
    rc_region_set(T->scratch, T->region[depth]);
    bool empty = !rc_region_restrict(T->scratch, j, s);
    for (slong k = 0; k < T->violated_count[depth]; k++) {
        slong i = T->violated[depth][k];
        fmpz_sub(excess, T->bound[depth] + i, T->threshold + i);
        if (empty) fmpz_add(sum, sum, excess);
        else if (gain(x, T, j, i, s)) fmpz_add(sum, sum, fmpz_cmp(x, excess) < 0 ? x : excess);
    }
    fmpz_clear(x);
    fmpz_clear(excess);
}

/* The member of the conflict (lambda) whose two sides gain most. Nowhere in the region do all of its members have the
   signs the bound counts on. -1: out of time. */
static slong choose(const rc_path *T, slong depth)
{
    slong best = -1;
    fmpz_t score, best_score;
    fmpz_init(score);
    fmpz_init(best_score);
    for (slong j = 0; j < T->S->part[T->c].part->size; j++) {
        if (T->sign[j] || fmpz_is_zero(T->lambda + j)) continue;
        if (rc_search_out_of_time(T->S)) {
            best = -1;
            break;
        }
        fmpz_zero(score);
        add_score(score, T, depth, j, 1);
        add_score(score, T, depth, j, -1);
        if (best >= 0 && fmpz_cmp(score, best_score) <= 0) continue;
        best = j;
        fmpz_swap(best_score, score);
    }
    fmpz_clear(score);
    fmpz_clear(best_score);
    return best;
}

static void write_empty(rc_path *T, const rc_region_struct *R)
{
    const rc_part_struct *part = T->S->part[T->c].part;
    fmpq_t l;
    fmpq_init(l);
    rc_tree_empty(T->tree);
    rc_region_farkas(T->lambda, R);
    for (slong j = 0; j < part->size + part->infinite; j++) {
        if (fmpz_is_zero(T->lambda + j)) continue;
        fmpq_set_fmpz(l, T->lambda + j);
        rc_tree_entry(T->tree, j < part->size ? part->member[j] : -1, 0, l);
    }
    fmpq_clear(l);
}

/* The bounds one level down, at the entries violated here. */
static void descend(rc_path *T, slong depth, slong j, int s)
{
    fmpz_t x;
    fmpz_init(x);
    slong count = T->violated_count[depth];
    for (slong k = 0; k < count; k++) {
        slong i = T->violated[depth][k];
        T->violated[depth + 1][k] = i;
        fmpz_set(T->bound[depth + 1] + i, T->bound[depth] + i);
        if (gain(x, T, j, i, s)) fmpz_sub(T->bound[depth + 1] + i, T->bound[depth + 1] + i, x);
    }
    T->violated_count[depth + 1] = count;
    fmpz_clear(x);
}

/* Dives for the worst entries until one ends in a conflict. 1: lambda holds it; 0: no entry is violated any more; -1:
   stop. A dive that reaches a cell attains its entry's bound there, so that entry is satisfied from then on. */
static int find_conflict(rc_path *T, slong depth)
{
    slong size = T->S->part[T->c].part->size;
    for (;;) {
        bool stopped;
        slong i = worst_entry(T, depth);
        if (i < 0) return 0;
        rc_region_set(T->scratch, T->region[depth]);
        memcpy(T->trial, T->sign, (size_t) size);
        if (!rc_search_dive(T->trial, T->lambda, &stopped, T->S, T->c, i, T->scratch, false)) return stopped ? -1 : 1;
        rc_search_note_cell(T->S, T->c, T->trial);
        set_thresholds(T);
        T->raised = true;
        if (rc_search_is_settled(T->S)) return -1;
    }
}

static bool search_node(rc_path *T, slong depth)
{
    T->S->nodes++;
    if (!rc_limits_visit(T->S->limits, "semi-norm")) return false;
    int conflict = find_conflict(T, depth);
    if (conflict < 0) return false;
    if (conflict == 0) {
        rc_tree_stop(T->tree);
        return true;
    }
    slong j = choose(T, depth);
    if (j < 0) return false;
    rc_tree_branch(T->tree, T->S->part[T->c].part->member[j]);
    need_depth(T, depth + 1);
    for (int s = 1; s >= -1; s -= 2) {
        rc_region_set(T->region[depth + 1], T->region[depth]);
        if (!rc_region_restrict(T->region[depth + 1], j, s)) {
            T->S->nodes++;
            write_empty(T, T->region[depth + 1]);
            continue;
        }
        T->sign[j] = (signed char) s;
        descend(T, depth, j, s);
        bool ok = search_node(T, depth + 1);
        T->sign[j] = 0;
        if (!ok) return false;
    }
    return true;
}

static bool search_root(rc_path *T)
{
    rc_part_search *C = T->S->part + T->c;
    set_thresholds(T);
    need_depth(T, 0);
    memset(T->sign, 0, (size_t) C->part->size);
    _fmpz_vec_set(T->bound[0], C->upper, T->S->n);
    T->violated_count[0] = T->S->n;
    for (slong i = 0; i < T->S->n; i++) T->violated[0][i] = i;
    T->raised = false;
    return search_node(T, 0);
}

static void init_path(rc_path *T, rc_search_t S, slong c, rc_tree_t tree)
{
    slong size = S->part[c].part->size;
    *T = (rc_path){.S = S, .c = c, .tree = tree};
    T->rest = _fmpz_vec_init(S->n);
    _fmpz_vec_sub(T->rest, S->total, S->part[c].upper, S->n);
    T->threshold = _fmpz_vec_init(S->n);
    T->sign = flint_calloc((size_t) size + 1, 1);
    T->trial = flint_calloc((size_t) size + 1, 1);
    T->lambda = _fmpz_vec_init(size + 1);
    T->scratch = rc_part_region(S->part[c].part);
}

static void clear_path(rc_path *T)
{
    slong n = T->S->n;
    for (slong k = 0; k < T->depths; k++) {
        rc_region_free(T->region[k]);
        _fmpz_vec_clear(T->bound[k], n);
        flint_free(T->violated[k]);
    }
    flint_free(T->region);
    flint_free(T->bound);
    flint_free(T->violated);
    flint_free(T->violated_count);
    _fmpz_vec_clear(T->rest, n);
    _fmpz_vec_clear(T->threshold, n);
    flint_free(T->sign);
    flint_free(T->trial);
    _fmpz_vec_clear(T->lambda, T->S->part[T->c].part->size + 1);
    rc_region_free(T->scratch);
}

/* A second pass, with the final thresholds from the start, makes the smaller tree; it meets no better cell. */
bool rc_search_part(rc_tree_t tree, rc_search_t S, slong c)
{
    rc_part_search *C = S->part + c;
    rc_path T;
    init_path(&T, S, c, tree);
    bool ok = search_root(&T);
    if (ok && T.raised) {
        rc_tree_clear(tree);
        ok = search_root(&T);
    }
    for (slong i = 0; ok && i < S->n; i++) {
        if (fmpz_cmp(T.threshold + i, C->upper + i) < 0) fmpz_set(C->upper + i, T.threshold + i);
        fmpz_add(S->total + i, T.rest + i, C->upper + i);
    }
    clear_path(&T);
    return ok;
}
