/* Stability of minima: section 5, stability. */

#include "check.h"

#define RULE "stability"

/* The parts of a claim; for each a statement has 0 or the index of a word, and the number that is compared with. */
enum { LAMBDA, FLATTEST, NORMS, GRADIENT = NORMS + 5, BOUND, THEOREM_1 = BOUND + 3, STABLE, THEOREM_3, LEMMA_2, LEMMA_3, PARTS };
enum { EQUALS = 1, AT_MOST, AT_LEAST, FALSE, TRUE };
static const char *const words[] = {"", "equals", "at-most", "at-least", "false", "true"};
static const char *const parts[] = {"lambda-max", "flattest", "S-theta", "norm-R-g", "norm-R", "norm-R-ghat",
    "norm-R-ghat-flipped", "inf-gradient", "lemma-2-bound", "lemma-2-bound-flipped", "lemma-2-bound-averaged", "theorem-1",
    "linearly-stable", "theorem-3", "lemma-2", "lemma-3"};

struct stability { int word[PARTS]; number v[PARTS]; };

const struct stability *stability_read(value v) {
    struct stability *t = memory_new(1, sizeof *t);
    bool eta = false, any = false;
    for (int k = 0; k < PARTS; k++) {
        value at = json_get(v, parts[k]), x;
        json_kind kind = json_present(at) ? json_type(at) : JSON_NULL;
        t->v[k] = integer(0);
        for (int r = EQUALS; r <= AT_LEAST && k < THEOREM_1 && kind == JSON_OBJECT && json_count(at) == 1; r++)
            if (json_present(x = json_get(at, words[r]))) t->v[k] = number_read(RULE, x), t->word[k] = r;
        if (k >= THEOREM_1 && (kind == JSON_FALSE || kind == JSON_TRUE)) t->word[k] = kind == JSON_TRUE ? TRUE : FALSE;
        require(!json_present(at) || t->word[k] != 0, RULE, at, "equals, at-most or at-least; true or false");
        eta = eta || (json_present(at) && k >= THEOREM_1 && k < LEMMA_2);
        any = any || json_present(at);
    }
    require(any && json_present(json_get(v, "eta")) == eta, RULE, v, "parts, and eta just if they are about it");
    return t;
}

bool stability_equal(const struct stability *t, const struct stability *o) {
    for (int k = 0; k < PARTS; k++)
        if (t->word[k] != o->word[k] || compare(t->v[k], o->v[k]) != 0) return false;
    return true;
}

void stability_print(const statement *s) {
    for (int k = 0; k < PARTS; k++)
        if (s->stability->word[k] != 0)
            printf("%s%s %s%s%s, ", k == LAMBDA ? "no pre-activation is 0 at a sample and " : "", parts[k], words[s->stability->word[k]],
                   k < THEOREM_1 ? " " : "", k < THEOREM_1 ? number_text(s->stability->v[k]) : "");
    if (sign(s->q) != 0) printf("eta = %s, ", number_text(s->q));
    printf("labels: %s; of ", s->own ? "the network's own values" : "y");
}

/* ---- norms and bounds ----------------------------------------------------------------------------- */

/* a / b; b NULL: 1. */
static number quotient(const mpz_t a, const mpz_t b) {
    NEW_Q(q);
    mpq_set_z(q, a);
    if (b != NULL) mpz_set(mpq_denref(q), b);
    mpq_canonicalize(q);
    return rational(q);
}

/* w2_i |(w_i, b_i)| in units of the primitive form u_i, or √n_i t_i u_i. */
static number strength(const model *M, size_t i) {
    return times(rational(M->X->kappa[i]), integer(mpq_sgn(M->X->a[i].t)));
}

static number total(number *x, size_t n) {
    return n == 0 ? integer(0) : n == 1 ? x[0] : plus(total(x, n / 2), total(x + n / 2, n - n / 2));
}

/* mean += (x_j, 1), squares += |(x_j, 1)|², in parts of the points' den and den². */
static void add_point(mpz_t *mean, mpz_t squares, const model *M, size_t j) {
    const table *x = &M->layer[0].in;
    NEW_Z(norm);
    for (size_t k = 0; k < M->d; k++) mpz_add(mean[k], mean[k], x->z[j * M->d + k]);
    mpz_add(mean[M->d], mean[M->d], x->den);
    dot(norm, x->z + j * M->d, x->z + j * M->d, M->d);
    mpz_add(squares, squares, norm);
    mpz_addmul(squares, x->den, x->den);
    mpz_clear(norm);
}

