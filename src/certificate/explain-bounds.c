/* The numbers r' and R of an explanation. relucert-check computes them on its own; these are for the reader. */
#include <flint/fmpq_vec.h>
#include <stdlib.h>

#include "explain.h"

bool rc_explain_lower(fmpq_t value, const rc_explanation *x, const json_t *lower)
{
    const json_t *point = json_object_get(lower, "x");
    if (!x->has_function || (slong) json_array_size(point) != x->f->d) return false;
    fmpq *p;
    slong n;
    if (rc_read_fmpq_vec(&p, &n, point, NULL, "x", NULL) != RC_OK) return false;
    fmpq_mat_t J;
    fmpq_mat_init(J, x->f->D, x->f->d);
    bool good = rc_canonical_gradient(J, x->f, p);
    if (good) rc_fmpq_mat_norm(value, J);
    fmpq_mat_clear(J);
    _fmpq_vec_clear(p, n);
    return good;
}

/* A walk through the trees of UPPER for one entry (p, j) and sign of the derivative. */
typedef struct {
    const rc_canonical_struct *f;
    slong p, j;
    int sign;
    int *side;    /* by hyperplane: 1, -1, or 0 undecided */
    bool *member; /* of the component */
    const json_t *tree;
    size_t at;
    bool found, broken;
    fmpq_t largest;
} walk;

static void stop_value(walk *k)
{
    fmpq_t sum, jump;
    fmpq_init(sum);
    fmpq_init(jump);
    for (slong H = 0; H < k->f->K; H++) {
        if (!k->member[H] || k->side[H] < 0) continue;
        fmpq_mul_fmpz(jump, fmpq_mat_entry(k->f->gamma, H, k->p), fmpz_mat_entry(k->f->u, H, k->j));
        if (k->sign < 0) fmpq_neg(jump, jump);
        if (k->side[H] > 0 || fmpq_sgn(jump) > 0) fmpq_add(sum, sum, jump);
    }
    if (!k->found || fmpq_cmp(sum, k->largest) > 0) fmpq_set(k->largest, sum);
    k->found = true;
    fmpq_clear(jump);
    fmpq_clear(sum);
}

/* Depth is at most the number of hyperplanes decided on the path. */
static void walk_node(walk *k)
{
    const json_t *node = json_array_get(k->tree, k->at++);
    if (json_is_array(node)) return;
    json_int_t H = json_is_integer(node) ? json_integer_value(node) : -1;
    if (H == 0) {
        stop_value(k);
        return;
    }
    if (H < 0 || H > k->f->K || k->side[H - 1] != 0) {
        k->broken = true;
        return;
    }
    k->side[H - 1] = 1;
    walk_node(k);
    k->side[H - 1] = -1;
    if (!k->broken) walk_node(k);
    k->side[H - 1] = 0;
}

static bool mark_members(walk *k, const json_t *part)
{
    for (slong H = 0; H < k->f->K; H++) k->member[H] = false;
    for (size_t i = 0; i < json_array_size(part); i++) {
        json_int_t H = json_integer_value(json_array_get(part, i));
        if (H < 0 || H > k->f->K) return false;
        if (H > 0) k->member[H - 1] = true;
    }
    return true;
}

/* value = max(value, sign L[p,j] + sum over parts of the largest stop). */
static bool entry_bound(fmpq_t value, walk *k, const json_t *components, const json_t *trees)
{
    fmpq_t sum;
    fmpq_init(sum);
    fmpq_set(sum, fmpq_mat_entry(k->f->L, k->p, k->j));
    if (k->sign < 0) fmpq_neg(sum, sum);
    bool good = true;
    for (size_t c = 0; c < json_array_size(components) && good; c++) {
        k->tree = json_array_get(trees, c);
        k->at = 0;
        k->found = k->broken = false;
        good = mark_members(k, json_array_get(components, c));
        if (good) walk_node(k);
        good = good && k->found && !k->broken;
        if (good) fmpq_add(sum, sum, k->largest);
    }
    if (good && fmpq_cmp(sum, value) > 0) fmpq_set(value, sum);
    fmpq_clear(sum);
    return good;
}

bool rc_explain_upper(fmpq_t value, const rc_explanation *x, const json_t *upper)
{
    const json_t *components = json_object_get(upper, "components"), *trees = json_object_get(upper, "trees");
    if (!x->has_function || json_array_size(components) != json_array_size(trees)) return false;
    double nodes = 1;
    for (size_t c = 0; c < json_array_size(trees); c++) nodes += (double) json_array_size(json_array_get(trees, c));
    if (nodes * (double) (x->f->K + 1) * (double) x->f->d * (double) x->f->D > 2e6) return false;
    walk k;
    k.f = x->f;
    k.side = calloc((size_t) x->f->K + 1, sizeof *k.side);
    k.member = calloc((size_t) x->f->K + 1, sizeof *k.member);
    if (k.side == NULL || k.member == NULL) flint_abort();
    fmpq_init(k.largest);
    fmpq_zero(value);
    bool good = true;
    for (k.p = 0; k.p < x->f->D; k.p++) {
        for (k.j = 0; k.j < x->f->d; k.j++) {
            for (k.sign = 1; k.sign >= -1 && good; k.sign -= 2) good = entry_bound(value, &k, components, trees);
        }
    }
    fmpq_clear(k.largest);
    free(k.member);
    free(k.side);
    return good;
}
