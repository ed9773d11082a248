/* Claims about norms, cells and spaces for all values of the parameters, and what the kinds share. */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

bool rc_family_read_pair(claim_pair *q, proof *p, bool swapped)
{
    memset(q, 0, sizeof *q);
    bool two = p->claim->networks == 2;
    if (!rc_family_read_network(&q->X, p, 0) || (two && !rc_family_read_network(&q->Y, p, 1))) return false;
    rc_family_init_form(&q->f, p->ring, swapped ? &q->Y : &q->X, two ? (swapped ? &q->X : &q->Y) : NULL, false);
    return true;
}

void rc_family_clear_pair(claim_pair *q)
{
    rc_family_clear_form(&q->f);
    rc_family_clear_network(&q->X);
    rc_family_clear_network(&q->Y);
}

number rc_family_value(proof *p)
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

static bool is_above(void *context, number x, number *line)
{
    comparison *c = context;
    *line = rc_ratio_sub(c->ring, x, c->v);
    return rc_ratio_weak_side(c->ring, *line) > 0;
}

static bool is_below(void *context, number x, number *line)
{
    comparison *c = context;
    *line = rc_ratio_sub(c->ring, c->v, x);
    return rc_ratio_weak_side(c->ring, *line) > 0;
}

static bool prove_equal(proof *p, const form *f)
{
    bool equal = p->claim->holds, same = f->K == 0;
    for (slong i = 0; i < f->D * f->w; i++) same = same && rc_ratio_is_zero(p->ring, f->L[i]);
    if (!equal) fputs(", \"x\": ", p->out);
    return equal ? same || rc_family_resist(p, "the canonical form of the difference is not identically 0", NULL)
                 : rc_family_put_point(p, f);
}

bool rc_family_prove_norms(proof *p)
{
    claim_pair q;
    bool good = rc_family_read_pair(&q, p, false), sup = p->claim->kind == RC_CLAIM_SUP_NORM;
    rc_comparison relation = p->claim->comparison;
    comparison c = {p->ring, rc_family_value(p)};
    number B = sup ? rc_ratio_read(p->ring, json_object_get(p->claim->fields, "box")) : NULL;
    if (good && p->claim->kind == RC_CLAIM_EQUAL) {
        good = prove_equal(p, &q.f);
    } else if (good && c.v == NULL) {
        good = rc_family_resist(p, "the value is no function without poles", NULL);
    } else if (good) {
        if (relation != RC_COMPARE_AT_MOST) {
            fputs(", \"lower\": ", p->out);
            good = sup ? rc_family_put_box_lower(p, &q.f, B, is_above, &c) : rc_family_put_lower(p, &q.f, is_above, &c);
        }
        if (good && relation != RC_COMPARE_AT_LEAST) {
            fputs(", \"upper\": ", p->out);
            good = sup ? rc_family_put_box_upper(p, &q.f, B, c.v) : rc_family_put_upper(p, &q.f, is_below, &c);
        }
    }
    rc_family_clear_pair(&q);
    return good;
}

/* cells */

/* The number of cells of n rows that are never proportional; false if some restriction changes its kind. */
static bool count_cells(slong *cells, rc_ring_struct *ring, number **row, slong n, slong w)
{
    *cells = n == 0 ? 1 : n <= 2 || w <= 2 ? 2 * n : 1;
    if (n <= 2 || w <= 2) return true;
    number **trace = rc_family_alloc((size_t) n, sizeof *trace);
    for (slong i = 0; i < n; i++) trace[i] = rc_family_alloc((size_t) w, sizeof **trace);
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
                if (rc_family_direction(ring, trace[kept], trace[other], w - 1) != 0) break;
                good = rc_family_apart(ring, trace[kept], trace[other], w - 1);
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
    X->a = rc_family_alloc((size_t) (X->m * X->w), sizeof *X->a);
    bool good = true;
    for (slong i = 0; i < X->m * X->w && good; i++) {
        const json_t *v = i % X->w < X->d ? json_array_get(json_array_get(normals, (size_t) (i / X->w)), (size_t) (i % X->w))
                                          : json_array_get(offsets, (size_t) (i / X->w));
        good = (X->a[i] = rc_ratio_read(p->ring, v)) != NULL;
    }
    return good || rc_family_resist(p, "a form is not read as functions without poles", NULL);
}

