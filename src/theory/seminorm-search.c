#include "seminorm-search.h"

#include "seminorm-cone.h"

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
    bool *candidate;        /* members of the conflict to branch on */
    bool quick;             /* conflicts and empty sides are proposed in floating point: F and what follows */
    rc_cone_forms_t F;
    signed char *ask;       /* of all forms: the sides decided, and what the present program asks for beyond them */
    slong *order;           /* first the forms decided, `decided` of them */
    slong decided;
    rc_cone_t work;
    double *point;
    rc_cone_struct *base;   /* at each depth, with the decided forms satisfied if `based` */
    bool *based;
    slong depths;           /* allocated */
    rc_region_struct **region;
    fmpz **bound;
    slong **violated, *violated_count;
    bool raised;            /* thresholds rose during this pass */
} rc_path;

bool rc_part_has_small_programs(const rc_part_struct *part)
{
    return (part->size + part->rank) * part->rank <= 400000;
}

/* 2,000 members at 15,680 entries would fill the memory. */
#define MOST_JUMPS 1000000

static void init_part(rc_part_search *C, rc_search_t S, rc_part_struct *part)
{
    slong n = S->n;
    fmpz_t jump;
    fmpz_init(jump);
    *C = (rc_part_search){.part = part};
    rc_part_prepare(part, S->P->f);
    C->upper = _fmpz_vec_init(n);
    C->root = _fmpz_vec_init(n);
    C->reached = _fmpz_vec_init(n);
    C->cell = flint_calloc((size_t) n + 1, sizeof *C->cell);
    C->order = flint_calloc((size_t) n + 1, sizeof *C->order);
    if (part->size * n <= MOST_JUMPS) C->jump = _fmpz_vec_init(part->size * n);
    for (slong j = 0; j < part->size; j++)
        for (slong i = 0; i < n; i++) {
            rc_problem_jump(jump, S->P, part->member[j], S->entry[i]);
            if (C->jump) fmpz_set(C->jump + i * part->size + j, jump);
            if (fmpz_sgn(jump) > 0) fmpz_add(C->root + i, C->root + i, jump);
        }
    _fmpz_vec_set(C->upper, C->root, n);
    fmpz_clear(jump);
}

