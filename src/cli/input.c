/* Arguments of commands: networks, arrangements, numbers. */
#include "cli.h"

#include <string.h>

#include "relucert/casefile.h"

rc_status rc_cli_read_network(rc_network_t net, rc_cli_t cli, const char *arg)
{
    return rc_case_load_network(net, arg, cli->settings, cli->set, cli->err);
}

rc_status rc_cli_read_any(rc_network_t net, rc_arrangement_t arr, bool *is_arrangement, rc_cli_t cli, const char *arg)
{
    return rc_case_load_any(net, arr, is_arrangement, arg, cli->settings, cli->set, cli->err);
}

rc_status rc_cli_read_two_layer(rc_network_t net, rc_cli_t cli, const char *arg)
{
    rc_status status = rc_cli_read_network(net, cli, arg);
    if (status != RC_OK || net->kind != RC_DEEP) return status;
    return rc_error_set(cli->err, RC_BAD_INPUT, "%s: %s takes networks with two layers, this one has %ld", arg,
                        cli->command->name, (long) net->depth);
}

rc_status rc_cli_read_shallow(rc_network_t net, rc_cli_t cli, const char *arg)
{
    rc_status status = rc_cli_read_two_layer(net, cli, arg);
    if (status != RC_OK || net->kind == RC_SHALLOW) return status;
    return rc_error_set(cli->err, RC_BAD_INPUT,
                        "%s: %s takes networks {\"A\", \"C\"} without biases (embed removes biases)", arg,
                        cli->command->name);
}

rc_status rc_cli_same_shape(rc_cli_t cli, const rc_network_t X, const char *x, const rc_network_t Y, const char *y,
                            bool width)
{
    const char *what = X->d != Y->d ? "input dimension d" : X->D != Y->D ? "output dimension D" : "number of neurons m";
    slong of_X = X->d != Y->d ? X->d : X->D != Y->D ? X->D : X->m;
    slong of_Y = X->d != Y->d ? Y->d : X->D != Y->D ? Y->D : Y->m;
    if (of_X == of_Y || (X->d == Y->d && X->D == Y->D && !width)) return RC_OK;
    return rc_error_set(cli->err, RC_BAD_INPUT, "%s and %s differ in the %s: %ld and %ld", x, y, what, (long) of_X,
                        (long) of_Y);
}

rc_status rc_cli_read_surd(rc_surd_t s, rc_cli_t cli, const char *text, const char *what)
{
    rc_status status = rc_expression_parse(s, text, strlen(text), NULL, cli->err);
    return status == RC_OK ? RC_OK : rc_error_prefix(cli->err, status, "%s", what);
}

rc_status rc_cli_read_fmpq(fmpq_t x, rc_cli_t cli, const char *text, const char *what)
{
    rc_status status = rc_expression_parse_fmpq(x, text, strlen(text), NULL, cli->err);
    return status == RC_OK ? RC_OK : rc_error_prefix(cli->err, status, "%s", what);
}
