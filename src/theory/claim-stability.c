/* stability: the parts of a claim one by one, and the evidence that they need together. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim-impl.h"

/* The evidence that a part needs. */
enum {
    NEEDS_LOWER = 1,
    NEEDS_UPPER = 2,
    NEEDS_POINT = 4,
    NEEDS_SPREAD_LOWER = 8,
    NEEDS_SPREAD_UPPER = 16,
    NEEDS_VECTORS = 32,
    NEEDS_RESCALED = 64,
    NEEDS_MERGED = 128,
    NEEDS_TREE = 256
};

typedef struct {
    const rc_claim_struct *claim;
    const rc_instance_struct *in;
    rc_decision_struct *decision;
    rc_limits *limits;
    rc_dataset_t data;
    rc_stability_t s;
    rc_spectrum_t lambda; /* refined as far as the parts want it, like those of the two other implementations */
    rc_spectrum_t rescaled, merged;
    int needs;            /* of the parts so far */
    bool flattened;
    char reason[300];     /* why the last part is false or not decided, "" if its numbers say so */
} work;

/* Does the claim have one of the parts first..last? */
static bool has_part(const rc_claim_struct *claim, rc_stability_part first, rc_stability_part last)
{
    for (rc_stability_part p = first; p <= last; p++) {
        if (claim->part[p].present) return true;
    }
    return false;
}

/* A hypothesis of theorems that fails: false and w->reason. */
static bool is_solution(work *w)
{
    for (slong j = 0; j < w->s->n; j++) {
        if (fmpq_is_zero(w->s->residual + j)) continue;
        snprintf(w->reason, sizeof w->reason, "not a solution: the residual at point %ld is not 0", (long) j + 1);
        return false;
    }
    return true;
}

/* No knot (or no pre-activation at all) is at a data point. */
static bool is_off_knots(work *w, bool all)
{
    for (slong k = 0; k < w->s->touches; k++) {
        const rc_touch_struct *touch = w->s->touch + k;
        if (!touch->knot && !all) continue;
        snprintf(w->reason, sizeof w->reason, "point %ld is on the knot of neuron %ld", (long) touch->point + 1,
                 (long) touch->neuron + 1);
        return false;
    }
    return true;
}

static rc_verdict truth(bool holds)
{
    return holds ? RC_PROVED : RC_REFUTED;
}

/* The verdict of a comparison with v from lo <= x <= hi; *lower, *upper: which bounds it rests on. */
static rc_verdict against(bool *lower, bool *upper, rc_comparison c, int lo_to_v, int hi_to_v)
{
    *lower = *upper = false;
    if (c != RC_COMPARE_AT_LEAST && lo_to_v > 0) {
        *lower = true;
        return RC_REFUTED;
    }
    if (c != RC_COMPARE_AT_MOST && hi_to_v < 0) {
        *upper = true;
        return RC_REFUTED;
    }
    if ((c == RC_COMPARE_AT_MOST || lo_to_v >= 0) && (c == RC_COMPARE_AT_LEAST || hi_to_v <= 0)) {
        *lower = c != RC_COMPARE_AT_MOST;
        *upper = c != RC_COMPARE_AT_LEAST;
        return RC_PROVED;
    }
    return RC_UNDECIDED;
}

static void say_stopped(work *w)
{
    snprintf(w->reason, sizeof w->reason, "stopped: %s",
             w->limits && w->limits->reason ? w->limits->reason : "limit reached");
}

/* l against v, refined where it cannot tell: lambda_max of the Hessian of `net`. */
static rc_verdict spectrum_against(work *w, rc_spectrum_t l, bool *lower, bool *upper, const rc_network_struct *net,
                                   bool own_labels, rc_comparison c, const rc_surd_t v)
{
    int lo = l->known ? -rc_surd_cmp_fmpq(v, l->lo) : -1, hi = l->known ? -rc_surd_cmp_fmpq(v, l->hi) : 1;
    rc_verdict verdict = against(lower, upper, c, lo, hi);
    if (verdict != RC_UNDECIDED && l->known) return verdict;
    rc_spectrum_t closer;
    rc_spectrum_init(closer);
    int relation = c == RC_COMPARE_AT_LEAST ? 1 : c == RC_COMPARE_AT_MOST ? -1 : 0;
    rc_status status = rc_stability_lambda_against(closer, net, w->data, own_labels, v, relation, w->limits);
    if (closer->known) rc_spectrum_tighten(l, closer);
    rc_spectrum_clear(closer);
    if (!l->known) {
        say_stopped(w);
        return RC_UNDECIDED;
    }
    verdict = against(lower, upper, c, -rc_surd_cmp_fmpq(v, l->lo), -rc_surd_cmp_fmpq(v, l->hi));
    if (verdict == RC_UNDECIDED && status == RC_LIMIT) {
        snprintf(w->reason, sizeof w->reason, "lambda_max cannot be told from the number compared with");
    }
    return verdict;
}

