/* Rational functions of parameters, as sums of monomials in no order: those of the papers have a handful. */
#include "relucert/ratio.h"

#include <flint/fmpz.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/literal.h"
#include "relucert/expression.h"

#define MAX_MONOMIALS 2000
#define MAX_DEGREE 10000
#define MAX_NESTING 1000

typedef struct {
    slong e[RC_RING_MAX_PARAMETERS];
    rc_surd_t c;
} monomial;

typedef struct {
    slong n;
    monomial *m;
    bool failed; /* too large */
} polynomial;

struct rc_ratio_struct {
    polynomial p, q;
    rc_ratio *next;
};

static void polynomial_clear(polynomial *x)
{
    for (slong i = 0; i < x->n; i++) rc_surd_clear(x->m[i].c);
    free(x->m);
}

void rc_ring_init(rc_ring_t ring)
{
    memset(ring, 0, sizeof(rc_ring_struct));
}

void rc_ring_clear(rc_ring_t ring)
{
    while (ring->values) {
        rc_ratio *x = ring->values;
        ring->values = x->next;
        polynomial_clear(&x->p);
        polynomial_clear(&x->q);
        free(x);
    }
    for (slong i = 0; i < ring->parameters; i++) fmpq_clear(ring->end + i);
}

bool rc_ring_add(rc_ring_t ring, const char *name, bool integer, const fmpq_t end)
{
    slong i = ring->parameters;
    if (i == RC_RING_MAX_PARAMETERS) return false;
    ring->parameters++;
    ring->name[i] = name;
    ring->integer[i] = integer;
    fmpq_init(ring->end + i);
    fmpq_set(ring->end + i, end);
    return true;
}

/* x += c times the monomial e. */
static void add_monomial(polynomial *x, const slong *e, const rc_surd_t c)
{
    slong i = 0;
    while (i < x->n && memcmp(x->m[i].e, e, sizeof x->m[i].e) != 0) i++;
    if (i == x->n) {
        for (slong k = 0; k < RC_RING_MAX_PARAMETERS; k++) x->failed |= e[k] > MAX_DEGREE;
        x->failed |= x->n == MAX_MONOMIALS;
        if (x->failed || rc_surd_is_zero(c)) return;
        x->m = realloc(x->m, (size_t) (x->n + 1) * sizeof *x->m);
        if (x->m == NULL) flint_abort();
        memcpy(x->m[i].e, e, sizeof x->m[i].e);
        rc_surd_init(x->m[i].c);
        rc_surd_set(x->m[i].c, c);
        x->n++;
        return;
    }
    rc_surd_add(x->m[i].c, x->m[i].c, c);
    if (rc_surd_is_zero(x->m[i].c)) {
        rc_surd_clear(x->m[i].c);
        x->m[i] = x->m[--x->n];
    }
}

/* z += sign x y */
static void add_product(polynomial *z, const polynomial *x, const polynomial *y, int sign)
{
    rc_surd_t c;
    rc_surd_init(c);
    for (slong i = 0; i < x->n && !z->failed; i++) {
        for (slong j = 0; j < y->n && !z->failed; j++) {
            slong e[RC_RING_MAX_PARAMETERS];
            for (slong k = 0; k < RC_RING_MAX_PARAMETERS; k++) e[k] = x->m[i].e[k] + y->m[j].e[k];
            rc_surd_mul(c, x->m[i].c, y->m[j].c);
            if (sign < 0) rc_surd_neg(c, c);
            add_monomial(z, e, c);
        }
    }
    rc_surd_clear(c);
}

static void add_constant(polynomial *z, slong n)
{
    static const slong none[RC_RING_MAX_PARAMETERS];
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_si(c, n);
    add_monomial(z, none, c);
    rc_surd_clear(c);
}

static rc_ratio *fresh(void)
{
    rc_ratio *x = calloc(1, sizeof *x);
    if (x == NULL) flint_abort();
    return x;
}

static const rc_ratio *keep(rc_ring_t ring, rc_ratio *x)
{
    x->next = ring->values;
    ring->values = x;
    return x->p.failed || x->q.failed ? NULL : x;
}

const rc_ratio *rc_ratio_si(rc_ring_t ring, slong n)
{
    rc_ratio *x = fresh();
    add_constant(&x->p, n);
    add_constant(&x->q, 1);
    return keep(ring, x);
}

static const rc_ratio *constant(rc_ring_t ring, const rc_surd_t c)
{
    static const slong none[RC_RING_MAX_PARAMETERS];
    rc_ratio *x = fresh();
    add_monomial(&x->p, none, c);
    add_constant(&x->q, 1);
    return keep(ring, x);
}

static const rc_ratio *parameter(rc_ring_t ring, slong k)
{
    slong e[RC_RING_MAX_PARAMETERS] = {0};
    rc_ratio *x = fresh();
    rc_surd_t c;
    rc_surd_init(c);
    rc_surd_set_fmpq(c, ring->end + k);
    add_monomial(&x->p, e, c);
    e[k] = 1;
    rc_surd_set_si(c, 1);
    add_monomial(&x->p, e, c);
    rc_surd_clear(c);
    add_constant(&x->q, 1);
    return keep(ring, x);
}

