/* JPEG through libjpeg, with its default transform and upsampling, so that the bytes are Pillow's.
 *
 * libjpeg reports errors by longjmp out of its callbacks. Everything that changes between setjmp and longjmp lives in a
 * struct of the caller's frame, where its value is defined afterwards.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* before jerror.h, which asks for what it configures */

#include <jerror.h>

/* A progressive file repeats its scans over the whole picture; more than this is made to waste time. */
enum { PICTURE_JPEG_MAX_SCANS = 100 };

struct picture_jpeg {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr handler;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    const struct picture_source *source;
    struct picture *out;
    struct error *err;
};

static void picture_jpeg_fail(j_common_ptr codec)
{
    struct picture_jpeg *jpeg = codec->client_data;
    char reason[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, reason);
    if (codec->err->msg_code == JERR_OUT_OF_MEMORY)
        error_memory(jpeg->err, jpeg->source->name);
    else
        error_set(jpeg->err, ERROR_INPUT, "%s: no whole JPEG picture: %s", jpeg->source->name, reason);
    longjmp(jpeg->escape, 1);
}

/* Warnings that mean pixels are missing or made up are errors here; stray bytes between markers harm nothing. */
static void picture_jpeg_message(j_common_ptr codec, int level)
{
    if (level >= 0)
        return;
    switch (codec->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
        picture_jpeg_fail(codec);
    }
}

static void picture_jpeg_count_scans(j_common_ptr codec)
{
    struct picture_jpeg *jpeg = codec->client_data;
    if (jpeg->codec.input_scan_number <= PICTURE_JPEG_MAX_SCANS)
        return;
    error_set(jpeg->err, ERROR_INPUT, "%s: more than %d scans", jpeg->source->name, PICTURE_JPEG_MAX_SCANS);
    longjmp(jpeg->escape, 1);
}

/* a * b / 255, rounded */
static int picture_jpeg_scale(int a, int b)
{
    int product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/* Ink as files of this kind hold it: inverted, whatever their Adobe marker says. */
static void picture_jpeg_cmyk_row(const JSAMPLE *cmyk, uint8_t *rgb, size_t width)
{
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3)
        for (size_t c = 0; c < 3; c++)
            rgb[c] = (uint8_t)(cmyk[3] - picture_jpeg_scale(255 - cmyk[c], cmyk[3]));
}

static void picture_jpeg_rows(struct picture_jpeg *jpeg)
{
    struct jpeg_decompress_struct *codec = &jpeg->codec;
    struct picture *out = jpeg->out;
    size_t row_bytes = out->width * 3;
    JSAMPARRAY ink = NULL;
    if (codec->out_color_space == JCS_CMYK)
        ink = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, codec->output_width * 4, 1);
    while (codec->output_scanline < codec->output_height) {
        uint8_t *rgb = out->rgb + row_bytes * codec->output_scanline;
        JSAMPROW row = ink ? ink[0] : rgb;
        jpeg_read_scanlines(codec, &row, 1);
        if (ink)
            picture_jpeg_cmyk_row(row, rgb, out->width);
    }
}

static int picture_jpeg_run(struct picture_jpeg *jpeg)
{
    struct jpeg_decompress_struct *codec = &jpeg->codec;
    const struct picture_source *source = jpeg->source;
    if (setjmp(jpeg->escape))
        return -1;
    jpeg_create_decompress(codec);
    codec->client_data = jpeg; /* again: creating clears the struct where the library is an old one */
    jpeg_mem_src(codec, source->bytes, source->n);
    jpeg_read_header(codec, TRUE);
    if (picture_allocate(source, codec->image_width, codec->image_height, jpeg->out, jpeg->err))
        return -1;
    if (source->size_only)
        return 0;
    switch (codec->num_components) {
    case 1:
    case 3:
        codec->out_color_space = JCS_RGB;
        break;
    case 4:
        codec->out_color_space = JCS_CMYK;
        break;
    default:
        return error_set(jpeg->err, ERROR_INPUT, "%s: JPEG of %d colour components", source->name,
                         codec->num_components);
    }
    codec->progress = &jpeg->progress;
    jpeg_start_decompress(codec);
    picture_jpeg_rows(jpeg);
    jpeg_finish_decompress(codec); /* reads on to the end mark: a file without it is cut */
    return 0;
}

int picture_jpeg_decode(const struct picture_source *source, struct picture *out, struct error *err)
{
    struct picture_jpeg jpeg = {.source = source, .out = out, .err = err};
    jpeg.codec.err = jpeg_std_error(&jpeg.handler);
    jpeg.codec.client_data = &jpeg;
    jpeg.handler.error_exit = picture_jpeg_fail;
    jpeg.handler.emit_message = picture_jpeg_message;
    jpeg.progress.progress_monitor = picture_jpeg_count_scans;
    int result = picture_jpeg_run(&jpeg);
    jpeg_destroy_decompress(&jpeg.codec);
    if (result)
        picture_free(out);
    return result;
}
