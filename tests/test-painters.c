/* Painted pictures, read back: sixel by libsixel's own decoder, half blocks by a small reader here.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/painter-blocks.h"
#include "ui/painter-sixel.h"

#include <setjmp.h>
#include <sixel.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELL_WIDTH = 8, CELL_HEIGHT = 17 };

static struct picture picture_new(size_t width, size_t height)
{
    struct picture p = {.rgb = calloc(width * height, 3), .width = width, .height = height};
    assert_non_null(p.rgb);
    return p;
}

static void set(struct picture *p, size_t x, size_t y, uint32_t colour)
{
    uint8_t *rgb = p->rgb + 3 * (y * p->width + x);
    rgb[0] = (uint8_t)(colour >> 16);
    rgb[1] = (uint8_t)(colour >> 8);
    rgb[2] = (uint8_t)colour;
}

static int distance(const uint8_t *rgb, uint32_t colour)
{
    int most = 0;
    for (int i = 0; i < 3; i++) {
        int d = abs((int)rgb[i] - (int)(colour >> (16 - 8 * i) & 255));
        most = d > most ? d : most;
    }
    return most;
}

/* The blob as pixels again. */
static struct picture sixel_read_back(const struct blob *blob)
{
    unsigned char *pixels, *palette;
    int width, height, n_colours;
    assert_true(blob->n_bytes > 4);
    assert_memory_equal(blob->bytes, "\033P", 2);
    assert_memory_equal(blob->bytes + blob->n_bytes - 2, "\033\\", 2);
    SIXELSTATUS status = sixel_decode_raw(blob->bytes, (int)blob->n_bytes, &pixels, &width, &height, &palette,
                                          &n_colours, NULL);
    assert_true(SIXEL_SUCCEEDED(status));
    struct picture p = picture_new((size_t)width, (size_t)height);
    for (size_t i = 0; i < p.width * p.height; i++)
        memcpy(p.rgb + 3 * i, palette + 3 * pixels[i], 3);
    free(pixels);
    free(palette);
    return p;
}

static void sixel_comes_back_nearly_the_same(void **state)
{
    (void)state;
    struct picture p = picture_new(20 * CELL_WIDTH, 7 * CELL_HEIGHT);
    for (size_t y = 0; y < p.height; y++)
        for (size_t x = 0; x < p.width; x++)
            set(&p, x, y, (uint32_t)(x * 255 / p.width << 16 | y * 255 / p.height << 8 | (x + y) % 200));
    uint8_t *before = malloc(p.width * p.height * 3);
    memcpy(before, p.rgb, p.width * p.height * 3);
    struct blob *blob;
    assert_int_equal(painter_sixel_paint(&p, 20, 7, 256, NULL, 0, &blob, NULL), 0);
    assert_memory_equal(before, p.rgb, p.width * p.height * 3); /* dithering works on a copy */
    assert_int_equal(blob->columns, 20);
    assert_int_equal(blob->rows, 7);
    assert_null(blob->line_starts);
    struct picture back = sixel_read_back(blob);
    assert_int_equal(back.width, p.width);
    assert_int_equal(back.height, p.height); /* 119 rows: no multiple of six */
    /* Dithered: means of 8x8 pixels are what the eye sees. */
    for (size_t y = 0; y + 8 <= p.height; y += 8) {
        for (size_t x = 0; x + 8 <= p.width; x += 8) {
            int sums[3] = {0};
            for (size_t i = 0; i < 64; i++)
                for (int c = 0; c < 3; c++) {
                    size_t at = 3 * ((y + i / 8) * p.width + x + i % 8) + (size_t)c;
                    sums[c] += back.rgb[at] - p.rgb[at];
                }
            for (int c = 0; c < 3; c++)
                assert_in_range(abs(sums[c]), 0, 64 * 12);
        }
    }
    picture_free(&back);
    picture_free(&p);
    free(before);
    blob_unref(blob);
}

