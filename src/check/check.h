/* relucert-check: the independent checker of relucert's certificates.

   docs/certificate-format.md says what a certificate is; the sections cited in the sources are
   its sections. docs/soundness.md argues why acceptance implies the statement.

   Memory: whatever is allocated while a file is checked, the limbs of GMP included, is on one
   list. A rejection leaves by longjmp from any depth, and releasing the list leaves nothing
   behind for the next file. Therefore functions free what they use only where it would pile up:
   memory_mark and memory_release bracket temporaries. Between the two no older number may get its
   first limb, for that limb would be newer than the mark. */

#ifndef RELUCERT_CHECK_H
#define RELUCERT_CHECK_H
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <gmp.h>

#define NESTING 1000
#define MOST_BITS 10000000               /* in a value, or a coefficient */
#define MOST_ROOTS 64
#define NEW_Z(z) mpz_t z; mpz_init(z)
#define NEW_Q(q) mpq_t q; mpq_init(q)
#define NEW_FORM(f, X, Y) form f; form_init(&f, X, Y)

/* ---- memory.c ------------------------------------------------------------------- */

/* memory_start makes GMP allocate here; memory_release frees what was allocated since `mark`, NULL: everything;
   memory_new returns zeroed memory. */
void memory_start(void), memory_release(void *mark);
void memory_keep(bool keep);            /* keep: only memory_release(NULL) has an effect */
void *memory_mark(void), *memory_new(size_t count, size_t size), *memory_resize(void *old, size_t count, size_t size);
mpz_t *integers(size_t count);
mpq_t *rationals(size_t count);                         /* zeros, too */

/* ---- json.c: a strict reader, one array of nodes in preorder ----------------------- */

typedef enum { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_INTEGER, JSON_REAL, JSON_STRING,
               JSON_LIST, JSON_OBJECT } json_kind;

/* text: offset in the file of what is between the quotes, or of the value; length: bytes of text, or the
   number of members of a list or an object; next: the node after this one and all that it contains. */
typedef struct { uint32_t kind, text, length, next; } json_node;

/* is_case: a case file, where JSON reals are numbers and defects have status 2; names: what names mean in
   expressions, NULL: nothing. */
typedef struct {
    const char *name; bool is_case; const struct environment *names; char *bytes; size_t size, nodes; json_node *node;
} json;

/* A value in a document; node 0 is the root, so as a member it stands for "absent". */
typedef struct { const json *doc; uint32_t node; } value;

/* The bytes of a file; NULL, or what is wrong with it: not fewer than `most` bytes, for one. */
const char *file_read(const char *name, char **bytes, size_t *size, size_t most);
json *json_read(const char *name, bool is_case);
json_kind json_type(value v);
const char *json_text(value v, size_t *length);
/* Not absent; the string `text`; the same string. */
bool json_present(value v), json_is(value v, const char *text), json_same(value a, value b);
value json_first(value v), json_next(value v);          /* of an object: a key, then its value */
value json_get(value object, const char *key), json_named(value object, value key);
/* Rejects all but an object with just the keys of `shape`: words "key", "key?" for one that may be
   missing, "key=text" for one that has this text ("*": the rule). */
void json_shape(const char *rule, value v, const char *shape);
/* A list's first element. */
value json_list(const char *rule, value v), json_list_of(const char *rule, value v, size_t count);
/* json_count: 0 for what has no members. */
size_t json_count(value v), json_index(const char *rule, value v, size_t low, size_t high);
size_t *json_indices(const char *rule, value v, size_t high, size_t *count);    /* distinct, from 1 */

/* ---- report.c: the ways a check ends other than by acceptance ------------------------ */

/* status: 1: the proof fails, 2: not a certificate; name: of the file. */
typedef struct { jmp_buf leave; int status; const char *name; char line[1200]; } failure;

extern failure report;

void report_begin(const char *name, int status), report_begin_malformed(const json *doc, size_t offset);
void report_begin_at(const char *rule, value v), report_say(const char *format, ...), report_found(value v);
noreturn void report_leave(void);

