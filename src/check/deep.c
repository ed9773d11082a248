/* Networks with other than two layers, and whether two networks, one of which is such, are equal: sections 2 and 5. */

#include "check.h"

#define RULE "equal"
#define MOST 10000000        /* coefficients of the pre-activations */

/* A layer is a list of forms with biases. */
network *deep_read(value v) {
    value list = json_get(v, "layers"), at = json_list("network", list);
    network *X = memory_new(1, sizeof *X);
    *X = (network){.biases = true, .layers = json_count(list), .layer = memory_new(json_count(list), sizeof X)};
    require(X->layers > 0, "network", list, "at least one layer");
    for (size_t l = 0; l < X->layers; l++, at = json_next(at)) {
        json_shape("network", at, "A b");
        network *L = X->layer[l] = forms_read(json_get(at, "A"), json_get(at, "b"), 0);
        require(L->m > 0 && (l == 0 || L->d == X->D), "network", at, "a row, and as many columns as inputs");
        for (size_t i = 0; i < L->m; i++) require(mpz_cmp_ui(L->a[i].n, 1) <= 0, "network", at, "rational entries");
        X->D = L->m;
    }
    X->d = X->layer[0]->d;
    return X;
}

/* ---- the networks on a cell, or at a point --------------------------------------------------- */

/* An affine function z: a coordinate for u[0..d-1], 1 for u[d]; each of the others is the pre-activation Σ weights[j]
   u[inputs + j], over side > 0, + weights[c]. H: number of a hidden neuron, 0: something else. */
typedef struct { mpq_t *z, *weights; size_t c, inputs, H; int side; } unit;

/* z has f.w coefficients, the constant at last; or it is the value at a point, f.w = 1. The units are those of X, layer by
   layer, up to `end`, and those of Y; the last f.D of each are the outputs. z is known before `next`. f.u[H]: z of a neuron
   times a rational > 0, integers without a common factor. */
typedef struct { form f; unit *u; size_t n, next, end; value at; } cell;

static unit *add_units(cell *l, size_t n, size_t c, size_t inputs) {
    require(l->n + n <= MOST / (l->f.d + 1), RULE, l->at, "networks of at most 10^7 coefficients");
    l->u = memory_resize(l->u, l->n + n, sizeof *l->u);
    for (size_t i = 0; i < n; i++)
        l->u[l->n++] = (unit){.z = rationals(l->f.w), .weights = rationals(c + 1), .c = c, .inputs = inputs};
    return l->u + l->n - n;
}

/* Entry k of row i of a layer, the bias at last. With two layers, the neuron (t √n u, s √n v) is taken as (t u, s n v). */
static void coefficient(mpq_t x, const network *X, size_t l, size_t i, size_t k) {
    bool outer = X->layers == 0 && l > 0;
    const ray *a = outer ? &X->c[k] : X->layers > 0 ? &X->layer[l]->a[i] : &X->a[i];
    if (outer && k == X->m) mpq_set(x, X->out[i]);
    else {
        mpq_set_z(x, a->u[outer ? i : k]);
        mpq_mul(x, x, a->t);
        if (outer) mpz_mul(mpq_numref(x), mpq_numref(x), a->n);
        mpq_canonicalize(x);
    }
}

static void add_network(cell *l, const network *X) {
    size_t layers = X->layers > 0 ? X->layers : 2, inputs = 0, c = X->d;
    for (size_t i = 0, n; i < layers; i++, inputs = l->n - n, c = n) {
        n = X->layers > 0 ? X->layer[i]->m : i == 0 ? X->m : X->D;
        unit *u = add_units(l, n, c, inputs);
        for (size_t k = 0; k < n * (c + 1); k++)
            coefficient(u[k / (c + 1)].weights[k % (c + 1)], X, i, k / (c + 1), k % (c + 1));
        for (size_t k = 0; k < n && i + 1 < layers; k++) u[k].H = ++l->f.K;
    }
}

