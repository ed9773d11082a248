/* Pairs of networks in N* in floating point: what a search varies. Nothing here decides anything; src/search/record.h
   turns a pair into rational networks and decides exactly. */
#ifndef RELUCERT_SEARCH_PAIR_H
#define RELUCERT_SEARCH_PAIR_H

#include <stdbool.h>

enum { RC_SEEK_MAX_D = 4, RC_SEEK_MAX_M = 5, RC_SEEK_MAX_OUTPUTS = 4, RC_SEEK_MAX_NEURONS = 10 };

/* Neuron i is Gamma's i for i < m, Theta's i - m from m on. Its weights have the direction u = B^T w, B with `rank`
   rows of length d (so that all hyperplanes contain a common flat of codimension `rank`: fewer cells, fewer
   constraints), its outputs the direction x with ||x||_inf = 1, and ||c a^T||_inf = P:
       a = sqrt(P) u / ||u||_inf, c = sqrt(P) x,
   so every pair is balanced. Invariants: 2 <= rank <= d, P > 0; a valid pair has u_{d-1}, u_d > 0. */
typedef struct {
    int d, m, D, rank;
    double B[RC_SEEK_MAX_D][RC_SEEK_MAX_D];
    double w[RC_SEEK_MAX_NEURONS][RC_SEEK_MAX_D];
    double x[RC_SEEK_MAX_NEURONS][RC_SEEK_MAX_OUTPUTS];
    double P[RC_SEEK_MAX_NEURONS];
} rc_seek_pair;

/* What a pair is worth: r = |R(Theta) - R(Gamma)|_{W^{1,inf}}, distance = min over permutations ||Phi - Gamma||_inf,
   ratio = distance / sqrt(r). */
typedef struct {
    double r, distance, ratio;
} rc_seek_value;

/* Evaluates a pair; false if it is not in N* with a margin (the last two weights at least `margin` times the largest,
   no two directions of one network equal or of the pair nearly equal), or r is tiny beside a product. The semi-norm is
   the largest entry over the cells at the rays of the arrangement: all cells, if no more than rank - 1 hyperplanes meet
   in a ray; where more meet it may come out too large, never too small but for rounding. O(C(2m, rank - 1)) rays. */
bool rc_seek_evaluate(rc_seek_value *value, const rc_seek_pair *pair, double margin);

#endif
