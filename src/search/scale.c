#include "search/scale.h"

#include <math.h>
#include <stdbool.h>

/* Is there a lambda with both terms at most `cost`? The weights bound it from both sides; so does 0 < t / lambda <= c +
   cost, >= c - cost, for t > 0. */
static bool fits(double cost, const double *a, double c, const double *e, double t, int d)
{
    double low = 0, high = HUGE_VAL;
    for (int k = 0; k < d; k++) {
        double size = fabs(e[k]), center = e[k] < 0 ? -a[k] : a[k];
        if (size > 0) {
            low = fmax(low, (center - cost) / size);
            high = fmin(high, (center + cost) / size);
        } else if (fabs(center) > cost) {
            return false;
        }
    }
    if (c + cost <= 0) return false;
    low = fmax(low, t / (c + cost));
    if (c > cost) high = fmin(high, t / (c - cost));
    return low <= high;
}

double rc_seek_scaled_cost(const double *a, double c, const double *e, double t, int d)
{
    double size = 0, weights = 0;
    if (t < 0) {
        t = -t;
        c = -c;
    }
    for (int k = 0; k < d; k++) {
        size = fmax(size, fabs(e[k]));
        weights = fmax(weights, fabs(a[k]));
    }
    /* lambda = sqrt(t / size) costs no more than `high`. */
    double low = 0, high = (sqrt(t * size) + fmax(weights, fabs(c))) * (1 + 1e-15);
    for (;;) {
        double middle = low + (high - low) / 2;
        if (!(middle > low && middle < high)) return high;
        if (fits(middle, a, c, e, t, d)) high = middle;
        else low = middle;
    }
}
