/* The exact cost min over lambda > 0 of max(||lambda eps u - a||, ||gamma / lambda - c||), in closed form.

   With a = sqrt(q) a', c = c' / sqrt(q) and lambda = sqrt(q) mu it is sqrt(q) times the least value over mu > 0 of the
   largest of the functions

       f(mu) = s mu + g / mu + k,
       (s, g, k) = (sigma eps u_j, 0, -sigma a'_j) or (0, sigma gamma_p / q, -sigma c'_p / q),

   sigma = +1, -1. Each is increasing, decreasing or constant. By Helly's theorem on the line the least value is the
   largest constant or the largest value at which an increasing one crosses a decreasing one. The search exchanges one
   of the two as long as some function is larger at the crossing: the value then grows, so the search ends, and where
   none is larger the value is reached. A crossing of two functions of one kind is rational in mu (or 1/mu); of two
   kinds it is the positive root of s mu^2 + (k1 - k2) mu - g = 0, and every value there has the form
   P + Q sqrt(delta). */
#include "theory/cost.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    fmpq *s, *g, *k; /* length n */
    slong n;         /* functions 2 e and 2 e + 1 are those of entry e with sigma = +, - */
    slong weights;   /* entries of a: the first ones */
} functions;

static void functions_init(functions *f, slong n)
{
    f->n = n;
    f->s = _fmpq_vec_init(n);
    f->g = _fmpq_vec_init(n);
    f->k = _fmpq_vec_init(n);
}

static void functions_clear(functions *f)
{
    _fmpq_vec_clear(f->s, f->n);
    _fmpq_vec_clear(f->g, f->n);
    _fmpq_vec_clear(f->k, f->n);
}

/* The functions of a alone (with_output false), or all. */
static void functions_set(functions *f, const rc_network_t net, slong i, const rc_canonical_t g, slong H, int eps,
                          bool with_output)
{
    slong d = net->d, D = with_output ? net->D : 0;
    functions_init(f, 2 * (d + D));
    f->weights = d;
    for (slong e = 0; e < d + D; e++) {
        slong x = 2 * e, y = x + 1;
        if (e < d) {
            fmpz_set(fmpq_numref(f->s + x), fmpz_mat_entry(g->u, H, e));
            if (eps < 0) fmpq_neg(f->s + x, f->s + x);
            fmpq_neg(f->k + x, fmpq_mat_entry(net->u, i, e));
        } else {
            fmpq_div(f->g + x, fmpq_mat_entry(g->gamma, H, e - d), net->q + i);
            fmpq_div(f->k + x, fmpq_mat_entry(net->gamma, i, e - d), net->q + i);
            fmpq_neg(f->k + x, f->k + x);
        }
        fmpq_neg(f->s + y, f->s + x);
        fmpq_neg(f->g + y, f->g + x);
        fmpq_neg(f->k + y, f->k + x);
    }
}

/* +1 increasing, -1 decreasing, 0 constant on mu > 0. */
static int trend(const functions *f, slong e)
{
    int s = fmpq_sgn(f->s + e);
    return s ? s : -fmpq_sgn(f->g + e);
}

static bool is_weight(const functions *f, slong e)
{
    return e < 2 * f->weights;
}

/* A number p + r sqrt(delta). */
typedef struct {
    fmpq_t p, r;
} quadratic;

static void quadratic_init(quadratic *x)
{
    fmpq_init(x->p);
    fmpq_init(x->r);
}

static void quadratic_clear(quadratic *x)
{
    fmpq_clear(x->p);
    fmpq_clear(x->r);
}

/* Sign of p + r sqrt(delta), delta >= 0. */
static int quadratic_sgn(const quadratic *x, const fmpq_t delta)
{
    int p = fmpq_sgn(x->p), r = fmpq_is_zero(delta) ? 0 : fmpq_sgn(x->r);
    if (p == 0 || r == 0 || p == r) return p ? p : r;
    fmpq_t a, b;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_mul(a, x->p, x->p);
    fmpq_mul(b, x->r, x->r);
    fmpq_mul(b, b, delta);
    int c = fmpq_cmp(a, b);
    fmpq_clear(a);
    fmpq_clear(b);
    return c > 0 ? p : c < 0 ? r : 0;
}

/* Where two functions cross: mu (unused when both are of the output kind), nu = 1/mu and the value there. */
typedef struct {
    fmpq_t delta;
    quadratic mu, nu, value;
} crossing;

