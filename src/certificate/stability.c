/* Stability claims: their fields, their evidence, their statement in words. */
#include <string.h>

#include "words.h"
#include "write.h"

static void put_data(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in)
{
    slong n = fmpq_mat_nrows(in->x), d = fmpq_mat_ncols(in->x);
    rc_text_put(t, ",\n  \"data\": {\"x\": [");
    for (slong j = 0; j < n; j++) {
        if (j > 0) rc_text_put(t, ", ");
        rc_text_put_vec(t, fmpq_mat_entry(in->x, j, 0), d);
    }
    rc_text_put(t, "],\n   \"y\": ");
    if (claim->own_labels) rc_text_put_string(t, "own");
    else rc_text_put_vec(t, fmpq_mat_entry(in->y, 0, 0), n);
    rc_text_put(t, "}");
}

void rc_text_put_stability_fields(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in)
{
    put_data(t, claim, in);
    const fmpq *eta = in->number;
    if (!fmpq_is_zero(eta)) {
        rc_text_put(t, ", \"eta\": ");
        rc_text_put_fmpq(t, eta);
    }
    for (rc_stability_part p = 0; p < RC_PARTS; p++) {
        const rc_part_struct *part = claim->part + p;
        if (!part->present) continue;
        rc_text_put(t, ", \"");
        rc_text_put(t, rc_stability_part_name(p));
        rc_text_put(t, "\": ");
        if (p >= RC_PART_NUMBERS) {
            rc_text_put(t, part->holds ? "true" : "false");
            continue;
        }
        rc_text_put(t, "{\"");
        rc_text_put(t, rc_comparison_name(part->comparison));
        rc_text_put(t, "\": ");
        rc_text_put_surd(t, in->part + p);
        rc_text_put(t, "}");
    }
}

static void put_integers(rc_text_t t, const fmpz *x, slong n)
{
    rc_text_put(t, "[");
    for (slong j = 0; j < n; j++) {
        if (j > 0) rc_text_put(t, ",");
        rc_text_put_fmpz(t, x + j);
    }
    rc_text_put(t, "]");
}

/* A row without the zeros at its end. */
static void put_row(rc_text_t t, const fmpz_mat_t L, slong j)
{
    slong length = fmpz_mat_ncols(L);
    while (length > 0 && fmpz_is_zero(fmpz_mat_entry(L, j, length - 1))) length--;
    put_integers(t, length > 0 ? fmpz_mat_entry(L, j, 0) : NULL, length);
}

static void put_rationals(rc_text_t t, const char *key, const fmpq *x, slong n)
{
    if (n == 0) return;
    rc_text_put(t, ", \"");
    rc_text_put(t, key);
    rc_text_put(t, "\": ");
    rc_text_put_vec(t, x, n);
}

static void put_lower(rc_text_t t, const char *before, const rc_spectrum_struct *s)
{
    rc_text_put(t, before);
    rc_text_put(t, "\"lower\": {\"bound\": ");
    rc_text_put_fmpq(t, s->lo);
    rc_text_put(t, ", \"integers\": [");
    rc_text_put_fmpz(t, s->den);
    rc_text_put(t, "], \"vector\": ");
    put_integers(t, s->vector, s->n);
    put_rationals(t, "weights", s->below, s->terms);
    rc_text_put(t, "}");
}

static void put_upper(rc_text_t t, const char *before, const rc_spectrum_struct *s)
{
    rc_text_put(t, before);
    rc_text_put(t, "{\"bound\": ");
    rc_text_put_fmpq(t, s->hi);
    rc_text_put(t, ", \"integers\": [");
    rc_text_put_fmpz(t, s->scale);
    rc_text_put(t, ", ");
    rc_text_put_fmpz(t, s->weight);
    rc_text_put(t, "], \"factor\": [");
    for (slong j = 0; j < s->n; j++) {
        rc_text_put(t, j > 0 ? ",\n    " : "\n    ");
        put_row(t, s->L, j);
    }
    rc_text_put(t, "]");
    put_rationals(t, "weights", s->above, s->terms);
    rc_text_put(t, "}");
}

static void put_spread(rc_text_t t, const rc_stability_proof_struct *p)
{
    if (!p->spread_lower && !p->spread_upper) return;
    rc_text_put(t, ",\n  \"covariance\": {");
    if (p->spread_lower) put_lower(t, "", p->spread);
    if (p->spread_upper) put_upper(t, p->spread_lower ? ", \"upper\": " : "\"upper\": ", p->spread);
    rc_text_put(t, "}");
}

