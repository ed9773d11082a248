/* relucert eval: value, pattern and gradient at a point. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: relucert eval [OPTION]... NET X\n"
    "\n"
    "The value R(NET)(X), the activation pattern (1 where the neuron is active, in the\n"
    "network's order, layer by layer), and the gradient sum over the active neurons\n"
    "  sum_i s_i c_i a_i^T   (D x d).\n"
    "On a cell of the arrangement of the neurons' hyperplanes that is the derivative of\n"
    "R(NET). A point on a hyperplane has none; relucert then says so and takes the neurons\n"
    "concerned as inactive. X is a JSON list, [1, \"1/2\"], or a comma list, 1,1/2. (A JSON\n"
    "number 0.1 means the nearest double, as everywhere in JSON; in a comma list 0.1 is 1/10.)\n"
    "\n"
    "Example:\n"
    "  $ cat net.json\n"
    "  {\"A\": [[1, 0], [0, 1]], \"C\": [2, -3]}\n"
    "  $ relucert eval net.json 1,1/2\n"
    "  value     (1/2)\n"
    "  pattern   11\n"
    "  gradient\n"
    "    [2  -3]\n"
    "  $ relucert eval --json net.json 1,1/2\n"
    "  {\"value\":[\"1/2\"],\"pattern\":\"11\",\"gradient\":[[\"2\",\"-3\"]],\"on_hyperplane\":false}\n";

static const rc_cli_command command = {"eval", help, 2, 2, NULL};

static rc_status read_json_point(fmpq **x, slong *n, rc_cli_t cli, const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!value) return rc_error_set(cli->err, RC_BAD_INPUT, "the point %s is not a JSON list: %s", text, error.text);
    rc_status status = rc_read_fmpq_vec(x, n, value, NULL, "the point", cli->err);
    json_decref(value);
    return status;
}

static rc_status read_comma_point(fmpq **x, slong *n, rc_cli_t cli, const char *text)
{
    *n = 1;
    for (const char *p = text; *p; p++) *n += *p == ',';
    *x = _fmpq_vec_init(*n);
    rc_status status = RC_OK;
    const char *p = text;
    for (slong i = 0; i < *n && status == RC_OK; i++) {
        size_t length = strcspn(p, ",");
        status = rc_expression_parse_fmpq(*x + i, p, length, NULL, cli->err);
        if (status != RC_OK) status = rc_error_prefix(cli->err, status, "the point, entry %ld", (long) i + 1);
        p += length + (p[length] == ',');
    }
    if (status != RC_OK) _fmpq_vec_clear(*x, *n);
    return status;
}

static rc_status read_point(fmpq **x, rc_cli_t cli, const char *text, slong d)
{
    slong n;
    bool is_list = text[strspn(text, " \t\n")] == '[';
    rc_status status = is_list ? read_json_point(x, &n, cli, text) : read_comma_point(x, &n, cli, text);
    if (status != RC_OK || n == d) return status;
    _fmpq_vec_clear(*x, n);
    return rc_error_set(cli->err, RC_BAD_INPUT, "the point has %ld entries, the network's input dimension is %ld",
                        (long) n, (long) d);
}

typedef struct {
    fmpq *value;
    char *pattern;
    fmpq_mat_t gradient;
    bool on_boundary;
} result;

static void put_json(const result *r, slong D)
{
    json_t *doc = json_object();
    rc_cli_set(doc, "value", rc_write_fmpq_vec(r->value, D));
    rc_cli_set(doc, "pattern", json_string(r->pattern));
    rc_cli_set(doc, "gradient", rc_write_fmpq_mat(r->gradient));
    rc_cli_set(doc, "on_hyperplane", json_boolean(r->on_boundary));
    rc_cli_put_json(doc);
}

static void put_text(const result *r, slong D)
{
    fputs("value     ", stdout);
    rc_cli_put_vec(r->value, D);
    printf("\npattern   %s\ngradient\n", r->pattern);
    rc_cli_put_mat(r->gradient, "  ");
    if (r->on_boundary)
        puts("the point lies on a hyperplane of the network: the gradient is that of the pattern, not a derivative");
}

static void evaluate(rc_cli_t cli, const rc_network_t net, const fmpq *x)
{
    result r;
    r.value = _fmpq_vec_init(net->D);
    r.pattern = malloc((size_t) rc_network_hidden(net) + 1);
    if (!r.pattern) abort();
    fmpq_mat_init(r.gradient, net->D, net->d);
    rc_network_eval(r.value, net, x);
    rc_network_pattern(r.pattern, net, x);
    rc_network_gradient(r.gradient, &r.on_boundary, net, x);
    if (cli->json) put_json(&r, net->D);
    else put_text(&r, net->D);
    fmpq_mat_clear(r.gradient);
    free(r.pattern);
    _fmpq_vec_clear(r.value, net->D);
}

int rc_cli_eval(int argc, char **argv)
{
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    rc_network_t net;
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    fmpq *x = NULL;
    rc_status status = rc_cli_read_network(net, cli, cli->argv[0]);
    if (status == RC_OK) status = read_point(&x, cli, cli->argv[1], net->d);
    if (status == RC_OK) {
        evaluate(cli, net, x);
        _fmpq_vec_clear(x, net->d);
    } else {
        exit_status = rc_cli_fail(cli, status);
    }
    rc_network_clear(net);
    return rc_cli_end(cli, exit_status);
}
