/* Writing a JSON text piece by piece, whole or not at all. */
#ifndef RC_CERTIFICATE_TEXT_H
#define RC_CERTIFICATE_TEXT_H

#include <stdio.h>

#include "relucert/surd.h"

/* An open text: a temporary file beside the one it will become. */
typedef struct {
    FILE *file;
    char *path, *temporary;
    bool failed;
} rc_text_struct;
typedef rc_text_struct rc_text_t[1];

rc_status rc_text_open(rc_text_t t, const char *path, rc_error_struct *err) RC_MUST_USE;
/* Syncs and renames; on failure, or if `keep` is false, nothing is left behind. */
rc_status rc_text_close(rc_text_t t, bool keep, rc_error_struct *err) RC_MUST_USE;

void rc_text_put(rc_text_t t, const char *text);
void rc_text_put_si(rc_text_t t, slong n);
/* A quoted JSON string; text is UTF-8. */
void rc_text_put_string(rc_text_t t, const char *text);
/* An integer of 64 bits bare, any other number as a quoted expression. */
void rc_text_put_fmpz(rc_text_t t, const fmpz_t n);
void rc_text_put_fmpq(rc_text_t t, const fmpq_t x);
void rc_text_put_surd(rc_text_t t, const rc_surd_t s);
/* [x_1, ..., x_n] */
void rc_text_put_vec(rc_text_t t, const fmpq *x, slong n);

#endif
