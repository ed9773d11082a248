/* Enumeration of the ways to realize g with m neurons, and a network for one of them. */
#include "theory/realize.h"

#include <string.h>

#include "theory/fliptree.h"

#define MAX_CHOICES 10000000
#define FIRST_NODES 5000

typedef struct {
    const rc_canonical_struct *g;
    slong m, spare;
    bool *extra, *flip;
    slong taken;                /* |T| */
    fmpq_mat_t span;            /* rref of the rows u_H, H in T (K x d) */
    slong span_rank, *span_pivot;
    slong others, *other;       /* the complement of T */
    rc_structure_visitor visit;
    void *arg;
    rc_limits *limits;
    size_t choices, effort;     /* effort: choices after which a search that has found something ends; 0: none */
    bool stopped, limited, found;
} enumeration;

/* M (D x d) -= M[:, pivots] span: the rows of M modulo the span of T. */
static void reduce(fmpq_mat_t M, const enumeration *n)
{
    fmpq_t x;
    fmpq_init(x);
    for (slong p = 0; p < n->g->D; p++)
        for (slong k = 0; k < n->span_rank; k++) {
            fmpq_set(x, fmpq_mat_entry(M, p, n->span_pivot[k]));
            if (fmpq_is_zero(x)) continue;
            for (slong j = 0; j < n->g->d; j++) fmpq_submul(fmpq_mat_entry(M, p, j), x, fmpq_mat_entry(n->span, k, j));
        }
    fmpq_clear(x);
}

/* M = L + sum over F of J_H. */
static void flipped_linear_part(fmpq_mat_t M, const rc_canonical_t g, const bool *flip)
{
    fmpq_t x;
    fmpq_init(x);
    fmpq_mat_set(M, g->L);
    for (slong H = 0; H < g->K; H++)
        for (slong p = 0; flip[H] && p < g->D; p++)
            for (slong j = 0; j < g->d; j++) {
                fmpq_mul_fmpz(x, fmpq_mat_entry(g->gamma, H, p), fmpz_mat_entry(g->u, H, j));
                fmpq_add(fmpq_mat_entry(M, p, j), fmpq_mat_entry(M, p, j), x);
            }
    fmpq_clear(x);
}

/* W with sum_T W_H u_H^T = M, which lies in the span. */
static void solve_span(fmpq_mat_t W, const fmpq_mat_t M, const enumeration *n)
{
    fmpq_mat_zero(W);
    if (n->taken == 0) return;
    slong d = n->g->d, D = n->g->D;
    fmpq_mat_t T, X, B;
    fmpq_mat_init(T, d, n->taken);
    fmpq_mat_init(X, n->taken, D);
    fmpq_mat_init(B, d, D);
    slong t = 0;
    for (slong H = 0; H < n->g->K; H++) {
        if (!n->extra[H]) continue;
        for (slong j = 0; j < d; j++) fmpz_set(fmpq_numref(fmpq_mat_entry(T, j, t)), fmpz_mat_entry(n->g->u, H, j));
        t++;
    }
    fmpq_mat_transpose(B, M);
    if (rc_solve_reduced(X, T, B)) {
        t = 0;
        for (slong H = 0; H < n->g->K; H++) {
            if (!n->extra[H]) continue;
            for (slong p = 0; p < D; p++) fmpq_set(fmpq_mat_entry(W, H, p), fmpq_mat_entry(X, t, p));
            t++;
        }
    }
    fmpq_mat_clear(T);
    fmpq_mat_clear(X);
    fmpq_mat_clear(B);
}

/* False when the search is over. */
static bool count_choice(enumeration *n)
{
    if (n->found && n->effort && n->choices >= n->effort) n->stopped = true;
    else if (++n->choices > MAX_CHOICES || !rc_limits_visit(n->limits, "realizations")) n->limited = true;
    return !n->stopped && !n->limited;
}

