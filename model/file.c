/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, size_t limit, uint8_t **out, size_t *n, struct error *err)
{
    int result = -1;
    uint8_t *bytes = NULL;
    struct stat st;
    *out = NULL;
    *n = 0;
    /* O_NONBLOCK so that a named pipe in the place of a file cannot hold the program up. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st)) {
        error_errno(err, path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(err, ERROR_INPUT, "%s: not a regular file", path);
        goto out;
    }
    if ((uintmax_t)st.st_size > limit) {
        error_set(err, ERROR_INPUT, "%s: %ju bytes, more than the limit of %zu", path, (uintmax_t)st.st_size, limit);
        goto out;
    }
    size_t size = (size_t)st.st_size, got = 0;
    bytes = malloc(size + 1);
    if (!bytes) {
        error_memory(err, path);
        goto out;
    }
    while (got < size) {
        ssize_t k = read(fd, bytes + got, size - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            error_errno(err, path);
            goto out;
        }
        if (k == 0)
            break; /* became shorter meanwhile: what is there is what counts */
        got += (size_t)k;
    }
    bytes[got] = 0;
    *out = bytes;
    *n = got;
    bytes = NULL;
    result = 0;
out:
    free(bytes);
    if (fd >= 0)
        close(fd);
    return result;
}
