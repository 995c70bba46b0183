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

/* What stands in a row of the pane: indices in shown and in the post's objects, SIZE_MAX for those that do not. False
 * where it is none of them. */
struct view_labels_spot {
    size_t entity, relation, box;
};
bool view_labels_at(WINDOW *window, const struct view_labels *labels, size_t row, struct view_labels_spot *out);

void view_labels_draw(struct screen *screen, WINDOW *window, const struct view_labels *labels);

#endif
