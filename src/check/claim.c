/* The claims: what each says, and the evidence that proves or refutes it. Section 5. */

#include "check.h"

static void check_equal(const statement *s, bool proved, value evidence) {
    bool equal = s->holds == proved;
    value x = json_get(evidence, "x");
    bool deep = s->X->layers + s->Y->layers > 0;
    json_shape("equal", evidence, !equal ? "kind=point x" : deep ? "kind=regions tree" : "kind=canonical-form");
    if (deep) {
        check_deep(s->X, s->Y, equal, evidence);
        return;
    }
    NEW_FORM(f, s->X, s->Y);
    if (equal) require(same_realization(s->X, s->Y), "equal", evidence, "equal canonical forms");
    else require(some_above(largest_value(x, &f, NULL), integer(0), true), "equal", x, "a point where the networks differ");
}

static const char *bound_text(values r) { return r.x == NULL ? "infinity" : number_text(r.x[0]); }

/* The bounds of the claim against v. Proved: lower >= v, upper <= v, or the one that matters; refuted:
   lower > v or upper < v. Infinity is only good as the one that matters. */
static void check_relation(const statement *s, bool proved, value evidence) {
    const claim *c = s->claim;
    bool equals = strcmp(s->relation, "equals") == 0, most = strcmp(s->relation, "at-most") == 0;
    bool low = equals ? proved || json_present(json_get(evidence, "lower")) : most != proved;
    bool high = equals ? proved || !low : most == proved, distance = c->lower == distance_lower;
    json_shape(c->name, evidence, !low ? "kind=* upper" : high ? "kind=* lower upper" : "kind=* lower");
    NEW_FORM(f, distance ? s->Y : s->X, distance ? NULL : s->Y);
    for (int upper = !low; upper <= high; upper++) {
        value at = json_get(evidence, upper ? "upper" : "lower");
        values r = (upper ? c->upper : c->lower)(at, s, &f);
        if (r.x == NULL ? high : !(upper ? all_below : some_above)(r, s->v, !proved))
            reject(c->name, at, "expected a bound %s%s %s, found %s", upper ? "<" : ">", proved ? "=" : "",
                   number_text(s->v), bound_text(r));
    }
}

static void check_cells(const statement *s, bool proved, value evidence) {
    form f;
    components c;
    NEW_Q(v);
    require(get_rational(v, s->v) && mpq_sgn(v) >= 0 && mpz_cmp_ui(mpq_denref(v), 1) == 0, "cells", s->X_name,
            "a claim about an integer >= 0");
    bool listing = json_is(json_get(evidence, "kind"), "listing");
    json_shape("cells", evidence, listing ? "kind=listing components file sha256 columns auxiliary"
                                          : "kind=recount components");
    form_init_lines(&f, s->X, s->Y);
    components_read(&c, json_get(evidence, "components"), &f);
    require(!listing || !f.family, "listing", evidence, "a claim that is not about all values");
    require(all_sure(&f), "cells", evidence, "hyperplanes that are always there, and apart");
    number cells = count_cells(evidence, &c, &f);
    if ((compare(cells, s->v) == 0) != proved)
        reject("cells", evidence, "expected %s%s cells, found %s", proved ? "" : "other than ",
               number_text(s->v), number_text(cells));
    if (listing) check_listing(evidence, &f, cells);
}

static void check_membership(const statement *s, bool proved, value evidence) {
    json_shape("member", evidence, s->holds == proved ? "kind=membership" : "kind=membership offender");
    if (s->holds == proved) check_member("member", evidence, s->X, s->star);
    else check_offender(json_get(evidence, "offender"), s->X, s->star);
}

/* ---- theorem-3.3, inverse-stable and theorem-3.1 -------------------------------------------- */

/* t <= offset + factor r^alpha with LOWER for r; if the claim is refuted, t > that with UPPER for r. t is the
   largest of numbers, or infinity; so is r. */
static void check_power(const statement *s, bool proved, value evidence, values t, number offset, number factor,
                        number alpha) {
    NEW_FORM(f, s->Y, s->X);
    values r = (proved ? semi_norm_lower : semi_norm_upper)(json_get(evidence, proved ? "lower" : "upper"), s, &f);
    bool good = t.x != NULL || !proved;
    for (size_t i = 0; i < t.n; i++) {
        size_t holding = 0;
        for (size_t k = 0; k < r.n; k++)
            holding += power_holds(minus(t.x[i], offset), factor, r.x[k], alpha, proved);
        good = good && (proved ? holding > 0 : holding == r.n);
    }
    if (!good)
        reject(s->claim->name, evidence, "expected a distance %s %s + (%s) (%s)^(%s), found %s",
               proved ? "<=" : ">", number_text(offset), number_text(factor), bound_text(r), number_text(alpha),
               bound_text(t));
}

