/* The units of an enumeration in many processes. */
#include "mpi.h"

#include <stdlib.h>
#include <string.h>

static int from_environment(const char *const names[], int otherwise)
{
    for (; *names; names++) {
        const char *text = getenv(*names);
        if (text && *text) return atoi(text);
    }
    return otherwise;
}

int rc_mpi_launched_size(void)
{
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    static const char *const steps[] = {"SLURM_STEP_NUM_TASKS", NULL};
    return from_environment(sizes, getenv("PMIX_RANK") ? from_environment(steps, 1) : 1);
}

int rc_mpi_launched_rank(void)
{
    static const char *const ranks[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", NULL};
    return rc_mpi_launched_size() > 1 ? from_environment(ranks, 0) : 0;
}

#ifndef RC_WITH_MPI

rc_status rc_mpi_begin(rc_error_struct *err)
{
    return rc_error_set(err, RC_BAD_INPUT,
                        "started as one of %d processes, but built without MPI: ./configure --with-mpi makes a build "
                        "that shares the work",
                        rc_mpi_launched_size());
}

void rc_mpi_end(void)
{
}

rc_status rc_mpi_agree(rc_status status, uint64_t fingerprint, rc_error_struct *err)
{
    (void) fingerprint;
    (void) err;
    return status;
}

rc_status rc_mpi_run_units(rc_enumeration_struct *E, const rc_run_steps *steps, rc_limits *limits, rc_error_struct *err)
{
    return rc_run_units(E, 1, steps, limits, err);
}

#else

#include <mpi.h>
#include <time.h>

/* Messages. To a worker: an order of three numbers, or the word to stop. From a worker: a result of six numbers, with
   its bytes behind it in messages of at most a quarter of a GB; last of all, once it has stopped, a farewell. */
enum { ORDER = 1, STOP, RESULT, BYTES, FAREWELL };
enum { DO_UNIT, CLOSE_STAGE };                               /* an order: what, stage, unit or ties */
enum { R_STATUS, R_STAGE, R_UNIT, R_CELLS, R_TIES, R_LENGTH, R_NUMBERS };
enum { QUEUE = 2, AHEAD = 8, LARGEST = 1 << 28 };            /* units at a worker; units a worker ahead of the output */
static const size_t held_at_most = (size_t) 1 << 28;
static const char *const reasons[] = {"limit reached", "time limit", "cell limit", "interrupted", NULL};

rc_status rc_mpi_begin(rc_error_struct *err)
{
    int size = 0, rank = 0;
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS) return rc_error_set(err, RC_IO, "MPI does not start");
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (size == rc_mpi_launched_size() && rank == rc_mpi_launched_rank()) return RC_OK;
    MPI_Finalize();
    return rc_error_set(err, RC_IO, "MPI sees %d processes where the launcher started %d", size,
                        rc_mpi_launched_size());
}

void rc_mpi_end(void)
{
    MPI_Finalize();
}

typedef struct {
    uint64_t fingerprint;
    rc_status status;
    rc_error_struct err;
} vote_struct;

rc_status rc_mpi_agree(rc_status status, uint64_t fingerprint, rc_error_struct *err)
{
    int rank, size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    vote_struct mine;
    memset(&mine, 0, sizeof mine);
    mine.fingerprint = fingerprint;
    mine.status = status;
    if (status != RC_OK) mine.err = *err;
    vote_struct *all = calloc((size_t) size, sizeof *all);
    if (!all) abort();
    MPI_Gather(&mine, (int) sizeof mine, MPI_BYTE, all, (int) sizeof mine, MPI_BYTE, 0, MPI_COMM_WORLD);
    int common = RC_OK;
    for (int k = size - 1; k >= 0 && rank == 0; k--) {
        if (all[k].status == RC_OK) continue;
        common = (int) all[k].status;
        *err = all[k].err;
    }
    for (int k = 1; k < size && rank == 0 && common == RC_OK; k++) {
        if (all[k].fingerprint == all[0].fingerprint) continue;
        common = RC_BAD_INPUT;
        (void) rc_error_set(err, RC_BAD_INPUT, "process %d of %d reads another input than process 0", k, size);
    }
    MPI_Bcast(&common, 1, MPI_INT, 0, MPI_COMM_WORLD);
    free(all);
    return (rc_status) common;
}

/* Waiting without occupying a core: other processes may need it. */
static void nap(void)
{
    const struct timespec time = {.tv_nsec = 50000};
    nanosleep(&time, NULL);
}

static bool arrived(int source, int tag, MPI_Status *from)
{
    int there = 0;
    MPI_Iprobe(source, tag, MPI_COMM_WORLD, &there, from);
    return there;
}

/* ---- the workers ---- */

