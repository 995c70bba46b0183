/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/adjudication.h"

#include "corpora/adjudication-parts.h"
#include "corpora/merge-post.h"
#include "corpora/merge.h"
#include "corpora/names.h"
#include "corpora/overlap.h"
#include "corpora/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct adjudication {
    struct corpus **corpora; /* [n] */
    char **names;            /* [n] */
    struct name_table *ids;  /* [n]: id -> place */
    bool *has_statuses;      /* [n] */
    size_t n;
    char **passed; /* [n_passed]: keys of items of which nothing is taken */
    size_t n_passed;
};

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
    text_list_free(a->passed, a->n_passed);
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

/* Those that no file before it has. */
static int bare_corpus(const struct adjudication *a, size_t nth, struct corpus **out)
{
    const struct corpus *corpus = a->corpora[nth];
    struct corpus *bare = calloc(1, sizeof *bare);
    *out = bare;
    if (!bare || text_copy(corpus->path, &bare->path) || text_copy(corpus->images, &bare->images) ||
        schema_copy(&corpus->schema, &bare->schema) ||
        !(bare->posts = array_new(corpus->n_posts, sizeof *bare->posts)))
        return -1;
    bare->format = FORMAT_JSON;
    for (size_t k = 0; k < corpus->n_posts; k++) {
        bool known = false;
        for (size_t i = 0; i < nth && !known; i++)
            known = name_table_peek(&a->ids[i], corpus->posts[k].id) != NULL;
        if (!known && bare_post(&corpus->posts[k], &bare->posts[bare->n_posts++]))
            return -1;
    }
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
        if (bare_corpus(a, i, &bare[i]))
            result = error_memory(err, path);
    if (!result)
        result = merge_corpora(bare[0], bare, a->n, &out, &report, err);
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
            if (post_same_tokens(&look->owned[i], post)) {
                look->versions[n_same] = &look->owned[i];
                look->names[n_same++] = look->owned_names[i];
            }
        look->n_other_words = look->n ? look->n - n_same : post_has_flag(post, MERGE_FLAG);
        return 0;
    }
    look->versions = calloc(a->n + 1, sizeof *look->versions);
    look->names = calloc(a->n + 1, sizeof *look->names);
    if (!look->versions || !look->names)
        return error_memory(err, "adjudication");
    for (size_t i = 0; i < a->n; i++) {
        const struct name_slot *slot = name_table_peek(&a->ids[i], post->id);
        const struct post *version = slot ? &a->corpora[i]->posts[slot->value] : NULL;
        if (!version || !has_answer(version, a->has_statuses[i]))
            continue;
        if (!post_same_tokens(version, post)) {
            look->n_other_words++;
            continue;
        }
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
        if (refused->start == label->start && refused->end == label->end && text_equal(refused->type, label->type))
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

void adjudication_ends(const struct post *version, const struct relation *relation, const struct entity **head,
                    const struct entity **tail)
{
    *head = post_entity_peek(version, relation->head);
    *tail = post_entity_peek(version, relation->tail);
}

bool adjudication_is_refused_relation(const struct post *post, const struct entity *head, const struct entity *tail,
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

static bool same_span(const struct entity *a, const struct entity *b)
{
    return a->start == b->start && a->end == b->end;
}

/* Any relation of the post between entities on these tokens, in either direction. */
bool adjudication_has_relation(const struct post *post, const struct entity *a, const struct entity *b)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct entity *head, *tail;
        adjudication_ends(post, &post->relations[i], &head, &tail);
        if (!head || !tail || !is_kept(&post->relations[i].origin))
            continue;
        if ((same_span(head, a) && same_span(tail, b)) || (same_span(head, b) && same_span(tail, a)))
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
            adjudication_ends(look->versions[v], label, &head, &tail);
            if (!head || !tail || !post_entity_at_peek(post, head->start, head->end) ||
                !post_entity_at_peek(post, tail->start, tail->end) || adjudication_has_relation(post, head, tail))
                return true;
            refused = refused && adjudication_is_refused_relation(post, head, tail, label->type);
        }
    return refused;
}

