#include "relucert/fiber.h"

#include "relucert/seminorm.h"
#include "t-phi-nets.h"
#include "theory/cost.h"

/* Canonical forms of networks whose neurons are kept apart, so that K = m unless rays coincide. */
static void form_of(rc_canonical_t g, const rc_network_t net)
{
    rc_canonical_set_network(g, net);
}

/* Costs */

/* max(||lambda eps u_H - a_i||, ||gamma_H / lambda - c_i||) at lambda = sqrt(q) mu. */
static void value_at(rc_surd_t s, const rc_network_t net, slong i, const rc_canonical_t g, slong H, int eps,
                     const fmpq_t mu)
{
    fmpq_t x, q;
    rc_surd_t y;
    fmpq_init(x);
    fmpq_init(q);
    rc_surd_init(y);
    rc_surd_zero(s);
    for (slong j = 0; j < net->d; j++) {
        fmpq_mul_fmpz(x, mu, fmpz_mat_entry(g->u, H, j));
        if (eps < 0) fmpq_neg(x, x);
        fmpq_sub(x, x, fmpq_mat_entry(net->u, i, j));
        fmpq_abs(x, x);
        rc_surd_set_scaled(y, net->q + i, x);
        rc_surd_max(s, y);
    }
    fmpq_inv(q, net->q + i);
    for (slong p = 0; p < net->D; p++) {
        fmpq_div(x, fmpq_mat_entry(g->gamma, H, p), mu);
        fmpq_sub(x, x, fmpq_mat_entry(net->gamma, i, p));
        fmpq_abs(x, x);
        rc_surd_set_scaled(y, q, x);
        rc_surd_max(s, y);
    }
    fmpq_clear(x);
    fmpq_clear(q);
    rc_surd_clear(y);
}

static void exact_double(fmpq_t x, double value)
{
    mpq_t y;
    mpq_init(y);
    mpq_set_d(y, value);
    fmpq_set_mpq(x, y);
    mpq_clear(y);
}

static void check_cost(const rc_network_t net, slong i, const rc_canonical_t g, slong H, int eps, const char *text)
{
    rc_surd_t t, s;
    fmpq_t mu, near;
    rc_surd_init(t);
    rc_surd_init(s);
    fmpq_init(mu);
    fmpq_init(near);
    rc_cost(t, net, i, g, H, eps);
    CHECK(rc_cost_at_most(net, i, g, H, eps, t, false), "cost <= t: %s, %ld %ld %d", text, (long) i, (long) H, eps);
    CHECK(!rc_cost_at_most(net, i, g, H, eps, t, true), "not cost < t: %s, %ld %ld %d", text, (long) i, (long) H, eps);
    fmpq_set_si(near, 1000001, 1000000);
    rc_surd_mul_fmpq(s, t, near);
    CHECK(rc_surd_is_zero(t) || rc_cost_at_most(net, i, g, H, eps, s, true), "cost < t + : %s, %ld %ld %d", text,
          (long) i, (long) H, eps);
    double lo, hi;
    rc_cost_enclose(&lo, &hi, net, i, g, H, eps);
    exact_double(mu, lo);
    exact_double(near, hi);
    CHECK(rc_surd_cmp_fmpq(t, mu) >= 0 && rc_surd_cmp_fmpq(t, near) <= 0 && hi - lo <= 1e-7 * (1 + lo),
          "enclosure [%.17g, %.17g]: %s", lo, hi, text);
    for (int k = 0; k < 6; k++) {
        fmpq_set_si(mu, test_range(1, 40), (ulong) test_range(1, 12));
        value_at(s, net, i, g, H, eps, mu);
        CHECK(rc_surd_cmp(s, t) >= 0, "a scale below the cost: %s, %ld %ld %d", text, (long) i, (long) H, eps);
    }
    rc_surd_clear(t);
    rc_surd_clear(s);
    fmpq_clear(mu);
    fmpq_clear(near);
}

/* max over p < q of |a_p u_q - a_q u_p| / (|u_p| + |u_q|). */
static void check_line_cost(const rc_network_t net, slong i, const rc_canonical_t g, slong H, const char *text)
{
    rc_surd_t t, s;
    fmpq_t x, y, best;
    fmpz_t sum, a;
    rc_surd_init(t);
    rc_surd_init(s);
    fmpq_init(x);
    fmpq_init(y);
    fmpq_init(best);
    fmpz_init(sum);
    fmpz_init(a);
    for (slong p = 0; p < net->d; p++)
        for (slong q = p + 1; q < net->d; q++) {
            const fmpz *up = fmpz_mat_entry(g->u, H, p), *uq = fmpz_mat_entry(g->u, H, q);
            fmpz_abs(sum, up);
            fmpz_abs(a, uq);
            fmpz_add(sum, sum, a);
            if (fmpz_is_zero(sum)) continue;
            fmpq_mul_fmpz(x, fmpq_mat_entry(net->u, i, p), uq);
            fmpq_mul_fmpz(y, fmpq_mat_entry(net->u, i, q), up);
            fmpq_sub(x, x, y);
            fmpq_abs(x, x);
            fmpq_div_fmpz(x, x, sum);
            if (fmpq_cmp(x, best) > 0) fmpq_set(best, x);
        }
    rc_cost_line(t, net, i, g, H);
    rc_surd_set_scaled(s, net->q + i, best);
    CHECK(rc_surd_cmp(s, t) == 0, "COST': %s, %ld %ld", text, (long) i, (long) H);
    rc_surd_clear(t);
    rc_surd_clear(s);
    fmpq_clear(x);
    fmpq_clear(y);
    fmpq_clear(best);
    fmpz_clear(sum);
    fmpz_clear(a);
}

