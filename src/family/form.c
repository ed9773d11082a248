/* Networks and forms whose entries are functions of parameters. */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

void *rc_family_alloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (p == NULL) flint_abort();
    return p;
}

bool rc_family_resist(proof *p, const char *what, number x)
{
    if (p->resisted) return false;
    char *line = x ? rc_ratio_get_line(p->ring, x) : NULL;
    size_t size = strlen(what) + (line ? strlen(line) : 0) + 20;
    p->resisted = rc_family_alloc(size, 1);
    if (line && strlen(line) < 200) snprintf(p->resisted, size, "%s: %s >= 0", what, line);
    else snprintf(p->resisted, size, "%s", what);
    free(line);
    return false;
}

void rc_family_put_number(proof *p, number x)
{
    char *text = rc_ratio_get_str(p->ring, x);
    fprintf(p->out, "\"%s\"", text);
    free(text);
}

void rc_family_put_x(proof *p, const number *x, slong d)
{
    fputs("{\"x\": [", p->out);
    for (slong k = 0; k < d; k++) {
        if (k > 0) fputs(", ", p->out);
        rc_family_put_number(p, x[k]);
    }
    fputs("]}", p->out);
}

/* Numbers and networks. */

rc_surd_struct *rc_family_sample(rc_ring_struct *ring, const number *x, slong n)
{
    rc_surd_struct *v = rc_family_alloc((size_t) n, sizeof *v);
    for (slong i = 0; i < n; i++) {
        rc_surd_init(v + i);
        rc_ratio_sample(v + i, ring, x[i]);
    }
    return v;
}

void rc_family_clear_sample(rc_surd_struct *v, slong n)
{
    for (slong i = 0; i < n; i++) rc_surd_clear(v + i);
    free(v);
}

number rc_family_absolute(rc_ring_struct *ring, number x)
{
    int side = rc_ratio_weak_side(ring, x);
    return side > 0 ? x : side < 0 ? rc_ratio_neg(ring, x) : NULL;
}

void rc_family_clear_network(network *X)
{
    free(X->a);
    free(X->c);
    free(X->out);
}

static const json_t *find_network(const rc_case_struct *c, const char *name)
{
    const json_t *all = json_object_get(c->doc, "networks"), *v = json_object_get(all, name);
    for (size_t steps = json_object_size(all); steps > 0 && json_is_string(v); steps--)
        v = json_object_get(all, json_string_value(v));
    return v;
}

/* n entries, one every `stride`; a single number stands for a list of one. */
static bool read_row(number *to, slong stride, proof *p, const json_t *row, slong n)
{
    bool good = true;
    for (slong k = 0; k < n && good; k++) {
        const json_t *v = json_is_array(row) ? json_array_get(row, (size_t) k) : row;
        good = (to[k * stride] = rc_ratio_read(p->ring, v)) != NULL;
    }
    return good;
}

bool rc_family_read_network(network *X, proof *p, slong which)
{
    const json_t *net = find_network(p->c, p->claim->name[which]), *layers = json_object_get(net, "layers");
    const json_t *first = layers ? json_array_get(layers, 0) : net, *second = layers ? json_array_get(layers, 1) : net;
    const json_t *A = json_object_get(first, "A"), *C = json_object_get(second, layers ? "A" : "C");
    bool flat = !json_is_array(json_array_get(C, 0));
    X->biases = layers != NULL;
    X->m = (slong) json_array_size(A);
    X->d = (slong) json_array_size(json_array_get(A, 0));
    X->D = flat ? 1 : (slong) json_array_size(C);
    X->w = X->d + X->biases;
    X->a = rc_family_alloc((size_t) (X->m * X->w), sizeof *X->a);
    X->c = rc_family_alloc((size_t) (X->m * X->D), sizeof *X->c);
    X->out = rc_family_alloc((size_t) X->D, sizeof *X->out);
    bool good = X->m > 0 && json_array_size(layers) != 1 && json_array_size(layers) <= 2;
    for (slong i = 0; i < X->m && good; i++) {
        good = read_row(X->a + i * X->w, 1, p, json_array_get(A, (size_t) i), X->d);
        if (good && X->biases)
            good = read_row(X->a + i * X->w + X->d, 1, p, json_array_get(json_object_get(first, "b"), (size_t) i), 1);
    }
    for (slong q = 0; q < X->D && good; q++)
        good = read_row(X->c + q, X->D, p, flat ? C : json_array_get(C, (size_t) q), X->m);
    for (slong q = 0; q < X->D && good; q++) X->out[q] = rc_ratio_si(p->ring, 0);
    if (good && X->biases) good = read_row(X->out, 1, p, json_object_get(second, "b"), X->D);
    return good || rc_family_resist(p, "an entry of a network is not read as a function without poles", NULL);
}

