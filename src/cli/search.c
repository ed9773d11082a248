/* relucert search: pairs for which Theorem 3.3, or Theorem 3.1, needs a large constant. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/climb.h"
#include "search/record.h"

static const char help[] =
    "Usage: relucert search --d D --m M [--D D'] [OPTION]...\n"
    "\n"
    "Searches networks Gamma, Theta in N*_(d,m,D) with a large |Phi - Gamma|_inf / r^(1/2), where\n"
    "r = |R(Theta) - R(Gamma)|_{W^{1,inf}} and Phi is the permutation of Theta nearest to Gamma (all\n"
    "parametrizations of R(Theta) in N* are permutations of Theta). Theorem 3.3 holds with the\n"
    "constant s only if no such pair has a larger ratio; with s = 2*sqrt(2) it always holds.\n"
    "With --theorem 3.1: networks in N_(d,m,1) that satisfy C.2 and C.3, with a large\n"
    "(dist(Gamma, R(Theta)) - beta) / r^(1/2), where beta is the least one for which C.1 holds. Theta has\n"
    "m hyperplanes, so that the distance is exact. The bound beta + s r^(1/2) holds only if no such\n"
    "pair has a ratio larger than s; with s = sqrt(2) it always holds.\n"
    "Pairs are improved in floating point by annealing from random starts; the record is then\n"
    "rounded to short fractions and its ratio computed exactly.\n"
    "\n"
    "  --theorem 3.3|3.1    whose constant (3.3)\n"
    "  --d N, --m N, --D N  the shape: inputs (2 to 4), neurons (1 to 5), outputs (1 to 4, default 1);\n"
    "                       for Theorem 3.1 also one input and neuron, and one output only\n"
    "  --seed N             where the random numbers begin (1)\n"
    "  --iterations N       stop after N climbs; the result then depends on nothing but the seed\n"
    "  -o, --output FILE    keep the record there, as a case: certify decides that the ratio is\n"
    "                       attained and that no smaller constant will do\n"
    "\n"
    "The search ends after --time-limit seconds (10 if neither limit is given), or when the record\n"
    "reaches what no pair can exceed: 2 for m = 1, 1+sqrt(2) for m = 2, 2*sqrt(2) beyond (for d = 2,\n"
    "D = 1: 2 for m <= 2, 1+sqrt(2) for m = 3). Theorem 3.1: 1 for m = 1, sqrt(2) beyond.\n"
    "\n"
    "With --json: {\"theorem\",\"d\",\"m\",\"D\",\"ratio\",\"enclosure\",\"distance\",\"beta\",\"semi_norm\",\n"
    "\"at_most\",\"iterations\",\"gamma\",\"theta\"}, beta null for Theorem 3.3.\n"
    "\n"
    "Example:\n"
    "  $ relucert search --d 3 --m 1 --iterations 20 --seed 1\n"
    "  d = 3, m = 1, D = 1; 1 climbs\n"
    "  |Phi - Gamma|_inf / r^(1/2) = 2\n"
    "  and no pair has more than 2\n"
    "  |Phi - Gamma|_inf = 2\n"
    "  r = |R(Theta) - R(Gamma)|_{W^{1,inf}} = 1\n"
    "  Gamma\n"
    "    neuron 1: a = (1, 1/2, 1/2), c = (1)\n"
    "  Theta\n"
    "    neuron 1: a = (-1, 1/12, 1/12), c = (-1)\n";

typedef struct {
    const char *theorem, *d, *m, *D, *seed, *iterations, *output;
} options;

typedef struct {
    rc_seek_theorem theorem;
    long d, m, D, seed, iterations; /* iterations 0: no end */
} numbers;

/* The best pair, its value as searched, and as decided. */
typedef struct {
    rc_seek_pair pair;
    rc_seek_value value;
    double decided; /* the record's ratio in floating point */
    bool has_record;
    rc_seek_record_t record;
    long climbs;
} search;

/* text = a number in [lo, hi]; NULL leaves *n alone. */
static int read_number(rc_cli_t cli, long *n, const char *text, const char *what, long lo, long hi)
{
    if (!text) return RC_EXIT_OK;
    size_t length = strlen(text);
    long value = -1;
    if (length > 0 && length <= 9 && strspn(text, "0123456789") == length) value = strtol(text, NULL, 10);
    if (value < lo || value > hi)
        return rc_cli_usage(cli, "--%s %s: a number from %ld to %ld is expected", what, text, lo, hi);
    *n = value;
    return RC_EXIT_OK;
}

