/* APEnc(Q, K): the paper's attentive propagation encoder (eq. 4-5).
 *
 * F' = norm1(Q + attention(Q, K, K)); F = norm2(F' + ffn(F')). The attention's query, key and value have no bias, its output
 * has one. ffn = down(gelu(up(.))), or one linear layer where ffn_size is 0 (the released code). Norms use eps 1e-5.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_APENC_H
#define MMIB_MODEL_APENC_H

#include "corpora/error.h"
#include "model/attention.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/training-pass.h"

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

/* What the backward pass reads. Inference lets some of these share memory. */
struct apenc_tape {
    const float *q, *k;                   /* [query rows, d], [key rows, d]: what was read */
    const size_t *query_offsets, *key_offsets;
    size_t items;
    float *query, *key, *value, *mixed;   /* [query rows, d], [key rows, d] twice, [query rows, d] */
    float *middle_sum, *middle;           /* [query rows, d] before and after the first norm */
    float *up_sum, *up;                   /* [query rows, ffn_size] before and after GELU */
    float *out_sum, *out;                 /* [query rows, d] before and after the second norm */
    struct attention_scratch attention;
    struct kernel_key middle_key, out_key; /* of the dropouts */
};

/* q [query rows, d], k [key rows, d] of all posts, offsets [items + 1]. out [query rows, d] and the tape are from the
 * arena; tape NULL = inference. NULL when memory is out. */
float *apenc_forward(const struct apenc *apenc, const float *q, const size_t *query_offsets, const float *k,
                     const size_t *key_offsets, size_t items, struct training_pass *pass, struct apenc_tape *tape);

/* dout [query rows, d] is overwritten; the gradients of q and k are added to dq and dk, which may be the same memory.
 * -1 when memory is out. */
int apenc_backward(const struct apenc *apenc, const struct apenc_tape *tape, const struct training_pass *pass,
                   float *dout, float *dq, float *dk);

#endif
