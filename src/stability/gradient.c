/* inf ||grad f||^2 over the cells [N 19]: 0 on a cell with no active neuron, where there is one; else branch and bound. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>

#include "network/vectors.h"
#include "parts.h"
#include "relucert/canonical.h"
#include "relucert/region.h"
#include "relucert/surd.h"

/* Relaxation in doubles is tried for this many sweeps, and each sweep's point exactly. */
enum { SWEEPS = 2000, SWEEPS_A_CHECK = 50 };

/* Entries an exact dictionary may have where the search by regions is worth its time. */
#define MOST_ENTRIES 40000

static bool matters(const rc_model_t model, slong i)
{
    return rc_model_has_knot(model, i) && !fmpq_is_zero(rc_model_gamma(model, i));
}

/* Is <u_i, x> + v_i < 0 for all neurons that matter? */
static bool is_inactive(const rc_model_t model, const fmpq *x)
{
    fmpz *point = _fmpz_vec_init(model->d + 1);
    fmpz_t value;
    bool inactive = true;
    fmpz_init(value);
    rc_vec_clear_denominators(point, point + model->d, x, model->d);
    for (slong i = 0; i < model->m && inactive; i++) {
        if (!matters(model, i)) continue;
        _fmpz_vec_dot(value, fmpz_mat_entry(model->U, i, 0), point, model->d + 1);
        inactive = fmpz_sgn(value) < 0;
    }
    fmpz_clear(value);
    _fmpz_vec_clear(point, model->d + 1);
    return inactive;
}

/* Unit rows of (U, v) as doubles. */
static void unit_rows(double *row, const rc_model_t model)
{
    slong w = model->d + 1;
    for (slong i = 0; i < model->m; i++) {
        double square = 0;
        slong most = FLINT_ABS(_fmpz_vec_max_bits(fmpz_mat_entry(model->U, i, 0), w));
        for (slong k = 0; k < w; k++) {
            slong exponent;
            double mantissa = fmpz_get_d_2exp(&exponent, fmpz_mat_entry(model->U, i, k));
            row[i * w + k] = ldexp(mantissa, (int) FLINT_MAX(exponent - most, -1000));
            if (k < model->d) square += row[i * w + k] * row[i * w + k];
        }
        for (slong k = 0; k < w && square > 0; k++) row[i * w + k] /= sqrt(square);
    }
}

/* Relaxation: steps across violated hyperplanes, for <a_i, x> + b_i <= -margin. */
static bool relax(fmpq *x, const rc_model_t model)
{
    slong d = model->d, w = d + 1;
    double *row = calloc((size_t) (model->m * w), sizeof *row), *y = calloc((size_t) d, sizeof *y), margin = 0;
    if (row == NULL || y == NULL) flint_abort();
    unit_rows(row, model);
    for (slong i = 0; i < model->m; i++) margin = fmax(margin, fabs(row[i * w + d]));
    margin = margin > 0 ? margin : 1;
    bool found = false;
    for (int sweep = 1; sweep <= SWEEPS && !found; sweep++) {
        bool moved = false;
        for (slong i = 0; i < model->m; i++) {
            const double *a = row + i * w;
            double value = a[d] + margin;
            if (!matters(model, i)) continue;
            for (slong k = 0; k < d; k++) value += a[k] * y[k];
            if (!(value > 0)) continue;
            for (slong k = 0; k < d; k++) y[k] -= 1.5 * value * a[k];
            moved = true;
        }
        if (moved && sweep % SWEEPS_A_CHECK != 0) continue;
        bool finite = true;
        for (slong k = 0; k < d && finite; k++) finite = isfinite((float) y[k]);
        if (!finite) break;
        for (slong k = 0; k < d; k++) rc_fmpq_set_d(x + k, (double) (float) y[k]);
        found = is_inactive(model, x);
    }
    free(y);
    free(row);
    return found;
}

/* By regions: all forms restricted to their negative sides. */
static bool inactive_region(fmpq *x, bool *decided, const rc_model_t model, rc_limits *limits)
{
    slong w = model->d + 1;
    fmpz_mat_t forms;
    fmpz_mat_init(forms, model->m + 1, w);
    for (slong i = 0; i < model->m; i++) {
        _fmpz_vec_set(fmpz_mat_entry(forms, i, 0), fmpz_mat_entry(model->U, i, 0), w);
    }
    fmpz_one(fmpz_mat_entry(forms, model->m, model->d));
    rc_region_struct *R = rc_region_new(forms);
    bool inside = rc_region_restrict(R, model->m, 1);
    *decided = true;
    for (slong i = 0; i < model->m && inside; i++) {
        if (!matters(model, i)) continue;
        if (!rc_limits_visit(limits, "cells")) *decided = inside = false;
        else inside = rc_region_restrict(R, i, -1);
    }
    if (inside) {
        fmpq *y = _fmpq_vec_init(w);
        rc_region_witness(y, R);
        for (slong k = 0; k < model->d; k++) fmpq_div(x + k, y + k, y + model->d);
        _fmpq_vec_clear(y, w);
    }
    rc_region_free(R);
    fmpz_mat_clear(forms);
    return inside;
}

