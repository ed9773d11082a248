/* theorem-3.3 and theorem-3.1: hypotheses, the Phi constructed, and the bound. */
#include <stdlib.h>

#include "claim-impl.h"

static const char *network_word(int which)
{
    return which ? "theta" : "gamma";
}

bool rc_decide_membership(rc_decision_struct *decision, const rc_network_struct *net, int which)
{
    rc_evidence_struct *e = decision->evidence;
    e->offence = rc_membership(&e->offender, net, true);
    if (e->offence == RC_OFFENCE_NONE) return false;
    e->offender.network = which;
    rc_decision_settle(decision, false, RC_EVIDENCE_HYPOTHESIS_SPACE);
    if (e->offence == RC_OFFENCE_C2) {
        rc_decision_reason(decision, "hypothesis: %s is not in N*, neurons %ld and %ld share a direction (C.2)",
                           network_word(which), (long) e->offender.neuron + 1, (long) e->offender.with + 1);
    } else {
        rc_decision_reason(decision, "hypothesis: %s is not in N*, %s of neuron %ld", network_word(which),
                           rc_offence_name(e->offence), (long) e->offender.neuron + 1);
    }
    return true;
}

void rc_claim_nearest(rc_surd_t distance, rc_evidence_struct *e, const rc_instance_struct *in)
{
    size_t m = (size_t) e->m;
    e->matching = calloc(m, sizeof *e->matching);
    e->hall_theta = calloc(m, sizeof *e->hall_theta);
    e->hall_gamma = calloc(m, sizeof *e->hall_gamma);
    if (e->matching == NULL || e->hall_theta == NULL || e->hall_gamma == NULL) flint_abort();
    rc_phi_nearest(e->matching, distance, e->hall_theta, e->hall_gamma, in->network[0], in->network[1]);
}

/* distance <= offset + factor sqrt(r')? */
static bool within_root(const rc_surd_t distance, const rc_surd_t offset, slong factor, const fmpq_t lower)
{
    rc_surd_t bound, f;
    rc_surd_init(bound);
    rc_surd_init(f);
    rc_surd_set_sqrt_fmpq(bound, lower);
    rc_surd_set_si(f, factor);
    rc_surd_mul(bound, bound, f);
    rc_surd_add(bound, bound, offset);
    bool within = rc_surd_cmp(distance, bound) <= 0;
    rc_surd_clear(f);
    rc_surd_clear(bound);
    return within;
}

/* The lower bound of e->norm, 0 if it has none. */
static void lower_bound(fmpq_t lower, const rc_evidence_struct *e)
{
    if (e->norm->has_lower) fmpq_set(lower, e->norm->lower);
    else fmpq_zero(lower);
}

static bool theorem_33_holds(const rc_evidence_struct *e, const rc_surd_t distance)
{
    rc_surd_t zero;
    fmpq_t lower;
    rc_surd_init(zero);
    fmpq_init(lower);
    lower_bound(lower, e);
    bool holds = within_root(distance, zero, 4, lower);
    fmpq_clear(lower);
    rc_surd_clear(zero);
    return holds;
}

/* On N* the largest jump is at most 2r and the nearest permutation is within 2 sqrt(2 r') for r' = half of it (docs,
   the constant 2 sqrt 2), so the first witness does; the rest is for safety. */
void rc_decide_theorem_33(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                          rc_limits *limits)
{
    (void) claim;
    rc_evidence_struct *e = decision->evidence;
    if (rc_decide_membership(decision, in->network[0], 0) || rc_decide_membership(decision, in->network[1], 1)) return;
    rc_surd_t distance;
    rc_canonical_t f;
    rc_surd_init(distance);
    rc_canonical_init(f);
    rc_claim_nearest(distance, e, in);
    bool holds = rc_surd_is_zero(distance);
    if (!holds) {
        rc_claim_function(f, e, in);
        rc_seminorm_witness(e->norm, f, 1);
        holds = theorem_33_holds(e, distance);
        e->norm_lower = true;
    }
    if (!holds && rc_seminorm_exact(e->norm, f, limits) != RC_OK) rc_decision_stopped(decision, limits);
    if (holds || theorem_33_holds(e, distance)) rc_decision_settle(decision, true, RC_EVIDENCE_THEOREM_33);
    rc_decision_value_surd(decision, distance);
    rc_canonical_clear(f);
    rc_surd_clear(distance);
}

/* Theorem 3.1. */

