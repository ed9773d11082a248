/* Stability of minima: section 5, stability. */

#include "check.h"

#define RULE "stability"
/* The entries e = j n + l, l <= j, of a symmetric matrix. */
#define EACH(e, n) for (size_t e = 0; e < (n) * (n); e++) if (e % (n) <= e / (n))

/* The parts of a claim; for each a statement has 0 or the index of a word, and the number that is compared with. */
enum { LAMBDA, FLATTEST, NORMS, LEMMA_2 = NORMS + 5, THEOREM_1 = LEMMA_2 + 3, STABLE, THEOREM_3, LEMMA_3, PARTS };
enum { EQUALS = 1, AT_MOST, AT_LEAST, FALSE, TRUE };
static const char *const words[] = {"", "equals", "at-most", "at-least", "false", "true"};
static const char *const parts[] = {"lambda-max", "flattest", "S-theta", "norm-R-g", "norm-R", "norm-R-ghat",
    "norm-R-ghat-flipped", "lemma-2-bound", "lemma-2-bound-flipped", "lemma-2-bound-averaged", "theorem-1",
    "linearly-stable", "theorem-3", "lemma-3"};

struct stability { int word[PARTS]; number v[PARTS]; };

const struct stability *stability_read(value v) {
    struct stability *t = memory_new(1, sizeof *t);
    bool eta = false, any = false;
    for (int k = 0; k < PARTS; k++) {
        value at = json_get(v, parts[k]), x;
        json_kind kind = json_present(at) ? json_type(at) : JSON_NULL;
        t->v[k] = integer(0);
        for (int r = EQUALS; r <= AT_LEAST && k < THEOREM_1 && kind == JSON_OBJECT && json_count(at) == 1; r++)
            if (json_present(x = json_get(at, words[r]))) t->v[k] = number_read(RULE, x), t->word[k] = r;
        if (k >= THEOREM_1 && (kind == JSON_FALSE || kind == JSON_TRUE)) t->word[k] = kind == JSON_TRUE ? TRUE : FALSE;
        require(!json_present(at) || t->word[k] != 0, RULE, at, "equals, at-most or at-least; true or false");
        eta = eta || (json_present(at) && k >= THEOREM_1 && k < LEMMA_3);
        any = any || json_present(at);
    }
    require(any && json_present(json_get(v, "eta")) == eta, RULE, v, "parts, and eta just if they are about it");
    return t;
}

bool stability_equal(const struct stability *t, const struct stability *o) {
    for (int k = 0; k < PARTS; k++)
        if (t->word[k] != o->word[k] || compare(t->v[k], o->v[k]) != 0) return false;
    return true;
}

void stability_print(const statement *s) {
    for (int k = 0; k < PARTS; k++)
        if (s->stability->word[k] != 0)
            printf("%s %s %s, ", parts[k], words[s->stability->word[k]],
                   k < THEOREM_1 ? number_text(s->stability->v[k]) : "");
    printf("eta = %s, labels: %s; of ", number_text(s->q), s->own ? "the network's own values" : "y");
}

/* ---- the network at the data -------------------------------------------------------------------- */

/* Layer l takes N numbers at point j, in[j N + k], to `rows` pre-activations A (in, 1); delta[j rows + i] is the derivative
   of f(x_j) by the i-th. With two layers, the root √n_i of neuron i is left out of in and, as 1/√n_i, of delta: unit[i] =
   n_i. */
typedef struct { size_t N, rows; mpq_t *A, *in, *delta; } layer;

/* z[j m + i]: pre-activations of the first layer. G[j n + l] / G_den = <x_j, x_l> + 1, l <= j. */
typedef struct {
    const statement *s; const network *X; size_t n, d, m, layers; layer *layer; mpq_t *z, *unit;
    mpz_t *G, G_den; bool solution, smooth, off_knots;
} model;

/* q = z by; by is not q. */
static void times_z(mpq_t q, const mpz_t z, const mpq_t by) {
    mpq_set_z(q, z);
    mpq_mul(q, q, by);
}

