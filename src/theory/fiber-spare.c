/* Upper bounds for K < m: networks built from the structures of g, and from Gamma's own rays.

   A structure (theory/realize.h) is a list of at most m neurons; a bottleneck assignment gives each a neuron of Gamma
   and lets the rest die where that is cheapest. Designs (theory/fiber-spare.h) then let scales, outputs and turning
   pairs move: the rays of the assignment, and Gamma's rays with some neurons, and their partners on the same line,
   moved to hyperplanes of g: one to each, alone or with its partners, or all that are near; last the rays of the best
   network so far, and Gamma's, with one neuron or two on other rays (fiber-exchange.c). For each design the least
   bound is approached by bisection, its first guess being the lower bound. Everything kept was verified exactly, so a
   poor proposal costs only quality. */
#include "theory/fiber-spare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "theory/conditions-rays.h"
#include "theory/cost.h"
#include "theory/realize.h"

#define MAX_STRUCTURES 48        /* assignments tried */
#define MAX_CHOICES 300          /* choices looked at once one structure is known */
#define MAX_STRUCTURE_DESIGNS 8  /* of these improved by linear programs */
#define MAX_PROGRAM_VARIABLES 48
#define MAX_PROGRAM_ENTRIES 400  /* m (d + D) */
#define BISECTION_STEPS 12
#define MAX_THRESHOLDS 8         /* of gathering */
#define MAX_TRIALS 20000         /* of exchanges, divided by variables (d + D) */
#define LEAST_GAIN_BITS 12       /* an exchange is tried at a bound smaller by 2^-12 */

typedef struct {
    const rc_network_struct *gamma;
    const rc_canonical_struct *g;
    const rc_surd_struct *lower;
    rc_limits *limits;
    rc_network_t phi;
    rc_surd_t upper;
    bool found;
    slong structures;
    rc_fiber_strategy strategy, trying; /* that found phi; at work */
} spare;

/* The bound cannot become better. */
static bool is_exact(const spare *s)
{
    return s->found && rc_surd_cmp(s->upper, s->lower) <= 0;
}

/* Keeps phi, which realizes g, if it is nearer. */
static void consider(spare *s, const rc_network_t phi)
{
    rc_surd_t distance;
    rc_surd_init(distance);
    rc_network_distance(distance, phi, s->gamma);
    if (!s->found || rc_surd_cmp(distance, s->upper) < 0) {
        s->found = true;
        rc_surd_set(s->upper, distance);
        rc_network_set(s->phi, phi);
        s->strategy = s->trying;
    }
    rc_surd_clear(distance);
}

static bool try_bound(spare *s, const rc_design_t design, const rc_surd_t t)
{
    rc_network_t phi;
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    bool fits = rc_design_fits(phi, design, t);
    if (fits) consider(s, phi);
    rc_network_clear(phi);
    return fits;
}

static bool try_rational(spare *s, const rc_design_t design, const fmpq_t t)
{
    rc_surd_t x;
    rc_surd_init(x);
    rc_surd_set_fmpq(x, t);
    bool fits = try_bound(s, design, x);
    rc_surd_clear(x);
    return fits;
}

/* A bound short to write in the middle third of [lo, hi]. */
static void middle_bound(fmpq_t t, const fmpq_t lo, const fmpq_t hi)
{
    fmpq_t a, b;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_sub(a, hi, lo);
    fmpq_div_2exp(a, a, 2);
    fmpq_sub(b, hi, a);
    fmpq_add(a, lo, a);
    fmpq_simplest_between(t, a, b);
    fmpq_clear(a);
    fmpq_clear(b);
}

