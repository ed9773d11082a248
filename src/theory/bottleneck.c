/* The bottleneck assignment: a threshold search in which enclosures leave few exact costs to compute.

   With lo <= cost <= hi for every pair, the bottleneck value v lies between the bottleneck values L of lo and U of hi.
   v is the cost of some pair, and that pair has lo <= v <= U and hi >= v >= L. Every other pair is decided without its
   cost: hi < L means cost < v, lo > U means cost > v. So v is found among the exact costs of the pairs in between. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "relucert/phi.h"

typedef struct {
    slong n, k;
    double *lo, *hi;        /* n x k */
    double threshold;
    const double *weight;   /* lo or hi, for the search in doubles */
    signed char *below;     /* n x k: 1 certainly < v, 0 certainly > v, -1 see value */
    slong *rank;            /* n x k: of an open pair, the rank of its cost among the distinct values */
    slong limit;            /* edges are the pairs of rank < limit */
} assignment;

static bool weight_edge(void *arg, slong i, slong j)
{
    const assignment *a = arg;
    return a->weight[i * a->k + j] <= a->threshold;
}

static bool rank_edge(void *arg, slong i, slong j)
{
    const assignment *a = arg;
    slong e = i * a->k + j;
    return a->below[e] < 0 ? a->rank[e] < a->limit : a->below[e] > 0;
}

static int compare_doubles(const void *x, const void *y)
{
    double a = *(const double *) x, b = *(const double *) y;
    return a < b ? -1 : a > b;
}

/* The least threshold among the weights that admits a matching of all rows. */
static double bottleneck_of(assignment *a, const double *weight, slong *column)
{
    size_t count = (size_t) (a->n * a->k);
    double *sorted = flint_malloc(count * sizeof(double));
    memcpy(sorted, weight, count * sizeof(double));
    qsort(sorted, count, sizeof(double), compare_doubles);
    size_t distinct = 0;
    for (size_t e = 0; e < count; e++)
        if (e == 0 || sorted[e] > sorted[distinct - 1]) sorted[distinct++] = sorted[e];
    size_t low = 0, high = distinct - 1;
    a->weight = weight;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        a->threshold = sorted[middle];
        if (rc_matching(column, NULL, NULL, a->n, a->k, weight_edge, a) == a->n) high = middle;
        else low = middle + 1;
    }
    double value = sorted[low];
    flint_free(sorted);
    return value;
}

typedef struct {
    rc_surd_struct cost;
    slong pair;
} open_pair;

static int compare_open(const void *x, const void *y)
{
    const open_pair *a = x, *b = y;
    int c = rc_surd_cmp(&a->cost, &b->cost);
    if (c) return c;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

/* Classifies the pairs against [L, U] and computes the exact costs of the open ones. Returns their number. */
static slong open_pairs(open_pair **out, assignment *a, double L, double U, rc_cost_exact cost, void *arg)
{
    slong count = 0, alloc = 0;
    open_pair *pairs = NULL;
    for (slong e = 0; e < a->n * a->k; e++) {
        a->below[e] = a->hi[e] < L ? 1 : a->lo[e] > U ? 0 : -1;
        if (a->below[e] >= 0) continue;
        if (count == alloc) {
            alloc = alloc ? 2 * alloc : 16;
            pairs = flint_realloc(pairs, (size_t) alloc * sizeof(open_pair));
        }
        rc_surd_init(&pairs[count].cost);
        cost(arg, &pairs[count].cost, e / a->k, e % a->k);
        pairs[count++].pair = e;
    }
    qsort(pairs, (size_t) count, sizeof(open_pair), compare_open);
    *out = pairs;
    return count;
}

/* The least number `limit` of distinct values whose pairs, with the certain ones, match all rows. */
static slong least_limit(assignment *a, slong distinct, slong *column)
{
    slong low = 1, high = distinct;
    while (low < high) {
        slong middle = low + (high - low) / 2;
        a->limit = middle;
        if (rc_matching(column, NULL, NULL, a->n, a->k, rank_edge, a) == a->n) high = middle;
        else low = middle + 1;
    }
    return low;
}

static void fill_bounds(assignment *a, rc_cost_bounds bounds, void *arg)
{
    for (slong i = 0; i < a->n; i++)
        for (slong j = 0; j < a->k; j++) {
            double lo = 0, hi = INFINITY;
            if (bounds) bounds(arg, i, j, &lo, &hi);
            if (!(lo >= 0)) lo = 0;
            if (!(hi >= lo)) hi = INFINITY;
            a->lo[i * a->k + j] = lo;
            a->hi[i * a->k + j] = hi;
        }
}

void rc_bottleneck(slong *column, rc_surd_t value, bool *hall_rows, bool *hall_cols, slong n, slong k,
                   rc_cost_exact cost, rc_cost_bounds bounds, void *arg)
{
    rc_surd_zero(value);
    if (hall_rows) memset(hall_rows, 0, (size_t) n * sizeof(bool));
    if (hall_cols) memset(hall_cols, 0, (size_t) k * sizeof(bool));
    if (n == 0) return;
    size_t cells = (size_t) (n * k);
    assignment a = {.n = n, .k = k};
    a.lo = flint_malloc(cells * sizeof(double));
    a.hi = flint_malloc(cells * sizeof(double));
    a.below = flint_malloc(cells);
    a.rank = flint_malloc(cells * sizeof(slong));
    fill_bounds(&a, bounds, arg);
    double L = bottleneck_of(&a, a.lo, column), U = bottleneck_of(&a, a.hi, column);
    open_pair *pairs;
    slong count = open_pairs(&pairs, &a, L, U, cost, arg), distinct = 0;
    for (slong p = 0; p < count; p++) {
        if (p > 0 && rc_surd_cmp(&pairs[p - 1].cost, &pairs[p].cost) != 0) distinct++;
        a.rank[pairs[p].pair] = distinct;
    }
    slong limit = least_limit(&a, distinct + 1, column);
    a.limit = limit;
    rc_matching(column, NULL, NULL, n, k, rank_edge, &a);
    for (slong p = 0; p < count; p++)
        if (a.rank[pairs[p].pair] == limit - 1) {
            rc_surd_set(value, &pairs[p].cost);
            break;
        }
    if (hall_rows && hall_cols) {
        slong *scratch = flint_malloc((size_t) n * sizeof(slong));
        a.limit = limit - 1;
        rc_matching(scratch, hall_rows, hall_cols, n, k, rank_edge, &a);
        flint_free(scratch);
    }
    for (slong p = 0; p < count; p++) rc_surd_clear(&pairs[p].cost);
    flint_free(pairs);
    flint_free(a.lo);
    flint_free(a.hi);
    flint_free(a.below);
    flint_free(a.rank);
}
