/* The loops of a MobileNet that are no matrix products, over NHWC pictures: activations, gates, depthwise convolutions,
 * and the stem. Compiled for AVX-512, AVX2 and the plain processor.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_KERNEL_MOBILE_H
#define MMIB_MODEL_KERNEL_MOBILE_H

#include <stddef.h>
#include <stdint.h>

enum mobile_activation { MOBILE_IDENTITY, MOBILE_RELU, MOBILE_HARD_SWISH };

/* Hard sigmoid: gain min(max(x + shift, 0), 6); hard swish: x times that (Howard et al., 2019, with shift 3, gain 1/6).
 * A trained network brings its own shift and gain, rounded as it was stored. */
struct mobile_finish {
    enum mobile_activation activation;
    float shift, gain; /* of MOBILE_HARD_SWISH */
};

/* y[r] = activation(y[r] + bias + residual[r]) over rows of n values; residual NULL = none. */
void kernel_mobile_finish(float *y, size_t rows, size_t n, const float *bias, const float *residual,
                          struct mobile_finish finish);

void kernel_hard_sigmoid(float *x, size_t n, float shift, float gain);

/* x *= y, n values. */
void kernel_multiply(float *x, const float *y, size_t n);

/* out [outputs] = x [inputs] weight [inputs, outputs] + bias [outputs]. */
void kernel_vector_matrix(const float *x, size_t inputs, const float *weight, const float *bias, size_t outputs,
                          float *out);

/* A convolution's window on a square picture, padded as TensorFlow's "SAME": out side = ceil(side / stride), and of the
 * zeros that this takes, the odd one stands behind. */
struct mobile_window {
    size_t side, kernel, stride;
    size_t out_side, before; /* before: zeros in front of the first pixel */
};
struct mobile_window mobile_window(size_t side, size_t kernel, size_t stride);

/* Row oy of a depthwise convolution: picture [side, side, channels], weight [kernel, kernel, channels], bias [channels]
 * -> out [out_side, channels]. */
void kernel_depthwise_row(const struct mobile_window *window, const float *picture, size_t channels,
                          const float *weight, const float *bias, struct mobile_finish finish, size_t oy, float *out);

/* Row oy of the convolution that reads the picture: bytes [side, side, 3], weight [kernel, kernel, 3, 16], bias [16]
 * -> out [out_side, 16]. A byte counts as 0..255. */
enum { MOBILE_STEM_CHANNELS = 16 };
void kernel_stem_row(const struct mobile_window *window, const uint8_t *picture, const float *weight, const float *bias,
                     struct mobile_finish finish, size_t oy, float *out);

#endif
