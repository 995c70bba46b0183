/* Weights files in the safetensors format: mapped, checked in full, never trusted.
 *
 * Layout: 8 bytes little-endian header length, a JSON header {"name": {"dtype", "shape", "data_offsets"}}, data.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_SAFETENSORS_H
#define MMIB_MODEL_SAFETENSORS_H

#include "corpora/error.h"

#include <stddef.h>
#include <stdint.h>

enum { TENSOR_MAX_RANK = 8 };

enum tensor_type { TENSOR_F64, TENSOR_F32, TENSOR_F16, TENSOR_BF16, TENSOR_I64, TENSOR_I32, TENSOR_I16, TENSOR_I8,
                   TENSOR_U8, TENSOR_BOOL };

struct safetensors_entry {
    const char *name;
    enum tensor_type type;
    size_t rank;
    size_t shape[TENSOR_MAX_RANK];
    const void *data; /* inside the mapping; may be unaligned */
    size_t bytes;
};

struct safetensors;

/* Maps the file and checks offsets, sizes, overlaps, gaps and shapes. ERROR_INPUT names file and tensor. */
struct safetensors *safetensors_open(const char *path, struct error *err);
void safetensors_close(struct safetensors *file);

size_t safetensors_count(const struct safetensors *file);
const struct safetensors_entry *safetensors_at(const struct safetensors *file, size_t index); /* by name, ascending */
const struct safetensors_entry *safetensors_find(const struct safetensors *file, const char *name);
const char *safetensors_path(const struct safetensors *file);

/* The tensor as f32, of exactly this shape: the mapping itself where it holds aligned F32, else a converted copy
 * (F16, BF16) that lives as long as the file is open. NULL with "FILE: NAME: reason" when the name is missing, the
 * shape is another one, or the type is no float. Thread-safe only before the model is shared. */
const float *safetensors_f32(struct safetensors *file, const char *name, size_t rank, const size_t *shape,
                             struct error *err);

/* Writes entries (data contiguous, in native byte order) to a temporary file, syncs and renames it. */
int safetensors_write(const char *path, const struct safetensors_entry *entries, size_t n, struct error *err);

size_t tensor_type_bytes(enum tensor_type type);

/* IEEE half and bfloat16 conversion (round to nearest even). */
float tensor_from_f16(uint16_t h);
uint16_t tensor_to_f16(float f);
float tensor_from_bf16(uint16_t h);

#endif
