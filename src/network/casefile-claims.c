/* The claims of a case: ids, kinds, settings of the parameters, instances. The fields of each kind are in
   casefile-fields.c. */
#include "casefile-impl.h"

#include <flint/fmpq_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {"equal",    "semi-norm",   "sup-norm",    "cells",
                                         "member",   "theorem-3.3", "theorem-3.1", "inverse-stable",
                                         "distance", "unique",      "embedding",   "loss-local-minimum",
                                         "limit",    "stability"};
#define KINDS (sizeof kind_names / sizeof *kind_names)

const char *rc_claim_kind_name(rc_claim_kind kind)
{
    return kind_names[kind];
}

bool rc_claim_kind_find(rc_claim_kind *kind, const char *name)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (rc_claim_kind) i;
            return true;
        }
    }
    return false;
}

const char *rc_comparison_name(rc_comparison c)
{
    static const char *const names[] = {"", "equals", "at-most", "at-least"};
    return names[c];
}

/* An id becomes part of a file's name. */
static bool is_id(const char *id)
{
    if (*id == '.' || *id == '-' || *id == '\0' || strlen(id) > 100) return false;
    for (; *id; id++) {
        if (!((*id >= 'a' && *id <= 'z') || (*id >= 'A' && *id <= 'Z') || (*id >= '0' && *id <= '9') ||
              strchr("-_.", *id)))
            return false;
    }
    return true;
}

static rc_status read_id(rc_claim_struct *claim, const rc_case_struct *c, slong index, rc_error_struct *err)
{
    char where[RC_PLACE];
    snprintf(where, sizeof where, "%.200s: claim %ld: id", c->path, (long) index + 1);
    const json_t *value = json_is_object(claim->fields) ? json_object_get(claim->fields, "id") : NULL;
    if (!json_is_object(claim->fields)) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: claim %ld: expected an object", c->path, (long) index + 1);
    }
    rc_status status = rc_case_check_text(&claim->id, value, where, err);
    if (status != RC_OK) return status;
    if (!is_id(claim->id)) {
        return rc_error_set(
            err, RC_BAD_INPUT,
            "%s: \"%.60s\": expected at most 100 letters, digits, \".\", \"_\", \"-\", the first neither "
            "\".\" nor \"-\"",
            where, claim->id);
    }
    for (slong j = 0; j < index; j++) {
        if (strcmp(c->claim[j].id, claim->id) == 0) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: \"%.60s\" is also the id of claim %ld", where, claim->id,
                                (long) j + 1);
        }
    }
    return RC_OK;
}

static rc_status read_kind(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: claim", where);
    const char *name;
    rc_status status = rc_case_check_text(&name, json_object_get(claim->fields, "claim"), place, err);
    if (status != RC_OK) return status;
    if (rc_claim_kind_find(&claim->kind, name)) return RC_OK;
    char known[300] = "";
    for (size_t i = 0; i < KINDS; i++) {
        if (i > 0) strcat(known, ", ");
        strcat(known, kind_names[i]);
    }
    return rc_error_set(err, RC_BAD_INPUT, "%.250s: unknown kind \"%.30s\" (known: %s)", place, name, known);
}

static rc_status read_expect(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    claim->expect = RC_PROVED;
    const json_t *value = json_object_get(claim->fields, "expect");
    if (value == NULL) return RC_OK;
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: expect", where);
    const char *text;
    rc_status status = rc_case_check_text(&text, value, place, err);
    if (status != RC_OK) return status;
    for (rc_verdict v = RC_PROVED; v <= RC_UNDECIDED; v++) {
        if (strcmp(text, rc_verdict_name(v)) == 0) {
            claim->expect = v;
            return RC_OK;
        }
    }
    return rc_error_set(err, RC_BAD_INPUT, "%s: \"%.60s\": expected \"proved\", \"refuted\" or \"undecided\"", place,
                        text);
}

/* The lists of `at`: count[i] values of parameter i. */
typedef struct {
    slong *count;
    fmpq **values;
} grid;

static void grid_clear(grid *g, slong parameters)
{
    for (slong i = 0; i < parameters; i++) {
        if (g->values[i]) _fmpq_vec_clear(g->values[i], g->count[i]);
    }
    free(g->values);
    free(g->count);
}

