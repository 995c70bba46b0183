/* SPDX-License-Identifier: Apache-2.0 */
#include "model/digest-set.h"

#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

enum { DIGEST_SET_MIN_SLOTS = 64 };

/* The slot that holds the digest, or the free one where it belongs. */
static size_t *digest_set_slot(const struct digest_set *set, const struct digest *digest)
{
    uint64_t at;
    memcpy(&at, digest->bytes, sizeof at);
    for (;; at++) {
        size_t *slot = &set->slots[at & (set->n_slots - 1)];
        if (!*slot || !memcmp(set->each[*slot - 1].bytes, digest->bytes, DIGEST_BYTES))
            return slot;
    }
}

size_t digest_set_find(const struct digest_set *set, const struct digest *digest)
{
    size_t *slot = set->n_slots ? digest_set_slot(set, digest) : NULL;
    return slot && *slot ? *slot - 1 : SIZE_MAX;
}

/* At least half of the slots stay free. */
static int digest_set_grow(struct digest_set *set)
{
    if (2 * (set->n + 1) <= set->n_slots)
        return 0;
    size_t n_slots = set->n_slots ? 2 * set->n_slots : DIGEST_SET_MIN_SLOTS;
    size_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return -1;
    free(set->slots);
    set->slots = slots;
    set->n_slots = n_slots;
    for (size_t i = 0; i < set->n; i++)
        *digest_set_slot(set, &set->each[i]) = i + 1;
    return 0;
}

size_t digest_set_add(struct digest_set *set, const struct digest *digest)
{
    if (digest_set_grow(set))
        return SIZE_MAX;
    size_t *slot = digest_set_slot(set, digest);
    if (!*slot) {
        struct digest *each = array_grow(set->each, set->n, sizeof *each);
        if (!each)
            return SIZE_MAX;
        set->each = each;
        each[set->n++] = *digest;
        *slot = set->n;
    }
    return *slot - 1;
}

void digest_set_free(struct digest_set *set)
{
    free(set->each);
    free(set->slots);
    *set = (struct digest_set){0};
}
