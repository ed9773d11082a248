/* Networks for the benchmarks, as JSON on standard output, from a seed (splitmix64), the same everywhere.

       generate nstar SEED d m D     a network of N*: doubles, balanced, last two weights positive
       generate doubles SEED d m D   entries are doubles in (-1, 1)
       generate integers SEED d m D  entries are integers in [-100, 100]
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t splitmix64(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* In (0, 1), a multiple of 2^-53. */
static double uniform(void)
{
    return (double) ((splitmix64() >> 11) | 1) * 0x1p-53;
}

static double signed_uniform(void)
{
    double x = uniform();
    return splitmix64() & 1 ? x : -x;
}

static double entry(const char *kind)
{
    if (strcmp(kind, "integers") == 0) return (double) (long) (splitmix64() % 201) - 100;
    return signed_uniform();
}

/* c with ||c|| = ||a||: one entry is +-||a||, the others are smaller. */
static void balance(double *c, const double *a, long d, long D)
{
    double norm = 0;
    for (long j = 0; j < d; j++) {
        double x = a[j] < 0 ? -a[j] : a[j];
        if (x > norm) norm = x;
    }
    for (long p = 0; p < D; p++) c[p] = signed_uniform() * norm;
    c[splitmix64() % (uint64_t) D] = splitmix64() & 1 ? norm : -norm;
}

static void print_number(const char *kind, double x)
{
    if (strcmp(kind, "integers") == 0) printf("%.0f", x);
    else printf("%.17e", x);
}

static void print_rows(const char *kind, const double *M, long rows, long columns)
{
    printf("[");
    for (long i = 0; i < rows; i++) {
        printf(i ? ",\n[" : "[");
        for (long j = 0; j < columns; j++) {
            if (j) printf(",");
            print_number(kind, M[i * columns + j]);
        }
        printf("]");
    }
    printf("]");
}

int main(int argc, char **argv)
{
    long size[3] = {0, 0, 0};
    for (int i = 0; i < 3 && argc == 6; i++) size[i] = strtol(argv[3 + i], NULL, 10);
    long d = size[0], m = size[1], D = size[2];
    if (d < 2 || m < 1 || D < 1) {
        fprintf(stderr, "usage: generate nstar|doubles|integers SEED d m D (d >= 2)\n");
        return 2;
    }
    const char *kind = argv[1];
    state = strtoull(argv[2], NULL, 10);
    double *A = calloc((size_t) (m * d), sizeof *A), *C = calloc((size_t) (D * m), sizeof *C), *c = calloc((size_t) D, sizeof *c);
    if (!A || !C || !c) return 1;
    for (long i = 0; i < m; i++) {
        double *a = A + i * d;
        for (long j = 0; j < d; j++) a[j] = entry(kind);
        if (strcmp(kind, "nstar") == 0) {
            a[d - 2] = uniform();
            a[d - 1] = uniform();
            balance(c, a, d, D);
        } else
            for (long p = 0; p < D; p++) c[p] = entry(kind);
        for (long p = 0; p < D; p++) C[p * m + i] = c[p];
    }
    printf("{\"A\": ");
    print_rows(kind, A, m, d);
    printf(",\n\"C\": ");
    print_rows(kind, C, D, m);
    printf("}\n");
    free(A), free(C), free(c);
    return fflush(stdout) ? 1 : 0;
}
