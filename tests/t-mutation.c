/* Mutants of the certificates in proofs/: one number or one line altered at a time. Each mutant must be rejected, or accepted with
   a printed statement that is the original's, or that shows what was altered and is true: the engine, asked about the
   altered statement afresh, must give the same verdict. Small certificates are mutated at every number and line, of the
   others a seeded sample is taken. */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "process.h"

enum { SMALL = 1000, SAMPLE = 6 };

static char *checker, *engine;
static char folder[] = "/tmp/relucert-mutation-XXXXXX";
static char mutant_path[100], case_path[100];
static long rejected, unchanged, true_changes, open_ones, unread;

/* A span of the text to be replaced by another. */
typedef struct {
    size_t start, length;
    char replacement[120];
} mutation;

typedef struct {
    mutation *items;
    size_t count, alloc;
} mutations;

static mutation *add(mutations *list, size_t start, size_t length)
{
    if (list->count == list->alloc) {
        list->alloc = 2 * list->alloc + 64;
        list->items = realloc(list->items, list->alloc * sizeof *list->items);
        if (!list->items) abort();
    }
    mutation *m = &list->items[list->count++];
    m->start = start;
    m->length = length;
    m->replacement[0] = 0;
    return m;
}

/* Each run of digits gets another value; each number a sign. */
static void collect_numbers(mutations *list, const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        if (!isdigit((unsigned char) text[i]) || (i && isalnum((unsigned char) text[i - 1]))) continue;
        size_t length = strspn(text + i, "0123456789");
        if (length < 100 && !isalpha((unsigned char) text[i + length])) {
            mutation *m = add(list, i, length);
            memcpy(m->replacement, text + i, length);
            m->replacement[length] = 0;
            char *last = m->replacement + length - 1;
            *last = (char) (*last == '9' ? '8' : *last + 1);
            if (length == 1 && test_chance(30)) *last = '0';
            if (i && text[i - 1] != '-' && text[i - 1] != '/' && test_chance(40)) {
                m = add(list, i, 0);
                strcpy(m->replacement, "-");
            } else if (i && text[i - 1] == '-' && test_chance(40)) add(list, i - 1, 1);
        }
        i += length ? length - 1 : 0;
    }
}

/* Each line is left out; proved and refuted change places; true and false do. */
static void collect_lines_and_words(mutations *list, const char *text)
{
    static const char *const words[][2] = {{"proved", "refuted"}, {"refuted", "proved"}, {"true", "false"}, {"false", "true"},
                                           {"at-most", "at-least"}, {"at-least", "at-most"}, {"equals", "at-most"}, {"\"gamma\"", "\"theta\""}};
    for (size_t i = 0; text[i];) {
        size_t length = strcspn(text + i, "\n");
        add(list, i, length);
        i += length + (text[i + length] == '\n');
    }
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        for (const char *at = strstr(text, words[w][0]); at; at = strstr(at + 1, words[w][0]))
            strcpy(add(list, (size_t) (at - text), strlen(words[w][0]))->replacement, words[w][1]);
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file)) {
        perror(path);
        exit(99);
    }
}

