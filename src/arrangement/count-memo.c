/* The memory of counted minors: open addressing, entries and their bytes in two growing arrays. */
#include <flint/flint.h>
#include <string.h>

#include "arrangement/count.h"

struct rc_memo_entry {
    ulong hash;
    size_t at;        /* of the numbers in bytes, the key behind them */
    uint32_t length;  /* of the key */
    uint32_t count;   /* of the numbers */
};

void rc_memo_init(rc_memo *memo)
{
    *memo = (rc_memo) {.mask = 255};
    memo->slot = flint_calloc(memo->mask + 1, sizeof(uint32_t));
}

void rc_memo_clear(rc_memo *memo)
{
    flint_free(memo->slot);
    flint_free(memo->entry);
    flint_free(memo->bytes);
}

ulong rc_memo_hash(const void *key, size_t length)
{
    const unsigned char *at = key;
    ulong h = UWORD(0x9e3779b97f4a7c15) ^ length;
    for (; length >= sizeof(ulong); length -= sizeof(ulong), at += sizeof(ulong)) {
        ulong word;
        memcpy(&word, at, sizeof word);
        h = (h ^ word) * UWORD(0xbf58476d1ce4e5b9);
        h ^= h >> 29;
    }
    ulong rest = 0;
    memcpy(&rest, at, length);
    h = (h ^ rest) * UWORD(0x94d049bb133111eb);
    return h ^ h >> 32;
}

const rc_wide *rc_memo_find(const rc_memo *memo, const void *key, size_t length, ulong hash)
{
    for (size_t s = hash & memo->mask; memo->slot[s]; s = (s + 1) & memo->mask) {
        const struct rc_memo_entry *e = memo->entry + memo->slot[s] - 1;
        const unsigned char *bytes = memo->bytes + e->at;
        if (e->hash == hash && e->length == length && memcmp(bytes + e->count * sizeof(rc_wide), key, length) == 0)
            return (const rc_wide *) (const void *) bytes;
    }
    return NULL;
}

static void enter_slot(rc_memo *memo, size_t number)
{
    size_t s = memo->entry[number].hash & memo->mask;
    while (memo->slot[s]) s = (s + 1) & memo->mask;
    memo->slot[s] = (uint32_t) (number + 1);
}

static void double_slots(rc_memo *memo)
{
    memo->mask = 2 * memo->mask + 1;
    flint_free(memo->slot);
    memo->slot = flint_calloc(memo->mask + 1, sizeof(uint32_t));
    for (size_t i = 0; i < memo->number; i++) enter_slot(memo, i);
}

/* An entry costs its numbers and key, rounded up so that the next numbers are aligned, and at most 2 * 24 + 4 * 4
   bytes of the tables; an array that grows by half its size needs both copies for a moment. */
void rc_memo_enter(rc_memo *memo, const void *key, size_t length, ulong hash, const rc_wide *w, size_t count)
{
    size_t size = count * sizeof(rc_wide) + (length + sizeof(rc_wide) - 1) / sizeof(rc_wide) * sizeof(rc_wide);
    if (length > UINT32_MAX || size + memo->used + 64 * memo->number > RC_MEMO_BYTES / 5 * 2) return;
    if (memo->used + size > memo->room) {
        memo->room += memo->room / 2 + size + 4096;
        memo->bytes = flint_realloc(memo->bytes, memo->room);
    }
    if (memo->number == memo->entries_room) {
        memo->entries_room += memo->entries_room / 2 + 64;
        memo->entry = flint_realloc(memo->entry, memo->entries_room * sizeof *memo->entry);
    }
    memcpy(memo->bytes + memo->used, w, count * sizeof(rc_wide));
    memcpy(memo->bytes + memo->used + count * sizeof(rc_wide), key, length);
    memo->entry[memo->number] = (struct rc_memo_entry) {hash, memo->used, (uint32_t) length, (uint32_t) count};
    memo->used += size;
    memo->number++;
    if (2 * memo->number > memo->mask) double_slots(memo);
    else enter_slot(memo, memo->number - 1);
}
