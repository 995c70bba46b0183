/* From a post's picture and boxes to the image encoder's features.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_FEATURES_H
#define MMIB_MODEL_FEATURES_H

#include "corpora/error.h"
#include "corpora/post.h"
#include "model/features-cache.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct features_options {
    const char *folder; /* of the pictures; NULL = no pictures */
    /* Bit i: what is in object i of each post is hidden. In the whole picture it is painted over in the picture's mean
     * colour, for what other crops show of it too, and its own crop has no row. Such features are not kept. */
    uint64_t masked;
    bool (*cancelled)(void *context); /* asked after decoding; may be NULL */
    void *context;
};

/* The features of n posts: those that the model's cache lacks are decoded on all threads and encoded in one batch.
 * At most max_objects of a post's objects, in their order, become crops.
 * 0, 1 (cancelled after decoding) or -1 (memory is out). */
int features_make(struct mmib *model, const struct post *const *posts, size_t n,
                  const struct features_options *options, struct features *out);

#endif
