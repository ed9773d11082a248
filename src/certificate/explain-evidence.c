/* Each kind of evidence in words. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

static const json_t *get(const rc_explanation *x, const char *key)
{
    return json_object_get(x->evidence, key);
}

static const char *named(const rc_explanation *x, const char *key)
{
    const json_t *value = json_object_get(x->statement, key);
    return json_is_string(value) ? json_string_value(value) : "?";
}

static void put_fmpq(const rc_explanation *x, const fmpq_t value)
{
    char *text = rc_fmpq_get_str(value);
    json_t *number = json_string(text);
    rc_words_put_number(x->w, number);
    json_decref(number);
    free(text);
}

static size_t count_stops(const json_t *tree)
{
    size_t stops = 0;
    for (size_t i = 0; i < json_array_size(tree); i++) {
        const json_t *node = json_array_get(tree, i);
        if (json_is_object(node) || (json_is_integer(node) && json_integer_value(node) == 0)) stops++;
    }
    return stops;
}

static size_t count_empty(const json_t *tree)
{
    size_t empty = 0;
    for (size_t i = 0; i < json_array_size(tree); i++) empty += json_is_array(json_array_get(tree, i));
    return empty;
}

static void put_lower(const rc_explanation *x, const char *f)
{
    const json_t *lower = get(x, "lower");
    if (lower == NULL) return;
    fmpq_t value;
    fmpq_init(value);
    rc_words_printf(x->w, "Lower bound: the point x = ");
    rc_words_put_point(x->w, json_object_get(lower, "x"));
    rc_words_printf(x->w, " lies on no essential hyperplane of f = %s, and the largest absolute entry of Df there is ",
                    f);
    if (rc_explain_lower(value, x, lower)) put_fmpq(x, value);
    else rc_words_put(x->w, "a lower bound r'");
    rc_words_put(x->w, ", so |f|_{W^{1,inf}} is at least that.\n");
    fmpq_clear(value);
}

static void put_upper(const rc_explanation *x, const char *f)
{
    const json_t *upper = get(x, "upper");
    if (upper == NULL) return;
    const json_t *trees = json_object_get(upper, "trees");
    size_t parts = json_array_size(trees), stops = 0, empty = 0;
    for (size_t c = 0; c < parts; c++) {
        stops += count_stops(json_array_get(trees, c));
        empty += count_empty(json_array_get(trees, c));
    }
    fmpq_t value;
    fmpq_init(value);
    rc_words_printf(x->w, "Upper bound: the essential hyperplanes of f = %s fall into %zu independent component%s. ", f,
                    parts, parts == 1 ? "" : "s");
    rc_words_printf(
        x->w,
        "The decision tree%s over them end%s in %zu node%s that bound%s every entry of Df by the jumps decided "
        "plus the helpful ones left",
        parts == 1 ? "" : "s", parts == 1 ? "s" : "", stops, stops == 1 ? "" : "s", stops == 1 ? "s" : "");
    if (empty > 0) {
        rc_words_printf(x->w,
                        ", and in %zu where a positive combination of the signed forms is 0, so that no cell is there",
                        empty);
    }
    rc_words_put(x->w, ". ");
    if (rc_explain_upper(value, x, upper)) {
        rc_words_put(x->w, "Together |f|_{W^{1,inf}} <= ");
        put_fmpq(x, value);
        rc_words_put(x->w, ".\n");
    } else {
        rc_words_put(x->w, "The largest of these bounds is above |f|_{W^{1,inf}}; relucert-check recomputes it.\n");
    }
    fmpq_clear(value);
}

static void function_text(char *text, size_t size, const rc_explanation *x)
{
    const json_t *of = json_object_get(x->statement, "of");
    if (json_is_string(of)) {
        snprintf(text, size, "R(%.40s)", json_string_value(of));
    } else if (json_is_array(of)) {
        const char *a = json_string_value(json_array_get(of, 0)), *b = json_string_value(json_array_get(of, 1));
        snprintf(text, size, "R(%.40s) - R(%.40s)", a ? a : "?", b ? b : "?");
    } else {
        snprintf(text, size, "R(%.40s) - R(%.40s)", named(x, "theta"), named(x, "gamma"));
    }
}

/* The hypothesis or the space's condition that an OFFENDER breaks. */
static void put_offender(const rc_explanation *x, const char *network, const json_t *offender)
{
    const char *condition = json_string_value(json_object_get(offender, "condition"));
    const json_t *neurons = json_object_get(offender, "neurons");
    rc_words_printf(x->w, "%s is not in the space: ", network);
    rc_words_put(x->w, json_array_size(neurons) > 1 ? "neurons " : "neuron ");
    rc_words_put_list(x->w, neurons);
    if (condition && strcmp(condition, "balance") == 0)
        rc_words_put(x->w, " is not balanced, ||c|| differs from ||a||.\n");
    else if (condition && strcmp(condition, "C.2") == 0)
        rc_words_put(x->w, " are positively proportional (C.2 fails).\n");
    else rc_words_put(x->w, " has a last or last but one entry that is not positive.\n");
}

