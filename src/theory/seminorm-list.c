/* Every cell is looked at once for all entries. sigma Df[p,q] on the part is sigma V for V = the sum of the jumps
   J_H[p,q] of the members H that are positive on the cell; of a pair {C, -C} only C is listed, and V(-C) = T - V(C)
   with T the sum of all jumps. So V is to be maximized and minimized.

   Rounding. With J' = floor(J / 2^shift) and W the sum of the J' of the positive members,

       W <= V / 2^shift <= W + slack,

   where slack is 0 if shift = 0 and the number of members otherwise. So W + slack bounds V, and -W bounds -V, in units
   of 2^shift. The shift makes all these numbers less than 2^62, so that int64 holds them. A cell whose bound does not
   exceed what is known is passed over; the others are added up exactly, unless shift = 0, where the bound is the value.

   Threads take the units of a stage one by one, each in increasing order, and keep, for each side, the first of their
   cells with the largest value. They pass over cells with less than what another thread has found, but not cells with
   just as much: so the first cell of all with the largest value of all is kept by its thread, whatever the others have
   found by then, and the results do not depend on the threads. */
#include "seminorm-list.h"

#include <flint/fmpz_vec.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "arrangement/run.h"
#include "relucert/enumeration.h"

enum { BLOCK = 256 };                               /* cells added up at a time */
static const int64_t bound_limit = (int64_t) 1 << 62;
static const size_t tables_at_most = (size_t) 1 << 25; /* bytes in one pass over the cells */

/* One side of a position: the largest s V. */
typedef struct {
    bool wanted;
    fmpz_t least;           /* values must be larger */
    fmpz_t best;            /* of the cells listed, if `found` */
    uint64_t *cell;         /* the first one with that value, */
    slong stage, unit;      /* from here */
    bool found;
    _Atomic int64_t bar;    /* cells whose bound is at most this need not be looked at */
} side;

/* An entry of Df, up to its sign. */
typedef struct {
    slong entry[2];         /* relevant entries for sigma = + and -, -1 if not wanted */
    fmpz *jump;             /* of the members, sigma = + */
    fmpz_t total;
    slong shift;
    int64_t slack;
    int64_t *table;         /* 256 sums for each 8 members */
    uint64_t *mask;         /* members with a jump */
    side sides[2];          /* s = + and - */
} position;

typedef struct {
    rc_search_struct *S;
    slong c;
    slong size, words;      /* members, words of a cell */
    slong count;
    position *list;
    rc_enumeration_struct *E;
    bool halved;
    slong stage, units;
    _Atomic slong next;     /* unit to be taken */
    atomic_bool over;       /* a limit was hit */
} listing;

/* What a thread has found on one side of a position. */
typedef struct {
    bool found;
    uint64_t *cell;         /* the first with the largest value above `least` */
    slong stage, unit;
    int64_t bar;            /* as in `side`, for this thread */
    fmpz most;              /* the value, while a stage is worked on */
} finding;

/* A thread's own numbers. */
typedef struct {
    listing *T;
    rc_limits limits;
    rc_limits *count;       /* where the first thread counts its cells */
    size_t cells, ties;     /* of the stage */
    rc_batch_t batch;
    finding *list;          /* two for each position */
    int64_t sum[BLOCK];
    uint64_t *before;       /* the words of the cell before, */
    int64_t *part;          /* and their sums */
} worker;

/* ---- estimates ---- */

double rc_list_cells(const rc_part_struct *part)
{
    double rows = (double) (part->size + part->infinite), term = 1, sum = 0;
    for (slong i = 0; i < part->rank; i++) {
        sum += term;
        term *= (rows - 1 - (double) i) / (double) (i + 1);
    }
    return part->infinite ? sum : 2 * sum;
}

/* Nanoseconds, as measured for 40 to 1,000 members of rank 3 to 6. */
double rc_list_steps(const rc_part_struct *part, slong entries)
{
    double size = (double) part->size, listed = rc_list_cells(part) / (part->infinite ? 1 : 2);
    return listed * (50 + 0.7 * size + 0.1 * size * (double) entries) / (1000 + 20 * size * (double) part->rank);
}

