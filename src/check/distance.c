/* The distance to a fiber: sections 4 (COST, HALL, DISTUPPER, DISTLOWER) and 5 (distance). */

#include "check.h"

/* Γ, g, a bound t, and 1 at the hyperplanes of a flip set (NULL: cost COST'). */
typedef struct {
    const network *X;
    const form *g;
    number t;
    const signed char *flipped;
} costs;

typedef struct {
    number low, high;
} interval;

/* The λ with |λ u_k factor - a_k| <= t (strictly: < t) for all k. False if there is none; u is not 0,
   so the interval is finite. */
static bool solutions(interval *l, mpz_t *u, int factor, const ray *a, size_t n, number t, bool strict) {
    NEW_Q(q);
    *l = (interval){NULL, NULL};
    for (size_t k = 0; k < n; k++) {
        number a_k = entry(a, k), x, y;
        if (mpz_sgn(u[k]) == 0) {
            if (compare(absolute(a_k), t) > -strict) return false;
            continue;
        }
        mpq_set_si(q, factor, 1);
        mpz_mul(mpq_numref(q), mpq_numref(q), u[k]);
        mpq_inv(q, q);
        x = times(rational(q), (mpq_sgn(q) > 0 ? minus : plus)(a_k, t));
        y = times(rational(q), (mpq_sgn(q) > 0 ? plus : minus)(a_k, t));
        l->low = l->low == NULL ? x : larger(l->low, x);
        l->high = l->high == NULL || compare(y, l->high) < 0 ? y : l->high;
        if (compare(l->low, l->high) > -strict) return false;
    }
    return true;
}

/* COST(i, H, ε) <= t (strictly: < t): some λ > 0 is in the interval of the a part and 1/λ in that of
   the c part, which is den times the one solved for. */
static bool cost_within(const costs *c, size_t i, size_t H, int side, bool strict) {
    const form *g = c->g;
    interval l, r;
    NEW_Q(den);
    mpq_set_z(den, g->den);
    if (!solutions(&l, g->u[H], side, &c->X->a[i], g->d, c->t, strict) ||
        !solutions(&r, g->gamma + H * g->D, 1, &c->X->c[i], g->D, c->t, strict)) return false;
    r = (interval){times(r.low, rational(den)), times(r.high, rational(den))};
    if (sign(l.high) <= 0 || sign(r.high) <= 0) return false;
    if (sign(l.low) > 0 && sign(r.low) > 0 && compare(times(l.low, r.low), integer(1)) > -strict)
        return false;
    return compare(integer(1), times(l.high, r.high)) <= -strict;
}

/* COST(i, H, ε) >= t, or COST'(i, H) >= t. */
static bool is_far(const void *context, size_t H, size_t i) {
    const costs *c = context;
    interval l;
    if (c->flipped == NULL) return !solutions(&l, c->g->u[H], 1, &c->X->a[i], c->g->d, c->t, true);
    return !cost_within(c, i, H, c->flipped[H] > 0 ? -1 : 1, true);
}

static void check_costs(value v, const costs *c) {
    json_shape("HALL", v, "hyperplanes neurons");
    check_hall("HALL", json_get(v, "hyperplanes"), c->g->K, json_get(v, "neurons"), c->X, is_far, c);
}

/* ---- flip trees ---------------------------------------------------------------------------- */

typedef struct {
    mpz_t *residual;         /* (-L - Σ_{decided in F} J) den */
    size_t found, halls;
    value hall;              /* with halls: one of them is checked at each flip set */
    costs c;
} flips;

static void flip(walk *w, size_t H, int direction) {
    if (w->side[H] > 0) add_jump(((flips *)w->context)->residual, w->f, H, -direction);
}

static void flip_set(walk *w, value v) {
    flips *c = w->context;
    for (size_t H = 1; H <= w->f->K; H++)
        require(w->side[H] != 0, "FLIPTREE", v, "hyperplane %zu to be decided", H);
    require(all_zero(c->residual, w->f->D * w->f->d), "FLIPTREE", v, "jumps that add up to -L");
    if (c->found++ >= c->halls) return;
    c->c.flipped = w->side;
    check_costs(c->hall, &c->c);
    c->hall = json_next(c->hall);
}

/* <Y, M> or, if M is NULL, <Y, J_H>; Y has the entry y[k] in place i[k]. */
static number product(const form *g, size_t H, mpz_t *M, const size_t *i, const number *y, size_t n) {
    number s = integer(0);
    NEW_Q(x);
    for (size_t k = 0; k < n; k++) {
        if (M != NULL) mpz_set(mpq_numref(x), M[i[k]]);
        else mpz_mul(mpq_numref(x), g->gamma[H * g->D + i[k] / g->d], g->u[H][i[k] % g->d]);
        s = plus(s, times(y[k], rational(x)));
    }
    return s;
}

