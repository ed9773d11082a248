/* Families: boxes of parameters, each proved for all of its values or cut. */
#include "relucert/family.h"

#include <flint/fmpq_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

#define MAX_DEPTH 12     /* cuts of reals below each other */
#define MAX_OFFSET 4096  /* values of an integer taken one by one */
#define MIN_OFFSET 8     /* the same, where no open line depends on it */
#define MAX_PARTS 10000
#define MAX_ATTEMPTS 400
#define MAX_OFFENDING 16

void rc_family_init(rc_family_t family)
{
    memset(family, 0, sizeof(rc_family_struct));
    family->verdict = RC_UNDECIDED;
}

static void clear_part(rc_family_part *part, slong parameters)
{
    for (slong i = 0; i < parameters; i++) {
        fmpq_clear(part->range[i].low);
        fmpq_clear(part->range[i].high);
    }
    free(part->range);
    free(part->evidence);
    if (part->decision) {
        rc_decision_clear(part->decision);
        rc_case_instance_clear(part->instance);
        free(part->decision);
    }
}

static void cut_parts(rc_family_struct *family, slong parts)
{
    while (family->parts > parts) clear_part(family->part + --family->parts, family->parameters);
}

void rc_family_clear(rc_family_t family)
{
    cut_parts(family, 0);
    free(family->part);
    free(family->reason);
}

/* Boxes. */

typedef struct {
    rc_case_struct *c;
    const rc_claim_struct *claim;
    rc_limits *limits;
    rc_family_struct *family;
    slong attempts;
    slong offending; /* the first parts, at which the claim is false */
} engine;

typedef rc_range_struct box[RC_RING_MAX_PARAMETERS];

static void box_init(box b, slong n)
{
    for (slong i = 0; i < n; i++) {
        b[i].kind = RC_RANGE_VALUE;
        fmpq_init(b[i].low);
        fmpq_init(b[i].high);
    }
}

static void box_clear(box b, slong n)
{
    for (slong i = 0; i < n; i++) {
        fmpq_clear(b[i].low);
        fmpq_clear(b[i].high);
    }
}

static void box_set(box to, const box from, slong n)
{
    for (slong i = 0; i < n; i++) {
        to[i].kind = from[i].kind;
        fmpq_set(to[i].low, from[i].low);
        fmpq_set(to[i].high, from[i].high);
    }
}

static bool is_point(const box b, slong n)
{
    for (slong i = 0; i < n; i++)
        if (b[i].kind != RC_RANGE_VALUE) return false;
    return true;
}

static rc_family_part *add_part(engine *E, const box b)
{
    rc_family_struct *family = E->family;
    slong n = family->parameters;
    family->part = realloc(family->part, (size_t) (family->parts + 1) * sizeof *family->part);
    if (family->part == NULL) flint_abort();
    rc_family_part *part = family->part + family->parts++;
    *part = (rc_family_part){rc_family_alloc((size_t) n, sizeof *part->range), NULL, NULL, NULL};
    box_init(part->range, n);
    box_set(part->range, b, n);
    return part;
}

/* Keeps the first reason. */
static rc_verdict undecided(engine *E, const char *reason)
{
    if (E->family->reason == NULL) {
        E->family->reason = rc_family_alloc(strlen(reason) + 1, 1);
        strcpy(E->family->reason, reason);
    }
    return RC_UNDECIDED;
}

/* One value of each parameter; a part of its own, unless undecided. Refuted: the last of the offending parts. */
static rc_verdict decide_point(engine *E, const box b)
{
    slong n = E->family->parameters;
    rc_error_t err;
    rc_instance_struct *instance = NULL;
    fmpq *values = _fmpq_vec_init(n);
    for (slong i = 0; i < n; i++) fmpq_set(values + i, b[i].low);
    rc_status status = rc_case_instantiate(&instance, E->c, E->claim, values, err);
    _fmpq_vec_clear(values, n);
    if (status != RC_OK) { /* a pole, which says more than the line that resisted there */
        free(E->family->reason);
        E->family->reason = NULL;
        return undecided(E, err->message);
    }
    rc_decision_struct *decision = rc_family_alloc(1, sizeof *decision);
    rc_decision_init(decision);
    rc_claim_decide(decision, E->claim, instance, E->limits);
    rc_verdict verdict = decision->verdict;
    if (verdict == RC_REFUTED) cut_parts(E->family, E->offending++);
    if (verdict == RC_UNDECIDED) {
        char *at = rc_instance_get_str(E->c, instance), message[400];
        snprintf(message, sizeof message, "at %.100s: %.250s", at, decision->reason ? decision->reason : "undecided");
        free(at);
        undecided(E, message);
        rc_decision_clear(decision);
        rc_case_instance_clear(instance);
        free(decision);
        return verdict;
    }
    rc_family_part *part = add_part(E, b);
    part->instance = instance;
    part->decision = decision;
    return verdict;
}