/* ---- positions ---- */

/* floor(x / 2^shift), cut to what the bars need to tell. */
static int64_t bar_of(const fmpz_t x, slong shift)
{
    fmpz_t q;
    fmpz_init(q);
    fmpz_fdiv_q_2exp(q, x, (ulong) shift);
    int64_t bar = fmpz_sgn(q) < 0 ? -bound_limit : bound_limit;
    if (fmpz_bits(q) <= 61) bar = fmpz_get_si(q);
    fmpz_clear(q);
    return bar;
}

static void set_weights(position *P, const listing *T)
{
    slong bytes = 8 * T->words;
    fmpz_t sum, w;
    fmpz_init(sum);
    fmpz_init(w);
    for (slong j = 0; j < T->size; j++) {
        fmpz_add(P->total, P->total, P->jump + j);
        fmpz_abs(w, P->jump + j);
        fmpz_add(sum, sum, w);
    }
    P->shift = FLINT_MAX((slong) fmpz_bits(sum) - 60, 0);
    P->slack = P->shift ? T->size : 0;
    P->table = flint_calloc((size_t) (bytes * 256), sizeof *P->table);
    P->mask = flint_calloc((size_t) T->words, sizeof *P->mask);
    for (slong j = 0; j < T->size; j++) {
        if (!fmpz_is_zero(P->jump + j)) P->mask[j / 64] |= UINT64_C(1) << (j % 64);
        fmpz_fdiv_q_2exp(w, P->jump + j, (ulong) P->shift);
        int64_t *table = P->table + j / 8 * 256, weight = fmpz_get_si(w);
        for (slong value = 0; value < 256; value++)
            if (value >> (j % 8) & 1) table[value] += weight;
    }
    fmpz_clear(sum);
    fmpz_clear(w);
}

/* Values s V above `least` are wanted. */
static void want(side *A, const fmpz_t least)
{
    if (!A->wanted || fmpz_cmp(least, A->least) < 0) fmpz_set(A->least, least);
    A->wanted = true;
}

/* Entry i, sigma, wants sigma V(C) > t = max(reached, level - rest), and if C is listed for -C as well
   sigma V(-C) = sigma T - sigma V(C) > t, that is -sigma V(C) > t - sigma T. */
static void want_entry(position *P, const listing *T, slong i, int which)
{
    const rc_search_struct *S = T->S;
    const rc_part_search *C = S->part + T->c;
    fmpz_t t;
    fmpz_init(t);
    fmpz_sub(t, S->level, S->total + i);
    fmpz_add(t, t, C->upper + i);
    if (fmpz_cmp(t, C->reached + i) < 0) fmpz_set(t, C->reached + i);
    want(P->sides + which, t);
    if (which) fmpz_add(t, t, P->total);
    else fmpz_sub(t, t, P->total);
    if (T->halved) want(P->sides + !which, t);
    fmpz_clear(t);
}

static void init_position(position *P, const listing *T, slong even, slong odd)
{
    *P = (position) {.entry = {even, odd}};
    fmpz_init(P->total);
    P->jump = _fmpz_vec_init(T->size);
    for (slong j = 0; j < T->size; j++) {
        rc_search_jump(P->jump + j, T->S, T->c, j, even >= 0 ? even : odd);
        if (even < 0) fmpz_neg(P->jump + j, P->jump + j);
    }
    set_weights(P, T);
    for (int s = 0; s < 2; s++) {
        fmpz_init(P->sides[s].least);
        fmpz_init(P->sides[s].best);
        P->sides[s].cell = flint_calloc((size_t) T->words, sizeof(uint64_t));
    }
    for (int which = 0; which < 2; which++)
        if (P->entry[which] >= 0) want_entry(P, T, P->entry[which], which);
    for (int s = 0; s < 2; s++)
        atomic_init(&P->sides[s].bar, P->sides[s].wanted ? bar_of(P->sides[s].least, P->shift) : bound_limit);
}

