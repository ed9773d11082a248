/* Points of cells and Farkas vectors, found at the sample of the parameters and lifted to functions of them. */
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"
#include "relucert/region.h"

#define MAX_GRID 4000     /* points with small coordinates */
#define MAX_SUBSETS 20000 /* sets of hyperplanes among which rays are sought */
#define MAX_ORDER 7       /* of determinants */

bool rc_family_next_subset(slong *subset, slong n, slong first, slong last)
{
    slong i = n - 1;
    while (i >= 0 && subset[i] == last - (n - 1 - i)) i--;
    if (i < 0 || subset[i] < first) return false;
    for (subset[i]++; i + 1 < n; i++) subset[i + 1] = subset[i] + 1;
    return true;
}

/* Expansion along the first row. */
number rc_family_determinant(rc_ring_struct *ring, const number *const *rows, const slong *columns, slong n)
{
    if (n == 0) return rc_ratio_si(ring, 1);
    if (n == 1) return rows[0][columns[0]];
    number det = rc_ratio_si(ring, 0);
    slong *rest = rc_family_alloc((size_t) n, sizeof *rest);
    for (slong k = 0; k < n; k++) {
        number x = rows[0][columns[k]];
        if (rc_ratio_is_zero(ring, x)) continue;
        for (slong l = 0; l < n - 1; l++) rest[l] = columns[l + (l >= k)];
        x = rc_ratio_mul(ring, x, rc_family_determinant(ring, rows + 1, rest, n - 1));
        det = (k % 2 ? rc_ratio_sub : rc_ratio_add)(ring, det, x);
    }
    free(rest);
    return det;
}

bool rc_family_solve(number *l, rc_ring_struct *ring, const number *const *rows, const number *target,
                     const slong *columns, slong n)
{
    if (n > MAX_ORDER) return false;
    number det = rc_ratio_inv(ring, rc_family_determinant(ring, rows, columns, n));
    const number **other = rc_family_alloc((size_t) n, sizeof *other);
    memcpy(other, rows, (size_t) n * sizeof *other);
    bool good = det != NULL;
    for (slong i = 0; i < n && good; i++) {
        other[i] = target;
        l[i] = rc_ratio_mul(ring, det, rc_family_determinant(ring, other, columns, n));
        other[i] = rows[i];
    }
    free(other);
    return good;
}

/* Pivot columns of the given rows of the sample, `count` of them; their number. */
static slong pivots(slong *columns, const form *f, const slong *row, slong count)
{
    fmpz_mat_t A;
    fmpz_t den;
    fmpz_init(den);
    fmpz_mat_init(A, count, f->w);
    for (slong i = 0; i < count; i++) _fmpz_vec_set(A->rows[i], f->sample->rows[row[i]], f->w);
    slong rank = fmpz_mat_rref(A, den, A);
    for (slong i = 0, k = 0; i < rank; i++) {
        while (fmpz_is_zero(fmpz_mat_entry(A, i, k))) k++;
        columns[i] = k++;
    }
    fmpz_mat_clear(A);
    fmpz_clear(den);
    return rank;
}

/* The minor of n rows of the sample without row `skip` (-1: all), n columns without column `out` (-1: all). */
static void sample_minor(fmpz_t det, const form *f, const slong *row, slong skip, const slong *column, slong out, slong n)
{
    fmpz_mat_t A;
    fmpz_mat_init(A, n, n);
    for (slong i = 0; i < n; i++) {
        for (slong k = 0; k < n; k++) {
            slong r = row[i + (skip >= 0 && i >= skip)], c = column[k + (out >= 0 && k >= out)];
            fmpz_set(fmpz_mat_entry(A, i, k), fmpz_mat_entry(f->sample, r, c));
        }
    }
    fmpz_mat_det(det, A);
    fmpz_mat_clear(A);
}