static void explain_membership(const rc_explanation *x)
{
    const json_t *offender = get(x, "offender");
    if (offender) put_offender(x, named(x, "of"), offender);
    else rc_words_put(x->w, "Each neuron satisfies the conditions of the space: recomputed entry by entry.\n");
}

static void explain_hypothesis(const rc_explanation *x)
{
    const char *which = json_string_value(get(x, "network"));
    const json_t *offender = get(x, "offender");
    if (offender) {
        rc_words_put(x->w, "A hypothesis fails. ");
        put_offender(x, named(x, which ? which : "gamma"), offender);
        return;
    }
    const char *condition = json_string_value(get(x, "condition"));
    if (condition == NULL) return;
    rc_words_printf(x->w, "Hypothesis %s fails: ", condition);
    if (strcmp(condition, "C.1") == 0) {
        rc_words_printf(x->w, "neuron ");
        rc_words_put_list(x->w, get(x, "neurons"));
        rc_words_printf(x->w, " of %s has ||c a^T|| <= 2r, but |c| or ||a|| exceeds beta.\n", named(x, "gamma"));
    } else {
        bool positive = strcmp(condition, "C.2") == 0, across = strcmp(condition, "C.3b") == 0;
        rc_words_put(x->w, "neurons ");
        rc_words_put_list(x->w, get(x, "neurons"));
        if (across) rc_words_printf(x->w, " (of %s, of %s)", named(x, "gamma"), named(x, "theta"));
        else rc_words_printf(x->w, " of %s", named(x, which ? which : "gamma"));
        rc_words_printf(x->w, " have %s proportional weight vectors.\n", positive ? "positively" : "negatively");
    }
}

static void put_matching(const rc_explanation *x)
{
    rc_words_printf(x->w, "Phi is %s with its neurons permuted to the order ", named(x, "theta"));
    rc_words_put_list(x->w, get(x, "matching"));
    rc_words_printf(x->w, "; so R(Phi) = R(%s), and Phi is in N* like it.\n", named(x, "theta"));
}

static void explain_theorem_31(const rc_explanation *x)
{
    const json_t *cases = get(x, "cases");
    rc_words_printf(x->w,
                    "The proof's construction gives a network Phi with R(Phi) = R(%s) (the canonical forms agree)",
                    named(x, "theta"));
    size_t seen[5] = {0};
    static const char *const names[] = {"I1", "A", "B.1", "B.2", "B.3"};
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const char *name = json_string_value(json_array_get(cases, i));
        for (size_t k = 0; name && k < 5; k++) seen[k] += strcmp(name, names[k]) == 0;
    }
    for (size_t k = 0, any = 0; k < 5; k++) {
        if (seen[k] == 0) continue;
        rc_words_printf(x->w, "%s%zu by %s", any++ ? ", " : "; neurons made: ", seen[k], names[k]);
    }
    rc_words_put(
        x->w,
        ". C.2 and C.3 are checked direction by direction, C.1 at the upper bound below, and ||Phi - Gamma||_inf <= "
        "beta + 2 r'^{1/2} with the lower bound r' (0 if none is given).\n");
}

/* Distances. */

