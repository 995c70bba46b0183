/* Writing: larger types first, so that every tensor is aligned to its type, and names in order within a type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/file.h"
#include "model/safetensors.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { SAFETENSORS_PIECE_BYTES = 64 * 1024 };

static int safetensors_by_type(const void *a, const void *b)
{
    const struct safetensors_entry *x = *(const struct safetensors_entry *const *)a;
    const struct safetensors_entry *y = *(const struct safetensors_entry *const *)b;
    size_t x_bytes = tensor_type_bytes(x->type), y_bytes = tensor_type_bytes(y->type);
    return x_bytes != y_bytes ? (x_bytes > y_bytes ? -1 : 1) : strcmp(x->name, y->name);
}

static cJSON *safetensors_describe(const struct safetensors_entry *entry, size_t begin)
{
    cJSON *json = cJSON_CreateObject();
    int good = cJSON_AddStringToObject(json, "dtype", tensor_type_name(entry->type)) != NULL;
    cJSON *shape = cJSON_AddArrayToObject(json, "shape"), *offsets = cJSON_AddArrayToObject(json, "data_offsets");
    for (size_t i = 0; i < entry->rank; i++)
        good = good && cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)entry->shape[i]));
    good = good && cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)begin));
    good = good && cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)(begin + entry->bytes)));
    if (good)
        return json;
    cJSON_Delete(json);
    return NULL;
}

/* The header's text, padded with spaces so that the data behind it is aligned. NULL when memory is out. */
static char *safetensors_header(const struct safetensors_entry *const *order, size_t n)
{
    cJSON *header = cJSON_CreateObject();
    size_t begin = 0;
    int good = header != NULL;
    for (size_t i = 0; i < n && good; i++) {
        cJSON *json = safetensors_describe(order[i], begin);
        good = json && cJSON_AddItemToObject(header, order[i]->name, json);
        begin += order[i]->bytes;
    }
    char *text = good ? cJSON_PrintUnformatted(header) : NULL;
    cJSON_Delete(header);
    if (!text)
        return NULL;
    size_t length = strlen(text), left = (8 + length) % SAFETENSORS_ALIGNMENT_BYTES;
    size_t padding = left ? SAFETENSORS_ALIGNMENT_BYTES - left : 0;
    char *padded = realloc(text, length + padding + 1);
    if (!padded) {
        free(text);
        return NULL;
    }
    memset(padded + length, ' ', padding);
    padded[length + padding] = 0;
    return padded;
}

static int safetensors_write_data(struct file_writer *writer, const struct safetensors_entry *entry,
                                  safetensors_producer *producer, void *context, struct error *err)
{
    if (entry->data || !entry->bytes) {
        if (entry->bytes && fwrite(entry->data, 1, entry->bytes, writer->stream) != entry->bytes)
            return error_errno(err, writer->path);
        return 0;
    }
    if (!producer)
        return error_set(err, ERROR_INPUT, "%s: %s: has no data", writer->path, entry->name);
    _Alignas(8) uint8_t piece[SAFETENSORS_PIECE_BYTES];
    for (size_t at = 0; at < entry->bytes;) {
        size_t left = entry->bytes - at, n = left < sizeof piece ? left : sizeof piece;
        if (producer(context, entry, at, piece, n, err))
            return -1;
        if (fwrite(piece, 1, n, writer->stream) != n)
            return error_errno(err, writer->path);
        at += n;
    }
    return 0;
}

static int safetensors_check_entry(const char *path, const struct safetensors_entry *entry, struct error *err)
{
    size_t bytes = tensor_type_bytes(entry->type);
    int bad = entry->rank > TENSOR_MAX_RANK;
    for (size_t i = 0; i < entry->rank && !bad; i++)
        bad = __builtin_mul_overflow(bytes, entry->shape[i], &bytes);
    if (bad || bytes != entry->bytes)
        return error_set(err, ERROR_INPUT, "%s: %s: has %zu bytes, which its shape does not make", path, entry->name,
                         entry->bytes);
    return 0;
}

int safetensors_write(const char *path, const struct safetensors_entry *entries, size_t n,
                      safetensors_producer *producer, void *context, struct error *err)
{
    int result = -1;
    char *header = NULL;
    struct file_writer writer = {0};
    const struct safetensors_entry **order = calloc(n + 1, sizeof *order);
    if (!order) {
        error_memory(err, path);
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        if (safetensors_check_entry(path, &entries[i], err))
            goto out;
        order[i] = &entries[i];
    }
    if (n)
        qsort(order, n, sizeof *order, safetensors_by_type);
    header = safetensors_header(order, n);
    if (!header) {
        error_memory(err, path);
        goto out;
    }
    if (file_writer_open(&writer, path, err))
        goto out;
    uint64_t length = strlen(header);
    if (fwrite(&length, 1, sizeof length, writer.stream) != sizeof length ||
        fwrite(header, 1, length, writer.stream) != length) {
        error_errno(err, path);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        if (safetensors_write_data(&writer, order[i], producer, context, err))
            goto out;
    result = file_writer_commit(&writer, err);
out:
    file_writer_abandon(&writer);
    cJSON_free(header);
    free(order);
    return result;
}
