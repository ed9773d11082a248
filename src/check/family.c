/* Families: section 7. Numbers are functions p/q of the shifts t, u of the parameters k = K + t, t = 0, 1, ..., and
   r = c + u or r = (a + b u)/(1 + u), u > 0: polynomials p, q with sums of roots as coefficients, in the shifts and in
   roots of polynomials that are > 0; q > 0, without roots. */

#include "check.h"

#define MOST 8               /* parameters, and roots */
#define RULE "family"
#define WORK 200000000u      /* monomials compared, and products of roots, after which a check is given up */

typedef struct { uint64_t e[2 * MOST]; number c; } monomial;    /* the latter exponents are those of roots, 0 or 1 */
typedef struct { size_t n; monomial *m; } polynomial;

struct ratio { polynomial p, q; };

static bool whole[MOST];                 /* which parameters are integers from K on */
static size_t roots;
static polynomial radicand[MOST];
static value place;                      /* what is being checked */
static size_t work;                      /* so far in this instance */

void family_at(value v) { place = v; }

/* ---- polynomials --------------------------------------------------------------------------- */

static void spend(size_t more) { require((work += more) <= WORK, RULE, place, "a check with less work"); }

/* x += c times the monomial e; √n² is n. */
static void add_monomial(polynomial *x, const uint64_t *e, number c) {
    uint64_t f[2 * MOST];
    size_t i = 0;
    for (size_t j = 0; j < roots; j++) {
        if (e[MOST + j] < 2) continue;
        for (size_t m = 0; m < radicand[j].n; m++) {
            for (size_t k = 0; k < 2 * MOST; k++) f[k] = e[k] + radicand[j].m[m].e[k] - (k == MOST + j ? 2 : 0);
            add_monomial(x, f, times(c, radicand[j].m[m].c));
        }
        return;
    }
    while (i < x->n && memcmp(x->m[i].e, e, sizeof x->m[i].e) != 0) i++;
    if (i == x->n) {
        x->m = memory_resize(x->m, ++x->n, sizeof *x->m);
        memcpy(x->m[i].e, e, sizeof x->m[i].e);
        x->m[i].c = integer(0);
        for (size_t k = 0; k < MOST; k++) require(e[k] <= 10000 && x->n <= 2000, RULE, place, "polynomials less large");
    }
    x->m[i].c = plus(x->m[i].c, c);
    require(number_roots(x->m[i].c) <= MOST_ROOTS && number_bits(x->m[i].c) <= MOST_BITS, RULE, place,
            "coefficients less large");
    spend(i + 1 + number_bits(x->m[i].c) / 64);
    if (number_roots(x->m[i].c) == 0) x->m[i] = x->m[--x->n];
}

static polynomial sum_of(polynomial x, polynomial y, long factor) {
    polynomial z = {0, NULL};
    for (size_t i = 0; i < x.n; i++) add_monomial(&z, x.m[i].e, x.m[i].c);
    for (size_t i = 0; i < y.n; i++) add_monomial(&z, y.m[i].e, times(integer(factor), y.m[i].c));
    return z;
}

static polynomial product(polynomial x, polynomial y) {
    polynomial z = {0, NULL};
    for (size_t i = 0; i < x.n; i++)
        for (size_t j = 0; j < y.n; j++) {
            uint64_t e[2 * MOST];
            size_t pairs = number_roots(x.m[i].c) * number_roots(y.m[j].c),
                   bits = number_bits(x.m[i].c) + number_bits(y.m[j].c);
            for (size_t k = 0; k < 2 * MOST; k++) e[k] = x.m[i].e[k] + y.m[j].e[k];
            spend(10 * pairs * pairs + 40 * (bits / 128));
            add_monomial(&z, e, times(x.m[i].c, y.m[j].c));
        }
    return z;
}

/* c times shift k (a root, for k >= MOST) to the e. */
static polynomial power_of(number c, size_t k, uint64_t e) {
    polynomial z = {0, NULL};
    uint64_t f[2 * MOST] = {0};
    f[k] = e;
    if (number_roots(c) > 0) add_monomial(&z, f, c);
    return z;
}

static polynomial constant(number c) { return power_of(c, 0, 0); }
static polynomial opposite(polynomial x) { return product(constant(integer(-1)), x); }

