/* Where the lines of a file are, so that each can be read when it is wanted.
 *
 * The file is held open: lines are read from what was indexed, also when another file has taken its name. Each line has
 * a check sum, so that a line that was changed in place is noticed instead of being taken for what it was.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_LINE_INDEX_H
#define MMIB_CORPORA_LINE_INDEX_H

#include "corpora/error.h"

#include <stddef.h>
#include <stdint.h>

struct line_place {
    uint64_t offset;
    uint32_t bytes; /* without the line end */
    uint32_t sum;
};

struct line_index {
    char *path; /* for messages */
    int fd;
    struct line_place *lines; /* [n], those that are not blank */
    size_t n;
    size_t n_all; /* with the blank ones */
};

/* A line's text; zeroed at first, reused from call to call. */
struct line_buffer {
    char *text; /* NUL-terminated */
    size_t n, capacity;
};
void line_buffer_free(struct line_buffer *buffer);

/* Finds the lines of the regular file at path; name is how messages call it. What is in the lines is not looked at.
 * Blank ones (spaces, tabs) are left out, a byte order mark too. On failure there is nothing to close. */
int line_index_open(const char *path, const char *name, struct line_index *out, struct error *err);
void line_index_drop_first(struct line_index *index); /* the header, say: the others move up */
void line_index_close(struct line_index *index);

/* Reads line i as it was. ERROR_IO where it is not so any more. From any thread, each with a buffer of its own. */
int line_index_read(const struct line_index *index, size_t i, struct line_buffer *buffer, struct error *err);

/* The number of line i in the file, from 1, blank ones included. Reads the file up to there. */
size_t line_index_number(const struct line_index *index, size_t i);

#endif