static void bisect(spare *s, const rc_design_t design)
{
    fmpq_t lo, hi, t, unused;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpq_init(t);
    fmpq_init(unused);
    rc_surd_enclose(lo, unused, s->lower, 48);
    rc_surd_enclose(unused, hi, s->upper, 48);
    for (int step = 0; step < BISECTION_STEPS && fmpq_cmp(lo, hi) < 0; step++) {
        middle_bound(t, lo, hi);
        if (try_rational(s, design, t)) fmpq_set(hi, t);
        else fmpq_set(lo, t);
    }
    if (fmpq_cmp(lo, hi) < 0) {
        fmpq_simplest_between(t, lo, hi);
        if (!fmpq_equal(t, lo) && !fmpq_equal(t, hi)) (void) try_rational(s, design, t);
    }
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpq_clear(t);
    fmpq_clear(unused);
}

/* The best of a design: at the lower bound, else, if it fits below the present bound at all, by bisection. */
static void improve(spare *s, const rc_design_t design)
{
    if (is_exact(s) || rc_design_variables(design) > MAX_PROGRAM_VARIABLES || !rc_limits_visit(s->limits, "designs"))
        return;
    if (try_bound(s, design, s->lower)) return;
    if (s->found && try_bound(s, design, s->upper)) bisect(s, design);
}

static bool small_enough(const spare *s)
{
    return s->gamma->m * (s->gamma->d + s->gamma->D) <= MAX_PROGRAM_ENTRIES;
}

/* A neuron alone on a line that is none of g's must contribute nothing: a_i := 0 where that is nearer than c_i := 0. */
static void settle_lonely(rc_design_t design)
{
    const rc_network_struct *gamma = design->gamma;
    rc_network_t rays_of;
    rc_rays_t rays;
    rc_surd_t a, c;
    rc_network_init(rays_of, RC_SHALLOW, gamma->d, gamma->m, gamma->D);
    rc_surd_init(a);
    rc_surd_init(c);
    fmpq_mat_set(rays_of->u, design->ray);
    rc_rays_init(rays, rays_of, NULL);
    for (slong i = 0; i < gamma->m; i++) {
        slong p = rays->place[i];
        int side;
        if (p < 0 || design->turning[i] >= 0 || rays->line_end[p] - rays->line_start[p] > 1) continue;
        if (rc_canonical_find(&side, design->g, fmpq_mat_entry(design->ray, i, 0)) >= 0) continue;
        rc_network_norm_a(a, gamma, i);
        rc_network_norm_c(c, gamma, i);
        if (rc_surd_cmp(a, c) > 0) continue;
        for (slong j = 0; j < gamma->d; j++) fmpq_zero(fmpq_mat_entry(design->ray, i, j));
    }
    rc_rays_clear(rays);
    rc_network_clear(rays_of);
    rc_surd_clear(a);
    rc_surd_clear(c);
}

/* Opposite pairs of Gamma, still on their own rays, that contribute a linear function: gamma_i + kappa gamma_j = 0 with
   u_j = -kappa u_i. */
static bool set_turning_pairs(rc_design_t design, const rc_rays_t rays)
{
    const rc_network_struct *gamma = design->gamma;
    bool any = false;
    fmpq_t kappa, x;
    fmpq_init(kappa);
    fmpq_init(x);
    for (slong p = 0; p < rays->nonzero; p = rays->line_end[p]) {
        slong i = rays->order[p], j = rays->order[rays->line_end[p] - 1];
        if (rays->line_end[p] - p != 2 || rays->sign[i] == rays->sign[j]) continue;
        if (i > j) {
            slong k = i;
            i = j;
            j = k;
        }
        bool pair = true;
        for (slong k = 0; k < gamma->d; k++)
            pair = pair && fmpq_equal(fmpq_mat_entry(design->ray, i, k), fmpq_mat_entry(gamma->u, i, k)) &&
                   fmpq_equal(fmpq_mat_entry(design->ray, j, k), fmpq_mat_entry(gamma->u, j, k));
        fmpq_div(kappa, rays->factor + j, rays->factor + i);
        for (slong k = 0; k < gamma->D; k++) {
            fmpq_mul(x, kappa, fmpq_mat_entry(gamma->gamma, j, k)); /* kappa is negative here */
            pair = pair && fmpq_equal(x, fmpq_mat_entry(gamma->gamma, i, k));
        }
        int side;
        if (!pair || rc_canonical_find(&side, design->g, fmpq_mat_entry(gamma->u, i, 0)) >= 0) continue;
        design->turning[i] = j;
        design->turning[j] = i;
        any = true;
    }
    fmpq_clear(kappa);
    fmpq_clear(x);
    return any;
}