static void crossing_init(crossing *c)
{
    fmpq_init(c->delta);
    quadratic_init(&c->mu);
    quadratic_init(&c->nu);
    quadratic_init(&c->value);
}

static void crossing_clear(crossing *c)
{
    fmpq_clear(c->delta);
    quadratic_clear(&c->mu);
    quadratic_clear(&c->nu);
    quadratic_clear(&c->value);
}

/* Both functions are linear in z (mu or nu): slope1 z + k1 = slope2 z + k2. False if z <= 0 and the domain is z > 0. */
static bool cross_lines(quadratic *z, quadratic *other, crossing *c, const functions *f, const fmpq *slope, slong e1,
                        slong e2, bool line)
{
    fmpq_t top, bottom;
    fmpq_init(top);
    fmpq_init(bottom);
    fmpq_sub(top, f->k + e2, f->k + e1);
    fmpq_sub(bottom, slope + e1, slope + e2);
    fmpq_div(z->p, top, bottom);
    fmpq_zero(z->r);
    fmpq_zero(c->delta);
    fmpq_mul(c->value.p, slope + e1, z->p);
    fmpq_add(c->value.p, c->value.p, f->k + e1);
    fmpq_zero(c->value.r);
    bool inside = line || fmpq_sgn(z->p) > 0;
    fmpq_zero(other->r);
    if (inside && fmpq_sgn(z->p) != 0) fmpq_inv(other->p, z->p);
    fmpq_clear(top);
    fmpq_clear(bottom);
    return inside;
}

/* s mu + k1 = g / mu + k2 with s g > 0: the positive root of s mu^2 + b mu - g = 0 with b = k1 - k2;
   nu = (s mu + b) / g. */
static void cross_mixed(crossing *c, const functions *f, slong weight, slong output)
{
    fmpq_t b, twice;
    fmpq_init(b);
    fmpq_init(twice);
    const fmpq *s = f->s + weight, *g = f->g + output;
    fmpq_sub(b, f->k + weight, f->k + output);
    fmpq_mul(c->delta, s, g);
    fmpq_mul_2exp(c->delta, c->delta, 2);
    fmpq_addmul(c->delta, b, b);
    fmpq_mul_2exp(twice, s, 1);
    fmpq_div(c->mu.p, b, twice);
    fmpq_neg(c->mu.p, c->mu.p);
    fmpq_inv(c->mu.r, twice);
    fmpq_abs(c->mu.r, c->mu.r); /* the positive root for either sign of s */
    fmpq_mul(c->value.p, s, c->mu.p);
    fmpq_add(c->nu.p, c->value.p, b);
    fmpq_div(c->nu.p, c->nu.p, g);
    fmpq_add(c->value.p, c->value.p, f->k + weight);
    fmpq_mul(c->value.r, s, c->mu.r);
    fmpq_div(c->nu.r, c->value.r, g);
    fmpq_clear(b);
    fmpq_clear(twice);
}

/* False if they do not cross in the domain. */
static bool cross(crossing *c, const functions *f, slong rising, slong falling, bool line)
{
    if (is_weight(f, rising) && is_weight(f, falling))
        return cross_lines(&c->mu, &c->nu, c, f, f->s, rising, falling, line);
    if (!is_weight(f, rising) && !is_weight(f, falling))
        return cross_lines(&c->nu, &c->mu, c, f, f->g, rising, falling, false);
    if (is_weight(f, rising)) cross_mixed(c, f, rising, falling);
    else cross_mixed(c, f, falling, rising);
    return true;
}

/* Sign of f_e - value at the crossing. */
static int excess(const crossing *c, const functions *f, slong e, quadratic *scratch)
{
    const quadratic *z = is_weight(f, e) ? &c->mu : &c->nu;
    const fmpq *slope = is_weight(f, e) ? f->s + e : f->g + e;
    fmpq_mul(scratch->p, slope, z->p);
    fmpq_add(scratch->p, scratch->p, f->k + e);
    fmpq_sub(scratch->p, scratch->p, c->value.p);
    fmpq_mul(scratch->r, slope, z->r);
    fmpq_sub(scratch->r, scratch->r, c->value.r);
    return quadratic_sgn(scratch, c->delta);
}

