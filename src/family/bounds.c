/* Bounds of semi-norms and sup norms for all values of the parameters: sections 4, 5 and 7 of the format. */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"
#include "relucert/region.h"

#define MAX_CELLS 4096  /* at the sample */
#define MAX_TRIED 200   /* gradients looked at for a lower bound */
#define MAX_NODES 20000 /* of a tree */

/* Cells at the sample. */

/* Calls visit for each sign vector s[1..K] of a cell at the sample, until it says false. */
typedef struct {
    const form *f;
    signed char *s;
    slong left;
    bool (*visit)(void *context, const signed char *s);
    void *context;
} walk;

static bool visit_cells(walk *w, const rc_region_struct *R, slong H)
{
    if (w->left <= 0) return false;
    if (H > w->f->K) {
        w->left--;
        return w->visit(w->context, w->s);
    }
    bool more = true;
    for (int s = 1; s >= -1 && more; s -= 2) {
        rc_region_struct *side = rc_region_copy(R);
        w->s[H] = (signed char) s;
        if (rc_region_restrict(side, H, s)) more = visit_cells(w, side, H + 1);
        rc_region_free(side);
    }
    return more;
}

static void for_each_cell(const form *f, bool (*visit)(void *context, const signed char *s), void *context)
{
    walk w = {f, rc_family_alloc((size_t) f->K + 1, 1), MAX_CELLS, visit, context};
    rc_region_struct *R = rc_region_new(f->sample);
    if (!f->biases || rc_region_restrict(R, 0, 1)) visit_cells(&w, R, 1);
    rc_region_free(R);
    free(w.s);
}

/* LOWER. */

/* An entry of a gradient at the sample, and the cell. */
typedef struct {
    signed char *s;
    slong entry;
    int sigma;
    rc_surd_t value;
} candidate;

typedef struct {
    const form *f;
    rc_surd_struct *L, *jump; /* at the sample */
    candidate *list;
    slong count;
} search;

static bool add_candidates(void *context, const signed char *s)
{
    search *S = context;
    const form *f = S->f;
    slong n = f->D * f->w;
    for (slong i = 0; i < 2 * n; i++) {
        slong e = i % n;
        if (e % f->w >= f->d) continue;
        S->list = realloc(S->list, (size_t) (S->count + 1) * sizeof *S->list);
        if (S->list == NULL) flint_abort();
        candidate *c = S->list + S->count++;
        c->s = rc_family_alloc((size_t) f->K + 1, 1);
        memcpy(c->s, s, (size_t) f->K + 1);
        c->entry = e;
        c->sigma = i < n ? 1 : -1;
        rc_surd_init(c->value);
        rc_surd_set(c->value, S->L + e);
        for (slong H = 1; H <= f->K; H++)
            if (s[H] > 0) rc_surd_add(c->value, c->value, S->jump + H * n + e);
        if (c->sigma < 0) rc_surd_neg(c->value, c->value);
    }
    return S->count < 100000;
}

static int by_value(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    int order = rc_surd_cmp(y->value, x->value);
    return order ? order : (x > y) - (x < y);
}

static number gradient_entry(const form *f, const signed char *s, slong e, int sigma)
{
    number x = f->L[e];
    for (slong H = 1; H <= f->K; H++)
        if (s[H] > 0) x = rc_ratio_add(f->ring, x, f->jump[H * f->D * f->w + e]);
    return sigma < 0 ? rc_ratio_neg(f->ring, x) : x;
}

static void search_init(search *S, const form *f)
{
    slong n = f->D * f->w;
    *S = (search){f, rc_family_sample(f->ring, f->L, n), rc_family_sample(f->ring, f->jump, (f->K + 1) * n), NULL, 0};
    for_each_cell(f, add_candidates, S);
    qsort(S->list, (size_t) S->count, sizeof *S->list, by_value);
}

