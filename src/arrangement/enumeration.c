/* Cells in bulk: components, the engine of each, products. */
#include "relucert/enumeration.h"

#include <flint/fmpz_vec.h>
#include <string.h>

#include "arrangement/enumeration-private.h"
#include "arrangement/matroid.h"
#include "arrangement/private.h"

#define OBJECTIVE_BITS 24
#define TREE_PREFIX 8

void rc_batch_init(rc_batch_t batch)
{
    *batch = (rc_batch_struct) {.words = 1};
}

void rc_batch_clear(rc_batch_t batch)
{
    flint_free(batch->signs);
    flint_free(batch->bases);
}

void rc_batch_reserve(rc_batch_t batch, size_t more)
{
    if (batch->cells + more <= batch->alloc) return;
    batch->alloc = FLINT_MAX(2 * batch->alloc, batch->cells + more);
    batch->signs = flint_realloc(batch->signs, batch->alloc * (size_t) batch->words * sizeof(uint64_t));
    if (batch->rank > 0)
        batch->bases = flint_realloc(batch->bases, batch->alloc * (size_t) batch->rank * sizeof(int32_t));
}

/* ---- components ---- */

/* Nanoseconds a cell, roughly, as measured for ranks 3 to 20. The tableaus of large ranks lose accuracy and send
   more and more signs to integer arithmetic. */
static double vertex_cost(slong n, slong rank)
{
    double cost = 30 + 0.4 * (double) n * (double) rank * (double) rank;
    for (slong r = 14; r < rank && cost < 1e100; r++) cost *= 1.5;
    return cost;
}

static double tree_cost(slong n, slong rank)
{
    return 200 * (double) n * (double) rank;
}

static rc_engine cheaper_engine(slong n, slong rank)
{
    return vertex_cost(n, rank) <= tree_cost(n, rank) ? RC_ENGINE_VERTEX : RC_ENGINE_TREE;
}

/* The rows of a component in the engine's order, x_{d+1} first. */
static void part_init(rc_part_struct *part, const fmpz_mat_t M, const slong *member, slong n, slong infinity,
                      rc_engine engine)
{
    part->n = n;
    part->member = flint_malloc((size_t) n * sizeof(slong));
    slong k = 0;
    if (infinity >= 0)
        for (slong i = 0; i < n; i++)
            if (member[i] == infinity) part->member[k++] = infinity;
    part->has_infinity = k > 0;
    for (slong i = 0; i < n; i++)
        if (member[i] != infinity) part->member[k++] = member[i];
    fmpz_mat_t F;
    slong width = fmpz_mat_ncols(M);
    fmpz_mat_init(F, n, width);
    for (slong i = 0; i < n; i++) _fmpz_vec_set(fmpz_mat_entry(F, i, 0), fmpz_mat_entry(M, part->member[i], 0), width);
    slong room = FLINT_MIN(n, width);
    slong *rows = flint_malloc((size_t) (room + 1) * sizeof(slong));
    part->cols = flint_malloc((size_t) (room + 1) * sizeof(slong));
    part->rank = rc_matroid_basis(rows, part->cols, F);
    flint_free(rows);
    fmpz_mat_init(part->forms, n, part->rank);
    for (slong i = 0; i < n; i++)
        for (slong c = 0; c < part->rank; c++)
            fmpz_set(fmpz_mat_entry(part->forms, i, c), fmpz_mat_entry(F, i, part->cols[c]));
    fmpz_mat_clear(F);
    part->engine = engine == RC_ENGINE_AUTO ? cheaper_engine(n, part->rank) : engine;
    if (part->engine == RC_ENGINE_VERTEX) rc_vertex_init(part->vertex, part->forms, OBJECTIVE_BITS, rc_kernel_best());
    fmpz_mat_init(part->auxiliary, part->rank, part->rank);
}

static void part_clear(rc_part_struct *part)
{
    if (part->engine == RC_ENGINE_VERTEX) rc_vertex_clear(part->vertex);
    fmpz_mat_clear(part->forms);
    fmpz_mat_clear(part->auxiliary);
    flint_free(part->member);
    flint_free(part->cols);
}

static slong tree_prefix(const rc_part_struct *part)
{
    return FLINT_MIN(part->n - 1, TREE_PREFIX);
}

