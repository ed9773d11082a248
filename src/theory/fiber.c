/* The distance from Gamma to the fiber of g: K = m exactly, K < m between bounds (design section 8). */
#include "relucert/fiber.h"

#include <string.h>

#include "theory/cost.h"
#include "theory/fiber-spare.h"
#include "theory/fliptree.h"

void rc_fiber_init(rc_fiber_t f)
{
    memset(f, 0, sizeof(rc_fiber_struct));
    f->realizable = RC_REALIZABLE;
    rc_fliptree_init(f->tree);
    rc_surd_init(f->lower);
    rc_surd_init(f->upper);
    rc_network_init(f->phi, RC_SHALLOW, 1, 1, 1);
}

static void clear_halls(rc_fiber_t f)
{
    for (slong h = 0; h < f->halls; h++) {
        flint_free(f->hall_hyperplanes[h]);
        flint_free(f->hall_neurons[h]);
    }
    flint_free(f->hall_hyperplanes);
    flint_free(f->hall_neurons);
    f->hall_hyperplanes = f->hall_neurons = NULL;
    f->halls = 0;
}

void rc_fiber_clear(rc_fiber_t f)
{
    clear_halls(f);
    rc_fliptree_clear(f->tree);
    rc_flip_sets_clear(f->flip, f->flips);
    rc_surd_clear(f->lower);
    rc_surd_clear(f->upper);
    rc_network_clear(f->phi);
    flint_free(f->assignment);
}

/* Room for `count` violators. */
static void init_halls(rc_fiber_t f, slong count)
{
    size_t n = (size_t) count + 1;
    f->hall_hyperplanes = flint_malloc(n * sizeof(bool *));
    f->hall_neurons = flint_malloc(n * sizeof(bool *));
    for (f->halls = 0; f->halls < count; f->halls++) {
        f->hall_hyperplanes[f->halls] = flint_calloc((size_t) f->K + 1, sizeof(bool));
        f->hall_neurons[f->halls] = flint_calloc((size_t) f->m + 1, sizeof(bool));
    }
}

/* Rows are hyperplanes, columns neurons; flip NULL: COST'. */
typedef struct {
    const rc_network_struct *gamma;
    const rc_canonical_struct *g;
    const bool *flip;
} cost_table;

static int orientation(const cost_table *c, slong H)
{
    return c->flip[H] ? -1 : 1;
}

static void exact_cost(void *arg, rc_surd_t s, slong H, slong i)
{
    const cost_table *c = arg;
    rc_cost(s, c->gamma, i, c->g, H, orientation(c, H));
}

static void cost_bounds(void *arg, slong H, slong i, double *lo, double *hi)
{
    const cost_table *c = arg;
    rc_cost_enclose(lo, hi, c->gamma, i, c->g, H, orientation(c, H));
}

static void exact_line_cost(void *arg, rc_surd_t s, slong H, slong i)
{
    const cost_table *c = arg;
    rc_cost_line(s, c->gamma, i, c->g, H);
}

/* Phi itself, where the scales can be written down. */
static void set_phi(rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    rc_network_t phi;
    rc_network_init(phi, RC_SHALLOW, gamma->d, gamma->m, gamma->D);
    f->has_phi = true;
    for (slong i = 0; i < gamma->m && f->has_phi; i++) {
        slong H = f->assignment[i];
        f->has_phi = rc_cost_neuron(phi, gamma, i, g, H, f->flip[f->best_flip][H] ? -1 : 1, f->upper);
    }
    if (f->has_phi) rc_network_swap(f->phi, phi);
    rc_network_clear(phi);
}

/* For each flip set the bottleneck over permutations; its violator for "cost < its own value" serves for the least
   value too, since costs outside it are at least the larger of the two. */
