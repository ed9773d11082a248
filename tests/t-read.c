/* Files: what is read, what is refused and with which line, what is written. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random-network.h"
#include "relucert/read.h"

static char folder[] = "/tmp/relucert-t-read-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[2][300];
    static int next;
    next = !next;
    snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
    return path[next];
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) abort();
}

static int entries_in_folder(void)
{
    int count = 0;
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list)) != NULL;) count += entry->d_name[0] != '.';
    if (list) closedir(list);
    return count;
}

static rc_status read_text(rc_network_t net, const char *text, rc_error_struct *err)
{
    json_t *doc = NULL;
    write_bytes(in_folder("in.json"), text, strlen(text));
    rc_status status = rc_read_file(&doc, in_folder("in.json"), err);
    if (status != RC_OK) return status;
    status = rc_read_network(net, doc, NULL, "in.json: network X", err);
    json_decref(doc);
    return status;
}

/* Documents that must be refused, and what the message must hold. */
static const struct {
    const char *text, *message;
} refused[] = {
    {"", "empty file"},
    {"{", "truncated"},
    {"{\"A\": [[1, 2], [3", "truncated"},
    {"{\"A\": [[1]], \"C\": [1]} x", "follows the end"},
    {"{\"A\": [[1]], \"C\": [1]}{}", "follows the end"},
    {"{\"A\": [[1]], \"A\": [[1]], \"C\": [1]}", "duplicate key '\"A\"'"},
    {"{\"A\": [[1]],\n \"C\": [9223372036854775808]}",
     "line 2, column 26: an integer beyond 64 bits; write it as a string"},
    {"{\"A\": [[-9223372036854775809]], \"C\": [1]}", "64 bits"},
    {"{\"A\": [[1e400]], \"C\": [1]}", "beyond the range of a double"},
    {"{\"A\": [[NaN]], \"C\": [1]}", "not JSON"},
    {"{\"A\": [[Infinity]], \"C\": [1]}", "not JSON"},
    {"{\"A\": [[-Infinity]], \"C\": [1]}", "not JSON"},
    {"{\"A\": [[01]], \"C\": [1]}", "not JSON"},
    {"{\"A\": [[.5]], \"C\": [1]}", "not JSON"},
    {"{\"A\": [[1,]], \"C\": [1]}", "not JSON"},
    {"{'A': [[1]], 'C': [1]}", "not JSON"},
    {"\xef\xbb\xbf{\"A\": [[1]], \"C\": [1]}", "byte order mark"},
    {"{\"A\": [[\"\xff\"]], \"C\": [1]}", "not UTF-8"},
    {"{\"A\": [[\"1\\u0000\"]], \"C\": [1]}", "NUL"},
    {"{\"A\": [[1]], \"C\\u0000\": [1]}", "NUL"},
    {"[[1]]", "expected a network, {\"A\", \"C\"} or {\"layers\"}, found a list"},
    {"3", "found an integer"},
    {"null", "found null"},
    {"{}", "expected the keys"},
    {"{\"normals\": [[1]]}", "this is an arrangement"},
    {"{\"networks\": {}}", "this is a case"},
    {"{\"A\": [[1]]}", "missing key \"C\""},
    {"{\"C\": [1]}", "missing key \"A\""},
    {"{\"A\": [[1]], \"C\": [1], \"b\": [0]}", "unknown key \"b\""},
    {"{\"A\": [[1]], \"C\": [1], \"layers\": []}", "key"},
    {"{\"A\": [], \"C\": [1]}", "A is empty"},
    {"{\"A\": [[]], \"C\": [1]}", "row 1 of A is empty"},
    {"{\"A\": [[1], []], \"C\": [1, 1]}", "row 2 of A is empty"},
    {"{\"A\": [[1]], \"C\": []}", "C is empty"},
    {"{\"A\": [[1]], \"C\": [[]]}", "row 1 of C is empty"},
    {"{\"A\": [[1, 2], [3]], \"C\": [1, 1]}", "row 2 of A has length 1, row 1 has length 2"},
    {"{\"A\": [1, 2], \"C\": [1, 1]}", "row 1 of A: expected a list, found an integer"},
    {"{\"A\": 7, \"C\": [1, 1]}", "A: expected a list of rows, found an integer"},
    {"{\"A\": [[1], [2]], \"C\": [1]}", "C has 1 column, expected 2, one for each neuron"},
    {"{\"A\": [[1], [2]], \"C\": [[1], [2]]}", "C has 1 column, expected 2"},
    {"{\"A\": [[1], [2]], \"C\": [[1, 2], [3]]}", "row 2 of C has length 1"},
    {"{\"A\": [[1], [2]], \"C\": [1, [2]]}", "C mixes numbers and lists (entry 2)"},
    {"{\"A\": [[1], [2]], \"C\": [[1, 2], 2]}", "row 2 of C: expected a list"},
    {"{\"A\": [[1], [2]], \"C\": \"1\"}", "C: expected a list of rows, found a string"},
    {"{\"A\": [[1], [true]], \"C\": [1, 2]}", "neuron 2: row 2, entry 1 of A: expected a number"},
    {"{\"A\": [[1, [2]]], \"C\": [1]}", "neuron 1: row 1, entry 2 of A: expected a number"},
    {"{\"A\": [[1], [2]], \"C\": [1, null]}", "neuron 2: row 1, entry 2 of C: expected a number"},
    {"{\"A\": [[\"1/0\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: "},
    {"{\"A\": [[\"k\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: "},
    {"{\"A\": [[\"\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: "},
    {"{\"A\": [[\"sqrt(-1)\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: "},
    {"{\"A\": [[\"1e999999999999\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: "},
    {"{\"A\": [[1, \"sqrt(2)\"]], \"C\": [1]}", "neuron 1: row 1, entry 2 of A: not one common root times rationals"},
    {"{\"A\": [[\"sqrt(3)\", 0, \"sqrt(2)\"]], \"C\": [1]}", "neuron 1: row 1, entry 3 of A: not one common root"},
    {"{\"A\": [[\"1+sqrt(2)\"]], \"C\": [1]}", "neuron 1: row 1, entry 1 of A: not one common root"},
    {"{\"A\": [[1], [\"sqrt(2)\"]], \"C\": [1, 1]}", "neuron 2: row 1, entry 2 of C: c a^T is irrational"},
    {"{\"A\": [[1], [\"sqrt(2)\"]], \"C\": [[1, 0], [1, \"sqrt(3)\"]]}",
     "neuron 2: row 2, entry 2 of C: c a^T is irrational"},
    {"{\"A\": [[1]], \"C\": [\"1+sqrt(2)\"]}", "neuron 1: row 1, entry 1 of C: c a^T is irrational"},
    {"{\"A\": [[0]], \"C\": [[\"sqrt(2)\"], [\"sqrt(3)\"]]}",
     "neuron 1: row 2, entry 1 of C: not one common root times rationals along the column"},
    {"{\"layers\": []}", "layers is empty"},
    {"{\"layers\": 1}", "layers: expected a list"},
    {"{\"layers\": [1, 2]}", "layer 1: expected an object, found an integer"},
    {"{\"layers\": [{\"A\": [[1]]}]}", "layer 1: missing key \"b\""},
    {"{\"layers\": [{\"A\": [[1]], \"b\": [1, 2]}]}", "layer 1: b has length 2, A has 1 row"},
    {"{\"layers\": [{\"A\": [[1]], \"b\": 1}]}", "layer 1: b: expected a list"},
    {"{\"layers\": [{\"A\": [[1]], \"b\": [1]}, {\"A\": [[1, 2]], \"b\": [1]}]}",
     "layer 2: A has 2 columns, the layer before has 1 neuron"},
    {"{\"layers\": [{\"A\": [[1]], \"b\": [\"sqrt(2)\"]}, {\"A\": [[1]], \"b\": [1]}]}",
     "layer 1: neuron 1: entry 1 of b: not one common root"},
    {"{\"layers\": [{\"A\": [[0]], \"b\": [\"sqrt(2)\"]}, {\"A\": [[1]], \"b\": [1]}]}",
     "layer 2: neuron 1: row 1, entry 1 of A: c a^T is irrational"},
    {"{\"layers\": [{\"A\": [[1]], \"b\": [0]}, {\"A\": [[1]], \"b\": [\"sqrt(2)\"]}]}", "layer 2: entry 1 of b: "},
    {"{\"layers\": [{\"A\": [[\"sqrt(2)\"]], \"b\": [0]}]}", "layer 1: row 1, entry 1 of A: "},
};

