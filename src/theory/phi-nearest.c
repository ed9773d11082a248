/* The nearest permutation of Theta to Gamma, with double enclosures of the entries. */
#include <float.h>
#include <math.h>
#include <mpfr.h>

#include "relucert/phi.h"

/* Entries of both networks as doubles, a row a neuron: (a_i, c_i), d + D numbers. Each is off by at most `error` / 8:
   it is computed with 80 bits (relative error below 2^-77 after a root, a quotient and a product) and rounded to
   double, so it is off by at most 2^-52 M + 2^-1074, M the largest entry, and
       error = 2^-48 M + 2^-1060.
   A computed difference of two entries is off by 2 (2^-52 M + 2^-1074) and one rounding of a number <= 2M, together at
   most 2^-50 M + 2^-1072; adding or subtracting `error` rounds again, by at most 2^-51 M. So the distance lies in
   [computed - error, computed + error] with room to spare. */
typedef struct {
    const rc_network_struct *gamma, *theta;
    slong width;
    double *gamma_entries, *theta_entries;
    double error;
    double cutoff; /* an upper bound of the value sought: larger partial distances are not completed */
    bool usable;   /* every entry is finite and far from overflow */
} nearest;

static void fill_entries(double *entries, const rc_network_t net)
{
    mpfr_t root, x;
    mpfr_init2(root, 80);
    mpfr_init2(x, 80);
    slong width = net->d + net->D;
    for (slong i = 0; i < net->m; i++) {
        fmpq_get_mpfr(root, net->q + i, MPFR_RNDN);
        mpfr_sqrt(root, root, MPFR_RNDN);
        for (slong j = 0; j < width; j++) {
            fmpq_get_mpfr(x, j < net->d ? fmpq_mat_entry(net->u, i, j) : fmpq_mat_entry(net->gamma, i, j - net->d),
                          MPFR_RNDN);
            if (j < net->d) mpfr_mul(x, x, root, MPFR_RNDN);
            else mpfr_div(x, x, root, MPFR_RNDN);
            entries[i * width + j] = mpfr_get_d(x, MPFR_RNDN);
        }
    }
    mpfr_clear(root);
    mpfr_clear(x);
}

/* The largest difference of rows x and y, or a partial one beyond the cutoff. */
static double row_distance(const double *x, const double *y, slong width, double cutoff, bool *complete)
{
    double largest = 0;
    slong j = 0;
    while (j < width) {
        slong end = j + 64 < width ? j + 64 : width;
        for (; j < end; j++) {
            double difference = fabs(x[j] - y[j]);
            largest = difference > largest ? difference : largest;
        }
        if (largest > cutoff) break;
    }
    *complete = j >= width;
    return largest;
}

static void nearest_bounds(void *arg, slong j, slong i, double *lo, double *hi)
{
    const nearest *n = arg;
    if (!n->usable) return;
    bool complete;
    double distance =
        row_distance(n->gamma_entries + i * n->width, n->theta_entries + j * n->width, n->width, n->cutoff, &complete);
    *lo = distance - n->error;
    *hi = complete ? distance + n->error : INFINITY;
}

/* s = max(s, |entry e of Gamma's neuron i - entry e of Theta's neuron j|). */
static void entry_distance(rc_surd_t s, const nearest *n, slong i, slong j, slong e)
{
    rc_surd_t x, y;
    rc_surd_init(x);
    rc_surd_init(y);
    if (e < n->gamma->d) {
        rc_network_get_a(x, n->gamma, i, e);
        rc_network_get_a(y, n->theta, j, e);
    } else {
        rc_network_get_c(x, n->gamma, i, e - n->gamma->d);
        rc_network_get_c(y, n->theta, j, e - n->gamma->d);
    }
    rc_surd_sub(x, x, y);
    rc_surd_abs(x, x);
    rc_surd_max(s, x);
    rc_surd_clear(x);
    rc_surd_clear(y);
}

/* Only entries whose computed difference is within 2 * error of the largest computed one can be the largest. */
static void nearest_cost(void *arg, rc_surd_t s, slong j, slong i)
{
    const nearest *n = arg;
    const double *x = n->gamma_entries + i * n->width, *y = n->theta_entries + j * n->width;
    double largest = 0;
    if (n->usable) {
        bool complete;
        largest = row_distance(x, y, n->width, INFINITY, &complete);
    }
    rc_surd_zero(s);
    for (slong e = 0; e < n->width; e++)
        if (!n->usable || fabs(x[e] - y[e]) >= largest - 2 * n->error) entry_distance(s, n, i, j, e);
}

static void nearest_init(nearest *n, const rc_network_t gamma, const rc_network_t theta)
{
    n->gamma = gamma;
    n->theta = theta;
    n->width = gamma->d + gamma->D;
    size_t count = (size_t) (gamma->m * n->width);
    n->gamma_entries = flint_malloc(count * sizeof(double));
    n->theta_entries = flint_malloc(count * sizeof(double));
    fill_entries(n->gamma_entries, gamma);
    fill_entries(n->theta_entries, theta);
    double largest = 0;
    n->usable = true;
    for (size_t e = 0; e < count; e++) {
        if (!isfinite(n->gamma_entries[e]) || !isfinite(n->theta_entries[e])) n->usable = false;
        largest = fmax(largest, fmax(fabs(n->gamma_entries[e]), fabs(n->theta_entries[e])));
    }
    if (!(largest < DBL_MAX / 16)) n->usable = false;
    n->error = ldexp(largest, -48) + ldexp(1, -1060);
    n->cutoff = INFINITY;
    if (!n->usable) return;
    /* The identity is a permutation: the value is at most its distance. */
    double identity = 0;
    for (slong i = 0; i < gamma->m; i++) {
        bool complete;
        identity = fmax(identity, row_distance(n->gamma_entries + i * n->width, n->theta_entries + i * n->width,
                                               n->width, INFINITY, &complete));
    }
    n->cutoff = identity + 4 * n->error;
}

void rc_phi_nearest(slong *matching, rc_surd_t distance, bool *hall_theta, bool *hall_gamma, const rc_network_t gamma,
                    const rc_network_t theta)
{
    nearest n;
    nearest_init(&n, gamma, theta);
    slong *place = flint_malloc((size_t) gamma->m * sizeof(slong));
    rc_bottleneck(place, distance, hall_theta, hall_gamma, theta->m, gamma->m, nearest_cost, nearest_bounds, &n);
    for (slong j = 0; j < theta->m; j++) matching[place[j]] = j;
    flint_free(place);
    flint_free(n.gamma_entries);
    flint_free(n.theta_entries);
}