/* A function of the given trend and kind: one that is unbounded towards its end of the domain. */
static slong unbounded(const functions *f, int direction)
{
    slong start = direction > 0 ? 0 : 2 * f->weights;
    slong e = start;
    while (trend(f, e) != direction) e++;
    return e;
}

/* One exchange: a function above the crossing replaces the one of its trend. Where the new pair does not cross in
   mu > 0, its other member stays below the new one throughout and gives way to one that is unbounded at the end in
   question (of the output kind falling from +infinity at 0, of the weight kind rising to it); the value still grows,
   since the new function lies above the old value up to that end. On the whole line weights cross always. */
static bool exchange(slong *rising, slong *falling, crossing *c, const functions *f, bool line, quadratic *scratch)
{
    for (slong e = 0; e < f->n; e++) {
        int direction = trend(f, e);
        if (direction == 0 || excess(c, f, e, scratch) <= 0) continue;
        if (direction > 0) {
            *rising = e;
            if (!cross(c, f, *rising, *falling, line)) {
                *falling = unbounded(f, -1);
                (void) cross(c, f, *rising, *falling, line);
            }
        } else {
            *falling = e;
            if (!cross(c, f, *rising, *falling, line)) {
                *rising = unbounded(f, +1);
                (void) cross(c, f, *rising, *falling, line);
            }
        }
        return true;
    }
    return false;
}

/* Doubles of the coefficients, for the proposal and for enclosures. */
typedef struct {
    double *s, *g, *k;
    double largest[3];
    bool usable;
} shadow;

/* Numerator and denominator differ by fewer than 300 bits, so the conversion and the products below neither
   overflow nor underflow. */
static bool fits(const fmpq *x)
{
    slong bits = (slong) fmpz_bits(fmpq_numref(x)) - (slong) fmpz_bits(fmpq_denref(x));
    return fmpq_is_zero(x) || (bits < 300 && bits > -300);
}

static double to_double(const fmpq *x, bool *usable, double *largest)
{
    if (!fits(x)) {
        *usable = false;
        return 0;
    }
    double value = fmpq_get_d(x);
    *largest = fmax(*largest, fabs(value));
    return value;
}

static void shadow_init(shadow *h, const functions *f)
{
    size_t n = (size_t) f->n;
    h->s = flint_malloc(3 * n * sizeof(double));
    h->g = h->s + n;
    h->k = h->g + n;
    h->usable = true;
    h->largest[0] = h->largest[1] = h->largest[2] = 0;
    for (slong e = 0; e < f->n; e++) {
        h->s[e] = to_double(f->s + e, &h->usable, h->largest);
        h->g[e] = to_double(f->g + e, &h->usable, h->largest + 1);
        h->k[e] = to_double(f->k + e, &h->usable, h->largest + 2);
    }
}

static void shadow_clear(shadow *h)
{
    flint_free(h->s);
}

/* The largest rising, falling and constant functions at mu, as computed. */
typedef struct {
    double value[3]; /* falling, constant, rising */
    slong which[3];
} levels;

static void evaluate(levels *v, const shadow *h, const functions *f, double mu)
{
    for (int t = 0; t < 3; t++) {
        v->value[t] = -INFINITY;
        v->which[t] = -1;
    }
    for (slong e = 0; e < f->n; e++) {
        int t = h->s[e] > 0 || h->g[e] < 0 ? 2 : h->s[e] < 0 || h->g[e] > 0 ? 0 : 1;
        double value = (is_weight(f, e) ? h->s[e] * mu : h->g[e] / mu) + h->k[e];
        if (value > v->value[t]) {
            v->value[t] = value;
            v->which[t] = e;
        }
    }
}

/* Bisection for the mu where the rising and the falling ones meet: by exponents, then by halves. */
static double propose(levels *v, const shadow *h, const functions *f)
{
    int low = -290, high = 290;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        evaluate(v, h, f, ldexp(1, middle));
        if (v->value[2] < v->value[0]) low = middle;
        else high = middle;
    }
    double left = ldexp(1, low), right = ldexp(1, high);
    for (int step = 0; step < 60; step++) {
        double middle = left + (right - left) / 2;
        if (!(middle > left && middle < right)) break;
        evaluate(v, h, f, middle);
        if (v->value[2] < v->value[0]) left = middle;
        else right = middle;
    }
    evaluate(v, h, f, right);
    return right;
}

