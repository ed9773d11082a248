/* Decisions and their evidence as objects, and the kinds that take a few lines. */
#include "claim-impl.h"

#include <flint/fmpq_vec.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relucert/deep.h"
#include "relucert/embedding.h"

void rc_evidence_init(rc_evidence_t e)
{
    memset(e, 0, sizeof *e);
    rc_seminorm_init(e->norm);
    rc_surd_init(e->bound);
    rc_network_init(e->phi, RC_SHALLOW, 1, 1, 1);
    rc_fiber_init(e->fiber);
    rc_fliptree_init(e->tree);
    rc_tree_init(e->regions);
    rc_choice_init(e->choice);
    rc_spectrum_init(e->stability.lambda);
    rc_tree_init(e->stability.gradient);
    rc_spectrum_init(e->stability.spread);
    rc_spectrum_init(e->stability.implementation);
    fmpz_mat_init(e->stability.vectors, 0, 0);
    rc_network_init(e->stability.network, RC_SHALLOW, 1, 1, 1);
}

void rc_evidence_clear(rc_evidence_t e)
{
    if (e->stability.scale) _fmpq_vec_clear(e->stability.scale, e->stability.m);
    rc_network_clear(e->stability.network);
    fmpz_mat_clear(e->stability.vectors);
    rc_spectrum_clear(e->stability.implementation);
    rc_spectrum_clear(e->stability.spread);
    rc_tree_clear(e->stability.gradient);
    rc_spectrum_clear(e->stability.lambda);
    rc_tree_clear(e->regions);
    rc_fliptree_clear(e->tree);
    rc_choice_clear(e->choice);
    rc_fiber_clear(e->fiber);
    rc_network_clear(e->phi);
    free(e->cases);
    free(e->hall_gamma);
    free(e->hall_theta);
    rc_surd_clear(e->bound);
    free(e->matching);
    free(e->part);
    if (e->x) _fmpq_vec_clear(e->x, e->d);
    rc_seminorm_clear(e->norm);
}

void rc_decision_init(rc_decision_t decision)
{
    decision->verdict = RC_UNDECIDED;
    decision->reason = decision->value = decision->at_least = decision->at_most = NULL;
    decision->seconds = 0;
    rc_evidence_init(decision->evidence);
}

void rc_decision_clear(rc_decision_t decision)
{
    rc_evidence_clear(decision->evidence);
    free(decision->at_most);
    free(decision->at_least);
    free(decision->value);
    free(decision->reason);
}

rc_verdict rc_verdict_combine(rc_verdict a, rc_verdict b)
{
    if (a == RC_REFUTED || b == RC_REFUTED) return RC_REFUTED;
    if (a == RC_UNDECIDED || b == RC_UNDECIDED) return RC_UNDECIDED;
    return RC_PROVED;
}

void rc_decision_settle(rc_decision_struct *decision, bool proved, rc_evidence_kind kind)
{
    decision->verdict = proved ? RC_PROVED : RC_REFUTED;
    decision->evidence->kind = kind;
}

void rc_decision_reason(rc_decision_struct *decision, const char *format, ...)
{
    char text[500];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0) return;
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL) flint_abort();
    strcpy(copy, text);
    free(decision->reason);
    decision->reason = copy;
}

void rc_decision_stopped(rc_decision_struct *decision, const rc_limits *limits)
{
    rc_decision_reason(decision, "stopped: %s", limits && limits->reason ? limits->reason : "limit reached");
}

void rc_decision_value(rc_decision_struct *decision, char *text)
{
    free(decision->value);
    decision->value = text;
}

void rc_decision_bounds(rc_decision_struct *decision, char *at_least, char *at_most)
{
    free(decision->at_least);
    free(decision->at_most);
    decision->at_least = at_least;
    decision->at_most = at_most;
}

void rc_decision_value_surd(rc_decision_struct *decision, const rc_surd_t value)
{
    rc_decision_value(decision, rc_surd_get_str(value));
}

void rc_evidence_shape(rc_evidence_struct *e, const rc_canonical_t f)
{
    e->norm_K = f->K;
    e->norm_D = f->D;
    e->norm_affine = f->affine;
}

