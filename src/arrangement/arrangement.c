#include "relucert/arrangement.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/matroid.h"
#include "arrangement/private.h"

void rc_arrangement_init(rc_arrangement_t arr)
{
    arr->d = 1;
    arr->affine = 0;
    arr->width = 1;
    arr->n = 0;
    fmpz_mat_init(arr->forms, 0, 1);
    arr->given = 0;
    arr->line = NULL;
    arr->side = NULL;
    fmpq_mat_init(arr->input, 0, 1);
}

void rc_arrangement_clear(rc_arrangement_t arr)
{
    fmpz_mat_clear(arr->forms);
    fmpq_mat_clear(arr->input);
    flint_free(arr->line);
    flint_free(arr->side);
}

static int compare_vectors(const fmpz *a, const fmpz *b, slong n)
{
    for (slong i = 0; i < n; i++) {
        int order = fmpz_cmp(a + i, b + i);
        if (order) return order;
    }
    return 0;
}

static bool is_line(const fmpz *u, slong width, slong d)
{
    slong i = 0;
    while (i < d && fmpz_is_zero(u + i)) i++;
    if (i == d || fmpz_sgn(u + i) < 0) return false;
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, u, width);
    bool primitive = fmpz_is_one(content);
    fmpz_clear(content);
    return primitive;
}

/* Is v = side * (positive factor) * u, u != 0? */
static bool is_multiple(const fmpq *v, const fmpz *u, slong width, int side)
{
    slong lead = 0;
    while (lead < width && fmpz_is_zero(u + lead)) lead++;
    fmpq_t factor, entry;
    fmpq_init(factor);
    fmpq_init(entry);
    fmpq_div_fmpz(factor, v + lead, u + lead);
    bool good = fmpq_sgn(factor) == side;
    for (slong i = 0; i < width && good; i++) {
        fmpq_mul_fmpz(entry, factor, u + i);
        good = fmpq_equal(entry, v + i);
    }
    fmpq_clear(factor);
    fmpq_clear(entry);
    return good;
}

bool rc_arrangement_is_valid(const rc_arrangement_t arr)
{
    slong d = arr->d, width = arr->width, n = arr->n;
    if (d < 0 || (arr->affine != 0 && arr->affine != 1) || width != d + arr->affine || n < 0) return false;
    if (fmpz_mat_nrows(arr->forms) != n || fmpz_mat_ncols(arr->forms) != width) return false;
    if (fmpq_mat_nrows(arr->input) != arr->given || fmpq_mat_ncols(arr->input) != width) return false;
    for (slong j = 0; j < n; j++) {
        if (!is_line(fmpz_mat_entry(arr->forms, j, 0), width, d)) return false;
        if (j && compare_vectors(fmpz_mat_entry(arr->forms, j - 1, 0), fmpz_mat_entry(arr->forms, j, 0), width) >= 0)
            return false;
    }
    for (slong i = 0; i < arr->given; i++) {
        const fmpq *v = fmpq_mat_entry(arr->input, i, 0);
        if (arr->line[i] < -1 || arr->line[i] >= n) return false;
        if (arr->line[i] >= 0) {
            if (!is_multiple(v, fmpz_mat_entry(arr->forms, arr->line[i], 0), width, arr->side[i])) return false;
            continue;
        }
        for (slong c = 0; c < d; c++)
            if (!fmpq_is_zero(v + c)) return false;
        if (arr->side[i] != (arr->affine ? fmpq_sgn(v + d) : 0)) return false;
    }
    return true;
}

typedef struct {
    fmpz *u;
    slong width;
    slong given;
} line_struct;

static int compare_lines(const void *left, const void *right)
{
    const line_struct *a = left, *b = right;
    int order = compare_vectors(a->u, b->u, a->width);
    return order ? order : (a->given > b->given) - (a->given < b->given);
}

static void set_shape(rc_arrangement_t arr, slong given, slong width, int affine)
{
    rc_arrangement_clear(arr);
    arr->affine = affine;
    arr->width = width;
    arr->d = width - affine;
    arr->given = given;
    arr->line = flint_malloc((size_t) (given + 1) * sizeof(slong));
    arr->side = flint_malloc((size_t) (given + 1) * sizeof(int));
    fmpq_mat_init(arr->input, given, width);
}

