/* Building edits that take over labels of other posts, with what they say of themselves.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include <string.h>

static bool has_entity_id(const struct post *post, const char *id)
{
    return id && post_entity_peek(post, id);
}

static int adopt_entity(struct builder *builder, const struct entity *label)
{
    char id[BUILDER_ID_BYTES];
    if (builder_check_span(builder, label->start, label->end))
        return -1;
    for (size_t i = 0; i < builder->now->n_entities; i++) {
        const struct entity *there = &builder->now->entities[i];
        if (there->start == label->start && there->end == label->end &&
            (builder_same(there->type, label->type) || (!there->type && !label->type)))
            return 0;
    }
    for (size_t i = builder->now->n_rejected_entities; i-- > 0;) {
        const struct entity *rejected = &builder->now->rejected_entities[i];
        if (rejected->start == label->start && rejected->end == label->end &&
            builder_same(rejected->type, label->type) &&
            builder_entity(builder, EDIT_REJECTED_ENTITY, i, rejected, NULL))
            return -1;
    }
    struct entity entity = *label;
    if (!entity.id || has_entity_id(builder->now, entity.id)) {
        post_fresh_id(builder->now, 'e', id, sizeof id);
        entity.id = id;
    }
    return builder_entity(builder, EDIT_ENTITY, builder->now->n_entities, NULL, &entity);
}

int edit_adopt_entity(struct edit_batch *batch, const struct post *post, const struct entity *label, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, adopt_entity(&builder, label));
}

static int adopt_relation(struct builder *builder, const struct relation *label)
{
    char id[BUILDER_ID_BYTES];
    if (!builder_find_entity(builder, label->head) || !builder_find_entity(builder, label->tail) ||
        builder_check_type(builder, label->type))
        return -1;
    for (size_t i = 0; i < builder->now->n_relations; i++) {
        const struct relation *there = &builder->now->relations[i];
        if (!strcmp(there->head, label->head) && !strcmp(there->tail, label->tail) && !strcmp(there->type, label->type))
            return 0;
    }
    post_fresh_id(builder->now, 'r', id, sizeof id);
    struct relation relation = *label;
    relation.id = id;
    return builder_relation(builder, EDIT_RELATION, builder->now->n_relations, NULL, &relation);
}

int edit_adopt_relation(struct edit_batch *batch, const struct post *post, const struct relation *label,
                        struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, adopt_relation(&builder, label));
}

static int adopt_object(struct builder *builder, const struct object *label)
{
    char id[BUILDER_ID_BYTES];
    struct object object = *label;
    if (!object.id || post_object_peek(builder->now, object.id)) {
        post_fresh_id(builder->now, 'o', id, sizeof id);
        object.id = id;
    }
    const struct edit_value after = {.present = true, .as.object = object};
    return builder_change(builder, EDIT_OBJECT, builder->now->n_objects, NULL, &after);
}

int edit_adopt_object(struct edit_batch *batch, const struct post *post, const struct object *label,
                      const char **id_out, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err) || builder_close(&builder, adopt_object(&builder, label)))
        return -1;
    *id_out = batch->edits[batch->n - 1].after.as.object.id;
    return 0;
}
