/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/anchoring.h"

#include "corpora/json.h"
#include "corpora/names.h"
#include "corpora/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void anchoring_record_free(struct anchoring_record *record)
{
    for (size_t i = 0; i < record->n_entities; i++)
        free(record->entities[i].type);
    for (size_t i = 0; i < record->n_relations; i++)
        free(record->relations[i].type);
    free(record->entities);
    free(record->relations);
    free(record->model);
    free(record->at);
    *record = (struct anchoring_record){0};
}

/* ---- Writing a record ---- */

static void put_decision(struct text *out, const char *type, double score, bool kept)
{
    json_put_name(out, "type");
    json_put_text(out, type);
    if (isfinite(score)) {
        json_put_name(out, "score");
        json_put_number(out, score);
    }
    json_put_name(out, "kept");
    text_add(out, kept ? "true" : "false");
    text_add_char(out, '}');
}

char *anchoring_write(const struct anchoring_record *record)
{
    struct text out = {0};
    text_add_format(&out, "{\"blind\": %s", record->blind ? "true" : "false");
    if (record->model) {
        json_put_name(&out, "model");
        json_put_text(&out, record->model);
    }
    json_put_name(&out, "threshold");
    json_put_number(&out, record->threshold);
    json_put_name(&out, "tokens");
    text_add_format(&out, "%zu", record->n_tokens);
    if (record->at) {
        json_put_name(&out, "at");
        json_put_text(&out, record->at);
    }
    text_add(&out, ", \"entities\": [");
    for (size_t i = 0; i < record->n_entities; i++) {
        const struct anchoring_entity *e = &record->entities[i];
        text_add_format(&out, "%s{\"start\": %zu, \"end\": %zu", i ? ", " : "", e->start, e->end);
        put_decision(&out, e->type, e->score, e->kept);
    }
    text_add(&out, "], \"relations\": [");
    for (size_t i = 0; i < record->n_relations; i++) {
        const struct anchoring_relation *r = &record->relations[i];
        text_add_format(&out, "%s{\"head\": [%zu, %zu], \"tail\": [%zu, %zu]", i ? ", " : "", r->head[0], r->head[1],
                        r->tail[0], r->tail[1]);
        put_decision(&out, r->type, r->score, r->kept);
    }
    text_add(&out, "]}");
    return text_take(&out);
}

/* ---- Reading it ---- */

static bool get_span(struct json_value value, size_t n_tokens, size_t out[2])
{
    size_t n = 0;
    struct json_value item;
    if (json_kind(value) != JSON_ARRAY || json_count_items(value) != 2)
        return false;
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); n++)
        if (!json_whole(item, &out[n]))
            return false;
    return out[0] < out[1] && out[1] <= n_tokens;
}

static double get_number(struct json_value value)
{
    return json_kind(value) == JSON_NUMBER ? json_number(value) : NAN;
}

/* 1, 0 (this is no proposal) or -1. */
static int get_entity(struct json_value value, size_t n_tokens, struct anchoring_entity *out)
{
    struct json_value type = json_member(value, "type");
    *out = (struct anchoring_entity){.score = get_number(json_member(value, "score")),
                                     .kept = json_true(json_member(value, "kept"))};
    if (json_kind(type) != JSON_TEXT || !json_whole(json_member(value, "start"), &out->start) ||
        !json_whole(json_member(value, "end"), &out->end) || out->start >= out->end || out->end > n_tokens)
        return 0;
    return (out->type = json_text(type)) ? 1 : -1;
}

static int get_relation(struct json_value value, size_t n_tokens, struct anchoring_relation *out)
{
    struct json_value type = json_member(value, "type");
    *out = (struct anchoring_relation){.score = get_number(json_member(value, "score")),
                                       .kept = json_true(json_member(value, "kept"))};
    if (json_kind(type) != JSON_TEXT || !get_span(json_member(value, "head"), n_tokens, out->head) ||
        !get_span(json_member(value, "tail"), n_tokens, out->tail))
        return 0;
    return (out->type = json_text(type)) ? 1 : -1;
}

