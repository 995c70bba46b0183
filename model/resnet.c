/* SPDX-License-Identifier: Apache-2.0 */
#include "model/resnet.h"

#include "model/convolution.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESNET_NORM_EPS 1e-5f

/* Pictures that go through the network together: enough rows for the last stages, and bounded memory. */
enum { RESNET_CHUNK = 8, RESNET_STAGES = 4 };

struct resnet_block {
    struct convolution convolutions[3]; /* basic: two; bottleneck: three */
    size_t n_convolutions;
    bool has_downsample;
    struct convolution downsample;
};

struct resnet {
    size_t image_size, channels;
    float mean[3], inverse_std[3]; /* of bytes / 255 */
    struct convolution stem;
    struct resnet_block *blocks;
    size_t n_blocks;
};

/* Reads and folds one convolution and the norm behind it. */
static int resnet_load_convolution(struct safetensors *file, const char *name, const char *norm, size_t inputs,
                                   size_t outputs, size_t kernel, size_t stride, struct convolution *out,
                                   struct error *err)
{
    static const char *const parts[] = {"weight", "bias", "running_mean", "running_var"};
    char full[160];
    const float *norms[4];
    snprintf(full, sizeof full, "image.%s.weight", name);
    const float *weight = safetensors_f32(file, full, 4, (size_t[]){outputs, inputs, kernel, kernel}, err);
    if (!weight)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        snprintf(full, sizeof full, "image.%s.%s", norm, parts[i]);
        norms[i] = safetensors_f32(file, full, 1, &outputs, err);
        if (!norms[i])
            return -1;
    }
    *out = (struct convolution){inputs, outputs, kernel, stride, kernel / 2, NULL, NULL};
    if (convolution_fold(out, weight, norms[0], norms[1], norms[2], norms[3], RESNET_NORM_EPS))
        return error_memory(err, "image encoder");
    return 0;
}

static int resnet_load_block(struct safetensors *file, const struct config *config, size_t stage, size_t index,
                             size_t inputs, size_t stride, struct resnet_block *out, struct error *err)
{
    size_t outputs = config->image.hidden_sizes[stage];
    bool bottleneck = config->image.layer_type == RESNET_BOTTLENECK;
    size_t narrow = bottleneck ? outputs / 4 : outputs;
    const struct {
        size_t inputs, outputs, kernel, stride;
    } shapes[2][3] = {{{inputs, outputs, 3, stride}, {outputs, outputs, 3, 1}, {0}},
                      {{inputs, narrow, 1, 1}, {narrow, narrow, 3, stride}, {narrow, outputs, 1, 1}}};
    char name[64], norm[64];
    out->n_convolutions = bottleneck ? 3 : 2;
    for (size_t i = 0; i < out->n_convolutions; i++) {
        snprintf(name, sizeof name, "layer%zu.%zu.conv%zu", stage + 1, index, i + 1);
        snprintf(norm, sizeof norm, "layer%zu.%zu.bn%zu", stage + 1, index, i + 1);
        if (resnet_load_convolution(file, name, norm, shapes[bottleneck][i].inputs, shapes[bottleneck][i].outputs,
                                    shapes[bottleneck][i].kernel, shapes[bottleneck][i].stride, &out->convolutions[i],
                                    err))
            return -1;
    }
    out->has_downsample = stride != 1 || inputs != outputs;
    if (!out->has_downsample)
        return 0;
    snprintf(name, sizeof name, "layer%zu.%zu.downsample.0", stage + 1, index);
    snprintf(norm, sizeof norm, "layer%zu.%zu.downsample.1", stage + 1, index);
    return resnet_load_convolution(file, name, norm, inputs, outputs, 1, stride, &out->downsample, err);
}

