/* dist(Gamma, g) against computations in floating point that start from the definition: no canonical forms, no closed
   forms of costs. */
#include <math.h>

#include "relucert/fiber.h"
#include "t-phi-nets.h"

enum { MAX_M = 5, MAX_D = 4 };

static double approximate(const rc_surd_t s)
{
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    rc_surd_enclose(lo, hi, s, 50);
    double x = fmpq_get_d(lo);
    fmpq_clear(lo);
    fmpq_clear(hi);
    return x;
}

/* A network in doubles. */
typedef struct {
    int m, d, D;
    double a[MAX_M][MAX_D], c[MAX_M][MAX_D];
} shadow;

static shadow shadow_of(const rc_network_t net)
{
    shadow s = {.m = (int) net->m, .d = (int) net->d, .D = (int) net->D};
    for (int i = 0; i < s.m; i++) {
        double root = sqrt(fmpq_get_d(net->q + i));
        for (int j = 0; j < s.d; j++) s.a[i][j] = root * fmpq_get_d(fmpq_mat_entry(net->u, i, j));
        for (int p = 0; p < s.D; p++) s.c[i][p] = fmpq_get_d(fmpq_mat_entry(net->gamma, i, p)) / root;
    }
    return s;
}

/* K = m: neurons of Theta turned, permuted, scaled. */

static bool parallel(const long *u, const long *v, int d)
{
    for (int j = 0; j < d; j++)
        for (int k = j + 1; k < d; k++)
            if (u[j] * v[k] != u[k] * v[j]) return false;
    return true;
}

typedef struct {
    int m, d, D;
    long u[MAX_M][MAX_D], gamma[MAX_M][MAX_D];
} integers;

/* m neurons on m lines, in at least half of the cases with three products that add up to 0 if m >= 3. */
static void random_theta(integers *theta, int m, int d, int D)
{
    *theta = (integers){.m = m, .d = d, .D = D};
    for (bool valid = false; !valid;) {
        bool sum = m >= 3 && test_chance(60);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < d; j++) theta->u[i][j] = test_range(-3, 3);
            for (int p = 0; p < D; p++) theta->gamma[i][p] = test_range(-2, 2);
        }
        for (int j = 0; j < d && sum; j++) theta->u[2][j] = -theta->u[0][j] - theta->u[1][j];
        for (int p = 0; p < D && sum; p++) theta->gamma[1][p] = theta->gamma[2][p] = theta->gamma[0][p];
        valid = true;
        for (int i = 0; i < m; i++) {
            bool a = false, c = false;
            for (int j = 0; j < d; j++) a = a || theta->u[i][j];
            for (int p = 0; p < D; p++) c = c || theta->gamma[i][p];
            valid = valid && a && c;
            for (int k = 0; k < i; k++) valid = valid && !parallel(theta->u[i], theta->u[k], d);
        }
    }
}

/* Neurons that are turned lose the linear function sum c_i a_i^T x: nothing is lost if that is 0. */
static bool may_turn(const integers *theta, int set)
{
    for (int p = 0; p < theta->D; p++)
        for (int j = 0; j < theta->d; j++) {
            long sum = 0;
            for (int i = 0; i < theta->m; i++)
                if (set >> i & 1) sum += theta->gamma[i][p] * theta->u[i][j];
            if (sum) return false;
        }
    return true;
}

/* max(||lambda side u - a||, ||gamma / lambda - c||). */
static double at_scale(double lambda, const shadow *gamma, int i, const integers *theta, int H, int side)
{
    double most = 0;
    for (int j = 0; j < gamma->d; j++)
        most = fmax(most, fabs(lambda * side * (double) theta->u[H][j] - gamma->a[i][j]));
    for (int p = 0; p < gamma->D; p++)
        most = fmax(most, fabs((double) theta->gamma[H][p] / lambda - gamma->c[i][p]));
    return most;
}

/* Ternary search: each term decreases and then increases with lambda. */
static double least_cost(const shadow *gamma, int i, const integers *theta, int H, int side)
{
    double low = -12, high = 12;
    for (int step = 0; step < 120; step++) {
        double third = (high - low) / 3;
        if (at_scale(exp(low + third), gamma, i, theta, H, side) < at_scale(exp(high - third), gamma, i, theta, H, side))
            high -= third;
        else low += third;
    }
    return at_scale(exp(low), gamma, i, theta, H, side);
}

static double brute_distance(const shadow *gamma, const integers *theta, int *sets)
{
    double best = HUGE_VAL, cost[2][MAX_M][MAX_M];
    *sets = 0;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < theta->m; i++)
            for (int H = 0; H < theta->m; H++) cost[side][i][H] = least_cost(gamma, i, theta, H, side ? -1 : 1);
    for (int set = 0; set < 1 << theta->m; set++) {
        if (!may_turn(theta, set)) continue;
        ++*sets;
        slong p[MAX_M] = {0, 1, 2, 3, 4};
        do {
            double worst = 0;
            for (int i = 0; i < theta->m; i++) worst = fmax(worst, cost[set >> p[i] & 1][i][p[i]]);
            best = fmin(best, worst);
        } while (next_permutation(p, theta->m));
    }
    return best;
}

