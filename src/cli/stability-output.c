/* The results of relucert stability: JSON, a table for people, rows for plots. */
#include "stability.h"

#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

/* JSON. */

static json_t *interval(const fmpq_t lo, const fmpq_t hi)
{
    json_t *list = json_array();
    rc_cli_append(list, rc_write_fmpq(lo));
    rc_cli_append(list, rc_write_fmpq(hi));
    return list;
}

static json_t *root_sum(const rc_surd_t x, slong bits)
{
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    rc_surd_enclose(lo, hi, x, bits + 10);
    json_t *object = json_object();
    rc_cli_set(object, "exact", rc_write_surd(x));
    rc_cli_set(object, "enclosure", interval(lo, hi));
    fmpq_clear(hi);
    fmpq_clear(lo);
    return object;
}

static json_t *eigenvalue(const rc_spectrum_t s)
{
    return s->known ? interval(s->lo, s->hi) : json_null();
}

static json_t *answer(rc_answer a)
{
    return a < 0 ? json_null() : json_boolean(a);
}

static json_t *touches(const rc_stability_struct *s)
{
    json_t *list = json_array();
    for (slong k = 0; k < s->touches; k++) {
        if (!s->touch[k].knot) continue;
        json_t *object = json_object();
        rc_cli_set(object, "point", json_integer((json_int_t) s->touch[k].point + 1));
        rc_cli_set(object, "neuron", json_integer((json_int_t) s->touch[k].neuron + 1));
        rc_cli_append(list, object);
    }
    return list;
}

/* Takes the surd's value. */
static void set_root(json_t *object, const char *key, void (*get)(rc_surd_t, const rc_knot_struct *, int),
                     const rc_knot_struct *knot, int side, slong bits)
{
    rc_surd_t x;
    rc_surd_init(x);
    if (get) get(x, knot, side);
    else rc_knot_get_g(x, knot);
    rc_cli_set(object, key, root_sum(x, bits));
    rc_surd_clear(x);
}

static json_t *neuron_json(const rc_stability_report *r, slong i, int side)
{
    const rc_stability_struct *s = r->s;
    json_t *object = json_object();
    rc_cli_set(object, "neuron", json_integer((json_int_t) i + 1));
    json_t *active = json_array();
    for (slong j = 0; j < s->n; j++) {
        if (s->active[j * s->m + i]) rc_cli_append(active, json_integer((json_int_t) j + 1));
    }
    rc_cli_set(object, "active_points", active);
    if (s->knot_of[i] < 0) {
        rc_cli_set(object, "knot", json_null());
        return object;
    }
    const rc_knot_struct *knot = s->knot + s->knot_of[i];
    rc_cli_set(object, "knot", json_integer((json_int_t) s->knot_of[i] + 1));
    rc_cli_set(object, "active", json_integer((json_int_t) knot->active[side]));
    set_root(object, "g_tilde", rc_knot_get_g_tilde, knot, side, r->bits);
    set_root(object, "g_tilde_opposite", rc_knot_get_g_tilde, knot, 1 - side, r->bits);
    set_root(object, "g", NULL, knot, side, r->bits);
    set_root(object, "g_hat", rc_knot_get_g_hat, knot, side, r->bits);
    return object;
}

static json_t *neurons_json(const rc_stability_report *r)
{
    json_t *list = json_array();
    for (slong i = 0; i < r->s->m; i++) rc_cli_append(list, neuron_json(r, i, r->s->side_of[i]));
    return list;
}

static json_t *verdict(const rc_stability_struct *s, const fmpq_t eta)
{
    json_t *object = json_object();
    rc_cli_set(object, "eta", rc_write_fmpq(eta));
    rc_cli_set(object, "theorem_1", answer(rc_stability_theorem_1(s, eta)));
    rc_cli_set(object, "linearly_stable", answer(rc_stability_is_linearly_stable(s, eta)));
    rc_cli_set(object, "theorem_3", answer(rc_stability_theorem_3(s, eta)));
    return object;
}

/* [2/hi, 2/lo]. */
static json_t *largest_eta(const rc_spectrum_t s)
{
    if (!s->known) return json_null();
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    fmpq_inv(lo, s->hi);
    fmpq_inv(hi, s->lo);
    fmpq_mul_2exp(lo, lo, 1);
    fmpq_mul_2exp(hi, hi, 1);
    json_t *list = interval(lo, hi);
    fmpq_clear(hi);
    fmpq_clear(lo);
    return list;
}

