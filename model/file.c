/* SPDX-License-Identifier: Apache-2.0 */
#include "model/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
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

int file_writer_open(struct file_writer *out, const char *path, struct error *err)
{
    static const char ending[] = ".XXXXXX";
    size_t n = strlen(path);
    *out = (struct file_writer){.path = strdup(path), .temporary = malloc(n + sizeof ending)};
    if (!out->path || !out->temporary) {
        file_writer_abandon(out);
        return error_memory(err, path);
    }
    memcpy(out->temporary, path, n);
    memcpy(out->temporary + n, ending, sizeof ending);
    int fd = mkstemp(out->temporary);
    if (fd < 0) {
        error_errno(err, path);
        free(out->temporary);
        out->temporary = NULL;
        file_writer_abandon(out);
        return -1;
    }
    mode_t mask = umask(0); /* mkstemp makes a private file; a new file gets what the user's mask leaves */
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    out->stream = fdopen(fd, "wb");
    if (!out->stream) {
        error_errno(err, path);
        close(fd);
        file_writer_abandon(out);
        return -1;
    }
    return 0;
}

/* The rename itself is on disk once the folder is. */
static int file_sync_folder(char *path)
{
    int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    close(fd);
    return result;
}

int file_writer_commit(struct file_writer *writer, struct error *err)
{
    int failed = fflush(writer->stream) || ferror(writer->stream) || fsync(fileno(writer->stream));
    failed = failed ? failed : rename(writer->temporary, writer->path);
    if (failed) {
        error_errno(err, writer->path);
        file_writer_abandon(writer);
        return -1;
    }
    fclose(writer->stream);
    writer->stream = NULL;
    strcpy(writer->temporary, writer->path);
    int result = file_sync_folder(writer->temporary) ? error_errno(err, writer->path) : 0;
    free(writer->temporary);
    writer->temporary = NULL;
    file_writer_abandon(writer);
    return result;
}

void file_writer_abandon(struct file_writer *writer)
{
    if (writer->stream)
        fclose(writer->stream);
    if (writer->temporary)
        unlink(writer->temporary);
    free(writer->temporary);
    free(writer->path);
    *writer = (struct file_writer){0};
}