/* "rejected: RULE: PLACE: ..." (in a case file "malformed: PLACE: ...", status 2). Formats are GMP's. */
#define reject(rule, at, ...) (report_begin_at(rule, at), report_say(": " __VA_ARGS__), report_leave())
/* "... expected ..., found (the value there)" */
#define expected(rule, at, ...) \
    (report_begin_at(rule, at), report_say(": expected " __VA_ARGS__), report_found(at), report_leave())
#define require(condition, rule, at, ...) do { if (!(condition)) expected(rule, at, __VA_ARGS__); } while (0)
#define malformed(doc, at, ...) (report_begin_malformed(doc, at), report_say(": " __VA_ARGS__), report_leave())
#define unusable(name, ...) (report_begin(name, 2), report_say(__VA_ARGS__), report_leave())

/* ---- number.c: sums of square roots, section 1 --------------------------------------- */

/* p + Σ ±√|s|: a term has the signed square s, a rational. No |s|, and no product of two of them, is a square, so
   the sum is 0 only if p is and there are no terms. family: a function of parameters instead; family.c. */
typedef struct { mpq_t p; size_t terms; mpq_t *square; const struct ratio *family; } sum;

typedef const sum *number;              /* values never change */

/* The largest (for lower ends: the smallest) of n numbers: one is kept if they are no functions of parameters. */
typedef struct { size_t n; number *x; } values;

number integer(long p), rational(const mpq_t p), signed_root(const mpq_t s);
number plus(number x, number y), minus(number x, number y), times(number x, number y), negative(number x);
/* inverse: x != 0 has at most four roots (number_roots; a rational is one); root_of: x >= 0 is rational. */
number inverse(number x), root_of(number x), absolute(number x), larger(number x, number y);
bool get_rational(mpq_t p, number x);   /* false if x is irrational */
const char *number_text(number x);
size_t number_roots(number x), number_bits(number x);
int compare(number x, number y);
/* For functions of parameters all of these are about all values. sign and weak_side reject what is not known; at_least
   (x >= y), exceeds (x > y) and is_null are false then, and side is 0; weak_side: 1 for x >= 0, -1 for x <= 0. */
int sign(number x), weak_side(number x), side(number x);
bool at_least(number x, number y), exceeds(number x, number y), is_null(number x);
void values_add(values *v, number x, int side_of);      /* 1: the largest is meant, -1: the smallest */
bool some_above(values v, number y, bool strict), all_below(values v, number y, bool strict);   /* x >= y (x > y) */
/* t <= s r^alpha (below), or t > s r^alpha, for s >= 0 and rational alpha > 0; r < 0 counts as 0. Exact for alpha = 1 and, if r is
   rational, 1/2, else by enclosures of t and s with 256 bits. */
bool power_holds(number t, number s, number r, number alpha, bool below);

/* ---- expression.c: the grammar of numbers, section 1 --------------------------------- */

/* family: some of them vary. */
typedef struct environment { size_t count; bool family; value *name; const number *number; } environment;

number number_read(const char *rule, value v);
void rational_read(mpq_t x, const char *rule, value v);
void root_read(mpz_t p, mpz_t q, mpz_t n, const char *rule, value v);   /* (p/q) √n, not reduced */

/* ---- network.c: section 2 ------------------------------------------------------------ */

/* The vector t √n u, u primitive with positive first non-zero entry; for 0: u = 0, t = 0. x: its entries instead, where
   they are functions of parameters; then u is NULL. */
typedef struct { mpz_t *u; mpq_t t; mpz_t n; number *x; } ray;

/* Neuron i = 0..m-1 is a[i] (its bias is entry d), c[i]; both have one n. With their u's v and u,
   c_i a_iᵀ = kappa[i] v uᵀ. An arrangement has D = 0 and rational forms a[i]. out: the bias of the second layer.
   Unless there are two layers: layers > 0, each a list of forms with biases, d and D, and no neurons. */
