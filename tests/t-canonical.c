/* The canonical form: unique under everything that leaves R(X) unchanged, and evaluating as the network does. */

#include "random-network.h"
#include "relucert/canonical.h"

/* Y = X with its neurons permuted at random and each moved along its ray and to another root. */
static void shuffle(rc_network_t Y, const rc_network_t X)
{
    slong *place = malloc((size_t) X->m * sizeof *place);
    fmpq_t t;
    fmpq_init(t);
    for (slong i = 0; i < X->m; i++) place[i] = i;
    for (slong i = X->m - 1; i > 0; i--) {
        slong j = test_range(0, i), k = place[i];
        place[i] = place[j];
        place[j] = k;
    }
    for (slong i = 0; i < X->m; i++) {
        rc_network_set_neuron(Y, i, X, place[i]);
        random_scale(t);
        rc_network_set_scale(Y, i, t);
        fmpq_set_si(t, test_range(1, 5), (ulong) test_range(1, 3));
        fmpq_canonicalise(t);
        for (slong k = 0; k < Y->d; k++) fmpq_mul(fmpq_mat_entry(Y->u, i, k), fmpq_mat_entry(Y->u, i, k), t);
        for (slong k = 0; k < Y->v->c; k++) fmpq_mul(fmpq_mat_entry(Y->v, i, k), fmpq_mat_entry(Y->v, i, k), t);
        for (slong p = 0; p < Y->D; p++) fmpq_div(fmpq_mat_entry(Y->gamma, i, p), fmpq_mat_entry(Y->gamma, i, p), t);
    }
    if (X->kind == RC_BIASED) fmpq_mat_set(Y->e, X->e);
    fmpq_clear(t);
    free(place);
}

/* Y = X with room for `more` zero neurons. */
static void enlarge(rc_network_t Y, const rc_network_t X, slong more)
{
    rc_network_init(Y, X->kind, X->d, X->m + more, X->D);
    for (slong i = 0; i < X->m; i++) rc_network_set_neuron(Y, i, X, i);
    if (X->kind == RC_BIASED) fmpq_mat_set(Y->e, X->e);
}

static void random_neuron(rc_network_t Y, slong i)
{
    for (slong k = 0; k < Y->d; k++) random_rational(fmpq_mat_entry(Y->u, i, k), 3);
    for (slong k = 0; k < Y->v->c; k++) random_rational(fmpq_mat_entry(Y->v, i, k), 3);
    for (slong p = 0; p < Y->D; p++) random_rational(fmpq_mat_entry(Y->gamma, i, p), 3);
}

/* The last two neurons of Y: gamma rho(<a,x>) - gamma rho(<a,x>). */
static void add_cancelling_pair(rc_network_t Y)
{
    slong m = Y->m;
    random_neuron(Y, m - 2);
    copy_direction(Y, m - 1, m - 2, 2);
    for (slong p = 0; p < Y->D; p++) {
        fmpq_neg(fmpq_mat_entry(Y->gamma, m - 1, p), fmpq_mat_entry(Y->gamma, m - 2, p));
        fmpq_div_2exp(fmpq_mat_entry(Y->gamma, m - 1, p), fmpq_mat_entry(Y->gamma, m - 1, p), 1);
    }
}

/* Neuron i = gamma rho becomes (gamma - w) rho, and the last one w rho. */
static void split_neuron(rc_network_t Y, slong i)
{
    slong last = Y->m - 1;
    rc_network_set_neuron(Y, last, Y, i);
    for (slong p = 0; p < Y->D; p++) {
        fmpq *w = fmpq_mat_entry(Y->gamma, last, p), *gamma = fmpq_mat_entry(Y->gamma, i, p);
        random_rational(w, 3);
        fmpq_sub(gamma, gamma, w);
    }
}

