/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char scratch_folder[2048];

/* Paths that were handed out, to be freed at the end. */
static char **scratch_paths;
static size_t scratch_n_paths;

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
    while (scratch_n_paths)
        free(scratch_paths[--scratch_n_paths]);
    free(scratch_paths);
    scratch_paths = NULL;
    return nftw(scratch_folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *scratch_join(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    char **paths = realloc(scratch_paths, (scratch_n_paths + 1) * sizeof *paths);
    if (!path || !paths)
        exit(99);
    sprintf(path, "%s/%s", folder, name);
    scratch_paths = paths;
    scratch_paths[scratch_n_paths++] = path;
    return path;
}

const char *scratch_path(const char *name)
{
    return scratch_join(scratch_folder, name);
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