static void costs(void)
{
    test_case("closed forms of COST and COST'");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    for (long round = test_rounds(250); round > 0; round--) {
        slong d = test_range(1, 4), D = test_range(1, 3);
        long size = test_chance(20) ? 1000000 : 4;
        net_random(X, d, test_range(1, 3), D, size, 3);
        net_random(Y, d, test_range(1, 3), D, 4, 3);
        form_of(g, Y);
        char *x = net_text(X), *y = net_text(Y), *text = malloc(strlen(x) + strlen(y) + 8);
        sprintf(text, "%s and %s", x, y);
        for (slong i = 0; i < X->m; i++)
            for (slong H = 0; H < g->K; H++) {
                check_cost(X, i, g, H, 1, text);
                check_cost(X, i, g, H, -1, text);
                check_line_cost(X, i, g, H, text);
            }
        free(x);
        free(y);
        free(text);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
}

/* Flip trees */

typedef struct {
    const rc_canonical_struct *g;
    const rc_fliptree_struct *t;
    slong node, flips;
    signed char *decided;
    bool ok;
    bool found[64][16];
} walker;

/* x = <Y, M> for the entries of an empty leaf; M = J_H, or L for H < 0. */
static void pairing(fmpq_t x, const walker *w, slong node, slong H)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(x);
    for (slong e = w->t->first[node]; e < w->t->first[node] + w->t->count[node]; e++) {
        slong p = w->t->p[e], q = w->t->q[e];
        if (H < 0) fmpq_set(y, fmpq_mat_entry(w->g->L, p, q));
        else fmpq_mul_fmpz(y, fmpq_mat_entry(w->g->gamma, H, p), fmpz_mat_entry(w->g->u, H, q));
        fmpq_addmul(x, y, w->t->y + e);
    }
    fmpq_clear(y);
}

static bool empty_leaf_holds(const walker *w, slong node)
{
    fmpq_t target, low, high, x;
    fmpq_init(target);
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(x);
    pairing(target, w, node, -1);
    fmpq_neg(target, target);
    for (slong H = 0; H < w->g->K; H++) {
        pairing(x, w, node, H);
        if (w->decided[H] == 1) fmpq_sub(target, target, x);
        else if (w->decided[H] < 0 && fmpq_sgn(x) > 0) fmpq_add(high, high, x);
        else if (w->decided[H] < 0) fmpq_add(low, low, x);
    }
    bool holds = w->t->count[node] > 0 && (fmpq_cmp(target, low) < 0 || fmpq_cmp(target, high) > 0);
    fmpq_clear(target);
    fmpq_clear(low);
    fmpq_clear(high);
    fmpq_clear(x);
    return holds;
}

static bool is_flip_set(const rc_canonical_t g, const bool *flip)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    bool result = true;
    for (slong p = 0; p < g->D; p++)
        for (slong q = 0; q < g->d; q++) {
            fmpq_set(x, fmpq_mat_entry(g->L, p, q));
            for (slong H = 0; H < g->K; H++) {
                fmpq_mul_fmpz(y, fmpq_mat_entry(g->gamma, H, p), fmpz_mat_entry(g->u, H, q));
                if (flip[H]) fmpq_add(x, x, y);
            }
            result = result && fmpq_is_zero(x);
        }
    fmpq_clear(x);
    fmpq_clear(y);
    return result;
}

static void walk(walker *w)
{
    slong node = w->node++;
    if (node >= w->t->length) {
        w->ok = false;
        return;
    }
    if (w->t->kind[node] == RC_TREE_BRANCH) {
        slong H = w->t->form[node];
        if (H < 0 || H >= w->g->K || w->decided[H] >= 0) {
            w->ok = false;
            return;
        }
        for (int value = 1; value >= 0 && w->ok; value--) {
            w->decided[H] = (signed char) value;
            walk(w);
        }
        w->decided[H] = -1;
    } else if (w->t->kind[node] == RC_TREE_STOP) {
        bool flip[16];
        for (slong H = 0; H < w->g->K; H++) {
            w->ok = w->ok && w->decided[H] >= 0;
            flip[H] = w->decided[H] == 1;
        }
        w->ok = w->ok && is_flip_set(w->g, flip);
        if (w->flips < 64) memcpy(w->found[w->flips], flip, sizeof flip);
        w->flips++;
    } else {
        w->ok = w->ok && empty_leaf_holds(w, node);
    }
}

/* Walks the tree by the rules of the format; the flip sets it finds must be those listed, in preorder. */
static bool tree_holds(const rc_fliptree_t t, const rc_canonical_t g, bool **flip, slong flips)
{
    static walker w;
    w.g = g;
    w.t = t;
    w.node = w.flips = 0;
    w.ok = true;
    w.decided = malloc((size_t) g->K + 1);
    memset(w.decided, -1, (size_t) g->K + 1);
    walk(&w);
    free(w.decided);
    bool same = w.ok && w.node == t->length && w.flips == flips;
    for (slong f = 0; f < flips && f < 64 && same && flip; f++)
        for (slong H = 0; H < g->K; H++) same = same && w.found[f][H] == flip[f][H];
    return same;
}

/* Neurons whose rays are those of `lines`, outputs small: many flip sets; sometimes another linear part. */
static void random_flippable(rc_network_t net, slong d, slong m, slong D)
{
    net_random(net, d, m, D, 2, test_chance(70) ? 1 : 3);
    if (m >= 3 && test_chance(60)) /* Lemma A.5: products that add up to 0 */
        for (slong p = 0; p < D; p++)
            for (slong j = 0; j < d; j++) {
                fmpq_set(fmpq_mat_entry(net->gamma, 1, p), fmpq_mat_entry(net->gamma, 0, p));
                fmpq_set(fmpq_mat_entry(net->gamma, 2, p), fmpq_mat_entry(net->gamma, 0, p));
                fmpq_add(fmpq_mat_entry(net->u, 2, j), fmpq_mat_entry(net->u, 0, j), fmpq_mat_entry(net->u, 1, j));
                fmpq_neg(fmpq_mat_entry(net->u, 2, j), fmpq_mat_entry(net->u, 2, j));
            }
    if (m >= 6 && test_chance(60))
        for (slong i = 3; i < 6; i++)
            for (slong p = 0; p < D; p++) {
                fmpq_set(fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(net->gamma, i - 3, p));
                for (slong j = 0; j < d; j++)
                    fmpq_set(fmpq_mat_entry(net->u, i, j), fmpq_mat_entry(net->u, i - 3, (j + 1) % d));
            }
}

