/* The kinds of claims about norms, cells, spaces and the theorems, for all values of the parameters. */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

/* The networks of a claim, and the form of R(X) - R(Y) (R(X) if there is one). */
typedef struct {
    network X, Y;
    form f;
} pair;

static bool read_pair(pair *q, proof *p, bool swapped)
{
    memset(q, 0, sizeof *q);
    bool two = p->claim->networks == 2;
    if (!family_read_network(&q->X, p, 0) || (two && !family_read_network(&q->Y, p, 1))) return false;
    family_init_form(&q->f, p->ring, swapped ? &q->Y : &q->X, two ? (swapped ? &q->X : &q->Y) : NULL, false);
    return true;
}

static void clear_pair(pair *q)
{
    family_clear_form(&q->f);
    family_clear_network(&q->X);
    family_clear_network(&q->Y);
}

number family_value(proof *p)
{
    static const char *const keys[] = {"equals", "at-most", "at-least", "beta", "s"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *v = json_object_get(p->claim->fields, keys[i]);
        if (v) return rc_ratio_read(p->ring, v);
    }
    return NULL;
}

/* equal, semi-norm, sup-norm */

typedef struct {
    rc_ring_struct *ring;
    number v;
} comparison;

static bool is_above(void *context, number x)
{
    comparison *c = context;
    return rc_ratio_at_least(c->ring, x, c->v);
}

static bool is_below(void *context, number x)
{
    comparison *c = context;
    return rc_ratio_at_least(c->ring, c->v, x);
}

static bool prove_equal(proof *p, const form *f)
{
    bool equal = p->claim->holds, same = f->K == 0;
    for (slong i = 0; i < f->D * f->w; i++) same = same && rc_ratio_is_zero(p->ring, f->L[i]);
    if (!equal) fputs(", \"x\": ", p->out);
    return equal ? same || family_resist(p, "the canonical form of the difference is not identically 0", NULL)
                 : family_put_point(p, f);
}

bool family_prove_norms(proof *p)
{
    pair q;
    bool good = read_pair(&q, p, false), sup = p->claim->kind == RC_CLAIM_SUP_NORM;
    rc_comparison relation = p->claim->comparison;
    comparison c = {p->ring, family_value(p)};
    number B = sup ? rc_ratio_read(p->ring, json_object_get(p->claim->fields, "box")) : NULL;
    if (good && p->claim->kind == RC_CLAIM_EQUAL) {
        good = prove_equal(p, &q.f);
    } else if (good && c.v == NULL) {
        good = family_resist(p, "the value is no function without poles", NULL);
    } else if (good) {
        if (relation != RC_COMPARE_AT_MOST) {
            fputs(", \"lower\": ", p->out);
            good = sup ? family_put_box_lower(p, &q.f, B, is_above, &c) : family_put_lower(p, &q.f, is_above, &c);
        }
        if (good && relation != RC_COMPARE_AT_LEAST) {
            fputs(", \"upper\": ", p->out);
            good = sup ? family_put_box_upper(p, &q.f, B, c.v) : family_put_upper(p, &q.f, is_below, &c);
        }
    }
    clear_pair(&q);
    return good;
}

/* cells */

/* The number of cells of n rows that are never proportional; false if some restriction changes its kind. */
static bool count_cells(slong *cells, rc_ring_struct *ring, number **row, slong n, slong w)
{
    *cells = n == 0 ? 1 : n <= 2 || w <= 2 ? 2 * n : 1;
    if (n <= 2 || w <= 2) return true;
    number **trace = family_alloc((size_t) n, sizeof *trace);
    for (slong i = 0; i < n; i++) trace[i] = family_alloc((size_t) w, sizeof **trace);
    bool good = true;
    for (slong j = 0; j < n && good; j++) {
        slong k = 0, kept = 0, below = 0;
        while (k < w && rc_ratio_side(ring, row[j][k]) == 0) k++;
        good = k < w;
        for (slong i = 0; i < j && good; i++) {
            for (slong q = 0; q < w - 1; q++) {
                slong from = q + (q >= k);
                trace[kept][q] = rc_ratio_sub(ring, rc_ratio_mul(ring, row[i][from], row[j][k]),
                                              rc_ratio_mul(ring, row[i][k], row[j][from]));
            }
            slong other = 0;
            for (; other < kept && good; other++) {
                if (family_direction(ring, trace[kept], trace[other], w - 1) != 0) break;
                good = family_apart(ring, trace[kept], trace[other], w - 1);
            }
            kept += other == kept;
        }
        good = good && count_cells(&below, ring, trace, kept, w - 1);
        *cells += below;
    }
    for (slong i = 0; i < n; i++) free(trace[i]);
    free(trace);
    return good;
}

