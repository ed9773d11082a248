/* relucert-check: reads certificates, checks them, prints what was proved. */

#include "check.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

static const char help[] =
    "usage: relucert-check [-q] [--case FILE#ID] CERT...\n\n"
    "Checks certificates, statements about ReLU networks with evidence, in exact arithmetic. It prints the\n"
    "statement that it verified, in full, and a line \"accepted\"; or a line on standard error that says where\n"
    "the proof fails. It shares no code with relucert. CERT may be - for standard input.\n\n"
    "  -q              print only \"CERT: accepted\"\n"
    "  --case FILE#ID  the statement must also be that of the claim ID in a case file\n\n"
    "Exit status: 0 all accepted; 1 a proof fails; 2 not a certificate, a file that cannot be read or\n"
    "written, wrong usage (2 outranks 1).\n"
    "Example: relucert-check --case cases/example-2.1.json#distance proofs/example-2.1.distance.json\n";

static bool quiet;
static char *case_name, *id;     /* --case; else NULL */

/* The parameters are rational, or some of them ranges, the networks just those that the statement names, and the verdict
   holds. The statement of a limit is about that of another claim. */
static bool check_instance(json *doc, statement *s, const claim *c, value v) {
    value parameters = json_get(v, "parameters"), networks = json_get(v, "networks"), at = json_get(v, "statement");
    value verdict = json_get(v, "verdict"), key = json_first(parameters), equals = json_get(at, "equals");
    bool proved = json_is(verdict, "proved"), family = is_family(v), limit = strcmp(c->name, "limit") == 0;
    NEW_Q(q);
    json_shape("instance", v, "parameters networks statement verdict evidence");
    require(json_type(parameters) == JSON_OBJECT, "instance", parameters, "an object");
    for (size_t k = json_count(parameters); k > 0 && !family; k--, key = json_next(json_next(key)))
        rational_read(q, "instance", json_next(key));
    if (family) doc->names = family_names(parameters);
    if (limit) {
        json_shape("limit", at, "of equals");
        at = json_get(at, "of");
        c = claim_find(json_get(at, "claim"));
        require(family && c->lower != NULL, "limit", at, "a claim about the values of a norm or a distance");
        require(is_stop(equals) || json_is(equals, "infinity"), "limit", equals, "0 or \"infinity\"");
    }
    require(!family || !(c->about & SINGLE), "instance", parameters, "values, for a claim of this kind");
    statement_read(s, c, at, networks, limit ? " claim" : "");
    /* X has a name unless it is an arrangement. */
    int named = (json_type(s->X_name) == JSON_STRING) + (s->Y != NULL && !json_same(s->X_name, s->Y_name));
    require(json_type(networks) == JSON_OBJECT && json_count(networks) == (size_t)named, "instance", networks,
            "only networks that the statement names");
    require(proved || (json_is(verdict, "refuted") && (!family || limit)), "verdict", verdict, "\"proved\"%s",
            family ? "" : " or \"refuted\"");
    void *mark = memory_mark();
    family_at(json_get(v, "evidence"));
    c->check(s, proved || limit, json_get(v, "evidence"));
    if (limit) require(family_limit(s, !is_stop(equals)) == (proved ? LIMIT : NO_LIMIT), "limit", equals,
                       "what the degrees say");
    memory_release(mark);
    doc->names = NULL;
    return proved;
}

/* A document's text, in one line. */
static void print_value(const char *before, value v) {
    value at = json_first(v);
    size_t length, object = json_type(v) == JSON_OBJECT, n = json_count(v) * (1 + object);
    const char *text = json_text(v, &length);
    printf("%s", before);
    if (json_type(v) == JSON_STRING) print_string("", v);
    else if (json_type(v) < JSON_LIST) printf("%.*s", (int)length, text);
    else printf("%c", object ? '{' : '[');
    for (size_t i = 0; i < n; i++, at = json_next(at)) print_value(i == 0 ? "" : object && i % 2 ? ": " : ", ", at);
    if (json_type(v) >= JSON_LIST) printf("%c", object ? '}' : ']');
}

