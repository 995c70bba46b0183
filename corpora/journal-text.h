/* A journal's file, read line by line: shared by what replays a journal, keeps its history and walks it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_JOURNAL_TEXT_H
#define MMIB_CORPORA_JOURNAL_TEXT_H

#include "corpora/error.h"
#include "corpora/journal-line.h"
#include "corpora/json.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

struct journal_text { /* starts zeroed */
    char *path;
    struct text bytes; /* all of the file */
    bool has_header;
    struct journal_header header;
    size_t n_lines;     /* acts that were read so far: the next stands on line n_lines + 2 of the file */
    size_t valid_bytes; /* length up to the last line that was read */
};

/* Reads path and its header. A file that is not there, or holds less than a header, has none. */
int journal_text_open(const char *path, struct journal_text *out, struct error *err);

/* The next whole line: 1, 0 at the end, -1 with a message that names the line. A line without a line end was cut off
 * and never acknowledged: it is none. The numbers must follow each other. journal_text_next_value gives the line as it
 * stands (*out is good until the text is freed), journal_text_next reads it whole. */
int journal_text_next_value(struct journal_text *text, struct json_document *document_out, struct json_value *out,
                            struct error *err);
int journal_text_next(struct journal_text *text, struct journal_line *out, struct error *err);

void journal_text_free(struct journal_text *text);

/* path and an ending, allocated; NULL with a message when memory is out. */
char *journal_file_name(const char *path, const char *ending, struct error *err);

#endif
