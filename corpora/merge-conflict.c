/* Conflicts in the file: written into a post's member "conflicts", and read from it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/json.h"
#include "corpora/merge-post.h"
#include "corpora/merge.h"
#include "corpora/post-json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Writing ---- */

void merge_conflict_begin(struct merge_post *m, const char *kind, const char *name)
{
    struct text *out = &m->conflicts;
    text_add_format(out, "%s{\"kind\": \"%s\", \"tokens\": %zu", m->n_conflicts ? ", " : "", kind, m->base->n_tokens);
    if (name) {
        json_put_name(out, "name");
        json_put_text(out, name);
    }
    json_put_name(out, "versions");
    text_add_char(out, '[');
    m->n_conflicts++;
}

void merge_conflict_version(struct merge_post *m, const char *by)
{
    struct text *out = &m->conflicts;
    if (out->n && out->bytes[out->n - 1] != '[')
        text_add(out, "}, ");
    text_add(out, by ? "{\"by\": " : "{\"base\": true");
    if (by)
        json_put_text(out, by);
}

void merge_conflict_end(struct merge_post *m)
{
    if (m->conflicts.n && m->conflicts.bytes[m->conflicts.n - 1] != '[')
        text_add_char(&m->conflicts, '}');
    text_add(&m->conflicts, "]}");
}

/* A relation outside its post's lists names its ends by their tokens. */
static void put_relation(struct text *out, const struct post *post, const struct relation *relation)
{
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    char ends[2][48];
    if (!head || !tail)
        return;
    snprintf(ends[0], sizeof ends[0], "%zu-%zu", head->start, head->end);
    snprintf(ends[1], sizeof ends[1], "%zu-%zu", tail->start, tail->end);
    struct relation loose = *relation;
    loose.head = ends[0];
    loose.tail = ends[1];
    post_json_put_rejected_relation(out, &loose);
}

static int put_labels(struct merge_post *m, const struct disagreement *place, size_t version)
{
    static const char *const names[DISAGREEMENT_KINDS] = {"entities", "relations", "objects"};
    const struct post *post = merge_version_peek(m, version);
    const struct disagreement_said *said = &place->said[version];
    struct text *out = &m->conflicts;
    json_put_name(out, names[place->kind]);
    text_add_char(out, '[');
    for (size_t i = 0; i < said->n; i++) {
        text_add(out, i ? ", " : "");
        if (place->kind == DISAGREEMENT_RELATIONS)
            put_relation(out, post, &post->relations[said->labels[i]]);
        else if (place->kind == DISAGREEMENT_OBJECTS)
            post_json_put_object(out, &post->objects[said->labels[i]]);
        else {
            struct entity copy;
            bool missing;
            if (merge_entity_copy(m, version, &post->entities[said->labels[i]], &copy, &missing))
                return -1;
            post_json_put_entity(out, &copy);
            entity_free(&copy);
        }
    }
    text_add_char(out, ']');
    return 0;
}

/* What the version refused there goes with it: it is why it has no label. */
static void put_refused(struct merge_post *m, const struct disagreement *place, size_t version)
{
    const struct post *post = merge_version_peek(m, version);
    bool any = false;
    for (size_t i = 0; place->kind == DISAGREEMENT_ENTITIES && i < post->n_rejected_entities; i++) {
        const struct entity *refused = &post->rejected_entities[i];
        if (refused->end <= place->start || refused->start >= place->end)
            continue;
        if (any)
            text_add(&m->conflicts, ", ");
        else {
            json_put_name(&m->conflicts, "rejected");
            text_add_char(&m->conflicts, '[');
        }
        post_json_put_entity(&m->conflicts, refused);
        any = true;
    }
    text_add(&m->conflicts, any ? "]" : "");
}

/* Labels that are not in dispute, between those that are: nested ones. Who settles the conflict must tell them apart.
 * */
