/* relucert cells: what its parts share. */
#ifndef RELUCERT_CELLS_H
#define RELUCERT_CELLS_H

#include "arrangement/run.h"
#include "cli.h"

/* One or two networks, or an arrangement by itself. */
typedef struct {
    rc_network_t net[2];
    slong nets; /* 0: an arrangement */
    rc_arrangement_t arr;
    slong d, D;
} rc_cells_input;

typedef enum { RC_CELLS_TEXT, RC_CELLS_JSON, RC_CELLS_BITS } rc_cells_format;

typedef struct {
    rc_cells_format format;
    rc_engine engine;
    bool sort;
    bool witness;           /* false for bits */
    const char *output;     /* NULL: standard output */
    const char *checkpoint; /* NULL: none */
} rc_cells_options;

/* ---- cells-write.c: cells become lines or packed bytes ---- */

/* What all writers of one listing share: how a line begins and where the pattern's characters are, how the gradient
   changes from side to side. */
typedef struct {
    const rc_cells_input *in;
    rc_cells_format format;
    bool witness;
    char *head;             /* of a line: through the pattern and what follows it */
    size_t head_length;
    slong forms;            /* the given forms that are not zero: */
    size_t *place;          /* where the character is in head */
    slong *line;            /* the hyperplane */
    unsigned char *flip;    /* 1: the form is a negative multiple of it */
    char characters[2];
    fmpq_mat_struct *jump;  /* of the n hyperplanes: what crossing to the positive side adds to the gradient */
    fmpq_mat_t lowest;      /* the gradient where all are negative */
    fmpq_mat_t both;        /* the sum of two opposite cells' gradients */
} rc_cells_plan;

void rc_cells_plan_init(rc_cells_plan *plan, const rc_cells_input *in, const rc_cells_options *options);
void rc_cells_plan_clear(rc_cells_plan *plan);

/* Writes cells one after another: the gradient is kept up to date, jump by jump. */
typedef struct {
    const rc_cells_plan *plan;
    uint64_t *signs;        /* of the gradient at hand, packed */
    fmpq_mat_t gradient, opposite;
    rc_batch_t batch;
    fmpq *x;
} rc_cells_writer;

void rc_cells_writer_init(rc_cells_writer *writer, const rc_cells_plan *plan);
void rc_cells_writer_clear(rc_cells_writer *writer);
/* Appends a line for the cell with these packed signs and the point x (NULL: without); the opposite cell's. */
void rc_cells_put(rc_piece *piece, rc_cells_writer *writer, const uint64_t *signs, const fmpq *x);
void rc_cells_put_opposite(rc_piece *piece, rc_cells_writer *writer, const uint64_t *signs, fmpq *x);
/* piece->bytes, cells and ties = those of writer->batch: lines, both cells of a pair when halved; or packed cells. */
void rc_cells_put_batch(rc_piece *piece, rc_cells_writer *writer, const rc_enumeration_struct *E);

/* The header and the trailer of the binary format. */
enum { RC_BITS_HEADER = 64, RC_BITS_TRAILER = 16 };
void rc_cells_bits_header(unsigned char *bytes, const rc_arrangement_t arr, bool halved);
void rc_cells_bits_trailer(unsigned char *bytes, size_t cells);
/* The n lowest bytes of x, the least significant one first, and back. */
void rc_cells_put_le(unsigned char *bytes, uint64_t x, int n);
uint64_t rc_cells_get_le(const unsigned char *bytes, int n);

/* ---- cells-output.c: standard output, or a file that is written whole or not at all ---- */

typedef struct {
    FILE *file;
    char *path, *temporary; /* NULL: the file is written directly */
} rc_cells_sink;

/* path = NULL: standard output. `resumed`: the temporary file of a killed run is taken over, not left behind. */
rc_status rc_cells_sink_open(rc_cells_sink *sink, const char *path, bool resumed, rc_error_struct *err) RC_MUST_USE;
bool rc_cells_sink_put(rc_cells_sink *sink, const void *bytes, size_t length);
/* Puts the file in place, or removes it unless `keep`. What went wrong with standard output shows in rc_cli_end. */
rc_status rc_cells_sink_close(rc_cells_sink *sink, bool keep, rc_error_struct *err) RC_MUST_USE;

/* All of a listing's cells, in memory, to be sorted: lines by their patterns, packed cells by their signs, - before +,
   where of each antipodal pair the one positive on hyperplane 0 is taken. */
typedef struct {
    unsigned char *bytes;
    size_t length, alloc;
} rc_cells_store;

void rc_cells_store_put(rc_cells_store *store, const void *bytes, size_t length);
/* Sorts the store's cells and writes them. */
bool rc_cells_store_write(rc_cells_store *store, rc_cells_sink *sink, const rc_cells_plan *plan, bool halved);

/* ---- cells-checkpoint.c: a folder of finished units ---- */

typedef struct {
    char *path;             /* NULL: no checkpoint */
    uint64_t fingerprint;
    int lock;
} rc_cells_checkpoint;

/* The text that says which units these are: version, engine, format and the whole input; malloc. */
char *rc_cells_describe(const rc_cells_input *in, const rc_cells_options *options, const rc_enumeration_struct *E);
/* FNV-1a, 64 bits. */
uint64_t rc_cells_fingerprint(uint64_t h, const void *bytes, size_t length);
uint64_t rc_cells_fingerprint_start(void);
/* Makes the folder, or takes up one that a run with the same description left. */
rc_status rc_cells_checkpoint_open(rc_cells_checkpoint *C, const char *path, const char *description,
                                   rc_error_struct *err) RC_MUST_USE;
bool rc_cells_checkpoint_recall(rc_piece *piece, const rc_cells_checkpoint *C);
rc_status rc_cells_checkpoint_keep(const rc_piece *piece, const rc_cells_checkpoint *C,
                                   rc_error_struct *err) RC_MUST_USE;
/* `done`: removes the folder. */
void rc_cells_checkpoint_close(rc_cells_checkpoint *C, bool done);

/* ---- cells-list.c ---- */

/* Lists the cells; the exit status. Every process of an MPI run calls it, with the status of reading the input. */
int rc_cells_list(rc_cli_t cli, rc_status status, const rc_cells_input *in, const rc_cells_options *options);
/* Would this listing be shared out among the processes of an MPI run? */
bool rc_cells_is_shared(const rc_cells_options *options);

#endif
