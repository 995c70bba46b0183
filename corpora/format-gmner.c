/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/format-gmner.h"

#include "corpora/files.h"
#include "corpora/format-conll.h"
#include "corpora/json.h"
#include "corpora/losses.h"
#include "corpora/names.h"
#include "corpora/picture-head.h"
#include "corpora/text.h"
#include "corpora/voc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Both ways ---- */

/* "folder/a.txt" to "folder/a-xml". */
static char *own_folder(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    struct text folder = {0};
    text_add_bytes(&folder, path, dot && dot != name ? (size_t)(dot - path) : strlen(path));
    text_add(&folder, "-xml");
    return text_take(&folder);
}

/* The file of a post's boxes; NULL where its id is no name of a file. */
static char *boxes_path(const char *folder, const char *imgid)
{
    struct text name = {0};
    if (!*imgid || strchr(imgid, '/'))
        return NULL;
    text_add_format(&name, "%s/%s.xml", folder, imgid);
    return text_take(&name);
}

/* What names an entity's boxes. */
static char *entity_text(const struct post *post, const struct entity *entity)
{
    struct text text = {0};
    for (size_t i = entity->start; i < entity->end; i++) {
        text_add(&text, i > entity->start ? " " : "");
        text_add(&text, post->tokens[i]);
    }
    return text_take(&text);
}

/* The texts of all entities [n_entities], to be freed with text_list_free. */
static int entity_texts(const struct post *post, char ***out)
{
    size_t n = 0;
    if (!(*out = calloc(post->n_entities + 1, sizeof **out)))
        return -1;
    while (n < post->n_entities && ((*out)[n] = entity_text(post, &post->entities[n])))
        n++;
    if (n == post->n_entities)
        return 0;
    text_list_free(*out, n);
    return -1;
}

/* The whole file, NUL-terminated; *out is NULL where there is none. */
static int read_file(const char *path, char **out, size_t *n_out, struct error *err)
{
    FILE *file = fopen(path, "rb");
    *out = NULL;
    if (!file)
        return errno == ENOENT ? 0 : error_errno(err, path);
    char *text = malloc(VOC_MAX_BYTES + 2);
    size_t n = text ? fread(text, 1, VOC_MAX_BYTES + 1, file) : 0;
    bool failed = ferror(file);
    if (failed)
        error_errno(err, path);
    else if (!text)
        error_memory(err, path);
    fclose(file);
    if (failed || !text) {
        free(text);
        return -1;
    }
    text[n] = '\0';
    char *fitting = realloc(text, n + 1);
    if (fitting)
        text = fitting;
    *out = text;
    *n_out = n;
    return 0;
}

/* ---- Reading ---- */

static bool is_folder(const char *path)
{
    struct stat status;
    return path && !stat(path, &status) && S_ISDIR(status.st_mode);
}

/* The folder with the boxes of a file. */
static int find_boxes(const char *path, char **out, struct error *err)
{
    char *folder = file_folder(path);
    char *candidates[3] = {own_folder(path), folder ? file_join(folder, "xml") : NULL,
                           folder ? file_join(folder, "../xml") : NULL};
    bool memory = folder;
    *out = NULL;
    for (int i = 0; i < 3; i++) {
        memory = memory && candidates[i];
        if (memory && !*out && is_folder(candidates[i]))
            *out = candidates[i];
        else
            free(candidates[i]);
    }
    free(folder);
    if (*out)
        return 0;
    return memory ? error_set(err, ERROR_INPUT,
                              "%s: no folder with its boxes (NAME-xml or xml beside it, or ../xml); --boxes says where",
                              path)
                  : error_memory(err, path);
}

/* The post's XML joins what the text already said of where it comes from. */
static int put_source(struct post *post, const char *xml)
{
    struct text source = {0};
    size_t n = post->source ? strlen(post->source) - 1 : 1; /* without the closing brace */
    text_add_bytes(&source, post->source ? post->source : "{", n);
    json_put_name(&source, "xml");
    json_put_text(&source, xml);
    text_add_char(&source, '}');
    free(post->source);
    return (post->source = text_take(&source)) ? 0 : -1;
}

static int add_object(struct post *post, const struct voc_object *from)
{
    char id[32];
    struct object *grown = array_grow(post->objects, post->n_objects, sizeof *grown);
    if (!grown)
        return -1;
    post->objects = grown;
    snprintf(id, sizeof id, "o%zu", post->n_objects + 1);
    struct object *object = &grown[post->n_objects++];
    *object = (struct object){.origin = {.source = SOURCE_IMPORT, .has_source = true}};
    memcpy(object->box, from->box, sizeof object->box);
    return text_copy(id, &object->id) || text_copy(from->name, &object->label) ? -1 : 0;
}

