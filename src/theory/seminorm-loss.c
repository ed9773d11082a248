#include "seminorm-loss.h"

#include <flint/fmpz_vec.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "seminorm-climb.h"

/* A node of the search, reused by all nodes of its depth. */
typedef struct {
    rc_cone_t cone;
    slong *conflict;       /* numbers of the conflicts of the packing, at most as many as there are forms */
    slong count;
    slong *branch;         /* members of the conflict that is branched on */
} node;

struct rc_loss_struct {
    rc_search_struct *S;
    slong c, i;
    const rc_part_struct *part;
    slong rows;            /* forms: members, and x_{d+1} if it is in the part */
    slong stride;          /* rank + 2: a conflict is its length and the signed members +-(j + 1) */
    rc_cone_forms_t F;
    const fmpz *rest;
    fmpz *jump;            /* |jump| of the members at the entry */
    fmpz_t upper;          /* their sum over the positive ones: the value without loss */
    slong shift;           /* weights and losses are in units of 2^shift, weights rounded down, `need` rounded up */
    int64_t *weight;       /* 0: the member does not matter */
    slong patience;        /* steps left */
    bool tired;            /* none was */
    int64_t need;          /* a node that loses as much has no better cell */
    int64_t packed;        /* by the last packing */
    signed char *wanted;
    signed char *decided;  /* of all forms, 0: not decided */
    signed char *sign;     /* what the present program asks for */
    int64_t *left;         /* of the undecided weights, in a packing */
    slong *order;
    rc_climb_t climb;      /* of weight and wanted */
    fmpz *lambda;          /* rows */
    int32_t *conflicts;    /* stride each */
    slong conflicts_count, conflicts_alloc;
    node *nodes;
    slong depths;
};

rc_loss_struct *rc_loss_new(rc_search_t S, slong c, slong patience)
{
    const rc_part_struct *part = S->part[c].part;
    if (!rc_part_has_small_programs(part)) return NULL;
    rc_loss_struct *T = flint_calloc(1, sizeof *T);
    size_t rows = (size_t) (part->size + part->infinite);
    T->S = S;
    T->c = c;
    T->patience = patience;
    T->part = part;
    T->rows = (slong) rows;
    T->stride = part->rank + 2;
    rc_cone_forms_init(T->F, part->forms);
    T->jump = _fmpz_vec_init((slong) rows);
    fmpz_init(T->upper);
    T->weight = flint_calloc(rows + 1, sizeof *T->weight);
    T->left = flint_calloc(rows + 1, sizeof *T->left);
    T->wanted = flint_calloc(rows + 1, 1);
    T->decided = flint_calloc(rows + 1, 1);
    T->sign = flint_calloc(rows + 1, 1);
    T->order = flint_calloc(rows + 1, sizeof *T->order);
    rc_climb_init(T->climb, T->F, part->size, T->weight, T->wanted);
    T->lambda = _fmpz_vec_init((slong) rows);
    return T;
}

void rc_loss_free(rc_loss_struct *T)
{
    if (!T) return;
    for (slong k = 0; k < T->depths; k++) {
        rc_cone_clear(T->nodes[k].cone);
        flint_free(T->nodes[k].conflict);
        flint_free(T->nodes[k].branch);
    }
    flint_free(T->nodes);
    flint_free(T->conflicts);
    rc_cone_forms_clear(T->F);
    _fmpz_vec_clear(T->jump, T->rows);
    _fmpz_vec_clear(T->lambda, T->rows);
    fmpz_clear(T->upper);
    flint_free(T->weight);
    flint_free(T->left);
    flint_free(T->wanted);
    flint_free(T->decided);
    flint_free(T->sign);
    flint_free(T->order);
    rc_climb_clear(T->climb);
    flint_free(T);
}

