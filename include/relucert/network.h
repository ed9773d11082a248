/* Parametrizations: shallow networks, networks with biases, deep networks. */
#ifndef RELUCERT_NETWORK_H
#define RELUCERT_NETWORK_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>

#include "relucert/expression.h"

typedef enum {
    RC_SHALLOW,  /* N_(d,m,D): R(x) = sum c_i rho(<a_i,x>), [B] (19) */
    RC_BIASED,   /* P_(d,m,D): sum c_i rho(<a_i,x> + b_i) + e, two layers */
    RC_DEEP      /* any other number of layers: rational entries */
} rc_network_kind;

/* Neuron i is (u_i, gamma_i, q_i): a_i = sqrt(q_i) u_i, c_i = gamma_i / sqrt(q_i), b_i = sqrt(q_i) v_i, q_i > 0; so
   c_i a_i^T = gamma_i u_i^T is rational. Invariants: shapes as below; q_i > 0; m, d, D >= 1. */
typedef struct {
    rc_network_kind kind;
    slong d, m, D;
    fmpq_mat_t u;       /* m x d (shallow, biased) */
    fmpq_mat_t v;       /* m x 1 (biased; m x 0 otherwise) */
    fmpq_mat_t gamma;   /* m x D, row i is gamma_i */
    fmpq *q;            /* length m */
    fmpq_mat_t e;       /* D x 1 (biased; D x 0 otherwise) */
    slong depth;        /* number of layers L (deep; 0 otherwise; m = 0 then) */
    fmpq_mat_struct *A; /* A[l] is N_{l+1} x N_l */
    fmpq_mat_struct *b; /* b[l] is N_{l+1} x 1 */
} rc_network_struct;
typedef rc_network_struct rc_network_t[1];

/* A zero network of the given shape (q = 1). */
void rc_network_init(rc_network_t net, rc_network_kind kind, slong d, slong m, slong D);
/* A deep network of zero matrices; widths[0..depth] = N_0..N_L. */
void rc_network_init_deep(rc_network_t net, slong depth, const slong *widths);
void rc_network_clear(rc_network_t net);
bool rc_network_is_valid(const rc_network_t net);
/* dst takes src's shape and values; dst must be initialized. */
void rc_network_set(rc_network_t dst, const rc_network_t src);
void rc_network_swap(rc_network_t a, rc_network_t b);
/* Same kind, shape and entries (the entries' values: (u, gamma, q) may differ in how the root is split off). */
bool rc_network_equal(const rc_network_t X, const rc_network_t Y);

/* The entries themselves as surds: a_i[j], c_i[p], b_i. */
void rc_network_get_a(rc_surd_t s, const rc_network_t net, slong i, slong j);
void rc_network_get_c(rc_surd_t s, const rc_network_t net, slong i, slong p);
void rc_network_get_b(rc_surd_t s, const rc_network_t net, slong i);
/* max_j |a_i[j]| and max_p |c_i[p]|. */
void rc_network_norm_a(rc_surd_t s, const rc_network_t net, slong i);
void rc_network_norm_c(rc_surd_t s, const rc_network_t net, slong i);
/* x = ||c_i a_i^T||_inf = ||gamma_i||_inf ||u_i||_inf, rational. */
void rc_network_norm_product(fmpq_t x, const rc_network_t net, slong i);
bool rc_network_a_is_zero(const rc_network_t net, slong i);
bool rc_network_c_is_zero(const rc_network_t net, slong i);
/* Copies neuron j of src to place i of dst (same d, D; both shallow or both biased). */
void rc_network_set_neuron(rc_network_t dst, slong i, const rc_network_t src, slong j);
/* Replaces q_i by x > 0 with the same u_i and gamma_i (another point of the neuron's ray). */
void rc_network_set_scale(rc_network_t net, slong i, const fmpq_t x);

/* s = ||X - Y||_inf, the largest absolute difference of corresponding entries; same kind and shape
   (shallow or biased). Exact; uses double enclosures to skip entries that cannot be the largest. */
void rc_network_distance(rc_surd_t s, const rc_network_t X, const rc_network_t Y);

/* y (length D) = R(net)(x), x of length d. Any kind. */
void rc_network_eval(fmpq *y, const rc_network_t net, const fmpq *x);
/* pattern (length m + 1, NUL-terminated) = '1' where <a_i,x> + b_i > 0, else '0'; shallow and biased. Deep: all
   hidden neurons layer by layer (rc_network_hidden many). */
void rc_network_pattern(char *pattern, const rc_network_t net, const fmpq *x);
slong rc_network_hidden(const rc_network_t net);
/* J (D x d) = the gradient sum of the pattern at x, [B] (96); any kind. *on_boundary tells whether some
   neuron with non-zero weights has pre-activation 0 there (the pattern then counts it as 0); may be NULL. */
void rc_network_gradient(fmpq_mat_t J, bool *on_boundary, const rc_network_t net, const fmpq *x);

#endif
