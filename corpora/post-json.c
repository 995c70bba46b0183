/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/post-json.h"

#include "corpora/names.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Members of a label that say where it comes from: the first of each table below. */
#define ORIGIN_NAMES "source", "score", "by", "at", "decision", "model"
enum { ORIGIN_SOURCE, ORIGIN_SCORE, ORIGIN_BY, ORIGIN_AT, ORIGIN_DECISION, ORIGIN_MODEL, ORIGIN_N };

static const char *const entity_names[] = {ORIGIN_NAMES, "id", "start", "end", "type", "grounding", NULL};
enum { ENTITY_ID = ORIGIN_N, ENTITY_START, ENTITY_END, ENTITY_TYPE, ENTITY_GROUNDING, ENTITY_N };

static const char *const relation_names[] = {ORIGIN_NAMES, "id", "head", "tail", "type", NULL};
enum { RELATION_ID = ORIGIN_N, RELATION_HEAD, RELATION_TAIL, RELATION_TYPE, RELATION_N };

static const char *const object_names[] = {ORIGIN_NAMES, "id", "box", "label", NULL};
enum { OBJECT_ID = ORIGIN_N, OBJECT_BOX, OBJECT_LABEL, OBJECT_N };

static const char *const verdict_names[] = {"gold", "predicted", "verdict", "note", "system", "by", "at", NULL};
enum {
    VERDICT_GOLD_LABEL,
    VERDICT_PREDICTED_LABEL,
    VERDICT_ANSWER,
    VERDICT_NOTE,
    VERDICT_SYSTEM,
    VERDICT_BY,
    VERDICT_AT,
    VERDICT_N
};

static const char *const verdict_entity_names[] = {"type", "start", "end", NULL};
static const char *const verdict_relation_names[] = {"type", "head", "tail", NULL};
enum { VERDICT_TYPE, VERDICT_FIRST, VERDICT_SECOND, VERDICT_LABEL_N };

static const char *const post_names[] = {"id",        "tokens",  "text",     "offsets", "image", "entities",
                                         "relations", "objects", "rejected", "status",  "flags", "note",
                                         "annotator", "proposed", "source", "verdicts", NULL};
enum {
    POST_ID,
    POST_TOKENS,
    POST_TEXT,
    POST_OFFSETS,
    POST_IMAGE,
    POST_ENTITIES,
    POST_RELATIONS,
    POST_OBJECTS,
    POST_REJECTED,
    POST_STATUS,
    POST_FLAGS,
    POST_NOTE,
    POST_ANNOTATOR,
    POST_PROPOSED,
    POST_SOURCE,
    POST_VERDICTS,
    POST_N
};

/* ---- Reading ---- */

static int place_error(const struct post_json_place *place, struct json_value at, struct error *err,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

static int place_error(const struct post_json_place *place, struct json_value at, struct error *err,
                       const char *format, ...)
{
    char reason[600];
    va_list ap;
    va_start(ap, format);
    vsnprintf(reason, sizeof reason, format, ap);
    va_end(ap);
    if (!place->post)
        return json_error(place->document, at.text, err, "%s", reason);
    return json_error(place->document, at.text, err, "post %.*s: %s", utf8_head(place->post, 80), place->post, reason);
}

/* A text that may be absent or null. */
static int get_text(const struct post_json_place *place, struct json_value value, const char *what, char **out,
                    struct error *err)
{
    if (!json_is_given(value))
        return 0;
    if (json_kind(value) != JSON_TEXT)
        return place_error(place, value, err, "%s is not a string", what);
    return (*out = json_text(value)) ? 0 : error_memory(err, place->document->path);
}

/* A text that must be there and say something; object is what it belongs to. */
static int get_name(const struct post_json_place *place, struct json_value object, struct json_value value,
                    const char *what, char **out, struct error *err)
{
    if (!json_is_given(value))
        return place_error(place, object, err, "%s is missing", what);
    if (get_text(place, value, what, out, err))
        return -1;
    return **out ? 0 : place_error(place, value, err, "%s is empty", what);
}

/* One of a list of names; *out stays when the member is absent. */
static int get_choice(const struct post_json_place *place, struct json_value value, const char *what,
                      int (*from_name)(const char *), int *out, struct error *err)
{
    char *name = NULL;
    if (get_text(place, value, what, &name, err))
        return -1;
    if (!name)
        return 0;
    int choice = from_name(name);
    if (choice < 0)
        place_error(place, value, err, "%s \"%.*s\" is not one that mmib knows", what, utf8_head(name, 40), name);
    else
        *out = choice;
    free(name);
    return choice < 0 ? -1 : 0;
}

static int get_list(const struct post_json_place *place, struct json_value value, const char *what,
                    const char *(*fault)(const char *, size_t), char ***out, size_t *n_out, struct error *err)
{
    struct json_value item;
    if (!json_is_given(value))
        return 0;
    if (json_kind(value) != JSON_ARRAY)
        return place_error(place, value, err, "%s is not a list", what);
    size_t n = json_count_items(value);
    if (n && !(*out = array_new(n, sizeof **out)))
        return error_memory(err, place->document->path);
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); ++*n_out) {
        if (json_kind(item) != JSON_TEXT)
            return place_error(place, item, err, "%s: item %zu is not a string", what, *n_out);
        if (!((*out)[*n_out] = json_text(item)))
            return error_memory(err, place->document->path);
        const char *text = (*out)[*n_out], *reason = fault ? fault(text, strlen(text)) : NULL;
        if (reason) {
            free((*out)[*n_out]);
            return place_error(place, item, err, "%s: item %zu is %s", what, *n_out, reason);
        }
    }
    return 0;
}

