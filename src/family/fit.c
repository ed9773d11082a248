/* Where g has spare neurons: a near parametrization for all values of an integer, fitted to those found at some. */
#include <flint/fmpq_mat.h>
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

#define TERMS 3             /* c_0 + c_1/k + c_2 k */
#define SAMPLES (TERMS + 1) /* one more tells whether it fits */

/* entry[e] = the entries of the parametrization found at one value: all of A, then of C by neuron. */
static bool sample_phi(fmpq *entry, proof *p, const fmpq_t value)
{
    rc_instance_struct *instance = NULL;
    rc_canonical_t g;
    rc_fiber_t fiber;
    rc_surd_t s;
    slong n = p->c->parameters;
    fmpq *at = _fmpq_vec_init(n);
    for (slong i = 0; i < n; i++)
        fmpq_set(at + i, p->ring->range[i]->kind == RC_RANGE_FROM ? value : p->ring->range[i]->low);
    rc_canonical_init(g);
    rc_fiber_init(fiber);
    rc_surd_init(s);
    bool good = rc_case_instantiate(&instance, p->c, p->claim, at, NULL) == RC_OK;
    if (good) rc_canonical_set_network(g, instance->network[1]);
    good = good && rc_fiber_distance(fiber, instance->network[0], g, p->limits) == RC_OK && fiber->has_phi;
    for (slong e = 0; good && e < fiber->m * (g->d + g->D); e++) {
        slong a = fiber->m * g->d;
        if (e < a) rc_network_get_a(s, fiber->phi, e / g->d, e % g->d);
        else rc_network_get_c(s, fiber->phi, (e - a) / g->D, (e - a) % g->D);
        good = rc_surd_get_fmpq(entry + e, s) == RC_OK;
    }
    rc_surd_clear(s);
    rc_fiber_clear(fiber);
    rc_canonical_clear(g);
    rc_case_instance_clear(instance);
    _fmpq_vec_clear(at, n);
    return good;
}

/* c_0 + c_1/k + c_2 k through the samples, or NULL. */
static number fit(rc_ring_struct *ring, number k, const fmpq *value, fmpq *const *entry, slong e)
{
    fmpq_mat_t A, b;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    fmpq_mat_init(A, TERMS, TERMS);
    fmpq_mat_init(b, TERMS, 1);
    for (slong i = 0; i < TERMS; i++) {
        fmpq_one(fmpq_mat_entry(A, i, 0));
        fmpq_inv(fmpq_mat_entry(A, i, 1), value + i);
        fmpq_set(fmpq_mat_entry(A, i, 2), value + i);
        fmpq_set(fmpq_mat_entry(b, i, 0), entry[i] + e);
    }
    bool good = fmpq_mat_solve_fraction_free(b, A, b);
    fmpq_mul(x, fmpq_mat_entry(b, 2, 0), value + TERMS);
    fmpq_div(y, fmpq_mat_entry(b, 1, 0), value + TERMS);
    fmpq_add(x, x, y);
    fmpq_add(x, x, fmpq_mat_entry(b, 0, 0));
    good = good && fmpq_equal(x, entry[TERMS] + e);
    const number term[TERMS] = {rc_ratio_si(ring, 1), rc_ratio_inv(ring, k), k};
    number sum = good ? rc_ratio_si(ring, 0) : NULL;
    for (slong i = 0; i < TERMS && good; i++)
        if (!fmpq_is_zero(fmpq_mat_entry(b, i, 0)))
            sum = rc_ratio_add(ring, sum, rc_ratio_mul(ring, rc_ratio_fmpq(ring, fmpq_mat_entry(b, i, 0)), term[i]));
    fmpq_mat_clear(b);
    fmpq_mat_clear(A);
    fmpq_clear(y);
    fmpq_clear(x);
    return sum;
}

/* Is it a parametrization of R(Y), within t of X? */
static bool is_near(proof *p, const network *phi, const network *X, const network *Y, number t)
{
    rc_ring_struct *ring = p->ring;
    form f;
    rc_family_init_form(&f, ring, phi, Y, false);
    bool good = f.K == 0;
    for (slong i = 0; i < f.D * f.w && good; i++) good = rc_ratio_is_zero(ring, f.L[i]);
    rc_family_clear_form(&f);
    for (slong i = 0; i < X->m * (X->d + X->D) && good; i++) {
        slong a = X->m * X->d;
        number x = i < a ? rc_ratio_sub(ring, phi->a[i], X->a[i]) : rc_ratio_sub(ring, phi->c[i - a], X->c[i - a]);
        good = rc_ratio_at_least(ring, t, x) && rc_ratio_at_least(ring, t, rc_ratio_neg(ring, x));
    }
    return good;
}

bool rc_family_put_fitted(proof *p, const network *X, const network *Y, number t)
{
    slong k = -1, entries = X->m * (X->d + X->D);
    for (slong i = 0; i < p->ring->parameters; i++) {
        rc_range_kind kind = p->ring->range[i]->kind;
        if (kind != RC_RANGE_VALUE && (kind != RC_RANGE_FROM || k >= 0)) return false;
        if (kind == RC_RANGE_FROM) k = i;
    }
    if (k < 0 || p->claim->kind != RC_CLAIM_DISTANCE) return false;
    fmpq *value = _fmpq_vec_init(SAMPLES), *entry[SAMPLES];
    bool good = true;
    for (slong i = 0; i < SAMPLES; i++) {
        entry[i] = _fmpq_vec_init(entries);
        fmpq_add_si(value + i, p->ring->range[k]->low, 2 + i);
        good = good && fmpq_sgn(value + i) > 0 && sample_phi(entry[i], p, value + i);
    }
    number parameter = rc_ratio_read_str(p->ring, p->ring->name[k], strlen(p->ring->name[k]));
    network phi = {X->m, X->d, X->D, X->d, false, rc_family_alloc((size_t) (X->m * X->d), sizeof *phi.a),
                   rc_family_alloc((size_t) (X->m * X->D), sizeof *phi.c), rc_family_alloc((size_t) X->D, sizeof *phi.out)};
    for (slong q = 0; q < X->D; q++) phi.out[q] = rc_ratio_si(p->ring, 0);
    for (slong e = 0; e < entries && good; e++) {
        number x = fit(p->ring, parameter, value, entry, e);
        good = x != NULL;
        if (e < X->m * X->d) phi.a[e] = x;
        else phi.c[e - X->m * X->d] = x;
    }
    good = good && is_near(p, &phi, X, Y, t);
    if (good) rc_family_put_phi(p, &phi, t);
    rc_family_clear_network(&phi);
    for (slong i = 0; i < SAMPLES; i++) _fmpq_vec_clear(entry[i], entries);
    _fmpq_vec_clear(value, SAMPLES);
    return good;
}
