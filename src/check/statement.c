/* Statements: their fields, their words, and when two of them say the same. Sections 3 and 5. */

#include <stdio.h>
#include <string.h>
#include "check.h"

/* A network by its name; in a case file a string in place of a network is the name of another. */
static const network *named_network(const char *rule, value name, value networks) {
    value v = name;
    for (int steps = 0; json_type(v) == JSON_STRING; steps++) {
        if (steps > (v.doc->is_case ? NESTING : 0)) expected(rule, v, "a network");
        v = json_named(networks, v);
        if (!json_present(v)) expected(rule, name, "the name of a network");
    }
    if (v.node == name.node) expected(rule, name, "the name of a network");
    return network_read(v);
}

static void read_networks(statement *s, value v, value networks) {
    const char *rule = s->claim->name;
    value of = json_get(v, "of"), gamma = json_get(v, "gamma"), g = json_get(v, "g");
    s->X_name = json_present(gamma) ? gamma : json_present(of) ? of : json_get(v, "network");
    s->Y_name = json_present(g) ? g : json_get(v, "theta");
    if (json_type(of) == JSON_LIST) {
        s->X_name = json_list_of(rule, of, 2);
        s->Y_name = json_next(s->X_name);
    }
    if (strcmp(rule, "cells") == 0 && json_type(of) == JSON_OBJECT) s->X = arrangement_read(rule, of);
    else s->X = named_network(rule, s->X_name, networks);
    if (strcmp(rule, "equal") == 0 && !json_present(s->Y_name)) expected(rule, of, "a list of two names");
    if ((strcmp(rule, "member") == 0 || strcmp(rule, "unique") == 0 || strcmp(rule, "embedding") == 0) &&
        json_present(s->Y_name)) expected(rule, of, "one name");
    if (json_present(s->Y_name)) s->Y = named_network(rule, s->Y_name, networks);
    if (!s->claim->biases && (s->X->biases || (s->Y != NULL && s->Y->biases)))
        reject(rule, v, "expected networks without biases, found one with biases");
    if (s->Y == NULL) return;
    require(s->X->d == s->Y->d && s->X->D == s->Y->D, rule, v, "networks with the same d and D");
    require(!s->claim->same_shape || s->X->m == s->Y->m, rule, v, "networks with as many neurons");
}

static void read_numbers(statement *s, value v) {
    static const char *const relations[] = {"equals", "at-most", "at-least", "beta", "s", NULL};
    static const char *const parameters[] = {"box", "alpha", "radius", NULL};
    const char *rule = s->claim->name;
    NEW_Q(q);
    s->v = s->q = integer(0);
    for (const char *const *key = relations; *key != NULL; key++) {
        value at = json_get(v, *key);
        if (!json_present(at)) continue;
        if (s->relation != NULL) reject(rule, v, "expected one of %s, %s, found both", s->relation, *key);
        s->relation = *key;
        s->v = number_read(rule, at);
        if (key - relations >= 3 && sign(s->v) < 0) expected(rule, at, "a number >= 0");
    }
    if (strstr(s->claim->fields, "equals?") != NULL && s->relation == NULL)
        reject(rule, v, "expected one of equals, at-most, at-least, found none");
    for (const char *const *key = parameters; *key != NULL; key++) {
        value at = json_get(v, *key);
        if (!json_present(at)) continue;
        s->q = number_read(rule, at);
        if (!get_rational(q, s->q) || mpq_sgn(q) <= 0) expected(rule, at, "a rational number > 0");
        if (key == &parameters[1] && (mpz_cmp_ui(mpq_numref(q), 100) > 0 || mpz_cmp_ui(mpq_denref(q), 100) > 0))
            expected(rule, at, "a quotient of integers up to 100");
    }
}

/* A list of n rationals into q; for n = 1 also a rational that is not in a list. */
static void read_vector(mpq_t *q, const char *rule, value v, size_t n) {
    value at = n == 1 && json_type(v) != JSON_LIST ? v : json_list_of(rule, v, n);
    for (size_t k = 0; k < n; k++, at = json_next(at)) rational_read(q[k], rule, at);
}

static void read_samples(statement *s, value v) {
    const char *rule = s->claim->name;
    value x = json_get(v, "x"), y = json_get(v, "y");
    json_shape(rule, v, "x y");
    s->samples = json_count(x);
    if (s->samples == 0) expected(rule, x, "a list of samples");
    json_list_of(rule, y, s->samples);
    s->x = rationals(s->samples * s->X->d);
    s->y = rationals(s->samples * s->X->D);
    x = json_list(rule, x);
    y = json_first(y);
    for (size_t j = 0; j < s->samples; j++, x = json_next(x), y = json_next(y)) {
        json_list(rule, x);
        read_vector(s->x + j * s->X->d, rule, x, s->X->d);
        read_vector(s->y + j * s->X->D, rule, y, s->X->D);
    }
}