/* Parameters with ranges are those of the case; if some have a value or an interval, the claim is asked at some values. */
static void add_parameters(json_t *document, json_t *claim, json_t *ranges)
{
    json_t *parameters = json_array(), *at = json_object(), *range;
    const char *name;
    bool sampled = false;
    json_object_foreach(ranges, name, range) {
        json_t *between = json_object_get(range, "real-between"), *list = json_array(), *parameter;
        json_t *from = json_object_get(range, "integer-from"), *above = json_object_get(range, "real-above");
        char text[300];
        const char *end = json_string_value(from ? from : above ? above : between ? json_array_get(between, 0) : range);
        char *low = end ? strdup(end) : json_dumps(from ? from : above ? above : between ? json_array_get(between, 0) : range, JSON_ENCODE_ANY);
        parameter = from ? json_pack("{s:s, s:O}", "name", name, "integer-from", from)
                         : json_pack("{s:s, s:s}", "name", name, "real-above", "-10^9");
        if (above) json_object_set(parameter, "real-above", above);
        sampled = sampled || between || !json_is_object(range);
        for (int i = 1; i <= (json_is_object(range) ? 3 : 1); i++) {
            snprintf(text, sizeof text, json_is_object(range) ? from ? "%s+%d" : above ? "%s+%d/3" : "" : "%s", low, i * i);
            if (between) {
                char *high = json_dumps(json_array_get(between, 1), JSON_ENCODE_ANY);
                snprintf(text, sizeof text, "%s+%d/4*(%s-(%s))", low, i, strtok(high, "\""), low);
                free(high);
            }
            json_array_append_new(list, json_string(text));
        }
        json_object_set_new(at, name, list);
        json_array_append_new(parameters, parameter);
        free(low);
    }
    bool families = false;
    json_object_foreach(ranges, name, range) families = families || json_is_object(range);
    if (families && sampled) json_object_set(claim, "at", at);
    if (families) json_object_set(document, "parameters", parameters);
    json_decref(at);
    json_decref(parameters);
}

/* The claim that a limit is about becomes one of the case, before it. */
static void add_target(json_t *document, json_t *claim)
{
    json_t *of = json_object_get(claim, "of");
    if (strcmp(json_string_value(json_object_get(claim, "claim")), "limit") != 0 || !json_is_object(of)) return;
    json_t *target = json_deep_copy(of);
    json_object_set_new(target, "id", json_string("target"));
    json_object_set_new(claim, "of", json_string("target"));
    json_array_append_new(json_object_get(document, "claims"), target);
}

/* Does the engine, given the instance's statement as a case, reach the instance's verdict, or none? */
static bool instance_is_true(json_t *certificate, json_t *instance)
{
    json_t *claim = json_deep_copy(json_object_get(instance, "statement"));
    const char *verdict = json_string_value(json_object_get(instance, "verdict"));
    json_object_set_new(claim, "id", json_string("mutant"));
    json_object_set(claim, "claim", json_object_get(certificate, "claim"));
    json_t *document = json_pack("{s:s, s:s, s:O, s:[o]}", "title", "a mutant", "source", "t-mutation", "networks",
                                 json_object_get(instance, "networks"), "claims", claim);
    add_parameters(document, claim, json_object_get(instance, "parameters"));
    add_target(document, claim);
    json_dump_file(document, case_path, 0);
    json_decref(document);
    const char *argv[] = {engine, "certify", "--json", case_path, NULL};
    process_result result = process_run(argv, NULL, 0);
    json_t *answer = json_loads(result.out, 0, NULL);
    json_t *decided = json_array_get(json_object_get(json_array_get(json_object_get(answer, "cases"), 0), "claims"), 0);
    if (result.status == 2 && (strstr(result.err, "irrational") || strstr(result.err, "common root"))) {
        /* A family may be about networks that relucert does not read: entries of a neuron without a common root. */
        unread++;
        json_decref(answer);
        process_clear(&result);
        return true;
    }
    const char *found = json_string_value(json_object_get(decided, "verdict"));
    bool same = found && verdict && strcmp(found, verdict) == 0;
    if (!same && found && strcmp(found, "undecided") == 0) {
        /* The certificate may know more: where g has fewer hyperplanes than neurons the engine's bounds need not meet. */
        open_ones++;
        same = true;
    }
    if (!same) printf("the engine says %s: %s%s\n", found ? found : "nothing", result.out, result.err);
    json_decref(answer);
    process_clear(&result);
    return same;
}

static bool statement_is_true(const char *text, size_t length)
{
    json_t *certificate = json_loadb(text, length, 0, NULL), *instance;
    size_t i;
    bool all = certificate != NULL, refuted = false;
    json_array_foreach(json_object_get(certificate, "instances"), i, instance) {
        all = instance_is_true(certificate, instance) && all;
        refuted = refuted || strcmp(json_string_value(json_object_get(instance, "verdict")), "refuted") == 0;
    }
    const char *verdict = json_string_value(json_object_get(certificate, "verdict"));
    all = all && verdict && strcmp(verdict, refuted ? "refuted" : "proved") == 0;
    json_decref(certificate);
    return all;
}