static slong part_stages(const rc_part_struct *part)
{
    return part->engine == RC_ENGINE_VERTEX ? part->rank : 1;
}

static slong part_units(const rc_part_struct *part, slong stage)
{
    return part->engine == RC_ENGINE_VERTEX ? rc_vertex_units(part->vertex, part->rank - stage)
                                            : WORD(1) << tree_prefix(part);
}

static void part_close(rc_part_struct *part, slong stage, size_t ties)
{
    if (part->engine != RC_ENGINE_VERTEX) return;
    slong level = part->rank - stage;
    if (level <= 1 || level != part->vertex->open) return;
    rc_vertex_close(part->vertex, level, ties);
    rc_vertex_objective(fmpz_mat_entry(part->auxiliary, level - 1, 0), part->vertex->level + level);
}

typedef struct {
    rc_batch_struct *batch;
    slong n;
    rc_limits *limits;
    bool stopped;
} tree_state;

static bool tree_visit(void *arg, const signed char *signs, const rc_region_struct *R)
{
    (void) R;
    tree_state *state = arg;
    rc_batch_struct *batch = state->batch;
    state->stopped = !rc_limits_visit(state->limits, "cells");
    if (state->stopped) return false;
    rc_batch_reserve(batch, 1);
    uint64_t *out = batch->signs + batch->cells++ * (size_t) batch->words;
    memset(out, 0, (size_t) batch->words * sizeof *out);
    for (slong k = 0; k < state->n; k++) out[k / 64] |= (uint64_t) (signs[k] > 0) << (k % 64);
    return true;
}

/* Appends cells of the component on which its first row is positive, in the component's own bits. */
static bool part_unit(rc_batch_struct *batch, const rc_part_struct *part, slong stage, slong unit, bool bases,
                      rc_limits *limits)
{
    if (part->engine == RC_ENGINE_VERTEX)
        return rc_vertex_unit(batch, part->vertex, part->rank - stage, unit, bases, limits);
    signed char prefix[TREE_PREFIX + 1] = {1};
    slong k = tree_prefix(part);
    for (slong i = 0; i < k; i++) prefix[i + 1] = unit >> i & 1 ? -1 : 1;
    tree_state state = {batch, part->n, limits, false};
    rc_tree_walk_prefix(part->forms, 0, prefix, k + 1, tree_visit, &state);
    return !state.stopped;
}

static slong part_words(const rc_part_struct *part)
{
    return (part->n + 63) / 64;
}

/* ---- bits of a component among all bits ---- */

/* Needed unless the component is everything and the bits are its own, but for that of x_{d+1}. */
static void spread_init(rc_enumeration_struct *E, rc_part_struct *part)
{
    part->identity = part->n == E->arr->n && !part->has_infinity;
    if (E->parts == 1 && (part->identity || part->has_infinity)) return;
    slong bytes = (part->n + 7) / 8, words = E->words;
    part->spread = flint_calloc((size_t) (bytes * 256 * words), sizeof(uint64_t));
    part->mask = flint_calloc((size_t) words, sizeof(uint64_t));
    for (slong k = 0; k < part->n; k++) {
        slong bit = part->member[k];
        if (part->has_infinity && k == 0) continue;
        part->mask[bit / 64] |= UINT64_C(1) << (bit % 64);
        for (slong value = 0; value < 256; value++)
            if (value >> (k % 8) & 1)
                part->spread[((k / 8) * 256 + value) * words + bit / 64] |= UINT64_C(1) << (bit % 64);
    }
}

/* out |= the component's signs */
static void spread(uint64_t *out, const rc_part_struct *part, const uint64_t *in, slong words)
{
    for (slong byte = 0; 8 * byte < part->n; byte++) {
        slong value = (slong) (in[byte / 8] >> (8 * (byte % 8)) & 255);
        const uint64_t *entry = part->spread + (byte * 256 + value) * words;
        for (slong w = 0; w < words; w++) out[w] |= entry[w];
    }
}

/* ---- the enumeration ---- */

static void push(rc_batch_struct *batch, const rc_part_struct *part, const uint64_t *in, bool opposite)
{
    rc_batch_reserve(batch, 1);
    uint64_t *out = batch->signs + batch->cells++ * (size_t) batch->words;
    memset(out, 0, (size_t) batch->words * sizeof *out);
    spread(out, part, in, batch->words);
    if (opposite)
        for (slong w = 0; w < batch->words; w++) out[w] = ~out[w] & part->mask[w];
}