static void read_layers(model *M) {
    const network *X = M->X;
    M->layers = X->layers > 0 ? X->layers : 2;
    M->layer = memory_new(M->layers, sizeof *M->layer);
    for (size_t l = 0; l < M->layers; l++) {
        const network *Y = X->layers > 0 ? X->layer[l] : X;
        size_t N = X->layers == 0 && l == 1 ? X->m : Y->d, rows = X->layers == 0 && l == 1 ? 1 : Y->m;
        layer *L = &M->layer[l];
        *L = (layer){N, rows, rationals(rows * (N + 1)), rationals(M->n * N), rationals(M->n * rows)};
        for (size_t e = 0; e < rows * (N + 1) && (X->layers > 0 || l == 0); e++)
            times_z(L->A[e], Y->a[e / (N + 1)].u[e % (N + 1)], Y->a[e / (N + 1)].t);
    }
    for (size_t i = 0; i < M->m; i++) {
        mpq_set_z(M->unit[i], X->a[i].n);
        if (is_zero(&X->a[i])) mpq_set_ui(M->unit[i], 1, 1);
        times_z(M->layer[1].A[i], X->c[i].u[0], X->c[i].t);
        mpq_mul(M->layer[1].A[i], M->layer[1].A[i], M->unit[i]);
    }
    if (M->m > 0 && X->biases) get_rational(M->layer[1].A[M->m], X->out[0]);
}

/* in and delta of all layers, and what is to be known of the residuals f(x_j) - y_j. */
static void evaluate(model *M) {
    NEW_Q(q); NEW_Q(z);
    read_layers(M);
    for (size_t e = 0; e < M->n * M->d; e++) mpq_set(M->layer[0].in[e], M->s->x[e]);
    for (size_t l = 0; l < M->layers; l++) {
        layer *L = &M->layer[l];
        bool last = l + 1 == M->layers;
        for (size_t e = 0; e < M->n * L->rows; e++) {
            mpq_t *A = L->A + e % L->rows * (L->N + 1);
            mpq_set(z, A[L->N]);
            for (size_t k = 0; k < L->N; k++) {
                mpq_mul(q, A[k], L->in[e / L->rows * L->N + k]);
                mpq_add(z, z, q);
            }
            mpq_set_ui(L->delta[e], last, 1);
            if (last) M->solution = M->solution && (M->s->own || mpq_equal(z, M->s->y[e]));
            else if (mpq_sgn(z) == 0) M->smooth = false;
            else if (mpq_sgn(z) > 0) mpq_set(L[1].in[e], z);
            if (l == 0) mpq_set(M->z[e], z);
            if (l == 0 && M->m > 0 && mpq_sgn(z) == 0 && !all_zero(M->X->a[e % M->m].u, M->d)) M->off_knots = false;
        }
    }
    for (size_t l = M->layers - 1; l-- > 0;) {
        layer *L = &M->layer[l], *next = L + 1;
        for (size_t e = 0; e < M->n * L->rows; e++)
            for (size_t i = 0; i < next->rows && mpq_sgn(next->in[e]) > 0; i++) {
                mpq_mul(q, next->A[i * (next->N + 1) + e % L->rows], next->delta[e / L->rows * next->rows + i]);
                mpq_add(L->delta[e], L->delta[e], q);
            }
    }
}

/* ---- largest eigenvalues ------------------------------------------------------------------------ */

/* z[k] / den = q[k]. */
static void clear_denominators(mpz_t *z, mpz_t den, mpq_t *q, size_t count) {
    mpz_set_ui(den, 1);
    for (size_t k = 0; k < count; k++) mpz_lcm(den, den, mpq_denref(q[k]));
    for (size_t k = 0; k < count; k++) {
        mpz_divexact(z[k], den, mpq_denref(q[k]));
        mpz_mul(z[k], z[k], mpq_numref(q[k]));
    }
}

/* S[j n + l] / den = Σ_k weight_k v_jk v_lk for l <= j; or over the weight; NULL: 1. */
static mpz_t *products(mpz_t den, mpq_t *v, size_t n, size_t N, mpq_t *weight, bool over) {
    mpz_t *x = integers(n * N), *y = integers(n * N), *S = integers(n * n);
    mpq_t *w = rationals(n * N);
    NEW_Z(other);
    for (size_t e = 0; e < n * N; e++)
        if (weight == NULL) mpq_set(w[e], v[e]);
        else (over ? mpq_div : mpq_mul)(w[e], v[e], weight[e % N]);
    clear_denominators(x, den, v, n * N);
    clear_denominators(y, other, w, n * N);
    mpz_mul(den, den, other);
    EACH(e, n) dot(S[e], x + e / n * N, y + e % n * N, N);
    return S;
}

