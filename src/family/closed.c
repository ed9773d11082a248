/* Closed forms of distances: the costs at which one or two constraints become tight, as functions of the parameters. */
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

#define MAX_CANDIDATES 400

void rc_family_closed_init(rc_family_closed_t closed)
{
    *closed = (rc_family_closed_struct){NULL, NULL, NULL};
}

void rc_family_closed_clear(rc_family_closed_t closed)
{
    free(closed->equals);
    free(closed->lower);
    free(closed->upper);
}

/* Numbers >= 0 that may be the distance. */
typedef struct {
    rc_ring_struct *ring;
    number *list;
    slong count;
} candidates;

static void add(candidates *C, number x)
{
    x = rc_family_absolute(C->ring, x);
    if (x == NULL || C->count == MAX_CANDIDATES) return;
    for (slong i = 0; i < C->count; i++)
        if (rc_ratio_is_zero(C->ring, rc_ratio_sub(C->ring, x, C->list[i]))) return;
    C->list[C->count++] = x;
}

/* Two entries of one part: |a_p u_q - a_q u_p| / (|u_p| + |u_q|), with the sign of u_p u_q either way. */
static void add_pairs(candidates *C, const number *a, const number *u, slong n)
{
    rc_ring_struct *ring = C->ring;
    for (slong p = 0; p < n; p++) {
        for (slong q = 0; q < p; q++) {
            number x = rc_ratio_mul(ring, a[p], u[q]), y = rc_ratio_mul(ring, a[q], u[p]);
            number sum = rc_ratio_inv(ring, rc_ratio_add(ring, rc_family_absolute(ring, u[p]), rc_family_absolute(ring, u[q])));
            add(C, rc_ratio_mul(ring, rc_ratio_sub(ring, x, y), sum));
        }
    }
}

/* An entry of each part: (alpha - t)(beta - t) = mu or (alpha + t)(beta + t) = mu with mu = |u gamma|, alpha = +-a, beta = +-c:
   t = (-+(alpha + beta) +- sqrt((alpha - beta)^2 + 4 mu))/2. */
static void add_products(candidates *C, number a, number c, number mu)
{
    rc_ring_struct *ring = C->ring;
    mu = rc_family_absolute(ring, mu);
    if (mu == NULL || rc_ratio_is_zero(ring, mu)) return;
    for (int sign = 1; sign >= -1; sign -= 2) {
        number sum = (sign > 0 ? rc_ratio_add : rc_ratio_sub)(ring, a, c);
        number gap = (sign > 0 ? rc_ratio_sub : rc_ratio_add)(ring, a, c);
        number root = rc_ratio_add(ring, rc_ratio_mul(ring, gap, gap), rc_ratio_mul(ring, rc_ratio_si(ring, 4), mu));
        number half = rc_ratio_inv(ring, rc_ratio_si(ring, 2));
        root = rc_ratio_sqrt(ring, root);
        add(C, rc_ratio_mul(ring, half, rc_ratio_sub(ring, root, sum)));
        add(C, rc_ratio_mul(ring, half, rc_ratio_add(ring, root, sum)));
    }
}

static void list_candidates(candidates *C, const network *X, const form *g)
{
    rc_ring_struct *ring = C->ring;
    add(C, rc_ratio_si(ring, 0));
    for (slong i = 0; i < X->m * X->d; i++) add(C, X->a[i]);
    for (slong i = 0; i < X->m * X->D; i++) add(C, X->c[i]);
    for (slong i = 0; i < X->m; i++) {
        for (slong H = 1; H <= g->K; H++) {
            const number *a = X->a + i * X->d, *c = X->c + i * X->D, *u = g->u + H * g->w, *gamma = g->gamma + H * g->D;
            add_pairs(C, a, u, X->d);
            add_pairs(C, c, gamma, X->D);
            for (slong k = 0; k < X->d * X->D; k++)
                add_products(C, a[k / X->D], c[k % X->D], rc_ratio_mul(ring, u[k / X->D], gamma[k % X->D]));
        }
    }
}

/* A claim that is none of the case's. */
static void set_value(rc_claim_struct *claim, json_t *fields, rc_comparison comparison, const char *text)
{
    for (rc_comparison c = RC_COMPARE_EQUALS; c <= RC_COMPARE_AT_LEAST; c++) json_object_del(fields, rc_comparison_name(c));
    json_object_set_new(fields, rc_comparison_name(comparison), json_string(text));
    claim->comparison = comparison;
}

