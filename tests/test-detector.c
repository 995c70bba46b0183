/* The object detector: peaks on maps made by hand, the head of the network against a plain one in double precision, and
 * the released weights against detections that were measured on two photographs.
 *
 * Weights are those of the bundled model, or of the model directory that $CENTERNET_MODEL names. The measured
 * detections lie in ../shared beside the source.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "model/arena.h"
#include "model/detector.h"
#include "model/file.h"
#include "model/mobilenet.h"
#include "model/safetensors.h"
#include "tests/scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct error err;
static char weights[4096], folder[4096], golden[4096];
static struct threads *threads;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* Peaks */

enum { SIDE = 16, CELLS = SIDE * SIDE };
static float logits[CELLS * COCO_CLASSES], sizes[CELLS * 4];
static const struct detector_maps hand_made = {SIDE, logits, sizes};

static void clear_maps(void)
{
    for (size_t i = 0; i < CELLS * COCO_CLASSES; i++)
        logits[i] = -20;
    for (size_t i = 0; i < CELLS; i++)
        for (size_t k = 0; k < 4; k++)
            sizes[i * 4 + k] = (float)(k + 1);
}

static void put(size_t y, size_t x, size_t class, float logit)
{
    logits[(y * SIDE + x) * COCO_CLASSES + class] = logit;
}

static void peaks_are_the_largest_of_their_neighbours(void **state)
{
    (void)state;
    struct detection found[DETECTOR_MAX_BOXES];
    clear_maps();
    assert_int_equal(detector_peaks(&hand_made, 0.3, found), 0);
    put(0, 0, 5, 1);   /* a corner */
    put(0, 1, 5, 0.5); /* topped by it */
    put(1, 1, 6, 0.5); /* another class is no neighbour */
    put(15, 15, 79, 3);
    put(8, 8, 0, 2);
    put(9, 9, 0, 2);  /* as large: both are peaks */
    put(8, 10, 0, 1.9f);
    put(8, 11, 0, 1.8f); /* topped by one that is itself topped */
    assert_int_equal(detector_peaks(&hand_made, 0.3, found), 5);
    static const struct { size_t class; double x, y, logit; } want[] = {
        {79, 15, 15, 3}, {0, 8, 8, 2}, {0, 9, 9, 2}, {5, 0, 0, 1}, {6, 1, 1, 0.5}};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(found[i].class, want[i].class);
        assert_true(fabs(found[i].score - sigmoid(want[i].logit)) < 1e-6);
        const double box[4] = {want[i].x * 4 - 1, want[i].y * 4 - 2, want[i].x * 4 + 3, want[i].y * 4 + 4};
        for (size_t k = 0; k < 4; k++)
            assert_true(found[i].box[k] == box[k]);
    }
}

static void thresholds_cut(void **state)
{
    (void)state;
    struct detection found[DETECTOR_MAX_BOXES];
    clear_maps();
    put(4, 4, 1, 0); /* a half */
    put(8, 8, 1, -3);
    assert_int_equal(detector_peaks(&hand_made, 0.5, found), 1);
    assert_int_equal(detector_peaks(&hand_made, 0.50001, found), 0);
    assert_int_equal(detector_peaks(&hand_made, 0.01, found), 2);
    assert_int_equal(detector_peaks(&hand_made, 1, found), 0);
    /* Without one every cell that nothing tops is a peak: the best hundred are kept, in the order of the cells. */
    assert_int_equal(detector_peaks(&hand_made, 0, found), DETECTOR_MAX_BOXES);
    assert_true(found[0].score == 0.5 && found[1].score > found[2].score && found[2].score == found[99].score);
    assert_true(found[2].class == 0 && found[3].class == 1 && found[2].box[0] == -1 && found[3].box[0] == -1);
}

static void only_the_best_hundred_are_kept(void **state)
{
    (void)state;
    struct detection found[DETECTOR_MAX_BOXES];
    clear_maps();
    for (size_t i = 0; i < 64; i++) /* rising, two classes each, so that late ones push early ones out */
        for (size_t c = 0; c < 2; c++)
            put(i / 8 * 2, i % 8 * 2, c, (float)(i * 2 + c) / 100);
    assert_int_equal(detector_peaks(&hand_made, 0.1, found), DETECTOR_MAX_BOXES);
    for (size_t i = 0; i < DETECTOR_MAX_BOXES; i++)
        assert_true(fabs(found[i].score - sigmoid((127 - (double)i) / 100)) < 1e-6);
}

/* The head in double precision, from the names of the tensors */

struct plain {
    struct safetensors *file;
};

