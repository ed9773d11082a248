/* A minor in a basis, chosen by invariants so that isomorphic minors often come out equal. Part of count-engine.h.

   Whatever is chosen here, the result is the given set of points after an invertible linear map: the choices decide
   how often a minor is recognised, not what is counted. */

static void structure_clear(structure *S)
{
    flint_free(S->line);
    flint_free(S->point_of);
    flint_free(S->line_of);
    flint_free(S->invariant);
    flint_free(S->next);
    flint_free(S->on_line);
    flint_free(S->order);
}

static void structure_reserve(structure *S, slong m)
{
    if (m <= S->room) return;
    size_t room = (size_t) (S->room = m);
    S->line = flint_realloc(S->line, room * room * sizeof(int32_t));
    S->invariant = flint_realloc(S->invariant, room * sizeof(ulong));
    S->next = flint_realloc(S->next, room * sizeof(ulong));
    S->order = flint_realloc(S->order, room * sizeof(slong));
}

static void put_on_line(structure *S, slong point, slong line)
{
    if (S->incidences == S->incidences_room) {
        size_t room = (size_t) (S->incidences_room = 2 * S->incidences_room + 256);
        S->point_of = flint_realloc(S->point_of, room * sizeof(int32_t));
        S->line_of = flint_realloc(S->line_of, room * sizeof(int32_t));
        S->on_line = flint_realloc(S->on_line, room * sizeof(ulong));
    }
    S->point_of[S->incidences] = (int32_t) point;
    S->line_of[S->incidences++] = (int32_t) line;
}

