/* Cases: what is read, and the message for everything that is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "relucert/casefile.h"

static char folder[] = "/tmp/relucert-t-casefile-XXXXXX";
static char path[100];

static void write_case(const char *text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* The text with ' for ", which reads better in C. */
static void write_quoted(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL) abort();
    strcpy(copy, text);
    for (char *p = copy; *p; p++) {
        if (*p == '\'') *p = '"';
    }
    write_case(copy);
    free(copy);
}

typedef struct {
    const char *text;
    const char *expected[3]; /* parts of the message; NULL: nothing further is demanded */
} refused;

#define NETS                                                                                            \
    "'networks': {'X': {'A': [[1, 0]], 'C': [1]}, 'Y': {'A': [[0, 1], [1, 1]], 'C': [1, 2]}, "          \
    "'B': {'layers': [{'A': [[1, 2]], 'b': [0]}, {'A': [[1]], 'b': [0]}]}, "                            \
    "'deep': {'layers': [{'A': [[1, 2]], 'b': [0]}, {'A': [[1]], 'b': [0]}, {'A': [[1]], 'b': [0]}]}, " \
    "'one': {'A': [[1]], 'C': [1]}, 'wide': {'A': [[1, 0]], 'C': [[1], [1]]}, "                         \
    "'root': {'A': [['sqrt(2)', 0]], 'C': ['sqrt(2)']}}"
#define CASE(claim) "{" NETS ", 'claims': [" claim "]}"
#define PCASE(claim)                                                                                                \
    "{'parameters': [{'name': 'k', 'integer-from': 1}, {'name': 'r', 'real-above': 0}], "                           \
    "'networks': {'P': {'A': [['1/(k-3)', 'r']], 'C': [1]}, 'Q': {'A': [['k', 1]], 'C': ['r']}}, 'claims': [" claim \
    "]}"

