/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_CHUNK_BYTES = 1 << 16, LINE_HEAD_BYTES = 1 << 20 };

int line_error(const struct line_reader *reader, struct error *err, const char *format, ...)
{
    char reason[800];
    va_list ap;
    va_start(ap, format);
    vsnprintf(reason, sizeof reason, format, ap);
    va_end(ap);
    return error_set(err, ERROR_INPUT, "%s:%zu: %s", reader->path, reader->number ? reader->number : 1, reason);
}

int line_reader_open(const char *path, struct line_reader *out, struct error *err)
{
    *out = (struct line_reader){.path = path};
    out->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    return out->fd < 0 ? error_errno(err, path) : 0;
}

void line_reader_close(struct line_reader *reader)
{
    if (reader->fd != STDIN_FILENO)
        close(reader->fd);
    free(reader->buffer);
    reader->buffer = NULL;
}

/* Reads one chunk more behind what is there; one byte is always left for a NUL. */
static int reader_fill(struct line_reader *reader, struct error *err)
{
    if (reader->start && reader->start == reader->end) {
        reader->passed += reader->start;
        reader->start = reader->end = 0;
    }
    bool full = reader->capacity - reader->end < LINE_CHUNK_BYTES + 1;
    if (full && reader->start && reader->start >= reader->capacity / 2) {
        memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->passed += reader->start;
        reader->start = 0;
    }
    if (reader->capacity - reader->end < LINE_CHUNK_BYTES + 1) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : 4 * LINE_CHUNK_BYTES;
        char *grown = capacity > reader->capacity ? realloc(reader->buffer, capacity) : NULL;
        if (!grown)
            return error_memory(err, reader->path);
        reader->buffer = grown;
        reader->capacity = capacity;
    }
    ssize_t got;
    do
        got = read(reader->fd, reader->buffer + reader->end, reader->capacity - reader->end - 1);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_errno(err, reader->path);
    reader->at_end = got == 0;
    reader->end += (size_t)got;
    return 0;
}

/* Before the first line: takes the byte order mark off. */
static int reader_begin(struct line_reader *reader, struct error *err)
{
    while (!reader->at_end && reader->end - reader->start < 3)
        if (reader_fill(reader, err))
            return -1;
    if (!reader->style.bom && reader->end - reader->start >= 3 &&
        !memcmp(reader->buffer + reader->start, "\xef\xbb\xbf", 3)) {
        reader->style.bom = true;
        reader->start += 3;
    }
    return 0;
}

/* Finds the end of the line at start, reading as much as that takes; end of the file counts as one. */
static int reader_find_end(struct line_reader *reader, size_t *n_out, struct error *err)
{
    size_t looked = 0;
    for (;;) {
        size_t there = reader->end - reader->start;
        char *newline = there > looked ? memchr(reader->buffer + reader->start + looked, '\n', there - looked) : NULL;
        *n_out = newline ? (size_t)(newline - (reader->buffer + reader->start)) : there;
        if (*n_out > LINE_MAX_BYTES)
            return line_error(reader, err, "a line of more than %d bytes", LINE_MAX_BYTES);
        if (newline || reader->at_end)
            return 0;
        looked = there;
        if (reader_fill(reader, err))
            return -1;
    }
}

static int reader_check(const struct line_reader *reader, const char *line, size_t n, struct error *err)
{
    if (memchr(line, '\0', n))
        return line_error(reader, err, "a NUL byte");
    if (utf8_valid_bytes(line, n) < n)
        return line_error(reader, err, "invalid UTF-8");
    return 0;
}

int line_reader_next(struct line_reader *reader, char **line, size_t *n, struct error *err)
{
    if (!reader->number && reader_begin(reader, err))
        return -1;
    size_t length;
    reader->number++;
    if (reader_find_end(reader, &length, err))
        return -1;
    if (reader->at_end && reader->start == reader->end) {
        reader->number--;
        return 0;
    }
    char *text = reader->buffer + reader->start;
    reader->offset = reader->passed + reader->start;
    bool cut = reader->start + length == reader->end;
    bool crlf = !cut && length && text[length - 1] == '\r';
    if (reader->number == 1)
        reader->style.crlf = crlf;
    else if (!cut && crlf != reader->style.crlf && !reader->mixed_ends)
        return line_error(reader, err, "this line ends in %s, those before it in %s", crlf ? "CR LF" : "LF",
                          crlf ? "LF" : "CR LF");
    if (cut && length && text[length - 1] == '\r' && !reader->mixed_ends)
        return line_error(reader, err, "the file ends within a line end, behind CR");
    reader->style.cut = cut;
    reader->start += length + !cut;
    length -= crlf;
    text[length] = '\0';
    if (!reader->unchecked && reader_check(reader, text, length, err))
        return -1;
    *line = text;
    *n = length;
    return 1;
}

int line_reader_head(struct line_reader *reader, const char **head, size_t *n, struct error *err)
{
    if (reader_begin(reader, err))
        return -1;
    for (;;) {
        const char *text = reader->buffer + reader->start;
        size_t there = reader->end - reader->start, blank = 0;
        while (blank < there && strchr(" \t\r\n", text[blank]) && text[blank])
            blank++;
        if (reader->at_end || there > LINE_HEAD_BYTES || memchr(text + blank, '\n', there - blank)) {
            *head = text;
            *n = there;
            return 0;
        }
        if (reader_fill(reader, err))
            return -1;
    }
}

int line_reader_rest(struct line_reader *reader, char **text, size_t *n, struct error *err)
{
    if (!reader->number && reader_begin(reader, err))
        return -1;
    while (!reader->at_end)
        if (reader_fill(reader, err))
            return -1;
    *text = reader->buffer + reader->start;
    *n = reader->end - reader->start;
    (*text)[*n] = '\0';
    reader->start = reader->end;
    return 0;
}

void line_style_put(struct text *object, const struct line_style *style)
{
    if (style->bom) {
        json_put_name(object, "byte_order_mark");
        text_add(object, "true");
    }
    if (style->crlf) {
        json_put_name(object, "line_ends");
        text_add(object, "\"crlf\"");
    }
    if (style->cut) {
        json_put_name(object, "final_newline");
        text_add(object, "false");
    }
}

struct line_style line_style_get(struct json_value object)
{
    struct json_value newline = json_member(object, "final_newline");
    return (struct line_style){
        .bom = json_true(json_member(object, "byte_order_mark")),
        .crlf = json_text_is(json_member(object, "line_ends"), "crlf"),
        .cut = json_kind(newline) == JSON_BOOLEAN && !json_true(newline),
    };
}