static void clear_position(position *P, const listing *T)
{
    for (int s = 0; s < 2; s++) {
        fmpz_clear(P->sides[s].least);
        fmpz_clear(P->sides[s].best);
        flint_free(P->sides[s].cell);
    }
    _fmpz_vec_clear(P->jump, T->size);
    fmpz_clear(P->total);
    flint_free(P->table);
    flint_free(P->mask);
}

/* ---- cells ---- */

static int64_t word_sum(const int64_t *table, uint64_t word)
{
    int64_t sum = 0;
    for (int byte = 0; byte < 8; byte++, word >>= 8) sum += table[byte * 256 + (int) (word & 255)];
    return sum;
}

/* sum[k] of cells 0 .. count - 1; words that are as in the cell before are not added up again. */
static void add_up(worker *W, const position *P, const uint64_t *cells, size_t count)
{
    slong words = W->T->words;
    int64_t total = 0;
    for (slong w = 0; w < words; w++) {
        W->before[w] = cells[w];
        W->part[w] = word_sum(P->table + w * 2048, cells[w]);
        total += W->part[w];
    }
    W->sum[0] = total;
    for (size_t k = 1; k < count; k++) {
        cells += words;
        for (slong w = 0; w < words; w++) {
            if (cells[w] == W->before[w]) continue;
            int64_t sum = word_sum(P->table + w * 2048, cells[w]);
            total += sum - W->part[w];
            W->before[w] = cells[w];
            W->part[w] = sum;
        }
        W->sum[k] = total;
    }
}

/* x = s V, exactly. */
static void set_value(fmpz_t x, const position *P, const listing *T, const uint64_t *cell, int s)
{
    fmpz_zero(x);
    for (slong j = 0; j < T->size; j++)
        if (cell[j / 64] >> (j % 64) & 1) fmpz_add(x, x, P->jump + j);
    if (s) fmpz_neg(x, x);
}

static bool has_same_value(const position *P, const listing *T, const uint64_t *a, const uint64_t *b)
{
    uint64_t differ = 0;
    for (slong w = 0; w < T->words; w++) differ |= (a[w] ^ b[w]) & P->mask[w];
    return differ == 0;
}

/* `value` is reached on this side: cells with less are of no use any more. */
static void raise_bar(side *A, const fmpz_t value, slong shift)
{
    fmpz_t below;
    fmpz_init(below);
    fmpz_sub_ui(below, value, 1);
    int64_t bar = bar_of(below, shift), present = atomic_load_explicit(&A->bar, memory_order_relaxed);
    while (present < bar && !atomic_compare_exchange_weak_explicit(&A->bar, &present, bar, memory_order_relaxed,
                                                                   memory_order_relaxed)) continue;
    fmpz_clear(below);
}

/* Looks at a cell whose bound exceeds the bar. *last is the cell whose value was computed last, or NULL. */
static void look_at(worker *W, slong g, int s, const uint64_t *cell, const uint64_t **last, int64_t sum)
{
    const listing *T = W->T;
    position *P = T->list + g;
    side *A = P->sides + s;
    finding *F = W->list + 2 * g + s;
    if (P->shift && *last && has_same_value(P, T, cell, *last)) return;
    fmpz_t value;
    fmpz_init(value);
    if (P->shift == 0) fmpz_set_si(value, s ? -sum : sum);
    else set_value(value, P, T, cell, s);
    *last = cell;
    if (fmpz_cmp(value, F->found ? &F->most : A->least) > 0) {
        fmpz_swap(value, &F->most);
        F->found = true;
        F->stage = T->stage;
        F->unit = -1;
        memcpy(F->cell, cell, (size_t) T->words * sizeof *cell);
        F->bar = bar_of(&F->most, P->shift);
        raise_bar(A, &F->most, P->shift);
    }
    fmpz_clear(value);
}