/* What is drawn over a picture keeps its colour, with few registers too. */
static void sixel_keeps_drawn_colours(void **state)
{
    (void)state;
    static const uint32_t exact[] = {0x5fafff, 0xd787af, 0x121212, 0x00ff00 /* not in the picture */};
    for (size_t colours = 16; colours <= 256; colours *= 4) {
        struct picture p = picture_new(10 * CELL_WIDTH, 5 * CELL_HEIGHT);
        for (size_t y = 0; y < p.height; y++)
            for (size_t x = 0; x < p.width; x++)
                set(&p, x, y, (uint32_t)(x * 3 << 16 | y * 2 << 8 | (x * y) % 256));
        static const uint32_t drawn[] = {0x5fafff, 0xd787af, 0x121212, 0x000000, 0xffffff};
        for (size_t i = 0; i < 5; i++)
            for (size_t y = 10 * i; y < 10 * i + 10; y++)
                for (size_t x = 0; x < 40; x++)
                    set(&p, x, y, drawn[i]);
        struct blob *blob;
        assert_int_equal(painter_sixel_paint(&p, 10, 5, colours, exact, 4, &blob, NULL), 0);
        struct picture back = sixel_read_back(blob);
        for (size_t i = 0; i < 5; i++)
            assert_in_range(distance(back.rgb + 3 * ((10 * i + 5) * p.width + 20), drawn[i]), 0, 2);
        picture_free(&back);
        picture_free(&p);
        blob_unref(blob);
    }
}

static void sixel_of_one_colour_and_one_cell(void **state)
{
    (void)state;
    static const uint32_t exact[] = {0x010203, 0xff0000, 0x00ff00};
    struct picture p = picture_new(CELL_WIDTH, CELL_HEIGHT);
    for (size_t i = 0; i < CELL_WIDTH * CELL_HEIGHT; i++)
        set(&p, i, 0, 0x3366cc);
    struct blob *blob;
    assert_int_equal(painter_sixel_paint(&p, 1, 1, 256, exact, 3, &blob, NULL), 0);
    struct picture back = sixel_read_back(blob);
    assert_in_range(distance(back.rgb, 0x3366cc), 0, 8); /* an absent exact colour did not take its place */
    picture_free(&back);
    blob_unref(blob);
    struct error err = {0};
    assert_int_equal(painter_sixel_paint(&p, 3, 1, 256, NULL, 0, &blob, &err), -1);
    assert_int_equal(painter_sixel_paint(&p, 0, 0, 256, NULL, 0, &blob, &err), -1);
    picture_free(&p);
}

struct cell {
    unsigned symbol; /* code point */
    int foreground, background; /* 0xRRGGBB, or a number; -1 = default */
};

/* Reads one line of a blob; returns the number of cells. */
static size_t blocks_read_line(const struct blob *blob, size_t row, struct cell *out, size_t most)
{
    const uint8_t *p = blob->bytes + blob->line_starts[row], *end = blob->bytes + blob->line_starts[row + 1];
    struct cell now = {0, -1, -1};
    size_t n = 0;
    while (p < end) {
        if (*p != 033) {
            assert_true(n < most);
            assert_true(*p >= 0x20);
            now.symbol = *p < 0x80 ? *p : *p >= 0xe0 ? (*p & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u) : 0xfffd;
            p += *p < 0x80 ? 1 : 3;
            out[n++] = now;
            continue;
        }
        char *next;
        int values[5] = {0}, n_values = 0;
        assert_int_equal(p[1], '[');
        p += 2;
        while (*p != 'm' && n_values < 5) {
            values[n_values++] = (int)strtol((const char *)p, &next, 10);
            p = (const uint8_t *)next;
            if (*p == ';')
                p++;
        }
        assert_int_equal(*p++, 'm');
        int first = values[0], colour = n_values == 5 ? values[2] << 16 | values[3] << 8 | values[4] : values[2];
        if (n_values == 0)
            now.foreground = now.background = -1;
        else if (first == 38)
            now.foreground = colour;
        else if (first == 48)
            now.background = colour;
        else if ((first >= 30 && first <= 37) || (first >= 90 && first <= 97))
            now.foreground = first >= 90 ? first - 82 : first - 30;
        else if ((first >= 40 && first <= 47) || (first >= 100 && first <= 107))
            now.background = first >= 100 ? first - 92 : first - 40;
    }
    assert_int_equal(now.foreground, -1); /* ends with default attributes */
    assert_int_equal(now.background, -1);
    return n;
}

