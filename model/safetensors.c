/* Reading: every claim of the header is checked against the file before anybody is given a pointer into the mapping.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model/safetensors.h"

#include "corpora/json.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char safetensors_metadata[] = "__metadata__";

struct safetensors {
    char *path;
    uint8_t *map; /* [size] */
    size_t size;
    size_t data_at; /* where the data starts in the map */
    struct safetensors_entry *entries; /* by name; names are owned */
    float **copies;                    /* [n] converted tensors, NULL where not needed so far */
    float **placed;                    /* [n] copies that somebody else owns, NULL for most */
    size_t n;
};

static int safetensors_complain(const struct safetensors *file, const char *name, const char *reason, struct error *err)
{
    return error_set(err, ERROR_INPUT, "%s: %s: %s", file->path, name, reason);
}

static int safetensors_read_type(const struct safetensors *file, struct json_value dtype,
                                 struct safetensors_entry *entry, struct error *err)
{
    for (int type = 0; json_kind(dtype) == JSON_TEXT && type < TENSOR_TYPES; type++) {
        if (json_text_is(dtype, tensor_type_name(type))) {
            entry->type = type;
            return 0;
        }
    }
    return safetensors_complain(file, entry->name, "dtype is missing or none that is known", err);
}

static int safetensors_read_shape(const struct safetensors *file, struct json_value shape,
                                  struct safetensors_entry *entry, struct error *err)
{
    if (json_kind(shape) != JSON_ARRAY)
        return safetensors_complain(file, entry->name, "shape is missing or no list", err);
    size_t total = 1;
    struct json_walk walk = json_walk(shape);
    for (struct json_value item; json_next_item(&walk, &item);) {
        if (entry->rank == TENSOR_MAX_RANK)
            return safetensors_complain(file, entry->name, "shape has too many dimensions", err);
        size_t *length = &entry->shape[entry->rank++];
        if (!json_whole(item, length))
            return safetensors_complain(file, entry->name, "shape holds something that is no size", err);
        if (__builtin_mul_overflow(total, *length, &total))
            return safetensors_complain(file, entry->name, "shape is too large", err);
    }
    if (__builtin_mul_overflow(total, tensor_type_bytes(entry->type), &entry->bytes))
        return safetensors_complain(file, entry->name, "shape is too large", err);
    return 0;
}

static bool safetensors_pair(struct json_value array, size_t *begin, size_t *end)
{
    struct json_value item;
    if (json_kind(array) != JSON_ARRAY)
        return false;
    struct json_walk walk = json_walk(array);
    return json_next_item(&walk, &item) && json_whole(item, begin) && json_next_item(&walk, &item) &&
           json_whole(item, end) && !json_next_item(&walk, &item) && *begin <= *end;
}

static int safetensors_read_offsets(const struct safetensors *file, struct json_value offsets,
                                    struct safetensors_entry *entry, struct error *err)
{
    size_t begin, end, data_bytes = file->size - file->data_at;
    if (!safetensors_pair(offsets, &begin, &end))
        return safetensors_complain(file, entry->name, "data_offsets are no [begin, end]", err);
    if (end > data_bytes)
        return error_set(err, ERROR_INPUT, "%s: %s: data_offsets end at byte %zu, the file's data at %zu (is it cut?)",
                         file->path, entry->name, end, data_bytes);
    if (end - begin != entry->bytes)
        return error_set(err, ERROR_INPUT, "%s: %s: data_offsets hold %zu bytes, shape and dtype make %zu", file->path,
                         entry->name, end - begin, entry->bytes);
    entry->data = file->map + file->data_at + begin;
    return 0;
}

static int safetensors_read_entry(const struct safetensors *file, const struct json_document *document,
                                  struct json_value json, struct safetensors_entry *entry, struct error *err)
{
    static const char *const names[] = {"dtype", "shape", "data_offsets", NULL};
    struct json_value values[3];
    char *extra;
    if (!*entry->name)
        return safetensors_complain(file, "\"\"", "a tensor without a name", err);
    if (json_collect(document, json, entry->name, names, values, &extra, err))
        return -1;
    if (extra) {
        free(extra);
        return safetensors_complain(file, entry->name, "has more than dtype, shape and data_offsets", err);
    }
    if (safetensors_read_type(file, values[0], entry, err) || safetensors_read_shape(file, values[1], entry, err) ||
        safetensors_read_offsets(file, values[2], entry, err))
        return -1;
    return 0;
}

static int safetensors_check_metadata(const struct safetensors *file, struct json_value json, struct error *err)
{
    if (json_kind(json) != JSON_OBJECT)
        return safetensors_complain(file, safetensors_metadata, "is not an object", err);
    struct json_walk walk = json_walk(json);
    for (struct json_value name, value; json_next_member(&walk, &name, &value);)
        if (json_kind(value) != JSON_TEXT)
            return safetensors_complain(file, safetensors_metadata, "holds something that is no text", err);
    return 0;
}