/* what and id ("entity ", "e1") are for messages. */
static int get_span(const struct post_json_place *place, struct json_value start, struct json_value end,
                    struct json_value object, const char *what, const char *id, size_t span[2], struct error *err)
{
    struct json_value at = start.text ? start : object;
    const int n = utf8_head(id, 40);
    if (!json_whole(start, &span[0]) || !json_whole(end, &span[1]))
        return place_error(place, at, err,
                           "%s%.*s needs two whole numbers, the first token and the one after the last", what, n, id);
    if (span[0] >= span[1])
        return place_error(place, at, err, "%s%.*s is an empty span, %zu to %zu", what, n, id, span[0], span[1]);
    if (span[1] > place->n_tokens)
        return place_error(place, at, err, "%s%.*s ends at %zu, after the last of %zu tokens", what, n, id, span[1],
                           place->n_tokens);
    return 0;
}

static int get_origin(const struct post_json_place *place, const struct json_value *values, struct provenance *out,
                      struct error *err)
{
    int source = SOURCE_HUMAN, decision = DECISION_NONE;
    if (get_choice(place, values[ORIGIN_SOURCE], "source", label_source_from_name, &source, err) ||
        get_choice(place, values[ORIGIN_DECISION], "decision", label_decision_from_name, &decision, err) ||
        get_text(place, values[ORIGIN_BY], "by", &out->by, err) ||
        get_text(place, values[ORIGIN_AT], "at", &out->at, err) ||
        get_text(place, values[ORIGIN_MODEL], "model", &out->model, err))
        return -1;
    out->source = (enum label_source)source;
    out->decision = (enum label_decision)decision;
    out->has_source = json_is_given(values[ORIGIN_SOURCE]);
    out->has_score = json_is_given(values[ORIGIN_SCORE]);
    if (!out->has_score)
        return 0;
    out->score = json_kind(values[ORIGIN_SCORE]) == JSON_NUMBER ? json_number(values[ORIGIN_SCORE]) : HUGE_VAL;
    return isfinite(out->score) ? 0 : place_error(place, values[ORIGIN_SCORE], err, "score is not a number");
}

static int get_entity(const struct post_json_place *place, struct json_value value, bool needs_id, struct entity *out,
                      struct error *err)
{
    struct json_value values[ENTITY_N];
    size_t span[2];
    *out = (struct entity){0};
    if (json_collect(place->document, value, "an entity", entity_names, values, &out->extra, err))
        return -1;
    if ((needs_id || json_is_given(values[ENTITY_ID])) &&
        get_name(place, value, values[ENTITY_ID], "an entity's id", &out->id, err))
        goto fail;
    if (get_span(place, values[ENTITY_START], values[ENTITY_END], value, "entity ", out->id ? out->id : "", span, err))
        goto fail;
    out->start = span[0];
    out->end = span[1];
    if (json_kind(values[ENTITY_TYPE]) != JSON_NULL &&
        get_name(place, value, values[ENTITY_TYPE], "an entity's type", &out->type, err))
        goto fail;
    out->has_grounding = json_is_given(values[ENTITY_GROUNDING]);
    if (get_list(place, values[ENTITY_GROUNDING], "grounding", NULL, &out->grounding, &out->n_grounding, err) ||
        get_origin(place, values, &out->origin, err))
        goto fail;
    return 0;
fail:
    entity_free(out);
    return -1;
}

