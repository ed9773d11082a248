/* Knots, their weights g~, g, g^, and the norms that are sums of square roots. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdlib.h>

#include "parts.h"
#include "relucert/canonical.h"

static void knot_init(rc_knot_struct *k)
{
    for (int side = 0; side < 2; side++) {
        fmpq_init(k->g_tilde + side);
        fmpq_init(k->g_hat + side);
        k->active[side] = 0;
    }
    fmpq_init(&k->norm);
    fmpq_init(&k->sum);
    fmpq_init(&k->total);
    k->first = -1;
    k->given = 0;
    k->mixed = false;
}

/* The lines of all neurons with weights, those with gamma_i = 0 included: the canonical form of the network with
   |gamma_i| (1 for 0) keeps every line. */
static void find_lines(rc_canonical_t lines, const rc_model_t model)
{
    rc_network_t all;
    rc_network_init(all, RC_SHALLOW, 1, 1, 1);
    rc_network_set(all, model->net);
    for (slong i = 0; i < model->m; i++) {
        fmpq *gamma = fmpq_mat_entry(all->gamma, i, 0);
        fmpq_abs(gamma, gamma);
        if (fmpq_is_zero(gamma)) fmpq_one(gamma);
    }
    rc_canonical_set_network(lines, all);
    rc_network_clear(all);
}

/* Neuron i: (u_i, v_i) = t u for the line's u. */
static slong line_of(fmpq_t t, int *orientation, const rc_canonical_t lines, const rc_model_t model, slong i)
{
    fmpq *form = _fmpq_vec_init(lines->width);
    for (slong k = 0; k < lines->width; k++) fmpq_set_fmpz_frac(form + k, fmpz_mat_entry(model->U, i, k), model->du);
    slong H = rc_canonical_find(orientation, lines, form);
    for (slong k = 0; H >= 0 && k < lines->width; k++) {
        const fmpz *u = fmpz_mat_entry(lines->u, H, k);
        if (fmpz_is_zero(u)) continue;
        fmpq_div_fmpz(t, form + k, u);
        break;
    }
    _fmpq_vec_clear(form, lines->width);
    return H;
}

static void gather_neurons(rc_stability_t s, const rc_canonical_t lines, const rc_model_t model)
{
    fmpq_t t, share;
    fmpq_init(t);
    fmpq_init(share);
    bool *positive = calloc((size_t) lines->K + 1, sizeof *positive), *negative = calloc((size_t) lines->K + 1, 1);
    if (positive == NULL || negative == NULL) flint_abort();
    for (slong i = 0; i < model->m; i++) {
        s->knot_of[i] = -1;
        if (!rc_model_has_knot(model, i)) continue;
        int orientation = 1;
        slong H = line_of(t, &orientation, lines, model, i);
        rc_knot_struct *k = s->knot + H;
        const fmpq *gamma = rc_model_gamma(model, i);
        s->knot_of[i] = H;
        s->side_of[i] = orientation > 0 ? 0 : 1;
        if (k->first < 0) {
            k->first = i;
            k->given = s->side_of[i];
        }
        fmpq_abs(t, t);
        fmpq_mul(share, t, gamma);
        fmpq_add(&k->sum, &k->sum, share);
        fmpq_abs(share, share);
        fmpq_add(&k->total, &k->total, share);
        if (fmpq_sgn(gamma) > 0) positive[H] = true;
        if (fmpq_sgn(gamma) < 0) negative[H] = true;
    }
    for (slong H = 0; H < lines->K; H++) s->knot[H].mixed = positive[H] && negative[H];
    free(negative);
    free(positive);
    fmpq_clear(share);
    fmpq_clear(t);
}

/* For every line and one side, over the points C strictly there: with A = sum |<u,(x,1)>|, A2 = sum <u,(x,1)>^2,
   B = |sum (x,1)|^2, E = sum |(x,1)|^2, n the number of all points:
   (|u| g~)^2 = A^2 B / n^4 and (|u| g^)^2 = A2 E / n^2. */
static void weigh_side(rc_stability_t s, int side, const fmpz_mat_t Z, const fmpz *square, const rc_model_t model)
{
    slong n = model->n;
    const fmpz *den = model->data->den;
    fmpz_mat_t on, sums;
    fmpz_t A, A2, E, B, z;
    fmpz_mat_init(on, s->knots, n);
    fmpz_mat_init(sums, s->knots, model->d + 1);
    fmpz_init(A);
    fmpz_init(A2);
    fmpz_init(E);
    fmpz_init(B);
    fmpz_init(z);
    for (slong H = 0; H < s->knots; H++) {
        for (slong j = 0; j < n; j++) {
            int sign = fmpz_sgn(fmpz_mat_entry(Z, j, H));
            if (sign == (side == 0 ? 1 : -1)) fmpz_one(fmpz_mat_entry(on, H, j));
        }
    }
    fmpz_mat_mul(sums, on, model->X);
    for (slong H = 0; H < s->knots; H++) {
        rc_knot_struct *k = s->knot + H;
        fmpz_zero(A);
        fmpz_zero(A2);
        fmpz_zero(E);
        for (slong j = 0; j < n; j++) {
            if (fmpz_is_zero(fmpz_mat_entry(on, H, j))) continue;
            fmpz_abs(z, fmpz_mat_entry(Z, j, H));
            fmpz_add(A, A, z);
            fmpz_addmul(A2, z, z);
            fmpz_add(E, E, square + j);
            k->active[side]++;
        }
        _fmpz_vec_dot(B, fmpz_mat_entry(sums, H, 0), fmpz_mat_entry(sums, H, 0), model->d + 1);
        fmpz_mul(A, A, A);
        fmpz_mul(A, A, B);
        fmpz_mul(A2, A2, E);
        fmpz_pow_ui(z, den, 4);
        fmpz_mul_si(z, z, n);
        fmpz_mul_si(z, z, n);
        fmpq_set_fmpz_frac(k->g_hat + side, A2, z);
        fmpz_mul_si(z, z, n);
        fmpz_mul_si(z, z, n);
        fmpq_set_fmpz_frac(k->g_tilde + side, A, z);
    }
    fmpz_clear(z);
    fmpz_clear(B);
    fmpz_clear(E);
    fmpz_clear(A2);
    fmpz_clear(A);
    fmpz_mat_clear(sums);
    fmpz_mat_clear(on);
}

