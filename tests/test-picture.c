/* Pictures: every kind that decodes, every kind that is refused, and resizing to the byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"
#include "tests/picture-maker.h"
#include "tests/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct error err;

static unsigned noise(uint32_t x, uint32_t y, unsigned c)
{
    return (x * 37 + y * 101 + c * 53 + x * y * 17) % 65536;
}

static unsigned noise_1(uint32_t x, uint32_t y, unsigned c)
{
    return noise(x, y, c) & 1;
}

static unsigned noise_2(uint32_t x, uint32_t y, unsigned c)
{
    return noise(x, y, c) & 3;
}

static unsigned noise_4(uint32_t x, uint32_t y, unsigned c)
{
    return noise(x, y, c) & 15;
}

static unsigned noise_8(uint32_t x, uint32_t y, unsigned c)
{
    return noise(x, y, c) & 255;
}

static unsigned noise_16(uint32_t x, uint32_t y, unsigned c)
{
    return noise(x, y, c) * 257 % 65536;
}

static unsigned smooth(uint32_t x, uint32_t y, unsigned c)
{
    return (c == 0 ? 40 + 5 * x : c == 1 ? 200 - 4 * y : 90 + 2 * x + 2 * y) & 255;
}

/* Ink of a CMYK picture as it is stored (255 = none). */
static unsigned ink(uint32_t x, uint32_t y, unsigned c)
{
    (void)x;
    (void)y;
    return (const unsigned[]){250, 120, 30, 200}[c];
}

static void decode(const struct made_picture *made, struct picture *out)
{
    if (picture_decode_bytes(made->bytes, made->n, "made", out, &err))
        fail_msg("%s", err.message);
}

/* What a PNG's sample must come out as. */
static uint8_t expected_sample(const struct png_recipe *recipe, uint32_t x, uint32_t y, unsigned c)
{
    bool grey = !(recipe->colour & PNG_COLOR_MASK_COLOR);
    unsigned value = recipe->sample(x, y, grey || recipe->colour == PNG_COLOR_TYPE_PALETTE ? 0 : c);
    if (recipe->colour == PNG_COLOR_TYPE_PALETTE) {
        if (value >= (unsigned)recipe->n_palette)
            return (uint8_t)value;
        return (uint8_t)(c == 0 ? value : c == 1 ? 255 - value : 3 * value);
    }
    return (uint8_t)(recipe->depth == 16 ? value >> 8 : value * 255 / ((1u << recipe->depth) - 1));
}

static void check_png(const struct png_recipe *recipe)
{
    struct made_picture made = made_png(recipe);
    struct picture picture;
    decode(&made, &picture);
    free(made.bytes);
    assert_int_equal(picture.width, recipe->width);
    assert_int_equal(picture.height, recipe->height);
    for (uint32_t y = 0; y < recipe->height; y++)
        for (uint32_t x = 0; x < recipe->width; x++)
            for (unsigned c = 0; c < 3; c++)
                assert_int_equal(picture.rgb[(y * recipe->width + x) * 3 + c], expected_sample(recipe, x, y, c));
    picture_free(&picture);
    assert_null(picture.rgb);
}

static void decodes_every_kind_of_png(void **state)
{
    (void)state;
    static unsigned (*const samples[17])(uint32_t, uint32_t, unsigned) = {
        [1] = noise_1, [2] = noise_2, [4] = noise_4, [8] = noise_8, [16] = noise_16};
    static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_PALETTE,
                                  PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB_ALPHA};
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        for (int depth = 1; depth <= 16; depth *= 2) {
            bool palette = colours[i] == PNG_COLOR_TYPE_PALETTE, small = depth < 8;
            if ((palette && depth == 16) || (!palette && colours[i] != PNG_COLOR_TYPE_GRAY && small))
                continue;
            for (int variant = 0; variant < 4; variant++) {
                struct png_recipe recipe = {.width = 23, .height = 17, .depth = depth, .colour = colours[i],
                                            .interlaced = variant & 1, .sample = samples[depth]};
                recipe.transparent = variant & 2 && !(colours[i] & PNG_COLOR_MASK_ALPHA);
                recipe.n_palette = palette ? 1 << depth : 0;
                check_png(&recipe);
            }
        }
    }
}

