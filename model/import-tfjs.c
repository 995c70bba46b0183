/* SPDX-License-Identifier: Apache-2.0 */
#include "model/import-tfjs.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"
#include "model/file.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { IMPORT_TFJS_MAX_JSON_BYTES = 64 << 20, IMPORT_TFJS_MAX_SHARD_BYTES = 1 << 30 };

struct import_tfjs_reader {
    const char *path;
    struct json_document document;
    struct import_tfjs *graph;
    uint8_t *bytes; /* of the group that is being read */
    size_t n_bytes, used;
    struct error *err;
};

static int import_tfjs_complain(const struct import_tfjs_reader *reader, const char *name, const char *reason)
{
    return error_set(reader->err, ERROR_INPUT, "%s: %.*s: %s", reader->path, utf8_head(name, 200), name, reason);
}

/* A name that stays in the folder: relative, without a step up. */
static bool import_tfjs_stays(const char *name)
{
    if (!*name || *name == '/')
        return false;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (!strncmp(part, "..", 2) && (part[2] == '/' || !part[2]))
            return false;
    return true;
}

static int import_tfjs_append(struct import_tfjs_reader *reader, const char *path)
{
    uint8_t *bytes = NULL;
    size_t n = 0, total;
    int result = -1;
    if (file_read(path, IMPORT_TFJS_MAX_SHARD_BYTES, &bytes, &n, reader->err))
        goto out;
    if (__builtin_add_overflow(reader->n_bytes, n, &total)) {
        error_memory(reader->err, path);
        goto out;
    }
    uint8_t *grown = realloc(reader->bytes, total + 1);
    if (!grown) {
        error_memory(reader->err, path);
        goto out;
    }
    memcpy(grown + reader->n_bytes, bytes, n);
    reader->bytes = grown;
    reader->n_bytes = total;
    result = 0;
out:
    free(bytes);
    return result;
}

/* Reads the files of a group, one after the other. */
static int import_tfjs_read_files(struct import_tfjs_reader *reader, struct json_value paths)
{
    if (json_kind(paths) != JSON_ARRAY)
        return import_tfjs_complain(reader, "weightsManifest", "a group has no list of paths");
    struct json_walk walk = json_walk(paths);
    for (struct json_value item; json_next_item(&walk, &item);) {
        char *name = json_kind(item) == JSON_TEXT ? json_text(item) : NULL;
        char *folder = file_folder(reader->path), *path = name && folder ? file_join(folder, name) : NULL;
        int result;
        if (json_kind(item) != JSON_TEXT)
            result = import_tfjs_complain(reader, "weightsManifest", "a path is no text");
        else if (!path)
            result = error_memory(reader->err, reader->path);
        else if (!import_tfjs_stays(name))
            result = import_tfjs_complain(reader, name, "is a path that leaves the graph's folder");
        else
            result = import_tfjs_append(reader, path);
        free(path);
        free(folder);
        free(name);
        if (result)
            return result;
    }
    return 0;
}

/* The shape, and in *n how many numbers it makes. */
static int import_tfjs_read_shape(const struct import_tfjs_reader *reader, struct json_value shape,
                                  struct safetensors_entry *entry, size_t *n)
{
    *n = 1;
    if (json_kind(shape) != JSON_ARRAY)
        return import_tfjs_complain(reader, entry->name, "has no shape");
    struct json_walk walk = json_walk(shape);
    for (struct json_value item; json_next_item(&walk, &item); entry->rank++) {
        if (entry->rank == TENSOR_MAX_RANK)
            return import_tfjs_complain(reader, entry->name, "has too many dimensions");
        if (!json_whole(item, &entry->shape[entry->rank]) || !entry->shape[entry->rank])
            return import_tfjs_complain(reader, entry->name, "the shape holds something that is no size");
        if (__builtin_mul_overflow(*n, entry->shape[entry->rank], n))
            return import_tfjs_complain(reader, entry->name, "is too large");
    }
    return 0;
}

/* How the numbers are stored: *stored is F32, F16 or I32. */
static int import_tfjs_read_type(const struct import_tfjs_reader *reader, struct json_value weight, const char *name,
                                 enum tensor_type *stored)
{
    struct json_value type = json_member(weight, "dtype"), quantization = json_member(weight, "quantization");
    struct json_value quantized = json_member(quantization, "dtype");
    bool is_float = json_kind(type) == JSON_TEXT && json_text_is(type, "float32");
    if (!is_float && !(json_kind(type) == JSON_TEXT && json_text_is(type, "int32")))
        return import_tfjs_complain(reader, name, "dtype is neither float32 nor int32");
    *stored = is_float ? TENSOR_F32 : TENSOR_I32;
    if (!json_is_given(quantization))
        return 0;
    if (!is_float || json_kind(quantized) != JSON_TEXT || !json_text_is(quantized, "float16"))
        return import_tfjs_complain(reader, name, "is quantised to something else than float16: not supported");
    *stored = TENSOR_F16;
    return 0;
}