/* One proof. */

static const char *evidence_kind(const rc_claim_struct *claim)
{
    switch (claim->kind) {
    case RC_CLAIM_EQUAL: return claim->holds ? "canonical-form" : "point";
    case RC_CLAIM_CELLS: return "recount";
    case RC_CLAIM_MEMBER: return "membership";
    default: return rc_claim_kind_name(claim->kind);
    }
}

static bool prove_kind(proof *p)
{
    fprintf(p->out, "{\"kind\": \"%s\"", evidence_kind(p->claim));
    bool good = false;
    switch (p->claim->kind) {
    case RC_CLAIM_EQUAL:
    case RC_CLAIM_SEMI_NORM:
    case RC_CLAIM_SUP_NORM: good = rc_family_prove_norms(p); break;
    case RC_CLAIM_CELLS: good = rc_family_prove_cells(p); break;
    case RC_CLAIM_MEMBER: good = rc_family_prove_member(p); break;
    case RC_CLAIM_THEOREM_33:
    case RC_CLAIM_INVERSE_STABLE: good = rc_family_prove_stable(p); break;
    case RC_CLAIM_THEOREM_31: good = rc_family_prove_theorem_31(p); break;
    case RC_CLAIM_DISTANCE:
    case RC_CLAIM_UNIQUE: good = rc_family_prove_distance(p); break;
    default: rc_family_resist(p, "claims of this kind are not decided for all values: give `at`", NULL);
    }
    fputc('}', p->out);
    return good;
}

/* The claim for all values of the box. The evidence, in memory of its own, or NULL. p is initialized; its ring says what
   stayed open. */
static char *prove(proof *p, engine *E, const box b)
{
    bool limit = E->claim->kind == RC_CLAIM_LIMIT;
    char *text = NULL;
    size_t size = 0;
    *p = (proof){.c = E->c, .claim = limit ? E->claim->target : E->claim, .limits = E->limits};
    rc_ring_init(p->ring);
    for (slong i = 0; i < E->family->parameters; i++) rc_ring_add(p->ring, E->c->parameter[i].name, b + i);
    p->out = open_memstream(&text, &size);
    if (p->out == NULL) flint_abort();
    bool good = prove_kind(p);
    if (fclose(p->out) != 0) flint_abort();
    if (good) return text;
    free(text);
    return NULL;
}

static void proof_clear(proof *p)
{
    free(p->resisted);
    rc_ring_clear(p->ring);
}

/* What an attempt says about where to cut: a zero of a line in one real parameter; which integers occur in open lines. */
typedef struct {
    slong real; /* -1: none */
    fmpq_t at;
    bool involved[RC_RING_MAX_PARAMETERS];
} cut;

static void find_cut(cut *where, const rc_ring_struct *ring)
{
    fmpq zero[4];
    for (int i = 0; i < 4; i++) fmpq_init(zero + i);
    for (slong j = 0; j < ring->undecided; j++) {
        for (slong k = 0; k < ring->parameters; k++) {
            rc_range_kind kind = ring->range[k]->kind;
            if (!rc_ratio_involves(ring->open[j], k)) continue;
            where->involved[k] = true;
            if (kind != RC_RANGE_ABOVE && kind != RC_RANGE_BETWEEN) continue;
            if (where->real >= 0 || rc_ratio_zeros(zero, 4, ring, ring->open[j], k) == 0) continue;
            where->real = k;
            fmpq_set(where->at, zero);
        }
    }
    for (int i = 0; i < 4; i++) fmpq_clear(zero + i);
}

/* Does the limit of the claim's value agree with the limit claim (1), contradict it (-1), or neither (0)? */
static int compare_limit(const rc_claim_struct *limit, proof *p)
{
    int found = rc_ratio_limit(p->ring, rc_family_value(p)), wanted = limit->infinity ? 1 : -1;
    rc_comparison relation = p->claim->comparison;
    if (found == wanted && relation != (limit->infinity ? RC_COMPARE_AT_MOST : RC_COMPARE_AT_LEAST)) return 1;
    return relation == RC_COMPARE_EQUALS && found != wanted && found != 2 ? -1 : 0;
}

static rc_verdict attempt(engine *E, const box b, cut *where)
{
    proof p;
    char *text = prove(&p, E, b);
    int agrees = text && E->claim->kind == RC_CLAIM_LIMIT ? compare_limit(E->claim, &p) : 1;
    rc_verdict verdict = !text || agrees == 0 ? RC_UNDECIDED : agrees > 0 ? RC_PROVED : RC_REFUTED;
    if (verdict == RC_UNDECIDED) {
        undecided(E, p.resisted ? p.resisted : "the degrees do not tell the limit");
        find_cut(where, p.ring);
        free(text);
    } else {
        if (verdict == RC_REFUTED) cut_parts(E->family, E->offending++);
        add_part(E, b)->evidence = text;
    }
    proof_clear(&p);
    return verdict;
}

