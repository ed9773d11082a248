/* Families: the verdict for all k agrees with the instances k = 1..32 and k = 10^9 decided directly; the checker
   accepts each proof, also against the case; and rejects it with a coefficient altered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "relucert/certificate.h"
#include "relucert/ratio.h"

static char folder[] = "/tmp/relucert-t-family-XXXXXX";
static char path[100], output[100], altered[100];

static slong below(slong n)
{
    return test_range(0, n - 1);
}

/* a + b k^e, or a quotient by k, or a root. */
static void put_entry(FILE *out)
{
    slong a = below(7) - 3, b = below(7) - 3;
    switch (below(6)) {
    case 0: fprintf(out, "%ld", (long) a); break;
    case 1: fprintf(out, "\"%ld*k\"", (long) b); break;
    case 2: fprintf(out, "\"%ld/k\"", (long) b); break;
    case 3: fprintf(out, "\"%ld+%ld*k^2\"", (long) a, (long) b); break;
    case 4: fprintf(out, "\"k-%ld\"", (long) below(12)); break;
    default: fprintf(out, "0"); break;
    }
}

static void put_network(FILE *out, slong d, slong m)
{
    fputs("{\"A\": [", out);
    for (slong i = 0; i < m; i++) {
        fputs(i ? ", [" : "[", out);
        for (slong j = 0; j < d; j++) {
            if (j) fputs(", ", out);
            put_entry(out);
        }
        fputs("]", out);
    }
    fputs("], \"C\": [", out);
    for (slong i = 0; i < m; i++) {
        if (i) fputs(", ", out);
        put_entry(out);
    }
    fputs("]}", out);
}

static void write_case(void)
{
    static const char *const values[] = {"0", "k", "k^2", "1/k", "k-3", "10*k^2", "k^3", "1", "4*k^4+20", "(k-5)^2"};
    static const char *const relations[] = {"equals", "at-most", "at-least"};
    FILE *out = fopen(path, "wb");
    if (out == NULL) exit(1);
    slong d = 1 + below(2), m = 1 + below(3), value = below(10), relation = below(3), kind = below(4);
    fputs("{\"parameters\": [{\"name\": \"k\", \"integer-from\": 1}], \"networks\": {\"X\": ", out);
    put_network(out, d, m);
    fputs(", \"Y\": ", out);
    put_network(out, d, kind == 0 ? m : 1 + below(2));
    fputs("}, \"claims\": [", out);
    for (int at = 0; at < 2; at++) {
        fprintf(out, "%s{\"id\": \"%s\", ", at ? ", " : "", at ? "far" : "all");
        if (kind == 0) fputs("\"claim\": \"distance\", \"gamma\": \"X\", \"g\": \"Y\", ", out);
        else if (kind == 1) fputs("\"claim\": \"semi-norm\", \"of\": [\"X\", \"Y\"], ", out);
        else fputs("\"claim\": \"semi-norm\", \"of\": \"Y\", ", out);
        fprintf(out, "\"%s\": \"%s\"%s}", relations[relation], values[value],
                at ? ", \"at\": {\"k\": [32, \"10^9\"]}" : "");
    }
    fputs("]}\n", out);
    if (fclose(out) != 0) exit(1);
}

static int check(const char *certificate, bool compare)
{
    char command[500];
    snprintf(command, sizeof command, "./relucert-check -q %s%s%s %s >/dev/null 2>&1", compare ? "--case " : "",
             compare ? path : "", compare ? "#all" : "", certificate);
    return system(command);
}

/* The certificate with the number of its statement made larger and smaller: one of them is false for "equals". */
static void check_altered(const rc_claim_struct *claim)
{
    static const char *const changes[] = {"+1", "-1"};
    json_t *doc = json_load_file(output, 0, NULL);
    json_t *list = json_object_get(doc, "instances");
    json_t *statement = json_object_get(json_array_get(list, json_array_size(list) - 1), "statement");
    const char *name = rc_comparison_name(claim->comparison);
    char old[100];
    snprintf(old, sizeof old, "%.90s", json_string_value(json_object_get(statement, name)));
    for (int i = 0; i < 2; i++) {
        char text[120];
        snprintf(text, sizeof text, "%s%s", old, changes[i]);
        json_object_set_new(statement, name, json_string(text));
        if (json_dump_file(doc, altered, 0) != 0) exit(1);
        CHECK(check(altered, true) != 0, "accepted as that of the case with %s", text);
        if (claim->comparison == RC_COMPARE_EQUALS) CHECK(check(altered, false) != 0, "accepted with %s", text);
    }
    json_decref(doc);
}

