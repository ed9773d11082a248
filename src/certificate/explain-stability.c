/* The evidence of stability claims in words. */
#include <string.h>

#include "explain.h"

static void put_bound(rc_explanation *x, const char *what, const char *relation, const json_t *evidence)
{
    rc_words_printf(x->w, "%s %s ", what, relation);
    rc_words_put_number(x->w, json_object_get(evidence, "bound"));
}

static void put_factor(rc_explanation *x, const json_t *upper)
{
    size_t n = json_array_size(json_object_get(upper, "factor"));
    rc_words_printf(x->w,
                    ": with the %zu x %zu factor L given, what is left of bound times identity minus the matrix after "
                    "L L^T is diagonally dominant, so the difference is positive semi-definite.\n",
                    n, n);
}

static const json_t *part(const rc_explanation *x, const char *key)
{
    return json_object_get(x->evidence, key);
}

void rc_explain_stability(rc_explanation *x)
{
    const json_t *refuted = part(x, "part");
    if (json_is_string(refuted)) {
        rc_words_printf(x->w, "What is false is its part %.60s", json_string_value(refuted));
        rc_words_put(x->w, json_object_size(x->evidence) == 2
                               ? ": a norm computed from network and data, or a hypothesis that fails, says so.\n"
                               : ".\n");
    } else if (json_object_size(x->evidence) == 1) {
        rc_words_put(x->w, "Residuals, knots and norms, sums of square roots, are computed from network and data; the "
                           "statement follows by comparing them.\n");
    }
    if (part(x, "lower")) {
        put_bound(x, "lambda_max", ">=", part(x, "lower"));
        rc_words_put(x->w, ": the quotient of the vector given.\n");
    }
    if (part(x, "upper")) {
        put_bound(x, "lambda_max", "<=", part(x, "upper"));
        put_factor(x, part(x, "upper"));
    }
    if (part(x, "x")) {
        rc_words_put(x->w, "lambda_max(Sigma_X) is at most the trace, and inf ||grad f|| at most the gradient's norm at ");
        rc_words_put_point(x->w, part(x, "x"));
        rc_words_put(x->w, ".\n");
    }
}