static const refused bad[] = {
    {"[]", {"expected an object"}},
    {"{'claims': []}", {"claims", "at least one"}},
    {"{'networks': {}}", {"claims"}},
    {"{'titel': 'x', 'claims': []}", {"unknown field \"titel\""}},
    {"{'title': 3, 'claims': []}", {"title", "expected a string"}},
    {"{'networks': [], 'claims': []}", {"networks"}},
    {"{'networks': {'a': 'b'}, 'claims': []}", {"network a", "\"b\""}},
    {"{'networks': {'a': 'b', 'b': 'c', 'c': 'b'}, 'claims': []}", {"circle"}},
    {"{'networks': {'a': 'a'}, 'claims': []}", {"network a", "circle"}},
    {"{'parameters': {}, 'claims': []}", {"parameters", "expected a list"}},
    {"{'parameters': [{'name': 'sqrt', 'integer-from': 1}], 'claims': []}", {"parameter 1", "no name"}},
    {"{'parameters': [{'name': '1k', 'integer-from': 1}], 'claims': []}", {"parameter 1", "no name"}},
    {"{'parameters': [{'name': 'k', 'integer-from': 1}, {'name': 'k', 'real-above': 1}], 'claims': []}",
     {"two parameters"}},
    {"{'parameters': [{'name': 'k', 'integer-from': '1/2'}], 'claims': []}",
     {"parameter k", "integer-from", "integer"}},
    {"{'parameters': [{'name': 'k'}], 'claims': []}", {"parameter k", "one of"}},
    {"{'parameters': [{'name': 'k', 'integer-from': 1, 'real-above': 0}], 'claims': []}", {"parameter k", "one of"}},
    {CASE("3"), {"claim 1", "object"}},
    {CASE("{'claim': 'equal'}"), {"claim 1", "id"}},
    {CASE("{'id': 'a/b', 'claim': 'equal'}"), {"claim 1", "a/b"}},
    {CASE("{'id': '.a', 'claim': 'equal'}"), {"claim 1", ".a"}},
    {CASE("{'id': 'a'}"), {"claim a", "claim: expected a string"}},
    {CASE("{'id': 'a', 'claim': 'limit', 'of': 'b', 'equals': 0}"),
     {"unknown kind \"limit\"", "theorem-3.3", "loss-local-minimum"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X']}, {'id': 'a', 'claim': 'equal', 'of': ['X', 'X']}"),
     {"claim 2", "also the id of claim 1"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X'], 'expect': 'true'}"), {"claim a", "expect", "\"true\""}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': 'X'}"), {"of", "two networks"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'Z']}"), {"of, entry 2", "no network \"Z\""}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'one']}"), {"do not fit", "X has d = 2", "one has d = 1"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'wide']}"), {"do not fit", "D = 2"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['one', 'deep']}"), {"do not fit", "deep has d = 2"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': ['X', 'deep'], 'equals': 1}"), {"deep has 3 layers", "`semi-norm`"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X'], 'holds': 1}"), {"holds", "true or false"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X'], 'equals': 1}"), {"claim a", "unknown field \"equals\""}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'equals': 1}"), {"claim a", "\"of\" is missing"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'X'}"), {"exactly one of", "found 0"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'X', 'equals': 1, 'at-most': 2}"), {"exactly one of", "found 2"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'X', 'equals': '1/0'}"), {"claim a", "equals"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'X', 'equals': 'k'}"), {"claim a", "equals"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'X', 'equals': []}"), {"claim a", "equals"}},
    {CASE("{'id': 'a', 'claim': 'semi-norm', 'of': ['X', 'X', 'X'], 'equals': 1}"), {"claim a", "of"}},
    {CASE("{'id': 'a', 'claim': 'sup-norm', 'of': 'X', 'equals': 1}"), {"\"box\" is missing"}},
    {CASE("{'id': 'a', 'claim': 'sup-norm', 'of': 'X', 'box': 0, 'equals': 1}"), {"box", "> 0"}},
    {CASE("{'id': 'a', 'claim': 'sup-norm', 'of': 'X', 'box': 'sqrt(2)', 'equals': 1}"), {"box"}},
    {CASE("{'id': 'a', 'claim': 'cells', 'of': 'X', 'equals': '1/2'}"), {"equals", "integer"}},
    {CASE("{'id': 'a', 'claim': 'cells', 'of': 'X', 'equals': -1}"), {"equals", ">= 0"}},
    {CASE("{'id': 'a', 'claim': 'cells', 'of': {'normals': [[1], [1, 2]]}, 'equals': 1}"), {"claim a", "of"}},
    {CASE("{'id': 'a', 'claim': 'member', 'of': 'X', 'space': 'N'}"), {"space", "\"N'\" or \"N*\""}},
    {CASE("{'id': 'a', 'claim': 'member', 'of': 'one', 'space': 'N*'}"), {"d >= 2"}},
    {CASE("{'id': 'a', 'claim': 'member', 'of': 'B', 'space': 'N*'}"), {"B has biases", "`member`"}},
    {CASE("{'id': 'a', 'claim': 'member', 'of': ['X'], 'space': 'N*'}"), {"of", "one network"}},
    {CASE("{'id': 'a', 'claim': 'theorem-3.3', 'gamma': 'X', 'theta': 'Y'}"), {"do not fit", "m = 1", "m = 2"}},
    {CASE("{'id': 'a', 'claim': 'theorem-3.3', 'gamma': 'one', 'theta': 'one'}"), {"d >= 2"}},
    {CASE("{'id': 'a', 'claim': 'theorem-3.3', 'gamma': 'X'}"), {"\"theta\" is missing"}},
    {CASE("{'id': 'a', 'claim': 'theorem-3.1', 'gamma': 'wide', 'theta': 'wide', 'beta': 1}"), {"D = 1", "D = 2"}},
    {CASE("{'id': 'a', 'claim': 'theorem-3.1', 'gamma': 'X', 'theta': 'X', 'beta': -1}"), {"beta", ">= 0"}},
    {CASE("{'id': 'a', 'claim': 'inverse-stable', 'gamma': 'X', 'theta': 'X', 's': 1, 'alpha': 0, 'within': 'N'}"),
     {"alpha", "> 0"}},
    {CASE("{'id': 'a', 'claim': 'inverse-stable', 'gamma': 'X', 'theta': 'X', 's': -1, 'alpha': 1, 'within': 'N'}"),
     {"s", ">= 0"}},
    {CASE("{'id': 'a', 'claim': 'inverse-stable', 'gamma': 'X', 'theta': 'X', 's': 1, 'alpha': 1, 'within': 'M'}"),
     {"within", "\"M\""}},
    {CASE("{'id': 'a', 'claim': 'distance', 'gamma': 'X', 'g': 'B', 'equals': 1}"), {"B has biases"}},
    {CASE("{'id': 'a', 'claim': 'embedding', 'of': 'X'}"), {"X has no biases"}},
    {CASE("{'id': 'a', 'claim': 'loss-local-minimum', 'network': 'X', 'samples': {'x': [[1, 2]]}, 'radius': 1}"),
     {"samples"}},
    {CASE("{'id': 'a', 'claim': 'loss-local-minimum', 'network': 'X', 'samples': {'x': [[1]], 'y': [1]}, 'radius': 1}"),
     {"samples", "x, entry 1", "expected 2"}},
    {CASE("{'id': 'a', 'claim': 'loss-local-minimum', 'network': 'X', 'samples': {'x': [[1, 2]], 'y': [[1, 2]]}, "
          "'radius': 1}"),
     {"samples", "y, entry 1"}},
    {CASE("{'id': 'a', 'claim': 'loss-local-minimum', 'network': 'X', 'samples': {'x': [], 'y': []}, 'radius': 1}"),
     {"samples"}},
    {CASE("{'id': 'a', 'claim': 'loss-local-minimum', 'network': 'root', 'samples': {'x': [[1, 2]], 'y': [1]}, "
          "'radius': 1}"),
     {"root, neuron 1", "rational"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X'], 'at': {'k': [1]}}"), {"at", "no parameters"}},
    {CASE("{'id': 'a', 'claim': 'equal', 'of': ['X', 'X'], 'for': {'k': {'integer-from': 1}}}"),
     {"for", "no parameters"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [1]}}"), {"claim a", "at: r", "list"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [1], 'r': [1], 's': [1]}}"),
     {"at", "no parameter \"s\""}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [0], 'r': [1]}}"),
     {"at: k", "domain", "integers from 1"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': ['3/2'], 'r': [1]}}"), {"at: k", "domain"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [1], 'r': [0]}}"),
     {"at: r", "numbers above 0"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [1, '2/2'], 'r': [1]}}"), {"at: k", "equal"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [], 'r': [1]}}"), {"at: k", "empty"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'at': {'k': [1], 'r': [1]}, 'for': {'k': {'integer-from': "
           "3}}}"),
     {"exclude"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'for': {'k': {'integer-from': 0}}}"), {"for: k", "domain"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['Q', 'Q'], 'for': {'k': {'real-above': 3}}}"), {"for: k", "domain"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['P', 'Q'], 'at': {'k': [1, 3], 'r': [1]}}"),
     {"network P", "k = 3, r = 1"}},
    {PCASE("{'id': 'a', 'claim': 'semi-norm', 'of': 'Q', 'equals': '1/(k-2)', 'at': {'k': [1, 2], 'r': ['1/2']}}"),
     {"claim a", "(k = 2, r = 1/2)", "equals"}},
    {PCASE("{'id': 'a', 'claim': 'equal', 'of': ['P', 'Q'], 'for': {'k': {'integer-from': 3}}}"),
     {"network P", "k = 3"}},
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        test_case("refused %zu", i);
        write_quoted(bad[i].text);
        rc_case_t c;
        rc_error_t err;
        rc_case_init(c);
        err->message[0] = '\0';
        rc_status status = rc_case_read(c, path, err);
        CHECK(status == RC_BAD_INPUT, "status %d for %s", (int) status, bad[i].text);
        CHECK(strncmp(err->message, path, strlen(path)) == 0, "no file in \"%s\"", err->message);
        CHECK(strchr(err->message, '\n') == NULL, "two lines: %s", err->message);
        for (size_t k = 0; k < 3 && bad[i].expected[k]; k++) {
            /* Quotes in expected texts are as in messages. */
            CHECK(strstr(err->message, bad[i].expected[k]) != NULL, "expected \"%s\" in \"%s\" for %s",
                  bad[i].expected[k], err->message, bad[i].text);
        }
        CHECK(c->claims == 0 && c->doc == NULL, "the case was touched");
        rc_case_clear(c);
    }
}

