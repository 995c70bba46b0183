/* Pictures as they are shown: where they lie, what heat and boxes do to them, and input that makes no sense.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BACKGROUND = 0x121212 };

static struct picture flat(size_t width, size_t height, uint8_t r, uint8_t g, uint8_t b)
{
    struct picture p = {.rgb = malloc(width * height * 3), .width = width, .height = height};
    assert_non_null(p.rgb);
    for (size_t i = 0; i < width * height; i++) {
        p.rgb[3 * i] = r;
        p.rgb[3 * i + 1] = g;
        p.rgb[3 * i + 2] = b;
    }
    return p;
}

static uint32_t pixel(const struct picture *p, size_t x, size_t y)
{
    const uint8_t *rgb = p->rgb + 3 * (y * p->width + x);
    return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

static void fit_keeps_the_aspect(void **state)
{
    (void)state;
    const struct scene_pane pane = {.columns = 75, .rows = 26, .cell_width_px = 8, .cell_height_px = 17};
    struct scene_fit fit;
    assert_int_equal(scene_fit(&pane, 1200, 600, &fit), 0); /* as wide as the pane: 600 x 300 of 600 x 442 */
    assert_int_equal(fit.columns, 75);
    assert_int_equal(fit.rows, 26);
    assert_float_equal(fit.width, 75, 1e-5);
    assert_float_equal(fit.height * 17, 300, 1e-5);
    assert_float_equal(fit.x, 0, 1e-5);
    assert_float_equal(fit.y * 17, 71, 1e-5);
    assert_int_equal(scene_fit(&pane, 10, 442, &fit), 0); /* as high as the pane */
    assert_float_equal(fit.height, 26, 1e-5);
    assert_float_equal(fit.width * 8, 10, 1e-5);
}

static void fit_obeys_the_limit_of_the_terminal(void **state)
{
    (void)state;
    struct scene_pane pane = {
        .columns = 200, .rows = 70, .cell_width_px = 8, .cell_height_px = 17, .max_width_px = 1000,
        .max_height_px = 1000};
    struct scene_fit fit;
    assert_int_equal(scene_fit(&pane, 1280, 720, &fit), 0);
    assert_int_equal(fit.columns, 125);
    assert_int_equal(fit.rows, 58);
    assert_int_equal(fit.column, 37); /* centred */
    assert_int_equal(fit.row, 6);
    pane.max_width_px = pane.max_height_px = 0;
    assert_int_equal(scene_fit(&pane, 1280, 720, &fit), 0);
    assert_int_equal(fit.columns, 200);
    pane.columns = 0;
    assert_int_equal(scene_fit(&pane, 1280, 720, &fit), -1);
}

static void points_lead_back_into_the_picture(void **state)
{
    (void)state;
    const struct scene_pane pane = {.columns = 80, .rows = 20, .cell_width_px = 10, .cell_height_px = 20};
    double x, y; /* 400 x 400 in 800 x 400: columns 20 .. 59 */
    assert_false(scene_point(&pane, 100, 100, 10, 10, &x, &y));
    assert_false(scene_point(&pane, 100, 100, 70, 10, &x, &y));
    assert_true(scene_point(&pane, 100, 100, 20, 0, &x, &y));
    assert_float_equal(x, 1.25, 1e-5);
    assert_float_equal(y, 2.5, 1e-5);
    assert_true(scene_point(&pane, 100, 100, 59, 19, &x, &y));
    assert_float_equal(x, 98.75, 1e-5);
    const struct scene_box boxes[] = {
        {.box = {0, 0, 100, 100}}, {.box = {50, 50, 60, 60}}, {.box = {40, 40, 80, 80}}};
    assert_int_equal(scene_box_at(&pane, 100, 100, boxes, 3, 22, 1), 0);
    assert_int_equal(scene_box_at(&pane, 100, 100, boxes, 3, 42, 11), 1); /* the smallest */
    assert_int_equal(scene_box_at(&pane, 100, 100, boxes, 3, 50, 14), 2);
    assert_int_equal(scene_box_at(&pane, 100, 100, boxes, 3, 5, 5), SIZE_MAX);
    assert_true(scene_point(&pane, 20000, 3, 40, 10, &x, &y)); /* thinner than a cell */
}

