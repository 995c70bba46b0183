/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "model/mmib-parts.h"

#include "model/blas.h"
#include "model/features-cache.h"
#include "model/kernel-elementwise.h"
#include "model/parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const mmib_files[] = {"config.json", "vocab.txt", "model.safetensors"};

/* About thirty pictures with four crops each through a ResNet-50. */
enum { MMIB_CACHE_BYTES = 64 << 20 };

/* Opening */

static int mmib_paths(struct mmib *model, const char *directory, struct error *err)
{
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    for (size_t i = 0; i < MMIB_FILES; i++) {
        size_t size = length + strlen(mmib_files[i]) + 2;
        model->paths[i] = malloc(size);
        if (!model->paths[i])
            return error_memory(err, directory);
        snprintf(model->paths[i], size, "%.*s/%s", (int)length, directory, mmib_files[i]);
    }
    size_t start = length;
    while (start && directory[start - 1] != '/')
        start--;
    model->name = strndup(directory + start, length - start);
    return model->name ? 0 : error_memory(err, directory);
}

static int mmib_load_heads(struct mmib *model, struct error *err)
{
    struct safetensors *file = model->weights;
    const struct config *config = model->config;
    size_t d = config->text.hidden_size;
    if (config->ner.present) {
        size_t labels = config->ner.n_labels, emission[2] = {labels, d}, transitions[2] = {labels, labels};
        model->crf.labels = labels;
        if (!(model->emission = safetensors_f32(file, "ner.emission.weight", 2, emission, err)) ||
            !(model->emission_bias = safetensors_f32(file, "ner.emission.bias", 1, &labels, err)) ||
            !(model->crf.start = safetensors_f32(file, "ner.crf.start", 1, &labels, err)) ||
            !(model->crf.end = safetensors_f32(file, "ner.crf.end", 1, &labels, err)) ||
            !(model->crf.transitions = safetensors_f32(file, "ner.crf.transitions", 2, transitions, err)) ||
            tagset_make(config->ner.labels, labels, &model->tagset, err))
            return -1;
    }
    if (config->re.present) {
        size_t labels = config->re.n_labels, shape[2] = {labels, 2 * d};
        if (!(model->classifier = safetensors_f32(file, "re.classifier.weight", 2, shape, err)) ||
            !(model->classifier_bias = safetensors_f32(file, "re.classifier.bias", 1, &labels, err)))
            return -1;
    }
    return 0;
}

static int mmib_load(struct mmib *model, struct error *err)
{
    struct safetensors *file = model->weights;
    const struct config *config = model->config;
    size_t d = config->text.hidden_size, projection[2] = {d, config->image.channels};
    if (config->image.architecture == IMAGE_RESNET && !(model->resnet = resnet_load(file, config, err)))
        return -1;
    if (config->image.architecture == IMAGE_MOBILENETV3_CENTERNET && !(model->mobilenet = mobilenet_load(file, err)))
        return -1;
    if (config->image.architecture != IMAGE_NONE) {
        model->image_projection = safetensors_f32(file, "image_projection.weight", 2, projection, err);
        if (!model->image_projection)
            return -1;
    }
    model->image_projection_bias = safetensors_f32(file, "image_projection.bias", 1, &d, err);
    if (!model->image_projection_bias)
        return -1;
    const struct {
        const char *prefix;
        struct apenc *out;
    } encoders[] = {{"text_mean", &model->text_mean},
                    {"text_logvar", &model->text_logvar},
                    {"image_mean", &model->image_mean},
                    {"image_logvar", &model->image_logvar},
                    {"image_from_text", &model->image_from_text},
                    {"text_from_image", &model->text_from_image}};
    for (size_t i = 0; i < sizeof encoders / sizeof *encoders; i++)
        if (apenc_load(file, config, encoders[i].prefix, encoders[i].out, err))
            return -1;
    if (bert_load(file, config, &model->bert, err) ||
        discriminator_load(file, config, &model->discriminator, err))
        return -1;
    return mmib_load_heads(model, err);
}

