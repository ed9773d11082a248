#include "arrangement/dictionary.h"

#include <assert.h>

/* After this many pivots in a row that leave the point where it is, Bland's rule takes over for the rest of the call:
   from any feasible dictionary it cannot cycle. */
#define DEGENERATE_PIVOTS 12

void rc_dictionary_init(rc_dictionary_t D, slong rank, slong n, const fmpz *table)
{
    D->rank = rank;
    D->table = table;
    D->entries = flint_calloc((size_t) ((rank + 2) * (rank + 1)), sizeof(fmpz));
    D->column = flint_malloc((size_t) (rank + 1) * sizeof(slong));
    for (slong c = 0; c < rank; c++) {
        fmpz_one(rc_dictionary_row(D, c) + c);
        D->column[c] = -1;
    }
    fmpz_init_set_ui(D->det, 1);
    D->count = 0;
    D->active = flint_malloc((size_t) (n + 1) * sizeof(slong));
    D->scale = flint_calloc((size_t) n + 1, 1);
}

void rc_dictionary_clear(rc_dictionary_t D)
{
    for (slong i = 0; i < (D->rank + 2) * (D->rank + 1); i++) fmpz_clear(D->entries + i);
    flint_free(D->entries);
    flint_free(D->column);
    fmpz_clear(D->det);
    flint_free(D->active);
    flint_free(D->scale);
}

void rc_dictionary_set(rc_dictionary_t D, const rc_dictionary_t E)
{
    assert(D->rank == E->rank);
    slong r = E->rank;
    for (slong i = 0; i < r * (r + 1); i++) {
        if (COEFF_IS_MPZ(D->entries[i]) || COEFF_IS_MPZ(E->entries[i])) fmpz_set(D->entries + i, E->entries + i);
        else D->entries[i] = E->entries[i];
    }
    for (slong c = 0; c < r; c++) D->column[c] = E->column[c];
    fmpz_set(D->det, E->det);
    for (slong i = 0; i < D->count; i++) D->scale[D->active[i]] = 0;
    D->count = E->count;
    for (slong i = 0; i < E->count; i++) {
        D->active[i] = E->active[i];
        D->scale[E->active[i]] = E->scale[E->active[i]];
    }
}

/* a += b c */
static inline void add_product(fmpz *a, const fmpz *b, const fmpz *c)
{
    if (!COEFF_IS_MPZ(*a) && !COEFF_IS_MPZ(*b) && !COEFF_IS_MPZ(*c)) {
        slong product, sum;
        if (!__builtin_mul_overflow(*b, *c, &product) && !__builtin_add_overflow(*a, product, &sum)) {
            fmpz_set_si(a, sum);
            return;
        }
    }
    fmpz_addmul(a, b, c);
}

/* a = (p a - q b) / d, the division exact, d > 0; a is none of the others. */
static inline void combine(fmpz *a, const fmpz *p, const fmpz *q, const fmpz *b, const fmpz *d)
{
    if (!COEFF_IS_MPZ(*a) && !COEFF_IS_MPZ(*p) && !COEFF_IS_MPZ(*q) && !COEFF_IS_MPZ(*b) && !COEFF_IS_MPZ(*d)) {
        slong s, t, u;
        if (!__builtin_mul_overflow(*p, *a, &s) && !__builtin_mul_overflow(*q, *b, &t)
            && !__builtin_sub_overflow(s, t, &u)) {
            if (*d != 1) u = u == (int) u && *d == (int) *d ? (int) u / (int) *d : u / *d;
            fmpz_set_si(a, u);
            return;
        }
    }
    fmpz_mul(a, a, p);
    fmpz_submul(a, q, b);
    if (!fmpz_is_one(d)) fmpz_divexact(a, a, d);
}

/* Sign of a b - c d. */
static inline int compare_products(const fmpz *a, const fmpz *b, const fmpz *c, const fmpz *d)
{
    if (!COEFF_IS_MPZ(*a) && !COEFF_IS_MPZ(*b) && !COEFF_IS_MPZ(*c) && !COEFF_IS_MPZ(*d)) {
        slong s, t;
        if (!__builtin_mul_overflow(*a, *b, &s) && !__builtin_mul_overflow(*c, *d, &t)) return (s > t) - (s < t);
    }
    fmpz_t difference;
    fmpz_init(difference);
    fmpz_mul(difference, a, b);
    fmpz_submul(difference, c, d);
    int sign = fmpz_sgn(difference);
    fmpz_clear(difference);
    return sign;
}

/* value = scale * sum_c form_c entry(c, k): a row's entry in column k, without its own constant. */
static void dot(fmpz_t value, const rc_dictionary_t D, const fmpz *form, int scale, slong k)
{
    const fmpz *entry = D->entries + k;
    slong c = 0, sum = 0, product;
    for (; c < D->rank; c++, entry += D->rank + 1) {
        if (COEFF_IS_MPZ(form[c]) || COEFF_IS_MPZ(*entry) || __builtin_mul_overflow(form[c], *entry, &product)
            || __builtin_add_overflow(sum, product, &product))
            break;
        sum = product;
    }
    fmpz_set_si(value, sum);
    for (; c < D->rank; c++, entry += D->rank + 1) fmpz_addmul(value, form + c, entry);
    if (scale < 0) fmpz_neg(value, value);
}

static void form_row(fmpz *row, const rc_dictionary_t D, const fmpz *form, int scale)
{
    for (slong k = 0; k <= D->rank; k++) dot(row + k, D, form, scale, k);
    add_product(row + D->rank, form + D->rank, D->det);
}

void rc_dictionary_value(fmpz_t value, const rc_dictionary_t D, slong j)
{
    dot(value, D, D->table + j * (D->rank + 1), 1, D->rank);
}

