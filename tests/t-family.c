/* Families: the verdict for all values agrees with instances decided directly; the checker accepts each proof, also
   against the case, and rejects it when a piece is missing, a coefficient is altered or the statement is another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "relucert/certificate.h"
#include "relucert/ratio.h"

static long failures; /* the first one ends the test, after its case is printed */

#define EXPECT(condition, ...)                                                                                         \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            failures++;                                                                                                \
            test_fail(__FILE__, __LINE__, #condition, __VA_ARGS__);                                                    \
        }                                                                                                              \
    } while (0)

static char folder[] = "/tmp/relucert-t-family-XXXXXX";
static char path[100], output[100], altered[100];

static slong below(slong n)
{
    return test_range(0, n - 1);
}

/* a + b k^e, a quotient by k, a root; with r also products with it. */
static void put_entry(FILE *out, bool real, bool positive)
{
    slong a = below(7) - 3, b = below(7) - 3;
    if (positive) a = 1 + below(3), b = 1 + below(3);
    switch (below(real ? 9 : 7)) {
    case 0: fprintf(out, "%ld", (long) a); break;
    case 1: fprintf(out, "\"%ld*k\"", (long) b); break;
    case 2: fprintf(out, "\"%ld/k\"", (long) b); break;
    case 3: fprintf(out, "\"%ld+%ld*k^2\"", (long) a, (long) b); break;
    case 4: fprintf(out, positive ? "\"k+%ld\"" : "\"k-%ld\"", (long) below(12)); break;
    case 5: fprintf(out, "\"%ld/(k+%ld)\"", (long) b, (long) below(4)); break;
    case 7: fprintf(out, "\"%ld*r\"", (long) b); break;
    case 8: fprintf(out, positive ? "\"k*r+%ld\"" : "\"k*r-%ld\"", (long) below(3)); break;
    default: fprintf(out, positive ? "1" : "0"); break;
    }
}

typedef struct {
    slong d, m, D;
    bool biases, balanced, real;
} shape;

/* Balanced neurons with positive weights are (t, t/2, t/3; t) up to the order and sign of what need not be positive. */
static void put_balanced(FILE *out, const shape *s)
{
    static const char *const scale[] = {"1", "k", "2*k", "k+1", "sqrt(k)", "2", "1/k"};
    static const char *const last[] = {"1/2", "1/3", "1/5", "1/7", "1/11", "1/13"};
    const char *t[8];
    fputs("{\"A\": [", out);
    for (slong i = 0; i < s->m; i++) {
        t[i] = scale[below(7)];
        fprintf(out, "%s[\"%s(%s)\"", i ? ", " : "", below(2) ? "-" : "", t[i]);
        for (slong k = 1; k < s->d; k++) fprintf(out, ", \"(%s)*%s\"", t[i], last[below(6)]);
        fputc(']', out);
    }
    fputs("], \"C\": [", out);
    for (slong i = 0; i < s->m; i++) fprintf(out, "%s\"%s(%s)\"", i ? ", " : "", below(2) ? "-" : "", t[i]);
    fputs("]}", out);
}

static void put_list(FILE *out, slong n, const shape *s)
{
    fputc('[', out);
    for (slong j = 0; j < n; j++) {
        if (j) fputs(", ", out);
        put_entry(out, s->real, false);
    }
    fputc(']', out);
}

static void put_network(FILE *out, const shape *s)
{
    if (s->balanced) {
        put_balanced(out, s);
        return;
    }
    fputs(s->biases ? "{\"layers\": [{\"A\": [" : "{\"A\": [", out);
    for (slong i = 0; i < s->m; i++) {
        if (i) fputs(", ", out);
        put_list(out, s->d, s);
    }
    fputs("]", out);
    if (s->biases) fputs(", \"b\": ", out);
    if (s->biases) put_list(out, s->m, s);
    fputs(s->biases ? "}, {\"A\": [" : ", \"C\": [", out);
    for (slong p = 0; p < s->D; p++) {
        if (p) fputs(", ", out);
        put_list(out, s->m, s);
    }
    fputs(s->biases ? "], \"b\": " : "]}", out);
    if (s->biases) put_list(out, s->D, s);
    if (s->biases) fputs("}]}", out);
}