/* What the checker printed, without its first line (the file's name). */
static const char *statement(const process_result *r)
{
    const char *end = strchr(r->out, '\n');
    return end ? end + 1 : r->out;
}

static void try_mutant(const char *name, const char *text, size_t length, const mutation *m, const process_result *original)
{
    size_t tail = length - m->start - m->length, inserted = strlen(m->replacement);
    char *mutant = malloc(m->start + inserted + tail + 1);
    if (!mutant) abort();
    memcpy(mutant, text, m->start);
    memcpy(mutant + m->start, m->replacement, inserted);
    memcpy(mutant + m->start + inserted, text + m->start + m->length, tail + 1);
    size_t mutant_length = m->start + inserted + tail;
    write_file(mutant_path, mutant, mutant_length);
    const char *argv[] = {checker, mutant_path, NULL};
    process_result result = process_run(argv, NULL, 0);
    CHECK(result.status <= 2, "%s at byte %zu: status %d, %s", name, m->start, result.status, result.err);
    if (result.status != 0) {
        rejected++;
        CHECK(strchr(result.err, '\n') && !strstr(result.out, "accepted"), "%s at byte %zu: no message", name, m->start);
    } else if (strcmp(statement(&result), statement(original)) == 0)
        unchanged++;
    else {
        true_changes++;
        CHECK(statement_is_true(mutant, mutant_length), "%s at byte %zu, '%.*s' replaced by '%s': accepted, but\n%s", name, m->start,
              (int) (m->length < 60 ? m->length : 60), text + m->start, m->replacement, result.out);
    }
    process_clear(&result);
    free(mutant);
}

static void mutate(const char *path, const char *name)
{
    size_t length;
    char *text = process_read_file(path, &length);
    test_case("mutants of proofs/%s", name);
    CHECK(text != NULL, "cannot be read");
    if (!text) return;
    const char *argv[] = {checker, path, NULL};
    process_result original = process_run(argv, NULL, 0);
    CHECK(original.status == 0, "%s", original.err);
    mutations list = {NULL, 0, 0};
    collect_numbers(&list, text);
    collect_lines_and_words(&list, text);
    size_t tries = length <= SMALL ? list.count : (size_t) test_rounds(SAMPLE);
    for (size_t i = 0; i < tries && i < list.count; i++) {
        size_t j = length <= SMALL ? i : (size_t) test_range(0, (long) list.count - 1);
        try_mutant(name, text, length, &list.items[j], &original);
    }
    process_clear(&original);
    free(list.items);
    free(text);
}

int main(void)
{
    test_start("t-mutation");
    checker = process_program("relucert-check");
    engine = process_program("relucert");
    if (!mkdtemp(folder)) {
        perror(folder);
        return 99;
    }
    snprintf(mutant_path, sizeof mutant_path, "%s/mutant.json", folder);
    snprintf(case_path, sizeof case_path, "%s/case.json", folder);
    char *proofs = process_source("proofs");
    size_t count;
    char **names = process_list(proofs, ".json", &count);
    test_case("proofs/ holds certificates");
    CHECK(count > 0, "no certificate in %s", proofs);
    for (size_t i = 0; i < count; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", proofs, names[i]);
        mutate(path, names[i]);
        free(names[i]);
    }
    test_case("the mutants were worth making");
    CHECK(rejected > 500 && rejected > true_changes, "%ld rejected, %ld changed and true", rejected, true_changes);
    CHECK(20 * unread <= true_changes, "%ld of %ld changed statements not read", unread, true_changes);
    CHECK(50 * open_ones <= true_changes, "%ld of %ld changed statements left open", open_ones, true_changes);
    printf("t-mutation: %ld rejected, %ld accepted with the same statement, %ld with another that is true (%ld of these\n"
           "the engine leaves open)\n",
           rejected, unchanged, true_changes, open_ones);
    unlink(mutant_path);
    unlink(case_path);
    rmdir(folder);
    free(names), free(proofs), free(checker), free(engine);
    return test_finish();
}
