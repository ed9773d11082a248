/* relucert distance: from Gamma to the fiber of g. */
#include "cli.h"
#include "distance.h"

#include <stdlib.h>
#include <string.h>

#include "relucert/family.h"

static const char help[] =
    "Usage: relucert distance [OPTION]... GAMMA G\n"
    "\n"
    "dist(Gamma, g) = inf |Phi - Gamma|_inf over all Phi of Gamma's shape (d, m, D) with\n"
    "R(Phi) = g = R(G): the modulus of inverse stability at Gamma. G may have any width.\n"
    "Let K be the number of hyperplanes where g bends.\n"
    "  K > m   g has no parametrization with m neurons\n"
    "  K = m   every Phi has one neuron on each hyperplane, and its orientations are a flip\n"
    "          set F: sum_{H in F} gamma_H u_H^T = -L in the canonical form of g. All flip\n"
    "          sets are found; the distance is a bottleneck assignment, exact.\n"
    "  K < m   a lower bound from the hyperplanes, an upper bound from a constructed Phi;\n"
    "          exact if they meet.\n"
    "The reading shows the nearest Phi found, where each neuron goes, with which scale lambda and\n"
    "in which entries it is as far as the distance, and why none is nearer: a set of hyperplanes\n"
    "that has too few neurons nearby (Hall).\n"
    "\n"
    "With two networks CASE#NAME of one case with parameters, and without --set, the distance is sought\n"
    "as an expression in the parameters and proved for all their values. --json then gives \"lower\" and\n"
    "\"upper\" as such expressions, and \"parameters\".\n"
    "\n"
    "Example (Example 2.2 with r = 1/2, k = 3):\n"
    "  $ cat gamma.json\n"
    "  {\"A\": [[\"1/2\", 0]], \"C\": [0]}\n"
    "  $ cat g.json\n"
    "  {\"A\": [[0, 1]], \"C\": [\"1/3\"]}\n"
    "  $ relucert distance gamma.json g.json\n"
    "  g has 1 essential hyperplane, Gamma 1 neuron\n"
    "    1: (0, 1)\n"
    "  1 flip set: {}\n"
    "  dist(Gamma, g) = sqrt(3)/3 in [0.57735026918, 0.57735026919]\n"
    "  a nearest Phi: one neuron for each hyperplane\n"
    "    neuron 1: a = (0, sqrt(3)/3), c = (sqrt(3)/3)\n"
    "      hyperplane 1, lambda = sqrt(3)/3 in [0.57735026918, 0.57735026919]; tight: a_2, c_1\n"
    "  none is nearer: no neuron comes nearer to hyperplane 1\n";

static const rc_cli_command command = {"distance", help, 2, 2, NULL};

static json_t *json_flips(const rc_fiber_t f)
{
    if (f->K != f->m) return json_null();
    json_t *list = json_array();
    for (slong k = 0; k < f->flips; k++) {
        json_t *flip = json_array();
        for (slong H = 0; H < f->K; H++)
            if (f->flip[k][H]) rc_cli_append(flip, json_integer(H + 1));
        rc_cli_append(list, flip);
    }
    return list;
}

static json_t *json_hyperplanes(const rc_canonical_t g)
{
    json_t *list = json_array();
    for (slong H = 0; H < g->K; H++) {
        json_t *u = json_array();
        for (slong j = 0; j < g->width; j++) rc_cli_append(u, rc_write_fmpz(fmpz_mat_entry(g->u, H, j)));
        rc_cli_append(list, u);
    }
    return list;
}

static void put_json(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    bool realizable = f->realizable == RC_REALIZABLE;
    json_t *doc = json_object();
    rc_cli_set(doc, "realizable", json_boolean(realizable));
    rc_cli_set(doc, "lower", realizable && f->has_lower ? rc_write_surd(f->lower) : json_null());
    rc_cli_set(doc, "upper", realizable && f->has_upper ? rc_write_surd(f->upper) : json_null());
    rc_cli_set(doc, "exact", json_boolean(realizable && f->exact));
    rc_cli_set(doc, "flip_sets", json_flips(f));
    rc_cli_set(doc, "essential_hyperplanes", json_hyperplanes(g));
    rc_cli_set(doc, "strategy",
               realizable && f->has_upper ? json_string(rc_fiber_strategy_name(f->strategy)) : json_null());
    rc_cli_set(doc, "phi", rc_reading_json(f, gamma, g));
    rc_cli_put_json(doc);
}

