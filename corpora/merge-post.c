/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/merge-post.h"

#include "corpora/json.h"
#include "corpora/merge.h"
#include "corpora/post-json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct post *merge_version_peek(const struct merge_post *m, size_t version)
{
    return version == m->n ? m->base : m->versions[version];
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* ---- Single values: note, picture, status, members that are not ours ---- */

/* Of the versions that have a say (present) and changed the value: m->n (the base) where there is none, the first where
 * all say the same, SIZE_MAX where they differ. Values may be NULL. */
static size_t choose(const struct merge_post *m, const char *const *values, const char *base)
{
    size_t chosen = m->n;
    for (size_t v = 0; v < m->n; v++) {
        if (!m->versions[v] || same_text(values[v], base))
            continue;
        if (chosen == m->n)
            chosen = v;
        else if (!same_text(values[v], values[chosen]))
            return SIZE_MAX;
    }
    return chosen;
}

/* name NULL: kind is the member's name. raw: the values are JSON already. */
static void put_values(struct merge_post *m, const char *kind, const char *name, const char *const *values,
                       const char *base, bool raw)
{
    merge_conflict_begin(m, kind, name);
    for (size_t i = 0; i <= m->n; i++) {
        size_t v = i ? i - 1 : m->n;
        const char *value = v == m->n ? base : values[v];
        if (v < m->n && (!m->versions[v] || same_text(value, base)))
            continue;
        if (v == m->n && !value)
            continue;
        merge_conflict_version(m, v == m->n ? NULL : m->names[v]);
        json_put_name(&m->conflicts, name ? "value" : kind);
        if (!value)
            text_add(&m->conflicts, "null");
        else if (raw)
            text_add(&m->conflicts, value);
        else
            json_put_text(&m->conflicts, value);
        if (v < m->n)
            m->open[v]++;
    }
    merge_conflict_end(m);
}

/* Merges one text; what is disputed stays as the base has it. */
static int merge_text(struct merge_post *m, const char *kind, const char *const *values, const char *base, bool raw,
                      char **out)
{
    size_t chosen = choose(m, values, base);
    if (chosen == SIZE_MAX)
        put_values(m, kind, NULL, values, base, raw);
    else if (chosen < m->n)
        for (size_t v = chosen; v < m->n; v++)
            m->taken[v] += m->versions[v] && same_text(values[v], values[chosen]);
    return text_copy(chosen < m->n ? values[chosen] : base, out);
}

static int merge_status(struct merge_post *m, const char **values)
{
    const char *base = post_status_name(m->base->status);
    for (size_t v = 0; v < m->n; v++)
        values[v] = m->versions[v] ? post_status_name(m->versions[v]->status) : NULL;
    size_t chosen = choose(m, values, base);
    m->out->status = chosen == SIZE_MAX ? STATUS_STARTED
                     : chosen == m->n   ? m->base->status
                                        : m->versions[chosen]->status;
    if (chosen == SIZE_MAX)
        put_values(m, "status", NULL, values, base, false);
    return 0;
}

static bool has_text(char *const *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], text))
            return true;
    return false;
}

/* Whether an element of a set stays: somebody added it, or the base had it and nobody took it away. */
static bool stays(const struct merge_post *m, bool in_base, bool (*has)(const struct post *, const void *),
                  const void *element)
{
    for (size_t v = 0; v < m->n; v++)
        if (m->versions[v] && has(m->versions[v], element) != in_base)
            return !in_base;
    return in_base;
}

static bool has_flag(const struct post *post, const void *flag)
{
    return has_text(post->flags, post->n_flags, flag);
}

static int merge_flags(struct merge_post *m)
{
    for (size_t i = 0; i <= m->n; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        for (size_t k = 0; post && k < post->n_flags; k++)
            if (!has_text(m->out->flags, m->out->n_flags, post->flags[k]) &&
                stays(m, has_flag(m->base, post->flags[k]), has_flag, post->flags[k]) &&
                text_list_add(&m->out->flags, &m->out->n_flags, post->flags[k]))
                return -1;
    }
    return 0;
}