static void put_beside(struct merge_post *m, const struct disagreement *place)
{
    const struct disagreement_list *places = &m->places[DISAGREEMENT_ENTITIES];
    bool any = false;
    for (size_t p = 0; place->kind == DISAGREEMENT_ENTITIES && p < places->n; p++) {
        const struct disagreement *other = &places->items[p];
        const struct post *post = merge_version_peek(m, other->winner);
        if (other->state == DISAGREEMENT_OPEN || other->start >= place->end || place->start >= other->end)
            continue;
        for (size_t i = 0; i < other->said[other->winner].n; i++) {
            const struct entity *entity = &post->entities[other->said[other->winner].labels[i]];
            text_add_format(&m->conflicts, "%s[%zu, %zu]", any ? ", " : ", \"beside\": [", entity->start, entity->end);
            any = true;
        }
    }
    text_add(&m->conflicts, any ? "]" : "");
}

int merge_conflict_place(struct merge_post *m, const struct disagreement *place)
{
    static const char *const kinds[DISAGREEMENT_KINDS] = {"entities", "relations", "objects"};
    merge_conflict_begin(m, kinds[place->kind], NULL);
    if (place->said[m->n].n) {
        merge_conflict_version(m, NULL);
        if (put_labels(m, place, m->n))
            return -1;
    }
    for (size_t v = 0; v < m->n; v++) {
        if (!place->said[v].spoke)
            continue;
        merge_conflict_version(m, m->names[v]);
        if (put_labels(m, place, v))
            return -1;
        put_refused(m, place, v);
        m->open[v]++;
    }
    merge_conflict_end(m);
    m->conflicts.n -= m->conflicts.failed ? 0 : 1; /* into the item again */
    put_beside(m, place);
    text_add_char(&m->conflicts, '}');
    return m->conflicts.failed ? -1 : 0;
}

/* ---- Reading ---- */

/* Of what is no list, nothing: files may have anything here. */
static struct json_walk walk_list(struct json_value list)
{
    return json_kind(list) == JSON_ARRAY ? json_walk(list) : (struct json_walk){0};
}


struct reading {
    struct json_document document;
    struct json_value conflicts;
    struct error *err;
};

/* What the version called by says in an item, else what the base has there. */
static struct json_value said_by(struct json_value item, const char *by)
{
    struct json_value version, base = {0};
    for (struct json_walk walk = walk_list(json_member(item, "versions")); json_next_item(&walk, &version);) {
        struct json_value name = json_member(version, "by");
        if (name.text && json_text_is(name, by))
            return version;
        if (!name.text)
            base = version;
    }
    return base;
}

static bool is_kind(struct json_value item, const char *kind)
{
    struct json_value name = json_member(item, "kind");
    return name.text && json_text_is(name, kind);
}

static int add_entity(struct reading *reading, struct post *post, struct json_value value)
{
    const struct post_json_place place = {&reading->document, post->id, post->n_tokens};
    struct entity entity, *grown;
    char fresh[32];
    if (post_json_get_entity(&place, value, &entity, reading->err))
        return -1;
    for (size_t i = 0; i < entity.n_grounding; i++)
        if (!post_object_peek(post, entity.grounding[i])) { /* its box is in conflict too: no answer here */
            text_list_free(entity.grounding, entity.n_grounding);
            entity.grounding = NULL;
            entity.n_grounding = 0;
            entity.has_grounding = false;
        }
    if (post_entity_peek(post, entity.id)) {
        post_fresh_id(post, 'e', fresh, sizeof fresh);
        free(entity.id);
        entity.id = strdup(fresh);
    }
    /* A copied list may have no room to spare, as array_grow would expect: it grows by one. */
    grown = realloc(post->entities, (post->n_entities + 1) * sizeof *grown);
    if (!grown || !entity.id) {
        post->entities = grown ? grown : post->entities;
        entity_free(&entity);
        return error_memory(reading->err, "merging a post");
    }
    post->entities = grown;
    grown[post->n_entities++] = entity;
    return 0;
}

