/* Listings: what is written is accepted by relucert-check and, decoded here through inverse matrices, lists the cells
   that the tree engine finds; the bytes do not depend on the number of threads; altered side files are refused, or with
   a new hash are true listings after all, and so are altered columns and auxiliary forms. */
#include <flint/fmpq_mat.h>
#include <flint/fmpz_vec.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certificate/sha256.h"
#include "harness.h"
#include "process.h"
#include "relucert/certificate.h"
#include "relucert/listing.h"

static char *checker;
static char folder[] = "/tmp/relucert-listing-XXXXXX";
static char path[100], side_path[100];

static void hash(char text[65], const void *bytes, size_t count)
{
    rc_sha256_t s;
    rc_sha256_init(s);
    rc_sha256_add(s, bytes, count);
    rc_sha256_finish(text, s);
}

static void known_hashes(void)
{
    static const struct {
        const char *text, *hash;
    } known[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                 {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                 {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    char text[65];
    test_case("SHA-256: the examples of FIPS 180-4");
    for (size_t i = 0; i < 3; i++) {
        hash(text, known[i].text, strlen(known[i].text));
        CHECK(strcmp(text, known[i].hash) == 0, "of \"%s\": %s", known[i].text, text);
    }
    rc_sha256_t s;
    rc_sha256_init(s);
    for (long left = 1000000; left > 0;) {
        char block[300];
        long take = test_range(1, left < 300 ? left : 300);
        memset(block, 'a', sizeof block);
        rc_sha256_add(s, block, (size_t) take);
        left -= take;
    }
    rc_sha256_finish(text, s);
    CHECK(strcmp(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0, "a million a: %s",
          text);
}

/* ---- the cells of an arrangement, and those that a listing names ---- */

/* Signs of n hyperplanes a cell, normalized if central (the first one positive), sorted. */
typedef struct {
    slong n;
    bool halved;
    size_t count, alloc;
    signed char *signs;
} cell_set;

static signed char *cell_set_add(cell_set *set)
{
    if (set->count == set->alloc) {
        set->alloc = 2 * set->alloc + 64;
        set->signs = realloc(set->signs, set->alloc * (size_t) (set->n + 1));
        if (!set->signs) abort();
    }
    return set->signs + set->count++ * (size_t) set->n;
}

static bool collect(void *arg, const signed char *signs, const fmpq *x)
{
    cell_set *set = arg;
    (void) x;
    if (set->halved && signs[0] < 0) return true;
    memcpy(cell_set_add(set), signs, (size_t) set->n);
    return true;
}

static size_t sort_length;

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sort_length);
}

static void cell_set_sort(cell_set *set)
{
    sort_length = (size_t) set->n;
    if (set->n > 0) qsort(set->signs, set->count, sort_length, compare);
}

/* What the certificate says of its side file, and the arrangement it is about. */
typedef struct {
    const rc_arrangement_struct *arr;
    slong rank, *column;
    fmpq_mat_t forms; /* hyperplanes 1, .., n, x_{d+1}, auxiliary forms 2, .., rank; in the columns */
    cell_set truth;
} subject;

static json_t *evidence_of(json_t *doc)
{
    return json_object_get(json_array_get(json_object_get(doc, "instances"), 0), "evidence");
}

static void set_number(fmpq_t x, const json_t *value)
{
    if (json_is_integer(value)) fmpq_set_si(x, json_integer_value(value), 1);
    else CHECK(fmpq_set_str(x, json_string_value(value), 10) == 0, "not a number");
}

static void subject_init(subject *s, const rc_arrangement_struct *arr, json_t *doc)
{
    json_t *columns = json_object_get(evidence_of(doc), "columns");
    json_t *auxiliary = json_object_get(evidence_of(doc), "auxiliary");
    s->arr = arr;
    s->rank = (slong) json_array_size(columns);
    s->column = calloc((size_t) s->rank + 1, sizeof *s->column);
    if (!s->column) abort();
    fmpq_mat_init(s->forms, arr->n + s->rank, s->rank);
    for (slong c = 0; c < s->rank; c++) {
        s->column[c] = (slong) json_integer_value(json_array_get(columns, (size_t) c)) - 1;
        for (slong j = 0; j < arr->n; j++)
            fmpq_set_fmpz(fmpq_mat_entry(s->forms, j, c), fmpz_mat_entry(arr->forms, j, s->column[c]));
        fmpq_set_si(fmpq_mat_entry(s->forms, arr->n, c), arr->affine && s->column[c] == arr->d, 1);
        for (slong j = 1; j < s->rank; j++)
            set_number(fmpq_mat_entry(s->forms, arr->n + j, c),
                       json_array_get(json_array_get(auxiliary, (size_t) j - 1), (size_t) c));
    }
    s->truth = (cell_set){.n = arr->n, .halved = !arr->affine && arr->n > 0};
    CHECK(rc_arrangement_cells(arr, collect, &s->truth, NULL) == RC_OK, "limit");
    cell_set_sort(&s->truth);
}

static void subject_clear(subject *s)
{
    free(s->truth.signs);
    fmpq_mat_clear(s->forms);
    free(s->column);
}

/* The cell of a record: columns of the inverse of the basis are the points on which its forms are 0 but one. False
   unless it is one. */
static bool decode(signed char *signs, const subject *s, const unsigned char *record, size_t bytes)
{
    slong n = s->arr->n, rank = s->rank, entries = 0;
    int side[64];
    fmpq_mat_t B, values;
    if (rank > 64) return false;
    fmpq_mat_init(B, rank, rank);
    fmpq_mat_init(values, n + rank, rank);
    bool good = true;
    for (slong l = 0; l < rank; l++, record += bytes) {
        long e = bytes == 1 ? (signed char) record[0] : (int16_t) (record[0] | record[1] << 8);
        slong row = e == 0 ? n + l : labs(e) - 1;
        if (labs(e) > n + s->arr->affine || (e != 0 && entries < l) || (e == 0 && l == 0)) good = false;
        side[l] = e < 0 ? -1 : 1;
        entries += e != 0;
        for (slong c = 0; good && c < rank; c++) fmpq_set(fmpq_mat_entry(B, l, c), fmpq_mat_entry(s->forms, row, c));
    }
    good = good && fmpq_mat_inv(B, B);
    if (good) fmpq_mat_mul(values, s->forms, B);
    for (slong j = 0; good && j < n + s->arr->affine; j++) {
        int sign = 0;
        for (slong l = 0; l < entries && sign == 0; l++) sign = side[l] * fmpq_sgn(fmpq_mat_entry(values, j, l));
        if (sign == 0 || (j == n && sign < 0)) good = false;
        if (j < n) signs[j] = (signed char) (s->truth.halved && j > 0 ? signs[0] * sign : sign);
    }
    if (s->truth.halved) signs[0] = 1; /* so far the first hyperplane's own sign */
    fmpq_mat_clear(values);
    fmpq_mat_clear(B);
    return good;
}

/* Does the side file list just the cells? */
static bool is_true(const subject *s, const unsigned char *file, size_t size)
{
    slong n = s->arr->n;
    size_t bytes = n + 1 <= 127 ? 1 : 2, record = (size_t) s->rank * bytes;
    const unsigned char head[16] = {'r', 'c', '-', 'c', 'e', 'l', 'l', 's', 1, 0, (unsigned char) n,
                                    (unsigned char) (n >> 8), (unsigned char) s->rank, 0, (unsigned char) bytes, 0};
    if (size < 16 || memcmp(file, head, 16) != 0 || size != 16 + record * s->truth.count) return false;
    cell_set listed = {.n = n};
    bool good = true;
    for (size_t c = 0; good && c < s->truth.count; c++)
        good = decode(cell_set_add(&listed), s, file + 16 + c * record, bytes);
    cell_set_sort(&listed);
    good = good && (n == 0 || memcmp(listed.signs, s->truth.signs, (size_t) n * listed.count) == 0);
    free(listed.signs);
    return good;
}

/* ---- writing and checking ---- */

static void write_file(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(bytes, 1, count, file) != count || fclose(file)) {
        perror(name);
        exit(99);
    }
}

/* The checker's status, with the message or the statement. */
static int check(char **message)
{
    const char *argv[] = {checker, path, NULL};
    process_result r = process_run(argv, NULL, 0);
    int status = r.status;
    if (message) *message = strdup(status == 0 ? r.out : r.err);
    process_clear(&r);
    return status;
}

static void print_arrangement(const rc_arrangement_struct *arr)
{
    printf("  affine %d, forms ", arr->affine);
    fmpz_mat_print(arr->forms);
    printf("\n");
}

static const rc_listing_subject itself = {.producer = "t-listing"};

/* Written twice, accepted, and true. */
static void round_trip(const rc_arrangement_struct *arr, const rc_listing_subject *of, const char *expected)
{
    rc_error_t err = {{{0}}};
    fmpz_t cells, counted;
    size_t size, again, length;
    fmpz_init(cells);
    fmpz_init(counted);
    rc_status status = rc_listing_write(path, of, arr, 1, cells, NULL, err);
    CHECK(status == RC_OK, "%s", err->message);
    if (status != RC_OK) goto end;
    char *first = process_read_file(side_path, &size), *certificate = process_read_file(path, &length);
    status = rc_listing_write(path, of, arr, 3, NULL, NULL, err);
    CHECK(status == RC_OK, "%s", err->message);
    char *second = process_read_file(side_path, &again), *other = process_read_file(path, NULL);
    bool same = size == again && memcmp(first, second, size) == 0 && strcmp(certificate, other) == 0;
    CHECK(same, "one thread and three differ");
    CHECK(rc_arrangement_count(counted, arr, NULL) == RC_OK && fmpz_equal(cells, counted), "not the number of cells");
    char *text = fmpz_get_str(NULL, 10, cells), *message;
    CHECK(!expected || strcmp(text, expected) == 0, "expected %s, found %s", expected, text);
    int verdict = check(&message);
    CHECK(verdict == 0, "%s", message);
    CHECK(strstr(message, arr->affine ? "each cell is named by just one record of t.cells"
                                      : "of each two opposite cells one is named by just one record of t.cells"),
          "%s", message);
    json_t *doc = json_loadb(certificate, length, 0, NULL);
    CHECK(doc != NULL, "no JSON: %s", certificate);
    subject s;
    subject_init(&s, arr, doc);
    bool good = is_true(&s, (unsigned char *) first, size);
    CHECK(good, "not a listing of the %s cells", text);
    if (verdict || !good || !same) print_arrangement(arr);
    char *words = NULL;
    CHECK(rc_certificate_explain(&words, doc, path, err) == RC_OK, "%s", err->message);
    CHECK(words && strstr(words, "t.cells") && !strstr(words, "antipodal") == (arr->affine != 0), "%s", words);
    free(words);
    subject_clear(&s);
    json_decref(doc);
    free(message);
    flint_free(text);
    free(other), free(second), free(certificate), free(first);
end:
    fmpz_clear(counted);
    fmpz_clear(cells);
}

/* ---- arrangements ---- */

static void random_arrangement(rc_arrangement_t arr)
{
    slong d = test_range(1, 4), n = test_range(1, 9);
    slong bits = test_chance(15) ? 200 : test_chance(15) ? test_range(10, 40) : 2;
    int affine = test_chance(40);
    bool parallel = test_chance(30);
    fmpq_mat_t forms;
    flint_rand_t state;
    flint_randinit(state);
    for (long skip = test_range(0, 1000); skip > 0; skip--) n_randlimb(state);
    fmpq_mat_init(forms, n, d + affine);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < d + affine; c++) {
            fmpz *entry = fmpq_numref(fmpq_mat_entry(forms, i, c));
            if (parallel && i > 0 && c < d && test_chance(50))
                fmpz_set(entry, fmpq_mat_entry_num(forms, i - 1, c));
            else if (bits > 2) fmpz_randbits(entry, state, (flint_bitcnt_t) bits);
            else fmpz_set_si(entry, test_range(-2, 2));
        }
    /* A product now and then. */
    if (test_chance(25) && d > 1)
        for (slong i = 0; i < n; i++)
            for (slong c = 0; c < d; c++)
                if ((c < d / 2) == (i % 2 == 0)) fmpz_zero(fmpq_mat_entry_num(forms, i, c));
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
    flint_randclear(state);
}

