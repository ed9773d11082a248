/* A descent in doubles to scales of the neurons that make lambda_max small [N 100], and to vectors that show how small it can
   be at most. It proposes; what scales and vectors are worth is decided exactly (flattest.c). */
#include "descent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "relucert/surd.h"

enum { BLOCK = 6, FIRST_MULTIPLICATIONS = 40, MULTIPLICATIONS = 8, SWEEPS = 12, LEAST_STEPS = 80, MOST_STEPS = 1500 };
enum { MEMORY = 10, HALVINGS = 12 };
enum { VECTOR_BITS = 36 };
#define WORK 4e9 /* steps times n^2 m, about */

/* lambda_max(K) for scales kappa_i = c_i^2: n K = 1 + sum_i kappa_i w2_i^2 G o I_i I_i^T + sigma_i sigma_i^T / kappa_i is
   convex in log kappa. For W >= 0 of trace 1, n lambda_max(K) >= <W, n K> >= <W, 1> + 2 sum_i sqrt(alpha_i beta_i)
   whatever kappa, alpha_i = w2_i^2 <W, G o I_i I_i^T>, beta_i = <W, sigma_i sigma_i^T>. Certificates hold what is found here, so
   only operations are used whose results IEEE 754 fixes: + - * / and sqrt. */
typedef struct {
    slong n, m, block;
    double *G;            /* n x n: <x_j, x_l> + 1 */
    double *sigma;        /* m x n: sqrt(q_i) max(0, p_ji) */
    double *outer;        /* m: w2_i^2 */
    double *kappa, *old, *best; /* m */
    double *alpha, *beta; /* m */
    double *slope, *before, *way; /* m: derivatives by log kappa, the last ones, where to go */
    double *moves, *changes;      /* MEMORY x m: the last moves, and how they changed the slope */
    slong remembered;
    double *K, *W;        /* n x n */
    double *V, *image;    /* block x n: the first eigenvectors of K, about, */
    double theta[BLOCK];  /* with their eigenvalues, falling, */
    double weight[BLOCK]; /* and weights: W = sum weight_k V_k V_k^T */
    double *dual;         /* block x n: sqrt(weight_k) V_k where the bound was largest */
    double value, least, bound, most; /* smoothed and largest eigenvalue's least value; the bound, its largest value */
} descent;

static double *doubles(slong count)
{
    double *x = calloc((size_t) count + 1, sizeof *x);
    if (x == NULL) flint_abort();
    return x;
}

static double quotient(const fmpz_t a, const fmpz_t b)
{
    slong e, f;
    double x = fmpz_get_d_2exp(&e, a), y = fmpz_get_d_2exp(&f, b);
    slong shift = e - f;
    return ldexp(x / y, (int) FLINT_MAX(FLINT_MIN(shift, 2000), -2000));
}

static double ratio_of(const fmpq_t x)
{
    return quotient(fmpq_numref(x), fmpq_denref(x));
}

static void descent_init(descent *D, const rc_model_t model)
{
    slong n = model->n, m = model->m, w = model->d + 1;
    double *X = doubles(n * w);
    memset(D, 0, sizeof *D);
    D->n = n;
    D->m = m;
    D->block = FLINT_MIN(n, BLOCK);
    D->G = doubles(n * n);
    D->K = doubles(n * n);
    D->W = doubles(n * n);
    D->sigma = doubles(m * n);
    D->outer = doubles(m);
    D->kappa = doubles(m);
    D->old = doubles(m);
    D->best = doubles(m);
    D->slope = doubles(m);
    D->before = doubles(m);
    D->way = doubles(m);
    D->moves = doubles(MEMORY * m);
    D->changes = doubles(MEMORY * m);
    D->alpha = doubles(m);
    D->beta = doubles(m);
    D->V = doubles(BLOCK * n);
    D->image = doubles(BLOCK * n);
    D->dual = doubles(BLOCK * n);
    for (slong j = 0; j < n; j++) {
        for (slong k = 0; k < w; k++) X[j * w + k] = quotient(fmpz_mat_entry(model->X, j, k), model->data->den);
    }
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l <= j; l++) {
            double sum = 0;
            for (slong k = 0; k < w; k++) sum += X[j * w + k] * X[l * w + k];
            D->G[j * n + l] = sum;
        }
    }
    for (slong i = 0; i < m; i++) {
        double q = ratio_of(model->net->q + i), gamma = ratio_of(rc_model_gamma(model, i));
        D->outer[i] = gamma * gamma / q;
        D->kappa[i] = 1;
        for (slong j = 0; j < n; j++) {
            const fmpz *z = fmpz_mat_entry(model->Z, j, i);
            if (fmpz_sgn(z) > 0) D->sigma[i * n + j] = sqrt(q) * quotient(z, model->dz);
        }
    }
    /* Vectors without symmetry. */
    for (slong e = 0; e < D->block * n; e++) {
        D->V[e] = e < n ? 1 : (double) ((ulong) e * 2654435761u % 1000003u) - 500000;
    }
    D->least = INFINITY;
    D->most = -INFINITY;
    free(X);
}

