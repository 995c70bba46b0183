/* The section "image_encoder" of a config, inferred from the weights of a ResNet.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_RESNET_SECTION_H
#define MMIB_MODEL_RESNET_SECTION_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stddef.h>

/* The tensor of the name that it has in a model ("image.layer1.0.conv1.weight"); NULL when it is not there. */
typedef const struct safetensors_entry *resnet_section_finder(const void *context, const char *name);

/* How pictures go in: squashed, or by way of a shorter side of resize pixels where that is not 0. Colours are
 * normalised as for ImageNet. */
struct resnet_input {
    size_t image_size, resize;
};

/* JSON, for the caller to free; NULL with a message that begins with path. Only what the section says is looked at, not
 * whether all tensors are there. */
char *resnet_section(resnet_section_finder *find, const void *context, const struct resnet_input *input,
                     const char *path, struct error *err);

#endif
