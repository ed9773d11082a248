/* Statements: their fields, their words, and when two of them say the same. Sections 3 and 5. */

#include "check.h"

/* A network by its name; in a case file a string in place of a network is the name of another. */
static const network *named_network(const char *rule, value name, value networks) {
    value v = name;
    for (int steps = name.doc->is_case ? NESTING : 1; steps > 0 && json_type(v) == JSON_STRING; steps--)
        v = json_named(networks, v);
    require(v.node != 0 && v.node != name.node && json_type(v) != JSON_STRING, rule, name, "the name of a network");
    return network_read(v);
}

static void read_networks(statement *s, value v, value networks) {
    const char *rule = s->claim->name;
    value of = json_get(v, "of"), gamma = json_get(v, "gamma"), g = json_get(v, "g");
    bool pair = json_type(of) == JSON_LIST;
    int about = s->claim->about;
    s->X_name = pair ? json_list_of(rule, of, 2) : json_present(of) ? of
                     : json_present(gamma) ? gamma : json_get(v, "network");
    s->Y_name = pair ? json_next(s->X_name) : json_present(g) ? g : json_get(v, "theta");
    require(about & (json_present(s->Y_name) ? TWO : ONE), rule, of, "%s", about & ONE ? "one name" : "two names");
    if ((about & ARRANGEMENT) && json_type(of) == JSON_OBJECT) s->X = arrangement_read(rule, of);
    else s->X = named_network(rule, s->X_name, networks);
    if (json_present(s->Y_name)) s->Y = named_network(rule, s->Y_name, networks);
    require(about & DEEP || s->X->layers + (s->Y != NULL ? s->Y->layers : 0) == 0, rule, v, "networks with two layers");
    require(about & BIASES || !(s->X->biases || (s->Y != NULL && s->Y->biases)), rule, v, "networks without biases");
    require(s->Y == NULL || (s->X->d == s->Y->d && s->X->D == s->Y->D &&
            (!(about & SAME_SHAPE) || s->X->m == s->Y->m)), rule, v, "networks of one shape");
}

/* At most one of the first five, s->v, and of the last three, s->q. */
static void read_numbers(statement *s, value v) {
    static const char *const key[] = {"equals", "at-most", "at-least", "beta", "s", "box", "alpha", "radius", "eta"};
    const char *rule = s->claim->name;
    NEW_Q(q);
    s->v = s->q = integer(0);
    for (int k = 0; k < 9; k++) {
        value at = json_get(v, key[k]);
        if (!json_present(at)) continue;
        if (k < 5 && s->relation != NULL) reject(rule, v, "expected one of %s, %s, found both", s->relation, key[k]);
        if (k < 5) s->relation = key[k];
        *(k < 5 ? &s->v : &s->q) = number_read(rule, at);
        require(k < 3 || k > 4 || at_least(s->v, integer(0)), rule, at, "a number >= 0");
        require(k < 5 || ((get_rational(q, s->q) || (k == 5 && s->q->family)) && exceeds(s->q, integer(0))), rule, at,
                "a rational number > 0");
        require(k != 6 || (mpz_cmp_ui(mpq_numref(q), 100) <= 0 && mpz_cmp_ui(mpq_denref(q), 100) <= 0), rule, at,
                "a quotient of integers up to 100");
    }
    if (strstr(s->claim->fields, "equals?") != NULL && s->relation == NULL)
        reject(rule, v, "expected one of equals, at-most, at-least, found none");
}

/* A list of `count` lists of n rationals into q; with `flat` also rationals in place of lists of one. */
static void read_vectors(mpq_t *q, const char *rule, value v, size_t count, size_t n, bool flat) {
    value row = json_list_of(rule, v, count);
    for (size_t j = 0; j < count; j++, row = json_next(row)) {
        value at = flat && json_type(row) != JSON_LIST ? row : json_list_of(rule, row, n);
        for (size_t k = 0; k < n; k++, at = json_next(at)) rational_read(*q++, rule, at);
    }
}

void statement_read(statement *s, const claim *c, value v, value networks, const char *more) {
    char shape[400] = "";
    const char *other = strcmp(c->name, "member") == 0 ? "N'" : "N";
    value holds = json_get(v, "holds"), samples = json_get(v, json_present(json_get(v, "data")) ? "data" : "samples");
    value space = json_get(v, strcmp(c->name, "member") == 0 ? "space" : "within");
    if (v.doc->is_case && json_type(samples) == JSON_STRING) {
        samples = json_named(json_get((value){v.doc, 0}, "data"), samples);
        require(json_present(samples), c->name, v, "the name of data of the case");
    }
    *s = (statement){.claim = c, .holds = json_type(holds) != JSON_FALSE, .star = json_is(space, "N*")};
    json_shape(c->name, v, strcat(strcat(shape, c->fields), more));
    read_networks(s, v, networks);
    read_numbers(s, v);
    require(!json_present(holds) || !s->holds || json_type(holds) == JSON_TRUE, c->name, holds, "true or false");
    require(!json_present(space) || s->star || json_is(space, other), c->name, space, "\"%s\" or \"N*\"", other);
    if (strcmp(c->name, "stability") == 0) s->stability = stability_read(v);
    if (!json_present(samples)) return;
    json_shape(c->name, samples, "x y");
    s->samples = json_count(json_get(samples, "x"));
    if (s->samples == 0) expected(c->name, samples, "a list of samples");
    s->x = rationals(s->samples * (s->X->d + s->X->D));
    s->y = s->x + s->samples * s->X->d;
    read_vectors(s->x, c->name, json_get(samples, "x"), s->samples, s->X->d, false);
    s->own = s->stability != NULL && json_is(json_get(samples, "y"), "own");
    if (s->own) return;
    read_vectors(s->y, c->name, json_get(samples, "y"), s->samples, s->X->D, s->X->D == 1);
}

