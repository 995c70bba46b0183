/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-conll.h"

#include "corpora/json.h"
#include "corpora/losses.h"
#include "corpora/names.h"
#include "corpora/post-json.h"
#include "corpora/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header_start[] = "IMGID:";
enum { HEADER_START_BYTES = sizeof header_start - 1 };

/* ---- Reading ---- */

struct conll_reader {
    struct line_reader *input;
    struct corpus *corpus;
    struct post *post;     /* the one that lines are added to; NULL before the first */
    struct text source;    /* members of its source */
    struct text orphans;   /* numbers for its source */
    size_t n_blank;        /* blank lines since its last line, or at the start of the file */
    size_t n_leading;      /* blank lines before the first post */
    struct name_table ids; /* of all posts; the value counts how often the id came again */
    bool open;             /* the last token is inside an entity, the post's last */
};

static int conll_memory(struct conll_reader *reader, struct error *err)
{
    return error_memory(err, reader->corpus->path);
}

/* Hands the post its source, and starts a new count of blank lines. */
static int reader_close_post(struct conll_reader *reader, bool last, struct error *err)
{
    struct post *post = reader->post;
    if (!post) {
        reader->n_leading = reader->n_blank;
        reader->n_blank = 0;
        return 0;
    }
    if (reader->n_blank != 1 && !last) {
        json_put_name(&reader->source, "blank_lines");
        text_add_format(&reader->source, "%zu", reader->n_blank);
    }
    if (reader->orphans.n) {
        json_put_name(&reader->source, "orphans");
        text_add_format(&reader->source, "[%s]", reader->orphans.bytes);
    }
    if (reader->source.n > 1) {
        text_add_char(&reader->source, '}');
        if (text_copy(reader->source.bytes, &post->source))
            return conll_memory(reader, err);
    }
    if (reader->source.failed || reader->orphans.failed)
        return conll_memory(reader, err);
    if (!last)
        reader->n_blank = 0;
    return 0;
}

/* An id that no other post has: the wanted one, or "ID#2", "ID#3"... for a picture that comes again. */
static int reader_new_id(struct conll_reader *reader, const char *wanted, char **out)
{
    struct name_slot *before = name_table_peek(&reader->ids, wanted);
    struct text id = {0};
    text_add(&id, wanted);
    while (!id.failed && before && name_table_peek(&reader->ids, id.bytes)) {
        text_clear(&id);
        text_add_format(&id, "%s#%zu", wanted, ++before->value);
    }
    return (*out = text_take(&id)) ? 0 : -1;
}

/* Starts a post; imgid NULL = there is no IMGID line. */
static int reader_open_post(struct conll_reader *reader, const char *imgid, struct error *err)
{
    struct corpus *corpus = reader->corpus;
    if (reader_close_post(reader, false, err))
        return -1;
    struct post *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return conll_memory(reader, err);
    corpus->posts = grown;
    struct post *post = reader->post = &grown[corpus->n_posts++];
    *post = (struct post){0};
    text_clear(&reader->source);
    text_clear(&reader->orphans);
    text_add_char(&reader->source, '{');
    reader->open = false;

    char number[32];
    snprintf(number, sizeof number, "post-%zu", corpus->n_posts);
    const char *wanted = imgid && *imgid ? imgid : number;
    if (reader_new_id(reader, wanted, &post->id) || name_table_add(&reader->ids, post->id, 1, NULL) < 0 ||
        (imgid && *imgid && text_copy(imgid, &post->image)))
        return conll_memory(reader, err);
    if (!imgid) {
        json_put_name(&reader->source, "imgid");
        text_add(&reader->source, "null");
    } else if (strcmp(imgid, post->id)) {
        json_put_name(&reader->source, "imgid");
        json_put_text(&reader->source, imgid);
    }
    return 0;
}

