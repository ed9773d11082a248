/* Parametrizations: entries, norms, distances; values, patterns and gradients against the definitions. */
#include "random-network.h"

/* s = sqrt(q) x, or x / sqrt(q). */
static void oracle_entry(rc_surd_t s, const fmpq_t x, const fmpq_t q, bool divide)
{
    rc_surd_t root;
    rc_surd_init(root);
    rc_surd_set_sqrt_fmpq(root, q);
    rc_surd_set_fmpq(s, x);
    rc_surd_mul(s, s, root);
    fmpq_t inverse;
    fmpq_init(inverse);
    fmpq_inv(inverse, q);
    if (divide) rc_surd_mul_fmpq(s, s, inverse);
    fmpq_clear(inverse);
    rc_surd_clear(root);
}

static bool surds_equal(const rc_surd_t s, const rc_surd_t t)
{
    return rc_surd_cmp(s, t) == 0;
}

static void widen(rc_surd_t largest, const rc_surd_t s)
{
    rc_surd_t size;
    rc_surd_init(size);
    rc_surd_abs(size, s);
    if (rc_surd_cmp(size, largest) > 0) rc_surd_set(largest, size);
    rc_surd_clear(size);
}

static void check_neuron(const rc_network_t X, slong i)
{
    rc_surd_t s, t, norm_a, norm_c;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_surd_init(norm_a);
    rc_surd_init(norm_c);
    for (slong j = 0; j < X->d; j++) {
        oracle_entry(s, fmpq_mat_entry(X->u, i, j), X->q + i, false);
        rc_network_get_a(t, X, i, j);
        CHECK(surds_equal(s, t), "a %s", network_text(X));
        widen(norm_a, s);
    }
    for (slong p = 0; p < X->D; p++) {
        oracle_entry(s, fmpq_mat_entry(X->gamma, i, p), X->q + i, true);
        rc_network_get_c(t, X, i, p);
        CHECK(surds_equal(s, t), "c %s", network_text(X));
        widen(norm_c, s);
    }
    rc_network_get_b(t, X, i);
    if (X->kind == RC_BIASED) oracle_entry(s, fmpq_mat_entry(X->v, i, 0), X->q + i, false);
    else rc_surd_zero(s);
    CHECK(surds_equal(s, t), "b %s", network_text(X));
    rc_network_norm_a(t, X, i);
    CHECK(surds_equal(t, norm_a) && rc_surd_is_zero(t) == rc_network_a_is_zero(X, i), "norm of a %s", network_text(X));
    rc_network_norm_c(t, X, i);
    CHECK(surds_equal(t, norm_c) && rc_surd_is_zero(t) == rc_network_c_is_zero(X, i), "norm of c %s", network_text(X));
    fmpq_t product;
    fmpq_init(product);
    rc_network_norm_product(product, X, i);
    rc_surd_mul(s, norm_a, norm_c);
    CHECK(rc_surd_cmp_fmpq(s, product) == 0, "norm of c a^T %s", network_text(X));
    fmpq_clear(product);
    rc_surd_clear(s);
    rc_surd_clear(t);
    rc_surd_clear(norm_a);
    rc_surd_clear(norm_c);
}

static void random_shape(rc_network_t X)
{
    rc_network_init(X, test_chance(40) ? RC_BIASED : RC_SHALLOW, test_range(1, 4), test_range(1, 5), test_range(1, 3));
    random_neurons(X);
}

static void entries(void)
{
    test_case("entries, norms, copies");
    for (long round = test_rounds(500); round > 0; round--) {
        rc_network_t X, Y;
        random_shape(X);
        CHECK(rc_network_is_valid(X), "%s", network_text(X));
        for (slong i = 0; i < X->m; i++) check_neuron(X, i);
        rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
        rc_network_set(Y, X);
        CHECK(rc_network_is_valid(Y) && rc_network_equal(X, Y), "%s", network_text(X));
        slong i = test_range(0, X->m - 1), p = test_range(0, X->D - 1);
        fmpq_add_si(fmpq_mat_entry(Y->gamma, i, p), fmpq_mat_entry(Y->gamma, i, p), 1);
        CHECK(!rc_network_equal(X, Y), "%s", network_text(X));
        rc_network_clear(X);
        rc_network_clear(Y);
    }
}

