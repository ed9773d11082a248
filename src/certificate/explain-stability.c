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
    if (json_object_get(upper, "weights")) {
        rc_words_put(x->w, "The matrix is the Hessian's for this bound, its second-order terms with the weights given.\n");
    }
}

/* The bounds of evidence `of` on `what`. */
static void put_bounds(rc_explanation *x, const char *what, const json_t *of)
{
    const json_t *lower = json_object_get(of, "lower"), *upper = json_object_get(of, "upper");
    if (lower) {
        put_bound(x, what, ">=", lower);
        rc_words_put(x->w, ": the quotient of the vector given.\n");
    }
    if (upper) {
        put_bound(x, what, "<=", upper);
        put_factor(x, upper);
    }
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
    put_bounds(x, "lambda_max", x->evidence);
    put_bounds(x, "lambda_max(Sigma_X)", part(x, "covariance"));
    if (part(x, "implementation")) {
        bool scaled = json_object_get(part(x, "implementation"), "scales") != NULL;
        rc_words_put(x->w, scaled ? "Its neurons can be rescaled by the scales given: then "
                                  : "The network given is another implementation of the same function, and of it ");
        put_bounds(x, "lambda_max", part(x, "implementation"));
    }
    if (part(x, "vectors")) {
        rc_words_printf(x->w,
                        "No rescaling has a smaller lambda_max than the bound of the %zu vector%s given (each square "
                        "completed).\n",
                        json_array_size(part(x, "vectors")), json_array_size(part(x, "vectors")) == 1 ? "" : "s");
    }
    if (part(x, "gradient")) {
        rc_words_printf(x->w, "inf ||grad f|| is bounded from below by a decision tree with %zu node%s over the knots.\n",
                        json_array_size(part(x, "gradient")), json_array_size(part(x, "gradient")) == 1 ? "" : "s");
    }
    if (part(x, "x")) {
        rc_words_put(x->w, "inf ||grad f|| is at most the gradient's norm at ");
        rc_words_put_point(x->w, part(x, "x"));
        if (!json_object_get(part(x, "covariance"), "upper")) {
            rc_words_put(x->w, ", and lambda_max(Sigma_X) at most the trace");
        }
        rc_words_put(x->w, ".\n");
    }
}
