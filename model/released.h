/* Names, sizes and labels of the program that the paper's authors released: what a checkpoint of it does not say itself.
 *
 * Facts about it that decide how its weights are used here:
 * - "logstd" is taken there as the logarithm of the variance (the deviation is exp(logstd / 2)), as our logvar is.
 * - img2txt_cross asks with the pictures and answers with the text: our image_from_text. txt2img_cross asks with the text
 *   and answers with what came out of it: our text_from_image.
 * - linears 0, 1, 2 project query, key, value, without bias.
 * - NER has a row a piece, of 13 labels; RE puts markers around head and tail, which end the vocabulary.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_RELEASED_H
#define MMIB_MODEL_RELEASED_H

#include "corpora/error.h"
#include "model/foreign-weights.h"
#include "model/safetensors.h"

#include <stddef.h>

/* The tensor that a model calls name. The name that it has in the checkpoint is *out, or the first of those that were
 * tried. */
enum { RELEASED_MAX_NAME_BYTES = 256 };
const struct safetensors_entry *released_find(const struct foreign_weights *checkpoint, const char *name,
                                              char out[RELEASED_MAX_NAME_BYTES]);

/* The config of a checkpoint, out of its shapes and what the released program fixes; for the caller to free. NULL with a
 * message where it needs a config of its own: other numbers of labels, widths that 64 does not divide. */
char *released_config(const struct foreign_weights *checkpoint, struct error *err);

/* The lines that the released program adds to BERT's vocabulary for RE. */
extern const char released_markers[];
enum { RELEASED_MARKERS = 4 };

#endif
