/* Networks to certify: gradient descent in doubles on (1/2n) sum_j (f(x_j) - y_j)^2, one hidden layer with biases. A means,
   not a result: what is said of the networks is proved by relucert stability.

   train data N D SEED                                 N points and labels, all standard normal, as CSV
   train net FILE.csv K ETA SCALE BATCH SEED LOSS SECONDS
        K neurons, weights of standard deviation SCALE / sqrt(fan-in); steps of size ETA on random batches (BATCH 0: all
        points) until the loss is below LOSS; the network as JSON. Status 1 if that does not happen in SECONDS. */
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

typedef struct {
    size_t n, d;
    double *x, *y; /* n x d, n */
} points;

/* Lines of d numbers and a label. */
static points read_points(const char *path)
{
    points p = {0, 0, NULL, NULL};
    FILE *file = fopen(path, "r");
    size_t room = 0, size = 0;
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
            p.x = realloc(p.x, size * p.d * sizeof *p.x);
            p.y = realloc(p.y, size * sizeof *p.y);
            if (!p.x || !p.y) abort();
        }
        char *at = line;
        for (size_t k = 0; k <= p.d; k++) {
            double value = strtod(at, &at);
            if (k < p.d) p.x[p.n * p.d + k] = value;
            else p.y[p.n] = value;
            if (*at == ',') at++;
        }
        p.n++;
    }
    free(line);
    fclose(file);
    return p;
}

typedef struct {
    size_t d, k;
    double *w, *b, *c, e; /* k x d, k, k */
    double *gw, *gb, *gc, ge, *z;
} network;

static double forward(network *f, const double *x)
{
    double value = f->e;
    for (size_t i = 0; i < f->k; i++) {
        const double *w = f->w + i * f->d;
        double z = f->b[i];
        for (size_t k = 0; k < f->d; k++) z += w[k] * x[k];
        f->z[i] = z;
        if (z > 0) value += f->c[i] * z;
    }
    return value;
}

/* One step on the points `index`; the sum of their squared residuals. */
static double step(network *f, const points *p, const size_t *index, size_t count, double eta)
{
    double sum = 0;
    memset(f->gw, 0, f->k * f->d * sizeof *f->gw);
    memset(f->gb, 0, f->k * sizeof *f->gb);
    memset(f->gc, 0, f->k * sizeof *f->gc);
    f->ge = 0;
    for (size_t j = 0; j < count; j++) {
        const double *x = p->x + index[j] * p->d;
        double r = forward(f, x) - p->y[index[j]];
        sum += r * r;
        f->ge += r;
        for (size_t i = 0; i < f->k; i++) {
            if (!(f->z[i] > 0)) continue;
            double s = r * f->c[i], *g = f->gw + i * f->d;
            f->gc[i] += r * f->z[i];
            f->gb[i] += s;
            for (size_t k = 0; k < f->d; k++) g[k] += s * x[k];
        }
    }
    eta /= (double) count;
    for (size_t k = 0; k < f->k * f->d; k++) f->w[k] -= eta * f->gw[k];
    for (size_t i = 0; i < f->k; i++) f->b[i] -= eta * f->gb[i];
    for (size_t i = 0; i < f->k; i++) f->c[i] -= eta * f->gc[i];
    f->e -= eta * f->ge;
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

static void put_list(const double *x, size_t n)
{
    for (size_t k = 0; k < n; k++) printf("%s%.17e", k == 0 ? "[" : ",", x[k]);
    printf("]");
}

static void put_network(const network *f)
{
    printf("{\"layers\": [{\"A\": [");
    for (size_t i = 0; i < f->k; i++) {
        if (i > 0) printf(",\n ");
        put_list(f->w + i * f->d, f->d);
    }
    printf("],\n \"b\": ");
    put_list(f->b, f->k);
    printf("}, {\"A\": [");
    put_list(f->c, f->k);
    printf("], \"b\": [%.17e]}]}\n", f->e);
}

static int train(char **argv)
{
    points p = read_points(argv[2]);
    size_t k = strtoul(argv[3], NULL, 10), batch = strtoul(argv[6], NULL, 10);
    double eta = strtod(argv[4], NULL), scale = strtod(argv[5], NULL), goal = strtod(argv[8], NULL),
           seconds = strtod(argv[9], NULL);
    network f = {p.d, k, doubles(k * p.d), doubles(k), doubles(k), 0, doubles(k * p.d), doubles(k), doubles(k), 0, doubles(k)};
    size_t *index = malloc(p.n * sizeof *index), epoch = 0;
    double sum = INFINITY;
    if (!index) abort();
    state = strtoul(argv[7], NULL, 10);
    for (size_t i = 0; i < k * p.d; i++) f.w[i] = scale * normal() / sqrt((double) p.d);
    for (size_t i = 0; i < k; i++) f.b[i] = scale * normal() / sqrt((double) p.d);
    for (size_t i = 0; i < k; i++) f.c[i] = scale * normal() / sqrt((double) k);
    for (size_t j = 0; j < p.n; j++) index[j] = j;
    if (batch == 0) batch = p.n;
    clock_t begun = clock();
    while (!(sum / (2 * (double) p.n) < goal)) {
        if ((double) (clock() - begun) / CLOCKS_PER_SEC > seconds || isnan(sum)) {
            fprintf(stderr, "train: eta %s: loss %g after %zu epochs\n", argv[4], sum / (2 * (double) p.n), epoch);
            return 1;
        }
        sum = 0;
        if (batch < p.n) shuffle(index, p.n);
        for (size_t j = 0; j < p.n; j += batch) {
            sum += step(&f, &p, index + j, j + batch < p.n ? batch : p.n - j, eta);
        }
        epoch++;
    }
    fprintf(stderr, "train: eta %s: %zu epochs\n", argv[4], epoch);
    put_network(&f);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 10 && !strcmp(argv[1], "net")) return train(argv);
    if (argc != 5 || strcmp(argv[1], "data")) {
        fprintf(stderr, "usage: train data N D SEED\n       train net FILE.csv K ETA SCALE BATCH SEED LOSS SECONDS\n");
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