/* Links the post's last object to the entities it is named by; tells where they are several. */
static int link_object(struct corpus *corpus, struct post *post, char *const *texts)
{
    const struct object *object = &post->objects[post->n_objects - 1];
    size_t n = 0;
    for (size_t i = 0; i < post->n_entities; i++) {
        struct entity *entity = &post->entities[i];
        if (strcmp(texts[i], object->label))
            continue;
        if (text_list_add(&entity->grounding, &entity->n_grounding, object->id))
            return -1;
        n++;
    }
    if (n < 2)
        return 0;
    return loss_add(&corpus->doubts, post, "box %s is named %.*s, which is the text of %zu entities: linked to all",
                    object->id, utf8_head(object->label, 100), object->label, n);
}

static int read_boxes(struct corpus *corpus, struct post *post, const char *path, struct error *err)
{
    char *xml, **texts = NULL;
    size_t n;
    struct voc voc = {0};
    int result = -1;
    if (read_file(path, &xml, &n, err))
        return -1;
    if (!xml)
        return 0;
    if (memchr(xml, '\0', n) || utf8_valid_bytes(xml, n) < n) {
        error_set(err, ERROR_INPUT, "%s: not UTF-8, or a NUL byte", path);
        goto out;
    }
    if (voc_read(xml, n, path, &voc, err))
        goto out;
    if (put_source(post, xml) || entity_texts(post, &texts)) {
        error_memory(err, path);
        goto out;
    }
    result = 0;
    for (size_t i = 0; !result && i < voc.n_objects; i++)
        if (add_object(post, &voc.objects[i]) || link_object(corpus, post, texts))
            result = error_memory(err, path);
    text_list_free(texts, post->n_entities);
out:
    voc_free(&voc);
    free(xml);
    return result;
}

int gmner_read(struct line_reader *input, const char *boxes, struct corpus *corpus, struct error *err)
{
    static const char conll[] = "{\"format\": \"conll\"";
    struct text source = {0};
    char *found = NULL;
    int result = 0;
    if (!boxes && !strcmp(corpus->path, "-"))
        return error_set(err, ERROR_INPUT, "standard input: no folder with its boxes; --boxes says where");
    if (boxes && !is_folder(boxes))
        return error_set(err, ERROR_IO, "%s: no such folder", boxes);
    if (conll_read(input, corpus, err) || (!boxes && find_boxes(corpus->path, &found, err)))
        return -1;
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        struct post *post = &corpus->posts[i];
        char *path = post->image ? boxes_path(boxes ? boxes : found, post->image) : NULL;
        for (size_t k = 0; k < post->n_entities; k++)
            post->entities[k].has_grounding = true;
        if (path)
            result = read_boxes(corpus, post, path, err);
        free(path);
    }
    text_add(&source, "{\"format\": \"gmner\"");
    if (corpus->doubts.n)
        text_add_format(&source, ", \"doubts\": %zu", corpus->doubts.n);
    text_add(&source, corpus->source + sizeof conll - 1);
    free(corpus->source);
    if (!(corpus->source = text_take(&source)) && !result)
        result = error_memory(err, corpus->path);
    free(found);
    return result;
}

/* ---- Writing ---- */

struct gmner_writer {
    const struct corpus *corpus;
    struct loss_list *losses;
    const char *folder; /* of the boxes */
    char *images;       /* of the pictures */
    bool is_origin;
    struct name_table written; /* the IMGIDs */
};

/* A post on its way into XML. */
struct gmner_post {
    const struct post *post;
    char **texts;  /* of its entities */
    char *xml;     /* as it was read; NULL = not */
    struct voc voc; /* the same, understood */
    struct voc_change *changes, *more; /* room for all that there can be */
    size_t n_more;
    double (*boxes)[4]; /* [n_objects], what is written for each */
};

static bool is_grounded_in(const struct entity *entity, const char *object)
{
    for (size_t i = 0; i < entity->n_grounding; i++)
        if (!strcmp(entity->grounding[i], object))
            return true;
    return false;
}

/* The object of the XML that this one was; NULL for a new one. */
static const struct voc_object *origin_of(const struct gmner_post *work, const struct object *object, size_t *index)
{
    char *end;
    if (object->id[0] != 'o' || object->id[1] < '1' || object->id[1] > '9')
        return NULL;
    *index = strtoul(object->id + 1, &end, 10) - 1;
    return !*end && *index < work->voc.n_objects ? &work->voc.objects[*index] : NULL;
}

