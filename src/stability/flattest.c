/* The flattest rescaling [N 100] that is found, and what no rescaling is below. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "descent.h"
#include "parts.h"
#include "relucert/surd.h"
#include "spectrum.h"

void rc_stability_every_rescaling(rc_surd_t x, const rc_model_t model, const fmpz_mat_t vectors)
{
    slong w = model->d + 1;
    fmpz *sum = _fmpz_vec_init(w);
    fmpz_t alpha, beta, z;
    fmpq_t square;
    rc_surd_t root;
    fmpz_init(alpha);
    fmpz_init(beta);
    fmpz_init(z);
    fmpq_init(square);
    rc_surd_init(root);
    rc_surd_zero(x);
    for (slong i = 0; i < model->m; i++) {
        fmpz_zero(alpha);
        fmpz_zero(beta);
        for (slong k = 0; k < fmpz_mat_nrows(vectors); k++) {
            const fmpz *u = fmpz_mat_entry(vectors, k, 0);
            fmpz_t along;
            fmpz_init(along);
            _fmpz_vec_zero(sum, w);
            for (slong j = 0; j < model->n; j++) {
                const fmpz *p = fmpz_mat_entry(model->Z, j, i);
                if (fmpz_sgn(p) <= 0) continue;
                fmpz_addmul(along, u + j, p);
                _fmpz_vec_scalar_addmul_fmpz(sum, fmpz_mat_entry(model->X, j, 0), w, u + j);
            }
            _fmpz_vec_dot(z, sum, sum, w);
            fmpz_add(alpha, alpha, z);
            fmpz_addmul(beta, along, along);
            fmpz_clear(along);
        }
        fmpz_mul(alpha, alpha, beta);
        fmpq_set_fmpz(square, alpha);
        for (int twice = 0; twice < 2; twice++) {
            fmpq_mul(square, square, rc_model_gamma(model, i));
            fmpq_mul_2exp(square, square, 1);
            fmpq_div_fmpz(square, square, model->dz);
            fmpq_div_fmpz(square, square, model->data->den);
        }
        rc_surd_set_sqrt_fmpq(root, square);
        rc_surd_add(x, x, root);
    }
    fmpz_zero(alpha);
    fmpz_zero(beta);
    for (slong k = 0; k < fmpz_mat_nrows(vectors); k++) {
        const fmpz *u = fmpz_mat_entry(vectors, k, 0);
        fmpz_zero(z);
        for (slong j = 0; j < model->n; j++) fmpz_add(z, z, u + j);
        fmpz_addmul(alpha, z, z);
        _fmpz_vec_dot(z, u, u, model->n);
        fmpz_add(beta, beta, z);
    }
    fmpq_set_fmpz(square, alpha);
    rc_surd_set_fmpq(root, square);
    rc_surd_add(x, x, root);
    fmpz_mul_si(beta, beta, model->n);
    fmpq_set_fmpz(square, beta);
    fmpq_inv(square, square);
    rc_surd_mul_fmpq(x, x, square);
    rc_surd_clear(root);
    fmpq_clear(square);
    fmpz_clear(z);
    fmpz_clear(beta);
    fmpz_clear(alpha);
    _fmpz_vec_clear(sum, w);
}

void rc_stability_rescaling(rc_surd_t x, const rc_network_t net, const rc_dataset_t data, const fmpz_mat_t vectors)
{
    rc_model_t model;
    rc_model_init(model, net, data);
    rc_stability_every_rescaling(x, model, vectors);
    rc_model_clear(model);
}

/* A lower bound of rc_stability_every_rescaling with some 64 bits; vectors that are all 0 give 0. */
static void enclose_below(fmpq_t lo, const rc_model_t model, const fmpz_mat_t vectors)
{
    rc_surd_t x;
    fmpq_t hi;
    fmpq_zero(lo);
    if (fmpz_mat_is_zero(vectors)) return;
    rc_surd_init(x);
    fmpq_init(hi);
    rc_stability_every_rescaling(x, model, vectors);
    rc_surd_enclose(lo, hi, x, 64);
    fmpq_clear(hi);
    rc_surd_clear(x);
}

static void rescale(rc_network_t net, const rc_model_t model, const fmpq *scale)
{
    fmpq_t q;
    fmpq_init(q);
    rc_network_set(net, model->net);
    for (slong i = 0; i < model->m; i++) {
        fmpq_mul(q, model->net->q + i, scale + i);
        rc_network_set_scale(net, i, q);
    }
    fmpq_clear(q);
}

