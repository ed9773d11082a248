/* Decision trees that prove a lower bound of ||grad f|| on all cells, entry by entry. */
#include <flint/fmpq_vec.h>
#include <stdlib.h>

#include "claim-impl.h"
#include "relucert/region.h"

typedef struct {
    const rc_canonical_struct *f;
    slong *order;     /* the hyperplanes, large jumps first */
    fmpq *low, *high; /* of the entries of the gradient at the node, length d */
    const fmpq *least;
    rc_tree_struct *tree;
    rc_limits *limits;
} search;

/* The sum of the squares of the entries' distances from 0 is at least `least`? */
static bool is_bounded(const search *s)
{
    fmpq_t sum;
    fmpq_init(sum);
    for (slong k = 0; k < s->f->d; k++) {
        if (fmpq_sgn(s->low + k) > 0) fmpq_addmul(sum, s->low + k, s->low + k);
        if (fmpq_sgn(s->high + k) < 0) fmpq_addmul(sum, s->high + k, s->high + k);
    }
    bool bounded = fmpq_cmp(sum, s->least) >= 0;
    fmpq_clear(sum);
    return bounded;
}

/* The range loses what hyperplane H, decided for a side, cannot give: on the side + its jump is in, on the other not. `by` =
   -1 takes it back. */
static void decide(search *s, slong H, int side, int by)
{
    fmpq_t jump;
    fmpq_init(jump);
    for (slong k = 0; k < s->f->d; k++) {
        fmpq_mul_fmpz(jump, fmpq_mat_entry(s->f->gamma, H, 0), fmpz_mat_entry(s->f->u, H, k));
        fmpq *end = side * fmpq_sgn(jump) > 0 ? s->low + k : s->high + k;
        if (side * by > 0) fmpq_add(end, end, jump);
        else fmpq_sub(end, end, jump);
    }
    fmpq_clear(jump);
}

static bool visit(search *s, const rc_region_struct *R, slong level)
{
    if (is_bounded(s)) {
        rc_tree_stop(s->tree);
        return true;
    }
    if (level == s->f->K || !rc_limits_visit(s->limits, "cells")) return false;
    slong H = s->order[level];
    bool done = true;
    rc_tree_branch(s->tree, H);
    for (int side = 1; side >= -1 && done; side -= 2) {
        rc_region_struct *inner = rc_region_copy(R);
        if (rc_region_restrict(inner, H, side)) {
            decide(s, H, side, 1);
            done = visit(s, inner, level + 1);
            decide(s, H, side, -1);
        } else {
            rc_tree_empty_region(s->tree, inner, s->f->K, s->f->affine);
        }
        rc_region_free(inner);
    }
    return done;
}

bool rc_gradient_tree(rc_tree_t tree, const rc_canonical_t f, const fmpq *least, rc_limits *limits)
{
    fmpz_mat_t forms;
    fmpq_t jump;
    search s = {.f = f, .least = least, .tree = tree, .limits = limits};
    fmpq *sizes = _fmpq_vec_init(f->K + 1);
    s.order = malloc((size_t) (f->K + 1) * sizeof *s.order);
    if (s.order == NULL) flint_abort();
    s.low = _fmpq_vec_init(f->d);
    s.high = _fmpq_vec_init(f->d);
    fmpq_init(jump);
    fmpz_mat_init(forms, f->K + f->affine, f->width);
    for (slong k = 0; k < f->d; k++) {
        fmpq_set(s.low + k, fmpq_mat_entry(f->L, 0, k));
        fmpq_set(s.high + k, s.low + k);
    }
    for (slong H = 0; H < f->K; H++) {
        slong at = H;
        rc_canonical_jump_norm(sizes + H, f, H);
        for (; at > 0 && fmpq_cmp(sizes + s.order[at - 1], sizes + H) < 0; at--) s.order[at] = s.order[at - 1];
        s.order[at] = H;
        for (slong k = 0; k < f->width; k++) fmpz_set(fmpz_mat_entry(forms, H, k), fmpz_mat_entry(f->u, H, k));
        for (slong k = 0; k < f->d; k++) {
            fmpq_mul_fmpz(jump, fmpq_mat_entry(f->gamma, H, 0), fmpz_mat_entry(f->u, H, k));
            fmpq *end = fmpq_sgn(jump) < 0 ? s.low + k : s.high + k;
            fmpq_add(end, end, jump);
        }
    }
    if (f->affine) fmpz_one(fmpz_mat_entry(forms, f->K, f->d));
    rc_region_struct *R = rc_region_new(forms);
    rc_tree_clear(tree);
    bool proved = (!f->affine || rc_region_restrict(R, f->K, 1)) && visit(&s, R, 0);
    if (!proved) rc_tree_clear(tree);
    rc_region_free(R);
    fmpz_mat_clear(forms);
    fmpq_clear(jump);
    _fmpq_vec_clear(s.high, f->d);
    _fmpq_vec_clear(s.low, f->d);
    free(s.order);
    _fmpq_vec_clear(sizes, f->K + 1);
    return proved;
}
