/* The image encoder "mobilenetv3-centernet": the MobileNetV3 (Howard et al., 2019, narrowed) under a CenterNet
 * detector, up to the hard swish of its last convolution (node tower_0/extern1/hard_swish/mul_1).
 *
 * Its tensors keep the names, the layout (convolutions [kernel, kernel, inputs, outputs]) and the folded norms of the
 * TensorFlow graph that they came from. Pictures are NHWC and go in as 0..255; padding is TensorFlow's "SAME".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MOBILENET_H
#define MMIB_MODEL_MOBILENET_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/layout.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

enum { MOBILENET_CHANNELS = 480 }; /* of a feature-map cell */

struct mobilenet;

/* Finds the weights "image.*" and checks their shapes; they stay in file, which must stay open. NULL with a message. */
struct mobilenet *mobilenet_load(struct safetensors *file, struct error *err);
void mobilenet_free(struct mobilenet *mobilenet);

/* Names and shapes of the tensors that mobilenet_load asks for. 0, or what the visitor returned. */
int mobilenet_each(layout_visitor *visit, void *context);

/* Mean and standard deviation of made-up numbers for one of these tensors, with which activations stay finite. */
void mobilenet_distribution(const char *name, size_t rank, const size_t *shape, double *mean, double *spread);

/* Feature-map cells a side of a picture of side pixels. */
size_t mobilenet_grid(size_t side);

/* pixels [n, side, side, 3], bytes. Returns cells [n, grid, grid, MOBILENET_CHANNELS] from the arena; NULL when memory
 * is out. */
float *mobilenet_forward(const struct mobilenet *mobilenet, const uint8_t *pixels, size_t n, size_t side,
                         struct threads *threads, struct arena *arena);

/* What a detector reads of one picture: maps [side, side, channels] of the arena, from fine to coarse. c2 and c3 are
 * widened inputs of blocks after their ReLU (nodes expanded_conv_3/expand and expanded_conv_5/expand), c4 is a block's
 * output (expanded_conv_11/add), c5 the cells of mobilenet_forward. */
struct mobilenet_levels {
    float *c2, *c3, *c4, *c5;
    size_t c2_side, c3_side, c4_side, c5_side; /* 1/4, 1/8, 1/16 and 1/32 of the picture's */
};
enum { MOBILENET_C2_CHANNELS = 72, MOBILENET_C3_CHANNELS = 96, MOBILENET_C4_CHANNELS = 88 };

/* pixels [side, side, 3], bytes. 0, or -1 when memory is out. */
int mobilenet_forward_levels(const struct mobilenet *mobilenet, const uint8_t *pixels, size_t side,
                             struct threads *threads, struct arena *arena, struct mobilenet_levels *out);

#endif
