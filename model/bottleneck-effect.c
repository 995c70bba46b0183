/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bottleneck-effect.h"

#include <stdlib.h>
#include <string.h>

const char *bottleneck_effect_name(enum bottleneck_effect effect)
{
    static const char *const names[EFFECTS] = {"unknown", "kept right", "kept wrong", "saved", "lost"};
    return names[effect];
}

const char *bottleneck_rows_name(enum bottleneck_rows kind)
{
    static const char *const names[ROWS_KINDS] = {"words of entities", "other words", "whole pictures", "objects"};
    return names[kind];
}

/* --- one decision ------------------------------------------------------------------------------------------------- */

static enum bottleneck_effect bottleneck_effect(bool mean_is_right, bool bypassed_is_right)
{
    if (mean_is_right)
        return bypassed_is_right ? EFFECT_KEPT_RIGHT : EFFECT_SAVED;
    return bypassed_is_right ? EFFECT_LOST : EFFECT_KEPT_WRONG;
}

/* in_out [READINGS]: which readings have the entity. */
static void bottleneck_who_has(const struct bottleneck *bottleneck, size_t start, size_t end, const char *type,
                               bool in_out[READINGS])
{
    memset(in_out, 0, READINGS * sizeof *in_out);
    for (size_t i = 0; i < bottleneck->n_entities; i++) {
        const struct bottleneck_entity *e = &bottleneck->entities[i];
        if (e->start == start && e->end == end && !strcmp(e->type, type))
            memcpy(in_out, e->in, sizeof e->in);
    }
}

enum bottleneck_effect bottleneck_effect_on_entity(const struct bottleneck *bottleneck, size_t start, size_t end,
                                                   const char *type)
{
    bool in[READINGS];
    bottleneck_who_has(bottleneck, start, end, type, in);
    return bottleneck_effect(in[READING_MEAN], in[READING_BYPASSED]);
}

enum bottleneck_effect bottleneck_effect_on_extra(const struct bottleneck *bottleneck, size_t start, size_t end,
                                                  const char *type)
{
    bool in[READINGS];
    bottleneck_who_has(bottleneck, start, end, type, in);
    return bottleneck_effect(!in[READING_MEAN], !in[READING_BYPASSED]);
}

enum bottleneck_effect bottleneck_effect_on_pair(const struct bottleneck *bottleneck, const size_t head[2],
                                                 const size_t tail[2], const char *type)
{
    for (size_t i = 0; i < bottleneck->n_pairs; i++) {
        const struct bottleneck_pair *pair = &bottleneck->pairs[i];
        if (!memcmp(pair->head, head, sizeof pair->head) && !memcmp(pair->tail, tail, sizeof pair->tail))
            return bottleneck_effect(!strcmp(pair->types[READING_MEAN], type),
                                     !strcmp(pair->types[READING_BYPASSED], type));
    }
    return EFFECT_UNKNOWN;
}

/* --- all of a post ------------------------------------------------------------------------------------------------ */

/* Asked of every decision; other than 0 stops the walk. */
typedef int bottleneck_visit(void *context, bool relation, const char *type, enum bottleneck_effect effect);

static bool bottleneck_gold_covers(const struct post *gold, size_t start, size_t end)
{
    for (size_t i = 0; i < gold->n_entities; i++) {
        const struct entity *e = &gold->entities[i];
        if (!provenance_is_proposal(&e->origin) && e->start < end && start < e->end)
            return true;
    }
    return false;
}

/* Is there no gold entity that it equals, or whose type is unknown? */
static bool bottleneck_gold_lacks(const struct post *gold, const struct bottleneck_entity *e)
{
    for (size_t i = 0; i < gold->n_entities; i++) {
        const struct entity *g = &gold->entities[i];
        if (!provenance_is_proposal(&g->origin) && g->start == e->start && g->end == e->end &&
            (!g->type || !strcmp(g->type, e->type)))
            return false;
    }
    return true;
}

static int bottleneck_walk(const struct bottleneck *b, const struct post *gold, bottleneck_visit *visit, void *context)
{
    int result = 0;
    for (size_t i = 0; !result && i < gold->n_entities; i++) {
        const struct entity *e = &gold->entities[i];
        if (e->type && !provenance_is_proposal(&e->origin))
            result = visit(context, false, e->type, bottleneck_effect_on_entity(b, e->start, e->end, e->type));
    }
    for (size_t i = 0; !result && i < b->n_entities; i++) {
        const struct bottleneck_entity *e = &b->entities[i];
        if ((e->in[READING_MEAN] || e->in[READING_BYPASSED]) && bottleneck_gold_lacks(gold, e))
            result = visit(context, false, e->type, bottleneck_effect_on_extra(b, e->start, e->end, e->type));
    }
    for (size_t i = 0; !result && i < gold->n_relations; i++) {
        const struct relation *r = &gold->relations[i];
        const struct entity *head = post_entity_peek(gold, r->head), *tail = post_entity_peek(gold, r->tail);
        if (!head || !tail || provenance_is_proposal(&r->origin))
            continue;
        const size_t spans[2][2] = {{head->start, head->end}, {tail->start, tail->end}};
        result = visit(context, true, r->type, bottleneck_effect_on_pair(b, spans[0], spans[1], r->type));
    }
    return result;
}

