/* Random networks with data to be stable at. */
#ifndef RELUCERT_TESTS_RANDOM_PROBLEM_H
#define RELUCERT_TESTS_RANDOM_PROBLEM_H

#include <jansson.h>

#include "random-network.h"
#include "relucert/dataset.h"

/* A problem: a network with biases, points and labels. */
typedef struct {
    rc_network_t net;
    rc_dataset_t data;
} problem;

static inline void problem_clear(problem *p)
{
    rc_dataset_clear(p->data);
    rc_network_clear(p->net);
}

static inline void random_data(rc_dataset_t data, slong n, slong d, const rc_network_t net, bool labels_of_net)
{
    fmpq_mat_t x, y;
    fmpq_mat_init(x, n, d);
    fmpq_mat_init(y, n, 1);
    for (slong j = 0; j < n; j++) {
        /* Denominator 7 keeps most points off the knots of networks with denominators up to 4. */
        for (slong k = 0; k < d; k++) {
            fmpq_set_si(fmpq_mat_entry(x, j, k), test_range(-20, 20), 7);
            fmpq_canonicalise(fmpq_mat_entry(x, j, k));
        }
        if (labels_of_net) rc_network_eval(fmpq_mat_entry(y, j, 0), net, fmpq_mat_entry(x, j, 0));
        else random_rational(fmpq_mat_entry(y, j, 0), 3);
    }
    rc_dataset_set_fmpq_mat(data, x, y);
    fmpq_mat_clear(y);
    fmpq_mat_clear(x);
}

static inline void random_problem(problem *p, slong most, bool solution)
{
    slong d = test_range(1, most), m = test_range(1, most + 1), n = test_range(1, most + 1);
    rc_network_init(p->net, test_chance(80) ? RC_BIASED : RC_SHALLOW, d, m, 1);
    random_neurons(p->net);
    rc_dataset_init(p->data);
    random_data(p->data, n, d, p->net, solution);
}

static inline char *problem_text(const problem *p)
{
    json_t *doc = json_pack("{s:o,s:[]}", "network", rc_write_network(p->net), "x");
    for (slong j = 0; j < p->data->n; j++) {
        json_t *row = json_array();
        for (slong k = 0; k < p->data->d; k++) {
            fmpq_t x;
            fmpq_init(x);
            fmpq_set_fmpz_frac(x, fmpz_mat_entry(p->data->x, j, k), p->data->den);
            json_array_append_new(row, rc_write_fmpq(x));
            fmpq_clear(x);
        }
        json_array_append_new(json_object_get(doc, "x"), row);
    }
    json_object_set_new(doc, "y", rc_write_fmpq_vec(p->data->y, p->data->n));
    char *text = json_dumps(doc, 0);
    json_decref(doc);
    return text;
}

static inline void point_of(fmpq *x, const rc_dataset_t data, slong j)
{
    for (slong k = 0; k < data->d; k++) fmpq_set_fmpz_frac(x + k, fmpz_mat_entry(data->x, j, k), data->den);
}

#endif
