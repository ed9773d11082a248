/* Networks and arrangements. A neuron's common root is found while its entries are read: a_i = sqrt(q) u,
   b_i = sqrt(q) v, c_i = gamma / sqrt(q) with q the radicand of the first entry that is not 0. */
#include <flint/fmpq.h>
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "network/read-private.h"

static const char *const none[] = {NULL};

/* One entry r sqrt(n) of a neuron whose root is sqrt(root), root = 0 while it is not known. */
typedef struct {
    fmpq_t r;
    fmpz_t n;
    bool single;
} term;

static void term_init(term *t)
{
    fmpq_init(t->r);
    fmpz_init(t->n);
    t->single = true;
}

static void term_clear(term *t)
{
    fmpq_clear(t->r);
    fmpz_clear(t->n);
}

/* s with n root = s^2; false if there is none. Takes n for the root if none is known. */
static bool common_root(fmpz_t s, const fmpz_t n, fmpz_t root)
{
    if (fmpz_is_zero(root)) fmpz_set(root, n);
    if (fmpz_equal(n, root)) {
        fmpz_set(s, n);
        return true;
    }
    fmpz_mul(s, n, root);
    if (!fmpz_is_square(s)) return false;
    fmpz_sqrt(s, s);
    return true;
}

/* x sqrt(root) = r sqrt(n), or, if `inverse`, x / sqrt(root) = r sqrt(n). */
static bool split_root(fmpq_t x, const term *t, fmpz_t root, bool inverse)
{
    if (!t->single) return false;
    if (fmpq_is_zero(t->r)) {
        fmpq_zero(x);
        return true;
    }
    fmpz_t s;
    fmpz_init(s);
    bool common = common_root(s, t->n, root);
    if (common) {
        fmpq_mul_fmpz(x, t->r, s);
        if (!inverse) fmpq_div_fmpz(x, x, root);
    }
    fmpz_clear(s);
    return common;
}

static rc_status read_weights(rc_network_t net, fmpz *roots, const json_t *A, const char *name,
                              const rc_bindings *bindings,
                              rc_error_struct *err)
{
    term t;
    term_init(&t);
    rc_status status = RC_OK;
    for (slong i = 0; status == RC_OK && i < net->m; i++) {
        const json_t *row = json_array_get(A, (size_t) i);
        for (slong j = 0; status == RC_OK && j < net->d; j++) {
            status = rc_json_term(t.r, t.n, &t.single, json_array_get(row, (size_t) j), bindings, err);
            if (status == RC_OK && !split_root(fmpq_mat_entry(net->u, i, j), &t, roots + i, false))
                status = rc_error_set(err, RC_BAD_INPUT, "not one common root times rationals along the row");
            if (status != RC_OK)
                status = rc_error_prefix(err, status, "neuron %ld: row %ld, entry %ld of %s", (long) i + 1,
                                         (long) i + 1,
                                         (long) j + 1, name);
        }
    }
    term_clear(&t);
    return status;
}

static rc_status read_biases(rc_network_t net, fmpz *roots, const json_t *b, const char *name,
                             const rc_bindings *bindings,
                             rc_error_struct *err)
{
    term t;
    term_init(&t);
    rc_status status = RC_OK;
    for (slong i = 0; status == RC_OK && i < net->m; i++) {
        status = rc_json_term(t.r, t.n, &t.single, json_array_get(b, (size_t) i), bindings, err);
        if (status == RC_OK && !split_root(fmpq_mat_entry(net->v, i, 0), &t, roots + i, false))
            status = rc_error_set(err, RC_BAD_INPUT, "not one common root times rationals with its row of weights");
        if (status != RC_OK)
            status = rc_error_prefix(err, status, "neuron %ld: entry %ld of %s", (long) i + 1, (long) i + 1, name);
    }
    term_clear(&t);
    return status;
}

static rc_status irrational_product(const rc_network_t net, slong i, rc_error_struct *err)
{
    bool dead = rc_network_a_is_zero(net, i) && (net->kind != RC_BIASED || fmpq_is_zero(fmpq_mat_entry(net->v, i, 0)));
    if (dead) return rc_error_set(err, RC_BAD_INPUT, "not one common root times rationals along the column");
    return rc_error_set(err, RC_BAD_INPUT, "c a^T is irrational");
}