void rc_search_reset(rc_search_t S)
{
    _fmpz_vec_set(S->total, S->base, S->n);
    for (slong c = 0; c < S->parts; c++) {
        rc_part_search *C = S->part + c;
        _fmpz_vec_set(C->upper, C->root, S->n);
        _fmpz_vec_add(S->total, S->total, C->upper, S->n);
    }
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
        _fmpz_vec_clear(C->root, S->n);
        _fmpz_vec_clear(C->reached, S->n);
        flint_free(C->cell);
        for (slong k = 0; k < C->cell_count; k++) flint_free(C->cells[k]);
        flint_free(C->cells);
        for (slong i = 0; i < S->n; i++) flint_free(C->order[i]);
        flint_free(C->order);
        if (C->jump) _fmpz_vec_clear(C->jump, C->part->size * S->n);
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
    enum { most = 1 };
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
    if (T->quick) {
        T->base = flint_realloc(T->base, (size_t) more * sizeof *T->base);
        T->based = flint_realloc(T->based, (size_t) more * sizeof *T->based);
    }
    for (; T->depths < more; T->depths++) {
        if (T->quick) rc_cone_init(T->base + T->depths, T->F);
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

/* Is there no cell left on side s of member j? A proposal if T->quick. */
static bool side_is_empty(rc_path *T, slong depth, slong j, int s)
{
    if (!T->quick || !T->based[depth]) {
        rc_region_set(T->scratch, T->region[depth]);
        return !rc_region_restrict(T->scratch, j, s);
    }
    slong refused;
    if (rc_cone_value(T->base + depth, j, T->ask) * s > 1e-6) return false;
    rc_cone_set(T->work, T->base + depth);
    T->order[T->decided] = j;
    T->ask[j] = (signed char) s;
    bool empty = rc_cone_solve(T->work, &refused, T->order, T->decided + 1, T->ask) == RC_CONE_CONFLICT;
    T->ask[j] = 0;
    return empty;
}

/* Gains of deciding member j as s, summed over the violated entries, each cut at the entry's excess; a side without a
   cell gains every excess in full. */
static void add_score(fmpz_t sum, rc_path *T, slong depth, slong j, int s)
{
    fmpz_t x, excess;
    fmpz_init(x);
    fmpz_init(excess);
    bool empty = side_is_empty(T, depth, j, s);
    for (slong k = 0; k < T->violated_count[depth]; k++) {
        slong i = T->violated[depth][k];
        fmpz_sub(excess, T->bound[depth] + i, T->threshold + i);
        if (empty) fmpz_add(sum, sum, excess);
        else if (gain(x, T, j, i, s)) fmpz_add(sum, sum, fmpz_cmp(x, excess) < 0 ? x : excess);
    }
    fmpz_clear(x);
    fmpz_clear(excess);
}

/* The member of the conflict whose two sides gain most. Nowhere in the region do all of its members have the
   signs the bound counts on. -1: out of time. */
static slong choose(rc_path *T, slong depth)
{
    slong best = -1;
    fmpz_t score, best_score;
    fmpz_init(score);
    fmpz_init(best_score);
    for (slong j = 0; j < T->S->part[T->c].part->size; j++) {
        if (T->sign[j] || !T->candidate[j]) continue;
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

/* Follows entry i from the node. 1: its conflict is in candidate[]; 0: trial[] is a cell with the sides it wants; -1:
   stop. */
static int follow_exactly(rc_path *T, slong depth, slong i)
{
    slong size = T->S->part[T->c].part->size;
    bool stopped;
    rc_region_set(T->scratch, T->region[depth]);
    memcpy(T->trial, T->sign, (size_t) size);
    if (rc_search_dive(T->trial, T->lambda, &stopped, T->S, T->c, i, T->scratch, false)) return 0;
    for (slong j = 0; j < size; j++) T->candidate[j] = !fmpz_is_zero(T->lambda + j);
    return stopped ? -1 : 1;
}

/* The conflict that the dictionary shows, if it leaves a choice. */
static bool take_conflict(rc_path *T, slong refused)
{
    const rc_part_struct *part = T->S->part[T->c].part;
    slong *member = flint_malloc((size_t) (part->rank + 1) * sizeof *member);
    bool choice = false;
    for (slong j = 0; j < part->size; j++) T->candidate[j] = false;
    slong count = rc_cone_conflict(member, T->work, refused);
    for (slong k = 0; k < count; k++) {
        if (member[k] >= part->size || T->sign[member[k]]) continue;
        T->candidate[member[k]] = true;
        choice = true;
    }
    flint_free(member);
    return choice;
}

/* The same as follow_exactly, with a proposed conflict, and a cell that is checked. */
static int follow(rc_path *T, slong depth, slong i)
{
    const rc_part_struct *part = T->S->part[T->c].part;
    if (!T->quick) return follow_exactly(T, depth, i);
    const slong *order = rc_search_order(T->S, T->c, i);
    slong m = T->decided, refused;
    for (slong k = 0; k < part->size; k++) {
        slong j = order[k];
        int wanted = rc_search_jump_sign(T->S, T->c, j, i);
        if (wanted == 0) break;
        if (T->sign[j]) continue;
        T->order[m++] = j;
        T->ask[j] = (signed char) wanted;
    }
    rc_cone_set(T->work, T->base + depth);
    rc_cone_outcome outcome = rc_cone_solve(T->work, &refused, T->order, m, T->ask);
    bool done = false;
    if (outcome == RC_CONE_CONFLICT) done = take_conflict(T, refused);
    if (outcome == RC_CONE_POINT) {
        rc_cone_point(T->point, T->work, T->ask);
        done = rc_cone_cell(T->trial, T->point, T->F, part->forms);
        for (slong k = 0; done && k < m; k++) done = T->trial[T->order[k]] == T->ask[T->order[k]];
    }
    for (slong k = T->decided; k < m; k++) T->ask[T->order[k]] = 0;
    if (!done) return follow_exactly(T, depth, i);
    return outcome == RC_CONE_CONFLICT;
}

/* The worst entries are followed until one ends in a conflict. 1: it is in candidate[]; 0: no entry is violated any
   more; -1: stop. An entry that reaches a cell attains its bound there, so it is satisfied from then on. */
static int find_conflict(rc_path *T, slong depth)
{
    for (;;) {
        slong i = worst_entry(T, depth);
        if (i < 0) return 0;
        int end = follow(T, depth, i);
        if (end != 0) return end;
        rc_search_note_cell(T->S, T->c, T->trial);
        set_thresholds(T);
        T->raised = true;
        if (rc_search_is_settled(T->S)) return -1;
    }
}

/* The base of a depth, from that of the node above. */
static void set_base(rc_path *T, slong depth)
{
    slong refused;
    if (!T->quick) return;
    if (depth > 0) rc_cone_set(T->base + depth, T->base + depth - 1);
    T->based[depth] = rc_cone_solve(T->base + depth, &refused, T->order, T->decided, T->ask) == RC_CONE_POINT;
}

static void decide(rc_path *T, slong j, int s)
{
    T->sign[j] = (signed char) s;
    if (!T->quick) return;
    T->ask[j] = (signed char) s;
    if (s) T->order[T->decided++] = j;
    else T->decided--;
}

static bool search_node(rc_path *T, slong depth)
{
    rc_search_struct *S = T->S;
    if (S->modest && S->allowance-- == 0) return false;
    S->nodes++;
    if (!rc_limits_visit(S->limits, "semi-norm")) return false;
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
        decide(T, j, s);
        descend(T, depth, j, s);
        set_base(T, depth + 1);
        bool ok = search_node(T, depth + 1);
        decide(T, j, 0);
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
    T->decided = 0;
    if (T->quick && C->part->infinite) {
        T->order[T->decided++] = C->part->size;
        T->ask[C->part->size] = 1;
    }
    set_base(T, 0);
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
    T->candidate = flint_calloc((size_t) size + 1, sizeof *T->candidate);
    T->quick = rc_part_has_small_programs(S->part[c].part);
    if (!T->quick) return;
    size_t rows = (size_t) fmpz_mat_nrows(S->part[c].part->forms), rank = (size_t) S->part[c].part->rank;
    rc_cone_forms_init(T->F, S->part[c].part->forms);
    rc_cone_init(T->work, T->F);
    T->ask = flint_calloc(rows + 1, 1);
    T->order = flint_calloc(rows + 1, sizeof *T->order);
    T->point = flint_calloc(rows + rank, sizeof *T->point);
}

static void clear_quick(rc_path *T)
{
    for (slong k = 0; k < T->depths; k++) rc_cone_clear(T->base + k);
    flint_free(T->base);
    flint_free(T->based);
    rc_cone_clear(T->work);
    rc_cone_forms_clear(T->F);
    flint_free(T->ask);
    flint_free(T->order);
    flint_free(T->point);
}

static void clear_path(rc_path *T)
{
    slong n = T->S->n;
    if (T->quick) clear_quick(T);
    flint_free(T->candidate);
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