static void put_bounds(const rc_fiber_t f)
{
    if (f->exact) {
        fputs("dist(Gamma, g) = ", stdout);
        rc_cli_put_surd(f->lower);
        putchar('\n');
        return;
    }
    if (f->has_lower) {
        fputs("dist(Gamma, g) >= ", stdout);
        rc_cli_put_surd(f->lower);
        putchar('\n');
    }
    if (f->has_upper) {
        fputs("dist(Gamma, g) <= ", stdout);
        rc_cli_put_surd(f->upper);
        putchar('\n');
    }
}

enum { SHOWN = 20 };

static void put_flips(const rc_fiber_t f)
{
    printf("%ld flip set%s:", (long) f->flips, f->flips == 1 ? "" : "s");
    for (slong k = 0; k < f->flips && k < SHOWN; k++) {
        fputs(" {", stdout);
        bool first = true;
        for (slong H = 0; H < f->K; H++) {
            if (!f->flip[k][H]) continue;
            printf(first ? "%ld" : ", %ld", (long) H + 1);
            first = false;
        }
        putchar('}');
    }
    puts(f->flips > SHOWN ? " and more" : "");
}

static void put_text(const rc_fiber_t f, const rc_network_t gamma, const rc_canonical_t g)
{
    printf("g has %ld essential hyperplane%s, Gamma %ld neuron%s\n", (long) f->K, f->K == 1 ? "" : "s", (long) f->m,
           f->m == 1 ? "" : "s");
    for (slong H = 0; H < g->K && H < SHOWN; H++) {
        printf("  %ld: ", (long) H + 1);
        rc_cli_put_fmpz_vec(fmpz_mat_entry(g->u, H, 0), g->width);
        putchar('\n');
    }
    if (g->K > SHOWN) printf("  and %ld more\n", (long) (g->K - SHOWN));
    switch (f->realizable) {
    case RC_MORE_HYPERPLANES:
        puts("not realizable: more essential hyperplanes than neurons");
        return;
    case RC_NO_FLIP_SET:
        puts("not realizable: one neuron on each hyperplane, and no choice of orientations gives the linear part");
        return;
    case RC_SPARE_NEURONS:
        printf("not realizable: %ld spare neuron%s cannot give the linear part\n", (long) (f->m - f->K),
               f->m - f->K == 1 ? "" : "s");
        return;
    case RC_REALIZABLE:
        break;
    }
    if (f->K == f->m) put_flips(f);
    put_bounds(f);
    rc_reading_put(f, gamma, g);
}

static rc_status read_networks(rc_network_t gamma, rc_network_t G, rc_cli_t cli)
{
    rc_status status = rc_cli_read_shallow(gamma, cli, cli->argv[0]);
    if (status == RC_OK) status = rc_cli_read_shallow(G, cli, cli->argv[1]);
    if (status == RC_OK) status = rc_cli_same_shape(cli, gamma, cli->argv[0], G, cli->argv[1], false);
    return status;
}

static int compute(rc_cli_t cli, const rc_network_t gamma, const rc_network_t G)
{
    rc_canonical_t g;
    rc_fiber_t f;
    rc_canonical_init(g);
    rc_fiber_init(f);
    rc_canonical_set_network(g, G);
    rc_status status = rc_fiber_distance(f, gamma, g, &cli->limits);
    int exit_status = RC_EXIT_OK;
    if (status != RC_OK) {
        if (status == RC_LIMIT && !cli->json) put_bounds(f);
        exit_status = rc_cli_fail(cli, status);
    } else if (cli->json) {
        put_json(f, gamma, g);
    } else {
        put_text(f, gamma, g);
    }
    rc_fiber_clear(f);
    rc_canonical_clear(g);
    return exit_status;
}

/* Are both arguments networks of one case that has parameters, which are not set? Then c is read, and the names borrowed
   from the arguments. */