/* C is a D x m list of rows, or flat when D = 1. */
static rc_status read_outputs(rc_network_t net, fmpz *roots, const json_t *C, const char *name,
                              const rc_bindings *bindings,
                              rc_error_struct *err)
{
    bool flat = !json_is_array(json_array_get(C, 0));
    term t;
    term_init(&t);
    rc_status status = RC_OK;
    for (slong p = 0; status == RC_OK && p < net->D; p++) {
        const json_t *row = flat ? C : json_array_get(C, (size_t) p);
        for (slong i = 0; status == RC_OK && i < net->m; i++) {
            status = rc_json_term(t.r, t.n, &t.single, json_array_get(row, (size_t) i), bindings, err);
            if (status == RC_OK && !split_root(fmpq_mat_entry(net->gamma, i, p), &t, roots + i, true))
                status = irrational_product(net, i, err);
            if (status != RC_OK)
                status = rc_error_prefix(err, status, "neuron %ld: row %ld, entry %ld of %s", (long) i + 1,
                                         (long) p + 1,
                                         (long) i + 1, name);
        }
    }
    term_clear(&t);
    return status;
}

static void set_scales(rc_network_t net, const fmpz *roots)
{
    for (slong i = 0; i < net->m; i++)
        if (!fmpz_is_zero(roots + i)) fmpq_set_fmpz(net->q + i, roots + i);
}

/* Shapes of C: D x m, or a flat list of m. */
static rc_status output_shape(slong *D, const json_t *C, slong m, const char *name, rc_error_struct *err)
{
    slong columns;
    if (json_is_array(C) && json_array_size(C) > 0 && !json_is_array(json_array_get(C, 0))) {
        columns = (slong) json_array_size(C);
        *D = 1;
        for (size_t i = 0; i < json_array_size(C); i++)
            if (json_is_array(json_array_get(C, i)))
                return rc_error_set(err, RC_BAD_INPUT, "%s mixes numbers and lists (entry %zu)", name, i + 1);
    } else {
        rc_status status = rc_json_shape(D, &columns, C, name, err);
        if (status != RC_OK) return status;
    }
    if (columns == m) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT, "%s has %ld column%s, expected %ld, one for each neuron", name,
                        (long) columns, columns == 1 ? "" : "s", (long) m);
}

static rc_status read_shallow(rc_network_t net, const json_t *value, const rc_bindings *bindings, rc_error_struct *err)
{
    static const char *const keys[] = {"A", "C", NULL};
    rc_status status = rc_json_check_keys(value, keys, none, err);
    if (status != RC_OK) return status;
    const json_t *A = json_object_get(value, "A"), *C = json_object_get(value, "C");
    slong d, m, D;
    status = rc_json_shape(&m, &d, A, "A", err);
    if (status == RC_OK) status = output_shape(&D, C, m, "C", err);
    if (status != RC_OK) return status;

    rc_network_t read;
    rc_network_init(read, RC_SHALLOW, d, m, D);
    fmpz *roots = _fmpz_vec_init(m);
    status = read_weights(read, roots, A, "A", bindings, err);
    if (status == RC_OK) status = read_outputs(read, roots, C, "C", bindings, err);
    if (status == RC_OK) {
        set_scales(read, roots);
        rc_network_swap(net, read);
    }
    _fmpz_vec_clear(roots, m);
    rc_network_clear(read);
    return status;
}

static rc_status check_bias_list(const json_t *b, slong n, rc_error_struct *err)
{
    if (!json_is_array(b)) return rc_error_set(err, RC_BAD_INPUT, "b: expected a list, found %s", rc_json_kind(b));
    if ((slong) json_array_size(b) == n) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT, "b has length %zu, A has %ld row%s", json_array_size(b), (long) n,
                        n == 1 ? "" : "s");
}