static int reader_add_entity(struct conll_reader *reader, const char *type, bool orphan, struct error *err)
{
    struct post *post = reader->post;
    struct schema *schema = &reader->corpus->schema;
    char id[32];
    struct entity *grown = array_grow(post->entities, post->n_entities, sizeof *grown);
    if (!grown)
        return conll_memory(reader, err);
    post->entities = grown;
    snprintf(id, sizeof id, "e%zu", post->n_entities + 1);
    struct entity *entity = &grown[post->n_entities++];
    *entity = (struct entity){
        .start = post->n_tokens - 1,
        .end = post->n_tokens,
        .origin = {.source = SOURCE_IMPORT, .has_source = true},
    };
    if (orphan)
        text_add_format(&reader->orphans, "%s%zu", reader->orphans.n ? ", " : "", entity->start);
    if (text_copy(id, &entity->id) || text_copy(type, &entity->type) || schema_add_entity(schema, type))
        return conll_memory(reader, err);
    if (schema->n_entities > SCHEMA_NAMES_MAX)
        return line_error(reader->input, err, "more than %d entity types", SCHEMA_NAMES_MAX);
    return 0;
}

/* The tag of the post's last token. */
static int reader_add_tag(struct conll_reader *reader, const char *tag, struct error *err)
{
    struct post *post = reader->post;
    if (!strcmp(tag, "O")) {
        reader->open = false;
        return 0;
    }
    if ((tag[0] != 'B' && tag[0] != 'I') || tag[1] != '-' || !tag[2])
        return line_error(reader->input, err, "tag \"%.*s\" is not O, B-TYPE or I-TYPE", utf8_head(tag, 40), tag);
    const struct entity *last = reader->open ? &post->entities[post->n_entities - 1] : NULL;
    bool continues = tag[0] == 'I' && last && !strcmp(last->type, tag + 2);
    reader->open = true;
    if (!continues)
        return reader_add_entity(reader, tag + 2, tag[0] == 'I', err);
    post->entities[post->n_entities - 1].end++;
    return 0;
}

static int reader_add_token(struct conll_reader *reader, char *line, struct error *err)
{
    char *tag = strchr(line, '\t');
    if (!tag)
        return line_error(reader->input, err, "one column where a token, a TAB and a tag are expected");
    if (strchr(tag + 1, '\t'))
        return line_error(reader->input, err, "more than two columns");
    *tag++ = '\0';
    const char *fault = post_token_fault(line, strlen(line));
    if (fault)
        return line_error(reader->input, err, "the token is %s", fault);
    if ((!reader->post || reader->n_blank) && reader_open_post(reader, NULL, err))
        return -1;
    if (text_list_add(&reader->post->tokens, &reader->post->n_tokens, line))
        return conll_memory(reader, err);
    return reader_add_tag(reader, tag, err);
}

/* What is odd about the file as a whole. */
static int reader_finish(struct conll_reader *reader, struct error *err)
{
    struct text source = {0};
    if (reader_close_post(reader, true, err))
        return -1;
    if (!reader->corpus->n_posts)
        return line_error(reader->input, err, "the file is empty");
    text_add(&source, "{\"format\": \"conll\"");
    line_style_put(&source, &reader->input->style);
    if (reader->n_leading)
        text_add_format(&source, ", \"leading_blank_lines\": %zu", reader->n_leading);
    if (reader->n_blank != 1)
        text_add_format(&source, ", \"final_blank_lines\": %zu", reader->n_blank);
    text_add_char(&source, '}');
    if (!(reader->corpus->source = text_take(&source)) || schema_arrange(&reader->corpus->schema))
        return conll_memory(reader, err);
    return 0;
}

int conll_read(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct conll_reader reader = {.input = input, .corpus = corpus};
    char *line;
    size_t n;
    int got;
    while ((got = line_reader_next(input, &line, &n, err)) > 0) {
        if (!n)
            reader.n_blank++;
        else if (!strncmp(line, header_start, HEADER_START_BYTES) && !strchr(line, '\t'))
            got = reader_open_post(&reader, line + HEADER_START_BYTES, err);
        else
            got = reader_add_token(&reader, line, err);
        if (got < 0)
            break;
    }
    if (!got)
        got = reader_finish(&reader, err);
    name_table_free(&reader.ids);
    text_free(&reader.source);
    text_free(&reader.orphans);
    return got;
}

/* ---- Writing ---- */

static bool conll_is_origin(const struct corpus *corpus)
{
    struct json_value format = json_member(json_value_of(corpus->source), "format");
    return json_text_is(format, "conll") || json_text_is(format, "gmner");
}

/* A number of blank lines that the source has, or the usual one. */
static size_t blank_lines(struct json_value source, const char *name, size_t usual)
{
    size_t n;
    return json_whole(json_member(source, name), &n) && n < LINE_MAX_BYTES ? n : usual;
}

