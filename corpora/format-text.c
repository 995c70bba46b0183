/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-text.h"

#include "corpora/json.h"
#include "corpora/losses.h"
#include "corpora/text.h"
#include "corpora/tokenise.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

/* A line that is no post, for the corpus's source: [number] or [number, "what it is"]. */
static void add_blank(struct text *blanks, size_t number, const char *line)
{
    text_add_format(blanks, "%s[%zu", blanks->n ? ", " : "", number);
    if (*line) {
        text_add(blanks, ", ");
        json_put_text(blanks, line);
    }
    text_add_char(blanks, ']');
}

static int read_line(struct line_reader *input, const char *line, struct corpus *corpus, struct text *blanks,
                     struct error *err)
{
    char id[32];
    struct error reason;
    struct post post = {0}, *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return error_memory(err, corpus->path);
    corpus->posts = grown;
    snprintf(id, sizeof id, "line-%zu", input->number);
    if (tokenise_post(&post, line, &reason)) {
        post_free(&post);
        return reason.kind == ERROR_INPUT ? line_error(input, err, "%s", reason.message)
                                          : error_memory(err, corpus->path);
    }
    if (!post.n_tokens) {
        add_blank(blanks, input->number, line);
        post_free(&post);
        return 0;
    }
    if (text_copy(id, &post.id)) {
        post_free(&post);
        return error_memory(err, corpus->path);
    }
    grown[corpus->n_posts++] = post;
    return 0;
}

int text_read(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct text blanks = {0}, source = {0};
    char *line;
    size_t n;
    int got;
    while ((got = line_reader_next(input, &line, &n, err)) > 0)
        if ((got = read_line(input, line, corpus, &blanks, err)) < 0)
            break;
    if (!got && !corpus->n_posts)
        got = line_error(input, err, "the file is empty");
    if (!got) {
        text_add(&source, "{\"format\": \"text\"");
        line_style_put(&source, &input->style);
        if (blanks.n)
            text_add_format(&source, ", \"blank_lines\": [%s]", blanks.bytes);
        text_add_char(&source, '}');
        if (blanks.failed || !(corpus->source = text_take(&source)) || schema_arrange(&corpus->schema))
            got = error_memory(err, corpus->path);
    }
    text_free(&blanks);
    text_free(&source);
    return got;
}

/* ---- Writing ---- */

struct text_writer {
    FILE *out;
    struct loss_list *losses;
    struct line_style style;
    struct json_walk blanks; /* those that are still to be written */
    struct json_value blank; /* the next of them; absent = none */
    size_t number;           /* of the line that was written last */
};

/* Line ends come before lines, since the last line may have none. */
static void begin_line(struct text_writer *writer)
{
    if (writer->number++)
        fputs(writer->style.crlf ? "\r\n" : "\n", writer->out);
}

static void next_blank(struct text_writer *writer)
{
    struct json_value item;
    writer->blank = writer->blanks.at && json_next_item(&writer->blanks, &item) ? item : (struct json_value){0};
}

/* Writes the blank lines that stand before the next post, or (at the end) all the rest of them. */
static int put_blanks(struct text_writer *writer, bool at_end)
{
    while (writer->blank.text) {
        struct json_value number = {0}, line = {0};
        size_t wanted;
        if (json_kind(writer->blank) == JSON_ARRAY) {
            struct json_walk walk = json_walk(writer->blank);
            if (json_next_item(&walk, &number))
                json_next_item(&walk, &line);
        }
        if (json_whole(number, &wanted) && wanted > writer->number + 1 && !at_end)
            break;
        begin_line(writer);
        if (json_kind(line) == JSON_TEXT) {
            char *text = json_text(line);
            if (!text)
                return -1;
            fputs(text, writer->out);
            free(text);
        }
        next_blank(writer);
    }
    return 0;
}

/* What would end the line too early becomes a blank. */
static int put_line(struct text_writer *writer, const struct post *post, char *line)
{
    size_t n = strlen(line);
    bool broken = strchr(line, '\n') || (n && line[n - 1] == '\r');
    for (char *p = line; broken && *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    if (broken && loss_add(writer->losses, post, "its text has line breaks: written as blanks"))
        return -1;
    int same = tokenise_gives(post, line);
    if (same < 0 || (!same && loss_add(writer->losses, post, "its tokens: the line, read again, has others")))
        return -1;
    begin_line(writer);
    fputs(line, writer->out);
    return 0;
}

static int put_post(struct text_writer *writer, const struct post *post)
{
    char *line = tokenise_text_of(post);
    int result = line ? 0 : -1;
    if (!result && !post->n_tokens)
        result = loss_add(writer->losses, post, "left out: it has no words");
    else if (!result && !(result = put_blanks(writer, false)))
        result = put_line(writer, post, line);
    free(line);
    if (!result)
        result = loss_add_id(writer->losses, post);
    if (!result && post->image)
        result = loss_add(writer->losses, post, "its picture, %.*s", utf8_head(post->image, 100), post->image);
    return result ? result : loss_add_unheld(writer->losses, post, HOLDS_TOKENS | HOLDS_TEXT);
}

int text_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err)
{
    struct json_value source = json_value_of(corpus->source), blanks;
    struct text_writer writer = {.out = out, .losses = losses};
    int result = 0;
    if (json_text_is(json_member(source, "format"), "text")) {
        writer.style = line_style_get(source);
        blanks = json_member(source, "blank_lines");
        if (json_kind(blanks) == JSON_ARRAY)
            writer.blanks = json_walk(blanks);
    }
    next_blank(&writer);
    if (writer.style.bom)
        fputs("\xef\xbb\xbf", out);
    for (size_t i = 0; !result && i < corpus->n_posts; i++)
        result = put_post(&writer, &corpus->posts[i]);
    if (!result)
        result = put_blanks(&writer, true);
    if (!result && writer.number && !writer.style.cut)
        fputs(writer.style.crlf ? "\r\n" : "\n", out);
    return result ? error_memory(err, corpus->path) : 0;
}
