/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/shown.h"

#include "corpora/hash.h"
#include "corpora/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool shown_overlap(size_t a_start, size_t a_end, size_t b_start, size_t b_end)
{
    return a_start < b_end && b_start < a_end;
}

static bool shown_refused(const struct post *post, size_t start, size_t end, const char *type)
{
    for (size_t i = 0; i < post->n_rejected_entities; i++) {
        const struct entity *e = &post->rejected_entities[i];
        if (e->start == start && e->end == end && text_equal(e->type, type))
            return true;
    }
    return false;
}

/* Refused relations name their arguments by token spans: "3-5". */
static bool shown_relation_refused(const struct post *post, const struct shown_entity *head,
                                   const struct shown_entity *tail, const char *type)
{
    char head_span[48], tail_span[48];
    snprintf(head_span, sizeof head_span, "%zu-%zu", head->start, head->end);
    snprintf(tail_span, sizeof tail_span, "%zu-%zu", tail->start, tail->end);
    for (size_t i = 0; i < post->n_rejected_relations; i++) {
        const struct relation *r = &post->rejected_relations[i];
        if (!strcmp(r->head, head_span) && !strcmp(r->tail, tail_span) && text_equal(r->type, type))
            return true;
    }
    return false;
}

/* A proposal of the analysis has no place where a person, or a proposal that stands in the file, labelled any of its
 * tokens. */
static bool shown_is_free(const struct post *post, size_t start, size_t end)
{
    for (size_t i = 0; i < post->n_entities; i++)
        if (shown_overlap(post->entities[i].start, post->entities[i].end, start, end))
            return false;
    return true;
}

static int shown_compare(const void *a, const void *b)
{
    const struct shown_entity *left = a, *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    if (left->end != right->end)
        return left->end > right->end ? -1 : 1;
    return left->proposed - right->proposed;
}

static void shown_add_entities(const struct post *post, const struct analysis *analysis, struct shown *out)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *e = &post->entities[i];
        out->entities[out->n_entities++] = (struct shown_entity){.start = e->start,
                                                                 .end = e->end,
                                                                 .type = e->type,
                                                                 .proposed = provenance_is_proposal(&e->origin),
                                                                 .score = e->origin.has_score ? e->origin.score : NAN,
                                                                 .entity = e};
    }
    for (size_t i = 0; analysis && i < analysis->n_entities; i++) {
        const struct analysis_entity *e = &analysis->entities[i];
        if (e->end > post->n_tokens || e->start >= e->end)
            continue;
        for (size_t k = 0; k < post->n_entities; k++)
            if (out->entities[k].start == e->start && out->entities[k].end == e->end)
                out->entities[k].model = e;
        if (!shown_is_free(post, e->start, e->end) || shown_refused(post, e->start, e->end, e->type))
            continue;
        out->entities[out->n_entities++] = (struct shown_entity){
            .start = e->start, .end = e->end, .type = e->type, .proposed = true, .score = e->score, .model = e};
    }
    qsort(out->entities, out->n_entities, sizeof *out->entities, shown_compare);
}

static size_t shown_entity_of_id(const struct shown *shown, const char *id)
{
    for (size_t i = 0; i < shown->n_entities; i++)
        if (shown->entities[i].entity && !strcmp(shown->entities[i].entity->id, id))
            return i;
    return SIZE_MAX;
}

static bool shown_part_allows(const struct schema *schema, const struct schema_name_part *part, const char *type)
{
    bool known = false;
    for (size_t i = 0; i < schema->n_entities; i++)
        known = known || schema_part_means(part, schema->entities[i]);
    return !known || !type || schema_part_means(part, type);
}

/* May the model offer it between these? Where the schema does not list the relation yet (a corpus of raw posts lists
 * none), the types in its name say so, as they would once it is listed. */
static bool shown_relation_fits(const struct schema *schema, const char *type, const char *head, const char *tail)
{
    struct schema_name_part head_part, tail_part;
    if (schema_relation_peek(schema, type) || !schema_split_relation(type, &head_part, &tail_part))
        return schema_fits(schema, type, head, tail);
    return shown_part_allows(schema, &head_part, head) && shown_part_allows(schema, &tail_part, tail);
}

static void shown_add_relations(const struct post *post, const struct analysis *analysis, const struct schema *schema,
                                struct shown *out)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *r = &post->relations[i];
        size_t head = shown_entity_of_id(out, r->head), tail = shown_entity_of_id(out, r->tail);
        if (head == SIZE_MAX || tail == SIZE_MAX)
            continue;
        out->relations[out->n_relations++] =
            (struct shown_relation){.head = head,
                                    .tail = tail,
                                    .type = r->type,
                                    .proposed = provenance_is_proposal(&r->origin),
                                    .score = r->origin.has_score ? r->origin.score : NAN,
                                    .relation = r};
    }
    size_t n_own = out->n_relations;
    for (size_t i = 0; analysis && i < analysis->n_relations; i++) {
        const struct analysis_relation *r = &analysis->relations[i];
        size_t head = shown_entity_of_span(out, r->head[0], r->head[1]);
        size_t tail = shown_entity_of_span(out, r->tail[0], r->tail[1]);
        if (head == SIZE_MAX || tail == SIZE_MAX || head == tail)
            continue;
        bool answered = false; /* somebody said already what these two have to do with each other */
        for (size_t k = 0; k < n_own; k++) {
            struct shown_relation *own = &out->relations[k];
            if (own->head == head && own->tail == tail)
                own->model = r;
            if ((own->head == head && own->tail == tail) || (own->head == tail && own->tail == head))
                answered = true;
        }
        const struct shown_entity *h = &out->entities[head], *t = &out->entities[tail];
        if (answered || shown_relation_refused(post, h, t, r->type) ||
            !shown_relation_fits(schema, r->type, h->type, t->type))
            continue;
        out->relations[out->n_relations++] = (struct shown_relation){
            .head = head, .tail = tail, .type = r->type, .proposed = true, .score = r->score, .model = r};
    }
}

