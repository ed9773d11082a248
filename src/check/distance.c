/* The distance of Γ to the fiber of g: sections 4 (COST, HALL, DISTUPPER, DISTLOWER) and 5 (distance). */

#include "check.h"

/* X: Γ; t: the bound of the costs; side: 1 at the hyperplanes of a flip set F, NULL for the cost COST';
   M: (L + Σ_F J) den; found, halls: how many flip sets and HALLs there are; hall: the next of these. */
typedef struct {
    const network *X; const form *g; number t; signed char *side; mpz_t *M; size_t found, halls; value hall;
} fiber;

/* M = L + Σ_F J for F = {H: side[H] = 1}. */
static void add_jumps(mpz_t *M, const form *g, const signed char *side) {
    for (size_t i = 0; i < g->D * g->d; i++) mpz_set(M[i], g->L[i]);
    for (size_t H = 1; H <= g->K; H++)
        if (side[H] == 1) add_jump(M, g, H, 1);
}

typedef struct { number low, high; } interval;

/* The λ with |λ u_k / den - a_k| <= t (strictly: < t) for all k. False if there is none; u is not 0, so
   the interval is finite. */
static bool solutions(interval *l, mpz_t *u, const mpz_t den, const ray *a, size_t n, number t, bool strict) {
    NEW_Q(q);
    *l = (interval){NULL, NULL};
    for (size_t k = 0; k < n; k++) {
        number a_k = entry(a, k);
        if (mpz_sgn(u[k]) == 0 && compare(absolute(a_k), t) > -strict) return false;
        if (mpz_sgn(u[k]) == 0) continue;
        mpq_set_num(q, den);
        mpq_set_den(q, u[k]);
        mpq_canonicalize(q);
        number low = times(rational(q), (mpq_sgn(q) > 0 ? minus : plus)(a_k, t));
        number high = times(rational(q), (mpq_sgn(q) > 0 ? plus : minus)(a_k, t));
        l->low = l->low == NULL ? low : larger(l->low, low);
        l->high = l->high == NULL || compare(high, l->high) < 0 ? high : l->high;
        if (compare(l->low, l->high) > -strict) return false;
    }
    return true;
}

/* COST(i, H, ε) <= t (strictly: < t): some λ > 0 is in the interval of the a part and 1/λ in that of the
   c part. COST'(i, H) <= t: some λ is in the former for ε = 1. */
static bool cost_within(const fiber *c, size_t i, size_t H, bool strict) {
    const form *g = c->g;
    interval l, r;
    NEW_Z(epsilon);
    mpz_set_si(epsilon, c->side != NULL && c->side[H] > 0 ? -1 : 1);
    if (!solutions(&l, g->u[H], epsilon, &c->X->a[i], g->d, c->t, strict)) return false;
    if (c->side == NULL) return true;
    return solutions(&r, g->gamma + H * g->D, g->den, &c->X->c[i], g->D, c->t, strict) &&
           sign(l.high) > 0 && sign(r.high) > 0 && compare(integer(1), times(l.high, r.high)) <= -strict &&
           (sign(l.low) <= 0 || sign(r.low) <= 0 || compare(times(l.low, r.low), integer(1)) <= -strict);
}

static bool is_far(const void *c, size_t H, size_t i) { return !cost_within(c, i, H, true); }

static void check_costs(value v, const fiber *c) {
    json_shape("HALL", v, "hyperplanes neurons");
    check_hall("HALL", json_get(v, "hyperplanes"), c->g->K, json_get(v, "neurons"), c->X, is_far, c);
}

/* ---- flip trees ---------------------------------------------------------------------------- */

static void flip(walk *w, size_t H, int direction) {
    if (w->side[H] > 0) add_jump(((fiber *)w->context)->M, w->f, H, direction);
}

static void flip_set(walk *w, value v) {
    fiber *c = w->context;
    for (size_t H = 1; H <= w->f->K; H++)
        require(w->side[H] != 0, "FLIPTREE", v, "hyperplane %zu to be decided", H);
    require(all_zero(c->M, w->f->D * w->f->d), "FLIPTREE", v, "jumps that add up to -L");
    if (c->found++ >= c->halls) return;
    c->side = w->side;
    check_costs(c->hall, c);
    c->hall = json_next(c->hall);
}

/* The leaf [p, q, y, ...]: 0 is outside <Y, M> + Σ_{undecided} {0, <Y, J_H>}. (<Y, M> stands as number
   0, which is never decided.) */
static void no_flip_set(walk *w, value v) {
    const form *g = w->f;
    size_t n = json_count(v) / 3, *i = memory_new(n, sizeof *i);
    bool *used = memory_new(g->D * g->d, sizeof *used);
    number *y = memory_new(n, sizeof *y), low = integer(0), high = low;
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
    for (size_t H = 0; H <= g->K; H++) {
        number s = integer(0);
        for (size_t k = 0; k < n && w->side[H] == 0; k++) {
            mpq_set_z(r, ((fiber *)w->context)->M[i[k]]);
            if (H > 0) mpz_mul(mpq_numref(r), g->gamma[H * g->D + i[k] / g->d], g->u[H][i[k] % g->d]);
            s = plus(s, times(y[k], rational(r)));
        }
        if (H == 0 || sign(s) < 0) low = plus(low, s);
        if (H == 0 || sign(s) > 0) high = plus(high, s);
    }
    if (sign(low) <= 0 && sign(high) >= 0)
        reject("FLIPTREE", v, "expected 0 outside the values of <Y, L + jumps>, found them in %s..%s",
               number_text(low), number_text(high));
}

static void leaf(walk *w, value v) {
    void *mark = memory_mark();
    (is_stop(v) ? flip_set : no_flip_set)(w, v);
    memory_release(mark);
}

