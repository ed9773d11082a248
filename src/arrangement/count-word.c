/* Counting over the field of 2^61 - 1 elements: inverses many at a time, directions entered in a hash table. */
#include <flint/flint.h>
#include <flint/ulong_extras.h>
#include <stdlib.h>
#include <string.h>

#include "arrangement/count.h"

#define MERSENNE UWORD(2305843009213693951) /* 2^61 - 1 */
/* Differences inverted together. */
#define BLOCK 2048

typedef uint64_t elem;

typedef struct {
    uint64_t p;
    elem *difference, *scratch; /* BLOCK + m each */
    struct { elem value; ulong stamp; } *set;
    ulong mask, stamp;
} field;

static inline elem f_mul(const field *F, elem a, elem b)
{
    (void) F;
    rc_wide product = (rc_wide) a * b;
    elem s = (elem) (product >> 61) + ((elem) product & MERSENNE);
    return s >= MERSENNE ? s - MERSENNE : s;
}

static inline elem f_sub(const field *F, elem a, elem b)
{
    (void) F;
    return a >= b ? a - b : a + MERSENNE - b;
}

/* Inverts x[0..n-1], none of them 0, with one inversion of their product; four interleaved products, so that the
   multiplications need not wait for each other. */
static void f_invert(const field *F, elem *x, slong n, elem *scratch)
{
    elem run[4] = {1, 1, 1, 1};
    for (slong i = 0; i < n; i++) {
        scratch[i] = run[i & 3];
        run[i & 3] = f_mul(F, run[i & 3], x[i]);
    }
    elem low = f_mul(F, run[0], run[1]), high = f_mul(F, run[2], run[3]);
    elem all = n_invmod(f_mul(F, low, high), MERSENNE);
    elem of_low = f_mul(F, all, high), of_high = f_mul(F, all, low);
    elem inverse[4] = {f_mul(F, of_low, run[1]), f_mul(F, of_low, run[0]), f_mul(F, of_high, run[3]),
                       f_mul(F, of_high, run[2])};
    for (slong i = n - 1; i >= 0; i--) {
        elem y = f_mul(F, inverse[i & 3], scratch[i]);
        inverse[i & 3] = f_mul(F, inverse[i & 3], x[i]);
        x[i] = y;
    }
}

static void field_init(field *F, ulong p, slong m)
{
    F->p = p;
    F->difference = flint_malloc((size_t) (2 * (BLOCK + m)) * sizeof(elem));
    F->scratch = F->difference + BLOCK + m;
    F->mask = 15;
    while (F->mask < 2 * (ulong) m) F->mask = 2 * F->mask + 1;
    F->set = flint_calloc(F->mask + 1, sizeof *F->set);
    F->stamp = 0;
}

static void field_clear(field *F)
{
    flint_free(F->difference);
    flint_free(F->set);
}

static inline ulong set_enter(field *F, elem value)
{
    for (ulong s = value * UWORD(0x9e3779b97f4a7c15) >> 40;; s++) {
        s &= F->mask;
        if (F->set[s].stamp != F->stamp) {
            F->set[s].stamp = F->stamp;
            F->set[s].value = value;
            return 1;
        }
        if (F->set[s].value == value) return 0;
    }
}

/* sum_k (number of directions from point k to those before - 1), over the points (1, x_k, y_k), behind the t points at
   infinity in the distinct directions `inf`: slopes, p for the vertical one. visit: one visit for each k. */
static bool plane_points(field *F, ulong *sum, slong t, const elem *inf, slong n, const elem *x, const elem *y,
                         bool visit, rc_limits *limits)
{
    ulong total = 0;
    for (slong k = t == 0; k < n;) {
        slong first = k, pairs = 0;
        for (; k < n && pairs < BLOCK; k++) {
            if (visit && !rc_limits_visit(limits, "restrictions")) return false;
            for (slong i = 0; i < k; i++) {
                elem dx = f_sub(F, x[i], x[k]);
                F->difference[pairs + i] = dx ? dx : 1;
            }
            pairs += k;
        }
        f_invert(F, F->difference, pairs, F->scratch);
        const elem *inverse = F->difference;
        for (slong j = first; j < k; j++, inverse += j - 1) {
            F->stamp++;
            for (slong i = 0; i < t; i++) set_enter(F, inf[i]);
            ulong directions = (ulong) t;
            for (slong i = 0; i < j; i++)
                directions += set_enter(F, x[i] == x[j] ? F->p : f_mul(F, f_sub(F, y[i], y[j]), inverse[i]));
            total += directions - 1;
        }
    }
    *sum = total;
    return true;
}

#define COUNT_OVER_FIELD rc_count_word
#include "arrangement/count-engine.h"