static int read_theorem(numbers *n, rc_cli_t cli, const options *own)
{
    if (!own->theorem || !strcmp(own->theorem, "3.3")) return RC_EXIT_OK;
    if (strcmp(own->theorem, "3.1")) return rc_cli_usage(cli, "--theorem %s: 3.3 or 3.1 is expected", own->theorem);
    n->theorem = RC_SEEK_THEOREM_3_1;
    return RC_EXIT_OK;
}

static int read_numbers(numbers *n, rc_cli_t cli, const options *own)
{
    if (!own->d || !own->m) return rc_cli_usage(cli, "--%s is missing", own->d ? "m" : "d");
    int status = read_theorem(n, cli, own);
    bool star = n->theorem == RC_SEEK_THEOREM_3_3;
    if (status == RC_EXIT_OK) status = read_number(cli, &n->d, own->d, "d", star ? 2 : 1, RC_SEEK_MAX_D);
    if (status == RC_EXIT_OK) status = read_number(cli, &n->m, own->m, "m", 1, RC_SEEK_MAX_M);
    if (status == RC_EXIT_OK) status = read_number(cli, &n->D, own->D, "D", 1, star ? RC_SEEK_MAX_OUTPUTS : 1);
    if (status == RC_EXIT_OK && n->d == 1 && n->m > 1)
        status = rc_cli_usage(cli, "--d 1 --m %ld: for d = 1 no pair has m hyperplanes, m > 1; the constant is m^(-1/2)",
                              n->m);
    if (status == RC_EXIT_OK) status = read_number(cli, &n->seed, own->seed, "seed", 0, 999999999);
    if (status == RC_EXIT_OK) status = read_number(cli, &n->iterations, own->iterations, "iterations", 1, 999999999);
    return status;
}

/* What no pair exceeds (docs/best-constant.md): 2, 1 + sqrt(2) or 2 sqrt(2). With two inputs and one output a neuron
   more is needed for each. */
static void set_star_bound(rc_surd_t s, const numbers *n)
{
    long m = n->d == 2 && n->D == 1 && n->m > 1 ? n->m - 1 : n->m;
    rc_surd_t one;
    fmpq_t two;
    rc_surd_init(one);
    fmpq_init(two);
    rc_surd_set_si(one, m > 2 ? 0 : 1);
    fmpq_set_si(two, 2, 1);
    if (m == 1) rc_surd_set_si(s, 1);
    else rc_surd_set_sqrt_fmpq(s, two);
    if (m > 2) rc_surd_mul_fmpq(s, s, two);
    rc_surd_add(s, s, one);
    rc_surd_clear(one);
    fmpq_clear(two);
}

/* For Theorem 3.1 it is 1 or sqrt(2). */
static void set_known_bound(rc_surd_t s, const numbers *n)
{
    fmpq_t square;
    if (n->theorem == RC_SEEK_THEOREM_3_3) {
        set_star_bound(s, n);
        return;
    }
    fmpq_init(square);
    fmpq_set_si(square, n->m == 1 ? 1 : 2, 1);
    rc_surd_set_sqrt_fmpq(s, square);
    fmpq_clear(square);
}

/* Decides a rounded pair; true if its ratio exceeds the record's, which it replaces then. */
static bool improve(search *s, const rc_seek_pair *pair, const rc_seek_value *value)
{
    rc_seek_record_t found;
    rc_seek_record_init(found);
    bool better = rc_seek_certify(found, pair) &&
                  (!s->has_record || rc_surd_cmp(found->ratio, s->record->ratio) > 0);
    if (better) {
        rc_seek_record_swap(s->record, found);
        s->has_record = true;
        s->decided = value->ratio;
        if (value->ratio > s->value.ratio) {
            s->pair = *pair;
            s->value = *value;
        }
    }
    rc_seek_record_clear(found);
    return better;
}

static rc_status keep(search *s, rc_cli_t cli, const options *own)
{
    if (!own->output) return RC_OK;
    json_t *doc = rc_seek_record_case(s->record);
    rc_status status = rc_write_file(own->output, doc, cli->err);
    json_decref(doc);
    return status;
}