static void bottleneck_count(struct bottleneck_counts *counts, enum bottleneck_effect effect)
{
    counts->saved += effect == EFFECT_SAVED;
    counts->lost += effect == EFFECT_LOST;
    counts->kept_right += effect == EFFECT_KEPT_RIGHT;
    counts->kept_wrong += effect == EFFECT_KEPT_WRONG;
}

static int bottleneck_judge_one(void *context, bool relation, const char *type, enum bottleneck_effect effect)
{
    (void)type;
    struct bottleneck_judgement *out = context;
    bottleneck_count(relation ? &out->relations : &out->entities, effect);
    return 0;
}

struct bottleneck_judgement bottleneck_judge(const struct bottleneck *bottleneck, const struct post *gold)
{
    struct bottleneck_judgement out = {0};
    bottleneck_walk(bottleneck, gold, bottleneck_judge_one, &out);
    return out;
}

/* --- a corpus ----------------------------------------------------------------------------------------------------- */

/* The counts of a type, which is put in its place by name where it is new. NULL when memory is out. */
static struct bottleneck_counts *bottleneck_counts_of(struct bottleneck_type **types, size_t *n, const char *name)
{
    size_t place = 0;
    while (place < *n && strcmp((*types)[place].name, name) < 0)
        place++;
    if (place < *n && !strcmp((*types)[place].name, name))
        return &(*types)[place].counts;
    char *copy = strdup(name);
    struct bottleneck_type *grown = copy ? realloc(*types, (*n + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(copy);
        return NULL;
    }
    memmove(grown + place + 1, grown + place, (*n - place) * sizeof *grown);
    grown[place] = (struct bottleneck_type){.name = copy};
    *types = grown;
    ++*n;
    return &grown[place].counts;
}

static int bottleneck_add_one(void *context, bool relation, const char *type, enum bottleneck_effect effect)
{
    struct bottleneck_totals *totals = context;
    struct bottleneck_counts *counts =
        relation ? bottleneck_counts_of(&totals->relation_types, &totals->n_relation_types, type)
                 : bottleneck_counts_of(&totals->entity_types, &totals->n_entity_types, type);
    if (!counts)
        return -1;
    bottleneck_count(counts, effect);
    bottleneck_count(relation ? &totals->relations : &totals->entities, effect);
    return 0;
}

static void bottleneck_sum(struct bottleneck_sums *sums, double kept, double used, double before)
{
    sums->n++;
    sums->kept += kept;
    sums->used += used;
    sums->before += before;
}

static void bottleneck_sum_rows(struct bottleneck_totals *totals, const struct bottleneck *b, const struct post *gold)
{
    for (size_t t = 0; t + b->cut < b->n_tokens; t++)
        bottleneck_sum(&totals->rows[bottleneck_gold_covers(gold, t, t + 1) ? ROWS_ENTITY_WORDS : ROWS_OTHER_WORDS],
                       (double)b->token_kept[t], (double)b->token_used[t], (double)b->token_before[t]);
    for (size_t r = 0; b->has_picture && r < b->n_images; r++)
        bottleneck_sum(&totals->rows[r ? ROWS_OBJECTS : ROWS_PICTURES], (double)b->image_kept[r],
                       (double)b->image_used[r], (double)b->image_before[r]);
}

int bottleneck_totals_add(struct bottleneck_totals *totals, const struct bottleneck *bottleneck,
                          const struct post *gold)
{
    totals->n_posts++;
    totals->n_changed += !bottleneck_agree(bottleneck, READING_MEAN, READING_BYPASSED);
    for (size_t i = 0; i < bottleneck->n_entities; i++) {
        const struct bottleneck_entity *e = &bottleneck->entities[i];
        totals->n_decided += e->in[READING_MEAN];
        totals->n_unstable += e->in[READING_MEAN] && e->samples < bottleneck->n_samples;
    }
    for (size_t i = 0; i < bottleneck->n_pairs; i++)
        totals->n_unstable += bottleneck->pairs[i].samples < bottleneck->n_samples;
    totals->n_decided += bottleneck->n_pairs;
    bottleneck_sum_rows(totals, bottleneck, gold);
    return bottleneck_walk(bottleneck, gold, bottleneck_add_one, totals);
}

static void bottleneck_types_free(struct bottleneck_type *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(types[i].name);
    free(types);
}

void bottleneck_totals_free(struct bottleneck_totals *totals)
{
    bottleneck_types_free(totals->entity_types, totals->n_entity_types);
    bottleneck_types_free(totals->relation_types, totals->n_relation_types);
    *totals = (struct bottleneck_totals){0};
}
