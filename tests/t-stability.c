/* Stability of minima: every quantity against a second computation from its definition. */
#include "relucert/stability.h"

#include <flint/fmpq_poly.h>
#include <flint/fmpz_poly.h>
#include <flint/fmpz_vec.h>
#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
#else
#include <arb.h>
#endif

#include "harness.h"
#include "random-problem.h"
#include "relucert/region.h"
#include "stability/parts.h"
#include "stability/spectrum.h"

/* Features by their definition [N 45], the root of q_i left out: entries of one neuron are (gamma_i x, gamma_i, q_i s), of
   which products over two points are gamma^2 / q and q s s'. Here: the products. */
static void product_of_features(fmpq_t value, const problem *p, slong j, slong l)
{
    slong d = p->data->d;
    fmpq *x = _fmpq_vec_init(d), *y = _fmpq_vec_init(d);
    fmpq_t s, t, dot, part;
    fmpq_init(s);
    fmpq_init(t);
    fmpq_init(dot);
    fmpq_init(part);
    point_of(x, p->data, j);
    point_of(y, p->data, l);
    fmpq_one(dot);
    for (slong k = 0; k < d; k++) fmpq_addmul(dot, x + k, y + k);
    fmpq_one(value);
    for (slong i = 0; i < p->net->m; i++) {
        fmpq_zero(s);
        fmpq_zero(t);
        if (p->net->kind == RC_BIASED) {
            fmpq_set(s, fmpq_mat_entry(p->net->v, i, 0));
            fmpq_set(t, s);
        }
        for (slong k = 0; k < d; k++) {
            fmpq_addmul(s, fmpq_mat_entry(p->net->u, i, k), x + k);
            fmpq_addmul(t, fmpq_mat_entry(p->net->u, i, k), y + k);
        }
        if (fmpq_sgn(s) <= 0 || fmpq_sgn(t) <= 0) continue;
        const fmpq *gamma = fmpq_mat_entry(p->net->gamma, i, 0);
        fmpq_mul(part, gamma, gamma);
        fmpq_div(part, part, p->net->q + i);
        fmpq_addmul(value, part, dot);
        fmpq_mul(part, s, t);
        fmpq_addmul(value, part, p->net->q + i);
    }
    fmpq_clear(part);
    fmpq_clear(dot);
    fmpq_clear(t);
    fmpq_clear(s);
    _fmpq_vec_clear(y, d);
    _fmpq_vec_clear(x, d);
}

/* The number of real roots of p in (a, infinity), by Sturm's theorem on p(x + a), multiple roots counted once. */
static slong roots_above(const fmpq_poly_t p, const fmpq_t a)
{
    fmpq_poly_t shifted, linear;
    fmpz_poly_t z, squarefree, derivative, g;
    fmpq_poly_init(shifted);
    fmpq_poly_init(linear);
    fmpz_poly_init(z);
    fmpz_poly_init(squarefree);
    fmpz_poly_init(derivative);
    fmpz_poly_init(g);
    fmpq_poly_set_coeff_fmpq(linear, 0, a);
    fmpq_poly_set_coeff_si(linear, 1, 1);
    fmpq_poly_compose(shifted, p, linear);
    fmpq_poly_get_numerator(z, shifted);
    fmpz_poly_derivative(derivative, z);
    fmpz_poly_gcd(g, z, derivative);
    fmpz_poly_div(squarefree, z, g);
    while (squarefree->length > 0 && fmpz_is_zero(squarefree->coeffs)) fmpz_poly_shift_right(squarefree, squarefree, 1);
    slong negative, positive;
    /* Real roots of x -> q(x^2) are twice the positive ones of q. */
    fmpz_poly_t squared;
    fmpz_poly_init(squared);
    for (slong k = 0; k < squarefree->length; k++) fmpz_poly_set_coeff_fmpz(squared, 2 * k, squarefree->coeffs + k);
    positive = fmpz_poly_num_real_roots(squared) / 2;
    negative = fmpz_poly_num_real_roots(squarefree) - positive;
    CHECK(negative >= 0, "counting real roots");
    fmpz_poly_clear(squared);
    fmpz_poly_clear(g);
    fmpz_poly_clear(derivative);
    fmpz_poly_clear(squarefree);
    fmpz_poly_clear(z);
    fmpq_poly_clear(linear);
    fmpq_poly_clear(shifted);
    return positive;
}

/* Is the largest eigenvalue of S in [lo, hi], by the characteristic polynomial? */
static bool charpoly_agrees(const fmpq_mat_t S, const fmpq_t lo, const fmpq_t hi)
{
    fmpq_poly_t p;
    fmpq_t value;
    fmpq_poly_init(p);
    fmpq_init(value);
    fmpq_mat_charpoly(p, S);
    fmpq_poly_evaluate_fmpq(value, p, lo);
    bool agrees = roots_above(p, hi) == 0 && (fmpq_is_zero(value) || roots_above(p, lo) > 0);
    fmpq_clear(value);
    fmpq_poly_clear(p);
    return agrees;
}

static bool is_narrow(const fmpq_t lo, const fmpq_t hi, slong bits)
{
    fmpq_t gap;
    fmpq_init(gap);
    fmpq_sub(gap, hi, lo);
    fmpq_mul_2exp(gap, gap, (flint_bitcnt_t) bits);
    bool narrow = fmpq_cmp(lo, hi) <= 0 && fmpq_cmp(gap, lo) <= 0;
    fmpq_clear(gap);
    return narrow;
}

