#include "search/climb.h"

#include <math.h>

static uint64_t next(rc_seek_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double rc_seek_uniform(rc_seek_random *random)
{
    return (double) (next(random) >> 11) * 0x1p-53;
}

static int below(rc_seek_random *random, int n)
{
    return (int) (next(random) % (uint64_t) n);
}

static double symmetric(rc_seek_random *random)
{
    return 2 * rc_seek_uniform(random) - 1;
}

static double sign(rc_seek_random *random)
{
    return below(random, 2) ? 1 : -1;
}

/* 1, 1/4, ..., 4^(1 - sizes), times a factor in [1/2, 1). */
static double step_size(rc_seek_random *random, int sizes)
{
    double size = 0.5 + 0.5 * rc_seek_uniform(random);
    for (int k = below(random, sizes); k > 0; k--) size /= 4;
    return size;
}

static bool in_star(const rc_seek_pair *pair)
{
    return pair->theorem == RC_SEEK_THEOREM_3_3;
}

/* The span is that of the first weights and, in N*, of the diagonal of the last two; leaning a little at times. */
static void start_span(rc_seek_pair *pair, rc_seek_random *random)
{
    int d = pair->d, full = below(random, 4);
    for (int k = 0; k < pair->rank; k++)
        for (int j = 0; j < d; j++) {
            bool last = in_star(pair) && k == pair->rank - 1;
            pair->B[k][j] = pair->rank == d ? j == k : last ? j >= d - 2 : j == k;
            if (full == 0 && pair->rank < d) pair->B[k][j] += 0.5 * symmetric(random);
        }
}

/* In N* a neuron with positive last weights, near the common axis or far from it. */
static void start_neuron(rc_seek_pair *pair, int i, rc_seek_random *random)
{
    int positive = !in_star(pair) ? 0 : pair->rank == pair->d ? 2 : 1;
    double small = step_size(random, 5);
    for (int k = 0; k < pair->rank; k++) {
        pair->w[i][k] = symmetric(random);
        if (k >= pair->rank - positive) pair->w[i][k] = small * fabs(pair->w[i][k]) + RC_SEEK_MARGIN;
    }
    pair->P[i] = 0.2 + 2 * rc_seek_uniform(random);
    pair->k[i] = 1;
    int one = below(random, pair->D);
    for (int p = 0; p < pair->D; p++) pair->x[i][p] = p == one ? sign(random) : symmetric(random);
}

void rc_seek_start(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random, rc_seek_theorem theorem, int d,
                   int m, int D)
{
    *pair = (rc_seek_pair){.theorem = theorem, .d = d, .m = m, .D = D};
    do {
        pair->rank = d == 1 ? 1 : below(random, 2) ? 2 : 2 + below(random, d - 1);
        start_span(pair, random);
        for (int i = 0; i < 2 * m; i++) start_neuron(pair, i, random);
    } while (!rc_seek_evaluate(value, pair, RC_SEEK_MARGIN));
}

static void swap_weights(rc_seek_pair *pair, int i, int j)
{
    for (int k = 0; k < pair->rank; k++) {
        double kept = pair->w[i][k];
        pair->w[i][k] = pair->w[j][k];
        pair->w[j][k] = kept;
    }
}

/* Keeps ||x||_inf = 1; a zero vector becomes (1, 0, ...). */
static void normalize_outputs(rc_seek_pair *pair, int i)
{
    double size = 0;
    for (int p = 0; p < pair->D; p++) size = fmax(size, fabs(pair->x[i][p]));
    if (!(size > 1e-9)) size = pair->x[i][0] = 1;
    for (int p = 0; p < pair->D; p++) pair->x[i][p] /= size;
}

/* For Theorem 3.1: neurons of Gamma that are zero or balanced, products far above 2 r on a hyperplane that stays
   shared, products r apart. */
static void free_jump(rc_seek_pair *pair, double r, rc_seek_random *random)
{
    int i = below(random, pair->m), j = pair->m + below(random, pair->m);
    switch (below(random, 4)) {
    case 0: pair->P[i] = 0; break;
    case 1: pair->k[i] = 1; break;
    case 2:
        for (int k = 0; k < pair->rank; k++) pair->w[j][k] = pair->w[i][k];
        pair->x[j][0] = pair->x[i][0];
        pair->P[i] = (3 + 20 * rc_seek_uniform(random)) * r;
        pair->P[j] = pair->P[i] + r * (below(random, 3) - 1);
        break;
    default: pair->P[j] = fmax(pair->P[i] + sign(random) * r, r);
    }
}

/* Block moves: what large ratios are made of. Products of r and 2 r, weights shared with another neuron or exchanged,
   opposite signs. */
static void jump(rc_seek_pair *pair, double r, rc_seek_random *random)
{
    if (!in_star(pair) && below(random, 3) == 0) {
        free_jump(pair, r, random);
        return;
    }
    int n = 2 * pair->m, i = below(random, n), j = below(random, n), k = below(random, pair->rank);
    switch (below(random, 7)) {
    case 0: pair->P[i] = r; break;
    case 1: pair->P[i] = 2 * r; break;
    case 2: pair->P[i] = pair->P[j]; break;
    case 3: swap_weights(pair, i, j); break;
    case 4: pair->w[i][k] = -pair->w[i][k]; break;
    case 5:
        for (int p = 0; p < pair->D; p++) pair->x[i][p] = -pair->x[i][p];
        break;
    default:
        for (int l = 0; l < pair->rank; l++) pair->w[i][l] = pair->w[j][l];
    }
}

/* Small moves: one number by a step of random size. */
static void nudge(rc_seek_pair *pair, int sizes, rc_seek_random *random)
{
    int i = below(random, 2 * pair->m), k = below(random, pair->rank);
    double step = step_size(random, sizes) * sign(random);
    int kind = below(random, in_star(pair) ? 10 : 11);
    if (kind < 4) {
        pair->P[i] *= step > 0 ? 1 + step : 1 / (1 - step);
    } else if (kind == 4 && pair->rank < pair->d) {
        pair->B[k][below(random, pair->d)] += step;
    } else if (kind == 5 && pair->D > 1) {
        pair->x[i][below(random, pair->D)] += step;
        normalize_outputs(pair, i);
    } else if (kind == 10) {
        pair->k[i % pair->m] *= step > 0 ? 1 + step : 1 / (1 - step);
    } else if (kind < 8) {
        pair->w[i][k] += step;
    } else {
        pair->w[i][k] *= step > 0 ? 1 + step : 1 / (1 - step);
    }
}

void rc_seek_shake(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random)
{
    for (int changes = 1 + below(random, 3), tries = 0; changes > 0 && tries < 100; tries++) {
        rc_seek_pair other = *pair;
        if (below(random, 3)) jump(&other, value->r, random);
        else start_neuron(&other, below(random, 2 * pair->m), random);
        rc_seek_value worth;
        if (!rc_seek_evaluate(&worth, &other, RC_SEEK_MARGIN)) continue;
        *pair = other;
        *value = worth;
        changes--;
    }
}

static bool stopped(const rc_limits *limits)
{
    return limits && ((limits->stop && *limits->stop) || (limits->deadline > 0 && rc_clock() > limits->deadline));
}

enum { SIZES = 12, LOOKS = 256 };

void rc_seek_climb(rc_seek_pair *pair, rc_seek_value *value, rc_seek_random *random, double heat, long steps,
                     const rc_limits *limits)
{
    rc_seek_pair now = *pair;
    rc_seek_value worth = *value;
    for (long step = 0; step < steps && (step % LOOKS != 0 || !stopped(limits)); step++) {
        rc_seek_pair other = now;
        rc_seek_value found;
        double cool = heat * (1 - (double) step / (double) steps), loss = cool * cool * rc_seek_uniform(random);
        if (below(random, 8) == 0) jump(&other, worth.r, random);
        else nudge(&other, SIZES, random);
        if (below(random, 4) == 0) nudge(&other, SIZES, random);
        if (!rc_seek_evaluate(&found, &other, RC_SEEK_MARGIN) || found.ratio < worth.ratio - loss) continue;
        now = other;
        worth = found;
        if (worth.ratio <= value->ratio) continue;
        *pair = now;
        *value = worth;
    }
}
