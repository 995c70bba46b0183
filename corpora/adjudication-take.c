/* Deciding: what becomes of a disagreement, and of what all agree on.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/adjudication-parts.h"
#include "corpora/json.h"
#include "corpora/merge-post.h"
#include "corpora/merge.h"
#include "corpora/overlap.h"
#include "corpora/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADJUDICATION_IOU_SAME 0.9 /* the same box */

/* The member that tells whom a label was taken from, besides those that it has. NULL when memory is out. */
static char *from_member(const char *names, const char *extra)
{
    struct text text = {0};
    text_add_char(&text, '{');
    json_put_name(&text, "from");
    json_put_text(&text, names);
    struct json_value before = json_member(json_value_of(extra), "from");
    if (!before.text)
        json_put_extra(&text, extra);
    text_add_char(&text, '}');
    return text_take(&text);
}

/* Who says so, when the adjudicator takes a label over. */
static struct provenance accepted(const struct provenance *label, const struct edit_context *context,
                                  const char *now)
{
    return (struct provenance){.source = SOURCE_HUMAN,
                               .has_source = true,
                               .has_score = label->has_score,
                               .score = label->score,
                               .by = (char *)context->by,
                               .at = (char *)(context->at ? context->at : now),
                               .decision = DECISION_ACCEPTED,
                               .model = label->model};
}

/* Boxes that the batch has added, which cannot be seen in the post yet. */
struct boxes {
    struct {
        double box[4];
        char *id;
    } *items;
    size_t n;
};

static void boxes_free(struct boxes *boxes)
{
    for (size_t i = 0; i < boxes->n; i++)
        free(boxes->items[i].id);
    free(boxes->items);
}

/* The post's own box for one of a version: the best that has at least that IoU, else a new one. names NULL: as the
 * version has it. *id_out is the caller's to free. */
static int own_box(struct boxes *boxes, struct edit_batch *batch, const struct post *post, const struct object *object,
                   double least, const char *names, const struct edit_context *context, char **id_out,
                   struct error *err)
{
    char now[EDIT_TIME_BYTES], *extra = NULL;
    const char *id = NULL;
    for (size_t i = 0; i < post->n_objects + boxes->n; i++) {
        const double *box = i < post->n_objects ? post->objects[i].box : boxes->items[i - post->n_objects].box;
        double iou = overlap_iou(box, object->box);
        if (iou < least || (id && iou == least))
            continue;
        least = iou;
        id = i < post->n_objects ? post->objects[i].id : boxes->items[i - post->n_objects].id;
    }
    *id_out = NULL;
    if (id)
        return text_copy(id, id_out) ? error_memory(err, "adjudication") : 0;
    struct object copy = *object;
    copy.id = NULL;
    edit_time_now(now);
    if (names) {
        copy.origin = accepted(&object->origin, context, now);
        if (!(copy.extra = extra = from_member(names, object->extra)))
            return error_memory(err, "adjudication");
    }
    int result = edit_adopt_object(batch, post, &copy, &id, err);
    free(extra);
    void *grown = result ? NULL : array_grow(boxes->items, boxes->n, sizeof *boxes->items);
    if (!grown)
        return result ? result : error_memory(err, "adjudication");
    boxes->items = grown;
    memcpy(boxes->items[boxes->n].box, object->box, sizeof object->box);
    if (text_copy(id, &boxes->items[boxes->n].id) || (boxes->n++, text_copy(id, id_out)))
        return error_memory(err, "adjudication");
    return 0;
}

/* Where all who answered say that the entity is: set in a copy of it that is about to be taken over, in boxes of the
 * post. Nothing where nobody answered, or not all alike. answer_free afterwards. */
