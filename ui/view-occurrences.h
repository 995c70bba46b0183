/* All places of the same words, with the words around them and what stands there now.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_OCCURRENCES_H
#define MMIB_UI_VIEW_OCCURRENCES_H

#include "ui/screen.h"
#include "ui/session.h"

#include <stdbool.h>
#include <stddef.h>

void view_occurrences_draw(struct screen *screen, WINDOW *window, const struct session *session);
/* The place in a row of the window, as an index; false: there is none. */
bool view_occurrences_at(WINDOW *window, const struct session *session, size_t row, size_t *index);
/* As large as its list, which leaves the picture in sight where it is short; all there is while it grows. */
void view_occurrences_size(const struct session *session, size_t *rows, size_t *columns);
void view_occurrences_title(const struct session *session, char *out, size_t size); /* for the frame */

#endif
