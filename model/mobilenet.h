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

#endif
