/* Local search over designs: other rays for one neuron, or for two.

   A neuron may go to a hyperplane of g or to the line of any neuron of Gamma, on either side: there it shares a jump, or
   makes up for one. Two neurons may also meet halfway, on the ray of a_i + a_j or, on opposite sides, of a_i - a_j. A
   design that fits below the present bound is kept and the search goes on from it. In the linear program of a design
   a scale of 0 is allowed, so a neuron without weights loses nothing by having a ray. */
#include "theory/conditions-rays.h"
#include "theory/fiber-spare.h"

typedef struct {
    rc_design_struct *design;
    rc_design_trial trial;
    void *arg;
    slong *effort;
    fmpq_mat_t ray; /* the candidates */
    slong rays;
} exchange;

static void add_candidate(exchange *x, const fmpz *u)
{
    for (int side = 0; side < 2; side++, x->rays++)
        for (slong j = 0; j < x->design->g->d; j++) {
            fmpq *entry = fmpq_mat_entry(x->ray, x->rays, j);
            fmpz_set(fmpq_numref(entry), u + j);
            if (side) fmpz_neg(fmpq_numref(entry), u + j);
        }
}

/* Both rays of every hyperplane of g and of every other line of Gamma. */
static void init_candidates(exchange *x)
{
    const rc_network_struct *gamma = x->design->gamma;
    const rc_canonical_struct *g = x->design->g;
    rc_rays_t rays;
    rc_rays_init(rays, gamma, NULL);
    x->rays = 0;
    fmpq_mat_init(x->ray, 2 * (g->K + rays->lines), g->d);
    for (slong H = 0; H < g->K; H++) add_candidate(x, fmpz_mat_entry(g->u, H, 0));
    for (slong p = 0; p < rays->nonzero; p = rays->line_end[p]) {
        slong i = rays->order[p];
        int side;
        if (rc_canonical_find(&side, g, fmpq_mat_entry(gamma->u, i, 0)) < 0) add_candidate(x, rays->primitive + i * g->d);
    }
    rc_rays_clear(rays);
}

static void copy_row(fmpq_mat_t to, slong i, const fmpq_mat_t from, slong k)
{
    for (slong j = 0; j < fmpq_mat_ncols(from); j++) fmpq_set(fmpq_mat_entry(to, i, j), fmpq_mat_entry(from, k, j));
}

static bool rows_equal(const fmpq_mat_t A, slong i, const fmpq_mat_t B, slong k)
{
    for (slong j = 0; j < fmpq_mat_ncols(A); j++)
        if (!fmpq_equal(fmpq_mat_entry(A, i, j), fmpq_mat_entry(B, k, j))) return false;
    return true;
}

/* Does the design fit better? Each trial is a linear program. */
static bool is_better(exchange *x)
{
    if (*x->effort <= 0) return false;
    --*x->effort;
    return x->trial(x->arg, x->design);
}

/* One neuron to the first candidate that helps. */
static bool move_one(exchange *x, const fmpq_mat_t start)
{
    fmpq_mat_struct *ray = x->design->ray;
    for (slong i = 0; i < x->design->gamma->m; i++) {
        for (slong k = 0; k < x->rays && *x->effort > 0; k++) {
            if (rows_equal(start, i, x->ray, k)) continue;
            copy_row(ray, i, x->ray, k);
            if (is_better(x)) return true;
        }
        copy_row(ray, i, start, i);
    }
    return false;
}

/* Row i = a_i + side a_j, with roots to 30 bits. False if that is 0. */
static bool set_halfway(fmpq_mat_t ray, slong i, slong j, int side, const rc_network_struct *gamma)
{
    fmpq_t si, sj, above, x;
    rc_surd_t root;
    bool any = false;
    fmpq_init(si);
    fmpq_init(sj);
    fmpq_init(above);
    fmpq_init(x);
    rc_surd_init(root);
    rc_surd_set_sqrt_fmpq(root, gamma->q + i);
    rc_surd_enclose(si, above, root, 30);
    rc_surd_set_sqrt_fmpq(root, gamma->q + j);
    rc_surd_enclose(sj, above, root, 30);
    if (side < 0) fmpq_neg(sj, sj);
    for (slong k = 0; k < gamma->d; k++) {
        fmpq_mul(x, si, fmpq_mat_entry(gamma->u, i, k));
        fmpq_addmul(x, sj, fmpq_mat_entry(gamma->u, j, k));
        fmpq_set(fmpq_mat_entry(ray, i, k), x);
        any = any || !fmpq_is_zero(x);
    }
    fmpq_clear(si);
    fmpq_clear(sj);
    fmpq_clear(above);
    fmpq_clear(x);
    rc_surd_clear(root);
    return any;
}

/* Two neurons with weights meet halfway. */
static bool meet(exchange *x, slong i, slong j)
{
    const rc_network_struct *gamma = x->design->gamma;
    fmpq_mat_struct *ray = x->design->ray;
    if (gamma->d == 1 || rc_network_a_is_zero(gamma, i) || rc_network_a_is_zero(gamma, j)) return false;
    for (int side = 1; side >= -1; side -= 2) {
        if (!set_halfway(ray, i, j, side, gamma)) continue;
        for (slong k = 0; k < gamma->d; k++) {
            fmpq *entry = fmpq_mat_entry(ray, j, k);
            fmpq_set(entry, fmpq_mat_entry(ray, i, k));
            if (side < 0) fmpq_neg(entry, entry);
        }
        if (is_better(x)) return true;
    }
    return false;
}

static bool move_both(exchange *x, slong i, slong j)
{
    fmpq_mat_struct *ray = x->design->ray;
    for (slong k = 0; k < x->rays; k++)
        for (slong l = 0; l < x->rays && *x->effort > 0; l++) {
            copy_row(ray, i, x->ray, k);
            copy_row(ray, j, x->ray, l);
            if (is_better(x)) return true;
        }
    return false;
}

static bool move_two(exchange *x, const fmpq_mat_t start)
{
    fmpq_mat_struct *ray = x->design->ray;
    slong m = x->design->gamma->m;
    for (int kind = 0; kind < 2; kind++)
        for (slong i = 0; i < m; i++)
            for (slong j = i + 1; j < m && *x->effort > 0; j++) {
                if (kind ? move_both(x, i, j) : meet(x, i, j)) return true;
                copy_row(ray, i, start, i);
                copy_row(ray, j, start, j);
            }
    return false;
}

void rc_design_exchange(rc_design_t design, rc_design_trial trial, void *arg, slong *effort)
{
    exchange x = {.design = design, .trial = trial, .arg = arg, .effort = effort};
    fmpq_mat_t start;
    init_candidates(&x);
    fmpq_mat_init_set(start, design->ray);
    (void) is_better(&x);
    while (*effort > 0 && (move_one(&x, start) || move_two(&x, start))) fmpq_mat_set(start, design->ray);
    fmpq_mat_clear(start);
    fmpq_mat_clear(x.ray);
}
