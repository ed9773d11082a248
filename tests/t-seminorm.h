/* Random canonical forms for the tests of the norms, and printing them ready to paste. */
#ifndef RELUCERT_TESTS_T_SEMINORM_H
#define RELUCERT_TESTS_T_SEMINORM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "relucert/canonical.h"

/* "A", "b", "C" of the canonical form as a network with L as text beside it; static buffer. */
static inline const char *form_text(const rc_canonical_t f)
{
    static char text[6000];
    size_t at = 0;
    at += (size_t) snprintf(text + at, sizeof text - at, "affine %d, u:", f->affine);
    for (slong H = 0; H < f->K && at < sizeof text - 200; H++) {
        for (slong k = 0; k < f->width && at < sizeof text - 200; k++) {
            char *x = fmpz_get_str(NULL, 10, fmpz_mat_entry(f->u, H, k));
            at += (size_t) snprintf(text + at, sizeof text - at, "%s%.60s", k ? "," : " [", x);
            flint_free(x);
        }
        at += (size_t) snprintf(text + at, sizeof text - at, "] gamma");
        for (slong p = 0; p < f->D && at < sizeof text - 200; p++) {
            char *x = fmpq_get_str(NULL, 10, fmpq_mat_entry(f->gamma, H, p));
            at += (size_t) snprintf(text + at, sizeof text - at, " %.60s", x);
            flint_free(x);
        }
        at += (size_t) snprintf(text + at, sizeof text - at, ";");
    }
    at += (size_t) snprintf(text + at, sizeof text - at, " L:");
    for (slong p = 0; p < f->D; p++)
        for (slong k = 0; k < f->width && at < sizeof text - 200; k++) {
            char *x = fmpq_get_str(NULL, 10, fmpq_mat_entry(f->L, p, k));
            at += (size_t) snprintf(text + at, sizeof text - at, " %.60s", x);
            flint_free(x);
        }
    return text;
}

static inline void random_fmpq(fmpq_t x, long c, long den)
{
    fmpq_set_si(x, test_range(-c, c), (ulong) test_range(1, den));
}

/* A network of m neurons with small weights. Columns are cut into `blocks` groups, each neuron living on one of them;
   rank limits the weights to combinations of so many vectors (0: no limit). */
static inline void random_network(rc_network_t X, slong d, slong m, slong D, bool biased, slong blocks, slong rank,
                                  long c)
{
    fmpq_mat_t span, mix;
    rc_network_t Y;
    rc_network_init(Y, biased ? RC_BIASED : RC_SHALLOW, d, m, D);
    fmpq_mat_init(span, rank, d);
    fmpq_mat_init(mix, m, rank);
    for (slong i = 0; i < m; i++) {
        slong block = test_range(0, blocks - 1);
        for (slong k = 0; k < d; k++)
            if (k % blocks == block) random_fmpq(fmpq_mat_entry(Y->u, i, k), c, 2);
        for (slong p = 0; p < D; p++) random_fmpq(fmpq_mat_entry(Y->gamma, i, p), 5, 3);
        if (biased) random_fmpq(fmpq_mat_entry(Y->v, i, 0), c, 2);
    }
    if (rank > 0) {
        for (slong i = 0; i < rank; i++)
            for (slong k = 0; k < d; k++) random_fmpq(fmpq_mat_entry(span, i, k), c, 1);
        for (slong i = 0; i < m; i++)
            for (slong k = 0; k < rank; k++) random_fmpq(fmpq_mat_entry(mix, i, k), c, 1);
        fmpq_mat_mul(Y->u, mix, span);
    }
    if (biased)
        for (slong p = 0; p < D; p++) random_fmpq(fmpq_mat_entry(Y->e, p, 0), 3, 2);
    fmpq_mat_clear(span);
    fmpq_mat_clear(mix);
    rc_network_swap(X, Y);
    rc_network_clear(Y);
}

/* All kinds: zero, parallel, low rank, decomposable, biased. Up to m neurons. */
static inline void random_form(rc_canonical_t f, slong d_max, slong m_max)
{
    rc_network_t X;
    slong d = test_range(1, d_max), m = test_range(1, m_max), D = test_range(1, 3);
    bool biased = test_chance(35);
    slong rank = test_chance(25) ? test_range(1, d) : 0;
    slong blocks = rank == 0 && test_chance(40) ? test_range(1, d) : 1;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    random_network(X, d, m, D, biased, blocks, rank, test_chance(50) ? 2 : 9);
    rc_canonical_set_network(f, X);
    rc_network_clear(X);
}

/* X's neuron i := sqrt(q) (u), gamma / sqrt(q), from short integer fractions. */
static inline void set_neuron(rc_network_t X, slong i, const char *const *u, const char *gamma, const char *q)
{
    for (slong k = 0; k < X->d; k++) fmpq_set_str(fmpq_mat_entry(X->u, i, k), u[k], 10);
    fmpq_set_str(fmpq_mat_entry(X->gamma, i, 0), gamma, 10);
    fmpq_set_str(X->q + i, q, 10);
}

#endif