/* A[j n + l], l <= j: scale n K = scale Σ over the layers of (<in_j, in_l> + 1) <delta_j, delta_l>. */
static mpz_t *gram(const model *M, const mpz_t scale, value at) {
    mpz_t *A = integers(M->n * M->n);
    NEW_Z(a); NEW_Z(b);
    for (size_t l = 0; l < M->layers; l++) {
        const layer *L = &M->layer[l];
        mpz_t *S = products(a, L->in, M->n, L->N, l == 1 && M->m > 0 ? M->unit : NULL, false);
        mpz_t *T = products(b, L->delta, M->n, L->rows, l == 0 && M->m > 0 ? M->unit : NULL, true);
        mpz_mul(b, b, a);
        EACH(e, M->n) {
            mpz_add(S[e], S[e], a);
            mpz_mul(S[e], S[e], T[e]);
            mpz_mul(S[e], S[e], scale);
            require(mpz_divisible_p(S[e], b), RULE, at, "a scale for which the matrix is integral");
            mpz_divexact(S[e], S[e], b);
            mpz_add(A[e], A[e], S[e]);
        }
    }
    return A;
}

static mpz_t *read_integers(value v, size_t count) {
    mpz_t *z = integers(count);
    value at = json_list_of(RULE, v, count);
    NEW_Q(q);
    for (size_t k = 0; k < count; k++, at = json_next(at)) {
        rational_read(q, RULE, at);
        require(mpz_cmp_ui(mpq_denref(q), 1) == 0, RULE, at, "an integer");
        mpz_set(z[k], mpq_numref(q));
    }
    return z;
}

/* The bound T of the Hessian's lambda_max, which is that of K for a solution, that v proves; NULL if v is absent. With A =
   scale n K, in integers: factor: scale n T I - A - weight L Lᵀ is diagonally dominant, where L's rows end when the rest is
   0; vector: <u, A u> >= scale n T <u, u>. integers: scale, and weight. */
static number eigenvalue(const model *M, value v, bool upper) {
    size_t n = M->n, *length = memory_new(n, sizeof *length);
    mpz_t **L = memory_new(n, sizeof *L), *row_sum = integers(n), *u = NULL;
    NEW_Z(x);
    NEW_Q(T); NEW_Q(q); NEW_Q(all);
    if (!json_present(v)) return NULL;
    json_shape(RULE, v, upper ? "bound integers factor" : "bound integers vector");
    require(M->solution && M->smooth, RULE, v, "a solution and no point on a knot");
    mpz_t *z = read_integers(json_get(v, "integers"), upper ? 2 : 1);
    for (int k = 0; k <= upper; k++) require(mpz_sgn(z[k]) > 0, RULE, v, "positive integers");
    mpz_t *A = gram(M, z[0], v);
    value row = upper ? json_list_of(RULE, json_get(v, "factor"), n) : v;
    for (size_t j = 0; j < n && upper; j++, row = json_next(row)) L[j] = read_integers(row, length[j] = json_count(row));
    if (!upper) u = read_integers(json_get(v, "vector"), n);
    EACH(e, n) {
        size_t j = e / n, l = e % n;
        if (upper) dot(x, L[j], L[l], length[j] < length[l] ? length[j] : length[l]);
        else mpz_mul(x, u[j], u[l]);
        mpz_mul(x, x, upper ? z[1] : A[e]);
        if (upper) mpz_add(x, x, A[e]);
        if (upper && l < j) mpz_abs(x, x);
        mpz_add(row_sum[j], row_sum[j], x);
        if (l < j) mpz_add(row_sum[l], row_sum[l], x);
    }
    rational_read(T, RULE, json_get(v, "bound"));
    mpz_mul_ui(z[0], z[0], n);
    times_z(q, z[0], T);
    for (size_t j = 0; j < n && upper; j++) require(mpq_cmp_z(q, row_sum[j]) >= 0, RULE, v, "dominance in row %zu", j + 1);
    if (upper) return rational(T);
    for (size_t j = 1; j < n; j++) mpz_add(row_sum[0], row_sum[0], row_sum[j]);
    dot(x, u, u, n);
    times_z(all, x, q);
    require(mpz_sgn(x) > 0 && mpq_cmp_z(all, row_sum[0]) <= 0, RULE, v, "a vector with a quotient of at least the bound");
    return rational(T);
}

/* ---- norms and bounds ----------------------------------------------------------------------------- */

/* a / b; b NULL: 1. */
static number quotient(const mpz_t a, const mpz_t b) {
    NEW_Q(q);
    mpq_set_z(q, a);
    if (b != NULL) mpz_set(mpq_denref(q), b);
    mpq_canonicalize(q);
    return rational(q);
}

