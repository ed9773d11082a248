/* All quantities of a network at a dataset, and the verdicts. */
#include "relucert/stability.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "spectrum.h"

/* Explicit Hessians of deep networks: parameters at most, and points times their square. */
enum { MOST_PARAMETERS = 1500, MOST_PRODUCTS = 1000000000 };

/* Nodes of the search for inf ||grad f||: products of dictionary entries about as many as this. */
#define GRADIENT_WORK 10000000.0

void rc_stability_init(rc_stability_t s)
{
    memset(s, 0, sizeof *s);
    rc_surd_init(s->S_theta);
    rc_surd_init(s->norm_g);
    rc_surd_init(s->norm_R);
    for (int k = 0; k < 2; k++) {
        rc_surd_init(s->norm_g_hat[k]);
        fmpq_init(s->lemma_2[k]);
    }
    rc_spectrum_init(s->lambda);
    rc_spectrum_init(s->gram);
    rc_spectrum_init(s->covariance);
    fmpq_init(s->mean_square);
    fmpq_init(s->trace);
    fmpq_init(s->average);
    fmpq_init(s->gradient_lo);
    fmpq_init(s->gradient_hi);
    rc_flattest_init(s->flattest);
    rc_flattest_init(s->merged);
}

static void knot_clear(rc_knot_struct *k)
{
    for (int side = 0; side < 2; side++) {
        fmpq_clear(k->g_tilde + side);
        fmpq_clear(k->g_hat + side);
    }
    fmpq_clear(&k->norm);
    fmpq_clear(&k->sum);
    fmpq_clear(&k->total);
}

void rc_stability_clear(rc_stability_t s)
{
    for (slong H = 0; H < s->knots; H++) knot_clear(s->knot + H);
    free(s->knot);
    free(s->knot_of);
    free(s->side_of);
    free(s->active);
    flint_free(s->touch);
    if (s->residual) _fmpq_vec_clear(s->residual, s->n);
    if (s->gradient_point) _fmpq_vec_clear(s->gradient_point, s->d);
    rc_flattest_clear(s->merged);
    rc_flattest_clear(s->flattest);
    fmpq_clear(s->gradient_hi);
    fmpq_clear(s->gradient_lo);
    fmpq_clear(s->average);
    fmpq_clear(s->trace);
    fmpq_clear(s->mean_square);
    rc_spectrum_clear(s->covariance);
    rc_spectrum_clear(s->gram);
    rc_spectrum_clear(s->lambda);
    for (int k = 0; k < 2; k++) {
        fmpq_clear(s->lemma_2[k]);
        rc_surd_clear(s->norm_g_hat[k]);
    }
    rc_surd_clear(s->norm_R);
    rc_surd_clear(s->norm_g);
    rc_surd_clear(s->S_theta);
}

/* residual holds f(x_j); it becomes f(x_j) - y_j. */
static void subtract_labels(rc_stability_t s, const rc_dataset_t data, bool own)
{
    s->solution = true;
    for (slong j = 0; j < s->n; j++) {
        if (own) fmpq_zero(s->residual + j);
        else fmpq_sub(s->residual + j, s->residual + j, data->y + j);
        if (!fmpq_is_zero(s->residual + j)) s->solution = false;
    }
}

static void find_active(rc_stability_t s, const rc_model_t model)
{
    s->active = calloc((size_t) (model->n * model->m + 1), sizeof *s->active);
    if (s->active == NULL) flint_abort();
    for (slong j = 0; j < model->n; j++) {
        for (slong i = 0; i < model->m; i++) {
            s->active[j * model->m + i] = fmpz_sgn(fmpz_mat_entry(model->Z, j, i)) > 0;
            if (!fmpz_is_zero(fmpz_mat_entry(model->Z, j, i))) continue;
            s->touch = flint_realloc(s->touch, (size_t) (s->touches + 1) * sizeof *s->touch);
            s->touch[s->touches++] = (rc_touch_struct){j, i, rc_model_has_knot(model, i)};
        }
    }
    s->smooth = s->touches == 0;
}

