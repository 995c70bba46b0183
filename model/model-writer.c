/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model-writer.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "model/file.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MODEL_WRITER_MAX_FILE_BYTES = 64 * 1024 * 1024 };

struct model_writer {
    char *from, *to;
    enum tensor_type type;
    struct safetensors *source;
    struct safetensors_entry *entries; /* [n] what is written, in the order of the source */
    const float **values;              /* [n] where they come from; NULL: the source's bytes as they are */
    size_t n;
};

struct model_writer *model_writer_new(const char *from, const char *to, enum tensor_type type, struct error *err)
{
    struct model_writer *writer = calloc(1, sizeof *writer);
    char *path = file_join(from, "model.safetensors");
    if (!writer || !path || !(writer->from = strdup(from)) || !(writer->to = strdup(to))) {
        error_memory(err, to);
        goto fail;
    }
    writer->type = type;
    writer->source = safetensors_open(path, err);
    if (!writer->source)
        goto fail;
    writer->n = safetensors_count(writer->source);
    writer->entries = calloc(writer->n + 1, sizeof *writer->entries);
    writer->values = calloc(writer->n + 1, sizeof *writer->values);
    if (!writer->entries || !writer->values) {
        error_memory(err, to);
        goto fail;
    }
    free(path);
    return writer;
fail:
    free(path);
    model_writer_free(writer);
    return NULL;
}

void model_writer_free(struct model_writer *writer)
{
    if (!writer)
        return;
    safetensors_close(writer->source);
    free(writer->entries);
    free(writer->values);
    free(writer->from);
    free(writer->to);
    free(writer);
}

static int model_writer_put(const struct model_writer *writer, const char *name, const char *bytes, size_t n,
                            struct error *err)
{
    struct file_writer file;
    char *path = file_join(writer->to, name);
    int result = path ? file_writer_open(path, &file, err) : error_memory(err, name);
    if (!result) {
        fwrite(bytes, 1, n, file.stream); /* a failure is seen when the file is finished */
        result = file_writer_finish(&file, err);
    }
    free(path);
    return result;
}

/* The section with what was used in the place of what it said. */
static void model_writer_put_section(struct text *out, struct json_value section,
                                     const struct model_writer_config *config)
{
    static const char *const names[] = {"dropout", "beta_text", "beta_image"};
    const double numbers[] = {config->dropout, config->beta_text, config->beta_image};
    struct json_walk walk = json_walk(section);
    text_add_char(out, '{');
    for (struct json_value name, value; json_next_member(&walk, &name, &value);) {
        bool ours = false;
        for (size_t i = 0; i < 3; i++)
            ours |= json_text_is(name, names[i]);
        char *text = ours ? NULL : json_text(name);
        if (text) {
            json_put_name(out, text);
            json_put_value(out, value);
        }
        out->failed |= !ours && !text;
        free(text);
    }
    for (size_t i = 0; i < 3; i++) {
        json_put_name(out, names[i]);
        json_put_number(out, numbers[i]);
    }
    text_add_char(out, '}');
}

static void model_writer_put_root(struct text *out, struct json_value root, const struct model_writer_config *config)
{
    struct json_walk walk = json_walk(root);
    text_add_char(out, '{');
    for (struct json_value name, value; json_next_member(&walk, &name, &value);) {
        char *text = json_text(name);
        out->failed |= !text;
        if (text && strcmp(text, "training")) {
            text_add(out, out->n > 1 ? ",\n " : "\n ");
            json_put_text(out, text);
            text_add(out, ": ");
            if (!strcmp(text, "mmib"))
                model_writer_put_section(out, value, config);
            else
                json_put_value(out, value);
        }
        free(text);
    }
    text_add(out, ",\n \"training\": ");
    text_add(out, config->training);
    text_add(out, "\n}\n");
}

