/* The largest eigenvalue of a pencil, enclosed in integer arithmetic: the search. */
#include "spectrum.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "spectrum-factor.h"

/* Bits of the vectors during the iterations. */
enum { POWER_BITS = 40, POWER_STEPS = 40, INVERSE_STEPS = 4, ROUNDS = 400, MOST_BITS = 100000 };
enum { SIMPLEST_SIZE = 12, SIMPLEST_BITS = 12 };

void rc_spectrum_init(rc_spectrum_t s)
{
    s->known = false;
    s->n = s->terms = 0;
    fmpq_init(s->lo);
    fmpq_init(s->hi);
    s->vector = NULL;
    s->below = s->above = NULL;
    fmpz_mat_init(s->L, 0, 0);
    fmpz_init_set_ui(s->scale, 1);
    fmpz_init_set_ui(s->weight, 1);
    fmpz_init(s->den);
}

void rc_spectrum_clear(rc_spectrum_t s)
{
    if (s->vector) _fmpz_vec_clear(s->vector, s->n);
    if (s->below) _fmpq_vec_clear(s->below, s->terms);
    if (s->above) _fmpq_vec_clear(s->above, s->terms);
    fmpz_clear(s->den);
    fmpz_clear(s->weight);
    fmpz_clear(s->scale);
    fmpz_mat_clear(s->L);
    fmpq_clear(s->hi);
    fmpq_clear(s->lo);
}

void rc_spectrum_swap(rc_spectrum_t a, rc_spectrum_t b)
{
    rc_spectrum_struct c = *a;
    *a = *b;
    *b = c;
}

#define SWAP(type, x, y) \
    do { \
        type kept = x; \
        x = y; \
        y = kept; \
    } while (0)

void rc_spectrum_tighten(rc_spectrum_t s, rc_spectrum_t closer)
{
    if (!s->known) {
        rc_spectrum_swap(s, closer);
        return;
    }
    if (fmpq_cmp(closer->lo, s->lo) > 0) {
        fmpq_swap(closer->lo, s->lo);
        fmpz_swap(closer->den, s->den);
        SWAP(fmpz *, closer->vector, s->vector);
        SWAP(fmpq *, closer->below, s->below);
    }
    if (fmpq_cmp(closer->hi, s->hi) < 0) {
        fmpq_swap(closer->hi, s->hi);
        fmpz_swap(closer->scale, s->scale);
        fmpz_swap(closer->weight, s->weight);
        fmpz_mat_swap(closer->L, s->L);
        SWAP(fmpq *, closer->above, s->above);
    }
}

void rc_spectrum_shape(rc_spectrum_t s, slong n, slong terms)
{
    rc_spectrum_clear(s);
    rc_spectrum_init(s);
    s->n = n;
    s->terms = terms;
    s->vector = _fmpz_vec_init(n);
    s->below = _fmpq_vec_init(terms);
    s->above = _fmpq_vec_init(terms);
    fmpz_mat_clear(s->L);
    fmpz_mat_init(s->L, n, n);
}

/* x = x rounded down (up) to a multiple of a power of two that is about 2^-bits x. Short numbers stay. */
static void shorten(fmpq_t x, slong bits, bool up)
{
    slong size = (slong) fmpz_bits(fmpq_numref(x)) - (slong) fmpz_bits(fmpq_denref(x));
    if (fmpq_is_zero(x) || (slong) fmpz_bits(fmpq_numref(x)) + (slong) fmpz_bits(fmpq_denref(x)) <= 64) return;
    slong k = bits - size;
    fmpz_t y;
    fmpz_init(y);
    if (k >= 0) {
        fmpq_mul_2exp(x, x, (flint_bitcnt_t) k);
    } else {
        fmpq_div_2exp(x, x, (flint_bitcnt_t) -k);
    }
    if (up) fmpz_cdiv_q(y, fmpq_numref(x), fmpq_denref(x));
    else fmpz_fdiv_q(y, fmpq_numref(x), fmpq_denref(x));
    fmpq_set_fmpz(x, y);
    if (k >= 0) {
        fmpq_div_2exp(x, x, (flint_bitcnt_t) k);
    } else {
        fmpq_mul_2exp(x, x, (flint_bitcnt_t) -k);
    }
    fmpz_clear(y);
}

