/* Inside the vertex engine: its kernels, ties of the objective, high ranks, tiny determinants. */
#include <math.h>

#include "relucert/surd.h"
#include "t-enumeration.h"

/* ---- kernels: all that the processor has against plain C ---- */

#define MOST 200

static double *numbers(void)
{
    double *x = aligned_alloc(64, MOST * sizeof(double));
    if (!x) abort();
    for (int s = 0; s < MOST; s++) x[s] = 0;
    return x;
}

/* Equal, or both no numbers. */
static bool same_double(double x, double y)
{
    return isnan(x) ? isnan(y) != 0 : x == y && signbit(x) == signbit(y);
}

static double random_number_of(int way)
{
    static const double extremes[] = {0, -0.0, 1, -1, 0x1p-1074, -0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023,
                                      -0x1.fffffffffffffp1023, 0x1p-600, 0x1p600};
    double unit = (double) ((int64_t) (test_random() >> 10) - (INT64_C(1) << 53)) * 0x1p-53;
    if (way == 0) return unit;
    if (way == 1) return (double) test_range(-3, 3);
    if (way == 2) return ldexp(unit, (int) test_range(-1000, 1000));
    if (test_chance(70)) return ldexp(unit, (int) test_range(-30, 30));
    return extremes[test_range(0, (long) (sizeof extremes / sizeof *extremes) - 1)];
}

/* A step of elimination in a few columns. */
typedef struct {
    double *a[3], *x[3], *b, f[3], peak[3];
    rc_pivot job;
} pivot_struct;

static void pivot_init(pivot_struct *S)
{
    S->b = numbers();
    for (int c = 0; c < 3; c++) {
        S->a[c] = numbers();
        S->x[c] = numbers();
    }
    S->job = (rc_pivot) {.x = S->x, .a = (const double **) S->a, .f = S->f, .peak = S->peak, .b = S->b};
}

static void pivot_clear(pivot_struct *S)
{
    free(S->b);
    for (int c = 0; c < 3; c++) {
        free(S->a[c]);
        free(S->x[c]);
    }
}

static void pivot_size(pivot_struct *S)
{
    S->job.columns = test_range(0, 3);
    S->job.n = RC_KERNEL_BLOCK * test_range(1, MOST / RC_KERNEL_BLOCK);
    for (int c = 0; c < 3; c++) {
        S->peak[c] = -1;
        for (int s = 0; s < MOST; s++) S->x[c][s] = 77;
    }
}

static void test_eliminate(const rc_kernel *K)
{
    pivot_struct S;
    pivot_init(&S);
    test_case("%s: eliminate", K->name);
    for (long round = test_rounds(2000); round > 0; round--) {
        pivot_size(&S);
        slong n = S.job.n;
        int way = (int) test_range(0, 3);
        for (slong s = 0; s < n; s++) {
            S.b[s] = random_number_of(way);
            for (slong c = 0; c < S.job.columns; c++) S.a[c][s] = random_number_of(way);
        }
        for (int c = 0; c < 3; c++) S.f[c] = random_number_of(way);
        S.job.p = random_number_of(way);
        S.job.d = fabs(random_number_of(way));
        K->eliminate(&S.job);
        double inverse = 1 / S.job.d;
        for (slong c = 0; c < 3; c++) {
            bool numeric = c < S.job.columns;
            double most = 0;
            for (slong s = 0; s < MOST; s++) {
                double y = s < n && c < S.job.columns ? (S.a[c][s] * S.job.p - S.b[s] * S.f[c]) * inverse : 77;
                numeric = numeric && !isnan(y);
                if (s < n) most = fmax(most, fabs(y));
                CHECK(same_double(S.x[c][s], y), "(%a * %a - %a * %a) / %a: %a, expected %a", S.a[c][s], S.job.p,
                      S.b[s], S.f[c], S.job.d, S.x[c][s], y);
            }
            CHECK(!numeric || S.peak[c] == most, "largest %a, expected %a", S.peak[c], most);
        }
    }
    pivot_clear(&S);
}

static int64_t power_modulo(int64_t x, int64_t e, int64_t m)
{
    __extension__ typedef __int128 wide;
    wide result = 1, power = x % m;
    for (; e > 0; e >>= 1, power = power * power % m)
        if (e & 1) result = result * power % m;
    return (int64_t) (result % m);
}

/* In [-most, most], one of the ends with the given probability (percent). */
static int64_t random_within(int64_t most, int ends)
{
    if (test_chance(ends)) return test_chance(50) ? most : -most;
    return test_range(-most, most);
}