/* Neuron i moves to hyperplane H, on the side it leans to already; `side` overrides it where not 0.
   Returns the side. */
static int move_to(rc_design_t design, slong i, slong H, int side)
{
    fmpq_t x;
    fmpq_init(x);
    if (side == 0) {
        for (slong j = 0; j < design->g->d; j++) {
            fmpq_t y;
            fmpq_init(y);
            fmpq_mul_fmpz(y, fmpq_mat_entry(design->gamma->u, i, j), fmpz_mat_entry(design->g->u, H, j));
            fmpq_add(x, x, y);
            fmpq_clear(y);
        }
        side = fmpq_sgn(x) < 0 ? -1 : 1;
    }
    for (slong j = 0; j < design->g->d; j++) {
        fmpq *r = fmpq_mat_entry(design->ray, i, j);
        fmpz_set(fmpq_numref(r), fmpz_mat_entry(design->g->u, H, j));
        fmpz_one(fmpq_denref(r));
        if (side < 0) fmpq_neg(r, r);
    }
    fmpq_clear(x);
    return side;
}

/* Gamma's rays with neuron[H] moved to H (none where neuron[H] < 0), with or without its companions on the same line,
   with or without turning pairs. */
static void try_injection(spare *s, const slong *neuron, const rc_rays_t rays)
{
    for (int variant = 0; variant < 4 && !is_exact(s); variant++) {
        bool companions = variant & 1, turn = variant & 2;
        rc_design_t design;
        rc_design_init(design, s->gamma, s->g);
        fmpq_mat_set(design->ray, s->gamma->u);
        for (slong H = 0; H < s->g->K; H++) {
            slong i = neuron[H], p = i >= 0 ? rays->place[i] : -1;
            if (i < 0) continue;
            int side = move_to(design, i, H, 0);
            for (slong k = p < 0 ? 0 : rays->line_start[p]; companions && p >= 0 && k < rays->line_end[p]; k++)
                (void) move_to(design, rays->order[k], H, side * rays->sign[i] * rays->sign[rays->order[k]]);
        }
        /* A companion may itself have been given a hyperplane. */
        for (slong H = 0; H < s->g->K; H++)
            if (neuron[H] >= 0) (void) move_to(design, neuron[H], H, 0);
        bool useful = !turn || set_turning_pairs(design, rays);
        settle_lonely(design);
        s->trying = turn ? RC_STRATEGY_TURNED : companions ? RC_STRATEGY_MOVED_LINES : RC_STRATEGY_MOVED;
        if (useful) improve(s, design);
        rc_design_clear(design);
    }
}

typedef struct {
    rc_surd_struct cost;
    slong neuron, hyperplane;
} nearest_line;

static int compare_nearest(const void *x, const void *y)
{
    const nearest_line *a = x, *b = y;
    int c = rc_surd_cmp(&a->cost, &b->cost);
    if (c) return c;
    return a->neuron < b->neuron ? -1 : a->neuron > b->neuron;
}

/* The first `count` of the neurons by distance to their nearest hyperplane move there; those of neuron[] in any case,
   each to its own. */
static void gather(spare *s, const nearest_line *list, slong count, const slong *neuron, const rc_rays_t rays)
{
    for (int turn = 0; turn < 2 && !is_exact(s); turn++) {
        rc_design_t design;
        rc_design_init(design, s->gamma, s->g);
        fmpq_mat_set(design->ray, s->gamma->u);
        for (slong k = 0; k < count; k++) (void) move_to(design, list[k].neuron, list[k].hyperplane, 0);
        for (slong H = 0; H < s->g->K; H++) (void) move_to(design, neuron[H], H, 0);
        bool useful = !turn || set_turning_pairs(design, rays);
        settle_lonely(design);
        s->trying = RC_STRATEGY_GATHERED;
        if (useful) improve(s, design);
        rc_design_clear(design);
    }
}