static void put_distance_upper(const rc_explanation *x, const json_t *upper, const char *g)
{
    rc_words_printf(x->w, "dist(%s, R(%s)) <= ", named(x, "gamma"), g);
    rc_words_put_number(x->w, json_object_get(upper, "bound"));
    if (json_object_get(upper, "phi")) {
        rc_words_printf(
            x->w, ": the certificate holds a network Phi that near with R(Phi) = R(%s); the canonical forms agree.\n",
            g);
        return;
    }
    rc_words_put(x->w, ": neurons 1, 2, ... get the hyperplanes ");
    rc_words_put_list(x->w, json_object_get(upper, "assignment"));
    if (json_array_size(json_object_get(upper, "flip")) > 0) {
        rc_words_put(x->w, ", turned around for hyperplanes ");
        rc_words_put_list(x->w, json_object_get(upper, "flip"));
    }
    rc_words_put(x->w, "; for each pair some scale lambda > 0 brings both a and c that near.\n");
}

static void put_unrealizable(const rc_explanation *x, const char *why, const char *g)
{
    if (strcmp(why, "more-hyperplanes") == 0) {
        rc_words_printf(
            x->w,
            "R(%s) has more essential hyperplanes than %s has neurons, so no network of that shape realizes it.\n", g,
            named(x, "gamma"));
    } else if (strcmp(why, "flip-sets") == 0) {
        rc_words_printf(
            x->w,
            "R(%s) has as many essential hyperplanes as %s has neurons, but no choice of their orientations gives "
            "its linear part: each leaf of the flip tree has a matrix that separates it. So no network of "
            "that shape realizes it.\n",
            g, named(x, "gamma"));
    } else {
        rc_words_printf(
            x->w,
            "The neurons left over are too few for the linear part of R(%s), whatever hyperplanes they sit on: a "
            "rank argument for each of finitely many choices. So no network of that shape realizes it.\n",
            g);
    }
}

static void put_hall(const rc_explanation *x, const json_t *hall)
{
    const json_t *hyperplanes = json_object_get(hall, "hyperplanes"), *neurons = json_object_get(hall, "neurons");
    rc_words_put(x->w, json_array_size(hyperplanes) == 1 ? "hyperplane " : "hyperplanes ");
    rc_words_put_list(x->w, hyperplanes);
    if (json_array_size(neurons) == 0) {
        rc_words_put(x->w, json_array_size(hyperplanes) == 1 ? " is at least that far from every neuron"
                                                             : " are at least that far from every neuron");
        return;
    }
    rc_words_printf(x->w, " are nearer only to neuron%s ", json_array_size(neurons) == 1 ? "" : "s");
    rc_words_put_list(x->w, neurons);
    rc_words_put(x->w, ", too few");
}

static void put_distance_lower(const rc_explanation *x, const json_t *lower, const char *g)
{
    const char *why = json_string_value(json_object_get(lower, "unrealizable"));
    if (why) {
        put_unrealizable(x, why, g);
        return;
    }
    rc_words_printf(x->w, "dist(%s, R(%s)) >= ", named(x, "gamma"), g);
    rc_words_put_number(x->w, json_object_get(lower, "bound"));
    const json_t *tree = json_object_get(lower, "flip-tree"), *halls = json_object_get(lower, "halls");
    if (tree) {
        rc_words_printf(x->w,
                        ": every Phi has one neuron on each essential hyperplane, oriented after one of %zu flip set%s "
                        "(the flip tree "
                        "excludes all others)",
                        count_stops(tree), count_stops(tree) == 1 ? "" : "s");
        bool several = json_array_size(halls) > 1;
        for (size_t h = 0; h < json_array_size(halls) && h < 3; h++) {
            if (several) rc_words_printf(x->w, "; for set %zu, ", h + 1);
            else rc_words_put(x->w, "; with it, ");
            put_hall(x, json_array_get(halls, h));
        }
    } else if (json_object_get(lower, "hall")) {
        rc_words_put(x->w, ": every Phi has a neuron on each essential hyperplane, and ");
        put_hall(x, json_object_get(lower, "hall"));
    } else {
        rc_words_put(x->w, ", as any distance");
    }
    rc_words_put(x->w, ".\n");
}

static void explain_distance(const rc_explanation *x)
{
    if (get(x, "lower")) put_distance_lower(x, get(x, "lower"), named(x, "g"));
    if (get(x, "upper")) put_distance_upper(x, get(x, "upper"), named(x, "g"));
}

