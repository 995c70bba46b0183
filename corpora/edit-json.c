/* Edits as JSON, as they stand in a journal:
 *
 *   {"post": 3, "edits": [{"target": "entity", "at": 0, "before": null, "after": {"id": "e1", ...}}]}
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/edit-value.h"
#include "corpora/edit.h"
#include "corpora/json.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const target_names[] = {
    [EDIT_ENTITY] = "entity",
    [EDIT_RELATION] = "relation",
    [EDIT_OBJECT] = "object",
    [EDIT_REJECTED_ENTITY] = "rejected_entity",
    [EDIT_REJECTED_RELATION] = "rejected_relation",
    [EDIT_VERDICT] = "verdict",
    [EDIT_STATUS] = "status",
    [EDIT_NOTE] = "note",
    [EDIT_FLAGS] = "flags",
    [EDIT_ANNOTATOR] = "annotator",
    [EDIT_TOKENS] = "tokens",
    [EDIT_PROPOSED] = "proposed",
    [EDIT_SOURCE] = "source",
};

static void put_words(struct text *out, const struct edit_words *words)
{
    text_add_char(out, '{');
    json_put_list(out, "tokens", words->tokens, words->n);
    if (words->offsets) {
        json_put_name(out, "offsets");
        for (size_t i = 0; i < words->n; i++)
            text_add_format(out, "%s[%zu, %zu]", i ? ", " : "[", words->offsets[i][0], words->offsets[i][1]);
        text_add_char(out, ']');
    }
    text_add_char(out, '}');
}

static void put_value(struct text *out, enum edit_target target, const struct edit_value *value)
{
    if (!value->present) {
        text_add(out, "null");
        return;
    }
    switch (target) {
    case EDIT_ENTITY:
    case EDIT_REJECTED_ENTITY:
        post_json_put_entity(out, &value->as.entity);
        break;
    case EDIT_RELATION:
        post_json_put_relation(out, &value->as.relation);
        break;
    case EDIT_OBJECT:
        post_json_put_object(out, &value->as.object);
        break;
    case EDIT_REJECTED_RELATION:
        post_json_put_rejected_relation(out, &value->as.relation);
        break;
    case EDIT_VERDICT:
        post_json_put_verdict(out, &value->as.verdict);
        break;
    case EDIT_STATUS:
        json_put_text(out, post_status_name(value->as.status));
        break;
    case EDIT_NOTE:
    case EDIT_ANNOTATOR:
        json_put_text(out, value->as.text);
        break;
    case EDIT_FLAGS:
        text_add_char(out, '[');
        for (size_t i = 0; i < value->as.flags.n; i++) {
            text_add(out, i ? ", " : "");
            json_put_text(out, value->as.flags.items[i]);
        }
        text_add_char(out, ']');
        break;
    case EDIT_TOKENS:
        put_words(out, &value->as.words);
        break;
    case EDIT_PROPOSED:
    case EDIT_SOURCE:
        text_add(out, value->as.text);
        break;
    }
}

void edit_batch_put(struct text *out, const struct edit_batch *batch)
{
    text_add_format(out, "{\"post\": %zu, \"edits\": [", batch->post);
    for (size_t i = 0; i < batch->n; i++) {
        const struct edit *edit = &batch->edits[i];
        text_add_format(out, "%s{\"target\": \"%s\", ", i ? ", " : "", target_names[edit->target]);
        if (edit_target_has_place(edit->target))
            text_add_format(out, "\"at\": %zu, ", edit->at);
        text_add(out, "\"before\": ");
        put_value(out, edit->target, &edit->before);
        text_add(out, ", \"after\": ");
        put_value(out, edit->target, &edit->after);
        text_add_char(out, '}');
    }
    text_add(out, "]}");
}

int edit_batch_to_json(const struct edit_batch *batch, char **out, struct error *err)
{
    struct text text = {0};
    edit_batch_put(&text, batch);
    *out = text_take(&text);
    return *out ? 0 : error_memory(err, "edit");
}

static int get_texts(const struct json_document *document, struct json_value list, const char *what, char ***out,
                     size_t *n_out, struct error *err)
{
    *out = NULL;
    *n_out = 0;
    if (json_kind(list) != JSON_ARRAY || !json_count_items(list))
        return json_error(document, list.text, err, "%s are not a list with something in it", what);
    struct json_walk walk = json_walk(list);
    struct json_value item;
    while (json_next_item(&walk, &item)) {
        char *text = json_kind(item) == JSON_TEXT ? json_text(item) : NULL;
        int failed = text ? text_list_add(out, n_out, text) : -1;
        free(text);
        if (failed) {
            text_list_free(*out, *n_out);
            *out = NULL;
            *n_out = 0;
            return json_error(document, item.text, err, "one of %s is not text", what);
        }
    }
    return 0;
}

static int get_words(const struct json_document *document, struct json_value value, struct edit_words *out,
                     struct error *err)
{
    struct json_value offsets = json_member(value, "offsets"), pair, number;
    *out = (struct edit_words){0};
    if (json_kind(value) != JSON_OBJECT)
        return json_error(document, value.text, err, "this is no tokens");
    if (get_texts(document, json_member(value, "tokens"), "tokens", &out->tokens, &out->n, err))
        return -1;
    if (!json_is_given(offsets))
        return 0;
    bool fit = json_kind(offsets) == JSON_ARRAY && json_count_items(offsets) == out->n;
    if (fit && !(out->offsets = array_new(out->n, sizeof *out->offsets)))
        error_memory(err, document->path);
    else if (!fit)
        json_error(document, offsets.text, err, "offsets are not one for each token");
    size_t i = 0;
    for (struct json_walk walk = json_walk(offsets); out->offsets && json_next_item(&walk, &pair); i++) {
        size_t n = 0;
        if (json_kind(pair) == JSON_ARRAY && json_count_items(pair) == 2)
            for (struct json_walk two = json_walk(pair); json_next_item(&two, &number);)
                n += json_whole(number, &out->offsets[i][n]);
        if (n == 2)
            continue;
        json_error(document, pair.text, err, "an offset is not [start, end]");
        free(out->offsets);
        out->offsets = NULL;
    }
    if (out->offsets)
        return 0;
    text_list_free(out->tokens, out->n);
    *out = (struct edit_words){0};
    return -1;
}

/* An object's own text, on one line. */
static int get_object_text(const struct json_document *document, struct json_value value, enum edit_target target,
                           char **out, struct error *err)
{
    struct text text = {0};
    if (json_kind(value) != JSON_OBJECT)
        return json_error(document, value.text, err, "%s is no object", target_names[target]);
    json_put_value(&text, value);
    return (*out = text_take(&text)) ? 0 : error_memory(err, document->path);
}

