/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-coco.h"

#include "corpora/coco-parts.h"
#include "corpora/names.h"
#include "corpora/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const file_names[] = {"images", "annotations", "categories", NULL};
enum { FILE_IMAGES, FILE_ANNOTATIONS, FILE_CATEGORIES, FILE_N };

char *coco_key(struct json_value id)
{
    size_t whole;
    struct text key = {0};
    if (json_kind(id) == JSON_TEXT)
        return json_text(id);
    if (json_whole(id, &whole))
        text_add_format(&key, "%zu", whole);
    else
        text_add_bytes(&key, id.text ? id.text : "", id.n);
    return text_take(&key);
}

bool coco_is_id(struct json_value value)
{
    return json_kind(value) == JSON_NUMBER || json_kind(value) == JSON_TEXT;
}

bool coco_box(struct json_value bbox, double box_out[4])
{
    struct json_value item;
    size_t n = 0;
    if (json_kind(bbox) != JSON_ARRAY)
        return false;
    for (struct json_walk walk = json_walk(bbox); json_next_item(&walk, &item); n++) {
        if (n >= 4 || json_kind(item) != JSON_NUMBER || !isfinite(json_number(item)))
            return false;
        box_out[n] = json_number(item);
    }
    if (n != 4)
        return false;
    box_out[2] += box_out[0];
    box_out[3] += box_out[1];
    return isfinite(box_out[2]) && isfinite(box_out[3]);
}

/* ---- Reading ---- */

struct coco_reader {
    const struct json_document *document;
    struct corpus *corpus;
    struct name_table images;     /* id -> index of the post */
    struct name_table categories; /* id -> index of their names */
    struct name_table ids;        /* of posts; the value counts how often the id came again */
    char **keys, **names;         /* what the tables borrow, and the names of categories */
    size_t n_keys, n_names;
    struct text *others; /* [n_posts] annotations without a box */
};

static int coco_memory(struct coco_reader *reader, struct error *err)
{
    return error_memory(err, reader->corpus->path);
}

/* Enters the value as a key: 1, 0 when it was there (then *value_out is its value), -1 without memory. */
static int enter_key(struct coco_reader *reader, struct name_table *table, struct json_value key, size_t value,
                     size_t *value_out)
{
    char *text = coco_key(key);
    int entered = text ? name_table_add(table, text, value, value_out) : -1;
    if (entered != 1) {
        free(text);
        return entered;
    }
    char **grown = array_grow(reader->keys, reader->n_keys, sizeof *grown);
    if (!grown)
        return -1; /* the table still borrows text */
    reader->keys = grown;
    grown[reader->n_keys++] = text;
    return 1;
}

static bool find_key(struct name_table *table, struct json_value key, size_t *value_out)
{
    char *text = coco_key(key);
    struct name_slot *slot = text ? name_table_peek(table, text) : NULL;
    if (slot)
        *value_out = slot->value;
    free(text);
    return slot;
}

/* What the post comes from; annotations without a box may join. */
static int begin_source(struct post *post, struct json_value image, struct json_value image_id)
{
    struct text source = {0};
    text_add(&source, "{\"image\": ");
    if (image.text) {
        json_put_value(&source, image);
    } else {
        text_add(&source, "{\"id\": ");
        json_put_value(&source, image_id);
        text_add_char(&source, '}');
    }
    text_add_char(&source, '}');
    return (post->source = text_take(&source)) ? 0 : -1;
}

/* A post for an image, or (image absent) for an id that results speak of. */
static int add_post(struct coco_reader *reader, struct json_value image, struct json_value image_id,
                    struct error *err)
{
    struct corpus *corpus = reader->corpus;
    struct json_value name = json_member(image, "file_name");
    struct text id = {0};
    struct post *grown = array_grow(corpus->posts, corpus->n_posts, sizeof *grown);
    if (!grown)
        return coco_memory(reader, err);
    corpus->posts = grown;
    struct post *post = &grown[corpus->n_posts];
    *post = (struct post){0};
    corpus->n_posts++; /* from here on corpus_free frees it */
    if (json_is_given(name) && json_kind(name) != JSON_TEXT)
        return json_error(reader->document, name.text, err, "an image's file_name is not a string");
    if ((json_is_given(name) && !(post->image = json_text(name))) || begin_source(post, image, image_id))
        return coco_memory(reader, err);
    size_t stem = post->image ? corpus_image_stem_bytes(post->image) : 0;
    char *key = stem ? strndup(post->image, stem) : coco_key(image_id);
    text_add(&id, key && *key ? key : "image");
    size_t n = id.n;
    struct name_slot *before = id.failed ? NULL : name_table_peek(&reader->ids, id.bytes);
    while (!id.failed && before && name_table_peek(&reader->ids, id.bytes)) {
        id.n = n;
        text_add_format(&id, "#%zu", ++before->value);
    }
    bool failed = !key;
    free(key);
    if (!(post->id = text_take(&id)) || failed || name_table_add(&reader->ids, post->id, 1, NULL) < 0)
        return coco_memory(reader, err);
    return 0;
}

