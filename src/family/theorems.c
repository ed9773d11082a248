/* The theorems and inverse-stable for all values of the parameters. */
#include <stdlib.h>
#include <string.h>

#include "family/impl.h"

/* t <= s r^(e/q), r >= 0. */
static bool power_holds(rc_ring_struct *ring, number t, number s, number r, slong e, slong q)
{
    number zero = rc_ratio_si(ring, 0);
    if (rc_ratio_at_least(ring, zero, t)) return true;
    return rc_ratio_at_least(ring, r, zero) &&
           rc_ratio_at_least(ring, rc_ratio_mul(ring, rc_ratio_pow(ring, s, q), rc_ratio_pow(ring, r, e)),
                             rc_ratio_pow(ring, t, q));
}

/* Is each +-(x_k - y_k) - offset at most s r^(e/q)? */
bool rc_family_is_close(rc_ring_struct *ring, const number *x, const number *y, slong n, number offset, number s, number r,
                     slong e, slong q)
{
    for (slong k = 0; k < 2 * n; k++) {
        number t = k < n ? rc_ratio_sub(ring, x[k], y[k]) : rc_ratio_sub(ring, y[k - n], x[k - n]);
        if (!power_holds(ring, rc_ratio_sub(ring, t, offset), s, r, e, q)) return false;
    }
    return true;
}

/* theorem-3.3, inverse-stable */

typedef struct {
    proof *p;
    const network *X, *Y;
    number s;
    slong e, q; /* alpha */
    slong *place;
    number r;   /* the entry that met the goal */
} matching;

/* With r = G, a permutation within s r^alpha. */
static bool matching_meets(void *context, number G, number *line)
{
    (void) line;
    matching *M = context;
    rc_ring_struct *ring = M->p->ring;
    const network *X = M->X, *Y = M->Y;
    number zero = rc_ratio_si(ring, 0);
    bool *near = rc_family_alloc((size_t) (X->m * X->m), sizeof *near);
    for (slong i = 0; i < X->m * X->m; i++) {
        slong x = i / X->m, y = i % X->m;
        near[i] = rc_family_is_close(ring, X->a + x * X->w, Y->a + y * Y->w, X->d, zero, M->s, G, M->e, M->q) &&
                  rc_family_is_close(ring, X->c + x * X->D, Y->c + y * Y->D, X->D, zero, M->s, G, M->e, M->q);
    }
    bool found = rc_family_match(M->place, near, X->m);
    free(near);
    M->r = G;
    return found;
}

static bool positive_meets(void *context, number G, number *line)
{
    (void) line;
    matching *M = context;
    M->r = G;
    return rc_ratio_holds(M->p->ring, G, false);
}

/* Within N: some Phi at distance at most s r^alpha, written as a function; alpha 1/2 or 1. */
static bool put_near_phi(matching *M, const form *f)
{
    proof *p = M->p;
    char *text = NULL;
    size_t size = 0;
    FILE *out = p->out, *own = open_memstream(&text, &size);
    if (own == NULL) flint_abort();
    p->out = own;
    bool good = rc_family_put_lower(p, f, positive_meets, M);
    p->out = out;
    fclose(own);
    number root = M->q == 1                ? rc_ratio_pow(p->ring, M->r, M->e)
                  : M->q == 2 && M->e == 1 ? rc_ratio_sqrt(p->ring, M->r)
                                           : NULL;
    if (good && root == NULL) good = rc_family_resist(p, "the bound is no function: its root is not formed", NULL);
    if (good) {
        form g;
        rc_family_init_form(&g, p->ring, M->Y, NULL, false);
        fputs(", \"distance\": ", out);
        good = rc_family_put_distance_upper(p, M->X, M->Y, &g, rc_ratio_mul(p->ring, M->s, root));
        rc_family_clear_form(&g);
        fprintf(out, ", \"lower\": %s", text);
    }
    free(text);
    return good;
}

bool rc_family_prove_stable(proof *p)
{
    claim_pair q;
    bool theorem = p->claim->kind == RC_CLAIM_THEOREM_33, star = theorem || p->claim->star;
    bool good = rc_family_read_pair(&q, p, true);
    matching M = {p, &q.X, &q.Y, theorem ? rc_ratio_si(p->ring, 4) : rc_family_value(p), 1, 2, NULL, NULL};
    if (good && !theorem) {
        const fmpq *alpha = p->claim->instance[0].number;
        M.e = fmpz_get_si(fmpq_numref(alpha));
        M.q = fmpz_get_si(fmpq_denref(alpha));
        good = (M.e <= 100 && M.q <= 100) || rc_family_resist(p, "alpha is no quotient of integers up to 100", NULL);
    }
    if (good && star) {
        M.place = rc_family_alloc((size_t) q.X.m, sizeof *M.place);
        good = rc_family_is_member(p, &q.X, true, p->claim->name[0]) &&
               rc_family_is_member(p, &q.Y, true, p->claim->name[1]);
        if (good) fputs(", \"lower\": ", p->out);
        good = good && rc_family_put_lower(p, &q.f, matching_meets, &M);
        fputs(", \"matching\": [", p->out);
        for (slong i = 0; i < q.X.m && good; i++) fprintf(p->out, "%s%ld", i ? ", " : "", (long) M.place[i] + 1);
        fputc(']', p->out);
        free(M.place);
    } else if (good) {
        good = put_near_phi(&M, &q.f);
    }
    rc_family_clear_pair(&q);
    return good;
}