int merge_join_names(char **names, const char *more)
{
    struct text joined = {0};
    text_add(&joined, *names ? *names : "");
    while (more && *more) {
        size_t n = strcspn(more, ",");
        bool known = false;
        for (const char *p = joined.bytes; p && *p && !known;) {
            size_t length = strcspn(p, ",");
            known = length == n && !strncmp(p, more, n);
            p += length;
            p += strspn(p, ", ");
        }
        if (!known) {
            text_add(&joined, joined.n ? ", " : "");
            text_add_bytes(&joined, more, n);
        }
        more += n;
        more += strspn(more, ", ");
    }
    if (!joined.n) {
        text_free(&joined);
        return 0;
    }
    char *bytes = text_take(&joined);
    if (!bytes)
        return -1;
    free(*names);
    *names = bytes;
    return 0;
}

/* Two people at a post are no conflict. */
static int merge_annotator(struct merge_post *m)
{
    bool changed = false;
    for (size_t v = 0; v < m->n; v++)
        if (m->versions[v] && !same_text(m->versions[v]->annotator, m->base->annotator)) {
            changed = true;
            if (merge_join_names(&m->out->annotator, m->versions[v]->annotator))
                return -1;
        }
    return changed ? 0 : text_copy(m->base->annotator, &m->out->annotator);
}

/* ---- Members that are not ours ---- */

/* The member's value on one line; NULL: it has none, or memory is out. */
static char *member_text(const struct post *post, const char *name, bool *failed)
{
    struct json_value value = post ? json_member(json_value_of(post->extra), name) : (struct json_value){0};
    struct text text = {0};
    if (!value.text)
        return NULL;
    json_put_value(&text, value);
    char *bytes = text_take(&text);
    *failed = *failed || !bytes;
    return bytes;
}

static int merge_member(struct merge_post *m, const char *name, struct text *out)
{
    char **values = calloc(m->n + 1, sizeof *values);
    bool failed = !values;
    for (size_t v = 0; !failed && v <= m->n; v++)
        values[v] = member_text(merge_version_peek(m, v), name, &failed);
    if (!failed) {
        const char *const *said = (const char *const *)values;
        size_t chosen = choose(m, said, values[m->n]);
        const char *value = chosen < m->n ? values[chosen] : values[m->n];
        if (chosen == SIZE_MAX)
            put_values(m, "member", name, said, values[m->n], true);
        if (value) {
            json_put_name(out, name);
            text_add(out, value);
        }
    }
    for (size_t v = 0; values && v <= m->n; v++)
        free(values[v]);
    free(values);
    return failed ? -1 : 0;
}

/* Conflicts of an earlier merge stay. */
static int keep_conflicts(struct merge_post *m)
{
    for (size_t i = 0; i <= m->n; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        struct json_value item, list = post ? json_member(json_value_of(post->extra), MERGE_MEMBER)
                                            : (struct json_value){0};
        if (json_kind(list) != JSON_ARRAY)
            continue;
        for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);) {
            struct text text = {0};
            json_put_value(&text, item);
            if (text.failed)
                return -1;
            if (!m->conflicts.n || !strstr(m->conflicts.bytes, text.bytes)) {
                text_add(&m->conflicts, m->n_conflicts++ ? ", " : "");
                text_add(&m->conflicts, text.bytes);
            }
            text_free(&text);
        }
    }
    return m->conflicts.failed ? -1 : 0;
}

/* The names in the order of the base, then of the versions. */
static int merge_extra(struct merge_post *m)
{
    struct text out = {0};
    char **seen = NULL;
    size_t n_seen = 0;
    int result = 0;
    text_add_char(&out, '{');
    for (size_t i = 0; i <= m->n && !result; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        struct json_value name, value, extra = json_value_of(post ? post->extra : NULL);
        if (json_kind(extra) != JSON_OBJECT)
            continue;
        for (struct json_walk walk = json_walk(extra); !result && json_next_member(&walk, &name, &value);) {
            char *text = json_text(name);
            if (!text)
                result = -1;
            else if (strcmp(text, MERGE_MEMBER) && !has_text(seen, n_seen, text))
                result = text_list_add(&seen, &n_seen, text) || merge_member(m, text, &out) ? -1 : 0;
            free(text);
        }
    }
    text_list_free(seen, n_seen);
    text_add_char(&out, '}');
    if (result || out.failed) {
        text_free(&out);
        return -1;
    }
    if (out.n == 2)
        text_free(&out);
    else if (!(m->out->extra = text_take(&out)))
        return -1;
    return 0;
}

