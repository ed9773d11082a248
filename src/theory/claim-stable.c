/* inverse-stable ([B] (5) for one pair), distance, unique. */
#include <stdlib.h>
#include <string.h>

#include "claim-impl.h"

/* t - s r^alpha. */

static bool is_half(const fmpq_t alpha)
{
    return fmpz_is_one(fmpq_numref(alpha)) && fmpz_equal_si(fmpq_denref(alpha), 2);
}

/* [lo, hi]^n for 0 <= lo. */
static void power_enclosure(fmpq_t lo, fmpq_t hi, slong n)
{
    if (fmpq_sgn(lo) < 0) fmpq_zero(lo);
    fmpq_pow_si(lo, lo, n);
    fmpq_pow_si(hi, hi, n);
}

static bool compare_powers(int *sign, const rc_surd_t t, const rc_surd_t s, const fmpq_t r, slong p, slong q)
{
    fmpq_t tlo, thi, slo, shi, power;
    fmpq_init(tlo);
    fmpq_init(thi);
    fmpq_init(slo);
    fmpq_init(shi);
    fmpq_init(power);
    rc_surd_enclose(tlo, thi, t, 256);
    rc_surd_enclose(slo, shi, s, 256);
    power_enclosure(tlo, thi, q);
    power_enclosure(slo, shi, q);
    fmpq_pow_si(power, r, p);
    fmpq_mul(slo, slo, power);
    fmpq_mul(shi, shi, power);
    bool known = true;
    if (fmpq_cmp(tlo, shi) > 0) *sign = 1;
    else if (fmpq_cmp(thi, slo) < 0) *sign = -1;
    else if (fmpq_equal(tlo, thi) && fmpq_equal(slo, shi)) *sign = 0;
    else known = false;
    fmpq_clear(power);
    fmpq_clear(shi);
    fmpq_clear(slo);
    fmpq_clear(thi);
    fmpq_clear(tlo);
    return known;
}

bool rc_stability_compare(int *sign, const rc_surd_t t, const rc_surd_t s, const fmpq_t r, const fmpq_t alpha)
{
    if (fmpq_is_one(alpha) || is_half(alpha)) {
        rc_surd_t bound;
        rc_surd_init(bound);
        if (fmpq_is_one(alpha)) rc_surd_set_fmpq(bound, r);
        else rc_surd_set_sqrt_fmpq(bound, r);
        rc_surd_mul(bound, bound, s);
        *sign = rc_surd_cmp(t, bound);
        rc_surd_clear(bound);
        return true;
    }
    if (fmpz_cmp_si(fmpq_numref(alpha), RC_CLAIM_MAX_EXPONENT) > 0 ||
        fmpz_cmp_si(fmpq_denref(alpha), RC_CLAIM_MAX_EXPONENT) > 0)
        return false;
    return compare_powers(sign, t, s, r, fmpz_get_si(fmpq_numref(alpha)), fmpz_get_si(fmpq_denref(alpha)));
}

/* inverse-stable */

/* What is known about the distance: upper (at most this far some Phi) and lower, either may be NULL. */
typedef struct {
    const rc_surd_struct *lower, *upper;
    rc_evidence_kind proof, refutation;
    bool tie; /* an enclosure could not tell */
} stability;

/* s r^alpha is increasing in r: upper <= s r'^alpha proves, lower > s R^alpha refutes. */
static bool settle_stable(rc_decision_struct *decision, stability *st, const rc_instance_struct *in)
{
    rc_evidence_struct *e = decision->evidence;
    fmpq_t lower;
    fmpq_init(lower);
    if (e->norm->has_lower) fmpq_set(lower, e->norm->lower);
    int sign = 0;
    bool settled = false;
    if (st->upper) {
        bool known = rc_stability_compare(&sign, st->upper, in->value, lower, in->number);
        st->tie |= !known;
        if (known && sign <= 0) {
            e->norm_lower = e->norm->has_lower;
            e->distance_upper = true;
            rc_decision_settle(decision, true, st->proof);
            settled = true;
        }
    }
    if (!settled && st->lower && e->norm->has_upper) {
        bool known = rc_stability_compare(&sign, st->lower, in->value, e->norm->upper, in->number);
        st->tie |= !known;
        if (known && sign > 0) {
            e->norm_upper = true;
            e->distance_lower = true;
            rc_surd_set(e->bound, st->lower);
            rc_decision_settle(decision, false, st->refutation);
            settled = true;
        }
    }
    fmpq_clear(lower);
    return settled;
}

