/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-mnre.h"

#include "corpora/json.h"
#include "corpora/losses.h"
#include "corpora/mnre-line.h"
#include "corpora/names.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const manner_names[] = {"python", "json", "json-utf8"};
enum { N_MANNERS = sizeof manner_names / sizeof *manner_names };

/* ---- Reading ---- */

/* A line of the file: which pair it became, and its text where that is not printed in the file's manner. */
struct mnre_pair {
    size_t post, relation; /* indices */
    size_t number;
    char *text;
};

struct mnre_reader {
    struct line_reader *input;
    struct corpus *corpus;
    enum literal_manner manner;
    bool manner_known; /* a line showed it */
    struct mnre_pair *pairs;
    size_t n_pairs;
    bool ordered;             /* no blank line, and no pair of a post that an earlier one was before */
    struct text blank_lines;  /* their numbers */
    char **keys;              /* sentence and picture of each post */
    size_t n_keys;
    struct name_table by_key; /* -> index of the post */
    struct name_table ids;    /* the value counts how often the id came again */
    struct text scratch;
};

static int mnre_memory(struct mnre_reader *reader, struct error *err)
{
    return error_memory(err, reader->corpus->path);
}

static int reader_new_id(struct mnre_reader *reader, const char *image, char **out)
{
    struct text id = {0};
    if (image && *image)
        text_add_bytes(&id, image, corpus_image_stem_bytes(image));
    else
        text_add_format(&id, "post-%zu", reader->corpus->n_posts + 1);
    struct name_slot *before = id.failed ? NULL : name_table_peek(&reader->ids, id.bytes);
    size_t stem = id.n;
    while (!id.failed && before && name_table_peek(&reader->ids, id.bytes)) {
        id.n = stem;
        text_add_format(&id, "#%zu", ++before->value);
    }
    return (*out = text_take(&id)) ? 0 : -1;
}

/* Takes tokens and image over from the line. */
static int reader_new_post(struct mnre_reader *reader, struct mnre_line *line, struct error *err)
{
    struct corpus *corpus = reader->corpus;
    for (size_t i = 0; i < line->n_tokens; i++) {
        const char *fault = post_token_fault(line->tokens[i], strlen(line->tokens[i]));
        if (fault)
            return line_error(reader->input, err, "token %zu is %s", i, fault);
    }
    struct post *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return mnre_memory(reader, err);
    corpus->posts = grown;
    struct post *post = &grown[corpus->n_posts];
    *post = (struct post){0};
    if (reader_new_id(reader, line->image, &post->id) || name_table_add(&reader->ids, post->id, 1, NULL) < 0) {
        free(post->id);
        return mnre_memory(reader, err);
    }
    corpus->n_posts++;
    post->tokens = line->tokens;
    post->n_tokens = line->n_tokens;
    line->tokens = NULL;
    line->n_tokens = 0;
    if (line->image && *line->image) {
        post->image = line->image;
        line->image = NULL;
    }
    return 0;
}

/* What tells posts apart: the sentence and picture. */
static void put_key(struct text *key, const char *image, char *const *tokens, size_t n_tokens)
{
    text_clear(key);
    text_add(key, image ? image : "");
    for (size_t i = 0; i < n_tokens; i++) {
        text_add_format(key, "\n%zu:", strlen(tokens[i])); /* the length tells tokens with "\n" in them apart */
        text_add(key, tokens[i]);
    }
}

/* The post of the line's sentence and picture, which may be new. */
static int reader_find_post(struct mnre_reader *reader, struct mnre_line *line, size_t *out, struct error *err)
{
    struct text *key = &reader->scratch;
    put_key(key, line->image, line->tokens, line->n_tokens);
    if (key->failed)
        return mnre_memory(reader, err);
    const struct name_slot *slot = name_table_peek(&reader->by_key, key->bytes);
    *out = slot ? slot->value : reader->corpus->n_posts;
    if (slot)
        return 0;
    if (text_list_add(&reader->keys, &reader->n_keys, key->bytes) ||
        name_table_add(&reader->by_key, reader->keys[reader->n_keys - 1], *out, NULL) < 0)
        return mnre_memory(reader, err);
    return reader_new_post(reader, line, err);
}

