/* The semi-norm entry by entry: the roots of all entries first, then the entries with the largest bounds. */
#include <flint/fmpz_vec.h>
#include <math.h>

#include "seminorm-list.h"
#include "seminorm-loss.h"

typedef struct {
    rc_search_struct *S;
    rc_loss_struct **loss;  /* of each part, NULL if it is too large */
    bool *listed;           /* parts whose cells were listed: nothing is left to be searched */
    bool *dominated;        /* by its neighbour: see drop_dominated */
    bool *tried;
} entries;

/* x -> -x maps the cells of a central arrangement onto each other. The value of (p,q,-) at -C is that of (p,q,+) at C
   minus a constant, 2 L + sum J, by which their bounds at the roots differ as well. */
static bool has_symmetric_values(const rc_problem_t P)
{
    return !P->f->affine || P->list[P->part[P->f->K]].size == 0;
}

/* Of entries e and e ^ 1 the one with the larger bound, ties to e even, has the larger maximum. The other one is among
   the entries only if it is. */
static void drop_dominated(entries *E)
{
    rc_search_struct *S = E->S;
    if (!has_symmetric_values(S->P)) return;
    for (slong i = 0; i + 1 < S->n; i++) {
        if (S->entry[i] % 2 || S->entry[i + 1] != S->entry[i] + 1) continue;
        E->dominated[fmpz_cmp(S->total + i, S->total + i + 1) >= 0 ? i + 1 : i] = true;
    }
}

/* Entries whose neighbour is at most at the level are so, too. */
static void settle_dominated(const entries *E)
{
    rc_search_struct *S = E->S;
    for (slong i = 0; i < S->n; i++) {
        if (!E->dominated[i] || fmpz_cmp(S->total + i, S->level) <= 0) continue;
        slong other = S->entry[i] % 2 ? i - 1 : i + 1;
        if (fmpz_cmp(S->total + other, S->level) <= 0) fmpz_set(S->total + i, S->level);
    }
}

static slong largest_entry(const entries *E)
{
    slong top = -1;
    for (slong i = 0; i < E->S->n; i++)
        if (!E->tried[i] && (top < 0 || fmpz_cmp(E->S->total + i, E->S->total + top) > 0)) top = i;
    return top;
}

static void lower(rc_search_t S, slong c, slong i, const fmpz_t bound)
{
    fmpz *upper = S->part[c].upper + i;
    if (fmpz_cmp(bound, upper) >= 0) return;
    fmpz_sub(S->total + i, S->total + i, upper);
    fmpz_set(upper, bound);
    fmpz_add(S->total + i, S->total + i, upper);
}

static slong open_entries(const entries *E)
{
    slong count = 0;
    for (slong i = 0; i < E->S->n; i++) count += !E->dominated[i] && fmpz_cmp(E->S->total + i, E->S->level) > 0;
    return count;
}

/* Where searching took as long as this share of listing, listing is next. */
static slong patience_with(const entries *E, slong c)
{
    static const double share = 0.25, most = 1e15;
    if (E->S->patience >= 0) return E->S->patience;
    double steps = share * rc_list_steps(E->S->part[c].part, open_entries(E));
    return steps < most ? (slong) steps : WORD_MAX;
}

/* Cells that may be listed: all of them must be within the limit. */
static bool may_list(const entries *E, slong c, double most)
{
    const rc_limits *limits = E->S->limits;
    double cells = rc_list_cells(E->S->part[c].part);
    if (limits && limits->max_cells && (double) limits->visited + cells > (double) limits->max_cells) return false;
    return cells <= most;
}

static bool list_part(entries *E, slong c)
{
    E->listed[c] = true;
    return rc_list_part(E->S, c, E->dominated);
}

/* What the search of part c says about entry i, whose other parts have at most `rest`. */
static bool bound_part(entries *E, slong c, slong i, bool root_only)
{
    static const double few = 2e7;
    rc_search_struct *S = E->S;
    if (E->listed[c]) return true;
    if (!E->loss[c]) return root_only || !may_list(E, c, few) || list_part(E, c);
    fmpz_t rest, bound;
    fmpz_init(rest);
    fmpz_init(bound);
    fmpz_sub(rest, S->total + i, S->part[c].upper + i);
    rc_loss_outcome outcome = rc_loss_search(E->loss[c], i, rest, root_only);
    if (outcome == RC_LOSS_LONG && !may_list(E, c, HUGE_VAL)) {
        rc_loss_be_patient(E->loss[c]);
        outcome = rc_loss_search(E->loss[c], i, rest, root_only);
    }
    if (outcome == RC_LOSS_DONE) {
        fmpz_sub(bound, S->level, rest);
        if (fmpz_cmp(bound, S->part[c].reached + i) < 0) fmpz_set(bound, S->part[c].reached + i);
    } else {
        rc_loss_bound(bound, E->loss[c]);
    }
    if (outcome == RC_LOSS_DONE || (outcome == RC_LOSS_OPEN && root_only)) lower(S, c, i, bound);
    fmpz_clear(rest);
    fmpz_clear(bound);
    if (outcome == RC_LOSS_LONG || (outcome == RC_LOSS_OPEN && !root_only && may_list(E, c, few)))
        return list_part(E, c);
    return outcome != RC_LOSS_STOPPED;
}

static bool bound_entry(entries *E, slong i, bool root_only)
{
    rc_search_struct *S = E->S;
    E->tried[i] = true;
    for (slong c = 0; c < S->parts; c++) {
        if (fmpz_cmp(S->total + i, S->level) <= 0) break;
        if (!bound_part(E, c, i, root_only)) return false;
    }
    return true;
}

static bool all_entries(entries *E, bool root_only)
{
    for (slong i = 0; i < E->S->n; i++) E->tried[i] = E->dominated[i];
    for (slong i; (i = largest_entry(E)) >= 0;)
        if (!bound_entry(E, i, root_only)) return false;
    return true;
}

bool rc_search_entries(rc_search_t S)
{
    entries E = {.S = S};
    E.loss = flint_calloc((size_t) S->parts + 1, sizeof *E.loss);
    E.dominated = flint_calloc((size_t) S->n + 1, sizeof *E.dominated);
    E.tried = flint_calloc((size_t) S->n + 1, sizeof *E.tried);
    E.listed = flint_calloc((size_t) S->parts + 1, sizeof *E.listed);
    drop_dominated(&E);
    for (slong c = 0; c < S->parts; c++) E.loss[c] = rc_loss_new(S, c, patience_with(&E, c));
    bool ok = all_entries(&E, true) && all_entries(&E, false);
    if (ok) settle_dominated(&E);
    for (slong c = 0; c < S->parts; c++) rc_loss_free(E.loss[c]);
    flint_free(E.loss);
    flint_free(E.listed);
    flint_free(E.dominated);
    flint_free(E.tried);
    return ok;
}
