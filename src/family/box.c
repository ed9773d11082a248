/* The largest value on a box for all values of the parameters: sup-norm of section 5 of the format, BOXTREE. */
#include <flint/fmpq_mat.h>
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"
#include "relucert/region.h"

#define MAX_VERTICES 20000
#define MAX_TRIED 60
#define MAX_NODES 5000

/* The lower bound: a vertex of the hyperplanes and the facets of the box. Constraint j < K: hyperplane j + 1; then x_k = B,
   then x_k = -B. */

typedef struct {
    slong *constraint; /* d of them */
    rc_surd_t value;   /* the largest |f(x)_p| at the sample */
} vertex;

typedef struct {
    const form *f;
    number B;
    fmpq_t box; /* at the sample */
    rc_surd_struct *L, *jump;
    vertex *list;
    slong count;
} vertices;

/* Row (a, b) of the constraint <a, x> = b at the sample. */
static void sample_constraint(fmpq *a, const vertices *V, slong j)
{
    const form *f = V->f;
    for (slong k = 0; k <= f->d; k++) fmpq_zero(a + k);
    if (j < f->K) {
        for (slong k = 0; k < f->d; k++) fmpq_set_fmpz(a + k, fmpz_mat_entry(f->sample, j + 1, k));
        if (f->biases) fmpq_set_fmpz(a + f->d, fmpz_mat_entry(f->sample, j + 1, f->d));
        fmpq_neg(a + f->d, a + f->d);
        return;
    }
    fmpq_one(a + (j - f->K) % f->d);
    fmpq_set(a + f->d, V->box);
    if (j - f->K >= f->d) fmpq_neg(a + f->d, a + f->d);
}

/* The vertex of the constraints at the sample: false if they are dependent, or it is outside the box. */
static bool sample_vertex(fmpq_mat_t x, const vertices *V, const slong *constraint)
{
    slong d = V->f->d;
    fmpq *row = _fmpq_vec_init(d + 1);
    fmpq_mat_t A, b;
    fmpq_t size;
    fmpq_init(size);
    fmpq_mat_init(A, d, d);
    fmpq_mat_init(b, d, 1);
    for (slong i = 0; i < d; i++) {
        sample_constraint(row, V, constraint[i]);
        for (slong k = 0; k < d; k++) fmpq_set(fmpq_mat_entry(A, i, k), row + k);
        fmpq_set(fmpq_mat_entry(b, i, 0), row + d);
    }
    bool good = fmpq_mat_solve_fraction_free(x, A, b);
    for (slong k = 0; k < d && good; k++) {
        fmpq_abs(size, fmpq_mat_entry(x, k, 0));
        good = fmpq_cmp(size, V->box) <= 0;
    }
    fmpq_clear(size);
    fmpq_mat_clear(b);
    fmpq_mat_clear(A);
    _fmpq_vec_clear(row, d + 1);
    return good;
}

/* The largest |f(x)_p| at the sample. */
static void sample_value(rc_surd_t value, const vertices *V, const fmpq_mat_t x)
{
    const form *f = V->f;
    slong n = f->D * f->w;
    fmpq_t z, t;
    rc_surd_t y, term;
    fmpq_init(z);
    fmpq_init(t);
    rc_surd_init(y);
    rc_surd_init(term);
    rc_surd_zero(value);
    for (slong p = 0; p < f->D; p++) {
        rc_surd_zero(y);
        for (slong H = 0; H <= f->K; H++) {
            fmpq_zero(z);
            for (slong k = 0; k < f->w && H > 0; k++) {
                if (k < f->d) fmpq_mul_fmpz(t, fmpq_mat_entry(x, k, 0), fmpz_mat_entry(f->sample, H, k));
                else fmpq_set_fmpz(t, fmpz_mat_entry(f->sample, H, k));
                fmpq_add(z, z, t);
            }
            if (H > 0 && fmpq_sgn(z) <= 0) continue;
            for (slong k = 0; k < f->w; k++) {
                const rc_surd_struct *G = H > 0 ? V->jump + H * n + p * f->w + k : V->L + p * f->w + k;
                if (k < f->d) rc_surd_mul_fmpq(term, G, fmpq_mat_entry(x, k, 0));
                else rc_surd_set(term, G);
                rc_surd_add(y, y, term);
            }
        }
        rc_surd_abs(y, y);
        rc_surd_max(value, y);
    }
    rc_surd_clear(term);
    rc_surd_clear(y);
    fmpq_clear(t);
    fmpq_clear(z);
}

