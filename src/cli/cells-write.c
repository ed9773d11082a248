/* Cells as lines of text, as JSON lines, and as packed bytes. */
#include <flint/fmpq_vec.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"

/* ---- bytes ---- */

void rc_cells_put_le(unsigned char *bytes, uint64_t x, int n)
{
    for (int i = 0; i < n; i++, x >>= 8) bytes[i] = (unsigned char) (x & 0xFF);
}

uint64_t rc_cells_get_le(const unsigned char *bytes, int n)
{
    uint64_t x = 0;
    for (int i = n - 1; i >= 0; i--) x = x << 8 | bytes[i];
    return x;
}

void rc_cells_bits_header(unsigned char *bytes, const rc_arrangement_t arr, bool halved)
{
    memset(bytes, 0, RC_BITS_HEADER);
    memcpy(bytes, "RLCTBITS", 8);
    rc_cells_put_le(bytes + 8, 1, 4);
    rc_cells_put_le(bytes + 12, halved, 4);
    rc_cells_put_le(bytes + 16, (uint64_t) arr->n, 8);
    rc_cells_put_le(bytes + 24, (uint64_t) (arr->n + 7) / 8, 8);
    rc_cells_put_le(bytes + 32, (uint64_t) arr->d, 8);
    rc_cells_put_le(bytes + 40, arr->affine ? 1 : 0, 8);
}

void rc_cells_bits_trailer(unsigned char *bytes, size_t cells)
{
    memcpy(bytes, "RLCTEND\n", 8);
    rc_cells_put_le(bytes + 8, cells, 8);
}

static void put(rc_piece *piece, const char *text, size_t length)
{
    rc_piece_reserve(piece, piece->length + length);
    memcpy(piece->bytes + piece->length, text, length);
    piece->length += length;
}

static void put_text(rc_piece *piece, const char *text)
{
    put(piece, text, strlen(text));
}

static void put_fmpq(rc_piece *piece, const fmpq_t q)
{
    fmpz value = *fmpq_numref(q);
    if (!COEFF_IS_MPZ(value) && *fmpq_denref(q) == 1) {
        char digits[24], *p = digits + sizeof digits;
        ulong rest = value < 0 ? -(ulong) value : (ulong) value;
        do *--p = (char) ('0' + rest % 10);
        while ((rest /= 10) > 0);
        if (value < 0) *--p = '-';
        put(piece, p, (size_t) (digits + sizeof digits - p));
        return;
    }
    char *text = rc_fmpq_get_str(q);
    put_text(piece, text);
    free(text);
}

/* ["1","-1/2"] or (1, -1/2) */
static void put_vec(rc_piece *piece, const fmpq *x, slong n, bool json)
{
    put_text(piece, json ? "[" : "(");
    for (slong i = 0; i < n; i++) {
        put_text(piece, json ? i == 0 ? "\"" : ",\"" : i == 0 ? "" : ", ");
        put_fmpq(piece, x + i);
        if (json) put_text(piece, "\"");
    }
    put_text(piece, json ? "]" : ")");
}

/* ---- the plan ---- */

/* Adds sign c_i a_i^T to what the neuron's hyperplane does: to the jump if it is active on the positive side, else to
   the gradient, where it is active to begin with, and off the jump. */
static void add_neuron(rc_cells_plan *plan, const rc_network_t net, slong i, int sign, slong line, bool positive)
{
    fmpq_t t;
    fmpq_init(t);
    for (slong p = 0; p < net->D; p++) {
        for (slong q = 0; q < net->d; q++) {
            fmpq *J = fmpq_mat_entry(plan->jump + line, p, q), *G = fmpq_mat_entry(plan->lowest, p, q);
            fmpq_mul(t, fmpq_mat_entry(net->gamma, i, p), fmpq_mat_entry(net->u, i, q));
            if (sign < 0) fmpq_neg(t, t);
            if (!positive) {
                fmpq_add(G, G, t);
                fmpq_neg(t, t);
            }
            fmpq_add(J, J, t);
        }
    }
    fmpq_clear(t);
}

static void plan_gradients(rc_cells_plan *plan)
{
    const rc_cells_input *in = plan->in;
    const rc_arrangement_struct *arr = in->arr;
    slong row = 0;
    for (slong k = 0; k < in->nets; k++)
        for (slong i = 0; i < in->net[k]->m; i++, row++)
            if (arr->line[row] >= 0)
                add_neuron(plan, in->net[k], i, k == 0 ? 1 : -1, arr->line[row], arr->side[row] > 0);
    fmpq_mat_add(plan->both, plan->lowest, plan->lowest);
    for (slong j = 0; j < arr->n; j++) fmpq_mat_add(plan->both, plan->both, plan->jump + j);
}