/* Integers a, b, p, f with d | a p - b f for a prime d or 1, |a|, |b| < 2^size and |p|, |f| < 2^factor. */
static void test_integers(const rc_kernel *K, bool small)
{
    static const int64_t primes[] = {1, 2, 3, 7, 127, 8191, 67108859, 549755813881, 281474976710597, 562949953421231};
    __extension__ typedef __int128 wide;
    pivot_struct S;
    pivot_init(&S);
    test_case("%s: eliminate %s integers", K->name, small ? "small" : "medium");
    int64_t largest = 0;
    for (long round = test_rounds(1500); round > 0; round--) {
        pivot_size(&S);
        slong n = S.job.n;
        long size = test_range(1, 49), factor = small ? FLINT_MIN(52 - size, 49) : test_range(1, 49);
        int64_t d = primes[test_range(0, small ? 6 : 9)];
        int64_t bound = INT64_C(1) << size, other = INT64_C(1) << factor;
        int64_t p = random_within(other - 1, 20), f[3];
        if (d > 1 && p % d == 0) p = 1;
        int64_t inverse = d == 1 ? 0 : d == 2 ? 1 : power_modulo((p % d + d) % d, d - 2, d);
        for (slong s = 0; s < n; s++) S.b[s] = (double) random_within(bound - 1, 10);
        for (slong c = 0; c < S.job.columns; c++) {
            f[c] = random_within(other - 1, 20);
            S.f[c] = (double) f[c];
        }
        for (slong s = 0; s < n; s++) {
            bool fits = true;
            int64_t bs = (int64_t) S.b[s];
            for (slong c = 0; c < S.job.columns && fits; c++) {
                int64_t least = (int64_t) ((wide) ((bs % d + d) % d) * ((f[c] % d + d) % d) % d * inverse % d);
                int64_t as = least + d * (bound / d < 2 ? 0 : test_range(-(bound / d), bound / d - 2));
                wide value = (wide) as * p - (wide) bs * f[c];
                fits = value % d == 0 && value / d < INT64_C(1) << 49 && value / d > -(INT64_C(1) << 49) && as < bound
                       && as > -bound;
                S.a[c][s] = (double) as;
                if (fits && value / d > largest) largest = (int64_t) (value / d);
            }
            if (fits) continue;
            S.b[s] = 0;
            for (slong c = 0; c < S.job.columns; c++) S.a[c][s] = 0;
        }
        S.job.p = (double) p;
        S.job.d = (double) d;
        if (small) K->eliminate_small(&S.job);
        else K->eliminate_medium(&S.job);
        for (slong c = 0; c < S.job.columns; c++) {
            double most = 0;
            for (slong s = 0; s < n; s++) {
                wide value = ((wide) (int64_t) S.a[c][s] * p - (wide) (int64_t) S.b[s] * f[c]) / d;
                most = fmax(most, fabs((double) (int64_t) value));
                CHECK(S.x[c][s] == (double) (int64_t) value, "(%.0f * %.0f - %.0f * %.0f) / %.0f: %.0f", S.a[c][s],
                      S.job.p, S.b[s], S.f[c], S.job.d, S.x[c][s]);
            }
            CHECK(small || S.peak[c] == most, "largest %a, expected %a", S.peak[c], most);
        }
    }
    CHECK(largest >> 47, "the largest quotient is %ld only", (long) largest);
    pivot_clear(&S);
}

static void test_masks(const rc_kernel *K)
{
    const rc_kernel *plain = rc_kernel_portable();
    double *q = numbers(), *p = numbers();
    uint64_t one[2][2][MOST / 64 + 1];
    test_case("%s: signs and large", K->name);
    for (long round = test_rounds(6000); round > 0; round--) {
        slong n = RC_KERNEL_BLOCK * test_range(1, MOST / RC_KERNEL_BLOCK), words = (n + 63) / 64;
        int way = (int) test_range(0, 3);
        for (slong s = 0; s < n; s++) {
            q[s] = test_chance(2) ? (test_chance(50) ? NAN : INFINITY) : random_number_of(way);
            p[s] = test_chance(2) ? (test_chance(50) ? NAN : -INFINITY) : random_number_of(way);
        }
        double x = random_number_of(way), y = random_number_of(way), e = fabs(random_number_of(way));
        if (test_chance(30)) e = 0;
        if (test_chance(20)) e = fabs(q[0] * x - p[0] * y);
        if (test_chance(3)) e = INFINITY;
        memset(one, 0xa5, sizeof one);
        K->signs(one[0][0], one[0][1], q, p, n, x, y, e);
        plain->signs(one[1][0], one[1][1], q, p, n, x, y, e);
        for (slong w = 0; w < words; w++)
            CHECK(one[0][0][w] == one[1][0][w] && one[0][1][w] == one[1][1][w], "signs, word %ld of %ld entries",
                  (long) w, (long) n);
        for (slong s = 0; s < n; s++) {
            double v = q[s] * x - p[s] * y;
            CHECK((one[0][0][s / 64] >> (s % 64) & 1) == (v > e) && (one[0][1][s / 64] >> (s % 64) & 1) == (v < -e),
                  "entry %ld", (long) s);
        }
        if (test_chance(30)) e = fabs(q[n - 1]);
        K->large(one[0][0], q, n, e);
        plain->large(one[1][0], q, n, e);
        for (slong w = 0; w < words; w++)
            CHECK(one[0][0][w] == one[1][0][w], "large, word %ld of %ld entries", (long) w, (long) n);
        for (slong s = 0; s < n; s++)
            CHECK((one[0][0][s / 64] >> (s % 64) & 1) == (fabs(q[s]) > e), "large, entry %ld", (long) s);
        uint64_t beyond = n % 64 ? ~UINT64_C(0) << (n % 64) : 0;
        CHECK(((one[0][0][words - 1] | one[0][1][words - 1]) & beyond) == 0, "bits beyond entry %ld", (long) n);
    }
    free(q);
    free(p);
}