static int get_field(const struct json_document *document, struct json_value value, enum edit_target target,
                     struct edit_value *out, struct error *err)
{
    if (target == EDIT_FLAGS)
        return get_texts(document, value, "flags", &out->as.flags.items, &out->as.flags.n, err);
    if (target == EDIT_TOKENS)
        return get_words(document, value, &out->as.words, err);
    if (target == EDIT_SOURCE || target == EDIT_PROPOSED)
        return get_object_text(document, value, target, &out->as.text, err);
    if (json_kind(value) != JSON_TEXT)
        return json_error(document, value.text, err, "%s is not text", target_names[target]);
    char *text = json_text(value);
    if (!text)
        return error_memory(err, "edit");
    if (target != EDIT_STATUS) {
        out->as.text = text;
        return 0;
    }
    int status = post_status_from_name(text);
    free(text);
    if (status < 0)
        return json_error(document, value.text, err, "this is no status");
    out->as.status = (enum post_status)status;
    return 0;
}

static int get_value(const struct json_document *document, struct json_value value, enum edit_target target,
                     struct edit_value *out, struct error *err)
{
    const struct post_json_place place = {document, NULL, SIZE_MAX};
    int failed = 0;
    *out = (struct edit_value){0};
    if (json_kind(value) == JSON_NULL)
        return 0;
    switch (target) {
    case EDIT_ENTITY:
        failed = post_json_get_entity(&place, value, &out->as.entity, err);
        break;
    case EDIT_RELATION:
        failed = post_json_get_relation(&place, value, &out->as.relation, err);
        break;
    case EDIT_OBJECT:
        failed = post_json_get_object(&place, value, &out->as.object, err);
        break;
    case EDIT_REJECTED_ENTITY:
        failed = post_json_get_rejected_entity(&place, value, &out->as.entity, err);
        break;
    case EDIT_REJECTED_RELATION:
        failed = post_json_get_rejected_relation(&place, value, &out->as.relation, err);
        break;
    case EDIT_VERDICT:
        failed = post_json_get_verdict(&place, value, &out->as.verdict, err);
        break;
    default:
        failed = get_field(document, value, target, out, err);
        break;
    }
    out->present = !failed;
    return failed;
}

static int target_from_json(struct json_value name)
{
    for (size_t i = 0; i < sizeof target_names / sizeof *target_names; i++)
        if (json_kind(name) == JSON_TEXT && json_text_is(name, target_names[i]))
            return (int)i;
    return -1;
}

static int get_edit(const struct json_document *document, struct json_value value, struct edit *out,
                    struct error *err)
{
    struct json_value before = json_member(value, "before"), after = json_member(value, "after");
    int target = target_from_json(json_member(value, "target"));
    *out = (struct edit){0};
    if (target < 0 || !before.text || !after.text)
        return json_error(document, value.text, err, "this is no edit");
    out->target = (enum edit_target)target;
    if (edit_target_has_place(out->target) && !json_whole(json_member(value, "at"), &out->at))
        return json_error(document, value.text, err, "an edit does not say where it is");
    if (json_kind(before) == JSON_NULL && json_kind(after) == JSON_NULL)
        return json_error(document, value.text, err, "an edit changes nothing into nothing");
    if (get_value(document, before, out->target, &out->before, err))
        return -1;
    if (!get_value(document, after, out->target, &out->after, err))
        return 0;
    edit_value_free(out->target, &out->before);
    return -1;
}

int edit_batch_get(const struct json_document *document, struct json_value value, struct edit_batch *out,
                   struct error *err)
{
    struct json_value edits = json_member(value, "edits"), item;
    *out = (struct edit_batch){0};
    if (!json_whole(json_member(value, "post"), &out->post) || json_kind(edits) != JSON_ARRAY)
        return json_error(document, value.text, err, "this is no list of edits of a post");
    struct json_walk walk = json_walk(edits);
    while (json_next_item(&walk, &item)) {
        struct edit edit;
        if (get_edit(document, item, &edit, err) || edit_batch_push(out, &edit, err)) {
            edit_batch_free(out);
            return -1;
        }
    }
    return 0;
}

int edit_batch_from_json(const char *json, struct edit_batch *out, struct error *err)
{
    struct json_document document = {.text = json, .n = strlen(json), .path = "edit", .first_line = 1};
    struct json_value value;
    *out = (struct edit_batch){0};
    return json_document_check(&document, &value, err) ? -1 : edit_batch_get(&document, value, out, err);
}
