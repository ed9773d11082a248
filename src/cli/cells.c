/* relucert cells: linear regions, listed or counted. */
#include "cells.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mpi.h"
#include "relucert/listing.h"

static const char help[] =
    "Usage: relucert cells [OPTION]... X [Y]\n"
    "\n"
    "The cells of the arrangement of the neurons' hyperplanes: of X, of X and Y together (their\n"
    "common linear regions), or of an arrangement {\"normals\": [[...], ...], \"offsets\": [...]}.\n"
    "Every cell comes with a rational point of it, and no cell is missed. The order depends on\n"
    "the input and on the options --engine, --format, --no-witness, --sort and --checkpoint\n"
    "alone, not on threads or processes.\n"
    "\n"
    "  --format json     one object a line, as found; --json is the same\n"
    "  --format text     one line a cell, and their number; the default\n"
    "  --format bits     packed signs: a header of 64 bytes (\"RLCTBITS\"; 4 bytes: version 1;\n"
    "                    4: flags, 1 = one cell of each antipodal pair; 8 bytes each: number n of\n"
    "                    hyperplanes, bytes of a cell, dimension, 1 if affine), the cells (bit\n"
    "                    j % 8 of byte j / 8 is 1 where hyperplane j is positive), \"RLCTEND\\n\"\n"
    "                    and the number of cells in the file (8 bytes); all little-endian\n"
    "  --hyperplanes     the hyperplanes 0, 1, .. of that format as JSON: primitive integer forms\n"
    "                    (the offset last if affine), and for each given form [hyperplane, side]\n"
    "  --no-witness      lines without points: faster\n"
    "  --engine NAME     vertex (one cell for each vertex), tree (a linear program for each side),\n"
    "                    or auto, the default: by predicted cost for each component; for lines\n"
    "                    with points tree if there are several, vertex with --checkpoint\n"
    "  --sort            ordered by the signs, - before +; holds all cells in memory\n"
    "  -o, --output FILE write FILE, whole or not at all\n"
    "  --checkpoint DIR  keep finished units of the work in DIR; the same command, run again after\n"
    "                    it was killed, goes on from there. DIR is removed at the end.\n"
    "  --certificate FILE  write a certificate of the number of cells that lists them all: FILE,\n"
    "                    and beside it the cells (FILE with .cells in place of .json)\n"
    "  --count           only their number, by deletion-restriction (Zaslavsky): the number of\n"
    "                    cells of A is that of A without H plus that of A restricted to H.\n"
    "\n"
    "JSON lines:\n"
    "  {\"pattern\":[\"10\"],\"gradient\":[[\"1\",\"0\"]],\"witness\":[\"1\",\"-1\"]}\n"
    "pattern: one 0/1 string for each network, 1 where <a_i, x> + b_i > 0 (a neuron with\n"
    "a_i = 0 is constant). gradient: of R(X), or of R(X) - R(Y), D rows of d. For an\n"
    "arrangement pattern is one string of + and - (0 for a zero form), and there is no gradient.\n"
    "With --json --count: {\"dimension\",\"hyperplanes\",\"rank\",\"cells\"}; hyperplanes are the\n"
    "distinct ones of all neurons with a_i != 0, rank is that of their linear parts. With\n"
    "--polynomial also \"characteristic\", the coefficients of chi from that of 1 upwards.\n"
    "\n"
    "In a build with MPI, mpirun -n N relucert cells ... shares the listing out among N processes\n"
    "of one thread each and writes the same bytes; relucert-cells(1) has an example for Slurm.\n"
    "\n"
    "Example:\n"
    "  $ cat net.json\n"
    "  {\"A\": [[1, 0], [0, 1], [1, 1]], \"C\": [1, 1, -1]}\n"
    "  $ relucert cells --json --count net.json\n"
    "  {\"dimension\":2,\"hyperplanes\":3,\"rank\":2,\"cells\":\"6\"}\n";

static void input_init(rc_cells_input *in)
{
    for (int k = 0; k < 2; k++) rc_network_init(in->net[k], RC_SHALLOW, 1, 1, 1);
    rc_arrangement_init(in->arr);
    in->nets = 0;
    in->d = in->D = 1;
}

