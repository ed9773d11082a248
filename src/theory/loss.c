#include "relucert/loss.h"

#include <flint/fmpq_vec.h>
#include <stdint.h>

void rc_samples_init(rc_samples_t s, slong n, slong d, slong D)
{
    s->n = n;
    fmpq_mat_init(s->x, n, d);
    fmpq_mat_init(s->y, n, D);
}

void rc_samples_clear(rc_samples_t s)
{
    fmpq_mat_clear(s->x);
    fmpq_mat_clear(s->y);
    s->n = 0;
}

/* mean = sum / n, 0 for no samples. */
static void divide_by_count(fmpq_t mean, const fmpq_t sum, slong n)
{
    fmpz_t count;
    fmpz_init_set_si(count, n);
    if (n > 0) fmpq_div_fmpz(mean, sum, count);
    else fmpq_zero(mean);
    fmpz_clear(count);
}

void rc_loss(fmpq_t loss, const rc_network_t net, const rc_samples_t s)
{
    fmpq_t sum, residual;
    fmpq_init(sum);
    fmpq_init(residual);
    fmpq *y = _fmpq_vec_init(net->D);
    for (slong j = 0; j < s->n; j++) {
        rc_network_eval(y, net, fmpq_mat_entry(s->x, j, 0));
        for (slong p = 0; p < net->D; p++) {
            fmpq_sub(residual, y + p, fmpq_mat_entry(s->y, j, p));
            fmpq_addmul(sum, residual, residual);
        }
    }
    divide_by_count(loss, sum, s->n);
    _fmpq_vec_clear(y, net->D);
    fmpq_clear(sum);
    fmpq_clear(residual);
}

/* rational = net with q = 1: u = A and gamma = C^T. False (rational untouched) if some entry is irrational or net is
   not shallow. */
static bool rationalize(rc_network_t rational, const rc_network_t net)
{
    if (net->kind != RC_SHALLOW) return false;
    rc_network_t r;
    rc_surd_t s;
    rc_network_init(r, RC_SHALLOW, net->d, net->m, net->D);
    rc_surd_init(s);
    bool ok = true;
    for (slong i = 0; ok && i < net->m; i++) {
        for (slong k = 0; ok && k < net->d; k++) {
            rc_network_get_a(s, net, i, k);
            ok = rc_surd_get_fmpq(fmpq_mat_entry(r->u, i, k), s) == RC_OK;
        }
        for (slong p = 0; ok && p < net->D; p++) {
            rc_network_get_c(s, net, i, p);
            ok = rc_surd_get_fmpq(fmpq_mat_entry(r->gamma, i, p), s) == RC_OK;
        }
    }
    if (ok) rc_network_swap(rational, r);
    rc_surd_clear(s);
    rc_network_clear(r);
    return ok;
}

/* [lo, hi] = rho of <a, x> over all a within radius of a_i: <a_i, x> -+ radius ||x||_1, cut at 0. */
static void hidden_interval(fmpq_t lo, fmpq_t hi, const rc_network_t net, slong i, const fmpq *x, const fmpq_t radius)
{
    fmpq_t norm, t;
    fmpq_init(norm);
    fmpq_init(t);
    fmpq_zero(lo);
    for (slong k = 0; k < net->d; k++) {
        fmpq_addmul(lo, fmpq_mat_entry(net->u, i, k), x + k);
        fmpq_abs(t, x + k);
        fmpq_add(norm, norm, t);
    }
    fmpq_mul(t, radius, norm);
    fmpq_add(hi, lo, t);
    fmpq_sub(lo, lo, t);
    if (fmpq_sgn(lo) < 0) fmpq_zero(lo);
    if (fmpq_sgn(hi) < 0) fmpq_zero(hi);
    fmpq_clear(norm);
    fmpq_clear(t);
}

/* Adds [c - radius, c + radius] * [zlo, zhi], 0 <= zlo <= zhi, to [lo, hi]. */
static void add_product(fmpq_t lo, fmpq_t hi, const fmpq_t c, const fmpq_t radius, const fmpq_t zlo, const fmpq_t zhi)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_sub(t, c, radius);
    fmpq_addmul(lo, t, fmpq_sgn(t) < 0 ? zhi : zlo);
    fmpq_add(t, c, radius);
    fmpq_addmul(hi, t, fmpq_sgn(t) < 0 ? zlo : zhi);
    fmpq_clear(t);
}

