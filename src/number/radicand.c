#include "number/radicand.h"

#include <flint/ulong_extras.h>

#define PRIME_BOUND 65536u

/* The product of all primes below 2^16, one copy a thread, released by flint_cleanup. */
static _Thread_local fmpz primorial_value = 0;

static void primorial_clear(void)
{
    fmpz_clear(&primorial_value);
    primorial_value = 0;
}

static const fmpz *primorial(void)
{
    if (fmpz_is_zero(&primorial_value)) {
        flint_register_cleanup_function(primorial_clear);
        fmpz_primorial(&primorial_value, PRIME_BOUND - 1);
    }
    return &primorial_value;
}

/* Trial division up to the cube root: what is left has at most two prime factors, so it is square-free or a square. */
static void reduce_small(fmpz_t root, fmpz_t n)
{
    ulong rest = fmpz_get_ui(n), free_part = 1, square_root = 1;
    for (ulong p = 2; p * p * p <= rest; p += 1 + (p & 1)) {
        while (rest % (p * p) == 0) {
            rest /= p * p;
            square_root *= p;
        }
        if (rest % p == 0) {
            rest /= p;
            free_part *= p;
        }
    }
    ulong r = n_sqrt(rest);
    if (r * r == rest) {
        square_root *= r;
        rest = 1;
    }
    fmpz_set_ui(root, square_root);
    fmpz_set_ui(n, free_part * rest);
}

/* once = the product of the primes in the square-free `base` that divide n, twice = of those whose square does. */
static void split_primes(fmpz_t once, fmpz_t twice, const fmpz_t n, const fmpz_t base)
{
    fmpz_mod(once, base, n);
    fmpz_gcd(once, once, n);
    fmpz_divexact(twice, n, once);
    fmpz_gcd(twice, twice, once);
}

/* Removes the squares of the primes in `twice` one prime at a time. */
static void remove_by_prime(fmpz_t root, fmpz_t n, const fmpz_t twice)
{
    fmpz_t p, power, left;
    fmpz_init(p);
    fmpz_init(power);
    fmpz_init_set(left, twice);
    n_primes_t primes;
    n_primes_init(primes);
    while (!fmpz_is_one(left)) {
        ulong q = n_primes_next(primes);
        if (fmpz_fdiv_ui(left, q)) continue;
        fmpz_divexact_ui(left, left, q);
        fmpz_set_ui(p, q);
        ulong e = (ulong) fmpz_remove(n, n, p);
        fmpz_pow_ui(power, p, e / 2);
        fmpz_mul(root, root, power);
        if (e % 2) fmpz_mul_ui(n, n, q);
    }
    n_primes_clear(primes);
    fmpz_clear(p);
    fmpz_clear(power);
    fmpz_clear(left);
}

/* n >= twice^(2 layers), so many primes have few layers: while they outnumber the layers, a square of all at a time. */
static void remove_squares(fmpz_t root, fmpz_t n, fmpz_t twice)
{
    fmpz_t once;
    fmpz_init(once);
    while ((double) fmpz_bits(twice) * (double) fmpz_bits(twice) > 16.0 * (double) fmpz_bits(n)) {
        fmpz_mul(root, root, twice);
        fmpz_divexact(n, n, twice);
        fmpz_divexact(n, n, twice);
        split_primes(once, twice, n, twice);
    }
    remove_by_prime(root, n, twice);
    fmpz_clear(once);
}

static void reduce_general(fmpz_t root, fmpz_t n)
{
    fmpz_t once, twice, r;
    fmpz_init(once);
    fmpz_init(twice);
    fmpz_init(r);
    fmpz_one(root);
    split_primes(once, twice, n, primorial());
    if (!fmpz_is_one(twice)) {
        remove_squares(root, n, twice);
        fmpz_gcd(once, once, n);
    }
    fmpz_divexact(r, n, once);
    if (fmpz_is_square(r)) {
        fmpz_sqrt(r, r);
        fmpz_mul(root, root, r);
        fmpz_set(n, once);
    }
    fmpz_clear(once);
    fmpz_clear(twice);
    fmpz_clear(r);
}

bool rc_radicand_is_large(const fmpz_t n)
{
    return fmpz_bits(n) > 32;
}

void rc_radicand_reduce(fmpz_t root, fmpz_t n)
{
    if (rc_radicand_is_large(n)) reduce_general(root, n);
    else reduce_small(root, n);
}

bool rc_radicand_is_reduced(const fmpz_t n)
{
    if (fmpz_sgn(n) <= 0) return false;
    if (fmpz_is_one(n)) return true;
    fmpz_t once, twice;
    fmpz_init(once);
    fmpz_init(twice);
    split_primes(once, twice, n, primorial());
    bool reduced = fmpz_is_one(twice) && !fmpz_is_square(n);
    fmpz_clear(once);
    fmpz_clear(twice);
    return reduced;
}

bool rc_radicand_same_class(const fmpz_t n, const fmpz_t m)
{
    if (fmpz_equal(n, m)) return true;
    if (!rc_radicand_is_large(n) && !rc_radicand_is_large(m)) return false;
    fmpz_t product;
    fmpz_init(product);
    fmpz_mul(product, n, m);
    bool same = fmpz_is_square(product);
    fmpz_clear(product);
    return same;
}