static int merge_fields(struct merge_post *m)
{
    const char **values = calloc(m->n + 1, sizeof *values);
    int result = values ? 0 : -1;
#define FIELD(field, kind, raw)                                                                                        \
    do {                                                                                                               \
        for (size_t v = 0; !result && v < m->n; v++)                                                                   \
            values[v] = m->versions[v] ? m->versions[v]->field : NULL;                                                 \
        if (!result)                                                                                                   \
            result = merge_text(m, kind, values, m->base->field, raw, &m->out->field);                                 \
    } while (0)
    FIELD(image, "image", false);
    FIELD(note, "note", false);
    FIELD(source, "source", true);
#undef FIELD
    if (!result)
        result = merge_status(m, values) || merge_flags(m) || merge_annotator(m) || merge_extra(m) ? -1 : 0;
    free(values);
    return result;
}

/* ---- Labels ---- */

/* A label that goes into the result. */
struct pick {
    size_t version, label, place, rank;
};

struct picks {
    struct pick *items;
    size_t n;
};

static int compare_picks(const void *left, const void *right)
{
    const struct pick *a = left, *b = right;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* Where it stands: the base's labels in their order, also when they were changed, then new ones as they come. */
static size_t rank_of(const struct merge_post *m, enum disagreement_kind kind, const struct disagreement *place,
                      const char *id, size_t nth)
{
    const struct post *base = m->base;
    size_t n = kind == DISAGREEMENT_ENTITIES    ? base->n_entities
               : kind == DISAGREEMENT_RELATIONS ? base->n_relations
                                                : base->n_objects;
    for (size_t i = 0; i < n; i++) {
        const char *other = kind == DISAGREEMENT_ENTITIES    ? base->entities[i].id
                            : kind == DISAGREEMENT_RELATIONS ? base->relations[i].id
                                                             : base->objects[i].id;
        if (!strcmp(other, id))
            return i;
    }
    return place->said[m->n].n == 1 && place->said[place->winner].n == 1 ? place->said[m->n].labels[0] : n + nth;
}

static const char *id_of(enum disagreement_kind kind, const struct post *post, size_t label)
{
    return kind == DISAGREEMENT_ENTITIES    ? post->entities[label].id
           : kind == DISAGREEMENT_RELATIONS ? post->relations[label].id
                                            : post->objects[label].id;
}

/* The labels of all places that are not disputed; the others are written as conflicts, and what was taken is counted. */
static int pick_labels(struct merge_post *m, enum disagreement_kind kind, const bool *dropped, struct picks *out)
{
    const struct disagreement_list *places = &m->places[kind];
    *out = (struct picks){0};
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state == DISAGREEMENT_OPEN || (dropped && dropped[p])) {
            if (merge_conflict_place(m, place))
                return -1;
            continue;
        }
        for (size_t v = 0; v < m->n; v++)
            m->taken[v] += place->said[v].spoke;
        const struct disagreement_said *said = &place->said[place->winner];
        for (size_t i = 0; i < said->n; i++) {
            struct pick *grown = array_grow(out->items, out->n, sizeof *grown);
            if (!grown)
                return -1;
            out->items = grown;
            const char *id = id_of(kind, merge_version_peek(m, place->winner), said->labels[i]);
            grown[out->n] = (struct pick){place->winner, said->labels[i], p, rank_of(m, kind, place, id, out->n)};
            out->n++;
        }
    }
    /* Ranks may be equal only where a version has an id twice at different places: then their order is that of places. */
    for (size_t i = 1; i < out->n; i++)
        for (size_t k = i; k > 0 && compare_picks(&out->items[k - 1], &out->items[k]) > 0; k--) {
            struct pick moved = out->items[k];
            out->items[k] = out->items[k - 1];
            out->items[k - 1] = moved;
        }
    return 0;
}

/* Everybody who says the same is named. */
static int join_origins(const struct merge_post *m, const struct pick *pick, enum disagreement_kind kind,
                        struct provenance *origin)
{
    const struct disagreement *place = &m->places[kind].items[pick->place];
    for (size_t v = 0; v < m->n; v++) {
        if (v == pick->version || !place->said[v].spoke)
            continue;
        for (size_t i = 0; i < place->said[v].n; i++) {
            size_t label = place->said[v].labels[i];
            const struct post *post = m->versions[v];
            if (!disagreement_same(kind, merge_version_peek(m, pick->version), pick->label, post, label))
                continue;
            const struct provenance *other = kind == DISAGREEMENT_ENTITIES    ? &post->entities[label].origin
                                             : kind == DISAGREEMENT_RELATIONS ? &post->relations[label].origin
                                                                              : &post->objects[label].origin;
            if (other->by && merge_join_names(&origin->by, other->by))
                return -1;
        }
    }
    return 0;
}

