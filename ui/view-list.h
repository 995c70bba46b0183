/* The list of posts, with what has become of each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_LIST_H
#define MMIB_UI_VIEW_LIST_H

#include "ui/finder.h"
#include "ui/screen.h"
#include "ui/session.h"

#include <stddef.h>

/* The posts of the session's queue. The one on the screen stands in the middle, but for the list's ends. The last
 * column is a rule. */
void view_list_draw(struct screen *screen, WINDOW *window, const struct session *session, struct finder *finder);

/* The post in a row of the pane, or SIZE_MAX. */
size_t view_list_at(WINDOW *window, const struct session *session, size_t row);

#endif
