#include "theory/conditions-rays.h"

#include <stdlib.h>

#include "relucert/canonical.h"

typedef struct {
    const fmpz *vector;
    slong d, index;
    int sign;
} ray_entry;

static int compare_lines(const ray_entry *x, const ray_entry *y)
{
    for (slong j = 0; j < x->d; j++) {
        int c = fmpz_cmp(x->vector + j, y->vector + j);
        if (c) return c < 0 ? -1 : 1;
    }
    return 0;
}

static int compare_rays(const void *a, const void *b)
{
    const ray_entry *x = a, *y = b;
    int c = compare_lines(x, y);
    if (c) return c;
    if (x->sign != y->sign) return x->sign < y->sign ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static void set_runs(rc_rays_t rays, const ray_entry *entries)
{
    slong n = rays->nonzero;
    rays->lines = 0;
    for (slong start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && compare_lines(entries + start, entries + end) == 0;) end++;
        slong split = start;
        while (split < end && entries[split].sign < 0) split++;
        for (slong p = start; p < end; p++) {
            rays->line[entries[p].index] = rays->lines;
            rays->line_start[p] = start;
            rays->line_end[p] = end;
            rays->group_end[p] = p < split ? split : end;
        }
        rays->lines++;
    }
}

void rc_rays_init(rc_rays_t rays, const rc_network_struct *X, const rc_network_struct *Y)
{
    slong d = X->d, count = X->m + (Y ? Y->m : 0);
    size_t room = (size_t) count + 1;
    rays->count = count;
    rays->d = d;
    rays->first = X->m;
    rays->nonzero = 0;
    rays->primitive = _fmpz_vec_init(count * d);
    rays->factor = flint_malloc(room * sizeof(fmpq));
    rays->line = flint_malloc(room * sizeof(slong));
    rays->sign = flint_malloc(room * sizeof(int));
    rays->order = flint_malloc(room * sizeof(slong));
    rays->place = flint_malloc(room * sizeof(slong));
    rays->group_end = flint_malloc(room * sizeof(slong));
    rays->line_start = flint_malloc(room * sizeof(slong));
    rays->line_end = flint_malloc(room * sizeof(slong));
    ray_entry *entries = flint_malloc(room * sizeof(ray_entry));
    for (slong k = 0; k < count; k++) {
        const rc_network_struct *net = k < X->m ? X : Y;
        slong i = k < X->m ? k : k - X->m;
        fmpq_init(rays->factor + k);
        rays->line[k] = rays->place[k] = -1;
        rays->sign[k] = 0;
        if (rc_network_a_is_zero(net, i)) continue;
        rc_primitive(rays->primitive + k * d, rays->factor + k, fmpq_mat_entry(net->u, i, 0), d);
        rays->sign[k] = fmpq_sgn(rays->factor + k);
        entries[rays->nonzero++] = (ray_entry){rays->primitive + k * d, d, k, rays->sign[k]};
    }
    qsort(entries, (size_t) rays->nonzero, sizeof(ray_entry), compare_rays);
    for (slong p = 0; p < rays->nonzero; p++) {
        rays->order[p] = entries[p].index;
        rays->place[entries[p].index] = p;
    }
    set_runs(rays, entries);
    flint_free(entries);
}

void rc_rays_clear(rc_rays_t rays)
{
    _fmpz_vec_clear(rays->primitive, rays->count * rays->d);
    for (slong k = 0; k < rays->count; k++) fmpq_clear(rays->factor + k);
    flint_free(rays->factor);
    flint_free(rays->line);
    flint_free(rays->sign);
    flint_free(rays->order);
    flint_free(rays->place);
    flint_free(rays->group_end);
    flint_free(rays->line_start);
    flint_free(rays->line_end);
}
