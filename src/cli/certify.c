/* relucert certify: decides the claims of cases and writes their certificates. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "relucert/certificate.h"

static const char help[] = "Usage: relucert certify [OPTION]... CASE...\n"
                           "\n"
                           "Decides every claim of the case files: proved, refuted or undecided, exactly. A folder\n"
                           "stands for its *.json files in sorted order.\n"
                           "\n"
                           "  -o, --output DIR  write a certificate DIR/CASE.CLAIM.json for each decided claim\n"
                           "                    (relucert-check verifies it); the folder is made if it is missing\n"
                           "  --only ID         decide just the claims with this id\n"
                           "\n"
                           "--time-limit and --max-cells hold for each claim; a claim they stop is undecided. -q\n"
                           "prints only claims whose verdict is not the expected one.\n"
                           "\n"
                           "Exit status: 0 all verdicts as expected, 1 some are not, 3 some are unexpectedly\n"
                           "undecided, 2 bad input or usage. 2 outranks 1, and 1 outranks 3.\n"
                           "\n"
                           "Example:\n"
                           "  $ relucert certify -o proofs cases/example-2.2.json\n";

typedef struct {
    rc_cli_struct *cli;
    const char *folder, *only;
    double seconds; /* for each claim; 0: no limit */
    json_t *cases;
    size_t read, refused, claims, verdicts[4], unexpected, undecided;
    bool bad, titled, interrupted;
} run;

/* The files of the arguments, folders expanded. */
typedef struct {
    char **path;
    size_t count;
} file_list;

static void *need(void *p)
{
    if (p == NULL) flint_abort();
    return p;
}

static char *join(const char *a, const char *between, const char *b, const char *end)
{
    size_t n = strlen(a) + strlen(between) + strlen(b) + strlen(end) + 1;
    char *text = need(malloc(n));
    snprintf(text, n, "%s%s%s%s", a, between, b, end);
    return text;
}

/* Takes ownership of path. */
static void add_file(file_list *files, char *path)
{
    files->path = need(realloc(files->path, (files->count + 1) * sizeof *files->path));
    files->path[files->count++] = path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static bool add_folder(run *r, file_list *files, const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        rc_cli_error(r->cli, "%s: %s", folder, strerror(errno));
        return false;
    }
    size_t first = files->count, length = strlen(folder);
    const char *between = length > 0 && folder[length - 1] == '/' ? "" : "/";
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        size_t n = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || n < 6 || strcmp(entry->d_name + n - 5, ".json") != 0) continue;
        add_file(files, join(folder, between, entry->d_name, ""));
    }
    closedir(dir);
    if (files->count == first) {
        rc_cli_error(r->cli, "%s: no *.json files in this folder", folder);
        return false;
    }
    qsort(files->path + first, files->count - first, sizeof *files->path, by_name);
    return true;
}

static void list_files(run *r, file_list *files)
{
    for (int i = 0; i < r->cli->argc; i++) {
        const char *arg = r->cli->argv[i];
        struct stat info;
        if (strcmp(arg, "-") != 0 && stat(arg, &info) == 0 && S_ISDIR(info.st_mode)) {
            if (!add_folder(r, files, arg)) r->bad = true;
        } else {
            add_file(files, join(arg, "", "", ""));
        }
    }
}

/* Certificates are named after the case's stem, so two cases with one stem would overwrite each other's. */
static bool stems_clash(run *r, const file_list *files)
{
    for (size_t i = 0; r->folder && i < files->count; i++) {
        const char *a = strrchr(files->path[i], '/');
        a = a ? a + 1 : files->path[i];
        for (size_t j = 0; j < i; j++) {
            const char *b = strrchr(files->path[j], '/');
            b = b ? b + 1 : files->path[j];
            if (strcmp(a, b) != 0) continue;
            rc_cli_error(r->cli, "%s and %s: certificates of two cases of one name would overwrite each other",
                         files->path[j], files->path[i]);
            return true;
        }
    }
    return false;
}

static bool make_folder(run *r)
{
    if (r->folder == NULL) return true;
    char *path = join(r->folder, "", "", "");
    bool good = true;
    for (char *p = path; good && *p;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        char kept = *p;
        *p = '\0';
        good = mkdir(path, 0777) == 0 || errno == EEXIST;
        *p = kept;
    }
    struct stat info;
    if (good && (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))) {
        good = false;
        errno = ENOTDIR;
    }
    if (!good) rc_cli_error(r->cli, "%s: the folder cannot be made: %s", r->folder, strerror(errno));
    free(path);
    return good;
}

/* One claim. */

typedef struct {
    rc_case_struct *c;
    const rc_claim_struct *claim;
    rc_decision_struct *decisions; /* one for each instance */
    rc_family_struct *family;      /* of a claim about all values */
    rc_verdict verdict;
    double seconds;
    char *certificate; /* its path, or NULL */
} outcome;

