/* Statements as the papers print them. */
#include <stdlib.h>
#include <string.h>

#include "relucert/certificate.h"
#include "words.h"

static const char *text_of(const json_t *fields, const char *key)
{
    const json_t *value = json_object_get(fields, key);
    return json_is_string(value) ? json_string_value(value) : "?";
}

static const char *entry_of(const json_t *list, size_t i)
{
    const json_t *value = json_array_get(list, i);
    return json_is_string(value) ? json_string_value(value) : "?";
}

/* The number, in parentheses where it is a sum or quotient that would read wrongly as a factor or end point. */
static void put_factor(rc_words_t w, const json_t *value, const char *operators)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    bool compound =
        *text && strpbrk(text + 1, operators) && !(*text == '(' && strchr(text, ')') == text + strlen(text) - 1);
    if (compound) rc_words_put(w, "(");
    rc_words_put_number(w, value);
    if (compound) rc_words_put(w, ")");
}

/* Is the value the number 1? */
static bool is_one(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value) == 1
                                  : json_is_string(value) && strcmp(json_string_value(value), "1") == 0;
}

/* R(X), or R(X) - R(Y). */
static void put_function(rc_words_t w, const json_t *fields)
{
    const json_t *of = json_object_get(fields, "of");
    if (json_is_array(of)) rc_words_printf(w, "R(%s) - R(%s)", entry_of(of, 0), entry_of(of, 1));
    else rc_words_printf(w, "R(%s)", text_of(fields, "of"));
}

static void put_comparison(rc_words_t w, const json_t *fields)
{
    static const char *const keys[] = {"equals", "at-most", "at-least"};
    static const char *const signs[] = {" = ", " <= ", " >= "};
    for (size_t i = 0; i < 3; i++) {
        const json_t *value = json_object_get(fields, keys[i]);
        if (value == NULL) continue;
        rc_words_put(w, signs[i]);
        rc_words_put_number(w, value);
    }
}

static bool holds(const json_t *fields)
{
    return !json_is_false(json_object_get(fields, "holds"));
}

static void put_cells(rc_words_t w, const json_t *fields)
{
    const json_t *of = json_object_get(fields, "of"), *count = json_object_get(fields, "equals");
    size_t forms = json_array_size(json_object_get(of, "normals"));
    if (json_is_array(of))
        rc_words_printf(w, "the common arrangement of %s and %s has ", entry_of(of, 0), entry_of(of, 1));
    else if (json_is_string(of)) rc_words_printf(w, "the arrangement of %s has ", json_string_value(of));
    else rc_words_printf(w, "the arrangement of %zu form%s has ", forms, forms == 1 ? "" : "s");
    rc_words_put_number(w, count);
    rc_words_put(w, is_one(count) ? " cell" : " cells");
}

static void put_difference_norm(rc_words_t w, const json_t *fields)
{
    rc_words_printf(w, "|R(%s) - R(%s)|_{W^{1,inf}}", text_of(fields, "theta"), text_of(fields, "gamma"));
}

static void put_theorem_31(rc_words_t w, const json_t *fields)
{
    const char *gamma = text_of(fields, "gamma"), *theta = text_of(fields, "theta");
    rc_words_printf(w, "Theorem 3.1: C.1-C.3 for %s, %s, and ||Phi - %s||_inf <= ", gamma, theta, gamma);
    rc_words_put_number(w, json_object_get(fields, "beta"));
    rc_words_put(w, " + 2 ");
    put_difference_norm(w, fields);
    rc_words_printf(w, "^{1/2} for some Phi with R(Phi) = R(%s)", theta);
}

static void put_theorem_33(rc_words_t w, const json_t *fields)
{
    const char *gamma = text_of(fields, "gamma"), *theta = text_of(fields, "theta");
    rc_words_printf(w, "Theorem 3.3: %s, %s in N*, and ||Phi - %s||_inf <= 4 ", gamma, theta, gamma);
    put_difference_norm(w, fields);
    rc_words_printf(w, "^{1/2} for some Phi in N* with R(Phi) = R(%s)", theta);
}

