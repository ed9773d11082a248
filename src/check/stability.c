/* Stability of minima: section 5, stability. */

#include "check.h"

#define RULE "stability"
/* The entries e = j n + l, l <= j, of a symmetric matrix. */
#define EACH(e, n) for (size_t e = 0; e < (n) * (n); e++) if (e % (n) <= e / (n))

/* The parts of a claim; for each a statement has 0 or the index of a word, and the number that is compared with. */
enum { LAMBDA, FLATTEST, NORMS, GRADIENT = NORMS + 5, BOUND, THEOREM_1 = BOUND + 3, STABLE, THEOREM_3, LEMMA_2, LEMMA_3, PARTS };
enum { EQUALS = 1, AT_MOST, AT_LEAST, FALSE, TRUE };
static const char *const words[] = {"", "equals", "at-most", "at-least", "false", "true"};
static const char *const parts[] = {"lambda-max", "flattest", "S-theta", "norm-R-g", "norm-R", "norm-R-ghat",
    "norm-R-ghat-flipped", "inf-gradient", "lemma-2-bound", "lemma-2-bound-flipped", "lemma-2-bound-averaged", "theorem-1",
    "linearly-stable", "theorem-3", "lemma-2", "lemma-3"};

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
        eta = eta || (json_present(at) && k >= THEOREM_1 && k < LEMMA_2);
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

/* z[0], z[1], ... over den > 0. */
typedef struct { mpz_t *z, den; } block;

/* Layer l takes N numbers at point j, in[j N + k], to `rows` pre-activations A (in, 1); delta[j rows + i] is the derivative
   of f(x_j) by the i-th. With two layers, the root √n_i of neuron i is left out of in and, as 1/√n_i, of delta: unit[i] =
   n_i. */
typedef struct { size_t N, rows; block A, in, delta; } layer;

/* z[j m + i]: pre-activations of the first layer; residual[j] = f(x_j) - y_j; G[j n + l] = <x_j, x_l> + 1, l <= j. */
typedef struct {
    const statement *s; const network *X; size_t n, d, m, layers; layer *layer; mpq_t *unit, *residual; block z, G;
    bool solution, smooth, off_knots;
} model;

static block zeros(size_t count, const mpz_t den, const mpz_t times) {
    block b = {.z = integers(count)};
    mpz_init(b.den);
    mpz_mul(b.den, den, times);
    return b;
}

static block clear_denominators(mpq_t *q, size_t count) {
    NEW_Z(den); NEW_Z(one);
    mpz_set_ui(den, 1);
    mpz_set_ui(one, 1);
    for (size_t k = 0; k < count; k++) mpz_lcm(den, den, mpq_denref(q[k]));
    block b = zeros(count, den, one);
    for (size_t k = 0; k < count; k++) {
        mpz_divexact(b.z[k], den, mpq_denref(q[k]));
        mpz_mul(b.z[k], b.z[k], mpq_numref(q[k]));
    }
    return b;
}

/* q = z by; by is not q. */
static void times_z(mpq_t q, const mpz_t z, const mpq_t by) {
    mpq_set_z(q, z);
    mpq_mul(q, q, by);
}

/* q = b[k]. */
static void get(mpq_t q, const block *b, size_t k) {
    mpq_set_z(q, b->z[k]);
    mpz_set(mpq_denref(q), b->den);
    mpq_canonicalize(q);
}

static void read_layers(model *M) {
    const network *X = M->X;
    bool two = X->layers == 0;
    M->layers = two ? 2 : X->layers;
    M->layer = memory_new(M->layers, sizeof *M->layer);
    M->unit = rationals(M->m);
    for (size_t l = 0; l < M->layers; l++) {
        const network *Y = two ? X : X->layer[l];
        size_t N = two && l == 1 ? X->m : Y->d, rows = two && l == 1 ? 1 : Y->m;
        mpq_t *A = rationals(rows * (N + 1));
        for (size_t e = 0; e < rows * (N + 1) && !(two && l == 1); e++)
            times_z(A[e], Y->a[e / (N + 1)].u[e % (N + 1)], Y->a[e / (N + 1)].t);
        for (size_t i = 0; i < M->m && l == 1; i++) {
            mpq_set_z(M->unit[i], X->a[i].n);
            if (is_zero(&X->a[i])) mpq_set_ui(M->unit[i], 1, 1);
            times_z(A[i], X->c[i].u[0], X->c[i].t);
            mpq_mul(A[i], A[i], M->unit[i]);
        }
        if (two && l == 1 && X->biases) get_rational(A[N], X->out[0]);
        M->layer[l] = (layer){.N = N, .rows = rows, .A = clear_denominators(A, rows * (N + 1))};
    }
}

