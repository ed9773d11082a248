/* Claims decided: verdicts and values known from the papers, from closed formulas, or by construction; and their
   certificates as documents. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "relucert/certificate.h"

static char folder[] = "/tmp/relucert-t-claim-XXXXXX";
static char path[100], output[100], again[100];

/* Writes the case, with ' for " and ` for '. */
static void write_quoted(const char *text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    for (const char *p = text; *p; p++) putc(*p == '\'' ? '"' : *p == '`' ? '\'' : *p, file);
    if (fclose(file) != 0) exit(1);
}

static char *file_text(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) return NULL;
    size_t length = 0, alloc = 1 << 16;
    char *text = malloc(alloc);
    if (text == NULL) abort();
    for (size_t n = 1; n > 0; length += n) {
        if (alloc - length < 4096) text = realloc(text, alloc *= 2);
        if (text == NULL) abort();
        n = fread(text + length, 1, alloc - length - 1, file);
    }
    text[length] = '\0';
    fclose(file);
    return text;
}

/* The certificate is written twice with the same bytes, reads as a document with the right head, and can be told in
   words. */
static void check_certificate(const rc_case_t c, const rc_claim_struct *claim, const rc_decision_struct *decisions,
                              rc_verdict verdict)
{
    rc_error_t err;
    CHECK(rc_certificate_write(output, c, claim, decisions, "test", err) == RC_OK, "%s", err->message);
    CHECK(rc_certificate_write(again, c, claim, decisions, "test", err) == RC_OK, "%s", err->message);
    char *one = file_text(output), *two = file_text(again), *words = NULL;
    CHECK(one && two && strcmp(one, two) == 0, "two certificates differ");
    json_t *doc = NULL;
    CHECK(rc_read_file(&doc, output, err) == RC_OK, "%s", err->message);
    const char *found = json_string_value(json_object_get(doc, "verdict"));
    CHECK(found && strcmp(found, rc_verdict_name(verdict)) == 0, "verdict %s", found ? found : "missing");
    size_t listed = json_array_size(json_object_get(doc, "instances")), expected = 0;
    for (slong i = 0; i < claim->instances; i++) expected += decisions[i].verdict == verdict;
    CHECK(listed == expected, "%zu instances, expected %zu", listed, expected);
    CHECK(doc && rc_certificate_explain(&words, doc, output, err) == RC_OK && words && strlen(words) > 40, "%s",
          err->message);
    free(words);
    json_decref(doc);
    free(two);
    free(one);
    unlink(output);
    unlink(again);
}

/* Decides all instances of the claim; the values, joined by ", ", must be `values` (NULL: not looked at). */
static void check_claim(const rc_case_t c, const rc_claim_struct *claim, rc_verdict expected, const char *values)
{
    rc_decision_struct *decisions = malloc((size_t) (claim->instances + 1) * sizeof *decisions);
    if (decisions == NULL) abort();
    rc_verdict verdict = claim->all_values ? RC_UNDECIDED : RC_PROVED;
    char found[1000] = "";
    for (slong i = 0; i < claim->instances; i++) {
        rc_decision_init(decisions + i);
        rc_claim_decide(decisions + i, claim, claim->instance + i, NULL);
        verdict = rc_verdict_combine(verdict, decisions[i].verdict);
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%s", i ? ", " : "",
                 decisions[i].value ? decisions[i].value : "-");
        CHECK(decisions[i].verdict != RC_UNDECIDED || decisions[i].reason, "undecided without a reason");
        CHECK((decisions[i].evidence->kind == RC_EVIDENCE_NONE) == (decisions[i].verdict == RC_UNDECIDED), "evidence");
    }
    CHECK(verdict == expected, "claim %s: %s, expected %s (values %s)", claim->id, rc_verdict_name(verdict),
          rc_verdict_name(expected), found);
    if (values && !claim->all_values) CHECK(strcmp(found, values) == 0, "claim %s: values %s, expected %s", claim->id, found, values);
    if (verdict != RC_UNDECIDED) check_certificate(c, claim, decisions, verdict);
    for (slong i = 0; i < claim->instances; i++) rc_decision_clear(decisions + i);
    free(decisions);
}

typedef struct {
    const char *claim; /* its fields, without id */
    rc_verdict expected;
    const char *values;
} truth;