static void weigh(rc_stability_t s, const rc_canonical_t lines, const rc_model_t model)
{
    fmpz_mat_t forms, Z;
    fmpz *square = _fmpz_vec_init(model->n);
    fmpz_t norm;
    fmpz_init(norm);
    fmpz_mat_init(forms, model->d + 1, lines->K);
    fmpz_mat_init(Z, model->n, lines->K);
    for (slong H = 0; H < lines->K; H++) {
        for (slong k = 0; k < lines->width; k++) fmpz_set(fmpz_mat_entry(forms, k, H), fmpz_mat_entry(lines->u, H, k));
        _fmpz_vec_dot(norm, fmpz_mat_entry(lines->u, H, 0), fmpz_mat_entry(lines->u, H, 0), model->d);
        fmpq_set_fmpz(&s->knot[H].norm, norm);
    }
    fmpz_mat_mul(Z, model->X, forms);
    for (slong j = 0; j < model->n; j++) {
        _fmpz_vec_dot(square + j, fmpz_mat_entry(model->X, j, 0), fmpz_mat_entry(model->X, j, 0), model->d + 1);
    }
    weigh_side(s, 0, Z, square, model);
    weigh_side(s, 1, Z, square, model);
    fmpz_mat_clear(Z);
    fmpz_mat_clear(forms);
    fmpz_clear(norm);
    _fmpz_vec_clear(square, model->n);
}

static const fmpq *smaller_side(const rc_knot_struct *k)
{
    return k->g_tilde + (fmpq_cmp(k->g_tilde, k->g_tilde + 1) <= 0 ? 0 : 1);
}

/* sum += |factor| sqrt(square). */
static void add_root(rc_surd_t sum, const fmpq_t factor, const fmpq_t square)
{
    fmpq_t x;
    rc_surd_t root;
    fmpq_init(x);
    rc_surd_init(root);
    fmpq_mul(x, factor, factor);
    fmpq_mul(x, x, square);
    rc_surd_set_sqrt_fmpq(root, x);
    rc_surd_add(sum, sum, root);
    rc_surd_clear(root);
    fmpq_clear(x);
}

void rc_stability_norms(rc_stability_t s, const rc_model_t model)
{
    rc_canonical_t lines;
    rc_canonical_init(lines);
    find_lines(lines, model);
    s->knots = lines->K;
    s->knot = malloc((size_t) (lines->K + 1) * sizeof *s->knot);
    s->knot_of = malloc((size_t) (model->m + 1) * sizeof *s->knot_of);
    s->side_of = calloc((size_t) (model->m + 1), sizeof *s->side_of);
    if (s->knot == NULL || s->knot_of == NULL || s->side_of == NULL) flint_abort();
    for (slong H = 0; H < lines->K; H++) knot_init(s->knot + H);
    gather_neurons(s, lines, model);
    weigh(s, lines, model);
    s->one_sign = true;
    for (slong H = 0; H < s->knots; H++) {
        const rc_knot_struct *k = s->knot + H;
        const fmpq *g = smaller_side(k);
        add_root(s->S_theta, &k->total, g);
        add_root(s->norm_g, &k->sum, g);
        add_root(s->norm_R, &k->sum, &k->norm);
        add_root(s->norm_g_hat[0], &k->sum, k->g_hat + k->given);
        add_root(s->norm_g_hat[1], &k->sum, k->g_hat + 1 - k->given);
        if (k->mixed && fmpq_sgn(g) > 0) s->one_sign = false;
    }
    rc_canonical_clear(lines);
}

static void unit_root(rc_surd_t x, const fmpq *square, const rc_knot_struct *knot)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_div(y, square, &knot->norm);
    rc_surd_set_sqrt_fmpq(x, y);
    fmpq_clear(y);
}

void rc_knot_get_g(rc_surd_t x, const rc_knot_struct *knot)
{
    unit_root(x, smaller_side(knot), knot);
}

void rc_knot_get_g_tilde(rc_surd_t x, const rc_knot_struct *knot, int side)
{
    unit_root(x, knot->g_tilde + side, knot);
}

void rc_knot_get_g_hat(rc_surd_t x, const rc_knot_struct *knot, int side)
{
    unit_root(x, knot->g_hat + side, knot);
}
