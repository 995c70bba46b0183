/* D(Z^T, Z^V): do text and picture belong together (eq. 26)?
 *
 * Both sides are pooled over rows (mean, or the first row), concatenated text first, and go through hidden + ReLU + output +
 * sigmoid ("mlp": one value), or through one linear layer and sigmoid ("linear": d values, as in the released code).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_DISCRIMINATOR_H
#define MMIB_MODEL_DISCRIMINATOR_H

#include "corpora/error.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/training-pass.h"

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
                             const float *image, const size_t *image_offsets, size_t n,
                             const struct training_pass *pass);

/* The alignment loss of the n posts whose indices are in posts: mean of -log D(text i, picture i) and, where n > 1, of
 * -log(1 - D(text i, picture i - 1)), cyclic; "linear" averages over its d values. The gradients of share times the loss
 * are added to dtext, dimage and the parameters. n >= 1. -1 when memory is out. */
int discriminator_alignment(const struct discriminator *discriminator, const float *text, const size_t *text_offsets,
                            const float *image, const size_t *image_offsets, const size_t *posts, size_t n,
                            double share, const struct training_pass *pass, double *loss, float *dtext, float *dimage);

#endif
