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

static void put_document(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim,
                         const rc_decision_struct *decisions, const char *producer, rc_verdict verdict)
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
    for (slong i = 0; i < claim->instances; i++) {
        if (decisions[i].verdict != verdict) continue;
        if (!first) rc_text_put(t, ",\n");
        put_instance(t, c, claim, claim->instance + i, decisions + i);
        first = false;
    }
    rc_text_put(t, "\n]}\n");
}

rc_status rc_certificate_write(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                               const rc_decision_struct *decisions, const char *producer, rc_error_struct *err)
{
    rc_verdict verdict = RC_PROVED;
    for (slong i = 0; i < claim->instances; i++) verdict = rc_verdict_combine(verdict, decisions[i].verdict);
    if (claim->instances == 0 || verdict == RC_UNDECIDED) {
        return rc_error_set(err, RC_UNDEFINED, "%.200s: claim %.100s is undecided and has no certificate", c->path,
                            claim->id);
    }
    rc_text_t t;
    rc_status status = rc_text_open(t, path, err);
    if (status != RC_OK) return status;
    put_document(t, c, claim, decisions, producer, verdict);
    return rc_text_close(t, true, err);
}
