/* Bounds of the largest value on a box: section 5, sup-norm. */

#include "check.h"

/* x/y as a number. */
static number quotient(const mpz_t x, const mpz_t y) {
    NEW_Q(q);
    mpz_set(mpq_numref(q), x);
    mpz_set(mpq_denref(q), y);
    mpq_canonicalize(q);
    return rational(q);
}

number largest_value(value v, const form *f, number box) {
    number best = integer(0);
    mpz_t den, *x = point_read(den, "point", v, f);
    NEW_Z(side);
    NEW_Z(y);
    for (size_t k = 0; k < f->d && box != NULL; k++)
        require(compare(absolute(quotient(x[k], den)), box) <= 0, "point", v, "a point of the box");
    mpz_mul(den, den, f->den);
    for (size_t p = 0; p < f->D; p++) {
        dot(y, f->L + p * f->w, x, f->w);
        for (size_t H = 1; H <= f->K; H++) {
            dot(side, f->u[H], x, f->w);
            if (mpz_sgn(side) > 0) mpz_addmul(y, f->gamma[H * f->D + p], side);
        }
        best = larger(best, absolute(quotient(y, den)));
    }
    return best;
}

number sup_norm_lower(value v, const statement *s, const form *f) {
    json_shape("sup-norm", v, "x");
    return largest_value(json_get(v, "x"), f, s->q);
}

typedef struct {
    number M, B;
    size_t leaves;
} box;

/* g += factor u, entry by entry. */
static void add(number *g, number factor, mpz_t *u, size_t w) {
    mpz_t one;
    mpz_init_set_ui(one, 1);
    for (size_t k = 0; k < w; k++) g[k] = plus(g[k], times(factor, quotient(u[k], one)));
}

/* The least value over the box of constant + <g, x>; with biases entry d of g is constant, too. */
static number least(number constant, const number *g, const form *f, number B) {
    for (size_t k = 0; k < f->d; k++) constant = minus(constant, times(B, absolute(g[k])));
    return f->biases ? plus(constant, g[f->d]) : constant;
}

/* The function of the format for output p and sign σ, given by [j, l, ...], is >= 0 on the box. Its
   linear part is summed in g. */
static void check_multipliers(walk *w, value v, size_t p, int sigma) {
    const form *f = w->f;
    const box *b = w->context;
    value at = json_list("BOXTREE", v);
    number constant = b->M, l, *g = memory_new(f->w, sizeof *g), *u = memory_new(f->w, sizeof *u);
    NEW_Q(q);
    for (size_t k = 0; k < f->w; k++) g[k] = integer(0);
    mpz_set_si(mpq_numref(q), -sigma);
    add(g, quotient(mpq_numref(q), f->den), f->L + p * f->w, f->w);
    for (size_t H = 1; H <= f->K; H++) {
        l = times(integer(-sigma), quotient(f->gamma[H * f->D + p], f->den));
        if (w->side[H] > 0) add(g, l, f->u[H], f->w);
        if (w->side[H] != 0 || sign(l) >= 0) continue;
        for (size_t k = 0; k < f->w; k++) u[k] = integer(0);
        add(u, l, f->u[H], f->w);        /* -σγ u: the least value of -σγ max(0, <u, x>) */
        l = least(integer(0), u, f, b->B);
        if (sign(l) < 0) constant = plus(constant, l);
    }
    w->uses++;
    require(json_count(v) % 2 == 0, "BOXTREE", v, "pairs j, l");
    for (size_t n = json_count(v); n > 0; n -= 2, at = json_next(at)) {
        size_t H = decided_number(w, at, false);
        rational_read(q, "BOXTREE", at = json_next(at));
        require(mpq_sgn(q) >= 0, "BOXTREE", at, "a multiplier >= 0");
        add(g, times(rational(q), integer(-w->side[H])), f->u[H], f->w);
    }
    l = least(constant, g, f, b->B);
    if (sign(l) < 0) reject("BOXTREE", v, "expected a function >= 0 on the box, found %s", number_text(l));
}

static void leaf(walk *w, value v) {
    box *b = w->context;
    void *mark = memory_mark();
    value at;
    if (json_type(v) == JSON_LIST) {
        check_empty(w, v);
    } else {
        json_shape("BOXTREE", v, "leaf");
        at = json_list_of("BOXTREE", json_get(v, "leaf"), 2 * w->f->D);
        for (size_t i = 0; i < 2 * w->f->D; i++, at = json_next(at))
            check_multipliers(w, at, i / 2, i % 2 == 0 ? 1 : -1);
        b->leaves++;
    }
    memory_release(mark);
}

number sup_norm_upper(value v, const statement *s, const form *f) {
    box b = {.B = s->q};
    walk w = {.rule = "BOXTREE", .f = f, .leaf = leaf, .context = &b};
    NEW_Q(M);
    json_shape("sup-norm", v, "bound tree");
    rational_read(M, "sup-norm", json_get(v, "bound"));
    b.M = rational(M);
    walk_tree(&w, json_get(v, "tree"));
    require(b.leaves > 0, "BOXTREE", v, "a leaf that is not empty");
    return b.M;
}
