/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-elementwise.h"

#include "model/kernel-inline.h"

#include <math.h>
#include <string.h>

KERNEL_CLONES void kernel_add(const float *a, const float *b, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

KERNEL_CLONES void kernel_relu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] < 0 ? 0 : x[i]; /* NaN stays NaN */
}

KERNEL_CLONES void kernel_gelu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float z = fabsf(x[i]) * 0.70710678118654752f;
        float t = 1.0f / (1.0f + 0.3275911f * z);
        float p = 1.061405429f;
        p = p * t - 1.453152027f;
        p = p * t + 1.421413741f;
        p = p * t - 0.284496736f;
        p = p * t + 0.254829592f;
        float tail = p * t * kernel_exp(-z * z); /* 1 - erf(z) */
        float phi = x[i] < 0 ? 0.5f * tail : 1.0f - 0.5f * tail;
        x[i] = x[i] * phi;
    }
}

KERNEL_CLONES void kernel_softmax(float *x, size_t n, float scale)
{
    float largest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        x[i] *= scale;
        largest = x[i] > largest ? x[i] : largest;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = kernel_exp(x[i] - largest);
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    float inverse = 1.0f / sum;
    for (size_t i = 0; i < n; i++)
        x[i] *= inverse;
}

KERNEL_CLONES void kernel_layer_norm(const float *x, size_t rows, size_t d, const float *weight, const float *bias,
                                     float eps, float *y)
{
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * d;
        float *out = y + r * d;
        float lanes[KERNEL_LANES] = {0};
        size_t i = 0;
        for (; i + KERNEL_LANES <= d; i += KERNEL_LANES)
            for (size_t l = 0; l < KERNEL_LANES; l++)
                lanes[l] += in[i + l];
        float sum = 0;
        for (size_t l = 0; l < KERNEL_LANES; l++)
            sum += lanes[l];
        for (; i < d; i++)
            sum += in[i];
        float mean = sum / (float)d;

        memset(lanes, 0, sizeof lanes);
        for (i = 0; i + KERNEL_LANES <= d; i += KERNEL_LANES)
            for (size_t l = 0; l < KERNEL_LANES; l++)
                lanes[l] += (in[i + l] - mean) * (in[i + l] - mean);
        float square = 0;
        for (size_t l = 0; l < KERNEL_LANES; l++)
            square += lanes[l];
        for (; i < d; i++)
            square += (in[i] - mean) * (in[i] - mean);
        float inverse = 1.0f / sqrtf(square / (float)d + eps);
        for (i = 0; i < d; i++)
            out[i] = (in[i] - mean) * inverse * weight[i] + bias[i];
    }
}

KERNEL_CLONES void kernel_row_sum(const float *x, size_t rows, size_t d, float *out)
{
    memset(out, 0, d * sizeof *out);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < d; i++)
            out[i] += x[r * d + i];
}

void kernel_row_mean(const float *x, size_t rows, size_t d, float *out)
{
    kernel_row_sum(x, rows, d, out);
    for (size_t i = 0; i < d; i++)
        out[i] /= (float)rows;
}

double kernel_dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}
