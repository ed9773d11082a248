#include "relucert/seminorm.h"

#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>
#include <stdint.h>
#include <stdlib.h>

/* ||Df|| next to H, [B] (97)-(98): on a line through a point of H along one coordinate q, two points on the two sides
   of H and of no other essential hyperplane have gradients that differ by the jump J_H, so one of them has an entry of
   at least ||J_H|| / 2. Off coordinate q the points are a vector z of small integers; their coordinates q are
   neighbours on a grid 2^-k Z (or two apart), k large enough to separate H's crossing from the others. */
typedef struct {
    const rc_canonical_struct *f;
    fmpz_t den;         /* of gamma and of L's first d columns */
    fmpz_mat_t gamma;   /* D x K, times den */
    fmpz_mat_t L;       /* D x d, times den */
    fmpz *z;            /* d integers */
    fmpz *value;        /* K: forms at (z, 1) */
    fmpz *base;         /* K: forms at (z, 1) with z_q = 0 */
    uint64_t state;
    slong range;        /* entries of z are in [-range, range] */
} walk;

static void init_walk(walk *W, const rc_canonical_t f)
{
    slong K = f->K;
    *W = (walk){.f = f, .state = 1, .range = 8};
    fmpz_init_set_ui(W->den, 1);
    fmpz_mat_init(W->gamma, f->D, K);
    fmpz_mat_init(W->L, f->D, f->d);
    W->z = _fmpz_vec_init(f->d);
    W->value = _fmpz_vec_init(K);
    W->base = _fmpz_vec_init(K);
    for (slong H = 0; H < K; H++)
        for (slong p = 0; p < f->D; p++) fmpz_lcm(W->den, W->den, fmpq_mat_entry_den(f->gamma, H, p));
    for (slong p = 0; p < f->D; p++)
        for (slong q = 0; q < f->d; q++) fmpz_lcm(W->den, W->den, fmpq_mat_entry_den(f->L, p, q));
    fmpz_t t;
    fmpz_init(t);
    for (slong p = 0; p < f->D; p++) {
        for (slong H = 0; H < K; H++) {
            fmpz_divexact(t, W->den, fmpq_mat_entry_den(f->gamma, H, p));
            fmpz_mul(fmpz_mat_entry(W->gamma, p, H), t, fmpq_mat_entry_num(f->gamma, H, p));
        }
        for (slong q = 0; q < f->d; q++) {
            fmpz_divexact(t, W->den, fmpq_mat_entry_den(f->L, p, q));
            fmpz_mul(fmpz_mat_entry(W->L, p, q), t, fmpq_mat_entry_num(f->L, p, q));
        }
    }
    fmpz_clear(t);
}

