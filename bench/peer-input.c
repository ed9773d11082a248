/* A central arrangement in the form that another program reads.

       peer-input rows FILE        its rows, one a line
       peer-input lrs FILE         the zonotope  sum_j [-h_j, h_j]  by its inequalities, for lrs
       peer-input normaliz FILE    the same, for normaliz

   Proportional rows are merged and columns that depend on others left out: the arrangement is essential, of rank r in
   Q^r, and has the same number of cells. They are the vertices of the zonotope; its facets are

       |<c, x>| <= sum_j |<c, h_j>|    for c orthogonal to r - 1 independent rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <flint/fmpq_mat.h>
#include <flint/fmpz_vec.h>

#include "relucert/read.h"

typedef struct {
    fmpz_mat_t forms;   /* n x r */
    fmpz *normals;      /* facets x r, primitive, first non-zero entry positive, in any order, with repetitions */
    slong facets, alloc;
} zonotope;

/* The pivot columns of the forms. */
static void set_essential(fmpz_mat_t forms, const rc_arrangement_t arr)
{
    fmpz_mat_t R;
    fmpz_t den;
    fmpz_mat_init(R, arr->n, arr->width);
    fmpz_init(den);
    slong r = fmpz_mat_rref(R, den, arr->forms), column = 0;
    fmpz_mat_init(forms, arr->n, r);
    for (slong k = 0; k < r; k++, column++) {
        while (fmpz_is_zero(fmpz_mat_entry(R, k, column))) column++;
        for (slong j = 0; j < arr->n; j++) fmpz_set(fmpz_mat_entry(forms, j, k), fmpz_mat_entry(arr->forms, j, column));
    }
    fmpz_clear(den);
    fmpz_mat_clear(R);
}

/* c orthogonal to the chosen rows; false if they depend. */
static bool find_normal(fmpz *c, const fmpz_mat_t forms, const slong *chosen)
{
    slong r = forms->c;
    fmpz_mat_t M, N;
    fmpz_mat_init(M, r - 1, r);
    fmpz_mat_init(N, r, r);
    for (slong i = 0; i < r - 1; i++) _fmpz_vec_set(M->rows[i], forms->rows[chosen[i]], r);
    bool found = fmpz_mat_nullspace(N, M) == 1;
    if (found) {
        fmpz_t content;
        fmpz_init(content);
        for (slong k = 0; k < r; k++) fmpz_set(c + k, fmpz_mat_entry(N, k, 0));
        _fmpz_vec_content(content, c, r);
        slong k = 0;
        while (fmpz_is_zero(c + k)) k++;
        if (fmpz_sgn(c + k) < 0) fmpz_neg(content, content);
        _fmpz_vec_scalar_divexact_fmpz(c, c, r, content);
        fmpz_clear(content);
    }
    fmpz_mat_clear(N);
    fmpz_mat_clear(M);
    return found;
}

/* The next (r - 1)-subset in lexicographic order. */
static bool next_subset(slong *chosen, slong size, slong n)
{
    slong i = size - 1;
    while (i >= 0 && chosen[i] == n - size + i) i--;
    if (i < 0) return false;
    chosen[i]++;
    for (slong k = i + 1; k < size; k++) chosen[k] = chosen[k - 1] + 1;
    return true;
}

static slong compare_width;

static int compare(const void *a, const void *b)
{
    const fmpz *x = a, *y = b;
    for (slong k = 0; k < compare_width; k++) {
        int order = fmpz_cmp(x + k, y + k);
        if (order) return order;
    }
    return 0;
}

static void set_facets(zonotope *Z)
{
    slong n = Z->forms->r, r = Z->forms->c;
    slong *chosen = malloc((size_t) (r + 1) * sizeof *chosen);
    if (!chosen) abort();
    for (slong i = 0; i < r - 1; i++) chosen[i] = i;
    do {
        if (Z->facets == Z->alloc) {
            Z->alloc = 2 * Z->alloc + 1000;
            Z->normals = flint_realloc(Z->normals, (size_t) (Z->alloc * r) * sizeof(fmpz));
            memset(Z->normals + Z->facets * r, 0, (size_t) ((Z->alloc - Z->facets) * r) * sizeof(fmpz));
        }
        if (find_normal(Z->normals + Z->facets * r, Z->forms, chosen)) Z->facets++;
    } while (next_subset(chosen, r - 1, n));
    free(chosen);
    compare_width = r;
    qsort(Z->normals, (size_t) Z->facets, (size_t) r * sizeof(fmpz), compare);
}

