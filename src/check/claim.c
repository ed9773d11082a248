/* The claims: what each says, and the evidence that proves or refutes it. Section 5. */

#include <string.h>
#include "check.h"

static void check_equal(const statement *s, bool proved, value evidence) {
    bool equal = s->holds == proved;
    value x = json_get(evidence, "x");
    form f;
    json_shape("equal", evidence, equal ? "kind=canonical-form" : "kind=point x");
    form_init(&f, s->X, s->Y);
    if (equal) require(same_realization(s->X, s->Y), "equal", evidence, "equal canonical forms");
    else require(sign(largest_value(x, &f, NULL)) > 0, "equal", x, "a point where the networks differ");
}

/* The bounds of the claim against v. Proved: lower >= v, upper <= v, or the one that matters; refuted:
   lower > v or upper < v. */
static void check_relation(const statement *s, bool proved, value evidence) {
    const char *rule = s->claim->name, *v = number_text(s->v);
    bool equals = strcmp(s->relation, "equals") == 0, most = strcmp(s->relation, "at-most") == 0;
    value low = json_get(evidence, "lower"), high = json_get(evidence, "upper");
    bool use_low = equals ? proved || json_present(low) : most != proved;
    bool use_high = equals ? proved || !use_low : most == proved;
    number r = s->v;
    form f;
    json_shape(rule, evidence, !use_low ? "kind=* upper" : use_high ? "kind=* lower upper" : "kind=* lower");
    form_init(&f, s->X, s->claim->lower == distance_lower ? NULL : s->Y);
    if (use_low) r = s->claim->lower(low, s, &f);
    require(r != NULL || !use_high, rule, low, "a finite lower bound");
    if (use_low && r != NULL && compare(r, s->v) < !proved)
        reject(rule, low, "expected a bound %s %s, found %s", proved ? ">=" : ">", v, number_text(r));
    if (use_high && compare(r = s->claim->upper(high, s, &f), s->v) > -!proved)
        reject(rule, high, "expected a bound %s %s, found %s", proved ? "<=" : "<", v, number_text(r));
}

static void check_cells(const statement *s, bool proved, value evidence) {
    form f;
    components c;
    number cells;
    NEW_Q(v);
    require(get_rational(v, s->v) && mpq_sgn(v) >= 0 && mpz_cmp_ui(mpq_denref(v), 1) == 0, "cells", evidence,
            "an integer >= 0 to compare with (in the statement)");
    json_shape("cells", evidence, "kind=recount components");
    form_init_lines(&f, s->X, s->Y);
    components_read(&c, json_get(evidence, "components"), &f);
    cells = count_cells(evidence, &c, &f);
    if ((compare(cells, s->v) == 0) != proved)
        reject("cells", evidence, "expected %s%s cells, found %s", proved ? "" : "other than ",
               number_text(s->v), number_text(cells));
}

static void check_membership(const statement *s, bool proved, value evidence) {
    json_shape("member", evidence, s->holds == proved ? "kind=membership" : "kind=membership offender");
    if (s->holds == proved) check_member("member", evidence, s->X, s->star);
    else check_offender(json_get(evidence, "offender"), s->X, s->star);
}

/* ---- theorem-3.3 and inverse-stable ------------------------------------------------------- */

/* The network that evidence against a hypothesis is about. */
static const network *accused(const statement *s, value evidence) {
    value name = json_get(evidence, "network");
    bool gamma = json_is(name, "gamma");
    require(gamma || json_is(name, "theta"), s->claim->name, name, "\"gamma\" or \"theta\"");
    return gamma ? s->X : s->Y;
}

/* ‖Φ - Γ‖_∞ for Φ's neuron i being Θ's neuron π(i). */
static number matching_distance(const statement *s, value v) {
    size_t n, *pi = json_indices(s->claim->name, v, s->X->m, &n);
    number t = integer(0);
    require(n == s->X->m, s->claim->name, v, "a permutation of %zu", s->X->m);
    for (size_t i = 0; i < n; i++) t = larger(t, neuron_distance(s->X, i, s->Y, pi[i] - 1));
    return t;
}

