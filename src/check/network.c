/* Networks and arrangements: section 2. */

#include "check.h"

#define RULE "network"
#define MATRIX 10000000      /* entries of a gradient, at most */

/* ---- vectors t √n u ------------------------------------------------------------------ */

bool is_zero(const ray *a) { return mpq_sgn(a->t) == 0; }

/* Divides u by its content and by the sign of its first non-zero entry; both go into t. */
void ray_normalize(ray *a, size_t length) {
    size_t first = 0;
    NEW_Z(content);
    while (first < length && mpz_sgn(a->u[first]) == 0) first++;
    for (size_t k = first; k < length && mpz_cmp_ui(content, 1) != 0; k++) mpz_gcd(content, content, a->u[k]);
    if (first < length && mpz_sgn(a->u[first]) < 0) mpz_neg(content, content);
    for (size_t k = first; k < length; k++) mpz_divexact(a->u[k], a->u[k], content);
    mpz_mul(mpq_numref(a->t), mpq_numref(a->t), content);
    mpq_canonicalize(a->t);
}

/* s = √(n/n'), so that √n = s √n'. False if that is irrational. */
static bool root_ratio(mpq_t s, const mpz_t n, const mpz_t other) {
    mpz_set(mpq_numref(s), n);
    mpz_set(mpq_denref(s), other);
    mpq_canonicalize(s);
    return get_rational(s, signed_root(s));
}

/* The elements of a list of `count`, and room for one more. */
static value *elements(const char *rule, value v, size_t count) {
    value *from = memory_new(count + 1, sizeof *from), at = json_list_of(rule, v, count);
    for (size_t k = 0; k < count; k++, at = json_next(at)) from[k] = at;
    return from;
}

/* The entries must be one common root times rationals; the first root met is that root. After them u has
   a 0, so that a form without bias can be read with bias 0. */
static void ray_read(ray *a, const char *rule, const value *from, size_t length) {
    mpz_t *q = integers(length);
    NEW_Z(n); NEW_Q(s);
    a->u = integers(length + 1);
    mpz_init(a->n);                      /* 0: no root met */
    mpq_init(a->t);
    mpz_set_ui(mpq_numref(a->t), 1);
    for (size_t k = 0; k < length; k++) {
        root_read(a->u[k], q[k], n, rule, from[k]);
        if (mpz_sgn(a->u[k]) != 0 && mpz_sgn(a->n) == 0) mpz_set(a->n, n);
        if (mpz_sgn(a->u[k]) != 0 && mpz_cmp(a->n, n) != 0) {
            require(root_ratio(s, n, a->n), rule, from[k], "a rational times the neuron's root");
            mpz_mul(a->u[k], a->u[k], mpq_numref(s));
            mpz_mul(q[k], q[k], mpq_denref(s));
        }
        mpz_lcm(mpq_denref(a->t), mpq_denref(a->t), q[k]);
    }
    for (size_t k = 0; k < length; k++) {
        mpz_divexact(q[k], mpq_denref(a->t), q[k]);
        mpz_mul(a->u[k], a->u[k], q[k]);
        mpz_clear(q[k]);
    }
    ray_normalize(a, length);
}

/* The point x of Q^d as integers over *den; with biases (x, 1). */
mpz_t *point_read(mpz_t den, const char *rule, value v, const form *f) {
    ray x;
    ray_read(&x, rule, elements(rule, v, f->d), f->d);
    require(mpz_cmp_ui(x.n, 1) <= 0, rule, v, "rational coordinates");
    mpz_init_set(den, mpq_denref(x.t));
    for (size_t k = 0; k < f->d; k++) mpz_mul(x.u[k], x.u[k], mpq_numref(x.t));
    if (f->biases) mpz_set(x.u[f->d], den);
    return x.u;
}

number entry(const ray *a, size_t k) {
    NEW_Q(p); NEW_Q(n);
    mpq_set_z(p, a->u[k]);
    mpq_mul(p, p, a->t);
    mpq_set_z(n, a->n);
    return times(rational(p), signed_root(n));
}

number norm(const ray *a, size_t length) {
    size_t largest = 0;
    for (size_t k = 1; k < length; k++)
        if (mpz_cmpabs(a->u[k], a->u[largest]) > 0) largest = k;
    return absolute(entry(a, largest));
}

static number gap(const ray *a, const ray *b, size_t k) { return absolute(minus(entry(a, k), entry(b, k))); }

/* With a common root, the largest |t u - s v| is found in integers over one denominator. e and `largest` have
   their limbs before the mark. */
static number ray_distance(const ray *a, const ray *b, size_t length) {
    bool common = mpz_cmp(a->n, b->n) == 0 || is_zero(a) || is_zero(b);
    size_t best = 0;
    mpz_t s, t, e, largest;
    mpz_inits(s, t, NULL);
    mpz_init2(e, 64);
    mpz_init2(largest, 64);
    mpz_mul(t, mpq_numref(a->t), mpq_denref(b->t));
    mpz_mul(s, mpq_numref(b->t), mpq_denref(a->t));
    for (size_t k = 0; k < length; k++) {
        void *mark = memory_mark();
        mpz_mul(e, a->u[k], t);
        mpz_submul(e, b->u[k], s);
        if (common ? mpz_cmpabs(e, largest) > 0 : compare(gap(a, b, k), gap(a, b, best)) > 0) {
            mpz_swap(largest, e);
            best = k;
        }
        memory_release(mark);
    }
    return gap(a, b, best);
}

/* ---- networks --------------------------------------------------------------------------- */

