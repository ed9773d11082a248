/* Is a parametrization the only one, up to permutation and positive scales? And when are two the same in that sense?

   K < m: a parametrization without dead neurons is a structure (theory/realize.h). It leaves no freedom iff (T, F) is
   the only choice that realizes g and either every spare neuron is on T, or T is empty and there is one pair
   (docs/soundness.md, unique). If it leaves some, a structure of another choice, or one mixed from the same, is
   another parametrization or has a dead neuron: */
#include <stdlib.h>
#include <string.h>

#include "relucert/fiber.h"
#include "theory/conditions-rays.h"
#include "theory/fliptree.h"
#include "theory/realize.h"

static bool is_dead(const rc_network_t net, slong i)
{
    return rc_network_a_is_zero(net, i) || rc_network_c_is_zero(net, i);
}

static bool has_dead_neuron(const rc_network_t net)
{
    for (slong i = 0; i < net->m; i++)
        if (is_dead(net, i)) return true;
    return false;
}

/* A living neuron as (sign, primitive normal, |factor| gamma): its ray and, with it, its matrix c a^T. */
typedef struct {
    int sign;
    slong d, D;
    const fmpz *normal;
    const fmpq *output;
} neuron_key;

static int compare_keys(const void *a, const void *b)
{
    const neuron_key *x = a, *y = b;
    if (x->sign != y->sign) return x->sign < y->sign ? -1 : 1;
    for (slong j = 0; j < x->d; j++) {
        int c = fmpz_cmp(x->normal + j, y->normal + j);
        if (c) return c < 0 ? -1 : 1;
    }
    for (slong p = 0; p < x->D; p++) {
        int c = fmpq_cmp(x->output + p, y->output + p);
        if (c) return c < 0 ? -1 : 1;
    }
    return 0;
}

/* The keys of the living neurons, sorted; returns their number. outputs (m x D) holds the scaled gammas. */
static slong sorted_keys(neuron_key *keys, fmpq_mat_t outputs, const rc_rays_t rays, const rc_network_t net)
{
    slong count = 0;
    fmpq_t s;
    fmpq_init(s);
    for (slong i = 0; i < net->m; i++) {
        if (is_dead(net, i)) continue;
        fmpq_abs(s, rays->factor + i);
        for (slong p = 0; p < net->D; p++) fmpq_mul(fmpq_mat_entry(outputs, i, p), s, fmpq_mat_entry(net->gamma, i, p));
        keys[count++] =
            (neuron_key){rays->sign[i], net->d, net->D, rays->primitive + i * net->d, fmpq_mat_entry(outputs, i, 0)};
    }
    qsort(keys, (size_t) count, sizeof(neuron_key), compare_keys);
    fmpq_clear(s);
    return count;
}

bool rc_network_equivalent(const rc_network_t X, const rc_network_t Y)
{
    if (X->m != Y->m || X->d != Y->d || X->D != Y->D) return false;
    size_t room = (size_t) X->m * sizeof(neuron_key);
    neuron_key *x = flint_malloc(room), *y = flint_malloc(room);
    fmpq_mat_t P, Q;
    rc_rays_t r, s;
    fmpq_mat_init(P, X->m, X->D);
    fmpq_mat_init(Q, Y->m, Y->D);
    rc_rays_init(r, X, NULL);
    rc_rays_init(s, Y, NULL);
    slong n = sorted_keys(x, P, r, X);
    bool equal = n == sorted_keys(y, Q, s, Y);
    for (slong k = 0; k < n && equal; k++) equal = compare_keys(x + k, y + k) == 0;
    rc_rays_clear(r);
    rc_rays_clear(s);
    fmpq_mat_clear(P);
    fmpq_mat_clear(Q);
    flint_free(x);
    flint_free(y);
    return equal;
}

