#include "relucert/seminorm.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "seminorm-search.h"

void rc_seminorm_init(rc_seminorm_t s)
{
    *s = (rc_seminorm_struct){0};
    s->threads = 1;
    fmpq_init(s->lower);
    fmpq_init(s->upper);
}

void rc_seminorm_clear(rc_seminorm_t s)
{
    fmpq_clear(s->lower);
    fmpq_clear(s->upper);
    if (s->x) _fmpq_vec_clear(s->x, s->d);
    for (slong c = 0; c < s->parts; c++) rc_tree_clear(s->trees + c);
    flint_free(s->trees);
    flint_free(s->part);
}

/* Forgets earlier contents and makes room for a point of Q^d. */
static void reset(rc_seminorm_t s, slong d)
{
    int threads = s->threads;
    rc_seminorm_clear(s);
    rc_seminorm_init(s);
    s->threads = threads;
    s->d = d;
    s->x = _fmpq_vec_init(d);
}

static void set_parts(rc_seminorm_t s, const rc_problem_t P)
{
    s->part_alloc = P->f->K + P->f->affine;
    s->part = flint_calloc((size_t) s->part_alloc + 1, sizeof *s->part);
    for (slong H = 0; H < s->part_alloc; H++) s->part[H] = P->part[H];
    s->parts = P->parts;
    s->trees = flint_calloc((size_t) s->parts + 1, sizeof *s->trees);
}

static void set_scaled(fmpq_t x, const fmpz_t value, const rc_problem_t P)
{
    fmpq_set_fmpz_frac(x, value, P->den);
}

/* lower at a point of the cell sign[]. */
static void set_lower(rc_seminorm_t s, rc_problem_t P, const signed char *sign)
{
    fmpz_t norm;
    fmpz_init(norm);
    rc_problem_point(s->x, P, sign);
    rc_problem_norm_at(norm, P, sign);
    set_scaled(s->lower, norm, P);
    s->has_lower = true;
    fmpz_clear(norm);
}

/* Every pattern occurs when all parts are trivial: the largest bound is attained. */
static void set_product(rc_seminorm_t s, rc_problem_t P)
{
    fmpz *total = _fmpz_vec_init(P->entries);
    signed char *sign = flint_calloc((size_t) P->f->K + 1, 1);
    slong top = 0;
    fmpz_t jump;
    fmpz_init(jump);
    rc_problem_bounds(total, P, false);
    for (slong e = 1; e < P->entries; e++)
        if (fmpz_cmp(total + e, total + top) > 0) top = e;
    for (slong H = 0; H < P->f->K; H++) {
        rc_problem_jump(jump, P, H, top);
        sign[H] = fmpz_sgn(jump) > 0 ? 1 : -1;
    }
    set_scaled(s->upper, total + top, P);
    s->has_upper = true;
    set_lower(s, P, sign);
    fmpz_clear(jump);
    flint_free(sign);
    _fmpz_vec_clear(total, P->entries);
}

static bool has_only_trivial_parts(const rc_problem_t P)
{
    for (slong c = 0; c < P->parts; c++)
        if (!rc_part_is_trivial(P->list + c)) return false;
    return true;
}

/* upper = min(level, largest bound at the roots): the trees' stops are below the level. */
static void set_upper(rc_seminorm_t s, const rc_search_t S)
{
    fmpz_t top;
    fmpz_init_set(top, S->level);
    if (S->n == 0) {
        fmpz *total = _fmpz_vec_init(S->P->entries);
        rc_problem_bounds(total, S->P, false);
        fmpz_set(top, total);
        for (slong e = 1; e < S->P->entries; e++)
            if (fmpz_cmp(total + e, top) > 0) fmpz_set(top, total + e);
        _fmpz_vec_clear(total, S->P->entries);
    }
    set_scaled(s->upper, top, S->P);
    s->has_upper = true;
    fmpz_clear(top);
}

static rc_tree_struct *tree_of(rc_seminorm_t s, const rc_problem_t P, const rc_part_struct *part)
{
    return s->trees + (part - P->list);
}

static bool write_trees(rc_seminorm_t s, rc_search_t S)
{
    for (slong c = 0; c < S->parts; c++)
        if (!rc_search_part(tree_of(s, S->P, S->part[c].part), S, c)) return false;
    return true;
}

/* Many entries, each of which would be searched by itself, often have small trees. */
static bool try_small_trees(rc_seminorm_t s, rc_search_t S)
{
    enum { many = 40, small = 200 };
    if (S->n <= many) return false;
    S->modest = true;
    S->allowance = small;
    bool ok = write_trees(s, S);
    S->modest = false;
    for (slong c = 0; !ok && c < s->parts; c++) rc_tree_clear(s->trees + c);
    return ok;
}

/* The value entry by entry, and then, with `evidence` or where that left something open, the trees. */
static bool search_entries(rc_seminorm_t s, rc_search_t S, bool evidence)
{
    bool open = false;
    if (!rc_search_entries(S)) return false;
    for (slong i = 0; i < S->n; i++) open = open || fmpz_cmp(S->total + i, S->level) > 0;
    if (!open && !evidence) return true;
    rc_search_reset(S);
    return write_trees(s, S);
}