static void send_bytes(const rc_piece *piece)
{
    for (size_t sent = 0; sent < piece->length;) {
        size_t length = piece->length - sent < LARGEST ? piece->length - sent : LARGEST;
        MPI_Send(piece->bytes + sent, (int) length, MPI_BYTE, 0, BYTES, MPI_COMM_WORLD);
        sent += length;
    }
}

static void send_result(const rc_piece *piece, rc_status status, const char *reason)
{
    int64_t numbers[R_NUMBERS] = {[R_STATUS] = status, [R_STAGE] = piece->stage, [R_UNIT] = piece->unit};
    if (status == RC_OK) {
        numbers[R_CELLS] = (int64_t) piece->cells;
        numbers[R_TIES] = (int64_t) piece->ties;
        numbers[R_LENGTH] = (int64_t) piece->length;
    }
    for (int k = 0; status != RC_OK && reason && reasons[k]; k++)
        if (!strcmp(reason, reasons[k])) numbers[R_CELLS] = k;
    MPI_Send(numbers, R_NUMBERS, MPI_INT64_T, 0, RESULT, MPI_COMM_WORLD);
    if (status == RC_OK) send_bytes(piece);
}

/* The progress of a worker is that process 0 may have sent the word to stop. */
static void look_up(void *arg, const char *what, size_t done)
{
    (void) what;
    (void) done;
    MPI_Status from;
    if (arrived(0, STOP, &from)) ((rc_limits *) arg)->reason = "stopped";
}

