/* Functions of parameters, as sums of monomials in no order: those of the papers have a handful. */
#include "relucert/ratio.h"

#include <flint/fmpq_poly.h>
#include <flint/fmpz.h>
#include <flint/fmpz_poly_factor.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/literal.h"
#include "relucert/expression.h"

#define MAX_MONOMIALS 2000
#define MAX_DEGREE 10000
#define MAX_NESTING 1000
#define MAX_POLYA 8
#define SHIFTS RC_RING_MAX_PARAMETERS
#define SLOTS (RC_RING_MAX_PARAMETERS + RC_RING_MAX_ROOTS)

/* Exponents of shifts, then of roots: 0 or 1. */
typedef struct {
    slong e[SLOTS];
    rc_surd_t c;
} monomial;

typedef struct rc_polynomial_struct {
    slong n;
    monomial *m;
    bool failed; /* too large */
} polynomial;

struct rc_ratio_struct {
    polynomial p, q;
    rc_ratio *next;
};

/* Polynomials. */

static const polynomial nothing;

static void polynomial_clear(polynomial *x)
{
    for (slong i = 0; i < x->n; i++) rc_surd_clear(x->m[i].c);
    free(x->m);
    *x = nothing;
}

/* x += c times the monomial e; the square of a root is its radicand. */
static void add_monomial(const rc_ring_struct *ring, polynomial *x, const slong *e, const rc_surd_t c)
{
    for (slong j = 0; j < ring->roots; j++) {
        if (e[SHIFTS + j] < 2) continue;
        const polynomial *n = ring->radicand[j];
        rc_surd_t product;
        rc_surd_init(product);
        for (slong i = 0; i < n->n; i++) {
            slong f[SLOTS];
            for (slong k = 0; k < SLOTS; k++) f[k] = e[k] + n->m[i].e[k] - (k == SHIFTS + j ? 2 : 0);
            rc_surd_mul(product, c, n->m[i].c);
            add_monomial(ring, x, f, product);
        }
        rc_surd_clear(product);
        return;
    }
    slong i = 0;
    while (i < x->n && memcmp(x->m[i].e, e, sizeof x->m[i].e) != 0) i++;
    if (i == x->n) {
        for (slong k = 0; k < SHIFTS; k++) x->failed |= e[k] > MAX_DEGREE;
        x->failed |= x->n == MAX_MONOMIALS;
        if (x->failed || rc_surd_is_zero(c)) return;
        x->m = realloc(x->m, (size_t) (x->n + 1) * sizeof *x->m);
        if (x->m == NULL) flint_abort();
        memcpy(x->m[i].e, e, sizeof x->m[i].e);
        rc_surd_init(x->m[i].c);
        rc_surd_set(x->m[i].c, c);
        x->n++;
        return;
    }
    rc_surd_add(x->m[i].c, x->m[i].c, c);
    if (rc_surd_is_zero(x->m[i].c)) {
        rc_surd_clear(x->m[i].c);
        x->m[i] = x->m[--x->n];
    }
}

/* z += sign x y */
static void add_product(const rc_ring_struct *ring, polynomial *z, const polynomial *x, const polynomial *y, int sign)
{
    rc_surd_t c;
    rc_surd_init(c);
    z->failed |= x->failed || y->failed;
    for (slong i = 0; i < x->n && !z->failed; i++) {
        for (slong j = 0; j < y->n && !z->failed; j++) {
            slong e[SLOTS];
            for (slong k = 0; k < SLOTS; k++) e[k] = x->m[i].e[k] + y->m[j].e[k];
            rc_surd_mul(c, x->m[i].c, y->m[j].c);
            if (sign < 0) rc_surd_neg(c, c);
            add_monomial(ring, z, e, c);
        }
    }
    rc_surd_clear(c);
}

