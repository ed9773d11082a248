/* Stability claims: what is certified of random networks agrees with enclosures computed apart, and with itself; every
   certificate is accepted, against its case too. */
#include <stdio.h>
#include <unistd.h>

#include "harness.h"
#include "process.h"
#include "random-problem.h"
#include "relucert/canonical.h"
#include "relucert/stability.h"

static char *checker, *engine;
static char folder[] = "/tmp/relucert-stability-XXXXXX";
static char case_path[100];

/* A two-layer network written with three layers, the middle one of which repeats the hidden neurons: f is the same, the
   parameters are others. */
static json_t *deepened(const rc_network_t net)
{
    json_t *doc = rc_write_network(net), *layers = json_object_get(doc, "layers"), *A = json_array(), *b = json_array();
    for (slong i = 0; i < net->m; i++) {
        json_t *row = json_array();
        for (slong k = 0; k < net->m; k++) json_array_append_new(row, json_integer(i == k));
        json_array_append_new(A, row);
        json_array_append_new(b, json_integer(0));
    }
    json_array_insert_new(layers, 1, json_pack("{s:o,s:o}", "A", A, "b", b));
    return doc;
}

static bool is_rational(const rc_network_t net)
{
    for (slong i = 0; i < net->m; i++) {
        if (!fmpq_is_one(net->q + i)) return false;
    }
    return true;
}

/* A claim about network f with one part; its id is its number. */
static void add_claim(json_t *claims, const char *net, const json_t *data, const char *part, json_t *says, const char *eta)
{
    char id[30];
    snprintf(id, sizeof id, "c%zu", json_array_size(claims));
    json_t *claim = json_pack("{s:s,s:s,s:s,s:O,s:o}", "id", id, "claim", "stability", "network", net, "data", data, part, says);
    if (eta) json_object_set_new(claim, "eta", json_string(eta));
    json_array_append_new(claims, claim);
}

static void add_both(json_t *claims, const char *net, const json_t *data, const char *part, const char *v)
{
    add_claim(claims, net, data, part, json_pack("{s:s}", "at-least", v), NULL);
    add_claim(claims, net, data, part, json_pack("{s:s}", "at-most", v), NULL);
}

static json_t *build_case(const problem *p, bool own, bool deep)
{
    static const char *const values[] = {"1", "3/2", "2+sqrt(2)", "5", "20", "100"};
    static const char *const etas[] = {"1", "1/3", "1/10", "1/100", "1/1000"};
    char *text = problem_text(p);
    json_t *data = json_loads(text, 0, NULL), *claims = json_array(), *networks = json_object();
    const char *v = values[test_range(0, 5)], *eta = etas[test_range(0, 4)];
    free(text);
    json_object_del(data, "network");
    if (own) json_object_set_new(data, "y", json_string("own"));
    json_object_set_new(networks, "f", rc_write_network(p->net));
    add_both(claims, "f", data, "lambda-max", v);
    add_both(claims, "f", data, "flattest", v);
    add_both(claims, "f", data, "lemma-2-bound", v);
    add_both(claims, "f", data, "inf-gradient", test_chance(50) ? "0" : test_chance(50) ? "1/2" : "3/2");
    add_claim(claims, "f", data, "linearly-stable", json_boolean(test_chance(50)), eta);
    add_claim(claims, "f", data, "theorem-3", json_true(), eta);
    add_claim(claims, "f", data, "lemma-2", json_true(), NULL);
    add_claim(claims, "f", data, "lemma-3", json_true(), NULL);
    if (deep) {
        json_object_set_new(networks, "deep", deepened(p->net));
        add_both(claims, "deep", data, "lambda-max", v);
        add_claim(claims, "deep", data, "linearly-stable", json_true(), eta);
    }
    json_decref(data);
    return json_pack("{s:s,s:s,s:o,s:o}", "title", "random", "source", "random", "networks", networks, "claims", claims);
}


/* Is the verdict on "at-least" (or at-most) possible for what is known? */
static bool fits(const rc_spectrum_t s, const char *verdict, const json_t *says)
{
    bool proved = strcmp(verdict, "proved") == 0, least = json_object_get(says, "at-least") != NULL;
    rc_surd_t v;
    fmpq_t lo, hi;
    rc_surd_init(v);
    fmpq_init(lo);
    fmpq_init(hi);
    const char *text = json_string_value(json_object_get(says, least ? "at-least" : "at-most"));
    /* The only root among the values is in 2+sqrt(2). */
    if (strcmp(text, "2+sqrt(2)") == 0) {
        fmpq_set_si(lo, 341421356, 100000000);
        fmpq_set_si(hi, 341421357, 100000000);
        fmpq_canonicalise(lo);
        fmpq_canonicalise(hi);
    } else {
        fmpq_set_str(lo, text, 10);
        fmpq_set(hi, lo);
    }
    bool high = fmpq_cmp(s->lo, hi) > 0, low = fmpq_cmp(s->hi, lo) < 0, fine = true;
    if (strcmp(verdict, "undecided") == 0) fine = !high && !low;
    else if (high) fine = proved == least;
    else if (low) fine = proved != least;
    fmpq_clear(hi);
    fmpq_clear(lo);
    rc_surd_clear(v);
    return fine;
}