static bool is_one_line(const char *message)
{
    return message[0] != '\0' && !strchr(message, '\n');
}

static void bad_documents(void)
{
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        test_case("refused: %.120s", refused[k].text);
        rc_network_t net, before;
        rc_error_t err = {{{0}}};
        rc_network_init(net, RC_SHALLOW, 2, 3, 2);
        random_neurons(net);
        rc_network_init(before, RC_SHALLOW, 1, 1, 1);
        rc_network_set(before, net);
        rc_status status = read_text(net, refused[k].text, err);
        CHECK(status == RC_BAD_INPUT, "status %d", (int) status);
        CHECK(strstr(err->message, refused[k].message), "%s", err->message);
        CHECK(strstr(err->message, "in.json") && is_one_line(err->message), "%s", err->message);
        CHECK(rc_network_equal(net, before), "the network has changed");
        rc_network_clear(net);
        rc_network_clear(before);
    }
}

static void deep_nesting(void)
{
    test_case("deep nesting");
    static const int depths[] = {10, 1000, 2000, 100000, 3000000};
    for (int k = 0; k < 5; k++) {
        size_t n = (size_t) depths[k];
        char *text = malloc(2 * n + 64);
        memset(text, '[', n);
        memset(text + n, ']', n);
        text[2 * n] = '\0';
        rc_network_t net;
        rc_error_t err;
        rc_network_init(net, RC_SHALLOW, 1, 1, 1);
        CHECK(read_text(net, text, err) == RC_BAD_INPUT && is_one_line(err->message), "%zu: %s", n, err->message);
        if (n > 10000) CHECK(strstr(err->message, "nested too deeply"), "%zu: %s", n, err->message);
        rc_network_clear(net);
        free(text);
    }
}

