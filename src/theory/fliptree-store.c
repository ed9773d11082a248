/* The arrays of a flip tree. */
#include <string.h>

#include "theory/fliptree-store.h"
#include "relucert/seminorm.h"

void rc_fliptree_init(rc_fliptree_t t)
{
    memset(t, 0, sizeof(rc_fliptree_struct));
}

void rc_fliptree_clear(rc_fliptree_t t)
{
    for (slong e = 0; e < t->entries_alloc; e++) fmpq_clear(t->y + e);
    flint_free(t->kind);
    flint_free(t->form);
    flint_free(t->first);
    flint_free(t->count);
    flint_free(t->p);
    flint_free(t->q);
    flint_free(t->y);
    rc_fliptree_init(t);
}

void rc_fliptree_reset(rc_fliptree_struct *t)
{
    t->length = 0;
    t->entries = 0;
}

static void push(rc_fliptree_struct *t, unsigned char kind, slong form)
{
    if (t->length == t->alloc) {
        t->alloc = t->alloc ? 2 * t->alloc : 16;
        size_t n = (size_t) t->alloc;
        t->kind = flint_realloc(t->kind, n);
        t->form = flint_realloc(t->form, n * sizeof(slong));
        t->first = flint_realloc(t->first, n * sizeof(slong));
        t->count = flint_realloc(t->count, n * sizeof(slong));
    }
    t->kind[t->length] = kind;
    t->form[t->length] = form;
    t->first[t->length] = t->entries;
    t->count[t->length] = 0;
    t->length++;
}

void rc_fliptree_branch(rc_fliptree_struct *t, slong form)
{
    push(t, RC_TREE_BRANCH, form);
}

void rc_fliptree_stop(rc_fliptree_struct *t)
{
    push(t, RC_TREE_STOP, -1);
}

void rc_fliptree_empty(rc_fliptree_struct *t)
{
    push(t, RC_TREE_EMPTY, -1);
}

void rc_fliptree_entry(rc_fliptree_struct *t, slong p, slong q, const fmpq_t y)
{
    if (t->entries == t->entries_alloc) {
        slong old = t->entries_alloc;
        t->entries_alloc = old ? 2 * old : 16;
        size_t n = (size_t) t->entries_alloc;
        t->p = flint_realloc(t->p, n * sizeof(slong));
        t->q = flint_realloc(t->q, n * sizeof(slong));
        t->y = flint_realloc(t->y, n * sizeof(fmpq));
        for (slong e = old; e < t->entries_alloc; e++) fmpq_init(t->y + e);
    }
    t->p[t->entries] = p;
    t->q[t->entries] = q;
    fmpq_set(t->y + t->entries, y);
    t->entries++;
    t->count[t->length - 1]++;
}
