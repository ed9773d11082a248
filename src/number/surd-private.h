/* What the sources of the surd module share. */
#ifndef RELUCERT_NUMBER_SURD_PRIVATE_H
#define RELUCERT_NUMBER_SURD_PRIVATE_H

#include "relucert/surd.h"

/* s += c sqrt(n) for a reduced radicand n (rc_radicand_reduce). */
void rc_surd_add_term(rc_surd_t s, const fmpq_t c, const fmpz_t n);

/* s is 0 or one term with radicand 1. */
static inline bool rc_surd_is_plain(const rc_surd_struct *s)
{
    return s->length == 0 || (s->length == 1 && fmpz_is_one(s->radicands));
}

/* x = floor(s). */
void rc_surd_floor(fmpz_t x, const rc_surd_t s);

/* rc_surd_inv, given up with RC_LIMIT before a product that handles more than `most` bits. */
rc_status rc_surd_inv_within(rc_surd_t s, const rc_surd_t t, double most) RC_MUST_USE;

/* Total bits of all numerators and of the denominators and radicands that are not 1. */
double rc_surd_bits(const rc_surd_t s);

#endif