/* x = A + B √n_j; is B not 0? */
static bool split(polynomial x, size_t j, polynomial *A, polynomial *B) {
    *A = *B = (polynomial){0, NULL};
    for (size_t i = 0; i < x.n; i++) {
        monomial m = x.m[i];
        bool rooted = m.e[MOST + j] > 0;
        m.e[MOST + j] = 0;
        add_monomial(rooted ? B : A, m.e, m.c);
    }
    return B->n > 0;
}

/* A line: no coefficient is < 0; strict: one is > 0 at a monomial without shifts of integers. */
static bool has_signs(polynomial p, bool strict) {
    for (size_t i = 0; i < p.n; i++) {
        bool moving = false;
        if (sign(p.m[i].c) < 0) return false;
        for (size_t k = 0; k < MOST; k++) moving |= whole[k] && p.m[i].e[k] > 0;
        strict &= moving;
    }
    return !strict;
}

/* A line for p or for (1 + the sum of its shifts)^N p, N = 1, .., 8 (Pólya). At shifts of 1 p must be >= 0. */
static bool is_line(polynomial p, bool strict) {
    number total = integer(0);
    polynomial one = constant(integer(1));
    if (has_signs(p, strict)) return true;
    for (size_t i = 0; i < p.n; i++) total = plus(total, p.m[i].c);
    for (size_t k = 0, i; k < MOST; k++) {
        for (i = 0; i < p.n && p.m[i].e[k] == 0;) i++;
        if (i < p.n) one = sum_of(one, power_of(integer(1), k, 1), 1);
    }
    for (size_t N = 0; N < 8 && p.n > 0 && p.n < 100 && sign(total) >= 0; N++)
        if (has_signs(p = product(p, one), strict)) return true;
    return false;
}

/* p >= 0 (> 0): with p = A + B √n by signs of A, B, and A² - B² n where these differ. */
static bool holds(polynomial p, bool strict) {
    polynomial A, B;
    for (size_t j = 0; j < roots; j++) {
        if (!split(p, j, &A, &B)) continue;
        polynomial square = sum_of(product(A, A), product(product(B, B), radicand[j]), -1);
        bool a = holds(A, false), b = holds(B, false);
        return (a && b && (!strict || holds(A, true) || holds(B, true))) || (a && holds(square, strict)) ||
               (b && holds(opposite(square), strict));
    }
    return is_line(p, strict);
}

/* ---- functions ------------------------------------------------------------------------------- */

static number quotient(polynomial p, polynomial q) {
    struct ratio *z = memory_new(1, sizeof *z);
    sum *x = memory_new(1, sizeof *x);
    *z = (struct ratio){p, q};
    mpq_init(x->p);
    x->family = z;
    return x;
}

static struct ratio get_ratio(number x) {
    return x->family != NULL ? *x->family : (struct ratio){constant(x), constant(integer(1))};
}

bool family_holds(number x, bool strict) { return holds(get_ratio(x).p, strict); }

int family_sign(number x) {
    polynomial p = get_ratio(x).p;
    if (p.n == 0) return 0;
    if (holds(p, true)) return 1;
    polynomial q = opposite(p);
    if (holds(q, true)) return -1;
    require(holds(p, false) && holds(q, false), RULE, place, "a number whose sign is known for all values");
    return 0;
}

number family_plus(number x, number y) {
    struct ratio r = get_ratio(x), s = get_ratio(y);
    if (sum_of(r.q, s.q, -1).n == 0) return quotient(sum_of(r.p, s.p, 1), r.q);
    return quotient(sum_of(product(r.p, s.q), product(s.p, r.q), 1), product(r.q, s.q));
}

number family_times(number x, number y) {
    struct ratio r = get_ratio(x), s = get_ratio(y);
    return quotient(product(r.p, s.p), product(r.q, s.q));
}

/* Some entry of a must be known not to be the function 0: never 0, or with conjugates whose product is a polynomial with monomials. */
void family_check_line(const ray *a, size_t length) {
    polynomial A, B;
    for (size_t k = 0; k < length; k++) {
        polynomial p = get_ratio(a->x[k]).p;
        if (p.n > 0 && side(a->x[k]) != 0) return;
        for (size_t j = 0; j < roots; j++)
            if (split(p, j, &A, &B)) p = sum_of(product(A, A), product(product(B, B), radicand[j]), -1);
        if (p.n > 0) return;
    }
    reject(RULE, place, "expected weights that are 0 for all values or not, found some of which neither is known");
}

