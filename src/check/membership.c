/* The spaces N', N* and their conditions: sections 4 (OFFENDER) and 5 (member). */

#include "check.h"

/* Is it known that the neurons are (no) such pair, for all values? */
static bool is_pair(const network *X, size_t i, const network *Y, size_t j, int sigma) {
    return direction(&X->a[i - 1], &Y->a[j - 1], X->d) == sigma;
}

static bool is_no_pair(const network *X, size_t i, const network *Y, size_t j, int sigma) {
    const ray *a = &X->a[i - 1], *b = &Y->a[j - 1];
    bool zeros = true, zero = true;
    if (a->x == NULL) return !is_pair(X, i, Y, j, sigma);
    for (size_t k = 0; k < X->d; k++) {
        if (side(a->x[k]) * side(b->x[k]) == -sigma) return true;
        zeros = zeros && is_null(a->x[k]);
        zero = zero && is_null(b->x[k]);
    }
    return zeros || zero || apart(a, b, X->d);
}

bool proportional(const network *X, const network *Y, int sigma, size_t *i, size_t *j) {
    for (*i = 1; *i <= X->m; ++*i)
        for (*j = X == Y ? *i + 1 : 1; *j <= Y->m; ++*j)
            if (!is_no_pair(X, *i, Y, *j, sigma)) return true;
    return false;
}

void check_pair(value v, const network *X, const network *Y, int sigma) {
    value at = json_list_of("OFFENDER", v, 2);
    size_t i = json_index("OFFENDER", at, 1, X->m);
    size_t j = json_index("OFFENDER", json_next(at), X == Y ? i + 1 : 1, Y->m);
    require(is_pair(X, i, Y, j, sigma), "OFFENDER", v, "%s proportional neurons",
            sigma > 0 ? "positively" : "negatively");
}

/* Is one of the first always >= (strictly: >) all of the others? */
static bool dominates(values x, values y, bool strict) {
    for (size_t k = 0; k < x.n; k++)
        if (all_below(y, x.x[k], strict)) return true;
    return false;
}

static bool covers(values x, values y) {
    for (size_t k = 0; k < y.n; k++)
        if (!some_above(x, y.x[k], false)) return false;
    return true;
}

static bool is_balanced(const network *X, size_t i, bool known) {
    values a = norm(&X->a[i], X->d), c = norm(&X->c[i], X->D);
    return known ? covers(a, c) && covers(c, a) : dominates(a, c, true) || dominates(c, a, true);
}

/* Is neuron i known to have positive last two entries of a_i; to have one that is not? */
static bool is_positive(const network *X, size_t i, bool known) {
    number zero = integer(0), a = entry(&X->a[i], X->d - 1), b = entry(&X->a[i], X->d - 2);
    return known ? exceeds(a, zero) && exceeds(b, zero) : at_least(zero, a) || at_least(zero, b);
}

/* N' (36): balanced, C.2. N* (37): moreover the last two entries of each a_i are positive. */
void check_member(const char *rule, value at, const network *X, bool star) {
    size_t i, j;
    if (star && X->d < 2) reject(rule, at, "expected d >= 2 for N*, found 1");
    for (i = 0; i < X->m; i++) {
        if (!is_balanced(X, i, true)) reject(rule, at, "expected balanced neurons, found neuron %zu", i + 1);
        if (star && !is_positive(X, i, true)) reject(rule, at, "expected positive ends, found neuron %zu", i + 1);
    }
    if (proportional(X, X, 1, &i, &j)) reject(rule, at, "expected C.2, found neurons %zu, %zu against it", i, j);
}

void check_offender(value v, const network *X, bool star) {
    value condition = json_get(v, "condition"), neurons = json_get(v, "neurons");
    bool pair = json_is(condition, "C.2"), balance = json_is(condition, "balance");
    json_shape("OFFENDER", v, "condition neurons");
    if (star && X->d < 2) reject("OFFENDER", v, "expected d >= 2 for N*, found 1");
    require(pair || balance || (star && json_is(condition, "positivity")), "OFFENDER", condition, "a condition");
    if (pair) check_pair(neurons, X, X, 1);
    else require((balance ? is_balanced : is_positive)(X, json_index("OFFENDER", json_list_of("OFFENDER", neurons, 1), 1,
                 X->m) - 1, false), "OFFENDER", neurons, "a neuron against it");
}

void check_hall(const char *rule, value rows, size_t most, value neurons, const network *X,
                bool (*far)(const void *context, size_t row, size_t i), const void *context) {
    size_t S, N, *row = json_indices(rule, rows, most, &S), *neuron = json_indices(rule, neurons, X->m, &N);
    bool *listed = memory_new(X->m + 1, sizeof *listed);
    if (N >= S) reject(rule, neurons, "expected fewer than %zu, found %zu", S, N);
    for (size_t k = 0; k < N; k++) listed[neuron[k]] = true;
    for (size_t k = 0; k < S * X->m; k++) {
        void *mark = memory_mark();
        if (!listed[k % X->m + 1] && !far(context, row[k / X->m], k % X->m))
            reject(rule, rows, "expected a cost >= the bound, found less for %zu and neuron %zu of gamma",
                   row[k / X->m], k % X->m + 1);
        memory_release(mark);
    }
}
