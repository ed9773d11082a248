/* The distance to the fiber of g for all values of the parameters: costs, Hall sets, flip trees (section 4 of the format). */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

#define MAX_ROWS 14      /* hyperplanes among which a Hall set is sought */
#define MAX_ENTRIES 8    /* of a matrix that excludes flip sets */
#define MAX_SUBSETS 2000
#define MAX_NODES 4000

/* Ends of the lambda with |lambda u_k - a_k| <= t where u_k is never 0, the a_k where it always is. */
typedef struct {
    slong ends, flats;
    number *low, *high, *flat;
    bool known;
} interval;

static void solutions(interval *l, rc_ring_struct *ring, const number *u, const number *a, slong n, number t)
{
    *l = (interval){0, 0, rc_family_alloc((size_t) n, sizeof(number)), rc_family_alloc((size_t) n, sizeof(number)),
                    rc_family_alloc((size_t) (2 * n), sizeof(number)), true};
    for (slong k = 0; k < n; k++) {
        int s = rc_ratio_side(ring, u[k]);
        if (rc_ratio_is_zero(ring, u[k])) {
            l->flat[l->flats++] = a[k];
            l->flat[l->flats++] = rc_ratio_neg(ring, a[k]);
        } else if (s == 0) {
            l->known = false;
        } else {
            number scale = rc_ratio_inv(ring, u[k]);
            l->low[l->ends] = rc_ratio_mul(ring, scale, (s > 0 ? rc_ratio_sub : rc_ratio_add)(ring, a[k], t));
            l->high[l->ends++] = rc_ratio_mul(ring, scale, (s > 0 ? rc_ratio_add : rc_ratio_sub)(ring, a[k], t));
        }
    }
}

static void clear_interval(interval *l)
{
    free(l->low);
    free(l->high);
    free(l->flat);
}

static bool miss(rc_ring_struct *ring, const interval *l, number t, bool oriented)
{
    number zero = rc_ratio_si(ring, 0);
    for (slong k = 0; k < l->flats; k++)
        if (rc_ratio_at_least(ring, l->flat[k], t)) return true;
    for (slong i = 0; i < l->ends; i++) {
        if (oriented && rc_ratio_at_least(ring, zero, l->high[i])) return true;
        for (slong j = 0; j < l->ends; j++)
            if (i != j && rc_ratio_at_least(ring, l->low[j], l->high[i])) return true;
    }
    return false;
}

static bool meet(rc_ring_struct *ring, const interval *l, number t, bool oriented)
{
    number zero = rc_ratio_si(ring, 0);
    bool good = l->known;
    for (slong k = 0; k < l->flats && good; k++) good = rc_ratio_at_least(ring, t, l->flat[k]);
    for (slong i = 0; i < l->ends && good; i++) {
        good = !oriented || rc_ratio_exceeds(ring, l->high[i], zero);
        for (slong j = 0; j < l->ends && good; j++) good = rc_ratio_at_least(ring, l->high[i], l->low[j]);
    }
    return good;
}

/* Is the product of two lower (two upper) ends >= 1 (<= 1), so that lambda 1/lambda = 1 is impossible? */
static bool products_miss(rc_ring_struct *ring, const interval *l, const interval *r)
{
    number one = rc_ratio_si(ring, 1), zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < l->ends; i++) {
        for (slong j = 0; j < r->ends; j++) {
            if (rc_ratio_at_least(ring, one, rc_ratio_mul(ring, l->high[i], r->high[j]))) return true;
            if (rc_ratio_exceeds(ring, l->low[i], zero) &&
                rc_ratio_at_least(ring, rc_ratio_mul(ring, l->low[i], r->low[j]), one))
                return true;
        }
    }
    return false;
}

static bool products_meet(rc_ring_struct *ring, const interval *l, const interval *r)
{
    number one = rc_ratio_si(ring, 1), zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < l->ends; i++) {
        for (slong j = 0; j < r->ends; j++) {
            if (!rc_ratio_at_least(ring, rc_ratio_mul(ring, l->high[i], r->high[j]), one)) return false;
            if (!rc_ratio_at_least(ring, zero, l->low[i]) && !rc_ratio_at_least(ring, zero, r->low[j]) &&
                !rc_ratio_at_least(ring, one, rc_ratio_mul(ring, l->low[i], r->low[j])))
                return false;
        }
    }
    return true;
}