/* A palette with fewer entries than its pixels name: the others are a grey ramp, as in Pillow. */
static void decodes_short_palettes(void **state)
{
    (void)state;
    check_png(&(struct png_recipe){.width = 9, .height = 5, .depth = 8, .colour = PNG_COLOR_TYPE_PALETTE, .n_palette = 100,
                                   .sample = noise_8});
    check_png(&(struct png_recipe){.width = 9, .height = 5, .depth = 2, .colour = PNG_COLOR_TYPE_PALETTE, .n_palette = 3,
                                   .sample = noise_2});
}

static void decodes_odd_sizes(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {20000, 3}, {3, 20000}, {300000, 1}, {1, 300000}};
    static uint8_t pixels[224 * 224 * 3];
    struct config config = {.image = {.architecture = IMAGE_RESNET, .image_size = 224, .resize = 256}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct png_recipe recipe = {.width = sizes[i][0], .height = sizes[i][1], .depth = 8,
                                    .colour = PNG_COLOR_TYPE_RGB, .sample = noise_8};
        check_png(&recipe);
        struct made_picture made = made_png(&recipe);
        struct picture picture;
        decode(&made, &picture);
        for (int p = PREPROCESS_SQUASH; p <= PREPROCESS_RESIZE_CROP; p++) {
            config.image.preprocess = (enum picture_preprocess)p;
            assert_int_equal(picture_preprocess(&picture, NULL, &config, pixels, &err), 0);
        }
        picture_free(&picture);
        free(made.bytes);
    }
}

static void check_jpeg(const struct jpeg_recipe *recipe, int tolerance)
{
    struct made_picture made = made_jpeg(recipe);
    struct picture picture;
    decode(&made, &picture);
    free(made.bytes);
    assert_int_equal(picture.width, recipe->width);
    assert_int_equal(picture.height, recipe->height);
    for (uint32_t y = 0; y < recipe->height; y++) {
        for (uint32_t x = 0; x < recipe->width; x++) {
            for (unsigned c = 0; c < 3; c++) {
                int expected = (int)recipe->sample(x, y, recipe->components == 1 ? 0 : c);
                if (recipe->components == 4)
                    expected = expected * (int)recipe->sample(x, y, 3) / 255;
                int got = picture.rgb[(y * recipe->width + x) * 3 + c];
                if (abs(expected - got) > tolerance)
                    fail_msg("%d instead of %d at %u, %u", got, expected, x, y);
            }
        }
    }
    picture_free(&picture);
}

static void decodes_every_kind_of_jpeg(void **state)
{
    (void)state;
    check_jpeg(&(struct jpeg_recipe){.width = 30, .height = 21, .components = 3, .sample = smooth}, 5);
    check_jpeg(&(struct jpeg_recipe){.width = 30, .height = 21, .components = 3, .progressive = 1, .sample = smooth}, 5);
    check_jpeg(&(struct jpeg_recipe){.width = 30, .height = 21, .components = 1, .sample = smooth}, 2);
    check_jpeg(&(struct jpeg_recipe){.width = 1, .height = 1, .components = 3, .sample = smooth}, 3);
    check_jpeg(&(struct jpeg_recipe){.width = 20000, .height = 3, .components = 1, .sample = ink}, 2);
    check_jpeg(&(struct jpeg_recipe){.width = 17, .height = 9, .components = 4, .sample = ink}, 2);
    check_jpeg(&(struct jpeg_recipe){.width = 17, .height = 9, .components = 4, .adobe_ycck = 1, .sample = ink}, 3);
}

