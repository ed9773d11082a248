/* The fields of stability claims: parts, data, step size. */
#include <stdio.h>
#include <string.h>

#include "casefile-impl.h"

static const char *const part_names[] = {"lambda-max",
                                         "flattest",
                                         "S-theta",
                                         "norm-R-g",
                                         "norm-R",
                                         "norm-R-ghat",
                                         "norm-R-ghat-flipped",
                                         "inf-gradient",
                                         "lemma-2-bound",
                                         "lemma-2-bound-flipped",
                                         "lemma-2-bound-averaged",
                                         "theorem-1",
                                         "linearly-stable",
                                         "theorem-3",
                                         "lemma-2",
                                         "lemma-3"};

const char *rc_stability_part_name(rc_stability_part part)
{
    return part_names[part];
}

bool rc_stability_part_has_eta(rc_stability_part part)
{
    return part == RC_PART_THEOREM_1 || part == RC_PART_LINEARLY_STABLE || part == RC_PART_THEOREM_3;
}

/* {"equals": v}, {"at-most": v} or {"at-least": v}. */
static rc_status read_comparison(rc_part_struct *part, const json_t *value, const char *place, rc_error_struct *err)
{
    for (rc_comparison c = RC_COMPARE_EQUALS; c <= RC_COMPARE_AT_LEAST; c++) {
        if (json_object_size(value) == 1 && json_object_get(value, rc_comparison_name(c))) {
            part->comparison = c;
            return RC_OK;
        }
    }
    return rc_error_set(err, RC_BAD_INPUT,
                        "%s: expected {\"equals\": v}, {\"at-most\": v} or {\"at-least\": v}", place);
}

rc_status rc_stability_read_parts(rc_claim_struct *claim, const char *where, rc_error_struct *err)
{
    slong parts = 0;
    bool about_eta = false;
    rc_status status = RC_OK;
    for (rc_stability_part p = 0; p < RC_PARTS && status == RC_OK; p++) {
        char place[RC_PLACE];
        const json_t *value = json_object_get(claim->fields, part_names[p]);
        if (value == NULL) continue;
        snprintf(place, sizeof place, "%.300s: %s", where, part_names[p]);
        claim->part[p].present = true;
        parts++;
        if (rc_stability_part_has_eta(p)) about_eta = true;
        if (p < RC_PART_NUMBERS) {
            status = read_comparison(claim->part + p, value, place, err);
        } else if (json_is_boolean(value)) {
            claim->part[p].holds = json_is_true(value);
        } else {
            status = rc_error_set(err, RC_BAD_INPUT, "%s: expected true or false", place);
        }
    }
    if (status == RC_OK && parts == 0) {
        status = rc_error_set(err, RC_BAD_INPUT, "%s: it says nothing: expected \"lambda-max\", \"theorem-1\", ...",
                              where);
    }
    if (status == RC_OK && about_eta != (json_object_get(claim->fields, "eta") != NULL)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%s: eta: %s", where,
                              about_eta ? "the step size is missing" : "no part of the claim is about a step size");
    }
    claim->own_labels = json_is_string(json_object_get(json_object_get(claim->fields, "data"), "y"));
    return status;
}

static rc_status read_data(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                           const char *where, rc_error_struct *err)
{
    static const char *const keys[] = {"x", "y", NULL};
    char place[RC_PLACE];
    snprintf(place, sizeof place, "%.360s: data", where);
    const json_t *data = json_object_get(claim->fields, "data");
    rc_status status = rc_case_check_keys(data, keys, place, err);
    if (status != RC_OK) return status;
    const json_t *x = json_object_get(data, "x"), *y = json_object_get(data, "y");
    if (!json_is_array(x) || json_array_size(x) == 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: x: expected a list of at least one point", place);
    }
    slong n = (slong) json_array_size(x);
    fmpq_mat_clear(in->x);
    fmpq_mat_init(in->x, n, in->network[0]->d);
    status = rc_case_read_rows(in->x, x, "data: x", false, bindings, where, err);
    if (status != RC_OK) return status;
    if (claim->own_labels) {
        if (strcmp(json_string_value(y), "own") == 0) return RC_OK;
        return rc_error_set(err, RC_BAD_INPUT, "%s: y: expected a list of labels or \"own\"", place);
    }
    if (!json_is_array(y) || json_array_size(y) != (size_t) n) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: y: expected \"own\" or a list of %ld labels, found %ld", place,
                            (long) n, (long) json_array_size(y));
    }
    fmpq_mat_clear(in->y);
    fmpq_mat_init(in->y, n, 1);
    return rc_case_read_rows(in->y, y, "data: y", true, bindings, where, err);
}

rc_status rc_stability_read_instance(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                                     const char *where, rc_error_struct *err)
{
    char place[RC_PLACE];
    const rc_network_struct *net = in->network[0];
    rc_status status = RC_OK;
    in->part = rc_case_alloc(RC_PART_NUMBERS, sizeof *in->part);
    for (slong p = 0; p < RC_PART_NUMBERS; p++) rc_surd_init(in->part + p);
    if (net->D != 1) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: network %.60s has %ld outputs; `stability` takes networks with one",
                            where, claim->name[0], (long) net->D);
    }
    for (rc_stability_part p = 0; p < RC_PARTS && status == RC_OK; p++) {
        const rc_part_struct *part = claim->part + p;
        if (!part->present) continue;
        snprintf(place, sizeof place, "%.300s: %s", where, part_names[p]);
        if (net->kind == RC_DEEP && p != RC_PART_LAMBDA_MAX && p != RC_PART_LINEARLY_STABLE) {
            return rc_error_set(err, RC_BAD_INPUT, "%s: network %.60s has %ld layers; this takes networks with two",
                                place, claim->name[0], (long) net->depth);
        }
        if (p >= RC_PART_NUMBERS) continue;
        const char *relation = rc_comparison_name(part->comparison);
        const json_t *value = json_object_get(json_object_get(claim->fields, part_names[p]), relation);
        status = rc_read_surd(in->part + p, value, bindings, place, err);
    }
    const json_t *eta = json_object_get(claim->fields, "eta");
    if (status == RC_OK && eta) {
        snprintf(place, sizeof place, "%.300s: eta", where);
        status = rc_read_fmpq(in->number, eta, bindings, place, err);
        if (status == RC_OK && fmpq_sgn(in->number) <= 0) {
            status = rc_error_set(err, RC_BAD_INPUT, "%s: expected a number > 0", place);
        }
    }
    return status == RC_OK ? read_data(in, claim, bindings, where, err) : status;
}
