/* relucert cells: linear regions, listed or counted. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "relucert/arrangement.h"

static const char help[] =
    "Usage: relucert cells [OPTION]... X [Y]\n"
    "\n"
    "The cells of the arrangement of the neurons' hyperplanes: of X, of X and Y together (their\n"
    "common linear regions), or of an arrangement {\"normals\": [[...], ...], \"offsets\": [...]}.\n"
    "Every cell comes with a rational point of it, and no cell is missed: each side of each\n"
    "hyperplane is decided by exact linear programming.\n"
    "\n"
    "  --count   only their number, by deletion-restriction (Zaslavsky): the number of cells of\n"
    "            A is that of A without H plus that of A restricted to H.\n"
    "\n"
    "With --json one object a line, written as found:\n"
    "  {\"pattern\":[\"10\"],\"gradient\":[[\"1\",\"0\"]],\"witness\":[\"1\",\"-1\"]}\n"
    "pattern: one 0/1 string for each network, 1 where <a_i, x> + b_i > 0 (a neuron with\n"
    "a_i = 0 is constant). gradient: of R(X), or of R(X) - R(Y), D rows of d. For an\n"
    "arrangement pattern is one string of + and - (0 for a zero form), and there is no gradient.\n"
    "With --json --count: {\"dimension\",\"hyperplanes\",\"rank\",\"cells\"}; hyperplanes are the\n"
    "distinct ones of all neurons with a_i != 0, rank is that of their linear parts.\n"
    "\n"
    "Example:\n"
    "  $ cat net.json\n"
    "  {\"A\": [[1, 0], [0, 1], [1, 1]], \"C\": [1, 1, -1]}\n"
    "  $ relucert cells --json --count net.json\n"
    "  {\"dimension\":2,\"hyperplanes\":3,\"rank\":2,\"cells\":\"6\"}\n";

/* One or two networks, or an arrangement by itself. */
typedef struct {
    rc_network_t net[2];
    slong nets; /* 0: an arrangement */
    rc_arrangement_t arr;
    slong d, D;
} input;

static void input_init(input *in)
{
    for (int k = 0; k < 2; k++) rc_network_init(in->net[k], RC_SHALLOW, 1, 1, 1);
    rc_arrangement_init(in->arr);
    in->nets = 0;
    in->d = in->D = 1;
}

static void input_clear(input *in)
{
    for (int k = 0; k < 2; k++) rc_network_clear(in->net[k]);
    rc_arrangement_clear(in->arr);
}

/* The forms of the neurons, network after network; width d + 1 if one has biases. */
static void collect_forms(input *in)
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

static rc_status read_second(input *in, rc_cli_t cli)
{
    const char *x = cli->argv[0], *y = cli->argv[1];
    rc_status status = rc_cli_read_two_layer(in->net[1], cli, y);
    if (status == RC_OK) status = rc_cli_same_shape(cli, in->net[0], x, in->net[1], y, false);
    return status;
}

static rc_status read_input(input *in, rc_cli_t cli)
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

/* The listing: Df is kept up to date from cell to cell, jump by jump. */
typedef struct {
    const input *in;
    bool json;
    size_t cells;
    char *pattern;
    signed char *signs;    /* of the gradient at hand */
    fmpq_mat_struct *jump; /* of the n hyperplanes */
    fmpq_mat_t gradient;
} listing;

/* Adds sign c_i a_i^T to what the neuron's hyperplane does: to the jump if it is active on the positive side, else to
   the gradient, where it is active to begin with, and off the jump. */
static void add_neuron(listing *list, const rc_network_t net, slong i, int sign, slong line, bool positive)
{
    fmpq_t t;
    fmpq_init(t);
    for (slong p = 0; p < net->D; p++) {
        for (slong q = 0; q < net->d; q++) {
            fmpq *J = fmpq_mat_entry(list->jump + line, p, q), *G = fmpq_mat_entry(list->gradient, p, q);
            fmpq_mul(t, fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(net->u, i, q));
            if (sign < 0) fmpq_neg(t, t);
            if (!positive) {
                fmpq_add(G, G, t);
                fmpq_neg(t, t);
            }
            fmpq_add(J, J, t);
        }
    }
    fmpq_clear(t);
}

/* gradient = Df where all hyperplanes are on their negative side; jump[j] = what crossing j adds. */
static void listing_init(listing *list, const input *in, bool json)
{
    const rc_arrangement_struct *arr = in->arr;
    list->in = in;
    list->json = json;
    list->cells = 0;
    list->pattern = malloc((size_t) arr->given + 1);
    list->signs = malloc((size_t) arr->n + 1);
    list->jump = malloc(((size_t) arr->n + 1) * sizeof *list->jump);
    if (!list->pattern || !list->signs || !list->jump) abort();
    memset(list->signs, -1, (size_t) arr->n + 1);
    fmpq_mat_init(list->gradient, in->D, in->d);
    for (slong j = 0; j < arr->n; j++) fmpq_mat_init(list->jump + j, in->D, in->d);
    slong row = 0;
    for (slong k = 0; k < in->nets; k++)
        for (slong i = 0; i < in->net[k]->m; i++, row++)
            if (arr->line[row] >= 0)
                add_neuron(list, in->net[k], i, k == 0 ? 1 : -1, arr->line[row], arr->side[row] > 0);
}

