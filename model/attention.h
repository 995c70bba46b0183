/* Scaled dot-product attention with several heads over ragged batches: no padding is ever computed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ATTENTION_H
#define MMIB_MODEL_ATTENTION_H

#include "model/training-pass.h"

#include <stddef.h>

struct attention {
    size_t items;                              /* posts in the batch */
    const size_t *query_offsets, *key_offsets; /* [items + 1] first row of each post; keys and values share theirs */
    size_t heads, d;                           /* d is a multiple of heads */
    const float *query, *key, *value;          /* rows of d values, ld floats apart */
    size_t query_ld, key_ld, value_ld;
    float *out; /* [query rows, d] */
};

/* Room for the weights of all posts and heads. Inference uses one for all layers of a shape; where a backward pass follows
 * each layer has its own, which keeps the weights. */
struct attention_scratch {
    size_t *offsets; /* [items] where a post's weights start */
    size_t total;
    float *weights;        /* after softmax */
    float *dropped;        /* after dropout; the same memory without dropout */
    struct kernel_key key; /* of the dropout */
};

/* Draws a key where the pass has dropout. -1 when the arena is out of memory. */
int attention_prepare(size_t items, const size_t *query_offsets, const size_t *key_offsets, size_t heads,
                      struct training_pass *pass, struct attention_scratch *out);

/* out = dropout(softmax(Q K^T / sqrt(d / heads))) V per post and head. */
void attention_forward(const struct attention *attention, const struct attention_scratch *scratch,
                       const struct training_pass *pass);

struct attention_gradients {
    const float *dout;           /* [query rows, d] */
    float *dquery, *dkey, *dvalue; /* set; rows as far apart as those of query, key, value */
    float *scratch;              /* [scratch->total] */
};

void attention_backward(const struct attention *attention, const struct attention_scratch *scratch,
                        const struct attention_gradients *gradients, const struct training_pass *pass);

#endif
