/* Opening a history: does it lead to the corpus as it is? Undo and redo in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/history-parts.h"

#include "corpora/journal-text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Looking at its ends ---- */

/* The first line. 0 with exists false where there is no history, or one that was cut in it. *other_out tells that it is
 * of a version that is not known. */
static int read_header(struct history *history, bool *other_out, struct error *err)
{
    char line[2048];
    const size_t n_start = strlen(journal_header_start);
    int fd = open(history->path, O_RDONLY | O_CLOEXEC);
    *other_out = false;
    if (fd < 0)
        return errno == ENOENT ? 0 : error_errno(err, history->path);
    ssize_t n = pread(fd, line, sizeof line, 0);
    int failed = n < 0 ? error_errno(err, history->path) : 0;
    close(fd);
    if (n <= 0)
        return failed;
    const char *end = memchr(line, '\n', (size_t)n);
    if (!end) {
        bool cut = n < (ssize_t)sizeof line && (line[0] == '\0' || !memcmp(line, journal_header_start,
                                                                           (size_t)n < n_start ? (size_t)n : n_start));
        return cut ? 0 : error_set(err, ERROR_INPUT, "%s:1: this is no history of mmib", history->path);
    }
    const struct json_document document = {line, (size_t)(end - line), history->path, 1};
    *other_out = journal_line_is_other_version(&document);
    if (journal_line_get_header(&document, &history->header, err))
        return -1;
    history->exists = true;
    history->length_bytes = end + 1 - line;
    return 0;
}

/* Where the last whole line ends. */
static int find_end(struct history *history, struct error *err)
{
    char buffer[1 << 14];
    struct stat status;
    int fd = open(history->path, O_RDONLY | O_CLOEXEC), failed = 0;
    if (fd < 0 || fstat(fd, &status))
        failed = error_errno(err, history->path);
    off_t at = failed ? 0 : status.st_size;
    while (!failed && at > history->length_bytes) {
        off_t from = at - (off_t)sizeof buffer < history->length_bytes ? history->length_bytes
                                                                        : at - (off_t)sizeof buffer;
        ssize_t n = pread(fd, buffer, (size_t)(at - from), from);
        if (n != at - from) {
            failed = n < 0 ? error_errno(err, history->path)
                           : error_set(err, ERROR_IO, "%s: another program is writing it", history->path);
            break;
        }
        while (n && buffer[n - 1] != '\n')
            n--;
        at = from + n;
        if (n)
            break;
    }
    if (!failed)
        history->length_bytes = at;
    if (fd >= 0)
        close(fd);
    return failed;
}

/* Finds the act behind which the journal goes on, or, where there is no journal, the last one. It must be the save that
 * made the corpus file what it was then. What stands behind it is from a crash between moving the lines of the journal
 * and emptying it: they are in the journal, and moved again. */
static int find_join(struct history *history, const char *sha256, const struct journal_replay *found, bool *fits_out,
                     struct error *err)
{
    const bool has_journal = found->valid_bytes > 0;
    struct history_back back;
    struct json_document document;
    *fits_out = false;
    if (find_end(history, err) || history_back_open(history->path, history->length_bytes, &back, err))
        return -1;
    int got = 1;
    for (size_t i = 0; i <= found->n_lines + 1 && !*fits_out; i++) {
        struct journal_line line = {.seq = history->header.after, .act = JOURNAL_SAVE};
        memcpy(line.sha256, history->header.sha256, sizeof line.sha256);
        if ((got = history_back_next(&back, &document, err)) < 0)
            break;
        if (got && journal_line_get(&document, &line, has_journal ? NULL : err)) {
            got = has_journal ? 1 : -1; /* half written lines may be behind the join, and only there */
            if (has_journal)
                continue;
            break;
        }
        const bool is_join = !has_journal || line.seq == found->header.after;
        *fits_out = is_join && line.act == JOURNAL_SAVE &&
                    !strcmp(line.sha256, has_journal ? found->header.sha256 : sha256);
        if (*fits_out) {
            history->last = line.seq;
            history->length_bytes = got ? back.at + (off_t)document.n + 1 : back.at;
        }
        const size_t seq = line.seq;
        journal_line_free(&line);
        if (!got || is_join || seq < found->header.after)
            break;
    }
    history_back_close(&back);
    return got < 0 ? -1 : 0;
}

