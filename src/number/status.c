/* Statuses, errors, limits, the clock. */
#include "relucert/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *rc_verdict_name(rc_verdict v)
{
    switch (v) {
    case RC_PROVED: return "proved";
    case RC_REFUTED: return "refuted";
    case RC_UNDECIDED: break;
    }
    return "undecided";
}

/* Drops a UTF-8 sequence that the end of the array cut in two. */
static void drop_partial_character(char *message)
{
    size_t n = strlen(message), k = n;
    while (k > 0 && n - k < 3 && ((unsigned char) message[k - 1] & 0xC0) == 0x80) k--;
    if (k == 0) return;
    unsigned char lead = (unsigned char) message[k - 1];
    size_t expected = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (expected > n - k + 1) message[k - 1] = '\0';
}

/* A message is one line and must not steer a terminal: C0, DEL and the C1 set (0xC2 0x80 .. 0xC2 0x9F) go. */
static void replace_control_characters(char *message)
{
    for (char *p = message; *p; p++) {
        unsigned char c = (unsigned char) p[0], next = (unsigned char) p[1];
        if (c < 0x20 || c == 0x7F) *p = '?';
        if (c == 0xC2 && next >= 0x80 && next < 0xA0) p[0] = p[1] = '?';
    }
}

static void store(rc_error_struct *err, const char *first, const char *second)
{
    int n = snprintf(err->message, sizeof err->message, "%s%s", first, second);
    if (n < 0) err->message[0] = '\0';
    if (n >= (int) sizeof err->message - 1) drop_partial_character(err->message);
    replace_control_characters(err->message);
}

rc_status rc_error_set(rc_error_struct *err, rc_status status, const char *format, ...)
{
    if (!err) return status;
    char text[2 * sizeof err->message];
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0) text[0] = '\0';
    va_end(args);
    store(err, text, "");
    return status;
}

rc_status rc_error_prefix(rc_error_struct *err, rc_status status, const char *format, ...)
{
    if (!err) return status;
    char text[2 * sizeof err->message], old[sizeof err->message + 2];
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0) text[0] = '\0';
    va_end(args);
    snprintf(old, sizeof old, ": %s", err->message);
    store(err, text, old);
    return status;
}

void rc_limits_init(rc_limits *limits)
{
    *limits = (rc_limits) { 0 };
}

double rc_clock(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now)) return 0;
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static bool count(rc_limits *limits, const char *what, size_t looks)
{
    if (!limits) return true;
    if (limits->reason) return false;
    size_t visit = limits->visited++;
    if (limits->stop && *limits->stop) limits->reason = "interrupted";
    else if (limits->max_cells && visit >= limits->max_cells) limits->reason = "cell limit";
    else if (visit % looks == 0) {
        if (limits->deadline > 0 && rc_clock() > limits->deadline) limits->reason = "time limit";
        else if (limits->progress) limits->progress(limits->progress_arg, what, limits->visited);
    }
    return !limits->reason;
}

bool rc_limits_visit(rc_limits *limits, const char *what)
{
    return count(limits, what, 256);
}

bool rc_limits_step(rc_limits *limits, const char *what)
{
    return count(limits, what, 1);
}
