/* A claim's fields at an instance. */
#include "write.h"

static void put_name(rc_text_t t, const char *key, const char *name)
{
    rc_text_put(t, "\"");
    rc_text_put(t, key);
    rc_text_put(t, "\": ");
    rc_text_put_string(t, name);
}

static void put_of(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in)
{
    rc_text_put(t, "\"of\": ");
    if (claim->networks == 0) {
        rc_text_put_arrangement(t, in->arrangement, " ");
    } else if (claim->networks == 1) {
        rc_text_put_string(t, claim->name[0]);
    } else {
        rc_text_put(t, "[");
        rc_text_put_string(t, claim->name[0]);
        rc_text_put(t, ", ");
        rc_text_put_string(t, claim->name[1]);
        rc_text_put(t, "]");
    }
}

static void put_pair(rc_text_t t, const rc_claim_struct *claim, const char *second)
{
    put_name(t, "gamma", claim->name[0]);
    rc_text_put(t, ", ");
    put_name(t, second, claim->name[1]);
}

static void put_surd_field(rc_text_t t, const char *key, const rc_surd_t value)
{
    rc_text_put(t, ", \"");
    rc_text_put(t, key);
    rc_text_put(t, "\": ");
    rc_text_put_surd(t, value);
}

static void put_fmpq_field(rc_text_t t, const char *key, const fmpq_t value)
{
    rc_text_put(t, ", \"");
    rc_text_put(t, key);
    rc_text_put(t, "\": ");
    rc_text_put_fmpq(t, value);
}

static void put_holds(rc_text_t t, const rc_claim_struct *claim)
{
    rc_text_put(t, claim->holds ? ", \"holds\": true" : ", \"holds\": false");
}

static void put_samples(rc_text_t t, const rc_instance_struct *in)
{
    slong n = fmpq_mat_nrows(in->x), d = fmpq_mat_ncols(in->x), D = fmpq_mat_ncols(in->y);
    rc_text_put(t, ",\n  \"samples\": {\"x\": [");
    for (slong j = 0; j < n; j++) {
        if (j > 0) rc_text_put(t, ", ");
        rc_text_put_vec(t, fmpq_mat_entry(in->x, j, 0), d);
    }
    rc_text_put(t, "],\n   \"y\": [");
    for (slong j = 0; j < n; j++) {
        if (j > 0) rc_text_put(t, ", ");
        if (D == 1) rc_text_put_fmpq(t, fmpq_mat_entry(in->y, j, 0));
        else rc_text_put_vec(t, fmpq_mat_entry(in->y, j, 0), D);
    }
    rc_text_put(t, "]}");
}

void rc_text_put_statement(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in)
{
    rc_text_put(t, "{");
    switch (claim->kind) {
    case RC_CLAIM_EQUAL:
    case RC_CLAIM_UNIQUE:
        put_of(t, claim, in);
        put_holds(t, claim);
        break;
    case RC_CLAIM_SEMI_NORM:
    case RC_CLAIM_CELLS:
        put_of(t, claim, in);
        put_surd_field(t, rc_comparison_name(claim->comparison), in->value);
        break;
    case RC_CLAIM_SUP_NORM:
        put_of(t, claim, in);
        put_fmpq_field(t, "box", in->number);
        put_surd_field(t, rc_comparison_name(claim->comparison), in->value);
        break;
    case RC_CLAIM_MEMBER:
        put_of(t, claim, in);
        rc_text_put(t, claim->star ? ", \"space\": \"N*\"" : ", \"space\": \"N'\"");
        put_holds(t, claim);
        break;
    case RC_CLAIM_THEOREM_33: put_pair(t, claim, "theta"); break;
    case RC_CLAIM_THEOREM_31:
        put_pair(t, claim, "theta");
        put_surd_field(t, "beta", in->value);
        break;
    case RC_CLAIM_INVERSE_STABLE:
        put_pair(t, claim, "theta");
        put_surd_field(t, "s", in->value);
        put_fmpq_field(t, "alpha", in->number);
        rc_text_put(t, claim->star ? ", \"within\": \"N*\"" : ", \"within\": \"N\"");
        break;
    case RC_CLAIM_DISTANCE:
        put_pair(t, claim, "g");
        put_surd_field(t, rc_comparison_name(claim->comparison), in->value);
        break;
    case RC_CLAIM_EMBEDDING: put_of(t, claim, in); break;
    case RC_CLAIM_LOSS_LOCAL_MINIMUM:
        put_name(t, "network", claim->name[0]);
        put_samples(t, in);
        put_fmpq_field(t, "radius", in->number);
        put_holds(t, claim);
        break;
    case RC_CLAIM_LIMIT: break; /* has no instances */
    case RC_CLAIM_STABILITY:
        put_name(t, "network", claim->name[0]);
        rc_text_put_stability_fields(t, claim, in);
        break;
    }
    rc_text_put(t, "}");
}