/* lambda_max against v. */
static rc_verdict lambda_against(work *w, rc_comparison c, const rc_surd_t v)
{
    bool lower, upper;
    if (!w->s->smooth) {
        (void) is_off_knots(w, true);
        return RC_REFUTED;
    }
    rc_verdict verdict = spectrum_against(w, w->lambda, &lower, &upper, w->in->network[0], w->claim->own_labels, c, v);
    if (lower) w->needs |= NEEDS_LOWER;
    if (upper) w->needs |= NEEDS_UPPER;
    return verdict;
}

/* The rescaling and the other implementation, which take long, when they are needed first; what encloses their lambda_max
   moves to w. */
static void flatten(work *w)
{
    if (w->flattened) return;
    w->flattened = true;
    if (rc_stability_flatten(w->s, w->in->network[0], w->data, 0, w->limits) != RC_OK) say_stopped(w);
    if (w->s->flattest->known) rc_spectrum_swap(w->rescaled, w->s->flattest->lambda);
    if (w->s->merged->known) rc_spectrum_swap(w->merged, w->s->merged->lambda);
}

/* lambda_max <= v? */
static bool is_at_most(work *w, rc_spectrum_t l, const rc_network_struct *net, const rc_surd_t v)
{
    bool lower, upper;
    return spectrum_against(w, l, &lower, &upper, net, true, RC_COMPARE_AT_MOST, v) == RC_PROVED;
}

/* Has the network, a rescaling of it, or (unless rescaled_only) the implementation of Lemma 2's proof lambda_max <= v? The
   network is a solution and smooth. */
static bool is_implemented(work *w, const rc_surd_t v, bool rescaled_only)
{
    const rc_flattest_struct *flattest = w->s->flattest, *merged = w->s->merged;
    int needs = 0;
    bool given = is_at_most(w, w->lambda, w->in->network[0], v);
    if (!given) flatten(w);
    if (given) needs = NEEDS_UPPER;
    else if (flattest->known && is_at_most(w, w->rescaled, flattest->net, v)) needs = NEEDS_RESCALED;
    else if (!rescaled_only && merged->known && is_at_most(w, w->merged, merged->net, v)) needs = NEEDS_MERGED;
    w->needs |= needs;
    return needs != 0;
}

/* The infimum over rescalings: below by vectors, first (1, ..., 1), whose bound is 1 + 2 sum_i |w2_i| |w_i| g~_i [N 52];
   above by a rescaling. */