/* A case of `head` (parameters and networks) with these claims. */
static void check_truths(const char *head, const truth *truths, size_t count)
{
    size_t size = strlen(head) + 100;
    for (size_t i = 0; i < count; i++) size += strlen(truths[i].claim) + 40;
    char *text = malloc(size);
    if (text == NULL) abort();
    size_t used = (size_t) snprintf(text, size, "{%s, 'claims': [", head);
    for (size_t i = 0; i < count; i++) {
        used += (size_t) snprintf(text + used, size - used, "%s{'id': 'c%zu', %s}", i ? ", " : "", i, truths[i].claim);
    }
    snprintf(text + used, size - used, "]}");
    write_quoted(text);
    free(text);
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    rc_status status = rc_case_read(c, path, err);
    CHECK(status == RC_OK, "%s", err->message);
    for (slong i = 0; i < c->claims; i++) check_claim(c, c->claim + i, truths[i].expected, truths[i].values);
    rc_case_clear(c);
}
#define TRUTHS(head, list) check_truths(head, list, sizeof list / sizeof *list)

#define K "'parameters': [{'name': 'k', 'integer-from': 1}], "
#define AT "'at': {'k': [1, 2, 10]}"

static void test_example_21(void)
{
    test_case("Example 2.1");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': 'k^2', " AT, RC_PROVED, "1, 4, 100"},
        /* True at k = 2 only: the certificate lists the other two instances. */
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': 4, " AT, RC_REFUTED, "1, 4, 100"},
        {"'claim': 'sup-norm', 'of': ['g', 'Gamma'], 'box': 1, 'equals': '1/k', " AT, RC_PROVED, "1, 1/2, 1/10"},
        {"'claim': 'sup-norm', 'of': ['g', 'Gamma'], 'box': 1, 'at-most': '1/k-1/10^9', " AT, RC_REFUTED, NULL},
        {"'claim': 'sup-norm', 'of': ['g', 'Gamma'], 'box': 1, 'at-least': '1/k+1/10^9', " AT, RC_REFUTED, NULL},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'equals': 'k', " AT, RC_PROVED, "1, 2, 10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-least': 'k+1/10^30', " AT, RC_REFUTED, "1, 2, 10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-most': 'k-1/10^30', " AT, RC_REFUTED, "1, 2, 10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'equals': 'k-1/10^30', " AT, RC_REFUTED, "1, 2, 10"},
        {"'claim': 'unique', 'of': 'g', " AT, RC_PROVED, NULL},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'equals': 'k'", RC_UNDECIDED, ""},
        /* |g|_{W^{1,inf}} = k^2, so the distance k is its root: alpha 1/2 holds with s = 1 and no less. */
        {"'claim': 'inverse-stable', 'gamma': 'Gamma', 'theta': 'g', 's': 1, 'alpha': '1/2', 'within': 'N', " AT,
         RC_PROVED, "1, 2, 10"},
        {"'claim': 'inverse-stable', 'gamma': 'Gamma', 'theta': 'g', 's': '1-1/10^40', 'alpha': '1/2', 'within': "
         "'N', " AT,
         RC_REFUTED, NULL},
        {"'claim': 'inverse-stable', 'gamma': 'Gamma', 'theta': 'g', 's': '102/100', 'alpha': '49/100', 'within': 'N', "
         "'at': {'k': [1, 2]}",
         RC_PROVED, NULL},
        {"'claim': 'inverse-stable', 'gamma': 'Gamma', 'theta': 'g', 's': '101/100', 'alpha': '1/3', 'within': 'N', "
         "'at': {'k': [10]}",
         RC_REFUTED, NULL},
    };
    TRUTHS(K "'networks': {'Gamma': {'A': [[0, 0], [0, 0]], 'C': [0, 0]}, 'g': {'A': [['k', 0], ['k', '-1/k^2']], 'C': "
             "['k', '-k']}}",
           list);
}

