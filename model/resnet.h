/* The image encoder: ResNet (He et al., 2016) with torchvision's names; the stride of a bottleneck stands in its 3x3.
 *
 * Layout is NHWC: a pixel's channels lie together, so that a 1x1 convolution is a plain product over pixels of all pictures,
 * and a feature-map cell is a row. Batch norms (eps 1e-5, running statistics) are folded into the convolutions on loading.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_RESNET_H
#define MMIB_MODEL_RESNET_H

#include "corpora/error.h"
#include "model/arena.h"
#include "model/config.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

struct resnet;

/* Finds the weights "image.*", checks their shapes and folds the norms. NULL with a message. */
struct resnet *resnet_load(struct safetensors *file, const struct config *config, struct error *err);
void resnet_free(struct resnet *resnet);

/* Feature-map cells a side for the configured image size. */
size_t resnet_grid(const struct resnet *resnet);

/* pixels [n, image_size, image_size, 3], bytes. Returns cells [n, grid, grid, C] from the arena; NULL when memory is out. */
float *resnet_forward(const struct resnet *resnet, const uint8_t *pixels, size_t n, struct threads *threads,
                      struct arena *arena);

#endif