/* q/p; roots leave p = A + B √n when both are multiplied by A - B √n. */
number family_inverse(number x) {
    struct ratio r = get_ratio(x);
    polynomial A, B;
    for (size_t j = 0; j < roots; j++) {
        if (!split(r.p, j, &A, &B)) continue;
        r.q = product(r.q, sum_of(A, product(B, power_of(integer(1), MOST + j, 1)), -1));
        r.p = sum_of(product(A, A), product(product(B, B), radicand[j]), -1);
    }
    bool above = holds(r.p, true);
    require(above || holds(opposite(r.p), true), RULE, place, "divisors that are proved not to be 0");
    return above ? quotient(r.q, r.p) : quotient(opposite(r.q), opposite(r.p));
}

/* √(p/q) = √(p q)/q. A rational factor of p q, a coefficient, is taken out. */
number family_root(number x) {
    struct ratio r = get_ratio(x);
    polynomial n = product(r.p, r.q);
    size_t first = 0, j = 0;
    NEW_Q(c);
    require(holds(n, true), RULE, place, "a root of what is > 0 for all values");
    for (size_t i = 0; i < n.n; i++) {
        for (size_t k = MOST; k < 2 * MOST; k++) require(n.m[i].e[k] == 0, RULE, place, "no root below a root");
        if (memcmp(n.m[i].e, n.m[first].e, sizeof n.m[i].e) > 0) first = i;
    }
    require(get_rational(c, n.m[first].c) && mpq_sgn(c) > 0, RULE, place, "a root with a rational leading coefficient");
    number factor = signed_root(c);
    mpq_inv(c, c);
    n = product(n, constant(rational(c)));
    while (j < roots && sum_of(n, radicand[j], -1).n > 0) j++;
    require(j < MOST, RULE, place, "at most 8 roots of functions");
    if (j == roots) radicand[roots++] = n;
    return quotient(power_of(factor, MOST + j, 1), r.q);
}

static char *polynomial_text(polynomial p) {
    char *text = "0";
    for (size_t i = 0; i < p.n; i++) {
        gmp_asprintf(&text, "%s%s", i == 0 ? "" : text, i == 0 ? "(" : " + (");
        gmp_asprintf(&text, "%s%s)", text, number_text(p.m[i].c));
        for (size_t k = 0; k < 2 * MOST; k++)
            if (p.m[i].e[k] > 0)
                gmp_asprintf(&text, "%s %s%zu^%lu", text, k < MOST ? "t" : "root", k % MOST + 1,
                             (unsigned long)p.m[i].e[k]);
    }
    return text;
}

/* In the shifts t1, t2, ... of the parameters. */
const char *family_text(number x) {
    char *text;
    gmp_asprintf(&text, "(%s)/(%s)", polynomial_text(get_ratio(x).p), polynomial_text(get_ratio(x).q));
    return text;
}

/* ---- ranges ------------------------------------------------------------------------------------ */

bool is_family(value instance) {
    value key = json_first(json_get(instance, "parameters"));
    for (size_t k = json_count(json_get(instance, "parameters")); k > 0; k--, key = json_next(json_next(key)))
        if (json_type(json_next(key)) == JSON_OBJECT) return true;
    return false;
}

