#include <stdarg.h>
#include <stdio.h>
#include <string.h>
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

/* At most 60 bytes of text; what is not printable ASCII becomes '?'. */
static void say_text(value v, const char *quote) {
    char shown[64];
    size_t length, n;
    const char *text = json_text(v, &length);
    n = length <= 60 ? length : 57;
    for (size_t i = 0; i < n; i++) shown[i] = text[i] < 32 || text[i] > 126 ? '?' : text[i];
    report_say("%s%.*s%s%s", quote, (int)n, shown, n < length ? "..." : "", quote);
}

void report_begin_at(const char *rule, value v) {
    value at = {v.doc, 0};
    report_begin(v.doc->name, v.doc->is_case ? 2 : 1);
    report_say(v.doc->is_case ? "bad case: " : "rejected: %s: ", rule);
    if (v.node == 0) report_say("document");
    while (at.node != v.node && strlen(report.line) < 600) {
        bool object = json_type(at) == JSON_OBJECT;
        value key = json_first(at), child = object ? json_next(key) : key;
        size_t position = 1;
        for (; v.doc->node[child.node].next <= v.node; position++) {
            key = json_next(child);
            child = object ? json_next(key) : key;
        }
        if (object && at.node != 0) report_say(".");
        if (object) say_text(key, "");
        else report_say("[%zu]", position);
        at = key.node == v.node ? v : child;
    }
}

void report_found(value v) {
    report_say(", found ");
    if (json_type(v) == JSON_LIST) report_say("a list of %zu", json_count(v));
    else if (json_type(v) == JSON_OBJECT) report_say("an object of %zu keys", json_count(v));
    else say_text(v, json_type(v) == JSON_STRING ? "\"" : "");
}

void report_begin_malformed(const json *doc, size_t offset) {
    size_t line = 1, start = 0;
    for (size_t i = 0; i < offset; i++)
        if (doc->bytes[i] == '\n') line++, start = i + 1;
    report_begin(doc->name, 2);
    report_say("malformed: line %zu, column %zu", line, offset - start + 1);
}

void report_leave(void) {
    longjmp(report.leave, 1);
}