/* The same name, or two arrangements, or both absent. */
static bool same_name(value a, value b) {
    return json_same(a, b) || (json_type(a) == JSON_OBJECT && json_type(b) == JSON_OBJECT);
}

const char *statement_difference(const statement *s, const statement *t) {
    if (!same_name(s->X_name, t->X_name) || !same_name(s->Y_name, t->Y_name)) return "names of networks";
    if (!network_equal(s->X, t->X) || (s->Y != NULL && !network_equal(s->Y, t->Y))) return "networks";
    if (s->relation != t->relation) return "relations";
    if (!is_null(minus(s->v, t->v)) || !is_null(minus(s->q, t->q))) return "numbers";
    if (s->holds != t->holds || s->star != t->star || s->own != t->own || s->samples != t->samples)
        return "holds, spaces or samples";
    for (size_t i = 0; i < s->samples * (s->X->d + s->X->D); i++)
        if (!mpq_equal(s->x[i], t->x[i])) return "samples";
    if (s->stability != NULL && !stability_equal(s->stability, t->stability)) return "parts";
    return NULL;
}

/* ---- printing --------------------------------------------------------------------------- */

void print_string(const char *before, value v) {
    size_t length;
    const char *text = json_text(v, &length);
    printf("%s%s", before, json_type(v) == JSON_OBJECT ? "the arrangement" : "");
    for (size_t i = 0; i < length && json_type(v) == JSON_STRING; i++)
        printf(text[i] < 32 || text[i] > 126 ? "\\x%02x" : "%c", (unsigned char)text[i]);
}

/* The n rationals q or, if this is NULL, the n entries of the ray a. */
static void print_vector(const char *before, mpq_t *q, const ray *a, size_t n) {
    NEW_Q(p);
    printf("%s", before);
    for (size_t k = 0; k < n; k++) {
        if (a != NULL) mpq_set_z(p, a->u[k]);
        if (a != NULL) mpq_mul(p, p, a->t);
        gmp_printf("%s%Qd", k == 0 ? "(" : ", ", a == NULL ? q[k] : p);
        if (a != NULL && mpq_sgn(p) != 0 && mpz_cmp_ui(a->n, 1) != 0) gmp_printf("*sqrt(%Zd)", a->n);
    }
    printf(")");
}

static void print_network(const network *X, value name) {
    print_string("\n  ", name);
    printf(": %zu %s, d = %zu, D = %zu%s", X->layers > 0 ? X->layers : X->m,
           X->layers > 0 ? "layers" : X->D == 0 ? "forms" : "neurons", X->d, X->D,
           X->biases ? ", with biases (the last entry of a)" : "");
    for (size_t l = 0; l < X->layers; l++)
        for (size_t i = 0; i < X->layer[l]->m; i++) {
            printf("\n    layer %zu, %zu", l + 1, i + 1);
            print_vector(": a = ", NULL, &X->layer[l]->a[i], X->layer[l]->w);
        }
    for (size_t i = 0; i < X->m; i++) {
        printf("\n    %zu", i + 1);
        print_vector(": a = ", NULL, &X->a[i], X->w);
        if (X->D > 0) print_vector(", c = ", NULL, &X->c[i], X->D);
    }
    for (size_t p = 0; X->biases && X->layers == 0 && p < X->D; p++)
        printf("%s%s%s", p == 0 ? "\n    output bias (" : ", ", number_text(X->out[p]), p + 1 == X->D ? ")" : "");
}

/* X, Y are names; F a realization or a difference; A one or two names; = a relation; V, Q numbers; S a
   space; H a negation. */
static void print_text(const statement *s, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text != '%') putchar(*text);
        else if (*++text == 'X') print_string("", s->X_name);
        else if (*text == 'Y') print_string("", s->Y_name);
        else if (*text == 'F') print_text(s, s->Y == NULL ? "R(%X)" : "R(%X) - R(%Y)");
        else if (*text == 'A') print_text(s, s->Y == NULL ? "%X" : "%X and %Y");
        else if (*text == '=') printf(s->relation[0] == 'e' ? "=" : s->relation[3] == 'm' ? "<=" : ">=");
        else if (*text == 'V' || *text == 'Q') printf("%s", number_text(*text == 'V' ? s->v : s->q));
        else if (*text == 'P') stability_print(s);
        else if (*text == 'S') printf(s->star ? "N*" : strcmp(s->claim->name, "member") == 0 ? "N'" : "N");
        else if (!s->holds) printf("it is false that ");
    }
}

void statement_print(const statement *s) {
    print_network(s->X, s->X_name);
    if (s->Y != NULL && !json_same(s->X_name, s->Y_name)) print_network(s->Y, s->Y_name);
    for (size_t j = 0; j < s->samples; j++) {
        printf("\n    sample %zu", j + 1);
        print_vector(": x = ", s->x + j * s->X->d, NULL, s->X->d);
        if (!s->own) print_vector(", y = ", s->y + j * s->X->D, NULL, s->X->D);
    }
    printf("\n  claim: ");
    print_text(s, s->claim->text);
}
