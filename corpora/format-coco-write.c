/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/coco-parts.h"
#include "corpora/format-coco.h"
#include "corpora/losses.h"
#include "corpora/picture-head.h"
#include "corpora/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An annotation to write: one of a post's objects, or one that has no box. */
struct coco_item {
    size_t post, object; /* indices; object SIZE_MAX = has no box */
    struct json_value annotation; /* that it came from, in the corpus or in parsed; absent = new */
    size_t place;    /* in the file that it came from, 0 = not said */
    size_t sequence; /* in the corpus */
};

/* A category's name and id. */
struct coco_category {
    char *name, *id; /* id as JSON text */
};

struct coco_writer {
    const struct corpus *corpus;
    struct loss_list *losses;
    bool is_origin, results;
    struct json_value source; /* the corpus's */
    char *images;             /* folder of the pictures */
    struct coco_item *items;
    size_t n_items;
    struct coco_category *categories;
    size_t n_categories, n_old_categories;
    char **image_ids; /* [n_posts] JSON text; NULL = the post is left out */
    size_t next_annotation, next_category, next_image;
    struct text text;
};

static void note_id(struct json_value id, size_t *next)
{
    size_t number;
    if (json_whole(id, &number) && number >= *next)
        *next = number + 1;
}

static void put_member(struct text *out, struct json_value name, struct json_value value)
{
    text_add(out, out->n && out->bytes[out->n - 1] == '{' ? "" : ", ");
    json_put_value(out, name);
    text_add(out, ": ");
    json_put_value(out, value);
}

static char *json_of(struct json_value value)
{
    struct text text = {0};
    json_put_value(&text, value);
    return text_take(&text);
}

static struct json_value image_of(const struct coco_writer *writer, const struct post *post)
{
    struct json_value image = {0};
    if (writer->is_origin && post->source)
        image = json_member(json_value_of(post->source), "image");
    return json_kind(image) == JSON_OBJECT && coco_is_id(json_member(image, "id")) ? image : (struct json_value){0};
}

/* ---- What there is to write ---- */

static int add_item(struct coco_writer *writer, size_t post, size_t object, struct json_value kept)
{
    struct json_value annotation = json_member(kept, "coco");
    struct coco_item *grown = array_grow(writer->items, writer->n_items, sizeof *grown);
    if (!grown)
        return -1;
    writer->items = grown;
    struct coco_item *item = &grown[writer->n_items], *before = writer->n_items ? item - 1 : NULL;
    *item = (struct coco_item){.post = post, .object = object, .sequence = writer->n_items++};
    if (json_kind(annotation) == JSON_OBJECT) {
        item->annotation = annotation;
        note_id(json_member(annotation, "id"), &writer->next_annotation);
        if (!json_whole(json_member(kept, "place"), &item->place))
            item->place = 0;
    } else if (before && before->post == post) { /* a new one follows the one before it */
        item->place = before->place;
    }
    return 0;
}

static int collect_post(struct coco_writer *writer, size_t index)
{
    const struct post *post = &writer->corpus->posts[index];
    struct json_value image = image_of(writer, post), item;
    if (image.text) {
        if (!(writer->image_ids[index] = json_of(json_member(image, "id"))))
            return -1;
        note_id(json_member(image, "id"), &writer->next_image);
    } else if (!post->image || !*post->image) {
        return loss_add(writer->losses, post, "left out: it has no picture");
    } else if (writer->results) {
        return loss_add(writer->losses, post, "left out: the file has no images");
    }
    for (size_t i = 0; i < post->n_objects; i++)
        if (add_item(writer, index, i,
                     writer->is_origin ? json_value_of(post->objects[i].extra) : (struct json_value){0}))
            return -1;
    struct json_value others = {0};
    if (image.text)
        others = json_member(json_value_of(post->source), "others");
    if (json_kind(others) == JSON_ARRAY)
        for (struct json_walk walk = json_walk(others); json_next_item(&walk, &item);)
            if (json_kind(json_member(item, "coco")) == JSON_OBJECT && add_item(writer, index, SIZE_MAX, item))
                return -1;
    return 0;
}

