/* What relucert stability writes to files: a case whose claims are the results, for certify; matrices. */
#include "stability.h"

#include <flint/fmpq_vec.h>

static json_t *points(const rc_dataset_struct *data)
{
    json_t *rows = json_array();
    fmpq_t x;
    fmpq_init(x);
    for (slong j = 0; j < data->n; j++) {
        json_t *row = json_array();
        for (slong k = 0; k < data->d; k++) {
            fmpq_set_fmpz_frac(x, fmpz_mat_entry(data->x, j, k), data->den);
            rc_cli_append(row, rc_write_fmpq(x));
        }
        rc_cli_append(rows, row);
    }
    fmpq_clear(x);
    return rows;
}

/* A claim without parts yet; number 0: none in its id. eta may be NULL. */
static json_t *put_claim(json_t *claims, const char *id, slong number, const fmpq *eta)
{
    json_t *claim = json_object();
    char text[60];
    snprintf(text, sizeof text, number > 0 ? "%s-%ld" : "%s", id, (long) number);
    rc_cli_set(claim, "id", json_string(text));
    rc_cli_set(claim, "claim", json_string("stability"));
    rc_cli_set(claim, "network", json_string("f"));
    rc_cli_set(claim, "data", json_string("points"));
    if (eta) rc_cli_set(claim, "eta", rc_write_fmpq(eta));
    rc_cli_append(claims, claim);
    return claim;
}

static void put_part(json_t *claim, const char *part, bool upper, const fmpq_t lo, const fmpq_t hi)
{
    json_t *says = json_object();
    rc_cli_set(says, upper ? "at-most" : "at-least", rc_write_fmpq(upper ? hi : lo));
    rc_cli_set(claim, part, says);
}

static void put_root(json_t *claim, const char *part, bool upper, const rc_surd_t x, slong bits)
{
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    rc_surd_enclose(lo, hi, x, bits + 10);
    put_part(claim, part, upper, lo, hi);
    fmpq_clear(hi);
    fmpq_clear(lo);
}

static void put_bounds(json_t *claims, const rc_stability_report *r, bool upper)
{
    const rc_stability_struct *s = r->s;
    if (s->deep && !s->lambda->known) return;
    json_t *claim = put_claim(claims, upper ? "at-most" : "at-least", 0, NULL);
    if (s->lambda->known) put_part(claim, "lambda-max", upper, s->lambda->lo, s->lambda->hi);
    if (s->deep) return;
    if (s->solution && s->flattest->known) {
        put_part(claim, "flattest", upper, s->flattest->lo, s->flattest->lambda->hi);
    }
    put_root(claim, "S-theta", upper, s->S_theta, r->bits);
    put_root(claim, "norm-R-g", upper, s->norm_g, r->bits);
    put_root(claim, "norm-R", upper, s->norm_R, r->bits);
}

static void put_answer(json_t *claims, const char *part, slong number, rc_answer answer, const fmpq *eta)
{
    if (answer >= 0) rc_cli_set(put_claim(claims, part, number, eta), part, json_boolean(answer));
}

/* What the step size decides, as far as it is known. */
static void put_verdicts(json_t *claims, const rc_stability_struct *s, slong number, const fmpq *eta)
{
    rc_answer stable = rc_stability_is_linearly_stable(s, eta);
    if (stable < 0) return;
    json_t *claim = put_claim(claims, "stable", number, eta);
    rc_cli_set(claim, "linearly-stable", json_boolean(stable));
    if (s->deep) return;
    rc_cli_set(claim, "theorem-1", json_boolean(s->solution && rc_stability_theorem_1(s, eta)));
    put_answer(claims, "theorem-3", number, rc_stability_theorem_3(s, eta), eta);
}

json_t *rc_stability_case(const rc_stability_report *r, const rc_network_struct *net, const rc_dataset_struct *data,
                          bool own_labels)
{
    const rc_stability_struct *s = r->s;
    json_t *doc = json_object(), *networks = json_object(), *sets = json_object(), *set = json_object(),
           *claims = json_array();
    rc_cli_set(set, "x", points(data));
    rc_cli_set(set, "y", own_labels ? json_string("own") : rc_write_fmpq_vec(data->y, data->n));
    put_bounds(claims, r, false);
    put_bounds(claims, r, true);
    if (!s->deep) {
        put_answer(claims, "lemma-2", 0, rc_stability_lemma_2(s), NULL);
        put_answer(claims, "lemma-3", 0, rc_stability_lemma_3(s), NULL);
    }
    for (slong k = 0; k < r->etas; k++) put_verdicts(claims, s, r->etas > 1 ? k + 1 : 0, r->eta + k);
    rc_cli_set(networks, "f", rc_write_network(net));
    rc_cli_set(doc, "title", json_string("A network at its data"));
    rc_cli_set(doc, "source", json_string(r->name));
    rc_cli_set(doc, "networks", networks);
    rc_cli_set(sets, "points", set);
    rc_cli_set(doc, "data", sets);
    rc_cli_set(doc, "claims", claims);
    return doc;
}

enum { MOST_FEATURES = 10000000 };

static json_t *features(const rc_network_struct *net, const rc_dataset_struct *data)
{
    slong P = rc_stability_parameters(net);
    if (P > MOST_FEATURES / data->n) return json_null();
    json_t *rows = json_array();
    rc_surd_struct *phi = flint_malloc((size_t) P * sizeof *phi);
    fmpq *x = _fmpq_vec_init(data->d);
    for (slong p = 0; p < P; p++) rc_surd_init(phi + p);
    for (slong j = 0; j < data->n; j++) {
        json_t *row = json_array();
        for (slong k = 0; k < data->d; k++) fmpq_set_fmpz_frac(x + k, fmpz_mat_entry(data->x, j, k), data->den);
        rc_stability_features(phi, net, x);
        for (slong p = 0; p < P; p++) rc_cli_append(row, rc_write_surd(phi + p));
        rc_cli_append(rows, row);
    }
    for (slong p = 0; p < P; p++) rc_surd_clear(phi + p);
    _fmpq_vec_clear(x, data->d);
    flint_free(phi);
    return rows;
}

json_t *rc_stability_matrices(const rc_network_struct *net, const rc_dataset_struct *data)
{
    json_t *doc = json_object();
    fmpq_mat_t K;
    fmpq_mat_init(K, data->n, data->n);
    rc_stability_gram(K, net, data);
    rc_cli_set(doc, "gram", rc_write_fmpq_mat(K));
    rc_cli_set(doc, "features", features(net, data));
    fmpq_mat_clear(K);
    return doc;
}