/* COST(i, H, flipped ? -1 : 1) >= t (far) or <= t; COST' instead if not oriented. Proved for all values? */
static bool cost_is(rc_ring_struct *ring, const network *X, slong i, const form *g, slong H, bool oriented, bool flipped,
                    number t, bool far)
{
    interval l, r;
    number *u = rc_family_alloc((size_t) g->w, sizeof *u);
    for (slong k = 0; k < g->w; k++) {
        u[k] = g->u[H * g->w + k];
        if (flipped) u[k] = rc_ratio_neg(ring, u[k]);
    }
    solutions(&l, ring, u, X->a + i * X->w, X->d, t);
    bool good = far ? miss(ring, &l, t, oriented) : meet(ring, &l, t, oriented);
    if (oriented && good != far) {
        solutions(&r, ring, g->gamma + H * g->D, X->c + i * X->D, X->D, t);
        good = far ? miss(ring, &r, t, true) || products_miss(ring, &l, &r)
                   : meet(ring, &r, t, true) && products_meet(ring, &l, &r);
        clear_interval(&r);
    }
    clear_interval(&l);
    free(u);
    return good;
}

void rc_family_put_indices(proof *p, const bool *member, slong n)
{
    bool first = true;
    fputc('[', p->out);
    for (slong i = 0; i < n; i++) {
        if (!member[i]) continue;
        fprintf(p->out, "%s%ld", first ? "" : ", ", (long) i + 1);
        first = false;
    }
    fputc(']', p->out);
}

/* Among the sets S of hyperplanes that are always there, the smallest first, one with fewer neurons near than |S|. */
static bool put_hall(proof *p, const network *X, const form *g, const signed char *flipped, number t)
{
    rc_ring_struct *ring = p->ring;
    slong K = g->K < MAX_ROWS ? g->K : MAX_ROWS;
    bool *far = rc_family_alloc((size_t) (K * X->m + 1), sizeof *far), found = false;
    bool *S = rc_family_alloc((size_t) K + 1, sizeof *S), *N = rc_family_alloc((size_t) X->m, sizeof *N);
    for (slong j = 0; j < K; j++)
        for (slong i = 0; i < X->m && g->sure[j + 1]; i++)
            far[j * X->m + i] = cost_is(ring, X, i, g, j + 1, flipped != NULL, flipped && flipped[j + 1] > 0, t, true);
    for (slong size = 1; size <= K && !found; size++) {
        for (slong subset = 1; subset < (slong) 1 << K && !found; subset++) {
            slong lines = 0, near = 0;
            bool good = true;
            for (slong j = 0; j < K; j++) {
                S[j] = subset >> j & 1;
                lines += S[j];
                good &= !S[j] || g->sure[j + 1];
            }
            if (lines != size || !good) continue;
            for (slong i = 0; i < X->m; i++) {
                N[i] = false;
                for (slong j = 0; j < K; j++) N[i] |= S[j] && !far[j * X->m + i];
                near += N[i];
            }
            found = near < lines;
        }
    }
    if (found) {
        fputs("{\"hyperplanes\": ", p->out);
        rc_family_put_indices(p, S, K);
        fputs(", \"neurons\": ", p->out);
        rc_family_put_indices(p, N, X->m);
        fputc('}', p->out);
    }
    free(N);
    free(S);
    free(far);
    return found;
}

/* Flip trees. M = L + the jumps of the flipped; sets: the flip sets found, K + 1 signs each. */
typedef struct {
    proof *p;
    const form *g;
    number *M;
    signed char *side, *sets;
    slong found, nodes;
    bool first;
} flips;

