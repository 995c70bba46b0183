/* What cJSON lets pass and a weights file or config must not have is checked here, before and after it parses.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/jsonfile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static size_t jsonfile_line(const char *text, size_t end)
{
    size_t line = 1;
    for (size_t i = 0; i < end; i++)
        line += text[i] == '\n';
    return line;
}

static int jsonfile_complain(const char *text, size_t at, const char *path, const char *reason, struct error *err)
{
    return error_set(err, ERROR_INPUT, "%s:%zu: %s", path, jsonfile_line(text, at), reason);
}

/* One pass over the bytes: encoding, depth, and no NUL, which would end names early. */
static int jsonfile_scan(const char *text, size_t n, const char *path, struct error *err)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) {
            utf8proc_int32_t code_point;
            size_t left = n - i;
            utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *)text + i,
                                                  (utf8proc_ssize_t)(left < 4 ? left : 4), &code_point);
            if (k < 1)
                return jsonfile_complain(text, i, path, "invalid UTF-8", err);
            i += (size_t)k;
            continue;
        }
        if (c == 0)
            return jsonfile_complain(text, i, path, "a NUL byte", err);
        if (in_string) {
            if (c == '\\' && n - i >= 6 && !memcmp(text + i + 1, "u0000", 5))
                return jsonfile_complain(text, i, path, "a NUL character", err);
            i += c == '\\' ? 2 : 1;
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        if ((c == '{' || c == '[') && ++depth > JSONFILE_MAX_DEPTH)
            return jsonfile_complain(text, i, path, "nested too deeply", err);
        if ((c == '}' || c == ']') && depth)
            depth--;
        i++;
    }
    return 0;
}

static int jsonfile_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Depth of the recursion is bounded by jsonfile_scan. */
static int jsonfile_check_names(const cJSON *value, const char *path, struct error *err)
{
    const cJSON *child;
    size_t n = 0;
    cJSON_ArrayForEach(child, value) {
        n++;
        if ((cJSON_IsObject(child) || cJSON_IsArray(child)) && jsonfile_check_names(child, path, err))
            return -1;
    }
    if (!cJSON_IsObject(value) || n < 2)
        return 0;
    const char **names = calloc(n, sizeof *names);
    if (!names)
        return error_memory(err, path);
    n = 0;
    cJSON_ArrayForEach(child, value)
        names[n++] = child->string;
    qsort(names, n, sizeof *names, jsonfile_compare);
    int result = 0;
    for (size_t i = 1; i < n && !result; i++)
        if (!strcmp(names[i - 1], names[i]))
            result = error_set(err, ERROR_INPUT, "%s: %s: stands twice", path, names[i]);
    free(names);
    return result;
}

cJSON *jsonfile_parse(const char *text, size_t n, const char *path, struct error *err)
{
    if (jsonfile_scan(text, n, path, err))
        return NULL;
    const char *end = NULL;
    /* The NUL is handed over too: releases of cJSON before 1.7.18 look one byte past the end of some cut texts. */
    cJSON *root = cJSON_ParseWithLengthOpts(text, n + 1, &end, 0);
    size_t at = end ? (size_t)(end - text) : 0;
    if (!root) {
        jsonfile_complain(text, at < n ? at : n, path, at < n ? "not valid JSON" : "JSON ends too early", err);
        return NULL;
    }
    while (at < n && strchr(" \t\r\n", text[at]))
        at++;
    int result = 0;
    if (at < n)
        result = jsonfile_complain(text, at, path, "more text behind the JSON value", err);
    else if (!cJSON_IsObject(root))
        result = jsonfile_complain(text, n, path, "not a JSON object", err);
    else
        result = jsonfile_check_names(root, path, err);
    if (!result)
        return root;
    cJSON_Delete(root);
    return NULL;
}
