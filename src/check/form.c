/* The canonical form of a realization: section 2. */

#include "check.h"

static number quotient(const mpz_t p, const mpz_t q) {
    NEW_Q(x);
    mpq_set_num(x, p);
    mpq_set_den(x, q);
    mpq_canonicalize(x);
    return rational(x);
}

static number whole(const mpz_t p) {
    NEW_Q(x);
    mpq_set_z(x, p);
    return rational(x);
}

number point_entry(const point *x, size_t k) { return x->x != NULL ? x->x[k] : quotient(x->z[k], x->den); }
number line_entry(const form *f, size_t H, size_t k) { return f->family ? f->line[H].x[k] : whole(f->u[H][k]); }
number linear_entry(const form *f, size_t i) { return f->family ? f->linear[i] : quotient(f->L[i], f->den); }

number output_entry(const form *f, size_t H, size_t p) {
    return f->family ? f->out[H * f->D + p] : quotient(f->gamma[H * f->D + p], f->den);
}

number jump_entry(const form *f, size_t H, size_t i) {
    return times(output_entry(f, H, i / f->w), line_entry(f, H, i % f->w));
}

int compare_vectors(mpz_t *u, mpz_t *v, size_t length) {
    int order = 0;
    for (size_t k = 0; order == 0 && k < length; k++) order = mpz_cmp(u[k], v[k]);
    return order;
}

void dot(mpz_t product, mpz_t *x, mpz_t *y, size_t length) {
    mpz_set_ui(product, 0);
    for (size_t k = 0; k < length; k++) mpz_addmul(product, x[k], y[k]);
}

/* By line, direction and the matrix c aᵀ. */
int compare_neurons(const member *x, const member *y) {
    const network *X = x->X, *Y = y->X;
    int order = compare_vectors(x->u, y->u, x->w);
    if (order == 0) order = mpq_sgn(X->a[x->i].t) - mpq_sgn(Y->a[y->i].t);
    if (order == 0) order = compare_vectors(X->c[x->i].u, Y->c[y->i].u, X->D);
    return order == 0 ? mpq_cmp(X->kappa[x->i], Y->kappa[y->i]) : order;
}

static int compare_members(const void *a, const void *b) {
    const member *x = a, *y = b;
    int order = compare_neurons(x, y);
    if (order == 0) order = x->second - y->second;
    return order != 0 ? order : (x->i > y->i) - (x->i < y->i);
}

/* The neurons of X, and of Y if it is not NULL; where w = d + 1, a line without bias is read with bias 0. */
member *sorted_neurons(const network *X, const network *Y, size_t w) {
    size_t n = X->m + (Y != NULL ? Y->m : 0);
    member *list = memory_new(n, sizeof *list);
    for (size_t k = 0; k < n; k++) {
        bool second = k >= X->m;
        list[k] = (member){.X = second ? Y : X, .i = second ? k - X->m : k, .w = w, .second = second};
        list[k].u = list[k].X->a[list[k].i].u;
    }
    qsort(list, n, sizeof *list, compare_members);
    return list;
}

size_t group_end(const member *list, size_t n, size_t begin) {
    size_t end = begin + 1;
    while (end < n && compare_vectors(list[begin].u, list[end].u, list[begin].w) == 0) end++;
    return end;
}

bool all_zero(mpz_t *x, size_t n) {
    while (n > 0 && mpz_sgn(x[n - 1]) == 0) n--;
    return n == 0;
}

/* A neuron (t u_H, γ) with c aᵀ = k v u_Hᵀ / den adds |t| γ = |k| v, up to v's sign, to γ_H; if t < 0
   also t γ u_Hᵀ to L, since ρ(-z) = ρ(z) - z. The latter is summed up in `linear` over the line. */
static void add_neuron(form *f, const member *e, mpz_t *gamma, mpz_t *linear) {
    const network *X = e->X;
    bool below = mpq_sgn(X->a[e->i].t) < 0;
    NEW_Z(k);
    mpz_divexact(k, f->den, mpq_denref(X->kappa[e->i]));
    mpz_mul(k, k, mpq_numref(X->kappa[e->i]));
    if (below != e->second) mpz_neg(k, k);
    for (size_t p = 0; p < f->D; p++) {
        mpz_addmul(gamma[p], k, X->c[e->i].u[p]);
        if (below) mpz_submul(linear[p], k, X->c[e->i].u[p]);
    }
}

/* t if it is known that a = t b with t > 0, or t < 0, for all values; else NULL. s: the sign of t, which may not be known
   of t itself, as a product. */
