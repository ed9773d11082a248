/* Statuses, verdicts, errors and limits: the vocabulary every module shares. */
#ifndef RELUCERT_STATUS_H
#define RELUCERT_STATUS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define RC_MUST_USE __attribute__((warn_unused_result))
#define RC_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define RC_MUST_USE
#define RC_PRINTF(f, a)
#endif

/* What became of a call. On anything but RC_OK the outputs keep their old value. */
typedef enum {
    RC_OK = 0,
    RC_BAD_INPUT,  /* the caller's file or argument is wrong; the error says where */
    RC_LIMIT,      /* a time, cell or size limit, or an interrupt, stopped the work */
    RC_UNDEFINED,  /* the function has no value here (division by zero, ...) */
    RC_IO          /* reading or writing failed */
} rc_status;

/* What a statement is. There is no fourth outcome. */
typedef enum { RC_PROVED = 1, RC_REFUTED, RC_UNDECIDED } rc_verdict;

/* "proved", "refuted", "undecided". */
const char *rc_verdict_name(rc_verdict v);

/* One line for people: file and place, what was expected. */
typedef struct {
    char message[600];
} rc_error_struct;
typedef rc_error_struct rc_error_t[1];

/* Formats the message (control characters become '?', the rest is cut at the
   array's end) and returns `status`. err may be NULL. */
rc_status rc_error_set(rc_error_struct *err, rc_status status, const char *format, ...) RC_PRINTF(3, 4);

/* Puts "format: " before the present message, for callers that know the place. Returns `status`. */
rc_status rc_error_prefix(rc_error_struct *err, rc_status status, const char *format, ...) RC_PRINTF(3, 4);

/* What a long search may use. A NULL pointer to it means no limit. */
typedef struct {
    double deadline;                    /* rc_clock() value, 0: none */
    size_t max_cells;                   /* 0: none; counts tree nodes or cells visited */
    const volatile sig_atomic_t *stop;  /* set by a signal handler; NULL: none */
    void (*progress)(void *arg, const char *what, size_t done); /* NULL: silent */
    void *progress_arg;
    /* state, cleared by rc_limits_init */
    size_t visited;
    const char *reason;                 /* why it stopped: "time limit", "cell limit", "interrupted" */
} rc_limits;

void rc_limits_init(rc_limits *limits);

/* Monotone seconds. */
double rc_clock(void);

/* Counts one visit; false when a limit is hit (limits->reason says which), and from then on. The first max_cells visits
   are within the limit. Looks at the clock and reports progress at the first visit and every 256. limits may be
   NULL (always true). */
bool rc_limits_visit(rc_limits *limits, const char *what);
/* The same for a long step: looks at the clock each time. */
bool rc_limits_step(rc_limits *limits, const char *what);

#endif
