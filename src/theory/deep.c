/* Equality of networks of any depth. On a cell where the neurons met so far keep their signs, the pre-activation of the
   next one is affine: it is constant, or its zeros cut the cell in two, or one side is empty. Where all neurons of both
   networks are decided, two affine functions remain to be compared. */
#include "relucert/deep.h"

#include <assert.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "relucert/region.h"

#define MOST_ENTRIES 10000000 /* of a certificate's affine functions: docs/certificate-format.md, section 5 */
#define MOST_NEURONS 4000     /* the search is as deep, and holds a region with a form a neuron at each level */

/* A layer (A | b) = N / den, the layers of X before those of Y. On the cell at hand its pre-activations are Z / scale,
   rows of affine functions; `scale`, the product of the denominators of the network up to here, is the same everywhere. */
typedef struct {
    fmpz_mat_t N, Z; /* n x (inputs + 1), n x (d + 1) */
    fmpz_t scale;
    bool begins, ends; /* the first or last layer of its network */
    slong first;       /* the number of its first neuron */
    bool *active;      /* length n */
} stage;

typedef struct {
    rc_deep_equality_struct *result;
    const rc_network_struct *X, *Y;
    rc_limits *limits;
    slong d, stages, neurons;
    stage *stage;
    fmpz *form; /* d + 1 */
} walk;

typedef enum { AGREE, DIFFER, STOPPED } outcome;

void rc_deep_equality_init(rc_deep_equality_t r)
{
    r->verdict = RC_UNDECIDED;
    rc_tree_init(r->tree);
    r->cells = 0;
    r->d = 0;
    r->x = NULL;
}

void rc_deep_equality_clear(rc_deep_equality_t r)
{
    rc_tree_clear(r->tree);
    if (r->x) _fmpq_vec_clear(r->x, r->d);
}

/* The networks as stages. */

static slong depth_of(const rc_network_struct *net)
{
    return net->kind == RC_DEEP ? net->depth : 2;
}

/* Takes (A | b), an n x (inputs + 1) matrix. */
static void stage_init(walk *w, slong s, const fmpq_mat_t layer, bool begins, bool ends)
{
    stage *t = w->stage + s;
    slong n = fmpq_mat_nrows(layer);
    fmpz_mat_init(t->N, n, fmpq_mat_ncols(layer));
    fmpz_mat_init(t->Z, n, w->d + 1);
    fmpz_init(t->scale);
    fmpq_mat_get_fmpz_mat_matwise(t->N, t->scale, layer);
    if (!begins) fmpz_mul(t->scale, t->scale, t[-1].scale);
    t->begins = begins;
    t->ends = ends;
    t->first = w->neurons;
    t->active = flint_calloc((size_t) n, sizeof *t->active);
    if (!ends) w->neurons += n;
}

static void add_deep(walk *w, slong s, const rc_network_struct *net)
{
    for (slong l = 0; l < net->depth; l++) {
        fmpq_mat_t layer;
        fmpq_mat_init(layer, net->A[l].r, net->A[l].c + 1);
        fmpq_mat_concat_horizontal(layer, net->A + l, net->b + l);
        stage_init(w, s + l, layer, l == 0, l == net->depth - 1);
        fmpq_mat_clear(layer);
    }
}

static void copy_vec(fmpq *x, const fmpq *y, slong n)
{
    for (slong j = 0; j < n; j++) fmpq_set(x + j, y + j);
}

/* c_i rho(<a_i, x> + b_i) = gamma_i rho(<u_i, x> + v_i). */
static void add_two_layers(walk *w, slong s, const rc_network_struct *net)
{
    fmpq_mat_t first, second;
    fmpq_mat_init(first, net->m, net->d + 1);
    fmpq_mat_init(second, net->D, net->m + 1);
    for (slong i = 0; i < net->m; i++) {
        copy_vec(fmpq_mat_entry(first, i, 0), fmpq_mat_entry(net->u, i, 0), net->d);
        if (net->kind == RC_BIASED) fmpq_set(fmpq_mat_entry(first, i, net->d), fmpq_mat_entry(net->v, i, 0));
    }
    for (slong p = 0; p < net->D; p++) {
        for (slong i = 0; i < net->m; i++) fmpq_set(fmpq_mat_entry(second, p, i), fmpq_mat_entry(net->gamma, i, p));
        if (net->kind == RC_BIASED) fmpq_set(fmpq_mat_entry(second, p, net->m), fmpq_mat_entry(net->e, p, 0));
    }
    stage_init(w, s, first, true, false);
    stage_init(w, s + 1, second, false, true);
    fmpq_mat_clear(second);
    fmpq_mat_clear(first);
}

static void add_network(walk *w, slong s, const rc_network_struct *net)
{
    if (net->kind == RC_DEEP) add_deep(w, s, net);
    else add_two_layers(w, s, net);
}