typedef enum { SEMI_NORM, SUP_NORM, DISTANCE, EQUAL, UNEQUAL, CELLS, MEMBER, THEOREM_33, STABLE, THEOREM_31, UNIQUE, KINDS } kind;

static const char *const points = "{\"k\": [32, \"10^9\"]}";
static const char *const grid = "{\"k\": [1, 2, 5, 32, \"10^9\"], \"r\": [\"1/100\", \"1/3\", \"1/2\", 1, \"3/2\", 2, 3, 100]}";

static void put_claim(FILE *out, kind which, const char *id, const char *at, const char *value, const char *relation, slong cells)
{
    fprintf(out, "{\"id\": \"%s\", ", id);
    switch (which) {
    case SEMI_NORM: fprintf(out, "\"claim\": \"semi-norm\", \"of\": [\"X\", \"Y\"], \"%s\": \"%s\"", relation, value); break;
    case SUP_NORM:
        fprintf(out, "\"claim\": \"sup-norm\", \"of\": \"Y\", \"box\": \"1\", \"%s\": \"%s\"", relation, value);
        break;
    case DISTANCE:
        fprintf(out, "\"claim\": \"distance\", \"gamma\": \"X\", \"g\": \"Y\", \"%s\": \"%s\"", relation, value);
        break;
    case EQUAL: fputs("\"claim\": \"equal\", \"of\": [\"X\", \"X\"]", out); break;
    case UNEQUAL: fputs("\"claim\": \"equal\", \"of\": [\"X\", \"Y\"], \"holds\": false", out); break;
    case CELLS: fprintf(out, "\"claim\": \"cells\", \"of\": [\"X\", \"Y\"], \"equals\": %ld", (long) cells); break;
    case MEMBER: fputs("\"claim\": \"member\", \"of\": \"X\", \"space\": \"N*\", \"holds\": true", out); break;
    case THEOREM_33: fputs("\"claim\": \"theorem-3.3\", \"gamma\": \"X\", \"theta\": \"Y\"", out); break;
    case STABLE:
        fprintf(out, "\"claim\": \"inverse-stable\", \"gamma\": \"X\", \"theta\": \"Y\", \"s\": \"%s\", \"alpha\": \"1/2\", "
                     "\"within\": \"N*\"", value);
        break;
    case THEOREM_31:
        fprintf(out, "\"claim\": \"theorem-3.1\", \"gamma\": \"X\", \"theta\": \"Y\", \"beta\": \"%s\"", value);
        break;
    default: fputs("\"claim\": \"unique\", \"of\": \"X\"", out); break;
    }
    if (at) fprintf(out, ", \"at\": %s", at);
    fputs("}", out);
}

/* Cells of n generic hyperplanes of an affine space of dimension d: the sum of binom(n, i), i <= d. */
static slong generic(slong n, slong d)
{
    slong sum = 0, binomial = 1;
    for (slong i = 0; i <= d; i++) {
        sum += binomial;
        binomial = binomial * (n - i) / (i + 1);
    }
    return sum;
}

