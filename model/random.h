/* Random numbers that a seed makes the same on every machine: xoshiro256** (Blackman and Vigna), its state filled by
 * splitmix64. Only integers and exact products are involved, so that no math library has a say.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_RANDOM_H
#define MMIB_MODEL_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state[4];
};

/* Streams of one seed with different names are independent, so that what one part draws leaves the others as they are. */
void random_seed(struct random *random, uint64_t seed, const char *stream);

uint64_t random_bits(struct random *random);

/* Mean 0, variance 1, as the sum of four uniform numbers: bell-shaped, and never beyond 3.47. */
float random_normal(struct random *random);

#endif
