/* Functions of parameters: quotients of polynomials, and lines about them. */
#include <flint/fmpz.h>
#include <stdlib.h>
#include <string.h>

#include "number/ratio-private.h"

/* The ring and its values. */

void rc_ring_init(rc_ring_t ring)
{
    memset(ring, 0, sizeof(rc_ring_struct));
}

void rc_ring_clear(rc_ring_t ring)
{
    while (ring->values) {
        rc_ratio *x = ring->values;
        ring->values = x->next;
        rc_polynomial_clear(&x->p);
        rc_polynomial_clear(&x->q);
        free(x);
    }
    for (slong j = 0; j < ring->roots; j++) {
        rc_polynomial_clear(ring->radicand[j]);
        free(ring->radicand[j]);
    }
}

bool rc_ring_add(rc_ring_t ring, const char *name, const rc_range_struct *range)
{
    if (ring->parameters == RC_RING_MAX_PARAMETERS) return false;
    ring->name[ring->parameters] = name;
    ring->range[ring->parameters++] = range;
    return true;
}

rc_ratio *rc_ratio_fresh(void)
{
    rc_ratio *x = calloc(1, sizeof *x);
    if (x == NULL) flint_abort();
    return x;
}

const rc_ratio *rc_ratio_keep(rc_ring_t ring, rc_ratio *x)
{
    x->next = ring->values;
    ring->values = x;
    return x->p.failed || x->q.failed ? NULL : x;
}

const rc_ratio *rc_ratio_surd(rc_ring_t ring, const rc_surd_t c)
{
    rc_ratio *x = rc_ratio_fresh();
    rc_polynomial_add_power(ring, &x->p, c, 0, 0);
    rc_polynomial_add_si(ring, &x->q, 1);
    return rc_ratio_keep(ring, x);
}

const rc_ratio *rc_ratio_si(rc_ring_t ring, slong n)
{
    rc_ratio *x = rc_ratio_fresh();
    rc_polynomial_add_si(ring, &x->p, n);
    rc_polynomial_add_si(ring, &x->q, 1);
    return rc_ratio_keep(ring, x);
}

const rc_ratio *rc_ratio_fmpq(rc_ring_t ring, const fmpq_t x)
{
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_fmpq(c, x);
    const rc_ratio *y = rc_ratio_surd(ring, c);
    rc_surd_clear(c);
    return y;
}

const rc_ratio *rc_ratio_parameter(rc_ring_t ring, slong k)
{
    const rc_range_struct *range = ring->range[k];
    rc_ratio *x = rc_ratio_fresh();
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_fmpq(c, range->low);
    rc_polynomial_add_power(ring, &x->p, c, 0, 0);
    if (range->kind == RC_RANGE_BETWEEN) rc_surd_set_fmpq(c, range->high);
    else rc_surd_set_si(c, 1);
    if (range->kind != RC_RANGE_VALUE) rc_polynomial_add_power(ring, &x->p, c, k, 1);
    rc_polynomial_add_si(ring, &x->q, 1);
    rc_surd_set_si(c, 1);
    if (range->kind == RC_RANGE_BETWEEN) rc_polynomial_add_power(ring, &x->q, c, k, 1);
    rc_surd_clear(c);
    return rc_ratio_keep(ring, x);
}

static const rc_ratio *sum(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y, int sign)
{
    if (x == NULL || y == NULL) return NULL;
    rc_ratio *z = rc_ratio_fresh();
    if (rc_polynomial_equal(ring, &x->q, &y->q)) {
        rc_polynomial_add(ring, &z->p, &x->p, 1);
        rc_polynomial_add(ring, &z->p, &y->p, sign);
        rc_polynomial_add(ring, &z->q, &x->q, 1);
    } else {
        rc_polynomial_add_product(ring, &z->p, &x->p, &y->q, 1);
        rc_polynomial_add_product(ring, &z->p, &y->p, &x->q, sign);
        rc_polynomial_add_product(ring, &z->q, &x->q, &y->q, 1);
    }
    return rc_ratio_keep(ring, z);
}

const rc_ratio *rc_ratio_add(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    return sum(ring, x, y, 1);
}

const rc_ratio *rc_ratio_sub(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    return sum(ring, x, y, -1);
}

const rc_ratio *rc_ratio_mul(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    if (x == NULL || y == NULL) return NULL;
    rc_ratio *z = rc_ratio_fresh();
    rc_polynomial_add_product(ring, &z->p, &x->p, &y->p, 1);
    rc_polynomial_add_product(ring, &z->q, &x->q, &y->q, 1);
    return rc_ratio_keep(ring, z);
}

const rc_ratio *rc_ratio_neg(rc_ring_t ring, const rc_ratio *x)
{
    return rc_ratio_mul(ring, rc_ratio_si(ring, -1), x);
}

const rc_ratio *rc_ratio_pow(rc_ring_t ring, const rc_ratio *x, slong e)
{
    const rc_ratio *y = rc_ratio_si(ring, 1);
    for (; e > 0; e /= 2) {
        if (e % 2) y = rc_ratio_mul(ring, y, x);
        if (e > 1) x = rc_ratio_mul(ring, x, x);
    }
    return y;
}

