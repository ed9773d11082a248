/* Pre-activations of all neurons at all points: one product of integer matrices. */
#include "model.h"

#include <flint/fmpz_vec.h>

#include "network/vectors.h"

static void set_weights(rc_model_t model)
{
    const rc_network_struct *net = model->net;
    fmpq_mat_t rows;
    fmpq_mat_init(rows, model->m, model->d + 1);
    for (slong i = 0; i < model->m; i++) {
        for (slong k = 0; k < model->d; k++) fmpq_set(fmpq_mat_entry(rows, i, k), fmpq_mat_entry(net->u, i, k));
        if (net->kind == RC_BIASED) fmpq_set(fmpq_mat_entry(rows, i, model->d), fmpq_mat_entry(net->v, i, 0));
    }
    fmpq_mat_get_fmpz_mat_matwise(model->U, model->du, rows);
    fmpq_mat_clear(rows);
}

void rc_model_init(rc_model_t model, const rc_network_struct *net, const rc_dataset_struct *data)
{
    model->net = net;
    model->data = data;
    model->n = data->n;
    model->d = data->d;
    model->m = net->m;
    fmpz_init(model->du);
    fmpz_init(model->dz);
    fmpz_mat_init(model->X, model->n, model->d + 1);
    fmpz_mat_init(model->U, model->m, model->d + 1);
    fmpz_mat_init(model->Z, model->n, model->m);
    for (slong j = 0; j < model->n; j++) {
        _fmpz_vec_set(fmpz_mat_entry(model->X, j, 0), fmpz_mat_entry(data->x, j, 0), model->d);
        fmpz_set(fmpz_mat_entry(model->X, j, model->d), data->den);
    }
    set_weights(model);
    fmpz_mul(model->dz, model->du, data->den);
    fmpz_mat_t transposed;
    fmpz_mat_init(transposed, model->d + 1, model->m);
    fmpz_mat_transpose(transposed, model->U);
    fmpz_mat_mul(model->Z, model->X, transposed);
    fmpz_mat_clear(transposed);
}

void rc_model_clear(rc_model_t model)
{
    fmpz_mat_clear(model->Z);
    fmpz_mat_clear(model->U);
    fmpz_mat_clear(model->X);
    fmpz_clear(model->dz);
    fmpz_clear(model->du);
}

const fmpq *rc_model_gamma(const rc_model_t model, slong i)
{
    return fmpq_mat_entry(model->net->gamma, i, 0);
}

bool rc_model_has_knot(const rc_model_t model, slong i)
{
    return !_fmpz_vec_is_zero(fmpz_mat_entry(model->U, i, 0), model->d);
}

void rc_model_values(fmpq *y, const rc_model_t model)
{
    fmpz *gamma = _fmpz_vec_init(model->m);
    fmpz_t den, sum;
    fmpz_init(den);
    fmpz_init(sum);
    fmpq_t part;
    fmpq_init(part);
    /* gamma is m x 1, so its entries are consecutive. */
    rc_vec_clear_denominators(gamma, den, fmpq_mat_entry(model->net->gamma, 0, 0), model->m);
    fmpz_mul(den, den, model->dz);
    for (slong j = 0; j < model->n; j++) {
        fmpz_zero(sum);
        for (slong i = 0; i < model->m; i++) {
            const fmpz *z = fmpz_mat_entry(model->Z, j, i);
            if (fmpz_sgn(z) > 0) fmpz_addmul(sum, gamma + i, z);
        }
        fmpq_set_fmpz_frac(part, sum, den);
        if (model->net->kind == RC_BIASED) fmpq_add(y + j, part, fmpq_mat_entry(model->net->e, 0, 0));
        else fmpq_set(y + j, part);
    }
    fmpq_clear(part);
    fmpz_clear(sum);
    fmpz_clear(den);
    _fmpz_vec_clear(gamma, model->m);
}
