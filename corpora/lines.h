/* Reads a file or standard input line by line, and remembers how its lines end, so that they can end so again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LINES_H
#define MMIB_CORPORA_LINES_H

#include "corpora/error.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { LINE_MAX_BYTES = 1 << 26 }; /* of one line */

/* What is odd about a file's lines; zeroed = UTF-8 without mark, "\n" after every line. */
struct line_style {
    bool bom;  /* starts with a byte order mark */
    bool crlf; /* lines end in "\r\n" */
    bool cut;  /* the last line has no line end */
};

struct line_reader {
    const char *path; /* borrowed; names the place in messages */
    struct line_style style;
    size_t number; /* of the line that was read last, from 1 */
    bool mixed_ends; /* set by callers that do not care how lines end */
    bool unchecked;  /* set by callers that look at what is in the lines later: any bytes will do */
    size_t offset;   /* of the line that was read last, in bytes from the start of the file */
    int fd;
    bool at_end; /* of the file: what is in buffer is all there is */
    char *buffer;
    size_t capacity, start, end; /* buffer[start..end) is not yet read */
    size_t passed;               /* bytes of the file before buffer */
};

/* path "-" is standard input. On failure there is nothing to close. */
int line_reader_open(const char *path, struct line_reader *out, struct error *err);
void line_reader_close(struct line_reader *reader);

/* The next line, without its end and NUL-terminated, valid until the next call: 1, 0 at the end of the file, or -1 with
 * a message. Lines that are not UTF-8, have a NUL in them, or end in another way than the first (unless mixed_ends) are
 * errors. */
int line_reader_next(struct line_reader *reader, char **line, size_t *n, struct error *err);

/* The head of the file, before anything was read: at least up to the end of its first line that is not blank, or all of
 * it when that is far away. Not consumed. A byte order mark is left out. */
int line_reader_head(struct line_reader *reader, const char **head, size_t *n, struct error *err);

/* All the rest, without its byte order mark, valid until the reader is closed. */
int line_reader_rest(struct line_reader *reader, char **text, size_t *n, struct error *err);

/* Members of a JSON object, for a corpus's source: only what is odd is written. */
void line_style_put(struct text *object, const struct line_style *style);
struct line_style line_style_get(struct json_value object);

/* "path:number: reason" for the line that was read last. Returns -1. */
int line_error(const struct line_reader *reader, struct error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