int shown_make(const struct post *post, const struct analysis *analysis, const struct schema *schema,
               struct shown *out, struct error *err)
{
    *out = (struct shown){0};
    size_t n_entities = post->n_entities + (analysis ? analysis->n_entities : 0);
    size_t n_relations = post->n_relations + (analysis ? analysis->n_relations : 0);
    out->entities = calloc(n_entities + 1, sizeof *out->entities);
    out->relations = calloc(n_relations + 1, sizeof *out->relations);
    if (!out->entities || !out->relations) {
        shown_free(out);
        return error_memory(err, "showing a post");
    }
    shown_add_entities(post, analysis, out);
    shown_add_relations(post, analysis, schema, out);
    return 0;
}

void shown_free(struct shown *shown)
{
    free(shown->entities);
    free(shown->relations);
    *shown = (struct shown){0};
}

/* In single precision, which is what a list of many scores keeps: both say the same of every proposal. */
bool shown_is_above(double score, double threshold)
{
    return isinf(threshold) ? false : isnan(score) || (float)score >= (float)threshold;
}

static bool shown_is_argument(const struct shown *shown, size_t entity)
{
    for (size_t i = 0; i < shown->n_relations; i++) {
        const struct shown_relation *r = &shown->relations[i];
        if (!r->proposed && (r->head == entity || r->tail == entity))
            return true;
    }
    return false;
}

/* Entities first, which says what becomes of each: its new index goes through `to`, SIZE_MAX = gone. */
static void shown_drop_entities(struct shown *shown, double threshold, size_t *to)
{
    size_t n = 0;
    for (size_t i = 0; i < shown->n_entities; i++) {
        const struct shown_entity *e = &shown->entities[i];
        bool stays = !e->proposed || shown_is_above(e->score, threshold) || shown_is_argument(shown, i);
        to[i] = stays ? n : SIZE_MAX;
        if (stays)
            shown->entities[n++] = *e;
    }
    shown->n_below += shown->n_entities - n;
    shown->n_entities = n;
}

int shown_keep_above(struct shown *shown, double threshold, struct error *err)
{
    size_t n = 0, *to = calloc(shown->n_entities + 1, sizeof *to);
    if (!to)
        return error_memory(err, "showing a post");
    shown_drop_entities(shown, threshold, to);
    for (size_t i = 0; i < shown->n_relations; i++) {
        struct shown_relation r = shown->relations[i];
        r.head = to[r.head];
        r.tail = to[r.tail];
        if (!r.proposed || (r.head != SIZE_MAX && r.tail != SIZE_MAX && shown_is_above(r.score, threshold)))
            shown->relations[n++] = r;
    }
    shown->n_below += shown->n_relations - n;
    shown->n_relations = n;
    free(to);
    return 0;
}

size_t shown_proposals(const struct shown *shown)
{
    size_t n = 0;
    for (size_t i = 0; i < shown->n_entities; i++)
        n += shown->entities[i].proposed;
    for (size_t i = 0; i < shown->n_relations; i++)
        n += shown->relations[i].proposed;
    return n;
}

size_t shown_entity_at(const struct shown *shown, size_t token)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < shown->n_entities; i++) {
        const struct shown_entity *e = &shown->entities[i];
        if (token < e->start || token >= e->end)
            continue;
        const struct shown_entity *b = best == SIZE_MAX ? NULL : &shown->entities[best];
        if (!b || e->proposed < b->proposed ||
            (e->proposed == b->proposed && e->end - e->start < b->end - b->start))
            best = i;
    }
    return best;
}

size_t shown_entity_of_span(const struct shown *shown, size_t start, size_t end)
{
    for (size_t i = 0; i < shown->n_entities; i++)
        if (shown->entities[i].start == start && shown->entities[i].end == end)
            return i;
    return SIZE_MAX;
}

/* One label's part of the number. Parts are added up, so that the order of labels does not matter. */
static uint64_t shown_hash(size_t start, size_t end, const char *type)
{
    const size_t span[] = {start, end};
    return hash_text(hash_bytes(HASH_START, span, sizeof span), type ? type : "?");
}

unsigned long long shown_pairing(const struct post *post, const struct analysis *analysis)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < post->n_entities; i++)
        sum += shown_hash(post->entities[i].start, post->entities[i].end, post->entities[i].type);
    for (size_t i = 0; analysis && i < analysis->n_entities; i++) {
        const struct analysis_entity *e = &analysis->entities[i];
        if (shown_is_free(post, e->start, e->end))
            sum += shown_hash(e->start, e->end, e->type);
    }
    return sum;
}