static void test_example_22(void)
{
    test_case("Example 2.2 and A.4");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', 'at': {'k': [1, 10], 'r': ['1/2', 3]}",
         RC_PROVED, "1, 1, 1/10, 1/10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-least': 'r', 'at': {'k': [1, 10], 'r': ['1/2', 3]}",
         RC_PROVED, NULL},
        /* With g of width 1 the distance is max(r, sqrt(1/k)) at a = (0, lambda), c = 1/(k lambda), lambda = sqrt(1/k).
         */
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'equals': 'sqrt(1/k)', 'at': {'k': [2, 3], 'r': ['1/10', "
         "'1/2']}",
         RC_PROVED, "sqrt(2)/2, sqrt(2)/2, sqrt(3)/3, sqrt(3)/3"},
        {"'claim': 'theorem-3.1', 'gamma': 'Gamma', 'theta': 'g', 'beta': 'r', 'at': {'k': [1, 10], 'r': ['1/2', 3]}",
         RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'Gamma', 'theta': 'g', 'beta': 'r-1/10^20', 'at': {'k': [1, 10], 'r': "
         "['1/2', 3]}",
         RC_REFUTED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', 'for': {'k': {'integer-from': 7}}", RC_UNDECIDED,
         ""},
    };
    TRUTHS("'parameters': [{'name': 'k', 'integer-from': 1}, {'name': 'r', 'real-above': 0}], "
           "'networks': {'Gamma': {'A': [['r', 0]], 'C': [0]}, 'g': {'A': [[0, 1]], 'C': ['1/k']}}",
           list);
    static const truth a4[] = {
        /* Gamma = ((k, 0), 1/k^2), g = rho(x_2)/k: the difference has gradients 0, (1/k, 0), (0, -1/k), (1/k, -1/k). */
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', " AT, RC_PROVED, "1, 1/2, 1/10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-least': 'k', " AT, RC_PROVED, NULL},
    };
    TRUTHS(K "'networks': {'Gamma': {'A': [['k', 0]], 'C': ['1/k^2']}, 'g': {'A': [[0, 1]], 'C': ['1/k']}}", a4);
}

static void test_example_23(void)
{
    test_case("Example 2.3");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', " AT, RC_PROVED, "1, 1/2, 1/10"},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'at-most': '1/k', " AT, RC_PROVED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'at-least': '1/k', " AT, RC_PROVED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'at-most': '1/k-1/10^30', " AT, RC_REFUTED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'at-least': 'sqrt(2)/k', " AT, RC_REFUTED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': 'sqrt(2)/k', " AT, RC_REFUTED, NULL},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '-1', " AT, RC_REFUTED, NULL},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-least': 1, " AT, RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'Gamma', 'theta': 'g', 'beta': 10, " AT, RC_REFUTED, NULL},
        {"'claim': 'equal', 'of': ['Gamma', 'g'], " AT, RC_REFUTED, NULL},
        {"'claim': 'equal', 'of': ['Gamma', 'g'], 'holds': false, " AT, RC_PROVED, NULL},
        {"'claim': 'equal', 'of': ['g', 'g'], " AT, RC_PROVED, NULL},
        {"'claim': 'equal', 'of': ['g', 'g'], 'holds': false, " AT, RC_REFUTED, NULL},
        {"'claim': 'unique', 'of': 'Gamma', 'at': {'k': [1]}", RC_REFUTED, NULL},
        {"'claim': 'unique', 'of': 'Gamma', 'holds': false, 'at': {'k': [1]}", RC_PROVED, NULL},
        {"'claim': 'cells', 'of': ['Gamma', 'g'], 'equals': 4, 'at': {'k': [1]}", RC_PROVED, "4"},
        {"'claim': 'cells', 'of': 'Gamma', 'equals': 4, 'at': {'k': [1]}", RC_REFUTED, "2"},
    };
    TRUTHS(K
           "'networks': {'Gamma': {'A': [[1, 0], [1, 0]], 'C': [1, 1]}, 'g': {'A': [[1, 0], [0, 1]], 'C': [2, '1/k']}}",
           list);
}

static void test_example_24(void)
{
    test_case("Example 2.4");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', " AT, RC_PROVED, "1, 1/2, 1/10"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'g', 'at-least': '1/2', " AT, RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'Gamma', 'theta': 'g6', 'beta': 1, " AT, RC_REFUTED, NULL},
    };
    TRUTHS(K "'networks': {'Gamma': {'A': [[1, '-1/2'], [-1, '-1/2'], [0, 1], [-1, '1/2'], [1, '1/2'], [0, -1]], 'C': "
             "[1, 1, 1, -1, -1, -1]}, "
             "'g': {'A': [[1, 0]], 'C': ['1/k']}, 'g6': {'A': [[1, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]], 'C': "
             "['1/k', 0, 0, 0, 0, 0]}}",
           list);
}

