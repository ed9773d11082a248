/* Functions of parameters at values, at their zeros, and in the limit. */
#include <flint/fmpz_poly_factor.h>

#include "number/ratio-private.h"

/* Values. */

static void shift_sample(fmpq_t u, const rc_ring_struct *ring, slong k)
{
    if (rc_ring_is_integer(ring, k)) fmpq_set_si(u, 3, 1);
    else fmpq_set_si(u, 7, 5);
}

void rc_ring_sample(fmpq_t y, const rc_ring_t ring, slong k)
{
    const rc_range_struct *range = ring->range[k];
    fmpq_t u;
    fmpq_init(u);
    shift_sample(u, ring, k);
    if (range->kind == RC_RANGE_VALUE) fmpq_set(y, range->low);
    else if (range->kind != RC_RANGE_BETWEEN) fmpq_add(y, range->low, u);
    else {
        fmpq_mul(y, range->high, u);
        fmpq_add(y, y, range->low);
        fmpq_add_si(u, u, 1);
        fmpq_div(y, y, u);
    }
    fmpq_clear(u);
}

static void polynomial_at(rc_surd_t y, const rc_ring_struct *ring, const polynomial *p, const fmpq *shift)
{
    rc_surd_t term, root;
    fmpq_t u, power;
    rc_surd_init(term);
    rc_surd_init(root);
    fmpq_init(u);
    fmpq_init(power);
    rc_surd_zero(y);
    for (slong i = 0; i < p->n; i++) {
        rc_surd_set(term, p->m[i].c);
        for (slong k = 0; k < SHIFTS; k++) {
            if (p->m[i].e[k] == 0) continue;
            fmpq_pow_si(power, shift + k, p->m[i].e[k]);
            rc_surd_mul_fmpq(term, term, power);
        }
        for (slong j = 0; j < ring->roots; j++) {
            if (p->m[i].e[SHIFTS + j] == 0) continue;
            polynomial_at(root, ring, ring->radicand[j], shift);
            if (rc_surd_get_fmpq(u, root) != RC_OK) flint_abort(); /* radicands are monic, so rational: see rc_ratio_sqrt */
            rc_surd_set_sqrt_fmpq(root, u);
            rc_surd_mul(term, term, root);
        }
        rc_surd_add(y, y, term);
    }
    fmpq_clear(power);
    fmpq_clear(u);
    rc_surd_clear(root);
    rc_surd_clear(term);
}

void rc_ratio_at(rc_surd_t y, const rc_ring_t ring, const rc_ratio *x, const fmpq *shift)
{
    rc_surd_t q;
    rc_surd_init(q);
    polynomial_at(y, ring, &x->p, shift);
    polynomial_at(q, ring, &x->q, shift);
    if (rc_surd_inv(q, q) == RC_OK) rc_surd_mul(y, y, q);
    rc_surd_clear(q);
}

void rc_ratio_sample(rc_surd_t y, const rc_ring_t ring, const rc_ratio *x)
{
    fmpq shift[SHIFTS];
    for (slong k = 0; k < SHIFTS; k++) {
        fmpq_init(shift + k);
        shift_sample(shift + k, ring, k);
    }
    rc_ratio_at(y, ring, x, shift);
    for (slong k = 0; k < SHIFTS; k++) fmpq_clear(shift + k);
}

bool rc_ratio_involves(const rc_ratio *x, slong k)
{
    return x && rc_polynomial_has_shift(&x->p, k);
}

slong rc_ratio_zeros(fmpq *zero, slong most, const rc_ring_t ring, const rc_ratio *x, slong k)
{
    slong found = 0;
    const rc_range_struct *range = ring->range[k];
    fmpq_poly_t f;
    fmpz_poly_t g;
    fmpz_poly_factor_t factors;
    fmpq_poly_init(f);
    fmpz_poly_init(g);
    fmpz_poly_factor_init(factors);
    if (x && x->p.n > 0 && rc_polynomial_get_univariate(f, &x->p, k) && fmpq_poly_degree(f) < 50) {
        fmpq_poly_get_numerator(g, f);
        fmpz_poly_factor(factors, g);
        for (slong i = 0; i < factors->num && found < most; i++) {
            const fmpz_poly_struct *h = factors->p + i;
            if (fmpz_poly_degree(h) != 1 || fmpz_sgn(h->coeffs) * fmpz_sgn(h->coeffs + 1) >= 0) continue;
            fmpq_set_fmpz_frac(zero + found, h->coeffs, h->coeffs + 1);
            fmpq_neg(zero + found, zero + found); /* the shift, > 0 */
            if (range->kind == RC_RANGE_BETWEEN) {
                fmpq_t q;
                fmpq_init(q);
                fmpq_add_si(q, zero + found, 1);
                fmpq_mul(zero + found, zero + found, range->high);
                fmpq_add(zero + found, zero + found, range->low);
                fmpq_div(zero + found, zero + found, q);
                fmpq_clear(q);
            } else {
                fmpq_add(zero + found, zero + found, range->low);
            }
            found++;
        }
    }
    fmpz_poly_factor_clear(factors);
    fmpz_poly_clear(g);
    fmpq_poly_clear(f);
    return found;
}

bool rc_ratio_zero_bound(fmpz_t bound, const rc_ring_t ring, const rc_ratio *x, slong k)
{
    fmpq_poly_t f;
    (void) ring;
    fmpq_poly_init(f);
    bool good = x && x->p.n > 0 && rc_polynomial_get_univariate(f, &x->p, k) && fmpq_poly_degree(f) > 0;
    if (good) { /* Cauchy: 1 + the largest |coefficient| over the leading one */
        fmpz_t size;
        slong n = fmpq_poly_degree(f);
        fmpz_init(size);
        fmpz_zero(bound);
        for (slong i = 0; i < n; i++) {
            fmpz_cdiv_q(size, f->coeffs + i, f->coeffs + n);
            fmpz_abs(size, size);
            if (fmpz_cmp(size, bound) > 0) fmpz_set(bound, size);
        }
        fmpz_add_ui(bound, bound, 3);
        fmpz_clear(size);
    }
    fmpq_poly_clear(f);
    return good;
}

/* The largest degree in integer shifts, in halves, a root having half that of its radicand; open: a monomial of that
   degree has a coefficient <= 0. */
static slong degree(const rc_ring_struct *ring, const polynomial *p, bool *open)
{
    slong most = 0;
    bool ignored;
    *open = false;
    for (slong i = 0; i < p->n; i++) {
        slong e = 0;
        for (slong k = 0; k < ring->parameters; k++) e += rc_ring_is_integer(ring, k) ? 2 * p->m[i].e[k] : 0;
        for (slong j = 0; j < ring->roots; j++)
            if (p->m[i].e[SHIFTS + j]) e += degree(ring, ring->radicand[j], &ignored) / 2;
        if (e > most) *open = false;
        if (e >= most) *open |= rc_surd_sgn(p->m[i].c) <= 0;
        if (e > most) most = e;
    }
    return most;
}

int rc_ratio_limit(const rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return 2;
    bool open, ignored, clear = rc_polynomial_has_signs(ring, &x->q, 1, false);
    for (slong j = 0; j < ring->roots; j++) clear = clear && rc_polynomial_has_signs(ring, ring->radicand[j], 1, false);
    slong p = degree(ring, &x->p, &open), q = degree(ring, &x->q, &ignored);
    if (!clear) return 2;
    if (x->p.n == 0 || p < q) return -1;
    return open ? 2 : p > q ? 1 : 0;
}