/* signs_exact on integers below 2^49 whose cross products are often 0 or tiny. */
static void test_exact_signs(const rc_kernel *K)
{
    __extension__ typedef __int128 wide;
    double *q = numbers(), *p = numbers();
    uint64_t positive[MOST / 64 + 1], negative[MOST / 64 + 1];
    test_case("%s: exact signs", K->name);
    for (long round = test_rounds(4000); round > 0; round--) {
        slong n = RC_KERNEL_BLOCK * test_range(1, MOST / RC_KERNEL_BLOCK);
        int64_t limit = (INT64_C(1) << test_range(1, 49)) - 1;
        int64_t x = test_range(-limit, limit), y = test_range(-limit, limit);
        for (slong s = 0; s < n; s++) {
            int64_t qs = test_range(-limit, limit), ps = test_range(-limit, limit);
            if (test_chance(30)) { /* nearly or exactly proportional to (y, x) */
                int64_t t = test_range(0, FLINT_MAX(1, limit / (1 + FLINT_MAX(llabs(x), llabs(y)))));
                if (test_chance(50)) t = -t;
                qs = y * t + test_range(-1, 1);
                ps = x * t + test_range(-1, 1);
            } else if (test_chance(20)) {
                qs = test_chance(50) ? limit : -limit;
                ps = test_chance(50) ? limit : -limit;
            } else if (test_chance(20) && x != 0) {
                ps = limit - test_range(0, 2 < limit ? 2 : 0);
                qs = (int64_t) ((wide) ps * y / x);
            }
            q[s] = llabs(qs) <= limit ? (double) qs : 0;
            p[s] = llabs(ps) <= limit ? (double) ps : 0;
        }
        memset(positive, 0xa5, sizeof positive);
        memset(negative, 0xa5, sizeof negative);
        K->signs_exact(positive, negative, q, p, n, (double) x, (double) y);
        for (slong s = 0; s < n; s++) {
            wide left = (wide) (int64_t) q[s] * x, right = (wide) (int64_t) p[s] * y;
            bool more = positive[s / 64] >> (s % 64) & 1, less = negative[s / 64] >> (s % 64) & 1;
            CHECK(more == (left > right) && less == (left < right), "%.0f * %ld - %.0f * %ld", q[s], (long) x, p[s],
                  (long) y);
        }
        uint64_t beyond = n % 64 ? ~UINT64_C(0) << (n % 64) : 0;
        CHECK(((positive[(n - 1) / 64] | negative[(n - 1) / 64]) & beyond) == 0, "bits beyond entry %ld", (long) n);
    }
    free(q);
    free(p);
}

static void test_kernels(void)
{
    test_case("the list of kernels");
    CHECK(rc_kernel_number(0) == rc_kernel_best() && !rc_kernel_number(-1), "the best is the first");
    int k = 0;
    while (rc_kernel_number(k)) k++;
    CHECK(rc_kernel_number(k - 1) == rc_kernel_portable(), "plain C is the last");
    for (k = 0; rc_kernel_number(k); k++) {
        const rc_kernel *K = rc_kernel_number(k);
        printf("  kernel %d: %s\n", k, K->name);
        test_eliminate(K);
        test_integers(K, true);
        test_integers(K, false);
        test_masks(K);
        test_exact_signs(K);
    }
}

/* ---- the engine with another flag or kernel ---- */

/* Replaces what the (leading) component has; sweep: every line with enough crossings is swept, else none. */
static void set_vertex(rc_enumeration_struct *E, int objective_bits, const rc_kernel *kernel, bool sweep)
{
    if (E->parts == 0) return;
    rc_part_struct *part = E->part + E->lead;
    rc_vertex_clear(part->vertex);
    rc_vertex_init(part->vertex, part->forms, objective_bits, kernel);
    CHECK(part->vertex->sweep_rows == 768, "sweeps from %ld forms on", (long) part->vertex->sweep_rows);
    part->vertex->sweep_rows = sweep ? 0 : WORD_MAX;
}

static void test_engine_kernels(void)
{
    test_case("all kernels make the same batches");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long round = test_rounds(200); round > 0; round--) {
        int affine = test_chance(50);
        slong width = test_range(2, 7);
        kind_type kind = (kind_type) test_range(0, KINDS - 1);
        slong n = random_number(width, affine, 600);
        if (round % 5 == 0) { /* two words, and three */
            width = 3;
            n = round % 20 ? test_range(60, 120) : 140;
        }
        random_arrangement(arr, kind, n, width, affine);
        int bits = round % 4 ? 20 : 1;
        bool sweep = test_chance(30);
        for (int bases = 0; bases < 2; bases++) {
            listing best = {0}, L;
            for (int k = 0; rc_kernel_number(k); k++) {
                rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, bases == 1);
                set_vertex(E, bits, rc_kernel_number(k), sweep);
                list_all(&L, E, false);
                rc_enumeration_free(E);
                if (k == 0) best = L;
                else EXPECT(same_bytes(&best, &L), "%s", rc_kernel_number(k)->name);
                if (k > 0) listing_clear(&L);
            }
            listing_clear(&best);
        }
        report_wrong(arr);
    }
    rc_arrangement_clear(arr);
}

/* ---- ties ---- */

static long with_ties, ties_above, ties_low, ties_of_rung[3];

