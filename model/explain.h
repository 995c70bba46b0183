/* What every word and image region contributes, and how much the bottleneck let through (paper, section V-B).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_EXPLAIN_H
#define MMIB_MODEL_EXPLAIN_H

#include "model/example.h"
#include "model/features-cache.h"
#include "model/mmib.h"

#include <stddef.h>

/* Everything from the arena. A contribution score is a row sum of A = X Z^T: signed. */
struct explanation {
    float *text_contribution;  /* [n_pieces] */
    float *token_contribution; /* [n_tokens] sum over the token's pieces; 0 where all were cut */
    float *token_before;       /* [n_tokens] the same of X X^T: what it would be had nothing been filtered */
    float *image_contribution; /* [n_images] */
    float *image_before;       /* [n_images] */
    size_t grid;               /* cells a side; 1 without a picture, or where its cells are not known */
    float *grid_contribution;  /* [n_images, grid, grid]; the cells of an image sum to its score */
    double text_kl, image_kl;  /* KL(posterior || N(0, I)), mean over rows and dimensions (eq. 25) */
    float *token_rate;         /* [n_tokens] KL summed over dimensions and pieces, nats */
    float *image_rate;         /* [n_images] KL summed over dimensions, nats */
};

/* Explains post `index` of a batch. -1 when memory is out. */
int explain_post(struct mmib *model, const struct mmib_states *states, size_t index, const struct example *example,
                 const struct features *features, struct explanation *out);

#endif
