/* SPDX-License-Identifier: Apache-2.0 */
#include "model/assemble.h"

#include "corpora/files.h"
#include "corpora/json.h"
#include "model/config.h"
#include "model/encoder.h"
#include "model/file.h"
#include "model/layout.h"
#include "model/model-folder.h"
#include "model/new-weights.h"
#include "model/wordpiece.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ASSEMBLE_MAX_VOCAB_BYTES = 1 << 28, ASSEMBLE_OBJECTS = 4, ASSEMBLE_FFN_FACTOR = 4 };

/* The model as it comes together. */
struct assembly {
    const struct assemble_options *options;
    struct encoder text, image;
    struct model_folder folder;
    char *config_text;
    struct config *config;
    struct new_weights weights;
    struct error *err;
};

static void assemble_put_label(struct text *out, const char *prefix, const char *name)
{
    struct text label = {0};
    text_add(&label, prefix);
    text_add(&label, name);
    if (label.failed)
        out->failed = true;
    else
        json_put_text(out, label.bytes);
    text_free(&label);
}

static void assemble_put_tasks(struct text *out, const struct assemble_options *options)
{
    text_add(out, "{");
    if (options->n_entities) {
        text_add(out, "\"ner\": {\"labels\": [\"O\"");
        for (size_t i = 0; i < options->n_entities; i++) {
            text_add(out, ", ");
            assemble_put_label(out, "B-", options->entities[i]);
            text_add(out, ", ");
            assemble_put_label(out, "I-", options->entities[i]);
        }
        text_add(out, "], \"tagging\": \"word\"}");
    }
    if (options->n_relations) {
        text_add(out, options->n_entities ? ",\n  " : "");
        text_add(out, "\"re\": {\"labels\": [\"None\"");
        for (size_t i = 0; i < options->n_relations; i++) {
            if (!strcmp(options->relations[i], "None"))
                continue;
            text_add(out, ", ");
            json_put_text(out, options->relations[i]);
        }
        text_add(out, "], \"representation\": \"span-mean\"}");
    }
    text_add(out, "}");
}

/* The number of a member of the text encoder's section; 0 where it is none, which reading the config refuses. */
static size_t assemble_text_size(const struct assembly *assembly, const char *member)
{
    size_t size = 0;
    json_whole(json_member(json_value_of(assembly->text.section), member), &size);
    return size;
}

/* The text encoder's section, with another max_pieces where one is asked for. */
static void assemble_put_text_encoder(struct text *out, const struct assembly *assembly)
{
    struct json_walk walk = json_walk(json_value_of(assembly->text.section));
    size_t max_pieces = assembly->options->max_pieces;
    text_add_char(out, '{');
    for (struct json_value name, value; json_next_member(&walk, &name, &value);) {
        if (max_pieces && json_text_is(name, "max_pieces"))
            continue;
        if (out->n && out->bytes[out->n - 1] != '{')
            text_add(out, ", ");
        json_put_value(out, name);
        text_add(out, ": ");
        json_put_value(out, value);
    }
    if (max_pieces)
        text_add_format(out, ", \"max_pieces\": %zu", max_pieces);
    text_add_char(out, '}');
}

/* Writes the config and reads it as any other, so that whatever contradicts itself is refused now. */
static int assemble_config(struct assembly *assembly)
{
    const struct assemble_options *options = assembly->options;
    size_t heads = options->heads ? options->heads : assemble_text_size(assembly, "num_attention_heads");
    size_t ffn_size = options->ffn_size, objects = options->max_objects;
    struct text out = {0};
    if (ffn_size == SIZE_MAX &&
        __builtin_mul_overflow(assemble_text_size(assembly, "hidden_size"), (size_t)ASSEMBLE_FFN_FACTOR, &ffn_size))
        ffn_size = SIZE_MAX;
    text_add(&out, "{\"format\": \"mmib\", \"version\": 1,\n \"text_encoder\": ");
    assemble_put_text_encoder(&out, assembly);
    text_add_format(&out, ",\n \"image_encoder\": %s,\n",
                    assembly->image.section ? assembly->image.section : "{\"architecture\": \"none\"}");
    text_add_format(&out, " \"mmib\": {\"heads\": %zu, \"ffn_size\": %zu, \"max_objects\": %zu, \"dropout\": 0.1, "
                    "\"beta_text\": 0.1, \"beta_image\": 0.1, \"pooling\": \"mean\", \"discriminator\": \"mlp\"},\n"
                    " \"tasks\": ", heads, ffn_size, objects == SIZE_MAX ? ASSEMBLE_OBJECTS : objects);
    assemble_put_tasks(&out, options);
    text_add(&out, "}\n");
    assembly->config_text = text_take(&out);
    if (!assembly->config_text)
        return error_memory(assembly->err, assembly->folder.config);
    assembly->config = config_parse(assembly->config_text, strlen(assembly->config_text), assembly->folder.config,
                                    assembly->err);
    return assembly->config ? 0 : -1;
}