typedef struct network {
    size_t d, m, D, w; bool biases; ray *a, *c; mpq_t *kappa; number *out; size_t layers; struct network **layer;
} network;

network *network_read(value v), *arrangement_read(const char *rule, value v);
network *forms_read(value A, value b, size_t D);        /* the rows of A, each followed by its bias if b is present */
network *network_read_shape(const char *rule, value v, size_t d, size_t m, size_t D);  /* no biases */
/* network_fold: weights (a, α, β) become a with the bias α - β. */
void network_fold(network *X), ray_normalize(ray *a, size_t length);
bool is_zero(const ray *a), network_equal(const network *X, const network *Y);
number entry(const ray *a, size_t k);
/* The largest absolute entry of a; of neuron i of X minus neuron j of Y; of X minus Y. */
values norm(const ray *a, size_t length), neuron_distance(const network *X, size_t i, const network *Y, size_t j);
values network_distance(const network *X, const network *Y);
/* 1 or -1 if a is a positive or negative multiple of b != 0, and != 0; else 0. apart: never a multiple of it. */
int direction(const ray *a, const ray *b, size_t length);
bool apart(const ray *a, const ray *b, size_t length);

/* ---- form.c: canonical forms, section 2 ---------------------------------------------- */

/* A neuron in a list sorted by line, direction, c aᵀ; u is its line in width w; second: of the second network. */
typedef struct { const network *X; size_t i, w; mpz_t *u; bool second; } member;

member *sorted_neurons(const network *X, const network *Y, size_t w);
size_t group_end(const member *list, size_t n, size_t begin);           /* of one line */

/* f(x) = (L x + Σ_H γ_H ρ(<u_H, x>)) / den, H = 1..K; with biases u[0] is the form x_{d+1}.
   u[H]: w entries; γ_H: from gamma[H D] on; L: D x w. For functions of parameters, line[H], out (like gamma), linear
   instead, den = 1; sure[H]: H is a hyperplane for all values, and always another one than all others. */
typedef struct {
    size_t d, w, D, K; bool biases, family; mpz_t **u, *gamma, *L, den; ray *line; number *out, *linear; bool *sure;
} form;

/* A D x w matrix of the form's den-th parts, z, or of functions, x; a point z / den with, if there are biases, the
   last coordinate 1, or x. */
typedef struct { mpz_t *z; number *x; } matrix;
typedef struct { mpz_t *z, den; number *x; } point;

/* Of R(X) - R(Y), or of R(X) if Y is NULL; all hyperplanes of the two, no values. */
void form_init(form *f, const network *X, const network *Y);
void form_init_lines(form *f, const network *X, const network *Y);
number line_entry(const form *f, size_t H, size_t k), jump_entry(const form *f, size_t H, size_t i);
number output_entry(const form *f, size_t H, size_t p), linear_entry(const form *f, size_t i);
bool all_sure(const form *f);
/* copies: how many of L in a row, the latter negated. */
matrix matrix_linear(const form *f, size_t copies);
number matrix_entry(const matrix *G, const form *f, size_t i);
bool matrix_is_null(const matrix *G, const form *f);
/* G += factor γ_H u_Hᵀ; product = <x, y>. */
void add_jump(matrix *G, const form *f, size_t H, int factor), dot(mpz_t product, mpz_t *x, mpz_t *y, size_t length);
void add_entry(matrix *G, const form *f, size_t i, size_t H, size_t from, int factor);
/* On which side of H x is; weak: 0 stands for either. */
int point_side(const form *f, size_t H, const point *x, bool weak);
point point_read(const char *rule, value v, const form *f);
number point_entry(const point *x, size_t k);
int compare_neurons(const member *x, const member *y), compare_vectors(mpz_t *u, mpz_t *v, size_t length);
bool same_realization(const network *X, const network *Y), all_zero(mpz_t *x, size_t length);

/* ---- arrangement.c, tree.c: section 4 ------------------------------------------------- */

