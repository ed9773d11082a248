#include "seminorm-climb.h"

#include <math.h>
#include <stdlib.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

void rc_climb_init(rc_climb_t T, const rc_cone_forms_t F, slong size, const int64_t *weight, const signed char *wanted)
{
    *T = (rc_climb_struct){.F = F, .size = size, .weight = weight, .wanted = wanted};
    T->point = flint_calloc((size_t) (F->n + F->rank + 1), sizeof *T->point);
    T->crossing = flint_calloc((size_t) size + 1, sizeof *T->crossing);
}

void rc_climb_clear(rc_climb_t T)
{
    flint_free(T->point);
    flint_free(T->crossing);
}

int64_t rc_climb_loss(const rc_climb_t T)
{
    int64_t loss = 0;
    for (slong j = 0; j < T->size; j++)
        if (T->point[j] * T->wanted[j] < 0) loss += T->weight[j];
    return loss;
}

static int by_place(const void *a, const void *b)
{
    const rc_crossing *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->member > y->member) - (x->member < y->member);
}

/* Moves the point along column k of the dictionary to the middle of the stretch with the least loss, if that is less
   than the present one. */
static bool slide(rc_climb_t T, const rc_cone_t C, slong k)
{
    slong m = 0, stride = C->F->stride;
    bool on_wall = C->column[k] < T->F->n && fabs(T->point[C->column[k]]) < 1e-9;
    int64_t loss = 0, least = on_wall ? INT64_MAX : rc_climb_loss(T);
    double from = -INFINITY, to = INFINITY, where = INFINITY;
    for (slong j = 0; j < T->F->n; j++) {
        double slope = C->entry[j * stride + k], at = slope != 0 ? -T->point[j] / slope : 0;
        int side = j < T->size ? T->wanted[j] : 0;
        if (!(fabs(slope) > 1e-9)) {
            if (T->point[j] * side < 0) loss += T->weight[j];
        } else if (j < T->size) {
            T->crossing[m++] = (rc_crossing){at, j};
            if (slope * side > 0) loss += T->weight[j];
        } else if (slope > 0) {
            from = at;
        } else {
            to = at;
        }
    }
    qsort(T->crossing, (size_t) m, sizeof *T->crossing, by_place);
    for (slong a = 0; a <= m; a++) {
        double left = a > 0 ? fmax(from, T->crossing[a - 1].at) : from;
        double right = a < m ? fmin(to, T->crossing[a].at) : to;
        if (loss < least && right - left > 1e-7) {
            least = loss;
            where = isinf(left) ? right - 1 : isinf(right) ? left + 1 : (left + right) / 2;
        }
        if (a == m) break;
        slong j = T->crossing[a].member;
        if (T->wanted[j]) loss += C->entry[j * stride + k] * T->wanted[j] > 0 ? -T->weight[j] : T->weight[j];
    }
    if (!isfinite(where)) return false;
    for (slong j = 0; j < T->F->n + T->F->rank; j++) T->point[j] += where * C->entry[j * stride + k];
    return true;
}

void rc_climb_along(rc_climb_t T, const rc_cone_t C)
{
    bool moved = true;
    for (int rounds = 0; moved && rounds < 8; rounds++) {
        moved = false;
        for (slong k = 0; k < T->F->rank; k++) moved = slide(T, C, k) || moved;
    }
}
