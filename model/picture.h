/* Pictures: decoding to RGB, cropping, and resizing to the byte as Pillow's bilinear resize does.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICTURE_H
#define MMIB_MODEL_PICTURE_H

#include "corpora/error.h"
#include "model/config.h"

#include <stddef.h>
#include <stdint.h>

enum {
    PICTURE_MAX_PIXELS = 64 * 1000 * 1000,
    PICTURE_MAX_SIDE = 1000 * 1000,
    PICTURE_MAX_FILE_BYTES = 512 * 1024 * 1024,
};

struct picture {
    uint8_t *rgb; /* [height, width, 3], owned */
    size_t width, height; /* pixels */
};

/* Part of a picture in whole pixels: x0 <= x < x1. */
struct picture_box {
    size_t x0, y0, x1, y1;
};

/* JPEG or PNG, told by the bytes, not the name; converted as Pillow's convert("RGB") does (alpha dropped, 16-bit by
 * their high byte, CMYK, palette, grey). EXIF orientation is not applied. Limits are checked before allocation.
 * ERROR_IO for a file that cannot be read, ERROR_INPUT for anything that is no whole picture. */
int picture_decode(const char *path, struct picture *out, struct error *err);
int picture_decode_bytes(const uint8_t *bytes, size_t n, const char *name, struct picture *out, struct error *err);
void picture_free(struct picture *picture); /* what it owns */

/* Width and height without decoding the rest. */
int picture_size(const char *path, size_t *width, size_t *height, struct error *err);

/* Corners floored / ceiled and clamped to the picture. 0, or -1 when nothing is left of the box. */
int picture_box_clamp(const double box[4], size_t width, size_t height, struct picture_box *out);

/* The mean colour, rounded; and a box of the picture painted in one. */
void picture_mean(const struct picture *picture, uint8_t out[3]);
void picture_fill(const struct picture *picture, const struct picture_box *box, const uint8_t colour[3]);

/* Resizes the box of src (NULL = all) to width x height pixels at out [height, width, 3], as if the box were a picture of
 * its own. Two passes, horizontal first, 8-bit intermediate, 22-bit fixed-point weights. */
int picture_resize(const struct picture *src, const struct picture_box *box, size_t width, size_t height, uint8_t *out,
                   struct error *err);

/* The encoder's input from the box of src (NULL = all): out [image_size, image_size, 3], bytes 0..255, not normalised.
 * squash resizes to image_size; resize-crop brings the shorter side to config->image.resize and cuts the centre. The
 * config's image architecture is not none. */
int picture_preprocess(const struct picture *src, const struct picture_box *box, const struct config *config,
                       uint8_t *out, struct error *err);

#endif