static rc_status check_names(const rc_case_struct *c, const json_t *object, const char *place, rc_error_struct *err)
{
    if (!json_is_object(object)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected an object with the parameters' names", place);
    }
    if (c->parameters == 0) return rc_error_set(err, RC_BAD_INPUT, "%s: the case has no parameters", place);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *) object, name, value)
    {
        slong i = 0;
        while (i < c->parameters && strcmp(c->parameter[i].name, name) != 0) i++;
        if (i == c->parameters) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: the case has no parameter \"%.60s\"", place, name);
        }
    }
    return RC_OK;
}

static rc_status read_list(grid *g, slong i, const rc_case_struct *c, const json_t *list, const char *place,
                           rc_error_struct *err)
{
    if (list == NULL) return rc_error_set(err, RC_BAD_INPUT, "%s: expected a list of values", place);
    if (json_is_array(list) && json_array_size(list) == 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: the list is empty", place);
    }
    rc_status status = rc_read_fmpq_vec(g->values + i, g->count + i, list, NULL, place, err);
    for (slong j = 0; j < g->count[i] && status == RC_OK; j++) {
        status = rc_case_check_domain(c->parameter + i, g->values[i] + j, place, err);
        for (slong k = 0; k < j && status == RC_OK && g->count[i] <= RC_CASE_MAX_INSTANCES; k++) {
            if (fmpq_equal(g->values[i] + j, g->values[i] + k)) {
                status = rc_error_set(err, RC_BAD_INPUT, "%s: values %ld and %ld are equal", place, (long) k + 1,
                                      (long) j + 1);
            }
        }
    }
    return status;
}

static rc_status read_at(grid *g, slong *total, const rc_case_struct *c, const json_t *at, const char *where,
                         rc_error_struct *err)
{
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.300s: at", where);
    rc_status status = check_names(c, at, place, err);
    *total = 1;
    for (slong i = 0; i < c->parameters && status == RC_OK; i++) {
        snprintf(place, sizeof place, "%.300s: at: %.60s", where, c->parameter[i].name);
        status = read_list(g, i, c, json_object_get(at, c->parameter[i].name), place, err);
        if (status == RC_OK && g->count[i] > RC_CASE_MAX_INSTANCES / *total) {
            status =
                rc_error_set(err, RC_BAD_INPUT, "%.300s: at: more than %d instances", where, RC_CASE_MAX_INSTANCES);
        }
        if (status == RC_OK) *total *= g->count[i];
    }
    return status;
}

/* Values at the lower ends of the ranges, where a claim about all values is tried for pole and shape. */
static rc_status read_for(fmpq *values, const rc_case_struct *c, const json_t *range, const char *where,
                          rc_error_struct *err)
{
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.300s: for", where);
    rc_status status = range ? check_names(c, range, place, err) : RC_OK;
    for (slong i = 0; i < c->parameters && status == RC_OK; i++) {
        const rc_parameter_struct *p = c->parameter + i;
        bool integer = p->integer;
        fmpq_set(values + i, p->from);
        const json_t *own = range ? json_object_get(range, p->name) : NULL;
        if (own) {
            snprintf(place, sizeof place, "%.300s: for: %.60s", where, p->name);
            if (json_is_object(own) && json_object_get(own, "name")) {
                return rc_error_set(err, RC_BAD_INPUT, "%s: unknown field \"name\"", place);
            }
            status = rc_case_read_range(&integer, values + i, own, place, err);
            if (status != RC_OK) return status;
            if (integer != p->integer || fmpq_cmp(values + i, p->from) < 0) {
                return rc_error_set(err, RC_BAD_INPUT, "%s: no part of the parameter's domain", place);
            }
        }
        if (!integer) fmpq_add_si(values + i, values + i, 1);
    }
    return status;
}

static rc_status read_instance(rc_instance_struct *instance, const rc_claim_struct *claim, const rc_case_struct *c,
                               const fmpq *values, rc_error_struct *err)
{
    char where[RC_PLACE], at[RC_PLACE / 2];
    rc_case_setting_text(at, sizeof at, c, values);
    snprintf(where, sizeof where, "%.160s: claim %.100s%.130s", c->path, claim->id, at);
    slong setting = rc_case_setting_find(c, values);
    instance->parameters = c->networks->setting[setting].values;
    return rc_claim_read_instance(instance, claim, c, setting, where, err);
}