static void test_gram(void)
{
    test_case("lambda_max of K against the characteristic polynomial");
    for (long round = test_rounds(300); round > 0; round--) {
        problem p;
        rc_stability_t s;
        rc_stability_options how = {.bits = test_range(8, 90)};
        random_problem(&p, 4, true);
        rc_stability_init(s);
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        fmpq_mat_t K;
        fmpq_mat_init(K, p.data->n, p.data->n);
        fmpq_t by;
        fmpq_init(by);
        fmpq_set_si(by, 1, (ulong) p.data->n);
        for (slong j = 0; j < p.data->n; j++) {
            for (slong l = 0; l < p.data->n; l++) {
                product_of_features(fmpq_mat_entry(K, j, l), &p, j, l);
                fmpq_mul(fmpq_mat_entry(K, j, l), fmpq_mat_entry(K, j, l), by);
            }
        }
        char *text = problem_text(&p);
        CHECK(status == RC_OK && s->solution && s->lambda->known == s->smooth, "status %d: %s", (int) status, text);
        if (s->lambda->known) {
            CHECK(is_narrow(s->lambda->lo, s->lambda->hi, how.bits), "wide: %s", text);
            CHECK(charpoly_agrees(K, s->lambda->lo, s->lambda->hi), "not the largest root: %s", text);
            CHECK(rc_stability_lemma_3(s) == 1, "Lemma 3 fails: %s", text);
            CHECK(!s->flattest->known || fmpq_cmp(s->flattest->lo, s->flattest->lambda->hi) <= 0, "rescaling bounds: %s", text);
            CHECK(!s->flattest->known || fmpq_cmp(s->flattest->lambda->lo, s->lambda->hi) <= 0, "no flatter: %s", text);
        }
        free(text);
        fmpq_clear(by);
        fmpq_mat_clear(K);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

/* f at the parameters plus h along number r, for a network with q = 1. Parameters: u, v, gamma, e. */
static void moved_value(fmpq_t y, const rc_network_t net, slong r, const fmpq_t h, const fmpq *x)
{
    rc_network_t moved;
    slong d = net->d, m = net->m;
    rc_network_init(moved, RC_SHALLOW, 1, 1, 1);
    rc_network_set(moved, net);
    fmpq *at = r < m * d           ? fmpq_mat_entry(moved->u, r / d, r % d)
               : r < m * (d + 1)   ? fmpq_mat_entry(moved->v, r - m * d, 0)
               : r < m * (d + 2)   ? fmpq_mat_entry(moved->gamma, r - m * (d + 1), 0)
                                   : fmpq_mat_entry(moved->e, 0, 0);
    fmpq_add(at, at, h);
    rc_network_eval(y, moved, x);
    rc_network_clear(moved);
}

/* The loss at the parameters plus h along r and k along s. */
static void moved_loss(fmpq_t loss, const problem *p, slong r, const fmpq_t h, slong s, const fmpq_t k)
{
    slong d = p->net->d, m = p->net->m;
    fmpq *x = _fmpq_vec_init(d);
    fmpq_t y;
    rc_network_t moved;
    fmpq_init(y);
    rc_network_init(moved, RC_SHALLOW, 1, 1, 1);
    rc_network_set(moved, p->net);
    fmpq *at = r < m * d         ? fmpq_mat_entry(moved->u, r / d, r % d)
               : r < m * (d + 1) ? fmpq_mat_entry(moved->v, r - m * d, 0)
               : r < m * (d + 2) ? fmpq_mat_entry(moved->gamma, r - m * (d + 1), 0)
                                 : fmpq_mat_entry(moved->e, 0, 0);
    fmpq_add(at, at, h);
    fmpq_zero(loss);
    for (slong j = 0; j < p->data->n; j++) {
        point_of(x, p->data, j);
        moved_value(y, moved, s, k, x);
        fmpq_sub(y, y, p->data->y + j);
        fmpq_addmul(loss, y, y);
    }
    fmpq_set_si(y, 1, (ulong) (2 * p->data->n));
    fmpq_mul(loss, loss, y);
    rc_network_clear(moved);
    fmpq_clear(y);
    _fmpq_vec_clear(x, d);
}

/* H by finite differences, exact: in two parameters the loss is a polynomial of degree at most 2 in each as long as no
   activation changes, so mixed second differences with steps h and -h are the derivatives. Only for q = 1. */
static void hessian_by_differences(fmpq_mat_t H, const problem *p, const fmpq_t h)
{
    slong P = p->net->m * (p->net->d + 2) + 1;
    fmpq_t minus, zero, a, b, c, e;
    fmpq_init(minus);
    fmpq_init(zero);
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(c);
    fmpq_init(e);
    fmpq_neg(minus, h);
    for (slong r = 0; r < P; r++) {
        for (slong s = 0; s <= r; s++) {
            if (r == s) {
                moved_loss(a, p, r, h, r, zero);
                moved_loss(b, p, r, minus, r, zero);
                moved_loss(c, p, r, zero, r, zero);
                fmpq_add(a, a, b);
                fmpq_sub(a, a, c);
                fmpq_sub(a, a, c);
                fmpq_div(a, a, h);
                fmpq_div(a, a, h);
            } else {
                moved_loss(a, p, r, h, s, h);
                moved_loss(b, p, r, minus, s, minus);
                moved_loss(c, p, r, h, s, minus);
                moved_loss(e, p, r, minus, s, h);
                fmpq_add(a, a, b);
                fmpq_sub(a, a, c);
                fmpq_sub(a, a, e);
                fmpq_div(a, a, h);
                fmpq_div(a, a, h);
                fmpq_div_2exp(a, a, 2);
            }
            fmpq_set(fmpq_mat_entry(H, r, s), a);
            fmpq_set(fmpq_mat_entry(H, s, r), a);
        }
    }
    fmpq_clear(e);
    fmpq_clear(c);
    fmpq_clear(b);
    fmpq_clear(a);
    fmpq_clear(zero);
    fmpq_clear(minus);
}

static void set_deep(rc_network_t deep, const rc_network_t net)
{
    slong widths[3] = {net->d, net->m, 1};
    rc_network_clear(deep);
    rc_network_init_deep(deep, 2, widths);
    fmpq_mat_set(deep->A, net->u);
    fmpq_mat_set(deep->b, net->v);
    for (slong i = 0; i < net->m; i++) {
        fmpq_set(fmpq_mat_entry(deep->A + 1, 0, i), fmpq_mat_entry(net->gamma, i, 0));
    }
    fmpq_mat_set(deep->b + 1, net->e);
}

/* The product of third differences is not quite polynomial: (w x) gamma squared is of degree 2 in each parameter, but a
   mixed second difference of w^2 gamma^2 keeps w gamma only, as odd parts do. */
/* The same network read as a deep one has the same features. */
static void check_deep_features(const problem *p, const rc_network_t deep, const char *text)
{
    slong P = rc_stability_parameters(p->net), d = p->net->d;
    rc_surd_struct *phi = malloc((size_t) (2 * P) * sizeof *phi);
    fmpq *x = _fmpq_vec_init(d);
    if (phi == NULL) exit(1);
    for (slong e = 0; e < 2 * P; e++) rc_surd_init(phi + e);
    CHECK(rc_stability_parameters(deep) == P, "%s", text);
    for (slong j = 0; j < p->data->n; j++) {
        point_of(x, p->data, j);
        rc_stability_features(phi, p->net, x);
        rc_stability_features(phi + P, deep, x);
        for (slong r = 0; r < P; r++) CHECK(rc_surd_cmp(phi + r, phi + P + r) == 0, "feature %ld: %s", (long) r, text);
    }
    for (slong e = 0; e < 2 * P; e++) rc_surd_clear(phi + e);
    _fmpq_vec_clear(x, d);
    free(phi);
}

static void test_hessian(void)
{
    test_case("the full Hessian against exact finite differences and the characteristic polynomial");
    for (long round = test_rounds(60); round > 0; round--) {
        problem p;
        rc_stability_t s, t;
        rc_network_t deep;
        fmpq_t h;
        slong d = test_range(1, 2), m = test_range(1, 2), n = test_range(1, 4), P = m * (d + 2) + 1;
        rc_network_init(p.net, RC_BIASED, d, m, 1);
        rc_network_init(deep, RC_SHALLOW, 1, 1, 1);
        random_neurons(p.net);
        for (slong i = 0; i < m; i++) fmpq_one(p.net->q + i);
        rc_dataset_init(p.data);
        random_data(p.data, n, d, p.net, false);
        rc_stability_init(s);
        rc_stability_init(t);
        fmpq_init(h);
        fmpq_set_si(h, 1, 1000000);
        set_deep(deep, p.net);
        rc_stability_options how = {.bits = 40};
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        rc_status second = rc_stability_compute(t, deep, p.data, &how, NULL, NULL);
        char *text = problem_text(&p);
        CHECK(status == RC_OK && second == RC_OK, "status %d, %d: %s", (int) status, (int) second, text);
        CHECK(s->touches == t->touches && s->solution == t->solution, "touches: %s", text);
        check_deep_features(&p, deep, text);
        if (s->lambda->known && t->lambda->known) {
            fmpq_mat_t H;
            fmpq_mat_init(H, P, P);
            hessian_by_differences(H, &p, h);
            CHECK(charpoly_agrees(H, s->lambda->lo, s->lambda->hi), "one layer: %s", text);
            CHECK(charpoly_agrees(H, t->lambda->lo, t->lambda->hi), "any depth: %s", text);
            CHECK(is_narrow(s->lambda->lo, s->lambda->hi, 40), "wide: %s", text);
            if (!s->solution) {
                CHECK(fmpq_cmp(s->gram->lo, t->gram->hi) <= 0 && fmpq_cmp(t->gram->lo, s->gram->hi) <= 0,
                      "Gram matrices differ: %s", text);
            }
            fmpq_mat_clear(H);
        }
        free(text);
        fmpq_clear(h);
        rc_stability_clear(t);
        rc_stability_clear(s);
        rc_network_clear(deep);
        problem_clear(&p);
    }
}

/* Deep networks: the layered Gram matrix and the Hessian against exact differences of f and of the loss. */
static void deep_loss(fmpq_t loss, const rc_network_t net, const rc_dataset_t data)
{
    fmpq *x = _fmpq_vec_init(data->d);
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(loss);
    for (slong j = 0; j < data->n; j++) {
        point_of(x, data, j);
        rc_network_eval(y, net, x);
        fmpq_sub(y, y, data->y + j);
        fmpq_addmul(loss, y, y);
    }
    fmpq_set_si(y, 1, (ulong) (2 * data->n));
    fmpq_mul(loss, loss, y);
    fmpq_clear(y);
    _fmpq_vec_clear(x, data->d);
}

static fmpq *deep_parameter(rc_network_t net, slong r)
{
    for (slong l = 0;; l++) {
        slong inputs = fmpq_mat_ncols(net->A + l) + 1, size = fmpq_mat_nrows(net->A + l) * inputs;
        if (r < size) {
            return r % inputs == inputs - 1 ? fmpq_mat_entry(net->b + l, r / inputs, 0)
                                            : fmpq_mat_entry(net->A + l, r / inputs, r % inputs);
        }
        r -= size;
    }
}

static void test_deep(void)
{
    test_case("three layers: the Hessian against exact finite differences");
    for (long round = test_rounds(25); round > 0; round--) {
        slong widths[4] = {test_range(1, 2), test_range(1, 2), test_range(1, 2), 1}, P = 0;
        problem p;
        rc_stability_t s;
        fmpq_t h, parts[4];
        rc_network_init_deep(p.net, 3, widths);
        for (slong l = 0; l < 3; l++) P += widths[l + 1] * (widths[l] + 1);
        for (slong r = 0; r < P; r++) random_rational(deep_parameter(p.net, r), 3);
        rc_dataset_init(p.data);
        random_data(p.data, test_range(1, 3), widths[0], p.net, test_chance(50));
        rc_stability_init(s);
        fmpq_init(h);
        for (int k = 0; k < 4; k++) fmpq_init(parts[k]);
        fmpq_set_si(h, 1, 1000000);
        rc_status status = rc_stability_compute(s, p.net, p.data, NULL, NULL, NULL);
        CHECK(status == RC_OK, "status %d", (int) status);
        if (s->lambda->known) {
            fmpq_mat_t H;
            fmpq_mat_init(H, P, P);
            for (slong r = 0; r < P; r++) {
                for (slong q = 0; q <= r; q++) {
                    for (int k = 0; k < 4; k++) {
                        fmpq *a = deep_parameter(p.net, r), *b = deep_parameter(p.net, q);
                        fmpq_t old_a, old_b;
                        fmpq_init(old_a);
                        fmpq_init(old_b);
                        fmpq_set(old_a, a);
                        fmpq_set(old_b, b);
                        if (k & 1) fmpq_sub(a, a, h);
                        else fmpq_add(a, a, h);
                        if (k & 2) fmpq_sub(b, b, h);
                        else fmpq_add(b, b, h);
                        deep_loss(parts[k], p.net, p.data);
                        fmpq_set(a, old_a);
                        fmpq_set(b, old_b);
                        fmpq_clear(old_b);
                        fmpq_clear(old_a);
                    }
                    fmpq *entry = fmpq_mat_entry(H, r, q);
                    fmpq_sub(entry, parts[0], parts[1]);
                    fmpq_sub(entry, entry, parts[2]);
                    fmpq_add(entry, entry, parts[3]);
                    fmpq_div(entry, entry, h);
                    fmpq_div(entry, entry, h);
                    fmpq_div_2exp(entry, entry, 2);
                    fmpq_set(fmpq_mat_entry(H, q, r), entry);
                }
            }
            char *text = problem_text(&p);
            CHECK(charpoly_agrees(H, s->lambda->lo, s->lambda->hi), "%s", text);
            free(text);
            fmpq_mat_clear(H);
        }
        for (int k = 0; k < 4; k++) fmpq_clear(parts[k]);
        fmpq_clear(h);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

/* g~ and g^ by conditional expectations in balls [N 12], [N 18], v the unit normal, of neuron i (side -1: opposite). */
static void weights_by_definition(arb_t g_tilde, arb_t g_hat, const problem *p, slong i, int side, slong prec)
{
    slong n = p->data->n, d = p->data->d, count = 0;
    fmpq *x = _fmpq_vec_init(d), *mean = _fmpq_vec_init(d);
    fmpq_t z, norm, first, second, square;
    arb_t a, b;
    fmpq_init(z);
    fmpq_init(norm);
    fmpq_init(first);
    fmpq_init(second);
    fmpq_init(square);
    arb_init(a);
    arb_init(b);
    for (slong k = 0; k < d; k++) fmpq_addmul(norm, fmpq_mat_entry(p->net->u, i, k), fmpq_mat_entry(p->net->u, i, k));
    for (slong j = 0; j < n; j++) {
        point_of(x, p->data, j);
        fmpq_zero(z);
        if (p->net->kind == RC_BIASED) fmpq_set(z, fmpq_mat_entry(p->net->v, i, 0));
        for (slong k = 0; k < d; k++) fmpq_addmul(z, fmpq_mat_entry(p->net->u, i, k), x + k);
        if (side < 0) fmpq_neg(z, z);
        if (fmpq_sgn(z) <= 0) continue;
        count++;
        fmpq_add(first, first, z);
        fmpq_addmul(second, z, z);
        for (slong k = 0; k < d; k++) {
            fmpq_add(mean + k, mean + k, x + k);
            fmpq_addmul(square, x + k, x + k);
        }
    }
    arb_zero(g_tilde);
    arb_zero(g_hat);
    if (count > 0) {
        fmpq_t by;
        fmpq_init(by);
        fmpq_set_si(by, 1, (ulong) count);
        fmpq_mul(first, first, by);
        fmpq_mul(second, second, by);
        fmpq_mul(square, square, by);
        fmpq_zero(z);
        for (slong k = 0; k < d; k++) {
            fmpq_mul(mean + k, mean + k, by);
            fmpq_addmul(z, mean + k, mean + k);
        }
        fmpq_set_si(by, count, (ulong) n);
        fmpq_canonicalise(by);
        fmpq_add_si(z, z, 1);
        arb_set_fmpq(a, z, prec);
        arb_sqrt(a, a, prec);
        arb_set_fmpq(b, norm, prec);
        arb_sqrt(b, b, prec);
        arb_div(a, a, b, prec); /* E[x v - b | ...] is E[z | ...] / |u| */
        fmpq_mul(first, first, by);
        fmpq_mul(first, first, by);
        arb_set_fmpq(g_tilde, first, prec);
        arb_mul(g_tilde, g_tilde, a, prec);
        fmpq_div(second, second, norm);
        arb_set_fmpq(g_hat, second, prec);
        arb_sqrt(g_hat, g_hat, prec);
        fmpq_add_si(square, square, 1);
        arb_set_fmpq(a, square, prec);
        arb_sqrt(a, a, prec);
        arb_mul(g_hat, g_hat, a, prec);
        arb_set_fmpq(a, by, prec);
        arb_mul(g_hat, g_hat, a, prec);
        fmpq_clear(by);
    }
    arb_clear(b);
    arb_clear(a);
    fmpq_clear(square);
    fmpq_clear(second);
    fmpq_clear(first);
    fmpq_clear(norm);
    fmpq_clear(z);
    _fmpq_vec_clear(mean, d);
    _fmpq_vec_clear(x, d);
}

static bool contains(const arb_t ball, const rc_surd_t x)
{
    fmpq_t lo, hi;
    arb_t a, b;
    fmpq_init(lo);
    fmpq_init(hi);
    arb_init(a);
    arb_init(b);
    rc_surd_enclose(lo, hi, x, 150);
    arb_set_fmpq(a, lo, 200);
    arb_set_fmpq(b, hi, 200);
    arb_union(a, a, b, 200);
    bool meets = arb_overlaps(a, ball) && arb_rel_accuracy_bits(ball) > 100;
    if (arb_is_zero(ball)) meets = rc_surd_is_zero(x);
    arb_clear(b);
    arb_clear(a);
    fmpq_clear(hi);
    fmpq_clear(lo);
    return meets;
}

static bool is_constant(const problem *p, slong i)
{
    for (slong k = 0; k < p->net->d; k++) {
        if (!fmpq_is_zero(fmpq_mat_entry(p->net->u, i, k))) return false;
    }
    return true;
}

/* Do neurons i and l have one knot? *same: are they active on one side? */
static bool same_knot(bool *same, const problem *p, slong i, slong l)
{
    slong d = p->net->d;
    fmpq *a = _fmpq_vec_init(d + 1), *b = _fmpq_vec_init(d + 1);
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    for (slong k = 0; k <= d; k++) {
        if (k == d && p->net->kind != RC_BIASED) continue;
        fmpq_set(a + k, k < d ? fmpq_mat_entry(p->net->u, i, k) : fmpq_mat_entry(p->net->v, i, 0));
        fmpq_set(b + k, k < d ? fmpq_mat_entry(p->net->u, l, k) : fmpq_mat_entry(p->net->v, l, 0));
    }
    bool proportional = true;
    for (slong k = 0; k <= d; k++) {
        for (slong e = 0; e <= d; e++) {
            fmpq_mul(x, a + k, b + e);
            fmpq_mul(y, a + e, b + k);
            if (!fmpq_equal(x, y)) proportional = false;
        }
        fmpq_mul(x, a + k, b + k);
        if (!fmpq_is_zero(x)) *same = fmpq_sgn(x) > 0;
    }
    fmpq_clear(y);
    fmpq_clear(x);
    _fmpq_vec_clear(b, d + 1);
    _fmpq_vec_clear(a, d + 1);
    return proportional;
}

/* All norms by the definitions: sums[0..4] = S_theta, R g, R, R g^ given, R g^ flipped. */
static void norms_by_definition(arb_struct *sums, const problem *p, slong prec)
{
    slong m = p->net->m;
    arb_t coefficient, total, norm, g[2], h[2], part;
    fmpq_t square;
    fmpq_init(square);
    arb_init(coefficient);
    arb_init(total);
    arb_init(norm);
    arb_init(part);
    for (int k = 0; k < 2; k++) {
        arb_init(g[k]);
        arb_init(h[k]);
    }
    for (int k = 0; k < 5; k++) arb_zero(sums + k);
    for (slong i = 0; i < m; i++) {
        bool first = true, same;
        if (is_constant(p, i)) continue;
        for (slong l = 0; l < i; l++) first = first && (is_constant(p, l) || !same_knot(&same, p, i, l));
        if (!first) continue;
        weights_by_definition(g[0], h[0], p, i, 1, prec);
        weights_by_definition(g[1], h[1], p, i, -1, prec);
        arb_min(g[0], g[0], g[1], prec);
        arb_zero(coefficient);
        arb_zero(total);
        for (slong l = i; l < m; l++) {
            if (is_constant(p, l) || !same_knot(&same, p, i, l)) continue;
            fmpq_zero(square);
            for (slong k = 0; k < p->net->d; k++) {
                fmpq_addmul(square, fmpq_mat_entry(p->net->u, l, k), fmpq_mat_entry(p->net->u, l, k));
            }
            arb_set_fmpq(norm, square, prec);
            arb_sqrt(norm, norm, prec);
            arb_set_fmpq(part, fmpq_mat_entry(p->net->gamma, l, 0), prec);
            arb_mul(part, part, norm, prec);
            arb_add(coefficient, coefficient, part, prec);
            arb_abs(part, part);
            arb_add(total, total, part, prec);
        }
        arb_abs(coefficient, coefficient);
        arb_addmul(sums, total, g[0], prec);
        arb_addmul(sums + 1, coefficient, g[0], prec);
        arb_add(sums + 2, sums + 2, coefficient, prec);
        arb_addmul(sums + 3, coefficient, h[0], prec);
        arb_addmul(sums + 4, coefficient, h[1], prec);
    }
    for (int k = 0; k < 2; k++) {
        arb_clear(h[k]);
        arb_clear(g[k]);
    }
    arb_clear(part);
    arb_clear(norm);
    arb_clear(total);
    arb_clear(coefficient);
    fmpq_clear(square);
}

/* Balls of sums that cancel have no relative accuracy: |x - ball| <= 2^-100 counts. */
static bool close_to(const arb_t ball, const rc_surd_t x)
{
    if (contains(ball, x)) return true;
    mag_t small;
    mag_init(small);
    mag_set_ui_2exp_si(small, 1, -100);
    bool near_zero = rc_surd_is_zero(x) && arb_contains_zero(ball) && mag_cmp(arb_radref(ball), small) < 0;
    mag_clear(small);
    return near_zero;
}

static void test_norms(void)
{
    static const char *const names[] = {"S_theta", "||f||_{R,g}", "||f||_R", "||f||_{R,g^} given", "flipped"};
    test_case("weights and norms against conditional expectations at high precision");
    for (long round = test_rounds(1000); round > 0; round--) {
        problem p;
        rc_stability_t s;
        rc_stability_options how = {.no_lambda = true, .no_flattest = true, .no_lemma_2 = true};
        arb_t g, h;
        rc_surd_t x;
        random_problem(&p, 5, test_chance(50));
        rc_stability_init(s);
        rc_surd_init(x);
        arb_init(g);
        arb_init(h);
        arb_ptr sums = _arb_vec_init(5);
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        char *text = problem_text(&p);
        CHECK(status == RC_OK, "status %d: %s", (int) status, text);
        for (slong i = 0; i < p.net->m; i++) {
            CHECK((s->knot_of[i] < 0) == is_constant(&p, i), "knot of neuron %ld: %s", (long) i + 1, text);
            if (s->knot_of[i] < 0) continue;
            weights_by_definition(g, h, &p, i, 1, 200);
            rc_knot_get_g_tilde(x, s->knot + s->knot_of[i], s->side_of[i]);
            CHECK(contains(g, x), "g~ of neuron %ld: %s", (long) i + 1, text);
            rc_knot_get_g_hat(x, s->knot + s->knot_of[i], s->side_of[i]);
            CHECK(contains(h, x), "g^ of neuron %ld: %s", (long) i + 1, text);
        }
        norms_by_definition(sums, &p, 300);
        const rc_surd_struct *exact[] = {s->S_theta, s->norm_g, s->norm_R, s->norm_g_hat[0], s->norm_g_hat[1]};
        for (int k = 0; k < 5; k++) CHECK(close_to(sums + k, exact[k]), "%s: %s", names[k], text);
        CHECK(rc_surd_cmp(s->S_theta, s->norm_g) >= 0, "S_theta < norm: %s", text);
        CHECK(s->one_sign == (rc_surd_cmp(s->S_theta, s->norm_g) == 0), "equality: %s", text);
        free(text);
        _arb_vec_clear(sums, 5);
        arb_clear(h);
        arb_clear(g);
        rc_surd_clear(x);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

static void test_invariance(void)
{
    test_case("||f||_{R,g} is invariant under rescaling and permutation, exactly");
    for (long round = test_rounds(200); round > 0; round--) {
        problem p;
        rc_stability_t s, t;
        rc_network_t other;
        rc_stability_options how = {.no_lambda = true, .no_flattest = true, .no_lemma_2 = true};
        fmpq_t q;
        random_problem(&p, 4, true);
        rc_stability_init(s);
        rc_stability_init(t);
        fmpq_init(q);
        rc_network_init(other, RC_SHALLOW, 1, 1, 1);
        rc_network_set(other, p.net);
        for (slong i = 0; i < p.net->m; i++) {
            slong j = (i + 1) % p.net->m;
            rc_network_set_neuron(other, j, p.net, i);
            fmpq_set_si(q, test_range(1, 9), (ulong) test_range(1, 9));
            fmpq_canonicalise(q);
            rc_network_set_scale(other, j, q);
        }
        rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
        rc_status second = rc_stability_compute(t, other, p.data, &how, NULL, NULL);
        char *text = problem_text(&p);
        CHECK(status == RC_OK && second == RC_OK && s->solution && t->solution, "%s", text);
        CHECK(rc_surd_cmp(s->norm_g, t->norm_g) == 0 && rc_surd_cmp(s->S_theta, t->S_theta) == 0, "%s", text);
        CHECK(rc_surd_cmp(s->norm_R, t->norm_R) == 0, "%s", text);
        free(text);
        rc_network_clear(other);
        fmpq_clear(q);
        rc_stability_clear(t);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

/* min ||grad||^2 over the patterns whose open region is not empty: max e with s_i (<u_i, x> + v_i) >= e, e <= 1. */
static void gradient_by_patterns(fmpq_t least, const problem *p)
{
    slong d = p->net->d, m = p->net->m;
    fmpq_mat_t G;
    fmpq *c = _fmpq_vec_init(d + 2), *x = _fmpq_vec_init(d + 1), *y = _fmpq_vec_init(m + 1);
    fmpq_t value, norm, part;
    bool found = false;
    fmpq_init(value);
    fmpq_init(norm);
    fmpq_init(part);
    fmpq_one(c + d);
    for (slong pattern = 0; pattern < 1 << m; pattern++) {
        bool possible = true;
        slong rows = 0;
        fmpq_mat_init(G, m + 1, d + 2);
        for (slong i = 0; i < m; i++) {
            int sign = pattern >> i & 1 ? 1 : -1;
            if (is_constant(p, i)) {
                if (sign > 0) possible = false;
                continue;
            }
            for (slong k = 0; k < d; k++) fmpq_mul_si(fmpq_mat_entry(G, rows, k), fmpq_mat_entry(p->net->u, i, k), sign);
            fmpq_set_si(fmpq_mat_entry(G, rows, d), -1, 1);
            if (p->net->kind == RC_BIASED) {
                fmpq_mul_si(fmpq_mat_entry(G, rows, d + 1), fmpq_mat_entry(p->net->v, i, 0), sign);
            }
            rows++;
        }
        fmpq_set_si(fmpq_mat_entry(G, rows, d), -1, 1);
        fmpq_one(fmpq_mat_entry(G, rows, d + 1));
        fmpq_mat_t used;
        fmpq_mat_window_init(used, G, 0, 0, rows + 1, d + 2);
        if (possible && rc_lp_maximize(value, x, y, used, c) == 1 && fmpq_sgn(value) > 0) {
            fmpq_zero(norm);
            for (slong k = 0; k < d; k++) {
                fmpq_zero(part);
                for (slong i = 0; i < m; i++) {
                    if (pattern >> i & 1) {
                        fmpq_addmul(part, fmpq_mat_entry(p->net->u, i, k), fmpq_mat_entry(p->net->gamma, i, 0));
                    }
                }
                fmpq_addmul(norm, part, part);
            }
            if (!found || fmpq_cmp(norm, least) < 0) fmpq_set(least, norm);
            found = true;
        }
        fmpq_mat_window_clear(used);
        fmpq_mat_clear(G);
    }
    fmpq_clear(part);
    fmpq_clear(norm);
    fmpq_clear(value);
    _fmpq_vec_clear(y, m + 1);
    _fmpq_vec_clear(x, d + 1);
    _fmpq_vec_clear(c, d + 2);
}

static void test_gradient(void)
{
    test_case("inf ||grad f||^2 against all activation patterns");
    for (long round = test_rounds(150); round > 0; round--) {
        problem p;
        rc_stability_t s;
        fmpq_t least;
        random_problem(&p, 3, true);
        rc_stability_init(s);
        fmpq_init(least);
        rc_status status = rc_stability_compute(s, p.net, p.data, NULL, NULL, NULL);
        gradient_by_patterns(least, &p);
        char *text = problem_text(&p);
        CHECK(status == RC_OK && s->has_gradient && fmpq_equal(s->gradient_lo, least) &&
                  fmpq_equal(s->gradient_hi, least),
              "%s", text);
        free(text);
        fmpq_clear(least);
        rc_stability_clear(s);
        problem_clear(&p);
    }
}

static void test_damage(void)
{
    test_case("damaged factors and vectors prove nothing");
    for (long round = test_rounds(60); round > 0; round--) {
        problem p;
        rc_model_t model;
        rc_pencil_t M;
        rc_spectrum_t s;
        fmpq_t x;
        random_problem(&p, 4, false);
        rc_model_init(model, p.net, p.data);
        rc_pencil_init(M, 1, 1);
        rc_spectrum_init(s);
        fmpq_init(x);
        rc_pencil_set_gram(M, model, NULL);
        rc_status status = rc_spectrum_enclose(s, M, 20, NULL);
        CHECK(status == RC_OK && rc_spectrum_check_upper(s, M, s->hi), "the whole factor is refused");
        CHECK(rc_pencil_is_lower(M, s->vector, s->lo, s->below), "the whole vector is refused");
        /* Below lambda_max no factor is one. */
        fmpq_set(x, s->lo);
        fmpq_div_2exp(x, x, 10);
        fmpq_sub(x, s->lo, x);
        CHECK(!rc_spectrum_check_upper(s, M, x), "a bound below the eigenvalue is accepted");
        fmpq_set(x, s->hi);
        fmpq_div_2exp(x, x, 10);
        fmpq_add(x, s->hi, x);
        CHECK(!rc_pencil_is_lower(M, s->vector, x, s->below), "a bound above the eigenvalue is accepted");
        if (s->n > 1 && fmpz_mat_ncols(s->L) == s->n && !fmpq_equal(s->lo, s->hi)) {
            fmpz *entry = fmpz_mat_entry(s->L, s->n - 1, 0);
            fmpz_mul_si(entry, entry, 3);
            fmpz_add(entry, entry, fmpz_mat_entry(s->L, 0, 0));
            CHECK(!rc_spectrum_check_upper(s, M, s->hi), "a damaged factor is accepted");
            _fmpz_vec_neg(s->vector, s->vector, 1);
            fmpq_t quotient;
            fmpq_init(quotient);
            rc_pencil_rayleigh(quotient, M, s->vector);
            CHECK(rc_pencil_is_lower(M, s->vector, s->lo, s->below) == (fmpq_cmp(quotient, s->lo) >= 0), "a damaged vector");
            fmpq_clear(quotient);
        }
        fmpq_clear(x);
        rc_spectrum_clear(s);
        rc_pencil_clear(M);
        rc_model_clear(model);
        problem_clear(&p);
    }
}

static void test_exact(void)
{
    test_case("rational eigenvalues are found exactly, singular factors and all");
    problem p;
    rc_stability_t s;
    fmpq_t x;
    fmpq_mat_t points;
    fmpq_init(x);
    rc_stability_init(s);
    rc_dataset_init(p.data);
    rc_network_init(p.net, RC_BIASED, 1, 1, 1);
    fmpq_mat_init(points, 2, 1);
    /* f = 0, inactive at -1 and -2: K = ((1, 1), (1, 1)) / 2. */
    fmpq_one(fmpq_mat_entry(p.net->u, 0, 0));
    fmpq_set_si(fmpq_mat_entry(points, 0, 0), -1, 1);
    fmpq_set_si(fmpq_mat_entry(points, 1, 0), -2, 1);
    rc_dataset_set_fmpq_mat(p.data, points, NULL);
    rc_stability_options how = {.own_labels = true};
    rc_status status = rc_stability_compute(s, p.net, p.data, &how, NULL, NULL);
    CHECK(status == RC_OK && fmpq_is_one(s->lambda->lo) && fmpq_is_one(s->lambda->hi), "not 1");
    status = rc_stability_compute(s, p.net, p.data, NULL, NULL, NULL);
    CHECK(status == RC_BAD_INPUT, "labels are missing, status %d", (int) status);
    fmpq_mat_clear(points);
    problem_clear(&p);
    rc_stability_clear(s);
    fmpq_clear(x);
}

/* Feature p of the shallow network, whose parameters moved_value counts u, v, gamma, e. */
static slong feature_of(const rc_network_t net, slong r)
{
    slong d = net->d, m = net->m;
    if (r < m * d) return r / d * (d + 1) + r % d;
    if (r < m * (d + 1)) return (r - m * d) * (d + 1) + d;
    return r;
}

static void test_features(void)
{
    test_case("features against exact finite differences, and their products against the Gram matrix");
    for (long round = test_rounds(80); round > 0; round--) {
        problem p;
        fmpq_mat_t K;
        fmpq_t h, y, z;
        rc_surd_t sum, part;
        random_problem(&p, 3, false);
        bool plain = test_chance(50);
        for (slong i = 0; plain && i < p.net->m; i++) fmpq_one(p.net->q + i);
        slong P = rc_stability_parameters(p.net), n = p.data->n;
        rc_surd_struct *phi = malloc((size_t) (n * P) * sizeof *phi);
        fmpq *x = _fmpq_vec_init(p.net->d);
        if (phi == NULL) exit(1);
        for (slong e = 0; e < n * P; e++) rc_surd_init(phi + e);
        rc_surd_init(sum);
        rc_surd_init(part);
        fmpq_mat_init(K, n, n);
        fmpq_init(h);
        fmpq_init(y);
        fmpq_init(z);
        fmpq_set_si(h, 1, 1000000);
        char *text = problem_text(&p);
        rc_stability_t s;
        rc_stability_options how = {.own_labels = true, .no_lambda = true, .no_flattest = true, .no_lemma_2 = true};
        rc_stability_init(s);
        CHECK(rc_stability_compute(s, p.net, p.data, &how, NULL, NULL) == RC_OK, "%s", text);
        rc_stability_gram(K, p.net, p.data);
        for (slong j = 0; j < n; j++) {
            point_of(x, p.data, j);
            rc_stability_features(phi + j * P, p.net, x);
            for (slong l = 0; l <= j; l++) {
                rc_surd_zero(sum);
                for (slong r = 0; r < P; r++) {
                    rc_surd_mul(part, phi + j * P + r, phi + l * P + r);
                    rc_surd_add(sum, sum, part);
                }
                fmpq_set_si(y, n, 1);
                fmpq_mul(y, y, fmpq_mat_entry(K, j, l));
                CHECK(rc_surd_cmp_fmpq(sum, y) == 0, "entry %ld, %ld: %s", (long) j, (long) l, text);
            }
            /* f is linear in each parameter as long as no activation changes. */
            for (slong r = 0; plain && s->smooth && p.net->kind == RC_BIASED && r < P; r++) {
                moved_value(z, p.net, r, h, x);
                rc_network_eval(y, p.net, x);
                fmpq_sub(z, z, y);
                fmpq_div(z, z, h);
                CHECK(rc_surd_cmp_fmpq(phi + j * P + feature_of(p.net, r), z) == 0, "parameter %ld: %s", (long) r, text);
            }
        }
        free(text);
        rc_stability_clear(s);
        for (slong e = 0; e < n * P; e++) rc_surd_clear(phi + e);
        free(phi);
        _fmpq_vec_clear(x, p.net->d);
        rc_surd_clear(part);
        rc_surd_clear(sum);
        fmpq_mat_clear(K);
        fmpq_clear(z);
        fmpq_clear(y);
        fmpq_clear(h);
        problem_clear(&p);
    }
}

int main(void)
{
    test_start("t-stability");
    test_features();
    test_gram();
    test_hessian();
    test_deep();
    test_norms();
    test_invariance();
    test_gradient();
    test_damage();
    test_exact();
    return test_finish();
}