static bool assemble_begins(const char *name, const char *beginning)
{
    return !strncmp(name, beginning, strlen(beginning));
}

/* A tensor of the model: an encoder's own, or a new one. New matrices keep the variance of what goes through them in
 * either direction (Glorot and Bengio, 2010), norms change nothing, and biases are zero. */
static int assemble_add(const char *name, size_t rank, const size_t *shape, void *context)
{
    struct assembly *assembly = context;
    struct new_weights *weights = &assembly->weights;
    bool is_text = assemble_begins(name, "text.");
    if (is_text || assemble_begins(name, "image.")) {
        const struct encoder *encoder = is_text ? &assembly->text : &assembly->image;
        return encoder_expect(encoder, name, rank, shape, assembly->err)
                   ? -1
                   : new_weights_take(weights, name, encoder_find(encoder, name), assembly->err);
    }
    double mean = 0, spread = 0;
    if (assemble_begins(name, "ner.crf."))
        spread = 0.05;
    else if (rank == 2)
        spread = sqrt(2 / (double)(shape[0] + shape[1]));
    else if (strstr(name, ".norm") && !strcmp(strrchr(name, '.'), ".weight"))
        mean = 1;
    return new_weights_draw(weights, name, rank, shape, mean, spread, assembly->err);
}

static bool assemble_has(const struct new_weights *weights, const char *name)
{
    for (size_t i = 0; i < weights->n; i++)
        if (!strcmp(weights->entries[i].name, name))
            return true;
    return false;
}

/* What an image encoder that names its own tensors has beside those of the layout: a detector's heads. */
static int assemble_add_others(struct assembly *assembly)
{
    const struct encoder *image = &assembly->image;
    size_t n = image->every_tensor ? safetensors_count(image->file) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct safetensors_entry *entry = safetensors_at(image->file, i);
        bool real = entry->type == TENSOR_F32 || entry->type == TENSOR_F16 || entry->type == TENSOR_BF16;
        if (real && assemble_begins(entry->name, "image.") && !assemble_has(&assembly->weights, entry->name) &&
            new_weights_take(&assembly->weights, entry->name, entry, assembly->err))
            return -1;
    }
    return 0;
}

static int assemble_read_vocab(const struct assembly *assembly, uint8_t **out, size_t *n)
{
    char *path = file_join(assembly->options->text, "vocab.txt");
    int result = -1;
    if (!path)
        return error_memory(assembly->err, assembly->options->text);
    struct wordpiece *vocab = wordpiece_open(path, assembly->config->text.vocab_size, assembly->config->text.lowercase,
                                             assembly->err);
    if (vocab)
        result = file_read(path, ASSEMBLE_MAX_VOCAB_BYTES, out, n, assembly->err);
    wordpiece_close(vocab);
    free(path);
    return result;
}

int assemble_write(const struct assemble_options *options, const char *path, struct error *err)
{
    struct assembly assembly = {.options = options, .weights = {.seed = options->seed, .type = options->type}, .err = err};
    uint8_t *vocab = NULL;
    size_t n_vocab;
    int result = -1;
    if (model_folder_name(path, &assembly.folder, err))
        return -1;
    assembly.weights.path = assembly.folder.weights;
    if (encoder_open_text(options->text, &assembly.text, err) ||
        (options->image && encoder_open_image(options->image, &assembly.image, err)) || assemble_config(&assembly) ||
        assemble_read_vocab(&assembly, &vocab, &n_vocab) || layout_each(assembly.config, assemble_add, &assembly) ||
        assemble_add_others(&assembly))
        goto out;
    result = model_folder_write(&assembly.folder,
                                (struct model_folder_text){assembly.config_text, strlen(assembly.config_text)},
                                (struct model_folder_text){vocab, n_vocab}, &assembly.weights, options->force, err);
out:
    free(vocab);
    new_weights_free(&assembly.weights);
    config_free(assembly.config);
    free(assembly.config_text);
    model_folder_free(&assembly.folder);
    encoder_close(&assembly.image);
    encoder_close(&assembly.text);
    return result;
}