static void need_depth(rc_loss_struct *T, slong depth)
{
    if (depth < T->depths) return;
    slong more = T->depths ? 2 * T->depths : 8;
    T->nodes = flint_realloc(T->nodes, (size_t) more * sizeof *T->nodes);
    for (; T->depths < more; T->depths++) {
        node *N = T->nodes + T->depths;
        rc_cone_init(N->cone, T->F);
        N->conflict = flint_malloc((size_t) (T->rows + 1) * sizeof *N->conflict);
        N->branch = flint_malloc((size_t) T->stride * sizeof *N->branch);
        N->count = 0;
    }
}

/* Weights in units of 2^shift, less than 2^60 in sum. False if one would vanish. */
static bool set_weights(rc_loss_struct *T)
{
    fmpz_t sum, w;
    fmpz_init(sum);
    fmpz_init(w);
    fmpz_zero(T->upper);
    for (slong j = 0; j < T->part->size; j++) {
        rc_search_jump(T->jump + j, T->S, T->c, j, T->i);
        T->wanted[j] = (signed char) fmpz_sgn(T->jump + j);
        if (T->wanted[j] > 0) fmpz_add(T->upper, T->upper, T->jump + j);
        fmpz_abs(T->jump + j, T->jump + j);
        fmpz_add(sum, sum, T->jump + j);
    }
    T->shift = FLINT_MAX((slong) fmpz_bits(sum) - 60, 0);
    bool ok = true;
    for (slong j = 0; j < T->part->size; j++) {
        fmpz_fdiv_q_2exp(w, T->jump + j, (ulong) T->shift);
        T->weight[j] = fmpz_get_si(w);
        ok = ok && (T->wanted[j] == 0) == (T->weight[j] == 0);
    }
    fmpz_clear(sum);
    fmpz_clear(w);
    return ok;
}

/* need = ceil((upper - max(reached, level - rest)) / 2^shift), negative if that is. */
static void set_need(rc_loss_struct *T)
{
    fmpz_t t;
    fmpz_init(t);
    fmpz_sub(t, T->S->level, T->rest);
    if (fmpz_cmp(t, T->S->part[T->c].reached + T->i) < 0) fmpz_set(t, T->S->part[T->c].reached + T->i);
    fmpz_sub(t, T->upper, t);
    fmpz_cdiv_q_2exp(t, t, (ulong) T->shift);
    /* upper < 2^(60 + shift): larger values are not reached by any loss */
    if (fmpz_sgn(t) <= 0) T->need = 0;
    else T->need = fmpz_bits(t) > 61 ? INT64_C(1) << 61 : fmpz_get_si(t);
    fmpz_clear(t);
}

void rc_loss_bound(fmpz_t bound, const rc_loss_struct *T)
{
    fmpz_set_si(bound, T->packed);
    fmpz_mul_2exp(bound, bound, (ulong) T->shift);
    fmpz_sub(bound, T->upper, bound);
}

/* Conflicts. */

static int32_t *conflict_at(const rc_loss_struct *T, slong k)
{
    return T->conflicts + k * T->stride;
}

static int32_t *new_conflict(rc_loss_struct *T)
{
    if (T->conflicts_count == T->conflicts_alloc) {
        T->conflicts_alloc = 2 * T->conflicts_alloc + 64;
        T->conflicts = flint_realloc(T->conflicts,
                                     (size_t) (T->conflicts_alloc * T->stride) * sizeof *T->conflicts);
    }
    int32_t *conflict = conflict_at(T, T->conflicts_count++);
    conflict[0] = 0;
    return conflict;
}

static void add_member(int32_t *conflict, slong j, int sign)
{
    conflict[++conflict[0]] = (int32_t) (sign > 0 ? j + 1 : -(j + 1));
}

typedef enum { USELESS, USED, EMPTY } use;

/* Takes the least undecided weight that is left of the conflict from its undecided members. USELESS: a member is
   decided or wanted on its other side, or nothing is left of one. EMPTY: all are decided. */
