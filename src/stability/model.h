/* A network with one hidden layer at the points of a dataset, in integers: what norms, Gram matrix and gradients start
   from. */
#ifndef RC_STABILITY_MODEL_H
#define RC_STABILITY_MODEL_H

#include "relucert/dataset.h"
#include "relucert/network.h"

/* Neuron i at x_j: w_i = sqrt(q_i) u_i, b_i = sqrt(q_i) v_i, w2_i = gamma_i / sqrt(q_i) (network.h), and
   <u_i, x_j> + v_i = Z[j][i] / dz. A network without biases counts as one whose biases are 0. Networks of one output
   only. `net` and `data` are borrowed. */
typedef struct {
    const rc_network_struct *net;
    const rc_dataset_struct *data;
    slong n, d, m;
    fmpz_mat_t X; /* n x (d + 1): (x_j, 1) over data->den */
    fmpz_mat_t U; /* m x (d + 1): (u_i, v_i) over du */
    fmpz_t du, dz;
    fmpz_mat_t Z; /* n x m */
} rc_model_struct;
typedef rc_model_struct rc_model_t[1];

void rc_model_init(rc_model_t model, const rc_network_struct *net, const rc_dataset_struct *data);
void rc_model_clear(rc_model_t model);

const fmpq *rc_model_gamma(const rc_model_t model, slong i);
/* Has neuron i a knot (w_i != 0)? */
bool rc_model_has_knot(const rc_model_t model, slong i);
/* y[j] = f(x_j). */
void rc_model_values(fmpq *y, const rc_model_t model);

#endif
