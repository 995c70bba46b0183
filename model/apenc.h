/* APEnc(Q, K): the paper's attentive propagation encoder (eq. 4-5).
 *
 * F' = norm1(Q + attention(Q, K, K)); F = norm2(F' + ffn(F')). The attention's query, key and value have no bias, its output
 * has one. ffn = down(gelu(up(.))), or one linear layer where ffn_size is 0 (the released code). Norms use eps 1e-5.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_APENC_H
#define MMIB_MODEL_APENC_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>

struct apenc {
    size_t d, heads, ffn_size;
    const float *query, *key, *value, *output, *output_bias; /* [d, d], [d] */
    const float *norm1_weight, *norm1_bias, *norm2_weight, *norm2_bias;
    const float *up, *up_bias;     /* [ffn_size, d]; ffn_size 0: NULL */
    const float *down, *down_bias; /* [d, ffn_size]; ffn_size 0: the linear layer [d, d] */
};

/* Finds the weights "PREFIX.attention.*", "PREFIX.norm1.*", ... and checks their shapes. */
int apenc_load(struct safetensors *file, const struct config *config, const char *prefix, struct apenc *out,
               struct error *err);

/* q [query rows, d], k [key rows, d] of all posts, offsets [items + 1]. out [query rows, d] from the arena, NULL when
 * memory is out. */
float *apenc_forward(const struct apenc *apenc, const float *q, const size_t *query_offsets, const float *k,
                     const size_t *key_offsets, size_t items, struct threads *threads, struct arena *arena);

#endif