static void set_norms(json_t *doc, const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    if (s->deep) {
        static const char *const keys[] = {"S_theta", "norm_R_g", "norm_R", "norm_R_ghat"};
        for (int k = 0; k < 4; k++) rc_cli_set(doc, keys[k], json_null());
        return;
    }
    json_t *both = json_object();
    rc_cli_set(both, "given", root_sum(s->norm_g_hat[0], r->bits));
    rc_cli_set(both, "flipped", root_sum(s->norm_g_hat[1], r->bits));
    rc_cli_set(doc, "S_theta", root_sum(s->S_theta, r->bits));
    rc_cli_set(doc, "norm_R_g", root_sum(s->norm_g, r->bits));
    rc_cli_set(doc, "norm_R", root_sum(s->norm_R, r->bits));
    rc_cli_set(doc, "norm_R_ghat", both);
}

static json_t *flattest_json(const rc_flattest_struct *f)
{
    if (!f->known) return json_null();
    json_t *object = json_object();
    rc_cli_set(object, "lambda_max", eigenvalue(f->lambda));
    rc_cli_set(object, "every_rescaling_at_least", rc_write_fmpq(f->lo));
    return object;
}

json_t *rc_stability_json(const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    json_t *doc = json_object(), *lemma = json_object(), *verdicts = json_array();
    rc_cli_set(doc, "solution", json_boolean(s->solution));
    rc_cli_set(doc, "residuals", rc_write_fmpq_vec(s->residual, s->n));
    rc_cli_set(doc, "knots_on_data", touches(s));
    set_norms(doc, r);
    rc_cli_set(doc, "lambda_max", eigenvalue(s->lambda));
    if (!s->solution) rc_cli_set(doc, "lambda_max_gram", eigenvalue(s->gram));
    rc_cli_set(doc, "flattest_rescaling", flattest_json(s->flattest));
    rc_cli_set(doc, "other_implementation", flattest_json(s->merged));
    rc_cli_set(doc, "covariance_lambda_max", eigenvalue(s->covariance));
    rc_cli_set(doc, "mean_square", rc_write_fmpq(s->mean_square));
    rc_cli_set(doc, "inf_gradient_squared",
               s->has_gradient ? interval(s->gradient_lo, s->gradient_hi) : json_null());
    rc_cli_set(lemma, "orientation", json_string("given"));
    rc_cli_set(lemma, "bound", s->has_lemma_2 ? interval(s->lemma_2[0], s->lemma_2[1]) : json_null());
    rc_cli_set(lemma, "holds", answer(rc_stability_lemma_2(s)));
    rc_cli_set(doc, "lemma_2", lemma);
    rc_cli_set(doc, "lemma_3", answer(rc_stability_lemma_3(s)));
    rc_cli_set(doc, "largest_stable_eta", largest_eta(s->lambda));
    for (slong k = 0; k < r->etas; k++) rc_cli_append(verdicts, verdict(s, r->eta + k));
    rc_cli_set(doc, "verdicts", verdicts);
    if (r->neurons && !s->deep) rc_cli_set(doc, "neurons", neurons_json(r));
    return doc;
}

/* Decimals. */

/* lo <= x <= hi for a number given by bounds. */
static void put_decimal(const fmpq_t x, mpfr_rnd_t towards, int digits)
{
    mpfr_t y;
    mpq_t q;
    mpfr_init2(y, 200);
    mpq_init(q);
    fmpq_get_mpq(q, x);
    mpfr_set_q(y, q, towards);
    if (towards == MPFR_RNDD) mpfr_printf("%.*RDg", digits, y);
    else mpfr_printf("%.*RUg", digits, y);
    mpq_clear(q);
    mpfr_clear(y);
}

enum { DIGITS = 12 };

static void put_interval(const fmpq_t lo, const fmpq_t hi)
{
    if (fmpq_equal(lo, hi)) {
        rc_cli_put_fmpq(lo);
        return;
    }
    putchar('[');
    put_decimal(lo, MPFR_RNDD, DIGITS);
    fputs(", ", stdout);
    put_decimal(hi, MPFR_RNDU, DIGITS);
    putchar(']');
}

/* Text. */

static void put_root_line(const char *name, const rc_surd_t x)
{
    printf("%-24s", name);
    rc_cli_put_surd(x);
    putchar('\n');
}