/* The id of the entity on the tokens "3-5", allocated; NULL = there is none. */
static char *entity_on(const struct post *post, const char *span)
{
    size_t start, end;
    if (sscanf(span, "%zu-%zu", &start, &end) != 2)
        return NULL;
    const struct entity *entity = post_entity_at_peek(post, start, end);
    return entity ? strdup(entity->id) : NULL;
}

static int add_relation(struct reading *reading, struct post *post, struct json_value value)
{
    const struct post_json_place place = {&reading->document, post->id, post->n_tokens};
    struct relation relation, *grown;
    char fresh[32];
    if (post_json_get_rejected_relation(&place, value, &relation, reading->err))
        return -1;
    char *ends[2] = {entity_on(post, relation.head), entity_on(post, relation.tail)};
    post_fresh_id(post, 'r', fresh, sizeof fresh);
    free(relation.head);
    free(relation.tail);
    free(relation.id);
    relation.head = ends[0];
    relation.tail = ends[1];
    relation.id = strdup(fresh);
    if (!ends[0] || !ends[1] || !relation.id) { /* without its entities it cannot be offered */
        relation_free(&relation);
        return 0;
    }
    grown = realloc(post->relations, (post->n_relations + 1) * sizeof *grown);
    if (!grown) {
        relation_free(&relation);
        return error_memory(reading->err, "merging a post");
    }
    post->relations = grown;
    grown[post->n_relations++] = relation;
    return 0;
}

static int add_object(struct reading *reading, struct post *post, struct json_value value)
{
    const struct post_json_place place = {&reading->document, post->id, post->n_tokens};
    struct object object, *grown;
    char fresh[32];
    if (post_json_get_object(&place, value, &object, reading->err))
        return -1;
    if (!object.id || post_object_peek(post, object.id)) {
        post_fresh_id(post, 'o', fresh, sizeof fresh);
        free(object.id);
        object.id = strdup(fresh);
    }
    grown = realloc(post->objects, (post->n_objects + 1) * sizeof *grown);
    if (!grown || !object.id) {
        post->objects = grown ? grown : post->objects;
        object_free(&object);
        return error_memory(reading->err, "merging a post");
    }
    post->objects = grown;
    grown[post->n_objects++] = object;
    return 0;
}

/* ---- What the post itself has where there were conflicts: nobody's version, but how they were settled ---- */

static bool read_span(struct json_value list, size_t span[2])
{
    struct json_value item;
    size_t n = 0;
    for (struct json_walk walk = walk_list(list); json_next_item(&walk, &item); n++)
        if (n == 2 || !json_whole(item, &span[n]))
            return false;
    return n == 2;
}

static bool is_beside(struct json_value item, const struct entity *entity)
{
    struct json_value value;
    for (struct json_walk walk = walk_list(json_member(item, "beside")); json_next_item(&walk, &value);) {
        size_t span[2];
        if (read_span(value, span) && span[0] == entity->start && span[1] == entity->end)
            return true;
    }
    return false;
}

/* The tokens from the first to the last that an item's entities stand on. */
static void item_region(struct json_value item, size_t *start_out, size_t *end_out)
{
    struct json_value version, label;
    *start_out = SIZE_MAX;
    *end_out = 0;
    for (struct json_walk walk = walk_list(json_member(item, "versions")); json_next_item(&walk, &version);)
        for (struct json_walk labels = walk_list(json_member(version, "entities")); json_next_item(&labels, &label);) {
            size_t start, end;
            if (!json_whole(json_member(label, "start"), &start) || !json_whole(json_member(label, "end"), &end))
                continue;
            *start_out = start < *start_out ? start : *start_out;
            *end_out = end > *end_out ? end : *end_out;
        }
}

