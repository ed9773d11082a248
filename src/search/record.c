#include "search/record.h"

#include <math.h>

#include "relucert/canonical.h"
#include "relucert/conditions.h"
#include "relucert/fiber.h"
#include "relucert/phi.h"
#include "relucert/seminorm.h"

void rc_seek_record_init(rc_seek_record_t record)
{
    record->theorem = RC_SEEK_THEOREM_3_3;
    rc_network_init(record->gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(record->theta, RC_SHALLOW, 1, 1, 1);
    fmpq_init(record->r);
    rc_surd_init(record->distance);
    rc_surd_init(record->beta);
    rc_surd_init(record->ratio);
}

void rc_seek_record_clear(rc_seek_record_t record)
{
    rc_network_clear(record->gamma);
    rc_network_clear(record->theta);
    fmpq_clear(record->r);
    rc_surd_clear(record->distance);
    rc_surd_clear(record->beta);
    rc_surd_clear(record->ratio);
}

void rc_seek_record_swap(rc_seek_record_t a, rc_seek_record_t b)
{
    rc_seek_record_struct kept = *a;
    *a = *b;
    *b = kept;
}

/* Short fractions. */

static const long denominators[] = {1,  2,  3,  4,  5,  6,   8,   10,  12,  15,  16,  20,   24,    30,    32,    40,
                                    48, 50, 60, 64, 80, 100, 120, 150, 200, 250, 300, 400, 500, 1000, 10000, 1000000};
enum { DENOMINATORS = sizeof denominators / sizeof *denominators, FINEST = DENOMINATORS - 1 };

static double fraction(double value, int k)
{
    double q = (double) denominators[k];
    return rint(value * q) / q;
}

enum { MAX_SLOTS = RC_SEEK_MAX_D * RC_SEEK_MAX_D +
                   RC_SEEK_MAX_NEURONS * (RC_SEEK_MAX_D + RC_SEEK_MAX_OUTPUTS + 2),
       BLOCKS = 5, ALL = BLOCKS - 1 };

/* The numbers of a pair in five blocks, which end before end[0], ..., end[ALL] = the count. Products come first, they
   show in the value; the scales of balanced pairs are left out. */
static void slots(double *list[MAX_SLOTS], int end[BLOCKS], rc_seek_pair *pair)
{
    int n = 0;
    for (int i = 0; i < 2 * pair->m; i++) list[n++] = &pair->P[i];
    end[0] = n;
    for (int k = 0; k < pair->rank; k++)
        for (int j = 0; j < pair->d; j++) list[n++] = &pair->B[k][j];
    end[1] = n;
    for (int i = 0; i < 2 * pair->m; i++)
        for (int k = 0; k < pair->rank; k++) list[n++] = &pair->w[i][k];
    end[2] = n;
    for (int i = 0; i < 2 * pair->m; i++)
        for (int p = 0; p < pair->D; p++) list[n++] = &pair->x[i][p];
    end[3] = n;
    for (int i = 0; i < pair->m && pair->theorem == RC_SEEK_THEOREM_3_1; i++) list[n++] = &pair->k[i];
    end[ALL] = n;
}

static void scale(double *v, int n, double factor)
{
    for (int j = 0; j < n; j++) v[j] *= factor;
}

static double norm(const double *v, int n)
{
    double most = 0;
    for (int j = 0; j < n; j++) most = fmax(most, fabs(v[j]));
    return most;
}

/* r = 1, and the largest number of each vector is 1. */
static void normalize(rc_seek_pair *pair, double r)
{
    int n = 2 * pair->m;
    scale(pair->P, n, 1 / r);
    for (int k = 0; k < pair->rank; k++) {
        double size = norm(pair->B[k], pair->d);
        if (!(size > 0)) continue;
        scale(pair->B[k], pair->d, 1 / size);
        for (int i = 0; i < n; i++) pair->w[i][k] *= size;
    }
    for (int i = 0; i < n; i++) {
        double size = norm(pair->w[i], pair->rank);
        if (size > 0) scale(pair->w[i], pair->rank, 1 / size);
    }
}

/* list[0], ..., list[n - 1] become fractions of the least common denominator with which the pair's ratio is at least
   `enough`; they stay if there is none. */
static void shorten(double *const *list, int n, const rc_seek_pair *pair, double margin, double enough)
{
    double kept[MAX_SLOTS];
    rc_seek_value worth;
    for (int s = 0; s < n; s++) kept[s] = *list[s];
    for (int k = 0; k < DENOMINATORS; k++) {
        for (int s = 0; s < n; s++) *list[s] = fraction(kept[s], k);
        if (rc_seek_evaluate(&worth, pair, margin) && worth.ratio >= enough) return;
    }
    for (int s = 0; s < n; s++) *list[s] = kept[s];
}

bool rc_seek_round(rc_seek_pair *pair, rc_seek_value *value, double margin)
{
    rc_seek_pair brief = *pair;
    double *list[MAX_SLOTS];
    int end[BLOCKS], k = 0;
    while (denominators[k] < 1000) k++;
    slots(list, end, &brief);
    normalize(&brief, value->r);
    for (int s = 0; s < end[ALL]; s++) *list[s] = fraction(*list[s], k);
    if (!rc_seek_evaluate(value, &brief, margin)) return false;
    *pair = brief;
    return true;
}

/* Blocks first: products that differ by r go on doing so. Then one number after the other. */
bool rc_seek_shorten(rc_seek_pair *pair, rc_seek_value *value, double margin, double loss)
{
    rc_seek_pair brief = *pair;
    rc_seek_value worth;
    double *list[MAX_SLOTS], enough = value->ratio - loss * fabs(value->ratio);
    int end[BLOCKS];
    slots(list, end, &brief);
    normalize(&brief, value->r);
    for (int s = 0; s < end[ALL]; s++) *list[s] = fraction(*list[s], FINEST);
    if (!rc_seek_evaluate(&worth, &brief, margin) || worth.ratio < enough) return false;
    for (int k = 0; k < BLOCKS; k++) {
        int begin = k > 0 ? end[k - 1] : 0;
        shorten(list + begin, end[k] - begin, &brief, margin, enough);
    }
    for (int s = 0; s < end[ALL]; s++) shorten(list + s, 1, &brief, margin, enough);
    if (!rc_seek_evaluate(&worth, &brief, margin)) return false;
    *pair = brief;
    *value = worth;
    return true;
}

/* The exact pair. */

static void set_fraction(fmpq_t x, double value)
{
    int k = 0;
    while (k < FINEST && fabs(fraction(value, k) - value) > 1e-9) k++;
    fmpq_set_si(x, (slong) rint(value * (double) denominators[k]), (ulong) denominators[k]);
    fmpq_canonicalise(x);
}

/* Neuron i as (u, P x / ||u||, q), q = k^2 ||gamma||_inf / ||u||_inf so that it is balanced for k = 1. The network is
   zero before. */
static bool set_neuron(rc_network_t net, slong place, const rc_seek_pair *pair, int i)
{
    if (pair->theorem == RC_SEEK_THEOREM_3_1 && i < pair->m && pair->P[i] <= 0) return true;
    fmpq_t a, b, size, outputs;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(size);
    fmpq_init(outputs);
    for (int j = 0; j < pair->d; j++) {
        fmpq *u = fmpq_mat_entry(net->u, place, j);
        fmpq_zero(u);
        for (int k = 0; k < pair->rank; k++) {
            set_fraction(a, pair->w[i][k]);
            set_fraction(b, pair->B[k][j]);
            fmpq_addmul(u, a, b);
        }
        fmpq_abs(a, u);
        if (fmpq_cmp(a, size) > 0) fmpq_set(size, a);
    }
    for (int p = 0; p < pair->D; p++) {
        fmpq *gamma = fmpq_mat_entry(net->gamma, place, p);
        set_fraction(gamma, pair->x[i][p]);
        fmpq_abs(a, gamma);
        if (fmpq_cmp(a, outputs) > 0) fmpq_set(outputs, a);
    }
    set_fraction(a, pair->P[i]);
    bool valid = fmpq_sgn(size) > 0 && fmpq_sgn(outputs) > 0 && fmpq_sgn(a) > 0;
    if (valid) {
        /* ||gamma|| = P / ||u||, then q = k^2 P / ||u||^2. */
        fmpq_div(a, a, size);
        fmpq_div(b, a, outputs);
        for (int p = 0; p < pair->D; p++) {
            fmpq *gamma = fmpq_mat_entry(net->gamma, place, p);
            fmpq_mul(gamma, gamma, b);
        }
        fmpq_div(net->q + place, a, size);
        set_fraction(a, pair->k[i]);
        valid = fmpq_sgn(a) > 0;
        fmpq_mul(net->q + place, net->q + place, a);
        fmpq_mul(net->q + place, net->q + place, a);
    }
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(size);
    fmpq_clear(outputs);
    return valid;
}

static bool in_star(const rc_network_t net)
{
    rc_offender first;
    return rc_membership(&first, net, true) == RC_OFFENCE_NONE;
}

/* C.2 and C.3. */
static bool without_degeneracies(const rc_network_t gamma, const rc_network_t theta)
{
    rc_offenders_t offenders;
    rc_offenders_init(offenders);
    bool holds = rc_condition_c2(offenders, gamma, 0) && rc_condition_c3a(offenders, gamma, 0) &&
                 rc_condition_c3a(offenders, theta, 1) && rc_condition_c3b(offenders, gamma, theta);
    rc_offenders_clear(offenders);
    return holds;
}

/* The distance from Gamma to R(Theta), where it is known exactly. */
static bool measure_fiber(rc_seek_record_t record)
{
    rc_canonical_t g;
    rc_fiber_t fiber;
    rc_canonical_init(g);
    rc_fiber_init(fiber);
    rc_canonical_set_network(g, record->theta);
    bool exact = g->K == record->gamma->m && rc_fiber_distance(fiber, record->gamma, g, NULL) == RC_OK && fiber->exact;
    if (exact) rc_surd_set(record->distance, fiber->upper);
    rc_canonical_clear(g);
    rc_fiber_clear(fiber);
    return exact;
}

/* beta and distance, by the theorem. */
static bool measure_distance(rc_seek_record_t record)
{
    slong matching[RC_SEEK_MAX_M];
    switch (record->theorem) {
    case RC_SEEK_THEOREM_3_3:
        if (!in_star(record->gamma) || !in_star(record->theta)) return false;
        rc_surd_zero(record->beta);
        rc_phi_nearest(matching, record->distance, NULL, NULL, record->gamma, record->theta);
        return true;
    case RC_SEEK_THEOREM_3_1:
        if (!without_degeneracies(record->gamma, record->theta)) return false;
        rc_condition_beta_min(record->beta, record->gamma, record->r);
        return measure_fiber(record);
    }
    return false;
}

/* r, beta, distance and ratio of the networks; false where they are not as the theorem wants them, or r = 0. */
static bool measure(rc_seek_record_t record)
{
    rc_canonical_t f;
    rc_seminorm_t norm;
    rc_canonical_init(f);
    rc_seminorm_init(norm);
    rc_canonical_set_difference(f, record->theta, record->gamma);
    bool valid = rc_seminorm_value(norm, f, NULL) == RC_OK && fmpq_sgn(norm->upper) > 0;
    if (valid) {
        fmpq_set(record->r, norm->upper);
        valid = measure_distance(record);
    }
    if (valid) {
        fmpq_t inverse;
        rc_surd_t excess;
        fmpq_init(inverse);
        rc_surd_init(excess);
        fmpq_inv(inverse, record->r);
        rc_surd_set_sqrt_fmpq(record->ratio, inverse);
        rc_surd_sub(excess, record->distance, record->beta);
        rc_surd_mul(record->ratio, record->ratio, excess);
        fmpq_clear(inverse);
        rc_surd_clear(excess);
    }
    rc_canonical_clear(f);
    rc_seminorm_clear(norm);
    return valid;
}

bool rc_seek_certify(rc_seek_record_t record, const rc_seek_pair *pair)
{
    rc_seek_record_t found;
    rc_seek_record_init(found);
    found->theorem = pair->theorem;
    rc_network_clear(found->gamma);
    rc_network_clear(found->theta);
    rc_network_init(found->gamma, RC_SHALLOW, pair->d, pair->m, pair->D);
    rc_network_init(found->theta, RC_SHALLOW, pair->d, pair->m, pair->D);
    bool valid = true;
    for (int i = 0; i < pair->m; i++)
        valid = valid && set_neuron(found->gamma, i, pair, i) && set_neuron(found->theta, i, pair, pair->m + i);
    valid = valid && measure(found);
    if (valid) rc_seek_record_swap(record, found);
    rc_seek_record_clear(found);
    return valid;
}