/* The post's entity on these tokens that may have this type (NULL = any), or a new one. */
static int reader_find_entity(struct mnre_reader *reader, struct post *post, const size_t span[2], const char *type,
                              char **id_out, struct error *err)
{
    struct entity *untyped = NULL;
    for (size_t i = 0; i < post->n_entities; i++) {
        struct entity *entity = &post->entities[i];
        if (entity->start != span[0] || entity->end != span[1])
            continue;
        if (!type || (entity->type && !strcmp(entity->type, type)))
            return text_copy(entity->id, id_out) ? mnre_memory(reader, err) : 0;
        if (!entity->type)
            untyped = entity;
    }
    if (!untyped) {
        char id[32];
        struct entity *grown = array_grow(post->entities, post->n_entities, sizeof *grown);
        if (!grown)
            return mnre_memory(reader, err);
        post->entities = grown;
        snprintf(id, sizeof id, "e%zu", post->n_entities + 1);
        untyped = &grown[post->n_entities++];
        *untyped = (struct entity){
            .start = span[0], .end = span[1], .origin = {.source = SOURCE_IMPORT, .has_source = true}};
        if (text_copy(id, &untyped->id))
            return mnre_memory(reader, err);
    }
    if (text_copy(type, &untyped->type) || text_copy(untyped->id, id_out))
        return mnre_memory(reader, err);
    return 0;
}