static rc_status full_distance(rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g, rc_limits *limits)
{
    rc_status status = rc_flip_sets(f->tree, &f->flip, &f->flips, g, limits);
    if (status == RC_OK && f->flips == 0) f->realizable = RC_NO_FLIP_SET;
    if (f->flips == 0) return status;
    slong *neuron = flint_malloc((size_t) f->m * sizeof(slong));
    rc_surd_t value;
    rc_surd_init(value);
    f->assignment = flint_malloc((size_t) f->m * sizeof(slong));
    init_halls(f, f->flips);
    for (slong k = 0; k < f->flips; k++) {
        if (!rc_limits_visit(limits, "assignments")) status = RC_LIMIT;
        if (status != RC_OK && f->has_upper) break;
        cost_table c = {gamma, g, f->flip[k]};
        rc_bottleneck(neuron, value, f->hall_hyperplanes[k], f->hall_neurons[k], f->K, f->m, exact_cost, cost_bounds,
                      &c);
        if (f->has_upper && rc_surd_cmp(value, f->upper) >= 0) continue;
        f->has_upper = true;
        f->strategy = RC_STRATEGY_ASSIGNMENT;
        rc_surd_set(f->upper, value);
        f->best_flip = k;
        for (slong H = 0; H < f->K; H++) f->assignment[neuron[H]] = H;
    }
    if (status == RC_OK) {
        f->has_lower = f->exact = true;
        rc_surd_set(f->lower, f->upper);
    }
    set_phi(f, gamma, g);
    rc_surd_clear(value);
    flint_free(neuron);
    return status;
}

/* Every Phi has a neuron of its own on each hyperplane: the bottleneck of COST' over injections is a lower bound. */
static void lower_by_lines(rc_fiber_t f, slong *neuron, const rc_network_t gamma, const rc_canonical_t g)
{
    cost_table c = {gamma, g, NULL};
    if (f->K > 0) {
        init_halls(f, 1);
        rc_bottleneck(neuron, f->lower, f->hall_hyperplanes[0], f->hall_neurons[0], f->K, f->m, exact_line_cost, NULL,
                      &c);
    }
    f->has_lower = true;
}

static rc_status spare_distance(rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g, rc_limits *limits)
{
    slong *neuron = flint_malloc((size_t) f->m * sizeof(slong));
    lower_by_lines(f, neuron, gamma, g);
    bool realizable = true;
    rc_status status = rc_spare_upper(f->phi, f->upper, &f->has_upper, &f->strategy, &realizable, gamma, g, f->lower,
                                      neuron, limits);
    f->has_phi = f->has_upper;
    if (!realizable) {
        f->realizable = RC_SPARE_NEURONS;
        f->has_lower = false;
        rc_surd_zero(f->lower);
        clear_halls(f);
    }
    f->exact = f->has_upper && rc_surd_cmp(f->lower, f->upper) == 0;
    flint_free(neuron);
    return status;
}

rc_status rc_fiber_distance(rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g, rc_limits *limits)
{
    rc_fiber_clear(f);
    rc_fiber_init(f);
    f->m = gamma->m;
    f->K = g->K;
    if (f->K > f->m) {
        f->realizable = RC_MORE_HYPERPLANES;
        return RC_OK;
    }
    return f->K == f->m ? full_distance(f, gamma, g, limits) : spare_distance(f, gamma, g, limits);
}

const char *rc_fiber_strategy_name(rc_fiber_strategy strategy)
{
    static const char *const name[] = {"none",        "assignment", "structure", "rescaled", "moved",
                                       "moved-lines", "turned",     "gathered",  "exchanged"};
    return name[strategy];
}

bool rc_spare_proof_fits(slong m, slong K)
{
    double total = 0, subsets = 1;
    for (slong t = 0; t <= m - K && t <= K; t++) {
        double pairs = subsets;
        for (slong k = 0; k < K - t && pairs <= 1e7; k++) pairs *= 2;
        total += pairs;
        subsets = subsets * (double) (K - t) / (double) (t + 1);
        if (total > 1e6) return false;
    }
    return true;
}