/* Y on the chosen entries: does <Y, M> + any of the undecided jumps stay off 0? Writes the leaf then. */
static bool put_exclusion(flips *t, const slong *entry, const number *y, slong n)
{
    const form *g = t->g;
    rc_ring_struct *ring = g->ring;
    number low = rc_ratio_si(ring, 0), high = low;
    for (slong i = 0; i < n; i++) low = rc_ratio_add(ring, low, rc_ratio_mul(ring, y[i], t->M[entry[i]]));
    high = low;
    for (slong H = 1; H <= g->K; H++) {
        if (t->side[H] != 0) continue;
        number s = rc_ratio_si(ring, 0);
        for (slong i = 0; i < n; i++)
            s = rc_ratio_add(ring, s, rc_ratio_mul(ring, y[i], g->jump[H * g->D * g->w + entry[i]]));
        int side = rc_ratio_weak_side(ring, s);
        if (side == 0) return false;
        if (side < 0) low = rc_ratio_add(ring, low, s);
        else high = rc_ratio_add(ring, high, s);
    }
    if (rc_ratio_side(ring, low) <= 0 && rc_ratio_side(ring, high) >= 0) return false;
    for (slong i = 0; i < n; i++) {
        fprintf(t->p->out, "%s%s%ld, %ld, ", i ? "" : t->first ? "" : ", ", i ? ", " : "[", (long) (entry[i] / g->w) + 1,
                (long) (entry[i] % g->w) + 1);
        rc_family_put_number(t->p, y[i]);
    }
    fputc(']', t->p->out);
    t->first = false;
    return true;
}

/* A single entry; or, on n + 1 entries for n undecided jumps, the Y that is orthogonal to these. */
static bool find_exclusion(flips *t)
{
    const form *g = t->g;
    rc_ring_struct *ring = g->ring;
    slong total = g->D * g->w, n = 0, entry[MAX_ENTRIES], columns[MAX_ENTRIES];
    number y[MAX_ENTRIES];
    const number *rows[MAX_ENTRIES];
    for (slong e = 0; e < total; e++) {
        y[0] = rc_ratio_si(ring, 1);
        if (put_exclusion(t, &e, y, 1)) return true;
    }
    for (slong H = 1; H <= g->K; H++) {
        if (t->side[H] != 0) continue;
        if (n >= MAX_ENTRIES - 1) return false;
        rows[n++] = g->jump + H * total;
    }
    if (n == 0 || n + 1 > total) return false;
    for (slong i = 0; i <= n; i++) entry[i] = i;
    slong tried = 0;
    do {
        bool any = false;
        for (slong i = 0; i <= n; i++) {
            for (slong k = 0; k < n; k++) columns[k] = entry[k + (k >= i)];
            y[i] = rc_family_determinant(ring, rows, columns, n);
            if (i % 2) y[i] = rc_ratio_neg(ring, y[i]);
            any = any || !rc_ratio_is_zero(ring, y[i]);
        }
        if (any && put_exclusion(t, entry, y, n + 1)) return true;
    } while (rc_family_next_subset(entry, n + 1, 0, total - 1) && ++tried < MAX_SUBSETS);
    return false;
}

static bool put_flips(flips *t, slong H)
{
    const form *g = t->g;
    slong total = g->D * g->w;
    if (++t->nodes > MAX_NODES || !rc_limits_visit(t->p->limits, "nodes")) return false;
    bool zero = H > g->K;
    for (slong e = 0; e < total && zero; e++) zero = rc_ratio_is_zero(g->ring, t->M[e]);
    if (zero) {
        fputs(t->first ? "0" : ", 0", t->p->out);
        t->first = false;
        t->sets = realloc(t->sets, (size_t) ((t->found + 1) * (g->K + 1)));
        if (t->sets == NULL) flint_abort();
        memcpy(t->sets + t->found++ * (g->K + 1), t->side, (size_t) g->K + 1);
        return true;
    }
    if (find_exclusion(t)) return true;
    if (H > g->K) return false;
    fprintf(t->p->out, "%s%ld", t->first ? "" : ", ", (long) H);
    t->first = false;
    number *kept = rc_family_alloc((size_t) total, sizeof *kept);
    memcpy(kept, t->M, (size_t) total * sizeof *kept);
    t->side[H] = 1;
    for (slong e = 0; e < total; e++) t->M[e] = rc_ratio_add(g->ring, kept[e], g->jump[H * total + e]);
    bool good = put_flips(t, H + 1);
    memcpy(t->M, kept, (size_t) total * sizeof *kept);
    t->side[H] = -1;
    good = good && put_flips(t, H + 1);
    t->side[H] = 0;
    free(kept);
    return good;
}

