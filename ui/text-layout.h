/* Where each word of a post stands: wrapped by display width.
 *
 * One cell between two words, one before the first and after the last of a line: brackets of labels go there, so that
 * no label ever moves a word. Depends on words and width alone.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_TEXT_LAYOUT_H
#define MMIB_UI_TEXT_LAYOUT_H

#include "corpora/error.h"

#include <stddef.h>
#include <stdint.h>

/* A part of a word in one line; all of it, unless it is longer than a line. */
struct text_piece {
    size_t token;
    size_t line, column, columns;
    size_t offset, n_bytes; /* in the token's text */
};

struct text_layout {
    struct text_piece *pieces; /* in reading order */
    size_t n_pieces;
    size_t *first_piece; /* [n_tokens + 1]; the last is n_pieces */
    size_t n_tokens, n_lines;
};

enum { TEXT_LAYOUT_COLUMNS_MIN = 4 };

/* columns: of a line, at least TEXT_LAYOUT_COLUMNS_MIN. A token without width gets one cell. */
int text_layout_make(char *const *tokens, size_t n_tokens, size_t columns, struct text_layout *out, struct error *err);
/* The words as one number: what was made for the same number is right still. */
uint64_t text_layout_words(char *const *tokens, size_t n_tokens);

void text_layout_free(struct text_layout *layout); /* what it owns; empty afterwards */

/* The token nearest to a column of a line; 0 when there are none. */
size_t text_layout_token_at(const struct text_layout *layout, size_t line, size_t column);

/* The token one line up (-1) or down (1), at the column of the eye; the token itself at the text's edge. *column is
 * where the eye is: SIZE_MAX for the token's own middle, which is then written there, so that the next step goes on
 * from it although a line between was shorter. */
size_t text_layout_step(const struct text_layout *layout, size_t token, int lines, size_t *column);

/* First and last token of the line where the token starts. */
size_t text_layout_line_start(const struct text_layout *layout, size_t token);
size_t text_layout_line_end(const struct text_layout *layout, size_t token);

#endif