static use pack(rc_loss_struct *T, const int32_t *conflict)
{
    int64_t least = INT64_MAX;
    for (int32_t a = 1; a <= conflict[0]; a++) {
        int32_t j = abs(conflict[a]) - 1;
        int s = conflict[a] > 0 ? 1 : -1;
        if (T->decided[j] ? T->decided[j] != s : T->wanted[j] != s) return USELESS;
        if (!T->decided[j] && T->left[j] < least) least = T->left[j];
    }
    if (least == INT64_MAX) return EMPTY;
    if (least == 0) return USELESS;
    for (int32_t a = 1; a <= conflict[0]; a++) {
        int32_t j = abs(conflict[a]) - 1;
        if (!T->decided[j]) T->left[j] -= least;
    }
    T->packed += least;
    return USED;
}

/* Is the positive kernel of the members' forms one vector l > 0? Then they are a conflict. */
static bool prove_exactly(const rc_loss_struct *T, const slong *member, slong count)
{
    slong r = T->part->rank;
    fmpz_mat_t A, N;
    fmpz_mat_init(A, r, count);
    fmpz_mat_init(N, count, count);
    for (slong a = 0; a < count; a++)
        for (slong k = 0; k < r; k++) {
            fmpz_set(fmpz_mat_entry(A, k, a), fmpz_mat_entry(T->part->forms, member[a], k));
            if (T->sign[member[a]] < 0) fmpz_neg(fmpz_mat_entry(A, k, a), fmpz_mat_entry(A, k, a));
        }
    bool ok = fmpz_mat_nullspace(N, A) == 1;
    int s = fmpz_sgn(fmpz_mat_entry(N, 0, 0));
    for (slong a = 0; ok && a < count; a++) ok = s != 0 && fmpz_sgn(fmpz_mat_entry(N, a, 0)) == s;
    fmpz_mat_clear(A);
    fmpz_mat_clear(N);
    return ok;
}

/* Appends the conflict that the dictionary shows if it is one. */
static bool prove_conflict(rc_loss_struct *T, const node *N, slong refused)
{
    slong *member = flint_malloc((size_t) T->stride * sizeof *member), count;
    count = rc_cone_conflict(member, N->cone, refused);
    bool ok = true;
    for (slong a = 0; ok && a < count; a++) ok = member[a] < T->rows;
    if (ok && !(count == T->part->rank + 1 && rc_cone_proves(N->cone, refused, T->sign)))
        ok = prove_exactly(T, member, count);
    int32_t *conflict = ok ? new_conflict(T) : NULL;
    for (slong a = 0; ok && a < count; a++) add_member(conflict, member[a], T->sign[member[a]]);
    flint_free(member);
    return ok;
}

/* Programs. */

/* The decided forms, then the undecided members with weight left, by how much; sign[] is set to match. */
static slong set_order(rc_loss_struct *T)
{
    slong m = 0, decided;
    for (slong j = 0; j < T->rows; j++) {
        T->sign[j] = T->decided[j];
        if (T->decided[j]) T->order[m++] = j;
    }
    decided = m;
    for (slong j = 0; j < T->part->size; j++) {
        if (T->decided[j] || T->left[j] == 0) continue;
        T->sign[j] = T->wanted[j];
        slong k = m++;
        for (; k > decided && T->left[T->order[k - 1]] < T->left[j]; k--) T->order[k] = T->order[k - 1];
        T->order[k] = j;
    }
    return m;
}

/* The program in exact arithmetic. 1: a point, its signs in `cell`; 0: a new conflict; -1: out of time. */
static int solve_exactly(rc_loss_struct *T, signed char *cell, slong m)
{
    rc_region_struct *R = rc_part_region(T->part);
    int result = 1;
    for (slong k = 0; result == 1 && k < m; k++) {
        slong j = T->order[k];
        if (rc_search_out_of_time(T->S)) result = -1;
        else if (!rc_region_restrict(R, j, T->sign[j])) result = 0;
    }
    if (result == 0) {
        int32_t *conflict = new_conflict(T);
        rc_region_farkas(T->lambda, R);
        for (slong j = 0; j < T->rows; j++)
            if (!fmpz_is_zero(T->lambda + j)) add_member(conflict, j, T->sign[j]);
    } else if (result > 0) {
        for (slong j = 0; j < T->part->size; j++) cell[j] = (signed char) rc_region_restricted(R, j);
        if (!rc_search_complete(cell, T->S, T->c, R)) result = -1;
    }
    rc_region_free(R);
    return result;
}

