/* Theorem 3.1's Phi, steps (87)-(111), and the proof's matching of Theorem 3.3. */
#include "relucert/phi.h"

#include "theory/conditions-rays.h"

void rc_phi_permute(rc_network_t phi, const rc_network_t theta, const slong *matching)
{
    rc_network_t result;
    rc_network_init(result, RC_SHALLOW, theta->d, theta->m, theta->D);
    for (slong i = 0; i < theta->m; i++) rc_network_set_neuron(result, i, theta, matching[i]);
    rc_network_swap(phi, result);
    rc_network_clear(result);
}

/* Neurons of Theta left over go to the places left over, both in increasing index. */
static void match_the_rest(slong *matching, bool *taken, slong m)
{
    slong j = 0;
    for (slong i = 0; i < m; i++) {
        if (matching[i] >= 0) continue;
        while (taken[j]) j++;
        matching[i] = j;
        taken[j] = true;
    }
}

/* Pairs each non-zero a_i of Gamma with the first free neuron of Theta on the same line (and, if by_ray, the same ray);
   common[i] tells whether there was one. The rest anyhow. */
static void match_directions(slong *matching, bool *common, const rc_network_t gamma, const rc_network_t theta,
                             bool by_ray)
{
    slong m = gamma->m;
    bool *taken = flint_calloc((size_t) m, sizeof(bool));
    rc_rays_t rays;
    rc_rays_init(rays, gamma, theta);
    for (slong i = 0; i < m; i++) {
        matching[i] = -1;
        common[i] = false;
        if (rays->place[i] < 0) continue;
        slong start = rays->line_start[rays->place[i]], end = rays->line_end[rays->place[i]];
        for (slong p = start; p < end && !common[i]; p++) {
            slong j = rays->order[p] - m;
            if (j < 0 || taken[j] || (by_ray && rays->sign[rays->order[p]] != rays->sign[i])) continue;
            matching[i] = j;
            taken[j] = common[i] = true;
        }
    }
    rc_rays_clear(rays);
    match_the_rest(matching, taken, m);
    flint_free(taken);
}

void rc_phi_proof_matching(slong *matching, const rc_network_t gamma, const rc_network_t theta)
{
    bool *common = flint_calloc((size_t) gamma->m, sizeof(bool));
    match_directions(matching, common, gamma, theta, false);
    flint_free(common);
}

const char *rc_phi_case_name(rc_phi_case c)
{
    switch (c) {
    case RC_CASE_I1: return "I1";
    case RC_CASE_A: return "A";
    case RC_CASE_B1: return "B.1";
    case RC_CASE_B2: return "B.2";
    case RC_CASE_B3: return "B.3";
    }
    return "?";
}

/* a_i := 0, c_i := 0. */
static void set_zero_neuron(rc_network_t net, slong i)
{
    for (slong j = 0; j < net->d; j++) fmpq_zero(fmpq_mat_entry(net->u, i, j));
    for (slong p = 0; p < net->D; p++) fmpq_zero(fmpq_mat_entry(net->gamma, i, p));
    fmpq_one(net->q + i);
}

static bool is_zero_neuron(const rc_network_t net, slong i)
{
    return rc_network_a_is_zero(net, i) || rc_network_c_is_zero(net, i);
}

/* (87)-(90): of the neurons on one ray the first takes the whole, the others become zero; a neuron that contributes
   nothing, the merged one included when its c cancels, becomes zero in both parts. */
static void merge_rays(rc_network_t net)
{
    for (slong i = 0; i < net->m; i++)
        if (is_zero_neuron(net, i)) set_zero_neuron(net, i);
    rc_rays_t rays;
    rc_rays_init(rays, net, NULL);
    fmpq_t s, c;
    fmpq_init(s);
    fmpq_init(c);
    for (slong start = 0, end; start < rays->nonzero; start = end) {
        end = rays->group_end[start];
        slong first = rays->order[start];
        for (slong p = start + 1; p < end; p++) {
            slong i = rays->order[p];
            fmpq_div(s, rays->factor + i, rays->factor + first);
            for (slong k = 0; k < net->D; k++) {
                fmpq_mul(c, s, fmpq_mat_entry(net->gamma, i, k));
                fmpq_add(fmpq_mat_entry(net->gamma, first, k), fmpq_mat_entry(net->gamma, first, k), c);
            }
            set_zero_neuron(net, i);
        }
        if (rc_network_c_is_zero(net, first)) set_zero_neuron(net, first);
    }
    fmpq_clear(s);
    fmpq_clear(c);
    rc_rays_clear(rays);
}

/* Largest absolute entry of row i. */
static void row_norm(fmpq_t x, const fmpq_mat_t M, slong i)
{
    fmpq_t y;
    fmpq_init(y);
    fmpq_zero(x);
    for (slong j = 0; j < fmpq_mat_ncols(M); j++) {
        fmpq_abs(y, fmpq_mat_entry(M, i, j));
        if (fmpq_cmp(y, x) > 0) fmpq_set(x, y);
    }
    fmpq_clear(y);
}

