/* Building edits of objects in the picture, and of where entities are in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int change_object(struct builder *builder, size_t at, const struct object *before, const struct object *after)
{
    struct edit_value values[2] = {{0}};
    if (before)
        values[0] = (struct edit_value){.present = true, .as.object = *before};
    if (after)
        values[1] = (struct edit_value){.present = true, .as.object = *after};
    return builder_change(builder, EDIT_OBJECT, at, &values[0], &values[1]);
}

static const struct object *find_object(const struct builder *builder, const char *id)
{
    const struct object *object = id ? post_object_peek(builder->now, id) : NULL;
    if (!object)
        error_set(builder->err, ERROR_INPUT, "post %s: it has no object %s", builder->now->id, id ? id : "");
    return object;
}

static int replace_object(struct builder *builder, const struct object *old, const struct object *with)
{
    return change_object(builder, (size_t)(old - builder->now->objects), old, with);
}

static int check_box(const struct builder *builder, const double box[4])
{
    bool finite = isfinite(box[0]) && isfinite(box[1]) && isfinite(box[2]) && isfinite(box[3]);
    if (finite && box[0] < box[2] && box[1] < box[3])
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: %g, %g to %g, %g is no box", builder->now->id, box[0], box[1],
                     box[2], box[3]);
}

/* An empty label is none. */
static const char *label_or_none(const char *label)
{
    return label && *label ? label : NULL;
}

static int add_object(struct builder *builder, const double box[4], const char *label, const struct provenance *origin)
{
    char id[BUILDER_ID_BYTES];
    if (check_box(builder, box) || builder_check_score(builder, origin->has_score ? origin->score : NAN))
        return -1;
    post_fresh_id(builder->now, 'o', id, sizeof id);
    struct object object = {.id = id, .label = (char *)label_or_none(label), .origin = *origin};
    char now[EDIT_TIME_BYTES];
    if (origin->decision != DECISION_NONE && !origin->at) {
        edit_time_now(now);
        object.origin.at = now;
    }
    memcpy(object.box, box, sizeof object.box);
    return change_object(builder, builder->now->n_objects, NULL, &object);
}

int edit_add_object(struct edit_batch *batch, const struct post *post, const double box[4], const char *label,
                    const struct provenance *origin, const char **id_out, struct error *err)
{
    struct builder builder;
    if (id_out)
        *id_out = NULL;
    if (builder_open(&builder, batch, post, err) ||
        builder_close(&builder, add_object(&builder, box, label, origin)))
        return -1;
    if (id_out)
        *id_out = batch->edits[batch->n - 1].after.as.object.id;
    return 0;
}

static int accept_object(struct builder *builder, const char *id, const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct object *old = find_object(builder, id);
    if (!old)
        return -1;
    if (builder_is_human(&old->origin))
        return 0;
    struct object object = *old;
    object.origin = builder_confirmed(context, &old->origin, at);
    return replace_object(builder, old, &object);
}

int edit_accept_object(struct edit_batch *batch, const struct post *post, const char *id,
                       const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, accept_object(&builder, id, context));
}

static int set_box(struct builder *builder, const char *id, const double box[4], const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct object *old = find_object(builder, id);
    if (!old || check_box(builder, box))
        return -1;
    if (!memcmp(old->box, box, sizeof old->box))
        return 0;
    struct object object = *old;
    memcpy(object.box, box, sizeof object.box);
    object.origin = builder_edited(context, &old->origin, at);
    return replace_object(builder, old, &object);
}

int edit_set_box(struct edit_batch *batch, const struct post *post, const char *id, const double box[4],
                 const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, set_box(&builder, id, box, context));
}

static int relabel_object(struct builder *builder, const char *id, const char *label,
                          const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct object *old = find_object(builder, id);
    if (!old)
        return -1;
    if (text_equal(label_or_none(old->label), label_or_none(label)))
        return accept_object(builder, id, context);
    struct object object = *old;
    /* A new box that is given its first label is still being made. */
    bool is_new = !label_or_none(old->label) && old->origin.decision == DECISION_CREATED &&
                  builder_is_human(&old->origin) && builder_same(old->origin.by, context->by);
    object.label = (char *)label_or_none(label);
    object.origin = is_new ? old->origin : builder_edited(context, &old->origin, at);
    return replace_object(builder, old, &object);
}

