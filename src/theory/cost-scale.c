/* "COST <= t" through the intervals of the scale lambda (docs/certificate-format.md, COST), and a scale inside them. */
#include "theory/cost.h"

typedef struct {
    rc_surd_t lo, hi;
    bool bounded; /* lo, hi are set */
} interval;

static void interval_init(interval *x)
{
    rc_surd_init(x->lo);
    rc_surd_init(x->hi);
    x->bounded = false;
}

static void interval_clear(interval *x)
{
    rc_surd_clear(x->lo);
    rc_surd_clear(x->hi);
}

/* Cuts x down to {z : |slope z - center| <= t}, slope != 0. */
static void interval_cut(interval *x, const fmpq_t slope, const rc_surd_t center, const rc_surd_t t)
{
    rc_surd_t lo, hi;
    fmpq_t inverse;
    rc_surd_init(lo);
    rc_surd_init(hi);
    fmpq_init(inverse);
    fmpq_inv(inverse, slope);
    rc_surd_sub(lo, center, t);
    rc_surd_add(hi, center, t);
    rc_surd_mul_fmpq(lo, lo, inverse);
    rc_surd_mul_fmpq(hi, hi, inverse);
    if (fmpq_sgn(slope) < 0) rc_surd_swap(lo, hi);
    if (!x->bounded || rc_surd_cmp(lo, x->lo) > 0) rc_surd_set(x->lo, lo);
    if (!x->bounded || rc_surd_cmp(hi, x->hi) < 0) rc_surd_set(x->hi, hi);
    x->bounded = true;
    rc_surd_clear(lo);
    rc_surd_clear(hi);
    fmpq_clear(inverse);
}

/* |center| <= t, or < t. */
static bool constant_fits(const rc_surd_t center, const rc_surd_t t, bool strict)
{
    rc_surd_t x;
    rc_surd_init(x);
    rc_surd_abs(x, center);
    int c = rc_surd_cmp(x, t);
    rc_surd_clear(x);
    return strict ? c < 0 : c <= 0;
}

/* The intervals for lambda (from a_i) and for 1/lambda (from c_i); false if a constant entry does not fit. */
static bool set_intervals(interval *scale, interval *inverse, const rc_network_t gamma, slong i, const rc_canonical_t g,
                          slong H, int eps, const rc_surd_t t, bool strict)
{
    bool fits = true;
    rc_surd_t center;
    fmpq_t slope;
    rc_surd_init(center);
    fmpq_init(slope);
    for (slong j = 0; j < g->d && fits; j++) {
        fmpz_set(fmpq_numref(slope), fmpz_mat_entry(g->u, H, j));
        fmpz_one(fmpq_denref(slope));
        if (eps < 0) fmpq_neg(slope, slope);
        rc_network_get_a(center, gamma, i, j);
        if (fmpq_is_zero(slope)) fits = constant_fits(center, t, strict);
        else interval_cut(scale, slope, center, t);
    }
    for (slong p = 0; p < g->D && fits; p++) {
        rc_network_get_c(center, gamma, i, p);
        if (fmpq_is_zero(fmpq_mat_entry(g->gamma, H, p))) fits = constant_fits(center, t, strict);
        else interval_cut(inverse, fmpq_mat_entry(g->gamma, H, p), center, t);
    }
    rc_surd_clear(center);
    fmpq_clear(slope);
    return fits;
}

/* x y compared with 1. */
static int compare_product_with_one(const rc_surd_t x, const rc_surd_t y)
{
    rc_surd_t z;
    fmpq_t one;
    rc_surd_init(z);
    fmpq_init(one);
    fmpq_one(one);
    rc_surd_mul(z, x, y);
    int c = rc_surd_cmp_fmpq(z, one);
    rc_surd_clear(z);
    fmpq_clear(one);
    return c;
}

static bool intervals_meet(const interval *scale, const interval *inverse, bool strict)
{
    int a = rc_surd_cmp(scale->lo, scale->hi), b = rc_surd_cmp(inverse->lo, inverse->hi);
    if (a > 0 || b > 0 || (strict && (a == 0 || b == 0))) return false;
    if (rc_surd_sgn(scale->hi) <= 0 || rc_surd_sgn(inverse->hi) <= 0) return false;
    int high = compare_product_with_one(scale->hi, inverse->hi);
    if (high < 0 || (strict && high == 0)) return false;
    if (rc_surd_sgn(scale->lo) <= 0 || rc_surd_sgn(inverse->lo) <= 0) return true;
    int low = compare_product_with_one(scale->lo, inverse->lo);
    return strict ? low < 0 : low <= 0;
}

