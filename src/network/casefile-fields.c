/* The fields of each kind of claim (design, section 12), and their values at one setting of the parameters. */
#include "casefile-impl.h"

#include <flint/fmpq_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a kind names its networks. */
typedef enum { OF_ONE, OF_PAIR, OF_ONE_OR_PAIR, GAMMA_THETA, GAMMA_G, NETWORK, OF_CLAIM } naming;
/* Which networks it takes. */
typedef enum { SHALLOW_ONLY, SHALLOW_OR_BIASED, BIASED_ONLY, ANY_DEPTH } taking;

typedef struct {
    naming named;
    taking takes;
    bool compares;         /* one of equals, at-most, at-least */
    bool same_width;       /* the two networks have one number of neurons */
    const char *value;     /* field with a number that must be >= 0 */
    const char *number;    /* field with a rational that must be > 0 */
    const char *space;     /* field with a space */
    const char *spaces[2]; /* its values; the second is the starred one */
    const char *extra[5];  /* further fields */
} kind_fields;

/* In the order of rc_claim_kind. */
static const kind_fields kinds[] = {
    {OF_PAIR, ANY_DEPTH, false, false, NULL, NULL, NULL, {NULL, NULL}, {"of", "holds", NULL}},
    {OF_ONE_OR_PAIR, SHALLOW_OR_BIASED, true, false, NULL, NULL, NULL, {NULL, NULL}, {"of", NULL}},
    {OF_ONE_OR_PAIR, SHALLOW_OR_BIASED, true, false, NULL, "box", NULL, {NULL, NULL}, {"of", NULL}},
    {OF_ONE_OR_PAIR, SHALLOW_OR_BIASED, false, false, "equals", NULL, NULL, {NULL, NULL}, {"of", NULL}},
    {OF_ONE, SHALLOW_ONLY, false, false, NULL, NULL, "space", {"N'", "N*"}, {"of", "holds", NULL}},
    {GAMMA_THETA, SHALLOW_ONLY, false, true, NULL, NULL, NULL, {NULL, NULL}, {"gamma", "theta", NULL}},
    {GAMMA_THETA, SHALLOW_ONLY, false, true, "beta", NULL, NULL, {NULL, NULL}, {"gamma", "theta", NULL}},
    {GAMMA_THETA, SHALLOW_ONLY, false, true, "s", "alpha", "within", {"N", "N*"}, {"gamma", "theta", NULL}},
    {GAMMA_G, SHALLOW_ONLY, true, false, NULL, NULL, NULL, {NULL, NULL}, {"gamma", "g", NULL}},
    {OF_ONE, SHALLOW_ONLY, false, false, NULL, NULL, NULL, {NULL, NULL}, {"of", "holds", NULL}},
    {OF_ONE, BIASED_ONLY, false, false, NULL, NULL, NULL, {NULL, NULL}, {"of", NULL}},
    {NETWORK, SHALLOW_ONLY, false, false, NULL, "radius", NULL, {NULL, NULL}, {"network", "samples", "holds", NULL}},
    {OF_CLAIM, SHALLOW_ONLY, false, false, NULL, NULL, NULL, {NULL, NULL}, {"of", "equals", NULL}},
    {NETWORK, ANY_DEPTH, false, false, NULL, NULL, NULL, {NULL, NULL}, {"network", "data", NULL}},
};

void rc_instance_init(rc_instance_struct *instance)
{
    memset(instance, 0, sizeof *instance);
    rc_surd_init(instance->value);
    fmpq_init(instance->number);
    fmpq_mat_init(instance->x, 0, 0);
    fmpq_mat_init(instance->y, 0, 0);
}

void rc_instance_clear(rc_instance_struct *instance)
{
    if (instance->arrangement) {
        rc_arrangement_clear(instance->arrangement);
        free(instance->arrangement);
    }
    for (slong k = 0; instance->part && k < RC_PART_NUMBERS; k++) rc_surd_clear(instance->part + k);
    free(instance->part);
    fmpq_mat_clear(instance->y);
    fmpq_mat_clear(instance->x);
    fmpq_clear(instance->number);
    rc_surd_clear(instance->value);
}