/* z and side of the next units, up to a hidden neuron that is not constant. */
static void descend(cell *l) {
    NEW_Q(term);
    for (; l->next < l->n; l->next++) {
        unit *u = &l->u[l->next], *in = l->u + u->inputs;
        bool constant = true;
        for (size_t q = 0; q < l->f.w; q++) {
            mpq_mul(u->z[q], u->weights[u->c], l->u[l->f.d].z[q]);
            for (size_t j = 0; j < u->c; j++) {
                if (in[j].side <= 0 || mpq_sgn(in[j].z[q]) == 0) continue;
                mpq_mul(term, u->weights[j], in[j].z[q]);
                mpq_add(u->z[q], u->z[q], term);
            }
            u->side = mpq_sgn(u->z[q]);
            constant = constant && (u->side == 0 || q + 1 == l->f.w);
        }
        if (u->H > 0 && !constant) break;
    }
    mpq_clear(term);
}

static bool outputs_agree(const cell *l) {
    bool agree = true;
    for (size_t k = 0; k < l->f.D * l->f.w && agree; k++)
        agree = mpq_equal(l->u[l->end - 1 - k / l->f.w].z[k % l->f.w], l->u[l->n - 1 - k / l->f.w].z[k % l->f.w]);
    return agree;
}

/* Takes a side of the next neuron, or the other side of one before it. */
static void decide(walk *w, size_t H, int direction) {
    cell *l = w->context;
    unit *u = l->u;
    if (direction < 0) return;
    NEW_Q(content); NEW_Q(x);
    while (u->H != H) u++;
    require(w->side[H] < 0 || u == l->u + l->next, RULE, l->at, "nodes about the next neuron that is not constant");
    for (size_t q = 0; q < l->f.w; q++) {
        mpz_gcd(mpq_numref(content), mpq_numref(content), mpq_numref(u->z[q]));
        mpz_lcm(mpq_denref(content), mpq_denref(content), mpq_denref(u->z[q]));
    }
    for (size_t q = 0; q < l->f.w; q++) {
        mpq_div(x, u->z[q], content);
        mpz_set(l->f.u[H][q], mpq_numref(x));
    }
    mpq_clears(content, x, NULL);
    u->side = w->side[H];
    l->next = (size_t)(u - l->u) + 1;
    descend(l);
}

static void leaf(walk *w, value v) {
    const cell *l = w->context;
    if (is_empty(w, v)) return;
    require(is_stop(v) && l->next == l->n && outputs_agree(l), RULE, v, "a cell on which the networks agree");
}

void check_deep(const network *X, const network *Y, bool equal, value evidence) {
    size_t d = X->d, w = equal ? d + 1 : 1;
    cell l = {.f = {.d = d, .w = w, .D = X->D, .biases = true}, .at = json_get(evidence, equal ? "tree" : "x")};
    value x = l.at;
    add_units(&l, d + 1, 0, 0);
    for (; l.next <= d; l.u[l.next++].side = 1)
        if (equal || l.next == d) mpq_set_ui(l.u[l.next].z[equal ? l.next : 0], 1, 1);
        else rational_read(*l.u[l.next].z, RULE, x = l.next == 0 ? json_list_of(RULE, x, d) : json_next(x));
    add_network(&l, X);
    l.end = l.n;
    add_network(&l, Y);
    descend(&l);
    walk path = {.rule = RULE, .f = &l.f, .context = &l, .decide = decide, .leaf = leaf};
    l.f.u = memory_new(l.f.K + 1, sizeof *l.f.u);
    for (size_t H = 0; H <= l.f.K; H++) l.f.u[H] = integers(w);
    mpz_set_ui(l.f.u[0][w - 1], 1);
    if (equal) walk_tree(&path, l.at);
    else require(!outputs_agree(&l), RULE, l.at, "a point where the networks differ");
}
