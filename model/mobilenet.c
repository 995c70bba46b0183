/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mobilenet.h"

#include "model/kernel-elementwise.h"
#include "model/mobile-layer.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the network is. A block widens its input to `wide` channels (1x1), convolves each of them by itself (depthwise),
 * weighs them by what the whole map holds (squeeze and excite, through `squeeze` numbers; 0 = not), and narrows them
 * again (1x1). It adds its input where the shapes allow. */
static const struct mobilenet_shape {
    size_t kernel, stride;
    size_t wide; /* 0: the depthwise convolution reads the block's input */
    size_t squeeze, outputs;
    enum mobile_activation activation;
} mobilenet_shapes[] = {
    {3, 1, 0, 0, 16, MOBILE_RELU},
    {3, 2, 64, 0, 24, MOBILE_RELU},
    {3, 1, 72, 0, 24, MOBILE_RELU},
    {5, 2, 72, 24, 32, MOBILE_RELU},
    {5, 1, 96, 24, 32, MOBILE_RELU},
    {5, 1, 96, 24, 32, MOBILE_RELU},
    {3, 2, 192, 0, 64, MOBILE_HARD_SWISH},
    {3, 1, 160, 0, 64, MOBILE_HARD_SWISH},
    {3, 1, 144, 0, 64, MOBILE_HARD_SWISH},
    {3, 1, 144, 0, 64, MOBILE_HARD_SWISH},
    {3, 1, 384, 96, 88, MOBILE_HARD_SWISH},
    {3, 1, 528, 136, 88, MOBILE_HARD_SWISH},
    {5, 2, 528, 136, 120, MOBILE_HARD_SWISH},
    {5, 1, 720, 184, 120, MOBILE_HARD_SWISH},
    {5, 1, 720, 184, 120, MOBILE_HARD_SWISH},
};
enum {
    MOBILENET_BLOCKS = sizeof mobilenet_shapes / sizeof *mobilenet_shapes,
    MOBILENET_STEM_KERNEL = 3,
    MOBILENET_STEM_STRIDE = 2,
    MOBILENET_NAME_BYTES = 128,
    MOBILENET_C2_BLOCK = 3,  /* whose widened input a detector reads */
    MOBILENET_C3_BLOCK = 5,  /* the same */
    MOBILENET_C4_BLOCK = 11, /* whose output it reads */
    MOBILENET_CHUNK = 4,     /* pictures that go through the network together: bounded memory */
};

struct mobilenet_block {
    size_t inputs, wide; /* wide: channels of the depthwise convolution */
    bool has_shortcut;
    struct mobile_layer expand, depthwise, squeeze, excite, project;
};

struct mobilenet {
    struct mobile_layer stem, last;
    struct mobilenet_block blocks[MOBILENET_BLOCKS];
};

/* Names and places of the tensors */

static const size_t mobilenet_number[1]; /* the shape of a tensor of rank 0 */

static void mobilenet_put_swish(struct mobile_walk *walk, struct mobile_layer *layer, const char *scope)
{
    mobile_walk_put(walk, &layer->shift, 0, mobilenet_number, "image.%s/hard_swish/add/y", scope);
    mobile_walk_put(walk, &layer->gain, 0, mobilenet_number, "image.%s/hard_swish/mul_1/y", scope);
}

static void mobilenet_put_squeeze(struct mobile_walk *walk, struct mobilenet_block *block, const char *scope,
                                  size_t squeeze)
{
    size_t wide = block->wide;
    mobile_walk_put(walk, &block->squeeze.weight, 4, (size_t[]){1, 1, wide, squeeze},
                  "image.%s/squeeze_excite/Conv/weights", scope);
    mobile_walk_put(walk, &block->squeeze.bias, 1, &squeeze, "image.%s/squeeze_excite/Conv/biases", scope);
    mobile_walk_put(walk, &block->excite.weight, 4, (size_t[]){1, 1, squeeze, wide},
                  "image.%s/squeeze_excite/Conv_1/weights", scope);
    mobile_walk_put(walk, &block->excite.bias, 1, &wide, "image.%s/squeeze_excite/Conv_1/biases", scope);
    mobile_walk_put(walk, &block->excite.shift, 0, mobilenet_number, "image.tower_0/%s/squeeze_excite/Conv_1/add/y", scope);
    mobile_walk_put(walk, &block->excite.gain, 0, mobilenet_number, "image.tower_0/%s/squeeze_excite/Conv_1/mul/y", scope);
}

