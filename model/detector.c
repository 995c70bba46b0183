/* SPDX-License-Identifier: Apache-2.0 */
#include "model/detector.h"

#include "corpora/text.h"
#include "model/arena.h"
#include "model/blas.h"
#include "model/kernel-elementwise.h"
#include "model/mobile-layer.h"
#include "model/mobilenet.h"
#include "model/model-folder.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One level of the head: the coarse map (of `coarse` channels) is narrowed to `channels` by two separable convolutions
 * that are added, and doubled in size; the backbone's map (`skip` channels) comes to as many channels by way of a few;
 * both are joined. */
static const struct detector_shape {
    const char *up, *reverse; /* scopes in the graph */
    size_t coarse, channels, skip, few;
} detector_shapes[] = {
    {"c5_upsample", "c4_reverse", MOBILENET_CHANNELS, 128, MOBILENET_C4_CHANNELS, 22},
    {"c4_upsample", "c3_reverse", 256, 96, MOBILENET_C3_CHANNELS, 24},
    {"c3_upsample", "c2_reverse", 192, 64, MOBILENET_C2_CHANNELS, 18},
};
enum {
    DETECTOR_LEVELS = sizeof detector_shapes / sizeof *detector_shapes,
    DETECTOR_CHANNELS = 128, /* of the last joined map */
    DETECTOR_SQUEEZE = 32,
    DETECTOR_SIZES = 4,
    DETECTOR_SMALL_KERNEL = 3,
    DETECTOR_LARGE_KERNEL = 5,
};

/* A depthwise convolution without bias, then a 1x1 convolution. */
struct detector_separable {
    struct mobile_layer depthwise, pointwise;
    size_t kernel, inputs, outputs;
};

struct detector_level {
    struct detector_separable x, y; /* branches of the upsampling */
    struct mobile_layer narrow;
    struct detector_separable skip;
};

struct detector {
    struct safetensors *file;
    struct mobilenet *backbone;
    struct threads *threads;
    struct arena arena;
    struct detector_level levels[DETECTOR_LEVELS];
    struct mobile_layer squeeze; /* to DETECTOR_SQUEEZE numbers */
    const float *excite;         /* [DETECTOR_SQUEEZE, DETECTOR_CHANNELS] */
    struct detector_separable classes, sizes;
    const float *size_scale; /* one number */
    float zeros[MOBILENET_CHANNELS]; /* the bias that the depthwise convolutions lack */
};

/* Names and places of the tensors */

static void detector_walk_depthwise(struct detector *detector, struct mobile_walk *walk, struct detector_separable *part,
                                    const char *scope, size_t kernel, size_t inputs, size_t outputs)
{
    part->kernel = kernel;
    part->inputs = inputs;
    part->outputs = outputs;
    part->depthwise.bias = detector->zeros;
    mobile_walk_put(walk, &part->depthwise.weight, 4, (size_t[]){kernel, kernel, inputs, 1},
                    "image.CenternetHead/%s/depthwise_weights", scope);
}

/* In the upper levels the norm is folded into the 1x1 convolution, which has a name of its own for that. */
static void detector_walk_separable(struct detector *detector, struct mobile_walk *walk, struct detector_separable *part,
                                    const char *level, const char *scope, size_t kernel, size_t inputs, size_t outputs)
{
    struct text name = {0};
    text_add_format(&name, "%s/%s", level, scope);
    if (name.failed) {
        walk->result = error_memory(walk->err, "detector");
    } else {
        detector_walk_depthwise(detector, walk, part, name.bytes, kernel, inputs, outputs);
        text_clear(&name);
        text_add_format(&name, "tower_0/CenternetHead/%s/%s/separable_conv2d", level, scope);
        mobile_walk_convolution(walk, &part->pointwise, name.failed ? "" : name.bytes, 1, inputs, outputs);
    }
    text_free(&name);
}

static void detector_walk_output(struct detector *detector, struct mobile_walk *walk, struct detector_separable *part,
                                 const char *scope, size_t outputs)
{
    detector_walk_depthwise(detector, walk, part, scope, DETECTOR_SMALL_KERNEL, DETECTOR_CHANNELS, outputs);
    mobile_walk_put(walk, &part->pointwise.weight, 4, (size_t[]){1, 1, DETECTOR_CHANNELS, outputs},
                    "image.CenternetHead/%s/pointwise_weights", scope);
    mobile_walk_put(walk, &part->pointwise.bias, 1, &outputs, "image.CenternetHead/%s/biases", scope);
}

