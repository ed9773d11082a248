/* relucert norm: Sobolev semi-norm and sup norm. */
#include "cli.h"

#include "relucert/seminorm.h"

static const char help[] =
    "Usage: relucert norm [OPTION]... X [Y]\n"
    "\n"
    "The Sobolev semi-norm |f|_{W^{1,inf}} of f = R(X), or of f = R(X) - R(Y): the largest\n"
    "absolute entry of Df over all linear regions ((21) of the paper), exact, with a point\n"
    "where it is attained. Found by branch and bound over the hyperplanes where f bends,\n"
    "independent groups of hyperplanes apart.\n"
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
    "  norm of W^{1,inf}((-B, B)^d): 9\n";

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
    if (!sup->has_upper) return;
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
