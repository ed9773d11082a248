/* relucert conditions: C.1-C.3 of Theorem 3.1, the spaces N' and N*. */
#include "cli.h"

#include <string.h>

#include "relucert/conditions.h"
#include "relucert/seminorm.h"

static const char help[] =
    "Usage: relucert conditions [OPTION]... GAMMA [THETA]\n"
    "\n"
    "Which conditions of Theorem 3.1 hold for Gamma and g = R(Theta), r = |g - R(Gamma)|:\n"
    "  C.1   every neuron of Gamma with |c_i a_i|_inf <= 2 r has |c_i|, |a_i|_inf <= beta\n"
    "  C.2   no two weight vectors of Gamma have the same direction\n"
    "  C.3a  no two weight vectors of Gamma, nor of Theta, have opposite directions\n"
    "  C.3b  no weight vector of Gamma is opposite to one of Theta\n"
    "and whether the networks lie in\n"
    "  N'    balanced, |c_i|_inf = |a_i|_inf, with C.2                           (36)\n"
    "  N*    in N', and the last two coordinates of every a_i are positive       (37)\n"
    "A condition that fails names the neurons. beta_min is the least beta for which C.1\n"
    "holds. Weight vectors that are zero count in C.1 only.\n"
    "\n"
    "  --beta B  the beta of C.1; without it C.1 is not decided (it holds for B >= beta_min)\n"
    "\n"
    "Without THETA: C.1, C.3b and beta_min are left out, and C.3a speaks of Gamma alone. With\n"
    "THETA, N' and N* speak of both networks. N* needs d >= 2; for d = 1 it is left out.\n"
    "\n"
    "Example:\n"
    "  $ cat gamma.json\n"
    "  {\"A\": [[1, 0], [1, 0]], \"C\": [1, 1]}\n"
    "  $ relucert conditions gamma.json\n"
    "  C.1   needs THETA\n"
    "  C.2   fails\n"
    "        same direction: Gamma 1 and 2\n"
    "  C.3a  holds\n"
    "  C.3b  needs THETA\n"
    "  N'    fails\n"
    "        same direction: Gamma 1 and 2\n"
    "  N*    fails\n"
    "        same direction: Gamma 1 and 2\n"
    "        not positive in the last two coordinates: Gamma 1, Gamma 2\n";

enum { CONDITIONS = 6 };
static const char *const names[CONDITIONS] = {"C.1", "C.2", "C.3a", "C.3b", "N'", "N*"};
enum { C1, C2, C3A, C3B, PRIME, STAR };

typedef struct {
    bool has_theta, has_beta;
    rc_network_t gamma, theta;
    rc_surd_t beta, beta_min;
    rc_seminorm_t norm;
    bool decided[CONDITIONS], holds[CONDITIONS];
    rc_offenders_t offenders[CONDITIONS];
    /* why N' and N* fail, of all networks given */
    rc_offenders_t unbalanced, redundant, not_positive;
} report;

