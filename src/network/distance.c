/* ||X - Y||_inf: double enclosures single out the entries that may be largest, surds decide among them. */
#include <flint/fmpq.h>
#include <math.h>

#include "network/require.h"
#include "relucert/network.h"

/* A double x with |x - value| <= 2^-49 |value|; known = false if the value is out of the safe range of exponents. */
typedef struct {
    double x;
    bool known;
} approximation;

/* Mantissas are truncated to 53 bits (each 2^-52 off, relatively), the quotient is rounded: below 2^-50 altogether. */
static approximation approximate(const fmpq_t x)
{
    if (fmpq_is_zero(x)) return (approximation){0, true};
    slong up, down;
    double num = fmpz_get_d_2exp(&up, fmpq_numref(x));
    double den = fmpz_get_d_2exp(&down, fmpq_denref(x));
    if (up - down > 200 || down - up > 200) return (approximation){0, false};
    return (approximation){ldexp(num / den, (int) (up - down)), true};
}

/* root = sqrt(q): half of q's relative error and one rounding. */
static approximation approximate_root(const fmpq_t q)
{
    approximation a = approximate(q);
    a.x = sqrt(a.x);
    return a;
}

/* Both entries of one place: the surds are root_x x and root_y y. */
typedef struct {
    const fmpq *x, *y;
    approximation root_x, root_y;
} entry_pair;

/* lo <= |sqrt(qx) x - sqrt(qy) y| <= hi. The terms are 2^-49 off at most, relatively, and the rest is a few
   roundings of 2^-53: 2^-46 of the terms' sizes is more than enough. */
static void enclose_difference(double *lo, double *hi, const entry_pair *e)
{
    approximation x = approximate(e->x), y = approximate(e->y);
    *lo = 0;
    *hi = INFINITY;
    if (!x.known || !y.known || !e->root_x.known || !e->root_y.known) return;
    double a = e->root_x.x * x.x, b = e->root_y.x * y.x;
    double slack = ldexp(fabs(a) + fabs(b), -46);
    *lo = fmax(fabs(a - b) - slack, 0);
    *hi = fabs(a - b) + slack;
}

/* The roots of one neuron, made when first needed: factoring squares out of a radicand is the slow step. */
typedef struct {
    const fmpq *qx, *qy;   /* a_i's scales; c_i is gamma_i / q_i times the root */
    bool ready;
    rc_surd_t root_x, root_y;
} neuron_roots;

typedef struct {
    double best;        /* a lower bound of the distance */
    bool exact;         /* second pass */
    rc_surd_struct *s;  /* the largest so far, second pass */
    rc_surd_t a, b;
} search;

static void prepare(neuron_roots *r)
{
    if (r->ready) return;
    rc_surd_set_sqrt_fmpq(r->root_x, r->qx);
    rc_surd_set_sqrt_fmpq(r->root_y, r->qy);
    r->ready = true;
}

/* x and y are the rational factors of the roots. */
static void exact_difference(search *t, neuron_roots *r, const fmpq_t x, const fmpq_t y)
{
    if (fmpq_equal(r->qx, r->qy) && fmpq_equal(x, y)) return;
    prepare(r);
    rc_surd_mul_fmpq(t->a, r->root_x, x);
    rc_surd_mul_fmpq(t->b, r->root_y, y);
    rc_surd_sub(t->a, t->a, t->b);
    rc_surd_abs(t->a, t->a);
    rc_surd_max(t->s, t->a);
}

static void visit_entry(search *t, neuron_roots *r, const entry_pair *e, bool divide)
{
    double lo, hi;
    enclose_difference(&lo, &hi, e);
    if (!t->exact) {
        t->best = fmax(t->best, lo);
        return;
    }
    if (hi < t->best) return;
    if (!divide) {
        exact_difference(t, r, e->x, e->y);
        return;
    }
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    fmpq_div(x, e->x, r->qx);
    fmpq_div(y, e->y, r->qy);
    exact_difference(t, r, x, y);
    fmpq_clear(x);
    fmpq_clear(y);
}

static approximation inverse(approximation a)
{
    return (approximation){a.known ? 1 / a.x : 0, a.known};
}

static void visit_neuron(search *t, const rc_network_t X, const rc_network_t Y, slong i)
{
    neuron_roots r = {.qx = X->q + i, .qy = Y->q + i, .ready = false};
    rc_surd_init(r.root_x);
    rc_surd_init(r.root_y);
    entry_pair e = {.root_x = approximate_root(r.qx), .root_y = approximate_root(r.qy)};
    for (slong j = 0; j < X->d + X->v->c; j++) {
        e.x = j < X->d ? fmpq_mat_entry(X->u, i, j) : fmpq_mat_entry(X->v, i, 0);
        e.y = j < X->d ? fmpq_mat_entry(Y->u, i, j) : fmpq_mat_entry(Y->v, i, 0);
        visit_entry(t, &r, &e, false);
    }
    e.root_x = inverse(e.root_x);
    e.root_y = inverse(e.root_y);
    for (slong p = 0; p < X->D; p++) {
        e.x = fmpq_mat_entry(X->gamma, i, p);
        e.y = fmpq_mat_entry(Y->gamma, i, p);
        visit_entry(t, &r, &e, true);
    }
    rc_surd_clear(r.root_x);
    rc_surd_clear(r.root_y);
}

static void visit_output_biases(search *t, const rc_network_t X, const rc_network_t Y)
{
    fmpq_t x;
    fmpq_init(x);
    for (slong p = 0; X->e->c > 0 && p < X->D; p++) {
        fmpq_sub(x, fmpq_mat_entry(X->e, p, 0), fmpq_mat_entry(Y->e, p, 0));
        fmpq_abs(x, x);
        rc_surd_set_fmpq(t->a, x);
        rc_surd_max(t->s, t->a);
    }
    fmpq_clear(x);
}

void rc_network_distance(rc_surd_t s, const rc_network_t X, const rc_network_t Y)
{
    rc_require(X->kind == Y->kind && X->kind != RC_DEEP, "a distance is between networks of one kind");
    rc_require(X->d == Y->d && X->m == Y->m && X->D == Y->D, "a distance is between networks of one shape");
    rc_surd_t largest;
    rc_surd_init(largest);
    search t = {.best = 0, .exact = false, .s = largest};
    rc_surd_init(t.a);
    rc_surd_init(t.b);
    for (slong i = 0; i < X->m; i++) visit_neuron(&t, X, Y, i);
    t.exact = true;
    for (slong i = 0; i < X->m; i++) visit_neuron(&t, X, Y, i);
    visit_output_biases(&t, X, Y);
    rc_surd_swap(s, largest);
    rc_surd_clear(t.a);
    rc_surd_clear(t.b);
    rc_surd_clear(largest);
}
