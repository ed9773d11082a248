/* The implementation of Lemma 2's proof, [N 106]-[N 109]: a neuron a knot, and two for the linear part that is left. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "parts.h"

/* f = sum over the knots + <linear, (x, 1)>: knots keep the side of their lowest-numbered neuron. */
static void gather_linear(fmpq *linear, const rc_stability_t s, const rc_model_t model)
{
    slong d = model->d;
    const rc_network_struct *net = model->net;
    fmpq_t x;
    fmpq_init(x);
    if (net->kind == RC_BIASED) fmpq_set(linear + d, fmpq_mat_entry(net->e, 0, 0));
    for (slong i = 0; i < model->m; i++) {
        bool knot = s->knot_of[i] >= 0;
        bool other = knot && s->side_of[i] != s->knot[s->knot_of[i]].given;
        bool constant = !knot && net->kind == RC_BIASED && fmpq_sgn(fmpq_mat_entry(net->v, i, 0)) > 0;
        if (!other && !constant) continue;
        for (slong k = 0; k <= d; k++) {
            fmpq_set_fmpz_frac(x, fmpz_mat_entry(model->U, i, k), model->du);
            fmpq_addmul(linear + k, x, rc_model_gamma(model, i));
        }
    }
    fmpq_clear(x);
}

/* tau = the mean of <h, x_j> [N 108], or, where that is the value at a point, a little more. */
static void choose_offset(fmpq_t tau, const fmpq *h, const rc_model_t model)
{
    slong n = model->n, d = model->d;
    fmpq *value = _fmpq_vec_init(n);
    fmpq_t x, step;
    fmpq_init(x);
    fmpq_init(step);
    fmpq_zero(tau);
    for (slong j = 0; j < n; j++) {
        for (slong k = 0; k < d; k++) {
            fmpq_set_fmpz_frac(x, fmpz_mat_entry(model->X, j, k), model->data->den);
            fmpq_addmul(value + j, x, h + k);
        }
        fmpq_add(tau, tau, value + j);
    }
    fmpq_set_si(x, n, 1);
    fmpq_div(tau, tau, x);
    bool met = false;
    fmpq_set_si(step, 1, 1);
    for (slong j = 0; j < n; j++) {
        fmpq_sub(x, value + j, tau);
        if (fmpq_is_zero(x)) met = true;
        if (fmpq_sgn(x) > 0 && fmpq_cmp(x, step) < 0) fmpq_set(step, x);
    }
    fmpq_div_2exp(step, step, 10);
    if (met) fmpq_add(tau, tau, step);
    fmpq_clear(step);
    fmpq_clear(x);
    _fmpq_vec_clear(value, n);
}

/* Neuron i of net: gamma rho(sign (<u, x> + v)), u of length d. */
static void set_neuron(rc_network_t net, slong i, const fmpq *u, const fmpq_t v, const fmpq_t gamma, int sign)
{
    for (slong k = 0; k < net->d; k++) {
        fmpq_set(fmpq_mat_entry(net->u, i, k), u + k);
        if (sign < 0) fmpq_neg(fmpq_mat_entry(net->u, i, k), u + k);
    }
    fmpq_set(fmpq_mat_entry(net->v, i, 0), v);
    if (sign < 0) fmpq_neg(fmpq_mat_entry(net->v, i, 0), v);
    fmpq_set(fmpq_mat_entry(net->gamma, i, 0), gamma);
}

/* Knots whose neurons do not cancel. */
static slong count_knots(const rc_stability_t s)
{
    slong count = 0;
    for (slong H = 0; H < s->knots; H++) count += !fmpq_is_zero(&s->knot[H].sum);
    return count;
}

/* The neuron of a knot: its first neuron's (u, v), with all gammas there in units of it. */
static void set_knot(rc_network_t net, slong at, const rc_stability_t s, slong H, const rc_model_t model)
{
    slong first = s->knot[H].first, k = 0;
    const fmpz *own = fmpz_mat_entry(model->U, first, 0);
    fmpq *u = _fmpq_vec_init(model->d + 1);
    fmpq_t share, gamma;
    fmpq_init(share);
    fmpq_init(gamma);
    while (fmpz_is_zero(own + k)) k++;
    for (slong i = first; i < model->m; i++) {
        if (s->knot_of[i] != H) continue;
        fmpq_set_fmpz_frac(share, fmpz_mat_entry(model->U, i, k), own + k);
        fmpq_abs(share, share);
        fmpq_addmul(gamma, share, rc_model_gamma(model, i));
    }
    for (k = 0; k <= model->d; k++) fmpq_set_fmpz_frac(u + k, own + k, model->du);
    set_neuron(net, at, u, u + model->d, gamma, 1);
    fmpq_clear(gamma);
    fmpq_clear(share);
    _fmpq_vec_clear(u, model->d + 1);
}

bool rc_stability_merge(rc_network_t net, const rc_stability_t s, const rc_model_t model)
{
    slong d = model->d, m = model->m, knots = count_knots(s), at = 0;
    fmpq *linear = _fmpq_vec_init(d + 1);
    fmpq_t tau, one;
    gather_linear(linear, s, model);
    bool flat = true;
    for (slong k = 0; k < d; k++) flat = flat && fmpq_is_zero(linear + k);
    bool fits = knots + (flat ? 0 : 2) <= m && knots < m;
    if (fits) {
        fmpq_init(tau);
        fmpq_init(one);
        fmpq_one(one);
        rc_network_clear(net);
        rc_network_init(net, RC_BIASED, d, m, 1);
        for (slong H = 0; H < s->knots; H++) {
            if (!fmpq_is_zero(&s->knot[H].sum)) set_knot(net, at++, s, H, model);
        }
        if (!flat) {
            choose_offset(tau, linear, model);
            fmpq_neg(tau, tau);
            set_neuron(net, at++, linear, tau, one, 1);
            fmpq_neg(one, one);
            set_neuron(net, at++, linear, tau, one, -1);
            fmpq_sub(linear + d, linear + d, tau);
        }
        /* The others are never active. */
        for (; at < m; at++) fmpq_set_si(fmpq_mat_entry(net->v, at, 0), -1, 1);
        fmpq_set(fmpq_mat_entry(net->e, 0, 0), linear + d);
        fmpq_clear(one);
        fmpq_clear(tau);
    }
    _fmpq_vec_clear(linear, d + 1);
    return fits;
}