void rc_claim_function(rc_canonical_t f, rc_evidence_struct *e, const rc_instance_struct *in)
{
    if (in->network[1]) rc_canonical_set_difference(f, in->network[0], in->network[1]);
    else rc_canonical_set_network(f, in->network[0]);
    rc_evidence_shape(e, f);
}

void rc_claim_decide(rc_decision_t decision, const rc_claim_struct *claim, const rc_instance_struct *instance,
                     rc_limits *limits)
{
    static rc_decider *const deciders[] = {rc_decide_equal,      rc_decide_semi_norm,      rc_decide_sup_norm,
                                           rc_decide_cells,      rc_decide_member,         rc_decide_theorem_33,
                                           rc_decide_theorem_31, rc_decide_inverse_stable, rc_decide_distance,
                                           rc_decide_unique,     rc_decide_embedding,      rc_decide_loss, NULL, /* a limit has no instances */
                                            rc_decide_stability};
    double start = rc_clock();
    rc_evidence_struct *e = decision->evidence;
    e->d = instance->network[0] ? instance->network[0]->d : instance->arrangement->d;
    e->m = instance->network[0] ? instance->network[0]->m : 0;
    deciders[claim->kind](decision, claim, instance, limits);
    decision->seconds = rc_clock() - start;
}

/* equal */

static bool vec_is_zero(const fmpq *y, slong n)
{
    for (slong i = 0; i < n; i++) {
        if (!fmpq_is_zero(y + i)) return false;
    }
    return true;
}

/* x += step along axis j, halved until f(x) != 0. Df(x) has a non-zero entry in column j, so f(x + t e_j) = f(x) + t
   Df(x) e_j on the cell of x has at most one zero for t in a neighbourhood of 0, and the halving ends. */
static void leave_zero(fmpq *x, const rc_canonical_t f, slong j)
{
    fmpq *y = _fmpq_vec_init(f->D);
    fmpq_t step, start;
    fmpq_init(step);
    fmpq_init(start);
    fmpq_set(start, x + j);
    fmpq_one(step);
    rc_canonical_eval(y, f, x);
    while (vec_is_zero(y, f->D)) {
        fmpq_add(x + j, start, step);
        rc_canonical_eval(y, f, x);
        fmpq_div_2exp(step, step, 1);
    }
    fmpq_clear(start);
    fmpq_clear(step);
    _fmpq_vec_clear(y, f->D);
}

/* Tries 0 and the unit vectors, which read well. */
static bool simple_point(fmpq *x, const rc_canonical_t f)
{
    if (f->d > 100 || f->K > 1000) return false;
    fmpq *y = _fmpq_vec_init(f->D);
    bool found = false;
    for (slong j = -1; j < 2 * f->d && !found; j++) {
        for (slong k = 0; k < f->d; k++) fmpq_zero(x + k);
        if (j >= 0) fmpq_set_si(x + j / 2, j % 2 ? -1 : 1, 1);
        rc_canonical_eval(y, f, x);
        found = !vec_is_zero(y, f->D);
    }
    _fmpq_vec_clear(y, f->D);
    return found;
}

/* x with f(x) != 0, for f != 0: on a cell next to an essential hyperplane (or anywhere if there is none) the gradient
   is non-zero on one side, or f is a constant. */
static bool point_of_difference(fmpq *x, const rc_canonical_t f)
{
    if (simple_point(x, f)) return true;
    rc_seminorm_t s;
    rc_seminorm_init(s);
    fmpq_mat_t J;
    fmpq_mat_init(J, f->D, f->d);
    rc_seminorm_witness(s, f, 1);
    bool found = false;
    if (s->has_lower && rc_canonical_gradient(J, f, s->x)) {
        for (slong j = 0; j < f->d; j++) fmpq_set(x + j, s->x + j);
        for (slong j = 0; j < f->d && !found; j++) {
            for (slong p = 0; p < f->D && !found; p++) {
                if (fmpq_is_zero(fmpq_mat_entry(J, p, j))) continue;
                leave_zero(x, f, j);
                found = true;
            }
        }
    }
    fmpq_mat_clear(J);
    rc_seminorm_clear(s);
    return found;
}

