/* Trains a model for some steps and prints, as one line of JSON, what each took. tests/bench-train runs it.
 *
 *   bench-train-steps MODEL POSTS THREADS BATCH FIRST STEPS DROPOUT
 *
 * POSTS is a safetensors file with N/piece_ids, N/rows, N/labels (I32) and N/features (F32 [images, channels]; may be
 * missing) of posts 0, 1, ...; a batch is BATCH of them in order, the first one begins with post FIRST. With dropout 0
 * the sampling noise is 0 as well, so that another program can compute the same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"
#include "model/mmib.h"
#include "model/optimizer.h"
#include "model/parameters.h"
#include "model/safetensors.h"
#include "model/training-step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct mmib *model;
    struct optimizer *optimizer;
    struct safetensors *posts;
    struct arena memory;         /* of the items */
    struct training_item *items; /* [batch] */
    float *no_noise;             /* zeros; NULL: drawn */
    size_t batch, first, steps;
    double dropout;
};

/* A tensor of post i; NULL where there is none. n: its 4-byte values. */
static const void *bench_tensor(struct bench *bench, size_t i, const char *name, size_t *n)
{
    char key[64];
    snprintf(key, sizeof key, "%zu/%s", i, name);
    const struct safetensors_entry *entry = safetensors_find(bench->posts, key);
    *n = entry ? entry->bytes / 4 : 0;
    return entry ? entry->data : NULL;
}

static void *bench_copy(struct bench *bench, const void *from, size_t n)
{
    void *copy = arena_take(&bench->memory, n + 1, 4);
    if (copy)
        memcpy(copy, from, n * 4);
    return copy;
}

static int bench_post(struct bench *bench, size_t i, struct training_item *out, struct error *err)
{
    size_t n, n_rows, n_labels, n_features, channels = mmib_config(bench->model)->image.channels;
    const void *ids = bench_tensor(bench, i, "piece_ids", &n), *labels = bench_tensor(bench, i, "labels", &n_labels);
    const void *rows = bench_tensor(bench, i, "rows", &n_rows);
    const void *features = bench_tensor(bench, i, "features", &n_features);
    if (!ids || !labels || !rows || n_rows != n_labels)
        return error_set(err, ERROR_INPUT, "%s: post %zu is not there", safetensors_path(bench->posts), i);
    const int32_t *narrow = bench_copy(bench, rows, n_rows);
    size_t *wide = arena_take(&bench->memory, n_rows + 1, sizeof *wide);
    *out = (struct training_item){
        .input = {bench_copy(bench, ids, n), n, features && channels ? bench_copy(bench, features, n_features) : NULL,
                  features && channels ? n_features / channels : 1},
        .labels = bench_copy(bench, labels, n_labels), .rows = wide, .n_rows = n_rows};
    if (!narrow || !wide || !out->input.piece_ids || !out->labels)
        return error_memory(err, "posts");
    for (size_t r = 0; r < n_rows; r++)
        wide[r] = (size_t)narrow[r];
    return 0;
}

/* The most memory that the process ever held. */
static long bench_peak_kb(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kb = 0;
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            kb = strtol(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kb;
}

static int bench_step(struct bench *bench, size_t step, double ms[2], struct training_losses *losses, double *norm,
                      struct error *err)
{
    const struct training_options options = {.beta_text = 0.1,
                                             .beta_image = 0.1,
                                             .refinement = true,
                                             .alignment = true,
                                             .dropout = bench->dropout,
                                             .seed = 1,
                                             .step = step,
                                             .noise_text = bench->no_noise,
                                             .noise_image = bench->no_noise,
                                             .share = 1};
    const struct optimizer_settings settings = {.base = 3e-5, .head = 3e-5, .crf = 5e-2, .decay = 0.01, .clip = 1};
    arena_reset(&bench->memory);
    for (size_t i = 0; i < bench->batch; i++)
        if (bench_post(bench, bench->first + step * bench->batch + i, &bench->items[i], err))
            return -1;
    double start = clock_ms();
    if (training_step(bench->model, TRAINING_NER, bench->items, bench->batch, &options, losses, err))
        return -1;
    double middle = clock_ms();
    if (optimizer_step(bench->optimizer, &settings, mmib_threads(bench->model), norm, err))
        return -1;
    ms[0] = middle - start;
    ms[1] = clock_ms() - middle;
    return 0;
}

static int bench_run(struct bench *bench, struct error *err)
{
    for (size_t step = 0; step < bench->steps; step++) {
        struct training_losses losses;
        double ms[2], norm;
        if (bench_step(bench, step, ms, &losses, &norm, err))
            return -1;
        if (!step)
            printf("{\"total\": %.9g, \"task\": %.9g, \"alignment\": %.9g, \"text_kl\": %.9g, \"image_kl\": %.9g, "
                   "\"norm\": %.9g, \"ms\": [", losses.total, losses.task, losses.alignment, losses.text_kl,
                   losses.image_kl, norm);
        printf("%s[%.3f, %.3f]", step ? ", " : "", ms[0], ms[1]);
    }
    printf("], \"peak_kb\": %ld}\n", bench_peak_kb());
    return 0;
}

int main(int argc, char **argv)
{
    struct error err = {0};
    if (argc != 8) {
        fprintf(stderr, "usage: bench-train-steps MODEL POSTS THREADS BATCH FIRST STEPS DROPOUT\n");
        return 2;
    }
    struct bench bench = {.batch = strtoul(argv[4], NULL, 10),
                          .first = strtoul(argv[5], NULL, 10),
                          .steps = strtoul(argv[6], NULL, 10),
                          .dropout = strtod(argv[7], NULL)};
    enum { NOISE_VALUES = 1 << 23 }; /* 10000 rows of BERT-base */
    int result = 1;
    if (bench.batch && (bench.items = calloc(bench.batch, sizeof *bench.items)) &&
        (bench.dropout > 0 || (bench.no_noise = calloc(NOISE_VALUES, sizeof *bench.no_noise))) &&
        (bench.posts = safetensors_open(argv[2], &err)) &&
        (bench.model = mmib_open_trainable(argv[1], strtoul(argv[3], NULL, 10), &err)) &&
        (bench.optimizer = optimizer_new(mmib_parameters(bench.model), false, &err)) && !bench_run(&bench, &err))
        result = 0;
    else
        fprintf(stderr, "bench-train-steps: %s\n", err.message);
    optimizer_free(bench.optimizer);
    mmib_close(bench.model);
    safetensors_close(bench.posts);
    arena_free(&bench.memory);
    free(bench.items);
    free(bench.no_noise);
    return result;
}