/* Is x constant? Then y = x. */
bool rc_ratio_get_constant(rc_surd_t y, const rc_ratio *x)
{
    rc_surd_t q;
    if (!rc_polynomial_is_constant(&x->p) || !rc_polynomial_is_constant(&x->q)) return false;
    rc_surd_init(q);
    rc_surd_zero(y);
    if (x->p.n > 0) rc_surd_set(y, x->p.m[0].c);
    bool good = x->q.n == 1 && rc_surd_inv(q, x->q.m[0].c) == RC_OK;
    if (good) rc_surd_mul(y, y, q);
    rc_surd_clear(q);
    return good;
}

static const rc_ratio *inverse_constant(rc_ring_t ring, const rc_ratio *x)
{
    rc_surd_t c;
    rc_surd_init(c);
    const rc_ratio *y = rc_ratio_get_constant(c, x) && rc_surd_inv(c, c) == RC_OK ? rc_ratio_surd(ring, c) : NULL;
    rc_surd_clear(c);
    return y;
}

/* The sign changes, as far as is known. */
static void remember(rc_ring_t ring, const rc_ratio *x)
{
    for (slong i = 0; i < ring->undecided; i++)
        if (rc_polynomial_equal(ring, &ring->open[i]->p, &x->p)) return;
    if (ring->undecided < RC_RING_MAX_OPEN) ring->open[ring->undecided++] = x;
}

/* q/p; a root leaves p = A + B sqrt(n) when both are multiplied by A - B sqrt(n). */
const rc_ratio *rc_ratio_inv(rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return NULL;
    if (rc_polynomial_is_constant(&x->p) && rc_polynomial_is_constant(&x->q)) return inverse_constant(ring, x);
    polynomial p = {0}, q = {0};
    rc_polynomial_add(ring, &p, &x->p, 1);
    rc_polynomial_add(ring, &q, &x->q, 1);
    rc_surd_t one;
    rc_surd_init(one);
    rc_surd_set_si(one, 1);
    for (slong j = 0; j < ring->roots; j++) {
        polynomial A = {0}, B = {0}, root = {0}, conjugate = {0}, next = {0};
        if (rc_polynomial_split(ring, &A, &B, &p, j)) {
            rc_polynomial_add_power(ring, &root, one, SHIFTS + j, 1);
            rc_polynomial_add(ring, &conjugate, &A, 1);
            rc_polynomial_add_product(ring, &conjugate, &B, &root, -1);
            rc_polynomial_add_product(ring, &next, &q, &conjugate, 1);
            rc_polynomial_clear(&q);
            q = next;
            rc_polynomial_clear(&p);
            rc_polynomial_subtract_squares(ring, &p, &A, &B, j);
        }
        rc_polynomial_clear(&conjugate);
        rc_polynomial_clear(&root);
        rc_polynomial_clear(&B);
        rc_polynomial_clear(&A);
    }
    rc_surd_clear(one);
    int side = rc_polynomial_holds(ring, &p, 1, true) ? 1 : rc_polynomial_holds(ring, &p, -1, true) ? -1 : 0;
    if (side == 0) remember(ring, x);
    rc_ratio *y = side ? rc_ratio_fresh() : NULL;
    if (y) {
        rc_polynomial_add(ring, &y->p, &q, side);
        rc_polynomial_add(ring, &y->q, &p, side);
    }
    rc_polynomial_clear(&q);
    rc_polynomial_clear(&p);
    return y ? rc_ratio_keep(ring, y) : NULL;
}

/* The lexicographically largest monomial. */
static slong leading(const polynomial *p)
{
    slong first = 0;
    for (slong i = 1; i < p->n; i++) {
        slong k = 0;
        while (k < SLOTS - 1 && p->m[i].e[k] == p->m[first].e[k]) k++;
        if (p->m[i].e[k] > p->m[first].e[k]) first = i;
    }
    return first;
}

static bool has_roots(const polynomial *p)
{
    for (slong i = 0; i < p->n; i++)
        for (slong k = SHIFTS; k < SLOTS; k++)
            if (p->m[i].e[k] > 0) return true;
    return false;
}

/* root = sqrt(n), if n is the square of a polynomial in one shift with rational coefficients. */
static bool take_root(const rc_ring_struct *ring, polynomial *root, const polynomial *n)
{
    bool found = false;
    for (slong k = 0; k < ring->parameters && !found; k++) {
        fmpq_poly_t f;
        fmpz_poly_t g, h;
        fmpq_poly_init(f);
        fmpz_poly_init(g);
        fmpz_poly_init(h);
        if (rc_polynomial_get_univariate(f, n, k)) { /* n = g/den, so sqrt(n) = sqrt(g den)/den */
            fmpq_poly_get_numerator(g, f);
            fmpz_poly_scalar_mul_fmpz(g, g, f->den);
            found = fmpz_poly_sqrt(h, g);
        }
        for (slong e = 0; e < fmpz_poly_length(h) && found; e++) {
            fmpq_t c;
            rc_surd_t s;
            fmpq_init(c);
            rc_surd_init(s);
            fmpq_set_fmpz_frac(c, h->coeffs + e, f->den);
            rc_surd_set_fmpq(s, c);
            rc_polynomial_add_power(ring, root, s, k, e);
            rc_surd_clear(s);
            fmpq_clear(c);
        }
        fmpz_poly_clear(h);
        fmpz_poly_clear(g);
        fmpq_poly_clear(f);
    }
    return found;
}