static void descent_clear(descent *D)
{
    double *all[] = {D->G,      D->K,    D->W,     D->sigma,   D->outer, D->kappa, D->old,   D->best, D->alpha,
                     D->beta,   D->V,    D->image, D->dual,    D->slope, D->before, D->way, D->moves, D->changes};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
}

static void set_matrix(descent *D)
{
    slong n = D->n;
    double *inner = doubles(n * n);
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l <= j; l++) D->K[j * n + l] = 1;
    }
    for (slong i = 0; i < D->m; i++) {
        const double *sigma = D->sigma + i * n;
        double kappa = D->kappa[i], w = kappa * D->outer[i];
        for (slong j = 0; j < n; j++) {
            if (!(sigma[j] > 0)) continue;
            double factor = sigma[j] / kappa;
            for (slong l = 0; l <= j; l++) {
                D->K[j * n + l] += factor * sigma[l];
                inner[j * n + l] += sigma[l] > 0 ? w : 0;
            }
        }
    }
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l <= j; l++) {
            D->K[j * n + l] += inner[j * n + l] * D->G[j * n + l];
            D->K[l * n + j] = D->K[j * n + l];
        }
    }
    free(inner);
}

static double product(const double *x, const double *y, slong n)
{
    double sum = 0;
    for (slong j = 0; j < n; j++) sum += x[j] * y[j];
    return sum;
}

static void multiply(descent *D)
{
    slong n = D->n;
    for (slong k = 0; k < D->block; k++) {
        for (slong j = 0; j < n; j++) D->image[k * n + j] = product(D->K + j * n, D->V + k * n, n);
    }
}

/* V = an orthonormal basis of the span of the images; vectors that are used up become 0. */
static void orthonormalize(descent *D)
{
    slong n = D->n;
    for (slong k = 0; k < D->block; k++) {
        double *v = D->V + k * n, length = 0;
        memcpy(v, D->image + k * n, (size_t) n * sizeof *v);
        double before = product(v, v, n);
        for (int twice = 0; twice < 2; twice++) {
            for (slong l = 0; l < k; l++) {
                double along = product(v, D->V + l * n, n);
                for (slong j = 0; j < n; j++) v[j] -= along * D->V[l * n + j];
            }
        }
        length = product(v, v, n);
        double by = length > 1e-24 * before && length > 0 ? 1 / sqrt(length) : 0;
        for (slong j = 0; j < n; j++) v[j] *= by;
    }
}

/* S (b x b, symmetric) becomes diagonal by rotations, which are applied to the vectors of V, too. */
static void diagonalize(descent *D, double S[BLOCK][BLOCK])
{
    slong n = D->n, b = D->block;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (slong p = 0; p < b; p++) {
            for (slong q = p + 1; q < b; q++) {
                if (S[p][q] == 0) continue;
                double ratio = (S[p][p] - S[q][q]) / (2 * S[p][q]);
                double tangent = (ratio < 0 ? -1 : 1) / (fabs(ratio) + sqrt(1 + ratio * ratio));
                double c = 1 / sqrt(1 + tangent * tangent), s = tangent * c;
                for (slong k = 0; k < b; k++) {
                    double x = S[p][k], y = S[q][k];
                    S[p][k] = c * x + s * y;
                    S[q][k] = c * y - s * x;
                }
                for (slong k = 0; k < b; k++) {
                    double x = S[k][p], y = S[k][q];
                    S[k][p] = c * x + s * y;
                    S[k][q] = c * y - s * x;
                }
                for (slong j = 0; j < n; j++) {
                    double x = D->V[p * n + j], y = D->V[q * n + j];
                    D->V[p * n + j] = c * x + s * y;
                    D->V[q * n + j] = c * y - s * x;
                }
            }
        }
    }
}

/* theta and V of the matrix. */
static void eigenvectors(descent *D, int multiplications)
{
    slong n = D->n, b = D->block;
    double S[BLOCK][BLOCK] = {{0}};
    for (int step = 0; step < multiplications; step++) {
        multiply(D);
        orthonormalize(D);
    }
    multiply(D);
    for (slong k = 0; k < b; k++) {
        for (slong l = 0; l < b; l++) S[k][l] = product(D->V + k * n, D->image + l * n, n);
    }
    diagonalize(D, S);
    for (slong k = 0; k < b; k++) D->theta[k] = S[k][k];
}