/* normals and offsets as a network without values. */
static bool read_arrangement(network *X, proof *p)
{
    const json_t *of = json_object_get(p->claim->fields, "of"), *normals = json_object_get(of, "normals");
    const json_t *offsets = json_object_get(of, "offsets");
    X->m = (slong) json_array_size(normals);
    X->d = (slong) json_array_size(json_array_get(normals, 0));
    X->biases = offsets != NULL;
    X->w = X->d + X->biases;
    X->a = family_alloc((size_t) (X->m * X->w), sizeof *X->a);
    bool good = true;
    for (slong i = 0; i < X->m * X->w && good; i++) {
        const json_t *v = i % X->w < X->d ? json_array_get(json_array_get(normals, (size_t) (i / X->w)), (size_t) (i % X->w))
                                          : json_array_get(offsets, (size_t) (i / X->w));
        good = (X->a[i] = rc_ratio_read(p->ring, v)) != NULL;
    }
    return good || family_resist(p, "a form is not read as functions without poles", NULL);
}

bool family_prove_cells(proof *p)
{
    network X = {0}, Y = {0};
    form f = {0};
    bool good = p->claim->networks == 0 ? read_arrangement(&X, p) : family_read_network(&X, p, 0);
    if (good && p->claim->networks == 2) good = family_read_network(&Y, p, 1);
    if (good) family_init_form(&f, p->ring, &X, p->claim->networks == 2 ? &Y : NULL, true);
    if (good && !family_all_sure(&f)) good = family_resist(p, "hyperplanes that may coincide or vanish", NULL);
    slong cells = 0, first = f.biases ? 0 : 1;
    if (good) {
        number **row = family_alloc((size_t) f.K + 1, sizeof *row);
        for (slong H = first; H <= f.K; H++) row[H - first] = f.u + H * f.w;
        if (!count_cells(&cells, p->ring, row, f.K + 1 - first, f.w))
            good = family_resist(p, "restrictions that change with the parameters", NULL);
        free(row);
    }
    if (f.biases) cells /= 2;
    char message[100];
    snprintf(message, sizeof message, "%ld cells, which is not the number claimed for all values", (long) cells);
    number v = family_value(p);
    if (good && !rc_ratio_is_zero(p->ring, rc_ratio_sub(p->ring, v, rc_ratio_si(p->ring, cells))))
        good = family_resist(p, message, NULL);
    fputs(", \"components\": ", p->out);
    if (good) family_put_components(p, &f);
    family_clear_form(&f);
    family_clear_network(&Y);
    family_clear_network(&X);
    return good;
}

/* member */

static number absolute(rc_ring_struct *ring, number x)
{
    int side = rc_ratio_weak_side(ring, x);
    return side > 0 ? x : side < 0 ? rc_ratio_neg(ring, x) : NULL;
}

/* Some x_i with +-x_i >= (strictly: >) all |y_j|. */
static bool dominates(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m, bool strict)
{
    for (slong i = 0; i < 2 * n; i++) {
        number z = i < n ? x[i] : rc_ratio_neg(ring, x[i - n]);
        bool good = true;
        for (slong j = 0; j < 2 * m && good; j++) {
            number t = j < m ? y[j] : rc_ratio_neg(ring, y[j - m]);
            good = (strict ? rc_ratio_exceeds : rc_ratio_at_least)(ring, z, t);
        }
        if (good) return true;
    }
    return false;
}

/* For each +-y_j a +-x_i >= it. */
static bool covers(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m)
{
    for (slong j = 0; j < 2 * m; j++) {
        number t = j < m ? y[j] : rc_ratio_neg(ring, y[j - m]);
        bool found = false;
        for (slong i = 0; i < 2 * n && !found; i++)
            found = rc_ratio_at_least(ring, i < n ? x[i] : rc_ratio_neg(ring, x[i - n]), t);
        if (!found) return false;
    }
    return true;
}