/* x_i - x_j in R^n. */
static void braid(rc_arrangement_t arr, slong n)
{
    fmpq_mat_t forms;
    slong row = 0;
    fmpq_mat_init(forms, n * (n - 1) / 2, n);
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++, row++) {
            fmpq_set_si(fmpq_mat_entry(forms, row, i), 1, 1);
            fmpq_set_si(fmpq_mat_entry(forms, row, j), -1, 1);
        }
    rc_arrangement_set_forms(arr, forms, 0);
    fmpq_mat_clear(forms);
}

/* All non-zero 0/1 normals in R^n. */
static void resonance(rc_arrangement_t arr, slong n)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, (WORD(1) << n) - 1, n);
    for (slong i = 0; i + 1 < WORD(1) << n; i++)
        for (slong c = 0; c < n; c++) fmpq_set_si(fmpq_mat_entry(forms, i, c), (i + 1) >> c & 1, 1);
    rc_arrangement_set_forms(arr, forms, 0);
    fmpq_mat_clear(forms);
}

/* n lines in general position in the plane, or through the origin. */
static void lines(rc_arrangement_t arr, slong n, int affine)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, 2 + affine);
    for (slong i = 0; i < n; i++) {
        fmpq_set_si(fmpq_mat_entry(forms, i, 0), 1, 1);
        fmpq_set_si(fmpq_mat_entry(forms, i, 1), i, 1);
        if (affine) fmpq_set_si(fmpq_mat_entry(forms, i, 2), i * i, 1);
    }
    rc_arrangement_set_forms(arr, forms, affine);
    fmpq_mat_clear(forms);
}