/* Bottleneck over all flip sets and permutations by rc_cost. */
static void brute_distance(rc_surd_t best, const rc_network_t gamma, const rc_canonical_t g, slong *flips)
{
    slong m = gamma->m, p[6];
    bool first = true;
    rc_surd_t worst;
    rc_surd_struct cost[2][5][5];
    rc_surd_init(worst);
    *flips = 0;
    for (int side = 0; side < 2; side++)
        for (slong i = 0; i < m; i++)
            for (slong H = 0; H < m; H++) {
                rc_surd_init(&cost[side][i][H]);
                rc_cost(&cost[side][i][H], gamma, i, g, H, side ? -1 : 1);
            }
    for (slong set = 0; set < (1 << m); set++) {
        bool flip[5];
        for (slong H = 0; H < m; H++) flip[H] = set >> H & 1;
        if (!is_flip_set(g, flip)) continue;
        ++*flips;
        for (slong i = 0; i < m; i++) p[i] = i;
        do {
            rc_surd_zero(worst);
            for (slong i = 0; i < m; i++) rc_surd_max(worst, &cost[flip[p[i]]][i][p[i]]);
            if (first || rc_surd_cmp(worst, best) < 0) rc_surd_set(best, worst);
            first = false;
        } while (next_permutation(p, m));
    }
    for (int side = 0; side < 2; side++)
        for (slong i = 0; i < m; i++)
            for (slong H = 0; H < m; H++) rc_surd_clear(&cost[side][i][H]);
    rc_surd_clear(worst);
}

/* |N| < |S|, and outside N every cost is at least `lower` (COST' if flip is NULL). */
static bool hall_holds(const rc_fiber_t f, slong h, const rc_network_t gamma, const rc_canonical_t g, const bool *flip)
{
    slong S = 0, N = 0;
    bool holds = true;
    rc_surd_t s;
    rc_surd_init(s);
    for (slong i = 0; i < gamma->m; i++) N += f->hall_neurons[h][i];
    for (slong H = 0; H < g->K; H++) {
        if (!f->hall_hyperplanes[h][H]) continue;
        S++;
        for (slong i = 0; i < gamma->m; i++) {
            if (f->hall_neurons[h][i]) continue;
            if (flip) holds = holds && !rc_cost_at_most(gamma, i, g, H, flip[H] ? -1 : 1, f->lower, true);
            else {
                rc_cost_line(s, gamma, i, g, H);
                holds = holds && rc_surd_cmp(s, f->lower) >= 0;
            }
        }
    }
    rc_surd_clear(s);
    return holds && N < S;
}

/* Both ends of the scales of (i, H, eps) within t are within t: |lambda eps u - a|, |gamma / lambda - c| <= t. */
static bool scales_hold(const rc_network_t gamma, slong i, const rc_canonical_t g, slong H, int eps, const rc_surd_t t)
{
    rc_surd_t end[2], inverse, x, y;
    fmpq_t u;
    rc_surd_init(end[0]);
    rc_surd_init(end[1]);
    rc_surd_init(inverse);
    rc_surd_init(x);
    rc_surd_init(y);
    fmpq_init(u);
    bool holds = rc_cost_scales(end[0], end[1], gamma, i, g, H, eps, t) && rc_surd_cmp(end[0], end[1]) <= 0;
    for (int k = 0; k < 2 && holds; k++) {
        holds = rc_surd_sgn(end[k]) > 0 && rc_surd_inv(inverse, end[k]) == RC_OK;
        for (slong j = 0; j < g->d + g->D && holds; j++) {
            if (j < g->d) {
                fmpq_set_si(u, eps, 1);
                fmpq_mul_fmpz(u, u, fmpz_mat_entry(g->u, H, j));
                rc_surd_mul_fmpq(x, end[k], u);
                rc_network_get_a(y, gamma, i, j);
            } else {
                rc_surd_mul_fmpq(x, inverse, fmpq_mat_entry(g->gamma, H, j - g->d));
                rc_network_get_c(y, gamma, i, j - g->d);
            }
            rc_surd_sub(x, x, y);
            rc_surd_abs(x, x);
            holds = rc_surd_cmp(x, t) <= 0;
        }
    }
    rc_surd_clear(end[0]);
    rc_surd_clear(end[1]);
    rc_surd_clear(inverse);
    rc_surd_clear(x);
    rc_surd_clear(y);
    fmpq_clear(u);
    return holds;
}

static bool phi_holds(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    rc_canonical_t h;
    rc_surd_t s;
    rc_canonical_init(h);
    rc_surd_init(s);
    rc_canonical_set_network(h, f->phi);
    bool holds = rc_canonical_equal(h, g) && f->phi->m == gamma->m;
    if (holds) rc_network_distance(s, f->phi, gamma);
    holds = holds && rc_surd_cmp(s, f->upper) <= 0;
    rc_canonical_clear(h);
    rc_surd_clear(s);
    return holds;
}

