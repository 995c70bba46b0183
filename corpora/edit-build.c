/* The builders: what a person does to a post, as a batch of edits.
 *
 * Each works on the post as the batch so far leaves it (a draft), finds what has to change there, and appends. On
 * failure the batch is as it was before.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"
#include "corpora/edit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ID_BYTES = 32, SPAN_BYTES = 48 };

struct builder {
    struct edit_batch *batch;
    size_t n_before; /* edits of the batch when we came */
    struct post now; /* a draft */
    struct error *err;
};

static int builder_open(struct builder *builder, struct edit_batch *batch, const struct post *post, struct error *err)
{
    *builder = (struct builder){.batch = batch, .n_before = batch->n, .err = err};
    if (edit_draft_copy(post, &builder->now))
        return error_memory(err, "edit");
    if (!edit_draft_apply(&builder->now, batch, 0, err))
        return 0;
    edit_draft_free(&builder->now);
    return -1;
}

static int builder_close(struct builder *builder, int failed)
{
    if (failed)
        edit_batch_truncate(builder->batch, builder->n_before);
    edit_draft_free(&builder->now);
    return failed ? -1 : 0;
}

/* Adds one change; the draft follows, so that the next finds the post as this one leaves it. after NULL = nothing. */
static int builder_change(struct builder *builder, enum edit_target target, size_t at, const struct edit_value *before,
                          const struct edit_value *after)
{
    struct edit edit = {.target = target, .at = at};
    if ((before && edit_value_copy(target, before, &edit.before)) ||
        (after && edit_value_copy(target, after, &edit.after))) {
        edit_value_free(target, &edit.before);
        return error_memory(builder->err, "edit");
    }
    size_t n = builder->batch->n;
    if (edit_batch_push(builder->batch, &edit, builder->err))
        return -1;
    return edit_draft_apply(&builder->now, builder->batch, n, builder->err);
}

static struct edit_value value_of_entity(const struct entity *entity)
{
    return (struct edit_value){.present = true, .as.entity = *entity};
}

static struct edit_value value_of_relation(const struct relation *relation)
{
    return (struct edit_value){.present = true, .as.relation = *relation};
}

/* before, after NULL = absent. Values are copied. */
static int builder_entity(struct builder *builder, enum edit_target target, size_t at, const struct entity *before,
                          const struct entity *after)
{
    struct edit_value values[2] = {{0}};
    if (before)
        values[0] = value_of_entity(before);
    if (after)
        values[1] = value_of_entity(after);
    return builder_change(builder, target, at, &values[0], &values[1]);
}

static int builder_relation(struct builder *builder, enum edit_target target, size_t at, const struct relation *before,
                            const struct relation *after)
{
    struct edit_value values[2] = {{0}};
    if (before)
        values[0] = value_of_relation(before);
    if (after)
        values[1] = value_of_relation(after);
    return builder_change(builder, target, at, &values[0], &values[1]);
}

/* Provenance of a human's decision, its strings borrowed from the context, from model and from time. */
static struct provenance human(const struct edit_context *context, enum label_decision decision, double score,
                               const char *model, char time_out[EDIT_TIME_BYTES])
{
    edit_time_now(time_out);
    return (struct provenance){
        .source = SOURCE_HUMAN,
        .has_source = true,
        .has_score = !isnan(score),
        .score = isnan(score) ? 0 : score,
        .by = context ? (char *)context->by : NULL,
        .at = context && context->at ? (char *)context->at : time_out,
        .decision = decision,
        .model = (char *)model,
    };
}

/* The same for a label that is there: which model proposed it stays known; its score was for what it said before. */
static struct provenance human_edit(const struct edit_context *context, const struct provenance *old,
                                    char time_out[EDIT_TIME_BYTES])
{
    return human(context, DECISION_EDITED, NAN, old->model, time_out);
}

