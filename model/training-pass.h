/* What a pass through the layers carries along, and what its loops over rows need: threads, memory, dropout.
 *
 * A forward pass with a tape (each layer has its own struct) keeps what the backward pass reads. Without parameters it is
 * inference: no tape, no dropout. All results depend on the input and the seed alone, however the rows fall to threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TRAINING_PASS_H
#define MMIB_MODEL_TRAINING_PASS_H

#include "model/arena.h"
#include "model/blas.h"
#include "model/kernel-backward.h"
#include "model/parameters.h"
#include "model/threads.h"

#include <stddef.h>
#include <stdint.h>

struct training_pass {
    struct threads *threads;
    struct arena *arena;
    struct parameters *parameters; /* where gradients go; NULL: inference */
    double dropout;                /* probability; 0 = off */
    uint64_t seed, step;
    uint64_t sites; /* places of the network that have drawn so far */
};

/* Key of the next place that draws random numbers. */
struct kernel_key training_pass_key(struct training_pass *pass);

/* y = layer norm of x [rows, d]; y may be x. */
void training_pass_norm(const struct training_pass *pass, const float *x, size_t rows, size_t d, const float *weight,
                        const float *bias, float eps, float *y);

/* dx from dy, the gradients of weight and bias into the parameters; dx may be dy. -1 when memory is out. */
int training_pass_norm_backward(const struct training_pass *pass, const float *x, size_t rows, size_t d,
                                const float *weight, const float *bias, float eps, const float *dy, float *dx);

void training_pass_gelu(const struct training_pass *pass, const float *x, size_t n, float *y);
void training_pass_gelu_backward(const struct training_pass *pass, const float *x, size_t n, float *dy);

/* y = dropout(x) + residual over n values; residual NULL = none; y may be x. */
void training_pass_dropout(const struct training_pass *pass, struct kernel_key key, const float *x,
                           const float *residual, size_t n, float *y);

/* y = dropout(x weight^T + bias) + residual: a layer on its way into a sum. Its rows must be outputs floats apart. */
void training_pass_sublayer(const struct training_pass *pass, const struct blas_linear *layer, struct kernel_key key);

#endif