static void input_clear(rc_cells_input *in)
{
    for (int k = 0; k < 2; k++) rc_network_clear(in->net[k]);
    rc_arrangement_clear(in->arr);
}

/* The forms of the neurons, network after network; width d + 1 if one has biases. */
static void collect_forms(rc_cells_input *in)
{
    slong m = 0, row = 0;
    int affine = 0;
    for (slong k = 0; k < in->nets; k++) {
        m += in->net[k]->m;
        affine |= in->net[k]->kind == RC_BIASED;
    }
    fmpq_mat_t forms;
    fmpq_mat_init(forms, m, in->d + affine);
    for (slong k = 0; k < in->nets; k++) {
        const rc_network_struct *net = in->net[k];
        for (slong i = 0; i < net->m; i++, row++) {
            for (slong j = 0; j < in->d; j++) fmpq_set(fmpq_mat_entry(forms, row, j), fmpq_mat_entry(net->u, i, j));
            if (net->kind == RC_BIASED) fmpq_set(fmpq_mat_entry(forms, row, in->d), fmpq_mat_entry(net->v, i, 0));
        }
    }
    rc_arrangement_set_forms(in->arr, forms, affine);
    fmpq_mat_clear(forms);
}

static rc_status read_second(rc_cells_input *in, rc_cli_t cli)
{
    const char *x = cli->argv[0], *y = cli->argv[1];
    rc_status status = rc_cli_read_two_layer(in->net[1], cli, y);
    if (status == RC_OK) status = rc_cli_same_shape(cli, in->net[0], x, in->net[1], y, false);
    return status;
}

static rc_status read_input(rc_cells_input *in, rc_cli_t cli)
{
    const char *x = cli->argv[0];
    bool is_arrangement;
    rc_status status = rc_cli_read_any(in->net[0], in->arr, &is_arrangement, cli, x);
    if (status != RC_OK) return status;
    if (is_arrangement) {
        in->d = in->arr->d;
        if (cli->argc == 1) return RC_OK;
        return rc_error_set(cli->err, RC_BAD_INPUT, "%s is an arrangement: cells takes one, or one or two networks", x);
    }
    if (in->net[0]->kind == RC_DEEP)
        return rc_error_set(cli->err, RC_BAD_INPUT, "%s: cells takes networks with two layers, this one has %ld", x,
                            (long) in->net[0]->depth);
    in->nets = cli->argc;
    if (cli->argc == 2) status = read_second(in, cli);
    if (status != RC_OK) return status;
    in->d = in->net[0]->d;
    in->D = in->net[0]->D;
    collect_forms(in);
    return RC_OK;
}

/* The hyperplanes of the packed format, and what each given form is. */
static int put_hyperplanes(const rc_cells_input *in)
{
    const rc_arrangement_struct *arr = in->arr;
    json_t *doc = json_object(), *normals = json_array(), *forms = json_array();
    for (slong j = 0; j < arr->n; j++) {
        json_t *row = json_array();
        for (slong k = 0; k < arr->width; k++) rc_cli_append(row, rc_write_fmpz(fmpz_mat_entry(arr->forms, j, k)));
        rc_cli_append(normals, row);
    }
    for (slong i = 0; i < arr->given; i++) {
        json_t *form = json_array();
        rc_cli_append(form, json_integer(arr->line[i]));
        rc_cli_append(form, json_integer(arr->side[i]));
        rc_cli_append(forms, form);
    }
    rc_cli_set(doc, "dimension", json_integer(in->d));
    rc_cli_set(doc, "affine", json_boolean(arr->affine));
    rc_cli_set(doc, "hyperplanes", normals);
    rc_cli_set(doc, "forms", forms);
    rc_cli_put_json(doc);
    return RC_EXIT_OK;
}

