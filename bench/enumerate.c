/* Finds the cells of an arrangement and does nothing else with them: the rate of the engine itself.

       enumerate [--engine vertex|tree|auto] [--threads N] [--bases] [--seconds S | --runs N] FILE

   A run makes the enumeration and passes on every batch to a visitor that counts; reading the file is outside. Runs are
   repeated until S seconds have passed (0.3), or N times. Prints one line: cells, median seconds of a run, best seconds
   of a run, cells per second (median), peak memory of the process in kB, runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <flint/flint.h>

#include "relucert/enumeration.h"
#include "relucert/read.h"

typedef struct {
    rc_engine engine;
    bool bases;
    int threads;
    double seconds;
    long runs;
    const char *file;
} settings;

enum { MOST_RUNS = 100000 };

static bool count_batch(void *arg, const rc_batch_struct *batch)
{
    size_t *cells = arg;
    *cells += batch->cells;
    return true;
}

/* Seconds of one run. Of a central arrangement one cell of each antipodal pair is listed: both count. */
static double run(size_t *cells, const rc_arrangement_t arr, const settings *set)
{
    rc_limits limits;
    rc_limits_init(&limits);
    *cells = 0;
    double begun = rc_clock();
    rc_enumeration_struct *E = rc_enumeration_new(arr, set->engine, set->bases);
    if (rc_enumeration_run(E, set->threads, count_batch, cells, &limits) != RC_OK) exit(1);
    double seconds = rc_clock() - begun;
    if (rc_enumeration_is_halved(E)) *cells *= 2;
    rc_enumeration_free(E);
    return seconds;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static void repeat(const rc_arrangement_t arr, const settings *set)
{
    double *seconds = malloc(MOST_RUNS * sizeof *seconds), sum = 0;
    if (!seconds) abort();
    size_t cells = 0, again;
    long runs = 0;
    while (runs < MOST_RUNS && (set->runs > 0 ? runs < set->runs : runs == 0 || sum < set->seconds)) {
        seconds[runs] = run(&again, arr, set);
        sum += seconds[runs++];
        if (runs > 1 && again != cells) {
            fprintf(stderr, "enumerate: %zu cells, then %zu\n", cells, again);
            exit(1);
        }
        cells = again;
    }
    qsort(seconds, (size_t) runs, sizeof *seconds, compare);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double median = seconds[runs / 2];
    printf("%zu %.9f %.9f %.0f %ld %ld\n", cells, median, seconds[0], (double) cells / median, usage.ru_maxrss, runs);
    free(seconds);
}

static bool read_settings(settings *set, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        if (name[0] != '-') {
            set->file = name;
            continue;
        }
        if (!strcmp(name, "--bases")) {
            set->bases = true;
            continue;
        }
        i++;
        if (!strcmp(name, "--threads")) set->threads = atoi(value);
        else if (!strcmp(name, "--seconds")) set->seconds = atof(value);
        else if (!strcmp(name, "--runs")) set->runs = atol(value);
        else if (!strcmp(name, "--engine") && !strcmp(value, "vertex")) set->engine = RC_ENGINE_VERTEX;
        else if (!strcmp(name, "--engine") && !strcmp(value, "tree")) set->engine = RC_ENGINE_TREE;
        else if (!strcmp(name, "--engine") && !strcmp(value, "auto")) set->engine = RC_ENGINE_AUTO;
        else return false;
    }
    return set->file && set->threads > 0 && set->runs >= 0;
}

int main(int argc, char **argv)
{
    settings set = {RC_ENGINE_AUTO, false, 1, 0.3, 0, NULL};
    if (!read_settings(&set, argc, argv)) {
        fputs("usage: enumerate [--engine vertex|tree|auto] [--threads N] [--bases] [--seconds S | --runs N] FILE\n",
              stderr);
        return 2;
    }
    rc_error_t err;
    json_t *doc = NULL;
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    rc_status status = rc_read_file(&doc, set.file, err);
    if (status == RC_OK) status = rc_read_arrangement(arr, doc, NULL, set.file, err);
    if (status == RC_OK) repeat(arr, &set);
    else fprintf(stderr, "enumerate: %s\n", err->message);
    json_decref(doc);
    rc_arrangement_clear(arr);
    flint_cleanup();
    return status == RC_OK && fflush(stdout) == 0 ? 0 : 2;
}
