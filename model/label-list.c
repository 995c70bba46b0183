/* SPDX-License-Identifier: Apache-2.0 */
#include "model/label-list.h"

#include "corpora/json.h"
#include "corpora/text.h"
#include "model/file.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_LIST_MAX_BYTES = 1 << 28 };

struct label_list {
    char **names;
    size_t n;
    struct json_document document; /* the file */
    struct error *err;
};

/* Adds the name that stands at this place of the file. */
static int label_list_add(struct label_list *list, const char *name, const char *at)
{
    if (!*name)
        return json_error(&list->document, at, list->err, "an empty name");
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->names[i], name))
            return json_error(&list->document, at, list->err, "%s stands twice", name);
    return text_list_add(&list->names, &list->n, name) ? error_memory(list->err, list->document.path) : 0;
}

static int label_list_read_lines(struct label_list *list)
{
    const char *at = list->document.text, *end = at + list->document.n;
    size_t valid = utf8_valid_bytes(at, list->document.n);
    if (valid < list->document.n || memchr(at, 0, list->document.n))
        return json_error(&list->document, at + (valid < list->document.n ? valid : strlen(at)), list->err,
                          "not UTF-8 text");
    while (at < end) {
        const char *line = at, *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        at = stop + 1;
        while (stop > line && strchr(" \t\r", stop[-1]))
            stop--;
        while (line < stop && strchr(" \t", *line))
            line++;
        if (line == stop)
            continue;
        char *name = strndup(line, (size_t)(stop - line));
        int result = name ? label_list_add(list, name, line) : error_memory(list->err, list->document.path);
        free(name);
        if (result)
            return -1;
    }
    return 0;
}

static int label_list_read_json(struct label_list *list)
{
    struct json_value root;
    if (json_document_check(&list->document, &root, list->err))
        return -1;
    struct json_value relations = root;
    if (json_kind(root) == JSON_OBJECT) {
        struct json_value schema = json_member(root, "schema");
        relations = json_member(json_kind(schema) == JSON_OBJECT ? schema : root, "relations");
    }
    if (json_kind(relations) != JSON_ARRAY)
        return json_error(&list->document, root.text, list->err, "no list of relations");
    struct json_walk walk = json_walk(relations);
    for (struct json_value item; json_next_item(&walk, &item);) {
        struct json_value name = json_kind(item) == JSON_OBJECT ? json_member(item, "name") : item;
        if (json_kind(name) != JSON_TEXT)
            return json_error(&list->document, item.text, list->err, "neither a name nor an object with one");
        char *text = json_text(name);
        int result = text ? label_list_add(list, text, name.text) : error_memory(list->err, list->document.path);
        free(text);
        if (result)
            return -1;
    }
    return 0;
}

/* The first line alone is JSON where a corpus is JSON Lines. */
static void label_list_take_header(struct label_list *list)
{
    const char *path = list->document.path, *end = memchr(list->document.text, '\n', list->document.n);
    size_t n = strlen(path);
    if (end && n >= 6 && !strcmp(path + n - 6, ".jsonl"))
        list->document.n = (size_t)(end - list->document.text);
}

int label_list_read(const char *path, char ***out, size_t *n, struct error *err)
{
    struct label_list list = {.document = {.path = path, .first_line = 1}, .err = err};
    uint8_t *bytes;
    if (file_read(path, LABEL_LIST_MAX_BYTES, &bytes, &list.document.n, err))
        return -1;
    list.document.text = (const char *)bytes;
    const char *first = list.document.text + strspn(list.document.text, " \t\r\n");
    int result;
    if (*first == '{' || *first == '[') {
        label_list_take_header(&list);
        result = label_list_read_json(&list);
    } else {
        result = label_list_read_lines(&list);
    }
    if (!result && !list.n)
        result = error_set(err, ERROR_INPUT, "%s: no names", path);
    free(bytes);
    if (result) {
        text_list_free(list.names, list.n);
        return -1;
    }
    *out = list.names;
    *n = list.n;
    return 0;
}
