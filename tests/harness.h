/* The test harness: seeds, checks, counts. A test program calls test_start, then test_case / CHECK, then
   returns test_finish(). It prints one line a failure and closes with "NAME: N passed, N failed, N skipped". */
#ifndef RELUCERT_TESTS_HARNESS_H
#define RELUCERT_TESTS_HARNESS_H

#include <stdbool.h>
#include <stdint.h>

/* Prints the seed (RELUCERT_SEED, or a fixed default) and reads RELUCERT_TEST_MULTIPLIER. */
void test_start(const char *name);
int test_finish(void);

/* `count` scaled by the multiplier, at least 1. */
long test_rounds(long count);

/* Starts a named check group; each group counts as one passed or failed test. */
void test_case(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Records a failure of the current group: file, line, expression, and a message with the input. */
void test_fail(const char *file, int line, const char *expression, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) test_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                                      \
    } while (0)

/* splitmix64. */
uint64_t test_random(void);
/* Uniform in [lo, hi]. */
long test_range(long lo, long hi);
/* True with probability percent / 100. */
bool test_chance(int percent);

#endif
