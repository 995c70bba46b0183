/* What a model is known by: SHA-256 of its files.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_MODEL_MODEL_HASH_H
#define MMIB_MODEL_MODEL_HASH_H

#include <stddef.h>

enum { MODEL_HASH_BYTES = 2 * 32 + 1 };

/* Of config, vocabulary and weights, in this order: hex digits. -1 (and "") when one of them cannot be read. */
int model_hash(const char *const *paths, size_t n, char out[MODEL_HASH_BYTES]);

/* The same of a model directory. */
int model_hash_folder(const char *directory, char out[MODEL_HASH_BYTES]);

#endif
