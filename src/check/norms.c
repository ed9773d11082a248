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

static void add_both(values *v, number x) {
    values_add(v, x, 1);
    values_add(v, negative(x), 1);
}

/* ---- at a point ----------------------------------------------------------------------- */

/* The gradient L + Σ γ_H u_Hᵀ over <u_H, x> > 0, times den; for LOWER x must be inside a cell. */
static matrix gradient(const form *f, const point *x, value v, bool inside) {
    matrix G = matrix_linear(f, 1);
    for (size_t H = 1; H <= f->K; H++) {
        int s = point_side(f, H, x, !inside);
        require(s != 0 || !inside, "LOWER", v, "a point not on hyperplane %zu", H);
        if (s > 0) add_jump(&G, f, H, 1);
    }
    return G;
}

values semi_norm_lower(value v, const statement *s, const form *f) {
    value at = json_get(v, "x");
    values r = {0, NULL};
    (void)s;
    if (!json_present(v)) values_add(&r, integer(0), 1);
    if (!json_present(v)) return r;
    json_shape("LOWER", v, "x");
    point x = point_read("LOWER", at, f);
    matrix G = gradient(f, &x, at, true);
    if (!f->family) values_add(&r, largest(G.z, f->D * f->w, f->w, f->d, f->den), 1);
    for (size_t i = 0; i < f->D * f->w && f->family; i++)
        if (i % f->w < f->d) add_both(&r, G.x[i]);
    return r;
}

values largest_value(value v, const form *f, number box) {
    point x = point_read("point", v, f);
    matrix G = gradient(f, &x, v, false);
    values most = {0, NULL}, all = {0, NULL};
    for (size_t k = 0; k < f->d; k++) add_both(&most, point_entry(&x, k));
    require(box == NULL || all_below(most, box, false), "point", v, "a point of the box");
    for (size_t p = 0; p < f->D; p++) {
        number y = integer(0);
        for (size_t k = 0; k < f->w; k++) y = plus(y, times(matrix_entry(&G, f, p * f->w + k), point_entry(&x, k)));
        add_both(&all, y);
    }
    return all;
}

values sup_norm_lower(value v, const statement *s, const form *f) {
    json_shape("sup-norm", v, "x");
    return largest_value(json_get(v, "x"), f, s->q);
}

/* ---- multipliers at a leaf -------------------------------------------------------------- */

/* Coefficients of a linear form: rational, or functions. */
typedef struct { mpq_t *q; number *x; } linear;

static linear linear_zero(const form *f) {
    linear g = {f->family ? NULL : rationals(f->w), f->family ? memory_new(f->w, sizeof(number)) : NULL};
    for (size_t k = 0; k < f->w && f->family; k++) g.x[k] = integer(0);
    return g;
}

static number coefficient(const linear *g, size_t k) { return g->x != NULL ? g->x[k] : rational(g->q[k]); }

/* g += factor u_H. */
static void add_multiple(linear *g, number factor, const form *f, size_t H) {
    NEW_Q(x);
    for (size_t k = 0; k < f->w; k++) {
        if (f->family) g->x[k] = plus(g->x[k], times(factor, f->line[H].x[k]));
        else if (mpz_sgn(f->u[H][k]) != 0) {
            mpq_set_z(x, f->u[H][k]);
            mpq_mul(x, x, factor->p);
            mpq_add(g->q[k], g->q[k], x);
        }
    }
    mpq_clear(x);
}

/* Σ l s_j u_j for a list [j, l, ...] at a leaf: distinct j decided on the path, l >= 0. For an empty
   leaf at least one, with l > 0; there j may be 0. */
static linear combination(walk *w, value v, bool empty) {
    linear total = linear_zero(w->f);
    number zero = integer(0);
    value at = json_list(w->rule, v);
    NEW_Q(q);
    w->uses++;
    require(json_count(v) % 2 == 0 && (json_count(v) > 0 || !empty), w->rule, v, "pairs j, l");
    for (size_t n = json_count(v); n > 0; n -= 2, at = json_next(at)) {
        size_t H = json_index(w->rule, at, empty ? 0 : 1, w->f->K);
        require(w->side[H] != 0, w->rule, at, "a hyperplane decided on the path");
        require(w->used[H] != w->uses, w->rule, at, "distinct hyperplanes");
        w->used[H] = w->uses;
        at = json_next(at);
        if (!w->f->family) rational_read(q, w->rule, at);
        number l = w->f->family ? number_read(w->rule, at) : rational(q);
        require(empty ? exceeds(l, zero) : at_least(l, zero), w->rule, at, "a multiplier %s 0", empty ? ">" : ">=");
        add_multiple(&total, w->side[H] < 0 ? negative(l) : l, w->f, H);
    }
    return total;
}

