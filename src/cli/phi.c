/* relucert phi: a parametrization near Gamma, Theorems 3.3 and 3.1. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "relucert/conditions.h"
#include "relucert/phi.h"
#include "relucert/seminorm.h"

static const char help[] =
    "Usage: relucert phi [OPTION]... GAMMA THETA\n"
    "\n"
    "A parametrization Phi of g = R(Theta) close to Gamma, with r = |g - R(Gamma)|_{W^{1,inf}}:\n"
    "  Theorem 3.3  Gamma, Theta in N*_(d,m,D):  Phi in N*, |Phi - Gamma|_inf <= 4 r^(1/2)  (39)\n"
    "  Theorem 3.1  D = 1, conditions C.1-C.3:   |Phi - Gamma|_inf <= beta + 2 r^(1/2)      (35)\n"
    "The hypotheses are checked, Phi is constructed, and the bound is compared exactly.\n"
    "\n"
    "  --theorem 3.3|3.1        which (3.3)\n"
    "  --beta B                 the beta of C.1 in Theorem 3.1; without it the least that works\n"
    "  --matching nearest|proof Theorem 3.3: the nearest permutation of Theta (default), or that\n"
    "                           of the proof: common hyperplanes first, the rest in order\n"
    "  --exact-norm             compute r itself however long it takes\n"
    "\n"
    "Theorem 3.3 needs no more of r than a lower bound r' with |jump| <= 2 r' for every jump of\n"
    "the derivative, and one point next to the hyperplane with the largest jump proves one. If r\n"
    "is not found quickly, r' takes its place: semi_norm is null, and the bound is 4 r'^(1/2), a\n"
    "sharper one. If a hypothesis fails, holds is false, phi null, and cases says why.\n"
    "\n"
    "With --json: {\"phi\",\"semi_norm\",\"semi_norm_at_least\",\"distance\",\"bound\",\"holds\",\"cases\"};\n"
    "cases names for each neuron of Phi the step that made it: \"I1\", \"A\", \"B.1\", \"B.2\", \"B.3\" of\n"
    "Theorem 3.1's proof, or the neuron of Theta that it is.\n"
    "\n"
    "Example:\n"
    "  $ cat gamma.json\n"
    "  {\"A\": [[1, 1], [2, 1]], \"C\": [1, 2]}\n"
    "  $ cat theta.json\n"
    "  {\"A\": [[2, 1], [1, 1]], \"C\": [2, -1]}\n"
    "  $ relucert phi gamma.json theta.json\n"
    "  r = |R(Theta) - R(Gamma)|_{W^{1,inf}} = 2\n"
    "  |Phi - Gamma|_inf = 2\n"
    "  <= 4 r^(1/2) = 4*sqrt(2) in [5.6568542494, 5.6568542495]\n"
    "  holds\n"
    "  Phi, neuron by neuron from: Theta 2, Theta 1\n"
    "    neuron 1: a = (1, 1), c = (-1)\n"
    "    neuron 2: a = (2, 1), c = (2)\n";

/* Within this much work r is computed exactly although Theorem 3.3 does not need it. */
enum { QUICK_NODES = 20000, QUICK_HYPERPLANES = 60, QUICK_WIDTH = 60, WITNESS_TRIES = 8 };

typedef struct {
    const char *theorem, *beta, *matching;
    bool exact_norm;
} options;

typedef struct {
    rc_network_t gamma, theta, phi;
    rc_seminorm_t norm;
    rc_surd_t beta, distance, bound;
    bool has_phi, holds;
    char reason[200];      /* of a failing hypothesis */
    slong *matching;       /* Theorem 3.3 */
    rc_phi_case *cases;    /* Theorem 3.1 */
} result;

