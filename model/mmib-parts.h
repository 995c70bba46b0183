/* The insides of a model, for the two files that run it: mmib (inference) and training-step.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MMIB_PARTS_H
#define MMIB_MODEL_MMIB_PARTS_H

#include "model/apenc.h"
#include "model/bert.h"
#include "model/discriminator.h"
#include "model/mmib.h"
#include "model/mobilenet.h"
#include "model/model-hash.h"
#include "model/resnet.h"
#include "model/safetensors.h"

enum { MMIB_CONFIG, MMIB_VOCAB, MMIB_WEIGHTS, MMIB_FILES };

struct mmib {
    char *paths[MMIB_FILES];
    char *name;
    char hash[MODEL_HASH_BYTES]; /* "" = not computed yet */
    struct config *config;
    struct wordpiece *wordpiece;
    struct safetensors *weights;
    struct parameters *parameters; /* NULL: opened for inference */
    struct threads *threads;
    struct arena arena;
    struct mmib_times times;
    struct features_cache *cache;

    struct bert bert;
    struct resnet *resnet; /* one of the two image encoders, or none */
    struct mobilenet *mobilenet;
    const float *image_projection, *image_projection_bias; /* [d, C] (NULL without an image encoder), [d] */
    struct apenc text_mean, text_logvar, image_mean, image_logvar, image_from_text, text_from_image;
    struct discriminator discriminator;
    struct tagset tagset;
    struct crf crf;
    const float *emission, *emission_bias;     /* [labels, d], [labels] */
    const float *classifier, *classifier_bias; /* [labels, 2 d], [labels] */
};

/* Offsets of the items' rows into out, their piece ids [text rows] one after the other. -1 when memory is out. */
int mmib_lay_out(struct mmib *model, const struct mmib_item *items, size_t n, int32_t **ids_out,
                 struct mmib_states *out);

/* X^V [rows, d]: features through the projection; a post without a picture is one row of zero features, so the bias. NULL
 * when memory is out. */
float *mmib_project_images(struct mmib *model, const struct mmib_item *items, size_t n, size_t rows);

#endif
