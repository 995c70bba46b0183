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

/* The labels of all places that are not disputed; the others are written as conflicts, and what was taken is counted.
 * */
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
    /* Ranks may be equal only where a version has an id twice at different places: then their order is that of places.
     * */
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
            (!found || text_equal(other->type, entity->type)))
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
        chosen = merge_choose(m, (const char *const *)values, values[m->n]);
        const struct entity *from = chosen < m->n ? entity_like(m->versions[chosen], entity) : in_base;
        failed = take_grounding(m, chosen < m->n ? chosen : m->n, from, entity, &missing);
        if (chosen == SIZE_MAX || missing)
            put_groundings(m, entity);
        else if (chosen < m->n) {
            m->taken[chosen]++;
            if (from_base) {
                provenance_free(&entity->origin);
                failed = provenance_copy(&from->origin, &entity->origin) || failed;
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
        result = settle_id(m->out, 'e', taken, &copy.id) ||
                         join_origins(m, pick, DISAGREEMENT_ENTITIES, &copy.origin) ||
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
        if (other->start == entity->start && other->end == entity->end && text_equal(other->type, entity->type))
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
            if (has_refused_entity(out, e) || !merge_stays(m, has_refused_entity(m->base, e), has_refused_entity, e) ||
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
            bool in_base = has_refused_relation(m->base, r);
            if (has_refused_relation(out, r) || !merge_stays(m, in_base, has_refused_relation, r))
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

/* ---- What was said about systems' predictions ---- */

static bool has_verdict(const struct post *post, const void *element)
{
    for (size_t i = 0; i < post->n_verdicts; i++)
        if (verdict_equal(&post->verdicts[i], element))
            return true;
    return false;
}

/* Where it is not there yet. */
static int put_verdict(struct post *out, const struct verdict *verdict)
{
    if (has_verdict(out, verdict))
        return 0;
    struct verdict *grown = array_grow(out->verdicts, out->n_verdicts, sizeof *grown);
    if (!grown)
        return -1;
    out->verdicts = grown;
    if (verdict_copy(verdict, &grown[out->n_verdicts]))
        return -1;
    out->n_verdicts++;
    return 0;
}

/* The same where nobody took it back. */
static int add_verdict(struct merge_post *m, const struct verdict *verdict)
{
    return merge_stays(m, has_verdict(m->base, verdict), has_verdict, verdict) ? put_verdict(m->out, verdict) : 0;
}

/* What the versions have: all of it, or, with a key, what has the same key. */
static int add_verdicts(struct merge_post *m, const struct verdict *key)
{
    for (size_t v = 0; v < m->n; v++)
        for (size_t i = 0; m->versions[v] && i < m->versions[v]->n_verdicts; i++) {
            const struct verdict *verdict = &m->versions[v]->verdicts[i];
            if ((!key || verdict_same_key(verdict, key)) && add_verdict(m, verdict))
                return -1;
        }
    return 0;
}

/* Two people may say two things about a case: each has said so, and both stand. The same where one person says another
 * thing in each of two files. What became of a verdict stands in its place. */
static int merge_verdicts(struct merge_post *m)
{
    for (size_t i = 0; i < m->base->n_verdicts; i++)
        if (add_verdict(m, &m->base->verdicts[i]) || add_verdicts(m, &m->base->verdicts[i]))
            return -1;
    return add_verdicts(m, NULL);
}

/* ---- The whole ---- */

static bool same_words(const struct post *a, const struct post *b)
{
    if (!post_same_tokens(a, b) || !text_equal(a->text, b->text) || !a->offsets != !b->offsets)
        return false;
    return !a->offsets || !a->n_tokens || !memcmp(a->offsets, b->offsets, a->n_tokens * sizeof *a->offsets);
}

/* Labels on other words cannot be compared: the whole posts are the versions. Verdicts on the base's words are joined
 * all the same. */
static int keep_whole(struct merge_post *m)
{
    const struct post *stays_as = m->base;
    if (post_copy(stays_as, m->out))
        return -1;
    for (size_t v = 0; v < m->n; v++)
        for (size_t i = 0; m->versions[v] && same_words(m->versions[v], m->base) && i < m->versions[v]->n_verdicts; i++)
            if (put_verdict(m->out, &m->versions[v]->verdicts[i]))
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
    if (any && !merge_has_text(out->flags, out->n_flags, MERGE_FLAG) &&
        text_list_add(&out->flags, &out->n_flags, MERGE_FLAG))
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
    return merge_objects(m) || merge_entities(m) || merge_relations(m) || merge_rejected(m) || merge_verdicts(m) ||
                   merge_fields(m)
               ? -1
               : 0;
}

int merge_post(struct merge_post *m, struct error *err)
{
    bool whole = false;
    for (size_t v = 0; v < m->n; v++)
        whole = whole || (m->versions[v] && !same_words(m->versions[v], m->base));
    int result = text_copy(m->base->id, &m->out->id) || merge_keep_conflicts(m);
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
