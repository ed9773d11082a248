/* Families: section 7. Numbers are rational functions p/q of the shifts t, u of the parameters k = K + t, t = 0, 1, ...
   and r = c + u, u > 0: polynomials with sums of roots as coefficients, q > 0 for all shifts. A line x >= 0 is proved
   by coefficients >= 0; x > 0 also by one that is > 0 at a monomial without shifts of integers. */

#include "check.h"

#define MOST 8               /* parameters */
#define RULE "family"

typedef struct { uint64_t e[MOST]; number c; } monomial;
typedef struct { size_t n; monomial *m; } polynomial;

struct ratio { polynomial p, q; };

static bool whole[MOST];     /* which parameters are integers */
static value place;          /* what is being checked */

static void add_monomial(polynomial *x, const uint64_t *e, number c) {
    size_t i = 0;
    while (i < x->n && memcmp(x->m[i].e, e, sizeof x->m[i].e) != 0) i++;
    if (i == x->n) {
        x->m = memory_resize(x->m, ++x->n, sizeof *x->m);
        memcpy(x->m[i].e, e, sizeof x->m[i].e);
        x->m[i].c = integer(0);
        for (size_t k = 0; k < MOST; k++) require(e[k] <= 10000 && x->n <= 2000, RULE, place, "polynomials less large");
    }
    x->m[i].c = plus(x->m[i].c, c);
    if (x->m[i].c->terms == 0) x->m[i] = x->m[--x->n];
}

static polynomial product(polynomial x, polynomial y) {
    polynomial z = {0, NULL};
    for (size_t i = 0; i < x.n; i++)
        for (size_t j = 0; j < y.n; j++) {
            uint64_t e[MOST];
            for (size_t k = 0; k < MOST; k++) e[k] = x.m[i].e[k] + y.m[j].e[k];
            add_monomial(&z, e, times(x.m[i].c, y.m[j].c));
        }
    return z;
}

static polynomial constant(number c) {
    polynomial z = {0, NULL};
    if (c->terms > 0) add_monomial(&z, (uint64_t[MOST]){0}, c);
    return z;
}

static number quotient(polynomial p, polynomial q) {
    struct ratio *z = memory_new(1, sizeof *z);
    sum *x = memory_new(1, sizeof *x);
    *z = (struct ratio){p, q};
    x->family = z;
    return x;
}

static struct ratio get_ratio(number x) {
    return x->family != NULL ? *x->family : (struct ratio){constant(x), constant(integer(1))};
}

/* Is x >= 0 (x > 0, for strict) for all values of the parameters? False also where this is not proved. */
static bool holds(number x, bool strict) {
    polynomial p = get_ratio(x).p;
    for (size_t i = 0; i < p.n; i++) {
        bool moving = false;
        if (sign(p.m[i].c) < 0) return false;
        for (size_t k = 0; k < MOST; k++) moving |= whole[k] && p.m[i].e[k] > 0;
        strict &= moving;
    }
    return !strict;
}

static number negative(number x) { return times(integer(-1), x); }
static int side(number x) { return holds(x, true) ? 1 : holds(negative(x), true) ? -1 : 0; }
static bool is_null(number x) { return get_ratio(x).p.n == 0; }
static bool at_least(number x, number y) { return holds(minus(x, y), false); }

number family_plus(number x, number y) {
    struct ratio r = get_ratio(x), s = get_ratio(y);
    polynomial p = product(r.p, s.q), more = product(s.p, r.q);
    for (size_t i = 0; i < more.n; i++) add_monomial(&p, more.m[i].e, more.m[i].c);
    return quotient(p, product(r.q, s.q));
}

number family_times(number x, number y) {
    struct ratio r = get_ratio(x), s = get_ratio(y);
    return quotient(product(r.p, s.p), product(r.q, s.q));
}

number family_inverse(number x) {
    int s = side(x);
    struct ratio r = get_ratio(s < 0 ? negative(x) : x);
    require(s != 0, RULE, place, "divisors that are proved not to be 0");
    return s < 0 ? negative(quotient(r.q, r.p)) : quotient(r.q, r.p);
}

/* ---- networks ---------------------------------------------------------------------------- */

/* Neurons i < n: a[i d + q], c[i D + p]. */
typedef struct { size_t n, d, D; number *a, *c; } neurons;