/* widths[0..depth] of a list of layers {"A", "b"}. */
static rc_status layer_shapes(slong *widths, const json_t *layers, rc_error_struct *err)
{
    static const char *const keys[] = {"A", "b", NULL};
    for (size_t l = 0; l < json_array_size(layers); l++) {
        const json_t *layer = json_array_get(layers, l);
        slong rows = 0, columns = 0;
        rc_status status = rc_json_check_keys(layer, keys, none, err);
        if (status == RC_OK) status = rc_json_shape(&rows, &columns, json_object_get(layer, "A"), "A", err);
        if (status == RC_OK) status = check_bias_list(json_object_get(layer, "b"), rows, err);
        if (status == RC_OK && l > 0 && columns != widths[l])
            status = rc_error_set(err, RC_BAD_INPUT, "A has %ld columns, the layer before has %ld neurons",
                                  (long) columns,
                                  (long) widths[l]);
        if (status != RC_OK) return rc_error_prefix(err, status, "layer %zu", l + 1);
        if (l == 0) widths[0] = columns;
        widths[l + 1] = rows;
    }
    return RC_OK;
}

static rc_status read_bias_column(fmpq_mat_t e, const json_t *b, const rc_bindings *bindings, rc_error_struct *err)
{
    for (slong p = 0; p < e->r; p++) {
        rc_status status = rc_json_rational(fmpq_mat_entry(e, p, 0), json_array_get(b, (size_t) p), bindings, err);
        if (status != RC_OK) return rc_error_prefix(err, status, "entry %ld of b", (long) p + 1);
    }
    return RC_OK;
}

static rc_status read_biased(rc_network_t net, const json_t *layers, const slong *widths, const rc_bindings *bindings,
                             rc_error_struct *err)
{
    const json_t *first = json_array_get(layers, 0), *second = json_array_get(layers, 1);
    rc_network_t read;
    rc_network_init(read, RC_BIASED, widths[0], widths[1], widths[2]);
    fmpz *roots = _fmpz_vec_init(read->m);
    rc_status status = read_weights(read, roots, json_object_get(first, "A"), "A", bindings, err);
    if (status == RC_OK) status = read_biases(read, roots, json_object_get(first, "b"), "b", bindings, err);
    if (status != RC_OK) status = rc_error_prefix(err, status, "layer 1");
    if (status == RC_OK) {
        status = read_outputs(read, roots, json_object_get(second, "A"), "A", bindings, err);
        if (status == RC_OK) status = read_bias_column(read->e, json_object_get(second, "b"), bindings, err);
        if (status != RC_OK) status = rc_error_prefix(err, status, "layer 2");
    }
    if (status == RC_OK) {
        set_scales(read, roots);
        rc_network_swap(net, read);
    }
    _fmpz_vec_clear(roots, widths[1]);
    rc_network_clear(read);
    return status;
}

static rc_status read_deep(rc_network_t net, const json_t *layers, const slong *widths, const rc_bindings *bindings,
                           rc_error_struct *err)
{
    rc_network_t read;
    rc_network_init_deep(read, (slong) json_array_size(layers), widths);
    rc_status status = RC_OK;
    for (slong l = 0; status == RC_OK && l < read->depth; l++) {
        const json_t *layer = json_array_get(layers, (size_t) l);
        status = rc_json_rational_matrix(read->A + l, json_object_get(layer, "A"), "A", bindings, err);
        if (status == RC_OK) status = read_bias_column(read->b + l, json_object_get(layer, "b"), bindings, err);
        if (status != RC_OK) status = rc_error_prefix(err, status, "layer %ld", (long) l + 1);
    }
    if (status == RC_OK) rc_network_swap(net, read);
    rc_network_clear(read);
    return status;
}

static rc_status read_layers(rc_network_t net, const json_t *value, const rc_bindings *bindings, rc_error_struct *err)
{
    static const char *const keys[] = {"layers", NULL};
    rc_status status = rc_json_check_keys(value, keys, none, err);
    if (status != RC_OK) return status;
    const json_t *layers = json_object_get(value, "layers");
    if (!json_is_array(layers))
        return rc_error_set(err, RC_BAD_INPUT, "layers: expected a list, found %s", rc_json_kind(layers));
    size_t depth = json_array_size(layers);
    if (depth == 0) return rc_error_set(err, RC_BAD_INPUT, "layers is empty");
    slong *widths = flint_malloc((depth + 1) * sizeof *widths);
    status = layer_shapes(widths, layers, err);
    if (status == RC_OK && depth == 2) status = read_biased(net, layers, widths, bindings, err);
    else if (status == RC_OK) status = read_deep(net, layers, widths, bindings, err);
    flint_free(widths);
    return status;
}

