/* A convolution with its batch norm folded in, over NHWC pictures, as products over unrolled patches.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_CONVOLUTION_H
#define MMIB_MODEL_CONVOLUTION_H

#include "model/threads.h"

#include <stdbool.h>
#include <stddef.h>

struct convolution {
    size_t inputs, outputs; /* channels */
    size_t kernel, stride, padding; /* pixels; square */
    float *weight; /* [outputs, kernel, kernel, inputs], owned */
    float *bias;   /* [outputs], owned */
};

/* Folds norm (weight, bias, running mean and variance, each [outputs]) into weight [outputs, inputs, kernel, kernel]:
 * w' = w g, b' = bias - mean g with g = norm weight / sqrt(variance + eps). -1 when memory is out. */
int convolution_fold(struct convolution *convolution, const float *weight, const float *norm_weight,
                     const float *norm_bias, const float *norm_mean, const float *norm_variance, float eps);
void convolution_free(struct convolution *convolution); /* what it owns */

/* Size of a side after the convolution. */
size_t convolution_side(const struct convolution *convolution, size_t side);

/* Floats of scratch memory that a forward pass over n pictures needs. */
size_t convolution_scratch(const struct convolution *convolution, size_t n, size_t side, size_t threads);

/* x [n, side, side, inputs] -> y [n, out side, out side, outputs]: y = relu?(conv(x) + bias + residual). residual has the
 * shape of y, may be y, or is NULL. */
void convolution_forward(const struct convolution *convolution, const float *x, size_t n, size_t side,
                         const float *residual, bool relu, float *y, float *scratch, struct threads *threads);

#endif