/* Lemma A.5, (65), for three vectors that sum to 0: the left side added, the right side subtracted. */
static void add_lemma_a5(rc_network_t Y, slong first)
{
    for (slong i = first; i < first + 2; i++) random_neuron(Y, i);
    for (slong k = 0; k < Y->d; k++) {
        fmpq *w = fmpq_mat_entry(Y->u, first + 2, k);
        fmpq_add(w, fmpq_mat_entry(Y->u, first, k), fmpq_mat_entry(Y->u, first + 1, k));
        fmpq_neg(w, w);
    }
    for (slong k = 0; k < Y->v->c; k++) {
        fmpq *w = fmpq_mat_entry(Y->v, first + 2, k);
        fmpq_add(w, fmpq_mat_entry(Y->v, first, k), fmpq_mat_entry(Y->v, first + 1, k));
        fmpq_neg(w, w);
    }
    for (slong i = 0; i < 3; i++) {
        copy_direction(Y, first + 3 + i, first + i, -1);
        for (slong p = 0; p < Y->D; p++) {
            fmpq_set(fmpq_mat_entry(Y->gamma, first + i, p), fmpq_mat_entry(Y->gamma, first, p));
            fmpq_neg(fmpq_mat_entry(Y->gamma, first + 3 + i, p), fmpq_mat_entry(Y->gamma, first, p));
        }
    }
}

static void check_same(const rc_canonical_t f, const rc_network_t X, const rc_network_t Y, const char *what)
{
    rc_canonical_t g;
    rc_canonical_init(g);
    rc_canonical_set_network(g, Y);
    CHECK(rc_canonical_is_valid(g), "%s: %s", what, network_text(Y));
    CHECK(rc_canonical_equal(f, g), "%s: %s and %s", what, network_text(X), network_text(Y));
    rc_canonical_set_difference(g, X, Y);
    CHECK(rc_canonical_is_valid(g) && rc_canonical_is_zero(g), "%s: %s minus %s", what, network_text(X),
          network_text(Y));
    rc_canonical_clear(g);
}

static void check_invariance(const rc_canonical_t f, const rc_network_t X)
{
    rc_network_t Y;
    rc_network_init(Y, X->kind, X->d, X->m, X->D);
    shuffle(Y, X);
    check_same(f, X, Y, "permuted and rescaled");
    rc_network_clear(Y);

    enlarge(Y, X, 2);
    add_cancelling_pair(Y);
    check_same(f, X, Y, "cancelling pair");
    rc_network_clear(Y);

    enlarge(Y, X, 1);
    split_neuron(Y, test_range(0, X->m - 1));
    check_same(f, X, Y, "split neuron");
    rc_network_clear(Y);

    enlarge(Y, X, 6);
    add_lemma_a5(Y, X->m);
    check_same(f, X, Y, "Lemma A.5");
    rc_network_clear(Y);
}

static void check_values(const rc_canonical_t f, const rc_network_t X)
{
    fmpq *x = _fmpq_vec_init(X->d), *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
    fmpq_mat_t J, G;
    fmpq_mat_init(J, X->D, X->d);
    fmpq_mat_init(G, X->D, X->d);
    for (int k = 0; k < 4; k++) {
        random_point(x, X->d, 5);
        oracle_eval(y, X, x);
        rc_canonical_eval(z, f, x);
        CHECK(vectors_equal(y, z, X->D), "%s", network_text(X));
        bool boundary;
        rc_network_gradient(G, &boundary, X, x);
        bool off = rc_canonical_gradient(J, f, x);
        CHECK(off || boundary, "%s", network_text(X));
        if (!boundary) CHECK(fmpq_mat_equal(J, G), "%s", network_text(X));
    }
    fmpq_mat_clear(J);
    fmpq_mat_clear(G);
    _fmpq_vec_clear(x, X->d);
    _fmpq_vec_clear(y, X->D);
    _fmpq_vec_clear(z, X->D);
}