/* Over the points j on this side of neuron i's knot, with its primitive form p: root[0] = |Σ p_j| |Σ (x_j, 1)|, root[1] =
   (Σ p_j²)^(1/2) (Σ |(x_j, 1)|²)^(1/2). */
static void weigh(number root[2], const model *M, size_t i, int side) {
    number unit = inverse(times(quotient(M->z.den, NULL), rational(M->X->a[i].t)));
    mpz_t *centre = integers(M->d + 1);
    NEW_Z(B); NEW_Z(E); NEW_Z(p); NEW_Z(squares); NEW_Z(den);
    for (size_t j = 0; j < M->n; j++) {
        const mpz_t *z = (const mpz_t *)M->z.z + j * M->m + i;
        if (mpz_sgn(*z) != side) continue;
        mpz_add(p, p, *z);
        mpz_addmul(squares, *z, *z);
        add_point(centre, E, M, j);
    }
    dot(B, centre, centre, M->d + 1);
    mpz_mul(den, M->layer[0].in.den, M->layer[0].in.den);
    root[0] = times(absolute(times(quotient(p, NULL), unit)), root_of(quotient(B, den)));
    root[1] = times(absolute(unit), root_of(times(quotient(squares, NULL), quotient(E, den))));
}

/* S_theta, ||f||_{R,g}, ||f||_R, ||f||_{R,g^} as given and flipped. A knot counts at its first neuron. */
static void set_norms(number norm[5], const model *M) {
    number *term = memory_new(5 * M->m, sizeof *term), n = inverse(integer((long)M->n)), root[4];
    size_t count = 0;
    NEW_Z(x);
    for (size_t i = 0; i < M->m; i++) {
        number jump = integer(0), own = absolute(strength(M, i));
        bool first = true;
        if (all_zero(M->X->a[i].u, M->d)) continue;
        for (size_t l = 0; l < i && first; l++) first = compare_vectors(M->X->a[l].u, M->X->a[i].u, M->d + 1) != 0;
        for (size_t l = i; l < M->m && first; l++)
            if (compare_vectors(M->X->a[l].u, M->X->a[i].u, M->d + 1) == 0) jump = plus(jump, strength(M, l));
        weigh(root, M, i, 1);
        weigh(root + 2, M, i, -1);
        dot(x, M->X->a[i].u, M->X->a[i].u, M->d);
        number g = compare(root[0], root[2]) < 0 ? root[0] : root[2];
        number factor[5] = {times(n, g), times(n, g), root_of(quotient(x, NULL)), root[1], root[3]};
        for (size_t k = 0; k < 5; k++)
            term[k * M->m + count] = times(times(factor[k], k == 2 ? integer(1) : n),
                                           k == 0 ? own : first ? absolute(jump) : integer(0));
        count++;
    }
    for (size_t k = 0; k < 5; k++) norm[k] = total(term + k * M->m, count);
}

/* No rescaling's n lambda_max <W, I> is below <W, 1> + 2 Σ_i |w2_i| (<W, I_i G I_i> <W, σ_i σ_iᵀ>)^(1/2), W = Σ u uᵀ over the
   vectors u of v, or u = (1, ..., 1); divided by n <W, I> here. */
