/* relucert stability: the second paper's quantities and verdicts. */
#include "stability.h"

#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: relucert stability [OPTION]... NET DATA\n"
    "       relucert stability --csv [OPTION]... NET... DATA\n"
    "\n"
    "The minimum NET of the loss (1/2n) sum_j (f(x_j) - y_j)^2 at the data: residuals, points\n"
    "on knots, S_theta, ||f||_{R,g}, ||f||_R, ||f||_{R,g^} (sums of square roots, exact), the\n"
    "largest eigenvalue lambda_max of the Hessian, of the flattest rescaling found, of the\n"
    "implementation that the proof of Lemma 2 builds where that is another, and what Nacson et\n"
    "al. (ICLR 2023) conclude: Lemmas 2 and 3, Theorems 1 and 3, linear stability of\n"
    "gradient descent with step size eta, which is lambda_max <= 2/eta. Every bound is proved.\n"
    "NET has one output; deep networks get residuals, lambda_max and linear stability only.\n"
    "\n"
    "DATA is a JSON file {\"x\": [[...], ...], \"y\": [...]}, FILE.csv (a point a line, its label\n"
    "last), X.npy:Y.npy (NumPy arrays), or X.npy without labels. Decimals are the nearest\n"
    "doubles, as trained numbers are; strings in JSON (\"1/10\") are exact expressions.\n"
    "\n"
    "  --eta E            a step size E > 0, an expression; may be repeated\n"
    "  --labels own       y_j := f(x_j), whatever labels the data have\n"
    "  --width W          relative width of the enclosures, 0 < W < 1 (default 1e-9)\n"
    "  --neurons          also active points, g~, g and g^ of every neuron\n"
    "  --flattest FILE    write the flattest rescaling found as a network\n"
    "  --case FILE        write a case whose claims are the results, for certify\n"
    "  --matrices FILE    write the tangent features, a row a point, and the Gram matrix, exact\n"
    "  --csv              for plots: a row for each network, with the k-th --eta for the k-th\n"
    "                     (a single one for all)\n"
    "\n"
    "Example, f(x) = max(0, x) on the points 10 and 11, Lemma 2's bound for its given orientation:\n"
    "  $ cat relu.json\n"
    "  {\"layers\": [{\"A\": [[1]], \"b\": [0]}, {\"A\": [[1]], \"b\": [0]}]}\n"
    "  $ cat two.json\n"
    "  {\"x\": [[10], [11]], \"y\": [10, 11]}\n"
    "  $ relucert stability --eta 1/200 relu.json two.json\n"
    "  residuals               all 0: a solution\n"
    "  S_theta                 0\n"
    "  ||f||_{R,g}             0\n"
    "  ||f||_R                 1\n"
    "  ||f||_{R,g^}, given     sqrt(49283)/2 in [110.99887386, 110.99887387]\n"
    "  ||f||_{R,g^}, flipped   0\n"
    "  S_theta = ||f||_{R,g}   yes\n"
    "  lambda_max(Hessian)     [222.995515604, 222.995515705]\n"
    "  flattest rescaling      [222.993273316, 222.993273415]; every rescaling has at least 222.993273317\n"
    "  lambda_max(Sigma_X)     1/4\n"
    "  E ||X||^2               221/2\n"
    "  inf ||grad f||^2        0\n"
    "  Lemma 2's bound, given  [244.116459818, 244.116459819]\n"
    "  Lemma 2                 yes\n"
    "  Lemma 3                 yes\n"
    "  stable up to eta =      [0.00896879021842, 0.00896879022244]\n"
    "  eta = 1/200: ||f||_{R,g} <= 1/eta - 1/2 (Theorem 1) yes, linearly stable yes, Theorem 3 yes\n";

typedef struct {
    const char *eta, *labels, *width, *flattest, *case_file, *matrices;
    bool neurons, csv;
} options;

static rc_status read_etas(fmpq **eta, slong *etas, rc_cli_t cli, const options *own)
{
    *etas = 0;
    for (slong k = 0; k < cli->values; k++) *etas += cli->value[k].of == &own->eta;
    *eta = _fmpq_vec_init(*etas + 1);
    for (slong k = 0, at = 0; k < cli->values; k++) {
        if (cli->value[k].of != &own->eta) continue;
        rc_status status = rc_cli_read_fmpq(*eta + at, cli, cli->value[k].text, "--eta");
        if (status != RC_OK) return status;
        if (fmpq_sgn(*eta + at) <= 0) {
            return rc_error_set(cli->err, RC_BAD_INPUT, "--eta %.100s: a positive number is expected",
                                cli->value[k].text);
        }
        at++;
    }
    return RC_OK;
}