static bool lies_in_cell(const rc_loss_struct *T, signed char *cell)
{
    return rc_cone_cell(cell, T->climb->point, T->F, T->part->forms) && (!T->part->infinite || cell[T->part->size] > 0);
}

/* Notes the cell if it is better than what is known. False: best > goal. */
static bool offer(rc_loss_struct *T, const signed char *cell)
{
    rc_search_note_cell(T->S, T->c, cell);
    set_need(T);
    return !rc_search_is_settled(T->S);
}

/* From the node's point, if asked to better ones along the columns, and a look at what is reached. */
static bool climb(rc_loss_struct *T, const node *N, bool far)
{
    bool good = true;
    rc_cone_point(T->climb->point, N->cone, T->sign);
    if (far) rc_climb_along(T->climb, N->cone);
    if (rc_climb_loss(T->climb) >= T->need - T->rows) return true;
    signed char *cell = flint_malloc((size_t) T->rows + 1);
    if (lies_in_cell(T, cell)) good = offer(T, cell);
    flint_free(cell);
    return good;
}

typedef enum { CLOSED, BRANCH, STOP, CONFLICT } step;

/* The program once more, in exact arithmetic unless `point`: then the node's point is tried first. A point of a node
   without conflicts has just the node's loss. */
static step settle(rc_loss_struct *T, const node *N, slong m, bool point)
{
    signed char *cell = flint_malloc((size_t) T->rows + 1);
    int result = 1;
    if (point) {
        rc_cone_point(T->climb->point, N->cone, T->sign);
        point = lies_in_cell(T, cell);
        for (slong k = 0; point && k < m; k++) point = cell[T->order[k]] == T->sign[T->order[k]];
    }
    if (!point) result = solve_exactly(T, cell, m);
    step next = result < 0 ? STOP : result == 0 ? CONFLICT : N->count > 0 ? BRANCH : CLOSED;
    if (result > 0 && !offer(T, cell)) next = STOP;
    flint_free(cell);
    return next;
}

/* Solves the program of the weights that are left. CONFLICT: a new one, proved. */
static step find_conflict(rc_loss_struct *T, node *N, bool root)
{
    slong m = set_order(T), refused;
    rc_cone_outcome outcome = rc_cone_solve(N->cone, &refused, T->order, m, T->sign);
    if (outcome == RC_CONE_CONFLICT && prove_conflict(T, N, refused)) return CONFLICT;
    if (outcome == RC_CONE_POINT && N->count > 0) return climb(T, N, root) ? BRANCH : STOP;
    return settle(T, N, m, outcome == RC_CONE_POINT);
}

/* Adds conflicts to the packing of the node, which starts at `lost`, until it reaches `need` (CLOSED), a point has the
   wanted sides of all members with weight left (BRANCH, or CLOSED if there is no conflict), or a limit is hit. */
static step pack_node(rc_loss_struct *T, node *N, int64_t lost, bool root)
{
    while (lost + T->packed < T->need) {
        T->tired = T->patience-- <= 0;
        if (T->tired || rc_search_out_of_time(T->S)) return STOP;
        step next = find_conflict(T, N, root);
        if (next != CONFLICT) return next;
        slong number = T->conflicts_count - 1;
        use used = pack(T, conflict_at(T, number));
        if (used == EMPTY) return CLOSED;
        if (used == USELESS) flint_abort();
        N->conflict[N->count++] = number;
    }
    return CLOSED;
}

