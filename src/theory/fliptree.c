/* All 0/1 solutions z of J z = b.

   At a node some z_H are decided; R = b - sum of the J_H with z_H = 1 must be a sum of undecided columns. A matrix Y (a
   vector here) with <Y, R> outside [sum min(0, <Y, J_H>), sum max(0, <Y, J_H>)] ends the branch. Such Y are looked for
   in this order: a single entry; a linear combination of rows that fixes a z_H outside [0, 1] or contradicts R; a
   Farkas vector of the relaxation 0 <= z <= 1. By linear programming duality the last finds one whenever the relaxation
   is empty. Combinations use only rank(J) many independent rows, the others follow from them once J z = b has a
   solution at all. */
#include "theory/fliptree-search.h"

#include <string.h>

#include "relucert/region.h"
#include "theory/fliptree-store.h"

/* R, low, high as column H leaves (sign = +1) or joins again (-1) the undecided ones with z_H = value. */
static void shift(rc_flip_search *s, slong H, bool value, int sign)
{
    for (slong e = 0; e < s->E; e++) {
        const fmpz *x = fmpz_mat_entry(s->J, e, H);
        int c = fmpz_sgn(x);
        if (c == 0) continue;
        fmpz *bound = c > 0 ? s->high + e : s->low + e;
        if (sign > 0) fmpz_sub(bound, bound, x);
        else fmpz_add(bound, bound, x);
        if (!value) continue;
        if (sign > 0) fmpz_sub(s->R + e, s->R + e, x);
        else fmpz_add(s->R + e, s->R + e, x);
    }
    s->decided[H] = sign > 0 ? (signed char) value : -1;
    s->open -= sign;
}

/* A leaf by one entry of Y. */
static bool single_entry_leaf(rc_flip_search *s)
{
    for (slong e = 0; e < s->E; e++) {
        if (fmpz_cmp(s->R + e, s->low + e) >= 0 && fmpz_cmp(s->R + e, s->high + e) <= 0) continue;
        rc_flip_leaf(s);
        if (s->tree) rc_fliptree_entry(s->tree, e / s->d, e % s->d, s->one);
        return true;
    }
    return false;
}

/* Would z_H = value contradict row e alone? */
static bool entry_refutes(const rc_flip_search *s, slong e, slong H, bool value, fmpz_t x)
{
    const fmpz *j = fmpz_mat_entry(s->J, e, H);
    bool positive = fmpz_sgn(j) > 0;
    if (!value) { /* the sum must do without J */
        fmpz_sub(x, positive ? s->high + e : s->low + e, j);
        return positive ? fmpz_cmp(s->R + e, x) > 0 : fmpz_cmp(s->R + e, x) < 0;
    }
    fmpz_sub(x, s->R + e, j);
    return positive ? fmpz_cmp(x, s->low + e) < 0 : fmpz_cmp(x, s->high + e) > 0;
}

/* The first undecided column one of whose values a single row refutes, or -1. */
static slong forced_column(const rc_flip_search *s)
{
    slong result = -1;
    fmpz_t x;
    fmpz_init(x);
    for (slong H = 0; H < s->N && result < 0; H++) {
        if (s->decided[H] >= 0) continue;
        for (slong e = 0; e < s->E && result < 0; e++)
            if (!fmpz_is_zero(fmpz_mat_entry(s->J, e, H)) &&
                (entry_refutes(s, e, H, false, x) || entry_refutes(s, e, H, true, x)))
                result = H;
    }
    fmpz_clear(x);
    return result;
}

/* The system of a node: undecided columns, independent rows. */
typedef struct {
    slong n;         /* undecided columns */
    slong *column;
    fmpq_mat_t A;    /* rank x n */
    fmpq_mat_t rref; /* of [A | R] */
    slong pivots;
    slong *pivot;    /* column (0..n) of pivot row k */
    slong *row_of;   /* pivot row of column, or -1; length n */
    slong free;      /* columns without pivot */
    slong *free_column;
} node_system;

