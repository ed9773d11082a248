#include "relucert/embedding.h"

/* A neuron of theta seen as (u, v; gamma) with a = sqrt(q) u, b = sqrt(q) v, c = gamma / sqrt(q): it contributes
   nothing on all of Q^d iff gamma = 0, or u = 0 and v <= 0. */
static bool contributes_nothing(const rc_network_t net, slong i)
{
    if (rc_network_c_is_zero(net, i)) return true;
    return rc_network_a_is_zero(net, i) && fmpq_sgn(fmpq_mat_entry(net->v, i, 0)) <= 0;
}

/* Are the weight vectors i and j of gamma positively proportional? Both have a positive last entry, which fixes the
   factor. */
static bool same_direction(const rc_network_t net, slong i, slong j)
{
    bool same = true;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    const fmpq *last_i = fmpq_mat_entry(net->u, i, net->d - 1), *last_j = fmpq_mat_entry(net->u, j, net->d - 1);
    for (slong k = 0; same && k < net->d - 1; k++) {
        fmpq_mul(x, fmpq_mat_entry(net->u, i, k), last_j);
        fmpq_mul(y, fmpq_mat_entry(net->u, j, k), last_i);
        same = fmpq_equal(x, y);
    }
    fmpq_clear(x);
    fmpq_clear(y);
    return same;
}

/* Sets the last two entries of weight vector i to (bias + tau, tau) with the least integer tau > max(least, -bias) that
   gives it a direction no earlier weight vector has. Vectors (a, bias + tau, tau) of one neuron with different tau are
   never proportional unless a = 0 and bias = 0, which contributes nothing, so each earlier direction excludes one tau
   at most. */
static void set_last_entries(rc_network_t net, slong i, const fmpq_t bias, slong least)
{
    slong d = net->d;
    fmpz_t tau;
    fmpz_init(tau);
    fmpz_neg(tau, fmpq_numref(bias));
    fmpz_fdiv_q(tau, tau, fmpq_denref(bias));
    if (fmpz_cmp_si(tau, least) < 0) fmpz_set_si(tau, least);
    bool taken = true;
    while (taken) {
        fmpz_add_ui(tau, tau, 1);
        fmpq_add_fmpz(fmpq_mat_entry(net->u, i, d - 2), bias, tau);
        fmpq_set_fmpz(fmpq_mat_entry(net->u, i, d - 1), tau);
        taken = false;
        for (slong j = 0; !taken && j < i; j++) taken = same_direction(net, i, j);
    }
    fmpz_clear(tau);
}

/* (0, ..., 0, tau - 1, tau) with c = (1, ..., 1): zero at x_{d+1} = 1, x_{d+2} = -1. */
static void set_idle(rc_network_t net, slong i)
{
    fmpq_t minus_one;
    fmpq_init(minus_one);
    fmpq_set_si(minus_one, -1, 1);
    for (slong k = 0; k < net->d; k++) fmpq_zero(fmpq_mat_entry(net->u, i, k));
    for (slong p = 0; p < net->D; p++) fmpq_set_si(fmpq_mat_entry(net->gamma, i, p), 1, 1);
    set_last_entries(net, i, minus_one, 1);
    fmpq_clear(minus_one);
}

/* The output bias e: (0, ..., 0, 1 + tau, tau) with c = e, or an idle neuron if e = 0. */
static void set_output_bias(rc_network_t net, slong i, const fmpq_mat_t e)
{
    if (fmpq_mat_is_zero(e)) {
        set_idle(net, i);
        return;
    }
    fmpq_t one;
    fmpq_init(one);
    fmpq_set_si(one, 1, 1);
    for (slong p = 0; p < net->D; p++) fmpq_set(fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(e, p, 0));
    set_last_entries(net, i, one, 0);
    fmpq_clear(one);
}

/* q = ||gamma_i|| / ||u_i||, so that ||c_i|| = ||a_i||, [B] (36). Neither is zero. */
static void balance(rc_network_t net, slong i)
{
    fmpq_t u, gamma, x;
    fmpq_init(u);
    fmpq_init(gamma);
    fmpq_init(x);
    for (slong k = 0; k < net->d; k++) {
        fmpq_abs(x, fmpq_mat_entry(net->u, i, k));
        if (fmpq_cmp(x, u) > 0) fmpq_set(u, x);
    }
    for (slong p = 0; p < net->D; p++) {
        fmpq_abs(x, fmpq_mat_entry(net->gamma, i, p));
        if (fmpq_cmp(x, gamma) > 0) fmpq_set(gamma, x);
    }
    fmpq_div(net->q + i, gamma, u);
    fmpq_clear(u);
    fmpq_clear(gamma);
    fmpq_clear(x);
}

void rc_embedding(rc_network_t gamma, const rc_network_t theta)
{
    rc_network_t net;
    rc_network_init(net, RC_SHALLOW, theta->d + 2, theta->m + 1, theta->D);
    for (slong i = 0; i < theta->m; i++) {
        if (contributes_nothing(theta, i)) {
            set_idle(net, i);
            continue;
        }
        for (slong k = 0; k < theta->d; k++) fmpq_set(fmpq_mat_entry(net->u, i, k), fmpq_mat_entry(theta->u, i, k));
        for (slong p = 0; p < theta->D; p++)
            fmpq_set(fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(theta->gamma, i, p));
        set_last_entries(net, i, fmpq_mat_entry(theta->v, i, 0), 0);
    }
    set_output_bias(net, theta->m, theta->e);
    for (slong i = 0; i <= theta->m; i++) balance(net, i);
    rc_network_swap(gamma, net);
    rc_network_clear(net);
}