/* x = E ||X||^2, trace = x - ||E X||^2. */
static void mean_square(fmpq_t x, fmpq_t trace, const rc_dataset_t data)
{
    fmpz_t sum, den;
    fmpz_init(sum);
    fmpz_init(den);
    for (slong j = 0; j < data->n; j++) {
        for (slong k = 0; k < data->d; k++) {
            fmpz_addmul(sum, fmpz_mat_entry(data->x, j, k), fmpz_mat_entry(data->x, j, k));
        }
    }
    fmpz_mul(den, data->den, data->den);
    fmpz_mul_si(den, den, data->n);
    fmpq_set_fmpz_frac(x, sum, den);
    fmpq_set(trace, x);
    fmpz_mul_si(den, den, data->n);
    for (slong k = 0; k < data->d; k++) {
        fmpq_t mean;
        fmpq_init(mean);
        fmpz_zero(sum);
        for (slong j = 0; j < data->n; j++) fmpz_add(sum, sum, fmpz_mat_entry(data->x, j, k));
        fmpz_mul(sum, sum, sum);
        fmpq_set_fmpz_frac(mean, sum, den);
        fmpq_sub(trace, trace, mean);
        fmpq_clear(mean);
    }
    fmpz_clear(den);
    fmpz_clear(sum);
}

static void lemma_2_bound(rc_stability_t s, slong bits)
{
    rc_surd_t side;
    fmpq_t other;
    if (!s->has_gradient || !s->covariance->known) return;
    rc_surd_init(side);
    fmpq_init(other);
    rc_stability_lemma_2_side(side, s, 0, false, s->covariance->lo, s->gradient_lo);
    rc_surd_enclose(s->lemma_2[0], other, side, bits + 8);
    rc_stability_lemma_2_side(side, s, 0, true, s->covariance->hi, NULL);
    rc_surd_enclose(other, s->lemma_2[1], side, bits + 8);
    s->has_lemma_2 = true;
    fmpq_clear(other);
    rc_surd_clear(side);
}

static void set_average(rc_stability_t s, const rc_pencil_t M)
{
    fmpz *ones = _fmpz_vec_init(M->n);
    for (slong j = 0; j < M->n; j++) fmpz_one(ones + j);
    rc_pencil_rayleigh(s->average, M, ones);
    _fmpz_vec_clear(ones, M->n);
}

/* The flattest rescaling found, of the network and of Lemma 2's implementation. */
static rc_status flattest(rc_stability_t s, const rc_model_t model, slong bits, rc_limits *limits)
{
    rc_network_t merged;
    rc_status status = rc_flattest_find(s->flattest, model, bits, limits);
    rc_network_init(merged, RC_SHALLOW, 1, 1, 1);
    if (status == RC_OK && rc_stability_merge(merged, s, model)) {
        rc_model_t other;
        rc_model_init(other, merged, model->data);
        status = rc_flattest_find(s->merged, other, bits, limits);
        rc_model_clear(other);
    }
    rc_network_clear(merged);
    return status;
}

static rc_status eigenvalues(rc_stability_t s, const rc_model_t model, const rc_stability_options *options, slong bits,
                             rc_limits *limits)
{
    rc_pencil_t M;
    rc_status status = RC_OK;
    rc_pencil_init(M, 1, 1);
    if (s->smooth && !options->no_lambda) {
        rc_pencil_set_gram(M, model, s->residual);
        set_average(s, M);
        status = rc_spectrum_enclose(s->lambda, M, bits, limits);
        if (status == RC_OK && !s->solution) {
            rc_pencil_set_gram(M, model, NULL);
            status = rc_spectrum_enclose(s->gram, M, bits, limits);
        }
    }
    if (status == RC_OK && !options->no_lemma_2) {
        rc_pencil_set_covariance(M, model->data);
        status = rc_spectrum_enclose(s->covariance, M, bits, limits);
    }
    if (status == RC_OK && s->smooth && !options->no_flattest) status = flattest(s, model, bits, limits);
    rc_pencil_clear(M);
    return status;
}

