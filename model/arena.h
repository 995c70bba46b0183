/* Memory for the activations of one batch: handed out in order, given back all at once.
 *
 * The first batch makes it grow; a reset joins what it grew by into one block, so that later batches of that size do not
 * ask the system for anything. Blocks are mapped with huge pages where the system has them: touching fresh small pages
 * would cost more than the arithmetic.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ARENA_H
#define MMIB_MODEL_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used_bytes;          /* of all blocks since the last reset */
    size_t peak_bytes;
};

/* n * size bytes, aligned to a cache line, not cleared; valid until the next reset. NULL when memory is out or the product
 * overflows. */
void *arena_take(struct arena *arena, size_t n, size_t size);

/* The same, cleared. */
void *arena_take_zero(struct arena *arena, size_t n, size_t size);

void arena_reset(struct arena *arena);

/* Gives back what was taken since the mark; no reset may lie between. */
struct arena_mark {
    struct arena_block *block;
    size_t block_used_bytes, used_bytes;
};

struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, const struct arena_mark *mark);

void arena_free(struct arena *arena); /* what it owns */

#endif
