/* --case FILE#ID: the statement must be that of the case file. Section 3. */

#include "check.h"

#define RULE "--case"

static value find_claim(const json *file, const char *id) {
    value root = {file, 0}, found = root, claims = json_get(root, "claims"), v = json_first(claims);
    json_shape(RULE, root, "title? source? parameters? networks? claims");
    json_list(RULE, claims);
    for (size_t i = json_count(claims); i > 0; i--, v = json_next(v)) {
        require(!json_is(json_get(v, "id"), id) || !json_present(found), RULE, json_get(v, "id"), "ids that differ");
        if (json_is(json_get(v, "id"), id)) found = v;
    }
    if (!json_present(found)) unusable(file->name, "no claim with id \"%s\"", id);
    return found;
}

/* The parameters' names, and their values in `at`: choice[k] has length[k] ones. The number of instances. */
static size_t read_choices(environment *names, number **choice, size_t *length, value declaration, value at) {
    size_t count = 1;
    NEW_Q(p);
    for (size_t k = 0; k < names->count; k++, declaration = json_next(declaration)) {
        bool integers = json_present(json_get(declaration, "integer-from"));
        json_shape(RULE, declaration, integers ? "name integer-from" : "name real-above");
        number end = number_read(RULE, json_get(declaration, integers ? "integer-from" : "real-above"));
        value list = json_named(at, names->name[k] = json_get(declaration, "name")), v = json_list(RULE, list);
        count *= length[k] = json_count(list);
        require(count <= 1000000, RULE, at, "at most 10^6 instances");
        choice[k] = memory_new(length[k], sizeof **choice);
        for (size_t i = 0; i < length[k]; i++, v = json_next(v)) {
            int order = compare(choice[k][i] = number_read(RULE, v), end);
            require(get_rational(p, choice[k][i]) && order >= 0, RULE, v, "a rational in the parameter's range");
            require(integers ? mpz_cmp_ui(mpq_denref(p), 1) == 0 : order > 0, RULE, v, "a value of the parameter");
        }
    }
    require(json_count(at) == names->count, RULE, at, "values of the %zu parameters", names->count);
    return count;
}

static bool same_parameters(const environment *names, value parameters) {
    for (size_t k = 0; k < names->count; k++) {
        value at = json_named(parameters, names->name[k]);
        if (!json_present(at) || compare(number_read(RULE, at), names->number[k]) != 0) return false;
    }
    return json_count(parameters) == names->count;
}

/* Is the text the stem of the file's name? */
static bool is_stem(value text, const char *file) {
    const char *slash = strrchr(file, '/'), *stem = slash != NULL ? slash + 1 : file, *dot = strrchr(stem, '.');
    size_t length;
    const char *own = json_text(text, &length);
    return length == (dot != NULL ? (size_t)(dot - stem) : strlen(stem)) && memcmp(own, stem, length) == 0;
}

/* The same JSON value, the same text where it is no list or object? */
static bool same_value(value a, value b) {
    size_t n, m, count = json_count(a);
    bool object = json_type(a) == JSON_OBJECT;
    const char *x = json_text(a, &n), *y = json_text(b, &m);
    if (json_type(a) != json_type(b) || count != json_count(b)) return false;
    if (json_type(a) < JSON_LIST) return n == m && memcmp(x, y, n) == 0;
    value p = json_first(a), q = json_first(b);
    for (; count > 0; count--, p = json_next(p), q = json_next(q)) {
        if (object && (!json_present(json_named(b, p)) || !same_value(json_next(p), json_named(b, p)))) return false;
        if (!object && !same_value(p, q)) return false;
        if (object) p = json_next(p);
    }
    return true;
}

/* The statement and the networks of an instance about ranges are, as texts, those of the claim v. */
static void compare_family(value root, value v, value instance) {
    value at = json_get(instance, "statement"), networks = json_get(instance, "networks"), key = json_first(at);
    value all = json_get(root, "networks");
    static const char *const more[] = {"id", "claim", "expect", "for", "holds"};
    size_t fields = json_count(at) - json_present(json_get(at, "holds"));
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) fields += json_present(json_get(v, more[i]));
    require(fields == json_count(v), RULE, at, "the fields of the claim");
    for (size_t i = json_count(at); i > 0; i--, key = json_next(json_next(key))) {
        value own = json_named(v, key);
        bool same = json_present(own) ? same_value(json_next(key), own) : json_is(key, "holds");
        require(same, RULE, json_next(key), "what the claim says");
    }
    key = json_first(networks);
    for (size_t i = json_count(networks); i > 0; i--, key = json_next(json_next(key))) {
        value own = json_named(all, key);
        for (size_t steps = NESTING; steps > 0 && json_type(own) == JSON_STRING; steps--) own = json_named(all, own);
        require(same_value(json_next(key), own), RULE, json_next(key), "the network of the case");
    }
}