static rc_status read_instances(rc_claim_struct *claim, const rc_case_struct *c, const grid *g, slong total,
                                rc_error_struct *err)
{
    claim->instance = rc_case_alloc((size_t) total, sizeof *claim->instance);
    for (slong t = 0; t < total; t++) rc_instance_init(claim->instance + t);
    claim->instances = total;
    fmpq *values = _fmpq_vec_init(c->parameters);
    rc_status status = RC_OK;
    for (slong t = 0; t < total && status == RC_OK; t++) {
        slong rest = t;
        for (slong i = c->parameters - 1; i >= 0; i--) {
            fmpq_set(values + i, g->values[i] + rest % g->count[i]);
            rest /= g->count[i];
        }
        status = read_instance(claim->instance + t, claim, c, values, err);
    }
    _fmpq_vec_clear(values, c->parameters);
    return status;
}

rc_status rc_case_instantiate(rc_instance_struct **instance, rc_case_struct *c, const rc_claim_struct *claim,
                              const fmpq *values, rc_error_struct *err)
{
    rc_instance_struct *fresh = rc_case_alloc(1, sizeof *fresh);
    rc_instance_init(fresh);
    rc_status status = read_instance(fresh, claim, c, values, err);
    if (status == RC_OK) *instance = fresh;
    else rc_case_instance_clear(fresh);
    return status;
}

void rc_case_instance_clear(rc_instance_struct *instance)
{
    if (instance == NULL) return;
    rc_instance_clear(instance);
    free(instance);
}

void rc_case_range(fmpq_t end, const rc_case_struct *c, const rc_claim_struct *claim, slong i)
{
    const rc_parameter_struct *p = c->parameter + i;
    const json_t *own = json_object_get(json_object_get(claim->fields, "for"), p->name);
    bool integer;
    fmpq_set(end, p->from);
    if (own && rc_case_read_range(&integer, end, own, "for", NULL) != RC_OK) fmpq_set(end, p->from);
}

/* Where a claim about all values is tried: a single integer parameter at its first 31 values and far out, others at
   four values each, beyond three parameters at two. */
static void set_samples(rc_claim_struct *claim, grid *g, slong *total, const rc_case_struct *c)
{
    static const slong steps[] = {0, 1, 6, 1000000}, tenths[] = {10, 5, 1, 10000};
    bool single = c->parameters == 1 && c->parameter[0].integer;
    fmpq_t end;
    fmpq_init(end);
    *total = 1;
    for (slong i = 0; i < c->parameters; i++) {
        g->count[i] = single ? 32 : c->parameters > 3 ? 1 + (i < 10) : 4;
        g->values[i] = _fmpq_vec_init(g->count[i]);
        *total *= g->count[i];
        rc_case_range(end, c, claim, i);
        for (slong j = 0; j < g->count[i]; j++) {
            fmpq *v = g->values[i] + j;
            if (c->parameter[i].integer) fmpq_set_si(v, single && j < 31 ? j : single ? 1000000 : steps[j], 1);
            else fmpq_set_si(v, tenths[j], 10);
            fmpq_add(v, v, end);
        }
    }
    fmpq_clear(end);
}

static rc_status read_settings_and_instances(rc_claim_struct *claim, const rc_case_struct *c, const char *where,
                                             rc_error_struct *err)
{
    const json_t *at = json_object_get(claim->fields, "at"), *range = json_object_get(claim->fields, "for");
    if (at && range) return rc_error_set(err, RC_BAD_INPUT, "%s: \"at\" and \"for\" exclude each other", where);
    grid g = {rc_case_alloc((size_t) c->parameters, sizeof *g.count),
              rc_case_alloc((size_t) c->parameters, sizeof *g.values)};
    fmpq *values = _fmpq_vec_init(c->parameters);
    slong total = 1;
    rc_status status;
    if (at || (c->parameters == 0 && !range)) {
        status = at ? read_at(&g, &total, c, at, where, err) : RC_OK;
        if (status == RC_OK) status = read_instances(claim, c, &g, total, err);
    } else {
        claim->all_values = true;
        status = read_for(values, c, range, where, err);
        if (status == RC_OK) {
            set_samples(claim, &g, &total, c);
            status = read_instances(claim, c, &g, total, err);
        }
    }
    _fmpq_vec_clear(values, c->parameters);
    grid_clear(&g, c->parameters);
    return status;
}

/* A name in place of samples or data stands for the document's data of that name. */
static rc_status resolve_data(const rc_case_struct *c, slong index, const char *where, rc_error_struct *err)
{
    static const char *const keys[] = {"samples", "data"};
    json_t *claim = json_array_get(json_object_get(c->doc, "claims"), (size_t) index);
    for (int k = 0; k < 2; k++) {
        const json_t *name = json_object_get(claim, keys[k]);
        if (!json_is_string(name)) continue;
        json_t *data = json_object_get(json_object_get(c->doc, "data"), json_string_value(name));
        if (!json_is_object(data)) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: %s: the case has no data \"%.60s\"", where, keys[k],
                                json_string_value(name));
        }
        if (json_object_set(claim, keys[k], data) != 0) flint_abort();
    }
    return RC_OK;
}