static const rc_ratio *sum(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y, int sign)
{
    if (x == NULL || y == NULL) return NULL;
    rc_ratio *z = fresh();
    add_product(&z->p, &x->p, &y->q, 1);
    add_product(&z->p, &y->p, &x->q, sign);
    add_product(&z->q, &x->q, &y->q, 1);
    return keep(ring, z);
}

const rc_ratio *rc_ratio_add(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    return sum(ring, x, y, 1);
}

const rc_ratio *rc_ratio_sub(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    return sum(ring, x, y, -1);
}

const rc_ratio *rc_ratio_mul(rc_ring_t ring, const rc_ratio *x, const rc_ratio *y)
{
    if (x == NULL || y == NULL) return NULL;
    rc_ratio *z = fresh();
    add_product(&z->p, &x->p, &y->p, 1);
    add_product(&z->q, &x->q, &y->q, 1);
    return keep(ring, z);
}

const rc_ratio *rc_ratio_neg(rc_ring_t ring, const rc_ratio *x)
{
    return rc_ratio_mul(ring, rc_ratio_si(ring, -1), x);
}

bool rc_ratio_is_zero(const rc_ratio *x)
{
    return x && x->p.n == 0;
}

bool rc_ratio_holds(const rc_ring_t ring, const rc_ratio *x, bool strict)
{
    if (x == NULL) return false;
    for (slong i = 0; i < x->p.n; i++) {
        bool moving = false;
        if (rc_surd_sgn(x->p.m[i].c) < 0) return false;
        for (slong k = 0; k < ring->parameters; k++) moving |= ring->integer[k] && x->p.m[i].e[k] > 0;
        strict &= moving;
    }
    return !strict;
}

int rc_ratio_side(rc_ring_t ring, const rc_ratio *x)
{
    return rc_ratio_holds(ring, x, true) ? 1 : rc_ratio_holds(ring, rc_ratio_neg(ring, x), true) ? -1 : 0;
}

const rc_ratio *rc_ratio_inv(rc_ring_t ring, const rc_ratio *x)
{
    int side = rc_ratio_side(ring, x);
    if (side == 0) return NULL;
    if (side < 0) x = rc_ratio_neg(ring, x);
    if (x == NULL) return NULL;
    rc_ratio *y = fresh();
    polynomial one = {0, NULL, false};
    add_constant(&one, 1);
    add_product(&y->p, &x->q, &one, side);
    add_product(&y->q, &x->p, &one, 1);
    polynomial_clear(&one);
    return keep(ring, y);
}

/* The value of a constant. */
static bool get_fmpq(fmpq_t x, const rc_ratio *y)
{
    if (y == NULL || y->p.n > 1 || y->q.n != 1) return false;
    fmpq_t q;
    fmpq_init(q);
    fmpq_zero(x);
    bool good = true;
    for (slong k = 0; k < RC_RING_MAX_PARAMETERS && y->p.n > 0; k++) good &= y->p.m[0].e[k] == y->q.m[0].e[k];
    good = good && (y->p.n == 0 || rc_surd_get_fmpq(x, y->p.m[0].c) == RC_OK) &&
           rc_surd_get_fmpq(q, y->q.m[0].c) == RC_OK;
    if (good) fmpq_div(x, x, q);
    fmpq_clear(q);
    return good;
}

/* The grammar of numbers; the reader of instances has refused what is no expression at all. */

typedef struct {
    rc_ring_struct *ring;
    rc_cursor at;
    int nesting;
} parser;

static const rc_ratio *parse_sum(parser *p);

static char peek(parser *p)
{
    while (p->at.next < p->at.end && strchr(" \t\r\n", *p->at.next) && *p->at.next) p->at.next++;
    return p->at.next < p->at.end ? *p->at.next : '\0';
}

