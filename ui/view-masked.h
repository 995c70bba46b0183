/* What hiding boxes from the model changes, in words: beside each label, and in one line.
 *
 * Nothing of it depends on colour: ".93▼→.41" is lower, "▲" higher, "≠→MISC .61" another label, "✕→none" no label any
 * more, "=" the same to two digits. The sign comes first, so that a narrow screen does not cut it off.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_MASKED_H
#define MMIB_UI_VIEW_MASKED_H

#include "ui/session.h"
#include "ui/view.h"

/* Behind the model's score of a shown entity or relation. Nothing, while nothing is hidden or not known yet. */
void view_masked_entity(struct view_pen *pen, const struct session *session, const struct shown_entity *entity);
void view_masked_relation(struct view_pen *pen, const struct session *session, const struct shown_relation *relation);

/* "hidden #1 #3: 2 of 4 change, match .81→.63, also Foo ORG .61". */
void view_masked_line(struct view_pen *pen, const struct session *session);

#endif
