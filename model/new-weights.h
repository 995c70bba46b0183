/* The weights of a model that is being made: a list of tensors that are drawn, or taken from tensors that are there, or
 * their mean.
 *
 * Nothing is computed before the file is written, so that a large model needs little memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_NEW_WEIGHTS_H
#define MMIB_MODEL_NEW_WEIGHTS_H

#include "corpora/error.h"
#include "model/safetensors.h"
#include "model/tensor.h"

#include <stddef.h>
#include <stdint.h>

struct new_weights_origin;

struct new_weights {
    const char *path; /* of the file that it becomes, for messages; borrowed */
    uint64_t seed;
    enum tensor_type type;             /* F32, F16 or BF16: how all are stored */
    struct safetensors_entry *entries; /* names owned */
    struct new_weights_origin *origins; /* where the numbers of each come from */
    size_t n;
};

/* A tensor of numbers with this mean and standard deviation. What is drawn depends on seed and name alone. */
int new_weights_draw(struct new_weights *weights, const char *name, size_t rank, const size_t *shape, double mean,
                     double spread, struct error *err);

/* A tensor with the shape and numbers of another (F32, F16 or BF16), whose data must stay until the file is written;
 * byte for byte where it has the type. */
int new_weights_take(struct new_weights *weights, const char *name, const struct safetensors_entry *from,
                     struct error *err);

/* The mean of n tensors of one shape; from [n] and their data must stay until the file is written. */
int new_weights_average(struct new_weights *weights, const char *name, const struct safetensors_entry *const *from,
                        size_t n, struct error *err);

/* Writes the file, as safetensors_write does. */
int new_weights_write(const struct new_weights *weights, struct error *err);

void new_weights_free(struct new_weights *weights); /* what it owns */

#endif
