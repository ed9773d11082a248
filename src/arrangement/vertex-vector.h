/* The loops of vertex-kernel.h in vector instructions. Included once for each instruction set, with LANES, VECTOR,
   WITH (the function attribute), OP (the instruction of a name), NAME (a name's suffix), and absolute, nearest,
   largest, greater. */

WITH static void NAME(eliminate)(const rc_pivot *job)
{
    const VECTOR p = OP(set1)(job->p), inverse = OP(set1)(1 / job->d);
    for (slong c = 0; c < job->columns; c++) {
        const VECTOR f = OP(set1)(job->f[c]);
        const double *a = job->a[c], *b = job->b;
        VECTOR most = OP(setzero)();
        for (slong s = 0; s < job->n; s += LANES) {
            VECTOR v = OP(sub)(OP(mul)(OP(load)(a + s), p), OP(mul)(OP(load)(b + s), f));
            v = OP(mul)(v, inverse);
            OP(store)(job->x[c] + s, v);
            most = OP(max)(most, NAME(absolute)(v));
        }
        job->peak[c] = NAME(largest)(most);
    }
}

WITH static void NAME(eliminate_small)(const rc_pivot *job)
{
    const VECTOR p = OP(set1)(job->p), inverse = OP(set1)(1 / job->d);
    for (slong c = 0; c < job->columns; c++) {
        const VECTOR f = OP(set1)(job->f[c]);
        const double *a = job->a[c], *b = job->b;
        for (slong s = 0; s < job->n; s += LANES) {
            VECTOR v = OP(sub)(OP(mul)(OP(load)(a + s), p), OP(mul)(OP(load)(b + s), f));
            OP(store)(job->x[c] + s, NAME(nearest)(OP(mul)(v, inverse)));
        }
    }
}

/* a p - b f, or a double of its sign within 2^-52 of it */
WITH static inline VECTOR NAME(cross)(VECTOR a, VECTOR p, VECTOR b, VECTOR f)
{
    VECTOR h1 = OP(mul)(a, p), l1 = OP(fmsub)(a, p, h1), h2 = OP(mul)(b, f), l2 = OP(fmsub)(b, f, h2);
    return OP(add)(OP(sub)(h1, h2), OP(sub)(l1, l2));
}

WITH static void NAME(eliminate_medium)(const rc_pivot *job)
{
    const VECTOR p = OP(set1)(job->p), inverse = OP(set1)(1 / job->d);
    for (slong c = 0; c < job->columns; c++) {
        const VECTOR f = OP(set1)(job->f[c]);
        const double *a = job->a[c], *b = job->b;
        VECTOR most = OP(setzero)();
        for (slong s = 0; s < job->n; s += LANES) {
            VECTOR v = NAME(cross)(OP(load)(a + s), p, OP(load)(b + s), f);
            v = NAME(nearest)(OP(mul)(v, inverse));
            OP(store)(job->x[c] + s, v);
            most = OP(max)(most, NAME(absolute)(v));
        }
        job->peak[c] = NAME(largest)(most);
    }
}

WITH static inline void NAME(signs)(uint64_t *positive, uint64_t *negative, const double *q, const double *p, slong n,
                                    double x, double y, double e)
{
    const VECTOR vx = OP(set1)(x), vy = OP(set1)(y), high = OP(set1)(e), low = OP(set1)(-e);
    for (slong w = 0; 64 * w < n; w++) {
        slong top = FLINT_MIN(n, 64 * w + 64);
        uint64_t more = 0, less = 0;
        for (slong s = 64 * w; s < top; s += LANES) {
            VECTOR v = OP(sub)(OP(mul)(OP(load)(q + s), vx), OP(mul)(OP(load)(p + s), vy));
            more |= NAME(greater)(v, high) << (s & 63);
            less |= NAME(greater)(low, v) << (s & 63);
        }
        positive[w] = more;
        negative[w] = less;
    }
}

WITH static inline void NAME(signs_exact)(uint64_t *positive, uint64_t *negative, const double *q, const double *p,
                                          slong n, double x, double y)
{
    const VECTOR vx = OP(set1)(x), vy = OP(set1)(y), none = OP(setzero)();
    for (slong w = 0; 64 * w < n; w++) {
        slong top = FLINT_MIN(n, 64 * w + 64);
        uint64_t more = 0, less = 0;
        for (slong s = 64 * w; s < top; s += LANES) {
            VECTOR v = NAME(cross)(OP(load)(q + s), vx, OP(load)(p + s), vy);
            more |= NAME(greater)(v, none) << (s & 63);
            less |= NAME(greater)(none, v) << (s & 63);
        }
        positive[w] = more;
        negative[w] = less;
    }
}

WITH static void NAME(large)(uint64_t *mask, const double *x, slong n, double e)
{
    const VECTOR high = OP(set1)(e);
    for (slong w = 0; 64 * w < n; w++) {
        slong top = FLINT_MIN(n, 64 * w + 64);
        uint64_t bits = 0;
        for (slong s = 64 * w; s < top; s += LANES)
            bits |= NAME(greater)(NAME(absolute)(OP(load)(x + s)), high) << (s & 63);
        mask[w] = bits;
    }
}