/* The conflict with the most weight for its number of undecided members; its members by falling weight in `branch`. */
static slong set_branch(rc_loss_struct *T, node *N)
{
    slong best = -1, m = 0;
    double best_score = -1;
    for (slong a = 0; a < N->count; a++) {
        const int32_t *conflict = conflict_at(T, N->conflict[a]);
        int64_t least = INT64_MAX;
        int32_t undecided = 0;
        for (int32_t b = 1; b <= conflict[0]; b++) {
            int32_t j = abs(conflict[b]) - 1;
            if (T->decided[j]) continue;
            undecided++;
            if (T->weight[j] < least) least = T->weight[j];
        }
        double score = (double) least / undecided;
        if (score > best_score) {
            best_score = score;
            best = a;
        }
    }
    const int32_t *conflict = conflict_at(T, N->conflict[best]);
    for (int32_t b = 1; b <= conflict[0]; b++) {
        int32_t j = abs(conflict[b]) - 1;
        if (T->decided[j]) continue;
        slong k = m++;
        for (; k > 0 && T->weight[N->branch[k - 1]] < T->weight[j]; k--) N->branch[k] = N->branch[k - 1];
        N->branch[k] = j;
    }
    N->conflict[best] = N->conflict[--N->count];
    return m;
}

/* Starts the packing with the conflicts of the node above. */
static use inherit(rc_loss_struct *T, node *N, const node *above)
{
    T->packed = 0;
    for (slong j = 0; j < T->part->size; j++) T->left[j] = T->decided[j] ? 0 : T->weight[j];
    N->count = 0;
    for (slong a = 0; above && a < above->count; a++) {
        use used = pack(T, conflict_at(T, above->conflict[a]));
        if (used == EMPTY) return EMPTY;
        if (used == USED) N->conflict[N->count++] = above->conflict[a];
    }
    return USED;
}

/* The cells on the decided sides, whose decided members lose `lost`. Every one of them loses some undecided member of a
   conflict: the first such member, in the order of `branch`, tells its child. */
static bool search_node(rc_loss_struct *T, slong depth, int64_t lost)
{
    T->S->nodes++;
    if (!rc_limits_visit(T->S->limits, "semi-norm")) return false;
    need_depth(T, depth + 1);
    slong first = T->conflicts_count;
    if (inherit(T, T->nodes + depth, depth ? T->nodes + depth - 1 : NULL) == EMPTY) return true;
    step next = pack_node(T, T->nodes + depth, lost, depth == 0);
    bool ok = next != STOP;
    if (next == BRANCH) {
        slong m = set_branch(T, T->nodes + depth);
        for (slong a = 0; ok && a < m; a++) {
            slong j = T->nodes[depth].branch[a];
            T->decided[j] = (signed char) -T->wanted[j];
            if (lost + T->weight[j] < T->need) {
                rc_cone_set(T->nodes[depth + 1].cone, T->nodes[depth].cone);
                ok = search_node(T, depth + 1, lost + T->weight[j]);
            }
            T->decided[j] = T->wanted[j];
        }
        for (slong a = 0; a < m; a++) T->decided[T->nodes[depth].branch[a]] = 0;
    }
    T->conflicts_count = first;
    return ok;
}

/* The packing at the root alone. */
static step search_root(rc_loss_struct *T)
{
    T->S->nodes++;
    if (!rc_limits_visit(T->S->limits, "semi-norm")) return STOP;
    inherit(T, T->nodes, NULL);
    return pack_node(T, T->nodes, 0, true);
}

void rc_loss_be_patient(rc_loss_struct *T)
{
    T->patience = WORD_MAX;
}

rc_loss_outcome rc_loss_search(rc_loss_struct *T, slong i, const fmpz_t rest, bool root_only)
{
    T->i = i;
    T->rest = rest;
    T->conflicts_count = 0;
    memset(T->decided, 0, (size_t) T->rows);
    T->packed = 0;
    if (!set_weights(T)) return RC_LOSS_OPEN;
    if (T->part->infinite) T->decided[T->part->size] = 1;
    set_need(T);
    need_depth(T, 0);
    T->tired = false;
    step end = root_only ? search_root(T) : search_node(T, 0, 0) ? CLOSED : STOP;
    if (T->tired) return RC_LOSS_LONG;
    return end == STOP ? RC_LOSS_STOPPED : end == CLOSED ? RC_LOSS_DONE : RC_LOSS_OPEN;
}
