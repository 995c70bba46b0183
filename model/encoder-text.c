/* SPDX-License-Identifier: Apache-2.0 */
#include "model/encoder.h"

#include "corpora/files.h"
#include "model/encoder-config.h"

#include <stdlib.h>

/* Hugging Face's names for sizes are ours. BertConfig's own defaults stand in for what old files leave out. */
static int encoder_text_sizes(const struct encoder_config *config, struct text *out, struct error *err)
{
    static const struct {
        const char *name, *fallback;
    } members[] = {{"vocab_size", NULL}, {"hidden_size", NULL}, {"num_hidden_layers", NULL},
                   {"num_attention_heads", NULL}, {"intermediate_size", NULL}, {"max_position_embeddings", NULL},
                   {"type_vocab_size", "2"}, {"layer_norm_eps", "1e-12"}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct json_value value = json_member(config->json, members[i].name);
        if (json_kind(value) == JSON_ABSENT && !members[i].fallback)
            return error_set(err, ERROR_INPUT, "%s: %s: is missing", config->path, members[i].name);
        if (json_kind(value) != JSON_ABSENT && json_kind(value) != JSON_NUMBER)
            return error_set(err, ERROR_INPUT, "%s: %s: is not a number", config->path, members[i].name);
        json_put_name(out, members[i].name);
        if (json_kind(value) == JSON_ABSENT)
            text_add(out, members[i].fallback);
        else
            json_put_value(out, value);
    }
    return 0;
}

/* Lower case is what the tokenizer's file says, and BERT's default where there is none. */
static int encoder_text_case(const char *folder, struct text *out, struct error *err)
{
    struct encoder_config tokenizer;
    int result = encoder_config_read(folder, "tokenizer_config.json", false, &tokenizer, err);
    if (!result) {
        struct json_value lower = json_member(tokenizer.json, "do_lower_case");
        json_put_name(out, "lowercase");
        text_add(out, json_kind(lower) == JSON_BOOLEAN && !json_true(lower) ? "false" : "true");
    }
    encoder_config_free(&tokenizer);
    return result;
}

static char *encoder_text_section(const char *folder, const struct encoder_config *config, struct error *err)
{
    struct text out = {0};
    text_add(&out, "{\"architecture\": \"bert\"");
    if (encoder_config_expect(config, "model_type", "bert", err) || encoder_config_expect(config, "hidden_act", "gelu", err) ||
        encoder_config_expect(config, "position_embedding_type", "absolute", err) ||
        encoder_text_sizes(config, &out, err) || encoder_text_case(folder, &out, err)) {
        text_free(&out);
        return NULL;
    }
    text_add_char(&out, '}');
    char *section = text_take(&out);
    if (!section)
        error_memory(err, config->path);
    return section;
}

int encoder_open_text(const char *folder, struct encoder *out, struct error *err)
{
    static const char *const prefixes[] = {"", "bert.", "text."};
    struct encoder_config config;
    char *weights = file_join(folder, "model.safetensors");
    int result = -1;
    *out = (struct encoder){.prefix = prefixes[0]};
    if (encoder_config_read(folder, "config.json", true, &config, err))
        goto out;
    out->section = config.ours ? encoder_config_section(&config, "text_encoder", err)
                               : encoder_text_section(folder, &config, err);
    if (!out->section)
        goto out;
    if (!weights) {
        error_memory(err, folder);
        goto out;
    }
    out->file = safetensors_open(weights, err);
    if (!out->file)
        goto out;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && result; i++) {
        out->prefix = prefixes[i];
        if (encoder_find(out, "text.embeddings.word_embeddings.weight"))
            result = 0;
    }
    if (result)
        error_set(err, ERROR_INPUT, "%s: embeddings.word_embeddings.weight: this tensor is missing, and so it is behind "
                  "\"bert.\"", weights);
out:
    encoder_config_free(&config);
    free(weights);
    return result;
}
