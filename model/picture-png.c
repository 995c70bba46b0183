/* PNG through libpng. Gamma, profiles, texts and transparency are not applied, as Pillow's convert("RGB") does not, so
 * those chunks are not even unpacked.
 *
 * libpng reports errors by longjmp; what changes between setjmp and longjmp lives in a struct of the caller's frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-codec.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct picture_png {
    png_structp codec;
    png_infop info;
    const struct picture_source *source;
    size_t at; /* bytes read so far */
    struct picture *out;
    png_bytepp rows;
    struct error *err;
};

static void picture_png_fail(png_structp codec, png_const_charp reason)
{
    struct picture_png *png = png_get_error_ptr(codec);
    error_set(png->err, ERROR_INPUT, "%s: no whole PNG picture: %s", png->source->name, reason);
    png_longjmp(codec, 1);
}

static void picture_png_warn(png_structp codec, png_const_charp reason)
{
    (void)codec;
    (void)reason;
}

static void picture_png_read(png_structp codec, png_bytep out, size_t n)
{
    struct picture_png *png = png_get_io_ptr(codec);
    if (n > png->source->n - png->at)
        png_error(codec, "the file ends too early");
    memcpy(out, png->source->bytes + png->at, n);
    png->at += n;
}

/* Entries that a palette lacks are a grey ramp in Pillow and black in libpng. */
static void picture_png_fill_palette(struct picture_png *png, int bit_depth)
{
    png_color full[PNG_MAX_PALETTE_LENGTH];
    png_colorp palette;
    int n = 0, n_full = 1 << bit_depth;
    if (!png_get_PLTE(png->codec, png->info, &palette, &n))
        png_error(png->codec, "no palette");
    for (int i = 0; i < n_full; i++)
        full[i] = i < n ? palette[i] : (png_color){(png_byte)i, (png_byte)i, (png_byte)i};
    if (n < n_full)
        png_set_PLTE(png->codec, png->info, full, n_full);
}

/* Whatever the file holds comes out as 8-bit RGB. */
static void picture_png_set_output(struct picture_png *png)
{
    int bit_depth = png_get_bit_depth(png->codec, png->info);
    int colour = png_get_color_type(png->codec, png->info);
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        picture_png_fill_palette(png, bit_depth);
        png_set_palette_to_rgb(png->codec);
    }
    if (colour == PNG_COLOR_TYPE_GRAY && bit_depth < 8)
        png_set_expand_gray_1_2_4_to_8(png->codec);
    if (bit_depth == 16)
        png_set_strip_16(png->codec);
    if (!(colour & PNG_COLOR_MASK_COLOR))
        png_set_gray_to_rgb(png->codec);
    png_set_strip_alpha(png->codec);
}

static int picture_png_run(struct picture_png *png)
{
    const struct picture_source *source = png->source;
    if (setjmp(png_jmpbuf(png->codec)))
        return -1;
    png_set_read_fn(png->codec, png, picture_png_read);
    png_set_user_limits(png->codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours are checked below */
    png_set_keep_unknown_chunks(png->codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png->codec, png->info);
    size_t width = png_get_image_width(png->codec, png->info), height = png_get_image_height(png->codec, png->info);
    if (picture_allocate(source, width, height, png->out, png->err))
        return -1;
    if (source->size_only)
        return 0;
    picture_png_set_output(png);
    png_set_interlace_handling(png->codec);
    png_read_update_info(png->codec, png->info);
    if (png_get_rowbytes(png->codec, png->info) != width * 3)
        png_error(png->codec, "rows of an unexpected size");
    png->rows = malloc(height * sizeof *png->rows);
    if (!png->rows)
        return error_memory(png->err, source->name);
    for (size_t y = 0; y < height; y++)
        png->rows[y] = png->out->rgb + y * width * 3;
    png_read_image(png->codec, png->rows);
    png_read_end(png->codec, NULL); /* reads on to the end mark: a file without it is cut */
    return 0;
}

int picture_png_decode(const struct picture_source *source, struct picture *out, struct error *err)
{
    struct picture_png png = {.source = source, .out = out, .err = err};
    int result = -1;
    png.codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, &png, picture_png_fail, picture_png_warn);
    if (png.codec)
        png.info = png_create_info_struct(png.codec);
    if (png.info)
        result = picture_png_run(&png);
    else
        error_memory(err, source->name);
    png_destroy_read_struct(&png.codec, &png.info, NULL);
    free(png.rows);
    if (result)
        picture_free(out);
    return result;
}
