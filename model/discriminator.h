/* D(Z^T, Z^V): do text and picture belong together (eq. 26)?
 *
 * Both sides are pooled over rows (mean, or the first row), concatenated text first, and go through hidden + ReLU + output +
 * sigmoid ("mlp": one value), or through one linear layer and sigmoid ("linear": d values, as in the released code).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_DISCRIMINATOR_H
#define MMIB_MODEL_DISCRIMINATOR_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>

struct discriminator {
    size_t d;
    enum pooling pooling;
    enum discriminator_kind kind;
    const float *hidden, *hidden_bias; /* [d, 2 d], [d]; the one linear layer of "linear" */
    const float *output, *output_bias; /* [1, d], [1]; "mlp" only */
};

int discriminator_load(struct safetensors *file, const struct config *config, struct discriminator *out,
                       struct error *err);

/* Values a post: 1 or d. */
size_t discriminator_size(const struct discriminator *discriminator);

/* text [text rows, d], image [image rows, d], offsets [n + 1]. out [n, size] from the arena; NULL when memory is out. */
float *discriminator_forward(const struct discriminator *discriminator, const float *text, const size_t *text_offsets,
                             const float *image, const size_t *image_offsets, size_t n, struct threads *threads,
                             struct arena *arena);

#endif
