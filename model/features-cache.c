/* SPDX-License-Identifier: Apache-2.0 */
#include "model/features-cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct features_cache_entry {
    struct features_cache_entry *next; /* used longer ago */
    char *key;
    size_t n_images, empty_boxes, channels, cells_each, bytes;
    size_t *objects; /* [n_images] */
    float *values;   /* [n_images, channels], then [n_images, cells_each] */
};

struct features_cache {
    struct features_cache_entry *newest;
    size_t bytes, max_bytes;
};

struct features_cache *features_cache_new(size_t bytes)
{
    struct features_cache *cache = calloc(1, sizeof *cache);
    if (cache)
        cache->max_bytes = bytes;
    return cache;
}

static void features_cache_drop(struct features_cache *cache, struct features_cache_entry *entry)
{
    cache->bytes -= entry->bytes;
    free(entry->key);
    free(entry->objects);
    free(entry->values);
    free(entry);
}

void features_cache_free(struct features_cache *cache)
{
    while (cache && cache->newest) {
        struct features_cache_entry *next = cache->newest->next;
        features_cache_drop(cache, cache->newest);
        cache->newest = next;
    }
    free(cache);
}

char *features_cache_key(const char *path, const struct post *post, size_t n_boxes)
{
    struct stat status;
    char *key = NULL;
    size_t size = 0;
    FILE *out = stat(path, &status) ? NULL : open_memstream(&key, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s\n%lld %lld.%09ld", path, (long long)status.st_size, (long long)status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec);
    for (size_t i = 0; i < n_boxes; i++)
        for (size_t k = 0; k < 4; k++)
            fprintf(out, " %a", post->objects[i].box[k]);
    if (fclose(out)) {
        free(key);
        return NULL;
    }
    return key;
}

bool features_cache_get(struct features_cache *cache, const char *key, struct arena *arena, struct features *out)
{
    struct features_cache_entry **link = &cache->newest, *entry;
    while (*link && strcmp((*link)->key, key))
        link = &(*link)->next;
    if (!*link)
        return false;
    entry = *link;
    size_t n = entry->n_images * (entry->channels + entry->cells_each);
    float *values = arena_take(arena, n, sizeof *values);
    if (!values)
        return false;
    memcpy(values, entry->values, n * sizeof *values);
    memcpy(out->objects, entry->objects, entry->n_images * sizeof *out->objects);
    out->n_images = entry->n_images;
    out->empty_boxes = entry->empty_boxes;
    out->features = values;
    out->cells = values + entry->n_images * entry->channels;
    *link = entry->next;
    entry->next = cache->newest;
    cache->newest = entry;
    return true;
}

void features_cache_put(struct features_cache *cache, const char *key, const struct features *features,
                        size_t channels, size_t cells_each)
{
    size_t n = features->n_images * (channels + cells_each), bytes = n * sizeof(float);
    if (bytes > cache->max_bytes)
        return;
    struct features_cache_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return;
    *entry = (struct features_cache_entry){.next = cache->newest,
                                           .key = strdup(key),
                                           .n_images = features->n_images,
                                           .empty_boxes = features->empty_boxes,
                                           .channels = channels,
                                           .cells_each = cells_each,
                                           .bytes = bytes,
                                           .objects = malloc(features->n_images * sizeof *entry->objects),
                                           .values = malloc(bytes)};
    cache->bytes += bytes;
    if (!entry->key || !entry->objects || !entry->values) {
        features_cache_drop(cache, entry);
        return;
    }
    memcpy(entry->objects, features->objects, features->n_images * sizeof *entry->objects);
    memcpy(entry->values, features->features, features->n_images * channels * sizeof(float));
    memcpy(entry->values + features->n_images * channels, features->cells,
           features->n_images * cells_each * sizeof(float));
    cache->newest = entry;
    while (cache->bytes > cache->max_bytes) {
        struct features_cache_entry **last = &cache->newest;
        while ((*last)->next)
            last = &(*last)->next;
        features_cache_drop(cache, *last);
        *last = NULL;
    }
}
