/* Radicands: positive integers modulo squares. Private to src/number. */
#ifndef RELUCERT_NUMBER_RADICAND_H
#define RELUCERT_NUMBER_RADICAND_H

#include <flint/fmpz.h>
#include <stdbool.h>

/* n > 0 becomes n / root^2: no square of a prime below 2^16 divides the new n, and its part without prime factors below
   2^16 is not a perfect square unless 1 (so neither is n). Input below 2^32 becomes square-free. */
void rc_radicand_reduce(fmpz_t root, fmpz_t n);

/* Is n free of squares of primes below 2^16, and no perfect square unless 1? */
bool rc_radicand_is_reduced(const fmpz_t n);

/* Reduced n != m can have a square product only if one of them is at least 2^32: n = a^2 k, m = b^2 k with a != b
   coprime, and whichever of a, b is not 1 has a prime factor, which is at least 2^16. */
bool rc_radicand_is_large(const fmpz_t n);

/* Is n m a perfect square? */
bool rc_radicand_same_class(const fmpz_t n, const fmpz_t m);

#endif