/* The claim "all" about all values and "some" about further instances. */
static void write_case(kind which, bool real)
{
    static const char *const values[] = {"0", "k", "k^2", "1/k", "k-3", "10*k^2", "k^3", "1", "4*k^4+20", "(k-5)^2", "5*k"};
    static const char *const relations[] = {"equals", "at-most", "at-least"};
    FILE *out = fopen(path, "wb");
    if (out == NULL) exit(1);
    bool star = which == MEMBER || which == THEOREM_33 || which == STABLE;
    shape s = {1 + below(which == SUP_NORM ? 2 : 3), 1 + below(3), 1 + below(2), false, star, real};
    if (which == SEMI_NORM || which == SUP_NORM || which == UNEQUAL || which == EQUAL || which == CELLS) s.biases = below(3) == 0;
    if (which == THEOREM_31) s.D = 1;
    if (star) s.d = 2 + below(2), s.D = 1;
    const char *value = values[below(which == STABLE ? 2 : 11)], *relation = relations[below(3)];
    fputs("{\"parameters\": [{\"name\": \"k\", \"integer-from\": 1}", out);
    if (real) fputs(", {\"name\": \"r\", \"real-above\": 0}", out);
    fputs("], \"networks\": {\"X\": ", out);
    put_network(out, &s);
    fputs(", \"Y\": ", out);
    slong lines = s.m;
    if (which != THEOREM_33 && which != STABLE && which != THEOREM_31) s.m = 1 + below(2);
    lines += s.m;
    put_network(out, &s);
    fputs("}, \"claims\": [", out);
    slong cells = s.biases ? generic(lines, s.d) : 2 * generic(lines - 1, s.d - 1);
    put_claim(out, which, "all", NULL, value, relation, cells);
    fputs(", ", out);
    put_claim(out, which, "some", real ? grid : points, value, relation, cells);
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

/* The first key, in depth, with a string in which a digit can be changed. */
static bool change_number(json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_string(value) && strpbrk(json_string_value(value), "123456789")) {
        char *text = strdup(json_string_value(value));
        char *digit = strpbrk(text, "123456789");
        *digit = (char) (*digit == '9' ? '8' : *digit + 1);
        json_string_set(value, text);
        free(text);
        return true;
    }
    if (json_is_object(value)) {
        json_object_foreach(value, key, member)
        {
            if (strcmp(key, "kind") != 0 && change_number(member)) return true;
        }
    }
    json_array_foreach(value, i, member)
    {
        if (change_number(member)) return true;
    }
    return false;
}

static int dump_and_check(const json_t *doc, bool compare)
{
    if (json_dump_file(doc, altered, 0) != 0) exit(1);
    return check(altered, compare);
}

/* What must not be accepted: the statement's number made larger and smaller (one of them is false for "equals"), a piece
   left out. Evidence that proves more than is claimed may be altered and stay evidence; the bound of an equation may not. */
static void check_altered(const rc_claim_struct *claim)
{
    static const char *const changes[] = {"+1", "-1"};
    const char *name = rc_comparison_name(claim->comparison);
    for (int i = 0; i < 2 && claim->comparison != RC_COMPARE_NONE && claim->kind != RC_CLAIM_CELLS; i++) {
        json_t *doc = json_load_file(output, 0, NULL), *list = json_object_get(doc, "instances");
        json_t *statement = json_object_get(json_array_get(list, json_array_size(list) - 1), "statement");
        char text[120];
        snprintf(text, sizeof text, "%.90s%s", json_string_value(json_object_get(statement, name)), changes[i]);
        json_object_set_new(statement, name, json_string(text));
        EXPECT(dump_and_check(doc, true) != 0, "accepted as that of the case with %s", text);
        if (claim->comparison == RC_COMPARE_EQUALS) EXPECT(dump_and_check(doc, false) != 0, "accepted with %s", text);
        json_decref(doc);
    }
    json_t *doc = json_load_file(output, 0, NULL), *list = json_object_get(doc, "instances");
    size_t piece = (size_t) below((slong) json_array_size(list));
    json_array_remove(list, piece);
    EXPECT(dump_and_check(doc, true) != 0, "accepted without piece %zu", piece + 1);
    json_decref(doc);
}

/* A changed coefficient in a Farkas vector of a family: Sum l s u is then not 0. */
static slong check_coefficients(void)
{
    json_t *doc = json_load_file(output, 0, NULL), *list = json_object_get(doc, "instances"), *instance, *leaf;
    size_t i, j;
    slong found = 0;
    json_array_foreach(list, i, instance)
    {
        json_t *upper = json_object_get(json_object_get(instance, "evidence"), "upper");
        json_t *tree = json_array_get(json_object_get(upper, "trees"), 0);
        json_array_foreach(tree, j, leaf)
        {
            if (!json_is_array(leaf) || found > 0 || !change_number(json_array_get(leaf, 1))) continue;
            found++;
            EXPECT(dump_and_check(doc, false) != 0, "accepted with a coefficient altered");
        }
    }
    json_decref(doc);
    return found;
}

static rc_verdict decide_instances(const rc_claim_struct *claim)
{
    rc_verdict verdict = RC_PROVED;
    for (slong i = 0; i < claim->instances && verdict != RC_REFUTED; i++) {
        rc_decision_t decision;
        rc_decision_init(decision);
        rc_claim_decide(decision, claim, claim->instance + i, NULL);
        verdict = rc_verdict_combine(verdict, decision->verdict);
        rc_decision_clear(decision);
    }
    return verdict;
}