static const float *tensor(struct plain *plain, const char *scope, const char *name, size_t shape[4])
{
    char full[256];
    snprintf(full, sizeof full, "image.%s%s", scope, name);
    const struct safetensors_entry *entry = safetensors_find(plain->file, full);
    if (!entry)
        fail_msg("%s is not there", full);
    if (shape)
        memcpy(shape, entry->shape, entry->rank * sizeof *shape);
    const float *data = safetensors_f32(plain->file, full, entry->rank, entry->shape, &err);
    assert_non_null(data);
    return data;
}

static double *new_map(size_t side, size_t channels)
{
    double *map = calloc(side * side * channels, sizeof *map);
    assert_non_null(map);
    return map;
}

/* "SAME" padding, stride 1; frees x. */
static double *plain_depthwise(struct plain *plain, const char *scope, double *x, size_t side)
{
    size_t shape[4];
    const float *w = tensor(plain, scope, "/depthwise_weights", shape);
    long kernel = (long)shape[0], n = (long)side;
    size_t channels = shape[2];
    double *y = new_map(side, channels);
    for (long row = 0; row < n; row++)
        for (long column = 0; column < n; column++)
            for (long ky = 0; ky < kernel; ky++)
                for (long kx = 0; kx < kernel; kx++) {
                    long py = row + ky - kernel / 2, px = column + kx - kernel / 2;
                    if (py < 0 || px < 0 || py >= n || px >= n)
                        continue;
                    for (size_t c = 0; c < channels; c++)
                        y[(size_t)(row * n + column) * channels + c] +=
                            x[(size_t)(py * n + px) * channels + c] * w[(size_t)(ky * kernel + kx) * channels + c];
                }
    free(x);
    return y;
}

static double *plain_pointwise(struct plain *plain, const char *scope, const char *weight, const char *bias, double *x,
                               size_t side, size_t *channels_out)
{
    size_t shape[4];
    const float *w = tensor(plain, scope, weight, shape), *b = tensor(plain, scope, bias, NULL);
    double *y = new_map(side, shape[3]);
    for (size_t r = 0; r < side * side; r++) {
        for (size_t o = 0; o < shape[3]; o++)
            y[r * shape[3] + o] = b[o];
        for (size_t i = 0; i < shape[2]; i++)
            for (size_t o = 0; o < shape[3]; o++)
                y[r * shape[3] + o] += x[r * shape[2] + i] * w[i * shape[3] + o];
    }
    *channels_out = shape[3];
    free(x);
    return y;
}

static double *copy_map(const double *from, size_t side, size_t channels)
{
    double *map = new_map(side, channels);
    memcpy(map, from, side * side * channels * sizeof *map);
    return map;
}

static double *plain_separable(struct plain *plain, const char *scope, double *x, size_t side, size_t *channels)
{
    char name[200];
    snprintf(name, sizeof name, "CenternetHead/%s", scope);
    x = plain_depthwise(plain, name, x, side);
    snprintf(name, sizeof name, "tower_0/CenternetHead/%s/separable_conv2d", scope);
    return plain_pointwise(plain, name, "_weights", "_bn_offset", x, side, channels);
}

static double at(const double *map, size_t side, size_t channels, double y, double x, size_t c)
{
    size_t y0 = (size_t)y, x0 = (size_t)x, y1 = y0 + 1 < side ? y0 + 1 : y0, x1 = x0 + 1 < side ? x0 + 1 : x0;
    double fy = y - (double)y0, fx = x - (double)x0;
    double top = map[(y0 * side + x0) * channels + c] * (1 - fx) + map[(y0 * side + x1) * channels + c] * fx;
    double bottom = map[(y1 * side + x0) * channels + c] * (1 - fx) + map[(y1 * side + x1) * channels + c] * fx;
    return top * (1 - fy) + bottom * fy;
}