static int by_value(const void *a, const void *b)
{
    const vertex *x = a, *y = b;
    int order = rc_surd_cmp(y->value, x->value);
    return order ? order : (x > y) - (x < y);
}

static void list_vertices(vertices *V)
{
    slong d = V->f->d, total = V->f->K + 2 * d, tried = 0;
    slong *subset = rc_family_alloc((size_t) d, sizeof *subset);
    fmpq_mat_t x;
    fmpq_mat_init(x, d, 1);
    for (slong i = 0; i < d; i++) subset[i] = i;
    do {
        if (!sample_vertex(x, V, subset)) continue;
        V->list = realloc(V->list, (size_t) (V->count + 1) * sizeof *V->list);
        if (V->list == NULL) flint_abort();
        vertex *v = V->list + V->count++;
        v->constraint = rc_family_alloc((size_t) d, sizeof *v->constraint);
        memcpy(v->constraint, subset, (size_t) d * sizeof *subset);
        rc_surd_init(v->value);
        sample_value(v->value, V, x);
    } while (rc_family_next_subset(subset, d, 0, total - 1) && ++tried < MAX_VERTICES);
    fmpq_mat_clear(x);
    free(subset);
    qsort(V->list, (size_t) V->count, sizeof *V->list, by_value);
}

/* x = the vertex for all values. */
static bool lift_vertex(number *x, const vertices *V, const slong *constraint)
{
    const form *f = V->f;
    rc_ring_struct *ring = f->ring;
    slong d = f->d, *columns = rc_family_alloc((size_t) d, sizeof *columns);
    number *A = rc_family_alloc((size_t) (d * d), sizeof *A), *b = rc_family_alloc((size_t) d, sizeof *b);
    const number **rows = rc_family_alloc((size_t) d, sizeof *rows);
    for (slong i = 0; i < d; i++) {
        slong j = constraint[i];
        columns[i] = i;
        rows[i] = A + i * d; /* the coefficients of x_i in the d constraints */
        for (slong k = 0; k < d; k++)
            A[k * d + i] = j < f->K ? f->u[(j + 1) * f->w + k] : rc_ratio_si(ring, (j - f->K) % d == k);
        b[i] = j >= f->K ? V->B : f->biases ? f->u[(j + 1) * f->w + d] : rc_ratio_si(ring, 0);
        if (j < f->K || j - f->K >= d) b[i] = rc_ratio_neg(ring, b[i]);
    }
    bool good = rc_family_solve(x, ring, rows, b, columns, d);
    for (slong k = 0; k < d && good; k++)
        good = rc_ratio_at_least(ring, V->B, x[k]) && rc_ratio_at_least(ring, V->B, rc_ratio_neg(ring, x[k]));
    if (f->biases) x[d] = rc_ratio_si(ring, 1);
    free(rows);
    free(b);
    free(A);
    free(columns);
    return good;
}

/* Does some +-f(x)_p meet the goal? */
static bool value_meets(const form *f, const number *x, goal meets, void *context)
{
    rc_ring_struct *ring = f->ring;
    for (slong p = 0; p < f->D; p++) {
        number y = rc_ratio_si(ring, 0);
        for (slong H = 0; H <= f->K; H++) {
            number z = rc_ratio_si(ring, H == 0), part = rc_ratio_si(ring, 0);
            for (slong k = 0; k < f->w && H > 0; k++)
                z = rc_ratio_add(ring, z, rc_ratio_mul(ring, f->u[H * f->w + k], x[k]));
            int side = rc_ratio_weak_side(ring, z);
            if (side == 0) return false;
            for (slong k = 0; k < f->w && side > 0; k++) {
                number G = H > 0 ? f->jump[(H * f->D + p) * f->w + k] : f->L[p * f->w + k];
                part = rc_ratio_add(ring, part, rc_ratio_mul(ring, G, x[k]));
            }
            y = rc_ratio_add(ring, y, part);
        }
        number line;
        if (meets(context, y, &line) || meets(context, rc_ratio_neg(ring, y), &line)) return true;
    }
    return false;
}