/* Takes n stored numbers off the group's bytes into the entry. */
static int import_tfjs_take(struct import_tfjs_reader *reader, enum tensor_type stored, size_t n,
                            struct safetensors_entry *entry)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, tensor_type_bytes(stored), &bytes) || bytes > reader->n_bytes - reader->used)
        return import_tfjs_complain(reader, entry->name, "the files end before it: are they cut?");
    const uint8_t *from = reader->bytes + reader->used;
    reader->used += bytes;
    entry->type = stored == TENSOR_I32 ? TENSOR_I32 : TENSOR_F32;
    entry->bytes = n * tensor_type_bytes(entry->type); /* F16 becomes twice as much, of at most 1 GiB a file */
    float *values = malloc(entry->bytes);
    entry->data = values;
    if (!values)
        return error_memory(reader->err, reader->path);
    if (stored == TENSOR_F16)
        tensor_run_from_f16(from, values, n);
    else
        memcpy(values, from, bytes);
    for (size_t i = 0; i < n && stored != TENSOR_I32; i++)
        if (!isfinite(values[i]))
            return import_tfjs_complain(reader, entry->name, "holds a number that is not finite");
    return 0;
}

static int import_tfjs_read_weight(struct import_tfjs_reader *reader, struct json_value weight)
{
    struct import_tfjs *graph = reader->graph;
    struct json_value name = json_member(weight, "name");
    if (json_kind(name) != JSON_TEXT || json_text_is(name, ""))
        return import_tfjs_complain(reader, "weightsManifest", "a weight has no name");
    struct safetensors_entry *grown = array_grow(graph->tensors, graph->n, sizeof *grown);
    if (!grown)
        return error_memory(reader->err, reader->path);
    graph->tensors = grown;
    struct safetensors_entry *entry = &grown[graph->n];
    *entry = (struct safetensors_entry){.name = json_text(name)};
    if (!entry->name)
        return error_memory(reader->err, reader->path);
    graph->n++;
    enum tensor_type stored = TENSOR_F32;
    size_t n = 0;
    if (import_tfjs_read_type(reader, weight, entry->name, &stored) ||
        import_tfjs_read_shape(reader, json_member(weight, "shape"), entry, &n))
        return -1;
    return import_tfjs_take(reader, stored, n, entry);
}

static int import_tfjs_read_group(struct import_tfjs_reader *reader, struct json_value group)
{
    struct json_value weights = json_member(group, "weights");
    free(reader->bytes);
    reader->bytes = NULL;
    reader->n_bytes = reader->used = 0;
    if (json_kind(weights) != JSON_ARRAY)
        return import_tfjs_complain(reader, "weightsManifest", "a group has no list of weights");
    if (import_tfjs_read_files(reader, json_member(group, "paths")))
        return -1;
    struct json_walk walk = json_walk(weights);
    for (struct json_value weight; json_next_item(&walk, &weight);)
        if (import_tfjs_read_weight(reader, weight))
            return -1;
    if (reader->used != reader->n_bytes)
        return error_set(reader->err, ERROR_INPUT, "%s: the files of weights hold %zu bytes, the weights take %zu",
                         reader->path, reader->n_bytes, reader->used);
    return 0;
}

static int import_tfjs_compare(const void *a, const void *b)
{
    return strcmp(((const struct safetensors_entry *)a)->name, ((const struct safetensors_entry *)b)->name);
}

static int import_tfjs_read_all(struct import_tfjs_reader *reader)
{
    struct json_value root;
    struct import_tfjs *graph = reader->graph;
    if (json_document_check(&reader->document, &root, reader->err))
        return -1;
    struct json_value manifest = json_member(root, "weightsManifest");
    if (json_kind(manifest) != JSON_ARRAY)
        return error_set(reader->err, ERROR_INPUT, "%s: no graph of TensorFlow.js: it has no weightsManifest",
                         reader->path);
    struct json_walk walk = json_walk(manifest);
    for (struct json_value group; json_next_item(&walk, &group);)
        if (import_tfjs_read_group(reader, group))
            return -1;
    if (graph->n)
        qsort(graph->tensors, graph->n, sizeof *graph->tensors, import_tfjs_compare);
    for (size_t i = 1; i < graph->n; i++)
        if (!strcmp(graph->tensors[i - 1].name, graph->tensors[i].name))
            return import_tfjs_complain(reader, graph->tensors[i].name, "stands twice");
    return 0;
}

int import_tfjs_read(const char *path, struct import_tfjs *out, struct error *err)
{
    uint8_t *text;
    *out = (struct import_tfjs){0};
    struct import_tfjs_reader reader = {
        .path = path, .document = {.path = path, .first_line = 1}, .graph = out, .err = err};
    if (file_read(path, IMPORT_TFJS_MAX_JSON_BYTES, &text, &reader.document.n, err))
        return -1;
    reader.document.text = (const char *)text;
    int result = import_tfjs_read_all(&reader);
    free(reader.bytes);
    free(text);
    if (result)
        import_tfjs_free(out);
    return result;
}

void import_tfjs_free(struct import_tfjs *graph)
{
    for (size_t i = 0; i < graph->n; i++) {
        free((char *)graph->tensors[i].name);
        free((void *)graph->tensors[i].data);
    }
    free(graph->tensors);
    *graph = (struct import_tfjs){0};
}
