/* Loops over rows that only training needs: the derivatives of those in kernel-elementwise, dropout, sampling noise.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_KERNEL_BACKWARD_H
#define MMIB_MODEL_KERNEL_BACKWARD_H

#include <stddef.h>
#include <stdint.h>

/* dy *= gelu'(x) = Phi(x) + x phi(x). */
void kernel_gelu_backward(const float *x, size_t n, float *dy);

/* dp = scale p (dp - sum(dp p)): from the gradient of p = softmax(scale s) to that of s. */
void kernel_softmax_backward(const float *p, size_t n, float scale, float *dp);

/* dx from dy for y = layer norm of x [rows, d]; dweight and dbias [d] are added to. dx may be dy. */
void kernel_layer_norm_backward(const float *x, size_t rows, size_t d, const float *weight, float eps, const float *dy,
                                float *dx, float *dweight, float *dbias);

/* y += alpha x. */
void kernel_axpy(float alpha, const float *x, size_t n, float *y);

/* Numbers that depend on a key and a place alone, so that a backward pass, another thread or another run draws the same. */
struct kernel_key {
    uint32_t a, b;
};

struct kernel_key kernel_key_make(uint64_t seed, uint64_t step, uint64_t site);

/* y[i] = x[i] / (1 - probability), or 0 with that probability, for the places first .. first + n. y may be x. */
void kernel_dropout(const float *x, size_t n, struct kernel_key key, uint32_t first, double probability, float *y);

/* Normal numbers, mean 0 and variance 1 (Box and Muller, 1958), for the places first .. first + n; both are even. */
void kernel_normal(struct kernel_key key, uint32_t first, size_t n, float *out);

#endif