/* Is the relation between the spans of one that is in an item, in either direction? */
static bool is_of_pair(struct json_value item, const struct entity *head, const struct entity *tail)
{
    struct json_value version, label;
    for (struct json_walk walk = walk_list(json_member(item, "versions")); json_next_item(&walk, &version);)
        for (struct json_walk labels = walk_list(json_member(version, "relations")); json_next_item(&labels, &label);) {
            size_t a[2], b[2];
            if (!read_span(json_member(label, "head"), a) || !read_span(json_member(label, "tail"), b))
                continue;
            bool straight = a[0] == head->start && a[1] == head->end && b[0] == tail->start && b[1] == tail->end;
            bool turned = b[0] == head->start && b[1] == head->end && a[0] == tail->start && a[1] == tail->end;
            if (straight || turned)
                return true;
        }
    return false;
}

static void drop_settled_entities(struct json_value item, struct post *post)
{
    size_t start, end, kept = 0;
    item_region(item, &start, &end);
    for (size_t i = 0; i < post->n_entities; i++) {
        struct entity *entity = &post->entities[i];
        if (entity->start < end && start < entity->end && !is_beside(item, entity))
            entity_free(entity);
        else
            post->entities[kept++] = *entity;
    }
    post->n_entities = kept;
}

/* Those in dispute, and those whose entities went. */
static void drop_settled_relations(struct json_value conflicts, struct post *post)
{
    size_t kept = 0;
    for (size_t i = 0; i < post->n_relations; i++) {
        struct relation *relation = &post->relations[i];
        const struct entity *head = post_entity_peek(post, relation->head);
        const struct entity *tail = post_entity_peek(post, relation->tail);
        struct json_value item;
        bool gone = !head || !tail;
        for (struct json_walk walk = walk_list(conflicts); !gone && json_next_item(&walk, &item);)
            gone = is_kind(item, "relations") && is_of_pair(item, head, tail);
        if (gone)
            relation_free(relation);
        else
            post->relations[kept++] = *relation;
    }
    post->n_relations = kept;
}

static void drop_settled(struct json_value conflicts, struct post *post)
{
    struct json_value item;
    for (struct json_walk walk = walk_list(conflicts); json_next_item(&walk, &item);)
        if (is_kind(item, "entities"))
            drop_settled_entities(item, post);
    drop_settled_relations(conflicts, post);
}

/* The labels of all conflicts of a kind, as the version has them. */
static int add_labels(struct reading *reading, struct post *post, const char *kind, const char *by,
                      int (*add)(struct reading *, struct post *, struct json_value))
{
    struct json_value item, label;
    for (struct json_walk walk = walk_list(reading->conflicts); json_next_item(&walk, &item);) {
        if (!is_kind(item, kind))
            continue;
        for (struct json_walk labels = walk_list(json_member(said_by(item, by), kind));
             json_next_item(&labels, &label);)
            if (add(reading, post, label))
                return -1;
    }
    return 0;
}

/* The version's answers to where entities are in the picture, as far as their boxes are there. */
static int set_answers(struct reading *reading, struct post *post, const char *by)
{
    struct json_value item, object;
    for (struct json_walk walk = walk_list(reading->conflicts); json_next_item(&walk, &item);) {
        struct json_value list = json_member(said_by(item, by), "grounding"), name = json_member(item, "name");
        char *span = is_kind(item, "grounding") && json_kind(name) == JSON_TEXT ? json_text(name) : NULL;
        char *id = span ? entity_on(post, span) : NULL;
        struct entity *entity = id ? post_entity_peek(post, id) : NULL;
        int failed = 0;
        if (entity && json_kind(list) == JSON_ARRAY) {
            text_list_free(entity->grounding, entity->n_grounding);
            entity->grounding = NULL;
            entity->n_grounding = 0;
            entity->has_grounding = true;
        }
        for (struct json_walk objects = walk_list(entity ? list : (struct json_value){0});
             !failed && json_next_item(&objects, &object);) {
            char *text = json_kind(object) == JSON_TEXT ? json_text(object) : NULL;
            if (!text || !post_object_peek(post, text))
                entity->has_grounding = false;
            else
                failed = text_list_add(&entity->grounding, &entity->n_grounding, text);
            free(text);
        }
        if (entity && !entity->has_grounding) {
            text_list_free(entity->grounding, entity->n_grounding);
            entity->grounding = NULL;
            entity->n_grounding = 0;
        }
        free(span);
        free(id);
        if (failed)
            return error_memory(reading->err, "merging a post");
    }
    return 0;
}

