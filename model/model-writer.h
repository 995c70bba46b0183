/* A trained model as a model directory: another one's config, vocabulary and image encoder, with new weights.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MODEL_WRITER_H
#define MMIB_MODEL_MODEL_WRITER_H

#include "corpora/error.h"
#include "model/parameters.h"
#include "model/tensor.h"

struct model_writer;

struct model_writer_config {
    double dropout, beta_text, beta_image; /* stand in the section "mmib" */
    const char *training;                  /* JSON text of the member "training" */
};

/* from: directory of the opened model, whose weights stay mapped; to: folder that is there. type: F32, F16 or BF16. */
struct model_writer *model_writer_new(const char *from, const char *to, enum tensor_type type, struct error *err);
void model_writer_free(struct model_writer *writer);

/* Writes config.json and vocab.txt. */
int model_writer_frame(const struct model_writer *writer, const struct model_writer_config *config, struct error *err);

/* Writes model.safetensors, whole or not at all: the values of the parameters, everything else as it was. A number that
 * is not finite (in the type that is written) is ERROR_INPUT. */
int model_writer_weights(struct model_writer *writer, const struct parameters *parameters, struct error *err);

#endif