rc_status rc_stability_flatten(rc_stability_t s, const rc_network_t net, const rc_dataset_t data, slong bits,
                               rc_limits *limits)
{
    rc_model_t model;
    rc_model_init(model, net, data);
    rc_status status = flattest(s, model, bits > 0 ? bits : RC_SPECTRUM_BITS, limits);
    rc_model_clear(model);
    return status;
}

static size_t gradient_nodes(const rc_model_t model, size_t asked)
{
    double entries = (double) (model->m + 1) * (double) (model->d + 1);
    double nodes = GRADIENT_WORK / (entries * (double) (model->d + 1));
    return asked > 0 ? asked : nodes < 100 ? 100 : nodes > 100000 ? 100000 : (size_t) nodes;
}

static rc_status compute_shallow(rc_stability_t s, const rc_network_t net, const rc_dataset_t data,
                                 const rc_stability_options *options, slong bits, rc_limits *limits)
{
    rc_model_t model;
    rc_model_init(model, net, data);
    rc_model_values(s->residual, model);
    subtract_labels(s, data, options->own_labels);
    find_active(s, model);
    rc_stability_norms(s, model);
    mean_square(s->mean_square, s->trace, data);
    rc_status status = eigenvalues(s, model, options, bits, limits);
    if (status == RC_OK && !options->no_lemma_2) {
        rc_stability_gradient(s, model, gradient_nodes(model, options->cells), limits);
        lemma_2_bound(s, bits);
    }
    rc_model_clear(model);
    return status;
}

static bool has_small_hessian(const rc_network_t net, slong n)
{
    slong P = rc_stability_parameters(net);
    return P <= MOST_PARAMETERS && n <= MOST_PRODUCTS / (P * P);
}

static rc_status compute_deep(rc_stability_t s, const rc_network_t net, const rc_dataset_t data,
                              const rc_stability_options *options, slong bits, rc_limits *limits, rc_error_struct *err)
{
    rc_tangent_t T;
    rc_pencil_t M;
    rc_status status = RC_OK;
    rc_tangent_init(T, net, data);
    rc_pencil_init(M, 1, 1);
    for (slong j = 0; j < s->n; j++) fmpq_set(s->residual + j, T->value + j);
    subtract_labels(s, data, options->own_labels);
    s->touch = T->touch;
    s->touches = T->touches;
    s->smooth = s->touches == 0;
    T->touch = NULL;
    T->touches = 0;
    s->deep = true;
    mean_square(s->mean_square, s->trace, data);
    if (s->smooth && !options->no_lambda) {
        rc_tangent_gram(M, T);
        status = rc_spectrum_enclose(s->solution ? s->lambda : s->gram, M, bits, limits);
        if (status == RC_OK && !s->solution) {
            if (!has_small_hessian(net, s->n)) {
                status = rc_error_set(err, RC_LIMIT,
                                      "the full Hessian of a deep network with %ld parameters at %ld points (at most %d, "
                                      "and %d points times parameters squared)",
                                      (long) rc_stability_parameters(net), (long) s->n, MOST_PARAMETERS, MOST_PRODUCTS);
            } else {
                rc_tangent_hessian(M, T, s->residual);
                status = rc_spectrum_enclose(s->lambda, M, bits, limits);
            }
        }
    }
    rc_pencil_clear(M);
    rc_tangent_clear(T);
    return status;
}

rc_status rc_stability_compute(rc_stability_t s, const rc_network_t net, const rc_dataset_t data,
                               const rc_stability_options *options, rc_limits *limits, rc_error_struct *err)
{
    static const rc_stability_options usual = {0, false, false, false, false, 0};
    if (options == NULL) options = &usual;
    slong bits = options->bits > 0 ? options->bits : RC_SPECTRUM_BITS;
    if (net->D != 1) {
        return rc_error_set(err, RC_BAD_INPUT, "the network has %ld outputs; stability is about networks with one",
                            (long) net->D);
    }
    if (net->d != data->d) {
        return rc_error_set(err, RC_BAD_INPUT, "the points have %ld coordinates, the network takes %ld",
                            (long) data->d, (long) net->d);
    }
    if (!data->labelled && !options->own_labels) return rc_error_set(err, RC_BAD_INPUT, "the data have no labels");
    rc_stability_clear(s);
    rc_stability_init(s);
    s->n = data->n;
    s->d = data->d;
    s->m = rc_network_hidden(net);
    s->residual = _fmpq_vec_init(s->n);
    if (net->kind == RC_DEEP) return compute_deep(s, net, data, options, bits, limits, err);
    return compute_shallow(s, net, data, options, bits, limits);
}

