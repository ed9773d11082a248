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

static bool varies(value v) { return v.doc->names != NULL && v.doc->names->family; }

/* The entries must be one common root times rationals; the first root met is that root. After them u has
   a 0, so that a form without bias can be read with bias 0. Functions of parameters may be any. */
static void ray_read(ray *a, const char *rule, const value *from, size_t length) {
    mpz_t *q = integers(length);
    NEW_Z(n); NEW_Q(s);
    if (length > 0 && varies(from[0])) {
        a->x = memory_new(length + 1, sizeof *a->x);
        a->x[length] = integer(0);
        for (size_t k = 0; k < length; k++) a->x[k] = number_read(rule, from[k]);
        return;
    }
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

point point_read(const char *rule, value v, const form *f) {
    ray x = {.x = NULL};
    ray_read(&x, rule, elements(rule, v, f->d), f->d);
    point to = {x.u, {{0}}, x.x};
    if (f->family && f->biases) to.x[f->d] = integer(1);
    if (f->family) return to;
    require(mpz_cmp_ui(x.n, 1) <= 0, rule, v, "rational coordinates");
    mpz_init_set(to.den, mpq_denref(x.t));
    for (size_t k = 0; k < f->d; k++) mpz_mul(to.z[k], to.z[k], mpq_numref(x.t));
    if (f->biases) mpz_set(to.z[f->d], to.den);
    return to;
}

number entry(const ray *a, size_t k) {
    NEW_Q(p); NEW_Q(n);
    if (a->x != NULL) return a->x[k];
    mpq_set_z(p, a->u[k]);
    mpq_mul(p, p, a->t);
    mpq_set_z(n, a->n);
    return times(rational(p), signed_root(n));
}

values norm(const ray *a, size_t length) {
    size_t largest = 0;
    values v = {0, NULL};
    for (size_t k = 0; a->x != NULL && k < length; k++) {
        values_add(&v, a->x[k], 1);
        values_add(&v, negative(a->x[k]), 1);
    }
    if (a->x != NULL) return v;
    for (size_t k = 1; k < length; k++)
        if (mpz_cmpabs(a->u[k], a->u[largest]) > 0) largest = k;
    values_add(&v, absolute(entry(a, largest)), 1);
    return v;
}

/* Some minor of (a, b) is never 0, or some entry of one is never 0 where the other's always is. */
bool apart(const ray *a, const ray *b, size_t length) {
    if (a->x == NULL) return compare_vectors(a->u, b->u, length) != 0;
    for (size_t q = 0; q < length; q++) {
        if (is_null(a->x[q]) ? side(b->x[q]) != 0 : is_null(b->x[q]) && side(a->x[q]) != 0) return true;
        for (size_t p = 0; p < q; p++)
            if (side(minus(times(a->x[p], b->x[q]), times(a->x[q], b->x[p]))) != 0) return true;
    }
    return false;
}

int direction(const ray *a, const ray *b, size_t length) {
    int s = 0;
    if (a->x == NULL) return compare_vectors(a->u, b->u, length) == 0 ? mpq_sgn(a->t) * mpq_sgn(b->t) : 0;
    for (size_t q = 0; q < length; q++) {
        for (size_t p = 0; p < q; p++)
            if (!is_null(minus(times(a->x[p], b->x[q]), times(a->x[q], b->x[p])))) return 0;
        if (s == 0) s = side(a->x[q]) * side(b->x[q]);
    }
    return s;
}

static number gap(const ray *a, const ray *b, size_t k) { return absolute(minus(entry(a, k), entry(b, k))); }

/* The values of all ±(a_k - b_k). With a common root, the largest |t u - s v| is found in integers over one denominator. e and `largest` have
   their limbs before the mark. */
static void ray_distance(values *v, const ray *a, const ray *b, size_t length) {
    bool common = a->x == NULL && (mpz_cmp(a->n, b->n) == 0 || is_zero(a) || is_zero(b));
    size_t best = 0;
    mpz_t s, t, e, largest;
    for (size_t k = 0; k < length && a->x != NULL; k++) {
        values_add(v, minus(a->x[k], b->x[k]), 1);
        values_add(v, minus(b->x[k], a->x[k]), 1);
    }
    if (a->x != NULL) return;
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
    values_add(v, gap(a, b, best), 1);
}

/* ---- networks --------------------------------------------------------------------------- */

network *forms_read(value A, value b, size_t D) {
    size_t m = json_count(A), d = m > 0 ? json_count(json_first(A)) : 1;
    value *row = elements(RULE, A, m), *bias = json_present(b) ? elements(RULE, b, m) : NULL;
    network *X = memory_new(1, sizeof *X);
    require(d > 0, RULE, A, "rows that are not empty");
    *X = (network){.d = d, .m = m, .D = D, .w = d + (bias != NULL), .biases = bias != NULL,
                   .out = memory_new(D, sizeof(number)), .a = memory_new(m, sizeof(ray)), .c = memory_new(m, sizeof(ray)), .kappa = rationals(m)};
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
        if (a->x != NULL) continue;
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
    value C = json_get(second, biases ? "A" : "C"), *out = NULL;
    bool flat = json_type(json_list(RULE, C)) != JSON_LIST;
    network *X = forms_read(json_get(first, "A"), json_get(first, "b"), flat ? 1 : json_count(C));
    if (X->m == 0 || json_count(C) == 0 || X->D > MATRIX / (X->d + 1))
        reject(RULE, v, "expected m, D >= 1, D (d + 1) <= 10^7, found d, m, D = %zu, %zu, %zu", X->d, X->m, X->D);
    read_outputs(X, C, flat);
    if (biases) out = elements(RULE, json_get(second, "b"), X->D);
    for (size_t p = 0; p < X->D; p++) {
        NEW_Q(q);
        X->out[p] = biases ? number_read(RULE, out[p]) : integer(0);
        require(X->out[p]->family != NULL || get_rational(q, X->out[p]), RULE, out[p], "a rational number");
    }
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
        if (a->x != NULL) a->x[X->d] = minus(a->x[X->d], a->x[X->d + 1]);
        if (a->x != NULL) continue;
        mpz_sub(a->u[X->d], a->u[X->d], a->u[X->d + 1]);
        mpq_div(X->kappa[i], X->kappa[i], a->t);
        ray_normalize(a, X->w);
        mpq_mul(X->kappa[i], X->kappa[i], a->t);
    }
}

values neuron_distance(const network *X, size_t i, const network *Y, size_t j) {
    values v = {0, NULL};
    ray_distance(&v, &X->a[i], &Y->a[j], X->w);
    if (X->D > 0) ray_distance(&v, &X->c[i], &Y->c[j], X->D);
    return v;
}

values network_distance(const network *X, const network *Y) {
    values distance = {0, NULL};
    for (size_t i = 0; i < X->m; i++) {
        values v = neuron_distance(X, i, Y, i);
        for (size_t k = 0; k < v.n; k++) values_add(&distance, v.x[k], 1);
    }
    return distance;
}

bool network_equal(const network *X, const network *Y) {
    bool equal = X->d == Y->d && X->m == Y->m && X->D == Y->D && X->biases == Y->biases && X->layers == Y->layers &&
                 all_below(network_distance(X, Y), integer(0), false);
    for (size_t l = 0; equal && l < X->layers; l++) equal = network_equal(X->layer[l], Y->layer[l]);
    for (size_t p = 0; equal && p < X->D && X->layers == 0; p++) equal = is_null(minus(X->out[p], Y->out[p]));
    return equal;
}
