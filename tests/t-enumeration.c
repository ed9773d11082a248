/* Cells in bulk: vertex engine, tree engine and deletion-restriction agree, and every cell has a point. */
#include <pthread.h>

#include "t-enumeration.h"

typedef struct {
    long arrangements, degenerate, affine, decomposable, wide, cells, rung[3];
} tally_struct;

static tally_struct tally;

static void count_rungs(const rc_enumeration_struct *E)
{
    for (slong p = 0; p < E->parts; p++) {
        if (E->part[p].engine != RC_ENGINE_VERTEX) continue;
        const rc_vertex_struct *V = E->part[p].vertex;
        for (slong i = FLINT_MAX(V->open, 3); i <= V->rank; i++) tally.rung[V->level[i].rung]++;
    }
}

/* The first hyperplane of the leading component is positive on all cells listed. */
static void check_halves(const rc_enumeration_struct *E, const listing *L, const char *name)
{
    bool halved = rc_enumeration_is_halved(E);
    EXPECT(halved == (!E->arr->affine && E->arr->n > 0), "%s: halved", name);
    if (!halved) return;
    slong first = E->part[E->lead].member[0];
    for (size_t c = 0; c < L->cells; c++)
        EXPECT(sign_of(L->signs + c * (size_t) L->words, first) > 0, "%s: cell %zu, form %ld", name, c, (long) first);
}

static void enumerate(listing *L, listing *S, const rc_arrangement_struct *arr, rc_engine engine, bool bases,
                      const char *name)
{
    rc_enumeration_struct *E = rc_enumeration_new(arr, engine, bases);
    list_all(L, E, test_chance(30));
    full_set(S, L, arr->n, rc_enumeration_is_halved(E));
    check_halves(E, L, name);
    if (bases) check_bases(arr, E, L, 100);
    if (engine == RC_ENGINE_VERTEX) count_rungs(E);
    rc_enumeration_free(E);
}

static void check_arrangement(const rc_arrangement_struct *arr, const char *expected)
{
    listing tree, vertex, based, tree_set, vertex_set, based_set;
    fmpz_t count;
    fmpz_init(count);
    EXPECT(rc_arrangement_count(count, arr, NULL) == RC_OK, "limit");
    enumerate(&tree, &tree_set, arr, RC_ENGINE_TREE, false, "tree");
    enumerate(&vertex, &vertex_set, arr, test_chance(20) ? RC_ENGINE_AUTO : RC_ENGINE_VERTEX, false, "vertex");
    enumerate(&based, &based_set, arr, RC_ENGINE_VERTEX, true, "vertex with bases");
    char *text = fmpz_get_str(NULL, 10, count);
    EXPECT(!expected || strcmp(text, expected) == 0, "expected %s, counted %s", expected, text);
    EXPECT(fmpz_equal_ui(count, tree_set.cells), "counted %s, tree %zu", text, tree_set.cells);
    EXPECT(fmpz_equal_ui(count, vertex_set.cells), "counted %s, vertex %zu", text, vertex_set.cells);
    EXPECT(fmpz_equal_ui(count, based_set.cells), "counted %s, vertex with bases %zu", text, based_set.cells);
    EXPECT(same_bytes(&tree_set, &vertex_set), "tree and vertex list different cells");
    EXPECT(same_bytes(&tree_set, &based_set), "tree and vertex with bases list different cells");
    tally.cells += (long) based_set.cells;
    flint_free(text);
    fmpz_clear(count);
    listing_clear(&tree);
    listing_clear(&vertex);
    listing_clear(&based);
    listing_clear(&tree_set);
    listing_clear(&vertex_set);
    listing_clear(&based_set);
    report_wrong(arr);
}