static bool is_stopped(rc_cli_t cli)
{
    return (cli->limits.stop && *cli->limits.stop) || (cli->limits.deadline > 0 && rc_clock() > cli->limits.deadline);
}

/* What rounding may cost; the shortest fractions are tried first, for they may cost nothing at all. */
static const double losses[] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
enum { LOSSES = sizeof losses / sizeof *losses };

/* Makes the best pair the record if rounding leaves it above the present one. */
static rc_status consider(search *s, rc_cli_t cli, const options *own)
{
    bool better = false;
    const rc_seek_pair pair = s->pair;
    const rc_seek_value value = s->value;
    for (int k = 0; k < LOSSES && (k == 0 || !is_stopped(cli)); k++) {
        rc_seek_pair brief = pair;
        rc_seek_value worth = value;
        if (rc_seek_shorten(&brief, &worth, RC_SEEK_MARGIN, losses[k])) better |= improve(s, &brief, &worth);
    }
    return better ? keep(s, cli, own) : RC_OK;
}

static bool is_over(search *s, rc_cli_t cli, const numbers *n, const rc_surd_t bound)
{
    return is_stopped(cli) || (n->iterations > 0 && s->climbs >= n->iterations) || rc_surd_cmp(s->record->ratio, bound) >= 0;
}

static void report(const search *s, rc_cli_t cli)
{
    char what[80];
    snprintf(what, sizeof what, "record %.6f, climbs", s->decided);
    if (cli->limits.progress) cli->limits.progress(cli->limits.progress_arg, what, (size_t) s->climbs);
}

/* Gains smaller than this part of the ratio are not worth another rounding. */
static const double worthwhile = 1e-6;
/* The heat at which a climb begins. */
static const double heat = 0.3;
enum { STEPS = 20000, FRESH = 8 };

/* One climb: from a random start, or (every second one, after a few) from the best pair with a few places changed. */
static rc_status climb(search *s, rc_cli_t cli, const numbers *n, const options *own, rc_seek_random *random)
{
    rc_seek_pair pair = s->pair;
    rc_seek_value value = s->value;
    if (s->climbs >= FRESH && s->climbs % 2 == 1) rc_seek_shake(&pair, &value, random);
    else rc_seek_start(&pair, &value, random, n->theorem, (int) n->d, (int) n->m, (int) n->D);
    rc_seek_climb(&pair, &value, random, heat, STEPS, &cli->limits);
    rc_seek_climb(&pair, &value, random, 0, STEPS / 2, &cli->limits);
    s->climbs++;
    if (value.ratio > s->value.ratio) {
        s->pair = pair;
        s->value = value;
    }
    bool gain = value.ratio > s->decided + worthwhile * fabs(s->decided) && value.ratio >= s->value.ratio;
    return gain ? consider(s, cli, own) : RC_OK;
}

/* There is a record, and its file, before the first climb: no limit comes too early. */
static rc_status run(search *s, rc_cli_t cli, const numbers *n, const options *own)
{
    rc_seek_random random = {(uint64_t) n->seed};
    rc_surd_t bound;
    rc_surd_init(bound);
    set_known_bound(bound, n);
    rc_status status = RC_OK;
    while (status == RC_OK && !s->has_record) {
        rc_seek_start(&s->pair, &s->value, &random, n->theorem, (int) n->d, (int) n->m, (int) n->D);
        if (rc_seek_round(&s->pair, &s->value, RC_SEEK_MARGIN) && improve(s, &s->pair, &s->value))
            status = keep(s, cli, own);
    }
    while (status == RC_OK && !is_over(s, cli, n, bound)) {
        report(s, cli);
        status = climb(s, cli, n, own, &random);
    }
    rc_surd_clear(bound);
    return status;
}