static void unreadable(void)
{
    test_case("missing files, folders");
    json_t *doc = NULL;
    rc_error_t err;
    CHECK(rc_read_file(&doc, in_folder("missing.json"), err) == RC_IO, "missing");
    CHECK(strstr(err->message, "missing.json: cannot open: "), "%s", err->message);
    CHECK(rc_read_file(&doc, folder, err) == RC_IO && strstr(err->message, folder), "%s", err->message);
    CHECK(rc_read_file(&doc, in_folder("missing/in.json"), NULL) == RC_IO, "no error wanted");
    CHECK(rc_read_file(&doc, "", err) == RC_IO, "empty name");
    CHECK(doc == NULL, "doc was set");
}

/* A number's exact value against its text. */
static const struct {
    const char *json, *value;
} numbers[] = {
    {"0.1", "3602879701896397/36028797018963968"},
    {"-0.0", "0"},
    {"-0", "0"},
    {"0.5", "1/2"},
    {"1e3", "1000"},
    {"1.5e2", "150"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9007199254740993.0", "9007199254740992"},
    {"1e23", "99999999999999991611392"},
    {"\"1e23\"", "100000000000000000000000"},
    {"\"0.1\"", "1/10"},
    {"\"0x1.8p1\"", "3"},
    {"\"9223372036854775808\"", "9223372036854775808"},
    {"\"-2^2\"", "-4"},
    {"\"sqrt(2)*sqrt(8)\"", "4"},
    {"1e-400", "0"},
};

static void exact_numbers(void)
{
    test_case("numbers");
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        json_t *value = json_loads(numbers[k].json, JSON_DECODE_ANY, NULL);
        rc_error_t err = {{{0}}};
        rc_status status = rc_read_fmpq(x, value, NULL, "here", err);
        fmpq_set_str(y, numbers[k].value, 10);
        CHECK(status == RC_OK && fmpq_equal(x, y), "%s: %s", numbers[k].json, err->message);
        json_decref(value);
    }
    fmpz_one(fmpq_numref(x));
    fmpz_one(fmpq_denref(x));
    fmpq_div_2exp(y, x, 1074);
    json_t *tiny = json_real(4.9406564584124654e-324);
    CHECK(rc_read_fmpq(x, tiny, NULL, "here", NULL) == RC_OK && fmpq_equal(x, y), "the least positive double");
    json_decref(tiny);
    json_t *list = json_pack("[i, f, s]", 2, 0.25, "1/3");
    fmpq *v;
    slong n;
    rc_error_t err;
    CHECK(rc_read_fmpq_vec(&v, &n, list, NULL, "here", err) == RC_OK && n == 3, "list");
    fmpq_set_si(y, 1, 3);
    CHECK(fmpq_equal(v + 2, y), "third entry");
    _fmpq_vec_clear(v, n);
    json_array_append_new(list, json_string("sqrt(2)"));
    CHECK(rc_read_fmpq_vec(&v, &n, list, NULL, "here", err) == RC_BAD_INPUT, "irrational");
    CHECK(strncmp(err->message, "here: entry 4: ", 15) == 0, "%s", err->message);
    json_decref(list);
    fmpq_clear(x);
    fmpq_clear(y);
}

