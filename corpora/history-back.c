/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/history-back.h"

#include "corpora/journal-text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW_BYTES = 1 << 16 };

int history_back_open(const char *path, off_t length_bytes, struct history_back *out, struct error *err)
{
    *out = (struct history_back){.fd = -1, .at = length_bytes, .window = length_bytes, .path = strdup(path)};
    if (!out->path)
        return error_memory(err, path);
    out->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (out->fd >= 0)
        return 0;
    error_errno(err, path);
    free(out->path);
    *out = (struct history_back){.fd = -1};
    return -1;
}

void history_back_close(struct history_back *back)
{
    if (back->path && back->fd >= 0)
        close(back->fd);
    free(back->path);
    text_free(&back->bytes);
    *back = (struct history_back){.fd = -1};
}

/* Reads n bytes at a place of the file to the end of text. */
static int read_at(const struct history_back *back, off_t at, size_t n, struct text *out, struct error *err)
{
    char buffer[1 << 14];
    while (n) {
        ssize_t got = pread(back->fd, buffer, n < sizeof buffer ? n : sizeof buffer, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, back->path);
        if (got == 0)
            return error_set(err, ERROR_IO, "%s: another program made it shorter", back->path);
        text_add_bytes(out, buffer, (size_t)got);
        at += got;
        n -= (size_t)got;
    }
    return out->failed ? error_memory(err, back->path) : 0;
}

/* Makes the window reach further back, to twice its length. What stands behind at is dropped. */
static int widen(struct history_back *back, struct error *err)
{
    const size_t kept = (size_t)(back->at - back->window);
    size_t more = kept < WINDOW_BYTES ? WINDOW_BYTES : kept;
    struct text bytes = {0};
    if ((off_t)more > back->window)
        more = (size_t)back->window;
    if (read_at(back, back->window - (off_t)more, more, &bytes, err)) {
        text_free(&bytes);
        return -1;
    }
    text_add_bytes(&bytes, back->bytes.bytes ? back->bytes.bytes : "", kept);
    if (bytes.failed) {
        text_free(&bytes);
        return error_memory(err, back->path);
    }
    text_free(&back->bytes);
    back->bytes = bytes;
    back->window -= (off_t)more;
    return 0;
}

int history_back_next(struct history_back *back, struct json_document *out, struct error *err)
{
    for (;;) {
        const size_t n = (size_t)(back->at - back->window); /* the last byte of it ends the line */
        size_t start = n ? n - 1 : 0;
        while (start && back->bytes.bytes[start - 1] != '\n')
            start--;
        if (start) {
            *out = (struct json_document){back->bytes.bytes + start, n - 1 - start, back->path, 1};
            back->at = back->window + (off_t)start;
            return 1;
        }
        if (!back->window)
            return 0;
        if (widen(back, err))
            return -1;
    }
}

/* ---- What can be undone and redone ---- */

static int cursor_open(struct history_cursor *cursor, const char *path, off_t length_bytes, struct error *err)
{
    if (cursor->opened)
        return 0;
    if (history_back_open(path, length_bytes, &cursor->back, err))
        return -1;
    cursor->opened = true;
    return 0;
}

/* The line before that says something about undo and redo. */
static int cursor_next(struct history_cursor *cursor, struct journal_line *out, struct error *err)
{
    struct json_document document;
    int got;
    while ((got = history_back_next(&cursor->back, &document, err)) > 0) {
        if (journal_line_get(&document, out, err)) {
            cursor->back.at += (off_t)document.n + 1; /* nothing before it is safe to undo */
            return -1;
        }
        if (out->act != JOURNAL_SAVE)
            return 1;
        journal_line_free(out);
    }
    return got;
}

int history_cursor_undo(struct history_cursor *cursor, const char *path, off_t length_bytes, struct edit_act *out,
                        struct error *err)
{
    struct journal_line line;
    int got = cursor->closed ? 0 : cursor_open(cursor, path, length_bytes, err) ? -1 : 1;
    while (got > 0 && (got = cursor_next(cursor, &line, err)) > 0) {
        bool done = line.act == JOURNAL_EDIT || line.act == JOURNAL_REDO;
        if (done && !cursor->skip) {
            *out = journal_line_take(&line);
            return 1;
        }
        got = line.act != JOURNAL_RENAME; /* acts from before do not fit any more */
        cursor->skip = done ? cursor->skip - 1 : cursor->skip + 1;
        journal_line_free(&line);
    }
    if (got == 0)
        history_cursor_close(cursor);
    return got;
}

int history_cursor_redo(struct history_cursor *cursor, const char *path, off_t length_bytes, struct edit_act *out,
                        struct error *err)
{
    struct journal_line line;
    int got = cursor->closed ? 0 : cursor_open(cursor, path, length_bytes, err) ? -1 : 1;
    while (got > 0 && (got = cursor_next(cursor, &line, err)) > 0) {
        if (line.act == JOURNAL_UNDO && !cursor->skip) {
            *out = journal_line_take(&line);
            edit_act_invert(out);
            return 1;
        }
        got = line.act == JOURNAL_UNDO || line.act == JOURNAL_REDO; /* behind something new, nothing can be redone */
        cursor->skip = line.act == JOURNAL_UNDO ? cursor->skip - 1 : cursor->skip + 1;
        journal_line_free(&line);
    }
    if (got == 0)
        history_cursor_close(cursor);
    return got;
}

void history_cursor_close(struct history_cursor *cursor)
{
    if (cursor->opened)
        history_back_close(&cursor->back);
    cursor->opened = false;
    cursor->closed = true;
}