/* ‖Φ - Γ‖_∞ for Φ's neuron i being Θ's neuron π(i). */
static values matching_distance(const statement *s, value v) {
    size_t n, *pi = json_indices(s->claim->name, v, s->X->m, &n);
    values t = {0, NULL};
    require(n == s->X->m, s->claim->name, v, "a permutation of %zu", s->X->m);
    for (size_t i = 0; i < n; i++) {
        values one = neuron_distance(s->X, i, s->Y, pi[i] - 1);
        for (size_t k = 0; k < one.n; k++) values_add(&t, one.x[k], 1);
    }
    return t;
}

/* Neuron j of Θ and neuron i of Γ have distance at least v. */
static bool is_far(const void *context, size_t j, size_t i) {
    const statement *s = context;
    return some_above(neuron_distance(s->Y, j - 1, s->X, i), s->v, false);
}

/* NSTAR-HALL: however Θ's neurons are permuted, one of S is put on a neuron of Γ at distance >= t. */
static values nstar_hall(const statement *s, value v) {
    statement t = *s;
    values least = {0, NULL};
    json_shape("NSTAR-HALL", v, "bound theta gamma");
    t.v = number_read("NSTAR-HALL", json_get(v, "bound"));
    check_hall("NSTAR-HALL", json_get(v, "theta"), s->Y->m, json_get(v, "gamma"), s->X, is_far, &t);
    values_add(&least, t.v, 1);
    return least;
}

/* Some Φ (in N*, for star) has R(Φ) = R(Θ) and ‖Φ - Γ‖_∞ <= s r^alpha; for theorem-3.3 4 r^(1/2). For
   fibers in N* to be permutations Θ must be in it. Refuted also if Γ or Θ is not in N*. */
static void check_stability(const statement *s, bool proved, value evidence) {
    const char *rule = s->claim->name;
    bool theorem = strcmp(rule, "theorem-3.3") == 0, star = theorem || s->star;
    value of = json_get(evidence, "network");
    form g;
    if (star && !proved && (theorem || json_is(json_get(evidence, "kind"), "hypothesis"))) {
        json_shape(rule, evidence, "kind=hypothesis network offender");
        require(json_is(of, "gamma") || json_is(of, "theta"), rule, of, "\"gamma\" or \"theta\"");
        check_offender(json_get(evidence, "offender"), json_is(of, "gamma") ? s->X : s->Y, true);
        return;
    }
    json_shape(rule, evidence, proved ? (star ? "kind=* matching lower?" : "kind=* distance lower?")
                                      : (star ? "kind=* hall upper" : "kind=* distance upper"));
    if (!star) form_init(&g, s->Y, NULL);
    if (star && proved) check_member(rule, s->X_name, s->X, true);
    if (star) check_member(rule, s->Y_name, s->Y, true);
    values t = !star ? (proved ? distance_upper : distance_lower)(json_get(evidence, "distance"), s, &g)
        : proved ? matching_distance(s, json_get(evidence, "matching")) : nstar_hall(s, json_get(evidence, "hall"));
    check_power(s, proved, evidence, t, integer(0), theorem ? integer(4) : s->v,
                theorem ? inverse(integer(2)) : s->q);
}

/* C.1: every i with ‖c_i a_i‖ <= 2r has |c_i|, ‖a_i‖ <= beta. Is it known that neuron i does, or (violated) that it does
   not? r: the largest of those numbers is a bound of the semi-norm, an upper, for violated a lower one. */
static bool decides_C1(const statement *s, size_t i, values r, bool violated) {
    values a = norm(&s->X->a[i], s->X->d), c = norm(&s->X->c[i], 1);
    bool small = true, below = all_below(a, s->v, false) && all_below(c, s->v, false), large = false;
    for (size_t k = 0; k < a.n * c.n; k++) {
        number half = times(times(a.x[k / c.n], c.x[k % c.n]), inverse(integer(2)));
        small = small && some_above(r, half, false);
        large = large || all_below(r, half, true);
    }
    return violated ? small && (some_above(a, s->v, true) || some_above(c, s->v, true)) : large || below;
}

