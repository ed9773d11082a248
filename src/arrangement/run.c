/* Units in many threads, passed on in order. */
#include "arrangement/run.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <flint/flint.h>

enum { AHEAD = 16 }; /* units a thread between the one being passed on and the last one begun */
static const size_t held_at_most = (size_t) 1 << 28;

void rc_piece_init(rc_piece *piece)
{
    *piece = (rc_piece) {0};
    rc_batch_init(piece->batch);
}

void rc_piece_clear(rc_piece *piece)
{
    rc_batch_clear(piece->batch);
    free(piece->bytes);
}

void rc_piece_reserve(rc_piece *piece, size_t length)
{
    if (length <= piece->alloc) return;
    size_t alloc = piece->alloc + piece->alloc / 2 < length ? length : piece->alloc + piece->alloc / 2;
    piece->bytes = realloc(piece->bytes, alloc);
    if (!piece->bytes) abort();
    piece->alloc = alloc;
}

static size_t piece_size(const rc_piece *piece)
{
    const rc_batch_struct *batch = piece->batch;
    size_t cell = (size_t) batch->words * sizeof(uint64_t) + (size_t) batch->rank * sizeof(int32_t);
    return piece->alloc + batch->alloc * cell;
}

void rc_run_worker_limits(rc_limits *own, const rc_limits *limits)
{
    rc_limits_init(own);
    if (!limits) return;
    own->deadline = limits->deadline;
    own->stop = limits->stop;
}

size_t rc_run_visit(rc_limits *limits, size_t cells, size_t each)
{
    if (!limits) return cells;
    if (limits->reason) return 0;
    size_t within = cells;
    if (limits->stop && *limits->stop) limits->reason = "interrupted";
    else if (limits->deadline > 0 && rc_clock() > limits->deadline) limits->reason = "time limit";
    if (limits->reason) return 0;
    if (limits->max_cells) {
        size_t left = limits->visited < limits->max_cells ? (limits->max_cells - limits->visited) / each : 0;
        if (left < cells) {
            within = left;
            limits->reason = "cell limit";
        }
    }
    limits->visited += within * each;
    if (limits->progress) limits->progress(limits->progress_arg, "cells", limits->visited);
    return within;
}

static rc_status fill(rc_piece *piece, const rc_run_steps *steps, void *state, rc_limits *limits, rc_error_struct *err)
{
    if (steps->recall && steps->recall(piece, steps->arg)) return RC_OK;
    rc_status status = steps->work(piece, state, limits);
    if (status == RC_OK && steps->keep) status = steps->keep(piece, steps->arg, err);
    return status;
}

/* ---- one thread ---- */

static rc_status run_alone(rc_enumeration_struct *E, const rc_run_steps *steps, rc_limits *limits, rc_error_struct *err)
{
    rc_limits own;
    rc_run_worker_limits(&own, limits);
    void *state = steps->begin ? steps->begin(steps->arg) : steps->arg;
    rc_piece piece;
    rc_piece_init(&piece);
    rc_status status = RC_OK;
    bool more = true;
    slong stages = rc_enumeration_stages(E);
    for (slong s = 0; s < stages && more; s++) {
        slong units = rc_enumeration_units(E, s);
        size_t ties = 0;
        for (slong u = 0; u < units && more; u++) {
            piece.stage = s;
            piece.unit = u;
            status = fill(&piece, steps, state, &own, err);
            if (status == RC_LIMIT && limits) limits->reason = own.reason;
            more = status == RC_OK && steps->pass(steps->arg, &piece);
            ties += piece.ties;
        }
        if (more) rc_enumeration_close_stage(E, s, ties);
    }
    rc_piece_clear(&piece);
    if (steps->end) steps->end(state);
    return status;
}

/* ---- many threads ---- */

/* The units of the stage that is open lie in a ring: unit u in slot u % slots. The workers take units next, next + 1,
   .. ; the caller passes on unit `out`, so that all slots are in out .. out + slots - 1. A slot belongs to the worker
   that took its unit until it is done, and to the caller then. */
typedef struct {
    const rc_run_steps *steps;
    rc_limits *limits;       /* the caller's, for the caller alone: a signal handler sets what its `stop` points to */
    pthread_mutex_t lock;    /* of all that follows but `stop` */
    pthread_cond_t work;     /* a unit may be taken, or the end has come */
    pthread_cond_t finished; /* unit `out` is done, or a worker failed */
    int idle;                /* workers that wait */
    slong stage, units;      /* units = 0 between stages */
    slong next, out;
    slong slots;
    rc_piece *pieces;
    bool *done;
    size_t held;             /* bytes of the slots that are done */
    bool over;
    rc_status status;        /* of the first worker that failed */
    rc_limits *worker_limits;
    const char *reason;      /* its limit */
    rc_error_t err;
    atomic_bool stop;        /* the caller wants no more */
} team_struct;

