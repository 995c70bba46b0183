/* Decisions: from what a person says about something shown to the edits that record it.
 *
 * Each function appends to a batch that starts zeroed; nothing is applied here. A post's first decision also marks it
 * started and names its annotator.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_UI_DECISIONS_H
#define MMIB_UI_DECISIONS_H

#include "corpora/edit.h"
#include "corpora/error.h"
#include "corpora/post.h"
#include "ui/shown.h"

#include <stddef.h>

/* Borrowed. shown must be made from this post as it is. */
struct decision {
    const struct post *post;
    const struct shown *shown;
    const char *model; /* hash of the model whose proposals are shown; NULL = not known */
    const char *by;    /* annotator; NULL = not known */
};

/* index: in shown->entities or shown->relations; it must be a proposal. A relation's entities are accepted with it
 * where they are proposals. */
int decision_accept_entity(struct edit_batch *batch, const struct decision *decision, size_t index, struct error *err);
int decision_accept_relation(struct edit_batch *batch, const struct decision *decision, size_t index,
                             struct error *err);

/* Every proposal shown, and the post is done. */
int decision_accept_all(struct edit_batch *batch, const struct decision *decision, struct error *err);

/* A kept label is deleted (and what the model says of it counts as refused, so that it does not come back as a
 * proposal); a proposal is refused. */
int decision_remove_entity(struct edit_batch *batch, const struct decision *decision, size_t index, struct error *err);
int decision_remove_relation(struct edit_batch *batch, const struct decision *decision, size_t index,
                             struct error *err);

/* The span gets the type: a label there is given it, a proposal of that type there is accepted, else it is new. A label
 * that has the type already is left alone (an empty batch). */
int decision_label(struct edit_batch *batch, const struct decision *decision, size_t start, size_t end,
                   const char *type, struct error *err);

/* head, tail: in shown->entities, two different ones. */
int decision_relate(struct edit_batch *batch, const struct decision *decision, size_t head, size_t tail,
                    const char *type, struct error *err);

/* What every decision begins or ends with: a post that is new is started, and belongs to the annotator. One that is done or
 * skipped stays so when a label of it is changed. */
int decision_touch(struct edit_batch *batch, const struct decision *decision, struct error *err);

/* The id of a shown entity, which becomes a label first where it is a proposal; NULL with a message. */
const char *decision_settle_entity(struct edit_batch *batch, const struct decision *decision, size_t index,
                                   struct error *err);

int decision_status(struct edit_batch *batch, const struct decision *decision, enum post_status status,
                    struct error *err);

#endif