/* The given forms k0 .. k0 + m - 1 in the pattern: a zero form has its character for good. */
static void plan_pattern(rc_cells_plan *plan, slong k0, slong m, const char characters[3])
{
    const rc_arrangement_struct *arr = plan->in->arr;
    for (slong i = k0; i < k0 + m; i++) {
        if (arr->line[i] >= 0) {
            plan->place[plan->forms] = plan->head_length;
            plan->line[plan->forms] = arr->line[i];
            plan->flip[plan->forms++] = arr->side[i] < 0;
        }
        plan->head[plan->head_length++] = characters[arr->line[i] < 0 ? arr->side[i] + 1 : 0];
    }
}

static void plan_text(rc_cells_plan *plan, const char *text)
{
    size_t length = strlen(text);
    memcpy(plan->head + plan->head_length, text, length);
    plan->head_length += length;
}

static void plan_head(rc_cells_plan *plan)
{
    const rc_cells_input *in = plan->in;
    bool json = plan->format == RC_CELLS_JSON;
    if (in->nets == 0) {
        if (json) plan_text(plan, "{\"pattern\":\"");
        plan_pattern(plan, 0, in->arr->given, "-0+");
        if (json) plan_text(plan, "\"");
        return;
    }
    plan_text(plan, json ? "{\"pattern\":[\"" : "");
    for (slong k = 0, first = 0; k < in->nets; first += in->net[k++]->m) {
        if (k > 0) plan_text(plan, json ? "\",\"" : " | ");
        plan_pattern(plan, first, in->net[k]->m, "001");
    }
    plan_text(plan, json ? "\"],\"gradient\":[" : "  gradient ");
}

void rc_cells_plan_init(rc_cells_plan *plan, const rc_cells_input *in, const rc_cells_options *options)
{
    const rc_arrangement_struct *arr = in->arr;
    size_t given = (size_t) arr->given + 1;
    *plan = (rc_cells_plan) {.in = in, .format = options->format, .witness = options->witness};
    memcpy(plan->characters, in->nets == 0 ? "-+" : "01", 2);
    plan->head = malloc(given + 80);
    plan->place = malloc(given * sizeof *plan->place);
    plan->line = malloc(given * sizeof *plan->line);
    plan->flip = malloc(given);
    plan->jump = malloc(((size_t) arr->n + 1) * sizeof *plan->jump);
    if (!plan->head || !plan->place || !plan->line || !plan->flip || !plan->jump) abort();
    plan_head(plan);
    fmpq_mat_init(plan->lowest, in->D, in->d);
    fmpq_mat_init(plan->both, in->D, in->d);
    for (slong j = 0; j < arr->n && in->nets > 0; j++) fmpq_mat_init(plan->jump + j, in->D, in->d);
    if (in->nets > 0) plan_gradients(plan);
}

void rc_cells_plan_clear(rc_cells_plan *plan)
{
    for (slong j = 0; j < plan->in->arr->n && plan->in->nets > 0; j++) fmpq_mat_clear(plan->jump + j);
    fmpq_mat_clear(plan->both);
    fmpq_mat_clear(plan->lowest);
    free(plan->jump);
    free(plan->flip);
    free(plan->line);
    free(plan->place);
    free(plan->head);
}

/* ---- the writer ---- */

static size_t words_of(const rc_cells_plan *plan)
{
    return plan->in->arr->n > 64 ? ((size_t) plan->in->arr->n + 63) / 64 : 1;
}

void rc_cells_writer_init(rc_cells_writer *writer, const rc_cells_plan *plan)
{
    writer->plan = plan;
    writer->signs = calloc(words_of(plan), sizeof *writer->signs);
    if (!writer->signs) abort();
    fmpq_mat_init_set(writer->gradient, plan->lowest);
    fmpq_mat_init(writer->opposite, plan->in->D, plan->in->d);
    rc_batch_init(writer->batch);
    writer->x = _fmpq_vec_init(plan->in->d + 1);
}

void rc_cells_writer_clear(rc_cells_writer *writer)
{
    _fmpq_vec_clear(writer->x, writer->plan->in->d + 1);
    rc_batch_clear(writer->batch);
    fmpq_mat_clear(writer->opposite);
    fmpq_mat_clear(writer->gradient);
    free(writer->signs);
}

static int sign_bit(const uint64_t *signs, slong j)
{
    return (int) (signs[j / 64] >> (j % 64) & 1);
}