/* Cuts. */

static rc_verdict solve(engine *E, const box b, slong depth, unsigned barred);

/* (low, x), {x}, (x, high). */
static rc_verdict cut_real(engine *E, const box b, slong k, const fmpq_t x, slong depth, unsigned barred)
{
    slong n = E->family->parameters;
    rc_verdict verdict = RC_PROVED;
    box piece;
    box_init(piece, n);
    for (int i = 0; i < 3 && verdict == RC_PROVED; i++) {
        box_set(piece, b, n);
        if (i == 0) {
            piece[k].kind = RC_RANGE_BETWEEN;
            fmpq_set(piece[k].high, x);
        } else {
            fmpq_set(piece[k].low, x);
        }
        if (i == 1) {
            piece[k].kind = RC_RANGE_VALUE;
            fmpq_zero(piece[k].high);
        }
        verdict = solve(E, piece, depth - 1, barred);
    }
    box_clear(piece, n);
    return verdict;
}

/* Proves the box with parameter k from its low end + offset on; the parts stay if it is. */
static rc_verdict solve_tail(engine *E, const box b, slong k, slong offset, slong depth, unsigned barred)
{
    slong n = E->family->parameters, kept = E->family->parts;
    box tail;
    box_init(tail, n);
    box_set(tail, b, n);
    fmpq_add_si(tail[k].low, tail[k].low, offset);
    rc_verdict verdict = solve(E, tail, depth - 1, barred | 1u << k);
    if (verdict == RC_UNDECIDED) cut_parts(E->family, kept);
    box_clear(tail, n);
    return verdict;
}

/* The values of k below some offset one by one (not for a limit), and all from there on. */
static rc_verdict cut_integer(engine *E, const box b, slong k, bool involved, slong depth, unsigned barred)
{
    slong n = E->family->parameters, kept = E->family->parts, low = 0, high = 1;
    bool limit = E->claim->kind == RC_CLAIM_LIMIT;
    rc_verdict verdict = solve_tail(E, b, k, high, depth, barred);
    while (verdict == RC_UNDECIDED && high < (involved ? MAX_OFFSET : MIN_OFFSET)) {
        low = high;
        high *= 2;
        verdict = solve_tail(E, b, k, high, depth, barred);
    }
    if (verdict != RC_PROVED || limit) return verdict;
    cut_parts(E->family, kept);
    while (high - low > 1) {
        slong middle = low + (high - low) / 2;
        rc_verdict found = solve_tail(E, b, k, middle, depth, barred);
        if (found == RC_REFUTED) return found;
        cut_parts(E->family, kept);
        if (found == RC_PROVED) high = middle;
        else low = middle;
    }
    box value;
    box_init(value, n);
    for (slong i = 0; i < high && verdict == RC_PROVED; i++) {
        box_set(value, b, n);
        value[k].kind = RC_RANGE_VALUE;
        fmpq_add_si(value[k].low, b[k].low, i);
        verdict = E->family->parts < MAX_PARTS ? solve(E, value, depth - 1, barred) : RC_UNDECIDED;
    }
    box_clear(value, n);
    return verdict == RC_PROVED ? solve_tail(E, b, k, high, depth, barred) : verdict;
}

/* Is the claim false at an inner value of the box? */
static bool refuted_inside(engine *E, const box b)
{
    slong n = E->family->parameters, kept = E->family->parts;
    if (E->claim->kind == RC_CLAIM_LIMIT) return false;
    rc_ring_t ring;
    box point;
    rc_ring_init(ring);
    box_init(point, n);
    for (slong i = 0; i < n; i++) {
        rc_ring_add(ring, E->c->parameter[i].name, b + i);
        rc_ring_sample(point[i].low, ring, i);
    }
    bool refuted = decide_point(E, point) == RC_REFUTED;
    if (!refuted) cut_parts(E->family, kept);
    box_clear(point, n);
    rc_ring_clear(ring);
    return refuted;
}

static rc_verdict solve(engine *E, const box b, slong depth, unsigned barred)
{
    slong n = E->family->parameters, integer = -1;
    if (is_point(b, n)) return decide_point(E, b);
    if (E->attempts++ >= MAX_ATTEMPTS || !rc_limits_visit(E->limits, "boxes"))
        return undecided(E, E->limits && E->limits->reason ? E->limits->reason : "too many boxes of parameters");
    cut where = {.real = -1};
    fmpq_init(where.at);
    rc_verdict verdict = attempt(E, b, &where);
    if (verdict == RC_UNDECIDED && refuted_inside(E, b)) return RC_REFUTED;
    if (verdict == RC_UNDECIDED && depth > 0) {
        for (slong k = n - 1; k >= 0; k--)
            if (b[k].kind == RC_RANGE_FROM && !(barred >> k & 1) && (integer < 0 || where.involved[k])) integer = k;
        if (where.real >= 0) verdict = cut_real(E, b, where.real, where.at, depth, barred);
        else if (integer >= 0) verdict = cut_integer(E, b, integer, where.involved[integer], depth, barred);
    }
    fmpq_clear(where.at);
    return verdict;
}

