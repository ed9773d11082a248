/* Listings: certificates of large enumerations, an ordered basis for each cell in a binary file beside the
   certificate (docs/certificate-format.md, section 4, LISTING). */
#ifndef RELUCERT_LISTING_H
#define RELUCERT_LISTING_H

#include "relucert/enumeration.h"
#include "relucert/network.h"

/* Whose cells are listed: those of the arrangement itself (networks = 0), as it was given, or of the hyperplanes of one
   or two networks with the same d and D, shallow or biased. Names differ unless the networks are the same. */
typedef struct {
    const char *stem, *id; /* the certificate's "case" and "id"; NULL: the stem of its file, "cells" */
    const char *producer;  /* program and release */
    slong networks;
    const char *name[2];
    const rc_network_struct *network[2];
} rc_listing_subject;

/* Writes the certificate `path` and its side file, named like it with ".cells" in place of ".json": the claim is
   the number of cells, the evidence an ordered basis for each cell; of a central arrangement for one cell of each
   antipodal pair. arr is the subject's arrangement. Everything streams, in `threads` >= 1 threads; the bytes are
   the same for any number of them. Each file is whole or not there, the side file comes first, and is taken back if
   the certificate cannot be written. *cells (or NULL) = their number, with both of each pair.

   RC_BAD_INPUT if the file's name cannot stand in a certificate; RC_UNDEFINED without hyperplanes, for more than
   32,766 of them or a rank above 1,000; RC_LIMIT as `limits` says (one visit a cell, two a pair); RC_IO. The number
   of cells is counted again by deletion-restriction where that takes no more visits than there are cells;
   relucert-check always does. */
rc_status rc_listing_write(const char *path, const rc_listing_subject *subject, const rc_arrangement_t arr,
                           int threads, fmpz *cells, rc_limits *limits, rc_error_struct *err) RC_MUST_USE;

#endif
