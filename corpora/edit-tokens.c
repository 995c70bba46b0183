/* Building edits that cut tokens in two and join them: the tokens, and everything that says on which tokens it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include "corpora/json.h"
#include "corpora/merge.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What happens at one token: it becomes two, or it and the next become one. */
struct shift {
    size_t token;
    bool join;
};

/* Where a span's start, or its end, comes to be. */
static size_t start_after(const struct shift *shift, size_t start)
{
    if (start <= shift->token)
        return start;
    return shift->join ? start - 1 : start + 1;
}

static size_t end_after(const struct shift *shift, size_t end)
{
    if (end <= shift->token)
        return end;
    if (!shift->join)
        return end + 1;
    return end == shift->token + 1 ? end : end - 1;
}

/* ---- What follows the tokens ---- */

static int move_entities(struct builder *builder, const struct shift *shift, enum edit_target target)
{
    const bool rejected = target == EDIT_REJECTED_ENTITY;
    const size_t n = rejected ? builder->now->n_rejected_entities : builder->now->n_entities;
    for (size_t i = 0; i < n; i++) {
        const struct entity *old = rejected ? &builder->now->rejected_entities[i] : &builder->now->entities[i];
        struct entity entity = *old;
        entity.start = start_after(shift, old->start);
        entity.end = end_after(shift, old->end);
        if ((entity.start != old->start || entity.end != old->end) &&
            builder_entity(builder, target, i, old, &entity))
            return -1;
    }
    return 0;
}

/* The ends of a rejected relation are written "3-5". */
static void move_span(const struct shift *shift, const char *span, char out[BUILDER_SPAN_BYTES])
{
    char *dash;
    size_t start = strtoull(span, &dash, 10), end = *dash ? strtoull(dash + 1, NULL, 10) : start;
    builder_span_name(start_after(shift, start), end_after(shift, end), out);
}

static int move_rejected_relations(struct builder *builder, const struct shift *shift)
{
    for (size_t i = 0; i < builder->now->n_rejected_relations; i++) {
        const struct relation *old = &builder->now->rejected_relations[i];
        struct relation relation = *old;
        char head[BUILDER_SPAN_BYTES], tail[BUILDER_SPAN_BYTES];
        move_span(shift, old->head, head);
        move_span(shift, old->tail, tail);
        relation.head = head;
        relation.tail = tail;
        if ((strcmp(head, old->head) || strcmp(tail, old->tail)) &&
            builder_relation(builder, EDIT_REJECTED_RELATION, i, old, &relation))
            return -1;
    }
    return 0;
}

static void move_verdict_label(const struct shift *shift, struct verdict_label *label)
{
    label->start = start_after(shift, label->start);
    label->end = end_after(shift, label->end);
    label->head[0] = start_after(shift, label->head[0]);
    label->head[1] = end_after(shift, label->head[1]);
    label->tail[0] = start_after(shift, label->tail[0]);
    label->tail[1] = end_after(shift, label->tail[1]);
}

/* What was said about a case holds for the same labels on the same text. */
static int move_verdicts(struct builder *builder, const struct shift *shift)
{
    for (size_t i = 0; i < builder->now->n_verdicts; i++) {
        const struct verdict *old = &builder->now->verdicts[i];
        struct verdict verdict = *old;
        move_verdict_label(shift, &verdict.gold);
        move_verdict_label(shift, &verdict.predicted);
        struct edit_value before = {.present = true, .as.verdict = *old};
        struct edit_value after = {.present = true, .as.verdict = verdict};
        if (!verdict_same_case(old, &verdict) && builder_change(builder, EDIT_VERDICT, i, &before, &after))
            return -1;
    }
    return 0;
}

/* What else counts tokens: members of JSON objects that a post keeps as text. */
enum counted { COUNTED_NOT, COUNTED_START, COUNTED_END, COUNTED_SPAN, COUNTED_STARTS, COUNTED_ALL };

struct counted_member {
    const char *name; /* NULL ends a list */
    enum counted counted;
};

struct counted_members {
    const struct counted_member *list;
    bool inside; /* also of objects in the object */
};

/* Of a foreign file's notes (format-conll.h): the tokens on which its odd tags stand. */
static const struct counted_members source_members = {
    (const struct counted_member[]){{"orphans", COUNTED_STARTS}, {NULL, COUNTED_NOT}}, false};

/* Of what a model had proposed (anchoring.h). */
static const struct counted_members proposed_members = {
    (const struct counted_member[]){{"tokens", COUNTED_ALL},
                                    {"start", COUNTED_START},
                                    {"end", COUNTED_END},
                                    {"head", COUNTED_SPAN},
                                    {"tail", COUNTED_SPAN},
                                    {NULL, COUNTED_NOT}},
    true};

