/* relucert equal: canonical forms are unique, so R(X) = R(Y) is read off; deep networks are compared cell by cell. */
#include "cli.h"

#include <flint/fmpq_vec.h>

#include "relucert/deep.h"

static const char help[] =
    "Usage: relucert equal [OPTION]... X Y\n"
    "\n"
    "Decides whether two networks realize the same function. If not, their difference is\n"
    "shown in its canonical form\n"
    "  f(x) = L x + sum_H gamma_H max(0, <u_H, x>),   gamma_H != 0,\n"
    "one primitive integer normal u_H for each hyperplane where f bends. This form is unique,\n"
    "so f = 0 only if nothing is left. Networks with biases act on (x, 1).\n"
    "\n"
    "If one of them has another number of layers than two, the cells of the input space on\n"
    "which both are affine are gone through, one by one, until a point is found where they\n"
    "differ or no cell is left. There may be exponentially many; --time-limit and --max-cells\n"
    "(which counts the nodes of the search) stop it.\n"
    "\n"
    "Example: rho(z) - rho(-z) = z, so x.json and y.json agree:\n"
    "  $ cat x.json\n"
    "  {\"A\": [[1, 0], [-1, 0]], \"C\": [1, -1]}\n"
    "  $ cat y.json\n"
    "  {\"A\": [[1, 1], [-1, -1], [0, -1], [0, 1]], \"C\": [1, -1, 1, -1]}\n"
    "  $ relucert equal x.json y.json\n"
    "  equal: R(X) = R(Y)\n"
    "  $ relucert equal --json x.json y.json\n"
    "  {\"equal\":true}\n"
    "  $ cat z.json\n"
    "  {\"A\": [[1, 0], [0, 1]], \"C\": [2, -3]}\n"
    "  $ relucert equal x.json z.json\n"
    "  different: f = R(X) - R(Y) has 2 essential hyperplanes; f(x) = L x + sum gamma max(0, <u, x>) with\n"
    "    L =\n"
    "      [1  0]\n"
    "    u = (0, 1), gamma = (3)\n"
    "    u = (1, 0), gamma = (-2)\n"
    "  $ cat deep.json\n"
    "  {\"layers\": [{\"A\": [[1], [-1]], \"b\": [0, 0]}, {\"A\": [[-1, -1]], \"b\": [1]}, {\"A\": [[1]], \"b\": [0]}]}\n"
    "  $ cat hat.json\n"
    "  {\"layers\": [{\"A\": [[1], [1], [1]], \"b\": [1, 0, -1]}, {\"A\": [[1, -2, 1]], \"b\": [0]}]}\n"
    "  $ relucert equal deep.json hat.json\n"
    "  equal: R(X) = R(Y), the same affine function on each of 4 cells\n";

static const rc_cli_command command = {"equal", help, 2, 2, NULL};

enum { SHOWN = 20 };

static void put_canonical(const rc_canonical_t f)
{
    if (f->width > SHOWN || f->D > SHOWN) {
        printf("  (%ld x %ld matrices, not shown)\n", (long) f->D, (long) f->width);
        return;
    }
    puts("  L =");
    rc_cli_put_mat(f->L, "    ");
    for (slong H = 0; H < f->K && H < SHOWN; H++) {
        fputs("  u = ", stdout);
        rc_cli_put_fmpz_vec(fmpz_mat_entry(f->u, H, 0), f->width);
        fputs(", gamma = ", stdout);
        rc_cli_put_vec(fmpq_mat_entry(f->gamma, H, 0), f->D);
        putchar('\n');
    }
    if (f->K > SHOWN) printf("  and %ld more\n", (long) (f->K - SHOWN));
}

static void put_answer(rc_cli_t cli, const rc_canonical_t f)
{
    bool equal = rc_canonical_is_zero(f);
    if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "equal", json_boolean(equal));
        rc_cli_put_json(doc);
    } else if (equal) {
        puts("equal: R(X) = R(Y)");
    } else {
        printf("different: f = R(X) - R(Y) has %ld essential hyperplane%s; ", (long) f->K, f->K == 1 ? "" : "s");
        puts("f(x) = L x + sum gamma max(0, <u, x>) with");
        put_canonical(f);
        if (f->affine) puts("  (the last column belongs to the constant 1)");
    }
}

static void put_deep_answer(rc_cli_t cli, const rc_deep_equality_t r, const rc_network_t X, const rc_network_t Y)
{
    bool equal = r->verdict == RC_PROVED;
    if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "equal", json_boolean(equal));
        rc_cli_put_json(doc);
        return;
    }
    if (equal) {
        printf("equal: R(X) = R(Y), the same affine function on each of %zu cell%s\n", r->cells, r->cells == 1 ? "" : "s");
        return;
    }
    fmpq *y = _fmpq_vec_init(X->D);
    fputs("different: at x = ", stdout);
    rc_cli_put_vec(r->x, r->d);
    rc_network_eval(y, X, r->x);
    fputs(" R(X) is ", stdout);
    rc_cli_put_vec(y, X->D);
    rc_network_eval(y, Y, r->x);
    fputs(", R(Y) is ", stdout);
    rc_cli_put_vec(y, X->D);
    putchar('\n');
    _fmpq_vec_clear(y, X->D);
}

/* Any pair, one of which is deep. */
static rc_status compare_deep(rc_cli_t cli, const rc_network_t X, const rc_network_t Y)
{
    rc_deep_equality_t r;
    rc_deep_equality_init(r);
    rc_status status = rc_deep_equal(r, X, Y, &cli->limits);
    if (status == RC_OK) put_deep_answer(cli, r, X, Y);
    rc_deep_equality_clear(r);
    return status;
}

int rc_cli_equal(int argc, char **argv)
{
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_status status = rc_cli_read_network(X, cli, cli->argv[0]);
    if (status == RC_OK) status = rc_cli_read_network(Y, cli, cli->argv[1]);
    if (status == RC_OK) status = rc_cli_same_shape(cli, X, cli->argv[0], Y, cli->argv[1], false);
    if (status == RC_OK && (X->kind == RC_DEEP || Y->kind == RC_DEEP)) {
        status = compare_deep(cli, X, Y);
        if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    } else if (status == RC_OK) {
        rc_canonical_t f;
        rc_canonical_init(f);
        rc_canonical_set_difference(f, X, Y);
        put_answer(cli, f);
        rc_canonical_clear(f);
    } else {
        exit_status = rc_cli_fail(cli, status);
    }
    rc_network_clear(X);
    rc_network_clear(Y);
    return rc_cli_end(cli, exit_status);
}