typedef struct {
    team_struct *team;
    rc_limits limits;
} worker_struct;

/* The workers' progress is that the caller may have stopped: seen every 256 visits. */
static void look_up(void *arg, const char *what, size_t done)
{
    (void) what;
    (void) done;
    worker_struct *worker = arg;
    if (atomic_load_explicit(&worker->team->stop, memory_order_relaxed)) worker->limits.reason = "stopped";
}

static bool may_take(const team_struct *T)
{
    if (T->next >= T->units || T->next >= T->out + T->slots) return false;
    return T->held < held_at_most || T->next == T->out;
}

/* Takes the next unit; -1 at the end. The lock is held. */
static slong take(team_struct *T)
{
    T->idle++;
    while (!T->over && !may_take(T)) pthread_cond_wait(&T->work, &T->lock);
    T->idle--;
    return T->over ? -1 : T->next++;
}

static void end_all(team_struct *T)
{
    T->over = true;
    atomic_store_explicit(&T->stop, true, memory_order_relaxed);
    pthread_cond_broadcast(&T->work);
}

static void fail(team_struct *T, rc_status status, const worker_struct *worker, const rc_error_struct *err)
{
    if (!T->over) {
        T->status = status;
        T->reason = worker->limits.reason;
        T->err[0] = *err;
    }
    end_all(T);
}

static void *work(void *arg)
{
    worker_struct *worker = arg;
    team_struct *T = worker->team;
    rc_error_t err = {{{0}}};
    void *state = T->steps->begin ? T->steps->begin(T->steps->arg) : T->steps->arg;
    pthread_mutex_lock(&T->lock);
    for (slong u; (u = take(T)) >= 0;) {
        slong slot = u % T->slots;
        rc_piece *piece = T->pieces + slot;
        piece->stage = T->stage;
        piece->unit = u;
        pthread_mutex_unlock(&T->lock);
        rc_status status = fill(piece, T->steps, state, &worker->limits, err);
        pthread_mutex_lock(&T->lock);
        if (status != RC_OK) fail(T, status, worker, err);
        else {
            T->done[slot] = true;
            T->held += piece_size(piece);
        }
        if (u == T->out || status != RC_OK) pthread_cond_signal(&T->finished);
    }
    pthread_mutex_unlock(&T->lock);
    if (T->steps->end) T->steps->end(state);
    flint_cleanup();
    return NULL;
}

/* Waits for a worker, and now and then looks at the limits. The lock is held. */
static void wait_for_workers(team_struct *T)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 50000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&T->finished, &T->lock, &until);
    rc_run_visit(T->limits, 0, 1);
    if (!T->limits || !T->limits->reason || T->over) return;
    T->status = RC_LIMIT;
    end_all(T);
}

/* Workers that found the ring full, or full enough, are called when half of it is free: fewer wakings. */
static void call_workers(team_struct *T)
{
    bool free_half = T->next - T->out <= T->slots / 2 || T->held >= held_at_most / 2;
    if (T->idle > 0 && free_half) pthread_cond_broadcast(&T->work);
}

/* Passes the units of one stage on. The lock is held on entry and on return. */
static bool pass_stage(size_t *ties, team_struct *T)
{
    *ties = 0;
    for (; T->out < T->units; T->out++, call_workers(T)) {
        slong slot = T->out % T->slots;
        while (!T->done[slot] && !T->over) wait_for_workers(T);
        if (T->over) return false;
        pthread_mutex_unlock(&T->lock);
        rc_piece *piece = T->pieces + slot;
        size_t size = piece_size(piece);
        *ties += piece->ties;
        bool more = T->steps->pass(T->steps->arg, piece);
        pthread_mutex_lock(&T->lock);
        T->done[slot] = false;
        T->held -= size;
        if (!more) return false;
    }
    return true;
}

static void pass_all(team_struct *T, rc_enumeration_struct *E)
{
    slong stages = rc_enumeration_stages(E);
    pthread_mutex_lock(&T->lock);
    for (slong s = 0; s < stages && !T->over; s++) {
        size_t ties;
        T->stage = s;
        T->units = rc_enumeration_units(E, s);
        T->next = T->out = 0;
        pthread_cond_broadcast(&T->work);
        bool more = pass_stage(&ties, T);
        if (!more) break;
        T->units = 0; /* all workers wait until the next stage */
        rc_enumeration_close_stage(E, s, ties);
    }
    end_all(T);
    pthread_mutex_unlock(&T->lock);
}