static void put_vec(const fmpz *x, slong n)
{
    for (slong k = 0; k < n; k++) {
        if (k > 0) putchar(' ');
        fmpz_print(x + k);
    }
}

/* width + <c, x> >= 0: lrs wants the constant first, normaliz last. */
static void put_inequality(const fmpz *c, slong r, const fmpz_t width, bool constant_first)
{
    if (constant_first) fmpz_print(width), putchar(' ');
    put_vec(c, r);
    if (!constant_first) putchar(' '), fmpz_print(width);
    putchar('\n');
}

static void put_facets(zonotope *Z, bool lrs)
{
    slong n = Z->forms->r, r = Z->forms->c;
    fmpz_t width, value;
    fmpz_init(width);
    fmpz_init(value);
    for (slong f = 0; f < Z->facets; f++) {
        fmpz *c = Z->normals + f * r;
        if (f > 0 && compare(c, c - r) == 0) continue;
        fmpz_zero(width);
        for (slong j = 0; j < n; j++) {
            fmpz_zero(value);
            for (slong k = 0; k < r; k++) fmpz_addmul(value, c + k, fmpz_mat_entry(Z->forms, j, k));
            fmpz_abs(value, value);
            fmpz_add(width, width, value);
        }
        put_inequality(c, r, width, lrs);
        for (slong k = 0; k < r; k++) fmpz_neg(c + k, c + k);
        put_inequality(c, r, width, lrs);
        for (slong k = 0; k < r; k++) fmpz_neg(c + k, c + k);
    }
    fmpz_clear(value);
    fmpz_clear(width);
}

static slong distinct_facets(const zonotope *Z)
{
    slong r = Z->forms->c, count = 0;
    for (slong f = 0; f < Z->facets; f++) count += f == 0 || compare(Z->normals + f * r, Z->normals + (f - 1) * r) != 0;
    return 2 * count;
}

static void put_zonotope(const fmpz_mat_t forms, bool lrs)
{
    zonotope Z = {.normals = NULL};
    fmpz_mat_init_set(Z.forms, forms);
    set_facets(&Z);
    slong r = forms->c, facets = distinct_facets(&Z);
    if (lrs) printf("zonotope\nH-representation\nbegin\n%ld %ld rational\n", (long) facets, (long) r + 1);
    else printf("amb_space %ld\ninhom_inequalities %ld\n", (long) r, (long) facets);
    put_facets(&Z, lrs);
    puts(lrs ? "end" : "VerticesOfPolyhedron");
    _fmpz_vec_clear(Z.normals, Z.alloc * r);
    fmpz_mat_clear(Z.forms);
}

static void put_rows(const fmpz_mat_t forms)
{
    for (slong j = 0; j < forms->r; j++) {
        put_vec(forms->rows[j], forms->c);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || (strcmp(argv[1], "rows") && strcmp(argv[1], "lrs") && strcmp(argv[1], "normaliz"))) {
        fputs("usage: peer-input rows|lrs|normaliz FILE\n", stderr);
        return 2;
    }
    rc_error_t err;
    json_t *doc = NULL;
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    rc_status status = rc_read_file(&doc, argv[2], err);
    if (status == RC_OK) status = rc_read_arrangement(arr, doc, NULL, argv[2], err);
    if (status == RC_OK && arr->affine)
        status = rc_error_set(err, RC_BAD_INPUT, "%s: a central arrangement is expected", argv[2]);
    if (status == RC_OK) {
        fmpz_mat_t forms;
        set_essential(forms, arr);
        if (!strcmp(argv[1], "rows")) put_rows(forms);
        else put_zonotope(forms, !strcmp(argv[1], "lrs"));
        fmpz_mat_clear(forms);
    } else {
        fprintf(stderr, "peer-input: %s\n", err->message);
    }
    json_decref(doc);
    rc_arrangement_clear(arr);
    flint_cleanup();
    return status == RC_OK && fflush(stdout) == 0 ? 0 : 2;
}
