/* The cost of a neuron at its best scale, in floating point. */
#ifndef RELUCERT_SEARCH_SCALE_H
#define RELUCERT_SEARCH_SCALE_H

/* min over lambda > 0 of max(||lambda e - a||_inf, |t / lambda - c|), t != 0, e and a of length d, e != 0, to the
   accuracy of a double: what it costs to give the neuron (a, c) the ray e and the product t. Bisection. */
double rc_seek_scaled_cost(const double *a, double c, const double *e, double t, int d);

#endif
