#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

typedef struct block {
    _Alignas(max_align_t) struct block *older;
    struct block *newer;
} block;

static block *newest;

static void *link_block(block *b) {
    if (b == NULL) {
        fputs("relucert-check: out of memory\n", stderr);
        exit(2);
    }
    if (b->older != NULL) b->older->newer = b;
    if (b->newer != NULL) b->newer->older = b;
    else newest = b;
    return b + 1;
}

static void *take(size_t size) {
    block *b = size < SIZE_MAX / 2 ? malloc(sizeof *b + size) : NULL;
    if (b != NULL) *b = (block){.older = newest};
    return link_block(b);
}

static void *resize(void *old, size_t old_size, size_t size) {
    (void)old_size;
    return link_block(size < SIZE_MAX / 2 ? realloc((block *)old - 1, sizeof(block) + size) : NULL);
}

static void give(void *old, size_t size) {
    block *b = (block *)old - 1;
    (void)size;
    if (b->older != NULL) b->older->newer = b->newer;
    if (b->newer != NULL) b->newer->older = b->older;
    else newest = b->older;
    free(b);
}

void memory_start(void) { mp_set_memory_functions(take, resize, give); }

static size_t bytes(size_t count, size_t size) {
    return count > SIZE_MAX / 2 / size ? SIZE_MAX : count * size;
}

void *memory_new(size_t count, size_t size) {
    return memset(take(bytes(count, size)), 0, count * size);
}

void *memory_resize(void *old, size_t count, size_t size) {
    return old == NULL ? take(bytes(count, size)) : resize(old, 0, bytes(count, size));
}

void *memory_mark(void) { return take(0); }

void memory_release(void *mark) {
    while (newest != NULL && newest + 1 != (block *)mark) give(newest + 1, 0);
    if (mark != NULL) give(mark, 0);
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