/* One choice (T, F): visits its structure if the rank modulo the span is small enough. */
static void try_choice(enumeration *n)
{
    slong D = n->g->D, d = n->g->d, allowed = (n->spare - n->taken) / 2;
    if (!count_choice(n)) return;
    fmpq_mat_t M, rest, rref;
    fmpq_mat_init(M, D, d);
    fmpq_mat_init(rest, D, d);
    fmpq_mat_init(rref, D, d);
    flipped_linear_part(M, n->g, n->flip);
    fmpq_mat_set(rest, M);
    reduce(rest, n);
    slong rank = fmpq_mat_rref(rref, rest);
    if (rank <= allowed) {
        rc_structure_struct s = {.g = n->g, .m = n->m, .extra = n->extra, .flip = n->flip, .pairs = rank};
        fmpq_mat_init(s.W, n->g->K, D);
        fmpq_mat_init(s.x, rank, D);
        fmpq_mat_init(s.v, rank, d);
        /* rest = (its pivot columns) rref. */
        slong c = 0;
        for (slong k = 0; k < rank; k++) {
            while (fmpq_is_zero(fmpq_mat_entry(rref, k, c))) c++;
            for (slong p = 0; p < D; p++) fmpq_set(fmpq_mat_entry(s.x, k, p), fmpq_mat_entry(rest, p, c));
            for (slong j = 0; j < d; j++) fmpq_set(fmpq_mat_entry(s.v, k, j), fmpq_mat_entry(rref, k, j));
        }
        fmpq_mat_sub(M, M, rest);
        solve_span(s.W, M, n);
        n->found = true;
        if (!n->visit(n->arg, &s)) n->stopped = true;
        fmpq_mat_clear(s.W);
        fmpq_mat_clear(s.x);
        fmpq_mat_clear(s.v);
    }
    fmpq_mat_clear(M);
    fmpq_mat_clear(rest);
    fmpq_mat_clear(rref);
}

static bool try_solution(void *arg, const bool *z)
{
    enumeration *n = arg;
    for (slong k = 0; k < n->others; k++) n->flip[n->other[k]] = z[k];
    try_choice(n);
    return !n->stopped && !n->limited;
}

/* Rank 0 is asked for: F solves a linear system in zeros and ones. */
static void try_linear(enumeration *n)
{
    slong D = n->g->D, d = n->g->d;
    fmpq_mat_t J, b, M;
    fmpq_mat_init(J, D * d, n->others);
    fmpq_mat_init(b, D * d, 1);
    fmpq_mat_init(M, D, d);
    for (slong k = -1; k < n->others; k++) {
        for (slong p = 0; p < D; p++)
            for (slong j = 0; j < d; j++) {
                fmpq *x = fmpq_mat_entry(M, p, j);
                if (k < 0) fmpq_neg(x, fmpq_mat_entry(n->g->L, p, j));
                else
                    fmpq_mul_fmpz(x, fmpq_mat_entry(n->g->gamma, n->other[k], p),
                                  fmpz_mat_entry(n->g->u, n->other[k], j));
            }
        reduce(M, n);
        for (slong p = 0; p < D; p++)
            for (slong j = 0; j < d; j++)
                fmpq_set(k < 0 ? fmpq_mat_entry(b, p * d + j, 0) : fmpq_mat_entry(J, p * d + j, k),
                         fmpq_mat_entry(M, p, j));
    }
    if (rc_zero_one_solve(NULL, J, b, d, try_solution, n, n->limits) != RC_OK) n->limited = true;
    fmpq_mat_clear(J);
    fmpq_mat_clear(b);
    fmpq_mat_clear(M);
}

/* All F, or, where any F will do, the empty one and the single ones. */
static void try_all(enumeration *n, bool any)
{
    memset(n->flip, 0, (size_t) n->g->K * sizeof(bool));
    if (any) {
        try_choice(n);
        for (slong k = 0; k < n->others && !n->stopped && !n->limited; k++) {
            n->flip[n->other[k]] = true;
            try_choice(n);
            n->flip[n->other[k]] = false;
        }
        return;
    }
    while (!n->stopped && !n->limited) {
        try_choice(n);
        slong k = 0;
        for (; k < n->others && n->flip[n->other[k]]; k++) n->flip[n->other[k]] = false;
        if (k == n->others) break;
        n->flip[n->other[k]] = true;
    }
}

