/* RFC 8259 and nothing else: duplicate keys, trailing bytes, invalid UTF-8, lone surrogates, raw
   control characters and deep nesting are refused, and so are escapes in keys: a key has one
   spelling. Texts stay as they are written. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "check.h"

#define KEYS 1000            /* of one object, at most */

typedef struct {
    json *doc;
    size_t at, capacity, depth;
} reader;

static void load(json *doc) {
    FILE *file = strcmp(doc->name, "-") == 0 ? stdin : fopen(doc->name, "rb");
    size_t capacity = 0, got = 1;
    if (file == NULL) unusable(doc->name, "cannot open: %s", strerror(errno));
    for (errno = 0; got > 0; doc->size += got) {
        if (doc->size == capacity && capacity < UINT32_MAX)
            doc->bytes = memory_resize(doc->bytes, capacity = 2 * capacity + 65536, 1);
        got = fread(doc->bytes + doc->size, 1, capacity - doc->size, file);
    }
    got = (size_t)ferror(file);
    if (file != stdin) fclose(file);
    if (got != 0) unusable(doc->name, "cannot read: %s", strerror(errno));
    if (doc->size >= UINT32_MAX) unusable(doc->name, "cannot read: 4 GiB or more");
}

static int peek(const reader *r) {
    return r->at < r->doc->size ? (unsigned char)r->doc->bytes[r->at] : -1;
}

static bool peek_is(const reader *r, const char *set) {
    return peek(r) > 0 && strchr(set, peek(r)) != NULL;
}

static noreturn void wrong(const reader *r, const char *what) {
    malformed(r->doc, r->at, "%sexpected %s", peek(r) < 0 ? "the file ends; " : "", what);
}

/* Takes one character of the set, if it is there. */
static bool take(reader *r, const char *set) {
    bool there = peek_is(r, set);
    r->at += there;
    return there;
}

static void skip_space(reader *r) {
    while (take(r, " \t\n\r")) continue;
}

static size_t add_node(reader *r, json_kind kind) {
    json *doc = r->doc;
    if (doc->nodes == r->capacity) {
        r->capacity = r->capacity * 2 + 64;
        doc->node = memory_resize(doc->node, r->capacity, sizeof *doc->node);
    }
    doc->node[doc->nodes] = (json_node){kind, (uint32_t)r->at, 0, (uint32_t)doc->nodes + 1};
    return doc->nodes++;
}

