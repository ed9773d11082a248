#include "search/pair.h"

#include <math.h>
#include <string.h>

#include "search/scale.h"

/* Directions this near are one, and forms this small at a ray of unit length vanish there. Directions a little farther
   apart belong to no pair: rounding would decide whether they are one. */
static const double near = 1e-11, apart = 1e-4;

/* ||c a^T|| / r beyond this is lost to cancellation. */
static const double largest_product = 1e3;

enum { MAX_N = RC_SEEK_MAX_NEURONS, MAX_D = RC_SEEK_MAX_D, MAX_ENTRIES = RC_SEEK_MAX_OUTPUTS * RC_SEEK_MAX_D };

/* The difference R(Gamma) - R(Theta): forms of unit maximum norm on the span, with their jumps. */
typedef struct {
    int n, rank, entries;
    double form[MAX_N][MAX_D];
    double jump[MAX_N][MAX_ENTRIES];
} difference;

static double norm(const double *v, int n)
{
    double most = 0;
    for (int j = 0; j < n; j++) most = fmax(most, fabs(v[j]));
    return most;
}

static bool within(double bound, const double *v, const double *w, int n)
{
    for (int j = 0; j < n; j++)
        if (fabs(v[j] - w[j]) > bound) return false;
    return true;
}

static bool opposite(const double *v, const double *w, int n)
{
    for (int j = 0; j < n; j++)
        if (fabs(v[j] + w[j]) > apart) return false;
    return true;
}

/* The last two weights of a neuron of N*, with its margin. */
static bool is_positive(const double *u, int d, double margin)
{
    double least = margin * norm(u, d);
    return u[d - 1] > 0 && u[d - 2] > 0 && u[d - 1] >= least && u[d - 2] >= least;
}

/* e[i] = u_i / ||u_i||, 0 for a zero neuron of Gamma. False outside of N* with its margin, or where C.2 or C.3 nearly
   fails or two neurons of Theta nearly share a ray. */
static bool directions(double e[MAX_N][MAX_D], const rc_seek_pair *pair, double margin)
{
    int d = pair->d;
    bool star = pair->theorem == RC_SEEK_THEOREM_3_3;
    for (int i = 0; i < 2 * pair->m; i++) {
        bool zero = pair->P[i] <= 0;
        if (zero && (star || i >= pair->m)) return false;
        for (int j = 0; j < d; j++) {
            e[i][j] = 0;
            for (int k = 0; k < pair->rank && !zero; k++) e[i][j] += pair->w[i][k] * pair->B[k][j];
        }
        if (zero) continue;
        double size = norm(e[i], d);
        if (!(size > 0) || (star && !is_positive(e[i], d, margin))) return false;
        for (int j = 0; j < d; j++) e[i][j] /= size;
        for (int k = i < pair->m ? 0 : pair->m; k < i; k++)
            if (within(apart, e[i], e[k], d)) return false;
        for (int k = 0; k < i && !star; k++)
            if (opposite(e[i], e[k], d)) return false;
    }
    return true;
}

/* False if two forms are neither one nor well apart. */
static bool set_difference(difference *f, const rc_seek_pair *pair, double e[MAX_N][MAX_D])
{
    f->n = 0;
    f->rank = pair->rank;
    f->entries = pair->D * pair->d;
    for (int i = 0; i < 2 * pair->m; i++) {
        if (pair->P[i] <= 0) continue;
        double form[MAX_D], size = norm(pair->w[i], pair->rank), sign = i < pair->m ? pair->P[i] : -pair->P[i];
        for (int k = 0; k < pair->rank; k++) form[k] = pair->w[i][k] / size;
        int H = 0;
        while (H < f->n && !within(apart, form, f->form[H], f->rank)) H++;
        if (H < f->n && !within(near, form, f->form[H], f->rank)) return false;
        if (H == f->n) {
            memcpy(f->form[H], form, sizeof form);
            memset(f->jump[H], 0, sizeof f->jump[H]);
            f->n++;
        }
        for (int p = 0; p < pair->D; p++)
            for (int j = 0; j < pair->d; j++) f->jump[H][p * pair->d + j] += sign * pair->x[i][p] * e[i][j];
    }
    return true;
}

/* v != 0 with <form[set[k]], v> = 0 for k < rank - 1, false if those forms are dependent. Gauss-Jordan elimination with
   complete pivoting. */
