/* Counting by flats, for arrangements with many symmetries. Part of count-engine.h.

   Lines carry weights >= 1; a restriction adds the weights of lines that become equal. With w(X) the total weight of
   the lines that contain the flat X,

       B(y) = sum over all flats X of chi(A^X, t) y^w(X)        (the coboundary polynomial)

   has B' = sum over the lines H of weight(H) y^(weight(H) - 1) B_{A^H}, as X is counted weight(H) times for each H that
   contains it; and B(1) = t^rank, by Moebius inversion. These two determine B, and chi(A) = B(0). No line is deleted,
   so restrictions stay as symmetric as A is, and each orbit of flats is treated once, when isomorphic restrictions are
   recognised. Coefficients: the absolute values in all chi(A^X) sum to at most (rank + 1) 2e m^rank, the weights to at
   most the number of given lines; count_flats is called only where the product stays below 2^126. */

/* The first lines' restrictions must fall into few classes for flats to be worth the trouble. */
#define FLATS_TRIAL 8
#define FLATS_CLASSES 4
/* Given up when after so many minors more than a third of those met are new. */
#define FLATS_NEW 600
/* Fewer sets of rank - 1 lines than these are sooner counted by deletion. */
#define FLATS_SETS UWORD(10000000)

__extension__ typedef __int128 signed_wide;

static void flats_reserve(engine *E, level *L, slong m, slong dim)
{
    slong weight = E->rows;
    if (!L->terms) {
        L->terms = flint_malloc((size_t) ((weight + 1) * (dim + 1)) * sizeof(signed_wide));
        L->code = flint_malloc((size_t) ((weight + 1) * (dim + 2) + 1) * sizeof(rc_wide));
    }
    if (m <= L->flat_room) return;
    L->flat_room = m;
    size_t room = (size_t) m * sizeof(elem);
    L->packed = flint_realloc(L->packed, 2 * room * (size_t) (dim + 1) + 2 * sizeof(elem));
    L->weight = flint_realloc(L->weight, room);
    L->child_weight = flint_realloc(L->child_weight, room);
    level_reserve(L, m, dim);
}

/* The coefficients of y^e. */
static inline signed_wide *term_at(const level *L, slong e, slong dim)
{
    return L->terms + e * (dim + 1);
}

/* From sum_H weight(H) y^weight(H) B_{A^H} in L->terms to B, coded: the number of exponents, then for each the exponent
   and dim + 1 coefficients. */
static const rc_wide *finish_terms(level *L, slong total, slong dim, size_t *length)
{
    signed_wide *chi = L->terms;
    rc_wide *code = L->code + 1, number = 0;
    for (slong j = 0; j < dim; j++) chi[j] = 0;
    chi[dim] = 1;
    for (slong e = 0; e <= total; e++) {
        signed_wide *c = term_at(L, e, dim);
        bool zero = e > 0;
        for (slong j = 0; j <= dim && e; j++) {
            if (c[j] == 0) continue;
            c[j] /= e;
            chi[j] -= c[j];
            zero = false;
        }
        if (zero) continue;
        number++;
        *code++ = (rc_wide) e;
        for (slong j = 0; j <= dim; j++) code[j] = (rc_wide) c[j];
        code += dim + 1;
    }
    for (slong j = 0; j <= dim; j++) L->code[2 + j] = (rc_wide) chi[j];
    L->code[0] = number;
    *length = (size_t) (code - L->code);
    return L->code;
}