int post_json_get_entity(const struct post_json_place *place, struct json_value value, struct entity *out,
                         struct error *err)
{
    return get_entity(place, value, true, out, err);
}

int post_json_get_rejected_entity(const struct post_json_place *place, struct json_value value, struct entity *out,
                                  struct error *err)
{
    return get_entity(place, value, false, out, err);
}

/* [start, end] */
static int get_pair(const struct post_json_place *place, struct json_value object, struct json_value value,
                    const char *what, size_t span[2], struct error *err)
{
    struct json_value start = {0}, end = {0};
    if (json_kind(value) != JSON_ARRAY || json_count_items(value) != 2)
        return place_error(place, value.text ? value : object, err, "%s is not [start, end]", what);
    struct json_walk walk = json_walk(value);
    json_next_item(&walk, &start);
    json_next_item(&walk, &end);
    return get_span(place, start, end, value, what, "", span, err);
}

/* [start, end] to "start-end". */
static int get_span_name(const struct post_json_place *place, struct json_value object, struct json_value value,
                         const char *what, char **out, struct error *err)
{
    size_t span[2];
    char name[48];
    if (get_pair(place, object, value, what, span, err))
        return -1;
    snprintf(name, sizeof name, "%zu-%zu", span[0], span[1]);
    return text_copy(name, out) ? error_memory(err, place->document->path) : 0;
}

static int get_relation(const struct post_json_place *place, struct json_value value, bool rejected,
                        struct relation *out, struct error *err)
{
    struct json_value values[RELATION_N];
    *out = (struct relation){0};
    if (json_collect(place->document, value, "a relation", relation_names, values, &out->extra, err))
        return -1;
    int (*get_end)(const struct post_json_place *, struct json_value, struct json_value, const char *, char **,
                   struct error *) = rejected ? get_span_name : get_name;
    if ((json_is_given(values[RELATION_ID]) &&
         get_name(place, value, values[RELATION_ID], "a relation's id", &out->id, err)) ||
        get_end(place, value, values[RELATION_HEAD], "a relation's head", &out->head, err) ||
        get_end(place, value, values[RELATION_TAIL], "a relation's tail", &out->tail, err) ||
        get_name(place, value, values[RELATION_TYPE], "a relation's type", &out->type, err) ||
        get_origin(place, values, &out->origin, err)) {
        relation_free(out);
        return -1;
    }
    return 0;
}

int post_json_get_relation(const struct post_json_place *place, struct json_value value, struct relation *out,
                           struct error *err)
{
    return get_relation(place, value, false, out, err);
}

int post_json_get_rejected_relation(const struct post_json_place *place, struct json_value value,
                                    struct relation *out, struct error *err)
{
    return get_relation(place, value, true, out, err);
}

/* One side of a case; null = nothing there. */
static int get_verdict_label(const struct post_json_place *place, struct json_value value, bool relation,
                             struct verdict_label *out, struct error *err)
{
    struct json_value values[VERDICT_LABEL_N];
    size_t span[2];
    if (!json_is_given(value))
        return 0;
    if (json_collect(place->document, value, "a label under a verdict",
                     relation ? verdict_relation_names : verdict_entity_names, values, &out->extra, err))
        return -1;
    out->has = true;
    if (json_kind(values[VERDICT_TYPE]) != JSON_NULL &&
        get_name(place, value, values[VERDICT_TYPE], "the type of a label under a verdict", &out->type, err))
        return -1;
    if (relation)
        return get_pair(place, value, values[VERDICT_FIRST], "the head of a relation under a verdict", out->head,
                        err) ||
                       get_pair(place, value, values[VERDICT_SECOND], "the tail of a relation under a verdict",
                                out->tail, err)
                   ? -1
                   : 0;
    if (get_span(place, values[VERDICT_FIRST], values[VERDICT_SECOND], value, "an entity under a verdict", "", span,
                 err))
        return -1;
    out->start = span[0];
    out->end = span[1];
    return 0;
}