/* Both lists are there. */
static int get_proposals(struct json_value entities, struct json_value relations, struct anchoring_record *out)
{
    struct json_value item;
    int got = 1;
    for (struct json_walk walk = json_walk(entities); got > 0 && json_next_item(&walk, &item);) {
        struct anchoring_entity *grown = array_grow(out->entities, out->n_entities, sizeof *grown);
        if (!grown)
            return -1;
        out->entities = grown;
        got = get_entity(item, out->n_tokens, &grown[out->n_entities]);
        out->n_entities += got > 0;
    }
    for (struct json_walk walk = json_walk(relations); got > 0 && json_next_item(&walk, &item);) {
        struct anchoring_relation *grown = array_grow(out->relations, out->n_relations, sizeof *grown);
        if (!grown)
            return -1;
        out->relations = grown;
        got = get_relation(item, out->n_tokens, &grown[out->n_relations]);
        out->n_relations += got > 0;
    }
    return got;
}

int anchoring_read(const struct post *post, struct anchoring_record *out)
{
    struct json_value value = json_value_of(post->proposed), blind = json_member(value, "blind");
    struct json_value model = json_member(value, "model"), at = json_member(value, "at");
    struct json_value entities = json_member(value, "entities"), relations = json_member(value, "relations");
    *out = (struct anchoring_record){.blind = json_true(blind),
                                     .threshold = get_number(json_member(value, "threshold"))};
    if (json_kind(blind) != JSON_BOOLEAN || json_kind(entities) != JSON_ARRAY ||
        json_kind(relations) != JSON_ARRAY || !json_whole(json_member(value, "tokens"), &out->n_tokens) ||
        out->n_tokens != post->n_tokens)
        return 0;
    int got = get_proposals(entities, relations, out);
    if (got > 0 && ((json_kind(model) == JSON_TEXT && !(out->model = json_text(model))) ||
                    (json_kind(at) == JSON_TEXT && !(out->at = json_text(at)))))
        got = -1;
    if (got <= 0)
        anchoring_record_free(out);
    return got;
}

/* ---- Counting ---- */

static bool gold_has_entity(const struct post *gold, const struct anchoring_entity *entity)
{
    for (size_t i = 0; i < gold->n_entities; i++) {
        const struct entity *e = &gold->entities[i];
        if (e->start == entity->start && e->end == entity->end && text_equal(e->type, entity->type))
            return true;
    }
    return false;
}

static bool is_on(const struct entity *entity, const size_t span[2])
{
    return entity && entity->start == span[0] && entity->end == span[1];
}

static bool gold_has_relation(const struct post *gold, const struct anchoring_relation *relation)
{
    for (size_t i = 0; i < gold->n_relations; i++) {
        const struct relation *r = &gold->relations[i];
        if (text_equal(r->type, relation->type) && is_on(post_entity_peek(gold, r->head), relation->head) &&
            is_on(post_entity_peek(gold, r->tail), relation->tail))
            return true;
    }
    return false;
}

static void count(struct anchoring_rates *rates, bool kept, bool is_judged, bool is_right)
{
    struct anchoring_rate *judged = is_right ? &rates->right : &rates->wrong;
    rates->all.n++;
    rates->all.kept += kept;
    judged->n += is_judged;
    judged->kept += is_judged && kept;
}

int anchoring_add(struct anchoring *anchoring, const struct post *post, const struct post *gold)
{
    struct anchoring_record record;
    int got = anchoring_read(post, &record);
    if (got <= 0)
        return got;
    struct anchoring_side *side = record.blind ? &anchoring->hidden : &anchoring->seen;
    bool is_judged = gold && post_same_tokens(post, gold);
    side->n_posts++;
    side->n_judged += is_judged;
    for (size_t i = 0; i < record.n_entities; i++)
        count(&side->entities, record.entities[i].kept, is_judged,
              is_judged && gold_has_entity(gold, &record.entities[i]));
    for (size_t i = 0; i < record.n_relations; i++)
        count(&side->relations, record.relations[i].kept, is_judged,
              is_judged && gold_has_relation(gold, &record.relations[i]));
    anchoring_record_free(&record);
    return 0;
}

int anchoring_count(const struct corpus *corpus, const struct corpus *gold, struct anchoring *out, struct error *err)
{
    struct name_table ids = {0};
    int failed = 0;
    *out = (struct anchoring){.has_gold = gold != NULL};
    for (size_t i = 0; gold && i < gold->n_posts && !failed; i++)
        failed = name_table_add(&ids, gold->posts[i].id, i, NULL) < 0;
    for (size_t i = 0; i < corpus->n_posts && !failed; i++) {
        const struct name_slot *slot = gold ? name_table_peek(&ids, corpus->posts[i].id) : NULL;
        failed = anchoring_add(out, &corpus->posts[i], slot ? &gold->posts[slot->value] : NULL);
    }
    name_table_free(&ids);
    return failed ? error_memory(err, corpus->path) : 0;
}

