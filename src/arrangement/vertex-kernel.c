/* Three versions of the same loops: AVX-512, AVX2 with FMA, and plain C. */
#include "arrangement/vertex-kernel.h"

#include <math.h>
#include <stddef.h>

/* ---- plain C ---- */

static void eliminate(const rc_pivot *job)
{
    double inverse = 1 / job->d;
    for (slong c = 0; c < job->columns; c++) {
        double *x = job->x[c], most = 0;
        for (slong s = 0; s < job->n; s++) {
            x[s] = (job->a[c][s] * job->p - job->b[s] * job->f[c]) * inverse;
            most = fmax(most, fabs(x[s]));
        }
        job->peak[c] = most;
    }
}

/* Products and difference are at most 2^53, so exact. The rounded product with the rounded inverse misses the
   quotient, an integer below 2^49, by less than 2^49 * 3 * 2^-53 < 1/2. */
static void eliminate_small(const rc_pivot *job)
{
    double inverse = 1 / job->d;
    for (slong c = 0; c < job->columns; c++)
        for (slong s = 0; s < job->n; s++)
            job->x[c][s] = nearbyint((job->a[c][s] * job->p - job->b[s] * job->f[c]) * inverse);
}

__extension__ typedef __int128 wide;

/* a p - b f for integers below 2^49 */
static inline wide wide_cross(double a, double p, double b, double f)
{
    return (wide) (int64_t) a * (int64_t) p - (wide) (int64_t) b * (int64_t) f;
}

static void eliminate_medium(const rc_pivot *job)
{
    for (slong c = 0; c < job->columns; c++) {
        double *x = job->x[c], most = 0;
        for (slong s = 0; s < job->n; s++) {
            x[s] = (double) (int64_t) (wide_cross(job->a[c][s], job->p, job->b[s], job->f[c]) / (int64_t) job->d);
            most = fmax(most, fabs(x[s]));
        }
        job->peak[c] = most;
    }
}

static inline void signs(uint64_t *positive, uint64_t *negative, const double *q, const double *p, slong n, double x,
                         double y, double e)
{
    for (slong w = 0; 64 * w < n; w++) {
        slong top = FLINT_MIN(n - 64 * w, 64);
        const double *qw = q + 64 * w, *pw = p + 64 * w;
        uint64_t more = 0, less = 0;
        for (slong s = 0; s < top; s++) {
            double v = qw[s] * x - pw[s] * y;
            more |= (uint64_t) (v > e) << s;
            less |= (uint64_t) (v < -e) << s;
        }
        positive[w] = more;
        negative[w] = less;
    }
}

static inline void signs_exact(uint64_t *positive, uint64_t *negative, const double *q, const double *p, slong n,
                               double x, double y)
{
    for (slong w = 0; 64 * w < n; w++) positive[w] = negative[w] = 0;
    for (slong s = 0; s < n; s++) {
        wide v = wide_cross(q[s], x, p[s], y);
        positive[s / 64] |= (uint64_t) (v > 0) << (s % 64);
        negative[s / 64] |= (uint64_t) (v < 0) << (s % 64);
    }
}

static void large(uint64_t *mask, const double *x, slong n, double e)
{
    for (slong w = 0; 64 * w < n; w++) {
        slong top = FLINT_MIN(n - 64 * w, 64);
        uint64_t bits = 0;
        for (slong s = 0; s < top; s++) bits |= (uint64_t) (fabs(x[64 * w + s]) > e) << s;
        mask[w] = bits;
    }
}

/* ---- a line, for any of the versions of `signs` ---- */

typedef void (*signs_function)(uint64_t *, uint64_t *, const double *, const double *, slong, double, double, double);
typedef void (*exact_function)(uint64_t *, uint64_t *, const double *, const double *, slong, double, double);

/* All bits equal to b. */
static inline uint64_t all(bool b)
{
    return -(uint64_t) b;
}

/* vertex.h tells what a cell's signs are; the vertices at which j is not the least row have none. W, small and
   slots come as constants where that makes this fast. */
