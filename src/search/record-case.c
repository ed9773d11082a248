/* A record as a case. */
#include <stdio.h>
#include <stdlib.h>

#include "relucert/read.h"
#include "search/record.h"

static json_t *text(const char *value)
{
    json_t *string = json_string(value);
    if (!string) abort();
    return string;
}

static void set(json_t *doc, const char *key, json_t *value)
{
    if (json_object_set_new(doc, key, value)) abort();
}

/* A claim about the two networks. */
static json_t *claim(json_t *claims, const char *id, const char *kind)
{
    json_t *doc = json_object();
    set(doc, "id", text(id));
    set(doc, "claim", text(kind));
    if (json_array_append_new(claims, doc)) abort();
    return doc;
}

static void name_pair(json_t *doc)
{
    set(doc, "gamma", text("Gamma"));
    set(doc, "theta", text("Theta"));
}

static void add_member(json_t *claims, const char *id, const char *name)
{
    json_t *doc = claim(claims, id, "member");
    set(doc, "of", text(name));
    set(doc, "space", text("N*"));
    set(doc, "holds", json_true());
}

static void add_stable(json_t *claims, const char *id, json_t *s, bool refuted)
{
    json_t *doc = claim(claims, id, "inverse-stable");
    name_pair(doc);
    set(doc, "s", s);
    set(doc, "alpha", text("1/2"));
    set(doc, "within", text("N*"));
    if (refuted) set(doc, "expect", text("refuted"));
}

/* The largest multiple of 10^-4 below s > 0 as text (0 if there is none above it), the least that is >= s if `up`. */
static json_t *decimal(const rc_surd_t s, bool up)
{
    fmpq_t lo, hi;
    fmpz_t n;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpz_init(n);
    rc_surd_enclose(lo, hi, s, 64);
    fmpq_mul_si(lo, up ? hi : lo, 10000);
    if (up) fmpz_cdiv_q(n, fmpq_numref(lo), fmpq_denref(lo));
    else fmpz_fdiv_q(n, fmpq_numref(lo), fmpq_denref(lo));
    fmpq_set_fmpz_frac(lo, n, (fmpz[1]){10000});
    if (!up && rc_surd_cmp_fmpq(s, lo) <= 0) {
        fmpz_sub_ui(n, n, 1);
        fmpq_set_fmpz_frac(lo, n, (fmpz[1]){10000});
    }
    json_t *value = rc_write_fmpq(lo);
    fmpq_clear(lo);
    fmpq_clear(hi);
    fmpz_clear(n);
    return value;
}

enum { BRIEF = 60 };

/* The exact text of s, NULL if it is long. */
static json_t *brief_text(const rc_surd_t s)
{
    char *exact = rc_surd_get_str(s);
    json_t *value = snprintf(NULL, 0, "%s", exact) <= BRIEF ? text(exact) : NULL;
    free(exact);
    return value;
}

static void add_semi_norm(json_t *claims, const rc_seek_record_t record)
{
    json_t *norm = claim(claims, "semi-norm", "semi-norm");
    json_t *of = json_pack("[s, s]", "Gamma", "Theta");
    if (!of) abort();
    set(norm, "of", of);
    set(norm, "equals", rc_write_fmpq(record->r));
}

static void add_star_claims(json_t *claims, const rc_seek_record_t record)
{
    add_member(claims, "gamma-in-N-star", "Gamma");
    add_member(claims, "theta-in-N-star", "Theta");
    add_semi_norm(claims, record);
    name_pair(claim(claims, "theorem-3.3", "theorem-3.3"));
    json_t *s = brief_text(record->ratio);
    add_stable(claims, "attained", s ? s : decimal(record->ratio, true), false);
    add_stable(claims, "no-smaller-constant", decimal(record->ratio, false), true);
}

/* A claim about dist(Gamma, R(Theta)). */
static void add_distance(json_t *claims, const char *id, const char *how, json_t *value)
{
    json_t *doc = claim(claims, id, "distance");
    set(doc, "gamma", text("Gamma"));
    set(doc, "g", text("Theta"));
    set(doc, how, value);
}

/* beta + s sqrt(r), s the decimal below the ratio. */
static json_t *bound_text(const rc_seek_record_t record)
{
    char *beta = rc_surd_get_str(record->beta), *r = rc_fmpq_get_str(record->r);
    json_t *s = decimal(record->ratio, false);
    json_t *value = json_sprintf("%s+%s*sqrt(%s)", beta, json_string_value(s), r);
    if (!value) abort();
    json_decref(s);
    free(beta);
    free(r);
    return value;
}

static void add_free_claims(json_t *claims, const rc_seek_record_t record)
{
    add_semi_norm(claims, record);
    json_t *theorem = claim(claims, "theorem-3.1", "theorem-3.1");
    name_pair(theorem);
    set(theorem, "beta", rc_write_surd(record->beta));
    json_t *distance = brief_text(record->distance);
    if (distance) add_distance(claims, "distance", "equals", distance);
    else add_distance(claims, "distance", "at-most", decimal(record->distance, true));
    add_distance(claims, "no-smaller-constant", "at-least", bound_text(record));
}

json_t *rc_seek_record_case(const rc_seek_record_t record)
{
    bool star = record->theorem == RC_SEEK_THEOREM_3_3;
    char title[120];
    json_t *doc = json_object(), *networks = json_object(), *claims = json_array();
    snprintf(title, sizeof title, "A large %s, d = %ld, m = %ld, D = %ld",
             star ? "|Phi - Gamma|_inf / sqrt(r) in N*" : "(dist(Gamma, R(Theta)) - beta) / sqrt(r)",
             (long) record->gamma->d, (long) record->gamma->m, (long) record->gamma->D);
    set(doc, "title", text(title));
    set(doc, "source", text("found by relucert search; docs/best-constant.md"));
    set(networks, "Gamma", rc_write_network(record->gamma));
    set(networks, "Theta", rc_write_network(record->theta));
    set(doc, "networks", networks);
    if (star) add_star_claims(claims, record);
    else add_free_claims(claims, record);
    set(doc, "claims", claims);
    return doc;
}