static int read_images(struct coco_reader *reader, struct json_value list, struct error *err)
{
    struct json_value image;
    if (json_kind(list) != JSON_ARRAY)
        return json_error(reader->document, list.text, err, "images is not a list");
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &image);) {
        struct json_value id = json_member(image, "id");
        if (json_kind(image) != JSON_OBJECT || !coco_is_id(id))
            return json_error(reader->document, image.text, err, "an image is not an object with an id");
        int entered = enter_key(reader, &reader->images, id, reader->corpus->n_posts, NULL);
        if (!entered)
            return json_error(reader->document, id.text, err, "two images have one id");
        if (entered < 0)
            return coco_memory(reader, err);
        if (add_post(reader, image, id, err))
            return -1;
    }
    return 0;
}

static int read_categories(struct coco_reader *reader, struct json_value list, struct error *err)
{
    struct json_value category;
    if (!json_is_given(list))
        return 0;
    if (json_kind(list) != JSON_ARRAY)
        return json_error(reader->document, list.text, err, "categories is not a list");
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &category);) {
        struct json_value id = json_member(category, "id"), name = json_member(category, "name");
        if (!coco_is_id(id) || json_kind(name) != JSON_TEXT)
            return json_error(reader->document, category.text, err, "a category is not an object with id and name");
        int entered = enter_key(reader, &reader->categories, id, reader->n_names, NULL);
        if (!entered)
            return json_error(reader->document, id.text, err, "two categories have one id");
        char *text = entered > 0 ? json_text(name) : NULL;
        int failed = !text || text_list_add(&reader->names, &reader->n_names, text);
        free(text);
        if (failed)
            return coco_memory(reader, err);
    }
    return 0;
}

/* The post that an annotation is about; results make their own. */
static int find_post(struct coco_reader *reader, struct json_value annotation, bool results, size_t *out,
                     struct error *err)
{
    struct json_value id = json_member(annotation, "image_id");
    if (json_kind(annotation) != JSON_OBJECT || !coco_is_id(id))
        return json_error(reader->document, annotation.text, err, "an annotation is not an object with an image_id");
    if (find_key(&reader->images, id, out))
        return 0;
    if (!results)
        return json_error(reader->document, id.text, err, "an annotation of an image that is not there");
    *out = reader->corpus->n_posts;
    if (enter_key(reader, &reader->images, id, *out, NULL) < 0)
        return coco_memory(reader, err);
    return add_post(reader, (struct json_value){0}, id, err);
}

/* The label that an annotation's category says; *out is NULL where it has none. */
static int label_of(struct coco_reader *reader, struct json_value category, char **out)
{
    size_t index;
    *out = NULL;
    if (!coco_is_id(category))
        return 0;
    if (find_key(&reader->categories, category, &index))
        return text_copy(reader->names[index], out);
    return (*out = coco_key(category)) ? 0 : -1;
}

/* The annotation as it stays, and its place in the file (0 = not needed). */
static void put_annotation(struct text *out, struct json_value annotation, size_t place)
{
    text_add(out, "{\"coco\": ");
    json_put_value(out, annotation);
    if (place)
        text_add_format(out, ", \"place\": %zu", place);
    text_add_char(out, '}');
}

static int add_object(struct coco_reader *reader, struct post *post, struct json_value annotation, size_t place,
                      struct error *err)
{
    struct json_value score = json_member(annotation, "score"), bbox = json_member(annotation, "bbox");
    struct text extra = {0};
    char id[32];
    struct object *grown = array_grow(post->objects, post->n_objects, sizeof *grown);
    if (!grown)
        return coco_memory(reader, err);
    post->objects = grown;
    snprintf(id, sizeof id, "o%zu", post->n_objects + 1);
    struct object *object = &grown[post->n_objects++];
    *object = (struct object){.origin = {.source = SOURCE_IMPORT, .has_source = true}};
    if (!coco_box(bbox, object->box))
        return json_error(reader->document, bbox.text, err, "bbox is not four numbers: x, y, width, height");
    if (json_is_given(score)) {
        object->origin.source = SOURCE_DETECTOR;
        object->origin.has_score = true;
        object->origin.score = json_kind(score) == JSON_NUMBER ? json_number(score) : HUGE_VAL;
        if (!isfinite(object->origin.score))
            return json_error(reader->document, score.text, err, "an annotation's score is not a number");
    }
    put_annotation(&extra, annotation, place);
    if (!(object->extra = text_take(&extra)) || text_copy(id, &object->id) ||
        label_of(reader, json_member(annotation, "category_id"), &object->label))
        return coco_memory(reader, err);
    return 0;
}

