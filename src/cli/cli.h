/* The command line: what every command shares. */
#ifndef RELUCERT_CLI_H
#define RELUCERT_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "relucert/canonical.h"
#include "relucert/network.h"
#include "relucert/read.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

/* Exit statuses. A query that was answered exits 0 whatever the answer. */
enum {
    RC_EXIT_OK = 0,
    RC_EXIT_FAILED = 1,       /* certify: some claim is not as expected */
    RC_EXIT_BAD_INPUT = 2,    /* bad input, usage, or output that could not be written */
    RC_EXIT_LIMIT = 3,        /* a limit stopped the work */
    RC_EXIT_INTERRUPTED = 130 /* SIGINT or SIGTERM */
};

/* The commands. argv[0] is the command's name; the result is the exit status. */
int rc_cli_certify(int argc, char **argv);
int rc_cli_show(int argc, char **argv);
int rc_cli_cells(int argc, char **argv);
int rc_cli_arrangement(int argc, char **argv);
int rc_cli_norm(int argc, char **argv);
int rc_cli_eval(int argc, char **argv);
int rc_cli_conditions(int argc, char **argv);
int rc_cli_phi(int argc, char **argv);
int rc_cli_distance(int argc, char **argv);
int rc_cli_equal(int argc, char **argv);
int rc_cli_embed(int argc, char **argv);
int rc_cli_search(int argc, char **argv);
int rc_cli_stability(int argc, char **argv);

/* An option of one command beside the shared ones: -LETTER or --NAME, with a value (`value` not NULL; the last one
   given counts) or without (`flag`). Lists end with {0}. */
typedef struct {
    char letter;        /* 0: none */
    const char *name;   /* NULL: none */
    const char **value;
    bool *flag;
} rc_cli_option;

/* A value given for the option with this `value`. */
typedef struct rc_cli_value_struct {
    const char **of;
    const char *text;
} rc_cli_value;

/* What a command declares. */
typedef struct {
    const char *name;
    const char *help;             /* the whole text of --help before the shared options */
    int min_args, max_args;       /* positional arguments; max_args < 0: any number */
    const rc_cli_option *options; /* NULL: none of its own */
} rc_cli_command;

/* A parsed command line. */
typedef struct {
    const rc_cli_command *command;
    bool json, quiet;
    long threads;           /* of cells: --threads, or the number of cores */
    rc_limits limits;       /* from --time-limit and --max-cells; SIGINT and SIGTERM stop; progress on a terminal */
    int argc;               /* positional arguments, in order */
    char **argv;
    slong settings;         /* --set, as rc_case_load_network wants them: "k=3" */
    const char **set;
    slong values;           /* of the command's own options, in order: */
    struct rc_cli_value_struct *value;
    rc_error_t err;         /* for the functions below and the command's own calls */
} rc_cli_struct;
typedef rc_cli_struct rc_cli_t[1];

/* Reads the command line: shared options (--json, -q, --threads, --time-limit, --max-cells, --set, --help, --version),
   the command's own, "--", "-" as an argument; starts the clock and the signal handlers. Returns true when there is
   work to do; false with the exit status in *status otherwise (after --help or --version, or a message about wrong
   usage). Either way rc_cli_end clears it. Of the processes of an MPI launch only number 0 has work to do and says
   something; the others end with status 0. */
bool rc_cli_begin(rc_cli_t cli, int *status, const rc_cli_command *command, int argc, char **argv);
/* The same for a command that works in all processes of a launch. */
bool rc_cli_begin_shared(rc_cli_t cli, int *status, const rc_cli_command *command, int argc, char **argv);

/* Ends a command: erases the progress line, flushes standard output and checks that all of it was written (else a
   message and status 2), clears cli. Returns the final status. */
int rc_cli_end(rc_cli_t cli, int status);

/* After a call that returned `status` (not RC_OK) with its message in cli->err: prints one line on standard error and
   returns the exit status: 2 for bad input, an undefined value or failed reading or writing; 3 for a limit ("stopped:
   time limit"); 130 for an interrupt ("interrupted"). */
int rc_cli_fail(rc_cli_t cli, rc_status status);
/* Prints "relucert: " and the message on standard error; returns 2. */
int rc_cli_error(rc_cli_t cli, const char *format, ...) RC_PRINTF(2, 3);
/* Wrong usage: the message and where help is; returns 2. */
int rc_cli_usage(rc_cli_t cli, const char *format, ...) RC_PRINTF(2, 3);

/* net (initialized) = the network that `arg` names: FILE, "-", or CASE.json#NAME with the parameters of --set. Message
   in cli->err. */
rc_status rc_cli_read_network(rc_network_t net, rc_cli_t cli, const char *arg) RC_MUST_USE;
/* The same, refusing networks that are not shallow without biases, as [B] section 3 wants them. */
rc_status rc_cli_read_shallow(rc_network_t net, rc_cli_t cli, const char *arg) RC_MUST_USE;
/* The same, refusing deep networks. */
rc_status rc_cli_read_two_layer(rc_network_t net, rc_cli_t cli, const char *arg) RC_MUST_USE;
/* Refuses a pair whose d and D (and m, if `width`) differ. */
rc_status rc_cli_same_shape(rc_cli_t cli, const rc_network_t X, const char *x, const rc_network_t Y, const char *y,
                            bool width) RC_MUST_USE;
/* net or arr (both initialized) = what `arg` names. */
rc_status rc_cli_read_any(rc_network_t net, rc_arrangement_t arr, bool *is_arrangement, rc_cli_t cli,
                          const char *arg) RC_MUST_USE;
/* A number given on the command line (an expression). `what` names it in messages: "--beta". */
rc_status rc_cli_read_surd(rc_surd_t s, rc_cli_t cli, const char *text, const char *what) RC_MUST_USE;
rc_status rc_cli_read_fmpq(fmpq_t x, rc_cli_t cli, const char *text, const char *what) RC_MUST_USE;

/* Prints the document compactly on one line and takes the reference. Failure to write shows in rc_cli_end. */
void rc_cli_put_json(json_t *doc);
/* doc[key] = value, taking the reference of value; doc must be an object. Exhausted memory aborts. */
void rc_cli_set(json_t *doc, const char *key, json_t *value);
void rc_cli_append(json_t *list, json_t *value);

/* For people, on standard output: exact, with an enclosure where the number is irrational or long. */
void rc_cli_put_surd(const rc_surd_t s);
void rc_cli_put_fmpq(const fmpq_t x);
void rc_cli_put_fmpz(const fmpz_t x);
void rc_cli_put_vec(const fmpq *x, slong n);              /* (1, -1/2) */
void rc_cli_put_fmpz_vec(const fmpz *x, slong n);
void rc_cli_put_mat(const fmpq_mat_t M, const char *margin); /* one row a line, columns aligned */
void rc_cli_put_network(const rc_network_t net, const char *margin);

/* Text of --version: relucert's and the libraries' versions. */
void rc_cli_put_version(void);

#endif
