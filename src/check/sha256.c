/* SHA-256 (FIPS 180-4). */

#include "check.h"

typedef struct { uint32_t h[8], k[64]; } state;

static uint32_t turned(uint32_t x, int n) { return x >> n | x << (32 - n); }

/* The first 32 bits of the fractional parts: h: of the square roots of the first 8 primes, k: of the cube roots
   of the first 64. */
static void start(state *s) {
    NEW_Z(p); NEW_Z(root);
    for (int i = 0; i < 64; i++) {
        mpz_nextprime(p, p);
        mpz_mul_2exp(root, p, 96);
        mpz_root(root, root, 3);
        s->k[i] = (uint32_t)mpz_get_ui(root);
        mpz_mul_2exp(root, p, 64);
        mpz_sqrt(root, root);
        if (i < 8) s->h[i] = (uint32_t)mpz_get_ui(root);
    }
}

static void add_block(state *s, const unsigned char *b) {
    uint32_t w[64], v[8];
    for (int t = 0; t < 64; t++) {
        w[t] = 0;
        for (int i = 0; t < 16 && i < 4; i++) w[t] = w[t] << 8 | b[4 * t + i];
        if (t >= 16) w[t] = w[t - 16] + w[t - 7] + (turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ w[t - 15] >> 3)
                         + (turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ w[t - 2] >> 10);
    }
    memcpy(v, s->h, sizeof v);
    for (int t = 0; t < 64; t++) {
        uint32_t x = v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)) + s->k[t] + w[t]
                   + ((v[4] & v[5]) ^ (~v[4] & v[6]));
        uint32_t y = (turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22))
                   + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += x;
        v[0] = x + y;
    }
    for (int i = 0; i < 8; i++) s->h[i] += v[i];
}

void sha256(char text[65], const unsigned char *bytes, size_t size) {
    unsigned char last[128] = {0};
    size_t rest = size % 64, blocks = rest < 56 ? 1 : 2;
    state s;
    start(&s);
    for (size_t at = 0; at < size - rest; at += 64) add_block(&s, bytes + at);
    memcpy(last, bytes + size - rest, rest);
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++) last[64 * blocks - 1 - i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
    for (size_t i = 0; i < blocks; i++) add_block(&s, last + 64 * i);
    for (size_t i = 0; i < 8; i++) sprintf(text + 8 * i, "%08lx", (unsigned long)s.h[i]);
}