/* The constraint j with the row a (the objective's or the work row) becomes nonbasic in column k. With p = a_k and
   sigma = sign p, solving  det y = sum_i a_i u_i + p u_k + a_rank  for u_k turns any other row b into
   (|p| b_i - b_k sigma a_i) / det at i != k and sigma b_k at k, over |p|. Uses up a. */
static void pivot(rc_dictionary_t D, fmpz *a, slong k, slong j)
{
    slong r = D->rank;
    bool negative = fmpz_sgn(a + k) < 0;
    if (negative)
        for (slong i = 0; i <= r; i++) fmpz_neg(a + i, a + i);
    for (slong c = 0; c <= r; c++) {
        fmpz *b = rc_dictionary_row(D, c);
        if (b == a) continue;
        for (slong i = 0; i <= r; i++)
            if (i != k) combine(b + i, a + k, b + k, a + i, D->det);
        if (negative) fmpz_neg(b + k, b + k);
    }
    fmpz_swap(D->det, a + k);
    D->column[k] = j;
}

/* A coordinate's column where the objective is not 0, the smallest such entry; -1 if there is none. */
static slong free_column(const rc_dictionary_t D)
{
    const fmpz *a = rc_dictionary_objective(D);
    slong best = -1;
    for (slong k = 0; k < D->rank; k++)
        if (D->column[k] < 0 && !fmpz_is_zero(a + k) && (best < 0 || fmpz_cmpabs(a + k, a + best) < 0)) best = k;
    return best;
}

/* A constraint's column where the objective is positive: the largest entry, or by Bland's rule the first constraint. */
static slong entering_column(const rc_dictionary_t D, bool bland)
{
    const fmpz *a = rc_dictionary_objective(D);
    slong best = -1;
    for (slong k = 0; k < D->rank; k++) {
        if (D->column[k] < 0 || fmpz_sgn(a + k) <= 0) continue;
        if (best >= 0) {
            int order = bland ? 0 : fmpz_cmp(a + k, a + best);
            if (order < 0 || (order == 0 && D->column[k] > D->column[best])) continue;
        }
        best = k;
    }
    return best;
}

/* The constraint that first reaches 0 as the variable of column k grows, ties to the smallest number; -1 if none does.
   value and slope are those of its row: it gets there at value / -slope. A nonbasic constraint has no slope < 0. */
static slong leaving_constraint(fmpz_t value, fmpz_t slope, const rc_dictionary_t D, slong k)
{
    slong r = D->rank, best = -1;
    fmpz_t v, s;
    fmpz_init(v);
    fmpz_init(s);
    for (slong i = 0; i < D->count; i++) {
        slong j = D->active[i];
        const fmpz *form = D->table + j * (r + 1);
        dot(s, D, form, D->scale[j], k);
        if (fmpz_sgn(s) >= 0) continue;
        dot(v, D, form, D->scale[j], r);
        add_product(v, form + r, D->det);
        if (best >= 0) {
            /* value / -slope - v / -s, up to a positive factor */
            int order = compare_products(v, slope, value, s);
            if (order < 0 || (order == 0 && j > best)) continue;
        }
        best = j;
        fmpz_swap(value, v);
        fmpz_swap(slope, s);
    }
    fmpz_clear(v);
    fmpz_clear(s);
    return best;
}

typedef enum { NON_NEGATIVE, OPTIMAL, UNBOUNDED } outcome;

/* Simplex on the objective's row. With stop >= 0 it is that of the table's row `stop`, and the end is reached when its
   variable is >= 0. */
static outcome raise_objective(rc_dictionary_t D, slong stop)
{
    slong r = D->rank;
    fmpz *objective = rc_dictionary_row(D, r), *work = rc_dictionary_row(D, r + 1);
    fmpz_t value, slope;
    fmpz_init(value);
    fmpz_init(slope);
    int degenerate = 0;
    outcome result = NON_NEGATIVE;
    while (stop < 0 || fmpz_sgn(objective + r) < 0) {
        slong k = entering_column(D, degenerate > DEGENERATE_PIVOTS);
        result = OPTIMAL;
        if (k < 0) break;
        slong j = leaving_constraint(value, slope, D, k);
        result = stop < 0 ? UNBOUNDED : NON_NEGATIVE;
        /* the objective itself reaches 0 at -objective_r / objective_k */
        if (j < 0 || (stop >= 0 && compare_products(objective + r, slope, value, objective + k) <= 0)) {
            if (stop >= 0) pivot(D, objective, k, stop);
            break;
        }
        if (degenerate <= DEGENERATE_PIVOTS) degenerate = fmpz_is_zero(value) ? degenerate + 1 : 0;
        form_row(work, D, D->table + j * (r + 1), D->scale[j]);
        pivot(D, work, k, j);
    }
    fmpz_clear(value);
    fmpz_clear(slope);
    return result;
}

bool rc_dictionary_require(rc_dictionary_t D, slong j, int scale)
{
    assert(D->scale[j] == 0);
    fmpz *objective = rc_dictionary_row(D, D->rank);
    form_row(objective, D, D->table + j * (D->rank + 1), scale);
    slong k = free_column(D);
    if (k >= 0) pivot(D, objective, k, j);
    else if (raise_objective(D, j) != NON_NEGATIVE) return false;
    D->active[D->count++] = j;
    D->scale[j] = (signed char) scale;
    return true;
}

bool rc_dictionary_maximize(rc_dictionary_t D, const fmpz *objective)
{
    form_row(rc_dictionary_row(D, D->rank), D, objective, 1);
    return free_column(D) < 0 && raise_objective(D, -1) == OPTIMAL;
}
