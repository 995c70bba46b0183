/* The regions of a picture that have a contribution, as layers of heat over it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_REGIONS_H
#define MMIB_UI_REGIONS_H

#include "corpora/post.h"
#include "model/analysis.h"
#include "model/config.h"
#include "ui/scene.h"

#include <stdbool.h>
#include <stddef.h>

/* The largest magnitude of the contributions of cells; 0 where there are none. analysis may be NULL. */
double regions_scale(const struct analysis *analysis);

/* A layer for the whole picture and for each object that the model saw, where the encoder saw it: out [n_images], which
 * borrows the cells. config: of the model, for how pictures are cropped; NULL = not known. other_boxes: the analysis is
 * about boxes of before, so only the whole picture has one. Returns their number. */
size_t regions_layers(const struct post *post, const struct analysis *analysis, const struct config *config,
                      bool other_boxes, size_t width_px, size_t height_px, struct scene_layer *out);

#endif
