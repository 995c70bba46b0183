/* What the files of loops share: how they are compiled, and the exponential function that a loop can hold inline.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_KERNEL_INLINE_H
#define MMIB_MODEL_KERNEL_INLINE_H

#include <stdint.h>
#include <string.h>

/* Compiled for AVX-512, AVX2 and the plain processor; the right one is picked when the program starts. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KERNEL_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL_CLONES
#endif
#define KERNEL_INLINE static inline __attribute__((always_inline))

enum { KERNEL_LANES = 16 }; /* partial sums that a compiler may keep in one wide register */

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

#endif