/* Every u_H is found again, in both orientations; J_H's norm is the largest entry of J_H. */
static void check_lines(const rc_canonical_t f)
{
    fmpq *v = _fmpq_vec_init(f->width);
    fmpq_mat_t J;
    fmpq_mat_init(J, f->D, f->d);
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    for (slong H = 0; H < f->K; H++) {
        int sign = test_chance(50) ? 1 : -1, orientation = 0;
        for (slong j = 0; j < f->width; j++) fmpq_set_fmpz_frac(v + j, fmpz_mat_entry(f->u, H, j), (fmpz[1]){3 * sign});
        CHECK(rc_canonical_find(&orientation, f, v) == H && orientation == sign, "hyperplane %ld", (long) H);
        rc_canonical_jump(J, f, H);
        rc_canonical_jump_norm(x, f, H);
        rc_fmpq_mat_norm(y, J);
        CHECK(fmpq_equal(x, y), "hyperplane %ld", (long) H);
    }
    random_point(v, f->width, 50);
    slong H = rc_canonical_find(NULL, f, v);
    if (H >= 0) {
        fmpz *u = _fmpz_vec_init(f->width);
        rc_primitive(u, x, v, f->width);
        CHECK(_fmpz_vec_equal(u, fmpz_mat_entry(f->u, H, 0), f->width), "hyperplane %ld", (long) H);
        _fmpz_vec_clear(u, f->width);
    }
    fmpq_mat_clear(J);
    fmpq_clear(x);
    fmpq_clear(y);
    _fmpq_vec_clear(v, f->width);
}

static void random_networks(void)
{
    test_case("random networks: invariance, values, gradients, lines");
    for (long round = test_rounds(10000); round > 0; round--) {
        rc_network_t X;
        rc_canonical_t f;
        rc_network_init(X, test_chance(40) ? RC_BIASED : RC_SHALLOW, test_range(1, 4), test_range(1, 6),
                        test_range(1, 3));
        random_neurons(X);
        rc_canonical_init(f);
        rc_canonical_set_network(f, X);
        CHECK(rc_canonical_is_valid(f), "%s", network_text(X));
        check_invariance(f, X);
        check_values(f, X);
        check_lines(f);
        rc_canonical_clear(f);
        rc_network_clear(X);
    }
}

static bool differ_at(const rc_network_t X, const rc_network_t Y, const fmpq *x)
{
    fmpq *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
    oracle_eval(y, X, x);
    oracle_eval(z, Y, x);
    bool differ = !vectors_equal(y, z, X->D);
    _fmpq_vec_clear(y, X->D);
    _fmpq_vec_clear(z, X->D);
    return differ;
}

/* d = 2, no biases: a continuous function that is linear between neighbouring rays is 0 iff it is 0 on the rays;
   the rays of all neurons and four more leave no angle of 180 degrees. */
static bool differ_on_rays(const rc_network_t X, const rc_network_t Y)
{
    bool differ = false;
    fmpq *x = _fmpq_vec_init(2);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (slong i = -2; !differ && i < X->m + Y->m; i++) {
            fmpq_set_si(x, i == -1 ? sign : 0, 1);
            fmpq_set_si(x + 1, i == -2 ? sign : 0, 1);
            if (i >= 0) {
                const rc_network_struct *net = i < X->m ? X : Y;
                slong row = i < X->m ? i : i - X->m;
                fmpq_mul_si(x, fmpq_mat_entry(net->u, row, 1), sign);
                fmpq_mul_si(x + 1, fmpq_mat_entry(net->u, row, 0), -sign);
            }
            differ = differ_at(X, Y, x);
        }
    }
    _fmpq_vec_clear(x, 2);
    return differ;
}

/* d = 1: between neighbouring knots both are affine, so they agree iff they do at the knots and at two points beyond
   them on each side. Knots are below 10^6 in size here. */
static bool differ_on_line(const rc_network_t X, const rc_network_t Y)
{
    fmpq_t x;
    fmpq_init(x);
    bool differ = false;
    for (long k = -2; !differ && k <= 2; k++) {
        fmpq_set_si(x, 1000000 * k, 1);
        differ = differ_at(X, Y, x);
    }
    for (slong i = 0; !differ && i < X->m + Y->m; i++) {
        const rc_network_struct *net = i < X->m ? X : Y;
        slong row = i < X->m ? i : i - X->m;
        if (net->kind == RC_SHALLOW || rc_network_a_is_zero(net, row)) continue;
        fmpq_div(x, fmpq_mat_entry(net->v, row, 0), fmpq_mat_entry(net->u, row, 0));
        fmpq_neg(x, x);
        differ = differ_at(X, Y, x);
    }
    fmpq_clear(x);
    return differ;
}

