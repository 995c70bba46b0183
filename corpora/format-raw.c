/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-raw.h"

#include "corpora/json.h"
#include "corpora/losses.h"
#include "corpora/names.h"
#include "corpora/text.h"
#include "corpora/tokenise.h"

#include <stdlib.h>
#include <string.h>

static const char *const image_names[] = {"image", "img_id", "image_id"};
enum { N_IMAGE_NAMES = sizeof image_names / sizeof *image_names };

/* The member that names the picture; absent where none does. */
static struct json_value image_member(struct json_value object)
{
    struct json_value value = {0};
    for (int i = 0; i < N_IMAGE_NAMES && !json_is_given(value); i++)
        value = json_member(object, image_names[i]);
    return value;
}

/* ---- Reading ---- */

struct raw_reader {
    const struct json_document *document;
    struct corpus *corpus;
    struct name_table ids; /* the value counts how often the id came again */
};

/* A name may be a number, too: its digits. *out is NULL where the member is absent, null or empty. */
static int read_name(struct raw_reader *reader, struct json_value value, const char *what, char **out,
                     struct error *err)
{
    *out = NULL;
    if (!json_is_given(value))
        return 0;
    if (json_kind(value) != JSON_TEXT && json_kind(value) != JSON_NUMBER)
        return json_error(reader->document, value.text, err, "%s is neither a string nor a number", what);
    *out = json_kind(value) == JSON_TEXT ? json_text(value) : strndup(value.text, value.n);
    if (!*out)
        return error_memory(err, reader->document->path);
    if (!**out) {
        free(*out);
        *out = NULL;
    }
    return 0;
}

/* The post's own id (NULL = none), its picture's name, or its line; made distinct where it comes again. */
static int make_id(struct raw_reader *reader, const struct post *post, const char *own, char **out)
{
    struct text id = {0};
    if (own)
        text_add(&id, own);
    else if (post->image && corpus_image_stem_bytes(post->image))
        text_add_bytes(&id, post->image, corpus_image_stem_bytes(post->image));
    else
        text_add_format(&id, "line-%zu", reader->document->first_line);
    struct name_slot *before = id.failed ? NULL : name_table_peek(&reader->ids, id.bytes);
    size_t stem = id.n;
    while (!id.failed && before && name_table_peek(&reader->ids, id.bytes)) {
        id.n = stem;
        text_add_format(&id, "#%zu", ++before->value);
    }
    return (*out = text_take(&id)) && name_table_add(&reader->ids, *out, 1, NULL) >= 0 ? 0 : -1;
}

static int put_source(struct post *post, const struct json_document *line, struct json_value object, bool own_id)
{
    static const char start[] = "{\"raw\": ";
    struct text source = {0};
    text_add(&source, start);
    json_put_value(&source, object);
    const char *usual = source.failed ? "" : source.bytes + sizeof start - 1;
    if (strlen(usual) != line->n || memcmp(usual, line->text, line->n)) { /* laid out in another way */
        json_put_name(&source, "line");
        json_put_text(&source, line->text);
    }
    if (!own_id) { /* what the writer need not write */
        json_put_name(&source, "id");
        json_put_text(&source, post->id);
    }
    text_add_char(&source, '}');
    return (post->source = text_take(&source)) ? 0 : -1;
}

static int read_post(struct raw_reader *reader, struct json_value object, struct post *post, struct error *err)
{
    const struct json_document *document = reader->document;
    struct json_value text = json_member(object, "text"), image = image_member(object);
    struct error reason;
    char *own = NULL, *string;
    if (json_kind(object) != JSON_OBJECT)
        return json_error(document, object.text, err, "a post is not an object");
    if (json_kind(text) != JSON_TEXT)
        return json_error(document, object.text, err, "a post without a string \"text\"");
    if (!(string = json_text(text)))
        return error_memory(err, document->path);
    int failed = tokenise_post(post, string, &reason);
    free(string);
    if (failed)
        return reason.kind == ERROR_INPUT ? json_error(document, text.text, err, "%s", reason.message)
                                          : error_memory(err, document->path);
    if (read_name(reader, image, "the picture's name", &post->image, err) ||
        read_name(reader, json_member(object, "id"), "id", &own, err))
        return -1;
    failed = make_id(reader, post, own, &post->id) ||
             put_source(post, document, object, own && !strcmp(own, post->id));
    free(own);
    return failed ? error_memory(err, document->path) : 0;
}

static int read_line(struct raw_reader *reader, struct error *err)
{
    struct corpus *corpus = reader->corpus;
    struct json_value value;
    struct post *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return error_memory(err, corpus->path);
    corpus->posts = grown;
    grown[corpus->n_posts] = (struct post){0};
    if (json_document_check(reader->document, &value, err) ||
        read_post(reader, value, &grown[corpus->n_posts], err)) {
        post_free(&grown[corpus->n_posts]);
        return -1;
    }
    corpus->n_posts++;
    return 0;
}

