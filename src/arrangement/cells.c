/* Cells by the tree engine: component by component, then products. */
#include <flint/fmpq_vec.h>
#include <flint/fmpz_vec.h>

#include "arrangement/private.h"
#include "arrangement/tree.h"

/* x_{d+1} (row `infinity`, -1 if there is none) is in component p, and then its last row. */
static bool has_infinity(const rc_split_t S, slong p, slong infinity)
{
    return infinity >= 0 && S->part[infinity] == p;
}

/* The row that the tree keeps positive: x_{d+1}, or else the first, and then cells come in opposite pairs. */
static slong positive_row(const rc_split_t S, slong p, slong infinity)
{
    return has_infinity(S, p, infinity) ? S->first[p + 1] - 1 - S->first[p] : 0;
}

typedef struct {
    ulong number;
    int twins;
    rc_limits *limits;
} counter_struct;

static bool count_visit(void *arg, const signed char *signs, const rc_region_struct *R)
{
    (void) signs;
    (void) R;
    counter_struct *counter = arg;
    for (int t = 0; t < counter->twins; t++) {
        if (!rc_limits_visit(counter->limits, "cells")) return false;
        counter->number++;
    }
    return true;
}

rc_status rc_arrangement_count_tree(fmpz_t cells, const rc_arrangement_t arr, rc_limits *limits)
{
    fmpz_mat_t M;
    rc_split_t S;
    fmpz_t product;
    rc_arrangement_matroid(M, arr);
    rc_split_init(S, M);
    fmpz_init_set_ui(product, 1);
    slong infinity = arr->affine ? arr->n : -1;
    bool done = true;
    for (slong p = 0; p < S->parts && done; p++) {
        fmpz_mat_t F;
        rc_split_forms(F, S, p, M);
        counter_struct counter = {0, has_infinity(S, p, infinity) ? 1 : 2, limits};
        done = rc_tree_walk(F, positive_row(S, p, infinity), count_visit, &counter);
        fmpz_mul_ui(product, product, counter.number);
        fmpz_mat_clear(F);
    }
    if (done) fmpz_swap(cells, product);
    fmpz_clear(product);
    rc_split_clear(S);
    fmpz_mat_clear(M);
    return done ? RC_OK : RC_LIMIT;
}

/* The cells of one component: signs of its rows, values of its basis forms at a witness. */
typedef struct {
    slong rows, rank;
    slong *place;  /* of its basis forms in the whole basis */
    slong number, alloc;
    signed char *signs;
    fmpq *values;
} list_struct;

typedef struct {
    const rc_arrangement_struct *arr;
    fmpz_mat_t M;
    rc_split_t S;
    slong infinity;
    list_struct *lists;
    slong lead;           /* the component that is streamed; the others are listed */
    slong listing;        /* the component now being listed */
    signed char *signs;   /* of all rows */
    fmpq *values;         /* of the basis forms */
    fmpq *x;              /* length width */
    rc_cell_visitor visit;
    void *arg;
    rc_limits *limits;
    bool limited;
} product_struct;

static void list_init(list_struct *L, const rc_split_t S, slong p)
{
    *L = (list_struct) {.rows = S->first[p + 1] - S->first[p]};
    L->place = flint_malloc((size_t) (L->rows + 1) * sizeof(slong));
    for (slong k = 0; k < S->rank; k++)
        if (S->part[S->basis[k]] == p) L->place[L->rank++] = k;
}

static void list_clear(list_struct *L)
{
    flint_free(L->place);
    flint_free(L->signs);
    _fmpq_vec_clear(L->values, L->alloc * L->rank);
}

static void list_reserve(list_struct *L)
{
    if (L->number < L->alloc) return;
    slong alloc = L->alloc ? 2 * L->alloc : 4;
    L->signs = flint_realloc(L->signs, (size_t) (alloc * L->rows));
    L->values = flint_realloc(L->values, (size_t) (alloc * L->rank) * sizeof(fmpq));
    for (slong i = L->alloc * L->rank; i < alloc * L->rank; i++) fmpq_init(L->values + i);
    L->alloc = alloc;
}

static void place_signs(product_struct *P, slong p, const signed char *signs, int side)
{
    const slong *member = P->S->member + P->S->first[p];
    for (slong i = 0; i < P->lists[p].rows; i++) P->signs[member[i]] = (signed char) (side * signs[i]);
}

static void negate_values(product_struct *P, slong p)
{
    const list_struct *L = P->lists + p;
    for (slong k = 0; k < L->rank; k++) fmpq_neg(P->values + L->place[k], P->values + L->place[k]);
}

/* x is a point of the whole's width; when affine it is scaled to x_{d+1} = 1. */
static bool emit(product_struct *P)
{
    if (P->infinity >= 0) {
        fmpq *last = P->x + P->arr->d;
        for (slong i = 0; i < P->arr->d; i++) fmpq_div(P->x + i, P->x + i, last);
        fmpq_one(last);
    }
    P->limited = !rc_limits_visit(P->limits, "cells");
    return !P->limited && P->visit(P->arg, P->signs, P->x);
}

