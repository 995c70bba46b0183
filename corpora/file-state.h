/* Which state of a file this is: by a glance (stamp) or by its contents (SHA-256).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_FILE_STATE_H
#define MMIB_CORPORA_FILE_STATE_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum { FILE_SHA256_BYTES = 65 }; /* 64 hexadecimal digits and the end */

/* What tells without reading whether a file is still the one that was read. */
struct file_stamp {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size_bytes;
    struct timespec changed; /* the inode's: who writes a file cannot set it back */
    mode_t mode;
    uid_t user;
    gid_t group;
};

/* A file that does not exist is no failure. */
int file_stamp_read(const char *path, struct file_stamp *out, struct error *err);
bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

int file_sha256(const char *path, char out[FILE_SHA256_BYTES], struct error *err);

/* The same of n bytes at hand. */
void file_sha256_of(const void *bytes, size_t n, char out[FILE_SHA256_BYTES]);

/* Writes all n bytes at offset. -1 with errno. */
int file_write_at(int fd, const char *bytes, size_t n, off_t offset);

#endif