static bool put_flip_tree(flips *t, proof *p, const form *g)
{
    *t = (flips){p, g, rc_family_alloc((size_t) (g->D * g->w), sizeof *t->M), rc_family_alloc((size_t) g->K + 1, 1),
                 NULL, 0, 0, true};
    memcpy(t->M, g->L, (size_t) (g->D * g->w) * sizeof *t->M);
    fputs("[", p->out);
    bool good = rc_family_all_sure(g) && put_flips(t, 1);
    fputs("]", p->out);
    return good || rc_family_resist(p, rc_family_all_sure(g) ? "flip tree: a sum of jumps that may or may not be -L"
                                                       : "flip tree: hyperplanes that may coincide or vanish", NULL);
}

/* The flip sets without the tree: what is searched is not shown. */
static bool find_flips(flips *t, proof *p, const form *g)
{
    char *tree = NULL;
    size_t size = 0;
    FILE *out = p->out;
    p->out = open_memstream(&tree, &size);
    if (p->out == NULL) flint_abort();
    bool good = put_flip_tree(t, p, g);
    fclose(p->out);
    free(tree);
    p->out = out;
    return good;
}

static void clear_flips(flips *t)
{
    free(t->M);
    free(t->side);
    free(t->sets);
}

/* Bounds. */

bool rc_family_put_distance_lower(proof *p, const network *X, const form *g, number t)
{
    rc_ring_struct *ring = p->ring;
    if (t == NULL) return rc_family_resist(p, "lower bound: the value is no function without poles", NULL);
    if (rc_ratio_at_least(ring, rc_ratio_si(ring, 0), t)) {
        fputs("{\"bound\": ", p->out);
        rc_family_put_number(p, t);
        fputc('}', p->out);
        return true;
    }
    if (g->K > X->m && rc_family_all_sure(g)) {
        fputs("{\"unrealizable\": \"more-hyperplanes\"}", p->out);
        return true;
    }
    /* A set for COST' needs no flip tree. */
    char *text = NULL;
    size_t size = 0;
    FILE *out = p->out, *own = open_memstream(&text, &size);
    if (own == NULL) flint_abort();
    p->out = own;
    bool good = g->K <= X->m && put_hall(p, X, g, NULL, t);
    p->out = out;
    if (fclose(own) != 0) flint_abort();
    if (good) {
        fputs("{\"bound\": ", out);
        rc_family_put_number(p, t);
        fprintf(out, ", \"hall\": %s}", text);
    }
    free(text);
    if (good) return true;
    if (g->K != X->m) return rc_family_resist(p, "lower bound: no Hall set of hyperplanes with costs >= the value", NULL);
    flips f;
    fputs("{\"flip-tree\": ", out);
    good = put_flip_tree(&f, p, g);
    if (good && f.found == 0) {
        fputs(", \"unrealizable\": \"flip-sets\"}", out);
    } else if (good) {
        fputs(", \"bound\": ", out);
        rc_family_put_number(p, t);
        fputs(", \"halls\": [", out);
        for (slong i = 0; i < f.found && good; i++) {
            if (i > 0) fputs(", ", out);
            good = put_hall(p, X, g, f.sets + i * (g->K + 1), t);
        }
        fputs("]}", out);
        if (!good) rc_family_resist(p, "lower bound: no Hall set of hyperplanes with costs >= the value", NULL);
    }
    clear_flips(&f);
    return good;
}

/* Row i takes a column, moving others along if need be. */
static bool augment(const bool *near, slong n, slong i, slong *taken, bool *seen)
{
    for (slong j = 0; j < n; j++) {
        if (!near[i * n + j] || seen[j]) continue;
        seen[j] = true;
        if (taken[j] < 0 || augment(near, n, taken[j], taken, seen)) {
            taken[j] = i;
            return true;
        }
    }
    return false;
}