network *forms_read(value A, value b, size_t D) {
    size_t m = json_count(A), d = m > 0 ? json_count(json_first(A)) : 1;
    value *row = elements(RULE, A, m), *bias = json_present(b) ? elements(RULE, b, m) : NULL;
    network *X = memory_new(1, sizeof *X);
    require(d > 0, RULE, A, "rows that are not empty");
    *X = (network){.d = d, .m = m, .D = D, .w = d + (bias != NULL), .biases = bias != NULL, .out = rationals(D),
                   .a = memory_new(m, sizeof(ray)), .c = memory_new(m, sizeof(ray)), .kappa = rationals(m)};
    for (size_t i = 0; i < m; i++) {
        value *from = elements(RULE, row[i], d);
        if (bias != NULL) from[d] = bias[i];
        ray_read(&X->a[i], RULE, from, X->w);
    }
    return X;
}

/* The columns of C (a flat list is the one row of D = 1). a_i and c_i get one root; then c aᵀ is rational. */
static void read_outputs(network *X, value C, bool flat) {
    value *from = elements(RULE, C, json_count(C));
    NEW_Q(s);
    if (flat) from[0] = C;
    for (size_t p = 0; p < X->D; p++) from[p] = json_list_of(RULE, from[p], X->m);
    for (size_t i = 0; i < X->m; i++) {
        ray *a = &X->a[i], *c = &X->c[i];
        ray_read(c, RULE, from, X->D);
        for (size_t p = 0; p < X->D; p++) from[p] = json_next(from[p]);
        if (is_zero(a) || is_zero(c)) continue;
        if (!root_ratio(s, c->n, a->n))
            reject(RULE, C, "expected rational c a^T, found that of neuron %zu irrational", i + 1);
        mpq_mul(c->t, c->t, s);
        mpz_set(c->n, a->n);
        mpq_set_z(s, a->n);
        mpq_mul(X->kappa[i], a->t, c->t);
        mpq_mul(X->kappa[i], X->kappa[i], s);
    }
}

network *network_read(value v) {
    bool biases = json_present(json_get(v, "layers"));
    json_shape(RULE, v, biases ? "layers" : "A C");
    if (biases && json_count(json_get(v, "layers")) != 2) return deep_read(v);
    value first = biases ? json_list_of(RULE, json_get(v, "layers"), 2) : v, second = biases ? json_next(first) : v;
    json_shape(RULE, first, biases ? "A b" : "A C");
    json_shape(RULE, second, biases ? "A b" : "A C");
    value C = json_get(second, biases ? "A" : "C"), *out;
    bool flat = json_type(json_list(RULE, C)) != JSON_LIST;
    network *X = forms_read(json_get(first, "A"), json_get(first, "b"), flat ? 1 : json_count(C));
    if (X->m == 0 || json_count(C) == 0 || X->D > MATRIX / (X->d + 1))
        reject(RULE, v, "expected m, D >= 1, D (d + 1) <= 10^7, found d, m, D = %zu, %zu, %zu", X->d, X->m, X->D);
    read_outputs(X, C, flat);
    if (biases) out = elements(RULE, json_get(second, "b"), X->D);
    for (size_t p = 0; p < X->D && biases; p++) rational_read(X->out[p], RULE, out[p]);
    return X;
}

network *network_read_shape(const char *rule, value v, size_t d, size_t m, size_t D) {
    network *X = network_read(v);
    if (X->biases || X->d != d || X->m != m || X->D != D)
        reject(rule, v, "expected a network in N_(%zu,%zu,%zu), found N_(%zu,%zu,%zu)%s", d, m, D,
               X->d, X->m, X->D, X->biases ? " with biases" : "");
    return X;
}

network *arrangement_read(const char *rule, value v) {
    json_shape(rule, v, "normals offsets?");
    network *X = forms_read(json_get(v, "normals"), json_get(v, "offsets"), 0);
    for (size_t i = 0; i < X->m; i++)
        if (mpz_cmp_ui(X->a[i].n, 1) > 0) reject(rule, v, "expected rational forms, found a root");
    return X;
}

/* The weights (a, α, β) act on (x, 1, -1). */
void network_fold(network *X) {
    X->biases = true;
    X->d -= 2;
    X->w = X->d + 1;
    for (size_t i = 0; i < X->m; i++) {
        ray *a = &X->a[i];
        mpz_sub(a->u[X->d], a->u[X->d], a->u[X->d + 1]);
        mpq_div(X->kappa[i], X->kappa[i], a->t);
        ray_normalize(a, X->w);
        mpq_mul(X->kappa[i], X->kappa[i], a->t);
    }
}

number neuron_distance(const network *X, size_t i, const network *Y, size_t j) {
    number a = ray_distance(&X->a[i], &Y->a[j], X->w);
    return X->D == 0 ? a : larger(a, ray_distance(&X->c[i], &Y->c[j], X->D));
}

number network_distance(const network *X, const network *Y) {
    number distance = integer(0);
    for (size_t i = 0; i < X->m; i++) distance = larger(distance, neuron_distance(X, i, Y, i));
    return distance;
}

bool network_equal(const network *X, const network *Y) {
    bool equal = X->d == Y->d && X->m == Y->m && X->D == Y->D && X->biases == Y->biases && X->layers == Y->layers &&
                 sign(network_distance(X, Y)) == 0;
    for (size_t l = 0; equal && l < X->layers; l++) equal = network_equal(X->layer[l], Y->layer[l]);
    for (size_t p = 0; equal && p < X->D && X->layers == 0; p++) equal = mpq_equal(X->out[p], Y->out[p]);
    return equal;
}
