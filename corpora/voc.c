/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/voc.h"

#include "corpora/json.h"

#include <expat.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const corner_names[4] = {"xmin", "ymin", "xmax", "ymax"};

/* ---- Reading ---- */

struct voc_reader {
    XML_Parser parser;
    const char *path;
    struct voc *voc;
    struct error *err;
    bool failed;
    size_t depth;
    bool in_object, in_box; /* of annotation/object, annotation/object/bndbox */
    struct text value;      /* characters of the element whose place is being found */
    struct voc_place *place; /* NULL = none is */
    bool has_name, has_corner[4];
};

static void voc_fail(struct voc_reader *reader, enum error_kind kind, const char *reason)
{
    if (!reader->failed) {
        if (kind == ERROR_IO)
            error_memory(reader->err, reader->path);
        else
            error_set(reader->err, kind, "%s:%lu: %s", reader->path,
                      (unsigned long)XML_GetCurrentLineNumber(reader->parser), reason);
    }
    reader->failed = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

static size_t voc_index(const struct voc_reader *reader)
{
    return (size_t)XML_GetCurrentByteIndex(reader->parser);
}

static size_t voc_after(const struct voc_reader *reader)
{
    return voc_index(reader) + (size_t)XML_GetCurrentByteCount(reader->parser);
}

/* From here on characters are those of this element. */
static void begin_value(struct voc_reader *reader, struct voc_place *place, bool *has)
{
    if (*has) {
        voc_fail(reader, ERROR_INPUT, "an object has a name or corner twice");
        return;
    }
    *has = true;
    reader->place = place;
    place->start = voc_after(reader);
    text_clear(&reader->value);
}

static void begin_object(struct voc_reader *reader)
{
    struct voc *voc = reader->voc;
    if (voc->n_objects == VOC_OBJECTS_MAX) {
        voc_fail(reader, ERROR_INPUT, "too many objects");
        return;
    }
    struct voc_object *grown = array_grow(voc->objects, voc->n_objects, sizeof *grown);
    if (!grown) {
        voc_fail(reader, ERROR_IO, NULL);
        return;
    }
    voc->objects = grown;
    grown[voc->n_objects] = (struct voc_object){.whole.start = voc_index(reader)};
    voc->n_objects++;
    reader->in_object = true;
    reader->has_name = false;
    memset(reader->has_corner, 0, sizeof reader->has_corner);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    struct voc_reader *reader = context;
    (void)attributes;
    size_t depth = reader->depth++;
    if (reader->failed)
        return;
    if (depth >= VOC_DEPTH_MAX)
        voc_fail(reader, ERROR_INPUT, "the XML is nested too deep");
    else if (reader->place)
        voc_fail(reader, ERROR_INPUT, "an element within an object's name or corner");
    else if (depth == 0 && strcmp(name, "annotation"))
        voc_fail(reader, ERROR_INPUT, "not a file of Pascal VOC: no <annotation>");
    else if (depth == 1 && !strcmp(name, "object"))
        begin_object(reader);
    else if (depth == 2 && reader->in_object && !strcmp(name, "bndbox"))
        reader->in_box = true;
    if (reader->failed || !reader->in_object)
        return;
    struct voc_object *object = &reader->voc->objects[reader->voc->n_objects - 1];
    if (depth == 2 && !strcmp(name, "name"))
        begin_value(reader, &object->name_at, &reader->has_name);
    for (int i = 0; i < 4; i++)
        if (depth == 3 && reader->in_box && !strcmp(name, corner_names[i]))
            begin_value(reader, &object->box_at[i], &reader->has_corner[i]);
}

static void XMLCALL on_characters(void *context, const char *text, int n)
{
    struct voc_reader *reader = context;
    if (reader->place)
        text_add_bytes(&reader->value, text, (size_t)n);
}

/* The characters between the tags, without blanks around them. */
static char *trimmed(struct text *value)
{
    static const char blanks[] = " \t\r\n";
    text_add(value, "");
    while (value->n && strchr(blanks, value->bytes[value->n - 1]))
        value->bytes[--value->n] = '\0';
    return value->bytes ? value->bytes + strspn(value->bytes, blanks) : NULL;
}

static void end_value(struct voc_reader *reader)
{
    struct voc_object *object = &reader->voc->objects[reader->voc->n_objects - 1];
    char *text = trimmed(&reader->value), *end = text;
    reader->place->end = voc_index(reader);
    if (!text || reader->value.failed) {
        voc_fail(reader, ERROR_IO, NULL);
    } else if (reader->place == &object->name_at) {
        if (!(object->name = strdup(text)))
            voc_fail(reader, ERROR_IO, NULL);
    } else {
        double *corner = &object->box[reader->place - object->box_at];
        *corner = strtod(text, &end);
        if (end == text || *end || !isfinite(*corner))
            voc_fail(reader, ERROR_INPUT, "a corner of a box is not a number");
    }
    reader->place = NULL;
}

static void end_object(struct voc_reader *reader)
{
    struct voc *voc = reader->voc;
    reader->in_object = false;
    voc->end = voc->objects[voc->n_objects - 1].whole.end = voc_after(reader);
    if (!reader->has_name || !*voc->objects[voc->n_objects - 1].name)
        voc_fail(reader, ERROR_INPUT, "an object without a name");
    for (int i = 0; i < 4 && !reader->failed; i++)
        if (!reader->has_corner[i])
            voc_fail(reader, ERROR_INPUT, "an object without four corners of its box");
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct voc_reader *reader = context;
    (void)name;
    size_t depth = --reader->depth;
    if (reader->failed)
        return;
    if (reader->place)
        end_value(reader);
    else if (depth == 2 && reader->in_box)
        reader->in_box = false;
    else if (depth == 1 && reader->in_object)
        end_object(reader);
    else if (depth == 0 && !reader->voc->end)
        reader->voc->end = voc_index(reader);
}

/* Entities can be declared in a document type only. */
static void XMLCALL on_doctype(void *context, const char *name, const char *system, const char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    voc_fail(context, ERROR_INPUT, "a document type is not taken");
}

int voc_read(const char *text, size_t n, const char *path, struct voc *out, struct error *err)
{
    struct voc_reader reader = {.path = path, .voc = out, .err = err, .parser = XML_ParserCreate("UTF-8")};
    *out = (struct voc){0};
    if (!reader.parser)
        return error_memory(err, path);
    if (n > VOC_MAX_BYTES) {
        error_set(err, ERROR_INPUT, "%s: larger than %d bytes", path, VOC_MAX_BYTES);
        reader.failed = true;
    } else {
        XML_SetUserData(reader.parser, &reader);
        XML_SetElementHandler(reader.parser, on_start, on_end);
        XML_SetCharacterDataHandler(reader.parser, on_characters);
        XML_SetStartDoctypeDeclHandler(reader.parser, on_doctype);
        if (XML_Parse(reader.parser, text, (int)n, XML_TRUE) != XML_STATUS_OK && !reader.failed) {
            enum XML_Error cause = XML_GetErrorCode(reader.parser);
            voc_fail(&reader, cause == XML_ERROR_NO_MEMORY ? ERROR_IO : ERROR_INPUT, XML_ErrorString(cause));
        }
    }
    XML_ParserFree(reader.parser);
    text_free(&reader.value);
    if (reader.failed)
        voc_free(out);
    return reader.failed ? -1 : 0;
}

void voc_free(struct voc *voc)
{
    for (size_t i = 0; i < voc->n_objects; i++)
        free(voc->objects[i].name);
    free(voc->objects);
    *voc = (struct voc){0};
}

/* ---- Writing ---- */

bool voc_can_say(const char *name)
{
    size_t n = strlen(name);
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        if (*p < ' ' || (*p == 0xef && p[1] == 0xbf && p[2] >= 0xbe))
            return false;
    return n && *name != ' ' && name[n - 1] != ' ';
}

static void put_escaped(struct text *out, const char *string)
{
    for (; *string; string++) {
        if (*string == '&')
            text_add(out, "&amp;");
        else if (*string == '<')
            text_add(out, "&lt;");
        else if (*string == '>')
            text_add(out, "&gt;");
        else
            text_add_char(out, *string);
    }
}

/* As labelImg lays it out. */
static void put_object(struct text *out, const struct voc_change *object)
{
    text_add(out, "\t<object>\n\t\t<name>");
    put_escaped(out, object->name);
    text_add(out, "</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n"
                  "\t\t<difficult>0</difficult>\n\t\t<bndbox>\n");
    for (int i = 0; i < 4; i++) {
        text_add_format(out, "\t\t\t<%s>", corner_names[i]);
        json_put_number(out, object->box[i]);
        text_add_format(out, "</%s>\n", corner_names[i]);
    }
    text_add(out, "\t\t</bndbox>\n\t</object>\n");
}

void voc_put(struct text *out, const char *picture, const size_t size[2], const struct voc_change *objects, size_t n)
{
    text_add(out, "<annotation>\n\t<filename>");
    put_escaped(out, picture);
    text_add(out, "</filename>\n");
    if (size[0])
        text_add_format(out,
                        "\t<size>\n\t\t<width>%zu</width>\n\t\t<height>%zu</height>\n\t\t<depth>3</depth>\n"
                        "\t</size>\n",
                        size[0], size[1]);
    text_add(out, "\t<segmented>0</segmented>\n");
    for (size_t i = 0; i < n; i++)
        put_object(out, &objects[i]);
    text_add(out, "</annotation>\n");
}

/* The object's text, with the places that change said anew. In a file a corner may stand before the name. */
static void put_changed_object(struct text *out, const char *text, const struct voc_object *object,
                               const struct voc_change *change)
{
    size_t at = object->whole.start;
    for (;;) {
        const struct voc_place *next = NULL;
        int corner = -1;
        if (strcmp(object->name, change->name) && object->name_at.start >= at)
            next = &object->name_at;
        for (int i = 0; i < 4; i++) {
            const struct voc_place *place = &object->box_at[i];
            bool differs = object->box[i] < change->box[i] || object->box[i] > change->box[i];
            if (differs && place->start >= at && (!next || place->start < next->start)) {
                next = place;
                corner = i;
            }
        }
        if (!next)
            break;
        text_add_bytes(out, text + at, next->start - at);
        if (corner < 0)
            put_escaped(out, change->name);
        else
            json_put_number(out, change->box[corner]);
        at = next->end;
    }
    text_add_bytes(out, text + at, object->whole.end - at);
}

/* Where the line of an object begins: behind the line end before it, when nothing but blanks stands between. */
static size_t line_start(const char *text, size_t from, size_t at)
{
    size_t start = at;
    while (start > from && strchr(" \t", text[start - 1]))
        start--;
    return start > from && text[start - 1] == '\n' ? start : at;
}

static size_t line_end(const char *text, size_t at)
{
    size_t end = at + strspn(text + at, " \t\r");
    return text[end] == '\n' ? end + 1 : at;
}

void voc_put_changed(struct text *out, const char *text, const struct voc *voc, const struct voc_change *changes,
                     const struct voc_change *more, size_t n_more)
{
    size_t at = 0;
    for (size_t i = 0; i < voc->n_objects; i++) {
        const struct voc_object *object = &voc->objects[i];
        size_t start = changes[i].name ? object->whole.start : line_start(text, at, object->whole.start);
        text_add_bytes(out, text + at, start - at);
        if (changes[i].name)
            put_changed_object(out, text, object, &changes[i]);
        at = changes[i].name || start == object->whole.start ? object->whole.end : line_end(text, object->whole.end);
    }
    if (n_more) {
        size_t end = voc->n_objects ? line_end(text, voc->end) : line_start(text, at, voc->end);
        if (end > at)
            text_add_bytes(out, text + at, end - at);
        at = end > at ? end : at;
        if (out->n && out->bytes[out->n - 1] != '\n')
            text_add_char(out, '\n');
        for (size_t i = 0; i < n_more; i++)
            put_object(out, &more[i]);
    }
    text_add(out, text + at);
}