/* Fields without values. */

static rc_status check_fields(const rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    const kind_fields *k = kinds + claim->kind;
    const char *keys[32] = {"id", "claim", "expect", "at", "for"};
    size_t n = 5;
    for (size_t i = 0; k->extra[i]; i++) keys[n++] = k->extra[i];
    if (k->value) keys[n++] = k->value;
    if (k->number) keys[n++] = k->number;
    if (k->space) keys[n++] = k->space;
    for (rc_comparison c = RC_COMPARE_EQUALS; k->compares && c <= RC_COMPARE_AT_LEAST; c++)
        keys[n++] = rc_comparison_name(c);
    size_t needed = n;
    if (claim->kind == RC_CLAIM_STABILITY) {
        keys[n++] = "eta";
        for (rc_stability_part p = 0; p < RC_PARTS; p++) keys[n++] = rc_stability_part_name(p);
    }
    keys[n] = NULL;
    rc_status status = rc_case_check_keys(claim->fields, keys, where, err);
    n = needed;
    for (size_t i = 5; i < n && status == RC_OK; i++) {
        bool optional = strcmp(keys[i], "holds") == 0 || (k->compares && i >= n - 3);
        if (!optional && json_object_get(claim->fields, keys[i]) == NULL) {
            status = rc_error_set(err, RC_BAD_INPUT, "%s: field \"%s\" is missing", where, keys[i]);
        }
    }
    return status;
}

static rc_status read_comparison(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    slong found = 0;
    for (rc_comparison c = RC_COMPARE_EQUALS; c <= RC_COMPARE_AT_LEAST; c++) {
        if (json_object_get(claim->fields, rc_comparison_name(c)) == NULL) continue;
        claim->comparison = c;
        found++;
    }
    if (found == 1) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT,
                        "%s: expected exactly one of \"equals\", \"at-most\", \"at-least\", found %ld", where,
                        (long) found);
}

static rc_status read_holds(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    const json_t *holds = json_object_get(claim->fields, "holds");
    claim->holds = true;
    if (holds == NULL) return RC_OK;
    if (!json_is_boolean(holds)) return rc_error_set(err, RC_BAD_INPUT, "%s: holds: expected true or false", where);
    claim->holds = json_is_true(holds);
    return RC_OK;
}

static rc_status read_space(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    const kind_fields *k = kinds + claim->kind;
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: %s", where, k->space);
    const char *text;
    rc_status status = rc_case_check_text(&text, json_object_get(claim->fields, k->space), place, err);
    if (status != RC_OK) return status;
    claim->star = strcmp(text, k->spaces[1]) == 0;
    if (claim->star || strcmp(text, k->spaces[0]) == 0) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT, "%s: \"%.60s\": expected \"%s\" or \"%s\"", place, text, k->spaces[0],
                        k->spaces[1]);
}

static rc_status read_name(rc_claim_struct *claim, const json_t *value, const rc_case_struct *c, const char *where,
                           const char *field, rc_error_struct *err)
{
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: %s", where, field);
    rc_status status = rc_case_check_text(claim->name + claim->networks, value, place, err);
    if (status != RC_OK) return status;
    if (rc_case_network_find(c, claim->name[claim->networks]) < 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: no network \"%.60s\"", place, claim->name[claim->networks]);
    }
    claim->networks++;
    return RC_OK;
}

