/* Is there a Phi of a given design within t of Gamma? An exact linear program.

   Neuron i on the ray w_i: a_i = sqrt(q_i) mu_i w_i, c_i = gamma_i / (sqrt(q_i) mu_i) with q_i Gamma's. With tau_i = t
   / sqrt(q_i) the distance is at most t iff |mu_i w_ij - u_ij| <= tau_i and |gamma_ip - mu_i gamma^Gamma_ip| <= tau_i
   q_i mu_i, where mu_i = 0 stands for a_i := 0 with c_i kept. Two turning neurons i, j, opposite in Gamma with u_j =
   -kappa u_i, keep gamma_i and gamma_j = -gamma_i / kappa and have the weights z and -kappa z: together gamma_i z^T x.
   R(Phi) = g is linear in all these numbers: on each line the jumps add up to gamma_H or 0, and the linear parts to L.
   So for given t everything is linear. */
#include <stdlib.h>

#include "relucert/region.h"
#include "theory/conditions-rays.h"
#include "theory/fiber-spare.h"

void rc_design_init(rc_design_t design, const rc_network_t gamma, const rc_canonical_t g)
{
    design->gamma = gamma;
    design->g = g;
    fmpq_mat_init(design->ray, gamma->m, gamma->d);
    design->turning = flint_malloc((size_t) gamma->m * sizeof(slong));
    for (slong i = 0; i < gamma->m; i++) design->turning[i] = -1;
}

void rc_design_clear(rc_design_t design)
{
    fmpq_mat_clear(design->ray);
    flint_free(design->turning);
}

typedef struct {
    const rc_design_struct *design;
    slong m, d, D;
    fmpq *tau;          /* length m */
    slong *first;       /* first variable of neuron i, or -1: mu, gamma_1..D; or z_1..d */
    slong variables;
    rc_network_t rays_of; /* the rays as a network, turning neurons left out */
    rc_rays_t rays;
    slong *hyperplane;  /* of line l, or -1 */
    fmpq_mat_t equations;
    slong free;
    fmpq_mat_t expr;    /* variables x (free + 1): each in terms of the free ones, constant last */
    fmpq *value;        /* of the variables */
} program;

static bool ray_is_zero(const rc_design_struct *design, slong i)
{
    for (slong j = 0; j < design->gamma->d; j++)
        if (!fmpq_is_zero(fmpq_mat_entry(design->ray, i, j))) return false;
    return true;
}

static slong number_variables(slong *first, const rc_design_struct *design)
{
    slong count = 0;
    for (slong i = 0; i < design->gamma->m; i++) {
        slong size = design->turning[i] > i ? design->gamma->d
                     : design->turning[i] >= 0 || ray_is_zero(design, i) ? 0 : 1 + design->gamma->D;
        if (first) first[i] = size ? count : -1;
        count += size;
    }
    return count;
}

slong rc_design_variables(const rc_design_t design)
{
    return number_variables(NULL, design);
}

/* tau_i <= t / sqrt(q_i), equal where that is rational. */
static void set_tau(program *P, const rc_surd_t t)
{
    rc_surd_t x;
    fmpq_t y;
    rc_surd_init(x);
    fmpq_init(y);
    for (slong i = 0; i < P->m; i++) {
        fmpq_inv(y, P->design->gamma->q + i);
        rc_surd_set_sqrt_fmpq(x, y);
        rc_surd_mul(x, x, t);
        rc_surd_enclose(P->tau + i, y, x, 64);
        if (fmpq_sgn(P->tau + i) < 0) fmpq_zero(P->tau + i);
    }
    rc_surd_clear(x);
    fmpq_clear(y);
}

static void program_init(program *P, const rc_design_struct *design, const rc_surd_t t)
{
    const rc_network_struct *gamma = design->gamma;
    P->design = design;
    P->m = gamma->m;
    P->d = gamma->d;
    P->D = gamma->D;
    P->tau = _fmpq_vec_init(P->m);
    set_tau(P, t);
    P->first = flint_malloc((size_t) P->m * sizeof(slong));
    P->variables = number_variables(P->first, design);
    rc_network_init(P->rays_of, RC_SHALLOW, P->d, P->m, P->D);
    for (slong i = 0; i < P->m; i++)
        for (slong j = 0; j < P->d && design->turning[i] < 0; j++)
            fmpq_set(fmpq_mat_entry(P->rays_of->u, i, j), fmpq_mat_entry(design->ray, i, j));
    rc_rays_init(P->rays, P->rays_of, NULL);
    P->hyperplane = flint_malloc(((size_t) P->rays->lines + 1) * sizeof(slong));
    P->free = 0;
    P->value = _fmpq_vec_init(P->variables);
    fmpq_mat_init(P->equations, 0, 0);
    fmpq_mat_init(P->expr, 0, 0);
}

