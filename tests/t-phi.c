#include "relucert/phi.h"

#include "relucert/seminorm.h"
#include "t-phi-nets.h"

/* Matchings against all subsets */

typedef struct {
    slong n, k;
    bool edge[8][8];
} small_graph;

static bool small_edge(void *arg, slong i, slong j)
{
    const small_graph *g = arg;
    return g->edge[i][j];
}

/* Maximum matching by dynamic programming over sets of columns. */
static slong brute_matching(const small_graph *g)
{
    slong best[256] = {0};
    for (slong i = 0; i < g->n; i++)
        for (slong set = (1 << g->k) - 1; set >= 0; set--)
            for (slong j = 0; j < g->k; j++)
                if (g->edge[i][j] && (set & (1 << j)) && best[set & ~(1 << j)] + 1 > best[set])
                    best[set] = best[set & ~(1 << j)] + 1;
    return best[(1 << g->k) - 1];
}

static void matchings(void)
{
    test_case("maximum matchings and Hall violators");
    for (long round = test_rounds(3000); round > 0; round--) {
        small_graph g = {.n = test_range(1, 8), .k = test_range(1, 8)};
        int density = (int) test_range(5, 60);
        for (slong i = 0; i < g.n; i++)
            for (slong j = 0; j < g.k; j++) g.edge[i][j] = test_chance(density);
        slong column[8];
        bool rows[8], cols[8], used[8] = {false};
        slong size = rc_matching(column, rows, cols, g.n, g.k, small_edge, &g), matched = 0;
        bool valid = true;
        for (slong i = 0; i < g.n; i++) {
            if (column[i] < 0) continue;
            valid = valid && g.edge[i][column[i]] && !used[column[i]];
            used[column[i]] = true;
            matched++;
        }
        CHECK(valid && matched == size, "matching of %ld x %ld", (long) g.n, (long) g.k);
        CHECK(size == brute_matching(&g), "size %ld, not %ld", (long) size, (long) brute_matching(&g));
        if (size == g.n) continue;
        slong S = 0, N = 0;
        for (slong i = 0; i < g.n; i++) S += rows[i];
        for (slong j = 0; j < g.k; j++) N += cols[j];
        bool closed = true;
        for (slong i = 0; i < g.n; i++)
            for (slong j = 0; j < g.k; j++) closed = closed && !(rows[i] && g.edge[i][j] && !cols[j]);
        CHECK(closed && N < S, "violator %ld rows, %ld columns", (long) S, (long) N);
    }
}

/* Bottlenecks */

typedef struct {
    slong n, k;
    rc_surd_struct cost[6][6];
    double slack;
} small_costs;

static void small_exact(void *arg, rc_surd_t s, slong i, slong j)
{
    small_costs *c = arg;
    rc_surd_set(s, &c->cost[i][j]);
}

static void small_bounds(void *arg, slong i, slong j, double *lo, double *hi)
{
    small_costs *c = arg;
    fmpq_t a, b;
    fmpq_init(a);
    fmpq_init(b);
    rc_surd_enclose(a, b, &c->cost[i][j], 30);
    *lo = fmpq_get_d(a) - c->slack;
    *hi = fmpq_get_d(b) + c->slack;
    fmpq_clear(a);
    fmpq_clear(b);
}

static void brute_bottleneck(rc_surd_t best, const small_costs *c)
{
    slong p[6];
    rc_surd_t worst;
    rc_surd_init(worst);
    bool first = true;
    for (slong j = 0; j < c->k; j++) p[j] = j;
    do {
        rc_surd_zero(worst);
        for (slong i = 0; i < c->n; i++) rc_surd_max(worst, &c->cost[i][p[i]]);
        if (first || rc_surd_cmp(worst, best) < 0) rc_surd_set(best, worst);
        first = false;
    } while (next_permutation(p, c->k));
    rc_surd_clear(worst);
}