static int answer_fill(struct boxes *boxes, struct edit_batch *batch, const struct post *post,
                       const struct adjudication_look *look, struct entity *entity, struct error *err)
{
    struct adjudication_item answers;
    entity->has_grounding = false;
    entity->grounding = NULL;
    entity->n_grounding = 0;
    if (adjudication_answers(look, entity->start, entity->end, &answers))
        return error_memory(err, "adjudication");
    int result = 0;
    if (answers.n == 1) {
        const struct post *version = look->versions[answers.choices[0].version];
        const struct entity *said = adjudication_grounded(look, &answers, 0);
        entity->has_grounding = true;
        if (!(entity->grounding = calloc(said->n_grounding + 1, sizeof *entity->grounding)))
            result = error_memory(err, "adjudication");
        for (size_t i = 0; i < said->n_grounding && !result; i++) {
            const struct object *object = post_object_peek(version, said->grounding[i]);
            result = object ? own_box(boxes, batch, post, object, ADJUDICATION_IOU_MIN, NULL, NULL,
                                      &entity->grounding[i], err)
                            : error_set(err, ERROR_INPUT, "post %s: an answer names no box", post->id);
            entity->n_grounding += !result;
        }
    }
    adjudication_item_free(&answers);
    return result;
}

static void answer_free(struct entity *entity)
{
    text_list_free(entity->grounding, entity->n_grounding);
}

static int take_entity(struct boxes *boxes, struct edit_batch *batch, const struct post *post,
                       const struct adjudication_look *look, const struct entity *label, const char *names,
                       const struct edit_context *context, struct error *err)
{
    char now[EDIT_TIME_BYTES], *extra = from_member(names, label->extra);
    if (!extra)
        return error_memory(err, "adjudication");
    edit_time_now(now);
    struct entity entity = *label;
    entity.origin = accepted(&label->origin, context, now);
    entity.extra = extra;
    entity.id = NULL;
    int result = answer_fill(boxes, batch, post, look, &entity, err);
    if (!result)
        result = edit_adopt_entity(batch, post, &entity, err);
    answer_free(&entity);
    free(extra);
    return result;
}

/* The ids of a relation's entities in the post as the batch leaves it; false: one is not there. */
static bool find_ends(const struct edit_batch *batch, const struct post *post, const struct post *version,
                      const struct relation *relation, const char *ids[2])
{
    const struct entity *head, *tail;
    adjudication_ends(version, relation, &head, &tail);
    ids[0] = head ? edit_batch_entity_at_peek(batch, post, head->start, head->end) : NULL;
    ids[1] = tail ? edit_batch_entity_at_peek(batch, post, tail->start, tail->end) : NULL;
    return ids[0] && ids[1] && strcmp(ids[0], ids[1]);
}

static int adopt_relation(struct edit_batch *batch, const struct post *post, const struct post *version,
                          const struct relation *label, const struct provenance *origin, char *extra,
                          struct error *err)
{
    const char *ids[2];
    if (!find_ends(batch, post, version, label, ids))
        return 0;
    char *head = strdup(ids[0]), *tail = strdup(ids[1]); /* the batch may move */
    struct relation relation = *label;
    relation.head = head;
    relation.tail = tail;
    relation.origin = *origin;
    relation.extra = extra;
    int result = head && tail ? edit_adopt_relation(batch, post, &relation, err) : error_memory(err, "adjudication");
    free(head);
    free(tail);
    return result;
}

static int take_relation(struct edit_batch *batch, const struct post *post, const struct post *version,
                         const struct relation *label, const char *names, const struct edit_context *context,
                         struct error *err)
{
    char now[EDIT_TIME_BYTES], *extra = from_member(names, label->extra);
    if (!extra)
        return error_memory(err, "adjudication");
    edit_time_now(now);
    const struct provenance origin = accepted(&label->origin, context, now);
    int result = adopt_relation(batch, post, version, label, &origin, extra, err);
    free(extra);
    return result;
}