static bool is_family(rc_case_t c, const char **gamma, const char **g, rc_cli_t cli)
{
    const char *first = strrchr(cli->argv[0], '#'), *second = strrchr(cli->argv[1], '#');
    if (cli->settings > 0 || !first || !second || first - cli->argv[0] != second - cli->argv[1]) return false;
    size_t length = (size_t) (first - cli->argv[0]);
    if (length == 0 || strncmp(cli->argv[0], cli->argv[1], length) != 0) return false;
    char *path = strndup(cli->argv[0], length);
    bool family = path && rc_case_read(c, path, NULL) == RC_OK && c->parameters > 0;
    free(path);
    *gamma = first + 1;
    *g = second + 1;
    return family && json_object_get(json_object_get(c->doc, "networks"), *gamma) &&
           json_object_get(json_object_get(c->doc, "networks"), *g);
}

static void put_ranges(const rc_case_t c)
{
    for (slong i = 0; i < c->parameters; i++) {
        char *from = rc_fmpq_get_str(c->parameter[i].from);
        printf("%s%s %s %s", i ? ", " : "for all ", c->parameter[i].name, c->parameter[i].integer ? ">=" : ">", from);
        free(from);
    }
    putchar('\n');
}

static json_t *json_ranges(const rc_case_t c)
{
    json_t *list = json_array();
    for (slong i = 0; i < c->parameters; i++) {
        char *from = rc_fmpq_get_str(c->parameter[i].from);
        json_t *parameter = json_object();
        rc_cli_set(parameter, "name", json_string(c->parameter[i].name));
        rc_cli_set(parameter, c->parameter[i].integer ? "integer-from" : "real-above", json_string(from));
        rc_cli_append(list, parameter);
        free(from);
    }
    return list;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static int compute_family(rc_cli_t cli, rc_case_t c, const char *gamma, const char *g)
{
    rc_family_closed_t closed;
    rc_family_closed_init(closed);
    rc_status status = rc_family_closed_distance(closed, c, gamma, g, &cli->limits, cli->err);
    if (status != RC_OK) {
        rc_family_closed_clear(closed);
        return rc_cli_fail(cli, status);
    }
    const char *lower = closed->equals ? closed->equals : closed->lower;
    const char *upper = closed->equals ? closed->equals : closed->upper;
    if (cli->json) {
        json_t *doc = json_object();
        rc_cli_set(doc, "realizable", lower || upper ? json_true() : json_null());
        rc_cli_set(doc, "lower", text_or_null(lower));
        rc_cli_set(doc, "upper", text_or_null(upper));
        rc_cli_set(doc, "exact", json_boolean(closed->equals != NULL));
        rc_cli_set(doc, "flip_sets", json_null());
        rc_cli_set(doc, "essential_hyperplanes", json_null());
        rc_cli_set(doc, "parameters", json_ranges(c));
        rc_cli_put_json(doc);
    } else {
        put_ranges(c);
        if (closed->equals) printf("dist(%s, %s) = %s\n", gamma, g, closed->equals);
        if (!closed->equals && lower) printf("dist(%s, %s) >= %s\n", gamma, g, lower);
        if (!closed->equals && upper) printf("dist(%s, %s) <= %s\n", gamma, g, upper);
        if (!lower && !upper) puts("no closed form was found that is proved for all values; give --set");
    }
    rc_family_closed_clear(closed);
    return RC_EXIT_OK;
}

int rc_cli_distance(int argc, char **argv)
{
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    rc_case_t c;
    rc_case_init(c);
    const char *first, *second;
    if (is_family(c, &first, &second, cli)) {
        exit_status = compute_family(cli, c, first, second);
        rc_case_clear(c);
        return rc_cli_end(cli, exit_status);
    }
    rc_case_clear(c);
    rc_network_t gamma, G;
    rc_network_init(gamma, RC_SHALLOW, 1, 1, 1);
    rc_network_init(G, RC_SHALLOW, 1, 1, 1);
    rc_status status = read_networks(gamma, G, cli);
    exit_status = status == RC_OK ? compute(cli, gamma, G) : rc_cli_fail(cli, status);
    rc_network_clear(gamma);
    rc_network_clear(G);
    return rc_cli_end(cli, exit_status);
}
