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

/* The features of n posts: those that the model's cache lacks are decoded on all threads and encoded in one batch.
 * folder NULL = no pictures. At most max_objects of a post's objects, in their order, become crops.
 * 0, 1 (cancelled after decoding) or -1 (memory is out). */
int features_make(struct mmib *model, const struct post *const *posts, size_t n, const char *folder,
                  bool (*cancelled)(void *context), void *context, struct features *out);

#endif