/* A label that somebody else made, and that a human says again: it is accepted as it is. */
static struct provenance human_confirm(const struct edit_context *context, const struct provenance *old,
                                       char time_out[EDIT_TIME_BYTES])
{
    return human(context, DECISION_ACCEPTED, old->has_score ? old->score : NAN, old->model, time_out);
}

static bool is_human(const struct provenance *origin)
{
    return origin->has_source && origin->source == SOURCE_HUMAN;
}

void edit_time_now(char out[EDIT_TIME_BYTES])
{
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || !strftime(out, EDIT_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc))
        out[0] = '\0';
}

/* Checks */

static int check_span(const struct builder *builder, size_t start, size_t end)
{
    if (start < end && end <= builder->now.n_tokens)
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: tokens %zu to %zu are not a span of its %zu tokens",
                     builder->now.id, start, end, builder->now.n_tokens);
}

static int check_type(const struct builder *builder, const char *type)
{
    if (type && *type)
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: a label needs a type", builder->now.id);
}

static int check_score(const struct builder *builder, double score)
{
    if (isnan(score) || (score >= 0 && score <= 1))
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: a score of %g is not between 0 and 1", builder->now.id,
                     score);
}

static const struct entity *find_entity(const struct builder *builder, const char *id)
{
    const struct entity *entity = id ? post_entity_peek(&builder->now, id) : NULL;
    if (!entity)
        error_set(builder->err, ERROR_INPUT, "post %s: it has no entity %s", builder->now.id, id ? id : "");
    return entity;
}

/* Entities */

static size_t entity_place(const struct builder *builder, const struct entity *entity)
{
    return (size_t)(entity - builder->now.entities);
}

static int add_entity(struct builder *builder, size_t start, size_t end, const char *type, struct provenance origin)
{
    char id[ID_BYTES];
    post_fresh_id(&builder->now, 'e', id, sizeof id);
    struct entity entity = {.id = id, .start = start, .end = end, .type = (char *)type, .origin = origin};
    return builder_entity(builder, EDIT_ENTITY, builder->now.n_entities, NULL, &entity);
}

static int replace_entity(struct builder *builder, const struct entity *old, size_t start, size_t end,
                          const char *type, struct provenance origin)
{
    struct entity entity = *old;
    entity.start = start;
    entity.end = end;
    entity.type = (char *)type;
    entity.origin = origin;
    return builder_entity(builder, EDIT_ENTITY, entity_place(builder, old), old, &entity);
}

static bool same_type(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

static int create_entity(struct builder *builder, size_t start, size_t end, const char *type,
                         const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    if (check_span(builder, start, end) || check_type(builder, type))
        return -1;
    const struct entity *there = post_entity_at_peek(&builder->now, start, end);
    if (!there)
        return add_entity(builder, start, end, type, human(context, DECISION_CREATED, NAN, NULL, at));
    if (!same_type(there->type, type))
        return replace_entity(builder, there, start, end, type, human_edit(context, &there->origin, at));
    if (is_human(&there->origin))
        return 0;
    return replace_entity(builder, there, start, end, type, human_confirm(context, &there->origin, at));
}

int edit_create_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, create_entity(&builder, start, end, type, context));
}

/* A proposal that is taken over after all is refused no longer. */
static int forget_rejected_entity(struct builder *builder, size_t start, size_t end, const char *type)
{
    for (size_t i = builder->now.n_rejected_entities; i-- > 0;) {
        const struct entity *rejected = &builder->now.rejected_entities[i];
        if (rejected->start == start && rejected->end == end && same_type(rejected->type, type) &&
            builder_entity(builder, EDIT_REJECTED_ENTITY, i, rejected, NULL))
            return -1;
    }
    return 0;
}

