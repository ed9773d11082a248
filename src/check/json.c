/* RFC 8259 and nothing else: duplicate keys, trailing bytes, invalid UTF-8, lone surrogates, raw
   control characters and deep nesting are refused, and so are escapes in keys: a key has one
   spelling. Texts stay as they are written. */

#include "check.h"

#define DIGITS "0123456789"

/* A zero byte, which no value may contain, stands behind the file. */
typedef struct { json *doc; const char *at; } reader;

static size_t offset(const reader *r) { return (size_t)(r->at - r->doc->bytes); }

static noreturn void wrong(const reader *r, const char *what) {
    malformed(r->doc, offset(r), "%sexpected %s", offset(r) == r->doc->size ? "the file ends; " : "", what);
}

static bool peek(const reader *r, const char *set) { return *r->at != '\0' && strchr(set, *r->at) != NULL; }

/* Takes one character of the set, if it is there. */
static bool take(reader *r, const char *set) { return peek(r, set) && r->at++ != NULL; }
static void need(reader *r, const char *set, const char *what) { if (!take(r, set)) wrong(r, what); }

static reader *after_space(reader *r) {
    while (take(r, " \t\n\r")) continue;
    return r;
}

/* When their number is 0 or a power of two, it is time for a larger array. */
static json_node *add_node(reader *r, json_kind kind) {
    json *doc = r->doc;
    uint32_t n = (uint32_t)doc->nodes++;
    if ((n & (n - 1)) == 0) doc->node = memory_resize(doc->node, 2 * (size_t)n + 1, sizeof *doc->node);
    doc->node[n] = (json_node){kind, (uint32_t)offset(r), 0, n + 1};
    return &doc->node[n];
}

/* An escape. That of a low surrogate must follow that of a high one, and stands nowhere else. */
static void read_escape(reader *r, bool low) {
    char hex[5] = "";
    need(r, "\\", "a surrogate pair");
    if (!low && take(r, "\"\\/bfnrt")) return;
    need(r, "u", low ? "a surrogate pair" : "an escape of JSON");
    if (strspn(r->at, DIGITS "abcdefABCDEF") < 4) wrong(r, "four hexadecimal digits");
    unsigned long code = strtoul(memcpy(hex, r->at, 4), NULL, 16);
    r->at += 4;
    if ((code >= 0xDC00 && code < 0xE000) != low) wrong(r, "a surrogate pair");
    if (code >= 0xD800 && code < 0xDC00) read_escape(r, true);
}

/* UTF-8 without control characters, overlong forms, surrogates, or more than U+10FFFF. */
static void read_character(reader *r) {
    static const unsigned lead[] = {0, 0xC0, 0xE0, 0xF0}, least[] = {32, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)r->at;
    int bytes = 1 + (*s >= 0x80) + (*s >= 0xE0) + (*s >= 0xF0), i = 1;
    uint32_t code = *s - lead[bytes - 1];        /* for the byte 80..BF more than 10FFFF */
    while (i < bytes && (s[i] & 0xC0) == 0x80) code = code << 6 | (s[i++] & 0x3F);
    if (i < bytes || code < least[bytes - 1] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF)
        wrong(r, bytes > 1 ? "valid UTF-8" : *s > 0 ? "no control character" : "the end of a string");
    r->at += bytes;
}

static void digits(reader *r) { do need(r, DIGITS, "a digit"); while (peek(r, DIGITS)); }

/* null, false, true, a number or a string; for a key a string. */
static void read_scalar(reader *r, bool key) {
    static const char *const word[] = {"null", "false", "true"};     /* by their kinds */
    json_node *node = add_node(r, JSON_STRING);
    if (!key && peek(r, "nft")) {
        node->kind = *r->at == 'n' ? JSON_NULL : *r->at == 'f' ? JSON_FALSE : JSON_TRUE;
        for (const char *c = word[node->kind]; *c != '\0'; c++) need(r, (char[]){*c, '\0'}, "a value");
    } else if (!key && peek(r, "-" DIGITS)) {
        take(r, "-");
        if (!take(r, "0")) digits(r);
        node->kind = peek(r, ".eE") ? JSON_REAL : JSON_INTEGER;
        if (take(r, ".")) digits(r);
        bool exponent = take(r, "eE");
        if (exponent) take(r, "+-");
        if (exponent) digits(r);
    } else {
        need(r, "\"", key ? "a key" : "a value");
        node->text++;
        while (*r->at != '"')
            if (*r->at != '\\') read_character(r);
            else if (key) wrong(r, "a key without escapes");
            else read_escape(r, false);
    }
    node->length = (uint32_t)offset(r) - node->text;
    if (node->kind == JSON_STRING) r->at++;
}

static void read_members(reader *r, size_t depth);
static void read_value(reader *r, size_t depth) { peek(r, "{[") ? read_members(r, depth) : read_scalar(r, false); }

static void read_members(reader *r, size_t depth) {
    bool object = peek(r, "{");
    value all = {r->doc, (uint32_t)r->doc->nodes};
    if (depth == NESTING) wrong(r, "nesting of at most 1000");
    add_node(r, object ? JSON_OBJECT : JSON_LIST);
    r->at++;
    while (!take(after_space(r), object ? "}" : "]")) {
        if (json_count(all) > 0) need(r, ",", object ? "a comma or }" : "a comma or ]");
        if (object) {
            value key = {r->doc, (uint32_t)r->doc->nodes};
            read_scalar(after_space(r), true);
            if (json_count(all) == 1000) wrong(r, "at most 1000 keys");
            if (json_present(json_named(all, key))) wrong(r, "no key for the second time");
            need(after_space(r), ":", "a colon");
        }
        read_value(after_space(r), depth + 1);
        r->doc->node[all.node].length++;
    }
    r->doc->node[all.node].next = (uint32_t)r->doc->nodes;
}

