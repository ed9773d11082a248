/* relucert stability: what it prints. */
#ifndef RELUCERT_CLI_STABILITY_H
#define RELUCERT_CLI_STABILITY_H

#include "cli.h"
#include "relucert/stability.h"

/* One network at the data, with the step sizes asked about. */
typedef struct {
    const char *name;
    const rc_stability_struct *s;
    slong etas;
    const fmpq *eta;
    slong bits;
    bool neurons; /* a table of them, too */
} rc_stability_report;

json_t *rc_stability_json(const rc_stability_report *r);
/* A case with one network, f, whose claims, all true, are what is known: bounds, norms, verdicts. `certify` proves them. */
json_t *rc_stability_case(const rc_stability_report *r, const rc_network_struct *net, const rc_dataset_struct *data,
                          bool own_labels);
/* {"gram": K, "features": Phi^T}, features of point j in row j; null where they are more than ten million. */
json_t *rc_stability_matrices(const rc_network_struct *net, const rc_dataset_struct *data);
void rc_stability_put_text(const rc_stability_report *r);
/* The columns of the table for plots, and a row. Bounds are decimals rounded outwards. */
void rc_stability_put_csv_head(void);
void rc_stability_put_csv_row(const rc_stability_report *r);

#endif