static void named_arrangements(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    test_case("the braid arrangement in R^5");
    braid(arr, 5);
    round_trip(arr, &itself, "120");
    test_case("the resonance arrangement in R^4");
    resonance(arr, 4);
    round_trip(arr, &itself, "370");
    test_case("126 and 127 lines through the origin: one byte an entry, and two");
    lines(arr, 126, 0);
    round_trip(arr, &itself, "252");
    lines(arr, 127, 0);
    round_trip(arr, &itself, "254");
    test_case("parabola's tangents, 12 and 130");
    lines(arr, 12, 1);
    round_trip(arr, &itself, "79");
    lines(arr, 130, 1);
    round_trip(arr, &itself, "8516");
    rc_arrangement_clear(arr);
}

static void random_arrangements(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long i = test_rounds(100); i > 0; i--) {
        random_arrangement(arr);
        if (arr->n == 0) continue;
        test_case("a random arrangement");
        round_trip(arr, &itself, NULL);
    }
    rc_arrangement_clear(arr);
}

/* The hyperplanes of two networks, of which the second has biases. */
static void networks(void)
{
    rc_network_t X, Y;
    rc_arrangement_t arr;
    rc_error_t err = {{{0}}};
    json_t *x = json_loads("{\"A\": [[1, 0], [1, 1], [-2, 0]], \"C\": [1, -1, 1]}", 0, NULL);
    json_t *y = json_loads("{\"layers\": [{\"A\": [[0, 1], [1, 0]], \"b\": [1, -1]}, "
                           "{\"A\": [[1, 1]], \"b\": [0]}]}",
                           0, NULL);
    test_case("two networks");
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_arrangement_init(arr);
    CHECK(rc_read_network(X, x, NULL, "x", err) == RC_OK && rc_read_network(Y, y, NULL, "y", err) == RC_OK, "%s",
          err->message);
    fmpq_mat_t forms;
    fmpq_mat_init(forms, 5, 3);
    for (slong i = 0; i < 5; i++) {
        const rc_network_struct *net = i < 3 ? X : Y;
        for (slong c = 0; c < 2; c++)
            fmpq_set(fmpq_mat_entry(forms, i, c), fmpq_mat_entry(net->u, i < 3 ? i : i - 3, c));
        if (i >= 3) fmpq_set(fmpq_mat_entry(forms, i, 2), fmpq_mat_entry(net->v, i - 3, 0));
    }
    rc_arrangement_set_forms(arr, forms, 1);
    const rc_listing_subject of = {"two", "cells", "t-listing", 2, {"X", "Y"}, {X, Y}};
    round_trip(arr, &of, "9"); /* 4 lines that meet in 3 points, in one of them 3 lines */
    fmpq_mat_clear(forms);
    rc_arrangement_clear(arr);
    rc_network_clear(Y);
    rc_network_clear(X);
    json_decref(y);
    json_decref(x);
}

