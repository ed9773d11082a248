/* Networks to certify: gradient descent in doubles on (1/2n) sum_j (f(x_j) - y_j)^2, one hidden layer with biases. A means,
   not a result: what is said of the networks is proved by relucert stability.

   train data N D SEED                                 N points and labels, all standard normal, as CSV
   train net FILE.csv K ETA SCALE BATCH SEED LOSS SECONDS [EPOCHS]
        K neurons, weights of standard deviation SCALE / sqrt(fan-in); steps of size ETA on random batches (BATCH 0: all
        points) until the loss has been below LOSS for EPOCHS (1) epochs; the network as JSON. Status 1 if that does not
        happen in SECONDS.

   Weights lie in groups of neurons, coordinate by coordinate, so that a number of a point meets a whole group at once;
   zeros of points, most of an image, are skipped. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state;

static uint64_t next_random(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(void)
{
    return ((double) (next_random() >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static double *doubles(size_t n)
{
    double *x = calloc(n + 1, sizeof *x);
    if (!x) abort();
    return x;
}

enum { GROUP = 8, TERMS = 4 };

/* Point j has the numbers value[t] at the coordinates at[t], first[j] <= t < first[j + 1], with a 1 at coordinate d for the
   biases, and zeros up to a multiple of TERMS numbers; what is not listed is 0. */
typedef struct {
    size_t n, d, *first, *at;
    double *value, *y;
} points;

static void *resize(void *list, size_t n, size_t size)
{
    list = realloc(list, n * size);
    if (!list) abort();
    return list;
}

/* Lines of d numbers and a label. */
static points read_points(const char *path)
{
    points p = {0};
    FILE *file = fopen(path, "r");
    size_t room = 0, size = 0, length = 0, count = 0;
    char *line = NULL;
    if (!file) {
        fprintf(stderr, "train: cannot read %s\n", path);
        exit(2);
    }
    while (getline(&line, &room, file) > 0) {
        size_t fields = 1;
        for (char *c = line; *c; c++) fields += *c == ',';
        if (p.d == 0) p.d = fields - 1;
        if (fields != p.d + 1) exit(2);
        if (p.n == size) {
            size = 2 * size + 64;
            p.first = resize(p.first, size + 1, sizeof *p.first);
            p.y = resize(p.y, size, sizeof *p.y);
        }
        if (count + p.d + TERMS > length) {
            length = 2 * length + p.d + TERMS;
            p.at = resize(p.at, length, sizeof *p.at);
            p.value = resize(p.value, length, sizeof *p.value);
        }
        p.first[p.n] = count;
        char *at = line;
        for (size_t k = 0; k <= p.d; k++) {
            double value = strtod(at, &at);
            if (k == p.d) {
                p.y[p.n] = value;
                value = 1;
            }
            if (value != 0) {
                p.at[count] = k;
                p.value[count++] = value;
            }
            if (*at == ',') at++;
        }
        for (; count % TERMS > 0; count++) {
            p.at[count] = p.d;
            p.value[count] = 0;
        }
        p.first[++p.n] = count;
    }
    free(line);
    fclose(file);
    return p;
}

/* Neurons in groups, the last filled up with zeros: number i of group h has weight w[(h (d + 1) + t) GROUP + i] at coordinate t. */
typedef struct {
    size_t d, k, groups;
    double *w, *c, e;
    double *z, *r; /* of the points of a batch: pre-activations, group by group, and residuals */
} network;

static void pre_activations(double *restrict z, const double *restrict w, const points *p, size_t j)
{
    double sum[GROUP] = {0};
    for (size_t t = p->first[j]; t < p->first[j + 1]; t += TERMS) {
        const size_t *at = p->at + t;
        const double *x = p->value + t, *v0 = w + at[0] * GROUP, *v1 = w + at[1] * GROUP, *v2 = w + at[2] * GROUP,
                     *v3 = w + at[3] * GROUP;
        for (size_t i = 0; i < GROUP; i++) sum[i] += x[0] * v0[i] + x[1] * v1[i] + (x[2] * v2[i] + x[3] * v3[i]);
    }
    for (size_t i = 0; i < GROUP; i++) z[i] = sum[i];
}

static void subtract(double *restrict w, const double *restrict s, const points *p, size_t j)
{
    for (size_t t = p->first[j]; t < p->first[j + 1]; t++) {
        double x = p->value[t], *restrict v = w + p->at[t] * GROUP;
        for (size_t i = 0; i < GROUP; i++) v[i] -= x * s[i];
    }
}

/* Pre-activations and residuals of the points `index`; the sum of the squared residuals. */
static double forward(network *f, const points *p, const size_t *index, size_t count)
{
    double sum = 0;
    for (size_t j = 0; j < count; j++) f->r[j] = f->e - p->y[index[j]];
    for (size_t h = 0; h < f->groups; h++) {
        const double *w = f->w + h * (f->d + 1) * GROUP, *c = f->c + h * GROUP;
        for (size_t j = 0; j < count; j++) {
            double *z = f->z + (h * count + j) * GROUP;
            pre_activations(z, w, p, index[j]);
            for (size_t i = 0; i < GROUP; i++) f->r[j] += z[i] > 0 ? c[i] * z[i] : 0;
        }
    }
    for (size_t j = 0; j < count; j++) sum += f->r[j] * f->r[j];
    return sum;
}