/* ---- Boxes and answers ---- */

/* A name of the item that holds as long as the files are open. */
static char *item_key(const struct post *post, const struct adjudication_item *item)
{
    struct text key = {0};
    text_add_format(&key, "%d %d %zu %zu %zu ", (int)item->kind, item->grounding, item->grounding ? 0 : item->place,
                    item->start, item->end);
    text_add(&key, post->id);
    return text_take(&key);
}

int adjudication_pass(struct adjudication *a, const struct post *post, const struct adjudication_item *item,
                      struct error *err)
{
    char *key = item_key(post, item);
    int result = !key || text_list_add(&a->passed, &a->n_passed, key) ? error_memory(err, "adjudication") : 0;
    free(key);
    return result;
}

static bool is_passed(const struct adjudication *a, const struct post *post, const struct adjudication_item *item)
{
    char *key = item_key(post, item);
    bool found = false;
    for (size_t i = 0; key && i < a->n_passed && !found; i++)
        found = !strcmp(a->passed[i], key);
    free(key);
    return found;
}

static bool object_is_decided(const struct adjudication_look *look, const struct disagreement *place,
                              const struct post *post)
{
    if (post->status == STATUS_DONE)
        return true;
    for (size_t v = 0; v < look->n; v++)
        for (size_t i = 0; look->versions[v] && i < place->said[v].n; i++)
            for (size_t k = 0; k < post->n_objects; k++)
                if (is_kept(&post->objects[k].origin) &&
                    overlap_iou(post->objects[k].box, look->versions[v]->objects[place->said[v].labels[i]].box) >=
                        ADJUDICATION_IOU_MIN)
                    return true;
    return false;
}

/* The version's kept entity on these tokens that says where it is in the picture; NULL = none does. */
static const struct entity *grounded_entity(const struct post *version, size_t start, size_t end)
{
    for (size_t i = 0; version && i < version->n_entities; i++) {
        const struct entity *e = &version->entities[i];
        if (e->start == start && e->end == end && e->has_grounding && is_kept(&e->origin))
            return e;
    }
    return NULL;
}

/* Do both answers mean the same boxes, one for one? */
static bool same_answer(const struct post *a, const struct entity *in_a, const struct post *b,
                        const struct entity *in_b)
{
    if (in_a->n_grounding != in_b->n_grounding)
        return false;
    for (size_t i = 0; i < in_a->n_grounding; i++) {
        const struct object *x = post_object_peek(a, in_a->grounding[i]);
        bool found = false;
        for (size_t k = 0; k < in_b->n_grounding && !found; k++) {
            const struct object *y = post_object_peek(b, in_b->grounding[k]);
            found = x && y && overlap_iou(x->box, y->box) >= ADJUDICATION_IOU_MIN;
        }
        if (!found)
            return false;
    }
    return true;
}

int adjudication_answers(const struct adjudication_look *look, size_t start, size_t end,
                         struct adjudication_item *out)
{
    *out = (struct adjudication_item){.kind = DISAGREEMENT_ENTITIES, .grounding = true, .start = start, .end = end};
    out->choices = calloc(look->n + 1, sizeof *out->choices);
    if (!out->choices)
        return -1;
    for (size_t v = 0; v < look->n; v++) {
        const struct entity *entity = grounded_entity(look->versions[v], start, end);
        size_t c = 0;
        if (!entity)
            continue;
        while (c < out->n && !same_answer(look->versions[v], entity, look->versions[out->choices[c].version],
                                          adjudication_grounded(look, out, c)))
            c++;
        if (c == out->n)
            out->choices[out->n++].version = v;
        if (merge_join_names(&out->choices[c].names, look->names[v])) {
            adjudication_item_free(out);
            return -1;
        }
    }
    return 0;
}