/* Gives a label an id that the result does not have yet: its own where that is free. */
static int settle_id(const struct post *out, char prefix, bool taken, char **id)
{
    char fresh[32];
    if (!taken)
        return 0;
    post_fresh_id(out, prefix, fresh, sizeof fresh);
    char *copy = strdup(fresh);
    if (!copy)
        return -1;
    free(*id);
    *id = copy;
    return 0;
}

static int merge_objects(struct merge_post *m)
{
    struct picks picks;
    int result = pick_labels(m, DISAGREEMENT_OBJECTS, NULL, &picks);
    m->object_ids = calloc(m->places[DISAGREEMENT_OBJECTS].n + 1, sizeof *m->object_ids);
    if (!m->object_ids || (picks.n && !(m->out->objects = array_new(picks.n, sizeof *m->out->objects))))
        result = -1;
    for (size_t i = 0; i < picks.n && !result; i++) {
        struct object copy;
        const struct pick *pick = &picks.items[i];
        if (object_copy(&merge_version_peek(m, pick->version)->objects[pick->label], &copy)) {
            result = -1;
            break;
        }
        bool taken = post_object_peek(m->out, copy.id) != NULL;
        result = settle_id(m->out, 'o', taken, &copy.id) || join_origins(m, pick, DISAGREEMENT_OBJECTS, &copy.origin) ||
                         text_copy(copy.id, &m->object_ids[pick->place])
                     ? -1
                     : 0;
        m->out->objects[m->out->n_objects++] = copy;
    }
    free(picks.items);
    return result;
}

/* The place of a version's object, or SIZE_MAX. */
static size_t object_place(const struct merge_post *m, size_t version, const char *id)
{
    const struct disagreement_list *places = &m->places[DISAGREEMENT_OBJECTS];
    const struct post *post = merge_version_peek(m, version);
    for (size_t p = 0; p < places->n; p++)
        for (size_t i = 0; i < places->items[p].said[version].n; i++)
            if (!strcmp(post->objects[places->items[p].said[version].labels[i]].id, id))
                return p;
    return SIZE_MAX;
}

int merge_entity_copy(const struct merge_post *m, size_t version, const struct entity *from, struct entity *out,
                      bool *missing_out)
{
    *missing_out = false;
    if (entity_copy(from, out))
        return -1;
    for (size_t i = 0; i < out->n_grounding; i++) {
        size_t place = object_place(m, version, out->grounding[i]);
        const char *id = place == SIZE_MAX ? NULL : m->object_ids[place];
        char *copy;
        if (!id)
            *missing_out = true;
        else if (!(copy = strdup(id))) {
            entity_free(out);
            return -1;
        } else {
            free(out->grounding[i]);
            out->grounding[i] = copy;
        }
    }
    return 0;
}

/* An answer that can be compared: the places of its objects. NULL when memory is out. */
static char *grounding_text(const struct merge_post *m, size_t version, const struct entity *entity)
{
    struct text text = {0};
    text_add(&text, entity->has_grounding ? "=" : "?");
    for (size_t p = 0; p < m->places[DISAGREEMENT_OBJECTS].n; p++)
        for (size_t i = 0; i < entity->n_grounding; i++)
            if (object_place(m, version, entity->grounding[i]) == p)
                text_add_format(&text, " %zu", p);
    return text_take(&text);
}

/* The version's entity on the same tokens, of the same type where there are several; NULL = none. */
static const struct entity *entity_like(const struct post *post, const struct entity *entity)
{
    const struct entity *found = NULL;
    for (size_t i = 0; post && i < post->n_entities; i++) {
        const struct entity *other = &post->entities[i];
        if (other->start == entity->start && other->end == entity->end &&
            (!found || same_text(other->type, entity->type)))
            found = other;
    }
    return found;
}

static void put_groundings(struct merge_post *m, const struct entity *entity)
{
    char name[64];
    snprintf(name, sizeof name, "%zu-%zu", entity->start, entity->end);
    merge_conflict_begin(m, "grounding", name);
    for (size_t v = 0; v < m->n; v++) {
        const struct entity *other = entity_like(m->versions[v], entity);
        struct entity copy;
        bool missing;
        if (!other || !other->has_grounding || merge_entity_copy(m, v, other, &copy, &missing))
            continue;
        merge_conflict_version(m, m->names[v]);
        json_put_list(&m->conflicts, "grounding", copy.grounding, copy.n_grounding);
        entity_free(&copy);
    }
    merge_conflict_end(m);
}

