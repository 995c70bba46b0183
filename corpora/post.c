/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/post.h"

#include "corpora/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const source_names[] = {"human", "model", "detector", "import"};
static const char *const decision_names[] = {"none", "accepted", "edited", "created"};
static const char *const status_names[] = {"new", "started", "done", "skipped"};

static int name_index(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return (int)i;
    return -1;
}

const char *label_source_name(enum label_source source)
{
    return source_names[source];
}

int label_source_from_name(const char *name)
{
    return name_index(source_names, sizeof source_names / sizeof *source_names, name);
}

const char *label_decision_name(enum label_decision decision)
{
    return decision_names[decision];
}

int label_decision_from_name(const char *name)
{
    return name_index(decision_names, sizeof decision_names / sizeof *decision_names, name);
}

const char *post_status_name(enum post_status status)
{
    return status_names[status];
}

int post_status_from_name(const char *name)
{
    return name_index(status_names, sizeof status_names / sizeof *status_names, name);
}

bool post_same_tokens(const struct post *a, const struct post *b)
{
    if (a->n_tokens != b->n_tokens)
        return false;
    for (size_t i = 0; i < a->n_tokens; i++)
        if (strcmp(a->tokens[i], b->tokens[i]))
            return false;
    return true;
}

bool post_has_flag(const struct post *post, const char *flag)
{
    for (size_t i = 0; i < post->n_flags; i++)
        if (!strcmp(post->flags[i], flag))
            return true;
    return false;
}

bool provenance_is_proposal(const struct provenance *origin)
{
    return origin->has_source && origin->decision == DECISION_NONE &&
           (origin->source == SOURCE_MODEL || origin->source == SOURCE_DETECTOR);
}

void provenance_free(struct provenance *origin)
{
    free(origin->by);
    free(origin->at);
    free(origin->model);
    *origin = (struct provenance){0};
}

void entity_free(struct entity *entity)
{
    free(entity->id);
    free(entity->type);
    provenance_free(&entity->origin);
    text_list_free(entity->grounding, entity->n_grounding);
    free(entity->extra);
    *entity = (struct entity){0};
}

void relation_free(struct relation *relation)
{
    free(relation->id);
    free(relation->head);
    free(relation->tail);
    free(relation->type);
    provenance_free(&relation->origin);
    free(relation->extra);
    *relation = (struct relation){0};
}

void object_free(struct object *object)
{
    free(object->id);
    free(object->label);
    provenance_free(&object->origin);
    free(object->extra);
    *object = (struct object){0};
}

static void entities_free(struct entity *entities, size_t n)
{
    for (size_t i = 0; i < n; i++)
        entity_free(&entities[i]);
    free(entities);
}

static void relations_free(struct relation *relations, size_t n)
{
    for (size_t i = 0; i < n; i++)
        relation_free(&relations[i]);
    free(relations);
}

void post_free(struct post *post)
{
    free(post->id);
    text_list_free(post->tokens, post->n_tokens);
    free(post->text);
    free(post->offsets);
    free(post->image);
    entities_free(post->entities, post->n_entities);
    relations_free(post->relations, post->n_relations);
    for (size_t i = 0; i < post->n_objects; i++)
        object_free(&post->objects[i]);
    free(post->objects);
    entities_free(post->rejected_entities, post->n_rejected_entities);
    relations_free(post->rejected_relations, post->n_rejected_relations);
    for (size_t i = 0; i < post->n_verdicts; i++)
        verdict_free(&post->verdicts[i]);
    free(post->verdicts);
    text_list_free(post->flags, post->n_flags);
    free(post->note);
    free(post->annotator);
    free(post->proposed);
    free(post->source);
    free(post->extra);
    *post = (struct post){0};
}

int provenance_copy(const struct provenance *from, struct provenance *out)
{
    *out = *from;
    out->by = out->at = out->model = NULL;
    if (text_copy(from->by, &out->by) || text_copy(from->at, &out->at) || text_copy(from->model, &out->model)) {
        provenance_free(out);
        return -1;
    }
    return 0;
}

int entity_copy(const struct entity *from, struct entity *out)
{
    *out = (struct entity){.start = from->start, .end = from->end, .has_grounding = from->has_grounding};
    if (text_copy(from->id, &out->id) || text_copy(from->type, &out->type) || text_copy(from->extra, &out->extra) ||
        provenance_copy(&from->origin, &out->origin) ||
        text_list_copy(from->grounding, from->n_grounding, &out->grounding)) {
        entity_free(out);
        return -1;
    }
    out->n_grounding = from->n_grounding;
    return 0;
}

int relation_copy(const struct relation *from, struct relation *out)
{
    *out = (struct relation){0};
    if (text_copy(from->id, &out->id) || text_copy(from->head, &out->head) || text_copy(from->tail, &out->tail) ||
        text_copy(from->type, &out->type) || text_copy(from->extra, &out->extra) ||
        provenance_copy(&from->origin, &out->origin)) {
        relation_free(out);
        return -1;
    }
    return 0;
}

int object_copy(const struct object *from, struct object *out)
{
    *out = (struct object){0};
    memcpy(out->box, from->box, sizeof out->box);
    if (text_copy(from->id, &out->id) || text_copy(from->label, &out->label) || text_copy(from->extra, &out->extra) ||
        provenance_copy(&from->origin, &out->origin)) {
        object_free(out);
        return -1;
    }
    return 0;
}

