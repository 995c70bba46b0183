/* The guidelines: over the list on wide screens, else over all but the picture.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_PAGE_H
#define MMIB_UI_VIEW_PAGE_H

#include "ui/layout.h"
#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>

/* Is it to be shown, and where? */
bool view_page_place(const struct session *session, const struct layout *layout, struct layout_pane *out);

/* Draws it; the lines are made anew where the width is another, and what was scrolled too far is put back. */
void view_page_draw(struct screen *screen, WINDOW *window, struct session *session);

#endif
