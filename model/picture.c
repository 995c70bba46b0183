/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"

#include "model/file.h"
#include "model/picture-codec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int picture_allocate(const struct picture_source *source, size_t width, size_t height, struct picture *out,
                     struct error *err)
{
    if (!width || !height)
        return error_set(err, ERROR_INPUT, "%s: a picture of %zu x %zu pixels", source->name, width, height);
    if (width > PICTURE_MAX_SIDE || height > PICTURE_MAX_SIDE || width > PICTURE_MAX_PIXELS / height)
        return error_set(err, ERROR_INPUT, "%s: %zu x %zu pixels are over the limit (%d a side, %d megapixels)",
                         source->name, width, height, PICTURE_MAX_SIDE, PICTURE_MAX_PIXELS / 1000 / 1000);
    out->width = width;
    out->height = height;
    if (source->size_only)
        return 0;
    out->rgb = malloc(width * height * 3);
    return out->rgb ? 0 : error_memory(err, source->name);
}

static int picture_decode_source(const struct picture_source *source, struct picture *out, struct error *err)
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff}, png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    *out = (struct picture){0};
    if (source->n >= sizeof jpeg && !memcmp(source->bytes, jpeg, sizeof jpeg))
        return picture_jpeg_decode(source, out, err);
    if (source->n >= sizeof png && !memcmp(source->bytes, png, sizeof png))
        return picture_png_decode(source, out, err);
    return error_set(err, ERROR_INPUT, source->n ? "%s: neither JPEG nor PNG" : "%s: an empty file", source->name);
}

static int picture_decode_file(const char *path, bool size_only, struct picture *out, struct error *err)
{
    uint8_t *bytes;
    struct picture_source source = {.name = path, .size_only = size_only};
    *out = (struct picture){0};
    if (file_read(path, PICTURE_MAX_FILE_BYTES, &bytes, &source.n, err))
        return -1;
    source.bytes = bytes;
    int result = picture_decode_source(&source, out, err);
    free(bytes);
    return result;
}

int picture_decode(const char *path, struct picture *out, struct error *err)
{
    return picture_decode_file(path, false, out, err);
}

int picture_decode_bytes(const uint8_t *bytes, size_t n, const char *name, struct picture *out, struct error *err)
{
    struct picture_source source = {.bytes = bytes, .n = n, .name = name};
    return picture_decode_source(&source, out, err);
}

void picture_free(struct picture *picture)
{
    free(picture->rgb);
    *picture = (struct picture){0};
}

int picture_size(const char *path, size_t *width, size_t *height, struct error *err)
{
    struct picture picture;
    int result = picture_decode_file(path, true, &picture, err);
    *width = picture.width;
    *height = picture.height;
    return result;
}

/* The double as a whole number of pixels in [0, limit]; what is not a number counts as 0. */
static size_t picture_clamp(double x, size_t limit)
{
    if (!(x > 0))
        return 0;
    return x < (double)limit ? (size_t)x : limit;
}

int picture_box_clamp(const double box[4], size_t width, size_t height, struct picture_box *out)
{
    *out = (struct picture_box){
        .x0 = picture_clamp(floor(box[0]), width),
        .y0 = picture_clamp(floor(box[1]), height),
        .x1 = picture_clamp(ceil(box[2]), width),
        .y1 = picture_clamp(ceil(box[3]), height),
    };
    for (size_t i = 0; i < 4; i++)
        if (isnan(box[i]))
            return -1;
    return out->x0 < out->x1 && out->y0 < out->y1 ? 0 : -1;
}

void picture_mean(const struct picture *picture, uint8_t out[3])
{
    uint64_t sums[3] = {0}, n = (uint64_t)picture->width * picture->height;
    for (uint64_t i = 0; i < n; i++)
        for (size_t c = 0; c < 3; c++)
            sums[c] += picture->rgb[3 * i + c];
    for (size_t c = 0; c < 3; c++)
        out[c] = (uint8_t)((sums[c] + n / 2) / n);
}

void picture_fill(const struct picture *picture, const struct picture_box *box, const uint8_t colour[3])
{
    for (size_t y = box->y0; y < box->y1; y++)
        for (size_t x = box->x0; x < box->x1; x++)
            memcpy(picture->rgb + 3 * (y * picture->width + x), colour, 3);
}