static void walk_init(walk *w, rc_deep_equality_struct *r, const rc_network_t X, const rc_network_t Y,
                      rc_limits *limits)
{
    *w = (walk){.result = r, .X = X, .Y = Y, .limits = limits, .d = X->d, .stages = depth_of(X) + depth_of(Y)};
    w->stage = flint_calloc((size_t) w->stages, sizeof *w->stage);
    add_network(w, 0, X);
    add_network(w, depth_of(X), Y);
    w->form = _fmpz_vec_init(w->d + 1);
}

static void walk_clear(walk *w)
{
    _fmpz_vec_clear(w->form, w->d + 1);
    for (slong s = 0; s < w->stages; s++) {
        flint_free(w->stage[s].active);
        fmpz_clear(w->stage[s].scale);
        fmpz_mat_clear(w->stage[s].Z);
        fmpz_mat_clear(w->stage[s].N);
    }
    flint_free(w->stage);
}

/* One cell. */

/* Z of stage s, when the neurons before are decided: N times what these put out, with a row for the constant 1. */
static void propagate(walk *w, slong s)
{
    stage *t = w->stage + s;
    if (t->begins) {
        fmpz_mat_set(t->Z, t->N);
        return;
    }
    const stage *before = t - 1;
    slong n = fmpz_mat_nrows(before->Z);
    fmpz_mat_t H;
    fmpz_mat_init(H, n + 1, w->d + 1);
    for (slong i = 0; i < n; i++)
        if (before->active[i]) _fmpz_vec_set(fmpz_mat_entry(H, i, 0), fmpz_mat_entry(before->Z, i, 0), w->d + 1);
    fmpz_set(fmpz_mat_entry(H, n, w->d), before->scale);
    fmpz_mat_mul(t->Z, t->N, H);
    fmpz_mat_clear(H);
}

static bool differ_at(const fmpq *x, const rc_network_t X, const rc_network_t Y)
{
    fmpq *y = _fmpq_vec_init(X->D), *z = _fmpq_vec_init(X->D);
    rc_network_eval(y, X, x);
    rc_network_eval(z, Y, x);
    bool equal = true;
    for (slong p = 0; p < X->D && equal; p++) equal = fmpq_equal(y + p, z + p) != 0;
    _fmpq_vec_clear(z, X->D);
    _fmpq_vec_clear(y, X->D);
    return !equal;
}

/* The point of difference: the region's witness or, where the functions meet there, one beside it in a direction j in
   which they part. G (x, 1) is a positive multiple of the difference near the witness, so that the halving ends. */
static void set_point(walk *w, const fmpz_mat_t G, const rc_region_struct *R)
{
    fmpq *x = _fmpq_vec_init(w->d + 1);
    fmpq_t start, step;
    fmpq_init(start);
    fmpq_init(step);
    rc_region_witness(x, R);
    for (slong j = 0; j < w->d; j++) fmpq_div(x + j, x + j, x + w->d);
    slong j = 0;
    for (slong k = w->d - 1; k >= 0; k--)
        for (slong p = 0; p < fmpz_mat_nrows(G); p++)
            if (!fmpz_is_zero(fmpz_mat_entry(G, p, k))) j = k;
    fmpq_set(start, x + j);
    fmpq_one(step);
    while (!differ_at(x, w->X, w->Y)) {
        fmpq_add(x + j, start, step);
        fmpq_div_2exp(step, step, 1);
    }
    w->result->d = w->d;
    w->result->x = _fmpq_vec_init(w->d);
    copy_vec(w->result->x, x, w->d);
    fmpq_clear(step);
    fmpq_clear(start);
    _fmpq_vec_clear(x, w->d + 1);
}

/* Are the two affine functions that are left on R the same? */
static outcome compare(walk *w, const rc_region_struct *R)
{
    const stage *y = w->stage + w->stages - 1, *x = w->stage + depth_of(w->X) - 1;
    fmpz_mat_t G;
    fmpz_mat_init(G, fmpz_mat_nrows(x->Z), w->d + 1);
    fmpz_mat_scalar_mul_fmpz(G, x->Z, y->scale);
    fmpz_mat_scalar_submul_fmpz(G, y->Z, x->scale);
    bool equal = fmpz_mat_is_zero(G) != 0;
    if (!equal) set_point(w, G, R);
    fmpz_mat_clear(G);
    if (!equal) return DIFFER;
    rc_tree_stop(w->result->tree);
    w->result->cells++;
    return AGREE;
}

/* The search. */

/* A leaf "empty" for what R has just refused: form 0 is x_{d+1}, form j > 0 the neuron j - 1. */
static void put_refusal(rc_tree_t tree, const rc_region_struct *R, slong forms)
{
    fmpz *lambda = _fmpz_vec_init(forms);
    fmpq_t value;
    fmpq_init(value);
    rc_region_farkas(lambda, R);
    rc_tree_empty(tree);
    for (slong j = 0; j < forms; j++) {
        if (fmpz_is_zero(lambda + j)) continue;
        fmpq_set_fmpz(value, lambda + j);
        rc_tree_entry(tree, j - 1, 0, value);
    }
    fmpq_clear(value);
    _fmpz_vec_clear(lambda, forms);
}

