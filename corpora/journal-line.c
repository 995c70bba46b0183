/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/journal-line.h"

#include "corpora/edit-value.h"

#include <stdlib.h>
#include <string.h>

static const char *const act_names[] = {"edit", "undo", "redo", "rename", "save"};

const char journal_header_start[] = "{\"format\": \"mmib-journal\"";

void journal_line_put_header(struct text *out, const char *corpus_path, const struct journal_header *header)
{
    const char *slash = strrchr(corpus_path, '/');
    text_add_format(out, "%s, \"version\": %d, \"corpus\": ", journal_header_start, JOURNAL_VERSION);
    json_put_text(out, slash ? slash + 1 : corpus_path);
    text_add_format(out, ", \"sha256\": \"%s\"", header->sha256);
    if (header->after)
        text_add_format(out, ", \"after\": %zu", header->after);
    text_add(out, "}\n");
}

static int get_sha256(const struct json_document *document, struct json_value value, char out[FILE_SHA256_BYTES],
                      struct error *err)
{
    /* Between the quotes: no digit needs an escape. */
    if (json_kind(value) != JSON_TEXT || value.n != FILE_SHA256_BYTES + 1)
        return json_error(document, value.text, err, "the SHA-256 of the corpus file is not one");
    memcpy(out, value.text + 1, FILE_SHA256_BYTES - 1);
    out[FILE_SHA256_BYTES - 1] = '\0';
    return 0;
}

bool journal_line_is_other_version(const struct json_document *document)
{
    struct json_value line;
    size_t version;
    return !json_document_check(document, &line, NULL) &&
           json_text_is(json_member(line, "format"), "mmib-journal") &&
           !(json_whole(json_member(line, "version"), &version) && version == JOURNAL_VERSION);
}

int journal_line_get_header(const struct json_document *document, struct journal_header *out, struct error *err)
{
    struct json_value line, after;
    size_t version;
    *out = (struct journal_header){0};
    if (json_document_check(document, &line, err))
        return -1;
    if (!json_text_is(json_member(line, "format"), "mmib-journal"))
        return json_error(document, line.text, err, "this is no journal of mmib");
    if (!json_whole(json_member(line, "version"), &version) || version != JOURNAL_VERSION)
        return json_error(document, line.text, err, "the journal is of a version that this mmib does not know");
    after = json_member(line, "after");
    if (after.text && !json_whole(after, &out->after))
        return json_error(document, after.text, err, "\"after\" is no number of an act");
    return get_sha256(document, json_member(line, "sha256"), out->sha256, err);
}

static void put_batch(struct text *out, const struct journal_line *line, size_t i)
{
    json_put_name(out, "id");
    json_put_text(out, line->ids[i]);
    json_put_name(out, "batch");
    edit_batch_put(out, &line->edits.batches[i]);
}

/* Nearly every act is one of a single post, and stands in the line itself. */
static void put_batches(struct text *out, const struct journal_line *line)
{
    if (line->edits.n == 1) {
        put_batch(out, line, 0);
        return;
    }
    json_put_name(out, "batches");
    text_add_char(out, '[');
    for (size_t i = 0; i < line->edits.n; i++) {
        text_add(out, i ? ", {" : "{");
        put_batch(out, line, i);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

static void put_act(struct text *out, const struct journal_line *line)
{
    text_add_format(out, "{\"seq\": %zu, \"time\": ", line->seq);
    json_put_text(out, line->time);
    if (line->by) {
        json_put_name(out, "by");
        json_put_text(out, line->by);
    }
    json_put_name(out, "act");
    json_put_text(out, act_names[line->act]);
    switch (line->act) {
    case JOURNAL_EDIT:
    case JOURNAL_UNDO:
    case JOURNAL_REDO:
        put_batches(out, line);
        break;
    case JOURNAL_RENAME:
        json_put_name(out, "maps");
        text_add_char(out, '[');
        for (size_t i = 0; i < line->n_maps; i++) {
            text_add(out, i ? ", " : "");
            json_put_text(out, line->maps[i]);
        }
        text_add_char(out, ']');
        break;
    case JOURNAL_SAVE:
        text_add_format(out, ", \"sha256\": \"%s\"", line->sha256);
        break;
    }
    text_add(out, "}\n");
}

int journal_line_put(struct text *out, const struct journal_line *line, struct error *err)
{
    size_t start = out->n;
    struct journal_line again;
    put_act(out, line);
    if (out->failed)
        return error_memory(err, "journal");
    struct json_document document = {out->bytes + start, out->n - start, "journal", 1};
    if (journal_line_get(&document, &again, err))
        return -1;
    journal_line_free(&again);
    return 0;
}

void journal_line_free(struct journal_line *line)
{
    free(line->time);
    free(line->by);
    text_list_free(line->ids, line->edits.n);
    edit_act_free(&line->edits);
    text_list_free(line->maps, line->n_maps);
    *line = (struct journal_line){0};
}

struct edit_act journal_line_take(struct journal_line *line)
{
    struct edit_act edits = line->edits;
    text_list_free(line->ids, edits.n);
    line->ids = NULL;
    line->edits = (struct edit_act){0};
    journal_line_free(line);
    return edits;
}

int journal_line_get_text(const struct json_document *document, struct json_value line, const char *name, char **out,
                          struct error *err)
{
    struct json_value value = json_member(line, name);
    if (json_kind(value) != JSON_TEXT)
        return json_error(document, line.text, err, "the line has no \"%s\"", name);
    return (*out = json_text(value)) ? 0 : error_memory(err, document->path);
}

static int get_maps(const struct json_document *document, struct json_value line, struct journal_line *out,
                    struct error *err)
{
    struct json_value list = json_member(line, "maps"), item;
    if (json_kind(list) != JSON_ARRAY)
        return json_error(document, line.text, err, "the line has no \"maps\"");
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);) {
        if (json_kind(item) != JSON_TEXT)
            return json_error(document, item.text, err, "a map is no text");
        char *map = json_text(item);
        int failed = map ? text_list_add(&out->maps, &out->n_maps, map) : -1;
        free(map);
        if (failed)
            return error_memory(err, document->path);
    }
    return 0;
}