static void count_arrangement(const rc_arrangement_struct *arr, kind_type kind)
{
    tally.arrangements++;
    tally.affine += arr->affine;
    tally.wide += kind == WIDE;
    slong parts, *part = flint_malloc((size_t) (arr->n + 2) * sizeof(slong));
    rc_arrangement_components(part, &parts, arr);
    tally.decomposable += parts > 1;
    flint_free(part);
    fmpz_t count;
    fmpz_init(count);
    if (rc_arrangement_count(count, arr, NULL) != RC_OK) CHECK(false, "limit");
    fmpz_mat_t M;
    slong n = arr->n + arr->affine;
    fmpz_mat_init(M, n + 1, arr->width);
    for (slong j = 0; j < arr->n; j++)
        _fmpz_vec_set(fmpz_mat_entry(M, j, 0), fmpz_mat_entry(arr->forms, j, 0), arr->width);
    if (arr->affine) fmpz_one(fmpz_mat_entry(M, arr->n, arr->d));
    double most = most_cells(n, fmpz_mat_rank(M)) / (1 + arr->affine);
    tally.degenerate += arr->given > arr->n || fmpz_get_d(count) < most;
    fmpz_mat_clear(M);
    fmpz_clear(count);
}

static void test_random_arrangements(void)
{
    /* how many of each kind; the degenerate ones are cheap */
    static const long rounds[KINDS] = {1200, 1100, 160, 160, 260, 100, 360, 850, 900};
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int kind = 0; kind < KINDS; kind++)
        for (int affine = 0; affine < 2; affine++) {
            test_case("random arrangements, %s%s", kind_name(kind), affine ? ", affine" : "");
            double began = rc_clock();
            for (long round = test_rounds(rounds[kind] / 2); round > 0; round--) {
                slong width = test_chance(12) ? test_range(1, 2) : test_range(3, 7);
                double cells = test_chance(2) ? 600 : 100;
                if (kind == TINY || kind == SMALL || kind == BLOCKS) cells *= 2;
                random_arrangement(arr, (kind_type) kind, random_number(width, affine, cells), width, affine);
                check_arrangement(arr, NULL);
                count_arrangement(arr, (kind_type) kind);
            }
            if (getenv("RELUCERT_TEST_TIMES"))
                printf("  %s, %d: %.2f s\n", kind_name(kind), affine, rc_clock() - began);
        }
    rc_arrangement_clear(arr);
    test_case("what the random arrangements were");
    printf("  %ld arrangements, %ld cells; %ld degenerate, %ld affine, %ld decomposable, %ld of 200 bits; levels: %ld "
           "small, %ld medium, %ld approximate\n", tally.arrangements, tally.cells, tally.degenerate, tally.affine,
           tally.decomposable, tally.wide, tally.rung[0], tally.rung[1], tally.rung[2]);
    if (test_rounds(100) < 100) return;
    long all = tally.arrangements;
    CHECK(2 * tally.degenerate >= all && 4 * tally.affine >= all && 8 * tally.decomposable >= all
          && 20 * tally.wide >= all, "too few of a kind");
    for (int rung = 0; rung < 3; rung++) CHECK(tally.rung[rung] * 10 >= all, "rung %d hardly used", rung);
}

/* ---- known numbers ---- */

/* The named ones with at most 400 cells by all engines, the others by the vertex engine with and without bases; as they
   are, and with forms in a random order, with random signs and in other coordinates. */
static void check_named(const int *entries, slong n, slong width, const char *expected)
{
    rc_arrangement_t arr;
    fmpq_mat_t forms;
    rc_arrangement_init(arr);
    fmpq_mat_init(forms, n, width);
    for (int turn = 0; turn < 3; turn++) {
        for (slong i = 0; i < n; i++) {
            slong k = turn ? test_range(0, i) : i;
            for (slong c = 0; c < width; c++) {
                fmpq_swap(fmpq_mat_entry(forms, i, c), fmpq_mat_entry(forms, k, c));
                fmpq_set_si(fmpq_mat_entry(forms, k, c), entries[i * width + c], 1);
                if (turn && i % 3 == 0) fmpq_neg(fmpq_mat_entry(forms, k, c), fmpq_mat_entry(forms, k, c));
            }
        }
        if (turn == 2) twist(forms, 0, 60);
        rc_arrangement_set_forms(arr, forms, 0);
        if (strlen(expected) < 4) {
            check_arrangement(arr, expected);
            continue;
        }
        listing L, S, based, based_set;
        enumerate(&L, &S, arr, RC_ENGINE_VERTEX, false, "vertex");
        EXPECT(S.cells == strtoul(expected, NULL, 10), "expected %s, found %zu", expected, S.cells);
        rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_AUTO, true);
        list_all(&based, E, true);
        full_set(&based_set, &based, arr->n, true);
        check_bases(arr, E, &based, (int) FLINT_MIN(100, 1 + 50000 / (slong) S.cells));
        EXPECT(same_bytes(&S, &based_set), "with and without bases the cells are different");
        rc_enumeration_free(E);
        listing_clear(&L);
        listing_clear(&S);
        listing_clear(&based);
        listing_clear(&based_set);
        report_wrong(arr);
    }
    rc_arrangement_clear(arr);
    fmpq_mat_clear(forms);
}