/* The search of the head comment; t = the least value, without the constants. */
static void least_value(crossing *c, const functions *f, bool line)
{
    slong rising = -1, falling = -1;
    quadratic scratch;
    quadratic_init(&scratch);
    shadow h;
    shadow_init(&h, f);
    if (h.usable && !line) {
        levels v;
        propose(&v, &h, f);
        rising = v.which[2];
        falling = v.which[0];
    }
    shadow_clear(&h);
    /* Floating point may have picked functions that do not cross. */
    if (rising < 0 || falling < 0 || trend(f, rising) <= 0 || trend(f, falling) >= 0 ||
        !cross(c, f, rising, falling, line)) {
        rising = unbounded(f, +1);
        falling = line ? rising ^ 1 : unbounded(f, -1);
        (void) cross(c, f, rising, falling, line);
    }
    while (exchange(&rising, &falling, c, f, line, &scratch)) continue;
    quadratic_clear(&scratch);
}

void rc_surd_set_scaled(rc_surd_t s, const fmpq_t q, const fmpq_t x)
{
    rc_surd_set_sqrt_fmpq(s, q);
    rc_surd_mul_fmpq(s, s, x);
}

/* s = sqrt(q) max(p + r sqrt(delta), constants). */
static void set_cost(rc_surd_t s, const crossing *c, const functions *f, const fmpq_t q)
{
    rc_surd_t x;
    rc_surd_init(x);
    fmpq_t y;
    fmpq_init(y);
    fmpq_mul(y, q, c->delta);
    rc_surd_set_scaled(s, y, c->value.r);
    rc_surd_set_scaled(x, q, c->value.p);
    rc_surd_add(s, s, x);
    fmpq_zero(y);
    for (slong e = 0; e < f->n; e++)
        if (trend(f, e) == 0 && fmpq_cmp(f->k + e, y) > 0) fmpq_set(y, f->k + e);
    rc_surd_set_scaled(x, q, y);
    rc_surd_max(s, x);
    rc_surd_clear(x);
    fmpq_clear(y);
}

void rc_cost(rc_surd_t cost, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps)
{
    functions f;
    crossing c;
    functions_set(&f, gamma, i, g, H, eps, true);
    crossing_init(&c);
    least_value(&c, &f, false);
    set_cost(cost, &c, &f, gamma->q + i);
    crossing_clear(&c);
    functions_clear(&f);
}

void rc_cost_line(rc_surd_t cost, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H)
{
    functions f;
    crossing c;
    functions_set(&f, gamma, i, g, H, 1, false);
    crossing_init(&c);
    least_value(&c, &f, true);
    set_cost(cost, &c, &f, gamma->q + i);
    crossing_clear(&c);
    functions_clear(&f);
}

/* For any mu > 0 the least value lies between max(min(rising, falling), constant) and max(rising, falling, constant) at
   mu: to the right of mu the rising one only grows, to the left the falling one does. Each computed function value is
   off by the conversions (relative 2^-52 each), a product or quotient and a sum (2^-53 each): less than
   2^-50 (S mu + G / mu + k), S, G, k the largest coefficients; nothing under- or overflows since all exponents are
   within 300 of 0. The factor sqrt(q) adds 2^-51 and a rounding. */
void rc_cost_enclose(double *lo, double *hi, const rc_network_t gamma, slong i, const rc_canonical_t g, slong H,
                     int eps)
{
    functions f;
    shadow h;
    functions_set(&f, gamma, i, g, H, eps, true);
    shadow_init(&h, &f);
    *lo = 0;
    *hi = INFINITY;
    if (h.usable && fits(gamma->q + i)) {
        levels v;
        double mu = propose(&v, &h, &f), root = sqrt(fmpq_get_d(gamma->q + i));
        double error = ldexp(h.largest[0] * mu + h.largest[1] / mu + h.largest[2], -48);
        double below = fmax(fmin(v.value[0], v.value[2]), v.value[1]),
               above = fmax(fmax(v.value[0], v.value[2]), v.value[1]);
        below = (below - error) * root;
        above = (above + error) * root;
        *lo = below > 0 ? below * (1 - ldexp(1, -45)) : 0;
        *hi = above * (1 + ldexp(1, -45)) + ldexp(1, -1000);
    }
    shadow_clear(&h);
    functions_clear(&f);
}