static bool entry_is(const rc_network_t net, slong i, slong j, const char *text)
{
    rc_surd_t s, t;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_network_get_a(s, net, i, j);
    bool is = rc_expression_parse(t, text, strlen(text), NULL, NULL) == RC_OK && rc_surd_cmp(s, t) == 0;
    rc_surd_clear(s);
    rc_surd_clear(t);
    return is;
}

static void roots(void)
{
    test_case("rows with a common root");
    rc_network_t net;
    rc_error_t err = {{{0}}};
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    CHECK(read_text(net, "{\"A\": [[0, \"sqrt(8)\", \"-sqrt(1/2)\"], [0, 0, 0], [1, 2, 0.5]],"
                         " \"C\": [[\"sqrt(2)\", \"sqrt(3)\", 1], [\"3/sqrt(2)\", \"1/sqrt(27)\", 0]]}", err) == RC_OK,
          "%s", err->message);
    CHECK(rc_network_is_valid(net) && net->kind == RC_SHALLOW && net->d == 3 && net->m == 3 && net->D == 2, "shape");
    CHECK(entry_is(net, 0, 0, "0") && entry_is(net, 0, 1, "2*sqrt(2)") && entry_is(net, 0, 2, "-sqrt(2)/2"), "row 1");
    CHECK(entry_is(net, 1, 1, "0") && entry_is(net, 2, 2, "1/2"), "rows 2 and 3");
    rc_surd_t s, t;
    rc_surd_init(s);
    rc_surd_init(t);
    rc_network_get_c(s, net, 1, 1);
    CHECK(rc_expression_parse(t, "sqrt(3)/9", 9, NULL, NULL) == RC_OK && rc_surd_cmp(s, t) == 0, "c of a zero neuron");
    rc_surd_clear(s);
    rc_surd_clear(t);

    const char *flat = "{\"A\": [[1], [2]], \"C\": [3, 4]}", *rows = "{\"A\": [[1], [2]], \"C\": [[3, 4]]}";
    rc_network_t other;
    rc_network_init(other, RC_SHALLOW, 1, 1, 1);
    CHECK(read_text(net, flat, err) == RC_OK && read_text(other, rows, err) == RC_OK && rc_network_equal(net, other),
          "flat C");
    rc_network_clear(other);
    CHECK(read_text(net,
                    "{\"layers\": [{\"A\": [[\"sqrt(2)\"]], \"b\": [\"1/sqrt(2)\"]},"
                    " {\"A\": [[\"sqrt(2)\"]], \"b\": [3]}]}",
                    err) == RC_OK && net->kind == RC_BIASED && rc_network_is_valid(net), "%s", err->message);
    CHECK(read_text(net, "{\"layers\": [{\"A\": [[1, 2]], \"b\": [3]}]}", err) == RC_OK && net->kind == RC_DEEP &&
              rc_network_is_valid(net) && net->depth == 1, "%s", err->message);
    rc_network_clear(net);
}

static void through_file(rc_network_t Y, const rc_network_t X)
{
    rc_error_t err = {{{0}}};
    json_t *doc = rc_write_network(X), *back = NULL;
    CHECK(rc_write_file(in_folder("out.json"), doc, err) == RC_OK, "%s", err->message);
    CHECK(rc_read_file(&back, in_folder("out.json"), err) == RC_OK, "%s", err->message);
    CHECK(json_equal(doc, back), "%s", network_text(X));
    CHECK(rc_read_network(Y, back, NULL, "out.json", err) == RC_OK, "%s", err->message);
    json_decref(doc);
    json_decref(back);
}

