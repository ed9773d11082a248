/* Reduced Whitney numbers over a prime field: included once for each field, after elem, field, f_mul, f_sub, f_invert,
   field_init, field_clear, plane_points and the name COUNT_OVER_FIELD. Rows are projective points: their first
   non-zero entry is 1, so equal lines are equal rows. Restriction to a line is projection from that point.

   Arrangements with many symmetries are counted by flats (count-flats.h), others by deletion and restriction. Rank 3
   and 4 are counted at once (plane_points, count_space). From rank 5 on a minor is written in a basis chosen
   by invariants (count-normal.h), which splits it into irreducible components and makes isomorphic minors often
   equal; then it is looked up, or expanded and entered. */

/* From this rank on minors are written in a basis, split and remembered. */
#define NORMAL_RANK 5
/* More rows than these are not compared with other minors: that takes rows^2 numbers. */
#define NORMAL_ROWS 520
/* A rank of minors is no longer remembered when of this many fewer than one in FEW_HITS were known. */
#define TRIAL 400
#define FEW_HITS 12

/* What the minors of dimension `dim` need while those below are counted. */
typedef struct {
    slong room;           /* rows */
    elem *coord;          /* room x dim: the minor in its basis */
    elem *child;          /* room x dim: points at infinity, then directions */
    ulong *hash;          /* room: of the points at infinity */
    slong *affine;        /* room: the other rows of coord */
    slong *component;     /* dim */
    rc_wide *sum, *part;  /* dim each */
    slong tries, hits;
    /* count-flats.h */
    slong flat_room;
    elem *packed;                  /* 2 + 2 flat_room (dim + 1) */
    elem *weight, *child_weight;   /* flat_room each */
    __extension__ __int128 *terms; /* (weight of all + 1) x (dim + 1) */
    rc_wide *code;
} level;

/* Lines with at least three points, as incidences (point, line), and the invariants of the points they give. */
typedef struct {
    slong room;
    int32_t *line;        /* of two points, or -1: room^2 */
    int32_t *point_of, *line_of;
    slong incidences, lines, incidences_room;
    ulong *invariant, *next, *on_line;
    slong *order;
    bool apart;
} structure;

typedef struct {
    field F;
    slong rows, rank;     /* of the whole */
    level *levels;        /* by dimension, 0..rank */
    rc_memo memo;
    rc_limits *limits;
    rc_count_result result;
    slong met, new;       /* by count_flats */
    struct { uint32_t stamp, at; } *table;
    ulong mask;
    uint32_t stamp;
    elem *lead, *scratch;                      /* rows each */
    elem *inf, *x, *y;                         /* rows each: the plane */
    elem *space_x, *space_y, *space_z;         /* rows each: count_space */
    structure S;
    elem *echelon;                             /* rank x 2 rank */
    slong *basis, *pivot, *component;          /* rank each */
    slong *order;                              /* rows */
    unsigned char *key;
    size_t key_room;
} engine;

static bool count_minor(engine *E, rc_wide *w, const elem *rows, slong m, slong dim);

static bool visit(engine *E)
{
    if (E->result != RC_COUNT_DONE) return false;
    if (rc_limits_visit(E->limits, "restrictions")) return true;
    E->result = RC_COUNT_LIMIT;
    return false;
}

static bool fits(engine *E, bool done)
{
    if (!done) E->result = RC_COUNT_TOO_LARGE;
    return done;
}

static inline ulong hash_elems(const elem *u, slong n)
{
    ulong h = UWORD(0x9e3779b97f4a7c15);
    for (slong i = 0; i < n; i++) h = (h ^ u[i]) * UWORD(0xbf58476d1ce4e5b9), h ^= h >> 32;
    return h;
}

/* Empties the table of row numbers. */
static void fresh_table(engine *E)
{
    if (++E->stamp) return;
    memset(E->table, 0, (E->mask + 1) * sizeof *E->table);
    E->stamp = 1;
}

/* ---- rank 3 and 4 ---- */

