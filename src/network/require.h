/* Preconditions on which soundness rests: they stay in force under NDEBUG. */
#ifndef RELUCERT_NETWORK_REQUIRE_H
#define RELUCERT_NETWORK_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with a message unless `holds`: a wrong answer is worse. */
static inline void rc_require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "relucert: broken precondition: %s\n", what);
    abort();
}

#endif
