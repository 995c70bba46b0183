/* Layers of a MobileNet over NHWC maps, run on all threads, and the walk that finds their tensors.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MOBILE_LAYER_H
#define MMIB_MODEL_MOBILE_LAYER_H

#include "corpora/error.h"
#include "model/kernel-mobile.h"
#include "model/layout.h"
#include "model/safetensors.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

struct mobile_layer {
    const float *weight, *bias;
    const float *shift, *gain; /* one number each; of a hard swish or hard sigmoid */
};

/* What follows the layer; shift and gain are the layer's own where it swishes. */
struct mobile_finish mobile_layer_finish(const struct mobile_layer *layer, enum mobile_activation activation);

/* A walk over the tensors of a network: each has a name, a shape, and a place where its numbers are to be found. After
 * the first failure nothing more is visited, and result holds what the visitor returned. */
struct mobile_walk {
    int (*visit)(struct mobile_walk *walk, const char *name, size_t rank, const size_t *shape, const float **place);
    int result;
    /* For loading */
    struct safetensors *file;
    struct error *err;
    /* For listing */
    layout_visitor *list;
    void *context;
};

struct mobile_walk mobile_walk_load(struct safetensors *file, struct error *err);
struct mobile_walk mobile_walk_list(layout_visitor *list, void *context);

void mobile_walk_put(struct mobile_walk *walk, const float **place, size_t rank, const size_t *shape,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A convolution with its norm folded in: weight [kernel, kernel, inputs, outputs]; a depthwise one has outputs 1. */
void mobile_walk_convolution(struct mobile_walk *walk, struct mobile_layer *layer, const char *name, size_t kernel,
                             size_t inputs, size_t outputs);

/* A 1x1 convolution over all pixels of all pictures, in tiles of rows. */
struct mobile_product {
    const struct mobile_layer *layer;
    struct mobile_finish finish;
    size_t inputs, outputs, rows;
    float *x;              /* [rows, inputs]; weighed in place by the gates */
    const float *gates;    /* [pictures, inputs]; NULL = none */
    size_t area;           /* rows of a picture */
    const float *residual; /* [rows, outputs], not y; NULL = none */
    float *y;              /* [rows, outputs] */
    size_t rows_per_task;  /* set by mobile_product_run */
};
void mobile_product_run(struct mobile_product *product, struct threads *threads);

/* A depthwise convolution, or the stem, a row a task. */
struct mobile_spread {
    const struct mobile_layer *layer;
    struct mobile_finish finish;
    struct mobile_window window;
    size_t channels;
    const float *x;        /* [n, side, side, channels] */
    const uint8_t *pixels; /* of the stem, in place of x */
    float *y;              /* [n, out_side, out_side, channels] */
};
void mobile_spread_run(struct mobile_spread *spread, size_t n, struct threads *threads);

#endif