static struct mmib *mmib_open_for(bool training, const char *directory, size_t threads, struct error *err)
{
    struct mmib *model = calloc(1, sizeof *model);
    if (!model) {
        error_memory(err, directory);
        return NULL;
    }
    if (mmib_paths(model, directory, err) || !(model->config = config_read(model->paths[MMIB_CONFIG], err)) ||
        !(model->wordpiece = wordpiece_open(model->paths[MMIB_VOCAB], model->config->text.vocab_size,
                                            model->config->text.lowercase, err)) ||
        !(model->weights = safetensors_open(model->paths[MMIB_WEIGHTS], err)) ||
        (training && !(model->parameters = parameters_new(model->weights, model->config, err))) ||
        mmib_load(model, err) || blas_open(err))
        goto fail;
    model->threads = threads_new(threads);
    model->cache = features_cache_new(MMIB_CACHE_BYTES);
    if (!model->threads || !model->cache) {
        error_memory(err, directory);
        goto fail;
    }
    return model;
fail:
    mmib_close(model);
    return NULL;
}

struct mmib *mmib_open(const char *directory, size_t threads, struct error *err)
{
    return mmib_open_for(false, directory, threads, err);
}

struct mmib *mmib_open_trainable(const char *directory, size_t threads, struct error *err)
{
    return mmib_open_for(true, directory, threads, err);
}

void mmib_close(struct mmib *model)
{
    if (!model)
        return;
    threads_free(model->threads);
    features_cache_free(model->cache);
    arena_free(&model->arena);
    tagset_free(&model->tagset);
    bert_free(&model->bert);
    resnet_free(model->resnet);
    mobilenet_free(model->mobilenet);
    safetensors_close(model->weights);
    parameters_free(model->parameters);
    wordpiece_close(model->wordpiece);
    config_free(model->config);
    for (size_t i = 0; i < MMIB_FILES; i++)
        free(model->paths[i]);
    free(model->name);
    free(model);
}

/* What others ask of a model */

const struct config *mmib_config(const struct mmib *model)
{
    return model->config;
}

const char *mmib_name(const struct mmib *model)
{
    return model->name;
}

const struct wordpiece *mmib_wordpiece(const struct mmib *model)
{
    return model->wordpiece;
}

const struct tagset *mmib_tagset(const struct mmib *model)
{
    return &model->tagset;
}

const struct crf *mmib_crf(const struct mmib *model)
{
    return &model->crf;
}

struct parameters *mmib_parameters(struct mmib *model)
{
    return model->parameters;
}

struct threads *mmib_threads(struct mmib *model)
{
    return model->threads;
}

struct arena *mmib_arena(struct mmib *model)
{
    return &model->arena;
}

struct features_cache *mmib_cache(struct mmib *model)
{
    return model->cache;
}

size_t mmib_grid(const struct mmib *model)
{
    if (model->mobilenet)
        return mobilenet_grid(model->config->image.image_size);
    return model->resnet ? resnet_grid(model->resnet) : 0;
}

struct mmib_times *mmib_times(struct mmib *model)
{
    return &model->times;
}

const char *mmib_hash(struct mmib *model)
{
    const char *const paths[] = {model->paths[MMIB_CONFIG], model->paths[MMIB_VOCAB], model->paths[MMIB_WEIGHTS]};
    if (!*model->hash && model_hash(paths, sizeof paths / sizeof *paths, model->hash))
        return NULL;
    return model->hash;
}

/* Forward */