static void vertices_init(vertices *V, const form *f, number B, const fmpq_t box)
{
    slong n = f->D * f->w;
    *V = (vertices){.f = f, .B = B, .L = rc_family_sample(f->ring, f->L, n),
                    .jump = rc_family_sample(f->ring, f->jump, (f->K + 1) * n)};
    fmpq_init(V->box);
    fmpq_set(V->box, box);
}

static void vertices_clear(vertices *V)
{
    slong n = V->f->D * V->f->w;
    for (slong i = 0; i < V->count; i++) {
        free(V->list[i].constraint);
        rc_surd_clear(V->list[i].value);
    }
    free(V->list);
    rc_family_clear_sample(V->L, n);
    rc_family_clear_sample(V->jump, (V->f->K + 1) * n);
    fmpq_clear(V->box);
}

static bool get_box(fmpq_t box, const form *f, number B)
{
    rc_surd_t b;
    rc_surd_init(b);
    bool good = B != NULL && f->sampled && rc_ratio_side(f->ring, B) > 0;
    if (good) rc_ratio_sample(b, f->ring, B);
    good = good && rc_surd_get_fmpq(box, b) == RC_OK;
    rc_surd_clear(b);
    return good;
}

bool rc_family_put_box_lower(proof *p, const form *f, number B, goal meets, void *context)
{
    fmpq_t box;
    fmpq_init(box);
    bool found = false;
    if (get_box(box, f, B)) {
        vertices V;
        vertices_init(&V, f, B, box);
        list_vertices(&V);
        number *x = rc_family_alloc((size_t) f->w, sizeof *x);
        for (slong i = 0; i < V.count && i < MAX_TRIED && !found; i++)
            found = lift_vertex(x, &V, V.list[i].constraint) && value_meets(f, x, meets, context);
        if (found) rc_family_put_x(p, x, f->d);
        free(x);
        vertices_clear(&V);
    }
    fmpq_clear(box);
    return found || rc_family_resist(p, "lower bound: no point of the box with this value was found", NULL);
}

/* The upper bound. */

typedef struct {
    proof *p;
    const form *f;
    number B, M;
    fmpq_t box; /* at the sample */
    signed char *side;
    slong *path, depth, nodes;
    bool first;
} box_tree;

/* The largest value of <g, (x, 1)> on the box. */
static number maximum(const box_tree *t, const number *g)
{
    rc_ring_struct *ring = t->f->ring;
    number most = rc_ratio_si(ring, 0);
    for (slong k = 0; k < t->f->d; k++) most = rc_ratio_add(ring, most, rc_family_absolute(ring, g[k]));
    most = rc_ratio_mul(ring, t->B, most);
    return t->f->biases ? rc_ratio_add(ring, most, g[t->f->d]) : most;
}

/* g = sigma (L + the decided jumps)_q; *rest = the undecided terms' largest values. */
static void leaf_function(number *g, number *rest, const box_tree *t, slong q, int sigma)
{
    const form *f = t->f;
    rc_ring_struct *ring = f->ring;
    number sign = rc_ratio_si(ring, sigma), *term = rc_family_alloc((size_t) f->w, sizeof *term);
    *rest = rc_ratio_si(ring, 0);
    for (slong k = 0; k < f->w; k++) g[k] = rc_ratio_mul(ring, sign, f->L[q * f->w + k]);
    for (slong H = 1; H <= f->K; H++) {
        const number *J = f->jump + (H * f->D + q) * f->w;
        for (slong k = 0; k < f->w; k++) term[k] = rc_ratio_mul(ring, sign, J[k]);
        if (t->side[H] > 0)
            for (slong k = 0; k < f->w; k++) g[k] = rc_ratio_add(ring, g[k], term[k]);
        if (t->side[H] != 0) continue;
        int side = rc_ratio_weak_side(ring, rc_ratio_mul(ring, sign, f->gamma[H * f->D + q]));
        if (side < 0) continue;
        number most = side == 0 ? NULL : maximum(t, term);
        int above = rc_ratio_weak_side(ring, most);
        if (above >= 0) *rest = rc_ratio_add(ring, *rest, above == 0 ? NULL : most);
    }
    free(term);
}