/* Divides by a power of two, so that the largest entry has `bits` bits; rounds to the nearest. */
void rc_vector_shorten(fmpz *u, slong n, slong bits)
{
    slong most = FLINT_ABS(_fmpz_vec_max_bits(u, n));
    fmpz_t half;
    if (most <= bits) return;
    fmpz_init_set_ui(half, 1);
    fmpz_mul_2exp(half, half, (ulong) (most - bits - 1));
    for (slong j = 0; j < n; j++) {
        fmpz_add(u + j, u + j, half);
        fmpz_fdiv_q_2exp(u + j, u + j, (ulong) (most - bits));
    }
    fmpz_clear(half);
}

/* The search at work: the best vector, at full and at final precision, and the present bounds. `at`: M where the last
   upper bound was tried, at infinity before. */
typedef struct {
    const rc_pencil_struct *M;
    rc_pencil_t at;
    fmpq *k;
    rc_spectrum_struct *s;
    slong bits;
    fmpz *u, *trial;
    fmpz_mat_t F, L;
    fmpz_t error, scale, weight;
    rc_limits *limits;
} search;

static slong vector_bits(const search *r)
{
    return (r->bits + (slong) FLINT_BIT_COUNT((ulong) r->M->n)) / 2 + 5;
}

/* A start with no symmetry, then u = (N + c) u over and over; c > 0 keeps large negative eigenvalues down. */
static void power_iteration(search *r)
{
    slong n = r->M->n;
    fmpz_t shift, sum;
    fmpz_init(shift);
    fmpz_init(sum);
    for (slong j = 0; j < n; j++) {
        fmpz_zero(sum);
        for (slong l = 0; l < n; l++) {
            const fmpz *x = fmpz_mat_entry(r->F, j, l);
            if (fmpz_sgn(x) < 0) fmpz_sub(sum, sum, x);
        }
        if (fmpz_cmp(sum, shift) > 0) fmpz_set(shift, sum);
        fmpz_set_ui(r->u + j, (1u << 20) + (((ulong) j * 2654435761u) & 0xffffu));
    }
    for (int step = 0; step < POWER_STEPS; step++) {
        for (slong j = 0; j < n; j++) {
            _fmpz_vec_dot(r->trial + j, fmpz_mat_entry(r->F, j, 0), r->u, n);
            fmpz_addmul(r->trial + j, shift, r->u + j);
        }
        rc_vector_shorten(r->trial, n, POWER_BITS);
        if (_fmpz_vec_is_zero(r->trial, n)) break;
        _fmpz_vec_swap(r->u, r->trial, n);
    }
    fmpz_clear(sum);
    fmpz_clear(shift);
}

/* Bits of the weights: rounding them moves a bound by less than its width. */
static slong weight_bits(const search *r)
{
    return r->bits + 20;
}

static void take_weights(fmpq *k, const search *r)
{
    for (slong i = 0; i < r->M->terms; i++) fmpq_set(k + i, r->k + i);
}

static bool is_lower(const search *r, const fmpz *v, const fmpq_t t)
{
    rc_pencil_weights(r->k, r->M, t, false, weight_bits(r));
    return rc_pencil_is_lower(r->M, v, t, r->k);
}

/* t with <v, M(t) v> = unit t <v,v>, about, for a pencil with terms: the quotient is decreasing beyond the poles, so
   bisection between a lower bound and twice an upper one finds it. */
