/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-native.h"

#include "corpora/json.h"
#include "corpora/names.h"
#include "corpora/post-file.h"
#include "corpora/text.h"

#include <stdlib.h>
#include <string.h>

enum { NATIVE_VERSION = 1 };

static const char *const header_names[] = {"format", "version", "images", "schema", "source", "posts", NULL};
enum { HEADER_FORMAT, HEADER_VERSION, HEADER_IMAGES, HEADER_SCHEMA, HEADER_SOURCE, HEADER_POSTS, HEADER_N };

static const char *const schema_names[] = {"entities", "relations", NULL};
enum { SCHEMA_ENTITIES, SCHEMA_RELATIONS, SCHEMA_N };

static const char *const relation_names[] = {"name", "head", "tail", NULL};
enum { RELATION_NAME, RELATION_HEAD, RELATION_TAIL, RELATION_N };

/* ---- Reading ---- */

static int read_text(const struct json_document *document, struct json_value value, const char *what, char **out,
                     struct error *err)
{
    if (!json_is_given(value))
        return 0;
    if (json_kind(value) != JSON_TEXT)
        return json_error(document, value.text, err, "%s is not a string", what);
    return (*out = json_text(value)) ? 0 : error_memory(err, document->path);
}

/* A list of entity types, which may be absent. */
static int read_types(const struct json_document *document, struct json_value value, const char *what, char ***out,
                      size_t *n_out, struct error *err)
{
    struct json_value item;
    if (!json_is_given(value))
        return 0;
    if (json_kind(value) != JSON_ARRAY)
        return json_error(document, value.text, err, "%s is not a list of entity types", what);
    for (struct json_walk walk = json_walk(value); json_next_item(&walk, &item);) {
        char *type = NULL;
        if (json_kind(item) != JSON_TEXT)
            return json_error(document, item.text, err, "%s: an entity type is not a string", what);
        if (!(type = json_text(item)))
            return error_memory(err, document->path);
        bool empty = !*type;
        int result = empty ? 0 : text_list_add(out, n_out, type);
        free(type);
        if (empty)
            return json_error(document, item.text, err, "%s: an entity type is empty", what);
        if (result)
            return error_memory(err, document->path);
        if (*n_out > SCHEMA_NAMES_MAX)
            return json_error(document, item.text, err, "%s: more than %d entity types", what, SCHEMA_NAMES_MAX);
    }
    return 0;
}

static int read_schema_relation(const struct json_document *document, struct json_value value, struct schema *schema,
                                struct error *err)
{
    struct json_value values[RELATION_N];
    struct schema_relation *grown = array_grow(schema->relations, schema->n_relations, sizeof *grown);
    if (!grown)
        return error_memory(err, document->path);
    schema->relations = grown;
    struct schema_relation *relation = &grown[schema->n_relations];
    *relation = (struct schema_relation){0};
    if (json_collect(document, value, "a relation of the schema", relation_names, values, &relation->extra, err))
        return -1;
    if (!json_is_given(values[RELATION_NAME])) {
        free(relation->extra);
        return json_error(document, value.text, err, "a relation of the schema has no name");
    }
    schema->n_relations++; /* from here on schema_free frees it */
    if (read_text(document, values[RELATION_NAME], "a relation's name", &relation->name, err) ||
        read_types(document, values[RELATION_HEAD], "head", &relation->head, &relation->n_head, err) ||
        read_types(document, values[RELATION_TAIL], "tail", &relation->tail, &relation->n_tail, err))
        return -1;
    return 0;
}

