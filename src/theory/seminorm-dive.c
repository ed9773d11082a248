#include "seminorm-search.h"

#include <flint/fmpz_vec.h>
#include <stdlib.h>
#include <string.h>

bool rc_search_out_of_time(const rc_search_t S)
{
    rc_limits *limits = S->limits;
    if (!limits) return false;
    if (limits->stop && *limits->stop) limits->reason = "interrupted";
    else if (limits->deadline > 0 && rc_clock() > limits->deadline) limits->reason = "time limit";
    else return false;
    return true;
}

void rc_search_jump(fmpz_t x, const rc_search_t S, slong c, slong j, slong i)
{
    const rc_part_search *C = S->part + c;
    if (C->jump) fmpz_set(x, C->jump + i * C->part->size + j);
    else rc_problem_jump(x, S->P, C->part->member[j], S->entry[i]);
}

int rc_search_jump_sign(const rc_search_t S, slong c, slong j, slong i)
{
    const rc_part_search *C = S->part + c;
    if (C->jump) return fmpz_sgn(C->jump + i * C->part->size + j);
    fmpz_t jump;
    fmpz_init(jump);
    rc_search_jump(jump, S, c, j, i);
    int sign = fmpz_sgn(jump);
    fmpz_clear(jump);
    return sign;
}

typedef struct {
    fmpz size;
    slong member;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int order = fmpz_cmpabs(&y->size, &x->size);
    return order ? order : (x->member > y->member) - (x->member < y->member);
}

static slong *members_by_jump(const rc_search_t S, slong c, slong i)
{
    slong size = S->part[c].part->size;
    slong *order = flint_malloc((size_t) size * sizeof *order);
    ranked *list = flint_malloc((size_t) size * sizeof *list);
    for (slong j = 0; j < size; j++) {
        list[j].member = j;
        fmpz_init(&list[j].size);
        rc_search_jump(&list[j].size, S, c, j, i);
    }
    qsort(list, (size_t) size, sizeof *list, by_size);
    for (slong j = 0; j < size; j++) {
        order[j] = list[j].member;
        fmpz_clear(&list[j].size);
    }
    flint_free(list);
    return order;
}

const slong *rc_search_order(rc_search_t S, slong c, slong i)
{
    slong **order = S->part[c].order + i;
    if (!*order) *order = members_by_jump(S, c, i);
    return *order;
}

bool rc_search_complete(signed char *sign, rc_search_t S, slong c, rc_region_struct *R)
{
    for (slong j = 0; j < S->part[c].part->size; j++) {
        if (sign[j]) continue;
        if (rc_search_out_of_time(S)) return false;
        int side = rc_region_sign(R, j);
        sign[j] = (signed char) (side ? side : 1);
        if (!rc_region_restrict(R, j, sign[j])) {
            sign[j] = (signed char) -sign[j];
            if (!rc_region_restrict(R, j, sign[j])) flint_abort();
        }
    }
    return true;
}

bool rc_search_dive(signed char *sign, fmpz *lambda, bool *stopped, rc_search_t S, slong c, slong i,
                    rc_region_struct *R, bool yield)
{
    rc_part_search *C = S->part + c;
    *stopped = false;
    const slong *order = rc_search_order(S, c, i);
    for (slong k = 0; k < C->part->size; k++) {
        slong j = order[k];
        int wanted = rc_search_jump_sign(S, c, j, i);
        if (wanted == 0) break;
        if (sign[j]) continue;
        *stopped = rc_search_out_of_time(S);
        if (*stopped) return false;
        if (!rc_region_restrict(R, j, wanted)) {
            if (!yield) {
                rc_region_farkas(lambda, R);
                return false;
            }
            wanted = -wanted;
            if (!rc_region_restrict(R, j, wanted)) flint_abort();
        }
        sign[j] = (signed char) wanted;
    }
    *stopped = !rc_search_complete(sign, S, c, R);
    return !*stopped;
}

/* Every part has a cell: is some entry's value a new best? */
static void raise_best(rc_search_t S, slong i)
{
    fmpz_t value;
    fmpz_init_set(value, S->base + i);
    for (slong c = 0; c < S->parts; c++) fmpz_add(value, value, S->part[c].reached + i);
    if (fmpz_cmp(value, S->best) > 0) {
        fmpz_set(S->best, value);
        S->best_entry = i;
        if (fmpz_cmp(S->best, S->level) > 0) fmpz_set(S->level, S->best);
    }
    fmpz_clear(value);
}

static void keep_cell(rc_part_search *C, const signed char *sign)
{
    if (C->cell_count == C->cell_alloc) {
        C->cell_alloc = 2 * C->cell_alloc + 4;
        C->cells = flint_realloc(C->cells, (size_t) C->cell_alloc * sizeof *C->cells);
    }
    C->cells[C->cell_count] = flint_malloc((size_t) C->part->size);
    memcpy(C->cells[C->cell_count++], sign, (size_t) C->part->size);
}

void rc_search_note_cell(rc_search_t S, slong c, const signed char *sign)
{
    rc_part_search *C = S->part + c;
    bool first = C->cell_count == 0, kept = first;
    fmpz_t jump;
    fmpz_init(jump);
    fmpz *value = _fmpz_vec_init(S->n);
    for (slong j = 0; j < C->part->size; j++)
        for (slong i = 0; sign[j] > 0 && i < S->n; i++) {
            rc_search_jump(jump, S, c, j, i);
            fmpz_add(value + i, value + i, jump);
        }
    if (first) keep_cell(C, sign);
    bool all = true;
    for (slong b = 0; b < S->parts; b++) all = all && S->part[b].cell_count > 0;
    for (slong i = 0; i < S->n; i++) {
        if (!first && fmpz_cmp(value + i, C->reached + i) <= 0) continue;
        if (!kept) keep_cell(C, sign);
        kept = true;
        fmpz_swap(C->reached + i, value + i);
        C->cell[i] = C->cell_count - 1;
        if (all) raise_best(S, i);
    }
    /* The first cell of the last part completes a value at every entry. */
    if (first && all)
        for (slong i = 0; i < S->n; i++) raise_best(S, i);
    fmpz_clear(jump);
    _fmpz_vec_clear(value, S->n);
}

void rc_search_signs(signed char *sign, const rc_search_t S, slong i)
{
    const rc_problem_struct *P = S->P;
    fmpz_t jump;
    fmpz_init(jump);
    for (slong H = 0; H < P->f->K; H++) {
        rc_problem_jump(jump, P, H, S->entry[i]);
        sign[H] = fmpz_sgn(jump) > 0 ? 1 : -1;
    }
    for (slong c = 0; c < S->parts; c++) {
        const rc_part_search *C = S->part + c;
        for (slong j = 0; j < C->part->size; j++) sign[C->part->member[j]] = C->cells[C->cell[i]][j];
    }
    fmpz_clear(jump);
}
