/* The overview of an inspection: what is compared, and the tables of its numbers, as many side by side as there is room
 * for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_INSPECT_H
#define MMIB_UI_VIEW_INSPECT_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

void view_inspect_draw(struct screen *screen, WINDOW *window, struct session *session);

/* The number at a place of the window; false: there is none. */
bool view_inspect_at(WINDOW *window, struct session *session, size_t row, size_t column, size_t *table_out,
                     size_t *row_out, size_t *column_out);

#endif
