/* The text encoder: BERT (Devlin et al., 2019), post-norm, over rows of several posts at once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_BERT_H
#define MMIB_MODEL_BERT_H

#include "corpora/error.h"
#include "model/attention.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/training-pass.h"

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

/* What the backward pass of a layer reads. Inference lets most of these share memory. */
struct bert_layer_tape {
    const float *in;       /* [rows, d] */
    float *qkv;            /* [rows, 3 d] */
    float *mixed;          /* [rows, d] out of the attention */
    float *middle_sum;     /* [rows, d] before the first norm */
    float *middle;         /* [rows, d] */
    float *up_sum, *up;    /* [rows, intermediate] before and after GELU */
    float *out_sum, *out;  /* [rows, d] before and after the second norm */
    struct attention_scratch attention;
    struct kernel_key middle_key, out_key; /* of the dropouts */
};

struct bert_tape {
    const int32_t *piece_ids;
    const size_t *offsets;
    size_t items;
    float *embedding_sum; /* [rows, d] before the norm */
    struct kernel_key embedding_key;
    struct bert_layer_tape *layers; /* [n_layers] */
};

/* piece_ids [rows] of all posts, offsets [items + 1]; every id is below vocab_size, no post is longer than max_positions.
 * out [rows, d] and the tape are from the arena; tape NULL = inference. NULL when memory is out. */
float *bert_forward(const struct bert *bert, const int32_t *piece_ids, const size_t *offsets, size_t items,
                    struct training_pass *pass, struct bert_tape *tape);

/* dout [rows, d], the gradient of what bert_forward returned, is overwritten. Stops at the first frozen layer.
 * -1 when memory is out. */
int bert_backward(const struct bert *bert, const struct bert_tape *tape, const struct training_pass *pass, float *dout);

#endif
