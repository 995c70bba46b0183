/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/lock.h"

#include "corpora/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLDER_BYTES = 320 };

/* Writes who we are, for the message that others get. */
static void sign(int fd)
{
    char host[256] = "", holder[HOLDER_BYTES];
    gethostname(host, sizeof host - 1);
    int n = snprintf(holder, sizeof holder, "process %ld on %s\n", (long)getpid(), host);
    if (ftruncate(fd, 0) == 0 && n > 0 && pwrite(fd, holder, (size_t)n, 0) < 0)
        return; /* the lock holds without its message */
}

static int refuse(const char *path, int fd, const char *way_out, struct error *err)
{
    char holder[HOLDER_BYTES] = "";
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return error_set(err, ERROR_FINDING, "%s: %s has it open (%s)", path, *holder ? holder : "another process",
                     way_out);
}

/* Is the locked file still the one of that name? Its last holder may have removed it just before we got it. */
static bool is_current(int fd, const char *path)
{
    struct stat ours, named;
    return !fstat(fd, &ours) && !stat(path, &named) && ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

static char *lock_name(const char *path, struct error *err)
{
    struct text name = {0};
    text_add(&name, path);
    text_add(&name, ".lock");
    char *lock_path = text_take(&name);
    if (!lock_path)
        error_memory(err, path);
    return lock_path;
}

int lock_check(const char *path, struct error *err)
{
    char *lock_path = lock_name(path, err);
    if (!lock_path)
        return -1;
    int fd = open(lock_path, O_RDONLY | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
    if (held)
        refuse(path, fd, "close it there, or write to another file", err);
    if (fd >= 0)
        close(fd);
    free(lock_path);
    return held ? -1 : 0;
}

int lock_take(const char *path, struct lock *out, struct error *err)
{
    char *lock_path = lock_name(path, err);
    *out = (struct lock){.fd = -1};
    if (!lock_path)
        return -1;
    for (;;) {
        int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0) {
            if (errno == EACCES || errno == EROFS || errno == EPERM)
                error_set(err, ERROR_IO, "%s: its folder cannot be written, so it can only be opened read-only", path);
            else
                error_errno(err, lock_path);
            break;
        }
        if (flock(fd, LOCK_EX | LOCK_NB)) {
            if (errno == EWOULDBLOCK)
                refuse(path, fd, "close it there, or open it read-only here", err);
            else
                error_errno(err, lock_path);
            close(fd);
            break;
        }
        if (is_current(fd, lock_path)) {
            sign(fd);
            *out = (struct lock){lock_path, fd};
            return 0;
        }
        close(fd);
    }
    free(lock_path);
    return -1;
}

void lock_release(struct lock *lock)
{
    if (!lock->path)
        return;
    unlink(lock->path); /* while it is held, so that nobody loses a lock that is theirs */
    close(lock->fd);
    free(lock->path);
    *lock = (struct lock){.fd = -1};
}
