/* Polynomials in shifts and roots, as sums of monomials in no order: those of the papers have a handful. */
#include <stdlib.h>
#include <string.h>

#include "number/ratio-private.h"

#define MAX_MONOMIALS 2000
#define MAX_DEGREE 10000
#define MAX_POLYA 8

void rc_polynomial_clear(polynomial *x)
{
    for (slong i = 0; i < x->n; i++) rc_surd_clear(x->m[i].c);
    free(x->m);
    memset(x, 0, sizeof *x);
}

/* x += c times the monomial e; the square of a root is its radicand. */
void rc_polynomial_add_monomial(const rc_ring_struct *ring, polynomial *x, const slong *e, const rc_surd_t c)
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
            rc_polynomial_add_monomial(ring, x, f, product);
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
void rc_polynomial_add_product(const rc_ring_struct *ring, polynomial *z, const polynomial *x, const polynomial *y, int sign)
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
            rc_polynomial_add_monomial(ring, z, e, c);
        }
    }
    rc_surd_clear(c);
}

/* z += c times slot k to the e. */
void rc_polynomial_add_power(const rc_ring_struct *ring, polynomial *z, const rc_surd_t c, slong k, slong e)
{
    slong f[SLOTS] = {0};
    f[k] = e;
    rc_polynomial_add_monomial(ring, z, f, c);
}

void rc_polynomial_add_si(const rc_ring_struct *ring, polynomial *z, slong n)
{
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_si(c, n);
    rc_polynomial_add_power(ring, z, c, 0, 0);
    rc_surd_clear(c);
}

/* z += sign x */
void rc_polynomial_add(const rc_ring_struct *ring, polynomial *z, const polynomial *x, int sign)
{
    polynomial one = {0};
    rc_polynomial_add_si(ring, &one, 1);
    rc_polynomial_add_product(ring, z, x, &one, sign);
    rc_polynomial_clear(&one);
}

bool rc_polynomial_equal(const rc_ring_struct *ring, const polynomial *x, const polynomial *y)
{
    polynomial difference = {0};
    rc_polynomial_add(ring, &difference, x, 1);
    rc_polynomial_add(ring, &difference, y, -1);
    bool same = difference.n == 0 && !difference.failed;
    rc_polynomial_clear(&difference);
    return same;
}

/* x = A + B sqrt(n_j), into empty A, B. Is B not 0? */
bool rc_polynomial_split(const rc_ring_struct *ring, polynomial *A, polynomial *B, const polynomial *x, slong j)
{
    for (slong i = 0; i < x->n; i++) {
        slong e[SLOTS];
        memcpy(e, x->m[i].e, sizeof e);
        bool rooted = e[SHIFTS + j] > 0;
        e[SHIFTS + j] = 0;
        rc_polynomial_add_monomial(ring, rooted ? B : A, e, x->m[i].c);
    }
    return B->n > 0;
}

/* square = A^2 - B^2 n_j */
void rc_polynomial_subtract_squares(const rc_ring_struct *ring, polynomial *square, const polynomial *A, const polynomial *B,
                             slong j)
{
    polynomial b = {0};
    rc_polynomial_add_product(ring, square, A, A, 1);
    rc_polynomial_add_product(ring, &b, B, B, 1);
    rc_polynomial_add_product(ring, square, &b, ring->radicand[j], -1);
    rc_polynomial_clear(&b);
}

bool rc_ring_is_integer(const rc_ring_struct *ring, slong k)
{
    return k < ring->parameters && ring->range[k]->kind == RC_RANGE_FROM;
}

bool rc_polynomial_has_signs(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    for (slong i = 0; i < p->n; i++) {
        bool moving = false;
        if (sign * rc_surd_sgn(p->m[i].c) < 0) return false;
        for (slong k = 0; k < ring->parameters; k++) moving |= rc_ring_is_integer(ring, k) && p->m[i].e[k] > 0;
        strict &= moving;
    }
    return !strict && !p->failed;
}

bool rc_polynomial_has_shift(const polynomial *p, slong k)
{
    for (slong i = 0; i < p->n; i++)
        if (p->m[i].e[k] > 0) return true;
    return false;
}

/* Is sign p proved >= 0 (> 0) by its coefficients, or after multiplication? */
static bool is_line(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    if (rc_polynomial_has_signs(ring, p, sign, strict)) return true;
    if (p->n == 0 || p->n >= 100 || p->failed) return false;
    rc_surd_t total;
    rc_surd_init(total);
    for (slong i = 0; i < p->n; i++) rc_surd_add(total, total, p->m[i].c);
    bool hope = sign * rc_surd_sgn(total) >= 0, found = false;
    polynomial one = {0}, power = {0};
    rc_polynomial_add_si(ring, &one, 1);
    rc_surd_set_si(total, 1);
    for (slong k = 0; k < SHIFTS; k++)
        if (rc_polynomial_has_shift(p, k)) rc_polynomial_add_power(ring, &one, total, k, 1);
    rc_surd_clear(total);
    rc_polynomial_add(ring, &power, p, 1);
    for (slong N = 0; N < MAX_POLYA && hope && !found && power.n < 100 && !power.failed; N++) {
        polynomial next = {0};
        rc_polynomial_add_product(ring, &next, &power, &one, 1);
        rc_polynomial_clear(&power);
        power = next;
        found = rc_polynomial_has_signs(ring, &power, sign, strict);
    }
    rc_polynomial_clear(&power);
    rc_polynomial_clear(&one);
    return found;
}

/* Is sign p proved >= 0 (> 0)? */
bool rc_polynomial_holds(const rc_ring_struct *ring, const polynomial *p, int sign, bool strict)
{
    if (p->failed) return false;
    for (slong j = 0; j < ring->roots; j++) {
        polynomial A = {0}, B = {0}, square = {0};
        bool rooted = rc_polynomial_split(ring, &A, &B, p, j), found = false;
        if (rooted) {
            bool a = rc_polynomial_holds(ring, &A, sign, false), b = rc_polynomial_holds(ring, &B, sign, false);
            rc_polynomial_subtract_squares(ring, &square, &A, &B, j);
            found =
                (a && b &&
                 (!strict || rc_polynomial_holds(ring, &A, sign, true) || rc_polynomial_holds(ring, &B, sign, true))) ||
                (a && rc_polynomial_holds(ring, &square, 1, strict)) ||
                (b && rc_polynomial_holds(ring, &square, -1, strict));
        }
        rc_polynomial_clear(&square);
        rc_polynomial_clear(&B);
        rc_polynomial_clear(&A);
        if (rooted) return found;
    }
    return is_line(ring, p, sign, strict);
}

bool rc_polynomial_is_constant(const polynomial *p)
{
    for (slong i = 0; i < p->n; i++)
        for (slong k = 0; k < SLOTS; k++)
            if (p->m[i].e[k] > 0) return false;
    return true;
}

/* p as a polynomial in the shift k; false if it has other shifts, roots or irrational coefficients. */
bool rc_polynomial_get_univariate(fmpq_poly_t f, const polynomial *p, slong k)
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