static void blocks_show_two_pixels_a_cell(void **state)
{
    (void)state;
    struct picture p = picture_new(3, 4);
    static const uint32_t colours[12] = {0xff0000, 0x0000ff, 0x5fafff, 0x00ff00, 0x0000ff, 0x121212,
                                         0x808080, 0x808080, 0x808080, 0x123456, 0x808080, 0x654321};
    for (size_t i = 0; i < 12; i++)
        set(&p, i % 3, i / 3, colours[i]);
    struct blob *blob;
    struct cell cells[8];
    assert_int_equal(painter_blocks_paint(&p, COLOURS_TRUE, NULL, 0, &blob, NULL), 0);
    assert_int_equal(blob->columns, 3);
    assert_int_equal(blob->rows, 2);
    for (size_t row = 0; row < 2; row++) {
        assert_int_equal(blocks_read_line(blob, row, cells, 8), 3);
        for (size_t x = 0; x < 3; x++) {
            uint32_t upper = colours[row * 6 + x], lower = colours[row * 6 + 3 + x];
            assert_int_equal(cells[x].background, lower);
            if (upper == lower) {
                assert_int_equal(cells[x].symbol, ' ');
            } else {
                assert_int_equal(cells[x].symbol, 0x2580);
                assert_int_equal(cells[x].foreground, upper);
            }
        }
    }
    blob_unref(blob);
    picture_free(&p);
}

static void blocks_with_fewer_colours(void **state)
{
    (void)state;
    static const struct {
        enum terminal_colours colours;
        int upper, lower;
    } list[] = {{COLOURS_256, 196, 233}, {COLOURS_16, 9, 0}, {COLOURS_8, 1, 0}};
    struct picture p = picture_new(1, 2);
    set(&p, 0, 0, 0xff0000);
    set(&p, 0, 1, 0x121212);
    for (size_t i = 0; i < 3; i++) {
        struct blob *blob;
        struct cell cell;
        assert_int_equal(painter_blocks_paint(&p, list[i].colours, NULL, 0, &blob, NULL), 0);
        assert_int_equal(blocks_read_line(blob, 0, &cell, 1), 1);
        assert_int_equal(cell.foreground, list[i].upper);
        assert_int_equal(cell.background, list[i].lower);
        blob_unref(blob);
    }
    picture_free(&p);
}

static void blocks_without_colours_are_shades(void **state)
{
    (void)state;
    static const unsigned shades[] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
    struct picture p = picture_new(5, 2);
    for (size_t i = 0; i < 10; i++) {
        uint32_t grey = (uint32_t)(i % 5 * 255 / 4);
        set(&p, i % 5, i / 5, grey << 16 | grey << 8 | grey);
    }
    struct blob *blob;
    struct cell cells[5];
    assert_int_equal(painter_blocks_paint(&p, COLOURS_NONE, NULL, 0, &blob, NULL), 0);
    assert_int_equal(blocks_read_line(blob, 0, cells, 5), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(cells[i].symbol, shades[i]);
    assert_null(memchr(blob->bytes, '3', blob->n_bytes)); /* no colour was set */
    blob_unref(blob);
    picture_free(&p);
}

static void blocks_carry_labels_as_text(void **state)
{
    (void)state;
    struct picture p = picture_new(10, 4);
    char text[] = "1 cat";
    const struct scene_label label = {.column = 2, .row = 1, .columns = 5, .text = text, .colour = 0x5fafff};
    struct blob *blob;
    struct cell cells[16];
    assert_int_equal(painter_blocks_paint(&p, COLOURS_TRUE, &label, 1, &blob, NULL), 0);
    assert_int_equal(blocks_read_line(blob, 1, cells, 16), 10);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(cells[2 + i].symbol, text[i]);
        assert_int_equal(cells[2 + i].background, 0x5fafff);
        assert_int_equal(cells[2 + i].foreground, 0);
    }
    assert_int_equal(cells[1].background, 0);
    assert_int_equal(cells[7].background, 0);
    blob_unref(blob);
    picture_free(&p);
}

static void blobs_count_their_holders(void **state)
{
    (void)state;
    struct blob *blob = blob_new(PAINTER_SIXEL, 1, 1, malloc(1), 1, NULL);
    assert_ptr_equal(blob_ref(blob), blob);
    blob_unref(blob);
    assert_int_equal(blob->references, 1);
    blob_unref(blob);
    blob_unref(NULL);
    assert_null(blob_ref(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixel_comes_back_nearly_the_same),
        cmocka_unit_test(sixel_keeps_drawn_colours),
        cmocka_unit_test(sixel_of_one_colour_and_one_cell),
        cmocka_unit_test(blocks_show_two_pixels_a_cell),
        cmocka_unit_test(blocks_with_fewer_colours),
        cmocka_unit_test(blocks_without_colours_are_shades),
        cmocka_unit_test(blocks_carry_labels_as_text),
        cmocka_unit_test(blobs_count_their_holders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