/* The span of the u_H, H in T, and the complement of T. */
static void set_span(enumeration *n)
{
    const rc_canonical_struct *g = n->g;
    slong row = 0;
    fmpq_mat_zero(n->span);
    n->others = 0;
    for (slong H = 0; H < g->K; H++) {
        if (!n->extra[H]) {
            n->other[n->others++] = H;
            continue;
        }
        for (slong j = 0; j < g->d; j++)
            fmpz_set(fmpq_numref(fmpq_mat_entry(n->span, row, j)), fmpz_mat_entry(g->u, H, j));
        row++;
    }
    n->span_rank = fmpq_mat_rref(n->span, n->span);
    slong c = 0;
    for (slong k = 0; k < n->span_rank; k++) {
        while (fmpq_is_zero(fmpq_mat_entry(n->span, k, c))) c++;
        n->span_pivot[k] = c;
    }
    memset(n->flip, 0, (size_t) g->K * sizeof(bool));
}

/* All F for the present T. */
static void try_extra(enumeration *n)
{
    if (!count_choice(n)) return;
    set_span(n);
    slong allowed = (n->spare - n->taken) / 2, most = FLINT_MIN(n->g->D, n->g->d - n->span_rank);
    if (allowed >= most) try_all(n, true);
    else if (allowed == 0) try_linear(n);
    else try_all(n, false);
}

/* The likely ones first: no extra neuron and no flip, then flip sets proper, within FIRST_NODES nodes. The full
   enumeration meets them again. */
static void try_first(enumeration *n)
{
    rc_limits first, *given = n->limits;
    rc_limits_init(&first);
    if (given) {
        first.deadline = given->deadline;
        first.stop = given->stop;
    }
    first.max_cells = FIRST_NODES;
    set_span(n);
    try_choice(n);
    n->limits = &first;
    if (!n->stopped && !n->limited) try_linear(n);
    n->limits = given;
    n->limited = false;
}

/* All T of the given size, lexicographically. */
static void choose_extra(enumeration *n, slong from, slong left)
{
    if (n->stopped || n->limited) return;
    if (left == 0) {
        try_extra(n);
        return;
    }
    for (slong H = from; H + left <= n->g->K; H++) {
        n->extra[H] = true;
        choose_extra(n, H + 1, left - 1);
        n->extra[H] = false;
    }
}

rc_status rc_structures(const rc_canonical_t g, slong m, rc_structure_visitor visit, void *arg, size_t effort,
                        rc_limits *limits)
{
    if (g->K > m) return RC_OK;
    size_t room = (size_t) g->K + 1;
    enumeration n = {.g = g, .m = m, .spare = m - g->K, .visit = visit, .arg = arg, .effort = effort, .limits = limits};
    n.extra = flint_calloc(room, sizeof(bool));
    n.flip = flint_calloc(room, sizeof(bool));
    n.other = flint_malloc(room * sizeof(slong));
    n.span_pivot = flint_malloc(room * sizeof(slong));
    fmpq_mat_init(n.span, g->K, g->d);
    try_first(&n);
    for (n.taken = 0; n.taken <= FLINT_MIN(n.spare, g->K) && !n.stopped && !n.limited; n.taken++)
        choose_extra(&n, 0, n.taken);
    flint_free(n.extra);
    flint_free(n.flip);
    flint_free(n.other);
    flint_free(n.span_pivot);
    fmpq_mat_clear(n.span);
    return n.limited ? RC_LIMIT : RC_OK;
}

/* Row `row` of parts = (sign * u_H, gamma). */
static void part_on_hyperplane(rc_canonical_t parts, slong row, const rc_canonical_struct *g, slong H, int sign)
{
    for (slong j = 0; j < g->d; j++) {
        fmpz_set(fmpz_mat_entry(parts->u, row, j), fmpz_mat_entry(g->u, H, j));
        if (sign < 0) fmpz_neg(fmpz_mat_entry(parts->u, row, j), fmpz_mat_entry(parts->u, row, j));
    }
}

static bool row_is_zero(const fmpq_mat_t M, slong i)
{
    for (slong j = 0; j < fmpq_mat_ncols(M); j++)
        if (!fmpq_is_zero(fmpq_mat_entry(M, i, j))) return false;
    return true;
}