static void round_trips(void)
{
    test_case("what is written reads back");
    for (long round = test_rounds(3000); round > 0; round--) {
        rc_network_t X, Y;
        rc_network_init(X, test_chance(40) ? RC_BIASED : RC_SHALLOW, test_range(1, 4), test_range(1, 5),
                        test_range(1, 3));
        random_neurons(X);
        rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
        if (round % 30 == 0) {
            through_file(Y, X);
        } else {
            json_t *doc = rc_write_network(X);
            CHECK(rc_read_network(Y, doc, NULL, "X", NULL) == RC_OK, "%s", network_text(X));
            json_decref(doc);
        }
        CHECK(rc_network_is_valid(Y) && rc_network_equal(X, Y), "%s became %s", network_text(X), network_text(Y));
        rc_network_clear(X);
        rc_network_clear(Y);
    }
    rc_network_t X, Y;
    rc_network_init_deep(X, 3, (slong[]){2, 3, 1, 2});
    for (slong l = 0; l < 3; l++)
        for (slong i = 0; i < X->A[l].r; i++) random_rational(fmpq_mat_entry(X->A + l, i, 0), 9);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    through_file(Y, X);
    CHECK(rc_network_equal(X, Y), "deep: %s", network_text(X));
    rc_network_clear(X);
    rc_network_clear(Y);
}

static void layout(void)
{
    test_case("layout of a written file");
    json_t *doc = json_pack("{s:s, s:[i,i], s:{s:i}}", "z", "text", "a", 1, 2, "m", "k", 3);
    CHECK(rc_write_file(in_folder("layout.json"), doc, NULL) == RC_OK, "write");
    char text[200] = "";
    FILE *file = fopen(in_folder("layout.json"), "rb");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[length] = '\0';
    CHECK(strcmp(text, "{\n\"z\":\"text\",\n\"a\":[1,2],\n\"m\":{\"k\":3}\n}\n") == 0, "%s", text);
    json_decref(doc);
    remove(in_folder("layout.json"));
}

/* Every proper beginning of a document is refused; random damage never does more than that. */
static void damage(void)
{
    test_case("truncated and damaged documents");
    static const char whole[] = "{\"layers\": [{\"A\": [[\"sqrt(2)\", 0], [1e-3, -2]], \"b\": [\"1/sqrt(2)\", 5]},\n"
                                "{\"A\": [[\"sqrt(8)\", \"2/3\"]], \"b\": [0.1]}]}";
    rc_network_t net;
    rc_error_t err = {{{0}}};
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    CHECK(read_text(net, whole, err) == RC_OK, "%s", err->message);
    char text[sizeof whole];
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        memcpy(text, whole, n);
        text[n] = '\0';
        CHECK(read_text(net, text, err) == RC_BAD_INPUT && is_one_line(err->message), "%s", text);
    }
    for (long round = test_rounds(4000); round > 0; round--) {
        json_t *doc = NULL;
        memcpy(text, whole, sizeof whole);
        for (long k = test_range(1, 4); k > 0; k--) {
            size_t at = (size_t) test_range(0, (long) sizeof whole - 2);
            text[at] = test_chance(50) ? (char) test_range(0,
                                                           255) : "[]{}\",:0123456789e.-+/()sqrtAb \\"[test_range(0,
                                                                                                                  31)];
        }
        write_bytes(in_folder("in.json"), text, sizeof whole - 1);
        rc_status status = rc_read_file(&doc, in_folder("in.json"), err);
        if (status == RC_OK) {
            status = rc_read_network(net, doc, NULL, "in.json", err);
            json_decref(doc);
        }
        CHECK(status == RC_OK ? rc_network_is_valid(net) : is_one_line(err->message), "%s", text);
    }
    rc_network_clear(net);
}

