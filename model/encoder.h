/* Encoders that were trained elsewhere: where their weights lie, under which names, and what a config says of them.
 *
 * Text: any BERT in Hugging Face form (a folder with config.json, vocab.txt, model.safetensors; names with or without
 * "bert."). Pictures: ResNet in torchvision's names or Hugging Face's (a folder or a file), sizes inferred from shapes.
 * A model directory of our own gives both, the CenterNet backbone included. Other tensors that lie there (poolers,
 * classifiers, position ids) are left alone.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_ENCODER_H
#define MMIB_MODEL_ENCODER_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stdbool.h>
#include <stddef.h>

struct encoder {
    struct safetensors *file;
    const char *prefix; /* of the names in the file, in the place of our "text." or "image." */
    bool hugging_face_resnet; /* names of ResNetModel behind the prefix, not torchvision's */
    bool every_tensor;  /* all tensors with the prefix belong to it: a graph that names its own */
    char *section;      /* JSON of the config's section, "text_encoder" or "image_encoder" */
};

/* 0, or -1 with a message that names file and member or tensor. encoder_close in both cases. */
int encoder_open_text(const char *folder, struct encoder *out, struct error *err);
int encoder_open_image(const char *path, struct encoder *out, struct error *err);
void encoder_close(struct encoder *encoder);

/* The tensor that is called name in a model ("text.embeddings.LayerNorm.weight"); NULL when it is not there. */
const struct safetensors_entry *encoder_find(const struct encoder *encoder, const char *name);

/* Is the tensor there with this shape, in a type of numbers that is read? 0, or -1 with a message. */
int encoder_expect(const struct encoder *encoder, const char *name, size_t rank, const size_t *shape,
                   struct error *err);

#endif