/* Branch and bound over the sides of the knots of f. */
typedef struct {
    const rc_canonical_struct *f;
    slong *order; /* the knots, large jumps first */
    fmpq_mat_t sum, low, high; /* row l: gradient without the undecided jumps after l decisions; what those may add */
    fmpq_t best;
    bool has_best, stopped;
    fmpq_t open; /* the least bound of a node that was given up */
    bool has_open;
    fmpq *point;
    rc_limits *limits;
} search;

/* x = a lower bound of ||grad f||^2 under the node: every coordinate by itself. */
static void bound(fmpq_t x, const search *s, slong level)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(x);
    for (slong k = 0; k < s->f->d; k++) {
        fmpq_add(y, fmpq_mat_entry(s->sum, level, k), fmpq_mat_entry(s->low, level, k));
        if (fmpq_sgn(y) < 0) {
            fmpq_add(y, fmpq_mat_entry(s->sum, level, k), fmpq_mat_entry(s->high, level, k));
            if (fmpq_sgn(y) > 0) fmpq_zero(y);
        }
        fmpq_addmul(x, y, y);
    }
    fmpq_clear(y);
}

static void take_point(search *s, const rc_region_struct *R)
{
    fmpq *y = _fmpq_vec_init(s->f->width);
    rc_region_witness(y, R);
    for (slong k = 0; k < s->f->d; k++) {
        if (s->f->affine) fmpq_div(s->point + k, y + k, y + s->f->d);
        else fmpq_set(s->point + k, y + k);
    }
    _fmpq_vec_clear(y, s->f->width);
}

static void visit(search *s, const rc_region_struct *R, slong level)
{
    fmpq_t x;
    fmpq_init(x);
    bound(x, s, level);
    if (s->has_best && fmpq_cmp(x, s->best) >= 0) {
        fmpq_clear(x);
        return;
    }
    if (s->stopped || !rc_limits_visit(s->limits, "cells")) {
        s->stopped = true;
        if (!s->has_open || fmpq_cmp(x, s->open) < 0) fmpq_set(s->open, x);
        s->has_open = true;
        fmpq_clear(x);
        return;
    }
    if (level == s->f->K) {
        fmpq_set(s->best, x);
        s->has_best = true;
        take_point(s, R);
        fmpq_clear(x);
        return;
    }
    fmpq_clear(x);
    slong H = s->order[level];
    int first = rc_region_sign(R, H) >= 0 ? 1 : -1;
    for (int turn = 0; turn < 2; turn++) {
        int side = turn == 0 ? first : -first;
        rc_region_struct *inner = rc_region_copy(R);
        if (rc_region_restrict(inner, H, side)) {
            for (slong k = 0; k < s->f->d; k++) {
                fmpq *to = fmpq_mat_entry(s->sum, level + 1, k);
                fmpq_set(to, fmpq_mat_entry(s->sum, level, k));
                if (side < 0) continue;
                fmpq_t jump;
                fmpq_init(jump);
                fmpq_mul_fmpz(jump, fmpq_mat_entry(s->f->gamma, H, 0), fmpz_mat_entry(s->f->u, H, k));
                fmpq_add(to, to, jump);
                fmpq_clear(jump);
            }
            visit(s, inner, level + 1);
        }
        rc_region_free(inner);
    }
}

static void sort_knots(search *s)
{
    const rc_canonical_struct *f = s->f;
    fmpq *size = _fmpq_vec_init(f->K);
    for (slong H = 0; H < f->K; H++) {
        rc_canonical_jump_norm(size + H, f, H);
        slong at = H;
        while (at > 0 && fmpq_cmp(size + s->order[at - 1], size + H) < 0) {
            s->order[at] = s->order[at - 1];
            at--;
        }
        s->order[at] = H;
    }
    _fmpq_vec_clear(size, f->K);
}

static void set_ranges(search *s)
{
    const rc_canonical_struct *f = s->f;
    fmpq_t jump;
    fmpq_init(jump);
    for (slong k = 0; k < f->d; k++) fmpq_set(fmpq_mat_entry(s->sum, 0, k), fmpq_mat_entry(f->L, 0, k));
    for (slong level = f->K - 1; level >= 0; level--) {
        for (slong k = 0; k < f->d; k++) {
            fmpq *low = fmpq_mat_entry(s->low, level, k), *high = fmpq_mat_entry(s->high, level, k);
            fmpq_mul_fmpz(jump, fmpq_mat_entry(f->gamma, s->order[level], 0),
                          fmpz_mat_entry(f->u, s->order[level], k));
            fmpq_set(low, fmpq_mat_entry(s->low, level + 1, k));
            fmpq_set(high, fmpq_mat_entry(s->high, level + 1, k));
            fmpq *side = fmpq_sgn(jump) < 0 ? low : high;
            fmpq_add(side, side, jump);
        }
    }
    fmpq_clear(jump);
}

