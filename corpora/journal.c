/* Appending to a journal, and the thread that syncs it.
 *
 * The calling thread writes lines and never waits for the disk; the thread syncs what was written JOURNAL_SYNC_MS after
 * the first line that is not yet on disk, so that a burst of keys is one sync. After a failed sync the kernel may have
 * dropped the pages, and a later sync would wrongly succeed: the failure stands until a save has brought everything to
 * disk another way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/journal.h"

#include "corpora/edit-value.h"
#include "corpora/files.h"
#include "corpora/journal-text.h"
#include "corpora/text.h"
#include "corpora/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct journal {
    char *path, *corpus_path;
    struct journal_header header;
    int fd;                       /* -1 until the first act of a new one */
    size_t length_bytes;          /* of whole lines; what stands behind it in the file was cut */
    bool tail;                    /* something stands behind length_bytes */
    size_t n_lines, n_changes;    /* acts; without saves */
    bool write_failed;
    struct error write_error;

    /* Shared with the thread, under mutex. */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake, synced;
    size_t written, on_disk; /* lines so far, never reset */
    struct timespec due;     /* when the first line that is not on disk has to be */
    bool hurry, quit, new_file;
    int sync_errno; /* 0 = no failure */
};

/* The thread */

static void *journal_thread(void *argument)
{
    struct journal *journal = argument;
    pthread_mutex_lock(&journal->mutex);
    for (;;) {
        while (journal->written == journal->on_disk && !journal->quit)
            pthread_cond_wait(&journal->wake, &journal->mutex);
        if (journal->written == journal->on_disk)
            break;
        while (!journal->hurry && !journal->quit &&
               pthread_cond_timedwait(&journal->wake, &journal->mutex, &journal->due) != ETIMEDOUT)
            continue;
        size_t target = journal->written;
        int fd = journal->fd, failure = 0;
        bool new_file = journal->new_file;
        pthread_mutex_unlock(&journal->mutex);
        if (fdatasync(fd))
            failure = errno;
        else if (new_file && file_sync_folder(journal->path))
            failure = errno;
        pthread_mutex_lock(&journal->mutex);
        if (failure)
            journal->sync_errno = failure;
        else
            journal->new_file = false;
        journal->on_disk = target;
        journal->hurry = false;
        pthread_cond_broadcast(&journal->synced);
    }
    pthread_mutex_unlock(&journal->mutex);
    return NULL;
}

static int journal_start(struct journal *journal, struct error *err)
{
    pthread_condattr_t clock;
    if (pthread_mutex_init(&journal->mutex, NULL) || pthread_condattr_init(&clock))
        return error_memory(err, journal->path);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    int failure = pthread_cond_init(&journal->wake, &clock);
    failure = failure ? failure : pthread_cond_init(&journal->synced, NULL);
    pthread_condattr_destroy(&clock);
    if (!failure)
        return thread_start(&journal->thread, journal_thread, journal, journal->path, err);
    errno = failure;
    return error_errno(err, journal->path);
}

/* Tells the thread about a line that was written. */
static void journal_notify(struct journal *journal)
{
    pthread_mutex_lock(&journal->mutex);
    if (journal->written++ == journal->on_disk) {
        clock_gettime(CLOCK_MONOTONIC, &journal->due);
        journal->due.tv_nsec += JOURNAL_SYNC_MS * 1000000L;
        journal->due.tv_sec += journal->due.tv_nsec / 1000000000L;
        journal->due.tv_nsec %= 1000000000L;
    }
    pthread_cond_signal(&journal->wake);
    pthread_mutex_unlock(&journal->mutex);
}

int journal_sync(struct journal *journal, struct error *err)
{
    pthread_mutex_lock(&journal->mutex);
    size_t target = journal->written;
    while (journal->on_disk < target) {
        journal->hurry = true;
        pthread_cond_signal(&journal->wake);
        pthread_cond_wait(&journal->synced, &journal->mutex);
    }
    pthread_mutex_unlock(&journal->mutex);
    return journal_failure(journal, err);
}

bool journal_is_synced(struct journal *journal)
{
    pthread_mutex_lock(&journal->mutex);
    bool synced = journal->written == journal->on_disk;
    pthread_mutex_unlock(&journal->mutex);
    return synced;
}

bool journal_is_intact(struct journal *journal)
{
    pthread_mutex_lock(&journal->mutex);
    bool intact = journal->sync_errno == 0;
    pthread_mutex_unlock(&journal->mutex);
    return intact;
}