static void full_distances(void)
{
    test_case("K = m: flip sets against all subsets, distances against flips x permutations");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    rc_surd_t best;
    long unrealizable = 0, several = 0, single = 0, explicit = 0;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    rc_surd_init(best);
    for (long round = test_rounds(700); round > 0;) {
        slong d = test_range(2, 4), D = test_range(1, 2), m = test_range(1, 5), flips;
        random_flippable(Y, d, m, D);
        form_of(g, Y);
        if (g->K != m) continue;
        if (test_chance(20)) /* another linear part: usually no flip set */
            for (slong j = 0; j < d; j++)
                fmpq_add_si(fmpq_mat_entry(g->L, 0, j), fmpq_mat_entry(g->L, 0, j), test_range(-1, 1));
        round--;
        net_random(X, d, m, D, 3, 2);
        char *x = net_text(X), *y = net_text(Y);
        brute_distance(best, X, g, &flips);
        CHECK(rc_fiber_distance(f, X, g, NULL) == RC_OK, "status: %s and %s", x, y);
        CHECK(f->flips == flips && tree_holds(f->tree, g, f->flip, f->flips), "%ld flip sets, not %ld: %s and %s",
              (long) f->flips, (long) flips, x, y);
        unrealizable += flips == 0;
        single += flips == 1;
        several += flips > 1;
        if (flips == 0) {
            CHECK(f->realizable == RC_NO_FLIP_SET && !f->has_lower && !f->has_upper, "unrealizable: %s and %s", x, y);
        } else {
            CHECK(f->realizable == RC_REALIZABLE && f->exact && rc_surd_cmp(f->upper, best) == 0 &&
                      rc_surd_cmp(f->lower, best) == 0,
                  "distance: %s and %s", x, y);
            bool halls = f->halls == f->flips;
            for (slong h = 0; h < f->halls; h++) halls = halls && hall_holds(f, h, X, g, f->flip[h]);
            CHECK(halls, "Hall violators: %s and %s", x, y);
            for (slong i = 0; i < m; i++)
                CHECK(rc_cost_at_most(X, i, g, f->assignment[i], f->flip[f->best_flip][f->assignment[i]] ? -1 : 1,
                                      f->upper, false),
                      "assignment: %s and %s", x, y);
            for (slong i = 0; i < m; i++) {
                slong H = f->assignment[i];
                CHECK(scales_hold(X, i, g, H, f->flip[f->best_flip][H] ? -1 : 1, f->upper), "scales: %s and %s", x, y);
            }
            if (f->has_phi) CHECK(phi_holds(f, X, g), "phi: %s and %s", x, y);
            explicit += f->has_phi;
        }
        free(x);
        free(y);
    }
    printf("  %ld with one flip set, %ld with several, %ld without, %ld explicit\n", single, several, unrealizable,
           explicit);
    CHECK(several >= 20 && unrealizable >= 20, "several %ld, none %ld", several, unrealizable);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
    rc_surd_clear(best);
}

static void larger_flip_trees(void)
{
    test_case("flip sets of wider networks against all subsets");
    rc_network_t Y;
    rc_canonical_t g;
    rc_fliptree_t tree;
    rc_choice_t choice;
    rc_network_t phi;
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fliptree_init(tree);
    rc_choice_init(choice);
    long several = 0, nodes = 0;
    for (long round = test_rounds(100); round > 0;) {
        slong d = test_range(2, 4), m = test_range(6, 9);
        random_flippable(Y, d, m, 1);
        /* Columns that vanish modulo the prime that proposes independent rows. */
        if (test_chance(25))
            for (slong i = test_range(0, m - 1); i < m; i++)
                fmpq_mul_si(fmpq_mat_entry(Y->gamma, i, 0), fmpq_mat_entry(Y->gamma, i, 0), 2147483647);
        form_of(g, Y);
        if (g->K != m) continue;
        round--;
        slong flips = 0;
        for (slong set = 0; set < (1 << m); set++) {
            bool flip[16];
            for (slong H = 0; H < m; H++) flip[H] = set >> H & 1;
            flips += is_flip_set(g, flip);
        }
        rc_uniqueness unique = rc_fiber_unique(tree, choice, phi, Y, NULL);
        char *y = net_text(Y);
        CHECK(tree_holds(tree, g, NULL, flips), "%ld flip sets: %s", (long) flips, y);
        CHECK(unique == (flips == 1 ? RC_UNIQUE : RC_NOT_UNIQUE), "unique: %s", y);
        if (unique == RC_NOT_UNIQUE)
            CHECK(same_realization(phi, Y) && !rc_network_equivalent(phi, Y), "another: %s", y);
        several += flips > 1;
        nodes += tree->length;
        free(y);
    }
    printf("  several flip sets: %ld, %ld nodes\n", several, nodes);
    rc_choice_clear(choice);
    rc_network_clear(Y);
    rc_network_clear(phi);
    rc_canonical_clear(g);
    rc_fliptree_clear(tree);
}

/* K < m */

static slong rank_of_rows(const fmpq_mat_t M)
{
    fmpq_mat_t R;
    fmpq_mat_init(R, fmpq_mat_nrows(M), fmpq_mat_ncols(M));
    slong rank = fmpq_mat_rref(R, M);
    fmpq_mat_clear(R);
    return rank;
}