/* Everybody's labels at the place. */
static int refuse_all(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                      const struct disagreement *place, const struct edit_context *context, struct error *err)
{
    for (size_t v = 0; v < look->n; v++)
        for (size_t i = 0; look->versions[v] && i < place->said[v].n; i++) {
            size_t at = place->said[v].labels[i];
            if (place->kind == DISAGREEMENT_ENTITIES) {
                const struct entity *e = &look->versions[v]->entities[at];
                if (e->type && edit_reject_entity(batch, post, e->start, e->end, e->type, NAN, NULL, context, err))
                    return -1;
                continue;
            }
            const struct relation *r = &look->versions[v]->relations[at];
            const struct entity *head, *tail;
            adjudication_ends(look->versions[v], r, &head, &tail);
            if (!head || !tail)
                continue;
            const size_t spans[2][2] = {{head->start, head->end}, {tail->start, tail->end}};
            if (edit_reject_relation(batch, post, spans[0], spans[1], r->type, NAN, NULL, context, err))
                return -1;
        }
    return 0;
}

/* Everybody who says the same as the winner. Allocated; NULL = nobody has a name, or (*failed) memory is out. */
static char *who_agrees(const struct adjudication_look *look, const struct disagreement *place, size_t nth,
                        bool *failed)
{
    char *names = NULL;
    for (size_t v = 0; v < look->n; v++) {
        if (!place->said[v].spoke || nth >= place->said[v].n)
            continue;
        size_t at = place->said[v].labels[nth];
        const struct post *post = look->versions[v];
        const char *by = place->kind == DISAGREEMENT_ENTITIES    ? post->entities[at].origin.by
                         : place->kind == DISAGREEMENT_RELATIONS ? post->relations[at].origin.by
                                                                 : post->objects[at].origin.by;
        if (merge_join_names(&names, by ? by : look->names[v])) {
            *failed = true;
            break;
        }
    }
    return names;
}

/* Relations that all agree on, where both entities are there by now and nothing else is said of them. fresh: the post
 * is being taken over, and what it had itself has given way. */
static int adopt_agreed_relations(struct edit_batch *batch, const struct post *post,
                                  const struct adjudication_look *look, bool fresh, size_t *n_out, struct error *err)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_RELATIONS];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_SETTLED)
            continue;
        const struct post *version = look->versions[place->winner];
        for (size_t i = 0; i < place->said[place->winner].n; i++) {
            const struct relation *label = &version->relations[place->said[place->winner].labels[i]];
            const struct entity *head, *tail;
            bool failed = false;
            size_t n_before = batch->n;
            adjudication_ends(version, label, &head, &tail);
            if (!head || !tail || (!fresh && adjudication_has_relation(post, head, tail)) ||
                adjudication_is_refused_relation(post, head, tail, label->type))
                continue;
            char *by = who_agrees(look, place, i, &failed);
            struct provenance origin = label->origin;
            origin.by = by;
            int result = failed ? error_memory(err, "adjudication")
                                : adopt_relation(batch, post, version, label, &origin, label->extra, err);
            free(by);
            if (result)
                return -1;
            *n_out += batch->n > n_before;
        }
    }
    return 0;
}

/* One answer: the entity on these tokens is in the boxes where that version's is. */
static int ground(struct boxes *boxes, struct edit_batch *batch, const struct post *post, const struct post *version,
                  const struct entity *entity, const char *names, const struct edit_context *context,
                  struct error *err)
{
    const char *found = edit_batch_entity_at_peek(batch, post, entity->start, entity->end);
    char *id = found ? strdup(found) : NULL, **ids = calloc(entity->n_grounding + 1, sizeof *ids);
    int result = id && ids ? 0 : error_memory(err, "adjudication");
    for (size_t i = 0; i < entity->n_grounding && !result; i++) {
        const struct object *object = post_object_peek(version, entity->grounding[i]);
        result = object ? own_box(boxes, batch, post, object, ADJUDICATION_IOU_MIN, names, context,
                                  &ids[i], err)
                        : error_set(err, ERROR_INPUT, "post %s: an answer names no box", post->id);
    }
    if (!result)
        result = edit_ground_entity(batch, post, id, true, (const char *const *)ids, entity->n_grounding, context, err);
    for (size_t i = 0; ids && i < entity->n_grounding; i++)
        free(ids[i]);
    free(id);
    free(ids);
    return result;
}

