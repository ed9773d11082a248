/* Local minima of the loss (7): section 5, loss-local-minimum. */

#include "check.h"

/* The largest value of σ c ρ(<a, x>) over all (a, c) within r of neuron i, output p of X. */
static number most(const network *X, size_t i, size_t p, mpq_t *x, number r, number sigma) {
    number center = integer(0), spread = center, zero = center, c = plus(times(sigma, entry(&X->c[i], p)), r);
    for (size_t k = 0; k < X->d; k++) {
        center = plus(center, times(entry(&X->a[i], k), rational(x[k])));
        spread = plus(spread, times(r, absolute(rational(x[k]))));
    }
    return larger(times(c, larger(minus(center, spread), zero)), times(c, larger(plus(center, spread), zero)));
}

/* (1/n) Σ_{j,p} dist(y_jp, range)²: for r = 0 the loss of X, else no more than that of any network
   within r of X. The distance is that from the upper end of the range, or (σ = -1) the lower, or 0. */
static number loss(const statement *s, const network *X, number r) {
    number total = integer(0);
    for (size_t j = 0; j < s->samples * X->D; j++) {
        number far = integer(0), gap;
        for (long sigma = -1; sigma <= 1; sigma += 2) {
            gap = times(integer(sigma), rational(s->y[j]));
            for (size_t i = 0; i < X->m; i++)
                gap = minus(gap, most(X, i, j % X->D, s->x + j / X->D * X->d, r, integer(sigma)));
            far = larger(far, gap);
        }
        total = plus(total, times(far, far));
    }
    return times(total, inverse(integer((long)s->samples)));
}

void check_loss(const statement *s, bool proved, value evidence) {
    const char *rule = s->claim->name;
    bool minimum = s->holds == proved;
    require(s->X->a[0].x == NULL, rule, evidence, "a claim that is not about all values");
    json_shape(rule, evidence, minimum ? "kind=loss-box" : "kind=loss-point network");
    value at = json_get(evidence, "network");
    const network *Y = minimum ? s->X : network_read_shape(rule, at, s->X->d, s->X->m, s->X->D);
    require(minimum || all_below(network_distance(s->X, Y), s->q, true), rule, at, "a network in the open box");
    number own = loss(s, s->X, integer(0)), other = loss(s, Y, minimum ? s->q : integer(0));
    if ((compare(other, own) >= 0) != minimum)
        reject(rule, minimum ? evidence : at, "expected a %s %s, found %s", minimum ? "bound >=" : "loss <",
               number_text(own), number_text(other));
}