static void program_clear(program *P)
{
    _fmpq_vec_clear(P->tau, P->m);
    flint_free(P->first);
    rc_rays_clear(P->rays);
    rc_network_clear(P->rays_of);
    flint_free(P->hyperplane);
    _fmpq_vec_clear(P->value, P->variables);
    fmpq_mat_clear(P->equations);
    fmpq_mat_clear(P->expr);
}

/* Lines of the design that are hyperplanes of g; false if g has one that no neuron is on. */
static bool find_hyperplanes(program *P)
{
    const rc_canonical_struct *g = P->design->g;
    slong met = 0;
    for (slong p = 0; p < P->rays->nonzero; p = P->rays->line_end[p]) {
        slong i = P->rays->order[p];
        int side;
        slong H = rc_canonical_find(&side, g, fmpq_mat_entry(P->design->ray, i, 0));
        P->hyperplane[P->rays->line[i]] = H;
        if (H >= 0) met++;
    }
    return met == g->K;
}

/* |s_i| gamma_i adds to the jump of the line; s_i gamma_i l^T to L if s_i < 0. */
static void add_neuron_terms(program *P, slong i)
{
    const fmpq *s = P->rays->factor + i;
    slong line = P->rays->line[i], base = P->rays->lines * P->D;
    fmpq_t x;
    fmpq_init(x);
    for (slong p = 0; p < P->D; p++) {
        slong variable = P->first[i] + 1 + p;
        fmpq_abs(fmpq_mat_entry(P->equations, line * P->D + p, variable), s);
        for (slong j = 0; j < P->d && fmpq_sgn(s) < 0; j++) {
            fmpq_mul_fmpz(x, s, P->rays->primitive + i * P->d + j);
            fmpq_set(fmpq_mat_entry(P->equations, base + p * P->d + j, variable), x);
        }
    }
    fmpq_clear(x);
}

static void set_equations(program *P)
{
    const rc_canonical_struct *g = P->design->g;
    slong rows = P->rays->lines * P->D + P->D * P->d, base = P->rays->lines * P->D, last = P->variables;
    fmpq_mat_clear(P->equations);
    fmpq_mat_init(P->equations, rows, last + 1);
    for (slong l = 0; l < P->rays->lines; l++)
        for (slong p = 0; p < P->D && P->hyperplane[l] >= 0; p++)
            fmpq_set(fmpq_mat_entry(P->equations, l * P->D + p, last), fmpq_mat_entry(g->gamma, P->hyperplane[l], p));
    for (slong p = 0; p < P->D; p++)
        for (slong j = 0; j < P->d; j++)
            fmpq_set(fmpq_mat_entry(P->equations, base + p * P->d + j, last), fmpq_mat_entry(g->L, p, j));
    for (slong i = 0; i < P->m; i++) {
        if (P->first[i] < 0) continue;
        if (P->design->turning[i] < 0) add_neuron_terms(P, i);
        else
            for (slong p = 0; p < P->D; p++)
                for (slong j = 0; j < P->d; j++)
                    fmpq_set(fmpq_mat_entry(P->equations, base + p * P->d + j, P->first[i] + j),
                             fmpq_mat_entry(P->design->gamma->gamma, i, p));
    }
}

/* Every variable in terms of the free ones; false if the equations contradict each other. */
static bool solve_equations(program *P)
{
    slong n = P->variables, rank = fmpq_mat_rref(P->equations, P->equations);
    slong *pivot_row = flint_malloc(((size_t) n + 1) * sizeof(slong)),
          *index = flint_malloc(((size_t) n + 1) * sizeof(slong));
    for (slong v = 0; v <= n; v++) pivot_row[v] = -1;
    for (slong k = 0, c = 0; k < rank; k++, c++) {
        while (fmpq_is_zero(fmpq_mat_entry(P->equations, k, c))) c++;
        pivot_row[c] = k;
    }
    bool consistent = pivot_row[n] < 0;
    P->free = 0;
    for (slong v = 0; v < n; v++) index[v] = pivot_row[v] < 0 ? P->free++ : -1;
    fmpq_mat_clear(P->expr);
    fmpq_mat_init(P->expr, n, P->free + 1);
    for (slong v = 0; v < n && consistent; v++) {
        if (pivot_row[v] < 0) {
            fmpq_one(fmpq_mat_entry(P->expr, v, index[v]));
            continue;
        }
        for (slong w = 0; w < n; w++)
            if (pivot_row[w] < 0)
                fmpq_neg(fmpq_mat_entry(P->expr, v, index[w]), fmpq_mat_entry(P->equations, pivot_row[v], w));
        fmpq_set(fmpq_mat_entry(P->expr, v, P->free), fmpq_mat_entry(P->equations, pivot_row[v], n));
    }
    flint_free(pivot_row);
    flint_free(index);
    return consistent;
}