static void mobilenet_put_block(struct mobile_walk *walk, struct mobilenet_block *block, size_t index, size_t inputs)
{
    const struct mobilenet_shape *shape = &mobilenet_shapes[index];
    char scope[MOBILENET_NAME_BYTES / 2] = "MobilenetV3/expanded_conv", name[MOBILENET_NAME_BYTES];
    if (index)
        snprintf(scope + strlen(scope), sizeof scope - strlen(scope), "_%zu", index);
    bool swishes = shape->activation == MOBILE_HARD_SWISH;
    block->inputs = inputs;
    block->wide = shape->wide ? shape->wide : inputs;
    block->has_shortcut = shape->stride == 1 && inputs == shape->outputs;
    if (shape->wide) {
        snprintf(name, sizeof name, "tower_0/%s/expand/Conv2D", scope);
        mobile_walk_convolution(walk, &block->expand, name, 1, inputs, shape->wide);
    }
    snprintf(name, sizeof name, "tower_0/%s/depthwise/depthwise", scope);
    mobile_walk_convolution(walk, &block->depthwise, name, shape->kernel, block->wide, 1);
    if (shape->squeeze)
        mobilenet_put_squeeze(walk, block, scope, shape->squeeze);
    snprintf(name, sizeof name, "tower_0/%s/project/Conv2D", scope);
    mobile_walk_convolution(walk, &block->project, name, 1, block->wide, shape->outputs);
    if (swishes && shape->wide) {
        snprintf(name, sizeof name, "tower_0/%s/expand", scope);
        mobilenet_put_swish(walk, &block->expand, name);
    }
    if (swishes) {
        snprintf(name, sizeof name, "tower_0/%s/depthwise", scope);
        mobilenet_put_swish(walk, &block->depthwise, name);
    }
}

static int mobilenet_tensors(struct mobilenet *net, struct mobile_walk *walk)
{
    size_t inputs = MOBILE_STEM_CHANNELS;
    mobile_walk_convolution(walk, &net->stem, "tower_0/MobilenetV3/Conv/Conv2D", MOBILENET_STEM_KERNEL, 3, inputs);
    mobilenet_put_swish(walk, &net->stem, "tower_0/MobilenetV3/Conv");
    for (size_t b = 0; b < MOBILENET_BLOCKS; b++) {
        mobilenet_put_block(walk, &net->blocks[b], b, inputs);
        inputs = mobilenet_shapes[b].outputs;
    }
    mobile_walk_convolution(walk, &net->last, "tower_0/extern1/Conv2D", 1, inputs, MOBILENET_CHANNELS);
    mobilenet_put_swish(walk, &net->last, "tower_0/extern1");
    return walk->result;
}

struct mobilenet *mobilenet_load(struct safetensors *file, struct error *err)
{
    struct mobilenet *net = calloc(1, sizeof *net);
    struct mobile_walk walk = mobile_walk_load(file, err);
    if (!net)
        error_memory(err, "image encoder");
    else if (!mobilenet_tensors(net, &walk))
        return net;
    mobilenet_free(net);
    return NULL;
}

void mobilenet_free(struct mobilenet *net)
{
    free(net);
}

int mobilenet_each(layout_visitor *visit, void *context)
{
    struct mobilenet net;
    struct mobile_walk walk = mobile_walk_list(visit, context);
    return mobilenet_tensors(&net, &walk);
}

/* A shift of 3 and a gain of 1/6, as the hard functions have them. A convolution keeps its input's size in front of a
 * ReLU, which the graph's others are near to; the stem reads bytes; what is added to a shortcut is made small enough
 * that all blocks together only double it or so. */
void mobilenet_distribution(const char *name, size_t rank, const size_t *shape, double *mean, double *spread)
{
    *mean = 0;
    *spread = 0.02;
    if (rank == 0) {
        *mean = strstr(name, "/add/y") ? 3 : 1.0 / 6;
        *spread = 0;
    } else if (rank == 4) {
        size_t fan_in = shape[0] * shape[1] * (shape[3] == 1 ? 1 : shape[2]);
        *spread = sqrt(2 / (double)fan_in);
        if (shape[2] == 3)
            *spread /= 128;
        else if (strstr(name, "/project/"))
            *spread /= sqrt(MOBILENET_BLOCKS);
    }
}

/* Forward */

static struct mobile_window mobilenet_stem_window(size_t side)
{
    return mobile_window(side, MOBILENET_STEM_KERNEL, MOBILENET_STEM_STRIDE);
}

static struct mobile_window mobilenet_block_window(size_t index, size_t side)
{
    return mobile_window(side, mobilenet_shapes[index].kernel, mobilenet_shapes[index].stride);
}

size_t mobilenet_grid(size_t side)
{
    side = mobilenet_stem_window(side).out_side;
    for (size_t b = 0; b < MOBILENET_BLOCKS; b++)
        side = mobilenet_block_window(b, side).out_side;
    return side;
}

