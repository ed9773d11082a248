/* The inner loops of the vertex engine, for the processor at hand. */
#ifndef RELUCERT_ARRANGEMENT_VERTEX_KERNEL_H
#define RELUCERT_ARRANGEMENT_VERTEX_KERNEL_H

#include <flint/flint.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The error bounds are those of IEEE doubles, each operation rounded to nearest by itself. */
#if defined(__FAST_MATH__) || FLT_EVAL_METHOD != 0 || FLT_RADIX != 2 || DBL_MANT_DIG != 53
#error "relucert needs IEEE double arithmetic: no -ffast-math; on 32-bit x86, -msse2 -mfpmath=sse"
#endif

/* Lengths n are multiples of RC_KERNEL_BLOCK; arrays are aligned to 64 bytes. Masks have bit s % 64 of word s / 64 for
   entry s and (n + 63) / 64 words, whose bits from n on are cleared. Comparisons with a NaN are false. */
#define RC_KERNEL_BLOCK 8

/* n, rounded up to a length. */
static inline slong rc_kernel_length(slong n)
{
    return (n + RC_KERNEL_BLOCK - 1) / RC_KERNEL_BLOCK * RC_KERNEL_BLOCK;
}

static inline bool rc_mask_bit(const uint64_t *mask, slong k)
{
    return mask[k / 64] >> (k % 64) & 1;
}

static inline void rc_mask_set(uint64_t *mask, slong k, bool value)
{
    uint64_t one = UINT64_C(1) << (k % 64);
    if (value) mask[k / 64] |= one;
    else mask[k / 64] &= ~one;
}

/* Bits below k of word w. */
static inline uint64_t rc_mask_below(slong k, slong w)
{
    return k >= 64 * w + 64 ? ~UINT64_C(0) : k <= 64 * w ? 0 : (UINT64_C(1) << (k - 64 * w)) - 1;
}

/* A line of the walk (vertex.h), with at most 64 RC_LINE_WORDS rows: everything about it that does not depend on j.
   Bits of sequence number m = 1 .. depth are at [m][w]. */
#define RC_LINE_WORDS 2
typedef uint64_t rc_line_mask[RC_LINE_WORDS];

typedef struct {
    const double *P, *Q;   /* the two columns, `slots` long */
    slong slots;
    bool small, medium;    /* integers: exact products; below 2^49 */
    double error[3];       /* a bound of the error of q_k p_j - p_k q_j: error[0] |p_j| + error[1] |q_j| + error[2] */
    bool rising;           /* the objective grows along the line */
    slong depth;
    rc_line_mask todo;     /* rows j to be looked at, increasing; those done are taken out */
    rc_line_mask live, p_plus, p_minus;
    rc_line_mask settled;  /* rows j for which the signs of p_j and all c_m p_j - p_0 g_jm are known */
    const rc_line_mask *c_plus; /* c_m p_j - p_0 g_jm > 0 */
    rc_line_mask minus;    /* rows that have the opposite of some c_m's sign */
    const rc_line_mask *both;   /* rows that have the sign of c_m, or the opposite one */
} rc_line;

/* A bound of the error of q_k x - p_k y by rc_kernel.signs, x and p_k of a column with peak P and error ep, y and
   q_k of one with peak Q and error eq, is  out[0] |x| + out[1] |y| + out[2]: by rounding 2 u (|q_k x| + |p_k y|)
   with u = 2^-53, doubled here, and by the errors of the entries eq (P + |x|) + ep (Q + |y|) + 2 eq ep. */
static inline void rc_cross_error(double out[3], double Q, double eq, double P, double ep)
{
    out[0] = 0x1p-51 * Q + 1.01 * eq;
    out[1] = 0x1p-51 * P + 1.01 * ep;
    out[2] = eq + ep == 0 ? 0 : 1.01 * (eq * P + ep * Q + 2 * eq * ep) + 0x1p-1000;
}

/* For c = 0 .. columns - 1 and s < n:  x[c]_s = (a[c]_s p - b_s f[c]) / d,  peak[c] = max |x[c]_s|. */
typedef struct {
    slong columns, n;
    double **x;
    const double **a;
    double *f, *peak;
    const double *b;
    double p, d;
} rc_pivot;

/* A bound of the error of x = (a p - b f) / d computed by rc_kernel.eliminate with results at most R, where a and f
   are in a column of peak A and error ea, b and p in one of peak B and error eb, and d has the error ed < d; given
   are |f|, |p| and `inverse` = 1 / (d - ed). With u = 2^-53 the numerator is off by  (A + |f|) eb + (B + |p|) ea +
   2 ea eb  as its entries are, and by  2 u (A |p| + B |f|)(1 + u)  through two products and their difference, to be
   divided by the true determinant, at least d - ed; the quotient is off by R ed / (d - ed) as d is, and by 2 u R (1
   + u) through the rounded inverse and the last product. The factor covers the rounding of this function, the last
   term underflow. */
static inline double rc_pivot_error(double A, double ea, double f, double B, double eb, double p, double ed,
                                    double inverse, double R)
{
    double entries = (A + f) * eb + (B + p) * ea + 2 * ea * eb;
    double numerator = entries + 0x3p-53 * (A * p + B * f) + 0x1p-1000;
    double e = 1.001 * (numerator * inverse + R * (ed * inverse + 0x3p-53));
    return e < INFINITY ? e : INFINITY;
}

typedef struct {
    const char *name;
    /* One step of elimination in several columns: see rc_pivot. `eliminate`: to rounding, two products, a
       difference, a product with the rounded 1 / d. `eliminate_small`: exact, for integers with |a_s p|, |b_s f| <=
       2^52 whose quotient is an integer below 2^49; no peaks. `eliminate_medium`: exact, for integers below 2^49
       with such quotients. */
    void (*eliminate)(const rc_pivot *job);
    void (*eliminate_small)(const rc_pivot *job);
    void (*eliminate_medium)(const rc_pivot *job);
    /* With v_s = q_s x - p_s y to rounding (two products and a difference): positive: v_s > e; negative: v_s < -e. */
    void (*signs)(uint64_t *positive, uint64_t *negative, const double *q, const double *p, slong n, double x, double y,
                  double e);
    /* The same with e = 0 for the exact v_s, of integers below 2^49. */
    void (*signs_exact)(uint64_t *positive, uint64_t *negative, const double *q, const double *p, slong n, double x,
                        double y);
    /* |x_s| > e. */
    void (*large)(uint64_t *mask, const double *x, slong n, double e);
    /* Writes the cells of the rows to be done, W = 1 .. RC_LINE_WORDS words each, one after the other, until none
       is left (returns the number of cells, *stuck = -1) or the filter cannot tell a sign at row *stuck, which
       stays to be done. Room for all is expected. */
    size_t (*line)(uint64_t *out, slong *stuck, rc_line *line, slong W);
} rc_kernel;

/* Those that the processor can run, the best first, plain C last; NULL from there on. */
const rc_kernel *rc_kernel_number(int i);
const rc_kernel *rc_kernel_best(void);     /* chosen once by what the processor has */
const rc_kernel *rc_kernel_portable(void); /* plain C; the oracle of the others */

#endif
