/* Number types of stored tensors, and half precision: single values and whole runs.
 *
 * F16 is IEEE 754 binary16 (5 exponent bits, 10 of mantissa), BF16 the upper half of a binary32.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_TENSOR_H
#define MMIB_MODEL_TENSOR_H

#include <stddef.h>
#include <stdint.h>

enum { TENSOR_MAX_RANK = 8 };

enum tensor_type { TENSOR_F64, TENSOR_F32, TENSOR_F16, TENSOR_BF16, TENSOR_I64, TENSOR_I32, TENSOR_I16, TENSOR_I8,
                   TENSOR_U8, TENSOR_BOOL };
enum { TENSOR_TYPES = TENSOR_BOOL + 1 };

size_t tensor_type_bytes(enum tensor_type type);
const char *tensor_type_name(enum tensor_type type); /* "F32", as in weights files */

float tensor_from_f16(uint16_t h);
float tensor_from_bf16(uint16_t h);

/* Round to nearest, ties to even; too large becomes infinity, NaN stays NaN. */
uint16_t tensor_to_f16(float f);
uint16_t tensor_to_bf16(float f);

/* n numbers from src, which may be unaligned. F16 goes through F16C where the processor has it. */
void tensor_run_from_f16(const void *src, float *out, size_t n);
void tensor_run_from_bf16(const void *src, float *out, size_t n);

/* The same without special instructions: what other processors run, and what the fast one is checked against. */
void tensor_run_from_f16_portable(const void *src, float *out, size_t n);

#endif
