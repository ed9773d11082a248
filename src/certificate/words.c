#include "words.h"

#include <flint/flint.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rc_words_init(rc_words_t w)
{
    w->length = 0;
    w->alloc = 128;
    w->text = calloc(w->alloc, 1);
    if (w->text == NULL) flint_abort();
}

char *rc_words_take(rc_words_t w)
{
    char *text = w->text;
    w->text = NULL;
    w->length = w->alloc = 0;
    return text;
}

void rc_words_put(rc_words_t w, const char *text)
{
    size_t n = strlen(text);
    if (w->length + n + 1 > w->alloc) {
        w->alloc = 2 * (w->length + n + 1);
        w->text = realloc(w->text, w->alloc);
        if (w->text == NULL) flint_abort();
    }
    memcpy(w->text + w->length, text, n + 1);
    w->length += n;
}

void rc_words_printf(rc_words_t w, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n >= 0) {
        char *text = malloc((size_t) n + 1);
        if (text == NULL) flint_abort();
        vsnprintf(text, (size_t) n + 1, format, again);
        rc_words_put(w, text);
        free(text);
    }
    va_end(again);
}

void rc_words_put_number(rc_words_t w, const json_t *value)
{
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        size_t n = strlen(text);
        if (n <= 60) rc_words_put(w, text);
        else rc_words_printf(w, "%.24s...%s (%zu characters)", text, text + n - 12, n);
        return;
    }
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    rc_words_put(w, text ? text : "?");
    free(text);
}

void rc_words_put_point(rc_words_t w, const json_t *list)
{
    size_t n = json_array_size(list);
    rc_words_put(w, "(");
    for (size_t i = 0; i < n && i < 8; i++) {
        if (i > 0) rc_words_put(w, ", ");
        rc_words_put_number(w, json_array_get(list, i));
    }
    if (n > 8) rc_words_printf(w, ", ... %zu entries", n);
    rc_words_put(w, ")");
}

void rc_words_put_list(rc_words_t w, const json_t *list)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n && i < 12; i++) {
        if (i > 0) rc_words_put(w, i + 1 == n ? " and " : ", ");
        rc_words_put_number(w, json_array_get(list, i));
    }
    if (n > 12) rc_words_printf(w, ", ... (%zu in all)", n);
    if (n == 0) rc_words_put(w, "none");
}
