/* Hyperplane arrangements: distinct lines of forms, irreducible components, cells, counts. */
#ifndef RELUCERT_ARRANGEMENT_H
#define RELUCERT_ARRANGEMENT_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>
#include <flint/fmpz_poly.h>

#include "relucert/status.h"

/* n0 given forms, reduced to n distinct hyperplanes: rows of `forms` are primitive integer vectors of length
   width = d + affine with positive first non-zero entry, lexicographically increasing, non-zero in their first d
   entries. line[i] is the 0-based row of given form i, or -1 if the form is zero there; side[i] = +1 or -1 when given
   form i is a positive / negative multiple of its row, and the sign (0, 1, -1) of its offset when line[i] = -1 (0 when
   not affine). When affine the forms act on (x, x_{d+1}) with x_{d+1} > 0, and x_{d+1} belongs to the matroid. */
typedef struct {
    slong d;
    int affine;
    slong width;
    slong n;
    fmpz_mat_t forms;   /* n x width */
    slong given;        /* n0 */
    slong *line;
    int *side;
    fmpq_mat_t input;   /* n0 x width, the forms as given */
} rc_arrangement_struct;
typedef rc_arrangement_struct rc_arrangement_t[1];

void rc_arrangement_init(rc_arrangement_t arr); /* no forms, d = 1 */
void rc_arrangement_clear(rc_arrangement_t arr);
bool rc_arrangement_is_valid(const rc_arrangement_t arr);
/* The arrangement of the rows of `forms` (n0 x (d + affine)). Copies. */
void rc_arrangement_set_forms(rc_arrangement_t arr, const fmpq_mat_t forms, int affine);
/* The same for primitive, sorted, distinct integer rows (of a canonical form): given = n, identity maps. */
void rc_arrangement_set_lines(rc_arrangement_t arr, const fmpz_mat_t lines, int affine);

/* Rank of the first d columns of all forms ("rank of the linear parts"). */
slong rc_arrangement_rank(const rc_arrangement_t arr);

/* Irreducible components: connected components of the linear matroid of the forms and, when affine, of x_{d+1}, which
   has index n here. part[j] (length n + affine) = component of form j, numbered 0.. by smallest member; *count of
   them. Ranks add up. Elimination modulo a 61-bit prime, and exact circuits only where that leaves a doubt: 400
   independent forms of doubles in Q^784 take a tenth of a second. */
void rc_arrangement_components(slong *part, slong *count, const rc_arrangement_t arr);

/* Number of cells without listing them: |chi(-1)| (Zaslavsky). Same cost and limits as below. */
rc_status rc_arrangement_count(fmpz_t cells, const rc_arrangement_t arr, rc_limits *limits) RC_MUST_USE;

/* The characteristic polynomial chi(t) = sum over the flats X of mu(X) t^dim(X) of the arrangement in R^d, monic of
   degree d; when affine, of the affine arrangement: that of the cone over it divided by t - 1. Deletion-restriction,
   component by component, restrictions that decompose split again; where many restrictions are isomorphic, the
   coboundary polynomial instead, each class of flats once (resonance 8 takes seconds). Exact: a component is counted
   modulo a prime when Hadamard's bound keeps all its minors below that prime (2^61 - 1 at most), so that its matroid is
   the same there; else with integers of any size. Minors of rank 5 and more that are isomorphic to earlier ones are
   often recognised; remembering them takes at most 256 MB, and nothing is remembered that does not fit. Recursion is as
   deep as the rank. RC_LIMIT as `limits` says (one visit a restriction); chi then keeps its value. */
rc_status rc_arrangement_characteristic(fmpz_poly_t chi, const rc_arrangement_t arr, rc_limits *limits) RC_MUST_USE;

/* Calls visit(arg, signs, x) for each cell: signs[0..n-1] in {+1,-1} per hyperplane (rows of forms), x (length d) a
   rational point of it; both are lent for the call. The tree engine, component by component, product at the end; order
   fixed by the input alone. The cells of all components but one are held in memory, those of the largest are streamed.
   visit returns false to stop (then RC_OK is returned). One visit of `limits` a cell. No hyperplanes: one cell,
   x = 0. */
typedef bool (*rc_cell_visitor)(void *arg, const signed char *signs, const fmpq *x);
rc_status rc_arrangement_cells(const rc_arrangement_t arr, rc_cell_visitor visit, void *arg,
                               rc_limits *limits) RC_MUST_USE;

/* Number of cells by the tree engine without building products: the product of the components' numbers. One visit of
   `limits` a cell of a component. */
rc_status rc_arrangement_count_tree(fmpz_t cells, const rc_arrangement_t arr, rc_limits *limits) RC_MUST_USE;

/* Does the sign vector have a cell? 1 with x (length d) a point of it, or 0 with lambda (length n + affine, >= 0, not
   all 0; entry n is x_{d+1}'s) a Farkas certificate: sum_j lambda_j s_j h_j = 0. s_j = 0 leaves form j free. */
int rc_arrangement_find(fmpq *x, fmpz *lambda, const rc_arrangement_t arr, const signed char *signs);

#endif