/* of[H]: the part of hyperplane H. */
typedef struct { size_t parts, *size, **member, *of; } components;

size_t rank_exact(mpz_t **row, size_t n, size_t w);
void components_read(components *c, value v, const form *f);
number count_cells(value v, const components *c, const form *f);

/* A walk through a tree. side[H] is the side decided on the path: 1, -1, or 0 for none. c: only hyperplanes of
   its part number `part` may be decided; or NULL. The numbers met at this leaf have used[H] == uses. direction: 1 on
   the way down, -1 back; decide may be NULL. */
typedef struct walk {
    const char *rule; const form *f; const components *c; signed char *side; size_t part, *used, uses; void *context;
    void (*decide)(struct walk *, size_t H, int direction), (*leaf)(struct walk *, value v);
} walk;

void walk_tree(walk *w, value tree);
bool is_stop(value v);                  /* the node 0 */
bool is_empty(walk *w, value v);        /* an empty leaf; rejects a wrong one */

/* ---- statement.c: sections 3 and 5 ------------------------------------------------------ */

/* Y may be NULL; X_name: the arrangement itself, if X is one; relation: the key that v belongs to, equals, at-most,
   at-least, beta or s; q: box, alpha, radius or eta; x, y: samples x d, samples x D; own: y_j = f(x_j). */
typedef struct {
    const struct claim *claim; const network *X, *Y; value X_name, Y_name; const char *relation;
    number v, q; bool holds, star, own; size_t samples; mpq_t *x, *y; const struct stability *stability;
} statement;

/* A bound of |f|, max |f|, f = R(X) - R(Y) or R(X), or of the distance to f = R(Y); x = NULL is infinity. */
typedef values bound(value v, const statement *s, const form *f);

/* What a claim may be about: one network, two of them, an arrangement (in place of one), networks with
   biases; SAME_SHAPE: the two must have the same m; DEEP: any number of layers;
   SINGLE: values of parameters, no ranges. */
enum { ONE = 1, TWO = 2, ARRANGEMENT = 4, BIASES = 8, SAME_SHAPE = 16, DEEP = 32, SINGLE = 64, ANY = ONE | TWO | BIASES };

typedef struct claim {
    const char *name, *fields, *text;   /* text: what it says, see statement_print */
    int about;
    void (*check)(const statement *s, bool proved, value evidence);
    bound *lower, *upper;
} claim;

/* Reads a statement; `more` lists further keys that it may have. */
void statement_read(statement *s, const claim *c, value v, value networks, const char *more);
/* Something in which two statements of one kind differ; NULL if nothing. */
const char *statement_difference(const statement *s, const statement *t);
void statement_print(const statement *s), print_string(const char *before, value v);

/* ---- listing.c, sha256.c: section 4 ----------------------------------------------------- */

/* Rejects all but a listing of the `cells` cells of the arrangement. */
void check_listing(value evidence, const form *f, number cells);
void listing_print(const statement *s, value evidence);     /* what a listing says beyond the claim */
void sha256(char text[65], const unsigned char *bytes, size_t size);    /* hexadecimal, lower case */

/* ---- evidence: sections 4 and 5 --------------------------------------------------------- */

bound semi_norm_lower, semi_norm_upper, sup_norm_lower, sup_norm_upper, distance_lower, distance_upper;

const claim *claim_find(value name);
number slope_lower(value tree, const network *X);       /* of |∇f| on all cells, D = 1 */
values largest_value(value point, const form *f, number box);           /* ‖f(x)‖_∞; box may be NULL */
size_t count_flip_sets(value tree, const form *g);
void check_choices(const char *rule, value at, const form *g, size_t S, const signed char *only);
/* A pair of neurons i of X and j of Y (i < j if X is Y) that may have non-zero, positively (negatively, for
   direction -1) proportional weights, counting from 1. */
