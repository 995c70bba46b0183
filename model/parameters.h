/* The trainable numbers of a model: one block of values, one of gradients, in the order of model/layout.h.
 *
 * The image encoder is frozen: its tensors are none of these. Weights are found by address: the layers hold pointers into
 * the block of values, and the gradient of what such a pointer points at stands at the same offset of the other block.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PARAMETERS_H
#define MMIB_MODEL_PARAMETERS_H

#include "corpora/error.h"
#include "model/config.h"
#include "model/safetensors.h"

#include <stdbool.h>
#include <stddef.h>

struct parameter {
    char *name;
    size_t rank, shape[TENSOR_MAX_RANK];
    size_t offset, count; /* in the blocks; offset is a multiple of 16 */
    bool frozen;          /* has no gradient, is never changed */
    bool touched;         /* a backward pass asked for its gradient since the last optimizer_step */
};

struct parameters {
    struct parameter *each; /* [n], by ascending offset */
    size_t n;
    size_t count;              /* length of the blocks, the gaps between tensors included */
    float *values, *gradients; /* [count] */
};

/* A block of zeros, with huge pages where the system has them; NULL when memory is out. */
float *parameters_map(size_t count);
void parameters_unmap(float *block, size_t count); /* NULL is fine */

/* Copies the trainable tensors of a file into one block of values, and lets safetensors_f32 give those copies from now on.
 * Gradients are 0. The parameters must outlive the file. NULL with the file's message, or when memory is out. */
struct parameters *parameters_new(struct safetensors *file, const struct config *config, struct error *err);
void parameters_free(struct parameters *parameters);

/* Freezes the embeddings and the first n layers of the text encoder; n = 0 freezes nothing. */
void parameters_freeze_text(struct parameters *parameters, size_t n);

/* Where the gradient of the weight at this address is summed up; marks its tensor as touched. NULL for a NULL weight and
 * for a frozen tensor. */
float *parameters_gradient(struct parameters *parameters, const float *weight);

#endif