/* The text of the first candidate with this value at the values given for which the claim is proved; NULL if there is none. */
static char *prove_first(candidates *C, rc_case_struct *c, rc_claim_struct *claim, json_t *fields, rc_comparison comparison,
                         const rc_surd_t value, const fmpq *at, rc_limits *limits)
{
    rc_surd_t s;
    rc_surd_init(s);
    char *found = NULL;
    for (slong i = 0; i < C->count && found == NULL; i++) {
        rc_ratio_at(s, C->ring, C->list[i], at);
        if (rc_surd_cmp(s, value) != 0) continue;
        char *text = rc_ratio_get_str(C->ring, C->list[i]);
        set_value(claim, fields, comparison, text);
        rc_family_t family;
        rc_family_init(family);
        rc_family_decide(family, c, claim, limits);
        if (family->verdict == RC_PROVED) found = text;
        else free(text);
        rc_family_clear(family);
    }
    rc_surd_clear(s);
    return found;
}

/* The parameters stand for themselves: shifts from 0, reals, as far as they are > 0. */
static bool plain_ring(rc_ring_struct *ring, rc_range_struct *range, const rc_case_struct *c)
{
    bool positive = true;
    for (slong i = 0; i < c->parameters && positive; i++) {
        int sign = fmpq_sgn(c->parameter[i].from);
        positive = c->parameter[i].integer ? sign > 0 : sign >= 0;
        rc_ring_add(ring, c->parameter[i].name, range + i);
    }
    return positive;
}

static void find(rc_family_closed_struct *closed, rc_case_struct *c, rc_claim_struct *claim, json_t *fields,
                 const rc_fiber_struct *f, const fmpq *at, rc_limits *limits)
{
    rc_range_struct range[RC_RING_MAX_PARAMETERS];
    network X = {0}, Y = {0};
    form g = {0};
    proof p = {{{0}}, c, claim, limits, NULL, NULL};
    for (slong i = 0; i < RC_RING_MAX_PARAMETERS; i++) {
        range[i].kind = RC_RANGE_ABOVE;
        fmpq_init(range[i].low);
        fmpq_init(range[i].high);
    }
    rc_ring_init(p.ring);
    p.ring->simplify = true;
    candidates C = {p.ring, rc_family_alloc(MAX_CANDIDATES, sizeof(number)), 0};
    if (plain_ring(p.ring, range, c) && rc_family_read_network(&X, &p, 0) && rc_family_read_network(&Y, &p, 1)) {
        rc_family_init_form(&g, p.ring, &Y, NULL, false);
        list_candidates(&C, &X, &g);
        if (f->exact) closed->equals = prove_first(&C, c, claim, fields, RC_COMPARE_EQUALS, f->lower, at, limits);
        if (closed->equals == NULL && f->has_lower)
            closed->lower = prove_first(&C, c, claim, fields, RC_COMPARE_AT_LEAST, f->lower, at, limits);
        if (closed->equals == NULL && f->has_upper)
            closed->upper = prove_first(&C, c, claim, fields, RC_COMPARE_AT_MOST, f->upper, at, limits);
    }
    rc_family_clear_form(&g);
    rc_family_clear_network(&Y);
    rc_family_clear_network(&X);
    free(C.list);
    free(p.resisted);
    rc_ring_clear(p.ring);
}

rc_status rc_family_closed_distance(rc_family_closed_t closed, rc_case_struct *c, const char *gamma, const char *g,
                                    rc_limits *limits, rc_error_struct *err)
{
    slong n = c->parameters;
    if (n > RC_RING_MAX_PARAMETERS) return rc_error_set(err, RC_BAD_INPUT, "%.200s: more than 8 parameters", c->path);
    json_t *fields = json_pack("{s:s, s:s, s:s, s:s}", "id", "distance", "claim", "distance", "gamma", gamma, "g", g);
    rc_claim_struct claim = {.id = "distance", .kind = RC_CLAIM_DISTANCE, .expect = RC_PROVED, .fields = fields, .holds = true,
                             .networks = 2, .name = {gamma, g}, .all_values = true};
    set_value(&claim, fields, RC_COMPARE_EQUALS, "0");
    /* The sample is off the first values, where two forms may agree by chance. */
    fmpq *at = _fmpq_vec_init(n);
    for (slong i = 0; i < n; i++) {
        fmpq_add_si(at + i, c->parameter[i].from, 3);
        if (!c->parameter[i].integer) fmpq_set_si(at + i, 7, 5);
        if (!c->parameter[i].integer) fmpq_add(at + i, at + i, c->parameter[i].from);
    }
    rc_instance_struct *instance = NULL;
    rc_status status = rc_case_instantiate(&instance, c, &claim, at, err);
    if (status == RC_OK) {
        rc_canonical_t f;
        rc_fiber_t fiber;
        rc_canonical_init(f);
        rc_fiber_init(fiber);
        rc_canonical_set_network(f, instance->network[1]);
        status = rc_fiber_distance(fiber, instance->network[0], f, limits);
        if (status == RC_OK) find(closed, c, &claim, fields, fiber, at, limits);
        else rc_error_set(err, status, "%s", limits && limits->reason ? limits->reason : "stopped");
        rc_fiber_clear(fiber);
        rc_canonical_clear(f);
        rc_case_instance_clear(instance);
    }
    _fmpq_vec_clear(at, n);
    json_decref(fields);
    return status;
}
