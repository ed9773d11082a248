#include "relucert/conditions.h"

#include "theory/conditions-rays.h"

#define MAX_OFFENDERS 100000

void rc_offenders_init(rc_offenders_t o)
{
    o->length = o->alloc = 0;
    o->items = NULL;
}

void rc_offenders_clear(rc_offenders_t o)
{
    flint_free(o->items);
    rc_offenders_init(o);
}

/* False when the list is full. */
static bool append(rc_offenders_t o, int network, slong neuron, slong with)
{
    if (o->length >= MAX_OFFENDERS) return false;
    if (o->length == o->alloc) {
        o->alloc = o->alloc ? 2 * o->alloc : 8;
        o->items = flint_realloc(o->items, (size_t) o->alloc * sizeof(rc_offender));
    }
    o->items[o->length++] = (rc_offender){network, neuron, with};
    return true;
}

/* Is ||c_i a_i^T|| <= 2r? */
static bool product_is_small(const rc_network_t net, slong i, const fmpq_t r)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    rc_network_norm_product(x, net, i);
    fmpq_add(y, r, r);
    bool small = fmpq_cmp(x, y) <= 0;
    fmpq_clear(x);
    fmpq_clear(y);
    return small;
}

/* s = max(||c_i||, ||a_i||). */
static void larger_norm(rc_surd_t s, const rc_network_t net, slong i)
{
    rc_surd_t t;
    rc_surd_init(t);
    rc_network_norm_a(s, net, i);
    rc_network_norm_c(t, net, i);
    rc_surd_max(s, t);
    rc_surd_clear(t);
}

bool rc_condition_c1(rc_offenders_t o, const rc_network_t gamma, const fmpq_t r, const rc_surd_t beta)
{
    bool holds = true;
    rc_surd_t s;
    rc_surd_init(s);
    for (slong i = 0; i < gamma->m; i++) {
        if (!product_is_small(gamma, i, r)) continue;
        larger_norm(s, gamma, i);
        if (rc_surd_cmp(s, beta) <= 0) continue;
        holds = false;
        if (!append(o, 0, i, -1)) break;
    }
    rc_surd_clear(s);
    return holds;
}

void rc_condition_beta_min(rc_surd_t beta, const rc_network_t gamma, const fmpq_t r)
{
    rc_surd_t s;
    rc_surd_init(s);
    rc_surd_zero(beta);
    for (slong i = 0; i < gamma->m; i++) {
        if (!product_is_small(gamma, i, r)) continue;
        larger_norm(s, gamma, i);
        rc_surd_max(beta, s);
    }
    rc_surd_clear(s);
}

bool rc_condition_c2(rc_offenders_t o, const rc_network_t net, int which)
{
    bool holds = true, room = true;
    rc_rays_t rays;
    rc_rays_init(rays, net, NULL);
    for (slong i = 0; i < net->m && room; i++) {
        if (rays->place[i] < 0) continue;
        /* Members of a run are sorted by index, so those after i are the partners j > i. */
        for (slong p = rays->place[i] + 1; p < rays->group_end[rays->place[i]] && room; p++) {
            holds = false;
            room = append(o, which, i, rays->order[p]);
        }
    }
    rc_rays_clear(rays);
    return holds;
}

/* The run of vectors opposite to the one at position p of `order`. */
static void opposite_run(slong *start, slong *end, const rc_rays_t rays, slong p)
{
    if (rays->sign[rays->order[p]] > 0) {
        *start = rays->line_start[p];
        *end = rays->sign[rays->order[*start]] < 0 ? rays->group_end[*start] : *start;
    } else {
        *start = rays->group_end[p];
        *end = rays->line_end[p];
    }
}