static void add_squared_distance(fmpq_t sum, const fmpq_t y, const fmpq_t lo, const fmpq_t hi)
{
    fmpq_t t;
    fmpq_init(t);
    if (fmpq_cmp(y, lo) < 0) fmpq_sub(t, lo, y);
    else if (fmpq_cmp(y, hi) > 0) fmpq_sub(t, y, hi);
    fmpq_addmul(sum, t, t);
    fmpq_clear(t);
}

/* Adds dist(y_p, interval)^2 over the outputs p of one sample; net has q = 1. */
static void add_sample_bound(fmpq_t sum, const rc_network_t net, const fmpq *x, const fmpq *y, const fmpq_t radius)
{
    fmpq *lo = _fmpq_vec_init(net->D), *hi = _fmpq_vec_init(net->D);
    fmpq_t zlo, zhi;
    fmpq_init(zlo);
    fmpq_init(zhi);
    for (slong i = 0; i < net->m; i++) {
        hidden_interval(zlo, zhi, net, i, x, radius);
        for (slong p = 0; p < net->D; p++)
            add_product(lo + p, hi + p, fmpq_mat_entry(net->gamma, i, p), radius, zlo, zhi);
    }
    for (slong p = 0; p < net->D; p++) add_squared_distance(sum, y + p, lo + p, hi + p);
    fmpq_clear(zlo);
    fmpq_clear(zhi);
    _fmpq_vec_clear(lo, net->D);
    _fmpq_vec_clear(hi, net->D);
}

rc_status rc_loss_box_bound(fmpq_t bound, const rc_network_t net, const rc_samples_t s, const fmpq_t radius)
{
    rc_network_t r;
    rc_network_init(r, RC_SHALLOW, net->d, 1, net->D);
    if (!rationalize(r, net)) {
        rc_network_clear(r);
        return RC_UNDEFINED;
    }
    fmpq_t sum;
    fmpq_init(sum);
    for (slong j = 0; j < s->n; j++)
        add_sample_bound(sum, r, fmpq_mat_entry(s->x, j, 0), fmpq_mat_entry(s->y, j, 0), radius);
    divide_by_count(bound, sum, s->n);
    fmpq_clear(sum);
    rc_network_clear(r);
    return RC_OK;
}

/* The search for a smaller loss: steps from base (q = 1) along a direction (m x (d + D) coordinates, largest absolute
   entry 1), of lengths below the radius. Whatever is proposed, rc_loss decides. */
typedef struct {
    const rc_samples_struct *samples;
    const rc_network_struct *base;
    const fmpq *radius, *loss;
    rc_network_t trial;
    fmpq *direction;
    slong length;
} step_search;

static fmpq *direction_u(step_search *S, slong i, slong k)
{
    return S->direction + i * (S->base->d + S->base->D) + k;
}

static fmpq *direction_c(step_search *S, slong i, slong p)
{
    return S->direction + i * (S->base->d + S->base->D) + S->base->d + p;
}

static void zero_direction(step_search *S)
{
    for (slong k = 0; k < S->length; k++) fmpq_zero(S->direction + k);
}

/* trial = base + step * direction. */
static void move(step_search *S, const fmpq_t step)
{
    rc_network_set(S->trial, S->base);
    for (slong i = 0; i < S->base->m; i++) {
        for (slong k = 0; k < S->base->d; k++)
            fmpq_addmul(fmpq_mat_entry(S->trial->u, i, k), step, direction_u(S, i, k));
        for (slong p = 0; p < S->base->D; p++)
            fmpq_addmul(fmpq_mat_entry(S->trial->gamma, i, p), step, direction_c(S, i, p));
    }
}

/* Steps radius * t, t = 31/32, 1/2, 1/8, 2^-6, 2^-12, until the loss falls. */
static bool line_search(step_search *S)
{
    static const struct { slong num; ulong den; } lengths[] = {{31, 32}, {1, 2}, {1, 8}, {1, 64}, {1, 4096}};
    bool found = false;
    fmpq_t step, loss;
    fmpq_init(step);
    fmpq_init(loss);
    for (size_t l = 0; !found && l < sizeof lengths / sizeof lengths[0]; l++) {
        fmpq_set_si(step, lengths[l].num, lengths[l].den);
        fmpq_mul(step, step, S->radius);
        move(S, step);
        rc_loss(loss, S->trial, S->samples);
        found = fmpq_cmp(loss, S->loss) < 0;
    }
    fmpq_clear(step);
    fmpq_clear(loss);
    return found;
}