/* Several neurons may share the jump of a hyperplane: all within a threshold move to it, for the least thresholds. */
static void try_gathering(spare *s, const slong *neuron, const rc_rays_t rays)
{
    slong m = s->gamma->m, count = 0, thresholds = 0;
    nearest_line *list = flint_malloc((size_t) m * sizeof(nearest_line));
    rc_surd_t x;
    rc_surd_init(x);
    for (slong i = 0; i < m; i++) {
        if (rays->place[i] < 0) continue;
        nearest_line *l = list + count++;
        l->neuron = i;
        rc_surd_init(&l->cost);
        for (slong H = 0; H < s->g->K; H++) {
            rc_cost_line(x, s->gamma, i, s->g, H);
            if (H > 0 && rc_surd_cmp(x, &l->cost) >= 0) continue;
            rc_surd_set(&l->cost, x);
            l->hyperplane = H;
        }
    }
    qsort(list, (size_t) count, sizeof(nearest_line), compare_nearest);
    for (slong k = 0; k < count && thresholds < MAX_THRESHOLDS && rc_surd_cmp(&list[k].cost, s->upper) < 0; k++) {
        if (k + 1 < count && rc_surd_cmp(&list[k].cost, &list[k + 1].cost) == 0) continue;
        gather(s, list, k + 1, neuron, rays);
        thresholds++;
    }
    for (slong k = 0; k < count; k++) rc_surd_clear(&list[k].cost);
    flint_free(list);
    rc_surd_clear(x);
}

typedef struct {
    const spare *s;
    const slong *row, *column;
} open_lines;

static void open_line_cost(void *arg, rc_surd_t x, slong k, slong l)
{
    const open_lines *o = arg;
    rc_cost_line(x, o->s->gamma, o->column[l], o->s->g, o->row[k]);
}

/* Hyperplanes that Gamma has keep its neurons; the others get the nearest neurons that are left. */
static void try_natural(spare *s, const rc_rays_t rays)
{
    slong m = s->gamma->m, K = s->g->K, rows = 0, columns = 0;
    size_t room = (size_t) m + 1;
    slong *neuron = flint_malloc(room * sizeof(slong)), *row = flint_malloc(room * sizeof(slong));
    slong *column = flint_malloc(room * sizeof(slong)), *choice = flint_malloc(room * sizeof(slong));
    bool *taken = flint_calloc(room, sizeof(bool)), *covered = flint_calloc(room, sizeof(bool));
    for (slong p = 0; p < rays->nonzero; p = rays->line_end[p]) {
        int side;
        slong H = rc_canonical_find(&side, s->g, fmpq_mat_entry(s->gamma->u, rays->order[p], 0));
        if (H < 0) continue;
        covered[H] = true;
        taken[rays->order[p]] = true;
    }
    for (slong H = 0; H < K; H++) {
        neuron[H] = -1;
        if (!covered[H]) row[rows++] = H;
    }
    for (slong i = 0; i < m; i++)
        if (!taken[i]) column[columns++] = i;
    rc_surd_t value;
    rc_surd_init(value);
    open_lines o = {s, row, column};
    if (rows <= columns) {
        if (rows > 0) rc_bottleneck(choice, value, NULL, NULL, rows, columns, open_line_cost, NULL, &o);
        for (slong k = 0; k < rows; k++) neuron[row[k]] = column[choice[k]];
        try_injection(s, neuron, rays);
    }
    rc_surd_clear(value);
    flint_free(neuron);
    flint_free(row);
    flint_free(column);
    flint_free(choice);
    flint_free(taken);
    flint_free(covered);
}