static void team_init(team_struct *T, int threads, const rc_run_steps *steps, rc_limits *limits)
{
    *T = (team_struct) {.steps = steps, .limits = limits, .slots = AHEAD * (slong) threads};
    T->pieces = malloc((size_t) T->slots * sizeof *T->pieces);
    T->done = calloc((size_t) T->slots, sizeof *T->done);
    if (!T->pieces || !T->done) abort();
    for (slong k = 0; k < T->slots; k++) rc_piece_init(T->pieces + k);
    atomic_init(&T->stop, false);
    pthread_condattr_t monotone;
    if (pthread_condattr_init(&monotone) || pthread_condattr_setclock(&monotone, CLOCK_MONOTONIC) ||
        pthread_mutex_init(&T->lock, NULL) || pthread_cond_init(&T->work, NULL) ||
        pthread_cond_init(&T->finished, &monotone))
        abort();
    pthread_condattr_destroy(&monotone);
}

static void team_clear(team_struct *T)
{
    for (slong k = 0; k < T->slots; k++) rc_piece_clear(T->pieces + k);
    free(T->pieces);
    free(T->done);
    pthread_cond_destroy(&T->finished);
    pthread_cond_destroy(&T->work);
    pthread_mutex_destroy(&T->lock);
}

/* Signals go to the caller's thread: workers hear of them from it. Returns the number of workers. */
static int start_workers(pthread_t *ids, worker_struct *workers, int threads, team_struct *T)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int started = 0;
    for (; started < threads; started++) {
        worker_struct *worker = workers + started;
        worker->team = T;
        rc_run_worker_limits(&worker->limits, T->limits);
        worker->limits.stop = NULL;
        worker->limits.progress = look_up;
        worker->limits.progress_arg = worker;
        if (pthread_create(ids + started, NULL, work, worker)) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

rc_status rc_run_units(rc_enumeration_struct *E, int threads, const rc_run_steps *steps, rc_limits *limits,
                       rc_error_struct *err)
{
    if (threads <= 1) return run_alone(E, steps, limits, err);
    team_struct T;
    team_init(&T, threads, steps, limits);
    pthread_t *ids = malloc((size_t) threads * sizeof *ids);
    worker_struct *workers = malloc((size_t) threads * sizeof *workers);
    if (!ids || !workers) abort();
    int started = start_workers(ids, workers, threads, &T);
    if (started > 0) pass_all(&T, E);
    for (int k = 0; k < started; k++) pthread_join(ids[k], NULL);
    rc_status status = T.status;
    if (status == RC_LIMIT && limits && !limits->reason) limits->reason = T.reason;
    else if (status != RC_OK && status != RC_LIMIT && err) *err = T.err[0];
    free(workers);
    free(ids);
    team_clear(&T);
    return started > 0 ? status : run_alone(E, steps, limits, err);
}

/* ---- batches for a visitor ---- */

typedef struct {
    const rc_enumeration_struct *E;
    rc_batch_visitor visit;
    void *arg;
    rc_limits *limits;
    bool limited;
} visitor_struct;

static rc_status fill_batch(rc_piece *piece, void *state, rc_limits *limits)
{
    const visitor_struct *V = state;
    rc_status status = rc_enumeration_unit(piece->batch, V->E, piece->stage, piece->unit, limits);
    piece->cells = piece->batch->cells;
    piece->ties = piece->batch->ties;
    return status;
}

static bool pass_batch(void *arg, rc_piece *piece)
{
    visitor_struct *V = arg;
    size_t cells = piece->batch->cells;
    piece->batch->cells = rc_run_visit(V->limits, cells, rc_enumeration_is_halved(V->E) ? 2 : 1);
    V->limited = piece->batch->cells < cells || (V->limits && V->limits->reason);
    if (piece->batch->cells == 0 && V->limited) return false;
    return V->visit(V->arg, piece->batch) && !V->limited;
}

rc_status rc_enumeration_run(rc_enumeration_struct *E, int threads, rc_batch_visitor visit, void *arg,
                             rc_limits *limits)
{
    visitor_struct V = {E, visit, arg, limits, false};
    const rc_run_steps steps = {.arg = &V, .work = fill_batch, .pass = pass_batch};
    rc_status status = rc_run_units(E, threads, &steps, limits, NULL);
    return V.limited ? RC_LIMIT : status;
}