static int detector_walk(struct detector *detector, struct mobile_walk *walk)
{
    for (size_t i = 0; i < DETECTOR_LEVELS && !walk->result; i++) {
        const struct detector_shape *shape = &detector_shapes[i];
        struct detector_level *level = &detector->levels[i];
        struct text name = {0};
        detector_walk_separable(detector, walk, &level->x, shape->up, "branch_x_upsample_resize", DETECTOR_SMALL_KERNEL,
                                shape->coarse, shape->channels);
        detector_walk_separable(detector, walk, &level->y, shape->up, "branch_y_upsample_resize", DETECTOR_LARGE_KERNEL,
                                shape->coarse, shape->channels);
        text_add_format(&name, "tower_0/CenternetHead/%s/1x1/Conv2D", shape->reverse);
        mobile_walk_convolution(walk, &level->narrow, name.failed ? "" : name.bytes, 1, shape->skip, shape->few);
        detector_walk_separable(detector, walk, &level->skip, shape->reverse, "3x3", DETECTOR_LARGE_KERNEL, shape->few,
                                shape->channels);
        text_free(&name);
    }
    mobile_walk_convolution(walk, &detector->squeeze, "tower_0/CenternetHead/conv1x1_se_a/Conv2D", 1, DETECTOR_CHANNELS,
                            DETECTOR_SQUEEZE);
    mobile_walk_put(walk, &detector->excite, 4, (size_t[]){1, 1, DETECTOR_SQUEEZE, DETECTOR_CHANNELS},
                    "image.CenternetHead/conv1x1_se_b/weights");
    detector_walk_output(detector, walk, &detector->classes, "centernet_cls_output", COCO_CLASSES);
    detector_walk_output(detector, walk, &detector->sizes, "centernet_wh_output", DETECTOR_SIZES);
    mobile_walk_put(walk, &detector->size_scale, 0, NULL, "image.tower_0/mul/y");
    return walk->result;
}

static int detector_load(struct detector *detector, const char *directory, struct error *err)
{
    struct model_folder names;
    if (model_folder_name(directory, &names, err))
        return -1;
    detector->file = safetensors_open(names.weights, err);
    model_folder_free(&names);
    if (!detector->file)
        return -1;
    if (!safetensors_find(detector->file, "image.CenternetHead/centernet_cls_output/biases"))
        return error_set(err, ERROR_USAGE, "model %s: it has no detector", directory);
    struct mobile_walk walk = mobile_walk_load(detector->file, err);
    detector->backbone = mobilenet_load(detector->file, err);
    return detector->backbone && !detector_walk(detector, &walk) && !blas_open(err) ? 0 : -1;
}

struct detector *detector_open(const char *directory, struct threads *threads, struct error *err)
{
    struct detector *detector = calloc(1, sizeof *detector);
    if (!detector) {
        error_memory(err, "detector");
        return NULL;
    }
    detector->threads = threads;
    if (!detector_load(detector, directory, err))
        return detector;
    detector_close(detector);
    return NULL;
}

void detector_close(struct detector *detector)
{
    if (!detector)
        return;
    mobilenet_free(detector->backbone);
    safetensors_close(detector->file);
    arena_free(&detector->arena);
    free(detector);
}

/* Forward */

/* y [side, side, outputs] = the separable convolution of x, with the gates (NULL = none) between its two parts. */
static float *detector_separable(struct detector *detector, const struct detector_separable *part, const float *x,
                                 size_t side, const float *gates, const float *residual)
{
    size_t cells = side * side;
    float *deep = arena_take(&detector->arena, cells * part->inputs, sizeof *deep);
    float *y = arena_take(&detector->arena, cells * part->outputs, sizeof *y);
    if (!deep || !y)
        return NULL;
    struct mobile_spread depthwise = {.layer = &part->depthwise,
                                      .finish = {MOBILE_IDENTITY, 0, 0},
                                      .window = mobile_window(side, part->kernel, 1),
                                      .channels = part->inputs,
                                      .x = x,
                                      .y = deep};
    mobile_spread_run(&depthwise, 1, detector->threads);
    struct mobile_product pointwise = {.layer = &part->pointwise,
                                       .finish = {MOBILE_IDENTITY, 0, 0},
                                       .inputs = part->inputs,
                                       .outputs = part->outputs,
                                       .rows = cells,
                                       .x = deep,
                                       .gates = gates,
                                       .area = cells,
                                       .residual = residual,
                                       .y = y};
    mobile_product_run(&pointwise, detector->threads);
    return y;
}

/* A row of the joined map: the backbone's half, then the coarse half between whose rows and columns new ones are put. */
struct detector_join {
    const float *skip;   /* [side, side, channels] */
    const float *coarse; /* [side / 2, side / 2, channels] */
    size_t side, channels;
    float *out; /* [side, side, 2 channels] */
};

