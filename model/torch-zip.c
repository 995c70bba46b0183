/* SPDX-License-Identifier: Apache-2.0 */
#include "model/torch-zip.h"

#include "corpora/text.h"
#include "model/pickle.h"
#include "model/state-dict.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zip.h>

/* A file of the archive that was read, or a tensor that was gathered out of one. */
struct torch_zip_block {
    const char *key; /* of the storage, borrowed from a tensor; NULL = gathered */
    uint8_t *bytes;
    size_t n;
};

struct torch_zip {
    char *path;
    char *folder; /* "archive/" */
    struct state_dict state;
    struct safetensors_entry *entries; /* by name, ascending; names borrowed from state */
    size_t n;
    struct torch_zip_block *blocks;
    size_t n_blocks;
};

/* The archive while it is read. Its files may lie on top of each other, and so may its tensors: what is read in all, and
 * gathered in all, is no more than there is. */
struct torch_zip_reader {
    struct torch_zip *zip;
    zip_t *archive;
    uint64_t bytes_left, gathered_left;
    struct error *err;
};

static int torch_zip_complain(const struct torch_zip_reader *reader, const char *name, const char *reason)
{
    return error_set(reader->err, ERROR_INPUT, "%s: %s: %s", reader->zip->path, name, reason);
}

/* The file with that name, whole; reading to its end checks its sum. */
static int torch_zip_read(struct torch_zip_reader *reader, zip_uint64_t index, const char *name, uint8_t **out, size_t *n)
{
    zip_stat_t status;
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
    *out = NULL;
    if (zip_stat_index(reader->archive, index, 0, &status) || (status.valid & wanted) != wanted)
        return torch_zip_complain(reader, name, "cannot be read");
    if (status.comp_method != ZIP_CM_STORE)
        return torch_zip_complain(reader, name, "is compressed, as PyTorch never does it");
    if (status.size > reader->bytes_left)
        return torch_zip_complain(reader, name, "is larger than the file; is it cut?");
    reader->bytes_left -= status.size;
    uint8_t *bytes = malloc((size_t)status.size + 1);
    if (!bytes)
        return error_memory(reader->err, reader->zip->path);
    zip_file_t *file = zip_fopen_index(reader->archive, index, 0);
    zip_uint64_t got = 0;
    zip_int64_t run = file ? 1 : -1;
    while (run > 0 && got <= status.size) {
        run = zip_fread(file, bytes + got, status.size + 1 - got);
        got += run > 0 ? (zip_uint64_t)run : 0;
    }
    if (file)
        zip_fclose(file);
    if (run < 0 || got != status.size) {
        free(bytes);
        return torch_zip_complain(reader, name, "is damaged");
    }
    *out = bytes;
    *n = (size_t)got;
    return 0;
}

static int torch_zip_read_name(struct torch_zip_reader *reader, const char *part, const char *key, uint8_t **out,
                               size_t *n)
{
    struct text name = {0};
    text_add(&name, reader->zip->folder);
    text_add(&name, part);
    text_add(&name, key);
    char *full = text_take(&name);
    int result = -1;
    *out = NULL;
    if (!full) {
        error_memory(reader->err, reader->zip->path);
    } else {
        zip_int64_t index = zip_name_locate(reader->archive, full, ZIP_FL_ENC_RAW);
        result = index < 0 ? torch_zip_complain(reader, full, "is missing")
                           : torch_zip_read(reader, (zip_uint64_t)index, full, out, n);
    }
    free(full);
    return result;
}