/* Squeeze and excite: what each channel of a picture is weighed by, a picture a task. */
struct mobilenet_gate {
    const struct mobilenet_block *block;
    size_t squeeze, area;
    const float *x; /* [n, area, wide] */
    float *means;   /* [n, wide] */
    float *small;   /* [n, squeeze] */
    float *gates;   /* [n, wide] */
};

static void mobilenet_gate_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct mobilenet_gate *g = context;
    const struct mobilenet_block *block = g->block;
    size_t wide = block->wide;
    float *means = g->means + index * wide, *small = g->small + index * g->squeeze, *gates = g->gates + index * wide;
    kernel_row_mean(g->x + index * g->area * wide, g->area, wide, means);
    kernel_vector_matrix(means, wide, block->squeeze.weight, block->squeeze.bias, g->squeeze, small);
    kernel_relu(small, g->squeeze);
    kernel_vector_matrix(small, g->squeeze, block->excite.weight, block->excite.bias, wide, gates);
    kernel_hard_sigmoid(gates, wide, *block->excite.shift, *block->excite.gain);
}

/* The memory of one pass. */
struct mobilenet_buffers {
    float *x, *next;        /* a block's input and output */
    float *wide, *deep;     /* the widened input, and what the depthwise convolution makes of it */
    float *means, *small, *gates;
};

static void mobilenet_grow(size_t *largest, size_t value)
{
    if (value > *largest)
        *largest = value;
}

/* Walks the shapes once to find how large the buffers must be. */
static int mobilenet_allocate(const struct mobilenet *net, size_t n, size_t side, struct arena *arena,
                              struct mobilenet_buffers *out)
{
    side = mobilenet_stem_window(side).out_side;
    size_t map = side * side * MOBILE_STEM_CHANNELS, wide = 1, deep = 1, channels = 1;
    for (size_t b = 0; b < MOBILENET_BLOCKS; b++) {
        if (mobilenet_shapes[b].wide)
            mobilenet_grow(&wide, side * side * net->blocks[b].wide);
        side = mobilenet_block_window(b, side).out_side;
        mobilenet_grow(&deep, side * side * net->blocks[b].wide);
        mobilenet_grow(&map, side * side * mobilenet_shapes[b].outputs);
        mobilenet_grow(&channels, net->blocks[b].wide);
    }
    out->x = arena_take(arena, n * map, sizeof(float));
    out->next = arena_take(arena, n * map, sizeof(float));
    out->wide = arena_take(arena, n * wide, sizeof(float));
    out->deep = arena_take(arena, n * deep, sizeof(float));
    out->means = arena_take(arena, n * channels, sizeof(float));
    out->small = arena_take(arena, n * channels, sizeof(float));
    out->gates = arena_take(arena, n * channels, sizeof(float));
    return out->x && out->next && out->wide && out->deep && out->means && out->small && out->gates ? 0 : -1;
}

/* One block: x becomes its output. Returns the new side. */
static size_t mobilenet_block_forward(const struct mobilenet_block *block, const struct mobilenet_shape *shape,
                                      struct mobilenet_buffers *m, size_t n, size_t side, struct threads *threads)
{
    float *in = m->x;
    if (shape->wide) {
        struct mobile_product expand = {.layer = &block->expand,
                                        .finish = mobile_layer_finish(&block->expand, shape->activation),
                                        .inputs = block->inputs,
                                        .outputs = block->wide,
                                        .rows = n * side * side,
                                        .x = m->x,
                                        .y = m->wide};
        mobile_product_run(&expand, threads);
        in = m->wide;
    }
    struct mobile_window window = mobile_window(side, shape->kernel, shape->stride);
    struct mobile_spread depthwise = {.layer = &block->depthwise,
                                      .finish = mobile_layer_finish(&block->depthwise, shape->activation),
                                      .window = window,
                                      .channels = block->wide,
                                      .x = in,
                                      .y = m->deep};
    mobile_spread_run(&depthwise, n, threads);
    size_t area = window.out_side * window.out_side;
    if (shape->squeeze) {
        struct mobilenet_gate gate = {block, shape->squeeze, area, m->deep, m->means, m->small, m->gates};
        threads_run(threads, n, mobilenet_gate_task, &gate);
    }
    struct mobile_product project = {.layer = &block->project,
                                     .finish = {MOBILE_IDENTITY, 0, 0},
                                     .inputs = block->wide,
                                     .outputs = shape->outputs,
                                     .rows = n * area,
                                     .x = m->deep,
                                     .gates = shape->squeeze ? m->gates : NULL,
                                     .area = area,
                                     .residual = block->has_shortcut ? m->x : NULL,
                                     .y = m->next};
    mobile_product_run(&project, threads);
    float *old = m->x;
    m->x = m->next;
    m->next = old;
    return window.out_side;
}

