/* SHA-256 (FIPS 180-4) of a stream of bytes. */
#ifndef RC_CERTIFICATE_SHA256_H
#define RC_CERTIFICATE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t hash[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
} rc_sha256_struct;
typedef rc_sha256_struct rc_sha256_t[1];

void rc_sha256_init(rc_sha256_t s);
void rc_sha256_add(rc_sha256_t s, const void *bytes, size_t count);
/* The digest in 64 lower-case hexadecimal digits; s is used up. */
void rc_sha256_finish(char text[65], rc_sha256_t s);

#endif
