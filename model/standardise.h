/* Lets a fresh image projection see its features with mean 0 and deviation 1, as they are over a set of pictures.
 *
 * Features of a ready-made encoder are mostly what all pictures have in common: behind a random projection and a layer norm
 * little would be left of how they differ. Mean and deviation go into the projection's own weights: the model stays what it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_STANDARDISE_H
#define MMIB_MODEL_STANDARDISE_H

#include "corpora/error.h"
#include "model/features-store.h"
#include "model/parameters.h"

#include <stddef.h>

/* Changes image_projection so that W ((x - mean) / deviation) + b becomes what W x + b was. Nothing happens without pictures,
 * or without an image encoder. -1 when memory is out. */
int standardise_projection(struct parameters *parameters, const struct features_store *features, size_t channels,
                           struct error *err);

#endif