static int adopt_agreed_objects(struct boxes *boxes, struct edit_batch *batch, const struct post *post,
                                const struct adjudication_look *look, size_t *n_out, struct error *err)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_OBJECTS];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        size_t n_before = batch->n;
        bool failed = false;
        char *id = NULL;
        if (place->state != DISAGREEMENT_SETTLED || !place->said[place->winner].n)
            continue;
        struct object object = look->versions[place->winner]->objects[place->said[place->winner].labels[0]];
        char *by = who_agrees(look, place, 0, &failed);
        object.origin.by = by;
        int result = failed ? error_memory(err, "adjudication")
                            : own_box(boxes, batch, post, &object, ADJUDICATION_IOU_SAME, NULL, NULL, &id, err);
        free(by);
        free(id);
        if (result)
            return -1;
        *n_out += batch->n > n_before;
    }
    return 0;
}

static int take_labels(struct boxes *boxes, struct edit_batch *batch, const struct post *post,
                       const struct adjudication_look *look, const struct adjudication_item *item, size_t choice,
                       const struct edit_context *context, struct error *err)
{
    const struct disagreement_said *said = adjudication_said(look, item, choice);
    const struct post *version = look->versions[item->choices[choice].version];
    const char *names = item->choices[choice].names;
    size_t n_followed = 0;
    for (size_t i = 0; i < said->n; i++) {
        size_t at = said->labels[i];
        char *id = NULL;
        int result = item->kind == DISAGREEMENT_ENTITIES
                         ? take_entity(boxes, batch, post, look, &version->entities[at], names, context, err)
                     : item->kind == DISAGREEMENT_RELATIONS
                         ? take_relation(batch, post, version, &version->relations[at], names, context, err)
                         : own_box(boxes, batch, post, &version->objects[at], ADJUDICATION_IOU_SAME, names, context,
                                   &id, err);
        free(id);
        if (result)
            return -1;
    }
    if (item->kind != DISAGREEMENT_ENTITIES)
        return 0;
    return adopt_agreed_relations(batch, post, look, false, &n_followed, err);
}

int adjudication_take(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                      const struct adjudication_item *item, size_t choice, const struct edit_context *context,
                      struct error *err)
{
    struct boxes boxes = {0};
    int result = 0;
    if (post->status == STATUS_NEW && edit_set_status(batch, post, STATUS_STARTED, err))
        return -1;
    if (context->by && !post->annotator && edit_set_annotator(batch, post, context->by, err))
        return -1;
    if (!adjudication_is_none(look, item, choice))
        result = item->grounding ? ground(&boxes, batch, post, look->versions[item->choices[choice].version],
                                          adjudication_grounded(look, item, choice), item->choices[choice].names,
                                          context, err)
                                 : take_labels(&boxes, batch, post, look, item, choice, context, err);
    else if (!item->grounding && item->kind != DISAGREEMENT_OBJECTS) /* those cannot be refused: adjudication_pass */
        result = refuse_all(batch, post, look, &look->places[item->kind].items[item->place], context, err);
    boxes_free(&boxes);
    return result;
}

/* ---- What all agree on ---- */

static int adopt_agreed_entities(struct boxes *boxes, struct edit_batch *batch, const struct post *post,
                                 const struct adjudication_look *look, size_t *n_out, struct error *err)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_ENTITIES];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_SETTLED)
            continue;
        for (size_t i = 0; i < place->said[place->winner].n; i++) {
            struct entity entity = look->versions[place->winner]->entities[place->said[place->winner].labels[i]];
            bool failed = false;
            char *by = who_agrees(look, place, i, &failed);
            entity.id = NULL;
            entity.origin.by = by;
            int result = failed ? error_memory(err, "adjudication")
                                : answer_fill(boxes, batch, post, look, &entity, err);
            size_t n_before = batch->n;
            if (!result)
                result = edit_adopt_entity(batch, post, &entity, err);
            if (!failed)
                answer_free(&entity);
            free(by);
            if (result)
                return -1;
            *n_out += batch->n > n_before;
        }
    }
    return 0;
}