/* What has a head, on either side, is about relations. */
int post_json_get_verdict(const struct post_json_place *place, struct json_value value, struct verdict *out,
                          struct error *err)
{
    struct json_value values[VERDICT_N];
    int answer = -1;
    *out = (struct verdict){0};
    if (json_collect(place->document, value, "a verdict", verdict_names, values, &out->extra, err))
        return -1;
    struct json_value gold = values[VERDICT_GOLD_LABEL], predicted = values[VERDICT_PREDICTED_LABEL];
    out->relation = json_member(gold, "head").text || json_member(predicted, "head").text;
    if (get_verdict_label(place, gold, out->relation, &out->gold, err) ||
        get_verdict_label(place, predicted, out->relation, &out->predicted, err) ||
        get_choice(place, values[VERDICT_ANSWER], "verdict", verdict_answer_from_name, &answer, err) ||
        get_text(place, values[VERDICT_NOTE], "a verdict's note", &out->note, err) ||
        get_text(place, values[VERDICT_SYSTEM], "a verdict's system", &out->system, err) ||
        get_text(place, values[VERDICT_BY], "by", &out->by, err) ||
        get_text(place, values[VERDICT_AT], "at", &out->at, err))
        goto fail;
    if (!out->gold.has && !out->predicted.has) {
        place_error(place, value, err, "a verdict has neither a gold label nor a predicted one");
        goto fail;
    }
    if (answer < 0) {
        place_error(place, value, err, "a verdict does not say who is wrong");
        goto fail;
    }
    out->answer = (enum verdict_answer)answer;
    return 0;
fail:
    verdict_free(out);
    return -1;
}

static int get_box(const struct post_json_place *place, struct json_value object, struct json_value value,
                   double box[4], struct error *err)
{
    struct json_value item;
    size_t n = 0;
    if (json_kind(value) == JSON_ARRAY)
        for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); n++)
            if (n < 4)
                box[n] = json_kind(item) == JSON_NUMBER ? json_number(item) : HUGE_VAL;
    if (n != 4 || !isfinite(box[0]) || !isfinite(box[1]) || !isfinite(box[2]) || !isfinite(box[3]))
        return place_error(place, value.text ? value : object, err, "an object's box is not four numbers");
    return 0;
}

int post_json_get_object(const struct post_json_place *place, struct json_value value, struct object *out,
                         struct error *err)
{
    struct json_value values[OBJECT_N];
    *out = (struct object){0};
    if (json_collect(place->document, value, "an object", object_names, values, &out->extra, err))
        return -1;
    if ((json_is_given(values[OBJECT_ID]) &&
         get_name(place, value, values[OBJECT_ID], "an object's id", &out->id, err)) ||
        get_box(place, value, values[OBJECT_BOX], out->box, err) ||
        get_text(place, values[OBJECT_LABEL], "label", &out->label, err) ||
        get_origin(place, values, &out->origin, err)) {
        object_free(out);
        return -1;
    }
    return 0;
}

/* The three lists of labels. Room is made for all at once; the count grows label by label, so that a failure leaves a
 * post that can be freed. */

static int list_begin(const struct post_json_place *place, struct json_value value, const char *what,
                      size_t item_bytes, void **out, struct error *err)
{
    if (json_kind(value) != JSON_ARRAY)
        return place_error(place, value, err, "%s is not a list", what);
    return (*out = array_new(json_count_items(value), item_bytes)) ? 0 : error_memory(err, place->document->path);
}

static int get_entities(const struct post_json_place *place, struct json_value value, struct post *post,
                        struct error *err)
{
    struct json_value item;
    void *room;
    if (!json_is_given(value))
        return 0;
    if (list_begin(place, value, "entities", sizeof *post->entities, &room, err))
        return -1;
    post->entities = room;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); post->n_entities++)
        if (post_json_get_entity(place, item, &post->entities[post->n_entities], err))
            return -1;
    return 0;
}

static int get_relations(const struct post_json_place *place, struct json_value value, struct post *post,
                         struct error *err)
{
    struct json_value item;
    void *room;
    if (!json_is_given(value))
        return 0;
    if (list_begin(place, value, "relations", sizeof *post->relations, &room, err))
        return -1;
    post->relations = room;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); post->n_relations++)
        if (post_json_get_relation(place, item, &post->relations[post->n_relations], err))
            return -1;
    return 0;
}

