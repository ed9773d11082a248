/* Counting over fields of less than 2^15 elements: inverses from a table, directions marked in another. */
#include <flint/flint.h>
#include <flint/ulong_extras.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/count.h"

typedef uint16_t elem;

typedef struct {
    uint32_t p;
    uint32_t magic;          /* floor(2^32 / p) */
    uint16_t *inverse_room;
    const uint16_t *inverse; /* of -p < x < p */
    uint32_t *mark;          /* p + 1 stamps */
    uint32_t stamp;
} field;

/* x mod p for x < 2^32: the quotient taken is at most 1 too small. */
static inline elem reduce(const field *F, uint32_t x)
{
    uint32_t r = x - (uint32_t) ((uint64_t) x * F->magic >> 32) * F->p;
    return (elem) (r >= F->p ? r - F->p : r);
}

static inline elem f_mul(const field *F, elem a, elem b)
{
    return reduce(F, (uint32_t) a * b);
}

static inline elem f_sub(const field *F, elem a, elem b)
{
    return (elem) (a >= b ? (uint32_t) a - b : a + F->p - b);
}

/* Inverts x[0..n-1], none of them 0. */
static inline void f_invert(const field *F, elem *x, slong n, elem *scratch)
{
    (void) scratch;
    for (slong i = 0; i < n; i++) x[i] = F->inverse[x[i]];
}

static void field_init(field *F, ulong p, slong m)
{
    (void) m;
    F->p = (uint32_t) p;
    F->magic = (uint32_t) ((UWORD(1) << 32) / p);
    F->inverse_room = flint_calloc(2 * p, sizeof(uint16_t));
    for (ulong x = 1; x < p; x++) {
        F->inverse_room[x] = F->inverse_room[p + x] = (uint16_t) n_invmod(x, p);
    }
    F->inverse = F->inverse_room + p;
    F->mark = flint_calloc(p + 1, sizeof(uint32_t));
    F->stamp = 0;
}

static void field_clear(field *F)
{
    flint_free(F->inverse_room);
    flint_free(F->mark);
}

/* sum_k (number of directions from point k to those before - 1), over the points (1, x_k, y_k), behind the t points at
   infinity in the distinct directions `inf`: slopes, p for the vertical one. visit: one visit for each k. */
static bool plane_points(field *F, ulong *sum, slong t, const elem *inf, slong n, const elem *x, const elem *y,
                         bool visit, rc_limits *limits)
{
    const int p = (int) F->p;
    ulong total = 0;
    for (slong k = t == 0; k < n; k++) {
        if (visit && !rc_limits_visit(limits, "restrictions")) return false;
        if (++F->stamp == 0) {
            memset(F->mark, 0, (F->p + 1) * sizeof(uint32_t));
            F->stamp = 1;
        }
        const uint32_t stamp = F->stamp;
        const int xk = x[k], yk = y[k] - p;
        ulong directions = (ulong) t;
        for (slong i = 0; i < t; i++) F->mark[inf[i]] = stamp;
        for (slong i = 0; i < k; i++) {
            const int dx = x[i] - xk;
            const uint32_t slope = reduce(F, (uint32_t) (y[i] - yk) * F->inverse[dx]);
            const uint32_t at = dx ? slope : (uint32_t) p;
            directions += F->mark[at] != stamp;
            F->mark[at] = stamp;
        }
        total += directions - 1;
    }
    *sum = total;
    return true;
}

#define COUNT_OVER_FIELD rc_count_short
#include "arrangement/count-engine.h"
