/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-elementwise.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KERNEL_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL_CLONES
#endif
#define KERNEL_INLINE static inline __attribute__((always_inline))

/* exp(x) for x <= 88, relative error below 2e-7: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2] (Taylor, degree 7).
 * Values below -87 give the value at -87 (about 1e-38). */
KERNEL_INLINE float kernel_exp(float x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float shifted = x * 1.44269504088896341f + magic, n = shifted - magic;
    float r = x - n * 0.693145751953125f - n * 1.42860682030941723e-6f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits; /* the lowest ones hold n: no conversion that a NaN could break */
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

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

enum { KERNEL_LANES = 16 }; /* partial sums that a compiler may keep in one wide register */

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