/* Samples. */

/* The values of an instance as a box. */
static void box_of_instance(box b, const rc_case_struct *c, const rc_instance_struct *instance)
{
    for (slong i = 0; i < c->parameters; i++) {
        b[i].kind = RC_RANGE_VALUE;
        fmpq_set(b[i].low, instance->parameters + i);
    }
}

/* The samples at which the claim is false become the parts. */
static bool refute(engine *E)
{
    const rc_claim_struct *claim = E->claim;
    slong n = E->family->parameters;
    box b;
    box_init(b, n);
    for (slong i = 0; i < claim->instances && E->offending < MAX_OFFENDING; i++) {
        if (E->limits) E->limits->visited = 0;
        box_of_instance(b, E->c, claim->instance + i);
        if (decide_point(E, b) != RC_REFUTED) cut_parts(E->family, E->offending);
    }
    box_clear(b, n);
    free(E->family->reason); /* what is undecided at a sample may be proved for all values */
    E->family->reason = NULL;
    return E->offending > 0;
}

/* The claim at an integer value of the only parameter, if that is in its range; parts stay only if it is refuted. */
static rc_verdict try_value(engine *E, const box b, const fmpq_t value)
{
    slong kept = E->family->parts;
    box point;
    if (fmpq_cmp(value, b[0].low) < 0 || !fmpz_is_one(fmpq_denref(value))) return RC_UNDECIDED;
    box_init(point, 1);
    fmpq_set(point[0].low, value);
    rc_verdict verdict = decide_point(E, point);
    if (verdict != RC_REFUTED) cut_parts(E->family, kept);
    box_clear(point, 1);
    return verdict;
}

/* A single integer parameter: at the integers among the zeros of the open lines and beside them, and beyond all of their
   real zeros, where the claim may be false for good. A pole found there becomes the reason. */
static rc_verdict try_far(engine *E, const box b)
{
    rc_verdict verdict = RC_UNDECIDED;
    if (E->family->parameters != 1 || b[0].kind != RC_RANGE_FROM || E->claim->kind == RC_CLAIM_LIMIT) return verdict;
    proof p;
    free(prove(&p, E, b));
    fmpz_t bound;
    fmpq *value = _fmpq_vec_init(4);
    fmpz_init(bound);
    for (slong j = 0; j < p.ring->undecided && j < 8 && verdict != RC_REFUTED; j++) {
        slong zeros = rc_ratio_zeros(value, 3, p.ring, p.ring->open[j], 0);
        if (rc_ratio_zero_bound(bound, p.ring, p.ring->open[j], 0)) {
            fmpq_set_fmpz(value + zeros, bound);
            fmpq_add(value + zeros, value + zeros, b[0].low);
            zeros++;
        }
        for (slong i = 0; i < 3 * zeros && verdict != RC_REFUTED; i++) {
            if (i % 3 == 0) fmpq_sub_si(value + i / 3, value + i / 3, 1);
            else fmpq_add_si(value + i / 3, value + i / 3, 1);
            verdict = try_value(E, b, value + i / 3);
        }
    }
    _fmpq_vec_clear(value, 4);
    fmpz_clear(bound);
    proof_clear(&p);
    return verdict == RC_REFUTED ? verdict : RC_UNDECIDED;
}

void rc_family_decide(rc_family_t family, rc_case_struct *c, const rc_claim_struct *claim, rc_limits *limits)
{
    engine E = {c, claim, limits, family, 0, 0};
    slong n = family->parameters = c->parameters;
    if (n > RC_RING_MAX_PARAMETERS) {
        undecided(&E, "more than 8 parameters");
        return;
    }
    if (refute(&E)) {
        family->verdict = RC_REFUTED;
        return;
    }
    box all;
    box_init(all, n);
    for (slong i = 0; i < n; i++) {
        all[i].kind = c->parameter[i].integer ? RC_RANGE_FROM : RC_RANGE_ABOVE;
        rc_case_range(all[i].low, c, claim->kind == RC_CLAIM_LIMIT ? claim->target : claim, i);
    }
    if (limits) limits->visited = 0;
    family->verdict = solve(&E, all, MAX_DEPTH, 0);
    if (family->verdict == RC_UNDECIDED) {
        cut_parts(family, 0);
        family->verdict = try_far(&E, all);
    }
    box_clear(all, n);
}