int mmib_encode_pictures(struct mmib *model, const uint8_t *pixels, size_t n, float **features_out, float **cells_out)
{
    double start = clock_ms();
    size_t grid = mmib_grid(model), channels = model->config->image.channels;
    float *cells = model->mobilenet ? mobilenet_forward(model->mobilenet, pixels, n, model->config->image.image_size,
                                                        model->threads, &model->arena)
                                    : resnet_forward(model->resnet, pixels, n, model->threads, &model->arena);
    float *features = arena_take(&model->arena, n * channels, sizeof *features);
    if (!cells || !features)
        return -1;
    for (size_t i = 0; i < n; i++)
        kernel_row_mean(cells + i * grid * grid * channels, grid * grid, channels, features + i * channels);
    *features_out = features;
    *cells_out = cells;
    model->times.picture += clock_ms() - start;
    return 0;
}

float *mmib_project_images(struct mmib *model, const struct mmib_item *items, size_t n, size_t rows)
{
    size_t d = model->bert.d, channels = model->config->image.channels, row = 0;
    float *out = arena_take(&model->arena, rows * d, sizeof *out);
    if (!out)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        float *y = out + row * d;
        if (items[i].features)
            blas_linear_run(model->threads, &(struct blas_linear){items[i].features, channels, items[i].n_images,
                                                                  channels, model->image_projection,
                                                                  model->image_projection_bias, d, NULL, BLAS_IDENTITY,
                                                                  y, d}, 1);
        else
            for (size_t r = 0; r < items[i].n_images; r++)
                memcpy(y + r * d, model->image_projection_bias, d * sizeof *y);
        row += items[i].n_images;
    }
    return out;
}

int mmib_lay_out(struct mmib *model, const struct mmib_item *items, size_t n, int32_t **ids_out,
                 struct mmib_states *out)
{
    *out = (struct mmib_states){.n = n};
    out->text_offsets = arena_take_zero(&model->arena, n + 1, sizeof *out->text_offsets);
    out->image_offsets = arena_take_zero(&model->arena, n + 1, sizeof *out->image_offsets);
    if (!out->text_offsets || !out->image_offsets)
        return -1;
    for (size_t i = 0; i < n; i++) {
        out->text_offsets[i + 1] = out->text_offsets[i] + items[i].n_pieces;
        out->image_offsets[i + 1] = out->image_offsets[i] + items[i].n_images;
    }
    *ids_out = arena_take(&model->arena, out->text_offsets[n], sizeof **ids_out);
    if (!*ids_out)
        return -1;
    for (size_t i = 0; i < n; i++)
        memcpy(*ids_out + out->text_offsets[i], items[i].piece_ids, items[i].n_pieces * sizeof **ids_out);
    return 0;
}

static int mmib_encode_variational(struct mmib *model, size_t n, struct training_pass *pass, struct mmib_states *s)
{
    const size_t *text = s->text_offsets, *image = s->image_offsets;
    const float *x_text = s->text_hidden, *x_image = s->image_hidden;
    if (!(s->text_mean = apenc_forward(&model->text_mean, x_text, text, x_text, text, n, pass, NULL)) ||
        !(s->text_logvar = apenc_forward(&model->text_logvar, x_text, text, x_text, text, n, pass, NULL)) ||
        !(s->image_mean = apenc_forward(&model->image_mean, x_image, image, x_image, image, n, pass, NULL)) ||
        !(s->image_logvar = apenc_forward(&model->image_logvar, x_image, image, x_image, image, n, pass, NULL)))
        return -1;
    s->text_z = s->text_mean; /* inference takes the mean */
    s->image_z = s->image_mean;
    return 0;
}

int mmib_encode_images(struct mmib *model, const struct mmib_item *items, size_t n, struct mmib_states *s)
{
    struct training_pass pass = {.threads = model->threads, .arena = &model->arena};
    double start = clock_ms();
    s->image_offsets = arena_take(&model->arena, n + 1, sizeof *s->image_offsets);
    if (!s->image_offsets)
        return -1;
    s->image_offsets[0] = 0;
    for (size_t i = 0; i < n; i++)
        s->image_offsets[i + 1] = s->image_offsets[i] + items[i].n_images;
    s->image_hidden = mmib_project_images(model, items, n, s->image_offsets[n]);
    if (!s->image_hidden || !(s->image_mean = apenc_forward(&model->image_mean, s->image_hidden, s->image_offsets,
                                                            s->image_hidden, s->image_offsets, n, &pass, NULL)))
        return -1;
    s->image_z = s->image_mean; /* inference takes the mean */
    model->times.fusion += clock_ms() - start;
    return 0;
}

