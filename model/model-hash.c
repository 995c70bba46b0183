/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model-hash.h"

#include "model/model-folder.h"

#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int model_hash_file(struct sha256_ctx *sha, const char *path)
{
    static const size_t block = 1 << 16;
    unsigned char *bytes = malloc(block);
    FILE *file = bytes ? fopen(path, "rb") : NULL;
    int failed = !file;
    uint64_t length = 0;
    for (size_t n; file && (n = fread(bytes, 1, block, file)) > 0; length += n)
        sha256_update(sha, n, bytes);
    if (file) {
        failed = ferror(file);
        fclose(file);
    }
    free(bytes);
    /* The lengths keep bytes from wandering between files unseen. */
    sha256_update(sha, sizeof length, (const unsigned char *)&length);
    return failed ? -1 : 0;
}

int model_hash(const char *const *paths, size_t n, char out[MODEL_HASH_BYTES])
{
    struct sha256_ctx sha;
    unsigned char digest[SHA256_DIGEST_SIZE];
    *out = '\0';
    sha256_init(&sha);
    for (size_t i = 0; i < n; i++)
        if (model_hash_file(&sha, paths[i]))
            return -1;
    sha256_digest(&sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

int model_hash_folder(const char *directory, char out[MODEL_HASH_BYTES])
{
    struct model_folder names;
    *out = '\0';
    if (model_folder_name(directory, &names, NULL))
        return -1;
    const char *const paths[] = {names.config, names.vocab, names.weights};
    int result = model_hash(paths, sizeof paths / sizeof *paths, out);
    model_folder_free(&names);
    return result;
}