static bool ray(double *v, const difference *f, const int *set)
{
    int rank = f->rank, column[MAX_D] = {0};
    double M[MAX_D][MAX_D];
    for (int i = 0; i < rank - 1; i++) memcpy(M[i], f->form[set[i]], sizeof M[i]);
    for (int j = 0; j < rank; j++) column[j] = j;
    for (int i = 0; i < rank - 1; i++) {
        int row = i, best = i;
        for (int s = i; s < rank - 1; s++)
            for (int t = i; t < rank; t++)
                if (fabs(M[s][column[t]]) > fabs(M[row][column[best]])) row = s, best = t;
        if (fabs(M[row][column[best]]) < near) return false;
        int kept = column[i];
        column[i] = column[best];
        column[best] = kept;
        for (int j = 0; row != i && j < rank; j++) {
            double entry = M[i][j];
            M[i][j] = M[row][j];
            M[row][j] = entry;
        }
        for (int s = 0; s < rank - 1; s++) {
            if (s == i) continue;
            double factor = M[s][column[i]] / M[i][column[i]];
            for (int t = i; t < rank; t++) M[s][column[t]] -= factor * M[i][column[t]];
        }
    }
    int last = column[rank - 1];
    v[last] = 1;
    for (int i = 0; i < rank - 1; i++) v[column[i]] = -M[i][last] / M[i][column[i]];
    double size = norm(v, rank);
    for (int j = 0; j < rank; j++) v[j] /= size;
    return true;
}

/* The largest entry at the cells around v and -v: forms that vanish at v are free. */
static double around(const difference *f, const double *v)
{
    double here[MAX_ENTRIES] = {0}, there[MAX_ENTRIES] = {0}, up[MAX_ENTRIES] = {0}, down[MAX_ENTRIES] = {0}, most = 0;
    for (int H = 0; H < f->n; H++) {
        double value = 0;
        for (int k = 0; k < f->rank; k++) value += f->form[H][k] * v[k];
        const double *jump = f->jump[H];
        if (fabs(value) <= near) {
            for (int e = 0; e < f->entries; e++) {
                if (jump[e] > 0) up[e] += jump[e];
                else down[e] += jump[e];
            }
        } else {
            double *side = value > 0 ? here : there;
            for (int e = 0; e < f->entries; e++) side[e] += jump[e];
        }
    }
    for (int e = 0; e < f->entries; e++) {
        most = fmax(most, fmax(fmax(here[e], there[e]) + up[e], -fmin(here[e], there[e]) - down[e]));
    }
    return most;
}

static double semi_norm(const difference *f)
{
    int set[MAX_D], size = f->rank - 1;
    double most = 0, v[MAX_D];
    /* No more forms than dimensions: independent, unless the pair is special, and then every pattern is too many. */
    if (f->n <= f->rank) {
        for (int e = 0; e < f->entries; e++) {
            double up = 0, down = 0;
            for (int H = 0; H < f->n; H++) {
                if (f->jump[H][e] > 0) up += f->jump[H][e];
                else down -= f->jump[H][e];
            }
            most = fmax(most, fmax(up, down));
        }
        return most;
    }
    for (int i = 0; i < size; i++) set[i] = i;
    for (;;) {
        if (ray(v, f, set)) most = fmax(most, around(f, v));
        int i = size - 1;
        while (i >= 0 && set[i] == f->n - size + i) i--;
        if (i < 0) return most;
        for (set[i]++; ++i < size;) set[i] = set[i - 1] + 1;
    }
}

static double cost(const rc_seek_pair *pair, double e[MAX_N][MAX_D], int i, int j)
{
    double s = sqrt(pair->P[i]), t = sqrt(pair->P[j]), most = 0;
    for (int k = 0; k < pair->d; k++) most = fmax(most, fabs(s * e[i][k] - t * e[j][k]));
    for (int p = 0; p < pair->D; p++) most = fmax(most, fabs(s * pair->x[i][p] - t * pair->x[j][p]));
    return most;
}

/* Gives row i a column of cost at most `bound`, moving others (Kuhn). */
static bool augment(int i, int m, double costs[MAX_N][MAX_N], double bound, int *owner, bool *seen)
{
    for (int j = 0; j < m; j++) {
        if (seen[j] || costs[i][j] > bound) continue;
        seen[j] = true;
        if (owner[j] >= 0 && !augment(owner[j], m, costs, bound, owner, seen)) continue;
        owner[j] = i;
        return true;
    }
    return false;
}