/* Some pictures through the whole network: out [count, grid, grid, MOBILENET_CHANNELS]. A block whose number is in
 * levels leaves there what a detector reads of it (of one picture); levels may be NULL. */
static void mobilenet_pass(const struct mobilenet *net, const uint8_t *pixels, size_t count, size_t side,
                           struct threads *threads, struct mobilenet_buffers *m, const struct mobilenet_levels *levels,
                           float *out)
{
    struct mobile_spread stem = {.layer = &net->stem,
                                 .finish = mobile_layer_finish(&net->stem, MOBILE_HARD_SWISH),
                                 .window = mobilenet_stem_window(side),
                                 .channels = MOBILE_STEM_CHANNELS,
                                 .pixels = pixels,
                                 .y = m->x};
    size_t at = stem.window.out_side;
    float *wide = m->wide;
    mobile_spread_run(&stem, count, threads);
    for (size_t b = 0; b < MOBILENET_BLOCKS; b++) {
        m->wide = levels && b == MOBILENET_C2_BLOCK ? levels->c2 : levels && b == MOBILENET_C3_BLOCK ? levels->c3 : wide;
        at = mobilenet_block_forward(&net->blocks[b], &mobilenet_shapes[b], m, count, at, threads);
        if (levels && b == MOBILENET_C4_BLOCK)
            memcpy(levels->c4, m->x, at * at * MOBILENET_C4_CHANNELS * sizeof *m->x);
    }
    m->wide = wide;
    struct mobile_product last = {.layer = &net->last,
                                  .finish = mobile_layer_finish(&net->last, MOBILE_HARD_SWISH),
                                  .inputs = mobilenet_shapes[MOBILENET_BLOCKS - 1].outputs,
                                  .outputs = MOBILENET_CHANNELS,
                                  .rows = count * at * at,
                                  .x = m->x,
                                  .y = out};
    mobile_product_run(&last, threads);
}

float *mobilenet_forward(const struct mobilenet *net, const uint8_t *pixels, size_t n, size_t side,
                         struct threads *threads, struct arena *arena)
{
    size_t grid = mobilenet_grid(side), cells = grid * grid * MOBILENET_CHANNELS;
    size_t chunk = n < MOBILENET_CHUNK ? n : MOBILENET_CHUNK;
    struct mobilenet_buffers m;
    float *out = arena_take(arena, n * cells, sizeof *out);
    if (!out || mobilenet_allocate(net, chunk, side, arena, &m))
        return NULL;
    for (size_t first = 0; first < n; first += chunk) {
        size_t count = n - first < chunk ? n - first : chunk;
        mobilenet_pass(net, pixels + first * side * side * 3, count, side, threads, &m, NULL, out + first * cells);
    }
    return out;
}

/* The side of the map that block b reads. */
static size_t mobilenet_block_side(size_t block, size_t side)
{
    side = mobilenet_stem_window(side).out_side;
    for (size_t b = 0; b < block; b++)
        side = mobilenet_block_window(b, side).out_side;
    return side;
}

int mobilenet_forward_levels(const struct mobilenet *net, const uint8_t *pixels, size_t side, struct threads *threads,
                             struct arena *arena, struct mobilenet_levels *out)
{
    struct mobilenet_buffers m;
    out->c2_side = mobilenet_block_side(MOBILENET_C2_BLOCK, side);
    out->c3_side = mobilenet_block_side(MOBILENET_C3_BLOCK, side);
    out->c4_side = mobilenet_block_side(MOBILENET_C4_BLOCK, side);
    out->c5_side = mobilenet_grid(side);
    out->c2 = arena_take(arena, out->c2_side * out->c2_side * MOBILENET_C2_CHANNELS, sizeof(float));
    out->c3 = arena_take(arena, out->c3_side * out->c3_side * MOBILENET_C3_CHANNELS, sizeof(float));
    out->c4 = arena_take(arena, out->c4_side * out->c4_side * MOBILENET_C4_CHANNELS, sizeof(float));
    out->c5 = arena_take(arena, out->c5_side * out->c5_side * MOBILENET_CHANNELS, sizeof(float));
    if (!out->c2 || !out->c3 || !out->c4 || !out->c5 || mobilenet_allocate(net, 1, side, arena, &m))
        return -1;
    mobilenet_pass(net, pixels, 1, side, threads, &m, out, out->c5);
    return 0;
}