/* Are a_i of X and a_j of Y never non-zero and sigma-proportional? */
static bool is_no_pair(rc_ring_struct *ring, const network *X, slong i, const network *Y, slong j, int sigma)
{
    const number *a = X->a + i * X->w, *b = Y->a + j * Y->w;
    bool zeros = true, zero = true;
    for (slong k = 0; k < X->d; k++) {
        if (rc_ratio_side(ring, a[k]) * rc_ratio_side(ring, b[k]) == -sigma) return true;
        zeros = zeros && rc_ratio_is_zero(ring, a[k]);
        zero = zero && rc_ratio_is_zero(ring, b[k]);
    }
    return zeros || zero || family_apart(ring, a, b, X->d);
}

/* Indices of a pair that may be sigma-proportional; false if there is none. */
static bool find_pair(rc_ring_struct *ring, const network *X, const network *Y, int sigma, slong *i, slong *j)
{
    for (*i = 0; *i < X->m; ++*i)
        for (*j = X == Y ? *i + 1 : 0; *j < Y->m; ++*j)
            if (!is_no_pair(ring, X, *i, Y, *j, sigma)) return true;
    return false;
}

static bool is_balanced(rc_ring_struct *ring, const network *X, slong i)
{
    const number *a = X->a + i * X->w, *c = X->c + i * X->D;
    return covers(ring, a, X->d, c, X->D) && covers(ring, c, X->D, a, X->d);
}

bool family_is_member(proof *p, const network *X, bool star, const char *name)
{
    rc_ring_struct *ring = p->ring;
    char message[200];
    slong i, j;
    for (i = 0; i < X->m; i++) {
        snprintf(message, sizeof message, "neuron %ld of %.100s is not balanced for all values", (long) i + 1, name);
        if (!is_balanced(ring, X, i)) return family_resist(p, message, NULL);
        for (slong k = X->d - 2; star && k < X->d; k++) {
            snprintf(message, sizeof message, "neuron %ld of %.100s: one of the last two weights is not always > 0",
                     (long) i + 1, name);
            if (k < 0 || rc_ratio_side(ring, X->a[i * X->w + k]) <= 0) return family_resist(p, message, NULL);
        }
    }
    if (!find_pair(ring, X, X, 1, &i, &j)) return true;
    snprintf(message, sizeof message, "neurons %ld, %ld of %.100s may be proportional", (long) i + 1, (long) j + 1, name);
    return family_resist(p, message, NULL);
}

static bool put_offender(proof *p, const network *X, bool star)
{
    rc_ring_struct *ring = p->ring;
    number zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < X->m; i++) {
        const number *a = X->a + i * X->w, *c = X->c + i * X->D;
        const char *condition = NULL;
        if (dominates(ring, a, X->d, c, X->D, true) || dominates(ring, c, X->D, a, X->d, true)) condition = "balance";
        for (slong k = X->d - 2; star && k < X->d; k++)
            if (k >= 0 && rc_ratio_at_least(ring, zero, a[k])) condition = "positivity";
        if (condition) fprintf(p->out, "{\"condition\": \"%s\", \"neurons\": [%ld]}", condition, (long) i + 1);
        if (condition) return true;
        for (slong j = i + 1; j < X->m; j++) {
            if (family_direction(ring, a, X->a + j * X->w, X->d) <= 0) continue;
            fprintf(p->out, "{\"condition\": \"C.2\", \"neurons\": [%ld, %ld]}", (long) i + 1, (long) j + 1);
            return true;
        }
    }
    return family_resist(p, "no neuron, and no pair, that is always against the space", NULL);
}

bool family_prove_member(proof *p)
{
    network X = {0};
    bool good = family_read_network(&X, p, 0);
    if (good && p->claim->holds) good = family_is_member(p, &X, p->claim->star, p->claim->name[0]);
    if (good && !p->claim->holds) {
        fputs(", \"offender\": ", p->out);
        good = put_offender(p, &X, p->claim->star);
    }
    family_clear_network(&X);
    return good;
}

/* theorem-3.3, inverse-stable */

/* t <= s r^(e/q), r >= 0. */
static bool power_holds(rc_ring_struct *ring, number t, number s, number r, slong e, slong q)
{
    number zero = rc_ratio_si(ring, 0);
    if (rc_ratio_at_least(ring, zero, t)) return true;
    return rc_ratio_at_least(ring, r, zero) &&
           rc_ratio_at_least(ring, rc_ratio_mul(ring, rc_ratio_pow(ring, s, q), rc_ratio_pow(ring, r, e)),
                             rc_ratio_pow(ring, t, q));
}

