/* Data points with labels, exact: x_1, ..., x_n in Q^d and y_1, ..., y_n in Q. */
#ifndef RELUCERT_DATASET_H
#define RELUCERT_DATASET_H

#include <flint/fmpq_mat.h>
#include <flint/fmpz_mat.h>

#include "relucert/status.h"

/* Invariants: n, d >= 1; den > 0 is the least common denominator of all entries, x_j = row j of x over den; y has
   length n. `labelled` is false as long as nobody has given labels: y is 0 then. */
typedef struct {
    slong n, d;
    fmpz_mat_t x; /* n x d */
    fmpz_t den;
    bool labelled;
    fmpq *y;
} rc_dataset_struct;
typedef rc_dataset_struct rc_dataset_t[1];

void rc_dataset_init(rc_dataset_t data); /* one point, 0 in Q^1, without label */
void rc_dataset_clear(rc_dataset_t data);
void rc_dataset_swap(rc_dataset_t a, rc_dataset_t b);

/* The rows of x (n x d, n, d >= 1) with labels y (n x 1), or without (y NULL). */
void rc_dataset_set_fmpq_mat(rc_dataset_t data, const fmpq_mat_t x, const fmpq_mat_struct *y);

/* data = what `argument` names, points of Q^d:
     FILE.csv       a point a line, d + 1 numbers, the last of them its label (d without labels); one line of names may
                    come first;
     X.npy:Y.npy    NumPy arrays, n x d and n (or n x 1); X.npy alone has no labels; d = 1 allows n for n x 1;
     other          JSON {"x": [[...], ...], "y": [...]}; "-" is standard input.
   Integers and expressions in JSON are exact; a decimal is the nearest IEEE double, as trained numbers are. `labels`
   says that labels are needed; without, they are read where they are, and may be missing. RC_BAD_INPUT or RC_IO with
   one line naming file, point and entry: numbers that are not finite, ragged rows, a wrong number of labels, a
   dimension other than d, or so unlike exponents that the common denominator would not fit. */
rc_status rc_dataset_load(rc_dataset_t data, const char *argument, slong d, bool labels,
                          rc_error_struct *err) RC_MUST_USE;

#endif
