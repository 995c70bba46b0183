/* Drawing z from the posteriors of a post's rows, z = mean + exp(logvar / 2) eps (eq. 9), many times over.
 *
 * The noise depends on the seed and the name of its stream alone, and the name on the post's pieces: a post has the
 * same draws in every batch and with any number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_POSTERIOR_H
#define MMIB_MODEL_POSTERIOR_H

#include "model/example.h"
#include "model/mmib.h"

#include <stddef.h>
#include <stdint.h>

/* The rows of one post and modality; borrowed. */
struct posterior {
    const float *hidden, *mean, *logvar; /* [rows, d] X, and what it became */
    size_t rows;
};

struct posterior posterior_of_text(const struct mmib *model, const struct mmib_states *states, size_t index);
struct posterior posterior_of_image(const struct mmib *model, const struct mmib_states *states, size_t index);

enum { POSTERIOR_STREAM_BYTES = 64 };

/* Name of the stream of a part ("words", "picture") of the post with these pieces. */
void posterior_stream(const char *part, const struct example *example, char out[POSTERIOR_STREAM_BYTES]);

/* n draws into out [n, rows, d]. -1 when memory is out. */
int posterior_draw(struct mmib *model, const struct posterior *posterior, size_t n, uint64_t seed, const char *stream,
                   float *out);

/* Post `index` of states with other images: its text as it is, n times, with the items' features, encoded and fused.
 * *out has what mmib_encode_images and mmib_fuse make; from the arena. -1 when memory is out. */
int posterior_with_images(struct mmib *model, const struct mmib_states *states, size_t index,
                          const struct mmib_item *items, size_t n, struct mmib_states *out);

/* [n + 1] offsets of n items of so many rows, from the arena; NULL when memory is out. */
size_t *posterior_offsets(struct mmib *model, size_t rows, size_t n);

#endif