/* Corners are whole numbers, unless they were not and are as they were. */
static int settle_box(struct gmner_writer *writer, struct gmner_post *work, size_t index,
                      const struct voc_object *origin)
{
    const struct object *object = &work->post->objects[index];
    double *box = work->boxes[index];
    bool rounded = false;
    for (int i = 0; i < 4; i++) {
        bool same = origin && !(origin->box[i] < object->box[i] || origin->box[i] > object->box[i]);
        box[i] = same ? object->box[i] : nearbyint(object->box[i]);
        rounded = rounded || box[i] < object->box[i] || box[i] > object->box[i];
    }
    return rounded ? loss_add(writer->losses, work->post, "the corners of box %s: written as whole numbers", object->id)
                   : 0;
}

/* Notes that the object is written under this name, first in the place of what it was. */
static int name_object(struct gmner_writer *writer, struct gmner_post *work, size_t index, const char *name,
                       size_t n_names)
{
    const struct object *object = &work->post->objects[index];
    size_t at = 0;
    const struct voc_object *origin = origin_of(work, object, &at);
    if (!voc_can_say(name))
        return loss_add(writer->losses, work->post, "box %s: its name cannot stand in XML", object->id);
    if (!n_names && settle_box(writer, work, index, origin))
        return -1;
    struct voc_change change = {name, work->boxes[index]};
    if (origin && !n_names)
        work->changes[at] = change;
    else
        work->more[work->n_more++] = change;
    bool own_label = object->label && strcmp(object->label, name) && !(origin && !strcmp(object->label, origin->name));
    return own_label && !n_names ? loss_add(writer->losses, work->post, "the label of box %s, %.*s", object->id,
                                            utf8_head(object->label, 80), object->label)
                                 : 0;
}

static int plan_object(struct gmner_writer *writer, struct gmner_post *work, size_t index)
{
    const struct post *post = work->post;
    const struct object *object = &post->objects[index];
    size_t n_names = 0;
    bool taken = false; /* its label is the text of an entity */
    for (size_t i = 0; i < post->n_entities; i++) {
        taken = taken || (object->label && !strcmp(object->label, work->texts[i]));
        if (!is_grounded_in(&post->entities[i], object->id))
            continue;
        bool named = false;
        for (size_t k = 0; k < i && !named; k++)
            named = is_grounded_in(&post->entities[k], object->id) && !strcmp(work->texts[k], work->texts[i]);
        if (!named && name_object(writer, work, index, work->texts[i], n_names++))
            return -1;
    }
    if (n_names > 1)
        return loss_add(writer->losses, post, "box %s is one: written once for each of its %zu names", object->id,
                        n_names);
    if (n_names)
        return 0;
    if (!object->label || !*object->label || taken)
        return loss_add(writer->losses, post, "box %s: it belongs to no entity", object->id);
    return name_object(writer, work, index, object->label, 0);
}

static bool same_grounding(const struct entity *a, const struct entity *b)
{
    if (a->has_grounding != b->has_grounding || a->n_grounding != b->n_grounding)
        return false;
    for (size_t i = 0; i < a->n_grounding; i++)
        if (!is_grounded_in(b, a->grounding[i]))
            return false;
    return true;
}

/* What the link by text cannot say. */
static int add_losses(struct gmner_writer *writer, const struct gmner_post *work)
{
    const struct post *post = work->post;
    size_t unanswered = 0;
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        size_t other = 0;
        unanswered += !entity->has_grounding;
        while (other < i && strcmp(work->texts[other], work->texts[i]))
            other++;
        if (other < i && !same_grounding(&post->entities[other], entity) &&
            loss_add(writer->losses, post, "entities %s and %s have one text, and different groundings",
                     post->entities[other].id, entity->id))
            return -1;
    }
    return loss_add_count(writer->losses, post, unanswered,
                          "entity that nobody looked for: read again, it is not in the picture",
                          "entities that nobody looked for: read again, they are not in the picture");
}

/* The XML of the post; nothing is added to out where it has none. */
static int put_xml(struct gmner_writer *writer, struct gmner_post *work, const char *imgid, struct text *out)
{
    const struct post *post = work->post;
    size_t n = work->n_more, size[2] = {0, 0};
    for (size_t i = 0; i < work->voc.n_objects; i++)
        n += work->changes[i].name != NULL;
    if (work->xml && (n || !work->voc.n_objects)) {
        voc_put_changed(out, work->xml, &work->voc, work->changes, work->more, work->n_more);
    } else if (n) {
        struct text name = {0};
        const char *image = post->image && *post->image ? post->image : imgid;
        text_add(&name, image);
        if (corpus_image_stem_bytes(image) == strlen(image))
            text_add(&name, ".jpg");
        if (!picture_head_size_of_post(writer->images, post, size))
            size[0] = 0;
        if (!name.failed)
            voc_put(out, name.bytes, size, work->more, work->n_more);
        out->failed = out->failed || name.failed;
        text_free(&name);
    }
    return out->failed ? -1 : 0;
}

