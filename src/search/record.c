#include "search/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "relucert/canonical.h"
#include "relucert/conditions.h"
#include "relucert/phi.h"
#include "relucert/read.h"
#include "relucert/seminorm.h"

void rc_seek_record_init(rc_seek_record_t record)
{
    rc_network_init(record->gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(record->theta, RC_SHALLOW, 1, 1, 1);
    fmpq_init(record->r);
    rc_surd_init(record->distance);
    rc_surd_init(record->ratio);
}

void rc_seek_record_clear(rc_seek_record_t record)
{
    rc_network_clear(record->gamma);
    rc_network_clear(record->theta);
    fmpq_clear(record->r);
    rc_surd_clear(record->distance);
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
                   RC_SEEK_MAX_NEURONS * (RC_SEEK_MAX_D + RC_SEEK_MAX_OUTPUTS + 1) };

/* The numbers of a pair in four blocks, which end before end[0], ..., end[3] = the count. Products come first, they
   show in the value. */
static void slots(double *list[MAX_SLOTS], int end[4], rc_seek_pair *pair)
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
    for (int i = 0; i < n; i++) scale(pair->w[i], pair->rank, 1 / norm(pair->w[i], pair->rank));
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
    int end[4], k = 0;
    while (denominators[k] < 1000) k++;
    slots(list, end, &brief);
    normalize(&brief, value->r);
    for (int s = 0; s < end[3]; s++) *list[s] = fraction(*list[s], k);
    if (!rc_seek_evaluate(value, &brief, margin)) return false;
    *pair = brief;
    return true;
}

