/* Markdown as lines of styled text: for people who read guidelines beside their work.
 *
 * md4c parses it (CommonMark with tables and strike-through); raw HTML is text. Headings, lists, quotes, code, emphasis
 * and tables keep their shape, links say where they lead. Bytes are kept as they are: who draws them cleans them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_MARKDOWN_H
#define MMIB_UI_MARKDOWN_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { MARKDOWN_BYTES_MAX = 1 << 20, MARKDOWN_MARKER_MAX = 16 };

/* Bits of a byte's style. */
enum markdown_style {
    MARKDOWN_STRONG = 1,
    MARKDOWN_EMPHASIS = 2,
    MARKDOWN_CODE = 4,
    MARKDOWN_LINK = 8,
    MARKDOWN_HEADING = 16,
    MARKDOWN_STRUCK = 32,
};

enum markdown_kind { MARKDOWN_TEXT, MARKDOWN_CODE_BLOCK, MARKDOWN_RULE };

/* A paragraph, heading, list item, row of a table. */
struct markdown_block {
    enum markdown_kind kind;
    size_t offset, n_bytes;             /* in the text; '\n' in it is a line's end */
    size_t quotes, indent;              /* how deep in quotes; columns behind their bars */
    char marker[MARKDOWN_MARKER_MAX];   /* of a list item, in the indent's last columns; "" = none */
    bool gap;                           /* an empty line before it */
};

struct markdown {
    char *text;            /* UTF-8, NUL-terminated */
    unsigned char *styles; /* [bytes of text] */
    struct markdown_block *blocks;
    size_t n_blocks;
};

/* A line of at most so many columns; block SIZE_MAX: empty. */
struct markdown_line {
    size_t block, offset, n_bytes;
    bool first; /* of its block */
};

struct markdown_lines {
    struct markdown_line *lines;
    size_t n;
};

/* Reads a file. One that is not UTF-8, or larger than MARKDOWN_BYTES_MAX, is ERROR_INPUT. */
int markdown_read(const char *path, struct markdown *out, struct error *err);
int markdown_parse(const char *source, size_t n, struct markdown *out, struct error *err);
void markdown_free(struct markdown *markdown); /* what it owns; empty afterwards */

int markdown_wrap(const struct markdown *markdown, size_t columns, struct markdown_lines *out, struct error *err);
void markdown_lines_free(struct markdown_lines *lines); /* the same */

/* The first line from `from` on, round the end, in which the words stand, in any case of ASCII letters; lines->n when
 * there is none. */
size_t markdown_find(const struct markdown *markdown, const struct markdown_lines *lines, size_t from,
                     const char *words);

#endif