static bool search_parts(rc_seminorm_t s, rc_search_t S, bool evidence)
{
    if (S->n == 0) return true;
    if (!rc_search_start(S)) return false;
    if (try_small_trees(s, S)) return true;
    if (rc_search_is_settled(S) || rc_search_out_of_time(S)) return false;
    rc_search_reset(S);
    return search_entries(s, S, evidence);
}

static void stop_empty_trees(rc_seminorm_t s)
{
    for (slong c = 0; c < s->parts; c++)
        if (s->trees[c].length == 0) rc_tree_stop(s->trees + c);
}

static void drop_trees(rc_seminorm_t s)
{
    for (slong c = 0; c < s->parts; c++) rc_tree_clear(s->trees + c);
    s->parts = 0;
}

/* goal NULL: exact. */
static rc_status search(rc_seminorm_t s, rc_problem_t P, const fmpz *goal, bool evidence, slong patience,
                        rc_limits *limits)
{
    rc_search_t S;
    fmpz_t best;
    fmpz_init(best);
    rc_seminorm_witness(s, P->f, 2);
    set_parts(s, P);
    fmpz_divexact(best, P->den, fmpq_denref(s->lower));
    fmpz_mul(best, best, fmpq_numref(s->lower));
    rc_search_init(S, P, best, goal, limits);
    S->threads = s->threads;
    S->patience = patience;
    rc_status status = RC_OK;
    bool complete = !rc_search_is_settled(S) && search_parts(s, S, evidence);
    if (complete) {
        if (evidence) stop_empty_trees(s);
        else drop_trees(s);
        set_upper(s, S);
    } else {
        if (!rc_search_is_settled(S)) status = RC_LIMIT;
        drop_trees(s);
    }
    if (S->best_entry >= 0) {
        signed char *sign = flint_calloc((size_t) P->f->K + 1, 1);
        rc_search_signs(sign, S, S->best_entry);
        set_lower(s, P, sign);
        flint_free(sign);
    }
    s->nodes = S->nodes;
    s->listed = S->listed;
    rc_search_clear(S);
    fmpz_clear(best);
    return status;
}

static rc_status bounds(rc_seminorm_t s, rc_problem_t P, const fmpz *goal, bool evidence, slong patience,
                        rc_limits *limits)
{
    reset(s, P->f->d);
    if (!has_only_trivial_parts(P)) return search(s, P, goal, evidence, patience, limits);
    set_parts(s, P);
    set_product(s, P);
    if (evidence) stop_empty_trees(s);
    else drop_trees(s);
    return RC_OK;
}

static rc_status exact(rc_seminorm_t s, const rc_canonical_t f, bool evidence, slong patience, rc_limits *limits)
{
    rc_problem_t P;
    rc_problem_init(P, f);
    rc_status status = bounds(s, P, NULL, evidence, patience, limits);
    rc_problem_clear(P);
    return status;
}

rc_status rc_seminorm_exact(rc_seminorm_t s, const rc_canonical_t f, rc_limits *limits)
{
    return exact(s, f, true, -1, limits);
}

rc_status rc_seminorm_value(rc_seminorm_t s, const rc_canonical_t f, rc_limits *limits)
{
    return rc_seminorm_value_by(s, f, -1, limits);
}

rc_status rc_seminorm_value_by(rc_seminorm_t s, const rc_canonical_t f, slong patience, rc_limits *limits)
{
    return exact(s, f, false, patience, limits);
}

/* floor(t den). A value v / den, v an integer, is <= t iff v <= floor(t den). */
static void scaled_floor(fmpz_t v, const rc_surd_t t, const fmpz_t den)
{
    fmpq_t lo, hi, x;
    fmpz_t top;
    rc_surd_t scaled;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpq_init(x);
    fmpz_init(top);
    rc_surd_init(scaled);
    fmpq_set_fmpz(x, den);
    rc_surd_mul_fmpq(scaled, t, x);
    slong bits = 32;
    do {
        bits *= 2;
        rc_surd_enclose(lo, hi, scaled, bits);
        fmpz_fdiv_q(v, fmpq_numref(lo), fmpq_denref(lo));
        fmpz_fdiv_q(top, fmpq_numref(hi), fmpq_denref(hi));
    } while (!fmpz_equal(v, top));
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpq_clear(x);
    fmpz_clear(top);
    rc_surd_clear(scaled);
}

rc_status rc_seminorm_compare(rc_seminorm_t s, const rc_canonical_t f, const rc_surd_t t, rc_limits *limits)
{
    rc_problem_t P;
    fmpz_t goal;
    rc_problem_init(P, f);
    fmpz_init(goal);
    scaled_floor(goal, t, P->den);
    rc_status status = bounds(s, P, goal, true, -1, limits);
    fmpz_clear(goal);
    rc_problem_clear(P);
    return status;
}