/* w2_i |(w_i, b_i)| in units of the primitive form u_i, or √n_i t_i u_i. */
static number strength(const model *M, size_t i) {
    return times(rational(M->X->kappa[i]), integer(mpq_sgn(M->X->a[i].t)));
}

static number total(number *x, size_t n) {
    return n == 0 ? integer(0) : n == 1 ? x[0] : plus(total(x, n / 2), total(x + n / 2, n - n / 2));
}

/* Over the points j on this side of neuron i's knot, with its primitive form p: root[0] = |Σ p_j| |Σ (x_j, 1)|, root[1] =
   (Σ p_j²)^(1/2) (Σ |(x_j, 1)|²)^(1/2). */
static void weigh(number root[2], const model *M, size_t i, int side) {
    number p = integer(0), squares = p, t = inverse(rational(M->X->a[i].t));
    NEW_Z(B); NEW_Z(E);
    EACH(e, M->n) {
        size_t j = e / M->n, l = e % M->n;
        if (mpq_sgn(M->z[j * M->m + i]) != side || mpq_sgn(M->z[l * M->m + i]) != side) continue;
        mpz_addmul_ui(B, M->G[e], l < j ? 2 : 1);
        if (l < j) continue;
        number at = times(rational(M->z[j * M->m + i]), t);
        p = plus(p, at);
        squares = plus(squares, times(at, at));
        mpz_add(E, E, M->G[e]);
    }
    root[0] = times(absolute(p), root_of(quotient(B, M->G_den)));
    root[1] = root_of(times(squares, quotient(E, M->G_den)));
}

/* S_theta, ||f||_{R,g}, ||f||_R, ||f||_{R,g^} as given and flipped, S_theta with g~ [N 52]. A knot counts at its first
   neuron. */
static void set_norms(number norm[6], const model *M) {
    number *term = memory_new(6 * M->m, sizeof *term), n = inverse(integer((long)M->n)), root[4];
    size_t count = 0;
    NEW_Z(x);
    for (size_t i = 0; i < M->m; i++) {
        number jump = integer(0), own = absolute(strength(M, i));
        bool first = true;
        if (all_zero(M->X->a[i].u, M->d)) continue;
        for (size_t l = 0; l < M->m; l++) {
            if (compare_vectors(M->X->a[l].u, M->X->a[i].u, M->d + 1) != 0) continue;
            first = first && l >= i;
            jump = plus(jump, strength(M, l));
        }
        weigh(root, M, i, 1);
        weigh(root + 2, M, i, -1);
        dot(x, M->X->a[i].u, M->X->a[i].u, M->d);
        number g = compare(root[0], root[2]) < 0 ? root[0] : root[2];
        number factor[6] = {times(n, g), times(n, g), root_of(quotient(x, NULL)), root[1], root[3], times(n, root[0])};
        for (size_t k = 0; k < 6; k++)
            term[k * M->m + count] = times(times(factor[k], k == 2 ? integer(1) : n),
                                           k % 5 == 0 ? own : first ? absolute(jump) : integer(0));
        count++;
    }
    for (size_t k = 0; k < 6; k++) norm[k] = total(term + k * M->m, count);
}

/* |grad f| at a point on no knot. */
static number gradient(const model *M, value v) {
    form f = {.d = M->d, .biases = true};
    number norm = integer(0);
    NEW_Z(z);
    point x = point_read(RULE, v, &f);
    for (size_t k = 0; k < M->d; k++) {
        number g = integer(0);
        for (size_t i = 0; i < M->m; i++) {
            const ray *a = &M->X->a[i];
            dot(z, a->u, x.z, M->d + 1);
            require(mpz_sgn(z) != 0 || all_zero(a->u, M->d), RULE, v, "a point on no knot");
            if (mpz_sgn(z) * mpq_sgn(a->t) > 0) g = plus(g, times(rational(M->X->kappa[i]), quotient(a->u[k], NULL)));
        }
        norm = plus(norm, times(g, g));
    }
    return root_of(norm);
}

/* Does it follow from lo <= x <= hi (NULL: no bound) that x is as the word says of v (not so, unless holds)? */
static bool follows(int word, number lo, number hi, number v, bool holds) {
    bool low = lo != NULL && compare(lo, v) >= !holds, high = hi != NULL && compare(v, hi) >= !holds;
    return holds ? (word == AT_MOST || low) && (word == AT_LEAST || high)
                 : (word != AT_LEAST && low) || (word != AT_MOST && high);
}

/* Norms, and the bounds [N 19] for three orientations: with |grad f| at x for the infimum and the trace of Sigma_X for its
   lambda_max from above, 0 and 1/d of the trace from below. */
