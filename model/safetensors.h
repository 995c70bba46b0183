/* Weights files in the safetensors format: mapped, checked in full, never trusted.
 *
 * Layout: 8 bytes little-endian header length, a JSON header {"name": {"dtype", "shape", "data_offsets"}}, data.
 * The tensors cover the data without gap or overlap. Messages are "FILE: NAME: reason".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_SAFETENSORS_H
#define MMIB_MODEL_SAFETENSORS_H

#include "corpora/error.h"
#include "model/tensor.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SAFETENSORS_MAX_HEADER_BYTES = 16 * 1024 * 1024,
    SAFETENSORS_ALIGNMENT_BYTES = 64, /* of the data that we write, and of converted copies */
};

struct safetensors_entry {
    const char *name;
    enum tensor_type type;
    size_t rank;
    size_t shape[TENSOR_MAX_RANK];
    const void *data; /* inside the mapping; may be unaligned */
    size_t bytes;
};

struct safetensors;

/* Maps the file and checks offsets, sizes, overlaps, gaps and shapes. ERROR_INPUT names file and tensor. The file must
 * not be cut while it is open (replacing it, as every writer here does, is fine). */
struct safetensors *safetensors_open(const char *path, struct error *err);
void safetensors_close(struct safetensors *file);

size_t safetensors_count(const struct safetensors *file);
const struct safetensors_entry *safetensors_at(const struct safetensors *file, size_t index); /* by name, ascending */
const struct safetensors_entry *safetensors_find(const struct safetensors *file, const char *name);
const char *safetensors_path(const struct safetensors *file);

/* The tensor as f32, of exactly this shape: the mapping itself where it holds aligned F32, else a copy (F16, BF16, and
 * F32 that is not aligned) that lives as long as the file is open. NULL with "FILE: NAME: reason" when the name is
 * missing, the shape is another one, or the type is none of these. Not to be called by two threads at once. */
const float *safetensors_f32(struct safetensors *file, const char *name, size_t rank, const size_t *shape,
                             struct error *err);

/* Copies the tensor as f32 to `at`, which has room for it and outlives the file; safetensors_f32 gives that copy from then
 * on. 0, or -1 with the message of safetensors_f32. */
int safetensors_place(struct safetensors *file, const char *name, size_t rank, const size_t *shape, float *at,
                      struct error *err);

/* Is the tensor there with exactly this shape and a type that safetensors_f32 gives? 0, or -1 with its message. */
int safetensors_expect(const struct safetensors *file, const char *name, size_t rank, const size_t *shape,
                       struct error *err);

/* Fills bytes [offset, offset + n) of an entry that has no data of its own. 0 or -1. */
typedef int safetensors_producer(void *context, const struct safetensors_entry *entry, size_t offset, void *out,
                                 size_t n, struct error *err);

/* The same of a tensor that was found (entry NULL = it was not) in any file of weights. */
int safetensors_expect_entry(const struct safetensors_entry *entry, const char *path, const char *name, size_t rank,
                             const size_t *shape, struct error *err);

/* Writes entries (contiguous, in native byte order) to a temporary file, syncs and renames it. An entry's bytes must be
 * what its shape and type make. Where data is NULL the producer is asked for it, front to back and in small pieces, so
 * that a large file needs little memory; producer may be NULL when every entry has data. */
int safetensors_write(const char *path, const struct safetensors_entry *entries, size_t n,
                      safetensors_producer *producer, void *context, struct error *err);

#endif