/* All combinations of the lead's present cell with the listed cells of components p and later. */
static bool combine(product_struct *P, slong p)
{
    if (p == P->lead) return combine(P, p + 1);
    if (p == P->S->parts) {
        rc_split_point(P->x, P->S, P->values);
        return emit(P);
    }
    const list_struct *L = P->lists + p;
    for (slong i = 0; i < L->number; i++) {
        place_signs(P, p, L->signs + i * L->rows, 1);
        for (slong k = 0; k < L->rank; k++) fmpq_set(P->values + L->place[k], L->values + i * L->rank + k);
        if (!combine(P, p + 1)) return false;
    }
    return true;
}

/* The only component: the region's witness is the point. */
static bool emit_alone(product_struct *P, const signed char *signs, const rc_region_struct *R)
{
    place_signs(P, 0, signs, 1);
    rc_region_witness(P->x, R);
    if (!emit(P)) return false;
    if (P->infinity >= 0) return true;
    place_signs(P, 0, signs, -1);
    for (slong c = 0; c < P->S->width; c++) fmpq_neg(P->x + c, P->x + c);
    return emit(P);
}

static bool stream_visit(void *arg, const signed char *signs, const rc_region_struct *R)
{
    product_struct *P = arg;
    slong p = P->lead;
    if (P->S->parts == 1) return emit_alone(P, signs, R);
    rc_region_witness(P->x, R);
    rc_split_values(P->values, P->S, p, P->M, P->x);
    place_signs(P, p, signs, 1);
    if (!combine(P, 0)) return false;
    if (has_infinity(P->S, p, P->infinity)) return true;
    place_signs(P, p, signs, -1);
    negate_values(P, p);
    return combine(P, 0);
}

static bool list_cell(product_struct *P, slong p, const signed char *signs, int side)
{
    list_struct *L = P->lists + p;
    P->limited = !rc_limits_visit(P->limits, "cells");
    if (P->limited) return false;
    list_reserve(L);
    for (slong i = 0; i < L->rows; i++) L->signs[L->number * L->rows + i] = (signed char) (side * signs[i]);
    for (slong k = 0; k < L->rank; k++) fmpq_set(L->values + L->number * L->rank + k, P->values + L->place[k]);
    L->number++;
    return true;
}

static bool list_visit(void *arg, const signed char *signs, const rc_region_struct *R)
{
    product_struct *P = arg;
    slong p = P->listing;
    rc_region_witness(P->x, R);
    rc_split_values(P->values, P->S, p, P->M, P->x);
    if (!list_cell(P, p, signs, 1)) return false;
    if (has_infinity(P->S, p, P->infinity)) return true;
    negate_values(P, p);
    return list_cell(P, p, signs, -1);
}

static bool walk_component(product_struct *P, slong p, rc_tree_visitor visit)
{
    fmpz_mat_t F;
    rc_split_forms(F, P->S, p, P->M);
    bool more = rc_tree_walk(F, positive_row(P->S, p, P->infinity), visit, P);
    fmpz_mat_clear(F);
    return more;
}

/* Lists the components but the lead. A component has no more cells than the whole, so each has the caller's limit
   to itself; the cells visited are those of the product. */
static bool list_components(product_struct *P)
{
    rc_limits *limits = P->limits, own;
    bool more = true;
    for (slong p = 0; p < P->S->parts && more; p++) {
        if (p == P->lead) continue;
        if (limits) {
            own = *limits;
            own.visited = 0;
            P->limits = &own;
        }
        P->listing = p;
        more = walk_component(P, p, list_visit);
        if (limits) limits->reason = own.reason;
    }
    P->limits = limits;
    return more;
}

static void product_init(product_struct *P)
{
    rc_arrangement_matroid(P->M, P->arr);
    rc_split_init(P->S, P->M);
    P->infinity = P->arr->affine ? P->arr->n : -1;
    P->lists = flint_malloc((size_t) (P->S->parts + 1) * sizeof(list_struct));
    P->lead = -1;
    for (slong p = 0; p < P->S->parts; p++) {
        list_init(P->lists + p, P->S, p);
        if (P->lead < 0 || P->lists[p].rows > P->lists[P->lead].rows) P->lead = p;
    }
    P->signs = flint_calloc((size_t) P->S->rows + 1, 1);
    P->values = _fmpq_vec_init(P->S->rank + 1);
    P->x = _fmpq_vec_init(P->S->width + 1);
}

static void product_clear(product_struct *P)
{
    for (slong p = 0; p < P->S->parts; p++) list_clear(P->lists + p);
    flint_free(P->lists);
    flint_free(P->signs);
    _fmpq_vec_clear(P->values, P->S->rank + 1);
    _fmpq_vec_clear(P->x, P->S->width + 1);
    rc_split_clear(P->S);
    fmpz_mat_clear(P->M);
}

rc_status rc_arrangement_cells(const rc_arrangement_t arr, rc_cell_visitor visit, void *arg, rc_limits *limits)
{
    product_struct P = {.arr = arr, .visit = visit, .arg = arg, .limits = limits};
    product_init(&P);
    if (P.S->parts == 0) emit(&P);
    else if (list_components(&P)) walk_component(&P, P.lead, stream_visit);
    product_clear(&P);
    return P.limited ? RC_LIMIT : RC_OK;
}
