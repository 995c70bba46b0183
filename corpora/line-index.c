/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/line-index.h"

#include "corpora/lines.h"
#include "corpora/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNT_CHUNK_BYTES = 1 << 16, FD_MIN = 3 };

/* Eight bytes at a time: multiply and fold. Not against malice. */
static uint32_t line_sum(const char *text, size_t n)
{
    uint64_t sum = n, word;
    for (; n >= sizeof word; n -= sizeof word, text += sizeof word) {
        memcpy(&word, text, sizeof word);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 32;
    }
    word = 0;
    memcpy(&word, text, n);
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(sum ^ sum >> 32);
}

void line_buffer_free(struct line_buffer *buffer)
{
    free(buffer->text);
    *buffer = (struct line_buffer){0};
}

static int index_add(struct line_index *index, const struct line_reader *reader, const char *line, size_t n,
                     struct error *err)
{
    struct line_place *grown = array_grow(index->lines, index->n, sizeof *grown);
    if (!grown)
        return error_memory(err, index->path);
    index->lines = grown;
    grown[index->n++] = (struct line_place){reader->offset, (uint32_t)n, line_sum(line, n)};
    return 0;
}

int line_index_open(const char *path, const char *name, struct line_index *out, struct error *err)
{
    struct line_reader reader;
    char *line;
    size_t n;
    int got = -1;
    *out = (struct line_index){.fd = -1};
    if (line_reader_open(path, &reader, err))
        return -1;
    reader.path = name;
    reader.mixed_ends = reader.unchecked = true;
    if (text_copy(name, &out->path))
        error_memory(err, name);
    else if ((out->fd = fcntl(reader.fd, F_DUPFD_CLOEXEC, FD_MIN)) < 0)
        error_errno(err, name);
    else
        while ((got = line_reader_next(&reader, &line, &n, err)) > 0)
            if ((*line != '{' && n == strspn(line, " \t\r")) ? 0 : index_add(out, &reader, line, n, err)) {
                got = -1;
                break;
            }
    out->n_all = reader.number;
    line_reader_close(&reader);
    if (got)
        line_index_close(out);
    return got;
}

void line_index_drop_first(struct line_index *index)
{
    memmove(index->lines, index->lines + 1, --index->n * sizeof *index->lines);
}

void line_index_close(struct line_index *index)
{
    if (index->fd >= 0)
        close(index->fd);
    free(index->lines);
    free(index->path);
    *index = (struct line_index){.fd = -1};
}

int line_index_read(const struct line_index *index, size_t i, struct line_buffer *buffer, struct error *err)
{
    const struct line_place *place = &index->lines[i];
    if (place->bytes >= buffer->capacity) {
        size_t capacity = (size_t)place->bytes * 2 + 1;
        char *grown = realloc(buffer->text, capacity);
        if (!grown)
            return error_memory(err, index->path);
        buffer->text = grown;
        buffer->capacity = capacity;
    }
    for (buffer->n = 0; buffer->n < place->bytes;) {
        ssize_t got = pread(index->fd, buffer->text + buffer->n, place->bytes - buffer->n,
                            (off_t)(place->offset + buffer->n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, index->path);
        if (got == 0)
            break;
        buffer->n += (size_t)got;
    }
    buffer->text[buffer->n] = '\0';
    if (buffer->n == place->bytes && line_sum(buffer->text, buffer->n) == place->sum)
        return 0;
    return error_set(err, ERROR_IO, "%s: another program changed it since it was opened (post %zu of it is gone)",
                     index->path, i + 1);
}

size_t line_index_number(const struct line_index *index, size_t i)
{
    char chunk[COUNT_CHUNK_BYTES];
    const uint64_t end = index->lines[i].offset;
    size_t number = 1;
    for (uint64_t at = 0; at < end;) {
        size_t want = end - at < sizeof chunk ? (size_t)(end - at) : sizeof chunk;
        ssize_t got = pread(index->fd, chunk, want, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (const char *p = chunk; (p = memchr(p, '\n', (size_t)(chunk + got - p))); p++)
            number++;
        at += (uint64_t)got;
    }
    return number;
}
