/* The canonical form of a realization: section 2. */

#include "check.h"

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
        mpq_set(out[p], X->out[p]);
        if (Y != NULL) mpq_sub(out[p], out[p], Y->out[p]);
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

void form_init(form *f, const network *X, const network *Y) { make_form(f, X, Y, X->D); }
void form_init_lines(form *f, const network *X, const network *Y) { make_form(f, X, Y, 0); }

bool same_realization(const network *X, const network *Y) {
    form f;
    form_init(&f, X, Y);
    return f.K == 0 && all_zero(f.L, f.D * f.w);
}

void add_jump(mpz_t *G, const form *f, size_t H, int factor) {
    for (size_t i = 0; i < f->D * f->w; i++)
        (factor > 0 ? mpz_addmul : mpz_submul)(G[i], f->gamma[H * f->D + i / f->w], f->u[H][i % f->w]);
}