int raw_read(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct json_document document = {.path = corpus->path};
    struct raw_reader reader = {.document = &document, .corpus = corpus};
    struct text source = {0};
    char *line;
    int got;
    input->mixed_ends = true;
    while ((got = line_reader_next(input, &line, &document.n, err)) > 0) {
        document.text = line;
        document.first_line = input->number;
        if (document.n != strspn(line, " \t\r") && (got = read_line(&reader, err)) < 0)
            break;
    }
    name_table_free(&reader.ids);
    if (!got && !corpus->n_posts)
        got = line_error(input, err, "the file is empty");
    if (!got) {
        text_add(&source, "{\"format\": \"raw\"");
        line_style_put(&source, &input->style);
        text_add_char(&source, '}');
        if (!(corpus->source = text_take(&source)) || schema_arrange(&corpus->schema))
            got = error_memory(err, corpus->path);
    }
    return got;
}

/* ---- Writing ---- */

/* What a member of the object is to say now; NULL = what it says. */
struct raw_values {
    const char *id, *image, *text;
};

/* Does the value say so already? A number says its digits. */
static int says(struct json_value value, const char *wanted)
{
    if (json_kind(value) != JSON_TEXT)
        return json_kind(value) == JSON_NUMBER && value.n == strlen(wanted) && !memcmp(value.text, wanted, value.n);
    char *text = json_text(value);
    int same = text ? !strcmp(text, wanted) : -1;
    free(text);
    return same;
}

static void put_member(struct text *out, const char *name, const char *value)
{
    if (!value)
        return;
    json_put_name(out, name);
    json_put_text(out, value);
}

/* The object as it came, with other values. */
static int put_changed(struct text *out, struct json_value object, struct raw_values values)
{
    struct json_value name, value, image = image_member(object);
    text_add_char(out, '{');
    for (struct json_walk walk = json_walk(object); json_next_member(&walk, &name, &value);) {
        const char *wanted = NULL;
        const char **slot = json_text_is(name, "id")     ? &values.id
                            : json_text_is(name, "text") ? &values.text
                            : value.text == image.text   ? &values.image
                                                         : NULL;
        if (slot) {
            wanted = *slot;
            *slot = NULL;
        }
        int same = wanted ? says(value, wanted) : 1;
        if (same < 0)
            return -1;
        text_add(out, out->bytes[out->n - 1] == '{' ? "" : ", ");
        json_put_value(out, name);
        text_add(out, ": ");
        if (same)
            json_put_value(out, value);
        else
            json_put_text(out, wanted);
        if (out->failed)
            return -1;
    }
    put_member(out, "id", values.id);
    put_member(out, "text", values.text);
    put_member(out, "image", values.image);
    return 0;
}

/* Does the object that the post came from still say all of it? */
static int is_unchanged(struct json_value object, struct raw_values values)
{
    struct json_value image = image_member(object);
    int same = says(json_member(object, "text"), values.text);
    if (same > 0 && values.id)
        same = says(json_member(object, "id"), values.id);
    if (same > 0 && values.image)
        same = says(image, values.image);
    return same;
}

static int put_post(const struct post *post, bool is_origin, struct text *out)
{
    struct json_value source = is_origin ? json_value_of(post->source) : (struct json_value){0};
    struct json_value object = json_member(source, "raw");
    char *text = tokenise_text_of(post);
    struct raw_values values = {.text = text, .image = post->image};
    int result = -1;
    if (!text)
        return -1;
    if (!json_text_is(json_member(source, "id"), post->id))
        values.id = post->id;
    int same = json_kind(object) == JSON_OBJECT ? is_unchanged(object, values) : 0;
    if (same > 0 && !post->extra) {
        struct json_value as_it_was = json_member(source, "line");
        char *line = json_kind(as_it_was) == JSON_TEXT ? json_text(as_it_was) : NULL;
        if (line)
            text_add(out, line);
        else
            json_put_value(out, object);
        free(line);
        result = 0;
    } else if (!same || post->extra) {
        static const struct json_value nothing = {"{}", 2};
        result = put_changed(out, json_kind(object) == JSON_OBJECT ? object : nothing, values);
        json_put_extra(out, post->extra);
        text_add_char(out, '}');
    }
    free(text);
    return result;
}

static int add_losses(const struct post *post, bool is_origin, struct loss_list *losses)
{
    char *text = losses ? tokenise_text_of(post) : NULL;
    if (!losses)
        return 0;
    int same = text ? tokenise_gives(post, text) : -1;
    free(text);
    if (same < 0 || (!same && loss_add(losses, post, "its tokens: the text, read again, has others")))
        return -1;
    return loss_add_unheld(losses, post,
                           HOLDS_TOKENS | HOLDS_TEXT | HOLDS_MEMBERS | (is_origin ? HOLDS_SOURCE : 0));
}

int raw_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err)
{
    struct json_value source = json_value_of(corpus->source);
    bool is_origin = json_text_is(json_member(source, "format"), "raw");
    struct line_style style = is_origin ? line_style_get(source) : (struct line_style){0};
    struct text text = {0};
    int result = 0;
    if (style.bom)
        text_add(&text, "\xef\xbb\xbf");
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        result = put_post(post, is_origin, &text) || add_losses(post, is_origin, losses) ? -1 : 0;
        if (i + 1 < corpus->n_posts || !style.cut)
            text_add(&text, style.crlf ? "\r\n" : "\n");
        if (text.failed)
            result = -1;
        if (!result)
            fwrite(text.bytes, 1, text.n, out);
        text_clear(&text);
    }
    text_free(&text);
    return result ? error_memory(err, corpus->path) : 0;
}
