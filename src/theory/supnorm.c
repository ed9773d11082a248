#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "relucert/region.h"
#include "relucert/seminorm.h"

/* Groups g = 2 p + (0 for sigma = +, 1 for -) ask for sigma f_p <= M. On the cell of a path, cut with the box, sigma
   f_p is at most an affine function (L and the decided active hyperplanes) plus a constant (interval bounds of the
   undecided ones that add); the linear program over cell and box bounds the first, and its multipliers of the path's
   forms are the evidence. */
typedef struct {
    const rc_canonical_struct *f;
    const fmpq *B;
    slong groups;
    fmpq *reach;             /* reach[H] = max(0, max of <u_H, .> over the box) */
    fmpq_t best;             /* M: largest |f| seen, at x */
    fmpq *x;
    bool raised;
    fmpz_mat_t forms;        /* K rows, and x_{d+1} when affine */
    rc_region_struct **region;
    slong depths;
    signed char *sign;       /* of the decided hyperplanes */
    slong *path;             /* decided hyperplanes in order */
    fmpq_mat_struct *lambda; /* per group, 1 x K: multipliers by place on the path */
    rc_tree_struct *tree;
    rc_limits *limits;
    size_t nodes;
} box_search;

/* The largest value of a (length d + 1, constant last) on the box: a_0 + B sum |a_k|. */
static void box_maximum(fmpq_t v, const fmpq *a, const box_search *S)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_zero(v);
    for (slong k = 0; k < S->f->d; k++) {
        fmpq_abs(t, a + k);
        fmpq_add(v, v, t);
    }
    fmpq_mul(v, v, S->B);
    fmpq_add(v, v, a + S->f->d);
    fmpq_clear(t);
}

/* a += c <u_H, (x, 1)>. */
static void add_form(fmpq *a, const rc_canonical_t f, slong H, const fmpq_t c)
{
    fmpq_t t;
    fmpq_init(t);
    for (slong k = 0; k < f->width; k++) {
        fmpq_mul_fmpz(t, c, fmpz_mat_entry(f->u, H, k));
        fmpq_add(a + k, a + k, t);
    }
    fmpq_clear(t);
}

static void set_reach(box_search *S)
{
    const rc_canonical_struct *f = S->f;
    fmpq *a = _fmpq_vec_init(f->d + 1);
    fmpq_t one;
    fmpq_init(one);
    fmpq_one(one);
    for (slong H = 0; H < f->K; H++) {
        for (slong k = 0; k <= f->d; k++) fmpq_zero(a + k);
        add_form(a, f, H, one);
        box_maximum(S->reach + H, a, S);
        if (fmpq_sgn(S->reach + H) < 0) fmpq_zero(S->reach + H);
    }
    fmpq_clear(one);
    _fmpq_vec_clear(a, f->d + 1);
}

static void init_search(box_search *S, const rc_canonical_t f, const fmpq_t B, rc_limits *limits)
{
    *S = (box_search){.f = f, .B = B, .groups = 2 * f->D, .limits = limits};
    fmpq_init(S->best);
    S->x = _fmpq_vec_init(f->d);
    S->reach = _fmpq_vec_init(f->K);
    set_reach(S);
    fmpz_mat_init(S->forms, f->K + f->affine, f->width);
    for (slong H = 0; H < f->K; H++)
        _fmpz_vec_set(fmpz_mat_entry(S->forms, H, 0), fmpz_mat_entry(f->u, H, 0), f->width);
    if (f->affine) fmpz_one(fmpz_mat_entry(S->forms, f->K, f->d));
    S->region = flint_calloc((size_t) f->K + 2, sizeof *S->region);
    S->sign = flint_calloc((size_t) f->K + 1, 1);
    S->path = flint_calloc((size_t) f->K + 1, sizeof *S->path);
    S->lambda = flint_malloc((size_t) S->groups * sizeof *S->lambda);
    for (slong g = 0; g < S->groups; g++) fmpq_mat_init(S->lambda + g, 1, f->K);
}

