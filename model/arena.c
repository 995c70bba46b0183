/* SPDX-License-Identifier: Apache-2.0 */
#include "model/arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { ARENA_ALIGNMENT = 64, ARENA_HEADER = 64, ARENA_STEP = 8 << 20 };

struct arena_block {
    struct arena_block *older;
    size_t bytes, used; /* of the whole mapping; from its start */
};

static struct arena_block *arena_map(size_t bytes)
{
    if (bytes > SIZE_MAX - ARENA_STEP)
        return NULL;
    bytes = (bytes + ARENA_STEP - 1) / ARENA_STEP * ARENA_STEP;
    struct arena_block *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    madvise(block, bytes, MADV_HUGEPAGE);
    *block = (struct arena_block){NULL, bytes, ARENA_HEADER};
    return block;
}

void *arena_take(struct arena *arena, size_t n, size_t size)
{
    if (size && n > (SIZE_MAX / 2) / size)
        return NULL;
    size_t bytes = (n * size + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
    if (!bytes)
        bytes = ARENA_ALIGNMENT;
    struct arena_block *block = arena->blocks;
    if (!block || block->bytes - block->used < bytes) {
        block = arena_map(bytes + ARENA_HEADER);
        if (!block)
            return NULL;
        block->older = arena->blocks;
        arena->blocks = block;
    }
    void *out = (char *)block + block->used;
    block->used += bytes;
    arena->used_bytes += bytes;
    if (arena->used_bytes > arena->peak_bytes)
        arena->peak_bytes = arena->used_bytes;
    return out;
}

void *arena_take_zero(struct arena *arena, size_t n, size_t size)
{
    void *out = arena_take(arena, n, size);
    if (out)
        memset(out, 0, n * size);
    return out;
}

void arena_reset(struct arena *arena)
{
    arena->used_bytes = 0;
    if (arena->blocks && !arena->blocks->older) {
        arena->blocks->used = ARENA_HEADER;
        return;
    }
    size_t peak_bytes = arena->peak_bytes;
    arena_free(arena);
    arena->peak_bytes = peak_bytes;
    if (peak_bytes)
        arena->blocks = arena_map(peak_bytes + ARENA_HEADER); /* NULL is fine: the next take asks again */
}

/* Unmaps the blocks that are newer than this one. */
static void arena_drop(struct arena *arena, const struct arena_block *last)
{
    while (arena->blocks != last) {
        struct arena_block *older = arena->blocks->older;
        munmap(arena->blocks, arena->blocks->bytes);
        arena->blocks = older;
    }
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->blocks, arena->blocks ? arena->blocks->used : 0, arena->used_bytes};
}

void arena_rewind(struct arena *arena, const struct arena_mark *mark)
{
    arena_drop(arena, mark->block);
    if (arena->blocks)
        arena->blocks->used = mark->block_used_bytes;
    arena->used_bytes = mark->used_bytes;
}

void arena_free(struct arena *arena)
{
    arena_drop(arena, NULL);
    *arena = (struct arena){0};
}
