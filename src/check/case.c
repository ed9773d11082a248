/* --case FILE#ID: the statement must be that of the case file. Section 3. */

#include "check.h"

#define RULE "--case"

/* The claim with this id, a text or (NULL) a value. */
static value find_claim(const json *file, value name, const char *id) {
    value root = {file, 0}, found = root, claims = json_get(root, "claims"), v = json_first(claims);
    json_shape(RULE, root, "title? source? parameters? networks? data? claims");
    json_list(RULE, claims);
    for (size_t i = json_count(claims); i > 0; i--, v = json_next(v)) {
        bool same = id != NULL ? json_is(json_get(v, "id"), id) : json_same(json_get(v, "id"), name);
        require(!same || !json_present(found), RULE, json_get(v, "id"), "ids that differ");
        if (same) found = v;
    }
    if (!json_present(found))
        unusable(file->name, "no claim with %s \"%s\"", id != NULL ? "id" : "the id in", id != NULL ? id : "of");
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

/* ---- ranges ---------------------------------------------------------------------------------- */

static number end_of(value range, const char *key) { return number_read(RULE, json_get(range, key)); }

/* Is x a value of the range, or the value itself? */
static bool contains(value range, number x) {
    value both = json_get(range, "real-between");
    if (json_type(range) != JSON_OBJECT) return compare(x, number_read(RULE, range)) == 0;
    if (json_present(both)) return compare(x, number_read(RULE, json_first(both))) > 0 &&
                                   compare(number_read(RULE, json_next(json_first(both))), x) > 0;
    if (json_present(json_get(range, "integer-from"))) return compare(x, end_of(range, "integer-from")) >= 0;
    return compare(x, end_of(range, "real-above")) > 0;
}

static int by_value(const void *a, const void *b) { return compare(*(const number *)a, *(const number *)b); }

/* Values of a parameter such that, if each is in the range of some instance, all values are from `low` on: ranges begin and
   end at `ends`. Of integers those up to the first beyond all ends; of reals the ends and one between any two. */
static size_t read_points(number **points, bool integers, number low, value instance, size_t count, value name) {
    number *ends = memory_new(2 * count + 1, sizeof *ends), one = integer(1), x = low;
    size_t n = 1, found = 0;
    ends[0] = low;
    for (size_t i = 0; i < count; i++, instance = json_next(instance)) {
        value range = json_named(json_get(instance, "parameters"), name), end = json_next(json_first(range));
        bool ranges = json_type(range) == JSON_OBJECT, both = ranges && json_type(end) == JSON_LIST;
        require(!ranges || json_present(json_get(range, "integer-from")) == integers, RULE, range,
                "the case's kind of range");
        ends[n++] = number_read(RULE, both ? json_first(end) : ranges ? end : range);
        if (both) ends[n++] = number_read(RULE, json_next(json_first(end)));
    }
    qsort(ends, n, sizeof *ends, by_value);
    *points = memory_new(2 * n, sizeof **points);
    for (size_t i = 0; i < n && !integers; i++) {
        if (compare(ends[i], low) < 0 || (i + 1 < n && compare(ends[i], ends[i + 1]) == 0)) continue;
        if (compare(ends[i], low) > 0) (*points)[found++] = ends[i];
        (*points)[found++] = i + 1 == n ? plus(ends[i], one) : times(plus(ends[i], ends[i + 1]), inverse(integer(2)));
    }
    for (; integers && compare(x, plus(ends[n - 1], one)) <= 0; x = plus(x, one)) {
        require(found < 1000000, RULE, name, "ranges of fewer than 10^6 integers");
        *points = memory_resize(*points, found + 1, sizeof **points);
        (*points)[found++] = x;
    }
    return found;
}

/* Is a range, of which the limit is refuted, part of the case's? Of the integer that grows all large values are. */
static bool is_within(value range, bool integers, number low) {
    value both = json_get(range, "real-between"), from = json_get(range, "integer-from");
    NEW_Q(p);
    if (json_type(range) == JSON_OBJECT && (integers || json_present(from))) return integers && json_present(from);
    number x = json_type(range) != JSON_OBJECT ? number_read(RULE, range)
               : json_present(both)            ? number_read(RULE, json_first(both))
                                               : end_of(range, "real-above");
    bool fixed = json_type(range) != JSON_OBJECT, whole = get_rational(p, x) && mpz_cmp_ui(mpq_denref(p), 1) == 0;
    return compare(x, low) >= (fixed && !integers) && (!integers || whole);
}

/* A claim about all values in ranges. Proved: the instances' ranges cover these; only for large values of an integer, for a
   limit. Refuted: at values in the ranges. */
static void compare_ranges(json *file, json *doc, value v, const statement *s) {
    value root = {file, 0}, list = json_get((value){doc, 0}, "instances"), instance = json_list(RULE, list);
    value range, declaration = json_first(json_get(root, "parameters")), own = v, equals = json_get(v, "equals");
    bool limit = json_is(json_get(v, "claim"), "limit"), all = json_is(json_get((value){doc, 0}, "verdict"), "proved");
    size_t count = json_count(list), n = json_count(json_get(root, "parameters")), product = 1;
    size_t *length = memory_new(n, sizeof *length);
    number **points = memory_new(n, sizeof *points), *chosen = memory_new(n, sizeof *chosen);
    environment names = {n, false, memory_new(n, sizeof *names.name), chosen};
    if (limit) own = find_claim(file, json_get(v, "of"), NULL);
    if (limit) require(is_stop(equals) || json_is(equals, "infinity"), RULE, equals, "0 or \"infinity\"");
    range = json_get(own, "for");
    for (size_t k = 0; k < n; k++, declaration = json_next(declaration)) {
        bool integers = json_present(json_get(declaration, "integer-from"));
        const char *end = integers ? "integer-from" : "real-above";
        value name = names.name[k] = json_get(declaration, "name");
        json_shape(RULE, declaration, integers ? "name integer-from" : "name real-above");
        number low = end_of(declaration, end);
        if (json_present(range) && json_present(json_named(range, name))) low = end_of(json_named(range, name), end);
        require(at_least(low, end_of(declaration, end)), RULE, range, "a range within the parameter's");
        length[k] = all ? read_points(&points[k], integers, low, instance, count, name) : 1;
        if (limit && integers) points[k] += length[k] - 1;
        if (limit && integers) length[k] = 1;
        require((product *= length[k]) <= 1000000, RULE, list, "ranges that are cut less often");
        value at = instance;
        for (size_t i = 0; i < count && !all; i++, at = json_next(at)) {
            value x = json_named(json_get(at, "parameters"), name);
            require(json_present(x) && (limit || json_type(x) != JSON_OBJECT) && is_within(x, integers, low), RULE, at,
                    "%s the range", limit ? "part of" : "a value of");
        }
    }
    for (size_t i = 0; all && i < product; i++) {
        bool covered = false;
        value at = instance;
        for (size_t j = 0; j < count && !covered; j++, at = json_next(at)) {
            covered = true;
            for (size_t k = 0, rest = i; k < n; rest /= length[k++])
                covered = covered &&
                          contains(json_named(json_get(at, "parameters"), names.name[k]), points[k][rest % length[k]]);
        }
        require(covered, RULE, list, "instances that cover the ranges of the claim");
    }
    for (size_t i = 0; i < count; i++, instance = json_next(instance)) {
        value parameters = json_get(instance, "parameters"), at = json_get(instance, "statement");
        bool family = is_family(instance);
        statement t, u = s[i];
        require(json_count(parameters) == n, RULE, parameters, "the parameters of the case");
        for (size_t k = 0; k < n && !family; k++) chosen[k] = number_read(RULE, json_named(parameters, names.name[k]));
        file->names = family ? family_names(parameters) : &names;
        if (family) doc->names = file->names;
        if (limit)
            require(is_stop(json_get(at, "equals")) == is_stop(json_get(v, "equals")) &&
                        json_same(json_get(json_get(at, "of"), "claim"), json_get(own, "claim")),
                    RULE, at, "the case's claim");
        if (family) statement_read(&u, u.claim, limit ? json_get(at, "of") : at, json_get(instance, "networks"), " claim?");
        statement_read(&t, u.claim, own, json_get(root, "networks"), " id claim expect? for?");
        const char *difference = statement_difference(&u, &t);
        if (difference != NULL) reject(RULE, instance, "expected equal %s, found others", difference);
        doc->names = file->names = NULL;
    }
}

void case_compare(json *file, const char *id, json *doc, const statement *s) {
    value certificate = {doc, 0};
    value v = find_claim(file, certificate, id), at = json_get(v, "at"), root = {file, 0},
          kind = json_get(certificate, "claim");
    value declarations = json_get(root, "parameters"), name = json_get(certificate, "case");
    value list = json_get(certificate, "instances"), instance = json_first(list);
    bool all = json_is(json_get(certificate, "verdict"), "proved");
    size_t n = json_type(declarations) == JSON_LIST ? json_count(declarations) : 0, count = 1, found = 0;
    size_t *length = memory_new(n, sizeof *length);
    number *chosen = memory_new(n, sizeof *chosen), **choice = memory_new(n, sizeof *choice);
    environment names = {n, false, memory_new(n, sizeof *names.name), chosen};
    require(is_stem(name, file->name), RULE, name, "the stem of %s", file->name);
    require(json_is(json_get(certificate, "id"), id), RULE, json_get(certificate, "id"), "\"%s\"", id);
    require(json_same(kind, json_get(v, "claim")), RULE, kind, "the claim of the case");
    if (n > 0 && !json_present(at)) {
        compare_ranges(file, doc, v, s);
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
