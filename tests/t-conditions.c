#include "relucert/conditions.h"

#include "t-phi-nets.h"

/* -1, 0, 1: negatively, not, positively proportional, by 2 x 2 minors; both non-zero. */
static int proportional(const rc_network_t X, slong i, const rc_network_t Y, slong k)
{
    fmpq_t a, b;
    fmpq_init(a);
    fmpq_init(b);
    bool parallel = true;
    int sign = 0;
    for (slong p = 0; p < X->d; p++)
        for (slong q = 0; q < X->d; q++) {
            fmpq_mul(a, fmpq_mat_entry(X->u, i, p), fmpq_mat_entry(Y->u, k, q));
            fmpq_mul(b, fmpq_mat_entry(X->u, i, q), fmpq_mat_entry(Y->u, k, p));
            parallel = parallel && fmpq_equal(a, b);
            if (p == q && sign == 0) sign = fmpq_sgn(a);
        }
    fmpq_clear(a);
    fmpq_clear(b);
    return parallel ? sign : 0;
}

typedef bool (*pair_condition)(rc_offenders_t o, const rc_network_t net, int which);

static void check_pairs(const char *name, pair_condition condition, int bad, const rc_network_t net)
{
    rc_offenders_t o;
    rc_offenders_init(o);
    bool holds = condition(o, net, 1);
    slong next = 0;
    bool ok = true;
    for (slong i = 0; i < net->m; i++)
        for (slong j = i + 1; j < net->m; j++) {
            if (rc_network_a_is_zero(net, i) || rc_network_a_is_zero(net, j) || proportional(net, i, net, j) != bad)
                continue;
            ok = ok && next < o->length && o->items[next].network == 1 && o->items[next].neuron == i &&
                 o->items[next].with == j;
            next++;
        }
    char *text = net_text(net);
    CHECK(ok && next == o->length && holds == (next == 0), "%s: %ld offenders, %ld expected: %s", name,
          (long) o->length, (long) next, text);
    free(text);
    rc_offenders_clear(o);
}

static void check_c3b(const rc_network_t gamma, const rc_network_t theta)
{
    rc_offenders_t o;
    rc_offenders_init(o);
    bool holds = rc_condition_c3b(o, gamma, theta);
    slong next = 0;
    bool ok = true;
    for (slong i = 0; i < gamma->m; i++)
        for (slong j = 0; j < theta->m; j++) {
            if (rc_network_a_is_zero(gamma, i) || rc_network_a_is_zero(theta, j) ||
                proportional(gamma, i, theta, j) != -1)
                continue;
            ok = ok && next < o->length && o->items[next].network == 0 && o->items[next].neuron == i &&
                 o->items[next].with == j;
            next++;
        }
    char *x = net_text(gamma), *y = net_text(theta);
    CHECK(ok && next == o->length && holds == (next == 0), "C.3b: %s and %s", x, y);
    free(x);
    free(y);
    rc_offenders_clear(o);
}

/* The norms entry by entry, as surds. */
static void direct_norms(rc_surd_t s, const rc_network_t net, slong i)
{
    rc_surd_t x;
    rc_surd_init(x);
    rc_surd_zero(s);
    for (slong j = 0; j < net->d + net->D; j++) {
        if (j < net->d) rc_network_get_a(x, net, i, j);
        else rc_network_get_c(x, net, i, j - net->d);
        rc_surd_abs(x, x);
        rc_surd_max(s, x);
    }
    rc_surd_clear(x);
}

/* ||c_i a_i^T|| <= 2r by all entries of the product matrix. */
static bool is_small(const rc_network_t net, slong i, const fmpq_t r)
{
    fmpq_t x;
    fmpq_init(x);
    bool small = true;
    for (slong p = 0; p < net->D; p++)
        for (slong j = 0; j < net->d; j++) {
            fmpq_mul(x, fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(net->u, i, j));
            fmpq_abs(x, x);
            fmpq_sub(x, x, r);
            small = small && fmpq_cmp(x, r) <= 0;
        }
    fmpq_clear(x);
    return small;
}

