/* Inside the proofs about families: a claim, its networks and forms with functions of the parameters as entries, and
   what is looked for at one sample of the parameters. The rules proved are those of docs/certificate-format.md,
   section 7; what is found at the sample only proposes. */
#ifndef RC_FAMILY_IMPL_H
#define RC_FAMILY_IMPL_H

#include <flint/fmpz_mat.h>
#include <stdio.h>

#include "relucert/family.h"
#include "relucert/ratio.h"

typedef const rc_ratio *number;

/* One attempt on one box of parameters. `resisted` says what was not proved. */
typedef struct {
    rc_ring_t ring;
    rc_case_struct *c;
    const rc_claim_struct *claim; /* of a limit: the claim it is about */
    rc_limits *limits;
    char *resisted;
    FILE *out;                    /* the evidence */
} proof;

void *rc_family_alloc(size_t count, size_t size);
/* False; the first one is kept: "what", and, unless it is NULL, the line "x >= 0". */
bool rc_family_resist(proof *p, const char *what, number x);
void rc_family_put_number(proof *p, number x); /* as a JSON string */
void rc_family_put_x(proof *p, const number *x, slong d); /* {"x": [...]} */
/* The n numbers at the sample, the caller's until rc_family_clear_sample. */
rc_surd_struct *rc_family_sample(rc_ring_struct *ring, const number *x, slong n);
void rc_family_clear_sample(rc_surd_struct *v, slong n);

/* Networks without (w = d) and with biases (w = d + 1): a[i w + k], c[i D + p], out[p] (0 without biases). */
typedef struct {
    slong m, d, D, w;
    bool biases;
    number *a, *c, *out;
} network;

/* Network 0 or 1 of the claim. False (resisted) if an entry is no function without poles. */
bool rc_family_read_network(network *X, proof *p, slong which);
void rc_family_clear_network(network *X);
void rc_family_put_network(proof *p, const network *X); /* shallow ones */
/* DISTUPPER by a network. */
void rc_family_put_phi(proof *p, const network *phi, number bound);
/* 1, -1: a is a positive, negative multiple of b for all values; 0: not proved. Vectors of length w. */
int rc_family_direction(rc_ring_struct *ring, const number *a, const number *b, slong w);
/* Is a never a multiple of b? */
bool rc_family_apart(rc_ring_struct *ring, const number *a, const number *b, slong w);

/* f(x) = L x + sum over H = 1..K of gamma_H rho(<u_H, x>), row 0 of u being the form x_{d+1}. u[H w + k],
   gamma[H D + p], L[p w + k]; jump[H D w + i]; sure[H]: H is a hyperplane, and none of the others, for all values.
   sample: the lines as primitive integer rows at the sample; its row 0 is x_{d+1} (0 without biases). */
typedef struct {
    rc_ring_struct *ring;
    slong d, D, w, K;
    bool biases, sampled;
    number *u, *gamma, *L, *jump;
    bool *sure;
    fmpz_mat_t sample;
} form;

/* Of R(X) - R(Y) (R(X), if Y is NULL); of all their lines without values, for D = 0 (lines). */
void rc_family_init_form(form *f, rc_ring_struct *ring, const network *X, const network *Y, bool lines);
void rc_family_clear_form(form *f);
bool rc_family_all_sure(const form *f);
/* x[0..w-1] = a point (the last 1, with biases) that is on side s[H] of H for all values and all H = 1..K; false if none is
   found. s[H] = 0: either side. */
bool rc_family_lift_point(number *x, const form *f, const signed char *s);
/* l[0..count-1] > 0 with sum l_i s_i u_{H_i} = 0 for all values, for the hyperplanes of a Farkas vector at the sample. */
bool rc_family_lift_farkas(number *l, const form *f, const slong *H, const signed char *s, slong count);
/* The next n increasing numbers of first..last; false after the last ones. */
bool rc_family_next_subset(slong *subset, slong n, slong first, slong last);
/* Solves sum_i l_i rows_i[k] = target[k] for k in columns[0..n-1], n rows, by Cramer's rule; false if the determinant is
   not proved to keep a sign. */
bool rc_family_solve(number *l, rc_ring_struct *ring, const number *const *rows, const number *target, const slong *columns, slong n);
number rc_family_determinant(rc_ring_struct *ring, const number *const *rows, const slong *columns, slong n);

struct rc_region_struct;
/* Writes the Farkas vector of R's refused restriction, the sides being those of the path; false if it is not lifted. */
bool rc_family_put_empty(proof *p, const form *f, const signed char *side, const struct rc_region_struct *R);

/* Is the number as the caller wants it? For bounds of semi-norms. *line, if it is set, is a line >= 0 that resisted. */
typedef bool (*goal)(void *context, number x, number *line);

/* COMPONENTS: one part. */
void rc_family_put_components(proof *p, const form *f);

/* Writes LOWER: a point with an entry of +- the gradient that meets the goal; or UPPER: bounds that all meet it. */
bool rc_family_put_lower(proof *p, const form *f, goal meets, void *context);
bool rc_family_put_upper(proof *p, const form *f, goal meets, void *context);
bool rc_family_put_box_lower(proof *p, const form *f, number B, goal meets, void *context);
bool rc_family_put_box_upper(proof *p, const form *f, number B, number M);
/* The point at which f is not 0. */
bool rc_family_put_point(proof *p, const form *f);

/* DISTLOWER with bound t, DISTUPPER with bound t. */
bool rc_family_put_distance_lower(proof *p, const network *X, const form *g, number t);
bool rc_family_put_distance_upper(proof *p, const network *X, const network *Y, const form *g, number t);
/* The same for a parametrization that is fitted to those at some values of the only integer that varies. */
bool rc_family_put_fitted(proof *p, const network *X, const network *Y, number t);
/* The places of n rows in n columns that near[i n + j] allows; false if there are none. */
bool rc_family_match(slong *place, const bool *near, slong n);
void rc_family_put_indices(proof *p, const bool *member, slong n);

/* The networks of a claim, and the form of R(X) - R(Y) (R(X), if there is one); swapped: of R(Y) - R(X). */
typedef struct {
    network X, Y;
    form f;
} claim_pair;

bool rc_family_read_pair(claim_pair *q, proof *p, bool swapped);
void rc_family_clear_pair(claim_pair *q);
/* |x|, or NULL if its sign is not known. */
number rc_family_absolute(rc_ring_struct *ring, number x);
/* Some +-x_i is >= (strictly: >) all |y_j|; for each |y_j| there is a +-x_i >= it. */
bool rc_family_dominates(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m, bool strict);
bool rc_family_covers(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m);
/* Indices of neurons of X and Y (i < j, if X is Y) that may be non-zero and sigma-proportional; false if there are none. */
bool rc_family_find_pair(rc_ring_struct *ring, const network *X, const network *Y, int sigma, slong *i, slong *j);

/* The kinds. Each writes the evidence's members after "kind"; false (resisted) if the claim is not proved. */
bool rc_family_prove_norms(proof *p);    /* equal, semi-norm, sup-norm */
bool rc_family_prove_cells(proof *p);
bool rc_family_prove_member(proof *p);
bool rc_family_prove_distance(proof *p); /* distance, unique */
bool rc_family_prove_stable(proof *p);   /* theorem-3.3, inverse-stable */
bool rc_family_prove_theorem_31(proof *p);
/* Is X in N' (N*, for star)? */
bool rc_family_is_member(proof *p, const network *X, bool star, const char *name);
/* equals, at-most, at-least, beta or s of the claim. */
number rc_family_value(proof *p);

#endif