static rc_status not_a_network(const json_t *value, rc_error_struct *err)
{
    const char *likely = "";
    if (json_object_get(value, "normals")) likely = " (this is an arrangement)";
    else if (json_object_get(value, "networks")) likely = " (this is a case: name one of its networks, FILE#NAME)";
    if (!json_is_object(value))
        return rc_error_set(err, RC_BAD_INPUT, "expected a network, {\"A\", \"C\"} or {\"layers\"}, found %s",
                            rc_json_kind(value));
    return rc_error_set(err, RC_BAD_INPUT, "not a network: expected the keys \"A\" and \"C\", or \"layers\"%s", likely);
}

rc_status rc_read_network(rc_network_t net, const json_t *value, const rc_bindings *bindings, const char *where,
                          rc_error_struct *err)
{
    rc_status status;
    if (json_object_get(value, "layers")) status = read_layers(net, value, bindings, err);
    else if (json_object_get(value, "A") || json_object_get(value, "C")) status = read_shallow(net, value, bindings,
                                                                                               err);
    else status = not_a_network(value, err);
    return status == RC_OK ? RC_OK : rc_error_prefix(err, status, "%s", where);
}

bool rc_json_is_arrangement(const json_t *value)
{
    return json_object_get(value, "normals") != NULL;
}

static rc_status offsets_length(const json_t *offsets, slong n, rc_error_struct *err)
{
    if (!json_is_array(offsets))
        return rc_error_set(err, RC_BAD_INPUT, "offsets: expected a list, found %s", rc_json_kind(offsets));
    if ((slong) json_array_size(offsets) == n) return RC_OK;
    return rc_error_set(err, RC_BAD_INPUT, "offsets has length %zu, there are %ld normals", json_array_size(offsets),
                        (long) n);
}

static rc_status read_forms(fmpq_mat_t forms, const json_t *normals, const json_t *offsets, const rc_bindings *bindings,
                            rc_error_struct *err)
{
    fmpq_mat_t window;
    fmpq_mat_window_init(window, forms, 0, 0, forms->r, forms->c - (offsets ? 1 : 0));
    rc_status status = rc_json_rational_matrix(window, normals, "normals", bindings, err);
    fmpq_mat_window_clear(window);
    for (slong i = 0; status == RC_OK && offsets && i < forms->r; i++) {
        fmpq *entry = fmpq_mat_entry(forms, i, forms->c - 1);
        status = rc_json_rational(entry, json_array_get(offsets, (size_t) i), bindings, err);
        if (status != RC_OK) status = rc_error_prefix(err, status, "entry %ld of offsets", (long) i + 1);
    }
    return status;
}

static rc_status read_arrangement(rc_arrangement_t arr, const json_t *value, const rc_bindings *bindings,
                                  rc_error_struct *err)
{
    static const char *const required[] = {"normals", NULL}, *const optional[] = {"offsets", NULL};
    rc_status status = rc_json_check_keys(value, required, optional, err);
    if (status != RC_OK) return status;
    const json_t *normals = json_object_get(value, "normals"), *offsets = json_object_get(value, "offsets");
    slong n, d;
    status = rc_json_shape(&n, &d, normals, "normals", err);
    if (status == RC_OK && offsets) status = offsets_length(offsets, n, err);
    if (status != RC_OK) return status;

    fmpq_mat_t forms;
    fmpq_mat_init(forms, n, d + (offsets ? 1 : 0));
    status = read_forms(forms, normals, offsets, bindings, err);
    if (status == RC_OK) rc_arrangement_set_forms(arr, forms, offsets != NULL);
    fmpq_mat_clear(forms);
    return status;
}

rc_status rc_read_arrangement(rc_arrangement_t arr, const json_t *value, const rc_bindings *bindings, const char *where,
                              rc_error_struct *err)
{
    rc_status status = read_arrangement(arr, value, bindings, err);
    return status == RC_OK ? RC_OK : rc_error_prefix(err, status, "%s", where);
}