static void check_c1(const rc_network_t net, const fmpq_t r)
{
    rc_surd_t beta, s, least;
    rc_surd_init(beta);
    rc_surd_init(s);
    rc_surd_init(least);
    rc_condition_beta_min(beta, net, r);
    for (slong i = 0; i < net->m; i++) {
        if (!is_small(net, i, r)) continue;
        direct_norms(s, net, i);
        rc_surd_max(least, s);
    }
    char *text = net_text(net);
    CHECK(rc_surd_cmp(beta, least) == 0, "beta_min: %s", text);
    rc_offenders_t o;
    rc_offenders_init(o);
    CHECK(rc_condition_c1(o, net, r, beta) && o->length == 0, "C.1 at beta_min: %s", text);
    if (rc_surd_sgn(beta) > 0) {
        fmpq_t near;
        fmpq_init(near);
        fmpq_set_si(near, 999999, 1000000);
        rc_surd_mul_fmpq(s, beta, near);
        CHECK(!rc_condition_c1(o, net, r, s) && o->length > 0, "C.1 just below beta_min: %s", text);
        for (slong k = 0; k < o->length; k++)
            CHECK(is_small(net, o->items[k].neuron, r) && o->items[k].with == -1, "C.1 offender: %s", text);
        fmpq_clear(near);
    }
    rc_offenders_clear(o);
    free(text);
    rc_surd_clear(beta);
    rc_surd_clear(s);
    rc_surd_clear(least);
}

static void random_conditions(void)
{
    test_case("conditions against minors and entries");
    rc_network_t X, Y;
    fmpq_t r;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    fmpq_init(r);
    for (long round = test_rounds(600); round > 0; round--) {
        slong d = test_range(1, 3), D = test_range(1, 2);
        net_random(X, d, test_range(1, 7), D, test_range(1, 3), test_range(1, 2));
        net_random(Y, d, test_range(1, 7), D, test_range(1, 3), test_range(1, 2));
        check_pairs("C.2", rc_condition_c2, 1, X);
        check_pairs("C.3a", rc_condition_c3a, -1, X);
        check_c3b(X, Y);
        fmpq_set_si(r, test_range(0, 6), (ulong) test_range(1, 4));
        check_c1(X, r);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    fmpq_clear(r);
}

static void memberships(void)
{
    test_case("N' and N*, first offender");
    static const struct {
        const char *net;
        bool star;
        rc_offence offence;
        slong neuron, with;
    } cases[] = {
        {"2 1/5 1/5 ; 2 ; 1 | -1 1/100 1/100 ; -2 ; 2 | 1 1/90 1/90 ; -2 ; 2", true, RC_OFFENCE_NONE, -1, -1},
        {"2 1/5 1/5 ; 2 ; 1 | -1 1/100 1/100 ; -2 ; 3 | 1 1/90 1/90 ; -2 ; 2", true, RC_OFFENCE_BALANCE, 1, -1},
        {"1 2 2 ; 2 ; 1 | 3 1 1 ; 3 ; 1 | 2 4 4 ; 4 ; 1", true, RC_OFFENCE_C2, 0, 2},
        {"1 2 2 ; 2 ; 1 | -1 -2 -2 ; 2 ; 1", false, RC_OFFENCE_NONE, -1, -1},
        {"1 2 2 ; 2 ; 1 | -1 -2 -2 ; 2 ; 1", true, RC_OFFENCE_POSITIVITY, 1, -1},
        {"1 2 0 ; 2 ; 1", true, RC_OFFENCE_POSITIVITY, 0, -1},
        {"0 0 0 ; 0 ; 1 | 0 0 0 ; 0 ; 2", false, RC_OFFENCE_NONE, -1, -1},
        {"1 1 1 ; 1 ; 1 | 1 1 1 ; 2 ; 2", true, RC_OFFENCE_C2, 0, 1}};
    rc_network_t net;
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        rc_offender first;
        net_set(net, 3, 1, cases[k].net);
        rc_offence offence = rc_membership(&first, net, cases[k].star);
        CHECK(offence == cases[k].offence && first.neuron == cases[k].neuron && first.with == cases[k].with,
              "%s: %s %ld %ld", cases[k].net, rc_offence_name(offence), (long) first.neuron, (long) first.with);
    }
    rc_offender first;
    net_set(net, 1, 1, "2 ; 2 ; 1");
    CHECK(rc_membership(&first, net, true) == RC_OFFENCE_POSITIVITY, "d = 1 has no N*");
    rc_network_clear(net);
}

static void crowded(void)
{
    test_case("the list of offenders is bounded");
    rc_network_t net;
    rc_offenders_t o;
    rc_network_init(net, RC_SHALLOW, 2, 500, 1);
    rc_offenders_init(o);
    for (slong i = 0; i < 500; i++) fmpq_set_si(fmpq_mat_entry(net->u, i, 1), i + 1, 7);
    CHECK(!rc_condition_c2(o, net, 0) && o->length == 100000, "%ld offenders", (long) o->length);
    rc_offenders_clear(o);
    rc_network_clear(net);
}

int main(void)
{
    test_start("t-conditions");
    random_conditions();
    memberships();
    crowded();
    flint_cleanup();
    return test_finish();
}