/* exp(-x) for x >= 0, about: (1 + x / 2^20)^(-2^20). */
static double falling(double x)
{
    double y = 1 / (1 + x / 1048576);
    for (int k = 0; k < 20; k++) y *= y;
    return y;
}

/* log x for 1 <= x <= BLOCK, by the series of the inverse hyperbolic tangent. */
static double logarithm(double x)
{
    double z = (x - 1) / (x + 1), power = z, sum = 0;
    for (int k = 1; k < 200; k += 2) {
        sum += power / k;
        power *= z * z;
    }
    return 2 * sum;
}

/* Weights exp(theta_k / mu) over their sum, W, and value = mu log of that sum; then alpha, beta and the bound. */
static void weigh(descent *D, double mu)
{
    slong n = D->n;
    double top = D->theta[0], sum = 0, all = 0;
    for (slong k = 1; k < D->block; k++) top = fmax(top, D->theta[k]);
    for (slong k = 0; k < D->block; k++) sum += D->weight[k] = falling((top - D->theta[k]) / mu);
    for (slong k = 0; k < D->block; k++) D->weight[k] /= sum;
    D->value = top + mu * logarithm(sum);
    memset(D->W, 0, (size_t) (n * n) * sizeof *D->W);
    for (slong k = 0; k < D->block; k++) {
        const double *v = D->V + k * n;
        if (D->weight[k] < 1e-18) continue;
        for (slong j = 0; j < n; j++) {
            double x = D->weight[k] * v[j];
            for (slong l = 0; l <= j; l++) D->W[j * n + l] += x * v[l];
        }
    }
    for (slong j = 0; j < n; j++) {
        for (slong l = 0; l <= j; l++) {
            double twice = (l < j ? 2 : 1) * D->W[j * n + l];
            all += twice;
            D->W[j * n + l] = twice * D->G[j * n + l];
        }
    }
    D->bound = all;
    for (slong i = 0; i < D->m; i++) {
        const double *sigma = D->sigma + i * n;
        double alpha = 0, beta = 0;
        for (slong j = 0; j < n; j++) {
            if (!(sigma[j] > 0)) continue;
            for (slong l = 0; l <= j; l++) alpha += sigma[l] > 0 ? D->W[j * n + l] : 0;
        }
        for (slong k = 0; k < D->block; k++) {
            double x = product(D->V + k * n, sigma, n);
            beta += D->weight[k] * x * x;
        }
        D->alpha[i] = fmax(0, alpha * D->outer[i]);
        D->beta[i] = beta;
        D->slope[i] = D->kappa[i] * D->alpha[i] - beta / D->kappa[i];
        D->bound += 2 * sqrt(D->alpha[i] * beta);
    }
}

static void keep_best(descent *D)
{
    slong n = D->n;
    double top = D->theta[0];
    for (slong k = 1; k < D->block; k++) top = fmax(top, D->theta[k]);
    if (top < D->least) {
        D->least = top;
        memcpy(D->best, D->kappa, (size_t) D->m * sizeof *D->kappa);
    }
    if (!(D->bound > D->most)) return;
    D->most = D->bound;
    for (slong k = 0; k < D->block; k++) {
        for (slong j = 0; j < n; j++) D->dual[k * n + j] = sqrt(D->weight[k]) * D->V[k * n + j];
    }
}

/* way = minus the slope times an inverse second derivative: what the last moves tell of it, by the formulas of limited memory
   BFGS, on top of that of the terms one by one, 1 / (kappa alpha + beta / kappa), with which a move is towards kappa^2 = beta /
   alpha, best for the weights at hand [N 102]. Returns <way, slope>. */
static double choose_way(descent *D)
{
    slong m = D->m;
    double along[MEMORY];
    for (slong i = 0; i < m; i++) D->way[i] = -D->slope[i];
    for (slong k = D->remembered - 1; k >= 0; k--) {
        const double *move = D->moves + k * m, *change = D->changes + k * m;
        along[k] = product(move, D->way, m) / product(move, change, m);
        for (slong i = 0; i < m; i++) D->way[i] -= along[k] * change[i];
    }
    for (slong i = 0; i < m; i++) {
        double second = D->kappa[i] * D->alpha[i] + D->beta[i] / D->kappa[i];
        D->way[i] = second > 0 ? D->way[i] / second : 0;
    }
    for (slong k = 0; k < D->remembered; k++) {
        const double *move = D->moves + k * m, *change = D->changes + k * m;
        double back = product(change, D->way, m) / product(move, change, m);
        for (slong i = 0; i < m; i++) D->way[i] += (along[k] - back) * move[i];
    }
    return product(D->way, D->slope, m);
}