typedef struct {
    const statement *s;
    number t;
} pairs;

static bool is_far(const void *context, size_t j, size_t i) {
    const pairs *c = context;
    return compare(neuron_distance(c->s->Y, j - 1, c->s->X, i), c->t) >= 0;
}

/* NSTAR-HALL: however Θ's neurons are permuted, one of S is put on a neuron of Γ at distance >= t. */
static number nstar_hall(const statement *s, value v) {
    pairs c = {s, NULL};
    json_shape("NSTAR-HALL", v, "bound theta gamma");
    c.t = number_read("NSTAR-HALL", json_get(v, "bound"));
    check_hall("NSTAR-HALL", json_get(v, "theta"), s->Y->m, json_get(v, "gamma"), s->X, is_far, &c);
    return c.t;
}

/* Some Φ (in N*, for star) has R(Φ) = R(Θ) and ‖Φ - Γ‖_∞ <= factor r^alpha; r is bounded by LOWER
   if this is proved, by UPPER if it is refuted. Then fibers in N* must be permutations: Θ ∈ N*. */
static void check_stability(const statement *s, bool proved, value evidence, number factor, number alpha,
                            bool star) {
    const char *rule = s->claim->name;
    value bounds = json_get(evidence, proved ? "lower" : "upper"), distance = json_get(evidence, "distance");
    number t, r;
    form f;
    int order;
    json_shape(rule, evidence, proved ? (star ? "kind=* matching lower?" : "kind=* distance lower?")
                                      : (star ? "kind=* hall upper" : "kind=* distance upper"));
    form_init(&f, s->Y, s->X);
    if (star && proved) check_member(rule, s->X_name, s->X, true);
    if (star) check_member(rule, s->Y_name, s->Y, true);
    if (!star) t = (proved ? distance_upper : distance_lower)(distance, s, &f);
    else if (proved) t = matching_distance(s, json_get(evidence, "matching"));
    else t = nstar_hall(s, json_get(evidence, "hall"));
    r = (proved ? semi_norm_lower : semi_norm_upper)(bounds, s, &f);
    order = t == NULL ? 1 : compare_power(t, factor, r, alpha);
    if (order == 2 || (order <= 0) != proved)
        reject(rule, evidence, "expected a distance %s (%s) (%s)^(%s), found %s%s", proved ? "<=" : ">",
               number_text(factor), number_text(r), number_text(alpha),
               t == NULL ? "infinity" : number_text(t), order == 2 ? ": 256 bits do not decide" : "");
}

/* Γ or Θ is not in N*. */
static void refute_membership(const statement *s, value evidence) {
    json_shape(s->claim->name, evidence, "kind=hypothesis network offender");
    check_offender(json_get(evidence, "offender"), accused(s, evidence), true);
}

static void check_inverse_stable(const statement *s, bool proved, value evidence) {
    bool hypothesis = json_is(json_get(evidence, "kind"), "hypothesis");
    if (hypothesis && s->star && !proved) refute_membership(s, evidence);
    else check_stability(s, proved, evidence, s->v, s->q, s->star);
}

static void check_theorem_3_3(const statement *s, bool proved, value evidence) {
    if (proved) check_stability(s, proved, evidence, integer(4), inverse(integer(2)), true);
    else refute_membership(s, evidence);
}

/* ---- theorem-3.1 ------------------------------------------------------------------------------ */

/* C.1: every i with ‖c_i a_i‖ <= 2r has |c_i|, ‖a_i‖ <= beta. Does neuron i violate it? */
static bool violates_C1(const statement *s, size_t i, number r) {
    number a = norm(&s->X->a[i], s->X->d), c = norm(&s->X->c[i], 1);
    return compare(times(a, c), times(integer(2), r)) <= 0 && compare(larger(a, c), s->v) > 0;
}