static void arrangements(void)
{
    test_case("arrangements");
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"{\"normals\": []}", "X: normals is empty"},
        {"{\"normals\": [[]]}", "X: row 1 of normals is empty"},
        {"{\"normals\": [[1, 2], [1]]}", "X: row 2 of normals has length 1"},
        {"{\"normals\": [[1, 2]], \"offsets\": []}", "X: offsets has length 0, there are 1 normals"},
        {"{\"normals\": [[1, 2]], \"offsets\": 1}", "X: offsets: expected a list"},
        {"{\"normals\": [[1, \"sqrt(2)\"]]}", "X: row 1, entry 2 of normals: "},
        {"{\"normals\": [[1, 2]], \"offsets\": [null]}", "X: entry 1 of offsets: expected a number"},
        {"{\"normals\": [[1, 2]], \"A\": 1}", "X: unknown key \"A\""},
        {"{\"offsets\": [1]}", "X: missing key \"normals\""},
    };
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        json_t *doc = json_loads(bad[k].text, 0, NULL);
        rc_error_t err = {{{0}}};
        CHECK(rc_read_arrangement(arr, doc, NULL, "X", err) == RC_BAD_INPUT, "%s", bad[k].text);
        CHECK(strstr(err->message, bad[k].message), "%s: %s", bad[k].text, err->message);
        json_decref(doc);
    }
    json_t *doc = json_loads("{\"normals\": [[2, \"4/3\"], [0, 0], [-3, -2]], \"offsets\": [\"2/3\", 5, -1]}", 0, NULL);
    CHECK(rc_json_is_arrangement(doc), "an arrangement");
    CHECK(rc_read_arrangement(arr, doc, NULL, "X", NULL) == RC_OK && rc_arrangement_is_valid(arr), "valid");
    CHECK(arr->given == 3 && arr->n == 1 && arr->affine && arr->d == 2, "%ld forms, %ld lines", (long) arr->given,
          (long) arr->n);
    json_t *written = rc_write_arrangement(arr);
    char *text = json_dumps(written, JSON_COMPACT);
    CHECK(strcmp(text,
                 "{\"normals\":[[\"2\",\"4/3\"],[\"0\",\"0\"],[\"-3\",\"-2\"]],"
                 "\"offsets\":[\"2/3\",\"5\",\"-1\"]}") == 0, "%s", text);
    free(text);
    json_decref(written);
    json_decref(doc);
    doc = json_loads("{\"normals\": [[1, 0]]}", 0, NULL);
    CHECK(rc_read_arrangement(arr, doc, NULL, "X", NULL) == RC_OK && !arr->affine && arr->width == 2, "central");
    json_decref(doc);
    rc_arrangement_clear(arr);
}

static void unwritable(void)
{
    test_case("files that cannot be written");
    json_t *doc = json_array();
    for (int k = 0; k < 20000; k++) json_array_append_new(doc, json_string("1/3"));
    rc_error_t err;
    write_bytes(in_folder("kept.json"), "[7]", 3);
    int before = entries_in_folder();
    CHECK(rc_write_file(in_folder("missing/out.json"), doc, err) == RC_IO && strstr(err->message, "cannot write"), "%s",
          err->message);
    CHECK(rc_write_file(folder, doc, err) == RC_IO && strstr(err->message, "cannot write"), "%s", err->message);
    if (access("/dev/full", W_OK) == 0)
        CHECK(rc_write_file("/dev/full", doc, err) == RC_IO && strstr(err->message, "cannot write"), "%s",
              err->message);

    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 10000;
    fflush(stdout);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    rc_status status = rc_write_file(in_folder("kept.json"), doc, err);
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(status == RC_IO && strstr(err->message, "kept.json: cannot write: "), "%s", err->message);
    CHECK(entries_in_folder() == before, "something was left behind");
    json_t *kept = NULL;
    CHECK(rc_read_file(&kept, in_folder("kept.json"), err) == RC_OK && json_array_size(kept) == 1,
          "the old file is gone");
    json_decref(kept);
    CHECK(rc_write_file(in_folder("kept.json"), doc, err) == RC_OK && entries_in_folder() == before, "%s",
          err->message);
    CHECK(rc_write_file("/dev/null", doc, err) == RC_OK && access("/dev/null", W_OK) == 0, "a device");
    json_decref(doc);
}

static void standard_input(void)
{
    test_case("standard input");
    write_bytes(in_folder("stdin.json"), "{\"A\": [[1]], \"C\": [2]}", 22);
    CHECK(freopen(in_folder("stdin.json"), "rb", stdin) != NULL, "freopen");
    json_t *doc = NULL;
    rc_error_t err = {{{0}}};
    CHECK(rc_read_file(&doc, "-", err) == RC_OK && json_object_get(doc, "C"), "%s", err->message);
    json_decref(doc);
    CHECK(rc_read_file(&doc, "-", err) == RC_BAD_INPUT && strstr(err->message, "standard input: empty"), "%s",
          err->message);
}

static void remove_folder(void)
{
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list)) != NULL;)
        if (entry->d_name[0] != '.') remove(in_folder(entry->d_name));
    if (list) closedir(list);
    rmdir(folder);
}

int main(void)
{
    test_start("t-read");
    if (!mkdtemp(folder)) return 1;
    bad_documents();
    deep_nesting();
    unreadable();
    exact_numbers();
    roots();
    layout();
    round_trips();
    damage();
    arrangements();
    unwritable();
    standard_input();
    remove_folder();
    network_text_clear();
    int status = test_finish();
    flint_cleanup();
    return status;
}