struct resnet *resnet_load(struct safetensors *file, const struct config *config, struct error *err)
{
    struct resnet *resnet = calloc(1, sizeof *resnet);
    if (!resnet) {
        error_memory(err, "image encoder");
        return NULL;
    }
    resnet->image_size = config->image.image_size;
    resnet->channels = config->image.hidden_sizes[RESNET_STAGES - 1];
    for (size_t i = 0; i < 3; i++) {
        resnet->mean[i] = (float)config->image.mean[i];
        resnet->inverse_std[i] = (float)(1 / config->image.std[i]);
    }
    size_t total = 0, inputs = config->image.embedding_size;
    for (size_t s = 0; s < RESNET_STAGES; s++)
        total += config->image.depths[s];
    resnet->blocks = calloc(total, sizeof *resnet->blocks);
    if (!resnet->blocks) {
        error_memory(err, "image encoder");
        goto fail;
    }
    if (resnet_load_convolution(file, "conv1", "bn1", 3, inputs, 7, 2, &resnet->stem, err))
        goto fail;
    for (size_t s = 0; s < RESNET_STAGES; s++)
        for (size_t b = 0; b < config->image.depths[s]; b++) {
            size_t stride = b == 0 && s > 0 ? 2 : 1;
            if (resnet_load_block(file, config, s, b, inputs, stride, &resnet->blocks[resnet->n_blocks++], err))
                goto fail;
            inputs = config->image.hidden_sizes[s];
        }
    return resnet;
fail:
    resnet_free(resnet);
    return NULL;
}

void resnet_free(struct resnet *resnet)
{
    if (!resnet)
        return;
    convolution_free(&resnet->stem);
    for (size_t b = 0; b < resnet->n_blocks; b++) {
        for (size_t i = 0; i < 3; i++)
            convolution_free(&resnet->blocks[b].convolutions[i]);
        convolution_free(&resnet->blocks[b].downsample);
    }
    free(resnet->blocks);
    free(resnet);
}

/* Side after the 3x3 pool of stride 2 behind the stem. */
static size_t resnet_pool_side(size_t side)
{
    return (side + 2 - 3) / 2 + 1;
}

size_t resnet_grid(const struct resnet *resnet)
{
    size_t side = resnet_pool_side(convolution_side(&resnet->stem, resnet->image_size));
    for (size_t b = 0; b < resnet->n_blocks; b++)
        for (size_t i = 0; i < resnet->blocks[b].n_convolutions; i++)
            side = convolution_side(&resnet->blocks[b].convolutions[i], side);
    return side;
}

struct resnet_pool {
    const float *x;
    float *y;
    size_t side, out_side, channels;
};

/* One row of one picture of the 3x3 maximum pool, stride 2, padding 1. */
static void resnet_pool_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct resnet_pool *pool = context;
    size_t channels = pool->channels, side = pool->side, oy = index % pool->out_side;
    const float *picture = pool->x + index / pool->out_side * side * side * channels;
    float *out = pool->y + index * pool->out_side * channels;
    for (size_t ox = 0; ox < pool->out_side; ox++, out += channels) {
        for (size_t c = 0; c < channels; c++)
            out[c] = -INFINITY;
        for (size_t y = oy ? 2 * oy - 1 : 0; y < 2 * oy + 2 && y < side; y++)
            for (size_t x = ox ? 2 * ox - 1 : 0; x < 2 * ox + 2 && x < side; x++) {
                const float *in = picture + (y * side + x) * channels;
                for (size_t c = 0; c < channels; c++)
                    out[c] = in[c] > out[c] ? in[c] : out[c];
            }
    }
}

static void resnet_normalise(const struct resnet *resnet, const uint8_t *pixels, size_t n, float *out)
{
    float table[3][256];
    for (size_t c = 0; c < 3; c++)
        for (size_t v = 0; v < 256; v++)
            table[c][v] = ((float)v / 255 - resnet->mean[c]) * resnet->inverse_std[c];
    size_t values = n * resnet->image_size * resnet->image_size * 3;
    for (size_t i = 0; i < values; i += 3)
        for (size_t c = 0; c < 3; c++)
            out[i + c] = table[c][pixels[i + c]];
}

/* The memory of one pass: the running map, two maps inside a block, the shortcut, and unrolled patches. */
struct resnet_buffers {
    float *x, *next, *inner[2], *scratch;
};

static void resnet_grow(size_t *largest, size_t value)
{
    if (value > *largest)
        *largest = value;
}