static void explain_stable(const rc_explanation *x)
{
    const json_t *hall = get(x, "hall"), *distance = get(x, "distance");
    if (get(x, "matching")) {
        put_matching(x);
        rc_words_put(
            x->w,
            "||Phi - Gamma||_inf is within s r'^alpha for the lower bound r' of the semi-norm (0 if none is given).\n");
    } else if (hall) {
        rc_words_printf(x->w, "The parametrizations within N* are the permutations of %s. Its neurons ",
                        named(x, "theta"));
        rc_words_put_list(x->w, json_object_get(hall, "theta"));
        rc_words_printf(x->w, " are at distance at least ");
        rc_words_put_number(x->w, json_object_get(hall, "bound"));
        rc_words_printf(x->w, " from all neurons of %s", named(x, "gamma"));
        if (json_array_size(json_object_get(hall, "gamma")) > 0) {
            rc_words_put(x->w, " but ");
            rc_words_put_list(x->w, json_object_get(hall, "gamma"));
            rc_words_put(x->w, ", which are too few");
        }
        rc_words_put(x->w, ". That exceeds s R^alpha for the upper bound R of the semi-norm.\n");
    } else if (x->proved) {
        put_distance_upper(x, distance, named(x, "theta"));
        rc_words_put(x->w, "That is within s r'^alpha for the lower bound r' of the semi-norm (0 if none is given).\n");
    } else {
        put_distance_lower(x, distance, named(x, "theta"));
        rc_words_put(x->w, "That exceeds s R^alpha for the upper bound R of the semi-norm.\n");
    }
}

static void explain_supnorm(const rc_explanation *x, const char *f)
{
    const json_t *lower = get(x, "lower"), *upper = get(x, "upper");
    if (lower) {
        rc_words_printf(x->w, "Lower bound: the value of f = %s at the point ", f);
        rc_words_put_point(x->w, json_object_get(lower, "x"));
        rc_words_put(x->w, " of the closed box.\n");
    }
    if (upper) {
        rc_words_put(x->w, "Upper bound ");
        rc_words_put_number(x->w, json_object_get(upper, "bound"));
        rc_words_printf(x->w,
                        ": a decision tree with %zu leaves; in each, multipliers of the signed forms prove M - f >= 0 "
                        "and M + f >= 0 on "
                        "the cell within the box, for every output.\n",
                        count_stops(json_object_get(upper, "tree")));
    }
}

static void explain_cells(const rc_explanation *x)
{
    const json_t *components = get(x, "components");
    size_t largest = 0;
    for (size_t c = 0; c < json_array_size(components); c++) {
        size_t n = json_array_size(json_array_get(components, c));
        if (n > largest) largest = n;
    }
    rc_words_printf(x->w,
                    "The distinct hyperplanes fall into %zu independent component%s, the largest of %zu; the cells of "
                    "each are counted by "
                    "deletion and restriction, and the counts multiplied.\n",
                    json_array_size(components), json_array_size(components) == 1 ? "" : "s", largest);
}

/* Does one of the networks, or the arrangement, have biases? */
static bool has_biases(const rc_explanation *x)
{
    const json_t *of = json_object_get(x->statement, "of");
    const char *name;
    json_t *network;
    bool biases = json_object_get(of, "offsets") != NULL;
    json_object_foreach((json_t *) x->networks, name, network) biases |= json_object_get(network, "layers") != NULL;
    return biases;
}

static void explain_listing(const rc_explanation *x)
{
    const char *hash = json_string_value(get(x, "sha256"));
    bool halved = !has_biases(x);
    rc_words_put(x->w, "The file ");
    rc_words_put_number(x->w, get(x, "file"));
    rc_words_printf(x->w,
                    " beside the certificate, with SHA-256 %.64s, has %s records as there are cells. Each is an "
                    "ordered basis of signed hyperplanes and names a point with coordinates y_1 >> y_2 >> ... > 0, "
                    "so a cell; the cells are distinct%s, so they are all.\n",
                    hash ? hash : "?", halved ? "half as many" : "as many",
                    halved ? " up to sign, one of each antipodal pair" : "");
}