static bool differ_on_samples(const rc_network_t X, const rc_network_t Y, int samples)
{
    bool differ = false;
    static const long sizes[] = {3, 40, 10000};
    fmpq *x = _fmpq_vec_init(X->d);
    for (int k = 0; !differ && k < samples; k++) {
        random_point(x, X->d, sizes[k % 3]);
        differ = differ_at(X, Y, x);
    }
    _fmpq_vec_clear(x, X->d);
    return differ;
}

/* Y is X rewritten, then in half of the cases one number of it is changed (which may or may not matter). */
static void equality_against_oracle(void)
{
    test_case("R(X) = R(Y) against sampling");
    long equal = 0, different = 0;
    for (long round = test_rounds(10000); round > 0; round--) {
        rc_network_t X, Y;
        rc_network_init(X, test_chance(30) ? RC_BIASED : RC_SHALLOW, test_range(1, 3), test_range(1, 4),
                        test_range(1, 2));
        random_neurons(X);
        rc_network_init(Y, X->kind, X->d, X->m, X->D);
        shuffle(Y, X);
        slong i = test_range(0, X->m - 1);
        if (test_chance(30)) random_rational(fmpq_mat_entry(Y->gamma, i, test_range(0, X->D - 1)), 2);
        if (test_chance(20)) random_rational(fmpq_mat_entry(Y->u, i, test_range(0, X->d - 1)), 2);
        if (test_chance(20))
            for (slong k = 0; k < X->d; k++) fmpq_neg(fmpq_mat_entry(Y->u, i, k), fmpq_mat_entry(Y->u, i, k));
        rc_canonical_t f;
        rc_canonical_init(f);
        rc_canonical_set_difference(f, X, Y);
        bool differ = !rc_canonical_is_zero(f);
        bool seen;
        if (X->d == 1) seen = differ_on_line(X, Y);
        else if (X->d == 2 && X->kind == RC_SHALLOW) seen = differ_on_rays(X, Y);
        else seen = differ_on_samples(X, Y, differ ? 3000 : 60);
        CHECK(differ == seen, "%s and %s", network_text(X), network_text(Y));
        if (differ) different++;
        else equal++;
        rc_canonical_clear(f);
        rc_network_clear(X);
        rc_network_clear(Y);
    }
    CHECK(equal > 1000 * different / 10000 && different > 1000 * equal / 10000, "%ld equal, %ld different", equal,
          different);
}

/* A network with d = D = 1 from its numbers: u_i, v_i, gamma_i (integers), and e. */
static void set_line_network(rc_network_t X, const long (*neurons)[3], slong m, long e)
{
    rc_network_init(X, RC_BIASED, 1, m, 1);
    for (slong i = 0; i < m; i++) {
        fmpq_set_si(fmpq_mat_entry(X->u, i, 0), neurons[i][0], 1);
        fmpq_set_si(fmpq_mat_entry(X->v, i, 0), neurons[i][1], 1);
        fmpq_set_si(fmpq_mat_entry(X->gamma, i, 0), neurons[i][2], 1);
    }
    fmpq_set_si(fmpq_mat_entry(X->e, 0, 0), e, 1);
}

static bool is_si(const fmpq_t x, long n)
{
    return fmpz_is_one(fmpq_denref(x)) && fmpz_equal_si(fmpq_numref(x), n);
}

/* 2 rho(4x+2) - 3 rho(-2x-1) + 5 rho(7) + 11 rho(-7) + 0 rho(x) + 6 rho(x+5) - 3 rho(2x+10) - 4, with
   u = (2,1): 4 rho(2x+1) - 3 (rho(2x+1) - (2x+1)) = rho(2x+1) + 6x + 3, and the constant 35 - 4. */
static void by_hand(void)
{
    test_case("a form by hand");
    static const long neurons[][3] = {{4, 2, 2}, {-2, -1, -3}, {0, 7, 5}, {0, -7, 11}, {1, 0, 0}, {1, 5, 6},
                                      {2, 10, -3}};
    rc_network_t X;
    rc_canonical_t f;
    set_line_network(X, neurons, 7, -4);
    rc_canonical_init(f);
    rc_canonical_set_network(f, X);
    CHECK(rc_canonical_is_valid(f) && f->K == 1 && f->affine && f->width == 2, "K = %ld", (long) f->K);
    CHECK(fmpz_equal_si(fmpz_mat_entry(f->u, 0, 0), 2) && fmpz_equal_si(fmpz_mat_entry(f->u, 0, 1), 1), "u");
    CHECK(is_si(fmpq_mat_entry(f->gamma, 0, 0), 1), "gamma");
    CHECK(is_si(fmpq_mat_entry(f->L, 0, 0), 6) && is_si(fmpq_mat_entry(f->L, 0, 1), 34), "L");
    rc_canonical_clear(f);
    rc_network_clear(X);
}

