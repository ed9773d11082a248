#include <math.h>

#include "relucert/expression.h"
#include "relucert/fiber.h"
#include "relucert/seminorm.h"
#include "search/climb.h"
#include "search/record.h"
#include "search/scale.h"
#include "t-phi-nets.h"

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
    round_vector(pair->k, 2 * pair->m);
}

static void copy_weights(rc_seek_pair *pair, int i, int j)
{
    for (int k = 0; k < pair->rank; k++) pair->w[i][k] = pair->w[j][k];
}

/* The ray and the product of hyperplane H, oriented by eps, for neuron i. */
static double scaled_cost(const rc_network_t net, slong i, const rc_canonical_t g, slong H, int eps)
{
    double a[4], e[4], root = sqrt(fmpq_get_d(net->q + i));
    for (slong j = 0; j < net->d; j++) {
        a[j] = root * fmpq_get_d(fmpq_mat_entry(net->u, i, j));
        e[j] = eps * fmpz_get_d(fmpz_mat_entry(g->u, H, j));
    }
    return rc_seek_scaled_cost(a, fmpq_get_d(fmpq_mat_entry(net->gamma, i, 0)) / root, e,
                               fmpq_get_d(fmpq_mat_entry(g->gamma, H, 0)), (int) net->d);
}

static void scaled_costs(void)
{
    test_case("the cost at the best scale in floating point is the exact one");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_surd_t exact;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_surd_init(exact);
    for (long round = test_rounds(300); round > 0; round--) {
        slong d = test_range(1, 4);
        net_random(X, d, test_range(1, 3), 1, 4, 3);
        net_random(Y, d, test_range(1, 3), 1, 4, 3);
        rc_canonical_set_network(g, Y);
        for (slong i = 0; i < X->m; i++)
            for (slong H = 0; H < g->K; H++)
                for (int eps = -1; eps <= 1; eps += 2) {
                    rc_cost(exact, X, i, g, H, eps);
                    double cost = scaled_cost(X, i, g, H, eps), expected = approximate(exact);
                    CHECK(fabs(cost - expected) <= 1e-13 * (1 + expected), "%.17g, not %.17g", cost, expected);
                }
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_surd_clear(exact);
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

/* Neurons on common hyperplanes, zero neurons, unbalanced ones, three of Theta that may be turned together. */
static void make_special(rc_seek_pair *pair)
{
    int m = pair->m;
    for (int i = 0; i < m; i++) {
        if (test_chance(30)) copy_weights(pair, m + i, i);
        if (test_chance(20)) pair->P[i] = 0;
        if (test_chance(30)) pair->k[i] = (double) test_range(1, 3000) / 1000;
        if (test_chance(20)) pair->P[m + i] = pair->P[i] + 1;
    }
    if (m < 3 || pair->rank > 2 || pair->d > 2 || !test_chance(50)) return;
    /* (1, 0) + (0, 1) + (-1, -1) */
    for (int i = m; i < m + 3; i++) {
        pair->w[i][0] = i == m ? 1 : i == m + 1 ? 0 : -1;
        pair->w[i][1] = i == m ? 0 : i == m + 1 ? 1 : -1;
        pair->P[i] = pair->P[m] > 0 ? pair->P[m] : 1;
        pair->x[i][0] = 1;
    }
}

/* False if the record's Theta may be turned in one way only, or there is no record. */
static bool may_turn(const rc_seek_record_t record)
{
    rc_canonical_t g;
    rc_fiber_t fiber;
    rc_canonical_init(g);
    rc_fiber_init(fiber);
    rc_canonical_set_network(g, record->theta);
    bool several = rc_fiber_distance(fiber, record->gamma, g, NULL) == RC_OK && fiber->flips > 1;
    rc_canonical_clear(g);
    rc_fiber_clear(fiber);
    return several;
}

static void free_against_exact(void)
{
    test_case("Theorem 3.1: r, beta, distance and ratio in floating point are the exact ones, the ratio at most sqrt(2)");
    rc_seek_random random = {(uint64_t) test_range(0, 1000000)};
    rc_surd_t root;
    fmpq_t two;
    long several = 0, zero = 0;
    rc_surd_init(root);
    fmpq_init(two);
    fmpq_set_si(two, 2, 1);
    rc_surd_set_sqrt_fmpq(root, two);
    for (long round = test_rounds(600); round > 0; round--) {
        int m = (int) test_range(1, 4), d = (int) test_range(m > 1 ? 2 : 1, m > 3 ? 3 : 4);
        rc_seek_pair pair;
        rc_seek_value value;
        rc_seek_record_t record;
        rc_seek_start(&pair, &value, &random, RC_SEEK_THEOREM_3_1, d, m, 1);
        make_special(&pair);
        round_pair(&pair);
        if (!rc_seek_evaluate(&value, &pair, 0)) continue;
        rc_seek_record_init(record);
        bool certified = rc_seek_certify(record, &pair);
        CHECK(certified, "d = %d, m = %d, rank %d", d, m, pair.rank);
        if (certified) {
            double exact[4] = {fmpq_get_d(record->r), approximate(record->beta), approximate(record->distance),
                               approximate(record->ratio)};
            double found[4] = {value.r, value.beta, value.distance, value.ratio};
            for (int k = 0; k < 4; k++)
                CHECK(fabs(exact[k] - found[k]) <= 1e-8 * (1 + fabs(exact[k])), "%s %.12f, not %.12f; d = %d, m = %d",
                      (const char *[]){"r", "beta", "distance", "ratio"}[k], found[k], exact[k], d, m);
            CHECK(rc_surd_cmp(record->ratio, root) <= 0, "ratio %.12f > sqrt(2); d = %d, m = %d", exact[3], d, m);
            CHECK(m > 1 || exact[3] <= 1 + 1e-12, "ratio %.12f > 1; d = %d, m = 1", exact[3], d);
            several += may_turn(record);
            for (int i = 0; i < m; i++) zero += pair.P[i] <= 0;
        }
        rc_seek_record_clear(record);
    }
    printf("  %ld with several sets of neurons to turn, %ld zero neurons\n", several, zero);
    CHECK(several > 0 && zero > 0, "several %ld, zero neurons %ld", several, zero);
    rc_surd_clear(root);
    fmpq_clear(two);
}

static void free_climbing(void)
{
    test_case("Theorem 3.1: climbs reach sqrt(2), and no pair exceeds it");
    rc_seek_random random = {1};
    rc_surd_t root;
    fmpq_t two;
    bool reached = false;
    rc_surd_init(root);
    fmpq_init(two);
    fmpq_set_si(two, 2, 1);
    rc_surd_set_sqrt_fmpq(root, two);
    for (long round = test_rounds(12); round > 0; round--) {
        rc_seek_pair pair;
        rc_seek_value value;
        rc_seek_start(&pair, &value, &random, RC_SEEK_THEOREM_3_1, 2, 2, 1);
        rc_seek_climb(&pair, &value, &random, 0.3, 20000, NULL);
        CHECK(value.ratio <= 1.4142135623730951 * (1 + 1e-9), "%.17g", value.ratio);
        if (!rc_seek_shorten(&pair, &value, RC_SEEK_MARGIN, 1e-3)) continue;
        rc_seek_record_t record;
        rc_seek_record_init(record);
        if (rc_seek_certify(record, &pair)) {
            int c = rc_surd_cmp(record->ratio, root);
            CHECK(c <= 0, "%.12f", approximate(record->ratio));
            reached = reached || c == 0;
        }
        rc_seek_record_clear(record);
    }
    CHECK(reached, "sqrt(2) was not reached");
    rc_surd_clear(root);
    fmpq_clear(two);
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

/* A pair in the plane and one of its neurons changed; what was valid no longer is. */
static void free_outside(void)
{
    test_case("Theorem 3.1: degenerate pairs have no value");
    rc_seek_pair pair = {.theorem = RC_SEEK_THEOREM_3_1, .d = 2, .m = 2, .D = 1, .rank = 2, .B = {{1, 0}, {0, 1}},
                         .w = {{1, 0.125}, {-1, 0.125}, {1, 0.125}, {1, 0.25}}, .x = {{1}, {-1}, {1}, {1}},
                         .P = {100, 1, 99, 2}, .k = {1, 1, 1, 1}};
    rc_seek_value value;
    rc_seek_record_t record;
    rc_seek_record_init(record);
    CHECK(rc_seek_evaluate(&value, &pair, 0) && rc_seek_certify(record, &pair), "a valid pair");
    char *ratio = rc_surd_get_str(record->ratio), *beta = rc_surd_get_str(record->beta);
    CHECK(!strcmp(ratio, "sqrt(2)") && !strcmp(beta, "1") && fmpq_is_one(record->r), "ratio %s, beta %s", ratio, beta);
    free(ratio);
    free(beta);
    static const struct {
        int from, to, sign;
        const char *what;
    } change[] = {{0, 1, 1, "C.2"}, {0, 1, -1, "C.3a, Gamma"}, {2, 3, -1, "C.3a, Theta"}, {1, 3, -1, "C.3b"},
                  {2, 3, 1, "fewer hyperplanes than neurons"}};
    for (int k = 0; k < 5; k++) {
        rc_seek_pair other = pair;
        for (int j = 0; j < 2; j++) other.w[change[k].to][j] = change[k].sign * other.w[change[k].from][j];
        CHECK(!rc_seek_evaluate(&value, &other, 0) && !rc_seek_certify(record, &other), "%s", change[k].what);
    }
    pair.P[3] = 0;
    CHECK(!rc_seek_evaluate(&value, &pair, 0) && !rc_seek_certify(record, &pair), "a zero neuron of Theta");
    rc_seek_record_clear(record);
}

int main(void)
{
    test_start("t-search");
    scaled_costs();
    float_against_exact();
    free_against_exact();
    climbing();
    free_climbing();
    outside();
    free_outside();
    flint_cleanup();
    return test_finish();
}