/* The same entries with another root split off: sqrt(q) u = sqrt(q t^2) (u / t). */
static void other_root(void)
{
    test_case("equality does not depend on how the root is split off");
    for (long round = test_rounds(500); round > 0; round--) {
        rc_network_t X, Y;
        random_shape(X);
        rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
        rc_network_set(Y, X);
        fmpq_t t, q;
        fmpq_init(t);
        fmpq_init(q);
        slong i = test_range(0, X->m - 1);
        fmpq_set_si(t, test_range(2, 5), 3);
        fmpq_canonicalise(t);
        fmpq_mul(q, t, t);
        fmpq_mul(q, q, X->q + i);
        rc_network_set_scale(Y, i, q);
        bool same = rc_network_a_is_zero(X, i) && rc_network_c_is_zero(X, i) &&
                    (X->kind != RC_BIASED || fmpq_is_zero(fmpq_mat_entry(X->v, i, 0)));
        if (!fmpq_is_one(t)) CHECK(rc_network_equal(X, Y) == same, "%s", network_text(X));
        for (slong k = 0; k < X->d; k++) fmpq_div(fmpq_mat_entry(Y->u, i, k), fmpq_mat_entry(Y->u, i, k), t);
        for (slong k = 0; k < X->v->c; k++) fmpq_div(fmpq_mat_entry(Y->v, i, k), fmpq_mat_entry(Y->v, i, k), t);
        for (slong p = 0; p < X->D; p++) fmpq_mul(fmpq_mat_entry(Y->gamma, i, p), fmpq_mat_entry(Y->gamma, i, p), t);
        CHECK(rc_network_equal(X, Y) && rc_network_equal(Y, X), "%s", network_text(X));
        rc_surd_t s;
        rc_surd_init(s);
        rc_network_distance(s, X, Y);
        CHECK(rc_surd_is_zero(s), "%s", network_text(X));
        fmpq_add_si(q, q, 1);
        rc_network_set_scale(Y, i, q);
        CHECK(rc_network_equal(X, Y) == same, "%s", network_text(X));
        rc_network_distance(s, X, Y);
        CHECK(rc_surd_is_zero(s) == same, "%s", network_text(X));
        rc_surd_clear(s);
        fmpq_clear(t);
        fmpq_clear(q);
        rc_network_clear(X);
        rc_network_clear(Y);
    }
}

