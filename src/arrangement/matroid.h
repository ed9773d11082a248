/* The linear matroid of the rows of an integer matrix: bases, rank, irreducible components. */
#ifndef RELUCERT_ARRANGEMENT_MATROID_H
#define RELUCERT_ARRANGEMENT_MATROID_H

#include <flint/fmpz_mat.h>

/* Returns the rank r of M; rows[0..r-1], cols[0..r-1] increasing with M[rows, cols] non-singular (both arrays need room
   for the smaller side of M). Elimination modulo a 61-bit prime proposes them and proves rank >= r; rank <= r is proved
   by the shape of M or, if r is less than both sides, by expressing the other rows exactly. */
slong rc_matroid_basis(slong *rows, slong *cols, const fmpz_mat_t M);

/* part[i] = component of row i, numbered from 0 by smallest member; returns their number. A zero row is a
   component of its own. Exact, as above. */
slong rc_matroid_components(slong *part, const fmpz_mat_t M);

#endif