static void check_bottleneck(small_costs *c, const rc_surd_t best, rc_cost_bounds bounds)
{
    slong column[6];
    bool rows[6], cols[6], used[6] = {false};
    rc_surd_t value, worst;
    rc_surd_init(value);
    rc_surd_init(worst);
    rc_bottleneck(column, value, rows, cols, c->n, c->k, small_exact, bounds, c);
    CHECK(rc_surd_cmp(value, best) == 0, "bottleneck of %ld x %ld", (long) c->n, (long) c->k);
    bool valid = true;
    for (slong i = 0; i < c->n; i++) {
        valid = valid && column[i] >= 0 && column[i] < c->k && !used[column[i]];
        if (!valid) break;
        used[column[i]] = true;
        rc_surd_max(worst, &c->cost[i][column[i]]);
    }
    CHECK(valid && rc_surd_cmp(worst, best) == 0, "the assignment attains the value");
    slong S = 0, N = 0;
    for (slong i = 0; i < c->n; i++) S += rows[i];
    for (slong j = 0; j < c->k; j++) N += cols[j];
    bool closed = true;
    for (slong i = 0; i < c->n; i++)
        for (slong j = 0; j < c->k; j++)
            closed = closed && !(rows[i] && !cols[j] && rc_surd_cmp(&c->cost[i][j], best) < 0);
    CHECK(closed && N < S, "Hall violator");
    rc_surd_clear(value);
    rc_surd_clear(worst);
}

static void bottlenecks(void)
{
    test_case("bottlenecks against all permutations");
    static small_costs c;
    rc_surd_t best;
    fmpq_t x;
    rc_surd_init(best);
    fmpq_init(x);
    for (slong i = 0; i < 6; i++)
        for (slong j = 0; j < 6; j++) rc_surd_init(&c.cost[i][j]);
    for (long round = test_rounds(200); round > 0; round--) {
        c.k = test_range(1, 6);
        c.n = test_range(1, c.k);
        for (slong i = 0; i < c.n; i++)
            for (slong j = 0; j < c.k; j++) {
                /* Square roots of neighbours, so that enclosures overlap and exact values tie. */
                fmpq_set_si(x, test_chance(50) ? 100000000 + test_range(0, 3) : test_range(0, 4), 1);
                rc_surd_set_sqrt_fmpq(&c.cost[i][j], x);
            }
        brute_bottleneck(best, &c);
        check_bottleneck(&c, best, NULL);
        c.slack = 0;
        check_bottleneck(&c, best, small_bounds);
        c.slack = 1e-4;
        check_bottleneck(&c, best, small_bounds);
    }
    for (slong i = 0; i < 6; i++)
        for (slong j = 0; j < 6; j++) rc_surd_clear(&c.cost[i][j]);
    rc_surd_clear(best);
    fmpq_clear(x);
}

/* Nearest permutations */

static void permuted_distance(rc_surd_t s, const rc_network_t gamma, const rc_network_t theta, const slong *p)
{
    rc_surd_t x, y;
    rc_surd_init(x);
    rc_surd_init(y);
    rc_surd_zero(s);
    for (slong i = 0; i < gamma->m; i++)
        for (slong j = 0; j < gamma->d + gamma->D; j++) {
            if (j < gamma->d) {
                rc_network_get_a(x, gamma, i, j);
                rc_network_get_a(y, theta, p[i], j);
            } else {
                rc_network_get_c(x, gamma, i, j - gamma->d);
                rc_network_get_c(y, theta, p[i], j - gamma->d);
            }
            rc_surd_sub(x, x, y);
            rc_surd_abs(x, x);
            rc_surd_max(s, x);
        }
    rc_surd_clear(x);
    rc_surd_clear(y);
}

static void check_nearest(const rc_network_t gamma, const rc_network_t theta)
{
    slong m = gamma->m, p[6], matching[6];
    bool S[6], N[6];
    rc_surd_t best, s;
    rc_surd_init(best);
    rc_surd_init(s);
    for (slong j = 0; j < m; j++) p[j] = j;
    permuted_distance(best, gamma, theta, p);
    while (next_permutation(p, m)) {
        permuted_distance(s, gamma, theta, p);
        if (rc_surd_cmp(s, best) < 0) rc_surd_set(best, s);
    }
    rc_phi_nearest(matching, s, S, N, gamma, theta);
    char *x = net_text(gamma), *y = net_text(theta);
    CHECK(rc_surd_cmp(s, best) == 0, "nearest: %s and %s", x, y);
    rc_network_t phi;
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_phi_permute(phi, theta, matching);
    rc_network_distance(s, phi, gamma);
    CHECK(rc_surd_cmp(s, best) == 0 && same_realization(phi, theta), "phi: %s and %s", x, y);
    slong rows = 0, cols = 0;
    bool closed = true;
    for (slong j = 0; j < m; j++) {
        rows += S[j];
        cols += N[j];
        for (slong i = 0; i < m && S[j]; i++) {
            if (N[i]) continue;
            slong one[6];
            rc_network_t a, b;
            rc_network_init(a, RC_SHALLOW, gamma->d, 1, gamma->D);
            rc_network_init(b, RC_SHALLOW, gamma->d, 1, gamma->D);
            rc_network_set_neuron(a, 0, gamma, i);
            rc_network_set_neuron(b, 0, theta, j);
            one[0] = 0;
            permuted_distance(s, a, b, one);
            closed = closed && rc_surd_cmp(s, best) >= 0;
            rc_network_clear(a);
            rc_network_clear(b);
        }
    }
    CHECK(closed && cols < rows, "Hall violator: %s and %s", x, y);
    free(x);
    free(y);
    rc_network_clear(phi);
    rc_surd_clear(best);
    rc_surd_clear(s);
}

