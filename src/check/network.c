/* Networks and arrangements: section 2. */

#include "check.h"

#define RULE "network"
#define MATRIX 10000000      /* entries of a gradient, at most */

/* ---- vectors t √n u ------------------------------------------------------------------ */

bool is_zero(const ray *a) { return mpq_sgn(a->t) == 0; }

/* Divides u by its content and by the sign of its first non-zero entry; both go into t. */
void ray_normalize(ray *a, size_t length) {
    mpz_t content;
    int first = 0;
    mpz_init(content);
    for (size_t k = 0; k < length; k++) {
        if (first == 0) first = mpz_sgn(a->u[k]);
        if (mpz_cmp_ui(content, 1) != 0) mpz_gcd(content, content, a->u[k]);
    }
    if (first < 0) mpz_neg(content, content);
    for (size_t k = 0; k < length && first != 0 && mpz_cmp_ui(content, 1) != 0; k++)
        mpz_divexact(a->u[k], a->u[k], content);
    mpz_mul(mpq_numref(a->t), mpq_numref(a->t), content);
    mpq_canonicalize(a->t);
    mpz_clear(content);
}

/* s = √(n n')/n', so that √n = s √n'. False if n n' is not a square. */
static bool root_ratio(mpq_t s, const mpz_t n, const mpz_t other) {
    mpz_mul(mpq_numref(s), n, other);
    mpz_set(mpq_denref(s), other);
    if (!mpz_perfect_square_p(mpq_numref(s))) return false;
    mpz_sqrt(mpq_numref(s), mpq_numref(s));
    mpq_canonicalize(s);
    return true;
}

/* The entries must be one common root times rationals; the first root met is that root. */
static void ray_read(ray *a, const value *from, size_t length) {
    mpz_t *q = integers(length), n, common;
    mpq_t s;
    bool first = true;
    mpz_init(n);
    mpq_init(s);
    mpz_init_set_ui(common, 1);
    a->u = integers(length);
    mpz_init_set_ui(a->n, 1);
    for (size_t k = 0; k < length; k++) {
        root_read(a->u[k], q[k], n, RULE, from[k]);
        if (mpz_sgn(a->u[k]) == 0) continue;
        if (first) mpz_set(a->n, n);
        first = false;
        if (mpz_cmp(a->n, n) != 0) {
            if (!root_ratio(s, n, a->n)) expected(RULE, from[k], "a rational times the neuron's root");
            mpz_mul(a->u[k], a->u[k], mpq_numref(s));
            mpz_mul(q[k], q[k], mpq_denref(s));
        }
        if (!mpz_divisible_p(common, q[k])) mpz_lcm(common, common, q[k]);
    }
    for (size_t k = 0; k < length; k++) {
        if (mpz_sgn(a->u[k]) != 0 && mpz_cmp(common, q[k]) != 0) {
            mpz_divexact(q[k], common, q[k]);
            mpz_mul(a->u[k], a->u[k], q[k]);
        }
        mpz_clear(q[k]);
    }
    mpq_init(a->t);
    mpz_set_ui(mpq_numref(a->t), 1);
    mpz_set(mpq_denref(a->t), common);
    ray_normalize(a, length);
}

/* The signed square of p √n is p |p| n. */
number entry(const ray *a, size_t k) {
    mpq_t p, s;
    mpq_inits(p, s, NULL);
    mpq_set_z(p, a->u[k]);
    mpq_mul(p, p, a->t);
    mpq_set_z(s, a->n);
    mpq_mul(s, s, p);
    mpq_abs(p, p);
    mpq_mul(s, s, p);
    return signed_root(s);
}

number norm(const ray *a, size_t length) {
    size_t largest = 0;
    for (size_t k = 1; k < length; k++)
        if (mpz_cmpabs(a->u[k], a->u[largest]) > 0) largest = k;
    return absolute(entry(a, largest));
}

/* With a common root, |t u - s v| is taken in integers over one denominator. */
static number ray_distance(const ray *a, const ray *b, size_t length) {
    number best = integer(0);
    ray difference = {.u = integers(1)};
    mpz_t s, t, e;
    if (mpz_cmp(a->n, b->n) != 0 && !is_zero(a) && !is_zero(b)) {
        for (size_t k = 0; k < length; k++) {
            void *mark = memory_mark();
            bool more = compare(absolute(minus(entry(a, k), entry(b, k))), best) > 0;
            memory_release(mark);
            if (more) best = absolute(minus(entry(a, k), entry(b, k)));
        }
        return best;
    }
    mpz_inits(s, t, e, NULL);
    mpz_mul(t, mpq_numref(a->t), mpq_denref(b->t));
    mpz_mul(s, mpq_numref(b->t), mpq_denref(a->t));
    for (size_t k = 0; k < length; k++) {
        mpz_mul(e, a->u[k], t);
        mpz_submul(e, b->u[k], s);
        if (mpz_cmpabs(e, difference.u[0]) > 0) mpz_set(difference.u[0], e);
    }
    mpq_init(difference.t);
    mpq_set_ui(difference.t, 1, 1);
    mpz_mul(mpq_denref(difference.t), mpq_denref(a->t), mpq_denref(b->t));
    mpz_init_set(difference.n, is_zero(a) ? b->n : a->n);
    return absolute(entry(&difference, 0));
}

/* ---- networks --------------------------------------------------------------------------- */

static network *network_new(size_t d, size_t m, size_t D, bool biases) {
    network *X = memory_new(1, sizeof *X);
    *X = (network){.d = d, .m = m, .D = D, .w = d + biases, .biases = biases};
    X->a = memory_new(m, sizeof(ray));
    X->c = memory_new(m, sizeof(ray));
    X->kappa = memory_new(m, sizeof(mpq_t));
    X->out = memory_new(D, sizeof(mpq_t));
    for (size_t p = 0; p < D; p++) mpq_init(X->out[p]);
    return X;
}

