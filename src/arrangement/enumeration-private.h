/* What is inside an enumeration. */
#ifndef RELUCERT_ARRANGEMENT_ENUMERATION_PRIVATE_H
#define RELUCERT_ARRANGEMENT_ENUMERATION_PRIVATE_H

#include "arrangement/tree.h"
#include "arrangement/vertex.h"

/* One component (or, with bases, everything). */
typedef struct {
    slong n, rank;
    slong *member;       /* rows of the whole, n of them: x_{d+1} first if it is here, then increasing */
    bool has_infinity;
    slong *cols;         /* rank columns in which the forms have full rank */
    fmpz_mat_t forms;    /* n x rank */
    rc_engine engine;
    rc_vertex_t vertex;
    fmpz_mat_t auxiliary; /* rank x rank: row i - 1 is the objective of level i, once that is closed */
    bool identity;       /* its bits are those of the whole */
    uint64_t *spread;    /* for each byte of its bits and each value: the bits of the whole */
    uint64_t *mask;      /* the bits of the whole that are its */
    rc_batch_t list;     /* all cells, in bits of the whole; not of the lead */
} rc_part_struct;

/* out (length rank) = an integer form on the whole that restricts to a positive multiple of the objective of level
   L. */
void rc_vertex_objective(fmpz *out, const rc_level_struct *L);

struct rc_enumeration_struct {
    const rc_arrangement_struct *arr;
    bool bases;
    slong words;
    slong parts;
    rc_part_struct *part;
    slong lead;          /* the component that is streamed */
};

#endif