/* C.2 and C.3 exclude proportional neurons. For C.1 r is bounded by UPPER; against it, by LOWER. */
static void check_theorem_3_1(const statement *s, bool proved, value evidence) {
    const network *X = s->X, *Y = s->Y, *phi;
    const struct { const char *name, *of; const network *X, *Y; int sign; } c[] = {{"C.2", NULL, X, X, 1},
        {"C.3a", "gamma", X, X, -1}, {"C.3a", "theta", Y, Y, -1}, {"C.3b", NULL, X, Y, -1}};
    const char *rule = s->claim->name;
    value condition = json_get(evidence, "condition"), neurons = json_get(evidence, "neurons");
    value of = json_get(evidence, "network"), at = json_get(evidence, "phi");
    bool C1 = json_is(condition, "C.1"), known = proved || C1;
    size_t i, j;
    require(X->D == 1, rule, s->X_name, "D = 1");
    json_shape(rule, evidence, proved ? "kind=* phi cases lower? upper"
               : C1 ? "kind=hypothesis condition neurons lower?" : json_is(condition, "C.3a")
                 ? "kind=hypothesis condition network neurons" : "kind=hypothesis condition neurons");
    for (size_t k = 0; k < 4; k++) {
        if (proved && proportional(c[k].X, c[k].Y, c[k].sign, &i, &j))
            reject(rule, s->X_name, "expected %s, found neurons %zu, %zu against it", c[k].name, i, j);
        if (!json_is(condition, c[k].name) || (c[k].of != NULL && !json_is(of, c[k].of))) continue;
        check_pair(neurons, c[k].X, c[k].Y, c[k].sign);
        known = true;
    }
    require(known, rule, condition, "a condition (of gamma or theta)");
    NEW_FORM(f, Y, X);
    values r = (proved ? semi_norm_upper : semi_norm_lower)(json_get(evidence, proved ? "upper" : "lower"), s, &f);
    if (C1) require(decides_C1(s, json_index(rule, json_list_of(rule, neurons, 1), 1, X->m) - 1, r, true), rule, neurons,
                    "a neuron against C.1");
    if (!proved) return;
    value step = json_list_of(rule, json_get(evidence, "cases"), X->m);
    for (i = 0; i < X->m; i++, step = json_next(step)) {
        require(decides_C1(s, i, r, false), rule, s->X_name, "C.1 for neuron %zu", i + 1);
        require(json_is(step, "I1") || json_is(step, "A") || json_is(step, "B.1") || json_is(step, "B.2") ||
                json_is(step, "B.3"), rule, step, "I1, A, B.1, B.2 or B.3");
    }
    phi = network_read_shape(rule, at, X->d, X->m, 1);
    require(same_realization(phi, Y), rule, at, "a network with R(phi) = R(theta)");
    check_power(s, true, evidence, network_distance(phi, X), s->v, integer(2), inverse(integer(2)));
}

/* ---- unique and embedding ------------------------------------------------------------------------ */

/* Has X, for all values, a neuron that differs from each of Y by more than a scale? */
static bool differ(const network *X, const network *Y) {
    for (size_t i = 0; i < X->m; i++) {
        size_t others = 0;
        for (size_t j = 0; j < Y->m; j++) {
            bool other = apart(&X->a[i], &Y->a[j], X->d);
            for (size_t k = 0; k < X->d * X->D; k++)
                other = other || side(minus(times(X->a[i].x[k / X->D], X->c[i].x[k % X->D]),
                                            times(Y->a[j].x[k / X->D], Y->c[j].x[k % X->D]))) != 0;
            others += other;
        }
        if (others == Y->m) return true;
    }
    return false;
}

/* Equal up to order and positive scales, and without a dead neuron? */
static bool same_neurons(const network *X, const network *Y) {
    if (X->a[0].x != NULL) return !differ(X, Y);
    const member *x = sorted_neurons(X, NULL, X->d), *y = sorted_neurons(Y, NULL, X->d);
    for (size_t i = 0; i < X->m; i++)
        if (mpq_sgn(X->kappa[i]) == 0 || compare_neurons(&x[i], &y[i]) != 0) return false;
    return true;
}

static void check_unique(const statement *s, bool proved, value evidence) {
    bool unique = s->holds == proved;
    value at = json_get(evidence, unique ? "flip-tree" : "phi");
    const network *X = s->X;
    NEW_FORM(f, X, NULL);
    bool spare = unique && f.K < X->m;
    json_shape("unique", evidence, spare ? "kind=* twice flip" : unique ? "kind=* flip-tree" : "kind=* phi");
    if (spare) {
        size_t T, F, *twice = json_indices("unique", json_get(evidence, "twice"), f.K, &T);
        size_t *flip = json_indices("unique", json_get(evidence, "flip"), f.K, &F);
        signed char *only = memory_new(f.K + 1, 1);
        for (size_t k = 0; k < F; k++) only[flip[k]] = 1;
        for (size_t k = 0; k < T; k++) {
            require(only[twice[k]] == 0, "unique", evidence, "disjoint lists twice and flip");
            only[twice[k]] = 2;
        }
        check_choices("unique", evidence, &f, X->m - f.K, only);
    } else if (unique) {
        require(f.K == X->m && count_flip_sets(at, &f) == 1, "unique", at, "K = %zu, one flip set", X->m);
    }
    if (unique) return;
    const network *phi = network_read_shape("unique", at, X->d, X->m, X->D);
    require(same_realization(phi, X), "unique", at, "a network with the realization of X");
    require(!same_neurons(phi, X), "unique", at, "other neurons than X up to scales, or a dead one");
}