int journal_failure(struct journal *journal, struct error *err)
{
    pthread_mutex_lock(&journal->mutex);
    int failure = journal->sync_errno;
    pthread_mutex_unlock(&journal->mutex);
    if (failure) {
        errno = failure;
        return error_errno(err, journal->path);
    }
    if (!journal->write_failed)
        return 0;
    if (err)
        *err = journal->write_error;
    return -1;
}

bool journal_is_empty(struct journal *journal)
{
    return journal->n_changes == 0;
}

/* Writing */

int journal_open(const char *path, const struct journal_header *header, const struct journal_replay *found,
                 struct journal **out, struct error *err)
{
    struct journal *journal = calloc(1, sizeof *journal);
    *out = NULL;
    if (!journal)
        return error_memory(err, path);
    journal->fd = -1;
    journal->path = journal_file_name(path, ".journal", NULL);
    journal->corpus_path = strdup(path);
    journal->header = found->valid_bytes ? found->header : *header;
    journal->length_bytes = found->valid_bytes;
    journal->tail = true; /* whatever is there: the first write looks */
    journal->n_lines = found->n_lines;
    journal->n_changes = found->n_applied;
    int failed = journal->path && journal->corpus_path ? 0 : error_memory(err, path);
    /* One with lines is held open from here on, so that they are still to be had when somebody removes it. */
    if (!failed && found->valid_bytes && (journal->fd = open(journal->path, O_RDWR | O_CLOEXEC)) < 0)
        failed = error_errno(err, journal->path);
    if (!failed && journal_start(journal, err))
        failed = -1;
    if (failed) {
        if (journal->fd >= 0)
            close(journal->fd);
        free(journal->path);
        free(journal->corpus_path);
        free(journal);
        return -1;
    }
    *out = journal;
    return 0;
}

/* The file's descriptor, or -1 with a message. flags: O_EXCL or none. */
static int journal_create(const struct journal *journal, int flags, struct error *err)
{
    struct file_stamp corpus;
    if (file_stamp_read(journal->corpus_path, &corpus, err))
        return -1;
    /* Who may not read the corpus may not read its journal. */
    mode_t mode = corpus.exists ? (corpus.mode & 0666) | S_IRUSR | S_IWUSR : 0666;
    int fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | flags, mode);
    if (fd < 0)
        error_errno(err, journal->path);
    return fd;
}

static int copy_bytes(int from, int to, size_t n)
{
    char buffer[1 << 14];
    for (off_t at = 0; (size_t)at < n;) {
        size_t left = n - (size_t)at;
        ssize_t got = pread(from, buffer, left < sizeof buffer ? left : sizeof buffer, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got ? errno : EIO;
            return -1;
        }
        if (file_write_at(to, buffer, (size_t)got, at))
            return -1;
        at += got;
    }
    return 0;
}

/* The file was removed by another program, but is still open: its lines go into a new one of its name. */
static int journal_put_back(struct journal *journal, struct error *err)
{
    int fd = journal_create(journal, O_EXCL, err);
    if (fd < 0)
        return -1;
    if (copy_bytes(journal->fd, fd, journal->length_bytes)) {
        error_errno(err, journal->path);
        unlink(journal->path);
        close(fd);
        return -1;
    }
    journal_sync(journal, NULL); /* the thread must be done with the old one */
    pthread_mutex_lock(&journal->mutex);
    close(journal->fd);
    journal->fd = fd;
    pthread_mutex_unlock(&journal->mutex);
    journal->tail = false;
    return 0;
}

static bool journal_was_removed(const struct journal *journal)
{
    struct stat status;
    return journal->fd >= 0 && !fstat(journal->fd, &status) && !status.st_nlink;
}

/* Its folder is to be synced with the next line that is written, even if the first one could not be. */
static void journal_is_new(struct journal *journal)
{
    pthread_mutex_lock(&journal->mutex);
    journal->new_file = true;
    pthread_mutex_unlock(&journal->mutex);
}

/* Opens the file where that was not done yet, and cuts off what an unfinished write left behind the last whole line. */
static int journal_prepare(struct journal *journal, struct error *err)
{
    if (journal->fd < 0) {
        if ((journal->fd = journal_create(journal, 0, err)) < 0)
            return -1;
        journal_is_new(journal);
    } else if (journal_was_removed(journal)) {
        if (journal_put_back(journal, err))
            return -1;
        journal_is_new(journal);
    }
    if (journal->tail && ftruncate(journal->fd, (off_t)journal->length_bytes))
        return error_errno(err, journal->path);
    journal->tail = false;
    return 0;
}

