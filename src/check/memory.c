/* The list of all blocks, as a ring through `all`: all.older is the newest block, all.newer the oldest. */

#include "check.h"

typedef struct block { _Alignas(max_align_t) struct block *older; struct block *newer; } block;

static block all = {&all, &all};

/* A new block, or an old one that keeps its place in the list. */
static void *resize(void *old, size_t old_size, size_t size) {
    block *b = realloc(old != NULL ? (block *)old - 1 : NULL, sizeof *b + size);
    (void)old_size;
    if (b == NULL) unusable(report.name, "out of memory");
    if (old == NULL) *b = (block){all.older, &all};
    b->older->newer = b->newer->older = b;
    return b + 1;
}

static void *take(size_t size) { return resize(NULL, 0, size); }

static void give(void *old, size_t size) {
    block *b = (block *)old - 1;
    (void)size;
    b->older->newer = b->newer;
    b->newer->older = b->older;
    free(b);
}

void memory_start(void) { mp_set_memory_functions(take, resize, give); }

void *memory_resize(void *old, size_t count, size_t size) {
    return resize(old, 0, count > SIZE_MAX / 2 / size ? SIZE_MAX / 2 : count * size);
}

void *memory_new(size_t count, size_t size) { return memset(memory_resize(NULL, count, size), 0, count * size); }
void *memory_mark(void) { return take(0); }

/* Roots of functions of parameters are remembered: what is allocated for them is kept until the end. */
static bool kept;

void memory_keep(bool keep) { kept = keep; }

void memory_release(void *mark) {
    if (mark != NULL && kept) return;
    kept = false;
    for (block *last = mark != NULL ? ((block *)mark)[-1].older : &all; all.older != last;) give(all.older + 1, 0);
}

mpz_t *integers(size_t count) {
    mpz_t *z = memory_new(count, sizeof *z);
    for (size_t i = 0; i < count; i++) mpz_init(z[i]);
    return z;
}

mpq_t *rationals(size_t count) {
    mpq_t *q = memory_new(count, sizeof *q);
    for (size_t i = 0; i < count; i++) mpq_init(q[i]);
    return q;
}
