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
    mpq_set(r, s);
    if (take_root(r)) {
        mpq_add(x->p, x->p, r);
        mpq_clear(r);
        return;
    }
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
    } else {
        x->square = memory_resize(x->square, ++x->terms, sizeof *x->square);
        mpq_init(x->square[i]);
        mpq_set(x->square[i], s);
    }
    mpq_clear(r);
}

static sum *new_sum(const mpq_t p) {
    sum *x = memory_new(1, sizeof *x);
    mpq_init(x->p);
    mpq_set(x->p, p);
    return x;
}

number rational(const mpq_t p) { return new_sum(p); }

number integer(long p) {
    NEW_Q(q);
    mpq_set_si(q, p, 1);
    return new_sum(q);
}

number signed_root(const mpq_t s) {
    NEW_Q(zero);
    sum *x = new_sum(zero);
    add_root(x, s);
    return x;
}

number plus(number x, number y) {
    if (x->family != NULL || y->family != NULL) return family_plus(x, y);
    sum *z = new_sum(x->p);
    mpq_add(z->p, z->p, y->p);
    for (size_t i = 0; i < x->terms; i++) add_root(z, x->square[i]);
    for (size_t i = 0; i < y->terms; i++) add_root(z, y->square[i]);
    return z;
}

/* z += the roots of y times the rational p. */
static void add_scaled(sum *z, number y, const mpq_t p) {
    NEW_Q(s);
    for (size_t i = 0; i < y->terms && mpq_sgn(p) != 0; i++) {
        mpq_abs(s, p);
        mpq_mul(s, s, p);
        mpq_mul(s, s, y->square[i]);
        add_root(z, s);
    }
    mpq_clear(s);
}

number negative(number x) { return times(integer(-1), x); }

number minus(number x, number y) {
    if (x->family != NULL || y->family != NULL || x->terms + y->terms > 0) return plus(x, negative(y));
    sum *z = new_sum(x->p);
    mpq_sub(z->p, z->p, y->p);
    return z;
}

number times(number x, number y) {
    if (x->family != NULL || y->family != NULL) return family_times(x, y);
    sum *z = new_sum(x->p);
    mpq_mul(z->p, z->p, y->p);
    add_scaled(z, y, x->p);
    add_scaled(z, x, y->p);
    NEW_Q(s);
    for (size_t i = 0; i < x->terms * y->terms; i++) {
        mpq_mul(s, x->square[i / y->terms], y->square[i % y->terms]);
        add_root(z, s);
    }
    mpq_clear(s);
    return z;
}

/* How many roots add up to x, that of the square of its rational part included. */
size_t number_roots(number x) { return x->terms + (mpq_sgn(x->p) != 0); }

size_t number_bits(number x) {
    size_t bits = 2 * (mpz_sizeinbase(mpq_numref(x->p), 2) + mpz_sizeinbase(mpq_denref(x->p), 2));  /* of squares, twice */
    for (size_t i = 0; i < x->terms; i++)
        bits += mpz_sizeinbase(mpq_numref(x->square[i]), 2) + mpz_sizeinbase(mpq_denref(x->square[i]), 2);
    return bits / 2;
}

/* 1/x = y/(x y), y being x with the latter half of its roots negated. Of 2, 3, 4 roots x y has at
   most 1, 2, 3; and y is not 0, for its roots are independent as those of x are. */
number inverse(number x) {
    if (x->family != NULL) return family_inverse(x);
    size_t n = number_roots(x), half = (n + 1) / 2 - (mpq_sgn(x->p) != 0);
    NEW_Q(s);
    if (n == 1) {
        mpq_inv(s, x->terms == 0 ? x->p : x->square[0]);
        return (x->terms == 0 ? rational : signed_root)(s);
    }
    sum *y = new_sum(x->p);
    for (size_t i = 0; i < x->terms; i++) {
        mpq_set(s, x->square[i]);
        if (i >= half) mpq_neg(s, s);
        add_root(y, s);
    }
    return times(y, inverse(times(x, y)));
}

/* p is a bound of x, a lower one for side -1, an upper one for side 1, to at least 256 bits, so of the sign
   of x: with |2^bits x - z| <= x->terms + 1, as 2^bits √|s| is between the integer square root of 4^bits |s| and
   that + 1, z has 264 bits at least. Ends, for a sum with irrational terms is not 0. */
static void approximate(mpq_t p, number x, int side) {
    unsigned long bits = 160;
    NEW_Z(root); NEW_Z(z);
    do {
        bits *= 2;
        mpz_mul_2exp(z, mpq_numref(x->p), bits);
        mpz_fdiv_q(z, z, mpq_denref(x->p));
        for (size_t i = 0; i < x->terms; i++) {
            mpz_mul_2exp(root, mpq_numref(x->square[i]), 2 * bits);
            mpz_abs(root, root);
            mpz_fdiv_q(root, root, mpq_denref(x->square[i]));
            mpz_sqrt(root, root);
            (mpq_sgn(x->square[i]) > 0 ? mpz_add : mpz_sub)(z, z, root);
        }
    } while (mpz_sizeinbase(z, 2) < 264);
    (side < 0 ? mpz_sub_ui : mpz_add_ui)(z, z, x->terms + 1);
    mpq_set_z(p, z);
    mpq_div_2exp(p, p, bits);
}