/* All cells of a component, in the bits of the whole. */
static void list_part(rc_enumeration_struct *E, rc_part_struct *part)
{
    rc_batch_t own;
    rc_batch_init(part->list);
    part->list->words = E->words;
    rc_batch_init(own);
    own->words = part_words(part);
    for (slong stage = 0; stage < part_stages(part); stage++) {
        own->ties = 0;
        for (slong unit = 0; unit < part_units(part, stage); unit++) {
            own->cells = 0;
            if (!part_unit(own, part, stage, unit, false, NULL)) flint_abort();
            for (size_t c = 0; c < own->cells; c++) {
                const uint64_t *in = own->signs + c * (size_t) own->words;
                push(part->list, part, in, false);
                if (!part->has_infinity) push(part->list, part, in, true);
            }
        }
        part_close(part, stage, own->ties);
    }
    rc_batch_clear(own);
}

rc_engine rc_enumeration_choice(const rc_arrangement_t arr)
{
    slong rows = arr->n + (arr->affine ? 1 : 0), parts;
    if (rows == 0) return RC_ENGINE_VERTEX;
    slong *part = flint_malloc((size_t) rows * sizeof(slong));
    rc_arrangement_components(part, &parts, arr);
    flint_free(part);
    return parts > 1 ? RC_ENGINE_TREE : cheaper_engine(rows, rc_arrangement_rank(arr) + (arr->affine ? 1 : 0));
}

rc_enumeration_struct *rc_enumeration_new(const rc_arrangement_t arr, rc_engine engine, bool bases)
{
    rc_enumeration_struct *E = flint_calloc(1, sizeof *E);
    E->arr = arr;
    E->bases = bases;
    E->words = FLINT_MAX(1, (arr->n + 63) / 64);
    slong rows = arr->n + (arr->affine ? 1 : 0), infinity = arr->affine ? arr->n : -1;
    if (arr->n == 0) return E;
    fmpz_mat_t M;
    rc_arrangement_matroid(M, arr);
    slong *part = flint_calloc((size_t) rows, sizeof(slong)), *member = flint_malloc((size_t) rows * sizeof(slong));
    E->parts = 1;
    if (!bases) rc_arrangement_components(part, &E->parts, arr);
    E->part = flint_calloc((size_t) E->parts, sizeof *E->part);
    E->lead = -1;
    for (slong p = 0; p < E->parts; p++) {
        slong n = 0;
        for (slong i = 0; i < rows; i++)
            if (part[i] == p) member[n++] = i;
        part_init(E->part + p, M, member, n, infinity, bases ? RC_ENGINE_VERTEX : engine);
        spread_init(E, E->part + p);
        if (E->lead < 0 || n > E->part[E->lead].n) E->lead = p;
    }
    flint_free(part);
    flint_free(member);
    fmpz_mat_clear(M);
    for (slong p = 0; p < E->parts; p++)
        if (p != E->lead) list_part(E, E->part + p);
    return E;
}

void rc_enumeration_free(rc_enumeration_struct *E)
{
    if (!E) return;
    for (slong p = 0; p < E->parts; p++) {
        rc_part_struct *part = E->part + p;
        if (p != E->lead) rc_batch_clear(part->list);
        flint_free(part->spread);
        flint_free(part->mask);
        part_clear(part);
    }
    flint_free(E->part);
    flint_free(E);
}

bool rc_enumeration_is_halved(const rc_enumeration_struct *E)
{
    return !E->arr->affine && E->arr->n > 0;
}

slong rc_enumeration_words(const rc_enumeration_struct *E)
{
    return E->words;
}

slong rc_enumeration_stages(const rc_enumeration_struct *E)
{
    return E->parts == 0 ? 1 : part_stages(E->part + E->lead);
}

slong rc_enumeration_units(const rc_enumeration_struct *E, slong stage)
{
    return E->parts == 0 ? 1 : part_units(E->part + E->lead, stage);
}

void rc_enumeration_close_stage(rc_enumeration_struct *E, slong stage, size_t ties)
{
    if (E->parts > 0) part_close(E->part + E->lead, stage, ties);
}