/* All cells with a flag of so many bits, lines swept or not, are those of the tree engine. */
static void check_flag(const rc_arrangement_struct *arr, int objective_bits, bool bases, bool sweep)
{
    rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, bases);
    if (E->parts > 0 && E->part[E->lead].rank > 24) {
        rc_enumeration_free(E);
        return;
    }
    set_vertex(E, objective_bits, rc_kernel_best(), sweep);
    listing L = {.words = rc_enumeration_words(E)}, S, usual, usual_set;
    rc_batch_t batch;
    rc_batch_init(batch);
    slong last = -1, stages = rc_enumeration_stages(E);
    for (slong stage = 0; stage < stages; stage++) {
        size_t ties = 0;
        for (slong u = 0; u < rc_enumeration_units(E, stage); u++) {
            EXPECT(rc_enumeration_unit(batch, E, stage, u, NULL) == RC_OK, "unit %ld", (long) u);
            ties += batch->ties;
            listing_append(&L, batch);
        }
        if (ties > 0) {
            last = stage;
            ties_of_rung[E->part[E->lead].vertex->level[stages - stage].rung]++;
        }
        L.ties += ties;
        rc_enumeration_close_stage(E, stage, ties);
    }
    rc_batch_clear(batch);
    with_ties += L.ties > 0;
    ties_above += last > 0;
    ties_low += last >= 0 && last < stages - 2;
    full_set(&S, &L, arr->n, rc_enumeration_is_halved(E));
    if (bases) check_bases(arr, E, &L, 100);
    rc_enumeration_free(E);
    E = rc_enumeration_new(arr, RC_ENGINE_TREE, false);
    list_all(&usual, E, false);
    full_set(&usual_set, &usual, arr->n, rc_enumeration_is_halved(E));
    rc_enumeration_free(E);
    EXPECT(same_bytes(&S, &usual_set), "%d bits%s: %zu cells, tree %zu", objective_bits, sweep ? ", sweep" : "",
           S.cells, usual_set.cells);
    listing_clear(&L);
    listing_clear(&S);
    listing_clear(&usual);
    listing_clear(&usual_set);
    report_wrong(arr);
}

static void test_ties(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int bits = 1; bits <= 3; bits++) {
        test_case("objectives of %d bits", bits);
        for (long round = test_rounds(220); round > 0; round--) {
            static const kind_type kinds[] = {TINY, SMALL, TINY, SMALL, RATIONAL, BLOCKS, TWISTED};
            int affine = test_chance(50);
            slong width = test_range(2, 6);
            kind_type kind = kinds[test_range(0, 6)];
            random_arrangement(arr, kind, random_number(width, affine, 200), width, affine);
            if (test_chance(15)) { /* the same with one form of many bits: other rungs */
                fmpq_mat_t forms;
                fmpq_mat_init(forms, arr->n + 1, arr->width);
                for (slong i = 0; i < arr->n; i++)
                    for (slong c = 0; c < arr->width; c++)
                        fmpq_set_fmpz(fmpq_mat_entry(forms, i, c), fmpz_mat_entry(arr->forms, i, c));
                for (slong c = 0; c < arr->width; c++)
                    random_bits(fmpq_numref(fmpq_mat_entry(forms, arr->n, c)), test_range(20, 60));
                rc_arrangement_set_forms(arr, forms, affine);
                fmpq_mat_clear(forms);
            }
            check_flag(arr, bits, test_chance(70), test_chance(30));
        }
    }
    rc_arrangement_clear(arr);
    test_case("ties have occurred");
    printf("  ties in %ld arrangements, at a level under the first in %ld, with two levels to follow in %ld; levels "
           "with ties: %ld small, %ld medium, %ld approximate\n", with_ties, ties_above, ties_low, ties_of_rung[0],
           ties_of_rung[1], ties_of_rung[2]);
    if (test_rounds(100) < 100) return;
    CHECK(with_ties >= 20 && ties_above >= 5 && ties_low >= 10, "too few");
    for (int rung = 0; rung < 3; rung++) CHECK(ties_of_rung[rung] > 0, "none on rung %d", rung);
}

/* ---- high ranks ---- */

/* rank + extra forms, the first of them independent: all cells by number, or some units with their points. */
static void test_high_rank(slong rank, slong extra, kind_type kind, bool complete)
{
    test_case("rank %ld, %ld forms, %s", (long) rank, (long) (rank + extra), kind_name((int) kind));
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    do random_arrangement(arr, kind, rank + extra, rank, 0);
    while (arr->n < rank + extra || rc_arrangement_rank(arr) < rank);
    double began = rc_clock();
    rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, true);
    listing L = {.words = rc_enumeration_words(E), .rank = rank};
    if (complete) {
        listing S;
        fmpz_t count;
        fmpz_init(count);
        EXPECT(rc_arrangement_count(count, arr, NULL) == RC_OK, "limit");
        list_all(&L, E, true);
        full_set(&S, &L, arr->n, true);
        EXPECT(fmpz_equal_ui(count, S.cells), "vertex %zu, counted %lu", S.cells, fmpz_get_ui(count));
        listing_clear(&S);
        fmpz_clear(count);
    } else {
        rc_batch_t batch;
        rc_batch_init(batch);
        slong units = rc_enumeration_units(E, 0), first = test_range(0, FLINT_MAX(0, units - 5));
        for (slong u = first; u < FLINT_MIN(units, first + 5); u++) {
            rc_limits limits;
            rc_limits_init(&limits);
            limits.max_cells = 1000;
            if (rc_enumeration_unit(batch, E, 0, u, &limits) == RC_OK && batch->cells > 0) listing_append(&L, batch);
        }
        EXPECT(L.cells > 0, "no cells");
        rc_batch_clear(batch);
        listing S;
        full_set(&S, &L, arr->n, false);
        listing_clear(&S);
    }
    check_bases(arr, E, &L, L.cells < 200 ? 100 : (int) (1 + 20000 / L.cells));
    if (getenv("RELUCERT_TEST_TIMES"))
        printf("  rank %ld: %zu cells, %.2f s\n", (long) rank, L.cells, rc_clock() - began);
    listing_clear(&L);
    rc_enumeration_free(E);
    report_wrong(arr);
    rc_arrangement_clear(arr);
}

