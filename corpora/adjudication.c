/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/adjudication.h"

#include "corpora/json.h"
#include "corpora/merge-post.h"
#include "corpora/merge.h"
#include "corpora/names.h"
#include "corpora/overlap.h"
#include "corpora/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADJUDICATION_SAME_BOX 0.95 /* IoU: the annotators' own boxes, and those taken over from them */

struct adjudication {
    struct corpus **corpora; /* [n] */
    char **names;            /* [n] */
    struct name_table *ids;  /* [n]: id -> place */
    bool *has_statuses;      /* [n] */
    size_t n;
};

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* ---- The files ---- */

static int index_corpus(struct adjudication *a, size_t i, struct error *err)
{
    const struct corpus *corpus = a->corpora[i];
    for (size_t k = 0; k < corpus->n_posts; k++) {
        const struct post *post = &corpus->posts[k];
        a->has_statuses[i] = a->has_statuses[i] || post->status != STATUS_NEW;
        int entered = name_table_add(&a->ids[i], post->id, k, NULL);
        if (entered < 0)
            return error_memory(err, corpus->path);
        if (!entered)
            return error_set(err, ERROR_INPUT, "%s: the id %.*s stands twice; posts pair by their ids", corpus->path,
                             utf8_head(post->id, 80), post->id);
    }
    return 0;
}

int adjudication_open(const char *const *paths, size_t n, const struct corpus_options *options,
                      struct adjudication **out, struct error *err)
{
    struct adjudication *a = calloc(1, sizeof *a);
    *out = NULL;
    if (!a)
        return error_memory(err, "adjudication");
    a->n = n;
    a->corpora = calloc(n + 1, sizeof *a->corpora);
    a->ids = calloc(n + 1, sizeof *a->ids);
    a->has_statuses = calloc(n + 1, sizeof *a->has_statuses);
    int result = a->corpora && a->ids && a->has_statuses ? 0 : error_memory(err, "adjudication");
    for (size_t i = 0; i < n && !result; i++)
        result = corpus_read(paths[i], options, &a->corpora[i], err) || index_corpus(a, i, err) ? -1 : 0;
    if (!result && merge_names(a->corpora, n, &a->names))
        result = error_memory(err, "adjudication");
    if (result) {
        adjudication_close(a);
        return -1;
    }
    *out = a;
    return 0;
}

void adjudication_close(struct adjudication *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->n; i++) {
        if (a->corpora)
            corpus_free(a->corpora[i]);
        if (a->ids)
            name_table_free(&a->ids[i]);
    }
    text_list_free(a->names, a->names ? a->n : 0);
    free(a->corpora);
    free(a->ids);
    free(a->has_statuses);
    free(a);
}

/* The words and the picture of a post. */
static int bare_post(const struct post *post, struct post *out)
{
    struct post words = {.id = post->id,
                         .tokens = post->tokens,
                         .n_tokens = post->n_tokens,
                         .text = post->text,
                         .offsets = post->offsets,
                         .image = post->image};
    return post_copy(&words, out);
}

static int bare_corpus(const struct corpus *corpus, struct corpus **out)
{
    struct corpus *bare = calloc(1, sizeof *bare);
    *out = bare;
    if (!bare || text_copy(corpus->path, &bare->path) || text_copy(corpus->images, &bare->images) ||
        schema_copy(&corpus->schema, &bare->schema) ||
        !(bare->posts = array_new(corpus->n_posts, sizeof *bare->posts)))
        return -1;
    bare->format = FORMAT_JSON;
    for (; bare->n_posts < corpus->n_posts; bare->n_posts++)
        if (bare_post(&corpus->posts[bare->n_posts], &bare->posts[bare->n_posts]))
            return -1;
    return 0;
}