/* ---- Putting aside ---- */

int history_put_aside(struct history *history, char **name_out, struct error *err)
{
    char ending[32];
    *name_out = NULL;
    for (unsigned number = 1; number < 100000; number++) {
        struct file_stamp stamps[2];
        snprintf(ending, sizeof ending, "-%u", number);
        char *name = journal_file_name(history->path, ending, err);
        char *base = journal_file_name(history->base_path, ending, err);
        int failed = !name || !base || file_stamp_read(name, &stamps[0], err) || file_stamp_read(base, &stamps[1], err);
        bool is_free = !failed && !stamps[0].exists && !stamps[1].exists;
        if (is_free && ((rename(history->path, name) && errno != ENOENT) ||
                        (rename(history->base_path, base) && errno != ENOENT)))
            failed = error_errno(err, name);
        free(base);
        if (is_free && !failed) {
            *name_out = name;
            return 0;
        }
        free(name);
        if (failed)
            return -1;
    }
    return error_set(err, ERROR_IO, "%s: too many of them were put aside", history->path);
}

/* ---- Opening ---- */

static const char *bare_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int history_begin_anew(struct history *history, size_t last)
{
    history->exists = false;
    history->last = last;
    history->length_bytes = 0;
    return 0;
}

/* A history of another version must not be put aside, as a damaged one is: it is somebody's work with a newer
 * program. */
static int look(struct history *history, const char *sha256, const struct journal_replay *found, char **notice_out,
                struct error *err)
{
    struct error why = {0};
    char *name;
    bool other, fits = false;
    const size_t last = found->valid_bytes ? found->header.after : 0;
    int failed = read_header(history, &other, &why);
    if (!failed && !history->exists)
        return history_begin_anew(history, last);
    failed = failed || find_join(history, sha256, found, &fits, &why);
    if (failed && (other || why.kind != ERROR_INPUT)) {
        if (err)
            *err = why;
        return -1;
    }
    if (fits)
        return 0;
    if (history_put_aside(history, &name, err))
        return -1;
    struct text notice = {0};
    text_add(&notice, failed ? "its history is damaged" : "changed by another program");
    text_add_format(&notice, ": undo begins anew; before: %s", bare_name(name));
    free(name);
    history_begin_anew(history, last);
    return (*notice_out = text_take(&notice)) ? 0 : error_memory(err, history->path);
}

int history_open(const char *path, const char sha256[FILE_SHA256_BYTES], const struct journal_replay *found,
                 struct history **out, char **notice_out, struct error *err)
{
    struct history *history = calloc(1, sizeof *history);
    *out = NULL;
    *notice_out = NULL;
    if (!history)
        return error_memory(err, path);
    if (!(history->corpus_path = strdup(path)) || !(history->path = journal_file_name(path, ".history", NULL)) ||
        !(history->base_path = journal_file_name(path, ".base", NULL)) ||
        !(history->journal_path = journal_file_name(path, ".journal", NULL))) {
        history_close(history);
        return error_memory(err, path);
    }
    if (look(history, sha256, found, notice_out, err)) {
        history_close(history);
        return -1;
    }
    history->undo_bytes = history->length_bytes;
    history->undo.skip = found->undo_behind;
    history->redo.skip = found->redo_behind;
    history->undo.closed = found->undo_closed || !history->exists;
    history->redo.closed = found->redo_closed || !history->exists;
    *out = history;
    return 0;
}

void history_close(struct history *history)
{
    if (!history)
        return;
    history_end(history);
    free(history->corpus_path);
    free(history->path);
    free(history->base_path);
    free(history->journal_path);
    free(history);
}

size_t history_count(const struct history *history)
{
    return history->last;
}

/* ---- Undo and redo ---- */

int history_undo(struct history *history, struct edit_act *out, struct error *err)
{
    return history_cursor_undo(&history->undo, history->path, history->undo_bytes, out, err);
}

int history_redo(struct history *history, struct edit_act *out, struct error *err)
{
    return history_cursor_redo(&history->redo, history->path, history->undo_bytes, out, err);
}

void history_end_redo(struct history *history)
{
    history_cursor_close(&history->redo);
}

void history_end(struct history *history)
{
    history_cursor_close(&history->undo);
    history_cursor_close(&history->redo);
}