/* ---- a hair apart ---- */

/* Forms all within 2^-bits of a few: determinants that doubles take for 0 and signs that they take for others. Mostly
   nearly parallel, nearly on a common flat, or exactly on one. */
static void test_hair(void)
{
    test_case("forms a hair apart");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long round = test_rounds(150); round > 0; round--) {
        int affine = test_chance(50);
        slong width = test_range(2, 5), n = random_number(width, affine, 200), few = test_range(1, width);
        slong bits = test_range(20, 700);
        fmpq_mat_t forms;
        fmpq_mat_init(forms, n, width);
        for (slong i = 0; i < n; i++) {
            for (slong c = 0; c < width; c++) {
                fmpz *x = fmpq_numref(fmpq_mat_entry(forms, i, c));
                if (i < few) {
                    fmpz_set_si(x, test_range(-9, 9));
                    continue;
                }
                fmpq_set(fmpq_mat_entry(forms, i, c), fmpq_mat_entry(forms, i % few, c));
                if (few > 1 && i % 3) fmpq_add(fmpq_mat_entry(forms, i, c), fmpq_mat_entry(forms, i, c),
                                              fmpq_mat_entry(forms, (i + 1) % few, c));
            }
            for (slong c = 0; c < width; c++) {
                fmpz *x = fmpq_numref(fmpq_mat_entry(forms, i, c));
                if (i == n - 1) continue;
                if (i >= few) {
                    fmpz_mul_2exp(x, x, (ulong) bits);
                    fmpz_add_si(x, x, test_range(-1, 1));
                }
            }
        }
        rc_arrangement_set_forms(arr, forms, affine);
        fmpq_mat_clear(forms);
        check_flag(arr, 20, true, round % 2 == 0);
        if (round % 3 == 0) check_flag(arr, 1, false, test_chance(50));
    }
    rc_arrangement_clear(arr);
}

/* ---- neighbours ---- */

/* u and v := rows of a random matrix of determinant 1 with entries of about the given number of bits. */
static void random_unimodular(int64_t u[2], int64_t v[2], int bits)
{
    u[0] = v[1] = 1;
    u[1] = v[0] = 0;
    while (llabs(u[0]) + llabs(u[1]) < 1LL << bits) {
        int64_t a = test_range(1, 5);
        for (int c = 0; c < 2; c++) {
            int64_t x = v[c] + a * u[c];
            v[c] = u[c];
            u[c] = x;
        }
    }
}

static long rung_at_neighbours[3];

/* Forms whose minors of two are tiny next to the minors that the walk multiplies: cross products that a double takes
   for 0 although all their factors are exact. A third coordinate of a bit may follow. */
static void test_neighbours(void)
{
    test_case("neighbours in a Farey sequence");
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (long round = test_rounds(200); round > 0; round--) {
        int affine = round % 5 == 0;
        slong width = 2 + round % 2, n = test_range(5, 12);
        int bits = (int) test_range(10, 22);
        int64_t u[2], v[2];
        random_unimodular(u, v, bits);
        fmpq_mat_t forms;
        fmpq_mat_init(forms, n, width);
        for (slong i = 0; i < n; i++) {
            int64_t a = test_range(-2, 2), b = test_range(-2, 2);
            for (slong c = 0; c < 2; c++)
                fmpz_set_si(fmpq_numref(fmpq_mat_entry(forms, i, c)), (slong) (a * u[c] + b * v[c]));
            if (i == 0) { /* the engine's first form: the first determinant is small, those that follow are not */
                fmpz_set_si(fmpq_numref(fmpq_mat_entry(forms, 0, 0)), 1);
                fmpz_set_si(fmpq_numref(fmpq_mat_entry(forms, 0, 1)), random_within(INT64_C(1) << bits, 20));
            }
            for (slong c = 2; c < width; c++)
                fmpz_set_si(fmpq_numref(fmpq_mat_entry(forms, i, c)), test_range(-1, 1));
        }
        rc_arrangement_set_forms(arr, forms, affine);
        fmpq_mat_clear(forms);
        int objective_bits = (int) test_range(1, 6);
        rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, false);
        if (E->parts > 0) {
            set_vertex(E, objective_bits, rc_kernel_best(), false);
            const rc_vertex_struct *V = E->part[E->lead].vertex;
            if (V->rank > 1) rung_at_neighbours[V->level[V->rank].rung]++;
        }
        rc_enumeration_free(E);
        check_flag(arr, objective_bits, false, false);
        if (round % 4 == 0) check_flag(arr, objective_bits, true, round % 8 == 0);
    }
    rc_arrangement_clear(arr);
    printf("  neighbours: %ld small, %ld medium, %ld approximate\n", rung_at_neighbours[0], rung_at_neighbours[1],
           rung_at_neighbours[2]);
    CHECK(10 * rung_at_neighbours[1] >= test_rounds(200), "only %ld medium", rung_at_neighbours[1]);
}

