/* A model to be trained: encoders that were trained elsewhere, and between and behind them new weights.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ASSEMBLE_H
#define MMIB_MODEL_ASSEMBLE_H

#include "corpora/error.h"
#include "model/tensor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct assemble_options {
    const char *text;  /* folder of the text encoder */
    const char *image; /* folder or file of the image encoder; NULL = none */
    char *const *entities; /* types; none = no NER head */
    size_t n_entities;
    char *const *relations; /* names, with or without "None"; none = no RE head */
    size_t n_relations;
    size_t heads;       /* of the attention that is new; 0 = as many as the text encoder has */
    size_t ffn_size;    /* SIZE_MAX = four times the text encoder's hidden size */
    size_t max_objects; /* SIZE_MAX = the paper's */
    size_t max_pieces;  /* 0 = the paper's, or what the text encoder has positions for */
    uint64_t seed;
    enum tensor_type type; /* of the weights: F32, F16 or BF16 */
    bool force;            /* replace what is there */
};

/* Makes the folder of the model; see model/model-folder.h. */
int assemble_write(const struct assemble_options *options, const char *path, struct error *err);

#endif