static void test_example_25(void)
{
    test_case("Example 2.5");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['Theta', 'Gamma'], 'equals': 3, " AT, RC_PROVED, "3, 3, 3"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'Theta', 'equals': 'sqrt(2)*k', " AT, RC_PROVED,
         "sqrt(2), 2*sqrt(2), 10*sqrt(2)"},
        {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'Theta', 'at-least': 'k', " AT, RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'Gamma', 'theta': 'Theta', 'beta': 1, " AT, RC_REFUTED, NULL},
        {"'claim': 'unique', 'of': 'Theta', " AT, RC_PROVED, NULL},
    };
    TRUTHS(K "'networks': {'Theta': {'A': [['k', 'k', '1/k'], ['-k', 'k', '1/k'], [0, '-sqrt(2)*k', '1/(sqrt(2)*k)']], "
             "'C': ['k', 'k', 'sqrt(2)*k']}, "
             "'Gamma': {'A': [['-k', '-k', '-1/k'], ['k', '-k', '-1/k'], [0, 'sqrt(2)*k', '-1/(sqrt(2)*k)']], 'C': "
             "['k', 'k', 'sqrt(2)*k']}}",
           list);
}

static void test_example_a1(void)
{
    test_case("Example A.1, loss");
    static const truth list[] = {
        {"'claim': 'loss-local-minimum', 'network': 'Z', 'samples': {'x': [[1], [-1]], 'y': [2, 0]}, 'radius': '1/10'",
         RC_REFUTED, "1/2"},
        {"'claim': 'loss-local-minimum', 'network': 'Z', 'samples': {'x': [[1], [-1]], 'y': [2, 0]}, 'radius': '1/10', "
         "'holds': false",
         RC_PROVED, "1/2"},
        {"'claim': 'loss-local-minimum', 'network': 'Z', 'samples': {'x': [[1], [-1]], 'y': [1, 0]}, 'radius': '1/10'",
         RC_PROVED, "0"},
        /* rho vanishes at -1 for a in (9/10, 11/10): the loss there stays 9/2. */
        {"'claim': 'loss-local-minimum', 'network': 'Z', 'samples': {'x': [[1], [-1]], 'y': [1, 3]}, 'radius': '1/10'",
         RC_PROVED, "9/2"},
    };
    TRUTHS("'networks': {'Z': {'A': [[1]], 'C': [1]}}", list);
    /* Samples in D_1, D_2: changing each weight by less than 1/2 does not decrease the loss 1/2; and the slip of (44).
     */
    static const truth a1[] = {
        {"'claim': 'loss-local-minimum', 'network': 'Gamma', 'samples': {'x': [[0, '1/2'], ['1/2', 0]], 'y': [0, 1]}, "
         "'radius': '1/2', 'at': {'k': [1]}",
         RC_PROVED, "1/2"},
        {"'claim': 'semi-norm', 'of': ['g', 'Gamma'], 'equals': '1/k', " AT, RC_PROVED, "1, 1/2, 1/10"},
        {"'claim': 'sup-norm', 'of': ['g', 'Gamma'], 'box': 1, 'equals': '2/k', " AT, RC_PROVED, "2, 1, 1/5"},
        {"'claim': 'sup-norm', 'of': ['g', 'Gamma'], 'box': 1, 'at-most': '1/k', " AT, RC_REFUTED, NULL},
    };
    TRUTHS(K "'networks': {'Gamma': {'A': [[-1, 0]], 'C': [0]}, 'g': {'A': [[1, -1]], 'C': ['1/k']}}", a1);
}

#define SHARP                                                                                                  \
    "'networks': {'Gamma': {'A': [[2, '1/5', '1/5'], ['-sqrt(2)', 'sqrt(2)/100', 'sqrt(2)/100'], ['sqrt(2)', " \
    "'sqrt(2)/90', 'sqrt(2)/90']], 'C': [2, '-sqrt(2)', '-sqrt(2)']}, "                                        \
    "'Theta': {'A': [[-2, '3/10', '3/10'], [-2, '1/4', '1/4'], [-2, '1/5', '1/5']], 'C': [-2, 2, -2]}, "       \
    "'Turned': {'A': [[-2, '1/5', '1/5'], [-2, '3/10', '3/10'], [-2, '1/4', '1/4']], 'C': [-2, -2, 2]}, "      \
    "'unbalanced': {'A': [[-2, '3/10', '3/10'], [-2, '1/4', '1/4'], [-2, '1/5', '1/5']], 'C': [-2, 2, -3]}, "  \
    "'parallel': {'A': [[-2, '3/10', '3/10'], [-2, '1/4', '1/4'], [-4, '1/2', '1/2']], 'C': [-2, 2, -4]}, "    \
    "'flat': {'A': [[-2, '3/10', '3/10'], [-2, '1/4', '1/4'], [-4, '1/2', 0]], 'C': [-2, 2, -4]}}"