static void put_inverse_stable(rc_words_t w, const json_t *fields)
{
    const char *gamma = text_of(fields, "gamma"), *theta = text_of(fields, "theta");
    const json_t *alpha = json_object_get(fields, "alpha"), *s = json_object_get(fields, "s");
    bool star = strcmp(text_of(fields, "within"), "N*") == 0;
    if (star) rc_words_printf(w, "%s, %s in N*, and ", gamma, theta);
    rc_words_printf(w, "||Phi - %s||_inf <= ", gamma);
    if (!is_one(s)) {
        put_factor(w, s, "+-");
        rc_words_put(w, " ");
    }
    put_difference_norm(w, fields);
    if (!is_one(alpha)) {
        rc_words_put(w, "^{");
        rc_words_put_number(w, alpha);
        rc_words_put(w, "}");
    }
    rc_words_printf(w, " for some Phi in %s with R(Phi) = R(%s)", star ? "N*" : "N", theta);
}

/* of: a claim's id, or its fields. */
static void put_limit(rc_words_t w, const json_t *fields)
{
    const json_t *of = json_object_get(fields, "of"), *kind = json_object_get(of, "claim");
    rc_claim_kind found;
    rc_words_put(w, "the value of ");
    if (json_is_string(kind) && rc_claim_kind_find(&found, json_string_value(kind)) && found != RC_CLAIM_LIMIT) {
        char *text = rc_statement_get_str(found, of);
        rc_words_put(w, text);
        free(text);
    } else {
        rc_words_printf(w, "claim %s", text_of(fields, "of"));
    }
    rc_words_put(w, " tends to ");
    rc_words_put_number(w, json_object_get(fields, "equals"));
    rc_words_put(w, " as the integer parameter grows");
}

char *rc_statement_get_str(rc_claim_kind kind, const json_t *fields)
{
    rc_words_t w;
    rc_words_init(w);
    const json_t *of = json_object_get(fields, "of");
    switch (kind) {
    case RC_CLAIM_EQUAL:
        rc_words_printf(w, "R(%s) %s R(%s)", entry_of(of, 0), holds(fields) ? "=" : "!=", entry_of(of, 1));
        break;
    case RC_CLAIM_SEMI_NORM:
        rc_words_put(w, "|");
        put_function(w, fields);
        rc_words_put(w, "|_{W^{1,inf}}");
        put_comparison(w, fields);
        break;
    case RC_CLAIM_SUP_NORM:
        rc_words_put(w, "sup ||");
        put_function(w, fields);
        rc_words_put(w, "||_inf on (-");
        put_factor(w, json_object_get(fields, "box"), "+-");
        rc_words_put(w, ", ");
        put_factor(w, json_object_get(fields, "box"), "+-");
        rc_words_put(w, ")^d");
        put_comparison(w, fields);
        break;
    case RC_CLAIM_CELLS: put_cells(w, fields); break;
    case RC_CLAIM_MEMBER:
        rc_words_printf(w, "%s is %s%s", text_of(fields, "of"), holds(fields) ? "in " : "not in ",
                        text_of(fields, "space"));
        break;
    case RC_CLAIM_THEOREM_33: put_theorem_33(w, fields); break;
    case RC_CLAIM_THEOREM_31: put_theorem_31(w, fields); break;
    case RC_CLAIM_INVERSE_STABLE: put_inverse_stable(w, fields); break;
    case RC_CLAIM_DISTANCE:
        rc_words_printf(w, "dist(%s, R(%s))", text_of(fields, "gamma"), text_of(fields, "g"));
        put_comparison(w, fields);
        break;
    case RC_CLAIM_UNIQUE:
        rc_words_printf(w, "%s is %sthe only parametrization of R(%s), up to permutation and positive scales",
                        text_of(fields, "of"), holds(fields) ? "" : "not ", text_of(fields, "of"));
        break;
    case RC_CLAIM_EMBEDDING:
        rc_words_printf(w, "Lemma A.6: some Gamma in N*_(d+2,m+1,D) has R(Gamma)(x, 1, -1) = R(%s)(x)",
                        text_of(fields, "of"));
        break;
    case RC_CLAIM_LOSS_LOCAL_MINIMUM:
        rc_words_printf(w, "%s is %sa minimum of the loss over the open box of radius ", text_of(fields, "network"),
                        holds(fields) ? "" : "not ");
        rc_words_put_number(w, json_object_get(fields, "radius"));
        break;
    case RC_CLAIM_LIMIT: put_limit(w, fields); break;
    case RC_CLAIM_STABILITY: rc_words_put_stability(w, fields); break;
    }
    return rc_words_take(w);
}
