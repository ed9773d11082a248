#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *program;
static uint64_t state;
static uint64_t seed = 20191208;
static double multiplier = 1;
static long passed, failed, skipped;
static char group[200];
static bool group_open, group_failed;
static int printed;

void test_start(const char *name)
{
    program = name;
    const char *text = getenv("RELUCERT_SEED");
    if (text) seed = strtoull(text, NULL, 10);
    text = getenv("RELUCERT_TEST_MULTIPLIER");
    if (text && atof(text) > 0) multiplier = atof(text);
    state = seed;
    printf("%s: seed %llu (RELUCERT_SEED=%llu repeats this run)\n", name, (unsigned long long) seed, (unsigned long long) seed);
}

static void close_group(void)
{
    if (!group_open) return;
    if (group_failed) failed++;
    else passed++;
    group_open = false;
}

int test_finish(void)
{
    close_group();
    printf("%s: %ld passed, %ld failed, %ld skipped\n", program, passed, failed, skipped);
    return failed || fflush(stdout) ? 1 : 0;
}

long test_rounds(long count)
{
    long n = (long) ((double) count * multiplier);
    return n < 1 ? 1 : n;
}

void test_case(const char *format, ...)
{
    close_group();
    va_list args;
    va_start(args, format);
    vsnprintf(group, sizeof group, format, args);
    va_end(args);
    group_open = true;
    group_failed = false;
    printed = 0;
}

void test_skip(const char *format, ...)
{
    close_group();
    va_list args;
    va_start(args, format);
    printf("%s: skipped: ", program);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    skipped++;
}

void test_fail(const char *file, int line, const char *expression, const char *format, ...)
{
    group_failed = true;
    if (++printed > 10) return;
    printf("%s: FAILED: %s\n  %s:%d: %s\n  ", program, group, file, line, expression);
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

uint64_t test_random(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

long test_range(long lo, long hi)
{
    return lo + (long) (test_random() % (uint64_t) (hi - lo + 1));
}

bool test_chance(int percent)
{
    return test_range(0, 99) < percent;
}