/* ---- sweeps ---- */

static void test_sweep(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int kind = 0; kind < KINDS; kind++) {
        test_case("swept lines, %s", kind_name(kind));
        for (long round = test_rounds(40); round > 0; round--) {
            int affine = test_chance(50);
            slong width = test_range(2, 5);
            slong n = round % 8 ? random_number(width, affine, 300) : 70;
            if (n == 70) width = 2 + affine;
            random_arrangement(arr, (kind_type) kind, n, width, affine);
            check_flag(arr, 20, test_chance(50), true);
        }
    }
    rc_arrangement_clear(arr);
}

/* ---- bounds of errors ---- */

/* x + t e for a random t in [-1, 1], often an end; e may be 0. */
static void random_near(fmpq_t out, double x, double e)
{
    fmpq_t error, share;
    fmpq_init(error);
    fmpq_init(share);
    rc_fmpq_set_d(out, x);
    rc_fmpq_set_d(error, e);
    fmpq_set_si(share, random_within(16, 60), 16);
    fmpq_mul(error, error, share);
    fmpq_add(out, out, error);
    fmpq_clear(error);
    fmpq_clear(share);
}

/* (x y - z w) / d */
static void exact_pivot_entry(fmpq_t out, const fmpq_t x, const fmpq_t y, const fmpq_t z, const fmpq_t w,
                              const fmpq_t d)
{
    fmpq_mul(out, x, y);
    fmpq_submul(out, z, w);
    fmpq_div(out, out, d);
}

static bool within(const fmpq_t x, double value, double error)
{
    fmpq_t bound, v;
    if (!(error < INFINITY)) return true;
    fmpq_init(bound);
    fmpq_init(v);
    rc_fmpq_set_d(bound, error);
    rc_fmpq_set_d(v, value);
    fmpq_sub(v, v, x);
    fmpq_abs(v, v);
    bool inside = fmpq_cmp(v, bound) <= 0;
    fmpq_clear(bound);
    fmpq_clear(v);
    return inside;
}

/* One step of elimination of entries that are off by at most their errors: the result is within its bound. The
   determinant is often hardly larger than its error. */
static void test_pivot_bound(void)
{
    test_case("the bound of the error of a pivot");
    double *A = numbers(), *B = numbers(), *X = numbers();
    fmpq_t a, b, p, f, d, x;
    fmpq_init(a);
    fmpq_init(b);
    fmpq_init(p);
    fmpq_init(f);
    fmpq_init(d);
    fmpq_init(x);
    for (long round = test_rounds(20000); round > 0; round--) {
        int way = test_chance(50) ? 0 : 3;
        double v[4], error[3], most;
        for (int i = 0; i < 4; i++) do v[i] = random_number_of(way); while (fabs(v[i]) > 0x1p100);
        for (int i = 0; i < 3; i++) {
            error[i] = ldexp(fabs(random_number_of(0)), (int) -test_range(0, 60));
            if (test_chance(40)) error[i] = 0;
        }
        double det = fabs(random_number_of(0)) + 0x1p-60;
        if (test_chance(50)) error[2] = det * (1 - ldexp(1, (int) -test_range(1, 20)));
        if (!(error[2] < det)) error[2] = 0;
        rc_pivot job = {.columns = 1, .n = RC_KERNEL_BLOCK, .x = &X, .a = (const double **) &A, .f = &v[3],
                        .peak = &most, .b = B, .p = v[2], .d = det};
        A[0] = v[0];
        B[0] = v[1];
        rc_kernel_best()->eliminate(&job);
        double bound = rc_pivot_error(fabs(v[0]), error[0], fabs(v[3]), fabs(v[1]), error[1], fabs(v[2]), error[2],
                                      1 / (det - error[2]), most);
        random_near(a, v[0], error[0]);
        random_near(f, v[3], error[0]);
        random_near(b, v[1], error[1]);
        random_near(p, v[2], error[1]);
        random_near(d, det, error[2]);
        exact_pivot_entry(x, a, p, b, f, d);
        CHECK(within(x, X[0], bound), "(%a * %a - %a * %a) / %a, errors %a, %a, %a: not within %a", v[0], v[2],
              v[1], v[3], det, error[0], error[1], error[2], bound);
    }
    free(A);
    free(B);
    free(X);
    fmpq_clear(a);
    fmpq_clear(b);
    fmpq_clear(p);
    fmpq_clear(f);
    fmpq_clear(d);
    fmpq_clear(x);
}