void adjudication_item_free(struct adjudication_item *item)
{
    for (size_t c = 0; item->choices && c < item->n; c++)
        free(item->choices[c].names);
    free(item->choices);
    *item = (struct adjudication_item){0};
}

const struct entity *adjudication_grounded(const struct adjudication_look *look, const struct adjudication_item *item,
                                           size_t choice)
{
    return grounded_entity(look->versions[item->choices[choice].version], item->start, item->end);
}

/* ---- Items ---- */

static bool same_label(const struct adjudication_look *look, enum disagreement_kind kind, size_t a, size_t in_a,
                       size_t b, size_t in_b)
{
    return kind == DISAGREEMENT_OBJECTS
               ? disagreement_same_box(&look->versions[a]->objects[in_a], &look->versions[b]->objects[in_b])
               : disagreement_same(kind, look->versions[a], in_a, look->versions[b], in_b);
}

static bool same_said(const struct adjudication_look *look, const struct disagreement *place, size_t a, size_t b)
{
    const struct disagreement_said *x = &place->said[a], *y = &place->said[b];
    for (size_t i = 0; i < x->n; i++) {
        bool found = false;
        for (size_t k = 0; k < y->n && !found; k++)
            found = same_label(look, place->kind, a, x->labels[i], b, y->labels[k]);
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

static int add_item(struct adjudication_look *look, struct adjudication_item *item)
{
    struct adjudication_item *grown = array_grow(look->items, look->n_items, sizeof *grown);
    if (!grown) {
        adjudication_item_free(item);
        return -1;
    }
    look->items = grown;
    grown[look->n_items++] = *item;
    return 0;
}

static bool is_decided(const struct adjudication_look *look, const struct disagreement *place, const struct post *post)
{
    return place->kind == DISAGREEMENT_ENTITIES    ? entity_is_decided(look, place, post)
           : place->kind == DISAGREEMENT_RELATIONS ? relation_is_decided(look, place, post)
                                                   : object_is_decided(look, place, post);
}

static int find_items(const struct adjudication *a, struct adjudication_look *look, const struct post *post,
                      enum disagreement_kind kind)
{
    const struct disagreement_list *places = &look->places[kind];
    for (size_t p = 0; p < places->n; p++) {
        const struct disagreement *place = &places->items[p];
        struct adjudication_item item = {.kind = kind, .place = p, .start = place->start, .end = place->end};
        if (place->state != DISAGREEMENT_OPEN || is_decided(look, place, post) || is_passed(a, post, &item))
            continue;
        if (add_choices(look, place, &item)) {
            adjudication_item_free(&item);
            return -1;
        }
        if (add_item(look, &item))
            return -1;
    }
    return 0;
}

/* Entities of the post about which the annotators answered, and not the same. */
static int find_answers(const struct adjudication *a, struct adjudication_look *look, const struct post *post)
{
    for (size_t i = 0; post->status != STATUS_DONE && i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        struct adjudication_item item;
        if (e->has_grounding || !is_kept(&e->origin))
            continue;
        if (adjudication_answers(look, e->start, e->end, &item))
            return -1;
        if (item.n < 2 || is_passed(a, post, &item))
            adjudication_item_free(&item);
        else if (add_item(look, &item))
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
    if (!result && (find_items(a, out, post, DISAGREEMENT_ENTITIES) ||
                    find_items(a, out, post, DISAGREEMENT_RELATIONS) ||
                    find_items(a, out, post, DISAGREEMENT_OBJECTS) || find_answers(a, out, post)))
        result = error_memory(err, "adjudication");
    if (result)
        adjudication_look_free(out);
    return result;
}

void adjudication_look_free(struct adjudication_look *look)
{
    for (size_t i = 0; i < look->n_items; i++)
        adjudication_item_free(&look->items[i]);
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

bool adjudication_is_none(const struct adjudication_look *look, const struct adjudication_item *item, size_t choice)
{
    return choice >= item->n || (!item->grounding && !adjudication_said(look, item, choice)->n);
}