static rc_verdict flattest_against(work *w, rc_comparison c, const rc_surd_t v)
{
    if (!is_solution(w) || !is_off_knots(w, true)) return RC_REFUTED;
    fmpz_mat_t ones;
    rc_surd_t bound;
    int order = -1, needs = 0;
    fmpz_mat_init(ones, 1, w->s->n);
    rc_surd_init(bound);
    for (slong j = 0; j < w->s->n; j++) fmpz_one(fmpz_mat_entry(ones, 0, j));
    rc_stability_rescaling(bound, w->in->network[0], w->data, ones);
    order = rc_surd_cmp(bound, v);
    if (order < 0) flatten(w);
    if (order < 0 && w->s->flattest->known && fmpz_mat_nrows(w->s->flattest->vectors) > 0) {
        rc_stability_rescaling(bound, w->in->network[0], w->data, w->s->flattest->vectors);
        order = rc_surd_cmp(bound, v);
        needs = NEEDS_VECTORS;
    }
    rc_surd_clear(bound);
    fmpz_mat_clear(ones);
    rc_verdict verdict = RC_UNDECIDED;
    if (c == RC_COMPARE_AT_LEAST) verdict = order >= 0 ? RC_PROVED : RC_UNDECIDED;
    else if (order > 0) verdict = RC_REFUTED;
    if (verdict != RC_UNDECIDED) {
        w->needs |= needs;
        return verdict;
    }
    /* From above. At least v is refuted by a rescaling below v, which is one at most some smaller number. */
    if (c == RC_COMPARE_AT_LEAST) {
        const rc_spectrum_struct *flat = w->rescaled;
        if (w->s->flattest->known && rc_surd_cmp_fmpq(v, flat->hi) > 0) {
            rc_surd_t below;
            rc_surd_init(below);
            rc_surd_set_fmpq(below, flat->hi);
            if (is_implemented(w, below, true)) verdict = RC_REFUTED;
            rc_surd_clear(below);
        }
    } else if (is_implemented(w, v, true)) {
        verdict = c == RC_COMPARE_AT_MOST || order == 0 ? RC_PROVED : RC_UNDECIDED;
        if (order == 0) w->needs |= needs;
    }
    if (verdict == RC_UNDECIDED) {
        snprintf(w->reason, sizeof w->reason, "it lies between the rescaling and the bound that were found");
    }
    return verdict;
}

/* The lower bound of inf ||grad f||^2 that a tree proves, or NULL: 0. */
static const fmpq *gradient_below(work *w)
{
    const rc_stability_struct *s = w->s;
    rc_tree_struct *tree = w->decision->evidence->stability.gradient;
    if (!s->has_gradient || fmpq_sgn(s->gradient_lo) <= 0) return NULL;
    if (tree->length == 0) {
        rc_canonical_t f;
        rc_canonical_init(f);
        rc_canonical_set_network(f, w->in->network[0]);
        (void) rc_gradient_tree(tree, f, s->gradient_lo, w->limits);
        rc_canonical_clear(f);
    }
    return tree->length > 0 ? s->gradient_lo : NULL;
}

/* inf ||grad f||: below by a tree, above at a point. */
static rc_verdict gradient_against(work *w, rc_comparison c, const rc_surd_t v)
{
    bool lower, upper;
    int lo = -rc_surd_sgn(v), hi = 1;
    rc_surd_t x;
    rc_surd_init(x);
    if (w->s->has_gradient) {
        rc_surd_set_sqrt_fmpq(x, w->s->gradient_hi);
        hi = rc_surd_cmp(x, v);
    }
    rc_verdict verdict = against(&lower, &upper, c, lo, hi);
    const fmpq *below = verdict == RC_UNDECIDED ? gradient_below(w) : NULL;
    if (below) {
        rc_surd_set_sqrt_fmpq(x, below);
        verdict = against(&lower, &upper, c, rc_surd_cmp(x, v), hi);
        if (lower) w->needs |= NEEDS_TREE;
    }
    if (upper) w->needs |= NEEDS_POINT;
    if (verdict == RC_UNDECIDED) snprintf(w->reason, sizeof w->reason, "the search for the least gradient cannot tell");
    rc_surd_clear(x);
    return verdict;
}

/* [N 19]'s right side against v: with the trace of Sigma_X and gradient 0 from below if that tells, or closer. */
static rc_verdict bound_against(work *w, int orientation, rc_comparison c, const rc_surd_t v)
{
    const rc_spectrum_struct *spread = w->s->covariance;
    rc_verdict verdict = RC_UNDECIDED;
    rc_surd_t x;
    rc_surd_init(x);
    for (int closer = 0; closer <= (spread->known ? 1 : 0) && verdict == RC_UNDECIDED; closer++) {
        bool lower, upper;
        int hi = 1;
        if (w->s->has_gradient) {
            rc_stability_lemma_2_side(x, w->s, orientation, true, closer ? spread->hi : NULL, NULL);
            hi = rc_surd_cmp(x, v);
        }
        const fmpq *below = closer ? gradient_below(w) : NULL;
        rc_stability_lemma_2_side(x, w->s, orientation, false, closer ? spread->lo : NULL, below);
        verdict = against(&lower, &upper, c, rc_surd_cmp(x, v), hi);
        if (upper) w->needs |= NEEDS_POINT | (closer ? NEEDS_SPREAD_UPPER : 0);
        if (lower && closer) w->needs |= NEEDS_SPREAD_LOWER | (below ? NEEDS_TREE : 0);
    }
    if (verdict == RC_UNDECIDED) {
        snprintf(w->reason, sizeof w->reason, "lambda_max of Sigma_X and the gradient found cannot tell");
    }
    rc_surd_clear(x);
    return verdict;
}