static void put_eigenvalue_line(const char *name, const rc_spectrum_t s)
{
    printf("%-24s", name);
    if (s->known) put_interval(s->lo, s->hi);
    else fputs("not known", stdout);
    putchar('\n');
}

static void put_residuals(const rc_stability_struct *s)
{
    slong count = 0, most = 0;
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    for (slong j = 0; j < s->n; j++) {
        count += !fmpq_is_zero(s->residual + j);
        fmpq_abs(x, s->residual + j);
        fmpq_abs(y, s->residual + most);
        if (fmpq_cmp(x, y) > 0) most = j;
    }
    printf("%-24s", "residuals");
    if (count == 0) {
        puts("all 0: a solution");
    } else {
        printf("%ld of %ld are not 0; the largest, at point %ld, is ", (long) count, (long) s->n, (long) most + 1);
        rc_cli_put_fmpq(s->residual + most);
        putchar('\n');
    }
    fmpq_clear(y);
    fmpq_clear(x);
}

static void put_touches(const rc_stability_struct *s)
{
    if (s->touches == 0) return;
    printf("%-24s", "points on knots");
    for (slong k = 0; k < s->touches && k < 10; k++) {
        printf("%spoint %ld, neuron %ld%s", k > 0 ? "; " : "", (long) s->touch[k].point + 1,
               (long) s->touch[k].neuron + 1, s->touch[k].knot ? "" : " (a constant)");
    }
    if (s->touches > 10) printf("; and %ld more", (long) s->touches - 10);
    puts("\n                        the loss is not twice differentiable there");
}

static const char *answer_word(rc_answer a)
{
    return a < 0 ? "not known" : a ? "yes" : "no";
}

static void put_neurons(const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    rc_surd_t x;
    rc_surd_init(x);
    puts("neuron  knot  active  g~; g~ of the other side; g^");
    for (slong i = 0; i < s->m; i++) {
        if (s->knot_of[i] < 0) {
            printf("%6ld     -  (a constant)\n", (long) i + 1);
            continue;
        }
        const rc_knot_struct *knot = s->knot + s->knot_of[i];
        int side = s->side_of[i];
        printf("%6ld  %4ld  %6ld  ", (long) i + 1, (long) s->knot_of[i] + 1, (long) knot->active[side]);
        rc_knot_get_g_tilde(x, knot, side);
        rc_cli_put_surd(x);
        fputs("; ", stdout);
        rc_knot_get_g_tilde(x, knot, 1 - side);
        rc_cli_put_surd(x);
        fputs("; ", stdout);
        rc_knot_get_g_hat(x, knot, side);
        rc_cli_put_surd(x);
        putchar('\n');
    }
    rc_surd_clear(x);
}

static void put_shallow(const rc_stability_struct *s)
{
    put_root_line("S_theta", s->S_theta);
    put_root_line("||f||_{R,g}", s->norm_g);
    put_root_line("||f||_R", s->norm_R);
    put_root_line("||f||_{R,g^}, given", s->norm_g_hat[0]);
    put_root_line("||f||_{R,g^}, flipped", s->norm_g_hat[1]);
    printf("%-24s%s\n", "S_theta = ||f||_{R,g}",
           s->one_sign ? "yes" : "no: a shared knot has coefficients of both signs");
}

static void put_flattest(const char *name, const rc_flattest_struct *f)
{
    printf("%-24s", name);
    put_interval(f->lambda->lo, f->lambda->hi);
    fputs("; every rescaling has at least ", stdout);
    put_decimal(f->lo, MPFR_RNDD, DIGITS);
    putchar('\n');
}

static void put_chain(const rc_stability_struct *s)
{
    if (s->flattest->known) put_flattest("flattest rescaling", s->flattest);
    else printf("%-24snot known\n", "flattest rescaling");
    if (s->merged->known) put_flattest("other implementation", s->merged);
    put_eigenvalue_line("lambda_max(Sigma_X)", s->covariance);
    printf("%-24s", "E ||X||^2");
    rc_cli_put_fmpq(s->mean_square);
    printf("\n%-24s", "inf ||grad f||^2");
    if (s->has_gradient) put_interval(s->gradient_lo, s->gradient_hi);
    else fputs("not known", stdout);
    printf("\n%-24s", "Lemma 2's bound, given");
    if (s->has_lemma_2) put_interval(s->lemma_2[0], s->lemma_2[1]);
    else fputs("not known", stdout);
    printf("\n%-24s%s\n", "Lemma 2", answer_word(rc_stability_lemma_2(s)));
    printf("%-24s%s\n", "Lemma 3", answer_word(rc_stability_lemma_3(s)));
}