/* One step on the points `index`; the sum of their squared residuals before it. */
static double step(network *f, const points *p, const size_t *index, size_t count, double eta)
{
    double sum = forward(f, p, index, count);
    eta /= (double) count;
    for (size_t h = 0; h < f->groups; h++) {
        double *w = f->w + h * (f->d + 1) * GROUP, *c = f->c + h * GROUP, gc[GROUP] = {0};
        for (size_t j = 0; j < count; j++) {
            const double *z = f->z + (h * count + j) * GROUP, r = eta * f->r[j];
            double s[GROUP];
            for (size_t i = 0; i < GROUP; i++) {
                s[i] = z[i] > 0 ? r * c[i] : 0;
                gc[i] += z[i] > 0 ? r * z[i] : 0;
            }
            subtract(w, s, p, index[j]);
        }
        for (size_t i = 0; i < GROUP; i++) c[i] -= gc[i];
    }
    for (size_t j = 0; j < count; j++) f->e -= eta * f->r[j];
    return sum;
}

static void shuffle(size_t *index, size_t n)
{
    for (size_t j = n; j > 1; j--) {
        size_t i = (size_t) (next_random() % j), t = index[j - 1];
        index[j - 1] = index[i];
        index[i] = t;
    }
}

static double *weight(const network *f, size_t i, size_t t)
{
    return f->w + (i / GROUP * (f->d + 1) + t) * GROUP + i % GROUP;
}

static void put_network(const network *f)
{
    printf("{\"layers\": [{\"A\": [");
    for (size_t i = 0; i < f->k; i++) {
        for (size_t t = 0; t < f->d; t++) printf("%s%.17e", t > 0 ? "," : i > 0 ? "],\n [" : "[", *weight(f, i, t));
    }
    printf("]],\n \"b\": ");
    for (size_t i = 0; i < f->k; i++) printf("%s%.17e", i > 0 ? "," : "[", *weight(f, i, f->d));
    printf("]}, {\"A\": [");
    for (size_t i = 0; i < f->k; i++) printf("%s%.17e", i > 0 ? "," : "[", f->c[i]);
    printf("]], \"b\": [%.17e]}]}\n", f->e);
}

static int train(int argc, char **argv)
{
    points p = read_points(argv[2]);
    size_t k = strtoul(argv[3], NULL, 10), batch = strtoul(argv[6], NULL, 10), groups = (k + GROUP - 1) / GROUP,
           epochs = argc > 10 ? strtoul(argv[10], NULL, 10) : 1;
    double eta = strtod(argv[4], NULL), scale = strtod(argv[5], NULL), goal = strtod(argv[8], NULL),
           seconds = strtod(argv[9], NULL);
    network f = {p.d, k, groups, doubles(groups * GROUP * (p.d + 1)), doubles(groups * GROUP), 0,
                 doubles(groups * GROUP * p.n), doubles(p.n)};
    size_t *index = resize(NULL, p.n, sizeof *index), epoch = 0, below = 0;
    double loss = INFINITY, spent = 0;
    state = strtoul(argv[7], NULL, 10);
    for (size_t i = 0; i < k; i++) {
        for (size_t t = 0; t < p.d; t++) *weight(&f, i, t) = scale * normal() / sqrt((double) p.d);
    }
    for (size_t i = 0; i < k; i++) *weight(&f, i, p.d) = scale * normal() / sqrt((double) p.d);
    for (size_t i = 0; i < k; i++) f.c[i] = scale * normal() / sqrt((double) k);
    for (size_t j = 0; j < p.n; j++) index[j] = j;
    if (batch == 0) batch = p.n;
    clock_t begun = clock();
    while (below < epochs) {
        if (spent > seconds || isnan(loss)) {
            fprintf(stderr, "train: eta %s: loss %g after %zu epochs, %.1f s\n", argv[4], loss, epoch, spent);
            return 1;
        }
        double sum = 0;
        if (batch < p.n) shuffle(index, p.n);
        for (size_t j = 0; j < p.n; j += batch) sum += step(&f, &p, index + j, j + batch < p.n ? batch : p.n - j, eta);
        loss = sum / (2 * (double) p.n);
        below = loss < goal ? below + 1 : 0;
        if (below == epochs) { /* each batch was measured before its step: once more, all at the end */
            loss = forward(&f, &p, index, p.n) / (2 * (double) p.n);
            if (!(loss < goal)) below = 0;
        }
        epoch++;
        spent = (double) (clock() - begun) / CLOCKS_PER_SEC;
    }
    fprintf(stderr, "train: eta %s: loss %g after %zu epochs, %.1f s\n", argv[4], loss, epoch, spent);
    put_network(&f);
    return 0;
}

int main(int argc, char **argv)
{
    if ((argc == 10 || argc == 11) && !strcmp(argv[1], "net")) return train(argc, argv);
    if (argc != 5 || strcmp(argv[1], "data")) {
        fprintf(stderr, "usage: train data N D SEED\n       train net FILE.csv K ETA SCALE BATCH SEED LOSS SECONDS [EPOCHS]\n");
        return 2;
    }
    size_t n = strtoul(argv[2], NULL, 10), d = strtoul(argv[3], NULL, 10);
    state = strtoul(argv[4], NULL, 10);
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k <= d; k++) printf("%s%.17e", k == 0 ? "" : ",", normal());
        putchar('\n');
    }
    return 0;
}
