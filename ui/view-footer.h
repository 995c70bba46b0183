/* The last two lines: a rule with the latest message in it, and the keys that count now, with the legend of labels.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_FOOTER_H
#define MMIB_UI_VIEW_FOOTER_H

#include "ui/screen.h"
#include "ui/session.h"

void view_footer_draw(struct screen *screen, WINDOW *window, const struct session *session);

#endif