/* The m forms: rows of A, each followed by its bias. */
static void read_forms(network *X, value A, value b) {
    value row = json_list_of(RULE, A, X->m), bias = row, v, *from = memory_new(X->w, sizeof *from);
    if (X->biases) bias = json_list_of(RULE, b, X->m);
    for (size_t i = 0; i < X->m; i++, row = json_next(row)) {
        v = json_list_of(RULE, row, X->d);
        for (size_t k = 0; k < X->d; k++, v = json_next(v)) from[k] = v;
        if (X->biases) {
            from[X->d] = bias;
            bias = json_next(bias);
        }
        ray_read(&X->a[i], from, X->w);
    }
}

/* The columns of C (a flat list is the one row of D = 1). a_i and c_i get one root, and a zero vector
   takes the other's; then c aᵀ is rational. */
static void read_outputs(network *X, value C, bool flat) {
    value row = json_first(C), v, *from = memory_new(X->D * X->m, sizeof *from);
    mpq_t s;
    mpq_init(s);
    for (size_t p = 0; p < X->D; p++, row = json_next(row)) {
        v = json_list_of(RULE, flat ? C : row, X->m);
        for (size_t i = 0; i < X->m; i++, v = json_next(v)) from[i * X->D + p] = v;
    }
    for (size_t i = 0; i < X->m; i++) {
        ray *a = &X->a[i], *c = &X->c[i];
        ray_read(c, from + i * X->D, X->D);
        if (is_zero(a)) mpz_set(a->n, c->n);
        if (is_zero(c)) mpz_set(c->n, a->n);
        if (!root_ratio(s, c->n, a->n))
            reject(RULE, C, "expected rational c a^T, found that of neuron %zu irrational", i + 1);
        mpq_mul(c->t, c->t, s);
        mpz_set(c->n, a->n);
        mpq_init(X->kappa[i]);
        mpq_set_z(X->kappa[i], a->n);
        mpq_mul(X->kappa[i], X->kappa[i], a->t);
        mpq_mul(X->kappa[i], X->kappa[i], c->t);
    }
}

static size_t length_at_least_1(value v) {
    json_list(RULE, v);
    if (json_count(v) == 0) expected(RULE, v, "a list that is not empty");
    return json_count(v);
}

network *network_read(value v) {
    bool biases = json_present(json_get(v, "layers")), flat;
    value first = v, second = v, A, C, row;
    size_t m, d, D;
    network *X;
    json_shape(RULE, v, biases ? "layers" : "A C");
    if (biases) {
        first = json_list_of(RULE, json_get(v, "layers"), 2);
        second = json_next(first);
        json_shape(RULE, first, "A b");
        json_shape(RULE, second, "A b");
    }
    A = json_get(first, "A");
    C = json_get(second, biases ? "A" : "C");
    m = length_at_least_1(A);
    d = length_at_least_1(json_first(A));
    D = length_at_least_1(C);
    row = json_first(C);
    flat = json_type(row) != JSON_LIST;
    for (size_t p = 0; p < D && !flat; p++, row = json_next(row)) json_list_of(RULE, row, m);
    if (!flat && D > MATRIX / (d + 1)) reject(RULE, v, "expected D (d + 1) <= 10^7, found more");
    X = network_new(d, m, flat ? 1 : D, biases);
    read_forms(X, A, json_get(first, "b"));
    read_outputs(X, C, flat);
    if (biases) row = json_list_of(RULE, json_get(second, "b"), X->D);
    for (size_t p = 0; p < X->D && biases; p++, row = json_next(row)) rational_read(X->out[p], RULE, row);
    return X;
}

network *network_read_shape(const char *rule, value v, size_t d, size_t m, size_t D) {
    network *X = network_read(v);
    if (X->biases || X->d != d || X->m != m || X->D != D)
        reject(rule, v, "expected a network in N_(%zu,%zu,%zu), found N_(%zu,%zu,%zu)%s", d, m, D, X->d,
               X->m, X->D, X->biases ? " with biases" : "");
    return X;
}

network *arrangement_read(const char *rule, value v) {
    value normals = json_get(v, "normals"), offsets = json_get(v, "offsets");
    network *X;
    json_shape(rule, v, "normals offsets?");
    json_list(rule, normals);
    X = network_new(json_count(normals) > 0 ? length_at_least_1(json_first(normals)) : 1,
                    json_count(normals), 0, json_present(offsets));
    read_forms(X, normals, offsets);
    for (size_t i = 0; i < X->m; i++)
        if (mpz_cmp_ui(X->a[i].n, 1) != 0) reject(rule, v, "expected rational forms, found a root");
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

bool network_equal(const network *X, const network *Y) {
    bool equal = X->d == Y->d && X->m == Y->m && X->D == Y->D && X->biases == Y->biases;
    for (size_t i = 0; equal && i < X->m; i++)
        equal = sign(ray_distance(&X->a[i], &Y->a[i], X->w)) == 0 &&
                (X->D == 0 || sign(ray_distance(&X->c[i], &Y->c[i], X->D)) == 0);
    for (size_t p = 0; equal && p < X->D; p++) equal = mpq_equal(X->out[p], Y->out[p]);
    return equal;
}

number neuron_distance(const network *X, size_t i, const network *Y, size_t j) {
    return larger(ray_distance(&X->a[i], &Y->a[j], X->w), ray_distance(&X->c[i], &Y->c[j], X->D));
}

number network_distance(const network *X, const network *Y) {
    number distance = integer(0);
    for (size_t i = 0; i < X->m; i++) distance = larger(distance, neuron_distance(X, i, Y, i));
    return distance;
}