static void search_clear(search *S)
{
    slong n = S->f->D * S->f->w;
    for (slong i = 0; i < S->count; i++) {
        free(S->list[i].s);
        rc_surd_clear(S->list[i].value);
    }
    free(S->list);
    rc_family_clear_sample(S->L, n);
    rc_family_clear_sample(S->jump, (S->f->K + 1) * n);
}

static bool is_readable(const form *f)
{
    for (slong i = 0; i < (f->K + 1) * f->D * f->w; i++)
        if (f->jump[i] == NULL) return false;
    for (slong i = 0; i < f->D * f->w; i++)
        if (f->L[i] == NULL) return false;
    return f->sampled;
}

bool rc_family_put_lower(proof *p, const form *f, goal meets, void *context)
{
    if (!is_readable(f)) return rc_family_resist(p, "lower bound: a jump grows too large, or is not rational", NULL);
    search S;
    search_init(&S, f);
    number *x = rc_family_alloc((size_t) f->w, sizeof *x), line = NULL, first = NULL;
    bool found = false, met = false;
    for (slong i = 0; i < S.count && i < MAX_TRIED && !found; i++) {
        number G = gradient_entry(f, S.list[i].s, S.list[i].entry, S.list[i].sigma);
        bool good = meets(context, G, &line);
        if (i == 0) first = line; /* of the largest entry at the sample */
        if (!good) continue;
        met = true;
        found = rc_family_lift_point(x, f, S.list[i].s);
    }
    if (found) rc_family_put_x(p, x, f->d);
    free(x);
    search_clear(&S);
    if (found) return true;
    if (met) return rc_family_resist(p, "lower bound: no point that stays in its cell", NULL);
    return rc_family_resist(p, "lower bound", first);
}

/* UPPER. */

typedef struct {
    proof *p;
    const form *f;
    goal meets;
    void *context;
    signed char *side;
    slong nodes;
    bool first;
    number line;   /* the last one that resisted */
} tree;

/* sigma L + the decided jumps + the positive parts of the others; NULL if the sign of one is not known. */
static number entry_bound(const tree *t, slong e, int sigma)
{
    const form *f = t->f;
    rc_ring_struct *ring = f->ring;
    number bound = f->L[e];
    for (slong H = 1; H <= f->K; H++) {
        number J = f->jump[H * f->D * f->w + e];
        int side = rc_ratio_weak_side(ring, J);
        if (side == 0) return NULL;
        if (t->side[H] > 0 || (t->side[H] == 0 && side * sigma > 0)) bound = rc_ratio_add(ring, bound, J);
    }
    return sigma < 0 ? rc_ratio_neg(ring, bound) : bound;
}

static bool is_bounded(tree *t)
{
    const form *f = t->f;
    for (slong i = 0; i < 2 * f->D * f->w; i++) {
        slong e = i % (f->D * f->w);
        if (e % f->w >= f->d) continue;
        number bound = entry_bound(t, e, i < f->D * f->w ? 1 : -1);
        if (bound == NULL || !t->meets(t->context, bound, &t->line)) return false;
    }
    return true;
}

static void separate(tree *t)
{
    if (!t->first) fputs(", ", t->p->out);
    t->first = false;
}

/* The Farkas vector of a refused restriction, as a leaf. */
bool rc_family_put_empty(proof *p, const form *f, const signed char *side, const rc_region_struct *R)
{
    fmpz *lambda = _fmpz_vec_init(f->K + 1);
    slong *H = rc_family_alloc((size_t) f->K + 1, sizeof *H), count = 0;
    signed char *s = rc_family_alloc((size_t) f->K + 1, 1);
    number *l = rc_family_alloc((size_t) f->K + 1, sizeof *l);
    rc_region_farkas(lambda, R);
    for (slong j = 0; j <= f->K; j++) {
        if (fmpz_is_zero(lambda + j)) continue;
        H[count] = j;
        s[count++] = j == 0 ? 1 : side[j];
    }
    bool good = rc_family_lift_farkas(l, f, H, s, count);
    for (slong i = 0; i < count && good; i++) {
        fprintf(p->out, "%s%ld, ", i ? ", " : "[", (long) H[i]);
        rc_family_put_number(p, l[i]);
    }
    if (good) fputc(']', p->out);
    free(l);
    free(s);
    free(H);
    _fmpz_vec_clear(lambda, f->K + 1);
    return good;
}

