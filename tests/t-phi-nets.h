/* Networks for the tests of conditions, Phi and the fiber. */
#ifndef RELUCERT_TESTS_PHI_NETS_H
#define RELUCERT_TESTS_PHI_NETS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/canonical.h"
#include "relucert/network.h"

/* "u_1 ... u_d ; gamma_1 ... gamma_D ; q | next neuron": rationals separated by spaces. */
static inline void net_set(rc_network_t net, slong d, slong D, const char *text)
{
    slong m = 1;
    for (const char *c = text; *c; c++) m += *c == '|';
    char *copy = malloc(strlen(text) + 1), *rest = copy;
    strcpy(copy, text);
    for (char *c = copy; *c; c++)
        if (*c == ';' || *c == '|' || *c == ',') *c = ' ';
    rc_network_clear(net);
    rc_network_init(net, RC_SHALLOW, d, m, D);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < d + D + 1; j++) {
            char *token = strtok_r(rest, " ", &rest);
            fmpq *x = j < d       ? fmpq_mat_entry(net->u, i, j)
                      : j < d + D ? fmpq_mat_entry(net->gamma, i, j - d)
                                  : net->q + i;
            if (!token || fmpq_set_str(x, token, 10)) abort();
            fmpq_canonicalise(x);
        }
    free(copy);
}

/* The same notation, for messages. The caller frees. */
static inline char *net_text(const rc_network_t net)
{
    size_t room = 64, used = 0;
    char *text = malloc(room);
    text[0] = 0;
    for (slong i = 0; i < net->m; i++)
        for (slong j = 0; j < net->d + net->D + 1; j++) {
            const fmpq *x = j < net->d ? fmpq_mat_entry(net->u, i, j)
                            : j < net->d + net->D ? fmpq_mat_entry(net->gamma, i, j - net->d) : net->q + i;
            char *entry = fmpq_get_str(NULL, 10, x);
            size_t need = used + strlen(entry) + 8;
            if (need > room) text = realloc(text, room = 2 * need);
            const char *before = j == 0 ? (i ? " | " : "") : j == net->d || j == net->d + net->D ? " ; " : " ";
            used += (size_t) sprintf(text + used, "%s%s", before, entry);
            flint_free(entry);
        }
    return text;
}

static inline void random_rational(fmpq_t x, long size, long denominator)
{
    fmpq_set_si(x, test_range(-size, size), (ulong) test_range(1, denominator));
}

/* Small entries; zeros, parallel rows and cancelling outputs occur often. */
static inline void net_random(rc_network_t net, slong d, slong m, slong D, long size, long denominator)
{
    rc_network_clear(net);
    rc_network_init(net, RC_SHALLOW, d, m, D);
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j < d; j++) random_rational(fmpq_mat_entry(net->u, i, j), size, denominator);
        for (slong p = 0; p < D; p++) random_rational(fmpq_mat_entry(net->gamma, i, p), size, denominator);
        fmpq_set_si(net->q + i, test_chance(50) ? 1 : test_range(1, 6),
                    (ulong) (test_chance(50) ? 1 : test_range(1, 4)));
        if (i > 0 && test_chance(15)) {
            slong k = test_range(0, i - 1);
            long factor = test_range(0, 1) ? test_range(1, 2) : -test_range(1, 2);
            for (slong j = 0; j < d; j++)
                fmpq_mul_si(fmpq_mat_entry(net->u, i, j), fmpq_mat_entry(net->u, k, j), factor);
        }
        if (test_chance(6))
            for (slong j = 0; j < d; j++) fmpq_zero(fmpq_mat_entry(net->u, i, j));
        if (test_chance(6))
            for (slong p = 0; p < D; p++) fmpq_zero(fmpq_mat_entry(net->gamma, i, p));
    }
}

static inline void max_abs(fmpq_t x, const fmpq_mat_t M, slong i)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(x);
    for (slong j = 0; j < fmpq_mat_ncols(M); j++) {
        fmpq_abs(y, fmpq_mat_entry(M, i, j));
        if (fmpq_cmp(y, x) > 0) fmpq_set(x, y);
    }
    fmpq_clear(y);
}

/* q_i such that ||c_i|| = ||a_i||, where neither is 0. */
static inline void net_balance(rc_network_t net)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    for (slong i = 0; i < net->m; i++) {
        max_abs(x, net->gamma, i);
        max_abs(y, net->u, i);
        if (fmpq_is_zero(x) || fmpq_is_zero(y)) continue;
        fmpq_div(x, x, y);
        rc_network_set_scale(net, i, x);
    }
    fmpq_clear(x);
    fmpq_clear(y);
}

static inline bool same_realization(const rc_network_t X, const rc_network_t Y)
{
    rc_canonical_t f, g;
    rc_canonical_init(f);
    rc_canonical_init(g);
    rc_canonical_set_network(f, X);
    rc_canonical_set_network(g, Y);
    bool same = rc_canonical_equal(f, g);
    rc_canonical_clear(f);
    rc_canonical_clear(g);
    return same;
}

/* All permutations of 0..n-1 in turn: false after the last. */
static inline bool next_permutation(slong *p, slong n)
{
    slong i = n - 2;
    while (i >= 0 && p[i] > p[i + 1]) i--;
    if (i < 0) return false;
    slong j = n - 1;
    while (p[j] < p[i]) j--;
    slong x = p[i];
    p[i] = p[j];
    p[j] = x;
    for (slong a = i + 1, b = n - 1; a < b; a++, b--) {
        x = p[a];
        p[a] = p[b];
        p[b] = x;
    }
    return true;
}

#endif