/* z += c times slot k to the e. */
static void add_power(const rc_ring_struct *ring, polynomial *z, const rc_surd_t c, slong k, slong e)
{
    slong f[SLOTS] = {0};
    f[k] = e;
    add_monomial(ring, z, f, c);
}

static void add_constant(const rc_ring_struct *ring, polynomial *z, slong n)
{
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_si(c, n);
    add_power(ring, z, c, 0, 0);
    rc_surd_clear(c);
}

/* z += sign x */
static void add_polynomial(const rc_ring_struct *ring, polynomial *z, const polynomial *x, int sign)
{
    polynomial one = nothing;
    add_constant(ring, &one, 1);
    add_product(ring, z, x, &one, sign);
    polynomial_clear(&one);
}

static bool same_polynomial(const rc_ring_struct *ring, const polynomial *x, const polynomial *y)
{
    polynomial difference = nothing;
    add_polynomial(ring, &difference, x, 1);
    add_polynomial(ring, &difference, y, -1);
    bool same = difference.n == 0 && !difference.failed;
    polynomial_clear(&difference);
    return same;
}

/* x = A + B sqrt(n_j), into empty A, B. Is B not 0? */
static bool split(const rc_ring_struct *ring, polynomial *A, polynomial *B, const polynomial *x, slong j)
{
    for (slong i = 0; i < x->n; i++) {
        slong e[SLOTS];
        memcpy(e, x->m[i].e, sizeof e);
        bool rooted = e[SHIFTS + j] > 0;
        e[SHIFTS + j] = 0;
        add_monomial(ring, rooted ? B : A, e, x->m[i].c);
    }
    return B->n > 0;
}

/* square = A^2 - B^2 n_j */
static void subtract_squares(const rc_ring_struct *ring, polynomial *square, const polynomial *A, const polynomial *B,
                             slong j)
{
    polynomial b = nothing;
    add_product(ring, square, A, A, 1);
    add_product(ring, &b, B, B, 1);
    add_product(ring, square, &b, ring->radicand[j], -1);
    polynomial_clear(&b);
}

static bool is_integer_shift(const rc_ring_struct *ring, slong k)
{
    return k < ring->parameters && ring->range[k]->kind == RC_RANGE_FROM;
}

static bool has_signs(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    for (slong i = 0; i < p->n; i++) {
        bool moving = false;
        if (sign * rc_surd_sgn(p->m[i].c) < 0) return false;
        for (slong k = 0; k < ring->parameters; k++) moving |= is_integer_shift(ring, k) && p->m[i].e[k] > 0;
        strict &= moving;
    }
    return !strict && !p->failed;
}

static bool has_shift(const polynomial *p, slong k)
{
    for (slong i = 0; i < p->n; i++)
        if (p->m[i].e[k] > 0) return true;
    return false;
}

/* Is sign p proved >= 0 (> 0) by its coefficients, or after multiplication? */
static bool is_line(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    if (has_signs(ring, p, sign, strict)) return true;
    if (p->n == 0 || p->n >= 100 || p->failed) return false;
    rc_surd_t total;
    rc_surd_init(total);
    for (slong i = 0; i < p->n; i++) rc_surd_add(total, total, p->m[i].c);
    bool hope = sign * rc_surd_sgn(total) >= 0, found = false;
    polynomial one = nothing, power = nothing;
    add_constant(ring, &one, 1);
    rc_surd_set_si(total, 1);
    for (slong k = 0; k < SHIFTS; k++)
        if (has_shift(p, k)) add_power(ring, &one, total, k, 1);
    rc_surd_clear(total);
    add_polynomial(ring, &power, p, 1);
    for (slong N = 0; N < MAX_POLYA && hope && !found && power.n < 100 && !power.failed; N++) {
        polynomial next = nothing;
        add_product(ring, &next, &power, &one, 1);
        polynomial_clear(&power);
        power = next;
        found = has_signs(ring, &power, sign, strict);
    }
    polynomial_clear(&power);
    polynomial_clear(&one);
    return found;
}