static int read_schema(const struct json_document *document, struct json_value value, struct schema *schema,
                       struct error *err)
{
    struct json_value values[SCHEMA_N], item;
    struct name_table names = {0};
    int result = -1;
    if (!json_is_given(value))
        return 0;
    if (json_collect(document, value, "schema", schema_names, values, &schema->extra, err) ||
        read_types(document, values[SCHEMA_ENTITIES], "schema", &schema->entities, &schema->n_entities, err))
        goto out;
    if (json_is_given(values[SCHEMA_RELATIONS]) && json_kind(values[SCHEMA_RELATIONS]) != JSON_ARRAY) {
        json_error(document, values[SCHEMA_RELATIONS].text, err, "the schema's relations are not a list");
        goto out;
    }
    if (json_is_given(values[SCHEMA_RELATIONS])) {
        for (struct json_walk walk = json_walk(values[SCHEMA_RELATIONS]); json_next_item(&walk, &item);) {
            if (read_schema_relation(document, item, schema, err))
                goto out;
            if (schema->n_relations > SCHEMA_NAMES_MAX) {
                json_error(document, item.text, err, "the schema has more than %d relations", SCHEMA_NAMES_MAX);
                goto out;
            }
            const char *name = schema->relations[schema->n_relations - 1].name;
            int entered = name_table_add(&names, name, 0, NULL);
            if (entered != 1) {
                if (entered < 0)
                    error_memory(err, document->path);
                else
                    json_error(document, item.text, err, "the schema has two relations \"%.*s\"", utf8_head(name, 80),
                               name);
                goto out;
            }
        }
    }
    result = 0;
out:
    name_table_free(&names);
    return result;
}

/* What stands around the posts. *posts_out is the member "posts", absent in JSON Lines. */
static int read_header(const struct json_document *document, struct json_value value, struct corpus *corpus,
                       struct json_value *posts_out, struct error *err)
{
    struct json_value values[HEADER_N];
    struct text source = {0};
    size_t version;
    if (json_collect(document, value, "the corpus", header_names, values, &corpus->extra, err))
        return -1;
    if (!json_text_is(values[HEADER_FORMAT], "mmib-corpus"))
        return json_error(document, value.text, err, "not an mmib corpus: no member \"format\": \"mmib-corpus\"%s",
                          json_member(value, "annotations").text ? " (--from coco reads COCO)" : "");
    if (json_is_given(values[HEADER_VERSION]) &&
        (!json_whole(values[HEADER_VERSION], &version) || version != NATIVE_VERSION))
        return json_error(document, values[HEADER_VERSION].text, err,
                          "a version of the format that this mmib does not know");
    if (read_text(document, values[HEADER_IMAGES], "images", &corpus->images, err) ||
        read_schema(document, values[HEADER_SCHEMA], &corpus->schema, err))
        return -1;
    if (json_is_given(values[HEADER_SOURCE])) {
        json_put_value(&source, values[HEADER_SOURCE]);
        if (!(corpus->source = text_take(&source)))
            return error_memory(err, document->path);
    }
    *posts_out = values[HEADER_POSTS];
    return 0;
}

int native_double_id(const struct json_document *document, const char *at, const char *id, struct error *err)
{
    return json_error(document, at, err, "two posts have the id \"%.*s\"", utf8_head(id, 80), id);
}

static int read_post(const struct json_document *document, struct json_value value, struct corpus *corpus,
                     struct name_table *ids, struct error *err)
{
    struct post *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return error_memory(err, document->path);
    corpus->posts = grown;
    struct post *post = &grown[corpus->n_posts];
    if (post_json_get(document, value, post, err))
        return -1;
    corpus->n_posts++;
    int entered = name_table_add(ids, post->id, 0, NULL);
    if (entered < 0)
        return error_memory(err, document->path);
    return entered ? 0 : native_double_id(document, value.text, post->id, err);
}

int native_read_json(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct json_document document = {.path = corpus->path, .first_line = 1};
    struct json_value whole, posts, item;
    struct name_table ids = {0};
    char *text;
    int result = 0;
    if (line_reader_rest(input, &text, &document.n, err))
        return -1;
    document.text = text;
    if (json_document_check(&document, &whole, err) || read_header(&document, whole, corpus, &posts, err))
        return -1;
    if (json_kind(posts) != JSON_ARRAY)
        return json_error(&document, posts.text ? posts.text : whole.text, err, "the corpus has no list \"posts\"");
    for (struct json_walk walk = json_walk(posts); !result && json_next_item(&walk, &item);)
        result = read_post(&document, item, corpus, &ids, err);
    name_table_free(&ids);
    return result;
}

