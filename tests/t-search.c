#include <math.h>

#include "harness.h"
#include "relucert/expression.h"
#include "relucert/seminorm.h"
#include "search/climb.h"
#include "search/record.h"

/* The middle of an enclosure of 2^-50. */
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

static double thousandth(double x)
{
    return rint(1000 * x) / 1000;
}

static void round_vector(double *v, int n)
{
    for (int j = 0; j < n; j++) v[j] = thousandth(v[j]);
}

/* Thousandths, which the exact pair takes as they are. */
static void round_pair(rc_seek_pair *pair)
{
    for (int k = 0; k < pair->rank; k++) round_vector(pair->B[k], pair->d);
    for (int i = 0; i < 2 * pair->m; i++) {
        round_vector(pair->w[i], pair->rank);
        round_vector(pair->x[i], pair->D);
    }
    round_vector(pair->P, 2 * pair->m);
}

static void copy_weights(rc_seek_pair *pair, int i, int j)
{
    for (int k = 0; k < pair->rank; k++) pair->w[i][k] = pair->w[j][k];
}

static void float_against_exact(void)
{
    test_case("the ratio in floating point is the exact one");
    rc_seek_random random = {(uint64_t) test_range(0, 1000000)};
    for (long round = test_rounds(400); round > 0; round--) {
        int d = (int) test_range(2, 4), m = (int) test_range(1, d > 3 ? 3 : 4), D = (int) test_range(1, 3);
        rc_seek_pair pair;
        rc_seek_value value;
        rc_seek_record_t record;
        rc_seek_start(&pair, &value, &random, RC_SEEK_THEOREM_3_3, d, m, D);
        if (test_chance(30)) copy_weights(&pair, 0, m);
        round_pair(&pair);
        if (!rc_seek_evaluate(&value, &pair, 0)) continue;
        rc_seek_record_init(record);
        bool certified = rc_seek_certify(record, &pair);
        CHECK(certified, "d = %d, m = %d, D = %d, rank %d", d, m, D, pair.rank);
        double r = certified ? fmpq_get_d(record->r) : 0, distance = approximate(record->distance),
               ratio = approximate(record->ratio);
        CHECK(fabs(r - value.r) <= 1e-9 * value.r, "r = %.12f, not %.12f, d = %d, m = %d, rank %d", value.r, r, d, m,
              pair.rank);
        CHECK(fabs(distance - value.distance) <= 1e-9 * value.distance, "distance %.12f, not %.12f", value.distance,
              distance);
        CHECK(fabs(ratio - value.ratio) <= 1e-9 * value.ratio, "ratio %.12f, not %.12f", value.ratio, ratio);
        rc_seek_record_clear(record);
    }
}

static void climbing(void)
{
    test_case("a climb improves, and no pair exceeds 2*sqrt(2)");
    rc_seek_random random = {1};
    double best = 0;
    for (long round = test_rounds(12); round > 0; round--) {
        rc_seek_pair pair;
        rc_seek_value value, start;
        rc_seek_start(&pair, &start, &random, RC_SEEK_THEOREM_3_3, 3, 2, 1);
        value = start;
        rc_seek_climb(&pair, &value, &random, 0.3, 4000, NULL);
        rc_seek_value again;
        CHECK(rc_seek_evaluate(&again, &pair, RC_SEEK_MARGIN) && again.ratio == value.ratio, "%.17g", value.ratio);
        CHECK(value.ratio >= start.ratio && value.ratio <= 2.8284271247461903, "%.17g from %.17g", value.ratio,
              start.ratio);
        if (!rc_seek_shorten(&pair, &value, RC_SEEK_MARGIN, 1e-3)) continue;
        rc_seek_record_t record;
        rc_seek_record_init(record);
        if (rc_seek_certify(record, &pair)) best = fmax(best, approximate(record->ratio));
        rc_seek_record_clear(record);
    }
    CHECK(best > 2, "m = 2 has more than 2: %.12f", best);
}

static void outside(void)
{
    test_case("pairs outside of N* have no value");
    rc_seek_random random = {5};
    rc_seek_pair pair;
    rc_seek_value value;
    rc_seek_record_t record;
    rc_seek_record_init(record);
    do rc_seek_start(&pair, &value, &random, RC_SEEK_THEOREM_3_3, 3, 2, 1);
    while (pair.rank != 3);
    rc_seek_pair other = pair;
    other.w[1][2] = -other.w[1][2];
    CHECK(!rc_seek_evaluate(&value, &other, 0) && !rc_seek_certify(record, &other), "a negative last weight");
    other = pair;
    copy_weights(&other, 0, 1);
    CHECK(!rc_seek_evaluate(&value, &other, 0) && !rc_seek_certify(record, &other), "two equal directions");
    for (int i = 0; i < 2; i++) {
        copy_weights(&pair, 2 + i, i);
        pair.P[2 + i] = pair.P[i];
        pair.x[2 + i][0] = pair.x[i][0];
    }
    CHECK(!rc_seek_evaluate(&value, &pair, 0) && !rc_seek_certify(record, &pair), "equal realizations");
    rc_seek_record_clear(record);
}

int main(void)
{
    test_start("t-search");
    float_against_exact();
    climbing();
    outside();
    return test_finish();
}