/* The graph's bilinear doubling: even places are the coarse ones, odd ones the mean of their two neighbours, and the last
 * repeats. */
static void detector_join_task(void *context, size_t y, size_t thread)
{
    (void)thread;
    const struct detector_join *j = context;
    size_t channels = j->channels, half = j->side / 2;
    size_t y1 = y / 2 + (y & 1) < half ? y / 2 + (y & 1) : half - 1;
    const float *row0 = j->coarse + y / 2 * half * channels, *row1 = j->coarse + y1 * half * channels;
    float *out = j->out + y * j->side * 2 * channels;
    for (size_t x = 0; x < j->side; x++, out += 2 * channels) {
        size_t x0 = x / 2 * channels, x1 = (x / 2 + (x & 1) < half ? x / 2 + (x & 1) : half - 1) * channels;
        memcpy(out, j->skip + (y * j->side + x) * channels, channels * sizeof *out);
        for (size_t c = 0; c < channels; c++)
            out[channels + c] = (row0[x0 + c] + row0[x1 + c] + row1[x0 + c] + row1[x1 + c]) / 4;
    }
    kernel_relu(j->out + y * j->side * 2 * channels, j->side * 2 * channels);
}

/* coarse [side / 2, ...] and the backbone's map skip [side, ...] -> the joined map [side, side, 2 channels]. */
static float *detector_level_forward(struct detector *detector, size_t index, const float *coarse, float *skip,
                                     size_t side)
{
    const struct detector_shape *shape = &detector_shapes[index];
    const struct detector_level *level = &detector->levels[index];
    float *few = arena_take(&detector->arena, side * side * shape->few, sizeof *few);
    float *x = detector_separable(detector, &level->x, coarse, side / 2, NULL, NULL);
    float *both = x ? detector_separable(detector, &level->y, coarse, side / 2, NULL, x) : NULL;
    if (!few || !both)
        return NULL;
    struct mobile_product narrow = {.layer = &level->narrow,
                                    .finish = {MOBILE_RELU, 0, 0},
                                    .inputs = shape->skip,
                                    .outputs = shape->few,
                                    .rows = side * side,
                                    .x = skip,
                                    .y = few};
    mobile_product_run(&narrow, detector->threads);
    struct detector_join join = {.skip = detector_separable(detector, &level->skip, few, side, NULL, NULL),
                                 .coarse = both,
                                 .side = side,
                                 .channels = shape->channels,
                                 .out = arena_take(&detector->arena, side * side * 2 * shape->channels, sizeof(float))};
    if (!join.skip || !join.out)
        return NULL;
    threads_run(detector->threads, side, detector_join_task, &join);
    return join.out;
}

static double detector_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* Squeeze and excite over the last map: what each channel is weighed by. The graph weighs the map; a depthwise
 * convolution, which keeps channels apart, may as well be weighed behind. */
static void detector_gates(const struct detector *detector, const float *map, size_t cells,
                           float gates[DETECTOR_CHANNELS])
{
    float means[DETECTOR_CHANNELS], small[DETECTOR_SQUEEZE];
    kernel_row_mean(map, cells, DETECTOR_CHANNELS, means);
    kernel_vector_matrix(means, DETECTOR_CHANNELS, detector->squeeze.weight, detector->squeeze.bias, DETECTOR_SQUEEZE,
                         small);
    kernel_relu(small, DETECTOR_SQUEEZE);
    kernel_vector_matrix(small, DETECTOR_SQUEEZE, detector->excite, detector->zeros, DETECTOR_CHANNELS, gates);
    for (size_t c = 0; c < DETECTOR_CHANNELS; c++)
        gates[c] = (float)detector_sigmoid(gates[c]);
}

int detector_maps(struct detector *detector, const uint8_t *pixels, struct detector_maps *out, struct error *err)
{
    struct mobilenet_levels levels;
    float gates[DETECTOR_CHANNELS];
    arena_reset(&detector->arena);
    if (mobilenet_forward_levels(detector->backbone, pixels, DETECTOR_SIDE, detector->threads, &detector->arena, &levels))
        return error_memory(err, "detector");
    float *map = detector_level_forward(detector, 0, levels.c5, levels.c4, levels.c4_side);
    map = map ? detector_level_forward(detector, 1, map, levels.c3, levels.c3_side) : NULL;
    map = map ? detector_level_forward(detector, 2, map, levels.c2, levels.c2_side) : NULL;
    if (!map)
        return error_memory(err, "detector");
    size_t cells = levels.c2_side * levels.c2_side;
    detector_gates(detector, map, cells, gates);
    float *logits = detector_separable(detector, &detector->classes, map, levels.c2_side, gates, NULL);
    float *sizes = detector_separable(detector, &detector->sizes, map, levels.c2_side, gates, NULL);
    if (!logits || !sizes)
        return error_memory(err, "detector");
    double sum = 0;
    for (size_t i = 0; i < cells * DETECTOR_SIZES; i++)
        sum += sizes[i] *= *detector->size_scale;
    for (size_t i = 0; i < cells * COCO_CLASSES; i++)
        sum += logits[i];
    if (!isfinite(sum))
        return error_set(err, ERROR_INPUT, "%s: the detector: a value is not finite", safetensors_path(detector->file));
    *out = (struct detector_maps){levels.c2_side, logits, sizes};
    return 0;
}

