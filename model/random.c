/* SPDX-License-Identifier: Apache-2.0 */
#include "model/random.h"

static uint64_t random_split(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void random_seed(struct random *random, uint64_t seed, const char *stream)
{
    uint64_t state = seed;
    for (; *stream; stream++) {
        state ^= (unsigned char)*stream;
        state = random_split(&state);
    }
    for (int i = 0; i < 4; i++)
        random->state[i] = random_split(&state);
}

static uint64_t random_rotate(uint64_t x, int n)
{
    return x << n | x >> (64 - n);
}

uint64_t random_bits(struct random *random)
{
    uint64_t *s = random->state, result = random_rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotate(s[3], 45);
    return result;
}

float random_normal(struct random *random)
{
    uint64_t bits = random_bits(random);
    int32_t sum = (int32_t)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48));
    /* The mean of the sum is 4 * 65535 / 2, its variance 4 * (65536^2 - 1) / 12. */
    return (float)(sum - 131070) * (float)(1 / 37837.2272372);
}