static int read_version(struct reading *reading, const struct post *merged, const char *by, struct post *out)
{
    struct json_value item;
    for (struct json_walk walk = walk_list(reading->conflicts); json_next_item(&walk, &item);) {
        struct json_value whole = json_member(said_by(item, by), "post");
        if (is_kind(item, "post") && whole.text)
            return post_json_get(&reading->document, whole, out, reading->err);
    }
    if (post_copy(merged, out))
        return error_memory(reading->err, "merging a post");
    drop_settled(reading->conflicts, out);
    if (!add_labels(reading, out, "objects", by, add_object) &&
        !add_labels(reading, out, "entities", by, add_entity) && !set_answers(reading, out, by) &&
        !add_labels(reading, out, "relations", by, add_relation))
        return 0;
    post_free(out);
    return -1;
}

/* Have tokens been split or joined since? Then spans mean others. */
static bool is_stale(const struct post *post, struct json_value conflicts)
{
    struct json_value item;
    for (struct json_walk walk = walk_list(conflicts); json_next_item(&walk, &item);) {
        size_t n;
        if (json_whole(json_member(item, "tokens"), &n) && n != post->n_tokens)
            return true;
    }
    return false;
}

static int list_names(struct json_value conflicts, char ***names, size_t *n)
{
    struct json_value item, version;
    for (struct json_walk walk = walk_list(conflicts); json_next_item(&walk, &item);)
        for (struct json_walk versions = walk_list(json_member(item, "versions"));
             json_next_item(&versions, &version);) {
            struct json_value by = json_member(version, "by");
            char *name = json_kind(by) == JSON_TEXT ? json_text(by) : NULL;
            bool known = !name;
            for (size_t i = 0; i < *n && !known; i++)
                known = !strcmp((*names)[i], name);
            int failed = !known && text_list_add(names, n, name);
            free(name);
            if (failed)
                return -1;
        }
    return 0;
}

int merge_versions(const struct post *post, struct post **posts_out, char ***names_out, size_t *n_out,
                   struct error *err)
{
    struct json_value conflicts = json_member(json_value_of(post->extra), MERGE_MEMBER);
    *posts_out = NULL;
    *names_out = NULL;
    *n_out = 0;
    if (!post_has_flag(post, MERGE_FLAG) || json_kind(conflicts) != JSON_ARRAY || is_stale(post, conflicts))
        return 0;
    struct reading reading = {{post->extra, strlen(post->extra), MERGE_MEMBER, 1}, conflicts, err};
    char **names = NULL;
    size_t n = 0, n_read = 0;
    struct post *posts = NULL;
    int result = list_names(conflicts, &names, &n) || !(posts = calloc(n + 1, sizeof *posts))
                     ? error_memory(err, "merging a post")
                     : 0;
    while (!result && n_read < n) {
        result = read_version(&reading, post, names[n_read], &posts[n_read]);
        n_read += !result;
    }
    if (result) {
        for (size_t i = 0; i < n_read; i++)
            post_free(&posts[i]);
        free(posts);
        text_list_free(names, n);
        return -1;
    }
    *posts_out = posts;
    *names_out = names;
    *n_out = n;
    return 0;
}

void merge_versions_free(struct post *posts, char **names, size_t n)
{
    for (size_t i = 0; posts && i < n; i++)
        post_free(&posts[i]);
    free(posts);
    text_list_free(names, n);
}
