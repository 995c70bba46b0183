/* What all builders of edits share: shared by the files edit-entities.c, edit-relations.c, ... and by nobody else.
 *
 * A builder works on the post as the batch so far leaves it (a draft), finds what has to change there, and appends. On
 * failure the batch is as it was before.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MMIB_CORPORA_EDIT_BUILDER_H
#define MMIB_CORPORA_EDIT_BUILDER_H

#include "corpora/edit-value.h"

#include <stdbool.h>
#include <stddef.h>

enum { BUILDER_ID_BYTES = 32, BUILDER_SPAN_BYTES = 48 };

struct builder {
    struct edit_batch *batch;
    size_t n_before; /* edits of the batch when we came */
    struct edit_draft draft;
    struct post *now; /* the draft's post */
    struct error *err;
};

int builder_open(struct builder *builder, struct edit_batch *batch, const struct post *post, struct error *err);
int builder_close(struct builder *builder, int failed); /* what edit_... returns */

/* Adds one change; the draft follows, so that the next finds the post as this one leaves it. Values are copied; NULL =
 * nothing. What was peeked in the draft's lists is not good any more. */
int builder_change(struct builder *builder, enum edit_target target, size_t at, const struct edit_value *before,
                   const struct edit_value *after);
int builder_entity(struct builder *builder, enum edit_target target, size_t at, const struct entity *before,
                   const struct entity *after);
int builder_relation(struct builder *builder, enum edit_target target, size_t at, const struct relation *before,
                     const struct relation *after);

/* Provenance of a human's decision, its strings borrowed from the context, from model and from time. */
struct provenance builder_human(const struct edit_context *context, enum label_decision decision, double score,
                                const char *model, char time_out[EDIT_TIME_BYTES]);

/* The same for a label that is there. Edited: which model proposed it stays known; its score was for what it said
 * before. Confirmed: somebody else made it, a human says it again, and it is accepted as it is. */
struct provenance builder_edited(const struct edit_context *context, const struct provenance *old,
                                 char time_out[EDIT_TIME_BYTES]);
struct provenance builder_confirmed(const struct edit_context *context, const struct provenance *old,
                                    char time_out[EDIT_TIME_BYTES]);
bool builder_is_human(const struct provenance *origin);

/* 0, or -1 with a message. */
int builder_check_span(const struct builder *builder, size_t start, size_t end);
int builder_check_type(const struct builder *builder, const char *type);
int builder_check_score(const struct builder *builder, double score);

/* The draft's entity of that id, or NULL with a message. */
const struct entity *builder_find_entity(const struct builder *builder, const char *id);

bool builder_same(const char *a, const char *b); /* the same text; NULL is like no other */

/* How a rejected relation, which has no entities, names its ends: "3-5". */
void builder_span_name(size_t start, size_t end, char out[BUILDER_SPAN_BYTES]);

#endif