/* Moves log kappa by about length times way, at most by about 1 each; moves and changes hold what that is. */
static void move(descent *D, double length, double mu)
{
    slong m = D->m;
    for (slong i = 0; i < m; i++) {
        double half = fmax(-0.5, fmin(0.5, length * D->way[i] / 2));
        D->kappa[i] = fmax(1e-15, fmin(1e15, D->old[i] * (1 + half) / (1 - half)));
    }
    set_matrix(D);
    eigenvectors(D, MULTIPLICATIONS);
    weigh(D, mu);
    keep_best(D);
}

static void remember(descent *D, double length)
{
    slong m = D->m;
    if (D->remembered == MEMORY) {
        memmove(D->moves, D->moves + m, (size_t) ((MEMORY - 1) * m) * sizeof *D->moves);
        memmove(D->changes, D->changes + m, (size_t) ((MEMORY - 1) * m) * sizeof *D->changes);
        D->remembered--;
    }
    double *move = D->moves + D->remembered * m, *change = D->changes + D->remembered * m;
    for (slong i = 0; i < m; i++) {
        move[i] = fmax(-1, fmin(1, length * D->way[i]));
        change[i] = D->slope[i] - D->before[i];
    }
    double both = product(move, change, m);
    if (both > 0 && both * both > 1e-20 * product(move, move, m) * product(change, change, m)) D->remembered++;
}

/* Minimizes the smoothed value for ever sharper weights. */
static void descend(descent *D, rc_limits *limits)
{
    double n = (double) D->n, steps = WORK / (n * n * (double) (D->m + 1));
    slong left = (slong) fmax(LEAST_STEPS, fmin(MOST_STEPS, steps));
    set_matrix(D);
    eigenvectors(D, FIRST_MULTIPLICATIONS);
    double mu = 0.03 * D->theta[0], least = 1e-14 * D->theta[0];
    weigh(D, mu);
    keep_best(D);
    while (left > 0 && isfinite(D->value) && D->least - D->most > 1e-13 * D->least) {
        if (!rc_limits_step(limits, "rescalings")) return;
        double down = choose_way(D), value = D->value, length = 1;
        if (!(down < 0)) D->remembered = 0;
        if (!(down < -0.1 * mu)) {
            if (mu <= least) return;
            mu /= 4;
            weigh(D, mu);
            continue;
        }
        memcpy(D->old, D->kappa, (size_t) D->m * sizeof *D->kappa);
        memcpy(D->before, D->slope, (size_t) D->m * sizeof *D->slope);
        move(D, length, mu);
        for (left--; D->value > value + 1e-4 * length * down && length > ldexp(1, -HALVINGS); left--) {
            length /= 4;
            move(D, length, mu);
        }
        if (D->value < value) {
            remember(D, length);
        } else {
            memcpy(D->kappa, D->old, (size_t) D->m * sizeof *D->kappa);
            move(D, 0, mu);
            if (D->remembered == 0) mu /= 4;
            if (mu <= least) return;
            D->remembered = 0;
            weigh(D, mu);
        }
    }
}

static void set_scales(fmpq *scale, const descent *D)
{
    for (slong i = 0; i < D->m; i++) {
        int exponent;
        double mantissa = frexp(1 / D->best[i], &exponent);
        rc_fmpq_set_d(scale + i, ldexp(rint(ldexp(mantissa, RC_SCALE_BITS)), exponent - RC_SCALE_BITS));
    }
}

/* The vectors that count, in integers. */
static void set_vectors(fmpz_mat_t vectors, const descent *D)
{
    slong n = D->n, rows = 0, kept[BLOCK];
    for (slong k = 0; k < D->block; k++) {
        if (product(D->dual + k * n, D->dual + k * n, n) > 1e-16) kept[rows++] = k;
    }
    fmpz_mat_clear(vectors);
    fmpz_mat_init(vectors, rows, n);
    for (slong k = 0; k < rows; k++) {
        for (slong j = 0; j < n; j++) {
            fmpz_set_d(fmpz_mat_entry(vectors, k, j), rint(ldexp(D->dual[kept[k] * n + j], VECTOR_BITS)));
        }
    }
}

void rc_descent(fmpq *scale, fmpz_mat_t vectors, const rc_model_t model, rc_limits *limits)
{
    descent D;
    descent_init(&D, model);
    descend(&D, limits);
    set_scales(scale, &D);
    set_vectors(vectors, &D);
    descent_clear(&D);
}
