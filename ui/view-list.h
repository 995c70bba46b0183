/* The list of posts, with what has become of each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_LIST_H
#define MMIB_UI_VIEW_LIST_H

#include "corpora/store.h"
#include "ui/finder.h"
#include "ui/screen.h"

#include <stddef.h>

/* The current post stands in the middle, but for the list's ends. The last column is a rule. */
void view_list_draw(struct screen *screen, WINDOW *window, const struct store *store, struct finder *finder,
                    size_t current);

/* The post in a row of the pane, or SIZE_MAX. */
size_t view_list_at(WINDOW *window, const struct store *store, size_t current, size_t row);

#endif