static bool count_plane(engine *E, rc_wide *w, const elem *rows, slong m)
{
    slong t = 0, n = 0;
    ulong sum;
    for (slong i = 0; i < m; i++) {
        const elem *u = rows + 3 * i;
        if (u[0] == 0) E->inf[t++] = u[1] ? u[2] : (elem) E->F.p;
        else {
            E->x[n] = u[1];
            E->y[n++] = u[2];
        }
    }
    if (!plane_points(&E->F, &sum, t, E->inf, n, E->x, E->y, true, E->limits)) {
        E->result = RC_COUNT_LIMIT;
        return false;
    }
    w[0] = 1;
    w[1] = (rc_wide) (m - 1);
    w[2] = sum;
    return true;
}

/* Enters the point (1, u, v) behind the n of E->x, E->y unless it is there; the new n. */
static inline slong enter_point(engine *E, slong n, elem u, elem v)
{
    for (ulong s = ((ulong) u * UWORD(0x9e3779b97f4a7c15) + v) * UWORD(0xbf58476d1ce4e5b9) >> 32;; s++) {
        s &= E->mask;
        if (E->table[s].stamp != E->stamp) {
            E->table[s].stamp = E->stamp;
            E->table[s].at = (uint32_t) n;
            E->x[n] = u;
            E->y[n] = v;
            return n + 1;
        }
        slong at = E->table[s].at;
        if (E->x[at] == u && E->y[at] == v) return n;
    }
}

static inline slong enter_slope(elem *inf, slong t, elem slope)
{
    for (slong i = 0; i < t; i++)
        if (inf[i] == slope) return t;
    inf[t] = slope;
    return t + 1;
}

/* Behind the points at infinity, whose own numbers come first, stand those (1, x, y, z): each is projected from, onto
   the points at infinity and the directions to those before it. */
static bool count_space(engine *E, rc_wide *w, const elem *rows, slong m)
{
    const field *F = &E->F;
    elem *x = E->space_x, *y = E->space_y, *z = E->space_z;
    slong n = 0, points = 0, slopes = 0; /* affine; at infinity (0, 1, u, v), and (0, 0, ..) */
    for (slong i = 0; i < m; i++) {
        const elem *u = rows + 4 * i;
        if (u[0]) {
            x[n] = u[1];
            y[n] = u[2];
            z[n++] = u[3];
        } else if (u[1]) {
            E->x[points] = u[2];
            E->y[points++] = u[3];
        } else E->inf[slopes++] = u[2] ? u[3] : (elem) F->p;
    }
    ulong directions = 0, sum = 0, total = 0;
    if (!plane_points(&E->F, &directions, slopes, E->inf, points, E->x, E->y, false, NULL)) return false;
    for (slong k = points + slopes == 0; k < n; k++) {
        if (!visit(E)) return false;
        fresh_table(E);
        for (slong i = 0; i < points; i++) enter_point(E, i, E->x[i], E->y[i]);
        for (slong i = 0; i < k; i++) {
            elem dx = f_sub(F, x[i], x[k]), dy = f_sub(F, y[i], y[k]);
            E->lead[i] = dx ? dx : dy ? dy : 1;
        }
        f_invert(F, E->lead, k, E->scratch);
        slong a = points, b = slopes;
        for (slong i = 0; i < k; i++) {
            elem dy = f_sub(F, y[i], y[k]), slope = f_mul(F, f_sub(F, z[i], z[k]), E->lead[i]);
            if (x[i] != x[k]) a = enter_point(E, a, f_mul(F, dy, E->lead[i]), slope);
            else b = enter_slope(E->inf, b, dy ? slope : (elem) F->p);
        }
        if (!plane_points(&E->F, &sum, b, E->inf, a, E->x, E->y, a > 2000, E->limits)) {
            E->result = RC_COUNT_LIMIT;
            return false;
        }
        directions += (ulong) (a + b - 1);
        total += sum;
    }
    w[0] = 1;
    w[1] = (rc_wide) (m - 1);
    w[2] = directions;
    w[3] = total;
    return true;
}