int native_get_header_line(const struct json_document *line, struct corpus *corpus, struct error *err)
{
    struct json_value value, posts;
    if (json_document_check(line, &value, err) || read_header(line, value, corpus, &posts, err))
        return -1;
    return posts.text ? json_error(line, posts.text, err, "posts stand on lines of their own in JSON Lines") : 0;
}

int native_get_post_line(const struct json_document *line, struct post *out, struct error *err)
{
    struct json_value value;
    return json_document_check(line, &value, err) || post_json_get(line, value, out, err) ? -1 : 0;
}

int native_read_jsonl(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct json_document document = {.path = corpus->path};
    struct json_value value;
    struct name_table ids = {0};
    bool has_header = false;
    char *line;
    int got;
    input->mixed_ends = true;
    while ((got = line_reader_next(input, &line, &document.n, err)) > 0) {
        if (document.n == strspn(line, " \t\r"))
            continue;
        document.text = line;
        document.first_line = input->number;
        got = -1;
        if (has_header ? json_document_check(&document, &value, err) || read_post(&document, value, corpus, &ids, err)
                       : native_get_header_line(&document, corpus, err))
            break;
        has_header = true;
    }
    name_table_free(&ids);
    if (!got && !has_header)
        return line_error(input, err, "the file is empty");
    return got;
}

/* ---- Writing ---- */

static void put_schema(struct text *out, const struct schema *schema)
{
    text_add_char(out, '{');
    json_put_list(out, "entities", schema->entities, schema->n_entities);
    json_put_name(out, "relations");
    text_add_char(out, '[');
    for (size_t i = 0; i < schema->n_relations; i++) {
        const struct schema_relation *relation = &schema->relations[i];
        text_add(out, i ? ", {" : "{");
        json_put_name(out, "name");
        json_put_text(out, relation->name);
        if (relation->n_head)
            json_put_list(out, "head", relation->head, relation->n_head);
        if (relation->n_tail)
            json_put_list(out, "tail", relation->tail, relation->n_tail);
        json_put_extra(out, relation->extra);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
    json_put_extra(out, schema->extra);
    text_add_char(out, '}');
}

/* All members but the posts, without the closing brace. */
static void put_header(struct text *out, const struct corpus *corpus, const char *images)
{
    text_add_format(out, "{\"format\": \"mmib-corpus\", \"version\": %d", NATIVE_VERSION);
    if (images) {
        json_put_name(out, "images");
        json_put_text(out, images);
    }
    json_put_name(out, "schema");
    put_schema(out, &corpus->schema);
    if (corpus->source) {
        json_put_name(out, "source");
        text_add(out, corpus->source);
    }
    json_put_extra(out, corpus->extra);
}

/* Writes what the text holds and empties it. */
static int flush_text(struct text *text, const struct corpus *corpus, FILE *out, struct error *err)
{
    if (text->failed)
        return error_memory(err, corpus->path);
    fwrite(text->bytes, 1, text->n, out);
    text_clear(text);
    return 0;
}

int native_write_json(const struct corpus *corpus, const char *images, FILE *out, struct error *err)
{
    struct text text = {0};
    int result = 0;
    put_header(&text, corpus, images);
    text_add(&text, ",\n \"posts\": [");
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        text_add(&text, i ? ",\n  " : "\n  ");
        post_json_put(&text, &corpus->posts[i]);
        result = flush_text(&text, corpus, out, err);
    }
    text_add(&text, corpus->n_posts ? "\n ]}\n" : "]}\n");
    if (!result)
        result = flush_text(&text, corpus, out, err);
    text_free(&text);
    return result;
}

int native_write_jsonl(const struct corpus *corpus, const char *images, FILE *out, struct error *err)
{
    struct text text = {0};
    put_header(&text, corpus, images);
    text_add(&text, "}\n");
    int result = flush_text(&text, corpus, out, err);
    for (size_t i = 0; !result && i < corpus_count(corpus); i++) {
        if (corpus->file)
            result = post_file_put(corpus->file, i, &text, err);
        else
            post_json_put(&text, &corpus->posts[i]);
        text_add_char(&text, '\n');
        if (!result)
            result = flush_text(&text, corpus, out, err);
    }
    text_free(&text);
    return result;
}
