/* Lemma A.6: a network with biases inside N*_(d+2,m+1,D), mended so that C.2 holds (design, section 7, slip 6). */
#ifndef RELUCERT_EMBEDDING_H
#define RELUCERT_EMBEDDING_H

#include "relucert/network.h"

/* gamma in N*_(d+2, m+1, D) with R(gamma)(x, 1, -1) = R(theta)(x), theta with biases. Deterministic. */
void rc_embedding(rc_network_t gamma, const rc_network_t theta);

#endif