/* Is each +-(x_k - y_k) - offset at most s r^(e/q)? */
static bool is_close(rc_ring_struct *ring, const number *x, const number *y, slong n, number offset, number s, number r,
                     slong e, slong q)
{
    for (slong k = 0; k < 2 * n; k++) {
        number t = k < n ? rc_ratio_sub(ring, x[k], y[k]) : rc_ratio_sub(ring, y[k - n], x[k - n]);
        if (!power_holds(ring, rc_ratio_sub(ring, t, offset), s, r, e, q)) return false;
    }
    return true;
}

typedef struct {
    proof *p;
    const network *X, *Y;
    number s;
    slong e, q; /* alpha */
    slong *place;
    number r;   /* the entry that met the goal */
} matching;

/* With r = G, a permutation within s r^alpha. */
static bool matching_meets(void *context, number G)
{
    matching *M = context;
    rc_ring_struct *ring = M->p->ring;
    const network *X = M->X, *Y = M->Y;
    number zero = rc_ratio_si(ring, 0);
    bool *near = family_alloc((size_t) (X->m * X->m), sizeof *near);
    for (slong i = 0; i < X->m * X->m; i++) {
        slong x = i / X->m, y = i % X->m;
        near[i] = is_close(ring, X->a + x * X->w, Y->a + y * Y->w, X->d, zero, M->s, G, M->e, M->q) &&
                  is_close(ring, X->c + x * X->D, Y->c + y * Y->D, X->D, zero, M->s, G, M->e, M->q);
    }
    bool found = family_match(M->place, near, X->m);
    free(near);
    M->r = G;
    return found;
}

static bool positive_meets(void *context, number G)
{
    matching *M = context;
    M->r = G;
    return rc_ratio_holds(M->p->ring, G, false);
}

/* Within N: some Phi at distance at most s r^alpha, written as a function; alpha 1/2 or 1. */
static bool put_near_phi(matching *M, const form *f)
{
    proof *p = M->p;
    char *text = NULL;
    size_t size = 0;
    FILE *out = p->out, *own = open_memstream(&text, &size);
    if (own == NULL) flint_abort();
    p->out = own;
    bool good = family_put_lower(p, f, positive_meets, M);
    p->out = out;
    fclose(own);
    number root = M->q == 1 ? rc_ratio_pow(p->ring, M->r, M->e) : M->q == 2 && M->e == 1 ? rc_ratio_sqrt(p->ring, M->r) : NULL;
    if (good && root == NULL) good = family_resist(p, "the bound is no function: its root is not formed", NULL);
    if (good) {
        form g;
        family_init_form(&g, p->ring, M->Y, NULL, false);
        fputs(", \"distance\": ", out);
        good = family_put_distance_upper(p, M->X, M->Y, &g, rc_ratio_mul(p->ring, M->s, root));
        family_clear_form(&g);
        fprintf(out, ", \"lower\": %s", text);
    }
    free(text);
    return good;
}

bool family_prove_stable(proof *p)
{
    pair q;
    bool theorem = p->claim->kind == RC_CLAIM_THEOREM_33, star = theorem || p->claim->star;
    bool good = read_pair(&q, p, true);
    matching M = {p, &q.X, &q.Y, theorem ? rc_ratio_si(p->ring, 4) : family_value(p), 1, 2, NULL, NULL};
    if (good && !theorem) {
        const fmpq *alpha = p->claim->instance[0].number;
        M.e = fmpz_get_si(fmpq_numref(alpha));
        M.q = fmpz_get_si(fmpq_denref(alpha));
        good = (M.e <= 100 && M.q <= 100) || family_resist(p, "alpha is no quotient of integers up to 100", NULL);
    }
    if (good && star) {
        M.place = family_alloc((size_t) q.X.m, sizeof *M.place);
        good = family_is_member(p, &q.X, true, p->claim->name[0]) && family_is_member(p, &q.Y, true, p->claim->name[1]);
        if (good) fputs(", \"lower\": ", p->out);
        good = good && family_put_lower(p, &q.f, matching_meets, &M);
        fputs(", \"matching\": [", p->out);
        for (slong i = 0; i < q.X.m && good; i++) fprintf(p->out, "%s%ld", i ? ", " : "", (long) M.place[i] + 1);
        fputc(']', p->out);
        free(M.place);
    } else if (good) {
        good = put_near_phi(&M, &q.f);
    }
    clear_pair(&q);
    return good;
}