/* The restrictions of weighted lines in space to each line in turn: s slopes with their weights. */
static const rc_wide *flats_plane(engine *E, const elem *rows, const elem *weight, slong m)
{
    const field *F = &E->F;
    level *L = E->levels + 3;
    flats_reserve(E, L, m, 3);
    slong total = 0;
    for (slong i = 0; i < m; i++) total += (slong) weight[i];
    memset(L->terms, 0, (size_t) ((total + 1) * 4) * sizeof(signed_wide));
    for (slong k = 0; k < m; k++) {
        const elem *g = rows + 3 * k;
        slong c = g[0] ? 0 : g[1] ? 1 : 2, a = c == 0 ? 1 : 0, b = c == 2 ? 1 : 2, s = 0, factor = (slong) weight[k];
        for (slong i = 0; i < m; i++) {
            const elem *h = rows + 3 * i;
            elem d = f_sub(F, h[a], f_mul(F, h[c], g[a]));
            E->inf[i] = d;
            E->lead[i] = d ? d : 1;
        }
        f_invert(F, E->lead, m, E->scratch);
        for (slong i = 0; i < m; i++) {
            if (i == k) continue;
            const elem *h = rows + 3 * i;
            elem slope = (elem) F->p;
            if (E->inf[i]) slope = f_mul(F, f_sub(F, h[b], f_mul(F, h[c], g[b])), E->lead[i]);
            slong j = 0;
            while (j < s && E->x[j] != slope) j++;
            if (j == s) {
                E->x[s] = slope;
                E->y[s++] = 0;
            }
            E->y[j] = (elem) (E->y[j] + weight[i]);
        }
        signed_wide *terms = term_at(L, factor, 3);
        terms[2] += factor;
        terms[1] -= factor * s;
        terms[0] += factor * (s - 1);
        for (slong j = 0; j < s; j++) {
            terms = term_at(L, factor + (slong) E->y[j], 3);
            terms[1] += factor;
            terms[0] -= factor;
        }
        term_at(L, total, 3)[0] += factor;
    }
    size_t length;
    return finish_terms(L, total, 3, &length);
}

/* The normal form of the m weighted rows, as L->coord and L->weight and as the key L->packed: m, dim, and the rows,
   each followed by its weight, sorted. The length of the key in bytes. */
static size_t flats_normal(engine *E, level *L, const elem *rows, const elem *weight, slong m, slong dim)
{
    const slong stride = dim + 1;
    flats_reserve(E, L, m, dim);
    find_structure(E, rows, weight, m, dim);
    choose_basis(E, rows, m, dim, true);
    write_in_basis(E, L->coord, rows, m, dim, dim);
    scale_columns(E, L->coord, m, dim);
    monic_rows(E, L->coord, m, dim);
    L->packed[0] = (elem) m;
    L->packed[1] = (elem) dim;
    elem *packed = L->packed + 2;
    for (slong i = 0; i < m; i++) {
        memcpy(packed + i * stride, L->coord + i * dim, (size_t) dim * sizeof(elem));
        packed[i * stride + dim] = weight[i];
    }
    sort_rows(E, packed, packed + m * stride, m, stride);
    for (slong i = 0; i < m; i++) {
        memcpy(L->coord + i * dim, packed + i * stride, (size_t) dim * sizeof(elem));
        L->weight[i] = packed[i * stride + dim];
    }
    return (size_t) (2 + m * stride) * sizeof(elem);
}

/* L->child and its weights: the restriction of L->coord to row k; the number of lines. */
static slong flats_restrict(engine *E, level *L, slong m, slong dim, slong k)
{
    const field *F = &E->F;
    const slong width = dim - 1;
    const elem *g = L->coord + k * dim;
    slong c = 0, number = 0;
    while (g[c] == 0) c++;
    for (slong i = 0; i < m; i++) {
        const elem *h = L->coord + i * dim;
        slong at = 0;
        while (at < dim && (at == c || h[at] == f_mul(F, h[c], g[at]))) at++;
        E->lead[i] = i == k ? 1 : f_sub(F, h[at], f_mul(F, h[c], g[at]));
    }
    f_invert(F, E->lead, m, E->scratch);
    fresh_table(E);
    for (slong i = 0; i < m; i++) {
        if (i == k) continue;
        const elem *h = L->coord + i * dim;
        elem *v = L->child + number * width;
        for (slong at = 0, to = 0; at < dim; at++)
            if (at != c) v[to++] = f_mul(F, f_sub(F, h[at], f_mul(F, h[c], g[at])), E->lead[i]);
        slong at = enter_row(E, L, number, width, hash_elems(v, width));
        if (at == number + 1) L->child_weight[number++] = L->weight[i];
        else L->child_weight[at] = (elem) (L->child_weight[at] + L->weight[i]);
    }
    return number;
}

static const rc_wide *count_flats(engine *E, const elem *rows, const elem *weight, slong m, slong dim);