static neurons read_neurons(value networks, value name) {
    value v = json_named(networks, name), A = json_get(v, "A"), C = json_get(v, "C"), at = json_list(RULE, A);
    neurons X = {.n = json_count(A), .d = json_count(at), .D = 1};
    place = name;
    require(json_type(name) == JSON_STRING && json_present(v) && X.n > 0 && X.d > 0, RULE, name, "a network's name");
    json_shape(RULE, v, "A C");
    bool flat = json_type(json_list(RULE, C)) != JSON_LIST;
    if (!flat) X.D = json_count(C);
    X.a = memory_new(X.n * X.d, sizeof *X.a);
    X.c = memory_new(X.n * X.D, sizeof *X.c);
    for (size_t i = 0; i < X.n; i++, at = json_next(at)) {
        value x = json_list_of(RULE, at, X.d);
        for (size_t q = 0; q < X.d; q++, x = json_next(x)) X.a[i * X.d + q] = number_read(RULE, x);
    }
    at = flat ? C : json_list(RULE, C);
    for (size_t p = 0; p < X.D; p++, at = json_next(at)) {
        value x = json_list_of(RULE, at, X.n);
        for (size_t i = 0; i < X.n; i++, x = json_next(x)) X.c[i * X.D + p] = number_read(RULE, x);
    }
    return X;
}

/* a_i and a'_j as the rows of a matrix: its minor in columns p, q. */
static number minor(const neurons *X, size_t i, const neurons *Y, size_t j, size_t p, size_t q) {
    number *a = X->a + i * X->d, *b = Y->a + j * Y->d;
    return minus(times(a[p], b[q]), times(a[q], b[p]));
}

/* 1, -1: a_i is always a positive, a negative multiple of a_j; 0: this is not proved. */
static int orientation(const neurons *X, size_t i, size_t j) {
    int s = 0;
    for (size_t q = 0; q < X->d; q++) {
        for (size_t p = 0; p < q; p++)
            if (!is_null(minor(X, i, X, j, p, q))) return 0;
        if (s == 0) s = side(X->a[i * X->d + q]) * side(X->a[j * X->d + q]);
    }
    return s;
}

/* f(x) = L x + Σ_j J_j x [<a_j, x> > 0] over the first neurons of each line (own[j] = j); n d D entries. */
typedef struct { neurons X; size_t *own, size; number *L, *J; } function;

static function read_function(value networks, value of) {
    bool pair = json_type(of) == JSON_LIST;
    value first = pair ? json_list_of(RULE, of, 2) : of, second = pair ? json_next(first) : of;
    neurons X = read_neurons(networks, first), Y = read_neurons(networks, second);
    size_t m = X.n;
    require(json_count(networks) == (json_same(first, second) ? 1 : 2), RULE, networks, "only networks of the claim");
    require(X.d == Y.d && X.D == Y.D, RULE, of, "networks of one shape");
    if (pair) X.n += Y.n;
    X.a = memory_resize(X.a, X.n * X.d, sizeof *X.a);
    X.c = memory_resize(X.c, X.n * X.D, sizeof *X.c);
    for (size_t i = m * X.d; i < X.n * X.d; i++) X.a[i] = Y.a[i - m * X.d];
    for (size_t i = m * X.D; i < X.n * X.D; i++) X.c[i] = negative(Y.c[i - m * X.D]);
    size_t size = X.d * X.D;
    function f = {X, memory_new(X.n, sizeof *f.own), size, memory_new(size, sizeof *f.L),
                  memory_new(X.n * size, sizeof *f.J)};
    for (size_t i = 0; i < X.n * size; i++) f.J[i] = f.L[i % size] = integer(0);
    for (size_t i = 0; i < X.n; i++) {
        int s = 1;
        for (f.own[i] = 0; f.own[i] < i; f.own[i]++)
            if (f.own[f.own[i]] == f.own[i] && (s = orientation(&X, i, f.own[i])) != 0) break;
        if (f.own[i] == i) s = 1;
        for (size_t e = 0; e < size; e++) {     /* ρ(-z) = ρ(z) - z: -J on the other side, and J everywhere */
            number *J = &f.J[f.own[i] * size + e], jump = times(X.c[i * X.D + e / X.d], X.a[i * X.d + e % X.d]);
            *J = (s > 0 ? plus : minus)(*J, jump);
            if (s < 0) f.L[e] = plus(f.L[e], jump);
        }
    }
    return f;
}

/* ---- claims ------------------------------------------------------------------------------- */

static void check_equal(const function *f, value v) {
    for (size_t i = 0; i < f->X.n * f->size; i++)
        require(is_null(f->J[i]) && is_null(f->L[i % f->size]), RULE, v, "equal realizations");
}

/* Each entry of σ Df is at most σL + Σ max(0, σJ) <= t. */
static void check_upper(const function *f, number t, value v) {
    json_shape(RULE, v, "");
    for (size_t e = 0; e < 2 * f->size; e++) {
        number total = e < f->size ? f->L[e] : negative(f->L[e - f->size]);
        for (size_t i = 0; i < f->X.n; i++) {
            number J = f->J[i * f->size + e % f->size];
            if (e >= f->size) J = negative(J);
            if (holds(J, false)) total = plus(total, J);
            else require(holds(negative(J), false), RULE, v, "jumps of one sign (neuron %zu)", i + 1);
        }
        require(at_least(t, total), RULE, v, "an upper bound (entry %zu)", e % f->size + 1);
    }
}

