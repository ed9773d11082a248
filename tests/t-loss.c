#include "relucert/loss.h"

#include <flint/fmpq_vec.h>

#include "harness.h"

static void set_str(fmpq_mat_t M, slong i, slong j, const char *text)
{
    fmpq_set_str(fmpq_mat_entry(M, i, j), text, 10);
}

static void small(fmpq_t x, long c, long den)
{
    fmpq_set_si(x, test_range(-c, c), (ulong) test_range(1, den));
}

/* Is every entry of Y closer than radius to X's? */
static bool in_open_box(const rc_network_t X, const rc_network_t Y, const fmpq_t radius)
{
    rc_surd_t s;
    rc_surd_init(s);
    rc_network_distance(s, X, Y);
    bool inside = rc_surd_cmp_fmpq(s, radius) < 0;
    rc_surd_clear(s);
    return inside;
}

/* Example A.1: Gamma_* = (0, (-1, 0)), x^1 = (0, 1/2), x^2 = (1/2, 0), y = 0, 1: a minimum at radius 1/2 with loss 1/2.
   */
static void test_example_a_1(void)
{
    rc_network_t X, better;
    rc_samples_t s;
    fmpq_t loss, bound, radius;
    rc_network_init(X, RC_SHALLOW, 2, 1, 1);
    rc_network_init(better, RC_SHALLOW, 2, 1, 1);
    rc_samples_init(s, 2, 2, 1);
    fmpq_init(loss);
    fmpq_init(bound);
    fmpq_init(radius);
    set_str(X->u, 0, 0, "-1");
    set_str(s->x, 0, 1, "1/2");
    set_str(s->x, 1, 0, "1/2");
    set_str(s->y, 1, 0, "1");

    test_case("Example A.1: a local minimum at radius 1/2");
    fmpq_set_si(radius, 1, 2);
    rc_status status = rc_loss_box_bound(bound, X, s, radius);
    /* At x^1 the weights may be active, so the output is in an interval about 0 = y^1; at x^2 the neuron is off. */
    CHECK(status == RC_OK && fmpq_equal(bound, radius), "the bound is not 1/2");
    rc_verdict verdict = rc_loss_local_minimum(better, loss, X, s, radius);
    CHECK(fmpq_equal(loss, radius), "the loss is not 1/2");
    CHECK(verdict == RC_PROVED, "verdict %d", (int) verdict);

    test_case("Example A.1: no minimum at radius 3");
    fmpq_set_si(radius, 3, 1);
    verdict = rc_loss_local_minimum(better, loss, X, s, radius);
    CHECK(verdict == RC_REFUTED, "verdict %d", (int) verdict);
    CHECK(in_open_box(X, better, radius), "outside the box");
    rc_loss(bound, better, s);
    CHECK(fmpq_cmp(bound, loss) < 0, "not better");

    test_case("irrational entries have no box bound");
    fmpq_set_si(X->q, 2, 1);
    status = rc_loss_box_bound(bound, X, s, radius);
    CHECK(status == RC_UNDEFINED, "status %d", (int) status);
    verdict = rc_loss_local_minimum(better, loss, X, s, radius);
    CHECK(verdict == RC_UNDECIDED, "verdict %d", (int) verdict);
    rc_network_clear(X);
    rc_network_clear(better);
    rc_samples_clear(s);
    fmpq_clear(loss);
    fmpq_clear(bound);
    fmpq_clear(radius);
}

static void random_problem(rc_network_t X, rc_samples_t s)
{
    for (slong i = 0; i < X->m; i++) {
        for (slong k = 0; k < X->d; k++) small(fmpq_mat_entry(X->u, i, k), 4, 3);
        for (slong p = 0; p < X->D; p++) small(fmpq_mat_entry(X->gamma, i, p), 4, 3);
        if (test_chance(30)) fmpq_set_si(X->q + i, 4, 9);
    }
    for (slong j = 0; j < s->n; j++) {
        for (slong k = 0; k < X->d; k++) small(fmpq_mat_entry(s->x, j, k), 3, 2);
        for (slong p = 0; p < X->D; p++) small(fmpq_mat_entry(s->y, j, p), 3, 2);
    }
}

