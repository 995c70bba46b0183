/* Loops over rows that are no matrix products: activations, softmax, layer norm. Compiled for AVX-512, AVX2 and the
 * plain processor; the right one is picked when the program starts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_KERNEL_ELEMENTWISE_H
#define MMIB_MODEL_KERNEL_ELEMENTWISE_H

#include <stddef.h>

void kernel_add(const float *a, const float *b, size_t n, float *out); /* out may be a or b */
void kernel_relu(float *x, size_t n);

/* x Phi(x), exact form. erf by Abramowitz and Stegun 7.1.26: absolute error below 2e-7. */
void kernel_gelu(float *x, size_t n);

/* x = softmax(scale x) over n values. */
void kernel_softmax(float *x, size_t n, float scale);

/* y[r] = (x[r] - mean) / sqrt(variance + eps) * weight + bias over rows of d values; y may be x. */
void kernel_layer_norm(const float *x, size_t rows, size_t d, const float *weight, const float *bias, float eps,
                       float *y);

/* out = mean over rows of x [rows, d]. rows >= 1. */
void kernel_row_mean(const float *x, size_t rows, size_t d, float *out);

/* out = sum over rows of x [rows, d]. */
void kernel_row_sum(const float *x, size_t rows, size_t d, float *out);

double kernel_dot(const float *a, const float *b, size_t n);

#endif
