/* The menus that sort and filter the list.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_ORDER_H
#define MMIB_UI_VIEW_ORDER_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stddef.h>

/* The size that the popup would like, with its frame. */
void view_order_size(const struct session *session, size_t *rows, size_t *columns);
void view_order_draw(struct screen *screen, WINDOW *window, const struct session *session);

/* The command of a row of the popup; COMMAND_NONE where there is none. */
enum command view_order_at(const struct session *session, size_t row);

/* For its frame. */
void view_order_title(const struct session *session, char *out, size_t size);

#endif
