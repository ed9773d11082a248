/* Numbers, networks and arrangements as JSON: every number an exact string. */
#include <flint/fmpq.h>
#include <stdlib.h>

#include "relucert/read.h"

/* Takes ownership of text (malloc). */
static json_t *text_json(char *text)
{
    json_t *string = json_string(text);
    free(text);
    return string;
}

json_t *rc_write_fmpq(const fmpq_t x)
{
    return text_json(rc_fmpq_get_str(x));
}

json_t *rc_write_fmpz(const fmpz_t x)
{
    char *text = fmpz_get_str(NULL, 10, x);
    json_t *string = json_string(text);
    flint_free(text);
    return string;
}

json_t *rc_write_surd(const rc_surd_t s)
{
    return text_json(rc_surd_get_str(s));
}

json_t *rc_write_fmpq_vec(const fmpq *x, slong n)
{
    json_t *list = json_array();
    for (slong j = 0; j < n; j++) json_array_append_new(list, rc_write_fmpq(x + j));
    return list;
}

json_t *rc_write_fmpq_mat(const fmpq_mat_t M)
{
    json_t *rows = json_array();
    for (slong i = 0; i < M->r; i++)
        json_array_append_new(rows, M->c > 0 ? rc_write_fmpq_vec(fmpq_mat_entry(M, i, 0), M->c) : json_array());
    return rows;
}

/* x sqrt(q): the root is made once a neuron. */
static json_t *write_scaled(const rc_surd_t root, const fmpq_t x)
{
    if (rc_surd_is_rational(root) && root->length == 1 && fmpq_is_one(root->coeffs)) return rc_write_fmpq(x);
    rc_surd_t s;
    rc_surd_init(s);
    rc_surd_mul_fmpq(s, root, x);
    json_t *text = rc_write_surd(s);
    rc_surd_clear(s);
    return text;
}

/* root = sqrt(q_i), inverse = 1 / sqrt(q_i). */
static void neuron_root(rc_surd_t root, rc_surd_t inverse, const rc_network_t net, slong i)
{
    fmpq_t r;
    fmpq_init(r);
    fmpq_inv(r, net->q + i);
    rc_surd_set_sqrt_fmpq(root, net->q + i);
    rc_surd_mul_fmpq(inverse, root, r);
    fmpq_clear(r);
}

/* The matrices a_i, b_i, c_i, column i of C at the end of each of its rows. */
static void write_neuron(json_t *A, json_t *b, json_t *C, const rc_network_t net, slong i)
{
    rc_surd_t root, inverse;
    rc_surd_init(root);
    rc_surd_init(inverse);
    neuron_root(root, inverse, net, i);
    json_t *row = json_array();
    for (slong j = 0; j < net->d; j++) json_array_append_new(row, write_scaled(root, fmpq_mat_entry(net->u, i, j)));
    json_array_append_new(A, row);
    if (net->kind == RC_BIASED) json_array_append_new(b, write_scaled(root, fmpq_mat_entry(net->v, i, 0)));
    for (slong p = 0; p < net->D; p++)
        json_array_append_new(json_array_get(C, (size_t) p), write_scaled(inverse, fmpq_mat_entry(net->gamma, i, p)));
    rc_surd_clear(root);
    rc_surd_clear(inverse);
}

/* {"A": A, "b": b}; takes both. */
static json_t *layer(json_t *A, json_t *b)
{
    json_t *object = json_object();
    json_object_set_new(object, "A", A);
    json_object_set_new(object, "b", b);
    return object;
}

static json_t *write_column(const fmpq_mat_t b)
{
    json_t *list = json_array();
    for (slong i = 0; i < b->r; i++) json_array_append_new(list, rc_write_fmpq(fmpq_mat_entry(b, i, 0)));
    return list;
}

static json_t *write_layers(json_t *layers)
{
    json_t *object = json_object();
    json_object_set_new(object, "layers", layers);
    return object;
}

static json_t *write_deep(const rc_network_t net)
{
    json_t *layers = json_array();
    for (slong l = 0; l < net->depth; l++)
        json_array_append_new(layers, layer(rc_write_fmpq_mat(net->A + l), write_column(net->b + l)));
    return write_layers(layers);
}

json_t *rc_write_network(const rc_network_t net)
{
    if (net->kind == RC_DEEP) return write_deep(net);
    json_t *A = json_array(), *b = json_array(), *C = json_array();
    for (slong p = 0; p < net->D; p++) json_array_append_new(C, json_array());
    for (slong i = 0; i < net->m; i++) write_neuron(A, b, C, net, i);

    if (net->kind == RC_BIASED) {
        json_t *layers = json_array();
        json_array_append_new(layers, layer(A, b));
        json_array_append_new(layers, layer(C, write_column(net->e)));
        return write_layers(layers);
    }
    json_t *object = json_object();
    json_object_set_new(object, "A", A);
    json_object_set(object, "C", net->D == 1 ? json_array_get(C, 0) : C);
    json_decref(C);
    json_decref(b);
    return object;
}

json_t *rc_write_arrangement(const rc_arrangement_t arr)
{
    json_t *normals = json_array(), *offsets = json_array(), *object = json_object();
    for (slong i = 0; i < arr->given; i++) {
        json_array_append_new(normals, rc_write_fmpq_vec(fmpq_mat_entry(arr->input, i, 0), arr->d));
        if (arr->affine) json_array_append_new(offsets, rc_write_fmpq(fmpq_mat_entry(arr->input, i, arr->d)));
    }
    json_object_set_new(object, "normals", normals);
    if (arr->affine) json_object_set(object, "offsets", offsets);
    json_decref(offsets);
    return object;
}
