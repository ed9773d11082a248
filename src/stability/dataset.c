/* Datasets: the object, and which format a name stands for. */
#include "relucert/dataset.h"

#include <errno.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset-private.h"
#include "relucert/read.h"

/* Bits of all entries over the common denominator, at most: 2 GB. */
#define MAX_BITS 17179869184.0

void rc_dataset_init(rc_dataset_t data)
{
    data->n = data->d = 1;
    fmpz_mat_init(data->x, 1, 1);
    fmpz_init_set_ui(data->den, 1);
    data->labelled = false;
    data->y = _fmpq_vec_init(1);
}

void rc_dataset_clear(rc_dataset_t data)
{
    _fmpq_vec_clear(data->y, data->n);
    fmpz_clear(data->den);
    fmpz_mat_clear(data->x);
}

void rc_dataset_swap(rc_dataset_t a, rc_dataset_t b)
{
    rc_dataset_struct c = *a;
    *a = *b;
    *b = c;
}

void rc_dataset_set_fmpq_mat(rc_dataset_t data, const fmpq_mat_t x, const fmpq_mat_struct *y)
{
    slong n = fmpq_mat_nrows(x), d = fmpq_mat_ncols(x);
    rc_dataset_clear(data);
    data->n = n;
    data->d = d;
    fmpz_mat_init(data->x, n, d);
    fmpz_init(data->den);
    fmpq_mat_get_fmpz_mat_matwise(data->x, data->den, x);
    data->labelled = y != NULL;
    data->y = _fmpq_vec_init(n);
    for (slong j = 0; j < n && y; j++) fmpq_set(data->y + j, fmpq_mat_entry(y, j, 0));
}

void rc_table_shape(fmpq_mat_t dst, slong rows, slong columns)
{
    fmpq_mat_clear(dst);
    fmpq_mat_init(dst, rows, columns);
}

static rc_status read_failed(const char *path, rc_error_struct *err)
{
    return rc_error_set(err, RC_IO, "%.200s: %s", path, errno ? strerror(errno) : "cannot be read");
}

rc_status rc_dataset_slurp(char **bytes, size_t *size, const char *path, rc_error_struct *err)
{
    errno = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return read_failed(path, err);
    size_t room = 1 << 16;
    char *text = malloc(room + 1);
    if (text == NULL) flint_abort();
    *size = 0;
    for (;;) {
        size_t got = fread(text + *size, 1, room - *size, file);
        *size += got;
        if (got == 0) break;
        if (*size == room) {
            room *= 2;
            text = realloc(text, room + 1);
            if (text == NULL) flint_abort();
        }
    }
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) {
        free(text);
        return read_failed(path, err);
    }
    text[*size] = '\0';
    *bytes = text;
    return RC_OK;
}

static rc_status read_row(fmpq_mat_t M, slong j, const json_t *list, const char *place, rc_error_struct *err)
{
    slong d = fmpq_mat_ncols(M);
    if (d == 1 && !json_is_array(list)) return rc_read_fmpq(fmpq_mat_entry(M, j, 0), list, NULL, place, err);
    if (!json_is_array(list) || (slong) json_array_size(list) != d) {
        return rc_error_set(err, RC_BAD_INPUT, "%s: expected a list of %ld numbers, found %ld", place, (long) d,
                            json_is_array(list) ? (long) json_array_size(list) : 0L);
    }
    for (slong k = 0; k < d; k++) {
        char entry[400];
        snprintf(entry, sizeof entry, "%.350s, entry %ld", place, (long) k + 1);
        rc_status status = rc_read_fmpq(fmpq_mat_entry(M, j, k), json_array_get(list, (size_t) k), NULL, entry, err);
        if (status != RC_OK) return status;
    }
    return RC_OK;
}

static rc_status read_list(fmpq_mat_t M, const json_t *list, slong columns, const char *path, const char *key,
                           rc_error_struct *err)
{
    if (!json_is_array(list) || json_array_size(list) == 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: %s: expected a list that is not empty", path, key);
    }
    rc_table_shape(M, (slong) json_array_size(list), columns);
    for (slong j = 0; j < fmpq_mat_nrows(M); j++) {
        char place[300];
        snprintf(place, sizeof place, "%.200s: %s %ld", path, key, (long) j + 1);
        rc_status status = read_row(M, j, json_array_get(list, (size_t) j), place, err);
        if (status != RC_OK) return status;
    }
    return RC_OK;
}