void rc_family_put_network(proof *p, const network *X)
{
    fputs("{\"A\": [", p->out);
    for (slong i = 0; i < X->m * X->d; i++) {
        fputs(i == 0 ? "[" : i % X->d ? ", " : "], [", p->out);
        rc_family_put_number(p, X->a[i]);
    }
    fputs("]], \"C\": [", p->out);
    for (slong i = 0; i < X->m * X->D; i++) {
        fputs(i == 0 ? "[" : i % X->m ? ", " : "], [", p->out);
        rc_family_put_number(p, X->c[i % X->m * X->D + i / X->m]);
    }
    fputs("]]}", p->out);
}

void rc_family_put_phi(proof *p, const network *phi, number bound)
{
    fputs("{\"bound\": ", p->out);
    rc_family_put_number(p, bound);
    fputs(", \"phi\": ", p->out);
    rc_family_put_network(p, phi);
    fputc('}', p->out);
}

/* Lines. */

static number minor_of(rc_ring_struct *ring, const number *a, const number *b, slong p, slong q)
{
    return rc_ratio_sub(ring, rc_ratio_mul(ring, a[p], b[q]), rc_ratio_mul(ring, a[q], b[p]));
}

int rc_family_direction(rc_ring_struct *ring, const number *a, const number *b, slong w)
{
    int s = 0;
    for (slong q = 0; q < w; q++) {
        for (slong p = 0; p < q; p++)
            if (!rc_ratio_is_zero(ring, minor_of(ring, a, b, p, q))) return 0;
        if (s == 0) s = rc_ratio_side(ring, a[q]) * rc_ratio_side(ring, b[q]);
    }
    return s;
}

bool rc_family_apart(rc_ring_struct *ring, const number *a, const number *b, slong w)
{
    for (slong q = 0; q < w; q++) {
        bool zero = rc_ratio_is_zero(ring, a[q]), other = rc_ratio_is_zero(ring, b[q]);
        if (zero ? rc_ratio_side(ring, b[q]) != 0 : other && rc_ratio_side(ring, a[q]) != 0) return true;
        for (slong p = 0; p < q; p++)
            if (rc_ratio_side(ring, minor_of(ring, a, b, p, q)) != 0) return true;
    }
    return false;
}

/* Forms. */

/* t if a = t b with t > 0, or t < 0, for all values, and *s its sign, which may not be proved of the product t; else NULL. */
static number multiple(rc_ring_struct *ring, const number *a, const number *b, slong w, int *s)
{
    for (*s = -1; *s <= 1; *s += 2) {
        slong k = 0;
        while (k < w && rc_ratio_is_zero(ring, (*s > 0 ? rc_ratio_sub : rc_ratio_add)(ring, a[k], b[k]))) k++;
        if (k == w) return rc_ratio_si(ring, *s);
    }
    if ((*s = rc_family_direction(ring, a, b, w)) == 0) return NULL;
    slong q = 0;
    while (rc_ratio_side(ring, a[q]) * rc_ratio_side(ring, b[q]) == 0) q++;
    return rc_ratio_mul(ring, a[q], rc_ratio_inv(ring, b[q]));
}