static void refute_theorem_3_1(const statement *s, value evidence, const form *f) {
    value condition = json_get(evidence, "condition"), neurons = json_get(evidence, "neurons");
    bool a = json_is(condition, "C.3a");
    json_shape("theorem-3.1", evidence, a ? "kind=hypothesis condition network neurons"
               : json_is(condition, "C.1") ? "kind=hypothesis condition neurons lower?"
                                           : "kind=hypothesis condition neurons");
    if (json_is(condition, "C.1")) {
        size_t i = json_index("theorem-3.1", json_list_of("theorem-3.1", neurons, 1), 1, s->X->m);
        number r = semi_norm_lower(json_get(evidence, "lower"), s, f);
        require(violates_C1(s, i - 1, r), "theorem-3.1", neurons, "a neuron against C.1");
    } else if (json_is(condition, "C.2")) {
        check_pair(neurons, s->X, s->X, 1);
    } else {
        require(a || json_is(condition, "C.3b"), "theorem-3.1", condition, "a condition");
        check_pair(neurons, a ? accused(s, evidence) : s->X, a ? accused(s, evidence) : s->Y, -1);
    }
}

static void no_pair(const char *condition, value at, const network *X, const network *Y, int direction) {
    size_t i, j;
    if (proportional(X, Y, direction, &i, &j))
        reject("theorem-3.1", at, "expected %s, found neurons %zu, %zu against it", condition, i, j);
}

static void check_theorem_3_1(const statement *s, bool proved, value evidence) {
    const network *X = s->X, *Y = s->Y;
    value at = json_get(evidence, "phi"), step;
    number r, distance;
    network *phi;
    form f;
    require(X->D == 1, "theorem-3.1", s->X_name, "D = 1");
    form_init(&f, Y, X);
    if (!proved) {
        refute_theorem_3_1(s, evidence, &f);
        return;
    }
    json_shape("theorem-3.1", evidence, "kind=* phi cases lower? upper");
    no_pair("C.2", s->X_name, X, X, 1);
    no_pair("C.3a", s->X_name, X, X, -1);
    no_pair("C.3a", s->Y_name, Y, Y, -1);
    no_pair("C.3b", s->X_name, X, Y, -1);
    r = semi_norm_upper(json_get(evidence, "upper"), s, &f);
    step = json_list_of("theorem-3.1", json_get(evidence, "cases"), X->m);
    for (size_t i = 0; i < X->m; i++, step = json_next(step)) {
        require(!violates_C1(s, i, r), "theorem-3.1", s->X_name, "C.1 for neuron %zu", i + 1);
        require(json_is(step, "I1") || json_is(step, "A") || json_is(step, "B.1") || json_is(step, "B.2") ||
                json_is(step, "B.3"), "theorem-3.1", step, "I1, A, B.1, B.2 or B.3");
    }
    phi = network_read_shape("theorem-3.1", at, X->d, X->m, 1);
    require(same_realization(phi, Y), "theorem-3.1", at, "a network with R(phi) = R(theta)");
    r = plus(s->v, times(integer(2), root_of(semi_norm_lower(json_get(evidence, "lower"), s, &f))));
    distance = network_distance(phi, X);
    if (compare(distance, r) > 0)
        reject("theorem-3.1", at, "expected distance <= %s, found %s", number_text(r), number_text(distance));
}

/* ---- unique and embedding ------------------------------------------------------------------------ */

/* Equal up to order and positive scales, and without a dead neuron? */
static bool same_neurons(const network *X, const network *Y) {
    const member *x = sorted_neurons(X, NULL, X->d), *y = sorted_neurons(Y, NULL, X->d);
    for (size_t i = 0; i < X->m; i++)
        if (mpq_sgn(X->kappa[i]) == 0 || compare_neurons(&x[i], &y[i]) != 0) return false;
    return true;
}