/* coarse and skip are freed. */
static double *plain_level(struct plain *plain, const char *up, const char *reverse, double *coarse, size_t n_coarse,
                           double *skip, size_t side)
{
    char name[200];
    size_t n, few;
    snprintf(name, sizeof name, "%s/branch_x_upsample_resize", up);
    double *x = plain_separable(plain, name, copy_map(coarse, side / 2, n_coarse), side / 2, &n);
    snprintf(name, sizeof name, "%s/branch_y_upsample_resize", up);
    double *y = plain_separable(plain, name, coarse, side / 2, &n);
    for (size_t i = 0; i < side / 2 * (side / 2) * n; i++)
        x[i] += y[i];
    free(y);
    snprintf(name, sizeof name, "tower_0/CenternetHead/%s/1x1/Conv2D", reverse);
    skip = plain_pointwise(plain, name, "_weights", "_bn_offset", skip, side, &few);
    for (size_t i = 0; i < side * side * few; i++)
        skip[i] = fmax(skip[i], 0);
    snprintf(name, sizeof name, "%s/3x3", reverse);
    skip = plain_separable(plain, name, skip, side, &n);
    double *out = new_map(side, 2 * n);
    for (size_t r = 0; r < side * side; r++)
        for (size_t c = 0; c < n; c++) {
            out[r * 2 * n + c] = fmax(skip[r * n + c], 0);
            out[r * 2 * n + n + c] =
                fmax(at(x, side / 2, n, (double)(r / side) / 2, (double)(r % side) / 2, c), 0);
        }
    free(x);
    free(skip);
    return out;
}

static double *from_floats(const float *x, size_t side, size_t channels)
{
    double *map = new_map(side, channels);
    for (size_t i = 0; i < side * side * channels; i++)
        map[i] = x[i];
    return map;
}

static void plain_excite(struct plain *plain, double *map, size_t side)
{
    double means[128] = {0}, small[32];
    const float *a = tensor(plain, "tower_0/CenternetHead/conv1x1_se_a/Conv2D", "_weights", NULL);
    const float *a_bias = tensor(plain, "tower_0/CenternetHead/conv1x1_se_a/Conv2D", "_bn_offset", NULL);
    const float *b = tensor(plain, "CenternetHead/conv1x1_se_b/weights", "", NULL);
    for (size_t i = 0; i < side * side * 128; i++)
        means[i % 128] += map[i] / (double)(side * side);
    for (size_t o = 0; o < 32; o++) {
        double sum = a_bias[o];
        for (size_t i = 0; i < 128; i++)
            sum += means[i] * a[i * 32 + o];
        small[o] = fmax(sum, 0);
    }
    for (size_t o = 0; o < 128; o++) {
        double sum = 0;
        for (size_t i = 0; i < 32; i++)
            sum += small[i] * b[i * 128 + o];
        for (size_t r = 0; r < side * side; r++)
            map[r * 128 + o] *= sigmoid(sum);
    }
}

static double *plain_output(struct plain *plain, const char *scope, double *map, size_t side)
{
    size_t n;
    map = plain_depthwise(plain, scope, map, side);
    return plain_pointwise(plain, scope, "/pointwise_weights", "/biases", map, side, &n);
}

/* In units of 2e-4 + 2e-4 |want|. */
static double distance(const float *got, const double *want, size_t n, double scale)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(got[i] - want[i] * scale) / (2e-4 + 2e-4 * fabs(want[i] * scale)));
    return worst;
}

static void the_head_is_right(void **state)
{
    (void)state;
    struct plain plain = {safetensors_open(weights, &err)};
    struct detector *detector = detector_open(folder, threads, &err);
    struct arena arena = {0};
    struct mobilenet_levels levels;
    struct detector_maps maps;
    uint8_t *pixels = malloc((size_t)DETECTOR_SIDE * DETECTOR_SIDE * 3);
    if (!detector || !plain.file || !pixels)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < (size_t)DETECTOR_SIDE * DETECTOR_SIDE * 3; i++) /* something with edges and slopes */
        pixels[i] = (uint8_t)((i / 96 % 7 * 30 + i / 1536 / 40 * 17 + i % 3 * 20) % 256);
    assert_int_equal(detector_maps(detector, pixels, &maps, &err), 0);
    struct mobilenet *net = mobilenet_load(plain.file, &err);
    assert_non_null(net);
    assert_int_equal(mobilenet_forward_levels(net, pixels, DETECTOR_SIDE, threads, &arena, &levels), 0);
    double *map = plain_level(&plain, "c5_upsample", "c4_reverse", from_floats(levels.c5, 16, 480), 480,
                              from_floats(levels.c4, 32, 88), 32);
    map = plain_level(&plain, "c4_upsample", "c3_reverse", map, 256, from_floats(levels.c3, 64, 96), 64);
    map = plain_level(&plain, "c3_upsample", "c2_reverse", map, 192, from_floats(levels.c2, 128, 72), 128);
    plain_excite(&plain, map, 128);
    double *classes = plain_output(&plain, "CenternetHead/centernet_cls_output", copy_map(map, 128, 128), 128);
    double *edges = plain_output(&plain, "CenternetHead/centernet_wh_output", map, 128);
    double scale = *tensor(&plain, "tower_0/mul/y", "", NULL);
    assert_int_equal(maps.side, 128);
    assert_true(distance(maps.logits, classes, (size_t)128 * 128 * COCO_CLASSES, 1) <= 1);
    assert_true(distance(maps.sizes, edges, (size_t)128 * 128 * 4, scale) <= 1);
    /* And a second picture is not disturbed by the first. */
    float first = maps.logits[0];
    memset(pixels, 90, (size_t)DETECTOR_SIDE * DETECTOR_SIDE * 3);
    assert_int_equal(detector_maps(detector, pixels, &maps, &err), 0);
    assert_true(maps.logits[0] != first);
    free(classes);
    free(edges);
    free(pixels);
    arena_free(&arena);
    mobilenet_free(net);
    safetensors_close(plain.file);
    detector_close(detector);
}