/* "linearly-stable": no pre-activation is 0, and lambda_max <= 2/eta; or false. */
static void check_stable(const rc_stability_struct *s, const char *verdict, const json_t *claim, const char *text)
{
    bool said = json_is_true(json_object_get(claim, "linearly-stable")), proved = strcmp(verdict, "proved") == 0;
    fmpq_t eta;
    fmpq_init(eta);
    fmpq_set_str(eta, json_string_value(json_object_get(claim, "eta")), 10);
    rc_answer answer = s->smooth ? rc_stability_is_linearly_stable(s, eta) : 0;
    CHECK(answer < 0 || proved == (said == answer), "linearly stable: %s in %s", verdict, text);
    fmpq_clear(eta);
}

static void check_verdict(const json_t *claim, const char *verdict, const rc_stability_t s, const rc_stability_t deep,
                          const char *text)
{
    const json_t *lambda = json_object_get(claim, "lambda-max"), *flattest = json_object_get(claim, "flattest");
    const rc_stability_struct *t = strcmp(json_string_value(json_object_get(claim, "network")), "deep") == 0 ? deep : s;
    bool refuted = strcmp(verdict, "refuted") == 0, proved = strcmp(verdict, "proved") == 0;
    bool minimum = s->solution && s->smooth;
    if (lambda) {
        CHECK(t->smooth ? fits(t->lambda, verdict, lambda) : refuted, "lambda_max: %s in %s", verdict, text);
    } else if (flattest && minimum) {
        /* Not above the rescaling found, not below the bound: the enclosure [bound, rescaling]. */
        rc_spectrum_t between;
        rc_spectrum_init(between);
        fmpq_set(between->lo, s->flattest->lo);
        fmpq_set(between->hi, s->flattest->lambda->hi);
        CHECK(fits(between, verdict, flattest), "flattest: %s in %s", verdict, text);
        rc_spectrum_clear(between);
    } else if (json_object_get(claim, "inf-gradient")) {
        /* Squares: 0, 1/4, 9/4. */
        const json_t *says = json_object_get(claim, "inf-gradient");
        bool least = json_object_get(says, "at-least") != NULL;
        fmpq_t v;
        fmpq_init(v);
        fmpq_set_str(v, json_string_value(json_object_get(says, least ? "at-least" : "at-most")), 10);
        fmpq_mul(v, v, v);
        bool above = fmpq_cmp(s->gradient_lo, v) > 0, below = fmpq_cmp(s->gradient_hi, v) < 0;
        CHECK(above ? proved == least : below ? proved != least : proved, "inf ||grad f||: %s in %s", verdict, text);
        fmpq_clear(v);
    } else if (flattest || !minimum) {
        bool hypothesis = json_object_get(claim, "lemma-2-bound") == NULL;
        const json_t *stable = json_object_get(claim, "linearly-stable");
        if (stable) check_stable(t, verdict, claim, text);
        else CHECK(!hypothesis || refuted, "a hypothesis fails: %s in %s", verdict, text);
    } else if (json_object_get(claim, "linearly-stable")) {
        check_stable(t, verdict, claim, text);
    } else if (json_object_get(claim, "lemma-3")) {
        CHECK(proved, "Lemma 3: %s in %s", verdict, text);
    } else if (json_object_get(claim, "lemma-2")) {
        CHECK(!refuted && proved >= (rc_stability_lemma_2(s) == 1), "Lemma 2: %s in %s", verdict, text);
    }
}

/* Certifies the case and has the certificates checked. */
static void check_case(const json_t *doc, const rc_stability_t s, const rc_stability_t deep)
{
    char *text = json_dumps(doc, 0);
    const char *argv[] = {engine, "certify", "--json", "-o", folder, case_path, NULL};
    if (json_dump_file(doc, case_path, 0) != 0) exit(1);
    process_result r = process_run(argv, NULL, 0);
    json_t *said = json_loads(r.out, 0, NULL);
    const json_t *claims = json_object_get(json_array_get(json_object_get(said, "cases"), 0), "claims");
    CHECK(json_array_size(claims) == json_array_size(json_object_get(doc, "claims")), "%s%s", r.err, text);
    for (size_t k = 0; k < json_array_size(claims); k++) {
        const json_t *claim = json_array_get(json_object_get(doc, "claims"), k), *result = json_array_get(claims, k);
        const char *verdict = json_string_value(json_object_get(result, "verdict"));
        const char *path = json_string_value(json_object_get(result, "certificate"));
        check_verdict(claim, verdict, s, deep, text);
        if (strcmp(verdict, "undecided") == 0) continue;
        char against_case[200];
        snprintf(against_case, sizeof against_case, "%s#c%zu", case_path, k);
        const char *check[] = {checker, "-q", "--case", against_case, path, NULL};
        process_result accepted = process_run(check, NULL, 0);
        CHECK(accepted.status == 0, "c%zu: %s%sin %s", k, accepted.out, accepted.err, text);
        process_clear(&accepted);
        unlink(path);
    }
    json_decref(said);
    process_clear(&r);
    free(text);
}