/* A claim about all values in ranges. Proved: at the first values of the only parameter, an integer, if any, then for
   all from there on. Refuted: at values in the ranges. */
static void compare_ranges(json *file, environment *names, number *chosen, value v, value certificate,
                           const statement *s) {
    value root = {file, 0}, list = json_get(certificate, "instances"), instance = json_list(RULE, list);
    value range = json_get(v, "for");
    bool all = json_is(json_get(certificate, "verdict"), "proved");
    size_t n = json_count(list);
    for (size_t i = 0; i < n; i++, instance = json_next(instance)) {
        bool family = is_family(instance);
        value declaration = json_first(json_get(root, "parameters")), parameters = json_get(instance, "parameters");
        require(family == (all && i + 1 == n), RULE, instance, "a proof for all values at the end");
        require(json_count(parameters) == names->count, RULE, parameters, "the parameters of the case");
        for (size_t k = 0; k < names->count; k++, declaration = json_next(declaration)) {
            bool integers = json_present(json_get(declaration, "integer-from"));
            const char *limit = integers ? "integer-from" : "real-above";
            value name = names->name[k] = json_get(declaration, "name"), own = json_named(parameters, name);
            number low = number_read(RULE, json_get(declaration, limit)), end = low;
            NEW_Q(p);
            json_shape(RULE, declaration, integers ? "name integer-from" : "name real-above");
            if (json_present(range) && json_present(json_named(range, name)))
                end = number_read(RULE, json_get(json_named(range, name), limit));
            require(json_present(own) && compare(end, low) >= 0, RULE, own, "a parameter of the case");
            if (all) require(n == 1 || (integers && names->count == 1), RULE, list, "one proof for all values");
            if (all) end = plus(end, integer((long)i * integers));
            number x = number_read(RULE, family ? json_get(own, limit) : own);
            int order = compare(chosen[k] = x, end);
            require(all ? order == 0 : integers ? order >= 0 : order > 0, RULE, own, "a value of the range");
            require(get_rational(p, x) && (!integers || mpz_cmp_ui(mpq_denref(p), 1) == 0), RULE, own, "an integer");
        }
        file->names = names;
        statement t;
        if (family) compare_family(root, v, instance);
        else statement_read(&t, s->claim, v, json_get(root, "networks"), " id claim expect? for?");
        const char *difference = family ? NULL : statement_difference(&s[i], &t);
        if (difference != NULL) reject(RULE, instance, "expected equal %s, found others", difference);
        file->names = NULL;
    }
}

void case_compare(json *file, const char *id, value certificate, const statement *s) {
    value v = find_claim(file, id), at = json_get(v, "at"), root = {file, 0}, kind = json_get(certificate, "claim");
    value declarations = json_get(root, "parameters"), name = json_get(certificate, "case");
    value list = json_get(certificate, "instances"), instance = json_first(list);
    bool all = json_is(json_get(certificate, "verdict"), "proved");
    size_t n = json_type(declarations) == JSON_LIST ? json_count(declarations) : 0, count = 1, found = 0;
    size_t *length = memory_new(n, sizeof *length);
    number *chosen = memory_new(n, sizeof *chosen), **choice = memory_new(n, sizeof *choice);
    environment names = {n, memory_new(n, sizeof *names.name), chosen};
    require(is_stem(name, file->name), RULE, name, "the stem of %s", file->name);
    require(json_is(json_get(certificate, "id"), id), RULE, json_get(certificate, "id"), "\"%s\"", id);
    require(json_same(kind, json_get(v, "claim")), RULE, kind, "the claim of the case");
    if (n > 0 && !json_present(at)) {
        compare_ranges(file, &names, chosen, v, certificate, s);
        return;
    }
    require(n > 0 || !json_present(at), RULE, v, "no \"at\", as there are no parameters");
    if (n > 0) count = read_choices(&names, choice, length, json_first(declarations), at);
    file->names = &names;
    for (size_t i = 0; i < count; i++) {
        statement t;
        for (size_t k = n, rest = i; k-- > 0; rest /= length[k]) chosen[k] = choice[k][rest % length[k]];
        bool same = found < json_count(list) && same_parameters(&names, json_get(instance, "parameters"));
        require(same || !all, RULE, list, "all instances of the case in order (the %zu. is another)", i + 1);
        if (!same) continue;
        statement_read(&t, s->claim, v, json_get(root, "networks"), " id claim expect? at?");
        const char *difference = statement_difference(&s[found++], &t);
        if (difference != NULL) reject(RULE, instance, "expected equal %s, found others", difference);
        instance = json_next(instance);
    }
    require(found == json_count(list), RULE, list, "instances of the case in order (only %zu are)", found);
}
