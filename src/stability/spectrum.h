/* Inside the enclosing of largest eigenvalues. */
#ifndef RC_STABILITY_SPECTRUM_H
#define RC_STABILITY_SPECTRUM_H

#include "pencil.h"
#include "relucert/spectrum.h"

/* lo <= lambda_max <= hi with hi - lo <= 2^-bits lo (both 0 if M is 0), for a pencil with lambda_max > 0 or M = 0.
   Floating point takes no part: a power iteration, then inverse iterations with integer Cholesky factors of t I - M for
   t ever closer above, all in fixed point; what they propose is accepted by the exact quotient and the exact residual.
   Each factor costs n^3 / 6 products of integers of about bits + log2 n + 8 bits. RC_LIMIT: a limit, or no
   convergence (limits->reason is NULL then); s holds what is known so far, or is not known. */
rc_status rc_spectrum_enclose(rc_spectrum_t s, const rc_pencil_t M, slong bits, rc_limits *limits) RC_MUST_USE;

/* s->lo = s->hi = v if v is the largest eigenvalue exactly: an eigenvector over Q and an exact factor L D L^T. For
   pencils without terms and n <= RC_SPECTRUM_EXACT. False otherwise; s is unchanged then. */
#define RC_SPECTRUM_EXACT 64
bool rc_spectrum_exact(rc_spectrum_t s, const rc_pencil_t M, const fmpq_t v);

/* Is L as rc_spectrum_struct says for t (in place of hi)? */
bool rc_spectrum_check_upper(const rc_spectrum_t s, const rc_pencil_t M, const fmpq_t t);

#endif
