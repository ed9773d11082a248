/* Inside the counting of cells: Whitney numbers of represented matroids, over a prime field or over the integers.

   The characteristic polynomial of m >= 1 distinct lines is (t - 1) sum_i (-1)^i w_i t^(rank - 1 - i) with w_i >= 0,
   up to a power of t; the w_i are its reduced Whitney numbers: w_0 = 1, w_1 = m - 1. Deletion and restriction of the
   lines h_0, h_1, .. in turn (Zaslavsky 1975) give, as polynomials in x,

       sum_i w_i x^i = 1 + x sum_{k >= 1} (the same of {h_0..h_{k-1}} restricted to h_k),

   and the number of cells is 2 sum_i w_i. */
#ifndef RELUCERT_ARRANGEMENT_COUNT_H
#define RELUCERT_ARRANGEMENT_COUNT_H

#include <flint/fmpz_mat.h>
#include <stdbool.h>
#include <stdint.h>

#include "relucert/status.h"

/* Whitney numbers in machine arithmetic: sums and products are checked. */
__extension__ typedef unsigned __int128 rc_wide;

/* sum += term, or false if that does not fit. */
static inline bool rc_wide_add(rc_wide *sum, rc_wide term)
{
    *sum += term;
    return *sum >= term;
}

/* product = a * b, or false if that does not fit. */
static inline bool rc_wide_mul(rc_wide *product, rc_wide a, rc_wide b)
{
    *product = a * b;
    return a == 0 || *product / a == b;
}

#define RC_COUNT_SHORT UWORD(32749)              /* the largest prime below 2^15 */
#define RC_COUNT_WORD UWORD(2305843009213693951) /* 2^61 - 1 */

typedef enum {
    RC_COUNT_DONE,
    RC_COUNT_LIMIT,     /* a limit was hit */
    RC_COUNT_TOO_LARGE  /* a Whitney number does not fit rc_wide */
} rc_count_result;

/* w[0..r-1] = the reduced Whitney numbers of the rows of F (m x r of rank r, distinct lines), computed over the field
   with p elements. The caller vouches that no r x r minor other than 0 is divisible by p: then the matroid over the
   field is that over Q, and so is all that is derived from it by restriction. p < 2^15 for _short; p = 2^61 - 1 for
   _word. One visit of `limits` a restriction. Memory: at most RC_MEMO_BYTES remembered minors and, for each
   dimension up to r, a few copies of F. */
rc_count_result rc_count_short(rc_wide *w, const fmpz_mat_t F, ulong p, rc_limits *limits);
rc_count_result rc_count_word(rc_wide *w, const fmpz_mat_t F, ulong p, rc_limits *limits);

/* Minors already counted: from keys, strings of bytes that are compared in full, to Whitney numbers. When
   RC_MEMO_BYTES are used nothing more is entered. */
#define RC_MEMO_BYTES ((size_t) 256 << 20)

typedef struct {
    uint32_t *slot;      /* entry number + 1, or 0; mask + 1 of them */
    size_t mask, number;
    struct rc_memo_entry *entry;
    size_t entries_room;
    unsigned char *bytes;
    size_t used, room;
} rc_memo;

void rc_memo_init(rc_memo *memo);
void rc_memo_clear(rc_memo *memo);
/* The numbers entered for the key, or NULL. They stay until the next call of rc_memo_enter. */
const rc_wide *rc_memo_find(const rc_memo *memo, const void *key, size_t length, ulong hash);
void rc_memo_enter(rc_memo *memo, const void *key, size_t length, ulong hash, const rc_wide *w, size_t count);
ulong rc_memo_hash(const void *key, size_t length);

#endif