/* x_i - x_j, and for type B also x_i + x_j and x_i. */
static void test_reflection(slong d, bool type_b, const char *expected)
{
    test_case("type %c, dimension %ld: %s", type_b ? 'B' : 'A', (long) d, expected);
    int *entries = calloc((size_t) (2 * d * d * d), sizeof(int));
    slong n = 0;
    for (slong i = 0; i < d; i++) {
        if (type_b) entries[n++ * d + i] = 1;
        for (slong j = 0; j < i; j++)
            for (int s = -1; s <= (type_b ? 1 : -1); s += 2) {
                entries[n * d + i] = s;
                entries[n++ * d + j] = 1;
            }
    }
    check_named(entries, n, d, expected);
    free(entries);
}

/* The 0/1 vectors in Q^bits: as they are without 0, or behind a 1. */
static void test_binary(slong bits, bool threshold, const char *expected)
{
    test_case("%s, n = %ld: %s", threshold ? "threshold" : "resonance", (long) bits, expected);
    slong width = bits + threshold, n = 0;
    int *entries = calloc((size_t) (width << bits), sizeof(int));
    for (int v = threshold ? 0 : 1; v < 1 << bits; v++, n++) {
        if (threshold) entries[n * width] = 1;
        for (slong c = 0; c < bits; c++) entries[n * width + threshold + c] = v >> c & 1;
    }
    check_named(entries, n, width, expected);
    free(entries);
}

static void expect_cells(const int *entries, slong n, slong width, int affine, const char *expected)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    from_integers(arr, entries, n, width, affine);
    check_arrangement(arr, expected);
    rc_arrangement_clear(arr);
}

static void test_known(void)
{
    test_case("small and degenerate arrangements");
    static const int affine_line[] = {1, 0, 1, -1};
    expect_cells(affine_line, 2, 2, 1, "3");
    static const int affine_plane[] = {1, 0, 0, 0, 1, 0, 1, 0, -1, 0, 1, -1, 1, -1, 0};
    expect_cells(affine_plane, 5, 3, 1, "12");
    static const int parallel_to_z[] = {1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, -1, 0, 0, 1, 0};
    expect_cells(parallel_to_z, 4, 4, 1, "14");
    static const int all_parallel[] = {1, 1, 0, 1, 1, 1, 1, 1, 2, 1, 1, 3, -2, -2, 7};
    expect_cells(all_parallel, 5, 3, 1, "6");
    static const int point[] = {3, 0, -2, 5, 0, 0};
    expect_cells(point, 6, 1, 0, "2");
    expect_cells(point, 3, 2, 1, "3");
    expect_cells(NULL, 0, 3, 0, "1");
    expect_cells(NULL, 0, 3, 1, "1");
    static const int zeros[6] = {0};
    expect_cells(zeros, 2, 3, 0, "1");
    expect_cells(zeros, 2, 3, 1, "1");
    static const int repeated[] = {1, 2, 0, -2, -4, 0, 0, 0, 0, 3, 6, 0, 0, 1, 0};
    expect_cells(repeated, 5, 3, 0, "4");
    static const int products[] = {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1,
                                   0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, -1};
    expect_cells(products, 9, 6, 0, "216");
    expect_cells(products, 9, 6, 1, "108");
    static const char *const factorials[] = {"2", "6", "24", "120", "720", "5040"};
    for (slong d = 2; d <= 7; d++) test_reflection(d, false, factorials[d - 2]);
    static const char *const signed_permutations[] = {"2", "8", "48", "384", "3840"};
    for (slong d = 1; d <= 5; d++) test_reflection(d, true, signed_permutations[d - 1]);
    static const char *const threshold[] = {"4", "14", "104", "1882", "94572"};
    for (slong d = 1; d <= 5; d++) test_binary(d, true, threshold[d - 1]);
    static const char *const resonance[] = {"2", "6", "32", "370", "11292"};
    for (slong d = 1; d <= 5; d++) test_binary(d, false, resonance[d - 1]);
}