const environment *family_names(value v) {
    value key = json_first(v);
    environment *names = memory_new(1, sizeof *names);
    number *to = memory_new(json_count(v), sizeof *to);
    place = v;
    size_t count = json_count(v);
    roots = work = 0;
    memset(whole, 0, sizeof whole);
    memory_keep(true);
    require(count <= MOST, RULE, v, "at most 8 parameters");
    *names = (environment){count, true, memory_new(count, sizeof(value)), to};
    for (size_t k = 0; k < count; k++, key = json_next(json_next(key))) {
        value range = json_next(key), from = json_get(range, "integer-from"), above = json_get(range, "real-above");
        value both = json_get(range, "real-between"), end = json_first(both);
        polynomial shift = power_of(integer(1), k, 1);
        NEW_Q(a); NEW_Q(b);
        whole[k] = json_present(from);
        names->name[k] = key;
        if (json_type(range) != JSON_OBJECT) {
            rational_read(a, RULE, range);
            to[k] = rational(a);
            continue;
        }
        json_shape(RULE, range, whole[k] ? "integer-from" : json_present(above) ? "real-above" : "real-between");
        if (json_present(both)) json_list_of(RULE, both, 2);
        rational_read(a, RULE, whole[k] ? from : json_present(above) ? above : end);
        require(!whole[k] || mpz_cmp_ui(mpq_denref(a), 1) == 0, RULE, from, "an integer");
        to[k] = quotient(sum_of(shift, constant(rational(a)), 1), constant(integer(1)));
        if (!json_present(both)) continue;
        rational_read(b, RULE, json_next(end));
        require(mpq_cmp(a, b) < 0, RULE, both, "an interval");
        to[k] = quotient(sum_of(product(shift, constant(rational(b))), constant(rational(a)), 1),
                         sum_of(shift, constant(integer(1)), 1));
    }
    return names;
}

/* ---- counting and limits ---------------------------------------------------------------------------- */

/* As count_rows in arrangement.c; rows are a[0..n-1], never proportional to each other. */
static unsigned long count_functions(ray *a, size_t n, size_t w, value at) {
    unsigned long cells = 1;
    if (n <= 2 || w <= 2) return n == 0 ? 1 : 2 * n;
    for (size_t j = 0; j < n; j++) {
        size_t k = 0, kept = 0;
        ray *trace = memory_new(n, sizeof *trace);
        spend(2000 * j * w);
        while (k < w && side(a[j].x[k]) == 0) k++;
        require(k < w, RULE, at, "restrictions with an entry that is never 0");
        for (size_t i = 0, other; i < j; i++) {
            ray *line = &trace[kept];
            line->x = memory_new(w, sizeof(number));
            for (size_t q = 0; q < w - 1; q++) {
                size_t from = q + (q >= k);
                line->x[q] = minus(times(a[i].x[from], a[j].x[k]), times(a[i].x[k], a[j].x[from]));
            }
            for (other = 0; other < kept && direction(line, &trace[other], w - 1) == 0; other++)
                require(apart(line, &trace[other], w - 1), RULE, at, "restrictions that are always the same or never");
            kept += other == kept;
        }
        cells += count_functions(trace, kept, w - 1, at);
    }
    return cells;
}

unsigned long family_count(const form *f, value at) {
    return count_functions(f->line + !f->biases, f->K + f->biases, f->w, at);
}

/* The largest degree in the integer parameter, √n having half that of n, in halves; open: some of these monomials
   has no coefficient > 0. */
static uint64_t degree(polynomial p, bool *open) {
    uint64_t most = 0;
    bool ignored;
    *open = false;
    for (size_t i = 0; i < p.n; i++) {
        uint64_t e = 0;
        for (size_t k = 0; k < MOST; k++) e += whole[k] ? 2 * p.m[i].e[k] : 0;
        for (size_t j = 0; j < roots; j++)
            if (p.m[i].e[MOST + j] > 0) e += degree(radicand[j], &ignored) / 2;      /* no roots below a root */
        if (e > most) *open = false;
        if (e >= most) *open |= sign(p.m[i].c) <= 0;
        if (e > most) most = e;
    }
    return most;
}

int family_limit(const statement *s, bool infinity) {
    struct ratio r = get_ratio(s->v);
    size_t growing = 0;
    bool open, ignored, exact = s->relation[0] == 'e', most = strcmp(s->relation, "at-most") == 0;
    bool clear = has_signs(r.q, false);      /* so that no leading coefficient vanishes */
    for (size_t k = 0; k < MOST; k++) growing += whole[k];
    for (size_t j = 0; j < roots; j++) clear = clear && has_signs(radicand[j], false);
    require(growing == 1, RULE, place, "one integer parameter that grows");
    uint64_t p = degree(r.p, &open), q = degree(r.q, &ignored);
    bool null = r.p.n == 0;
    if (clear && (infinity ? p > q && !open && !most : (null || p < q) && (exact || most))) return LIMIT;
    return clear && exact && (infinity ? null || p <= q : !null && p >= q && !open) ? NO_LIMIT : UNKNOWN;
}
