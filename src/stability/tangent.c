/* Exact backpropagation [N 45], for any depth. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdlib.h>

#include "parts.h"

static slong width(const rc_tangent_t T, slong l)
{
    return fmpq_mat_nrows(T->net->A + l);
}

/* (A, b) of layer l in integers over den: W = [A | b]. */
static void layer(fmpz_mat_t W, fmpz_t den, const rc_tangent_t T, slong l)
{
    const fmpq_mat_struct *A = T->net->A + l, *b = T->net->b + l;
    slong rows = fmpq_mat_nrows(A), columns = fmpq_mat_ncols(A);
    fmpq_mat_t all;
    fmpq_mat_init(all, rows, columns + 1);
    for (slong p = 0; p < rows; p++) {
        for (slong q = 0; q < columns; q++) fmpq_set(fmpq_mat_entry(all, p, q), fmpq_mat_entry(A, p, q));
        fmpq_set(fmpq_mat_entry(all, p, columns), fmpq_mat_entry(b, p, 0));
    }
    fmpz_mat_init(W, rows, columns + 1);
    fmpq_mat_get_fmpz_mat_matwise(W, den, all);
    fmpq_mat_clear(all);
}

/* z = W (a, den_a): pre-activations over den_a den_W. */
static void apply(fmpz_mat_t z, const fmpz_mat_t W, const fmpz_mat_struct *a, const fmpz_t den_a)
{
    slong rows = fmpz_mat_nrows(a), n = fmpz_mat_ncols(a);
    fmpz_mat_t extended;
    fmpz_mat_init(extended, rows + 1, n);
    for (slong p = 0; p < rows; p++) _fmpz_vec_set(fmpz_mat_entry(extended, p, 0), fmpz_mat_entry(a, p, 0), n);
    for (slong j = 0; j < n; j++) fmpz_set(fmpz_mat_entry(extended, rows, j), den_a);
    fmpz_mat_mul(z, W, extended);
    fmpz_mat_clear(extended);
}

static void note_touch(rc_tangent_t T, slong point, slong neuron, bool knot)
{
    T->touch = flint_realloc(T->touch, (size_t) (T->touches + 1) * sizeof *T->touch);
    T->touch[T->touches++] = (rc_touch_struct){point, neuron, knot};
}

static void forward(rc_tangent_t T)
{
    slong n = T->data->n, depth = T->net->depth, before = 0;
    fmpz_mat_init(T->input, T->data->d, n);
    fmpz_mat_transpose(T->input, T->data->x);
    fmpz_set(T->input_den, T->data->den);
    for (slong l = 0; l < depth; l++) {
        fmpz_mat_t W, z;
        fmpz_t den;
        fmpz_init(den);
        layer(W, den, T, l);
        fmpz_mat_init(z, width(T, l), n);
        apply(z, W, T->input + l, T->input_den + l);
        fmpz_mul(den, den, T->input_den + l);
        if (l == depth - 1) {
            for (slong j = 0; j < n; j++) fmpq_set_fmpz_frac(T->value + j, fmpz_mat_entry(z, 0, j), den);
        } else {
            fmpz_mat_init(T->active + l, width(T, l), n);
            fmpz_mat_init(T->input + l + 1, width(T, l), n);
            fmpz_set(T->input_den + l + 1, den);
            for (slong p = 0; p < width(T, l); p++) {
                bool knot = !_fmpz_vec_is_zero(fmpz_mat_entry(W, p, 0), fmpz_mat_ncols(W) - 1);
                for (slong j = 0; j < n; j++) {
                    const fmpz *x = fmpz_mat_entry(z, p, j);
                    if (fmpz_is_zero(x)) note_touch(T, j, before + p, knot);
                    if (fmpz_sgn(x) <= 0) continue;
                    fmpz_one(fmpz_mat_entry(T->active + l, p, j));
                    fmpz_set(fmpz_mat_entry(T->input + l + 1, p, j), x);
                }
            }
            before += width(T, l);
        }
        fmpz_clear(den);
        fmpz_mat_clear(z);
        fmpz_mat_clear(W);
    }
}

static void backward(rc_tangent_t T)
{
    slong n = T->data->n, depth = T->net->depth;
    fmpz_mat_init(T->delta + depth - 1, 1, n);
    for (slong j = 0; j < n; j++) fmpz_one(fmpz_mat_entry(T->delta + depth - 1, 0, j));
    fmpz_one(T->delta_den + depth - 1);
    for (slong l = depth - 2; l >= 0; l--) {
        fmpz_mat_t W, transposed, product;
        fmpz_t den;
        slong N = width(T, l);
        fmpz_init(den);
        layer(W, den, T, l + 1);
        fmpz_mat_init(transposed, N + 1, width(T, l + 1));
        fmpz_mat_transpose(transposed, W);
        fmpz_mat_init(product, N + 1, n);
        fmpz_mat_mul(product, transposed, T->delta + l + 1);
        fmpz_mat_init(T->delta + l, N, n);
        for (slong p = 0; p < N; p++) {
            for (slong j = 0; j < n; j++) {
                if (fmpz_is_zero(fmpz_mat_entry(T->active + l, p, j))) continue;
                fmpz_set(fmpz_mat_entry(T->delta + l, p, j), fmpz_mat_entry(product, p, j));
            }
        }
        fmpz_mul(T->delta_den + l, T->delta_den + l + 1, den);
        fmpz_mat_clear(product);
        fmpz_mat_clear(transposed);
        fmpz_mat_clear(W);
        fmpz_clear(den);
    }
}

