/* relucert arrangement: named and random arrangements, one row a line. */
#include "cli.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: relucert arrangement KIND N\n"
    "       relucert arrangement random --n FORMS --d DIMENSION [OPTION]...\n"
    "\n"
    "Prints an arrangement {\"normals\": [[...], ...]}, one row a line, for relucert cells.\n"
    "\n"
    "Kinds, with their number of cells:\n"
    "  braid N       x_i - x_j in R^N, i < j                          N!\n"
    "  typeB N       x_i, x_i - x_j, x_i + x_j in R^N, i < j          2^N N!\n"
    "  threshold N   (1, x) in R^(N+1), x in {0,1}^N                  4, 14, 104, 1882, 94572, ...\n"
    "  resonance N   all non-zero 0/1 vectors in R^N                  2, 6, 32, 370, 11292, ...\n"
    "  random        FORMS rows in R^DIMENSION, drawn by splitmix64: the same on every machine\n"
    "\n"
    "For random:\n"
    "  --n FORMS        number of rows\n"
    "  --d DIMENSION    entries of a row\n"
    "  --bound B        integers uniform in [-B, B] (100)\n"
    "  --bits B         instead: integers of exactly B bits, either sign, as strings\n"
    "  --doubles        instead: odd multiples of 2^-53 in (-1, 1), printed with 17 digits\n"
    "  --affine         an offset for each row: affine hyperplanes\n"
    "  --seed S         0 .. 2^64 - 1 (1)\n"
    "\n"
    "At most 1000000 forms and 100000000 entries.\n"
    "\n"
    "Examples:\n"
    "  $ relucert arrangement braid 3\n"
    "  {\"normals\": [\n"
    "  [1, -1, 0],\n"
    "  [1, 0, -1],\n"
    "  [0, 1, -1]\n"
    "  ]}\n"
    "  $ relucert arrangement random --n 40 --d 5 --seed 1 | relucert cells --count -\n"
    "  184342 cells: 40 hyperplanes of rank 5 in dimension 5\n";

enum { MAX_FORMS = 1000000, MAX_ENTRIES = 100000000, MAX_BITS = 1000000 };

/* Rows go out as they are made. */
typedef struct {
    rc_limits *limits;
    long d;
    long *entry;      /* the row at hand */
    long rows;
    bool going;       /* false once a limit, an interrupt or a failed write stops the work */
} printer;

static void printer_init(printer *out, rc_cli_t cli, long d)
{
    out->limits = &cli->limits;
    out->limits->max_cells = 0;
    out->d = d;
    out->entry = calloc((size_t) d, sizeof *out->entry);
    if (!out->entry) abort();
    out->rows = 0;
    out->going = true;
    fputs("{\"normals\": [", stdout);
}

static void begin_row(printer *out)
{
    fputs(out->rows++ == 0 ? "\n[" : ",\n[", stdout);
}

static void end_row(printer *out)
{
    putchar(']');
    out->going = !ferror(stdout) && rc_limits_visit(out->limits, "rows");
}

static void put_row(printer *out)
{
    begin_row(out);
    for (long k = 0; k < out->d; k++) printf("%s%ld", k == 0 ? "" : ", ", out->entry[k]);
    end_row(out);
}

/* x_i + sign x_j, or x_i alone. */
static void put_root(printer *out, long i, int sign, long j)
{
    out->entry[i] = 1;
    if (sign != 0) out->entry[j] = sign;
    put_row(out);
    out->entry[i] = out->entry[j] = 0;
}

static void put_braid(printer *out, long N)
{
    for (long i = 0; i < N; i++)
        for (long j = i + 1; j < N && out->going; j++) put_root(out, i, -1, j);
}

static void put_type_b(printer *out, long N)
{
    for (long i = 0; i < N && out->going; i++) put_root(out, i, 0, i);
    for (long i = 0; i < N; i++)
        for (long j = i + 1; j < N && out->going; j++) {
            put_root(out, i, -1, j);
            put_root(out, i, 1, j);
        }
}

/* The vectors of {0,1}^N from number `first` on, in lexicographic order, behind the entries that are already there. */
static void put_vertices(printer *out, long N, long first)
{
    for (long x = first; x < 1L << N && out->going; x++) {
        for (long k = 0; k < N; k++) out->entry[out->d - 1 - k] = x >> k & 1;
        put_row(out);
    }
}

static void put_threshold(printer *out, long N)
{
    out->entry[0] = 1;
    put_vertices(out, N, 0);
}

static void put_resonance(printer *out, long N)
{
    put_vertices(out, N, 1);
}

static long pairs(long N)
{
    return N * (N - 1) / 2;
}

static long squares(long N)
{
    return N * N;
}

static long vertices(long N)
{
    return N < 40 ? 1L << N : 1L << 40;
}

