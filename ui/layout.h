/* Where the panes stand, by the size of the screen.
 *
 * The picture's pane depends on the size alone, so that it does not jump from post to post and painted pictures fit
 * again; where no picture is drawn it shrinks to a few rows. Text and labels share the rest, the text taking what its
 * lines need.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_LAYOUT_H
#define MMIB_UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

enum { LAYOUT_COLUMNS_MIN = 60, LAYOUT_ROWS_MIN = 20 };

struct layout_pane {
    size_t y, x, rows, columns; /* cells; rows 0: not shown */
};

struct layout {
    struct layout_pane head, list, picture, text, labels, footer; /* the footer's first row is for messages */
    struct layout_pane caption, other_picture;                    /* where pictures are compared; else rows 0 */
};

/* Columns of the text pane, which the wrapping of words needs first. */
size_t layout_text_columns(size_t rows, size_t columns);

/* text_rows: what the text would need, its title not counted. picture: one is drawn. False: the screen is too small for
 * anything. */
bool layout_make(size_t rows, size_t columns, size_t text_rows, bool picture, struct layout *out);

/* Makes more room for the labels' pane, which has a case to show: the picture and the text give of theirs. */
void layout_give_case(struct layout *layout, size_t text_rows);

/* Two pictures side by side in the picture's pane, and a row for their captions above. */
void layout_compare(struct layout *layout);

#endif