static slong proved_of[KINDS], refuted_of[KINDS];

static void check_random(kind which, bool real)
{
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    write_case(which, real);
    /* A pole at a value of the grid is bad input; such a case says nothing. */
    if (rc_case_read(c, path, err) != RC_OK) {
        rc_case_clear(c);
        return;
    }
    rc_limits limits;
    rc_limits_init(&limits);
    limits.deadline = rc_clock() + 20;
    rc_family_t family;
    rc_family_init(family);
    rc_family_decide(family, c, c->claim, &limits);
    rc_verdict near = decide_instances(c->claim), far = decide_instances(c->claim + 1), all = rc_verdict_combine(near, far);
    EXPECT(family->verdict != RC_PROVED || all != RC_REFUTED, "proved for all values, but refuted for some");
    EXPECT(all != RC_REFUTED || family->verdict != RC_PROVED, "proved, but refuted at an instance");
    EXPECT(near != RC_REFUTED || family->verdict == RC_REFUTED, "a sample refutes, the family is %s",
          rc_verdict_name(family->verdict));
    if (family->verdict == RC_UNDECIDED) {
        EXPECT(family->reason != NULL && family->parts == 0, "no reason");
    } else {
        rc_status status = rc_certificate_write_family(output, c, c->claim, family, "test", err);
        EXPECT(status == RC_OK, "%s", err->message);
        EXPECT(check(output, false) == 0, "kind %d: the certificate is not accepted", (int) which);
        EXPECT(check(output, true) == 0, "kind %d: the certificate is not accepted as that of the case", (int) which);
        (family->verdict == RC_PROVED ? proved_of : refuted_of)[which]++;
        if (family->verdict == RC_PROVED) check_altered(c->claim);
    }
    if (failures > 0) {
        char command[300];
        snprintf(command, sizeof command, "cat %s", path);
        fflush(stdout);
        if (system(command) != 0) exit(1);
        exit(test_finish());
    }
    rc_family_clear(family);
    rc_case_clear(c);
}

/* The third weight vector is the sum of the others, which excludes one cell: a Farkas vector with functions of k. */
static void check_roof(void)
{
    FILE *out = fopen(path, "wb");
    if (out == NULL) exit(1);
    fputs("{\"parameters\": [{\"name\": \"k\", \"integer-from\": 1}], \"networks\": {\"X\": {\"A\": [[\"k\", \"1/k\"], "
          "[\"k^2\", -1], [\"k+k^2\", \"1/k-1\"]], \"C\": [1, 1, -1]}}, \"claims\": [{\"id\": \"all\", \"claim\": "
          "\"semi-norm\", \"of\": \"X\", \"equals\": \"k^2\"}]}\n", out);
    if (fclose(out) != 0) exit(1);
    rc_case_t c;
    rc_error_t err;
    rc_family_t family;
    rc_case_init(c);
    rc_family_init(family);
    EXPECT(rc_case_read(c, path, err) == RC_OK, "%s", err->message);
    rc_family_decide(family, c, c->claim, NULL);
    EXPECT(family->verdict == RC_PROVED, "%s", family->reason);
    EXPECT(rc_certificate_write_family(output, c, c->claim, family, "test", err) == RC_OK, "%s", err->message);
    EXPECT(check(output, true) == 0, "the certificate is not accepted");
    EXPECT(check_coefficients() == 1, "no Farkas vector was altered");
    rc_family_clear(family);
    rc_case_clear(c);
}