static long nonzero_vertices(long N)
{
    return vertices(N) - 1;
}

typedef struct {
    const char *name;
    long least;               /* N */
    int extra;                /* entries of a row beyond N */
    long (*forms)(long N);    /* N <= MAX_FORMS */
    void (*put)(printer *out, long N);
} family;

static const family families[] = {{"braid", 2, 0, pairs, put_braid},
                                  {"typeB", 1, 0, squares, put_type_b},
                                  {"threshold", 1, 1, vertices, put_threshold},
                                  {"resonance", 1, 0, nonzero_vertices, put_resonance}};

static const family *find_family(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (!strcmp(families[i].name, name)) return families + i;
    return NULL;
}

/* Entries of a random row. */
typedef enum { BOUNDED, DOUBLES, BITS } entries;

typedef struct {
    entries kind;
    long n, d, bound, bits;
    bool affine;
    uint64_t state;
    fmpz_t magnitude;
} source;

/* Steele, Lea, Flood, Fast splittable pseudorandom number generators, 2014. */
static uint64_t draw(source *src)
{
    uint64_t z = (src->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [0, m), 0 < m < 2^63: draws at or above the largest multiple of m that is <= 2^64 - 1 are thrown away. */
static uint64_t draw_below(source *src, uint64_t m)
{
    uint64_t end = UINT64_MAX - UINT64_MAX % m, z;
    do z = draw(src);
    while (z >= end);
    return z % m;
}

/* Words in increasing significance, cut to the lowest `bits` bits, the topmost of which is set; then the sign. */
static void put_bits(source *src)
{
    fmpz_zero(src->magnitude);
    for (long b = 0; b < src->bits; b += 64) {
        uint64_t z = draw(src);
        for (long k = 0; k < 64 && b + k < src->bits; k++)
            if (z >> k & 1) fmpz_setbit(src->magnitude, (ulong) (b + k));
    }
    fmpz_setbit(src->magnitude, (ulong) (src->bits - 1));
    if (draw(src) & 1) fmpz_neg(src->magnitude, src->magnitude);
    putchar('"');
    fmpz_print(src->magnitude);
    putchar('"');
}

static void put_double(source *src)
{
    uint64_t z = draw(src);
    double x = (double) (z >> 11 | 1) * 0x1p-53;
    printf("%.16e", z & 1 ? -x : x);
}

static void put_entry(source *src)
{
    switch (src->kind) {
    case BOUNDED: printf("%ld", (long) draw_below(src, 2 * (uint64_t) src->bound + 1) - src->bound); break;
    case DOUBLES: put_double(src); break;
    case BITS: put_bits(src); break;
    }
}

/* The offset of a row is drawn behind its entries, but printed after all rows: it is drawn again there. */
static void skip_entry(source *src)
{
    switch (src->kind) {
    case BOUNDED: draw_below(src, 2 * (uint64_t) src->bound + 1); break;
    case DOUBLES: draw(src); break;
    case BITS: for (long b = -64; b < src->bits; b += 64) draw(src); break;
    }
}

static void put_offsets(printer *out, source *src)
{
    fputs("\n],\n\"offsets\": [\n", stdout);
    for (long i = 0; i < src->n && out->going; i++) {
        for (long k = 0; k < src->d; k++) skip_entry(src);
        if (i > 0) fputs(", ", stdout);
        put_entry(src);
        out->going = !ferror(stdout) && rc_limits_visit(out->limits, "offsets");
    }
}

static void put_random(printer *out, source *src)
{
    uint64_t seed = src->state;
    for (long i = 0; i < src->n && out->going; i++) {
        begin_row(out);
        for (long k = 0; k < src->d; k++) {
            if (k > 0) fputs(", ", stdout);
            put_entry(src);
        }
        if (src->affine) skip_entry(src);
        end_row(out);
    }
    src->state = seed;
    if (src->affine && out->going) put_offsets(out, src);
}

/* Digits only, at most `most` <= 2^64 - 1. */
static bool read_number(uint64_t *number, const char *text, uint64_t most)
{
    size_t length = strlen(text);
    if (length == 0 || strspn(text, "0123456789") != length) return false;
    uint64_t value = 0;
    for (; *text; text++) {
        uint64_t digit = (uint64_t) (*text - '0');
        if (value > (most - digit) / 10) return false;
        value = 10 * value + digit;
    }
    *number = value;
    return true;
}

/* *number = the value of an option, at least 1 and at most `most`; as it was if the option is not given. */
static int read_option(long *number, rc_cli_t cli, const char *name, const char *text, long most)
{
    uint64_t value;
    if (!text) return RC_EXIT_OK;
    if (!read_number(&value, text, (uint64_t) most) || value == 0)
        return rc_cli_usage(cli, "%s %s: a number from 1 to %ld is expected", name, text, most);
    *number = (long) value;
    return RC_EXIT_OK;
}

static int check_size(rc_cli_t cli, long forms, long d)
{
    if (forms > MAX_FORMS)
        return rc_cli_error(cli, "arrangement: more than %d forms, the most it prints", MAX_FORMS);
    if (forms * d > MAX_ENTRIES)
        return rc_cli_error(cli, "arrangement: %ld forms of %ld entries are more than %d entries, the most it prints",
                            forms, d, MAX_ENTRIES);
    return RC_EXIT_OK;
}

static int finish(printer *out, rc_cli_t cli)
{
    if (out->going) fputs("\n]}\n", stdout);
    free(out->entry);
    return out->going || ferror(stdout) ? RC_EXIT_OK : rc_cli_fail(cli, RC_LIMIT);
}

static int print_family(rc_cli_t cli, const family *fam)
{
    uint64_t number;
    if (cli->argc < 2) return rc_cli_usage(cli, "%s: N is missing", fam->name);
    const char *text = cli->argv[1];
    if (!read_number(&number, text, MAX_FORMS) || (long) number < fam->least)
        return rc_cli_usage(cli, "%s %s: a number from %ld to %d is expected", fam->name, text, fam->least, MAX_FORMS);
    long N = (long) number;
    int exit_status = check_size(cli, fam->forms(N), N + fam->extra);
    if (exit_status != RC_EXIT_OK) return exit_status;
    printer out;
    printer_init(&out, cli, N + fam->extra);
    fam->put(&out, N);
    return finish(&out, cli);
}

/* The options of random as given. */
typedef struct {
    const char *n, *d, *bound, *bits, *seed;
    bool doubles, affine;
} random_values;

static int read_source(source *src, rc_cli_t cli, const random_values *values)
{
    if (cli->argc > 1) return rc_cli_usage(cli, "random %s: its size is given by --n and --d", cli->argv[1]);
    if (!values->n || !values->d) return rc_cli_usage(cli, "random needs %s", !values->n ? "--n" : "--d");
    if ((values->bound != NULL) + (values->bits != NULL) + values->doubles > 1)
        return rc_cli_usage(cli, "--bound, --bits and --doubles exclude each other");
    if (values->seed && !read_number(&src->state, values->seed, UINT64_MAX))
        return rc_cli_usage(cli, "--seed %s: a number from 0 to 18446744073709551615 is expected", values->seed);
    int exit_status = read_option(&src->n, cli, "--n", values->n, MAX_FORMS);
    if (exit_status == RC_EXIT_OK) exit_status = read_option(&src->d, cli, "--d", values->d, MAX_ENTRIES);
    if (exit_status == RC_EXIT_OK)
        exit_status = read_option(&src->bound, cli, "--bound", values->bound, 1000000000000000000);
    if (exit_status == RC_EXIT_OK) exit_status = read_option(&src->bits, cli, "--bits", values->bits, MAX_BITS);
    src->kind = values->doubles ? DOUBLES : values->bits ? BITS : BOUNDED;
    src->affine = values->affine;
    return exit_status == RC_EXIT_OK ? check_size(cli, src->n, src->d + values->affine) : exit_status;
}

static int print_random(rc_cli_t cli, const random_values *values)
{
    source src = {.bound = 100, .state = 1};
    int exit_status = read_source(&src, cli, values);
    if (exit_status != RC_EXIT_OK) return exit_status;
    printer out;
    printer_init(&out, cli, 1);
    fmpz_init(src.magnitude);
    put_random(&out, &src);
    fmpz_clear(src.magnitude);
    return finish(&out, cli);
}

static bool any_given(const random_values *values)
{
    return values->n || values->d || values->bound || values->bits || values->seed || values->doubles || values->affine;
}

int rc_cli_arrangement(int argc, char **argv)
{
    random_values values = {0};
    const rc_cli_option options[] = {
        {0, "n", &values.n, NULL},
        {0, "d", &values.d, NULL},
        {0, "bound", &values.bound, NULL},
        {0, "bits", &values.bits, NULL},
        {0, "seed", &values.seed, NULL},
        {0, "doubles", NULL, &values.doubles},
        {0, "affine", NULL, &values.affine},
        {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"arrangement", help, 1, 2, options};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    const char *kind = cli->argv[0];
    const family *fam = find_family(kind);
    if (!strcmp(kind, "random")) exit_status = print_random(cli, &values);
    else if (!fam)
        exit_status = rc_cli_usage(cli, "no kind %s: braid, typeB, threshold, resonance or random is expected", kind);
    else if (any_given(&values)) exit_status = rc_cli_usage(cli, "%s takes N and no options of random", kind);
    else exit_status = print_family(cli, fam);
    return rc_cli_end(cli, exit_status);
}
