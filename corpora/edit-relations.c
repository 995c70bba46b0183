/* Building edits of relations.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include <math.h>
#include <string.h>

/* The relation of head and tail, that of the same type first; NULL = none. */
static const struct relation *find_pair(const struct post *post, const char *head, const char *tail, const char *type)
{
    const struct relation *found = NULL;
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *relation = &post->relations[i];
        if (strcmp(relation->head, head) || strcmp(relation->tail, tail))
            continue;
        if (builder_same(relation->type, type))
            return relation;
        if (!found)
            found = relation;
    }
    return found;
}

static size_t relation_place(const struct builder *builder, const struct relation *relation)
{
    return (size_t)(relation - builder->now->relations);
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
    for (size_t i = builder->now->n_rejected_relations; i-- > 0;) {
        const struct relation *rejected = &builder->now->rejected_relations[i];
        if (builder_same(rejected->head, head) && builder_same(rejected->tail, tail) &&
            builder_same(rejected->type, type) &&
            builder_relation(builder, EDIT_REJECTED_RELATION, i, rejected, NULL))
            return -1;
    }
    return 0;
}

static int put_relation(struct builder *builder, const char *head, const char *tail, const char *type, double score,
                        const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES], id[BUILDER_ID_BYTES], head_span[BUILDER_SPAN_BYTES], tail_span[BUILDER_SPAN_BYTES];
    const struct entity *ends[2] = {builder_find_entity(builder, head), NULL};
    if (!ends[0] || !(ends[1] = builder_find_entity(builder, tail)) || builder_check_type(builder, type) ||
        builder_check_score(builder, score))
        return -1;
    if (ends[0] == ends[1])
        return error_set(builder->err, ERROR_INPUT, "post %s: a relation needs two entities, not %s twice",
                         builder->now->id, head);
    bool accepted = !isnan(score) || model;
    builder_span_name(ends[0]->start, ends[0]->end, head_span);
    builder_span_name(ends[1]->start, ends[1]->end, tail_span);
    if (accepted && forget_rejected_relation(builder, head_span, tail_span, type))
        return -1;

    const struct relation *there = find_pair(builder->now, head, tail, type);
    if (!there) {
        post_fresh_id(builder->now, 'r', id, sizeof id);
        struct relation relation = {.id = id, .head = (char *)head, .tail = (char *)tail, .type = (char *)type};
        relation.origin = builder_human(context, accepted ? DECISION_ACCEPTED : DECISION_CREATED, score, model, at);
        return builder_relation(builder, EDIT_RELATION, builder->now->n_relations, NULL, &relation);
    }
    bool same = builder_same(there->type, type);
    if (same && builder_is_human(&there->origin))
        return 0;
    if (accepted)
        return replace_relation(builder, there, type, builder_human(context, DECISION_ACCEPTED, score, model, at));
    if (!same)
        return replace_relation(builder, there, type, builder_edited(context, &there->origin, at));
    return replace_relation(builder, there, type, builder_confirmed(context, &there->origin, at));
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
    for (size_t i = 0; id && i < builder.now->n_relations; i++)
        if (!strcmp(builder.now->relations[i].id, id))
            return builder_close(&builder,
                                 builder_relation(&builder, EDIT_RELATION, i, &builder.now->relations[i], NULL));
    return builder_close(&builder,
                         error_set(err, ERROR_INPUT, "post %s: it has no relation %s", post->id, id ? id : ""));
}

static int reject_relation(struct builder *builder, const size_t head[2], const size_t tail[2], const char *type,
                           double score, const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES], head_span[BUILDER_SPAN_BYTES], tail_span[BUILDER_SPAN_BYTES];
    if (builder_check_span(builder, head[0], head[1]) || builder_check_span(builder, tail[0], tail[1]) ||
        builder_check_type(builder, type) || builder_check_score(builder, score))
        return -1;
    builder_span_name(head[0], head[1], head_span);
    builder_span_name(tail[0], tail[1], tail_span);
    size_t n = builder->now->n_rejected_relations;
    for (size_t i = 0; i < n; i++) {
        const struct relation *rejected = &builder->now->rejected_relations[i];
        if (builder_same(rejected->head, head_span) && builder_same(rejected->tail, tail_span) &&
            builder_same(rejected->type, type))
            return 0;
    }
    struct relation relation = {.head = head_span, .tail = tail_span, .type = (char *)type};
    relation.origin = builder_human(context, DECISION_NONE, score, model, at);
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
