/* SPDX-License-Identifier: Apache-2.0 */
#include "model/average.h"

#include "model/config.h"
#include "model/file.h"
#include "model/model-folder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { AVERAGE_MAX_TEXT_BYTES = 64 << 20 };

/* What is read, and what is to be written. */
struct average {
    size_t n;
    struct safetensors **files;               /* [n] */
    const struct safetensors_entry **entries; /* [tensors, n] */
    uint8_t *config, *vocab;                  /* of the first */
    size_t n_config, n_vocab;
};

static void average_free(struct average *average)
{
    for (size_t i = 0; average->files && i < average->n; i++)
        safetensors_close(average->files[i]);
    free(average->files);
    free(average->entries);
    free(average->config);
    free(average->vocab);
}

/* Opens a model's files, and compares its vocabulary with the first one's. */
static int average_open(struct average *average, size_t i, const char *folder, struct error *err)
{
    struct model_folder names;
    struct config *config = NULL;
    uint8_t *vocab = NULL;
    size_t n_vocab = 0;
    int result = -1;
    if (model_folder_name(folder, &names, err))
        return -1;
    if (!(config = config_read(names.config, err)) || !(average->files[i] = safetensors_open(names.weights, err)) ||
        file_read(names.vocab, AVERAGE_MAX_TEXT_BYTES, &vocab, &n_vocab, err))
        goto out;
    if (i == 0) {
        average->vocab = vocab;
        average->n_vocab = n_vocab;
        vocab = NULL;
        result = file_read(names.config, AVERAGE_MAX_TEXT_BYTES, &average->config, &average->n_config, err);
    } else if (n_vocab != average->n_vocab || memcmp(vocab, average->vocab, n_vocab)) {
        error_set(err, ERROR_INPUT, "%s: is not the vocabulary of the first model", names.vocab);
    } else {
        result = 0;
    }
out:
    free(vocab);
    config_free(config);
    model_folder_free(&names);
    return result;
}

static bool average_is_number(enum tensor_type type)
{
    return type == TENSOR_F32 || type == TENSOR_F16 || type == TENSOR_BF16;
}

/* The tensors of all models by the first one's names. */
static int average_match(struct average *average, struct error *err)
{
    size_t tensors = safetensors_count(average->files[0]);
    average->entries = calloc(tensors + 1, average->n * sizeof *average->entries);
    if (!average->entries)
        return error_memory(err, safetensors_path(average->files[0]));
    for (size_t i = 0; i < average->n; i++) {
        struct safetensors *file = average->files[i];
        if (safetensors_count(file) != tensors)
            return error_set(err, ERROR_INPUT, "%s: %zu tensors, but the first model has %zu", safetensors_path(file),
                             safetensors_count(file), tensors);
        for (size_t t = 0; t < tensors; t++) {
            const struct safetensors_entry *first = safetensors_at(average->files[0], t);
            const struct safetensors_entry *entry = safetensors_find(file, first->name);
            if (!entry)
                return error_set(err, ERROR_INPUT, "%s: %s: is missing, but the first model has it",
                                 safetensors_path(file), first->name);
            if (entry->rank != first->rank || memcmp(entry->shape, first->shape, first->rank * sizeof *first->shape))
                return error_set(err, ERROR_INPUT, "%s: %s: has another shape than in the first model",
                                 safetensors_path(file), first->name);
            if (!average_is_number(entry->type))
                return error_set(err, ERROR_INPUT, "%s: %s: is neither F32, F16 nor BF16", safetensors_path(file),
                                 first->name);
            average->entries[t * average->n + i] = entry;
        }
    }
    return 0;
}

int average_write(const char *const *folders, size_t n, enum tensor_type type, bool force, const char *path,
                  struct error *err)
{
    struct average average = {.n = n, .files = calloc(n, sizeof(struct safetensors *))};
    struct model_folder names = {0};
    struct new_weights weights = {.type = type};
    int result = -1;
    if (!average.files) {
        error_memory(err, path);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        if (average_open(&average, i, folders[i], err))
            goto out;
    if (average_match(&average, err) || model_folder_name(path, &names, err))
        goto out;
    weights.path = names.weights;
    for (size_t t = 0; t < safetensors_count(average.files[0]); t++) {
        const struct safetensors_entry **each = &average.entries[t * n];
        if (new_weights_average(&weights, each[0]->name, each, n, err))
            goto out;
    }
    result = model_folder_write(&names, (struct model_folder_text){average.config, average.n_config},
                                (struct model_folder_text){average.vocab, average.n_vocab}, &weights, force, err);
out:
    new_weights_free(&weights);
    model_folder_free(&names);
    average_free(&average);
    return result;
}
