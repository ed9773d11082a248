/* Networks, statements and evidence as JSON text: the parts of a certificate. */
#ifndef RC_CERTIFICATE_WRITE_H
#define RC_CERTIFICATE_WRITE_H

#include "relucert/certificate.h"
#include "text.h"

/* {"A": ..., "C": ...} or {"layers": ...}, a row a line, the lines after the first behind `margin`. */
void rc_text_put_network(rc_text_t t, const rc_network_struct *net, const char *margin);
void rc_text_put_arrangement(rc_text_t t, const rc_arrangement_struct *arr, const char *margin);
/* The claim's fields at the instance. */
void rc_text_put_statement(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in);
/* stability: fields after the network, and evidence. */
void rc_text_put_stability_fields(rc_text_t t, const rc_claim_struct *claim, const rc_instance_struct *in);
void rc_text_put_stability(rc_text_t t, const rc_evidence_struct *e);
void rc_text_put_evidence(rc_text_t t, const rc_evidence_struct *e);
/* TREE, FLIPTREE: nodes in preorder on one line. Leaves of box trees have 2 D lists. */
void rc_text_put_tree(rc_text_t t, const rc_tree_struct *tree, slong D);
void rc_text_put_fliptree(rc_text_t t, const rc_fliptree_struct *tree);

#endif
