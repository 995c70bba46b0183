/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/file-state.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int file_stamp_read(const char *path, struct file_stamp *out, struct error *err)
{
    struct stat st;
    *out = (struct file_stamp){0};
    if (stat(path, &st))
        return errno == ENOENT ? 0 : error_errno(err, path);
    *out = (struct file_stamp){true, st.st_dev, st.st_ino, st.st_size, st.st_ctim, st.st_mode, st.st_uid, st.st_gid};
    return 0;
}

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->device == b->device && a->inode == b->inode && a->size_bytes == b->size_bytes &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Ends the sum, as hexadecimal digits. */
static void sha256_end(struct sha256_ctx *context, char out[FILE_SHA256_BYTES])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void file_sha256_of(const void *bytes, size_t n, char out[FILE_SHA256_BYTES])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    sha256_end(&context, out);
}

int file_sha256(const char *path, char out[FILE_SHA256_BYTES], struct error *err)
{
    struct sha256_ctx context;
    uint8_t buffer[1 << 16];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, path);
    sha256_init(&context);
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            error_errno(err, path);
            close(fd);
            return -1;
        }
        if (n == 0)
            break;
        sha256_update(&context, (size_t)n, buffer);
    }
    close(fd);
    sha256_end(&context, out);
    return 0;
}

int file_write_at(int fd, const char *bytes, size_t n, off_t offset)
{
    while (n) {
        ssize_t written = pwrite(fd, bytes, n, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written ? errno : ENOSPC;
            return -1;
        }
        bytes += written;
        n -= (size_t)written;
        offset += written;
    }
    return 0;
}