static void solve_terms(fmpq_t t, const search *r, const fmpz *v)
{
    fmpq_t low, high;
    fmpq_init(low);
    fmpq_init(high);
    fmpq_set(high, t);
    while (is_lower(r, v, high)) fmpq_mul_2exp(high, high, 1);
    fmpq_div_2exp(low, high, 1);
    while (!is_lower(r, v, low)) {
        fmpq_set(high, low);
        fmpq_div_2exp(low, low, 1);
    }
    /* Regula falsi is quick where the terms hardly matter; bisection always ends. */
    for (slong k = 0; k < r->bits + 12; k++) {
        fmpq_add(t, low, high);
        fmpq_div_2exp(t, t, 1);
        if (is_lower(r, v, t)) fmpq_set(low, t);
        else fmpq_set(high, t);
    }
    fmpq_set(t, low);
    fmpq_clear(high);
    fmpq_clear(low);
}

/* Takes u, rounded, for the lower bound if it gives a better one. */
static void improve_lower(search *r)
{
    slong n = r->M->n;
    fmpq_t t;
    fmpq_init(t);
    _fmpz_vec_set(r->trial, r->u, n);
    rc_vector_shorten(r->trial, n, vector_bits(r));
    rc_pencil_rayleigh(t, r->at, r->trial);
    if (fmpq_sgn(t) > 0) {
        if (r->M->terms > 0) solve_terms(t, r, r->trial);
        shorten(t, r->bits + 8, false);
        if (fmpq_cmp(t, r->s->lo) > 0 && is_lower(r, r->trial, t)) {
            fmpq_set(r->s->lo, t);
            _fmpz_vec_set(r->s->vector, r->trial, n);
            take_weights(r->s->below, r);
        }
    }
    fmpq_clear(t);
}

/* scale / weight such that times unit t it has about 2 e bits; both powers of two, but for the factor D of the scale. */
static void choose_scale(search *r, const fmpq_t t, slong e)
{
    slong size = (slong) fmpz_bits(fmpq_numref(t)) - (slong) fmpz_bits(fmpq_denref(t)) +
                 (slong) FLINT_BIT_COUNT((ulong) r->M->unit);
    fmpz_set(r->scale, r->at->D);
    fmpz_one(r->weight);
    size += (slong) fmpz_bits(r->at->D);
    if (2 * e < size) fmpz_mul_2exp(r->weight, r->weight, (ulong) (size - 2 * e));
    if (2 * e > size) fmpz_mul_2exp(r->scale, r->scale, (ulong) (2 * e - size));
}

/* Tries to prove lambda_max <= t, t > lo. If so, the bound and its factor are taken, and u improved with the factor. */
static bool try_upper(search *r, const fmpq_t t)
{
    slong n = r->M->n, e;
    fmpq_t gap;
    fmpz_t top, less;
    if (r->M->terms > 0 && !rc_pencil_is_beyond_poles(r->M, t)) return false;
    fmpq_init(gap);
    fmpz_init(top);
    fmpz_init(less);
    fmpq_sub(gap, t, r->s->lo);
    fmpq_div(gap, gap, t);
    e = (slong) fmpz_bits(fmpq_denref(gap)) - (slong) fmpz_bits(fmpq_numref(gap)) +
        (slong) FLINT_BIT_COUNT((ulong) n) + 9;
    if (r->M->terms > 0) {
        rc_pencil_weights(r->k, r->M, t, true, weight_bits(r));
        rc_pencil_at(r->at, r->M, t, r->k);
    }
    choose_scale(r, t, e);
    rc_pencil_get_fixed(r->F, r->error, r->at, r->scale, r->weight);
    /* A quarter of scale unit (t - lo) is left to the diagonal. */
    fmpq_mul_fmpz(gap, t, r->scale);
    fmpq_div_fmpz(gap, gap, r->weight);
    fmpq_mul_si(gap, gap, r->M->unit);
    fmpz_fdiv_q(top, fmpq_numref(gap), fmpq_denref(gap));
    fmpq_sub(gap, t, r->s->lo);
    fmpq_mul_fmpz(gap, gap, r->scale);
    fmpq_div_fmpz(gap, gap, r->weight);
    fmpq_mul_si(gap, gap, r->M->unit);
    fmpq_div_2exp(gap, gap, 2);
    fmpz_cdiv_q(less, fmpq_numref(gap), fmpq_denref(gap));
    fmpz_sub(less, top, less);
    bool done = rc_factor_cholesky(r->L, r->F, less) && rc_factor_is_dominant(r->L, r->F, top, r->error);
    if (done) {
        fmpq_set(r->s->hi, t);
        fmpz_set(r->s->scale, r->scale);
        fmpz_set(r->s->weight, r->weight);
        fmpz_mat_set(r->s->L, r->L);
        take_weights(r->s->above, r);
        for (int step = 0; step < INVERSE_STEPS; step++) rc_factor_solve(r->u, r->L, e + 20);
    }
    fmpz_clear(less);
    fmpz_clear(top);
    fmpq_clear(gap);
    return done;
}