static inline __attribute__((always_inline)) size_t line_cells(uint64_t *out, slong *stuck, rc_line *line,
                                                               const slong W, const bool small, const slong slots,
                                                               signs_function signs_here, exact_function exactly)
{
    if (slots <= 64 * (W - 1)) __builtin_unreachable(); /* `signs` sets all W words */
    const rc_line L = *line;
    uint64_t *cell = out;
    *stuck = -1;
    for (slong v = 0; v < W && *stuck < 0; v++) {
        uint64_t todo = L.todo[v];
        for (; todo; todo &= todo - 1) {
            slong k = __builtin_ctzll(todo), j = 64 * v + k;
            uint64_t here = UINT64_C(1) << k;
            bool up = L.p_plus[v] >> k & 1;
            if ((small || L.medium) && !(up || (L.p_minus[v] >> k & 1))) continue;
            double p = L.P[j], q = L.Q[j], e = small ? 0 : L.error[0] * fabs(p) + L.error[1] * fabs(q) + L.error[2];
            uint64_t plus[RC_LINE_WORDS], minus[RC_LINE_WORDS], zero[RC_LINE_WORDS], others = 0, less = 0;
            signs_here(plus, minus, L.Q, L.P, slots, p, q, e);
            for (slong w = 0; w < W; w++) {
                zero[w] = L.live[w] & ~(plus[w] | minus[w]) & ~(w == v ? here : 0);
                others |= zero[w];
            }
            if (!small && others && L.medium) {
                others = 0;
                exactly(plus, minus, L.Q, L.P, slots, p, q);
                for (slong w = 0; w < W; w++) zero[w] = L.live[w] & ~(plus[w] | minus[w]) & ~(w == v ? here : 0);
            }
            for (slong w = 0; w < W; w++) less |= zero[w] & rc_mask_below(j, w);
            if ((small || L.medium) && less) continue;
            bool top = plus[0] & 1;
            if (!((plus[0] | minus[0]) & 1) || !(L.settled[v] & here) || (!small && !L.medium && others)) {
                *stuck = j;
                break;
            }
            bool rising = top == L.rising;
            for (slong w = 0; w < W; w++) {
                uint64_t signs_there = (minus[w] ^ ((plus[w] ^ minus[w]) & all(up))) & L.live[w];
                signs_there |= (L.p_minus[w] ^ ((L.p_plus[w] ^ L.p_minus[w]) & all(rising == up))) & zero[w];
                cell[w] = signs_there | (w == v ? here & all(rising) : 0) | (w == 0) | L.minus[w];
            }
            for (slong m = 1; m <= L.depth; m++) {
                uint64_t same = all((L.c_plus[m][v] >> k & 1) == top);
                for (slong w = 0; w < W; w++) cell[w] ^= L.both[m][w] & same;
            }
            cell += W;
        }
        line->todo[v] = todo;
    }
    return (size_t) (cell - out) / (size_t) W;
}

static size_t line_cells_portable(uint64_t *out, slong *stuck, rc_line *line, slong W)
{
    return line_cells(out, stuck, line, W, line->small, line->slots, signs, signs_exact);
}

static const rc_kernel portable = {"plain C", eliminate, eliminate_small, eliminate_medium, signs, signs_exact, large,
                                   line_cells_portable};

