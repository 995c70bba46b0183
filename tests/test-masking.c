/* Hiding objects from the model, against a picture that was painted over by hand. Run on the bundled model.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/analysis.h"
#include "model/mmib.h"
#include "model/picture.h"
#include "tests/picture-maker.h"
#include "tests/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 60, HEIGHT = 40 };

static struct error err;
static struct mmib *model;
static char folder[4096];
static uint8_t mean[3];

static unsigned colourful(uint32_t x, uint32_t y, unsigned c)
{
    return c == 0 ? 4 * x : c == 1 ? 6 * y : (x * y) % 256;
}

/* What is left when the first object, 5.5, 8 to 20, 30, is painted over. */
static unsigned painted(uint32_t x, uint32_t y, unsigned c)
{
    return x >= 5 && x < 20 && y >= 8 && y < 30 ? mean[c] : colourful(x, y, c);
}

static void write_picture(const char *name, unsigned (*sample)(uint32_t x, uint32_t y, unsigned c))
{
    const struct png_recipe recipe = {
        .width = WIDTH, .height = HEIGHT, .depth = 8, .colour = PNG_COLOR_TYPE_RGB, .sample = sample};
    struct made_picture made = made_png(&recipe);
    scratch_write(name, made.bytes, made.n);
    free(made.bytes);
}

static char *tokens[] = {"Rob", "Lind", "met", "Paris"};
static struct object objects[] = {{.id = "o1", .box = {5.5, 8, 20, 30}},
                                  {.id = "o2", .box = {10, 10, 50, 35}},
                                  {.id = "o3", .box = {30, 2, 58, 20}}};

static struct analysis *look(const struct post *post, uint64_t masked)
{
    const struct analysis_options options = {.images = folder, .pairs = PAIRS_LIVE, .masked = masked};
    struct analysis *out;
    if (analysis_run(model, &post, 1, &options, &out, &err))
        fail_msg("%s", err.message);
    assert_null(out->picture_error);
    assert_false(out->picture_missing);
    return out;
}

static void assert_same(const struct analysis *a, const struct analysis *b)
{
    assert_int_equal(a->n_images, b->n_images);
    assert_memory_equal(a->image_contribution, b->image_contribution, a->n_images * sizeof(float));
    assert_memory_equal(a->token_contribution, b->token_contribution, a->n_tokens * sizeof(float));
    assert_true(a->consistency == b->consistency);
    assert_int_equal(a->n_entities, b->n_entities);
    for (size_t i = 0; i < a->n_entities; i++)
        assert_true(a->entities[i].score == b->entities[i].score);
}

static void colours_are_averaged(void **state)
{
    (void)state;
    uint8_t rgb[] = {0, 10, 255, 1, 11, 255, 1, 10, 255, 1, 10, 254}, out[3];
    const struct picture picture = {rgb, 2, 2};
    picture_mean(&picture, out);
    assert_true(out[0] == 1 && out[1] == 10 && out[2] == 255);
    picture_fill(&picture, &(struct picture_box){1, 0, 2, 2}, (const uint8_t[3]){7, 8, 9});
    static const uint8_t want[] = {0, 10, 255, 7, 8, 9, 1, 10, 255, 7, 8, 9};
    assert_memory_equal(rgb, want, sizeof want);
}

static void masks_are_paint_without_a_row(void **state)
{
    (void)state;
    struct picture picture;
    write_picture("whole.png", colourful);
    assert_int_equal(picture_decode(scratch_path("whole.png"), &picture, &err), 0);
    picture_mean(&picture, mean);
    picture_free(&picture);
    write_picture("painted.png", painted);
    struct post post = {.id = "p", .tokens = tokens, .n_tokens = 4, .image = "whole.png", .objects = objects, .n_objects = 3};
    struct post by_hand = {
        .id = "p", .tokens = tokens, .n_tokens = 4, .image = "painted.png", .objects = objects + 1, .n_objects = 2};
    struct analysis *before = look(&post, 0), *masked = look(&post, 1), *after = look(&post, 0);
    struct analysis *wanted = look(&by_hand, 0);
    assert_same(masked, wanted);
    assert_same(before, after); /* nothing of it was kept */
    assert_int_equal(before->n_images, 4);
    assert_int_equal(masked->n_images, 3);
    assert_true(masked->image_objects[1] == 1 && masked->image_objects[2] == 2);
    assert_true(before->image_contribution[0] != masked->image_contribution[0]);
    struct analysis *all = look(&post, 7);
    assert_int_equal(all->n_images, 1);
    analysis_free(before);
    analysis_free(masked);
    analysis_free(after);
    analysis_free(wanted);
    analysis_free(all);
}

/* An object behind those that the model looks at has no row, and is hidden all the same. */
static void objects_without_a_row_are_hidden_too(void **state)
{
    (void)state;
    struct object many[5] = {objects[1], objects[2], objects[1], objects[2], objects[0]};
    struct post post = {.id = "p", .tokens = tokens, .n_tokens = 4, .image = "whole.png", .objects = many, .n_objects = 5};
    struct analysis *before = look(&post, 0), *masked = look(&post, 16);
    assert_int_equal(before->n_images, 5);
    assert_int_equal(masked->n_images, 5);
    assert_true(before->image_contribution[0] != masked->image_contribution[0]);
    analysis_free(before);
    analysis_free(masked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_are_averaged),
        cmocka_unit_test(masks_are_paint_without_a_row),
        cmocka_unit_test(objects_without_a_row_are_hidden_too),
    };
    char directory[4096];
    scratch_setup(NULL);
    snprintf(folder, sizeof folder, "%s", scratch_path(""));
    snprintf(directory, sizeof directory, "%s/model/pretrained/mini", getenv("SRCDIR"));
    model = mmib_open(directory, 1, &err);
    if (!model) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    int failed = cmocka_run_group_tests_name("masking", tests, NULL, NULL);
    mmib_close(model);
    scratch_teardown(NULL);
    return failed;
}