int mmib_fuse(struct mmib *model, struct mmib_states *s)
{
    const size_t *text = s->text_offsets, *image = s->image_offsets, n = s->n;
    size_t d = model->bert.d, rows = text[n], labels = model->crf.labels;
    struct training_pass pass = {.threads = model->threads, .arena = &model->arena};
    double start = clock_ms();
    if (!(s->fused_image = apenc_forward(&model->image_from_text, s->image_z, image, s->text_z, text, n, &pass, NULL)) ||
        !(s->fused_text = apenc_forward(&model->text_from_image, s->text_z, text, s->fused_image, image, n, &pass,
                                        NULL)))
        return -1;
    double fusion_done = clock_ms();
    model->times.fusion += fusion_done - start;
    if (!model->config->ner.present)
        return 0;
    s->emissions = arena_take(&model->arena, rows * labels, sizeof *s->emissions);
    if (!s->emissions)
        return -1;
    blas_linear_run(model->threads, &(struct blas_linear){s->fused_text, d, rows, d, model->emission,
                                                          model->emission_bias, labels, NULL, BLAS_IDENTITY,
                                                          s->emissions, labels}, 1);
    model->times.heads += clock_ms() - fusion_done;
    return 0;
}

static int mmib_judge(struct mmib *model, size_t n, struct training_pass *pass, struct mmib_states *s)
{
    s->consistency_size = discriminator_size(&model->discriminator);
    s->consistency = discriminator_forward(&model->discriminator, s->text_z, s->text_offsets, s->image_z,
                                           s->image_offsets, n, pass);
    return s->consistency ? 0 : -1;
}

int mmib_forward(struct mmib *model, const struct mmib_item *items, size_t n, bool (*cancelled)(void *context),
                 void *context, struct mmib_states *out)
{
    int32_t *ids;
    struct training_pass pass = {.threads = model->threads, .arena = &model->arena};
    double start = clock_ms();
    if (mmib_lay_out(model, items, n, &ids, out))
        return -1;
    out->text_hidden = bert_forward(&model->bert, ids, out->text_offsets, n, &pass, NULL);
    if (!out->text_hidden)
        return -1;
    double text_done = clock_ms();
    model->times.text += text_done - start;
    if (cancelled && cancelled(context))
        return 1;
    out->image_hidden = mmib_project_images(model, items, n, out->image_offsets[n]);
    if (!out->image_hidden || mmib_encode_variational(model, n, &pass, out) || mmib_judge(model, n, &pass, out))
        return -1;
    model->times.fusion += clock_ms() - text_done;
    return mmib_fuse(model, out);
}

float *mmib_classify(struct mmib *model, const float *pairs, size_t n)
{
    size_t labels = model->config->re.n_labels, wide = 2 * model->bert.d;
    float *out = arena_take(&model->arena, n * labels, sizeof *out);
    if (!out)
        return NULL;
    blas_linear_run(model->threads, &(struct blas_linear){pairs, wide, n, wide, model->classifier,
                                                          model->classifier_bias, labels, NULL, BLAS_IDENTITY, out,
                                                          labels}, 1);
    for (size_t i = 0; i < n; i++)
        kernel_softmax(out + i * labels, labels, 1);
    return out;
}

void mmib_project_back(const struct mmib *model, const float *s, float *out, double *bias)
{
    size_t d = model->bert.d, channels = model->config->image.channels;
    *bias = kernel_dot(model->image_projection_bias, s, d);
    if (channels)
        blas_gemm(false, false, 1, channels, d, 1, s, d, model->image_projection, channels, 0, out, channels);
}
