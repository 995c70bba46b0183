/* SPDX-License-Identifier: Apache-2.0 */
#include "model/features-store.h"

#include "corpora/files.h"
#include "corpora/text.h"
#include "model/digest-set.h"
#include "model/features.h"
#include "model/file.h"
#include "model/picture.h"
#include "model/safetensors.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FEATURES_STORE_BATCH = 8, FEATURES_STORE_HEX = 2 * DIGEST_BYTES + 1 };

struct features_store_picture {
    const struct corpus *corpus; /* where it was seen first */
    const struct post *post;
    size_t n_images;
    const float *features; /* [n_images, C]; NULL: not computed yet */
};

struct features_store {
    struct mmib *model;
    struct digest_set digests;
    struct features_store_picture *pictures; /* [digests.n] */
    struct arena memory;                     /* of what was computed */
    char *path;                              /* of the file; NULL: there is none */
    struct safetensors *file;
    size_t *objects; /* [max_objects + 1] SIZE_MAX */
    struct error problem;
};

static void features_store_hex(const struct digest *digest, char out[FEATURES_STORE_HEX])
{
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", digest->bytes[i]);
}

static void features_store_hash_text(struct sha256_ctx *sha, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void features_store_hash_text(struct sha256_ctx *sha, const char *format, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    sha256_update(sha, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1, (const uint8_t *)text);
}

/* Everything that features depend on beside the picture. */
static int features_store_hash_encoder(const struct mmib *model, const char *directory, struct digest *out,
                                       struct error *err)
{
    const struct config *config = mmib_config(model);
    char *path = file_join(directory, "model.safetensors");
    struct safetensors *weights = path ? safetensors_open(path, err) : NULL;
    if (!path)
        error_memory(err, directory);
    free(path);
    if (!weights)
        return -1;
    struct sha256_ctx sha;
    sha256_init(&sha);
    features_store_hash_text(&sha, "%d %d %zu %d %zu %zu", config->image.architecture, config->image.layer_type,
                             config->image.image_size, config->image.preprocess, config->image.resize,
                             config->image.channels);
    for (size_t i = 0; i < 3; i++)
        features_store_hash_text(&sha, " %a %a", config->image.mean[i], config->image.std[i]);
    for (size_t i = 0; i < safetensors_count(weights); i++) {
        const struct safetensors_entry *entry = safetensors_at(weights, i);
        if (strncmp(entry->name, "image.", 6))
            continue;
        features_store_hash_text(&sha, "\n%s %s", entry->name, tensor_type_name(entry->type));
        for (size_t k = 0; k < entry->rank; k++)
            features_store_hash_text(&sha, " %zu", entry->shape[k]);
        sha256_update(&sha, entry->bytes, entry->data);
    }
    sha256_digest(&sha, DIGEST_BYTES, out->bytes);
    safetensors_close(weights);
    return 0;
}

/* Makes the folder and those above it. */
static int features_store_make_folder(const char *folder, struct error *err)
{
    char *path = strdup(folder);
    int result = path ? 0 : error_memory(err, folder);
    for (char *slash = path; !result && slash; ) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0777) && errno != EEXIST)
            result = error_errno(err, path);
        if (slash)
            *slash = '/';
    }
    free(path);
    return result;
}

static int features_store_open_file(struct features_store *store, const char *directory, const char *folder,
                                    struct error *err)
{
    struct digest encoder;
    char name[FEATURES_STORE_HEX + sizeof ".safetensors"];
    if (!folder || mmib_config(store->model)->image.architecture == IMAGE_NONE)
        return 0;
    if (features_store_hash_encoder(store->model, directory, &encoder, err))
        return -1;
    features_store_hex(&encoder, name);
    strcat(name, ".safetensors");
    store->path = file_join(folder, name);
    if (!store->path)
        return error_memory(err, folder);
    struct stat status;
    if (features_store_make_folder(folder, &store->problem)) {
        free(store->path);
        store->path = NULL;
    } else if (!stat(store->path, &status)) {
        store->file = safetensors_open(store->path, &store->problem); /* one that is broken is replaced */
    }
    return 0;
}

struct features_store *features_store_new(struct mmib *model, const char *directory, const char *folder,
                                          struct error *err)
{
    struct features_store *store = calloc(1, sizeof *store);
    size_t rows = mmib_config(model)->mmib.max_objects + 1;
    if (!store || !(store->objects = malloc(rows * sizeof *store->objects))) {
        free(store);
        error_memory(err, directory);
        return NULL;
    }
    store->model = model;
    for (size_t i = 0; i < rows; i++)
        store->objects[i] = SIZE_MAX;
    if (features_store_open_file(store, directory, folder, err)) {
        features_store_free(store);
        return NULL;
    }
    return store;
}

