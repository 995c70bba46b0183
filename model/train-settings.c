/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train-settings.h"

#include "corpora/json.h"
#include "corpora/text.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRAIN_SETTINGS_DIGITS = 16 /* of a hash: enough to tell data apart */ };

static void train_settings_hash(struct sha256_ctx *sha, const void *bytes, size_t n)
{
    sha256_update(sha, sizeof n, (const uint8_t *)&n);
    if (n)
        sha256_update(sha, n, bytes);
}

static void train_settings_put_hash(struct text *out, const char *name, struct sha256_ctx *sha)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(sha, sizeof digest, digest);
    json_put_name(out, name);
    text_add_char(out, '"');
    for (size_t i = 0; i < TRAIN_SETTINGS_DIGITS / 2; i++)
        text_add_format(out, "%02x", digest[i]);
    text_add_char(out, '"');
}

static void train_settings_put_data(struct text *out, const struct training_data *data)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (size_t t = 0; t < TRAINING_TASKS; t++)
        for (size_t i = 0; i < data->n_posts[t]; i++) {
            const struct training_post *post = &data->posts[t][i];
            train_settings_hash(&sha, post->piece_ids, post->n_pieces * sizeof *post->piece_ids);
            train_settings_hash(&sha, post->rows, post->n_rows * sizeof *post->rows);
            train_settings_hash(&sha, post->labels, post->n_rows * sizeof *post->labels);
            for (size_t k = 0; k < post->n_pairs; k++) {
                const struct training_pair *pair = &post->pairs[k];
                const size_t numbers[] = {pair->head[0], pair->head[1], pair->tail[0], pair->tail[1],
                                          (size_t)pair->label};
                train_settings_hash(&sha, numbers, sizeof numbers);
            }
            train_settings_hash(&sha, &post->picture, sizeof post->picture);
        }
    train_settings_put_hash(out, "training_posts", &sha);
}

static void train_settings_hash_text(struct sha256_ctx *sha, const char *text)
{
    train_settings_hash(sha, text ? text : "", text ? strlen(text) : 0);
}

static void train_settings_hash_labels(struct sha256_ctx *sha, const struct post *post)
{
    for (size_t i = 0; i < post->n_entities; i++) {
        const struct entity *entity = &post->entities[i];
        const size_t span[] = {entity->start, entity->end};
        train_settings_hash(sha, span, sizeof span);
        train_settings_hash_text(sha, entity->type);
    }
    for (size_t i = 0; i < post->n_relations; i++) {
        train_settings_hash_text(sha, post->relations[i].head);
        train_settings_hash_text(sha, post->relations[i].tail);
        train_settings_hash_text(sha, post->relations[i].type);
    }
}

static void train_settings_put_sets(struct text *out, const char *name, const struct evaluation_set *sets, size_t n)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (size_t d = 0; d < n; d++) {
        const struct corpus *corpus = sets[d].corpus;
        train_settings_hash(&sha, sets[d].pictures, corpus->n_posts * sizeof *sets[d].pictures);
        for (size_t i = 0; i < corpus->n_posts; i++) {
            const struct post *post = &corpus->posts[i];
            for (size_t k = 0; k < post->n_tokens; k++)
                train_settings_hash_text(&sha, post->tokens[k]);
            train_settings_hash_labels(&sha, post);
        }
    }
    train_settings_put_hash(out, name, &sha);
}

static void train_settings_put_pictures(struct text *out, const struct mmib *model, const struct features_store *store)
{
    struct sha256_ctx sha;
    size_t channels = mmib_config(model)->image.channels;
    sha256_init(&sha);
    for (size_t i = 0; i < features_store_count(store); i++) {
        const struct features features = features_store_get(store, i);
        train_settings_hash(&sha, features.features, features.n_images * channels * sizeof *features.features);
    }
    train_settings_put_hash(out, "pictures", &sha);
}

char *train_settings(const struct train_input *input, const struct train_options *options, struct error *err)
{
    struct text out = {0};
    const struct {
        const char *name;
        size_t value;
    } counts[] = {{"epochs", options->epochs},
                  {"batch", options->batch},
                  {"accumulate", options->accumulate},
                  {"patience", options->patience},
                  {"seed", options->variation.seed},
                  {"freeze_text", options->freeze_text}};
    const struct {
        const char *name;
        double value;
    } reals[] = {{"lr", options->rate},
                 {"head_lr", options->head_rate},
                 {"crf_lr", options->crf_rate},
                 {"warmup", options->warmup},
                 {"decay", options->decay},
                 {"clip", options->clip},
                 {"dropout", options->dropout},
                 {"beta_text", options->beta_text},
                 {"beta_image", options->beta_image},
                 {"average", options->average},
                 {"lend_images", options->variation.lend_images},
                 {"hide_images", options->variation.hide_images},
                 {"mask", options->variation.mask}};
    const char *hash = mmib_hash(input->model);
    if (!hash) {
        error_set(err, ERROR_IO, "%s: cannot be read any more", input->directory);
        return NULL;
    }
    text_add_char(&out, '{');
    json_put_name(&out, "model");
    json_put_text(&out, hash);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        json_put_name(&out, counts[i].name);
        text_add_format(&out, "%zu", counts[i].value);
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        json_put_name(&out, reals[i].name);
        json_put_number(&out, reals[i].value);
    }
    json_put_name(&out, "refinement");
    text_add(&out, options->refinement ? "true" : "false");
    json_put_name(&out, "alignment");
    text_add(&out, options->alignment ? "true" : "false");
    json_put_name(&out, "standardise");
    text_add(&out, options->standardise ? "true" : "false");
    json_put_name(&out, "type");
    json_put_text(&out, tensor_type_name(options->type));
    train_settings_put_data(&out, input->data);
    train_settings_put_sets(&out, "development_posts", input->dev, input->n_dev);
    train_settings_put_pictures(&out, input->model, input->features);
    text_add_char(&out, '}');
    char *text = text_take(&out);
    if (!text)
        error_memory(err, "settings");
    return text;
}

char *train_settings_of_sets(const struct mmib *model, const struct evaluation_set *sets, size_t n,
                             const struct features_store *features, struct error *err)
{
    struct text out = {0};
    text_add_char(&out, '{');
    train_settings_put_sets(&out, "posts", sets, n);
    train_settings_put_pictures(&out, model, features);
    text_add_char(&out, '}');
    char *text = text_take(&out);
    if (!text)
        error_memory(err, "settings");
    return text;
}