/* The leaf [p, q, y, ...]: <Y, residual> is outside the range of Σ_{undecided} {0, <Y, J_H>}. */
static void no_flip_set(walk *w, value v) {
    const form *g = w->f;
    size_t n = json_count(v) / 3, *i = memory_new(n, sizeof *i);
    bool *used = memory_new(g->D * g->d, sizeof *used);
    number *y = memory_new(n, sizeof *y), low = integer(0), high = low, s;
    value at = json_list("FLIPTREE", v);
    NEW_Q(r);
    require(n > 0 && json_count(v) % 3 == 0, "FLIPTREE", v, "triples p, q, y");
    for (size_t k = 0; k < n; k++, at = json_next(at)) {
        i[k] = (json_index("FLIPTREE", at, 1, g->D) - 1) * g->d;
        i[k] += json_index("FLIPTREE", at = json_next(at), 1, g->d) - 1;
        rational_read(r, "FLIPTREE", at = json_next(at));
        y[k] = rational(r);
        require(!used[i[k]], "FLIPTREE", v, "distinct entries (p, q)");
        used[i[k]] = true;
    }
    for (size_t H = 1; H <= g->K; H++) {
        s = w->side[H] == 0 ? product(g, H, NULL, i, y, n) : integer(0);
        if (sign(s) < 0) low = plus(low, s);
        else high = plus(high, s);
    }
    s = product(g, 0, ((flips *)w->context)->residual, i, y, n);
    if (compare(s, low) >= 0 && compare(s, high) <= 0)
        reject("FLIPTREE", v, "expected <Y, rest> outside %s..%s, found %s", number_text(low),
               number_text(high), number_text(s));
}

static void leaf(walk *w, value v) {
    void *mark = memory_mark();
    require(is_stop(v) || json_type(v) == JSON_LIST, "FLIPTREE", v, "a node");
    (is_stop(v) ? flip_set : no_flip_set)(w, v);
    memory_release(mark);
}

static size_t walk_flips(value tree, const form *g, flips *c) {
    walk w = {.rule = "FLIPTREE", .f = g, .decide = flip, .leaf = leaf, .context = c};
    c->residual = integers(g->D * g->d);
    for (size_t i = 0; i < g->D * g->d; i++) mpz_neg(c->residual[i], g->L[i]);
    walk_tree(&w, tree);
    return c->found;
}

size_t count_flip_sets(value tree, const form *g) {
    return walk_flips(tree, g, &(flips){.found = 0});
}

/* ---- no parametrization ----------------------------------------------------------------------- */

typedef struct {
    value at;
    const form *g;
    size_t spare, pairs, used;           /* used = |T| */
    mpz_t **row, *M;                     /* rows u_H, H in T, then D rows of M = L + Σ_F J */
} choices;

/* Hyperplane H: neither in T nor in F, in F, or in T. A choice (T, F) is realizable only if the rank
   of M modulo the span of T is at most floor((S - |T|)/2). */
static void choose(choices *c, size_t H) {
    const form *g = c->g;
    size_t rank;
    if (H <= g->K) {
        choose(c, H + 1);
        add_jump(c->M, g, H, 1);
        choose(c, H + 1);
        add_jump(c->M, g, H, -1);
        if (c->used == c->spare) return;
        c->row[c->used++] = g->u[H];
        choose(c, H + 1);
        c->used--;
        return;
    }
    require(++c->pairs <= 1000000, "spare-neurons", c->at, "at most 10^6 pairs (T, F)");
    for (size_t p = 0; p < g->D; p++) c->row[c->used + p] = c->M + p * g->d;
    rank = rank_exact(c->row, c->used + g->D, g->d) - rank_exact(c->row, c->used, g->d);
    if (rank <= (c->spare - c->used) / 2)
        reject("spare-neurons", c->at, "expected a rank > %zu for all (T, F), found %zu",
               (c->spare - c->used) / 2, rank);
}

