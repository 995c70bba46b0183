/* The backward pass of y = x weight^T + bias, shared out over the pool.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_LINEAR_BACKWARD_H
#define MMIB_MODEL_LINEAR_BACKWARD_H

#include "model/training-pass.h"

#include <stdbool.h>
#include <stddef.h>

struct linear_backward {
    const float *x; /* [rows, inputs], rows ldx floats apart: what the forward pass read */
    size_t ldx, rows, inputs;
    const float *weight, *bias; /* [outputs, inputs], [outputs] or NULL: their gradients are added to the parameters */
    size_t outputs;
    const float *dy; /* [rows, outputs], rows lddy floats apart */
    size_t lddy;
    float *dx; /* [rows, inputs], rows lddx floats apart; NULL = not wanted */
    size_t lddx;
    bool add; /* dx is added to, not set */
};

void linear_backward(const struct training_pass *pass, const struct linear_backward *job);

#endif
