/* Inside the reading of data: the formats, and the matrices they fill. */
#ifndef RC_STABILITY_DATASET_PRIVATE_H
#define RC_STABILITY_DATASET_PRIVATE_H

#include "relucert/dataset.h"

/* What a file holds: points (rows x columns) and labels (rows x 1, or 0 x 0: none). Initialized by the caller. */
typedef struct {
    fmpq_mat_t x, y;
} rc_table;

/* The whole file, with a NUL behind it. The caller frees. */
rc_status rc_dataset_slurp(char **bytes, size_t *size, const char *path, rc_error_struct *err);
/* dst (initialized) becomes rows x columns zeros. */
void rc_table_shape(fmpq_mat_t dst, slong rows, slong columns);

rc_status rc_dataset_read_csv(rc_table *table, const char *path, slong d, rc_error_struct *err);
rc_status rc_dataset_read_npy(fmpq_mat_t M, const char *path, rc_error_struct *err);
rc_status rc_dataset_read_json(rc_table *table, const char *path, slong d, rc_error_struct *err);

#endif