static int get_objects(const struct post_json_place *place, struct json_value value, struct post *post,
                       struct error *err)
{
    struct json_value item;
    void *room;
    if (!json_is_given(value))
        return 0;
    if (list_begin(place, value, "objects", sizeof *post->objects, &room, err))
        return -1;
    post->objects = room;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); post->n_objects++)
        if (post_json_get_object(place, item, &post->objects[post->n_objects], err))
            return -1;
    return 0;
}

/* One list: what has a head is a relation, the rest are entities. */
static int get_rejected(const struct post_json_place *place, struct json_value value, struct post *post,
                        struct error *err)
{
    struct json_value item;
    void *entities, *relations;
    if (!json_is_given(value))
        return 0;
    if (list_begin(place, value, "rejected", sizeof *post->rejected_entities, &entities, err))
        return -1;
    post->rejected_entities = entities;
    if (list_begin(place, value, "rejected", sizeof *post->rejected_relations, &relations, err))
        return -1;
    post->rejected_relations = relations;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item);) {
        if (json_member(item, "head").text) {
            if (post_json_get_rejected_relation(place, item, &post->rejected_relations[post->n_rejected_relations],
                                                err))
                return -1;
            post->n_rejected_relations++;
        } else {
            if (post_json_get_rejected_entity(place, item, &post->rejected_entities[post->n_rejected_entities], err))
                return -1;
            post->n_rejected_entities++;
        }
    }
    return 0;
}

static int get_verdicts(const struct post_json_place *place, struct json_value value, struct post *post,
                        struct error *err)
{
    struct json_value item;
    void *room;
    if (!json_is_given(value))
        return 0;
    if (list_begin(place, value, "verdicts", sizeof *post->verdicts, &room, err))
        return -1;
    post->verdicts = room;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); post->n_verdicts++)
        if (post_json_get_verdict(place, item, &post->verdicts[post->n_verdicts], err))
            return -1;
    return 0;
}

static int get_offsets(const struct post_json_place *place, struct json_value value, struct post *post,
                       struct error *err)
{
    struct json_value item, number;
    if (!json_is_given(value))
        return 0;
    if (!post->text)
        return place_error(place, value, err, "offsets without the text that they count in");
    if (json_kind(value) != JSON_ARRAY || json_count_items(value) != post->n_tokens)
        return place_error(place, value, err, "offsets are not a list of %zu, one for each token", post->n_tokens);
    if (!(post->offsets = array_new(post->n_tokens, sizeof *post->offsets)))
        return error_memory(err, place->document->path);
    size_t i = 0, n_text = utf8_code_points(post->text);
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); i++) {
        size_t n = 0, *offset = post->offsets[i];
        if (json_kind(item) == JSON_ARRAY)
            for (struct json_walk pair = json_walk(item); json_next_item(&pair, &number); n++)
                if (n < 2 && !json_whole(number, &offset[n]))
                    n = 2;
        if (n != 2 || offset[0] > offset[1] || offset[1] > n_text)
            return place_error(place, item, err, "the offsets of token %zu are not [start, end] within the text", i);
    }
    return 0;
}

/* ---- Reading: ids, and what points to them ---- */

static int enter_id(const struct post_json_place *place, struct json_value at, const char *what, const char *id,
                    struct name_table *ids, struct error *err)
{
    int entered = id ? name_table_add(ids, id, 0, NULL) : 1;
    if (entered < 0)
        return error_memory(err, place->document->path);
    return entered ? 0 : place_error(place, at, err, "two %s have the id \"%.*s\"", what, utf8_head(id, 40), id);
}

/* Gives the next of the ids "r7", "r8"... */
static int make_id(const struct post_json_place *place, const struct post *post, char prefix, size_t *last, char **out,
                   struct error *err)
{
    char id[32];
    if (!*last) {
        post_fresh_id(post, prefix, id, sizeof id);
        *last = strtoul(id + 1, NULL, 10);
    } else {
        snprintf(id, sizeof id, "%c%zu", prefix, ++*last);
    }
    return text_copy(id, out) ? error_memory(err, place->document->path) : 0;
}

