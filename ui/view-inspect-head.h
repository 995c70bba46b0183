/* The first lines of the overview: the systems with their scores, whose the gap is, how far the model has come.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_INSPECT_HEAD_H
#define MMIB_UI_VIEW_INSPECT_HEAD_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stddef.h>

size_t view_inspect_head_rows(const struct session *session);
void view_inspect_head_draw(struct screen *screen, WINDOW *window, const struct session *session);

#endif
