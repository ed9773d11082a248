/* A certificate in words: the document, its instances, and the lines' width. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"

#define COLUMNS 100

/* Breaks the paragraphs of `text` (lines) at blanks, so that lines fit COLUMNS where they can; continuation lines keep
   the paragraph's margin. */
static char *wrap(const char *text)
{
    rc_words_t w;
    rc_words_init(w);
    while (*text) {
        size_t margin = strspn(text, " "), column = 0;
        for (; *text && *text != '\n'; column++) {
            size_t blanks = strspn(text, " "), word = strcspn(text + blanks, " \n");
            if (column > margin && column + blanks + word > COLUMNS) {
                rc_words_printf(w, "\n%*s%.*s", (int) margin, "", (int) word, text + blanks);
                column = margin + word - 1;
            } else {
                rc_words_printf(w, "%.*s", (int) (blanks + word), text);
                column += blanks + word - 1;
            }
            text += blanks + word;
        }
        rc_words_put(w, "\n");
        if (*text) text++;
    }
    return rc_words_take(w);
}

/* Puts four blanks before each line of `text`. */
static void put_indented(rc_words_t w, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        rc_words_printf(w, "    %.*s\n", (int) n, text);
        text += n + (text[n] == '\n');
    }
}

static const char *string_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : "?";
}

static bool is_verdict(const char *text)
{
    return strcmp(text, "proved") == 0 || strcmp(text, "refuted") == 0;
}

static rc_status read_head(rc_claim_kind *kind, const json_t *doc, const char *where, rc_error_struct *err)
{
    if (!json_is_object(doc) || strcmp(string_of(doc, "format"), RC_CERTIFICATE_FORMAT) != 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: not a certificate (\"format\" is not \"%s\")", where,
                            RC_CERTIFICATE_FORMAT);
    }
    const json_t *version = json_object_get(doc, "version");
    if (!json_is_integer(version) || json_integer_value(version) != RC_CERTIFICATE_VERSION) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: version: expected %d", where, RC_CERTIFICATE_VERSION);
    }
    if (!rc_claim_kind_find(kind, string_of(doc, "claim"))) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: claim: unknown kind \"%.60s\"", where, string_of(doc, "claim"));
    }
    if (!is_verdict(string_of(doc, "verdict"))) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: verdict: expected \"proved\" or \"refuted\"", where);
    }
    if (json_array_size(json_object_get(doc, "instances")) == 0) {
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: instances: expected a list of at least one", where);
    }
    return RC_OK;
}

static rc_status read_named(rc_network_t net, const json_t *networks, const char *name, const char *where,
                            rc_error_struct *err)
{
    const json_t *value = json_object_get(networks, name);
    char place[300];
    snprintf(place, sizeof place, "%.200s: network %.60s", where, name);
    if (value == NULL) return rc_error_set(err, RC_BAD_INPUT, "%s: not given", place);
    return rc_read_network(net, value, NULL, place, err);
}

/* The names of the networks of the statement's f; NULL where there is none. */
static void function_names(const char *name[2], const json_t *statement)
{
    const json_t *of = json_object_get(statement, "of");
    name[0] = name[1] = NULL;
    if (json_is_string(of)) {
        name[0] = json_string_value(of);
    } else if (json_is_array(of)) {
        name[0] = json_string_value(json_array_get(of, 0));
        name[1] = json_string_value(json_array_get(of, 1));
    } else if (json_object_get(statement, "theta")) {
        name[0] = json_string_value(json_object_get(statement, "gamma"));
        name[1] = json_string_value(json_object_get(statement, "theta"));
    }
}