/* All combinations of `signs` with the listed components p and later. */
static bool combine(rc_batch_struct *batch, const rc_enumeration_struct *E, slong p, const uint64_t *signs,
                    rc_limits *limits)
{
    if (p == E->lead) p++;
    if (p >= E->parts) {
        if (batch->cells % 256 == 0 && !rc_limits_visit(limits, "cells")) return false;
        rc_batch_reserve(batch, 1);
        memcpy(batch->signs + batch->cells++ * (size_t) batch->words, signs, (size_t) batch->words * sizeof *signs);
        return true;
    }
    const rc_batch_struct *list = E->part[p].list;
    uint64_t *sum = flint_malloc((size_t) batch->words * sizeof *sum);
    bool more = true;
    for (size_t c = 0; c < list->cells && more; c++) {
        const uint64_t *other = list->signs + c * (size_t) batch->words;
        for (slong w = 0; w < batch->words; w++) sum[w] = signs[w] | other[w];
        more = combine(batch, E, p + 1, sum, limits);
    }
    flint_free(sum);
    return more;
}

static bool product_unit(rc_batch_struct *batch, const rc_enumeration_struct *E, slong stage, slong unit,
                         rc_limits *limits)
{
    const rc_part_struct *lead = E->part + E->lead;
    rc_batch_t own, one;
    rc_batch_init(own);
    own->words = part_words(lead);
    rc_batch_init(one);
    one->words = E->words;
    bool more = part_unit(own, lead, stage, unit, false, limits);
    int sides = E->arr->affine && !lead->has_infinity ? 2 : 1;
    for (size_t c = 0; c < own->cells && more; c++) {
        for (int side = 0; side < sides && more; side++) {
            one->cells = 0;
            push(one, lead, own->signs + c * (size_t) own->words, side == 1);
            more = combine(batch, E, 0, one->signs, limits);
        }
    }
    batch->ties = own->ties;
    rc_batch_clear(own);
    rc_batch_clear(one);
    return more;
}

/* The names of local rows become those of the whole. */
static void rename_bases(rc_batch_struct *batch, const rc_part_struct *part)
{
    for (size_t k = 0; k < batch->cells * (size_t) batch->rank; k++) {
        int32_t e = batch->bases[k];
        if (e > 0) batch->bases[k] = (int32_t) part->member[e - 1] + 1;
        if (e < 0) batch->bases[k] = -(int32_t) part->member[-e - 1] - 1;
    }
}

/* Drops bit 0, that of x_{d+1}, of every cell; the batch has room for the words it had. */
static void drop_infinity(rc_batch_struct *batch, slong words)
{
    slong from = batch->words;
    for (size_t c = 0; c < batch->cells; c++) {
        const uint64_t *in = batch->signs + c * (size_t) from;
        uint64_t *out = batch->signs + c * (size_t) words;
        for (slong w = 0; w < words; w++) out[w] = in[w] >> 1 | (w + 1 < from ? in[w + 1] << 63 : 0);
    }
    batch->words = words;
}

rc_status rc_enumeration_unit(rc_batch_t batch, const rc_enumeration_struct *E, slong stage, slong unit,
                              rc_limits *limits)
{
    const rc_part_struct *lead = E->parts > 0 ? E->part + E->lead : NULL;
    batch->cells = 0;
    batch->ties = 0;
    slong rank = E->bases && E->parts > 0 ? lead->rank : 0, words = E->words;
    bool alone = E->parts == 1 && !lead->spread;
    if (alone) words = part_words(lead);
    if (batch->words != words || batch->rank != rank) {
        rc_batch_clear(batch);
        rc_batch_init(batch);
        batch->words = words;
        batch->rank = rank;
    }
    bool done;
    if (E->parts == 0) {
        rc_batch_reserve(batch, 1);
        batch->signs[0] = 0;
        batch->cells = 1;
        done = rc_limits_visit(limits, "cells");
    } else if (alone) {
        done = part_unit(batch, lead, stage, unit, E->bases, limits);
        if (lead->has_infinity) drop_infinity(batch, E->words);
        if (E->bases) rename_bases(batch, lead);
    } else {
        done = product_unit(batch, E, stage, unit, limits);
    }
    if (!done) batch->cells = 0;
    return done ? RC_OK : RC_LIMIT;
}