static inline ulong mix(ulong x)
{
    x = (x ^ x >> 30) * UWORD(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UWORD(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Points take a new invariant from their own and those of the points they share lines with. */
static void refine(structure *S, slong m)
{
    for (slong i = 0; i < S->lines; i++) S->on_line[i] = 0;
    for (slong i = 0; i < S->incidences; i++) S->on_line[S->line_of[i]] += mix(S->invariant[S->point_of[i]]);
    for (slong i = 0; i < m; i++) S->next[i] = S->invariant[i] * UWORD(0x9e3779b97f4a7c15);
    for (slong i = 0; i < S->incidences; i++) S->next[S->point_of[i]] += mix(S->on_line[S->line_of[i]] + 1);
    for (slong i = 0; i < m; i++) S->invariant[i] = mix(S->next[i]);
}

/* Finds the lines with at least three points, and invariants of the points, with their weights if given; false if there
   is no such line. A line
   through point k meets those before it in points that are seen from k in one direction; directions are told apart
   by a hash only. */
static bool find_structure(engine *E, const elem *rows, const elem *weight, slong m, slong dim)
{
    const field *F = &E->F;
    structure *S = &E->S;
    structure_reserve(S, m);
    S->incidences = S->lines = 0;
    memset(S->line, -1, (size_t) (m * m) * sizeof(int32_t));
    ulong *seen = S->next;
    for (slong k = 1; k < m; k++) {
        const elem *g = rows + k * dim;
        slong c = 0;
        while (g[c] == 0) c++;
        for (slong i = 0; i < k; i++) {
            const elem *h = rows + i * dim;
            slong at = 0;
            while (at == c || h[at] == f_mul(F, h[c], g[at])) at++;
            E->lead[i] = f_sub(F, h[at], f_mul(F, h[c], g[at]));
        }
        f_invert(F, E->lead, k, E->scratch);
        fresh_table(E);
        for (slong i = 0; i < k; i++) {
            const elem *h = rows + i * dim;
            ulong hash = 0;
            for (slong at = 0; at < dim; at++) {
                elem v = f_mul(F, f_sub(F, h[at], f_mul(F, h[c], g[at])), E->lead[i]);
                hash = (hash ^ v) * UWORD(0xbf58476d1ce4e5b9), hash ^= hash >> 32;
            }
            seen[i] = hash;
            for (ulong s = hash >> 20;; s++) {
                s &= E->mask;
                if (E->table[s].stamp != E->stamp) {
                    E->table[s].stamp = E->stamp;
                    E->table[s].at = (uint32_t) i;
                    break;
                }
                slong j = E->table[s].at;
                if (seen[j] != hash) continue;
                slong line = S->line[i * m + j];
                if (line < 0) {
                    line = S->lines++;
                    S->line[i * m + j] = S->line[j * m + i] = (int32_t) line;
                    put_on_line(S, i, line);
                    put_on_line(S, j, line);
                }
                if (S->line[k * m + j] < 0) {
                    S->line[k * m + j] = S->line[j * m + k] = (int32_t) line;
                    put_on_line(S, k, line);
                }
                S->line[k * m + i] = S->line[i * m + k] = (int32_t) line;
                break;
            }
        }
    }
    for (slong i = 0; i < m; i++) S->invariant[i] = weight ? mix((ulong) weight[i]) : 1;
    if (S->lines == 0) return false;
    for (int round = 0; round < 3; round++) refine(S, m);
    return true;
}

static int compare_invariants(const void *a, const void *b)
{
    ulong x = ((const ulong *) a)[0], y = ((const ulong *) b)[0];
    return x < y ? -1 : x > y;
}

/* Adds the row to the echelon of `rank` rows over the first dim columns; false if it is dependent. */
static bool add_to_echelon(engine *E, slong rank, const elem *row, slong dim)
{
    const field *F = &E->F;
    elem *u = E->echelon + rank * dim;
    memcpy(u, row, (size_t) dim * sizeof(elem));
    for (slong k = 0; k < rank; k++) {
        elem f = u[E->pivot[k]];
        if (f == 0) continue;
        const elem *v = E->echelon + k * dim;
        for (slong c = 0; c < dim; c++) u[c] = f_sub(F, u[c], f_mul(F, f, v[c]));
    }
    slong c = 0;
    while (c < dim && u[c] == 0) c++;
    if (c == dim) return false;
    elem inverse = u[c], scratch;
    f_invert(F, &inverse, 1, &scratch);
    for (slong i = 0; i < dim; i++) u[i] = f_mul(F, u[i], inverse);
    E->pivot[rank] = c;
    return true;
}

/* The point to take next among those with S->order: of the smallest class of equal invariants with at least `least`
   members, then of the smallest invariant; -1 if there is none. S->apart tells whether all of them differ. */
static slong smallest_class(structure *S, slong m, slong least)
{
    ulong *sorted = S->next, best_value = 0;
    slong best = m + 1, run = 0, left = 0;
    S->apart = true;
    for (slong i = 0; i < m; i++)
        if (S->order[i]) sorted[left++] = S->invariant[i];
    qsort(sorted, (size_t) left, sizeof(ulong), compare_invariants);
    for (slong i = 0; i < left; i++) {
        run++;
        if (i + 1 < left && sorted[i + 1] == sorted[i]) {
            S->apart = false;
            continue;
        }
        if (run >= least && run < best) {
            best = run;
            best_value = sorted[i];
        }
        run = 0;
    }
    for (slong i = 0; i < m && best <= m; i++)
        if (S->order[i] && S->invariant[i] == best_value) return i;
    return -1;
}

/* E->basis = rows that form a basis; their number. In the given order, or by invariants; each choice then tells points
   apart that it does not see alike. */
static slong choose_basis(engine *E, const elem *rows, slong m, slong dim, bool normal)
{
    slong rank = 0;
    structure *S = &E->S;
    for (slong i = 0; i < m && !normal && rank < dim; i++)
        if (add_to_echelon(E, rank, rows + i * dim, dim)) E->basis[rank++] = i;
    if (!normal) return rank;
    for (slong i = 0; i < m; i++) S->order[i] = 1;
    while (rank < dim) {
        slong i = smallest_class(S, m, 1);
        if (i < 0) break;
        S->order[i] = 0;
        if (!add_to_echelon(E, rank, rows + i * dim, dim)) continue;
        E->basis[rank++] = i;
        S->invariant[i] = mix(S->invariant[i] + 16 + (ulong) rank);
        for (int round = 0; round < 2 && !S->apart; round++) refine(S, m);
    }
    return rank;
}

/* coord (m x rank) = the rows in terms of the chosen basis, on whose pivots it is non-singular. */
static void write_in_basis(engine *E, elem *coord, const elem *rows, slong m, slong dim, slong rank)
{
    const field *F = &E->F;
    const slong width = 2 * rank;
    elem *T = E->echelon, scratch;
    for (slong i = 0; i < rank; i++)
        for (slong c = 0; c < rank; c++) {
            T[i * width + c] = rows[E->basis[i] * dim + E->pivot[c]];
            T[i * width + rank + c] = i == c;
        }
    for (slong c = 0; c < rank; c++) {
        slong i = c;
        while (T[i * width + c] == 0) i++;
        for (slong k = 0; k < width && i != c; k++) {
            elem swap = T[i * width + k];
            T[i * width + k] = T[c * width + k];
            T[c * width + k] = swap;
        }
        elem inverse = T[c * width + c];
        f_invert(F, &inverse, 1, &scratch);
        for (slong k = 0; k < width; k++) T[c * width + k] = f_mul(F, T[c * width + k], inverse);
        for (i = 0; i < rank; i++) {
            elem f = T[i * width + c];
            if (i == c || f == 0) continue;
            elem *to = T + i * width;
            for (slong k = c; k < width; k++) to[k] = f_sub(F, to[k], f_mul(F, f, T[c * width + k]));
        }
    }
    for (slong i = 0; i < m; i++) {
        elem *u = coord + i * rank;
        memset(u, 0, (size_t) rank * sizeof(elem));
        for (slong k = 0; k < rank; k++) {
            elem f = rows[i * dim + E->pivot[k]];
            if (f == 0) continue;
            f = f_sub(F, 0, f);
            for (slong c = 0; c < rank; c++) u[c] = f_sub(F, u[c], f_mul(F, f, T[k * width + rank + c]));
        }
    }
}

/* E->component[c] = that of basis member c, numbered from 0; their number. Two members are connected when a row has
   both. */
static slong find_components(engine *E, const elem *coord, slong m, slong rank)
{
    slong *of = E->component, parts = rank;
    for (slong c = 0; c < rank; c++) of[c] = c;
    for (slong i = 0; i < m && parts > 1; i++) {
        slong first = -1;
        for (slong c = 0; c < rank; c++) {
            if (coord[i * rank + c] == 0) continue;
            if (first < 0) first = c;
            slong old = of[c], new = of[first];
            if (old == new) continue;
            parts--;
            for (slong k = 0; k < rank; k++)
                if (of[k] == old) of[k] = new;
        }
    }
    for (slong c = 0, next = 0; c < rank; c++) {
        slong old = of[c];
        if (old < 0) continue;
        for (slong k = c; k < rank; k++)
            if (of[k] == old) of[k] = next - rank;
        next++;
    }
    for (slong c = 0; c < rank; c++)
        if (of[c] < 0) of[c] += rank;
    return parts;
}

/* Multiplies each row so that its first non-zero entry is 1. */
static void monic_rows(engine *E, elem *rows, slong m, slong dim)
{
    const field *F = &E->F;
    for (slong i = 0; i < m; i++) {
        slong c = 0;
        while (rows[i * dim + c] == 0) c++;
        E->lead[i] = rows[i * dim + c];
    }
    f_invert(F, E->lead, m, E->scratch);
    for (slong i = 0; i < m; i++) {
        if (E->lead[i] == 1) continue;
        for (slong c = 0; c < dim; c++) rows[i * dim + c] = f_mul(F, rows[i * dim + c], E->lead[i]);
    }
}

/* The most frequent quotient of entries j and i over the rows where both are non-zero, or 0 without such a row; ties go
   to the greatest sum of invariants. */
static elem frequent_quotient(engine *E, const elem *coord, slong m, slong rank, slong i, slong j)
{
    const field *F = &E->F;
    structure *S = &E->S;
    slong number = 0, classes = 0, best = -1;
    for (slong k = 0; k < m; k++) {
        if (coord[k * rank + i] == 0 || coord[k * rank + j] == 0) continue;
        E->order[number] = k;
        E->lead[number++] = coord[k * rank + i];
    }
    f_invert(F, E->lead, number, E->scratch);
    ulong *weight = S->next;
    elem *quotient = E->scratch;
    for (slong k = 0; k < number; k++) {
        elem q = f_mul(F, coord[E->order[k] * rank + j], E->lead[k]);
        slong c = 0;
        while (c < classes && quotient[c] != q) c++;
        if (c == classes) {
            weight[classes] = 0;
            quotient[classes++] = q;
        }
        weight[c] += (UWORD(1) << 48) + (mix(S->invariant[E->order[k]]) & 0xffffffff);
        if (best < 0 || weight[c] > weight[best]) best = c;
    }
    return best < 0 ? 0 : quotient[best];
}

/* Invariants of the rows for scale_columns: where they vanish is one more, as the basis is ordered; then points that
   still look alike are told apart one by one. */
static void tell_apart(structure *S, const elem *coord, slong m, slong rank)
{
    for (slong i = 0; i < m; i++) {
        for (slong c = 0; c < rank; c++) S->invariant[i] = 2 * mix(S->invariant[i]) + (coord[i * rank + c] != 0);
        S->order[i] = 1;
    }
    refine(S, m);
    for (slong step = 0; step < rank; step++) {
        slong i = smallest_class(S, m, 2);
        if (i < 0) break;
        S->invariant[i] = mix(S->invariant[i] + 1);
        for (int round = 0; round < 2; round++) refine(S, m);
    }
}

/* Multiplies columns so that frequent quotients of entries become 1, along a forest that connects them. */
static void scale_columns(engine *E, elem *coord, slong m, slong rank)
{
    const field *F = &E->F;
    slong *reached = E->component, number = 1;
    tell_apart(&E->S, coord, m, rank);
    for (slong c = 0; c < rank; c++) reached[c] = c;
    for (slong from = 0; from < number; from++) {
        for (slong k = number; k < rank; k++) {
            slong i = reached[from], j = reached[k];
            elem q = frequent_quotient(E, coord, m, rank, i, j), scratch;
            if (q == 0) continue;
            f_invert(F, &q, 1, &scratch);
            for (slong row = 0; row < m; row++) coord[row * rank + j] = f_mul(F, coord[row * rank + j], q);
            for (slong at = k; at > number; at--) reached[at] = reached[at - 1];
            reached[number++] = j;
        }
        if (from + 1 == number && number < rank) number++;
    }
}

/* Sorts rows of n elems by a merge sort of their numbers; any total order will do. */
static void sort_rows(engine *E, elem *rows, elem *other, slong m, slong n)
{
    const size_t size = (size_t) n * sizeof(elem);
    slong *at = E->order, *to = E->S.order;
    for (slong i = 0; i < m; i++) at[i] = i;
    for (slong width = 1; width < m; width *= 2) {
        for (slong low = 0; low < m; low += 2 * width) {
            slong i = low, mid = FLINT_MIN(low + width, m), j = mid, high = FLINT_MIN(mid + width, m);
            for (slong k = low; k < high; k++) {
                bool left = j >= high || (i < mid && memcmp(rows + at[i] * n, rows + at[j] * n, size) <= 0);
                to[k] = left ? at[i++] : at[j++];
            }
        }
        slong *swap = at;
        at = to;
        to = swap;
    }
    for (slong i = 0; i < m; i++) memcpy(other + i * n, rows + at[i] * n, size);
    memcpy(rows, other, (size_t) m * size);
}