/* ---- what fails leaves nothing behind ---- */

static void no_files(const char *what)
{
    size_t count;
    char **names = process_list(folder, "", &count);
    CHECK(count == 2, "%s: %zu files in the folder beside . and .., such as %s", what, count - 2, names[count - 1]);
    while (count > 0) free(names[--count]);
    free(names);
}

static void remove_files(void)
{
    unlink(path);
    unlink(side_path);
}

static void failures(void)
{
    rc_arrangement_t arr;
    rc_error_t err = {{{0}}};
    rc_limits limits;
    rc_arrangement_init(arr);
    remove_files();
    test_case("an arrangement without hyperplanes has no listing");
    CHECK(rc_listing_write(path, &itself, arr, 1, NULL, NULL, err) == RC_UNDEFINED, "%s", err->message);
    no_files("no hyperplane");
    lines(arr, 0, 1);
    CHECK(rc_listing_write(path, &itself, arr, 1, NULL, NULL, err) == RC_UNDEFINED, "%s", err->message);
    no_files("no hyperplane, affine");
    resonance(arr, 4);
    test_case("a limit of cells");
    rc_limits_init(&limits);
    limits.max_cells = 100;
    CHECK(rc_listing_write(path, &itself, arr, 2, NULL, &limits, err) == RC_LIMIT, "%s", err->message);
    CHECK(strstr(err->message, "cell limit"), "%s", err->message);
    no_files("limit");
    test_case("names that do not stand in a certificate");
    char name[200];
    static const char *const bad[] = {"a\"b.json", "a\\b.json", "a\nb.json", "a\xff.json", ".json"};
    for (size_t i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, bad[i]);
        rc_status status = rc_listing_write(name, &itself, arr, 1, NULL, NULL, err);
        CHECK(status == RC_BAD_INPUT, "%s: %s", bad[i], err->message);
        no_files(bad[i]);
    }
    test_case("a folder that is not there");
    snprintf(name, sizeof name, "%s/none/t.json", folder);
    CHECK(rc_listing_write(name, &itself, arr, 1, NULL, NULL, err) == RC_IO, "%s", err->message);
    test_case("a certificate that cannot be written takes the side file with it");
    snprintf(name, sizeof name, "mkdir -p %s", path);
    CHECK(system(name) == 0, "%s", name);
    CHECK(rc_listing_write(path, &itself, arr, 1, NULL, NULL, err) == RC_IO, "%s", err->message);
    rmdir(path);
    no_files("certificate");
    rc_arrangement_clear(arr);
}

