/* Stability of minima: the quantities and verdicts of Nacson et al., "The implicit bias of minima stability in
   multivariate shallow ReLU networks", ICLR 2023, with equation numbers [N n]; for the loss [N 8],
   (1/2n) sum_j (f(x_j) - y_j)^2, of a network with one output at a dataset. */
#ifndef RELUCERT_STABILITY_H
#define RELUCERT_STABILITY_H

#include "relucert/dataset.h"
#include "relucert/network.h"
#include "relucert/spectrum.h"

/* A hidden neuron whose pre-activation is 0 at a data point: the loss is not twice differentiable there. `knot` is false
   for neurons with zero weights, which are constants and carry no knot. 0-based; hidden neurons of deep networks are
   counted layer by layer. */
typedef struct {
    slong point, neuron;
    bool knot;
} rc_touch_struct;

/* One knot {x : <u, (x, 1)> = 0} of the network, u the primitive integer vector with positive first non-zero entry.
   Side 0 is <u, (x, 1)> > 0, side 1 the other. All g are times |u|, u without its last entry, and squared. */
typedef struct {
    fmpq g_tilde[2], g_hat[2]; /* [N 12] and [N 18] for the sides; the squares of |u| g */
    fmpq norm;                 /* |u|^2 */
    fmpq sum, total;           /* of the neurons there: with u_i = t u, sum of |t| gamma_i and of |t gamma_i| */
    slong active[2];           /* data points strictly on the side */
    slong first;               /* the lowest-numbered neuron there, */
    int given;                 /* and the side on which it is active */
    bool mixed;                /* some gamma_i there are > 0 and some < 0 */
} rc_knot_struct;

/* A network with lambda_max as small as a descent finds it among the rescalings [N 100] of a network's neurons, with
   residuals 0. */
typedef struct {
    bool known;
    slong m;
    fmpq *scale; /* length m: weights of neuron i are times sqrt(scale_i), its output weight is over that */
    rc_network_t net;
    rc_spectrum_t lambda;
    fmpz_mat_t vectors; /* rows of length n, for rc_stability_rescaling; */
    fmpq_t lo;          /* no rescaling has a smaller lambda_max than this, by them */
} rc_flattest_struct;
typedef rc_flattest_struct rc_flattest_t[1];

void rc_flattest_init(rc_flattest_t f);
void rc_flattest_clear(rc_flattest_t f);

/* Everything about a network and a dataset. `deep` networks have no knots and norms here. */
typedef struct {
    slong n, d, m; /* m: hidden neurons */
    bool deep;
    fmpq *residual; /* f(x_j) - y_j, length n */
    bool solution;  /* all of them are 0 */
    slong touches;
    rc_touch_struct *touch;
    bool smooth; /* no touches: the loss is twice differentiable at the network's parameters */
    slong knots;
    rc_knot_struct *knot;
    slong *knot_of;             /* of neuron i, length m; -1 for zero weights */
    int *side_of;               /* the side of its knot on which it is active */
    bool *active;               /* neuron i is active at point j: active[j m + i] */
    rc_surd_t S_theta;          /* [N 15] */
    rc_surd_t norm_g;           /* ||f||_{R,g} [N 11] */
    rc_surd_t norm_R;           /* ||f||_R */
    rc_surd_t norm_g_hat[2];    /* ||f||_{R,g^}, with the given orientation (of a knot's lowest-numbered neuron), flipped */
    bool one_sign;              /* no shared knot with g > 0 is mixed: exactly then S_theta = ||f||_{R,g} */
    rc_spectrum_t lambda;       /* of the Hessian [N 44]; not known unless smooth */
    fmpq_t average;             /* |Phi 1|^2 / n^2, the quotient of K at (1, ..., 1): at least 1 + 2 S_theta [N 48] */
    rc_spectrum_t gram;         /* of its first part, K = Phi^T Phi / n; known where the residuals are not 0 */
    rc_spectrum_t covariance;   /* of Sigma_X */
    fmpq_t mean_square;         /* E ||X||^2 */
    fmpq_t trace;               /* of Sigma_X */
    bool has_gradient;          /* inf ||grad f||^2 over the cells is in [gradient_lo, gradient_hi] */
    fmpq_t gradient_lo, gradient_hi;
    fmpq *gradient_point;       /* where gradient_hi is attained, length d */
    rc_flattest_t flattest; /* of the network; */
    rc_flattest_t merged;   /* of the implementation that Lemma 2's proof builds [N 107]-[N 109], where that is another */
    fmpq_t lemma_2[2];          /* the right side of [N 19] is in this interval, orientation as given */
    bool has_lemma_2;
} rc_stability_struct;
typedef rc_stability_struct rc_stability_t[1];

void rc_stability_init(rc_stability_t s);
void rc_stability_clear(rc_stability_t s);