/* Is hi - lo <= 2^-bits lo? */
static bool is_narrow(const search *r)
{
    fmpq_t gap;
    fmpq_init(gap);
    fmpq_sub(gap, r->s->hi, r->s->lo);
    fmpq_mul_2exp(gap, gap, (flint_bitcnt_t) r->bits);
    bool narrow = fmpq_cmp(gap, r->s->lo) <= 0;
    fmpq_clear(gap);
    return narrow;
}

/* hi = the largest sum of absolute values of a row (and one pole further), without a factor yet. */
static void first_upper(fmpq_t t, const search *r)
{
    fmpz_t sum, most;
    fmpz_init(sum);
    fmpz_init(most);
    for (slong j = 0; j < r->M->n; j++) {
        fmpz_zero(sum);
        for (slong l = 0; l < r->M->n; l++) {
            const fmpz *x = fmpz_mat_entry(r->at->N, j, l);
            if (fmpz_sgn(x) < 0) fmpz_sub(sum, sum, x);
            else fmpz_add(sum, sum, x);
        }
        if (fmpz_cmp(sum, most) > 0) fmpz_set(most, sum);
    }
    fmpz_mul_si(sum, r->at->D, r->M->unit);
    fmpq_set_fmpz_frac(t, most, sum);
    /* lambda_max of the Hessian is at most that of the Gram matrix plus the largest |z_i| < 1 + s_i. */
    for (slong i = 0; i < r->M->terms; i++) {
        fmpq_t more;
        fmpq_init(more);
        fmpq_add_si(more, r->M->s + i, 1);
        if (i == 0) fmpq_add(t, t, more);
        else if (fmpq_cmp(r->M->s + i, r->M->s) > 0) fmpq_add(t, t, r->M->s + i);
        fmpq_clear(more);
    }
    fmpq_mul_si(t, t, 2);
    shorten(t, 8, true);
    fmpz_clear(most);
    fmpz_clear(sum);
}

/* t = lo + 2^k 2^-(bits + 1) lo. */
static void step_above(fmpq_t t, const search *r, slong k)
{
    slong shift = r->bits + 1 - k;
    fmpq_set(t, r->s->lo);
    if (shift >= 0) {
        fmpq_div_2exp(t, t, (flint_bitcnt_t) shift);
    } else {
        fmpq_mul_2exp(t, t, (flint_bitcnt_t) -shift);
    }
    fmpq_add(t, t, r->s->lo);
    shorten(t, r->bits + 4, false);
}

/* Small matrices often have a rational eigenvalue of a few digits; it is worth a try. */
static void try_simplest(rc_spectrum_t s, const rc_pencil_t M)
{
    fmpq_t simplest;
    if (M->n > SIMPLEST_SIZE) return;
    fmpq_init(simplest);
    fmpq_simplest_between(simplest, s->lo, s->hi);
    if (fmpz_bits(fmpq_denref(simplest)) <= SIMPLEST_BITS) (void) rc_spectrum_exact(s, M, simplest);
    fmpq_clear(simplest);
}

/* The vector of a factor far above lambda_max need not lead to it, since M(t) depends on t: between the last bound that
   failed since lo was improved, `floor`, and hi, bisection takes over. */
