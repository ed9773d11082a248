/* Number literals: decimal and hexadecimal, exact. Private to src/number. */
#ifndef RELUCERT_NUMBER_LITERAL_H
#define RELUCERT_NUMBER_LITERAL_H

#include <flint/fmpq.h>
#include <stdbool.h>

typedef struct {
    const char *next;
    const char *end;
} rc_cursor;

/* Reads  digits ["." digits] [("e"|"E") ["+"|"-"] digits]  or  "0x" hexdigits ["." hexdigits] ["p" ["+"|"-"] digits]
   (either case) at the cursor, which stands on a digit. NULL, x the exact value and the cursor behind it; or
   a message, x unchanged and the cursor at the place it is about. */
const char *rc_literal_read(fmpq_t x, rc_cursor *at);

/* Reads  number ["/" number]  that takes up the whole rest. False if it is anything else (or has an error in it). */
bool rc_literal_read_fraction(fmpq_t x, rc_cursor *at);

#endif