/* Puts the file in its place, or takes away one that says what is no more. */
static int place_file(struct gmner_writer *writer, const struct post *post, const char *imgid, const struct text *xml,
                      struct error *err)
{
    char *path = boxes_path(writer->folder, imgid), *there = NULL, *key;
    size_t n_there = 0;
    struct file_writer file;
    int result = -1;
    if (!path)
        return xml->n && loss_add(writer->losses, post, "its boxes: its id is no name of a file")
                   ? error_memory(err, writer->folder)
                   : 0;
    int entered = (key = strdup(imgid)) ? name_table_add(&writer->written, key, 0, NULL) : -1;
    if (entered != 1)
        free(key);
    if (entered < 0) {
        error_memory(err, path);
    } else if (!read_file(path, &there, &n_there, err)) {
        bool same = there && n_there == xml->n && !memcmp(there, xml->bytes, xml->n);
        if (!entered && !same && xml->n)
            result = loss_add(writer->losses, post, "its boxes: another post has the same IMGID")
                         ? error_memory(err, path)
                         : 0;
        else if (same || !entered)
            result = 0;
        else if (!xml->n)
            result = unlink(path) && errno != ENOENT ? error_errno(err, path) : 0;
        else if (!file_writer_open(path, &file, err)) {
            fwrite(xml->bytes, 1, xml->n, file.stream);
            result = file_writer_finish(&file, err);
        }
    }
    free(there);
    free(path);
    return result;
}

static int write_post(struct gmner_writer *writer, const struct post *post, struct error *err)
{
    struct json_value source = writer->is_origin ? json_value_of(post->source) : (struct json_value){0};
    struct json_value xml = json_member(source, "xml");
    struct gmner_post work = {.post = post};
    struct text text = {0};
    char *imgid = NULL;
    int result = -1;
    if (conll_imgid(writer->corpus, post, &imgid) || entity_texts(post, &work.texts))
        goto memory;
    if (json_kind(xml) == JSON_TEXT) {
        if (!(work.xml = json_text(xml)))
            goto memory;
        if (voc_read(work.xml, strlen(work.xml), writer->corpus->path, &work.voc, err))
            goto out;
    }
    work.changes = calloc(work.voc.n_objects + 1, sizeof *work.changes);
    size_t n_more = post->n_objects; /* each has a name of its own, or those of its entities */
    for (size_t i = 0; i < post->n_entities; i++)
        n_more += post->entities[i].n_grounding;
    work.more = array_new(n_more, sizeof *work.more);
    work.boxes = calloc(post->n_objects + 1, sizeof *work.boxes);
    if (!work.changes || !work.more || !work.boxes)
        goto memory;
    for (size_t i = 0; i < post->n_objects; i++)
        if (plan_object(writer, &work, i))
            goto memory;
    if (add_losses(writer, &work) || put_xml(writer, &work, imgid, &text))
        goto memory;
    result = place_file(writer, post, imgid, &text, err);
    goto out;
memory:
    error_memory(err, writer->corpus->path);
out:
    if (work.texts)
        text_list_free(work.texts, post->n_entities);
    voc_free(&work.voc);
    free(work.xml);
    free(work.changes);
    free(work.more);
    free(work.boxes);
    text_free(&text);
    free(imgid);
    return result;
}

/* Is there a place beside the path? Not beside a device or pipe. */
static bool has_place(const char *path)
{
    struct stat status;
    return strcmp(path, "-") && (stat(path, &status) || S_ISREG(status.st_mode));
}

int gmner_write(const struct corpus *corpus, const char *path, FILE *out, struct loss_list *losses, struct error *err)
{
    struct gmner_writer writer = {.corpus = corpus, .losses = losses};
    int result = 0;
    if (!has_place(path))
        return conll_write(corpus, out, losses, err);
    char *folder = own_folder(path);
    writer.folder = folder;
    writer.images = corpus_image_folder(corpus);
    writer.is_origin = json_text_is(json_member(json_value_of(corpus->source), "format"), "gmner");
    if (!folder || !writer.images)
        result = error_memory(err, path);
    else if (mkdir(folder, 0777) && errno != EEXIST)
        result = error_errno(err, folder);
    /* The text first, to the disk: where there is no room for it, the boxes that stand there must stay. */
    if (!result)
        result = conll_write_beside(corpus, out, HOLDS_OBJECTS | HOLDS_GROUNDING, losses, err);
    if (!result && (fflush(out) || ferror(out) || (fsync(fileno(out)) && errno != EINVAL)))
        result = error_errno(err, path);
    for (size_t i = 0; !result && i < corpus->n_posts; i++)
        result = write_post(&writer, &corpus->posts[i], err);
    for (size_t i = 0; i < writer.written.n_slots; i++)
        free((char *)writer.written.slots[i].name);
    name_table_free(&writer.written);
    free(writer.images);
    free(folder);
    return result;
}
