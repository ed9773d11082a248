#include "relucert/embedding.h"

#include <flint/fmpq_vec.h>

#include "harness.h"
#include "relucert/canonical.h"

/* Lemma A.6: is gamma in N* ([B] (36), (37))? Recomputed from the entries as surds. */
static const char *nstar_fault(const rc_network_t X)
{
    const char *fault = X->kind == RC_SHALLOW && X->d >= 2 ? NULL : "shape";
    rc_surd_t a, c, b;
    rc_surd_init(a);
    rc_surd_init(b);
    rc_surd_init(c);
    for (slong i = 0; i < X->m; i++) {
        rc_network_norm_a(a, X, i);
        rc_network_norm_c(c, X, i);
        if (rc_surd_cmp(a, c) != 0) fault = "balance";
        for (slong k = X->d - 2; k < X->d; k++) {
            rc_network_get_a(a, X, i, k);
            if (rc_surd_sgn(a) <= 0) fault = "positivity";
        }
    }
    /* Positive last entries: i and j are positively proportional iff all 2 x 2 minors vanish. */
    for (slong i = 0; i < X->m; i++)
        for (slong j = 0; j < i; j++) {
            bool proportional = true;
            for (slong k = 0; proportional && k < X->d; k++)
                for (slong l = 0; proportional && l < k; l++) {
                    rc_surd_t x, y;
                    rc_surd_init(x);
                    rc_surd_init(y);
                    rc_network_get_a(a, X, i, k);
                    rc_network_get_a(b, X, j, l);
                    rc_surd_mul(x, a, b);
                    rc_network_get_a(a, X, i, l);
                    rc_network_get_a(b, X, j, k);
                    rc_surd_mul(y, a, b);
                    proportional = rc_surd_cmp(x, y) == 0;
                    rc_surd_clear(x);
                    rc_surd_clear(y);
                }
            if (proportional) fault = "C.2";
        }
    rc_surd_clear(a);
    rc_surd_clear(b);
    rc_surd_clear(c);
    return fault;
}

/* (x, 1, -1) substituted: weights (a, alpha, beta) become weights a with bias alpha - beta. */
static void substitute(rc_network_t Y, const rc_network_t X)
{
    rc_network_t Z;
    rc_network_init(Z, RC_BIASED, X->d - 2, X->m, X->D);
    for (slong i = 0; i < X->m; i++) {
        for (slong k = 0; k < X->d - 2; k++) fmpq_set(fmpq_mat_entry(Z->u, i, k), fmpq_mat_entry(X->u, i, k));
        fmpq_sub(fmpq_mat_entry(Z->v, i, 0), fmpq_mat_entry(X->u, i, X->d - 2), fmpq_mat_entry(X->u, i, X->d - 1));
        for (slong p = 0; p < X->D; p++) fmpq_set(fmpq_mat_entry(Z->gamma, i, p), fmpq_mat_entry(X->gamma, i, p));
        fmpq_set(Z->q + i, X->q + i);
    }
    rc_network_swap(Y, Z);
    rc_network_clear(Z);
}

static bool same_values(const rc_network_t gamma, const rc_network_t theta)
{
    bool same = true;
    fmpq *x = _fmpq_vec_init(gamma->d), *y = _fmpq_vec_init(theta->D), *z = _fmpq_vec_init(theta->D);
    for (int n = 0; n < 4; n++) {
        for (slong k = 0; k < theta->d; k++) fmpq_set_si(x + k, test_range(-20, 20), (ulong) test_range(1, 7));
        fmpq_set_si(x + theta->d, 1, 1);
        fmpq_set_si(x + theta->d + 1, -1, 1);
        rc_network_eval(y, gamma, x);
        rc_network_eval(z, theta, x);
        for (slong p = 0; p < theta->D; p++) same = same && fmpq_equal(y + p, z + p);
    }
    _fmpq_vec_clear(x, gamma->d);
    _fmpq_vec_clear(y, theta->D);
    _fmpq_vec_clear(z, theta->D);
    return same;
}

static void check_embedding(const rc_network_t theta)
{
    rc_network_t gamma, back;
    rc_canonical_t f, g;
    rc_network_init(gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(back, RC_BIASED, 1, 1, 1);
    rc_canonical_init(f);
    rc_canonical_init(g);
    rc_embedding(gamma, theta);
    CHECK(gamma->d == theta->d + 2 && gamma->m == theta->m + 1 && gamma->D == theta->D, "shape");
    CHECK(rc_network_is_valid(gamma), "invalid");
    const char *fault = nstar_fault(gamma);
    CHECK(!fault, "%s", fault);
    substitute(back, gamma);
    rc_canonical_set_network(f, theta);
    rc_canonical_set_network(g, back);
    CHECK(rc_canonical_equal(f, g), "canonical forms differ");
    CHECK(same_values(gamma, theta), "values differ");
    rc_network_clear(gamma);
    rc_network_clear(back);
    rc_canonical_clear(f);
    rc_canonical_clear(g);
}

static void small_entries(fmpq_mat_t M, slong i, long c, ulong den)
{
    for (slong k = 0; k < fmpq_mat_ncols(M); k++) fmpq_set_si(fmpq_mat_entry(M, i, k), test_range(-c, c), den);
}

/* Many zeros, equal rows and multiples: what makes (78)-(82) fail. */
static void test_random_networks(void)
{
    test_case("random networks with biases");
    for (long n = test_rounds(500); n > 0; n--) {
        rc_network_t X;
        rc_network_init(X, RC_BIASED, test_range(1, 3), test_range(1, 6), test_range(1, 3));
        for (slong i = 0; i < X->m; i++) {
            long c = test_chance(30) ? 0 : 2;
            small_entries(X->u, i, c, 1);
            small_entries(X->v, i, 2, (ulong) test_range(1, 2));
            small_entries(X->gamma, i, test_chance(20) ? 0 : 2, (ulong) test_range(1, 3));
            if (test_chance(30)) fmpq_set_si(X->q + i, test_range(1, 5), (ulong) test_range(1, 3));
            if (i > 0 && test_chance(25)) rc_network_set_neuron(X, i, X, i - 1);
        }
        if (test_chance(60))
            for (slong p = 0; p < X->D; p++) fmpq_set_si(fmpq_mat_entry(X->e, p, 0), test_range(-2, 2), 1);
        check_embedding(X);
        rc_network_clear(X);
    }
}

/* The three failures of (78)-(82): c = 0 with e = 0; a = 0, b = 1 with e != 0; equal rows. */
static void test_slips(void)
{
    for (int slip = 0; slip < 3; slip++) {
        rc_network_t X;
        test_case("Lemma A.6, failure %d of the printed construction", slip + 1);
        rc_network_init(X, RC_BIASED, 2, 2, 1);
        for (slong i = 0; i < 2; i++) {
            fmpq_set_si(fmpq_mat_entry(X->u, i, 0), slip == 1 ? 0 : 3, 1);
            fmpq_set_si(fmpq_mat_entry(X->v, i, 0), 1, 1);
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, 0), slip == 0 ? 0 : 5 + (long) i, 1);
        }
        if (slip == 1) fmpq_set_si(fmpq_mat_entry(X->e, 0, 0), 7, 1);
        check_embedding(X);
        rc_network_clear(X);
    }
}

int main(void)
{
    test_start("t-embedding");
    test_slips();
    test_random_networks();
    flint_cleanup();
    return test_finish();
}