/* B of L->coord, L->weight. */
static const rc_wide *flats_expand(engine *E, level *L, slong m, slong dim, size_t *length)
{
    slong total = 0;
    for (slong i = 0; i < m; i++) total += (slong) L->weight[i];
    memset(L->terms, 0, (size_t) ((total + 1) * (dim + 1)) * sizeof(signed_wide));
    for (slong k = 0; k < m; k++) {
        slong number = flats_restrict(E, L, m, dim, k), factor = (slong) L->weight[k];
        if (!visit(E)) return NULL;
        const rc_wide *B = count_flats(E, L->child, L->child_weight, number, dim - 1);
        if (!B) return NULL;
        const rc_wide *code = B + 1;
        for (slong i = (slong) B[0]; i > 0; i--, code += dim + 1) {
            signed_wide *terms = term_at(L, (slong) code[0] + factor, dim);
            for (slong j = 0; j < dim; j++) terms[j] += factor * (signed_wide) code[1 + j];
        }
    }
    return finish_terms(L, total, dim, length);
}

/* B of the weighted rows, of rank dim >= 3; good until the next call. NULL at a limit, or when too much is new. */
static const rc_wide *count_flats(engine *E, const elem *rows, const elem *weight, slong m, slong dim)
{
    if (dim == 3) return flats_plane(E, rows, weight, m);
    level *L = E->levels + dim;
    size_t size = flats_normal(E, L, rows, weight, m, dim), length;
    ulong hash = rc_memo_hash(L->packed, size);
    const rc_wide *known = rc_memo_find(&E->memo, L->packed, size, hash);
    E->met++;
    if (known) return known;
    if (++E->new > FLATS_NEW && 3 * E->new > E->met) return NULL;
    const rc_wide *B = flats_expand(E, L, m, dim, &length);
    if (B) rc_memo_enter(&E->memo, L->packed, size, hash, B, length);
    return B;
}

/* Are the restrictions of the m rows to the first of them often isomorphic? */
static bool looks_symmetric(engine *E, const elem *rows, const elem *weight, slong m, slong dim)
{
    level *L = E->levels + dim, *below = E->levels + dim - 1;
    ulong seen[FLATS_CLASSES];
    slong classes = 0;
    flats_normal(E, L, rows, weight, m, dim);
    for (slong k = 0; k < FLATS_TRIAL && k < m; k++) {
        slong number = flats_restrict(E, L, m, dim, k), c = 0;
        size_t size = flats_normal(E, below, L->child, L->child_weight, number, dim - 1);
        ulong hash = rc_memo_hash(below->packed, size);
        while (c < classes && seen[c] != hash) c++;
        if (c < classes) continue;
        if (classes == FLATS_CLASSES) return false;
        seen[classes++] = hash;
    }
    return true;
}

/* C(m - 1, r - 1) >= FLATS_SETS? */
static bool many_sets(slong m, slong r)
{
    ulong sets = 1;
    for (slong i = 1; i < r && sets < FLATS_SETS; i++) sets = sets * (ulong) (m - i) / (ulong) i;
    return sets >= FLATS_SETS;
}

/* Tries the m rows of rank dim by flats; false if that is not the way, or a limit was hit. */
static bool try_flats(engine *E, rc_wide *w, const elem *rows, slong m, slong dim)
{
    if (dim < NORMAL_RANK || m > NORMAL_ROWS || m < 2 * dim || !many_sets(m, dim)) return false;
    ulong bits = (ulong) (dim + 1) * FLINT_BIT_COUNT((ulong) m) + FLINT_BIT_COUNT((ulong) dim + 1) + 4;
    if (bits > 126) return false;
    elem *weight = elems(m);
    for (slong i = 0; i < m; i++) weight[i] = 1;
    const rc_wide *B = NULL;
    if (looks_symmetric(E, rows, weight, m, dim)) B = count_flats(E, rows, weight, m, dim);
    flint_free(weight);
    if (!B) {
        rc_memo_clear(&E->memo);
        rc_memo_init(&E->memo);
        return false;
    }
    const rc_wide *chi = B + 2;
    for (slong i = 0; i < dim; i++) {
        rc_wide c = chi[dim - i];
        w[i] = (i % 2 ? -c : c) - (i ? w[i - 1] : 0);
    }
    return true;
}