/* The count grows with each copy, so that freeing a half made list frees what is there. */
static int entities_copy(const struct entity *from, size_t n, struct entity **out, size_t *n_out)
{
    if (n && !(*out = array_new(n, sizeof **out)))
        return -1;
    for (; *n_out < n; ++*n_out)
        if (entity_copy(&from[*n_out], &(*out)[*n_out]))
            return -1;
    return 0;
}

static int relations_copy(const struct relation *from, size_t n, struct relation **out, size_t *n_out)
{
    if (n && !(*out = array_new(n, sizeof **out)))
        return -1;
    for (; *n_out < n; ++*n_out)
        if (relation_copy(&from[*n_out], &(*out)[*n_out]))
            return -1;
    return 0;
}

static int objects_copy(const struct object *from, size_t n, struct object **out, size_t *n_out)
{
    if (n && !(*out = array_new(n, sizeof **out)))
        return -1;
    for (; *n_out < n; ++*n_out)
        if (object_copy(&from[*n_out], &(*out)[*n_out]))
            return -1;
    return 0;
}

static int verdicts_copy(const struct verdict *from, size_t n, struct verdict **out, size_t *n_out)
{
    if (n && !(*out = array_new(n, sizeof **out)))
        return -1;
    for (; *n_out < n; ++*n_out)
        if (verdict_copy(&from[*n_out], &(*out)[*n_out]))
            return -1;
    return 0;
}

static int post_copy_texts(const struct post *from, struct post *out)
{
    if (text_copy(from->id, &out->id) || text_copy(from->text, &out->text) || text_copy(from->image, &out->image) ||
        text_copy(from->note, &out->note) || text_copy(from->annotator, &out->annotator) ||
        text_copy(from->proposed, &out->proposed) || text_copy(from->source, &out->source) ||
        text_copy(from->extra, &out->extra))
        return -1;
    if (text_list_copy(from->tokens, from->n_tokens, &out->tokens))
        return -1;
    out->n_tokens = from->n_tokens;
    if (text_list_copy(from->flags, from->n_flags, &out->flags))
        return -1;
    out->n_flags = from->n_flags;
    if (from->offsets) {
        if (!(out->offsets = array_new(from->n_tokens, sizeof *out->offsets)))
            return -1;
        memcpy(out->offsets, from->offsets, from->n_tokens * sizeof *out->offsets);
    }
    return 0;
}

int post_copy(const struct post *from, struct post *out)
{
    *out = (struct post){.status = from->status};
    if (post_copy_texts(from, out) ||
        entities_copy(from->entities, from->n_entities, &out->entities, &out->n_entities) ||
        relations_copy(from->relations, from->n_relations, &out->relations, &out->n_relations) ||
        objects_copy(from->objects, from->n_objects, &out->objects, &out->n_objects) ||
        entities_copy(from->rejected_entities, from->n_rejected_entities, &out->rejected_entities,
                      &out->n_rejected_entities) ||
        relations_copy(from->rejected_relations, from->n_rejected_relations, &out->rejected_relations,
                       &out->n_rejected_relations) ||
        verdicts_copy(from->verdicts, from->n_verdicts, &out->verdicts, &out->n_verdicts)) {
        post_free(out);
        return -1;
    }
    return 0;
}

struct entity *post_entity_peek(const struct post *post, const char *id)
{
    for (size_t i = 0; i < post->n_entities; i++)
        if (!strcmp(post->entities[i].id, id))
            return &post->entities[i];
    return NULL;
}

struct object *post_object_peek(const struct post *post, const char *id)
{
    for (size_t i = 0; i < post->n_objects; i++)
        if (!strcmp(post->objects[i].id, id))
            return &post->objects[i];
    return NULL;
}

struct entity *post_entity_at_peek(const struct post *post, size_t start, size_t end)
{
    for (size_t i = 0; i < post->n_entities; i++)
        if (post->entities[i].start == start && post->entities[i].end == end)
            return &post->entities[i];
    return NULL;
}

const struct verdict *post_verdict_peek(const struct post *post, const struct verdict *key)
{
    const struct verdict *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < post->n_verdicts; i++) {
        const struct verdict *verdict = &post->verdicts[i];
        if (!verdict_same_case(verdict, key))
            continue;
        int rank = 2 * text_equal(verdict->system, key->system) + text_equal(verdict->by, key->by);
        if (rank >= best_rank) {
            best = verdict;
            best_rank = rank;
        }
    }
    return best;
}

/* The number behind the prefix, 0 when the id is not of that form. Ten digits are plenty and never overflow. */
static uint64_t id_number(const char *id, char prefix)
{
    uint64_t number = 0;
    if (!id || id[0] != prefix || strlen(id) > 11)
        return 0;
    for (const char *p = id + 1; *p; p++) {
        if (!isdigit((unsigned char)*p))
            return 0;
        number = number * 10 + (uint64_t)(*p - '0');
    }
    return number;
}

void post_fresh_id(const struct post *post, char prefix, char *out, size_t size)
{
    uint64_t last = 0;
    for (size_t i = 0; i < post->n_entities; i++)
        last = id_number(post->entities[i].id, prefix) > last ? id_number(post->entities[i].id, prefix) : last;
    for (size_t i = 0; i < post->n_relations; i++)
        last = id_number(post->relations[i].id, prefix) > last ? id_number(post->relations[i].id, prefix) : last;
    for (size_t i = 0; i < post->n_objects; i++)
        last = id_number(post->objects[i].id, prefix) > last ? id_number(post->objects[i].id, prefix) : last;
    snprintf(out, size, "%c%llu", prefix, (unsigned long long)last + 1);
}
