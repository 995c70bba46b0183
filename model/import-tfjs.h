/* Graphs as TensorFlow.js keeps them: FILE.json, which holds the topology and a list of weights, and beside it the files
 * of numbers that the list names.
 *
 * The list, "weightsManifest", is of groups; the files of a group, one after the other, hold its weights without gaps.
 * Read are float32, float32 that is stored in half precision (a "quantization" of float16), and int32. The topology is
 * not looked at: what a graph computes, the code of the network says.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_IMPORT_TFJS_H
#define MMIB_MODEL_IMPORT_TFJS_H

#include "corpora/error.h"
#include "model/safetensors.h"

#include <stddef.h>

struct import_tfjs {
    struct safetensors_entry *tensors; /* F32 or I32, by name, ascending; names and data owned */
    size_t n;
};

/* Reads the graph. Refused, with "FILE: NAME: reason", are files that are too short or too long for the weights, other
 * types, names that stand twice, numbers that are not finite, and names of files that leave the graph's folder. */
int import_tfjs_read(const char *path, struct import_tfjs *out, struct error *err);
void import_tfjs_free(struct import_tfjs *graph); /* what it owns */

#endif