/* x is on no hyperplane for any values, and some entry of ±Df(x) is >= t for all. */
static void check_lower(const function *f, number t, value v) {
    value x = json_list_of(RULE, json_get(v, "x"), f->X.d);
    number *G = memory_new(f->size, sizeof *G), *z = memory_new(f->X.d, sizeof *z);
    bool found = false;
    json_shape(RULE, v, "x");
    for (size_t e = 0; e < f->size; e++) G[e] = f->L[e];
    for (size_t q = 0; q < f->X.d; q++, x = json_next(x)) z[q] = number_read(RULE, x);
    for (size_t i = 0; i < f->X.n; i++) {
        number product = integer(0);
        bool active = false;
        for (size_t e = 0; e < f->size; e++) active |= !is_null(f->J[i * f->size + e]);
        for (size_t q = 0; q < f->X.d; q++) product = plus(product, times(f->X.a[i * f->X.d + q], z[q]));
        int s = active ? side(product) : -1;
        require(s != 0, RULE, v, "a point never on the hyperplane of neuron %zu", i + 1);
        for (size_t e = 0; s > 0 && e < f->size; e++) G[e] = plus(G[e], f->J[i * f->size + e]);
    }
    for (size_t e = 0; e < f->size; e++) found |= at_least(G[e], t) || at_least(negative(G[e]), t);
    require(found, RULE, v, "a lower bound");
}

static bool is_zero_row(const neurons *g, size_t i) {
    for (size_t q = 0; q < g->d; q++)
        if (!is_null(g->a[i * g->d + q])) return false;
    return true;
}

/* The line of g's neuron j is no other neuron's, for any values, and c_j is never 0. */
static bool is_essential(const neurons *g, size_t j) {
    bool alive = false;
    for (size_t p = 0; p < g->D; p++)
        for (size_t q = 0; q < g->d; q++) alive |= side(times(g->c[j * g->D + p], g->a[j * g->d + q])) != 0;
    for (size_t i = 0; i < g->n; i++) {
        bool apart = i == j || is_zero_row(g, i);
        for (size_t q = 0; q < g->d && !apart; q++)
            for (size_t p = 0; p < q && !apart; p++) apart = side(minor(g, i, g, j, p, q)) != 0;
        alive &= apart;
    }
    return alive;
}

static number magnitude(number x) { return holds(x, false) ? x : negative(x); }
static bool has_sign(number x) { return holds(x, false) || holds(negative(x), false); }

/* COST'(i, H) >= t: |a_p u_q - a_q u_p| >= t (|u_p| + |u_q|) for some p, q with (u_p, u_q) never 0; or, if all
   parametrizations have one neuron on H (K = m): t - |λ u_p - a_p| > 0 and t - |γ/λ - c| > 0 would give
   |u_p γ| < (t + |a_p|) (t + |c|), so this fails if |u_p γ| >= that. */
static bool is_far(const neurons *X, size_t i, const neurons *g, size_t j, bool full, number t) {
    for (size_t q = 0; q < g->d; q++) {
        number u = g->a[j * g->d + q], a = X->a[i * g->d + q];
        for (size_t p = 0; p < g->d; p++) {
            number w = g->a[j * g->d + p], M = minor(X, i, g, j, p, q);
            if (has_sign(u) && has_sign(w) && has_sign(M) && side(plus(magnitude(u), magnitude(w))) > 0 &&
                at_least(magnitude(M), times(t, plus(magnitude(u), magnitude(w))))) return true;
        }
        for (size_t p = 0; full && p < g->D; p++) {
            number c = X->c[i * g->D + p], J = times(u, g->c[j * g->D + p]);
            if (has_sign(a) && has_sign(c) && has_sign(J) &&
                at_least(magnitude(J), times(plus(t, magnitude(a)), plus(t, magnitude(c))))) return true;
        }
    }
    return false;
}

/* Each line of `hyperplanes` (a neuron of g each) needs a neuron of its own; those not in `neurons` are far. */
static void check_hall_set(const neurons *X, const neurons *g, number t, value v) {
    size_t rows, listed, *S = json_indices(RULE, json_get(v, "hyperplanes"), g->n, &rows);
    size_t *N = json_indices(RULE, json_get(v, "neurons"), X->n, &listed);
    bool full = g->n == X->n;
    json_shape(RULE, v, "hyperplanes neurons");
    require(listed < rows, RULE, v, "fewer neurons than hyperplanes");
    for (size_t j = 0; j < g->n; j++) full = full && is_essential(g, j);
    for (size_t j = 0; j < rows; j++) {
        require(is_essential(g, S[j] - 1), RULE, v, "a hyperplane of neuron %zu alone", S[j]);
        for (size_t i = 0; i < X->n; i++) {
            bool far = false;
            for (size_t k = 0; k < listed; k++) far |= N[k] == i + 1;
            require(far || is_far(X, i, g, S[j] - 1, full, t), RULE, v, "neuron %zu far from %zu", i + 1, S[j]);
        }
    }
}