static void test_read(void)
{
    test_case("a case with parameters");
    write_quoted("{'title': 'T', 'source': 'S', 'parameters': [{'name': 'k', 'integer-from': 1}, {'name': 'r', "
                 "'real-above': 0}], "
                 "'networks': {'f': 'g', 'g': 'h', 'h': {'A': [['k', 'r']], 'C': ['k/r']}, 'fixed': {'A': [[1, 0.1]], "
                 "'C': [1]}}, "
                 "'claims': [{'id': 'a', 'claim': 'semi-norm', 'of': ['f', 'fixed'], 'at-most': 'k*r+sqrt(2)', "
                 "'at': {'r': ['1/2', 3], 'k': [1, '10^6', 2]}, 'expect': 'refuted'}, "
                 "{'id': 'b', 'claim': 'equal', 'of': ['f', 'h'], 'holds': false}, "
                 "{'id': 'c', 'claim': 'unique', 'of': 'f', 'for': {'k': {'integer-from': 7}}}]}");
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    rc_status status = rc_case_read(c, path, err);
    CHECK(status == RC_OK, "%s", err->message);
    if (status != RC_OK) return;
    CHECK(strcmp(c->title, "T") == 0 && strcmp(c->source, "S") == 0 && strcmp(c->stem, "case") == 0, "%s %s %s",
          c->title, c->source, c->stem);
    CHECK(c->claims == 3 && c->parameters == 2, "%ld claims", (long) c->claims);
    const rc_claim_struct *a = c->claim;
    CHECK(a->kind == RC_CLAIM_SEMI_NORM && a->comparison == RC_COMPARE_AT_MOST && a->expect == RC_REFUTED &&
              a->instances == 6 && !a->all_values,
          "%ld instances", (long) a->instances);
    static const long k[] = {1, 1, 1000000, 1000000, 2, 2}; /* first parameter slowest, lists in their own order */
    for (slong i = 0; i < 6; i++) {
        fmpq_t r, x, y;
        rc_surd_t v, w;
        fmpq_init(r);
        fmpq_init(x);
        fmpq_init(y);
        rc_surd_init(v);
        rc_surd_init(w);
        fmpq_set_si(r, i % 2 ? 3 : 1, i % 2 ? 1 : 2);
        const rc_instance_struct *in = a->instance + i;
        fmpq_set_si(x, k[i], 1);
        CHECK(fmpq_equal(in->parameters, x) && fmpq_equal(in->parameters + 1, r), "instance %ld", (long) i);
        /* c a^T = (k/r) (k, r) */
        fmpq_mul(x, fmpq_mat_entry(in->network[0]->gamma, 0, 0), fmpq_mat_entry(in->network[0]->u, 0, 0));
        fmpq_set_si(y, k[i] * k[i], 1);
        fmpq_div(y, y, r);
        CHECK(fmpq_equal(x, y), "network at instance %ld", (long) i);
        CHECK(in->network[1] == a->instance[0].network[1], "the fixed network is not shared");
        fmpq_mul_si(x, r, k[i]);
        rc_surd_set_fmpq(v, x);
        fmpq_set_si(y, 2, 1);
        rc_surd_set_sqrt_fmpq(w, y);
        rc_surd_add(v, v, w);
        CHECK(rc_surd_cmp(v, in->value) == 0, "value at instance %ld", (long) i);
        rc_surd_clear(w);
        rc_surd_clear(v);
        fmpq_clear(y);
        fmpq_clear(x);
        fmpq_clear(r);
    }
    char *text = rc_instance_get_str(c, a->instance + 2);
    CHECK(strcmp(text, "k = 1000000, r = 1/2") == 0, "%s", text);
    free(text);
    CHECK(c->claim[1].all_values && c->claim[1].instances == 16 && !c->claim[1].holds && c->claim[1].expect == RC_PROVED,
          "claim b");
    CHECK(c->claim[2].all_values && c->claim[2].holds, "claim c");
    rc_case_clear(c);
}

