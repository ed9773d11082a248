/* Bounds of the semi-norm, LOWER and UPPER of section 4, and of the largest value on a box, sup-norm of
   section 5. */

#include "check.h"

/* The largest absolute value over den in the first d columns of a matrix with n entries in rows of w. */
static number largest(mpz_t *x, size_t n, size_t w, size_t d, const mpz_t den) {
    NEW_Q(r);
    for (size_t i = 0; i < n; i++)
        if (i % w < d && mpz_cmpabs(x[i], mpq_numref(r)) > 0) mpz_abs(mpq_numref(r), x[i]);
    mpz_set(mpq_denref(r), den);
    mpq_canonicalize(r);
    return rational(r);
}

/* ---- at a point ----------------------------------------------------------------------- */

/* The gradient L + Σ γ_H u_Hᵀ over <u_H, x> > 0, times den; for LOWER x must be inside a cell. */
static mpz_t *gradient(const form *f, mpz_t *x, value v, bool inside) {
    mpz_t *G = integers(f->D * f->w);
    NEW_Z(side);
    for (size_t i = 0; i < f->D * f->w; i++) mpz_set(G[i], f->L[i]);
    for (size_t H = 1; H <= f->K; H++) {
        dot(side, f->u[H], x, f->w);
        require(mpz_sgn(side) != 0 || !inside, "LOWER", v, "a point not on hyperplane %zu", H);
        if (mpz_sgn(side) > 0) add_jump(G, f, H, 1);
    }
    return G;
}

number semi_norm_lower(value v, const statement *s, const form *f) {
    value at = json_get(v, "x");
    mpz_t den;
    (void)s;
    if (!json_present(v)) return integer(0);
    json_shape("LOWER", v, "x");
    return largest(gradient(f, point_read(den, "LOWER", at, f), at, true), f->D * f->w, f->w, f->d, f->den);
}

number largest_value(value v, const form *f, number box) {
    mpz_t den, *x = point_read(den, "point", v, f), *y = integers(f->D), *G = gradient(f, x, v, false);
    require(box == NULL || compare(largest(x, f->d, 1, 1, den), box) <= 0, "point", v, "a point of the box");
    for (size_t p = 0; p < f->D; p++) dot(y[p], G + p * f->w, x, f->w);
    mpz_mul(den, den, f->den);
    return largest(y, f->D, 1, 1, den);
}

number sup_norm_lower(value v, const statement *s, const form *f) {
    json_shape("sup-norm", v, "x");
    return largest_value(json_get(v, "x"), f, s->q);
}

/* ---- multipliers at a leaf -------------------------------------------------------------- */

static void add_multiple(mpq_t *g, const mpq_t factor, mpz_t *u, size_t w) {
    NEW_Q(x);
    for (size_t k = 0; k < w; k++) {
        mpq_set_z(x, u[k]);
        mpq_mul(x, x, factor);
        mpq_add(g[k], g[k], x);
    }
    mpq_clear(x);
}

/* Σ l s_j u_j for a list [j, l, ...] at a leaf: distinct j decided on the path, l >= 0. For an empty
   leaf at least one, with l > 0; there j may be 0. */
static mpq_t *combination(walk *w, value v, bool empty) {
    mpq_t *total = rationals(w->f->w);
    value at = json_list(w->rule, v);
    NEW_Q(l);
    w->uses++;
    require(json_count(v) % 2 == 0 && (json_count(v) > 0 || !empty), w->rule, v, "pairs j, l");
    for (size_t n = json_count(v); n > 0; n -= 2, at = json_next(at)) {
        size_t H = json_index(w->rule, at, empty ? 0 : 1, w->f->K);
        require(w->side[H] != 0, w->rule, at, "a hyperplane decided on the path");
        require(w->used[H] != w->uses, w->rule, at, "distinct hyperplanes");
        w->used[H] = w->uses;
        rational_read(l, w->rule, at = json_next(at));
        require(mpq_sgn(l) >= (empty ? 1 : 0), w->rule, at, "a multiplier %s 0", empty ? ">" : ">=");
        if (w->side[H] < 0) mpq_neg(l, l);
        add_multiple(total, l, w->f->u[H], w->f->w);
    }
    return total;
}

/* Then Σ l s_j u_j = 0 with all l > 0, so that all <s_j u_j, x> > 0 is impossible. */
bool is_empty(walk *w, value v) {
    if (json_type(v) != JSON_LIST) return false;
    void *mark = memory_mark();
    mpq_t *g = combination(w, v, true);
    for (size_t k = 0; k < w->f->w; k++)
        if (mpq_sgn(g[k]) != 0) reject(w->rule, v, "expected a sum of 0, found %Qd in coordinate %zu", g[k], k + 1);
    memory_release(mark);
    return true;
}

/* ---- UPPER ------------------------------------------------------------------------------ */

/* For σ = 1 and each entry of the gradient, then for σ = -1: σL + Σ_{decided +} σJ + Σ_{undecided} max(0, σJ),
   and its maximum over the stops so far in this part; `done` parts have had a stop. */
typedef struct { mpz_t *upper, *most; size_t done; } ranges;

