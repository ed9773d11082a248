/* Inside the explanations: a certificate's instance, read as far as its words need it. */
#ifndef RC_CERTIFICATE_EXPLAIN_H
#define RC_CERTIFICATE_EXPLAIN_H

#include "relucert/certificate.h"
#include "words.h"

typedef struct {
    rc_words_struct *w;
    rc_claim_kind kind;
    const json_t *statement, *networks, *evidence;
    bool proved;
    bool has_function; /* f below is the difference or realization the claim is about */
    rc_canonical_t f;
} rc_explanation;

/* The evidence in words, for each kind of evidence. */
void rc_explain_evidence(rc_explanation *x);
/* The evidence of a stability claim. */
void rc_explain_stability(rc_explanation *x);
/* r' of LOWER and R of UPPER, recomputed with the library; false where f is not at hand or the tree is long. */
bool rc_explain_lower(fmpq_t value, const rc_explanation *x, const json_t *lower);
bool rc_explain_upper(fmpq_t value, const rc_explanation *x, const json_t *upper);

#endif