static void branch_and_bound(rc_stability_t s, const rc_canonical_t f, rc_limits *limits)
{
    search r = {.f = f, .limits = limits, .point = s->gradient_point};
    fmpz_mat_t forms;
    r.order = malloc((size_t) (f->K + 1) * sizeof *r.order);
    if (r.order == NULL) flint_abort();
    fmpq_mat_init(r.sum, f->K + 1, f->d);
    fmpq_mat_init(r.low, f->K + 1, f->d);
    fmpq_mat_init(r.high, f->K + 1, f->d);
    fmpq_init(r.best);
    fmpq_init(r.open);
    sort_knots(&r);
    set_ranges(&r);
    fmpz_mat_init(forms, f->K + 1, f->width);
    for (slong H = 0; H < f->K; H++) {
        _fmpz_vec_set(fmpz_mat_entry(forms, H, 0), fmpz_mat_entry(f->u, H, 0), f->width);
    }
    if (f->affine) fmpz_one(fmpz_mat_entry(forms, f->K, f->d));
    rc_region_struct *R = rc_region_new(forms);
    if (!f->affine || rc_region_restrict(R, f->K, 1)) visit(&r, R, 0);
    rc_region_free(R);
    if (r.has_best) {
        s->has_gradient = true;
        fmpq_set(s->gradient_hi, r.best);
        fmpq_set(s->gradient_lo, r.has_open && fmpq_cmp(r.open, r.best) < 0 ? r.open : r.best);
    }
    fmpz_mat_clear(forms);
    fmpq_clear(r.open);
    fmpq_clear(r.best);
    fmpq_mat_clear(r.high);
    fmpq_mat_clear(r.low);
    fmpq_mat_clear(r.sum);
    free(r.order);
}

/* z = <u_i, x> + v_i. */
static void form_at(fmpq_t z, const rc_model_t model, slong i, const fmpq *x)
{
    fmpq_t u;
    fmpq_init(u);
    fmpq_set_fmpz_frac(z, fmpz_mat_entry(model->U, i, model->d), model->du);
    for (slong k = 0; k < model->d; k++) {
        fmpq_set_fmpz_frac(u, fmpz_mat_entry(model->U, i, k), model->du);
        fmpq_addmul(z, u, x + k);
    }
    fmpq_clear(u);
}

/* Is y on no knot, and on the side of x of every knot that x is not on? */
static bool is_beside(const fmpq *y, const fmpq *x, const rc_model_t model)
{
    bool beside = true;
    fmpq_t before, after;
    fmpq_init(before);
    fmpq_init(after);
    for (slong i = 0; i < model->m && beside; i++) {
        if (!rc_model_has_knot(model, i)) continue;
        form_at(before, model, i, x);
        form_at(after, model, i, y);
        beside = fmpq_sgn(after) != 0 && fmpq_sgn(before) * fmpq_sgn(after) >= 0;
    }
    fmpq_clear(after);
    fmpq_clear(before);
    return beside;
}

/* x may lie on knots whose neurons cancel; a little away from them f has the same gradient, and every neuron a side. The
   direction (1, t, t^2, ...) is on no knot's hyperplane for all but finitely many t. */
static void leave_knots(fmpq *x, const rc_model_t model)
{
    fmpq *y = _fmpq_vec_init(model->d);
    fmpq_t step, power;
    fmpq_init(step);
    fmpq_init(power);
    for (slong t = 1; !is_beside(x, x, model); t++) {
        for (slong e = 0; e <= t; e++) {
            fmpq_one(step);
            fmpq_div_2exp(step, step, (ulong) (4 * e));
            fmpq_set(power, step);
            for (slong k = 0; k < model->d; k++) {
                fmpq_add(y + k, x + k, power);
                fmpq_mul_si(power, power, t);
            }
            if (!is_beside(y, x, model)) continue;
            for (slong k = 0; k < model->d; k++) fmpq_set(x + k, y + k);
            break;
        }
    }
    fmpq_clear(power);
    fmpq_clear(step);
    _fmpq_vec_clear(y, model->d);
}

void rc_stability_gradient(rc_stability_t s, const rc_model_t model, size_t nodes, rc_limits *limits)
{
    bool small = (model->m + 1) * (model->d + 1) <= MOST_ENTRIES, decided = false;
    s->gradient_point = _fmpq_vec_init(model->d);
    rc_limits own;
    rc_limits_init(&own);
    if (limits) {
        own.deadline = limits->deadline;
        own.stop = limits->stop;
    }
    own.max_cells = nodes;
    if (relax(s->gradient_point, model) || (small && inactive_region(s->gradient_point, &decided, model, &own))) {
        s->has_gradient = true;
        leave_knots(s->gradient_point, model);
        return;
    }
    if (!small) return;
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_canonical_set_network(f, model->net);
    branch_and_bound(s, f, &own);
    if (s->has_gradient) leave_knots(s->gradient_point, model);
    rc_canonical_clear(f);
}