static rc_verdict decide(rc_decision_struct *decisions, const rc_claim_struct *claim)
{
    rc_verdict verdict = RC_PROVED;
    for (slong i = 0; i < claim->instances; i++) {
        rc_decision_init(decisions + i);
        rc_claim_decide(decisions + i, claim, claim->instance + i, NULL);
        verdict = rc_verdict_combine(verdict, decisions[i].verdict);
    }
    return verdict;
}

/* Was the family proved? */
static bool check_random(void)
{
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    write_case();
    if (rc_case_read(c, path, err) != RC_OK) {
        CHECK(false, "%s", err->message);
        rc_case_clear(c);
        return false;
    }
    rc_decision_struct *near = malloc((size_t) c->claim[0].instances * sizeof *near), far[2];
    if (near == NULL) abort();
    rc_verdict first = decide(near, c->claim), last = decide(far, c->claim + 1);
    slong proved = 0;
    while (proved < c->claim->initial && near[proved].verdict == RC_PROVED) proved++;
    rc_family_t family;
    rc_family_init(family);
    rc_family_prove(family, c, c->claim, proved);
    CHECK(family->proved || family->reason, "no reason");
    if (family->proved) {
        CHECK(first != RC_REFUTED && last != RC_REFUTED, "proved for all k, but refuted for some");
        CHECK(family->skipped <= proved, "skipped %ld of %ld", (long) family->skipped, (long) proved);
        rc_status status = rc_certificate_write_family(output, c, c->claim, near, family, "test", err);
        CHECK(status == RC_OK, "%s", err->message);
        CHECK(check(output, false) == 0 && check(output, true) == 0, "%s is not accepted", output);
        check_altered(c->claim);
    }
    bool found = family->proved;
    rc_family_clear(family);
    for (slong i = 0; i < 2; i++) rc_decision_clear(far + i);
    for (slong i = 0; i < c->claim[0].instances; i++) rc_decision_clear(near + i);
    free(near);
    rc_case_clear(c);
    return found;
}

/* Lines and poles of single expressions in k >= 2 and r > 1/2. */
static void check_lines(void)
{
    static const struct {
        const char *text;
        bool defined, weak, strict;
    } lines[] = {{"k-2", true, true, false},          {"k-1", true, true, true},      {"(k-2)*(k-3)", true, false, false},
                 {"r-1/2", true, true, true},         {"r-1", true, false, false},    {"(k-2)*r", true, true, false},
                 {"(k-2)+(2*r-1)", true, true, true}, {"1/(k-2)", false, false, false}, {"1/(1-k)", true, false, false},
                 {"sqrt(2)*k-2*sqrt(2)", true, true, false}, {"sqrt(k)", false, false, false},
                 {"k/(2*k-3)-1/2", true, true, true}, {"2^-1*k^2-2", true, true, false}, {"k-k", true, true, false},
                 {"x", false, false, false},          {"sqrt(k/k)", false, false, false}, {"k^20000", false, false, false}};
    rc_ring_t ring;
    fmpq_t end;
    fmpq_init(end);
    rc_ring_init(ring);
    fmpq_set_si(end, 2, 1);
    CHECK(rc_ring_add(ring, "k", true, end), "k");
    fmpq_set_si(end, 1, 2);
    CHECK(rc_ring_add(ring, "r", false, end), "r");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        json_t *text = json_string(lines[i].text);
        const rc_ratio *x = rc_ratio_read(ring, text);
        CHECK((x != NULL) == lines[i].defined, "%s: defined", lines[i].text);
        CHECK(rc_ratio_holds(ring, x, false) == lines[i].weak, "%s >= 0", lines[i].text);
        CHECK(rc_ratio_holds(ring, x, true) == lines[i].strict, "%s > 0", lines[i].text);
        json_decref(text);
    }
    rc_ring_clear(ring);
    fmpq_clear(end);
}

int main(void)
{
    test_start("t-family");
    if (mkdtemp(folder) == NULL) exit(1);
    snprintf(path, sizeof path, "%s/case.json", folder);
    snprintf(output, sizeof output, "%s/proof.json", folder);
    snprintf(altered, sizeof altered, "%s/altered.json", folder);
    test_case("lines");
    check_lines();
    test_case("random families");
    slong proved = 0, rounds = test_rounds(400);
    for (slong i = 0; i < rounds; i++) proved += check_random();
    CHECK(proved >= rounds / 20, "only %ld of %ld families were proved", (long) proved, (long) rounds);
    unlink(altered);
    unlink(output);
    unlink(path);
    rmdir(folder);
    flint_cleanup();
    return test_finish();
}