/* (75): the neuron (a, α, β; c) of Γ counts as the neuron with weights a and bias α - β. */
static void check_embedding(const statement *s, bool proved, value evidence) {
    value at = json_get(evidence, "gamma");
    require(s->X->biases, "embedding", s->X_name, "a network with biases");
    require(proved, "embedding", evidence, "evidence against it, of which there is none");
    json_shape("embedding", evidence, "kind=* gamma");
    network *Gamma = network_read_shape("embedding", at, s->X->d + 2, s->X->m + 1, s->X->D);
    check_member("embedding", at, Gamma, true);
    network_fold(Gamma);
    require(same_realization(Gamma, s->X), "embedding", at, "R(gamma)(x, 1, -1) = R(X)(x)");
}

#define RELATION "equals? at-most? at-least?"
#define SOME_PHI "has R(phi) = R(%Y), ||phi - %X||_oo <= "
#define DIFFERENCE " |R(%Y) - R(%X)|_{W^{1,oo}}"

static const claim claims[] = {
    {"equal", "of holds?", "%HR(%X) = R(%Y)", TWO | BIASES | DEEP, check_equal, NULL, NULL},
    {"semi-norm", "of " RELATION, "|%F|_{W^{1,oo}} %= %V", ANY, check_relation, semi_norm_lower, semi_norm_upper},
    {"sup-norm", "of box " RELATION, "the largest ||(%F)(x)||_oo for x in [-%Q, %Q]^d is %= %V",
     ANY, check_relation, sup_norm_lower, sup_norm_upper},
    {"cells", "of equals", "the hyperplanes of %A have %V cells", ANY | ARRANGEMENT, check_cells, NULL, NULL},
    {"member", "of space holds?", "%H%X is in %S", ONE, check_membership, NULL, NULL},
    {"theorem-3.3", "gamma theta", "%X, %Y are in N* and some phi in N* " SOME_PHI "4" DIFFERENCE "^(1/2)",
     TWO | SAME_SHAPE, check_stability, NULL, NULL},
    {"theorem-3.1", "gamma theta beta", "C.1 for beta = %V, C.2 and C.3 hold for %X, %Y, and some phi of "
     "the shape of %X " SOME_PHI "%V + 2" DIFFERENCE "^(1/2)", TWO | SAME_SHAPE, check_theorem_3_1, NULL, NULL},
    {"inverse-stable", "gamma theta s alpha within", "%X, %Y are in %S and some phi in %S " SOME_PHI "(%V)"
     DIFFERENCE "^(%Q)", TWO | SAME_SHAPE, check_stability, NULL, NULL},
    {"distance", "gamma g " RELATION, "dist(%X, R(%Y)) %= %V", TWO, check_relation, distance_lower, distance_upper},
    {"unique", "of holds?", "%Hup to order and positive scales %X is the only parametrization of R(%X) "
     "with its number of neurons, and none has a dead neuron", ONE, check_unique, NULL, NULL},
    {"embedding", "of", "some gamma in N* with d + 2 inputs and m + 1 neurons has R(gamma)(x, 1, -1) = "
     "R(%X)(x) for all x", ONE | BIASES | SINGLE, check_embedding, NULL, NULL},
    {"loss-local-minimum", "network samples radius holds?", "%Hno network whose entries differ from those "
     "of %X by less than %Q has a smaller loss on the samples", ONE | SINGLE, check_loss, NULL, NULL},
    {"limit", "of equals", "", 0, NULL, NULL, NULL},        /* main.c */
    {"stability", "network data eta? lambda-max? flattest? S-theta? norm-R-g? norm-R? norm-R-ghat? norm-R-ghat-flipped? "
     "inf-gradient? lemma-2-bound? lemma-2-bound-flipped? lemma-2-bound-averaged? theorem-1? linearly-stable? theorem-3? lemma-2? lemma-3?",
     "%P%X at the samples", ONE | BIASES | DEEP | SINGLE, check_minimum, NULL, NULL},
};

const claim *claim_find(value name) {
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (json_is(name, claims[i].name)) return &claims[i];
    expected("claim", name, "a claim of section 5");
}
