/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/files.h"

#include "corpora/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *file_last_part(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t first = n;
    while (first && path[first - 1] != '/')
        first--;
    return strndup(path + first, n - first);
}

char *file_join(const char *folder, const char *name)
{
    struct text path = {0};
    if (*name != '/') {
        text_add(&path, *folder ? folder : ".");
        if (path.n && path.bytes[path.n - 1] != '/')
            text_add_char(&path, '/');
    }
    text_add(&path, name);
    return text_take(&path);
}

char *file_relative(const char *base, const char *target)
{
    char *from = realpath(base, NULL), *to = realpath(target, NULL);
    struct text path = {0};
    if (!from || !to) {
        char *here = *target == '/' ? strdup("/") : getcwd(NULL, 0);
        char *absolute = here ? file_join(here, target) : NULL;
        free(here);
        free(from);
        free(to);
        return absolute;
    }
    /* The common head ends where both have a "/" or an end. */
    size_t common = 0;
    for (size_t i = 0;; i++) {
        bool from_edge = from[i] == '/' || !from[i], to_edge = to[i] == '/' || !to[i];
        if (from_edge && to_edge)
            common = i;
        if (from[i] != to[i] || !from[i])
            break;
    }
    const char *up = from + common + (from[common] == '/'), *down = to + common + (to[common] == '/');
    while (*up) {
        text_add(&path, path.n ? "/.." : "..");
        up += strcspn(up, "/");
        up += *up == '/';
    }
    if (*down)
        text_add(&path, path.n ? "/" : "");
    text_add(&path, *down || path.n ? down : ".");
    free(from);
    free(to);
    return text_take(&path);
}

char *file_follow_links(const char *path)
{
    char *found = realpath(path, NULL);
    return found ? found : strdup(path);
}

static const char temporary_ending[] = ".tmp-";

void file_remove_temporaries(const char *target)
{
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    char *folder = file_folder(target);
    DIR *entries = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        size_t n = strlen(name), n_ending = sizeof temporary_ending - 1;
        if (!strncmp(entry->d_name, name, n) && !strncmp(entry->d_name + n, temporary_ending, n_ending) &&
            strspn(entry->d_name + n + n_ending, "0123456789-") == strlen(entry->d_name + n + n_ending))
            unlinkat(dirfd(entries), entry->d_name, 0);
    }
    if (entries)
        closedir(entries);
    free(folder);
}

/* A new file beside the target, whose name nobody else has; the umask applies as to any file. */
static int open_temporary(const char *target, char **name_out)
{
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        struct text name = {0};
        text_add_format(&name, "%s%s%ld-%u", target, temporary_ending, (long)getpid(), attempt);
        if (!(*name_out = text_take(&name))) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(*name_out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        free(*name_out);
        *name_out = NULL;
    }
    return -1;
}

/* A device or pipe is written to; a file is replaced by a new one. */
static int open_target(struct file_writer *out)
{
    struct stat status;
    bool exists = !stat(out->target, &status);
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (exists && !S_ISREG(status.st_mode))
        return (out->stream = fopen(out->target, "w")) ? 0 : -1;
    int fd = open_temporary(out->target, &out->temporary);
    if (fd < 0)
        return -1;
    if ((exists && fchmod(fd, status.st_mode & 07777)) || !(out->stream = fdopen(fd, "w"))) {
        int cause = errno;
        close(fd);
        errno = cause;
        return -1;
    }
    return 0;
}

int file_writer_open(const char *path, struct file_writer *out, struct error *err)
{
    *out = (struct file_writer){.path = path};
    if (!strcmp(path, "-")) {
        out->stream = stdout;
        return 0;
    }
    if ((out->target = file_follow_links(path)) && !open_target(out))
        return 0;
    error_errno(err, path);
    file_writer_abandon(out);
    return -1;
}

/* Folders that may not be read, and file systems that cannot sync one, have to be trusted. */
int file_sync_folder(const char *path)
{
    char *folder = file_folder(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int result = fd >= 0 && fsync(fd) && (errno == EIO || errno == ENOSPC || errno == EDQUOT) ? -1 : 0;
    if (fd >= 0)
        close(fd);
    free(folder);
    return result;
}

/* Reports errno and ends the writing. */
static int writer_fail(struct file_writer *writer, struct error *err)
{
    error_errno(err, strcmp(writer->path, "-") ? writer->path : "standard output");
    file_writer_abandon(writer);
    return -1;
}

int file_writer_sync(struct file_writer *writer, struct error *err)
{
    FILE *stream = writer->stream;
    bool failed = fflush(stream) || ferror(stream) || (writer->temporary && fsync(fileno(stream)));
    int cause = errno;
    if (stream != stdout && fclose(stream) && !failed) {
        failed = true;
        cause = errno;
    }
    writer->stream = NULL;
    errno = cause;
    return failed ? writer_fail(writer, err) : 0;
}

int file_writer_place(struct file_writer *writer, struct error *err)
{
    if (writer->temporary && (rename(writer->temporary, writer->target) || file_sync_folder(writer->target)))
        return writer_fail(writer, err);
    file_writer_abandon(writer);
    return 0;
}

int file_writer_finish(struct file_writer *writer, struct error *err)
{
    return file_writer_sync(writer, err) ? -1 : file_writer_place(writer, err);
}

void file_writer_abandon(struct file_writer *writer)
{
    if (writer->stream && writer->stream != stdout)
        fclose(writer->stream);
    if (writer->temporary)
        unlink(writer->temporary); /* nothing is there any more after a rename */
    free(writer->temporary);
    free(writer->target);
    *writer = (struct file_writer){0};
}

int file_copy(const char *from, const char *to, struct error *err)
{
    char buffer[1 << 14];
    struct file_writer writer;
    size_t n;
    FILE *input = fopen(from, "r");
    if (!input)
        return error_errno(err, from);
    if (file_writer_open(to, &writer, err)) {
        fclose(input);
        return -1;
    }
    while ((n = fread(buffer, 1, sizeof buffer, input)) > 0)
        fwrite(buffer, 1, n, writer.stream);
    struct stat status;
    bool broken = ferror(input) || fstat(fileno(input), &status) ||
                  fchmod(fileno(writer.stream), status.st_mode & 0777);
    fclose(input);
    if (!broken)
        return file_writer_finish(&writer, err);
    file_writer_abandon(&writer);
    return error_set(err, ERROR_IO, "%s: cannot be read", from);
}
