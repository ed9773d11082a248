/* relucert norm: Sobolev semi-norm and sup norm. */
#include "cli.h"

#include <string.h>

#include "relucert/seminorm.h"

static const char help[] =
    "Usage: relucert norm [OPTION]... X [Y]\n"
    "\n"
    "The Sobolev semi-norm |f|_{W^{1,inf}} of f = R(X), or of f = R(X) - R(Y): the largest\n"
    "absolute entry of Df over all linear regions ((21) of the paper), exact, with a point\n"
    "where it is attained. Found by branch and bound over the hyperplanes where f bends,\n"
    "independent groups of hyperplanes apart; where there are many in low dimension, by listing\n"
    "the cells of a group, in as many threads as --threads says. The last line says how many\n"
    "nodes were searched, and how many cells listed, against the number of cells, or a bound\n"
    "of it where counting them would take long; not with -q.\n"
    "\n"
    "  --box B   also the sup norm of f on (-B, B)^d, B > 0: the largest |f(x)|_inf there.\n"
    "            The larger of the two is the norm of W^{1,inf}((-B, B)^d).\n"
    "\n"
    "Example, g_3 of Example 2.1, k rho(<(k, 0), x>) - k rho(<(k, -1/k^2), x>) with k = 3:\n"
    "  $ cat g3.json\n"
    "  {\"A\": [[3, 0], [3, \"-1/9\"]], \"C\": [3, -3]}\n"
    "  $ relucert norm --box 1 g3.json\n"
    "  |R(X)|_{W^{1,inf}} = 9\n"
    "  attained at x = (5/256, 1), where the derivative is\n"
    "    [9  0]\n"
    "  sup norm on (-B, B)^d, B = 1: 1/3, at x = (1, 1)\n"
    "  norm of W^{1,inf}((-B, B)^d): 9\n"
    "  searched 0 nodes; the arrangement has 4 cells\n";

typedef struct {
    const char *box;
} options;

static rc_status read_networks(rc_cli_t cli, rc_network_t X, rc_network_t Y)
{
    rc_status status = rc_cli_read_two_layer(X, cli, cli->argv[0]);
    if (status != RC_OK || cli->argc == 1) return status;
    status = rc_cli_read_two_layer(Y, cli, cli->argv[1]);
    if (status == RC_OK) status = rc_cli_same_shape(cli, X, cli->argv[0], Y, cli->argv[1], false);
    return status;
}

static rc_status read_box(fmpq_t B, rc_cli_t cli, const char *text)
{
    rc_status status = rc_cli_read_fmpq(B, cli, text, "--box");
    if (status != RC_OK || fmpq_sgn(B) > 0) return status;
    return rc_error_set(cli->err, RC_BAD_INPUT, "--box %s: a positive number is expected", text);
}

static void put_json(const rc_seminorm_t semi, const rc_seminorm_t sup, slong d)
{
    json_t *doc = json_object();
    rc_cli_set(doc, "semi_norm", rc_write_fmpq(semi->upper));
    rc_cli_set(doc, "witness", rc_write_fmpq_vec(semi->x, d));
    if (sup->has_upper) rc_cli_set(doc, "sup_norm", rc_write_fmpq(sup->upper));
    rc_cli_put_json(doc);
}

/* "10,991,584" */
static void put_grouped(const fmpz_t x)
{
    char *text = fmpz_get_str(NULL, 10, x);
    for (size_t length = strlen(text), k = 0; k < length; k++) {
        if (k > 0 && (length - k) % 3 == 0) putchar(',');
        putchar(text[k]);
    }
    flint_free(text);
}

static void put_size(size_t x)
{
    fmpz_t z;
    fmpz_init_set_ui(z, x);
    put_grouped(z);
    fmpz_clear(z);
}

/* The number of cells if n hyperplanes of this rank were in general position. */
static void generic_cells(fmpz_t cells, const rc_arrangement_t arr)
{
    slong rank = rc_arrangement_rank(arr), n = arr->affine ? arr->n : arr->n - 1;
    fmpz_t term;
    fmpz_init_set_ui(term, 1);
    fmpz_zero(cells);
    for (slong i = 0; i < (arr->affine ? rank + 1 : rank); i++) {
        fmpz_add(cells, cells, term);
        fmpz_mul_si(term, term, n - i);
        fmpz_divexact_si(term, term, i + 1);
    }
    if (!arr->affine) fmpz_mul_2exp(cells, cells, 1);
    fmpz_clear(term);
}