const rc_kernel *rc_kernel_portable(void)
{
    return &portable;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

/* a p - b f of integers below 2^49 with a fused multiply-add: h1 + l1 = a p and h2 + l2 = b f exactly, below 2^98,
   and the l are integers of at most 2^44, so l1 - l2 is exact. If h1 and h2 are within a factor of 2, h1 - h2 is
   exact too, so that the rounded sum (h1 - h2) + (l1 - l2) has the sign of a p - b f; else |h1 - h2| exceeds the
   rest by far, and it has that sign as well. It misses a p - b f by at most 2^-53 (|h1 - h2| + |sum|); times the
   rounded inverse of d >= 1 that is an error below 2^49 * 4.1 * 2^-53 < 1/2 in a quotient known to be an integer
   below 2^49. */

/* ---- AVX-512 ---- */

#define WITH_512 __attribute__((target("avx512f,avx512bw,avx512dq")))

WITH_512 static inline __m512d absolute_512(__m512d x)
{
    return _mm512_abs_pd(x);
}

WITH_512 static inline __m512d nearest_512(__m512d x)
{
    return _mm512_roundscale_pd(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

WITH_512 static inline double largest_512(__m512d x)
{
    return _mm512_reduce_max_pd(x);
}

/* Bit i: x_i > y_i. */
WITH_512 static inline uint64_t greater_512(__m512d x, __m512d y)
{
    return _mm512_cmp_pd_mask(x, y, _CMP_GT_OQ);
}

#define LANES 8
#define VECTOR __m512d
#define WITH WITH_512
#define OP(name) _mm512_##name##_pd
#define NAME(name) name##_512
#include "arrangement/vertex-vector.h"
#undef LANES
#undef VECTOR
#undef WITH
#undef OP
#undef NAME

/* One word: all masks stay in registers. */
WITH_512 static inline __attribute__((always_inline)) void signs_word_512(uint64_t *positive, uint64_t *negative,
                                                                          const double *q, const double *p, slong n,
                                                                          double x, double y, double e)
{
    const __m512d vx = _mm512_set1_pd(x), vy = _mm512_set1_pd(y), above = _mm512_set1_pd(e);
    const __m512d below = _mm512_set1_pd(-e);
    __mmask8 more[8] = {0}, less[8] = {0};
#pragma GCC unroll 8
    for (slong b = 0; b < n / 8; b++) {
        __m512d v = _mm512_sub_pd(_mm512_mul_pd(_mm512_load_pd(q + 8 * b), vx),
                                  _mm512_mul_pd(_mm512_load_pd(p + 8 * b), vy));
        more[b] = _mm512_cmp_pd_mask(v, above, _CMP_GT_OQ);
        less[b] = _mm512_cmp_pd_mask(v, below, _CMP_LT_OQ);
    }
#define JOIN(m) \
    _mm512_kunpackd(_mm512_kunpackw(_mm512_kunpackb(m[7], m[6]), _mm512_kunpackb(m[5], m[4])), \
                    _mm512_kunpackw(_mm512_kunpackb(m[3], m[2]), _mm512_kunpackb(m[1], m[0])))
    *positive = JOIN(more);
    *negative = JOIN(less);
#undef JOIN
}

/* Two words, of which the first is full. */
WITH_512 static inline __attribute__((always_inline)) void signs_pair_512(uint64_t *positive, uint64_t *negative,
                                                                          const double *q, const double *p, slong n,
                                                                          double x, double y, double e)
{
    signs_word_512(positive, negative, q, p, 64, x, y, e);
    signs_word_512(positive + 1, negative + 1, q + 64, p + 64, n - 64, x, y, e);
}

WITH_512 static size_t line_cells_512(uint64_t *out, slong *stuck, rc_line *line, slong W)
{
    (void) W;
#define WITH_SLOTS(W, slots, signs_here) \
    case slots: \
        return line->small ? line_cells(out, stuck, line, W, true, slots, signs_here, signs_exact_512) \
                           : line_cells(out, stuck, line, W, false, slots, signs_here, signs_exact_512)
#define WITH_BLOCKS(blocks) \
    WITH_SLOTS(1, 8 * (blocks), signs_word_512); \
    WITH_SLOTS(2, 64 + 8 * (blocks), signs_pair_512)
    switch (line->slots) {
        WITH_BLOCKS(1);
        WITH_BLOCKS(2);
        WITH_BLOCKS(3);
        WITH_BLOCKS(4);
        WITH_BLOCKS(5);
        WITH_BLOCKS(6);
        WITH_BLOCKS(7);
        WITH_BLOCKS(8);
    }
#undef WITH_BLOCKS
#undef WITH_SLOTS
    flint_abort();
}

static const rc_kernel with_512 = {"AVX-512", eliminate_512, eliminate_small_512, eliminate_medium_512, signs_512,
                                   signs_exact_512, large_512, line_cells_512};

/* ---- AVX2 and FMA ---- */

#define WITH_256 __attribute__((target("avx2,fma")))

WITH_256 static inline __m256d absolute_256(__m256d x)
{
    return _mm256_andnot_pd(_mm256_set1_pd(-0.0), x);
}

WITH_256 static inline __m256d nearest_256(__m256d x)
{
    return _mm256_round_pd(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

WITH_256 static inline double largest_256(__m256d x)
{
    double v[4];
    _mm256_storeu_pd(v, x);
    return fmax(fmax(v[0], v[1]), fmax(v[2], v[3]));
}

/* Bit i: x_i > y_i. */
WITH_256 static inline uint64_t greater_256(__m256d x, __m256d y)
{
    return (uint64_t) _mm256_movemask_pd(_mm256_cmp_pd(x, y, _CMP_GT_OQ));
}

#define LANES 4
#define VECTOR __m256d
#define WITH WITH_256
#define OP(name) _mm256_##name##_pd
#define NAME(name) name##_256
#include "arrangement/vertex-vector.h"
#undef LANES
#undef VECTOR
#undef WITH
#undef OP
#undef NAME

WITH_256 static size_t line_cells_256(uint64_t *out, slong *stuck, rc_line *line, slong W)
{
    if (W == 1)
        return line->small ? line_cells(out, stuck, line, 1, true, line->slots, signs_256, signs_exact_256)
                           : line_cells(out, stuck, line, 1, false, line->slots, signs_256, signs_exact_256);
    return line_cells(out, stuck, line, W, line->small, line->slots, signs_256, signs_exact_256);
}

static const rc_kernel with_256 = {"AVX2", eliminate_256, eliminate_small_256, eliminate_medium_256, signs_256,
                                   signs_exact_256, large_256, line_cells_256};

#endif

const rc_kernel *rc_kernel_number(int i)
{
    const rc_kernel *list[3];
    int n = 0;
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq")) list[n++] = &with_512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) list[n++] = &with_256;
#endif
    list[n++] = &portable;
    return i >= 0 && i < n ? list[i] : NULL;
}

const rc_kernel *rc_kernel_best(void)
{
    return rc_kernel_number(0);
}
