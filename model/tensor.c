/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tensor.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define TENSOR_HAVE_F16C 1
#include <immintrin.h>
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights files are little-endian, and are mapped as they are"
#endif

static const struct {
    const char *name;
    size_t bytes;
} tensor_types[TENSOR_TYPES] = {
    [TENSOR_F64] = {"F64", 8}, [TENSOR_F32] = {"F32", 4}, [TENSOR_F16] = {"F16", 2}, [TENSOR_BF16] = {"BF16", 2},
    [TENSOR_I64] = {"I64", 8}, [TENSOR_I32] = {"I32", 4}, [TENSOR_I16] = {"I16", 2}, [TENSOR_I8] = {"I8", 1},
    [TENSOR_U8] = {"U8", 1},   [TENSOR_BOOL] = {"BOOL", 1},
};

size_t tensor_type_bytes(enum tensor_type type)
{
    return tensor_types[type].bytes;
}

const char *tensor_type_name(enum tensor_type type)
{
    return tensor_types[type].name;
}

static float tensor_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t tensor_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

float tensor_from_f16(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, magnitude = (uint32_t)(h & 0x7fff) << 13;
    /* Read as binary32 the number is too small by the difference of the exponent biases; the product is exact, and turns
     * subnormal halves into normal numbers. */
    uint32_t bits = (h & 0x7c00) == 0x7c00 ? 0x7f800000 | magnitude : tensor_bits(tensor_float(magnitude) * 0x1p112f);
    return tensor_float(sign | bits);
}

float tensor_from_bf16(uint16_t h)
{
    return tensor_float((uint32_t)h << 16);
}

uint16_t tensor_to_f16(float f)
{
    uint32_t bits = tensor_bits(f), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (magnitude >= 0x477ff000) /* 65520, halfway between the largest half and what would follow */
        return (uint16_t)(sign | 0x7c00);
    if (magnitude < 0x38800000) /* below the smallest normal half: let the sum with 0.5, of ulp 2^-24, round it */
        return (uint16_t)(sign | (tensor_bits(tensor_float(magnitude) + 0.5f) - tensor_bits(0.5f)));
    return (uint16_t)(sign | (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
}

uint16_t tensor_to_bf16(float f)
{
    uint32_t bits = tensor_bits(f);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void tensor_run_from_f16_portable(const void *src, float *out, size_t n)
{
    const uint8_t *bytes = src;
    for (size_t i = 0; i < n; i++) {
        uint16_t h;
        memcpy(&h, bytes + 2 * i, sizeof h);
        out[i] = tensor_from_f16(h);
    }
}

#ifdef TENSOR_HAVE_F16C
__attribute__((target("avx,f16c"))) static void tensor_run_from_f16_f16c(const void *src, float *out, size_t n)
{
    const uint8_t *bytes = src;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(bytes + 2 * i))));
    tensor_run_from_f16_portable(bytes + 2 * i, out + i, n - i);
}
#endif

void tensor_run_from_f16(const void *src, float *out, size_t n)
{
#ifdef TENSOR_HAVE_F16C
    if (__builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c")) {
        tensor_run_from_f16_f16c(src, out, n);
        return;
    }
#endif
    tensor_run_from_f16_portable(src, out, n);
}

void tensor_run_from_bf16(const void *src, float *out, size_t n)
{
    const uint8_t *bytes = src;
    for (size_t i = 0; i < n; i++) {
        uint16_t h;
        memcpy(&h, bytes + 2 * i, sizeof h);
        out[i] = tensor_from_bf16(h);
    }
}