#define PAIR "'gamma': 'Gamma', 'theta': 'Theta'"

static void test_sharp_pair(void)
{
    test_case("the sharp pair for 2 sqrt 2");
    static const truth list[] = {
        {"'claim': 'semi-norm', 'of': ['Theta', 'Gamma'], 'equals': 2", RC_PROVED, "2"},
        {"'claim': 'cells', 'of': ['Theta', 'Gamma'], 'equals': 12", RC_PROVED, "12"},
        {"'claim': 'theorem-3.3', " PAIR, RC_PROVED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': '2*sqrt(2)', 'alpha': '1/2', 'within': 'N*'", RC_PROVED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': '2*sqrt(2)-1/10^50', 'alpha': '1/2', 'within': 'N*'", RC_REFUTED,
         "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': 2, 'alpha': 1, 'within': 'N*'", RC_PROVED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': '2-1/10^50', 'alpha': 1, 'within': 'N*'", RC_REFUTED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': 3, 'alpha': '2/3', 'within': 'N*'", RC_PROVED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': 2, 'alpha': '2/3', 'within': 'N*'", RC_REFUTED, "4"},
        /* sqrt(2) 2^{3/2} = 4: a tie of irrationals, beyond enclosures. */
        {"'claim': 'inverse-stable', " PAIR ", 's': 'sqrt(2)', 'alpha': '3/2', 'within': 'N*'", RC_UNDECIDED, "4"},
        {"'claim': 'inverse-stable', " PAIR ", 's': 0, 'alpha': '1/2', 'within': 'N*'", RC_REFUTED, "4"},
        {"'claim': 'inverse-stable', 'gamma': 'Turned', 'theta': 'Theta', 's': 0, 'alpha': '1/2', 'within': 'N*'",
         RC_PROVED, "0"},
        {"'claim': 'theorem-3.3', 'gamma': 'Turned', 'theta': 'Theta'", RC_PROVED, "0"},
        {"'claim': 'theorem-3.3', 'gamma': 'Gamma', 'theta': 'unbalanced'", RC_REFUTED, NULL},
        {"'claim': 'theorem-3.3', 'gamma': 'parallel', 'theta': 'Theta'", RC_REFUTED, NULL},
        {"'claim': 'inverse-stable', 'gamma': 'flat', 'theta': 'Theta', 's': 9, 'alpha': '1/2', 'within': 'N*'",
         RC_REFUTED, NULL},
        {"'claim': 'member', 'of': 'Gamma', 'space': 'N*'", RC_PROVED, NULL},
        {"'claim': 'member', 'of': 'unbalanced', 'space': 'N`', 'holds': false", RC_PROVED, NULL},
        {"'claim': 'member', 'of': 'parallel', 'space': 'N`'", RC_REFUTED, NULL},
        {"'claim': 'member', 'of': 'flat', 'space': 'N*'", RC_REFUTED, NULL},
        {"'claim': 'member', 'of': 'flat', 'space': 'N`'", RC_PROVED, NULL},
        {"'claim': 'equal', 'of': ['Turned', 'Theta']", RC_PROVED, NULL},
    };
    TRUTHS(SHARP, list);
}

