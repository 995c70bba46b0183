/* Boxes and their tags over a picture: as pixels, or as thin lines and text for half blocks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_SCENE_BOXES_H
#define MMIB_UI_SCENE_BOXES_H

#include "corpora/error.h"
#include "model/picture.h"
#include "ui/scene.h"

#include <cairo.h>
#include <stddef.h>

/* Where the scaled picture lies in the image, in pixels of the image. */
struct scene_frame {
    size_t x, y, width, height;
    double scale_x, scale_y; /* pixels of the image in a pixel of the stored picture */
};

/* Draws boxes, tags and legend into the image. text_px: height of a line of text. */
int scene_boxes_draw(const struct picture *image, const struct scene_frame *frame, const struct scene_marks *marks,
                     double text_px, struct error *err);

/* The same through cairo, for an image of width x height units; figures scale the units. The image itself is drawn by the
 * caller. */
int scene_boxes_paint(cairo_t *cairo, size_t width, size_t height, const struct scene_frame *frame,
                      const struct scene_marks *marks, double text_px, struct error *err);

/* The same for an image of half cells: lines of one pixel, and tags as text that do not overlap. */
int scene_boxes_draw_blocks(const struct picture *image, const struct scene_frame *frame,
                            const struct scene_marks *marks, struct scene_label **labels, size_t *n_labels,
                            struct error *err);

#endif
