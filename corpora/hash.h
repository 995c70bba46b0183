/* FNV-1a, 64 bits: one number for bytes, carried on from part to part. For finding and telling apart, not against malice.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_HASH_H
#define MMIB_CORPORA_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325) /* of nothing */

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n);
uint64_t hash_text(uint64_t hash, const char *text); /* without its end, so that texts may run together */

#endif