/* ---- more hyperplanes than a word has bits, more cells than a unit is long ---- */

static void test_many_forms(slong n, slong width, int affine, kind_type kind)
{
    test_case("%ld forms, %s%s, in Q^%ld", (long) n, kind_name((int) kind), affine ? ", affine" : "", (long) width);
    rc_arrangement_t arr;
    fmpz_t count;
    fmpz_init(count);
    rc_arrangement_init(arr);
    random_arrangement(arr, kind, n, width, affine);
    EXPECT(rc_arrangement_count(count, arr, NULL) == RC_OK, "limit");
    listing L, S, based, based_set;
    enumerate(&L, &S, arr, RC_ENGINE_VERTEX, false, "vertex");
    EXPECT(fmpz_equal_ui(count, S.cells), "vertex %zu, counted %lu", S.cells, fmpz_get_ui(count));
    rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_AUTO, true);
    list_all(&based, E, true);
    full_set(&based_set, &based, arr->n, rc_enumeration_is_halved(E));
    check_bases(arr, E, &based, (int) FLINT_MIN(100, 1 + 2000000 / (n * (slong) (S.cells + 1))));
    EXPECT(same_bytes(&S, &based_set), "with and without bases the cells are different");
    rc_enumeration_free(E);
    listing_clear(&L);
    listing_clear(&S);
    listing_clear(&based);
    listing_clear(&based_set);
    report_wrong(arr);
    fmpz_clear(count);
    rc_arrangement_clear(arr);
}

/* ---- units ---- */

static void test_units(void)
{
    test_case("units in any order make the same batches");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long round = test_rounds(60); round > 0; round--) {
        int affine = test_chance(50);
        slong width = test_range(2, 6);
        random_arrangement(arr, (kind_type) test_range(0, KINDS - 1), random_number(width, affine, 600), width, affine);
        for (int way = 0; way < 3; way++) {
            rc_engine engine = way == 0 ? RC_ENGINE_TREE : RC_ENGINE_VERTEX;
            if (way == 0 && round % 8) continue;
            listing L[2];
            for (int shuffled = 0; shuffled < 2; shuffled++) {
                rc_enumeration_struct *E = rc_enumeration_new(arr, engine, way == 2);
                list_all(L + shuffled, E, shuffled == 1);
                rc_enumeration_free(E);
            }
            EXPECT(same_bytes(L, L + 1), "the bytes depend on the order");
            listing_clear(L);
            listing_clear(L + 1);
        }
        report_wrong(arr);
    }
    rc_arrangement_clear(arr);
}

typedef struct {
    const rc_enumeration_struct *E;
    slong stage, first, units;
    listing *done; /* of every unit, without its ties */
    size_t ties;
} worker;

static void share(worker *w)
{
    rc_batch_t batch;
    rc_batch_init(batch);
    for (slong u = w->first; u < w->units; u += 2) {
        if (rc_enumeration_unit(batch, w->E, w->stage, u, NULL) == RC_OK) listing_append(w->done + u, batch);
        w->ties += batch->ties;
    }
    rc_batch_clear(batch);
}

static void *work(void *arg)
{
    share(arg);
    flint_cleanup();
    return NULL;
}

/* Two threads at one enumeration. */
static void test_parallel(void)
{
    test_case("units in two threads");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long round = test_rounds(12); round > 0; round--) {
        int affine = test_chance(50);
        slong width = test_range(4, 6);
        random_arrangement(arr, round % 2 ? TWISTED : SMALL, random_number(width, affine, 3000), width, affine);
        listing alone, L = {.words = 1};
        rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, true);
        list_all(&alone, E, false);
        rc_enumeration_free(E);
        E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, true);
        for (slong stage = 0; stage < rc_enumeration_stages(E); stage++) {
            slong units = rc_enumeration_units(E, stage);
            listing *done = flint_calloc((size_t) units + 1, sizeof *done);
            worker w[2] = {{E, stage, 0, units, done, 0}, {E, stage, 1, units, done, 0}};
            pthread_t thread;
            if (pthread_create(&thread, NULL, work, w + 1) == 0) {
                share(w);
                pthread_join(thread, NULL);
            }
            for (slong u = 0; u < units; u++) {
                if (done[u].words > 0) {
                    rc_batch_struct view = {.words = done[u].words, .rank = done[u].rank, .cells = done[u].cells,
                                            .signs = done[u].signs, .bases = done[u].bases};
                    listing_append(&L, &view);
                }
                listing_clear(done + u);
            }
            flint_free(done);
            L.ties += w[0].ties + w[1].ties;
            rc_enumeration_close_stage(E, stage, w[0].ties + w[1].ties);
        }
        rc_enumeration_free(E);
        EXPECT(same_bytes(&alone, &L), "%zu cells alone, %zu in two threads", alone.cells, L.cells);
        listing_clear(&alone);
        listing_clear(&L);
        report_wrong(arr);
    }
    rc_arrangement_clear(arr);
}