/* 2 is not sqrt(2): scales 1 and 2 with u = 2 and u = 1. */
static void different_roots(void)
{
    test_case("entries in different quadratic fields differ");
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    fmpq_set_si(fmpq_mat_entry(X->u, 0, 0), 2, 1);
    fmpq_one(fmpq_mat_entry(Y->u, 0, 0));
    fmpq_set_si(Y->q, 2, 1);
    CHECK(!rc_network_equal(X, Y) && !rc_network_equal(Y, X), "2 and sqrt(2)");
    fmpq_set_si(Y->q, 4, 1);
    CHECK(rc_network_equal(X, Y) && rc_network_equal(Y, X), "2 and sqrt(4)");
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void oracle_distance(rc_surd_t largest, const rc_network_t X, const rc_network_t Y)
{
    rc_surd_t s, t;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_surd_zero(largest);
    for (slong i = 0; i < X->m; i++) {
        for (slong j = 0; j < X->d + 1 + X->D; j++) {
            if (j < X->d) {
                rc_network_get_a(s, X, i, j);
                rc_network_get_a(t, Y, i, j);
            } else if (j == X->d) {
                rc_network_get_b(s, X, i);
                rc_network_get_b(t, Y, i);
            } else {
                rc_network_get_c(s, X, i, j - X->d - 1);
                rc_network_get_c(t, Y, i, j - X->d - 1);
            }
            rc_surd_sub(s, s, t);
            widen(largest, s);
        }
    }
    for (slong p = 0; p < X->D && X->kind == RC_BIASED; p++) {
        rc_surd_set_fmpq(s, fmpq_mat_entry(X->e, p, 0));
        rc_surd_set_fmpq(t, fmpq_mat_entry(Y->e, p, 0));
        rc_surd_sub(s, s, t);
        widen(largest, s);
    }
    rc_surd_clear(s);
    rc_surd_clear(t);
}

static void distances(void)
{
    test_case("distances against the definition");
    for (long round = test_rounds(1000); round > 0; round--) {
        rc_network_t X, Y;
        random_shape(X);
        rc_network_init(Y, X->kind, X->d, X->m, X->D);
        random_neurons(Y);
        if (test_chance(30)) rc_network_set_neuron(Y, 0, X, 0);
        rc_surd_t s, t;
        rc_surd_init(s);
        rc_surd_init(t);
        rc_network_distance(s, X, Y);
        oracle_distance(t, X, Y);
        CHECK(surds_equal(s, t), "%s and %s", network_text(X), network_text(Y));
        rc_surd_clear(s);
        rc_surd_clear(t);
        rc_network_clear(X);
        rc_network_clear(Y);
    }
}

/* F_91/F_90 and sqrt(F_91^2 +- 1)/F_90 differ by about 10^-37, relatively: doubles cannot tell them apart. */
static void hair_apart(void)
{
    test_case("entries a hair apart");
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 2, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 2, 1);
    fmpz_t f, g;
    fmpz_init(f);
    fmpz_init(g);
    fmpz_fib_ui(f, 91);
    fmpz_fib_ui(g, 90);
    fmpq_one(fmpq_mat_entry(X->u, 0, 0));
    fmpq_one(fmpq_mat_entry(X->u, 1, 0));
    fmpq_t ratio, square;
    fmpq_init(ratio);
    fmpq_init(square);
    fmpq_set_fmpz_frac(ratio, f, g);
    fmpq_mul(square, ratio, ratio);
    rc_network_set_scale(X, 0, square);      /* the entry is F_91/F_90 */
    fmpz_mul(f, f, f);
    fmpz_mul(g, g, g);
    fmpz_add_ui(f, f, 1);
    fmpq_set_fmpz_frac(square, f, g);
    rc_network_set_scale(X, 1, square);      /* sqrt(F_91^2 + 1)/F_90, a little more */
    rc_surd_t s, t;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_network_distance(s, X, Y);
    rc_network_get_a(t, X, 1, 0);
    CHECK(surds_equal(s, t) && rc_surd_cmp_fmpq(s, ratio) > 0, "the larger entry");
    fmpz_sub_ui(f, f, 2);
    fmpq_set_fmpz_frac(square, f, g);
    rc_network_set_scale(X, 1, square);
    rc_network_distance(s, X, Y);
    CHECK(rc_surd_cmp_fmpq(s, ratio) == 0, "now the first is larger");
    fmpz_set_ui(g, 10);
    fmpz_pow_ui(g, g, 1000);
    fmpq_set_fmpz(fmpq_mat_entry(Y->gamma, 1, 0), g);
    fmpq_inv(fmpq_mat_entry(Y->gamma, 0, 0), fmpq_mat_entry(Y->gamma, 1, 0));
    rc_network_distance(s, X, Y);
    CHECK(rc_surd_cmp_fmpq(s, fmpq_mat_entry(Y->gamma, 1, 0)) == 0, "beyond the range of doubles");
    fmpq_clear(ratio);
    fmpq_clear(square);
    fmpz_clear(f);
    fmpz_clear(g);
    rc_surd_clear(s);
    rc_surd_clear(t);
    rc_network_clear(X);
    rc_network_clear(Y);
}

/* u sqrt(n) against its neighbours with 70 binary places: the largest entry is known, rounding would often pick
   the other. */