/* Rows: the parts of a structure, then the neurons that die. */
typedef struct {
    const rc_network_struct *gamma;
    const rc_canonical_struct *parts;
} part_table;

static void part_cost(void *arg, rc_surd_t s, slong k, slong i)
{
    const part_table *t = arg;
    if (k < t->parts->K) {
        rc_cost(s, t->gamma, i, t->parts, k, 1);
        return;
    }
    rc_surd_t c;
    rc_surd_init(c);
    rc_network_norm_a(s, t->gamma, i);
    rc_network_norm_c(c, t->gamma, i);
    if (rc_surd_cmp(c, s) < 0) rc_surd_set(s, c);
    rc_surd_clear(c);
}

static void part_bounds(void *arg, slong k, slong i, double *lo, double *hi)
{
    const part_table *t = arg;
    if (k < t->parts->K) rc_cost_enclose(lo, hi, t->gamma, i, t->parts, k, 1);
}

/* Neuron i dies the cheaper way. */
static void let_die(rc_network_t phi, const rc_network_struct *gamma, slong i)
{
    rc_surd_t a, c;
    rc_surd_init(a);
    rc_surd_init(c);
    rc_network_norm_a(a, gamma, i);
    rc_network_norm_c(c, gamma, i);
    bool keep_weights = rc_surd_cmp(c, a) < 0;
    for (slong j = 0; j < gamma->d && !keep_weights; j++) fmpq_zero(fmpq_mat_entry(phi->u, i, j));
    for (slong p = 0; p < gamma->D && keep_weights; p++) fmpq_zero(fmpq_mat_entry(phi->gamma, i, p));
    rc_surd_clear(a);
    rc_surd_clear(c);
}

/* The network of an assignment of value t; where the one scale within t is irrational, one a little beyond. */
static bool assigned_network(rc_network_t phi, const rc_network_struct *gamma, const rc_canonical_t parts,
                             const slong *place, const rc_surd_t t)
{
    bool built = true;
    fmpq_t lo, hi;
    rc_surd_t beyond;
    fmpq_init(lo);
    fmpq_init(hi);
    rc_surd_init(beyond);
    rc_surd_enclose(lo, hi, t, 64);
    fmpq_div_2exp(lo, hi, 40);
    fmpq_add(hi, hi, lo);
    rc_surd_set_fmpq(beyond, hi);
    rc_network_set(phi, gamma);
    for (slong k = 0; k < gamma->m && built; k++) {
        if (k >= parts->K) let_die(phi, gamma, place[k]);
        else
            built = rc_cost_neuron(phi, gamma, place[k], parts, k, 1, t) ||
                    rc_cost_neuron(phi, gamma, place[k], parts, k, 1, beyond);
    }
    fmpq_clear(lo);
    fmpq_clear(hi);
    rc_surd_clear(beyond);
    return built;
}

static bool try_structure(void *arg, const rc_structure_struct *structure)
{
    spare *s = arg;
    slong m = s->gamma->m;
    slong *place = flint_malloc((size_t) m * sizeof(slong));
    rc_canonical_t parts;
    rc_surd_t value;
    rc_network_t phi;
    rc_canonical_init(parts);
    rc_surd_init(value);
    rc_network_init(phi, RC_SHALLOW, 1, 1, 1);
    rc_structure_parts(parts, structure);
    part_table table = {s->gamma, parts};
    rc_bottleneck(place, value, NULL, NULL, m, m, part_cost, part_bounds, &table);
    if (assigned_network(phi, s->gamma, parts, place, value)) {
        s->trying = RC_STRATEGY_STRUCTURE;
        consider(s, phi);
        if (small_enough(s) && s->structures < MAX_STRUCTURE_DESIGNS) {
            rc_design_t design;
            rc_design_init(design, s->gamma, s->g);
            for (slong i = 0; i < m; i++)
                for (slong j = 0; j < s->gamma->d; j++)
                    fmpq_set(fmpq_mat_entry(design->ray, i, j), fmpq_mat_entry(phi->u, i, j));
            settle_lonely(design);
            s->trying = RC_STRATEGY_RESCALED;
            improve(s, design);
            rc_design_clear(design);
        }
    }
    rc_canonical_clear(parts);
    rc_surd_clear(value);
    rc_network_clear(phi);
    flint_free(place);
    return ++s->structures < MAX_STRUCTURES && !is_exact(s);
}