/* Finds or makes the posts of all annotations, and tells whether they stand in the order of their posts. */
static int find_posts(struct coco_reader *reader, struct json_value list, bool results, bool *ordered_out,
                      struct error *err)
{
    struct json_value annotation;
    size_t last = 0, index = 0;
    *ordered_out = true;
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &annotation); last = index) {
        if (find_post(reader, annotation, results, &index, err))
            return -1;
        if (index < last)
            *ordered_out = false;
    }
    return 0;
}

/* Annotations without a box (captions, key points) stay with their posts. */
static int keep_others(struct coco_reader *reader)
{
    for (size_t i = 0; i < reader->corpus->n_posts; i++) {
        struct post *post = &reader->corpus->posts[i];
        struct text source = {0};
        if (!reader->others[i].n && !reader->others[i].failed)
            continue;
        text_add_bytes(&source, post->source, strlen(post->source) - 1);
        text_add_format(&source, ", \"others\": [%s]}", reader->others[i].bytes);
        free(post->source);
        if (!(post->source = text_take(&source)) || reader->others[i].failed)
            return -1;
    }
    return 0;
}

static int read_annotations(struct coco_reader *reader, struct json_value list, bool results, struct error *err)
{
    struct corpus *corpus = reader->corpus;
    struct json_value annotation;
    size_t place = 0, index = 0;
    bool ordered;
    if (!json_is_given(list))
        return 0;
    if (json_kind(list) != JSON_ARRAY)
        return json_error(reader->document, list.text, err, "annotations is not a list");
    if (find_posts(reader, list, results, &ordered, err))
        return -1;
    if (!(reader->others = calloc(corpus->n_posts + 1, sizeof *reader->others)))
        return coco_memory(reader, err);
    for (struct json_walk walk = json_walk(list); json_next_item(&walk, &annotation);) {
        place++;
        if (!find_key(&reader->images, json_member(annotation, "image_id"), &index))
            return coco_memory(reader, err);
        if (json_is_given(json_member(annotation, "bbox"))) {
            if (add_object(reader, &corpus->posts[index], annotation, ordered ? 0 : place, err))
                return -1;
        } else {
            text_add(&reader->others[index], reader->others[index].n ? ", " : "");
            put_annotation(&reader->others[index], annotation, ordered ? 0 : place);
        }
    }
    return keep_others(reader) ? coco_memory(reader, err) : 0;
}

/* What stands around images and annotations. */
static int put_source(struct coco_reader *reader, bool results, struct json_value categories, const char *rest)
{
    struct text source = {0};
    text_add_format(&source, "{\"format\": \"coco\"%s", results ? ", \"shape\": \"results\"" : "");
    if (categories.text) {
        json_put_name(&source, "categories");
        json_put_value(&source, categories);
    }
    if (rest)
        text_add_format(&source, ", \"rest\": %s", rest);
    text_add_char(&source, '}');
    return (reader->corpus->source = text_take(&source)) ? 0 : -1;
}

static int read_whole(struct coco_reader *reader, struct json_value whole, struct error *err)
{
    struct json_value values[FILE_N] = {{0}};
    char *rest = NULL;
    bool results = json_kind(whole) == JSON_ARRAY;
    if (results)
        values[FILE_ANNOTATIONS] = whole;
    else if (json_collect(reader->document, whole, "COCO", file_names, values, &rest, err))
        return -1;
    int result = 0;
    if (!results && json_kind(values[FILE_IMAGES]) != JSON_ARRAY)
        result = json_error(reader->document, values[FILE_IMAGES].text ? values[FILE_IMAGES].text : whole.text, err,
                            "not COCO: neither a list \"images\" nor a list of results");
    else if ((!results && read_images(reader, values[FILE_IMAGES], err)) ||
             read_categories(reader, values[FILE_CATEGORIES], err) ||
             read_annotations(reader, values[FILE_ANNOTATIONS], results, err))
        result = -1;
    else if (!reader->corpus->n_posts)
        result = json_error(reader->document, whole.text, err, "no image in it");
    else if (put_source(reader, results, values[FILE_CATEGORIES], rest) || schema_arrange(&reader->corpus->schema))
        result = coco_memory(reader, err);
    free(rest);
    return result;
}

int coco_read(struct line_reader *input, struct corpus *corpus, struct error *err)
{
    struct json_document document = {.path = corpus->path, .first_line = 1};
    struct coco_reader reader = {.document = &document, .corpus = corpus};
    struct json_value whole;
    char *text;
    if (line_reader_rest(input, &text, &document.n, err))
        return -1;
    document.text = text;
    int result = json_document_check(&document, &whole, err) || read_whole(&reader, whole, err) ? -1 : 0;
    for (size_t i = 0; reader.others && i < corpus->n_posts; i++)
        text_free(&reader.others[i]);
    free(reader.others);
    name_table_free(&reader.images);
    name_table_free(&reader.categories);
    name_table_free(&reader.ids);
    text_list_free(reader.keys, reader.n_keys);
    text_list_free(reader.names, reader.n_names);
    return result;
}