static void rounding(void)
{
    test_case("entries that rounding confuses");
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 2, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 2, 1);
    rc_surd_t s, t;
    rc_surd_init(s);
    rc_surd_init(t);
    for (long round = test_rounds(2000); round > 0; round--) {
        long n = test_range(2, 1000), u = test_range(1, 1l << 50);
        fmpq *entry = fmpq_mat_entry(X->u, 1, 0);
        fmpz_set_si(fmpq_numref(entry), u);
        fmpz_mul_si(fmpq_numref(entry), fmpq_numref(entry), u);
        fmpz_mul_si(fmpq_numref(entry), fmpq_numref(entry), n);
        fmpz_mul_2exp(fmpq_numref(entry), fmpq_numref(entry), 140);
        if (fmpz_is_square(fmpq_numref(entry))) continue;
        fmpz_sqrt(fmpq_numref(entry), fmpq_numref(entry));
        slong larger = test_range(0, 1);
        fmpz_add_si(fmpq_numref(entry), fmpq_numref(entry), larger);
        fmpz_one(fmpq_denref(entry));
        fmpq_div_2exp(entry, entry, 70);
        fmpq_set_si(fmpq_mat_entry(X->u, 0, 0), u, 1);
        fmpq_set_si(X->q, n, 1);
        rc_network_distance(s, X, Y);
        rc_network_get_a(t, X, larger, 0);
        CHECK(surds_equal(s, t), "%s", network_text(X));
    }
    rc_surd_clear(s);
    rc_surd_clear(t);
    rc_network_clear(X);
    rc_network_clear(Y);
}

/* The gradient sum (96) written out; *boundary as documented. */
static void oracle_gradient(fmpq_mat_t J, char *pattern, bool *boundary, const rc_network_t X, const fmpq *x)
{
    fmpq_t z;
    fmpq_init(z);
    fmpq_mat_zero(J);
    *boundary = false;
    for (slong i = 0; i < X->m; i++) {
        oracle_preactivation(z, X, i, x);
        pattern[i] = fmpq_sgn(z) > 0 ? '1' : '0';
        if (fmpq_is_zero(z) && !rc_network_a_is_zero(X, i)) *boundary = true;
        if (fmpq_sgn(z) <= 0) continue;
        for (slong p = 0; p < X->D; p++)
            for (slong j = 0; j < X->d; j++)
                fmpq_addmul(fmpq_mat_entry(J, p, j), fmpq_mat_entry(X->gamma, i, p), fmpq_mat_entry(X->u, i, j));
    }
    pattern[X->m] = '\0';
    fmpq_clear(z);
}

static void evaluation(void)
{
    test_case("values, patterns, gradients against the definitions");
    for (long round = test_rounds(3000); round > 0; round--) {
        rc_network_t X;
        random_shape(X);
        fmpq *x = _fmpq_vec_init(X->d), *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
        fmpq_mat_t J, G;
        fmpq_mat_init(J, X->D, X->d);
        fmpq_mat_init(G, X->D, X->d);
        char pattern[8], expected[8];
        bool boundary, at_boundary;
        random_point(x, X->d, test_chance(50) ? 1 : 6);
        oracle_eval(y, X, x);
        rc_network_eval(z, X, x);
        CHECK(vectors_equal(y, z, X->D), "%s", network_text(X));
        oracle_gradient(J, expected, &at_boundary, X, x);
        rc_network_gradient(G, &boundary, X, x);
        rc_network_pattern(pattern, X, x);
        CHECK(fmpq_mat_equal(J, G) && boundary == at_boundary, "%s", network_text(X));
        CHECK(strcmp(pattern, expected) == 0 && rc_network_hidden(X) == X->m, "%s", network_text(X));
        fmpq_mat_clear(J);
        fmpq_mat_clear(G);
        _fmpq_vec_clear(x, X->d);
        _fmpq_vec_clear(y, X->D);
        _fmpq_vec_clear(z, X->D);
        rc_network_clear(X);
    }
}

/* X as a deep network: an identity layer between, which rho leaves alone as the hidden layer is >= 0. */
static void deepen(rc_network_t Y, const rc_network_t X)
{
    rc_network_init_deep(Y, 3, (slong[]){X->d, X->m, X->m, X->D});
    for (slong i = 0; i < X->m; i++) {
        for (slong j = 0; j < X->d; j++) fmpq_set(fmpq_mat_entry(Y->A, i, j), fmpq_mat_entry(X->u, i, j));
        fmpq_set(fmpq_mat_entry(Y->b, i, 0), fmpq_mat_entry(X->v, i, 0));
        fmpq_one(fmpq_mat_entry(Y->A + 1, i, i));
        for (slong p = 0; p < X->D; p++) fmpq_set(fmpq_mat_entry(Y->A + 2, p, i), fmpq_mat_entry(X->gamma, i, p));
    }
    fmpq_mat_set(Y->b + 2, X->e);
}