static void explain_unique(const rc_explanation *x)
{
    if (get(x, "flip-tree")) {
        rc_words_put(x->w, "Each neuron has an essential hyperplane of its own, so a parametrization is a choice of "
                           "orientations, an order and "
                           "scales; the flip tree leaves one choice of orientations only.\n");
    } else if (get(x, "twice")) {
        rc_words_put(x->w, "There are more neurons than essential hyperplanes. Which hyperplanes have two neurons, and "
                           "which of the other neurons are turned, is a finite choice; one alone gives the linear part, "
                           "and it leaves no neuron to spare: ");
        if (json_array_size(get(x, "twice")) > 0)
            rc_words_put(x->w, "two opposite neurons on the hyperplanes listed under `twice`, one on each other.\n");
        else
            rc_words_put(x->w, "one neuron on each hyperplane, and two opposite ones that add a linear function of "
                               "rank 1.\n");
    } else {
        rc_words_printf(
            x->w,
            "The certificate holds a network Phi with R(Phi) = R(%s) that has a dead neuron or other neurons, not just "
            "permuted and rescaled.\n",
            named(x, "of"));
    }
}

static void explain_regions(const rc_explanation *x)
{
    const json_t *tree = get(x, "tree");
    size_t stops = count_stops(tree), empty = count_empty(tree);
    rc_words_put(x->w, "The tree decides the hidden neurons of both networks in order, layer by layer, first as active, then as "
                       "not; where those before are decided, a pre-activation is affine, and if it is constant nothing is "
                       "to be decided. ");
    rc_words_printf(x->w, "It ends in %zu cell%s, on which the networks are the same affine function", stops,
                    stops == 1 ? "" : "s");
    if (empty > 0)
        rc_words_printf(x->w, ", and in %zu place%s where a positive combination of the signed pre-activations and 1 is 0, so "
                              "that no cell is there", empty, empty == 1 ? "" : "s");
    rc_words_put(x->w, ".\n");
}

void rc_explain_evidence(rc_explanation *x)
{
    char f[120];
    function_text(f, sizeof f, x);
    const char *kind = json_string_value(get(x, "kind"));
    if (kind == NULL) return;
    if (strcmp(kind, "canonical-form") == 0) {
        rc_words_put(
            x->w, "Both realizations have the same canonical form L x + sum gamma_H rho(<u_H, x>), which is unique.\n");
    } else if (strcmp(kind, "point") == 0) {
        rc_words_put(x->w, "The two realizations differ at x = ");
        rc_words_put_point(x->w, get(x, "x"));
        rc_words_put(x->w, ".\n");
    } else if (strcmp(kind, "regions") == 0) {
        explain_regions(x);
    } else if (strcmp(kind, "sup-norm") == 0) {
        explain_supnorm(x, f);
        return;
    } else if (strcmp(kind, "recount") == 0) {
        explain_cells(x);
    } else if (strcmp(kind, "listing") == 0) {
        explain_cells(x);
        explain_listing(x);
    } else if (strcmp(kind, "stability") == 0) {
        rc_explain_stability(x);
        return;
    } else if (strcmp(kind, "membership") == 0) {
        explain_membership(x);
    } else if (strcmp(kind, "hypothesis") == 0) {
        explain_hypothesis(x);
    } else if (strcmp(kind, "theorem-3.3") == 0) {
        put_matching(x);
        rc_words_put(
            x->w, "||Phi - Gamma||_inf <= 4 r'^{1/2} for the lower bound r' of the semi-norm (0 if none is given).\n");
    } else if (strcmp(kind, "theorem-3.1") == 0) {
        explain_theorem_31(x);
    } else if (strcmp(kind, "inverse-stable") == 0) {
        explain_stable(x);
    } else if (strcmp(kind, "distance") == 0) {
        explain_distance(x);
        return;
    } else if (strcmp(kind, "unique") == 0) {
        explain_unique(x);
    } else if (strcmp(kind, "embedding") == 0) {
        rc_words_put(x->w, "The certificate holds the network Gamma of Lemma A.6 (with C.2 mended): it is in N*, and "
                           "on the slice (x, 1, -1) its "
                           "canonical form is that of the given network.\n");
    } else if (strcmp(kind, "loss-box") == 0) {
        rc_words_put(x->w, "Interval arithmetic over the box bounds each output at each sample; the loss cannot fall "
                           "below that of the "
                           "network itself.\n");
    } else if (strcmp(kind, "loss-point") == 0) {
        rc_words_put(x->w, "The certificate holds a network in the open box with a smaller loss.\n");
    }
    put_lower(x, f);
    put_upper(x, f);
}