static void composing_fills_whole_cells(void **state)
{
    (void)state;
    struct picture p = flat(300, 100, 10, 200, 30), out;
    const struct scene scene = {.picture = &p,
                                .pane = {.columns = 30, .rows = 10, .cell_width_px = 8, .cell_height_px = 17},
                                .background = BACKGROUND};
    assert_int_equal(scene_compose(&scene, &out, NULL), 0); /* 240 x 80 in 240 x 170 */
    assert_int_equal(out.width, 240);
    assert_int_equal(out.height, 170);
    assert_int_equal(pixel(&out, 0, 0), BACKGROUND);
    assert_int_equal(pixel(&out, 239, 44), BACKGROUND);
    assert_int_equal(pixel(&out, 0, 45), 0x0ac81e);
    assert_int_equal(pixel(&out, 239, 124), 0x0ac81e);
    assert_int_equal(pixel(&out, 120, 125), BACKGROUND);
    picture_free(&out);
    struct scene_label *labels;
    size_t n_labels;
    assert_int_equal(scene_compose_blocks(&scene, &out, &labels, &n_labels, NULL), 0);
    assert_int_equal(out.width, 30);
    assert_int_equal(out.height, 20);
    assert_int_equal(n_labels, 0);
    assert_int_equal(pixel(&out, 15, 0), BACKGROUND);
    assert_int_equal(pixel(&out, 15, 10), 0x0ac81e);
    scene_labels_free(labels, n_labels);
    picture_free(&out);
    picture_free(&p);
}

/* How far a pixel leans to amber (above zero) or blue (below). */
static int lean(const struct picture *p, size_t x, size_t y)
{
    const uint8_t *rgb = p->rgb + 3 * (y * p->width + x);
    return rgb[0] - rgb[2];
}

static struct picture with_heat(const struct picture *p, const struct scene_layer *layers, size_t n, double scale)
{
    struct picture out;
    const struct scene scene = {.picture = p,
                                .pane = {.columns = 40, .rows = 20, .cell_width_px = 10, .cell_height_px = 20},
                                .marks = {.layers = layers, .n_layers = n, .heat_scale = scale},
                                .background = BACKGROUND};
    assert_int_equal(scene_compose(&scene, &out, NULL), 0);
    return out;
}

static void heat_is_signed_symmetric_and_smooth(void **state)
{
    (void)state;
    struct picture p = flat(400, 400, 128, 128, 128);
    const float cells[16] = {1, 1, 0, 0, 1, 1, 0, 0, 0, 0, -1, -1, 0, 0, -1, -1};
    const struct scene_layer layer = {{0, 0, 400, 400}, 4, cells};
    struct picture out = with_heat(&p, &layer, 1, 1);
    assert_true(lean(&out, 50, 50) > 100);
    assert_true(lean(&out, 350, 350) < -100);
    assert_true(abs(lean(&out, 350, 50)) <= 2);
    for (size_t x = 60; x < 390; x++) { /* no step from cell to cell */
        assert_in_range(abs(lean(&out, x, 50) - lean(&out, x - 1, 50)), 0, 12);
        assert_true(lean(&out, x, 50) <= lean(&out, x - 1, 50) + 1);
    }
    int strong = lean(&out, 50, 50);
    picture_free(&out);
    out = with_heat(&p, &layer, 1, 4); /* the scale is the caller's: a quarter of it shows less */
    assert_true(lean(&out, 50, 50) > 10 && lean(&out, 50, 50) < strong * 3 / 4);
    picture_free(&out);
    picture_free(&p);
}

