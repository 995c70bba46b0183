/* One step's losses and gradients (eq. 21, 25-29): forward with sampling and dropout, then backward.
 *
 * total = task + alignment + beta_text text_kl + beta_image image_kl. Gradients are added to the model's parameters;
 * changing the weights is the optimizer's part.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_STEP_H
#define MMIB_MODEL_TRAINING_STEP_H

#include "corpora/error.h"
#include "model/mmib.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum training_task { TRAINING_NER, TRAINING_RE };

/* A relation to learn. Rows are those of the item's pieces, half open; under "marker" they are the one row of the opening
 * marker, and the item holds this one pair. */
struct training_pair {
    size_t head[2], tail[2];
    int32_t label;
};

/* A post (under "marker": a marked pair) as the model is to learn it. */
struct training_item {
    struct mmib_item input; /* features NULL: no picture, takes no part in the alignment */
    bool unrelated;         /* the picture does not belong to the text: the same */

    /* TRAINING_NER: the CRF's rows among the pieces (each word's first piece under "word", all pieces under "subword"),
     * ascending, and their labels. n_rows may be 0. */
    const size_t *rows; /* [n_rows] */
    const int32_t *labels; /* [n_rows] */
    size_t n_rows;

    const struct training_pair *pairs; /* TRAINING_RE: [n_pairs]; no argument is wholly cut */
    size_t n_pairs;
};

struct training_options {
    double beta_text, beta_image;
    bool refinement; /* off: no KL terms */
    bool alignment;
    double dropout;      /* probability; 0 = off */
    uint64_t seed, step; /* with them, dropout and noise are always the same; step differs for every call of a run */
    const float *noise_text, *noise_image; /* [rows, d]: eps of the sampling, for checks; NULL = drawn from seed and step */
    double share; /* what this call's gradients count: 1, or 1 / n where n batches make one step */
};

struct training_losses {
    double task;      /* NER: mean negative log-likelihood of a post; RE: mean cross-entropy of a pair */
    double alignment; /* 0 where switched off, or without a post with a picture */
    double text_kl, image_kl; /* mean over a post's rows and dimensions, then over the posts; also where they do not count */
    double total;
};

/* Adds the gradients of a batch. The model was opened by mmib_open_trainable; its arena is reset. -1 when memory is out, or
 * where a loss is not finite ("total loss is nan"): then the gradients are worth nothing, and the weights are untouched. */
int training_step(struct mmib *model, enum training_task task, const struct training_item *items, size_t n,
                  const struct training_options *options, struct training_losses *out, struct error *err);

#endif