/* bits with 2^-bits <= W. */
static rc_status read_width(slong *bits, rc_cli_t cli, const char *text)
{
    fmpq_t W;
    fmpq_init(W);
    rc_status status = rc_cli_read_fmpq(W, cli, text, "--width");
    if (status == RC_OK) {
        *bits = (slong) fmpz_bits(fmpq_denref(W)) - (slong) fmpz_bits(fmpq_numref(W)) + 1;
        if (fmpq_sgn(W) <= 0 || fmpz_cmp(fmpq_numref(W), fmpq_denref(W)) >= 0 || *bits > 20000) {
            status = rc_error_set(cli->err, RC_BAD_INPUT, "--width %.100s: a number between 2^-20000 and 1 is expected",
                                  text);
        }
    }
    fmpq_clear(W);
    return status;
}

typedef struct {
    const options *own;
    fmpq *eta;
    slong etas;
    rc_stability_options how;
} plan;

/* One network. */
static rc_status report_on(rc_cli_t cli, const plan *p, slong which, slong networks)
{
    rc_network_t net;
    rc_dataset_t data;
    rc_stability_t s;
    const char *name = cli->argv[which], *points = cli->argv[networks];
    rc_network_init(net, RC_SHALLOW, 1, 1, 1);
    rc_dataset_init(data);
    rc_stability_init(s);
    rc_status status = rc_cli_read_network(net, cli, name);
    if (status == RC_OK) status = rc_dataset_load(data, points, net->d, !p->how.own_labels, cli->err);
    if (status == RC_OK) {
        status = rc_stability_compute(s, net, data, &p->how, &cli->limits, cli->err);
        if (status == RC_BAD_INPUT) status = rc_error_prefix(cli->err, status, "%s", name);
    }
    if (status == RC_OK && p->own->flattest) {
        json_t *doc = s->flattest->known ? rc_write_network(s->flattest->net) : NULL;
        if (doc) status = rc_write_file(p->own->flattest, doc, cli->err);
        else status = rc_error_set(cli->err, RC_UNDEFINED, "%s: no flattest rescaling is known", name);
        json_decref(doc);
    }
    if (status == RC_OK) {
        slong first = p->own->csv && p->etas > 1 ? which : 0;
        rc_stability_report r = {name,   s, p->own->csv && p->etas > 1 ? 1 : p->etas, p->eta + first,
                                 p->how.bits, p->own->neurons};
        if (p->own->case_file) {
            json_t *doc = rc_stability_case(&r, net, data, p->how.own_labels);
            status = rc_write_file(p->own->case_file, doc, cli->err);
            json_decref(doc);
        }
        if (status == RC_OK && p->own->matrices) {
            json_t *doc = rc_stability_matrices(net, data);
            status = rc_write_file(p->own->matrices, doc, cli->err);
            json_decref(doc);
        }
        if (status != RC_OK) goto done;
        if (p->own->csv) rc_stability_put_csv_row(&r);
        else if (cli->json) rc_cli_put_json(rc_stability_json(&r));
        else rc_stability_put_text(&r);
    }
done:
    rc_stability_clear(s);
    rc_dataset_clear(data);
    rc_network_clear(net);
    return status;
}

static int run(rc_cli_t cli, const options *own)
{
    slong networks = cli->argc - 1;
    plan p = {.own = own, .how = {.bits = RC_SPECTRUM_BITS}};
    rc_status status = read_etas(&p.eta, &p.etas, cli, own);
    if (status == RC_OK && own->width) status = read_width(&p.how.bits, cli, own->width);
    if (status == RC_OK && own->labels) {
        p.how.own_labels = strcmp(own->labels, "own") == 0;
        if (!p.how.own_labels) {
            status = rc_error_set(cli->err, RC_BAD_INPUT, "--labels %.60s: only \"own\" is known", own->labels);
        }
    }
    if (status == RC_OK && networks > 1 && (own->case_file || own->flattest || own->matrices)) {
        status = rc_error_set(cli->err, RC_BAD_INPUT, "--case, --flattest and --matrices are for one network");
    }
    if (status == RC_OK && networks > 1 && !own->csv) {
        status = rc_error_set(cli->err, RC_BAD_INPUT, "several networks need --csv");
    }
    if (status == RC_OK && own->csv && p.etas > 1 && p.etas != networks) {
        status = rc_error_set(cli->err, RC_BAD_INPUT, "%ld step sizes for %ld networks", (long) p.etas,
                              (long) networks);
    }
    if (status == RC_OK && own->csv) rc_stability_put_csv_head();
    for (slong k = 0; k < networks && status == RC_OK; k++) status = report_on(cli, &p, k, networks);
    _fmpq_vec_clear(p.eta, p.etas + 1);
    return status == RC_OK ? RC_EXIT_OK : rc_cli_fail(cli, status);
}

int rc_cli_stability(int argc, char **argv)
{
    options own = {0};
    const rc_cli_option list[] = {{0, "eta", &own.eta, NULL},           {0, "labels", &own.labels, NULL},
                                  {0, "width", &own.width, NULL},       {0, "flattest", &own.flattest, NULL},
                                  {0, "neurons", NULL, &own.neurons},   {0, "csv", NULL, &own.csv},
                                  {0, "case", &own.case_file, NULL},
                                  {0, "matrices", &own.matrices, NULL},
                                  {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"stability", help, 2, -1, list};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    return rc_cli_end(cli, run(cli, &own));
}