bool rc_family_prove_cells(proof *p)
{
    network X = {0}, Y = {0};
    form f = {0};
    bool good = p->claim->networks == 0 ? read_arrangement(&X, p) : rc_family_read_network(&X, p, 0);
    if (good && p->claim->networks == 2) good = rc_family_read_network(&Y, p, 1);
    if (good) rc_family_init_form(&f, p->ring, &X, p->claim->networks == 2 ? &Y : NULL, true);
    if (good && !rc_family_all_sure(&f)) good = rc_family_resist(p, "hyperplanes that may coincide or vanish", NULL);
    slong cells = 0, first = f.biases ? 0 : 1;
    if (good) {
        number **row = rc_family_alloc((size_t) f.K + 1, sizeof *row);
        for (slong H = first; H <= f.K; H++) row[H - first] = f.u + H * f.w;
        if (!count_cells(&cells, p->ring, row, f.K + 1 - first, f.w))
            good = rc_family_resist(p, "restrictions that change with the parameters", NULL);
        free(row);
    }
    if (f.biases) cells /= 2;
    char message[100];
    snprintf(message, sizeof message, "%ld cells, which is not the number claimed for all values", (long) cells);
    number v = rc_family_value(p);
    if (good && !rc_ratio_is_zero(p->ring, rc_ratio_sub(p->ring, v, rc_ratio_si(p->ring, cells))))
        good = rc_family_resist(p, message, NULL);
    fputs(", \"components\": ", p->out);
    if (good) rc_family_put_components(p, &f);
    rc_family_clear_form(&f);
    rc_family_clear_network(&Y);
    rc_family_clear_network(&X);
    return good;
}

/* member */

/* Some x_i with +-x_i >= (strictly: >) all |y_j|. */
bool rc_family_dominates(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m, bool strict)
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
bool rc_family_covers(rc_ring_struct *ring, const number *x, slong n, const number *y, slong m)
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
    return zeros || zero || rc_family_apart(ring, a, b, X->d);
}

/* Indices of a pair that may be sigma-proportional; false if there is none. */
bool rc_family_find_pair(rc_ring_struct *ring, const network *X, const network *Y, int sigma, slong *i, slong *j)
{
    for (*i = 0; *i < X->m; ++*i)
        for (*j = X == Y ? *i + 1 : 0; *j < Y->m; ++*j)
            if (!is_no_pair(ring, X, *i, Y, *j, sigma)) return true;
    return false;
}

static bool is_balanced(rc_ring_struct *ring, const network *X, slong i)
{
    const number *a = X->a + i * X->w, *c = X->c + i * X->D;
    return rc_family_covers(ring, a, X->d, c, X->D) && rc_family_covers(ring, c, X->D, a, X->d);
}

bool rc_family_is_member(proof *p, const network *X, bool star, const char *name)
{
    rc_ring_struct *ring = p->ring;
    char message[200];
    slong i, j;
    for (i = 0; i < X->m; i++) {
        snprintf(message, sizeof message, "neuron %ld of %.100s is not balanced for all values", (long) i + 1, name);
        if (!is_balanced(ring, X, i)) return rc_family_resist(p, message, NULL);
        for (slong k = X->d - 2; star && k < X->d; k++) {
            snprintf(message, sizeof message, "neuron %ld of %.100s: one of the last two weights is not always > 0",
                     (long) i + 1, name);
            if (k < 0 || rc_ratio_side(ring, X->a[i * X->w + k]) <= 0) return rc_family_resist(p, message, NULL);
        }
    }
    if (!rc_family_find_pair(ring, X, X, 1, &i, &j)) return true;
    snprintf(message, sizeof message, "neurons %ld, %ld of %.100s may be proportional", (long) i + 1, (long) j + 1, name);
    return rc_family_resist(p, message, NULL);
}

static bool put_offender(proof *p, const network *X, bool star)
{
    rc_ring_struct *ring = p->ring;
    number zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < X->m; i++) {
        const number *a = X->a + i * X->w, *c = X->c + i * X->D;
        const char *condition = NULL;
        if (rc_family_dominates(ring, a, X->d, c, X->D, true) || rc_family_dominates(ring, c, X->D, a, X->d, true))
            condition = "balance";
        for (slong k = X->d - 2; star && k < X->d; k++)
            if (k >= 0 && rc_ratio_at_least(ring, zero, a[k])) condition = "positivity";
        if (condition) fprintf(p->out, "{\"condition\": \"%s\", \"neurons\": [%ld]}", condition, (long) i + 1);
        if (condition) return true;
        for (slong j = i + 1; j < X->m; j++) {
            if (rc_family_direction(ring, a, X->a + j * X->w, X->d) <= 0) continue;
            fprintf(p->out, "{\"condition\": \"C.2\", \"neurons\": [%ld, %ld]}", (long) i + 1, (long) j + 1);
            return true;
        }
    }
    return rc_family_resist(p, "no neuron, and no pair, that is always against the space", NULL);
}

bool rc_family_prove_member(proof *p)
{
    network X = {0};
    bool good = rc_family_read_network(&X, p, 0);
    if (good && p->claim->holds) good = rc_family_is_member(p, &X, p->claim->star, p->claim->name[0]);
    if (good && !p->claim->holds) {
        fputs(", \"offender\": ", p->out);
        good = put_offender(p, &X, p->claim->star);
    }
    rc_family_clear_network(&X);
    return good;
}
