/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/hash.h"

#include <string.h>

static const uint64_t HASH_PRIME = 0x100000001b3u;

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    for (const unsigned char *p = bytes, *end = p + n; p < end; p++)
        hash = (hash ^ *p) * HASH_PRIME;
    return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
    return hash_bytes(hash, text, strlen(text));
}