typedef struct {
    slong bits;      /* relative width 2^-bits of every enclosure; 0: RC_SPECTRUM_BITS */
    bool own_labels; /* y_j := f(x_j) */
    bool no_lambda, no_flattest, no_lemma_2; /* leave out lambda_max; the rescaling; Sigma_X, inf ||grad f||, Lemma 2 */
    size_t cells;    /* nodes of the search for inf ||grad f|| at most; 0: as many as seconds allow */
} rc_stability_options;

/* Computes all of it. The network has one output; its d is the data's. RC_BAD_INPUT: it is not so, or labels are
   missing; RC_LIMIT: a limit, s then holds what is known so far. Cost: products of integer matrices n x d x n and
   n x m x n, a few n^3 / 6 for Cholesky factors. */
rc_status rc_stability_compute(rc_stability_t s, const rc_network_t net, const rc_dataset_t data,
                               const rc_stability_options *options, rc_limits *limits, rc_error_struct *err) RC_MUST_USE;

/* Finds `flattest` and `merged` of a computed s where no_flattest left them out; with two layers, smooth. */
rc_status rc_stability_flatten(rc_stability_t s, const rc_network_t net, const rc_dataset_t data, slong bits,
                               rc_limits *limits) RC_MUST_USE;

/* s: lambda_max of the Hessian enclosed so closely that it is known whether it is at most v (relation -1), at least v (1), or
   less, more, or equal to v (0; equal: lo = hi = v, rational v only). The network is smooth at the data, both as for rc_stability_compute. RC_LIMIT if 480 bits cannot tell. */
rc_status rc_stability_lambda_against(rc_spectrum_t s, const rc_network_t net, const rc_dataset_t data, bool own_labels,
                                      const rc_surd_t v, int relation, rc_limits *limits) RC_MUST_USE;
/* x = the right side of [N 19] with orientations given (0), flipped (1) or their mean (2): an upper bound, with
   gradient_hi, or (upper false) a lower one, with `gradient`, a lower bound of inf ||grad f||^2; NULL: 0. `spread` is a
   bound of lambda_max(Sigma_X) on the same side; NULL: the trace, or trace / d. Certificates rest on these. */
void rc_stability_lemma_2_side(rc_surd_t x, const rc_stability_t s, int orientation, bool upper, const fmpq *spread,
                               const fmpq *gradient);
/* x = a number that lambda_max of the Gram matrix is not below for any rescaling of a network with two layers: (1/n)
   (<W, 1> + 2 sum_i |w2_i| sqrt(<W, G o I_i I_i^T> <W, sigma_i sigma_i^T>)) / <W, I>, W = sum u u^T over the rows u of
   `vectors`, not all 0 (each square completed, as in [N 101]-[N 103]). */
void rc_stability_rescaling(rc_surd_t x, const rc_network_t net, const rc_dataset_t data, const fmpz_mat_t vectors);

/* The number P of weights and biases. */
slong rc_stability_parameters(const rc_network_t net);
/* phi (length P, initialized) = the derivatives of f(x), x of length d, by the entries of (A, b) of all layers, row after row
   with the bias at last [N 45]; neurons with pre-activation 0 count as inactive. One output. */
void rc_stability_features(rc_surd_struct *phi, const rc_network_t net, const fmpq *x);
/* K (n x n, initialized) = Phi^T Phi / n of the features at the points. */
void rc_stability_gram(fmpq_mat_t K, const rc_network_t net, const rc_dataset_t data);

/* 1 true, 0 false, -1 not known. */
typedef int rc_answer;

/* ||f||_{R,g} <= 1/eta - 1/2: what Theorem 1 [N 10] says of a linearly stable solution. Not for deep networks (-1). */
rc_answer rc_stability_theorem_1(const rc_stability_t s, const fmpq_t eta);
/* lambda_max <= 2/eta [N 6]. */
rc_answer rc_stability_is_linearly_stable(const rc_stability_t s, const fmpq_t eta);
/* Theorem 3 for f and eta: 1 if [N 20] holds and an implementation with lambda_max <= 2/eta is at hand (the network, a
   rescaling, or the one of Lemma 2's proof); 0 if [N 20] or a hypothesis (f a solution, no knot on a data point) fails. */
rc_answer rc_stability_theorem_3(const rc_stability_t s, const fmpq_t eta);
/* Lemma 2, 1 only if an implementation at hand has lambda_max within the bound; 0 if a hypothesis fails. */
rc_answer rc_stability_lemma_2(const rc_stability_t s);
/* lambda_max >= 1 + 2 ||f||_{R,g} [N 34]; 0 if a hypothesis fails. */
rc_answer rc_stability_lemma_3(const rc_stability_t s);

/* x = sqrt of the square of a knot's g (the smaller of the two sides' g~), g~ or g^ of one side, for the unit normal. */
void rc_knot_get_g(rc_surd_t x, const rc_knot_struct *knot);
void rc_knot_get_g_tilde(rc_surd_t x, const rc_knot_struct *knot, int side);
void rc_knot_get_g_hat(rc_surd_t x, const rc_knot_struct *knot, int side);

#endif
