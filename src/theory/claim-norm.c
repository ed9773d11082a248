/* Claims about semi-norms and sup norms, and bounds of |R(Theta) - R(Gamma)| for the others. */
#include <stdlib.h>

#include "claim-impl.h"

size_t rc_claim_budget(const rc_canonical_t f)
{
    double d = (double) f->d + f->affine, node = ((double) f->K + 1) * (d + 1) * (d + (double) f->D);
    double nodes = 1e7 / node;
    return nodes > 100000 ? 100000 : (size_t) nodes;
}

rc_status rc_seminorm_within(rc_seminorm_t s, const rc_canonical_t f, size_t nodes, rc_limits *limits)
{
    if (nodes < 16) return RC_LIMIT;
    rc_limits own;
    if (limits) own = *limits;
    else rc_limits_init(&own);
    size_t end = own.visited + nodes;
    if (own.max_cells == 0 || own.max_cells > end) own.max_cells = end;
    rc_status status = rc_seminorm_exact(s, f, &own);
    if (limits) limits->visited = own.visited;
    return status;
}

void rc_seminorm_root_bound(rc_seminorm_t s, const rc_canonical_t f)
{
    slong n = f->K + f->affine;
    for (slong i = 0; i < s->parts; i++) rc_tree_clear(s->trees + i);
    free(s->trees);
    free(s->part);
    s->d = f->d;
    s->parts = n > 0;
    s->part_alloc = n;
    s->part = calloc((size_t) n + 1, sizeof *s->part);
    s->trees = calloc(1, sizeof *s->trees);
    if (s->part == NULL || s->trees == NULL) flint_abort();
    if (s->parts) {
        rc_tree_init(s->trees);
        rc_tree_stop(s->trees);
    }
    fmpq_t up, down, jump, largest;
    fmpq_init(largest);
    fmpq_init(up);
    fmpq_init(down);
    fmpq_init(jump);
    for (slong p = 0; p < f->D; p++) {
        for (slong j = 0; j < f->d; j++) {
            fmpq_set(up, fmpq_mat_entry(f->L, p, j));
            fmpq_neg(down, up);
            for (slong H = 0; H < f->K; H++) {
                fmpq_mul_fmpz(jump, fmpq_mat_entry(f->gamma, H, p), fmpz_mat_entry(f->u, H, j));
                if (fmpq_sgn(jump) > 0) fmpq_add(up, up, jump);
                else fmpq_sub(down, down, jump);
            }
            if (fmpq_cmp(up, largest) > 0) fmpq_set(largest, up);
            if (fmpq_cmp(down, largest) > 0) fmpq_set(largest, down);
        }
    }
    fmpq_swap(s->upper, largest);
    s->has_upper = true;
    fmpq_clear(jump);
    fmpq_clear(down);
    fmpq_clear(up);
    fmpq_clear(largest);
}

void rc_decision_norm(rc_decision_struct *decision, const rc_seminorm_t s)
{
    char *lower = s->has_lower ? rc_fmpq_get_str(s->lower) : NULL,
         *upper = s->has_upper ? rc_fmpq_get_str(s->upper) : NULL;
    if (lower && upper && fmpq_equal(s->lower, s->upper)) {
        rc_decision_value(decision, lower);
        free(upper);
    } else {
        rc_decision_bounds(decision, lower, upper);
    }
}

/* What the bounds of s say about the comparison with v; true if they settle it. */
static bool conclude(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_surd_t v,
                     rc_evidence_kind kind)
{
    rc_evidence_struct *e = decision->evidence;
    const rc_seminorm_struct *s = e->norm;
    int low = s->has_lower ? -rc_surd_cmp_fmpq(v, s->lower) : -1; /* sign of lower - v */
    int high = s->has_upper ? -rc_surd_cmp_fmpq(v, s->upper) : 1; /* sign of upper - v */
    bool above = claim->comparison != RC_COMPARE_AT_LEAST && low > 0;
    bool below = claim->comparison != RC_COMPARE_AT_MOST && high < 0;
    if (above || below) {
        e->norm_lower = above;
        e->norm_upper = !above;
        rc_decision_settle(decision, false, kind);
        return true;
    }
    bool need_lower = claim->comparison != RC_COMPARE_AT_MOST, need_upper = claim->comparison != RC_COMPARE_AT_LEAST;
    if ((need_lower && (!s->has_lower || low < 0)) || (need_upper && (!s->has_upper || high > 0))) return false;
    e->norm_lower = need_lower;
    e->norm_upper = need_upper;
    rc_decision_settle(decision, true, kind);
    return true;
}

/* The exact value where a fixed amount of work gives it (people like to see it); otherwise a witness point, which
   may do; then a search that stops at the threshold; then the exact value at whatever cost the limits allow. */
void rc_decide_semi_norm(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                         rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_claim_function(f, e, in);
    bool done = rc_seminorm_within(e->norm, f, rc_claim_budget(f), limits) == RC_OK &&
                conclude(decision, claim, in->value, RC_EVIDENCE_SEMI_NORM);
    if (!done) {
        rc_seminorm_witness(e->norm, f, 1);
        done = conclude(decision, claim, in->value, RC_EVIDENCE_SEMI_NORM);
    }
    if (!done && claim->comparison != RC_COMPARE_EQUALS &&
        rc_seminorm_compare(e->norm, f, in->value, limits) == RC_OK) {
        done = conclude(decision, claim, in->value, RC_EVIDENCE_SEMI_NORM);
    }
    if (!done) {
        rc_status status = rc_seminorm_exact(e->norm, f, limits);
        done = conclude(decision, claim, in->value, RC_EVIDENCE_SEMI_NORM);
        if (!done && status != RC_OK) rc_decision_stopped(decision, limits);
    }
    rc_decision_norm(decision, e->norm);
    rc_canonical_clear(f);
}

void rc_decide_sup_norm(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                        rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_claim_function(f, e, in);
    rc_status status = rc_supnorm_exact(e->norm, f, in->number, limits);
    if (!conclude(decision, claim, in->value, RC_EVIDENCE_SUP_NORM) && status != RC_OK) {
        rc_decision_stopped(decision, limits);
    }
    rc_decision_norm(decision, e->norm);
    rc_canonical_clear(f);
}