const char *file_read(const char *name, char **bytes, size_t *size, size_t most) {
    FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    *bytes = NULL;
    *size = 0;
    for (size_t capacity = 0; in != NULL && *size == capacity && capacity < most;) {
        *bytes = memory_resize(*bytes, capacity = 2 * capacity + 65536, 1);
        *size += fread(*bytes + *size, 1, capacity - *size, in);
    }
    const char *defect = in == NULL || ferror(in) ? strerror(errno) : *size < most ? NULL : "4 GiB or more";
    if (in != NULL && in != stdin) fclose(in);
    return defect;
}

json *json_read(const char *name, bool is_case) {
    json *doc = memory_new(1, sizeof *doc);
    *doc = (json){.name = name, .is_case = is_case};
    const char *defect = file_read(name, &doc->bytes, &doc->size, UINT32_MAX);
    if (defect != NULL) unusable(name, "cannot be read: %s", defect);
    doc->bytes[doc->size] = '\0';
    reader r = {doc, doc->bytes};
    read_value(after_space(&r), 0);
    if (offset(after_space(&r)) < doc->size) wrong(&r, "the end of the file");
    add_node(&r, JSON_NULL);             /* what follows the last value can be looked at */
    return doc;
}

/* ---- access ------------------------------------------------------------------------- */

json_kind json_type(value v) { return (json_kind)v.doc->node[v.node].kind; }
bool json_present(value v) { return v.node != 0; }
value json_first(value v) { return (value){v.doc, v.node + 1}; }
value json_next(value v) { return (value){v.doc, v.doc->node[v.node].next}; }
size_t json_count(value v) { return json_type(v) >= JSON_LIST ? v.doc->node[v.node].length : 0; }

static const char *text(value v) { return v.doc->bytes + v.doc->node[v.node].text; }
static size_t length(value v) { return json_type(v) >= JSON_LIST ? 1 : v.doc->node[v.node].length; }

const char *json_text(value v, size_t *count) {
    *count = length(v);
    return text(v);
}

static bool has_text(value v, const char *word, size_t n) {
    return json_type(v) == JSON_STRING && length(v) == n && memcmp(text(v), word, n) == 0;
}

bool json_is(value v, const char *word) { return has_text(v, word, strlen(word)); }
bool json_same(value a, value b) { return json_type(a) == JSON_STRING && has_text(b, text(a), length(a)); }

static value get(value object, const char *key, size_t n) {
    value k = json_first(object);
    for (size_t i = json_type(object) == JSON_OBJECT ? json_count(object) : 0; i-- > 0; k = json_next(json_next(k)))
        if (has_text(k, key, n)) return json_next(k);
    return (value){object.doc, 0};
}

value json_get(value object, const char *key) { return get(object, key, strlen(key)); }
value json_named(value object, value key) { return get(object, text(key), length(key)); }

/* Words "key", "key?" (may be missing) and "key=text" (must be that text; * is the rule). */
void json_shape(const char *rule, value v, const char *shape) {
    size_t known = 0;
    require(json_type(v) == JSON_OBJECT, rule, v, "an object");
    for (const char *key = shape; *(key += strspn(key, " ")) != '\0'; key += strcspn(key, " ")) {
        size_t n = strcspn(key, " ?=");
        value at = get(v, key, n);
        if (!json_present(at) && key[n] != '?') reject(rule, v, "expected the key \"%.*s\", found none", (int)n, key);
        const char *word = key[n] != '=' ? "" : key[n + 1] == '*' ? rule : key + n + 1;
        int m = (int)strcspn(word, " ");
        require(m == 0 || has_text(at, word, (size_t)m), rule, at, "\"%.*s\"", m, word);
        known += json_present(at);
    }
    require(known == json_count(v), rule, v, "only the keys %s", shape);
}

value json_list(const char *rule, value v) {
    require(json_type(v) == JSON_LIST, rule, v, "a list");
    return json_first(v);
}

value json_list_of(const char *rule, value v, size_t count) {
    require(json_type(v) == JSON_LIST && json_count(v) == count, rule, v, "a list of %zu", count);
    return json_first(v);
}

size_t json_index(const char *rule, value v, size_t low, size_t high) {
    bool good = json_type(v) == JSON_INTEGER && length(v) <= 18 && *text(v) != '-';
    size_t index = good ? (size_t)strtoull(text(v), NULL, 10) : 0;
    require(good && low <= index && index <= high, rule, v, "an index in %zu..%zu", low, high);
    return index;
}

size_t *json_indices(const char *rule, value v, size_t high, size_t *count) {
    value at = json_list(rule, v);
    size_t *index = memory_new(*count = json_count(v), sizeof *index);
    unsigned char *used = memory_new(high + 1, sizeof *used);
    for (size_t i = 0; i < *count; i++, at = json_next(at))
        require(used[index[i] = json_index(rule, at, 1, high)]++ == 0, rule, at, "distinct indices");
    return index;
}
