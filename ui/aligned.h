/* Labels of several readers over the same words, a row a reader: every word stands in the same columns in each row.
 *
 * A label is brackets around its words and a tag behind them; the room that the widest row needs at a word is kept in
 * all rows. Lines are wrapped together. Knows nothing of screens.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_ALIGNED_H
#define MMIB_UI_ALIGNED_H

#include "corpora/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { ALIGNED_TAG_BYTES = 96 };

struct aligned_label {
    size_t start, end;           /* tokens, half open */
    const char *type;            /* borrowed: its colour; NULL = unknown */
    char tag[ALIGNED_TAG_BYTES]; /* "PER .61" */
    bool is_new, is_gone;        /* in what is shown, and not in what it is compared with; the reverse */
};

struct aligned_row {
    struct aligned_label *labels; /* owned; by start, longer ones first: see aligned_sort */
    size_t n;
};

/* Where a word stands; brackets that open are left of it, those that close and their tags right of it. */
struct aligned_place {
    size_t line, column, columns;
};

struct aligned {
    struct aligned_place *places; /* [n_tokens] */
    size_t n_tokens, n_lines;
};

void aligned_sort(struct aligned_row *row);

/* columns: of a line. What is longer than a line stands in one of its own, and is cut off where it ends. */
int aligned_make(char *const *tokens, size_t n_tokens, const struct aligned_row *rows, size_t n_rows, size_t columns,
                 struct aligned *out, struct error *err);
void aligned_free(struct aligned *aligned); /* what it owns; empty afterwards */

/* First token of a line, and the one behind its last. */
void aligned_line(const struct aligned *aligned, size_t line, size_t *start_out, size_t *end_out);

/* Has the row a label on words of that line? */
bool aligned_has(const struct aligned *aligned, const struct aligned_row *row, size_t line);

#endif