/* ---- mutants of a side file ---- */

typedef struct {
    const subject *s;
    json_t *doc;
    const unsigned char *file;
    size_t size;
    long refused, accepted;
} mutants;

/* With the old hash a mutant is refused; with its own it is refused or true. */
static void try_mutant(mutants *m, const unsigned char *file, size_t size, bool old_hash)
{
    char text[65], *message;
    write_file(side_path, file, size);
    if (old_hash) {
        CHECK(json_dump_file(m->doc, path, 0) == 0, "cannot write");
        int status = check(&message);
        CHECK(status == 1 && strstr(message, "the SHA-256 of the file"), "status %d: %s", status, message);
        free(message);
    }
    hash(text, file, size);
    json_t *doc = json_deep_copy(m->doc);
    json_object_set_new(evidence_of(doc), "sha256", json_string(text));
    CHECK(json_dump_file(doc, path, 0) == 0, "cannot write");
    int status = check(&message);
    bool truth = is_true(m->s, file, size);
    CHECK((status == 0) == truth && status <= 1, "a mutant is %s, but status %d: %s", truth ? "true" : "false", status,
          message);
    if (status == 0) m->accepted++;
    else m->refused++;
    json_decref(doc);
    free(message);
}

static void mutate(mutants *m)
{
    slong n = m->s->arr->n;
    size_t record = (size_t) m->s->rank;
    unsigned char *file = malloc(m->size + record + 1), swapped[64];
    if (!file) abort();
    for (size_t i = 0; i < m->size; i++) {
        memcpy(file, m->file, m->size);
        /* Bits and numbers of the head, all entries of records. */
        for (long e = i < 16 ? 0 : -n - 3; e < (i < 16 ? 8 : n + 3); e++) {
            file[i] = (unsigned char) (i < 16 ? m->file[i] ^ 1L << e : e);
            if (file[i] != m->file[i]) try_mutant(m, file, m->size, test_chance(10));
        }
    }
    for (size_t c = 0; 16 + (c + 2) * record <= m->size; c++) {
        memcpy(file, m->file, m->size);
        unsigned char *here = file + 16 + c * record;
        for (size_t l = 0; l < record; l++) here[l] = (unsigned char) -here[l];
        try_mutant(m, file, m->size, true);
        memcpy(file, m->file, m->size);
        memcpy(swapped, here, record);
        memmove(here, here + record, record);
        memcpy(here + record, swapped, record);
        try_mutant(m, file, m->size, true);
        memcpy(here, here + record, record);
        try_mutant(m, file, m->size, true);
    }
    memcpy(file, m->file, m->size);
    memcpy(file + m->size, m->file + 16, record);
    for (size_t size = 0; size <= m->size + record; size += size < 16 || size > m->size - 4 ? 1 : 3)
        if (size != m->size) try_mutant(m, file, size, true);
    free(file);
}