/* All (T, F): rank of the rows of L + sum_F J and of u_T together, less that of u_T. */
static bool brute_realizable(const rc_canonical_t g, slong m)
{
    slong K = g->K, S = m - K;
    bool found = false;
    for (slong T = 0; T < (1 << K) && !found; T++)
        for (slong F = 0; F < (1 << K) && !found; F++) {
            slong taken = __builtin_popcountl((unsigned long) T);
            if ((T & F) || taken > S) continue;
            fmpq_mat_t U, M;
            fmpq_mat_init(U, K, g->d);
            fmpq_mat_init(M, K + g->D, g->d);
            for (slong j = 0; j < g->d; j++) {
                for (slong H = 0; H < K; H++)
                    if (T >> H & 1) {
                        fmpz_set(fmpq_numref(fmpq_mat_entry(U, H, j)), fmpz_mat_entry(g->u, H, j));
                        fmpq_set(fmpq_mat_entry(M, H, j), fmpq_mat_entry(U, H, j));
                    }
                for (slong p = 0; p < g->D; p++) {
                    fmpq *x = fmpq_mat_entry(M, K + p, j);
                    fmpq_t y;
                    fmpq_init(y);
                    fmpq_set(x, fmpq_mat_entry(g->L, p, j));
                    for (slong H = 0; H < K; H++) {
                        fmpq_mul_fmpz(y, fmpq_mat_entry(g->gamma, H, p), fmpz_mat_entry(g->u, H, j));
                        if (F >> H & 1) fmpq_add(x, x, y);
                    }
                    fmpq_clear(y);
                }
            }
            found = rank_of_rows(M) - rank_of_rows(U) <= (S - taken) / 2;
            fmpq_mat_clear(U);
            fmpq_mat_clear(M);
        }
    return found;
}

static void spare_distances(void)
{
    test_case("K < m: realizability against all choices, bounds verified");
    rc_network_t X, Y, phi;
    rc_canonical_t g, h;
    rc_fiber_t f;
    long unrealizable = 0, exact = 0, total = 0, self = 0;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_canonical_init(h);
    rc_fiber_init(f);
    for (long round = test_rounds(150); round > 0;) {
        slong d = test_range(1, 3), D = test_range(1, 3), m = test_range(1, 4);
        net_random(Y, d, test_range(1, 5), D, 2, 1);
        form_of(g, Y);
        if (test_chance(40))
            for (slong p = 0; p < D; p++)
                for (slong j = 0; j < d; j++) fmpq_set_si(fmpq_mat_entry(g->L, p, j), test_range(-2, 2), 1);
        if (g->K >= m) continue;
        round--;
        net_random(X, d, m, D, 3, 2);
        bool own = test_chance(15);
        if (own) {
            form_of(g, X);
            if (g->K >= m) continue;
        }
        char *x = net_text(X), *y = net_text(Y);
        bool realizable = brute_realizable(g, m);
        rc_status status = rc_fiber_distance(f, X, g, NULL);
        CHECK(status == RC_OK, "status: %s and %s", x, y);
        CHECK((f->realizable == RC_REALIZABLE) == realizable, "realizable %d: m = %ld, %s and %s", realizable, (long) m,
              x, y);
        CHECK((rc_fiber_realize(phi, g, m, NULL) == RC_OK) == realizable, "realize: %s and %s", x, y);
        if (realizable) {
            rc_canonical_set_network(h, phi);
            CHECK(rc_canonical_equal(g, h) && phi->m == m, "realization: %s and %s", x, y);
            CHECK(f->has_upper && f->has_phi && phi_holds(f, X, g), "phi: %s and %s", x, y);
            CHECK(f->has_lower && rc_surd_cmp(f->lower, f->upper) <= 0, "bounds: %s and %s", x, y);
            CHECK(g->K == 0 || hall_holds(f, 0, X, g, NULL), "Hall violator: %s and %s", x, y);
            CHECK(!own || (f->exact && rc_surd_is_zero(f->upper)), "distance to itself: %s", x);
            exact += f->exact;
            self += own;
            total++;
        } else {
            CHECK(f->realizable == RC_SPARE_NEURONS && rc_spare_proof_fits(m, g->K), "proof: %s and %s", x, y);
            unrealizable++;
        }
        free(x);
        free(y);
    }
    printf("  %ld realizable (%ld exact, %ld to itself), %ld not\n", total, exact, self, unrealizable);
    CHECK(unrealizable > 5 && self > 2, "%ld not realizable, %ld to itself", unrealizable, self);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_network_clear(phi);
    rc_canonical_clear(g);
    rc_canonical_clear(h);
    rc_fiber_clear(f);
}

/* The paper's examples */

static void check_example(const char *name, slong d, const char *gamma, const char *theta, const rc_surd_t expected)
{
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    net_set(X, d, 1, gamma);
    net_set(Y, d, 1, theta);
    form_of(g, Y);
    CHECK(rc_fiber_distance(f, X, g, NULL) == RC_OK && f->exact, "%s: bounds do not meet", name);
    char *lower = rc_surd_get_str(f->lower), *upper = rc_surd_get_str(f->upper), *value = rc_surd_get_str(expected);
    CHECK(f->has_upper && rc_surd_cmp(f->upper, expected) == 0, "%s: [%s, %s], expected %s", name, lower, upper, value);
    if (f->has_phi) CHECK(phi_holds(f, X, g), "%s: phi", name);
    free(lower);
    free(upper);
    free(value);
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
}