static bool is_decided(const struct entity *entity)
{
    return entity->origin.source != SOURCE_IMPORT || entity->origin.decision != DECISION_NONE;
}

static int orphans_of(const struct post *post, struct json_value source, const char *path, bool **out,
                      struct error *err)
{
    struct json_value list = json_member(source, "orphans"), item;
    size_t start;
    *out = NULL;
    if (json_kind(list) != JSON_ARRAY || !post->n_tokens)
        return 0;
    if (!(*out = calloc(post->n_tokens, sizeof **out)))
        return error_memory(err, path);
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item);)
        if (json_whole(item, &start) && start < post->n_tokens)
            (*out)[start] = true;
    for (size_t i = 0; i < post->n_entities; i++)
        if (is_decided(&post->entities[i]))
            (*out)[post->entities[i].start] = false;
    return 0;
}

int conll_orphans(const struct corpus *corpus, const struct post *post, bool **out, struct error *err)
{
    *out = NULL;
    return post->source && conll_is_origin(corpus)
               ? orphans_of(post, json_value_of(post->source), corpus->path, out, err)
               : 0;
}

int conll_imgid(const struct corpus *corpus, const struct post *post, char **out)
{
    struct json_value imgid = {0};
    if (post->source && conll_is_origin(corpus))
        imgid = json_member(json_value_of(post->source), "imgid");
    *out = json_kind(imgid) == JSON_TEXT ? json_text(imgid) : strdup(post->id);
    return *out ? 0 : -1;
}

struct conll_writer {
    const struct corpus *corpus;
    struct loss_list *losses;
    unsigned holds; /* enum loss_holds: what needs no mention, since it is written here or elsewhere */
    struct line_style style;
    bool is_origin; /* the corpus came from CoNLL: sources say how */
    bool begun;     /* a line was written */
    struct text text;
    const struct entity **cover; /* [capacity] the entity that is written on each token of a post */
    size_t capacity;
};

/* Line ends come before lines, since the last line may have none. */
static void put_line_end(struct conll_writer *writer)
{
    if (writer->begun)
        text_add(&writer->text, writer->style.crlf ? "\r\n" : "\n");
    writer->begun = true;
}

static void put_blank_lines(struct conll_writer *writer, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_line_end(writer);
}

/* Would the text end its column or line too early? A "\r" does where a line end follows it. */
static bool breaks_line(const char *text, bool last_column)
{
    size_t n = strlen(text);
    return strpbrk(text, "\t\n") || (last_column && n && text[n - 1] == '\r');
}

/* Copies text into a line; what would end the column or line becomes blanks. */
static void put_column(struct conll_writer *writer, const char *column, bool last_column)
{
    size_t from = writer->text.n;
    text_add(&writer->text, column);
    if (!writer->text.failed && breaks_line(column, last_column))
        for (char *p = writer->text.bytes + from; *p; p++)
            if (strchr(last_column ? "\t\n\r" : "\t\n", *p))
                *p = ' ';
}

static int put_header(struct conll_writer *writer, const struct post *post, struct json_value source)
{
    struct json_value imgid = json_member(source, "imgid");
    if (json_kind(imgid) == JSON_NULL && post->n_tokens)
        return 0;
    char *from_source = json_kind(imgid) == JSON_TEXT ? json_text(imgid) : NULL;
    if (!from_source && json_kind(imgid) == JSON_TEXT)
        return -1;
    const char *name = from_source ? from_source : post->id;
    int result = 0;
    put_line_end(writer);
    text_add(&writer->text, header_start);
    put_column(writer, name, true);
    if (breaks_line(name, true))
        result = loss_add(writer->losses, post, "its id has a TAB or line break: written as a blank");
    size_t stem = post->image ? corpus_image_stem_bytes(post->image) : 0;
    if (!result && stem && strcmp(post->image, name) && (strncmp(post->image, name, stem) || name[stem]))
        result = loss_add(writer->losses, post, "the name of its picture, %.*s", utf8_head(post->image, 100),
                          post->image);
    free(from_source);
    return result;
}

