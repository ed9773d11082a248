/* Case files: networks, parameters and claims about them (design, section 12), read strictly and instantiated. */
#ifndef RELUCERT_CASEFILE_H
#define RELUCERT_CASEFILE_H

#include "relucert/read.h"

/* The kinds of docs/certificate-format.md, section 5. */
typedef enum {
    RC_CLAIM_EQUAL,
    RC_CLAIM_SEMI_NORM,
    RC_CLAIM_SUP_NORM,
    RC_CLAIM_CELLS,
    RC_CLAIM_MEMBER,
    RC_CLAIM_THEOREM_33,
    RC_CLAIM_THEOREM_31,
    RC_CLAIM_INVERSE_STABLE,
    RC_CLAIM_DISTANCE,
    RC_CLAIM_UNIQUE,
    RC_CLAIM_EMBEDDING,
    RC_CLAIM_LOSS_LOCAL_MINIMUM,
    RC_CLAIM_LIMIT,
    RC_CLAIM_STABILITY
} rc_claim_kind;

const char *rc_claim_kind_name(rc_claim_kind kind); /* "equal", "semi-norm", ... */
/* False if there is no such kind. */
bool rc_claim_kind_find(rc_claim_kind *kind, const char *name);

typedef enum { RC_COMPARE_NONE, RC_COMPARE_EQUALS, RC_COMPARE_AT_MOST, RC_COMPARE_AT_LEAST } rc_comparison;
const char *rc_comparison_name(rc_comparison c); /* "equals", "at-most", "at-least"; "" for none */

/* What a stability claim says: numbers compared, then verdicts that hold or not. */
typedef enum {
    RC_PART_LAMBDA_MAX,
    RC_PART_FLATTEST, /* inf of lambda_max over positive rescalings of the neurons */
    RC_PART_S_THETA,
    RC_PART_NORM_R_G,
    RC_PART_NORM_R,
    RC_PART_NORM_R_GHAT, /* orientation as given */
    RC_PART_NORM_R_GHAT_FLIPPED,
    RC_PART_GRADIENT, /* inf ||grad f|| over the cells */
    RC_PART_BOUND, /* the right side of [N 19] for the orientations given, flipped, and their mean */
    RC_PART_BOUND_FLIPPED,
    RC_PART_BOUND_AVERAGED,
    RC_PART_THEOREM_1,
    RC_PART_LINEARLY_STABLE,
    RC_PART_THEOREM_3,
    RC_PART_LEMMA_2, /* an implementation of that shape with lambda_max at most the bound */
    RC_PART_LEMMA_3,
    RC_PARTS,
    RC_PART_NUMBERS = RC_PART_THEOREM_1
} rc_stability_part;

const char *rc_stability_part_name(rc_stability_part part); /* "lambda-max", ... */
/* Is the part about a step size? */
bool rc_stability_part_has_eta(rc_stability_part part);

typedef struct {
    bool present, holds;
    rc_comparison comparison;
} rc_part_struct;

/* A parameter of a case: the integers >= from, or the rationals > from. */
typedef struct {
    char *name;
    bool integer;
    fmpq_t from;
} rc_parameter_struct;

/* A claim at one value of each parameter. `network` is borrowed from the case: the one or two networks of the claim in
   the order of its statement (of; gamma, theta; gamma, g; network), shapes checked. Numbers a kind has no use for are
   0. */
typedef struct {
    const fmpq *parameters; /* borrowed; one value for each parameter of the case, in its order */
    const rc_network_struct *network[2];
    rc_arrangement_struct *arrangement; /* a `cells` claim about an arrangement; NULL otherwise */
    rc_surd_t value;                    /* equals, at-most or at-least; beta; s */
    fmpq_t number;                      /* box, alpha, radius or eta */
    fmpq_mat_t x, y;                    /* samples, n x d and n x D (loss-local-minimum), or data (stability; y is 0 x 0
                                           where the labels are the network's own); 0 x 0 otherwise */
    rc_surd_struct *part;               /* stability: what the numbers are compared with; NULL otherwise */
} rc_instance_struct;

/* Invariants: networks is 1 or 2 (0 for an arrangement or a limit); instances > 0, or 0 for a limit; comparison is set for
   the kinds that have one; names are borrowed from `fields`. */
typedef struct rc_claim_struct {
    const char *id;
    rc_claim_kind kind;
    rc_verdict expect;
    const json_t *fields; /* the claim as written; borrowed from the case's document */
    rc_comparison comparison;
    bool holds; /* true unless the claim says "holds": false */
    bool star;  /* space or within is "N*" */
    bool own_labels;               /* stability: y_j = f(x_j) */
    rc_part_struct part[RC_PARTS]; /* stability */
    slong networks;
    const char *name[2];
    bool infinity;                        /* of a limit: infinity, not 0 */
    const struct rc_claim_struct *target; /* the claim whose value a limit is about; NULL otherwise */
    bool all_values; /* about all values of the parameters: the instances are samples */
    slong instances;
    rc_instance_struct *instance; /* Cartesian product, first parameter of the case slowest */
} rc_claim_struct;

typedef struct rc_case_networks_struct rc_case_networks;

typedef struct {
    char *path, *stem;          /* the stem is the file's name without folder and ".json" */
    const char *title, *source; /* borrowed from the document; "" if missing */
    json_t *doc;
    slong parameters;
    rc_parameter_struct *parameter;
    slong claims;
    rc_claim_struct *claim;
    rc_case_networks *networks;
} rc_case_struct;
typedef rc_case_struct rc_case_t[1];

void rc_case_init(rc_case_t c);
void rc_case_clear(rc_case_t c);

/* Reads and checks the whole case: keys, types, names, aliases, parameters, every claim, every network at every
   instance. RC_BAD_INPUT or RC_IO with one line naming file, claim or network, and field; c is unchanged then. */
rc_status rc_case_read(rc_case_t c, const char *path, rc_error_struct *err) RC_MUST_USE;

/* end = the lower end of the claim's range of parameter i, its `for` or the parameter's own. */
void rc_case_range(fmpq_t end, const rc_case_struct *c, const rc_claim_struct *claim, slong i);

/* A further instance of the claim, at one value for each parameter in its domain; *instance is allocated, and freed by
   rc_case_instance_clear. It borrows from c. RC_BAD_INPUT where an entry has no value. */
rc_status rc_case_instantiate(rc_instance_struct **instance, rc_case_struct *c, const rc_claim_struct *claim,
                              const fmpq *values, rc_error_struct *err) RC_MUST_USE;
void rc_case_instance_clear(rc_instance_struct *instance); /* NULL is allowed */

/* "k = 10, r = 1/2" of an instance; "" without parameters. The caller frees. */
char *rc_instance_get_str(const rc_case_t c, const rc_instance_struct *instance);

/* A network argument of a command: FILE (a network; "-" is standard input) or CASE#NAME (a network of a case,
   whose parameters get the values of set[0..settings-1], each "name=expression", every parameter once, within its
   domain). A file whose whole name is FILE#NAME is taken first. net must be initialized; unchanged on failure. */
rc_status rc_case_load_network(rc_network_t net, const char *argument, slong settings, const char *const *set,
                               rc_error_struct *err) RC_MUST_USE;
/* The same for commands that take arrangements too: *is_arrangement says which of net and arr (both initialized)
   was set. */
rc_status rc_case_load_any(rc_network_t net, rc_arrangement_t arr, bool *is_arrangement, const char *argument,
                           slong settings, const char *const *set, rc_error_struct *err) RC_MUST_USE;

#endif