/* Walks the shapes once to find how large the buffers must be. */
static int resnet_allocate(const struct resnet *resnet, size_t n, size_t threads, struct arena *arena,
                           struct resnet_buffers *out)
{
    size_t side = convolution_side(&resnet->stem, resnet->image_size), map = 0, inner = 0;
    size_t scratch = convolution_scratch(&resnet->stem, n, resnet->image_size, threads);
    resnet_grow(&inner, side * side * resnet->stem.outputs);
    side = resnet_pool_side(side);
    resnet_grow(&map, side * side * resnet->stem.outputs);
    resnet_grow(&map, resnet->image_size * resnet->image_size * 3);
    for (size_t b = 0; b < resnet->n_blocks; b++) {
        const struct resnet_block *block = &resnet->blocks[b];
        if (block->has_downsample)
            resnet_grow(&scratch, convolution_scratch(&block->downsample, n, side, threads));
        for (size_t i = 0; i < block->n_convolutions; i++) {
            const struct convolution *c = &block->convolutions[i];
            resnet_grow(&scratch, convolution_scratch(c, n, side, threads));
            side = convolution_side(c, side);
            resnet_grow(i + 1 == block->n_convolutions ? &map : &inner, side * side * c->outputs);
        }
    }
    out->x = arena_take(arena, n * map, sizeof(float));
    out->next = arena_take(arena, n * map, sizeof(float));
    out->inner[0] = arena_take(arena, n * inner, sizeof(float));
    out->inner[1] = arena_take(arena, n * inner, sizeof(float));
    out->scratch = arena_take(arena, scratch, sizeof(float));
    return out->x && out->next && out->inner[0] && out->inner[1] && out->scratch ? 0 : -1;
}

/* One residual block: x becomes relu(convolutions(x) + shortcut(x)). Returns the new side. */
static size_t resnet_block_forward(const struct resnet_block *block, struct resnet_buffers *m, size_t n, size_t side,
                                   struct threads *threads)
{
    const float *residual = m->x;
    if (block->has_downsample) {
        convolution_forward(&block->downsample, m->x, n, side, NULL, false, m->next, m->scratch, threads);
        residual = m->next;
    }
    const float *in = m->x;
    for (size_t i = 0; i < block->n_convolutions; i++) {
        const struct convolution *c = &block->convolutions[i];
        bool last = i + 1 == block->n_convolutions;
        float *out = last ? m->next : m->inner[i];
        convolution_forward(c, in, n, side, last ? residual : NULL, true, out, m->scratch, threads);
        side = convolution_side(c, side);
        in = out;
    }
    float *old = m->x;
    m->x = m->next;
    m->next = old;
    return side;
}

float *resnet_forward(const struct resnet *resnet, const uint8_t *pixels, size_t n, struct threads *threads,
                      struct arena *arena)
{
    size_t grid = resnet_grid(resnet), cells = grid * grid * resnet->channels;
    size_t image_bytes = resnet->image_size * resnet->image_size * 3;
    float *out = arena_take(arena, n * cells, sizeof *out);
    struct resnet_buffers m;
    if (!out || resnet_allocate(resnet, n < RESNET_CHUNK ? n : RESNET_CHUNK, threads_count(threads), arena, &m))
        return NULL;
    for (size_t first = 0; first < n; first += RESNET_CHUNK) {
        size_t count = n - first < RESNET_CHUNK ? n - first : RESNET_CHUNK;
        resnet_normalise(resnet, pixels + first * image_bytes, count, m.x);
        convolution_forward(&resnet->stem, m.x, count, resnet->image_size, NULL, true, m.inner[0], m.scratch, threads);
        size_t side = convolution_side(&resnet->stem, resnet->image_size);
        struct resnet_pool pool = {m.inner[0], m.x, side, resnet_pool_side(side), resnet->stem.outputs};
        threads_run(threads, count * pool.out_side, resnet_pool_task, &pool);
        side = pool.out_side;
        for (size_t b = 0; b < resnet->n_blocks; b++)
            side = resnet_block_forward(&resnet->blocks[b], &m, count, side, threads);
        memcpy(out + first * cells, m.x, count * cells * sizeof *out);
    }
    return out;
}
