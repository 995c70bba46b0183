/* Building edits of entities: what people say, take over from a model, change and refuse.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include <math.h>
#include <string.h>

static size_t entity_place(const struct builder *builder, const struct entity *entity)
{
    return (size_t)(entity - builder->now->entities);
}

static int add_entity(struct builder *builder, size_t start, size_t end, const char *type, struct provenance origin)
{
    char id[BUILDER_ID_BYTES];
    post_fresh_id(builder->now, 'e', id, sizeof id);
    struct entity entity = {.id = id, .start = start, .end = end, .type = (char *)type, .origin = origin};
    return builder_entity(builder, EDIT_ENTITY, builder->now->n_entities, NULL, &entity);
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

static int create_entity(struct builder *builder, size_t start, size_t end, const char *type,
                         const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    if (builder_check_span(builder, start, end) || builder_check_type(builder, type))
        return -1;
    const struct entity *there = post_entity_at_peek(builder->now, start, end);
    if (!there)
        return add_entity(builder, start, end, type, builder_human(context, DECISION_CREATED, NAN, NULL, at));
    if (!builder_same(there->type, type))
        return replace_entity(builder, there, start, end, type, builder_edited(context, &there->origin, at));
    if (builder_is_human(&there->origin))
        return 0;
    return replace_entity(builder, there, start, end, type, builder_confirmed(context, &there->origin, at));
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
    for (size_t i = builder->now->n_rejected_entities; i-- > 0;) {
        const struct entity *rejected = &builder->now->rejected_entities[i];
        if (rejected->start == start && rejected->end == end && builder_same(rejected->type, type) &&
            builder_entity(builder, EDIT_REJECTED_ENTITY, i, rejected, NULL))
            return -1;
    }
    return 0;
}

static int accept_entity(struct builder *builder, size_t start, size_t end, const char *type, double score,
                         const char *model, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    if (builder_check_span(builder, start, end) || builder_check_type(builder, type) ||
        builder_check_score(builder, score) || forget_rejected_entity(builder, start, end, type))
        return -1;
    struct provenance origin = builder_human(context, DECISION_ACCEPTED, score, model, at);
    const struct entity *there = post_entity_at_peek(builder->now, start, end);
    if (!there)
        return add_entity(builder, start, end, type, origin);
    if (builder_same(there->type, type) && builder_is_human(&there->origin))
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
    const struct entity *entity = builder_find_entity(builder, id);
    if (!entity || builder_check_type(builder, type))
        return -1;
    if (builder_same(entity->type, type) && builder_is_human(&entity->origin))
        return 0;
    struct provenance origin = builder_same(entity->type, type) ? builder_confirmed(context, &entity->origin, at)
                                                                : builder_edited(context, &entity->origin, at);
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
    const struct entity *entity = builder_find_entity(builder, id);
    if (!entity || builder_check_span(builder, start, end))
        return -1;
    if (entity->start == start && entity->end == end)
        return 0;
    const struct entity *other = post_entity_at_peek(builder->now, start, end);
    if (other)
        return error_set(builder->err, ERROR_INPUT, "post %s: entity %s stands on these tokens already",
                         builder->now->id, other->id);
    return replace_entity(builder, entity, start, end, entity->type, builder_edited(context, &entity->origin, at));
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
    if (!builder_find_entity(builder, id))
        return -1;
    for (size_t i = builder->now->n_relations; i-- > 0;) {
        const struct relation *relation = &builder->now->relations[i];
        if ((!strcmp(relation->head, id) || !strcmp(relation->tail, id)) &&
            builder_relation(builder, EDIT_RELATION, i, relation, NULL))
            return -1;
    }
    const struct entity *entity = post_entity_peek(builder->now, id);
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
    if (builder_check_span(builder, start, end) || builder_check_type(builder, type) ||
        builder_check_score(builder, score))
        return -1;
    size_t n = builder->now->n_rejected_entities;
    for (size_t i = 0; i < n; i++) {
        const struct entity *rejected = &builder->now->rejected_entities[i];
        if (rejected->start == start && rejected->end == end && builder_same(rejected->type, type))
            return 0;
    }
    struct entity entity = {.start = start, .end = end, .type = (char *)type};
    entity.origin = builder_human(context, DECISION_NONE, score, model, at);
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