/* Is sign p proved >= 0 (> 0)? */
static bool holds(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    if (p->failed) return false;
    for (slong j = 0; j < ring->roots; j++) {
        polynomial A = nothing, B = nothing, square = nothing;
        bool rooted = split(ring, &A, &B, p, j), found = false;
        if (rooted) {
            bool a = holds(ring, &A, sign, false), b = holds(ring, &B, sign, false);
            subtract_squares(ring, &square, &A, &B, j);
            found = (a && b && (!strict || holds(ring, &A, sign, true) || holds(ring, &B, sign, true))) ||
                    (a && holds(ring, &square, 1, strict)) || (b && holds(ring, &square, -1, strict));
        }
        polynomial_clear(&square);
        polynomial_clear(&B);
        polynomial_clear(&A);
        if (rooted) return found;
    }
    return is_line(ring, p, sign, strict);
}

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
        polynomial_clear(&x->p);
        polynomial_clear(&x->q);
        free(x);
    }
    for (slong j = 0; j < ring->roots; j++) {
        polynomial_clear(ring->radicand[j]);
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

static rc_ratio *fresh(void)
{
    rc_ratio *x = calloc(1, sizeof *x);
    if (x == NULL) flint_abort();
    return x;
}

static const rc_ratio *keep(rc_ring_t ring, rc_ratio *x)
{
    x->next = ring->values;
    ring->values = x;
    return x->p.failed || x->q.failed ? NULL : x;
}

static const rc_ratio *constant(rc_ring_t ring, const rc_surd_t c)
{
    rc_ratio *x = fresh();
    add_power(ring, &x->p, c, 0, 0);
    add_constant(ring, &x->q, 1);
    return keep(ring, x);
}

const rc_ratio *rc_ratio_si(rc_ring_t ring, slong n)
{
    rc_ratio *x = fresh();
    add_constant(ring, &x->p, n);
    add_constant(ring, &x->q, 1);
    return keep(ring, x);
}

const rc_ratio *rc_ratio_fmpq(rc_ring_t ring, const fmpq_t x)
{
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_fmpq(c, x);
    const rc_ratio *y = constant(ring, c);
    rc_surd_clear(c);
    return y;
}

static const rc_ratio *parameter(rc_ring_t ring, slong k)
{
    const rc_range_struct *range = ring->range[k];
    rc_ratio *x = fresh();
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_fmpq(c, range->low);
    add_power(ring, &x->p, c, 0, 0);
    if (range->kind == RC_RANGE_BETWEEN) rc_surd_set_fmpq(c, range->high);
    else rc_surd_set_si(c, 1);
    if (range->kind != RC_RANGE_VALUE) add_power(ring, &x->p, c, k, 1);
    add_constant(ring, &x->q, 1);
    rc_surd_set_si(c, 1);
    if (range->kind == RC_RANGE_BETWEEN) add_power(ring, &x->q, c, k, 1);
    rc_surd_clear(c);
    return keep(ring, x);
}

static const rc_ratio *sum(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y, int sign)
{
    if (x == NULL || y == NULL) return NULL;
    rc_ratio *z = fresh();
    if (same_polynomial(ring, &x->q, &y->q)) {
        add_polynomial(ring, &z->p, &x->p, 1);
        add_polynomial(ring, &z->p, &y->p, sign);
        add_polynomial(ring, &z->q, &x->q, 1);
    } else {
        add_product(ring, &z->p, &x->p, &y->q, 1);
        add_product(ring, &z->p, &y->p, &x->q, sign);
        add_product(ring, &z->q, &x->q, &y->q, 1);
    }
    return keep(ring, z);
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
    rc_ratio *z = fresh();
    add_product(ring, &z->p, &x->p, &y->p, 1);
    add_product(ring, &z->q, &x->q, &y->q, 1);
    return keep(ring, z);
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

static bool is_constant(const polynomial *p)
{
    for (slong i = 0; i < p->n; i++)
        for (slong k = 0; k < SLOTS; k++)
            if (p->m[i].e[k] > 0) return false;
    return true;
}

/* Is x constant? Then y = x. */
static bool get_constant(rc_surd_t y, const rc_ratio *x)
{
    rc_surd_t q;
    if (!is_constant(&x->p) || !is_constant(&x->q)) return false;
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
    const rc_ratio *y = get_constant(c, x) && rc_surd_inv(c, c) == RC_OK ? constant(ring, c) : NULL;
    rc_surd_clear(c);
    return y;
}

/* q/p; a root leaves p = A + B sqrt(n) when both are multiplied by A - B sqrt(n). */
const rc_ratio *rc_ratio_inv(rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return NULL;
    if (is_constant(&x->p) && is_constant(&x->q)) return inverse_constant(ring, x);
    polynomial p = nothing, q = nothing;
    add_polynomial(ring, &p, &x->p, 1);
    add_polynomial(ring, &q, &x->q, 1);
    rc_surd_t one;
    rc_surd_init(one);
    rc_surd_set_si(one, 1);
    for (slong j = 0; j < ring->roots; j++) {
        polynomial A = nothing, B = nothing, root = nothing, conjugate = nothing, next = nothing;
        if (split(ring, &A, &B, &p, j)) {
            add_power(ring, &root, one, SHIFTS + j, 1);
            add_polynomial(ring, &conjugate, &A, 1);
            add_product(ring, &conjugate, &B, &root, -1);
            add_product(ring, &next, &q, &conjugate, 1);
            polynomial_clear(&q);
            q = next;
            polynomial_clear(&p);
            subtract_squares(ring, &p, &A, &B, j);
        }
        polynomial_clear(&conjugate);
        polynomial_clear(&root);
        polynomial_clear(&B);
        polynomial_clear(&A);
    }
    rc_surd_clear(one);
    int side = holds(ring, &p, 1, true) ? 1 : holds(ring, &p, -1, true) ? -1 : 0;
    rc_ratio *y = side ? fresh() : NULL;
    if (y) {
        add_polynomial(ring, &y->p, &q, side);
        add_polynomial(ring, &y->q, &p, side);
    }
    polynomial_clear(&q);
    polynomial_clear(&p);
    return y ? keep(ring, y) : NULL;
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

static bool get_univariate(fmpq_poly_t f, const polynomial *p, slong k);

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
        if (get_univariate(f, n, k)) { /* n = g/den, so sqrt(n) = sqrt(g den)/den */
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
            add_power(ring, root, s, k, e);
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
    while (j < ring->roots && !same_polynomial(ring, n, ring->radicand[j])) j++;
    if (j < ring->roots || j == RC_RING_MAX_ROOTS) {
        polynomial_clear(n);
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
    polynomial n = nothing, monic = nothing, factor = nothing;
    rc_surd_t c;
    fmpq_t lead;
    rc_surd_init(c);
    fmpq_init(lead);
    const rc_ratio *y = NULL;
    if (get_constant(c, x)) {
        if (rc_surd_get_fmpq(lead, c) == RC_OK && fmpq_sgn(lead) >= 0) {
            rc_surd_set_sqrt_fmpq(c, lead);
            y = constant(ring, c);
        }
    } else {
        add_product(ring, &n, &x->p, &x->q, 1);
        bool good = !n.failed && !has_roots(&n) && holds(ring, &n, 1, true) &&
                    rc_surd_get_fmpq(lead, n.m[leading(&n)].c) == RC_OK && fmpq_sgn(lead) > 0;
        if (good) {
            fmpq_t inverse;
            fmpq_init(inverse);
            fmpq_inv(inverse, lead);
            rc_surd_set_fmpq(c, inverse);
            add_power(ring, &factor, c, 0, 0);
            add_product(ring, &monic, &n, &factor, 1);
            rc_surd_set_sqrt_fmpq(c, lead);
            polynomial root = nothing, scale = nothing;
            bool square = take_root(ring, &root, &monic);
            slong j = square ? 0 : find_root(ring, &monic);
            if (square || j >= 0) {
                rc_ratio *z = fresh();
                add_power(ring, &scale, c, 0, 0);
                if (square) add_product(ring, &z->p, &scale, &root, holds(ring, &root, 1, false) ? 1 : -1);
                else add_power(ring, &z->p, c, SHIFTS + j, 1);
                add_polynomial(ring, &z->q, &x->q, 1);
                y = keep(ring, z);
            }
            if (square) polynomial_clear(&monic);
            polynomial_clear(&scale);
            polynomial_clear(&root);
            fmpq_clear(inverse);
        }
    }
    polynomial_clear(&factor);
    polynomial_clear(&n);
    fmpq_clear(lead);
    rc_surd_clear(c);
    return y;
}

/* Lines. */

bool rc_ratio_holds(const rc_ring_t ring, const rc_ratio *x, bool strict)
{
    return x && holds(ring, &x->p, 1, strict);
}

bool rc_ratio_is_zero(const rc_ring_t ring, const rc_ratio *x)
{
    return x && (x->p.n == 0 || (holds(ring, &x->p, 1, false) && holds(ring, &x->p, -1, false)));
}

/* The sign changes, as far as is known. */
static void remember(rc_ring_t ring, const rc_ratio *x)
{
    for (slong i = 0; i < ring->undecided; i++)
        if (same_polynomial(ring, &ring->open[i]->p, &x->p)) return;
    if (ring->undecided < RC_RING_MAX_OPEN) ring->open[ring->undecided++] = x;
}

int rc_ratio_weak_side(rc_ring_t ring, const rc_ratio *x)
{
    if (x == NULL) return 0;
    int side = holds(ring, &x->p, 1, false) ? 1 : holds(ring, &x->p, -1, false) ? -1 : 0;
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
    return rc_ratio_weak_side(ring, z) > 0 && holds(ring, &z->p, 1, true);
}

int rc_ratio_side(rc_ring_t ring, const rc_ratio *x)
{
    int side = rc_ratio_weak_side(ring, x);
    return side != 0 && holds(ring, &x->p, side, true) ? side : 0;
}

/* Values. */

static void shift_sample(fmpq_t u, const rc_ring_struct *ring, slong k)
{
    if (is_integer_shift(ring, k)) fmpq_set_si(u, 3, 1);
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
    return x && has_shift(&x->p, k);
}

/* p as a polynomial in the shift k; false if it has other shifts, roots or irrational coefficients. */
static bool get_univariate(fmpq_poly_t f, const polynomial *p, slong k)
{
    bool good = p->n > 0;
    fmpq_t c;
    fmpq_init(c);
    for (slong i = 0; i < p->n && good; i++) {
        for (slong l = 0; l < SLOTS; l++) good = good && (l == k || p->m[i].e[l] == 0);
        good = good && rc_surd_get_fmpq(c, p->m[i].c) == RC_OK;
        if (good) fmpq_poly_set_coeff_fmpq(f, p->m[i].e[k], c);
    }
    fmpq_clear(c);
    return good;
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
    if (x && x->p.n > 0 && get_univariate(f, &x->p, k) && fmpq_poly_degree(f) < 50) {
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
    bool good = x && x->p.n > 0 && get_univariate(f, &x->p, k) && fmpq_poly_degree(f) > 0;
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
        for (slong k = 0; k < ring->parameters; k++) e += is_integer_shift(ring, k) ? 2 * p->m[i].e[k] : 0;
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
    bool open, ignored, clear = has_signs(ring, &x->q, 1, false);
    for (slong j = 0; j < ring->roots; j++) clear = clear && has_signs(ring, ring->radicand[j], 1, false);
    slong p = degree(ring, &x->p, &open), q = degree(ring, &x->q, &ignored);
    if (!clear) return 2;
    if (x->p.n == 0 || p < q) return -1;
    return open ? 2 : p > q ? 1 : 0;
}

/* The grammar of numbers; the reader of instances has refused what is no expression at all. */

typedef struct {
    rc_ring_struct *ring;
    rc_cursor at;
    int nesting;
} parser;

static const rc_ratio *parse_sum(parser *p);

static char peek(parser *p)
{
    while (p->at.next < p->at.end && strchr(" \t\r\n", *p->at.next) && *p->at.next) p->at.next++;
    return p->at.next < p->at.end ? *p->at.next : '\0';
}

static bool accept(parser *p, char c)
{
    if (peek(p) != c || c == '\0') return false;
    p->at.next++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const rc_ratio *parse_root(parser *p, bool root)
{
    const rc_ratio *x = accept(p, '(') ? parse_sum(p) : NULL;
    if (!accept(p, ')')) return NULL;
    return root ? rc_ratio_sqrt(p->ring, x) : x;
}

static const rc_ratio *parse_number(parser *p)
{
    fmpq_t x;
    rc_surd_t s;
    fmpq_init(x);
    rc_surd_init(s);
    const rc_ratio *y = NULL;
    if (rc_literal_read(x, &p->at) == NULL) {
        rc_surd_set_fmpq(s, x);
        y = constant(p->ring, s);
    }
    rc_surd_clear(s);
    fmpq_clear(x);
    return y;
}

static const rc_ratio *parse_atom(parser *p)
{
    char c = peek(p);
    if (is_digit(c)) return parse_number(p);
    const char *first = p->at.next;
    if (is_letter(c)) {
        while (p->at.next < p->at.end && (is_letter(*p->at.next) || is_digit(*p->at.next) || *p->at.next == '_'))
            p->at.next++;
    }
    size_t length = (size_t) (p->at.next - first);
    if (length == 0 || (length == 4 && memcmp(first, "sqrt", 4) == 0)) return parse_root(p, length > 0);
    for (slong k = 0; k < p->ring->parameters; k++) {
        const char *name = p->ring->name[k];
        if (strlen(name) == length && memcmp(name, first, length) == 0) return parameter(p->ring, k);
    }
    return NULL;
}

static const rc_ratio *parse_power(parser *p)
{
    const rc_ratio *x = parse_atom(p);
    if (x == NULL || !accept(p, '^')) return x;
    if (accept(p, '-')) x = rc_ratio_inv(p->ring, x);
    slong e = 0;
    if (!is_digit(peek(p))) return NULL;
    for (; p->at.next < p->at.end && is_digit(*p->at.next); p->at.next++) {
        e = 10 * e + (*p->at.next - '0');
        if (e > MAX_DEGREE) return NULL;
    }
    return rc_ratio_pow(p->ring, x, e);
}

static const rc_ratio *parse_factor(parser *p)
{
    if (p->nesting >= MAX_NESTING) return NULL;
    p->nesting++;
    const rc_ratio *x = accept(p, '-')   ? rc_ratio_neg(p->ring, parse_factor(p))
                        : accept(p, '+') ? parse_factor(p)
                                         : parse_power(p);
    p->nesting--;
    return x;
}

static const rc_ratio *parse_term(parser *p)
{
    const rc_ratio *x = parse_factor(p);
    while (x) {
        if (accept(p, '*')) x = rc_ratio_mul(p->ring, x, parse_factor(p));
        else if (accept(p, '/')) x = rc_ratio_mul(p->ring, x, rc_ratio_inv(p->ring, parse_factor(p)));
        else break;
    }
    return x;
}

static const rc_ratio *parse_sum(parser *p)
{
    const rc_ratio *x = parse_term(p);
    while (x) {
        if (accept(p, '+')) x = rc_ratio_add(p->ring, x, parse_term(p));
        else if (accept(p, '-')) x = rc_ratio_sub(p->ring, x, parse_term(p));
        else break;
    }
    return x;
}

const rc_ratio *rc_ratio_read_str(rc_ring_t ring, const char *text, size_t length)
{
    parser p = {ring, {text, text + length}, 0};
    const rc_ratio *x = parse_sum(&p);
    peek(&p);
    return p.at.next == p.at.end ? x : NULL;
}

const rc_ratio *rc_ratio_read(rc_ring_t ring, const json_t *value)
{
    if (json_is_integer(value)) return rc_ratio_si(ring, (slong) json_integer_value(value));
    if (!json_is_string(value)) return NULL;
    return rc_ratio_read_str(ring, json_string_value(value), json_string_length(value));
}

/* As text: each shift in terms of its parameter. */

static void put_shift(FILE *out, const rc_ring_struct *ring, slong k)
{
    const rc_range_struct *range = ring->range[k];
    char *low = rc_fmpq_get_str(range->low), *high = rc_fmpq_get_str(range->high);
    if (range->kind == RC_RANGE_BETWEEN) fprintf(out, "((%s-(%s))/(%s-%s))", ring->name[k], low, high, ring->name[k]);
    else if (fmpq_is_zero(range->low)) fputs(ring->name[k], out);
    else if (fmpq_sgn(range->low) > 0) fprintf(out, "(%s-%s)", ring->name[k], low);
    else fprintf(out, "(%s+%s)", ring->name[k], low + 1);
    free(high);
    free(low);
}

static void put_polynomial(FILE *out, const rc_ring_struct *ring, const polynomial *p)
{
    if (p->n == 0) fputc('0', out);
    for (slong i = 0; i < p->n; i++) {
        const monomial *m = p->m + i;
        char *c = rc_surd_get_str(m->c);
        bool moving = false;
        for (slong k = 0; k < SLOTS; k++) moving |= m->e[k] > 0;
        bool one = moving && strcmp(c, "1") == 0, minus = moving && strcmp(c, "-1") == 0;
        if (i > 0 && (*c != '-' || m->c->length > 1)) fputc('+', out);
        if (minus) fputc('-', out);
        if (!one && !minus) fprintf(out, m->c->length > 1 ? "(%s)" : "%s", c);
        bool times = !one && !minus;
        free(c);
        for (slong k = 0; k < SLOTS; k++) {
            if (m->e[k] == 0) continue;
            if (times) fputc('*', out);
            times = true;
            if (k >= SHIFTS) {
                fputs("sqrt(", out);
                put_polynomial(out, ring, ring->radicand[k - SHIFTS]);
                fputc(')', out);
            } else {
                put_shift(out, ring, k);
                if (m->e[k] > 1) fprintf(out, "^%ld", (long) m->e[k]);
            }
        }
    }
}

char *rc_ratio_get_str(const rc_ring_t ring, const rc_ratio *x)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    rc_surd_t c;
    rc_surd_init(c);
    bool unit = is_constant(&x->q) && rc_surd_is_rational(x->q.m[0].c) && rc_surd_cmp_fmpq(x->q.m[0].c, &(fmpq){1, 1}) == 0;
    if (get_constant(c, x)) {
        char *plain = rc_surd_get_str(c);
        fputs(plain, out);
        free(plain);
    } else {
        if (!unit) fputc('(', out);
        put_polynomial(out, ring, &x->p);
        if (!unit) fputs(")/(", out);
        if (!unit) put_polynomial(out, ring, &x->q);
        if (!unit) fputc(')', out);
    }
    rc_surd_clear(c);
    if (fclose(out) != 0) flint_abort();
    return text;
}

char *rc_ratio_get_line(const rc_ring_t ring, const rc_ratio *x)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    put_polynomial(out, ring, &x->p);
    if (fclose(out) != 0) flint_abort();
    return text;
}
