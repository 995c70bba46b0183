/* The list of cases, in the pane of the list of posts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_CASES_H
#define MMIB_UI_VIEW_CASES_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

/* Is it what the pane shows now? */
bool view_cases_shown(const struct session *session);

/* What fits the filter, in its order: the post's number, the class, the words. The case at hand stands in the middle,
 * but for the list's ends. The last column is a rule. */
void view_cases_draw(struct screen *screen, WINDOW *window, const struct session *session);

/* The place in the list of what stands in a row of the pane, or SIZE_MAX. */
size_t view_cases_at(WINDOW *window, const struct session *session, size_t row);

#endif
