/* The picture's pane: the painted picture, or words that say why there is none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_PICTURE_H
#define MMIB_UI_VIEW_PICTURE_H

#include "ui/finder.h"
#include "ui/gallery.h"
#include "ui/screen.h"
#include "ui/session.h"
#include "ui/terminal.h"
#include "ui/worker.h"

#include <stdbool.h>
#include <stddef.h>

enum { VIEW_PICTURE_SLOT, VIEW_PICTURE_SLOT_OTHER }; /* of the gallery */

/* What the pane is drawn from. */
struct view_picture {
    const struct session *session;
    const struct terminal *terminal;
    enum terminal_graphics graphics; /* sixel, blocks or none */
    struct finder *finder;
    struct gallery *gallery;
    const struct analysis *analysis; /* whose heat is shown; NULL = none */
    bool other;                  /* the second of two pictures: in a slot, a pane and colours of its own */
    const struct config *config; /* of the model: how pictures are cropped; NULL = not known */
    bool other_boxes; /* what the analysis says of objects is about those of before */
    bool patient; /* while a new picture is being painted the old one may stay: a short time, for a calm screen */
};

/* True while something else than the post's own picture, or the words about it, stands in the pane. */
bool view_picture_draw(struct screen *screen, WINDOW *window, const struct view_picture *picture);

/* Has the picture of a post that comes soon painted ahead. analysis: what the model said of that post, or NULL. */
void view_picture_prefetch(struct screen *screen, WINDOW *window, const struct view_picture *picture, size_t post,
                           const struct analysis *analysis);

/* Tells the session what box mode has to know of the picture: its size, and what a cell of the pane is in it. */
void view_picture_measure(WINDOW *window, const struct view_picture *picture, struct session *session);

/* What is under a cell of the pane: the area of the picture, and the object whose box is the smallest there (SIZE_MAX =
 * none); inside: the cell is on the picture. False where no picture is drawn. */
bool view_picture_at(WINDOW *window, const struct view_picture *picture, size_t row, size_t column, double area[4],
                     size_t *object, bool *inside);

#endif