/* Multipliers at the sample: the linear program over the cell and the box, forms of the path first. */
static bool sample_multipliers(fmpq *y, const box_tree *t, const number *g)
{
    const form *f = t->f;
    slong n = t->depth + 2 * f->d;
    fmpq_mat_t G;
    fmpq *c = _fmpq_vec_init(f->d + 1), *x = _fmpq_vec_init(f->d);
    fmpq_t value;
    rc_surd_t z;
    rc_surd_init(z);
    fmpq_init(value);
    fmpq_mat_init(G, n, f->d + 1);
    bool good = true;
    for (slong k = 0; k < f->w && good; k++) {
        if (g[k] == NULL) good = false;
        else rc_ratio_sample(z, f->ring, g[k]);
        good = good && rc_surd_get_fmpq(c + k, z) == RC_OK;
    }
    for (slong i = 0; i < t->depth; i++) {
        for (slong k = 0; k < f->w; k++) {
            fmpq_set_fmpz(fmpq_mat_entry(G, i, k), fmpz_mat_entry(f->sample, t->path[i], k));
            if (t->side[t->path[i]] < 0) fmpq_neg(fmpq_mat_entry(G, i, k), fmpq_mat_entry(G, i, k));
        }
    }
    for (slong k = 0; k < 2 * f->d; k++) {
        fmpq_set_si(fmpq_mat_entry(G, t->depth + k, k / 2), k % 2 ? 1 : -1, 1);
        fmpq_set(fmpq_mat_entry(G, t->depth + k, f->d), t->box);
    }
    good = good && rc_lp_maximize(value, x, y, G, c) == 1;
    fmpq_mat_clear(G);
    fmpq_clear(value);
    rc_surd_clear(z);
    _fmpq_vec_clear(x, f->d);
    _fmpq_vec_clear(c, f->d + 1);
    return good;
}

/* Columns k among those where g - sum y s u is 0 at the sample (no multiplier of a facet x_k = +-B), on which the forms with
   y > 0 are independent; false if there are too few. */
static bool choose_columns(slong *columns, const box_tree *t, const fmpq *y, const slong *H, slong n)
{
    const form *f = t->f;
    slong chosen = 0;
    fmpz_mat_t A;
    fmpz_mat_init(A, n, f->d);
    for (slong k = 0; k < f->d && chosen < n; k++) {
        if (!fmpq_is_zero(y + t->depth + 2 * k) || !fmpq_is_zero(y + t->depth + 2 * k + 1)) continue;
        for (slong i = 0; i < n; i++) fmpz_set(fmpz_mat_entry(A, i, chosen), fmpz_mat_entry(f->sample, H[i], k));
        columns[chosen++] = k;
        if (fmpz_mat_rank(A) == chosen) continue;
        chosen--;
        for (slong i = 0; i < n; i++) fmpz_zero(fmpz_mat_entry(A, i, chosen));
    }
    fmpz_mat_clear(A);
    return chosen == n;
}

