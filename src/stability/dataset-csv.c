/* Data as comma-separated values: a point a line, its label last. */
#include <flint/fmpq.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset-private.h"
#include "relucert/surd.h"

/* A decimal number or an integer, without blanks: x is the integer itself, or the nearest double. False for other
   texts; *finite tells whether it is within the doubles. */
static bool read_number(fmpq_t x, bool *finite, char *text)
{
    char *p = text + (*text == '-' || *text == '+');
    size_t digits = strspn(p, "0123456789");
    *finite = true;
    if (digits > 0 && p[digits] == '\0') {
        fmpz_one(fmpq_denref(x));
        return fmpz_set_str(fmpq_numref(x), *text == '+' ? text + 1 : text, 10) == 0;
    }
    if (strspn(p, "0123456789.eE+-") != strlen(p) || strpbrk(p, "0123456789") == NULL) return false;
    char *end;
    double value = strtod(text, &end);
    if (*end != '\0') return false;
    *finite = isfinite(value);
    if (*finite) rc_fmpq_set_d(x, value);
    return true;
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1])) text[--n] = '\0';
    return text;
}

/* The number of fields of a line, its commas replaced by NUL; field[k] for k < most. */
static slong split(char **field, slong most, char *line)
{
    slong count = 0;
    for (;;) {
        char *comma = strchr(line, ',');
        if (comma) *comma = '\0';
        if (count < most) field[count] = trim(line);
        count++;
        if (comma == NULL) return count;
        line = comma + 1;
    }
}

/* A line of names: no field is a number. */
static bool is_heading(char **field, slong count, fmpq_t x)
{
    bool finite;
    for (slong k = 0; k < count; k++) {
        if (read_number(x, &finite, field[k])) return false;
    }
    return true;
}

typedef struct {
    const char *path;
    slong d, width, rows, alloc;
    fmpq *entry; /* rows x width */
} csv;

static void add_row(csv *c)
{
    if (c->rows == c->alloc) {
        slong more = 2 * c->alloc + 16;
        c->entry = flint_realloc(c->entry, (size_t) (more * c->width) * sizeof(fmpq));
        for (slong i = c->alloc * c->width; i < more * c->width; i++) fmpq_init(c->entry + i);
        c->alloc = more;
    }
    c->rows++;
}

static rc_status read_line(csv *c, char *line, slong number, rc_error_struct *err)
{
    char **field = malloc((size_t) (c->d + 2) * sizeof *field);
    if (field == NULL) flint_abort();
    slong count = split(field, c->d + 2, line);
    rc_status status = RC_OK;
    fmpq_t x;
    fmpq_init(x);
    if (number == 1 && (count == c->d || count == c->d + 1) && is_heading(field, count, x)) goto done;
    if (c->width == 0 && (count == c->d || count == c->d + 1)) c->width = count;
    if (count != c->width) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: line %ld: expected %ld numbers, found %ld", c->path,
                              (long) number, (long) (c->width ? c->width : c->d + 1), (long) count);
        goto done;
    }
    add_row(c);
    for (slong k = 0; k < count && status == RC_OK; k++) {
        bool finite;
        if (!read_number(x, &finite, field[k])) {
            status = rc_error_set(err, RC_BAD_INPUT, "%.200s: line %ld, column %ld: \"%.60s\" is no finite number",
                                  c->path, (long) number, (long) k + 1, field[k]);
        } else if (!finite) {
            status = rc_error_set(err, RC_BAD_INPUT, "%.200s: line %ld, column %ld: %.60s is beyond the doubles",
                                  c->path, (long) number, (long) k + 1, field[k]);
        } else {
            fmpq_set(c->entry + (c->rows - 1) * c->width + k, x);
        }
    }
done:
    fmpq_clear(x);
    free(field);
    return status;
}

rc_status rc_dataset_read_csv(rc_table *table, const char *path, slong d, rc_error_struct *err)
{
    char *bytes;
    size_t size;
    rc_status status = rc_dataset_slurp(&bytes, &size, path, err);
    if (status != RC_OK) return status;
    if (strlen(bytes) != size) status = rc_error_set(err, RC_BAD_INPUT, "%.200s: a NUL byte in a text file", path);
    csv c = {path, d, 0, 0, 0, NULL};
    slong number = 0;
    for (char *line = bytes; line && status == RC_OK;) {
        char *end = strchr(line, '\n');
        if (end) *end = '\0';
        number++;
        if (*trim(line) != '\0') status = read_line(&c, line, number, err);
        line = end ? end + 1 : NULL;
    }
    if (status == RC_OK && c.rows == 0) status = rc_error_set(err, RC_BAD_INPUT, "%.200s: no data", path);
    if (status == RC_OK) {
        rc_table_shape(table->x, c.rows, d);
        if (c.width > d) rc_table_shape(table->y, c.rows, 1);
        for (slong j = 0; j < c.rows; j++) {
            for (slong k = 0; k < d; k++) fmpq_set(fmpq_mat_entry(table->x, j, k), c.entry + j * c.width + k);
            if (c.width > d) fmpq_set(fmpq_mat_entry(table->y, j, 0), c.entry + j * c.width + d);
        }
    }
    for (slong i = 0; i < c.alloc * c.width; i++) fmpq_clear(c.entry + i);
    flint_free(c.entry);
    free(bytes);
    return status;
}