/* of: X, or [X, Y], as the kind allows; an arrangement in a `cells` claim leaves claim->networks 0. */
static rc_status read_of(rc_claim_struct *claim, const rc_case_struct *c, const char *where, rc_error_struct *err)
{
    const json_t *of = json_object_get(claim->fields, "of");
    naming named = kinds[claim->kind].named;
    if (claim->kind == RC_CLAIM_CELLS && json_is_object(of)) return RC_OK;
    if (json_is_array(of)) {
        if (named == OF_ONE || json_array_size(of) != 2) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: of: expected %s", where,
                                named == OF_ONE    ? "the name of one network"
                                : named == OF_PAIR ? "the names of two networks"
                                                   : "the name of one network or a list of two");
        }
        rc_status status = read_name(claim, json_array_get(of, 0), c, where, "of, entry 1", err);
        return status != RC_OK ? status : read_name(claim, json_array_get(of, 1), c, where, "of, entry 2", err);
    }
    if (named == OF_PAIR) return rc_error_set(err, RC_BAD_INPUT, "%s: of: expected the names of two networks", where);
    return read_name(claim, of, c, where, "of", err);
}

static rc_status read_names(rc_claim_struct *claim, const rc_case_struct *c, const char *where, rc_error_struct *err)
{
    naming named = kinds[claim->kind].named;
    if (named == NETWORK) return read_name(claim, json_object_get(claim->fields, "network"), c, where, "network", err);
    if (named != GAMMA_THETA && named != GAMMA_G) return read_of(claim, c, where, err);
    const char *second = named == GAMMA_G ? "g" : "theta";
    rc_status status = read_name(claim, json_object_get(claim->fields, "gamma"), c, where, "gamma", err);
    return status != RC_OK ? status : read_name(claim, json_object_get(claim->fields, second), c, where, second, err);
}

/* equals: 0 or "infinity". The claim `of` is looked up when all are read. */
static rc_status read_limit(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    const json_t *value = json_object_get(claim->fields, "equals");
    claim->holds = true;
    claim->infinity = json_is_string(value) && strcmp(json_string_value(value), "infinity") == 0;
    if (json_object_get(claim->fields, "at") || json_object_get(claim->fields, "for"))
        return rc_error_set(err, RC_BAD_INPUT, "%s: a limit has no \"at\" or \"for\"", where);
    if (claim->infinity || (json_is_integer(value) && json_integer_value(value) == 0)) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT, "%s: equals: expected 0 or \"infinity\"", where);
}

rc_status rc_claim_read_fields(rc_claim_struct *claim, const rc_case_struct *c, const char *where, rc_error_struct *err)
{
    const kind_fields *k = kinds + claim->kind;
    rc_status status = check_fields(claim, where, err);
    if (status == RC_OK && claim->kind == RC_CLAIM_LIMIT) return read_limit(claim, where, err);
    if (status == RC_OK) status = read_names(claim, c, where, err);
    if (status == RC_OK && k->compares) status = read_comparison(claim, where, err);
    if (status == RC_OK) status = read_holds(claim, where, err);
    if (status == RC_OK && k->space) status = read_space(claim, where, err);
    if (claim->kind == RC_CLAIM_CELLS) claim->comparison = RC_COMPARE_EQUALS;
    if (status == RC_OK && claim->kind == RC_CLAIM_STABILITY) status = rc_stability_read_parts(claim, where, err);
    return status;
}

/* Values at a setting. */

static rc_status check_kind(const rc_network_struct *net, const rc_claim_struct *claim, slong i, const char *where,
                            rc_error_struct *err)
{
    taking takes = kinds[claim->kind].takes;
    const char *kind = rc_claim_kind_name(claim->kind), *name = claim->name[i];
    if (net->kind == RC_DEEP && takes != ANY_DEPTH) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: network %.60s has %ld layers; `%s` takes networks with two", where,
                            name, (long) net->depth, kind);
    }
    if (takes == SHALLOW_ONLY && net->kind != RC_SHALLOW) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: network %.60s has biases; `%s` takes networks without", where, name,
                            kind);
    }
    if (takes == BIASED_ONLY && net->kind != RC_BIASED) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: network %.60s has no biases; `%s` takes networks with (\"layers\")",
                            where, name, kind);
    }
    return RC_OK;
}

