/* A new model directory: config, vocabulary, and random weights that keep activations finite at any depth.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_INITIAL_H
#define MMIB_MODEL_INITIAL_H

#include "corpora/error.h"
#include "model/tensor.h"

#include <stdbool.h>
#include <stdint.h>

struct initial_options {
    uint64_t seed;
    const char *vocab;     /* file to copy; NULL = pieces are made up */
    enum tensor_type type; /* of the weights: F32, F16 or BF16 */
    bool force;            /* replace what is there */
};

/* Makes the folder with a copy of the file config, vocab.txt and model.safetensors; see model/model-folder.h. */
int initial_write(const char *config, const struct initial_options *options, const char *path, struct error *err);

#endif