static void heat_of_an_object_stays_in_its_box_and_adds(void **state)
{
    (void)state;
    struct picture p = flat(400, 400, 128, 128, 128);
    const float whole[1] = {0.25f}, part[1] = {0.5f}, against[1] = {-0.25f};
    const struct scene_layer layers[] = {
        {{0, 0, 400, 400}, 1, whole}, {{100, 100, 200, 200}, 1, part}, {{300, 300, 400, 400}, 1, against}};
    struct picture out = with_heat(&p, layers, 3, 1);
    assert_true(lean(&out, 150, 150) > lean(&out, 50, 50) + 20);
    assert_int_equal(lean(&out, 99, 150), lean(&out, 50, 50));
    assert_true(lean(&out, 100, 150) > lean(&out, 99, 150) + 20);
    assert_true(abs(lean(&out, 350, 350)) <= 2); /* a quarter and minus a quarter */
    picture_free(&out);
    picture_free(&p);
}

static void heat_survives_nonsense(void **state)
{
    (void)state;
    struct picture p = flat(50, 50, 128, 128, 128);
    const float bad[4] = {NAN, INFINITY, -INFINITY, 1};
    const struct scene_layer layers[] = {{{0, 0, 50, 50}, 2, bad},
                                         {{NAN, 0, 50, 50}, 2, bad},
                                         {{-1e300, -1e300, 1e300, 1e300}, 2, bad},
                                         {{10, 10, 10, 10}, 2, bad},
                                         {{0, 0, 50, 50}, 0, bad}};
    struct picture out = with_heat(&p, layers, 5, 0);
    picture_free(&out);
    out = with_heat(&p, layers, 5, 1);
    assert_true(abs(lean(&out, 2, 2)) <= 255);
    picture_free(&out);
    picture_free(&p);
}

static size_t count_colour(const struct picture *p, uint32_t colour)
{
    size_t n = 0;
    for (size_t i = 0; i < p->width * p->height; i++)
        n += pixel(p, i, 0) == colour;
    return n;
}

static void boxes_are_drawn_where_they_are(void **state)
{
    (void)state;
    struct picture p = flat(400, 400, 40, 40, 40), out;
    struct scene_box boxes[] = {{{100, 100, 300, 300}, NULL, 0x5fafff, false}};
    const struct scene scene = {.picture = &p,
                                .pane = {.columns = 40, .rows = 20, .cell_width_px = 10, .cell_height_px = 20},
                                .marks = {.boxes = boxes, .n_boxes = 1},
                                .background = BACKGROUND};
    assert_int_equal(scene_compose(&scene, &out, NULL), 0);
    assert_int_equal(pixel(&out, 100, 200), 0x5fafff);
    assert_int_equal(pixel(&out, 299, 200), 0x5fafff);
    assert_int_equal(pixel(&out, 200, 100), 0x5fafff);
    assert_int_equal(pixel(&out, 200, 299), 0x5fafff);
    assert_int_equal(pixel(&out, 200, 200), 0x282828);
    assert_int_equal(pixel(&out, 90, 200), 0x282828);
    size_t thin = count_colour(&out, 0x5fafff);
    picture_free(&out);
    boxes[0].selected = true;
    assert_int_equal(scene_compose(&scene, &out, NULL), 0);
    assert_true(count_colour(&out, 0x5fafff) > thin * 3 / 2); /* to be seen at a glance */
    picture_free(&out);
    boxes[0].label = "1 cat .61";
    assert_int_equal(scene_compose(&scene, &out, NULL), 0);
    assert_true(count_colour(&out, 0x000000) > 20); /* letters */
    picture_free(&out);
    picture_free(&p);
}