static void examples(void)
{
    test_case("Examples 2.1-2.5, A.4");
    char theta[400], gamma[400];
    fmpq_t x;
    rc_surd_t t;
    fmpq_init(x);
    rc_surd_init(t);
    for (long k = 1; k <= 1000; k *= 10) {
        /* 2.1: exactly k. */
        sprintf(theta, "%ld 0 ; %ld ; 1 | %ld -1/%ld ; -%ld ; 1", k, k, k, k * k, k);
        rc_surd_set_si(t, k);
        check_example("2.1", 2, "0 0 ; 0 ; 1 | 0 0 ; 0 ; 1", theta, t);
        /* 2.2: max(r, 1/sqrt(k)); r = 1/2 and 3. */
        sprintf(theta, "0 1 ; 1/%ld ; 1", k);
        for (int r = 0; r < 2; r++) {
            fmpq_set_si(x, 1, (ulong) k);
            rc_surd_set_sqrt_fmpq(t, x);
            fmpq_set_si(x, r ? 3 : 1, r ? 1 : 2);
            rc_surd_t s;
            rc_surd_init(s);
            rc_surd_set_fmpq(s, x);
            rc_surd_max(t, s);
            rc_surd_clear(s);
            check_example("2.2", 2, r ? "3 0 ; 0 ; 1" : "1/2 0 ; 0 ; 1", theta, t);
        }
        /* 2.3: exactly 1. */
        sprintf(theta, "1 0 ; 2 ; 1 | 0 1 ; 1/%ld ; 1", k);
        rc_surd_set_si(t, 1);
        check_example("2.3", 2, "1 0 ; 1 ; 1 | 1 0 ; 1 ; 1", theta, t);
        /* 2.4, the figure's instance: 1/2. */
        sprintf(theta, "1 0 ; 1/%ld ; 1", k);
        fmpq_set_si(x, 1, 2);
        rc_surd_set_fmpq(t, x);
        check_example(
            "2.4", 2,
            "1 -1/2 ; 1 ; 1 | -1 -1/2 ; 1 ; 1 | 0 1 ; 1 ; 1 | -1 1/2 ; -1 ; 1 | 1 1/2 ; -1 ; 1 | 0 -1 ; -1 ; 1", theta,
            t);
        /* 2.5: exactly sqrt(2) k. */
        sprintf(theta, "%ld %ld 1/%ld ; %ld ; 1 | -%ld %ld 1/%ld ; %ld ; 1 | 0 -%ld 1/%ld ; %ld ; 2", k, k, k, k, k, k,
                k, k, k, 2 * k, 2 * k);
        sprintf(gamma, "-%ld -%ld -1/%ld ; %ld ; 1 | %ld -%ld -1/%ld ; %ld ; 1 | 0 %ld -1/%ld ; %ld ; 2", k, k, k, k, k,
                k, k, k, k, 2 * k, 2 * k);
        fmpq_set_si(x, 2, 1);
        rc_surd_set_sqrt_fmpq(t, x);
        fmpq_set_si(x, k, 1);
        rc_surd_mul_fmpq(t, t, x);
        check_example("2.5", 3, gamma, theta, t);
        /* A.4: at least k; lambda = k is the nearest with k the first entry. */
        sprintf(theta, "0 1 ; 1/%ld ; 1", k);
        sprintf(gamma, "%ld 0 ; 1/%ld ; 1", k, k * k);
        rc_surd_set_si(t, k);
        check_example("A.4", 2, gamma, theta, t);
    }
    /* 2.4 in three dimensions, where the other pairs must turn. COST' is 1/2: |(1, 0, -1/2) - lambda (1, 0, 0)|. */
    fmpq_set_si(x, 1, 2);
    rc_surd_set_fmpq(t, x);
    check_example("2.4 turning", 3,
                  "1 0 -1/2 ; 1 ; 1 | -1 1 -1/2 ; 1 ; 1 | 0 -1 1 ; 1 ; 1 | -1 0 1/2 ; -1 ; 1 | 1 -1 1/2 ; -1 ; 1 | 0 1 "
                  "-1 ; -1 ; 1",
                  "1 0 0 ; 1 ; 1", t);
    /* And in four, with jump 1: neurons 1, 2, 5, 6 at (1, 1, 1, 1) / 2 have to share it. */
    check_example("2.4 gathered", 4,
                  "1 0 1/2 0 ; 1 ; 1 | 0 1 0 1/2 ; 1 ; 1 | -1 0 1/2 -1 ; 1 ; 1 | 0 -1 -1 1/2 ; 1 ; 1 | "
                  "-1 0 -1/2 0 ; -1 ; 1 | 0 -1 0 -1/2 ; -1 ; 1 | 1 0 -1/2 1 ; -1 ; 1 | 0 1 1 -1/2 ; -1 ; 1",
                  "1 1 1 1 ; 1 ; 1", t);
    fmpq_clear(x);
    rc_surd_clear(t);
}

/* Bug: a rational cost whose only scale is irrational (lambda^2 too) left the assignment without a network. */
static void bug_irrational_scale(void)
{
    test_case("rational cost, irrational scale");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    net_set(X, 2, 2, "0 -3 ; -3/2 -1 ; 1/3 | 0 0 ; -1 -1 ; 1 | 0 -3 ; 0 0 ; 1/2 | -3 3/2 ; -3/2 -3/2 ; 1");
    net_set(Y, 2, 2, "-1 1 ; 0 -1 ; 3/2 | 2 1 ; -1 -1 ; 5/4 | -2 0 ; -1 1 ; 1/3");
    form_of(g, Y);
    CHECK(rc_fiber_distance(f, X, g, NULL) == RC_OK && f->has_upper && phi_holds(f, X, g), "no network");
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
}

static void unrealizable(void)
{
    test_case("more hyperplanes than neurons; a linear function with one neuron");
    rc_network_t X, Y;
    rc_canonical_t g;
    rc_fiber_t f;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(g);
    rc_fiber_init(f);
    net_set(X, 2, 1, "1 0 ; 1 ; 1");
    net_set(Y, 2, 1, "1 0 ; 1 ; 1 | 0 1 ; 1 ; 1");
    form_of(g, Y);
    CHECK(rc_fiber_distance(f, X, g, NULL) == RC_OK && f->realizable == RC_MORE_HYPERPLANES, "K = 2, m = 1");
    CHECK(rc_fiber_realize(X, g, 1, NULL) == RC_UNDEFINED || g->K > 1, "realize");
    net_set(Y, 2, 1, "1 0 ; 1 ; 1 | -1 0 ; -1 ; 1");
    form_of(g, Y);
    CHECK(rc_fiber_distance(f, X, g, NULL) == RC_OK && f->realizable == RC_SPARE_NEURONS, "x_1 with one neuron");
    CHECK(rc_spare_proof_fits(1, 0) && rc_spare_proof_fits(20, 19) == false, "size of the proofs");
    rc_network_clear(X);
    rc_network_clear(Y);
    rc_canonical_clear(g);
    rc_fiber_clear(f);
}

