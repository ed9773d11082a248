/* The flag of the vertex engine: lattices V_i, objectives, first tableaus. */
#include <flint/fmpz_lll.h>
#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>

#include "arrangement/private.h"
#include "arrangement/vertex.h"

/* Units are the nodes of the least depth at which none can have more than FEW_CELLS cells, or there are
   ENOUGH_UNITS and none can have more than UNIT_CELLS, or there would be more than MOST_UNITS deeper. */
#define FEW_CELLS 2048
#define ENOUGH_UNITS 256
#define UNIT_CELLS (WORD(1) << 20)
#define MOST_UNITS (WORD(1) << 20)

/* m over k, at most WORD_MAX */
static slong binomial(slong m, slong k)
{
    if (k < 0 || k > m) return 0;
    if (k > m - k) k = m - k;
    slong value = 1;
    for (slong i = 1; i <= k; i++) {
        ulong high, low;
        umul_ppmm(high, low, (ulong) value, (ulong) (m - k + i));
        if (high || low > (ulong) WORD_MAX) return WORD_MAX;
        value = (slong) (low / (ulong) i);
    }
    return value;
}

#define LOWER_BITS 4
#define SWEEP_ROWS 768

static ulong next_random(ulong *state)
{
    ulong z = *state += UWORD(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UWORD(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UWORD(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- one level ---- */

/* sum of squares of the entries */
static void norm_squared(fmpz_t x, const fmpz *row, slong n)
{
    _fmpz_vec_dot(x, row, row, n);
}

static int compare_fmpz(const void *a, const void *b)
{
    return -fmpz_cmp(a, b);
}

/* forms, most: upper bounds of the absolute minors of the forms restricted to V_i, and of those with one row of
   objective number t (Hadamard: the product of the largest norms; all are at least 1). */
static void hadamard(fmpz_t forms, fmpz_t objective, const fmpz_mat_t H, const fmpz *w)
{
    slong n = fmpz_mat_nrows(H), dim = fmpz_mat_ncols(H);
    fmpz *norm = _fmpz_vec_init(n);
    for (slong k = 0; k < n; k++) norm_squared(norm + k, fmpz_mat_entry(H, k, 0), dim);
    qsort(norm, (size_t) n, sizeof *norm, compare_fmpz);
    norm_squared(objective, w, dim);
    fmpz_one(forms);
    for (slong k = 0; k < dim && k < n; k++) {
        fmpz_mul(forms, forms, norm + k);
        if (k + 1 < dim) fmpz_mul(objective, objective, norm + k);
    }
    fmpz_sqrt(forms, forms);
    fmpz_add_ui(forms, forms, 1);
    fmpz_sqrt(objective, objective);
    fmpz_add_ui(objective, objective, 1);
    _fmpz_vec_clear(norm, n);
}

static rc_rung choose_rung(const fmpz_mat_t H, const fmpz *w)
{
    fmpz_t forms, objective, product;
    fmpz_init(forms);
    fmpz_init(objective);
    fmpz_init(product);
    hadamard(forms, objective, H, w);
    fmpz_mul(product, forms, objective);
    rc_rung rung = RC_RUNG_APPROXIMATE;
    if (fmpz_bits(forms) <= 49 && fmpz_bits(objective) <= 49) {
        rung = RC_RUNG_MEDIUM;
        if (fmpz_bits(forms) <= 26 && fmpz_bits(product) <= 52) rung = RC_RUNG_SMALL;
    }
    fmpz_clear(forms);
    fmpz_clear(objective);
    fmpz_clear(product);
    return rung;
}

/* out = row with column 0 exchanged for h_0 = g, an Edmonds pivot of the tableau of determinant 1. */
static void exchange_first(fmpz *out, const fmpz *row, const fmpz *g, slong dim)
{
    for (slong o = 1; o < dim; o++) {
        fmpz_mul(out + o, row + o, g);
        fmpz_submul(out + o, row, g + o);
        if (fmpz_sgn(g) < 0) fmpz_neg(out + o, out + o);
    }
    fmpz_set(out, row);
    if (fmpz_sgn(g) < 0) fmpz_neg(out, out);
}

/* Entries as doubles; when approximate, rows and then columns are scaled by powers of 2 to at most 1. A row times a
   positive number is a form times that number, a column a coordinate divided by it; no sign changes anywhere. */
static void set_table(rc_level_struct *L)
{
    slong n = L->n, dim = L->dim;
    size_t bytes = (size_t) (dim * L->slots) * sizeof(double);
    L->table = aligned_alloc(64, FLINT_MAX(bytes, 64));
    if (!L->table) flint_abort();
    for (slong s = 0; s < dim * L->slots; s++) L->table[s] = 0;
    L->peak = flint_calloc((size_t) (2 * dim), sizeof(double));
    L->error = L->peak + dim;
    bool approximate = L->rung == RC_RUNG_APPROXIMATE;
    slong *exponent = flint_malloc((size_t) (n * dim) * sizeof(slong));
    slong *column = flint_malloc((size_t) dim * sizeof(slong));
    for (slong o = 0; o < dim; o++) column[o] = approximate ? WORD_MIN : 0;
    for (slong k = 0; k < n; k++) {
        const fmpz *row = fmpz_mat_entry(L->exact, k, 0);
        slong scale = approximate ? FLINT_ABS(_fmpz_vec_max_bits(row, dim)) : 0;
        for (slong o = 0; o < dim; o++) {
            L->table[o * L->slots + k] = fmpz_get_d_2exp(exponent + k * dim + o, row + o);
            exponent[k * dim + o] -= scale;
            if (approximate && !fmpz_is_zero(row + o)) column[o] = FLINT_MAX(column[o], exponent[k * dim + o]);
        }
    }
    for (slong o = 0; o < dim; o++) {
        for (slong k = 0; k < n; k++) {
            double *x = L->table + o * L->slots + k;
            slong e = *x == 0 ? 0 : exponent[k * dim + o] - column[o];
            *x = e < -1000 ? 0 : ldexp(*x, (int) e);
            L->peak[o] = fmax(L->peak[o], fabs(*x));
        }
        L->error[o] = approximate ? 0x1p-51 * L->peak[o] + 0x1p-900 : 0;
    }
    flint_free(exponent);
    flint_free(column);
    L->first_det = approximate ? 1 : fmpz_get_d(L->det);
}

static void choose_units(rc_vertex_struct *V, rc_level_struct *L)
{
    L->prefix = 0;
    L->units = 1;
    L->path = NULL;
    while (L->prefix < L->dim - 2) {
        slong most = binomial(L->n - 1 - L->prefix, L->dim - 1 - L->prefix);
        if (most <= FEW_CELLS || (L->units >= ENOUGH_UNITS && most <= UNIT_CELLS)) break;
        int32_t *path;
        slong units = rc_vertex_paths(&path, V, L, L->prefix + 1, MOST_UNITS);
        if (units < 0) break;
        flint_free(L->path);
        L->path = path;
        L->units = units;
        L->prefix++;
    }
}

/* Sets up level i, whose lattice basis is given (r x i; taken over). */
static void level_open(rc_vertex_struct *V, slong i, fmpz_mat_t basis)
{
    rc_level_struct *L = V->level + i;
    L->dim = i;
    L->n = V->n;
    L->slots = rc_kernel_length(V->n);
    L->words = (V->n + 63) / 64;
    fmpz_mat_init(L->basis, V->rank, i);
    fmpz_mat_swap(L->basis, basis);
    fmpz_mat_clear(basis);
    fmpz_mat_t H;
    fmpz_mat_init(H, V->n, i);
    fmpz_mat_mul(H, V->forms, L->basis);
    slong c = -1;
    for (slong o = 0; o < i; o++)
        if (!fmpz_is_zero(fmpz_mat_entry(H, 0, o))
            && (c < 0 || fmpz_cmpabs(fmpz_mat_entry(H, 0, o), fmpz_mat_entry(H, 0, c)) < 0))
            c = o;
    fmpz_mat_swap_cols(L->basis, NULL, 0, c);
    fmpz_mat_swap_cols(H, NULL, 0, c);
    fmpz_t content;
    fmpz_init(content);
    for (slong k = 0; k < V->n; k++) {
        fmpz *row = fmpz_mat_entry(H, k, 0);
        _fmpz_vec_content(content, row, i);
        _fmpz_vec_scalar_divexact_fmpz(row, row, i, content);
    }
    fmpz_clear(content);
    fmpz_mat_init(L->objective, i + 1, i);
    /* Rays of V_i, i < r, have large coordinates: few bits make a tie as unlikely there. */
    int bits = i == V->rank ? V->objective_bits : FLINT_MIN(V->objective_bits, LOWER_BITS);
    ulong state = V->seed + (ulong) i;
    for (slong o = 0; o < i; o++) {
        slong x = 1 + (slong) (next_random(&state) >> (64 - bits));
        fmpz_set_si(fmpz_mat_entry(L->objective, 0, o), next_random(&state) >> 63 ? x : -x);
        fmpz_one(fmpz_mat_entry(L->objective, o + 1, o));
    }
    fmpz_mat_init(L->exact, V->n + i, i);
    const fmpz *g = fmpz_mat_entry(H, 0, 0);
    for (slong k = 0; k < V->n + i; k++) {
        const fmpz *row = k == 0       ? fmpz_mat_entry(L->objective, 0, 0)
                          : k < V->n ? fmpz_mat_entry(H, k, 0)
                                     : fmpz_mat_entry(L->objective, k - V->n + 1, 0);
        exchange_first(fmpz_mat_entry(L->exact, k, 0), row, g, i);
    }
    fmpz_init(L->det);
    fmpz_abs(L->det, g);
    L->rung = choose_rung(H, fmpz_mat_entry(L->objective, 0, 0));
    fmpz_mat_clear(H);
    set_table(L);
    choose_units(V, L);
    V->open = i;
}

static void level_clear(rc_level_struct *L)
{
    fmpz_mat_clear(L->basis);
    fmpz_mat_clear(L->objective);
    fmpz_mat_clear(L->exact);
    fmpz_clear(L->det);
    free(L->table);
    flint_free(L->peak);
    flint_free(L->path);
}

/* ---- from level to level ---- */

/* w with the signs on all rays of w_0 + e w_1 + e^2 w_2 + .., e > 0 infinitesimal, for the objectives w_t of the level:
   sum M^(dim - t) w_t, where M exceeds four times all |w_t(x)| for rays x in primitive integers, whose entries are
   bounded by minors of the forms. */
static void lift_objective(rc_level_struct *L, const fmpz_mat_t forms)
{
    fmpz_mat_t H;
    fmpz_mat_init(H, fmpz_mat_nrows(forms), L->dim);
    fmpz_mat_mul(H, forms, L->basis);
    fmpz_t M, norm, most;
    fmpz_init(M);
    fmpz_init(norm);
    fmpz_init(most);
    for (slong t = 0; t <= L->dim; t++) {
        norm_squared(norm, fmpz_mat_entry(L->objective, t, 0), L->dim);
        if (fmpz_cmp(norm, most) > 0) fmpz_swap(norm, most);
    }
    hadamard(M, norm, H, fmpz_mat_entry(L->objective, 0, 0));
    fmpz_mul(M, M, most);
    fmpz_mul_ui(M, M, 4 * (ulong) L->dim);
    fmpz *w = fmpz_mat_entry(L->objective, 0, 0);
    for (slong t = 1; t <= L->dim; t++) {
        _fmpz_vec_scalar_mul_fmpz(w, w, L->dim, M);
        _fmpz_vec_add(w, w, fmpz_mat_entry(L->objective, t, 0), L->dim);
    }
    fmpz_clear(M);
    fmpz_clear(norm);
    fmpz_clear(most);
    fmpz_mat_clear(H);
}

/* Initializes K (n x (n - 1)): its columns are an LLL-reduced basis of {z in Z^n : <w, z> = 0}, w != 0. The rows of
   (I | C w) are reduced; for C large enough all but one end in 0. */
static void kernel_lattice(fmpz_mat_t K, const fmpz *w, slong n)
{
    fmpz_lll_t context;
    fmpz_lll_context_init_default(context);
    fmpz_mat_t B;
    fmpz_mat_init(B, n, n + 1);
    ulong bits = (ulong) FLINT_ABS(_fmpz_vec_max_bits(w, n)) + (ulong) n + 8;
    for (bool found = false; !found; bits *= 2) {
        fmpz_mat_zero(B);
        for (slong i = 0; i < n; i++) {
            fmpz_one(fmpz_mat_entry(B, i, i));
            fmpz_mul_2exp(fmpz_mat_entry(B, i, n), w + i, bits);
        }
        fmpz_lll(B, NULL, context);
        found = true;
        for (slong i = 0; i < n - 1; i++) found = found && fmpz_is_zero(fmpz_mat_entry(B, i, n));
    }
    fmpz_mat_init(K, n, n - 1);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n - 1; j++) fmpz_set(fmpz_mat_entry(K, i, j), fmpz_mat_entry(B, j, i));
    fmpz_mat_clear(B);
}

void rc_vertex_close(rc_vertex_t V, slong level, size_t ties)
{
    if (level <= 1 || level != V->open) return;
    rc_level_struct *L = V->level + level;
    if (ties > 0) lift_objective(L, V->forms);
    fmpz_mat_t K, basis;
    kernel_lattice(K, fmpz_mat_entry(L->objective, 0, 0), level);
    fmpz_mat_init(basis, V->rank, level - 1);
    fmpz_mat_mul(basis, L->basis, K);
    fmpz_mat_clear(K);
    level_open(V, level - 1, basis);
}

slong rc_vertex_units(const rc_vertex_t V, slong level)
{
    return V->level[level].units;
}

void rc_vertex_init(rc_vertex_t V, const fmpz_mat_t forms, int objective_bits, const rc_kernel *kernel)
{
    V->n = fmpz_mat_nrows(forms);
    V->rank = fmpz_mat_ncols(forms);
    V->kernel = kernel;
    V->objective_bits = objective_bits;
    V->seed = 1;
    V->sweep_rows = SWEEP_ROWS;
    fmpz_mat_init_set(V->forms, forms);
    V->level = flint_calloc((size_t) V->rank + 1, sizeof *V->level);
    fmpz_mat_t basis;
    fmpz_mat_init(basis, V->rank, V->rank);
    fmpz_mat_one(basis);
    level_open(V, V->rank, basis);
}

void rc_vertex_clear(rc_vertex_t V)
{
    for (slong i = V->open; i <= V->rank; i++) level_clear(V->level + i);
    flint_free(V->level);
    fmpz_mat_clear(V->forms);
}