static void boxes_survive_nonsense(void **state)
{
    (void)state;
    struct picture p = flat(100, 60, 40, 40, 40), out;
    static char endless[5000];
    memset(endless, 'w', sizeof endless - 1);
    const struct scene_box boxes[] = {
        {{NAN, 0, 1, 1}, "nan", 0xff0000, false},
        {{0, 0, INFINITY, 10}, "infinite", 0xff0000, true},
        {{50, 50, 10, 10}, "inside out", 0xff0000, false},
        {{200, 200, 300, 300}, "outside", 0xff0000, false},
        {{-1e9, -1e9, 1e9, 1e9}, endless, 0x00ff00, false},
        {{99.9, 59.9, 100, 60}, "\033[2J\xff\xfe", 0x0000ff, true},
        {{10, 10, 10.1, 10.1}, "", 0xffffff, false},
    };
    static const size_t sizes[][2] = {{40, 20}, {1, 1}, {3, 2}, {300, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct scene scene = {
            .picture = &p,
            .pane = {.columns = sizes[i][0], .rows = sizes[i][1], .cell_width_px = 8, .cell_height_px = 17},
            .marks = {.boxes = boxes, .n_boxes = 7},
            .background = BACKGROUND};
        struct scene_label *labels;
        size_t n_labels;
        assert_int_equal(scene_compose(&scene, &out, NULL), 0);
        assert_int_equal(count_colour(&out, 0xff0000), 0);
        picture_free(&out);
        assert_int_equal(scene_compose_blocks(&scene, &out, &labels, &n_labels, NULL), 0);
        for (size_t k = 0; k < n_labels; k++)
            assert_true(labels[k].column + labels[k].columns <= out.width && 2 * labels[k].row < out.height);
        scene_labels_free(labels, n_labels);
        picture_free(&out);
    }
    picture_free(&p);
}

static void labels_of_blocks_do_not_overlap(void **state)
{
    (void)state;
    struct picture p = flat(400, 300, 40, 40, 40), out;
    const struct scene_box boxes[] = {
        {{50, 50, 350, 250}, "1 person .61", 0x5fafff, false},
        {{50, 50, 340, 240}, "2 person .60", 0xd787af, true},
        {{60, 55, 330, 240}, "3 \U0001f63b cat", 0xffaf00, false},
    };
    const struct scene scene = {.picture = &p,
                                .pane = {.columns = 60, .rows = 20, .cell_width_px = 8, .cell_height_px = 17},
                                .marks = {.boxes = boxes, .n_boxes = 3},
                                .background = BACKGROUND};
    struct scene_label *labels;
    size_t n;
    assert_int_equal(scene_compose_blocks(&scene, &out, &labels, &n, NULL), 0);
    assert_int_equal(n, 3);
    assert_string_equal(labels[0].text, "2 person .60"); /* the selected one chooses first */
    assert_true(labels[0].selected);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(labels[i].row != labels[k].row || labels[i].column >= labels[k].column + labels[k].columns ||
                        labels[k].column >= labels[i].column + labels[i].columns);
    scene_labels_free(labels, n);
    picture_free(&out);
    picture_free(&p);
}

static void pictures_of_odd_shapes(void **state)
{
    (void)state;
    static const size_t sizes[][2] = {{1, 1}, {20000, 3}, {3, 20000}, {1, 5000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct picture p = flat(sizes[i][0], sizes[i][1], 250, 10, 10), out;
        const struct scene scene = {.picture = &p,
                                    .pane = {.columns = 20, .rows = 8, .cell_width_px = 8, .cell_height_px = 17},
                                    .background = BACKGROUND};
        struct scene_label *labels;
        size_t n;
        assert_int_equal(scene_compose(&scene, &out, NULL), 0);
        assert_true(count_colour(&out, 0xfa0a0a) > 0);
        picture_free(&out);
        assert_int_equal(scene_compose_blocks(&scene, &out, &labels, &n, NULL), 0);
        assert_true(count_colour(&out, 0xfa0a0a) > 0);
        scene_labels_free(labels, n);
        picture_free(&out);
        picture_free(&p);
    }
}

int main(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        return 99;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit_keeps_the_aspect),
        cmocka_unit_test(fit_obeys_the_limit_of_the_terminal),
        cmocka_unit_test(points_lead_back_into_the_picture),
        cmocka_unit_test(composing_fills_whole_cells),
        cmocka_unit_test(heat_is_signed_symmetric_and_smooth),
        cmocka_unit_test(heat_of_an_object_stays_in_its_box_and_adds),
        cmocka_unit_test(heat_survives_nonsense),
        cmocka_unit_test(boxes_are_drawn_where_they_are),
        cmocka_unit_test(boxes_survive_nonsense),
        cmocka_unit_test(labels_of_blocks_do_not_overlap),
        cmocka_unit_test(pictures_of_odd_shapes),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scene_cool_down();
    return failed;
}