/* Their number alone, or with the characteristic polynomial, at -1 their number but for the sign (Zaslavsky). */
static int count_cells(rc_cli_t cli, const rc_cells_input *in, bool polynomial)
{
    fmpz_t cells, minus;
    fmpz_poly_t chi;
    fmpz_init(cells);
    fmpz_init_set_si(minus, -1);
    fmpz_poly_init(chi);
    int exit_status = RC_EXIT_OK;
    rc_status status = polynomial ? rc_arrangement_characteristic(chi, in->arr, &cli->limits)
                                  : rc_arrangement_count(cells, in->arr, &cli->limits);
    if (polynomial) fmpz_poly_evaluate_fmpz(cells, chi, minus);
    fmpz_abs(cells, cells);
    slong rank = rc_arrangement_rank(in->arr);
    if (status != RC_OK) {
        exit_status = rc_cli_fail(cli, status);
    } else if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "dimension", json_integer(in->d));
        rc_cli_set(doc, "hyperplanes", json_integer(in->arr->n));
        rc_cli_set(doc, "rank", json_integer(rank));
        rc_cli_set(doc, "cells", rc_write_fmpz(cells));
        json_t *list = polynomial ? json_array() : NULL;
        for (slong i = 0; i < fmpz_poly_length(chi); i++)
            rc_cli_append(list, rc_write_fmpz(fmpz_poly_get_coeff_ptr(chi, i)));
        if (polynomial) rc_cli_set(doc, "characteristic", list);
        rc_cli_put_json(doc);
    } else {
        rc_cli_put_fmpz(cells);
        printf(" cell%s: %ld hyperplane%s of rank %ld in dimension %ld\n", fmpz_is_one(cells) ? "" : "s",
               (long) in->arr->n, in->arr->n == 1 ? "" : "s", (long) rank, (long) in->d);
        if (polynomial) {
            fputs("characteristic polynomial ", stdout);
            fmpz_poly_print_pretty(chi, "t");
            putchar('\n');
        }
    }
    fmpz_poly_clear(chi);
    fmpz_clear(minus);
    fmpz_clear(cells);
    return exit_status;
}

/* Lists the cells into a certificate. */
static int certify_cells(rc_cli_t cli, const rc_cells_input *in, const char *path)
{
    rc_listing_subject subject = {.producer = "relucert " PACKAGE_VERSION, .networks = in->nets, .name = {"X", "Y"}};
    for (slong k = 0; k < in->nets; k++) subject.network[k] = in->net[k];
    fmpz_t cells;
    fmpz_init(cells);
    int exit_status = RC_EXIT_OK;
    rc_status status =
        rc_listing_write(path, &subject, in->arr, (int) cli->threads, cells, &cli->limits, cli->err);
    if (status != RC_OK) {
        exit_status = rc_cli_fail(cli, status);
    } else if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "cells", rc_write_fmpz(cells));
        rc_cli_set(doc, "certificate", json_string(path));
        rc_cli_put_json(doc);
    } else {
        rc_cli_put_fmpz(cells);
        printf(" cell%s, certificate %s\n", fmpz_is_one(cells) ? "" : "s", path);
    }
    fmpz_clear(cells);
    return exit_status;
}

/* ---- the command line ---- */

typedef struct {
    bool count, polynomial, hyperplanes, no_witness;
    const char *format, *engine, *certificate;
    rc_cells_options options;
} request;

/* The place of `text` among the names; -1: none of them. */
static int find_name(const char *text, const char *const names[])
{
    for (int k = 0; names[k]; k++)
        if (!strcmp(text, names[k])) return k;
    return -1;
}

static int read_names(request *r, rc_cli_t cli)
{
    static const char *const formats[] = {"text", "json", "bits", NULL};
    static const char *const engines[] = {"auto", "tree", "vertex", NULL};
    int format = r->format ? find_name(r->format, formats) : cli->json ? RC_CELLS_JSON : RC_CELLS_TEXT;
    int engine = r->engine ? find_name(r->engine, engines) : RC_ENGINE_AUTO;
    if (format < 0) return rc_cli_usage(cli, "--format %s: json, text or bits is expected", r->format);
    if (engine < 0) return rc_cli_usage(cli, "--engine %s: tree, vertex or auto is expected", r->engine);
    if (cli->json && format != RC_CELLS_JSON)
        return rc_cli_usage(cli, "--json and --format %s exclude each other", r->format);
    cli->json = format == RC_CELLS_JSON;
    r->options.format = (rc_cells_format) format;
    r->options.engine = (rc_engine) engine;
    r->options.witness = !r->no_witness && format != RC_CELLS_BITS;
    return RC_EXIT_OK;
}