/* ---- rank 5 and more ---- */

#include "arrangement/count-normal.h"

/* Enters row `next` of L->child unless it is there; next + 1, or the place of the equal row. */
static slong enter_row(engine *E, const level *L, slong next, slong dim, ulong hash)
{
    const elem *u = L->child + next * dim;
    for (ulong s = hash >> 20;; s++) {
        s &= E->mask;
        if (E->table[s].stamp != E->stamp) {
            E->table[s].stamp = E->stamp;
            E->table[s].at = (uint32_t) next;
            return next + 1;
        }
        slong at = E->table[s].at;
        if (memcmp(L->child + at * dim, u, (size_t) dim * sizeof(elem)) == 0) return at;
    }
}

/* L->child, behind its t points at infinity: the directions from affine point k to those before it; the number of all.
   Row j of the affine ones is affine[j]. */
static slong project(engine *E, level *L, slong t, const slong *affine, slong k, slong dim)
{
    const field *F = &E->F;
    const slong width = dim - 1;
    const elem *from = L->coord + affine[k] * dim + 1;
    slong number = t;
    fresh_table(E);
    for (slong i = 0; i < t; i++) enter_row(E, L, i, width, L->hash[i]);
    for (slong j = 0; j < k; j++) {
        const elem *u = L->coord + affine[j] * dim + 1;
        slong c = 0;
        while (u[c] == from[c]) c++;
        E->lead[j] = f_sub(F, u[c], from[c]);
    }
    f_invert(F, E->lead, k, E->scratch);
    for (slong j = 0; j < k; j++) {
        const elem *u = L->coord + affine[j] * dim + 1;
        elem *v = L->child + number * width;
        for (slong c = 0; c < width; c++) v[c] = f_mul(F, f_sub(F, u[c], from[c]), E->lead[j]);
        number += enter_row(E, L, number, width, hash_elems(v, width)) > number;
    }
    return number;
}

/* w = the numbers of the m rows of L->coord, by projection from each row with first coordinate 1 in turn. */
static bool expand(engine *E, rc_wide *w, level *L, slong m, slong dim)
{
    slong t = 0, n = 0, width = dim - 1, *affine = L->affine;
    for (slong i = 0; i < m; i++) {
        const elem *u = L->coord + i * dim;
        if (u[0]) {
            affine[n++] = i;
            continue;
        }
        memcpy(L->child + t * width, u + 1, (size_t) width * sizeof(elem));
        L->hash[t] = hash_elems(u + 1, width);
        t++;
    }
    bool done = true;
    memset(L->sum, 0, (size_t) dim * sizeof(rc_wide));
    L->sum[0] = 1;
    if (t) done = count_minor(E, L->sum, L->child, t, width);
    for (slong k = t == 0; k < n && done; k++) {
        slong rows = project(E, L, t, affine, k, dim);
        done = visit(E) && count_minor(E, L->part, L->child, rows, width);
        for (slong i = 0; i < width && done; i++) done = fits(E, rc_wide_add(L->sum + i + 1, L->part[i]));
    }
    memcpy(w, L->sum, (size_t) dim * sizeof(rc_wide));
    return done;
}

/* w (length dim, of rank a so far) := that of the direct sum with one of rank b: their product times 1 + x. */
static bool multiply(engine *E, rc_wide *w, slong a, const rc_wide *v, slong b)
{
    for (slong i = a + b - 1; i >= 0; i--) {
        rc_wide sum = 0, term;
        for (slong s = 0; s <= 1; s++)
            for (slong j = 0; j < b; j++) {
                slong k = i - s - j;
                if (k < 0 || k >= a) continue;
                if (!fits(E, rc_wide_mul(&term, w[k], v[j]) && rc_wide_add(&sum, term))) return false;
            }
        w[i] = sum;
    }
    return true;
}