/* (104), (108), (111): sqrt(q) ||u|| = ||gamma|| / sqrt(q). Zero neurons keep their scale. */
static void balance(rc_network_t net, slong i)
{
    if (is_zero_neuron(net, i)) return;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    row_norm(x, net->gamma, i);
    row_norm(y, net->u, i);
    fmpq_div(x, x, y);
    rc_network_set_scale(net, i, x);
    fmpq_clear(x);
    fmpq_clear(y);
}

/* (109): c_i := c_i of Gamma; u_i is multiplied by gamma_Theta / gamma_Gamma, which must be positive. */
static void copy_output(rc_network_t phi, const rc_network_t gamma, slong i)
{
    fmpq_t s;
    fmpq_init(s);
    fmpq_div(s, fmpq_mat_entry(phi->gamma, i, 0), fmpq_mat_entry(gamma->gamma, i, 0));
    for (slong j = 0; j < phi->d; j++) fmpq_mul(fmpq_mat_entry(phi->u, i, j), fmpq_mat_entry(phi->u, i, j), s);
    fmpq_set(fmpq_mat_entry(phi->gamma, i, 0), fmpq_mat_entry(gamma->gamma, i, 0));
    rc_network_set_scale(phi, i, gamma->q + i);
    fmpq_clear(s);
}

/* (110): a_i := a_i of Gamma; u_Theta = t u_Gamma with t > 0, so gamma_i is multiplied by t. */
static void copy_weights(rc_network_t phi, const rc_network_t gamma, slong i)
{
    fmpq_t t;
    fmpq_init(t);
    slong j = 0;
    while (fmpq_is_zero(fmpq_mat_entry(gamma->u, i, j))) j++;
    fmpq_div(t, fmpq_mat_entry(phi->u, i, j), fmpq_mat_entry(gamma->u, i, j));
    fmpq_mul(fmpq_mat_entry(phi->gamma, i, 0), fmpq_mat_entry(phi->gamma, i, 0), t);
    for (j = 0; j < phi->d; j++) fmpq_set(fmpq_mat_entry(phi->u, i, j), fmpq_mat_entry(gamma->u, i, j));
    rc_network_set_scale(phi, i, gamma->q + i);
    fmpq_clear(t);
}

/* The case of i in I_2. B.1 needs the signs of the two c to agree: they do whenever r is at least the semi-norm
   ([B] (102)); otherwise balancing keeps the realization. */
static rc_phi_case classify(const rc_network_t phi, const rc_network_t gamma, slong i, const fmpq_t r)
{
    rc_phi_case result = RC_CASE_A;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    rc_network_norm_product(x, gamma, i);
    fmpq_add(y, r, r);
    if (fmpq_cmp(x, y) > 0) {
        /* |c| against ||a||: |gamma| / sqrt(q) against sqrt(q) ||u||. */
        fmpq_abs(x, fmpq_mat_entry(gamma->gamma, i, 0));
        row_norm(y, gamma->u, i);
        fmpq_mul(y, y, gamma->q + i);
        int c = fmpq_cmp(x, y);
        result = c > 0 ? RC_CASE_B1 : c < 0 ? RC_CASE_B2 : RC_CASE_B3;
        bool same_sign = fmpq_sgn(fmpq_mat_entry(gamma->gamma, i, 0)) == fmpq_sgn(fmpq_mat_entry(phi->gamma, i, 0));
        if (result == RC_CASE_B1 && !same_sign) result = RC_CASE_A;
    }
    fmpq_clear(x);
    fmpq_clear(y);
    return result;
}

void rc_phi_theorem_31(rc_network_t phi, rc_phi_case *cases, const rc_network_t gamma, const rc_network_t theta,
                       const fmpq_t r)
{
    slong m = gamma->m;
    rc_network_t merged;
    rc_network_init(merged, RC_SHALLOW, theta->d, theta->m, theta->D);
    rc_network_set(merged, theta);
    merge_rays(merged);
    slong *matching = flint_malloc((size_t) m * sizeof(slong));
    bool *common = flint_malloc((size_t) m * sizeof(bool));
    match_directions(matching, common, gamma, merged, true);
    rc_phi_permute(merged, merged, matching);
    for (slong i = 0; i < m; i++) {
        cases[i] = common[i] ? classify(merged, gamma, i, r) : RC_CASE_I1;
        if (cases[i] == RC_CASE_B1) copy_output(merged, gamma, i);
        else if (cases[i] == RC_CASE_B2) copy_weights(merged, gamma, i);
        else balance(merged, i);
    }
    rc_network_swap(phi, merged);
    rc_network_clear(merged);
    flint_free(matching);
    flint_free(common);
}