static void nearest_permutations(void)
{
    test_case("nearest permutation against all permutations");
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    for (long round = test_rounds(120); round > 0; round--) {
        slong d = test_range(1, 3), D = test_range(1, 2), m = test_range(1, 5);
        net_random(X, d, m, D, 3, 2);
        net_random(Y, d, m, D, 3, 2);
        check_nearest(X, Y);
    }
    /* Entries beyond the range of doubles, and surds that doubles cannot tell apart. */
    net_set(X, 1, 1, "1 ; 1 ; 1 | 2 ; 0 ; 1");
    net_set(Y, 1, 1, "2 ; 0 ; 1 | 1 ; 1 ; 1");
    for (slong i = 0; i < 2; i++) {
        fmpz *x = fmpq_numref(fmpq_mat_entry(X->u, i, 0)), *y = fmpq_numref(fmpq_mat_entry(Y->u, i, 0));
        fmpz_set_ui(x, 10);
        fmpz_pow_ui(x, x, 400 + (ulong) i);
        fmpz_set_ui(y, 10);
        fmpz_pow_ui(y, y, 401 - (ulong) i);
    }
    check_nearest(X, Y);
    net_set(X, 1, 1, "1 ; 0 ; 1000000000000000000000000000002 | 1 ; 0 ; 1000000000000000000000000000004");
    net_set(Y, 1, 1, "1 ; 0 ; 1000000000000000000000000000005 | 1 ; 0 ; 1000000000000000000000000000003");
    check_nearest(X, Y);
    /* With e = 2^-52: in doubles the differences are 2 and 2 + 2e, in truth 2 + 1.49 e and 2 + 1.02 e. */
    net_set(X, 2, 1, "450359962737049649/450359962737049600 450359962737049651/450359962737049600 ; 0 ; 1");
    net_set(Y, 2, 1, "-4503599627370497/4503599627370496 -450359962737049651/450359962737049600 ; 0 ; 1");
    check_nearest(X, Y);
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void proof_against_nearest(void)
{
    test_case("the proof's matching gives 9 where the nearest gives 1");
    rc_network_t X, Y, phi;
    rc_surd_t s;
    fmpq_t v;
    slong matching[2];
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_surd_init(s);
    fmpq_init(v);
    net_set(X, 2, 1, "10 9 ; 10 ; 1 | 1 1 ; 1 ; 1");
    net_set(Y, 2, 1, "10 10 ; 10 ; 1 | 1 9/10 ; 1 ; 1");
    rc_phi_nearest(matching, s, NULL, NULL, X, Y);
    fmpq_set_si(v, 1, 1);
    CHECK(rc_surd_cmp_fmpq(s, v) == 0, "nearest");
    rc_phi_proof_matching(matching, X, Y);
    rc_phi_permute(phi, Y, matching);
    rc_network_distance(s, phi, X);
    fmpq_set_si(v, 9, 1);
    CHECK(rc_surd_cmp_fmpq(s, v) == 0 && matching[0] == 1 && matching[1] == 0, "proof");
    net_set(X, 3, 1, "2 1/5 1/5 ; 2 ; 1 | -1 1/100 1/100 ; -2 ; 2 | 1 1/90 1/90 ; -2 ; 2");
    net_set(Y, 3, 1, "-2 3/10 3/10 ; -2 ; 1 | -2 1/4 1/4 ; 2 ; 1 | -2 1/5 1/5 ; -2 ; 1");
    slong m3[3];
    rc_phi_nearest(m3, s, NULL, NULL, X, Y);
    fmpq_set_si(v, 4, 1);
    CHECK(rc_surd_cmp_fmpq(s, v) == 0, "the sharp pair is at distance 4");
    rc_canonical_t f;
    rc_seminorm_t r;
    rc_canonical_init(f);
    rc_seminorm_init(r);
    rc_canonical_set_difference(f, X, Y);
    fmpq_set_si(v, 2, 1);
    CHECK(rc_seminorm_exact(r, f, NULL) == RC_OK && fmpq_equal(r->lower, v) && fmpq_equal(r->upper, v),
          "the sharp pair has r = 2");
    rc_seminorm_clear(r);
    rc_canonical_clear(f);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(phi);
    rc_surd_clear(s);
    fmpq_clear(v);
}

/* Theorems */

static void exact_r(fmpq_t r, const rc_network_t X, const rc_network_t Y)
{
    rc_canonical_t f;
    rc_seminorm_t s;
    rc_canonical_init(f);
    rc_seminorm_init(s);
    rc_canonical_set_difference(f, X, Y);
    CHECK(rc_seminorm_exact(s, f, NULL) == RC_OK, "semi-norm");
    fmpq_set(r, s->upper);
    rc_seminorm_clear(s);
    rc_canonical_clear(f);
}

/* A random member of N*, some directions those of `like`. */
static void random_star(rc_network_t net, slong d, slong m, slong D, const rc_network_struct *like)
{
    rc_offender first;
    do {
        net_random(net, d, m, D, 4, 3);
        for (slong i = 0; i < m; i++) {
            fmpq_set_si(net->q + i, 1, 1);
            for (slong j = d - 2; j < d; j++)
                fmpq_set_si(fmpq_mat_entry(net->u, i, j), test_range(1, 4), (ulong) test_range(1, 20));
            if (like && test_chance(50))
                for (slong j = 0; j < d; j++)
                    fmpq_set(fmpq_mat_entry(net->u, i, j), fmpq_mat_entry(like->u, test_chance(80) ? i : 0, j));
            while (rc_network_c_is_zero(net, i)) random_rational(fmpq_mat_entry(net->gamma, i, 0), 4, 3);
            if (like && test_chance(40))
                for (slong p = 0; p < D; p++)
                    fmpq_set(fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(like->gamma, i, p));
        }
        net_balance(net);
    } while (rc_membership(&first, net, true) != RC_OFFENCE_NONE);
}

static void stable_on_star(void)
{
    test_case("||Phi - Gamma|| <= 2 sqrt(2) sqrt(r) on N*, nearest and proof matching");
    rc_network_t X, Y, phi;
    rc_surd_t s, bound;
    fmpq_t r;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_surd_init(s);
    rc_surd_init(bound);
    fmpq_init(r);
    for (long round = test_rounds(150); round > 0; round--) {
        slong d = test_range(2, 3), D = test_range(1, 2), m = test_range(1, 4), matching[4];
        random_star(X, d, m, D, NULL);
        random_star(Y, d, m, D, X);
        exact_r(r, X, Y);
        fmpq_mul_2exp(r, r, 3);
        rc_surd_set_sqrt_fmpq(bound, r);
        char *x = net_text(X), *y = net_text(Y);
        for (int proof = 0; proof < 2; proof++) {
            if (proof) rc_phi_proof_matching(matching, X, Y);
            else rc_phi_nearest(matching, s, NULL, NULL, X, Y);
            rc_phi_permute(phi, Y, matching);
            rc_network_distance(s, phi, X);
            CHECK(rc_surd_cmp(s, bound) <= 0, "%s: %s and %s", proof ? "proof" : "nearest", x, y);
        }
        free(x);
        free(y);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(phi);
    rc_surd_clear(s);
    rc_surd_clear(bound);
    fmpq_clear(r);
}

/* Theta near Gamma: some rays common with outputs close by, some merged, cancelling, zero or foreign. */
static void random_theta(rc_network_t theta, const rc_network_t gamma)
{
    slong m = gamma->m;
    net_random(theta, gamma->d, m, 1, 2, 3);
    for (slong i = 0; i < m; i++) {
        if (!test_chance(75)) continue;
        fmpq_t factor;
        fmpq_init(factor);
        fmpq_set_si(factor, test_range(1, 3), (ulong) test_range(1, 3));
        for (slong j = 0; j < gamma->d; j++)
            fmpq_mul(fmpq_mat_entry(theta->u, i, j), fmpq_mat_entry(gamma->u, i, j), factor);
        fmpq_div(fmpq_mat_entry(theta->gamma, i, 0), fmpq_mat_entry(gamma->gamma, i, 0), factor);
        fmpq_set_si(factor, test_range(-1, 1), (ulong) test_range(1, 12));
        fmpq_add(fmpq_mat_entry(theta->gamma, i, 0), fmpq_mat_entry(theta->gamma, i, 0), factor);
        fmpq_clear(factor);
    }
    if (m >= 3 && test_chance(30)) { /* a cancelling or merging pair */
        for (slong j = 0; j < gamma->d; j++)
            fmpq_mul_si(fmpq_mat_entry(theta->u, m - 1, j), fmpq_mat_entry(theta->u, m - 2, j), 2);
        fmpq_div_2exp(fmpq_mat_entry(theta->gamma, m - 1, 0), fmpq_mat_entry(theta->gamma, m - 2, 0), 1);
        if (test_chance(60)) fmpq_neg(fmpq_mat_entry(theta->gamma, m - 1, 0), fmpq_mat_entry(theta->gamma, m - 1, 0));
    }
}

static void theorem_31(void)
{
    test_case("||Phi - Gamma|| <= beta + sqrt(2 r) under C.1-C.3, all cases of the proof");
    rc_network_t X, Y, phi;
    rc_surd_t beta, root, s;
    fmpq_t r;
    long count[5] = {0}, pairs = 0, zero_r = 0, merged = 0;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_surd_init(beta);
    rc_surd_init(root);
    rc_surd_init(s);
    fmpq_init(r);
    long wanted = test_rounds(250);
    while (pairs < wanted) {
        rc_phi_case cases[5];
        slong d = test_range(1, 3), m = test_range(1, 5);
        net_random(X, d, m, 1, 4, 1);
        if (test_chance(30)) net_balance(X);
        random_theta(Y, X);
        if (test_chance(3)) rc_network_set(Y, X);
        exact_r(r, X, Y);
        /* R(phi) = g needs no hypothesis. */
        rc_phi_theorem_31(phi, cases, X, Y, r);
        char *x = net_text(X), *y = net_text(Y);
        CHECK(same_realization(phi, Y), "R(phi): %s and %s", x, y);
        rc_offenders_t o;
        rc_offenders_init(o);
        bool fit = rc_condition_c2(o, X, 0) && rc_condition_c3a(o, X, 0) && rc_condition_c3a(o, Y, 1) &&
                   rc_condition_c3b(o, X, Y);
        if (fit) {
            pairs++;
            zero_r += fmpq_is_zero(r);
            merged += !rc_condition_c2(o, Y, 1);
            rc_condition_beta_min(beta, X, r);
            rc_network_distance(s, phi, X);
            fmpq_mul_2exp(r, r, 1);
            rc_surd_set_sqrt_fmpq(root, r);
            rc_surd_add(beta, beta, root);
            CHECK(rc_surd_cmp(s, beta) <= 0, "bound: %s and %s", x, y);
            for (slong i = 0; i < m; i++) count[cases[i]]++;
        }
        rc_offenders_clear(o);
        free(x);
        free(y);
    }
    printf("  %ld pairs, I1 %ld, A %ld, B.1 %ld, B.2 %ld, B.3 %ld, r = 0: %ld, merged: %ld\n", pairs, count[0],
           count[1], count[2], count[3], count[4], zero_r, merged);
    for (int k = 0; k < 5; k++) CHECK(count[k] > 0, "case %s was never reached", rc_phi_case_name((rc_phi_case) k));
    CHECK(zero_r > 0 && merged > 0, "r = 0 or merging never occurred");
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(phi);
    rc_surd_clear(beta);
    rc_surd_clear(root);
    rc_surd_clear(s);
    fmpq_clear(r);
}

static void theorem_31_slips(void)
{
    test_case("merged neurons that cancel, zero neurons in I1, r = 0");
    rc_network_t X, Y, phi;
    rc_phi_case cases[3];
    fmpq_t r;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    fmpq_init(r);
    /* Theta: (1,0), (2,0) cancel; Gamma has (1,0): unmatched, all of Theta becomes zero. */
    net_set(X, 2, 1, "1 0 ; 1 ; 1 | 0 0 ; 0 ; 1");
    net_set(Y, 2, 1, "1 0 ; 2 ; 1 | 2 0 ; -1 ; 1");
    fmpq_set_si(r, 1, 1);
    rc_phi_theorem_31(phi, cases, X, Y, r);
    CHECK(cases[0] == RC_CASE_I1 && cases[1] == RC_CASE_I1 && rc_network_a_is_zero(phi, 0) &&
              rc_network_a_is_zero(phi, 1) && rc_network_c_is_zero(phi, 0) && rc_network_c_is_zero(phi, 1),
          "cancelled neurons are zero in both parts");
    /* a = 0 with c = 5, and c = 0 with a = (7,7): both are zero neurons. */
    net_set(Y, 2, 1, "0 0 ; 5 ; 1 | 7 7 ; 0 ; 1");
    rc_phi_theorem_31(phi, cases, X, Y, r);
    CHECK(rc_network_a_is_zero(phi, 0) && rc_network_a_is_zero(phi, 1) && rc_network_c_is_zero(phi, 0) &&
              rc_network_c_is_zero(phi, 1),
          "neurons that contribute nothing are zero");
    /* The same function in other scales: with r = 0 each neuron comes back exactly, but for balance in B.3. */
    net_set(X, 2, 1, "1 0 ; 3 ; 1 | 0 5 ; 2 ; 1 | 1 1 ; 2 ; 2");
    net_set(Y, 2, 1, "1 1 ; 2 ; 9 | 3 0 ; 1 ; 1 | 0 1 ; 10 ; 7");
    fmpq_zero(r);
    rc_phi_theorem_31(phi, cases, X, Y, r);
    rc_surd_t s;
    rc_surd_init(s);
    rc_network_distance(s, phi, X);
    CHECK(rc_surd_is_zero(s) && cases[0] == RC_CASE_B1 && cases[1] == RC_CASE_B2 && cases[2] == RC_CASE_B3,
          "r = 0 gives Gamma back");
    rc_surd_clear(s);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(phi);
    fmpq_clear(r);
}

static void large_nearest(void)
{
    slong m = test_rounds(1000) >= 1000 ? 1000 : 200, d = 784, D = 10;
    test_case("m = %ld, d = 784, D = 10", (long) m);
    rc_network_t X, Y;
    rc_surd_t s;
    rc_network_init(X, RC_SHALLOW, d, m, D);
    rc_surd_init(s);
    slong *matching = malloc((size_t) m * sizeof(slong)), *hidden = malloc((size_t) m * sizeof(slong));
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j < d; j++)
            fmpq_set_si(fmpq_mat_entry(X->u, i, j), test_range(-(1L << 40), 1L << 40), 1UL << 43);
        for (slong p = 0; p < D; p++)
            fmpq_set_si(fmpq_mat_entry(X->gamma, i, p), test_range(-(1L << 40), 1L << 40), 1UL << 43);
        hidden[i] = i;
    }
    rc_network_init(Y, RC_SHALLOW, d, m, D);
    for (slong i = m - 1; i > 0; i--) {
        slong j = test_range(0, i), x = hidden[i];
        hidden[i] = hidden[j];
        hidden[j] = x;
    }
    for (slong i = 0; i < m; i++) rc_network_set_neuron(Y, hidden[i], X, i);
    /* Two random rows differ by nearly 1/4 somewhere, so a change of 1/64 leaves the hidden permutation the only
     * nearest. */
    fmpq_t gap;
    fmpq_init(gap);
    fmpq_set_si(gap, 1, 64);
    fmpq_add(fmpq_mat_entry(Y->u, 17, 3), fmpq_mat_entry(Y->u, 17, 3), gap);
    double start = rc_clock();
    rc_phi_nearest(matching, s, NULL, NULL, X, Y);
    printf("  %.2f s\n", rc_clock() - start);
    bool found = true;
    for (slong i = 0; i < m; i++) found = found && matching[i] == hidden[i];
    CHECK(found, "the hidden permutation");
    CHECK(rc_surd_cmp_fmpq(s, gap) == 0, "the one changed entry");
    fmpq_clear(gap);
    free(matching);
    free(hidden);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_surd_clear(s);
}

int main(void)
{
    test_start("t-phi");
    matchings();
    bottlenecks();
    nearest_permutations();
    proof_against_nearest();
    stable_on_star();
    theorem_31();
    theorem_31_slips();
    large_nearest();
    flint_cleanup();
    return test_finish();
}