/* The ways to put m neurons on the rays +-u_H, plus[H] and minus[H] of them, the rest elsewhere or dead: with every
   ray's neurons given, the linear part must have a rank <= rest / 2 modulo the lines used on both sides. */
typedef struct {
    const rc_canonical_struct *g;
    slong m, plus[8], minus[8];
    long ways;
    bool rigid; /* the last way met leaves no freedom */
} ways_search;

static void count_way(ways_search *w, slong rest)
{
    const rc_canonical_struct *g = w->g;
    slong K = g->K, both = 0;
    bool single = true;
    fmpq_mat_t U, M;
    fmpq_mat_init(U, K, g->d);
    fmpq_mat_init(M, K + g->D, g->d);
    fmpq_t y;
    fmpq_init(y);
    for (slong H = 0; H < K; H++) {
        both += w->plus[H] > 0 && w->minus[H] > 0;
        single = single && w->plus[H] <= 1 && w->minus[H] <= 1;
    }
    for (slong j = 0; j < g->d; j++) {
        for (slong H = 0; H < K; H++)
            if (w->plus[H] && w->minus[H]) {
                fmpz_set(fmpq_numref(fmpq_mat_entry(U, H, j)), fmpz_mat_entry(g->u, H, j));
                fmpq_set(fmpq_mat_entry(M, H, j), fmpq_mat_entry(U, H, j));
            }
        for (slong p = 0; p < g->D; p++) {
            fmpq *x = fmpq_mat_entry(M, K + p, j);
            fmpq_set(x, fmpq_mat_entry(g->L, p, j));
            for (slong H = 0; H < K; H++) {
                fmpq_mul_fmpz(y, fmpq_mat_entry(g->gamma, H, p), fmpz_mat_entry(g->u, H, j));
                if (w->plus[H] == 0) fmpq_add(x, x, y);
            }
        }
    }
    slong lines = rank_of_rows(U), rank = rank_of_rows(M) - lines;
    if (rank <= rest / 2) {
        w->ways++;
        w->rigid = single && ((rest == 0 && lines == both) || (rest == 2 && both == 0 && rank == 1));
    }
    fmpq_clear(y);
    fmpq_mat_clear(U);
    fmpq_mat_clear(M);
}

static void count_ways(ways_search *w, slong H, slong rest)
{
    if (H == w->g->K) {
        count_way(w, rest);
        return;
    }
    for (slong n = 1; n <= rest; n++)
        for (slong plus = 0; plus <= n; plus++) {
            w->plus[H] = plus;
            w->minus[H] = n - plus;
            count_ways(w, H + 1, rest - n);
        }
}

/* Unique iff there is one way only, it is rigid, and its neurons live (if not, there would be another way). */
static bool brute_unique(const rc_canonical_t g, slong m)
{
    ways_search w = {.g = g, .m = m};
    count_ways(&w, 0, m);
    return w.ways == 1 && w.rigid;
}

/* Structured ones, where uniqueness is not rare: neurons on few lines, in both orientations. */
static void random_opposites(rc_network_t net, slong d, slong D)
{
    slong lines = test_range(1, 3), m = 0, twice[3];
    rc_network_t base;
    rc_network_init(base, RC_SHALLOW, 1, 1, 1);
    net_random(base, d, lines, D, 2, 1);
    for (slong l = 0; l < lines; l++) m += twice[l] = 1 + test_chance(50);
    rc_network_clear(net);
    rc_network_init(net, RC_SHALLOW, d, m, D);
    for (slong l = 0, i = 0; l < lines; l++)
        for (slong k = 0; k < twice[l]; k++, i++) {
            rc_network_set_neuron(net, i, base, l);
            if (k == 0) continue;
            for (slong j = 0; j < d; j++) fmpq_neg(fmpq_mat_entry(net->u, i, j), fmpq_mat_entry(net->u, i, j));
            bool linear = test_chance(40);
            for (slong p = 0; p < D; p++) {
                fmpq *x = fmpq_mat_entry(net->gamma, i, p);
                if (linear) fmpq_neg(x, x);
                else fmpq_set_si(x, test_range(-3, 3), 1);
            }
        }
    rc_network_clear(base);
}

