/* The vertex engine on one matroid: cells from bases, without linear programs.

   Given are n distinct lines of forms h_0, .., h_{n-1} spanning the dual of R^r; listed are the cells with h_0 > 0.

   Flag. V_r = R^r, V_{i-1} = the kernel of a form w_i on V_i that vanishes on no ray (one-dimensional flat) of the
   arrangement restricted to V_i. A cell meets V_i but not V_{i-1} for exactly one i, its level.

   Level i. An nbc basis b_1 > b_2 > .. > b_{i-1} > b_i = 0 of the restricted arrangement (a basis such that b_l is
   the least element of F_l, the flat spanned by b_1, .., b_l; b_i = 0 is the least of all) gives, with the
   coordinates c_l of w_i in it, w_i = sum c_l h_{b_l}, the cell of the points with

       h_{b_l} = sign(c_l) t_l,   t_i >> t_{i-1} >> .. >> t_1 > 0,

   and this is a bijection from the nbc bases to the cells of V_i that avoid V_{i-1} with w_i > 0; with all signs
   multiplied by sign(c_i) one gets, of each pair of them and their opposites, the one with h_0 > 0. The argument is
   in docs/enumeration.md. On the cell a form h in F_l but not in F_{l-1}, h = a_1 h_{b_1} + .. + a_l h_{b_l}, has
   the sign of a_l c_l.

   The walk goes depth-first through b_1 > b_2 > .. with an Edmonds tableau: every form in the basis h_{b_1}, ..,
   h_{b_l}, h_0 and i - 1 - l coordinates of V_i, scaled by the determinant d > 0. The last flat but one is a line;
   its vertices are h_j = 0 for j < b_{i-2}, where the sign of form k is that of q_k p_j - p_k q_j, times that of
   p_j. */
#ifndef RELUCERT_ARRANGEMENT_VERTEX_H
#define RELUCERT_ARRANGEMENT_VERTEX_H

#include <flint/fmpz_mat.h>

#include "arrangement/vertex-kernel.h"
#include "relucert/enumeration.h"

/* How the entries of the tableau, minors of the forms, are held in doubles: integers whose products are exact, integers
   that are exact, or approximations with a proved bound of their error. */
typedef enum { RC_RUNG_SMALL, RC_RUNG_MEDIUM, RC_RUNG_APPROXIMATE } rc_rung;

/* One level of the flag. Row 0 of the tableau is the objective w_i, row k >= 1 is form k; h_0 is column 0. */
typedef struct {
    slong dim;           /* i */
    slong n;             /* forms */
    slong slots;         /* n, rounded up to a multiple of RC_KERNEL_BLOCK */
    slong words;         /* of a mask of n bits */
    rc_rung rung;
    fmpz_mat_t basis;    /* r x dim: a basis of the lattice V_i, in columns */
    fmpz_mat_t objective;/* (dim + 1) x dim: w_i and what breaks its ties, in the coordinates of `basis` */
    fmpz_mat_t exact;    /* (n + dim) x dim: the first tableau: w_i, forms 1 .. n - 1, then the other objectives */
    fmpz_t det;          /* its determinant */
    double *table;       /* dim columns of `slots` doubles: rows 0 .. n - 1 */
    double first_det;    /* of `table`, without error */
    double *peak, *error;/* of each column of `table`: largest absolute value, bound of the error */
    slong prefix;        /* a unit is a node of this depth, */
    slong units;
    int32_t *path;       /* b_1 .. b_prefix for each */
} rc_level_struct;

typedef struct {
    slong n, rank;
    fmpz_mat_t forms;    /* n x rank */
    rc_level_struct *level; /* [1 .. rank]; those above `open` are as they will stay */
    slong open;          /* the lowest level that is set up */
    const rc_kernel *kernel;
    ulong seed;
    int objective_bits;
    slong sweep_rows;    /* from so many forms on a line is swept, if an eighth of its crossings or more are wanted */
} rc_vertex_struct;
typedef rc_vertex_struct rc_vertex_t[1];