/* ---- limits ---- */

static void test_limits(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int way = 0; way < 4; way++) {
        static const char *const names[] = {"tree", "vertex", "vertex with bases", "product"};
        test_case("limits: %s", names[way]);
        if (way == 1 || way == 2) {
            random_arrangement(arr, DOUBLES, way == 1 ? 300 : 400, 3, way == 1);
        } else if (way == 0) {
            random_arrangement(arr, DOUBLES, 25, 4, 0);
        } else {
            int entries[24 * 5] = {0};
            for (int i = 0; i < 24; i++) {
                entries[5 * i + (i < 12 ? 0 : 2)] = 1;
                entries[5 * i + (i < 12 ? 1 : 3)] = i % 12 - 5;
                if (i >= 12) entries[5 * i + 4] = i * i;
            }
            from_integers(arr, entries, 24, 5, 0);
        }
        rc_enumeration_struct *E = rc_enumeration_new(arr, way == 0 ? RC_ENGINE_TREE : RC_ENGINE_VERTEX, way == 2);
        rc_batch_t batch;
        rc_batch_init(batch);
        slong units = rc_enumeration_units(E, 0), stopped = 0;
        size_t visits = 0, cells = 0;
        volatile sig_atomic_t stop = 1;
        for (slong u = 0; u < units; u++) {
            rc_limits limits;
            rc_limits_init(&limits);
            CHECK(rc_enumeration_unit(batch, E, 0, u, &limits) == RC_OK && !limits.reason, "unit %ld", (long) u);
            visits += limits.visited;
            cells += batch->cells;
            CHECK(limits.visited >= batch->cells / 256, "%zu visits, %zu cells", limits.visited, batch->cells);
            size_t before = batch->cells, needed = limits.visited;
            if (before == 0) continue;
            rc_limits_init(&limits);
            limits.stop = &stop;
            CHECK(rc_enumeration_unit(batch, E, 0, u, &limits) == RC_LIMIT && batch->cells == 0 && limits.reason,
                  "unit %ld is not stopped", (long) u);
            if (needed > 1) {
                rc_limits_init(&limits);
                limits.max_cells = needed - 1;
                CHECK(rc_enumeration_unit(batch, E, 0, u, &limits) == RC_LIMIT && batch->cells == 0 && limits.reason,
                      "unit %ld: no limit", (long) u);
                stopped++;
                rc_limits_init(&limits);
                limits.max_cells = needed;
                CHECK(rc_enumeration_unit(batch, E, 0, u, &limits) == RC_OK && batch->cells == before,
                      "unit %ld: %zu cells, then %zu", (long) u, before, batch->cells);
            }
        }
        printf("  %s: %ld units, %zu cells, %zu visits, %ld units stopped\n", names[way], (long) units, cells, visits,
               (long) stopped);
        rc_batch_clear(batch);
        rc_enumeration_free(E);
    }
    rc_arrangement_clear(arr);
}

int main(void)
{
    test_start("t-enumeration");
    test_known();
    test_limits();
    test_units();
    test_parallel();
    test_many_forms(70, 3, 0, DOUBLES);
    test_many_forms(150, 3, 1, SMALL);
    test_many_forms(130, 3, 0, TWISTED);
    test_many_forms(66, 4, 1, RATIONAL);
    test_many_forms(80, 6, 0, BLOCKS);
    test_many_forms(200, 2, 1, WIDE);
    test_many_forms(1000, 2, 0, DOUBLES);
    test_many_forms(800, 2, 1, NEAR);
    test_random_arrangements();
    int status = test_finish();
    flint_cleanup();
    return status;
}
