/* The inspector: has the models say what an inspection must know, and files what they said.
 *
 * Of every post the labels that a model gives it, and, when all of these are known, what its decisions hang on (in
 * the background, for lists and counts); of the case at hand, and of the next one, at once. Ties an inspection to the
 * workers of its systems; does nothing that takes long.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_INSPECTOR_H
#define MMIB_UI_INSPECTOR_H

#include "corpora/error.h"
#include "ui/examination.h"
#include "ui/inspection.h"
#include "ui/worker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A corpus of at most so many posts is examined whole without being asked. */
enum { INSPECTOR_EXAMINED_MAX = 5000 };

/* A way through the posts of the corpus, for what is still to be ordered. */
struct inspector_round {
    size_t at, left;
    unsigned long version; /* of the inspection when it began */
};

struct inspector_system {
    struct worker *worker; /* borrowed; NULL: its labels are given */
    struct inspector_round predictions, examinations;
    uint64_t *ordered; /* [n_posts] what was examined last of each, or is on its way: examination_of; 0 = nothing */
    uint64_t wanted;   /* the orders for the case at hand, as one number */
};

struct inspector {
    struct inspection *inspection; /* borrowed */
    struct inspector_system systems[INSPECTION_SYSTEMS_MAX];
    bool off; /* nothing is examined in the background */
};

/* workers [n_systems], each NULL or the worker of that system's model. */
int inspector_start(struct inspector *inspector, struct inspection *inspection,
                    struct worker *const workers[INSPECTION_SYSTEMS_MAX], struct error *err);
void inspector_end(struct inspector *inspector);

/* After worker_collect of each worker: files results, and orders what is to be known next. at_hand: is there a case
 * on the screen? True: call again soon, there is more to look through. -1: memory is out. */
int inspector_think(struct inspector *inspector, bool at_hand, struct error *err);

/* What is known of the case at hand; NULL = nothing (yet). */
const struct examination *inspector_examination(struct inspector *inspector, size_t system);

/* What an examination says about the decisions of a post: marks malloc [*n_out]; NULL when memory is out. */
struct inspection_mark *inspector_marks(const struct post *gold, const struct examination *examination, size_t *n_out);

#endif