/* "per" to "PER"; NULL for a label without types. */
static int type_of(const struct schema_name_part *part, char **out)
{
    *out = NULL;
    if (!part->text)
        return 0;
    if (!(*out = strndup(part->text, part->n)))
        return -1;
    for (char *p = *out; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return 0;
}

static int reader_add_relation(struct mnre_reader *reader, struct post *post, struct mnre_line *line,
                               struct error *err)
{
    struct schema *schema = &reader->corpus->schema;
    struct schema_name_part head = {0}, tail = {0};
    struct relation relation = {.origin = {.source = SOURCE_IMPORT, .has_source = true}};
    char *head_type = NULL, *tail_type = NULL, id[32];
    int result = -1;
    bool typed = schema_split_relation(line->relation, &head, &tail);
    struct relation *grown = array_grow(post->relations, post->n_relations, sizeof *grown);
    if (!grown)
        return mnre_memory(reader, err);
    post->relations = grown;
    snprintf(id, sizeof id, "r%zu", post->n_relations + 1);
    if (type_of(&head, &head_type) || type_of(&tail, &tail_type) || text_copy(id, &relation.id) ||
        (typed && (schema_add_entity(schema, head_type) || schema_add_entity(schema, tail_type)))) {
        mnre_memory(reader, err);
        goto out;
    }
    if (reader_find_entity(reader, post, line->head.span, head_type, &relation.head, err) ||
        reader_find_entity(reader, post, line->tail.span, tail_type, &relation.tail, err))
        goto out;
    relation.type = line->relation;
    line->relation = NULL;
    if (strcmp(relation.type, "None") && schema_add_relation(schema, relation.type)) {
        mnre_memory(reader, err);
        goto out;
    }
    if (schema->n_relations > SCHEMA_NAMES_MAX || schema->n_entities > SCHEMA_NAMES_MAX) {
        line_error(reader->input, err, "more than %d relations or entity types", SCHEMA_NAMES_MAX);
        goto out;
    }
    grown[post->n_relations++] = relation;
    relation = (struct relation){0};
    result = 0;
out:
    relation_free(&relation);
    free(head_type);
    free(tail_type);
    return result;
}

/* Is the line printed in that manner? */
static bool reader_prints(struct mnre_reader *reader, const struct mnre_line *line, const char *text, size_t n,
                          enum literal_manner manner)
{
    text_clear(&reader->scratch);
    mnre_line_put(&reader->scratch, line, manner);
    return reader->scratch.n == n && !memcmp(reader->scratch.bytes, text, n);
}

/* Finds the file's manner, as far as this line shows it; true when the line is printed in it. A JSON line in ASCII
 * alone leaves open whether others have more. */
static bool reader_find_manner(struct mnre_reader *reader, const struct mnre_line *line, const char *text, size_t n)
{
    if (reader->n_pairs == 0)
        reader->manner = text[strcspn(text, "'\"")] == '"' ? LITERAL_JSON_ASCII : LITERAL_PYTHON;
    bool prints = reader_prints(reader, line, text, n, reader->manner);
    if (reader->manner == LITERAL_JSON_ASCII && !reader->manner_known) {
        bool utf8 = reader_prints(reader, line, text, n, LITERAL_JSON_UTF8);
        reader->manner_known = prints != utf8;
        if (utf8 && !prints) {
            reader->manner = LITERAL_JSON_UTF8;
            prints = true;
        }
    }
    return prints;
}

static int reader_add_line(struct mnre_reader *reader, const char *text, size_t n, struct error *err)
{
    struct mnre_line line;
    const char *fault;
    size_t column;
    if (mnre_line_read(text, &line, &fault, &column))
        return fault == literal_no_memory
                   ? mnre_memory(reader, err)
                   : line_error(reader->input, err, "not a line of MNRE: %s (column %zu)", fault, column);
    struct mnre_pair *grown = array_grow(reader->pairs, reader->n_pairs, sizeof *grown);
    int result = -1;
    if (!grown) {
        mnre_memory(reader, err);
        goto out;
    }
    reader->pairs = grown;
    struct mnre_pair *pair = &grown[reader->n_pairs];
    *pair = (struct mnre_pair){.number = reader->input->number};
    bool prints = reader_find_manner(reader, &line, text, n) && line.image && *line.image;
    if (reader->scratch.failed || (!prints && !(pair->text = strdup(text)))) {
        mnre_memory(reader, err);
        goto out;
    }
    reader->n_pairs++;
    if (reader_find_post(reader, &line, &pair->post, err))
        goto out;
    if (pair->post + 1 != reader->corpus->n_posts)
        reader->ordered = false;
    struct post *post = &reader->corpus->posts[pair->post];
    pair->relation = post->n_relations;
    if (post->n_relations == MNRE_PAIRS_MAX)
        line_error(reader->input, err, "more than %d pairs of one sentence and picture", MNRE_PAIRS_MAX);
    else
        result = reader_add_relation(reader, post, &line, err);
out:
    mnre_line_free(&line);
    return result;
}

/* Gives each post the numbers, where the file is not in order, and the texts of its lines that need them. */
static int reader_put_sources(struct mnre_reader *reader)
{
    struct corpus *corpus = reader->corpus;
    struct text *sources = array_new(corpus->n_posts, sizeof *sources);
    int result = sources ? 0 : -1;
    for (size_t i = 0; !result && i < reader->n_pairs; i++) {
        const struct mnre_pair *pair = &reader->pairs[i];
        struct text *source = &sources[pair->post];
        if (reader->ordered && !pair->text)
            continue;
        text_add_format(source, "%s{\"relation\": \"r%zu\"", source->n ? ", " : "{\"pairs\": [", pair->relation + 1);
        if (!reader->ordered)
            text_add_format(source, ", \"line\": %zu", pair->number);
        if (pair->text) {
            text_add(source, ", \"text\": ");
            json_put_text(source, pair->text);
        }
        text_add_char(source, '}');
    }
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        if (!sources[i].n && !sources[i].failed)
            continue;
        text_add(&sources[i], "]}");
        if (!(corpus->posts[i].source = text_take(&sources[i])))
            result = -1;
    }
    for (size_t i = 0; sources && i < corpus->n_posts; i++)
        text_free(&sources[i]);
    free(sources);
    return result;
}