/* The components of the m rows of L->coord (a basis among them), counted alone. */
static bool count_components(engine *E, rc_wide *w, level *L, slong m, slong dim, slong parts)
{
    slong rank = 0, *of = L->component;
    memcpy(of, E->component, (size_t) dim * sizeof(slong));
    for (slong q = 0; q < parts; q++) {
        slong width = 0, number = 0;
        for (slong c = 0; c < dim; c++) width += of[c] == q;
        for (slong i = 0; i < m; i++) {
            const elem *u = L->coord + i * dim;
            slong c = 0;
            while (u[c] == 0) c++;
            if (of[c] != q) continue;
            elem *v = L->child + number++ * width;
            for (c = 0; c < dim; c++)
                if (of[c] == q) *v++ = u[c];
        }
        if (!count_minor(E, L->part, L->child, number, width)) return false;
        if (rank == 0) memcpy(w, L->part, (size_t) width * sizeof(rc_wide));
        else if (!multiply(E, w, rank, L->part, width)) return false;
        rank += width;
    }
    return true;
}

/* Counts the rows of L->coord: irreducible, of rank dim, in a basis; in normal form if `normal`. */
static bool count_remembered(engine *E, rc_wide *w, level *L, slong m, slong dim, bool normal)
{
    if (!normal) return expand(E, w, L, m, dim);
    size_t body = (size_t) (m * dim) * sizeof(elem), length = body + 2 * sizeof(uint32_t);
    if (length > E->key_room) {
        E->key_room = 2 * length;
        E->key = flint_realloc(E->key, E->key_room);
    }
    uint32_t shape[2] = {(uint32_t) m, (uint32_t) dim};
    memcpy(E->key, shape, sizeof shape);
    memcpy(E->key + sizeof shape, L->coord, body);
    ulong hash = rc_memo_hash(E->key, length);
    const rc_wide *known = rc_memo_find(&E->memo, E->key, length, hash);
    level *rank = E->levels + dim;
    rank->tries++;
    if (known) {
        rank->hits++;
        memcpy(w, known, (size_t) dim * sizeof(rc_wide));
        return true;
    }
    if (!expand(E, w, L, m, dim)) return false;
    memcpy(E->key, shape, sizeof shape);
    memcpy(E->key + sizeof shape, L->coord, body);
    rc_memo_enter(&E->memo, E->key, length, hash, w, (size_t) dim);
    return true;
}

static void level_reserve(level *L, slong m, slong dim)
{
    if (m <= L->room) return;
    L->room = m + L->room / 2;
    size_t room = (size_t) L->room, size = (size_t) dim * sizeof(elem);
    L->coord = flint_realloc(L->coord, room * size);
    L->child = flint_realloc(L->child, room * size);
    L->hash = flint_realloc(L->hash, room * sizeof(ulong));
    L->affine = flint_realloc(L->affine, room * sizeof(slong));
}

static bool count_large(engine *E, rc_wide *w, const elem *rows, slong m, slong dim)
{
    level *L = E->levels + dim;
    level_reserve(L, m, dim);
    bool normal = m <= NORMAL_ROWS && (L->tries < TRIAL || L->hits * FEW_HITS > L->tries)
                  && find_structure(E, rows, NULL, m, dim);
    slong rank = choose_basis(E, rows, m, dim, normal);
    write_in_basis(E, L->coord, rows, m, dim, rank);
    for (slong i = rank; i < dim; i++) w[i] = 0;
    slong parts = find_components(E, L->coord, m, rank);
    if (parts > 1) {
        monic_rows(E, L->coord, m, rank);
        return count_components(E, w, L, m, rank, parts);
    }
    if (normal) scale_columns(E, L->coord, m, rank);
    monic_rows(E, L->coord, m, rank);
    if (rank < NORMAL_RANK) {
        memcpy(L->child, L->coord, (size_t) (m * rank) * sizeof(elem));
        return count_minor(E, w, L->child, m, rank);
    }
    if (normal) sort_rows(E, L->coord, L->child, m, rank);
    return count_remembered(E, w, L, m, rank, normal);
}