/* direction = minus the gradient of the loss, a neuron at 0 counted as active: a one-sided derivative at knots. */
static void set_gradient(step_search *S)
{
    const rc_network_struct *net = S->base;
    fmpq *y = _fmpq_vec_init(net->D);
    fmpq_t z, t;
    fmpq_init(z);
    fmpq_init(t);
    zero_direction(S);
    for (slong j = 0; j < S->samples->n; j++) {
        const fmpq *x = fmpq_mat_entry(S->samples->x, j, 0);
        rc_network_eval(y, net, x);
        for (slong p = 0; p < net->D; p++) fmpq_sub(y + p, fmpq_mat_entry(S->samples->y, j, p), y + p);
        for (slong i = 0; i < net->m; i++) {
            fmpq_zero(z);
            for (slong k = 0; k < net->d; k++) fmpq_addmul(z, fmpq_mat_entry(net->u, i, k), x + k);
            if (fmpq_sgn(z) < 0) continue;
            fmpq_zero(t);
            for (slong p = 0; p < net->D; p++) {
                fmpq_addmul(direction_c(S, i, p), y + p, z);
                fmpq_addmul(t, y + p, fmpq_mat_entry(net->gamma, i, p));
            }
            for (slong k = 0; k < net->d; k++) fmpq_addmul(direction_u(S, i, k), t, x + k);
        }
    }
    fmpq_clear(z);
    fmpq_clear(t);
    _fmpq_vec_clear(y, net->D);
}

/* Scales the direction to largest absolute entry 1; false if it is zero. */
static bool normalize(step_search *S)
{
    fmpq_t norm, t;
    fmpq_init(norm);
    fmpq_init(t);
    for (slong k = 0; k < S->length; k++) {
        fmpq_abs(t, S->direction + k);
        if (fmpq_cmp(t, norm) > 0) fmpq_set(norm, t);
    }
    bool ok = !fmpq_is_zero(norm);
    for (slong k = 0; ok && k < S->length; k++) fmpq_div(S->direction + k, S->direction + k, norm);
    fmpq_clear(norm);
    fmpq_clear(t);
    return ok;
}

static void replace_by_signs(step_search *S)
{
    for (slong k = 0; k < S->length; k++) fmpq_set_si(S->direction + k, fmpq_sgn(S->direction + k), 1);
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static bool try_coordinates(step_search *S)
{
    enum { most = 400 };
    for (slong k = 0; k < S->length && k < most; k++)
        for (int sign = -1; sign <= 1; sign += 2) {
            zero_direction(S);
            fmpq_set_si(S->direction + k, sign, 1);
            if (line_search(S)) return true;
        }
    return false;
}

static bool try_sign_vectors(step_search *S)
{
    enum { tries = 200 };
    uint64_t state = 1;
    for (int n = 0; n < tries; n++) {
        for (slong k = 0; k < S->length; k++) fmpq_set_si(S->direction + k, (slong) (next_random(&state) % 3) - 1, 1);
        if (line_search(S)) return true;
    }
    return false;
}

static bool find_smaller(step_search *S)
{
    set_gradient(S);
    if (normalize(S)) {
        if (line_search(S)) return true;
        replace_by_signs(S);
        if (line_search(S)) return true;
    }
    return try_coordinates(S) || try_sign_vectors(S);
}

static bool smaller_loss_in_box(rc_network_t better, const fmpq_t loss, const rc_network_t base, const rc_samples_t s,
                                const fmpq_t radius)
{
    step_search S = {.samples = s, .base = base, .radius = radius, .loss = loss};
    S.length = base->m * (base->d + base->D);
    S.direction = _fmpq_vec_init(S.length);
    rc_network_init(S.trial, RC_SHALLOW, base->d, base->m, base->D);
    bool found = find_smaller(&S);
    if (found) rc_network_swap(better, S.trial);
    rc_network_clear(S.trial);
    _fmpq_vec_clear(S.direction, S.length);
    return found;
}

rc_verdict rc_loss_local_minimum(rc_network_t better, fmpq_t loss, const rc_network_t net, const rc_samples_t s,
                                 const fmpq_t radius)
{
    fmpq_t here, bound;
    rc_network_t base;
    fmpq_init(here);
    fmpq_init(bound);
    rc_network_init(base, RC_SHALLOW, net->d, 1, net->D);
    rc_verdict verdict = RC_UNDECIDED;
    rc_loss(here, net, s);
    if (rationalize(base, net) && rc_loss_box_bound(bound, base, s, radius) == RC_OK) {
        if (fmpq_cmp(bound, here) >= 0) verdict = RC_PROVED;
        else if (smaller_loss_in_box(better, here, base, s, radius)) verdict = RC_REFUTED;
    }
    fmpq_set(loss, here);
    fmpq_clear(here);
    fmpq_clear(bound);
    rc_network_clear(base);
    return verdict;
}
