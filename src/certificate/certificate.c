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

static void put_range(rc_text_t t, const rc_range_struct *range)
{
    static const char *const before[] = {"", "{\"integer-from\": ", "{\"real-above\": ", "{\"real-between\": ["};
    static const char *const after[] = {"", "}", "}", "]}"};
    rc_text_put(t, before[range->kind]);
    rc_text_put_fmpq(t, range->low);
    if (range->kind == RC_RANGE_BETWEEN) {
        rc_text_put(t, ", ");
        rc_text_put_fmpq(t, range->high);
    }
    rc_text_put(t, after[range->kind]);
}

/* The fields of a claim, without those that are no part of its statement. */
static json_t *get_statement(const rc_claim_struct *claim)
{
    static const char *const unlike[] = {"id", "claim", "expect", "for", "at"};
    json_t *statement = json_copy((json_t *) claim->fields);
    if (statement == NULL) flint_abort();
    for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++) json_object_del(statement, unlike[i]);
    if (claim->kind == RC_CLAIM_LIMIT) {
        json_t *of = get_statement(claim->target);
        json_object_set_new(of, "claim", json_string(rc_claim_kind_name(claim->target->kind)));
        json_object_set_new(statement, "of", of);
    }
    return statement;
}

/* All values of the ranges. */
static void put_ranges(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim, const rc_family_part *part,
                       rc_verdict verdict)
{
    rc_text_put(t, "{\"parameters\": {");
    for (slong i = 0; i < c->parameters; i++) {
        if (i > 0) rc_text_put(t, ", ");
        rc_text_put_string(t, c->parameter[i].name);
        rc_text_put(t, ": ");
        put_range(t, part->range + i);
    }
    rc_text_put(t, "},\n");
    put_family_networks(t, c, claim->kind == RC_CLAIM_LIMIT ? claim->target : claim);
    json_t *statement = get_statement(claim);
    rc_text_put(t, " \"statement\": ");
    put_verbatim(t, statement);
    json_decref(statement);
    rc_text_put(t, ",\n \"verdict\": ");
    rc_text_put_string(t, rc_verdict_name(verdict));
    rc_text_put(t, ",\n \"evidence\": ");
    rc_text_put(t, part->evidence);
    rc_text_put(t, "}");
}

static void put_head(rc_text_t t, const rc_case_struct *c, const rc_claim_struct *claim, const char *producer,
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
}

static rc_status no_certificate(const rc_case_struct *c, const rc_claim_struct *claim, rc_error_struct *err)
{
    return rc_error_set(err, RC_UNDEFINED, "%.200s: claim %.100s is undecided and has no certificate", c->path, claim->id);
}

rc_status rc_certificate_write(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                               const rc_decision_struct *decisions, const char *producer, rc_error_struct *err)
{
    rc_verdict verdict = RC_PROVED;
    for (slong i = 0; i < claim->instances; i++) verdict = rc_verdict_combine(verdict, decisions[i].verdict);
    if (claim->all_values || verdict == RC_UNDECIDED) return no_certificate(c, claim, err);
    rc_text_t t;
    rc_status status = rc_text_open(t, path, err);
    if (status != RC_OK) return status;
    put_head(t, c, claim, producer, verdict);
    bool first = true;
    for (slong i = 0; i < claim->instances; i++) {
        if (decisions[i].verdict != verdict) continue;
        if (!first) rc_text_put(t, ",\n");
        put_instance(t, c, claim, claim->instance + i, decisions + i);
        first = false;
    }
    rc_text_put(t, "\n]}\n");
    return rc_text_close(t, true, err);
}

rc_status rc_certificate_write_family(const char *path, const rc_case_t c, const rc_claim_struct *claim,
                                      const rc_family_t family, const char *producer, rc_error_struct *err)
{
    if (family->verdict == RC_UNDECIDED) return no_certificate(c, claim, err);
    rc_text_t t;
    rc_status status = rc_text_open(t, path, err);
    if (status != RC_OK) return status;
    put_head(t, c, claim, producer, family->verdict);
    for (slong i = 0; i < family->parts; i++) {
        const rc_family_part *part = family->part + i;
        if (i > 0) rc_text_put(t, ",\n");
        if (part->evidence) put_ranges(t, c, claim, part, family->verdict);
        else put_instance(t, c, claim, part->instance, part->decision);
    }
    rc_text_put(t, "\n]}\n");
    return rc_text_close(t, true, err);
}