/* Ids of images that are new come behind all others. */
static int number_images(struct coco_writer *writer)
{
    for (size_t i = 0; i < writer->corpus->n_posts; i++) {
        const struct post *post = &writer->corpus->posts[i];
        struct text id = {0};
        if (writer->image_ids[i] || writer->results || !post->image || !*post->image)
            continue;
        text_add_format(&id, "%zu", writer->next_image++);
        if (!(writer->image_ids[i] = text_take(&id)))
            return -1;
    }
    return 0;
}

static int add_category(struct coco_writer *writer, const char *name, struct json_value id)
{
    struct coco_category *grown = array_grow(writer->categories, writer->n_categories, sizeof *grown);
    if (!grown)
        return -1;
    writer->categories = grown;
    struct coco_category *category = &grown[writer->n_categories];
    struct text number = {0};
    if (!id.text)
        text_add_format(&number, "%zu", writer->next_category++);
    *category = (struct coco_category){strdup(name), id.text ? json_of(id) : text_take(&number)};
    if (category->name && category->id) {
        writer->n_categories++;
        return 0;
    }
    free(category->name);
    free(category->id);
    return -1;
}

static int collect_categories(struct coco_writer *writer)
{
    struct json_value list = json_member(writer->source, "categories"), category;
    writer->next_category = 1;
    if (json_kind(list) != JSON_ARRAY)
        return 0;
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &category);) {
        struct json_value id = json_member(category, "id"), name = json_member(category, "name");
        if (!coco_is_id(id) || json_kind(name) != JSON_TEXT)
            continue;
        note_id(id, &writer->next_category);
        char *text = json_text(name);
        int failed = !text || add_category(writer, text, id);
        free(text);
        if (failed)
            return -1;
    }
    writer->n_old_categories = writer->n_categories;
    return 0;
}

