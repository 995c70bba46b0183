/* The pane of a case: gold and what the systems said, one below the other, and what was found out about them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_CASE_H
#define MMIB_UI_VIEW_CASE_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Instead of the labels, in MODE_CASE; what is scrolled too far is put back. False: there is no case to show. */
bool view_case_draw(struct screen *screen, WINDOW *window, struct session *session);

/* Where the heat of two models is compared: whose it is and its scale, above the pictures, the second from that column
 * on. */
void view_case_caption(struct screen *screen, WINDOW *window, const struct session *session, size_t second);

#endif