/* The same for q x - p y. */
static void test_cross_bound(void)
{
    test_case("the bound of the error of a cross product");
    fmpq_t q, x, p, y, one, cross;
    fmpq_init(q);
    fmpq_init(x);
    fmpq_init(p);
    fmpq_init(y);
    fmpq_init(one);
    fmpq_init(cross);
    fmpq_one(one);
    for (long round = test_rounds(20000); round > 0; round--) {
        double v[4], error[2], out[3];
        for (int i = 0; i < 4; i++) do v[i] = random_number_of(3); while (fabs(v[i]) > 0x1p100);
        for (int i = 0; i < 2; i++) {
            error[i] = ldexp(fabs(random_number_of(0)), (int) -test_range(0, 60));
            if (test_chance(40)) error[i] = 0;
        }
        if (error[0] + error[1] == 0) /* integers then */
            for (int i = 0; i < 4; i++) v[i] = (double) random_within(INT64_C(1) << test_range(1, 49), 20);
        /* y is of the column of q, x of that of p; their peaks are those of q and p or larger */
        rc_cross_error(out, fmax(fabs(v[0]), fabs(v[3])), error[0], fmax(fabs(v[2]), fabs(v[1])), error[1]);
        random_near(q, v[0], error[0]);
        random_near(x, v[1], error[1]);
        random_near(p, v[2], error[1]);
        random_near(y, v[3], error[0]);
        exact_pivot_entry(cross, q, x, p, y, one);
        double bound = out[0] * fabs(v[1]) + out[1] * fabs(v[3]) + out[2], value = v[0] * v[1] - v[2] * v[3];
        CHECK(within(cross, value, bound), "%a * %a - %a * %a, errors %a, %a: not within %a", v[0], v[1], v[2], v[3],
              error[0], error[1], bound);
    }
    fmpq_clear(q);
    fmpq_clear(x);
    fmpq_clear(p);
    fmpq_clear(y);
    fmpq_clear(one);
    fmpq_clear(cross);
}

/* The first tableau as doubles: integers where it is exact, else each entry, scaled by its row's and its column's power
   of 2, within its column's error. The powers: of the row that its largest entry, of the column that its largest entry
   then, is in [1/2, 1). */
static void check_table(const rc_level_struct *L)
{
    slong n = L->n, dim = L->dim;
    bool scaled = L->rung == RC_RUNG_APPROXIMATE;
    fmpq_t x;
    fmpq_init(x);
    slong *row = flint_malloc((size_t) n * sizeof(slong));
    for (slong k = 0; k < n; k++) row[k] = FLINT_ABS(_fmpz_vec_max_bits(fmpz_mat_entry(L->exact, k, 0), dim));
    for (slong o = 0; o < dim; o++) {
        slong column = WORD_MIN;
        double peak = 0;
        for (slong k = 0; k < n; k++)
            if (!fmpz_is_zero(fmpz_mat_entry(L->exact, k, o)))
                column = FLINT_MAX(column, (slong) fmpz_bits(fmpz_mat_entry(L->exact, k, o)) - row[k]);
        EXPECT(scaled || L->error[o] == 0, "column %ld: error %a of integers", (long) o, L->error[o]);
        for (slong k = 0; k < n; k++) {
            double value = L->table[o * L->slots + k];
            fmpq_set_fmpz(x, fmpz_mat_entry(L->exact, k, o));
            if (scaled && !fmpq_is_zero(x)) mul_2exp(x, -row[k] - column);
            EXPECT(within(x, value, L->error[o]), "row %ld, column %ld: %a", (long) k, (long) o, value);
            peak = fmax(peak, fabs(value));
        }
        EXPECT(L->peak[o] == peak, "column %ld: peak %a", (long) o, L->peak[o]);
        EXPECT(L->error[o] <= 0x1p-50 * peak + 0x1p-800, "column %ld: error %a", (long) o, L->error[o]);
    }
    EXPECT(scaled || fmpz_equal_si(L->det, (slong) L->first_det), "determinant %a", L->first_det);
    flint_free(row);
    fmpq_clear(x);
}

static void test_tables(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (int kind = 0; kind < KINDS; kind++) {
        test_case("the first tableau, %s", kind_name(kind));
        for (long round = test_rounds(30); round > 0; round--) {
            slong width = test_range(1, 6);
            random_arrangement(arr, (kind_type) kind, test_range(width, 12), width, test_chance(50));
            rc_enumeration_struct *E = rc_enumeration_new(arr, RC_ENGINE_VERTEX, false);
            listing L;
            list_all(&L, E, false);
            for (slong p = 0; p < E->parts; p++)
                for (slong i = 1; i <= E->part[p].rank; i++) check_table(E->part[p].vertex->level + i);
            listing_clear(&L);
            rc_enumeration_free(E);
            report_wrong(arr);
        }
    }
    rc_arrangement_clear(arr);
}

/* ---- rungs ---- */

/* The largest absolute minor of rows of H (few), with w as the last row if it is not NULL. */
static void largest_minor(fmpz_t most, const fmpz_mat_t H, const fmpz *w)
{
    slong n = fmpz_mat_nrows(H), dim = fmpz_mat_ncols(H), taken = dim - (w != NULL);
    fmpz_mat_t M;
    fmpz_t x;
    fmpz_init(x);
    fmpz_mat_init(M, dim, dim);
    if (w) _fmpz_vec_set(fmpz_mat_entry(M, dim - 1, 0), w, dim);
    fmpz_zero(most);
    for (ulong subset = 0; subset < UWORD(1) << n; subset++) {
        if (__builtin_popcountll(subset) != taken) continue;
        slong row = 0;
        for (slong k = 0; k < n; k++)
            if (subset >> k & 1) _fmpz_vec_set(fmpz_mat_entry(M, row++, 0), fmpz_mat_entry(H, k, 0), dim);
        fmpz_mat_det(x, M);
        if (fmpz_cmpabs(x, most) > 0) fmpz_abs(most, x);
    }
    fmpz_mat_clear(M);
    fmpz_clear(x);
}