/* Bytes that must be refused, with these words. */
static void assert_refused(const void *bytes, size_t n, const char *words)
{
    struct picture picture;
    if (!picture_decode_bytes(bytes, n, "made", &picture, &err))
        fail_msg("accepted where \"%s\" was expected", words);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_null(picture.rgb);
    assert_memory_equal(err.message, "made: ", 6);
    if (!strstr(err.message, words))
        fail_msg("\"%s\" does not say \"%s\"", err.message, words);
}

static void refuses_what_is_no_picture(void **state)
{
    (void)state;
    assert_refused("", 0, "empty");
    assert_refused("hello, world", 12, "neither JPEG nor PNG");
    assert_refused("GIF89a\1\0\1\0\0\0\0;", 14, "neither JPEG nor PNG");
    assert_refused("\xff\xd8\xff", 3, "JPEG");
    assert_refused("\x89PNG\r\n\x1a\n", 8, "PNG");
    assert_refused("\x89PNG\r\n\x1a\nIHDRIHDRIHDRIHDRIHDR", 28, "PNG");
    struct picture picture;
    assert_int_equal(picture_decode(scratch_path("absent.jpg"), &picture, &err), -1);
    assert_int_equal(err.kind, ERROR_IO);
    assert_int_equal(picture_decode(scratch_path("."), &picture, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void refuses_every_cut(void **state)
{
    (void)state;
    struct made_picture made[] = {
        made_png(&(struct png_recipe){.width = 12, .height = 9, .depth = 8, .colour = PNG_COLOR_TYPE_RGB,
                                      .sample = noise_8}),
        made_png(&(struct png_recipe){.width = 12, .height = 9, .depth = 4, .colour = PNG_COLOR_TYPE_PALETTE,
                                      .n_palette = 16, .interlaced = 1, .sample = noise_4}),
        made_jpeg(&(struct jpeg_recipe){.width = 40, .height = 24, .components = 3, .sample = smooth}),
        made_jpeg(&(struct jpeg_recipe){.width = 40, .height = 24, .components = 3, .progressive = 1, .sample = smooth}),
        made_jpeg(&(struct jpeg_recipe){.width = 40, .height = 24, .components = 4, .sample = smooth}),
    };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        for (size_t cut = 0; cut < made[i].n; cut++)
            assert_refused(made[i].bytes, cut, "");
        struct picture picture;
        decode(&made[i], &picture);
        picture_free(&picture);
        free(made[i].bytes);
    }
}

static void refuses_claims_over_the_limit(void **state)
{
    (void)state;
    struct made_picture made = made_png(&(struct png_recipe){.width = 60000, .height = 60000, .depth = 8, .header_only = 1,
                                                             .colour = PNG_COLOR_TYPE_RGB});
    /* The limit is found before anything else of the file is asked for; a chunk must follow for the header to be read. */
    static const uint8_t idat[] = {0, 0, 0, 1, 'I', 'D', 'A', 'T', 0, 0, 0, 0, 0};
    uint8_t bytes[256];
    assert_true(made.n + sizeof idat < sizeof bytes);
    memcpy(bytes, made.bytes, made.n);
    memcpy(bytes + made.n, idat, sizeof idat);
    assert_refused(bytes, made.n + sizeof idat, "60000 x 60000 pixels are over the limit");
    free(made.bytes);

    made = made_jpeg(&(struct jpeg_recipe){.width = 40, .height = 24, .components = 3, .sample = smooth});
    made_jpeg_claim(&made, 60000, 60000);
    assert_refused(made.bytes, made.n, "60000 x 60000 pixels are over the limit");
    made_jpeg_claim(&made, 8001, 8000);
    assert_refused(made.bytes, made.n, "over the limit");
    made_jpeg_claim(&made, 0, 8000);
    assert_refused(made.bytes, made.n, "");
    made_jpeg_claim(&made, 400, 400); /* more than the data make */
    assert_refused(made.bytes, made.n, "");
    size_t width, height;
    assert_int_equal(picture_size(scratch_write("claim.jpg", made.bytes, made.n), &width, &height, &err), 0);
    assert_true(width == 400 && height == 400);
    free(made.bytes);
}

/* A file whose scans go on and on, each over the whole picture. */
static void refuses_endless_scans(void **state)
{
    (void)state;
    struct made_picture made = made_jpeg(&(struct jpeg_recipe){.width = 16, .height = 16, .components = 3,
                                                               .one_scan_a_component = 1, .sample = smooth});
    struct picture picture;
    decode(&made, &picture);
    picture_free(&picture);
    size_t last = 0, scan_bytes;
    for (size_t i = 0; i + 1 < made.n; i++)
        if (made.bytes[i] == 0xff && made.bytes[i + 1] == 0xda)
            last = i;
    scan_bytes = made.n - 2 - last;
    uint8_t *bytes = malloc(made.n + 200 * scan_bytes);
    memcpy(bytes, made.bytes, made.n - 2);
    size_t n = made.n - 2;
    for (size_t i = 0; i < 200; i++, n += scan_bytes)
        memcpy(bytes + n, made.bytes + last, scan_bytes);
    bytes[n++] = 0xff;
    bytes[n++] = 0xd9;
    assert_refused(bytes, n, "more than 100 scans");
    free(bytes);
    free(made.bytes);
}

static void tells_the_size(void **state)
{
    (void)state;
    size_t width = 0, height = 0;
    struct made_picture made = made_png(&(struct png_recipe){.width = 12, .height = 9, .depth = 8,
                                                             .colour = PNG_COLOR_TYPE_RGB, .sample = noise_8});
    const char *path = scratch_write("picture.jpg", made.bytes, made.n); /* the bytes tell the type, not the name */
    assert_int_equal(picture_size(path, &width, &height, &err), 0);
    assert_true(width == 12 && height == 9);
    free(made.bytes);
    assert_int_equal(picture_size(scratch_write("text.png", "text", 4), &width, &height, &err), -1);
    assert_non_null(strstr(err.message, "text.png: neither JPEG nor PNG"));
}

static void clamps_boxes(void **state)
{
    (void)state;
    static const struct {
        double box[4];
        struct picture_box expected; /* x1 0 = nothing left */
    } cases[] = {
        {{1.5, 2.5, 3.5, 4.5}, {1, 2, 4, 5}},
        {{1, 2, 3, 4}, {1, 2, 3, 4}},
        {{-10, -0.5, 100, 1e300}, {0, 0, 10, 8}},
        {{9.5, 7.5, 9.6, 7.6}, {9, 7, 10, 8}},
        {{3, 3, 3, 5}, {0}},
        {{3.2, 3, 3.1, 5}, {3, 3, 4, 5}},
        {{5, 3, 4, 5}, {0}},
        {{10, 0, 20, 5}, {0}},
        {{-5, 0, 0, 5}, {0}},
        {{NAN, 0, 5, 5}, {0}},
        {{0, 0, NAN, 5}, {0}},
        {{-INFINITY, -INFINITY, INFINITY, INFINITY}, {0, 0, 10, 8}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct picture_box got;
        const struct picture_box *e = &cases[i].expected;
        assert_int_equal(picture_box_clamp(cases[i].box, 10, 8, &got), e->x1 ? 0 : -1);
        if (e->x1)
            assert_true(got.x0 == e->x0 && got.y0 == e->y0 && got.x1 == e->x1 && got.y1 == e->y1);
    }
}

/* What Pillow 9.4 makes of the 13 x 9 picture of noise_8. */

static const uint8_t shrunk_5x4[] = {
    95, 122, 112, 110, 127, 146, 139, 127, 106, 81, 116, 155, 159, 159, 101, 133, 127, 148, 138, 107, 129, 125, 127,
    119, 128, 124, 117, 140, 118, 122, 175, 108, 154, 154, 102, 140, 122, 116, 113, 130, 148, 111, 125, 135, 116, 152,
    118, 131, 144, 110, 126, 116, 114, 134, 128, 120, 121, 129, 107, 122,
};
static const uint8_t grown_17x3[] = {
    94, 147, 136, 91, 144, 112, 112, 113, 109, 135, 83, 124, 81, 127, 120, 118, 126, 160, 132, 136, 159, 136, 149,
    131, 156, 145, 102, 151, 116, 73, 96, 87, 95, 56, 87, 140, 78, 131, 182, 122, 175, 202, 167, 164, 109, 178, 135,
    62, 153, 110, 99, 148, 144, 169, 161, 120, 163, 164, 103, 156, 157, 97, 145, 151, 90, 116, 144, 103, 148, 137,
    118, 131, 124, 120, 101, 95, 91, 116, 110, 150, 131, 156, 133, 101, 156, 108, 101, 75, 126, 168, 155, 185, 74,
    135, 126, 98, 115, 103, 136, 128, 153, 149, 138, 159, 116, 153, 112, 131, 171, 96, 149, 178, 115, 150, 148, 133,
    95, 139, 105, 130, 133, 90, 143, 126, 99, 136, 120, 141, 130, 90, 86, 124, 127, 150, 101, 138, 191, 108, 72, 112,
    163, 188, 57, 84, 154, 115, 117, 108, 139, 139, 103, 92, 113,
};
static const uint8_t box_4x4[] = {
    116, 97, 105, 127, 137, 134, 102, 114, 116, 137, 151, 157, 138, 102, 131, 129, 121, 124, 136, 115, 109, 147, 132,
    101, 163, 93, 143, 124, 108, 121, 134, 143, 116, 118, 147, 108, 168, 121, 119, 112, 106, 123, 107, 149, 96, 141,
    94, 131,
};
static const uint8_t cropped_5x5[] = {
    100, 151, 192, 165, 170, 108, 112, 66, 89, 58, 104, 157, 122, 175, 165, 129, 110, 102, 113, 128, 155, 148, 151,
    87, 66, 99, 138, 143, 155, 172, 127, 116, 150, 136, 108, 115, 126, 142, 103, 143, 87, 122, 146, 157, 83, 153, 87,
    134, 125, 112, 111, 122, 118, 135, 138, 149, 116, 128, 166, 92, 154, 124, 141, 113, 107, 117, 93, 137, 105, 119,
    167, 97, 151, 77, 115,
};

static struct picture noisy(size_t width, size_t height)
{
    struct picture picture = {malloc(width * height * 3), width, height};
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (unsigned c = 0; c < 3; c++)
                picture.rgb[(y * width + x) * 3 + c] = (uint8_t)noise_8(x, y, c);
    return picture;
}

static void resizes_as_pillow_does(void **state)
{
    (void)state;
    struct picture picture = noisy(13, 9);
    uint8_t out[17 * 17 * 3];
    assert_int_equal(picture_resize(&picture, NULL, 5, 4, out, &err), 0);
    assert_memory_equal(out, shrunk_5x4, sizeof shrunk_5x4);
    assert_int_equal(picture_resize(&picture, NULL, 17, 3, out, &err), 0);
    assert_memory_equal(out, grown_17x3, sizeof grown_17x3);
    assert_int_equal(picture_resize(&picture, &(struct picture_box){2, 1, 12, 8}, 4, 4, out, &err), 0);
    assert_memory_equal(out, box_4x4, sizeof box_4x4);
    assert_int_equal(picture_resize(&picture, NULL, 13, 9, out, &err), 0);
    assert_memory_equal(out, picture.rgb, 13 * 9 * 3);
    picture_free(&picture);
}

static void preprocesses_as_pillow_does(void **state)
{
    (void)state;
    struct picture picture = noisy(13, 9);
    struct config config = {.image = {.architecture = IMAGE_RESNET, .image_size = 5, .resize = 6,
                                      .preprocess = PREPROCESS_RESIZE_CROP}};
    uint8_t out[5 * 5 * 3], squashed[5 * 5 * 3];
    assert_int_equal(picture_preprocess(&picture, NULL, &config, out, &err), 0);
    assert_memory_equal(out, cropped_5x5, sizeof cropped_5x5);
    config.image.preprocess = PREPROCESS_SQUASH;
    assert_int_equal(picture_preprocess(&picture, NULL, &config, out, &err), 0);
    assert_int_equal(picture_resize(&picture, NULL, 5, 5, squashed, &err), 0);
    assert_memory_equal(out, squashed, sizeof squashed);
    picture_free(&picture);
}

/* The window of a resize-crop is what a whole resize has there. */
static void windows_agree_with_the_whole(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{40, 30}, {30, 40}, {31, 7}, {7, 31}, {8, 8}, {3, 200}, {200, 3}};
    enum { SIZE = 8, RESIZE = 11 };
    struct config config = {.image = {.architecture = IMAGE_RESNET, .image_size = SIZE, .resize = RESIZE,
                                      .preprocess = PREPROCESS_RESIZE_CROP}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct picture picture = noisy(sizes[i][0], sizes[i][1]);
        size_t w = picture.width, h = picture.height, shorter = w < h ? w : h;
        size_t wide = RESIZE * w / shorter, high = RESIZE * h / shorter;
        size_t x0 = (size_t)nearbyint((double)(wide - SIZE) / 2), y0 = (size_t)nearbyint((double)(high - SIZE) / 2);
        uint8_t *whole = malloc(wide * high * 3), window[SIZE * SIZE * 3];
        assert_int_equal(picture_resize(&picture, NULL, wide, high, whole, &err), 0);
        assert_int_equal(picture_preprocess(&picture, NULL, &config, window, &err), 0);
        for (size_t y = 0; y < SIZE; y++)
            assert_memory_equal(window + y * SIZE * 3, whole + ((y0 + y) * wide + x0) * 3, SIZE * 3);
        free(whole);
        picture_free(&picture);
    }
}

static void resizes_extremes(void **state)
{
    (void)state;
    static uint8_t out[224 * 224 * 3];
    struct picture flat = {malloc(3000000), 1000000, 1};
    memset(flat.rgb, 255, 3000000);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(picture_resize(&flat, NULL, 224, 224, out, &err), 0);
        for (size_t i = 0; i < sizeof out; i++)
            assert_int_equal(out[i], 255); /* weights sum to one, also a million of them */
        flat.width = 1;
        flat.height = 1000000;
    }
    assert_int_equal(picture_resize(&flat, NULL, 0, 5, out, &err), -1);
    assert_int_equal(picture_resize(&flat, &(struct picture_box){0, 0, 2, 5}, 5, 5, out, &err), -1);
    assert_int_equal(picture_resize(&flat, &(struct picture_box){0, 5, 1, 5}, 5, 5, out, &err), -1);
    picture_free(&flat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_every_kind_of_png),
        cmocka_unit_test(decodes_short_palettes),
        cmocka_unit_test(decodes_odd_sizes),
        cmocka_unit_test(decodes_every_kind_of_jpeg),
        cmocka_unit_test(refuses_what_is_no_picture),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_claims_over_the_limit),
        cmocka_unit_test(refuses_endless_scans),
        cmocka_unit_test(tells_the_size),
        cmocka_unit_test(clamps_boxes),
        cmocka_unit_test(resizes_as_pillow_does),
        cmocka_unit_test(preprocesses_as_pillow_does),
        cmocka_unit_test(windows_agree_with_the_whole),
        cmocka_unit_test(resizes_extremes),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