static rc_status check_pair(const rc_instance_struct *in, const rc_claim_struct *claim, const char *where,
                            rc_error_struct *err)
{
    const rc_network_struct *X = in->network[0], *Y = in->network[1];
    if (X->d != Y->d || (claim->kind != RC_CLAIM_CELLS && X->D != Y->D) ||
        (kinds[claim->kind].same_width && X->m != Y->m)) {
        return rc_error_set(err, RC_BAD_INPUT,
                            "%s: the networks do not fit: %.60s has d = %ld, m = %ld, D = %ld, %.60s has d = %ld, "
                            "m = %ld, D = %ld",
                            where, claim->name[0], (long) X->d, (long) X->m, (long) X->D, claim->name[1], (long) Y->d,
                            (long) Y->m, (long) Y->D);
    }
    return RC_OK;
}

static rc_status read_networks(rc_instance_struct *in, const rc_claim_struct *claim, const rc_case_struct *c,
                               slong setting, const char *where, rc_error_struct *err)
{
    for (slong i = 0; i < claim->networks; i++) {
        rc_status status =
            rc_case_network_at(in->network + i, c, rc_case_network_find(c, claim->name[i]), setting, err);
        if (status == RC_OK) status = check_kind(in->network[i], claim, i, where, err);
        if (status != RC_OK) return status;
    }
    if (claim->networks == 2) {
        rc_status status = check_pair(in, claim, where, err);
        if (status != RC_OK) return status;
    }
    bool star = claim->kind == RC_CLAIM_THEOREM_33 || claim->star;
    if (star && in->network[0]->d < 2) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: N* needs d >= 2 (Definition 3.2), network %.60s has d = 1", where,
                            claim->name[0]);
    }
    if (claim->kind == RC_CLAIM_THEOREM_31 && in->network[0]->D != 1) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: theorem-3.1 needs D = 1, network %.60s has D = %ld", where,
                            claim->name[0], (long) in->network[0]->D);
    }
    return RC_OK;
}

static rc_status read_arrangement(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                                  const char *where, rc_error_struct *err)
{
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: of", where);
    in->arrangement = rc_case_alloc(1, sizeof *in->arrangement);
    rc_arrangement_init(in->arrangement);
    return rc_read_arrangement(in->arrangement, json_object_get(claim->fields, "of"), bindings, place, err);
}

/* The number that is compared with, beta, or s. */
static rc_status read_value(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                            const char *where, rc_error_struct *err)
{
    const char *field = kinds[claim->kind].compares ? rc_comparison_name(claim->comparison) : kinds[claim->kind].value;
    if (field == NULL) return RC_OK;
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: %s", where, field);
    rc_status status = rc_read_surd(in->value, json_object_get(claim->fields, field), bindings, place, err);
    if (status != RC_OK) return status;
    if (!kinds[claim->kind].compares && rc_surd_sgn(in->value) < 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected a number >= 0", place);
    }
    if (claim->kind == RC_CLAIM_CELLS) {
        fmpq_t x;
        fmpq_init(x);
        bool integer = rc_surd_get_fmpq(x, in->value) == RC_OK && fmpz_is_one(fmpq_denref(x));
        fmpq_clear(x);
        if (!integer) return rc_error_set(err, RC_BAD_INPUT, "%s: expected an integer", place);
    }
    return RC_OK;
}

static rc_status read_number(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                             const char *where, rc_error_struct *err)
{
    const char *field = kinds[claim->kind].number;
    if (field == NULL) return RC_OK;
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.380s: %s", where, field);
    rc_status status = rc_read_fmpq(in->number, json_object_get(claim->fields, field), bindings, place, err);
    if (status == RC_OK && fmpq_sgn(in->number) <= 0) {
        status = rc_error_set(err, RC_BAD_INPUT, "%s: expected a number > 0", place);
    }
    return status;
}