static number multiple(const ray *a, const ray *b, size_t w, int *s) {
    for (*s = -1; *s <= 1; *s += 2) {
        size_t k = 0;
        while (k < w && is_null(minus(a->x[k], times(integer(*s), b->x[k])))) k++;
        if (k == w) return integer(*s);
    }
    if ((*s = direction(a, b, w)) == 0) return NULL;
    size_t q = 0;
    while (side(a->x[q]) * side(b->x[q]) == 0) q++;
    return times(a->x[q], inverse(b->x[q]));
}

/* A neuron with weights t u_H, for functions t, of the network X or (sigma = -1) Y: section 7. */
static void add_function(form *f, const ray *a, const ray *c, int sigma) {
    size_t H = 1;
    bool constant = true;
    number t = NULL;
    int s = 1;
    for (size_t k = 0; k < f->d; k++) constant = constant && is_null(a->x[k]);
    while (!constant && H <= f->K && (t = multiple(a, &f->line[H], f->w, &s)) == NULL) H++;
    if (constant && (!f->biases || weak_side(a->x[f->d]) < 0)) return;
    if (t == NULL) s = 1;
    if (!constant && H > f->K) {
        family_check_line(a, f->w);
        f->line[++f->K] = *a;
    }
    if (t == NULL) t = constant ? a->x[f->d] : integer(1);
    for (size_t p = 0; p < f->D; p++) {
        number x = times(integer(sigma), times(t, c->x[p])), *gamma = &f->out[H * f->D + p];
        if (!constant) *gamma = (s > 0 ? plus : minus)(*gamma, x);
        for (size_t k = 0; k < f->w && !constant && s < 0; k++)
            f->linear[p * f->w + k] = plus(f->linear[p * f->w + k], times(x, f->line[H].x[k]));
        if (constant) f->linear[p * f->w + f->d] = plus(f->linear[p * f->w + f->d], x);
    }
}

/* Is H a hyperplane for all values: is some entry of its jump (of its normal, if D = 0) never 0? */
static bool is_alive(const form *f, size_t H) {
    for (size_t i = 0; i < (f->D > 0 ? f->D * f->w : f->w); i++)
        if (i % f->w < f->d && side(f->D > 0 ? jump_entry(f, H, i) : f->line[H].x[i]) != 0) return true;
    return false;
}

static void family_form(form *f, const network *X, const network *Y, size_t D) {
    bool biases = X->biases || (Y != NULL && Y->biases), null;
    size_t w = X->d + biases, n = X->m + (Y != NULL ? Y->m : 0), K = 0;
    *f = (form){.d = X->d, .w = w, .D = D, .biases = biases, .family = true, .line = memory_new(n + 1, sizeof(ray)),
                .out = memory_new((n + 1) * D, sizeof(number)), .linear = memory_new(D * w, sizeof(number)),
                .sure = memory_new(n + 1, 1)};
    f->line[0].x = memory_new(w, sizeof(number));
    for (size_t k = 0; k < w; k++) f->line[0].x[k] = integer(k == f->d);
    for (size_t i = 0; i < (n + 1) * D; i++) f->out[i] = integer(0);
    for (size_t i = 0; i < D * w; i++) f->linear[i] = integer(0);
    for (size_t p = 0; p < D && biases; p++)
        f->linear[p * w + f->d] = Y != NULL ? minus(X->out[p], Y->out[p]) : X->out[p];
    for (size_t i = 0; i < n; i++) {
        bool second = i >= X->m;
        const network *Z = second ? Y : X;
        size_t k = second ? i - X->m : i;
        add_function(f, &Z->a[k], &Z->c[k], second ? -1 : 1);
    }
    for (size_t H = 1; H <= f->K; H++) {         /* lines without a jump are dropped */
        null = D > 0;
        for (size_t p = 0; p < D; p++) null = null && is_null(f->out[H * D + p]);
        if (null) continue;
        f->line[++K] = f->line[H];
        for (size_t p = 0; p < D; p++) f->out[K * D + p] = f->out[H * D + p];
    }
    f->K = K;
    for (size_t H = 1; H <= K; H++) {
        f->sure[H] = is_alive(f, H);
        for (size_t i = 1; i <= K && f->sure[H]; i++) f->sure[H] = i == H || apart(&f->line[i], &f->line[H], w);
    }
}

bool all_sure(const form *f) {
    for (size_t H = 1; H <= f->K && f->family; H++)
        if (!f->sure[H]) return false;
    return true;
}

