/* Random small networks with everything that is awkward in them, and R(X) by its definition, as an oracle. */
#ifndef RELUCERT_TESTS_RANDOM_NETWORK_H
#define RELUCERT_TESTS_RANDOM_NETWORK_H

#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/network.h"
#include "relucert/read.h"

/* Numerator in [-size, size], denominator in [1, 4]. */
static inline void random_rational(fmpq_t x, long size)
{
    fmpq_set_si(x, test_range(-size, size), (ulong) test_range(1, 4));
    fmpq_canonicalise(x);
}

static inline void random_point(fmpq *x, slong d, long size)
{
    for (slong j = 0; j < d; j++) random_rational(x + j, size);
}

static inline void random_scale(fmpq_t q)
{
    static const long scales[][2] = {{1, 1}, {1, 1}, {2, 1}, {1, 2}, {3, 1}, {4, 9}, {12, 1}, {5, 7}, {9, 1}};
    long k = test_range(0, 8);
    fmpq_set_si(q, scales[k][0], (ulong) scales[k][1]);
}

/* Neuron i becomes a multiple (of either sign) of neuron j's weights. */
static inline void copy_direction(rc_network_t net, slong i, slong j, long t)
{
    fmpq_t factor;
    fmpq_init(factor);
    fmpq_set_si(factor, t, 1);
    for (slong k = 0; k < net->d; k++)
        fmpq_mul(fmpq_mat_entry(net->u, i, k), fmpq_mat_entry(net->u, j, k), factor);
    for (slong k = 0; k < net->v->c; k++)
        fmpq_mul(fmpq_mat_entry(net->v, i, k), fmpq_mat_entry(net->v, j, k), factor);
    fmpq_clear(factor);
}

/* Fills an initialized network: zero neurons, zero outputs, parallel, opposite and cancelling ones are frequent. */
static inline void random_neurons(rc_network_t net)
{
    for (slong i = 0; i < net->m; i++) {
        for (slong k = 0; k < net->d; k++) random_rational(fmpq_mat_entry(net->u, i, k), 3);
        for (slong k = 0; k < net->v->c; k++) random_rational(fmpq_mat_entry(net->v, i, k), 2);
        for (slong p = 0; p < net->D; p++) random_rational(fmpq_mat_entry(net->gamma, i, p), 3);
        random_scale(net->q + i);
        if (test_chance(8))
            for (slong k = 0; k < net->d; k++) fmpq_zero(fmpq_mat_entry(net->u, i, k));
        if (test_chance(8))
            for (slong p = 0; p < net->D; p++) fmpq_zero(fmpq_mat_entry(net->gamma, i, p));
        if (i == 0 || !test_chance(35)) continue;
        slong j = test_range(0, i - 1);
        long t = test_chance(50) ? test_range(1, 3) : -test_range(1, 3);
        copy_direction(net, i, j, t);
        if (!test_chance(40)) continue;
        for (slong p = 0; p < net->D; p++)
            fmpq_div_fmpz(fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(net->gamma, j, p), (fmpz[1]){t});
    }
    for (slong k = 0; k < net->e->c; k++)
        for (slong p = 0; p < net->D; p++) random_rational(fmpq_mat_entry(net->e, p, k), 2);
}

/* z = <u_i, x> + v_i. */
static inline void oracle_preactivation(fmpq_t z, const rc_network_t net, slong i, const fmpq *x)
{
    fmpq_zero(z);
    for (slong k = 0; k < net->d; k++) fmpq_addmul(z, fmpq_mat_entry(net->u, i, k), x + k);
    if (net->kind == RC_BIASED) fmpq_add(z, z, fmpq_mat_entry(net->v, i, 0));
}

/* y = R(net)(x), term by term. */
static inline void oracle_eval(fmpq *y, const rc_network_t net, const fmpq *x)
{
    fmpq_t z;
    fmpq_init(z);
    for (slong p = 0; p < net->D; p++) {
        if (net->kind == RC_BIASED) fmpq_set(y + p, fmpq_mat_entry(net->e, p, 0));
        else fmpq_zero(y + p);
    }
    for (slong i = 0; i < net->m; i++) {
        oracle_preactivation(z, net, i, x);
        if (fmpq_sgn(z) <= 0) continue;
        for (slong p = 0; p < net->D; p++) fmpq_addmul(y + p, fmpq_mat_entry(net->gamma, i, p), z);
    }
    fmpq_clear(z);
}

static inline bool vectors_equal(const fmpq *x, const fmpq *y, slong n)
{
    for (slong j = 0; j < n; j++)
        if (!fmpq_equal(x + j, y + j)) return false;
    return true;
}

/* The text of a network for messages: a few buffers in turn. */
static char *network_texts[4];

static inline const char *network_text(const rc_network_t net)
{
    static int next;
    json_t *doc = rc_write_network(net);
    next = (next + 1) % 4;
    free(network_texts[next]);
    network_texts[next] = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    return network_texts[next];
}

static inline void network_text_clear(void)
{
    for (int k = 0; k < 4; k++) {
        free(network_texts[k]);
        network_texts[k] = NULL;
    }
}

#endif