static int check_relation(const struct post_json_place *place, struct json_value at, const struct relation *relation,
                          const struct name_table *entities, struct error *err)
{
    const char *const ends[2] = {relation->head, relation->tail};
    for (int i = 0; i < 2; i++)
        if (!name_table_peek(entities, ends[i]))
            return place_error(place, at, err, "relation %.*s: its %s \"%.*s\" is no entity of the post",
                               relation->id ? utf8_head(relation->id, 40) : 0, relation->id ? relation->id : "",
                               i ? "tail" : "head", utf8_head(ends[i], 40), ends[i]);
    return 0;
}

static int check_grounding(const struct post_json_place *place, struct json_value at, const struct entity *entity,
                           const struct name_table *objects, struct error *err)
{
    for (size_t i = 0; i < entity->n_grounding; i++)
        if (!name_table_peek(objects, entity->grounding[i]))
            return place_error(place, at, err, "entity %.*s: its grounding \"%.*s\" is no object of the post",
                               utf8_head(entity->id, 40), entity->id, utf8_head(entity->grounding[i], 40),
                               entity->grounding[i]);
    return 0;
}

static int check_ids(const struct post_json_place *place, const struct json_value *values, struct post *post,
                     struct error *err)
{
    struct name_table entities = {0}, relations = {0}, objects = {0};
    size_t last_relation = 0, last_object = 0;
    int result = -1;
    for (size_t i = 0; i < post->n_objects; i++)
        if (enter_id(place, values[POST_OBJECTS], "objects", post->objects[i].id, &objects, err))
            goto out;
    for (size_t i = 0; i < post->n_entities; i++)
        if (enter_id(place, values[POST_ENTITIES], "entities", post->entities[i].id, &entities, err) ||
            check_grounding(place, values[POST_ENTITIES], &post->entities[i], &objects, err))
            goto out;
    for (size_t i = 0; i < post->n_relations; i++)
        if (enter_id(place, values[POST_RELATIONS], "relations", post->relations[i].id, &relations, err) ||
            check_relation(place, values[POST_RELATIONS], &post->relations[i], &entities, err))
            goto out;
    for (size_t i = 0; i < post->n_relations; i++)
        if (!post->relations[i].id && make_id(place, post, 'r', &last_relation, &post->relations[i].id, err))
            goto out;
    for (size_t i = 0; i < post->n_objects; i++)
        if (!post->objects[i].id && make_id(place, post, 'o', &last_object, &post->objects[i].id, err))
            goto out;
    result = 0;
out:
    name_table_free(&entities);
    name_table_free(&relations);
    name_table_free(&objects);
    return result;
}

const char *post_token_fault(const char *token, size_t n)
{
    (void)token;
    return !n ? "empty" : n > TOKEN_MAX_BYTES ? "longer than 1000 bytes" : NULL;
}

static int get_as_it_is(const struct post_json_place *place, struct json_value value, char **out, struct error *err)
{
    struct text text = {0};
    if (!json_is_given(value))
        return 0;
    json_put_value(&text, value);
    return (*out = text_take(&text)) ? 0 : error_memory(err, place->document->path);
}

int post_json_get(const struct json_document *document, struct json_value value, struct post *out, struct error *err)
{
    struct json_value values[POST_N];
    struct post_json_place place = {.document = document};
    int status = STATUS_NEW;
    *out = (struct post){0};
    if (json_collect(document, value, "a post", post_names, values, &out->extra, err))
        return -1;
    if (get_name(&place, value, values[POST_ID], "a post's id", &out->id, err))
        goto fail;
    place.post = out->id;
    if (!json_is_given(values[POST_TOKENS])) {
        place_error(&place, value, err, "tokens are missing");
        goto fail;
    }
    if (get_list(&place, values[POST_TOKENS], "tokens", post_token_fault, &out->tokens, &out->n_tokens, err))
        goto fail;
    place.n_tokens = out->n_tokens;
    if (get_text(&place, values[POST_TEXT], "text", &out->text, err) ||
        get_offsets(&place, values[POST_OFFSETS], out, err) ||
        get_text(&place, values[POST_IMAGE], "image", &out->image, err) ||
        get_entities(&place, values[POST_ENTITIES], out, err) ||
        get_relations(&place, values[POST_RELATIONS], out, err) ||
        get_objects(&place, values[POST_OBJECTS], out, err) || check_ids(&place, values, out, err) ||
        get_rejected(&place, values[POST_REJECTED], out, err) ||
        get_verdicts(&place, values[POST_VERDICTS], out, err) ||
        get_choice(&place, values[POST_STATUS], "status", post_status_from_name, &status, err) ||
        get_list(&place, values[POST_FLAGS], "flags", NULL, &out->flags, &out->n_flags, err) ||
        get_text(&place, values[POST_NOTE], "note", &out->note, err) ||
        get_text(&place, values[POST_ANNOTATOR], "annotator", &out->annotator, err) ||
        get_as_it_is(&place, values[POST_PROPOSED], &out->proposed, err) ||
        get_as_it_is(&place, values[POST_SOURCE], &out->source, err))
        goto fail;
    out->status = (enum post_status)status;
    return 0;
fail:
    post_free(out);
    return -1;
}

