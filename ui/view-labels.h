/* The labels of a post in words and numbers: everything that the picture and the text show by colour stands here too.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_LABELS_H
#define MMIB_UI_VIEW_LABELS_H

#include "ui/screen.h"
#include "ui/session.h"
#include "ui/worker.h"

#include <stdbool.h>
#include <stddef.h>

struct view_labels {
    const struct session *session;
    struct worker_status model;
    struct worker_answer answer; /* for the post */
};

/* The entity or relation in a row of the pane, as indices in shown (the other is SIZE_MAX); false where there is none. */
bool view_labels_at(WINDOW *window, const struct view_labels *labels, size_t row, size_t *entity, size_t *relation);

void view_labels_draw(struct screen *screen, WINDOW *window, const struct view_labels *labels);

#endif