/* f of the claim, for the numbers told; claims that are not about one go without. */
static rc_status read_function(rc_explanation *x, const char *where, rc_error_struct *err)
{
    const char *name[2];
    function_names(name, x->statement);
    if (name[0] == NULL ||
        (json_object_get(x->evidence, "lower") == NULL && json_object_get(x->evidence, "upper") == NULL)) {
        return RC_OK;
    }
    rc_network_t X, Y;
    rc_network_init(X, RC_SHALLOW, 1, 1, 1);
    rc_network_init(Y, RC_SHALLOW, 1, 1, 1);
    rc_status status = read_named(X, x->networks, name[0], where, err);
    if (status == RC_OK && name[1]) status = read_named(Y, x->networks, name[1], where, err);
    if (status == RC_OK && (X->kind == RC_DEEP || Y->kind == RC_DEEP || (name[1] && (X->d != Y->d || X->D != Y->D)))) {
        status = rc_error_set(err, RC_BAD_INPUT, "%.200s: the networks do not fit the statement", where);
    }
    if (status == RC_OK) {
        if (name[1]) rc_canonical_set_difference(x->f, X, Y);
        else rc_canonical_set_network(x->f, X);
        x->has_function = true;
    }
    rc_network_clear(Y);
    rc_network_clear(X);
    return status;
}

/* A network with another number of layers than two. */
static void put_deep_shape(rc_words_t w, const char *name, const json_t *layers)
{
    size_t depth = json_array_size(layers), hidden = 0, n = 0;
    const json_t *first = json_object_get(json_array_get(layers, 0), "A");
    for (size_t l = 0; l < depth; l++) {
        hidden += n;
        n = json_array_size(json_object_get(json_array_get(layers, l), "A"));
    }
    rc_words_printf(w, "%.60s (d = %zu, %zu neuron%s in %zu hidden layer%s, D = %zu)", name,
                    json_array_size(json_array_get(first, 0)), hidden, hidden == 1 ? "" : "s", depth - (depth > 0),
                    depth == 2 ? "" : "s", n);
}

static void put_shape(rc_words_t w, const char *name, const json_t *network)
{
    const json_t *layers = json_object_get(network, "layers"), *first = layers ? json_array_get(layers, 0) : network;
    if (layers && json_array_size(layers) != 2) {
        put_deep_shape(w, name, layers);
        return;
    }
    const json_t *A = json_object_get(first, "A"),
                 *C = layers ? json_object_get(json_array_get(layers, 1), "A") : json_object_get(network, "C");
    size_t m = json_array_size(A), d = json_array_size(json_array_get(A, 0));
    size_t D = json_is_array(json_array_get(C, 0)) ? json_array_size(C) : 1;
    rc_words_printf(w, "%.60s (d = %zu, m = %zu, D = %zu%s)", name, d, m, D, layers ? ", with biases" : "");
}

static void put_instance_head(rc_words_t w, rc_claim_kind kind, const json_t *instance)
{
    const json_t *parameters = json_object_get(instance, "parameters"),
                 *networks = json_object_get(instance, "networks");
    const char *name;
    json_t *value;
    bool first = true;
    json_object_foreach((json_t *) parameters, name, value)
    {
        const json_t *from = json_object_get(value, "integer-from"), *above = json_object_get(value, "real-above");
        bool range = json_is_object(value);
        rc_words_printf(w, "%s%.60s %s ", first ? (range ? "For all " : "At ") : ", ", name,
                        from ? ">=" : above ? ">" : "=");
        rc_words_put_number(w, from ? from : above ? above : value);
        first = false;
    }
    if (!first) rc_words_put(w, ": ");
    char *statement = rc_statement_get_str(kind, json_object_get(instance, "statement"));
    rc_words_printf(w, "%s\n", statement);
    free(statement);
    rc_words_printf(w, "  %s", strcmp(string_of(instance, "verdict"), "proved") == 0 ? "PROVED." : "REFUTED.");
    first = true;
    json_object_foreach((json_t *) networks, name, value)
    {
        rc_words_put(w, first ? " Networks: " : ", ");
        put_shape(w, name, value);
        first = false;
    }
    rc_words_put(w, first ? "\n" : ".\n");
}

/* "[1, 2]" or "(1, k)" of a list. */
static void put_list(rc_words_t w, const json_t *list)
{
    rc_words_put(w, "(");
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i > 0) rc_words_put(w, ", ");
        rc_words_put_number(w, json_array_get(list, i));
    }
    rc_words_put(w, ")");
}