/* Blocks first: products that differ by r go on doing so. Then one number after the other. */
bool rc_seek_shorten(rc_seek_pair *pair, rc_seek_value *value, double margin, double loss)
{
    rc_seek_pair brief = *pair;
    rc_seek_value worth;
    double *list[MAX_SLOTS], enough = value->ratio * (1 - loss);
    int end[4];
    slots(list, end, &brief);
    normalize(&brief, value->r);
    for (int s = 0; s < end[3]; s++) *list[s] = fraction(*list[s], FINEST);
    if (!rc_seek_evaluate(&worth, &brief, margin) || worth.ratio < enough) return false;
    for (int k = 0; k < 4; k++) {
        int begin = k > 0 ? end[k - 1] : 0;
        shorten(list + begin, end[k] - begin, &brief, margin, enough);
    }
    for (int s = 0; s < end[3]; s++) shorten(list + s, 1, &brief, margin, enough);
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

/* Neuron i as (u, P x / ||u||, q), q = ||gamma||_inf / ||u||_inf so that it is balanced. */
static bool set_neuron(rc_network_t net, slong place, const rc_seek_pair *pair, int i)
{
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
        /* ||gamma|| = P / ||u||, then q = P / ||u||^2. */
        fmpq_div(a, a, size);
        fmpq_div(b, a, outputs);
        for (int p = 0; p < pair->D; p++) {
            fmpq *gamma = fmpq_mat_entry(net->gamma, place, p);
            fmpq_mul(gamma, gamma, b);
        }
        fmpq_div(net->q + place, a, size);
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

/* r, distance and ratio of the networks. False if r = 0. */
static bool measure(rc_seek_record_t record)
{
    rc_canonical_t f;
    rc_seminorm_t norm;
    rc_canonical_init(f);
    rc_seminorm_init(norm);
    rc_canonical_set_difference(f, record->theta, record->gamma);
    bool valid = rc_seminorm_value(norm, f, NULL) == RC_OK && fmpq_sgn(norm->upper) > 0;
    if (valid) {
        slong matching[RC_SEEK_MAX_M];
        fmpq_t inverse;
        fmpq_init(inverse);
        fmpq_set(record->r, norm->upper);
        rc_phi_nearest(matching, record->distance, NULL, NULL, record->gamma, record->theta);
        fmpq_inv(inverse, record->r);
        rc_surd_set_sqrt_fmpq(record->ratio, inverse);
        rc_surd_mul(record->ratio, record->ratio, record->distance);
        fmpq_clear(inverse);
    }
    rc_canonical_clear(f);
    rc_seminorm_clear(norm);
    return valid;
}

bool rc_seek_certify(rc_seek_record_t record, const rc_seek_pair *pair)
{
    rc_seek_record_t found;
    rc_seek_record_init(found);
    rc_network_clear(found->gamma);
    rc_network_clear(found->theta);
    rc_network_init(found->gamma, RC_SHALLOW, pair->d, pair->m, pair->D);
    rc_network_init(found->theta, RC_SHALLOW, pair->d, pair->m, pair->D);
    bool valid = true;
    for (int i = 0; i < pair->m; i++)
        valid = valid && set_neuron(found->gamma, i, pair, i) && set_neuron(found->theta, i, pair, pair->m + i);
    valid = valid && in_star(found->gamma) && in_star(found->theta) && measure(found);
    if (valid) rc_seek_record_swap(record, found);
    rc_seek_record_clear(found);
    return valid;
}

/* The case. */

static json_t *text(const char *value)
{
    json_t *string = json_string(value);
    if (!string) abort();
    return string;
}

static void set(json_t *doc, const char *key, json_t *value)
{
    if (json_object_set_new(doc, key, value)) abort();
}

/* A claim about the two networks. */
static json_t *claim(json_t *claims, const char *id, const char *kind)
{
    json_t *doc = json_object();
    set(doc, "id", text(id));
    set(doc, "claim", text(kind));
    if (json_array_append_new(claims, doc)) abort();
    return doc;
}

static void name_pair(json_t *doc)
{
    set(doc, "gamma", text("Gamma"));
    set(doc, "theta", text("Theta"));
}

static void add_member(json_t *claims, const char *id, const char *name)
{
    json_t *doc = claim(claims, id, "member");
    set(doc, "of", text(name));
    set(doc, "space", text("N*"));
    set(doc, "holds", json_true());
}

static void add_stable(json_t *claims, const char *id, json_t *s, bool refuted)
{
    json_t *doc = claim(claims, id, "inverse-stable");
    name_pair(doc);
    set(doc, "s", s);
    set(doc, "alpha", text("1/2"));
    set(doc, "within", text("N*"));
    if (refuted) set(doc, "expect", text("refuted"));
}

/* The largest multiple of 10^-4 below s > 0 as text (0 if there is none above it), the least that is >= s if `up`. */
static json_t *decimal(const rc_surd_t s, bool up)
{
    fmpq_t lo, hi;
    fmpz_t n;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpz_init(n);
    rc_surd_enclose(lo, hi, s, 64);
    fmpq_mul_si(lo, up ? hi : lo, 10000);
    if (up) fmpz_cdiv_q(n, fmpq_numref(lo), fmpq_denref(lo));
    else fmpz_fdiv_q(n, fmpq_numref(lo), fmpq_denref(lo));
    fmpq_set_fmpz_frac(lo, n, (fmpz[1]){10000});
    if (!up && rc_surd_cmp_fmpq(s, lo) <= 0) {
        fmpz_sub_ui(n, n, 1);
        fmpq_set_fmpz_frac(lo, n, (fmpz[1]){10000});
    }
    json_t *value = rc_write_fmpq(lo);
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpz_clear(n);
    return value;
}

enum { BRIEF = 60 };

static void add_claims(json_t *claims, const rc_seek_record_t record)
{
    add_member(claims, "gamma-in-N-star", "Gamma");
    add_member(claims, "theta-in-N-star", "Theta");
    json_t *norm = claim(claims, "semi-norm", "semi-norm");
    json_t *of = json_pack("[s, s]", "Gamma", "Theta");
    if (!of) abort();
    set(norm, "of", of);
    set(norm, "equals", rc_write_fmpq(record->r));
    name_pair(claim(claims, "theorem-3.3", "theorem-3.3"));
    char *exact = rc_surd_get_str(record->ratio);
    bool brief = snprintf(NULL, 0, "%s", exact) <= BRIEF;
    add_stable(claims, "attained", brief ? text(exact) : decimal(record->ratio, true), false);
    free(exact);
    add_stable(claims, "no-smaller-constant", decimal(record->ratio, false), true);
}

json_t *rc_seek_record_case(const rc_seek_record_t record)
{
    char title[120];
    json_t *doc = json_object(), *networks = json_object(), *claims = json_array();
    snprintf(title, sizeof title, "A large |Phi - Gamma|_inf / sqrt(r) in N*, d = %ld, m = %ld, D = %ld",
             (long) record->gamma->d, (long) record->gamma->m, (long) record->gamma->D);
    set(doc, "title", text(title));
    set(doc, "source", text("found by relucert search; docs/best-constant.md"));
    set(networks, "Gamma", rc_write_network(record->gamma));
    set(networks, "Theta", rc_write_network(record->theta));
    set(doc, "networks", networks);
    add_claims(claims, record);
    set(doc, "claims", claims);
    return doc;
}