static void check_unique(const statement *s, bool proved, value evidence) {
    value at = json_get(evidence, s->holds == proved ? "flip-tree" : "phi");
    const network *X = s->X, *phi;
    form f;
    json_shape("unique", evidence, s->holds == proved ? "kind=* flip-tree" : "kind=* phi");
    if (s->holds == proved) {
        form_init(&f, X, NULL);
        if (f.K != X->m) reject("unique", evidence, "expected %zu hyperplanes, found %zu", X->m, f.K);
        require(count_flip_sets(at, &f) == 1, "unique", at, "one flip set");
        return;
    }
    phi = network_read_shape("unique", at, X->d, X->m, X->D);
    require(same_realization(phi, X), "unique", at, "a network with the realization of X");
    require(!same_neurons(phi, X), "unique", at, "other neurons than X up to scales, or a dead one");
}

/* (75): the neuron (a, α, β; c) of Γ counts as the neuron with weights a and bias α - β. */
static void check_embedding(const statement *s, bool proved, value evidence) {
    value at = json_get(evidence, "gamma");
    network *Gamma;
    require(s->X->biases, "embedding", s->X_name, "a network with biases");
    require(proved, "embedding", evidence, "evidence against it, of which there is none");
    json_shape("embedding", evidence, "kind=* gamma");
    Gamma = network_read_shape("embedding", at, s->X->d + 2, s->X->m + 1, s->X->D);
    check_member("embedding", at, Gamma, true);
    network_fold(Gamma);
    require(same_realization(Gamma, s->X), "embedding", at, "R(gamma)(x, 1, -1) = R(X)(x)");
}

#define RELATION "equals? at-most? at-least?"
#define SOME_PHI "has R(phi) = R(%Y), ||phi - %X||_oo <= "
#define DIFFERENCE " |R(%Y) - R(%X)|_{W^{1,oo}}"

static const claim claims[] = {
    {"equal", "of holds?", "%HR(%X) = R(%Y)", true, false, check_equal, NULL, NULL},
    {"semi-norm", "of " RELATION, "|%F|_{W^{1,oo}} %= %V", true, false, check_relation,
     semi_norm_lower, semi_norm_upper},
    {"sup-norm", "of box " RELATION, "the largest ||(%F)(x)||_oo for x in [-%Q, %Q]^d is %= %V",
     true, false, check_relation, sup_norm_lower, sup_norm_upper},
    {"cells", "of equals", "the hyperplanes of %A have %V cells", true, false, check_cells, NULL, NULL},
    {"member", "of space holds?", "%H%X is in %S", false, false, check_membership, NULL, NULL},
    {"theorem-3.3", "gamma theta", "%X, %Y are in N* and some phi in N* " SOME_PHI "4" DIFFERENCE "^(1/2)",
     false, true, check_theorem_3_3, NULL, NULL},
    {"theorem-3.1", "gamma theta beta", "C.1 for beta = %V, C.2 and C.3 hold for %X, %Y, and some phi of "
     "the shape of %X " SOME_PHI "%V + 2" DIFFERENCE "^(1/2)", false, true, check_theorem_3_1, NULL, NULL},
    {"inverse-stable", "gamma theta s alpha within", "%X, %Y are in %S and some phi in %S " SOME_PHI "(%V)"
     DIFFERENCE "^(%Q)", false, true, check_inverse_stable, NULL, NULL},
    {"distance", "gamma g " RELATION, "dist(%X, R(%Y)) %= %V", false, false, check_relation,
     distance_lower, distance_upper},
    {"unique", "of holds?", "%Hup to order and positive scales %X is the only parametrization of R(%X) "
     "with its number of neurons, and none has a dead neuron", false, false, check_unique, NULL, NULL},
    {"embedding", "of", "some gamma in N* with d + 2 inputs and m + 1 neurons has R(gamma)(x, 1, -1) = "
     "R(%X)(x) for all x", true, false, check_embedding, NULL, NULL},
    {"loss-local-minimum", "network samples radius holds?", "%Hno network whose entries differ from "
     "those of %X by less than %Q has a smaller loss on the samples", false, false, check_loss, NULL, NULL},
};

const claim *claim_find(value name) {
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (json_is(name, claims[i].name)) return &claims[i];
    expected("claim", name, "a claim of section 5");
}
