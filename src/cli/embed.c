/* relucert embed: Lemma A.6. */
#include "cli.h"

#include "relucert/embedding.h"

static const char help[] =
    "Usage: relucert embed [OPTION]... THETA\n"
    "\n"
    "Turns a network with biases Theta in P_(d,m,D) into a network Gamma in N*_(d+2,m+1,D):\n"
    "without biases, balanced, no two weight vectors of the same direction, the last two\n"
    "coordinates of every weight vector positive, and\n"
    "  R(Gamma)(x, 1, -1) = R(Theta)(x) for all x.\n"
    "This is Lemma A.6, with its construction mended where it leaves N* (neurons that\n"
    "contribute nothing, equal rows). Theorem 3.3 then speaks about the result. A network\n"
    "without biases counts as one with zero biases. With --json the output is a network file.\n"
    "\n"
    "Example:\n"
    "  $ cat theta.json\n"
    "  {\"layers\": [{\"A\": [[1]], \"b\": [1]}, {\"A\": [[1]], \"b\": [0]}]}\n"
    "  $ relucert embed theta.json\n"
    "  Gamma in N*_(3,2,1) with R(Gamma)(x, 1, -1) = R(Theta)(x):\n"
    "    neuron 1: a = (sqrt(2)/2, sqrt(2), sqrt(2)/2), c = (sqrt(2))\n"
    "    neuron 2: a = (0, sqrt(2)/2, sqrt(2)), c = (sqrt(2))\n";

static const rc_cli_command command = {"embed", help, 1, 1, NULL};

/* A network without biases as one with zero biases. */
static void add_biases(rc_network_t net)
{
    if (net->kind != RC_SHALLOW) return;
    rc_network_t biased;
    rc_network_init(biased, RC_BIASED, net->d, net->m, net->D);
    fmpq_mat_set(biased->u, net->u);
    fmpq_mat_set(biased->gamma, net->gamma);
    for (slong i = 0; i < net->m; i++) fmpq_set(biased->q + i, net->q + i);
    rc_network_swap(net, biased);
    rc_network_clear(biased);
}

static void put_answer(rc_cli_t cli, const rc_network_t gamma)
{
    if (cli->json) {
        rc_cli_put_json(rc_write_network(gamma));
        return;
    }
    printf("Gamma in N*_(%ld,%ld,%ld) with R(Gamma)(x, 1, -1) = R(Theta)(x):\n", (long) gamma->d, (long) gamma->m,
           (long) gamma->D);
    rc_cli_put_network(gamma, "  ");
}

int rc_cli_embed(int argc, char **argv)
{
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    rc_network_t theta;
    rc_network_init(theta, RC_SHALLOW, 1, 1, 1);
    rc_status status = rc_cli_read_two_layer(theta, cli, cli->argv[0]);
    if (status == RC_OK) {
        rc_network_t gamma;
        rc_network_init(gamma, RC_SHALLOW, 1, 1, 1);
        add_biases(theta);
        rc_embedding(gamma, theta);
        put_answer(cli, gamma);
        rc_network_clear(gamma);
    } else {
        exit_status = rc_cli_fail(cli, status);
    }
    rc_network_clear(theta);
    return rc_cli_end(cli, exit_status);
}
