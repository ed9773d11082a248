/* Units of an enumeration on their way through many threads: what rc_enumeration_run, the checkpoints and the
   processes of one run share. */
#ifndef RELUCERT_ARRANGEMENT_RUN_H
#define RELUCERT_ARRANGEMENT_RUN_H

#include "relucert/enumeration.h"

/* A unit: its cells, or the bytes that somebody made of them. */
typedef struct {
    slong stage, unit;
    size_t cells, ties;
    rc_batch_t batch;          /* may be empty where bytes are wanted */
    unsigned char *bytes;      /* malloc; not NULL once filled */
    size_t length, alloc;
} rc_piece;

void rc_piece_init(rc_piece *piece);
void rc_piece_clear(rc_piece *piece);
/* Room for `length` bytes. Exhausted memory aborts. */
void rc_piece_reserve(rc_piece *piece, size_t length);

/* The steps of a unit. Those marked (any thread) run in many threads at once; NULL where marked so. */
typedef struct {
    void *arg;
    /* A worker's own state, and its end (any thread); NULL: arg is the state. */
    void *(*begin)(void *arg);
    void (*end)(void *state);
    /* Fills a piece whose stage and unit are set (any thread). RC_LIMIT: `limits` tells why. */
    rc_status (*work)(rc_piece *piece, void *state, rc_limits *limits);
    /* True: the piece was kept by an earlier run and is filled now (any thread); NULL: nothing was kept. */
    bool (*recall)(rc_piece *piece, void *arg);
    /* Keeps a piece (any thread); NULL: nothing is kept. */
    rc_status (*keep)(const rc_piece *piece, void *arg, rc_error_struct *err);
    /* Takes a piece, in order, in the calling thread; false to stop. */
    bool (*pass)(void *arg, rc_piece *piece);
} rc_run_steps;

/* Recalls or does all units of all stages and passes them on in order; stops early when pass says so (RC_OK) or a step
   fails (its status; the reason or message in limits or err). With threads = 1 everything happens in the calling
   thread; otherwise it passes on what `threads` workers finish, at most a few units a thread ahead, and no unit is
   begun out of turn while finished ones hold more than a quarter of a GB. Workers stop at the caller's deadline and
   interrupt. */
rc_status rc_run_units(rc_enumeration_struct *E, int threads, const rc_run_steps *steps, rc_limits *limits,
                       rc_error_struct *err) RC_MUST_USE;

/* A worker's limits: the deadline and the interrupt of `limits`, which may be NULL, and no number of cells. */
void rc_run_worker_limits(rc_limits *own, const rc_limits *limits);

/* The number of the next `cells` cells, each counting `each` visits, that are within the limits; counts their visits.
   Fewer than `cells`: limits->reason is set. */
size_t rc_run_visit(rc_limits *limits, size_t cells, size_t each);

#endif
