/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PATHS = 8 };

static char scratch_folder[PATH_BYTES / 2];

int scratch_setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(scratch_folder, sizeof scratch_folder, "%s/mmib-test.XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(scratch_folder) ? 0 : -1;
}

static int scratch_remove(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

int scratch_teardown(void **state)
{
    (void)state;
    return nftw(scratch_folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static char *scratch_buffer(void)
{
    static char buffers[PATHS][PATH_BYTES];
    static size_t next;
    return buffers[next++ % PATHS];
}

const char *scratch_path(const char *name)
{
    char *path = scratch_buffer();
    snprintf(path, PATH_BYTES, "%s/%s", scratch_folder, name);
    return path;
}

const char *scratch_write(const char *name, const void *bytes, size_t n)
{
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, n, file) != n || fclose(file)) {
        perror(path);
        exit(99);
    }
    return path;
}

unsigned char *scratch_read(const char *path, size_t *n)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &status)) {
        perror(path);
        exit(99);
    }
    *n = (size_t)status.st_size;
    unsigned char *bytes = malloc(*n + 1);
    if (!bytes || fread(bytes, 1, *n, file) != *n)
        exit(99);
    fclose(file);
    return bytes;
}

const char *scratch_shared(const char *name)
{
    const char *source = getenv("SRCDIR");
    char *path = scratch_buffer();
    snprintf(path, PATH_BYTES, "%s/../shared/%s", source ? source : ".", name);
    return access(path, R_OK) ? NULL : path;
}