/* Rows (+-t_1, .., +-t_order) with the signs of a Hadamard matrix, t_1 .. t_order = t or t + 1: their minor nearly
   attains Hadamard's bound. Then some further rows of 0 and +-t_i, of smaller norms, so that the bound stays. */
static void hadamard_rows(rc_arrangement_t arr, slong order, slong t, slong larger, slong further)
{
    fmpq_mat_t forms;
    fmpq_mat_init(forms, order + further, order);
    for (slong i = 0; i < order + further; i++) {
        for (slong c = 0; c < order; c++) {
            slong sign = i >= order ? test_range(-1, 1) : __builtin_popcountll((ulong) (i & c)) % 2 ? -1 : 1;
            fmpq_set_si(fmpq_mat_entry(forms, i, c), sign * (t + (c < larger)), 1);
        }
    }
    rc_arrangement_set_forms(arr, forms, 0);
    fmpq_mat_clear(forms);
}

static long rungs_seen[3], close_below[2];

/* On the exact rungs all products of two minors, of forms or one of them the objective's, are at most 2^52 (small), all
   minors below 2^49 (medium). */
static void check_rung(const rc_vertex_struct *V)
{
    const rc_level_struct *L = V->level + V->rank;
    fmpz_t forms, objective, product;
    fmpz_init(forms);
    fmpz_init(objective);
    fmpz_init(product);
    largest_minor(forms, V->forms, NULL);
    largest_minor(objective, V->forms, fmpz_mat_entry(L->objective, 0, 0));
    const fmpz *most = fmpz_cmp(forms, objective) > 0 ? forms : objective;
    fmpz_mul(product, forms, most);
    if (L->rung == RC_RUNG_SMALL) {
        EXPECT(fmpz_bits(product) <= 52, "a product of %lu bits on the small rung", fmpz_bits(product));
        close_below[0] += fmpz_bits(product) >= 50;
    }
    if (L->rung == RC_RUNG_MEDIUM) {
        EXPECT(fmpz_bits(most) <= 49, "a minor of %lu bits on the medium rung", fmpz_bits(most));
        close_below[1] += fmpz_bits(most) >= 48;
    }
    rungs_seen[L->rung]++;
    fmpz_clear(forms);
    fmpz_clear(objective);
    fmpz_clear(product);
}

static void check_hadamard(rc_arrangement_t arr, slong order, slong t, slong larger, int bits, bool listed)
{
    rc_vertex_t V;
    hadamard_rows(arr, order, t, larger, order == 4 ? 3 : 1);
    rc_vertex_init(V, arr->forms, bits, rc_kernel_best());
    check_rung(V);
    rc_vertex_clear(V);
    if (listed) check_flag(arr, bits, test_chance(50), test_chance(20));
    report_wrong(arr);
}

/* Minors as large as Hadamard's bound allows, just below and just above what the rungs hold. */
static void test_rungs(void)
{
    rc_arrangement_t arr;
    rc_arrangement_init(arr);
    for (slong order = 4; order <= 8; order += 4) {
        test_case("Hadamard matrices of order %ld at the limits of the rungs", (long) order);
        /* Minors of forms around 2^26 and 2^49, */
        static const slong from[2][2] = {{43, 2430}, {2, 23}}, to[2][2] = {{56, 2440}, {4, 26}};
        for (int limit = 0; limit < 2; limit++)
            for (slong t = from[order / 8][limit]; t <= to[order / 8][limit]; t++)
                for (slong larger = 1; larger < order; larger += order / 4)
                    check_hadamard(arr, order, t, larger, 1, t % 2 == 0 && larger == 1);
        /* and small ones, with objectives of more and more bits. */
        for (int bits = 8; bits <= 50; bits++)
            for (slong larger = 1; larger < 4; larger++)
                check_hadamard(arr, order, order == 4 ? 2 : 1, larger, bits, larger == 1 && bits % 3 == 0);
    }
    rc_arrangement_clear(arr);
    test_case("limits of the rungs have been approached");
    printf("  Hadamard matrices: %ld small, %ld of them within 2 bits; %ld medium, %ld within 1 bit; %ld approximate\n",
           rungs_seen[0], close_below[0], rungs_seen[1], close_below[1], rungs_seen[2]);
    CHECK(close_below[0] >= 5 && close_below[1] >= 5 && rungs_seen[2] >= 10, "too few");
}

int main(void)
{
    test_start("t-vertex");
    test_kernels();
    test_engine_kernels();
    test_ties();
    test_hair();
    test_neighbours();
    test_sweep();
    test_pivot_bound();
    test_cross_bound();
    test_tables();
    test_rungs();
    for (slong rank = 8; rank <= 12; rank += 2) test_high_rank(rank, 1, TINY, true);
    test_high_rank(9, 2, DOUBLES, true);
    test_high_rank(10, 2, SMALL, true);
    test_high_rank(11, 1, WIDE, true);
    test_high_rank(12, 1, DOUBLES, true);
    test_high_rank(10, 2, SCALED, false);
    for (slong rank = 16; rank <= 24; rank += 4) {
        test_high_rank(rank, 1, DOUBLES, false);
        test_high_rank(rank, 2, SMALL, false);
    }
    int status = test_finish();
    flint_cleanup();
    return status;
}