/* Pictures of any shape: boxes lie in them, best first. */
static void boxes_lie_in_the_picture(void **state)
{
    (void)state;
    struct detector *detector = detector_open(folder, threads, &err);
    assert_non_null(detector);
    static const size_t shapes[][2] = {{1, 1}, {3, 700}, {900, 2}, {64, 48}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct detection found[DETECTOR_MAX_BOXES];
        size_t n, width = shapes[i][0], height = shapes[i][1];
        struct picture picture = {.rgb = malloc(width * height * 3), .width = width, .height = height};
        assert_non_null(picture.rgb);
        for (size_t k = 0; k < width * height * 3; k++)
            picture.rgb[k] = (uint8_t)(k * 37 % 251);
        assert_int_equal(detector_run(detector, &picture, 0, found, &n, &err), 0);
        assert_in_range(n, 1, DETECTOR_MAX_BOXES);
        for (size_t k = 0; k < n; k++) {
            const double *b = found[k].box;
            assert_true(b[0] >= 0 && b[1] >= 0 && b[2] <= (double)width && b[3] <= (double)height);
            assert_true(b[0] < b[2] && b[1] < b[3] && found[k].class < COCO_CLASSES);
            assert_true(!k || found[k].score <= found[k - 1].score);
        }
        picture_free(&picture);
    }
    detector_close(detector);
}

/* Models that have no detector, or a broken one */

static int write_without(const char *left_out, float *nan_in)
{
    struct safetensors *file = safetensors_open(weights, &err);
    assert_non_null(file);
    size_t n = 0;
    struct safetensors_entry *entries = calloc(safetensors_count(file), sizeof *entries);
    assert_non_null(entries);
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct safetensors_entry *entry = safetensors_at(file, i);
        if (strncmp(entry->name, "image.", 6) || (left_out && strstr(entry->name, left_out)))
            continue;
        entries[n] = *entry;
        if (nan_in && !strcmp(entry->name, "image.CenternetHead/centernet_wh_output/biases")) {
            entries[n].data = nan_in;
            entries[n].type = TENSOR_F32;
            entries[n].bytes = 4 * sizeof(float);
        }
        n++;
    }
    int result = safetensors_write(scratch_path("model.safetensors"), entries, n, NULL, NULL, &err);
    free(entries);
    safetensors_close(file);
    return result;
}

static void models_without_a_detector_are_told(void **state)
{
    (void)state;
    char directory[4096];
    snprintf(directory, sizeof directory, "%s", scratch_path(""));
    assert_int_equal(write_without("CenternetHead", NULL), 0);
    assert_null(detector_open(directory, threads, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_non_null(strstr(err.message, "it has no detector"));
    assert_int_equal(write_without("CenternetHead/c3_reverse/3x3", NULL), 0);
    assert_null(detector_open(directory, threads, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "c3_reverse"));
    static float wrong[4] = {0, NAN, 0, 0};
    assert_int_equal(write_without(NULL, wrong), 0);
    struct detector *detector = detector_open(directory, threads, &err);
    assert_non_null(detector);
    struct detection found[DETECTOR_MAX_BOXES];
    size_t n;
    uint8_t pixel[3] = {1, 2, 3};
    struct picture picture = {pixel, 1, 1};
    assert_int_equal(detector_run(detector, &picture, 0.3, found, &n, &err), -1);
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.message, "not finite"));
    assert_int_equal(n, 0);
    detector_close(detector);
}

/* Measured detections */

static void assert_close(double got, double want, const char *photo, const char *what)
{
    if (!(fabs(got - want) <= 2e-4 + 2e-4 * fabs(want)))
        fail_msg("%s: %s is %.9g instead of %.9g", photo, what, got, want);
}

