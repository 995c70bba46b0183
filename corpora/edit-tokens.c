/* Building edits that cut tokens in two and join them: the tokens, and everything that says on which tokens it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-builder.h"

#include "corpora/json.h"
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

/* "orphans" in a foreign file's notes are numbers of tokens (format-conll.h): those on which an entity starts. */
static int move_source(struct builder *builder, const struct shift *shift)
{
    struct json_value source = json_value_of(builder->now->source), name, value, item;
    struct text text = {0};
    if (json_kind(json_member(source, "orphans")) != JSON_ARRAY)
        return 0;
    text_add_char(&text, '{');
    for (struct json_walk walk = json_walk(source); json_next_member(&walk, &name, &value);) {
        char *member = json_text(name);
        if (!member) {
            text_free(&text);
            return error_memory(builder->err, "edit");
        }
        json_put_name(&text, member);
        free(member);
        if (!json_text_is(name, "orphans") || json_kind(value) != JSON_ARRAY) {
            json_put_value(&text, value);
            continue;
        }
        const char *between = "[";
        for (struct json_walk items = json_walk(value); json_next_item(&items, &item); between = ", ") {
            size_t start;
            if (json_whole(item, &start))
                text_add_format(&text, "%s%zu", between, start_after(shift, start));
        }
        text_add(&text, *between == '[' ? "[]" : "]");
    }
    text_add_char(&text, '}');
    char *moved = text_take(&text);
    if (!moved)
        return error_memory(builder->err, "edit");
    struct edit_value before = {.present = true, .as.text = builder->now->source};
    struct edit_value after = {.present = true, .as.text = moved};
    int failed = strcmp(moved, builder->now->source) ? builder_change(builder, EDIT_SOURCE, 0, &before, &after) : 0;
    free(moved);
    return failed;
}

static int move_all(struct builder *builder, const struct shift *shift)
{
    return move_entities(builder, shift, EDIT_ENTITY) || move_entities(builder, shift, EDIT_REJECTED_ENTITY) ||
                   move_rejected_relations(builder, shift) || move_source(builder, shift)
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

static int split_token(struct builder *builder, size_t token, size_t at)
{
    const struct post *now = builder->now;
    const struct shift shift = {token, false};
    if (token >= now->n_tokens)
        return error_set(builder->err, ERROR_INPUT, "post %s: it has no token %zu", now->id, token + 1);
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
    if (check_collisions(builder, &shift))
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