static int accept_entity(struct builder *builder, size_t start, size_t end, const char *type, double score,
                         const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    if (check_span(builder, start, end) || check_type(builder, type) || check_score(builder, score) ||
        forget_rejected_entity(builder, start, end, type))
        return -1;
    struct provenance origin = human(context, DECISION_ACCEPTED, score, model, at);
    const struct entity *there = post_entity_at_peek(&builder->now, start, end);
    if (!there)
        return add_entity(builder, start, end, type, origin);
    if (same_type(there->type, type) && is_human(&there->origin))
        return 0;
    return replace_entity(builder, there, start, end, type, origin);
}

int edit_accept_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       double score, const char *model, const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, accept_entity(&builder, start, end, type, score, model, context));
}

static int retype_entity(struct builder *builder, const char *id, const char *type, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct entity *entity = find_entity(builder, id);
    if (!entity || check_type(builder, type))
        return -1;
    if (same_type(entity->type, type) && is_human(&entity->origin))
        return 0;
    struct provenance origin = same_type(entity->type, type) ? human_confirm(context, &entity->origin, at)
                                                             : human_edit(context, &entity->origin, at);
    return replace_entity(builder, entity, entity->start, entity->end, type, origin);
}

int edit_retype_entity(struct edit_batch *batch, const struct post *post, const char *id, const char *type,
                       const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, retype_entity(&builder, id, type, context));
}

static int respan_entity(struct builder *builder, const char *id, size_t start, size_t end,
                         const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct entity *entity = find_entity(builder, id);
    if (!entity || check_span(builder, start, end))
        return -1;
    if (entity->start == start && entity->end == end)
        return 0;
    const struct entity *other = post_entity_at_peek(&builder->now, start, end);
    if (other)
        return error_set(builder->err, ERROR_INPUT, "post %s: entity %s stands on these tokens already",
                         builder->now.id, other->id);
    return replace_entity(builder, entity, start, end, entity->type, human_edit(context, &entity->origin, at));
}

int edit_respan_entity(struct edit_batch *batch, const struct post *post, const char *id, size_t start, size_t end,
                       const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, respan_entity(&builder, id, start, end, context));
}

static int delete_entity(struct builder *builder, const char *id)
{
    if (!find_entity(builder, id))
        return -1;
    for (size_t i = builder->now.n_relations; i-- > 0;) {
        const struct relation *relation = &builder->now.relations[i];
        if ((!strcmp(relation->head, id) || !strcmp(relation->tail, id)) &&
            builder_relation(builder, EDIT_RELATION, i, relation, NULL))
            return -1;
    }
    const struct entity *entity = post_entity_peek(&builder->now, id);
    return builder_entity(builder, EDIT_ENTITY, entity_place(builder, entity), entity, NULL);
}

int edit_delete_entity(struct edit_batch *batch, const struct post *post, const char *id, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, delete_entity(&builder, id));
}

static int reject_entity(struct builder *builder, size_t start, size_t end, const char *type, double score,
                         const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    if (check_span(builder, start, end) || check_type(builder, type) || check_score(builder, score))
        return -1;
    size_t n = builder->now.n_rejected_entities;
    for (size_t i = 0; i < n; i++) {
        const struct entity *rejected = &builder->now.rejected_entities[i];
        if (rejected->start == start && rejected->end == end && same_type(rejected->type, type))
            return 0;
    }
    struct entity entity = {.start = start, .end = end, .type = (char *)type};
    entity.origin = human(context, DECISION_NONE, score, model, at);
    entity.origin.source = SOURCE_MODEL;
    return builder_entity(builder, EDIT_REJECTED_ENTITY, n, NULL, &entity);
}

int edit_reject_entity(struct edit_batch *batch, const struct post *post, size_t start, size_t end, const char *type,
                       double score, const char *model, const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, reject_entity(&builder, start, end, type, score, model, context));
}

/* Relations */

/* The relation of head and tail, that of the same type first; NULL = none. */
static const struct relation *find_pair(const struct post *post, const char *head, const char *tail, const char *type)
{
    const struct relation *found = NULL;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *relation = &post->relations[i];
        if (strcmp(relation->head, head) || strcmp(relation->tail, tail))
            continue;
        if (same_type(relation->type, type))
            return relation;
        if (!found)
            found = relation;
    }
    return found;
}