/* A network without biases equals the same one with zero biases. */
static void mixed_kinds(void)
{
    test_case("with and without biases");
    for (long round = test_rounds(300); round > 0; round--) {
        rc_network_t X, Y;
        rc_network_init(X, RC_SHALLOW, test_range(1, 3), test_range(1, 4), test_range(1, 2));
        random_neurons(X);
        rc_network_init(Y, RC_BIASED, X->d, X->m, X->D);
        fmpq_mat_set(Y->u, X->u);
        fmpq_mat_set(Y->gamma, X->gamma);
        rc_canonical_t f, g, h;
        rc_canonical_init(f);
        rc_canonical_init(g);
        rc_canonical_init(h);
        rc_canonical_set_network(f, X);
        rc_canonical_set_network(g, Y);
        rc_canonical_set_difference(h, X, Y);
        CHECK(rc_canonical_equal(f, g) && rc_canonical_equal(g, f) && rc_canonical_is_zero(h), "%s", network_text(X));
        fmpq_one(fmpq_mat_entry(Y->e, 0, 0));
        rc_canonical_set_network(g, Y);
        CHECK(!rc_canonical_equal(f, g) && !rc_canonical_equal(g, f), "%s", network_text(X));
        rc_canonical_clear(f);
        rc_canonical_clear(g);
        rc_canonical_clear(h);
        rc_network_clear(X);
        rc_network_clear(Y);
    }
}

/* Across a wall, away from the others, Df changes by J_H: x on H and t small, x + t u_H and x - t u_H. */
static void jumps(void)
{
    test_case("gradients on both sides of a wall differ by the jump");
    long seen = 0;
    for (long round = test_rounds(1000); round > 0; round--) {
        rc_network_t X;
        rc_canonical_t f;
        rc_network_init(X, RC_SHALLOW, 2, test_range(1, 5), test_range(1, 3));
        random_neurons(X);
        rc_canonical_init(f);
        rc_canonical_set_network(f, X);
        fmpq_mat_t P, N, J;
        fmpq_mat_init(P, X->D, 2);
        fmpq_mat_init(N, X->D, 2);
        fmpq_mat_init(J, X->D, 2);
        fmpq *x = _fmpq_vec_init(2);
        for (slong H = 0; H < f->K; H++) {
            /* Entries of all u are below 100, so no other line is as near to the ray (-u_2, u_1) as 10^-6. */
            const fmpz *u = fmpz_mat_entry(f->u, H, 0);
            bool off = true;
            for (int sign = -1; sign <= 1; sign += 2) {
                fmpz_mul_si(fmpq_numref(x), u + 1, -1000000);
                fmpz_mul_si(fmpq_numref(x + 1), u, 1000000);
                if (sign > 0) {
                    fmpz_add(fmpq_numref(x), fmpq_numref(x), u);
                    fmpz_add(fmpq_numref(x + 1), fmpq_numref(x + 1), u + 1);
                } else {
                    fmpz_sub(fmpq_numref(x), fmpq_numref(x), u);
                    fmpz_sub(fmpq_numref(x + 1), fmpq_numref(x + 1), u + 1);
                }
                off = rc_canonical_gradient(sign > 0 ? P : N, f, x) && off;
            }
            rc_canonical_jump(J, f, H);
            fmpq_mat_sub(P, P, N);
            CHECK(off && fmpq_mat_equal(P, J), "%s", network_text(X));
            fmpz_mul_si(fmpq_numref(x), u + 1, -1);
            fmpz_set(fmpq_numref(x + 1), u);
            CHECK(!rc_canonical_gradient(P, f, x), "%s", network_text(X));
            seen++;
        }
        _fmpq_vec_clear(x, 2);
        fmpq_mat_clear(P);
        fmpq_mat_clear(N);
        fmpq_mat_clear(J);
        rc_canonical_clear(f);
        rc_network_clear(X);
    }
    CHECK(seen > 100, "%ld walls", seen);
}

