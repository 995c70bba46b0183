/* Untrusted text in terminal cells: grapheme clusters with their width, nothing raw.
 *
 * Controls, escapes and C1 become U+2400 pictures or U+FFFD, direction marks and other invisible format characters
 * visible symbols, a no-break space U+2423, bytes that are no UTF-8 U+FFFD each. An emoji sequence is shown by its
 * first emoji, because terminals disagree about the width of the rest; variation selectors are dropped; a mark without
 * a base stands on U+25CC. The widths are those that curses uses.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_TEXT_CELLS_H
#define MMIB_UI_TEXT_CELLS_H

#include <curses.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_CELLS_MARKS = 3, TEXT_CELLS_GLYPHS = 4 };

/* One grapheme cluster. */
struct text_cluster {
    size_t offset, n_bytes; /* in the text */
    size_t columns;         /* all of it */
    size_t n_glyphs;        /* things that curses puts into cells of their own; mostly 1 */
    struct {
        wchar_t text[TEXT_CELLS_MARKS + 2]; /* one base, its marks, 0 */
        size_t columns;                     /* 1 or 2 */
    } glyphs[TEXT_CELLS_GLYPHS];
};

/* The cluster at offset of text [n bytes]; false at the end. Go on at out->offset + out->n_bytes. */
bool text_cells_next(const char *text, size_t n, size_t offset, struct text_cluster *out);

/* Columns of text [n bytes]. */
size_t text_cells_width(const char *text, size_t n);

/* Writes text [n bytes] at y, x with the window's current attributes into at most columns cells (and never over the
 * window's edge); what does not fit ends with U+2026. Returns the columns used. */
size_t text_cells_put(WINDOW *window, int y, int x, size_t columns, const char *text, size_t n);

/* The same for a string of the program's own or of the user's; NULL is empty. */
size_t text_cells_puts(WINDOW *window, int y, int x, size_t columns, const char *text);

/* The text as it would be shown, as UTF-8, clipped to columns (SIZE_MAX: not). malloc; NULL when memory is out.
 * columns_out may be NULL. */
char *text_cells_clean(const char *text, size_t n, size_t columns, size_t *columns_out);

#endif