/* The folder that all lies in: where data.pkl is. */
static int torch_zip_find_folder(struct torch_zip_reader *reader)
{
    static const char wanted[] = "/data.pkl";
    zip_int64_t n = zip_get_num_entries(reader->archive, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(reader->archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        const char *slash = name ? strchr(name, '/') : NULL;
        if (!slash || strcmp(slash, wanted))
            continue;
        reader->zip->folder = strndup(name, (size_t)(slash - name) + 1);
        return reader->zip->folder ? 0 : error_memory(reader->err, reader->zip->path);
    }
    return error_set(reader->err, ERROR_INPUT, "%s: a zip file, but none of PyTorch's: data.pkl is missing",
                     reader->zip->path);
}

static int torch_zip_read_state(struct torch_zip_reader *reader)
{
    struct text where = {0};
    uint8_t *bytes = NULL;
    size_t n;
    int result = -1;
    if (zip_name_locate(reader->archive, "byteorder", ZIP_FL_NODIR) >= 0) {
        if (torch_zip_read_name(reader, "byteorder", "", &bytes, &n))
            return -1;
        bool little = n == 6 && !memcmp(bytes, "little", 6);
        free(bytes);
        if (!little)
            return torch_zip_complain(reader, "byteorder", "is not \"little\", the only one that is read");
    }
    if (torch_zip_read_name(reader, "data.pkl", "", &bytes, &n))
        return -1;
    text_add_format(&where, "%s: data.pkl", reader->zip->path);
    if (where.failed)
        error_memory(reader->err, reader->zip->path);
    else if (n > PICKLE_MAX_BYTES)
        torch_zip_complain(reader, "data.pkl", "is too large");
    else
        result = state_dict_read(bytes, n, where.bytes, &reader->zip->state, reader->err);
    text_free(&where);
    free(bytes);
    return result;
}

static struct torch_zip_block *torch_zip_add_block(const struct torch_zip_reader *reader, const char *key)
{
    struct torch_zip *zip = reader->zip;
    struct torch_zip_block *blocks = array_grow(zip->blocks, zip->n_blocks, sizeof *blocks);
    if (!blocks) {
        error_memory(reader->err, zip->path);
        return NULL;
    }
    zip->blocks = blocks;
    blocks[zip->n_blocks] = (struct torch_zip_block){.key = key};
    return &blocks[zip->n_blocks++];
}

/* The storage of a tensor, read at its first use. Of the blocks, the last ones are the likeliest. */
static const uint8_t *torch_zip_storage(struct torch_zip_reader *reader, const struct state_tensor *tensor)
{
    struct torch_zip *zip = reader->zip;
    struct torch_zip_block *block = NULL;
    size_t bytes;
    for (size_t i = zip->n_blocks; i-- && !block;)
        if (zip->blocks[i].key && !strcmp(zip->blocks[i].key, tensor->storage))
            block = &zip->blocks[i];
    if (!block) {
        block = torch_zip_add_block(reader, tensor->storage);
        if (!block || torch_zip_read_name(reader, "data/", tensor->storage, &block->bytes, &block->n))
            return NULL;
    }
    if (__builtin_mul_overflow(tensor->storage_numbers, tensor_type_bytes(tensor->type), &bytes) || bytes != block->n) {
        error_set(reader->err, ERROR_INPUT, "%s: %s: its storage has %zu bytes, not %zu numbers", zip->path, tensor->name,
                  block->n, tensor->storage_numbers);
        return NULL;
    }
    return block->bytes;
}

static bool torch_zip_is_contiguous(const struct state_tensor *tensor)
{
    size_t stride = 1;
    for (size_t i = tensor->rank; i--;) {
        if (tensor->shape[i] != 1 && tensor->strides[i] != stride)
            return false;
        stride *= tensor->shape[i];
    }
    return true;
}

/* The numbers in the order of the shape. Their places were checked, and their sum is no more than the storage. */
static const void *torch_zip_gather(struct torch_zip_reader *reader, const struct state_tensor *tensor,
                                    const uint8_t *storage, size_t numbers)
{
    size_t bytes = tensor_type_bytes(tensor->type), index[TENSOR_MAX_RANK] = {0};
    if (numbers * bytes > reader->gathered_left) {
        torch_zip_complain(reader, tensor->name, "overlaps with too many others");
        return NULL;
    }
    reader->gathered_left -= numbers * bytes;
    struct torch_zip_block *block = torch_zip_add_block(reader, NULL);
    if (!block || !(block->bytes = malloc(numbers * bytes + 1))) {
        error_memory(reader->err, reader->zip->path);
        return NULL;
    }
    for (size_t k = 0; k < numbers; k++) {
        size_t at = tensor->offset;
        for (size_t i = 0; i < tensor->rank; i++)
            at += index[i] * tensor->strides[i];
        memcpy(block->bytes + k * bytes, storage + at * bytes, bytes);
        for (size_t i = tensor->rank; i-- && ++index[i] == tensor->shape[i];)
            index[i] = 0;
    }
    return block->bytes;
}

static int torch_zip_read_tensor(struct torch_zip_reader *reader, const struct state_tensor *tensor)
{
    struct torch_zip *zip = reader->zip;
    const uint8_t *storage = torch_zip_storage(reader, tensor);
    if (!storage)
        return -1;
    struct safetensors_entry *entry = &zip->entries[zip->n++];
    size_t numbers = 1;
    *entry = (struct safetensors_entry){.name = tensor->name, .type = tensor->type, .rank = tensor->rank};
    memcpy(entry->shape, tensor->shape, sizeof entry->shape);
    for (size_t i = 0; i < tensor->rank; i++) /* 0, or no more than its storage */
        numbers = tensor->shape[i] ? numbers : 0;
    for (size_t i = 0; i < tensor->rank && numbers; i++)
        numbers *= tensor->shape[i];
    entry->bytes = numbers * tensor_type_bytes(tensor->type);
    if (!numbers || torch_zip_is_contiguous(tensor))
        entry->data = numbers ? storage + tensor->offset * tensor_type_bytes(tensor->type) : storage;
    else
        entry->data = torch_zip_gather(reader, tensor, storage, numbers);
    return entry->data ? 0 : -1;
}

static int torch_zip_by_name(const void *a, const void *b)
{
    return strcmp(((const struct safetensors_entry *)a)->name, ((const struct safetensors_entry *)b)->name);
}

static int torch_zip_read_all(struct torch_zip_reader *reader)
{
    struct torch_zip *zip = reader->zip;
    if (torch_zip_find_folder(reader) || torch_zip_read_state(reader))
        return -1;
    zip->entries = calloc(zip->state.n, sizeof *zip->entries);
    if (!zip->entries)
        return error_memory(reader->err, zip->path);
    for (size_t i = 0; i < zip->state.n; i++)
        if (torch_zip_read_tensor(reader, &zip->state.tensors[i]))
            return -1;
    qsort(zip->entries, zip->n, sizeof *zip->entries, torch_zip_by_name);
    for (size_t i = 1; i < zip->n; i++)
        if (!strcmp(zip->entries[i - 1].name, zip->entries[i].name))
            return torch_zip_complain(reader, zip->entries[i].name, "stands twice");
    return 0;
}

struct torch_zip *torch_zip_open(const char *path, struct error *err)
{
    struct torch_zip_reader reader = {.zip = calloc(1, sizeof *reader.zip), .err = err};
    struct stat status;
    int code = 0, result = -1;
    if (!reader.zip || text_copy(path, &reader.zip->path)) {
        error_memory(err, path);
    } else if (stat(path, &status)) {
        error_errno(err, path);
    } else if (!(reader.archive = zip_open(path, ZIP_RDONLY, &code))) {
        zip_error_t reason;
        zip_error_init_with_code(&reason, code);
        error_set(err, ERROR_INPUT, "%s: no zip file: %s; is it cut?", path, zip_error_strerror(&reason));
        zip_error_fini(&reason);
    } else {
        reader.bytes_left = reader.gathered_left = (uint64_t)status.st_size;
        result = torch_zip_read_all(&reader);
        zip_discard(reader.archive);
    }
    if (!result)
        return reader.zip;
    torch_zip_close(reader.zip);
    return NULL;
}

void torch_zip_close(struct torch_zip *zip)
{
    if (!zip)
        return;
    for (size_t i = 0; i < zip->n_blocks; i++)
        free(zip->blocks[i].bytes);
    free(zip->blocks);
    free(zip->entries);
    state_dict_free(&zip->state);
    free(zip->folder);
    free(zip->path);
    free(zip);
}

const char *torch_zip_path(const struct torch_zip *zip)
{
    return zip->path;
}

const struct safetensors_entry *torch_zip_find(const struct torch_zip *zip, const char *name)
{
    struct safetensors_entry key = {.name = name};
    return bsearch(&key, zip->entries, zip->n, sizeof key, torch_zip_by_name);
}
