/* Trains a golden folder as its training.json says: losses of every step, gradients of the first, weights after the last.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/corpus.h"
#include "corpora/json.h"
#include "corpora/lines.h"
#include "model/inference.h"
#include "model/optimizer.h"
#include "model/parameters.h"
#include "model/schedule.h"
#include "model/training-data.h"
#include "model/training-step.h"
#include "tests/golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOSS_RELATIVE 1e-4
#define GRADIENT_OF_TENSOR 1e-3 /* of the tensor's largest entry */
#define GRADIENT_OF_ALL 1e-6    /* of the largest entry of all */
#define WEIGHT_ABSOLUTE 2e-4
#define WEIGHT_RELATIVE 2e-4

enum { GOLDEN_BATCH = 64 };

struct golden_batch {
    enum training_task task;
    struct training_item items[GOLDEN_BATCH];
    size_t posts[GOLDEN_BATCH], passes[GOLDEN_BATCH]; /* of each item */
    size_t n;
};

struct golden_training {
    struct golden_report *report;
    struct mmib *model;
    struct parameters *parameters;
    struct optimizer *optimizer;
    struct corpus *corpus;
    struct training_data *data;  /* [n_posts] a post each */
    struct mmib_item *pictures;  /* [n_posts] the features alone */
    struct arena memory;         /* of the features */
    struct safetensors *expected, *gradients, *after;
    struct json_value plan;
    double largest_gradient;
};

/* What a post's picture is to the model, kept beyond the inference that made it. */
static int golden_keep_features(struct golden_training *g, const struct features *from, struct mmib_item *out)
{
    size_t count = from->n_images * mmib_config(g->model)->image.channels;
    out->n_images = from->n_images;
    if (!from->features)
        return 0;
    float *copy = arena_take(&g->memory, count, sizeof *copy);
    if (!copy)
        return -1;
    memcpy(copy, from->features, count * sizeof *copy);
    out->features = copy;
    return 0;
}