static void serve(rc_enumeration_struct *E, const rc_run_steps *steps, const rc_limits *limits)
{
    rc_limits own;
    rc_run_worker_limits(&own, limits);
    own.progress = look_up;
    own.progress_arg = &own;
    void *state = steps->begin ? steps->begin(steps->arg) : steps->arg;
    rc_piece piece;
    rc_piece_init(&piece);
    int64_t order[3];
    MPI_Status from;
    for (bool more = true; more;) {
        if (arrived(0, STOP, &from)) {
            MPI_Recv(order, 3, MPI_INT64_T, 0, STOP, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            more = false;
        } else if (!arrived(0, ORDER, &from)) {
            nap();
        } else {
            MPI_Recv(order, 3, MPI_INT64_T, 0, ORDER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            piece.stage = order[1];
            piece.unit = order[2];
            if (order[0] == CLOSE_STAGE) rc_enumeration_close_stage(E, piece.stage, (size_t) order[2]);
            else send_result(&piece, steps->work(&piece, state, &own), own.reason);
        }
    }
    while (arrived(0, ORDER, &from)) MPI_Recv(order, 3, MPI_INT64_T, 0, ORDER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(order, 3, MPI_INT64_T, 0, FAREWELL, MPI_COMM_WORLD);
    rc_piece_clear(&piece);
    if (steps->end) steps->end(state);
}

/* ---- process 0 ---- */

/* The ring of units as in src/arrangement/run.c: unit u of the stage that is open lies in slot u % slots. */
typedef struct {
    const rc_run_steps *steps;
    rc_limits *limits;
    rc_error_struct *err;
    int workers;             /* processes 1 .. workers */
    int *queued;             /* units at each process */
    slong stage, units, next, out, slots;
    rc_piece *pieces;
    bool *done;
    size_t held, ties;
    rc_status status;
    bool more;
} manager_struct;

static void fail(manager_struct *M, rc_status status)
{
    M->status = status;
    M->more = false;
}

static void finish_unit(manager_struct *M, slong unit)
{
    rc_piece *piece = M->pieces + unit % M->slots;
    M->done[unit % M->slots] = true;
    M->held += piece->alloc;
    M->ties += piece->ties;
}

/* Takes in one result from `source`. */
static void take_result(manager_struct *M, int source)
{
    int64_t numbers[R_NUMBERS];
    MPI_Recv(numbers, R_NUMBERS, MPI_INT64_T, source, RESULT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    M->queued[source]--;
    rc_piece *piece = M->pieces + numbers[R_UNIT] % M->slots;
    if (numbers[R_STATUS] != RC_OK) {
        int64_t k = numbers[R_CELLS];
        if (M->more && M->limits && numbers[R_STATUS] == RC_LIMIT) M->limits->reason = reasons[k >= 0 && k < 4 ? k : 0];
        if (M->more) fail(M, (rc_status) numbers[R_STATUS]);
        return;
    }
    piece->cells = (size_t) numbers[R_CELLS];
    piece->ties = (size_t) numbers[R_TIES];
    piece->length = (size_t) numbers[R_LENGTH];
    rc_piece_reserve(piece, piece->length + 1);
    for (size_t got = 0; got < piece->length;) {
        size_t length = piece->length - got < LARGEST ? piece->length - got : LARGEST;
        MPI_Recv(piece->bytes + got, (int) length, MPI_BYTE, source, BYTES, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        got += length;
    }
    if (!M->more) return;
    finish_unit(M, numbers[R_UNIT]);
    rc_status status = M->steps->keep ? M->steps->keep(piece, M->steps->arg, M->err) : RC_OK;
    if (status != RC_OK) fail(M, status);
}

static void send_order(int destination, int tag, int64_t what, int64_t stage, int64_t number)
{
    const int64_t order[3] = {what, stage, number};
    MPI_Send(order, 3, MPI_INT64_T, destination, tag, MPI_COMM_WORLD);
}

static bool may_begin(const manager_struct *M)
{
    if (M->next >= M->units || M->next >= M->out + M->slots) return false;
    return M->held < held_at_most || M->next == M->out;
}

static int idlest(const manager_struct *M)
{
    int best = 1;
    for (int k = 2; k <= M->workers; k++)
        if (M->queued[k] < M->queued[best]) best = k;
    return best;
}

/* Recalls or hands out the next unit if there is room for it; false if not. */
static bool begin_unit(manager_struct *M)
{
    int worker = idlest(M);
    if (!may_begin(M) || M->queued[worker] >= QUEUE) return false;
    rc_piece *piece = M->pieces + M->next % M->slots;
    piece->stage = M->stage;
    piece->unit = M->next;
    if (M->steps->recall && M->steps->recall(piece, M->steps->arg)) {
        finish_unit(M, M->next);
    } else {
        send_order(worker, ORDER, DO_UNIT, M->stage, M->next);
        M->queued[worker]++;
    }
    M->next++;
    return true;
}

/* Passes the next unit on if it is there. */
static bool pass_unit(manager_struct *M)
{
    slong slot = M->out % M->slots;
    if (!M->done[slot]) return false;
    M->done[slot] = false;
    M->held -= M->pieces[slot].alloc;
    M->more = M->steps->pass(M->steps->arg, M->pieces + slot);
    M->out++;
    return true;
}

static void look_at_limits(manager_struct *M)
{
    if (rc_run_visit(M->limits, 0, 1) == 0 && M->limits && M->limits->reason) fail(M, RC_LIMIT);
}

static void manage_stage(manager_struct *M)
{
    MPI_Status from;
    M->next = M->out = 0;
    M->ties = 0;
    while (M->more && M->out < M->units) {
        bool busy = begin_unit(M);
        if (arrived(MPI_ANY_SOURCE, RESULT, &from)) {
            take_result(M, from.MPI_SOURCE);
            busy = true;
        }
        if (M->more && pass_unit(M)) busy = true;
        if (!M->more || busy) continue;
        look_at_limits(M);
        nap();
    }
}

/* Every worker gets the word to stop; what it still sends is received and forgotten. */
static void dismiss(manager_struct *M)
{
    MPI_Status from;
    int64_t order[3];
    M->more = false;
    for (int k = 1; k <= M->workers; k++) send_order(k, STOP, 0, 0, 0);
    for (int left = M->workers; left > 0;) {
        if (arrived(MPI_ANY_SOURCE, RESULT, &from)) {
            take_result(M, from.MPI_SOURCE);
        } else if (arrived(MPI_ANY_SOURCE, FAREWELL, &from)) {
            MPI_Recv(order, 3, MPI_INT64_T, from.MPI_SOURCE, FAREWELL, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            left--;
        } else {
            nap();
        }
    }
}

static rc_status manage(rc_enumeration_struct *E, int workers, const rc_run_steps *steps, rc_limits *limits,
                        rc_error_struct *err)
{
    manager_struct M = {.steps = steps, .limits = limits, .err = err, .workers = workers, .more = true};
    M.slots = AHEAD * (slong) workers;
    M.queued = calloc((size_t) workers + 1, sizeof *M.queued);
    M.pieces = malloc((size_t) M.slots * sizeof *M.pieces);
    M.done = calloc((size_t) M.slots, sizeof *M.done);
    if (!M.queued || !M.pieces || !M.done) abort();
    for (slong k = 0; k < M.slots; k++) rc_piece_init(M.pieces + k);
    slong stages = rc_enumeration_stages(E);
    for (M.stage = 0; M.stage < stages && M.more; M.stage++) {
        M.units = rc_enumeration_units(E, M.stage);
        manage_stage(&M);
        if (!M.more) break;
        for (int k = 1; k <= workers; k++) send_order(k, ORDER, CLOSE_STAGE, M.stage, (int64_t) M.ties);
        rc_enumeration_close_stage(E, M.stage, M.ties);
    }
    dismiss(&M);
    for (slong k = 0; k < M.slots; k++) rc_piece_clear(M.pieces + k);
    free(M.done);
    free(M.pieces);
    free(M.queued);
    return M.status;
}

rc_status rc_mpi_run_units(rc_enumeration_struct *E, const rc_run_steps *steps, rc_limits *limits, rc_error_struct *err)
{
    if (rc_mpi_launched_rank() == 0) return manage(E, rc_mpi_launched_size() - 1, steps, limits, err);
    serve(E, steps, limits);
    return RC_OK;
}

#endif