/* A neuron with weights t u_H; sign -1: of the network that is subtracted. */
static void add_neuron(form *f, const number *a, const number *c, int sign)
{
    rc_ring_struct *ring = f->ring;
    bool constant = true;
    slong H = 1;
    int s = 1;
    number t = NULL;
    for (slong k = 0; k < f->d; k++) constant = constant && rc_ratio_is_zero(ring, a[k]);
    if (constant && (!f->biases || rc_ratio_weak_side(ring, a[f->d]) < 0)) return;
    while (!constant && H <= f->K && (t = multiple(ring, a, f->u + H * f->w, f->w, &s)) == NULL) H++;
    if (!constant && H > f->K) memcpy(f->u + ++f->K * f->w, a, (size_t) f->w * sizeof *a);
    if (t == NULL) {
        s = 1;
        t = constant ? a[f->d] : rc_ratio_si(ring, 1);
    }
    if (constant && rc_ratio_weak_side(ring, t) == 0) t = NULL; /* poisons L, so that nothing is proved */
    for (slong p = 0; p < f->D; p++) {
        number x = rc_ratio_mul(ring, rc_ratio_si(ring, sign), rc_ratio_mul(ring, t, c[p]));
        number *gamma = f->gamma + H * f->D + p, *row = f->L + p * f->w;
        if (constant) {
            row[f->d] = rc_ratio_add(ring, row[f->d], x);
            continue;
        }
        *gamma = (s > 0 ? rc_ratio_add : rc_ratio_sub)(ring, *gamma, x);
        for (slong k = 0; k < f->w && s < 0; k++)
            row[k] = rc_ratio_add(ring, row[k], rc_ratio_mul(ring, x, f->u[H * f->w + k]));
    }
}

/* Lines without a jump are dropped. */
static void drop_lines(form *f)
{
    slong K = 0;
    for (slong H = 1; H <= f->K; H++) {
        bool null = f->D > 0;
        for (slong p = 0; p < f->D; p++) null = null && rc_ratio_is_zero(f->ring, f->gamma[H * f->D + p]);
        if (null) continue;
        K++;
        memmove(f->u + K * f->w, f->u + H * f->w, (size_t) f->w * sizeof *f->u);
        memmove(f->gamma + K * f->D, f->gamma + H * f->D, (size_t) f->D * sizeof *f->gamma);
    }
    f->K = K;
}

static bool is_alive(const form *f, slong H)
{
    for (slong i = 0; i < (f->D > 0 ? f->D * f->w : f->w); i++) {
        number x = f->D > 0 ? f->jump[H * f->D * f->w + i] : f->u[H * f->w + i];
        if (i % f->w < f->d && rc_ratio_side(f->ring, x) != 0) return true;
    }
    return false;
}

/* row = a/a_q at the sample, a_q its first entry that is not 0, as primitive integers with a_q's sign. */
static bool sample_row(fmpz *row, const form *f, const number *a)
{
    rc_surd_t x, pivot, inverse;
    rc_surd_init(x);
    rc_surd_init(pivot);
    rc_surd_init(inverse);
    fmpq *v = flint_calloc((size_t) f->w, sizeof *v);
    fmpz_t den;
    fmpz_init_set_si(den, 1);
    for (slong k = 0; k < f->w; k++) fmpq_init(v + k);
    bool good = true, found = false;
    for (slong k = 0; k < f->w && good; k++) {
        rc_ratio_sample(x, f->ring, a[k]);
        if (rc_surd_is_zero(x)) continue;
        if (!found) {
            rc_surd_abs(pivot, x);
            good = rc_surd_inv(inverse, pivot) == RC_OK;
        }
        found = true;
        if (good) rc_surd_mul(x, x, inverse);
        good = good && rc_surd_get_fmpq(v + k, x) == RC_OK;
        if (good) fmpz_lcm(den, den, fmpq_denref(v + k));
    }
    for (slong k = 0; k < f->w; k++) {
        fmpz_divexact(row + k, den, fmpq_denref(v + k));
        fmpz_mul(row + k, row + k, fmpq_numref(v + k));
        fmpq_clear(v + k);
    }
    flint_free(v);
    fmpz_clear(den);
    rc_surd_clear(inverse);
    rc_surd_clear(pivot);
    rc_surd_clear(x);
    return good && found;
}