static int model_writer_config(const struct model_writer *writer, const struct model_writer_config *config,
                               struct error *err)
{
    uint8_t *bytes = NULL;
    struct text out = {0};
    struct json_value root;
    char *path = file_join(writer->from, "config.json");
    struct json_document document = {.path = path, .first_line = 1};
    int result = path ? file_read(path, MODEL_WRITER_MAX_FILE_BYTES, &bytes, &document.n, err)
                      : error_memory(err, writer->from);
    document.text = (const char *)bytes;
    if (!result)
        result = json_document_check(&document, &root, err);
    if (!result) {
        model_writer_put_root(&out, root, config);
        result = out.failed ? error_memory(err, path) : model_writer_put(writer, "config.json", out.bytes, out.n, err);
    }
    text_free(&out);
    free(bytes);
    free(path);
    return result;
}

static int model_writer_vocabulary(const struct model_writer *writer, struct error *err)
{
    uint8_t *bytes = NULL;
    size_t n;
    char *path = file_join(writer->from, "vocab.txt");
    int result = path ? file_read(path, MODEL_WRITER_MAX_FILE_BYTES, &bytes, &n, err) : error_memory(err, writer->from);
    if (!result)
        result = model_writer_put(writer, "vocab.txt", (const char *)bytes, n, err);
    free(bytes);
    free(path);
    return result;
}

int model_writer_frame(const struct model_writer *writer, const struct model_writer_config *config, struct error *err)
{
    return model_writer_config(writer, config, err) || model_writer_vocabulary(writer, err) ? -1 : 0;
}

static const struct parameter *model_writer_parameter(const struct parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->n; i++)
        if (!strcmp(parameters->each[i].name, name))
            return &parameters->each[i];
    return NULL;
}

static int model_writer_produce(void *context, const struct safetensors_entry *entry, size_t offset, void *out,
                                size_t n, struct error *err)
{
    const struct model_writer *writer = context;
    size_t bytes = tensor_type_bytes(entry->type), index = (size_t)(entry - writer->entries);
    const float *from = writer->values[index] + offset / bytes;
    uint16_t *halves = out;
    float *singles = out;
    for (size_t i = 0; i < n / bytes; i++) {
        float written = from[i];
        if (entry->type == TENSOR_F32) {
            singles[i] = from[i];
        } else {
            halves[i] = entry->type == TENSOR_F16 ? tensor_to_f16(from[i]) : tensor_to_bf16(from[i]);
            written = entry->type == TENSOR_F16 ? tensor_from_f16(halves[i]) : tensor_from_bf16(halves[i]);
        }
        if (!isfinite(written))
            return error_set(err, ERROR_INPUT, "%s: %s: holds %g, which %s cannot", writer->to, entry->name,
                             (double)from[i], tensor_type_name(entry->type));
    }
    return 0;
}

int model_writer_weights(struct model_writer *writer, const struct parameters *parameters, struct error *err)
{
    for (size_t i = 0; i < writer->n; i++) {
        const struct safetensors_entry *source = safetensors_at(writer->source, i);
        const struct parameter *parameter = model_writer_parameter(parameters, source->name);
        struct safetensors_entry *entry = &writer->entries[i];
        *entry = *source;
        writer->values[i] = parameter ? parameters->values + parameter->offset : NULL;
        bool number = source->type == TENSOR_F32 || source->type == TENSOR_F16 || source->type == TENSOR_BF16;
        if (!parameter && number &&
            !(writer->values[i] = safetensors_f32(writer->source, source->name, source->rank, source->shape, err)))
            return -1;
        if (writer->values[i]) {
            entry->bytes = entry->bytes / tensor_type_bytes(source->type) * tensor_type_bytes(writer->type);
            entry->type = writer->type;
            entry->data = NULL;
        }
    }
    char *path = file_join(writer->to, "model.safetensors");
    int result = path ? safetensors_write(path, writer->entries, writer->n, model_writer_produce, writer, err)
                      : error_memory(err, writer->to);
    free(path);
    return result;
}