/* What is asked for instead of cells; NULL: nothing. */
static const char *answer_name(const request *r)
{
    if (r->polynomial) return "--polynomial";
    if (r->count) return "--count";
    return r->hyperplanes ? "--hyperplanes" : r->certificate ? "--certificate" : NULL;
}

/* The same in all processes of a run: nothing is read yet. */
static int read_request(request *r, rc_cli_t cli)
{
    int status = read_names(r, cli);
    if (status != RC_EXIT_OK) return status;
    const rc_cells_options *options = &r->options;
    const char *answer = answer_name(r);
    if ((r->count || r->polynomial) + r->hyperplanes + (r->certificate != NULL) > 1)
        return rc_cli_usage(cli, "--count, --hyperplanes and --certificate exclude each other");
    if (answer && (options->output || options->checkpoint || options->sort || options->format == RC_CELLS_BITS))
        return rc_cli_usage(cli, "%s prints no cells: no --output, --checkpoint, --sort, --format bits", answer);
    if (r->certificate && (r->no_witness || options->engine == RC_ENGINE_TREE))
        return rc_cli_usage(cli, "--certificate takes the vertex engine and its points");
    if (options->checkpoint && options->engine == RC_ENGINE_TREE && options->witness)
        return rc_cli_usage(cli, "--checkpoint with --engine tree needs --no-witness or --format bits");
    bool launched = rc_mpi_launched_size() > 1; /* a launcher may read the output through a terminal of its own */
    if (options->format == RC_CELLS_BITS && !options->output && !launched && isatty(STDOUT_FILENO))
        return rc_cli_usage(cli, "--format bits is not for a terminal: -o FILE, or a pipe");
    if (!answer && rc_cells_is_shared(options))
        for (int k = 0; k < cli->argc; k++)
            if (!strcmp(cli->argv[k], "-"))
                return rc_cli_usage(cli, "standard input is read in one process only: name a file that all can read");
    return RC_EXIT_OK;
}

static int answer_request(request *r, rc_cli_t cli)
{
    bool shared = !answer_name(r) && rc_cells_is_shared(&r->options);
    bool first = rc_mpi_launched_rank() == 0;
    if (!shared && !first) return RC_EXIT_OK;
    if (shared && rc_mpi_begin(cli->err) != RC_OK) return rc_cli_fail(cli, RC_BAD_INPUT);
    rc_cells_input in;
    input_init(&in);
    int exit_status;
    rc_status status = read_input(&in, cli);
    if (!answer_name(r)) exit_status = rc_cells_list(cli, status, &in, &r->options);
    else if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    else if (r->certificate) exit_status = certify_cells(cli, &in, r->certificate);
    else exit_status = r->hyperplanes ? put_hyperplanes(&in) : count_cells(cli, &in, r->polynomial);
    input_clear(&in);
    if (shared) rc_mpi_end();
    return exit_status;
}

int rc_cli_cells(int argc, char **argv)
{
    request r = {0};
    const rc_cli_option options[] = {
        {0, "count", NULL, &r.count},
        {0, "polynomial", NULL, &r.polynomial},
        {0, "hyperplanes", NULL, &r.hyperplanes},
        {0, "format", &r.format, NULL},
        {0, "engine", &r.engine, NULL},
        {0, "no-witness", NULL, &r.no_witness},
        {0, "sort", NULL, &r.options.sort},
        {'o', "output", &r.options.output, NULL},
        {0, "checkpoint", &r.options.checkpoint, NULL},
        {0, "certificate", &r.certificate, NULL},
        {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"cells", help, 1, 2, options};
    rc_cli_t cli;
    int exit_status;
    if (rc_cli_begin_shared(cli, &exit_status, &command, argc, argv)) {
        exit_status = read_request(&r, cli);
        if (exit_status == RC_EXIT_OK) exit_status = answer_request(&r, cli);
    }
    exit_status = rc_cli_end(cli, exit_status);
    return rc_mpi_launched_rank() == 0 ? exit_status : RC_EXIT_OK;
}