/* in and delta of all layers, and what is to be known of the residuals. */
static model evaluate(const statement *s, const network *X) {
    model M = {.s = s, .X = X, .n = s->samples, .d = X->d, .m = X->m, .residual = rationals(s->samples),
               .solution = true, .smooth = true, .off_knots = true};
    NEW_Z(one);
    mpz_set_ui(one, 1);
    read_layers(&M);
    M.layer[0].in = clear_denominators(s->x, M.n * M.d);
    for (size_t l = 0; l < M.layers; l++) {
        layer *L = &M.layer[l];
        bool last = l + 1 == M.layers;
        block z = zeros(M.n * L->rows, L->A.den, L->in.den);
        if (l == 0) M.z = z;
        if (!last) L[1].in = zeros(M.n * L->rows, z.den, one);
        for (size_t e = 0; e < M.n * L->rows; e++) {
            mpz_t *A = L->A.z + e % L->rows * (L->N + 1);
            dot(z.z[e], A, L->in.z + e / L->rows * L->N, L->N);
            mpz_addmul(z.z[e], A[L->N], L->in.den);
            if (last && !s->own) {
                get(M.residual[e], &z, e);
                mpq_sub(M.residual[e], M.residual[e], s->y[e]);
            }
            if (last) M.solution = M.solution && mpq_sgn(M.residual[e]) == 0;
            else if (mpz_sgn(z.z[e]) == 0) M.smooth = false;
            else if (mpz_sgn(z.z[e]) > 0) mpz_set(L[1].in.z[e], z.z[e]);
            if (l == 0 && M.m > 0 && mpz_sgn(z.z[e]) == 0 && !all_zero(X->a[e % M.m].u, M.d)) M.off_knots = false;
        }
    }
    for (size_t l = M.layers; l-- > 0;) {
        layer *L = &M.layer[l], *next = L + 1;
        bool last = l + 1 == M.layers;
        L->delta = zeros(M.n * L->rows, last ? one : next->A.den, last ? one : next->delta.den);
        for (size_t e = 0; e < M.n * L->rows; e++) {
            mpz_set_ui(L->delta.z[e], last);
            for (size_t i = 0; !last && i < next->rows && mpz_sgn(next->in.z[e]) > 0; i++)
                mpz_addmul(L->delta.z[e], next->A.z[i * (next->N + 1) + e % L->rows],
                           next->delta.z[e / L->rows * next->rows + i]);
        }
    }
    return M;
}

/* ---- largest eigenvalues ------------------------------------------------------------------------ */

/* S[j n + l] = Σ_k weight_k v_jk v_lk for l <= j; NULL: 1. */
static block products(block v, size_t n, size_t N, mpq_t *weight) {
    mpq_t *one = rationals(N);
    mpz_t *x = integers(n * N);
    for (size_t k = 0; k < N; k++) mpq_set_ui(one[k], 1, 1);
    block by = clear_denominators(weight != NULL ? weight : one, N), S = zeros(n * n, by.den, v.den);
    mpz_mul(S.den, S.den, v.den);
    for (size_t e = 0; e < n * N; e++) mpz_mul(x[e], v.z[e], by.z[e % N]);
    EACH(e, n) dot(S.z[e], x + e / n * N, v.z + e % n * N, N);
    return S;
}

static mpq_t *read_rationals(value v, size_t count, bool positive) {
    mpq_t *q = rationals(count);
    value at = json_list_of(RULE, v, count);
    for (size_t k = 0; k < count; k++, at = json_next(at)) {
        rational_read(q[k], RULE, at);
        require(!positive || mpq_sgn(q[k]) > 0, RULE, at, "a number > 0");
    }
    return q;
}

static mpz_t *read_integers(value v, size_t count) {
    block b = clear_denominators(read_rationals(v, count, false), count);
    require(mpz_cmp_ui(b.den, 1) == 0, RULE, v, "integers");
    return b.z;
}

