/* The spaces N', N* and their conditions: sections 4 (OFFENDER) and 5 (member). */

#include "check.h"

/* A pair of one line shows up among the first neurons of each network and direction on it, or as a
   second one of these. */
bool proportional(const network *X, const network *Y, int direction, size_t *i, size_t *j) {
    size_t n = X->m + (X != Y ? Y->m : 0), end;
    const member *list = sorted_neurons(X, X != Y ? Y : NULL, X->d), *one, *two;
    for (size_t begin = 0; begin < n; begin = end) {
        const member *first[2][2] = {{NULL, NULL}, {NULL, NULL}};    /* [network][direction] */
        end = group_end(list, n, begin);
        for (size_t k = begin; k < end && !is_zero(&list[k].X->a[list[k].i]); k++) {
            bool up = mpq_sgn(list[k].X->a[list[k].i].t) > 0;
            one = first[X != Y && !list[k].second][direction > 0 ? up : !up];
            two = &list[k];
            if (first[list[k].second][up] == NULL) first[list[k].second][up] = two;
            if (one == NULL) continue;
            *i = (X == Y ? one->i < two->i : !one->second) ? one->i + 1 : two->i + 1;
            *j = one->i + two->i + 2 - *i;
            return true;
        }
    }
    return false;
}

void check_pair(value v, const network *X, const network *Y, int direction) {
    value at = json_list_of("OFFENDER", v, 2);
    size_t i = json_index("OFFENDER", at, 1, X->m), j;
    j = json_index("OFFENDER", json_next(at), X == Y ? i + 1 : 1, Y->m);
    if (compare_vectors(X->a[i - 1].u, Y->a[j - 1].u, X->d) != 0 ||
        mpq_sgn(X->a[i - 1].t) * mpq_sgn(Y->a[j - 1].t) != direction)
        expected("OFFENDER", v, "%s proportional neurons", direction > 0 ? "positively" : "negatively");
}

static bool balanced(const network *X, size_t i) {
    return compare(norm(&X->a[i], X->d), norm(&X->c[i], X->D)) == 0;
}

/* Are the last two entries of a_i positive? */
static bool positive_end(const network *X, size_t i) {
    const ray *a = &X->a[i];
    return mpz_sgn(a->u[X->d - 1]) * mpq_sgn(a->t) > 0 && mpz_sgn(a->u[X->d - 2]) * mpq_sgn(a->t) > 0;
}

/* N' (36): balanced, C.2. N* (37): moreover the last two entries of each a_i are positive. */
void check_member(const char *rule, value at, const network *X, bool star) {
    size_t i, j;
    if (star && X->d < 2) reject(rule, at, "expected d >= 2 for N*, found 1");
    for (i = 0; i < X->m; i++) {
        if (!balanced(X, i)) reject(rule, at, "expected balanced neurons, found neuron %zu", i + 1);
        if (star && !positive_end(X, i))
            reject(rule, at, "expected positive last entries, found neuron %zu", i + 1);
    }
    if (proportional(X, X, 1, &i, &j)) reject(rule, at, "expected C.2, found neurons %zu, %zu against it", i, j);
}

void check_offender(value v, const network *X, bool star) {
    value condition = json_get(v, "condition"), neurons = json_get(v, "neurons");
    bool balance = json_is(condition, "balance");
    size_t i;
    json_shape("OFFENDER", v, "condition neurons");
    if (star && X->d < 2) reject("OFFENDER", v, "expected d >= 2 for N*, found 1");
    if (json_is(condition, "C.2")) {
        check_pair(neurons, X, X, 1);
        return;
    }
    require(balance || (star && json_is(condition, "positivity")), "OFFENDER", condition, "a condition");
    i = json_index("OFFENDER", json_list_of("OFFENDER", neurons, 1), 1, X->m) - 1;
    require(balance ? !balanced(X, i) : !positive_end(X, i), "OFFENDER", neurons, "a neuron against it");
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