/* Every post as the model is to learn it, in the way of a training run. */
static int golden_learn(struct golden_training *g, struct error *err)
{
    size_t n = g->corpus->n_posts;
    const struct post **posts = calloc(n + 1, sizeof *posts);
    char *images = corpus_image_folder(g->corpus);
    struct inference inference;
    int result = -1;
    g->data = calloc(n + 1, sizeof *g->data);
    g->pictures = calloc(n + 1, sizeof *g->pictures);
    if (!posts || !images || !g->data || !g->pictures) {
        error_memory(err, g->report->directory);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        posts[i] = &g->corpus->posts[i];
    const struct inference_options options = {.folder = images};
    if (inference_run(g->model, posts, n, &options, &inference, err))
        goto out;
    for (size_t i = 0; i < n; i++) {
        const size_t no_picture = SIZE_MAX;
        struct corpus one = *g->corpus; /* borrows the post */
        one.posts = &g->corpus->posts[i];
        one.n_posts = 1;
        if (golden_keep_features(g, &inference.each[i].features, &g->pictures[i])) {
            error_memory(err, g->report->directory);
            goto out;
        }
        if (training_data_add(&g->data[i], g->model, &one, &no_picture, err))
            goto out;
    }
    result = 0;
out:
    free(posts);
    free(images);
    return result;
}

/* The items of a batch of posts; under "marker" a post has one a pair. */
static int golden_batch(struct golden_training *g, struct json_value batch, struct golden_batch *out, struct error *err)
{
    *out = (struct golden_batch){.task = mmib_config(g->model)->ner.present ? TRAINING_NER : TRAINING_RE};
    struct json_walk walk = json_walk(batch);
    for (struct json_value item; json_next_item(&walk, &item);) {
        size_t post;
        if (!json_whole(item, &post) || post >= g->corpus->n_posts)
            return error_set(err, ERROR_INPUT, "%s: training.json: no such post", g->report->directory);
        const struct training_data *data = &g->data[post];
        for (size_t i = 0; i < data->n_posts[out->task]; i++) {
            const struct training_post *from = &data->posts[out->task][i];
            if (out->n == GOLDEN_BATCH)
                return error_set(err, ERROR_INPUT, "%s: training.json: a batch is too large", g->report->directory);
            out->posts[out->n] = post;
            out->passes[out->n] = i;
            out->items[out->n++] = (struct training_item){.input = {.piece_ids = from->piece_ids,
                                                                    .n_pieces = from->n_pieces,
                                                                    .features = g->pictures[post].features,
                                                                    .n_images = g->pictures[post].n_images},
                                                          .rows = from->rows,
                                                          .labels = from->labels,
                                                          .n_rows = from->n_rows,
                                                          .pairs = from->pairs,
                                                          .n_pairs = from->n_pairs};
        }
    }
    return 0;
}

/* eps of a batch: the tensors POST/NAME one after the other; POST/NAME/J for pass J of a post. */
static float *golden_noise(struct golden_training *g, const struct golden_batch *batch, const char *name)
{
    float *out = NULL;
    size_t count = 0;
    for (size_t i = 0; i < batch->n; i++) {
        char key[128];
        snprintf(key, sizeof key, "%zu/%s/%zu", batch->posts[i], name, batch->passes[i]);
        const struct safetensors_entry *entry = safetensors_find(g->expected, key);
        snprintf(key, sizeof key, "%zu/%s", batch->posts[i], name);
        if (!entry)
            entry = safetensors_find(g->expected, key);
        float *grown = entry ? realloc(out, count * sizeof *out + entry->bytes) : NULL;
        if (!grown) {
            free(out);
            return NULL;
        }
        out = grown;
        memcpy(out + count, entry->data, entry->bytes);
        count += entry->bytes / sizeof *out;
    }
    return out;
}

static void golden_check_loss(struct golden_training *g, size_t step, struct json_value want, const char *name,
                              double got)
{
    struct json_value value = json_member(want, name);
    if (json_kind(value) != JSON_NUMBER)
        return;
    double expected = json_number(value);
    char key[64];
    snprintf(key, sizeof key, "step %zu: %s", step, name);
    g->report->checked++;
    if (!(fabs(got - expected) <= LOSS_RELATIVE * fabs(expected)))
        golden_fail(g->report, key, "%.9g, expected %.9g", got, expected);
}

static float golden_at(const struct safetensors_entry *entry, size_t i)
{
    float value;
    memcpy(&value, (const char *)entry->data + i * sizeof value, sizeof value);
    return value;
}

static double golden_largest(const struct safetensors_entry *entry)
{
    double largest = 0;
    for (size_t i = 0; i < entry->bytes / sizeof(float); i++)
        largest = fmax(largest, fabs((double)golden_at(entry, i)));
    return largest;
}

/* The tensor of a parameter in one of the files; a difference in size counts as a failure. */
static const struct safetensors_entry *golden_tensor(struct golden_training *g, struct safetensors *file,
                                                     const struct parameter *one, const char *what)
{
    const struct safetensors_entry *entry = safetensors_find(file, one->name);
    if (entry && entry->type == TENSOR_F32 && entry->bytes == one->count * sizeof(float))
        return entry;
    if (entry)
        golden_fail(g->report, one->name, "%s of another size", what);
    return NULL;
}

static void golden_check_gradients(struct golden_training *g)
{
    for (size_t k = 0; k < safetensors_count(g->gradients); k++)
        g->largest_gradient = fmax(g->largest_gradient, golden_largest(safetensors_at(g->gradients, k)));
    size_t found = 0;
    for (size_t p = 0; p < g->parameters->n; p++) {
        const struct parameter *one = &g->parameters->each[p];
        const struct safetensors_entry *entry = golden_tensor(g, g->gradients, one, "gradient");
        if (!entry)
            continue;
        const float *got = g->parameters->gradients + one->offset;
        double bound = fmax(GRADIENT_OF_TENSOR * golden_largest(entry), GRADIENT_OF_ALL * g->largest_gradient);
        found++;
        g->report->checked++;
        for (size_t i = 0; i < one->count; i++)
            if (!(fabs((double)got[i] - golden_at(entry, i)) <= bound)) {
                char key[192];
                snprintf(key, sizeof key, "gradient of %s", one->name);
                golden_fail(g->report, key, "value %zu is %.9g, expected %.9g", i, (double)got[i],
                            (double)golden_at(entry, i));
                break;
            }
    }
    if (found != safetensors_count(g->gradients))
        golden_fail(g->report, "gradients", "%zu of them have a weight here", found);
}

/* Entries whose first gradient is next to nothing are left out: there AdamW makes whole steps of rounding noise. */
static void golden_check_weights(struct golden_training *g)
{
    for (size_t p = 0; p < g->parameters->n; p++) {
        const struct parameter *one = &g->parameters->each[p];
        const struct safetensors_entry *entry = golden_tensor(g, g->after, one, "weight");
        const struct safetensors_entry *gradient = golden_tensor(g, g->gradients, one, "gradient");
        const float *got = g->parameters->values + one->offset;
        if (!entry) {
            golden_fail(g->report, one->name, "no such weight after the last step");
            continue;
        }
        g->report->checked++;
        for (size_t i = 0; i < one->count; i++) {
            double want = golden_at(entry, i);
            if (gradient && fabs((double)golden_at(gradient, i)) < GRADIENT_OF_ALL * g->largest_gradient)
                continue;
            if (!(fabs(got[i] - want) <= WEIGHT_ABSOLUTE + WEIGHT_RELATIVE * fabs(want))) {
                char key[192];
                snprintf(key, sizeof key, "%s after the last step", one->name);
                golden_fail(g->report, key, "value %zu is %.9g, expected %.9g", i, (double)got[i], want);
                break;
            }
        }
    }
}

static double golden_setting(const struct golden_training *g, const char *name)
{
    struct json_value value = json_member(g->plan, name);
    return json_kind(value) == JSON_NUMBER ? json_number(value) : 0;
}

static int golden_train_step(struct golden_training *g, size_t step, struct json_value batch, struct json_value want,
                             struct error *err)
{
    const struct config *config = mmib_config(g->model);
    struct golden_batch items;
    if (golden_batch(g, batch, &items, err))
        return -1;
    float *text = golden_noise(g, &items, "noise_text"), *image = golden_noise(g, &items, "noise_image");
    struct training_losses losses;
    struct training_options options = {.beta_text = config->mmib.beta_text,
                                       .beta_image = config->mmib.beta_image,
                                       .refinement = true,
                                       .alignment = true,
                                       .dropout = config->mmib.dropout,
                                       .step = step,
                                       .noise_text = text,
                                       .noise_image = image,
                                       .share = 1};
    int result = text && image ? training_step(g->model, items.task, items.items, items.n, &options, &losses, err)
                               : error_set(err, ERROR_INPUT, "%s: expected.safetensors: no noise", g->report->directory);
    free(text);
    free(image);
    if (result)
        return -1;
    golden_check_loss(g, step, want, "task", losses.task);
    golden_check_loss(g, step, want, "alignment", losses.alignment);
    golden_check_loss(g, step, want, "text_kl", losses.text_kl);
    golden_check_loss(g, step, want, "image_kl", losses.image_kl);
    golden_check_loss(g, step, want, "total", losses.total);
    if (step == 0)
        golden_check_gradients(g);
    double share = schedule_rate(step, (size_t)golden_setting(g, "warmup_steps"),
                                 (size_t)golden_setting(g, "total_steps"));
    double rate = share * golden_setting(g, "learning_rate"), norm;
    const struct optimizer_settings settings = {.base = rate,
                                                .head = rate,
                                                .crf = share * golden_setting(g, "crf_learning_rate"),
                                                .decay = golden_setting(g, "weight_decay")};
    golden_check_loss(g, step, want, "learning_rate", rate);
    if (optimizer_step(g->optimizer, &settings, mmib_threads(g->model), &norm, err))
        return -1;
    golden_check_loss(g, step, want, "gradient_norm", norm);
    return 0;
}

static int golden_train(struct golden_training *g, struct error *err)
{
    struct json_walk batches = json_walk(json_member(g->plan, "batches"));
    struct json_walk steps = json_walk(json_member(g->plan, "steps"));
    struct json_value batch, want;
    if (golden_learn(g, err))
        return -1;
    for (size_t step = 0; json_next_item(&batches, &batch) && json_next_item(&steps, &want); step++)
        if (golden_train_step(g, step, batch, want, err))
            return -1;
    golden_check_weights(g);
    return 0;
}

static struct safetensors *golden_open(const char *directory, const char *name, struct error *err)
{
    char path[4096];
    return safetensors_open(golden_path(path, sizeof path, directory, name), err);
}

int golden_check_training(const char *directory, struct golden_report *report, struct error *err)
{
    struct golden_training g = {.report = report};
    char corpus[4096], plan[4096];
    char *text;
    size_t size = 0;
    int result = -1;
    golden_path(corpus, sizeof corpus, directory, "corpus.json");
    golden_path(plan, sizeof plan, directory, "training.json");
    struct line_reader reader;
    if (line_reader_open(plan, &reader, err))
        return -1;
    if (line_reader_rest(&reader, &text, &size, err))
        goto out;
    const struct json_document document = {text, size, plan, 1};
    if (json_document_check(&document, &g.plan, err) || !(g.model = mmib_open_trainable(directory, 0, err)) ||
        corpus_read(corpus, NULL, &g.corpus, err) ||
        !(g.expected = golden_open(directory, "expected.safetensors", err)) ||
        !(g.gradients = golden_open(directory, "gradients_step1.safetensors", err)) ||
        !(g.after = golden_open(directory, "model_after.safetensors", err)))
        goto out;
    g.parameters = mmib_parameters(g.model);
    if ((g.optimizer = optimizer_new(g.parameters, false, err)))
        result = golden_train(&g, err);
out:
    optimizer_free(g.optimizer);
    safetensors_close(g.expected);
    safetensors_close(g.gradients);
    safetensors_close(g.after);
    for (size_t i = 0; g.data && i < g.corpus->n_posts; i++)
        training_data_free(&g.data[i]);
    free(g.data);
    free(g.pictures);
    corpus_free(g.corpus);
    mmib_close(g.model);
    arena_free(&g.memory);
    line_reader_close(&reader);
    return result;
}