static void move_gradient(rc_cells_writer *writer, const uint64_t *signs)
{
    const rc_cells_plan *plan = writer->plan;
    for (slong w = 0; w < (slong) words_of(plan); w++) {
        uint64_t changed = signs[w] ^ writer->signs[w];
        for (slong j = 64 * w; changed; j++, changed >>= 1) {
            if (!(changed & 1)) continue;
            if (sign_bit(signs, j)) fmpq_mat_add(writer->gradient, writer->gradient, plan->jump + j);
            else fmpq_mat_sub(writer->gradient, writer->gradient, plan->jump + j);
        }
        writer->signs[w] = signs[w];
    }
}

static void put_gradient(rc_piece *piece, const rc_cells_plan *plan, const fmpq_mat_t G)
{
    bool json = plan->format == RC_CELLS_JSON;
    for (slong p = 0; p < plan->in->D; p++) {
        if (p > 0) put_text(piece, json ? "," : " ");
        put_vec(piece, fmpq_mat_entry(G, p, 0), plan->in->d, json);
    }
    if (json) put_text(piece, "]");
}

/* `turned`: the characters are the opposite cell's. */
static void put_line(rc_piece *piece, const rc_cells_plan *plan, const uint64_t *signs, int turned, const fmpq_mat_t G,
                     const fmpq *x)
{
    rc_piece_reserve(piece, piece->length + plan->head_length + 2);
    char *line = (char *) piece->bytes + piece->length;
    memcpy(line, plan->head, plan->head_length);
    for (slong i = 0; i < plan->forms; i++)
        line[plan->place[i]] = plan->characters[sign_bit(signs, plan->line[i]) ^ plan->flip[i] ^ turned];
    piece->length += plan->head_length;
    bool json = plan->format == RC_CELLS_JSON;
    if (plan->in->nets > 0) put_gradient(piece, plan, G);
    if (x) {
        put_text(piece, json ? ",\"witness\":" : "  at ");
        put_vec(piece, x, plan->in->d, json);
    }
    put_text(piece, json ? "}\n" : "\n");
}

void rc_cells_put(rc_piece *piece, rc_cells_writer *writer, const uint64_t *signs, const fmpq *x)
{
    if (writer->plan->in->nets > 0) move_gradient(writer, signs);
    put_line(piece, writer->plan, signs, 0, writer->gradient, x);
}

void rc_cells_put_opposite(rc_piece *piece, rc_cells_writer *writer, const uint64_t *signs, fmpq *x)
{
    const rc_cells_plan *plan = writer->plan;
    if (plan->in->nets > 0) {
        move_gradient(writer, signs);
        fmpq_mat_sub(writer->opposite, plan->both, writer->gradient);
    }
    for (slong i = 0; x && i < plan->in->d; i++) fmpq_neg(x + i, x + i);
    put_line(piece, plan, signs, 1, writer->opposite, x);
}

/* Eight bytes at a time; what a cell writes too many, the next one overwrites. */
static void pack(rc_piece *piece, const rc_batch_struct *batch, slong n)
{
    size_t size = ((size_t) n + 7) / 8, words = (size_t) batch->words;
    piece->length = batch->cells * size;
    rc_piece_reserve(piece, piece->length + 8);
    unsigned char *bytes = piece->bytes;
    for (size_t c = 0; c < batch->cells; c++, bytes += size)
        for (size_t k = 0; 8 * k < size; k++) rc_cells_put_le(bytes + 8 * k, batch->signs[c * words + k], 8);
}

void rc_cells_put_batch(rc_piece *piece, rc_cells_writer *writer, const rc_enumeration_struct *E)
{
    const rc_batch_struct *batch = writer->batch;
    const rc_cells_plan *plan = writer->plan;
    bool halved = rc_enumeration_is_halved(E);
    rc_piece_reserve(piece, 1);
    piece->length = 0;
    piece->cells = batch->cells;
    piece->ties = batch->ties;
    if (plan->format == RC_CELLS_BITS) {
        pack(piece, batch, plan->in->arr->n);
        return;
    }
    for (size_t c = 0; c < batch->cells; c++) {
        const uint64_t *signs = batch->signs + c * (size_t) batch->words;
        fmpq *x = plan->witness ? writer->x : NULL;
        if (x) rc_enumeration_witness(x, E, batch->bases + c * (size_t) batch->rank);
        rc_cells_put(piece, writer, signs, x);
        if (halved) rc_cells_put_opposite(piece, writer, signs, x);
    }
    if (halved) piece->cells *= 2;
}
