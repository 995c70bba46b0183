/* Other posts' pictures, to show a post with: chosen by a seed, decoded and encoded once.
 *
 * A shuffle of the corpus's posts gives the pictures their places. Each post draws from the first PICTURE_POOL_PLACES
 * in an order of its own, which depends on the seed and the post's id alone, and goes on along the shuffle where those
 * do not do; a place is read when it is drawn for the first time. So a pool stays small whatever the corpus, an
 * examination of one post reads K pictures, and a post gets the same ones in every order of work.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICTURE_POOL_H
#define MMIB_MODEL_PICTURE_POOL_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PICTURE_POOL_PLACES = 64 };

/* A picture as another post shows it: the whole, and its objects' crops. Owned by the pool. */
struct picture_pool_picture {
    const char *post;      /* id of the post that it belongs to */
    const char *image;     /* the file's name */
    const float *features; /* [n_images, C] */
    size_t n_images;
};

struct picture_pool;

struct picture_pool_options {
    const char *folder; /* of the pictures; copied */
    uint64_t seed;
    size_t n_posts;
    /* A post of the corpus; NULL = it cannot be had just now, and the choice is off as if cancelled. What it points to need
     * not outlive the call. Asked once for each place. */
    const struct post *(*post)(void *context, size_t index);
    void *context;
};

/* Reads no picture yet. NULL when memory is out. */
struct picture_pool *picture_pool_new(const struct picture_pool_options *options, struct error *err);
void picture_pool_free(struct picture_pool *pool);

/* K pictures for a post, from other posts that have a readable one; never the post's own picture, by file name or
 * content, and none twice. *n_out is below k where the corpus has no more. What it takes of the model's arena is given
 * back, so that it may be called between inference_run and the use of what that made. `cancelled` (may be NULL) is
 * asked between pictures. out [k]. 0, 1 (cancelled, or a post could not be had) or -1 (memory is out). */
int picture_pool_choose(struct picture_pool *pool, struct mmib *model, const struct post *own, size_t k,
                        bool (*cancelled)(void *context), void *context, struct picture_pool_picture *out,
                        size_t *n_out, struct error *err);

#endif