/* Row of G += x * variable v, or += x as a constant if v < 0. */
static void add_to_row(fmpq_mat_t G, slong row, const program *P, slong v, const fmpq_t x)
{
    if (v < 0) {
        fmpq_add(fmpq_mat_entry(G, row, P->free), fmpq_mat_entry(G, row, P->free), x);
        return;
    }
    for (slong f = 0; f <= P->free; f++) fmpq_addmul(fmpq_mat_entry(G, row, f), x, fmpq_mat_entry(P->expr, v, f));
}

/* Rows row and row + 1: |slope * variable - center| <= t. */
static void add_band(fmpq_mat_t G, slong row, const program *P, slong v, const fmpq_t slope, const fmpq_t center,
                     const fmpq_t t)
{
    fmpq_t x;
    fmpq_init(x);
    for (int side = 0; side < 2; side++) {
        if (side) fmpq_neg(x, slope);
        else fmpq_set(x, slope);
        add_to_row(G, row + side, P, v, x);
        if (side) fmpq_add(x, t, center);
        else fmpq_sub(x, t, center);
        add_to_row(G, row + side, P, -1, x);
    }
    fmpq_clear(x);
}

/* The rows of a neuron on a ray: 2 d for its weights, 2 D for its outputs. */
static slong neuron_rows(fmpq_mat_t G, slong row, const program *P, slong i)
{
    const rc_network_struct *gamma = P->design->gamma;
    fmpq_t t, x, one;
    fmpq_init(t);
    fmpq_init(x);
    fmpq_init(one);
    fmpq_one(one);
    for (slong j = 0; j < P->d; j++, row += 2)
        add_band(G, row, P, P->first[i], fmpq_mat_entry(P->design->ray, i, j), fmpq_mat_entry(gamma->u, i, j),
                 P->tau + i);
    fmpq_mul(t, P->tau + i, gamma->q + i);
    for (slong p = 0; p < P->D; p++, row += 2)
        for (int side = 0; side < 2; side++) {
            /* tau q mu -+ (gamma - mu gamma^Gamma) >= 0 */
            if (side) fmpq_sub(x, t, fmpq_mat_entry(gamma->gamma, i, p));
            else fmpq_add(x, t, fmpq_mat_entry(gamma->gamma, i, p));
            add_to_row(G, row + side, P, P->first[i], x);
            fmpq_set_si(x, side ? 1 : -1, 1);
            add_to_row(G, row + side, P, P->first[i] + 1 + p, x);
        }
    fmpq_clear(t);
    fmpq_clear(x);
    fmpq_clear(one);
    return row;
}

/* kappa with u_j = -kappa u_i in Gamma. */
static void turning_ratio(fmpq_t kappa, const rc_network_struct *gamma, slong i, slong j)
{
    slong k = 0;
    while (fmpq_is_zero(fmpq_mat_entry(gamma->u, i, k))) k++;
    fmpq_div(kappa, fmpq_mat_entry(gamma->u, j, k), fmpq_mat_entry(gamma->u, i, k));
    fmpq_neg(kappa, kappa);
}

static slong turning_rows(fmpq_mat_t G, slong row, const program *P, slong i)
{
    const rc_network_struct *gamma = P->design->gamma;
    slong j = P->design->turning[i];
    fmpq_t kappa, one;
    fmpq_init(kappa);
    fmpq_init(one);
    fmpq_one(one);
    turning_ratio(kappa, gamma, i, j);
    fmpq_neg(kappa, kappa);
    for (slong k = 0; k < P->d; k++, row += 4) {
        add_band(G, row, P, P->first[i] + k, one, fmpq_mat_entry(gamma->u, i, k), P->tau + i);
        add_band(G, row + 2, P, P->first[i] + k, kappa, fmpq_mat_entry(gamma->u, j, k), P->tau + j);
    }
    fmpq_clear(kappa);
    fmpq_clear(one);
    return row;
}

/* Neurons with a_i := 0 need ||u_i|| <= tau_i. */
static bool zeroed_neurons_fit(const program *P)
{
    bool fit = true;
    fmpq_t x;
    fmpq_init(x);
    for (slong i = 0; i < P->m && fit; i++)
        for (slong j = 0; j < P->d && fit && P->first[i] < 0 && P->design->turning[i] < 0; j++) {
            fmpq_abs(x, fmpq_mat_entry(P->design->gamma->u, i, j));
            fit = fmpq_cmp(x, P->tau + i) <= 0;
        }
    fmpq_clear(x);
    return fit;
}