/* The second layer's inputs, as they count with two layers: unit_i in with weight[i] = 1 / unit_i. With weights k, where
   residuals are not 0, unit_i in + delta y / T with weight k_i / unit_i, y_ji = <z_i, (x_j, 1)>, z_i = Σ_j residual_j (x_j, 1) / n
   over the points where neuron i is active: then K becomes what the Hessian's second-order terms make of it for T, if k_i (T² -
   |z_i|²) = T²; at least that (at most) if it is >= (<=). */
static block inputs(mpq_t *weight, const model *M, const mpq_t T, mpq_t *k, bool upper, value at) {
    size_t n = M->n, m = M->m;
    const block *in = &M->layer[1].in;
    block r = clear_denominators(M->residual, n);
    mpq_t *v = rationals(n * m);
    NEW_Z(z); NEW_Q(q); NEW_Q(y); NEW_Q(by); NEW_Q(rest);
    mpz_mul(mpq_denref(by), r.den, M->G.den);
    mpz_mul_ui(mpq_denref(by), mpq_denref(by), n);
    mpz_set_ui(mpq_numref(by), 1);
    for (size_t i = 0; i < m; i++) {
        mpq_mul(rest, T, T);
        for (size_t j = 0; j < n; j++) {
            if (mpz_sgn(in->z[j * m + i]) <= 0) continue;
            get(q, in, j * m + i);
            mpq_mul(v[j * m + i], q, M->unit[i]);
            if (k == NULL) continue;
            mpz_set_ui(z, 0);
            for (size_t l = 0; l < n; l++)
                if (mpz_sgn(in->z[l * m + i]) > 0) mpz_addmul(z, r.z[l], M->G.z[l < j ? j * n + l : l * n + j]);
            times_z(y, z, by);
            mpq_set_ui(q, 1, n);
            mpq_mul(q, q, M->residual[j]);
            mpq_mul(q, q, y);
            mpq_sub(rest, rest, q);
            get(q, &M->layer[0].delta, j * m + i);
            mpq_mul(q, q, y);
            mpq_div(q, q, T);
            mpq_add(v[j * m + i], v[j * m + i], q);
        }
        mpq_set_ui(weight[i], 1, 1);
        if (k != NULL) mpq_set(weight[i], k[i]);
        mpq_mul(rest, rest, weight[i]);
        mpq_mul(q, T, T);
        require(k == NULL || (upper ? 1 : -1) * mpq_cmp(rest, q) >= 0, RULE, at, "a weight of neuron %zu to that side", i + 1);
        mpq_div(weight[i], weight[i], M->unit[i]);
    }
    return clear_denominators(v, n * m);
}

/* n K = Σ over the layers of (<in_j, in_l> + 1) <delta_j, delta_l>; with T and weights k what the Hessian makes of it. */
static block gram(const model *M, const mpq_t T, mpq_t *k, bool upper, value at) {
    block A = {.z = NULL};
    bool two = M->X->layers == 0;
    for (size_t l = 0; l < M->layers; l++) {
        const layer *L = &M->layer[l];
        mpq_t *weight = two ? rationals(M->m) : NULL;
        block in = two ? inputs(weight, M, T, l == 1 ? k : NULL, upper, at) : L->in;
        block S = products(l == 1 ? in : L->in, M->n, L->N, l == 1 ? weight : NULL);
        block D = products(L->delta, M->n, L->rows, l == 0 ? weight : NULL);
        EACH(e, M->n) {
            mpz_add(S.z[e], S.z[e], S.den);
            mpz_mul(S.z[e], S.z[e], D.z[e]);
            if (l == 0) continue;
            mpz_mul(A.z[e], A.z[e], S.den);
            mpz_mul(A.z[e], A.z[e], D.den);
            mpz_addmul(A.z[e], S.z[e], A.den);
        }
        mpz_mul(S.den, S.den, D.den);
        if (l == 0) A = S;
        else mpz_mul(A.den, A.den, S.den);
    }
    return A;
}

/* q = input k of a layer at point j; the last one, of the bias, is 1. */
static void input(mpq_t q, const layer *L, size_t j, size_t k) {
    if (k < L->N) get(q, &L->in, j * L->N + k);
    else mpq_set_ui(q, 1, 1);
}

/* n times the Hessian, by the entries of all layers' (A, b), in this order; its size. The derivative of f(x_j) by an entry is
   delta in; that of this by entry (i, k) of a layer l before it is delta t, with t the derivative of in by pre-activation i
   of layer l, times input k there. */