static void uniqueness(void)
{
    test_case("unique parametrizations");
    static const struct {
        slong d;
        const char *net;
        rc_uniqueness expected;
    } cases[] = {{2, "1 0 ; 1 ; 1 | 0 1 ; 2 ; 3", RC_UNIQUE},
                 {2, "1 0 ; 1 ; 1 | 0 1 ; 1 ; 1 | -1 -1 ; 1 ; 1", RC_NOT_UNIQUE}, /* Lemma A.5 */
                 {2, "1 0 ; 1 ; 1 | 0 0 ; 1 ; 1", RC_NOT_UNIQUE}, /* dead */
                 {2, "1 0 ; 1 ; 1 | 2 0 ; 1 ; 1", RC_NOT_UNIQUE}, /* merges */
                 {1, "1 ; 1 ; 1 | -1 ; 2 ; 1", RC_UNIQUE},         /* rho(x) + 2 rho(-x) */
                 {2, "1 0 ; 1 ; 1 | -1 0 ; -1 ; 1", RC_UNIQUE},    /* x_1 */
                 {2, "1 0 ; 1 ; 1 | -1 0 ; 2 ; 1 | 0 1 ; 1 ; 1", RC_UNIQUE},
                 /* The linear part has rank 1, so that a pair gives it, too. */
                 {2, "1 0 ; 1 ; 1 | -1 0 ; 2 ; 1 | 0 1 ; 1 ; 1 | 0 -1 ; 3 ; 1", RC_NOT_UNIQUE},
                 /* rho(x + y) turned is another. */
                 {2, "1 0 ; 1 ; 1 | -1 0 ; 2 ; 1 | 0 1 ; 1 ; 1 | -1 -1 ; -1 ; 1", RC_NOT_UNIQUE},
                 {1, "1 ; 1 ; 1 | -1 ; 2 ; 1 | 2 ; 1 ; 1", RC_NOT_UNIQUE},
                 {1, "1 ; 1 ; 1 | -1 ; 1 ; 1 | 2 ; -1 ; 1", RC_NOT_UNIQUE},
                 {2, "1 0 ; 1 ; 1 | -1 0 ; -1 ; 1 | 0 1 ; 1 ; 1", RC_NOT_UNIQUE}, /* x_1 + rho(x_2): turn the pair */
                 {2, "1 0 ; 1 ; 1 | -1 0 ; -1 ; 1 | 0 1 ; 1 ; 1 | 0 -1 ; -1 ; 1", RC_NOT_UNIQUE}};
    rc_network_t X, phi;
    rc_fliptree_t tree;
    rc_choice_t choice;
    rc_canonical_t g;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_fliptree_init(tree);
    rc_choice_init(choice);
    rc_canonical_init(g);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        net_set(X, cases[k].d, 1, cases[k].net);
        rc_uniqueness u = rc_fiber_unique(tree, choice, phi, X, NULL);
        CHECK(u == cases[k].expected, "%s: %d", cases[k].net, (int) u);
        if (u != RC_NOT_UNIQUE) continue;
        bool dead = false;
        for (slong i = 0; i < phi->m; i++) dead = dead || rc_network_a_is_zero(phi, i) || rc_network_c_is_zero(phi, i);
        CHECK(phi->m == X->m && same_realization(phi, X) && (dead || !rc_network_equivalent(phi, X)), "%s: phi",
              cases[k].net);
    }
    long others = 0, unique = 0, pairs = 0;
    for (long round = test_rounds(600); round > 0; round--) {
        if (test_chance(30)) net_random(X, test_range(1, 3), test_range(1, 4), test_range(1, 2), 2, 1);
        else random_opposites(X, test_range(1, 4), test_range(1, 3));
        form_of(g, X);
        rc_uniqueness u = rc_fiber_unique(tree, choice, phi, X, NULL), expected = RC_NOT_UNIQUE;
        if (brute_unique(g, X->m)) expected = RC_UNIQUE;
        if (u != expected) {
            char *x = net_text(X);
            CHECK(false, "%d, not %d: %s", (int) u, (int) expected, x);
            free(x);
        }
        if (u == RC_UNIQUE && g->K < X->m) {
            slong twice = 0;
            for (slong H = 0; H < g->K; H++) {
                twice += choice->twice[H];
                CHECK(!choice->twice[H] || !choice->flip[H], "T and F meet");
            }
            CHECK(choice->K == g->K && (twice == X->m - g->K || (twice == 0 && X->m == g->K + 2)), "choice");
            unique++;
            pairs += twice == 0;
        }
        if (u != RC_NOT_UNIQUE) continue;
        others++;
        bool dead = false;
        for (slong i = 0; i < phi->m; i++) dead = dead || rc_network_a_is_zero(phi, i) || rc_network_c_is_zero(phi, i);
        char *x = net_text(X);
        CHECK(phi->m == X->m && same_realization(phi, X) && (dead || !rc_network_equivalent(phi, X)), "%s", x);
        free(x);
    }
    printf("  not unique: %ld, unique with K < m: %ld, of these with a free pair: %ld\n", others, unique, pairs);
    CHECK(others > 30 && unique > 30 && pairs > 3, "%ld, %ld, %ld", others, unique, pairs);
    rc_choice_clear(choice);
    rc_canonical_clear(g);
    rc_network_clear(X);
    rc_network_clear(phi);
    rc_fliptree_clear(tree);
}

static void equivalences(void)
{
    test_case("permutations and scales are equivalent, orientations are not");
    rc_network_t X, Y;
    fmpq_t s;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    fmpq_init(s);
    for (long round = test_rounds(150); round > 0; round--) {
        net_random(X, test_range(1, 3), test_range(1, 5), test_range(1, 2), 3, 2);
        rc_network_set(Y, X);
        for (slong i = 0; i < X->m; i++) {
            rc_network_set_neuron(Y, (i + 1) % X->m, X, i);
            fmpq_set_si(s, test_range(1, 5), (ulong) test_range(1, 5));
            rc_network_set_scale(Y, (i + 1) % X->m, s);
        }
        fmpq_set_si(s, test_range(1, 4), 3);
        for (slong j = 0; j < X->d; j++) fmpq_mul(fmpq_mat_entry(Y->u, 0, j), fmpq_mat_entry(Y->u, 0, j), s);
        for (slong p = 0; p < X->D; p++) fmpq_div(fmpq_mat_entry(Y->gamma, 0, p), fmpq_mat_entry(Y->gamma, 0, p), s);
        char *x = net_text(X), *y = net_text(Y);
        CHECK(rc_network_equivalent(X, Y) && rc_network_equivalent(Y, X), "%s and %s", x, y);
        if (!rc_network_a_is_zero(Y, 0) && !rc_network_c_is_zero(Y, 0)) {
            for (slong j = 0; j < X->d; j++) fmpq_neg(fmpq_mat_entry(Y->u, 0, j), fmpq_mat_entry(Y->u, 0, j));
            /* Only an opposite twin with the same product could hide this; then the multiset differs in number. */
            CHECK(!rc_network_equivalent(X, Y), "flipped: %s and %s", x, y);
        }
        free(x);
        free(y);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    fmpq_clear(s);
}

int main(void)
{
    test_start("t-fiber");
    costs();
    full_distances();
    larger_flip_trees();
    spare_distances();
    examples();
    bug_irrational_scale();
    unrealizable();
    uniqueness();
    equivalences();
    flint_cleanup();
    return test_finish();
}