static void check_photo(struct detector *detector, const char *photo)
{
    char path[8300];
    uint8_t *text, *pixels = malloc((size_t)DETECTOR_SIDE * DETECTOR_SIDE * 3);
    struct picture picture;
    struct json_document document = {.path = path, .first_line = 1};
    struct json_value root, item;
    struct detector_maps maps;
    struct detection raw[DETECTOR_MAX_BOXES], found[DETECTOR_MAX_BOXES];
    size_t n = 0, n_found, n_visible = 0;
    snprintf(path, sizeof path, "%s/%s_512.json", golden, photo);
    assert_non_null(pixels);
    if (file_read(path, 1 << 20, &text, &document.n, &err))
        fail_msg("%s", err.message);
    document.text = (const char *)text;
    assert_int_equal(json_document_check(&document, &root, &err), 0);
    snprintf(path, sizeof path, "%s/../../data/photos/%s.jpg", golden, photo);
    if (picture_decode(path, &picture, &err) ||
        picture_resize(&picture, NULL, DETECTOR_SIDE, DETECTOR_SIDE, pixels, &err) ||
        detector_maps(detector, pixels, &maps, &err))
        fail_msg("%s", err.message);

    double largest = -INFINITY, mean = 0;
    for (size_t i = 0; i < maps.side * maps.side * COCO_CLASSES; i++)
        largest = fmax(largest, maps.logits[i]);
    for (size_t i = 0; i < maps.side * maps.side * 4; i++)
        mean += maps.sizes[i] / (double)(maps.side * maps.side * 4);
    assert_close(sigmoid(largest), json_number(json_member(root, "keypoints_max")), photo, "the largest score");
    assert_close(mean, json_number(json_member(root, "wh_mean")), photo, "the mean size");

    assert_int_equal(detector_peaks(&maps, 0, raw), DETECTOR_MAX_BOXES);
    struct json_walk walk = json_walk(json_member(root, "detections"));
    while (json_next_item(&walk, &item)) {
        struct json_walk numbers = json_walk(item);
        struct json_value value;
        assert_true(n < DETECTOR_MAX_BOXES);
        for (size_t k = 0; k < 6; k++) {
            assert_true(json_next_item(&numbers, &value));
            if (k < 4)
                assert_close(raw[n].box[k], json_number(value), photo, "an edge");
            else if (k == 4)
                assert_close(raw[n].score, json_number(value), photo, "a score");
            else
                assert_int_equal(raw[n].class, (size_t)json_number(value));
        }
        n_visible += raw[n].score >= DETECTOR_THRESHOLD;
        n++;
    }
    assert_int_equal(n, DETECTOR_MAX_BOXES);

    assert_int_equal(detector_run(detector, &picture, DETECTOR_THRESHOLD, found, &n_found, &err), 0);
    assert_int_equal(n_found, n_visible);
    for (size_t i = 0; i < n_found; i++)
        for (size_t k = 0; k < 4; k++) {
            double side = (double)(k & 1 ? picture.height : picture.width);
            assert_true(fabs(found[i].box[k] - fmin(fmax(raw[i].box[k] * side / 512, 0), side)) < 5.1e-5);
        }
    free(text);
    free(pixels);
    picture_free(&picture);
}

static void measured_detections_hold(void **state)
{
    (void)state;
    if (access(golden, F_OK))
        return; /* the test's name says that it is skipped */
    struct detector *detector = detector_open(folder, threads, &err);
    assert_non_null(detector);
    check_photo(detector, "bus");
    check_photo(detector, "zidane");
    detector_close(detector);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(peaks_are_the_largest_of_their_neighbours),
        cmocka_unit_test(thresholds_cut),
        cmocka_unit_test(only_the_best_hundred_are_kept),
        cmocka_unit_test(the_head_is_right),
        cmocka_unit_test(boxes_lie_in_the_picture),
        cmocka_unit_test(models_without_a_detector_are_told),
        cmocka_unit_test(measured_detections_hold),
    };
    const char *given = getenv("CENTERNET_MODEL");
    snprintf(folder, sizeof folder, "%s%s", given ? given : getenv("SRCDIR"), given ? "" : "/model/pretrained/mini");
    snprintf(weights, sizeof weights, "%.4000s/model.safetensors", folder);
    snprintf(golden, sizeof golden, "%s/../shared/golden/centernet", getenv("SRCDIR"));
    if (access(golden, F_OK))
        tests[sizeof tests / sizeof *tests - 1].name =
            "measured_detections_hold # SKIP no measured data beside the source tree";
    threads = threads_new(0);
    int failed = threads ? cmocka_run_group_tests_name("detector", tests, scratch_setup, scratch_teardown) : 1;
    threads_free(threads);
    return failed;
}
