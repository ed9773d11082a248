#include "check.h"

failure report;

void report_begin(const char *name, int status) {
    report.name = name;
    report.status = status;
    report.line[0] = '\0';
}

void report_say(const char *format, ...) {
    size_t used = strlen(report.line);
    va_list list;
    va_start(list, format);
    gmp_vsnprintf(report.line + used, sizeof report.line - used, format, list);
    va_end(list);
}

/* At most 60 bytes of text. */
static void say_text(value v, const char *quote) {
    size_t length;
    const char *text = json_text(v, &length);
    report_say("%s%.*s%s%s", quote, length <= 60 ? (int)length : 57, text, length <= 60 ? "" : "...", quote);
}

/* Walks from the root to v through the last member that does not begin after v. */
void report_begin_at(const char *rule, value v) {
    report_begin(v.doc->name, v.doc->is_case ? 2 : 1);
    report_say(v.doc->is_case ? "malformed: " : "rejected: %s: ", rule);
    if (v.node == 0) report_say("document");
    for (value at = {v.doc, 0}, key = at; at.node != v.node && strlen(report.line) < 600;) {
        bool object = json_type(at) == JSON_OBJECT;
        size_t position = 0;
        if (object && at.node != 0) report_say(".");
        for (value next = json_first(at); next.node <= v.node; next = json_next(at = next))
            if (position++ % 2 == 0) key = next;
        if (object) say_text(key, "");
        else report_say("[%zu]", position);
    }
}

void report_found(value v) {
    report_say(", found ");
    if (json_type(v) == JSON_LIST) report_say("a list of %zu", json_count(v));
    else if (json_type(v) == JSON_OBJECT) report_say("an object of %zu keys", json_count(v));
    else say_text(v, json_type(v) == JSON_STRING ? "\"" : "");
}

void report_begin_malformed(const json *doc, size_t offset) {
    const char *start = doc->bytes, *end = start + offset, *newline;
    size_t line = 1;
    for (; (newline = memchr(start, '\n', (size_t)(end - start))) != NULL; line++) start = newline + 1;
    report_begin(doc->name, 2);
    report_say("malformed: line %zu, column %td", line, end - start + 1);
}

/* What is not printable ASCII becomes '?'. */
void report_leave(void) {
    for (char *c = report.line; *c != '\0'; c++)
        if (*c < 32 || *c > 126) *c = '?';
    longjmp(report.leave, 1);
}