static void system_init(node_system *y, const rc_flip_search *s)
{
    size_t room = (size_t) s->N + 1;
    y->column = flint_malloc(room * sizeof(slong));
    y->pivot = flint_malloc(((size_t) s->rank + 1) * sizeof(slong));
    y->row_of = flint_malloc(room * sizeof(slong));
    y->free_column = flint_malloc(room * sizeof(slong));
    y->n = 0;
    for (slong H = 0; H < s->N; H++)
        if (s->decided[H] < 0) y->column[y->n++] = H;
    fmpq_mat_init(y->A, s->rank, y->n);
    fmpq_mat_init(y->rref, s->rank, y->n + 1);
    for (slong k = 0; k < s->rank; k++) {
        for (slong c = 0; c < y->n; c++) {
            fmpz_set(fmpq_numref(fmpq_mat_entry(y->A, k, c)), fmpz_mat_entry(s->J, s->rows[k], y->column[c]));
            fmpq_set(fmpq_mat_entry(y->rref, k, c), fmpq_mat_entry(y->A, k, c));
        }
        fmpz_set(fmpq_numref(fmpq_mat_entry(y->rref, k, y->n)), s->R + s->rows[k]);
    }
    y->pivots = fmpq_mat_rref(y->rref, y->rref);
    y->free = 0;
    slong c = 0;
    for (slong k = 0; k < y->pivots; k++, c++) {
        for (; fmpq_is_zero(fmpq_mat_entry(y->rref, k, c)); c++) {
            y->row_of[c] = -1;
            y->free_column[y->free++] = c;
        }
        y->pivot[k] = c;
        if (c < y->n) y->row_of[c] = k;
    }
    for (; c < y->n; c++) {
        y->row_of[c] = -1;
        y->free_column[y->free++] = c;
    }
}

static void system_clear(node_system *y)
{
    flint_free(y->column);
    flint_free(y->pivot);
    flint_free(y->row_of);
    flint_free(y->free_column);
    fmpq_mat_clear(y->A);
    fmpq_mat_clear(y->rref);
}

/* The leaf of a Y over the independent rows with A^T Y = w; if with_residual also <Y, R> = w_n. Solvable by the
   callers' arguments. */
static void combination_leaf(rc_flip_search *s, const node_system *y, const fmpq *w, bool with_residual)
{
    slong n = y->n + (with_residual ? 1 : 0);
    fmpq_mat_t T, W, Y;
    fmpq_mat_init(T, n, s->rank);
    fmpq_mat_init(W, n, 1);
    fmpq_mat_init(Y, s->rank, 1);
    for (slong c = 0; c < n; c++) {
        for (slong k = 0; k < s->rank; k++) {
            if (c < y->n) fmpq_set(fmpq_mat_entry(T, c, k), fmpq_mat_entry(y->A, k, c));
            else fmpz_set(fmpq_numref(fmpq_mat_entry(T, c, k)), s->R + s->rows[k]);
        }
        fmpq_set(fmpq_mat_entry(W, c, 0), w + c);
    }
    bool solved = rc_solve_reduced(Y, T, W);
    rc_flip_leaf(s);
    if (solved)
        for (slong k = 0; k < s->rank; k++) rc_flip_leaf_entry(s, s->rows[k], fmpq_mat_entry(Y, k, 0));
    fmpq_mat_clear(T);
    fmpq_mat_clear(W);
    fmpq_mat_clear(Y);
}

static void unit_leaf(rc_flip_search *s, const node_system *y, slong c, bool with_residual)
{
    fmpq *w = _fmpq_vec_init(y->n + 1);
    fmpq_one(w + c);
    combination_leaf(s, y, w, with_residual);
    _fmpq_vec_clear(w, y->n + 1);
}

/* -1: z < 0 or z > 1; 0: strictly between; 1: z = 0 or z = 1. */
static int zero_one_class(const fmpq_t z)
{
    if (fmpq_is_zero(z) || fmpq_is_one(z)) return 1;
    return fmpq_sgn(z) < 0 || fmpz_cmp(fmpq_numref(z), fmpq_denref(z)) > 0 ? -1 : 0;
}

static bool row_is_determined(const node_system *y, slong k)
{
    for (slong f = 0; f < y->free; f++)
        if (!fmpq_is_zero(fmpq_mat_entry(y->rref, k, y->free_column[f]))) return false;
    return true;
}

/* The relaxation 0 <= z <= 1 in the free columns. Its rows: z_c >= 0 is row 2c, 1 - z_c >= 0 row 2c + 1. */
static void relaxation_init(fmpq_mat_t G, const node_system *y)
{
    fmpq_mat_init(G, 2 * y->n, y->free + 1);
    for (slong c = 0; c < y->n; c++) {
        fmpq *constant = fmpq_mat_entry(G, 2 * c, y->free);
        for (slong f = 0; f < y->free; f++) {
            fmpq *x = fmpq_mat_entry(G, 2 * c, f);
            if (y->row_of[c] >= 0) fmpq_neg(x, fmpq_mat_entry(y->rref, y->row_of[c], y->free_column[f]));
            else if (y->free_column[f] == c) fmpq_one(x);
            fmpq_neg(fmpq_mat_entry(G, 2 * c + 1, f), x);
        }
        if (y->row_of[c] >= 0) fmpq_set(constant, fmpq_mat_entry(y->rref, y->row_of[c], y->n));
        fmpq_neg(fmpq_mat_entry(G, 2 * c + 1, y->free), constant);
        fmpq_add_si(fmpq_mat_entry(G, 2 * c + 1, y->free), fmpq_mat_entry(G, 2 * c + 1, y->free), 1);
    }
}