static void refute_condition(rc_decision_struct *decision, const char *condition, const rc_offenders_t offenders)
{
    rc_evidence_struct *e = decision->evidence;
    e->condition = condition;
    e->offender = offenders->items[0];
    rc_decision_settle(decision, false, RC_EVIDENCE_HYPOTHESIS_C);
    if (e->offender.with < 0) {
        rc_decision_reason(decision, "hypothesis %s fails: neuron %ld of gamma", condition,
                           (long) e->offender.neuron + 1);
    } else {
        rc_decision_reason(decision, "hypothesis %s fails: neurons %ld and %ld of %s", condition,
                           (long) e->offender.neuron + 1, (long) e->offender.with + 1,
                           condition[2] == '3' && condition[3] == 'b' ? "gamma and theta"
                                                                      : network_word(e->offender.network));
    }
}

static bool refute_directions(rc_decision_struct *decision, const rc_instance_struct *in)
{
    const rc_network_struct *gamma = in->network[0], *theta = in->network[1];
    rc_offenders_t o;
    rc_offenders_init(o);
    const char *condition = NULL;
    if (!rc_condition_c2(o, gamma, 0)) condition = "C.2";
    else if (!rc_condition_c3a(o, gamma, 0) || !rc_condition_c3a(o, theta, 1)) condition = "C.3a";
    else if (!rc_condition_c3b(o, gamma, theta)) condition = "C.3b";
    if (condition) refute_condition(decision, condition, o);
    rc_offenders_clear(o);
    return condition != NULL;
}

/* Tries the case distinction of the proof with this r; true if Phi is within beta + 2 sqrt(r') of Gamma. */
static bool construct(rc_decision_struct *decision, const rc_instance_struct *in, const fmpq_t r)
{
    rc_evidence_struct *e = decision->evidence;
    rc_surd_t distance;
    fmpq_t lower;
    rc_surd_init(distance);
    fmpq_init(lower);
    if (e->cases == NULL) e->cases = calloc((size_t) e->m, sizeof *e->cases);
    if (e->cases == NULL) flint_abort();
    rc_phi_theorem_31(e->phi, e->cases, in->network[0], in->network[1], r);
    rc_network_distance(distance, e->phi, in->network[0]);
    lower_bound(lower, e);
    bool holds = within_root(distance, in->value, 2, lower);
    if (holds) {
        e->norm_lower = e->norm->has_lower;
        e->norm_upper = true;
        rc_decision_settle(decision, true, RC_EVIDENCE_THEOREM_31);
        rc_decision_value_surd(decision, distance);
    }
    fmpq_clear(lower);
    rc_surd_clear(distance);
    return holds;
}

/* C.1 fails at r', or it holds at R and Phi is near enough: with r' <= r <= R both are about r. */
static bool settle_31(rc_decision_struct *decision, const rc_instance_struct *in)
{
    rc_evidence_struct *e = decision->evidence;
    rc_offenders_t o;
    fmpq_t lower;
    rc_offenders_init(o);
    fmpq_init(lower);
    lower_bound(lower, e);
    bool settled = false;
    if (!rc_condition_c1(o, in->network[0], lower, in->value)) {
        e->norm_lower = e->norm->has_lower;
        refute_condition(decision, "C.1", o);
        settled = true;
    } else if (e->norm->has_upper && rc_condition_c1(o, in->network[0], e->norm->upper, in->value)) {
        settled = construct(decision, in, e->norm->upper) || construct(decision, in, lower);
    }
    fmpq_clear(lower);
    rc_offenders_clear(o);
    return settled;
}

/* The exact r where a fixed amount of work gives it; then a witness point and the bound without cells, which often do;
   then r at whatever cost the limits allow. */
void rc_decide_theorem_31(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                          rc_limits *limits)
{
    (void) claim;
    rc_evidence_struct *e = decision->evidence;
    if (refute_directions(decision, in)) return;
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_claim_function(f, e, in);
    bool settled = rc_seminorm_within(e->norm, f, rc_claim_budget(f), limits) == RC_OK && settle_31(decision, in);
    if (!settled) {
        rc_seminorm_witness(e->norm, f, 1);
        rc_seminorm_root_bound(e->norm, f);
        settled = settle_31(decision, in);
    }
    if (!settled) {
        rc_status status = rc_seminorm_exact(e->norm, f, limits);
        settled = settle_31(decision, in);
        if (!settled && status != RC_OK) rc_decision_stopped(decision, limits);
        else if (!settled) rc_decision_reason(decision, "the network constructed is not near enough (a bug)");
    }
    rc_canonical_clear(f);
}