/* A point of the polyhedron, as values of all variables. */
static bool solve_program(program *P)
{
    slong rows = 0;
    for (slong i = 0; i < P->m; i++)
        if (P->first[i] >= 0) rows += P->design->turning[i] < 0 ? 2 * (P->d + P->D) : 4 * P->d;
    fmpq_mat_t G;
    fmpq_mat_init(G, rows, P->free + 1);
    slong row = 0;
    for (slong i = 0; i < P->m; i++)
        if (P->first[i] >= 0) row = P->design->turning[i] < 0 ? neuron_rows(G, row, P, i) : turning_rows(G, row, P, i);
    bool found = true;
    /* Constant rows are decided here; only the others go to the linear program. */
    slong kept = 0;
    for (row = 0; row < rows && found; row++) {
        bool constant = true;
        for (slong f = 0; f < P->free && constant; f++) constant = fmpq_is_zero(fmpq_mat_entry(G, row, f));
        if (constant) found = fmpq_sgn(fmpq_mat_entry(G, row, P->free)) >= 0;
        else fmpq_mat_swap_rows(G, NULL, kept++, row);
    }
    fmpq *x = _fmpq_vec_init(P->free + 1);
    if (found && kept > 0) {
        fmpq_mat_t window;
        fmpq_t optimum;
        fmpq_init(optimum);
        fmpq *multipliers = _fmpq_vec_init(kept), *objective = _fmpq_vec_init(P->free + 1);
        fmpq_mat_window_init(window, G, 0, 0, kept, P->free + 1);
        found = rc_lp_maximize(optimum, x, multipliers, window, objective) == 1;
        fmpq_mat_window_clear(window);
        _fmpq_vec_clear(multipliers, kept);
        _fmpq_vec_clear(objective, P->free + 1);
        fmpq_clear(optimum);
    }
    fmpq_one(x + P->free);
    for (slong v = 0; v < P->variables && found; v++) {
        fmpq_zero(P->value + v);
        for (slong f = 0; f <= P->free; f++) fmpq_addmul(P->value + v, fmpq_mat_entry(P->expr, v, f), x + f);
    }
    _fmpq_vec_clear(x, P->free + 1);
    fmpq_mat_clear(G);
    return found;
}

static void set_turning(rc_network_t phi, const program *P, slong i)
{
    slong j = P->design->turning[i];
    fmpq_t kappa;
    fmpq_init(kappa);
    turning_ratio(kappa, P->design->gamma, i, j);
    for (slong k = 0; k < P->d; k++) {
        fmpq_set(fmpq_mat_entry(phi->u, i, k), P->value + P->first[i] + k);
        fmpq_mul(fmpq_mat_entry(phi->u, j, k), P->value + P->first[i] + k, kappa);
        fmpq_neg(fmpq_mat_entry(phi->u, j, k), fmpq_mat_entry(phi->u, j, k));
    }
    fmpq_clear(kappa);
}

/* Phi from the values: Gamma where nothing is said. */
static void set_phi(rc_network_t phi, const program *P)
{
    rc_network_set(phi, P->design->gamma);
    for (slong i = 0; i < P->m; i++) {
        if (P->design->turning[i] >= 0) {
            if (P->first[i] >= 0) set_turning(phi, P, i);
            continue;
        }
        const fmpq *mu = P->first[i] >= 0 ? P->value + P->first[i] : NULL;
        for (slong j = 0; j < P->d; j++) {
            if (mu) fmpq_mul(fmpq_mat_entry(phi->u, i, j), mu, fmpq_mat_entry(P->design->ray, i, j));
            else fmpq_zero(fmpq_mat_entry(phi->u, i, j));
        }
        for (slong p = 0; p < P->D && mu && !fmpq_is_zero(mu); p++)
            fmpq_div(fmpq_mat_entry(phi->gamma, i, p), P->value + P->first[i] + 1 + p, mu);
    }
}

bool rc_design_fits(rc_network_t phi, const rc_design_t design, const rc_surd_t t)
{
    program P;
    program_init(&P, design, t);
    bool fits = zeroed_neurons_fit(&P) && find_hyperplanes(&P);
    if (fits) {
        set_equations(&P);
        fits = solve_equations(&P) && solve_program(&P);
    }
    if (fits) {
        rc_network_t candidate;
        rc_canonical_t f;
        rc_network_init(candidate, RC_SHALLOW, P.d, P.m, P.D);
        rc_canonical_init(f);
        set_phi(candidate, &P);
        rc_canonical_set_network(f, candidate);
        fits = rc_canonical_equal(f, design->g);
        if (fits) rc_network_swap(phi, candidate);
        rc_canonical_clear(f);
        rc_network_clear(candidate);
    }
    program_clear(&P);
    return fits;
}