static rc_verdict exactly(rc_comparison c, const rc_surd_t x, const rc_surd_t v)
{
    bool lower, upper;
    int order = rc_surd_cmp(x, v);
    return against(&lower, &upper, c, order, order);
}

/* x = 2/eta. */
static void step_bound(rc_surd_t x, const fmpq_t eta)
{
    fmpq_t z;
    fmpq_init(z);
    fmpq_inv(z, eta);
    fmpq_mul_2exp(z, z, 1);
    rc_surd_set_fmpq(x, z);
    fmpq_clear(z);
}

/* lambda_max >= 1 + 2 ||f||_{R,g}: it is, by [N 48]-[N 59], where the hypotheses hold. */
static rc_verdict lemma_3(work *w)
{
    return truth(is_solution(w) && is_off_knots(w, true));
}

/* [N 20], which is [N 19]'s right side <= 2/eta, and an implementation with lambda_max <= 2/eta. */
static rc_verdict theorem_3(work *w, const rc_surd_t limit)
{
    if (!is_solution(w) || !is_off_knots(w, true)) return RC_REFUTED;
    rc_verdict verdict = bound_against(w, 0, RC_COMPARE_AT_MOST, limit);
    if (verdict != RC_PROVED) return verdict;
    if (is_implemented(w, limit, false)) return RC_PROVED;
    snprintf(w->reason, sizeof w->reason, "(20) holds, but no implementation with lambda_max <= 2/eta was found");
    return RC_UNDECIDED;
}

/* An implementation with lambda_max at most a lower bound of [N 19]'s right side. */
static rc_verdict lemma_2(work *w)
{
    if (!is_solution(w) || !is_off_knots(w, true)) return RC_REFUTED;
    rc_verdict verdict = RC_UNDECIDED;
    const rc_spectrum_struct *spread = w->s->covariance;
    rc_surd_t bound;
    rc_surd_init(bound);
    rc_stability_lemma_2_side(bound, w->s, 0, false, NULL, NULL);
    if (is_implemented(w, bound, false)) verdict = RC_PROVED;
    if (verdict == RC_UNDECIDED && spread->known) {
        const fmpq *below = gradient_below(w);
        rc_stability_lemma_2_side(bound, w->s, 0, false, spread->lo, below);
        if (is_implemented(w, bound, false)) {
            verdict = RC_PROVED;
            w->needs |= NEEDS_SPREAD_LOWER | (below ? NEEDS_TREE : 0);
        }
    }
    if (verdict == RC_UNDECIDED) {
        snprintf(w->reason, sizeof w->reason, "no implementation with lambda_max within the bound was found");
    }
    rc_surd_clear(bound);
    return verdict;
}

/* Is the statement of the part true? */
static rc_verdict decide_part(work *w, rc_stability_part p)
{
    const rc_stability_struct *s = w->s;
    const rc_part_struct *part = w->claim->part + p;
    const rc_surd_struct *v = w->in->part + (p < RC_PART_NUMBERS ? p : 0);
    rc_surd_t x;
    rc_surd_init(x);
    if (rc_stability_part_has_eta(p)) step_bound(x, w->in->number);
    rc_verdict verdict = RC_UNDECIDED;
    w->reason[0] = '\0';
    switch (p) {
    case RC_PART_LAMBDA_MAX: verdict = lambda_against(w, part->comparison, v); break;
    case RC_PART_FLATTEST: verdict = flattest_against(w, part->comparison, v); break;
    case RC_PART_S_THETA: verdict = exactly(part->comparison, s->S_theta, v); break;
    case RC_PART_NORM_R_G: verdict = exactly(part->comparison, s->norm_g, v); break;
    case RC_PART_NORM_R: verdict = exactly(part->comparison, s->norm_R, v); break;
    case RC_PART_NORM_R_GHAT: verdict = exactly(part->comparison, s->norm_g_hat[0], v); break;
    case RC_PART_NORM_R_GHAT_FLIPPED: verdict = exactly(part->comparison, s->norm_g_hat[1], v); break;
    case RC_PART_GRADIENT: verdict = gradient_against(w, part->comparison, v); break;
    case RC_PART_BOUND:
    case RC_PART_BOUND_FLIPPED:
    case RC_PART_BOUND_AVERAGED:
        verdict = bound_against(w, (int) (p - RC_PART_BOUND), part->comparison, v);
        break;
    case RC_PART_THEOREM_1:
        verdict = truth(is_solution(w) && is_off_knots(w, false) && rc_stability_theorem_1(s, w->in->number) == 1);
        break;
    case RC_PART_LINEARLY_STABLE:
        verdict = is_off_knots(w, true) ? lambda_against(w, RC_COMPARE_AT_MOST, x) : RC_REFUTED;
        break;
    case RC_PART_THEOREM_3: verdict = theorem_3(w, x); break;
    case RC_PART_LEMMA_2: verdict = lemma_2(w); break;
    case RC_PART_LEMMA_3: verdict = lemma_3(w); break;
    default: break;
    }
    rc_surd_clear(x);
    return verdict;
}

