#include "relucert/seminorm.h"

#include <flint/fmpz_vec.h>

void rc_tree_init(rc_tree_t t)
{
    *t = (rc_tree_struct){0};
}

void rc_tree_clear(rc_tree_t t)
{
    for (slong i = 0; i < t->entries; i++) fmpq_clear(t->lambda + i);
    flint_free(t->kind);
    flint_free(t->form);
    flint_free(t->first);
    flint_free(t->count);
    flint_free(t->index);
    flint_free(t->group);
    flint_free(t->lambda);
    rc_tree_init(t);
}

static void grow_nodes(rc_tree_t t)
{
    t->alloc = t->alloc ? 2 * t->alloc : 16;
    size_t n = (size_t) t->alloc;
    t->kind = flint_realloc(t->kind, n * sizeof *t->kind);
    t->form = flint_realloc(t->form, n * sizeof *t->form);
    t->first = flint_realloc(t->first, n * sizeof *t->first);
    t->count = flint_realloc(t->count, n * sizeof *t->count);
}

static void add_node(rc_tree_t t, rc_tree_kind kind, slong form)
{
    if (t->length == t->alloc) grow_nodes(t);
    slong i = t->length++;
    t->kind[i] = (unsigned char) kind;
    t->form[i] = form;
    t->first[i] = t->entries;
    t->count[i] = 0;
}

void rc_tree_branch(rc_tree_t t, slong form)
{
    add_node(t, RC_TREE_BRANCH, form);
}

void rc_tree_stop(rc_tree_t t)
{
    add_node(t, RC_TREE_STOP, 0);
}

void rc_tree_empty(rc_tree_t t)
{
    add_node(t, RC_TREE_EMPTY, 0);
}

void rc_tree_leaf(rc_tree_t t)
{
    add_node(t, RC_TREE_LEAF, 0);
}

void rc_tree_entry(rc_tree_t t, slong index, slong group, const fmpq_t lambda)
{
    if (t->entries == t->entries_alloc) {
        t->entries_alloc = t->entries_alloc ? 2 * t->entries_alloc : 16;
        size_t n = (size_t) t->entries_alloc;
        t->index = flint_realloc(t->index, n * sizeof *t->index);
        t->group = flint_realloc(t->group, n * sizeof *t->group);
        t->lambda = flint_realloc(t->lambda, n * sizeof *t->lambda);
    }
    slong i = t->entries++;
    t->index[i] = index;
    t->group[i] = group;
    fmpq_init(t->lambda + i);
    fmpq_set(t->lambda + i, lambda);
    t->count[t->length - 1]++;
}

void rc_tree_empty_region(rc_tree_t t, const rc_region_struct *R, slong K, bool affine)
{
    slong n = K + affine;
    fmpz *lambda = _fmpz_vec_init(n);
    fmpq_t l;
    fmpq_init(l);
    rc_region_farkas(lambda, R);
    rc_tree_empty(t);
    for (slong j = 0; j < n; j++) {
        if (fmpz_is_zero(lambda + j)) continue;
        fmpq_set_fmpz(l, lambda + j);
        rc_tree_entry(t, j < K ? j : -1, 0, l);
    }
    fmpq_clear(l);
    _fmpz_vec_clear(lambda, n);
}
