/* The graph of CenterNet on MobileNetV3 as an image encoder in a folder of its own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_IMPORT_CENTERNET_H
#define MMIB_MODEL_IMPORT_CENTERNET_H

#include "corpora/error.h"

#include <stdbool.h>

/* Writes the float tensors of a TensorFlow.js graph, the detector's included, to folder/model.safetensors: "image."
 * before the names of their nodes, F32, in the graph's shapes; and a config.json that names the architecture. The graph
 * must have every tensor that the encoder needs. A model that is in the folder is an error unless replace is set. */
int import_centernet(const char *path, const char *folder, bool replace, struct error *err);

#endif