static void clear_search(box_search *S)
{
    fmpq_clear(S->best);
    _fmpq_vec_clear(S->x, S->f->d);
    _fmpq_vec_clear(S->reach, S->f->K);
    for (slong k = 0; k < S->depths; k++) rc_region_free(S->region[k]);
    fmpz_mat_clear(S->forms);
    flint_free(S->region);
    flint_free(S->sign);
    flint_free(S->path);
    for (slong g = 0; g < S->groups; g++) fmpq_mat_clear(S->lambda + g);
    flint_free(S->lambda);
}

/* Raises best to |f(x)| if that is larger. */
static void offer(box_search *S, const fmpq *x)
{
    fmpq *y = _fmpq_vec_init(S->f->D);
    rc_canonical_eval(y, S->f, x);
    for (slong p = 0; p < S->f->D; p++) {
        fmpq_abs(y + p, y + p);
        if (fmpq_cmp(y + p, S->best) <= 0) continue;
        fmpq_set(S->best, y + p);
        for (slong k = 0; k < S->f->d; k++) fmpq_set(S->x + k, x + k);
        S->raised = true;
    }
    _fmpq_vec_clear(y, S->f->D);
}

static void set_corner(fmpq_t x, const fmpq_t B, bool positive)
{
    fmpq_set(x, B);
    if (!positive) fmpq_neg(x, x);
}

/* Corners where L alone is largest, and all corners if they are few. */
static void offer_corners(box_search *S)
{
    enum { most = 10 };
    slong d = S->f->d;
    fmpq *x = _fmpq_vec_init(d);
    offer(S, x);
    for (slong g = 0; g < S->groups; g++) {
        for (slong k = 0; k < d; k++)
            set_corner(x + k, S->B, (fmpq_sgn(fmpq_mat_entry(S->f->L, g / 2, k)) > 0) == (g % 2 == 0));
        offer(S, x);
    }
    for (ulong corner = 0; d <= most && corner < UWORD(1) << d; corner++) {
        for (slong k = 0; k < d; k++) set_corner(x + k, S->B, corner >> k & 1);
        offer(S, x);
    }
    _fmpq_vec_clear(x, d);
}

/* sigma f_p on the path: affine part a (length d + 1), constant of the undecided. */
static void group_bound(fmpq *a, fmpq_t constant, const box_search *S, slong g)
{
    const rc_canonical_struct *f = S->f;
    slong p = g / 2;
    fmpq_t c;
    fmpq_init(c);
    fmpq_zero(a + f->d);
    fmpq_zero(constant);
    for (slong k = 0; k < f->width; k++) {
        fmpq_set(a + k, fmpq_mat_entry(f->L, p, k));
        if (g % 2) fmpq_neg(a + k, a + k);
    }
    for (slong H = 0; H < f->K; H++) {
        fmpq_set(c, fmpq_mat_entry(f->gamma, H, p));
        if (g % 2) fmpq_neg(c, c);
        if (S->sign[H] > 0) add_form(a, f, H, c);
        else if (S->sign[H] == 0 && fmpq_sgn(c) > 0) fmpq_addmul(constant, c, S->reach + H);
    }
    fmpq_clear(c);
}

/* Rows x_k + B >= 0, B - x_k >= 0, and s_j <u_j, (x, 1)> >= 0 along the path. */
static void set_constraints(fmpq_mat_t G, const box_search *S, slong depth)
{
    slong d = S->f->d;
    fmpq_mat_zero(G);
    for (slong k = 0; k < d; k++)
        for (slong side = 0; side < 2; side++) {
            fmpq_set_si(fmpq_mat_entry(G, 2 * k + side, k), side ? -1 : 1, 1);
            fmpq_set(fmpq_mat_entry(G, 2 * k + side, d), S->B);
        }
    for (slong i = 0; i < depth; i++)
        for (slong k = 0; k < S->f->width; k++) {
            fmpq *entry = fmpq_mat_entry(G, 2 * d + i, k);
            fmpq_set_fmpz(entry, fmpz_mat_entry(S->f->u, S->path[i], k));
            if (S->sign[S->path[i]] < 0) fmpq_neg(entry, entry);
        }
}