/* The evidence for what is needed. */
static void settle(work *w, bool proved, slong part)
{
    rc_stability_proof_struct *proof = &w->decision->evidence->stability;
    proof->part = part;
    proof->lower = (w->needs & NEEDS_LOWER) != 0;
    proof->upper = (w->needs & NEEDS_UPPER) != 0;
    proof->at_point = (w->needs & NEEDS_POINT) != 0;
    if (proof->at_point) {
        w->decision->evidence->x = _fmpq_vec_init(w->s->d);
        for (slong k = 0; k < w->s->d; k++) fmpq_set(w->decision->evidence->x + k, w->s->gradient_point + k);
    }
    if ((w->needs & NEEDS_TREE) == 0) rc_tree_clear(proof->gradient);
    proof->spread_lower = (w->needs & NEEDS_SPREAD_LOWER) != 0;
    proof->spread_upper = (w->needs & NEEDS_SPREAD_UPPER) != 0;
    proof->rescalings = (w->needs & NEEDS_VECTORS) != 0;
    proof->rescaled = (w->needs & NEEDS_RESCALED) != 0;
    proof->implemented = (w->needs & (NEEDS_RESCALED | NEEDS_MERGED)) != 0;
    if (proof->rescalings) fmpz_mat_swap(proof->vectors, w->s->flattest->vectors);
    if (proof->rescaled) {
        proof->m = w->s->flattest->m;
        proof->scale = w->s->flattest->scale;
        w->s->flattest->scale = NULL;
    } else if (proof->implemented) {
        rc_network_swap(proof->network, w->s->merged->net);
    }
    rc_spectrum_swap(proof->implementation, proof->rescaled ? w->rescaled : w->merged);
    rc_spectrum_swap(proof->spread, w->s->covariance);
    rc_spectrum_swap(proof->lambda, w->lambda);
    rc_decision_settle(w->decision, proved, RC_EVIDENCE_STABILITY);
}

