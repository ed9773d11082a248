/* The flattest rescaling [N 100] that a descent in doubles finds; what it is worth is decided exactly. */
#include <flint/fmpz_vec.h>
#include <math.h>
#include <stdlib.h>

#include "parts.h"
#include "relucert/surd.h"
#include "spectrum.h"

enum { DESCENT_STEPS = 60, POWER_STEPS = 12, SCALE_BITS = 16 };

/* lambda_max(K) for scales kappa_i = c_i^2: n K = 1 + sum_i kappa_i W_i G o I_i I_i^T + sigma_i sigma_i^T / kappa_i. */
typedef struct {
    slong n, m;
    double *G;     /* n x n: <x_j, x_l> + 1 */
    double *sigma; /* m x n: sqrt(q_i) max(0, p_ji) */
    double *outer; /* m: w2_i^2 */
    double *kappa, *best;
    double *u, *K;
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
    D->n = n;
    D->m = m;
    D->G = doubles(n * n);
    D->K = doubles(n * n);
    D->sigma = doubles(m * n);
    D->outer = doubles(m);
    D->kappa = doubles(m);
    D->best = doubles(m);
    D->u = doubles(n);
    for (slong j = 0; j < n; j++) {
        for (slong k = 0; k < w; k++) X[j * w + k] = quotient(fmpz_mat_entry(model->X, j, k), model->data->den);
    }
    for (slong j = 0; j < n; j++) {
        D->u[j] = 1;
        for (slong l = 0; l <= j; l++) {
            double sum = 0;
            for (slong k = 0; k < w; k++) sum += X[j * w + k] * X[l * w + k];
            D->G[j * n + l] = sum;
        }
    }
    for (slong i = 0; i < m; i++) {
        double q = ratio_of(model->net->q + i), gamma = ratio_of(rc_model_gamma(model, i));
        D->outer[i] = gamma * gamma / q;
        D->kappa[i] = D->best[i] = 1;
        for (slong j = 0; j < n; j++) {
            const fmpz *z = fmpz_mat_entry(model->Z, j, i);
            if (fmpz_sgn(z) > 0) D->sigma[i * n + j] = sqrt(q) * quotient(z, model->dz);
        }
    }
    free(X);
}

