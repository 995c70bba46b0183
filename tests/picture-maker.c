/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/picture-maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

static void made_append(struct made_picture *out, const uint8_t *bytes, size_t n)
{
    out->bytes = realloc(out->bytes, out->n + n + 1);
    if (!out->bytes)
        exit(99);
    memcpy(out->bytes + out->n, bytes, n);
    out->n += n;
}

static void made_png_write(png_structp png, png_bytep bytes, size_t n)
{
    made_append(png_get_io_ptr(png), bytes, n);
}

static void made_png_flush(png_structp png)
{
    (void)png;
}

static void made_png_warn(png_structp png, png_const_charp reason)
{
    (void)png;
    (void)reason;
}

static void made_png_row(const struct png_recipe *recipe, uint32_t y, unsigned channels, uint8_t *row)
{
    size_t bit = 0;
    memset(row, 0, (size_t)recipe->width * channels * 2);
    for (uint32_t x = 0; x < recipe->width; x++) {
        for (unsigned c = 0; c < channels; c++, bit += (size_t)recipe->depth) {
            unsigned value = recipe->sample(x, y, c);
            if (recipe->depth == 16) {
                row[bit / 8] = (uint8_t)(value >> 8);
                row[bit / 8 + 1] = (uint8_t)value;
            } else {
                row[bit / 8] |= (uint8_t)(value << (8 - (size_t)recipe->depth - bit % 8));
            }
        }
    }
}

static void made_png_describe(png_structp png, png_infop info, const struct png_recipe *recipe)
{
    png_set_IHDR(png, info, recipe->width, recipe->height, recipe->depth, recipe->colour,
                 recipe->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_color palette[256];
    for (int i = 0; i < recipe->n_palette; i++)
        palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(3 * i)};
    if (recipe->n_palette)
        png_set_PLTE(png, info, palette, recipe->n_palette);
    png_byte alpha[2] = {0, 128};
    png_color_16 key = {0, 1, 1, 1, 1};
    if (recipe->transparent)
        png_set_tRNS(png, info, alpha, 2, &key);
}

struct made_picture made_png(const struct png_recipe *recipe)
{
    static const unsigned channels[] = {[PNG_COLOR_TYPE_GRAY] = 1, [PNG_COLOR_TYPE_RGB] = 3, [PNG_COLOR_TYPE_PALETTE] = 1,
                                        [PNG_COLOR_TYPE_GRAY_ALPHA] = 2, [PNG_COLOR_TYPE_RGB_ALPHA] = 4};
    struct made_picture out = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, made_png_warn);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &out, made_png_write, made_png_flush);
    png_set_benign_errors(png, 1); /* a palette index that is not there may be written */
    made_png_describe(png, info, recipe);
    png_write_info(png, info);
    if (!recipe->header_only) {
        uint8_t *row = malloc((size_t)recipe->width * 8);
        int passes = png_set_interlace_handling(png);
        for (int pass = 0; pass < passes; pass++) {
            for (uint32_t y = 0; y < recipe->height; y++) {
                made_png_row(recipe, y, channels[recipe->colour], row);
                png_write_row(png, row);
            }
        }
        free(row);
        png_write_end(png, NULL);
    }
    png_destroy_write_struct(&png, &info);
    return out;
}

struct made_picture made_jpeg(const struct jpeg_recipe *recipe)
{
    static const jpeg_scan_info scans[3] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
    static const J_COLOR_SPACE spaces[] = {[1] = JCS_GRAYSCALE, [3] = JCS_RGB, [4] = JCS_CMYK};
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = recipe->width;
    jpeg.image_height = recipe->height;
    jpeg.input_components = recipe->components;
    jpeg.in_color_space = spaces[recipe->components];
    jpeg_set_defaults(&jpeg);
    if (recipe->adobe_ycck)
        jpeg_set_colorspace(&jpeg, JCS_YCCK);
    jpeg_set_quality(&jpeg, 100, TRUE);
    if (recipe->progressive)
        jpeg_simple_progression(&jpeg);
    if (recipe->one_scan_a_component) {
        jpeg.scan_info = scans;
        jpeg.num_scans = 3;
    }
    jpeg_start_compress(&jpeg, TRUE);
    uint8_t *row = malloc((size_t)recipe->width * 4);
    for (uint32_t y = 0; y < recipe->height; y++) {
        for (uint32_t x = 0; x < recipe->width; x++)
            for (unsigned c = 0; c < (unsigned)recipe->components; c++)
                row[x * (unsigned)recipe->components + c] = (uint8_t)recipe->sample(x, y, c);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    free(row);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct made_picture out = {0};
    made_append(&out, bytes, n);
    free(bytes);
    return out;
}

void made_jpeg_claim(struct made_picture *picture, unsigned width, unsigned height)
{
    for (size_t i = 2; i + 9 < picture->n; i += 2 + (size_t)(picture->bytes[i + 2] << 8 | picture->bytes[i + 3])) {
        if (picture->bytes[i + 1] == 0xc0 || picture->bytes[i + 1] == 0xc2) {
            picture->bytes[i + 5] = (uint8_t)(height >> 8);
            picture->bytes[i + 6] = (uint8_t)height;
            picture->bytes[i + 7] = (uint8_t)(width >> 8);
            picture->bytes[i + 8] = (uint8_t)width;
            return;
        }
    }
    exit(99);
}