/* Lines and poles of single expressions in k >= 2, r > 1/2 and s in (1, 2). */
static void check_lines(void)
{
    static const struct {
        const char *text;
        bool defined, weak, strict;
    } lines[] = {{"k-2", true, true, false},          {"k-1", true, true, true},      {"(k-2)*(k-3)", true, false, false},
                 {"r-1/2", true, true, true},         {"r-1", true, false, false},    {"(k-2)*r", true, true, false},
                 {"(k-2)+(2*r-1)", true, true, true}, {"1/(k-2)", false, false, false}, {"1/(1-k)", true, false, false},
                 {"sqrt(2)*k-2*sqrt(2)", true, true, false}, {"sqrt(k)", true, true, true},
                 {"k/(2*k-3)-1/2", true, true, true}, {"2^-1*k^2-2", true, true, false}, {"k-k", true, true, false},
                 {"x", false, false, false},          {"sqrt(k/k)-1", true, true, false}, {"k^20000", false, false, false},
                 {"sqrt(k-2)", false, false, false},  {"sqrt(k+1)-sqrt(k)", true, true, true},
                 {"sqrt(k)-1-1/3", true, true, true}, {"sqrt(k)-sqrt(2)", true, true, false},
                 {"sqrt(k)*sqrt(k)-k", true, true, false}, {"1/sqrt(k)-sqrt(k)/k", true, true, false},
                 {"sqrt(4*k)-2*sqrt(k)", true, true, false}, {"1/(sqrt(k)-1)", true, true, true},
                 {"sqrt(k)+sqrt(k+1)-sqrt(4*k+1)", true, true, true}, {"sqrt(k)+sqrt(k+1)-sqrt(4*k+2)", true, false, false},
                 {"sqrt(sqrt(k))", false, false, false}, {"s-1", true, true, true}, {"2-s", true, true, true},
                 {"s-3/2", true, false, false},       {"1/(s-1)", true, true, true},  {"s^2-3*s+2", true, false, false},
                 {"3*s-2-s^2", true, true, true},     {"(k-2)^2-(k-2)+1", true, true, true},
                 {"(2*r-1)^2-(2*r-1)+1", true, true, true}};
    rc_ring_t ring;
    rc_range_struct range[3] = {{RC_RANGE_FROM, {{2, 1}}, {{0, 1}}}, {RC_RANGE_ABOVE, {{1, 2}}, {{0, 1}}},
                                {RC_RANGE_BETWEEN, {{1, 1}}, {{2, 1}}}};
    rc_ring_init(ring);
    EXPECT(rc_ring_add(ring, "k", range) && rc_ring_add(ring, "r", range + 1) && rc_ring_add(ring, "s", range + 2), "ring");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const rc_ratio *x = rc_ratio_read_str(ring, lines[i].text, strlen(lines[i].text));
        EXPECT((x != NULL) == lines[i].defined, "%s: defined", lines[i].text);
        EXPECT(rc_ratio_holds(ring, x, false) == lines[i].weak, "%s >= 0", lines[i].text);
        EXPECT(rc_ratio_holds(ring, x, true) == lines[i].strict, "%s > 0", lines[i].text);
        if (x == NULL) continue;
        /* Its text is the same function. */
        char *text = rc_ratio_get_str(ring, x);
        const rc_ratio *y = rc_ratio_read_str(ring, text, strlen(text));
        EXPECT(rc_ratio_is_zero(ring, rc_ratio_sub(ring, x, y)), "%s is read from %s", lines[i].text, text);
        free(text);
    }
    rc_ring_clear(ring);
}

int main(void)
{
    static const char *const names[] = {"semi-norm", "sup-norm", "distance", "equal", "unequal", "cells", "member",
                                        "theorem-3.3", "inverse-stable", "theorem-3.1", "unique"};
    test_start("t-family");
    if (mkdtemp(folder) == NULL) exit(1);
    snprintf(path, sizeof path, "%s/case.json", folder);
    snprintf(output, sizeof output, "%s/proof.json", folder);
    snprintf(altered, sizeof altered, "%s/altered.json", folder);
    test_case("lines");
    check_lines();
    for (kind which = 0; which < KINDS; which++) {
        test_case(names[which]);
        slong rounds = test_rounds(which <= DISTANCE ? 80 : 25);
        for (slong i = 0; i < rounds; i++) check_random(which, i % 4 == 3);
        printf("%s: %ld proved, %ld refuted of %ld\n", names[which], (long) proved_of[which], (long) refuted_of[which],
               (long) rounds);
        EXPECT(proved_of[which] >= rounds / 25, "%s: only %ld of %ld families were proved", names[which],
              (long) proved_of[which], (long) rounds);
    }
    test_case("a coefficient of a Farkas vector");
    check_roof();
    unlink(altered);
    unlink(output);
    unlink(path);
    rmdir(folder);
    flint_cleanup();
    return test_finish();
}
