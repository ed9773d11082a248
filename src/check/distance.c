/* The distance of Γ to the fiber of g: sections 4 (COST, HALL, DISTUPPER, DISTLOWER) and 5 (distance). */

#include "check.h"

/* X: Γ; t: the bound of the costs; side: 1 at the hyperplanes of a flip set F, NULL for the cost COST';
   M: (L + Σ_F J) den; found, halls: how many flip sets and HALLs there are; hall: the next of these. */
typedef struct {
    const network *X; const form *g; number t; signed char *side; matrix M; size_t found, halls; value hall;
} fiber;

/* L + Σ_F J for F = {H: side[H] = 1}. */
static matrix add_jumps(const form *g, const signed char *side_of) {
    matrix M = matrix_linear(g, 1);
    for (size_t H = 1; H <= g->K; H++)
        if (side_of[H] == 1) add_jump(&M, g, H, 1);
    return M;
}

/* The ends of the λ with |λ u_k - a_k| <= t for the k with u_k ≠ 0; the ±a_k of those with u_k = 0; known: each u_k
   is one or the other for all values. */
typedef struct { values low, high, flat; bool known; } interval;

static interval solutions(number *u, const ray *a, size_t n, number t) {
    interval l = {.known = true};
    for (size_t k = 0; k < n; k++) {
        number a_k = entry(a, k);
        int s = side(u[k]);
        if (is_null(u[k])) {
            values_add(&l.flat, a_k, 1);
            values_add(&l.flat, negative(a_k), 1);
        } else if (s == 0) {
            l.known = false;
        } else {
            number scale = inverse(u[k]);
            values_add(&l.low, times(scale, (s > 0 ? minus : plus)(a_k, t)), 1);
            values_add(&l.high, times(scale, (s > 0 ? plus : minus)(a_k, t)), -1);
        }
    }
    return l;
}

/* Is x_i y_j >= 1 (<= 1, for above = false) for some (all) i, j? With `low` only positive x_i, y_j count. */
static bool products(values x, values y, bool low, bool some, bool above) {
    for (size_t i = 0; i < x.n; i++)
        for (size_t j = 0; j < y.n; j++) {
            number xy = times(x.x[i], y.x[j]), one = integer(1), zero = integer(0);
            bool holds = above ? at_least(xy, one) : at_least(one, xy);
            if (low && some) holds = holds && exceeds(x.x[i], zero);
            if (low && !some) holds = holds || at_least(zero, x.x[i]) || at_least(zero, y.x[j]);
            if (holds == some) return some;
        }
    return !some;
}

static bool meet(interval l, number t, bool oriented) {
    bool good = l.known && all_below(l.flat, t, false);
    for (size_t i = 0; i < l.high.n; i++)
        good = good && all_below(l.low, l.high.x[i], false) && (!oriented || exceeds(l.high.x[i], integer(0)));
    return good;
}

static bool miss(interval l, number t, bool oriented) {
    bool good = some_above(l.flat, t, false);
    for (size_t i = 0; i < l.high.n; i++)
        good = good || some_above(l.low, l.high.x[i], false) || (oriented && at_least(integer(0), l.high.x[i]));
    return good;
}

/* COST(i, H, ε) <= t (far: >= t): there is (no) λ > 0 in the interval of the a part with 1/λ in that of the c part; for
   far, in their interiors. COST'(i, H): the former only, for ε = 1 and any λ. */
static bool cost_is(const fiber *c, size_t i, size_t H, bool far) {
    const form *g = c->g;
    number *u = memory_new(g->d, sizeof *u), *gamma = memory_new(g->D, sizeof *gamma);
    bool oriented = c->side != NULL;
    for (size_t k = 0; k < g->d; k++) u[k] = line_entry(g, H, k);
    for (size_t k = 0; k < g->d && oriented && c->side[H] > 0; k++) u[k] = negative(u[k]);
    for (size_t p = 0; p < g->D; p++) gamma[p] = output_entry(g, H, p);
    interval l = solutions(u, &c->X->a[i], g->d, c->t), r;
    bool done = (far ? miss : meet)(l, c->t, oriented);
    if (done == far || !oriented) return done;
    r = solutions(gamma, &c->X->c[i], g->D, c->t);
    return far ? miss(r, c->t, true) || products(l.low, r.low, true, true, true) ||
                     products(l.high, r.high, false, true, false)
               : meet(r, c->t, true) && products(l.low, r.low, true, false, false) &&
                     products(l.high, r.high, false, false, true);
}