static bool accept(parser *p, char c)
{
    if (peek(p) != c || c == '\0') return false;
    p->at.next++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const rc_ratio *parse_root(parser *p, bool root)
{
    const rc_ratio *x = accept(p, '(') ? parse_sum(p) : NULL;
    if (!accept(p, ')')) return NULL;
    if (!root) return x;
    fmpq_t y;
    rc_surd_t s;
    fmpq_init(y);
    rc_surd_init(s);
    bool good = get_fmpq(y, x) && fmpq_sgn(y) >= 0;
    if (good) rc_surd_set_sqrt_fmpq(s, y);
    x = good ? constant(p->ring, s) : NULL;
    rc_surd_clear(s);
    fmpq_clear(y);
    return x;
}

static const rc_ratio *parse_number(parser *p)
{
    fmpq_t x;
    rc_surd_t s;
    fmpq_init(x);
    rc_surd_init(s);
    const rc_ratio *y = NULL;
    if (rc_literal_read(x, &p->at) == NULL) {
        rc_surd_set_fmpq(s, x);
        y = constant(p->ring, s);
    }
    rc_surd_clear(s);
    fmpq_clear(x);
    return y;
}

static const rc_ratio *parse_atom(parser *p)
{
    char c = peek(p);
    if (is_digit(c)) return parse_number(p);
    const char *first = p->at.next;
    if (is_letter(c)) {
        while (p->at.next < p->at.end && (is_letter(*p->at.next) || is_digit(*p->at.next) || *p->at.next == '_'))
            p->at.next++;
    }
    size_t length = (size_t) (p->at.next - first);
    if (length == 0 || (length == 4 && memcmp(first, "sqrt", 4) == 0)) return parse_root(p, length > 0);
    for (slong k = 0; k < p->ring->parameters; k++) {
        const char *name = p->ring->name[k];
        if (strlen(name) == length && memcmp(name, first, length) == 0) return parameter(p->ring, k);
    }
    return NULL;
}

static const rc_ratio *parse_power(parser *p)
{
    const rc_ratio *x = parse_atom(p);
    if (x == NULL || !accept(p, '^')) return x;
    if (accept(p, '-')) x = rc_ratio_inv(p->ring, x);
    slong e = 0;
    if (!is_digit(peek(p))) return NULL;
    for (; p->at.next < p->at.end && is_digit(*p->at.next); p->at.next++) {
        e = 10 * e + (*p->at.next - '0');
        if (e > MAX_DEGREE) return NULL;
    }
    const rc_ratio *y = rc_ratio_si(p->ring, 1);
    for (; e > 0; e /= 2) {
        if (e % 2) y = rc_ratio_mul(p->ring, y, x);
        if (e > 1) x = rc_ratio_mul(p->ring, x, x);
    }
    return y;
}

static const rc_ratio *parse_factor(parser *p)
{
    if (p->nesting >= MAX_NESTING) return NULL;
    p->nesting++;
    const rc_ratio *x = accept(p, '-')   ? rc_ratio_neg(p->ring, parse_factor(p))
                        : accept(p, '+') ? parse_factor(p)
                                         : parse_power(p);
    p->nesting--;
    return x;
}

static const rc_ratio *parse_term(parser *p)
{
    const rc_ratio *x = parse_factor(p);
    while (x) {
        if (accept(p, '*')) x = rc_ratio_mul(p->ring, x, parse_factor(p));
        else if (accept(p, '/')) x = rc_ratio_mul(p->ring, x, rc_ratio_inv(p->ring, parse_factor(p)));
        else break;
    }
    return x;
}

static const rc_ratio *parse_sum(parser *p)
{
    const rc_ratio *x = parse_term(p);
    while (x) {
        if (accept(p, '+')) x = rc_ratio_add(p->ring, x, parse_term(p));
        else if (accept(p, '-')) x = rc_ratio_sub(p->ring, x, parse_term(p));
        else break;
    }
    return x;
}

const rc_ratio *rc_ratio_read(rc_ring_t ring, const json_t *value)
{
    if (json_is_integer(value)) return rc_ratio_si(ring, (slong) json_integer_value(value));
    if (!json_is_string(value)) return NULL;
    const char *text = json_string_value(value);
    parser p = {ring, {text, text + json_string_length(value)}, 0};
    const rc_ratio *x = parse_sum(&p);
    peek(&p);
    return p.at.next == p.at.end ? x : NULL;
}

/* c (k - K)^e ... for each monomial. */
char *rc_ratio_get_str(const rc_ring_t ring, const rc_ratio *x)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    if (x->p.n == 0) fputc('0', out);
    for (slong i = 0; i < x->p.n; i++) {
        const monomial *m = x->p.m + i;
        char *c = rc_surd_get_str(m->c);
        bool moving = false;
        for (slong k = 0; k < ring->parameters; k++) moving |= m->e[k] > 0;
        const char *plus = i && (*c != '-' || m->c->length > 1) ? "+" : "";
        if (!moving || strcmp(c, "1") != 0) fprintf(out, m->c->length > 1 ? "%s(%s)" : "%s%s", plus, c);
        else if (i > 0) fputc('+', out);
        bool times = !moving || strcmp(c, "1") != 0;
        free(c);
        for (slong k = 0; k < ring->parameters; k++) {
            if (m->e[k] == 0) continue;
            if (times) fputc('*', out);
            times = true;
            if (fmpq_is_zero(ring->end + k)) {
                fputs(ring->name[k], out);
            } else {
                char *end = rc_fmpq_get_str(ring->end + k);
                fprintf(out, "(%s-(%s))", ring->name[k], end);
                free(end);
            }
            if (m->e[k] > 1) fprintf(out, "^%ld", (long) m->e[k]);
        }
    }
    if (fclose(out) != 0) flint_abort();
    return text;
}