int adjudication_begin(const struct adjudication *a, const char *path, struct error *err)
{
    struct corpus **bare = calloc(a->n + 1, sizeof *bare), *out = NULL;
    struct merge_report report = {0};
    enum corpus_format format = corpus_format_from_path(path);
    int result = bare ? 0 : error_memory(err, path);
    if (!result && format != FORMAT_JSON && format != FORMAT_JSONL)
        result = error_set(err, ERROR_USAGE, "%s: it is not there, and can only be made as .json or .jsonl", path);
    for (size_t i = 0; i < a->n && !result; i++)
        if (bare_corpus(a->corpora[i], &bare[i]))
            result = error_memory(err, path);
    if (!result)
        result = merge_corpora(bare[0], bare, a->n, &out, &report, err);
    if (!result && report.n_conflicts)
        result = error_set(err, ERROR_INPUT, "%s: it cannot be made: %zu posts have other tokens or pictures in other "
                           "files", path, report.n_conflict_posts);
    if (!result && !access(path, F_OK))
        result = error_set(err, ERROR_INPUT, "%s: it is there already", path);
    if (!result)
        result = corpus_write(out, path, format, NULL, err);
    for (size_t i = 0; bare && i < a->n; i++)
        corpus_free(bare[i]);
    free(bare);
    corpus_free(out);
    merge_report_free(&report);
    return result;
}

/* ---- Looking at a post ---- */

static bool is_kept(const struct provenance *origin)
{
    return !provenance_is_proposal(origin);
}

/* Has the annotator said what there is in this post? */
static bool has_answer(const struct post *post, bool has_statuses)
{
    if (post->status == STATUS_SKIPPED)
        return false;
    if (post->status != STATUS_NEW || !has_statuses)
        return true;
    for (size_t i = 0; i < post->n_entities; i++)
        if (is_kept(&post->entities[i].origin))
            return true;
    for (size_t i = 0; i < post->n_objects; i++)
        if (is_kept(&post->objects[i].origin))
            return true;
    return false;
}

static int find_versions(const struct adjudication *a, const struct post *post, struct adjudication_look *look,
                         struct error *err)
{
    if (!a->n) {
        if (merge_versions(post, &look->owned, &look->owned_names, &look->n, err))
            return -1;
        look->versions = calloc(look->n + 1, sizeof *look->versions);
        look->names = calloc(look->n + 1, sizeof *look->names);
        if (!look->versions || !look->names)
            return error_memory(err, "adjudication");
        size_t n_same = 0; /* of other words cannot be shown on these */
        for (size_t i = 0; i < look->n; i++)
            if (disagreement_same_tokens(&look->owned[i], post)) {
                look->versions[n_same] = &look->owned[i];
                look->names[n_same++] = look->owned_names[i];
            }
        size_t n_owned = look->n;
        for (size_t i = n_same; i < n_owned; i++)
            look->versions[i] = NULL;
        return 0;
    }
    look->versions = calloc(a->n + 1, sizeof *look->versions);
    look->names = calloc(a->n + 1, sizeof *look->names);
    if (!look->versions || !look->names)
        return error_memory(err, "adjudication");
    for (size_t i = 0; i < a->n; i++) {
        const struct name_slot *slot = name_table_peek(&a->ids[i], post->id);
        const struct post *version = slot ? &a->corpora[i]->posts[slot->value] : NULL;
        if (!version || !has_answer(version, a->has_statuses[i]) || !disagreement_same_tokens(version, post))
            continue;
        look->versions[look->n] = version;
        look->names[look->n++] = a->names[i];
    }
    return 0;
}

/* Is the span one on which all agree? */
static bool is_settled(const struct adjudication_look *look, size_t start, size_t end)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_ENTITIES];
    for (size_t i = 0; i < places->n; i++)
        if (places->items[i].state == DISAGREEMENT_SETTLED && places->items[i].start == start &&
            places->items[i].end == end)
            return true;
    return false;
}

static bool is_refused(const struct post *post, const struct entity *label)
{
    for (size_t i = 0; i < post->n_rejected_entities; i++) {
        const struct entity *refused = &post->rejected_entities[i];
        if (refused->start == label->start && refused->end == label->end && same_text(refused->type, label->type))
            return true;
    }
    return false;
}