/* Writes text, whole or not at all. */
static int journal_write(struct journal *journal, const struct text *text, struct error *err)
{
    if (journal_prepare(journal, err))
        return -1;
    if (file_write_at(journal->fd, text->bytes, text->n, (off_t)journal->length_bytes)) {
        error_errno(err, journal->path);
        journal->tail = ftruncate(journal->fd, (off_t)journal->length_bytes) != 0;
        return -1;
    }
    journal->length_bytes += text->n;
    journal_notify(journal);
    return 0;
}

static int journal_put(struct journal *journal, const struct journal_line *line, struct error *err)
{
    struct text text = {0};
    struct error why = {0};
    int failed;
    if (journal->length_bytes == 0)
        journal_line_put_header(&text, journal->corpus_path, &journal->header);
    failed = journal_line_put(&text, line, &why);
    if (!failed)
        failed = journal_write(journal, &text, &why);
    text_free(&text);
    journal->write_failed = failed;
    journal->write_error = why;
    if (failed) {
        if (err)
            *err = why;
        return -1;
    }
    journal->n_lines++;
    journal->n_changes += line->act != JOURNAL_SAVE;
    return 0;
}

static size_t next_number(const struct journal *journal)
{
    return journal->header.after + journal->n_lines + 1;
}

int journal_append(struct journal *journal, enum journal_act kind, const struct edit_act *act, const char *const *ids,
                   const char *by, struct error *err)
{
    char now[EDIT_TIME_BYTES];
    edit_time_now(now);
    struct journal_line line = {.seq = next_number(journal), .time = now, .by = (char *)by, .act = kind,
                                .edits = *act, .ids = (char **)ids};
    return journal_put(journal, &line, err);
}

int journal_append_rename(struct journal *journal, const char *const *maps, size_t n_maps, const char *by,
                          struct error *err)
{
    char now[EDIT_TIME_BYTES];
    edit_time_now(now);
    struct journal_line line = {.seq = next_number(journal), .time = now, .by = (char *)by, .act = JOURNAL_RENAME,
                                .maps = (char **)maps, .n_maps = n_maps};
    return journal_put(journal, &line, err);
}

int journal_append_save(struct journal *journal, const char sha256[FILE_SHA256_BYTES], struct error *err)
{
    char now[EDIT_TIME_BYTES];
    edit_time_now(now);
    struct journal_line line = {.seq = next_number(journal), .time = now, .act = JOURNAL_SAVE};
    memcpy(line.sha256, sha256, sizeof line.sha256);
    if (journal_put(journal, &line, err))
        return -1;
    return journal_sync(journal, err);
}

void journal_settle(struct journal *journal)
{
    journal_sync(journal, NULL);
    journal->n_changes = 0;
    journal->write_failed = false;
    pthread_mutex_lock(&journal->mutex);
    journal->sync_errno = 0;
    pthread_mutex_unlock(&journal->mutex);
}

int journal_clear(struct journal *journal, const struct journal_header *header, struct error *err)
{
    journal_sync(journal, NULL); /* the thread must not meet the file half emptied */
    /* Where it cannot be emptied, it goes on as it is: it says itself that the corpus holds its lines. */
    if (truncate(journal->path, 0) && errno != ENOENT)
        return error_errno(err, journal->path);
    journal->header = *header;
    journal->length_bytes = 0;
    journal->n_lines = 0;
    return 0;
}

const struct journal_header *journal_header_peek(const struct journal *journal)
{
    return &journal->header;
}

size_t journal_count(const struct journal *journal)
{
    return journal->n_lines;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    pthread_mutex_lock(&journal->mutex);
    journal->quit = true;
    pthread_cond_signal(&journal->wake);
    pthread_mutex_unlock(&journal->mutex);
    pthread_join(journal->thread, NULL);
    if (journal->n_lines && journal_was_removed(journal) && !journal_put_back(journal, NULL) &&
        !fdatasync(journal->fd))
        file_sync_folder(journal->path);
    if (journal->fd >= 0)
        close(journal->fd);
    if (journal->n_lines == 0)
        unlink(journal->path);
    pthread_cond_destroy(&journal->wake);
    pthread_cond_destroy(&journal->synced);
    pthread_mutex_destroy(&journal->mutex);
    free(journal->path);
    free(journal->corpus_path);
    free(journal);
}
