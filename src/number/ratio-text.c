/* Functions of parameters as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number/literal.h"
#include "number/ratio-private.h"
#include "relucert/expression.h"

#define MAX_NESTING 1000
#define MAX_DEGREE 10000

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
    return root ? rc_ratio_sqrt(p->ring, x) : x;
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
        y = rc_ratio_surd(p->ring, s);
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
        if (strlen(name) == length && memcmp(name, first, length) == 0) return rc_ratio_parameter(p->ring, k);
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
    return rc_ratio_pow(p->ring, x, e);
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

const rc_ratio *rc_ratio_read_str(rc_ring_t ring, const char *text, size_t length)
{
    parser p = {ring, {text, text + length}, 0};
    const rc_ratio *x = parse_sum(&p);
    peek(&p);
    return p.at.next == p.at.end ? x : NULL;
}

const rc_ratio *rc_ratio_read(rc_ring_t ring, const json_t *value)
{
    if (json_is_integer(value)) return rc_ratio_si(ring, (slong) json_integer_value(value));
    if (!json_is_string(value)) return NULL;
    return rc_ratio_read_str(ring, json_string_value(value), json_string_length(value));
}

/* As text: each shift in terms of its parameter. */

static void put_shift(FILE *out, const rc_ring_struct *ring, slong k)
{
    const rc_range_struct *range = ring->range[k];
    char *low = rc_fmpq_get_str(range->low), *high = rc_fmpq_get_str(range->high);
    if (range->kind == RC_RANGE_BETWEEN) fprintf(out, "((%s-(%s))/(%s-%s))", ring->name[k], low, high, ring->name[k]);
    else if (fmpq_is_zero(range->low)) fputs(ring->name[k], out);
    else if (fmpq_sgn(range->low) > 0) fprintf(out, "(%s-%s)", ring->name[k], low);
    else fprintf(out, "(%s+%s)", ring->name[k], low + 1);
    free(high);
    free(low);
}

static void put_polynomial(FILE *out, const rc_ring_struct *ring, const polynomial *p)
{
    if (p->n == 0) fputc('0', out);
    for (slong i = 0; i < p->n; i++) {
        const rc_monomial *m = p->m + i;
        char *c = rc_surd_get_str(m->c);
        bool moving = false;
        for (slong k = 0; k < SLOTS; k++) moving |= m->e[k] > 0;
        bool one = moving && strcmp(c, "1") == 0, minus = moving && strcmp(c, "-1") == 0;
        if (i > 0 && (*c != '-' || m->c->length > 1)) fputc('+', out);
        if (minus) fputc('-', out);
        if (!one && !minus) fprintf(out, m->c->length > 1 ? "(%s)" : "%s", c);
        bool times = !one && !minus;
        free(c);
        for (slong k = 0; k < SLOTS; k++) {
            if (m->e[k] == 0) continue;
            if (times) fputc('*', out);
            times = true;
            if (k >= SHIFTS) {
                fputs("sqrt(", out);
                put_polynomial(out, ring, ring->radicand[k - SHIFTS]);
                fputc(')', out);
            } else {
                put_shift(out, ring, k);
                if (m->e[k] > 1) fprintf(out, "^%ld", (long) m->e[k]);
            }
        }
    }
}

char *rc_ratio_get_str(const rc_ring_t ring, const rc_ratio *x)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    rc_surd_t c;
    rc_surd_init(c);
    bool unit = rc_polynomial_is_constant(&x->q) && rc_surd_is_rational(x->q.m[0].c) &&
                rc_surd_cmp_fmpq(x->q.m[0].c, &(fmpq){1, 1}) == 0;
    if (rc_ratio_get_constant(c, x)) {
        char *plain = rc_surd_get_str(c);
        fputs(plain, out);
        free(plain);
    } else {
        if (!unit) fputc('(', out);
        put_polynomial(out, ring, &x->p);
        if (!unit) fputs(")/(", out);
        if (!unit) put_polynomial(out, ring, &x->q);
        if (!unit) fputc(')', out);
    }
    rc_surd_clear(c);
    if (fclose(out) != 0) flint_abort();
    return text;
}

char *rc_ratio_get_line(const rc_ring_t ring, const rc_ratio *x)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) flint_abort();
    put_polynomial(out, ring, &x->p);
    if (fclose(out) != 0) flint_abort();
    return text;
}