static rc_status enclose_rescaled(rc_spectrum_t s, const rc_network_t net, const rc_dataset_struct *data, slong bits,
                                  rc_limits *limits)
{
    rc_model_t model;
    rc_pencil_t M;
    rc_pencil_init(M, 1, 1);
    rc_model_init(model, net, data);
    rc_pencil_set_gram(M, model, NULL);
    rc_status status = rc_spectrum_enclose(s, M, bits, limits);
    rc_model_clear(model);
    rc_pencil_clear(M);
    return status;
}

/* f becomes the model's network with these scales, if that is not worse than what f holds. */
static rc_status try_scales(rc_flattest_t f, const rc_model_t model, const fmpq *scale, slong bits, rc_limits *limits)
{
    rc_network_t net;
    rc_spectrum_t lambda;
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    rc_spectrum_init(lambda);
    rescale(net, model, scale);
    rc_status status = enclose_rescaled(lambda, net, model->data, bits, limits);
    if (status == RC_OK && (!f->lambda->known || fmpq_cmp(lambda->hi, f->lambda->hi) <= 0)) {
        rc_spectrum_swap(lambda, f->lambda);
        rc_network_swap(net, f->net);
        for (slong i = 0; i < f->m; i++) fmpq_set(f->scale + i, scale + i);
    }
    rc_spectrum_clear(lambda);
    rc_network_clear(net);
    return status;
}

/* The best scales may be rationals of a few digits; for few points it is worth a try. */
static rc_status try_simple_scales(rc_flattest_t f, const rc_model_t model, slong bits, rc_limits *limits)
{
    if (model->n > RC_SPECTRUM_EXACT) return RC_OK;
    fmpq *scale = _fmpq_vec_init(f->m);
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    for (slong i = 0; i < f->m; i++) {
        fmpq_div_2exp(hi, f->scale + i, RC_SCALE_BITS - 6);
        fmpq_sub(lo, f->scale + i, hi);
        fmpq_add(hi, f->scale + i, hi);
        fmpq_simplest_between(scale + i, lo, hi);
    }
    rc_status status = try_scales(f, model, scale, bits, limits);
    fmpq_clear(hi);
    fmpq_clear(lo);
    _fmpq_vec_clear(scale, f->m);
    return status;
}

rc_status rc_flattest_find(rc_flattest_t f, const rc_model_t model, slong bits, rc_limits *limits)
{
    fmpq_t lo;
    fmpz_mat_t single;
    rc_flattest_clear(f);
    rc_flattest_init(f);
    f->m = model->m;
    f->scale = _fmpq_vec_init(f->m);
    fmpq *scale = _fmpq_vec_init(f->m);
    for (slong i = 0; i < f->m; i++) fmpq_one(scale + i);
    rc_status status = try_scales(f, model, scale, bits, limits);
    if (status == RC_OK) {
        rc_descent(scale, f->vectors, model, limits);
        status = try_scales(f, model, scale, bits, limits);
    }
    _fmpq_vec_clear(scale, f->m);
    if (status == RC_OK) status = try_simple_scales(f, model, bits, limits);
    if (status != RC_OK) return status;
    fmpq_init(lo);
    fmpz_mat_init(single, 1, model->n);
    for (slong j = 0; j < model->n; j++) fmpz_set(fmpz_mat_entry(single, 0, j), f->lambda->vector + j);
    enclose_below(f->lo, model, f->vectors);
    enclose_below(lo, model, single);
    if (fmpq_cmp(lo, f->lo) >= 0) {
        fmpq_swap(lo, f->lo);
        fmpz_mat_swap(single, f->vectors);
    }
    f->known = true;
    fmpz_mat_clear(single);
    fmpq_clear(lo);
    return status;
}

void rc_flattest_init(rc_flattest_t f)
{
    f->known = false;
    f->m = 0;
    f->scale = NULL;
    rc_network_init(f->net, RC_SHALLOW, 1, 1, 1);
    rc_spectrum_init(f->lambda);
    fmpz_mat_init(f->vectors, 0, 0);
    fmpq_init(f->lo);
}

void rc_flattest_clear(rc_flattest_t f)
{
    if (f->scale) _fmpq_vec_clear(f->scale, f->m);
    fmpq_clear(f->lo);
    fmpz_mat_clear(f->vectors);
    rc_spectrum_clear(f->lambda);
    rc_network_clear(f->net);
}