static void put_number(struct text *out, struct json_value value, enum counted counted, const struct shift *shift)
{
    size_t n;
    if (!json_whole(value, &n))
        json_put_value(out, value);
    else
        text_add_format(out, "%zu",
                        counted == COUNTED_START ? start_after(shift, n)
                        : counted == COUNTED_END ? end_after(shift, n)
                        : shift->join            ? n - (n > 0)
                                                 : n + 1);
}

/* A list of numbers: starts, or a start and an end. */
static void put_numbers(struct text *out, struct json_value value, enum counted counted, const struct shift *shift)
{
    struct json_value item;
    size_t n = 0;
    text_add_char(out, '[');
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); n++) {
        text_add(out, n ? ", " : "");
        put_number(out, item, counted == COUNTED_SPAN && n ? COUNTED_END : COUNTED_START, shift);
    }
    text_add_char(out, ']');
}

/* The value with every number in it that counts tokens as it has to be. Objects stand in each other JSON_DEPTH_MAX deep
 * at most. */
static void put_moved(struct text *out, struct json_value value, const struct counted_members *members,
                      const struct shift *shift)
{
    struct json_value name, item;
    const char *between = "";
    if (json_kind(value) == JSON_ARRAY) {
        text_add_char(out, '[');
        for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item); between = ", ") {
            text_add(out, between);
            put_moved(out, item, members, shift);
        }
        text_add_char(out, ']');
        return;
    }
    if (json_kind(value) != JSON_OBJECT) {
        json_put_value(out, value);
        return;
    }
    text_add_char(out, '{');
    for (struct json_walk walk = json_walk(value); json_next_member(&walk, &name, &item); between = ", ") {
        const struct counted_member *member = members->list;
        while (member->name && !json_text_is(name, member->name))
            member++;
        text_add(out, between);
        json_put_value(out, name);
        text_add(out, ": ");
        if (member->counted == COUNTED_NOT && members->inside)
            put_moved(out, item, members, shift);
        else if (member->counted == COUNTED_NOT)
            json_put_value(out, item);
        else if (json_kind(item) == JSON_ARRAY)
            put_numbers(out, item, member->counted, shift);
        else
            put_number(out, item, member->counted, shift);
    }
    text_add_char(out, '}');
}

/* json is the draft's own: NULL = none. */
static int move_json(struct builder *builder, const struct shift *shift, enum edit_target target, char *json,
                     const struct counted_members *members)
{
    struct text text = {0};
    if (!json)
        return 0;
    put_moved(&text, json_value_of(json), members, shift);
    char *moved = text_take(&text);
    if (!moved)
        return error_memory(builder->err, "edit");
    struct edit_value before = {.present = true, .as.text = json};
    struct edit_value after = {.present = true, .as.text = moved};
    int failed = strcmp(moved, json) ? builder_change(builder, target, 0, &before, &after) : 0;
    free(moved);
    return failed;
}

static int move_all(struct builder *builder, const struct shift *shift)
{
    return move_entities(builder, shift, EDIT_ENTITY) || move_entities(builder, shift, EDIT_REJECTED_ENTITY) ||
                   move_rejected_relations(builder, shift) || move_verdicts(builder, shift) ||
                   move_json(builder, shift, EDIT_SOURCE, builder->now->source, &source_members) ||
                   move_json(builder, shift, EDIT_PROPOSED, builder->now->proposed, &proposed_members)
               ? -1
               : 0;
}

/* ---- The tokens ---- */

/* Puts n_after tokens in the place of n_before. offsets_after counts where the post has offsets. */
static int put_words(struct builder *builder, size_t at, size_t n_before, char **after, size_t n_after,
                     size_t (*offsets_after)[2])
{
    struct post *now = builder->now;
    struct edit_value values[2] = {{.present = true}, {.present = true}};
    values[0].as.words = (struct edit_words){now->tokens + at, n_before, now->offsets ? now->offsets + at : NULL};
    values[1].as.words = (struct edit_words){after, n_after, now->offsets ? offsets_after : NULL};
    return builder_change(builder, EDIT_TOKENS, at, &values[0], &values[1]);
}

static const char *code_point_at(const char *text, size_t at)
{
    uint32_t code_point;
    while (at-- && *text)
        text += utf8_read(text, &code_point);
    return text;
}

/* With offsets, blanks at the cut belong to the text between the tokens, not to either of them. */
static void leave_out_blanks(const char *token, size_t *left_end, size_t *right_start)
{
    static const char blanks[] = " \t\n\r";
    while (*left_end && strchr(blanks, token[*left_end - 1])) /* blanks are one byte and one code point */
        --*left_end;
    while (token[*right_start] && strchr(blanks, token[*right_start]))
        ++*right_start;
}

/* The versions of a merged post that is not settled count the tokens as they are. */
static int check_settled(const struct builder *builder)
{
    const struct post *now = builder->now;
    if (!post_has_flag(now, MERGE_FLAG) || !json_member(json_value_of(now->extra), MERGE_MEMBER).text)
        return 0;
    return error_set(builder->err, ERROR_INPUT, "post %s: its conflicts have to be settled before its tokens change",
                     now->id);
}

