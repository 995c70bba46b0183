/* SPDX-License-Identifier: Apache-2.0 */
#include "model/kernel-backward.h"

#include "model/kernel-inline.h"

#include <math.h>

KERNEL_CLONES void kernel_gelu_backward(const float *x, size_t n, float *dy)
{
    for (size_t i = 0; i < n; i++) {
        /* As in kernel_gelu; the bell curve is the exponential that erf needs anyway. */
        float z = fabsf(x[i]) * 0.70710678118654752f;
        float t = 1.0f / (1.0f + 0.3275911f * z), bell = kernel_exp(-z * z);
        float p = 1.061405429f;
        p = p * t - 1.453152027f;
        p = p * t + 1.421413741f;
        p = p * t - 0.284496736f;
        p = p * t + 0.254829592f;
        float tail = p * t * bell;
        float phi = x[i] < 0 ? 0.5f * tail : 1.0f - 0.5f * tail;
        dy[i] *= phi + x[i] * bell * 0.3989422804014327f;
    }
}

KERNEL_CLONES void kernel_softmax_backward(const float *p, size_t n, float scale, float *dp)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += p[i] * dp[i];
    for (size_t i = 0; i < n; i++)
        dp[i] = scale * p[i] * (dp[i] - sum);
}

KERNEL_CLONES void kernel_axpy(float alpha, const float *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += alpha * x[i];
}

KERNEL_INLINE float kernel_lanes_sum(const float *lanes)
{
    float sum = 0;
    for (size_t l = 0; l < KERNEL_LANES; l++)
        sum += lanes[l];
    return sum;
}

KERNEL_CLONES void kernel_layer_norm_backward(const float *x, size_t rows, size_t d, const float *weight, float eps,
                                              const float *dy, float *dx, float *dweight, float *dbias)
{
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * d, *up = dy + r * d;
        float *down = dx + r * d;
        float a[KERNEL_LANES] = {0}, b[KERNEL_LANES] = {0};
        size_t whole = d / KERNEL_LANES * KERNEL_LANES;
        for (size_t i = 0; i < whole; i += KERNEL_LANES)
            for (size_t l = 0; l < KERNEL_LANES; l++)
                a[l] += in[i + l];
        float sum = kernel_lanes_sum(a);
        for (size_t i = whole; i < d; i++)
            sum += in[i];
        float mean = sum / (float)d;

        memset(a, 0, sizeof a);
        for (size_t i = 0; i < whole; i += KERNEL_LANES)
            for (size_t l = 0; l < KERNEL_LANES; l++)
                a[l] += (in[i + l] - mean) * (in[i + l] - mean);
        float square = kernel_lanes_sum(a);
        for (size_t i = whole; i < d; i++)
            square += (in[i] - mean) * (in[i] - mean);
        float inverse = 1.0f / sqrtf(square / (float)d + eps);

        /* With n = (x - mean) inverse and g = dy weight: dx = inverse (g - mean(g) - n mean(g n)). */
        memset(a, 0, sizeof a);
        for (size_t i = 0; i < whole; i += KERNEL_LANES)
            for (size_t l = 0; l < KERNEL_LANES; l++) {
                float g = up[i + l] * weight[i + l];
                a[l] += g;
                b[l] += g * (in[i + l] - mean);
            }
        float g_sum = kernel_lanes_sum(a), gn_sum = kernel_lanes_sum(b);
        for (size_t i = whole; i < d; i++) {
            g_sum += up[i] * weight[i];
            gn_sum += up[i] * weight[i] * (in[i] - mean);
        }
        float g_mean = g_sum / (float)d, gn_mean = gn_sum * inverse / (float)d;
        for (size_t i = 0; i < d; i++) {
            float n = (in[i] - mean) * inverse, change = up[i];
            dweight[i] += change * n;
            dbias[i] += change;
            down[i] = inverse * (change * weight[i] - g_mean - n * gn_mean);
        }
    }
}

static uint64_t kernel_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u; /* the finisher of splitmix64 */
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct kernel_key kernel_key_make(uint64_t seed, uint64_t step, uint64_t site)
{
    uint64_t x = kernel_mix(seed + 0x9e3779b97f4a7c15u);
    x = kernel_mix(x ^ (step + 1) * 0x9e3779b97f4a7c15u);
    x = kernel_mix(x ^ (site + 1) * 0x9e3779b97f4a7c15u);
    return (struct kernel_key){(uint32_t)x, (uint32_t)(x >> 32)};
}

/* The finisher of MurmurHash3 (Appleby), with the key at both ends. */
KERNEL_INLINE uint32_t kernel_bits(struct kernel_key key, uint32_t place)
{
    uint32_t x = place * 0x9e3779b1u ^ key.a;
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x ^= key.b;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    return x ^ (x >> 16);
}

KERNEL_CLONES void kernel_dropout(const float *x, size_t n, struct kernel_key key, uint32_t first, double probability,
                                  float *y)
{
    uint32_t threshold = (uint32_t)(probability * 4294967296.0);
    float scale = (float)(1 / (1 - probability));
    for (size_t i = 0; i < n; i++) {
        float kept = x[i] * scale;
        y[i] = kernel_bits(key, first + (uint32_t)i) >= threshold ? kept : 0.0f;
    }
}

void kernel_normal(struct kernel_key key, uint32_t first, size_t n, float *out)
{
    for (size_t i = 0; i < n; i += 2) {
        /* The first is never 0. */
        double u = (kernel_bits(key, first + (uint32_t)i) + 0.5) / 4294967296.0;
        double v = kernel_bits(key, first + (uint32_t)i + 1) / 4294967296.0;
        float radius = sqrtf(-2.0f * logf((float)u)), angle = 6.2831853071795865f * (float)v;
        out[i] = radius * cosf(angle);
        if (i + 1 < n)
            out[i + 1] = radius * sinf(angle);
    }
}