bool rc_condition_c3a(rc_offenders_t o, const rc_network_t net, int which)
{
    bool holds = true, room = true;
    rc_rays_t rays;
    rc_rays_init(rays, net, NULL);
    for (slong i = 0; i < net->m && room; i++) {
        if (rays->place[i] < 0) continue;
        slong start, end;
        opposite_run(&start, &end, rays, rays->place[i]);
        for (slong p = start; p < end && room; p++) {
            if (rays->order[p] < i) continue;
            holds = false;
            room = append(o, which, i, rays->order[p]);
        }
    }
    rc_rays_clear(rays);
    return holds;
}

bool rc_condition_c3b(rc_offenders_t o, const rc_network_t gamma, const rc_network_t theta)
{
    bool holds = true, room = true;
    rc_rays_t rays;
    rc_rays_init(rays, gamma, theta);
    for (slong i = 0; i < gamma->m && room; i++) {
        if (rays->place[i] < 0) continue;
        slong start, end;
        opposite_run(&start, &end, rays, rays->place[i]);
        for (slong p = start; p < end && room; p++) {
            if (rays->order[p] < gamma->m) continue;
            holds = false;
            room = append(o, 0, i, rays->order[p] - gamma->m);
        }
    }
    rc_rays_clear(rays);
    return holds;
}

/* x = largest absolute value of n entries. */
static void norm_vec(fmpq_t x, const fmpq *v, slong n)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(x);
    for (slong j = 0; j < n; j++) {
        fmpq_abs(y, v + j);
        if (fmpq_cmp(y, x) > 0) fmpq_set(x, y);
    }
    fmpq_clear(y);
}

/* ||c_i|| = ||gamma_i|| / sqrt(q_i) and ||a_i|| = sqrt(q_i) ||u_i|| agree iff ||gamma_i|| = q_i ||u_i||. */
static bool neuron_is_balanced(const rc_network_t net, slong i)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    norm_vec(x, fmpq_mat_entry(net->u, i, 0), net->d);
    norm_vec(y, fmpq_mat_entry(net->gamma, i, 0), net->D);
    fmpq_mul(x, x, net->q + i);
    bool balanced = fmpq_equal(x, y);
    fmpq_clear(x);
    fmpq_clear(y);
    return balanced;
}

bool rc_condition_balanced(rc_offenders_t o, const rc_network_t net, int which)
{
    bool holds = true, room = true;
    for (slong i = 0; i < net->m && room; i++) {
        if (neuron_is_balanced(net, i)) continue;
        holds = false;
        room = append(o, which, i, -1);
    }
    return holds;
}

bool rc_condition_positive(rc_offenders_t o, const rc_network_t net, int which)
{
    bool holds = true, room = true;
    for (slong i = 0; i < net->m && room; i++) {
        bool positive = net->d >= 2;
        for (slong j = net->d - 2; positive && j < net->d; j++) positive = fmpq_sgn(fmpq_mat_entry(net->u, i, j)) > 0;
        if (positive) continue;
        holds = false;
        room = append(o, which, i, -1);
    }
    return holds;
}

const char *rc_offence_name(rc_offence o)
{
    switch (o) {
    case RC_OFFENCE_NONE: return "none";
    case RC_OFFENCE_BALANCE: return "balance";
    case RC_OFFENCE_C2: return "C.2";
    case RC_OFFENCE_POSITIVITY: return "positivity";
    }
    return "none";
}

rc_offence rc_membership(rc_offender *first, const rc_network_t net, bool star)
{
    rc_offence offence = RC_OFFENCE_NONE;
    rc_offenders_t o;
    rc_offenders_init(o);
    if (!rc_condition_balanced(o, net, 0)) offence = RC_OFFENCE_BALANCE;
    else if (!rc_condition_c2(o, net, 0)) offence = RC_OFFENCE_C2;
    else if (star && !rc_condition_positive(o, net, 0)) offence = RC_OFFENCE_POSITIVITY;
    *first = o->length ? o->items[0] : (rc_offender){0, -1, -1};
    rc_offenders_clear(o);
    return offence;
}
