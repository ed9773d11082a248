/* Networks and arrangements of a certificate. */
#include <stdlib.h>

#include "write.h"

/* One neuron's scale: entries of a are u times `a`, entries of c are gamma times `c`; both are rational multiples of
   one root. */
typedef struct {
    rc_surd_t a, c;
    fmpq_t a_rational, c_rational;
    bool rational;
} neuron_scale;

static void scale_init(neuron_scale *s, const fmpq_t q)
{
    fmpq_t inverse;
    fmpq_init(inverse);
    rc_surd_init(s->a);
    rc_surd_init(s->c);
    fmpq_init(s->a_rational);
    fmpq_init(s->c_rational);
    fmpq_inv(inverse, q);
    rc_surd_set_sqrt_fmpq(s->a, q);
    rc_surd_mul_fmpq(s->c, s->a, inverse);
    s->rational = rc_surd_get_fmpq(s->a_rational, s->a) == RC_OK && rc_surd_get_fmpq(s->c_rational, s->c) == RC_OK;
    fmpq_clear(inverse);
}

static void scale_clear(neuron_scale *s)
{
    fmpq_clear(s->c_rational);
    fmpq_clear(s->a_rational);
    rc_surd_clear(s->c);
    rc_surd_clear(s->a);
}

static void put_scaled(rc_text_t t, const fmpq_t x, const rc_surd_t scale, const fmpq_t rational, bool is_rational)
{
    if (is_rational && fmpq_is_one(rational)) {
        rc_text_put_fmpq(t, x);
    } else if (is_rational) {
        fmpq_t y;
        fmpq_init(y);
        fmpq_mul(y, x, rational);
        rc_text_put_fmpq(t, y);
        fmpq_clear(y);
    } else {
        rc_surd_t y;
        rc_surd_init(y);
        rc_surd_mul_fmpq(y, scale, x);
        rc_text_put_surd(t, y);
        rc_surd_clear(y);
    }
}

static void new_line(rc_text_t t, const char *margin, const char *more)
{
    rc_text_put(t, "\n");
    rc_text_put(t, margin);
    rc_text_put(t, more);
}

/* [[a_1], ..., [a_m]] */
static void put_rows_a(rc_text_t t, const rc_network_struct *net, const neuron_scale *scale, const char *margin)
{
    rc_text_put(t, "[");
    for (slong i = 0; i < net->m; i++) {
        if (i > 0) rc_text_put(t, ",");
        new_line(t, margin, "  [");
        for (slong j = 0; j < net->d; j++) {
            if (j > 0) rc_text_put(t, ", ");
            put_scaled(t, fmpq_mat_entry(net->u, i, j), scale[i].a, scale[i].a_rational, scale[i].rational);
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "]");
}

static void put_row_c(rc_text_t t, const rc_network_struct *net, const neuron_scale *scale, slong p)
{
    rc_text_put(t, "[");
    for (slong i = 0; i < net->m; i++) {
        if (i > 0) rc_text_put(t, ", ");
        put_scaled(t, fmpq_mat_entry(net->gamma, i, p), scale[i].c, scale[i].c_rational, scale[i].rational);
    }
    rc_text_put(t, "]");
}

/* D x m; the flat list if D = 1 and `flat`. */
static void put_rows_c(rc_text_t t, const rc_network_struct *net, const neuron_scale *scale, bool flat,
                       const char *margin)
{
    if (flat && net->D == 1) {
        put_row_c(t, net, scale, 0);
        return;
    }
    rc_text_put(t, "[");
    for (slong p = 0; p < net->D; p++) {
        if (p > 0) rc_text_put(t, ",");
        new_line(t, margin, "  ");
        put_row_c(t, net, scale, p);
    }
    rc_text_put(t, "]");
}

static void put_shallow(rc_text_t t, const rc_network_struct *net, const neuron_scale *scale, const char *margin)
{
    rc_text_put(t, "{\"A\": ");
    put_rows_a(t, net, scale, margin);
    rc_text_put(t, ",");
    new_line(t, margin, " \"C\": ");
    put_rows_c(t, net, scale, true, margin);
    rc_text_put(t, "}");
}

static void put_biased(rc_text_t t, const rc_network_struct *net, const neuron_scale *scale, const char *margin)
{
    rc_text_put(t, "{\"layers\": [");
    new_line(t, margin, " {\"A\": ");
    put_rows_a(t, net, scale, margin);
    rc_text_put(t, ",");
    new_line(t, margin, "  \"b\": [");
    for (slong i = 0; i < net->m; i++) {
        if (i > 0) rc_text_put(t, ", ");
        put_scaled(t, fmpq_mat_entry(net->v, i, 0), scale[i].a, scale[i].a_rational, scale[i].rational);
    }
    rc_text_put(t, "]},");
    new_line(t, margin, " {\"A\": ");
    put_rows_c(t, net, scale, false, margin);
    rc_text_put(t, ",");
    new_line(t, margin, "  \"b\": [");
    for (slong p = 0; p < net->D; p++) {
        if (p > 0) rc_text_put(t, ", ");
        rc_text_put_fmpq(t, fmpq_mat_entry(net->e, p, 0));
    }
    rc_text_put(t, "]}]}");
}

static void put_deep(rc_text_t t, const rc_network_struct *net, const char *margin)
{
    rc_text_put(t, "{\"layers\": [");
    for (slong l = 0; l < net->depth; l++) {
        if (l > 0) rc_text_put(t, ",");
        new_line(t, margin, " {\"A\": [");
        for (slong i = 0; i < net->A[l].r; i++) {
            if (i > 0) rc_text_put(t, ",");
            new_line(t, margin, "   ");
            rc_text_put_vec(t, fmpq_mat_entry(net->A + l, i, 0), net->A[l].c);
        }
        rc_text_put(t, "],");
        new_line(t, margin, "  \"b\": ");
        rc_text_put_vec(t, fmpq_mat_entry(net->b + l, 0, 0), net->b[l].r);
        rc_text_put(t, "}");
    }
    rc_text_put(t, "]}");
}

void rc_text_put_network(rc_text_t t, const rc_network_struct *net, const char *margin)
{
    if (net->kind == RC_DEEP) {
        put_deep(t, net, margin);
        return;
    }
    neuron_scale *scale = malloc((size_t) (net->m + 1) * sizeof *scale);
    if (scale == NULL) flint_abort();
    for (slong i = 0; i < net->m; i++) scale_init(scale + i, net->q + i);
    if (net->kind == RC_BIASED) put_biased(t, net, scale, margin);
    else put_shallow(t, net, scale, margin);
    for (slong i = 0; i < net->m; i++) scale_clear(scale + i);
    free(scale);
}

void rc_text_put_arrangement(rc_text_t t, const rc_arrangement_struct *arr, const char *margin)
{
    rc_text_put(t, "{\"normals\": [");
    for (slong i = 0; i < arr->given; i++) {
        if (i > 0) rc_text_put(t, ",");
        new_line(t, margin, "  ");
        rc_text_put_vec(t, fmpq_mat_entry(arr->input, i, 0), arr->d);
    }
    rc_text_put(t, "]");
    if (arr->affine) {
        rc_text_put(t, ",");
        new_line(t, margin, " \"offsets\": [");
        for (slong i = 0; i < arr->given; i++) {
            if (i > 0) rc_text_put(t, ", ");
            rc_text_put_fmpq(t, fmpq_mat_entry(arr->input, i, arr->d));
        }
        rc_text_put(t, "]");
    }
    rc_text_put(t, "}");
}
