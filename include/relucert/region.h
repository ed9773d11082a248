/* Open polyhedral cones as dictionaries: the one exact linear programming tool of the engine. */
#ifndef RELUCERT_REGION_H
#define RELUCERT_REGION_H

#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>

#include "relucert/status.h"

/* A region is {x in Q^width : s_j <h_j, x> > 0 for the j restricted so far}, for the n rows h_j of an integer matrix
   (what is needed of it is copied). It is never empty. It holds an exact dictionary (Edmonds pivots; entries are minors
   of the rows; as many columns as the rank, one row a restricted form) whose vertex has s_j <h_j, x> >= 1 for all
   restricted j, so a witness is always at hand and the next restriction starts from it. */
typedef struct rc_region_struct rc_region_struct;

/* The whole space. */
rc_region_struct *rc_region_new(const fmpz_mat_t forms);
/* The whole space Q^width with n forms that are 0 so far: for forms that depend on the region. */
rc_region_struct *rc_region_new_open(slong n, slong width);
/* Form j, which must not be restricted, of a region made by rc_region_new_open or copied from one, becomes `form` (length
   width, copied). */
void rc_region_set_form(rc_region_struct *R, slong j, const fmpz *form);
rc_region_struct *rc_region_copy(const rc_region_struct *R);
/* dst takes src's state; both have the same forms. Cheaper than free + copy. */
void rc_region_set(rc_region_struct *dst, const rc_region_struct *src);
void rc_region_free(rc_region_struct *R);

/* Adds s <h_j, x> > 0, s = +1 or -1. True: R is the smaller region. False: that would be empty; R is unchanged and
   rc_region_farkas tells why. Restricting by a form already restricted is allowed. */
bool rc_region_restrict(rc_region_struct *R, slong j, int s);
/* After a failed restriction: lambda[0..n-1] >= 0 coprime integers, positive at the refused j, zero at unrestricted
   forms, with sum lambda_i s_i h_i = 0 (s of the refused one as asked). If form j was already restricted to the other
   sign, lambda is 1 at j and 0 elsewhere: h_j and -h_j add up to 0. Valid until R changes; copies do not inherit it. */
void rc_region_farkas(fmpz *lambda, const rc_region_struct *R);
/* Sign of h_j at the present witness: -1, 0, 1. */
int rc_region_sign(const rc_region_struct *R, slong j);
/* 0, or the sign form j is restricted to. */
int rc_region_restricted(const rc_region_struct *R, slong j);
/* x (length width) = a point of the region. */
void rc_region_witness(fmpq *x, const rc_region_struct *R);

/* max of <c, x> + c0 over the closed polyhedron {x in Q^d : <g_i, x> + g0_i >= 0, i < k}: rows of G are (g_i, g0_i),
   k x (d + 1), c has length d + 1. Returns 1 with the value, a maximizer x (length d) and y (length k, >= 0) such that
   value - <c,x> - c0 = sum y_i (<g_i,x> + g0_i) identically in x; 0 if the polyhedron is empty, y >= 0 then with
   sum y_i (<g_i,x> + g0_i) = -1 identically; -1 if unbounded. Exact simplex with Bland's rule as last resort.
   Outputs that are not mentioned are undefined; x and y may not overlap with the inputs. */
int rc_lp_maximize(fmpq_t value, fmpq *x, fmpq *y, const fmpq_mat_t G, const fmpq *c);

#endif