static void put_verdicts(const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    if (s->lambda->known) {
        fmpq_t lo, hi;
        fmpq_init(lo);
        fmpq_init(hi);
        fmpq_inv(lo, s->lambda->hi);
        fmpq_inv(hi, s->lambda->lo);
        fmpq_mul_2exp(lo, lo, 1);
        fmpq_mul_2exp(hi, hi, 1);
        printf("%-24s", "stable up to eta =");
        put_interval(lo, hi);
        putchar('\n');
        fmpq_clear(hi);
        fmpq_clear(lo);
    }
    for (slong k = 0; k < r->etas; k++) {
        fputs("eta = ", stdout);
        rc_cli_put_fmpq(r->eta + k);
        if (s->deep) {
            printf(": linearly stable %s\n", answer_word(rc_stability_is_linearly_stable(s, r->eta + k)));
            continue;
        }
        printf(": ||f||_{R,g} <= 1/eta - 1/2 (Theorem 1) %s, linearly stable %s, Theorem 3 %s\n",
               answer_word(rc_stability_theorem_1(s, r->eta + k)),
               answer_word(rc_stability_is_linearly_stable(s, r->eta + k)),
               answer_word(rc_stability_theorem_3(s, r->eta + k)));
    }
}

void rc_stability_put_text(const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    put_residuals(s);
    put_touches(s);
    if (!s->deep) put_shallow(s);
    put_eigenvalue_line("lambda_max(Hessian)", s->lambda);
    if (!s->solution) put_eigenvalue_line("lambda_max(Phi Phi^T/n)", s->gram);
    if (!s->deep) put_chain(s);
    put_verdicts(r);
    if (r->neurons && !s->deep) put_neurons(r);
}

/* Rows for plots. */

void rc_stability_put_csv_head(void)
{
    puts("network,eta,lambda_max_lo,lambda_max_hi,min_lambda_max_lo,min_lambda_max_hi,one_plus_two_norm_lo,"
         "one_plus_two_norm_hi,two_over_eta,linearly_stable,lemma_3");
}

static void put_fields(const fmpq_t lo, const fmpq_t hi)
{
    putchar(',');
    put_decimal(lo, MPFR_RNDD, DIGITS + 3);
    putchar(',');
    put_decimal(hi, MPFR_RNDU, DIGITS + 3);
}

/* Quoted where it needs it. */
static void put_field(const char *text)
{
    if (strpbrk(text, ",\"\n\r") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"') putchar('"');
        putchar(*text);
    }
    putchar('"');
}

void rc_stability_put_csv_row(const rc_stability_report *r)
{
    const rc_stability_struct *s = r->s;
    fmpq_t lo, hi;
    fmpq_init(lo);
    fmpq_init(hi);
    put_field(r->name);
    putchar(',');
    if (r->etas > 0) put_decimal(r->eta, MPFR_RNDD, DIGITS + 3);
    if (s->lambda->known) put_fields(s->lambda->lo, s->lambda->hi);
    else fputs(",,", stdout);
    if (s->flattest->known) put_fields(s->flattest->lo, s->flattest->lambda->hi);
    else fputs(",,", stdout);
    if (!s->deep) {
        rc_surd_enclose(lo, hi, s->norm_g, r->bits + 10);
        fmpq_mul_2exp(lo, lo, 1);
        fmpq_mul_2exp(hi, hi, 1);
        fmpq_add_si(lo, lo, 1);
        fmpq_add_si(hi, hi, 1);
        put_fields(lo, hi);
    } else {
        fputs(",,", stdout);
    }
    putchar(',');
    if (r->etas > 0) {
        fmpq_inv(lo, r->eta);
        fmpq_mul_2exp(lo, lo, 1);
        put_decimal(lo, MPFR_RNDD, DIGITS + 3);
    }
    printf(",%s,%s\n", r->etas > 0 ? answer_word(rc_stability_is_linearly_stable(s, r->eta)) : "",
           answer_word(rc_stability_lemma_3(s)));
    fmpq_clear(hi);
    fmpq_clear(lo);
}