/* Row by row: the bound grows to the next cost until the row finds a place. */
static double bottleneck(int m, double costs[MAX_N][MAX_N])
{
    double bound = 0;
    int owner[MAX_N];
    for (int j = 0; j < m; j++) owner[j] = -1;
    for (int i = 0; i < m; i++) {
        bool seen[MAX_N] = {false};
        while (!augment(i, m, costs, bound, owner, seen)) {
            double next = HUGE_VAL;
            for (int s = 0; s < m; s++)
                for (int t = 0; t < m; t++)
                    if (costs[s][t] > bound) next = fmin(next, costs[s][t]);
            bound = next;
            memset(seen, 0, sizeof seen);
        }
    }
    return bound;
}

/* Theorem 3.3: permutations. */
static double star_distance(const rc_seek_pair *pair, double e[MAX_N][MAX_D])
{
    double costs[MAX_N][MAX_N];
    for (int i = 0; i < pair->m; i++)
        for (int j = 0; j < pair->m; j++) costs[i][j] = cost(pair, e, i, pair->m + j);
    return bottleneck(pair->m, costs);
}

/* The products of the neurons of Theta in `flips` (bits) add up to 0, so that these neurons may be turned together.
   False also where they nearly do; then *clear is set to false. */
static bool can_turn(bool *clear, const rc_seek_pair *pair, double e[MAX_N][MAX_D], int flips)
{
    double sum[MAX_D] = {0}, most = 0;
    for (int j = 0; j < pair->m; j++) {
        int n = pair->m + j;
        if (!(flips >> j & 1)) continue;
        for (int k = 0; k < pair->d; k++) sum[k] += pair->P[n] * pair->x[n][0] * e[n][k];
        most = fmax(most, pair->P[n]);
    }
    double left = norm(sum, pair->d);
    if (left > near * most && left <= apart * most) *clear = false;
    return left <= near * most;
}

/* Theorem 3.1, K = m: sets of turned neurons, permutations and scales. False if a set nearly can be turned. */
static bool fiber_distance(double *distance, const rc_seek_pair *pair, double e[MAX_N][MAX_D])
{
    bool clear = true;
    *distance = HUGE_VAL;
    for (int flips = 0; flips < 1 << pair->m; flips++) {
        double costs[MAX_N][MAX_N];
        if (!can_turn(&clear, pair, e, flips)) continue;
        for (int j = 0; j < pair->m; j++) {
            int n = pair->m + j;
            double ray[MAX_D], product = pair->P[n] * pair->x[n][0];
            for (int k = 0; k < pair->d; k++) ray[k] = flips >> j & 1 ? -e[n][k] : e[n][k];
            for (int i = 0; i < pair->m; i++) {
                double a[MAX_D], root = sqrt(pair->P[i]);
                for (int k = 0; k < pair->d; k++) a[k] = pair->k[i] * root * e[i][k];
                costs[i][j] = rc_seek_scaled_cost(a, root * pair->x[i][0] / pair->k[i], ray, product, pair->d);
            }
        }
        *distance = fmin(*distance, bottleneck(pair->m, costs));
    }
    return clear;
}

/* The least beta with C.1; a product that is 2 r but for rounding counts. */
static double least_beta(const rc_seek_pair *pair, double r)
{
    double beta = 0;
    for (int i = 0; i < pair->m; i++) {
        double root = sqrt(pair->P[i]);
        if (pair->P[i] <= 2 * r * (1 + 1e-9)) beta = fmax(beta, root * fmax(pair->k[i], 1 / pair->k[i]));
    }
    return beta;
}

bool rc_seek_evaluate(rc_seek_value *value, const rc_seek_pair *pair, double margin)
{
    double e[MAX_N][MAX_D];
    difference f;
    if (!directions(e, pair, margin)) return false;
    if (!set_difference(&f, pair, e)) return false;
    value->r = semi_norm(&f);
    for (int i = 0; i < 2 * pair->m; i++)
        if (!(value->r > 0) || pair->P[i] > largest_product * value->r) return false;
    if (pair->theorem == RC_SEEK_THEOREM_3_3) {
        value->beta = 0;
        value->distance = star_distance(pair, e);
    } else {
        value->beta = least_beta(pair, value->r);
        if (!fiber_distance(&value->distance, pair, e)) return false;
    }
    value->ratio = (value->distance - value->beta) / sqrt(value->r);
    return true;
}