static int safetensors_by_place(const void *a, const void *b)
{
    const struct safetensors_entry *x = a, *y = b;
    if (x->data != y->data)
        return (const uint8_t *)x->data < (const uint8_t *)y->data ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static int safetensors_by_name(const void *a, const void *b)
{
    const struct safetensors_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The tensors must cover the data exactly. */
static int safetensors_check_cover(struct safetensors *file, struct error *err)
{
    qsort(file->entries, file->n, sizeof *file->entries, safetensors_by_place);
    const uint8_t *next = file->map + file->data_at, *end = file->map + file->size;
    for (size_t i = 0; i < file->n; i++) {
        const struct safetensors_entry *entry = &file->entries[i];
        const uint8_t *data = entry->data;
        if (data < next)
            return error_set(err, ERROR_INPUT, "%s: %s: overlaps %s", file->path, entry->name, entry[-1].name);
        if (data > next)
            return error_set(err, ERROR_INPUT, "%s: %s: %zu bytes before it belong to no tensor", file->path,
                             entry->name, (size_t)(data - next));
        next = data + entry->bytes;
    }
    if (next < end)
        return error_set(err, ERROR_INPUT, "%s: %zu bytes behind the last tensor", file->path, (size_t)(end - next));
    return 0;
}

static int safetensors_read_entries(struct safetensors *file, const struct json_document *document,
                                    struct json_value header, struct error *err)
{
    struct json_value name, value;
    size_t capacity = 0;
    for (struct json_walk walk = json_walk(header); json_next_member(&walk, &name, &value);)
        capacity++;
    file->entries = calloc(capacity + 1, sizeof *file->entries);
    file->copies = calloc(capacity + 1, sizeof *file->copies);
    file->placed = calloc(capacity + 1, sizeof *file->placed);
    if (!file->entries || !file->copies || !file->placed)
        return error_memory(err, file->path);
    for (struct json_walk walk = json_walk(header); json_next_member(&walk, &name, &value);) {
        if (json_text_is(name, safetensors_metadata)) {
            if (safetensors_check_metadata(file, value, err))
                return -1;
            continue;
        }
        struct safetensors_entry *entry = &file->entries[file->n];
        entry->name = json_text(name);
        if (!entry->name)
            return error_memory(err, file->path);
        file->n++;
        if (safetensors_read_entry(file, document, value, entry, err))
            return -1;
    }
    if (safetensors_check_cover(file, err))
        return -1;
    qsort(file->entries, file->n, sizeof *file->entries, safetensors_by_name);
    for (size_t i = 1; i < file->n; i++)
        if (!strcmp(file->entries[i - 1].name, file->entries[i].name))
            return safetensors_complain(file, file->entries[i].name, "stands twice", err);
    return 0;
}

static int safetensors_read_header(struct safetensors *file, struct error *err)
{
    if (file->size < 8)
        return error_set(err, ERROR_INPUT, "%s: %zu bytes are too few for a weights file", file->path, file->size);
    uint64_t length;
    memcpy(&length, file->map, sizeof length);
    if (length > SAFETENSORS_MAX_HEADER_BYTES)
        return error_set(err, ERROR_INPUT, "%s: not a safetensors file (header of %ju bytes, at most %d)", file->path,
                         (uintmax_t)length, SAFETENSORS_MAX_HEADER_BYTES);
    if (length > file->size - 8)
        return error_set(err, ERROR_INPUT, "%s: cut within its header", file->path);
    file->data_at = 8 + (size_t)length;
    struct json_document document = {(const char *)file->map + 8, (size_t)length, file->path, 1};
    struct json_value header;
    if (json_document_check(&document, &header, err))
        return -1;
    if (json_kind(header) != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "%s: the header is not a JSON object", file->path);
    return safetensors_read_entries(file, &document, header, err);
}

static int safetensors_map(struct safetensors *file, struct error *err)
{
    int result = -1;
    struct stat st;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st)) {
        error_errno(err, file->path);
    } else if (!S_ISREG(st.st_mode)) {
        error_set(err, ERROR_INPUT, "%s: not a regular file", file->path);
    } else if ((uintmax_t)st.st_size > SIZE_MAX / 4) {
        error_set(err, ERROR_INPUT, "%s: too large", file->path);
    } else if (st.st_size == 0) {
        error_set(err, ERROR_INPUT, "%s: empty", file->path);
    } else {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED) {
            error_errno(err, file->path);
        } else {
            file->map = map;
            file->size = (size_t)st.st_size;
            result = 0;
        }
    }
    if (fd >= 0)
        close(fd);
    return result;
}

struct safetensors *safetensors_open(const char *path, struct error *err)
{
    struct safetensors *file = calloc(1, sizeof *file);
    if (!file || !(file->path = strdup(path))) {
        error_memory(err, path);
        free(file);
        return NULL;
    }
    if (!safetensors_map(file, err) && !safetensors_read_header(file, err))
        return file;
    safetensors_close(file);
    return NULL;
}

