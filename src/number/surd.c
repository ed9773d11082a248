/* Storage and arithmetic of surds. */
#include "relucert/surd.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "number/radicand.h"
#include "number/surd-private.h"

void rc_surd_init(rc_surd_t s)
{
    s->length = s->alloc = 0;
    s->coeffs = NULL;
    s->radicands = NULL;
}

void rc_surd_clear(rc_surd_t s)
{
    for (slong i = 0; i < s->alloc; i++) {
        fmpq_clear(s->coeffs + i);
        fmpz_clear(s->radicands + i);
    }
    flint_free(s->coeffs);
    flint_free(s->radicands);
}

static void fit(rc_surd_t s, slong length)
{
    if (length <= s->alloc) return;
    slong alloc = length < 2 * s->alloc ? 2 * s->alloc : length;
    s->coeffs = flint_realloc(s->coeffs, (size_t) alloc * sizeof(fmpq));
    s->radicands = flint_realloc(s->radicands, (size_t) alloc * sizeof(fmpz));
    for (slong i = s->alloc; i < alloc; i++) {
        fmpq_init(s->coeffs + i);
        fmpz_init(s->radicands + i);
    }
    s->alloc = alloc;
}

bool rc_surd_is_valid(const rc_surd_t s)
{
    for (slong i = 0; i < s->length; i++) {
        if (!fmpq_is_canonical(s->coeffs + i) || fmpq_is_zero(s->coeffs + i)) return false;
        if (!rc_radicand_is_reduced(s->radicands + i)) return false;
        if (i > 0 && fmpz_cmp(s->radicands + i - 1, s->radicands + i) >= 0) return false;
        for (slong j = 0; j < i; j++)
            if (rc_radicand_same_class(s->radicands + j, s->radicands + i)) return false;
    }
    return true;
}

void rc_surd_zero(rc_surd_t s)
{
    s->length = 0;
}

void rc_surd_set(rc_surd_t s, const rc_surd_t t)
{
    if (s == t) return;
    fit(s, t->length);
    for (slong i = 0; i < t->length; i++) {
        fmpq_set(s->coeffs + i, t->coeffs + i);
        fmpz_set(s->radicands + i, t->radicands + i);
    }
    s->length = t->length;
}

void rc_surd_swap(rc_surd_t s, rc_surd_t t)
{
    rc_surd_struct old = *s;
    *s = *t;
    *t = old;
}

void rc_surd_set_si(rc_surd_t s, slong n)
{
    s->length = n != 0;
    if (n == 0) return;
    fit(s, 1);
    fmpq_set_si(s->coeffs, n, 1);
    fmpz_one(s->radicands);
}

void rc_surd_set_fmpq(rc_surd_t s, const fmpq_t x)
{
    s->length = !fmpq_is_zero(x);
    if (s->length == 0) return;
    fit(s, 1);
    fmpq_set(s->coeffs, x);
    fmpz_one(s->radicands);
}

/* With p = a^2 n, q = b^2 m reduced and coprime, sqrt(p/q) = (a / (b m)) sqrt(n m), and n m is reduced. */
void rc_surd_set_sqrt_fmpq(rc_surd_t s, const fmpq_t x)
{
    assert(fmpq_sgn(x) >= 0);
    if (fmpq_is_zero(x)) {
        rc_surd_zero(s);
        return;
    }
    fmpz_t n, m;
    fmpz_init_set(n, fmpq_numref(x));
    fmpz_init_set(m, fmpq_denref(x));
    fit(s, 1);
    rc_radicand_reduce(fmpq_numref(s->coeffs), n);
    rc_radicand_reduce(fmpq_denref(s->coeffs), m);
    fmpz_mul(fmpq_denref(s->coeffs), fmpq_denref(s->coeffs), m);
    fmpz_mul(s->radicands, n, m);
    fmpq_canonicalise(s->coeffs);
    s->length = 1;
    fmpz_clear(n);
    fmpz_clear(m);
}