static void descent_clear(descent *D)
{
    free(D->u);
    free(D->best);
    free(D->kappa);
    free(D->outer);
    free(D->sigma);
    free(D->K);
    free(D->G);
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
        double w = D->kappa[i] * D->outer[i];
        for (slong j = 0; j < n; j++) {
            if (!(sigma[j] > 0)) continue;
            double factor = sigma[j] / D->kappa[i];
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

/* The largest eigenvalue, about; u becomes its unit vector. */
static double top(descent *D)
{
    slong n = D->n;
    double *v = doubles(n), lambda = 0;
    for (int step = 0; step < POWER_STEPS; step++) {
        double norm = 0;
        for (slong j = 0; j < n; j++) {
            double sum = 0;
            for (slong l = 0; l < n; l++) sum += D->K[j * n + l] * D->u[l];
            v[j] = sum;
            norm += sum * sum;
        }
        lambda = sqrt(norm);
        for (slong j = 0; j < n; j++) D->u[j] = v[j] / lambda;
    }
    free(v);
    return lambda;
}

/* [N 102]: kappa_i^2 = beta / alpha is best for u; half the way there, on a logarithmic scale. */
static void step(descent *D)
{
    slong n = D->n;
    for (slong i = 0; i < D->m; i++) {
        const double *sigma = D->sigma + i * n;
        double alpha = 0, beta = 0;
        for (slong j = 0; j < n; j++) {
            if (!(sigma[j] > 0)) continue;
            beta += D->u[j] * sigma[j];
            for (slong l = 0; l < j; l++) alpha += sigma[l] > 0 ? 2 * D->u[j] * D->u[l] * D->G[j * n + l] : 0;
            alpha += D->u[j] * D->u[j] * D->G[j * n + j];
        }
        double kappa = sqrt(D->kappa[i] * fabs(beta) / sqrt(alpha * D->outer[i]));
        if (kappa > 1e-12 && kappa < 1e12) D->kappa[i] = kappa;
    }
}

static void descend(descent *D)
{
    double best = INFINITY;
    for (int k = 0; k < DESCENT_STEPS; k++) {
        set_matrix(D);
        double lambda = top(D);
        if (!isfinite(lambda)) return;
        if (lambda < best) {
            best = lambda;
            for (slong i = 0; i < D->m; i++) D->best[i] = D->kappa[i];
        }
        step(D);
    }
}

/* The same neurons at q_i / kappa_i, kappa_i rounded to SCALE_BITS bits. */
static void rescale(rc_network_t net, const descent *D)
{
    fmpq_t kappa;
    fmpq_init(kappa);
    for (slong i = 0; i < D->m; i++) {
        int exponent;
        double mantissa = frexp(D->best[i], &exponent);
        rc_fmpq_set_d(kappa, ldexp(rint(ldexp(mantissa, SCALE_BITS)), exponent - SCALE_BITS));
        fmpq_div(kappa, net->q + i, kappa);
        rc_network_set_scale(net, i, kappa);
    }
    fmpq_clear(kappa);
}

void rc_stability_rescaling_sum(rc_surd_t x, const rc_model_t model, const fmpz *u)
{
    slong w = model->d + 1;
    fmpz *sum = _fmpz_vec_init(w);
    fmpz_t beta, norm;
    fmpq_t square;
    rc_surd_t root;
    fmpz_init(beta);
    fmpz_init(norm);
    fmpq_init(square);
    rc_surd_init(root);
    rc_surd_zero(x);
    for (slong i = 0; i < model->m; i++) {
        _fmpz_vec_zero(sum, w);
        fmpz_zero(beta);
        for (slong j = 0; j < model->n; j++) {
            const fmpz *z = fmpz_mat_entry(model->Z, j, i);
            if (fmpz_sgn(z) <= 0) continue;
            fmpz_addmul(beta, u + j, z);
            _fmpz_vec_scalar_addmul_fmpz(sum, fmpz_mat_entry(model->X, j, 0), w, u + j);
        }
        _fmpz_vec_dot(norm, sum, sum, w);
        fmpq_set_fmpz(square, norm);
        for (int k = 0; k < 2; k++) {
            fmpq_mul_fmpz(square, square, beta);
            fmpq_mul(square, square, rc_model_gamma(model, i));
            fmpq_mul_2exp(square, square, 1);
            fmpq_div_fmpz(square, square, model->dz);
            fmpq_div_fmpz(square, square, model->data->den);
        }
        rc_surd_set_sqrt_fmpq(root, square);
        rc_surd_add(x, x, root);
    }
    fmpz_zero(beta);
    for (slong j = 0; j < model->n; j++) fmpz_add(beta, beta, u + j);
    fmpz_mul(beta, beta, beta);
    fmpq_set_fmpz(square, beta);
    rc_surd_set_fmpq(root, square);
    rc_surd_add(x, x, root);
    rc_surd_clear(root);
    fmpq_clear(square);
    fmpz_clear(norm);
    fmpz_clear(beta);
    _fmpz_vec_clear(sum, w);
}

void rc_stability_rescaling_bound(fmpq_t x, const rc_model_t model, const fmpz *u)
{
    rc_surd_t sum;
    fmpq_t high;
    fmpz_t norm;
    rc_surd_init(sum);
    fmpq_init(high);
    fmpz_init(norm);
    rc_stability_rescaling_sum(sum, model, u);
    rc_surd_enclose(x, high, sum, 64);
    _fmpz_vec_dot(norm, u, u, model->n);
    fmpz_mul_si(norm, norm, model->n);
    fmpq_div_fmpz(x, x, norm);
    fmpz_clear(norm);
    fmpq_clear(high);
    rc_surd_clear(sum);
}

rc_status rc_stability_flattest(rc_stability_t s, const rc_model_t model, slong bits, rc_limits *limits)
{
    descent D;
    rc_model_t flat;
    rc_pencil_t M;
    descent_init(&D, model);
    descend(&D);
    rc_network_set(s->flattest, model->net);
    rescale(s->flattest, &D);
    descent_clear(&D);
    rc_pencil_init(M, 1, 1);
    rc_model_init(flat, s->flattest, model->data);
    rc_pencil_set_gram(M, flat, NULL);
    rc_status status = rc_spectrum_enclose(s->flat, M, bits, limits);
    if (status == RC_OK) {
        s->has_flattest = true;
        rc_stability_rescaling_bound(s->flat_lo, model, s->flat->vector);
    }
    rc_model_clear(flat);
    rc_pencil_clear(M);
    return status;
}
