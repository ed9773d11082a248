/* Bounds of the semi-norm: LOWER and UPPER of section 4. */

#include "check.h"

/* max |entry| of the first d columns of the D x w matrix G over den. */
static number largest_entry(const form *f, mpz_t *G) {
    NEW_Q(r);
    for (size_t i = 0; i < f->D * f->w; i++)
        if (i % f->w < f->d && mpz_cmpabs(G[i], mpq_numref(r)) > 0) mpz_abs(mpq_numref(r), G[i]);
    mpz_set(mpq_denref(r), f->den);
    mpq_canonicalize(r);
    return rational(r);
}

/* The gradient L + Σ γ_H u_Hᵀ over <u_H, x> > 0 at a point x inside a cell. */
number semi_norm_lower(value v, const statement *s, const form *f) {
    mpz_t den, *x, *G = integers(f->D * f->w);
    NEW_Z(side);
    (void)s;
    if (!json_present(v)) return integer(0);
    json_shape("LOWER", v, "x");
    x = point_read(den, "LOWER", json_get(v, "x"), f);
    for (size_t i = 0; i < f->D * f->w; i++) mpz_set(G[i], f->L[i]);
    for (size_t H = 1; H <= f->K; H++) {
        dot(side, f->u[H], x, f->w);
        require(mpz_sgn(side) != 0, "LOWER", json_get(v, "x"), "a point not on hyperplane %zu", H);
        if (mpz_sgn(side) > 0) add_jump(G, f, H, 1);
    }
    return largest_entry(f, G);
}

/* For each entry of the gradient the range low..high of Σ_{decided +} J + Σ_{undecided} {0, J}, and
   its extremes least, most over the stops so far. */
typedef struct {
    mpz_t *low, *high, *least, *most;
    size_t stops;
} ranges;

/* Adds factor J_H[i] for each entry i to `high` if up J_H[i] > 0, to `low` if it is < 0. */
static void move_ends(const ranges *r, const form *f, size_t H, int up, int factor) {
    for (size_t i = 0; i < f->D * f->w; i++) {
        mpz_t *gamma = &f->gamma[H * f->D + i / f->w], *u = &f->u[H][i % f->w];
        mpz_t *end = mpz_sgn(*gamma) * mpz_sgn(*u) * up > 0 ? r->high : r->low;
        if (mpz_sgn(*gamma) != 0 && mpz_sgn(*u) != 0)
            (factor > 0 ? mpz_addmul : mpz_submul)(end[i], *gamma, *u);
    }
}

/* On side + every J > 0 must, every J < 0 can no longer be left out; on side - the other way round. */
static void decide(walk *w, size_t H, int direction) {
    move_ends(w->context, w->f, H, -w->side[H], w->side[H] * direction);
}

static void leaf(walk *w, value v) {
    ranges *r = w->context;
    if (json_type(v) == JSON_LIST) {
        check_empty(w, v);
        return;
    }
    if (!is_stop(v)) expected(w->rule, v, "a node");
    for (size_t i = 0; i < w->f->D * w->f->w; i++) {
        if (r->stops == 0 || mpz_cmp(r->low[i], r->least[i]) < 0) mpz_set(r->least[i], r->low[i]);
        if (r->stops == 0 || mpz_cmp(r->high[i], r->most[i]) > 0) mpz_set(r->most[i], r->high[i]);
    }
    r->stops++;
}

/* The parts' extremes add up. As lowest <= highest, the larger absolute value is that of +highest or
   of -lowest. */
number semi_norm_upper(value v, const statement *s, const form *f) {
    size_t n = f->D * f->w;
    ranges r = {integers(n), integers(n), integers(n), integers(n), 0};
    mpz_t *lowest = integers(n), *highest = integers(n);
    components c;
    value tree;
    (void)s;
    json_shape("UPPER", v, "components trees");
    components_read(&c, json_get(v, "components"), f);
    tree = json_list_of("UPPER", json_get(v, "trees"), c.parts);
    for (size_t i = 0; i < n; i++) mpz_set(lowest[i], f->L[i]), mpz_set(highest[i], f->L[i]);
    for (size_t p = 0; p < c.parts; p++, tree = json_next(tree)) {
        walk w = {.rule = "TREE", .f = f, .c = &c, .part = p, .decide = decide, .leaf = leaf, .context = &r};
        r.stops = 0;
        for (size_t i = 0; i < n; i++) mpz_set_ui(r.low[i], 0), mpz_set_ui(r.high[i], 0);
        for (size_t k = 0; k < c.size[p]; k++)
            if (c.member[p][k] > 0) move_ends(&r, f, c.member[p][k], 1, 1);
        walk_tree(&w, tree);
        if (r.stops == 0) reject("TREE", tree, "expected a stop, found empty leaves only");
        for (size_t i = 0; i < n; i++) {
            mpz_add(lowest[i], lowest[i], r.least[i]);
            mpz_add(highest[i], highest[i], r.most[i]);
        }
    }
    return larger(largest_entry(f, lowest), largest_entry(f, highest));
}