/* The exact value of a random double of 53 bits about 1 in size. */
static void random_double(fmpq_t x)
{
    fmpq_set_si(x, (long) (test_random() >> 11) - (1l << 52), 1);
    fmpq_div_2exp(x, x, (ulong) test_range(50, 55));
}

static void random_doubles(rc_network_t X)
{
    for (slong i = 0; i < X->m; i++) {
        for (slong k = 0; k < X->d; k++) random_double(fmpq_mat_entry(X->u, i, k));
        for (slong p = 0; p < X->D; p++) random_double(fmpq_mat_entry(X->gamma, i, p));
    }
}

static void trained_size(void)
{
    test_case("53-bit doubles, m = 2 x 100, d = 100, D = 10");
    rc_network_t X, Y;
    rc_canonical_t f;
    rc_network_init(X, RC_SHALLOW, 100, 100, 10);
    rc_network_init(Y, RC_SHALLOW, 100, 100, 10);
    random_doubles(X);
    random_doubles(Y);
    for (slong i = 0; i < 50; i++) rc_network_set_neuron(Y, i, X, 2 * i);
    rc_canonical_init(f);
    rc_canonical_set_difference(f, X, Y);
    CHECK(rc_canonical_is_valid(f) && f->K == 100, "K = %ld", (long) f->K);
    fmpq *x = _fmpq_vec_init(100), *y = _fmpq_vec_init(10), *z = _fmpq_vec_init(10), *w = _fmpq_vec_init(10);
    for (slong k = 0; k < 100; k++) random_double(x + k);
    oracle_eval(y, X, x);
    oracle_eval(z, Y, x);
    for (slong p = 0; p < 10; p++) fmpq_sub(y + p, y + p, z + p);
    rc_canonical_eval(w, f, x);
    CHECK(vectors_equal(y, w, 10), "values");
    fmpq_mat_t J, P, N;
    fmpq_mat_init(J, 10, 100);
    fmpq_mat_init(P, 10, 100);
    fmpq_mat_init(N, 10, 100);
    CHECK(rc_canonical_gradient(J, f, x), "x lies on a wall");
    rc_network_gradient(P, NULL, X, x);
    rc_network_gradient(N, NULL, Y, x);
    fmpq_mat_sub(P, P, N);
    CHECK(fmpq_mat_equal(J, P), "gradients");
    fmpq_mat_clear(J);
    fmpq_mat_clear(P);
    fmpq_mat_clear(N);
    _fmpq_vec_clear(x, 100);
    _fmpq_vec_clear(y, 10);
    _fmpq_vec_clear(z, 10);
    _fmpq_vec_clear(w, 10);
    rc_canonical_clear(f);
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void zero_functions(void)
{
    test_case("functions that are zero, and one that is linear");
    static const long zero[][3] = {{0, -1, 3}, {1, 2, 0}, {3, 3, 1}, {1, 1, -3}};
    static const long linear[][3] = {{1, 0, 1}, {-1, 0, -1}};
    rc_network_t X;
    rc_canonical_t f;
    rc_canonical_init(f);
    CHECK(rc_canonical_is_valid(f) && rc_canonical_is_zero(f), "initial form");
    set_line_network(X, zero, 4, 0);
    rc_canonical_set_network(f, X);
    CHECK(rc_canonical_is_zero(f), "zero");
    rc_network_clear(X);
    set_line_network(X, linear, 2, 0);
    rc_canonical_set_network(f, X);
    CHECK(f->K == 0 && is_si(fmpq_mat_entry(f->L, 0, 0), 1) && is_si(fmpq_mat_entry(f->L, 0, 1), 0),
          "x = rho(x) - rho(-x)");
    rc_network_clear(X);
    rc_canonical_clear(f);
}

int main(void)
{
    test_start("t-canonical");
    by_hand();
    zero_functions();
    mixed_kinds();
    jumps();
    random_networks();
    equality_against_oracle();
    trained_size();
    network_text_clear();
    int status = test_finish();
    flint_cleanup();
    return status;
}
