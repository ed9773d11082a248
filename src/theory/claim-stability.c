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
    NEEDS_POINT = 4
};

typedef struct {
    const rc_claim_struct *claim;
    const rc_instance_struct *in;
    rc_decision_struct *decision;
    rc_limits *limits;
    rc_dataset_t data;
    rc_stability_t s;
    rc_spectrum_t lambda; /* refined as far as the parts want it */
    int needs;            /* of the parts so far */
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

/* s takes the bounds of `closer` that are better than its own. */
static void tighten(rc_spectrum_t s, rc_spectrum_t closer)
{
    if (!s->known) {
        rc_spectrum_swap(s, closer);
        return;
    }
    if (fmpq_cmp(closer->lo, s->lo) > 0) {
        fmpq_swap(closer->lo, s->lo);
        fmpz *vector = closer->vector;
        closer->vector = s->vector;
        s->vector = vector;
    }
    if (fmpq_cmp(closer->hi, s->hi) < 0) {
        fmpq_swap(closer->hi, s->hi);
        fmpz_swap(closer->scale, s->scale);
        fmpz_mat_swap(closer->L, s->L);
        fmpz_swap(closer->weight, s->weight);
    }
}

/* lambda_max against v. */
static rc_verdict lambda_against(work *w, rc_comparison c, const rc_surd_t v)
{
    bool lower, upper;
    if (!w->s->smooth) {
        (void) is_off_knots(w, true);
        return RC_REFUTED;
    }
    if (!w->s->solution) {
        snprintf(w->reason, sizeof w->reason, "the residuals are not 0, and the full Hessian has no certificates");
        return RC_UNDECIDED;
    }
    rc_spectrum_struct *l = w->lambda;
    int lo = l->known ? -rc_surd_cmp_fmpq(v, l->lo) : -1, hi = l->known ? -rc_surd_cmp_fmpq(v, l->hi) : 1;
    rc_verdict verdict = against(&lower, &upper, c, lo, hi);
    if (verdict == RC_UNDECIDED || !l->known) {
        rc_spectrum_t closer;
        rc_spectrum_init(closer);
        rc_status status = rc_stability_lambda_against(closer, w->in->network[0], w->data, w->claim->own_labels, v,
                                                       w->limits);
        if (closer->known) tighten(l, closer);
        rc_spectrum_clear(closer);
        if (!l->known) {
            snprintf(w->reason, sizeof w->reason, "stopped: %s",
                     w->limits && w->limits->reason ? w->limits->reason : "limit reached");
            return RC_UNDECIDED;
        }
        verdict = against(&lower, &upper, c, -rc_surd_cmp_fmpq(v, l->lo), -rc_surd_cmp_fmpq(v, l->hi));
        if (verdict == RC_UNDECIDED && status == RC_LIMIT) {
            snprintf(w->reason, sizeof w->reason, "lambda_max cannot be told from the number compared with");
        }
    }
    if (lower) w->needs |= NEEDS_LOWER;
    if (upper) w->needs |= NEEDS_UPPER;
    return verdict;
}

/* x = 1 + 2 sum_i |w2_i| |w_i| g~_i [N 52], which no rescaling changes and no rescaling's lambda_max is below. */
static void rescaling_bound(rc_surd_t x, const work *w)
{
    slong n = w->s->n;
    fmpz *ones = _fmpz_vec_init(n);
    fmpq_t by;
    fmpq_init(by);
    for (slong j = 0; j < n; j++) fmpz_one(ones + j);
    rc_stability_rescaling(x, w->in->network[0], w->data, ones);
    fmpq_set_si(by, n, 1);
    fmpq_inv(by, by);
    rc_surd_mul_fmpq(x, x, by);
    rc_surd_mul_fmpq(x, x, by);
    fmpq_clear(by);
    _fmpz_vec_clear(ones, n);
}

/* The infimum over rescalings, from below. Above it are the lambda_max of rescaled networks, which have claims of their
   own. */
static rc_verdict flattest_against(work *w, rc_comparison c, const rc_surd_t v)
{
    if (!is_solution(w) || !is_off_knots(w, true)) return RC_REFUTED;
    bool lower, upper;
    rc_surd_t bound;
    rc_surd_init(bound);
    rescaling_bound(bound, w);
    rc_verdict verdict = against(&lower, &upper, c, rc_surd_cmp(bound, v), 1);
    if (verdict == RC_UNDECIDED) {
        snprintf(w->reason, sizeof w->reason, "1 + 2 sum |w2| |w| g~ is too low a bound; for an upper one claim the "
                                              "lambda_max of a rescaled network");
    }
    rc_surd_clear(bound);
    return verdict;
}

/* Lemma 2's right side between its bounds. */
static rc_verdict bound_against(work *w, int orientation, rc_comparison c, const rc_surd_t v)
{
    bool lower, upper;
    int hi = 1;
    rc_surd_t x;
    rc_surd_init(x);
    if (w->s->has_gradient) {
        rc_stability_lemma_2_side(x, w->s, orientation, true);
        hi = rc_surd_cmp(x, v);
    }
    rc_stability_lemma_2_side(x, w->s, orientation, false);
    rc_verdict verdict = against(&lower, &upper, c, rc_surd_cmp(x, v), hi);
    if (verdict == RC_UNDECIDED) {
        snprintf(w->reason, sizeof w->reason, "the trace of Sigma_X and the gradient found cannot tell");
    }
    (void) lower;
    if (upper) w->needs |= NEEDS_POINT;
    rc_surd_clear(x);
    return verdict;
}

static rc_verdict exactly(rc_comparison c, const rc_surd_t x, const rc_surd_t v)
{
    bool lower, upper;
    int order = rc_surd_cmp(x, v);
    return against(&lower, &upper, c, order, order);
}

/* x = 2/eta, y = 1/eta - 1/2. */
static void step_bounds(rc_surd_t x, rc_surd_t y, const fmpq_t eta)
{
    fmpq_t z;
    fmpq_init(z);
    fmpq_inv(z, eta);
    fmpq_mul_2exp(z, z, 1);
    rc_surd_set_fmpq(x, z);
    fmpq_sub_si(z, z, 1);
    fmpq_div_2exp(z, z, 1);
    rc_surd_set_fmpq(y, z);
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
    if (lambda_against(w, RC_COMPARE_AT_MOST, limit) == RC_PROVED) return RC_PROVED;
    snprintf(w->reason, sizeof w->reason, "(20) holds, but the network itself is no implementation with lambda_max <= 2/eta");
    return RC_UNDECIDED;
}

/* Is the statement of the part true? */
static rc_verdict decide_part(work *w, rc_stability_part p)
{
    const rc_stability_struct *s = w->s;
    const rc_part_struct *part = w->claim->part + p;
    const rc_surd_struct *v = w->in->part + (p < RC_PART_NUMBERS ? p : 0);
    rc_surd_t x, y;
    rc_surd_init(x);
    rc_surd_init(y);
    if (rc_stability_part_has_eta(p)) step_bounds(x, y, w->in->number);
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
    case RC_PART_LEMMA_2:
    case RC_PART_LEMMA_2_FLIPPED:
    case RC_PART_LEMMA_2_AVERAGED:
        verdict = bound_against(w, (int) (p - RC_PART_LEMMA_2), part->comparison, v);
        break;
    case RC_PART_THEOREM_1:
        verdict = truth(is_solution(w) && is_off_knots(w, false) && rc_surd_cmp(s->norm_g, y) <= 0);
        break;
    case RC_PART_LINEARLY_STABLE:
        verdict = is_solution(w) && is_off_knots(w, true) ? lambda_against(w, RC_COMPARE_AT_MOST, x) : RC_REFUTED;
        break;
    case RC_PART_THEOREM_3: verdict = theorem_3(w, x); break;
    case RC_PART_LEMMA_3: verdict = lemma_3(w); break;
    default: break;
    }
    rc_surd_clear(y);
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
    put_value(w);
    if (all == RC_PROVED) settle(w, true, -1);
    else rc_decision_reason(w->decision, "%s", undecided);
}

void rc_decide_stability(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                         rc_limits *limits)
{
    const rc_part_struct *part = claim->part;
    work w = {.claim = claim, .in = in, .decision = decision, .limits = limits};
    rc_stability_options how = {.own_labels = claim->own_labels, .no_lambda = true, .no_flattest = true};
    rc_error_t err;
    bool bound = has_part(claim, RC_PART_LEMMA_2, RC_PART_LEMMA_2_AVERAGED) || part[RC_PART_THEOREM_3].present;
    how.no_lemma_2 = !bound;
    rc_dataset_init(w.data);
    rc_stability_init(w.s);
    rc_spectrum_init(w.lambda);
    rc_dataset_set_fmpq_mat(w.data, in->x, claim->own_labels ? NULL : in->y);
    rc_status status = rc_stability_compute(w.s, in->network[0], w.data, &how, limits, err);
    if (status == RC_OK) decide(&w);
    else if (status == RC_LIMIT) rc_decision_stopped(decision, limits);
    else rc_decision_reason(decision, "%s", err->message);
    rc_spectrum_clear(w.lambda);
    rc_stability_clear(w.s);
    rc_dataset_clear(w.data);
}