/* g itself is near: its neuron `matching`[i] to neuron i. */
static void check_near(const neurons *X, const neurons *g, number t, value v) {
    size_t n, *pi = json_indices(RULE, json_get(v, "matching"), g->n, &n);
    json_shape(RULE, v, "matching");
    require(n == X->n && n == g->n, RULE, v, "a permutation");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < X->d + X->D; k++) {
            number x = k < X->d ? minus(X->a[i * X->d + k], g->a[(pi[i] - 1) * X->d + k])
                                : minus(X->c[i * X->D + k - X->d], g->c[(pi[i] - 1) * X->D + k - X->d]);
            require(at_least(t, x) && at_least(t, negative(x)), RULE, v, "a distance at most that of the claim");
        }
}

bool is_family(value instance) {
    value parameters = json_get(instance, "parameters");
    return json_type(parameters) == JSON_OBJECT && json_count(parameters) > 0 &&
        json_type(json_next(json_first(parameters))) == JSON_OBJECT;
}

void check_family(json *doc, const claim *c, value v) {
    value parameters = json_get(v, "parameters"), networks = json_get(v, "networks"), at = json_get(v, "statement");
    value evidence = json_get(v, "evidence"), key = json_first(parameters), of = json_get(at, "of");
    size_t count = json_count(parameters);
    number *shifted = memory_new(count, sizeof *shifted);
    environment names = {count, memory_new(count, sizeof *names.name), shifted};
    bool distance = strcmp(c->name, "distance") == 0, equal = strcmp(c->name, "equal") == 0;
    const char *const relation[] = {"equals", "at-most", "at-least"};
    json_shape(RULE, v, "parameters networks statement verdict=proved evidence");
    require(json_type(networks) == JSON_OBJECT && count <= MOST, RULE, v, "networks, and at most 8 parameters");
    memset(whole, 0, sizeof whole);
    place = v;
    for (size_t k = 0; k < count; k++, key = json_next(json_next(key))) {
        value range = json_next(key), from = json_get(range, "integer-from");
        NEW_Q(end);
        uint64_t e[MOST] = {0};
        whole[k] = json_present(from);
        json_shape(RULE, range, whole[k] ? "integer-from" : "real-above");
        rational_read(end, RULE, whole[k] ? from : json_get(range, "real-above"));
        require(!whole[k] || mpz_cmp_ui(mpq_denref(end), 1) == 0, RULE, from, "an integer");
        polynomial p = constant(rational(end));
        e[k] = 1;
        add_monomial(&p, e, integer(1));
        shifted[k] = quotient(p, constant(integer(1)));
        names.name[k] = key;
    }
    doc->names = &names;
    size_t r = 0;
    while (r < 2 && !json_present(json_get(at, relation[r]))) r++;
    json_shape(RULE, at, equal ? "of holds" : distance ? (r == 0 ? "gamma g equals" : r == 1 ? "gamma g at-most"
               : "gamma g at-least") : r == 0 ? "of equals" : r == 1 ? "of at-most" : "of at-least");
    json_shape(RULE, evidence, equal ? "kind=family" : r == 0 ? "kind=family lower upper" : r == 1 ? "kind=family upper"
               : "kind=family lower");
    value lower = json_get(evidence, "lower"), upper = json_get(evidence, "upper");
    number t = equal ? NULL : number_read(RULE, json_get(at, relation[r]));
    if (distance) {
        neurons X = read_neurons(networks, json_get(at, "gamma")), g = read_neurons(networks, json_get(at, "g"));
        require(X.d == g.d && X.D == g.D && json_count(networks) == (json_same(json_get(at, "gamma"),
                json_get(at, "g")) ? 1 : 2), RULE, at, "the two networks of the claim, of one d and D");
        if (r != 1) check_hall_set(&X, &g, t, lower);
        if (r != 2) check_near(&X, &g, t, upper);
    } else {
        require(equal || strcmp(c->name, "semi-norm") == 0, RULE, v, "a claim equal, semi-norm or distance");
        require(!equal || json_type(json_get(at, "holds")) == JSON_TRUE, RULE, at, "\"holds\": true");
        function f = read_function(networks, of);
        if (equal) check_equal(&f, v);
        if (!equal && r != 1) check_lower(&f, t, lower);
        if (!equal && r != 2) check_upper(&f, t, upper);
    }
    doc->names = NULL;
}
