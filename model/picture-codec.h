/* What picture.c asks of each kind of file. Only picture*.c include this.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_PICTURE_CODEC_H
#define MMIB_MODEL_PICTURE_CODEC_H

#include "model/picture.h"

#include <stdbool.h>

struct picture_source {
    const uint8_t *bytes;
    size_t n;
    const char *name; /* for messages */
    bool size_only;   /* stop when width and height are known */
};

/* Decode into *out, which starts zeroed; on failure it owns nothing. */
int picture_jpeg_decode(const struct picture_source *source, struct picture *out, struct error *err);
int picture_png_decode(const struct picture_source *source, struct picture *out, struct error *err);

/* Sets width and height after checking them against the limits, and allocates the pixels unless only the size is asked
 * for. */
int picture_allocate(const struct picture_source *source, size_t width, size_t height, struct picture *out,
                     struct error *err);

#endif