static void check_load(const char *argument, slong settings, const char *const *set, const char *expected)
{
    rc_network_t net;
    rc_error_t err;
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    err->message[0] = '\0';
    rc_status status = rc_case_load_network(net, argument, settings, set, err);
    if (expected == NULL) {
        CHECK(status == RC_OK && net->d == 2, "%s: %s", argument, err->message);
    } else {
        CHECK(status == RC_BAD_INPUT && strstr(err->message, expected) && net->d == 1, "%s: \"%s\" in \"%s\"", argument,
              expected, err->message);
    }
    rc_network_clear(net);
}

static void test_load(void)
{
    test_case("networks of commands");
    write_quoted("{'parameters': [{'name': 'k', 'integer-from': 1}], 'networks': {'f': {'A': [['k', 0]], 'C': "
                 "['1/(k-2)']}, 'g': 'f'}}");
    char f[200], g[200], none[200];
    snprintf(f, sizeof f, "%s#f", path);
    snprintf(g, sizeof g, "%s#g", path);
    snprintf(none, sizeof none, "%s#h", path);
    const char *const k3[] = {"k=3"}, *const k2[] = {"k=2"}, *const k0[] = {"k=0"}, *const r[] = {"r=1"},
                      *const two[] = {"k=1", "k=3"}, *const junk[] = {"k"}, *const expression[] = {"k=2^3-1"};
    check_load(f, 1, k3, NULL);
    check_load(g, 1, expression, NULL);
    check_load(f, 0, NULL, "k has no value");
    check_load(f, 1, k2, "k = 2");
    check_load(f, 1, k0, "domain");
    check_load(f, 1, r, "no such parameter");
    check_load(f, 2, two, "set twice");
    check_load(f, 1, junk, "NAME=VALUE");
    check_load(none, 1, k3, "no network \"h\"");
    check_load(path, 0, NULL, "this is a case");
    write_quoted("{'A': [[1, 2]], 'C': [3]}");
    check_load(path, 0, NULL, NULL);
    check_load(path, 1, k3, "--set");
    test_case("arrangements of commands");
    write_quoted("{'normals': [[1, 2], [0, 1]]}");
    rc_network_t net;
    rc_arrangement_t arr;
    rc_error_t err;
    bool is_arrangement = false;
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    rc_arrangement_init(arr);
    CHECK(rc_case_load_any(net, arr, &is_arrangement, path, 0, NULL, err) == RC_OK && is_arrangement && arr->n == 2,
          "%s", err->message);
    rc_arrangement_clear(arr);
    rc_network_clear(net);
}

static void test_missing(void)
{
    test_case("missing file");
    rc_case_t c;
    rc_error_t err;
    rc_case_init(c);
    rc_status status = rc_case_read(c, "/nonexistent/x.json", err);
    CHECK(status != RC_OK && strstr(err->message, "/nonexistent/x.json"), "%s", err->message);
    rc_case_clear(c);
}

int main(void)
{
    test_start("t-casefile");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    }
    snprintf(path, sizeof path, "%s/case.json", folder);
    test_refused();
    test_read();
    test_load();
    test_missing();
    unlink(path);
    rmdir(folder);
    flint_cleanup();
    return test_finish();
}
