/* Reading and writing networks, arrangements and numbers as JSON (design: files). jansson trees in and out. */
#ifndef RELUCERT_READ_H
#define RELUCERT_READ_H

#include <jansson.h>

#include "relucert/arrangement.h"
#include "relucert/network.h"

/* Every message these functions set begins with `where` (a file name, "file: network Gamma", ...) and
   goes on with the place inside: "row 2, entry 3", "neuron 4", ... */

/* *doc = the JSON document in the file (or standard input for "-"): strict UTF-8, no duplicate keys, no trailing
   bytes, integers beyond 64 bits refused (write them as strings), reals beyond the double range refused. The
   caller json_decref's. */
rc_status rc_read_file(json_t **doc, const char *path, rc_error_struct *err) RC_MUST_USE;

/* JSON integer, real (exact value of the double) or string (expression). */
rc_status rc_read_surd(rc_surd_t s, const json_t *value, const rc_bindings *bindings, const char *where,
                       rc_error_struct *err) RC_MUST_USE;
rc_status rc_read_fmpq(fmpq_t x, const json_t *value, const rc_bindings *bindings, const char *where,
                       rc_error_struct *err) RC_MUST_USE;
/* x (allocated by the call, _fmpq_vec_clear(*x, *n) by the caller) = a list of rationals. */
rc_status rc_read_fmpq_vec(fmpq **x, slong *n, const json_t *value, const rc_bindings *bindings, const char *where,
                           rc_error_struct *err) RC_MUST_USE;

/* {"A","C"} or {"layers"}; unknown keys are refused. net must be initialized; unchanged on failure. */
rc_status rc_read_network(rc_network_t net, const json_t *value, const rc_bindings *bindings, const char *where,
                          rc_error_struct *err) RC_MUST_USE;
/* {"normals"[, "offsets"]}. */
rc_status rc_read_arrangement(rc_arrangement_t arr, const json_t *value, const rc_bindings *bindings, const char *where,
                              rc_error_struct *err) RC_MUST_USE;
bool rc_json_is_arrangement(const json_t *value); /* an object with "normals" */

/* Exact strings; small integers too are strings. New references. */
json_t *rc_write_fmpq(const fmpq_t x);
json_t *rc_write_fmpz(const fmpz_t x);
json_t *rc_write_surd(const rc_surd_t s);
json_t *rc_write_fmpq_vec(const fmpq *x, slong n);
json_t *rc_write_fmpq_mat(const fmpq_mat_t M);
/* {"A","C"} (C a flat list if D = 1) or {"layers"}: reads back to an equal network. */
json_t *rc_write_network(const rc_network_t net);
json_t *rc_write_arrangement(const rc_arrangement_t arr);

/* Writes the document to `path` whole or not at all (temporary file in the same folder, fsync, rename); compact
   with one top-level element a line, sorted in the order inserted, "\n" at the end. */
rc_status rc_write_file(const char *path, const json_t *doc, rc_error_struct *err) RC_MUST_USE;

#endif
