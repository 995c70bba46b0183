/* Pictures for tests, made by the libraries that also read them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_TESTS_PICTURE_MAKER_H
#define MMIB_TESTS_PICTURE_MAKER_H

#include <stddef.h>
#include <stdint.h>

#include <png.h>

struct made_picture {
    uint8_t *bytes; /* to free */
    size_t n;
};

struct png_recipe {
    uint32_t width, height;
    int depth, colour;    /* PNG_COLOR_TYPE_* */
    int interlaced;
    int transparent;      /* with a tRNS chunk */
    int n_palette;        /* entries, colour (i, 255 - i, 3 i) */
    int header_only;      /* nothing behind the header */
    /* Sample c of the pixel at x, y, below 1 << depth. */
    unsigned (*sample)(uint32_t x, uint32_t y, unsigned c);
};

struct made_picture made_png(const struct png_recipe *recipe);

struct jpeg_recipe {
    uint32_t width, height;
    int components; /* 1, 3, 4 */
    int adobe_ycck; /* 4 components stored as YCCK */
    int progressive;
    int one_scan_a_component;
    unsigned (*sample)(uint32_t x, uint32_t y, unsigned c); /* below 256 */
};

struct made_picture made_jpeg(const struct jpeg_recipe *recipe);

/* Rewrites what the frame header of a JPEG claims. */
void made_jpeg_claim(struct made_picture *picture, unsigned width, unsigned height);

#endif