static int64_t bar_now(const finding *F, const side *A)
{
    int64_t bar = atomic_load_explicit(&A->bar, memory_order_relaxed);
    return bar > F->bar ? bar : F->bar;
}

/* The cells whose sums are in W. */
static void look_through(worker *W, slong g, const uint64_t *cells, size_t count, const uint64_t **last)
{
    const position *P = W->T->list + g;
    const finding *F = W->list + 2 * g;
    int64_t high = bar_now(F, P->sides) - P->slack, low = -bar_now(F + 1, P->sides + 1);
    for (size_t k = 0; k < count; k++) {
        int64_t sum = W->sum[k];
        if (sum <= high && sum >= low) continue;
        const uint64_t *cell = cells + k * (size_t) W->T->words;
        if (sum > high) look_at(W, g, 0, cell, last, sum);
        if (sum < low) look_at(W, g, 1, cell, last + 1, sum);
        high = bar_now(F, P->sides) - P->slack;
        low = -bar_now(F + 1, P->sides + 1);
    }
}

static void look_at_unit(worker *W, slong unit)
{
    listing *T = W->T;
    for (slong g = 0; g < T->count; g++) {
        const uint64_t *last[2] = {NULL, NULL};
        for (size_t k = 0; k < W->batch->cells; k += BLOCK) {
            size_t count = FLINT_MIN(BLOCK, W->batch->cells - k);
            const uint64_t *cells = W->batch->signs + k * (size_t) T->words;
            add_up(W, T->list + g, cells, count);
            look_through(W, g, cells, count, last);
        }
        for (finding *F = W->list + 2 * g; F < W->list + 2 * g + 2; F++)
            if (F->found && F->unit < 0) F->unit = unit;
    }
}

/* ---- threads ---- */

static void init_worker(worker *W, listing *T, bool first)
{
    *W = (worker) {.T = T, .count = first ? T->S->limits : NULL};
    rc_run_worker_limits(&W->limits, T->S->limits);
    if (!first) W->limits.stop = NULL; /* the first thread looks there */
    rc_batch_init(W->batch);
    W->list = flint_calloc((size_t) (2 * T->count), sizeof *W->list);
    for (slong k = 0; k < 2 * T->count; k++) {
        W->list[k].bar = -bound_limit;
        W->list[k].cell = flint_malloc((size_t) T->words * sizeof(uint64_t));
    }
    W->before = flint_malloc((size_t) T->words * sizeof *W->before);
    W->part = flint_malloc((size_t) T->words * sizeof *W->part);
}

static void clear_worker(worker *W)
{
    rc_batch_clear(W->batch);
    for (slong k = 0; k < 2 * W->T->count; k++) flint_free(W->list[k].cell);
    flint_free(W->list);
    flint_free(W->before);
    flint_free(W->part);
}

static bool do_unit(worker *W, slong unit)
{
    listing *T = W->T;
    size_t each = T->halved ? 2 : 1;
    if (rc_enumeration_unit(W->batch, T->E, T->stage, unit, &W->limits) != RC_OK) return false;
    look_at_unit(W, unit);
    W->ties += W->batch->ties;
    if (!W->count) W->cells += W->batch->cells * each;
    else if (rc_run_visit(W->count, W->batch->cells, each) < W->batch->cells || W->count->reason) return false;
    else T->S->listed += W->batch->cells * each;
    return true;
}

/* The units of a stage, one by one. Integers of FLINT belong to the thread, hence `most` anew for each stage. */
static void *work(void *arg)
{
    worker *W = arg;
    listing *T = W->T;
    for (slong k = 0; k < 2 * T->count; k++) {
        finding *F = W->list + k;
        fmpz_init(&F->most);
        if (F->found) set_value(&F->most, T->list + k / 2, T, F->cell, (int) (k % 2));
    }
    W->cells = W->ties = 0;
    while (!atomic_load_explicit(&T->over, memory_order_relaxed)) {
        slong unit = atomic_fetch_add_explicit(&T->next, 1, memory_order_relaxed);
        if (unit >= T->units) break;
        if (!do_unit(W, unit)) atomic_store_explicit(&T->over, true, memory_order_relaxed);
    }
    for (slong k = 0; k < 2 * T->count; k++) fmpz_clear(&W->list[k].most);
    return NULL;
}