/* Writes the list of one leaf for output q and sigma, if the bound holds by lines. */
static bool put_multipliers(box_tree *t, slong q, int sigma, FILE *out)
{
    const form *f = t->f;
    rc_ring_struct *ring = f->ring;
    slong *H = rc_family_alloc((size_t) f->K + 1, sizeof *H), n = 0;
    slong *columns = rc_family_alloc((size_t) f->d, sizeof *columns);
    number *g = rc_family_alloc((size_t) f->w, sizeof *g), *l = rc_family_alloc((size_t) f->K + 1, sizeof *l), rest;
    const number **rows = rc_family_alloc((size_t) f->K + 1, sizeof *rows);
    fmpq *y = _fmpq_vec_init(t->depth + 2 * f->d);
    leaf_function(g, &rest, t, q, sigma);
    bool good = rest != NULL && sample_multipliers(y, t, g);
    for (slong i = 0; i < t->depth && good; i++) {
        if (fmpq_is_zero(y + i)) continue;
        rows[n] = f->u + t->path[i] * f->w;
        H[n++] = t->path[i];
    }
    good = good && choose_columns(columns, t, y, H, n) && rc_family_solve(l, ring, rows, g, columns, n);
    for (slong i = 0; i < n && good; i++) {
        for (slong k = 0; k < f->w; k++) g[k] = rc_ratio_sub(ring, g[k], rc_ratio_mul(ring, l[i], rows[i][k]));
        if (t->side[H[i]] > 0) l[i] = rc_ratio_neg(ring, l[i]);
        good = rc_ratio_weak_side(ring, l[i]) > 0;
    }
    number total = good ? rc_ratio_add(ring, rest, maximum(t, g)) : NULL;
    good = good && rc_ratio_at_least(ring, t->M, total);
    fputs("[", out);
    for (slong i = 0; i < n && good; i++) {
        char *text = rc_ratio_get_str(ring, l[i]);
        fprintf(out, "%s%ld, \"%s\"", i ? ", " : "", (long) H[i], text);
        free(text);
    }
    fputs("]", out);
    _fmpq_vec_clear(y, t->depth + 2 * f->d);
    free(rows);
    free(l);
    free(g);
    free(columns);
    free(H);
    return good;
}

static bool put_leaf(box_tree *t)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    bool good = true;
    for (slong i = 0; i < 2 * t->f->D && good; i++) {
        if (i > 0) fputs(", ", out);
        good = put_multipliers(t, i / 2, i % 2 ? -1 : 1, out);
    }
    if (fclose(out) != 0) flint_abort();
    if (good) fprintf(t->p->out, "%s{\"leaf\": [%s]}", t->first ? "" : ", ", text);
    if (good) t->first = false;
    free(text);
    return good;
}

static bool put_box_node(box_tree *t, const rc_region_struct *R, slong H)
{
    const form *f = t->f;
    if (++t->nodes > MAX_NODES || !rc_limits_visit(t->p->limits, "nodes")) return false;
    if (put_leaf(t)) return true;
    if (H > f->K) return false;
    fprintf(t->p->out, "%s%ld", t->first ? "" : ", ", (long) H);
    t->first = false;
    bool good = true;
    t->path[t->depth++] = H;
    for (int s = 1; s >= -1 && good; s -= 2) {
        rc_region_struct *side = rc_region_copy(R);
        t->side[H] = (signed char) s;
        if (rc_region_restrict(side, H, s)) {
            good = put_box_node(t, side, H + 1);
        } else {
            fputs(", ", t->p->out);
            good = rc_family_put_empty(t->p, f, t->side, side);
        }
        rc_region_free(side);
    }
    t->side[H] = 0;
    t->depth--;
    return good;
}

bool rc_family_put_box_upper(proof *p, const form *f, number B, number M)
{
    box_tree t = {.p = p, .f = f, .B = B, .M = M, .side = rc_family_alloc((size_t) f->K + 1, 1),
                  .path = rc_family_alloc((size_t) f->K + 1, sizeof *t.path), .first = true};
    fmpq_init(t.box);
    rc_region_struct *R = rc_region_new(f->sample);
    bool good = get_box(t.box, f, B) && M != NULL && (!f->biases || rc_region_restrict(R, 0, 1));
    fputs("{\"bound\": ", p->out);
    if (M) rc_family_put_number(p, M);
    fputs(", \"tree\": [", p->out);
    good = good && put_box_node(&t, R, 1);
    fputs("]}", p->out);
    rc_region_free(R);
    fmpq_clear(t.box);
    free(t.path);
    free(t.side);
    return good || rc_family_resist(p, "upper bound: no multipliers that bound the function on the box", NULL);
}