static void listing_clear(listing *list)
{
    for (slong j = 0; j < list->in->arr->n; j++) fmpq_mat_clear(list->jump + j);
    fmpq_mat_clear(list->gradient);
    free(list->jump);
    free(list->signs);
    free(list->pattern);
}

static void move_gradient(listing *list, const signed char *signs)
{
    for (slong j = 0; j < list->in->arr->n; j++) {
        if (signs[j] == list->signs[j]) continue;
        if (signs[j] > 0) fmpq_mat_add(list->gradient, list->gradient, list->jump + j);
        else fmpq_mat_sub(list->gradient, list->gradient, list->jump + j);
        list->signs[j] = signs[j];
    }
}

/* One character for each given form: sign characters for negative, zero, positive. */
static void set_pattern(listing *list, const signed char *signs, const char characters[3])
{
    const rc_arrangement_struct *arr = list->in->arr;
    for (slong i = 0; i < arr->given; i++) {
        int s = arr->line[i] < 0 ? arr->side[i] : arr->side[i] * signs[arr->line[i]];
        list->pattern[i] = characters[s + 1];
    }
    list->pattern[arr->given] = '\0';
}

static void put_json_vec(const fmpq *x, slong n)
{
    putchar('[');
    for (slong i = 0; i < n; i++) {
        char *text = rc_fmpq_get_str(x + i);
        printf(i == 0 ? "\"%s\"" : ",\"%s\"", text);
        free(text);
    }
    putchar(']');
}

static void put_pattern(const listing *list, const char *quote, const char *separator)
{
    const char *p = list->pattern;
    for (slong k = 0; k < list->in->nets; k++) {
        int m = (int) list->in->net[k]->m;
        printf("%s%s%.*s%s", k == 0 ? "" : separator, quote, m, p, quote);
        p += m;
    }
}

static void put_json_cell(const listing *list, const fmpq *x)
{
    const input *in = list->in;
    if (in->nets == 0) {
        printf("{\"pattern\":\"%s\",\"witness\":", list->pattern);
    } else {
        fputs("{\"pattern\":[", stdout);
        put_pattern(list, "\"", ",");
        fputs("],\"gradient\":[", stdout);
        for (slong p = 0; p < in->D; p++) {
            if (p > 0) putchar(',');
            put_json_vec(fmpq_mat_entry(list->gradient, p, 0), in->d);
        }
        fputs("],\"witness\":", stdout);
    }
    put_json_vec(x, in->d);
    puts("}");
}

static void put_text_cell(const listing *list, const fmpq *x)
{
    const input *in = list->in;
    if (in->nets == 0) {
        printf("%s  at ", list->pattern);
    } else {
        put_pattern(list, "", " | ");
        fputs("  gradient ", stdout);
        for (slong p = 0; p < in->D; p++) {
            if (p > 0) putchar(' ');
            rc_cli_put_vec(fmpq_mat_entry(list->gradient, p, 0), in->d);
        }
        fputs("  at ", stdout);
    }
    rc_cli_put_vec(x, in->d);
    putchar('\n');
}

static bool visit(void *arg, const signed char *signs, const fmpq *x)
{
    listing *list = arg;
    set_pattern(list, signs, list->in->nets == 0 ? "-0+" : "001");
    if (list->in->nets > 0) move_gradient(list, signs);
    if (list->json) put_json_cell(list, x);
    else put_text_cell(list, x);
    list->cells++;
    return !ferror(stdout);
}

static int list_cells(rc_cli_t cli, const input *in)
{
    listing list;
    listing_init(&list, in, cli->json);
    rc_status status = rc_arrangement_cells(in->arr, visit, &list, &cli->limits);
    if (status == RC_OK && !cli->json && !cli->quiet) printf("%zu cell%s\n", list.cells, list.cells == 1 ? "" : "s");
    listing_clear(&list);
    return status == RC_OK ? RC_EXIT_OK : rc_cli_fail(cli, status);
}

static int count_cells(rc_cli_t cli, const input *in)
{
    fmpz_t cells;
    fmpz_init(cells);
    int exit_status = RC_EXIT_OK;
    rc_status status = rc_arrangement_count(cells, in->arr, &cli->limits);
    slong rank = rc_arrangement_rank(in->arr);
    if (status != RC_OK) {
        exit_status = rc_cli_fail(cli, status);
    } else if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "dimension", json_integer(in->d));
        rc_cli_set(doc, "hyperplanes", json_integer(in->arr->n));
        rc_cli_set(doc, "rank", json_integer(rank));
        rc_cli_set(doc, "cells", rc_write_fmpz(cells));
        rc_cli_put_json(doc);
    } else {
        rc_cli_put_fmpz(cells);
        printf(" cell%s: %ld hyperplane%s of rank %ld in dimension %ld\n", fmpz_is_one(cells) ? "" : "s",
               (long) in->arr->n, in->arr->n == 1 ? "" : "s", (long) rank, (long) in->d);
    }
    fmpz_clear(cells);
    return exit_status;
}

int rc_cli_cells(int argc, char **argv)
{
    bool count = false;
    const rc_cli_option options[] = {{0, "count", NULL, &count}, {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"cells", help, 1, 2, options};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    input in;
    input_init(&in);
    rc_status status = read_input(&in, cli);
    if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    else if (count) exit_status = count_cells(cli, &in);
    else exit_status = list_cells(cli, &in);
    input_clear(&in);
    return rc_cli_end(cli, exit_status);
}