rc_status rc_dataset_read_json(rc_table *table, const char *path, slong d, rc_error_struct *err)
{
    json_t *doc;
    rc_status status = rc_read_file(&doc, path, err);
    if (status != RC_OK) return status;
    const char *key;
    json_t *value;
    if (!json_is_object(doc)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: expected an object {\"x\": [[...], ...], \"y\": [...]}", path);
    }
    json_object_foreach(doc, key, value)
    {
        if (status == RC_OK && strcmp(key, "x") != 0 && strcmp(key, "y") != 0) {
            status = rc_error_set(err, RC_BAD_INPUT, "%.200s: unknown key \"%.60s\" (data have \"x\" and \"y\")", path,
                                  key);
        }
    }
    if (status == RC_OK) status = read_list(table->x, json_object_get(doc, "x"), d, path, "x", err);
    if (status == RC_OK && json_object_get(doc, "y")) {
        status = read_list(table->y, json_object_get(doc, "y"), 1, path, "y", err);
    }
    json_decref(doc);
    return status;
}

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n > k && strcmp(text + n - k, end) == 0;
}

/* "X.npy:Y.npy" or "X.npy". */
static rc_status read_npy_pair(rc_table *table, const char *argument, rc_error_struct *err)
{
    const char *colon = strstr(argument, ".npy:");
    if (colon == NULL) return rc_dataset_read_npy(table->x, argument, err);
    size_t length = (size_t) (colon - argument) + 4;
    char *points = malloc(length + 1);
    if (points == NULL) flint_abort();
    memcpy(points, argument, length);
    points[length] = '\0';
    rc_status status = rc_dataset_read_npy(table->x, points, err);
    free(points);
    return status != RC_OK ? status : rc_dataset_read_npy(table->y, colon + 5, err);
}

/* The common denominator of all entries has about as many bits as the largest numerator and denominator together. */
static rc_status check_size(const fmpq_mat_t x, const char *argument, rc_error_struct *err)
{
    slong bits = 0;
    fmpz_t den;
    fmpz_init_set_ui(den, 1);
    rc_status status = RC_OK;
    for (slong j = 0; j < fmpq_mat_nrows(x) && status == RC_OK; j++) {
        for (slong k = 0; k < fmpq_mat_ncols(x) && status == RC_OK; k++) {
            const fmpq *v = fmpq_mat_entry(x, j, k);
            fmpz_lcm(den, den, fmpq_denref(v));
            slong b = (slong) fmpz_bits(fmpq_numref(v)) - (slong) fmpz_bits(fmpq_denref(v)) + 1;
            if (b > bits) bits = b;
            double all = (double) (bits + (slong) fmpz_bits(den)) * (double) fmpq_mat_nrows(x) *
                         (double) fmpq_mat_ncols(x);
            if (all > MAX_BITS) {
                status = rc_error_set(err, RC_BAD_INPUT,
                                      "%.200s: point %ld, entry %ld: numbers of so unlike size that over their common "
                                      "denominator all would need %.0f bits, more than %.0f",
                                      argument, (long) j + 1, (long) k + 1, all, MAX_BITS);
            }
        }
    }
    fmpz_clear(den);
    return status;
}

static rc_status check_shapes(const rc_table *table, const char *argument, slong d, bool labels, rc_error_struct *err)
{
    slong n = fmpq_mat_nrows(table->x), of_y = fmpq_mat_nrows(table->y);
    if (fmpq_mat_ncols(table->x) != d) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: the points have %ld coordinates, the network takes %ld",
                            argument, (long) fmpq_mat_ncols(table->x), (long) d);
    }
    if (of_y == 0) {
        return labels ? rc_error_set(err, RC_BAD_INPUT,
                                     "%.200s: no labels (\"y\", a last column, or X.npy:Y.npy); --labels own takes "
                                     "the network's own values",
                                     argument)
                      : RC_OK;
    }
    if (fmpq_mat_ncols(table->y) != 1 || of_y != n) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: %ld points, but %ld x %ld labels", argument, (long) n,
                            (long) of_y, (long) fmpq_mat_ncols(table->y));
    }
    return check_size(table->x, argument, err);
}

rc_status rc_dataset_load(rc_dataset_t data, const char *argument, slong d, bool labels, rc_error_struct *err)
{
    rc_table table;
    fmpq_mat_init(table.x, 0, 0);
    fmpq_mat_init(table.y, 0, 0);
    rc_status status;
    if (ends_in(argument, ".csv")) status = rc_dataset_read_csv(&table, argument, d, err);
    else if (ends_in(argument, ".npy")) status = read_npy_pair(&table, argument, err);
    else status = rc_dataset_read_json(&table, argument, d, err);
    if (status == RC_OK) status = check_shapes(&table, argument, d, labels, err);
    if (status == RC_OK) rc_dataset_set_fmpq_mat(data, table.x, fmpq_mat_nrows(table.y) > 0 ? table.y : NULL);
    fmpq_mat_clear(table.y);
    fmpq_mat_clear(table.x);
    return status;
}
