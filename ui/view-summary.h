/* Progress, labels by type, what became of proposals, and time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_SUMMARY_H
#define MMIB_UI_VIEW_SUMMARY_H

#include "ui/screen.h"
#include "ui/session.h"

/* What was scrolled too far is put back. */
void view_summary_draw(struct screen *screen, WINDOW *window, struct session *session);

#endif
