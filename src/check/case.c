/* --case FILE#ID: the statement must be that of the case file. Section 3. */

#include <string.h>
#include "check.h"

#define RULE "--case"

static value find_claim(const json *file, const char *id) {
    value root = {file, 0}, found = root, claims, v;
    json_shape(RULE, root, "title? source? parameters? networks? claims");
    claims = json_get(root, "claims");
    v = json_list(RULE, claims);
    for (size_t i = json_count(claims); i > 0; i--, v = json_next(v)) {
        if (!json_is(json_get(v, "id"), id)) continue;
        if (json_present(found)) expected(RULE, json_get(v, "id"), "ids that differ");
        found = v;
    }
    if (!json_present(found)) unusable(file->name, "bad case: no claim with id \"%s\"", id);
    return found;
}

/* The value x of a parameter must be in its declared range. */
static number in_range(number x, value at, value declaration) {
    value from = json_get(declaration, "integer-from"), above = json_get(declaration, "real-above");
    bool good;
    NEW_Q(p);
    good = get_rational(p, x);
    if (!json_present(from)) good = good && compare(x, number_read(RULE, above)) > 0;
    else good = good && compare(x, number_read(RULE, from)) >= 0 && mpz_cmp_ui(mpq_denref(p), 1) == 0;
    require(good, RULE, at, "a rational in the range of the parameter");
    return x;
}

/* All instances of `at`, as *count rows of values of the parameters, the last one fastest. */
static number *instances(environment *names, value declarations, value at, size_t *count) {
    size_t n = names->count = json_count(declarations), block = 1;
    value v = json_first(declarations), *declaration = memory_new(n, sizeof *declaration);
    number *table;
    *count = 1;
    names->name = memory_new(n, sizeof *names->name);
    for (size_t k = 0; k < n; k++, v = json_next(v)) {
        bool integers = json_present(json_get(v, "integer-from"));
        json_shape(RULE, v, integers ? "name integer-from" : "name real-above");
        declaration[k] = v;
        names->name[k] = json_get(v, "name");
        json_list(RULE, json_named(at, names->name[k]));
        *count *= json_count(json_named(at, names->name[k]));
        require(*count <= 1000000, RULE, at, "at most 10^6 instances");
    }
    require(json_count(at) == n, RULE, at, "values of the %zu parameters", n);
    table = memory_new(*count * n, sizeof *table);
    for (size_t k = n; k-- > 0;) {
        size_t length = json_count(json_named(at, names->name[k]));
        value item = json_first(json_named(at, names->name[k]));
        for (size_t i = 0; i < length; i++, item = json_next(item)) {
            number x = in_range(number_read(RULE, item), item, declaration[k]);
            for (size_t row = 0; row < *count; row++)
                if (row / block % length == i) table[row * n + k] = x;
        }
        block *= length;
    }
    return table;
}

static bool same_parameters(const environment *names, value parameters) {
    bool same = json_count(parameters) == names->count;
    for (size_t k = 0; same && k < names->count; k++) {
        value at = json_named(parameters, names->name[k]);
        same = json_present(at) && compare(number_read(RULE, at), names->number[k]) == 0;
    }
    return same;
}

/* Is the text the stem of the file's name? */
static bool is_stem(value text, const char *file) {
    size_t length;
    const char *own = json_text(text, &length), *slash = strrchr(file, '/');
    const char *stem = slash != NULL ? slash + 1 : file, *dot = strrchr(stem, '.');
    return length == (dot != NULL ? (size_t)(dot - stem) : strlen(stem)) && memcmp(own, stem, length) == 0;
}

void case_compare(json *file, const char *id, value certificate, const statement *s) {
    value v = find_claim(file, id), at = json_get(v, "at"), root = {file, 0};
    value declarations = json_get(root, "parameters"), networks = json_get(root, "networks");
    value list = json_get(certificate, "instances"), instance = json_first(list);
    value name = json_get(certificate, "case"), kind = json_get(certificate, "claim");
    bool all = json_is(json_get(certificate, "verdict"), "proved");
    bool family = json_type(declarations) == JSON_LIST && json_count(declarations) > 0;
    size_t count = 1, found = 0;
    environment names = {0};
    number *table = NULL;
    require(is_stem(name, file->name), RULE, name, "the stem of %s", file->name);
    require(json_is(json_get(certificate, "id"), id), RULE, json_get(certificate, "id"), "\"%s\"", id);
    require(json_same(kind, json_get(v, "claim")), RULE, kind, "the claim of the case");
    if ((family && !json_present(at)) || json_present(json_get(v, "for")))
        reject(RULE, certificate, "expected a claim with \"at\", found one about ranges of parameters");
    require(family || !json_present(at), RULE, v, "no \"at\", as there are no parameters");
    if (family) table = instances(&names, declarations, at, &count);
    file->names = &names;
    for (size_t i = 0; i < count; i++) {
        statement t;
        const char *difference;
        names.number = family ? table + i * names.count : NULL;
        if (found == json_count(list) || !same_parameters(&names, json_get(instance, "parameters"))) {
            require(!all, RULE, list, "all instances of the case in order (the %zu. is another)", i + 1);
            continue;
        }
        statement_read(&t, s->claim, v, networks, " id claim expect? at?");
        difference = statement_difference(&s[found++], &t);
        if (difference != NULL) reject(RULE, instance, "expected equal %s, found others", difference);
        instance = json_next(instance);
    }
    require(found == json_count(list), RULE, list, "instances of the case in order (only %zu are)", found);
}
