/* Sums of square roots: section 1. soundness.md argues that their signs are exact. */

#include "check.h"

/* Is r a square? Then r becomes its root. */
static bool take_root(mpq_t r) {
    if (!mpz_perfect_square_p(mpq_numref(r)) || !mpz_perfect_square_p(mpq_denref(r))) return false;
    mpz_sqrt(mpq_numref(r), mpq_numref(r));
    mpz_sqrt(mpq_denref(r), mpq_denref(r));
    return true;
}

/* s becomes s |s|, the signed square of the rational s. */
static void square(mpq_t s) {
    bool negative = mpq_sgn(s) < 0;
    mpq_mul(s, s, s);
    if (negative) mpq_neg(s, s);
}

/* Adds the root with signed square s. If a is the one of a term and |a s| = r², then the two add up
   to (a ± r)/√|a|, with the sign of s. */
static void add_root(sum *x, const mpq_t s) {
    mpq_t r, a;
    size_t i = 0;
    if (mpq_sgn(s) == 0) return;
    mpq_inits(r, a, NULL);
    for (; i < x->terms; i++) {
        mpq_mul(r, x->square[i], s);
        mpq_abs(r, r);
        if (take_root(r)) break;
    }
    if (i == x->terms) {
        x->square = memory_resize(x->square, ++x->terms, sizeof *x->square);
        mpq_init(x->square[i]);
        mpq_set(x->square[i], s);
    } else {
        mpq_abs(a, x->square[i]);
        (mpq_sgn(s) > 0 ? mpq_add : mpq_sub)(r, x->square[i], r);
        square(r);
        mpq_div(x->square[i], r, a);
        if (mpq_sgn(r) == 0) mpq_swap(x->square[i], x->square[--x->terms]);
    }
    mpq_clears(r, a, NULL);
}

number signed_root(const mpq_t s) {
    sum *x = memory_new(1, sizeof *x);
    add_root(x, s);
    return x;
}

number rational(const mpq_t p) {
    mpq_t s;
    mpq_init(s);
    mpq_set(s, p);
    square(s);
    return signed_root(s);
}

number integer(long p) {
    mpq_t q;
    mpq_init(q);
    mpq_set_si(q, p, 1);
    return rational(q);
}

/* x + y with all but the first `kept` terms of y negated. */
static number combine(number x, number y, size_t kept) {
    sum *z = memory_new(1, sizeof *z);
    mpq_t s;
    mpq_init(s);
    for (size_t i = 0; i < x->terms; i++) add_root(z, x->square[i]);
    for (size_t i = 0; i < y->terms; i++) {
        mpq_set(s, y->square[i]);
        if (i >= kept) mpq_neg(s, s);
        add_root(z, s);
    }
    return z;
}

number plus(number x, number y) {
    return combine(x, y, y->terms);
}

number minus(number x, number y) {
    return combine(x, y, 0);
}

number times(number x, number y) {
    sum *z = memory_new(1, sizeof *z);
    mpq_t s;
    mpq_init(s);
    for (size_t i = 0; i < x->terms * y->terms; i++) {
        mpq_mul(s, x->square[i / y->terms], y->square[i % y->terms]);
        add_root(z, s);
    }
    return z;
}

/* 1/x = y/(x y), y being x with the latter half of its terms negated. Of 2, 3, 4 terms x y has at
   most 1, 2, 3; and y is not 0, for its roots are independent as those of x are. */
number inverse(number x) {
    number result = integer(1), y;
    mpq_t s;
    mpq_init(s);
    for (; x->terms > 1; x = times(x, y)) {
        y = combine(integer(0), x, (x->terms + 1) / 2);
        result = times(result, y);
    }
    mpq_inv(s, x->square[0]);
    return times(result, signed_root(s));
}

number root_of(number x) {
    mpq_t p;
    mpq_init(p);
    get_rational(p, x);
    return signed_root(p);
}

/* lo <= 2^bits x <= hi: 2^bits √|s| is between the integer square root of 4^bits |s| and that + 1. */
static void enclose(mpz_t lo, mpz_t hi, number x, unsigned long bits) {
    mpz_t low;
    mpz_init(low);
    mpz_set_ui(lo, 0);
    mpz_set_ui(hi, 0);
    for (size_t i = 0; i < x->terms; i++) {
        mpz_mul_2exp(low, mpq_numref(x->square[i]), 2 * bits);
        mpz_abs(low, low);
        mpz_fdiv_q(low, low, mpq_denref(x->square[i]));
        mpz_sqrt(low, low);
        (mpq_sgn(x->square[i]) > 0 ? mpz_add : mpz_sub)(lo, lo, low);
        (mpq_sgn(x->square[i]) > 0 ? mpz_add : mpz_sub)(hi, hi, low);
        if (mpq_sgn(x->square[i]) > 0) mpz_add_ui(hi, hi, 1);
        else mpz_sub_ui(lo, lo, 1);
    }
    mpz_clear(low);
}