static void set_network(rc_network_t net, const integers *theta)
{
    rc_network_clear(net);
    rc_network_init(net, RC_SHALLOW, theta->d, theta->m, theta->D);
    for (int i = 0; i < theta->m; i++) {
        for (int j = 0; j < theta->d; j++) fmpq_set_si(fmpq_mat_entry(net->u, i, j), theta->u[i][j], 1);
        for (int p = 0; p < theta->D; p++) fmpq_set_si(fmpq_mat_entry(net->gamma, i, p), theta->gamma[i][p], 1);
        fmpq_set_si(net->q + i, test_range(1, 4), (ulong) test_range(1, 3));
    }
}

static void full_distances(void)
{
    test_case("K = m: turned neurons x permutations x scales");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    long several = 0, rounds = test_rounds(600);
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    for (long round = rounds; round > 0; round--) {
        integers theta;
        int sets;
        random_theta(&theta, (int) test_range(1, MAX_M), (int) test_range(2, MAX_D), (int) test_range(1, 3));
        net_random(X, theta.d, theta.m, theta.D, 3, 2);
        set_network(Y, &theta);
        rc_canonical_set_network(g, Y);
        shadow gamma = shadow_of(X);
        double expected = brute_distance(&gamma, &theta, &sets);
        bool exact = rc_fiber_distance(f, X, g, NULL) == RC_OK && f->exact;
        double found = exact ? approximate(f->upper) : -1;
        char *x = net_text(X), *y = net_text(Y);
        CHECK(f->flips == sets, "%ld flip sets, not %d: %s and %s", (long) f->flips, sets, x, y);
        CHECK(fabs(found - expected) <= 1e-9 * (1 + expected), "%.12f, not %.12f: %s and %s", found, expected, x, y);
        free(x);
        free(y);
        several += sets > 1;
    }
    printf("  %ld with several flip sets\n", several);
    CHECK(10 * several >= rounds, "%ld of %ld with several flip sets", several, rounds);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
}

/* d = D = 1: f(x) = plus x for x >= 0, minus |x| for x <= 0. A neuron adds lambda c to one of the two sums, and within t
   that is any number of an interval; where it does not reach a side (lambda = 0 is both), none. */

static bool product_range(double *lo, double *hi, double a, double c, double t)
{
    double least = fmax(a - t, 0), most = a + t;
    if (most < 0) return false;
    *lo = fmin(least * (c - t), most * (c - t));
    *hi = fmax(least * (c + t), most * (c + t));
    return true;
}

static bool line_fits(const shadow *gamma, const double target[2], double t)
{
    for (int sides = 0; sides < 1 << gamma->m; sides++) {
        double lo[2] = {0, 0}, hi[2] = {0, 0};
        bool reached = true;
        for (int i = 0; i < gamma->m && reached; i++) {
            int side = sides >> i & 1;
            double l, h;
            reached = product_range(&l, &h, side ? -gamma->a[i][0] : gamma->a[i][0], gamma->c[i][0], t);
            if (!reached) break;
            lo[side] += l;
            hi[side] += h;
        }
        const double slack = 1e-12;
        if (reached && lo[0] <= target[0] + slack && hi[0] >= target[0] - slack && lo[1] <= target[1] + slack &&
            hi[1] >= target[1] - slack)
            return true;
    }
    return false;
}

static double line_distance(const shadow *gamma, const shadow *theta)
{
    double low = 0, high = 100, target[2] = {0, 0};
    for (int i = 0; i < theta->m; i++) target[theta->a[i][0] < 0] += fabs(theta->a[i][0]) * theta->c[i][0];
    for (int step = 0; step < 60; step++) {
        double middle = (low + high) / 2;
        if (line_fits(gamma, target, middle)) high = middle;
        else low = middle;
    }
    return high;
}

static void line_distances(void)
{
    test_case("K < m, d = D = 1: the bounds enclose the distance, the upper one closely");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    long close = 0, total = 0;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    for (long round = test_rounds(300); round > 0; round--) {
        net_random(X, 1, test_range(2, MAX_M - 1), 1, 4, 2);
        if (test_chance(40)) fmpq_zero(fmpq_mat_entry(X->u, 0, 0));
        net_random(Y, 1, test_range(1, 2), 1, 4, 2);
        rc_canonical_set_network(g, Y);
        shadow gamma = shadow_of(X), theta = shadow_of(Y);
        double expected = line_distance(&gamma, &theta);
        char *x = net_text(X), *y = net_text(Y);
        bool bounded = rc_fiber_distance(f, X, g, NULL) == RC_OK && f->has_lower && f->has_upper;
        CHECK(bounded, "no bounds: %s and %s", x, y);
        if (bounded) {
            double lower = approximate(f->lower), upper = approximate(f->upper);
            CHECK(lower <= expected + 1e-9 && upper >= expected - 1e-9, "%.12f is not in [%.12f, %.12f]: %s and %s",
                  expected, lower, upper, x, y);
            close += upper <= 1.002 * expected + 1e-6;
            total++;
        }
        free(x);
        free(y);
    }
    printf("  %ld of %ld within 0.2 %%\n", close, total);
    CHECK(50 * close >= 49 * total, "%ld of %ld", close, total);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
}

int main(void)
{
    test_start("t-distance");
    full_distances();
    line_distances();
    flint_cleanup();
    return test_finish();
}