/* Then Σ l s_j u_j = 0 with all l > 0, so that all <s_j u_j, x> > 0 is impossible. */
bool is_empty(walk *w, value v) {
    if (json_type(v) != JSON_LIST) return false;
    void *mark = memory_mark();
    linear g = combination(w, v, true);
    for (size_t k = 0; k < w->f->w; k++)
        if (w->f->family ? !is_null(g.x[k]) : mpq_sgn(g.q[k]) != 0)
            reject(w->rule, v, "expected a sum of 0, found %s in coordinate %zu", number_text(coefficient(&g, k)), k + 1);
    memory_release(mark);
    return true;
}

/* ---- UPPER ------------------------------------------------------------------------------ */

/* For σ = 1 and each entry of the gradient, then for σ = -1: σL + Σ_{decided +} σJ + Σ_{undecided} max(0, σJ),
   and its maximum over the stops so far in this part; `done` parts have had a stop. all: those of all stops. */
typedef struct { matrix upper; mpz_t *most; size_t done; values all; } ranges;

/* Adds |J_H| (subtracts it, for factor -1) to the bounds with σ = up sign(J_H). */
static void move_bounds(matrix *upper, const form *f, size_t H, int up, int factor) {
    for (size_t i = 0, n = f->D * f->w; i < n; i++) {
        if (i % f->w >= f->d) continue;
        int s = f->family ? weak_side(jump_entry(f, H, i))
                          : mpz_sgn(f->gamma[H * f->D + i / f->w]) * mpz_sgn(f->u[H][i % f->w]);
        if (s != 0) add_entry(upper, f, s * up > 0 ? i : n + i, H, i, factor * s);
    }
}

/* On side + every σJ < 0 must, on side - no σJ > 0 can be taken: |J| less for σ = -side sign(J). */
static void decide(walk *w, size_t H, int direction_of) {
    move_bounds(&((ranges *)w->context)->upper, w->f, H, -w->side[H], -direction_of);
}

static void stop(walk *w, value v) {
    ranges *r = w->context;
    if (is_empty(w, v)) return;
    require(is_stop(v), w->rule, v, "a node");
    for (size_t i = 0; i < 2 * w->f->D * w->f->w; i++) {
        if (w->f->family && i % w->f->w < w->f->d) values_add(&r->all, r->upper.x[i], 1);
        if (!w->f->family && (r->done == w->part || mpz_cmp(r->upper.z[i], r->most[i]) > 0))
            mpz_set(r->most[i], r->upper.z[i]);
    }
    r->done = w->part + 1;
}

/* What each part takes off the bounds with nothing decided adds up: the tree of the next part starts from
   the maxima of the last. The bounds for σ and -σ have a sum
   >= 0, so the largest one is also the largest absolute value. */
values semi_norm_upper(value v, const statement *s, const form *f) {
    size_t n = f->D * f->w;
    ranges r = {.upper = matrix_linear(f, 2), .most = integers(2 * n)};
    components c;
    walk w = {.rule = "TREE", .f = f, .c = &c, .decide = decide, .leaf = stop, .context = &r};
    (void)s;
    json_shape("UPPER", v, "components trees");
    components_read(&c, json_get(v, "components"), f);
    for (size_t H = 1; H <= f->K; H++) move_bounds(&r.upper, f, H, 1, 1);
    value tree = json_list_of("UPPER", json_get(v, "trees"), c.parts);
    for (w.part = 0; w.part < c.parts; w.part++, tree = json_next(tree)) {
        walk_tree(&w, tree);
        if (r.done == w.part) reject("TREE", tree, "expected a stop, found empty leaves only");
        for (size_t i = 0; i < 2 * n && !f->family; i++) mpz_set(r.upper.z[i], r.most[i]);
    }
    for (size_t i = 0; i < 2 * n && f->family && c.parts == 0; i++)
        if (i % f->w < f->d) values_add(&r.all, r.upper.x[i], 1);
    if (!f->family) values_add(&r.all, largest(r.upper.z, 2 * n, f->w, f->d, f->den), 1);
    return r.all;
}