void rc_tangent_init(rc_tangent_t T, const rc_network_struct *net, const rc_dataset_struct *data)
{
    slong depth = net->depth;
    T->net = net;
    T->data = data;
    T->touches = 0;
    T->touch = NULL;
    T->input = malloc((size_t) depth * sizeof *T->input);
    T->active = malloc((size_t) depth * sizeof *T->active);
    T->delta = malloc((size_t) depth * sizeof *T->delta);
    if (T->input == NULL || T->active == NULL || T->delta == NULL) flint_abort();
    T->input_den = _fmpz_vec_init(depth);
    T->delta_den = _fmpz_vec_init(depth);
    T->value = _fmpq_vec_init(data->n);
    forward(T);
    backward(T);
}

void rc_tangent_clear(rc_tangent_t T)
{
    slong depth = T->net->depth;
    for (slong l = 0; l < depth; l++) {
        fmpz_mat_clear(T->delta + l);
        if (l < depth - 1) fmpz_mat_clear(T->active + l);
        fmpz_mat_clear(T->input + l);
    }
    _fmpq_vec_clear(T->value, T->data->n);
    _fmpz_vec_clear(T->delta_den, depth);
    _fmpz_vec_clear(T->input_den, depth);
    free(T->delta);
    free(T->active);
    free(T->input);
    flint_free(T->touch);
}

/* B = A^T A. */
static void columns_square(fmpz_mat_t B, const fmpz_mat_struct *A)
{
    fmpz_mat_t transposed;
    fmpz_mat_init(transposed, fmpz_mat_ncols(A), fmpz_mat_nrows(A));
    fmpz_mat_transpose(transposed, A);
    fmpz_mat_mul(B, transposed, A);
    fmpz_mat_clear(transposed);
}

void rc_tangent_gram(rc_pencil_t M, const rc_tangent_t T)
{
    slong n = T->data->n;
    fmpz_mat_t inputs, deltas;
    fmpz_t den, square, common, c;
    fmpz_mat_init(inputs, n, n);
    fmpz_mat_init(deltas, n, n);
    fmpz_init(den);
    fmpz_init(square);
    fmpz_init(common);
    fmpz_init(c);
    rc_pencil_clear(M);
    rc_pencil_init(M, n, n);
    for (slong l = 0; l < T->net->depth; l++) {
        columns_square(inputs, T->input + l);
        columns_square(deltas, T->delta + l);
        fmpz_mul(square, T->input_den + l, T->input_den + l);
        fmpz_mul(den, T->delta_den + l, T->delta_den + l);
        fmpz_mul(den, den, square);
        fmpz_lcm(common, M->D, den);
        fmpz_divexact(c, common, M->D);
        fmpz_divexact(den, common, den);
        for (slong j = 0; j < n; j++) {
            for (slong k = 0; k < n; k++) {
                fmpz *x = fmpz_mat_entry(M->N, j, k), *y = fmpz_mat_entry(inputs, j, k);
                fmpz_add(y, y, square);
                fmpz_mul(y, y, fmpz_mat_entry(deltas, j, k));
                fmpz_mul(x, x, c);
                fmpz_addmul(x, y, den);
            }
        }
        fmpz_swap(M->D, common);
    }
    fmpz_clear(c);
    fmpz_clear(common);
    fmpz_clear(square);
    fmpz_clear(den);
    fmpz_mat_clear(deltas);
    fmpz_mat_clear(inputs);
}

/* x = input p of layer l at point j, the last one 1; and delta. */
static void get_input(fmpq_t x, const rc_tangent_t T, slong l, slong p, slong j)
{
    if (p == fmpz_mat_nrows(T->input + l)) fmpq_one(x);
    else fmpq_set_fmpz_frac(x, fmpz_mat_entry(T->input + l, p, j), T->input_den + l);
}

static void get_delta(fmpq_t x, const rc_tangent_t T, slong l, slong p, slong j)
{
    fmpq_set_fmpz_frac(x, fmpz_mat_entry(T->delta + l, p, j), T->delta_den + l);
}

