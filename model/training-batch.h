/* Some posts as one call of training_step takes them: with what is drawn anew in every epoch.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_BATCH_H
#define MMIB_MODEL_TRAINING_BATCH_H

#include "corpora/error.h"
#include "model/features-store.h"
#include "model/training-data.h"
#include "model/training-step.h"

#include <stddef.h>
#include <stdint.h>

struct training_variation {
    uint64_t seed;
    double lend_images; /* probability that a post without a picture gets one of the training set */
    double hide_images; /* probability that a post's picture is hidden */
    double mask;        /* probability that a piece is masked; not [CLS], [SEP] and markers */
};

struct training_batch {
    const struct mmib *model;
    const struct training_data *data;
    const struct features_store *features;
    struct training_variation variation;
    int32_t mask_id; /* [MASK], or [UNK] where there is none */
    size_t max_posts, max_pieces;
    struct training_item *items; /* [max_posts] */
    int32_t *piece_ids;          /* [max_posts, max_pieces] */
};

/* The model, the data and the features must outlive it. -1 when memory is out. */
int training_batch_make(const struct mmib *model, const struct training_data *data,
                        const struct features_store *features, const struct training_variation *variation,
                        size_t max_posts, struct training_batch *out, struct error *err);
void training_batch_free(struct training_batch *batch); /* what it owns */

/* Fills items with n <= max_posts posts of a task; the same for the same epoch. */
void training_batch_fill(struct training_batch *batch, enum training_task task, size_t epoch, const size_t *posts,
                         size_t n);

#endif