/* theorem-3.1 */

typedef struct {
    proof *p;
    const network *X;
    network merged, phi; /* Theta's neurons, merged along rays; Phi */
    slong *place;        /* X's neuron i gets merged neuron place[i] */
    bool *common;        /* on the same ray */
    const char **step;
    number beta;
} construction;

static void set_zero(network *X, slong i, number zero)
{
    for (slong k = 0; k < X->d; k++) X->a[i * X->d + k] = zero;
    X->c[i] = zero;
}

static bool is_zero_row(rc_ring_struct *ring, const number *a, slong n)
{
    for (slong k = 0; k < n; k++)
        if (!rc_ratio_is_zero(ring, a[k])) return false;
    return true;
}

/* (87)-(90): neurons on one ray become one. */
static void merge_rays(network *X, rc_ring_struct *ring)
{
    number zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < X->m; i++) {
        number *a = X->a + i * X->d;
        if (is_zero_row(ring, a, X->d) || rc_ratio_is_zero(ring, X->c[i])) set_zero(X, i, zero);
        for (slong j = 0; j < i; j++) {
            number *b = X->a + j * X->d;
            slong q = 0;
            if (family_direction(ring, a, b, X->d) <= 0) continue;
            while (rc_ratio_side(ring, a[q]) == 0 || rc_ratio_side(ring, b[q]) == 0) q++;
            number t = rc_ratio_mul(ring, a[q], rc_ratio_inv(ring, b[q]));
            X->c[j] = rc_ratio_add(ring, X->c[j], rc_ratio_mul(ring, t, X->c[i]));
            set_zero(X, i, zero);
            break;
        }
    }
    for (slong i = 0; i < X->m; i++)
        if (rc_ratio_is_zero(ring, X->c[i])) set_zero(X, i, zero);
}

static void match_rays(construction *C)
{
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X, *Y = &C->merged;
    bool *taken = family_alloc((size_t) X->m, sizeof *taken);
    for (slong i = 0; i < X->m; i++) {
        C->place[i] = -1;
        for (slong j = 0; j < X->m && C->place[i] < 0; j++) {
            if (taken[j] || family_direction(ring, X->a + i * X->w, Y->a + j * Y->d, X->d) <= 0) continue;
            C->place[i] = j;
            taken[j] = true;
        }
        C->common[i] = C->place[i] >= 0;
    }
    for (slong i = 0, j = 0; i < X->m; i++) {
        if (C->common[i]) continue;
        while (taken[j]) j++;
        C->place[i] = j;
        taken[j] = true;
    }
    free(taken);
}

/* Phi's neuron i by one of the steps (104), (108)-(111); false if it is not defined for all values. */
static bool make_neuron(construction *C, slong i, int step)
{
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    slong d = X->d, q = 0;
    const number *a = C->merged.a + C->place[i] * d, *own = X->a + i * X->w;
    number c = C->merged.c[C->place[i]], scale = NULL, *to = C->phi.a + i * d;
    if (rc_ratio_is_zero(ring, c)) {
        set_zero(&C->phi, i, rc_ratio_si(ring, 0));
        return step == 0;
    }
    if (step == 1) { /* (109): Gamma's output */
        scale = rc_ratio_mul(ring, c, rc_ratio_inv(ring, X->c[i]));
        if (!C->common[i] || rc_ratio_side(ring, scale) <= 0) return false;
    } else if (step == 2) { /* (110): Gamma's weights */
        if (!C->common[i]) return false;
        while (rc_ratio_side(ring, a[q]) == 0 || rc_ratio_side(ring, own[q]) == 0) q++;
        scale = rc_ratio_mul(ring, own[q], rc_ratio_inv(ring, a[q]));
    } else { /* (104), (108), (111): balanced */
        while (q < d && !dominates(ring, a + q, 1, a, d, false)) q++;
        if (q == d) return false;
        scale = rc_ratio_mul(ring, absolute(ring, c), rc_ratio_inv(ring, absolute(ring, a[q])));
        scale = rc_ratio_sqrt(ring, scale);
    }
    number inverse = rc_ratio_inv(ring, scale);
    for (slong k = 0; k < d; k++) to[k] = rc_ratio_mul(ring, scale, a[k]);
    C->phi.c[i] = rc_ratio_mul(ring, c, inverse);
    return C->phi.c[i] != NULL;
}