int edit_relabel_object(struct edit_batch *batch, const struct post *post, const char *id, const char *label,
                        const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, relabel_object(&builder, id, label, context));
}

/* ---- Grounding ---- */

/* grounding is borrowed. */
static int ground(struct builder *builder, size_t at, bool answered, char **grounding, size_t n,
                  const struct provenance *origin)
{
    const struct entity *old = &builder->now->entities[at];
    struct entity entity = *old;
    entity.has_grounding = answered;
    entity.grounding = grounding;
    entity.n_grounding = n;
    entity.origin = *origin;
    return builder_entity(builder, EDIT_ENTITY, at, old, &entity);
}

/* Where it was the only object, nobody has answered any more. */
static int forget_object(struct builder *builder, size_t at, const char *id)
{
    const struct entity *entity = &builder->now->entities[at];
    char **rest = array_new(entity->n_grounding, sizeof *rest);
    size_t n = 0;
    if (!rest)
        return error_memory(builder->err, "edit");
    for (size_t i = 0; i < entity->n_grounding; i++)
        if (strcmp(entity->grounding[i], id))
            rest[n++] = entity->grounding[i];
    int failed = n == entity->n_grounding ? 0 : ground(builder, at, n > 0, rest, n, &entity->origin);
    free(rest);
    return failed;
}

static int delete_object(struct builder *builder, const char *id)
{
    if (!find_object(builder, id))
        return -1;
    for (size_t i = 0; i < builder->now->n_entities; i++)
        if (forget_object(builder, i, id))
            return -1;
    const struct object *object = post_object_peek(builder->now, id);
    return replace_object(builder, object, NULL);
}

int edit_delete_object(struct edit_batch *batch, const struct post *post, const char *id, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, delete_object(&builder, id));
}

/* Who answers accepts a model's entity; of any other it says who answered. */
static struct provenance answered_by(const struct edit_context *context, const struct provenance *old,
                                     char at[EDIT_TIME_BYTES])
{
    struct provenance answer = builder_confirmed(context, old, at), origin = *old;
    if (provenance_is_proposal(old))
        return answer;
    origin.by = answer.by;
    origin.at = answer.at;
    return origin;
}

static int ground_entity(struct builder *builder, const char *id, bool answered, const char *const *objects, size_t n,
                         const struct edit_context *context)
{
    char at[EDIT_TIME_BYTES];
    const struct entity *entity = builder_find_entity(builder, id);
    if (!entity)
        return -1;
    if (!answered && n)
        return error_set(builder->err, ERROR_INPUT, "post %s: entity %s is in objects, and nobody said so",
                         builder->now->id, id);
    char **once = array_new(n, sizeof *once);
    size_t n_once = 0;
    int failed = once ? 0 : error_memory(builder->err, "edit");
    for (size_t i = 0; i < n && !failed; i++) {
        size_t same = 0;
        failed = find_object(builder, objects[i]) ? 0 : -1;
        while (same < n_once && strcmp(once[same], objects[i]))
            same++;
        if (same == n_once)
            once[n_once++] = (char *)objects[i];
    }
    bool unchanged = !failed && entity->has_grounding == answered && entity->n_grounding == n_once;
    for (size_t i = 0; unchanged && i < n_once; i++)
        unchanged = !strcmp(entity->grounding[i], once[i]);
    if (!failed && !unchanged) {
        struct provenance origin = answered_by(context, &entity->origin, at);
        failed = ground(builder, (size_t)(entity - builder->now->entities), answered, once, n_once, &origin);
    }
    free(once);
    return failed;
}

int edit_ground_entity(struct edit_batch *batch, const struct post *post, const char *id, bool answered,
                       const char *const *objects, size_t n, const struct edit_context *context, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, ground_entity(&builder, id, answered, objects, n, context));
}