/* Adds |J_H| (subtracts it, for factor -1) to the bounds with σ = up sign(J_H). */
static void move_bounds(mpz_t *upper, const form *f, size_t H, int up, int factor) {
    for (size_t i = 0, n = f->D * f->w; i < n; i++) {
        mpz_t *gamma = &f->gamma[H * f->D + i / f->w], *u = &f->u[H][i % f->w];
        int s = mpz_sgn(*gamma) * mpz_sgn(*u);
        if (s != 0) (factor * s > 0 ? mpz_addmul : mpz_submul)(upper[s * up > 0 ? i : n + i], *gamma, *u);
    }
}

/* On side + every σJ < 0 must, on side - no σJ > 0 can be taken: |J| less for σ = -side sign(J). */
static void decide(walk *w, size_t H, int direction) {
    move_bounds(((ranges *)w->context)->upper, w->f, H, -w->side[H], -direction);
}

static void stop(walk *w, value v) {
    ranges *r = w->context;
    if (is_empty(w, v)) return;
    require(is_stop(v), w->rule, v, "a node");
    for (size_t i = 0; i < 2 * w->f->D * w->f->w; i++)
        if (r->done == w->part || mpz_cmp(r->upper[i], r->most[i]) > 0) mpz_set(r->most[i], r->upper[i]);
    r->done = w->part + 1;
}

/* What each part takes off the bounds with nothing decided adds up: the tree of the next part starts from
   the maxima of the last. The bounds for σ and -σ have a sum
   >= 0, so the largest one is also the largest absolute value. */
number semi_norm_upper(value v, const statement *s, const form *f) {
    size_t n = f->D * f->w;
    ranges r = {.upper = integers(2 * n), .most = integers(2 * n)};
    components c;
    walk w = {.rule = "TREE", .f = f, .c = &c, .decide = decide, .leaf = stop, .context = &r};
    (void)s;
    json_shape("UPPER", v, "components trees");
    components_read(&c, json_get(v, "components"), f);
    for (size_t i = 0; i < 2 * n; i++) (i < n ? mpz_set : mpz_neg)(r.upper[i], f->L[i % n]);
    for (size_t H = 1; H <= f->K; H++) move_bounds(r.upper, f, H, 1, 1);
    value tree = json_list_of("UPPER", json_get(v, "trees"), c.parts);
    for (w.part = 0; w.part < c.parts; w.part++, tree = json_next(tree)) {
        walk_tree(&w, tree);
        if (r.done == w.part) reject("TREE", tree, "expected a stop, found empty leaves only");
        for (size_t i = 0; i < 2 * n; i++) mpz_set(r.upper[i], r.most[i]);
    }
    return largest(r.upper, 2 * n, f->w, f->d, f->den);
}

/* ---- BOXTREE ---------------------------------------------------------------------------- */

/* The maximum of <g, x> over the box; with biases x_{d+1} = 1. */
static number maximum(mpq_t *g, const form *f, number B) {
    number most = integer(0);
    for (size_t k = 0; k < f->d; k++) most = plus(most, absolute(rational(g[k])));
    return f->biases ? plus(times(B, most), rational(g[f->d])) : times(B, most);
}

/* The function of the format for each output i / 2 and sign σ, given by [j, l, ...], is >= 0 on the box: M is at
   least the maximum of the part that is linear, summed in g, and those of the undecided terms. */
static void box_leaf(walk *w, value v) {
    const form *f = w->f;
    number M = ((number *)w->context)[0], B = ((number *)w->context)[1];
    if (is_empty(w, v)) return;
    void *mark = memory_mark();
    NEW_Q(scale); NEW_Q(factor);
    json_shape("BOXTREE", v, "leaf");
    value at = json_list_of("BOXTREE", json_get(v, "leaf"), 2 * f->D);
    for (size_t i = 0; i < 2 * f->D; i++, at = json_next(at)) {
        number total = integer(0);
        mpq_t *g = combination(w, at, false);
        mpq_set_si(scale, i % 2 == 0 ? 1 : -1, 1);      /* σ / den */
        mpz_set(mpq_denref(scale), f->den);
        add_multiple(g, scale, f->L + i / 2 * f->w, f->w);
        for (size_t H = 1; H <= f->K; H++) {
            mpq_set_z(factor, f->gamma[H * f->D + i / 2]);
            mpq_mul(factor, factor, scale);
            if (w->side[H] < 0 || (w->side[H] == 0 && mpq_sgn(factor) <= 0)) continue;
            mpq_t *term = w->side[H] > 0 ? g : rationals(f->w);
            add_multiple(term, factor, f->u[H], f->w);
            if (w->side[H] == 0) total = plus(total, larger(maximum(term, f, B), integer(0)));
        }
        total = plus(total, maximum(g, f, B));
        if (compare(total, M) > 0)
            reject("BOXTREE", at, "expected a function >= 0 on the box: a maximum <= %s, found %s", number_text(M),
                   number_text(total));
    }
    memory_release(mark);
}

/* Some leaf is not empty, as there are points of the box that are on no hyperplane. */
number sup_norm_upper(value v, const statement *s, const form *f) {
    NEW_Q(M);
    json_shape("sup-norm", v, "bound tree");
    rational_read(M, "sup-norm", json_get(v, "bound"));
    number context[2] = {rational(M), s->q};    /* M and B */
    walk w = {.rule = "BOXTREE", .f = f, .leaf = box_leaf, .context = context};
    walk_tree(&w, json_get(v, "tree"));
    return context[0];
}