/* threshold = the r with t = s r^alpha, for alpha = 1/2 and 1, s != 0. */
static bool threshold_of(rc_surd_t threshold, const rc_surd_t t, const rc_surd_t s, const fmpq_t alpha)
{
    if (!fmpq_is_one(alpha) && !is_half(alpha)) return false;
    if (rc_surd_inv(threshold, s) != RC_OK) return false;
    rc_surd_mul(threshold, threshold, t);
    if (is_half(alpha)) rc_surd_mul(threshold, threshold, threshold);
    return true;
}

/* As for semi-norms: a fixed amount of exact work, a witness, the bound without cells, a search that stops at the
   threshold, the exact value. */
static void search_stable(rc_decision_struct *decision, stability *st, const rc_canonical_t f,
                          const rc_instance_struct *in, rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    bool exact = rc_seminorm_within(e->norm, f, rc_claim_budget(f), limits) == RC_OK;
    bool settled = exact && settle_stable(decision, st, in);
    if (!settled && !exact) {
        rc_seminorm_witness(e->norm, f, 1);
        settled = settle_stable(decision, st, in);
        if (!settled) {
            rc_seminorm_root_bound(e->norm, f);
            settled = settle_stable(decision, st, in);
        }
        rc_surd_t threshold;
        rc_surd_init(threshold);
        if (!settled && threshold_of(threshold, st->upper ? st->upper : st->lower, in->value, in->number) &&
            rc_seminorm_compare(e->norm, f, threshold, limits) == RC_OK)
            settled = settle_stable(decision, st, in);
        rc_surd_clear(threshold);
        if (!settled) {
            exact = rc_seminorm_exact(e->norm, f, limits) == RC_OK;
            settled = settle_stable(decision, st, in);
        }
    }
    if (settled) return;
    if (!exact) rc_decision_stopped(decision, limits);
    else if (st->tie)
        rc_decision_reason(decision,
                           "the distance and s r^alpha are too near for 256 bits (or alpha has terms beyond 1000)");
    else rc_decision_reason(decision, "the bounds of the distance lie on both sides of s r^alpha");
}

/* The distance as the fiber knows it, into value or bounds. */
static void note_distance(rc_decision_struct *decision, const rc_fiber_struct *fiber)
{
    const rc_surd_struct *lower = fiber->has_lower ? fiber->lower : NULL,
                         *upper = fiber->has_upper ? fiber->upper : NULL;
    if (fiber->realizable != RC_REALIZABLE) {
        char *text = malloc(sizeof "infinity");
        if (text == NULL) flint_abort();
        strcpy(text, "infinity");
        rc_decision_value(decision, text);
    } else if (lower && upper && rc_surd_cmp(lower, upper) == 0) {
        rc_decision_value_surd(decision, lower);
    } else {
        rc_decision_bounds(decision, lower ? rc_surd_get_str(lower) : NULL, upper ? rc_surd_get_str(upper) : NULL);
    }
}

rc_status rc_claim_fiber(rc_evidence_struct *e, const rc_instance_struct *in, rc_limits *limits)
{
    const rc_network_struct *gamma = in->network[0], *X = in->network[1];
    rc_fiber_struct *fiber = e->fiber;
    rc_canonical_t g;
    rc_canonical_init(g);
    rc_canonical_set_network(g, X);
    rc_status status = rc_fiber_distance(fiber, gamma, g, limits);
    if (fiber->realizable == RC_REALIZABLE && X->m == gamma->m && !(fiber->has_upper && fiber->exact)) {
        rc_surd_t distance;
        rc_surd_init(distance);
        rc_claim_nearest(distance, e, in);
        if (!fiber->has_upper || rc_surd_cmp(distance, fiber->upper) < 0) {
            rc_surd_set(fiber->upper, distance);
            rc_phi_permute(fiber->phi, X, e->matching);
            fiber->has_upper = fiber->has_phi = true;
            fiber->exact = fiber->has_lower && rc_surd_cmp(fiber->lower, fiber->upper) == 0;
        }
        rc_surd_clear(distance);
    }
    rc_canonical_clear(g);
    return status;
}