/* Does the post have a label of its own here, or refuse all of theirs? */
static bool entity_is_decided(const struct adjudication_look *look, const struct disagreement *place,
                              const struct post *post)
{
    bool refused = true;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        if (is_kept(&e->origin) && e->start < place->end && place->start < e->end &&
            !is_settled(look, e->start, e->end))
            return true;
    }
    for (size_t v = 0; v < look->n && refused; v++)
        for (size_t i = 0; look->versions[v] && i < place->said[v].n && refused; i++) {
            const struct entity *label = &look->versions[v]->entities[place->said[v].labels[i]];
            refused = !label->type || is_refused(post, label);
        }
    return refused;
}

static void ends_of(const struct post *version, const struct relation *relation, const struct entity **head,
                    const struct entity **tail)
{
    *head = post_entity_peek(version, relation->head);
    *tail = post_entity_peek(version, relation->tail);
}

static bool relation_is_refused(const struct post *post, const struct entity *head, const struct entity *tail,
                                const char *type)
{
    char spans[2][48];
    snprintf(spans[0], sizeof spans[0], "%zu-%zu", head->start, head->end);
    snprintf(spans[1], sizeof spans[1], "%zu-%zu", tail->start, tail->end);
    for (size_t i = 0; i < post->n_rejected_relations; i++) {
        const struct relation *refused = &post->rejected_relations[i];
        if (!strcmp(refused->head, spans[0]) && !strcmp(refused->tail, spans[1]) && !strcmp(refused->type, type))
            return true;
    }
    return false;
}

/* Any relation of the post between entities on these tokens, in either direction. */
static bool has_relation(const struct post *post, const struct entity *a, const struct entity *b)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head, *tail;
        ends_of(post, &post->relations[i], &head, &tail);
        if (!head || !tail || !is_kept(&post->relations[i].origin))
            continue;
        bool straight = head->start == a->start && head->end == a->end && tail->start == b->start && tail->end == b->end;
        bool turned = head->start == b->start && head->end == b->end && tail->start == a->start && tail->end == a->end;
        if (straight || turned)
            return true;
    }
    return false;
}

/* Also where one of the entities is not there: nothing can be said of it then. */
static bool relation_is_decided(const struct adjudication_look *look, const struct disagreement *place,
                                const struct post *post)
{
    bool refused = true;
    for (size_t v = 0; v < look->n; v++)
        for (size_t i = 0; look->versions[v] && i < place->said[v].n; i++) {
            const struct relation *label = &look->versions[v]->relations[place->said[v].labels[i]];
            const struct entity *head, *tail;
            ends_of(look->versions[v], label, &head, &tail);
            if (!head || !tail || !post_entity_at_peek(post, head->start, head->end) ||
                !post_entity_at_peek(post, tail->start, tail->end) || has_relation(post, head, tail))
                return true;
            refused = refused && relation_is_refused(post, head, tail, label->type);
        }
    return refused;
}

static bool same_said(const struct adjudication_look *look, const struct disagreement *place, size_t a, size_t b)
{
    const struct disagreement_said *x = &place->said[a], *y = &place->said[b];
    for (size_t i = 0; i < x->n; i++) {
        bool found = false;
        for (size_t k = 0; k < y->n && !found; k++)
            found = disagreement_same(place->kind, look->versions[a], x->labels[i], look->versions[b], y->labels[k]);
        if (!found)
            return false;
    }
    return x->n == y->n;
}

static int add_choices(const struct adjudication_look *look, const struct disagreement *place,
                       struct adjudication_item *item)
{
    item->choices = calloc(look->n + 1, sizeof *item->choices);
    if (!item->choices)
        return -1;
    for (size_t v = 0; v < look->n; v++) {
        size_t c = 0;
        if (!place->said[v].spoke)
            continue;
        while (c < item->n && !same_said(look, place, v, item->choices[c].version))
            c++;
        if (c == item->n)
            item->choices[item->n++].version = v;
        if (merge_join_names(&item->choices[c].names, look->names[v]))
            return -1;
    }
    return 0;
}