double anchoring_share(const struct anchoring_rate *rate)
{
    return rate->n ? (double)rate->kept / (double)rate->n : NAN;
}

/* ---- Telling ---- */

static void put_cell(struct text *out, const struct anchoring_rate *rate)
{
    char cell[80];
    if (rate->n)
        snprintf(cell, sizeof cell, "%zu of %zu (%.1f %%)", rate->kept, rate->n, 100 * anchoring_share(rate));
    else
        snprintf(cell, sizeof cell, "- (none proposed)");
    text_add_format(out, "  %20s", cell);
}

static void put_row(struct text *out, const char *name, const struct anchoring_rate *seen,
                    const struct anchoring_rate *hidden)
{
    text_add_format(out, "%-22s", name);
    put_cell(out, seen);
    put_cell(out, hidden);
    text_add_char(out, '\n');
}

static void put_rows(struct text *out, const char *what, bool has_gold, const struct anchoring_rates *seen,
                     const struct anchoring_rates *hidden)
{
    char name[32];
    snprintf(name, sizeof name, "%s kept", what);
    put_row(out, name, &seen->all, &hidden->all);
    if (!has_gold)
        return;
    snprintf(name, sizeof name, "  wrong %s kept", what);
    put_row(out, name, &seen->wrong, &hidden->wrong);
    snprintf(name, sizeof name, "  right %s kept", what);
    put_row(out, name, &seen->right, &hidden->right);
}

void anchoring_put_table(struct text *out, const struct anchoring *anchoring)
{
    const struct anchoring_side *seen = &anchoring->seen, *hidden = &anchoring->hidden;
    if (!seen->n_posts && !hidden->n_posts) {
        text_add(out, "no post says what was proposed for it: that is kept while annotating with --blind N\n");
        return;
    }
    text_add_format(out, "%-22s  %20s  %20s\n", "proposals", "seen", "hidden until done");
    text_add_format(out, "%-22s  %20zu  %20zu\n", "posts", seen->n_posts, hidden->n_posts);
    if (anchoring->has_gold)
        text_add_format(out, "%-22s  %20zu  %20zu\n", "posts with gold", seen->n_judged, hidden->n_judged);
    put_rows(out, "entities", anchoring->has_gold, &seen->entities, &hidden->entities);
    if (seen->relations.all.n || hidden->relations.all.n)
        put_rows(out, "relations", anchoring->has_gold, &seen->relations, &hidden->relations);
    if (!anchoring->has_gold)
        text_add(out, "which of them were wrong is not known: that takes gold labels\n");
}

static void json_rate(struct text *out, const char *name, const struct anchoring_rate *rate, bool is_known)
{
    json_put_name(out, name);
    if (!is_known) {
        text_add(out, "null");
        return;
    }
    text_add_format(out, "{\"n\": %zu, \"kept\": %zu, \"share\": ", rate->n, rate->kept);
    if (rate->n)
        json_put_number(out, anchoring_share(rate));
    else
        text_add(out, "null");
    text_add_char(out, '}');
}

static void json_side(struct text *out, const char *name, const struct anchoring_side *side, bool has_gold)
{
    const struct {
        const char *name;
        const struct anchoring_rates *rates;
    } kinds[] = {{"entities", &side->entities}, {"relations", &side->relations}};
    json_put_name(out, name);
    text_add_format(out, "{\"posts\": %zu, \"judged\": %zu", side->n_posts, side->n_judged);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        json_put_name(out, kinds[i].name);
        text_add_char(out, '{');
        json_rate(out, "all", &kinds[i].rates->all, true);
        json_rate(out, "wrong", &kinds[i].rates->wrong, has_gold);
        json_rate(out, "right", &kinds[i].rates->right, has_gold);
        text_add_char(out, '}');
    }
    text_add_char(out, '}');
}

void anchoring_put_json(struct text *out, const struct anchoring *anchoring)
{
    text_add_char(out, '{');
    json_side(out, "seen", &anchoring->seen, anchoring->has_gold);
    json_side(out, "hidden", &anchoring->hidden, anchoring->has_gold);
    text_add_char(out, '}');
}