static bool is_far(const void *c, size_t H, size_t i) { return cost_is(c, i, H, true); }

static void check_costs(value v, const fiber *c) {
    value at = json_list("HALL", json_get(v, "hyperplanes"));
    json_shape("HALL", v, "hyperplanes neurons");
    for (size_t n = json_count(json_get(v, "hyperplanes")); n > 0; n--, at = json_next(at))
        require(!c->g->family || c->g->sure[json_index("HALL", at, 1, c->g->K)], "HALL", at,
                "a hyperplane that is always there, and apart from the others");
    check_hall("HALL", json_get(v, "hyperplanes"), c->g->K, json_get(v, "neurons"), c->X, is_far, c);
}

/* ---- flip trees ---------------------------------------------------------------------------- */

static void flip(walk *w, size_t H, int direction_of) {
    if (w->side[H] > 0) add_jump(&((fiber *)w->context)->M, w->f, H, direction_of);
}

static void flip_set(walk *w, value v) {
    fiber *c = w->context;
    for (size_t H = 1; H <= w->f->K; H++)
        require(w->side[H] != 0, "FLIPTREE", v, "hyperplane %zu to be decided", H);
    require(matrix_is_null(&c->M, w->f), "FLIPTREE", v, "jumps that add up to -L");
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
    require(n > 0 && json_count(v) % 3 == 0, "FLIPTREE", v, "triples p, q, y");
    for (size_t k = 0; k < n; k++, at = json_next(at)) {
        i[k] = (json_index("FLIPTREE", at, 1, g->D) - 1) * g->d;
        i[k] += json_index("FLIPTREE", at = json_next(at), 1, g->d) - 1;
        y[k] = number_read("FLIPTREE", at = json_next(at));
        require(!used[i[k]], "FLIPTREE", v, "distinct entries (p, q)");
        used[i[k]] = true;
    }
    for (size_t H = 0; H <= g->K; H++) {
        number s = integer(0);
        for (size_t k = 0; k < n && w->side[H] == 0; k++)
            s = plus(s, times(y[k], H > 0 ? jump_entry(g, H, i[k]) : matrix_entry(&((fiber *)w->context)->M, g, i[k])));
        if (H == 0 || weak_side(s) < 0) low = plus(low, s);
        if (H == 0 || weak_side(s) > 0) high = plus(high, s);
    }
    if (side(low) <= 0 && side(high) >= 0)
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
    c->M = matrix_linear(c->g, 1);
    require(all_sure(c->g), "FLIPTREE", tree, "hyperplanes that are always there, and apart");
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
    mpz_t **row = memory_new(g->K + g->D, sizeof *row);
    require(!g->family, rule, at, "a claim that is not about all values");
    do {
        void *mark = memory_mark();
        matrix M = add_jumps(g, choice);
        require(g->K <= 20 && ++pairs <= 1000000, rule, at, "at most 10^6 pairs (T, F)");
        for (H = 1, T = 0; H <= g->K; H++)
            if (choice[H] == 2) row[T++] = g->u[H];
        for (size_t p = 0; p < g->D; p++) row[T + p] = M.z + p * g->d;
        rank = rank_exact(row, T + g->D, g->d) - rank_exact(row, T, g->d);
        bool same = only != NULL && memcmp(choice + 1, only + 1, g->K) == 0;
        if (rank <= (S - T) / 2 && !same)
            reject(rule, at, "expected a rank > %zu for all %s(T, F), found %zu", (S - T) / 2,
                   only ? "other " : "", rank);
        met |= same && 2 * rank == S - T && (S == T || S == 2);
        for (H = 1; choice[H] == 2 || (choice[H] == 1 && T == S); choice[H++] = 0)    /* the carries */
            T -= choice[H] == 2;
        choice[H]++;
        memory_release(mark);
    } while (H <= g->K);
    require(met, rule, at, "a choice (T, F) that leaves no freedom");
}