bool rc_cost_at_most(const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps, const rc_surd_t t,
                     bool strict)
{
    interval scale, inverse;
    interval_init(&scale);
    interval_init(&inverse);
    bool result = rc_surd_sgn(t) >= 0 && set_intervals(&scale, &inverse, gamma, i, g, H, eps, t, strict) &&
                  intervals_meet(&scale, &inverse, strict);
    interval_clear(&scale);
    interval_clear(&inverse);
    return result;
}

bool rc_rational_between(fmpq_t x, const rc_surd_t lo, const rc_surd_t hi)
{
    if (rc_surd_cmp(lo, hi) >= 0) return rc_surd_get_fmpq(x, lo) == RC_OK;
    fmpq_t a, b, unused;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(unused);
    for (slong bits = 16;; bits *= 2) {
        rc_surd_enclose(unused, a, lo, bits);
        rc_surd_enclose(b, unused, hi, bits);
        if (fmpq_cmp(a, b) <= 0) break;
    }
    fmpq_simplest_between(x, a, b);
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(unused);
    return true;
}

/* [lo, hi] = the scales lambda allowed by both intervals, which meet. False only if a reciprocal has too many terms. */
static bool common_scales(rc_surd_t lo, rc_surd_t hi, const interval *scale, const interval *inverse)
{
    rc_surd_t x;
    rc_surd_init(x);
    bool found = rc_surd_inv(x, inverse->hi) == RC_OK;
    if (found) {
        rc_surd_set(lo, scale->lo);
        rc_surd_max(lo, x);
        rc_surd_set(hi, scale->hi);
        if (rc_surd_sgn(inverse->lo) > 0) {
            found = rc_surd_inv(x, inverse->lo) == RC_OK;
            if (found && rc_surd_cmp(x, hi) < 0) rc_surd_set(hi, x);
        }
    }
    rc_surd_clear(x);
    return found;
}

bool rc_cost_scales(rc_surd_t lo, rc_surd_t hi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H,
                    int eps, const rc_surd_t t)
{
    interval scale, inverse;
    interval_init(&scale);
    interval_init(&inverse);
    bool found = set_intervals(&scale, &inverse, gamma, i, g, H, eps, t, false) &&
                 intervals_meet(&scale, &inverse, false) && common_scales(lo, hi, &scale, &inverse);
    interval_clear(&scale);
    interval_clear(&inverse);
    return found;
}

/* Neuron at place i of phi: a = sqrt(q) mu eps u_H, c = gamma_H / (sqrt(q) mu). */
static void set_on_ray(rc_network_t phi, slong i, const rc_canonical_t g, slong H, int eps, const fmpq_t mu,
                       const fmpq_t q)
{
    for (slong j = 0; j < g->d; j++) {
        fmpq *x = fmpq_mat_entry(phi->u, i, j);
        fmpq_mul_fmpz(x, mu, fmpz_mat_entry(g->u, H, j));
        if (eps < 0) fmpq_neg(x, x);
    }
    for (slong p = 0; p < g->D; p++) fmpq_div(fmpq_mat_entry(phi->gamma, i, p), fmpq_mat_entry(g->gamma, H, p), mu);
    fmpq_set(phi->q + i, q);
}

bool rc_cost_neuron(rc_network_t phi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps,
                    const rc_surd_t t)
{
    rc_surd_t lo, hi, root;
    fmpq_t mu, q;
    rc_surd_init(lo);
    rc_surd_init(hi);
    rc_surd_init(root);
    fmpq_init(mu);
    fmpq_init(q);
    bool found = rc_cost_scales(lo, hi, gamma, i, g, H, eps, t);
    if (found) {
        /* mu = lambda / sqrt(q) = lambda sqrt(q) / q. */
        rc_surd_t square;
        rc_surd_init(square);
        rc_surd_mul(square, lo, lo);
        bool single = rc_surd_cmp(lo, hi) == 0;
        fmpq_inv(q, gamma->q + i);
        rc_surd_set_sqrt_fmpq(root, q);
        rc_surd_mul(lo, lo, root);
        rc_surd_mul(hi, hi, root);
        if (rc_rational_between(mu, lo, hi)) {
            set_on_ray(phi, i, g, H, eps, mu, gamma->q + i);
        } else if (single && rc_surd_get_fmpq(q, square) == RC_OK) {
            fmpq_one(mu);
            set_on_ray(phi, i, g, H, eps, mu, q);
        } else {
            found = false;
        }
        rc_surd_clear(square);
    }
    rc_surd_clear(lo);
    rc_surd_clear(hi);
    rc_surd_clear(root);
    fmpq_clear(mu);
    fmpq_clear(q);
    return found;
}