static bool put_tree(tree *t, const rc_region_struct *R, slong H)
{
    const form *f = t->f;
    if (++t->nodes > MAX_NODES || !rc_limits_visit(t->p->limits, "nodes")) return false;
    separate(t);
    if (is_bounded(t)) {
        fputc('0', t->p->out);
        return true;
    }
    if (H > f->K) return false;
    fprintf(t->p->out, "%ld", (long) H);
    bool good = true;
    for (int s = 1; s >= -1 && good; s -= 2) {
        rc_region_struct *side = rc_region_copy(R);
        t->side[H] = (signed char) s;
        if (rc_region_restrict(side, H, s)) good = put_tree(t, side, H + 1);
        else {
            separate(t);
            good = rc_family_put_empty(t->p, f, t->side, side);
        }
        rc_region_free(side);
    }
    t->side[H] = 0;
    return good;
}

void rc_family_put_components(proof *p, const form *f)
{
    fputs("[", p->out);
    for (slong H = f->biases ? 0 : 1; H <= f->K; H++)
        fprintf(p->out, "%s%ld", H == (f->biases ? 0 : 1) ? "[" : ", ", (long) H);
    fputs(f->K > 0 || f->biases ? "]]" : "]", p->out);
}

bool rc_family_put_upper(proof *p, const form *f, goal meets, void *context)
{
    if (!is_readable(f)) return rc_family_resist(p, "upper bound: a jump grows too large, or is not rational", NULL);
    tree t = {p, f, meets, context, rc_family_alloc((size_t) f->K + 1, 1), 0, true, NULL};
    rc_region_struct *R = rc_region_new(f->sample);
    bool good = !f->biases || rc_region_restrict(R, 0, 1);
    fputs("{\"components\": ", p->out);
    rc_family_put_components(p, f);
    fputs(", \"trees\": [", p->out);
    if (f->K == 0 && !f->biases) {
        good = is_bounded(&t);
    } else {
        fputs("[", p->out);
        good = good && put_tree(&t, R, 1);
        fputs("]", p->out);
    }
    fputs("]}", p->out);
    rc_region_free(R);
    free(t.side);
    if (good) return true;
    return rc_family_resist(p, t.line ? "upper bound" : "upper bound: the sign of a jump is not known", t.line);
}

/* equal, not: a point where f is not 0. */

typedef struct {
    proof *p;
    const form *f;
    number *x;
    bool found;
} point_search;

/* Is some entry of L x + sum gamma <u, x> over the s[H] > 0 never 0? */
static bool try_cell(void *context, const signed char *s)
{
    point_search *S = context;
    const form *f = S->f;
    rc_ring_struct *ring = f->ring;
    if (!rc_family_lift_point(S->x, f, s)) return true;
    for (slong q = 0; q < f->D && !S->found; q++) {
        number y = rc_ratio_si(ring, 0);
        for (slong k = 0; k < f->w; k++)
            y = rc_ratio_add(ring, y, rc_ratio_mul(ring, gradient_entry(f, s, q * f->w + k, 1), S->x[k]));
        S->found = rc_ratio_side(ring, y) != 0;
    }
    return !S->found;
}

bool rc_family_put_point(proof *p, const form *f)
{
    point_search S = {p, f, rc_family_alloc((size_t) f->w, sizeof *S.x), false};
    if (is_readable(f)) for_each_cell(f, try_cell, &S);
    fputs("[", p->out);
    for (slong k = 0; k < f->d && S.found; k++) {
        if (k > 0) fputs(", ", p->out);
        rc_family_put_number(p, S.x[k]);
    }
    fputs("]", p->out);
    free(S.x);
    return S.found || rc_family_resist(p, "no point where the realizations always differ was found", NULL);
}