static void set_bounds(number *lo, number *hi, model *M, value x) {
    number two = integer(2), n = inverse(integer((long)M->n)), E = integer(0), trace, norm[6];
    mpz_t *mean = integers(1);
    M->G = products(M->G_den, M->s->x, M->n, M->d, NULL, false);
    EACH(e, M->n) {
        mpz_addmul_ui(mean[0], M->G[e], e % (M->n + 1) == 0 ? 1 : 2);
        mpz_add(M->G[e], M->G[e], M->G_den);
        if (e % (M->n + 1) == 0) E = plus(E, times(n, quotient(M->G[e], M->G_den)));
    }
    trace = minus(minus(E, integer(1)), times(times(n, n), quotient(mean[0], M->G_den)));
    set_norms(norm, M);
    for (int k = 0; k < 5; k++) lo[NORMS + k] = hi[NORMS + k] = norm[k];
    for (int k = 0; k < 6; k++) {
        number slope = norm[2], g_hat = k < 4 ? norm[3 + k / 2] : times(plus(norm[3], norm[4]), inverse(two));
        number spread = times(trace, k % 2 ? integer(1) : inverse(integer((long)M->d)));
        if (k % 2 && !json_present(x)) continue;
        if (k % 2) slope = plus(slope, gradient(M, x));
        slope = times(times(two, slope), root_of(times(spread, E)));
        (k % 2 ? hi : lo)[LEMMA_2 + k / 2] = plus(integer(1), times(two, plus(g_hat, slope)));
    }
    lo[THEOREM_3] = lo[LEMMA_2];
    hi[THEOREM_3] = hi[LEMMA_2];
    lo[THEOREM_1] = hi[THEOREM_1] = plus(integer(1), times(two, norm[1]));
    lo[FLATTEST] = lo[LEMMA_3] = plus(integer(1), times(two, norm[5]));
}

/* Theorem 1 is 1 + 2 ||f||_{R,g} <= 2/eta. Hypotheses are those of the theorems, and of there being a lambda_max. */
void check_minimum(const statement *s, bool proved, value evidence) {
    const struct stability *t = s->stability;
    bool two_layers = s->X->layers == 0, any = false;
    model M = {.s = s, .X = s->X, .n = s->samples, .d = s->X->d, .m = s->X->m,
               .z = rationals(s->samples * (two_layers ? s->X->m : s->X->layer[0]->m)), .unit = rationals(s->X->m),
               .solution = true, .smooth = true, .off_knots = true};
    number lo[PARTS] = {NULL}, hi[PARTS] = {NULL}, v[PARTS];
    json_shape(RULE, evidence, proved ? "kind=* lower? upper? x?" : "kind=* part lower? upper? x?");
    require(s->X->D == 1 && s->samples <= 10000, RULE, s->X_name, "a network with one output, at most 10^4 points");
    evaluate(&M);
    if (two_layers) set_bounds(lo, hi, &M, json_get(evidence, "x"));
    lo[LAMBDA] = lo[STABLE] = eigenvalue(&M, json_get(evidence, "lower"), false);
    hi[LAMBDA] = hi[STABLE] = hi[LEMMA_3] = eigenvalue(&M, json_get(evidence, "upper"), true);
    memcpy(v, t->v, sizeof v);
    v[LEMMA_3] = lo[THEOREM_1];
    if (sign(s->q) > 0) v[THEOREM_1] = v[STABLE] = v[THEOREM_3] = times(integer(2), inverse(s->q));
    for (int k = 0; k < PARTS; k++) {
        int word = k == LEMMA_3 ? AT_LEAST : k >= THEOREM_1 ? AT_MOST : t->word[k];
        bool want = proved == (t->word[k] != FALSE), exists = k >= NORMS && k < THEOREM_1;
        if (t->word[k] == 0 || !(proved || json_is(json_get(evidence, "part"), parts[k]))) continue;
        require(two_layers || k == LAMBDA || k == STABLE, RULE, s->X_name, "two layers");
        exists = exists || ((M.solution || k == LAMBDA) && (k == THEOREM_1 ? M.off_knots : M.smooth));
        bool good = exists ? follows(word, lo[k], hi[k], v[k], want) : !want;
        if (k == THEOREM_3 && want) good = good && hi[STABLE] != NULL && compare(hi[STABLE], v[k]) <= 0;
        require(good, RULE, evidence, "evidence for %s", parts[k]);
        any = true;
    }
    require(any, RULE, evidence, "a part of the claim");
}
