/* Boxes in words: a line for each, and where an entity is in the picture.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_BOXES_H
#define MMIB_UI_VIEW_BOXES_H

#include "ui/session.h"
#include "ui/view.h"

#include <stddef.h>

/* "1 person? .77  12, 8 to 130, 200  detector  Rob": number, label (with ? while nobody decided), score, box, whose it
 * is, and the entities that are in it. */
void view_boxes_line(struct view_pen *pen, const struct session *session, size_t index);

/* " #1 #3", " not in picture"; in box mode also " #?" for what nobody has answered. entity NULL: a proposal. */
void view_boxes_grounding(struct view_pen *pen, const struct session *session, const struct entity *entity);

#endif