static void put_leaf(rc_tree_t tree, const rc_tree_t leaf)
{
    rc_tree_empty(tree);
    for (slong i = 0; i < leaf->entries; i++) rc_tree_entry(tree, leaf->index[i], 0, leaf->lambda + i);
}

/* The pre-activation z becomes the region's form j, as a primitive vector. */
static void set_form(walk *w, rc_region_struct *R, slong j, const fmpz *z)
{
    fmpz_t content;
    fmpz_init(content);
    _fmpz_vec_content(content, z, w->d + 1);
    _fmpz_vec_scalar_divexact_fmpz(w->form, z, w->d + 1, content);
    rc_region_set_form(R, j, w->form);
    fmpz_clear(content);
}

/* All cells within R that the neurons from neuron i of stage s on cut out. Takes R. */
static outcome explore(walk *w, slong s, slong i, rc_region_struct *R)
{
    rc_tree_struct *tree = w->result->tree;
    slong forms = w->neurons + 1;
    outcome found = AGREE;
    while (found == AGREE) {
        stage *t = w->stage + s;
        if (i == 0) propagate(w, s);
        if (t->ends && s == w->stages - 1) {
            found = compare(w, R);
            break;
        }
        if (t->ends || i == fmpz_mat_nrows(t->Z)) {
            s++;
            i = 0;
            continue;
        }
        const fmpz *z = fmpz_mat_entry(t->Z, i, 0);
        bool *active = t->active + i;
        slong j = t->first + ++i;
        *active = fmpz_sgn(z + w->d) > 0;
        if (_fmpz_vec_is_zero(z, w->d)) continue;
        if (!rc_limits_visit(w->limits, "nodes")) {
            found = STOPPED;
            break;
        }
        set_form(w, R, j, z);
        rc_tree_branch(tree, j - 1);
        int side = rc_region_sign(R, j) < 0 ? -1 : 1;
        rc_region_struct *other = rc_region_copy(R);
        if (rc_region_restrict(other, j, -side)) {
            rc_region_struct *inactive = side < 0 ? R : other;
            bool witnessed = rc_region_restrict(R, j, side);
            assert(witnessed);
            (void) witnessed;
            *active = true;
            found = explore(w, s, i, side < 0 ? other : R);
            *active = false;
            R = inactive;
        } else if (side < 0) {
            put_refusal(tree, other, forms);
            rc_region_free(other);
            *active = false;
        } else {
            rc_tree_t leaf;
            rc_tree_init(leaf);
            put_refusal(leaf, other, forms);
            rc_region_free(other);
            *active = true;
            found = explore(w, s, i, R);
            put_leaf(tree, leaf);
            rc_tree_clear(leaf);
            return found;
        }
    }
    rc_region_free(R);
    return found;
}

/* Tries 0 and the unit vectors, which read well. */
static bool simple_point(rc_deep_equality_struct *r, const rc_network_t X, const rc_network_t Y)
{
    fmpq *x = _fmpq_vec_init(X->d);
    bool found = false;
    for (slong j = -1; j < 2 * X->d && j < 200 && !found; j++) {
        for (slong k = 0; k < X->d; k++) fmpq_zero(x + k);
        if (j >= 0) fmpq_set_si(x + j / 2, j % 2 ? -1 : 1, 1);
        found = differ_at(x, X, Y);
    }
    if (found) {
        r->d = X->d;
        r->x = x;
    } else {
        _fmpq_vec_clear(x, X->d);
    }
    return found;
}

static outcome search(rc_deep_equality_struct *r, const rc_network_t X, const rc_network_t Y, rc_limits *limits)
{
    walk w;
    walk_init(&w, r, X, Y, limits);
    rc_region_struct *R = rc_region_new_open(w.neurons + 1, w.d + 1);
    fmpz_one(w.form + w.d);
    rc_region_set_form(R, 0, w.form);
    bool positive = rc_region_restrict(R, 0, 1);
    assert(positive);
    (void) positive;
    outcome found = explore(&w, 0, 0, R);
    walk_clear(&w);
    return found;
}

rc_status rc_deep_equal(rc_deep_equality_t result, const rc_network_t X, const rc_network_t Y, rc_limits *limits)
{
    rc_deep_equality_t r;
    rc_deep_equality_init(r);
    slong neurons = rc_network_hidden(X) + rc_network_hidden(Y);
    outcome found = STOPPED;
    if (neurons + 2 * X->D + X->d + 1 > MOST_ENTRIES / (X->d + 1)) {
        if (limits) limits->reason = "size limit (10^7 coefficients)";
    } else if (simple_point(r, X, Y)) {
        found = DIFFER;
    } else if (neurons > MOST_NEURONS) {
        if (limits) limits->reason = "size limit (4000 hidden neurons)";
    } else {
        found = search(r, X, Y, limits);
    }
    if (found != STOPPED) {
        if (found == DIFFER) rc_tree_clear(r->tree);
        r->verdict = found == AGREE ? RC_PROVED : RC_REFUTED;
        rc_deep_equality_struct old = *result;
        *result = *r;
        *r = old;
    }
    rc_deep_equality_clear(r);
    return found == STOPPED ? RC_LIMIT : RC_OK;
}