static rc_status iterate(search *r, const fmpq_t start)
{
    fmpq_t t, floor, lo;
    fmpq_init(t);
    fmpq_init(floor);
    fmpq_init(lo);
    fmpq_set(r->s->hi, start);
    fmpq_set(floor, r->s->lo);
    bool proved = false;
    slong k = 0;
    for (int round = 0; round < ROUNDS; round++) {
        if (!rc_limits_step(r->limits, "factors")) break;
        if (fmpq_sgn(r->s->lo) > 0) step_above(t, r, k);
        else fmpq_set(t, start);
        if (fmpq_cmp(t, r->s->hi) >= 0 || fmpq_cmp(t, floor) <= 0) {
            fmpq_set(t, r->s->hi);
            if (proved) fmpq_add(t, t, floor);
            if (proved) fmpq_div_2exp(t, t, 1);
        }
        if (try_upper(r, t)) {
            proved = true;
            fmpq_set(lo, r->s->lo);
            improve_lower(r);
            if (is_narrow(r)) {
                r->s->known = true;
                break;
            }
            if (!fmpq_equal(lo, r->s->lo)) fmpq_set(floor, r->s->lo);
            k = k > 12 ? k - 12 : 0;
        } else {
            if (fmpq_cmp(t, floor) > 0) fmpq_set(floor, t);
            k += 3;
        }
    }
    fmpq_clear(lo);
    fmpq_clear(floor);
    fmpq_clear(t);
    if (!r->s->known && !proved) fmpq_zero(r->s->hi);
    return r->s->known ? RC_OK : RC_LIMIT;
}

/* n = 1: the matrix is its eigenvalue, and nothing is left for a factor. */
static void set_single(rc_spectrum_t s, const rc_pencil_t M)
{
    fmpz_one(s->vector);
    fmpz_set(s->scale, M->D);
    fmpz_set(s->den, M->D);
    rc_pencil_rayleigh(s->lo, M, s->vector);
    fmpq_set(s->hi, s->lo);
    s->known = true;
}

rc_status rc_spectrum_enclose(rc_spectrum_t s, const rc_pencil_t M, slong bits, rc_limits *limits)
{
    slong n = M->n;
    if (bits > MOST_BITS) return RC_LIMIT;
    rc_spectrum_shape(s, n, M->terms);
    if (fmpz_mat_is_zero(M->N) && M->terms == 0) {
        s->known = true;
        fmpz_one(s->vector);
        fmpz_set(s->scale, M->D);
        fmpz_set(s->den, M->D);
        return RC_OK;
    }
    if (n == 1 && M->terms == 0) {
        set_single(s, M);
        return RC_OK;
    }
    search r = {.M = M, .s = s, .bits = FLINT_MAX(bits, 4), .limits = limits};
    fmpq_t start;
    fmpq_init(start);
    fmpz_init(r.error);
    fmpz_init(r.scale);
    fmpz_init(r.weight);
    r.u = _fmpz_vec_init(n);
    r.trial = _fmpz_vec_init(n);
    fmpz_mat_init(r.F, n, n);
    fmpz_mat_init(r.L, n, n);
    rc_pencil_init(r.at, 1, 1);
    rc_pencil_at(r.at, M, NULL, NULL);
    r.k = _fmpq_vec_init(M->terms);
    first_upper(start, &r);
    choose_scale(&r, start, POWER_BITS);
    rc_pencil_get_fixed(r.F, r.error, r.at, r.scale, r.weight);
    power_iteration(&r);
    improve_lower(&r);
    rc_status status = iterate(&r, start);
    if (M->terms > 0) rc_pencil_at(r.at, M, s->lo, s->below);
    fmpz_set(s->den, r.at->D);
    if (status == RC_OK) try_simplest(s, M);
    _fmpq_vec_clear(r.k, M->terms);
    rc_pencil_clear(r.at);
    fmpz_mat_clear(r.L);
    fmpz_mat_clear(r.F);
    _fmpz_vec_clear(r.trial, n);
    _fmpz_vec_clear(r.u, n);
    fmpz_clear(r.weight);
    fmpz_clear(r.scale);
    fmpz_clear(r.error);
    fmpq_clear(start);
    return status;
}
