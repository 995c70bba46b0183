/* What the views share: putting coloured text into cells, and how numbers look.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_H
#define MMIB_UI_VIEW_H

#include "ui/chooser.h"
#include "ui/screen.h"

#include <stddef.h>

/* A place in a window that text is written to from left to right. */
struct view_pen {
    struct screen *screen;
    WINDOW *window;
    int y;
    size_t x, end; /* nothing is written at end or behind it */
};

struct view_pen view_pen(struct screen *screen, WINDOW *window, size_t y);

/* Writes cleaned text and moves on; what does not fit ends with an ellipsis. Returns the columns used. */
size_t view_put(struct view_pen *pen, enum screen_ink ink, enum screen_ground ground, attr_t attributes,
                const char *text);
size_t view_format(struct view_pen *pen, enum screen_ink ink, enum screen_ground ground, attr_t attributes,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
void view_space(struct view_pen *pen, size_t columns); /* moves on without writing */

/* A rule across the window with a title in it; the pen behind the title, for more of it. */
struct view_pen view_rule(struct screen *screen, WINDOW *window, size_t y, const char *title);

/* count cells of a bar for |value| / scale, at most columns, at least one for anything that is not zero: solid above
 * zero, hatched below. Returns the columns used. */
size_t view_bar(struct view_pen *pen, double value, double scale, size_t columns);
size_t view_bar_ink(struct view_pen *pen, enum screen_ink ink, double value, double scale, size_t columns); /* not signed */

/* "81%" style of a probability without the leading zero: ".81", "1.0". */
void view_probability(double value, char out[16]);
/* A count of all posts, or "…" while it is not known (STORE_UNKNOWN). */
void view_count(size_t count, char out[24]);
/* The colour of an entity type: its own, else that of its place in the legend; plain where there is no type. */
enum screen_ink view_type_ink(const struct chooser *types, const char *type);
/* A signed contribution with two figures: "+2.1", "-.42", "+13", "0". */
void view_signed(double value, char out[16]);

#endif