/* ---- the Euclidean norm of the gradient from below ---------------------------------------------------- */

/* The entries' distances from 0 in their ranges, squared: where σ times an entry is at most < 0 it is so far off. */
static void slope_stop(walk *w, value v) {
    ranges *r = w->context;
    if (is_empty(w, v)) return;
    require(is_stop(v), w->rule, v, "a node");
    mpz_set_ui(r->most[1], 0);
    for (size_t i = 0; i < 2 * w->f->w; i++)
        if (i % w->f->w < w->f->d && mpz_sgn(r->upper.z[i]) < 0) mpz_addmul(r->most[1], r->upper.z[i], r->upper.z[i]);
    if (r->done == 0 || mpz_cmp(r->most[1], r->most[0]) < 0) mpz_set(r->most[0], r->most[1]);
    r->done = 1;
}

number slope_lower(value tree, const network *X) {
    NEW_FORM(f, X, NULL);
    ranges r = {.upper = matrix_linear(&f, 2), .most = integers(2)};
    walk w = {.rule = "TREE", .f = &f, .decide = decide, .leaf = slope_stop, .context = &r};
    NEW_Q(q);
    for (size_t H = 1; H <= f.K; H++) move_bounds(&r.upper, &f, H, 1, 1);
    walk_tree(&w, tree);
    if (r.done == 0) reject("TREE", tree, "expected a stop, found empty leaves only");
    mpq_set_z(q, r.most[0]);
    mpz_mul(mpq_denref(q), f.den, f.den);
    mpq_canonicalize(q);
    return root_of(rational(q));
}

/* ---- BOXTREE ---------------------------------------------------------------------------- */

/* The maximum of <g, x> over the box; with biases x_{d+1} = 1. */
static number maximum(const linear *g, const form *f, number B) {
    number most = integer(0);
    for (size_t k = 0; k < f->d; k++) most = plus(most, absolute(coefficient(g, k)));
    return f->biases ? plus(times(B, most), coefficient(g, f->d)) : times(B, most);
}

/* The function of the format for each output i / 2 and sign σ, given by [j, l, ...], is >= 0 on the box: M is at
   least the maximum of the part that is linear, summed in g, and those of the undecided terms. */
static void box_leaf(walk *w, value v) {
    const form *f = w->f;
    number M = ((number *)w->context)[0], B = ((number *)w->context)[1], zero = integer(0);
    if (is_empty(w, v)) return;
    void *mark = memory_mark();
    json_shape("BOXTREE", v, "leaf");
    value at = json_list_of("BOXTREE", json_get(v, "leaf"), 2 * f->D);
    for (size_t i = 0; i < 2 * f->D; i++, at = json_next(at)) {
        number total = zero;
        linear g = combination(w, at, false);
        for (size_t k = 0; k < f->w; k++) {
            number x = (i % 2 == 0 ? plus : minus)(coefficient(&g, k), linear_entry(f, i / 2 * f->w + k));
            if (f->family) g.x[k] = x;
            else mpq_set(g.q[k], x->p);
        }
        for (size_t H = 1; H <= f->K; H++) {
            number factor = output_entry(f, H, i / 2);
            if (i % 2 == 1) factor = negative(factor);
            if (w->side[H] < 0 || (w->side[H] == 0 && at_least(zero, factor))) continue;
            linear term = linear_zero(f);
            add_multiple(w->side[H] > 0 ? &g : &term, factor, f, H);
            if (w->side[H] == 0) total = plus(total, larger(maximum(&term, f, B), zero));
        }
        total = plus(total, maximum(&g, f, B));
        if (!at_least(M, total))
            reject("BOXTREE", at, "expected a function >= 0 on the box: a maximum <= %s, found %s", number_text(M),
                   number_text(total));
    }
    memory_release(mark);
}

/* Some leaf is not empty, as there are points of the box that are on no hyperplane. */
values sup_norm_upper(value v, const statement *s, const form *f) {
    values most = {0, NULL};
    json_shape("sup-norm", v, "bound tree");
    number context[2] = {number_read("sup-norm", json_get(v, "bound")), s->q};    /* M and B */
    walk w = {.rule = "BOXTREE", .f = f, .leaf = box_leaf, .context = context};
    walk_tree(&w, json_get(v, "tree"));
    values_add(&most, context[0], 1);
    return most;
}