static int reader_finish(struct mnre_reader *reader, struct error *err)
{
    struct corpus *corpus = reader->corpus;
    struct text source = {0};
    if (!corpus->n_posts)
        return line_error(reader->input, err, "the file is empty");
    text_add_format(&source, "{\"format\": \"mnre\", \"manner\": \"%s\"", manner_names[reader->manner]);
    line_style_put(&source, &reader->input->style);
    if (reader->blank_lines.n)
        text_add_format(&source, ", \"blank_lines\": [%s]", reader->blank_lines.bytes);
    text_add_char(&source, '}');
    if (!(corpus->source = text_take(&source)) || reader->blank_lines.failed || reader_put_sources(reader) ||
        schema_arrange(&corpus->schema))
        return mnre_memory(reader, err);
    return 0;
}

int mnre_read(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct mnre_reader reader = {.input = input, .corpus = corpus, .ordered = true};
    char *line;
    size_t n;
    int got;
    while ((got = line_reader_next(input, &line, &n, err)) > 0) {
        if (n) {
            got = reader_add_line(&reader, line, n, err);
        } else {
            text_add_format(&reader.blank_lines, "%s%zu", reader.blank_lines.n ? ", " : "", input->number);
            reader.ordered = false;
        }
        if (got < 0)
            break;
    }
    if (!got)
        got = reader_finish(&reader, err);
    for (size_t i = 0; i < reader.n_pairs; i++)
        free(reader.pairs[i].text);
    free(reader.pairs);
    text_list_free(reader.keys, reader.n_keys);
    name_table_free(&reader.by_key);
    name_table_free(&reader.ids);
    text_free(&reader.blank_lines);
    text_free(&reader.scratch);
    return got;
}

/* ---- Writing ---- */

/* A line to write: a pair, or (post SIZE_MAX) a blank line. */
struct mnre_item {
    size_t post, relation;
    size_t number;   /* of the line it came from, 0 = not said */
    size_t sequence; /* in the corpus */
    char *text;      /* of that line, NULL = the usual */
};

struct mnre_writer {
    const struct corpus *corpus;
    struct loss_list *losses;
    enum literal_manner manner;
    struct line_style style;
    bool is_origin;
    struct mnre_item *items;
    size_t n_items;
    bool numbered; /* some item has a number */
    struct name_table by_key; /* sentence and picture -> index of the post */
    char **keys;              /* what the table borrows */
    size_t n_keys;
};

static struct mnre_item *writer_add_item(struct mnre_writer *writer, size_t post, size_t relation)
{
    struct mnre_item *grown = array_grow(writer->items, writer->n_items, sizeof *grown);
    if (!grown)
        return NULL;
    writer->items = grown;
    grown[writer->n_items] = (struct mnre_item){.post = post, .relation = relation, .sequence = writer->n_items};
    return &grown[writer->n_items++];
}

/* What the source says of the post's pairs, entered into their items, which start at first. */
static int writer_place_items(struct mnre_writer *writer, const struct post *post, size_t first)
{
    struct json_value list = json_member(json_value_of(post->source), "pairs"), pair;
    struct name_table relations = {0};
    int result = 0;
    if (json_kind(list) != JSON_ARRAY)
        return 0;
    for (size_t i = 0; !result && i < post->n_relations; i++)
        result = name_table_add(&relations, post->relations[i].id, first + i, NULL) < 0 ? -1 : 0;
    for (struct json_walk walk = json_walk(list); !result && json_next_item(&walk, &pair);) {
        struct json_value name = json_member(pair, "relation"), text = json_member(pair, "text");
        char *id = json_kind(name) == JSON_TEXT ? json_text(name) : NULL;
        struct name_slot *slot = id ? name_table_peek(&relations, id) : NULL;
        if (!id && json_kind(name) == JSON_TEXT)
            result = -1;
        if (slot) {
            struct mnre_item *item = &writer->items[slot->value];
            if (json_whole(json_member(pair, "line"), &item->number) && item->number)
                writer->numbered = true;
            if (json_kind(text) == JSON_TEXT && !item->text && !(item->text = json_text(text)))
                result = -1;
        }
        free(id);
    }
    name_table_free(&relations);
    return result;
}