void statement_read(statement *s, const claim *c, value v, value networks, const char *more) {
    char shape[100] = "";
    bool of_space = strcmp(c->name, "member") == 0;
    value holds = json_get(v, "holds"), space = json_get(v, of_space ? "space" : "within");
    *s = (statement){.claim = c, .holds = json_type(holds) != JSON_FALSE};
    json_shape(c->name, v, strcat(strcat(shape, c->fields), more));
    read_networks(s, v, networks);
    read_numbers(s, v);
    if (json_present(json_get(v, "samples"))) read_samples(s, json_get(v, "samples"));
    if (json_present(holds) && json_type(holds) != JSON_TRUE && json_type(holds) != JSON_FALSE)
        expected(c->name, holds, "true or false");
    if (json_present(space) && !json_is(space, "N*") && !json_is(space, of_space ? "N'" : "N"))
        expected(c->name, space, "\"%s\" or \"N*\"", of_space ? "N'" : "N");
    s->star = json_present(space) && json_is(space, "N*");
}

static bool same_name(value a, value b) {
    if (!json_present(a) || !json_present(b)) return json_present(a) == json_present(b);
    return json_same(a, b) || (json_type(a) == JSON_OBJECT && json_type(b) == JSON_OBJECT);
}

const char *statement_difference(const statement *s, const statement *t) {
    if (!same_name(s->X_name, t->X_name) || !same_name(s->Y_name, t->Y_name)) return "names of networks";
    if (!network_equal(s->X, t->X) || (s->Y != NULL && !network_equal(s->Y, t->Y))) return "networks";
    if ((s->relation == NULL) != (t->relation == NULL) ||
        (s->relation != NULL && strcmp(s->relation, t->relation) != 0)) return "relations";
    if (compare(s->v, t->v) != 0 || compare(s->q, t->q) != 0) return "numbers";
    if (s->holds != t->holds || s->star != t->star || s->samples != t->samples) return "holds, spaces or samples";
    for (size_t i = 0; i < s->samples * s->X->d; i++)
        if (!mpq_equal(s->x[i], t->x[i])) return "samples";
    for (size_t i = 0; i < s->samples * s->X->D; i++)
        if (!mpq_equal(s->y[i], t->y[i])) return "samples";
    return NULL;
}

/* ---- printing --------------------------------------------------------------------------- */

void print_string(value v) {
    if (json_type(v) == JSON_OBJECT) printf("the arrangement");
    size_t length;
    const char *text = json_text(v, &length);
    for (size_t i = 0; i < length && json_type(v) == JSON_STRING; i++)
        printf(text[i] < 32 || text[i] > 126 ? "\\x%02x" : "%c", (unsigned char)text[i]);
}

static void print_vector(mpq_t *q, size_t n) {
    for (size_t k = 0; k < n; k++) gmp_printf("%s%Qd", k == 0 ? "(" : ", ", q[k]);
    printf(")");
}

static void print_ray(const ray *a, size_t length) {
    NEW_Q(p);
    for (size_t k = 0; k < length; k++) {
        mpq_set_z(p, a->u[k]);
        mpq_mul(p, p, a->t);
        gmp_printf("%s%Qd", k == 0 ? "(" : ", ", p);
        if (mpq_sgn(p) != 0 && mpz_cmp_ui(a->n, 1) != 0) gmp_printf("*sqrt(%Zd)", a->n);
    }
    printf(")");
    mpq_clear(p);
}

static void print_network(const network *X, value name) {
    printf("  ");
    print_string(name);
    printf(": %zu %s, d = %zu, D = %zu%s\n", X->m, X->D == 0 ? "forms" : "neurons", X->d, X->D,
           X->biases ? ", with biases (the last entry of a)" : "");
    for (size_t i = 0; i < X->m; i++) {
        printf("    %zu: a = ", i + 1);
        print_ray(&X->a[i], X->w);
        if (X->D > 0) printf(", c = ");
        if (X->D > 0) print_ray(&X->c[i], X->D);
        printf("\n");
    }
    if (X->biases && X->D > 0) {
        printf("    output bias ");
        print_vector(X->out, X->D);
        printf("\n");
    }
}

/* X, Y are names; F a realization or a difference; A one or two names; = a relation; V, Q numbers; S a
   space; H a negation. */
static void print_text(const statement *s, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text != '%') putchar(*text);
        else if (*++text == 'X') print_string(s->X_name);
        else if (*text == 'Y') print_string(s->Y_name);
        else if (*text == 'F') print_text(s, s->Y == NULL ? "R(%X)" : "R(%X) - R(%Y)");
        else if (*text == 'A') print_text(s, s->Y == NULL ? "%X" : "%X and %Y");
        else if (*text == '=') printf(s->relation[0] == 'e' ? "=" : s->relation[3] == 'm' ? "<=" : ">=");
        else if (*text == 'V' || *text == 'Q') printf("%s", number_text(*text == 'V' ? s->v : s->q));
        else if (*text == 'S') printf(s->star ? "N*" : strcmp(s->claim->name, "member") == 0 ? "N'" : "N");
        else if (!s->holds) printf("it is false that ");
    }
}

void statement_print(const statement *s) {
    print_network(s->X, s->X_name);
    if (s->Y != NULL && !json_same(s->X_name, s->Y_name)) print_network(s->Y, s->Y_name);
    for (size_t j = 0; j < s->samples; j++) {
        printf("    sample %zu: x = ", j + 1);
        print_vector(s->x + j * s->X->d, s->X->d);
        printf(", y = ");
        print_vector(s->y + j * s->X->D, s->X->D);
        printf("\n");
    }
    printf("  claim: ");
    print_text(s, s->claim->text);
    printf("\n");
}
