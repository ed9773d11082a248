/* Certificates that must be accepted, rejected, or refused as malformed: every file of the three corpora has a line in
   tests/certificates/expected.txt ("folder/name.json<TAB>text its message contains"), and every line a file, so that
   none is orphaned; every certificate of proofs/ is accepted against its case file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "process.h"

static char *checker;

typedef struct {
    char *text;
    size_t count;
    struct {
        const char *file, *message;
        int seen;
    } line[2000];
} expectations;

static expectations expected;

static void read_expectations(void)
{
    char *path = process_source("tests/certificates/expected.txt");
    expected.text = process_read_file(path, NULL);
    test_case("tests/certificates/expected.txt can be read");
    CHECK(expected.text != NULL, "%s", path);
    free(path);
    if (!expected.text) return;
    for (char *line = strtok(expected.text, "\n"); line; line = strtok(NULL, "\n")) {
        char *tab = strchr(line, '\t');
        if (line[0] == '#') continue;
        CHECK(tab != NULL && expected.count < 2000, "a line without a tab: %s", line);
        if (!tab) continue;
        *tab = 0;
        expected.line[expected.count].file = line;
        expected.line[expected.count++].message = tab + 1;
    }
}

static const char *expectation(const char *file)
{
    for (size_t i = 0; i < expected.count; i++)
        if (strcmp(expected.line[i].file, file) == 0) {
            expected.line[i].seen = 1;
            return expected.line[i].message;
        }
    return NULL;
}

/* One line, no more. */
static int is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end && end[1] == 0;
}

static size_t run_corpus(const char *folder, int status)
{
    char relative[300];
    snprintf(relative, sizeof relative, "tests/certificates/%s", folder);
    char *path = process_source(relative);
    size_t count;
    char **names = process_list(path, ".json", &count);
    for (size_t i = 0; i < count; i++) {
        char file[600], key[400];
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        snprintf(key, sizeof key, "%s/%s", folder, names[i]);
        test_case("%s", key);
        const char *message = expectation(key);
        CHECK(message != NULL, "no line in tests/certificates/expected.txt");
        const char *argv[] = {checker, file, NULL};
        process_result first = process_run(argv, NULL, 0), second = process_run(argv, NULL, 0);
        CHECK(first.status == status, "status %d, expected %d: %s", first.status, status, first.err);
        CHECK(strcmp(first.err, second.err) == 0, "two runs, two messages: %s / %s", first.err, second.err);
        if (status) {
            CHECK(is_one_line(first.err), "not one line: %s", first.err);
            CHECK(message && strstr(first.err, message), "expected ...%s..., found %s", message ? message : "", first.err);
            CHECK(!strstr(first.out, "accepted"), "says accepted: %s", first.out);
        } else
            CHECK(message && strstr(first.out, message) && strstr(first.out, "accepted\n"), "found %s", first.out);
        process_clear(&first);
        process_clear(&second);
        free(names[i]);
    }
    free(names);
    free(path);
    return count;
}

/* After a rejection and a malformed file, the next certificate is judged afresh; 2 outranks 1. */
static void mixed_run(void)
{
    char *accepted = process_source("tests/certificates/accepted"), *rejected = process_source("tests/certificates/rejected"),
         *malformed = process_source("tests/certificates/malformed");
    size_t a, r, f;
    char **good = process_list(accepted, ".json", &a), **bad = process_list(rejected, ".json", &r),
         **ugly = process_list(malformed, ".json", &f);
    test_case("several files in one run");
    if (a && r && f) {
        char paths[3][600];
        snprintf(paths[0], 600, "%s/%s", accepted, good[0]);
        snprintf(paths[1], 600, "%s/%s", rejected, bad[0]);
        snprintf(paths[2], 600, "%s/%s", malformed, ugly[0]);
        const char *two[] = {checker, "-q", paths[1], paths[0], NULL};
        process_result result = process_run(two, NULL, 0);
        CHECK(result.status == 1 && strstr(result.out, "accepted"), "status %d, %s", result.status, result.out);
        process_clear(&result);
        const char *three[] = {checker, "-q", paths[2], paths[1], paths[0], NULL};
        result = process_run(three, NULL, 0);
        CHECK(result.status == 2 && strstr(result.out, "accepted"), "status %d, %s", result.status, result.out);
        process_clear(&result);
    }
    while (a) free(good[--a]);
    while (r) free(bad[--r]);
    while (f) free(ugly[--f]);
    free(good), free(bad), free(ugly), free(accepted), free(rejected), free(malformed);
}

static void run_proofs(void)
{
    char *proofs = process_source("proofs"), *cases = process_source("cases");
    size_t count;
    char **names = process_list(proofs, ".json", &count);
    test_case("proofs/ holds certificates");
    CHECK(count >= 80, "%zu files", count);
    for (size_t i = 0; i < count; i++) {
        char file[600], claim[900], *text;
        size_t stem = 0;
        snprintf(file, sizeof file, "%s/%s", proofs, names[i]);
        test_case("proofs/%s", names[i]);
        text = process_read_file(file, NULL);
        /* "case": "STEM", "id": "ID": the file's name is STEM.ID.json */
        char *at = text ? strstr(text, "\"case\"") : NULL;
        at = at ? strchr(at + 6, '"') : NULL;
        if (at) stem = strcspn(at + 1, "\"");
        CHECK(at != NULL && stem < strlen(names[i]), "no case named");
        if (at) {
            snprintf(claim, sizeof claim, "%s/%.*s.json#%.*s", cases, (int) stem, names[i],
                     (int) (strlen(names[i]) - stem - 6), names[i] + stem + 1);
            const char *argv[] = {checker, "--case", claim, file, NULL};
            process_result result = process_run(argv, NULL, 0);
            CHECK(result.status == 0 && strstr(result.out, "accepted\n"), "status %d: %s", result.status, result.err);
            process_clear(&result);
        }
        free(text);
        free(names[i]);
    }
    free(names), free(proofs), free(cases);
}

int main(void)
{
    test_start("t-corpora");
    checker = process_program("relucert-check");
    read_expectations();
    size_t accepted = run_corpus("accepted", 0), rejected = run_corpus("rejected", 1), malformed = run_corpus("malformed", 2);
    test_case("the corpora are complete");
    CHECK(accepted >= 15, "%zu accepted", accepted);
    CHECK(rejected >= 60, "%zu rejected", rejected);
    CHECK(malformed >= 10, "%zu malformed", malformed);
    for (size_t i = 0; i < expected.count; i++)
        CHECK(expected.line[i].seen, "expected.txt names %s, which is no file", expected.line[i].file);
    mixed_run();
    run_proofs();
    free(expected.text);
    free(checker);
    return test_finish();
}