static void keep_multipliers(box_search *S, slong g, slong depth, const fmpq *y, const fmpq_t factor)
{
    for (slong i = 0; i < depth; i++) fmpq_mul(fmpq_mat_entry(S->lambda + g, 0, i), y + 2 * S->f->d + i, factor);
}

/* Sets excess = bound of the group - M and, if it is <= 0, the multipliers; otherwise x is where the linear program has
   its maximum. Where cell and box do not meet, sum y (rows) = -1, and a large enough multiple of y makes up for
   everything. */
static void solve_group(fmpq_t excess, fmpq *x, box_search *S, slong g, slong depth, const fmpq_mat_t G)
{
    fmpq *a = _fmpq_vec_init(S->f->d + 1), *y = _fmpq_vec_init(fmpq_mat_nrows(G));
    fmpq_t constant, value, factor;
    fmpq_init(constant);
    fmpq_init(value);
    fmpq_init(factor);
    group_bound(a, constant, S, g);
    box_maximum(value, a, S);
    fmpq_add(value, value, constant);
    fmpq_sub(excess, value, S->best);
    if (fmpq_sgn(excess) > 0) {
        int result = rc_lp_maximize(value, x, y, G, a);
        fmpq_one(factor);
        if (result > 0) {
            offer(S, x);
            fmpq_add(value, value, constant);
            fmpq_sub(excess, value, S->best);
        } else {
            fmpz_cdiv_q(fmpq_numref(factor), fmpq_numref(excess), fmpq_denref(excess));
            fmpq_zero(excess);
        }
    }
    keep_multipliers(S, g, depth, y, factor);
    fmpq_clear(constant);
    fmpq_clear(value);
    fmpq_clear(factor);
    _fmpq_vec_clear(a, S->f->d + 1);
    _fmpq_vec_clear(y, fmpq_mat_nrows(G));
}

/* What the bound of the group gives away at hyperplane H at the point x: an interval instead of rho, or rho left out.
   */
static void slack(fmpq_t gap, const box_search *S, slong g, slong H, const fmpq *x)
{
    const rc_canonical_struct *f = S->f;
    fmpq_t value, t;
    fmpq_init(value);
    fmpq_init(t);
    if (f->affine) fmpq_set_fmpz(value, fmpz_mat_entry(f->u, H, f->d));
    for (slong k = 0; k < f->d; k++) {
        fmpq_mul_fmpz(t, x + k, fmpz_mat_entry(f->u, H, k));
        fmpq_add(value, value, t);
    }
    if (fmpq_sgn(value) < 0) fmpq_zero(value);
    const fmpq *c = fmpq_mat_entry(f->gamma, H, g / 2);
    if ((fmpq_sgn(c) > 0) == (g % 2 == 0)) fmpq_sub(value, S->reach + H, value);
    fmpq_abs(t, c);
    fmpq_mul(gap, value, t);
    fmpq_clear(value);
    fmpq_clear(t);
}

static slong loosest(const box_search *S, slong g, const fmpq *x)
{
    slong best = -1;
    fmpq_t gap, most;
    fmpq_init(gap);
    fmpq_init(most);
    for (slong H = 0; H < S->f->K; H++) {
        if (S->sign[H]) continue;
        slack(gap, S, g, H, x);
        if (best >= 0 && fmpq_cmp(gap, most) <= 0) continue;
        best = H;
        fmpq_swap(most, gap);
    }
    fmpq_clear(gap);
    fmpq_clear(most);
    return best;
}

