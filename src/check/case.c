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
    if ((n > 0 && !json_present(at)) || json_present(json_get(v, "for")))
        reject(RULE, certificate, "expected a claim with \"at\", found one about ranges of parameters");
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
