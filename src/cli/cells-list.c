/* Lists cells: the tree engine's one after another, an enumeration's in threads or processes. */
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "mpi.h"

/* What lists the cells, and what became of it. */
typedef struct {
    rc_cli_struct *cli;
    const rc_cells_input *in;
    const rc_cells_options *options;
    rc_cells_plan plan;
    rc_enumeration_struct *E;    /* NULL: the tree engine with witnesses */
    bool halved;                 /* packed cells stand for pairs */
    rc_cells_sink sink;
    rc_cells_checkpoint checkpoint;
    rc_cells_store store;
    size_t cells;                /* passed on: lines, packed cells */
    bool limited, failed;        /* by a limit; by the output */
} job_struct;

/* ---- output ---- */

static bool put_out(job_struct *job, const void *bytes, size_t length)
{
    if (job->options->sort) rc_cells_store_put(&job->store, bytes, length);
    else job->failed = !rc_cells_sink_put(&job->sink, bytes, length);
    return !job->failed;
}

static void begin_output(job_struct *job)
{
    unsigned char header[RC_BITS_HEADER];
    if (job->options->format != RC_CELLS_BITS) return;
    rc_cells_bits_header(header, job->in->arr, job->halved);
    job->failed = !rc_cells_sink_put(&job->sink, header, sizeof header);
}

static void end_output(job_struct *job)
{
    unsigned char trailer[RC_BITS_TRAILER];
    char text[40];
    if (job->options->sort) job->failed |= !rc_cells_store_write(&job->store, &job->sink, &job->plan, job->halved);
    if (job->options->format == RC_CELLS_BITS) {
        rc_cells_bits_trailer(trailer, job->cells);
        job->failed |= !rc_cells_sink_put(&job->sink, trailer, sizeof trailer);
    } else if (job->options->format == RC_CELLS_TEXT && !job->cli->quiet) {
        int length = snprintf(text, sizeof text, "%zu cell%s\n", job->cells, job->cells == 1 ? "" : "s");
        job->failed |= !rc_cells_sink_put(&job->sink, text, (size_t) length);
    }
}

/* ---- the tree engine with witnesses ---- */

typedef struct {
    job_struct *job;
    rc_cells_writer writer;
    rc_piece piece;
    uint64_t *signs;
} tree_struct;

static bool visit_tree(void *arg, const signed char *signs, const fmpq *x)
{
    tree_struct *tree = arg;
    slong n = tree->job->in->arr->n;
    for (slong j = 0; j < n; j += 64) tree->signs[j / 64] = 0;
    for (slong j = 0; j < n; j++)
        if (signs[j] > 0) tree->signs[j / 64] |= (uint64_t) 1 << (j % 64);
    tree->piece.length = 0;
    rc_cells_put(&tree->piece, &tree->writer, tree->signs, x);
    tree->job->cells++;
    return put_out(tree->job, tree->piece.bytes, tree->piece.length);
}

static rc_status list_tree(job_struct *job)
{
    tree_struct tree = {.job = job};
    rc_cells_writer_init(&tree.writer, &job->plan);
    rc_piece_init(&tree.piece);
    tree.signs = calloc((size_t) job->in->arr->n / 64 + 1, sizeof *tree.signs);
    if (!tree.signs) abort();
    rc_status status = rc_arrangement_cells(job->in->arr, visit_tree, &tree, &job->cli->limits);
    free(tree.signs);
    rc_piece_clear(&tree.piece);
    rc_cells_writer_clear(&tree.writer);
    return status;
}

/* ---- units ---- */

typedef struct {
    const job_struct *job;
    rc_cells_writer writer;
} worker_struct;

static void *begin_worker(void *arg)
{
    worker_struct *worker = malloc(sizeof *worker);
    if (!worker) abort();
    worker->job = arg;
    rc_cells_writer_init(&worker->writer, &worker->job->plan);
    return worker;
}

static void end_worker(void *state)
{
    worker_struct *worker = state;
    rc_cells_writer_clear(&worker->writer);
    free(worker);
}

static rc_status work(rc_piece *piece, void *state, rc_limits *limits)
{
    worker_struct *worker = state;
    const rc_enumeration_struct *E = worker->job->E;
    rc_status status = rc_enumeration_unit(worker->writer.batch, E, piece->stage, piece->unit, limits);
    if (status == RC_OK) rc_cells_put_batch(piece, &worker->writer, E);
    return status;
}

static bool recall(rc_piece *piece, void *arg)
{
    return rc_cells_checkpoint_recall(piece, &((const job_struct *) arg)->checkpoint);
}

static rc_status keep(const rc_piece *piece, void *arg, rc_error_struct *err)
{
    return rc_cells_checkpoint_keep(piece, &((const job_struct *) arg)->checkpoint, err);
}

/* The length of the first `cells` cells of a piece. */
static size_t length_of(const job_struct *job, const rc_piece *piece, size_t cells)
{
    if (cells == piece->cells) return piece->length;
    if (job->options->format == RC_CELLS_BITS) return cells * (((size_t) job->in->arr->n + 7) / 8);
    const unsigned char *p = piece->bytes, *end = p + piece->length;
    for (; cells > 0; cells--) p = (const unsigned char *) memchr(p, '\n', (size_t) (end - p)) + 1;
    return (size_t) (p - piece->bytes);
}

