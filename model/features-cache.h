/* The features of the pictures used last, by file (path, size, time of change) and boxes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FEATURES_CACHE_H
#define MMIB_MODEL_FEATURES_CACHE_H

#include "corpora/post.h"
#include "model/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of one post's picture; from the arena of the batch. */
struct features {
    size_t n_images;       /* rows: the whole picture and its crops; 1 without a picture */
    size_t *objects;       /* [n_images] index in post->objects; entry 0 is SIZE_MAX */
    const float *features; /* [n_images, C]; NULL without a picture */
    const float *cells;    /* [n_images, grid, grid, C]; the same, and NULL where only the features are kept */
    const uint8_t *pixels; /* [n_images, size, size, 3]; NULL without a picture, or when the cache had the features */
    size_t empty_boxes;    /* boxes of which nothing lies in the picture: they have no row */
    bool missing;          /* the post names a picture that is not there */
    const char *failure;   /* the picture is there and cannot be used: why; NULL = it can */
};

struct features_cache;

/* Keeps at most so many bytes. NULL when memory is out. */
struct features_cache *features_cache_new(size_t bytes);
void features_cache_free(struct features_cache *cache);

/* Key of a picture with the post's first n_boxes boxes; allocated. NULL when the file is gone or memory is out. */
char *features_cache_key(const char *path, const struct post *post, size_t n_boxes);

/* Copies what is kept under the key into out (n_images, objects, features, cells, empty_boxes), from the arena. out->objects
 * has room for all boxes of the key. cache may be NULL. False when there is nothing. */
bool features_cache_get(struct features_cache *cache, const char *key, struct arena *arena, struct features *out);

/* Keeps a copy; the entries used longest ago make room. Forgets silently when memory is out. */
void features_cache_put(struct features_cache *cache, const char *key, const struct features *features,
                        size_t channels, size_t cells_each);

#endif