/* forms: n x rank of full rank, no two rows proportional, no row zero; copied. objective_bits: of the flag's random
   coefficients (20 is a good number; few make ties likely, which tests want). */
void rc_vertex_init(rc_vertex_t V, const fmpz_mat_t forms, int objective_bits, const rc_kernel *kernel);
void rc_vertex_clear(rc_vertex_t V);

/* Units of a level that is open. Levels are done from `rank` down to 1; level i - 1 needs rc_vertex_close of level
   i, with the number of ties that its units met: then w_i is replaced by a form that has the signs the walk took. */
slong rc_vertex_units(const rc_vertex_t V, slong level);
void rc_vertex_close(rc_vertex_t V, slong level, size_t ties);

/* Appends the cells of a unit to the batch (its words and rank are those of this matroid). False when `limits` stopped
   it. Thread-safe. */
bool rc_vertex_unit(rc_batch_t batch, const rc_vertex_t V, slong level, slong unit, bool bases, rc_limits *limits);

/* Room for `more` further cells. */
void rc_batch_reserve(rc_batch_t batch, size_t more);

/* ---- inside the engine ---- */

/* One node of the walk: the flat of b_1 .. b_depth. */
typedef struct {
    double *table;          /* dim columns of `slots`; those of basis forms are kept for rows < b only */
    double *peak, *error;   /* of each column: the largest absolute value of its rows, a bound of their errors */
    uint64_t *live;         /* rows 1 .. n - 1 that are not in the flat */
    uint64_t *plus, *minus; /* rows new in the flat with a_depth > 0, < 0; */
    uint64_t *both;         /* all of them */
    double det, det_error;
    slong b;                /* b_depth; n at the root */
    slong column;           /* of h_b */
    int flip;               /* sign of the pivot */
    bool exact_valid;       /* of the following */
    fmpz *pivot;            /* row b before the pivot, exact */
    fmpz_t exact_det;       /* determinant before the pivot */
} rc_node;

typedef struct {
    const rc_vertex_struct *V;
    const rc_level_struct *L;
    rc_node *node;          /* [0 .. dim] */
    void *arena;            /* holds all of the following */
    bool *basic;            /* columns of basis forms and of h_0 */
    rc_batch_struct *batch;
    bool bases;
    rc_limits *limits;
    bool stopped;
    size_t unvisited;       /* cells since the last look at the limits */
    slong stride;           /* words between masks: at least RC_LINE_WORDS */
    uint64_t *mask;         /* scratch */
    rc_pivot job;           /* room for dim columns; */
    slong *job_column;      /* which they are */
    uint64_t *plus, *minus, *both; /* of all nodes, by depth */
    uint64_t *c_plus, *c_minus; /* of a line, by depth */
    fmpz *row[2];           /* exact rows at hand: */
    slong row_of[2];        /* of which row, -1 for none, */
    slong row_depth[2];     /* at which depth */
} rc_walk;

/* vertex-line.c: appends the cells of the vertices of the line at hand, that of the node of depth dim - 2. */
void rc_walk_line(rc_walk *W);

/* The paths of the nodes of the given depth: *path holds `depth` numbers for each, to be freed; returns how many,
   or -1 if there are more than `most`. */
slong rc_vertex_paths(int32_t **path, const rc_vertex_struct *V, const rc_level_struct *L, slong depth, slong most);

/* Signs when the filter cannot tell. Rows as in rc_level_struct.exact; depth = number of pivots done. */
int rc_exact_entry(rc_walk *W, slong depth, slong row, slong column);
/* Sign of  entry(k, q) entry(j, p) - entry(k, p) entry(j, q). */
int rc_exact_cross(rc_walk *W, slong depth, slong k, slong j, slong p, slong q);
/* Called when the node of this depth changes. */
void rc_exact_forget(rc_walk *W, slong depth);

#endif
