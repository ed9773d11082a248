/* The case as a whole: top level, parameters, ranges. */
#include "casefile-impl.h"

#include <flint/fmpq_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *rc_case_alloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (p == NULL) flint_abort();
    return p;
}

char *rc_case_strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = rc_case_alloc(n, 1);
    memcpy(copy, text, n);
    return copy;
}

void rc_case_init(rc_case_t c)
{
    memset(c, 0, sizeof *c);
    c->title = c->source = "";
}

static void parameters_free(rc_case_struct *c)
{
    for (slong i = 0; i < c->parameters; i++) {
        free(c->parameter[i].name);
        fmpq_clear(c->parameter[i].from);
    }
    free(c->parameter);
}

void rc_case_clear(rc_case_t c)
{
    rc_case_claims_free(c);
    rc_case_networks_free(c);
    parameters_free(c);
    free(c->path);
    free(c->stem);
    json_decref(c->doc);
    rc_case_init(c);
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    default: return "null";
    }
}

rc_status rc_case_check_keys(const json_t *object, const char *const *keys, const char *where, rc_error_struct *err)
{
    if (!json_is_object(object)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected an object, found %s", where,
                            object ? type_name(object) : "nothing");
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) object, key, value)
    {
        const char *const *k = keys;
        while (*k && strcmp(*k, key) != 0) k++;
        if (*k == NULL) return rc_error_set(err, RC_BAD_INPUT, "%s: unknown field \"%.60s\"", where, key);
    }
    return RC_OK;
}

rc_status rc_case_check_text(const char **text, const json_t *value, const char *where, rc_error_struct *err)
{
    if (!json_is_string(value)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected a string, found %s", where,
                            value ? type_name(value) : "nothing");
    }
    const char *s = json_string_value(value);
    if (*s == '\0' || strlen(s) != json_string_length(value)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: the string is empty or holds a zero byte", where);
    }
    *text = s;
    return RC_OK;
}

/* Parameters. */

rc_status rc_case_read_range(bool *integer, fmpq_t from, const json_t *object, const char *where, rc_error_struct *err)
{
    static const char *const keys[] = {"name", "integer-from", "real-above", NULL};
    rc_status status = rc_case_check_keys(object, keys, where, err);
    if (status != RC_OK) return status;
    const json_t *whole = json_object_get(object, "integer-from"), *real = json_object_get(object, "real-above");
    if ((whole == NULL) == (real == NULL)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected one of \"integer-from\" and \"real-above\"", where);
    }
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%s: %s", where, whole ? "integer-from" : "real-above");
    status = rc_read_fmpq(from, whole ? whole : real, NULL, place, err);
    if (status != RC_OK) return status;
    if (whole && !fmpz_is_one(fmpq_denref(from))) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected an integer", place);
    }
    *integer = whole != NULL;
    return RC_OK;
}

rc_status rc_case_check_domain(const rc_parameter_struct *parameter, const fmpq_t value, const char *where,
                               rc_error_struct *err)
{
    int sign = fmpq_cmp(value, parameter->from);
    bool inside = parameter->integer ? sign >= 0 && fmpz_is_one(fmpq_denref(value)) : sign > 0;
    if (inside) return RC_OK;
    char *v = rc_fmpq_get_str(value), *from = rc_fmpq_get_str(parameter->from);
    rc_status status = rc_error_set(err, RC_BAD_INPUT, "%s: %.80s is outside the parameter's domain (%s %.80s)", where,
                                    v, parameter->integer ? "integers from" : "numbers above", from);
    free(v);
    free(from);
    return status;
}

static rc_status read_parameter(rc_case_struct *c, slong i, const json_t *item, rc_error_struct *err)
{
    rc_parameter_struct *p = c->parameter + i;
    char where[RC_PLACE];
    snprintf(where, sizeof where, "%.200s: parameter %ld", c->path, (long) i + 1);
    static const char *const keys[] = {"name", "integer-from", "real-above", NULL};
    rc_status status = rc_case_check_keys(item, keys, where, err);
    if (status != RC_OK) return status;
    const char *name;
    char place[RC_PLACE + 8];
    snprintf(place, sizeof place, "%s: name", where);
    status = rc_case_check_text(&name, json_object_get(item, "name"), place, err);
    if (status != RC_OK) return status;
    if (!rc_expression_is_name(name)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: \"%.60s\" is no name (a letter, then letters, digits, _; not sqrt)",
                            place, name);
    }
    for (slong j = 0; j < i; j++) {
        if (strcmp(c->parameter[j].name, name) == 0) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: \"%.60s\" names two parameters", place, name);
        }
    }
    p->name = rc_case_strdup(name);
    snprintf(where, sizeof where, "%.200s: parameter %.60s", c->path, name);
    return rc_case_read_range(&p->integer, p->from, item, where, err);
}