static int split_token(struct builder *builder, size_t token, size_t at)
{
    const struct post *now = builder->now;
    const struct shift shift = {token, false};
    if (token >= now->n_tokens)
        return error_set(builder->err, ERROR_INPUT, "post %s: it has no token %zu", now->id, token + 1);
    if (check_settled(builder))
        return -1;
    const char *whole = now->tokens[token];
    const size_t n = utf8_code_points(whole);
    if (at == 0 || at >= n)
        return error_set(builder->err, ERROR_INPUT, "post %s: token %zu cannot be cut there", now->id, token + 1);

    const size_t cut = (size_t)(code_point_at(whole, at) - whole);
    size_t left_end = cut, right_start = cut, offsets[2][2] = {{0}};
    if (now->offsets) {
        leave_out_blanks(whole, &left_end, &right_start);
        /* Where the token is not what the text has there, the cut may fall behind its end. */
        const size_t start = now->offsets[token][0], end = now->offsets[token][1];
        const size_t left = start + at - (cut - left_end), right = start + at + (right_start - cut);
        offsets[0][0] = start;
        offsets[0][1] = left < end ? left : end;
        offsets[1][0] = right < end ? right : end;
        offsets[1][1] = end;
    }
    if (!left_end || !whole[right_start])
        return error_set(builder->err, ERROR_INPUT, "post %s: token %zu cannot be cut there: one half would be empty",
                         now->id, token + 1);
    char *halves[2] = {strndup(whole, left_end), strdup(whole + right_start)};
    int failed = halves[0] && halves[1] ? put_words(builder, token, 1, halves, 2, offsets)
                                        : error_memory(builder->err, "edit");
    free(halves[0]);
    free(halves[1]);
    return failed || move_all(builder, &shift) ? -1 : 0;
}

int edit_split_token(struct edit_batch *batch, const struct post *post, size_t token, size_t at, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, split_token(&builder, token, at));
}

/* Two entities on different tokens must not come to stand on the same ones: every label is told by where it stands. */
static int check_collisions(const struct builder *builder, const struct shift *shift)
{
    const struct post *now = builder->now;
    for (size_t i = 0; i < now->n_entities; i++)
        for (size_t j = 0; j < i; j++) {
            const struct entity *a = &now->entities[j], *b = &now->entities[i];
            bool same = a->start == b->start && a->end == b->end;
            if (!same && start_after(shift, a->start) == start_after(shift, b->start) &&
                end_after(shift, a->end) == end_after(shift, b->end))
                return error_set(builder->err, ERROR_INPUT,
                                 "post %s: joined, entities %s and %s would stand on the same tokens "
                                 "(delete one first)",
                                 now->id, a->id, b->id);
        }
    return 0;
}

/* What stands in the post's text from one code point to another. */
static void add_text_between(struct text *out, const char *text, size_t from, size_t to)
{
    const char *start = code_point_at(text, from);
    text_add_bytes(out, start, (size_t)(code_point_at(start, to - from) - start));
}

static int join_tokens(struct builder *builder, size_t token)
{
    const struct post *now = builder->now;
    const struct shift shift = {token, true};
    struct text joined = {0};
    size_t offsets[1][2] = {{0}};
    if (now->n_tokens < 2 || token > now->n_tokens - 2)
        return error_set(builder->err, ERROR_INPUT, "post %s: there is no token behind token %zu to join it with",
                         now->id, token + 1);
    if (check_settled(builder) || check_collisions(builder, &shift))
        return -1;
    text_add(&joined, now->tokens[token]);
    if (now->offsets) {
        offsets[0][0] = now->offsets[token][0];
        offsets[0][1] = now->offsets[token + 1][1];
        size_t gap = now->offsets[token][1], next = now->offsets[token + 1][0];
        if (next < gap || offsets[0][1] < offsets[0][0]) {
            text_free(&joined);
            return error_set(builder->err, ERROR_INPUT, "post %s: tokens %zu and %zu overlap in the text", now->id,
                             token + 1, token + 2);
        }
        add_text_between(&joined, now->text, gap, next);
    }
    text_add(&joined, now->tokens[token + 1]);
    char *whole = text_take(&joined);
    if (!whole)
        return error_memory(builder->err, "edit");
    const char *fault = post_token_fault(whole, strlen(whole));
    int failed = fault ? error_set(builder->err, ERROR_INPUT, "post %s: joined, token %zu would be %s", now->id,
                                   token + 1, fault)
                       : 0;
    /* Labels first: they must not stand behind the last token. */
    failed = failed || move_all(builder, &shift) || put_words(builder, token, 2, &whole, 1, offsets);
    free(whole);
    return failed ? -1 : 0;
}

int edit_join_tokens(struct edit_batch *batch, const struct post *post, size_t token, struct error *err)
{
    struct builder builder;
    if (builder_open(&builder, batch, post, err))
        return -1;
    return builder_close(&builder, join_tokens(&builder, token));
}