/* Do all say the label that the post has? */
static bool all_say_entity(const struct adjudication_look *look, const struct entity *entity)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_ENTITIES];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_SETTLED || place->start != entity->start || place->end != entity->end)
            continue;
        for (size_t i = 0; i < place->said[place->winner].n; i++) {
            const char *type = look->versions[place->winner]->entities[place->said[place->winner].labels[i]].type;
            if (type == entity->type || (type && entity->type && !strcmp(type, entity->type)))
                return true;
        }
    }
    return false;
}

static bool all_say_relation(const struct adjudication_look *look, const struct post *post,
                             const struct relation *relation)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_RELATIONS];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_SETTLED)
            continue;
        for (size_t i = 0; i < place->said[place->winner].n; i++)
            if (disagreement_same(DISAGREEMENT_RELATIONS, look->versions[place->winner],
                                  place->said[place->winner].labels[i], post, (size_t)(relation - post->relations)))
                return true;
    }
    return false;
}

/* In a post that nobody has begun, its own labels are what the annotators started from: what not all of them left as it
 * was gives way. What all of them say goes too, to come back with their names and with where they say it is. */
static int give_way(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                    size_t *n_out, struct error *err)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *relation = &post->relations[i];
        if (provenance_is_proposal(&relation->origin) || all_say_relation(look, post, relation))
            continue;
        if (edit_delete_relation(batch, post, relation->id, err))
            return -1;
        ++*n_out;
    }
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        bool said = all_say_entity(look, entity);
        if (provenance_is_proposal(&entity->origin))
            continue;
        if (edit_delete_entity(batch, post, entity->id, err))
            return -1;
        *n_out += !said;
    }
    return 0;
}

/* Is nothing open in the post once the batch is done? What is asked about relations and about the picture depends on
 * the labels that are there, so the post has to be looked at as it will be. */
static int is_settled_by(const struct adjudication *a, const struct edit_batch *batch, const struct post *post,
                         bool *out, struct error *err)
{
    struct post after;
    struct adjudication_look look;
    if (post_copy(post, &after))
        return error_memory(err, "adjudication");
    int result = edit_batch_apply(batch, &after, 1, err) || adjudication_look(a, &after, &look, err) ? -1 : 0;
    if (!result) {
        *out = !look.n_items;
        adjudication_look_free(&look);
    }
    post_free(&after);
    return result;
}

int adjudication_agreed(const struct adjudication *a, struct edit_batch *batch, const struct post *post,
                        const struct adjudication_look *look, size_t *n_taken, size_t *n_dropped, struct error *err)
{
    struct boxes boxes = {0};
    bool done = true;
    if (post->status != STATUS_NEW || !look->n || look->owned)
        return 0;
    int result = give_way(batch, post, look, n_dropped, err) ||
                 adopt_agreed_objects(&boxes, batch, post, look, n_taken, err) ||
                 adopt_agreed_entities(&boxes, batch, post, look, n_taken, err) ||
                 adopt_agreed_relations(batch, post, look, true, n_taken, err);
    boxes_free(&boxes);
    if (result)
        return -1;
    for (size_t v = 0; v < look->n; v++)
        done = done && look->versions[v] && look->versions[v]->status == STATUS_DONE;
    if (look->n_items && !batch->n)
        return 0;
    if (done && is_settled_by(a, batch, post, &done, err))
        return -1;
    return edit_set_status(batch, post, done ? STATUS_DONE : STATUS_STARTED, err);
}

int adjudication_done(struct edit_batch *batch, const struct post *post, const struct edit_context *context,
                      struct error *err)
{
    if (context->by && !post->annotator && edit_set_annotator(batch, post, context->by, err))
        return -1;
    if (post_has_flag(post, MERGE_FLAG) && edit_set_flag(batch, post, MERGE_FLAG, false, err))
        return -1;
    return edit_set_status(batch, post, STATUS_DONE, err);
}