void safetensors_close(struct safetensors *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->n; i++) {
        free((char *)file->entries[i].name);
        free(file->copies[i]);
    }
    if (file->map)
        munmap(file->map, file->size);
    free(file->entries);
    free(file->copies);
    free(file->placed);
    free(file->path);
    free(file);
}

size_t safetensors_count(const struct safetensors *file)
{
    return file->n;
}

const struct safetensors_entry *safetensors_at(const struct safetensors *file, size_t index)
{
    return index < file->n ? &file->entries[index] : NULL;
}

const struct safetensors_entry *safetensors_find(const struct safetensors *file, const char *name)
{
    struct safetensors_entry key = {.name = name};
    return file->n ? bsearch(&key, file->entries, file->n, sizeof key, safetensors_by_name) : NULL;
}

const char *safetensors_path(const struct safetensors *file)
{
    return file->path;
}

static void safetensors_shape_text(size_t rank, const size_t *shape, char *out, size_t size)
{
    size_t at = (size_t)snprintf(out, size, "[");
    for (size_t i = 0; i < rank && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%zu", i ? ", " : "", shape[i]);
    if (at < size)
        snprintf(out + at, size - at, "]");
}

int safetensors_expect_entry(const struct safetensors_entry *entry, const char *path, const char *name, size_t rank,
                             const size_t *shape, struct error *err)
{
    if (!entry)
        return error_set(err, ERROR_INPUT, "%s: %s: this tensor is missing", path, name);
    if (entry->rank != rank || (rank && memcmp(entry->shape, shape, rank * sizeof *shape))) {
        char is[TENSOR_MAX_RANK * 22 + 3], want[sizeof is];
        safetensors_shape_text(entry->rank, entry->shape, is, sizeof is);
        safetensors_shape_text(rank, shape, want, sizeof want);
        return error_set(err, ERROR_INPUT, "%s: %s: shape is %s, the config asks for %s", path, name, is, want);
    }
    if (entry->type != TENSOR_F32 && entry->type != TENSOR_F16 && entry->type != TENSOR_BF16)
        return error_set(err, ERROR_INPUT, "%s: %s: dtype is %s, only F32, F16 and BF16 are read", path, name,
                         tensor_type_name(entry->type));
    return 0;
}

int safetensors_expect(const struct safetensors *file, const char *name, size_t rank, const size_t *shape,
                       struct error *err)
{
    return safetensors_expect_entry(safetensors_find(file, name), file->path, name, rank, shape, err);
}

/* What was copied need not stand in memory a second time: its whole pages are read again from the file should anybody
 * look at them. */
static void safetensors_release(const struct safetensors_entry *entry)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = ((uintptr_t)entry->data + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)entry->data + entry->bytes) / page * page;
    if (end > start)
        madvise((void *)start, end - start, MADV_DONTNEED);
}

/* n numbers of an entry as f32. */
static void safetensors_convert(const struct safetensors_entry *entry, float *out, size_t n)
{
    if (entry->type == TENSOR_F16)
        tensor_run_from_f16(entry->data, out, n);
    else if (entry->type == TENSOR_BF16)
        tensor_run_from_bf16(entry->data, out, n);
    else
        memcpy(out, entry->data, entry->bytes);
    safetensors_release(entry);
}

const float *safetensors_f32(struct safetensors *file, const char *name, size_t rank, const size_t *shape,
                             struct error *err)
{
    if (safetensors_expect(file, name, rank, shape, err))
        return NULL;
    const struct safetensors_entry *entry = safetensors_find(file, name);
    if (file->placed[entry - file->entries])
        return file->placed[entry - file->entries];
    if (entry->type == TENSOR_F32 && (uintptr_t)entry->data % _Alignof(float) == 0)
        return entry->data;
    float **copy = &file->copies[entry - file->entries];
    if (*copy)
        return *copy;
    /* Cannot overflow: the bytes stand in a file whose size is at most a quarter of the address space. */
    size_t n = entry->bytes / tensor_type_bytes(entry->type), alignment = SAFETENSORS_ALIGNMENT_BYTES;
    *copy = aligned_alloc(alignment, (n * sizeof(float) / alignment + 1) * alignment);
    if (!*copy) {
        error_memory(err, file->path);
        return NULL;
    }
    safetensors_convert(entry, *copy, n);
    return *copy;
}

int safetensors_place(struct safetensors *file, const char *name, size_t rank, const size_t *shape, float *at,
                      struct error *err)
{
    if (safetensors_expect(file, name, rank, shape, err))
        return -1;
    const struct safetensors_entry *entry = safetensors_find(file, name);
    safetensors_convert(entry, at, entry->bytes / tensor_type_bytes(entry->type));
    file->placed[entry - file->entries] = at;
    return 0;
}