static void *work_in_thread(void *arg)
{
    work(arg);
    flint_cleanup();
    return NULL;
}

/* The stage in all threads, of which the calling one is the first; fewer if the system has no more. */
static void work_together(worker *workers, int threads)
{
    pthread_t *ids = flint_malloc((size_t) threads * sizeof *ids);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int started = 1;
    while (started < threads && pthread_create(ids + started, NULL, work_in_thread, workers + started) == 0) started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    work(workers);
    for (int t = 1; t < started; t++) pthread_join(ids[t], NULL);
    flint_free(ids);
}

/* Counts what the other threads have listed, and looks why one of them stopped. */
static bool count_stage(size_t *ties, listing *T, const worker *workers, int threads)
{
    rc_limits *limits = T->S->limits;
    bool over = atomic_load(&T->over);
    *ties = 0;
    for (int t = 0; t < threads; t++) {
        const worker *W = workers + t;
        *ties += W->ties;
        T->S->listed += W->cells;
        if (rc_run_visit(limits, W->cells, 1) < W->cells) over = true;
        if (limits && !limits->reason) limits->reason = W->limits.reason;
    }
    return !over;
}

/* What is best of all, ties to the first cell. */
static void gather(listing *T, const worker *W)
{
    fmpz_t value;
    fmpz_init(value);
    for (slong k = 0; k < 2 * T->count; k++) {
        const finding *F = W->list + k;
        side *A = T->list[k / 2].sides + k % 2;
        if (!F->found) continue;
        set_value(value, T->list + k / 2, T, F->cell, (int) (k % 2));
        int order = A->found ? fmpz_cmp(value, A->best) : 1;
        bool before = F->stage < A->stage || (F->stage == A->stage && F->unit < A->unit);
        if (order < 0 || (order == 0 && !before)) continue;
        fmpz_set(A->best, value);
        A->found = true;
        A->stage = F->stage;
        A->unit = F->unit;
        memcpy(A->cell, F->cell, (size_t) T->words * sizeof *A->cell);
    }
    fmpz_clear(value);
}

/* Lists all cells. False: a limit was hit. */
static bool list_all(listing *T, int threads)
{
    worker *workers = flint_malloc((size_t) threads * sizeof *workers);
    slong stages = rc_enumeration_stages(T->E);
    size_t ties;
    bool more = true;
    for (int t = 0; t < threads; t++) init_worker(workers + t, T, t == 0);
    atomic_init(&T->over, false);
    for (T->stage = 0; more && T->stage < stages; T->stage++) {
        T->units = rc_enumeration_units(T->E, T->stage);
        atomic_init(&T->next, 0);
        work_together(workers, threads);
        more = count_stage(&ties, T, workers, threads);
        if (more) rc_enumeration_close_stage(T->E, T->stage, ties);
    }
    for (int t = 0; t < threads; t++) {
        gather(T, workers + t);
        clear_worker(workers + t);
    }
    flint_free(workers);
    return more;
}

/* ---- one pass over the cells ---- */

/* The part's own arrangement. Without x_{d+1} it is central in Q^(d+1). */
static void set_arrangement(rc_arrangement_t arr, const rc_part_struct *part, const rc_canonical_t f)
{
    fmpz_mat_t lines;
    fmpz_mat_init(lines, part->size, f->width);
    for (slong j = 0; j < part->size; j++)
        _fmpz_vec_set(fmpz_mat_entry(lines, j, 0), fmpz_mat_entry(f->u, part->member[j], 0), f->width);
    rc_arrangement_set_lines(arr, lines, part->infinite);
    fmpz_mat_clear(lines);
}

