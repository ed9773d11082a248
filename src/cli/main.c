#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <flint/flint.h>

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} command;

static const command commands[] = {
    {"certify", rc_cli_certify, "decide the claims of case files and write certificates"},
    {"show", rc_cli_show, "the argument of a certificate in words"},
    {"cells", rc_cli_cells, "linear regions: activation patterns, gradients, witnesses, or their number"},
    {"arrangement", rc_cli_arrangement, "an arrangement by name, or a random one, for cells"},
    {"norm", rc_cli_norm, "Sobolev semi-norm of a realization or of a difference; sup norm on a box"},
    {"eval", rc_cli_eval, "value, activation pattern and gradient at a point"},
    {"equal", rc_cli_equal, "do two networks realize the same function?"},
    {"conditions", rc_cli_conditions, "conditions C.1-C.3, spaces N' and N*"},
    {"phi", rc_cli_phi, "a parametrization near Gamma that realizes R(Theta): Theorems 3.3 and 3.1"},
    {"distance", rc_cli_distance, "distance from Gamma to the parametrizations of g"},
    {"embed", rc_cli_embed, "a network with biases inside N*: Lemma A.6"},
    {"stability", rc_cli_stability, "stability of a minimum at given data: norms, sharpness, step sizes"},
    {"search", rc_cli_search, "pairs in N* for which Theorem 3.3 needs a large constant"}};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const char introduction[] =
    "relucert - exact verification of statements about ReLU network parametrizations\n"
    "\n"
    "Usage: relucert COMMAND [OPTION]... ARGUMENT...\n"
    "       relucert COMMAND --help\n"
    "       relucert --version\n"
    "\n"
    "Every answer is decided in exact arithmetic; nothing is rounded. Networks are JSON files:\n"
    "  {\"A\": [[1, 0], [0, 1]], \"C\": [\"1/2\", \"-sqrt(2)\"]}   m rows a_i, and c_i for each:\n"
    "                                    R(x) = sum_i c_i max(0, <a_i, x>)\n"
    "  {\"layers\": [{\"A\":..., \"b\":...}, ...]}             with biases\n"
    "An argument CASE.json#NAME is a network of a case file, - is standard input.\n"
    "\n"
    "Commands:\n";

static const char sources[] =
    "\n"
    "relucert-check verifies certificates independently. The theorems are those of Berner,\n"
    "Elbraechter, Grohs, \"How degenerate is the parametrization of neural networks with the\n"
    "ReLU activation function?\", NeurIPS 2019; those of stability are of Nacson et al., \"The\n"
    "implicit bias of minima stability in multivariate shallow ReLU networks\", ICLR 2023.\n"
    "Manual pages: relucert(1), relucert-COMMAND(1).\n";

static void put_help(FILE *stream)
{
    fputs(introduction, stream);
    for (int i = 0; i < COMMANDS; i++) fprintf(stream, "  %-11s %s\n", commands[i].name, commands[i].summary);
    fputs(sources, stream);
}

static const command *find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name)) return commands + i;
    return NULL;
}

/* relucert itself: --help, --version, help [COMMAND]. Returns -1 if the first argument is none of these. */
static int run_general(int argc, char **argv)
{
    static const rc_cli_command general = {"relucert", "", 0, -1, NULL};
    rc_cli_t cli = {{0}};
    cli->command = &general;
    const char *first = argc > 1 ? argv[1] : NULL;
    if (!first) {
        put_help(stderr);
        return RC_EXIT_BAD_INPUT;
    }
    if (!strcmp(first, "--help") || !strcmp(first, "-h") || (!strcmp(first, "help") && argc == 2)) put_help(stdout);
    else if (!strcmp(first, "--version") || !strcmp(first, "-V")) rc_cli_put_version();
    else return -1;
    return rc_cli_end(cli, RC_EXIT_OK);
}

/* With a standard descriptor closed, a file opened later would take its number and get what is printed. The ones put in
   place are good for nothing, so that the first use fails and is reported. */
static void occupy_standard_descriptors(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) return;
}

int main(int argc, char **argv)
{
    occupy_standard_descriptors();
    int status = run_general(argc, argv);
    if (status >= 0) return status;
    bool help = !strcmp(argv[1], "help");
    const char *name = help ? argv[2] : argv[1];
    const command *found = find_command(name);
    if (!found) {
        rc_error_t err;
        rc_status unused = rc_error_set(err, RC_BAD_INPUT, "no command %s (relucert --help lists them)", name);
        (void) unused;
        fprintf(stderr, "relucert: %s\n", err->message);
        return RC_EXIT_BAD_INPUT;
    }
    char help_option[] = "--help";
    char *help_argv[] = {argv[0], help_option, NULL};
    status = help ? found->run(2, help_argv) : found->run(argc - 1, argv + 1);
    flint_cleanup();
    return status;
}