/* The first index whose radicand is at least n. */
static slong lower_bound(const rc_surd_t s, const fmpz_t n)
{
    slong lo = 0, hi = s->length;
    while (lo < hi) {
        slong mid = lo + (hi - lo) / 2;
        if (fmpz_cmp(s->radicands + mid, n) < 0) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static void insert_at(rc_surd_t s, slong i, const fmpq_t c, const fmpz_t n)
{
    fit(s, s->length + 1);
    for (slong j = s->length; j > i; j--) {
        fmpq_swap(s->coeffs + j, s->coeffs + j - 1);
        fmpz_swap(s->radicands + j, s->radicands + j - 1);
    }
    fmpq_set(s->coeffs + i, c);
    fmpz_set(s->radicands + i, n);
    s->length++;
}

static void remove_at(rc_surd_t s, slong i)
{
    for (slong j = i; j + 1 < s->length; j++) {
        fmpq_swap(s->coeffs + j, s->coeffs + j + 1);
        fmpz_swap(s->radicands + j, s->radicands + j + 1);
    }
    s->length--;
}

/* The index of the term in the class of n, a radicand that does not occur; or -1. */
static slong find_class(const rc_surd_t s, const fmpz_t n)
{
    bool large = rc_radicand_is_large(n);
    for (slong i = s->length - 1; i >= 0; i--) {
        if (!large && !rc_radicand_is_large(s->radicands + i)) return -1;
        if (rc_radicand_same_class(s->radicands + i, n)) return i;
    }
    return -1;
}

/* Term i and c sqrt(n) are of one class: n = a^2 g, n_i = b^2 g with g their gcd; they make (a c + b c_i) sqrt(g). */
static void merge_class(rc_surd_t s, slong i, const fmpq_t c, const fmpz_t n)
{
    fmpz_t g, root;
    fmpq_t sum, part;
    fmpz_init(g);
    fmpz_init(root);
    fmpq_init(sum);
    fmpq_init(part);
    fmpz_gcd(g, n, s->radicands + i);
    fmpz_divexact(root, n, g);
    fmpz_sqrt(root, root);
    fmpq_mul_fmpz(sum, c, root);
    fmpz_divexact(root, s->radicands + i, g);
    fmpz_sqrt(root, root);
    fmpq_mul_fmpz(part, s->coeffs + i, root);
    fmpq_add(sum, sum, part);
    remove_at(s, i);
    if (!fmpq_is_zero(sum)) insert_at(s, lower_bound(s, g), sum, g);
    fmpz_clear(g);
    fmpz_clear(root);
    fmpq_clear(sum);
    fmpq_clear(part);
}

void rc_surd_add_term(rc_surd_t s, const fmpq_t c, const fmpz_t n)
{
    if (fmpq_is_zero(c)) return;
    slong i = lower_bound(s, n);
    if (i < s->length && fmpz_equal(s->radicands + i, n)) {
        fmpq_add(s->coeffs + i, s->coeffs + i, c);
        if (fmpq_is_zero(s->coeffs + i)) remove_at(s, i);
        return;
    }
    slong k = find_class(s, n);
    if (k >= 0) merge_class(s, k, c, n);
    else insert_at(s, i, c, n);
}

void rc_surd_neg(rc_surd_t s, const rc_surd_t t)
{
    rc_surd_set(s, t);
    for (slong i = 0; i < s->length; i++) fmpq_neg(s->coeffs + i, s->coeffs + i);
}

void rc_surd_abs(rc_surd_t s, const rc_surd_t t)
{
    if (rc_surd_sgn(t) < 0) rc_surd_neg(s, t);
    else rc_surd_set(s, t);
}

void rc_surd_add(rc_surd_t s, const rc_surd_t t, const rc_surd_t u)
{
    if (s == t && s != u) {
        for (slong i = 0; i < u->length; i++) rc_surd_add_term(s, u->coeffs + i, u->radicands + i);
        return;
    }
    rc_surd_t sum;
    rc_surd_init(sum);
    rc_surd_set(sum, t);
    for (slong i = 0; i < u->length; i++) rc_surd_add_term(sum, u->coeffs + i, u->radicands + i);
    rc_surd_swap(s, sum);
    rc_surd_clear(sum);
}

void rc_surd_sub(rc_surd_t s, const rc_surd_t t, const rc_surd_t u)
{
    rc_surd_t minus;
    rc_surd_init(minus);
    rc_surd_neg(minus, u);
    rc_surd_add(s, t, minus);
    rc_surd_clear(minus);
}

void rc_surd_mul_fmpq(rc_surd_t s, const rc_surd_t t, const fmpq_t x)
{
    if (fmpq_is_zero(x)) {
        rc_surd_zero(s);
        return;
    }
    fmpq_t factor;
    fmpq_init(factor);
    fmpq_set(factor, x);
    rc_surd_set(s, t);
    for (slong i = 0; i < s->length; i++) fmpq_mul(s->coeffs + i, s->coeffs + i, factor);
    fmpq_clear(factor);
}

/* With g = gcd(n, m) for reduced n, m: sqrt(n) sqrt(m) = g sqrt(k), k = (n/g)(m/g). The factors of k are coprime and
   without squares of small primes, so k is reduced unless it is a perfect square. */
static void multiply_roots(fmpz_t factor, fmpz_t k, const fmpz_t n, const fmpz_t m)
{
    fmpz_t rest;
    fmpz_init(rest);
    fmpz_gcd(factor, n, m);
    fmpz_divexact(k, n, factor);
    fmpz_divexact(rest, m, factor);
    fmpz_mul(k, k, rest);
    if (rc_radicand_is_large(k) && fmpz_is_square(k)) {
        fmpz_sqrt(rest, k);
        fmpz_mul(factor, factor, rest);
        fmpz_one(k);
    }
    fmpz_clear(rest);
}

void rc_surd_mul(rc_surd_t s, const rc_surd_t t, const rc_surd_t u)
{
    if (t->length == 0 || u->length == 0) {
        rc_surd_zero(s);
        return;
    }
    if (rc_surd_is_plain(t) || rc_surd_is_plain(u)) {
        rc_surd_mul_fmpq(s, rc_surd_is_plain(t) ? u : t, rc_surd_is_plain(t) ? t->coeffs : u->coeffs);
        return;
    }
    rc_surd_t product;
    fmpq_t c;
    fmpz_t factor, k;
    rc_surd_init(product);
    fmpq_init(c);
    fmpz_init(factor);
    fmpz_init(k);
    for (slong i = 0; i < t->length; i++) {
        for (slong j = 0; j < u->length; j++) {
            multiply_roots(factor, k, t->radicands + i, u->radicands + j);
            fmpq_mul(c, t->coeffs + i, u->coeffs + j);
            fmpq_mul_fmpz(c, c, factor);
            rc_surd_add_term(product, c, k);
        }
    }
    rc_surd_swap(s, product);
    rc_surd_clear(product);
    fmpq_clear(c);
    fmpz_clear(factor);
    fmpz_clear(k);
}

bool rc_surd_is_zero(const rc_surd_t s)
{
    return s->length == 0;
}

bool rc_surd_is_rational(const rc_surd_t s)
{
    return rc_surd_is_plain(s);
}

rc_status rc_surd_get_fmpq(fmpq_t x, const rc_surd_t s)
{
    if (!rc_surd_is_plain(s)) return RC_UNDEFINED;
    if (s->length == 0) fmpq_zero(x);
    else fmpq_set(x, s->coeffs);
    return RC_OK;
}

static double bits_beyond_one(const fmpz_t x)
{
    return fmpz_is_one(x) ? 0 : (double) fmpz_bits(x);
}

double rc_surd_bits(const rc_surd_t s)
{
    double bits = 0;
    for (slong i = 0; i < s->length; i++) {
        bits += (double) fmpz_bits(fmpq_numref(s->coeffs + i)) + bits_beyond_one(fmpq_denref(s->coeffs + i));
        bits += bits_beyond_one(s->radicands + i);
    }
    return bits;
}

void rc_fmpq_set_d(fmpq_t x, double d)
{
    assert(isfinite(d));
    int e;
    double mantissa = frexp(d, &e);
    slong m = (slong) ldexp(mantissa, 53);
    if (m == 0) {
        fmpq_zero(x);
        return;
    }
    e -= 53;
    while (m % 2 == 0) {
        m /= 2;
        e++;
    }
    fmpz_set_si(fmpq_numref(x), m);
    fmpz_one(fmpq_denref(x));
    if (e >= 0) fmpz_mul_2exp(fmpq_numref(x), fmpq_numref(x), (ulong) e);
    else fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) -e);
}