/* ---- Writing ---- */

static void put_text(struct text *out, const char *name, const char *value)
{
    if (value) {
        json_put_name(out, name);
        json_put_text(out, value);
    }
}

static void put_origin(struct text *out, const struct provenance *origin)
{
    if (origin->has_source)
        put_text(out, "source", label_source_name(origin->source));
    if (origin->decision != DECISION_NONE)
        put_text(out, "decision", label_decision_name(origin->decision));
    if (origin->has_score) {
        json_put_name(out, "score");
        json_put_number(out, origin->score);
    }
    put_text(out, "by", origin->by);
    put_text(out, "at", origin->at);
    put_text(out, "model", origin->model);
}

void post_json_put_entity(struct text *out, const struct entity *entity)
{
    text_add_char(out, '{');
    put_text(out, "id", entity->id);
    json_put_name(out, "start");
    json_put_whole(out, entity->start);
    json_put_name(out, "end");
    json_put_whole(out, entity->end);
    json_put_name(out, "type");
    if (entity->type)
        json_put_text(out, entity->type);
    else
        text_add(out, "null");
    put_origin(out, &entity->origin);
    if (entity->has_grounding)
        json_put_list(out, "grounding", entity->grounding, entity->n_grounding);
    json_put_extra(out, entity->extra);
    text_add_char(out, '}');
}

void post_json_put_relation(struct text *out, const struct relation *relation)
{
    text_add_char(out, '{');
    put_text(out, "id", relation->id);
    put_text(out, "head", relation->head);
    put_text(out, "tail", relation->tail);
    put_text(out, "type", relation->type);
    put_origin(out, &relation->origin);
    json_put_extra(out, relation->extra);
    text_add_char(out, '}');
}

/* "3-5" to [3, 5]. */
static void put_span_name(struct text *out, const char *name, const char *span)
{
    const char *dash = strchr(span, '-');
    json_put_name(out, name);
    if (dash)
        text_add_format(out, "[%.*s, %s]", (int)(dash - span), span, dash + 1);
    else
        text_add(out, "null");
}

void post_json_put_rejected_relation(struct text *out, const struct relation *relation)
{
    text_add_char(out, '{');
    put_text(out, "id", relation->id);
    put_span_name(out, "head", relation->head);
    put_span_name(out, "tail", relation->tail);
    put_text(out, "type", relation->type);
    put_origin(out, &relation->origin);
    json_put_extra(out, relation->extra);
    text_add_char(out, '}');
}

void post_json_put_object(struct text *out, const struct object *object)
{
    text_add_char(out, '{');
    put_text(out, "id", object->id);
    json_put_name(out, "box");
    for (int i = 0; i < 4; i++) {
        text_add(out, i ? ", " : "[");
        json_put_number(out, object->box[i]);
    }
    text_add_char(out, ']');
    put_text(out, "label", object->label);
    put_origin(out, &object->origin);
    json_put_extra(out, object->extra);
    text_add_char(out, '}');
}

static void put_rejected(struct text *out, const struct post *post)
{
    if (!post->n_rejected_entities && !post->n_rejected_relations)
        return;
    json_put_name(out, "rejected");
    text_add_char(out, '[');
    for (size_t i = 0; i < post->n_rejected_entities; i++) {
        text_add(out, i ? ", " : "");
        post_json_put_entity(out, &post->rejected_entities[i]);
    }
    for (size_t i = 0; i < post->n_rejected_relations; i++) {
        text_add(out, i || post->n_rejected_entities ? ", " : "");
        post_json_put_rejected_relation(out, &post->rejected_relations[i]);
    }
    text_add_char(out, ']');
}