/* Does one of the post's relations with this entity have a label that implies its type? */
static bool type_is_implied(const struct post *post, const struct entity *entity)
{
    for (size_t i = 0; i < post->n_relations; i++) {
        const struct relation *relation = &post->relations[i];
        struct schema_name_part head, tail;
        if (!schema_split_relation(relation->type, &head, &tail))
            continue;
        if ((!strcmp(relation->head, entity->id) && schema_part_means(&head, entity->type)) ||
            (!strcmp(relation->tail, entity->id) && schema_part_means(&tail, entity->type)))
            return true;
    }
    return false;
}

static bool is_argument(const struct post *post, const struct entity *entity)
{
    for (size_t i = 0; i < post->n_relations; i++)
        if (!strcmp(post->relations[i].head, entity->id) || !strcmp(post->relations[i].tail, entity->id))
            return true;
    return false;
}

/* The entity before this one that lines cannot tell it from: the same tokens, and no other type. */
static const struct entity *twin_of(const struct post *post, const struct entity *entity)
{
    for (const struct entity *other = post->entities; other < entity; other++)
        if (other->start == entity->start && other->end == entity->end && is_argument(post, other) &&
            (!other->type || !entity->type || !strcmp(other->type, entity->type)))
            return other;
    return NULL;
}

/* Posts of one sentence and picture are one when they are read again. */
static int writer_name_double(struct mnre_writer *writer, const struct post *post)
{
    struct text key = {0};
    size_t index = (size_t)(post - writer->corpus->posts), before;
    put_key(&key, post->image && *post->image ? post->image : post->id, post->tokens, post->n_tokens);
    int failed = key.failed || text_list_add(&writer->keys, &writer->n_keys, key.bytes);
    text_free(&key);
    int entered = failed ? -1 : name_table_add(&writer->by_key, writer->keys[writer->n_keys - 1], index, &before);
    if (entered)
        return entered < 0 ? -1 : 0;
    const char *id = writer->corpus->posts[before].id;
    return loss_add(writer->losses, post, "a post of its own: words and picture are those of post %.*s",
                    utf8_head(id, 80), id);
}

static int writer_add_losses(struct mnre_writer *writer, const struct post *post)
{
    const char *image = post->image && *post->image ? post->image : NULL;
    if (!writer->losses)
        return 0;
    if (!post->n_relations)
        return loss_add(writer->losses, post, "left out: it has no relation, and MNRE is a list of relations");
    if (writer_name_double(writer, post))
        return -1;
    size_t stem = image ? corpus_image_stem_bytes(image) : 0;
    if (!writer->is_origin && image && (strncmp(post->id, image, stem) || post->id[stem]) &&
        loss_add(writer->losses, post, "its id (its picture is %.*s)", utf8_head(image, 100), image))
        return -1;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i], *twin = twin_of(post, entity);
        int lost = 0;
        if (!is_argument(post, entity))
            lost = loss_add(writer->losses, post, "entity %s stands in no relation", entity->id);
        else if (twin)
            lost = loss_add(writer->losses, post, "entity %s stands where %s does: one, when it is read again",
                            entity->id, twin->id);
        else if (entity->type && !type_is_implied(post, entity))
            lost = loss_add(writer->losses, post, "entity %s: no label implies its type %.*s", entity->id,
                            utf8_head(entity->type, 40), entity->type);
        if (lost)
            return -1;
    }
    return loss_add_unheld(writer->losses, post, HOLDS_TOKENS | HOLDS_ENTITIES | HOLDS_RELATIONS);
}

static int writer_add_post(struct mnre_writer *writer, size_t index)
{
    const struct post *post = &writer->corpus->posts[index];
    size_t first = writer->n_items;
    for (size_t i = 0; i < post->n_relations; i++)
        if (!writer_add_item(writer, index, i))
            return -1;
    if (writer->is_origin && writer_place_items(writer, post, first))
        return -1;
    /* A new pair follows the one before it in the post. */
    for (size_t i = first + 1; i < writer->n_items; i++)
        if (!writer->items[i].number)
            writer->items[i].number = writer->items[i - 1].number;
    return writer_add_losses(writer, post);
}