bool rc_family_match(slong *place, const bool *near, slong n)
{
    bool *seen = rc_family_alloc((size_t) n, sizeof *seen), found = true;
    slong *taken = rc_family_alloc((size_t) n, sizeof *taken);
    for (slong j = 0; j < n; j++) taken[j] = -1;
    for (slong i = 0; i < n && found; i++) {
        memset(seen, 0, (size_t) n * sizeof *seen);
        found = augment(near, n, i, taken, seen);
    }
    for (slong j = 0; j < n && found; j++) place[taken[j]] = j;
    free(taken);
    free(seen);
    return found;
}

/* Y's neurons, and zero neurons, in an order in which all entries are within t of X's. */
static bool put_permuted(proof *p, const network *X, const network *Y, number t)
{
    rc_ring_struct *ring = p->ring;
    slong m = X->m;
    number zero = rc_ratio_si(ring, 0);
    if (Y->m > m) return false;
    bool *near = rc_family_alloc((size_t) (m * m), sizeof *near);
    slong *place = rc_family_alloc((size_t) m, sizeof *place);
    for (slong i = 0; i < m * m; i++) {
        slong x = i / m, y = i % m;
        near[i] = true;
        for (slong k = 0; k < X->d + X->D && near[i]; k++) {
            number a = k < X->d ? X->a[x * X->w + k] : X->c[x * X->D + k - X->d], b = zero;
            if (y < Y->m) b = k < X->d ? Y->a[y * Y->w + k] : Y->c[y * Y->D + k - X->d];
            near[i] = rc_ratio_at_least(ring, t, rc_ratio_sub(ring, a, b)) &&
                      rc_ratio_at_least(ring, t, rc_ratio_sub(ring, b, a));
        }
    }
    bool found = rc_family_match(place, near, m);
    if (found) {
        network phi = {m, X->d, X->D, X->d, false, rc_family_alloc((size_t) (m * X->d), sizeof *phi.a),
                       rc_family_alloc((size_t) (m * X->D), sizeof *phi.c), NULL};
        for (slong i = 0; i < m; i++) {
            bool spare = place[i] >= Y->m;
            for (slong k = 0; k < X->d; k++) phi.a[i * X->d + k] = spare ? zero : Y->a[place[i] * Y->w + k];
            for (slong q = 0; q < X->D; q++) phi.c[i * X->D + q] = spare ? zero : Y->c[place[i] * Y->D + q];
        }
        rc_family_put_phi(p, &phi, t);
        rc_family_clear_network(&phi);
    }
    free(place);
    free(near);
    return found;
}

/* A flip set, and for each neuron a hyperplane of cost <= t. */
static bool put_assignment(proof *p, const network *X, const form *g, number t)
{
    slong m = X->m;
    bool found = false;
    flips f;
    if (g->K != m) return false;
    FILE *out = p->out;
    bool good = find_flips(&f, p, g);
    bool *near = rc_family_alloc((size_t) (m * m), sizeof *near), *member = rc_family_alloc((size_t) m, sizeof *member);
    slong *place = rc_family_alloc((size_t) m, sizeof *place);
    for (slong s = 0; s < f.found && good && !found; s++) {
        const signed char *side = f.sets + s * (g->K + 1);
        for (slong i = 0; i < m * m; i++)
            near[i] = cost_is(p->ring, X, i / m, g, i % m + 1, true, side[i % m + 1] > 0, t, false);
        found = rc_family_match(place, near, m);
        if (!found) continue;
        for (slong j = 0; j < m; j++) member[j] = side[j + 1] > 0;
        fputs("{\"bound\": ", out);
        rc_family_put_number(p, t);
        fputs(", \"flip\": ", out);
        rc_family_put_indices(p, member, m);
        fputs(", \"assignment\": [", out);
        for (slong i = 0; i < m; i++) fprintf(out, "%s%ld", i ? ", " : "", (long) place[i] + 1);
        fputs("]}", out);
    }
    free(place);
    free(member);
    free(near);
    clear_flips(&f);
    return found;
}