static bool pass(void *arg, rc_piece *piece)
{
    job_struct *job = arg;
    size_t within = rc_run_visit(&job->cli->limits, piece->cells, job->halved ? 2 : 1);
    job->limited = job->cli->limits.reason != NULL;
    job->cells += within;
    return put_out(job, piece->bytes, length_of(job, piece, within)) && !job->limited;
}

static rc_status list_units(job_struct *job, bool shared)
{
    rc_run_steps steps = {.arg = job, .begin = begin_worker, .end = end_worker, .work = work, .pass = pass};
    if (job->checkpoint.path) {
        steps.recall = recall;
        steps.keep = keep;
    }
    rc_limits *limits = &job->cli->limits;
    rc_status status = shared ? rc_mpi_run_units(job->E, &steps, limits, job->cli->err)
                              : rc_run_units(job->E, (int) job->cli->threads, &steps, limits, job->cli->err);
    return job->limited ? RC_LIMIT : status;
}

/* ---- all of it ---- */

static bool has_units(const rc_cells_options *options)
{
    return options->engine != RC_ENGINE_TREE || !options->witness;
}

bool rc_cells_is_shared(const rc_cells_options *options)
{
    return rc_mpi_launched_size() > 1 && has_units(options);
}

/* The enumeration, in all processes; the output and the checkpoint, in process 0. */
static rc_status prepare(job_struct *job, uint64_t *fingerprint)
{
    const rc_cells_options *options = job->options;
    rc_error_struct *err = job->cli->err;
    bool first = rc_mpi_launched_rank() == 0;
    if (!has_units(options)) return first ? rc_cells_sink_open(&job->sink, options->output, false, err) : RC_OK;
    rc_engine engine = options->witness ? RC_ENGINE_VERTEX : options->engine;
    job->E = rc_enumeration_new(job->in->arr, engine, options->witness);
    job->halved = options->format == RC_CELLS_BITS && rc_enumeration_is_halved(job->E);
    char *description = rc_cells_describe(job->in, options, job->E);
    *fingerprint = rc_cells_fingerprint(rc_cells_fingerprint_start(), description, strlen(description));
    rc_status status = RC_OK;
    if (first) {
        status = rc_cells_sink_open(&job->sink, options->output, options->checkpoint, err);
        if (status == RC_OK && options->checkpoint)
            status = rc_cells_checkpoint_open(&job->checkpoint, options->checkpoint, description, err);
    }
    free(description);
    return status;
}

static rc_status run(job_struct *job, bool shared)
{
    bool first = rc_mpi_launched_rank() == 0;
    if (!first && !job->E) return RC_OK;
    if (first) begin_output(job);
    rc_status status = job->E ? list_units(job, shared) : list_tree(job);
    bool whole = first && status == RC_OK && !job->failed;
    if (whole) end_output(job);
    if (!job->sink.file) return status;
    if (whole && job->options->output == NULL) job->failed |= fflush(stdout) != 0;
    rc_status closed = rc_cells_sink_close(&job->sink, whole, job->cli->err);
    if (status == RC_OK && closed == RC_OK && job->failed && job->options->output)
        status = rc_error_set(job->cli->err, RC_IO, "%.300s: cannot be written", job->options->output);
    rc_cells_checkpoint_close(&job->checkpoint, whole && closed == RC_OK && !job->failed);
    return status == RC_OK ? closed : status;
}

/* Points of many components or in large rank are the tree engine's; a checkpoint takes units, which it has not. */
static rc_engine engine_for(const rc_cells_input *in, const rc_cells_options *options)
{
    bool choice = options->engine == RC_ENGINE_AUTO && options->witness && !options->checkpoint;
    return choice ? rc_enumeration_choice(in->arr) : options->engine;
}

int rc_cells_list(rc_cli_t cli, rc_status status, const rc_cells_input *in, const rc_cells_options *asked)
{
    rc_cells_options own = *asked, *options = &own;
    job_struct job = {.cli = cli, .in = in, .options = options, .checkpoint = {NULL, 0, -1}};
    bool shared = rc_cells_is_shared(asked), good = status == RC_OK;
    if (good) own.engine = engine_for(in, asked);
    uint64_t fingerprint = 0;
    if (good) {
        rc_cells_plan_init(&job.plan, in, options);
        status = prepare(&job, &fingerprint);
    }
    if (shared) status = rc_mpi_agree(status, fingerprint, cli->err);
    if (status == RC_OK) status = run(&job, shared);
    else if (job.sink.file) (void) !rc_cells_sink_close(&job.sink, false, NULL);
    rc_cells_checkpoint_close(&job.checkpoint, false);
    if (job.E) rc_enumeration_free(job.E);
    if (good) rc_cells_plan_clear(&job.plan);
    free(job.store.bytes);
    return status == RC_OK ? RC_EXIT_OK : rc_cli_fail(cli, status);
}