/* An object with a post's id and a batch. */
static int get_batch(const struct json_document *document, struct json_value value, struct journal_line *out,
                     struct error *err)
{
    struct edit_batch batch;
    char *id = NULL;
    size_t n_ids = out->edits.n;
    if (journal_line_get_text(document, value, "id", &id, err))
        return -1;
    int failed = edit_batch_get(document, json_member(value, "batch"), &batch, err);
    if (!failed && text_list_add(&out->ids, &n_ids, id)) {
        edit_batch_free(&batch);
        failed = error_memory(err, document->path);
    } else if (!failed && edit_act_push(&out->edits, &batch)) {
        free(out->ids[out->edits.n]); /* which has no batch */
        failed = error_memory(err, document->path);
    }
    free(id);
    return failed;
}

static int get_batches(const struct json_document *document, struct json_value line, struct journal_line *out,
                       struct error *err)
{
    struct json_value list = json_member(line, "batches"), item;
    if (!list.text)
        return get_batch(document, line, out, err);
    if (json_kind(list) != JSON_ARRAY || !json_count_items(list))
        return json_error(document, list.text, err, "batches are not a list with something in it");
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);)
        if (get_batch(document, item, out, err))
            return -1;
    return 0;
}

int journal_line_get_kind(const struct json_document *document, struct json_value line, enum journal_act *out,
                          struct error *err)
{
    struct json_value act = json_member(line, "act");
    for (size_t i = 0; i < sizeof act_names / sizeof *act_names; i++)
        if (json_kind(act) == JSON_TEXT && json_text_is(act, act_names[i])) {
            *out = (enum journal_act)i;
            return 0;
        }
    return json_error(document, line.text, err, "the line does not say what was done");
}

static int get_act(const struct json_document *document, struct json_value line, struct journal_line *out,
                   struct error *err)
{
    if (!json_whole(json_member(line, "seq"), &out->seq))
        return json_error(document, line.text, err, "the line has no \"seq\"");
    if (journal_line_get_kind(document, line, &out->act, err) ||
        journal_line_get_text(document, line, "time", &out->time, err) ||
        (json_member(line, "by").text && journal_line_get_text(document, line, "by", &out->by, err)))
        return -1;
    switch (out->act) {
    case JOURNAL_EDIT:
    case JOURNAL_UNDO:
    case JOURNAL_REDO:
        return get_batches(document, line, out, err);
    case JOURNAL_RENAME:
        return get_maps(document, line, out, err);
    case JOURNAL_SAVE:
        return get_sha256(document, json_member(line, "sha256"), out->sha256, err);
    }
    return 0;
}

int journal_line_get(const struct json_document *document, struct journal_line *out, struct error *err)
{
    struct json_value line;
    *out = (struct journal_line){0};
    if (json_document_check(document, &line, err))
        return -1;
    if (!get_act(document, line, out, err))
        return 0;
    journal_line_free(out);
    return -1;
}

int journal_line_apply(const struct journal_line *line, struct corpus *corpus, const char *path, size_t number,
                       struct error *err)
{
    struct error why = {0};
    if (line->act == JOURNAL_SAVE)
        return 0;
    if (line->act == JOURNAL_RENAME)
        return corpus_rename_types(corpus, (const char *const *)line->maps, line->n_maps, err);
    for (size_t k = 0; k < line->edits.n; k++) {
        const struct edit_batch *batch = &line->edits.batches[k];
        const char *id = line->ids[k];
        struct post *post = NULL;
        if (batch->post < corpus_count(corpus) && !(post = corpus_change_post(corpus, batch->post, err)))
            return -1;
        if (!post || strcmp(post->id, id))
            return error_set(err, ERROR_INPUT, "%s:%zu: post %zu of the corpus is not %.*s", path, number,
                             batch->post + 1, utf8_head(id, 100), id);
        if (edit_batch_add_to_schema(batch, &corpus->schema))
            return error_memory(err, path);
        if (edit_batch_apply(batch, post, 1, &why))
            return error_set(err, why.kind, "%s:%zu: %.*s", path, number, utf8_head(why.message, 600),
                             why.message);
    }
    return 0;
}