/* By place, those without one last; then as they stand in the corpus. */
static int item_compare(const void *a, const void *b)
{
    const struct coco_item *x = a, *y = b;
    size_t p = x->place - 1, q = y->place - 1; /* 0 wraps around to the end */
    if (p != q)
        return p < q ? -1 : 1;
    return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* ---- Annotations ---- */

/* What an annotation is to say now. */
struct coco_values {
    const struct object *object;
    const char *category; /* JSON text; NULL = as it is */
    bool moved;           /* the box is another */
    bool scored;          /* the score is another */
};

/* Is this category the one that the label says? */
static int says_label(const struct coco_writer *writer, struct json_value category, const char *label)
{
    char *id = coco_is_id(category) ? json_of(category) : NULL, *key = id ? coco_key(category) : NULL;
    const char *name = key;
    if (!id)
        return !json_is_given(category) && !label;
    for (size_t i = 0; i < writer->n_old_categories; i++)
        if (!strcmp(writer->categories[i].id, id))
            name = writer->categories[i].name;
    int same = !key ? -1 : label && !strcmp(name, label);
    free(id);
    free(key);
    return same;
}

/* The category of a label, which may be new. NULL where results have none of that name, and without memory. */
static const char *category_of(struct coco_writer *writer, const char *label)
{
    for (size_t i = 0; i < writer->n_categories; i++)
        if (!strcmp(writer->categories[i].name, label))
            return writer->categories[i].id;
    static const struct json_value none;
    if (add_category(writer, label, none))
        return NULL;
    return writer->categories[writer->n_categories - 1].id;
}

/* Results have no list of categories: a label there is a number. */
static bool is_number(const char *label)
{
    return *label >= '1' && *label <= '9' && strspn(label, "0123456789") == strlen(label) && strlen(label) < 16;
}

static int settle_category(struct coco_writer *writer, const struct coco_item *item, struct coco_values *values)
{
    const struct post *post = &writer->corpus->posts[item->post];
    const struct object *object = values->object;
    struct json_value category = json_member(item->annotation, "category_id");
    int same = says_label(writer, category, object->label);
    if (same && (item->annotation.text || same < 0))
        return same < 0 ? -1 : 0;
    if (!object->label && loss_add(writer->losses, post, "box %s has no label: its category is \"object\"", object->id))
        return -1;
    const char *label = object->label ? object->label : "object";
    if (!writer->results)
        return (values->category = category_of(writer, label)) ? 0 : -1;
    if (is_number(label))
        values->category = label;
    else if (object->label && loss_add(writer->losses, post, "the label of box %s, %.*s: the file has no categories",
                                       object->id, utf8_head(label, 80), label))
        return -1;
    return 0;
}

static bool differs(double a, double b)
{
    return a < b || a > b;
}

static void settle_numbers(const struct coco_item *item, struct coco_values *values)
{
    struct json_value score = json_member(item->annotation, "score");
    const struct object *object = values->object;
    double box[4];
    values->moved = !coco_box(json_member(item->annotation, "bbox"), box);
    for (int i = 0; i < 4 && !values->moved; i++)
        values->moved = differs(box[i], object->box[i]);
    bool had = json_kind(score) == JSON_NUMBER;
    values->scored = had != object->origin.has_score || (had && differs(json_number(score), object->origin.score));
}

static void put_numbers(struct text *out, const char *name, const double *numbers, size_t n)
{
    json_put_name(out, name);
    for (size_t i = 0; i < n; i++) {
        text_add(out, n == 1 ? "" : i ? ", " : "[");
        json_put_number(out, numbers[i]);
    }
    text_add(out, n == 1 ? "" : "]");
}

/* A member of the annotation that comes back otherwise, or not at all; false for all others. */
static bool is_replaced(struct json_value name, const struct coco_values *values)
{
    return (values->category && json_text_is(name, "category_id")) ||
           (values->scored && json_text_is(name, "score")) ||
           (values->moved && (json_text_is(name, "bbox") || json_text_is(name, "area") ||
                              json_text_is(name, "segmentation")));
}

/* Without its closing brace. */
static void put_object(struct coco_writer *writer, const struct coco_item *item, const struct coco_values *values)
{
    struct text *out = &writer->text;
    struct json_value name, value;
    const double *box = values->object->box, size[2] = {box[2] - box[0], box[3] - box[1]}, area = size[0] * size[1];
    bool is_new = !item->annotation.text;
    text_add_char(out, '{');
    if (is_new) {
        if (!writer->results)
            text_add_format(out, "\"id\": %zu, ", writer->next_annotation++);
        text_add_format(out, "\"image_id\": %s", writer->image_ids[item->post]);
    } else {
        for (struct json_walk walk = json_walk(item->annotation); json_next_member(&walk, &name, &value);) {
            if (!is_replaced(name, values))
                put_member(out, name, value);
        }
    }
    if (values->category) {
        json_put_name(out, "category_id");
        text_add(out, values->category);
    }
    if (values->moved) {
        const double bbox[4] = {box[0], box[1], size[0], size[1]};
        put_numbers(out, "bbox", bbox, 4);
        if (is_new ? !writer->results : json_is_given(json_member(item->annotation, "area")))
            put_numbers(out, "area", &area, 1);
    }
    if (is_new && !writer->results)
        text_add(out, ", \"iscrowd\": 0");
    if (values->scored && values->object->origin.has_score)
        put_numbers(out, "score", &values->object->origin.score, 1);
}

/* Members of ours that are not COCO's, into the object that was just begun; those that it has already stay as they are
 * there. Returns how many do. */
static size_t put_members(struct text *out, const char *extra, struct json_value has)
{
    static const char *const own[] = {"coco", "place", "width", "height"};
    struct json_value object = json_value_of(extra), name, value;
    size_t kept_back = 0;
    if (json_kind(object) != JSON_OBJECT)
        return 0;
    for (struct json_walk walk = json_walk(object); json_next_member(&walk, &name, &value);) {
        bool skip = false;
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            skip = skip || json_text_is(name, own[i]);
        if (skip)
            continue;
        char *decoded = json_text(name);
        bool there = decoded && json_member(has, decoded).text;
        free(decoded);
        if (there) {
            kept_back++;
            continue;
        }
        put_member(out, name, value);
    }
    return kept_back;
}

static int put_item(struct coco_writer *writer, const struct coco_item *item)
{
    const struct post *post = &writer->corpus->posts[item->post];
    if (item->object == SIZE_MAX) {
        json_put_value(&writer->text, item->annotation);
        return 0;
    }
    struct coco_values values = {.object = &post->objects[item->object]};
    settle_numbers(item, &values);
    if (settle_category(writer, item, &values))
        return -1;
    if (values.moved && json_is_given(json_member(item->annotation, "segmentation")) &&
        loss_add(writer->losses, post, "the outline of box %s, which was moved", values.object->id))
        return -1;
    put_object(writer, item, &values);
    size_t kept_back = put_members(&writer->text, values.object->extra, item->annotation);
    text_add_char(&writer->text, '}');
    return loss_add_count(writer->losses, post, kept_back, "member of a box that is not mmib's",
                          "members of a box that are not mmib's");
}

/* ---- Images ---- */

/* The whole number that a member of the post says, such as "width"; 0 = none. */
static size_t member_size(const struct post *post, const char *name)
{
    size_t size;
    return json_whole(json_member(json_value_of(post->extra), name), &size) ? size : 0;
}

/* The picture's name, with the ending that the file has where the post does not say it. Allocated. */
static char *picture_name(const struct coco_writer *writer, const struct post *post)
{
    size_t n = strlen(post->image);
    char *path, *name = NULL;
    if (corpus_image_path(writer->images, post, &path, NULL, NULL) || !path)
        return strdup(post->image);
    for (char *end = path + strlen(path); !name && end >= path + n; end--)
        if (!memcmp(end - n, post->image, n))
            name = strdup(end - n);
    free(path);
    return name;
}

/* A picture that the file has not had. */
static int put_new_image(struct coco_writer *writer, size_t index)
{
    const struct post *post = &writer->corpus->posts[index];
    struct text *out = &writer->text;
    size_t size[2] = {member_size(post, "width"), member_size(post, "height")};
    char *name = picture_name(writer, post);
    if (!name)
        return -1;
    if ((!size[0] || !size[1]) && !picture_head_size_of_post(writer->images, post, size))
        size[0] = 0;
    text_add_format(out, "{\"id\": %s, \"file_name\": ", writer->image_ids[index]);
    json_put_text(out, name);
    free(name);
    if (size[0])
        text_add_format(out, ", \"width\": %zu, \"height\": %zu", size[0], size[1]);
    else if (loss_add(writer->losses, post, "width and height of its picture are not known"))
        return -1;
    return loss_add_id(writer->losses, post);
}

static int put_image(struct coco_writer *writer, size_t index)
{
    const struct post *post = &writer->corpus->posts[index];
    struct json_value image = image_of(writer, post), name, value;
    struct text *out = &writer->text;
    if (!image.text && put_new_image(writer, index))
        return -1;
    if (image.text) {
        text_add_char(out, '{');
        for (struct json_walk walk = json_walk(image); json_next_member(&walk, &name, &value);)
            put_member(out, name, value);
    }
    size_t kept_back = put_members(out, post->extra, image);
    text_add_char(out, '}');
    return loss_add_count(writer->losses, post, kept_back, "member that is not mmib's", "members that are not mmib's");
}

/* ---- The file ---- */

static int collect(struct coco_writer *writer)
{
    writer->next_image = writer->next_annotation = 1;
    if (!(writer->image_ids = calloc(writer->corpus->n_posts + 1, sizeof *writer->image_ids)) ||
        collect_categories(writer))
        return -1;
    for (size_t i = 0; i < writer->corpus->n_posts; i++)
        if (collect_post(writer, i))
            return -1;
    if (writer->n_items)
        qsort(writer->items, writer->n_items, sizeof *writer->items, item_compare);
    return number_images(writer);
}

/* Writes what the text holds and empties it. */
static int flush(struct coco_writer *writer, FILE *out)
{
    if (writer->text.failed)
        return -1;
    fwrite(writer->text.bytes, 1, writer->text.n, out);
    text_clear(&writer->text);
    return 0;
}

static int put_items(struct coco_writer *writer, FILE *out)
{
    text_add_char(&writer->text, '[');
    for (size_t i = 0; i < writer->n_items; i++) {
        text_add(&writer->text, i ? ",\n  " : "\n  ");
        if (put_item(writer, &writer->items[i]) || flush(writer, out))
            return -1;
    }
    text_add(&writer->text, writer->n_items ? "\n ]" : "]");
    return flush(writer, out);
}

static int put_images(struct coco_writer *writer, FILE *out)
{
    bool any = false;
    text_add(&writer->text, "{\"images\": [");
    for (size_t i = 0; i < writer->corpus->n_posts; i++) {
        if (!writer->image_ids[i])
            continue;
        text_add(&writer->text, any ? ",\n  " : "\n  ");
        any = true;
        if (put_image(writer, i) || flush(writer, out))
            return -1;
    }
    text_add(&writer->text, any ? "\n ],\n \"annotations\": " : "],\n \"annotations\": ");
    return flush(writer, out);
}

/* Categories as they came, and new ones; then what else the file had. */
static int put_rest(struct coco_writer *writer, FILE *out)
{
    struct text *text = &writer->text;
    struct json_value list = json_member(writer->source, "categories"), item;
    struct json_value rest = json_member(writer->source, "rest");
    bool any = false;
    text_add(text, ",\n \"categories\": [");
    if (json_kind(list) == JSON_ARRAY)
        for (struct json_walk walk = json_walk(list); json_next_item(&walk, &item); any = true) {
            text_add(text, any ? ",\n  " : "\n  ");
            json_put_value(text, item);
        }
    for (size_t i = writer->n_old_categories; i < writer->n_categories; i++, any = true) {
        text_add_format(text, "%s{\"id\": %s, \"name\": ", any ? ",\n  " : "\n  ", writer->categories[i].id);
        json_put_text(text, writer->categories[i].name);
        text_add_char(text, '}');
    }
    text_add(text, any ? "\n ]" : "]");
    if (json_kind(rest) == JSON_OBJECT) {
        char *members = json_of(rest);
        if (!members)
            return -1;
        json_put_extra(text, members);
        free(members);
    }
    text_add(text, "}\n");
    return flush(writer, out);
}

static int add_losses(struct coco_writer *writer)
{
    unsigned holds = HOLDS_OBJECTS | HOLDS_SCORES | HOLDS_MEMBERS | (writer->is_origin ? HOLDS_SOURCE : 0);
    for (size_t i = 0; i < writer->corpus->n_posts; i++) {
        const struct post *post = &writer->corpus->posts[i];
        if (loss_add_unheld(writer->losses, post, writer->image_ids[i] ? holds : 0))
            return -1;
        if (writer->results && !post->n_objects && writer->image_ids[i] &&
            loss_add(writer->losses, post, "left out: it has no box, and results are a list of boxes"))
            return -1;
    }
    return 0;
}

int coco_write(const struct corpus *corpus, FILE *out, struct loss_list *losses, struct error *err)
{
    struct coco_writer writer = {.corpus = corpus,
                                 .losses = losses,
                                 .source = json_value_of(corpus->source),
                                 .images = corpus_image_folder(corpus)};
    writer.is_origin = json_text_is(json_member(writer.source, "format"), "coco");
    if (!writer.is_origin)
        writer.source = (struct json_value){0};
    writer.results = json_text_is(json_member(writer.source, "shape"), "results");
    int result = writer.images ? collect(&writer) : -1;
    if (!result && !writer.results)
        result = put_images(&writer, out);
    if (!result)
        result = put_items(&writer, out);
    if (!result && !writer.results)
        result = put_rest(&writer, out);
    else if (!result)
        fputs("\n", out);
    if (!result)
        result = add_losses(&writer);
    for (size_t i = 0; writer.image_ids && i < corpus->n_posts; i++)
        free(writer.image_ids[i]);
    free(writer.image_ids);
    for (size_t i = 0; i < writer.n_categories; i++) {
        free(writer.categories[i].name);
        free(writer.categories[i].id);
    }
    free(writer.categories);
    free(writer.items);
    free(writer.images);
    text_free(&writer.text);
    return result ? error_memory(err, corpus->path) : 0;
}
