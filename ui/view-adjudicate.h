/* The disagreement at hand: the place, and what each annotator has there, numbered.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_ADJUDICATE_H
#define MMIB_UI_VIEW_ADJUDICATE_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>

/* Draws it in the place of the labels; false: there is none in this post, and nothing was drawn. */
bool view_adjudicate_draw(struct screen *screen, WINDOW *window, const struct session *session);

/* The version in that row, the number of them for "none"; SIZE_MAX = there is none. */
size_t view_adjudicate_at(WINDOW *window, const struct session *session, size_t row);

/* How many are left in other posts, at the right of the rule above the labels. */
void view_adjudicate_left(struct screen *screen, WINDOW *window, const struct session *session);

#endif