static number every_rescaling(const model *M, value v) {
    size_t n = M->n, count = json_present(v) ? json_count(v) : 0;
    table W = {.z = integers(n * n)};
    number *term = memory_new(M->m, sizeof *term);
    const table *in = &M->layer[1].in, *delta = &M->layer[1].A;
    NEW_Z(all); NEW_Z(trace); NEW_Z(x);
    value row = count > 0 ? json_list(RULE, v) : v;
    require(count > 0 || !json_present(v), RULE, v, "vectors");
    for (size_t e = 0; e < n * n && count == 0; e++) mpz_set_ui(W.z[e], 1);
    for (size_t k = 0; k < count; k++, row = json_next(row)) {
        mpz_t *u = read_integers(row, n);
        EACH(e, n) mpz_addmul(W.z[e], u[e / n], u[e % n]);
    }
    EACH(e, n) {
        mpz_addmul_ui(all, W.z[e], e % (n + 1) == 0 ? 1 : 2);
        if (e % (n + 1) == 0) mpz_add(trace, trace, W.z[e]);
    }
    require(mpz_sgn(trace) > 0, RULE, v, "a vector other than 0");
    for (size_t i = 0; i < M->m; i++) {
        NEW_Z(A); NEW_Z(B); NEW_Q(w);
        EACH(e, n) {
            mpz_t *s = in->z + e / n * M->m + i, *t = in->z + e % n * M->m + i;
            if (mpz_sgn(*s) <= 0 || mpz_sgn(*t) <= 0) continue;
            mpz_mul_ui(x, W.z[e], e % (n + 1) == 0 ? 1 : 2);
            mpz_addmul(A, x, M->G.z[e]);
            mpz_mul(x, x, *s);
            mpz_addmul(B, x, *t);
        }
        table_get(w, delta, i);
        mpz_mul(A, A, B);
        mpz_mul(x, in->den, in->den);
        mpz_mul(x, x, M->G.den);
        term[i] = times(absolute(times(integer(2), rational(w))), root_of(quotient(A, x)));
    }
    mpz_mul_ui(trace, trace, n);
    return times(plus(quotient(all, NULL), total(term, M->m)), inverse(quotient(trace, NULL)));
}

/* |grad f| at a point on no knot. */
static number gradient(const model *M, value v) {
    form f = {.d = M->d, .biases = true};
    number norm = integer(0);
    NEW_Z(z);
    point x = point_read(RULE, v, &f);
    for (size_t k = 0; k < M->d; k++) {
        number g = integer(0);
        for (size_t i = 0; i < M->m; i++) {
            const ray *a = &M->X->a[i];
            dot(z, a->u, x.z, M->d + 1);
            require(mpz_sgn(z) != 0 || all_zero(a->u, M->d), RULE, v, "a point on no knot");
            if (mpz_sgn(z) * mpq_sgn(a->t) > 0) g = plus(g, times(rational(M->X->kappa[i]), quotient(a->u[k], NULL)));
        }
        norm = plus(norm, times(g, g));
    }
    return root_of(norm);
}

/* Does it follow from lo <= x <= hi (NULL: no bound) that x is as the word says of v (not so, unless holds)? */
static bool follows(int word, number lo, number hi, number v, bool holds) {
    bool low = lo != NULL && compare(lo, v) >= !holds, high = hi != NULL && compare(v, hi) >= !holds;
    return holds ? (word == AT_MOST || low) && (word == AT_LEAST || high)
                 : (word != AT_LEAST && low) || (word != AT_MOST && high);
}

/* Norms, inf |grad f| between a tree's bound, or 0, and |grad f| at x; and the bounds [N 19] for three orientations: from above
   with the trace of Sigma_X, from below with 1/d of it, for its lambda_max, unless a bound of that is proved. */
