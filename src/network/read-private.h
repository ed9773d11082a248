/* What the readers share. Messages set here name no file yet: the callers put the place before them. */
#ifndef RELUCERT_NETWORK_READ_PRIVATE_H
#define RELUCERT_NETWORK_READ_PRIVATE_H

#include "relucert/read.h"

/* "an object", "a list", "a string", ... */
const char *rc_json_kind(const json_t *value);

rc_status rc_json_number(rc_surd_t s, const json_t *value, const rc_bindings *bindings,
                         rc_error_struct *err) RC_MUST_USE;
rc_status rc_json_rational(fmpq_t x, const json_t *value, const rc_bindings *bindings,
                           rc_error_struct *err) RC_MUST_USE;

/* value = r sqrt(n), n a positive integer, n = 1 if it is rational. *single = false if it is a sum of several
   roots (then r and n keep their values). */
rc_status rc_json_term(fmpq_t r, fmpz_t n, bool *single, const json_t *value, const rc_bindings *bindings,
                       rc_error_struct *err) RC_MUST_USE;

/* The object has just these keys: required ones, then optional ones; both lists end in NULL. */
rc_status rc_json_check_keys(const json_t *object, const char *const *required, const char *const *optional,
                             rc_error_struct *err) RC_MUST_USE;

/* The shape of a non-empty list of equally long non-empty lists. `name` is what messages call it. */
rc_status rc_json_shape(slong *rows, slong *columns, const json_t *value, const char *name,
                        rc_error_struct *err) RC_MUST_USE;

/* M (of the value's shape, checked before) = the rational entries. */
rc_status rc_json_rational_matrix(fmpq_mat_t M, const json_t *value, const char *name, const rc_bindings *bindings,
                                  rc_error_struct *err) RC_MUST_USE;

#endif