static size_t relation_place(const struct builder *builder, const struct relation *relation)
{
    return (size_t)(relation - builder->now.relations);
}

static int replace_relation(struct builder *builder, const struct relation *old, const char *type,
                            struct provenance origin)
{
    struct relation relation = *old;
    relation.type = (char *)type;
    relation.origin = origin;
    return builder_relation(builder, EDIT_RELATION, relation_place(builder, old), old, &relation);
}

static int forget_rejected_relation(struct builder *builder, const char *head, const char *tail, const char *type)
{
    for (size_t i = builder->now.n_rejected_relations; i-- > 0;) {
        const struct relation *rejected = &builder->now.rejected_relations[i];
        if (same_type(rejected->head, head) && same_type(rejected->tail, tail) && same_type(rejected->type, type) &&
            builder_relation(builder, EDIT_REJECTED_RELATION, i, rejected, NULL))
            return -1;
    }
    return 0;
}

/* A relation that a proposal names has no ids: its ends are spans. */
static void span_name(size_t start, size_t end, char out[SPAN_BYTES])
{
    snprintf(out, SPAN_BYTES, "%zu-%zu", start, end);
}

static int put_relation(struct builder *builder, const char *head, const char *tail, const char *type, double score,
                        const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES], id[ID_BYTES], head_span[SPAN_BYTES], tail_span[SPAN_BYTES];
    const struct entity *ends[2] = {find_entity(builder, head), NULL};
    if (!ends[0] || !(ends[1] = find_entity(builder, tail)) || check_type(builder, type) ||
        check_score(builder, score))
        return -1;
    if (ends[0] == ends[1])
        return error_set(builder->err, ERROR_INPUT, "post %s: a relation needs two entities, not %s twice",
                         builder->now.id, head);
    bool accepted = !isnan(score) || model;
    span_name(ends[0]->start, ends[0]->end, head_span);
    span_name(ends[1]->start, ends[1]->end, tail_span);
    if (accepted && forget_rejected_relation(builder, head_span, tail_span, type))
        return -1;

    const struct relation *there = find_pair(&builder->now, head, tail, type);
    if (!there) {
        post_fresh_id(&builder->now, 'r', id, sizeof id);
        struct relation relation = {.id = id, .head = (char *)head, .tail = (char *)tail, .type = (char *)type};
        relation.origin = human(context, accepted ? DECISION_ACCEPTED : DECISION_CREATED, score, model, at);
        return builder_relation(builder, EDIT_RELATION, builder->now.n_relations, NULL, &relation);
    }
    bool same = same_type(there->type, type);
    if (same && is_human(&there->origin))
        return 0;
    if (accepted)
        return replace_relation(builder, there, type, human(context, DECISION_ACCEPTED, score, model, at));
    if (!same)
        return replace_relation(builder, there, type, human_edit(context, &there->origin, at));
    return replace_relation(builder, there, type, human_confirm(context, &there->origin, at));
}

int edit_put_relation(struct edit_batch *batch, const struct post *post, const char *head, const char *tail,
                      const char *type, double score, const char *model, const struct edit_context *context,
                      struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, put_relation(&builder, head, tail, type, score, model, context));
}

int edit_delete_relation(struct edit_batch *batch, const struct post *post, const char *id, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    for (size_t i = 0; id && i < builder.now.n_relations; i++)
        if (!strcmp(builder.now.relations[i].id, id))
            return builder_close(&builder,
                                 builder_relation(&builder, EDIT_RELATION, i, &builder.now.relations[i], NULL));
    return builder_close(&builder,
                         error_set(err, ERROR_INPUT, "post %s: it has no relation %s", post->id, id ? id : ""));
}

