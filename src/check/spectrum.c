/* A network at the data of a stability claim, and largest eigenvalues: section 5, stability. */

#include "check.h"

#define RULE "stability"

/* ---- the network at the data -------------------------------------------------------------------- */

static table zeros(size_t count, const mpz_t den, const mpz_t times) {
    table b = {.z = integers(count)};
    mpz_init(b.den);
    mpz_mul(b.den, den, times);
    return b;
}

static table clear_denominators(mpq_t *q, size_t count) {
    NEW_Z(den); NEW_Z(one);
    mpz_set_ui(den, 1);
    mpz_set_ui(one, 1);
    for (size_t k = 0; k < count; k++) mpz_lcm(den, den, mpq_denref(q[k]));
    table b = zeros(count, den, one);
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
void table_get(mpq_t q, const table *b, size_t k) {
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
model evaluate(const statement *s, const network *X) {
    model M = {.s = s, .X = X, .n = s->samples, .d = X->d, .m = X->m, .residual = rationals(s->samples),
               .solution = true, .smooth = true, .off_knots = true};
    NEW_Z(one);
    mpz_set_ui(one, 1);
    read_layers(&M);
    M.layer[0].in = clear_denominators(s->x, M.n * M.d);
    for (size_t l = 0; l < M.layers; l++) {
        layer *L = &M.layer[l];
        bool last = l + 1 == M.layers;
        table z = zeros(M.n * L->rows, L->A.den, L->in.den);
        if (l == 0) M.z = z;
        if (!last) L[1].in = zeros(M.n * L->rows, z.den, one);
        for (size_t e = 0; e < M.n * L->rows; e++) {
            mpz_t *A = L->A.z + e % L->rows * (L->N + 1);
            dot(z.z[e], A, L->in.z + e / L->rows * L->N, L->N);
            mpz_addmul(z.z[e], A[L->N], L->in.den);
            if (last && !s->own) {
                table_get(M.residual[e], &z, e);
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
table gram_of(table v, size_t n, size_t N, mpq_t *weight) {
    mpq_t *one = rationals(N);
    mpz_t *x = integers(n * N);
    for (size_t k = 0; k < N; k++) mpq_set_ui(one[k], 1, 1);
    table by = clear_denominators(weight != NULL ? weight : one, N), S = zeros(n * n, by.den, v.den);
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

mpz_t *read_integers(value v, size_t count) {
    table b = clear_denominators(read_rationals(v, count, false), count);
    require(mpz_cmp_ui(b.den, 1) == 0, RULE, v, "integers");
    return b.z;
}

/* The second layer's inputs, as they count with two layers: unit_i in with the weight[i] that it has, 1 / unit_i. With weights k, where
   residuals are not 0, unit_i in + delta y / T with weight k_i / unit_i, y_ji = <z_i, (x_j, 1)>, z_i = Σ_j residual_j (x_j, 1) / n
   over the points where neuron i is active: then K becomes what the Hessian's second-order terms make of it for T, if k_i (T² -
   |z_i|²) = T²; at least that (at most) if it is >= (<=). */
static table inputs(mpq_t *weight, const model *M, const mpq_t T, mpq_t *k, bool upper, value at) {
    size_t n = M->n, m = M->m;
    const table *in = &M->layer[1].in;
    table r = clear_denominators(M->residual, n);
    mpq_t *v = rationals(n * m);
    NEW_Z(z); NEW_Q(q); NEW_Q(y); NEW_Q(by); NEW_Q(rest);
    mpz_mul(mpq_denref(by), r.den, M->G.den);
    mpz_mul_ui(mpq_denref(by), mpq_denref(by), n);
    mpz_set_ui(mpq_numref(by), 1);
    for (size_t i = 0; i < m; i++) {
        mpq_mul(rest, T, T);
        for (size_t j = 0; j < n; j++) {
            if (mpz_sgn(in->z[j * m + i]) <= 0) continue;
            table_get(q, in, j * m + i);
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
            table_get(q, &M->layer[0].delta, j * m + i);
            mpq_mul(q, q, y);
            mpq_div(q, q, T);
            mpq_add(v[j * m + i], v[j * m + i], q);
        }
        if (k == NULL) continue;
        mpq_mul(rest, rest, k[i]);
        mpq_mul(q, T, T);
        require((upper ? 1 : -1) * mpq_cmp(rest, q) >= 0, RULE, at, "a weight of neuron %zu to that side", i + 1);
        mpq_mul(weight[i], weight[i], k[i]);
    }
    return clear_denominators(v, n * m);
}

/* n K = Σ over the layers of (<in_j, in_l> + 1) <delta_j, delta_l>; with T and weights k what the Hessian makes of it. */
static table gram(const model *M, const mpq_t T, mpq_t *k, bool upper, value at) {
    table A = {.z = NULL};
    mpq_t *weight = M->X->layers == 0 ? rationals(M->m) : NULL;
    for (size_t i = 0; i < M->m; i++) mpq_inv(weight[i], M->unit[i]);
    for (size_t l = 0; l < M->layers; l++) {
        const layer *L = &M->layer[l];
        table D = gram_of(L->delta, M->n, L->rows, l == 0 ? weight : NULL);
        table in = l == 1 && weight != NULL ? inputs(weight, M, T, k, upper, at) : L->in;
        table S = gram_of(in, M->n, L->N, l == 1 ? weight : NULL);
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
    if (k < L->N) table_get(q, &L->in, j * L->N + k);
    else mpq_set_ui(q, 1, 1);
}

/* n times the Hessian, by the entries of all layers' (A, b), in this order; its size. The derivative of f(x_j) by an entry is
   delta in; that of this by entry (i, k) of a layer l before it is delta t, with t the derivative of in by pre-activation i
   of layer l, times input k there. */
static table hessian(const model *M, size_t *size) {
    size_t P = 0, most = 0, *from = memory_new(M->layers + 1, sizeof *from);
    for (size_t l = 0; l < M->layers; l++) {
        P = from[l + 1] = P + M->layer[l].rows * (M->layer[l].N + 1);
        if (M->layer[l].rows > most) most = M->layer[l].rows;
    }
    require(P <= 2000 && M->n * P * P <= 1000000000, RULE, M->s->X_name,
            "at most 2000 parameters, and 10^9 times points, where residuals are not 0");
    mpq_t *H = rationals(P * P), *g = rationals(P), *t = rationals(most), *next = rationals(most);
    NEW_Q(q); NEW_Q(x);
    for (size_t j = 0; j < M->n; j++) {
        for (size_t l = 0, p = 0; l < M->layers; l++)
            for (const layer *L = &M->layer[l]; p < from[l + 1]; p++) {
                input(q, L, j, (p - from[l]) % (L->N + 1));
                table_get(x, &L->delta, j * L->rows + (p - from[l]) / (L->N + 1));
                mpq_mul(g[p], q, x);
            }
        EACH(e, P) {
            mpq_mul(q, g[e / P], g[e % P]);
            mpq_add(H[e], H[e], q);
        }
        for (size_t p = 0, l = 0; p < from[M->layers - 1]; p++) {
            if (p == from[l + 1]) l++;
            for (size_t i = 0; i < M->layer[l].rows; i++) mpq_set_ui(t[i], 0, 1);
            input(t[(p - from[l]) / (M->layer[l].N + 1)], &M->layer[l], j, (p - from[l]) % (M->layer[l].N + 1));
            for (const layer *L = &M->layer[l + 1]; L < M->layer + M->layers; L++) {
                for (size_t i = 0; i < L->rows; i++) mpq_set_ui(next[i], 0, 1);
                for (size_t e = 0; e < L->rows * L->N; e++) {
                    if (mpz_sgn(L->in.z[j * L->N + e % L->N]) <= 0) continue;
                    table_get(q, &L->A, e / L->N * (L->N + 1) + e % L->N);
                    mpq_mul(q, q, t[e % L->N]);
                    mpq_add(next[e / L->N], next[e / L->N], q);
                    table_get(q, &L->delta, j * L->rows + e / L->N);
                    mpq_mul(q, q, t[e % L->N]);
                    mpq_mul(q, q, M->residual[j]);
                    size_t row = from[L - M->layer] + e / L->N * (L->N + 1) + e % L->N;
                    mpq_add(H[row * P + p], H[row * P + p], q);
                }
                mpq_t *last = t;
                t = next;
                next = last;
            }
        }
    }
    *size = P;
    return clear_denominators(H, P * P);
}

/* n times the centred points' Gram matrix, which has the largest eigenvalue of n Sigma_X. */
static table covariance(const model *M) {
    size_t n = M->n;
    mpz_t *row = integers(n);
    NEW_Z(all); NEW_Z(square);
    mpz_set_ui(square, n * n);
    table A = zeros(n * n, M->G.den, square);
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
number eigenvalue(const model *M, value v, bool upper, bool spread) {
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
    table A = spread ? covariance(M) : !plain && M->m == 0 ? hessian(M, &n)
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
number implementation(const statement *s, value v) {
    if (!json_present(v)) return NULL;
    json_shape(RULE, v, "network? scales? upper");
    value at = json_get(v, "network"), scales = json_get(v, "scales");
    require(json_present(at) != json_present(scales), RULE, v, "a network or scales");
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