static void decide(run *r, outcome *o)
{
    rc_limits limits = r->cli->limits;
    double start = rc_clock();
    if (r->seconds > 0) limits.deadline = start + r->seconds;
    o->verdict = RC_PROVED;
    for (slong i = 0; i < o->claim->instances && !o->claim->all_values; i++) {
        limits.visited = 0;
        limits.reason = NULL;
        rc_claim_decide(o->decisions + i, o->claim, o->claim->instance + i, &limits);
        o->verdict = rc_verdict_combine(o->verdict, o->decisions[i].verdict);
        if (limits.stop && *limits.stop) r->interrupted = true;
    }
    if (o->claim->all_values) {
        rc_family_decide(o->family, o->c, o->claim, &limits);
        o->verdict = o->family->verdict;
        if (limits.stop && *limits.stop) r->interrupted = true;
    }
    o->seconds = rc_clock() - start;
}

static bool write_certificate(run *r, outcome *o)
{
    if (r->folder == NULL || o->verdict == RC_UNDECIDED) return true;
    size_t length = strlen(r->folder);
    char *base = join(r->folder, length > 0 && r->folder[length - 1] == '/' ? "" : "/", o->c->stem, ".");
    o->certificate = join(base, o->claim->id, "", ".json");
    free(base);
    static const char producer[] = "relucert " PACKAGE_VERSION;
    rc_status status =
        o->claim->all_values
            ? rc_certificate_write_family(o->certificate, o->c, o->claim, o->family, producer, r->cli->err)
            : rc_certificate_write(o->certificate, o->c, o->claim, o->decisions, producer, r->cli->err);
    if (status == RC_OK) return true;
    rc_cli_fail(r->cli, status);
    free(o->certificate);
    o->certificate = NULL;
    return false;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* null, the value, or with several instances the list of theirs. */
static json_t *value_json(const outcome *o)
{
    if (o->claim->all_values) {
        const json_t *v = o->verdict == RC_PROVED ? json_object_get(o->claim->fields, "equals") : NULL;
        return v ? json_incref((json_t *) v) : json_null();
    }
    if (o->claim->instances == 1) return text_or_null(o->decisions[0].value);
    json_t *list = json_array();
    for (slong i = 0; i < o->claim->instances; i++) rc_cli_append(list, text_or_null(o->decisions[i].value));
    return list;
}

static json_t *outcome_json(const outcome *o)
{
    json_t *doc = json_object();
    rc_cli_set(doc, "id", json_string(o->claim->id));
    rc_cli_set(doc, "claim", json_string(rc_claim_kind_name(o->claim->kind)));
    rc_cli_set(doc, "verdict", json_string(rc_verdict_name(o->verdict)));
    rc_cli_set(doc, "value", value_json(o));
    rc_cli_set(doc, "certificate", text_or_null(o->certificate));
    return doc;
}

/* For people. */

static void put_json_text(const json_t *value)
{
    if (json_is_string(value)) {
        fputs(json_string_value(value), stdout);
        return;
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    fputs(text ? text : "?", stdout);
    free(text);
}

/* "  at k = 1, 10, 1000000; r = 1/2" or "  for all k, r". */
static void put_settings(const outcome *o)
{
    const rc_case_struct *c = o->c;
    const json_t *at = json_object_get(o->claim->fields, "at");
    for (slong i = 0; i < c->parameters; i++) {
        const char *name = c->parameter[i].name;
        if (o->claim->all_values) {
            fmpq_t end;
            fmpq_init(end);
            rc_case_range(end, c, o->claim->target ? o->claim->target : o->claim, i);
            char *text = rc_fmpq_get_str(end);
            printf("%s%s %s %s", i ? ", " : "  for all ", name, c->parameter[i].integer ? ">=" : ">", text);
            free(text);
            fmpq_clear(end);
            continue;
        }
        printf("%s%s = ", i ? "; " : "  at ", name);
        const json_t *list = json_object_get(at, name);
        size_t n = json_array_size(list);
        for (size_t j = 0; j < n && j < 8; j++) {
            if (j > 0) fputs(", ", stdout);
            put_json_text(json_array_get(list, j));
        }
        if (n > 8) printf(", ... (%zu values)", n);
    }
}

/* A value: as it is when short and rational; with an enclosure when irrational; the enclosure alone when long. */
static void put_value(const char *value)
{
    rc_surd_t s;
    rc_surd_init(s);
    bool number = rc_expression_parse(s, value, strlen(value), NULL, NULL) == RC_OK, brief = strlen(value) <= 24;
    if (number && (!brief || !rc_surd_is_rational(s))) {
        char *decimal = rc_surd_get_decimal(s, 7);
        printf("%s%sin %s", brief ? value : "", brief ? " " : "", decimal);
        free(decimal);
    } else {
        printf("%.60s%s", value, strlen(value) > 60 ? "..." : "");
    }
    rc_surd_clear(s);
}

/* A bound, rounded to its safe side when long or irrational. */
static void put_bound(const char *sign, const char *bound, bool upper)
{
    rc_surd_t s;
    rc_surd_init(s);
    fputs(sign, stdout);
    if (strlen(bound) > 24 && rc_expression_parse(s, bound, strlen(bound), NULL, NULL) == RC_OK) {
        char *decimal = rc_surd_get_decimal(s, 7);
        char *comma = strchr(decimal, ','), *close = strchr(decimal, ']');
        if (comma && close) *comma = *close = '\0';
        fputs(comma && close ? (upper ? comma + 2 : decimal + 1) : decimal, stdout);
        free(decimal);
    } else {
        printf("%.60s", bound);
    }
    rc_surd_clear(s);
}

static void put_found(const rc_decision_struct *decision)
{
    if (decision->value) {
        put_value(decision->value);
        return;
    }
    if (decision->at_least) put_bound(">= ", decision->at_least, false);
    if (decision->at_least && decision->at_most) fputs(" and ", stdout);
    if (decision->at_most) put_bound("<= ", decision->at_most, true);
    if (!decision->at_least && !decision->at_most) fputs("?", stdout);
}

static void put_values(const outcome *o)
{
    slong n = o->claim->all_values ? 0 : o->claim->instances, shown = n > 6 ? 6 : n;
    bool any = false;
    for (slong i = 0; i < shown; i++) {
        any |= o->decisions[i].value || o->decisions[i].at_least || o->decisions[i].at_most;
    }
    if (!any) return;
    fputs("  value ", stdout);
    for (slong i = 0; i < shown; i++) {
        if (i > 0) fputs(", ", stdout);
        put_found(o->decisions + i);
    }
    if (n > shown) fputs(", ...", stdout);
}

/* Of a claim about all values: the line that resisted, the values it fails at, or the pieces the proof needed. */
static void put_family_reason(const outcome *o)
{
    const rc_family_struct *family = o->family;
    if (o->verdict == RC_UNDECIDED) {
        printf("    not decided for all values: %s\n", family->reason ? family->reason : "no proof found");
    } else if (o->verdict == RC_REFUTED) {
        fputs("    false at ", stdout);
        for (slong i = 0; i < family->parts && i < 8; i++) {
            char *at = family->part[i].instance ? rc_instance_get_str(o->c, family->part[i].instance) : NULL;
            printf("%s%s", i ? "; " : "", at ? at : "all large values");
            free(at);
        }
        printf("%s\n", family->parts > 8 ? "; ..." : "");
    } else if (family->parts > 1) {
        slong ranges = 0;
        for (slong i = 0; i < family->parts; i++) ranges += family->part[i].evidence != NULL;
        printf("    proved in %ld range%s and for %ld single value%s\n", (long) ranges, ranges == 1 ? "" : "s",
               (long) (family->parts - ranges), family->parts - ranges == 1 ? "" : "s");
    }
}

/* The first reason that explains the verdict. */
static void put_reason(const outcome *o)
{
    if (o->claim->all_values) {
        put_family_reason(o);
        return;
    }
    slong first = -1, more = 0;
    for (slong i = 0; i < o->claim->instances; i++) {
        if (o->decisions[i].verdict != o->verdict) continue;
        if (first < 0) first = i;
        else more++;
    }
    if (o->verdict == RC_PROVED || first < 0) return;
    const char *reason = o->decisions[first].reason;
    if (reason == NULL && o->claim->instances == 1) return;
    char *at = rc_instance_get_str(o->c, o->claim->instance + first);
    printf("    %s%s", *at ? "at " : "", at);
    if (more > 0) printf(" and %ld more", (long) more);
    printf("%s%s\n", *at && reason ? ": " : "", reason ? reason : "");
    free(at);
}

static const char *capital(rc_verdict v)
{
    return v == RC_PROVED ? "PROVED" : v == RC_REFUTED ? "REFUTED" : "UNDECIDED";
}

static void put_outcome(const outcome *o)
{
    char *statement = rc_statement_get_str(o->claim->kind, o->claim->fields);
    printf("  %s\n    %s", o->claim->id, statement);
    free(statement);
    put_settings(o);
    printf("\n    %-9s", capital(o->verdict));
    put_values(o);
    printf("  %.2f s", o->seconds);
    if (o->certificate) printf("  %s", o->certificate);
    if (o->verdict != o->claim->expect) printf("  <== expected %s", capital(o->claim->expect));
    putchar('\n');
    put_reason(o);
    fflush(stdout);
}

static void put_title(run *r, const rc_case_struct *c)
{
    printf("%s%s%s%s\n", r->titled ? "\n" : "", *c->title ? c->title : c->stem, *c->title ? "  " : "",
           *c->title ? c->path : "");
    if (*c->source) printf("  %s\n", c->source);
    r->titled = true;
}

static void certify_claim(run *r, rc_case_struct *c, const rc_claim_struct *claim, json_t *claims, bool *titled)
{
    rc_family_t family;
    rc_family_init(family);
    outcome o = {c, claim, NULL, family, RC_UNDECIDED, 0, NULL};
    o.decisions = need(malloc((size_t) (claim->instances + 1) * sizeof *o.decisions));
    for (slong i = 0; i < claim->instances; i++) rc_decision_init(o.decisions + i);
    decide(r, &o);
    if (!write_certificate(r, &o)) r->bad = true;
    r->claims++;
    r->verdicts[o.verdict]++;
    bool expected = o.verdict == claim->expect;
    if (!expected && o.verdict == RC_UNDECIDED) r->undecided++;
    else if (!expected) r->unexpected++;
    if (r->cli->json) {
        rc_cli_append(claims, outcome_json(&o));
    } else if (!r->cli->quiet || !expected) {
        if (!*titled) put_title(r, c);
        *titled = true;
        put_outcome(&o);
    }
    for (slong i = 0; i < claim->instances; i++) rc_decision_clear(o.decisions + i);
    free(o.decisions);
    free(o.certificate);
    rc_family_clear(family);
}

static void certify_case(run *r, const char *path)
{
    rc_case_t c;
    rc_case_init(c);
    rc_status status = rc_case_read(c, path, r->cli->err);
    if (status != RC_OK) {
        rc_cli_fail(r->cli, status);
        r->bad = true;
        r->refused++;
    } else {
        bool titled = false;
        json_t *claims = json_array();
        r->read++;
        for (slong i = 0; i < c->claims && !r->interrupted; i++) {
            if (r->only && strcmp(r->only, c->claim[i].id) != 0) continue;
            certify_claim(r, c, c->claim + i, claims, &titled);
        }
        json_t *doc = json_object();
        rc_cli_set(doc, "case", json_string(c->stem));
        rc_cli_set(doc, "claims", claims);
        rc_cli_append(r->cases, doc);
    }
    rc_case_clear(c);
}

static void put_summary(const run *r)
{
    printf("\n%zu claim%s in %zu case%s: %zu proved, %zu refuted, %zu undecided; ", r->claims,
           r->claims == 1 ? "" : "s", r->read, r->read == 1 ? "" : "s", r->verdicts[RC_PROVED], r->verdicts[RC_REFUTED],
           r->verdicts[RC_UNDECIDED]);
    if (r->unexpected + r->undecided == 0) fputs("all as expected", stdout);
    else printf("%zu not as expected", r->unexpected + r->undecided);
    if (r->refused > 0) printf("; %zu file%s could not be read", r->refused, r->refused == 1 ? "" : "s");
    puts(".");
}

static int certify(run *r)
{
    file_list files = {NULL, 0};
    list_files(r, &files);
    if (stems_clash(r, &files) || !make_folder(r)) {
        r->bad = true;
    } else {
        for (size_t i = 0; i < files.count && !r->interrupted; i++) certify_case(r, files.path[i]);
        if (r->only && r->claims == 0 && !r->bad && !r->interrupted) {
            rc_cli_error(r->cli, "--only %s: no claim has this id", r->only);
            r->bad = true;
        }
        json_t *doc = json_object();
        rc_cli_set(doc, "cases", json_incref(r->cases));
        if (r->cli->json) rc_cli_put_json(doc);
        else json_decref(doc);
        if (!r->cli->json && !r->cli->quiet && r->claims > 0) put_summary(r);
    }
    for (size_t i = 0; i < files.count; i++) free(files.path[i]);
    free(files.path);
    if (r->interrupted) {
        rc_cli_error(r->cli, "interrupted");
        return RC_EXIT_INTERRUPTED;
    }
    return r->bad ? RC_EXIT_BAD_INPUT : r->unexpected ? RC_EXIT_FAILED : r->undecided ? RC_EXIT_LIMIT : RC_EXIT_OK;
}

int rc_cli_certify(int argc, char **argv)
{
    run r = {0};
    const rc_cli_option list[] = {{'o', "output", &r.folder, NULL}, {0, "only", &r.only, NULL}, {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"certify", help, 1, -1, list};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    r.cli = cli;
    if (cli->limits.deadline > 0) r.seconds = cli->limits.deadline - rc_clock();
    cli->limits.deadline = 0;
    r.cases = json_array();
    exit_status = certify(&r);
    json_decref(r.cases);
    return rc_cli_end(cli, exit_status);
}