/* Y = X + a random point of the box, q = 1. */
static void perturb(rc_network_t Y, const rc_network_t X, const fmpq_t radius)
{
    rc_surd_t s;
    fmpq_t t;
    rc_surd_init(s);
    fmpq_init(t);
    for (slong i = 0; i < X->m; i++) {
        for (slong k = 0; k < X->d + X->D; k++) {
            fmpq *entry = k < X->d ? fmpq_mat_entry(Y->u, i, k) : fmpq_mat_entry(Y->gamma, i, k - X->d);
            if (k < X->d) rc_network_get_a(s, X, i, k);
            else rc_network_get_c(s, X, i, k - X->d);
            rc_status status = rc_surd_get_fmpq(entry, s);
            CHECK(status == RC_OK, "irrational");
            fmpq_set_si(t, test_range(-100, 100), 100);
            fmpq_addmul(entry, t, radius);
        }
        fmpq_one(Y->q + i);
    }
    rc_surd_clear(s);
    fmpq_clear(t);
}

static void check_random(slong n, slong d, slong m, slong D, const fmpq_t radius, long verdicts[4])
{
    rc_network_t X, Y, better;
    rc_samples_t s;
    fmpq_t loss, bound, other;
    rc_network_init(X, RC_SHALLOW, d, m, D);
    rc_network_init(Y, RC_SHALLOW, d, m, D);
    rc_network_init(better, RC_SHALLOW, d, m, D);
    rc_samples_init(s, n, d, D);
    fmpq_init(loss);
    fmpq_init(bound);
    fmpq_init(other);
    random_problem(X, s);
    rc_status status = rc_loss_box_bound(bound, X, s, radius);
    CHECK(status == RC_OK, "status %d", (int) status);
    for (int t = 0; t < 10; t++) {
        perturb(Y, X, radius);
        rc_loss(other, Y, s);
        CHECK(fmpq_cmp(bound, other) <= 0, "a network of the box is below the bound");
    }
    rc_verdict verdict = rc_loss_local_minimum(better, loss, X, s, radius);
    verdicts[verdict]++;
    rc_loss(other, X, s);
    CHECK(fmpq_equal(loss, other), "not the loss");
    CHECK((verdict == RC_PROVED) == (fmpq_cmp(bound, loss) >= 0), "proved without a bound");
    if (verdict == RC_REFUTED) {
        rc_loss(other, better, s);
        CHECK(fmpq_cmp(other, loss) < 0, "not better");
        CHECK(in_open_box(X, better, radius), "outside the open box");
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(better);
    rc_samples_clear(s);
    fmpq_clear(loss);
    fmpq_clear(bound);
    fmpq_clear(other);
}

static void test_random_problems(void)
{
    fmpq_t radius;
    fmpq_init(radius);
    test_case("random networks: the bound holds in the box, better points are better");
    long verdicts[4] = {0};
    for (long n = test_rounds(300); n > 0; n--) {
        fmpq_set_si(radius, test_range(1, 3), (ulong) test_range(1, 20));
        check_random(test_range(1, 4), test_range(1, 3), test_range(1, 4), test_range(1, 2), radius, verdicts);
    }
    CHECK(verdicts[RC_PROVED] > 0 && verdicts[RC_REFUTED] > 0, "verdicts %ld %ld %ld", verdicts[RC_PROVED],
          verdicts[RC_REFUTED], verdicts[RC_UNDECIDED]);
    fmpq_clear(radius);
}

/* rho(a x) c with a = 2, c = 1, at x = 1, y = 10, radius 1/2: the box reaches (5/2)(3/2) = 15/4, so the bound is
   (25/4)^2. */
static void test_closed_formula(void)
{
    rc_network_t X;
    rc_samples_t s;
    fmpq_t bound, radius, expected;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_samples_init(s, 1, 1, 1);
    fmpq_init(bound);
    fmpq_init(radius);
    fmpq_init(expected);
    set_str(X->u, 0, 0, "2");
    set_str(X->gamma, 0, 0, "1");
    set_str(s->x, 0, 0, "1");
    set_str(s->y, 0, 0, "10");
    fmpq_set_si(radius, 1, 2);
    test_case("the box bound of one neuron by hand");
    rc_status status = rc_loss_box_bound(bound, X, s, radius);
    fmpq_set_si(expected, 625, 16);
    CHECK(status == RC_OK && fmpq_equal(bound, expected), "(25/4)^2");
    /* y = -10: c > 0 throughout, so the smallest output is (3/2)(1/2) = 3/4. */
    set_str(s->y, 0, 0, "-10");
    status = rc_loss_box_bound(bound, X, s, radius);
    fmpq_set_si(expected, 1849, 16);
    CHECK(status == RC_OK && fmpq_equal(bound, expected), "(43/4)^2");
    rc_network_clear(X);
    rc_samples_clear(s);
    fmpq_clear(bound);
    fmpq_clear(radius);
    fmpq_clear(expected);
}

int main(void)
{
    test_start("t-loss");
    test_example_a_1();
    test_closed_formula();
    test_random_problems();
    flint_cleanup();
    return test_finish();
}