/* The code of an escape \uXXXX; 0 for the other escapes. */
static unsigned escape(reader *r) {
    unsigned code = 0;
    r->at++;
    if (take(r, "\"\\/bfnrt")) return 0;
    if (!take(r, "u")) wrong(r, "an escape of JSON");
    for (int i = 0; i < 4; i++) {
        int c = peek(r) | 32;
        if (!take(r, "0123456789abcdefABCDEF")) wrong(r, "four hexadecimal digits");
        code = 16 * code + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return code;
}

/* One character: an escape, or UTF-8 without overlong forms, surrogates, or more than U+10FFFF. */
static void character(reader *r) {
    const unsigned char *s = (const unsigned char *)r->doc->bytes + r->at;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    bool good = n <= r->doc->size - r->at && (n == 1 || (s[0] >= 0xC2 && s[0] <= 0xF4));
    if (s[0] < 32) wrong(r, "no control character");
    if (s[0] == '\\') {
        unsigned code = escape(r), second = 0xDC00;
        if (code >= 0xD800 && code < 0xE000) second = code < 0xDC00 && peek(r) == '\\' ? escape(r) : 0;
        if (second < 0xDC00 || second > 0xDFFF) wrong(r, "a surrogate pair");
        return;
    }
    for (size_t i = 1; good && i < n; i++) good = (s[i] & 0xC0) == 0x80;
    if (!good || (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        wrong(r, "valid UTF-8");
    r->at += n;
}

static void read_string(reader *r, bool key) {
    size_t node = add_node(r, JSON_STRING), start = r->at + 1;
    if (!take(r, "\"")) wrong(r, key ? "a key" : "a value");
    while (peek(r) != '"') {
        if (peek(r) < 0) wrong(r, "the end of a string");
        if (key && peek(r) == '\\') wrong(r, "a key without escapes");
        character(r);
    }
    r->doc->node[node].text = (uint32_t)start;
    r->doc->node[node].length = (uint32_t)(r->at++ - start);
}

static void digits(reader *r) {
    if (!peek_is(r, "0123456789")) wrong(r, "a digit");
    while (take(r, "0123456789")) continue;
}

static void read_number(reader *r) {
    size_t node = add_node(r, JSON_INTEGER), start = r->at, after_integer;
    take(r, "-");
    if (!take(r, "0")) digits(r);
    after_integer = r->at;
    if (take(r, ".")) digits(r);
    if (take(r, "eE")) {
        take(r, "+-");
        digits(r);
    }
    if (r->at > after_integer) r->doc->node[node].kind = JSON_REAL;
    r->doc->node[node].length = (uint32_t)(r->at - start);
}

static bool read_word(reader *r, const char *word, json_kind kind) {
    size_t n = strlen(word), node;
    if (r->doc->size - r->at < n || memcmp(r->doc->bytes + r->at, word, n) != 0) return false;
    node = add_node(r, kind);
    r->doc->node[node].length = (uint32_t)n;
    r->at += n;
    return true;
}

static void read_value(reader *r);

static void read_members(reader *r, bool object) {
    size_t node = add_node(r, object ? JSON_OBJECT : JSON_LIST), count = 0, key = node + 1;
    const char *close = object ? "}" : "]";
    if (++r->depth > NESTING) wrong(r, "nesting of at most 1000");
    r->at++;
    skip_space(r);
    while (!take(r, close)) {
        if (count++ > 0 && !take(r, ",")) wrong(r, object ? "a comma or }" : "a comma or ]");
        skip_space(r);
        if (object) {
            value last = {r->doc, (uint32_t)r->doc->nodes}, k = {r->doc, (uint32_t)key};
            read_string(r, true);
            if (count > KEYS) wrong(r, "at most 1000 keys");
            for (size_t i = 1; i < count; i++, k = json_next(json_next(k)))
                if (json_same(k, last)) wrong(r, "no key for the second time");
            skip_space(r);
            if (!take(r, ":")) wrong(r, "a colon");
        }
        read_value(r);
        skip_space(r);
    }
    r->doc->node[node].length = (uint32_t)count;
    r->doc->node[node].next = (uint32_t)r->doc->nodes;
    r->depth--;
}

static void read_value(reader *r) {
    skip_space(r);
    if (peek_is(r, "{[")) read_members(r, peek(r) == '{');
    else if (peek_is(r, "-0123456789")) read_number(r);
    else if (!read_word(r, "null", JSON_NULL) && !read_word(r, "false", JSON_FALSE) &&
             !read_word(r, "true", JSON_TRUE)) read_string(r, false);
}

json *json_read(const char *name, bool is_case) {
    json *doc = memory_new(1, sizeof *doc);
    reader r = {.doc = doc};
    doc->name = name;
    doc->is_case = is_case;
    load(doc);
    read_value(&r);
    skip_space(&r);
    if (r.at < doc->size) wrong(&r, "the end of the file");
    add_node(&r, JSON_NULL);             /* what follows the last value can be looked at */
    return doc;
}

/* ---- access ------------------------------------------------------------------------- */

json_kind json_type(value v) { return (json_kind)v.doc->node[v.node].kind; }
bool json_present(value v) { return v.node != 0; }
value json_first(value v) { return (value){v.doc, v.node + 1}; }
value json_next(value v) { return (value){v.doc, v.doc->node[v.node].next}; }
size_t json_count(value v) { return json_type(v) >= JSON_LIST ? v.doc->node[v.node].length : 0; }

const char *json_text(value v, size_t *length) {
    *length = json_type(v) >= JSON_LIST ? 1 : v.doc->node[v.node].length;
    return v.doc->bytes + v.doc->node[v.node].text;
}

static bool has_text(value v, const char *text, size_t length) {
    size_t n;
    const char *own = json_text(v, &n);
    return json_type(v) == JSON_STRING && n == length && memcmp(own, text, n) == 0;
}

bool json_is(value v, const char *text) { return has_text(v, text, strlen(text)); }

bool json_same(value a, value b) {
    size_t n;
    const char *text = json_text(a, &n);
    return json_type(a) == JSON_STRING && has_text(b, text, n);
}

static value get(value object, const char *key, size_t length) {
    value k = json_first(object);
    if (json_type(object) == JSON_OBJECT)
        for (size_t i = json_count(object); i > 0; i--, k = json_next(json_next(k)))
            if (has_text(k, key, length)) return json_next(k);
    return (value){object.doc, 0};
}

value json_get(value object, const char *key) { return get(object, key, strlen(key)); }

value json_named(value object, value key) {
    size_t length;
    const char *text = json_text(key, &length);
    return get(object, text, length);
}

/* Words "key", "key?" (may be missing) and "key=text" (must be that text; * is the rule). */
void json_shape(const char *rule, value v, const char *shape) {
    size_t known = 0, n, m, length;
    const char *text;
    if (json_type(v) != JSON_OBJECT) expected(rule, v, "an object");
    for (const char *word = shape; *(word += strspn(word, " ?")) != '\0'; word += n + m) {
        value at = get(v, word, n = strcspn(word, " ?="));
        m = word[n] == '=' ? strcspn(word + n, " ") : 0;
        known += json_present(at);
        if (!json_present(at) && word[n] != '?')
            reject(rule, v, "expected the key \"%.*s\", found none", (int)n, word);
        if (m == 0) continue;
        text = word[n + 1] == '*' ? rule : word + n + 1;
        length = word[n + 1] == '*' ? strlen(rule) : m - 1;
        require(has_text(at, text, length), rule, at, "\"%.*s\"", (int)length, text);
    }
    if (known < json_count(v)) expected(rule, v, "only the keys %s", shape);
}

value json_list(const char *rule, value v) {
    if (json_type(v) != JSON_LIST) expected(rule, v, "a list");
    return json_first(v);
}

value json_list_of(const char *rule, value v, size_t count) {
    if (json_type(v) != JSON_LIST || json_count(v) != count) expected(rule, v, "a list of %zu", count);
    return json_first(v);
}

size_t json_index(const char *rule, value v, size_t low, size_t high) {
    size_t length;
    uint64_t index = 0;
    const char *text = json_text(v, &length);
    bool good = json_type(v) == JSON_INTEGER && length <= 18 && text[0] != '-';
    for (size_t i = 0; good && i < length; i++) index = 10 * index + (uint64_t)(text[i] - '0');
    if (!good || index < low || index > high) expected(rule, v, "an index in %zu..%zu", low, high);
    return (size_t)index;
}

size_t *json_indices(const char *rule, value v, size_t high, size_t *count) {
    value at = json_list(rule, v);
    size_t *index = memory_new(*count = json_count(v), sizeof *index);
    bool *used = memory_new(high + 1, sizeof *used);
    for (size_t i = 0; i < *count; i++, at = json_next(at)) {
        index[i] = json_index(rule, at, 1, high);
        if (used[index[i]]) expected(rule, at, "distinct indices");
        used[index[i]] = true;
    }
    return index;
}