static int take_grounding(const struct merge_post *m, size_t version, const struct entity *from, struct entity *to,
                          bool *missing)
{
    struct entity copy = {0};
    text_list_free(to->grounding, to->n_grounding);
    to->grounding = NULL;
    to->n_grounding = 0;
    to->has_grounding = false;
    *missing = false;
    if (!from || !from->has_grounding)
        return 0;
    if (merge_entity_copy(m, version, from, &copy, missing))
        return -1;
    if (!*missing) {
        to->has_grounding = true;
        to->grounding = copy.grounding;
        to->n_grounding = copy.n_grounding;
        copy.grounding = NULL;
        copy.n_grounding = 0;
    }
    entity_free(&copy);
    return 0;
}

/* Where the entity is in the picture: an answer of its own, merged apart from its type. from_base: nobody changed the
 * label otherwise, and who answers signs it. */
static int merge_grounding(struct merge_post *m, struct entity *entity, bool from_base)
{
    const struct entity *in_base = entity_like(m->base, entity);
    char **values = calloc(m->n + 1, sizeof *values);
    bool missing = false, failed = !values;
    size_t chosen = m->n;
    static const struct entity nothing;
    for (size_t i = 0; !failed && i <= m->n; i++) {
        size_t v = i ? i - 1 : m->n;
        const struct entity *other = v == m->n ? in_base : entity_like(m->versions[v], entity);
        values[v] = other || v == m->n ? grounding_text(m, v, other ? other : &nothing) : strdup(values[m->n]);
        failed = !values[v];
    }
    if (!failed) {
        chosen = choose(m, (const char *const *)values, values[m->n]);
        const struct entity *from = chosen < m->n ? entity_like(m->versions[chosen], entity) : in_base;
        failed = take_grounding(m, chosen < m->n ? chosen : m->n, from, entity, &missing);
        if (chosen == SIZE_MAX || missing)
            put_groundings(m, entity);
        else if (chosen < m->n) {
            m->taken[chosen]++;
            if (from_base) {
                provenance_free(&entity->origin);
                failed = provenance_copy(&from->origin, &entity->origin);
            }
        }
    }
    for (size_t v = 0; values && v <= m->n; v++)
        free(values[v]);
    free(values);
    return failed ? -1 : 0;
}

static int merge_entities(struct merge_post *m)
{
    struct picks picks;
    int result = pick_labels(m, DISAGREEMENT_ENTITIES, NULL, &picks);
    if (picks.n && !(m->out->entities = array_new(picks.n, sizeof *m->out->entities)))
        result = -1;
    for (size_t i = 0; i < picks.n && !result; i++) {
        struct entity copy;
        const struct pick *pick = &picks.items[i];
        if (entity_copy(&merge_version_peek(m, pick->version)->entities[pick->label], &copy)) {
            result = -1;
            break;
        }
        bool taken = post_entity_peek(m->out, copy.id) != NULL;
        result = settle_id(m->out, 'e', taken, &copy.id) || join_origins(m, pick, DISAGREEMENT_ENTITIES, &copy.origin) ||
                         merge_grounding(m, &copy, pick->version == m->n)
                     ? -1
                     : 0;
        m->out->entities[m->out->n_entities++] = copy;
    }
    free(picks.items);
    return result;
}

/* The result's entity that is the version's; NULL = it is not there. */
static const struct entity *end_of(const struct merge_post *m, size_t version, const char *id)
{
    const struct entity *entity = post_entity_peek(merge_version_peek(m, version), id);
    return entity ? entity_like(m->out, entity) : NULL;
}

/* A relation whose entities are disputed, or gone, cannot stand in the list: it goes with the conflicts. */
static bool has_ends(const struct merge_post *m, const struct disagreement *place)
{
    const struct disagreement_said *said = &place->said[place->winner];
    const struct post *post = merge_version_peek(m, place->winner);
    for (size_t i = 0; i < said->n; i++) {
        const struct relation *relation = &post->relations[said->labels[i]];
        if (!end_of(m, place->winner, relation->head) || !end_of(m, place->winner, relation->tail))
            return false;
    }
    return true;
}