static void put_family(rc_words_t w, const json_t *evidence)
{
    const json_t *lower = json_object_get(evidence, "lower"), *upper = json_object_get(evidence, "upper");
    rc_words_put(w, "    Every comparison is one of rational functions of the parameters. With each parameter written as "
                    "the end of its range plus a shift, no coefficient has the wrong sign; relucert-check recomputes "
                    "them.\n");
    if (json_object_get(lower, "x")) {
        rc_words_put(w, "    Lower bound: the point x = ");
        put_list(w, json_object_get(lower, "x"));
        rc_words_put(w, " is on no hyperplane for any values, and some entry of the gradient there "
                        "is large enough.\n");
    } else if (lower) {
        rc_words_put(w, "    Lower bound: the lines of g's neurons ");
        put_list(w, json_object_get(lower, "hyperplanes"));
        rc_words_put(w, " need neurons of their own, and none is near them but ");
        put_list(w, json_object_get(lower, "neurons"));
        rc_words_put(w, ", which are fewer.\n");
    }
    if (json_object_get(upper, "matching")) {
        rc_words_put(w, "    Upper bound: g's own neurons in the order ");
        put_list(w, json_object_get(upper, "matching"));
        rc_words_put(w, " are as near as that.\n");
    } else if (upper) {
        rc_words_put(w, "    Upper bound: each entry of the gradient is at most L plus the jumps that are >= 0.\n");
    }
}

static rc_status put_instance(rc_words_t w, rc_claim_kind kind, const json_t *instance, const char *where,
                              rc_error_struct *err)
{
    rc_words_t inner;
    rc_words_init(inner);
    rc_explanation x = {inner,
                        kind,
                        json_object_get(instance, "statement"),
                        json_object_get(instance, "networks"),
                        json_object_get(instance, "evidence"),
                        strcmp(string_of(instance, "verdict"), "proved") == 0,
                        false,
                        {{0}}};
    if (strcmp(string_of(x.evidence, "kind"), "family") == 0) {
        free(rc_words_take(inner));
        put_instance_head(w, kind, instance);
        put_family(w, x.evidence);
        return RC_OK;
    }
    if (!json_is_object(x.statement) || !json_is_object(x.networks) || !json_is_object(x.evidence)) {
        free(rc_words_take(inner));
        return rc_error_set(err, RC_BAD_INPUT, "%.200s: expected networks, statement and evidence", where);
    }
    rc_canonical_init(x.f);
    rc_status status = read_function(&x, where, err);
    if (status == RC_OK) {
        put_instance_head(w, kind, instance);
        rc_explain_evidence(&x);
    }
    rc_canonical_clear(x.f);
    char *text = rc_words_take(inner);
    put_indented(w, text);
    free(text);
    return status;
}

rc_status rc_certificate_explain(char **text, const json_t *doc, const char *where, rc_error_struct *err)
{
    rc_claim_kind kind;
    rc_status status = read_head(&kind, doc, where, err);
    if (status != RC_OK) return status;
    const json_t *instances = json_object_get(doc, "instances");
    rc_words_t w;
    rc_words_init(w);
    rc_words_printf(w, "Case %s, claim %s (%s): %s%s\n", string_of(doc, "case"), string_of(doc, "id"),
                    rc_claim_kind_name(kind), string_of(doc, "verdict"),
                    json_array_size(instances) > 1 ? " in each of these instances" : "");
    for (size_t i = 0; i < json_array_size(instances) && status == RC_OK; i++) {
        char place[300];
        snprintf(place, sizeof place, "%.200s: instance %zu", where, i + 1);
        rc_words_put(w, "\n");
        status = put_instance(w, kind, json_array_get(instances, i), place, err);
    }
    char *whole = rc_words_take(w);
    if (status == RC_OK) *text = wrap(whole);
    free(whole);
    return status;
}
