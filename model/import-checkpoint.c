/* SPDX-License-Identifier: Apache-2.0 */
#include "model/import-checkpoint.h"

#include "corpora/files.h"
#include "corpora/text.h"
#include "model/foreign-weights.h"
#include "model/config.h"
#include "model/file.h"
#include "model/layout.h"
#include "model/model-folder.h"
#include "model/new-weights.h"
#include "model/released.h"
#include "model/wordpiece.h"

#include <stdlib.h>
#include <string.h>

enum { IMPORT_MAX_FILE_BYTES = 1 << 28 };

/* What the model directory is made of. */
struct import_parts {
    const struct foreign_weights *checkpoint;
    struct model_folder folder;
    uint8_t *config_text;
    size_t n_config;
    struct config *config;
    struct text vocab;
    struct new_weights weights;
    struct error *err;
};

static int import_read_config(struct import_parts *parts, const char *given)
{
    if (given) {
        parts->config = config_read(given, parts->err);
        if (!parts->config)
            return -1;
        return file_read(given, IMPORT_MAX_FILE_BYTES, &parts->config_text, &parts->n_config, parts->err);
    }
    char *text = released_config(parts->checkpoint, parts->err);
    if (!text)
        return -1;
    parts->config_text = (uint8_t *)text;
    parts->n_config = strlen(text);
    parts->config = config_parse(text, parts->n_config, parts->folder.config, parts->err);
    return parts->config ? 0 : -1;
}

static size_t import_count_lines(const struct text *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++)
        n += text->bytes[i] == '\n' || i + 1 == text->n;
    return n;
}

static int import_read_vocab(struct import_parts *parts, const char *path)
{
    const struct config *config = parts->config;
    bool marked = config->re.present && config->re.representation == RELATION_MARKER;
    uint8_t *bytes;
    size_t n;
    if (file_read(path, IMPORT_MAX_FILE_BYTES, &bytes, &n, parts->err))
        return -1;
    text_add_bytes(&parts->vocab, (const char *)bytes, n);
    free(bytes);
    if (!parts->vocab.failed && marked && import_count_lines(&parts->vocab) + RELEASED_MARKERS == config->text.vocab_size) {
        if (parts->vocab.n && parts->vocab.bytes[parts->vocab.n - 1] != '\n')
            text_add_char(&parts->vocab, '\n');
        text_add(&parts->vocab, released_markers);
        return parts->vocab.failed ? error_memory(parts->err, path) : 0;
    }
    if (parts->vocab.failed)
        return error_memory(parts->err, path);
    struct wordpiece *vocab = wordpiece_open(path, config->text.vocab_size, config->text.lowercase, parts->err);
    wordpiece_close(vocab);
    return vocab ? 0 : -1;
}

static int import_find_vocab(struct import_parts *parts, const char *file, const char *given)
{
    char *folder = given ? NULL : file_folder(file), *beside = folder ? file_join(folder, "vocab.txt") : NULL;
    int result = given || beside ? import_read_vocab(parts, given ? given : beside) : error_memory(parts->err, file);
    free(beside);
    free(folder);
    return result;
}

static int import_add(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct import_parts *parts = context;
    char foreign[RELEASED_MAX_NAME_BYTES];
    const struct safetensors_entry *entry = released_find(parts->checkpoint, name, foreign);
    if (safetensors_expect_entry(entry, foreign_weights_path(parts->checkpoint), foreign, rank, shape, parts->err))
        return -1;
    return new_weights_take(&parts->weights, name, entry, parts->err);
}

int import_checkpoint(const char *file, const struct import_checkpoint_options *options, const char *path,
                      struct error *err)
{
    struct import_parts parts = {.weights = {.type = TENSOR_F32}, .err = err};
    int result = -1;
    struct foreign_weights *checkpoint = foreign_weights_open(file, err);
    parts.checkpoint = checkpoint;
    if (!checkpoint || model_folder_name(path, &parts.folder, err) || import_read_config(&parts, options->config) ||
        import_find_vocab(&parts, file, options->vocab))
        goto out;
    parts.weights.path = parts.folder.weights;
    if (layout_each(parts.config, import_add, &parts))
        goto out;
    result = model_folder_write(&parts.folder, (struct model_folder_text){parts.config_text, parts.n_config},
                                (struct model_folder_text){parts.vocab.bytes, parts.vocab.n}, &parts.weights,
                                options->force, err);
out:
    new_weights_free(&parts.weights);
    text_free(&parts.vocab);
    config_free(parts.config);
    free(parts.config_text);
    model_folder_free(&parts.folder);
    foreign_weights_close(checkpoint);
    return result;
}