static void try_gamma_rays(spare *s, const slong *neuron)
{
    rc_rays_t rays;
    rc_rays_init(rays, s->gamma, NULL);
    try_natural(s, rays);
    if (!is_exact(s)) try_injection(s, neuron, rays);
    for (slong i = 0; i < s->gamma->m && s->g->K == 1 && !is_exact(s); i++)
        if (i != neuron[0]) try_injection(s, &i, rays);
    if (s->g->K > 0 && !is_exact(s)) try_gathering(s, neuron, rays);
    rc_rays_clear(rays);
}

/* At a bound a little below the present one; then as far down as it goes. */
static bool try_exchange(void *arg, const rc_design_struct *design)
{
    spare *s = arg;
    if (is_exact(s) || !rc_limits_visit(s->limits, "designs")) return false;
    fmpq_t t, above;
    fmpq_init(t);
    fmpq_init(above);
    rc_surd_enclose(t, above, s->upper, 48);
    fmpq_div_2exp(above, t, LEAST_GAIN_BITS);
    fmpq_sub(t, t, above);
    bool better = rc_surd_cmp_fmpq(s->lower, t) <= 0 && try_rational(s, design, t);
    if (better && !try_bound(s, design, s->lower)) bisect(s, design);
    fmpq_clear(t);
    fmpq_clear(above);
    return better;
}

/* From the rays of the best network so far, Gamma's where it has none, and from Gamma's own. */
static void try_exchanges(spare *s)
{
    const rc_network_struct *gamma = s->gamma;
    slong variables = gamma->m * (1 + gamma->D), effort = MAX_TRIALS / (variables * (gamma->d + gamma->D));
    if (variables > MAX_PROGRAM_VARIABLES) return;
    s->trying = RC_STRATEGY_EXCHANGED;
    for (int own = 0; own < 2 && !is_exact(s); own++) {
        rc_design_t design;
        rc_design_init(design, gamma, s->g);
        for (slong i = 0; i < gamma->m; i++)
            for (slong j = 0; j < gamma->d; j++) {
                bool kept = own || rc_network_a_is_zero(s->phi, i);
                fmpq_set(fmpq_mat_entry(design->ray, i, j), fmpq_mat_entry(kept ? gamma->u : s->phi->u, i, j));
            }
        rc_design_exchange(design, try_exchange, s, &effort);
        rc_design_clear(design);
    }
}

rc_status rc_spare_upper(rc_network_t phi, rc_surd_t upper, bool *has_upper, rc_fiber_strategy *strategy,
                         bool *realizable, const rc_network_t gamma, const rc_canonical_t g, const rc_surd_t lower,
                         const slong *neuron, rc_limits *limits)
{
    spare s = {.gamma = gamma, .g = g, .lower = lower, .limits = limits};
    rc_network_init(s.phi, RC_SHALLOW, 1, 1, 1);
    rc_surd_init(s.upper);
    rc_status status = rc_structures(g, gamma->m, try_structure, &s, MAX_CHOICES, limits);
    *realizable = s.structures > 0 || status != RC_OK;
    if (s.found && !is_exact(&s) && small_enough(&s)) {
        try_gamma_rays(&s, neuron);
        if (!is_exact(&s)) try_exchanges(&s);
    }
    *has_upper = s.found;
    *strategy = s.strategy;
    if (s.found) {
        rc_network_swap(phi, s.phi);
        rc_surd_swap(upper, s.upper);
        status = RC_OK;
    }
    rc_network_clear(s.phi);
    rc_surd_clear(s.upper);
    return status;
}