static void set_bounds(number *lo, number *hi, model *M, const struct stability *t, value evidence) {
    number two = integer(2), n = inverse(integer((long)M->n)), E, trace, norm[5], most[2];
    value spread = json_get(evidence, "covariance"), tree = json_get(evidence, "gradient"), x = json_get(evidence, "x");
    bool rescalings = t->word[FLATTEST] != 0 || t->word[LEMMA_3] != 0;
    mpz_t *mean = integers(M->d + 1);
    NEW_Z(squares); NEW_Z(den); NEW_Z(z);
    mpz_mul(den, M->layer[0].in.den, M->layer[0].in.den);
    for (size_t j = 0; j < M->n; j++) add_point(mean, squares, M, j);
    E = times(n, quotient(squares, den));
    dot(z, mean, mean, M->d);
    trace = minus(minus(E, integer(1)), times(times(n, n), quotient(z, den)));
    if (rescalings || json_present(spread) || !M->solution) {
        M->G = gram_of(M->layer[0].in, M->n, M->d, NULL);
        EACH(e, M->n) mpz_add(M->G.z[e], M->G.z[e], M->G.den);
    }
    if (json_present(spread)) json_shape(RULE, spread, "lower? upper?");
    most[0] = eigenvalue(M, json_get(spread, "lower"), false, true);
    most[1] = eigenvalue(M, json_get(spread, "upper"), true, true);
    if (most[0] == NULL) most[0] = times(trace, inverse(integer((long)M->d)));
    if (most[1] == NULL) most[1] = trace;
    set_norms(norm, M);
    for (int k = 0; k < 5; k++) lo[NORMS + k] = hi[NORMS + k] = norm[k];
    lo[GRADIENT] = json_present(tree) ? slope_lower(tree, M->X) : integer(0);
    if (json_present(x)) hi[GRADIENT] = gradient(M, x);
    for (int k = 0; k < 6; k++) {
        number g_hat = k < 4 ? norm[3 + k / 2] : times(plus(norm[3], norm[4]), inverse(two));
        number least = (k % 2 ? hi : lo)[GRADIENT];
        if (least == NULL) continue;
        number slope = times(times(two, plus(norm[2], least)), root_of(times(most[k % 2], E)));
        (k % 2 ? hi : lo)[BOUND + k / 2] = plus(integer(1), times(two, plus(g_hat, slope)));
    }
    lo[THEOREM_3] = lo[BOUND];
    hi[THEOREM_3] = hi[BOUND];
    lo[THEOREM_1] = hi[THEOREM_1] = plus(integer(1), times(two, norm[1]));
    if (rescalings) lo[FLATTEST] = lo[LEMMA_3] = every_rescaling(M, json_get(evidence, "vectors"));
}

/* Theorem 1 is 1 + 2 ||f||_{R,g} <= 2/eta. Hypotheses are those of the theorems, and of there being a lambda_max. */
void check_minimum(const statement *s, bool proved, value evidence) {
    const struct stability *t = s->stability;
    bool two_layers = s->X->layers == 0, any = false;
    number lo[PARTS] = {NULL}, hi[PARTS] = {NULL}, v[PARTS];
    value other = json_get(evidence, "implementation");
    json_shape(RULE, evidence, proved ? "kind=* lower? upper? x? gradient? covariance? vectors? implementation?"
                                      : "kind=* part lower? upper? x? gradient? covariance? vectors? implementation?");
    require(s->X->D == 1 && s->samples <= 10000, RULE, s->X_name, "a network with one output, at most 10^4 points");
    model M = evaluate(s, s->X);
    if (two_layers) set_bounds(lo, hi, &M, t, evidence);
    lo[LAMBDA] = lo[STABLE] = eigenvalue(&M, json_get(evidence, "lower"), false, false);
    hi[LAMBDA] = hi[STABLE] = hi[LEMMA_3] = eigenvalue(&M, json_get(evidence, "upper"), true, false);
    hi[LEMMA_2] = json_present(other) ? implementation(s, other) : hi[STABLE];
    hi[FLATTEST] = json_present(json_get(other, "scales")) ? hi[LEMMA_2] : hi[STABLE];
    memcpy(v, t->v, sizeof v);
    v[LEMMA_3] = lo[THEOREM_1];
    v[LEMMA_2] = lo[BOUND];
    if (sign(s->q) > 0) v[THEOREM_1] = v[STABLE] = v[THEOREM_3] = times(integer(2), inverse(s->q));
    for (int k = 0; k < PARTS; k++) {
        int word = k == LEMMA_3 ? AT_LEAST : k >= THEOREM_1 ? AT_MOST : t->word[k];
        bool want = proved == (t->word[k] != FALSE), exists = k >= NORMS && k < THEOREM_1;
        if (t->word[k] == 0 || !(proved || json_is(json_get(evidence, "part"), parts[k]))) continue;
        require(two_layers || k == LAMBDA || k == STABLE, RULE, s->X_name, "two layers");
        exists = exists || ((M.solution || k == LAMBDA || k == STABLE) && (k == THEOREM_1 ? M.off_knots : M.smooth));
        bool good = exists ? follows(word, lo[k], hi[k], v[k], want) : !want;
        if (k == THEOREM_3 && want) good = good && hi[LEMMA_2] != NULL && compare(hi[LEMMA_2], v[k]) <= 0;
        require(good, RULE, evidence, "evidence for %s", parts[k]);
        any = true;
    }
    require(any, RULE, evidence, "a part of the claim");
}
