/* Errors, limits, the clock. */
#include "relucert/status.h"

#include <string.h>

#include "harness.h"

static void test_errors(void)
{
    test_case("error messages");
    rc_error_t err;
    CHECK(rc_error_set(err, RC_BAD_INPUT, "row %d", 3) == RC_BAD_INPUT, "status");
    CHECK(strcmp(err->message, "row 3") == 0, "%s", err->message);
    CHECK(rc_error_prefix(err, RC_IO, "file %s", "x") == RC_IO, "status");
    CHECK(strcmp(err->message, "file x: row 3") == 0, "%s", err->message);
    rc_error_prefix(err, RC_IO, "%s", err->message);
    CHECK(strcmp(err->message, "file x: row 3: file x: row 3") == 0, "%s", err->message);
    rc_error_set(err, RC_IO, "a\nb\tc\x1b[0m\x7f \xc2\x9b \xc3\xa9");
    CHECK(strcmp(err->message, "a?b?c?[0m? ?? \xc3\xa9") == 0, "%s", err->message);
    CHECK(rc_error_set(NULL, RC_LIMIT, "%s", "x") == RC_LIMIT, "no error wanted");
    CHECK(rc_error_prefix(NULL, RC_LIMIT, "%s", "x") == RC_LIMIT, "no error wanted");
}

static void test_cuts(void)
{
    test_case("long messages are cut between characters");
    rc_error_t err;
    char text[2000];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = 0; i + 5 < sizeof text - shift; i += 4) memcpy(text + shift + i, "\xf0\x9d\x94\xbd", 5);
        rc_error_set(err, RC_IO, "%s", text);
        size_t n = strlen(err->message);
        CHECK(n < sizeof err->message && n > sizeof err->message - 5 && (n - shift) % 4 == 0, "%zu bytes", n);
        rc_error_prefix(err, RC_IO, "p");
        n = strlen(err->message);
        CHECK(n < sizeof err->message && (n - shift - 3) % 4 == 0, "%zu bytes", n);
    }
    memset(text, 'b', sizeof text);
    text[sizeof text - 1] = '\0';
    rc_error_set(err, RC_IO, "%s", text);
    CHECK(strlen(err->message) == sizeof err->message - 1, "%zu", strlen(err->message));
}

static void count(void *arg, const char *what, size_t done)
{
    (void) what;
    (void) done;
    ++*(int *) arg;
}

static void test_limit_kinds(void)
{
    test_case("limits");
    rc_limits limits;
    rc_limits_init(&limits);
    int calls = 0;
    limits.progress = count;
    limits.progress_arg = &calls;
    for (int i = 0; i < 1024; i++) {
        CHECK(rc_limits_visit(&limits, "cells"), "no limit");
        CHECK(rc_limits_visit(NULL, "cells"), "no limits");
    }
    CHECK(limits.visited == 1024 && calls == 4 && !limits.reason, "%zu visits, %d calls", limits.visited, calls);

    rc_limits_init(&limits);
    limits.max_cells = 5;
    int allowed = 0;
    while (rc_limits_visit(&limits, "cells")) allowed++;
    CHECK(allowed == 5 && strcmp(limits.reason, "cell limit") == 0, "%d cells", allowed);
    CHECK(!rc_limits_visit(&limits, "cells"), "a limit once hit stays");

    rc_limits_init(&limits);
    limits.deadline = rc_clock() - 1;
    CHECK(!rc_limits_visit(&limits, "cells") && strcmp(limits.reason, "time limit") == 0, "deadline");

    rc_limits_init(&limits);
    CHECK(rc_limits_visit(&limits, "cells"), "no limit yet");
    limits.deadline = rc_clock() - 1;
    CHECK(rc_limits_visit(&limits, "cells"), "a short step that does not look at the clock");
    CHECK(!rc_limits_step(&limits, "factors") && strcmp(limits.reason, "time limit") == 0, "a long step looks");

    volatile sig_atomic_t stop = 0;
    rc_limits_init(&limits);
    limits.stop = &stop;
    CHECK(rc_limits_visit(&limits, "cells"), "not stopped");
    stop = 1;
    CHECK(!rc_limits_visit(&limits, "cells") && strcmp(limits.reason, "interrupted") == 0, "stopped");
}

int main(void)
{
    test_start("t-status");
    test_errors();
    test_cuts();
    test_limit_kinds();
    test_case("verdict names and the clock");
    CHECK(strcmp(rc_verdict_name(RC_PROVED), "proved") == 0 && strcmp(rc_verdict_name(RC_REFUTED), "refuted") == 0 &&
              strcmp(rc_verdict_name(RC_UNDECIDED), "undecided") == 0, "names");
    double before = rc_clock();
    CHECK(before > 0 && rc_clock() >= before, "monotone");
    return test_finish();
}