void features_store_free(struct features_store *store)
{
    if (!store)
        return;
    digest_set_free(&store->digests);
    safetensors_close(store->file);
    arena_free(&store->memory);
    free(store->pictures);
    free(store->objects);
    free(store->path);
    free(store);
}

/* The picture's bytes and the boxes that the model looks at. */
static int features_store_hash_picture(const char *path, const struct post *post, size_t max_objects,
                                       struct digest *out, struct error *err)
{
    uint8_t *bytes;
    size_t n, n_boxes = post->n_objects < max_objects ? post->n_objects : max_objects;
    if (file_read(path, PICTURE_MAX_FILE_BYTES, &bytes, &n, err))
        return -1;
    struct sha256_ctx sha;
    sha256_init(&sha);
    features_store_hash_text(&sha, "%zu ", n);
    sha256_update(&sha, n, bytes);
    for (size_t i = 0; i < n_boxes; i++)
        for (size_t k = 0; k < 4; k++)
            features_store_hash_text(&sha, " %a", post->objects[i].box[k]);
    sha256_digest(&sha, DIGEST_BYTES, out->bytes);
    free(bytes);
    return 0;
}

/* What the file of an earlier run has of it. */
static const float *features_store_recall(struct features_store *store, const struct digest *digest, size_t *n_images)
{
    size_t channels = mmib_config(store->model)->image.channels;
    char name[FEATURES_STORE_HEX];
    features_store_hex(digest, name);
    const struct safetensors_entry *entry = store->file ? safetensors_find(store->file, name) : NULL;
    if (!entry || entry->rank != 2 || !entry->shape[0] || entry->shape[1] != channels ||
        entry->shape[0] > mmib_config(store->model)->mmib.max_objects + 1)
        return NULL;
    *n_images = entry->shape[0];
    return safetensors_f32(store->file, name, 2, entry->shape, NULL);
}

static int features_store_enter(struct features_store *store, const struct corpus *corpus, const struct post *post,
                                const char *path, size_t *out, struct error *err)
{
    struct digest digest;
    if (features_store_hash_picture(path, post, mmib_config(store->model)->mmib.max_objects, &digest, err))
        return -1;
    size_t before = store->digests.n;
    struct features_store_picture *grown = array_grow(store->pictures, before, sizeof *grown);
    if (!grown)
        return error_memory(err, corpus->path);
    store->pictures = grown;
    *out = digest_set_add(&store->digests, &digest);
    if (*out == SIZE_MAX)
        return error_memory(err, corpus->path);
    if (store->digests.n > before) {
        grown[before] = (struct features_store_picture){.corpus = corpus, .post = post};
        grown[before].features = features_store_recall(store, &digest, &grown[before].n_images);
    }
    return 0;
}

/* The message of a lower function, with corpus and post before it. */
static int features_store_blame(const struct corpus *corpus, const struct post *post, const char *reason,
                                enum error_kind kind, struct error *err)
{
    return error_set(err, kind, "%s: post %.*s: %s", corpus->path, utf8_head(post->id, 200), post->id, reason);
}

int features_store_add(struct features_store *store, const struct corpus *corpus, size_t *out, size_t *missing_out,
                       struct error *err)
{
    char *folder = corpus_image_folder(corpus);
    int result = folder ? 0 : error_memory(err, corpus->path);
    *missing_out = 0;
    for (size_t i = 0; !result && i < corpus->n_posts; i++) {
        const struct post *post = &corpus->posts[i];
        char *path = NULL;
        bool missing = false;
        struct error why;
        out[i] = SIZE_MAX;
        if (!post->image || mmib_config(store->model)->image.architecture == IMAGE_NONE)
            continue;
        if (corpus_image_path(folder, post, &path, &missing, &why) ||
            (path && features_store_enter(store, corpus, post, path, &out[i], &why)))
            result = features_store_blame(corpus, post, why.message, why.kind, err);
        *missing_out += missing;
        free(path);
    }
    free(folder);
    return result;
}