static int writer_add_blanks(struct mnre_writer *writer, struct json_value source)
{
    struct json_value list = json_member(source, "blank_lines"), item;
    size_t number;
    if (json_kind(list) != JSON_ARRAY)
        return 0;
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);) {
        if (!json_whole(item, &number) || !number)
            continue;
        struct mnre_item *blank = writer_add_item(writer, SIZE_MAX, 0);
        if (!blank)
            return -1;
        blank->number = number;
        writer->numbered = true;
    }
    return 0;
}

/* By line number, those without one last; then as they stand in the corpus. */
static int item_compare(const void *a, const void *b)
{
    const struct mnre_item *x = a, *y = b;
    size_t p = x->number - 1, q = y->number - 1; /* 0 wraps around to the end */
    if (p != q)
        return p < q ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static int put_item(const struct mnre_writer *writer, const struct mnre_item *item, struct text *out,
                    struct error *err)
{
    if (item->post == SIZE_MAX)
        return 0;
    const struct post *post = &writer->corpus->posts[item->post];
    const struct relation *relation = &post->relations[item->relation];
    const struct entity *head = post_entity_peek(post, relation->head), *tail = post_entity_peek(post, relation->tail);
    if (!head || !tail)
        return error_set(err, ERROR_INPUT, "%s: post %s: relation %s joins an entity that is not there",
                         writer->corpus->path, post->id, relation->id);
    struct mnre_line line = {
        .tokens = post->tokens,
        .n_tokens = post->n_tokens,
        .head.span = {head->start, head->end},
        .tail.span = {tail->start, tail->end},
        .image = post->image,
        .relation = relation->type,
    };
    if (item->text && mnre_line_put_changed(out, item->text, &line, writer->manner))
        return 0;
    if (!line.image || !*line.image)
        line.image = post->id;
    mnre_line_put(out, &line, writer->manner);
    return 0;
}

static int writer_put_items(const struct mnre_writer *writer, FILE *out, struct error *err)
{
    struct text text = {0};
    int result = 0;
    if (writer->style.bom)
        text_add(&text, "\xef\xbb\xbf");
    for (size_t i = 0; !result && i < writer->n_items; i++) {
        result = put_item(writer, &writer->items[i], &text, err);
        if (!writer->style.cut || i + 1 < writer->n_items)
            text_add(&text, writer->style.crlf ? "\r\n" : "\n");
        if (!result && text.failed)
            result = error_memory(err, writer->corpus->path);
        if (!result)
            fwrite(text.bytes ? text.bytes : "", 1, text.n, out);
        text_clear(&text);
    }
    text_free(&text);
    return result;
}

int mnre_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err)
{
    struct json_value source = json_value_of(corpus->source);
    struct mnre_writer writer = {.corpus = corpus, .losses = losses};
    int result = -1;
    if (json_text_is(json_member(source, "format"), "mnre")) {
        writer.is_origin = true;
        writer.style = line_style_get(source);
        for (int i = 0; i < N_MANNERS; i++)
            if (json_text_is(json_member(source, "manner"), manner_names[i]))
                writer.manner = (enum literal_manner)i;
    }
    for (size_t i = 0; i < corpus->n_posts; i++)
        if (writer_add_post(&writer, i))
            goto memory;
    if (writer.is_origin && writer_add_blanks(&writer, source))
        goto memory;
    if (writer.numbered)
        qsort(writer.items, writer.n_items, sizeof *writer.items, item_compare);
    result = writer_put_items(&writer, out, err);
    goto out;
memory:
    error_memory(err, corpus->path);
out:
    for (size_t i = 0; i < writer.n_items; i++)
        free(writer.items[i].text);
    free(writer.items);
    name_table_free(&writer.by_key);
    text_list_free(writer.keys, writer.n_keys);
    return result;
}