bool rc_family_lift_farkas(number *l, const form *f, const slong *H, const signed char *s, slong count)
{
    rc_ring_struct *ring = f->ring;
    slong *columns = rc_family_alloc((size_t) f->w, sizeof *columns);
    const number **rows = rc_family_alloc((size_t) count, sizeof *rows);
    fmpz_t det;
    fmpz_init(det);
    slong rank = pivots(columns, f, H, count);
    bool good = rank == count - 1 && rank <= MAX_ORDER;
    for (slong i = 0; i < count && good; i++) {
        for (slong j = 0; j < count - 1; j++) rows[j] = f->u + H[j + (j >= i)] * f->w;
        sample_minor(det, f, H, i, columns, -1, rank);
        int side = fmpz_sgn(det);
        number x = rc_family_determinant(ring, rows, columns, rank);
        l[i] = side < 0 ? rc_ratio_neg(ring, x) : x;
        good = rc_ratio_side(ring, l[i]) > 0;
    }
    for (slong k = 0; k < f->w && good; k++) {
        number sum = rc_ratio_si(ring, 0);
        for (slong i = 0; i < count; i++) {
            number x = rc_ratio_mul(ring, l[i], f->u[H[i] * f->w + k]);
            sum = (s[i] > 0 ? rc_ratio_add : rc_ratio_sub)(ring, sum, x);
        }
        good = rc_ratio_is_zero(ring, sum);
    }
    fmpz_clear(det);
    free(rows);
    free(columns);
    return good;
}

/* Points. */

static bool is_inside(const form *f, const number *x, const signed char *s)
{
    rc_ring_struct *ring = f->ring;
    for (slong H = 1; H <= f->K; H++) {
        number z = rc_ratio_si(ring, 0);
        for (slong k = 0; k < f->w; k++) z = rc_ratio_add(ring, z, rc_ratio_mul(ring, f->u[H * f->w + k], x[k]));
        if (s[H] != 0 && rc_ratio_side(ring, z) != s[H]) return false;
    }
    return true;
}

/* Coordinates 1, -1, 0, 2, -2 in all ways, those with early ones first; at the sample on the right sides. */
static bool grid_point(number *x, const form *f, const signed char *s)
{
    static const slong value[] = {1, -1, 0, 2, -2};
    slong *index = rc_family_alloc((size_t) f->w, sizeof *index);
    bool found = false;
    fmpz_t z;
    fmpz_init(z);
    for (slong level = 1, tried = 0; level <= 5 && !found; level++) {
        memset(index, 0, (size_t) f->w * sizeof *index);
        for (bool more = true; more && !found && tried < MAX_GRID;) {
            bool fresh = level == 1, good = true;
            for (slong k = 0; k < f->d; k++) fresh = fresh || index[k] == level - 1;
            tried += fresh;
            for (slong H = 1; H <= f->K && fresh && good; H++) {
                fmpz_zero(z);
                for (slong k = 0; k < f->w; k++) {
                    slong v = k < f->d ? value[index[k]] : 1;
                    if (v >= 0) fmpz_addmul_ui(z, fmpz_mat_entry(f->sample, H, k), (ulong) v);
                    else fmpz_submul_ui(z, fmpz_mat_entry(f->sample, H, k), (ulong) -v);
                }
                good = s[H] == 0 || fmpz_sgn(z) == s[H];
            }
            if (fresh && good) {
                for (slong k = 0; k < f->w; k++) x[k] = rc_ratio_si(f->ring, k < f->d ? value[index[k]] : 1);
                found = is_inside(f, x, s);
            }
            slong k = 0;
            while (k < f->d && ++index[k] == level) index[k++] = 0;
            more = k < f->d;
        }
    }
    fmpz_clear(z);
    free(index);
    return found;
}

/* The region of the signs at the sample; NULL if it is empty. */
static rc_region_struct *sample_region(const form *f, const signed char *s)
{
    rc_region_struct *R = rc_region_new(f->sample);
    bool good = !f->biases || rc_region_restrict(R, 0, 1);
    for (slong H = 1; H <= f->K && good; H++) good = s[H] == 0 || rc_region_restrict(R, H, s[H]);
    if (good) return R;
    rc_region_free(R);
    return NULL;
}

static void constant_point(number *x, const form *f, const rc_region_struct *R)
{
    fmpq *v = _fmpq_vec_init(f->w);
    rc_region_witness(v, R);
    for (slong k = 0; k < f->w; k++) {
        if (f->biases && k < f->d) fmpq_div(v + k, v + k, v + f->d);
        x[k] = k < f->d ? rc_ratio_fmpq(f->ring, v + k) : rc_ratio_si(f->ring, 1);
    }
    _fmpq_vec_clear(v, f->w);
}

/* Rows of the closed cone at the sample: number 0 counts with biases. strict[H]: the rays so far are off H. */
typedef struct {
    const form *f;
    const signed char *s;
    slong rank, *columns, *subset, first; /* the subset's rows begin at `first`: 0 with biases, else 1 */
    bool *strict;
    number *sum; /* length w */
} cone;