bool proportional(const network *X, const network *Y, int direction, size_t *i, size_t *j);
void check_pair(value v, const network *X, const network *Y, int direction);    /* such i, j */
void check_member(const char *rule, value at, const network *X, bool star);
void check_offender(value v, const network *X, bool star), check_loss(const statement *s, bool proved, value v);
/* HALL: for each of the listed `rows` and each neuron of X that is not listed, `far` holds. */
void check_hall(const char *rule, value rows, size_t most, value neurons, const network *X,
                bool (*far)(const void *context, size_t row, size_t i), const void *context);

/* ---- deep.c: networks with other than two layers ------------------------------------------- */

network *deep_read(value v);
/* Rejects unless the tree of the evidence proves R(X) = R(Y), or its point that they differ. */
void check_deep(const network *X, const network *Y, bool equal, value evidence);

/* ---- spectrum.c: section 5, stability ---------------------------------------------------------- */

/* The entries e = j n + l, l <= j, of a symmetric matrix. */
#define EACH(e, n) for (size_t e = 0; e < (n) * (n); e++) if (e % (n) <= e / (n))
/* z[0], z[1], ... over den > 0. */
typedef struct { mpz_t *z, den; } table;

/* Layer l takes N numbers at point j, in[j N + k], to `rows` pre-activations A (in, 1); delta[j rows + i] is the derivative
   of f(x_j) by the i-th. With two layers, the root √n_i of neuron i is left out of in and, as 1/√n_i, of delta: unit[i] =
   n_i. */
typedef struct { size_t N, rows; table A, in, delta; } layer;

/* z[j m + i]: pre-activations of the first layer; residual[j] = f(x_j) - y_j; G[j n + l] = <x_j, x_l> + 1, l <= j. */
typedef struct {
    const statement *s; const network *X; size_t n, d, m, layers; layer *layer; mpq_t *unit, *residual; table z, G;
    bool solution, smooth, off_knots;
} model;

/* X at the data of s; G is not yet known. */
model evaluate(const statement *s, const network *X);
void table_get(mpq_t q, const table *b, size_t k);      /* q = entry k */
/* S[j n + l] = Σ_k weight_k v_jk v_lk for l <= j; weight NULL: 1. */
table gram_of(table v, size_t n, size_t N, mpq_t *weight);
mpz_t *read_integers(value v, size_t count);
/* The bound that v proves, NULL if v is absent, of the largest eigenvalue of Sigma_X (`spread`) or of the Hessian; and from above of
   the Hessian of another implementation of X. */
number eigenvalue(const model *M, value v, bool upper, bool spread), implementation(const statement *s, value v);

/* ---- stability.c: section 5 ------------------------------------------------------------------- */

const struct stability *stability_read(value v);        /* the parts of a statement */
bool stability_equal(const struct stability *t, const struct stability *o);
void stability_print(const statement *s), check_minimum(const statement *s, bool proved, value evidence);

/* ---- family.c: section 7 ------------------------------------------------------------------- */

number family_plus(number x, number y), family_times(number x, number y), family_inverse(number x);
number family_root(number x);
const char *family_text(number x);
int family_sign(number x);
bool family_holds(number x, bool strict);               /* x >= 0 (x > 0) for all values */
/* Rejects a line unless it is known not to be 0, but for values without inner points. */
void family_check_line(const ray *a, size_t length);
bool is_family(value instance);         /* for ranges of parameters? */
void family_at(value v);                /* what is being read or checked, for messages */
/* What the names mean in an instance for ranges, from now on. */
const environment *family_names(value parameters);
unsigned long family_count(const form *f, value at);    /* of the central arrangement */
/* The limit of the value that s says f has, as the only integer parameter grows: 0 (or infinity), it is not, or
   (UNKNOWN) neither is proved. */
enum { UNKNOWN, LIMIT, NO_LIMIT };
int family_limit(const statement *s, bool infinity);

/* ---- case.c -------------------------------------------------------------------------------- */

/* Rejects a certificate, doc, with statements s that is not about claim `id` of a case file. */
void case_compare(json *file, const char *id, json *doc, const statement *s);

#endif