/* With r = G, Phi within beta + 2 sqrt(r) of Gamma. */
static bool construction_meets(void *context, number G)
{
    static const char *const names[] = {"A", "B.1", "B.2"};
    construction *C = context;
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    number two = rc_ratio_si(ring, 2);
    for (slong i = 0; i < X->m; i++) {
        bool found = false;
        for (int step = 0; step < 3 && !found; step++) {
            C->step[i] = C->common[i] ? names[step] : "I1";
            found = make_neuron(C, i, step) &&
                    is_close(ring, C->phi.a + i * X->d, X->a + i * X->w, X->d, C->beta, two, G, 1, 2) &&
                    is_close(ring, C->phi.c + i, X->c + i, 1, C->beta, two, G, 1, 2);
        }
        if (!found) return false;
    }
    return true;
}

/* C.1 with an upper bound of r: neurons with |c|, ||a|| > beta have ||c a|| > 2 r. */
static bool bound_meets(void *context, number B)
{
    construction *C = context;
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    number twice = rc_ratio_add(ring, B, B);
    for (slong i = 0; i < X->m; i++) {
        bool small = covers(ring, &C->beta, 1, X->a + i * X->w, X->d) && covers(ring, &C->beta, 1, X->c + i, 1);
        for (slong k = 0; k < 2 * X->d && !small; k++) {
            number x = rc_ratio_mul(ring, X->a[i * X->w + k / 2], X->c[i]);
            small = rc_ratio_exceeds(ring, k % 2 ? x : rc_ratio_neg(ring, x), twice);
        }
        if (!small) return false;
    }
    return true;
}

static bool check_conditions(proof *p, const network *X, const network *Y)
{
    const struct {
        const char *name;
        const network *X, *Y;
        int sigma;
    } c[] = {{"C.2", X, X, 1}, {"C.3(a)", X, X, -1}, {"C.3(a)", Y, Y, -1}, {"C.3(b)", X, Y, -1}};
    char message[100];
    slong i, j;
    for (size_t k = 0; k < 4; k++) {
        if (!find_pair(p->ring, c[k].X, c[k].Y, c[k].sigma, &i, &j)) continue;
        snprintf(message, sizeof message, "%s is not proved for neurons %ld, %ld", c[k].name, (long) i + 1, (long) j + 1);
        return family_resist(p, message, NULL);
    }
    return true;
}

bool family_prove_theorem_31(proof *p)
{
    pair q;
    bool good = read_pair(&q, p, true);
    if (good && q.X.D != 1) good = family_resist(p, "Theorem 3.1 has D = 1", NULL);
    good = good && check_conditions(p, &q.X, &q.Y);
    slong m = q.X.m, d = q.X.d;
    construction C = {p, &q.X, {m, d, 1, d, false, NULL, NULL, NULL}, {m, d, 1, d, false, NULL, NULL, NULL},
                      family_alloc((size_t) m, sizeof *C.place), family_alloc((size_t) m, sizeof *C.common),
                      family_alloc((size_t) m, sizeof *C.step), family_value(p)};
    number **space[] = {&C.merged.a, &C.phi.a, &C.merged.c, &C.phi.c};
    for (int i = 0; i < 4; i++) *space[i] = family_alloc((size_t) (i < 2 ? m * d : m), sizeof(number));
    if (good) {
        memcpy(C.merged.a, q.Y.a, (size_t) (m * d) * sizeof(number));
        memcpy(C.merged.c, q.Y.c, (size_t) m * sizeof(number));
        merge_rays(&C.merged, p->ring);
        match_rays(&C);
        fputs(", \"upper\": ", p->out);
        good = family_put_upper(p, &q.f, bound_meets, &C);
    }
    if (good) {
        fputs(", \"lower\": ", p->out);
        good = family_put_lower(p, &q.f, construction_meets, &C);
    }
    if (good) {
        fputs(", \"phi\": ", p->out);
        family_put_network(p, &C.phi);
        fputs(", \"cases\": [", p->out);
        for (slong i = 0; i < m; i++) fprintf(p->out, "%s\"%s\"", i ? ", " : "", C.step[i]);
        fputc(']', p->out);
    }
    family_clear_network(&C.merged);
    family_clear_network(&C.phi);
    free(C.step);
    free(C.common);
    free(C.place);
    clear_pair(&q);
    return good;
}