/* theorem-3.1 */

typedef struct {
    proof *p;
    const network *X;
    network merged, phi; /* Theta's neurons, merged along rays; Phi */
    slong *place;        /* X's neuron i gets merged neuron place[i] */
    bool *common;        /* on the same ray */
    const char **step;
    number beta;
} construction;

static void set_zero(network *X, slong i, number zero)
{
    for (slong k = 0; k < X->d; k++) X->a[i * X->d + k] = zero;
    X->c[i] = zero;
}

static bool is_zero_row(rc_ring_struct *ring, const number *a, slong n)
{
    for (slong k = 0; k < n; k++)
        if (!rc_ratio_is_zero(ring, a[k])) return false;
    return true;
}

/* (87)-(90): neurons on one ray become one. */
static void merge_rays(network *X, rc_ring_struct *ring)
{
    number zero = rc_ratio_si(ring, 0);
    for (slong i = 0; i < X->m; i++) {
        number *a = X->a + i * X->d;
        if (is_zero_row(ring, a, X->d) || rc_ratio_is_zero(ring, X->c[i])) set_zero(X, i, zero);
        for (slong j = 0; j < i; j++) {
            number *b = X->a + j * X->d;
            slong q = 0;
            if (rc_family_direction(ring, a, b, X->d) <= 0) continue;
            while (rc_ratio_side(ring, a[q]) == 0 || rc_ratio_side(ring, b[q]) == 0) q++;
            number t = rc_ratio_mul(ring, a[q], rc_ratio_inv(ring, b[q]));
            X->c[j] = rc_ratio_add(ring, X->c[j], rc_ratio_mul(ring, t, X->c[i]));
            set_zero(X, i, zero);
            break;
        }
    }
    for (slong i = 0; i < X->m; i++)
        if (rc_ratio_is_zero(ring, X->c[i])) set_zero(X, i, zero);
}

static void match_rays(construction *C)
{
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X, *Y = &C->merged;
    bool *taken = rc_family_alloc((size_t) X->m, sizeof *taken);
    for (slong i = 0; i < X->m; i++) {
        C->place[i] = -1;
        for (slong j = 0; j < X->m && C->place[i] < 0; j++) {
            if (taken[j] || rc_family_direction(ring, X->a + i * X->w, Y->a + j * Y->d, X->d) <= 0) continue;
            C->place[i] = j;
            taken[j] = true;
        }
        C->common[i] = C->place[i] >= 0;
    }
    for (slong i = 0, j = 0; i < X->m; i++) {
        if (C->common[i]) continue;
        while (taken[j]) j++;
        C->place[i] = j;
        taken[j] = true;
    }
    free(taken);
}

/* Phi's neuron i by one of the steps (104), (108)-(111); false if it is not defined for all values. */
static bool make_neuron(construction *C, slong i, int step)
{
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    slong d = X->d, q = 0;
    const number *a = C->merged.a + C->place[i] * d, *own = X->a + i * X->w;
    number c = C->merged.c[C->place[i]], scale = NULL, *to = C->phi.a + i * d;
    if (rc_ratio_is_zero(ring, c)) {
        set_zero(&C->phi, i, rc_ratio_si(ring, 0));
        return step == 0;
    }
    if (step == 1) { /* (109): Gamma's output */
        scale = rc_ratio_mul(ring, c, rc_ratio_inv(ring, X->c[i]));
        if (!C->common[i] || rc_ratio_side(ring, scale) <= 0) return false;
    } else if (step == 2) { /* (110): Gamma's weights */
        if (!C->common[i]) return false;
        while (rc_ratio_side(ring, a[q]) == 0 || rc_ratio_side(ring, own[q]) == 0) q++;
        scale = rc_ratio_mul(ring, own[q], rc_ratio_inv(ring, a[q]));
    } else { /* (104), (108), (111): balanced */
        while (q < d && !rc_family_dominates(ring, a + q, 1, a, d, false)) q++;
        if (q == d) return false;
        scale = rc_ratio_mul(ring, rc_family_absolute(ring, c), rc_ratio_inv(ring, rc_family_absolute(ring, a[q])));
        scale = rc_ratio_sqrt(ring, scale);
    }
    number inverse = rc_ratio_inv(ring, scale);
    for (slong k = 0; k < d; k++) to[k] = rc_ratio_mul(ring, scale, a[k]);
    C->phi.c[i] = rc_ratio_mul(ring, c, inverse);
    return C->phi.c[i] != NULL;
}

