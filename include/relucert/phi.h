/* The Phi of Theorems 3.1 and 3.3, and the bottleneck assignment behind it. */
#ifndef RELUCERT_PHI_H
#define RELUCERT_PHI_H

#include "relucert/canonical.h"
#include "relucert/conditions.h"

/* Bottleneck assignment with exact costs. n rows (to be matched), k columns, every row gets a column of its own (n <=
   k). cost(arg, s, i, j) sets the exact cost; bounds(arg, i, j, &lo, &hi), if not NULL, gives doubles with lo <= cost
   <= hi (a proved enclosure), so that most exact costs are never computed. Sets column[i], and value = the exact
   bottleneck. hall_rows/hall_cols (lengths n, k; may be NULL) get a Hall violator for "cost < value": a set S of rows
   whose columns of cost < value number |N| < |S|. */
typedef void (*rc_cost_exact)(void *arg, rc_surd_t s, slong i, slong j);
typedef void (*rc_cost_bounds)(void *arg, slong i, slong j, double *lo, double *hi);
void rc_bottleneck(slong *column, rc_surd_t value, bool *hall_rows, bool *hall_cols, slong n, slong k,
                   rc_cost_exact cost, rc_cost_bounds bounds, void *arg);

/* Maximum bipartite matching (Hopcroft-Karp) on n x k adjacency: column[i] or -1; returns its size. If
   rows_out/cols_out are not NULL and the matching misses a row they get a Hall violator (S, N). */
slong rc_matching(slong *column, bool *rows_out, bool *cols_out, slong n, slong k,
                  bool (*edge)(void *arg, slong i, slong j), void *arg);

/* The nearest permutation of theta to gamma (both m neurons, same shape): matching[i] = neuron of theta given to place
   i; distance = min over permutations of ||Phi - Gamma||_inf. hall_theta/hall_gamma (length m, may be NULL): Hall
   violator S of Theta's neurons, N of Gamma's. m = 1000, d = 784, D = 10 within seconds (double enclosures with proved
   error). */
void rc_phi_nearest(slong *matching, rc_surd_t distance, bool *hall_theta, bool *hall_gamma, const rc_network_t gamma,
                    const rc_network_t theta);
/* The proof's matching: common hyperplanes first, the rest in increasing index. */
void rc_phi_proof_matching(slong *matching, const rc_network_t gamma, const rc_network_t theta);
/* phi = theta permuted. */
void rc_phi_permute(rc_network_t phi, const rc_network_t theta, const slong *matching);

typedef enum { RC_CASE_I1, RC_CASE_A, RC_CASE_B1, RC_CASE_B2, RC_CASE_B3 } rc_phi_case;
const char *rc_phi_case_name(rc_phi_case c); /* "I1", "A", "B.1", "B.2", "B.3" */
/* Theorem 3.1's Phi, steps (87)-(111), D = 1, same shape: merges, matches, balances. r is the semi-norm used in the
   case distinction. cases has length m. Requires C.2 and C.3 for the pair (not checked). R(phi) = R(theta) always. */
void rc_phi_theorem_31(rc_network_t phi, rc_phi_case *cases, const rc_network_t gamma, const rc_network_t theta,
                       const fmpq_t r);

#endif