static block hessian(const model *M, size_t *size) {
    size_t P = 0, *from = memory_new(M->layers + 1, sizeof *from);
    for (size_t l = 0; l < M->layers; l++) P = from[l + 1] = P + M->layer[l].rows * (M->layer[l].N + 1);
    require(P <= 2000, RULE, M->s->X_name, "at most 2000 parameters, where residuals are not 0");
    mpq_t *H = rationals(P * P), *g = rationals(P);
    NEW_Q(q); NEW_Q(x);
    for (size_t j = 0; j < M->n; j++) {
        for (size_t l = 0, p = 0; l < M->layers; l++)
            for (const layer *L = &M->layer[l]; p < from[l + 1]; p++) {
                input(q, L, j, (p - from[l]) % (L->N + 1));
                get(x, &L->delta, j * L->rows + (p - from[l]) / (L->N + 1));
                mpq_mul(g[p], q, x);
            }
        EACH(e, P) {
            mpq_mul(q, g[e / P], g[e % P]);
            mpq_add(H[e], H[e], q);
        }
        for (size_t p = 0, l = 0; p < from[M->layers - 1]; p++) {
            if (p == from[l + 1]) l++;
            mpq_t *t = rationals(M->layer[l].rows);
            input(t[(p - from[l]) / (M->layer[l].N + 1)], &M->layer[l], j, (p - from[l]) % (M->layer[l].N + 1));
            for (const layer *L = &M->layer[l + 1]; L < M->layer + M->layers; L++) {
                mpq_t *next = rationals(L->rows);
                for (size_t e = 0; e < L->rows * L->N; e++) {
                    if (mpz_sgn(L->in.z[j * L->N + e % L->N]) <= 0) continue;
                    get(q, &L->A, e / L->N * (L->N + 1) + e % L->N);
                    mpq_mul(q, q, t[e % L->N]);
                    mpq_add(next[e / L->N], next[e / L->N], q);
                    get(q, &L->delta, j * L->rows + e / L->N);
                    mpq_mul(q, q, t[e % L->N]);
                    mpq_mul(q, q, M->residual[j]);
                    size_t row = from[L - M->layer] + e / L->N * (L->N + 1) + e % L->N;
                    mpq_add(H[row * P + p], H[row * P + p], q);
                }
                t = next;
            }
        }
    }
    *size = P;
    return clear_denominators(H, P * P);
}

/* n times the centred points' Gram matrix, which has the largest eigenvalue of n Sigma_X. */
static block covariance(const model *M) {
    size_t n = M->n;
    mpz_t *row = integers(n);
    NEW_Z(all); NEW_Z(square);
    mpz_set_ui(square, n * n);
    block A = zeros(n * n, M->G.den, square);
    for (size_t e = 0; e < n * n; e++) mpz_add(row[e / n], row[e / n], M->G.z[e % n <= e / n ? e : e % n * n + e / n]);
    for (size_t j = 0; j < n; j++) mpz_add(all, all, row[j]);
    EACH(e, n) {
        mpz_add(A.z[e], row[e / n], row[e % n]);
        mpz_mul_ui(A.z[e], A.z[e], n);
        mpz_sub(A.z[e], all, A.z[e]);
        mpz_addmul(A.z[e], M->G.z[e], square);
    }
    return A;
}

/* The bound T of a largest eigenvalue that v proves, of Sigma_X if `spread`, else of the Hessian; NULL if v is absent. With A
   = s n times the matrix, in integers: factor: s n T I - A - f L Lᵀ is diagonally dominant, where L's rows end when the rest
   is 0; vector: <u, A u> >= s n T <u, u>. integers: s, and f. */