rc_status rc_case_read_parameters(rc_case_struct *c, rc_error_struct *err)
{
    const json_t *list = json_object_get(c->doc, "parameters");
    if (list == NULL) return RC_OK;
    if (!json_is_array(list)) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: parameters: expected a list, found %s", c->path,
                            type_name(list));
    }
    slong count = (slong) json_array_size(list);
    c->parameter = rc_case_alloc((size_t) count, sizeof *c->parameter);
    for (slong i = 0; i < count; i++) fmpq_init(c->parameter[i].from);
    c->parameters = count;
    for (slong i = 0; i < count; i++) {
        rc_status status = read_parameter(c, i, json_array_get(list, (size_t) i), err);
        if (status != RC_OK) return status;
    }
    return RC_OK;
}

char *rc_instance_get_str(const rc_case_t c, const rc_instance_struct *instance)
{
    char *text = rc_case_strdup("");
    for (slong i = 0; i < c->parameters; i++) {
        char *value = rc_fmpq_get_str(instance->parameters + i);
        size_t n = strlen(text) + strlen(c->parameter[i].name) + strlen(value) + 8;
        char *longer = rc_case_alloc(n, 1);
        snprintf(longer, n, "%s%s%s = %s", text, i ? ", " : "", c->parameter[i].name, value);
        free(value);
        free(text);
        text = longer;
    }
    return text;
}

/* The document. */

static char *stem_of(const char *path)
{
    if (strcmp(path, "-") == 0) return rc_case_strdup("stdin");
    const char *slash = strrchr(path, '/');
    char *stem = rc_case_strdup(slash ? slash + 1 : path);
    size_t n = strlen(stem);
    if (n > 5 && strcmp(stem + n - 5, ".json") == 0) stem[n - 5] = '\0';
    return stem;
}

static rc_status optional_text(const char **text, const rc_case_struct *c, const char *key, rc_error_struct *err)
{
    const json_t *value = json_object_get(c->doc, key);
    if (value == NULL) return RC_OK;
    char where[RC_PLACE];
    snprintf(where, sizeof where, "%.200s: %s", c->path, key);
    return rc_case_check_text(text, value, where, err);
}

/* Title, source, parameters and networks' names: what a network reference needs too. */
static rc_status read_frame(rc_case_struct *c, rc_error_struct *err)
{
    static const char *const keys[] = {"title", "source", "parameters", "networks", "data", "claims", NULL};
    rc_status status = rc_case_check_keys(c->doc, keys, c->path, err);
    const json_t *data = json_object_get(c->doc, "data");
    if (status == RC_OK && data && !json_is_object(data)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: data: expected an object of named data", c->path);
    }
    if (status == RC_OK) status = optional_text(&c->title, c, "title", err);
    if (status == RC_OK) status = optional_text(&c->source, c, "source", err);
    if (status == RC_OK) status = rc_case_read_parameters(c, err);
    if (status == RC_OK) status = rc_case_read_networks(c, err);
    return status;
}

rc_status rc_case_read(rc_case_t c, const char *path, rc_error_struct *err)
{
    rc_case_t fresh;
    rc_case_init(fresh);
    fresh->path = rc_case_strdup(path);
    fresh->stem = stem_of(path);
    rc_status status = rc_read_file(&fresh->doc, path, err);
    if (status == RC_OK) status = read_frame(fresh, err);
    if (status == RC_OK) status = rc_case_read_claims(fresh, err);
    if (status == RC_OK) {
        rc_case_struct swap = *c;
        *c = *fresh;
        *fresh = swap;
    }
    rc_case_clear(fresh);
    return status;
}

/* Networks named on a command line. */

/* Splits CASE#NAME at the last '#', unless a file of the whole name exists. *file is to be freed; *name may be NULL. */
static void split_argument(char **file, const char **name, const char *argument)
{
    *file = rc_case_strdup(argument);
    *name = NULL;
    char *hash = strrchr(*file, '#');
    if (hash == NULL) return;
    FILE *whole = fopen(argument, "rb");
    if (whole) {
        fclose(whole);
        return;
    }
    *hash = '\0';
    *name = argument + (hash + 1 - *file);
}

