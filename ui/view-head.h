/* The first line: file, position, saved mark, model, kept labels of the whole corpus by type, annotator.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_VIEW_HEAD_H
#define MMIB_UI_VIEW_HEAD_H

#include "corpora/store.h"
#include "ui/screen.h"
#include "ui/worker.h"

#include <stddef.h>

struct view_head {
    const struct store *store;
    size_t post; /* index */
    enum store_mark mark;
    struct worker_status model;
    struct worker_answer answer; /* for the post */
};

/* On a narrow screen words go first, then the annotator, then names; position, mark and counts stay. */
void view_head_draw(struct screen *screen, WINDOW *window, const struct view_head *head);

#endif