static bool has_relation_id(const struct post *post, const char *id)
{
    for (size_t i = 0; i < post->n_relations; i++)
        if (!strcmp(post->relations[i].id, id))
            return true;
    return false;
}

static int merge_relations(struct merge_post *m)
{
    const struct disagreement_list *places = &m->places[DISAGREEMENT_RELATIONS];
    struct picks picks = {0};
    bool *dropped = calloc(places->n + 1, sizeof *dropped);
    int result = dropped ? 0 : -1;
    for (size_t p = 0; !result && p < places->n; p++)
        dropped[p] = places->items[p].state != DISAGREEMENT_OPEN && !has_ends(m, &places->items[p]);
    if (!result)
        result = pick_labels(m, DISAGREEMENT_RELATIONS, dropped, &picks);
    if (picks.n && !result && !(m->out->relations = array_new(picks.n, sizeof *m->out->relations)))
        result = -1;
    for (size_t i = 0; i < picks.n && !result; i++) {
        struct relation copy;
        const struct pick *pick = &picks.items[i];
        if (relation_copy(&merge_version_peek(m, pick->version)->relations[pick->label], &copy)) {
            result = -1;
            break;
        }
        char *ends[2] = {strdup(end_of(m, pick->version, copy.head)->id),
                         strdup(end_of(m, pick->version, copy.tail)->id)};
        free(copy.head);
        free(copy.tail);
        copy.head = ends[0];
        copy.tail = ends[1];
        bool taken = has_relation_id(m->out, copy.id);
        result = !ends[0] || !ends[1] || settle_id(m->out, 'r', taken, &copy.id) ||
                         join_origins(m, pick, DISAGREEMENT_RELATIONS, &copy.origin)
                     ? -1
                     : 0;
        m->out->relations[m->out->n_relations++] = copy;
    }
    free(picks.items);
    free(dropped);
    return result;
}

/* ---- What was refused ---- */

static bool has_refused_entity(const struct post *post, const void *element)
{
    const struct entity *entity = element;
    for (size_t i = 0; i < post->n_rejected_entities; i++) {
        const struct entity *other = &post->rejected_entities[i];
        if (other->start == entity->start && other->end == entity->end && same_text(other->type, entity->type))
            return true;
    }
    return false;
}

static bool has_refused_relation(const struct post *post, const void *element)
{
    const struct relation *relation = element;
    for (size_t i = 0; i < post->n_rejected_relations; i++) {
        const struct relation *other = &post->rejected_relations[i];
        if (!strcmp(other->head, relation->head) && !strcmp(other->tail, relation->tail) &&
            !strcmp(other->type, relation->type))
            return true;
    }
    return false;
}

/* At a place in conflict, a refusal is one of its versions. */
static bool is_disputed(const struct merge_post *m, const struct entity *refused)
{
    const struct disagreement_list *places = &m->places[DISAGREEMENT_ENTITIES];
    for (size_t p = 0; p < places->n; p++)
        if (places->items[p].state == DISAGREEMENT_OPEN && refused->start < places->items[p].end &&
            places->items[p].start < refused->end)
            return true;
    return false;
}

static int merge_rejected(struct merge_post *m)
{
    struct post *out = m->out;
    for (size_t i = 0; i <= m->n; i++) {
        const struct post *post = merge_version_peek(m, i ? i - 1 : m->n);
        for (size_t k = 0; post && k < post->n_rejected_entities; k++) {
            const struct entity *e = &post->rejected_entities[k];
            if (has_refused_entity(out, e) || !stays(m, has_refused_entity(m->base, e), has_refused_entity, e) ||
                is_disputed(m, e))
                continue;
            struct entity *grown = array_grow(out->rejected_entities, out->n_rejected_entities, sizeof *grown);
            if (!grown)
                return -1;
            out->rejected_entities = grown;
            if (entity_copy(e, &grown[out->n_rejected_entities]))
                return -1;
            out->n_rejected_entities++;
        }
        for (size_t k = 0; post && k < post->n_rejected_relations; k++) {
            const struct relation *r = &post->rejected_relations[k];
            if (has_refused_relation(out, r) || !stays(m, has_refused_relation(m->base, r), has_refused_relation, r))
                continue;
            struct relation *grown = array_grow(out->rejected_relations, out->n_rejected_relations, sizeof *grown);
            if (!grown)
                return -1;
            out->rejected_relations = grown;
            if (relation_copy(r, &grown[out->n_rejected_relations]))
                return -1;
            out->n_rejected_relations++;
        }
    }
    return 0;
}