/* values[i] = what `set` says about parameter i. */
static rc_status read_settings(fmpq *values, const rc_case_struct *c, slong settings, const char *const *set,
                               rc_error_struct *err)
{
    bool *seen = rc_case_alloc((size_t) c->parameters, sizeof *seen);
    rc_status status = RC_OK;
    for (slong s = 0; s < settings && status == RC_OK; s++) {
        const char *equals = strchr(set[s], '=');
        slong i = 0;
        while (equals && i < c->parameters &&
               (strlen(c->parameter[i].name) != (size_t) (equals - set[s]) ||
                strncmp(c->parameter[i].name, set[s], (size_t) (equals - set[s])) != 0))
            i++;
        if (equals == NULL) {
            status = rc_error_set(err, RC_BAD_INPUT, "--set %.80s: expected NAME=VALUE", set[s]);
        } else if (i == c->parameters) {
            status = rc_error_set(err, RC_BAD_INPUT, "--set %.80s: %.200s has no such parameter", set[s], c->path);
        } else if (seen[i]) {
            status = rc_error_set(err, RC_BAD_INPUT, "--set %.80s: %.60s is set twice", set[s], c->parameter[i].name);
        } else {
            char where[RC_PLACE];
            snprintf(where, sizeof where, "--set %.80s", set[s]);
            status = rc_expression_parse_fmpq(values + i, equals + 1, strlen(equals + 1), NULL, err);
            if (status != RC_OK) status = rc_error_prefix(err, status, "%s", where);
            if (status == RC_OK) status = rc_case_check_domain(c->parameter + i, values + i, where, err);
            seen[i] = true;
        }
    }
    for (slong i = 0; i < c->parameters && status == RC_OK; i++) {
        if (!seen[i]) {
            status = rc_error_set(err, RC_BAD_INPUT, "%.200s: parameter %.60s has no value (give --set %.60s=VALUE)",
                                  c->path, c->parameter[i].name, c->parameter[i].name);
        }
    }
    free(seen);
    return status;
}

static rc_status case_network(rc_network_t net, rc_case_struct *c, const char *name, slong settings,
                              const char *const *set, rc_error_struct *err)
{
    rc_status status = read_frame(c, err);
    if (status != RC_OK) return status;
    slong index = rc_case_network_find(c, name);
    if (index < 0) return rc_error_set(err, RC_BAD_INPUT, "%.200s: no network \"%.60s\"", c->path, name);
    fmpq *values = _fmpq_vec_init(c->parameters);
    status = read_settings(values, c, settings, set, err);
    if (status == RC_OK) {
        const rc_network_struct *found;
        status = rc_case_network_at(&found, c, index, rc_case_setting_find(c, values), err);
        if (status == RC_OK) rc_network_set(net, found);
    }
    _fmpq_vec_clear(values, c->parameters);
    return status;
}

/* A file that holds one network (or arrangement). */
static rc_status plain_file(rc_network_t net, rc_arrangement_t arr, bool *is_arrangement, const rc_case_struct *c,
                            slong settings, rc_error_struct *err)
{
    if (json_is_object(c->doc) && json_object_get(c->doc, "networks")) {
        const char *first = json_object_iter_key(json_object_iter(json_object_get(c->doc, "networks")));
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: this is a case; name one of its networks, as in %.200s#%.60s",
                            c->path, c->path, first ? first : "NAME");
    }
    if (settings > 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: --set is for the parameters of a case", c->path);
    }
    bool arrangement = arr && rc_json_is_arrangement(c->doc);
    if (is_arrangement) *is_arrangement = arrangement;
    if (arrangement) return rc_read_arrangement(arr, c->doc, NULL, c->path, err);
    return rc_read_network(net, c->doc, NULL, c->path, err);
}

rc_status rc_case_load_any(rc_network_t net, rc_arrangement_t arr, bool *is_arrangement, const char *argument,
                           slong settings, const char *const *set, rc_error_struct *err)
{
    rc_case_t c;
    rc_case_init(c);
    const char *name;
    split_argument(&c->path, &name, argument);
    c->stem = stem_of(c->path);
    rc_status status = rc_read_file(&c->doc, c->path, err);
    if (status == RC_OK && name) {
        if (is_arrangement) *is_arrangement = false;
        status = case_network(net, c, name, settings, set, err);
    } else if (status == RC_OK) {
        status = plain_file(net, arr, is_arrangement, c, settings, err);
    }
    rc_case_clear(c);
    return status;
}

rc_status rc_case_load_network(rc_network_t net, const char *argument, slong settings, const char *const *set,
                               rc_error_struct *err)
{
    return rc_case_load_any(net, NULL, NULL, argument, settings, set, err);
}