/* The hyperplane to branch on: the loosest for the group with the largest excess; -1 if every group is within M. */
static slong bound_groups(box_search *S, slong depth)
{
    slong d = S->f->d, worst = -1;
    fmpq_mat_t G;
    fmpq_t excess, most;
    fmpq *x = _fmpq_vec_init(d), *at = _fmpq_vec_init(d);
    fmpq_mat_init(G, 2 * d + depth, d + 1);
    fmpq_init(excess);
    fmpq_init(most);
    set_constraints(G, S, depth);
    for (slong g = 0; g < S->groups; g++) {
        solve_group(excess, x, S, g, depth, G);
        if (fmpq_sgn(excess) <= 0 || (worst >= 0 && fmpq_cmp(excess, most) <= 0)) continue;
        worst = g;
        fmpq_swap(most, excess);
        for (slong k = 0; k < d; k++) fmpq_swap(at + k, x + k);
    }
    slong H = worst < 0 ? -1 : loosest(S, worst, at);
    fmpq_mat_clear(G);
    fmpq_clear(excess);
    fmpq_clear(most);
    _fmpq_vec_clear(x, d);
    _fmpq_vec_clear(at, d);
    return H;
}

static void write_leaf(box_search *S, slong depth)
{
    rc_tree_leaf(S->tree);
    for (slong g = 0; g < S->groups; g++)
        for (slong i = 0; i < depth; i++) {
            const fmpq *l = fmpq_mat_entry(S->lambda + g, 0, i);
            if (!fmpq_is_zero(l)) rc_tree_entry(S->tree, S->path[i], g, l);
        }
}

static void need_depth(box_search *S, slong depth)
{
    for (; S->depths <= depth; S->depths++) {
        S->region[S->depths] = rc_region_new(S->forms);
        if (S->f->affine && !rc_region_restrict(S->region[S->depths], S->f->K, 1)) flint_abort();
    }
}

static bool search_node(box_search *S, slong depth)
{
    S->nodes++;
    if (!rc_limits_visit(S->limits, "sup-norm")) return false;
    slong H = bound_groups(S, depth);
    if (H < 0) {
        write_leaf(S, depth);
        return true;
    }
    rc_tree_branch(S->tree, H);
    need_depth(S, depth + 1);
    S->path[depth] = H;
    bool ok = true;
    for (int s = 1; ok && s >= -1; s -= 2) {
        rc_region_set(S->region[depth + 1], S->region[depth]);
        if (!rc_region_restrict(S->region[depth + 1], H, s)) {
            S->nodes++;
            rc_tree_empty_region(S->tree, S->region[depth + 1], S->f->K, S->f->affine);
            continue;
        }
        S->sign[H] = (signed char) s;
        ok = search_node(S, depth + 1);
        S->sign[H] = 0;
    }
    return ok;
}

/* A second pass with M known from the start makes the smaller tree. */
static bool search_box(box_search *S)
{
    need_depth(S, 0);
    offer_corners(S);
    S->raised = false;
    bool ok = search_node(S, 0);
    if (!ok || !S->raised) return ok;
    rc_tree_clear(S->tree);
    return search_node(S, 0);
}

rc_status rc_supnorm_exact(rc_seminorm_t s, const rc_canonical_t f, const fmpq_t B, rc_limits *limits)
{
    box_search S;
    slong n = f->K + f->affine;
    init_search(&S, f, B, limits);
    rc_seminorm_clear(s);
    rc_seminorm_init(s);
    s->d = f->d;
    s->x = _fmpq_vec_init(f->d);
    s->part_alloc = n;
    s->part = flint_calloc((size_t) n + 1, sizeof *s->part);
    s->trees = flint_calloc(1, sizeof *s->trees);
    s->parts = 1;
    S.tree = s->trees;
    s->has_upper = search_box(&S);
    s->has_lower = true;
    s->nodes = S.nodes;
    fmpq_set(s->lower, S.best);
    for (slong k = 0; k < f->d; k++) fmpq_swap(s->x + k, S.x + k);
    if (s->has_upper) fmpq_set(s->upper, S.best);
    else rc_tree_clear(s->trees);
    clear_search(&S);
    return s->has_upper ? RC_OK : RC_LIMIT;
}