/* The ray on the subset's hyperplanes, if it is in the closed cone: is it off one that the sum is on? Then the sum grows. */
static void add_ray(cone *c)
{
    const form *f = c->f;
    rc_ring_struct *ring = f->ring;
    fmpz *v = _fmpz_vec_init(f->w);
    fmpz_t z;
    fmpz_init(z);
    int sigma = 0;
    bool good = true, useful = false;
    for (slong k = 0; k < c->rank; k++) {
        sample_minor(z, f, c->subset, -1, c->columns, k, c->rank - 1);
        if (k % 2) fmpz_neg(z, z);
        fmpz_set(v + c->columns[k], z);
    }
    for (slong H = c->first; H <= f->K && good; H++) {
        _fmpz_vec_dot(z, f->sample->rows[H], v, f->w);
        int side = fmpz_sgn(z) * (H == 0 ? 1 : c->s[H]);
        if (side != 0 && sigma == 0) sigma = side;
        good = side == 0 || side == sigma;
        useful = useful || (side != 0 && !c->strict[H]);
    }
    if (good && useful) {
        const number **rows = rc_family_alloc((size_t) c->rank, sizeof *rows);
        slong *rest = rc_family_alloc((size_t) c->rank, sizeof *rest);
        for (slong i = 0; i < c->rank - 1; i++) rows[i] = f->u + c->subset[i] * f->w;
        for (slong k = 0; k < c->rank; k++) {
            for (slong l = 0; l < c->rank - 1; l++) rest[l] = c->columns[l + (l >= k)];
            number x = rc_family_determinant(ring, rows, rest, c->rank - 1), *to = c->sum + c->columns[k];
            *to = ((sigma > 0) == (k % 2 == 0) ? rc_ratio_add : rc_ratio_sub)(ring, *to, x);
        }
        for (slong H = c->first; H <= f->K; H++) {
            _fmpz_vec_dot(z, f->sample->rows[H], v, f->w);
            c->strict[H] = c->strict[H] || !fmpz_is_zero(z);
        }
        free(rest);
        free(rows);
    }
    fmpz_clear(z);
    _fmpz_vec_clear(v, f->w);
}

static bool cone_done(const cone *c)
{
    for (slong H = c->first; H <= c->f->K; H++)
        if (!c->strict[H] && (H == 0 || c->s[H] != 0)) return false;
    return true;
}

/* A sum of extreme rays of the closed cell. */
static bool ray_point(number *x, const form *f, const signed char *s)
{
    rc_ring_struct *ring = f->ring;
    slong *all = rc_family_alloc((size_t) f->K + 1, sizeof *all), tried = 0;
    cone c = {f, s, 0, rc_family_alloc((size_t) f->w, sizeof *c.columns), rc_family_alloc((size_t) f->w, sizeof *c.subset),
              f->biases ? 0 : 1, rc_family_alloc((size_t) f->K + 1, sizeof *c.strict), x};
    for (slong H = c.first; H <= f->K; H++) all[H - c.first] = H;
    c.rank = pivots(c.columns, f, all, f->K + 1 - c.first);
    for (slong i = 0; i < c.rank; i++) c.subset[i] = c.first + i;
    for (slong k = 0; k < f->w; k++) x[k] = rc_ratio_si(ring, 0);
    bool good = c.rank > 0 && c.rank - 1 <= MAX_ORDER;
    while (good && !cone_done(&c)) {
        add_ray(&c);
        good = cone_done(&c) || (rc_family_next_subset(c.subset, c.rank - 1, c.first, f->K) && ++tried < MAX_SUBSETS);
    }
    for (slong k = 0; k < f->d && good && f->biases; k++)
        good = (x[k] = rc_ratio_mul(ring, x[k], rc_ratio_inv(ring, x[f->d]))) != NULL;
    if (f->biases) x[f->d] = rc_ratio_si(ring, 1);
    free(c.strict);
    free(c.subset);
    free(c.columns);
    free(all);
    return good && is_inside(f, x, s);
}

/* Small integers, a point of the region at the sample, or a sum of rays. */
bool rc_family_lift_point(number *x, const form *f, const signed char *s)
{
    if (!f->sampled) return false;
    if (grid_point(x, f, s)) return true;
    rc_region_struct *R = sample_region(f, s);
    if (R == NULL) return false;
    constant_point(x, f, R);
    rc_region_free(R);
    return is_inside(f, x, s) || ray_point(x, f, s);
}