int sign(number x) {
    NEW_Q(p);
    if (x->family != NULL) return family_sign(x);
    if (x->terms == 0) return mpq_sgn(x->p);
    if (number_roots(x) == 1) return mpq_sgn(x->square[0]);
    approximate(p, x, 1);
    return mpq_sgn(p);
}

int compare(number x, number y) {
    bool plain = x->family == NULL && y->family == NULL;
    int order = plain && x->terms + y->terms == 0 ? mpq_cmp(x->p, y->p)
        : plain && x->terms == 1 && y->terms == 1 && mpq_sgn(x->p) == 0 && mpq_sgn(y->p) == 0
        ? mpq_cmp(x->square[0], y->square[0]) : sign(minus(x, y));
    return (order > 0) - (order < 0);
}

static bool holds(number x, number y, bool strict) {
    return x->family != NULL || y->family != NULL ? family_holds(minus(x, y), strict) : compare(x, y) >= strict;
}

bool at_least(number x, number y) { return holds(x, y, false); }
bool exceeds(number x, number y) { return holds(x, y, true); }
int side(number x) { return exceeds(x, integer(0)) ? 1 : exceeds(integer(0), x) ? -1 : 0; }
int weak_side(number x) { return at_least(x, integer(0)) ? 1 : at_least(integer(0), x) ? -1 : sign(x); }
bool is_null(number x) { return at_least(x, integer(0)) && at_least(integer(0), x); }
number absolute(number x) { return weak_side(x) < 0 ? negative(x) : x; }
number larger(number x, number y) { return weak_side(minus(x, y)) > 0 ? x : y; }

void values_add(values *v, number x, int side_of) {
    if (v->n > 0 && x->family == NULL && v->x[0]->family == NULL) {
        if (compare(x, v->x[0]) * side_of > 0) v->x[0] = x;
        return;
    }
    v->x = memory_resize(v->x, v->n + 1, sizeof *v->x);
    v->x[v->n++] = x;
}

bool some_above(values v, number y, bool strict) {
    for (size_t i = 0; i < v.n; i++)
        if (holds(v.x[i], y, strict)) return true;
    return false;
}

bool all_below(values v, number y, bool strict) {
    for (size_t i = 0; i < v.n; i++)
        if (!holds(y, v.x[i], strict)) return false;
    return true;
}

/* If x is a single root that is irrational, then p becomes x². */
bool get_rational(mpq_t p, number x) {
    mpq_set(p, x->p);
    if (x->terms == 1 && mpq_sgn(x->p) == 0) mpq_abs(p, x->square[0]);
    return x->terms == 0 && x->family == NULL;
}

const char *number_text(number x) {
    char *text = "";
    NEW_Q(p);
    if (x->family != NULL) return family_text(x);
    if (mpq_sgn(x->p) != 0 || x->terms == 0) gmp_asprintf(&text, "%Qd", x->p);
    for (size_t i = 0; i < x->terms; i++) {
        bool below = mpq_sgn(x->square[i]) < 0;
        mpq_abs(p, x->square[i]);
        gmp_asprintf(&text, "%s%ssqrt(%Qd)", text, *text == '\0' ? (below ? "-" : "") : below ? " - " : " + ", p);
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

static number raised(number x, unsigned long e) {
    number y = integer(1);
    for (; e > 0; e--) y = times(y, x);
    return y;
}

/* For alpha = p/q, t^q is compared with s^q r^p, by bounds or, for functions of parameters, by lines. */
bool power_holds(number t, number s, number r, number alpha, bool below) {
    NEW_Q(a);
    get_rational(a, alpha);
    unsigned long p = mpz_get_ui(mpq_numref(a)), q = mpz_get_ui(mpq_denref(a));
    number zero = integer(0);
    if (t->family != NULL || s->family != NULL || r->family != NULL) {
        if (below && at_least(zero, t)) return true;
        number x = raised(t, q), y = times(raised(s, q), raised(r, p));
        return below ? at_least(r, zero) && at_least(y, x) : exceeds(t, zero) && exceeds(x, y);
    }
    if (below && sign(r) < 0) return sign(t) <= 0;
    if (p == 1 && (q == 1 || (q == 2 && r->terms == 0)))
        return (compare(t, times(s, q == 1 ? r : root_of(r))) <= 0) == below;
    if (sign(t) <= 0 || sign(s) == 0 || sign(r) == 0) return (compare(t, times(s, r)) <= 0) == below;
    number x = power(t, q, below ? 1 : -1), y = times(power(s, q, below ? -1 : 1), power(r, p, below ? -1 : 1));
    return below ? compare(y, x) >= 0 : compare(x, y) > 0;
}