/* The network of a flip set (K = m). */
static void flip_network(rc_network_t phi, const rc_canonical_t g, const bool *flip)
{
    rc_network_t result;
    rc_network_init(result, RC_SHALLOW, g->d, g->K, g->D);
    for (slong H = 0; H < g->K; H++) {
        for (slong j = 0; j < g->d; j++) {
            fmpq *x = fmpq_mat_entry(result->u, H, j);
            fmpz_set(fmpq_numref(x), fmpz_mat_entry(g->u, H, j));
            if (flip[H]) fmpq_neg(x, x);
        }
        for (slong p = 0; p < g->D; p++) fmpq_set(fmpq_mat_entry(result->gamma, H, p), fmpq_mat_entry(g->gamma, H, p));
    }
    rc_network_swap(phi, result);
    rc_network_clear(result);
}

static rc_uniqueness full_uniqueness(rc_fliptree_struct *tree, rc_network_t phi, const rc_network_t X,
                                     const rc_canonical_t g, rc_limits *limits)
{
    bool **flip = NULL;
    slong flips = 0;
    rc_status status = rc_flip_sets(tree, &flip, &flips, g, limits);
    rc_uniqueness result = status == RC_OK && flips == 1 ? RC_UNIQUE : RC_UNIQUE_UNKNOWN;
    rc_network_t candidate;
    rc_network_init(candidate, RC_SHALLOW, g->d, g->K, g->D);
    for (slong f = 0; f < flips && flips > 1 && result != RC_NOT_UNIQUE; f++) {
        flip_network(candidate, g, flip[f]);
        if (rc_network_equivalent(candidate, X)) continue;
        rc_network_swap(phi, candidate);
        result = RC_NOT_UNIQUE;
    }
    rc_network_clear(candidate);
    rc_flip_sets_clear(flip, flips);
    return result;
}

void rc_choice_init(rc_choice_t choice)
{
    *choice = (rc_choice_struct){0, NULL, NULL};
}

void rc_choice_clear(rc_choice_t choice)
{
    flint_free(choice->twice);
    flint_free(choice->flip);
}

typedef struct {
    rc_network_struct *phi;
    const rc_network_struct *X;
    const rc_canonical_struct *g;
    bool found;
    rc_choice_struct *choice; /* the first one met */
    bool several, rigid;      /* there are others; it leaves no freedom */
} other_search;

static void note_choice(other_search *o, const rc_structure_struct *s)
{
    rc_choice_struct *c = o->choice;
    slong K = s->g->K, spare = s->m - K, taken = 0;
    size_t room = (size_t) K * sizeof(bool);
    if (c->twice) {
        o->several = o->several || memcmp(c->twice, s->extra, room) != 0 || memcmp(c->flip, s->flip, room) != 0;
        return;
    }
    c->K = K;
    c->twice = flint_malloc(room + 1);
    c->flip = flint_malloc(room + 1);
    memcpy(c->twice, s->extra, room);
    memcpy(c->flip, s->flip, room);
    for (slong H = 0; H < K; H++) taken += s->extra[H];
    o->rigid = spare == taken ? s->pairs == 0 : taken == 0 && spare == 2 && s->pairs == 1;
}

/* Keeps candidate if it is another parametrization of g, or has a dead neuron. */
static void try_candidate(other_search *o, const rc_structure_struct *s)
{
    if (o->found) return;
    rc_network_t candidate;
    rc_canonical_t f;
    rc_network_init(candidate, RC_SHALLOW, 1, 1, 1);
    rc_canonical_init(f);
    rc_structure_network(candidate, s);
    rc_canonical_set_network(f, candidate);
    o->found = rc_canonical_equal(f, o->g) && (has_dead_neuron(candidate) || !rc_network_equivalent(candidate, o->X));
    if (o->found) rc_network_swap(o->phi, candidate);
    rc_canonical_clear(f);
    rc_network_clear(candidate);
}

/* x_1 v_1^T + x_2 v_2^T = (x_1 - x_2) v_1^T + x_2 (v_1 + v_2)^T. */
static void mix_pairs(rc_structure_struct *s)
{
    for (slong p = 0; p < s->g->D; p++)
        fmpq_sub(fmpq_mat_entry(s->x, 0, p), fmpq_mat_entry(s->x, 0, p), fmpq_mat_entry(s->x, 1, p));
    for (slong j = 0; j < s->g->d; j++)
        fmpq_add(fmpq_mat_entry(s->v, 1, j), fmpq_mat_entry(s->v, 1, j), fmpq_mat_entry(s->v, 0, j));
}

