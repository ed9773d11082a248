/* The parts of rc_stability_compute. */
#ifndef RC_STABILITY_PARTS_H
#define RC_STABILITY_PARTS_H

#include "pencil.h"
#include "relucert/stability.h"

/* knots, their weights, S_theta and the norms. */
void rc_stability_norms(rc_stability_t s, const rc_model_t model);

/* has_gradient, gradient_lo, gradient_hi, gradient_point: the cell with no active neuron, then branch and bound. */
void rc_stability_gradient(rc_stability_t s, const rc_model_t model, size_t nodes, rc_limits *limits);

/* The flattest rescaling of the model's network that is found, and a bound for all of them. */
rc_status rc_flattest_find(rc_flattest_t f, const rc_model_t model, slong bits, rc_limits *limits);
/* x = (1/n) (<W, 1> + 2 sum_i |w2_i| sqrt(<W, G o I_i I_i^T> <W, sigma_i sigma_i^T>)) / <W, I>, W = sum u u^T over the rows u
   of `vectors`, not all 0: below lambda_max of the Gram matrices of all rescalings. */
void rc_stability_every_rescaling(rc_surd_t x, const rc_model_t model, const fmpz_mat_t vectors);

/* net = the implementation of Lemma 2's proof [N 107]-[N 109], of the model's shape: a neuron a knot, in its lowest-numbered
   neuron's orientation, two for the linear part if there is one, others never active. False if there is no room, or all
   neurons have knots of their own; norms are known. */
bool rc_stability_merge(rc_network_t net, const rc_stability_t s, const rc_model_t model);

/* A deep network at the points: outputs, pre-activations that are 0, features. */
typedef struct {
    const rc_network_struct *net;
    const rc_dataset_struct *data;
    fmpz_mat_struct *input;   /* input[l]: N_l x n, the layer's inputs over input_den[l] */
    fmpz_mat_struct *active;  /* active[l]: N_{l+1} x n, 1 where the pre-activation is > 0 (hidden layers) */
    fmpz_mat_struct *delta;   /* delta[l]: N_{l+1} x n, df / d(pre-activation) over delta_den[l] */
    fmpz *input_den, *delta_den;
    fmpq *value;              /* f(x_j) */
    slong touches;
    rc_touch_struct *touch;
} rc_tangent_struct;
typedef rc_tangent_struct rc_tangent_t[1];

/* net is RC_DEEP with one output. */
void rc_tangent_init(rc_tangent_t T, const rc_network_struct *net, const rc_dataset_struct *data);
void rc_tangent_clear(rc_tangent_t T);
/* unit = n, M = n K = sum over the layers of (<a_j, a_l> + 1) <delta_j, delta_l>. */
void rc_tangent_gram(rc_pencil_t M, const rc_tangent_t T);
/* phi (as many as there are parameters) = the features of point j. */
void rc_tangent_features(fmpq *phi, const rc_tangent_t T, slong j);
/* unit = n, M = n times the Hessian of the loss [N 44], all parameters. */
void rc_tangent_hessian(rc_pencil_t M, const rc_tangent_t T, const fmpq *residual);

#endif