values distance_lower(value v, const statement *s, const form *g) {
    value reason = json_get(v, "unrealizable"), flips = json_get(v, "flip-tree"), halls = json_get(v, "halls");
    bool infinite = json_present(reason), tree = json_present(flips), hall = json_present(json_get(v, "hall"));
    bool more = json_is(reason, "more-hyperplanes"), spare = json_is(reason, "spare-neurons");
    size_t K = g->K, m = s->X->m;
    values least = {0, NULL};
    fiber c = {.X = s->X, .g = g, .halls = json_present(halls) ? json_count(halls) : 0};
    json_shape("DISTLOWER", v, tree && infinite ? "unrealizable=flip-sets flip-tree" : infinite ? "unrealizable"
                               : tree ? "bound flip-tree halls" : hall ? "bound hall" : "bound");
    require(!infinite || tree || more || spare, "DISTLOWER", reason, "a known reason");
    require(tree ? K == m : more ? K > m : spare ? K < m : K <= m || !hall, "DISTLOWER", v,
            "evidence for %zu hyperplanes and %zu neurons", K, m);
    require(!more || all_sure(g), "DISTLOWER", v, "hyperplanes that are always there, and apart");
    if (!infinite) c.t = number_read("DISTLOWER", json_get(v, "bound"));
    if (tree && !infinite) c.hall = json_list("DISTLOWER", halls);
    if (tree) require(walk_flips(flips, &c) == c.halls, "DISTLOWER", v, "as many HALLs as flip sets: %zu", c.found);
    if (spare) check_choices("spare-neurons", v, g, m - K, NULL);
    if (hall) check_costs(json_get(v, "hall"), &c);
    require(infinite || tree || hall || at_least(integer(0), c.t), "DISTLOWER", v, "a bound <= 0, or a HALL");
    if (!infinite) values_add(&least, c.t, 1);
    return least;
}

values distance_upper(value v, const statement *s, const form *g) {
    value at = json_get(v, "phi"), assignment = json_get(v, "assignment");
    const network *X = s->X, *phi;
    values least = {0, NULL};
    fiber c = {.X = X, .g = g, .side = memory_new(g->K + 1, 1)};
    json_shape("DISTUPPER", v, json_present(at) ? "bound phi" : "bound flip assignment");
    c.t = number_read("DISTUPPER", json_get(v, "bound"));
    values_add(&least, c.t, 1);
    if (json_present(at)) {
        phi = network_read_shape("DISTUPPER", at, X->d, X->m, X->D);
        require(same_realization(phi, s->Y), "DISTUPPER", at, "a parametrization of g");
        values distance = network_distance(phi, X);
        if (!all_below(distance, c.t, false))
            reject("DISTUPPER", at, "expected distance <= %s, found %s", number_text(c.t), number_text(distance.x[0]));
        return least;
    }
    size_t n, *H = json_indices("DISTUPPER", json_get(v, "flip"), g->K, &n);
    for (size_t k = 0; k < n; k++) c.side[H[k]] = 1;
    c.M = add_jumps(g, c.side);
    require(matrix_is_null(&c.M, g), "DISTUPPER", json_get(v, "flip"), "a flip set");
    H = json_indices("DISTUPPER", assignment, g->K, &n);
    require(g->K == X->m && n == X->m, "DISTUPPER", assignment, "K = m = %zu indices", X->m);
    for (size_t i = 0; i < n; i++)
        require(cost_is(&c, i, H[i], false), "DISTUPPER", assignment, "cost <= %s for neuron %zu",
                number_text(c.t), i + 1);
    return least;
}