/* Value of z_c at the point x of the free columns. */
static void relaxation_value(fmpq_t z, const fmpq_mat_t G, const node_system *y, slong c, const fmpq *x)
{
    fmpq_set(z, fmpq_mat_entry(G, 2 * c, y->free));
    for (slong f = 0; f < y->free; f++) fmpq_addmul(z, fmpq_mat_entry(G, 2 * c, f), x + f);
}

/* Leaf, if the relaxation is empty (then -1), or the column to branch on: one that a vertex leaves fractional, or the
   first free one. If sum alpha_c z_c + sum beta_c (1 - z_c) = -1 on the solutions of A z = R, then w = beta - alpha is
   orthogonal to the kernel of A, so w = A^T Y, and <Y, R> = <w, z> = 1 + sum beta > sum max(0, w). */
static slong relax(rc_flip_search *s, const node_system *y)
{
    slong result = y->free_column[0];
    fmpq_mat_t G;
    fmpq_t z;
    fmpq_init(z);
    relaxation_init(G, y);
    fmpq *x = _fmpq_vec_init(y->free), *multiplier = _fmpq_vec_init(2 * y->n), *objective = _fmpq_vec_init(y->free + 1);
    if (rc_lp_maximize(z, x, multiplier, G, objective) == 0) {
        fmpq *w = _fmpq_vec_init(y->n);
        for (slong c = 0; c < y->n; c++) fmpq_sub(w + c, multiplier + 2 * c + 1, multiplier + 2 * c);
        combination_leaf(s, y, w, false);
        _fmpq_vec_clear(w, y->n);
        result = -1;
    } else {
        for (slong c = 0; c < y->n; c++) {
            relaxation_value(z, G, y, c, x);
            if (zero_one_class(z) == 1) continue;
            result = c;
            break;
        }
    }
    _fmpq_vec_clear(x, y->free);
    _fmpq_vec_clear(multiplier, 2 * y->n);
    _fmpq_vec_clear(objective, y->free + 1);
    fmpq_mat_clear(G);
    fmpq_clear(z);
    return result;
}

static void visit_solution(rc_flip_search *s)
{
    if (s->tree) rc_fliptree_stop(s->tree);
    bool *z = flint_malloc((size_t) s->N + 1);
    for (slong H = 0; H < s->N; H++) z[H] = s->decided[H] == 1;
    if (!s->found(s->arg, z)) s->stopped = true;
    flint_free(z);
}

/* The branch z_c = value ends: by a single entry, or by column c of the dual basis, Y with <Y, J_c> = 1 and 0 for the
   other undecided columns. */
static void side_leaf(rc_flip_search *s, const node_system *y, slong c, bool value, const fmpq_mat_t dual)
{
    shift(s, y->column[c], value, 1);
    if (!single_entry_leaf(s)) {
        rc_flip_leaf(s);
        for (slong k = 0; k < s->rank; k++) rc_flip_leaf_entry(s, s->rows[k], fmpq_mat_entry(dual, k, c));
    }
    shift(s, y->column[c], value, -1);
}

/* The only solution of A z = R is 0/1: the tree is a chain along it. */
static void chain(rc_flip_search *s, const node_system *y)
{
    fmpq_mat_t T, I, dual;
    bool *value = flint_malloc((size_t) y->n + 1);
    fmpq_mat_init(T, y->n, s->rank);
    fmpq_mat_init(I, y->n, y->n);
    fmpq_mat_init(dual, s->rank, y->n);
    fmpq_mat_transpose(T, y->A);
    fmpq_mat_one(I);
    if (s->tree && !rc_solve_reduced(dual, T, I)) fmpq_mat_zero(dual);
    for (slong c = 0; c < y->n; c++) value[c] = fmpq_is_one(fmpq_mat_entry(y->rref, y->row_of[c], y->n));
    for (slong c = 0; c < y->n; c++) {
        if (s->tree) rc_fliptree_branch(s->tree, y->column[c]);
        if (!value[c]) side_leaf(s, y, c, true, dual);
        shift(s, y->column[c], value[c], 1);
    }
    visit_solution(s);
    for (slong c = y->n - 1; c >= 0; c--) {
        shift(s, y->column[c], value[c], -1);
        if (value[c]) side_leaf(s, y, c, false, dual);
    }
    fmpq_mat_clear(T);
    fmpq_mat_clear(I);
    fmpq_mat_clear(dual);
    flint_free(value);
}

