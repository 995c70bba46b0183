/* The last two lines: a rule with the latest message in it, and the keys that count now, with the legend of labels.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_FOOTER_H
#define MMIB_UI_VIEW_FOOTER_H

#include "ui/screen.h"
#include "ui/session.h"

/* The key that stands for what is at a cell of the pane, a hint or a label of the legend; 0 = nothing. */
keymap_key view_footer_at(WINDOW *window, const struct session *session, size_t row, size_t column);

void view_footer_draw(struct screen *screen, WINDOW *window, const struct session *session);

#endif
