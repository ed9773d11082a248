/* The reading of relucert distance: Phi neuron by neuron, and the hyperplanes that keep it from being nearer. */
#include "distance.h"

#include <stdlib.h>

/* The entries of Phi's m neurons, d of a and D of c each. H: the hyperplane a neuron is on, or -1; side: its
   orientation there, lambda its scale. */
typedef struct {
    slong m, d, D;
    rc_surd_struct *entry, *lambda;
    slong *H;
    int *side;
} reading;

static rc_surd_struct *entry(const reading *r, slong i, slong j)
{
    return r->entry + i * (r->d + r->D) + j;
}

static void reading_init(reading *r, slong m, slong d, slong D)
{
    size_t n = (size_t) m;
    *r = (reading){.m = m, .d = d, .D = D};
    r->entry = flint_malloc(n * (size_t) (d + D) * sizeof(rc_surd_struct));
    r->lambda = flint_malloc(n * sizeof(rc_surd_struct));
    r->H = flint_malloc(n * sizeof(slong));
    r->side = flint_malloc(n * sizeof(int));
    for (slong k = 0; k < m * (d + D); k++) rc_surd_init(r->entry + k);
    for (slong i = 0; i < m; i++) rc_surd_init(r->lambda + i);
}

static void reading_clear(reading *r)
{
    for (slong k = 0; k < r->m * (r->d + r->D); k++) rc_surd_clear(r->entry + k);
    for (slong i = 0; i < r->m; i++) rc_surd_clear(r->lambda + i);
    flint_free(r->entry);
    flint_free(r->lambda);
    flint_free(r->H);
    flint_free(r->side);
}

/* lambda = a_j / (side u_j), where u_j is not 0. */
static void set_lambda(reading *r, slong i, const rc_canonical_t g)
{
    slong j = 0;
    while (fmpz_is_zero(fmpz_mat_entry(g->u, r->H[i], j))) j++;
    fmpq_t x;
    fmpq_init(x);
    fmpz_set(fmpq_numref(x), fmpz_mat_entry(g->u, r->H[i], j));
    fmpq_inv(x, x);
    rc_surd_mul_fmpq(r->lambda + i, entry(r, i, j), x);
    rc_surd_abs(r->lambda + i, r->lambda + i);
    fmpq_clear(x);
}

static void read_network(reading *r, const rc_network_t phi, const rc_canonical_t g)
{
    for (slong i = 0; i < r->m; i++) {
        for (slong j = 0; j < r->d; j++) rc_network_get_a(entry(r, i, j), phi, i, j);
        for (slong p = 0; p < r->D; p++) rc_network_get_c(entry(r, i, r->d + p), phi, i, p);
        r->H[i] = rc_network_a_is_zero(phi, i) ? -1 : rc_canonical_find(r->side + i, g, fmpq_mat_entry(phi->u, i, 0));
        if (r->H[i] >= 0) set_lambda(r, i, g);
    }
}

/* lambda = a short number in [lo, hi]. */
static void choose_scale(rc_surd_t lambda, const rc_surd_t lo, const rc_surd_t hi)
{
    rc_surd_set(lambda, lo);
    if (rc_surd_cmp(lo, hi) >= 0) return;
    fmpq_t a, b, unused;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(unused);
    for (slong bits = 16; fmpq_cmp(a, b) >= 0; bits *= 2) {
        rc_surd_enclose(unused, a, lo, bits);
        rc_surd_enclose(b, unused, hi, bits);
    }
    fmpq_simplest_between(a, a, b);
    rc_surd_set_fmpq(lambda, a);
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(unused);
}

