/* A set of SHA-256 digests, numbered in the order in which they came: what is the same is known by it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_DIGEST_SET_H
#define MMIB_MODEL_DIGEST_SET_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

struct digest_set {
    struct digest *each; /* [n] */
    size_t n;
    size_t *slots; /* hash table of numbers + 1; 0 = free */
    size_t n_slots;
};

/* The digest's number; SIZE_MAX when it is not in the set. */
size_t digest_set_find(const struct digest_set *set, const struct digest *digest);

/* The same, and adds it where it is new. SIZE_MAX when memory is out. */
size_t digest_set_add(struct digest_set *set, const struct digest *digest);

void digest_set_free(struct digest_set *set); /* what it owns */

#endif
