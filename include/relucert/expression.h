/* Exact expressions, the texts of numbers in files (docs/certificate-format.md, section 1). */
#ifndef RELUCERT_EXPRESSION_H
#define RELUCERT_EXPRESSION_H

#include "relucert/surd.h"

/* Values of a case's parameters, by name. */
typedef struct {
    slong length;
    const char *const *names;
    const rc_surd_struct *values;
} rc_bindings;

#define RC_EXPRESSION_MAX_DIGITS 1000000   /* digits in a literal */
#define RC_EXPRESSION_MAX_BITS 10000000    /* bits in a value */
#define RC_EXPRESSION_MAX_NESTING 1000

/* s = value of `text` (length bytes, may hold NUL, which is an error). bindings may be NULL.
   RC_BAD_INPUT with a message naming the position ("character 3: ...", bytes counted from 1) and cause (unexpected
   character, division by zero, sqrt of a negative number or of an irrational, unknown name, limits) otherwise. Huge
   exponents and powers are refused before they are computed; so are values of more than 10000 square roots, products of
   sums with more than 10^6 pairs of terms, and division by a sum of more than 8 roots. The bits of a value are those of
   all its numerators and of its denominators and radicands other than 1. */
rc_status rc_expression_parse(rc_surd_t s, const char *text, size_t length, const rc_bindings *bindings,
                              rc_error_struct *err) RC_MUST_USE;

/* The same for a value that must be rational. */
rc_status rc_expression_parse_fmpq(fmpq_t x, const char *text, size_t length, const rc_bindings *bindings,
                                   rc_error_struct *err) RC_MUST_USE;

/* True if name = letter {letter|digit|_} and is not "sqrt". */
bool rc_expression_is_name(const char *name);

#endif
