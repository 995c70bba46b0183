/* Writing: larger types first, so that every tensor is aligned to its type, and names in order within a type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/safetensors.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "corpora/text.h"

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

static void safetensors_describe(struct text *header, const struct safetensors_entry *entry, size_t begin)
{
    json_put_name(header, entry->name);
    text_add_format(header, "{\"dtype\": \"%s\", \"shape\": [", tensor_type_name(entry->type));
    for (size_t i = 0; i < entry->rank; i++)
        text_add_format(header, i ? ", %zu" : "%zu", entry->shape[i]);
    text_add_format(header, "], \"data_offsets\": [%zu, %zu]}", begin, begin + entry->bytes);
}

/* Padded with spaces so that the data behind it is aligned. NULL when memory is out. */
static char *safetensors_header(const struct safetensors_entry *const *order, size_t n)
{
    struct text header = {0};
    size_t begin = 0;
    text_add_char(&header, '{');
    for (size_t i = 0; i < n; i++) {
        safetensors_describe(&header, order[i], begin);
        begin += order[i]->bytes;
    }
    text_add_char(&header, '}');
    while (!header.failed && (8 + header.n) % SAFETENSORS_ALIGNMENT_BYTES)
        text_add_char(&header, ' ');
    return text_take(&header);
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
    if (file_writer_open(path, &writer, err))
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
    result = 0;
out:
    if (writer.stream && result)
        file_writer_abandon(&writer);
    else if (writer.stream)
        result = file_writer_finish(&writer, err);
    free(header);
    free(order);
    return result;
}
