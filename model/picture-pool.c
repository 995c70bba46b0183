/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture-pool.h"

#include "corpora/corpus.h"
#include "corpora/hash.h"
#include "corpora/text.h"
#include "model/features.h"
#include "model/model-hash.h"
#include "model/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A place of the shuffle. Its picture is known by its bytes first: copies are passed over before they are decoded. */
struct picture_pool_place {
    bool known, read;
    struct post post;            /* id, image and objects only; no image: known, and no picture */
    char hash[MODEL_HASH_BYTES]; /* of the picture's file */
    float *features;             /* NULL: read, and of no use */
    size_t n_images;
};

struct picture_pool {
    struct picture_pool_options options;
    char *folder;
    size_t *order; /* [n_posts] index of the post at each place */
    struct picture_pool_place *places; /* [n_posts] */
};

static void picture_pool_shuffle(size_t *order, size_t n, uint64_t seed, const char *stream)
{
    struct random random;
    random_seed(&random, seed, stream);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i-- > 1;) {
        size_t j = random_bits(&random) % (i + 1), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

struct picture_pool *picture_pool_new(const struct picture_pool_options *options, struct error *err)
{
    struct picture_pool *pool = calloc(1, sizeof *pool);
    size_t n = options->n_posts;
    if (pool) {
        pool->options = *options;
        pool->folder = strdup(options->folder);
        pool->order = calloc(n + 1, sizeof *pool->order);
        pool->places = calloc(n + 1, sizeof *pool->places);
    }
    if (!pool || !pool->folder || !pool->order || !pool->places) {
        picture_pool_free(pool);
        error_memory(err, "other pictures");
        return NULL;
    }
    picture_pool_shuffle(pool->order, n, options->seed, "other pictures");
    return pool;
}

void picture_pool_free(struct picture_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; pool->places && i < pool->options.n_posts; i++) {
        post_free(&pool->places[i].post);
        free(pool->places[i].features);
    }
    free(pool->places);
    free(pool->order);
    free(pool->folder);
    free(pool);
}

/* Of the picture's file; "" where there is none that can be read. */
static void picture_pool_hash(const struct picture_pool *pool, const struct post *post, char out[MODEL_HASH_BYTES])
{
    char *path = NULL;
    struct error ignored;
    *out = '\0';
    if (!corpus_image_path(pool->folder, post, &path, NULL, &ignored) && path)
        model_hash((const char *const[]){path}, 1, out);
    free(path);
}

/* Learns which picture stands at a place. 0, 1 (its post cannot be had just now) or -1 (memory is out). */
static int picture_pool_know(struct picture_pool *pool, size_t i)
{
    struct picture_pool_place *place = &pool->places[i];
    if (place->known)
        return 0;
    const struct post *post = pool->options.post(pool->options.context, pool->order[i]);
    if (!post)
        return 1;
    if (post->image)
        picture_pool_hash(pool, post, place->hash);
    if (*place->hash) {
        const struct post shown = {.id = post->id,
                                   .image = post->image,
                                   .objects = post->objects,
                                   .n_objects = post->n_objects};
        if (post_copy(&shown, &place->post))
            return -1;
    }
    place->known = true;
    return 0;
}

/* Decodes and encodes the picture of a known place. 0, 1 (cancelled) or -1. */
static int picture_pool_read(struct picture_pool *pool, struct mmib *model, size_t i, bool (*cancelled)(void *context),
                             void *context)
{
    struct picture_pool_place *place = &pool->places[i];
    struct arena_mark mark = arena_mark(mmib_arena(model));
    struct features features;
    if (place->read)
        return 0;
    if (cancelled && cancelled(context))
        return 1;
    const struct post *const post = &place->post;
    int result = features_make(model, &post, 1, &(struct features_options){.folder = pool->folder}, &features);
    if (!result && features.features) {
        size_t n = features.n_images * mmib_config(model)->image.channels;
        place->features = malloc(n * sizeof *place->features);
        place->n_images = features.n_images;
        if (place->features)
            memcpy(place->features, features.features, n * sizeof *place->features);
        else
            result = -1;
    }
    place->read = !result;
    arena_rewind(mmib_arena(model), &mark);
    return result;
}

/* Is the picture one that was chosen, or the post's own? */
static bool picture_pool_is_taken(const struct picture_pool *pool, const struct picture_pool_place *place,
                                  const struct post *own, const char *own_hash, const size_t *chosen, size_t n)
{
    if ((own->image && !strcmp(place->post.image, own->image)) || !strcmp(place->hash, own_hash))
        return true;
    for (size_t c = 0; c < n; c++)
        if (!strcmp(place->hash, pool->places[chosen[c]].hash))
            return true;
    return false;
}

int picture_pool_choose(struct picture_pool *pool, struct mmib *model, const struct post *own, size_t k,
                        bool (*cancelled)(void *context), void *context, struct picture_pool_picture *out,
                        size_t *n_out, struct error *err)
{
    size_t n_posts = pool->options.n_posts, n = n_posts < PICTURE_POOL_PLACES ? n_posts : PICTURE_POOL_PLACES;
    size_t turn[PICTURE_POOL_PLACES], *chosen = calloc(k + 1, sizeof *chosen);
    char stream[64], own_hash[MODEL_HASH_BYTES];
    int result = chosen ? 0 : -1;
    *n_out = 0;
    snprintf(stream, sizeof stream, "other pictures of %016" PRIx64, hash_text(HASH_START, own->id));
    picture_pool_shuffle(turn, n, pool->options.seed, stream);
    picture_pool_hash(pool, own, own_hash);
    for (size_t t = 0; !result && t < n_posts && *n_out < k; t++) {
        size_t i = t < n ? turn[t] : t;
        struct picture_pool_place *place = &pool->places[i];
        result = picture_pool_know(pool, i);
        if (result || !place->post.image || picture_pool_is_taken(pool, place, own, own_hash, chosen, *n_out))
            continue;
        result = picture_pool_read(pool, model, i, cancelled, context);
        if (result || !place->features)
            continue;
        chosen[*n_out] = i;
        out[(*n_out)++] = (struct picture_pool_picture){place->post.id, place->post.image, place->features,
                                                        place->n_images};
    }
    free(chosen);
    return result < 0 ? error_memory(err, "other pictures") : result;
}