static size_t walk_flips(value tree, fiber *c) {
    walk w = {.rule = "FLIPTREE", .f = c->g, .decide = flip, .leaf = leaf, .context = c};
    c->M = integers(c->g->D * c->g->d);
    add_jumps(c->M, c->g, memory_new(c->g->K + 1, 1));
    walk_tree(&w, tree);
    return c->found;
}

size_t count_flip_sets(value tree, const form *g) { return walk_flips(tree, &(fiber){.g = g}); }

/* ---- DISTLOWER and DISTUPPER -------------------------------------------------------------------- */

/* choice[H] says whether hyperplane H is in F (1), in T (2), or in neither (0). (T, F) is realizable only if the
   rank of M = L + Σ_F J modulo the span of the u_H, H in T, is at most floor((S - |T|)/2). The choices with
   |T| <= S are counted through in base 3. `only`: the one that may be realizable, and must be in the way that
   leaves no freedom: with S = |T|, or with one pair of neurons and T empty. NULL: none may. */
void check_choices(const char *rule, value at, const form *g, size_t S, const signed char *only) {
    size_t pairs = 0, T, H, rank;
    bool met = only == NULL;
    signed char *choice = memory_new(g->K + 2, 1);
    mpz_t **row = memory_new(g->K + g->D, sizeof *row), *M = integers(g->D * g->d);
    do {
        require(g->K <= 20 && ++pairs <= 1000000, rule, at, "at most 10^6 pairs (T, F)");
        add_jumps(M, g, choice);
        for (H = 1, T = 0; H <= g->K; H++)
            if (choice[H] == 2) row[T++] = g->u[H];
        for (size_t p = 0; p < g->D; p++) row[T + p] = M + p * g->d;
        rank = rank_exact(row, T + g->D, g->d) - rank_exact(row, T, g->d);
        bool same = only != NULL && memcmp(choice + 1, only + 1, g->K) == 0;
        if (rank <= (S - T) / 2 && !same)
            reject(rule, at, "expected a rank > %zu for all %s(T, F), found %zu", (S - T) / 2,
                   only ? "other " : "", rank);
        met |= same && 2 * rank == S - T && (S == T || S == 2);
        for (H = 1; choice[H] == 2 || (choice[H] == 1 && T == S); choice[H++] = 0)    /* the carries */
            T -= choice[H] == 2;
        choice[H]++;
    } while (H <= g->K);
    require(met, rule, at, "a choice (T, F) that leaves no freedom");
}

number distance_lower(value v, const statement *s, const form *g) {
    value reason = json_get(v, "unrealizable"), flips = json_get(v, "flip-tree"), halls = json_get(v, "halls");
    bool infinite = json_present(reason), tree = json_present(flips), hall = json_present(json_get(v, "hall"));
    bool more = json_is(reason, "more-hyperplanes"), spare = json_is(reason, "spare-neurons");
    size_t K = g->K, m = s->X->m;
    fiber c = {.X = s->X, .g = g, .halls = json_present(halls) ? json_count(halls) : 0};
    json_shape("DISTLOWER", v, tree && infinite ? "unrealizable=flip-sets flip-tree" : infinite ? "unrealizable"
                               : tree ? "bound flip-tree halls" : hall ? "bound hall" : "bound");
    require(!infinite || tree || more || spare, "DISTLOWER", reason, "a known reason");
    require(tree ? K == m : more ? K > m : spare ? K < m : K <= m || !hall, "DISTLOWER", v,
            "evidence for %zu hyperplanes and %zu neurons", K, m);
    if (!infinite) c.t = number_read("DISTLOWER", json_get(v, "bound"));
    if (tree && !infinite) c.hall = json_list("DISTLOWER", halls);
    if (tree) require(walk_flips(flips, &c) == c.halls, "DISTLOWER", v, "as many HALLs as flip sets: %zu", c.found);
    if (spare) check_choices("spare-neurons", v, g, m - K, NULL);
    if (hall) check_costs(json_get(v, "hall"), &c);
    require(infinite || tree || hall || sign(c.t) <= 0, "DISTLOWER", v, "a bound <= 0, or a HALL");
    return c.t;
}

number distance_upper(value v, const statement *s, const form *g) {
    value at = json_get(v, "phi"), assignment = json_get(v, "assignment");
    const network *X = s->X, *phi;
    fiber c = {.X = X, .g = g, .side = memory_new(g->K + 1, 1), .M = integers(g->D * g->d)};
    json_shape("DISTUPPER", v, json_present(at) ? "bound phi" : "bound flip assignment");
    c.t = number_read("DISTUPPER", json_get(v, "bound"));
    if (json_present(at)) {
        phi = network_read_shape("DISTUPPER", at, X->d, X->m, X->D);
        require(same_realization(phi, s->Y), "DISTUPPER", at, "a parametrization of g");
        number distance = network_distance(phi, X);
        if (compare(distance, c.t) > 0)
            reject("DISTUPPER", at, "expected distance <= %s, found %s", number_text(c.t), number_text(distance));
        return c.t;
    }
    size_t n, *H = json_indices("DISTUPPER", json_get(v, "flip"), g->K, &n);
    for (size_t k = 0; k < n; k++) c.side[H[k]] = 1;
    add_jumps(c.M, g, c.side);
    require(all_zero(c.M, g->D * g->d), "DISTUPPER", json_get(v, "flip"), "a flip set");
    H = json_indices("DISTUPPER", assignment, g->K, &n);
    require(g->K == X->m && n == X->m, "DISTUPPER", assignment, "K = m = %zu indices", X->m);
    for (size_t i = 0; i < n; i++)
        require(cost_within(&c, i, H[i], false), "DISTUPPER", assignment, "cost <= %s for neuron %zu",
                number_text(c.t), i + 1);
    return c.t;
}