/* With all lines as hyperplanes and no values if D = 0. */
static void make_form(form *f, const network *X, const network *Y, size_t D) {
    bool biases = X->biases || (Y != NULL && Y->biases);
    size_t n = X->m + (Y != NULL ? Y->m : 0), w = X->d + biases, end;
    member *list = sorted_neurons(X, Y, w);
    mpq_t *out = rationals(D);
    *f = (form){.d = X->d, .w = w, .D = D, .biases = biases, .u = memory_new(n + 1, sizeof *f->u),
                .L = integers(D * w), .gamma = integers((n + 1) * D)};
    f->u[0] = integers(w);
    if (biases) mpz_set_ui(f->u[0][f->d], 1);
    mpz_init_set_ui(f->den, 1);
    for (size_t p = 0; p < D; p++) {
        get_rational(out[p], Y != NULL ? minus(X->out[p], Y->out[p]) : X->out[p]);
        mpz_lcm(f->den, f->den, mpq_denref(out[p]));
    }
    for (size_t k = 0; k < n && D > 0; k++) mpz_lcm(f->den, f->den, mpq_denref(list[k].X->kappa[list[k].i]));
    /* The output bias belongs to the last column of L. */
    for (size_t p = 0; p < D && f->biases; p++) {
        mpz_divexact(f->L[p * w + f->d], f->den, mpq_denref(out[p]));
        mpz_mul(f->L[p * w + f->d], f->L[p * w + f->d], mpq_numref(out[p]));
    }
    for (size_t begin = 0; begin < n; begin = end) {
        mpz_t *gamma = f->gamma + (f->K + 1) * D, *linear = integers(D);
        bool constant = all_zero(list[begin].u, f->d);
        end = group_end(list, n, begin);
        /* γ ρ(x_{d+1}) is γ x_{d+1}, as x_{d+1} = 1. */
        for (size_t i = begin; i < end && D > 0; i++) add_neuron(f, &list[i], constant ? linear : gamma, linear);
        for (size_t p = 0; p < D; p++)
            for (size_t q = 0; q < w && mpz_sgn(linear[p]) != 0; q++)
                mpz_addmul(f->L[p * w + q], linear[p], list[begin].u[q]);
        if (D > 0 ? !all_zero(gamma, D) : !constant) f->u[++f->K] = list[begin].u;
    }
}

static bool varies(const network *X) { return X->m > 0 && X->a[0].x != NULL; }

void form_init(form *f, const network *X, const network *Y) { (varies(X) ? family_form : make_form)(f, X, Y, X->D); }
void form_init_lines(form *f, const network *X, const network *Y) { (varies(X) ? family_form : make_form)(f, X, Y, 0); }

bool same_realization(const network *X, const network *Y) {
    form f;
    form_init(&f, X, Y);
    matrix L = matrix_linear(&f, 1);
    return f.K == 0 && matrix_is_null(&L, &f);
}

matrix matrix_linear(const form *f, size_t copies) {
    size_t n = f->D * f->w;
    matrix G = {f->family ? NULL : integers(copies * n), f->family ? memory_new(copies * n, sizeof(number)) : NULL};
    for (size_t i = 0; i < copies * n; i++) {
        if (f->family) G.x[i] = i < n ? f->linear[i] : negative(f->linear[i % n]);
        else (i < n ? mpz_set : mpz_neg)(G.z[i], f->L[i % n]);
    }
    return G;
}

number matrix_entry(const matrix *G, const form *f, size_t i) { return f->family ? G->x[i] : quotient(G->z[i], f->den); }

bool matrix_is_null(const matrix *G, const form *f) {
    for (size_t i = 0; i < f->D * f->w; i++)
        if (f->family ? !is_null(G->x[i]) : mpz_sgn(G->z[i]) != 0) return false;
    return true;
}

/* G_i += factor times the entry `from` of the jump of H. */
void add_entry(matrix *G, const form *f, size_t i, size_t H, size_t from, int factor) {
    if (f->family) G->x[i] = (factor > 0 ? plus : minus)(G->x[i], jump_entry(f, H, from));
    else (factor > 0 ? mpz_addmul : mpz_submul)(G->z[i], f->gamma[H * f->D + from / f->w], f->u[H][from % f->w]);
}

void add_jump(matrix *G, const form *f, size_t H, int factor) {
    for (size_t i = 0; i < f->D * f->w; i++) add_entry(G, f, i, H, i, factor);
}

int point_side(const form *f, size_t H, const point *x, bool weak) {
    NEW_Z(product);
    number total = integer(0);
    if (!f->family) {
        dot(product, f->u[H], x->z, f->w);
        return mpz_sgn(product);
    }
    for (size_t k = 0; k < f->w; k++) total = plus(total, times(f->line[H].x[k], x->x[k]));
    return (weak ? weak_side : sign)(total);
}