/* Keeps the features of a batch of pictures that were made just now. */
static int features_store_keep(struct features_store *store, struct features_store_picture *const *batch, size_t n,
                               const struct features *made, struct error *err)
{
    size_t channels = mmib_config(store->model)->image.channels;
    for (size_t i = 0; i < n; i++) {
        struct features_store_picture *picture = batch[i];
        if (!made[i].features)
            return features_store_blame(picture->corpus, picture->post,
                                        made[i].failure ? made[i].failure : "its picture is gone", ERROR_INPUT, err);
        float *kept = arena_take(&store->memory, made[i].n_images * channels, sizeof *kept);
        if (!kept)
            return error_memory(err, picture->corpus->path);
        memcpy(kept, made[i].features, made[i].n_images * channels * sizeof *kept);
        picture->features = kept;
        picture->n_images = made[i].n_images;
    }
    return 0;
}

static int features_store_make(struct features_store *store, struct features_store_picture *const *batch, size_t n,
                               const struct features_store_events *events, struct error *err)
{
    const struct post *posts[FEATURES_STORE_BATCH];
    struct features made[FEATURES_STORE_BATCH];
    char *folder = corpus_image_folder(batch[0]->corpus);
    if (!folder)
        return error_memory(err, batch[0]->corpus->path);
    for (size_t i = 0; i < n; i++)
        posts[i] = batch[i]->post;
    arena_reset(mmib_arena(store->model));
    const struct features_options how = {
        .folder = folder, .cancelled = events->cancelled, .context = events->context};
    int result = features_make(store->model, posts, n, &how, made);
    if (result < 0)
        error_memory(err, "pictures");
    else if (!result)
        result = features_store_keep(store, batch, n, made, err);
    free(folder);
    return result;
}

/* Computes all that lack; *made_out tells whether there were any. */
static int features_store_compute(struct features_store *store, const struct features_store_events *events,
                                  bool *made_out, struct error *err)
{
    struct features_store_picture *batch[FEATURES_STORE_BATCH];
    size_t n = 0, total = store->digests.n;
    int result = 0;
    *made_out = false;
    for (size_t i = 0; !result && i < total; i++) {
        if (!store->pictures[i].features)
            batch[n++] = &store->pictures[i];
        bool last = i + 1 == total || (n && store->pictures[i + 1].corpus != batch[0]->corpus);
        if (n == FEATURES_STORE_BATCH || (n && last)) {
            result = features_store_make(store, batch, n, events, err);
            *made_out |= !result;
            n = 0;
        }
        if (!result && events->progress)
            events->progress(events->context, i + 1, total);
    }
    return result;
}

/* What the file had, and what is new. */
static int features_store_save(const struct features_store *store, struct error *err)
{
    size_t channels = mmib_config(store->model)->image.channels, n = 0;
    size_t old = store->file ? safetensors_count(store->file) : 0;
    struct safetensors_entry *entries = calloc(old + store->digests.n + 1, sizeof *entries);
    char(*names)[FEATURES_STORE_HEX] = calloc(store->digests.n + 1, sizeof *names);
    int result = entries && names ? 0 : error_memory(err, store->path);
    for (size_t i = 0; !result && i < old; i++)
        entries[n++] = *safetensors_at(store->file, i);
    for (size_t i = 0; !result && i < store->digests.n; i++) {
        const struct features_store_picture *picture = &store->pictures[i];
        features_store_hex(&store->digests.each[i], names[i]);
        if (picture->features && !(store->file && safetensors_find(store->file, names[i])))
            entries[n++] = (struct safetensors_entry){.name = names[i],
                                                      .type = TENSOR_F32,
                                                      .rank = 2,
                                                      .shape = {picture->n_images, channels},
                                                      .data = picture->features,
                                                      .bytes = picture->n_images * channels * sizeof(float)};
    }
    if (!result)
        result = safetensors_write(store->path, entries, n, NULL, NULL, err);
    free(entries);
    free(names);
    return result;
}

int features_store_fill(struct features_store *store, const struct features_store_events *events, struct error *err)
{
    bool made;
    int result = features_store_compute(store, events, &made, err);
    if (made && store->path)
        features_store_save(store, &store->problem);
    return result;
}

size_t features_store_count(const struct features_store *store)
{
    return store->digests.n;
}

struct features features_store_get(const struct features_store *store, size_t picture)
{
    struct features out = {.n_images = 1, .objects = store->objects};
    if (picture != SIZE_MAX) {
        out.n_images = store->pictures[picture].n_images;
        out.features = store->pictures[picture].features;
    }
    return out;
}

const char *features_store_problem(const struct features_store *store)
{
    return *store->problem.message ? store->problem.message : NULL;
}