/* K = m, and a scale that no network file holds: a = lambda eps u_H, c = gamma_H / lambda. */
static bool read_assignment(reading *r, const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    bool found = true;
    rc_surd_t low, high, inverse;
    fmpq_t u;
    rc_surd_init(low);
    rc_surd_init(high);
    rc_surd_init(inverse);
    fmpq_init(u);
    for (slong i = 0; i < r->m && found; i++) {
        slong H = r->H[i] = f->assignment[i];
        r->side[i] = f->flip[f->best_flip][H] ? -1 : 1;
        found = rc_cost_scales(low, high, gamma, i, g, H, r->side[i], f->upper);
        if (found) choose_scale(r->lambda + i, low, high);
        found = found && rc_surd_inv(inverse, r->lambda + i) == RC_OK;
        for (slong j = 0; j < r->d && found; j++) {
            fmpz_set(fmpq_numref(u), fmpz_mat_entry(g->u, H, j));
            if (r->side[i] < 0) fmpq_neg(u, u);
            rc_surd_mul_fmpq(entry(r, i, j), r->lambda + i, u);
        }
        for (slong p = 0; p < r->D && found; p++)
            rc_surd_mul_fmpq(entry(r, i, r->d + p), inverse, fmpq_mat_entry(g->gamma, H, p));
    }
    rc_surd_clear(low);
    rc_surd_clear(high);
    rc_surd_clear(inverse);
    fmpq_clear(u);
    return found;
}

static bool read_phi(reading *r, const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    reading_init(r, gamma->m, gamma->d, gamma->D);
    if (f->realizable != RC_REALIZABLE || !f->has_upper) return false;
    if (!f->has_phi) return f->assignment && read_assignment(r, f, gamma, g);
    read_network(r, f->phi, g);
    return true;
}

json_t *rc_reading_json(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    reading r;
    json_t *phi = NULL;
    if (read_phi(&r, f, gamma, g)) {
        json_t *A = json_array(), *C = json_array();
        phi = json_object();
        for (slong i = 0; i < r.m; i++) {
            json_t *row = json_array();
            for (slong j = 0; j < r.d; j++) rc_cli_append(row, rc_write_surd(entry(&r, i, j)));
            rc_cli_append(A, row);
        }
        for (slong p = 0; p < r.D; p++) {
            json_t *row = json_array();
            for (slong i = 0; i < r.m; i++) rc_cli_append(row, rc_write_surd(entry(&r, i, r.d + p)));
            rc_cli_append(C, row);
        }
        rc_cli_set(phi, "A", A);
        rc_cli_set(phi, "C", C);
    }
    reading_clear(&r);
    return phi ? phi : json_null();
}

static void put_entries(const rc_surd_struct *x, slong n)
{
    for (slong j = 0; j < n; j++) {
        char *text = rc_surd_get_str(x + j);
        printf("%s%s", j == 0 ? "(" : ", ", text);
        free(text);
    }
    putchar(')');
}

static bool all_zero(const rc_surd_struct *x, slong n)
{
    for (slong j = 0; j < n; j++)
        if (!rc_surd_is_zero(x + j)) return false;
    return true;
}

/* The weights of neurons i and k are proportional: a_i a_kj = a_k a_ij for the first entry that is not 0. */
static bool same_line(const reading *r, slong i, slong k)
{
    slong first = 0;
    bool same = true;
    rc_surd_t x, y;
    rc_surd_init(x);
    rc_surd_init(y);
    while (rc_surd_is_zero(entry(r, i, first))) first++;
    for (slong j = 0; j < r->d && same; j++) {
        rc_surd_mul(x, entry(r, i, first), entry(r, k, j));
        rc_surd_mul(y, entry(r, k, first), entry(r, i, j));
        same = rc_surd_cmp(x, y) == 0;
    }
    rc_surd_clear(x);
    rc_surd_clear(y);
    return same;
}

static void put_place(const reading *r, slong i)
{
    fputs("    ", stdout);
    if (all_zero(entry(r, i, 0), r->d) || all_zero(entry(r, i, r->d), r->D)) {
        fputs("dead", stdout);
        return;
    }
    if (r->H[i] >= 0) {
        printf("hyperplane %ld%s, lambda = ", (long) r->H[i] + 1, r->side[i] < 0 ? ", turned" : "");
        rc_cli_put_surd(r->lambda + i);
        return;
    }
    fputs("on the line of", stdout);
    bool first = true;
    for (slong k = 0; k < r->m; k++) {
        if (k == i || r->H[k] >= 0 || all_zero(entry(r, k, 0), r->d) || !same_line(r, i, k)) continue;
        printf("%s %ld", first ? " neuron" : ",", (long) k + 1);
        first = false;
    }
}

