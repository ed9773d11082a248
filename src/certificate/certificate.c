/* The certificate as a document: head, instances, networks. */
#include "relucert/certificate.h"

#include <stdlib.h>
#include <string.h>

#include "write.h"

static void put_networks(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in)
{
    rc_text_put(t, " \"networks\": {");
    for (slong i = 0; i < claim->networks; i++) {
        if (i == 1 && strcmp(claim->name[0], claim->name[1]) == 0) break;
        if (i > 0) rc_text_put(t, ",");
        rc_text_put(t, "\n  ");
        rc_text_put_string(t, claim->name[i]);
        rc_text_put(t, ": ");
        rc_text_put_network(t, in->network[i], "   ");
    }
    rc_text_put(t, "},\n");
}

static void put_instance(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim,
                         const rc_instance_struct *in, const rc_decision_struct *decision)
{
    rc_text_put(t, "{\"parameters\": {");
    for (slong i = 0; i < c->parameters; i++) {
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_string(t, c->parameter[i].name);
        rc_text_put(t, ": ");
        rc_text_put_fmpq(t, in->parameters + i);
    }
    rc_text_put(t, "},\n");
    put_networks(t, claim, in);
    rc_text_put(t, " \"statement\": ");
    rc_text_put_statement(t, claim, in);
    rc_text_put(t, ",\n \"verdict\": ");
    rc_text_put_string(t, rc_verdict_name(decision->verdict));
    rc_text_put(t, ",\n \"evidence\": ");
    rc_text_put_evidence(t, decision->evidence);
    rc_text_put(t, "}");
}

/* As the case has it. Numbers there are integers or texts: others are no part of a proof. */
static void put_verbatim(rc_text_t t, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    if (text == NULL) flint_abort();
    rc_text_put(t, text);
    free(text);
}

static void put_family_networks(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim)
{
    const json_t *all = json_object_get(c->doc, "networks");
    rc_text_put(t, " \"networks\": {");
    for (slong i = 0; i < claim->networks; i++) {
        if (i == 1 && strcmp(claim->name[0], claim->name[1]) == 0) break;
        const json_t *v = json_object_get(all, claim->name[i]);
        while (json_is_string(v)) v = json_object_get(all, json_string_value(v));
        rc_text_put(t, i > 0 ? ",\n  " : "\n  ");
        rc_text_put_string(t, claim->name[i]);
        rc_text_put(t, ": ");
        put_verbatim(t, v);
    }
    rc_text_put(t, "},\n");
}

/* All values of the ranges, the integers from `skipped` later on. */
static void put_family(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim,
                       const rc_family_struct *family)
{
    static const char *const unlike[] = {"id", "claim", "expect", "for", "holds"};
    fmpq_t end;
    fmpq_init(end);
    rc_text_put(t, "{\"parameters\": {");
    for (slong i = 0; i < c->parameters; i++) {
        rc_case_range(end, c, claim, i);
        if (c->parameter[i].integer) fmpq_add_si(end, end, family->skipped);
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_string(t, c->parameter[i].name);
        rc_text_put(t, c->parameter[i].integer ? ": {\"integer-from\": " : ": {\"real-above\": ");
        rc_text_put_fmpq(t, end);
        rc_text_put(t, "}");
    }
    fmpq_clear(end);
    rc_text_put(t, "},\n");
    put_family_networks(t, c, claim);
    json_t *statement = json_copy((json_t *) claim->fields);
    if (statement == NULL) flint_abort();
    for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++) json_object_del(statement, unlike[i]);
    if (claim->kind == RC_CLAIM_EQUAL) json_object_set_new(statement, "holds", json_true());
    rc_text_put(t, " \"statement\": ");
    put_verbatim(t, statement);
    json_decref(statement);
    rc_text_put(t, ",\n \"verdict\": \"proved\",\n \"evidence\": ");
    rc_text_put(t, family->evidence);
    rc_text_put(t, "}");
}

static void put_document(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim,
                         const rc_decision_struct *decisions, const rc_family_struct *family, const char *producer,
                         rc_verdict verdict)
{
    rc_text_put(t, "{\"format\": \"" RC_CERTIFICATE_FORMAT "\", \"version\": ");
    rc_text_put_si(t, RC_CERTIFICATE_VERSION);
    rc_text_put(t, ", \"producer\": ");
    rc_text_put_string(t, producer);
    rc_text_put(t, ",\n\"case\": ");
    rc_text_put_string(t, c->stem);
    rc_text_put(t, ", \"id\": ");
    rc_text_put_string(t, claim->id);
    rc_text_put(t, ", \"claim\": ");
    rc_text_put_string(t, rc_claim_kind_name(claim->kind));
    rc_text_put(t, ", \"verdict\": ");
    rc_text_put_string(t, rc_verdict_name(verdict));
    rc_text_put(t, ",\n\"instances\": [\n");
    bool first = true;
    for (slong i = 0; i < (family ? family->skipped : claim->instances); i++) {
        if (decisions[i].verdict != verdict) continue;
        if (!first) rc_text_put(t, ",\n");
        put_instance(t, c, claim, claim->instance + i, decisions + i);
        first = false;
    }
    if (family) {
        if (!first) rc_text_put(t, ",\n");
        put_family(t, c, claim, family);
    }
    rc_text_put(t, "\n]}\n");
}

rc_status rc_certificate_write(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                               const rc_decision_struct *decisions, const char *producer, rc_error_struct *err)
{
    rc_verdict verdict = RC_PROVED;
    for (slong i = 0; i < claim->instances; i++) verdict = rc_verdict_combine(verdict, decisions[i].verdict);
    if (claim->all_values && verdict == RC_PROVED) verdict = RC_UNDECIDED;
    if (verdict == RC_UNDECIDED) {
        return rc_error_set(err, RC_UNDEFINED, "%.200s: claim %.100s is undecided and has no certificate", c->path,
                            claim->id);
    }
    rc_text_t t;
    rc_status status = rc_text_open(t, path, err);
    if (status != RC_OK) return status;
    put_document(t, c, claim, decisions, NULL, producer, verdict);
    return rc_text_close(t, true, err);
}

rc_status rc_certificate_write_family(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                                      const rc_decision_struct *decisions, const rc_family_t family,
                                      const char *producer, rc_error_struct *err)
{
    rc_text_t t;
    rc_status status = rc_text_open(t, path, err);
    if (status != RC_OK) return status;
    put_document(t, c, claim, decisions, family, producer, RC_PROVED);
    return rc_text_close(t, true, err);
}
