/* SPDX-License-Identifier: Apache-2.0 */
#include "model/features.h"

#include "corpora/clock.h"
#include "corpora/corpus.h"
#include "model/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One post on its way from a file name to pixels. */
struct features_job {
    const struct post *post;
    uint64_t masked;
    char *path;      /* NULL: nothing to decode */
    uint8_t *pixels; /* room for one picture and its crops */
    size_t max_images;
    char *key; /* in the cache; NULL = not kept */
    struct features *out;
    char failure[sizeof((struct error *)0)->message];
};

struct features_batch {
    const struct config *config;
    struct features_job *jobs;
};

static void features_fail(struct features_job *job, const struct error *err)
{
    memcpy(job->failure, err->message, sizeof job->failure);
    job->out->failure = job->failure;
}

static bool features_is_masked(const struct features_job *job, size_t object)
{
    return object < 64 && job->masked >> object & 1;
}

/* Paints what is hidden over. */
static void features_mask(const struct features_job *job, const struct picture *picture)
{
    struct picture_box box;
    uint8_t colour[3];
    if (!job->masked)
        return;
    picture_mean(picture, colour);
    for (size_t i = 0; i < job->post->n_objects; i++)
        if (features_is_masked(job, i) &&
            !picture_box_clamp(job->post->objects[i].box, picture->width, picture->height, &box))
            picture_fill(picture, &box, colour);
}

/* Decodes one picture and cuts it up. Runs on a thread of the pool: no arena here. */
static void features_decode_task(void *context, size_t index, size_t thread)
{
    (void)thread;
    const struct features_batch *batch = context;
    struct features_job *job = &batch->jobs[index];
    struct features *out = job->out;
    size_t bytes = batch->config->image.image_size * batch->config->image.image_size * 3;
    struct picture picture;
    struct error err;
    if (!job->path)
        return;
    if (picture_decode(job->path, &picture, &err)) {
        features_fail(job, &err);
        return;
    }
    features_mask(job, &picture);
    int failed = picture_preprocess(&picture, NULL, batch->config, job->pixels, &err);
    size_t n = 1;
    for (size_t i = 0; !failed && i + 1 < job->max_images; i++) {
        struct picture_box box;
        if (features_is_masked(job, i))
            continue;
        if (picture_box_clamp(job->post->objects[i].box, picture.width, picture.height, &box)) {
            out->empty_boxes++;
            continue;
        }
        failed = picture_preprocess(&picture, &box, batch->config, job->pixels + n * bytes, &err);
        out->objects[n++] = i;
    }
    picture_free(&picture);
    if (failed) {
        features_fail(job, &err);
        return;
    }
    out->n_images = n;
    out->pixels = job->pixels;
}

/* Finds the picture's file, and its features in the cache; else readies the job for decoding. */
static int features_plan(struct mmib *model, const char *folder, struct features_job *job)
{
    const struct config *config = mmib_config(model);
    struct arena *arena = mmib_arena(model);
    const struct post *post = job->post;
    struct features *out = job->out;
    struct features_cache *cache = mmib_cache(model);
    job->max_images = 1 + (post->n_objects < config->mmib.max_objects ? post->n_objects : config->mmib.max_objects);
    *out = (struct features){.n_images = 1};
    out->objects = arena_take(arena, job->max_images, sizeof *out->objects);
    if (!out->objects)
        return -1;
    out->objects[0] = SIZE_MAX;
    if (!folder || !post->image)
        return 0;
    struct error err;
    if (corpus_image_path(folder, post, &job->path, &out->missing, &err)) {
        features_fail(job, &err);
        return 0;
    }
    if (!job->path || config->image.architecture == IMAGE_NONE) {
        free(job->path);
        job->path = NULL;
        return 0;
    }
    job->key = cache && !job->masked ? features_cache_key(job->path, post, job->max_images - 1) : NULL;
    if (job->key && features_cache_get(cache, job->key, arena, out)) {
        free(job->path);
        job->path = NULL;
        return 0;
    }
    job->pixels = arena_take(arena, job->max_images, config->image.image_size * config->image.image_size * 3);
    return job->pixels ? 0 : -1;
}

/* Brings all decoded pixels together and encodes them. */
static int features_encode(struct mmib *model, struct features_job *jobs, size_t n)
{
    const struct config *config = mmib_config(model);
    size_t bytes = config->image.image_size * config->image.image_size * 3, total = 0;
    size_t channels = config->image.channels, cells_each = mmib_grid(model) * mmib_grid(model) * channels;
    for (size_t i = 0; i < n; i++)
        total += jobs[i].out->pixels ? jobs[i].out->n_images : 0;
    if (!total)
        return 0;
    uint8_t *pixels = arena_take(mmib_arena(model), total, bytes);
    float *features, *cells;
    if (!pixels)
        return -1;
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].out->pixels) {
            memcpy(pixels + at * bytes, jobs[i].out->pixels, jobs[i].out->n_images * bytes);
            at += jobs[i].out->n_images;
        }
    if (mmib_encode_pictures(model, pixels, total, &features, &cells))
        return -1;
    at = 0;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].out->pixels) {
            jobs[i].out->features = features + at * channels;
            jobs[i].out->cells = cells + at * cells_each;
            at += jobs[i].out->n_images;
            if (jobs[i].key)
                features_cache_put(mmib_cache(model), jobs[i].key, jobs[i].out, channels, cells_each);
        }
    return 0;
}

int features_make(struct mmib *model, const struct post *const *posts, size_t n,
                  const struct features_options *options, struct features *out)
{
    double start = clock_ms();
    struct features_job *jobs = arena_take_zero(mmib_arena(model), n, sizeof *jobs);
    int result = jobs ? 0 : -1;
    for (size_t i = 0; !result && i < n; i++) {
        jobs[i].post = posts[i];
        jobs[i].out = &out[i];
        jobs[i].masked = options->masked;
        result = features_plan(model, options->folder, &jobs[i]);
    }
    if (!result) {
        struct features_batch batch = {mmib_config(model), jobs};
        threads_run(mmib_threads(model), n, features_decode_task, &batch);
        mmib_times(model)->prepare += clock_ms() - start;
        result = options->cancelled && options->cancelled(options->context) ? 1 : features_encode(model, jobs, n);
    }
    for (size_t i = 0; jobs && i < n; i++) {
        free(jobs[i].path);
        free(jobs[i].key);
    }
    return result;
}
