/* Scaled dot-product attention with several heads over ragged batches: no padding is ever computed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ATTENTION_H
#define MMIB_MODEL_ATTENTION_H

#include "model/arena.h"
#include "model/threads.h"

#include <stddef.h>

struct attention {
    size_t items;                              /* posts in the batch */
    const size_t *query_offsets, *key_offsets; /* [items + 1] first row of each post; keys and values share theirs */
    size_t heads, d;                           /* d is a multiple of heads */
    const float *query, *key, *value;          /* rows of d values, ld floats apart */
    size_t query_ld, key_ld, value_ld;
    float *out; /* [query rows, d] */
};

/* Room for the scores of all posts and heads; layers of the same shape use it one after the other. */
struct attention_scratch {
    float *scores;
    size_t *offsets; /* [items] where a post's scores start */
};

/* -1 when the arena is out of memory. */
int attention_prepare(size_t items, const size_t *query_offsets, const size_t *key_offsets, size_t heads,
                      struct arena *arena, struct attention_scratch *out);

/* out = softmax(Q K^T / sqrt(d / heads)) V per post and head. */
void attention_forward(const struct attention *attention, const struct attention_scratch *scratch,
                       struct threads *threads);

#endif