static void deep_networks(void)
{
    test_case("deep networks");
    for (long round = test_rounds(500); round > 0; round--) {
        rc_network_t X, Y, Z;
        rc_network_init(X, RC_BIASED, test_range(1, 3), test_range(1, 4), test_range(1, 2));
        random_neurons(X);
        deepen(Y, X);
        CHECK(rc_network_is_valid(Y) && rc_network_hidden(Y) == 2 * X->m, "%s", network_text(Y));
        fmpq *x = _fmpq_vec_init(X->d), *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
        fmpq_mat_t J, G;
        fmpq_mat_init(J, X->D, X->d);
        fmpq_mat_init(G, X->D, X->d);
        char shallow[8], deep[16];
        bool boundary, deep_boundary;
        random_point(x, X->d, 3);
        rc_network_eval(y, X, x);
        rc_network_eval(z, Y, x);
        CHECK(vectors_equal(y, z, X->D), "%s", network_text(Y));
        rc_network_gradient(J, &boundary, X, x);
        rc_network_gradient(G, &deep_boundary, Y, x);
        CHECK(fmpq_mat_equal(J, G) && (deep_boundary || !boundary), "%s", network_text(Y));
        rc_network_pattern(shallow, X, x);
        rc_network_pattern(deep, Y, x);
        CHECK(strlen(deep) == 2 * strlen(shallow) && strncmp(deep, shallow, strlen(shallow)) == 0 &&
                  strcmp(deep + strlen(shallow), shallow) == 0, "%s: %s, %s", network_text(Y), shallow, deep);
        rc_network_init(Z, RC_SHALLOW, 2, 2, 2);
        rc_network_set(Z, Y);
        CHECK(rc_network_equal(Y, Z) && !rc_network_equal(X, Z), "%s", network_text(Y));
        fmpq_mat_clear(J);
        fmpq_mat_clear(G);
        _fmpq_vec_clear(x, X->d);
        _fmpq_vec_clear(y, X->D);
        _fmpq_vec_clear(z, X->D);
        rc_network_clear(X);
        rc_network_clear(Y);
        rc_network_clear(Z);
    }
}

/* Example 2.5 of [B], its third neuron for k = 3: u = (0, -k, 1/(2k)), gamma = 2k, q = 2: a = sqrt 2 (0, -3, 1/6). */
static void example_2_5(void)
{
    test_case("Example 2.5, third neuron");
    rc_network_t X;
    rc_network_init(X, RC_SHALLOW, 3, 1, 1);
    fmpq_set_si(fmpq_mat_entry(X->u, 0, 1), -3, 1);
    fmpq_set_si(fmpq_mat_entry(X->u, 0, 2), 1, 6);
    fmpq_set_si(fmpq_mat_entry(X->gamma, 0, 0), 6, 1);
    fmpq_set_si(X->q, 2, 1);
    rc_surd_t s;
    rc_surd_init(s);
    rc_network_norm_a(s, X, 0);
    char *text = rc_surd_get_str(s);
    CHECK(strcmp(text, "3*sqrt(2)") == 0, "%s", text);
    free(text);
    rc_network_norm_c(s, X, 0);
    text = rc_surd_get_str(s);
    CHECK(strcmp(text, "3*sqrt(2)") == 0, "%s", text);
    free(text);
    rc_surd_clear(s);
    rc_network_clear(X);
}

int main(void)
{
    test_start("t-network");
    example_2_5();
    entries();
    other_root();
    different_roots();
    distances();
    hair_apart();
    rounding();
    evaluation();
    deep_networks();
    network_text_clear();
    int status = test_finish();
    flint_cleanup();
    return status;
}