/* The entries in which Phi is as far from Gamma as the upper bound. */
static void put_tight(const reading *r, slong i, const rc_network_t gamma, const rc_surd_t upper)
{
    bool first = true;
    rc_surd_t x;
    rc_surd_init(x);
    for (slong j = 0; j < r->d + r->D; j++) {
        bool weight = j < r->d;
        if (weight) rc_network_get_a(x, gamma, i, j);
        else rc_network_get_c(x, gamma, i, j - r->d);
        rc_surd_sub(x, x, entry(r, i, j));
        rc_surd_abs(x, x);
        if (rc_surd_cmp(x, upper) < 0) continue;
        printf("%s%c_%ld", first ? "; tight: " : ", ", weight ? 'a' : 'c', (long) (weight ? j : j - r->d) + 1);
        first = false;
    }
    rc_surd_clear(x);
}

static void put_numbers(const char *one, const char *many, const bool *set, slong n)
{
    slong count = 0;
    for (slong k = 0; k < n; k++) count += set[k];
    fputs(count == 1 ? one : many, stdout);
    bool first = true;
    for (slong k = 0; k < n; k++) {
        if (!set[k]) continue;
        printf(first ? " %ld" : ", %ld", (long) k + 1);
        first = false;
    }
}

/* The violator that proves the lower bound; for K = m the one of Phi's flip set. */
static void put_obstacle(const rc_fiber_t f)
{
    slong h = f->K == f->m ? f->best_flip : 0, neurons = 0, hyperplanes = 0;
    if (!f->has_lower || f->halls <= h || rc_surd_sgn(f->lower) <= 0) return;
    for (slong i = 0; i < f->m; i++) neurons += f->hall_neurons[h][i];
    for (slong H = 0; H < f->K; H++) hyperplanes += f->hall_hyperplanes[h][H];
    fputs(f->exact ? "none is nearer: " : "none is nearer than the lower bound: ", stdout);
    if (neurons == 0) fputs("no neuron", stdout);
    else put_numbers("only neuron", "only neurons", f->hall_neurons[h], f->m);
    put_numbers(neurons > 1 ? " come nearer to hyperplane" : " comes nearer to hyperplane",
                neurons > 1 ? " come nearer to any of the hyperplanes" : " comes nearer to any of the hyperplanes",
                f->hall_hyperplanes[h], f->K);
    if (hyperplanes > 1 && neurons > 0) fputs(", each of which needs one", stdout);
    if (f->K == f->m && f->flips > 1) fputs(" (for this flip set; each has such an obstacle)", stdout);
    putchar('\n');
}

static void put_strategy(const rc_fiber_t f)
{
    static const char *const words[] = {
        [RC_STRATEGY_NONE] = "",
        [RC_STRATEGY_ASSIGNMENT] = "one neuron for each hyperplane",
        [RC_STRATEGY_STRUCTURE] = "the neurons of a parametrization of g, each at its best scale",
        [RC_STRATEGY_RESCALED] = "the directions of a parametrization of g, scales and outputs by linear programming",
        [RC_STRATEGY_MOVED] = "Gamma with a neuron moved to each hyperplane",
        [RC_STRATEGY_MOVED_LINES] = "Gamma with a neuron, and those on its line, moved to each hyperplane",
        [RC_STRATEGY_TURNED] =
            "Gamma with a neuron moved to each hyperplane, and opposite pairs turned to make up for it",
        [RC_STRATEGY_GATHERED] = "Gamma with all neurons nearby moved to the hyperplanes",
        [RC_STRATEGY_EXCHANGED] = "one or two neurons at a time put on other rays, as long as that helps"};
    printf("%s: %s", f->exact ? "a nearest Phi" : "a Phi within the upper bound", words[f->strategy]);
    if (f->K == f->m && f->flips > 1) {
        fputs(", ", stdout);
        put_numbers("turned on hyperplane", "turned on hyperplanes", f->flip[f->best_flip], f->K);
    }
    putchar('\n');
}

void rc_reading_put(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    reading r;
    if (read_phi(&r, f, gamma, g)) {
        put_strategy(f);
        for (slong i = 0; i < r.m; i++) {
            printf("  neuron %ld: a = ", (long) i + 1);
            put_entries(entry(&r, i, 0), r.d);
            fputs(", c = ", stdout);
            put_entries(entry(&r, i, r.d), r.D);
            puts("");
            put_place(&r, i);
            put_tight(&r, i, gamma, f->upper);
            putchar('\n');
        }
    }
    put_obstacle(f);
    reading_clear(&r);
}