static void check_unrealizable(value v, size_t m, const form *g) {
    value kind = json_get(v, "unrealizable");
    bool more = json_is(kind, "more-hyperplanes"), tree = json_is(kind, "flip-sets");
    json_shape("DISTLOWER", v, tree ? "unrealizable flip-tree" : "unrealizable");
    require(more || tree || json_is(kind, "spare-neurons"), "DISTLOWER", kind, "a known reason");
    require(more ? g->K > m : tree ? g->K == m : g->K < m, "DISTLOWER", kind,
            "a reason for %zu hyperplanes and %zu neurons", g->K, m);
    if (tree) require(count_flip_sets(json_get(v, "flip-tree"), g) == 0, "DISTLOWER", kind, "no flip set");
    if (!more && !tree) {
        choices c = {.at = v, .g = g, .spare = m - g->K, .row = memory_new(g->K + g->D, sizeof *c.row)};
        require(g->K <= 20, "spare-neurons", v, "at most 10^6 pairs (T, F)");
        c.M = integers(g->D * g->d);
        for (size_t i = 0; i < g->D * g->d; i++) mpz_set(c.M[i], g->L[i]);
        choose(&c, 1);
    }
}

/* ---- DISTLOWER and DISTUPPER -------------------------------------------------------------------- */

number distance_lower(value v, const statement *s, const form *unused) {
    bool tree = json_present(json_get(v, "flip-tree")), hall = json_present(json_get(v, "hall"));
    value halls = json_get(v, "halls");
    form g;
    flips c = {.c = {.X = s->X, .g = &g}};
    (void)unused;
    form_init(&g, s->Y, NULL);
    if (json_present(json_get(v, "unrealizable"))) {
        check_unrealizable(v, s->X->m, &g);
        return NULL;
    }
    json_shape("DISTLOWER", v, tree ? "bound flip-tree halls" : hall ? "bound hall" : "bound");
    c.c.t = number_read("DISTLOWER", json_get(v, "bound"));
    if (tree ? g.K != s->X->m : hall && g.K > s->X->m)
        reject("DISTLOWER", v, "expected %zu hyperplanes, found %zu", s->X->m, g.K);
    if (tree) {
        c.hall = json_list("DISTLOWER", halls);
        c.halls = json_count(halls);
        walk_flips(json_get(v, "flip-tree"), &g, &c);
        require(c.found == c.halls, "DISTLOWER", halls, "a Hall set for each of the %zu flip sets", c.found);
    } else if (hall) {
        check_costs(json_get(v, "hall"), &c.c);
    } else {
        require(sign(c.c.t) <= 0, "DISTLOWER", json_get(v, "bound"), "a bound <= 0, or a Hall set");
    }
    return c.c.t;
}

static void check_assignment(value v, const costs *c) {
    const form *g = c->g;
    value flip_at = json_get(v, "flip"), assignment = json_get(v, "assignment");
    size_t n, *H = json_indices("DISTUPPER", flip_at, g->K, &n);
    bool *in_F = memory_new(g->K + 1, sizeof *in_F);
    mpz_t *M = integers(g->D * g->d);
    for (size_t i = 0; i < g->D * g->d; i++) mpz_set(M[i], g->L[i]);
    for (size_t k = 0; k < n; k++) {
        in_F[H[k]] = true;
        add_jump(M, g, H[k], 1);
    }
    require(all_zero(M, g->D * g->d), "DISTUPPER", flip_at, "a flip set");
    H = json_indices("DISTUPPER", assignment, g->K, &n);
    require(g->K == c->X->m && n == g->K, "DISTUPPER", assignment, "K = m = %zu indices", c->X->m);
    for (size_t i = 0; i < n; i++)
        require(cost_within(c, i, H[i], in_F[H[i]] ? -1 : 1, false), "DISTUPPER", assignment,
                "cost <= %s for neuron %zu", number_text(c->t), i + 1);
}

number distance_upper(value v, const statement *s, const form *unused) {
    const network *X = s->X, *phi;
    value at = json_get(v, "phi");
    number distance;
    form g;
    costs c = {.X = X, .g = &g};
    (void)unused;
    json_shape("DISTUPPER", v, json_present(at) ? "bound phi" : "bound flip assignment");
    c.t = number_read("DISTUPPER", json_get(v, "bound"));
    form_init(&g, s->Y, NULL);
    if (!json_present(at)) {
        check_assignment(v, &c);
        return c.t;
    }
    phi = network_read_shape("DISTUPPER", at, X->d, X->m, X->D);
    require(same_realization(phi, s->Y), "DISTUPPER", at, "a parametrization of g");
    distance = network_distance(phi, X);
    if (compare(distance, c.t) > 0)
        reject("DISTUPPER", at, "expected distance <= %s, found %s", number_text(c.t), number_text(distance));
    return c.t;
}