static rc_status read_claim(rc_case_struct *c, slong index, rc_error_struct *err)
{
    rc_claim_struct *claim = c->claim + index;
    rc_status status = read_id(claim, c, index, err);
    if (status != RC_OK) return status;
    char where[RC_PLACE];
    snprintf(where, sizeof where, "%.200s: claim %.100s", c->path, claim->id);
    status = read_kind(claim, where, err);
    if (status == RC_OK) status = read_expect(claim, where, err);
    if (status == RC_OK) status = resolve_data(c, index, where, err);
    if (status == RC_OK) status = rc_claim_read_fields(claim, c, where, err);
    if (status == RC_OK && claim->kind != RC_CLAIM_LIMIT) status = read_settings_and_instances(claim, c, where, err);
    return status;
}

/* The claim that a limit is about: one of a value, for all values of a single integer, and maybe of reals. */
static rc_status find_target(rc_claim_struct *claim, const rc_case_struct *c, rc_error_struct *err)
{
    char where[RC_PLACE];
    const char *id;
    slong integers = 0, i = 0;
    snprintf(where, sizeof where, "%.200s: claim %.100s: of", c->path, claim->id);
    rc_status status = rc_case_check_text(&id, json_object_get(claim->fields, "of"), where, err);
    if (status != RC_OK) return status;
    while (i < c->claims && strcmp(c->claim[i].id, id) != 0) i++;
    if (i == c->claims) return rc_error_set(err, RC_BAD_INPUT, "%s: the case has no claim \"%.60s\"", where, id);
    claim->target = c->claim + i;
    rc_claim_kind kind = claim->target->kind;
    bool valued = kind == RC_CLAIM_SEMI_NORM || kind == RC_CLAIM_SUP_NORM || kind == RC_CLAIM_DISTANCE;
    for (slong k = 0; k < c->parameters; k++) integers += c->parameter[k].integer;
    if (!valued || !claim->target->all_values || integers != 1) {
        return rc_error_set(err, RC_BAD_INPUT,
                            "%s: expected a claim semi-norm, sup-norm or distance about all values (without \"at\") of one "
                            "integer parameter", where);
    }
    claim->all_values = true;
    return RC_OK;
}

/* Networks no claim has instantiated are tried at the lower ends of the parameters' domains. */
static rc_status try_other_networks(const rc_case_struct *c, rc_error_struct *err)
{
    const rc_case_networks *nets = c->networks;
    rc_status status = RC_OK;
    for (slong i = 0; i < nets->count && status == RC_OK; i++) {
        bool seen = nets->target[i] != i || nets->fixed[i];
        for (slong s = 0; s < nets->settings && !seen; s++) seen = nets->setting[s].network[i] != NULL;
        if (seen) continue;
        fmpq *values = _fmpq_vec_init(c->parameters);
        const rc_network_struct *net;
        status = read_for(values, c, NULL, c->path, err);
        if (status == RC_OK) status = rc_case_network_at(&net, c, i, rc_case_setting_find(c, values), err);
        _fmpq_vec_clear(values, c->parameters);
    }
    return status;
}

rc_status rc_case_read_claims(rc_case_struct *c, rc_error_struct *err)
{
    const json_t *list = json_object_get(c->doc, "claims");
    if (!json_is_array(list) || json_array_size(list) == 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: claims: expected a list of at least one claim", c->path);
    }
    size_t count = json_array_size(list);
    c->claim = rc_case_alloc(count, sizeof *c->claim);
    rc_status status = RC_OK;
    for (size_t i = 0; i < count && status == RC_OK; i++) {
        c->claims = (slong) i + 1;
        c->claim[i].fields = json_array_get(list, i);
        status = read_claim(c, (slong) i, err);
    }
    for (size_t i = 0; i < count && status == RC_OK; i++)
        if (c->claim[i].kind == RC_CLAIM_LIMIT) status = find_target(c->claim + i, c, err);
    if (status == RC_OK) status = try_other_networks(c, err);
    return status;
}

void rc_case_claims_free(rc_case_struct *c)
{
    for (slong i = 0; i < c->claims; i++) {
        for (slong t = 0; t < c->claim[i].instances; t++) rc_instance_clear(c->claim[i].instance + t);
        free(c->claim[i].instance);
    }
    free(c->claim);
}
