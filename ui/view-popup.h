/* What opens over the panes: the chooser of a label, the question before quitting, the help.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_POPUP_H
#define MMIB_UI_VIEW_POPUP_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

/* The size that a mode's popup would like; false: the mode has none. */
bool view_popup_size(const struct session *session, size_t *rows, size_t *columns);

/* What a row of the popup offers: COMMAND_CHOOSER_TAKE (*choice says which label), an answer to a question, or
 * COMMAND_NONE. */
enum command view_popup_at(WINDOW *window, const struct session *session, size_t row, size_t *choice);

/* Draws the popup of the mode into a window of any size. A help that was scrolled too far is put back. */
void view_popup_draw(struct screen *screen, WINDOW *window, struct session *session);

#endif