static void put_pair(struct text *out, const char *name, const size_t span[2])
{
    json_put_name(out, name);
    text_add_format(out, "[%zu, %zu]", span[0], span[1]);
}

static void put_verdict_label(struct text *out, const char *name, const struct verdict_label *label, bool relation)
{
    json_put_name(out, name);
    if (!label->has) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    if (relation) {
        put_pair(out, "head", label->head);
        put_pair(out, "tail", label->tail);
    } else {
        json_put_name(out, "start");
        json_put_whole(out, label->start);
        json_put_name(out, "end");
        json_put_whole(out, label->end);
    }
    json_put_name(out, "type");
    if (label->type)
        json_put_text(out, label->type);
    else
        text_add(out, "null");
    json_put_extra(out, label->extra);
    text_add_char(out, '}');
}

void post_json_put_verdict(struct text *out, const struct verdict *verdict)
{
    text_add_char(out, '{');
    put_verdict_label(out, "gold", &verdict->gold, verdict->relation);
    put_verdict_label(out, "predicted", &verdict->predicted, verdict->relation);
    put_text(out, "verdict", verdict_answer_name(verdict->answer));
    put_text(out, "note", verdict->note);
    put_text(out, "system", verdict->system);
    put_text(out, "by", verdict->by);
    put_text(out, "at", verdict->at);
    json_put_extra(out, verdict->extra);
    text_add_char(out, '}');
}

static void put_verdicts(struct text *out, const struct post *post)
{
    if (!post->n_verdicts)
        return;
    json_put_name(out, "verdicts");
    for (size_t i = 0; i < post->n_verdicts; i++) {
        text_add(out, i ? ", " : "[");
        post_json_put_verdict(out, &post->verdicts[i]);
    }
    text_add_char(out, ']');
}

/* Also empty lists are written: whoever reads the file need not ask whether they are there. */
static void put_labels(struct text *out, const struct post *post)
{
    json_put_name(out, "entities");
    text_add_char(out, '[');
    for (size_t i = 0; i < post->n_entities; i++) {
        text_add(out, i ? ", " : "");
        post_json_put_entity(out, &post->entities[i]);
    }
    text_add_char(out, ']');
    json_put_name(out, "relations");
    text_add_char(out, '[');
    for (size_t i = 0; i < post->n_relations; i++) {
        text_add(out, i ? ", " : "");
        post_json_put_relation(out, &post->relations[i]);
    }
    text_add_char(out, ']');
    json_put_name(out, "objects");
    text_add_char(out, '[');
    for (size_t i = 0; i < post->n_objects; i++) {
        text_add(out, i ? ", " : "");
        post_json_put_object(out, &post->objects[i]);
    }
    text_add_char(out, ']');
}

void post_json_put(struct text *out, const struct post *post)
{
    text_add_char(out, '{');
    put_text(out, "id", post->id);
    json_put_list(out, "tokens", post->tokens, post->n_tokens);
    put_text(out, "text", post->text);
    if (post->offsets) {
        json_put_name(out, "offsets");
        for (size_t i = 0; i < post->n_tokens; i++) {
            text_add(out, i ? ", [" : "[[");
            json_put_whole(out, post->offsets[i][0]);
            text_add(out, ", ");
            json_put_whole(out, post->offsets[i][1]);
            text_add_char(out, ']');
        }
        text_add(out, post->n_tokens ? "]" : "[]");
    }
    put_text(out, "image", post->image);
    put_labels(out, post);
    put_rejected(out, post);
    put_verdicts(out, post);
    put_text(out, "status", post_status_name(post->status));
    if (post->n_flags)
        json_put_list(out, "flags", post->flags, post->n_flags);
    put_text(out, "note", post->note);
    put_text(out, "annotator", post->annotator);
    if (post->proposed) {
        json_put_name(out, "proposed");
        text_add(out, post->proposed);
    }
    if (post->source) {
        json_put_name(out, "source");
        text_add(out, post->source);
    }
    json_put_extra(out, post->extra);
    text_add_char(out, '}');
}