/* Row i of M (n x length) = a list of `length` rationals; a bare number too where length is 1 and `bare`. */
static rc_status read_row(fmpq_mat_t M, slong i, const json_t *item, bool bare, const rc_bindings *bindings,
                          const char *place, rc_error_struct *err)
{
    slong length = fmpq_mat_ncols(M);
    if (bare && length == 1 && !json_is_array(item))
        return rc_read_fmpq(fmpq_mat_entry(M, i, 0), item, bindings, place, err);
    fmpq *row;
    slong n;
    rc_status status = rc_read_fmpq_vec(&row, &n, item, bindings, place, err);
    if (status != RC_OK) return status;
    if (n != length) {
        status = rc_error_set(err, RC_BAD_INPUT, "%s: expected %ld entries, found %ld", place, (long) length, (long) n);
    }
    for (slong j = 0; j < length && status == RC_OK; j++) fmpq_set(fmpq_mat_entry(M, i, j), row + j);
    _fmpq_vec_clear(row, n);
    return status;
}

rc_status rc_case_read_rows(fmpq_mat_t M, const json_t *list, const char *key, bool bare, const rc_bindings *bindings,
                            const char *where, rc_error_struct *err)
{
    for (slong i = 0; i < fmpq_mat_nrows(M); i++) {
        char place[RC_PLACE];
        snprintf(place, sizeof place, "%.340s: %s, entry %ld", where, key, (long) i + 1);
        rc_status status = read_row(M, i, json_array_get(list, (size_t) i), bare, bindings, place, err);
        if (status != RC_OK) return status;
    }
    return RC_OK;
}

static rc_status read_samples(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                              const char *where, rc_error_struct *err)
{
    static const char *const keys[] = {"x", "y", NULL};
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.360s: samples", where);
    const json_t *samples = json_object_get(claim->fields, "samples");
    rc_status status = rc_case_check_keys(samples, keys, place, err);
    if (status != RC_OK) return status;
    const json_t *x = json_object_get(samples, "x"), *y = json_object_get(samples, "y");
    if (!json_is_array(x) || !json_is_array(y) || json_array_size(x) == 0 || json_array_size(x) != json_array_size(y)) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected lists \"x\" and \"y\" of one length >= 1", place);
    }
    slong n = (slong) json_array_size(x);
    fmpq_mat_clear(in->x);
    fmpq_mat_clear(in->y);
    fmpq_mat_init(in->x, n, in->network[0]->d);
    fmpq_mat_init(in->y, n, in->network[0]->D);
    status = rc_case_read_rows(in->x, x, "samples: x", false, bindings, where, err);
    return status != RC_OK ? status : rc_case_read_rows(in->y, y, "samples: y", true, bindings, where, err);
}

/* The loss is compared over Q. */
static rc_status check_rational(const rc_network_struct *net, const char *name, const char *where, rc_error_struct *err)
{
    for (slong i = 0; i < net->m; i++) {
        if (fmpz_is_square(fmpq_numref(net->q + i)) && fmpz_is_square(fmpq_denref(net->q + i))) continue;
        if (rc_network_a_is_zero(net, i) && rc_network_c_is_zero(net, i)) continue;
        return rc_error_set(err, RC_BAD_INPUT,
                            "%s: network %.60s, neuron %ld: loss-local-minimum takes rational entries", where, name,
                            (long) i + 1);
    }
    return RC_OK;
}

rc_status rc_claim_read_instance(rc_instance_struct *in, const rc_claim_struct *claim, const rc_case_struct *c,
                                 slong setting, const char *where, rc_error_struct *err)
{
    rc_bindings bindings = rc_case_bindings(c, setting);
    rc_status status = read_networks(in, claim, c, setting, where, err);
    if (status == RC_OK && claim->networks == 0) status = read_arrangement(in, claim, &bindings, where, err);
    if (status == RC_OK) status = read_value(in, claim, &bindings, where, err);
    if (status == RC_OK) status = read_number(in, claim, &bindings, where, err);
    if (status == RC_OK && claim->kind == RC_CLAIM_LOSS_LOCAL_MINIMUM) {
        status = read_samples(in, claim, &bindings, where, err);
        if (status == RC_OK) status = check_rational(in->network[0], claim->name[0], where, err);
    }
    if (status == RC_OK && claim->kind == RC_CLAIM_STABILITY) {
        status = rc_stability_read_instance(in, claim, &bindings, where, err);
    }
    return status;
}
