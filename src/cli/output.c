/* Results on standard output: JSON for programs, exact text for people. */
#include "cli.h"

#include <gmp.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

#include <flint/flint.h>
#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
#define ARB_TEXT "in FLINT"
#else
#include <arb.h>
#define ARB_TEXT arb_version
#endif

/* Decimals of an enclosure; numbers with longer exact texts get one beside them. */
enum { DIGITS = 10, LONG_TEXT = 24 };

void rc_cli_put_json(json_t *doc)
{
    if (!doc) abort();
    /* A failure to write stays visible in ferror(stdout), where rc_cli_end looks. */
    if (json_dumpf(doc, stdout, JSON_COMPACT | JSON_ENCODE_ANY) && !ferror(stdout)) abort();
    putchar('\n');
    json_decref(doc);
}

void rc_cli_set(json_t *doc, const char *key, json_t *value)
{
    if (json_object_set_new(doc, key, value)) abort();
}

void rc_cli_append(json_t *list, json_t *value)
{
    if (json_array_append_new(list, value)) abort();
}

static void put_owned(char *text)
{
    fputs(text, stdout);
    free(text);
}

void rc_cli_put_surd(const rc_surd_t s)
{
    char *text = rc_surd_get_pretty(s, DIGITS);
    printf(text[0] == '[' ? "a number in %s" : "%s", text);
    free(text);
}

/* The exact text, and an enclosure where it is long. */
void rc_cli_put_fmpq(const fmpq_t x)
{
    char *text = rc_fmpq_get_str(x);
    if (strlen(text) <= LONG_TEXT || fmpz_is_one(fmpq_denref(x))) {
        put_owned(text);
        return;
    }
    free(text);
    rc_surd_t s;
    rc_surd_init(s);
    rc_surd_set_fmpq(s, x);
    rc_cli_put_surd(s);
    rc_surd_clear(s);
}

void rc_cli_put_fmpz(const fmpz_t x)
{
    char *text = fmpz_get_str(NULL, 10, x);
    fputs(text, stdout);
    flint_free(text);
}

void rc_cli_put_vec(const fmpq *x, slong n)
{
    for (slong i = 0; i < n; i++) {
        fputs(i == 0 ? "(" : ", ", stdout);
        put_owned(rc_fmpq_get_str(x + i));
    }
    putchar(')');
}

void rc_cli_put_fmpz_vec(const fmpz *x, slong n)
{
    for (slong i = 0; i < n; i++) {
        fputs(i == 0 ? "(" : ", ", stdout);
        rc_cli_put_fmpz(x + i);
    }
    putchar(')');
}

/* Takes the texts of an r x c table, row by row; columns aligned to the right. */
static void put_table(char **texts, slong r, slong c, const char *margin)
{
    int *width = calloc((size_t) c + 1, sizeof *width);
    if (!width) abort();
    for (slong k = 0; k < r * c; k++) {
        size_t length = strlen(texts[k]);
        int capped = length < 60 ? (int) length : 60;
        if (capped > width[k % c]) width[k % c] = capped;
    }
    for (slong i = 0; i < r; i++) {
        fputs(margin, stdout);
        for (slong j = 0; j < c; j++) printf(j == 0 ? "[%*s" : "  %*s", width[j], texts[i * c + j]);
        puts("]");
    }
    for (slong k = 0; k < r * c; k++) free(texts[k]);
    free(texts);
    free(width);
}

static char **new_table(slong r, slong c)
{
    char **texts = malloc(((size_t) r * (size_t) c + 1) * sizeof *texts);
    if (!texts) abort();
    return texts;
}

void rc_cli_put_mat(const fmpq_mat_t M, const char *margin)
{
    slong r = fmpq_mat_nrows(M), c = fmpq_mat_ncols(M);
    char **texts = new_table(r, c);
    for (slong k = 0; k < r * c; k++) texts[k] = rc_fmpq_get_str(fmpq_mat_entry(M, k / c, k % c));
    put_table(texts, r, c, margin);
}

static void put_neuron_entries(const rc_network_t net, slong i, slong n,
                               void (*get)(rc_surd_t s, const rc_network_t net, slong i, slong j))
{
    rc_surd_t s;
    rc_surd_init(s);
    for (slong j = 0; j < n; j++) {
        get(s, net, i, j);
        fputs(j == 0 ? "(" : ", ", stdout);
        put_owned(rc_surd_get_str(s));
    }
    putchar(')');
    rc_surd_clear(s);
}

static void put_layers(const rc_network_t net, const char *margin)
{
    for (slong l = 0; l < net->depth; l++) {
        printf("%slayer %ld: A =\n", margin, (long) l + 1);
        rc_cli_put_mat(net->A + l, margin);
        printf("%slayer %ld: b =\n", margin, (long) l + 1);
        rc_cli_put_mat(net->b + l, margin);
    }
}

void rc_cli_put_network(const rc_network_t net, const char *margin)
{
    if (net->kind == RC_DEEP) {
        put_layers(net, margin);
        return;
    }
    for (slong i = 0; i < net->m; i++) {
        printf("%sneuron %ld: a = ", margin, (long) i + 1);
        put_neuron_entries(net, i, net->d, rc_network_get_a);
        if (net->kind == RC_BIASED) {
            rc_surd_t s;
            rc_surd_init(s);
            rc_network_get_b(s, net, i);
            fputs(", b = ", stdout);
            put_owned(rc_surd_get_str(s));
            rc_surd_clear(s);
        }
        fputs(", c = ", stdout);
        put_neuron_entries(net, i, net->D, rc_network_get_c);
        putchar('\n');
    }
    if (net->kind == RC_BIASED) {
        printf("%soutput bias: (", margin);
        for (slong p = 0; p < net->D; p++) {
            if (p > 0) fputs(", ", stdout);
            put_owned(rc_fmpq_get_str(fmpq_mat_entry(net->e, p, 0)));
        }
        puts(")");
    }
}

void rc_cli_put_version(void)
{
    printf("relucert %s\n", PACKAGE_VERSION);
    printf("FLINT %s, Arb %s, MPFR %s, GMP %s, jansson %s\n", flint_version, ARB_TEXT, mpfr_get_version(), gmp_version,
           jansson_version_str());
}