static int find_items(struct adjudication_look *look, const struct post *post, enum disagreement_kind kind)
{
    const struct disagreement_list *places = &look->places[kind];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_OPEN || (kind == DISAGREEMENT_ENTITIES ? entity_is_decided(look, place, post)
                                                                                : relation_is_decided(look, place, post)))
            continue;
        struct adjudication_item *grown = array_grow(look->items, look->n_items, sizeof *grown);
        if (!grown)
            return -1;
        look->items = grown;
        grown[look->n_items] = (struct adjudication_item){.kind = kind, .place = p, .start = place->start,
                                                          .end = place->end};
        look->n_items++;
        if (add_choices(look, place, &look->items[look->n_items - 1]))
            return -1;
    }
    return 0;
}

int adjudication_look(const struct adjudication *a, const struct post *post, struct adjudication_look *out,
                      struct error *err)
{
    *out = (struct adjudication_look){0};
    int result = find_versions(a, post, out, err);
    for (int kind = 0; kind < DISAGREEMENT_KINDS && !result; kind++)
        result = disagreement_find((enum disagreement_kind)kind, NULL, out->versions, out->n, true, &out->places[kind],
                                   err);
    if (!result && (find_items(out, post, DISAGREEMENT_ENTITIES) || find_items(out, post, DISAGREEMENT_RELATIONS)))
        result = error_memory(err, "adjudication");
    if (result)
        adjudication_look_free(out);
    return result;
}

void adjudication_look_free(struct adjudication_look *look)
{
    for (size_t i = 0; i < look->n_items; i++) {
        for (size_t c = 0; look->items[i].choices && c < look->items[i].n; c++)
            free(look->items[i].choices[c].names);
        free(look->items[i].choices);
    }
    free(look->items);
    for (int kind = 0; kind < DISAGREEMENT_KINDS; kind++)
        disagreement_list_free(&look->places[kind]);
    merge_versions_free(look->owned, look->owned_names, look->owned ? look->n : 0);
    free(look->versions);
    free(look->names);
    *look = (struct adjudication_look){0};
}

const struct disagreement_said *adjudication_said(const struct adjudication_look *look,
                                                  const struct adjudication_item *item, size_t choice)
{
    return &look->places[item->kind].items[item->place].said[item->choices[choice].version];
}

/* ---- Deciding ---- */

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

static int take_entity(struct edit_batch *batch, const struct post *post, const struct entity *label,
                       const char *names, const struct edit_context *context, struct error *err)
{
    char now[EDIT_TIME_BYTES], *extra = from_member(names, label->extra);
    if (!extra)
        return error_memory(err, "adjudication");
    edit_time_now(now);
    struct entity entity = *label;
    entity.origin = accepted(&label->origin, context, now);
    entity.extra = extra;
    entity.id = NULL;
    /* The boxes of its answer are the annotator's own; that there is none holds for everybody's. */
    entity.has_grounding = label->has_grounding && !label->n_grounding;
    entity.grounding = NULL;
    entity.n_grounding = 0;
    int result = edit_adopt_entity(batch, post, &entity, err);
    free(extra);
    return result;
}