/* The certificate with another value in a list of its evidence, the side file as it is. */
static void try_evidence(mutants *m, json_t *list, size_t i, long value)
{
    char *message;
    subject s;
    json_t *old = json_incref(json_array_get(list, i));
    json_array_set_new(list, i, json_integer(value));
    CHECK(json_dump_file(m->doc, path, 0) == 0, "cannot write");
    write_file(side_path, m->file, m->size);
    int status = check(&message);
    bool columns = list == json_object_get(evidence_of(m->doc), "columns");
    if (columns && (value < 1 || value > m->s->arr->width)) {
        CHECK(status == 1, "column %ld: status %d: %s", value, status, message);
    } else {
        subject_init(&s, m->s->arr, m->doc);
        bool truth = is_true(&s, m->file, m->size);
        CHECK((status == 0) == truth && status <= 1, "%ld in place of %ld is %s, but status %d: %s", value,
              (long) json_integer_value(old), truth ? "true" : "false", status, message);
        if (status == 0) m->accepted++;
        else m->refused++;
        subject_clear(&s);
    }
    json_array_set_new(list, i, old);
    free(message);
}

static void mutate_evidence(mutants *m)
{
    json_t *columns = json_object_get(evidence_of(m->doc), "columns"), *row;
    size_t i;
    for (i = 0; i < json_array_size(columns); i++)
        for (long value = -1; value <= m->s->arr->width + 1; value++) try_evidence(m, columns, i, value);
    json_array_foreach(json_object_get(evidence_of(m->doc), "auxiliary"), i, row) {
        for (size_t c = 0; c < json_array_size(row); c++) {
            long value = (long) json_integer_value(json_array_get(row, c));
            try_evidence(m, row, c, value + 1);
            try_evidence(m, row, c, -value);
            try_evidence(m, row, c, 0);
        }
    }
}

static void mutants_of(const rc_arrangement_struct *arr)
{
    rc_error_t err = {{{0}}};
    mutants m = {0};
    subject s;
    CHECK(rc_listing_write(path, &itself, arr, 1, NULL, NULL, err) == RC_OK, "%s", err->message);
    m.file = (unsigned char *) process_read_file(side_path, &m.size);
    m.doc = json_load_file(path, 0, NULL);
    subject_init(&s, arr, m.doc);
    m.s = &s;
    mutate(&m);
    mutate_evidence(&m);
    CHECK(m.refused > 5 * m.accepted && m.accepted > 0, "%ld refused, %ld accepted", m.refused, m.accepted);
    printf("t-listing: %ld mutants of a side file refused, %ld accepted and true\n", m.refused, m.accepted);
    subject_clear(&s);
    json_decref(m.doc);
    free((void *) (uintptr_t) m.file);
}

static void all_mutants(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    test_case("mutants of a central listing");
    braid(arr, 4);
    mutants_of(arr);
    test_case("mutants of an affine listing");
    lines(arr, 4, 1);
    mutants_of(arr);
    rc_arrangement_clear(arr);
}

int main(void)
{
    test_start("t-listing");
    checker = process_program("relucert-check");
    if (!mkdtemp(folder)) {
        perror(folder);
        return 99;
    }
    snprintf(path, sizeof path, "%s/t.json", folder);
    snprintf(side_path, sizeof side_path, "%s/t.cells", folder);
    known_hashes();
    named_arrangements();
    networks();
    random_arrangements();
    all_mutants();
    failures();
    remove_files();
    rmdir(folder);
    free(checker);
    flint_cleanup();
    return test_finish();
}
