/* The overview of an inspection: classes, confusions, buckets.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_INSPECT_H
#define MMIB_UI_VIEW_INSPECT_H

#include "ui/screen.h"
#include "ui/session.h"

void view_inspect_draw(struct screen *screen, WINDOW *window, struct session *session);

#endif