static void take_sample(form *f)
{
    fmpz_mat_init(f->sample, f->K + 1, f->w);
    if (f->biases) fmpz_one(fmpz_mat_entry(f->sample, 0, f->d));
    f->sampled = true;
    for (slong H = 1; H <= f->K && f->sampled; H++)
        f->sampled = sample_row(f->sample->rows[H], f, f->u + H * f->w);
}

void rc_family_init_form(form *f, rc_ring_struct *ring, const network *X, const network *Y, bool lines)
{
    slong n = X->m + (Y ? Y->m : 0);
    *f = (form){.ring = ring, .d = X->d, .D = lines ? 0 : X->D, .biases = X->biases || (Y && Y->biases)};
    f->w = f->d + f->biases;
    number zero = rc_ratio_si(ring, 0);
    f->u = rc_family_alloc((size_t) ((n + 1) * f->w), sizeof *f->u);
    f->gamma = rc_family_alloc((size_t) ((n + 1) * f->D), sizeof *f->gamma);
    f->L = rc_family_alloc((size_t) (f->D * f->w), sizeof *f->L);
    f->jump = rc_family_alloc((size_t) ((n + 1) * f->D * f->w), sizeof *f->jump);
    f->sure = rc_family_alloc((size_t) n + 1, sizeof *f->sure);
    number *a = rc_family_alloc((size_t) f->w, sizeof *a);
    for (slong k = 0; k < f->w; k++) f->u[k] = rc_ratio_si(ring, k == f->d);
    for (slong i = 0; i < (n + 1) * f->D; i++) f->gamma[i] = zero;
    for (slong i = 0; i < f->D * f->w; i++) f->L[i] = zero;
    for (slong p = 0; p < f->D && f->biases; p++)
        f->L[p * f->w + f->d] = Y ? rc_ratio_sub(ring, X->out[p], Y->out[p]) : X->out[p];
    for (slong i = 0; i < n; i++) {
        const network *Z = i < X->m ? X : Y;
        slong j = i < X->m ? i : i - X->m;
        for (slong k = 0; k < f->w; k++) a[k] = k < Z->w ? Z->a[j * Z->w + k] : zero;
        add_neuron(f, a, Z->c + j * Z->D, i < X->m ? 1 : -1);
    }
    free(a);
    drop_lines(f);
    for (slong i = 0; i < (f->K + 1) * f->D * f->w; i++) {
        slong H = i / (f->D * f->w), p = i / f->w % f->D;
        f->jump[i] = rc_ratio_mul(ring, f->gamma[H * f->D + p], f->u[H * f->w + i % f->w]);
    }
    for (slong H = 1; H <= f->K; H++) {
        f->sure[H] = is_alive(f, H);
        for (slong i = 1; i <= f->K && f->sure[H]; i++)
            f->sure[H] = i == H || rc_family_apart(ring, f->u + i * f->w, f->u + H * f->w, f->w);
    }
    take_sample(f);
}

void rc_family_clear_form(form *f)
{
    if (f->ring == NULL) return;
    free(f->u);
    free(f->gamma);
    free(f->L);
    free(f->jump);
    free(f->sure);
    fmpz_mat_clear(f->sample);
}

bool rc_family_all_sure(const form *f)
{
    for (slong H = 1; H <= f->K; H++)
        if (!f->sure[H]) return false;
    return true;
}