static number eigenvalue(const model *M, value v, bool upper, bool spread) {
    if (!json_present(v)) return NULL;
    size_t n = M->n;
    bool plain = spread || M->solution;
    mpz_t *u = NULL;
    value weights = json_get(v, "weights");
    NEW_Z(x);
    NEW_Q(T); NEW_Q(q); NEW_Q(all);
    json_shape(RULE, v, upper ? "bound integers factor weights?" : "bound integers vector weights?");
    require(spread || M->smooth, RULE, v, "no point on a knot");
    require(json_present(weights) == (!plain && M->m > 0), RULE, v, "weights where two layers have residuals other than 0");
    rational_read(T, RULE, json_get(v, "bound"));
    require(plain || mpq_sgn(T) > 0, RULE, v, "a bound > 0");
    mpz_t *z = read_integers(json_get(v, "integers"), upper ? 2 : 1);
    for (int k = 0; k <= upper; k++) require(mpz_sgn(z[k]) > 0, RULE, v, "positive integers");
    block A = spread ? covariance(M) : !plain && M->m == 0 ? hessian(M, &n)
              : gram(M, T, plain ? NULL : read_rationals(weights, M->m, true), upper, v);
    size_t *length = memory_new(n, sizeof *length);
    mpz_t **L = memory_new(n, sizeof *L), *row_sum = integers(n);
    value row = upper ? json_list_of(RULE, json_get(v, "factor"), n) : v;
    for (size_t j = 0; j < n && upper; j++, row = json_next(row)) L[j] = read_integers(row, length[j] = json_count(row));
    if (!upper) u = read_integers(json_get(v, "vector"), n);
    EACH(e, n) {
        size_t j = e / n, l = e % n;
        mpz_mul(A.z[e], A.z[e], z[0]);
        require(mpz_divisible_p(A.z[e], A.den), RULE, v, "a scale for which the matrix is integral");
        mpz_divexact(A.z[e], A.z[e], A.den);
        if (upper) dot(x, L[j], L[l], length[j] < length[l] ? length[j] : length[l]);
        else mpz_mul(x, u[j], u[l]);
        mpz_mul(x, x, upper ? z[1] : A.z[e]);
        if (upper) mpz_add(x, x, A.z[e]);
        if (upper && l < j) mpz_abs(x, x);
        mpz_add(row_sum[j], row_sum[j], x);
        if (l < j) mpz_add(row_sum[l], row_sum[l], x);
    }
    mpz_mul_ui(z[0], z[0], M->n);
    times_z(q, z[0], T);
    for (size_t j = 0; j < n && upper; j++) require(mpq_cmp_z(q, row_sum[j]) >= 0, RULE, v, "dominance in row %zu", j + 1);
    if (upper) return rational(T);
    for (size_t j = 1; j < n; j++) mpz_add(row_sum[0], row_sum[0], row_sum[j]);
    dot(x, u, u, n);
    times_z(all, x, q);
    require(mpz_sgn(x) > 0 && mpq_cmp_z(all, row_sum[0]) <= 0, RULE, v, "a vector with a quotient of at least the bound");
    return rational(T);
}

/* The same of another network of X's shape with its realization, or of X with its neurons rescaled: w_i times √scale_i. */
static number implementation(const statement *s, value v) {
    if (!json_present(v)) return NULL;
    json_shape(RULE, v, "network? scales? upper");
    value at = json_get(v, "network"), scales = json_get(v, "scales");
    const network *Y = json_present(at) ? network_read(at) : s->X;
    require(Y->layers == 0 && Y->d == s->X->d && Y->m == s->X->m && Y->D == 1, RULE, at, "a network of the same shape");
    require(Y == s->X || same_realization(Y, s->X), RULE, at, "the same realization");
    model M = evaluate(s, Y);
    if (json_present(scales)) {
        mpq_t *scale = read_rationals(scales, M.m, true);
        for (size_t i = 0; i < M.m; i++) mpq_mul(M.unit[i], M.unit[i], scale[i]);
    }
    require(M.solution, RULE, v, "a solution");
    return eigenvalue(&M, json_get(v, "upper"), true, false);
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
    number unit = inverse(times(quotient(M->z.den, NULL), rational(M->X->a[i].t)));
    NEW_Z(B); NEW_Z(E); NEW_Z(p); NEW_Z(squares);
    for (size_t j = 0; j < M->n; j++) {
        mpz_t *z = M->z.z + i;
        if (mpz_sgn(z[j * M->m]) != side) continue;
        mpz_add(p, p, z[j * M->m]);
        mpz_addmul(squares, z[j * M->m], z[j * M->m]);
        mpz_add(E, E, M->G.z[j * M->n + j]);
        mpz_add(B, B, M->G.z[j * M->n + j]);
        for (size_t l = 0; l < j; l++)
            if (mpz_sgn(z[l * M->m]) == side) mpz_addmul_ui(B, M->G.z[j * M->n + l], 2);
    }
    root[0] = times(absolute(times(quotient(p, NULL), unit)), root_of(quotient(B, M->G.den)));
    root[1] = times(absolute(unit), root_of(times(quotient(squares, NULL), quotient(E, M->G.den))));
}

