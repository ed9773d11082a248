/* relucert-check: reads certificates, checks them, prints what was proved. */

#include <stdio.h>
#include <string.h>
#include "check.h"

#define VERSION "1.0.0"

static const char help[] =
    "usage: relucert-check [-q] [--case FILE#ID] CERT...\n\n"
    "Checks certificates in exact arithmetic: a certificate holds a statement about ReLU\n"
    "networks and evidence for it. For each one this program prints the statement that it\n"
    "verified, in full, and a line \"accepted\"; or a line on standard error that says where\n"
    "the proof fails. It shares no code with relucert. CERT may be - for standard input.\n\n"
    "  -q              print only \"CERT: accepted\"\n"
    "  --case FILE#ID  the statement must also be that of the claim ID in a case file\n\n"
    "Exit status: 0 all accepted; 1 a proof fails; 2 not a certificate, a file that cannot be\n"
    "read or written, wrong usage (2 outranks 1).\n"
    "Example: relucert-check --case cases/ex21.json#dist proofs/ex21.dist.json\n";

/* What is not a certificate at all: section 6. */
static void check_top(const json *doc) {
    static const char *const key[] = {"format", "producer", "case", "id", "claim", "verdict", "version",
                                      "instances"};
    value root = {doc, 0};
    if (json_type(root) != JSON_OBJECT || json_count(root) != 8)
        malformed(doc, 0, "expected an object with the 8 keys of a certificate");
    for (size_t i = 0; i < 8; i++) {
        value v = json_get(root, key[i]);
        json_kind kind = i < 6 ? JSON_STRING : i == 6 ? JSON_INTEGER : JSON_LIST;
        size_t length;
        if (!json_present(v)) malformed(doc, 0, "expected the key \"%s\"", key[i]);
        if (json_type(v) != kind || (i == 0 && !json_is(v, "relucert-certificate")) ||
            (i == 6 && (*json_text(v, &length) != '1' || length != 1)))
            malformed(doc, doc->node[v.node].text, "expected another %s", key[i]);
    }
}

static bool read_verdict(value v) {
    if (!json_is(v, "proved") && !json_is(v, "refuted")) expected("verdict", v, "\"proved\" or \"refuted\"");
    return json_is(v, "proved");
}

/* The parameters are rational, and the networks just those that the statement names. */
static void check_names(value parameters, value networks, const statement *s) {
    value key = json_first(parameters);
    NEW_Q(q);
    if (json_type(parameters) != JSON_OBJECT) expected("instance", parameters, "an object");
    for (size_t k = json_count(parameters); k > 0; k--, key = json_next(key))
        rational_read(q, "instance", key = json_next(key));
    key = json_first(networks);
    if (json_type(networks) != JSON_OBJECT) expected("instance", networks, "an object");
    for (size_t k = json_count(networks); k > 0; k--, key = json_next(json_next(key)))
        if (!json_same(key, s->X_name) && (s->Y == NULL || !json_same(key, s->Y_name)))
            expected("instance", key, "only networks that the statement names");
}

/* All instances are proved or refuted as they say, and the document's verdict follows: section 3. */
static statement *check_instances(value root) {
    const claim *c = claim_find(json_get(root, "claim"));
    value list = json_get(root, "instances"), verdict = json_get(root, "verdict"), v = json_first(list);
    statement *s = memory_new(json_count(list), sizeof *s);
    bool all = true;
    if (json_count(list) == 0) expected("instances", list, "at least one instance");
    for (size_t i = 0; i < json_count(list); i++, v = json_next(v)) {
        json_shape("instance", v, "parameters networks statement verdict evidence");
        statement_read(&s[i], c, json_get(v, "statement"), json_get(v, "networks"), "");
        check_names(json_get(v, "parameters"), json_get(v, "networks"), &s[i]);
        void *mark = memory_mark();
        bool proved = read_verdict(json_get(v, "verdict"));
        c->check(&s[i], proved, json_get(v, "evidence"));
        all = all && proved;
        memory_release(mark);
    }
    if (read_verdict(verdict) != all) expected("verdict", verdict, "\"%s\"", all ? "proved" : "refuted");
    return s;
}

static void print_instance(value v, size_t number_of_it, const statement *s) {
    value key = json_first(json_get(v, "parameters"));
    printf("instance %zu", number_of_it);
    for (size_t k = json_count(json_get(v, "parameters")); k > 0; k--, key = json_next(json_next(key))) {
        printf(", ");
        print_string(key);
        printf(" = %s", number_text(number_read("instance", json_next(key))));
    }
    printf("\n");
    statement_print(s);
    printf("  %s\n", json_is(json_get(v, "verdict"), "proved") ? "proved" : "refuted: the claim is false");
}

static void accept(const char *name, const char *case_name, const char *id, bool quiet) {
    json *doc = json_read(name, false);
    value root = {doc, 0}, v = json_first(json_get(root, "instances"));
    statement *s;
    check_top(doc);
    s = check_instances(root);
    if (case_name != NULL) case_compare(json_read(case_name, true), id, root, s);
    if (quiet) {
        printf("%s: accepted\n", name);
        return;
    }
    printf("case ");
    print_string(json_get(root, "case"));
    printf(", claim ");
    print_string(json_get(root, "id"));
    printf(": %s, %zu instances\n", s->claim->name, json_count(json_get(root, "instances")));
    for (size_t i = 0; i < json_count(json_get(root, "instances")); i++, v = json_next(v))
        print_instance(v, i + 1, &s[i]);
    printf("the statement is ");
    print_string(json_get(root, "verdict"));
    printf("\naccepted\n");
}

static int check_file(const char *name, const char *case_name, const char *id, bool quiet) {
    report.status = 0;
    if (setjmp(report.leave) == 0) accept(name, case_name, id, quiet);
    else fprintf(stderr, "relucert-check: %s: %s\n", report.name, report.line);
    memory_release(NULL);
    return report.status;
}

int main(int argc, char **argv) {
    bool quiet = false, usage = false, done = false;
    char *case_name = NULL, *id = NULL;
    int first = 1, status = 0;
    memory_start();
    for (; !usage && first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++) {
        if (strcmp(argv[first], "-q") == 0) {
            quiet = true;
        } else if (strcmp(argv[first], "--help") == 0) {
            done = fputs(help, stdout) >= 0;
        } else if (strcmp(argv[first], "--version") == 0) {
            done = printf("relucert-check %s (GMP %s)\n", VERSION, gmp_version) > 0;
        } else if (strcmp(argv[first], "--case") == 0 && first + 1 < argc) {
            case_name = argv[++first];
            id = strrchr(case_name, '#');
            if (id != NULL) *id++ = '\0';
            usage = id == NULL;
        } else {
            usage = true;
        }
    }
    if (usage || (first >= argc && !done)) {
        fputs("relucert-check: wrong usage; relucert-check --help explains it\n", stderr);
        return 2;
    }
    for (; first < argc && !done; first++) {
        int one = check_file(argv[first], case_name, id, quiet);
        status = one > status ? one : status;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("relucert-check: standard output cannot be written\n", stderr);
        status = 2;
    }
    return status;
}