/* Peaks */

/* Is a neighbour's score of this class larger? Scores are compared as the graph has them, in single precision: far out,
 * different logits make the same score. */
static bool detector_topped(const struct detector_maps *maps, size_t y, size_t x, size_t class, float score)
{
    float logit = maps->logits[(y * maps->side + x) * COCO_CLASSES + class];
    for (size_t ny = y ? y - 1 : 0; ny < maps->side && ny <= y + 1; ny++)
        for (size_t nx = x ? x - 1 : 0; nx < maps->side && nx <= x + 1; nx++) {
            float other = maps->logits[(ny * maps->side + nx) * COCO_CLASSES + class];
            if (other > logit && (float)detector_sigmoid(other) > score)
                return true;
        }
    return false;
}

static struct detection detector_box(const struct detector_maps *maps, size_t y, size_t x, size_t class, float score)
{
    const float *size = maps->sizes + (y * maps->side + x) * DETECTOR_SIZES;
    double cx = (double)x * DETECTOR_CELL, cy = (double)y * DETECTOR_CELL;
    return (struct detection){{cx - size[0], cy - size[1], cx + size[2], cy + size[3]}, score, class};
}

size_t detector_peaks(const struct detector_maps *maps, double threshold, struct detection out[DETECTOR_MAX_BOXES])
{
    size_t n = 0;
    /* A little below, so that rounding hides nothing; the score itself decides. */
    double least = threshold <= 0 ? -INFINITY : threshold >= 1 ? INFINITY : log(threshold / (1 - threshold)) - 1e-3;
    for (size_t i = 0; i < maps->side * maps->side * COCO_CLASSES; i++) {
        if (maps->logits[i] < least)
            continue;
        size_t y = i / COCO_CLASSES / maps->side, x = i / COCO_CLASSES % maps->side, class = i % COCO_CLASSES;
        float score = (float)detector_sigmoid(maps->logits[i]);
        if (score < threshold || (n == DETECTOR_MAX_BOXES && score <= out[n - 1].score) ||
            detector_topped(maps, y, x, class, score))
            continue;
        size_t at = n < DETECTOR_MAX_BOXES ? n++ : n - 1;
        for (; at && out[at - 1].score < score; at--)
            out[at] = out[at - 1];
        out[at] = detector_box(maps, y, x, class, score);
    }
    return n;
}

static double detector_clamp(double x, double limit)
{
    return x < 0 ? 0 : x > limit ? limit : x;
}

int detector_run(struct detector *detector, const struct picture *picture, double threshold,
                 struct detection out[DETECTOR_MAX_BOXES], size_t *n_out, struct error *err)
{
    struct detector_maps maps;
    struct detection found[DETECTOR_MAX_BOXES];
    uint8_t *pixels = malloc((size_t)DETECTOR_SIDE * DETECTOR_SIDE * 3);
    *n_out = 0;
    if (!pixels)
        return error_memory(err, "detector");
    int result = picture_resize(picture, NULL, DETECTOR_SIDE, DETECTOR_SIDE, pixels, err) ||
                         detector_maps(detector, pixels, &maps, err)
                     ? -1
                     : 0;
    free(pixels);
    size_t n = result ? 0 : detector_peaks(&maps, threshold, found);
    double width = (double)picture->width, height = (double)picture->height;
    for (size_t i = 0; i < n; i++) {
        struct detection *to = &out[*n_out];
        *to = found[i];
        for (size_t k = 0; k < 4; k++) {
            double limit = k & 1 ? height : width;
            to->box[k] = round(detector_clamp(found[i].box[k] * limit / DETECTOR_SIDE, limit) * 1e4) / 1e4;
        }
        to->score = round(to->score * 1e6) / 1e6;
        *n_out += to->box[0] < to->box[2] && to->box[1] < to->box[3];
    }
    return result;
}