static void result_init(result *r)
{
    memset(r, 0, sizeof *r);
    rc_network_init(r->gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(r->theta, RC_SHALLOW, 1, 1, 1);
    rc_network_init(r->phi, RC_SHALLOW, 1, 1, 1);
    rc_seminorm_init(r->norm);
    rc_surd_init(r->beta);
    rc_surd_init(r->distance);
    rc_surd_init(r->bound);
}

static void result_clear(result *r)
{
    rc_network_clear(r->gamma);
    rc_network_clear(r->theta);
    rc_network_clear(r->phi);
    rc_seminorm_clear(r->norm);
    rc_surd_clear(r->beta);
    rc_surd_clear(r->distance);
    rc_surd_clear(r->bound);
    free(r->matching);
    free(r->cases);
}

static rc_status read_result(result *r, rc_cli_t cli, const options *own)
{
    rc_status status = own->beta ? rc_cli_read_surd(r->beta, cli, own->beta, "--beta") : RC_OK;
    if (status == RC_OK && rc_surd_sgn(r->beta) < 0)
        status = rc_error_set(cli->err, RC_BAD_INPUT, "--beta %s: a number >= 0 is expected", own->beta);
    if (status == RC_OK) status = rc_cli_read_shallow(r->gamma, cli, cli->argv[0]);
    if (status == RC_OK) status = rc_cli_read_shallow(r->theta, cli, cli->argv[1]);
    if (status == RC_OK) status = rc_cli_same_shape(cli, r->gamma, cli->argv[0], r->theta, cli->argv[1], true);
    return status;
}

/* The semi-norm: exact, or if `witness_suffices` and that takes long, a witness for a lower bound. */
static rc_status semi_norm(result *r, rc_cli_t cli, bool witness_suffices)
{
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_canonical_set_difference(f, r->theta, r->gamma);
    rc_status status = RC_LIMIT;
    if (!witness_suffices) {
        status = rc_seminorm_value(r->norm, f, &cli->limits);
    } else {
        rc_limits quick = cli->limits;
        if (quick.max_cells == 0 || quick.max_cells > QUICK_NODES) quick.max_cells = QUICK_NODES;
        if (f->K <= QUICK_HYPERPLANES && f->width <= QUICK_WIDTH) status = rc_seminorm_value(r->norm, f, &quick);
        bool stopped = cli->limits.stop && *cli->limits.stop;
        if (status == RC_LIMIT && !stopped) {
            rc_seminorm_clear(r->norm);
            rc_seminorm_init(r->norm);
            rc_seminorm_witness(r->norm, f, WITNESS_TRIES);
            status = RC_OK;
        }
    }
    rc_canonical_clear(f);
    return status;
}

/* bound = beta + factor sqrt(r), r the exact semi-norm or the witness bound. */
static void set_bound(result *r, slong factor)
{
    fmpq_t x;
    rc_surd_t root;
    fmpq_init(x);
    rc_surd_init(root);
    rc_surd_set_sqrt_fmpq(root, r->norm->lower);
    fmpq_set_si(x, factor, 1);
    rc_surd_mul_fmpq(root, root, x);
    rc_surd_add(r->bound, r->beta, root);
    rc_surd_clear(root);
    fmpq_clear(x);
}

/* Compares the distance with the bound; R(Phi) = R(Theta) is checked on the canonical forms. */
static void conclude(result *r)
{
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_canonical_set_difference(f, r->phi, r->theta);
    r->has_phi = true;
    r->holds = rc_canonical_is_zero(f) && rc_surd_cmp(r->distance, r->bound) <= 0;
    rc_canonical_clear(f);
}

static bool in_star(result *r, const rc_network_t net, const char *name)
{
    rc_offender first;
    rc_offence offence = rc_membership(&first, net, true);
    if (offence == RC_OFFENCE_NONE) return true;
    int n = snprintf(r->reason, sizeof r->reason, "%s is not in N*: %s, neuron %ld", name, rc_offence_name(offence),
                     (long) first.neuron + 1);
    if (first.with >= 0 && n > 0 && (size_t) n < sizeof r->reason)
        snprintf(r->reason + n, sizeof r->reason - (size_t) n, " with %ld", (long) first.with + 1);
    return false;
}

static rc_status theorem_33(result *r, rc_cli_t cli, const options *own)
{
    if (r->gamma->d < 2)
        return rc_error_set(cli->err, RC_BAD_INPUT, "theorem 3.3 is about N*, which needs d >= 2 (Definition 3.2)");
    rc_status status = semi_norm(r, cli, !own->exact_norm);
    if (status != RC_OK) return status;
    set_bound(r, 4);
    if (!in_star(r, r->gamma, "Gamma") || !in_star(r, r->theta, "Theta")) return RC_OK;
    r->matching = malloc((size_t) r->gamma->m * sizeof *r->matching);
    if (!r->matching) abort();
    if (own->matching && !strcmp(own->matching, "proof")) {
        rc_phi_proof_matching(r->matching, r->gamma, r->theta);
        rc_phi_permute(r->phi, r->theta, r->matching);
        rc_network_distance(r->distance, r->phi, r->gamma);
    } else {
        rc_phi_nearest(r->matching, r->distance, NULL, NULL, r->gamma, r->theta);
        rc_phi_permute(r->phi, r->theta, r->matching);
    }
    conclude(r);
    return RC_OK;
}

static void note_offender(result *r, const char *condition, const rc_offenders_t o)
{
    if (r->reason[0] || o->length == 0) return;
    const rc_offender *first = o->items;
    const char *name = first->network == 0 ? "Gamma" : "Theta";
    if (first->with < 0)
        snprintf(r->reason, sizeof r->reason, "%s fails: neuron %ld of %s", condition, (long) first->neuron + 1, name);
    else
        snprintf(r->reason, sizeof r->reason, "%s fails: neuron %ld of %s with neuron %ld%s", condition,
                 (long) first->neuron + 1, name, (long) first->with + 1, strcmp(condition, "C.3b") ? "" : " of Theta");
}

/* The hypotheses of Theorem 3.1; the first that fails is noted. */
static bool hypotheses_31(result *r)
{
    rc_offenders_t o[5];
    for (int k = 0; k < 5; k++) rc_offenders_init(o[k]);
    bool holds = rc_condition_c1(o[0], r->gamma, r->norm->upper, r->beta);
    holds = rc_condition_c2(o[1], r->gamma, 0) && holds;
    holds = rc_condition_c3a(o[2], r->gamma, 0) && holds;
    holds = rc_condition_c3a(o[3], r->theta, 1) && holds;
    holds = rc_condition_c3b(o[4], r->gamma, r->theta) && holds;
    static const char *const names[5] = {"C.1", "C.2", "C.3a", "C.3a", "C.3b"};
    for (int k = 0; k < 5; k++) {
        note_offender(r, names[k], o[k]);
        rc_offenders_clear(o[k]);
    }
    return holds;
}

static rc_status theorem_31(result *r, rc_cli_t cli, const options *own)
{
    if (r->gamma->D != 1)
        return rc_error_set(cli->err, RC_BAD_INPUT, "theorem 3.1 is about D = 1, these networks have D = %ld",
                            (long) r->gamma->D);
    rc_status status = semi_norm(r, cli, false);
    if (status != RC_OK) return status;
    if (!own->beta) rc_condition_beta_min(r->beta, r->gamma, r->norm->upper);
    set_bound(r, 2);
    if (!hypotheses_31(r)) return RC_OK;
    r->cases = malloc((size_t) r->gamma->m * sizeof *r->cases);
    if (!r->cases) abort();
    rc_phi_theorem_31(r->phi, r->cases, r->gamma, r->theta, r->norm->upper);
    rc_network_distance(r->distance, r->phi, r->gamma);
    conclude(r);
    return RC_OK;
}

static void describe_case(char text[40], const result *r, slong i)
{
    if (r->matching) snprintf(text, 40, "Theta %ld", (long) r->matching[i] + 1);
    else snprintf(text, 40, "%s", rc_phi_case_name(r->cases[i]));
}

static json_t *json_cases(const result *r)
{
    if (!r->has_phi) return json_string(r->reason);
    json_t *list = json_array();
    for (slong i = 0; i < r->phi->m; i++) {
        char text[40];
        describe_case(text, r, i);
        rc_cli_append(list, json_string(text));
    }
    return list;
}

static void put_json(const result *r)
{
    json_t *doc = json_object();
    rc_cli_set(doc, "phi", r->has_phi ? rc_write_network(r->phi) : json_null());
    rc_cli_set(doc, "semi_norm", r->norm->has_upper ? rc_write_fmpq(r->norm->upper) : json_null());
    rc_cli_set(doc, "semi_norm_at_least", rc_write_fmpq(r->norm->lower));
    rc_cli_set(doc, "distance", r->has_phi ? rc_write_surd(r->distance) : json_null());
    rc_cli_set(doc, "bound", rc_write_surd(r->bound));
    rc_cli_set(doc, "holds", json_boolean(r->holds));
    rc_cli_set(doc, "cases", json_cases(r));
    rc_cli_put_json(doc);
}

enum { SHOWN = 50 };

static void put_phi(const result *r)
{
    if (r->phi->m > SHOWN || r->phi->d > SHOWN) {
        puts("Phi is large: --json prints it");
        return;
    }
    fputs("Phi, neuron by neuron from:", stdout);
    for (slong i = 0; i < r->phi->m; i++) {
        char text[40];
        describe_case(text, r, i);
        printf("%s %s", i == 0 ? "" : ",", text);
    }
    putchar('\n');
    rc_cli_put_network(r->phi, "  ");
}

static void put_text(const result *r, const char *bound)
{
    printf("r = |R(Theta) - R(Gamma)|_{W^{1,inf}} %s ", r->norm->has_upper ? "=" : ">= r' =");
    rc_cli_put_fmpq(r->norm->lower);
    if (r->cases || !strcmp(bound, "beta + 2 r^(1/2)")) {
        fputs("\nbeta = ", stdout);
        rc_cli_put_surd(r->beta);
    }
    putchar('\n');
    if (!r->has_phi) {
        printf("does not apply: %s\n", r->reason);
        return;
    }
    fputs("|Phi - Gamma|_inf = ", stdout);
    rc_cli_put_surd(r->distance);
    printf("\n%s %s = ", r->holds ? "<=" : "> ", bound);
    rc_cli_put_surd(r->bound);
    printf("\n%s\n", r->holds ? "holds" : "fails");
    put_phi(r);
}

static int check_options(rc_cli_t cli, const options *own, bool *is_31)
{
    *is_31 = own->theorem && !strcmp(own->theorem, "3.1");
    if (own->theorem && !*is_31 && strcmp(own->theorem, "3.3"))
        return rc_cli_usage(cli, "--theorem %s: 3.3 or 3.1 is expected", own->theorem);
    if (own->matching && strcmp(own->matching, "nearest") && strcmp(own->matching, "proof"))
        return rc_cli_usage(cli, "--matching %s: nearest or proof is expected", own->matching);
    if (own->beta && !*is_31) return rc_cli_usage(cli, "--beta belongs to --theorem 3.1");
    if (own->matching && *is_31) return rc_cli_usage(cli, "--matching belongs to --theorem 3.3");
    return RC_EXIT_OK;
}

static int compute(rc_cli_t cli, const options *own, bool is_31)
{
    result r;
    result_init(&r);
    int exit_status = RC_EXIT_OK;
    rc_status status = read_result(&r, cli, own);
    if (status == RC_OK) status = is_31 ? theorem_31(&r, cli, own) : theorem_33(&r, cli, own);
    if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    else if (cli->json) put_json(&r);
    else put_text(&r, is_31 ? "beta + 2 r^(1/2)" : r.norm->has_upper ? "4 r^(1/2)" : "4 r'^(1/2)");
    result_clear(&r);
    return exit_status;
}

int rc_cli_phi(int argc, char **argv)
{
    options own = {NULL, NULL, NULL, false};
    const rc_cli_option list[] = {{0, "theorem", &own.theorem, NULL},
                                  {0, "beta", &own.beta, NULL},
                                  {0, "matching", &own.matching, NULL},
                                  {0, "exact-norm", NULL, &own.exact_norm},
                                  {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"phi", help, 2, 2, list};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    bool is_31;
    exit_status = check_options(cli, &own, &is_31);
    if (exit_status == RC_EXIT_OK) exit_status = compute(cli, &own, is_31);
    return rc_cli_end(cli, exit_status);
}