/* W_H u_H^T + x_1 v_1^T = (W_H - x_1) u_H^T + x_1 (v_1 + u_H)^T. */
static void mix_extra(rc_structure_struct *s, slong H)
{
    for (slong p = 0; p < s->g->D; p++)
        fmpq_sub(fmpq_mat_entry(s->W, H, p), fmpq_mat_entry(s->W, H, p), fmpq_mat_entry(s->x, 0, p));
    fmpq_t u;
    fmpq_init(u);
    for (slong j = 0; j < s->g->d; j++) {
        fmpz_set(fmpq_numref(u), fmpz_mat_entry(s->g->u, H, j));
        fmpq_add(fmpq_mat_entry(s->v, 0, j), fmpq_mat_entry(s->v, 0, j), u);
    }
    fmpq_clear(u);
}

/* If the u_H, H in T, are dependent, sum y_H u_H = 0: W_H + y_H e_1 serves as well. */
static bool mix_dependent(rc_structure_struct *s)
{
    slong d = s->g->d, K = s->g->K, n = 0;
    slong *index = flint_malloc(((size_t) K + 1) * sizeof(slong));
    for (slong H = 0; H < K; H++)
        if (s->extra[H]) index[n++] = H;
    fmpq_mat_t U;
    fmpq_mat_init(U, d, n);
    for (slong t = 0; t < n; t++)
        for (slong j = 0; j < d; j++)
            fmpz_set(fmpq_numref(fmpq_mat_entry(U, j, t)), fmpz_mat_entry(s->g->u, index[t], j));
    slong rank = n > 0 ? fmpq_mat_rref(U, U) : 0, c = 0, k = 0;
    while (k < rank && !fmpq_is_zero(fmpq_mat_entry(U, k, c))) {
        k++;
        c++;
    }
    /* Column c is the first without a pivot: u_c = sum over k < c of U[k, c] u_k. */
    bool dependent = rank < n;
    if (dependent) {
        fmpq *w = fmpq_mat_entry(s->W, index[c], 0);
        fmpq_sub_si(w, w, 1);
        for (k = 0; k < c; k++) {
            w = fmpq_mat_entry(s->W, index[k], 0);
            fmpq_add(w, w, fmpq_mat_entry(U, k, c));
        }
    }
    fmpq_mat_clear(U);
    flint_free(index);
    return dependent;
}

/* The structure and, where it leaves a choice, another one of the same kind. */
static bool try_structure(void *arg, const rc_structure_struct *s)
{
    other_search *o = arg;
    note_choice(o, s);
    try_candidate(o, s);
    rc_structure_struct t = *s;
    if (s->pairs >= 2) {
        mix_pairs(&t);
        try_candidate(o, &t);
    } else if (s->pairs == 1) {
        for (slong H = 0; H < s->g->K; H++) {
            if (!s->extra[H]) continue;
            mix_extra(&t, H);
            try_candidate(o, &t);
            break;
        }
    }
    if (!o->found && mix_dependent(&t)) try_candidate(o, &t);
    return !o->found;
}

rc_uniqueness rc_fiber_unique(rc_fliptree_t tree, rc_choice_t choice, rc_network_t phi, const rc_network_t X,
                              rc_limits *limits)
{
    rc_uniqueness result = RC_UNIQUE_UNKNOWN;
    rc_canonical_t g;
    rc_canonical_init(g);
    rc_canonical_set_network(g, X);
    if (has_dead_neuron(X)) {
        rc_network_set(phi, X);
        result = RC_NOT_UNIQUE;
    } else if (g->K == X->m) {
        result = full_uniqueness(tree, phi, X, g, limits);
    } else {
        rc_choice_clear(choice);
        rc_choice_init(choice);
        other_search o = {.phi = phi, .X = X, .g = g, .choice = choice};
        /* What stopped the search does not matter where it has found a second parametrization. */
        rc_status status = rc_structures(g, X->m, try_structure, &o, 0, limits);
        if (o.found) result = RC_NOT_UNIQUE;
        else if (status == RC_OK && o.rigid && !o.several && rc_spare_proof_fits(X->m, g->K)) result = RC_UNIQUE;
    }
    rc_canonical_clear(g);
    return result;
}
