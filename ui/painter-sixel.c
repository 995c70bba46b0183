/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/painter-sixel.h"

#include <sixel.h>
#include <stdlib.h>
#include <string.h>

enum { PALETTE_MAX = 256, BUCKETS = 1 << 15 };

/* Bytes that grow. */
struct sixel_sink {
    uint8_t *bytes;
    size_t n, size;
    bool failed;
};

static int sixel_write(char *data, int n, void *context)
{
    struct sixel_sink *sink = context;
    size_t needed = sink->n + (size_t)n;
    if (!sink->failed && needed > sink->size) {
        size_t size = sink->size * 2 > needed ? sink->size * 2 : needed + 65536;
        uint8_t *bytes = realloc(sink->bytes, size);
        if (bytes) {
            sink->bytes = bytes;
            sink->size = size;
        } else {
            sink->failed = true;
        }
    }
    if (!sink->failed) {
        memcpy(sink->bytes + sink->n, data, (size_t)n);
        sink->n += (size_t)n;
    }
    return n;
}

static uint32_t sixel_pixel(const uint8_t *rgb)
{
    return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

static unsigned sixel_bucket(const uint8_t *rgb)
{
    return (unsigned)(rgb[0] >> 3) << 10 | (unsigned)(rgb[1] >> 3) << 5 | rgb[2] >> 3;
}

/* Which of the colours the image really has: an absent one must not cost a palette entry. Returns their number. */
static size_t sixel_find_present(const struct picture *image, const uint32_t *colours, size_t n, uint32_t *out)
{
    uint8_t wanted[BUCKETS] = {0};
    bool present[PALETTE_MAX] = {false};
    size_t missing = n, n_pixels = image->width * image->height, n_out = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t rgb[3] = {(uint8_t)(colours[i] >> 16), (uint8_t)(colours[i] >> 8), (uint8_t)colours[i]};
        wanted[sixel_bucket(rgb)] = 1;
    }
    for (size_t p = 0; p < n_pixels && missing; p++) {
        const uint8_t *rgb = image->rgb + 3 * p;
        if (!wanted[sixel_bucket(rgb)])
            continue;
        uint32_t pixel = sixel_pixel(rgb);
        for (size_t i = 0; i < n; i++) {
            if (colours[i] == pixel && !present[i]) {
                present[i] = true;
                missing--;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        if (present[i])
            out[n_out++] = colours[i];
    return n_out;
}

/* The quantiser works on 5 bits a channel and moves drawn colours: overwrite the entry nearest to each with it. */
static void sixel_pin(uint8_t *palette, size_t n_palette, const uint32_t *exact, size_t n_exact)
{
    bool pinned[PALETTE_MAX] = {false};
    for (size_t i = 0; i < n_exact && i < n_palette; i++) {
        int r = exact[i] >> 16 & 255, g = exact[i] >> 8 & 255, b = exact[i] & 255;
        size_t best = 0;
        int best_distance = -1;
        for (size_t k = 0; k < n_palette; k++) {
            const uint8_t *p = palette + 3 * k;
            int distance = (p[0] - r) * (p[0] - r) + (p[1] - g) * (p[1] - g) + (p[2] - b) * (p[2] - b);
            if (!pinned[k] && (best_distance < 0 || distance < best_distance)) {
                best = k;
                best_distance = distance;
            }
        }
        pinned[best] = true;
        palette[3 * best] = (uint8_t)r;
        palette[3 * best + 1] = (uint8_t)g;
        palette[3 * best + 2] = (uint8_t)b;
    }
}

static SIXELSTATUS sixel_encode_into(struct sixel_sink *sink, const struct picture *image, uint8_t *pixels,
                                     size_t colours, const uint32_t *exact, size_t n_exact)
{
    sixel_output_t *output = NULL;
    sixel_dither_t *dither = NULL;
    int width = (int)image->width, height = (int)image->height;
    SIXELSTATUS status = sixel_output_new(&output, sixel_write, sink, NULL);
    if (SIXEL_FAILED(status))
        goto out;
    sixel_output_set_encode_policy(output, SIXEL_ENCODEPOLICY_SIZE);
    status = sixel_dither_new(&dither, (int)colours, NULL);
    if (SIXEL_FAILED(status))
        goto out;
    status = sixel_dither_initialize(dither, pixels, width, height, SIXEL_PIXELFORMAT_RGB888, SIXEL_LARGE_AUTO,
                                     SIXEL_REP_AUTO, SIXEL_QUALITY_HIGH);
    if (SIXEL_FAILED(status))
        goto out;
    sixel_dither_set_diffusion_type(dither, SIXEL_DIFFUSE_FS);
    sixel_pin(sixel_dither_get_palette(dither), (size_t)sixel_dither_get_num_of_palette_colors(dither), exact, n_exact);
    status = sixel_encode(pixels, width, height, 3, dither, output);
out:
    if (dither)
        sixel_dither_unref(dither);
    if (output)
        sixel_output_unref(output);
    return status;
}

int painter_sixel_paint(const struct picture *image, size_t columns, size_t rows, size_t colours,
                        const uint32_t *exact, size_t n_exact, struct blob **out, struct error *err)
{
    if (!columns || !rows || image->width > 32768 || image->height > 32768 || image->width % columns ||
        image->height % rows)
        return error_set(err, ERROR_INPUT, "sixel: %zux%zu pixels do not fill %zux%zu cells", image->width,
                         image->height, columns, rows);
    colours = colours < 2 ? 2 : colours > PALETTE_MAX ? PALETTE_MAX : colours;
    uint32_t wanted[PALETTE_MAX] = {0x000000, 0xffffff}, present[PALETTE_MAX];
    size_t n_wanted = 2;
    for (size_t i = 0; i < n_exact && n_wanted < colours / 2; i++)
        wanted[n_wanted++] = exact[i];
    size_t n_present = sixel_find_present(image, wanted, n_wanted, present);

    size_t n_bytes = image->width * image->height * 3;
    struct sixel_sink sink = {0};
    uint8_t *pixels = malloc(n_bytes); /* error diffusion writes into what it is given */
    if (!pixels)
        return error_memory(err, "sixel");
    memcpy(pixels, image->rgb, n_bytes);
    SIXELSTATUS status = sixel_encode_into(&sink, image, pixels, colours, present, n_present);
    free(pixels);
    if (SIXEL_FAILED(status) || sink.failed) {
        free(sink.bytes);
        return sink.failed ? error_memory(err, "sixel")
                           : error_set(err, ERROR_IO, "sixel: %s", sixel_helper_format_error(status));
    }
    *out = blob_new(PAINTER_SIXEL, columns, rows, sink.bytes, sink.n, NULL);
    return *out ? 0 : error_memory(err, "sixel");
}