/* Notes the best cell of entry i, on this side or as the opposite of the other side's; C goes before -C. */
static void note_entry(const listing *T, const position *P, int which)
{
    const side *own = P->sides + which, *other = P->sides + !which;
    bool use_own = own->found, use_other = T->halved && other->found;
    if (use_own && use_other) {
        fmpz_t value;
        fmpz_init_set(value, other->best);
        if (which) fmpz_sub(value, value, P->total);
        else fmpz_add(value, value, P->total);
        use_own = fmpz_cmp(own->best, value) >= 0;
        fmpz_clear(value);
    }
    if (!use_own && !use_other) return;
    const uint64_t *cell = use_own ? own->cell : other->cell;
    signed char *sign = flint_malloc((size_t) T->size + 1);
    for (slong j = 0; j < T->size; j++)
        sign[j] = (signed char) (((cell[j / 64] >> (j % 64) & 1) == 1) == use_own ? 1 : -1);
    rc_search_note_cell(T->S, T->c, sign);
    flint_free(sign);
}

/* Lists the cells for the positions at hand. */
static bool list_cells(listing *T, const rc_arrangement_t arr)
{
    T->E = rc_enumeration_new(arr, RC_ENGINE_AUTO, false);
    bool ok = list_all(T, T->S->threads > 1 ? T->S->threads : 1);
    rc_enumeration_free(T->E);
    for (slong g = 0; g < T->count; g++)
        for (int which = 0; which < 2; which++)
            if (T->list[g].entry[which] >= 0) note_entry(T, T->list + g, which);
    return ok;
}

/* No cell of the part has more than max(reached, level - rest) at entry i. */
static void close_entry(rc_search_t S, slong c, slong i)
{
    rc_part_search *C = S->part + c;
    fmpz_t rest, bound;
    fmpz_init(rest);
    fmpz_init(bound);
    fmpz_sub(rest, S->total + i, C->upper + i);
    fmpz_sub(bound, S->level, rest);
    if (fmpz_cmp(bound, C->reached + i) < 0) fmpz_set(bound, C->reached + i);
    if (fmpz_cmp(bound, C->upper + i) < 0) fmpz_set(C->upper + i, bound);
    fmpz_add(S->total + i, rest, C->upper + i);
    fmpz_clear(rest);
    fmpz_clear(bound);
}

/* Relevant entries are in increasing order, so that the two of a position are next to each other. */
static slong next_position(slong *even, slong *odd, const rc_search_t S, const bool *skip, slong i)
{
    slong g = S->entry[i] / 2;
    *even = *odd = -1;
    for (; i < S->n && S->entry[i] / 2 == g; i++) {
        if (skip[i] || fmpz_cmp(S->total + i, S->level) <= 0) continue;
        if (S->entry[i] % 2) *odd = i;
        else *even = i;
    }
    return i;
}

bool rc_list_part(rc_search_t S, slong c, const bool *skip)
{
    const rc_part_struct *part = S->part[c].part;
    listing T = {.S = S, .c = c, .size = part->size, .words = (part->size + 63) / 64, .halved = !part->infinite};
    size_t table = (size_t) T.words * 8 * 256 * sizeof(int64_t);
    slong room = FLINT_MAX((slong) (tables_at_most / table), 1);
    bool ok = true;
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    set_arrangement(arr, part, S->P->f);
    T.list = flint_malloc((size_t) FLINT_MIN(room, S->n) * sizeof *T.list);
    for (slong i = 0, even, odd; ok && i < S->n;) {
        for (T.count = 0; T.count < room && i < S->n;) {
            i = next_position(&even, &odd, S, skip, i);
            if (even >= 0 || odd >= 0) init_position(T.list + T.count++, &T, even, odd);
        }
        if (T.count > 0) ok = list_cells(&T, arr);
        for (slong g = 0; g < T.count; g++) {
            for (int which = 0; ok && which < 2; which++)
                if (T.list[g].entry[which] >= 0) close_entry(S, c, T.list[g].entry[which]);
            clear_position(T.list + g, &T);
        }
    }
    flint_free(T.list);
    rc_arrangement_clear(arr);
    return ok && !rc_search_is_settled(S);
}
