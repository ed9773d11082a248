/* Sums of square roots: section 1. soundness.md argues that their signs are exact. */

#include "check.h"

/* r becomes |r|. Is that a square? Then r becomes its root, with the sign that r had. */
static bool take_root(mpq_t r) {
    bool below = mpq_sgn(r) < 0;
    mpq_abs(r, r);
    if (!mpz_perfect_square_p(mpq_numref(r)) || !mpz_perfect_square_p(mpq_denref(r))) return false;
    mpz_sqrt(mpq_numref(r), mpq_numref(r));
    mpz_sqrt(mpq_denref(r), mpq_denref(r));
    if (below) mpq_neg(r, r);
    return true;
}

/* Adds the root with signed square s. If a is the one of a term and s = a r |r|, then the two add up to
   that of a (1 + r) |1 + r|. */
static void add_root(sum *x, const mpq_t s) {
    size_t i = 0;
    NEW_Q(r);
    for (; i < x->terms; i++) {
        mpq_div(r, s, x->square[i]);
        if (take_root(r)) break;
    }
    if (i < x->terms) {
        mpz_add(mpq_numref(r), mpq_numref(r), mpq_denref(r));
        mpq_mul(x->square[i], x->square[i], r);
        mpq_abs(r, r);
        mpq_mul(x->square[i], x->square[i], r);
        if (mpq_sgn(r) == 0) mpq_swap(x->square[i], x->square[--x->terms]);
    } else if (mpq_sgn(s) != 0) {
        x->square = memory_resize(x->square, ++x->terms, sizeof *x->square);
        mpq_init(x->square[i]);
        mpq_set(x->square[i], s);
    }
    mpq_clear(r);
}

number signed_root(const mpq_t s) {
    sum *x = memory_new(1, sizeof *x);
    add_root(x, s);
    return x;
}

number rational(const mpq_t p) {
    NEW_Q(s);
    mpq_abs(s, p);
    mpq_mul(s, s, p);
    return signed_root(s);
}

number integer(long p) {
    NEW_Q(q);
    mpq_set_si(q, p, 1);
    return rational(q);
}

number plus(number x, number y) {
    if (x->family != NULL || y->family != NULL) return family_plus(x, y);
    sum *z = memory_new(1, sizeof *z);
    for (size_t i = 0; i < x->terms; i++) add_root(z, x->square[i]);
    for (size_t i = 0; i < y->terms; i++) add_root(z, y->square[i]);
    return z;
}

number minus(number x, number y) { return plus(x, times(integer(-1), y)); }

number times(number x, number y) {
    if (x->family != NULL || y->family != NULL) return family_times(x, y);
    sum *z = memory_new(1, sizeof *z);
    NEW_Q(s);
    for (size_t i = 0; i < x->terms * y->terms; i++) {
        mpq_mul(s, x->square[i / y->terms], y->square[i % y->terms]);
        add_root(z, s);
    }
    return z;
}

/* 1/x = y/(x y), y being x with the latter half of its terms negated. Of 2, 3, 4 terms x y has at
   most 1, 2, 3; and y is not 0, for its roots are independent as those of x are. */
number inverse(number x) {
    if (x->family != NULL) return family_inverse(x);
    size_t half = (x->terms + 1) / 2;
    number y = minus(&(sum){half, x->square, NULL}, &(sum){x->terms - half, x->square + half, NULL});
    NEW_Q(s);
    if (x->terms > 1) return times(y, inverse(times(x, y)));
    mpq_inv(s, x->square[0]);
    return signed_root(s);
}

/* p is a bound of x, a lower one for side -1, an upper one for side 1, to at least 256 bits, so of the sign
   of x: with |2^bits x - z| <= x->terms, as 2^bits √|s| is between the integer square root of 4^bits |s| and
   that + 1, z has 264 bits at least. Ends, for a sum of at least one term is not 0. */
static void approximate(mpq_t p, number x, int side) {
    unsigned long bits = 160;
    NEW_Z(root); NEW_Z(z);
    do {
        bits *= 2;
        mpz_set_ui(z, 0);
        for (size_t i = 0; i < x->terms; i++) {
            mpz_mul_2exp(root, mpq_numref(x->square[i]), 2 * bits);
            mpz_abs(root, root);
            mpz_fdiv_q(root, root, mpq_denref(x->square[i]));
            mpz_sqrt(root, root);
            (mpq_sgn(x->square[i]) > 0 ? mpz_add : mpz_sub)(z, z, root);
        }
    } while (mpz_sizeinbase(z, 2) < 264);
    (side < 0 ? mpz_sub_ui : mpz_add_ui)(z, z, x->terms);
    mpq_set_z(p, z);
    mpq_div_2exp(p, p, bits);
}

int sign(number x) {
    NEW_Q(p);
    if (x->terms == 1) return mpq_sgn(x->square[0]);
    if (x->terms > 1) approximate(p, x, 1);
    return mpq_sgn(p);
}

int compare(number x, number y) {
    int order = x->terms == 1 && y->terms == 1 ? mpq_cmp(x->square[0], y->square[0]) : sign(minus(x, y));
    return (order > 0) - (order < 0);
}

number absolute(number x) { return sign(x) < 0 ? times(integer(-1), x) : x; }
number larger(number x, number y) { return compare(x, y) >= 0 ? x : y; }

/* If x is a single root that is irrational, then p becomes x². */
bool get_rational(mpq_t p, number x) {
    mpq_set_ui(p, 0, 1);
    if (x->terms > 0) mpq_set(p, x->square[0]);
    return x->terms < 2 && x->family == NULL && take_root(p);
}

const char *number_text(number x) {
    char *text = "0";
    NEW_Q(p);
    for (size_t i = 0; i < x->terms; i++) {
        bool below = mpq_sgn(x->square[i]) < 0;
        mpq_abs(p, x->square[i]);
        gmp_asprintf(&text, take_root(p) ? "%s%s%Qd" : "%s%ssqrt(%Qd)", i == 0 ? "" : text,
                     i == 0 ? (below ? "-" : "") : below ? " - " : " + ", p);
    }
    return text;
}

/* The root of a bound of x^e, x > 0; of x^e if x is rational, else from an enclosure of x with 256 bits: a
   lower bound for side -1, an upper one for side 1. */
static number power(number x, unsigned long e, int side) {
    NEW_Q(p);
    if (!get_rational(p, x)) approximate(p, x, side);
    mpz_pow_ui(mpq_numref(p), mpq_numref(p), e);
    mpz_pow_ui(mpq_denref(p), mpq_denref(p), e);
    return signed_root(p);
}

number root_of(number x) { return power(x, 1, 0); }

/* For alpha = p/q, t^q is compared with s^q r^p, from below and from above. */
int compare_power(number t, number s, number r, number alpha) {
    NEW_Q(a);
    get_rational(a, alpha);
    unsigned long p = mpz_get_ui(mpq_numref(a)), q = mpz_get_ui(mpq_denref(a));
    if (p == 1 && q <= 2) return compare(t, times(s, q == 1 ? r : root_of(r)));
    if (sign(t) <= 0 || sign(s) == 0 || sign(r) == 0) return compare(t, times(s, r));
    int low = compare(power(t, q, -1), times(power(s, q, 1), power(r, p, 1)));
    int high = compare(power(t, q, 1), times(power(s, q, -1), power(r, p, -1)));
    return low == high ? low : 2;
}