static void put_json(const search *s, const numbers *n)
{
    json_t *doc = json_object(), *enclosure = json_array();
    rc_surd_t bound;
    fmpq_t lo, hi;
    rc_surd_init(bound);
    fmpq_init(lo);
    fmpq_init(hi);
    set_known_bound(bound, n);
    rc_surd_enclose(lo, hi, s->record->ratio, 40);
    rc_cli_append(enclosure, rc_write_fmpq(lo));
    rc_cli_append(enclosure, rc_write_fmpq(hi));
    rc_cli_set(doc, "theorem", json_string(n->theorem == RC_SEEK_THEOREM_3_3 ? "3.3" : "3.1"));
    rc_cli_set(doc, "d", json_integer(n->d));
    rc_cli_set(doc, "m", json_integer(n->m));
    rc_cli_set(doc, "D", json_integer(n->D));
    rc_cli_set(doc, "ratio", rc_write_surd(s->record->ratio));
    rc_cli_set(doc, "enclosure", enclosure);
    rc_cli_set(doc, "distance", rc_write_surd(s->record->distance));
    rc_cli_set(doc, "beta",
               n->theorem == RC_SEEK_THEOREM_3_3 ? json_null() : rc_write_surd(s->record->beta));
    rc_cli_set(doc, "semi_norm", rc_write_fmpq(s->record->r));
    rc_cli_set(doc, "at_most", rc_write_surd(bound));
    rc_cli_set(doc, "iterations", json_integer(s->climbs));
    rc_cli_set(doc, "gamma", rc_write_network(s->record->gamma));
    rc_cli_set(doc, "theta", rc_write_network(s->record->theta));
    rc_cli_put_json(doc);
    rc_surd_clear(bound);
    fmpq_clear(lo);
    fmpq_clear(hi);
}

static void put_text(const search *s, const numbers *n)
{
    rc_surd_t bound;
    rc_surd_init(bound);
    set_known_bound(bound, n);
    printf("d = %ld, m = %ld, D = %ld; %ld climbs\n", n->d, n->m, n->D, s->climbs);
    bool star = n->theorem == RC_SEEK_THEOREM_3_3;
    const char *distance = star ? "|Phi - Gamma|_inf" : "dist(Gamma, R(Theta))";
    printf(star ? "%s / r^(1/2) = " : "(%s - beta) / r^(1/2) = ", distance);
    rc_cli_put_surd(s->record->ratio);
    fputs("\nand no pair has more than ", stdout);
    rc_cli_put_surd(bound);
    printf("\n%s = ", distance);
    rc_cli_put_surd(s->record->distance);
    if (!star) {
        fputs("\nbeta = ", stdout);
        rc_cli_put_surd(s->record->beta);
    }
    fputs("\nr = |R(Theta) - R(Gamma)|_{W^{1,inf}} = ", stdout);
    rc_cli_put_fmpq(s->record->r);
    puts("\nGamma");
    rc_cli_put_network(s->record->gamma, "  ");
    puts("Theta");
    rc_cli_put_network(s->record->theta, "  ");
    rc_surd_clear(bound);
}

static int search_pairs(rc_cli_t cli, const options *own)
{
    numbers n = {.D = 1, .seed = 1};
    int exit_status = read_numbers(&n, cli, own);
    if (exit_status != RC_EXIT_OK) return exit_status;
    if (cli->limits.deadline <= 0 && n.iterations == 0) cli->limits.deadline = rc_clock() + 10;
    search s = {0};
    rc_seek_record_init(s.record);
    rc_status status = run(&s, cli, &n, own);
    if (status != RC_OK) {
        exit_status = rc_cli_fail(cli, status);
    } else {
        if (cli->json) put_json(&s, &n);
        else put_text(&s, &n);
        if (cli->limits.stop && *cli->limits.stop) exit_status = rc_cli_fail(cli, RC_LIMIT);
    }
    rc_seek_record_clear(s.record);
    return exit_status;
}

int rc_cli_search(int argc, char **argv)
{
    options own = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const rc_cli_option list[] = {{0, "theorem", &own.theorem, NULL},
                                  {0, "d", &own.d, NULL},
                                  {0, "m", &own.m, NULL},
                                  {0, "D", &own.D, NULL},
                                  {0, "seed", &own.seed, NULL},
                                  {0, "iterations", &own.iterations, NULL},
                                  {'o', "output", &own.output, NULL},
                                  {0, NULL, NULL, NULL}};
    const rc_cli_command command = {"search", help, 0, 0, list};
    rc_cli_t cli;
    int exit_status;
    if (!rc_cli_begin(cli, &exit_status, &command, argc, argv)) return rc_cli_end(cli, exit_status);
    exit_status = search_pairs(cli, &own);
    return rc_cli_end(cli, exit_status);
}