static void decide_deep(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                        rc_limits *limits)
{
    rc_evidence_struct *e = decision->evidence;
    rc_deep_equality_t r;
    rc_deep_equality_init(r);
    if (rc_deep_equal(r, in->network[0], in->network[1], limits) != RC_OK) {
        rc_decision_stopped(decision, limits);
    } else if (r->verdict == RC_PROVED) {
        rc_tree_struct tree = *e->regions;
        *e->regions = *r->tree;
        *r->tree = tree;
        rc_decision_settle(decision, claim->holds, RC_EVIDENCE_REGIONS);
    } else {
        e->x = r->x;
        r->x = NULL;
        rc_decision_settle(decision, !claim->holds, RC_EVIDENCE_POINT);
    }
    rc_deep_equality_clear(r);
}

void rc_decide_equal(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                     rc_limits *limits)
{
    if (in->network[0]->kind == RC_DEEP || in->network[1]->kind == RC_DEEP) {
        decide_deep(decision, claim, in, limits);
        return;
    }
    rc_evidence_struct *e = decision->evidence;
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_claim_function(f, e, in);
    if (rc_canonical_is_zero(f)) {
        rc_decision_settle(decision, claim->holds, RC_EVIDENCE_CANONICAL_FORM);
    } else {
        e->x = _fmpq_vec_init(e->d);
        if (point_of_difference(e->x, f)) rc_decision_settle(decision, !claim->holds, RC_EVIDENCE_POINT);
        else rc_decision_reason(decision, "the realizations differ, but no point where they do was found");
    }
    rc_canonical_clear(f);
}

/* cells */

static void network_forms(fmpq_mat_t forms, slong row, const rc_network_struct *net)
{
    for (slong i = 0; i < net->m; i++) {
        for (slong j = 0; j < net->d; j++) fmpq_set(fmpq_mat_entry(forms, row + i, j), fmpq_mat_entry(net->u, i, j));
        if (net->kind == RC_BIASED) {
            fmpq_set(fmpq_mat_entry(forms, row + i, net->d), fmpq_mat_entry(net->v, i, 0));
        }
    }
}