static void report_init(report *r)
{
    memset(r, 0, sizeof *r);
    rc_network_init(r->gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(r->theta, RC_SHALLOW, 1, 1, 1);
    rc_surd_init(r->beta);
    rc_surd_init(r->beta_min);
    rc_seminorm_init(r->norm);
    for (int k = 0; k < CONDITIONS; k++) rc_offenders_init(r->offenders[k]);
    rc_offenders_init(r->unbalanced);
    rc_offenders_init(r->redundant);
    rc_offenders_init(r->not_positive);
}

static void report_clear(report *r)
{
    rc_network_clear(r->gamma);
    rc_network_clear(r->theta);
    rc_surd_clear(r->beta);
    rc_surd_clear(r->beta_min);
    rc_seminorm_clear(r->norm);
    for (int k = 0; k < CONDITIONS; k++) rc_offenders_clear(r->offenders[k]);
    rc_offenders_clear(r->unbalanced);
    rc_offenders_clear(r->redundant);
    rc_offenders_clear(r->not_positive);
}

static rc_status read_report(report *r, rc_cli_t cli, const char *beta)
{
    r->has_theta = cli->argc == 2;
    r->has_beta = beta != NULL;
    rc_status status = beta ? rc_cli_read_surd(r->beta, cli, beta, "--beta") : RC_OK;
    if (status == RC_OK && rc_surd_sgn(r->beta) < 0)
        status = rc_error_set(cli->err, RC_BAD_INPUT, "--beta %s: a number >= 0 is expected", beta);
    if (status == RC_OK) status = rc_cli_read_shallow(r->gamma, cli, cli->argv[0]);
    if (status != RC_OK || !r->has_theta) return status;
    status = rc_cli_read_shallow(r->theta, cli, cli->argv[1]);
    if (status == RC_OK) status = rc_cli_same_shape(cli, r->gamma, cli->argv[0], r->theta, cli->argv[1], true);
    return status;
}

static rc_status semi_norm(report *r, rc_cli_t cli)
{
    rc_canonical_t f;
    rc_canonical_init(f);
    rc_canonical_set_difference(f, r->theta, r->gamma);
    rc_status status = rc_seminorm_value(r->norm, f, &cli->limits);
    rc_canonical_clear(f);
    return status;
}

/* N' and N* of all networks given. */
static void decide_spaces(report *r)
{
    bool prime = true, positive = true;
    for (int which = 0; which <= r->has_theta; which++) {
        const rc_network_struct *net = which == 0 ? r->gamma : r->theta;
        prime = rc_condition_balanced(r->unbalanced, net, which) && prime;
        prime = rc_condition_c2(r->redundant, net, which) && prime;
        if (net->d >= 2) positive = rc_condition_positive(r->not_positive, net, which) && positive;
    }
    r->decided[PRIME] = true;
    r->holds[PRIME] = prime;
    r->decided[STAR] = r->gamma->d >= 2;
    r->holds[STAR] = prime && positive;
}

static rc_status decide(report *r, rc_cli_t cli)
{
    rc_status status = r->has_theta ? semi_norm(r, cli) : RC_OK;
    if (status != RC_OK) return status;
    if (r->has_theta) rc_condition_beta_min(r->beta_min, r->gamma, r->norm->upper);
    r->decided[C1] = r->has_theta && r->has_beta;
    if (r->decided[C1]) r->holds[C1] = rc_condition_c1(r->offenders[C1], r->gamma, r->norm->upper, r->beta);
    r->decided[C2] = r->decided[C3A] = true;
    r->holds[C2] = rc_condition_c2(r->offenders[C2], r->gamma, 0);
    r->holds[C3A] = rc_condition_c3a(r->offenders[C3A], r->gamma, 0);
    if (r->has_theta && !rc_condition_c3a(r->offenders[C3A], r->theta, 1)) r->holds[C3A] = false;
    r->decided[C3B] = r->has_theta;
    if (r->has_theta) r->holds[C3B] = rc_condition_c3b(r->offenders[C3B], r->gamma, r->theta);
    decide_spaces(r);
    return RC_OK;
}

static void append_offenders(json_t *list, const rc_offenders_t offenders)
{
    for (slong i = 0; i < offenders->length; i++) {
        const rc_offender *o = offenders->items + i;
        json_t *item = json_object();
        rc_cli_set(item, "network", json_string(o->network == 0 ? "gamma" : "theta"));
        rc_cli_set(item, "neuron", json_integer(o->neuron + 1));
        rc_cli_set(item, "with", o->with < 0 ? json_null() : json_integer(o->with + 1));
        rc_cli_append(list, item);
    }
}

static json_t *json_condition(const report *r, int k)
{
    if (!r->decided[k]) return json_null();
    json_t *list = json_array();
    append_offenders(list, r->offenders[k]);
    if (k == PRIME || k == STAR) {
        append_offenders(list, r->unbalanced);
        append_offenders(list, r->redundant);
    }
    if (k == STAR) append_offenders(list, r->not_positive);
    json_t *doc = json_object();
    rc_cli_set(doc, "holds", json_boolean(r->holds[k]));
    rc_cli_set(doc, "neurons", list);
    return doc;
}

static void put_json(const report *r)
{
    json_t *doc = json_object(), *conditions = json_object();
    for (int k = 0; k < CONDITIONS; k++) rc_cli_set(conditions, names[k], json_condition(r, k));
    rc_cli_set(doc, "semi_norm", r->has_theta ? rc_write_fmpq(r->norm->upper) : json_null());
    rc_cli_set(doc, "beta_min", r->has_theta ? rc_write_surd(r->beta_min) : json_null());
    rc_cli_set(doc, "conditions", conditions);
    rc_cli_put_json(doc);
}

enum { SHOWN = 8 };

static void put_offenders(const char *what, const rc_offenders_t list, bool with_theta)
{
    if (list->length == 0) return;
    printf("\n      %s:", what);
    for (slong i = 0; i < list->length && i < SHOWN; i++) {
        const rc_offender *o = list->items + i;
        printf("%s %s %ld", i == 0 ? "" : ",", o->network == 0 ? "Gamma" : "Theta", (long) o->neuron + 1);
        if (o->with >= 0) printf(" and %s%ld", with_theta ? "Theta " : "", (long) o->with + 1);
    }
    if (list->length > SHOWN) printf(", and %ld more", (long) (list->length - SHOWN));
}

static void put_reasons(const report *r, int k)
{
    static const char *const reasons[] = {"small product, large factor", "same direction", "opposite directions",
                                          "opposite directions", "", ""};
    put_offenders(reasons[k], r->offenders[k], k == C3B);
    if (k == PRIME || k == STAR) {
        put_offenders("not balanced", r->unbalanced, false);
        put_offenders("same direction", r->redundant, false);
    }
    if (k == STAR) put_offenders("not positive in the last two coordinates", r->not_positive, false);
}

static void put_undecided(const report *r, int k)
{
    if (k == STAR) puts("  not defined for d = 1 (Definition 3.2 needs d >= 2)");
    else if (!r->has_theta) puts("  needs THETA");
    else puts("  needs --beta");
}

static void put_text(const report *r)
{
    if (r->has_theta) {
        fputs("r = |R(Theta) - R(Gamma)|_{W^{1,inf}} = ", stdout);
        rc_cli_put_fmpq(r->norm->upper);
        fputs("\nC.1 holds for beta >= ", stdout);
        rc_cli_put_surd(r->beta_min);
        putchar('\n');
    }
    for (int k = 0; k < CONDITIONS; k++) {
        printf("%-4s", names[k]);
        if (!r->decided[k]) {
            put_undecided(r, k);
            continue;
        }
        fputs(r->holds[k] ? "  holds" : "  fails", stdout);
        put_reasons(r, k);
        putchar('\n');
    }
}

int rc_cli_conditions(int argc, char **argv)
{
    const char *beta = NULL;
    const rc_cli_option options[] = {{0, "beta", &beta, NULL}, {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"conditions", help, 1, 2, options};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    report r;
    report_init(&r);
    rc_status status = read_report(&r, cli, beta);
    if (status == RC_OK) status = decide(&r, cli);
    if (status != RC_OK) exit_status = rc_cli_fail(cli, status);
    else if (cli->json) put_json(&r);
    else put_text(&r);
    report_clear(&r);
    return rc_cli_end(cli, exit_status);
}