/* w[0..dim-1] = the numbers of m >= 1 distinct points. They are only read; dim falls from call to call, and each
   dimension has its own room. */
static bool count_minor(engine *E, rc_wide *w, const elem *rows, slong m, slong dim)
{
    if (dim >= 5) return count_large(E, w, rows, m, dim);
    if (dim == 4) return count_space(E, w, rows, m);
    if (dim == 3) return count_plane(E, w, rows, m);
    w[0] = 1;
    if (dim == 2) w[1] = (rc_wide) (m - 1);
    return true;
}

static elem *elems(slong n)
{
    return flint_calloc((size_t) n, sizeof(elem));
}

#include "arrangement/count-flats.h"

static void engine_init(engine *E, slong m, slong r, ulong p, rc_limits *limits)
{
    *E = (engine) {.rows = m, .rank = r, .limits = limits, .result = RC_COUNT_DONE, .mask = 63};
    field_init(&E->F, p, m);
    rc_memo_init(&E->memo);
    E->levels = flint_calloc((size_t) r + 1, sizeof(level));
    for (slong d = NORMAL_RANK; d <= r; d++) {
        E->levels[d].sum = flint_calloc((size_t) d, sizeof(rc_wide));
        E->levels[d].part = flint_calloc((size_t) d, sizeof(rc_wide));
        E->levels[d].component = flint_calloc((size_t) d, sizeof(slong));
    }
    while (E->mask < 2 * (ulong) m) E->mask = 2 * E->mask + 1;
    E->table = flint_calloc(E->mask + 1, sizeof *E->table);
    elem **vectors[] = {&E->lead, &E->scratch, &E->inf, &E->x, &E->y, &E->space_x, &E->space_y, &E->space_z};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) *vectors[i] = elems(m + r);
    E->echelon = elems(2 * r * r);
    E->basis = flint_malloc((size_t) (3 * r + m) * sizeof(slong));
    E->pivot = E->basis + r;
    E->component = E->pivot + r;
    E->order = E->component + r;
}

static void engine_clear(engine *E)
{
    for (slong d = 0; d <= E->rank; d++) {
        flint_free(E->levels[d].coord);
        flint_free(E->levels[d].child);
        flint_free(E->levels[d].hash);
        flint_free(E->levels[d].affine);
        flint_free(E->levels[d].component);
        flint_free(E->levels[d].sum);
        flint_free(E->levels[d].part);
        flint_free(E->levels[d].packed);
        flint_free(E->levels[d].weight);
        flint_free(E->levels[d].child_weight);
        flint_free(E->levels[d].terms);
        flint_free(E->levels[d].code);
    }
    flint_free(E->levels);
    elem *vectors[] = {E->lead, E->scratch, E->inf, E->x, E->y, E->space_x, E->space_y, E->space_z, E->echelon};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) flint_free(vectors[i]);
    flint_free(E->table);
    flint_free(E->basis);
    flint_free(E->key);
    structure_clear(&E->S);
    rc_memo_clear(&E->memo);
    field_clear(&E->F);
}

rc_count_result COUNT_OVER_FIELD(rc_wide *w, const fmpz_mat_t F, ulong p, rc_limits *limits)
{
    slong m = fmpz_mat_nrows(F), r = fmpz_mat_ncols(F);
    engine E;
    engine_init(&E, m, r, p, limits);
    elem *rows = elems(m * r);
    for (slong i = 0; i < m; i++)
        for (slong c = 0; c < r; c++) rows[i * r + c] = (elem) fmpz_fdiv_ui(fmpz_mat_entry(F, i, c), p);
    monic_rows(&E, rows, m, r);
    if (!try_flats(&E, w, rows, m, r) && E.result == RC_COUNT_DONE) count_minor(&E, w, rows, m, r);
    flint_free(rows);
    engine_clear(&E);
    return E.result;
}
