/* A canonical form at a point: value, gradient; and its jumps. */
#include <assert.h>
#include <flint/fmpq.h>
#include <flint/fmpz_vec.h>

#include "network/vectors.h"
#include "relucert/canonical.h"

/* A positive multiple of x (of (x, 1) when affine): x = num / den. */
static fmpz *homogeneous_point(fmpz_t den, const rc_canonical_t f, const fmpq *x)
{
    fmpz *num = _fmpz_vec_init(f->width);
    rc_vec_clear_denominators(num, den, x, f->d);
    if (f->affine) fmpz_set(num + f->d, den);
    return num;
}

static void dot(fmpz_t z, const fmpz *u, const fmpz *x, slong n)
{
    fmpz_zero(z);
    for (slong j = 0; j < n; j++)
        if (!fmpz_is_zero(u + j)) fmpz_addmul(z, u + j, x + j);
}

void rc_canonical_eval(fmpq *y, const rc_canonical_t f, const fmpq *x)
{
    fmpz_t den;
    fmpz_init(den);
    fmpz *at = homogeneous_point(den, f, x);
    fmpz_mat_t values;
    fmpq_mat_t sum;
    fmpz_mat_init(values, f->K, 1);
    fmpq_mat_init(sum, f->D, 1);
    for (slong p = 0; p < f->D; p++)
        rc_vec_dot(fmpq_mat_entry(sum, p, 0), fmpq_mat_entry(f->L, p, 0), at, den, f->width);
    for (slong p = 0; p < f->D; p++) fmpq_mul_fmpz(fmpq_mat_entry(sum, p, 0), fmpq_mat_entry(sum, p, 0), den);
    for (slong H = 0; H < f->K; H++) {
        fmpz *z = fmpz_mat_entry(values, H, 0);
        dot(z, fmpz_mat_entry(f->u, H, 0), at, f->width);
        if (fmpz_sgn(z) < 0) fmpz_zero(z);
    }
    rc_mat_add_weighted_rows(sum, f->gamma, values, NULL);
    for (slong p = 0; p < f->D; p++) fmpq_div_fmpz(y + p, fmpq_mat_entry(sum, p, 0), den);
    fmpz_mat_clear(values);
    fmpq_mat_clear(sum);
    _fmpz_vec_clear(at, f->width);
    fmpz_clear(den);
}

/* positive[H] = (<u_H, x> > 0); false if x lies on an essential hyperplane. */
static bool sides(bool *positive, const rc_canonical_t f, const fmpq *x)
{
    fmpz_t den, z;
    fmpz_init(den);
    fmpz_init(z);
    fmpz *at = homogeneous_point(den, f, x);
    bool off = true;
    for (slong H = 0; off && H < f->K; H++) {
        dot(z, fmpz_mat_entry(f->u, H, 0), at, f->width);
        positive[H] = fmpz_sgn(z) > 0;
        off = !fmpz_is_zero(z);
    }
    _fmpz_vec_clear(at, f->width);
    fmpz_clear(den);
    fmpz_clear(z);
    return off;
}

bool rc_canonical_gradient(fmpq_mat_t J, const rc_canonical_t f, const fmpq *x)
{
    assert(J->r == f->D && J->c == f->d);
    bool *positive = flint_malloc((size_t) (f->K + 1) * sizeof *positive);
    bool off = sides(positive, f, x);
    if (off) {
        for (slong p = 0; p < f->D; p++)
            for (slong j = 0; j < f->d; j++) fmpq_set(fmpq_mat_entry(J, p, j), fmpq_mat_entry(f->L, p, j));
        rc_mat_add_weighted_rows(J, f->gamma, f->u, positive);
    }
    flint_free(positive);
    return off;
}

void rc_canonical_jump(fmpq_mat_t J, const rc_canonical_t f, slong H)
{
    assert(J->r == f->D && J->c == f->d);
    for (slong p = 0; p < f->D; p++)
        for (slong j = 0; j < f->d; j++)
            fmpq_mul_fmpz(fmpq_mat_entry(J, p, j), fmpq_mat_entry(f->gamma, H, p), fmpz_mat_entry(f->u, H, j));
}

void rc_canonical_jump_norm(fmpq_t x, const rc_canonical_t f, slong H)
{
    const fmpz *u = fmpz_mat_entry(f->u, H, 0);
    fmpz_t height;
    fmpz_init(height);
    rc_vec_norm(x, fmpq_mat_entry(f->gamma, H, 0), f->D);
    _fmpz_vec_height(height, u, f->d);
    fmpq_mul_fmpz(x, x, height);
    fmpz_clear(height);
}

void rc_fmpq_mat_norm(fmpq_t x, const fmpq_mat_t M)
{
    fmpq_t row;
    fmpq_init(row);
    fmpq_zero(x);
    for (slong i = 0; M->c > 0 && i < M->r; i++) {
        rc_vec_norm(row, fmpq_mat_entry(M, i, 0), M->c);
        if (fmpq_cmp(row, x) > 0) fmpq_swap(row, x);
    }
    fmpq_clear(row);
}