bool rc_family_put_distance_upper(proof *p, const network *X, const network *Y, const form *g, number t)
{
    if (t == NULL) return rc_family_resist(p, "upper bound: the value is no function without poles", NULL);
    if (put_permuted(p, X, Y, t) || put_assignment(p, X, g, t) || rc_family_put_fitted(p, X, Y, t)) return true;
    return rc_family_resist(p, "upper bound: no assignment of hyperplanes with costs <= the value", NULL);
}

/* unique */

static bool put_unique(proof *p, const form *g)
{
    flips f;
    fputs(", \"flip-tree\": ", p->out);
    bool good = put_flip_tree(&f, p, g) && (f.found == 1 || rc_family_resist(p, "unique: another flip set", NULL));
    clear_flips(&f);
    return good;
}

/* Has X, for all values, a neuron that differs from each of Y by more than a positive scale? */
static bool differ(rc_ring_struct *ring, const network *X, const network *Y)
{
    slong d = X->d, D = X->D;
    for (slong i = 0; i < X->m; i++) {
        slong others = 0;
        for (slong j = 0; j < Y->m; j++) {
            bool other = rc_family_apart(ring, X->a + i * d, Y->a + j * d, d);
            for (slong k = 0; k < d * D && !other; k++)
                other = rc_ratio_side(ring, rc_ratio_sub(ring, rc_ratio_mul(ring, X->a[i * d + k / D], X->c[i * D + k % D]),
                                                         rc_ratio_mul(ring, Y->a[j * d + k / D], Y->c[j * D + k % D]))) != 0;
            others += other;
        }
        if (others == Y->m) return true;
    }
    return false;
}

/* Not unique: a neuron on each hyperplane, turned as another flip set says. */
static bool put_other(proof *p, const network *X, const form *g)
{
    rc_ring_struct *ring = p->ring;
    flips f;
    bool good = find_flips(&f, p, g), found = false;
    network phi = {X->m, X->d, X->D, X->d, false, rc_family_alloc((size_t) (X->m * X->d), sizeof *phi.a),
                   rc_family_alloc((size_t) (X->m * X->D), sizeof *phi.c), NULL};
    memcpy(phi.c, g->gamma + g->D, (size_t) (X->m * X->D) * sizeof *phi.c);
    for (slong s = 0; s < f.found && good && !found; s++) {
        for (slong H = 1; H <= g->K; H++) {
            bool turned = f.sets[s * (g->K + 1) + H] > 0;
            for (slong k = 0; k < X->d; k++) {
                number u = g->u[H * g->w + k];
                phi.a[(H - 1) * X->d + k] = turned ? rc_ratio_neg(ring, u) : u;
            }
        }
        found = differ(ring, &phi, X);
    }
    if (found) fputs(", \"phi\": ", p->out);
    if (found) rc_family_put_network(p, &phi);
    rc_family_clear_network(&phi);
    clear_flips(&f);
    return found || rc_family_resist(p, "unique: no other flip set", NULL);
}

bool rc_family_prove_distance(proof *p)
{
    network X = {0}, Y = {0};
    form g = {0};
    bool unique = p->claim->kind == RC_CLAIM_UNIQUE, good = rc_family_read_network(&X, p, 0);
    rc_comparison relation = p->claim->comparison;
    if (good && !unique) good = rc_family_read_network(&Y, p, 1);
    if (good) rc_family_init_form(&g, p->ring, unique ? &X : &Y, NULL, false);
    if (good && unique) {
        good = g.K == X.m ||
               rc_family_resist(p, "unique: for all values only where each neuron has a hyperplane of its own", NULL);
        good = good && (p->claim->holds ? put_unique(p, &g) : put_other(p, &X, &g));
    }
    number t = unique ? NULL : rc_family_value(p);
    if (good && !unique && relation != RC_COMPARE_AT_MOST) {
        fputs(", \"lower\": ", p->out);
        good = rc_family_put_distance_lower(p, &X, &g, t);
    }
    if (good && !unique && relation != RC_COMPARE_AT_LEAST) {
        fputs(", \"upper\": ", p->out);
        good = rc_family_put_distance_upper(p, &X, &Y, &g, t);
    }
    rc_family_clear_form(&g);
    rc_family_clear_network(&Y);
    rc_family_clear_network(&X);
    return good;
}
