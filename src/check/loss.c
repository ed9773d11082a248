/* Local minima of the loss (7): section 5, loss-local-minimum. */

#include "check.h"

/* Adds to low..high the range of c ρ(<a, x>) over all (a, c) within r of neuron i, output p of X. */
static void add_range(mpq_t low, mpq_t high, const network *X, size_t i, size_t p, mpq_t *x, number r) {
    number center = integer(0), spread = integer(0), least = NULL, most = NULL;
    NEW_Q(q);
    for (size_t k = 0; k < X->d; k++) {
        center = plus(center, times(entry(&X->a[i], k), rational(x[k])));
        spread = plus(spread, absolute(times(r, rational(x[k]))));
    }
    for (int s = 0; s < 4; s++) {
        number z = larger((s < 2 ? minus : plus)(center, spread), integer(0));
        number y = times(z, (s % 2 == 0 ? minus : plus)(entry(&X->c[i], p), r));
        least = least == NULL || compare(y, least) < 0 ? y : least;
        most = most == NULL ? y : larger(most, y);
    }
    get_rational(q, least);
    mpq_add(low, low, q);
    get_rational(q, most);
    mpq_add(high, high, q);
}

/* (1/n) Σ_{j,p} dist(y_jp, range)²: for r = 0 the loss of X, else no more than that of any network
   within r of X. */
static number loss(const statement *s, const network *X, number r) {
    NEW_Q(total);
    NEW_Q(low);
    NEW_Q(high);
    for (size_t j = 0; j < s->samples * X->D; j++) {
        mpq_set_ui(low, 0, 1);
        mpq_set_ui(high, 0, 1);
        for (size_t i = 0; i < X->m; i++) add_range(low, high, X, i, j % X->D, s->x + j / X->D * X->d, r);
        mpq_sub(low, low, s->y[j]);
        mpq_sub(high, s->y[j], high);
        if (mpq_cmp(low, high) < 0) mpq_swap(low, high);
        if (mpq_sgn(low) > 0) mpq_mul(low, low, low);
        if (mpq_sgn(low) > 0) mpq_add(total, total, low);
    }
    mpz_mul_ui(mpq_denref(total), mpq_denref(total), (unsigned long)s->samples);
    mpq_canonicalize(total);
    return rational(total);
}

void check_loss(const statement *s, bool proved, value evidence) {
    const char *rule = s->claim->name;
    value at = json_get(evidence, "network");
    number own = loss(s, s->X, integer(0)), other;
    network *Y;
    json_shape(rule, evidence, s->holds == proved ? "kind=loss-box" : "kind=loss-point network");
    if (s->holds == proved) {
        other = loss(s, s->X, s->q);
        if (compare(other, own) < 0)
            reject(rule, evidence, "expected a bound >= %s, found %s", number_text(own), number_text(other));
        return;
    }
    Y = network_read_shape(rule, at, s->X->d, s->X->m, s->X->D);
    if (compare(network_distance(s->X, Y), s->q) >= 0) expected(rule, at, "a network in the open box");
    other = loss(s, Y, integer(0));
    if (compare(other, own) >= 0)
        reject(rule, at, "expected a loss < %s, found %s", number_text(own), number_text(other));
}