/* Lays the entities over the tokens, first come first served. */
static int cover_tokens(struct conll_writer *writer, const struct post *post, struct error *err)
{
    if (writer->capacity < post->n_tokens) {
        const struct entity **cover = realloc(writer->cover, post->n_tokens * sizeof *cover);
        if (!cover)
            return error_memory(err, writer->corpus->path);
        writer->cover = cover;
        writer->capacity = post->n_tokens;
    }
    for (size_t i = 0; i < post->n_tokens; i++)
        writer->cover[i] = NULL;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i], *other = NULL;
        int lost = 0;
        for (size_t k = entity->start; k < entity->end && !other; k++)
            other = writer->cover[k];
        if (!entity->type)
            lost = loss_add(writer->losses, post, "entity %s has no type", entity->id);
        else if (breaks_line(entity->type, true))
            lost = loss_add(writer->losses, post, "entity %s has a type with a TAB or line break", entity->id);
        else if (other)
            lost = loss_add(writer->losses, post, "entity %s overlaps %s", entity->id, other->id);
        else
            for (size_t k = entity->start; k < entity->end; k++)
                writer->cover[k] = entity;
        if (lost)
            return error_memory(err, writer->corpus->path);
    }
    return 0;
}

static int put_tokens(struct conll_writer *writer, const struct post *post, const bool *orphans)
{
    const struct entity *last = NULL;
    for (size_t i = 0; i < post->n_tokens; last = writer->cover[i++]) {
        const struct entity *entity = writer->cover[i];
        put_line_end(writer);
        put_column(writer, post->tokens[i], false);
        text_add_char(&writer->text, '\t');
        if (breaks_line(post->tokens[i], false) &&
            loss_add(writer->losses, post, "token %zu has a TAB or line break: written as a blank", i))
            return -1;
        if (!entity) {
            text_add_char(&writer->text, 'O');
            continue;
        }
        /* An orphan that would now continue what stands before it must not. */
        bool inside = entity == last || (orphans && orphans[i] && !(last && !strcmp(last->type, entity->type)));
        text_add(&writer->text, inside ? "I-" : "B-");
        text_add(&writer->text, entity->type);
    }
    return 0;
}

static int put_post(struct conll_writer *writer, const struct post *post, bool last, struct error *err)
{
    struct json_value source = writer->is_origin ? json_value_of(post->source) : (struct json_value){0};
    bool *orphans = NULL;
    int result = -1;
    if (cover_tokens(writer, post, err) || orphans_of(post, source, writer->corpus->path, &orphans, err))
        goto out;
    if (put_header(writer, post, source) || put_tokens(writer, post, orphans) ||
        loss_add_unheld(writer->losses, post, writer->holds)) {
        error_memory(err, writer->corpus->path);
        goto out;
    }
    if (!last)
        put_blank_lines(writer, blank_lines(source, "blank_lines", 1));
    result = 0;
out:
    free(orphans);
    return result;
}

int conll_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err)
{
    return conll_write_beside(corpus, out, 0, losses, err);
}

int conll_write_beside(const struct corpus *corpus, FILE *out, unsigned held, struct loss_list *losses,
                       struct error *err)
{
    struct json_value source = conll_is_origin(corpus) ? json_value_of(corpus->source) : (struct json_value){0};
    struct conll_writer writer = {
        .corpus = corpus,
        .losses = losses,
        .holds = HOLDS_TOKENS | HOLDS_ENTITIES | held,
        .is_origin = source.text,
        .style = line_style_get(source),
    };
    int result = 0;
    if (writer.style.bom)
        text_add(&writer.text, "\xef\xbb\xbf");
    put_blank_lines(&writer, blank_lines(source, "leading_blank_lines", 0));
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        result = put_post(&writer, &corpus->posts[i], i + 1 == corpus->n_posts, err);
        if (!result && writer.text.failed)
            result = error_memory(err, corpus->path);
        if (!result && writer.text.n)
            fwrite(writer.text.bytes, 1, writer.text.n, out);
        text_clear(&writer.text);
    }
    if (!result && corpus->n_posts) {
        put_blank_lines(&writer, blank_lines(source, "final_blank_lines", 1));
        if (!writer.style.cut)
            put_line_end(&writer);
        result = writer.text.failed ? error_memory(err, corpus->path) : 0;
        fwrite(writer.text.bytes ? writer.text.bytes : "", 1, writer.text.n, out);
    }
    text_free(&writer.text);
    free(writer.cover);
    return result;
}
