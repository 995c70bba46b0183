/* The text encoder: BERT (Devlin et al., 2019), post-norm, over rows of several posts at once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_BERT_H
#define MMIB_MODEL_BERT_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

struct bert_norm {
    const float *weight, *bias; /* [d] */
};

struct bert_layer {
    const float *query, *query_bias, *key, *key_bias, *value, *value_bias, *output, *output_bias; /* [d, d], [d] */
    struct bert_norm attention_norm;
    const float *up, *up_bias;     /* [intermediate, d] */
    const float *down, *down_bias; /* [d, intermediate] */
    struct bert_norm output_norm;
};

struct bert {
    size_t d, heads, intermediate, n_layers, vocab_size, max_positions;
    float eps;
    const float *word_embeddings, *position_embeddings, *type_embeddings; /* [.., d] */
    struct bert_norm embedding_norm;
    struct bert_layer *layers; /* [n_layers], owned; weights are the file's */
};

/* Finds the weights "text.*" and checks their shapes. */
int bert_load(struct safetensors *file, const struct config *config, struct bert *out, struct error *err);
void bert_free(struct bert *bert); /* what it owns */

/* piece_ids [rows] of all posts, offsets [items + 1]; every id is below vocab_size, no post is longer than max_positions.
 * out [rows, d] is taken from the arena. NULL when memory is out. */
float *bert_forward(const struct bert *bert, const int32_t *piece_ids, const size_t *offsets, size_t items,
                    struct threads *threads, struct arena *arena);

#endif
