/* SPDX-License-Identifier: Apache-2.0 */
#include "model/new-weights.h"

#include "corpora/text.h"
#include "model/random.h"

#include <stdlib.h>
#include <string.h>

enum { NEW_WEIGHTS_RUN = 1024 }; /* numbers that are made at a time */

struct new_weights_origin {
    const struct safetensors_entry *from;        /* NULL = not taken */
    const struct safetensors_entry *const *each; /* [n_each] NULL = no mean; without both: drawn */
    size_t n_each;
    double mean, spread;
};

/* The walk over the tensors that are written. */
struct new_weights_walk {
    const struct new_weights *weights;
    struct random random; /* of the tensor that is being written */
};

static int new_weights_add(struct new_weights *weights, const char *name, size_t rank, const size_t *shape,
                           const struct new_weights_origin *origin, struct error *err)
{
    struct safetensors_entry *entries = array_grow(weights->entries, weights->n, sizeof *entries);
    if (!entries)
        return error_memory(err, weights->path);
    weights->entries = entries;
    struct new_weights_origin *origins = array_grow(weights->origins, weights->n, sizeof *origins);
    if (!origins)
        return error_memory(err, weights->path);
    weights->origins = origins;
    struct safetensors_entry *entry = &entries[weights->n];
    *entry = (struct safetensors_entry){.name = strdup(name), .type = weights->type, .rank = rank};
    if (!entry->name)
        return error_memory(err, weights->path);
    origins[weights->n] = *origin;
    weights->n++;
    entry->bytes = tensor_type_bytes(entry->type);
    for (size_t i = 0; i < rank; i++) {
        entry->shape[i] = shape[i];
        if (__builtin_mul_overflow(entry->bytes, shape[i], &entry->bytes))
            return error_set(err, ERROR_INPUT, "%s: %s: too large", weights->path, name);
    }
    if (origin->from && origin->from->type == entry->type)
        entry->data = origin->from->data;
    return 0;
}

int new_weights_draw(struct new_weights *weights, const char *name, size_t rank, const size_t *shape, double mean,
                     double spread, struct error *err)
{
    struct new_weights_origin origin = {.mean = mean, .spread = spread};
    return new_weights_add(weights, name, rank, shape, &origin, err);
}

int new_weights_take(struct new_weights *weights, const char *name, const struct safetensors_entry *from,
                     struct error *err)
{
    struct new_weights_origin origin = {.from = from};
    return new_weights_add(weights, name, from->rank, from->shape, &origin, err);
}

int new_weights_average(struct new_weights *weights, const char *name, const struct safetensors_entry *const *from,
                        size_t n, struct error *err)
{
    struct new_weights_origin origin = {.each = from, .n_each = n};
    return new_weights_add(weights, name, from[0]->rank, from[0]->shape, &origin, err);
}

/* Numbers [begin, begin + n) of a tensor that is taken. */
static void new_weights_read(const struct safetensors_entry *from, size_t begin, float *out, size_t n)
{
    const uint8_t *at = (const uint8_t *)from->data + begin * tensor_type_bytes(from->type);
    if (from->type == TENSOR_F16)
        tensor_run_from_f16(at, out, n);
    else if (from->type == TENSOR_BF16)
        tensor_run_from_bf16(at, out, n);
    else
        memcpy(out, at, n * sizeof *out);
}

/* The same of a mean; n <= NEW_WEIGHTS_RUN. */
static void new_weights_mean(const struct new_weights_origin *origin, size_t begin, float *out, size_t n)
{
    double sums[NEW_WEIGHTS_RUN] = {0};
    for (size_t e = 0; e < origin->n_each; e++) {
        new_weights_read(origin->each[e], begin, out, n);
        for (size_t i = 0; i < n; i++)
            sums[i] += out[i];
    }
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(sums[i] / (double)origin->n_each);
}

static void new_weights_store(enum tensor_type type, const float *values, size_t n, uint8_t *out)
{
    if (type == TENSOR_F32) {
        memcpy(out, values, n * sizeof *values);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint16_t half = type == TENSOR_F16 ? tensor_to_f16(values[i]) : tensor_to_bf16(values[i]);
        memcpy(out + i * sizeof half, &half, sizeof half);
    }
}

static int new_weights_produce(void *context, const struct safetensors_entry *entry, size_t offset, void *out, size_t n,
                               struct error *err)
{
    (void)err;
    struct new_weights_walk *walk = context;
    const struct new_weights_origin *origin = &walk->weights->origins[entry - walk->weights->entries];
    size_t bytes = tensor_type_bytes(entry->type), begin = offset / bytes, left = n / bytes;
    uint8_t *at = out;
    if (offset == 0)
        random_seed(&walk->random, walk->weights->seed, entry->name);
    while (left) {
        float values[NEW_WEIGHTS_RUN];
        size_t run = left < NEW_WEIGHTS_RUN ? left : NEW_WEIGHTS_RUN;
        if (origin->from)
            new_weights_read(origin->from, begin, values, run);
        else if (origin->each)
            new_weights_mean(origin, begin, values, run);
        else
            for (size_t i = 0; i < run; i++)
                values[i] = (float)(origin->mean + origin->spread * random_normal(&walk->random));
        new_weights_store(entry->type, values, run, at);
        at += run * bytes;
        begin += run;
        left -= run;
    }
    return 0;
}

int new_weights_write(const struct new_weights *weights, struct error *err)
{
    struct new_weights_walk walk = {.weights = weights};
    return safetensors_write(weights->path, weights->entries, weights->n, new_weights_produce, &walk, err);
}

void new_weights_free(struct new_weights *weights)
{
    for (size_t i = 0; i < weights->n; i++)
        free((char *)weights->entries[i].name);
    free(weights->entries);
    free(weights->origins);
    weights->entries = NULL;
    weights->origins = NULL;
    weights->n = 0;
}