/* The matrix whose largest eigenvalue is the Hessian's. False if a deep network has too many parameters. */
static bool set_hessian(rc_pencil_t M, const rc_network_t net, const rc_dataset_t data, bool own)
{
    rc_stability_t s;
    bool small = true;
    rc_stability_init(s);
    s->n = data->n;
    s->residual = _fmpq_vec_init(s->n);
    if (net->kind == RC_DEEP) {
        rc_tangent_t T;
        rc_tangent_init(T, net, data);
        for (slong j = 0; j < s->n; j++) fmpq_set(s->residual + j, T->value + j);
        subtract_labels(s, data, own);
        if (s->solution) rc_tangent_gram(M, T);
        else if (has_small_hessian(net, s->n)) rc_tangent_hessian(M, T, s->residual);
        else small = false;
        rc_tangent_clear(T);
    } else {
        rc_model_t model;
        rc_model_init(model, net, data);
        rc_model_values(s->residual, model);
        subtract_labels(s, data, own);
        rc_pencil_set_gram(M, model, s->residual);
        rc_model_clear(model);
    }
    rc_stability_clear(s);
    return small;
}

rc_status rc_stability_lambda_against(rc_spectrum_t s, const rc_network_t net, const rc_dataset_t data, bool own_labels,
                                      const rc_surd_t v, int relation, rc_limits *limits)
{
    rc_pencil_t M;
    fmpq_t x;
    fmpq_init(x);
    rc_pencil_init(M, 1, 1);
    rc_status status = set_hessian(M, net, data, own_labels) ? RC_OK : RC_LIMIT;
    for (slong bits = RC_SPECTRUM_BITS; status == RC_OK && bits <= 16 * RC_SPECTRUM_BITS; bits *= 2) {
        status = rc_spectrum_enclose(s, M, bits, limits);
        if (status != RC_OK) goto done;
        if (rc_surd_cmp_fmpq(v, s->lo) < (relation > 0 ? 1 : 0)) goto done;
        if (rc_surd_cmp_fmpq(v, s->hi) > (relation < 0 ? -1 : 0)) goto done;
        if (rc_surd_get_fmpq(x, v) == RC_OK && (fmpq_equal(s->lo, s->hi) || rc_spectrum_exact(s, M, x))) goto done;
    }
    if (status == RC_OK) status = RC_LIMIT;
done:
    rc_pencil_clear(M);
    fmpq_clear(x);
    return status;
}

void rc_stability_lemma_2_side(rc_surd_t x, const rc_stability_t s, int orientation, bool upper, const fmpq *spread,
                               const fmpq *gradient)
{
    rc_surd_t root, sum;
    fmpq_t y, z;
    rc_surd_init(root);
    rc_surd_init(sum);
    fmpq_init(y);
    fmpq_init(z);
    rc_surd_set(sum, s->norm_R);
    if (upper) gradient = s->gradient_hi;
    if (gradient) {
        rc_surd_set_sqrt_fmpq(root, gradient);
        rc_surd_add(sum, sum, root);
    }
    fmpq_set(y, s->trace);
    if (!upper) {
        fmpq_set_si(z, s->d, 1);
        fmpq_div(y, y, z);
    }
    if (spread) fmpq_set(y, spread);
    fmpq_add_si(z, s->mean_square, 1);
    fmpq_mul(y, y, z);
    rc_surd_set_sqrt_fmpq(root, y);
    rc_surd_mul(sum, sum, root);
    fmpq_set_si(y, 4, 1);
    rc_surd_mul_fmpq(sum, sum, y);
    fmpq_set_si(y, orientation == 2 ? 1 : 2, 1);
    rc_surd_set(root, s->norm_g_hat[orientation == 1]);
    if (orientation == 2) rc_surd_add(root, root, s->norm_g_hat[1]);
    rc_surd_mul_fmpq(root, root, y);
    rc_surd_add(sum, sum, root);
    rc_surd_set_si(root, 1);
    rc_surd_add(x, sum, root);
    fmpq_clear(z);
    fmpq_clear(y);
    rc_surd_clear(sum);
    rc_surd_clear(root);
}

