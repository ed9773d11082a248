/* Tangent features [N 45] one by one, and the Gram matrix, for those who want to see them. */
#include <flint/fmpq_vec.h>

#include "parts.h"
#include "relucert/surd.h"

slong rc_stability_parameters(const rc_network_t net)
{
    slong count = 0;
    if (net->kind != RC_DEEP) return net->m * (net->d + 2) + 1;
    for (slong l = 0; l < net->depth; l++) count += fmpq_mat_nrows(net->A + l) * (fmpq_mat_ncols(net->A + l) + 1);
    return count;
}

static void deep_features(rc_surd_struct *phi, const rc_network_t net, const fmpq *x)
{
    slong P = rc_stability_parameters(net);
    fmpq *features = _fmpq_vec_init(P);
    rc_dataset_t point;
    rc_tangent_t T;
    fmpq_mat_t row;
    fmpq_mat_init(row, 1, net->d);
    for (slong k = 0; k < net->d; k++) fmpq_set(fmpq_mat_entry(row, 0, k), x + k);
    rc_dataset_init(point);
    rc_dataset_set_fmpq_mat(point, row, NULL);
    rc_tangent_init(T, net, point);
    rc_tangent_features(features, T, 0);
    for (slong p = 0; p < P; p++) rc_surd_set_fmpq(phi + p, features + p);
    rc_tangent_clear(T);
    rc_dataset_clear(point);
    fmpq_mat_clear(row);
    _fmpq_vec_clear(features, P);
}

/* Neuron i, active: w2_i (x, 1), w2_i = gamma_i / sqrt(q_i), and sqrt(q_i) (<u_i, x> + v_i). */
static void neuron_features(rc_surd_struct *inner, rc_surd_t outer, const rc_network_t net, slong i, const fmpq *x)
{
    fmpq_t z, square;
    fmpq_init(z);
    fmpq_init(square);
    for (slong k = 0; k < net->d; k++) fmpq_addmul(z, fmpq_mat_entry(net->u, i, k), x + k);
    if (net->kind == RC_BIASED) fmpq_add(z, z, fmpq_mat_entry(net->v, i, 0));
    if (fmpq_sgn(z) > 0) {
        for (slong k = 0; k <= net->d; k++) {
            rc_network_get_c(inner + k, net, i, 0);
            if (k < net->d) rc_surd_mul_fmpq(inner + k, inner + k, x + k);
        }
        fmpq_mul(square, z, z);
        fmpq_mul(square, square, net->q + i);
        rc_surd_set_sqrt_fmpq(outer, square);
    }
    fmpq_clear(square);
    fmpq_clear(z);
}

void rc_stability_features(rc_surd_struct *phi, const rc_network_t net, const fmpq *x)
{
    slong P = rc_stability_parameters(net);
    for (slong p = 0; p < P; p++) rc_surd_zero(phi + p);
    if (net->kind == RC_DEEP) {
        deep_features(phi, net, x);
        return;
    }
    slong inner = net->d + 1, outer = net->m * inner;
    for (slong i = 0; i < net->m; i++) neuron_features(phi + i * inner, phi + outer + i, net, i, x);
    rc_surd_set_si(phi + P - 1, 1);
}

void rc_stability_gram(fmpq_mat_t K, const rc_network_t net, const rc_dataset_t data)
{
    rc_pencil_t M;
    fmpz_t den;
    rc_pencil_init(M, 1, 1);
    fmpz_init(den);
    if (net->kind == RC_DEEP) {
        rc_tangent_t T;
        rc_tangent_init(T, net, data);
        rc_tangent_gram(M, T);
        rc_tangent_clear(T);
    } else {
        rc_model_t model;
        rc_model_init(model, net, data);
        rc_pencil_set_gram(M, model, NULL);
        rc_model_clear(model);
    }
    fmpz_mul_si(den, M->D, M->unit);
    for (slong j = 0; j < M->n; j++) {
        for (slong l = 0; l < M->n; l++) fmpq_set_fmpz_frac(fmpq_mat_entry(K, j, l), fmpz_mat_entry(M->N, j, l), den);
    }
    fmpz_clear(den);
    rc_pencil_clear(M);
}