static void test_biases(void)
{
    test_case("biases, arrangements, embedding");
    static const truth list[] = {
        {"'claim': 'cells', 'of': 'X', 'equals': 3", RC_PROVED, "3"},
        {"'claim': 'cells', 'of': {'normals': [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1]], 'offsets': [0, 0, -1, 0]}, "
         "'equals': 14",
         RC_PROVED, "14"},
        {"'claim': 'cells', 'of': {'normals': [[0, 0]], 'offsets': [1]}, 'equals': 1", RC_PROVED, "1"},
        {"'claim': 'cells', 'of': {'normals': [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, "
         "1, 1]]}, 'equals': 32",
         RC_PROVED, "32"},
        {"'claim': 'semi-norm', 'of': 'X', 'equals': 1", RC_PROVED, "1"},
        {"'claim': 'sup-norm', 'of': 'X', 'box': 5, 'equals': '4/3'", RC_PROVED, "4/3"},
        {"'claim': 'equal', 'of': ['X', 'line'], 'holds': false", RC_PROVED, NULL},
        {"'claim': 'equal', 'of': ['X', 'shifted']", RC_REFUTED, NULL},
        {"'claim': 'embedding', 'of': 'X'", RC_PROVED, NULL},
        {"'claim': 'embedding', 'of': 'B'", RC_PROVED, NULL},
        {"'claim': 'equal', 'of': ['B', 'B2']", RC_PROVED, NULL},
    };
    TRUTHS("'networks': {'X': {'layers': [{'A': [[1], [1]], 'b': [0, -1]}, {'A': [[1, -1]], 'b': ['1/3']}]}, "
           "'shifted': {'layers': [{'A': [[1], [1]], 'b': [0, -1]}, {'A': [[1, -1]], 'b': ['1/3+1/10^40']}]}, "
           "'line': {'A': [[1], [-1]], 'C': [1, -1]}, "
           "'B': {'layers': [{'A': [[1, 2], [0, 0], [3, -1]], 'b': [0, -1, '1/2']}, {'A': [[1, -1, 2], [0, 1, 0]], "
           "'b': ['1/3', 0]}]}, "
           "'B2': {'layers': [{'A': [[6, -2], [0, 0], ['1/2', 1]], 'b': [1, 5, 0]}, {'A': [[1, '1/15', 2], [0, 0, 0]], "
           "'b': [0, 0]}]}}",
           list);
}

static void test_fibers(void)
{
    test_case("fibers");
    static const truth list[] = {
        {"'claim': 'distance', 'gamma': 'one', 'g': 'two', 'at-least': '10^100'", RC_PROVED, "infinity"},
        {"'claim': 'distance', 'gamma': 'one', 'g': 'two', 'at-most': '10^100'", RC_REFUTED, "infinity"},
        {"'claim': 'distance', 'gamma': 'one', 'g': 'two', 'equals': '10^100'", RC_REFUTED, "infinity"},
        {"'claim': 'distance', 'gamma': 'one', 'g': 'linear', 'at-least': 7", RC_PROVED, "infinity"},
        {"'claim': 'distance', 'gamma': 'one', 'g': 'one', 'equals': 0", RC_PROVED, "0"},
        {"'claim': 'distance', 'gamma': 'one', 'g': 'one', 'at-least': 0", RC_PROVED, NULL},
        {"'claim': 'unique', 'of': 'generic'", RC_PROVED, NULL},
        {"'claim': 'unique', 'of': 'dead'", RC_REFUTED, NULL},
        {"'claim': 'unique', 'of': 'opposite', 'holds': false", RC_PROVED, NULL},
        {"'claim': 'unique', 'of': 'linear'", RC_PROVED, NULL},
        {"'claim': 'unique', 'of': 'linear', 'holds': false", RC_REFUTED, NULL},
        {"'claim': 'unique', 'of': 'bent'", RC_PROVED, NULL},
        {"'claim': 'unique', 'of': 'beside'", RC_REFUTED, NULL},
    };
    TRUTHS("'networks': {'one': {'A': [[1, 0]], 'C': [1]}, 'two': {'A': [[1, 0], [0, 1]], 'C': [1, 1]}, 'linear': "
           "{'A': [[1, 0], [-1, 0]], 'C': [1, -1]}, "
           "'bent': {'A': [[1], [-1]], 'C': [1, 2]}, 'beside': {'A': [[1, 0], [-1, 0], [0, 1]], 'C': [1, -1, 1]}, "
           "'generic': {'A': [[1, 0], [0, 1], [1, 1]], 'C': [1, 2, 3]}, 'dead': {'A': [[1, 0], [0, 1]], 'C': [1, 0]}, "
           /* a_1 + a_2 + a_3 = 0 with equal outputs: all three may be turned around (Lemma A.5). */
           "'opposite': {'A': [[1, 0], [0, 1], [-1, -1]], 'C': [1, 1, 1]}}",
           list);
}

