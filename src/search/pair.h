/* Pairs of networks in floating point: what a search varies. Nothing here decides anything; src/search/record.h turns a
   pair into rational networks and decides exactly. */
#ifndef RELUCERT_SEARCH_PAIR_H
#define RELUCERT_SEARCH_PAIR_H

#include <stdbool.h>

enum { RC_SEEK_MAX_D = 4, RC_SEEK_MAX_M = 5, RC_SEEK_MAX_OUTPUTS = 4, RC_SEEK_MAX_NEURONS = 10 };

/* Whose hypotheses a pair satisfies, and whose constant it tests. */
typedef enum { RC_SEEK_THEOREM_3_3, RC_SEEK_THEOREM_3_1 } rc_seek_theorem;

/* Neuron i is Gamma's i for i < m, Theta's i - m from m on. Its weights have the direction u = B^T w, B with `rank`
   rows of length d (so that all hyperplanes contain a common flat of codimension `rank`: fewer cells, fewer
   constraints), its outputs the direction x with ||x||_inf = 1, and ||c a^T||_inf = P:
       a = k sqrt(P) u / ||u||_inf, c = sqrt(P) x / k.
   Invariants: min(d, 2) <= rank <= d, P >= 0, k > 0. Theorem 3.3: k = 1, so every pair is balanced; a valid pair has
   P > 0 and u_{d-1}, u_d > 0. Theorem 3.1: D = 1; k = 1 in Theta, whose scales do not count; P = 0 is a zero neuron of
   Gamma. */
typedef struct {
    rc_seek_theorem theorem;
    int d, m, D, rank;
    double B[RC_SEEK_MAX_D][RC_SEEK_MAX_D];
    double w[RC_SEEK_MAX_NEURONS][RC_SEEK_MAX_D];
    double x[RC_SEEK_MAX_NEURONS][RC_SEEK_MAX_OUTPUTS];
    double P[RC_SEEK_MAX_NEURONS];
    double k[RC_SEEK_MAX_NEURONS];
} rc_seek_pair;

/* What a pair is worth, r = |R(Theta) - R(Gamma)|_{W^{1,inf}}. Theorem 3.3: distance = min over permutations Phi of Theta
   of ||Phi - Gamma||_inf, beta = 0; Theorem 3.1: distance = dist(Gamma, R(Theta)), beta = the least one with C.1.
   ratio = (distance - beta) / sqrt(r). */
typedef struct {
    double r, distance, beta, ratio;
} rc_seek_value;

/* Evaluates a pair; false if r is tiny beside a product, or if the pair is not, or only nearly, what the theorem asks
   for. Theorem 3.3: both in N*, the last two weights at least `margin` times the largest, no two directions of one
   network equal or of the pair nearly equal. Theorem 3.1: C.2 and C.3, and Theta with m hyperplanes (K = m, where the
   distance is known exactly). The semi-norm is the largest entry over the cells at the rays of the arrangement: all
   cells, if no more than rank - 1 hyperplanes meet in a ray; where more meet it may come out too large, never too small
   but for rounding. O(C(2m, rank - 1)) rays; for Theorem 3.1 also 2^m sets of neurons that may be turned. */
bool rc_seek_evaluate(rc_seek_value *value, const rc_seek_pair *pair, double margin);

#endif