static void print(value root, const statement *s, const char *verdict) {
    value list = json_get(root, "instances"), v = json_first(list);
    print_string("case ", json_get(root, "case"));
    print_string(", claim ", json_get(root, "id"));
    print_string(": ", json_get(root, "claim"));
    printf(", %zu instances\n", json_count(list));
    for (size_t i = 0; i < json_count(list); i++, v = json_next(v)) {
        value key = json_first(json_get(v, "parameters"));
        printf("instance %zu", i + 1);
        for (size_t k = json_count(json_get(v, "parameters")); k > 0; k--, key = json_next(json_next(key))) {
            value range = json_next(key), end = json_first(range), both = json_first(json_next(end));
            bool ranges = json_type(range) == JSON_OBJECT, inner = ranges && json_is(end, "real-between");
            print_string(ranges ? ", for all " : ", ", key);
            if (ranges) printf(json_is(end, "integer-from") ? " >= " : " > ");
            else printf(" = ");
            printf("%s", number_text(number_read("instance", inner ? both : ranges ? json_next(end) : range)));
            if (inner) printf(" and < %s", number_text(number_read("instance", json_next(both))));
        }
        if (is_family(v)) {
            print_value("\n  ", json_get(v, "networks"));
            print_value("\n  claim: ", json_get(v, "statement"));
        } else {
            statement_print(&s[i]);
            listing_print(&s[i], json_get(v, "evidence"));
        }
        printf("\n  %s\n", json_is(json_get(v, "verdict"), "proved") ? "proved" : "refuted: the claim is false");
    }
    printf("the statement is %s\naccepted\n", verdict);
}

/* Checks that it is a certificate at all (section 6; as in a case file, a defect there has status 2), all
   instances, and that the document's verdict follows from theirs: section 3. */
static void accept(const char *name) {
    static const char *const strings[] = {"producer", "case", "id", "claim", "verdict"};
    json *doc = json_read(name, true);
    value root = {doc, 0}, list = json_get(root, "instances"), v = json_first(list);
    json_shape("", root, "format=relucert-certificate version producer case id claim verdict instances");
    json_index("", json_get(root, "version"), 1, 1);
    json_list("", list);
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        require(json_type(json_get(root, strings[i])) == JSON_STRING, "", json_get(root, strings[i]), "a string");
    doc->is_case = false;
    const claim *c = claim_find(json_get(root, "claim"));
    statement *s = memory_new(json_count(list), sizeof *s);
    const char *verdict = "proved";
    require(json_count(list) > 0, "instances", list, "at least one instance");
    for (size_t i = 0; i < json_count(list); i++, v = json_next(v))
        if (!check_instance(doc, &s[i], c, v)) verdict = "refuted";
    require(json_is(json_get(root, "verdict"), verdict), "verdict", json_get(root, "verdict"), "\"%s\"", verdict);
    if (id != NULL) case_compare(json_read(case_name, true), id, doc, s);
    if (quiet) printf("%s: accepted\n", name);
    else print(root, s, verdict);
}

/* Checks a file when the worst status so far is `status`. */
static int check_file(const char *name, int status) {
    report_begin(name, 0);
    if (setjmp(report.leave) == 0) accept(name);
    else fprintf(stderr, "relucert-check: %s: %s\n", report.name, report.line);
    memory_release(NULL);
    return report.status > status ? report.status : status;
}

static int finish(int status, const char *defect) {
    if (fflush(stdout) != 0 || ferror(stdout)) defect = "standard output cannot be written";
    if (defect != NULL) fprintf(stderr, "relucert-check: %s\n", defect);
    return defect != NULL ? 2 : status;
}

int main(int argc, char **argv) {
    int first = 1, status = 0;
    memory_start();
    for (; first < argc && argv[first][0] == '-' && argv[first][1] != '\0'; first++) {
        if (strcmp(argv[first], "--help") == 0) return finish(fputs(help, stdout) < 0, NULL);
        if (strcmp(argv[first], "--version") == 0)
            return finish(printf("relucert-check %s (GMP %s)\n", PACKAGE_VERSION, gmp_version) < 0, NULL);
        if (strcmp(argv[first], "-q") == 0) quiet = true;
        else if (strcmp(argv[first], "--case") == 0 && first + 1 < argc && strchr(argv[first + 1], '#') != NULL) {
            id = strrchr(case_name = argv[++first], '#');
            *id++ = '\0';
        } else first = argc;
    }
    if (first >= argc) return finish(2, "wrong usage; relucert-check --help explains it");
    for (; first < argc; first++) status = check_file(argv[first], status);
    return finish(status, NULL);
}
