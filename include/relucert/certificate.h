/* Certificates: the evidence of a decided claim as a file (docs/certificate-format.md). */
#ifndef RELUCERT_CERTIFICATE_H
#define RELUCERT_CERTIFICATE_H

#include "relucert/family.h"

#define RC_CERTIFICATE_FORMAT "relucert-certificate"
#define RC_CERTIFICATE_VERSION 1

/* Writes the certificate of the claim to `path`, whole or not at all (temporary file in the same folder, fsync,
   rename). decisions[i] is that of claim->instance[i]. A proved claim lists all instances, a refuted one those that are
   refuted; an undecided claim has no certificate (RC_UNDEFINED). Byte-deterministic. `producer` names program and
   release. */
rc_status rc_certificate_write(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                               const rc_decision_struct *decisions, const char *producer,
                               rc_error_struct *err) RC_MUST_USE;
/* The same for a claim about all values: the parts of `family`, which decided it. */
rc_status rc_certificate_write_family(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                                      const rc_family_t family, const char *producer, rc_error_struct *err) RC_MUST_USE;

/* The statement as the paper would print it, from a claim's fields (of a case file) or a certificate's statement:
   "|R(g) - R(Gamma)|_{W^{1,inf}} = 1/k". The caller frees. */
char *rc_statement_get_str(rc_claim_kind kind, const json_t *fields);

/* The argument of a certificate in words, one paragraph an instance, wrapped at 100 columns: statement, verdict, how
   the evidence proves it, the numbers. It explains; relucert-check verifies. RC_BAD_INPUT if the document is not a
   certificate of this version. The caller frees *text. */
rc_status rc_certificate_explain(char **text, const json_t *doc, const char *where, rc_error_struct *err) RC_MUST_USE;

#endif
