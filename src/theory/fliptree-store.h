/* Writing a flip tree in preorder. */
#ifndef RELUCERT_THEORY_FLIPTREE_STORE_H
#define RELUCERT_THEORY_FLIPTREE_STORE_H

#include "relucert/fiber.h"

void rc_fliptree_reset(rc_fliptree_struct *t);
void rc_fliptree_branch(rc_fliptree_struct *t, slong form);
void rc_fliptree_stop(rc_fliptree_struct *t);
void rc_fliptree_empty(rc_fliptree_struct *t); /* entries follow */
void rc_fliptree_entry(rc_fliptree_struct *t, slong p, slong q, const fmpq_t y);

#endif