static int reject_relation(struct builder *builder, const size_t head[2], const size_t tail[2], const char *type,
                           double score, const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES], head_span[SPAN_BYTES], tail_span[SPAN_BYTES];
    if (check_span(builder, head[0], head[1]) || check_span(builder, tail[0], tail[1]) ||
        check_type(builder, type) || check_score(builder, score))
        return -1;
    span_name(head[0], head[1], head_span);
    span_name(tail[0], tail[1], tail_span);
    size_t n = builder->now.n_rejected_relations;
    for (size_t i = 0; i < n; i++) {
        const struct relation *rejected = &builder->now.rejected_relations[i];
        if (same_type(rejected->head, head_span) && same_type(rejected->tail, tail_span) &&
            same_type(rejected->type, type))
            return 0;
    }
    struct relation relation = {.head = head_span, .tail = tail_span, .type = (char *)type};
    relation.origin = human(context, DECISION_NONE, score, model, at);
    relation.origin.source = SOURCE_MODEL;
    return builder_relation(builder, EDIT_REJECTED_RELATION, n, NULL, &relation);
}

int edit_reject_relation(struct edit_batch *batch, const struct post *post, const size_t head[2], const size_t tail[2],
                         const char *type, double score, const char *model, const struct edit_context *context,
                         struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, reject_relation(&builder, head, tail, type, score, model, context));
}

/* Fields */

int edit_set_status(struct edit_batch *batch, const struct post *post, enum post_status status, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    struct edit_value before = {.present = true, .as.status = builder.now.status};
    struct edit_value after = {.present = true, .as.status = status};
    return builder_close(&builder, before.as.status == status
                                       ? 0
                                       : builder_change(&builder, EDIT_STATUS, 0, &before, &after));
}

/* An empty text is none. */
static int set_text(struct edit_batch *batch, const struct post *post, enum edit_target target, const char *text,
                    struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    char *old = target == EDIT_NOTE ? builder.now.note : builder.now.annotator;
    if (text && !*text)
        text = NULL;
    bool same = old == text || (old && text && !strcmp(old, text));
    struct edit_value before = {.present = old != NULL, .as.text = old};
    struct edit_value after = {.present = text != NULL, .as.text = (char *)text};
    return builder_close(&builder, same ? 0 : builder_change(&builder, target, 0, &before, &after));
}

int edit_set_note(struct edit_batch *batch, const struct post *post, const char *note, struct error *err)
{
    return set_text(batch, post, EDIT_NOTE, note, err);
}

int edit_set_annotator(struct edit_batch *batch, const struct post *post, const char *annotator, struct error *err)
{
    return set_text(batch, post, EDIT_ANNOTATOR, annotator, err);
}

const char *edit_batch_entity_at_peek(const struct edit_batch *batch, const struct post *post, size_t start,
                                      size_t end)
{
    /* The last edit of an entity says where it stands; an entity that no edit touches stands where the post says. */
    for (size_t i = batch->n; i-- > 0;) {
        const struct edit *edit = &batch->edits[i];
        if (edit->target == EDIT_ENTITY && edit->after.present && edit->after.as.entity.start == start &&
            edit->after.as.entity.end == end) {
            bool later = false;
            for (size_t j = i + 1; j < batch->n; j++)
                later = later || (batch->edits[j].target == EDIT_ENTITY && batch->edits[j].before.present &&
                                  !strcmp(batch->edits[j].before.as.entity.id, edit->after.as.entity.id));
            if (!later)
                return edit->after.as.entity.id;
        }
    }
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        bool touched = entity->start != start || entity->end != end;
        for (size_t j = 0; !touched && j < batch->n; j++)
            touched = batch->edits[j].target == EDIT_ENTITY && batch->edits[j].before.present &&
                      !strcmp(batch->edits[j].before.as.entity.id, entity->id);
        if (!touched)
            return entity->id;
    }
    return NULL;
}