/* A sum of at least one term is not 0, so enclosures of growing precision decide. */
int sign(number x) {
    int result = x->terms == 1 ? mpq_sgn(x->square[0]) : 0;
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    for (unsigned long bits = 64; result == 0 && x->terms > 0; bits *= 2) {
        enclose(lo, hi, x, bits);
        result = mpz_sgn(lo) > 0 ? 1 : mpz_sgn(hi) < 0 ? -1 : 0;
    }
    mpz_clears(lo, hi, NULL);
    return result;
}

int compare(number x, number y) {
    return x->terms == 1 && y->terms == 1 ? mpq_cmp(x->square[0], y->square[0]) : sign(minus(x, y));
}

number absolute(number x) {
    return sign(x) < 0 ? minus(integer(0), x) : x;
}

number larger(number x, number y) {
    return compare(x, y) >= 0 ? x : y;
}

bool get_rational(mpq_t p, number x) {
    mpq_set_ui(p, 0, 1);
    if (x->terms == 0) return true;
    mpq_abs(p, x->square[0]);
    if (x->terms > 1 || !take_root(p)) return false;
    if (mpq_sgn(x->square[0]) < 0) mpq_neg(p, p);
    return true;
}

size_t number_bits(number x) {
    size_t bits = 0;
    for (size_t i = 0; i < x->terms; i++)
        bits += mpz_sizeinbase(mpq_numref(x->square[i]), 2) + mpz_sizeinbase(mpq_denref(x->square[i]), 2);
    return bits / 2;
}

const char *number_text(number x) {
    char *text = "0";
    mpq_t p;
    mpq_init(p);
    for (size_t i = 0; i < x->terms; i++) {
        bool root = !get_rational(p, &(sum){1, &x->square[i]}), below = mpq_sgn(x->square[i]) < 0;
        mpq_abs(p, root ? x->square[i] : p);
        gmp_asprintf(&text, "%s%s%s%Qd%s", i == 0 ? "" : text,
                     i == 0 ? (below ? "-" : "") : below ? " - " : " + ", root ? "sqrt(" : "", p, root ? ")" : "");
    }
    return text;
}

static void power(mpq_t x, unsigned long exponent) {
    mpz_pow_ui(mpq_numref(x), mpq_numref(x), exponent);
    mpz_pow_ui(mpq_denref(x), mpq_denref(x), exponent);
}

/* lo <= x^q <= hi for x > 0: exact if x is rational, else from an enclosure of x with 256 bits. */
static void enclose_power(mpq_t lo, mpq_t hi, number x, unsigned long q) {
    unsigned long bits = 256;
    mpq_inits(lo, hi, NULL);
    if (get_rational(lo, x)) {
        mpq_set(hi, lo);
    } else {
        do enclose(mpq_numref(lo), mpq_numref(hi), x, bits *= 2);
        while (mpz_sgn(mpq_numref(lo)) <= 0 || mpz_sizeinbase(mpq_numref(lo), 2) < 256);
        mpz_set_ui(mpq_denref(lo), 1);
        mpq_div_2exp(lo, lo, bits);
        mpq_div_2exp(hi, hi, bits);
    }
    power(lo, q);
    power(hi, q);
}

int compare_power(number t, number s, number r, number alpha) {
    mpq_t a, factor, t_lo, t_hi, s_lo, s_hi;
    unsigned long p, q;
    mpq_inits(a, factor, NULL);
    get_rational(a, alpha);
    p = mpz_get_ui(mpq_numref(a));
    q = mpz_get_ui(mpq_denref(a));
    if (p == 1 && q <= 2) return compare(t, times(s, q == 1 ? r : root_of(r)));
    if (sign(t) <= 0 || sign(s) == 0 || sign(r) == 0) return compare(t, times(s, r));
    enclose_power(t_lo, t_hi, t, q);          /* t^q against s^q r^p */
    enclose_power(s_lo, s_hi, s, q);
    get_rational(factor, r);
    power(factor, p);
    mpq_mul(s_lo, s_lo, factor);
    mpq_mul(s_hi, s_hi, factor);
    if (mpq_equal(t_lo, t_hi) && mpq_equal(s_lo, s_hi)) return mpq_cmp(t_lo, s_lo);
    return mpq_cmp(t_lo, s_hi) > 0 ? 1 : mpq_cmp(t_hi, s_lo) < 0 ? -1 : 2;
}