void rc_decide_inverse_stable(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                              rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    if (claim->star &&
        (rc_decide_membership(decision, in->network[0], 0) || rc_decide_membership(decision, in->network[1], 1)))
        return;
    rc_surd_t distance;
    rc_canonical_t f;
    rc_surd_init(distance);
    rc_canonical_init(f);
    rc_claim_function(f, e, in);
    if (claim->star) {
        rc_claim_nearest(distance, e, in);
        stability st = {distance, distance, RC_EVIDENCE_STABLE_MATCHING, RC_EVIDENCE_STABLE_HALL, false};
        search_stable(decision, &st, f, in, limits);
        rc_decision_value_surd(decision, distance);
    } else {
        rc_status status = rc_claim_fiber(e, in, limits);
        const rc_fiber_struct *fiber = e->fiber;
        stability st = {fiber->has_lower ? fiber->lower : NULL, fiber->has_upper ? fiber->upper : NULL,
                        RC_EVIDENCE_STABLE_DISTANCE, RC_EVIDENCE_STABLE_DISTANCE, false};
        if (st.lower || st.upper) search_stable(decision, &st, f, in, limits);
        if (decision->verdict == RC_UNDECIDED && status == RC_LIMIT) rc_decision_stopped(decision, limits);
        note_distance(decision, fiber);
    }
    rc_canonical_clear(f);
    rc_surd_clear(distance);
}

/* distance */

/* What the fiber says about the comparison with v; strict for refutations. */
static bool settle_distance(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_surd_t v)
{
    rc_evidence_struct *e = decision->evidence;
    const rc_fiber_struct *fiber = e->fiber;
    bool infinite = fiber->realizable != RC_REALIZABLE;
    int low = infinite ? 1 : fiber->has_lower ? rc_surd_cmp(fiber->lower, v) : -rc_surd_sgn(v);
    int high = !infinite && fiber->has_upper ? rc_surd_cmp(fiber->upper, v) : 1;
    bool above = claim->comparison != RC_COMPARE_AT_LEAST && low > 0;
    bool below = claim->comparison != RC_COMPARE_AT_MOST && high < 0;
    bool need_lower = claim->comparison != RC_COMPARE_AT_MOST, need_upper = claim->comparison != RC_COMPARE_AT_LEAST;
    bool proved = (!need_lower || low >= 0) && (!need_upper || high <= 0);
    if (!above && !below && !proved) return false;
    e->distance_lower = above || (!below && need_lower);
    e->distance_upper = !above && (below || need_upper);
    rc_decision_settle(decision, !above && !below, RC_EVIDENCE_DISTANCE);
    return true;
}

void rc_decide_distance(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                        rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    rc_status status = rc_claim_fiber(e, in, limits);
    if (e->fiber->realizable == RC_SPARE_NEURONS && !rc_spare_proof_fits(e->fiber->m, e->fiber->K)) {
        rc_decision_reason(decision, "no parametrization exists, but its proof exceeds what a certificate may hold");
        return;
    }
    if (!settle_distance(decision, claim, in->value)) {
        if (status == RC_LIMIT) rc_decision_stopped(decision, limits);
        else rc_decision_reason(decision, "only bounds of the distance are known (fewer hyperplanes than neurons)");
    }
    note_distance(decision, e->fiber);
}

/* unique */

void rc_decide_unique(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                      rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    switch (rc_fiber_unique(e->tree, e->choice, e->phi, in->network[0], limits)) {
    case RC_UNIQUE:
        rc_decision_settle(decision, claim->holds,
                           e->choice->twice ? RC_EVIDENCE_UNIQUE_CHOICE : RC_EVIDENCE_UNIQUE_TREE);
        break;
    case RC_NOT_UNIQUE: rc_decision_settle(decision, !claim->holds, RC_EVIDENCE_UNIQUE_PHI); break;
    default:
        if (limits && limits->reason) rc_decision_stopped(decision, limits);
        else
            rc_decision_reason(decision, "fewer hyperplanes than neurons, no second parametrization was found, and a "
                                         "proof exceeds what a certificate may hold");
    }
}