/* ---- The whole ---- */

static bool same_words(const struct post *a, const struct post *b)
{
    if (!disagreement_same_tokens(a, b) || !same_text(a->text, b->text) || !a->offsets != !b->offsets)
        return false;
    return !a->offsets || !a->n_tokens || !memcmp(a->offsets, b->offsets, a->n_tokens * sizeof *a->offsets);
}

/* Labels on other words cannot be compared: the whole posts are the versions. */
static int keep_whole(struct merge_post *m)
{
    const struct post *stays_as = m->base;
    if (post_copy(stays_as, m->out))
        return -1;
    free(m->out->extra);
    m->out->extra = NULL;
    if (merge_extra(m))
        return -1;
    merge_conflict_begin(m, "post", NULL);
    for (size_t v = 0; v < m->n; v++) {
        if (!m->versions[v])
            continue;
        merge_conflict_version(m, m->names[v]);
        json_put_name(&m->conflicts, "post");
        post_json_put(&m->conflicts, m->versions[v]);
        m->open[v]++;
    }
    merge_conflict_end(m);
    return 0;
}

/* The mark: a flag, the member, and the post is not done. */
static int mark(struct merge_post *m, size_t n_before)
{
    struct post *out = m->out;
    struct text extra = {0};
    bool any = m->n_conflicts > n_before; /* those of an earlier merge may have been settled since */
    if (!m->n_conflicts)
        return 0;
    if (any && !has_text(out->flags, out->n_flags, MERGE_FLAG) && text_list_add(&out->flags, &out->n_flags, MERGE_FLAG))
        return -1;
    if (any && out->status == STATUS_DONE)
        out->status = STATUS_STARTED;
    text_add_char(&extra, '{');
    json_put_extra(&extra, out->extra);
    json_put_name(&extra, MERGE_MEMBER);
    text_add_char(&extra, '[');
    text_add_bytes(&extra, m->conflicts.bytes, m->conflicts.n);
    text_add(&extra, "]}");
    char *bytes = m->conflicts.failed ? NULL : text_take(&extra);
    if (!bytes) {
        text_free(&extra);
        return -1;
    }
    free(out->extra);
    out->extra = bytes;
    return 0;
}

static int merge_labels(struct merge_post *m, struct error *err)
{
    struct post *out = m->out;
    for (int kind = 0; kind < DISAGREEMENT_KINDS; kind++)
        if (disagreement_find((enum disagreement_kind)kind, m->base, m->versions, m->n, false, &m->places[kind], err))
            return -1;
    out->n_tokens = m->base->n_tokens;
    if (text_list_copy(m->base->tokens, m->base->n_tokens, &out->tokens) || text_copy(m->base->text, &out->text))
        return -1;
    if (m->base->offsets) {
        if (!(out->offsets = calloc(out->n_tokens + 1, sizeof *out->offsets)))
            return -1;
        memcpy(out->offsets, m->base->offsets, out->n_tokens * sizeof *out->offsets);
    }
    return merge_objects(m) || merge_entities(m) || merge_relations(m) || merge_rejected(m) || merge_fields(m) ? -1 : 0;
}

int merge_post(struct merge_post *m, struct error *err)
{
    bool whole = false;
    for (size_t v = 0; v < m->n; v++)
        whole = whole || (m->versions[v] && !same_words(m->versions[v], m->base));
    int result = text_copy(m->base->id, &m->out->id) || keep_conflicts(m);
    size_t n_before = m->n_conflicts;
    if (!result && whole) {
        free(m->out->id);
        m->out->id = NULL;
        result = keep_whole(m);
    } else if (!result)
        result = merge_labels(m, err);
    if (!result)
        result = mark(m, n_before);
    m->n_conflicts -= n_before;
    for (size_t p = 0; m->object_ids && p < m->places[DISAGREEMENT_OBJECTS].n; p++)
        free(m->object_ids[p]);
    free(m->object_ids);
    for (int kind = 0; kind < DISAGREEMENT_KINDS; kind++)
        disagreement_list_free(&m->places[kind]);
    text_free(&m->conflicts);
    return result ? error_memory(err, "merging a post") : 0;
}