/* S_theta, ||f||_{R,g}, ||f||_R, ||f||_{R,g^} as given and flipped. A knot counts at its first neuron. */
static void set_norms(number norm[5], const model *M) {
    number *term = memory_new(5 * M->m, sizeof *term), n = inverse(integer((long)M->n)), root[4];
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
        number factor[5] = {times(n, g), times(n, g), root_of(quotient(x, NULL)), root[1], root[3]};
        for (size_t k = 0; k < 5; k++)
            term[k * M->m + count] = times(times(factor[k], k == 2 ? integer(1) : n),
                                           k == 0 ? own : first ? absolute(jump) : integer(0));
        count++;
    }
    for (size_t k = 0; k < 5; k++) norm[k] = total(term + k * M->m, count);
}

/* No rescaling's n lambda_max <W, I> is below <W, 1> + 2 Σ_i |w2_i| (<W, I_i G I_i> <W, σ_i σ_iᵀ>)^(1/2), W = Σ u uᵀ over the
   vectors u of v, or u = (1, ..., 1); divided by n <W, I> here. */
static number every_rescaling(const model *M, value v) {
    size_t n = M->n, count = json_present(v) ? json_count(v) : 0;
    block W = {.z = integers(n * n)};
    number *term = memory_new(M->m, sizeof *term);
    const block *in = &M->layer[1].in, *delta = &M->layer[1].A;
    NEW_Z(all); NEW_Z(trace); NEW_Z(x);
    value row = count > 0 ? json_list(RULE, v) : v;
    require(count > 0 || !json_present(v), RULE, v, "vectors");
    for (size_t e = 0; e < n * n && count == 0; e++) mpz_set_ui(W.z[e], 1);
    for (size_t k = 0; k < count; k++, row = json_next(row)) {
        mpz_t *u = read_integers(row, n);
        EACH(e, n) mpz_addmul(W.z[e], u[e / n], u[e % n]);
    }
    EACH(e, n) {
        mpz_addmul_ui(all, W.z[e], e % (n + 1) == 0 ? 1 : 2);
        if (e % (n + 1) == 0) mpz_add(trace, trace, W.z[e]);
    }
    require(mpz_sgn(trace) > 0, RULE, v, "a vector other than 0");
    for (size_t i = 0; i < M->m; i++) {
        NEW_Z(A); NEW_Z(B); NEW_Q(w);
        EACH(e, n) {
            mpz_t *s = in->z + e / n * M->m + i, *t = in->z + e % n * M->m + i;
            if (mpz_sgn(*s) <= 0 || mpz_sgn(*t) <= 0) continue;
            mpz_mul_ui(x, W.z[e], e % (n + 1) == 0 ? 1 : 2);
            mpz_addmul(A, x, M->G.z[e]);
            mpz_mul(x, x, *s);
            mpz_addmul(B, x, *t);
        }
        get(w, delta, i);
        mpz_mul(A, A, B);
        mpz_mul(x, in->den, in->den);
        mpz_mul(x, x, M->G.den);
        term[i] = times(absolute(times(integer(2), rational(w))), root_of(quotient(A, x)));
    }
    mpz_mul_ui(trace, trace, n);
    return times(plus(quotient(all, NULL), total(term, M->m)), inverse(quotient(trace, NULL)));
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

/* Norms, inf |grad f| between a tree's bound, or 0, and |grad f| at x; and the bounds [N 19] for three orientations: from above
   with the trace of Sigma_X, from below with 1/d of it, for its lambda_max, unless a bound of that is proved. */
static void set_bounds(number *lo, number *hi, model *M, value evidence) {
    number two = integer(2), n = inverse(integer((long)M->n)), E = integer(0), trace, norm[5], most[2];
    value spread = json_get(evidence, "covariance"), tree = json_get(evidence, "gradient"), x = json_get(evidence, "x");
    NEW_Z(mean);
    M->G = products(M->layer[0].in, M->n, M->d, NULL);
    EACH(e, M->n) {
        mpz_addmul_ui(mean, M->G.z[e], e % (M->n + 1) == 0 ? 1 : 2);
        mpz_add(M->G.z[e], M->G.z[e], M->G.den);
        if (e % (M->n + 1) == 0) E = plus(E, times(n, quotient(M->G.z[e], M->G.den)));
    }
    trace = minus(minus(E, integer(1)), times(times(n, n), quotient(mean, M->G.den)));
    if (json_present(spread)) json_shape(RULE, spread, "lower? upper?");
    most[0] = eigenvalue(M, json_get(spread, "lower"), false, true);
    most[1] = eigenvalue(M, json_get(spread, "upper"), true, true);
    if (most[0] == NULL) most[0] = times(trace, inverse(integer((long)M->d)));
    if (most[1] == NULL) most[1] = trace;
    set_norms(norm, M);
    for (int k = 0; k < 5; k++) lo[NORMS + k] = hi[NORMS + k] = norm[k];
    lo[GRADIENT] = json_present(tree) ? slope_lower(tree, M->X) : integer(0);
    if (json_present(x)) hi[GRADIENT] = gradient(M, x);
    for (int k = 0; k < 6; k++) {
        number g_hat = k < 4 ? norm[3 + k / 2] : times(plus(norm[3], norm[4]), inverse(two));
        number least = (k % 2 ? hi : lo)[GRADIENT];
        if (least == NULL) continue;
        number slope = times(times(two, plus(norm[2], least)), root_of(times(most[k % 2], E)));
        (k % 2 ? hi : lo)[BOUND + k / 2] = plus(integer(1), times(two, plus(g_hat, slope)));
    }
    lo[THEOREM_3] = lo[BOUND];
    hi[THEOREM_3] = hi[BOUND];
    lo[THEOREM_1] = hi[THEOREM_1] = plus(integer(1), times(two, norm[1]));
    lo[FLATTEST] = lo[LEMMA_3] = every_rescaling(M, json_get(evidence, "vectors"));
}

/* Theorem 1 is 1 + 2 ||f||_{R,g} <= 2/eta. Hypotheses are those of the theorems, and of there being a lambda_max. */
void check_minimum(const statement *s, bool proved, value evidence) {
    const struct stability *t = s->stability;
    bool two_layers = s->X->layers == 0, any = false;
    number lo[PARTS] = {NULL}, hi[PARTS] = {NULL}, v[PARTS];
    value other = json_get(evidence, "implementation");
    json_shape(RULE, evidence, proved ? "kind=* lower? upper? x? gradient? covariance? vectors? implementation?"
                                      : "kind=* part lower? upper? x? gradient? covariance? vectors? implementation?");
    require(s->X->D == 1 && s->samples <= 10000, RULE, s->X_name, "a network with one output, at most 10^4 points");
    model M = evaluate(s, s->X);
    if (two_layers) set_bounds(lo, hi, &M, evidence);
    lo[LAMBDA] = lo[STABLE] = eigenvalue(&M, json_get(evidence, "lower"), false, false);
    hi[LAMBDA] = hi[STABLE] = hi[LEMMA_3] = eigenvalue(&M, json_get(evidence, "upper"), true, false);
    hi[LEMMA_2] = json_present(other) ? implementation(s, other) : hi[STABLE];
    if (!json_present(json_get(other, "network"))) hi[FLATTEST] = hi[LEMMA_2];
    memcpy(v, t->v, sizeof v);
    v[LEMMA_3] = lo[THEOREM_1];
    v[LEMMA_2] = lo[BOUND];
    if (sign(s->q) > 0) v[THEOREM_1] = v[STABLE] = v[THEOREM_3] = times(integer(2), inverse(s->q));
    for (int k = 0; k < PARTS; k++) {
        int word = k == LEMMA_3 ? AT_LEAST : k >= THEOREM_1 ? AT_MOST : t->word[k];
        bool want = proved == (t->word[k] != FALSE), exists = k >= NORMS && k < THEOREM_1;
        if (t->word[k] == 0 || !(proved || json_is(json_get(evidence, "part"), parts[k]))) continue;
        require(two_layers || k == LAMBDA || k == STABLE, RULE, s->X_name, "two layers");
        exists = exists || ((M.solution || k == LAMBDA) && (k == THEOREM_1 ? M.off_knots : M.smooth));
        bool good = exists ? follows(word, lo[k], hi[k], v[k], want) : !want;
        if (k == THEOREM_3 && want) good = good && hi[LEMMA_2] != NULL && compare(hi[LEMMA_2], v[k]) <= 0;
        require(good, RULE, evidence, "evidence for %s", parts[k]);
        any = true;
    }
    require(any, RULE, evidence, "a part of the claim");
}