static void test_theorem_31(void)
{
    test_case("Theorem 3.1");
    static const truth list[] = {
        {"'claim': 'theorem-3.1', 'gamma': 'P', 'theta': 'Q', 'beta': 2", RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'P', 'theta': 'P', 'beta': 0", RC_PROVED, "0"},
        {"'claim': 'theorem-3.1', 'gamma': 'zero', 'theta': 'zero', 'beta': 0", RC_REFUTED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'zero', 'theta': 'zero', 'beta': 1", RC_PROVED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'zero', 'theta': 'zero', 'beta': '1-1/10^60'", RC_REFUTED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'P', 'theta': 'against', 'beta': 9", RC_REFUTED, NULL},
        {"'claim': 'theorem-3.1', 'gamma': 'P', 'theta': 'opposite', 'beta': 9", RC_REFUTED, NULL},
    };
    TRUTHS("'networks': {'P': {'A': [[1, 1], [1, 2]], 'C': [1, 2]}, 'Q': {'A': [[1, 1], [1, 2]], 'C': ['11/10', "
           "'19/10']}, "
           "'zero': {'A': [[0, 0]], 'C': [1]}, 'against': {'A': [[-1, -1], [1, 3]], 'C': [1, 1]}, 'opposite': {'A': "
           "[[5, 1], [-5, -1]], 'C': [1, 1]}}",
           list);
}

/* A random network of N* as JSON rows: ||c_i|| = ||a_i|| and last two entries positive; directions differ by their last
   entry's denominator being a different prime. */
static void random_member(char *text, size_t size, long d, long m)
{
    static const int primes[] = {101, 103, 107, 109, 113, 127, 131, 137};
    size_t used = (size_t) snprintf(text, size, "{'A': [");
    long norm[8];
    for (long i = 0; i < m; i++) {
        norm[i] = test_range(1, 9);
        used +=
            (size_t) snprintf(text + used, size - used, "%s[%ld", i ? ", " : "", test_chance(50) ? norm[i] : -norm[i]);
        for (long j = 1; j < d - 2; j++)
            used += (size_t) snprintf(text + used, size - used, ", %ld", test_range(-norm[i], norm[i]));
        used += (size_t) snprintf(text + used, size - used, ", '%ld/10', '1/%d']", test_range(1, 9), primes[i]);
    }
    used += (size_t) snprintf(text + used, size - used, "], 'C': [");
    for (long i = 0; i < m; i++)
        used +=
            (size_t) snprintf(text + used, size - used, "%s%ld", i ? ", " : "", test_chance(50) ? norm[i] : -norm[i]);
    snprintf(text + used, size - used, "]}");
}

/* On N* the nearest permutation is within 2 sqrt(2) sqrt(r) (design, section 7), and Theorem 3.3's 4 with the more
   room. */
static void test_random_members(void)
{
    for (long round = 0; round < test_rounds(30); round++) {
        test_case("random pair of N*, round %ld", round);
        long d = test_range(3, 5), m = test_range(1, 5);
        char gamma[2000], theta[2000], head[4200];
        random_member(gamma, sizeof gamma, d, m);
        random_member(theta, sizeof theta, d, m);
        snprintf(head, sizeof head, "'networks': {'Gamma': %s, 'Theta': %s}", gamma, theta);
        static const truth list[] = {
            {"'claim': 'theorem-3.3', " PAIR, RC_PROVED, NULL},
            {"'claim': 'inverse-stable', " PAIR ", 's': '2*sqrt(2)', 'alpha': '1/2', 'within': 'N*'", RC_PROVED, NULL},
            {"'claim': 'inverse-stable', " PAIR ", 's': '2*sqrt(2)', 'alpha': '1/2', 'within': 'N'", RC_PROVED, NULL},
            {"'claim': 'unique', 'of': 'Gamma', 'holds': true", RC_PROVED, NULL},
            {"'claim': 'distance', 'gamma': 'Gamma', 'g': 'Gamma', 'equals': 0", RC_PROVED, "0"},
            {"'claim': 'semi-norm', 'of': ['Gamma', 'Theta'], 'at-least': 0", RC_PROVED, NULL},
        };
        /* Uniqueness of a random member is not certain (a flip set may exist), so it is left out. */
        check_truths(head, list, 3);
        check_truths(head, list + 4, 2);
    }
}

/* rc_stability_compare against (t/s)^q and r^p over Q. */
static void test_compare(void)
{
    test_case("t against s r^alpha");
    rc_surd_t t, s;
    fmpq_t r, alpha, left, right;
    rc_surd_init(t);
    rc_surd_init(s);
    fmpq_init(r);
    fmpq_init(alpha);
    fmpq_init(left);
    fmpq_init(right);
    for (long round = 0; round < test_rounds(2000); round++) {
        long p = test_range(1, 4), q = test_range(1, 4), tn = test_range(0, 20), sn = test_range(0, 5),
             rn = test_range(0, 16);
        rc_surd_set_si(t, tn);
        rc_surd_set_si(s, sn);
        fmpq_set_si(r, rn, 1);
        fmpq_set_si(alpha, p, (ulong) q);
        fmpz_set_si(fmpq_numref(left), tn);
        fmpz_set_si(fmpq_numref(right), sn);
        fmpz_pow_ui(fmpq_numref(left), fmpq_numref(left), (ulong) q);
        fmpz_pow_ui(fmpq_numref(right), fmpq_numref(right), (ulong) q);
        fmpq_pow_si(alpha, r, p);
        fmpq_mul(right, right, alpha);
        fmpq_set_si(alpha, p, (ulong) q);
        fmpq_canonicalise(alpha);
        int sign = 7, expected = fmpq_cmp(left, right);
        bool known = rc_stability_compare(&sign, t, s, r, alpha);
        CHECK(known && (sign > 0) == (expected > 0) && (sign < 0) == (expected < 0),
              "t = %ld, s = %ld, r = %ld, alpha = %ld/%ld: %d, expected %d", tn, sn, rn, p, q, sign, expected);
    }
    fmpq_clear(right);
    fmpq_clear(left);
    fmpq_clear(alpha);
    fmpq_clear(r);
    rc_surd_clear(s);
    rc_surd_clear(t);
}

/* A limit leaves a claim undecided, and says which. */
static void test_limits(void)
{
    test_case("limits");
    write_quoted(
        "{'networks': {'X': {'A': [[1, 2, 3, 4], [2, 3, 1, 5], [7, 1, 1, 2], [1, 9, 4, 1], [3, 1, 8, 1], [1, 6, 2, 8], "
        "[5, 5, 1, 2], [9, 2, 3, 1]], "
        "'C': [1, -2, 1, -1, 3, -1, 2, -2]}}, 'claims': [{'id': 'a', 'claim': 'semi-norm', 'of': 'X', 'at-most': 23}, "
        "{'id': 'b', 'claim': 'cells', 'of': 'X', 'equals': 128}]}");
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    CHECK(rc_case_read(c, path, err) == RC_OK, "%s", err->message);
    for (slong i = 0; i < c->claims; i++) {
        rc_limits limits;
        rc_limits_init(&limits);
        limits.max_cells = 2;
        rc_decision_t decision;
        rc_decision_init(decision);
        rc_claim_decide(decision, c->claim + i, c->claim[i].instance, &limits);
        CHECK(decision->verdict == RC_UNDECIDED && decision->reason && strstr(decision->reason, "cell limit"),
              "claim %s: %s, %s", c->claim[i].id, rc_verdict_name(decision->verdict),
              decision->reason ? decision->reason : "no reason");
        rc_error_t refused;
        CHECK(rc_certificate_write(output, c, c->claim + i, decision, "test", refused) == RC_UNDEFINED &&
                  access(output, F_OK) != 0,
              "an undecided claim has a certificate");
        rc_decision_clear(decision);
    }
    rc_case_clear(c);
}

static void test_unwritable(void)
{
    test_case("a certificate that cannot be written");
    write_quoted(
        "{'networks': {'X': {'A': [[1]], 'C': [1]}}, 'claims': [{'id': 'a', 'claim': 'equal', 'of': ['X', 'X']}]}");
    rc_case_t c;
    rc_error_t err;
    rc_decision_t decision;
    rc_case_init(c);
    rc_decision_init(decision);
    CHECK(rc_case_read(c, path, err) == RC_OK, "%s", err->message);
    rc_claim_decide(decision, c->claim, c->claim->instance, NULL);
    CHECK(rc_certificate_write("/nonexistent/a.json", c, c->claim, decision, "test", err) == RC_IO &&
              strstr(err->message, "/nonexistent/a.json"),
          "%s", err->message);
    rc_decision_clear(decision);
    rc_case_clear(c);
}

int main(void)
{
    test_start("t-claim");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    snprintf(path, sizeof path, "%s/case.json", folder);
    snprintf(output, sizeof output, "%s/out.json", folder);
    snprintf(again, sizeof again, "%s/again.json", folder);
    test_example_21();
    test_example_22();
    test_example_23();
    test_example_24();
    test_example_25();
    test_example_a1();
    test_sharp_pair();
    test_biases();
    test_fibers();
    test_theorem_31();
    test_random_members();
    test_compare();
    test_limits();
    test_unwritable();
    unlink(path);
    rmdir(folder);
    flint_cleanup();
    return test_finish();
}
