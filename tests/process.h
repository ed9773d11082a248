/* Running a program from a test and keeping what it said. */
#ifndef RELUCERT_TESTS_PROCESS_H
#define RELUCERT_TESTS_PROCESS_H

#include <stddef.h>

typedef struct {
    int status;       /* exit status, or 128 + signal */
    char *out;        /* standard output, NUL-terminated */
    size_t out_length;
    char *err;        /* standard error, NUL-terminated */
    size_t err_length;
} process_result;

/* Runs argv[0] (no search in PATH) with `input` (may be NULL: no input) on standard input. */
process_result process_run(const char *const *argv, const char *input, size_t input_length);
void process_clear(process_result *r);

/* Whole file as a NUL-terminated buffer; NULL if it cannot be read. The caller frees. */
char *process_read_file(const char *path, size_t *length);

/* The path of a program of this build ($RELUCERT_BUILDDIR, default "."), and of a file of the sources
   ($RELUCERT_SRCDIR, default "."). The caller frees. */
char *process_program(const char *name);
char *process_source(const char *relative);

/* Sorted names of the files in a folder that end in `ending`; *count of them. The caller frees each and the list. */
char **process_list(const char *folder, const char *ending, size_t *count);

#endif