/* Entry (p, q) of (A, b) of layer l has delta_p input_q. */
void rc_tangent_features(fmpq *phi, const rc_tangent_t T, slong j)
{
    fmpq_t x;
    fmpq_init(x);
    for (slong l = 0; l < T->net->depth; l++) {
        slong inputs = fmpz_mat_nrows(T->input + l) + 1;
        for (slong p = 0; p < width(T, l); p++) {
            get_delta(x, T, l, p, j);
            for (slong q = 0; q < inputs; q++, phi++) {
                get_input(phi, T, l, q, j);
                fmpq_mul(phi, phi, x);
            }
        }
    }
    fmpq_clear(x);
}

/* H += r times the mixed second derivatives of f(x_j) by layers l < k: with J = d input[k] / d pre-activation[l], the
   derivative by entry (p, q) of layer l and (r, s) of layer k is delta[k]_r J[s][p] input[l]_q, for s not the bias. */
static void add_pair(fmpq_mat_t H, const rc_tangent_t T, slong j, const fmpq_t residual, slong l, slong k,
                     const fmpq_mat_t J, slong at_l, slong at_k)
{
    slong inputs_l = fmpz_mat_nrows(T->input + l) + 1, inputs_k = fmpz_mat_nrows(T->input + k) + 1;
    fmpq_t delta, x, y;
    fmpq_init(delta);
    fmpq_init(x);
    fmpq_init(y);
    for (slong r = 0; r < width(T, k); r++) {
        get_delta(delta, T, k, r, j);
        fmpq_mul(delta, delta, residual);
        if (fmpq_is_zero(delta)) continue;
        for (slong s = 0; s + 1 < inputs_k; s++) {
            for (slong p = 0; p < width(T, l); p++) {
                if (fmpq_is_zero(fmpq_mat_entry(J, s, p))) continue;
                fmpq_mul(x, delta, fmpq_mat_entry(J, s, p));
                for (slong q = 0; q < inputs_l; q++) {
                    slong row = at_l + p * inputs_l + q, column = at_k + r * inputs_k + s;
                    get_input(y, T, l, q, j);
                    fmpq_addmul(fmpq_mat_entry(H, row, column), x, y);
                    fmpq_set(fmpq_mat_entry(H, column, row), fmpq_mat_entry(H, row, column));
                }
            }
        }
    }
    fmpq_clear(y);
    fmpq_clear(x);
    fmpq_clear(delta);
}

static void second_order(fmpq_mat_t H, const rc_tangent_t T, slong j, const fmpq_t residual)
{
    slong depth = T->net->depth, at_l = 0;
    for (slong l = 0; l + 1 < depth; l++) {
        slong N = width(T, l), at_k = at_l + N * (fmpz_mat_nrows(T->input + l) + 1);
        fmpq_mat_t J;
        fmpq_mat_init(J, N, N);
        for (slong p = 0; p < N; p++) {
            if (!fmpz_is_zero(fmpz_mat_entry(T->active + l, p, j))) fmpq_one(fmpq_mat_entry(J, p, p));
        }
        slong before = at_l;
        at_l = at_k;
        for (slong k = l + 1; k < depth; k++) {
            add_pair(H, T, j, residual, l, k, J, before, at_k);
            at_k += width(T, k) * (fmpz_mat_nrows(T->input + k) + 1);
            if (k + 1 == depth) break;
            fmpq_mat_t next;
            fmpq_mat_init(next, width(T, k), N);
            fmpq_mat_mul(next, T->net->A + k, J);
            for (slong r = 0; r < width(T, k); r++) {
                if (!fmpz_is_zero(fmpz_mat_entry(T->active + k, r, j))) continue;
                for (slong p = 0; p < N; p++) fmpq_zero(fmpq_mat_entry(next, r, p));
            }
            fmpq_mat_swap(J, next);
            fmpq_mat_clear(next);
        }
        fmpq_mat_clear(J);
    }
}

void rc_tangent_hessian(rc_pencil_t M, const rc_tangent_t T, const fmpq *residual)
{
    slong P = rc_stability_parameters(T->net), n = T->data->n;
    fmpq_mat_t H;
    fmpq *phi = _fmpq_vec_init(P);
    fmpq_mat_init(H, P, P);
    for (slong j = 0; j < n; j++) {
        rc_tangent_features(phi, T, j);
        for (slong r = 0; r < P; r++) {
            if (fmpq_is_zero(phi + r)) continue;
            for (slong s = 0; s < P; s++) fmpq_addmul(fmpq_mat_entry(H, r, s), phi + r, phi + s);
        }
        second_order(H, T, j, residual + j);
    }
    rc_pencil_clear(M);
    rc_pencil_init(M, P, n);
    fmpq_mat_get_fmpz_mat_matwise(M->N, M->D, H);
    fmpq_mat_clear(H);
    _fmpq_vec_clear(phi, P);
}