static void clear_walk(walk *W)
{
    fmpz_clear(W->den);
    fmpz_mat_clear(W->gamma);
    fmpz_mat_clear(W->L);
    _fmpz_vec_clear(W->z, W->f->d);
    _fmpz_vec_clear(W->value, W->f->K);
    _fmpz_vec_clear(W->base, W->f->K);
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = (*state += 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* A new z, from a range that doubles: only finitely many lines meet two hyperplanes at once. */
static void draw(walk *W)
{
    const rc_canonical_struct *f = W->f;
    for (slong k = 0; k < f->d; k++)
        fmpz_set_si(W->z + k, (slong) (next_random(&W->state) % (uint64_t) (2 * W->range + 1)) - W->range);
    for (slong j = 0; j < f->K; j++) {
        _fmpz_vec_dot(W->value + j, fmpz_mat_entry(f->u, j, 0), W->z, f->d);
        if (f->affine) fmpz_add(W->value + j, W->value + j, fmpz_mat_entry(f->u, j, f->d));
    }
    if (W->range < WORD(1) << 40) W->range *= 2;
}

/* Prepares the line along q. False if another hyperplane contains it or meets it where H does: base_j u_Hq = base_H
   u_jq. */
static bool set_line(walk *W, slong H, slong q)
{
    const rc_canonical_struct *f = W->f;
    bool ok = true;
    fmpz_t x, y;
    fmpz_init(x);
    fmpz_init(y);
    for (slong j = 0; j < f->K; j++) {
        fmpz_set(W->base + j, W->value + j);
        fmpz_submul(W->base + j, fmpz_mat_entry(f->u, j, q), W->z + q);
    }
    for (slong j = 0; ok && j < f->K; j++) {
        if (j == H) continue;
        fmpz_mul(x, W->base + j, fmpz_mat_entry(f->u, H, q));
        fmpz_mul(y, W->base + H, fmpz_mat_entry(f->u, j, q));
        ok = !fmpz_equal(x, y);
    }
    fmpz_clear(x);
    fmpz_clear(y);
    return ok;
}

/* Sign of form j at coordinate t / 2^k. */
static int sign_at(const walk *W, slong j, slong q, const fmpz_t t, ulong k)
{
    fmpz_t v;
    fmpz_init(v);
    fmpz_mul_2exp(v, W->base + j, k);
    fmpz_addmul(v, fmpz_mat_entry(W->f->u, j, q), t);
    int sign = fmpz_sgn(v);
    fmpz_clear(v);
    return sign;
}

/* lo / 2^k and hi / 2^k: the grid points on either side of H's crossing -base_H / u_Hq. */
static void neighbours(fmpz_t lo, fmpz_t hi, const walk *W, slong H, slong q, ulong k)
{
    fmpz_t num, r;
    fmpz_init(num);
    fmpz_init(r);
    fmpz_mul_2exp(num, W->base + H, k);
    fmpz_neg(num, num);
    fmpz_fdiv_qr(lo, r, num, fmpz_mat_entry(W->f->u, H, q));
    fmpz_add_ui(hi, lo, 1);
    if (fmpz_is_zero(r)) fmpz_sub_ui(lo, lo, 1);
    fmpz_clear(num);
    fmpz_clear(r);
}

/* The least k of 0, 2, 4, 8, 16, ... at which H alone changes its sign between the neighbours. */
static ulong separate(fmpz_t lo, fmpz_t hi, const walk *W, slong H, slong q)
{
    ulong k = 0;
    for (;;) {
        neighbours(lo, hi, W, H, q, k);
        bool alone = true;
        for (slong j = 0; alone && j < W->f->K; j++)
            alone = j == H || sign_at(W, j, q, lo, k) * sign_at(W, j, q, hi, k) > 0;
        if (alone) return k;
        k = k ? 2 * k : 2;
    }
}

/* J = den Df at the point with coordinate t / 2^k. */
static void gradient(fmpz_mat_t J, const walk *W, slong q, const fmpz_t t, ulong k)
{
    const rc_canonical_struct *f = W->f;
    fmpz_mat_t G, U;
    slong active = 0;
    slong *row = flint_malloc((size_t) (f->K + 1) * sizeof *row);
    for (slong j = 0; j < f->K; j++)
        if (sign_at(W, j, q, t, k) > 0) row[active++] = j;
    fmpz_mat_init(G, f->D, active);
    fmpz_mat_init(U, active, f->d);
    for (slong i = 0; i < active; i++) {
        for (slong p = 0; p < f->D; p++) fmpz_set(fmpz_mat_entry(G, p, i), fmpz_mat_entry(W->gamma, p, row[i]));
        _fmpz_vec_set(fmpz_mat_entry(U, i, 0), fmpz_mat_entry(f->u, row[i], 0), f->d);
    }
    fmpz_mat_zero(J);
    if (active > 0) fmpz_mat_mul(J, G, U);
    fmpz_mat_add(J, J, W->L);
    fmpz_mat_clear(G);
    fmpz_mat_clear(U);
    flint_free(row);
}

static void norm(fmpz_t x, const fmpz_mat_t J)
{
    fmpz_zero(x);
    for (slong p = 0; p < fmpz_mat_nrows(J); p++)
        for (slong q = 0; q < fmpz_mat_ncols(J); q++)
            if (fmpz_cmpabs(fmpz_mat_entry(J, p, q), x) > 0) fmpz_abs(x, fmpz_mat_entry(J, p, q));
}

/* J += s den J_H. */
static void add_jump(fmpz_mat_t J, const walk *W, slong H, int s)
{
    for (slong p = 0; p < W->f->D; p++)
        for (slong q = 0; q < W->f->d; q++) {
            const fmpz *g = fmpz_mat_entry(W->gamma, p, H), *u = fmpz_mat_entry(W->f->u, H, q);
            if (s > 0) fmpz_addmul(fmpz_mat_entry(J, p, q), g, u);
            else fmpz_submul(fmpz_mat_entry(J, p, q), g, u);
        }
}

static void offer(rc_seminorm_t s, const walk *W, slong q, const fmpz_t t, ulong k, const fmpz_mat_t J)
{
    fmpz_t n, power;
    fmpq_t value;
    fmpz_init(n);
    fmpz_init_set_ui(power, 1);
    fmpq_init(value);
    norm(n, J);
    fmpq_set_fmpz_frac(value, n, W->den);
    if (!s->has_lower || fmpq_cmp(value, s->lower) > 0) {
        s->has_lower = true;
        fmpq_swap(s->lower, value);
        for (slong j = 0; j < W->f->d; j++) fmpq_set_fmpz(s->x + j, W->z + j);
        if (q >= 0) {
            fmpz_mul_2exp(power, power, k);
            fmpq_set_fmpz_frac(s->x + q, t, power);
        }
    }
    fmpz_clear(n);
    fmpz_clear(power);
    fmpq_clear(value);
}

/* The coordinate along which H's form changes most. */
static slong steepest(const rc_canonical_t f, slong H)
{
    slong q = 0;
    for (slong k = 1; k < f->d; k++)
        if (fmpz_cmpabs(fmpz_mat_entry(f->u, H, k), fmpz_mat_entry(f->u, H, q)) > 0) q = k;
    return q;
}

static void try_hyperplane(rc_seminorm_t s, walk *W, slong H)
{
    slong q = steepest(W->f, H);
    fmpz_t lo, hi;
    fmpz_mat_t J;
    fmpz_init(lo);
    fmpz_init(hi);
    fmpz_mat_init(J, W->f->D, W->f->d);
    draw(W);
    while (!set_line(W, H, q)) draw(W);
    W->range = 8;
    ulong k = separate(lo, hi, W, H, q);
    gradient(J, W, q, lo, k);
    offer(s, W, q, lo, k, J);
    add_jump(J, W, H, sign_at(W, H, q, hi, k));
    offer(s, W, q, hi, k, J);
    fmpz_clear(lo);
    fmpz_clear(hi);
    fmpz_mat_clear(J);
}

typedef struct {
    slong H;
    fmpq_t norm;
} ranked;

static int by_norm(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int order = fmpq_cmp(y->norm, x->norm);
    return order ? order : (x->H > y->H) - (x->H < y->H);
}

static ranked *rank_by_jump(const rc_canonical_t f)
{
    ranked *list = flint_malloc((size_t) (f->K + 1) * sizeof *list);
    for (slong H = 0; H < f->K; H++) {
        list[H].H = H;
        fmpq_init(list[H].norm);
        rc_canonical_jump_norm(list[H].norm, f, H);
    }
    qsort(list, (size_t) f->K, sizeof *list, by_norm);
    return list;
}

void rc_seminorm_witness(rc_seminorm_t s, const rc_canonical_t f, slong tries)
{
    walk W;
    int threads = s->threads;
    rc_seminorm_clear(s);
    rc_seminorm_init(s);
    s->threads = threads;
    s->d = f->d;
    s->x = _fmpq_vec_init(f->d);
    init_walk(&W, f);
    if (f->K == 0) {
        fmpz_t zero;
        fmpz_init(zero);
        offer(s, &W, -1, zero, 0, W.L);
        fmpz_clear(zero);
    } else {
        ranked *list = rank_by_jump(f);
        for (slong i = 0; i < f->K && (tries < 0 || i < tries || i == 0); i++) try_hyperplane(s, &W, list[i].H);
        for (slong H = 0; H < f->K; H++) fmpq_clear(list[H].norm);
        flint_free(list);
    }
    clear_walk(&W);
}