/* H in T: c_1 rho(u x) + c_2 rho(-u x) has the jump c_1 + c_2 = gamma_H and adds -c_2 u^T = W_H u^T to L. */
static slong parts_of_extra(rc_canonical_t parts, slong row, const rc_structure_struct *s, slong H)
{
    slong D = s->g->D;
    fmpq *total = _fmpq_vec_init(D);
    bool zero = true;
    for (slong p = 0; p < D; p++) {
        fmpq_add(total + p, fmpq_mat_entry(s->g->gamma, H, p), fmpq_mat_entry(s->W, H, p));
        zero = zero && fmpq_is_zero(total + p);
    }
    if (!zero) {
        part_on_hyperplane(parts, row, s->g, H, 1);
        for (slong p = 0; p < D; p++) fmpq_set(fmpq_mat_entry(parts->gamma, row, p), total + p);
        row++;
    }
    if (!row_is_zero(s->W, H)) {
        part_on_hyperplane(parts, row, s->g, H, -1);
        for (slong p = 0; p < D; p++) fmpq_neg(fmpq_mat_entry(parts->gamma, row, p), fmpq_mat_entry(s->W, H, p));
        row++;
    }
    _fmpq_vec_clear(total, D);
    return row;
}

static slong parts_of_pair(rc_canonical_t parts, slong row, const rc_structure_struct *s, slong k)
{
    slong d = s->g->d;
    fmpz *u = _fmpz_vec_init(d);
    fmpq_t t;
    fmpq_init(t);
    rc_primitive(u, t, fmpq_mat_entry(s->v, k, 0), d);
    for (int side = 0; side < 2; side++, row++) {
        for (slong j = 0; j < d; j++) {
            fmpz_set(fmpz_mat_entry(parts->u, row, j), u + j);
            if (side) fmpz_neg(fmpz_mat_entry(parts->u, row, j), u + j);
        }
        for (slong p = 0; p < s->g->D; p++) {
            fmpq *x = fmpq_mat_entry(parts->gamma, row, p);
            fmpq_mul(x, fmpq_mat_entry(s->x, k, p), t);
            if (side) fmpq_neg(x, x);
        }
    }
    _fmpz_vec_clear(u, d);
    fmpq_clear(t);
    return row;
}

void rc_structure_parts(rc_canonical_t parts, const rc_structure_struct *s)
{
    const rc_canonical_struct *g = s->g;
    slong row = 0;
    rc_canonical_clear(parts);
    rc_canonical_init(parts);
    parts->d = parts->width = g->d;
    parts->D = g->D;
    fmpz_mat_clear(parts->u);
    fmpq_mat_clear(parts->gamma);
    fmpq_mat_clear(parts->L);
    fmpz_mat_init(parts->u, s->m, g->d);
    fmpq_mat_init(parts->gamma, s->m, g->D);
    fmpq_mat_init(parts->L, g->D, g->d);
    for (slong H = 0; H < g->K; H++) {
        if (s->extra[H]) {
            row = parts_of_extra(parts, row, s, H);
            continue;
        }
        part_on_hyperplane(parts, row, g, H, s->flip[H] ? -1 : 1);
        for (slong p = 0; p < g->D; p++) fmpq_set(fmpq_mat_entry(parts->gamma, row, p), fmpq_mat_entry(g->gamma, H, p));
        row++;
    }
    for (slong k = 0; k < s->pairs; k++) row = parts_of_pair(parts, row, s, k);
    parts->K = row;
}

void rc_structure_network(rc_network_t phi, const rc_structure_struct *s)
{
    rc_canonical_t parts;
    rc_network_t result;
    rc_canonical_init(parts);
    rc_structure_parts(parts, s);
    rc_network_init(result, RC_SHALLOW, s->g->d, s->m, s->g->D);
    for (slong i = 0; i < parts->K; i++) {
        for (slong j = 0; j < parts->d; j++)
            fmpz_set(fmpq_numref(fmpq_mat_entry(result->u, i, j)), fmpz_mat_entry(parts->u, i, j));
        for (slong p = 0; p < parts->D; p++)
            fmpq_set(fmpq_mat_entry(result->gamma, i, p), fmpq_mat_entry(parts->gamma, i, p));
    }
    rc_network_swap(phi, result);
    rc_network_clear(result);
    rc_canonical_clear(parts);
}

typedef struct {
    rc_network_struct *phi;
    bool found;
} realization;

static bool keep_first(void *arg, const rc_structure_struct *s)
{
    realization *r = arg;
    rc_structure_network(r->phi, s);
    r->found = true;
    return false;
}

rc_status rc_fiber_realize(rc_network_t phi, const rc_canonical_t g, slong m, rc_limits *limits)
{
    realization r = {phi, false};
    rc_status status = rc_structures(g, m, keep_first, &r, 0, limits);
    if (r.found) return RC_OK;
    return status == RC_OK ? RC_UNDEFINED : status;
}
