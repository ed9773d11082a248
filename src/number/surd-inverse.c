/* 1/t by conjugation. */
#include <flint/fmpz_vec.h>
#include <math.h>

#include "relucert/surd.h"

#include "number/radicand.h"
#include "number/surd-private.h"

#define MAX_TERMS 8

/* The classes of the radicands of t generate an elementary abelian 2-group. `element` lists its members as reduced
   radicands: element[mask] is the class of the product of the generators in the mask. At most 2^MAX_TERMS. */
typedef struct {
    int generators;
    slong size;
    fmpz *element;
} class_group;

static slong group_find(const class_group *group, const fmpz_t n)
{
    for (slong mask = 0; mask < group->size; mask++)
        if (rc_radicand_same_class(group->element + mask, n)) return mask;
    return -1;
}

static void group_init(class_group *group, const rc_surd_t t)
{
    group->generators = 0;
    group->size = 1;
    group->element = _fmpz_vec_init(1L << MAX_TERMS);
    fmpz_one(group->element);
    fmpz_t g;
    fmpz_init(g);
    for (slong i = 0; i < t->length; i++) {
        const fmpz *n = t->radicands + i;
        if (group_find(group, n) >= 0) continue;
        for (slong mask = 0; mask < group->size; mask++) {
            fmpz *product = group->element + group->size + mask;
            fmpz_gcd(g, group->element + mask, n);
            fmpz_mul(product, group->element + mask, n);
            fmpz_divexact(product, product, g);
            fmpz_divexact(product, product, g);
        }
        group->generators++;
        group->size *= 2;
    }
    fmpz_clear(g);
}

static void group_clear(class_group *group)
{
    _fmpz_vec_clear(group->element, 1L << MAX_TERMS);
}

/* s = t under the automorphism that changes the sign of the root of generator j. */
static void conjugate(rc_surd_t s, const rc_surd_t t, const class_group *group, int j)
{
    rc_surd_set(s, t);
    for (slong i = 0; i < s->length; i++)
        if (group_find(group, s->radicands + i) >> j & 1) fmpq_neg(s->coeffs + i, s->coeffs + i);
}

/* Are the products of this step within the bound on the number of bits handled? */
static bool affordable(const rc_surd_t s, const rc_surd_t t, double most)
{
    return (double) s->length * rc_surd_bits(t) + (double) t->length * rc_surd_bits(s) <= most;
}

/* For each generator in turn, norm = norm * conjugate(norm) is fixed by one more automorphism (they commute), so in the
   end the norm is rational, and not 0 since no conjugate of t is; 1/t is the product of the conjugates by the norm. */
rc_status rc_surd_inv_within(rc_surd_t s, const rc_surd_t t, double most)
{
    if (t->length == 0) return RC_UNDEFINED;
    if (t->length > MAX_TERMS) return RC_LIMIT;
    class_group group;
    rc_surd_t norm, other, product;
    rc_surd_init(norm);
    rc_surd_init(other);
    rc_surd_init(product);
    group_init(&group, t);
    rc_surd_set(norm, t);
    rc_surd_set_si(product, 1);
    bool fits = true;
    for (int j = 0; j < group.generators; j++) {
        conjugate(other, norm, &group, j);
        fits = affordable(product, other, most) && affordable(norm, other, most);
        if (!fits) break;
        rc_surd_mul(product, product, other);
        rc_surd_mul(norm, norm, other);
    }
    fmpq_t x;
    fmpq_init(x);
    rc_status status = fits ? rc_surd_get_fmpq(x, norm) : RC_LIMIT;
    if (status == RC_OK) {
        fmpq_inv(x, x);
        rc_surd_mul_fmpq(s, product, x);
    }
    fmpq_clear(x);
    group_clear(&group);
    rc_surd_clear(norm);
    rc_surd_clear(other);
    rc_surd_clear(product);
    return status;
}

rc_status rc_surd_inv(rc_surd_t s, const rc_surd_t t)
{
    return rc_surd_inv_within(s, t, HUGE_VAL);
}