static void put_implementation(rc_text_t t, const rc_stability_proof_struct *p)
{
    if (!p->implemented) return;
    rc_text_put(t, ",\n  \"implementation\": {");
    if (p->rescaled) {
        rc_text_put(t, "\"scales\": ");
        rc_text_put_vec(t, p->scale, p->m);
    } else {
        rc_text_put(t, "\"network\": ");
        rc_text_put_network(t, p->network, "   ");
    }
    put_upper(t, ",\n   \"upper\": ", p->implementation);
    rc_text_put(t, "}");
}

void rc_text_put_stability(rc_text_t t, const rc_evidence_struct *e)
{
    const rc_stability_proof_struct *p = &e->stability;
    if (p->part >= 0) {
        rc_text_put(t, ", \"part\": ");
        rc_text_put_string(t, rc_stability_part_name((rc_stability_part) p->part));
    }
    if (p->lower) put_lower(t, ",\n  ", p->lambda);
    if (p->upper) put_upper(t, ",\n  \"upper\": ", p->lambda);
    put_spread(t, p);
    put_implementation(t, p);
    if (p->rescalings) {
        rc_text_put(t, ",\n  \"vectors\": [");
        for (slong k = 0; k < fmpz_mat_nrows(p->vectors); k++) {
            if (k > 0) rc_text_put(t, ",\n    ");
            put_integers(t, fmpz_mat_entry(p->vectors, k, 0), fmpz_mat_ncols(p->vectors));
        }
        rc_text_put(t, "]");
    }
    if (p->gradient->length > 0) {
        rc_text_put(t, ",\n  \"gradient\": ");
        rc_text_put_tree(t, p->gradient, 1);
    }
    if (p->at_point) {
        rc_text_put(t, ",\n  \"x\": ");
        rc_text_put_vec(t, e->x, e->d);
    }
}

/* "lambda_max(X) <= v" */
static void put_part(rc_words_t w, rc_stability_part p, const json_t *value, const char *name)
{
    static const char *const numbers[] = {"lambda_max",
                                          "inf of lambda_max over rescalings",
                                          "S_theta",
                                          "||f||_{R,g}",
                                          "||f||_R",
                                          "||f||_{R,g^}",
                                          "||f||_{R,g^} flipped",
                                          "inf of ||grad f||",
                                          "Lemma 2's bound",
                                          "Lemma 2's bound, flipped",
                                          "Lemma 2's bound, averaged"};
    static const char *const verdicts[] = {"||f||_{R,g} <= 1/eta - 1/2 (Theorem 1)", "linearly stable for eta",
                                           "Theorem 3 for eta", "Lemma 2",
                                           "lambda_max >= 1 + 2 ||f||_{R,g} (Lemma 3)"};
    static const char *const relations[] = {"", " = ", " <= ", " >= "};
    if (p >= RC_PART_NUMBERS) {
        rc_words_printf(w, "%s%s", json_is_true(value) ? "" : "not: ", verdicts[p - RC_PART_NUMBERS]);
        return;
    }
    rc_words_printf(w, "%s of %s", numbers[p], name);
    for (rc_comparison c = RC_COMPARE_EQUALS; c <= RC_COMPARE_AT_LEAST; c++) {
        const json_t *v = json_object_get(value, rc_comparison_name(c));
        if (v == NULL) continue;
        rc_words_put(w, relations[c]);
        rc_words_put_number(w, v);
    }
}

void rc_words_put_stability(rc_words_t w, const json_t *fields)
{
    const json_t *name = json_object_get(fields, "network"), *eta = json_object_get(fields, "eta");
    const json_t *x = json_object_get(json_object_get(fields, "data"), "x");
    bool first = true;
    for (rc_stability_part p = 0; p < RC_PARTS; p++) {
        const json_t *value = json_object_get(fields, rc_stability_part_name(p));
        if (value == NULL) continue;
        if (!first) rc_words_put(w, "; ");
        put_part(w, p, value, json_is_string(name) ? json_string_value(name) : "?");
        first = false;
    }
    rc_words_printf(w, ", at %zu data point%s", json_array_size(x), json_array_size(x) == 1 ? "" : "s");
    if (eta) {
        rc_words_put(w, ", eta = ");
        rc_words_put_number(w, eta);
    }
}