static void claim_arrangement(rc_arrangement_t arr, const rc_instance_struct *in)
{
    if (in->arrangement) {
        rc_arrangement_set_forms(arr, in->arrangement->input, in->arrangement->affine);
        return;
    }
    const rc_network_struct *X = in->network[0], *Y = in->network[1];
    int affine = X->kind == RC_BIASED || (Y && Y->kind == RC_BIASED);
    fmpq_mat_t forms;
    fmpq_mat_init(forms, X->m + (Y ? Y->m : 0), X->d + affine);
    network_forms(forms, 0, X);
    if (Y) network_forms(forms, X->m, Y);
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

void rc_decide_cells(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                     rc_limits *limits)
{
    (void) claim;
    rc_evidence_struct *e = decision->evidence;
    rc_arrangement_t arr;
    fmpz_t cells;
    fmpq_t count;
    rc_arrangement_init(arr);
    fmpz_init(cells);
    fmpq_init(count);
    claim_arrangement(arr, in);
    if (rc_arrangement_count(cells, arr, limits) == RC_OK) {
        e->hyperplanes = arr->n;
        e->affine = arr->affine;
        e->part = calloc((size_t) (arr->n + arr->affine + 1), sizeof *e->part);
        if (e->part == NULL) flint_abort();
        rc_arrangement_components(e->part, &e->parts, arr);
        fmpq_set_fmpz(count, cells);
        rc_decision_value(decision, rc_fmpq_get_str(count));
        rc_decision_settle(decision, rc_surd_cmp_fmpq(in->value, count) == 0, RC_EVIDENCE_RECOUNT);
    } else {
        rc_decision_stopped(decision, limits);
    }
    fmpq_clear(count);
    fmpz_clear(cells);
    rc_arrangement_clear(arr);
}

/* member */

void rc_decide_member(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                      rc_limits *limits)
{
    (void) limits;
    rc_evidence_struct *e = decision->evidence;
    e->offence = rc_membership(&e->offender, in->network[0], claim->star);
    bool member = e->offence == RC_OFFENCE_NONE;
    rc_decision_settle(decision, member == claim->holds, RC_EVIDENCE_MEMBERSHIP);
}

/* embedding */

/* (a, alpha, beta; c) read as the neuron with weights a and bias alpha - beta: R(gamma)(x, 1, -1). */
static void restrict_to_slice(rc_network_t slice, const rc_network_t gamma)
{
    slong d = gamma->d - 2;
    rc_network_t s;
    rc_network_init(s, RC_BIASED, d, gamma->m, gamma->D);
    for (slong i = 0; i < gamma->m; i++) {
        for (slong j = 0; j < d; j++) fmpq_set(fmpq_mat_entry(s->u, i, j), fmpq_mat_entry(gamma->u, i, j));
        fmpq_sub(fmpq_mat_entry(s->v, i, 0), fmpq_mat_entry(gamma->u, i, d), fmpq_mat_entry(gamma->u, i, d + 1));
        for (slong p = 0; p < gamma->D; p++) {
            fmpq_set(fmpq_mat_entry(s->gamma, i, p), fmpq_mat_entry(gamma->gamma, i, p));
        }
        fmpq_set(s->q + i, gamma->q + i);
    }
    rc_network_swap(slice, s);
    rc_network_clear(s);
}

static bool is_embedding(const rc_network_t gamma, const rc_network_struct *theta)
{
    rc_offender first;
    if (gamma->kind != RC_SHALLOW || gamma->d != theta->d + 2 || gamma->m != theta->m + 1 || gamma->D != theta->D ||
        rc_membership(&first, gamma, true) != RC_OFFENCE_NONE)
        return false;
    rc_network_t slice;
    rc_canonical_t f, g;
    rc_network_init(slice, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(f);
    rc_canonical_init(g);
    restrict_to_slice(slice, gamma);
    rc_canonical_set_network(f, slice);
    rc_canonical_set_network(g, theta);
    bool equal = rc_canonical_equal(f, g);
    rc_canonical_clear(g);
    rc_canonical_clear(f);
    rc_network_clear(slice);
    return equal;
}

void rc_decide_embedding(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                         rc_limits *limits)
{
    (void) claim;
    (void) limits;
    rc_evidence_struct *e = decision->evidence;
    rc_embedding(e->phi, in->network[0]);
    if (is_embedding(e->phi, in->network[0])) rc_decision_settle(decision, true, RC_EVIDENCE_EMBEDDING);
    else rc_decision_reason(decision, "the network constructed is not as Lemma A.6 wants it (a bug)");
}

/* loss-local-minimum */

void rc_decide_loss(rc_decision_struct *decision, const rc_claim_struct *claim, const rc_instance_struct *in,
                    rc_limits *limits)
{
    (void) limits;
    rc_evidence_struct *e = decision->evidence;
    const rc_network_struct *net = in->network[0];
    rc_samples_t samples;
    fmpq_t loss;
    rc_samples_init(samples, fmpq_mat_nrows(in->x), net->d, net->D);
    fmpq_init(loss);
    fmpq_mat_set(samples->x, in->x);
    fmpq_mat_set(samples->y, in->y);
    rc_verdict minimum = rc_loss_local_minimum(e->phi, loss, net, samples, in->number);
    if (minimum == RC_UNDECIDED) {
        rc_decision_reason(decision,
                           "no smaller loss was found in the box, and interval arithmetic does not exclude it");
    } else {
        rc_decision_settle(decision, (minimum == RC_PROVED) == claim->holds,
                           minimum == RC_PROVED ? RC_EVIDENCE_LOSS_BOX : RC_EVIDENCE_LOSS_POINT);
    }
    rc_loss(loss, net, samples);
    rc_decision_value(decision, rc_fmpq_get_str(loss));
    fmpq_clear(loss);
    rc_samples_clear(samples);
}
