/* The words of a post with their labels, contributions, cursor and selection.
 *
 * A line of words takes three rows: tags above, the words with brackets in the cells between them, and below them the
 * bars of their contributions, which only this view's heat brings in; a row of bars a model where two are compared, each
 * in its own colours and scale. Nothing but heat and width moves a word.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_TEXT_H
#define MMIB_UI_VIEW_TEXT_H

#include "ui/screen.h"
#include "ui/session.h"
#include "ui/text-layout.h"

#include <stdbool.h>
#include <stddef.h>

/* Rows that the text needs without its title. */
size_t view_text_rows(const struct text_layout *layout, const struct session *session);

/* title: what stands in the rule above the words. shaded: heat also shades the ground behind the words; without enough
 * colours the bars alone show it, and the ground is left to the cursor. The text is scrolled so that the cursor's line is
 * seen. */
void view_text_draw(struct screen *screen, WINDOW *window, const struct session *session,
                    const struct text_layout *layout, const char *title, bool shaded);

/* The token at a cell of the pane; false where there is none. */
bool view_text_at(WINDOW *window, const struct session *session, const struct text_layout *layout, size_t row,
                  size_t column, size_t *token);

/* Is there more text than the pane shows? */
bool view_text_scrolls(WINDOW *window, const struct session *session, const struct text_layout *layout);

/* The largest magnitude of the words' contributions; 0 without an analysis. */
double view_text_scale(const struct analysis *analysis);

#endif
