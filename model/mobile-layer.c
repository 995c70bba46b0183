/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mobile-layer.h"

#include "model/blas.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    MOBILE_NAME_BYTES = 128,
    MOBILE_TILE_FLOATS = 64 * 1024, /* of a product's rows that a task works on: part of a second-level cache */
    MOBILE_TILE_MIN_ROWS = 16,
};

struct mobile_finish mobile_layer_finish(const struct mobile_layer *layer, enum mobile_activation activation)
{
    bool swishes = activation == MOBILE_HARD_SWISH;
    return (struct mobile_finish){activation, swishes ? *layer->shift : 0, swishes ? *layer->gain : 0};
}

/* Names and places of the tensors */

static int mobile_visit_file(struct mobile_walk *walk, const char *name, size_t rank, const size_t *shape,
                             const float **place)
{
    *place = safetensors_f32(walk->file, name, rank, shape, walk->err);
    return *place ? 0 : -1;
}

static int mobile_visit_list(struct mobile_walk *walk, const char *name, size_t rank, const size_t *shape,
                             const float **place)
{
    (void)place;
    return walk->list(name, rank, shape, walk->context);
}

struct mobile_walk mobile_walk_load(struct safetensors *file, struct error *err)
{
    return (struct mobile_walk){.visit = mobile_visit_file, .file = file, .err = err};
}

struct mobile_walk mobile_walk_list(layout_visitor *list, void *context)
{
    return (struct mobile_walk){.visit = mobile_visit_list, .list = list, .context = context};
}

void mobile_walk_put(struct mobile_walk *walk, const float **place, size_t rank, const size_t *shape,
                     const char *format, ...)
{
    char name[MOBILE_NAME_BYTES];
    if (walk->result)
        return;
    va_list ap;
    va_start(ap, format);
    vsnprintf(name, sizeof name, format, ap);
    va_end(ap);
    walk->result = walk->visit(walk, name, rank, shape, place);
}

void mobile_walk_convolution(struct mobile_walk *walk, struct mobile_layer *layer, const char *name, size_t kernel,
                             size_t inputs, size_t outputs)
{
    size_t channels = outputs == 1 ? inputs : outputs;
    mobile_walk_put(walk, &layer->weight, 4, (size_t[]){kernel, kernel, inputs, outputs}, "image.%s_weights", name);
    mobile_walk_put(walk, &layer->bias, 1, &channels, "image.%s_bn_offset", name);
}

/* Forward */

static void mobile_product_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct mobile_product *p = context;
    size_t row0 = index * p->rows_per_task, row1 = row0 + p->rows_per_task;
    if (row1 > p->rows)
        row1 = p->rows;
    for (size_t r = row0; p->gates && r < row1; r++)
        kernel_multiply(p->x + r * p->inputs, p->gates + r / p->area * p->inputs, p->inputs);
    float *y = p->y + row0 * p->outputs;
    blas_gemm(false, false, row1 - row0, p->outputs, p->inputs, 1, p->x + row0 * p->inputs, p->inputs,
              p->layer->weight, p->outputs, 0, y, p->outputs);
    kernel_mobile_finish(y, row1 - row0, p->outputs, p->layer->bias,
                         p->residual ? p->residual + row0 * p->outputs : NULL, p->finish);
}

void mobile_product_run(struct mobile_product *p, struct threads *threads)
{
    size_t share = (p->rows + threads_count(threads) - 1) / threads_count(threads);
    p->rows_per_task = MOBILE_TILE_FLOATS / (p->inputs + p->outputs);
    if (p->rows_per_task > share)
        p->rows_per_task = share;
    if (p->rows_per_task < MOBILE_TILE_MIN_ROWS)
        p->rows_per_task = MOBILE_TILE_MIN_ROWS;
    threads_run(threads, (p->rows + p->rows_per_task - 1) / p->rows_per_task, mobile_product_task, p);
}

static void mobile_spread_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct mobile_spread *s = context;
    const struct mobile_window *window = &s->window;
    size_t picture = index / window->out_side, oy = index % window->out_side, area = window->side * window->side;
    float *out = s->y + index * window->out_side * s->channels;
    if (s->pixels)
        kernel_stem_row(window, s->pixels + picture * area * 3, s->layer->weight, s->layer->bias, s->finish, oy, out);
    else
        kernel_depthwise_row(window, s->x + picture * area * s->channels, s->channels, s->layer->weight,
                             s->layer->bias, s->finish, oy, out);
}

void mobile_spread_run(struct mobile_spread *spread, size_t n, struct threads *threads)
{
    threads_run(threads, n * spread->window.out_side, mobile_spread_task, spread);
}
