/* Data as NumPy arrays (.npy, format versions 1 to 3): doubles, floats, integers and booleans, in either byte order. */
#include <flint/fmpq.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dataset-private.h"
#include "relucert/surd.h"

typedef struct {
    char kind; /* 'f', 'i', 'u', 'b' */
    size_t bytes;
    bool big;     /* the high byte comes first */
    bool fortran; /* columns one after the other */
    slong rows, columns;
    size_t start; /* of the entries */
} npy;

static uint64_t word(const unsigned char *p, size_t bytes, bool big)
{
    uint64_t w = 0;
    for (size_t k = 0; k < bytes; k++) w = w << 8 | p[big ? k : bytes - 1 - k];
    return w;
}

/* What follows 'key': in the header, a Python dictionary of three entries; NULL if it is not there. */
static const char *header_value(const char *header, const char *key)
{
    const char *p = strstr(header, key);
    if (p == NULL) return NULL;
    p += strlen(key);
    p += strspn(p, " ");
    if (*p++ != ':') return NULL;
    return p + strspn(p, " ");
}

static bool read_shape(npy *a, const char *p)
{
    slong size[2] = {0, 1};
    int count = 0;
    if (*p++ != '(') return false;
    for (p += strspn(p, " "); *p != ')'; p += strspn(p, " ,")) {
        size_t digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 12 || count == 2) return false;
        size[count++] = (slong) strtoll(p, NULL, 10);
        p += digits;
    }
    a->rows = size[0];
    a->columns = size[1];
    return count > 0 && a->rows > 0 && a->columns > 0;
}

/* "'<f8'" */
static bool read_type(npy *a, const char *p)
{
    static const char *const known[] = {"f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"};
    if (*p++ != '\'' || strchr("<>|=", *p) == NULL) return false;
    a->big = *p++ == '>';
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (strncmp(p, known[k], 2) != 0 || p[2] != '\'') continue;
        a->kind = p[0];
        a->bytes = (size_t) (p[1] - '0');
        return true;
    }
    return false;
}

static rc_status read_header(npy *a, const char *bytes, size_t size, const char *path, rc_error_struct *err)
{
    const unsigned char *u = (const unsigned char *) bytes;
    size_t head = size > 6 && u[6] == 1 ? 10 : 12;
    if (size < head || memcmp(bytes, "\x93NUMPY", 6) != 0 || u[6] < 1 || u[6] > 3) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: no NumPy array (.npy, version 1 to 3)", path);
    }
    uint64_t length = word(u + 8, head - 8, false);
    if (length > size - head) return rc_error_set(err, RC_BAD_INPUT, "%.200s: truncated", path);
    char *header = malloc(length + 1);
    if (header == NULL) flint_abort();
    memcpy(header, bytes + head, length);
    header[length] = '\0';
    const char *type = header_value(header, "'descr'"), *order = header_value(header, "'fortran_order'");
    const char *shape = header_value(header, "'shape'");
    rc_status status = RC_OK;
    if (type == NULL || !read_type(a, type)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: the entries are no floats, integers or booleans: %.40s", path,
                              type ? type : "no descr");
    } else if (shape == NULL || !read_shape(a, shape)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: expected one or two dimensions, none empty: %.40s", path,
                              shape ? shape : "no shape");
    } else if (order == NULL || (strncmp(order, "True", 4) != 0 && strncmp(order, "False", 5) != 0)) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: no fortran_order", path);
    } else {
        a->fortran = order[0] == 'T';
        a->start = head + length;
    }
    free(header);
    return status;
}

/* The bytes of an IEEE number as a double; a float is one exactly. */
static double get_double(uint64_t w, size_t bytes)
{
    double value;
    float single;
    uint32_t low = (uint32_t) w;
    memcpy(&value, &w, sizeof value);
    memcpy(&single, &low, sizeof single);
    return bytes == 8 ? value : (double) single;
}

/* False if the number is not finite. */
static bool get_entry(fmpq_t x, const npy *a, const unsigned char *p)
{
    uint64_t w = word(p, a->bytes, a->big), sign = (uint64_t) 1 << (8 * a->bytes - 1);
    if (a->kind == 'f') {
        double value = get_double(w, a->bytes);
        if (!isfinite(value)) return false;
        rc_fmpq_set_d(x, value);
        return true;
    }
    fmpz_one(fmpq_denref(x));
    fmpz_set_ui(fmpq_numref(x), w);
    if (a->kind == 'i' && (w & sign)) {
        fmpz_sub_ui(fmpq_numref(x), fmpq_numref(x), sign);
        fmpz_sub_ui(fmpq_numref(x), fmpq_numref(x), sign);
    }
    return true;
}

rc_status rc_dataset_read_npy(fmpq_mat_t M, const char *path, rc_error_struct *err)
{
    char *bytes;
    size_t size;
    npy a = {0};
    rc_status status = rc_dataset_slurp(&bytes, &size, path, err);
    if (status != RC_OK) return status;
    status = read_header(&a, bytes, size, path, err);
    if (status == RC_OK) {
        size_t room = (size - a.start) / a.bytes;
        if ((size_t) a.rows > room || (size_t) a.columns != room / (size_t) a.rows ||
            (size_t) a.rows * (size_t) a.columns * a.bytes != size - a.start) {
            status = rc_error_set(err, RC_BAD_INPUT, "%.200s: %zu bytes of entries, expected %ld x %ld of %zu", path,
                                  size - a.start, (long) a.rows, (long) a.columns, a.bytes);
        }
    }
    if (status == RC_OK) rc_table_shape(M, a.rows, a.columns);
    for (slong j = 0; status == RC_OK && j < a.rows; j++) {
        for (slong k = 0; status == RC_OK && k < a.columns; k++) {
            size_t at = (size_t) (a.fortran ? k * a.rows + j : j * a.columns + k);
            const unsigned char *p = (const unsigned char *) bytes + a.start + at * a.bytes;
            if (!get_entry(fmpq_mat_entry(M, j, k), &a, p)) {
                status = rc_error_set(err, RC_BAD_INPUT, "%.200s: row %ld, column %ld is not finite", path,
                                      (long) j + 1, (long) k + 1);
            }
        }
    }
    free(bytes);
    return status;
}