/* The ids of a relation's entities in the post as the batch leaves it; false: one is not there. */
static bool find_ends(const struct edit_batch *batch, const struct post *post, const struct post *version,
                      const struct relation *relation, const char *ids[2])
{
    const struct entity *head, *tail;
    ends_of(version, relation, &head, &tail);
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
            ends_of(look->versions[v], r, &head, &tail);
            if (head && tail &&
                edit_reject_relation(batch, post, (size_t[]){head->start, head->end}, (size_t[]){tail->start, tail->end},
                                     r->type, NAN, NULL, context, err))
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

/* Relations that all agree on, where both entities are there by now and nothing else is said of them. */
static int adopt_agreed_relations(struct edit_batch *batch, const struct post *post,
                                  const struct adjudication_look *look, size_t *n_out, struct error *err)
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
            ends_of(version, label, &head, &tail);
            if (!head || !tail || has_relation(post, head, tail) || relation_is_refused(post, head, tail, label->type))
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

int adjudication_take(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                      const struct adjudication_item *item, size_t choice, const struct edit_context *context,
                      struct error *err)
{
    const struct disagreement *place = &look->places[item->kind].items[item->place];
    const struct disagreement_said *said = choice < item->n ? adjudication_said(look, item, choice) : NULL;
    size_t n_followed = 0;
    if (post->status == STATUS_NEW && edit_set_status(batch, post, STATUS_STARTED, err))
        return -1;
    if (context->by && !post->annotator && edit_set_annotator(batch, post, context->by, err))
        return -1;
    if (!said || !said->n)
        return refuse_all(batch, post, look, place, context, err);
    const struct post *version = look->versions[item->choices[choice].version];
    const char *names = item->choices[choice].names;
    for (size_t i = 0; i < said->n; i++)
        if (item->kind == DISAGREEMENT_ENTITIES
                ? take_entity(batch, post, &version->entities[said->labels[i]], names, context, err)
                : take_relation(batch, post, version, &version->relations[said->labels[i]], names, context, err))
            return -1;
    return item->kind == DISAGREEMENT_ENTITIES ? adopt_agreed_relations(batch, post, look, &n_followed, err) : 0;
}

/* ---- What all agree on ---- */

static int adopt_agreed_objects(struct edit_batch *batch, const struct post *post,
                                const struct adjudication_look *look, size_t *n_out, struct error *err)
{
    const struct disagreement_list *places = &look->places[DISAGREEMENT_OBJECTS];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        if (place->state != DISAGREEMENT_SETTLED || !place->said[place->winner].n)
            continue;
        const struct object *object =
            &look->versions[place->winner]->objects[place->said[place->winner].labels[0]];
        bool there = false, failed = false;
        for (size_t i = 0; i < post->n_objects && !there; i++)
            there = overlap_iou(post->objects[i].box, object->box) >= ADJUDICATION_SAME_BOX;
        if (there)
            continue;
        char *by = who_agrees(look, place, 0, &failed);
        struct provenance origin = object->origin;
        origin.by = by;
        int result = failed ? error_memory(err, "adjudication")
                            : edit_add_object(batch, post, object->box, object->label, &origin, NULL, err);
        free(by);
        if (result)
            return -1;
        ++*n_out;
    }
    return 0;
}

static int adopt_agreed_entities(struct edit_batch *batch, const struct post *post,
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
            if (post_entity_at_peek(post, entity.start, entity.end))
                continue;
            char *by = who_agrees(look, place, i, &failed);
            entity.id = NULL;
            entity.origin.by = by;
            entity.has_grounding = entity.has_grounding && !entity.n_grounding;
            entity.grounding = NULL;
            entity.n_grounding = 0;
            int result = failed ? error_memory(err, "adjudication") : edit_adopt_entity(batch, post, &entity, err);
            free(by);
            if (result)
                return -1;
            ++*n_out;
        }
    }
    return 0;
}

int adjudication_agreed(struct edit_batch *batch, const struct post *post, const struct adjudication_look *look,
                        size_t *n_out, struct error *err)
{
    bool done = true;
    if (post->status != STATUS_NEW || !look->n || !look->versions[0])
        return 0;
    if (adopt_agreed_objects(batch, post, look, n_out, err) || adopt_agreed_entities(batch, post, look, n_out, err) ||
        adopt_agreed_relations(batch, post, look, n_out, err))
        return -1;
    for (size_t v = 0; v < look->n; v++)
        done = done && look->versions[v] && look->versions[v]->status == STATUS_DONE;
    if (look->n_items && !batch->n)
        return 0;
    return edit_set_status(batch, post, done && !look->n_items ? STATUS_DONE : STATUS_STARTED, err);
}

int adjudication_done(struct edit_batch *batch, const struct post *post, const struct edit_context *context,
                      struct error *err)
{
    if (context->by && !post->annotator && edit_set_annotator(batch, post, context->by, err))
        return -1;
    for (size_t i = 0; i < post->n_flags; i++)
        if (!strcmp(post->flags[i], MERGE_FLAG))
            return edit_set_flag(batch, post, MERGE_FLAG, false, err) || edit_set_status(batch, post, STATUS_DONE, err)
                       ? -1
                       : 0;
    return edit_set_status(batch, post, STATUS_DONE, err);
}