static void test_verdicts(void)
{
    test_case("random networks: verdicts, and certificates against their cases");
    for (long round = test_rounds(40); round > 0; round--) {
        problem p;
        rc_stability_t s, deep;
        rc_network_t other;
        bool own = test_chance(60);
        random_problem(&p, 3, false);
        bool has_deep = p.net->kind == RC_BIASED && is_rational(p.net);
        if (test_chance(50)) {
            for (slong i = 0; i < p.net->m; i++) fmpq_one(p.net->q + i);
            has_deep = p.net->kind == RC_BIASED;
        }
        json_t *doc = build_case(&p, own, has_deep);
        rc_stability_init(s);
        rc_stability_init(deep);
        rc_network_init(other, RC_SHALLOW, 1, 1, 1);
        rc_stability_options how = {.bits = 60, .own_labels = own};
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        if (has_deep) {
            json_t *net = deepened(p.net);
            rc_error_t err;
            CHECK(rc_read_network(other, net, NULL, "deep", err) == RC_OK, "the deep network is not read");
            json_decref(net);
            CHECK(rc_stability_compute(deep, other, p.data, &how, NULL, NULL) == RC_OK, "the deep network");
        }
        CHECK(status == RC_OK, "status %d", (int) status);
        check_case(doc, s, deep);
        json_decref(doc);
        rc_network_clear(other);
        rc_stability_clear(deep);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

static void check_same(const rc_network_t net, const rc_flattest_struct *f, const char *what, const char *text)
{
    rc_canonical_t a, b;
    if (!f->known) return;
    rc_canonical_init(a);
    rc_canonical_init(b);
    rc_canonical_set_network(a, net);
    rc_canonical_set_network(b, f->net);
    CHECK(f->net->m == net->m && rc_canonical_equal(a, b), "%s is another function: %s", what, text);
    CHECK(fmpq_cmp(f->lo, f->lambda->hi) <= 0, "%s: %s", what, text);
    rc_canonical_clear(b);
    rc_canonical_clear(a);
}

static void test_implementations(void)
{
    test_case("rescalings and Lemma 2's implementation are the same function, off the points");
    long merged = 0, within = 0;
    for (long round = test_rounds(150); round > 0; round--) {
        problem p;
        rc_stability_t s, t;
        rc_stability_options how = {.own_labels = true};
        random_problem(&p, 4, true);
        rc_stability_init(s);
        rc_stability_init(t);
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        char *text = problem_text(&p);
        CHECK(status == RC_OK, "status %d: %s", (int) status, text);
        check_same(p.net, s->flattest, "the rescaling", text);
        check_same(p.net, s->merged, "the implementation", text);
        if (s->merged->known) {
            merged++;
            status = rc_stability_compute(t, s->merged->net, p.data, &how, NULL, NULL);
            CHECK(status == RC_OK && t->smooth, "the implementation has a knot on a point: %s", text);
            CHECK(rc_surd_cmp(t->norm_g, s->norm_g) == 0 && rc_surd_cmp(t->norm_R, s->norm_R) == 0, "norms: %s", text);
            /* [N 105]-[N 113]: with room for it, that is what proves Lemma 2. */
            bool holds = s->has_lemma_2 && fmpq_cmp(s->merged->lambda->lo, s->lemma_2[1]) <= 0;
            CHECK(holds || fmpq_is_zero(s->covariance->hi), "Lemma 2's own implementation is above its bound: %s", text);
            within += holds;
        }
        free(text);
        rc_stability_clear(t);
        rc_stability_clear(s);
        problem_clear(&p);
    }
    CHECK(merged > 0 && within > 0, "%ld implementations, %ld within the bound", merged, within);
}

int main(void)
{
    test_start("t-stability-claims");
    checker = process_program("relucert-check");
    engine = process_program("relucert");
    if (!mkdtemp(folder)) return 2;
    snprintf(case_path, sizeof case_path, "%s/case.json", folder);
    test_verdicts();
    test_implementations();
    unlink(case_path);
    rmdir(folder);
    free(engine);
    free(checker);
    return test_finish();
}