/* u = the primitive integer vector of v with positive first non-zero entry; returns the sign of the factor. */
static int set_line(fmpz *u, const fmpq *v, slong width)
{
    fmpz_t den;
    fmpz_init(den);
    _fmpq_vec_get_fmpz_vec_fmpz(u, den, v, width);
    fmpz_clear(den);
    return rc_make_primitive(u, width);
}

void rc_arrangement_set_forms(rc_arrangement_t arr, const fmpq_mat_t forms, int affine)
{
    slong given = fmpq_mat_nrows(forms), width = fmpq_mat_ncols(forms), d = width - affine;
    fmpq_mat_t input;
    fmpq_mat_init_set(input, forms);
    set_shape(arr, given, width, affine);
    fmpq_mat_swap(arr->input, input);
    fmpq_mat_clear(input);

    line_struct *lines = flint_malloc((size_t) (given + 1) * sizeof(line_struct));
    fmpz *u = _fmpz_vec_init(given * width);
    slong count = 0;
    for (slong i = 0; i < given; i++) {
        const fmpq *v = fmpq_mat_entry(arr->input, i, 0);
        bool linear = false;
        for (slong c = 0; c < d && !linear; c++) linear = !fmpq_is_zero(v + c);
        arr->line[i] = -1;
        arr->side[i] = affine && !linear ? fmpq_sgn(v + d) : 0;
        if (!linear) continue;
        lines[count] = (line_struct) {u + i * width, width, i};
        arr->side[i] = set_line(lines[count++].u, v, width);
    }
    if (count) qsort(lines, (size_t) count, sizeof(line_struct), compare_lines);
    slong n = 0;
    for (slong k = 0; k < count; k++) {
        if (k == 0 || compare_vectors(lines[k - 1].u, lines[k].u, width) != 0) n++;
        arr->line[lines[k].given] = n - 1;
    }
    arr->n = n;
    fmpz_mat_init(arr->forms, n, width);
    for (slong k = 0; k < count; k++)
        _fmpz_vec_set(fmpz_mat_entry(arr->forms, arr->line[lines[k].given], 0), lines[k].u, width);
    _fmpz_vec_clear(u, given * width);
    flint_free(lines);
}

void rc_arrangement_set_lines(rc_arrangement_t arr, const fmpz_mat_t lines, int affine)
{
    slong n = fmpz_mat_nrows(lines), width = fmpz_mat_ncols(lines);
    fmpz_mat_t forms;
    fmpz_mat_init_set(forms, lines);
    set_shape(arr, n, width, affine);
    arr->n = n;
    fmpz_mat_init(arr->forms, 0, 0);
    fmpz_mat_swap(arr->forms, forms);
    fmpz_mat_clear(forms);
    for (slong j = 0; j < n; j++) {
        arr->line[j] = j;
        arr->side[j] = 1;
        for (slong c = 0; c < width; c++)
            fmpq_set_fmpz(fmpq_mat_entry(arr->input, j, c), fmpz_mat_entry(arr->forms, j, c));
    }
}

slong rc_arrangement_rank(const rc_arrangement_t arr)
{
    slong room = FLINT_MIN(arr->n, arr->d);
    slong *basis = flint_malloc((size_t) (2 * room + 1) * sizeof(slong));
    fmpz_mat_t linear;
    fmpz_mat_init(linear, arr->n, arr->d);
    for (slong j = 0; j < arr->n; j++)
        for (slong c = 0; c < arr->d; c++)
            fmpz_set(fmpz_mat_entry(linear, j, c), fmpz_mat_entry(arr->forms, j, c));
    slong rank = rc_matroid_basis(basis, basis + room, linear);
    fmpz_mat_clear(linear);
    flint_free(basis);
    return rank;
}

void rc_arrangement_matroid(fmpz_mat_t M, const rc_arrangement_t arr)
{
    fmpz_mat_init(M, arr->n + arr->affine, arr->width);
    for (slong j = 0; j < arr->n; j++)
        for (slong c = 0; c < arr->width; c++) fmpz_set(fmpz_mat_entry(M, j, c), fmpz_mat_entry(arr->forms, j, c));
    if (arr->affine) fmpz_one(fmpz_mat_entry(M, arr->n, arr->d));
}

void rc_arrangement_components(slong *part, slong *count, const rc_arrangement_t arr)
{
    fmpz_mat_t M;
    rc_arrangement_matroid(M, arr);
    *count = rc_matroid_components(part, M);
    fmpz_mat_clear(M);
}