/* The index of the root of n, found or added; -1 if there are too many. Takes n. */
static slong find_root(rc_ring_t ring, polynomial *n)
{
    slong j = 0;
    while (j < ring->roots && !rc_polynomial_equal(ring, n, ring->radicand[j])) j++;
    if (j < ring->roots || j == RC_RING_MAX_ROOTS) {
        rc_polynomial_clear(n);
        return j < ring->roots ? j : -1;
    }
    polynomial *kept = malloc(sizeof *kept);
    if (kept == NULL) flint_abort();
    *kept = *n;
    ring->radicand[ring->roots++] = kept;
    return j;
}

/* sqrt(p/q) = sqrt(p q)/q. */
const rc_ratio *rc_ratio_sqrt(rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return NULL;
    polynomial n = {0}, monic = {0}, factor = {0};
    rc_surd_t c;
    fmpq_t lead;
    rc_surd_init(c);
    fmpq_init(lead);
    const rc_ratio *y = NULL;
    if (rc_ratio_get_constant(c, x)) {
        if (rc_surd_get_fmpq(lead, c) == RC_OK && fmpq_sgn(lead) >= 0) {
            rc_surd_set_sqrt_fmpq(c, lead);
            y = rc_ratio_surd(ring, c);
        }
    } else {
        rc_polynomial_add_product(ring, &n, &x->p, &x->q, 1);
        bool good = !n.failed && !has_roots(&n) && rc_polynomial_holds(ring, &n, 1, true) &&
                    rc_surd_get_fmpq(lead, n.m[leading(&n)].c) == RC_OK && fmpq_sgn(lead) > 0;
        if (good) {
            fmpq_t inverse;
            fmpq_init(inverse);
            fmpq_inv(inverse, lead);
            rc_surd_set_fmpq(c, inverse);
            rc_polynomial_add_power(ring, &factor, c, 0, 0);
            rc_polynomial_add_product(ring, &monic, &n, &factor, 1);
            rc_surd_set_sqrt_fmpq(c, lead);
            polynomial root = {0}, scale = {0};
            bool square = ring->simplify && take_root(ring, &root, &monic);
            slong j = square ? 0 : find_root(ring, &monic);
            if (square || j >= 0) {
                rc_ratio *z = rc_ratio_fresh();
                rc_polynomial_add_power(ring, &scale, c, 0, 0);
                if (square)
                    rc_polynomial_add_product(ring, &z->p, &scale, &root,
                                              rc_polynomial_holds(ring, &root, 1, false) ? 1 : -1);
                else rc_polynomial_add_power(ring, &z->p, c, SHIFTS + j, 1);
                rc_polynomial_add(ring, &z->q, &x->q, 1);
                y = rc_ratio_keep(ring, z);
            }
            if (square) rc_polynomial_clear(&monic);
            rc_polynomial_clear(&scale);
            rc_polynomial_clear(&root);
            fmpq_clear(inverse);
        }
    }
    rc_polynomial_clear(&factor);
    rc_polynomial_clear(&n);
    fmpq_clear(lead);
    rc_surd_clear(c);
    return y;
}

/* Lines. */

bool rc_ratio_holds(const rc_ring_t ring, const rc_ratio *x, bool strict)
{
    return x && rc_polynomial_holds(ring, &x->p, 1, strict);
}

bool rc_ratio_is_zero(const rc_ring_t ring, const rc_ratio *x)
{
    return x && (x->p.n == 0 || (rc_polynomial_holds(ring, &x->p, 1, false) && rc_polynomial_holds(ring, &x->p, -1, false)));
}

int rc_ratio_weak_side(rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return 0;
    int side = rc_polynomial_holds(ring, &x->p, 1, false) ? 1 : rc_polynomial_holds(ring, &x->p, -1, false) ? -1 : 0;
    if (side == 0) remember(ring, x);
    return side;
}

bool rc_ratio_at_least(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    return rc_ratio_weak_side(ring, rc_ratio_sub(ring, x, y)) > 0;
}

bool rc_ratio_exceeds(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    const rc_ratio *z = rc_ratio_sub(ring, x, y);
    return rc_ratio_weak_side(ring, z) > 0 && rc_polynomial_holds(ring, &z->p, 1, true);
}

int rc_ratio_side(rc_ring_t ring, const rc_ratio *x)
{
    int side = rc_ratio_weak_side(ring, x);
    return side != 0 && rc_polynomial_holds(ring, &x->p, side, true) ? side : 0;
}