/* The value of a claim with one part, as far as there is one. */
static void put_value(work *w)
{
    const rc_stability_struct *s = w->s;
    slong parts = 0, only = 0;
    for (rc_stability_part p = 0; p < RC_PARTS; p++) {
        if (!w->claim->part[p].present) continue;
        parts++;
        only = p;
    }
    if (parts != 1) return;
    if (only == RC_PART_S_THETA) rc_decision_value_surd(w->decision, s->S_theta);
    if (only == RC_PART_NORM_R_G || only == RC_PART_THEOREM_1) rc_decision_value_surd(w->decision, s->norm_g);
    if (only == RC_PART_NORM_R) rc_decision_value_surd(w->decision, s->norm_R);
    if (only == RC_PART_NORM_R_GHAT) rc_decision_value_surd(w->decision, s->norm_g_hat[0]);
    if (only == RC_PART_NORM_R_GHAT_FLIPPED) rc_decision_value_surd(w->decision, s->norm_g_hat[1]);
    if (only == RC_PART_FLATTEST && s->flattest->known) {
        rc_decision_bounds(w->decision, rc_fmpq_get_str(s->flattest->lo), rc_fmpq_get_str(w->rescaled->hi));
    }
    if (only == RC_PART_GRADIENT && s->has_gradient) {
        rc_surd_t lo, hi;
        rc_surd_init(lo);
        rc_surd_init(hi);
        rc_surd_set_sqrt_fmpq(lo, s->gradient_lo);
        rc_surd_set_sqrt_fmpq(hi, s->gradient_hi);
        if (rc_surd_cmp(lo, hi) == 0) rc_decision_value_surd(w->decision, lo);
        else rc_decision_bounds(w->decision, rc_surd_get_str(lo), rc_surd_get_str(hi));
        rc_surd_clear(hi);
        rc_surd_clear(lo);
    }
    if ((only == RC_PART_BOUND || only == RC_PART_LEMMA_2) && s->has_lemma_2) {
        rc_decision_bounds(w->decision, rc_fmpq_get_str(s->lemma_2[0]), rc_fmpq_get_str(s->lemma_2[1]));
    }
    if ((only == RC_PART_LAMBDA_MAX || only == RC_PART_LINEARLY_STABLE) && w->lambda->known) {
        rc_decision_bounds(w->decision, rc_fmpq_get_str(w->lambda->lo), rc_fmpq_get_str(w->lambda->hi));
    }
}

static void decide(work *w)
{
    char undecided[300] = "";
    rc_verdict all = RC_PROVED;
    for (rc_stability_part p = 0; p < RC_PARTS; p++) {
        const rc_part_struct *part = w->claim->part + p;
        if (!part->present) continue;
        int before = w->needs;
        w->needs = 0;
        rc_verdict verdict = decide_part(w, p);
        if (p >= RC_PART_NUMBERS && !part->holds && verdict != RC_UNDECIDED) {
            verdict = verdict == RC_PROVED ? RC_REFUTED : RC_PROVED;
        }
        if (verdict == RC_REFUTED) {
            put_value(w);
            if (w->reason[0]) rc_decision_reason(w->decision, "%s: %s", rc_stability_part_name(p), w->reason);
            else rc_decision_reason(w->decision, "%s is otherwise", rc_stability_part_name(p));
            settle(w, false, p);
            return;
        }
        if (verdict == RC_UNDECIDED && undecided[0] == '\0') {
            snprintf(undecided, sizeof undecided, "%s: %.250s", rc_stability_part_name(p),
                     w->reason[0] ? w->reason : "not decided");
        }
        all = rc_verdict_combine(all, verdict);
        w->needs |= before;
    }
    if (all == RC_PROVED && (w->needs & NEEDS_RESCALED) && (w->needs & NEEDS_MERGED)) {
        all = RC_UNDECIDED;
        snprintf(undecided, sizeof undecided, "two parts rest on different implementations: make two claims of it");
    }
    put_value(w);
    if (all == RC_PROVED) settle(w, true, -1);
    else rc_decision_reason(w->decision, "%s", undecided);
}

void rc_decide_stability(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                         rc_limits *limits)
{
    work w = {.claim = claim, .in = in, .decision = decision, .limits = limits};
    rc_stability_options how = {.own_labels = claim->own_labels, .no_lambda = true, .no_flattest = true};
    rc_error_t err;
    how.no_lemma_2 = !has_part(claim, RC_PART_GRADIENT, RC_PART_BOUND_AVERAGED) &&
                     !has_part(claim, RC_PART_THEOREM_3, RC_PART_LEMMA_2);
    rc_dataset_init(w.data);
    rc_stability_init(w.s);
    rc_spectrum_init(w.lambda);
    rc_spectrum_init(w.rescaled);
    rc_spectrum_init(w.merged);
    rc_dataset_set_fmpq_mat(w.data, in->x, claim->own_labels ? NULL : in->y);
    rc_status status = rc_stability_compute(w.s, in->network[0], w.data, &how, limits, err);
    if (status == RC_OK) decide(&w);
    else if (status == RC_LIMIT) rc_decision_stopped(decision, limits);
    else rc_decision_reason(decision, "%s", err->message);
    rc_spectrum_clear(w.merged);
    rc_spectrum_clear(w.rescaled);
    rc_spectrum_clear(w.lambda);
    rc_stability_clear(w.s);
    rc_dataset_clear(w.data);
}