/* Ends the node (-1), or the undecided column to branch on. */
static slong decide_by_algebra(rc_flip_search *s)
{
    slong result = -1;
    bool done = false;
    node_system y;
    system_init(&y, s);
    if (y.pivots > 0 && y.pivot[y.pivots - 1] == y.n) {
        unit_leaf(s, &y, y.n, true); /* <Y, J_H> = 0 for all undecided H, <Y, R> = 1 */
        done = true;
    }
    for (slong k = 0; k < y.pivots && !done; k++) {
        int class = zero_one_class(fmpq_mat_entry(y.rref, k, y.n));
        if (class == 1 || !row_is_determined(&y, k)) continue;
        if (class < 0) unit_leaf(s, &y, y.pivot[k], false);
        else result = y.column[y.pivot[k]];
        done = true;
    }
    if (!done && y.free == 0) {
        chain(s, &y);
    } else if (!done) {
        slong c = relax(s, &y);
        if (c >= 0) result = y.column[c];
    }
    system_clear(&y);
    return result;
}

static void visit_node(rc_flip_search *s)
{
    if (!rc_limits_visit(s->limits, "flip sets")) s->limited = true;
    if (s->limited || s->stopped) return;
    if (single_entry_leaf(s)) return;
    if (s->open == 0) { /* low = high = 0, so R = 0 */
        visit_solution(s);
        return;
    }
    slong H = forced_column(s);
    if (H < 0) H = decide_by_algebra(s);
    if (H < 0 || s->stopped) return;
    if (s->tree) rc_fliptree_branch(s->tree, H);
    for (int value = 1; value >= 0; value--) {
        shift(s, H, value == 1, 1);
        visit_node(s);
        shift(s, H, value == 1, -1);
    }
}

/* Row e of J and b times the least common denominator. */
static void scale_row(rc_flip_search *s, slong e, const fmpq_mat_t J, const fmpq_mat_t b)
{
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_set(s->scale + e, fmpq_denref(fmpq_mat_entry(b, e, 0)));
    for (slong H = 0; H < s->N; H++) fmpz_lcm(s->scale + e, s->scale + e, fmpq_denref(fmpq_mat_entry(J, e, H)));
    for (slong H = 0; H < s->N; H++) {
        fmpz *x = fmpz_mat_entry(s->J, e, H);
        fmpz_divexact(factor, s->scale + e, fmpq_denref(fmpq_mat_entry(J, e, H)));
        fmpz_mul(x, factor, fmpq_numref(fmpq_mat_entry(J, e, H)));
        fmpz *bound = fmpz_sgn(x) > 0 ? s->high + e : s->low + e;
        fmpz_add(bound, bound, x);
    }
    fmpz_divexact(factor, s->scale + e, fmpq_denref(fmpq_mat_entry(b, e, 0)));
    fmpz_mul(s->b + e, factor, fmpq_numref(fmpq_mat_entry(b, e, 0)));
    fmpz_set(s->R + e, s->b + e);
    fmpz_clear(factor);
}

static void search_init(rc_flip_search *s, rc_fliptree_struct *tree, const fmpq_mat_t J, const fmpq_mat_t b, slong d)
{
    memset(s, 0, sizeof(rc_flip_search));
    s->E = fmpq_mat_nrows(J);
    s->N = s->open = fmpq_mat_ncols(J);
    s->d = d;
    s->tree = tree;
    fmpz_mat_init(s->J, s->E, s->N);
    s->b = _fmpz_vec_init(s->E);
    s->scale = _fmpz_vec_init(s->E);
    s->R = _fmpz_vec_init(s->E);
    s->low = _fmpz_vec_init(s->E);
    s->high = _fmpz_vec_init(s->E);
    s->decided = flint_malloc((size_t) s->N + 1);
    memset(s->decided, -1, (size_t) s->N + 1);
    s->rows = flint_malloc(((size_t) s->N + 1) * sizeof(slong));
    fmpq_init(s->one);
    fmpq_one(s->one);
    for (slong e = 0; e < s->E; e++) scale_row(s, e, J, b);
}

static void search_clear(rc_flip_search *s)
{
    fmpz_mat_clear(s->J);
    _fmpz_vec_clear(s->b, s->E);
    _fmpz_vec_clear(s->scale, s->E);
    _fmpz_vec_clear(s->R, s->E);
    _fmpz_vec_clear(s->low, s->E);
    _fmpz_vec_clear(s->high, s->E);
    flint_free(s->decided);
    flint_free(s->rows);
    fmpq_clear(s->one);
}

rc_status rc_zero_one_solve(rc_fliptree_struct *tree, const fmpq_mat_t J, const fmpq_mat_t b, slong d,
                            rc_zero_one_visitor found, void *arg, rc_limits *limits)
{
    rc_flip_search s;
    search_init(&s, tree, J, b, d);
    s.found = found;
    s.arg = arg;
    s.limits = limits;
    if (tree) rc_fliptree_reset(tree);
    if (!single_entry_leaf(&s) && rc_flip_choose_rows(&s)) visit_node(&s);
    search_clear(&s);
    return s.limited ? RC_LIMIT : RC_OK;
}
