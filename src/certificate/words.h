/* Growing texts, for statements and explanations. */
#ifndef RC_CERTIFICATE_WORDS_H
#define RC_CERTIFICATE_WORDS_H

#include <jansson.h>
#include <stddef.h>

#include "relucert/status.h"

typedef struct {
    char *text;
    size_t length, alloc;
} rc_words_struct;
typedef rc_words_struct rc_words_t[1];

void rc_words_init(rc_words_t w);
/* The text, to be freed by the caller; w is empty afterwards. */
char *rc_words_take(rc_words_t w);
void rc_words_put(rc_words_t w, const char *text);
void rc_words_printf(rc_words_t w, const char *format, ...) RC_PRINTF(2, 3);
/* A number or expression as written in the document; a long one is cut and its length told. */
void rc_words_put_number(rc_words_t w, const json_t *value);
/* (x_1, ..., x_n), cut after some entries. */
void rc_words_put_point(rc_words_t w, const json_t *list);
/* "1, 2 and 3", cut after some; list of numbers. */
void rc_words_put_list(rc_words_t w, const json_t *list);

/* The statement of a stability claim. */
void rc_words_put_stability(rc_words_t w, const json_t *fields);

#endif