/* Verdicts. */

static bool has_hypotheses(const rc_stability_t s)
{
    if (!s->solution) return false;
    for (slong k = 0; k < s->touches; k++) {
        if (s->touch[k].knot) return false;
    }
    return true;
}

/* x = 2/eta and y = 1/eta - 1/2. */
static void step_bounds(fmpq_t x, fmpq_t y, const fmpq_t eta)
{
    fmpq_inv(y, eta);
    fmpq_mul_2exp(x, y, 1);
    fmpq_sub_si(y, x, 1);
    fmpq_div_2exp(y, y, 1);
}

rc_answer rc_stability_theorem_1(const rc_stability_t s, const fmpq_t eta)
{
    if (s->deep) return -1;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    step_bounds(x, y, eta);
    bool holds = rc_surd_cmp_fmpq(s->norm_g, y) <= 0;
    fmpq_clear(y);
    fmpq_clear(x);
    return holds ? 1 : 0;
}

rc_answer rc_stability_is_linearly_stable(const rc_stability_t s, const fmpq_t eta)
{
    if (!s->lambda->known) return -1;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    step_bounds(x, y, eta);
    rc_answer answer = fmpq_cmp(s->lambda->hi, x) <= 0 ? 1 : fmpq_cmp(s->lambda->lo, x) > 0 ? 0 : -1;
    fmpq_clear(y);
    fmpq_clear(x);
    return answer;
}

/* Does the network, a rescaling, or the implementation of Lemma 2's proof have lambda_max <= x? */
static bool has_implementation(const rc_stability_t s, const fmpq_t x)
{
    return (s->lambda->known && fmpq_cmp(s->lambda->hi, x) <= 0) ||
           (s->flattest->known && fmpq_cmp(s->flattest->lambda->hi, x) <= 0) ||
           (s->merged->known && fmpq_cmp(s->merged->lambda->hi, x) <= 0);
}

rc_answer rc_stability_theorem_3(const rc_stability_t s, const fmpq_t eta)
{
    if (s->deep) return -1;
    if (!has_hypotheses(s)) return 0;
    if (!s->has_lemma_2) return -1;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    step_bounds(x, y, eta);
    /* [N 20] is [N 19]'s right side <= 2/eta. */
    rc_answer answer = fmpq_cmp(s->lemma_2[0], x) > 0                                    ? 0
                       : fmpq_cmp(s->lemma_2[1], x) <= 0 && has_implementation(s, x) ? 1
                                                                                         : -1;
    fmpq_clear(y);
    fmpq_clear(x);
    return answer;
}

rc_answer rc_stability_lemma_2(const rc_stability_t s)
{
    if (s->deep) return -1;
    if (!has_hypotheses(s)) return 0;
    return s->has_lemma_2 && has_implementation(s, s->lemma_2[0]) ? 1 : -1;
}

rc_answer rc_stability_lemma_3(const rc_stability_t s)
{
    if (s->deep) return -1;
    if (!has_hypotheses(s)) return 0;
    if (!s->lambda->known) return -1;
    rc_surd_t x;
    fmpq_t two;
    rc_surd_init(x);
    fmpq_init(two);
    fmpq_set_si(two, 2, 1);
    rc_surd_mul_fmpq(x, s->norm_g, two);
    rc_surd_t one;
    rc_surd_init(one);
    rc_surd_set_si(one, 1);
    rc_surd_add(x, x, one);
    rc_answer answer = rc_surd_cmp_fmpq(x, s->average) <= 0      ? 1
                       : rc_surd_cmp_fmpq(x, s->lambda->hi) > 0 ? 0
                                                                : -1;
    rc_surd_clear(one);
    fmpq_clear(two);
    rc_surd_clear(x);
    return answer;
}
