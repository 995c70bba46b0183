/* One line of an MNRE file: read, printed, and changed in place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_MNRE_LINE_H
#define MMIB_CORPORA_MNRE_LINE_H

#include "corpora/literal.h"
#include "corpora/text.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a value stands in the text of the line. */
struct mnre_slice {
    size_t start, end;
};

struct mnre_argument {
    size_t span[2];                  /* tokens, half open */
    struct mnre_slice name, span_at; /* name.end 0 = the line has no name */
};

struct mnre_line {
    char **tokens;
    size_t n_tokens;
    struct mnre_argument head, tail;
    char *image; /* NULL or "" = none */
    char *relation;
    struct mnre_slice relation_at;
};

/* Reads a line. 0, or -1 with *fault_out the reason ("the member 'relation' is missing") and *column_out the byte,
 * from 1, where it shows; literal_no_memory is a reason too. On failure out owns nothing. */
int mnre_line_read(const char *line, struct mnre_line *out, const char **fault_out, size_t *column_out);
void mnre_line_free(struct mnre_line *line);

/* Appends the line as Python or JSON prints it. Only tokens, spans, image and relation count. */
void mnre_line_put(struct text *out, const struct mnre_line *line, enum literal_manner manner);

/* Appends original, the text of a line, with what wanted has otherwise put in its place. False when that cannot be,
 * because original is no line or has other tokens or another picture. */
bool mnre_line_put_changed(struct text *out, const char *original, const struct mnre_line *wanted,
                           enum literal_manner manner);

#endif