/* The cells of f's arrangement: their number if counting them is quick, else a bound. */
static void put_cells(rc_cli_t cli, const rc_canonical_t f)
{
    enum { restrictions = 400 };
    rc_arrangement_t arr;
    rc_limits limits;
    fmpz_t cells;
    fmpz_init(cells);
    rc_arrangement_init(arr);
    rc_arrangement_set_lines(arr, f->u, f->affine);
    rc_limits_init(&limits);
    limits.deadline = cli->limits.deadline;
    limits.stop = cli->limits.stop;
    limits.max_cells = restrictions;
    bool counted = rc_arrangement_count(cells, arr, &limits) == RC_OK;
    if (!counted) generic_cells(cells, arr);
    fputs(counted ? "the arrangement has " : "the arrangement has at most ", stdout);
    put_grouped(cells);
    puts(fmpz_is_one(cells) ? " cell" : " cells");
    rc_arrangement_clear(arr);
    fmpz_clear(cells);
}

static void put_search(rc_cli_t cli, const rc_canonical_t f, const rc_seminorm_t semi)
{
    fputs("searched ", stdout);
    put_size(semi->nodes);
    fputs(semi->nodes == 1 ? " node" : " nodes", stdout);
    if (semi->listed > 0) {
        fputs(" and listed ", stdout);
        put_size(semi->listed);
        fputs(" cells", stdout);
    }
    fputs("; ", stdout);
    put_cells(cli, f);
}

static void put_sup(const rc_canonical_t f, const rc_seminorm_t semi, const rc_seminorm_t sup, const fmpq_t B)
{
    fputs("sup norm on (-B, B)^d, B = ", stdout);
    rc_cli_put_fmpq(B);
    fputs(": ", stdout);
    rc_cli_put_fmpq(sup->upper);
    fputs(", at x = ", stdout);
    rc_cli_put_vec(sup->x, f->d);
    fputs("\nnorm of W^{1,inf}((-B, B)^d): ", stdout);
    rc_cli_put_fmpq(fmpq_cmp(sup->upper, semi->upper) > 0 ? sup->upper : semi->upper);
    putchar('\n');
}

static void put_text(rc_cli_t cli, const rc_canonical_t f, const rc_seminorm_t semi, const rc_seminorm_t sup,
                     const fmpq_t B)
{
    const char *name = cli->argc == 1 ? "R(X)" : "R(X) - R(Y)";
    printf("|%s|_{W^{1,inf}} = ", name);
    rc_cli_put_fmpq(semi->upper);
    fputs("\nattained at x = ", stdout);
    rc_cli_put_vec(semi->x, f->d);
    puts(", where the derivative is");
    fmpq_mat_t J;
    fmpq_mat_init(J, f->D, f->d);
    if (rc_canonical_gradient(J, f, semi->x)) rc_cli_put_mat(J, "  ");
    fmpq_mat_clear(J);
    if (sup->has_upper) put_sup(f, semi, sup, B);
    if (!cli->quiet) put_search(cli, f, semi);
}

static int stopped(rc_cli_t cli, rc_status status, const rc_seminorm_t semi)
{
    if (status == RC_LIMIT && semi->has_lower && !semi->has_upper && !cli->json) {
        fputs("the semi-norm is at least ", stdout);
        rc_cli_put_fmpq(semi->lower);
        putchar('\n');
    }
    return rc_cli_fail(cli, status);
}

static int compute(rc_cli_t cli, const rc_network_t X, const rc_network_t Y, const fmpq_t B)
{
    rc_canonical_t f;
    rc_seminorm_t semi, sup;
    rc_canonical_init(f);
    rc_seminorm_init(semi);
    rc_seminorm_init(sup);
    semi->threads = (int) cli->threads;
    if (cli->argc == 1) rc_canonical_set_network(f, X);
    else rc_canonical_set_difference(f, X, Y);
    int exit_status = RC_EXIT_OK;
    rc_status status = rc_seminorm_value(semi, f, &cli->limits);
    if (status == RC_OK && !fmpq_is_zero(B)) status = rc_supnorm_exact(sup, f, B, &cli->limits);
    if (status != RC_OK) exit_status = stopped(cli, status, semi);
    else if (cli->json) put_json(semi, sup, f->d);
    else put_text(cli, f, semi, sup, B);
    rc_seminorm_clear(semi);
    rc_seminorm_clear(sup);
    rc_canonical_clear(f);
    return exit_status;
}

int rc_cli_norm(int argc, char **argv)
{
    options own = {NULL};
    const rc_cli_option list[] = {{0, "box", &own.box, NULL}, {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"norm", help, 1, 2, list};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    rc_network_t X, Y;
    fmpq_t B;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    fmpq_init(B);
    rc_status status = own.box ? read_box(B, cli, own.box) : RC_OK;
    if (status == RC_OK) status = read_networks(cli, X, Y);
    exit_status = status == RC_OK ? compute(cli, X, Y, B) : rc_cli_fail(cli, status);
    fmpq_clear(B);
    rc_network_clear(X);
    rc_network_clear(Y);
    return rc_cli_end(cli, exit_status);
}
