/* libjpeg reports errors by longjmp out of its callbacks; what changes between setjmp and longjmp lives in a struct of
 * the caller's frame, where its value is defined afterwards.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "src/jpeg-writer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

struct jpeg_writer {
    struct jpeg_compress_struct codec;
    struct jpeg_error_mgr handler;
    jmp_buf escape;
    unsigned char *bytes;
    unsigned long n;
    struct error *err;
};

static void jpeg_writer_fail(j_common_ptr codec)
{
    struct jpeg_writer *writer = codec->client_data;
    char reason[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, reason);
    error_set(writer->err, ERROR_IO, "picture: %s", reason);
    longjmp(writer->escape, 1);
}

static int jpeg_writer_run(struct jpeg_writer *writer, const struct picture *picture, int quality)
{
    struct jpeg_compress_struct *codec = &writer->codec;
    codec->err = jpeg_std_error(&writer->handler);
    writer->handler.error_exit = jpeg_writer_fail;
    codec->client_data = writer;
    if (setjmp(writer->escape))
        return -1;
    jpeg_create_compress(codec);
    jpeg_mem_dest(codec, &writer->bytes, &writer->n);
    codec->image_width = (JDIMENSION)picture->width;
    codec->image_height = (JDIMENSION)picture->height;
    codec->input_components = 3;
    codec->in_color_space = JCS_RGB;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, quality, TRUE);
    jpeg_start_compress(codec, TRUE);
    while (codec->next_scanline < codec->image_height) {
        JSAMPROW row = picture->rgb + 3 * picture->width * codec->next_scanline;
        jpeg_write_scanlines(codec, &row, 1);
    }
    jpeg_finish_compress(codec);
    return 0;
}

int jpeg_write(const struct picture *picture, int quality, unsigned char **out, size_t *n, struct error *err)
{
    struct jpeg_writer writer = {.err = err};
    if (picture->width > JPEG_MAX_DIMENSION || picture->height > JPEG_MAX_DIMENSION)
        return error_set(err, ERROR_IO, "picture: too large for JPEG");
    int result = jpeg_writer_run(&writer, picture, quality);
    jpeg_destroy_compress(&writer.codec);
    if (result) {
        free(writer.bytes);
        return -1;
    }
    *out = writer.bytes;
    *n = writer.n;
    return 0;
}
