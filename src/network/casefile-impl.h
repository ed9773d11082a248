/* Inside the case reader: networks by name, settings of the parameters, places in messages. */
#ifndef RC_CASEFILE_IMPL_H
#define RC_CASEFILE_IMPL_H

#include "relucert/casefile.h"

#define RC_CASE_MAX_INSTANCES 10000
#define RC_PLACE 400

/* One value for each parameter, and the networks instantiated there so far. */
typedef struct {
    fmpq *values;
    rc_surd_struct *surds;
    rc_network_struct **network;
} rc_case_setting;

struct rc_case_networks_struct {
    slong count;
    const char **name;
    slong *target; /* the network an alias stands for; itself otherwise */
    const json_t **value;
    bool *constant;            /* no parameter occurs in it: one copy serves all settings */
    rc_network_struct **fixed; /* that copy, once read */
    const char **parameter;    /* names of the case's parameters */
    slong settings, alloc;
    rc_case_setting *setting;
    slong hint; /* where the next search for a setting begins */
};

void *rc_case_alloc(size_t count, size_t size); /* zeroed; exhausted memory aborts */
char *rc_case_strdup(const char *text);

/* Refuses keys of `object` other than those of the list (ended by NULL). */
rc_status rc_case_check_keys(const json_t *object, const char *const *keys, const char *where, rc_error_struct *err);
/* A JSON string without NUL, not empty. */
rc_status rc_case_check_text(const char **text, const json_t *value, const char *where, rc_error_struct *err);

/* "parameters" of the document into c. */
rc_status rc_case_read_parameters(rc_case_struct *c, rc_error_struct *err);
/* A value of the parameter: in its domain, else an error. */
rc_status rc_case_check_domain(const rc_parameter_struct *parameter, const fmpq_t value, const char *where,
                               rc_error_struct *err);
/* "integer-from" or "real-above" of an object that may have the extra key "name". */
rc_status rc_case_read_range(bool *integer, fmpq_t from, const json_t *object, const char *where, rc_error_struct *err);

/* "networks" of the document into c: names and aliases, nothing instantiated. */
rc_status rc_case_read_networks(rc_case_struct *c, rc_error_struct *err);
void rc_case_networks_free(rc_case_struct *c);
/* Index of the network, or -1. */
slong rc_case_network_find(const rc_case_struct *c, const char *name);
/* Index of the setting with these values; added if new. */
slong rc_case_setting_find(const rc_case_struct *c, const fmpq *values);
/* " (k = 10)" or "". */
void rc_case_setting_text(char *text, size_t size, const rc_case_struct *c, const fmpq *values);
/* The network at the setting. */
rc_status rc_case_network_at(const rc_network_struct **net, const rc_case_struct *c, slong network, slong setting,
                             rc_error_struct *err);
rc_bindings rc_case_bindings(const rc_case_struct *c, slong setting);

/* "claims" of the document into c, with all instances. */
rc_status rc_case_read_claims(rc_case_struct *c, rc_error_struct *err);
void rc_case_claims_free(rc_case_struct *c);
/* Fields of the claim's kind, checked without values (claim->kind is set), and the values at one setting. */
rc_status rc_claim_read_fields(rc_claim_struct *claim, const rc_case_struct *c, const char *where,
                               rc_error_struct *err);
rc_status rc_claim_read_instance(rc_instance_struct *instance, const rc_claim_struct *claim, const rc_case_struct *c,
                                 slong setting, const char *where, rc_error_struct *err);
/* Rows of M = lists of rationals; bare numbers too where M has one column and `bare`. `key` is the place in messages. */
rc_status rc_case_read_rows(fmpq_mat_t M, const json_t *list, const char *key, bool bare, const rc_bindings *bindings,
                            const char *where, rc_error_struct *err);
/* stability: the parts of a claim (keys are checked), and data and numbers at a setting. */
rc_status rc_stability_read_parts(rc_claim_struct *claim, const char *where, rc_error_struct *err);
rc_status rc_stability_read_instance(rc_instance_struct *in, const rc_claim_struct *claim, const rc_bindings *bindings,
                                     const char *where, rc_error_struct *err);
void rc_instance_init(rc_instance_struct *instance);
void rc_instance_clear(rc_instance_struct *instance);

#endif