/* With r = G, Phi within beta + 2 sqrt(r) of Gamma. */
static bool construction_meets(void *context, number G, number *line)
{
    (void) line;
    static const char *const names[] = {"A", "B.1", "B.2"};
    construction *C = context;
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    number two = rc_ratio_si(ring, 2);
    for (slong i = 0; i < X->m; i++) {
        bool found = false;
        for (int step = 0; step < 3 && !found; step++) {
            C->step[i] = C->common[i] ? names[step] : "I1";
            found = make_neuron(C, i, step) &&
                    rc_family_is_close(ring, C->phi.a + i * X->d, X->a + i * X->w, X->d, C->beta, two, G, 1, 2) &&
                    rc_family_is_close(ring, C->phi.c + i, X->c + i, 1, C->beta, two, G, 1, 2);
        }
        if (!found) return false;
    }
    return true;
}

/* C.1 with an upper bound of r: neurons with |c|, ||a|| > beta have ||c a|| > 2 r. */
static bool bound_meets(void *context, number B, number *line)
{
    (void) line;
    construction *C = context;
    rc_ring_struct *ring = C->p->ring;
    const network *X = C->X;
    number twice = rc_ratio_add(ring, B, B);
    for (slong i = 0; i < X->m; i++) {
        bool small = rc_family_covers(ring, &C->beta, 1, X->a + i * X->w, X->d) &&
                     rc_family_covers(ring, &C->beta, 1, X->c + i, 1);
        for (slong k = 0; k < 2 * X->d && !small; k++) {
            number x = rc_ratio_mul(ring, X->a[i * X->w + k / 2], X->c[i]);
            small = rc_ratio_exceeds(ring, k % 2 ? x : rc_ratio_neg(ring, x), twice);
        }
        if (!small) return false;
    }
    return true;
}

static bool check_conditions(proof *p, const network *X, const network *Y)
{
    const struct {
        const char *name;
        const network *X, *Y;
        int sigma;
    } c[] = {{"C.2", X, X, 1}, {"C.3(a)", X, X, -1}, {"C.3(a)", Y, Y, -1}, {"C.3(b)", X, Y, -1}};
    char message[100];
    slong i, j;
    for (size_t k = 0; k < 4; k++) {
        if (!rc_family_find_pair(p->ring, c[k].X, c[k].Y, c[k].sigma, &i, &j)) continue;
        snprintf(message, sizeof message, "%s is not proved for neurons %ld, %ld", c[k].name, (long) i + 1, (long) j + 1);
        return rc_family_resist(p, message, NULL);
    }
    return true;
}

bool rc_family_prove_theorem_31(proof *p)
{
    claim_pair q;
    bool good = rc_family_read_pair(&q, p, true);
    if (good && q.X.D != 1) good = rc_family_resist(p, "Theorem 3.1 has D = 1", NULL);
    good = good && check_conditions(p, &q.X, &q.Y);
    slong m = q.X.m, d = q.X.d;
    construction C = {p, &q.X, {m, d, 1, d, false, NULL, NULL, NULL}, {m, d, 1, d, false, NULL, NULL, NULL},
                      rc_family_alloc((size_t) m, sizeof *C.place), rc_family_alloc((size_t) m, sizeof *C.common),
                      rc_family_alloc((size_t) m, sizeof *C.step), rc_family_value(p)};
    number **space[] = {&C.merged.a, &C.phi.a, &C.merged.c, &C.phi.c};
    for (int i = 0; i < 4; i++) *space[i] = rc_family_alloc((size_t) (i < 2 ? m * d : m), sizeof(number));
    if (good) {
        memcpy(C.merged.a, q.Y.a, (size_t) (m * d) * sizeof(number));
        memcpy(C.merged.c, q.Y.c, (size_t) m * sizeof(number));
        merge_rays(&C.merged, p->ring);
        match_rays(&C);
        fputs(", \"upper\": ", p->out);
        good = rc_family_put_upper(p, &q.f, bound_meets, &C);
    }
    if (good) {
        fputs(", \"lower\": ", p->out);
        good = rc_family_put_lower(p, &q.f, construction_meets, &C);
    }
    if (good) {
        fputs(", \"phi\": ", p->out);
        rc_family_put_network(p, &C.phi);
        fputs(", \"cases\": [", p->out);
        for (slong i = 0; i < m; i++) fprintf(p->out, "%s\"%s\"", i ? ", " : "", C.step[i]);
        fputc(']', p->out);
    }
    rc_family_clear_network(&C.merged);
    rc_family_clear_network(&C.phi);
    free(C.step);
    free(C.common);
    free(C.place);
    rc_family_clear_pair(&q);
    return good;
}
